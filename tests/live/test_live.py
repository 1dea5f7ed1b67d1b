#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""picketd on a veth pair in a network namespace of its own: what came is accounted for, live
and replay raise the same alerts, and each signal does what picketd(8) says.

Usage: test_live.py PICKETD CAPTURE ...     Exit 77 when namespaces are not permitted.
"""
import ctypes
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

CLONE_NEWNET = 0x40000000
LISTEN, SEND = "picket0", "picket1"
FRAME_MAX = 60000

picketd, captures = sys.argv[1], [pathlib.Path(p) for p in sys.argv[2:]]
failures = 0


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else ': ' + str(detail)}", flush=True)


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def own_network():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        skip(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    try:
        # or the hosts of the pair would speak themselves
        pathlib.Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    except OSError:
        pass
    for words in (f"link add {LISTEN} type veth peer name {SEND}", f"link set {LISTEN} mtu 65535 arp off",
                  f"link set {SEND} mtu 65535 arp off", f"link set {LISTEN} up", f"link set {SEND} up"):
        try:
            done = subprocess.run(["ip", *words.split()], capture_output=True, text=True, check=False)
        except FileNotFoundError:
            skip("no ip(8)")
        if done.returncode != 0:
            skip(f"ip {words}: {done.stderr.strip()}")


def frames_of(path):
    """Frames of a little-endian pcap as pcaps/ holds them; bare IP gets an Ethernet header."""
    octets, at, frames = path.read_bytes(), 24, []
    magic, link = struct.unpack_from("<I16xI", octets)
    if magic not in (0xa1b2c3d4, 0xa1b23c4d) or link not in (1, 101):
        sys.exit(f"{path}: not a little-endian pcap of Ethernet or IP")
    while at < len(octets):
        length = struct.unpack_from("<I", octets, at + 8)[0]
        frame = octets[at + 16:at + 16 + length]
        if link == 101:
            frame = bytes(12) + (b"\x86\xdd" if frame[0] >> 4 == 6 else b"\x08\x00") + frame
        frames.append(frame)
        at += 16 + length
    return [f for f in frames if len(f) <= FRAME_MAX]


class Sender:
    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((SEND, 0))

    def send(self, frames):
        for frame in frames:
            self.socket.send(frame)


class Daemon:
    """A picketd under a service manager that is us: READY=1 and the rest come to a socket."""

    def __init__(self, folder, *arguments, **more):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = str(folder / f"notify-{time.monotonic_ns()}")
        self.notify.bind(path)
        self.notify.settimeout(20)
        environment = dict(os.environ, NOTIFY_SOCKET=path, **more.pop("environment", {}))
        self.process = subprocess.Popen([picketd, *map(str, arguments)], env=environment,
                                        stderr=subprocess.PIPE, text=True, **more)

    def hears(self, word):
        """Wait until picketd tells its manager `word`; False when it does not."""
        try:
            while word not in self.notify.recv(4096).decode().split("\n"):
                pass
        except socket.timeout:
            return False
        return True

    def heard_so_far(self):
        """Take what was told already: a manager that does not listen holds up who tells it."""
        self.notify.setblocking(False)
        try:
            while True:
                self.notify.recv(4096)
        except BlockingIOError:
            self.notify.settimeout(20)

    def ends(self, signo=None, seconds=30):
        if signo is not None:
            self.process.send_signal(signo)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "still running"
        return self.process.returncode


def events(path):
    """Every line whole and JSON; an exception otherwise."""
    text = path.read_text()
    if text != "" and not text.endswith("\n"):
        raise ValueError(f"{path}: last line is cut")
    return [json.loads(line) for line in text.splitlines()]


def of_type(kind, path):
    return [e for e in events(path) if e["event_type"] == kind]


def wait_for(condition, seconds=15):
    """Poll: what is waited for is written by another process."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def flatten(counters, prefix=""):
    flat = {}
    for key, value in counters.items():
        if isinstance(value, dict):
            flat.update(flatten(value, prefix + key + "."))
        else:
            flat[prefix + key] = value
    return flat


def last_stats(path):
    return flatten(of_type("stats", path)[-1]["stats"])


def alerts_in_the_end(path):
    """What each alert says last. Sent at once, a scene of an hour takes a second: how far a
    contact had got when its alert was first written differs, where it ended does not."""
    last = {}
    for event in of_type("alert", path):
        picket = event["picket"]
        about = (event["alert"]["signature_id"], event.get("src_ip"), event.get("dest_ip"),
                 event.get("dest_port"), picket["rule"], picket.get("entity", {}).get("id"), picket.get("peer", {}).get("host"))
        last[about] = (picket["stage"], picket["role"], picket["count"])
    return last


def rotation_and_statistics(folder):
    log = folder / "rotation"
    log.mkdir()
    eve, old = log / "eve.json", log / "eve.json.1"
    daemon = Daemon(folder, "-i", LISTEN, "-l", log, "-q", environment={"WATCHDOG_USEC": "400000"})
    sender, frames = Sender(), frames_of(captures[0])
    half = len(frames) // 2
    check("says that it is ready", daemon.hears("READY=1"))
    check("feeds the watchdog", daemon.hears("WATCHDOG=1"))
    sender.send(frames[:half])
    time.sleep(1)  # the kernel hands over blocks of frames
    daemon.process.send_signal(signal.SIGUSR1)
    wrote = wait_for(lambda: len(eve.read_text().splitlines()) > 0 and of_type("stats", eve) != [])
    check("USR1 writes statistics", wrote)
    if wrote:
        check("of what came so far", last_stats(eve)["capture.frames"] == half, last_stats(eve))
    eve.rename(old)
    daemon.process.send_signal(signal.SIGHUP)
    check("HUP tells of the reload", daemon.hears("RELOADING=1") and daemon.hears("READY=1"))
    check("HUP opens the log anew", wait_for(eve.exists))
    before = len(events(old))
    sender.send(frames[half:])
    time.sleep(1)
    check("TERM exits 0", (code := daemon.ends(signal.SIGTERM)) == 0, code)
    check("TERM is announced", daemon.hears("STOPPING=1"))
    check("nothing more in the old log", len(events(old)) == before)
    check("TERM writes open flows", of_type("flow", eve) != [])
    stats = last_stats(eve)
    decoded = sum(n for name, n in stats.items() if name.startswith("decode."))
    check("every frame was captured", stats["capture.frames"] == len(frames), stats)
    check("and none dropped", stats["capture.kernel_drops"] == 0, stats)
    check("and each has one result", decoded == len(frames), (decoded, len(frames)))
    flows = of_type("flow", old) + of_type("flow", eve)
    counted = sum(f["flow"]["pkts_toserver"] + f["flow"]["pkts_toclient"] for f in flows)
    check("flows account for every packet of theirs", counted == stats["flow.packets"],
          (counted, stats["flow.packets"]))


def live_as_replay(folder, capture):
    log, again = folder / f"{capture.stem}-live", folder / f"{capture.stem}-replay"
    log.mkdir()
    again.mkdir()
    frames = frames_of(capture)
    daemon = Daemon(folder, "-i", LISTEN, "-l", log, "-q")
    if not daemon.hears("READY=1"):
        check(f"{capture.name}: starts", False)
        daemon.ends(signal.SIGKILL)
        return
    Sender().send(frames)
    time.sleep(1)
    code = daemon.ends(signal.SIGTERM)
    subprocess.run([picketd, "-r", capture, "-l", again, "-q"], check=True)
    stats = last_stats(log / "eve.json")
    check(f"{capture.name}: all frames, exit 0", code == 0 and stats["capture.frames"] == len(frames),
          (code, stats["capture.frames"], len(frames)))
    live = alerts_in_the_end(log / "eve.json")
    replayed = alerts_in_the_end(again / "eve.json")
    check(f"{capture.name}: the same {len(replayed)} alerts live", live == replayed,
          f"\n live   {live}\n replay {replayed}")


def reload_storm(folder, capture):
    """200 reloads while frames come: nothing is dropped, and the alerts are those of a quiet run."""
    log, again = folder / "storm-live", folder / "storm-replay"
    log.mkdir()
    again.mkdir()
    frames, reloads = frames_of(capture), 200
    daemon = Daemon(folder, "-i", LISTEN, "-l", log, "-q")
    if not daemon.hears("READY=1"):
        check("storm: starts", False)
        daemon.ends(signal.SIGKILL)
        return
    sender, sent = Sender(), 0
    for i in range(1, reloads + 1):
        daemon.process.send_signal(signal.SIGHUP)
        upto = len(frames) * i // reloads
        sender.send(frames[sent:upto])
        sent = upto
        time.sleep(0.03)
        daemon.heard_so_far()
    time.sleep(1)
    daemon.heard_so_far()
    daemon.process.send_signal(signal.SIGHUP)
    check("storm: tells when it is through", daemon.hears("RELOADING=1") and daemon.hears("READY=1"))
    code = daemon.ends(signal.SIGTERM)
    subprocess.run([picketd, "-r", capture, "-l", again, "-q"], check=True)
    stats = last_stats(log / "eve.json")
    check("storm: all frames, none dropped, exit 0", code == 0 and stats["capture.frames"] == len(frames)
          and stats["capture.kernel_drops"] == 0, (code, stats["capture.frames"], len(frames)))
    check("storm: every reload was heard", stats["reload.asked"] >= reloads * 0.95, stats["reload.asked"])
    told = of_type("reload", log / "eve.json")
    check("storm: reloaded many times, never failed", stats["reload.done"] >= 10 and stats["reload.failed"] == 0
          and len(told) == stats["reload.done"], (stats["reload.done"], stats["reload.failed"], len(told)))
    live, replayed = (alerts_in_the_end(f / "eve.json") for f in (log, again))
    check(f"storm: the same {len(replayed)} alerts", live == replayed, f"\n live   {live}\n replay {replayed}")


def second_term(folder):
    """A pipe that stays silent: the first TERM has to wait for it, the second does not."""
    daemon = Daemon(folder, "-r", "-", "-q", stdin=subprocess.PIPE)
    capture = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    capture += struct.pack("<IIII", 1700000000, 0, 60, 60) + bytes(60)
    daemon.process.stdin.buffer.write(capture)
    daemon.process.stdin.buffer.flush()
    check("reads a pipe", daemon.hears("READY=1"))
    time.sleep(0.3)
    daemon.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    waits = daemon.process.poll() is None
    code = daemon.ends(signal.SIGTERM, 5) if waits else daemon.process.returncode
    check("second TERM exits 1 at once", code == (1 if waits else 0), code)
    daemon.process.stdin.close()


def interrupt(folder):
    daemon = Daemon(folder, "-i", LISTEN, "-q")
    check("listens without a log", daemon.hears("READY=1"))
    check("INT exits 0", (code := daemon.ends(signal.SIGINT)) == 0, code)


def interface_goes(folder):
    daemon = Daemon(folder, "-i", LISTEN, "-q")
    check("listens", daemon.hears("READY=1"))
    subprocess.run(["ip", "link", "del", LISTEN], check=True)
    code = daemon.ends(None, 15)
    lines = daemon.process.stderr.read().splitlines()
    check("interface that goes: exit 4, one line", code == 4 and len(lines) == 1 and LISTEN in lines[0],
          (code, lines))


def main():
    own_network()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rotation_and_statistics(folder)
        for capture in captures:
            live_as_replay(folder, capture)
        reload_storm(folder, captures[0])
        second_term(folder)
        interrupt(folder)
        interface_goes(folder)
    print(f"{failures} failed")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
