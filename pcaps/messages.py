# SPDX-License-Identifier: Apache-2.0
"""Messages of the protocols that the scenarios speak, built octet by octet."""
import struct

from wire import Chance, ip_octets

# --- DNS, RFC 1035 ---
DNS_A, DNS_CNAME, DNS_AAAA = 1, 5, 28


def dns_name(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0"


def dns_query(ident, name, qtype):
    return struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack("!HH", qtype, 1)


def dns_reply(ident, name, qtype, answers, rcode=0):
    """answers: (owner, type, ttl, value); the value is a name or an address."""
    out = struct.pack("!HHHHHH", ident, 0x8180 | rcode, 1, len(answers), 0, 0)
    out += dns_name(name) + struct.pack("!HH", qtype, 1)
    for owner, rtype, ttl, value in answers:
        data = dns_name(value) if rtype == DNS_CNAME else ip_octets(value)
        # RFC 1035, 4.1.4: a pointer to the question when it is the same name
        out += (b"\xc0\x0c" if owner == name else dns_name(owner))
        out += struct.pack("!HHIH", rtype, 1, ttl, len(data)) + data
    return out


# --- ASN.1 and X.509, RFC 5280: a well-formed certificate; nobody checks its signature here ---
def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size, "big") + body


def oid(text):
    a, b, *rest = (int(x) for x in text.split("."))
    out = bytes([a * 40 + b])
    for n in rest:
        chunk = [n & 127]
        while n > 127:
            n >>= 7
            chunk.insert(0, n & 127 | 128)
        out += bytes(chunk)
    return der(6, out)


def x509_name(common_name, organisation):
    def attribute(kind, text):
        return der(0x31, der(0x30, oid(kind), der(0x0C, text.encode())))
    return der(0x30, attribute("2.5.4.10", organisation), attribute("2.5.4.3", common_name))


def certificate(common_name, organisation, issuer, names):
    chance = Chance("certificate " + common_name)
    ecdsa = der(0x30, oid("1.2.840.10045.4.3.2"))
    key = der(0x30, der(0x30, oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")),
              der(3, b"\0\x04" + chance.octets(64)))
    san = der(0x30, *(der(0x82, n.encode()) for n in names))
    extensions = der(0xA3, der(0x30, der(0x30, oid("2.5.29.17"), der(4, san))))
    validity = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"280101000000Z"))
    tbs = der(0x30, der(0xA0, der(2, b"\x02")), der(2, b"\x01" + chance.octets(9)), ecdsa,
              x509_name(issuer, issuer), validity, x509_name(common_name, organisation), key, extensions)
    half = der(2, b"\x01" + chance.octets(31))
    return der(0x30, tbs, ecdsa, der(3, b"\0" + der(0x30, half, half)))


# --- TLS, RFC 5246 and RFC 8446 ---
HANDSHAKE, CHANGE_CIPHER_SPEC, APPLICATION = 22, 20, 23


def record(kind, data, version=0x0303):
    out = b""
    for i in range(0, len(data), 16384):
        part = data[i:i + 16384]
        out += struct.pack("!BHH", kind, version, len(part)) + part
    return out


def handshake(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def extension(kind, body):
    return struct.pack("!HH", kind, len(body)) + body


def client_hello(chance, sni=None, alpn=(), tls13=True, quic=None):
    """The message; `quic`: the transport parameters when it travels in QUIC."""
    suites = [0x1301, 0x1302, 0x1303] if tls13 else []
    suites += [] if quic else [0xC02B, 0xC02F, 0xC023, 0xC027, 0x009C, 0x002F]
    ext = b"" if quic is None else extension(57, quic)
    if sni is not None:
        ext += extension(0, struct.pack("!HBH", len(sni) + 3, 0, len(sni)) + sni.encode())
    ext += extension(23, b"") + extension(0xFF01, b"\0")
    ext += extension(10, struct.pack("!HHHH", 6, 29, 23, 24)) + extension(11, b"\x01\0")
    if alpn:
        listed = b"".join(bytes([len(p)]) + p.encode() for p in alpn)
        ext += extension(16, struct.pack("!H", len(listed)) + listed)
    ext += extension(13, struct.pack("!HHHHHH", 10, 0x0403, 0x0804, 0x0401, 0x0503, 0x0501))
    if tls13:
        ext += extension(51, struct.pack("!HHH", 36, 29, 32) + chance.octets(32))
        ext += extension(45, b"\x01\x01") + extension(43, b"\x04\x03\x04\x03\x03")
    body = b"\x03\x03" + chance.octets(32)
    body += b"\0" if quic else b"\x20" + chance.octets(32)    # RFC 9001, 8.4: no session id
    body += struct.pack("!H", 2 * len(suites)) + b"".join(struct.pack("!H", s) for s in suites)
    body += b"\x01\0" + struct.pack("!H", len(ext)) + ext
    return handshake(1, body)


def tls13_server_hello(chance, session=True):
    ext = extension(51, struct.pack("!HH", 29, 32) + chance.octets(32)) + extension(43, b"\x03\x04")
    body = b"\x03\x03" + chance.octets(32) + (b"\x20" + chance.octets(32) if session else b"\0") + b"\x13\x01\0"
    return handshake(2, body + struct.pack("!H", len(ext)) + ext)


def tls13_server_flight(chance):
    return (record(HANDSHAKE, tls13_server_hello(chance)) + record(CHANGE_CIPHER_SPEC, b"\x01")
            + record(APPLICATION, chance.octets(1620)))


def tls12_server_flight(chance, chain):
    ext = extension(0xFF01, b"\0") + extension(11, b"\x01\0")
    hello = b"\x03\x03" + chance.octets(32) + b"\x20" + chance.octets(32) + b"\xc0\x2b\0"
    hello += struct.pack("!H", len(ext)) + ext
    certs = b"".join(len(c).to_bytes(3, "big") + c for c in chain)
    exchange = b"\x03\0\x17\x41\x04" + chance.octets(64) + struct.pack("!HH", 0x0403, 70) + chance.octets(70)
    return (record(HANDSHAKE, handshake(2, hello))
            + record(HANDSHAKE, handshake(11, len(certs).to_bytes(3, "big") + certs))
            + record(HANDSHAKE, handshake(12, exchange)) + record(HANDSHAKE, handshake(14, b"")))


def tls_open(conn, seed, sni=None, alpn=(), chain=None):
    """Handshake over an open connection: TLS 1.2 when a certificate chain is given, else 1.3."""
    chance = Chance("tls " + seed)
    conn.up(record(HANDSHAKE, client_hello(chance, sni, alpn, tls13=chain is None), 0x0301))
    if chain is None:
        conn.down(tls13_server_flight(chance), 22000)
        conn.up(record(CHANGE_CIPHER_SPEC, b"\x01") + record(APPLICATION, chance.octets(53)))
        return conn
    conn.down(tls12_server_flight(chance, chain), 22000)
    conn.up(record(HANDSHAKE, handshake(16, b"\x41\x04" + chance.octets(64)))
            + record(CHANGE_CIPHER_SPEC, b"\x01") + record(HANDSHAKE, chance.octets(40)))
    return conn.down(record(CHANGE_CIPHER_SPEC, b"\x01") + record(HANDSHAKE, chance.octets(40)))


def tls_data(conn, seed, up, down):
    chance = Chance("tls data " + seed)
    conn.up(record(APPLICATION, chance.octets(up)))
    return conn.down(record(APPLICATION, chance.octets(down)))


# --- MQTT 3.1.1 ---
def mqtt_text(text):
    return struct.pack("!H", len(text)) + text.encode()


def mqtt_packet(kind, body):
    size, n = b"", len(body)
    while True:
        n, digit = n >> 7, n & 127
        size += bytes([digit | (128 if n else 0)])
        if not n:
            return bytes([kind]) + size + body


def mqtt_connect(client_id, user=None, password=None, keepalive=300):
    flags = 2 | (0x80 if user else 0) | (0x40 if password else 0)
    body = mqtt_text("MQTT") + bytes([4, flags]) + struct.pack("!H", keepalive) + mqtt_text(client_id)
    return mqtt_packet(0x10, body + (mqtt_text(user) if user else b"") + (mqtt_text(password) if password else b""))


MQTT_CONNACK = bytes([0x20, 2, 0, 0])
MQTT_PINGREQ, MQTT_PINGRESP, MQTT_DISCONNECT = bytes([0xC0, 0]), bytes([0xD0, 0]), bytes([0xE0, 0])


def mqtt_publish(topic, payload, ident=1):
    return mqtt_packet(0x32, mqtt_text(topic) + struct.pack("!H", ident) + payload)


def mqtt_puback(ident=1):
    return mqtt_packet(0x40, struct.pack("!H", ident))


def mqtt_subscribe(topic, ident=1):
    return mqtt_packet(0x82, struct.pack("!H", ident) + mqtt_text(topic) + b"\x01")


def mqtt_suback(ident=1):
    return mqtt_packet(0x90, struct.pack("!H", ident) + b"\x01")


# --- CoAP, RFC 7252 ---
def coap(kind, code, ident, token=b"", path=(), payload=b"", content_format=None, query=()):
    """kind 0 CON, 2 ACK; code as the octet (0.02 POST is 2, 2.04 Changed is 0x44)."""
    out = bytes([0x40 | kind << 4 | len(token), code]) + struct.pack("!H", ident) + token
    last = 0
    options = [(11, p.encode()) for p in path]
    if content_format is not None:
        options.append((12, bytes([content_format])))
    options += [(15, q.encode()) for q in query]
    for number, value in options:
        long = len(value) >= 13
        out += bytes([(number - last) << 4 | (13 if long else len(value))]) + bytes([len(value) - 13] if long else []) + value
        last = number
    return out + (b"\xff" + payload if payload else b"")


# --- DLMS/COSEM in its TCP wrapper: IEC 62056-47 ---
def dlms(client, server, apdu):
    return struct.pack("!HHHH", 1, client, server, len(apdu)) + apdu


DLMS_AARQ = bytes.fromhex("601da109060760857405080101be10040e01000000065f1f0400001e1dffff")
DLMS_AARE = bytes.fromhex("6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400001e1d04c80007")
DLMS_RLRQ, DLMS_RLRE = bytes.fromhex("6203800100"), bytes.fromhex("6303800100")


def dlms_get(invoke, obis):
    """GET.request normal of attribute 2 of a Register (class 3)."""
    return bytes([0xC0, 1, 0xC0 | invoke, 0, 3]) + bytes(obis) + bytes([2, 0])


def dlms_value(invoke, value):
    return bytes([0xC4, 1, 0xC0 | invoke, 0, 6]) + struct.pack("!I", value)


# --- HTTP/1.1 ---
def http_get(host, path, agent, more=""):
    return (f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n{more}"
            "Connection: keep-alive\r\n\r\n").encode()


def http_post(host, path, agent, kind, body):
    return (f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def http_reply(body, kind, status="200 OK", more=""):
    return (f"HTTP/1.1 {status}\r\nServer: nginx\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"{more}\r\n").encode() + body


def firmware_image(seed, size):
    """Octets that look like a packed image: no magic of any maker."""
    return b"PKIMG\x01\0\0" + struct.pack("!I", size) + Chance("image " + seed).octets(size - 12)


# --- HL7 v2 in MLLP, and DICOM upper layer ---
def hl7(kind, control, segments, app, facility="WARD4"):
    text = f"MSH|^~\\&|{app}|{facility}|IE|HOSP|20260302080000||{kind}|{control}|P|2.3.1\r" + "".join(s + "\r" for s in segments)
    return b"\x0b" + text.encode() + b"\x1c\r"


def dicom_title(text):
    return text.ljust(16).encode()


def dicom_item(kind, body):
    return struct.pack("!BBH", kind, 0, len(body)) + body


def dicom_associate(kind, called, calling):
    """PS3.8, 9.3.2 and 9.3.3: kind 1 request, 2 accept; one presentation context, Verification."""
    context = bytes([1, 0, 0, 0])
    if kind == 1:
        context += dicom_item(0x30, b"1.2.840.10008.1.1")
    context += dicom_item(0x40, b"1.2.840.10008.1.2")
    user = dicom_item(0x51, struct.pack("!I", 16384)) + dicom_item(0x52, b"1.2.826.0.1.3680043.9.9999")
    body = struct.pack("!HH", 1, 0) + dicom_title(called) + dicom_title(calling) + bytes(32)
    body += dicom_item(0x10, b"1.2.840.10008.3.1.1.1")
    body += dicom_item(0x20 if kind == 1 else 0x21, context) + dicom_item(0x50, user)
    return struct.pack("!BBI", kind, 0, len(body)) + body


def dicom_data(command):
    pdv = struct.pack("!IBB", len(command) + 2, 1, 3) + command
    return struct.pack("!BBI", 4, 0, len(pdv)) + pdv


def dicom_command(field, value_is_response):
    def element(number, value):
        return struct.pack("<HHI", 0, number, len(value)) + value
    rest = element(2, b"1.2.840.10008.1.1\0") + element(0x100, struct.pack("<H", field))
    rest += element(0x120 if value_is_response else 0x110, struct.pack("<H", 1))
    rest += element(0x800, struct.pack("<H", 0x0101))
    if value_is_response:
        rest += element(0x900, struct.pack("<H", 0))
    return element(0, struct.pack("<I", len(rest))) + rest


DICOM_RELEASE, DICOM_RELEASED = bytes([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]), bytes([6, 0, 0, 0, 0, 4, 0, 0, 0, 0])


# --- GT06, a tracker protocol of many makers ---
def gt06(kind, body, serial):
    inner = bytes([len(body) + 5, kind]) + body + struct.pack("!H", serial)
    return b"\x78\x78" + inner + struct.pack("!H", crc_x25(inner)) + b"\r\n"


def crc_x25(data):
    crc = 0xFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF


def imei(serial):
    """A test IMEI: reporting body 00 (GSMA TS.06), six digits of serial, Luhn digit (TS 23.003, B)."""
    digits = f"00101700{serial:06d}"
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(digits))
    return digits + str(-total % 10)


# --- NTP, RFC 5905; DHCP, RFC 2131; ARP, RFC 826 ---
def ntp(mode, seconds):
    stamp = struct.pack("!II", seconds + 2208988800, 0)
    return bytes([0x20 | mode, 2 if mode == 4 else 0, 6, 0xEC]) + bytes(8) + b"\xc0\0\x02\x7b" + stamp * (
        3 if mode == 4 else 0) + (stamp if mode == 4 else bytes(24) + stamp)


def arp(op, sender_mac, sender_ip, target_mac, target_ip):
    def mac(text):
        return bytes(int(x, 16) for x in text.split(":"))
    return (struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + mac(sender_mac) + ip_octets(sender_ip)
            + mac(target_mac) + ip_octets(target_ip))


def dhcp(kind, mac, ident, yiaddr="0.0.0.0", server=None, hostname=None, vendor=None):
    def option(code, value):
        return bytes([code, len(value)]) + value
    op = 1 if kind in (1, 3) else 2
    hw = bytes(int(x, 16) for x in mac.split(":"))
    out = struct.pack("!BBBBIHH", op, 1, 6, 0, ident, 0, 0) + bytes(4) + ip_octets(yiaddr) + bytes(8)
    out += hw + bytes(10) + bytes(192) + b"\x63\x82\x53\x63" + option(53, bytes([kind]))
    if server:
        out += option(54, ip_octets(server)) + option(51, struct.pack("!I", 86400))
    if hostname:
        out += option(12, hostname.encode())
    if vendor:
        out += option(60, vendor.encode())
    return out + b"\xff"
