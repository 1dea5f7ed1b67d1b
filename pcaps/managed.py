# SPDX-License-Identifier: Apache-2.0
"""Devices that are managed from afar: LwM2M, TR-069, trackers of five makers' protocols, SUPL, P2P cameras, Tuya."""
import struct

from conversations import MINUTE, SECOND, ask, begin, net
from device_messages import (coap_message, coap_path, dvrip, jt808, kalay_message, pppp, pppp_uid, supl, supl_set, supl_slp,
                             teltonika_records, teltonika_text, tlv, tuya, tuya_announcement)
from messages import gt06, http_post, http_reply
from signalling import luhn
from wire import Capture, Host, RawTap, Tcp


def real_imei(serial):
    """Of a real type allocation code with a made-up serial."""
    digits = f"86123405{serial:06d}"
    return digits + luhn(digits)


# --- LwM2M 1.1: registration, what the device is, an update of its firmware ---
class Exchange:
    """One question after the other over one pair of ports; a token each."""
    def __init__(self, cap, t, device, server):
        self.cap, self.t, self.ends, self.n = cap, t, ((device, device.port()), (server, 5683)), 0

    def send(self, up, message):
        (a, aport), (b, bport) = self.ends if up else self.ends[::-1]
        self.cap.datagram(self.t, a, aport, b, bport, message)
        self.t += 80_000

    def ask(self, up, code, options, payload=b"", answer=0x44, answered=(), value=b""):
        self.n += 1
        token = struct.pack("!H", 0x4D00 + self.n)
        self.send(up, coap_message(0, code, 100 + self.n, token, options, payload))
        self.send(not up, coap_message(2, answer, 100 + self.n, token, answered, value))
        self.t += SECOND
        return token


TLV_FORMAT = (12, struct.pack("!H", 11542))


def lwm2m(cap, t, device, server, number, update):
    talk = Exchange(cap, t, device, server)
    objects = b"</1/0>,</3/0>,</4/0>,</5/0>,</6/0>,</7/0>,</10/0>,</19/0>"
    queries = [(15, q.encode()) for q in (f"ep=urn:imei:{number}", "lt=3600", "lwm2m=1.1", "b=U")]
    talk.ask(True, 2, [*coap_path("rd"), (12, b"\x28"), *queries], objects, 0x41, [(8, b"rd"), (8, b"5a3f")])
    what = tlv(0, b"Example Metering") + tlv(1, b"EM-500") + tlv(2, b"EM5000042") + tlv(3, b"1.4.2")
    talk.ask(False, 1, [*coap_path("3/0"), (17, TLV_FORMAT[1])], b"", 0x45, [TLV_FORMAT], what)
    token = talk.ask(False, 1, [(6, b""), *coap_path("5/0/3")], b"", 0x45, [(6, b"\x01")], b"0")
    if update:
        talk.ask(False, 3, [*coap_path("5/0/1"), (12, b"")], b"coap://198.51.100.40/em500-1.5.bin")
        for i, state in enumerate((b"1", b"2")):
            talk.send(True, coap_message(1, 0x45, 900 + i, token, [(6, bytes([2 + i]))], state))
            talk.t += 20 * SECOND
        talk.ask(False, 2, coap_path("5/0/2"))
    talk.ask(False, 2, coap_path("3/0/4"))
    talk.ask(True, 2, [*coap_path("rd/5a3f"), (15, b"lt=3600")])
    talk.ask(True, 4, coap_path("rd/5a3f"), b"", 0x42)


# --- TR-069 ---
SOAP = ('<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:cwmp="urn:dslforum-org:cwmp-1-2"><s:Body>{}</s:Body></s:Envelope>')


def parameter(name, value):
    return f"<ParameterValueStruct><Name>Device.{name}</Name><Value>{value}</Value></ParameterValueStruct>"


def cwmp(cap, t, device, acs, dns):
    t = ask(cap, t, device, dns, "acs.isp.example", acs.addr)
    conn = Tcp(cap, t, device, acs, 7547).open()
    inform = SOAP.format(
        "<cwmp:Inform><DeviceId><Manufacturer>Example</Manufacturer><OUI>00005E</OUI><ProductClass>GW-7</ProductClass>"
        "<SerialNumber>GW70000042</SerialNumber></DeviceId><Event><EventStruct><EventCode>1 BOOT</EventCode></EventStruct>"
        "</Event><ParameterList>" + parameter("DeviceInfo.SoftwareVersion", "7.1.0")
        + parameter("ManagementServer.ConnectionRequestURL", f"http://{device.addr}:7547/cr") + "</ParameterList></cwmp:Inform>")
    conn.up(http_post("acs.isp.example", "/acs", "gSOAP/2.8", "text/xml", inform.encode()))
    conn.down(http_reply(SOAP.format("<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>").encode(),
                         "text/xml"))
    conn.up(http_post("acs.isp.example", "/acs", "gSOAP/2.8", "text/xml", b""))
    conn.down(http_reply(SOAP.format(
        "<cwmp:Download><CommandKey>k</CommandKey><FileType>1 Firmware Upgrade Image</FileType>"
        "<URL>http://fw.isp.example/gw7-7.2.0.bin</URL></cwmp:Download>").encode(), "text/xml")).close()


# --- trackers ---
def track_jt808(cap, t, device, server, port, number):
    conn, phone = Tcp(cap, t, device, server, port, rtt_us=180_000).open(), "447700900142"
    body = struct.pack("!HH", 44, 300) + b"70111".rjust(11, b"\0") + b"TG-500".ljust(30, b"\0") + b"42".ljust(30, b"\0")
    conn.up(jt808(0x0100, phone, body + b"\x01TEST01", True)).down(jt808(0x8100, phone, b"\0\1\0code", True))
    conn.up(jt808(0x0102, phone, b"\4code" + number.encode() + b"TG500_V1.02".ljust(20, b"\0"), True, 2))
    conn.down(jt808(0x8001, phone, b"\0\2\1\2\0", True, 2))
    for i in range(3):
        conn.wait(30 * SECOND).up(jt808(0x0200, phone, bytes(22) + bytes([0x26, 3, 2, 0x12, i, 0x7E]), True, 3 + i))
        conn.down(jt808(0x8001, phone, bytes([0, 3 + i, 2, 0, 0]), True, 3 + i))
    conn.down(jt808(0x8105, phone, b"\1http://198.51.100.41/tg500-1.03.bin;;;;;;;70111;1.0;1.03;0", True, 9))
    conn.up(jt808(0x0001, phone, b"\0\x09\x81\5\0", True, 9)).close()


def track_queclink(cap, t, device, server, number):
    sport = device.port()
    for i in range(3):
        text = f"+RESP:GTFRI,270100,{number},GL200,0,0,1,1,0.0,0,0.0,,,,0310,0260,,,,{i:04X}$"
        cap.datagram(t, device, sport, server, 5004, text.encode())
        cap.datagram(t + 90_000, server, 5004, device, sport, f"+SACK:{i:04X}$".encode())
        t += 30 * SECOND
    cap.datagram(t, server, 5004, device, sport, b"AT+GTUPD=gl200,0,0,10,5,http://198.51.100.42/gl200/,,,,,,0001$")
    cap.datagram(t + 90_000, device, sport, server, 5004, f"+ACK:GTUPD,270100,{number},GL200,0001,20260302120001,00FF$".encode())


def track_teltonika(cap, t, device, server, number):
    conn = Tcp(cap, t, device, server, 5027, rtt_us=170_000).open()
    conn.up(b"\0\x0f" + number.encode()).down(b"\x01")
    for i in range(3):
        conn.wait(20 * SECOND).up(teltonika_records([1772452800000 + 1000 * (10 * i + k) for k in range(2 + i)]))
        conn.down(struct.pack("!I", 2 + i))
    conn.down(teltonika_text(5, "setdigout 1")).up(teltonika_text(6, "DOUT1:1 Timeout:INFINITY")).close()


def track_gt06(cap, t, device, server, number):
    conn = Tcp(cap, t, device, server, 5023, rtt_us=190_000).open()
    conn.up(gt06(0x01, bytes.fromhex("0" + number), 1)).down(gt06(0x01, b"", 1))
    conn.wait(10 * SECOND).up(gt06(0x13, bytes([0x46, 6, 4, 0, 2]), 2)).down(gt06(0x13, b"", 2))
    text = b"RELAY,1#"
    conn.down(gt06(0x80, bytes([4 + len(text), 0, 0, 0, 1]) + text + b"\0\2", 1))
    text = b"Cut off the fuel supply: Success!"
    conn.up(gt06(0x15, bytes([4 + len(text), 0, 0, 0, 1]) + text + b"\0\2", 3)).close()


def locate(cap, t, device, slp, imsi):
    conn, body = Tcp(cap, t, device, slp, 7275, rtt_us=150_000).open(), [(0, 200)]
    mine, theirs = supl_set(7, imsi), supl_slp(0x5157, "h-slp.example")
    conn.up(supl(1, mine, (), body)).down(supl(2, mine, theirs, [(0, 40)]))
    conn.up(supl(5, mine, theirs, [(0, 24)])).close()


# --- cameras and plugs ---
def cameras(cap, t, camera, recorder, plug, phone, rendezvous):
    uid, sport = pppp_uid("VSTA", 42, "ABCDE"), camera.port()
    for i, (up, message) in enumerate(((1, pppp(0x00)), (0, pppp(0x01, bytes(16))), (1, pppp(0x10, uid + bytes(20))),
                                       (0, pppp(0x11, bytes(4))), (1, pppp(0xE0)), (0, pppp(0xE1)))):
        ends = (camera, sport, rendezvous, 32100)
        cap.datagram(t + i * 70_000, *(ends if up else ends[2:] + ends[:2]), message)
    t += SECOND
    name, sport = b"ABCDEFGHJKLMNPQRS123", phone.port()
    search = kalay_message(0x0601, name + bytes(16) + b"randomid" + b"\1" + bytes(11) + b"authkeyA")
    session = kalay_message(0x0402, name + b"randomid" + bytes(8), 10)
    for i, (up, message) in enumerate(((1, search), (0, kalay_message(0x0602, name + bytes(28))), (1, session),
                                       (0, kalay_message(0x0404, bytes(36), 10)))):
        ends = (phone, sport, camera, 32761)
        cap.datagram(t + i * 3_000, *(ends if up else ends[2:] + ends[:2]), message)
    conn = Tcp(cap, t + SECOND, phone, recorder, 34567, rtt_us=4_000).open()
    conn.up(dvrip(1000, {"EncryptType": "MD5", "LoginType": "DVRIP-Web", "PassWord": "tlJwpbo6", "UserName": "admin"}))
    conn.down(dvrip(1001, {"AliveInterval": 20, "DeviceType ": "DVR", "Ret": 100, "SessionID": "0x0000000A"}, 10))
    conn.up(dvrip(1020, {"Name": "SystemInfo", "SessionID": "0x0000000A"}, 10, 1))
    conn.down(dvrip(1021, {"Name": "SystemInfo", "Ret": 100, "SystemInfo": {
        "HardWare": "50H20L", "SerialNo": "0123456789abcdef", "SoftWareVersion": "V4.02.R11"}}, 10, 1)).close()
    everyone = Host("255.255.255.255")
    cap.datagram(t + 2 * SECOND, plug, 49154, everyone, 6667,
                 tuya_announcement(plug.addr, "0123456789abcdef0123", "keyabcdefgh12345", "3.3"))
    conn = Tcp(cap, t + 3 * SECOND, phone, plug, 6668, rtt_us=5_000).open()
    conn.up(tuya(0x0A, bytes(range(32)), 1)).down(tuya(0x0A, bytes(4) + bytes(range(32)), 1))
    conn.up(tuya(0x07, b"3.3" + bytes(12) + bytes(range(16)), 2)).down(tuya(0x07, bytes(4), 2)).close()


def managed(dirty):
    """Private APN, plain IP. One tracker reports to a house that it should not."""
    apn = net(dirty, "10.#68#")
    box = [Host(f"{apn}.20.{11 + i}") for i in range(12)]
    cap = Capture(RawTap(), begin(dirty, 5))
    dns, shift = Host(f"{apn}.0.53"), 0 if dirty else 20
    number = [real_imei(500 + shift + i) for i in range(12)]
    lwm2m(cap, SECOND, box[0], Host("198.51.100.140"), number[0], True)
    cwmp(cap, 2 * SECOND, box[1], Host("198.51.100.141"), dns)
    name, port = ("data.18gps.net", 7018) if dirty else ("gw.tracking.example", 808)
    far = Host("203.0.113.90" if dirty else "198.51.100.142", ttl=46)
    track_jt808(cap, ask(cap, 3 * SECOND, box[2], dns, name, far.addr), box[2], far, port, number[2])
    track_queclink(cap, 4 * SECOND, box[3], Host("198.51.100.143"), number[3])
    track_teltonika(cap, 5 * SECOND, box[4], Host("198.51.100.144"), number[4])
    track_gt06(cap, 6 * SECOND, box[5], Host("198.51.100.145"), number[5])
    locate(cap, 7 * SECOND, box[6], Host("198.51.100.146"), "001010000000042")
    cameras(cap, MINUTE, box[7], box[8], box[9], box[10], Host("198.51.100.147"))
    return cap


SCENES = {"managed": managed}
