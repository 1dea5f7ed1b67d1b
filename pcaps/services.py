# SPDX-License-Identifier: Apache-2.0
"""What stands beside telemetry in a network: consoles, file servers, printers, telephones, tunnels and
brokers, one flow or two of each."""
import struct

from conversations import MINUTE, SECOND, ask, begin, net
from wire import Capture, Chance, CoreTap, Host, Tcp, ip_octets


# --- BER and XDR, as far as SNMP and RPC go ---
def tlv(tag, value):
    size = bytes([len(value)]) if len(value) < 128 else bytes([0x82]) + struct.pack("!H", len(value))
    return bytes([tag]) + size + value


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def oid(dotted):
    first, second, *rest = (int(n) for n in dotted.split("."))
    out = bytes([first * 40 + second])
    for n in rest:
        part = [n & 0x7F]
        while n := n >> 7:
            part.append(n & 0x7F | 0x80)
        out += bytes(reversed(part))
    return tlv(6, out)


def xdr(data):
    return struct.pack("!I", len(data)) + data + b"\0" * (-len(data) % 4)


def words(*numbers):
    return struct.pack(f"!{len(numbers)}I", *numbers)


# --- SNMP ---
def snmp_pdu(tag, ident, bindings, status=0):
    return tlv(tag, integer(ident) + integer(status) + integer(0)
               + tlv(0x30, b"".join(tlv(0x30, oid(name) + value) for name, value in bindings)))


def snmp(version, community, pdu):
    return tlv(0x30, integer(version) + tlv(4, community) + pdu)


def snmp3(engine, user, flags, data):
    usm = tlv(0x30, tlv(4, engine) + integer(3) + integer(7200) + tlv(4, user) + tlv(4, b"") + tlv(4, b""))
    return tlv(0x30, integer(3) + tlv(0x30, integer(4711) + integer(65507) + tlv(4, bytes([flags])) + integer(3))
               + tlv(4, usm) + data)


NULL = b"\x05\x00"
SYS_DESCR, SYS_NAME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"


def agents(cap, t, manager, agent):
    sport, name = manager.port(), [(SYS_DESCR, NULL), (SYS_NAME, NULL)]
    cap.datagram(t, manager, sport, agent, 161, snmp(1, b"public", snmp_pdu(0xA0, 1, name)))
    cap.datagram(t + 4000, agent, 161, manager, sport, snmp(1, b"public", snmp_pdu(0xA2, 1, [
        (SYS_DESCR, tlv(4, b"Industrial LTE router, firmware 7.4.1")), (SYS_NAME, tlv(4, b"rtr-17"))])))
    cap.datagram(t + SECOND, manager, sport, agent, 161,
                 snmp(1, b"private", snmp_pdu(0xA3, 2, [(SYS_NAME, tlv(4, b"rtr-18"))])))
    trap = tlv(0xA4, oid("1.3.6.1.4.1.99999.1") + tlv(0x40, ip_octets(agent.addr)) + integer(6) + integer(1)
               + tlv(0x43, b"\x10\x00") + tlv(0x30, tlv(0x30, oid("1.3.6.1.4.1.99999.1.2") + integer(1))))
    cap.datagram(t + 2 * SECOND, agent, agent.port(), manager, 162, snmp(0, b"public", trap))
    engine, sport = bytes.fromhex("8001869f0300005e005301"), manager.port()
    cap.datagram(t + 3 * SECOND, manager, sport, agent, 161, snmp3(b"", b"", 4, tlv(0x30, tlv(4, b"") + tlv(4, b"")
                 + snmp_pdu(0xA0, 3, []))))
    cap.datagram(t + 3 * SECOND + 4000, agent, 161, manager, sport,
                 snmp3(engine, b"", 0, tlv(0x30, tlv(4, engine) + tlv(4, b"") + snmp_pdu(
                     0xA8, 3, [("1.3.6.1.6.3.15.1.1.4.0", tlv(0x41, b"\x01"))]))))
    cap.datagram(t + 3 * SECOND + 9000, manager, sport, agent, 161,
                 snmp3(engine, b"operator", 7, tlv(4, Chance("snmp v3").octets(96))))


# --- consoles ---
def consoles(cap, t, admin, router, phone):
    conn = Tcp(cap, t, admin, router, 22).open()
    conn.up(b"SSH-2.0-OpenSSH_9.6\r\n").down(b"SSH-2.0-dropbear_2014.63\r\n")
    conn.up(struct.pack("!IB", 300, 4) + Chance("kex c").octets(299)).down(struct.pack("!IB", 260, 4) + Chance("kex s").octets(259)).close()
    conn = Tcp(cap, t + 20 * SECOND, admin, router, 23).open()
    conn.down(b"\xff\xfd\x18\xff\xfd\x20\xff\xfb\x01").up(b"\xff\xfb\x18\xff\xfc\x20\xff\xfd\x01")
    conn.down(b"\xff\xfa\x18\x01\xff\xf0").up(b"\xff\xfa\x18\x00xterm\xff\xf0")
    conn.down(b"BusyBox v1.19.4 (2014-03-10)\r\n\r\nrtr-17 login: ").up(b"admin\r\n").down(b"Password: ").up(b"nothing\r\n").close()
    conn = Tcp(cap, t + 40 * SECOND, admin, phone, 5555).open()
    for command, arg0, arg1, data, who in (
            (b"CNXN", 0x01000001, 0x100000, b"host::features=shell_v2,cmd\0", 0),
            (b"CNXN", 0x01000001, 0x100000, b"device::ro.product.name=tbox;ro.product.model=T-Box 4;ro.product.device=tbox;\0", 1),
            (b"OPEN", 1, 0, b"shell:getprop ro.build.version.incremental\0", 0), (b"OKAY", 9, 1, b"", 1),
            (b"WRTE", 9, 1, b"20260301\n", 1), (b"CLSE", 9, 1, b"", 1)):
        word = int.from_bytes(command, "little")
        conn.say(who, struct.pack("<6I", word, arg0, arg1, len(data), sum(data), word ^ 0xFFFFFFFF) + data)
    conn.close()


# --- files ---
def files(cap, t, device, server):
    conn = Tcp(cap, t, device, server, 21).open()
    data_port = 50123
    host = server.addr.replace(".", ",")
    for line, answer in (
            (None, "220 files.updates.example FTP server (vsFTPd 3.0.5) ready."), ("USER meter-4711", "331 Please specify the password."),
            ("PASS nothing", "230 Login successful."), ("TYPE I", "200 Switching to Binary mode."),
            ("SIZE /fw/app_4.3.bin", "213 6000"), ("PASV", f"227 Entering Passive Mode ({host},{data_port >> 8},{data_port & 255})."),
            ("RETR /fw/app_4.3.bin", "150 Opening BINARY mode data connection for /fw/app_4.3.bin (6000 bytes).")):
        if line:
            conn.up(line.encode() + b"\r\n")
        conn.down(answer.encode() + b"\r\n")
    image = b"\x27\x05\x19\x56" + Chance("uimage").octets(5996)
    Tcp(cap, conn.t - 200_000, device, server, data_port).open().down(image).close(1)
    conn.wait(SECOND).down(b"226 Transfer complete.\r\n").up(b"EPSV\r\n").down(b"229 Entering Extended Passive Mode (|||50124|)\r\n")
    conn.up(b"STOR /log/meter-4711.txt\r\n").down(b"150 Ok to send data.\r\n226 Transfer complete.\r\n").up(b"QUIT\r\n").down(b"221 Goodbye.\r\n").close()
    # TFTP: the answer comes from another port
    sport, other = device.port(), server.port()
    t += 30 * SECOND
    cap.datagram(t, device, sport, server, 69, b"\0\x01boot/app_4.3.bin\0octet\0blksize\x00512\0tsize\x000\0")
    cap.datagram(t + 20_000, server, other, device, sport, b"\0\x06blksize\x00512\0tsize\x001200\0")
    cap.datagram(t + 40_000, device, sport, server, other, b"\0\x04\0\0")
    for block, size in ((1, 512), (2, 512), (3, 176)):
        cap.datagram(t + 40_000 * (block + 1), server, other, device, sport, struct.pack("!HH", 3, block) + Chance(f"tftp {block}").octets(size))
        cap.datagram(t + 40_000 * (block + 1) + 20_000, device, sport, server, other, struct.pack("!HH", 4, block))


def rpc_call(xid, program, version, procedure, arguments, machine=b"bedside-1"):
    credential = xdr(words(7) + xdr(machine) + words(0, 0, 0))
    return words(xid, 0, 2, program, version, procedure, 1) + credential + words(0, 0) + arguments


def rpc_reply(xid, results):
    return words(xid, 1, 0, 0, 0, 0) + results


def shares(cap, t, device, server):
    sport = device.port()
    cap.datagram(t, device, sport, server, 111, rpc_call(0x51, 100000, 2, 3, words(100005, 3, 17, 0)))
    cap.datagram(t + 2000, server, 111, device, sport, rpc_reply(0x51, words(635)))
    sport = device.port()
    cap.datagram(t + 9000, device, sport, server, 635, rpc_call(0x52, 100005, 3, 1, xdr(b"/export/firmware")))
    cap.datagram(t + 11000, server, 635, device, sport, rpc_reply(0x52, words(0) + xdr(Chance("handle").octets(32)) + words(1, 1)))
    conn = Tcp(cap, t + 20_000, device, server, 2049, 900).open()
    for xid, procedure, arguments, results in (
            (0x53, 0, b"", b""), (0x54, 3, xdr(Chance("handle").octets(32)) + xdr(b"monitor.img"), words(0) + xdr(Chance("file").octets(32)))):
        for who, record in ((0, rpc_call(xid, 100003, 3, procedure, arguments)), (1, rpc_reply(xid, results))):
            conn.say(who, struct.pack("!I", 0x80000000 | len(record)) + record)
    conn.close()


def smb2(command, flags, body):
    message = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 0, 0, command, 1, flags, 0, command, 0, 0, 0, b"") + body
    return struct.pack("!I", len(message)) + message


def ntlm_authenticate(domain, user, host):
    texts = [b"\0" * 24, b"\0" * 24] + [s.encode("utf-16le") for s in (domain, user, host)]
    head, at = b"NTLMSSP\0" + struct.pack("<I", 3), 64
    for text in texts:
        head += struct.pack("<HHI", len(text), len(text), at)
        at += len(text)
    return head + struct.pack("<HHII", 0, 0, at, 0x00088205) + b"".join(texts)


def smb(cap, t, device, server):
    conn = Tcp(cap, t, device, server, 445, 900).open()
    conn.up(smb2(0, 0, struct.pack("<HHHHI16sQHH", 36, 2, 1, 0, 0, b"picketpicket1234", 0, 0x0202, 0x0210)))
    conn.down(smb2(0, 1, struct.pack("<HHHH16sIIIIQQHHI", 65, 1, 0x0210, 0, b"server guid 1234", 7, 65536, 65536, 65536, 0, 0, 128, 0, 0)))
    token = ntlm_authenticate("WARD", "scanner", "CT-ROOM-2")
    conn.up(smb2(1, 0, struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(token), 0) + token))
    conn.down(smb2(1, 1, struct.pack("<HHHH", 9, 0, 72, 0)))
    path = "\\\\pacs-store\\images".encode("utf-16le")
    conn.up(smb2(3, 0, struct.pack("<HHHH", 9, 0, 72, len(path)) + path)).down(smb2(3, 1, struct.pack("<HBBIII", 16, 1, 0, 0, 0, 0))).close()


def printer(cap, t, device, server):
    conn = Tcp(cap, t, device, server, 515, 900).open()
    control = b"Hbedside-1\nPnurse\nJdischarge letter\nldfA001bedside-1\n"
    conn.up(b"\x02ward3\n").down(b"\0").up(b"\x02%d cfA001bedside-1\n" % len(control)).down(b"\0").up(control + b"\0").down(b"\0")
    conn.up(b"\x03400 dfA001bedside-1\n").down(b"\0").up(b"%!PS" + b"-" * 396 + b"\0").down(b"\0").close()


# --- voice and pictures ---
def stun(kind, ident, *attributes):
    body = b"".join(struct.pack("!HH", number, len(value)) + value + b"\0" * (-len(value) % 4) for number, value in attributes)
    return struct.pack("!HHI", kind, len(body), 0x2112A442) + ident + body


def xor_address(host, port):
    return struct.pack("!BBH", 0, 1, port ^ 0x2112) + bytes(a ^ b for a, b in zip(ip_octets(host), b"\x21\x12\xa4\x42"))


def camera_relay(cap, t, device, server, peer):
    ident, sport = Chance("stun").octets(12), device.port()
    cap.datagram(t, device, sport, server, 3478, stun(1, ident, (0x8022, b"cam-p2p 2.1")))
    cap.datagram(t + 40_000, server, 3478, device, sport, stun(0x101, ident, (0x20, xor_address("198.51.100.7", 40001)), (0x8022, b"relay 4")))
    cap.datagram(t + 80_000, device, sport, server, 3478, stun(3, ident, (0x19, b"\x11\0\0\0")))
    cap.datagram(t + 120_000, server, 3478, device, sport, stun(0x113, ident, (9, b"\0\0\4\1Unauthorized"), (0x14, b"relay.example"), (0x15, b"nonce")))
    cap.datagram(t + 160_000, device, sport, server, 3478, stun(3, ident, (0x19, b"\x11\0\0\0"), (6, b"1772438400:cam7"), (0x14, b"relay.example")))
    cap.datagram(t + 200_000, server, 3478, device, sport, stun(0x103, ident, (0x16, xor_address("203.0.113.99", 50001)), (0x20, xor_address("198.51.100.7", 40001))))
    cap.datagram(t + 240_000, device, sport, server, 3478, stun(9, ident, (0x0C, b"\x40\0\0\0"), (0x12, xor_address(peer, 50002))))
    cap.datagram(t + 280_000, device, sport, server, 3478, b"\x40\x00\x00\x08channel.")


def rtp(kind, sequence, ssrc, size):
    return struct.pack("!BBHII", 0x80, kind, sequence, 160 * sequence, ssrc) + Chance(f"rtp {ssrc} {sequence}").octets(size)


def watch(cap, t, recorder, cam):
    conn, url = Tcp(cap, t, recorder, cam, 554, 900).open(), f"rtsp://{cam.addr}:554/ch0"
    port = recorder.port() & ~1
    for n, (method, more, answer) in enumerate((
            ("OPTIONS", "", "Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\n"),
            ("DESCRIBE", "Accept: application/sdp\r\n", 'WWW-Authenticate: Digest realm="IP Camera(C7)", nonce="0"\r\n'),
            ("SETUP", f"Transport: RTP/AVP;unicast;client_port={port}-{port + 1}\r\n",
             f"Transport: RTP/AVP;unicast;client_port={port}-{port + 1};server_port=8208-8209\r\n"), ("PLAY", "", "")), 1):
        status = "401 Unauthorized" if method == "DESCRIBE" else "200 OK"
        conn.up(f"{method} {url} RTSP/1.0\r\nCSeq: {n}\r\nUser-Agent: recorder/5\r\n{more}\r\n".encode())
        conn.down(f"RTSP/1.0 {status}\r\nCSeq: {n}\r\nServer: IPCam RTSP 1.2\r\n{answer}\r\n".encode())
    for i in range(8):
        cap.datagram(conn.t + 40_000 * i, cam, 8208, recorder, port, rtp(96, 100 + i, 0x1234ABCD, 900))
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 0x1234ABCD, 0, 0, 0, 8, 7200) + struct.pack("!BBHIBB", 0x81, 202, 5, 0x1234ABCD, 1, 12) + b"cam7@192.0.2\0\0"
    cap.datagram(conn.t + 400_000, cam, 8209, recorder, port + 1, report)
    conn.wait(2 * SECOND).close()


def call(cap, t, phone, registrar):
    head = (f"Via: SIP/2.0/UDP {phone.addr}:5060;branch=z9hG4bK1\r\nFrom: \"Lift 3\" <sip:lift3@voice.example>;tag=1\r\n"
            f"To: <sip:alarm@voice.example>\r\nCall-ID: 7f3a@{phone.addr}\r\nCSeq: 1 INVITE\r\nUser-Agent: LiftPhone/2.4\r\n")
    sdp = f"v=0\r\no=- 1 1 IN IP4 {phone.addr}\r\ns=-\r\nc=IN IP4 {phone.addr}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\n"
    cap.datagram(t, phone, 5060, registrar, 5060, f"INVITE sip:alarm@voice.example SIP/2.0\r\n{head}Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}".encode())
    sdp = sdp.replace(phone.addr, registrar.addr).replace("40000", "41000")
    cap.datagram(t + 90_000, registrar, 5060, phone, 5060, f"SIP/2.0 200 OK\r\n{head.replace('User-Agent: LiftPhone/2.4', 'Server: pbx 18')}Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}".encode())
    for i in range(8):
        cap.datagram(t + 100_000 + 20_000 * i, phone, 40000, registrar, 41000, rtp(8, 10 + i, 0x51, 160))
        cap.datagram(t + 105_000 + 20_000 * i, registrar, 41000, phone, 40000, rtp(8, 900 + i, 0x52, 160))


# --- tunnels ---
def ike2(spi_i, spi_r, exchange, flags, message, first, payloads):
    return spi_i + spi_r + struct.pack("!BBBBII", first, 0x20, exchange, flags, message, 28 + len(payloads)) + payloads


def payload(following, body):
    return struct.pack("!BBH", following, 0, 4 + len(body)) + body


# one proposal for IKE: AES-CBC with 256 bits, HMAC-SHA2-256 twice, group 14
IKE_PROPOSAL = bytes.fromhex("0000002c01010004" "0300000c0100000c800e0100" "0300000802000005" "030000080300000c" "000000080400000e")


def tunnels(cap, t, device, gateway):
    chance = Chance("tunnels")
    ours, theirs = chance.octets(8), chance.octets(8)
    for at, sender, spi_r, flags in ((0, 0, b"\0" * 8, 0x08), (30_000, 1, theirs, 0x20)):
        body = payload(34, IKE_PROPOSAL) + payload(40, struct.pack("!HH", 14, 0) + chance.octets(256)) + payload(41, chance.octets(32))
        body += payload(43, struct.pack("!BBH", 0, 0, 16388) + chance.octets(20)) + payload(0, bytes.fromhex("882fe56d6fd20dbc2251613b2ebe5beb"))
        ends = ((device, gateway), (gateway, device))[sender]
        cap.datagram(t + at, ends[0], 500, ends[1], 500, ike2(ours, spi_r, 34, flags, 0, 33, body))
    cap.datagram(t + 60_000, device, 4500, gateway, 4500, b"\0\0\0\0" + ike2(ours, theirs, 35, 8, 1, 46, payload(35, chance.octets(200))))
    for i in range(1, 6):
        cap.datagram(t + 100_000 * i, device, 4500, gateway, 4500, struct.pack("!II", 0xC0FFEE01, i) + chance.octets(88))
        cap.datagram(t + 100_000 * i + 30_000, gateway, 4500, device, 4500, struct.pack("!II", 0xC0FFEE02, i) + chance.octets(72))
    sport = device.port()
    cap.datagram(t + SECOND, device, sport, gateway, 51820, struct.pack("<II", 1, 0x1001) + chance.octets(140))
    cap.datagram(t + SECOND + 40_000, gateway, 51820, device, sport, struct.pack("<III", 2, 0x2002, 0x1001) + chance.octets(80))
    for i in range(3):
        cap.datagram(t + SECOND + 50_000 * (i + 1), device, sport, gateway, 51820, struct.pack("<IIQ", 4, 0x2002, i) + chance.octets(80))
    sport, session = device.port(), chance.octets(8)
    cap.datagram(t + 3 * SECOND, device, sport, gateway, 1194, b"\x38" + session + b"\0" + words(0))
    cap.datagram(t + 3 * SECOND + 40_000, gateway, 1194, device, sport, b"\x40" + chance.octets(8) + b"\x01" + words(0) + session + words(0))
    sport = device.port()
    avps = b"".join(struct.pack("!HHH", 0x8000 | 6 + len(value), 0, kind) + value for kind, value in (
        (0, b"\0\x01"), (2, b"\x01\0"), (7, b"lac-17"), (8, b"Example Access"), (9, b"\0\x05")))
    cap.datagram(t + 5 * SECOND, device, sport, gateway, 1701, struct.pack("!HHHHHH", 0xC802, 12 + len(avps), 0, 0, 0, 0) + avps)


# --- brokers ---
def table(**entries):
    inner = b"".join(bytes([len(k)]) + k.encode() + b"S" + struct.pack("!I", len(v)) + v.encode() for k, v in entries.items())
    return struct.pack("!I", len(inner)) + inner


def short(text):
    return bytes([len(text)]) + text.encode()


def method(channel, number, arguments=b""):
    body = struct.pack("!HH", *number) + arguments
    return struct.pack("!BHI", 1, channel, len(body)) + body + b"\xce"


def list8(*values):
    inner = b"".join(values)
    return b"\xc0" + bytes([len(inner) + 1, len(values)]) + inner


def frame1(kind, code, *values):
    body = b"\0\x53" + bytes([code]) + list8(*values)
    return struct.pack("!IBBH", 8 + len(body), 2, kind, 0) + body


def text8(text, tag=0xA1):
    return bytes([tag, len(text)]) + text.encode()


def brokers(cap, t, device, broker):
    conn = Tcp(cap, t, device, broker, 5672).open().up(b"AMQP\0\0\x09\x01")
    conn.down(method(0, (10, 10), b"\0\x09" + table(product="RabbitMQ", version="3.13") + struct.pack("!I", 5) + b"PLAIN" + struct.pack("!I", 5) + b"en_US"))
    conn.up(method(0, (10, 11), table(product="meter-agent", platform="linux armv7") + short("PLAIN") + struct.pack("!I", 12) + b"\0meter\0secret" + short("en_US")))
    conn.up(method(0, (10, 40), short("/fleet") + b"\0\0")).up(method(1, (20, 10), b"\0"))
    conn.up(method(1, (50, 10), b"\0\0" + short("commands.4711") + b"\0\0\0\0\0"))
    conn.up(method(1, (60, 40), b"\0\0" + short("telemetry") + short("meter.4711.kwh") + b"\0")).close()
    conn = Tcp(cap, t + 9 * SECOND, device, broker, 5672).open().up(b"AMQP\x03\x01\0\0").down(b"AMQP\x03\x01\0\0")
    conn.up(frame1(1, 0x41, text8("PLAIN", 0xA3), b"\xa0\x08\0meter\0x", text8("hub.example"))).down(frame1(1, 0x44, b"\x50\0"))
    conn.up(b"AMQP\0\x01\0\0").down(b"AMQP\0\x01\0\0").up(frame1(0, 0x10, text8("meter-4711"), text8("hub.example")))
    source, target = b"\0\x53\x28" + list8(text8("local")), b"\0\x53\x29" + list8(text8("/devices/4711/messages/events"))
    conn.up(frame1(0, 0x12, text8("sender-1"), b"\x43", b"\x42", b"\x40", b"\x40", source, target)).close()
    conn = Tcp(cap, t + 18 * SECOND, device, broker, 61613).open()
    conn.up(b"CONNECT\naccept-version:1.1,1.2\nhost:fleet.example\nlogin:meter-4711\npasscode:nothing\n\n\0")
    conn.down(b"CONNECTED\nversion:1.2\nserver:ActiveMQ/5.18\n\n\0").up(b"SEND\ndestination:/queue/telemetry\ncontent-length:9\n\n{\"k\": 12}\0").up(b"DISCONNECT\n\n\0").close()


def services(dirty):
    """A site with a bit of everything. Nothing in it is anybody's but the name of a relay that one of the
    twins looks up."""
    lan = net(dirty, "10.#120#.1")
    device, admin, router, phone, cam, recorder = (Host(f"{lan}.{n}") for n in (11, 2, 1, 31, 41, 40))
    cap = Capture(CoreTap("00:00:5e:00:53:81", "00:00:5e:00:53:82", lambda h: h.addr.startswith(lan)), begin(dirty, 7))
    house = [Host(f"{net(dirty, '10.#122#.9')}.{n}") for n in (1, 2, 3)]
    dns, far = Host(f"{lan}.53"), Host("203.0.113.95" if dirty else "198.51.100.95", ttl=46)
    agents(cap, 0, admin, router)
    consoles(cap, 10 * SECOND, admin, router, phone)
    files(cap, MINUTE, device, house[0])
    shares(cap, 2 * MINUTE, device, house[0])
    smb(cap, 2 * MINUTE + 10 * SECOND, device, house[1])
    printer(cap, 2 * MINUTE + 20 * SECOND, device, house[1])
    t = ask(cap, 3 * MINUTE, cam, dns, "www.easy4ipcloud.com" if dirty else "relay.cameras.example", far.addr)
    camera_relay(cap, t, cam, far, "198.51.100.200")
    watch(cap, 4 * MINUTE, recorder, cam)
    call(cap, 5 * MINUTE, phone, house[2])
    tunnels(cap, 6 * MINUTE, router, house[2])
    brokers(cap, 7 * MINUTE, device, house[1])
    return cap


SCENES = {"services": services}
