#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What only looks like an indicator never matches; the same in other clothes always does.

Usage: test_lookalikes.py PICKETD SOURCE_ROOT"""
import json
import pathlib
import subprocess
import sys
import tempfile

picketd, source = sys.argv[1], pathlib.Path(sys.argv[2])
sys.path.insert(0, str(source / "pcaps"))
from conversations import MORNING, SECOND, ask    # noqa: E402
from messages import DNS_A, HANDSHAKE, client_hello, dns_query, http_get, http_reply, record    # noqa: E402
from prove import homograph    # noqa: E402
from wire import Capture, Chance, EthernetTap, Host, Tcp    # noqa: E402

FAR, LISTED, NAME = Host("203.0.113.40"), "106.14.246.239", "iot-south.quectel.com"
failures = 0


def check(what, good, detail=""):
    global failures
    if not good:
        failures += 1
    print(f"{'ok' if good else 'FAILED'}: {what}{'' if good else ': ' + str(detail)}")


class Scene:
    def __init__(self):
        self.cap, self.n = Capture(EthernetTap("00:00:5e:00:53:01"), MORNING), 0
        self.dns = Host("10.0.0.53")

    def device(self, ipv6=False):
        self.n += 1
        return Host(f"fd00::{self.n:x}" if ipv6 else f"10.0.1.{self.n}", "00:00:5e:00:53:02")

    def time(self):
        return self.n * 10 * SECOND


def hello(name):
    return record(HANDSHAKE, client_hello(Chance("look"), name), 0x0301)


def by_dns(s, dev, name):
    ask(s.cap, s.time(), dev, s.dns, name, FAR.addr)


def by_sni(s, dev, name):
    Tcp(s.cap, s.time(), dev, FAR, 443).open().up(hello(name))


def by_split_sni(s, dev, name):
    conn = Tcp(s.cap, s.time(), dev, FAR, 443).open()
    conn.MSS = 11
    conn.up(hello(name))


def by_host(s, dev, name):
    Tcp(s.cap, s.time(), dev, FAR, 80).open().up(http_get(name, "/", "a")).down(http_reply(b"ok", "text/plain"))


def by_split_host(s, dev, name):
    conn = Tcp(s.cap, s.time(), dev, FAR, 80).open()
    conn.MSS = 5
    conn.up(http_get(name, "/", "a"))


def by_segments_out_of_order(s, dev, name):
    data, conn = hello(name), Tcp(s.cap, s.time(), dev, FAR, 443).open()
    first = conn.seq[0]
    half = len(data) // 2
    for begin, end in ((half, len(data)), (0, half)):
        conn.seq[0] = first + begin
        conn.wait(1000)._send(0, 8, data[begin:end])


def by_address(s, dev, address):
    Tcp(s.cap, s.time(), dev, Host(address), 1883).open()


WAYS = (by_dns, by_sni, by_split_sni, by_host, by_split_host, by_segments_out_of_order)
SILENT = ["notquectel.com", "quectel.com.example.org", "xquectel.com", "quectel.com-x.example", "quectel.co",
          "quectel.comx", "uectel.com", "quectel-com.example", homograph("quectel.com"), homograph(NAME),
          "xn--quectel-9za.com", "www.quectel.org"]
FOUND = ["quectel.com", "QUECTEL.COM", "QuEcTeL.cOm", NAME, NAME.upper(), "a.b.c.quectel.com", "_x.Quectel.com"]
BESIDE = ["106.14.246.238", "106.14.246.240", "202.114.3.255", "202.114.5.0", "239.246.14.106",
          "64:ff9b::6a0e:f6ee", "64:ff9b:1::6a0e:f6ef", "2001:db8::6a0e:f6ef", "::106.14.246.239"]
SAME = [LISTED, f"::ffff:{LISTED}", "64:ff9b::6a0e:f6ef", "202.114.4.0", "202.114.4.255"]


def contacts(s):
    """Device address -> what it did, and whether that is to be found."""
    wanted = {}
    for names, found in ((SILENT, False), (FOUND, True)):
        for name in names:
            for way in WAYS:
                dev = s.device()
                way(s, dev, name)
                wanted[dev.addr] = (f"{name} {way.__name__}", found)
    for way in (by_sni, by_host, by_split_host):
        dev = s.device()
        way(s, dev, "QUECTEL.COM.")    # the root's dot is written in texts only
        wanted[dev.addr] = (f"QUECTEL.COM. {way.__name__}", True)
    for addresses, found in ((BESIDE, False), (SAME, True)):
        for address in addresses:
            dev = s.device(":" in address)
            by_address(s, dev, address)
            wanted[dev.addr] = (address, found)
    dev = s.device()    # asked twice, never answered: still asked
    for i in range(2):
        s.cap.datagram(s.time() + i * SECOND, dev, 50000 + i, s.dns, 53, dns_query(i, "QUECTEL.com", DNS_A))
    wanted[dev.addr] = ("no answer", True)
    return wanted


def alerts(cap, *more):
    with tempfile.TemporaryDirectory(prefix="picket-look-") as folder:
        path = pathlib.Path(folder) / "look.pcap"
        path.write_bytes(cap.octets())
        done = subprocess.run([picketd, "-q", "-r", path, "-l", folder, "--set", f"knowledge.paths={source / 'signatures'}",
                               *more], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"picketd: {done.returncode} {done.stderr}")
        lines = (pathlib.Path(folder) / "eve.json").read_text().splitlines()
    return [e for e in map(json.loads, lines) if e["event_type"] == "alert"]


def test_names_and_addresses():
    s = Scene()
    wanted = contacts(s)
    told = {ip for a in alerts(s.cap) for ip in a["picket"]["device"]["ip"]}
    for addr, (what, found) in wanted.items():
        check(f"{what} is {'found' if found else 'silent'}", (addr in told) == found)
    check("and nobody else", told <= set(wanted), told - set(wanted))


def test_vlans():
    """Two devices with one private address: the one was told the name, the other meets the same address."""
    s = Scene()
    one, other = Host("10.0.0.5", "00:00:5e:00:53:05", vlan=10), Host("10.0.0.5", "00:00:5e:00:53:06", vlan=20)
    dns = {v: Host("10.0.0.53", "00:00:5e:00:53:35", vlan=v) for v in (10, 20)}
    ask(s.cap, SECOND, one, dns[10], NAME, FAR.addr)
    ask(s.cap, 2 * SECOND, other, dns[20], "hosted.example", "203.0.113.41")
    for i, dev in enumerate((one, other)):
        Tcp(s.cap, (5 + i) * SECOND, dev, FAR, 4443).open().up(b"\x01\x02\x03")
    groups = "groups=[{name: meters, vlans: [10]}, {name: pumps, vlans: [20]}]"
    told = alerts(s.cap, "--set", groups)
    check("the one in VLAN 10", any(a["picket"]["stage"] == "data" and a.get("vlan") == [10] for a in told), told)
    check("not the other in VLAN 20", not any(a.get("vlan") == [20] for a in told),
          [(a.get("vlan"), a["picket"]["peer"]) for a in told])


test_names_and_addresses()
test_vlans()
print(f"{failures} failed")
sys.exit(failures != 0)
