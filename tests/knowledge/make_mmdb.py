#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Databases in the MaxMind DB file format 2.0, made from nothing, in the shapes that are published.

    make_mmdb.py FOLDER

Writes FOLDER/NAME.mmdb for each row of SHAPES. Standard library only, no clock: the same octets
each time. The networks are documentation blocks (RFC 5737, RFC 3849, RFC 5398), so that nothing in
them is about anybody."""
import ipaddress
import pathlib
import struct
import sys

BUILT = 1767225600    # 2026-01-01
SEPARATOR = bytes(16)
MARKER = b"\xab\xcd\xefMaxMind.com"


class U16(int):
    """A number that is written as uint16; plain int is uint32."""


class U64(int):
    pass


def control(kind, size):
    """Control octets of a value: its type and size."""
    if size < 29:
        low, more = size, b""
    elif size < 285:
        low, more = 29, bytes([size - 29])
    elif size < 65821:
        low, more = 30, struct.pack(">H", size - 285)
    else:
        low, more = 31, struct.pack(">I", size - 65821)[1:]
    return bytes([kind << 5 | low]) + more if kind < 8 else bytes([low, kind - 7]) + more


def number(kind, value):
    octets = value.to_bytes(8, "big").lstrip(b"\0")
    return control(kind, len(octets)) + octets


def pointer(offset):
    """The shortest of the four forms."""
    if offset < 2048:
        return bytes([0x20 | offset >> 8, offset & 255])
    if offset < 526336:
        return bytes([0x28 | (offset - 2048) >> 16]) + struct.pack(">H", offset - 2048 & 0xffff)
    return b"\x38" + struct.pack(">I", offset)


class Data:
    """The data section: each text and each record stands in it once."""

    def __init__(self):
        self.octets, self.texts, self.records = bytearray(), {}, {}

    def value(self, value, share):
        if isinstance(value, str):
            text = value.encode()
            if share and text in self.texts:
                return pointer(self.texts[text])
            return control(2, len(text)) + text
        if isinstance(value, bool):
            return control(14, int(value))
        if isinstance(value, U16):
            return number(5, value)
        if isinstance(value, U64):
            return number(9, value)
        if isinstance(value, int):
            return number(6, value)
        if isinstance(value, float):
            return control(3, 8) + struct.pack(">d", value)
        if isinstance(value, list):
            return control(11, len(value)) + b"".join(self.value(v, share) for v in value)
        return control(7, len(value)) + b"".join(
            self.value(k, share) + self.value(v, share) for k, v in value.items())

    def keep_texts(self, value):
        """Keys of maps are put down first, for records to point to."""
        if isinstance(value, dict):
            for key, inner in value.items():
                if key.encode() not in self.texts:
                    self.texts[key.encode()] = len(self.octets)
                    self.octets += control(2, len(key.encode())) + key.encode()
                self.keep_texts(inner)
        elif isinstance(value, list):
            for inner in value:
                self.keep_texts(inner)

    def record(self, record):
        """Its offset."""
        name = repr(record)
        if name not in self.records:
            self.keep_texts(record)
            octets = self.value(record, True)
            self.records[name] = len(self.octets)
            self.octets += octets
        return self.records[name]


def tree(networks, version):
    """Nodes of the search tree: [left, right] each None, a node's number or ("data", offset)."""
    nodes = [[None, None]]
    for block, offset in networks:
        block = ipaddress.ip_network(block)
        bits, length = int(block.network_address), block.prefixlen
        if block.version == 4 and version == 6:
            length += 96    # ::a.b.c.d, where readers look for IPv4 addresses
        width = 128 if version == 6 else 32
        at = 0
        for depth in range(length):
            side = bits >> width - 1 - depth & 1
            if depth == length - 1:
                nodes[at][side] = ("data", offset)
            else:
                if nodes[at][side] is None:
                    nodes.append([None, None])
                    nodes[at][side] = len(nodes) - 1
                at = nodes[at][side]
    return nodes


def pack_node(left, right, size):
    if size == 24:
        return left.to_bytes(3, "big") + right.to_bytes(3, "big")
    if size == 28:
        return ((left & 0xffffff).to_bytes(3, "big") + bytes([left >> 24 << 4 | right >> 24])
                + (right & 0xffffff).to_bytes(3, "big"))
    return left.to_bytes(4, "big") + right.to_bytes(4, "big")


def database(kind, networks, version=6, size=24, built=BUILT):
    """The whole file; `networks`: (block, record) pairs that do not hold each other."""
    data = Data()
    nodes = tree([(block, data.record(record)) for block, record in networks], version)

    def end(value):
        if value is None:
            return len(nodes)
        return value if isinstance(value, int) else len(nodes) + 16 + value[1]

    meta = {"node_count": len(nodes), "record_size": U16(size), "ip_version": U16(version),
            "database_type": kind, "languages": ["en"], "binary_format_major_version": U16(2),
            "binary_format_minor_version": U16(0), "build_epoch": U64(built),
            "description": {"en": "made for tests"}}
    return (b"".join(pack_node(end(left), end(right), size) for left, right in nodes) + SEPARATOR
            + bytes(data.octets) + MARKER + Data().value(meta, False))


def geolite2_asn(asn, org, _country):
    return {"autonomous_system_number": asn, "autonomous_system_organization": org}


def geolite2_country(_asn, _org, country):
    place = {"geoname_id": 1, "iso_code": country, "names": {"en": "Somewhere", "de": "Irgendwo"}}
    return {"continent": {"code": "EU", "geoname_id": 2}, "country": place, "registered_country": {"iso_code": "ZZ"}}


def dbip_isp(asn, org, country):
    return {"country": {"iso_code": country}, "traits": {"autonomous_system_number": asn,
                                                         "autonomous_system_organization": org, "is_anycast": True}}


def ipinfo_lite(asn, org, country):
    return {"asn": f"AS{asn}", "as_domain": "as.example", "as_name": org, "continent": "Europe",
            "country": "Somewhere", "country_code": country}


def ipinfo_country_asn(asn, org, country):
    return {"asn": f"AS{asn}", "as_name": org, "country": country, "country_name": "Somewhere"}


def ipinfo_company(asn, org, country):
    return {"asn": {"asn": f"AS{asn}", "name": org, "type": "isp"}, "country": country.lower()}


def iptoasn_country(_asn, _org, country):
    return {"country_code": country}


def number_64(asn, org, _country):
    return {"name": org, "asn": U64(asn), "score": 0.5, "many": [1, 2, {"a": "b"}]}


WHO = [("192.0.2.0/24", 64496, "Alpha Networks", "DE"), ("198.51.100.0/25", 64497, "Beta \"Cloud\" Ltd", "US"),
       ("198.51.100.128/25", 65551, "Gamma Télécom", "FR"), ("203.0.113.7/32", 64511, "D" * 300, "SG"),
       ("2001:db8:1::/48", 64496, "Alpha Networks", "DE"), ("2001:db8:2::/47", 65551, "Gamma Télécom", "FR")]

# name: shape, IP version, record size
SHAPES = {"geolite2-asn": (geolite2_asn, 6, 24), "geolite2-country": (geolite2_country, 6, 28),
          "dbip-isp": (dbip_isp, 6, 32), "ipinfo-lite": (ipinfo_lite, 6, 32),
          "ipinfo-country-asn": (ipinfo_country_asn, 6, 24), "ipinfo-company": (ipinfo_company, 6, 28),
          "iptoasn-country": (iptoasn_country, 6, 24), "number-64": (number_64, 6, 24),
          "ipv4-only": (geolite2_asn, 4, 24)}


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (shape, version, size) in SHAPES.items():
        networks = [(block, shape(asn, org, country)) for block, asn, org, country in WHO
                    if version == 6 or ":" not in block]
        (folder / f"{name}.mmdb").write_bytes(database(name, networks, version, size))
    odd = {"nothing-known": [("192.0.2.0/24", {"city": "Nowhere"})],
           "record-of-600": [("192.0.2.0/24", {"asn": 1, **{f"key{i}": i for i in range(300)}})],
           "no-map": [("192.0.2.0/24", "text")],
           "as-zero": [("192.0.2.0/24", {"asn": 0, "country": "Somewhere", "as_name": "x"}),
                       ("198.51.100.0/24", {"asn": "AS99999999999", "country_code": "1A"}),
                       ("203.0.113.0/24", {"asn": "ASx", "country_code": "DE"})]}
    for name, networks in odd.items():
        (folder / f"{name}.mmdb").write_bytes(database(name, networks))


if __name__ == "__main__":
    main(sys.argv[1])
