# SPDX-License-Identifier: Apache-2.0
"""Messages of device management, trackers and cameras: LwM2M, TR-069, SUPL, JT/T 808, Queclink, Teltonika, Tuya,
Kalay, PPPP, DVRIP. Each function is named for its protocol and cites what it follows."""
import json
import struct

from quic import aes128


# --- CoAP with any options, RFC 7252, and LwM2M TLV (Core 1.2, 7.4.5) ---
def coap_message(kind, code, ident, token=b"", options=(), payload=b""):
    """options: (number, octets) in ascending order."""
    out, last = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack("!H", ident) + token, 0

    def nibble(n):
        return (n, b"") if n < 13 else (13, bytes([n - 13])) if n < 269 else (14, struct.pack("!H", n - 269))
    for number, value in options:
        (delta, more), (size, longer) = nibble(number - last), nibble(len(value))
        out += bytes([delta << 4 | size]) + more + longer + value
        last = number
    return out + (b"\xff" + payload if payload else b"")


def coap_path(path):
    return [(11, part.encode()) for part in path.strip("/").split("/")]


def tlv(number, value):
    """A resource with a value of less than 8 octets, or up to 255."""
    if len(value) < 8:
        return bytes([0xC0 | len(value), number]) + value
    return bytes([0xC8, number, len(value)]) + value


# --- JT/T 808-2019, 4.4 ---
def jt808(ident, phone, body=b"", of_2019=False, serial=1):
    digits = bytes.fromhex(phone.zfill(20 if of_2019 else 12))
    message = struct.pack("!HH", ident, len(body) | (0x4000 if of_2019 else 0)) + (b"\x01" if of_2019 else b"")
    message += digits + struct.pack("!H", serial) + body
    check = 0
    for octet in message:
        check ^= octet
    message += bytes([check])
    return b"\x7e" + message.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


# --- Teltonika codec 8 and 12 ---
def crc_reflected(data, polynomial, start=0):
    for octet in data:
        start ^= octet
        for _ in range(8):
            start = start >> 1 ^ (polynomial if start & 1 else 0)
    return start


def teltonika_packet(data):
    return struct.pack("!II", 0, len(data)) + data + struct.pack("!I", crc_reflected(data, 0xA001))


def teltonika_records(times_ms):
    """Codec 8: time, priority, no fix, no event, four empty groups of values."""
    body = b"".join(struct.pack("!QB", t, 0) + bytes(15) + bytes(6) for t in times_ms)
    return teltonika_packet(bytes([8, len(times_ms)]) + body + bytes([len(times_ms)]))


def teltonika_text(kind, text):
    """Codec 12: kind 5 command, 6 answer."""
    return teltonika_packet(bytes([12, 1, kind]) + struct.pack("!I", len(text)) + text.encode() + b"\x01")


# --- SUPL, OMA-TS-ULP 2.0: unaligned PER ---
def bits(*fields):
    """(value, width) one after the other, filled up to an octet."""
    value = width = 0
    for v, w in fields:
        value, width = value << w | v, width + w
    pad = -width % 8
    return (value << pad).to_bytes((width + pad) // 8, "big")


def swapped(digits):
    """TBCD of an even or filled number of digits."""
    digits += "f" * (len(digits) % 2)
    return bytes.fromhex("".join(b + a for a, b in zip(digits[::2], digits[1::2])))


def supl_set(number, digits, choice=3):
    """SetSessionID: choice 0 msisdn, 3 imsi."""
    octets = swapped(digits.ljust(16, "f"))
    return [(number, 16), (0, 1), (choice, 3)] + [(o, 8) for o in octets]


def supl_slp(number, name):
    letters = "-." + "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "abcdefghijklmnopqrstuvwxyz"
    return [(number, 32), (0, 1), (1, 1), (len(name) - 1, 8)] + [(letters.index(c), 6) for c in name]


def supl(message, set_id=(), slp_id=(), body=(), version=(2, 0, 4)):
    """message: the root alternatives, 1 START, 2 RESPONSE, 5 END."""
    fields = [(0, 16)] + [(v, 8) for v in version] + [(1 if set_id else 0, 1), (1 if slp_id else 0, 1)]
    octets = bits(*fields, *set_id, *slp_id, (0, 1), (message, 3), *body)
    return struct.pack("!H", len(octets)) + octets[2:]


# --- Tuya: 000055aa, announcement sealed with the key that all devices share ---
def aes_ecb(key, data):
    return b"".join(aes128(key, data[i:i + 16]) for i in range(0, len(data), 16))


TUYA_KEY = bytes.fromhex("6c1ec8e2bb9bb59ab50b0daf649b410a")


def tuya(command, payload, sequence=0):
    head = struct.pack("!IIII", 0x55AA, sequence, command, len(payload) + 8) + payload
    return head + struct.pack("!II", crc_reflected(head, 0xEDB88320, 0xFFFFFFFF) ^ 0xFFFFFFFF, 0xAA55)


def tuya_announcement(address, device, product, version):
    text = json.dumps({"ip": address, "gwId": device, "active": 2, "ability": 0, "encrypt": True,
                       "productKey": product, "version": version}, separators=(",", ":")).encode()
    pad = 16 - len(text) % 16
    return tuya(0x13, bytes(4) + aes_ecb(TUYA_KEY, text + bytes([pad]) * pad))


# --- PPPP, Kalay, DVRIP ---
def pppp(kind, body=b""):
    return struct.pack("!BBH", 0xF1, kind, len(body)) + body


def pppp_uid(prefix, serial, check):
    return prefix.encode().ljust(8, b"\0") + struct.pack("!I", serial) + check.encode().ljust(8, b"\0")


CHARLIE, ORDER = b"Charlie is the designer of P2P!!", (11, 9, 8, 15, 13, 10, 12, 14, 2, 1, 5, 0, 6, 4, 7, 3)


def _turn(block, by):
    words = struct.unpack("<4I", block)
    return struct.pack("<4I", *(((w >> n | w << (32 - n)) & 0xFFFFFFFF) for w, n in
                                zip(words, (by, by + 4, by + 8, by + 12))))


def kalay(data):
    """Whole blocks of 16 octets are scrambled; what is left is put in as it is."""
    out = b""
    for i in range(0, len(data) - len(data) % 16, 16):
        mixed = bytes(a ^ b for a, b in zip(_turn(data[i:i + 16], 1), CHARLIE))
        placed = bytearray(16)
        for to, at in enumerate(ORDER):
            placed[at] = mixed[to]
        out += _turn(bytes(placed), 3)
    return out + data[len(out):]


def kalay_message(command, body, mode=2, sequence=0):
    return kalay(bytes([4, 2, 0x1A, mode]) + struct.pack("<HHHHI", len(body), sequence, command, 0x21, 0) + body)


def dvrip(ident, content, session=0, sequence=0):
    body = (json.dumps(content).encode() + b"\n\0") if isinstance(content, dict) else content
    return struct.pack("<BBHIIBBHI", 0xFF, 0, 0, session, sequence, 0, 0, ident, len(body)) + body
