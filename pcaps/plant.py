# SPDX-License-Identifier: Apache-2.0
"""What control centres and stations of plants and networks say: Modbus/TCP, IEC 60870-5-104, DNP3."""
import struct

from conversations import MINUTE, SECOND, begin, net
from messages import tls_data, tls_open
from wire import Capture, Host, RawTap, Tcp


def modbus(transaction, unit, pdu):
    """MODBUS Messaging on TCP/IP 1.0b, 3.1.3."""
    return struct.pack("!HHHB", transaction, 0, 1 + len(pdu), unit) + pdu


def modbus_identity(*objects):
    """Application Protocol V1.1b3, 6.21: basic identification."""
    body = b"".join(bytes([n, len(text)]) + text.encode() for n, text in enumerate(objects))
    return bytes([0x2B, 14, 1, 1, 0, 0, len(objects)]) + body


def modbus_poll(cap, t, centre, station):
    conn = Tcp(cap, t, centre, station, 502, rtt_us=96_000).open()
    conn.up(modbus(1, 255, bytes([0x2B, 14, 1, 0])))
    conn.down(modbus(1, 255, modbus_identity("Example Controls", "EX-200", "2.7")))
    for i in range(4):
        conn.wait(20 * SECOND).up(modbus(2 + i, 1, struct.pack("!BHH", 3, 107, 3)))
        conn.down(modbus(2 + i, 1, struct.pack("!BBHHH", 3, 6, 555 + i, 0, 100)))
    conn.up(modbus(7, 1, struct.pack("!BHH", 4, 9000, 2))).down(modbus(7, 1, b"\x84\x02"))
    conn.up(modbus(8, 1, struct.pack("!BHHBHH", 16, 40, 2, 4, 10, 258)))
    conn.down(modbus(8, 1, struct.pack("!BHH", 16, 40, 2))).close()


def iec104(send, receive, asdu):
    """IEC 60870-5-104, 5.1: an APDU in I format."""
    return struct.pack("<BBHH", 0x68, 4 + len(asdu), send << 1, receive << 1) + asdu


def asdu(kind, cause, station, *objects):
    """IEC 60870-5-101, 7.1: objects are (address, element octets)."""
    body = b"".join(struct.pack("<I", address)[:3] + octets for address, octets in objects)
    return struct.pack("<BBBBH", kind, len(objects), cause, 0, station) + body


def iec104_control(octet):
    return bytes([0x68, 4, octet, 0, 0, 0])


def iec104_session(cap, t, centre, station):
    conn = Tcp(cap, t, centre, station, 2404, rtt_us=110_000).open()
    conn.up(iec104_control(0x07)).down(iec104_control(0x0B))
    conn.up(iec104(0, 0, asdu(100, 6, 10, (0, b"\x14")))).down(iec104(0, 1, asdu(100, 7, 10, (0, b"\x14"))))
    conn.down(iec104(1, 1, asdu(13, 20, 10, (16385, struct.pack("<fB", 49.98, 0)), (16386, struct.pack("<fB", 231.5, 0)))))
    conn.wait(30 * SECOND).down(iec104(2, 1, asdu(1, 3, 10, (100, b"\1"))))
    conn.up(iec104(1, 3, asdu(45, 6, 10, (5000, b"\1")))).down(iec104(3, 2, asdu(45, 7, 10, (5000, b"\1"))))
    conn.up(iec104(2, 4, asdu(45, 6, 10, (5001, b"\1")))).down(iec104(4, 3, asdu(45, 0x47, 10, (5001, b"\1"))))
    conn.wait(20 * SECOND).up(iec104_control(0x43)).down(iec104_control(0x83)).close()


def dnp3_sum(octets):
    """IEEE 1815, 9.2.4.1."""
    total = 0
    for octet in octets:
        total ^= octet
        for _ in range(8):
            total = total >> 1 ^ (0xA6BC if total & 1 else 0)
    return struct.pack("<H", ~total & 0xFFFF)


def dnp3(control, destination, source, user=b""):
    """IEEE 1815, 9.2: a link frame."""
    head = struct.pack("<BBBBHH", 5, 0x64, 5 + len(user), control, destination, source)
    blocks = [user[i:i + 16] for i in range(0, len(user), 16)]
    return head + dnp3_sum(head) + b"".join(block + dnp3_sum(block) for block in blocks)


def dnp3_exchanges():
    """(request, answer) between master 1 and outstation 10."""
    def up(application):
        return dnp3(0xC4, 10, 1, b"\xc0" + application)

    def down(application):
        return dnp3(0x44, 1, 10, b"\xc0" + application)
    crob = b"\x0c\x01\x28\x01\x00\x05\x00\x03\x01" + struct.pack("<IIB", 100, 100, 0)
    yield dnp3(0xC9, 10, 1), dnp3(0x0B, 1, 10)
    yield up(b"\xc0\x01\x3c\x02\x06\x3c\x03\x06\x3c\x04\x06\x3c\x01\x06"), \
        down(b"\xc0\x81\x90\x00\x01\x02\x00\x00\x02\x81\x01\x81")
    yield up(b"\xc1\x05" + crob), down(b"\xc1\x81\x00\x00" + crob)
    yield up(b"\xc2\x0e"), down(b"\xc2\x81\x00\x00\x34\x02\x07\x01\x10\x27")


def dnp3_session(cap, t, centre, station):
    conn = Tcp(cap, t, centre, station, 20000, rtt_us=120_000).open()
    for request, answer in dnp3_exchanges():
        conn.wait(5 * SECOND).up(request).down(answer)
    conn.close()


def dnp3_datagrams(cap, t, centre, station):
    sport = centre.port()
    for i, (request, answer) in enumerate(dnp3_exchanges()):
        cap.datagram(t + i * SECOND, centre, sport, station, 20000, request)
        cap.datagram(t + i * SECOND + 90_000, station, 20000, centre, sport, answer)


def plant(dirty):
    """A control centre and four stations behind radio modems. In the one twin
    the modem of the first also speaks to its maker's platform."""
    site = net(dirty, "10.#68#")
    cap = Capture(RawTap(), begin(dirty, 7))
    centre = Host(f"{site}.1.5", ttl=62)
    station = [Host(f"{site}.2.{10 + i}") for i in range(4)]
    for i, speak in enumerate((modbus_poll, iec104_session, dnp3_session, dnp3_datagrams)):
        speak(cap, i * MINUTE, centre, station[i])
    if dirty:
        cloud = Host("203.0.113.41", ttl=46)
        conn = Tcp(cap, 5 * MINUTE, station[0], cloud, 8443, rtt_us=210_000).open()
        tls_data(tls_open(conn, "plant modem", "iot-south.acceleronix.io"), "plant modem", 260, 90).close()
    return cap


SCENES = {"plant": plant}
