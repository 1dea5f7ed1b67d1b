#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What picketd does with its arguments: each failure is one line and its exit code.

Usage: test_main.py PICKETD SOURCE_ROOT
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

OK, RUNTIME, USAGE, CONFIG, CAPTURE, KNOWLEDGE, TRUNCATED = range(7)

picketd, source = sys.argv[1], pathlib.Path(sys.argv[2])
failures = 0


def run(*arguments, **more):
    return subprocess.run([picketd, *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL, **more)


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else ': ' + str(detail)}")


def fails(what, code, pattern, *arguments, **more):
    """Exit code `code`, nothing on stdout, one line on stderr that matches `pattern`."""
    done = run(*arguments, **more)
    lines = done.stderr.splitlines()
    good = (done.returncode == code and done.stdout == "" and len(lines) == 1 and
            re.search(pattern, lines[0]) is not None)
    check(what, good, f"exit {done.returncode}, wanted {code}; stderr {lines}, wanted /{pattern}/")


def prints(what, pattern, *arguments):
    done = run(*arguments)
    good = done.returncode == OK and done.stderr == "" and re.search(pattern, done.stdout)
    check(what, good, f"exit {done.returncode}; {done.stdout[:200]!r} {done.stderr!r}")
    return done.stdout


def usage_errors():
    for what, pattern, arguments in [
        ("nothing to read", r"nothing to read", []),
        ("unknown letter", r"unknown option '-x'", ["-x"]),
        ("unknown letter among others", r"unknown option '-qx'", ["-qx"]),
        ("unknown word", r"unknown option '--frobnicate'", ["--frobnicate"]),
        ("value for a flag", r"unknown option '--quiet=5'", ["--quiet=5"]),
        ("letter without its value", r"'-r' wants a value", ["-r"]),
        ("word without its value", r"'--set' wants a value", ["-q", "--set"]),
        ("stray word", r"unexpected argument 'x.pcap'", ["x.pcap", "-q"]),
        ("files and interfaces", r"-r and -i exclude each other", ["-r", "x", "-i", "y"]),
        ("two configurations", r"-c is given twice", ["-c", "a", "-c", "b"]),
        ("two things to do", r"two things", ["-T", "-V"]),
    ]:
        fails(what, USAGE, pattern, *arguments)


def config_errors(folder):
    bad = folder / "bad.yaml"
    for what, pattern, yaml in [
        ("unknown key", r":2: unknown key 'flow.maxx'; nearest is 'flow.max'", "flow:\n  maxx: 5\n"),
        ("wrong type", r":1: 'flow.max' wants a number", "flow.max: many\n"),
        ("out of range", r":1: 'flow.max' must be from", "flow.max: 1\n"),
        ("not YAML", r":2: not YAML", "flow: [\n"),
        ("escape sequences are not passed on", r":1: unknown key 'a\\x1b\[31m", '"a\\e[31m": 5\n'),
    ]:
        bad.write_text(yaml)
        fails(what, CONFIG, re.escape(str(bad)) + pattern, "-c", bad, "-r", "x")
        fails(what + ", -T", CONFIG, re.escape(str(bad)) + pattern, "-T", "-c", bad)
    fails("no such file", CONFIG, r"cannot read '/nonexistent.yaml': No such file", "-c",
          "/nonexistent.yaml", "-T")
    fails("bad --set", CONFIG, r"--set: unknown key 'flow.mxa'; nearest is 'flow.max'", "--set",
          "flow.mxa=5", "-T")
    fails("options that clash", CONFIG, r"flow.stream_memcap is less", "-T", "--set",
          "flow.stream_max=1MiB", "--set", "flow.stream_memcap=64KiB")
    for what, value, pattern in [
        ("port of an unknown protocol", "radus=11813", r"'classify.ports' wants .*radius.*, not 'radus=11813'"),
        ("no port", "radius=0", r"'classify.ports' wants .* from 1 to 65535, not 'radius=0'"),
    ]:
        for rest in ["-T"], ["-r", "x"]:
            fails(what + " " + rest[0], CONFIG, pattern, "--set", "classify.ports=" + value, *rest)


def printed(folder):
    prints("version", r"^picketd \d+\.\d+\.\d+\n$", "-V")
    words = prints("help", r"^usage: picketd", "-h")
    manual = (source / "systemd/picketd.8").read_text()
    for word in sorted(set(re.findall(r"--([a-z-]+)", words))):
        check(f"manual tells of --{word}", f"Fl Fl {word}" in manual)
    info = prints("build info", r"compiler: ", "--build-info")
    for library in "libev libpcap libndpi jansson yaml nettle libidn2 zlib libzstd liblzma".split():
        check(f"build info names {library}", library in info)
    fields = prints("fields", r"^[a-z0-9_]+\.[a-z0-9_.]+ ", "--list-fields")
    check("each field is a whole line", all(len(l.split(None, 4)) == 5
                                            for l in fields.splitlines()))
    sample = prints("sample", r"^# picket.yaml", "--sample-config")
    check("sample is conf/picket.yaml", sample == (source / "conf/picket.yaml").read_text())
    manual = prints("options for the manual", r"^\.Bl -tag", "--manual-options")
    check("they are in conf/picket.yaml.5", manual in (source / "conf/picket.yaml.5").read_text())
    once = prints("dump", r"^capture:\n", "--dump-config", "--set", "sensor=nörth \"x\"",
                  "--set", "groups=[{name: a, vlans: [5]}]")
    dumped = folder / "dumped.yaml"
    dumped.write_text(once)
    again = prints("dump of the dump", r"^capture:\n", "--dump-config", "-c", dumped)
    check("dump reads back to the same", once == again)
    dumped.write_text("capture:\n  interfaces: [eth9]\n")
    files = prints("sources given take the file's place", r"  read: \[x.pcap\]\n  interfaces: \[\]",
                   "--dump-config", "-c", dumped, "-r", "x.pcap")
    check("and nothing else changes", "  promiscuous: true" in files)
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([picketd, "--sample-config"], stdout=full, stderr=subprocess.PIPE,
                              text=True, check=False)
    check("output that cannot be written", done.returncode == RUNTIME and
          done.stderr.count("\n") == 1, done)


def capture_file(path, cut=0):
    """A pcap of three empty Ethernet frames, less `cut` octets at its end."""
    frame = bytes(12) + b"\x88\xb5" + bytes(46)
    octets = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for i in range(3):
        octets += struct.pack("<IIII", 1700000000 + i, 0, len(frame), len(frame)) + frame
    path.write_bytes(octets[:len(octets) - cut])
    return path


def source_errors(folder):
    good = capture_file(folder / "good.pcap")
    cut = capture_file(folder / "cut.pcap", 10)
    text = folder / "text.pcap"
    text.write_text("this is no capture, but long enough to be taken for one\n" * 3)
    done = run("-r", good, "-q")
    check("a good capture", done.returncode == OK and done.stderr == "", done)
    fails("capture cut short", TRUNCATED, re.escape("cut.pcap"), "-r", cut, "-q")
    fails("no such capture", CAPTURE, r"nonexistent.pcap", "-r", "/nonexistent.pcap", "-q")
    fails("no capture at all", CAPTURE, r"text.pcap", "-r", text, "-q")
    fails("no such interface", CAPTURE, r"nosuchif0", "-i", "nosuchif0", "-q")
    fails("bad filter", CAPTURE, r"filter|nonsense|syntax", "-r", good, "-F", "nonsense here", "-q")
    fails("log folder that cannot be", RUNTIME, r"/proc/nowhere", "-r", good, "-l", "/proc/nowhere", "-q")
    fails("no such user", CONFIG, r"no such user: 'no-such-user-x'", "-r", good, "-q", "--set",
          "user=no-such-user-x")
    if os.geteuid() == 0:
        folder.chmod(0o755)
        fails("interface without permission", CAPTURE, r"'?lo'?.*(permi|Permi|permitted)", "-i", "lo",
              "-q", user="nobody", group="nogroup", extra_groups=[])
        fails("another user without permission", RUNTIME, r"not started as root", "-r", good, "-q",
              "--set", "user=root", user="nobody", group="nogroup", extra_groups=[])
        good.chmod(0)
        fails("capture without permission", CAPTURE, r"good.pcap.*Permission denied", "-r", good,
              "-q", user="nobody", group="nogroup", extra_groups=[])


def knowledge_errors(folder):
    fails("no such knowledge", KNOWLEDGE, r"/nonexistent-pack", "-T", "-k", "/nonexistent-pack")
    pack = folder / "pack"
    (pack / "entities").mkdir(parents=True)
    (pack / "entities" / "x.json").write_text('{\n "entities": [\n')
    done = run("-T", "-k", pack)
    check("knowledge that is no JSON", done.returncode == KNOWLEDGE and done.stdout == "" and
          re.search(r"x\.json:\d+: ", done.stderr), done)
    loaded = r"^OK: .*\d+ entities, \d+ indicators, \d+ TACs, \d+ prefixes of MAC addresses, \d+ rules"
    prints("all is well", loaded + r", \d+ prefixes of networks\n$", "-T")
    own = folder / "own.csv"
    own.write_text("TAC;Manufacturer;Model Name\n99999998;Quectel;X1\nnone;Quectel;X2\n")
    devices = folder / "devices.csv"
    devices.write_text("imei,imsi\n866507040000014,001010000000001\n")
    done = run("-T", "--set", f"identity.tac_files={own}", "--set", f"identity.register={devices}")
    check("own tables", done.returncode == 0 and
          re.search(loaded + r", 1 registered devices, \d+ prefixes of networks\n$", done.stdout) and
          re.search(r"own\.csv:3: row left out: 'none' is no TAC", done.stderr) and
          re.search(r"own\.csv: 1 rows left out, 1 read", done.stderr), done)
    fails("own table without TACs", KNOWLEDGE, r"devices\.csv:1: no column 'tac'", "-T", "--set",
          f"identity.tac_files={devices}")
    fails("a mapping of nothing", KNOWLEDGE, r"identity\.tac_columns: 'imei=x' is not tac=", "-T",
          "--set", "identity.tac_columns=imei=x")
    fails("no such register", KNOWLEDGE, r"/nonexistent-register: cannot open", "-T", "--set",
          "identity.register=/nonexistent-register")


def events(folder, capture, *settings):
    """Kinds of events in the log of a replay, with their numbers."""
    log = folder / "events"
    arguments = [word for setting in settings for word in ("--set", setting)]
    done = run("-r", source / "pcaps" / capture, "-l", log, "-q", *arguments)
    kinds = {}
    for line in (log / "eve.json").read_text().splitlines():
        kind = json.loads(line)["event_type"]
        kinds[kind] = kinds.get(kind, 0) + 1
    (log / "eve.json").unlink()
    return kinds if done.returncode == OK else None


def output_choices(folder):
    all_of_them = events(folder, "cellular-sgi.pcap")
    check("devices, flows and alerts are written", all_of_them is not None and
          min(all_of_them.get(kind, 0) for kind in ("device", "flow", "alert", "stats")) > 0, all_of_them)
    for kind in ("device", "flow"):
        fewer = events(folder, "cellular-sgi.pcap", f"emit.{kind}s=false")
        check(f"emit.{kind}s: no event, and nothing else changes",
              fewer == {k: n for k, n in all_of_them.items() if k != kind}, fewer)


def summaries():
    """What a person is shown: an alert of a rule that points to nobody, too."""
    done = run("-r", source / "pcaps" / "hospital.pcap", "-k", source / "signatures", "--explain")
    check("summary of a rule's alert", done.returncode == OK and "HL7 in clear to the outside" in done.stdout, done)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        usage_errors()
        config_errors(folder)
        printed(folder)
        knowledge_errors(folder)
        source_errors(folder)
        output_choices(folder)
        summaries()
    print(f"{failures} failed")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
