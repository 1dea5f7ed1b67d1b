#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write picket's own captures: each scene twice, once as it should not be and once clean.

    pcaps/generate.py [--check] [FOLDER]

Without --check the .pcap, .truth.json and .register.csv files are written (beside this file when no folder is given); with it
they are compared with what would be written, and the exit status is 1 when any differs.
README.md says what each capture shows. Far ends have documentation addresses (RFC 5737,
RFC 3849) except where the address itself is the point."""
import pathlib
import struct
import sys

import cellular
import managed
import plant
import quic
import services
import stories
from conversations import MINUTE, SECOND, ask, begin, clock, fetch, mqtt_session, net, poll_dlms, reading
from messages import (APPLICATION, DICOM_RELEASE, DICOM_RELEASED, arp, certificate, client_hello, coap, dhcp,
                      dicom_associate, dicom_command, dicom_data, firmware_image, gt06, hl7, http_get, http_reply,
                      imei, record, tls13_server_hello, tls_data, tls_open)
from wire import Capture, Chance, CoreTap, EthernetTap, GtpuTap, Host, RawTap, Tcp, ethernet


# --- smart meters ---
def meter_mqtt(cap, t, meter, head_end, dns, serial):
    t = ask(cap, t, meter, dns, "mqtt.headend.example", head_end.addr)
    conn = Tcp(cap, t, meter, head_end, 1883, rtt_us=92_000).open()
    mqtt_session(conn, f"meter-{serial}", f"meters/{serial}/reading", [reading(serial, i) for i in range(5)],
                 MINUTE, user=f"m{serial}", commands=f"meters/{serial}/command")


def meter_tls(cap, t, meter, head_end, dns, serial):
    t = ask(cap, t, meter, dns, "secure.headend.example", head_end.addr)
    conn = Tcp(cap, t, meter, head_end, 8883, rtt_us=88_000).open()
    chain = [certificate("secure.headend.example", "Example Utility", "Example Utility CA",
                         ["secure.headend.example"])] if serial % 2 else None
    tls_open(conn, f"meter {serial}", "secure.headend.example", ("mqtt",), chain)
    for i in range(4):
        tls_data(conn.wait(MINUTE), f"meter {serial} {i}", 180, 36)
    conn.keepalive(MINUTE).up(record(APPLICATION, Chance("bye").octets(26))).close()


def meter_coap(cap, t, meter, head_end, dns, serial):
    t = ask(cap, t, meter, dns, "coap.headend.example", head_end.addr)
    sport = meter.port()
    for i in range(6):
        token = Chance(f"token {serial} {i}").octets(4)
        cap.datagram(t, meter, sport, head_end, 5683, coap(
            0, 2, 100 + i, token, ("meters", str(serial), "reading"), reading(serial, i), 50))
        cap.datagram(t + 95_000, head_end, 5683, meter, sport, coap(2, 0x44, 100 + i, token))
        t += MINUTE


def meter_fleet(cap, meters, dns, ntp_server):
    heads = [Host(dns.addr.replace(".0.53", f".1.{n}")) for n in (10, 11, 12, 20)]
    for i, meter in enumerate(meters):
        t, serial = 11 * SECOND * i + 300_000, 70311400 + i
        clock(cap, t, meter, ntp_server)
        kind = i % 4
        if kind == 0:
            meter_mqtt(cap, t + SECOND, meter, heads[0], dns, serial)
        elif kind == 1:
            meter_tls(cap, t + SECOND, meter, heads[1], dns, serial)
        elif kind == 2:
            meter_coap(cap, t + SECOND, meter, heads[2], dns, serial)
        else:
            poll_dlms(cap, t + SECOND, meter, heads[3])


def utility_update(cap, t, meter, dns):
    """The way it should be: the utility's own server; its name only looks like a maker's."""
    server = Host("198.51.100.20", ttl=51)
    name = "iot-south.quectel.com.updates.headend.example"
    t = ask(cap, t, meter, dns, name, server.addr)
    fetch(cap, t, meter, server, 80, [
        (http_get(name, "/meters/manifest.json", "meter-agent/4.2"), http_reply(b'{"version":"4.3"}', "application/json")),
        (http_get(name, "/meters/4.3.bin", "meter-agent/4.2"),
         http_reply(firmware_image("utility", 6000), "application/octet-stream"))])
    server = Host("198.51.100.21", ttl=51)
    t = ask(cap, t + MINUTE, meter, dns, "notacceleronix.io.example", server.addr)
    tls_open(Tcp(cap, t, meter, server, 443).open(), "utility cloud", "notacceleronix.io.example", ("h2",)).close()


def meters(dirty):
    apn = net(dirty, "10.#64#")
    meter = [Host(f"{apn}.12.{11 + i}") for i in range(10)]
    inside = {m.addr for m in meter}
    cap = Capture(CoreTap("00:00:5e:00:53:01", "00:00:5e:00:53:02", lambda h: h.addr in inside), begin(dirty, 0))
    dns, ntp_server = Host(f"{apn}.0.53"), Host(f"{apn}.0.123")
    meter_fleet(cap, meter, dns, ntp_server)
    if not dirty:
        utility_update(cap, 3 * MINUTE, meter[4], dns)
        return cap

    # the module maker's bucket, clear HTTP, image in two ranges
    bucket, name = Host("203.0.113.40", ttl=47), "quec-pro-oss.oss-cn-shanghai.aliyuncs.com"
    agent, path = "QUECTEL_MODULE", "/fota/EG91/Update_EG91NAXGAR07A03M1G.zip"
    image = firmware_image("dfota", 16000)
    t = ask(cap, 3 * MINUTE, meter[4], dns, name, bucket.addr)
    partial = [(f"Range: bytes={a}-{b - 1}\r\n", f"Content-Range: bytes {a}-{b - 1}/16000\r\n", image[a:b])
               for a, b in ((0, 8000), (8000, 16000))]
    fetch(cap, t, meter[4], bucket, 80, [
        (http_get(name, path, agent, ask_range), http_reply(part, "application/zip", "206 Partial Content", told))
        for ask_range, told, part in partial])

    # the same maker's cloud under its neutral brand, TLS 1.2 with its certificate in view
    cloud = Host("203.0.113.41", ttl=46)
    name = "iot-south.acceleronix.io"
    t = ask(cap, 4 * MINUTE, meter[7], dns, name, cloud.addr)
    conn = Tcp(cap, t, meter[7], cloud, 8443, rtt_us=210_000).open()
    tls_open(conn, "acceleronix", name, (), [certificate(name, "Example Platform", "Example Issuing CA", [name])])
    for i in range(3):
        tls_data(conn.wait(40 * SECOND), f"acceleronix {i}", 260, 90)
    conn.close()

    # another maker's update server by address alone
    server = Host("117.131.85.142", ttl=44)
    number = imei(4711)
    fetch(cap, 5 * MINUTE, meter[9], server, 60058, [
        (http_get("117.131.85.142:60058", f"/FTPDATA/check?imei={number}&ver=A03", "SIMCOM_MODULE"),
         http_reply(b"system_patch_A03_A04.bin", "text/plain")),
        (http_get("117.131.85.142:60058", "/FTPDATA/system_patch_A03_A04.bin", "SIMCOM_MODULE"),
         http_reply(firmware_image("patch", 9000), "application/octet-stream"))], rtt_us=240_000)
    return cap


def meters_gtpu(dirty):
    """Four meters behind two radio sites; what comes after the telemetry carries the PDU session
    container as on N3."""
    apn, core = net(dirty, "10.#66#"), net(dirty, "172.#16#")
    meter = [Host(f"{apn}.30.{11 + i}") for i in range(4)]
    radio = [Host(f"{core}.8.11", "00:00:5e:00:53:11"), Host(f"{core}.8.12", "00:00:5e:00:53:12")]
    gateway = Host(f"{core}.9.1", "00:00:5e:00:53:10")
    bearers = {m.addr: (radio[i % 2], 0x1A00 + i, 0x2B00 + i) for i, m in enumerate(meter)}
    tap = GtpuTap(gateway, bearers)
    cap = Capture(tap, begin(dirty, 1))
    dns, ntp_server = Host(f"{apn}.0.53"), Host(f"{apn}.0.123")
    echo = struct.pack("!BBHIHBB", 0x32, 1, 4, 0, 1, 0, 0)
    answer = struct.pack("!BBHIHBB", 0x32, 2, 6, 0, 1, 0, 0) + b"\x0e\0"
    for site in radio:
        cap.add(100_000, tap.outer(site, gateway, echo))
        cap.add(104_000, tap.outer(gateway, site, answer))
    meter_fleet(cap, meter, dns, ntp_server)
    tap.pdu_sessions = True
    if not dirty:
        utility_update(cap, 2 * MINUTE, meter[1], dns)
    else:
        server, name = Host("203.0.113.50", ttl=45), "iotsvr.meigsmart.com"
        t = ask(cap, 2 * MINUTE, meter[1], dns, name, server.addr)
        fetch(cap, t, meter[1], server, 9090, [
            (http_get(name, "/download/xyDelta_SLM750_R02_R03.bin", "okhttp/3.12"),
             http_reply(firmware_image("delta", 7000), "application/octet-stream"))], rtt_us=250_000)
        for i in range(3):    # an update agent whose server is gone
            ask(cap, 3 * MINUTE + i * 20 * SECOND, meter[3], dns, "fota.redstone.net.cn", rcode=3)
    end = struct.pack("!BBHI", 0x30, 254, 0, bearers[meter[0].addr][2])
    cap.add(9 * MINUTE, tap.outer(gateway, radio[0], end))
    return cap


# --- hospital ---
def dicom_echo(cap, t, modality, pacs):
    conn = Tcp(cap, t, modality, pacs, 104, rtt_us=900).open()
    conn.up(dicom_associate(1, "PACS", "CT01")).down(dicom_associate(2, "PACS", "CT01"))
    conn.up(dicom_data(dicom_command(0x30, False))).down(dicom_data(dicom_command(0x8030, True)))
    conn.up(DICOM_RELEASE).down(DICOM_RELEASED).close()


def vital_signs(n):
    return hl7("ORU^R01", f"CM{n:05d}", [
        "PID|||PAT-TEST-0042||DOE^JANE||19700101|F", "OBR|1|||VITALS|||20260302080000",
        f"OBX|1|NM|HR||{72 + n % 5}|bpm|60-100|N", f"OBX|2|NM|SPO2||{97 + n % 2}|%|94-100|N",
        "OBX|3|NM|RESP||16|rpm|12-20|N"], "CMS8000")


def hospital(dirty):
    cap = Capture(EthernetTap("00:00:5e:00:53:20"), begin(dirty, 2))
    ward, imaging, house = net(dirty, "10.#21#.0"), net(dirty, "10.#23#.0"), net(dirty, "10.#25#.30")

    def host(addr, n, vlan):
        return Host(addr, f"00:00:5e:00:53:{n:02x}", vlan)
    monitor = [host(f"{ward}.{31 + i}", 0x31 + i, 210) for i in range(3)]
    pump = host(f"{ward}.40", 0x40, 210)
    modality, pacs = host(f"{imaging}.15", 0x51, 220), host(f"{imaging}.10", 0x50, 220)
    gateway = host(f"{ward}.1", 0x20, 210)
    central = Host(f"{house}.5")    # another segment: its frames come from the gateway
    engine, dns = Host(f"{house}.8"), Host(f"{house}.53")

    broadcast = "ff:ff:ff:ff:ff:ff"
    for i, m in enumerate(monitor):
        t, ident = i * 4 * SECOND, 0x5100 + i
        everyone, nobody = Host("255.255.255.255", broadcast, 210), Host("0.0.0.0", m.mac, 210)
        for n, (kind, yiaddr) in enumerate(((1, "0.0.0.0"), (2, m.addr), (3, "0.0.0.0"), (5, m.addr))):
            client = kind in (1, 3)
            cap.datagram(t + n * 40_000, nobody if client else gateway, 68 if client else 67, everyone,
                         67 if client else 68, dhcp(kind, m.mac, ident, yiaddr, None if client else gateway.addr,
                                                    f"bedside-{i + 1}" if client else None))
        cap.add(t + 200_000, ethernet(m.mac, broadcast, 0x0806, arp(1, m.mac, m.addr, "00:00:00:00:00:00", gateway.addr), (210,)))
        cap.add(t + 200_400, ethernet(gateway.mac, m.mac, 0x0806, arp(2, gateway.mac, gateway.addr, m.mac, m.addr), (210,)))

    # what a ward does all day
    dicom_echo(cap, 20 * SECOND, modality, pacs)
    for i, m in enumerate(monitor):    # to the engine in the house
        conn = Tcp(cap, (30 + 3 * i) * SECOND, m, engine, 2575, rtt_us=1200).open()
        for n in range(3):
            conn.wait(30 * SECOND).up(vital_signs(10 * i + n))
            conn.down(hl7("ACK^R01", f"IE{n:05d}", [f"MSA|AA|CM{10 * i + n:05d}"], "ENGINE"))
        conn.close()
    name, cloud = "gateway.pumps.example", Host("198.51.100.60", ttl=52)
    t = ask(cap, 15 * SECOND, pump, dns, name, cloud.addr)
    conn = tls_open(Tcp(cap, t, pump, cloud, 443).open(), "pump", name, ("http/1.1",))
    for i in range(4):
        tls_data(conn.wait(45 * SECOND), f"pump {i}", 410, 120)
    conn.close()

    if not dirty:    # the same monitors, set up to report to a central station in the house
        for i, m in enumerate(monitor[:2]):
            conn = Tcp(cap, (60 + i) * SECOND, m, central, 515, rtt_us=1100).open()
            for n in range(4):
                conn.wait(20 * SECOND).up(vital_signs(50 + n)).down(b"\x06")
            conn.close()
        return cap

    nfs, collector = Host("202.114.4.119", ttl=48), Host("202.114.4.120", ttl=48)
    # first monitor: mounts nothing (nobody answers), then sends a patient's data in clear
    for port, at in ((111, 60), (2049, 75)):
        Tcp(cap, at * SECOND, monitor[0], nfs, port).unanswered()
    conn = Tcp(cap, 100 * SECOND, monitor[0], collector, 515, rtt_us=230_000).open()
    for n in range(4):
        conn.wait(20 * SECOND).up(vital_signs(50 + n)).down(b"\x06")
    conn.close()
    # second one: only knocks, at boot and again
    for port, at in ((2049, 62), (111, 80), (2049, 140)):
        Tcp(cap, at * SECOND, monitor[1], nfs, port).unanswered()
    return cap


# --- vehicles and trackers ---
def tracker(cap, t, device, server, port, serial):
    conn = Tcp(cap, t, device, server, port, rtt_us=190_000).open()
    conn.up(gt06(0x01, bytes.fromhex("0" + imei(serial)), 1)).down(gt06(0x01, b"", 1))
    for i in range(6):
        # date, satellites, latitude and longitude in 1/30000 minute, speed, course and status
        fix = bytes([26, 3, 2, 11, i, 30, 0xC9]) + struct.pack("!IIBH", 89_568_000 + 900 * i, 18_468_000 + 700 * i, 42, 0x1434)
        conn.wait(30 * SECOND).up(gt06(0x12, fix + struct.pack("!HBHBH", 1, 1, 0x2701, 0, 0x1F2A), 2 + i))
    conn.up(gt06(0x13, bytes([0x46, 6, 4, 0, 2]), 9)).down(gt06(0x13, b"", 9)).close()


def agnss(cap, t, device, dns, server, name, port):
    t = ask(cap, t, device, dns, name, server.addr)
    conn = Tcp(cap, t, device, server, port, rtt_us=170_000).open()
    conn.up(b"user=demo;pwd=demo;cmd=full;gnss=gps+bd;lat=52.52;lon=13.40;alt=40.0;pacc=1000.00;\r\n")
    conn.down(b"AGNSS data from server.\nDataLength: 2048.\nLimitation: 50/64.\n" + Chance("ephemeris").octets(2048)).close(1)


def rtk(cap, t, device, dns, server, name, port):
    t = ask(cap, t, device, dns, name, server.addr)
    conn = Tcp(cap, t, device, server, port, rtt_us=180_000).open()
    conn.up(b"GET /RTCM32_GGB HTTP/1.0\r\nUser-Agent: NTRIP rover/1.2\r\nAuthorization: Basic ZGVtbzpkZW1v\r\n\r\n")
    conn.down(b"ICY 200 OK\r\n\r\n")
    for i in range(4):
        conn.wait(10 * SECOND).up(b"$GPGGA,1101%02d.00,5231.2000,N,01324.0000,E,1,09,0.9,40.0,M,44.0,M,,*5C\r\n" % i)
        conn.down(b"\xd3\x00\x60" + Chance(f"rtcm {i}").octets(99))
    conn.close()


def vehicle(dirty):
    cap = Capture(RawTap(), begin(dirty, 3))
    apn = net(dirty, "100.#72#")
    box = [Host(f"{apn}.5.{9 + i}") for i in range(4)]
    dns = Host(f"{apn}.0.53")
    if dirty:
        names = ("data.18gps.net", "www.gnss-aide.com", "dilinkappoversea-eu.byd.auto", "rtk.ntrip.qxwz.com")
        ports = (7018, 2621, 443, 8002)
    else:
        names = ("gw.tracking.example", "agnss.tracking.example", "telematics.carmaker.example", "rtk.survey.example")
        ports = (5023, 2621, 443, 2101)
    far = [Host(f"203.0.113.{70 + i}" if dirty else f"198.51.100.{70 + i}", ttl=46) for i in range(4)]
    t = ask(cap, 2 * SECOND, box[0], dns, names[0], far[0].addr)
    tracker(cap, t, box[0], far[0], ports[0], 815)
    agnss(cap, 9 * SECOND, box[1], dns, far[1], names[1], ports[1])
    for i, at in enumerate((20, 140)):    # a car calls twice: one alert, counted
        t = ask(cap, at * SECOND, box[2], dns, names[2], far[2].addr)
        conn = tls_open(Tcp(cap, t, box[2], far[2], ports[2]).open(), f"car {i}", names[2], ("h2", "http/1.1"))
        for n in range(3):
            tls_data(conn.wait(15 * SECOND), f"car {i} {n}", 700, 200)
        conn.close()
    rtk(cap, 40 * SECOND, box[3], dns, far[3], names[3], ports[3])
    # navigation of the same car: nothing to do with its maker
    maps = Host("198.51.100.90", ttl=50)
    t = ask(cap, 30 * SECOND, box[2], dns, "tiles.maps.example", maps.addr, alias="edge.cdn.example")
    tls_data(tls_open(Tcp(cap, t, box[2], maps, 443).open(), "maps", "tiles.maps.example", ("h2",)), "maps", 300, 4000).close()
    return cap


# --- cameras ---
def p2p_probe(cap, t, device, server, name, port):
    sport = device.port()
    for i in range(2):
        digest = Chance(f"wsse {i}").octets(20).hex()
        request = (f"DHGET /probe/p2psrv HTTP/1.1\r\nCSeq: {i + 1}\r\nHost: {name}\r\n"
                   f'X-WSSE: UsernameToken Username="demo", PasswordDigest="{digest}"\r\n\r\n')
        cap.datagram(t, device, sport, server, port, request.encode())
        cap.datagram(t + 180_000, server, port, device, sport,
                     f"HTTP/1.1 200 OK\r\nCSeq: {i + 1}\r\nContent-Length: 0\r\n\r\n".encode())
        t += 30 * SECOND


def quic_session(cap, t, device, server, name):
    """Initial both ways (each padded to 1200 octets, RFC 9000, 14.1), then packets nobody can read."""
    chance, sport = Chance("quic " + name), device.port()
    ours, theirs = chance.octets(8), chance.octets(8)
    first = chance.octets(8)
    parameters = b"\x01\x04\x80\0\x75\x30\x0f\x08" + ours
    hello = client_hello(chance, name, ("h3",), quic=parameters)
    cap.datagram(t, device, sport, server, 443,
                 quic.initial("client in", first, first, ours, 0, quic.crypto_frame(0, hello), 1200))
    reply = b"\x02\0\0\0\0" + quic.crypto_frame(0, tls13_server_hello(chance, session=False))
    cap.datagram(t + 95_000, server, 443, device, sport,
                 quic.initial("server in", first, ours, theirs, 0, reply, 1200))
    for i in range(4):
        cap.datagram(t + 190_000 + 60_000 * i, device, sport, server, 443, b"\x41" + theirs + chance.octets(420))
        cap.datagram(t + 230_000 + 60_000 * i, server, 443, device, sport, b"\x43" + ours + chance.octets(90))


def camera(dirty):
    """One device for each stage of a contact."""
    cap = Capture(EthernetTap("00:00:5e:00:53:60"), begin(dirty, 4))
    lan, lan6 = net(dirty, "192.168.#40#"), net(dirty, "fd12:3456:#789#:")
    cam = [Host(f"{lan}.{21 + i}", f"00:00:5e:00:53:{0x61 + i:02x}") for i in range(7)]
    six = Host(f"{lan6}:21", "00:00:5e:00:53:6a")
    dns, dns6 = Host(f"{lan}.1", "00:00:5e:00:53:60"), Host(f"{lan6}:1", "00:00:5e:00:53:60")
    far_net = "203.0.113" if dirty else "198.51.100"

    def name(adversary, clean):
        return adversary if dirty else clean
    # asked: the name is gone; answered: and then nothing; syn: refused
    ask(cap, 1 * SECOND, cam[0], dns, name("www.dahuap2pcloud.com", "p2p.cameras.example"), rcode=3)
    ask(cap, 3 * SECOND, cam[1], dns, name("a1.tuyaeu.com", "api.cameras.example"), f"{far_net}.81")
    t = ask(cap, 5 * SECOND, cam[2], dns, name("dev.hik-connect.com", "dev.cameras.example"), f"{far_net}.82")
    for again in range(2):
        Tcp(cap, t + again * 5 * SECOND, cam[2], Host(f"{far_net}.82", ttl=45), 8555).refused()
    # handshake: opened and closed without a word
    t = ask(cap, 7 * SECOND, cam[3], dns, name("m1.tuyacn.com", "mqtt.cameras.example"), f"{far_net}.83")
    Tcp(cap, t, cam[3], Host(f"{far_net}.83", ttl=45), 8883, 220_000).open().wait(9 * SECOND).close(1)
    # data: a rendezvous in clear over UDP, TLS by name, and TLS over IPv6
    host = name("www.easy4ipcloud.com", "rendezvous.cameras.example")
    t = ask(cap, 9 * SECOND, cam[4], dns, host, f"{far_net}.84")
    p2p_probe(cap, t, cam[4], Host(f"{far_net}.84", ttl=45), host, 8800)
    host = name("a1.tuyaus.com", "cloud.cameras.example")
    t = ask(cap, 11 * SECOND, cam[5], dns, host, f"{far_net}.85", alias=name("a1-us.iot.example", "edge.cdn.example"))
    conn = tls_open(Tcp(cap, t, cam[5], Host(f"{far_net}.85", ttl=45), 443, 140_000).open(), "tuya", host)
    tls_data(conn, "tuya", 512, 700).close()
    host = name("vtmvirginia.ezvizlife.com", "stream.cameras.example")
    far = Host("2001:db8:40::5", ttl=45)
    t = ask(cap, 13 * SECOND, six, dns6, host, far.addr)
    conn = tls_open(Tcp(cap, t, six, far, 443, 130_000).open(), "ezviz", host, (), [
        certificate(host, "Example Streaming", "Example Issuing CA", [host])])
    tls_data(conn, "ezviz", 900, 300).close()
    host = name("ius.hik-connect.com", "relay.cameras.example")
    t = ask(cap, 14 * SECOND, cam[6], dns, host, f"{far_net}.86")
    quic_session(cap, t, cam[6], Host(f"{far_net}.86", ttl=45), host)
    # the recorder in the house is not a contact
    recorder = Host(f"{lan}.10", "00:00:5e:00:53:6f")
    conn = Tcp(cap, 15 * SECOND, recorder, cam[4], 554, 700).open()
    conn.up(f"OPTIONS rtsp://{cam[4].addr}:554/ch0 RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
    conn.down(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n").close()
    return cap


# --- an address that many names share ---
def shared(dirty):
    """47.91.67.66 is in the pack as an inverter maker's server; here a hosting company put
    a dozen shops on it. What a device was told, not the address, decides."""
    apn = net(dirty, "10.#80#")
    cap = Capture(CoreTap("00:00:5e:00:53:71", "00:00:5e:00:53:72", lambda h: h.addr.startswith("10.")),
                  begin(dirty, 5))
    site = [Host(f"{apn}.3.{10 + i}") for i in range(5)]
    dns, hosting = Host(f"{apn}.0.53"), Host("47.91.67.66", ttl=47)
    for i in range(12):
        ask(cap, i * SECOND, site[i % 2], dns, f"shop{i + 1}-store.example", hosting.addr, ttl=3600)
    for i in range(0, 12, 3):
        conn = Tcp(cap, (14 + i) * SECOND, site[i % 2], hosting, 443).open()
        tls_data(tls_open(conn, f"shop {i}", f"shop{i + 1}-store.example", ("h2",)), f"shop {i}", 200, 900).close()
    # nobody told this one a name, and it sends none: not held against it
    conn = Tcp(cap, 40 * SECOND, site[2], hosting, 443).open()
    tls_data(tls_open(conn, "nameless", None), "nameless", 150, 300).close()
    if not dirty:
        return cap

    # the same address under the maker's own name
    t = ask(cap, 50 * SECOND, site[1], dns, "server.growatt.com", hosting.addr)
    conn = Tcp(cap, t, site[1], hosting, 443).open()
    tls_data(tls_open(conn, "growatt", "server.growatt.com"), "growatt", 300, 200).close()
    # a logger that says no name: the look-up before names it, even six minutes later
    logger = Host("203.0.113.90", ttl=46)
    frame = bytes.fromhex("a5170010471d00d2029649") + Chance("logger").octets(12) + b"\x5c\x15"
    t = ask(cap, 55 * SECOND, site[3], dns, "data1.solarmanpv.com", logger.addr, ttl=600)
    for at in (t, t + 6 * MINUTE):
        Tcp(cap, at, site[3], logger, 10000, 200_000).open().up(frame).down(frame[:11] + b"\x01\x5c\x15").close()
    # and a fallback address, without any look-up
    Tcp(cap, 70 * SECOND, site[4], Host("115.29.186.234", ttl=45), 10000, 260_000).open().up(frame).close()
    return cap


def station(dirty):
    """The manual of a patient monitor has hospitals give addresses of the maker's to their own central
    station: it and the monitor of one ward have them, and the VLAN shows both. In another ward the
    same address is reached over the gateway."""
    cap = Capture(EthernetTap("00:00:5e:00:53:20"), begin(dirty, 3))
    broadcast, unknown = "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"

    def host(addr, n, vlan, ttl=64):
        return Host(addr, f"00:00:5e:00:53:{n:02x}", vlan, ttl)

    def resolve(t, asker, asked):
        cap.add(t, ethernet(asker.mac, broadcast, 0x0806, arp(1, asker.mac, asker.addr, unknown, asked.addr), (asker.vlan,)))
        cap.add(t + 400, ethernet(asked.mac, asker.mac, 0x0806, arp(2, asked.mac, asked.addr, asker.mac, asker.addr), (asker.vlan,)))

    def report(t, monitor, server, rtt_us):
        conn = Tcp(cap, t, monitor, server, 515, rtt_us=rtt_us).open()
        for n in range(3):
            conn.wait(20 * SECOND).up(vital_signs(60 + n)).down(b"\x06")
        conn.close()

    bedside = [host(f"202.114.4.{40 + i}", 0x61 + i, 230) if dirty else host(f"10.27.0.{40 + i}", 0x61 + i, 230) for i in range(2)]
    central = host("202.114.4.120" if dirty else "10.27.0.120", 0x60, 230)
    for i, monitor in enumerate(bedside):
        resolve(i * SECOND, monitor, central)
        report((10 + i) * SECOND, monitor, central, 700)
    ward, gateway = host(f"{net(dirty, '10.#28#.0')}.31", 0x71, 240), host(f"{net(dirty, '10.#28#.0')}.1", 0x20, 240)
    resolve(5 * SECOND, ward, gateway)
    if dirty:
        # the gateway answers ARP for everybody: what comes back has passed routers
        far = Host("202.114.4.120", ttl=47)
        resolve(6 * SECOND, ward, host(far.addr, 0x20, 240))
        report(100 * SECOND, ward, far, 240_000)
    else:
        report(100 * SECOND, ward, Host("10.25.30.5"), 1100)
    return cap


SCENES = {"meters": meters, "meters-gtpu": meters_gtpu, "hospital": hospital, "hospital-station": station, "vehicle": vehicle,
          "camera": camera, "shared-hosting": shared, **cellular.SCENES, **stories.SCENES,
          **managed.SCENES, **plant.SCENES, **services.SCENES}


def files(scene, build):
    """Name and octets of what a scene writes: each twin, and whose its flows are where that is told."""
    for dirty in (True, False):
        name, cap = f"{scene}{'' if dirty else '-clean'}", build(dirty)
        yield f"{name}.pcap", cap.octets()
        if hasattr(cap, "truth"):
            yield f"{name}.truth.json", cap.truth().encode()
        if hasattr(cap, "register"):
            yield f"{name}.register.csv", cap.register.encode()


def main(args):
    check = "--check" in args
    folders = [a for a in args if not a.startswith("-")]
    folder = pathlib.Path(folders[0]) if folders else pathlib.Path(__file__).resolve().parent
    wrong = 0
    for scene, build in SCENES.items():
        for name, octets in files(scene, build):
            path = folder / name
            if not check:
                path.write_bytes(octets)
            elif not path.exists() or path.read_bytes() != octets:
                print(f"{path}: differs from what generate.py writes")
                wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
