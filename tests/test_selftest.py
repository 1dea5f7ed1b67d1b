#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""picketd --selftest: passes on the pack that ships, and fails when one indicator is gone, says
more than it did, or has no proof.

Usage: test_selftest.py PICKETD SOURCE_ROOT"""
import csv
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

OK, KNOWLEDGE = 0, 5
picketd, source = sys.argv[1], pathlib.Path(sys.argv[2])
failures = 0


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else ': ' + str(detail)}")


def run(*args):
    return subprocess.run([picketd, *map(str, args)], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)


def total(done):
    """Proofs, passed and failed of the table's last line."""
    found = re.search(r"^all +(\d+) +(\d+) +(\d+)$", done.stdout, re.M)
    return tuple(int(x) for x in found.groups()) if found else None


class Pack:
    """A copy of the shipped pack to change. The large tables are left out: they take time only."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "pack"
        shutil.copytree(source / "signatures", self.path, ignore=shutil.ignore_patterns("networks", "oui.csv"))
        self.clean = {p: p.read_text() for p in self.path.glob("indicators/*.json")}

    def restore(self):
        for path, text in self.clean.items():
            path.write_text(text)

    def change(self, want, make):
        """Let make() change (or, returning None, delete) the first record for which want() holds: its id."""
        for path in self.clean:
            records = json.loads(path.read_text())
            for i, record in enumerate(records):
                if want(record):
                    changed = make(dict(record))
                    records[i:i + 1] = [] if changed is None else [changed]
                    path.write_text("[\n" + ",\n".join(json.dumps(r) for r in records) + "\n]\n")
                    return record["id"]
        return None


def of(kind, **more):
    return lambda r: r["type"] == kind and all(r.get(k) == v for k, v in more.items())


def setting(**values):
    return lambda r: {**r, **values}


def wider_name(r):
    return {**r, "value": r["value"].split(".", 1)[1]}


def in_block(length):
    def make(r):
        octets = r["value"].split("/")[0].split(".")
        return {**r, "type": "cidr", "value": ".".join(octets[:length // 8] + ["0"] * (4 - length // 8)) + f"/{length}"}
    return make


def deep(r):
    return r["type"] == "domain" and r["use"] == "alert" and r["value"].count(".") > 2


def breakages():
    for kind in ("domain", "host", "ip", "cidr", "port", "cert_name", "cert_sha256", "url_path", "user_agent",
                 "mqtt_topic", "mqtt_client_id", "coap_path", "lwm2m_endpoint"):
        yield f"one {kind} deleted", of(kind), lambda r: None
    yield "one retro hunt deleted", lambda r: r["use"] == "retro_hunt", lambda r: None
    yield "one of a neutral party deleted", of("host", use="baseline"), lambda r: None
    yield "a host becomes a domain", of("host", use="alert"), setting(type="domain")
    yield "a host of context becomes a domain", of("host", use="context"), setting(type="domain")
    yield "a domain loses a label", deep, wider_name
    yield "a domain becomes a host", of("domain", use="alert"), setting(type="host")
    yield "an address becomes a /24", of("ip", use="alert"), in_block(24)
    yield "a block becomes wider", of("cidr"), in_block(16)
    yield "an exact path becomes a prefix", of("url_path", match="exact"), lambda r: {**r, "match": "prefix", "value": r["value"][:-1]}
    yield "a prefix becomes shorter", of("mqtt_topic", match="prefix"), lambda r: {**r, "value": r["value"][:-1]}
    yield "what informs accuses", of("host", use="context"), setting(use="alert")
    yield "what is neutral accuses", of("domain", use="baseline"), lambda r: {**r, "use": "alert"}
    yield "what accuses informs only", of("domain", use="alert"), setting(use="context")
    yield "a retro hunt never ends", of("ip", use="retro_hunt"), setting(valid_until="2038")
    yield "a retro hunt ends too early", of("domain", use="retro_hunt"), setting(valid_from="2001", valid_until="2001")


def test_breakages(pack):
    for what, want, make in breakages():
        which = pack.change(want, make)
        done = run("--selftest", "-k", pack.path)
        told = re.search(rf"^FAILED \S+expect\.csv:\d+ ?(\(\S+ \S+\))?: {which}: ", done.stdout, re.M)
        check(f"{what} ({which})", done.returncode == KNOWLEDGE and told is not None,
              f"exit {done.returncode}: {done.stdout[-300:]} {done.stderr[-300:]}")
        pack.restore()


def test_new(pack):
    """One more: it is missed, then proved by itself."""
    new = {"id": "site-1", "entity": "quectel", "type": "address_port", "value": "192.0.2.77:8883", "transport": "tcp",
           "role": "telemetry", "identifies": "host_operator", "use": "alert", "confidence": "low", "verified": False,
           "severity": "low", "as_of": "2026-11", "sources": ["seen here"]}
    path = pack.path / "indicators/site.json"
    path.write_text("[\n" + json.dumps(new) + "\n]\n")
    done = run("-T", "-k", pack.path)
    check("-T names file and line of one without a proof", done.returncode == OK and
          re.search(r"indicators/site\.json:2: 'site-1' has no proof", done.stderr) is not None, done.stderr)
    done = run("--selftest", "-k", pack.path)
    check("one without a proof", done.returncode == KNOWLEDGE and "site-1: no proof finds it" in done.stdout, done.stdout[-300:])
    prove = [sys.executable, source / "pcaps/prove.py", "--pack", pack.path, "--indicator", "site-1"]
    check("prove.py makes one", subprocess.run(prove, timeout=60).returncode == 0)
    done = run("--selftest", "-k", pack.path)
    check("and it holds", done.returncode == OK and re.search(r"^site-1 +2 +2 +0$", done.stdout, re.M), done.stdout[-300:])
    path.write_text("[\n" + json.dumps({**new, "transport": "udp"}) + "\n]\n")
    check("until it says something else", run("--selftest", "-k", pack.path).returncode == KNOWLEDGE)


def test_broken(pack):
    table = pack.path / "proof/expect.csv"
    text = table.read_text()
    (pack.path / "proof/port.pcap.gz").unlink()
    done = run("--selftest", "-k", pack.path)
    check("a capture that is not there", done.returncode == KNOWLEDGE and "could not be run" in done.stdout, done.stdout)
    table.write_text(text + "host.pcap.gz,10.0.0.1,x,perhaps\n")
    done = run("--selftest", "-k", pack.path)
    check("a table that cannot be read", done.returncode == KNOWLEDGE and re.search(r"expect\.csv:\d+: expected is", done.stdout),
          done.stdout)
    table.unlink()
    check("no table at all", run("--selftest", "-k", pack.path).returncode == KNOWLEDGE)


done = run("--selftest", "-k", source / "signatures")
rows = len(list(csv.reader((source / "signatures/proof/expect.csv").open()))) - 1
check("the pack that ships", done.returncode == OK and total(done) == (rows, rows, 0) and rows > 2000 and done.stderr == "",
      done.stdout + done.stderr)
with tempfile.TemporaryDirectory(prefix="picket-selftest-") as folder:
    pack = Pack(folder)
    done = run("--selftest", "-k", pack.path)
    check("its copy", done.returncode == OK, done.stdout)
    test_breakages(pack)
    test_new(pack)
    test_broken(pack)
print(f"{failures} failed")
sys.exit(failures != 0)
