#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the proofs of a pack: captures in which each indicator is met, and nearly met.

    pcaps/prove.py [--check] [--pack FOLDER] [--with FOLDER] [--indicator ID]

FOLDER/proof/expect.csv and the captures beside it are what `picketd --selftest` runs. Each contact
has a device address of its own. --check compares instead of writing. --pack: the pack
(signatures/ beside this folder when not given); --with: another one whose entities and
indicators it rests on. --indicator: make the proof of that one only, in a capture of its own,
and put its rows into the table.

How it is proved follows from its type. Names: asked of DNS and said in a TLS ClientHello.
Addresses and ports: gone to. Certificates: shown by a server. Texts: in HTTP, MQTT or CoAP with a
host of the same entity, because they are evidence beside a match. Hashes cannot be made to order:
they are looked up. What must not match: notX, X.example.org, a sibling, a homograph, below a host, the
addresses beside, other ports, a text with one octet changed, a date after the end."""
import argparse
import csv
import datetime
import gzip
import io
import ipaddress
import json
import pathlib
import re
import sys

import rules
from conversations import SECOND, ask
from messages import (HANDSHAKE, MQTT_CONNACK, certificate, client_hello, handshake, http_get, http_reply, mqtt_connect,
                      mqtt_publish, record)
from wire import Capture, Chance, Host, RawTap, Tcp

HERE = pathlib.Path(__file__).resolve().parent
NOW = datetime.date(2026, 3, 2)
DAY = 86400 * SECOND
HASHES = ("cert_sha1", "cert_sha256", "ja3", "ja4")
NAMES = ("host", "domain")
FAR = Host("203.0.113.7")    # of every name: who it is, its name says
OTHER_LETTERS = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441", "p": "\u0440", "i": "\u0456", "u": "\u03c5"})


def indicators(pack):
    return [r for path in sorted((pack / "indicators").rglob("*.json")) for r in json.loads(path.read_text())]


def day(text, last):
    """The first or last day of YYYY, YYYY-MM or YYYY-MM-DD."""
    numbers = [int(x) for x in text.split("-")]
    if len(numbers) == 3:
        return datetime.date(*numbers)
    if not last:
        return datetime.date(*(numbers + [1, 1])[:3])
    after = datetime.date(numbers[0] + 1, 1, 1) if len(numbers) == 1 else (
        datetime.date(numbers[0] + numbers[1] // 12, numbers[1] % 12 + 1, 1))
    return after - datetime.timedelta(days=1)


def microseconds(date):
    return (date - datetime.date(1970, 1, 1)).days * DAY


def in_force(ind):
    """A moment inside the dates of an indicator."""
    date = NOW
    if "valid_until" in ind:
        date = min(date, day(ind["valid_until"], True))
    if "valid_from" in ind:
        date = max(date, day(ind["valid_from"], False))
    return microseconds(date)


def may_raise(ind):
    return ind["use"] in ("alert", "retro_hunt") and ind["identifies"] in ("host_operator", "sim_or_carrier")


def option(number, last, value):
    """A CoAP option (RFC 7252, 3.1)."""
    def nibble(n):
        return (n, b"") if n < 13 else (13, bytes([n - 13]))
    (d, more_d), (n, more_n) = nibble(number - last), nibble(len(value))
    return bytes([d << 4 | n]) + more_d + more_n + value


def coap_post(ident, path, queries=()):
    out, last = bytes([0x40, 2]) + ident.to_bytes(2, "big"), 0
    for number, values in ((11, path), (15, queries)):
        for value in values:
            out += option(number, last, value.encode())
            last = number
    return out


def digits(serial, n):
    return (f"00101{serial:010d}" + "7" * n)[:n]


def sample(ind, serial):
    """A text that the indicator finds."""
    value, rule = ind["value"], ind.get("match", "exact")
    if rule == "prefix":
        return value + "x"
    if rule == "suffix":
        return "x" + value
    if rule == "contains":
        return ("/a" if ind["type"] == "url_path" else "a") + value + "b"
    if rule != "pattern":
        return value
    value = re.sub(r"\{d(\d+)(-\d+)?\}", lambda m: digits(serial, int(m[1])), value)
    return value.replace("{d}", "7").replace("{}", "x").replace("{*}", "y")


def near(ind, serial):
    """The same with the last octet that the indicator itself says changed."""
    value, rule = ind["value"], ind.get("match", "exact")
    if rule != "pattern":
        changed = value[:-1] + ("~" if value[-1] != "~" else "-")
        return sample({**ind, "value": changed}, serial)
    literal = [m for m in re.finditer(r"\{[^}]*\}|.", value) if len(m[0]) == 1]
    if not literal:
        return sample(ind, serial)[:-1] + "x"
    at = literal[-1].start()
    return sample({**ind, "value": value[:at] + ("~" if value[at] != "~" else "-") + value[at + 1:]}, serial)


def homograph(name):
    """The name with letters of another script that look alike, as DNS says it; None when there are none."""
    labels = name.split(".")
    for i in range(len(labels) - 2, -1, -1):
        if labels[i].translate(OTHER_LETTERS) != labels[i] and not labels[i].startswith("xn--"):
            labels[i] = "xn--" + labels[i].translate(OTHER_LETTERS).encode("punycode").decode()
            return ".".join(labels) if len(labels[i]) < 64 else None
    return None


class Scene:
    """One capture: contacts one after the other, each of a device of its own."""

    def __init__(self, name, carriers):
        self.name, self.carriers, self.rows = name, carriers, []
        self.cap, self.n, self.dns = Capture(RawTap(), 0), 0, Host("10.255.0.53")

    def device(self):
        self.n += 1
        return Host(f"10.{1 + self.n // 65000}.{self.n % 65000 // 250}.{self.n % 250 + 1}")

    def expect(self, device, ind, what):
        self.rows.append((self.name, device.addr, ind["id"], what))

    def time(self, begin):
        """Contacts are a second apart."""
        return begin + self.n * SECOND

    # what a device does; t is the time of its first packet
    def look(self, t, dev, name):
        return ask(self.cap, t, dev, self.dns, name, FAR.addr)

    def tls(self, t, dev, name):
        hello = record(HANDSHAKE, client_hello(Chance("proof"), name), 0x0301)
        Tcp(self.cap, self.look(t, dev, name), dev, FAR, 443, 20_000).open().up(hello)

    def go(self, t, dev, address, port, udp=False):
        if udp:
            self.cap.datagram(t, dev, dev.port(), Host(address), port, b"\0\0")
        else:
            Tcp(self.cap, t, dev, Host(address), port, 20_000).open()

    def certificate(self, t, dev, name):
        chance, der = Chance("proof"), certificate(name, "proof", "proof", [])
        hello = b"\x03\x03" + chance.octets(32) + b"\0\xc0\x2b\0\0\0"
        shown = (len(der) + 3).to_bytes(3, "big") + len(der).to_bytes(3, "big") + der
        conn = Tcp(self.cap, t, dev, FAR, 443, 20_000).open()
        conn.up(record(HANDSHAKE, client_hello(chance, None, tls13=False), 0x0301))
        conn.down(record(HANDSHAKE, handshake(2, hello)) + record(HANDSHAKE, handshake(11, shown)))

    def to_carrier(self, t, dev, ind, port):
        """Look the carrier up, if it is one by name: time, its host and name."""
        carrier = self.carriers.of(ind)
        if carrier["type"] == "ip":
            return t, Host(carrier["value"]), carrier["value"]
        name = ("dev1." if carrier["type"] == "domain" else "") + carrier["value"]
        return self.look(t, dev, name), FAR, name

    def http(self, t, dev, ind, path, agent):
        t, host, name = self.to_carrier(t, dev, ind, 80)
        Tcp(self.cap, t, dev, host, 80, 20_000).open().up(http_get(name, path, agent)).down(http_reply(b"ok", "text/plain"))

    def mqtt(self, t, dev, ind, client, topic):
        t, host, _ = self.to_carrier(t, dev, ind, 1883)
        Tcp(self.cap, t, dev, host, 1883, 20_000).open().up(mqtt_connect(client)).down(MQTT_CONNACK).up(
            mqtt_publish(topic, b"1"))

    def coap(self, t, dev, ind, path, queries=()):
        t, host, _ = self.to_carrier(t, dev, ind, 5683)
        sport = dev.port()
        self.cap.datagram(t, dev, sport, host, 5683, coap_post(self.n, path, queries))
        self.cap.datagram(t + 20_000, host, 5683, dev, sport, bytes([0x60, 0x44]) + self.n.to_bytes(2, "big"))

    def text(self, t, dev, ind, text):
        kind = ind["type"]
        if kind == "url_path":
            self.http(t, dev, ind, text if text.startswith("/") else "/" + text, "agent")
        elif kind == "user_agent":
            self.http(t, dev, ind, "/", text)
        elif kind == "mqtt_topic":
            self.mqtt(t, dev, ind, "client", text)
        elif kind == "mqtt_client_id":
            self.mqtt(t, dev, ind, text, "topic")
        elif kind == "coap_path":
            self.coap(t, dev, ind, text.strip("/").split("/"))
        elif kind == "lwm2m_endpoint":
            self.coap(t, dev, ind, ["rd"], [f"ep={text}", "lt=300"])
        else:
            sys.exit(f"{ind['id']}: no proof is known for type '{kind}'")

    # proofs
    def name_proof(self, ind, begin, expected):
        value = ind["value"]
        dev = self.device()
        self.tls(self.time(begin), dev, ("dev1." if ind["type"] == "domain" else "") + value)
        self.expect(dev, ind, expected)
        if expected == "late":
            return
        first, rest = value.split(".", 1)
        dev = self.device()
        self.tls(self.time(begin), dev, f"not{value}")
        self.look(self.time(begin) + 400_000, dev, f"{value}.example.org")
        self.look(self.time(begin) + 500_000, dev, f"{first}0.{rest}")
        if homograph(value):
            self.look(self.time(begin) + 600_000, dev, homograph(value))
        if ind["type"] == "host":
            self.look(self.time(begin) + 700_000, dev, f"dev1.{value}")
        self.expect(dev, ind, "silent")

    def address_proof(self, ind, begin, expected):
        value, port, udp, block = ind["value"], (ind.get("ports") or [443])[0], False, None
        if ind["type"] == "address_port":
            value, port = value.rsplit(":", 1)
            value, port, udp = value.strip("[]"), int(port), ind.get("transport") == "udp"
        block = ipaddress.ip_network(value)
        inside = block[len(block) // 2] if hasattr(block, "__len__") else block[block.num_addresses // 2]
        dev = self.device()
        self.go(self.time(begin), dev, str(inside), port, udp)
        self.expect(dev, ind, expected)
        if expected == "late":
            return
        dev = self.device()
        for i, beside in enumerate((block[0] - 1, block[-1] + 1)):
            self.go(self.time(begin) + i * 100_000, dev, str(beside), port, udp)
        if ind["type"] == "address_port":
            self.go(self.time(begin) + 300_000, dev, str(inside), port % 65535 + 1, udp)
            if "transport" in ind:
                self.go(self.time(begin) + 400_000, dev, str(inside), port, not udp)
        self.expect(dev, ind, "silent")

    def port_proof(self, ind, begin, expected):
        transport, port = ind["value"].split("/")
        for what, number in ((expected, int(port)), ("silent", int(port) % 65535 + 1)):
            dev = self.device()
            t, host, _ = self.to_carrier(self.time(begin), dev, ind, number)
            self.go(t, dev, host.addr, number, transport == "udp")
            self.expect(dev, ind, what)

    def certificate_proof(self, ind, begin, expected):
        dev = self.device()
        self.certificate(self.time(begin), dev, ind["value"])
        self.expect(dev, ind, expected)
        if expected == "late":
            return
        dev = self.device()
        for i, name in enumerate((f"not{ind['value']}", f"{ind['value']}.example.org")):
            self.certificate(self.time(begin) + i * 300_000, dev, name)
        self.expect(dev, ind, "silent")

    def text_proof(self, ind, begin, expected):
        for what, make in ((expected, sample), ("silent", near)):
            dev = self.device()
            self.text(self.time(begin), dev, ind, make(ind, self.n))
            self.expect(dev, ind, what)

    def lookup(self, ind):
        value = ind["value"]
        self.rows.append(("-", value, ind["id"], "fires"))
        self.rows.append(("-", value[:-1] + ("0" if value[-1] != "0" else "1"), ind["id"], "silent"))

    def prove(self, ind):
        kind = ind["type"]
        if kind in HASHES:
            return self.lookup(ind)
        alone = kind in NAMES or kind in ("ip", "cidr", "address_port", "cert_name")
        proof = (self.name_proof if kind in NAMES else self.address_proof if kind in ("ip", "cidr", "address_port")
                 else self.certificate_proof if kind == "cert_name" else self.port_proof if kind == "port"
                 else self.text_proof)
        if alone:
            expected = "fires" if may_raise(ind) else "informs"
        else:
            expected = "fires" if ind["use"] != "baseline" and self.carriers.has(ind) else "informs"
        proof(ind, in_force(ind), expected)
        if alone and "valid_until" in ind:
            proof(ind, microseconds(day(ind["valid_until"], True)) + 30 * DAY, "late")


class Carriers:
    """Hosts beside which texts and ports are evidence: of the same entity, when it has one."""

    def __init__(self, known):
        self.by_entity, self.any = {}, None
        for kinds in (("host",), ("domain",), ("ip",)):
            for ind in known:
                if ind["type"] in kinds and may_raise(ind) and ind["use"] == "alert" and "valid_until" not in ind:
                    self.by_entity.setdefault(ind["entity"], ind)
                    self.any = self.any or ind

    def has(self, ind):
        return ind["entity"] in self.by_entity

    def of(self, ind):
        found = self.by_entity.get(ind["entity"], self.any)
        if found is None:
            sys.exit(f"{ind['id']}: no host of '{ind['entity']}' that alerts; name another pack --with")
        return found


def family(ind):
    return "retro" if ind["use"] == "retro_hunt" else ind["type"]


def write_all(pack, known, only):
    """Name -> octets of what belongs into PACK/proof, and the rows."""
    carriers, scenes = Carriers(known), {}
    for ind in indicators(pack):
        if only is None or ind["id"] == only:
            name = (only or family(ind)) + ".pcap.gz"
            scenes.setdefault(name, Scene(name, carriers)).prove(ind)
    rows = [row for name in sorted(scenes) for row in scenes[name].rows]
    captures = {name: s.cap for name, s in scenes.items() if s.cap.frames}
    if only is None:
        cap, more = rules.capture_of(pack)
        rows += more
        if cap is not None:
            captures[rules.CAPTURE] = cap
    return {name: gzip.compress(cap.octets(), 9, mtime=0) for name, cap in captures.items()}, rows


def table(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("capture", "device", "id", "expect"))
    writer.writerows(rows)
    return out.getvalue().encode()


def old_rows(folder):
    path = folder / "expect.csv"
    return [tuple(r) for r in list(csv.reader(path.open(newline="")))[1:]] if path.exists() else []


def same(path, octets):
    """Packed alike or not: what counts is what is in it."""
    if not path.exists():
        return False
    there = path.read_bytes()
    return there == octets or (path.suffix == ".gz" and gzip.decompress(there) == gzip.decompress(octets))


def main():
    args = argparse.ArgumentParser(description="write the proofs of a pack")
    args.add_argument("--check", action="store_true")
    args.add_argument("--pack", type=pathlib.Path, default=HERE.parent / "signatures")
    args.add_argument("--with", type=pathlib.Path, dest="other")
    args.add_argument("--indicator")
    args = args.parse_args()
    known = indicators(args.pack) + (indicators(args.other) if args.other else [])
    files, rows = write_all(args.pack, known, args.indicator)
    folder = args.pack / "proof"
    before = old_rows(folder)
    if args.indicator:
        if not rows:
            sys.exit(f"no indicator '{args.indicator}' in {args.pack}")
        rows = [r for r in before if r[2] != args.indicator] + rows
    files["expect.csv"] = table(rows)
    wrong = 0
    for name, octets in files.items():
        if same(folder / name, octets):
            continue
        if args.check:
            print(f"{folder / name}: differs from what prove.py writes")
            wrong = 1
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(octets)
    for name in {r[0] for r in before} - {r[0] for r in rows} - {"-"}:
        if args.check:
            wrong = 1
        else:
            (folder / name).unlink(missing_ok=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
