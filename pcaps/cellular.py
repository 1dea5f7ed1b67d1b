# SPDX-License-Identifier: Apache-2.0
"""Scenes of a mobile core: whose module and SIM is behind each flow.

SIMs are of the test network 001-01 (TS 23.003), numbers of the drama range 447700900xxx, IMEIs have a
real type allocation code and a made-up serial. Each scene returns its CoreCapture, which knows the truth."""
import ran
import signalling as sig
from conversations import MINUTE, SECOND, ask, begin, clock, fetch, net, poll_dlms, reading
from core import Accounting, CoreCapture, Device, Epc
from messages import (MQTT_CONNACK, MQTT_DISCONNECT, certificate, coap, firmware_image,
                      http_get, http_reply, mqtt_connect, mqtt_puback, mqtt_publish, tls_data, tls_open)
from wire import Chance, Host, Tcp, ip

# Type allocation codes: signatures/identity
EC21, BG95, BC95, RM520 = "86796204", "86447504", "86370303", "86837105"    # Quectel
FN980, SARA_R4, NRF9160, EM7565 = "35031345", "35672610", "35265610", "35926008"    # Telit, u-blox, Nordic, Sierra
UNKNOWN_86, UNKNOWN_35 = "86990042", "35990042"    # in no table: maker unknown
RATS = {BG95: sig.RAT_LTE_M, BC95: sig.RAT_NB_IOT, SARA_R4: sig.RAT_LTE_M, NRF9160: sig.RAT_LTE_M, RM520: sig.RAT_NR}


class Site:
    """Numbers for the devices of a scene: `scene` and the twin are in each of them."""

    def __init__(self, scene, dirty, devices, apn="meters.example"):
        self.scene, self.dirty, self.devices, self.apn = scene, dirty, devices, apn
        self.made = 0

    def imsi(self, n):
        return f"00101{self.scene:02d}{0 if self.dirty else 1}{n:07d}"

    def imei(self, tac, n, form):
        """form 0: IMEISV; 1: IMEI with its check digit; 2: with the spare digit 0 (TS 23.003, 6.2.1)."""
        digits = f"{tac}{self.scene:02d}{0 if self.dirty else 5}{n:03d}"
        return digits + ("01", sig.luhn(digits), "0")[form]

    def device(self, tac, host=None, imsi=None, form=None, **more):
        """The next one. host: number of the address when it is not the next."""
        n = self.made = self.made + 1
        apn = self.apn + (".mnc001.mcc001.gprs" if n % 5 == 0 else "")
        area = 0x1000 + n % 3
        return Device(f"{self.devices}.{(host or n) // 250}.{(host or n) % 250 + 1}", imsi or self.imsi(n),
                      self.imei(tac, n, n % 3 if form is None else form), f"447700900{n % 1000:03d}", apn,
                      **{"rat": RATS.get(tac, sig.RAT_EUTRAN), "cell": (area, 0x1A2D00 + n % 3), **more})


# --- what a device does ---
def report_mqtt(cap, t, device, head_end, dns, serial, reports=1, every_us=20 * SECOND):
    t = ask(cap, t, device, dns, "mqtt.headend.example", head_end.addr)
    conn = Tcp(cap, t, device, head_end, 1883, rtt_us=92_000).open()
    conn.up(mqtt_connect(f"meter-{serial}")).down(MQTT_CONNACK)
    for i in range(reports):
        conn.wait(every_us).up(mqtt_publish(f"meters/{serial}/reading", reading(serial, i), i + 1)).down(mqtt_puback(i + 1))
    return conn.up(MQTT_DISCONNECT).close()


def report_tls(cap, t, device, head_end, dns, serial):
    t = ask(cap, t, device, dns, "secure.headend.example", head_end.addr)
    conn = Tcp(cap, t, device, head_end, 8883, rtt_us=88_000).open()
    chain = [certificate("secure.headend.example", "Example Utility", "Example Utility CA", ["secure.headend.example"])]
    tls_open(conn, f"meter {device.imsi}", "secure.headend.example", ("mqtt",), chain if serial % 2 else None)
    return tls_data(conn.wait(10 * SECOND), f"meter {device.imsi}", 180, 36).close()


def report_coap(cap, t, device, head_end, serial, times=2, sport=None, every_us=20 * SECOND):
    sport = sport or device.port()
    for i in range(times):
        token = Chance(f"token {device.imsi} {t} {i}").octets(4)
        cap.datagram(t, device, sport, head_end, 5683, coap(
            0, 2, 100 + i, token, ("meters", str(serial), "reading"), reading(serial, i), 50))
        cap.datagram(t + 95_000, head_end, 5683, device, sport, coap(2, 0x44, 100 + i, token))
        t += every_us


def module_image(cap, t, device, dns, server):
    """The module maker's bucket, clear HTTP."""
    name = "quec-pro-oss.oss-cn-shanghai.aliyuncs.com"
    t = ask(cap, t, device, dns, name, server.addr)
    return fetch(cap, t, device, server, 80, [
        (http_get(name, "/fota/EG91/Update_EG91NAXGAR07A03M1G.zip", "QUECTEL_MODULE"),
         http_reply(firmware_image("dfota", 6000), "application/zip"))])


def cloud(cap, t, device, dns, server, name, port=443, seed="cloud", times=2, every_us=15 * SECOND):
    t = ask(cap, t, device, dns, name, server.addr)
    conn = tls_open(Tcp(cap, t, device, server, port, rtt_us=150_000).open(), f"{seed} {device.imsi}", name)
    for i in range(times):
        tls_data(conn.wait(every_us), f"{seed} {i}", 240, 80)
    return conn.close()


# --- a fleet of meters, seen at S1-U with S11, or at SGi with RADIUS ---
FLEET = (EC21, FN980, BG95, SARA_R4, BC95, NRF9160)
FLEET_CLEAN = (FN980, SARA_R4, EM7565, NRF9160)


def fleet(dirty, hour, sgi):
    apn, core = net(dirty, "10.#96#"), net(dirty, "172.#18#")
    cap = CoreCapture(begin(dirty, hour), "sgi" if sgi else "tunnel")
    site, makers = Site(1, dirty, f"{apn}", "meters.example"), FLEET if dirty else FLEET_CLEAN
    n = 198 if dirty else 22
    meters = [site.device(makers[i % len(makers)], form=i // len(makers) % 3) for i in range(n)]
    meters += [site.device(UNKNOWN_86), site.device(UNKNOWN_35)]
    net_of = (Accounting if sgi else Epc)(cap, core)
    radio = [net_of.enb(1 + i) for i in range(3)]
    dns, ntp_server = Host(f"{apn}.200.53"), Host(f"{apn}.200.123")
    heads = [Host(f"{apn}.201.{i}") for i in (10, 11, 12, 20)]
    for i, meter in enumerate(meters):
        t, kind = SECOND * i + 300_000, i % 4
        # on a bearer of its own every second time: the head-end's port, for DLMS the meter's
        port = (1883, 8883, 5683, 4059)[kind] if i % 8 < 4 else 0
        t = net_of.attach(t, meter, radio[i % 3], port, kind == 3)
        if i % 10 == 0:
            clock(cap, t, meter, ntp_server)
        serial = 70311400 + i
        if kind == 0:
            report_mqtt(cap, t + SECOND, meter, heads[0], dns, serial)
        elif kind == 1:
            report_tls(cap, t + SECOND, meter, heads[1], dns, serial)
        elif kind == 2:
            report_coap(cap, t + SECOND, meter, heads[2], serial)
        else:
            poll_dlms(cap, t + SECOND, meter, heads[3], 1)
        if i % 20 == 7:
            net_of.interim(t + 40 * SECOND, meter)
            net_of.detach(t + 2 * MINUTE, meter)
    if dirty:
        module_image(cap, 5 * MINUTE, meters[6], dns, Host("203.0.113.40", ttl=47))
        server = Host("203.0.113.41", ttl=46)
        cloud(cap, 5 * MINUTE + 10 * SECOND, meters[30], dns, server, "iot-south.acceleronix.io", 8443)
        cloud(cap, 5 * MINUTE + 20 * SECOND, meters[198], dns, server, "iot-south.acceleronix.io", 8443)
    else:    # a maker of the house calls home
        cloud(cap, 2 * MINUTE, meters[0], dns, Host("198.51.100.40", ttl=50), "api.devicewise.com")
    return cap


# --- one car, many cells ---
def handover(dirty):
    apn, core = net(dirty, "10.#98#"), net(dirty, "172.#20#")
    cap = CoreCapture(begin(dirty, 8), "tunnel")
    site, epc = Site(3, dirty, apn, "cars.example"), Epc(cap, core)
    car, parked = site.device(EM7565), site.device(FN980)
    cells = [epc.enb(n) for n in range(1, 5)]
    second_sgw = Host(f"{core}.2.2", "00:00:5e:00:53:94")
    dns, far = Host(f"{apn}.200.53"), Host("198.51.100.77", ttl=50)
    t = epc.attach(SECOND, car, cells[0], 8883)
    epc.attach(2 * SECOND, parked, cells[1], 8883)
    epc.handover(3 * MINUTE, car, cells[1], (0x1001, 0x1A2E01))
    epc.handover(6 * MINUTE, car, cells[2], (0x1002, 0x1A2E02))
    epc.relocate(9 * MINUTE, car, cells[3], second_sgw, (0x1003, 0x1A2F01))
    epc.handover(12 * MINUTE, car, cells[2], (0x1002, 0x1A2E02))
    # a session that outlives them all, with something under way at each change
    t = ask(cap, t + SECOND, car, dns, "telematics.carmaker.example", far.addr)
    conn = tls_open(Tcp(cap, t, car, far, 8883, rtt_us=60_000).open(), "car", "telematics.carmaker.example", ("mqtt",))
    for i in range(16):
        tls_data(conn.wait(MINUTE - conn.t % MINUTE - (70_000 if i % 3 == 1 else 0)), f"car {i}", 300, 120)
    conn.close()
    report_mqtt(cap, 10 * SECOND, parked, Host("198.51.100.78", ttl=50), dns, 815, reports=8, every_us=100 * SECOND)
    if dirty:
        cloud(cap, 7 * MINUTE, car, dns, Host("203.0.113.72", ttl=46), "dilinkappoversea-eu.byd.auto", times=12)
        cloud(cap, 13 * MINUTE, car, dns, Host("203.0.113.72", ttl=46), "dilinkappoversea-eu.byd.auto")
    else:
        cloud(cap, 7 * MINUTE, car, dns, Host("198.51.100.72", ttl=50), "dilink.carmaker.example", times=12)
    return cap


# --- addresses that are given out again ---
def reuse(dirty):
    apn, core = net(dirty, "10.#100#"), net(dirty, "172.#22#")
    cap = CoreCapture(begin(dirty, 9), "tunnel")
    return reuse_story(cap, Site(4, dirty, apn), Epc(cap, core), dirty, apn)


def reuse_sgi(dirty):
    """The same behind the gateway, where the address is all there is."""
    apn, core = net(dirty, "10.#102#"), net(dirty, "172.#24#")
    cap = CoreCapture(begin(dirty, 10), "sgi")
    return reuse_story(cap, Site(5, dirty, apn), Accounting(cap, core), dirty, apn)


def reuse_story(cap, site, net_of, dirty, apn):
    dns, head, far = Host(f"{apn}.200.53"), Host(f"{apn}.201.10"), Host("203.0.113.40", ttl=47)
    maker = BG95 if dirty else NRF9160
    enb = [net_of.enb(1), net_of.enb(2)]
    # five minutes between: the first SIM is dirty, the second is not; even the TEID comes back
    first, second = site.device(maker, 40), site.device(SARA_R4, 40)
    t = net_of.attach(SECOND, first, enb[0], up_teid=0xA001)
    report_mqtt(cap, t, first, head, dns, 1, reports=2)
    report_coap(cap, t, first, head, 1, times=3, sport=5683)
    if dirty:
        module_image(cap, t + 30 * SECOND, first, dns, far)
    net_of.detach(2 * MINUTE, first)
    t = net_of.attach(7 * MINUTE, second, enb[0], up_teid=0xA001)
    report_mqtt(cap, t, second, head, dns, 2, reports=2)
    report_coap(cap, t, second, head, 2, times=3, sport=5683)
    # two seconds between, the same five-tuple: to the flow table one flow goes on
    third, fourth = site.device(maker, 41), site.device(NRF9160, 41)
    t = net_of.attach(3 * MINUTE, third, enb[1])
    report_coap(cap, t, third, head, 3, times=4, sport=5683, every_us=10 * SECOND)
    net_of.detach(t + 31 * SECOND, third)
    t = net_of.attach(t + 32 * SECOND, fourth, enb[0])
    report_coap(cap, t + 200_000, fourth, head, 4, times=4, sport=5683, every_us=10 * SECOND)
    # the message of its end was lost: the new session is what ends the old one
    fifth, sixth = site.device(maker, 42), site.device(FN980, 42)
    t = net_of.attach(5 * MINUTE, fifth, enb[1])
    report_mqtt(cap, t, fifth, head, dns, 5, reports=2)
    t = net_of.attach(25 * MINUTE, sixth, enb[1])
    report_mqtt(cap, t, sixth, head, dns, 6, reports=2)
    report_coap(cap, t + SECOND, sixth, head, 6)
    # and the first SIM is still about, elsewhere
    again = site.device(maker, 43, imsi=first.imsi)
    again.imei, again.msisdn = first.imei, first.msisdn
    t = net_of.attach(9 * MINUTE, again, enb[0])
    report_mqtt(cap, t, again, head, dns, 1, reports=1)
    return cap


# --- half of the tap is dead ---
def uplink(dirty):
    apn, core = net(dirty, "10.#104#"), net(dirty, "172.#26#")
    cap = CoreCapture(begin(dirty, 11), "tunnel", uplink_only=True)
    site, epc = Site(6, dirty, apn), Epc(cap, core)
    makers = (EC21, FN980, BG95, NRF9160) if dirty else FLEET_CLEAN
    devices = [site.device(makers[i % 4]) for i in range(8)]
    enb, dns, head = epc.enb(1), Host(f"{apn}.200.53"), Host(f"{apn}.201.10")
    for i, device in enumerate(devices):
        if i // 4 % 2:    # attached before the tap was there
            device.unannounced = True
            device.bearers.append((0, 5, 0, enb, epc.teid(), epc.sgw, epc.teid()))
            t = SECOND * i
        else:
            t = epc.attach(SECOND * i, device, enb, 1883)
        report_mqtt(cap, t + SECOND, device, head, dns, 500 + i)
        report_coap(cap, t + 5 * SECOND, device, head, 500 + i)
        if i % 4 == 0:
            if dirty:
                cloud(cap, t + 30 * SECOND, device, dns, Host("203.0.113.41", ttl=46), "iot-south.acceleronix.io", 8443)
            else:
                cloud(cap, t + 30 * SECOND, device, dns, Host("198.51.100.41", ttl=50), "api.devicewise.com")
    return cap


# --- one maker outside, another inside ---
def white_label(dirty):
    apn, core = net(dirty, "10.#106#"), net(dirty, "172.#28#")
    cap = CoreCapture(begin(dirty, 12), "tunnel")
    site, epc = Site(7, dirty, apn, "modems.example"), Epc(cap, core)
    enb, dns = epc.enb(1), Host(f"{apn}.200.53")
    devices = [site.device(tac) for tac in ((SARA_R4, FN980, EC21) if dirty else (SARA_R4, FN980, EM7565))]
    starts = [epc.attach(SECOND * (1 + i), device, enb) + SECOND for i, device in enumerate(devices)]
    for i, device in enumerate(devices):
        report_mqtt(cap, starts[i], device, Host(f"{apn}.201.10"), dns, 900 + i)
    if not dirty:
        for device, t, name in zip(devices, starts, ("api.thingstream.io", "api.devicewise.com", "eu.airvantage.net")):
            cloud(cap, t + MINUTE, device, dns, Host("198.51.100.42", ttl=50), name)
        return cap
    # u-blox by its number, MeiG's update server by its deeds; Telit, and Fibocom's agent
    server, name = Host("203.0.113.50", ttl=45), "iotsvr.meigsmart.com"
    t = ask(cap, starts[0] + MINUTE, devices[0], dns, name, server.addr)
    fetch(cap, t, devices[0], server, 9090, [
        (http_get(name, "/download/xyDelta_SLM750_R02_R03.bin", "okhttp/3.12"),
         http_reply(firmware_image("delta", 5000), "application/octet-stream"))], rtt_us=250_000)
    cloud(cap, starts[1] + MINUTE, devices[1], dns, Host("203.0.113.51", ttl=45), "agent.fibocom.com")
    # what its number says it is: no conflict
    cloud(cap, starts[2] + MINUTE, devices[2], dns, Host("203.0.113.41", ttl=46), "iot-south.quecteleu.com", 8443)
    return cap


# --- 5G: N4, N3, and what the radio side is told ---
class Sessions5g:
    """SMF and UPF with N4 between them, AMF and gNB with N2."""

    def __init__(self, cap, core):
        self.cap = cap
        self.smf, self.upf = Host(f"{core}.1.1", "00:00:5e:00:53:92"), Host(f"{core}.2.1", "00:00:5e:00:53:93")
        self.amf, self.gnb = Host(f"{core}.1.2", "00:00:5e:00:53:94"), Host(f"{core}.8.1", "00:00:5e:00:53:a1")
        self.seq, self.number, self.tsn = 100, 0, [1000, 2000]
        seconds = cap.start_us // SECOND + 2208988800
        stamp = sig.pie(96, (seconds - 86400).to_bytes(4, "big"))    # recovery time stamp
        cap.signal(0, self.smf, self.upf, sig.pfcp(1, 1, None, stamp), sig.PFCP_PORT)
        cap.signal(4_000, self.upf, self.smf, sig.pfcp(2, 1, None, stamp), sig.PFCP_PORT)

    def n4(self, t, request, answer):
        self.cap.signal(t, self.smf, self.upf, request, sig.PFCP_PORT)
        self.cap.signal(t + 6_000, self.upf, self.smf, answer, sig.PFCP_PORT)

    def n2(self, t, message, down):
        src, dst = (self.amf, self.gnb) if down else (self.gnb, self.amf)
        src.ident += 1
        self.tsn[down] += 1
        segment = ran.sctp_data(ran.NGAP_PORT, ran.NGAP_PORT, 0x5EED0001 + down, self.tsn[down], ran.PPID_NGAP, message)
        self.cap.node(t, src, dst, ip(src.addr, dst.addr, 132, segment, src.ident))

    def establish(self, t, device, user_id=b"", upf_chooses=False, n2=False):
        n = self.number = self.number + 1
        seid, upf_seid = 0x1000 + n, 0x2000 + n
        up, down = (self.upf.addr, 0x3000 + n), (self.gnb.addr, 0x4000 + n)
        self.seq += 2
        self.n4(t, sig.pfcp_establishment(self.seq, self.smf.addr, seid, device.apn, device.addr,
                                          None if upf_chooses else up, user_id),
                sig.pfcp_established(self.seq, seid, self.upf.addr, upf_seid, up))
        if n2:
            self.n2(t + 30_000, ran.ngap_setup_request(n, 500 + n, device.network, 1, 1, up, device.imei), True)
            self.n2(t + 70_000, ran.ngap_setup_response(n, 500 + n, 1, down), False)
        self.n4(t + 90_000, sig.pfcp_modification(self.seq + 1, upf_seid, down, device.apn),
                sig.pfcp_accepted(53, self.seq + 1, seid))
        device.session = seid, upf_seid
        device.bearers.append((t, 1, 0, self.gnb, down[1], self.upf, up[1]))
        return t + 500_000

    def release(self, t, device):
        self.seq += 1
        self.n4(t, sig.pfcp(54, self.seq, device.session[1]), sig.pfcp_accepted(55, self.seq, device.session[0]))


def five_g(dirty):
    dnn, core = net(dirty, "10.#108#"), net(dirty, "172.#30#")
    cap = CoreCapture(begin(dirty, 13), "pdu")
    site, sessions = Site(8, dirty, dnn, "meters"), Sessions5g(cap, core)
    dns, head = Host(f"{dnn}.200.53"), Host(f"{dnn}.201.10")
    module = RM520 if dirty else FN980
    named, masked, chosen, nobody = (site.device(tac, form=0, rat=sig.RAT_NR)
                                     for tac in (module, module, FN980, NRF9160))
    nobody.hidden = True
    masked.untold, masked.unsure = ("imsi", "imei"), ("msisdn", "apn", "rat", "plmn")
    for device in (named, chosen):    # N4 says neither
        device.network = device.rat = None
    named.msisdn = None    # SUPI and PEI, no GPSI
    starts = [
        sessions.establish(SECOND, named, sig.pfcp_user_id(supi=f"imsi-{named.imsi}", pei=f"imeisv-{named.imei}")),
        sessions.establish(2 * SECOND, masked, n2=True),
        sessions.establish(3 * SECOND, chosen, sig.pfcp_user_id(chosen.imsi, chosen.imei, chosen.msisdn), True),
        sessions.establish(4 * SECOND, nobody)]
    for i, (device, t) in enumerate(zip((named, masked, chosen, nobody), starts)):
        report_mqtt(cap, t, device, head, dns, 300 + i)
        report_coap(cap, t + 40 * SECOND, device, head, 300 + i)
    far = Host("203.0.113.41" if dirty else "198.51.100.41", ttl=46)
    for device, at in ((named, 2), (masked, 3)):
        cloud(cap, at * MINUTE, device, dns, far, "iot-south.quecteleu.com" if dirty else "api.devicewise.com")
    sessions.release(5 * MINUTE, named)
    return cap


# --- Gn: GTPv1-C ---
class Gn:
    """SGSNs and a GGSN: TS 23.060."""

    def __init__(self, cap, core):
        self.cap = cap
        self.sgsn = [Host(f"{core}.1.{1 + i}", f"00:00:5e:00:53:9{2 + i}") for i in range(2)]
        self.ggsn = Host(f"{core}.3.1", "00:00:5e:00:53:90")
        self.seq, self.next_teid = 0x40, 0x500

    def teid(self):
        self.next_teid += 1
        return self.next_teid

    def ask(self, t, sgsn, request, answer):
        self.cap.signal(t, sgsn, self.ggsn, request)
        self.cap.signal(t + 25_000, self.ggsn, sgsn, answer)

    def activate(self, t, device, sgsn=0):
        self.seq += 1
        sgsn, down, up = self.sgsn[sgsn], self.teid(), self.teid()
        ours, theirs = self.teid(), self.teid()
        self.ask(t, sgsn, sig.gtp1_create(
            self.seq, device.imsi, device.msisdn, device.imei, device.apn, device.network, device.cell, sgsn.addr, down, ours,
            device.rat), sig.gtp1_created(self.seq, ours, device.addr, self.ggsn.addr, up, theirs))
        device.session = sgsn, ours, theirs
        device.bearers.append((t, 5, 0, sgsn, down, self.ggsn, up))
        return t + 500_000

    def move(self, t, device, sgsn, cell):
        """Inter-SGSN routing area update: 6.9.1.2.2."""
        self.seq += 1
        sgsn, down, ours = self.sgsn[sgsn], self.teid(), self.teid()
        device.cell = cell
        up, theirs = device.bearers[-1][6], device.session[2]
        self.ask(t, sgsn, sig.gtp1_update(self.seq, theirs, device.network, cell, sgsn.addr, down, ours),
                 sig.gtp1_updated(self.seq, ours, self.ggsn.addr, up, theirs))
        device.session = sgsn, ours, theirs
        device.bearers.append((t + 20_000, 5, 0, sgsn, down, self.ggsn, up))

    def deactivate(self, t, device):
        self.seq += 1
        sgsn, ours, theirs = device.session
        self.ask(t, sgsn, sig.gtp1_delete(self.seq, theirs), sig.gtp1_deleted(self.seq, ours))


def gtpv1(dirty):
    apn, core = net(dirty, "10.#110#"), net(dirty, "172.#16#")
    cap = CoreCapture(begin(dirty, 14), "tunnel")
    site, gn = Site(9, dirty, apn, "trackers.example"), Gn(cap, core)
    dns, head = Host(f"{apn}.200.53"), Host(f"{apn}.201.10")
    here = {"rat": sig.RAT_UTRAN, "cell": (0x2001, 0x3101)}

    def activity(device, t, serial):
        report_mqtt(cap, t, device, head, dns, serial)
        report_coap(cap, t + 25 * SECOND, device, head, serial)
    # a SIM of 001-01 in the network 999-70, which moves to another SGSN
    guest = site.device(SARA_R4, form=1, network="999-70", **here)
    activity(guest, gn.activate(SECOND, guest), 1)
    gn.move(MINUTE, guest, 1, (0x2002, 0x3102))
    activity(guest, 2 * MINUTE, 2)
    # a SIM is taken from one module and put into another
    donor = site.device(NRF9160, form=1, **here)
    activity(donor, gn.activate(2 * SECOND, donor), 3)
    gn.deactivate(3 * MINUTE, donor)
    heir = site.device(BG95 if dirty else NRF9160, form=1, imsi=donor.imsi if dirty else None, **here)
    heir.msisdn = donor.msisdn if dirty else heir.msisdn
    activity(heir, gn.activate(4 * MINUTE, heir), 4)
    # one IMEI in use with two SIMs at once
    one, other = site.device(FN980, form=1, **here), site.device(FN980, form=1, **here)
    if dirty:
        other.imei = one.imei
    activity(one, gn.activate(5 * SECOND, one), 5)
    activity(other, gn.activate(8 * SECOND, other), 6)
    activity(one, 90 * SECOND, 7)
    if dirty:
        cloud(cap, 5 * MINUTE, heir, dns, Host("203.0.113.41", ttl=46), "iot-south.quecteleu.com", 8443)
    return cap


# --- an MME that leaves the MEI out ---
class Neighbours:
    """What else tells a module: the HSS by S6a over SCTP, the PCRF by Gx over TCP, the eNB by S1AP."""

    def __init__(self, cap, core, epc):
        self.cap, self.epc, self.tsn = cap, epc, 7000
        self.hss, self.pcrf = Host(f"{core}.4.1", "00:00:5e:00:53:95"), Host(f"{core}.4.2", "00:00:5e:00:53:96")
        self.gx = Tcp(cap, 500_000, Host(epc.pgw.addr, epc.pgw.mac), self.pcrf, sig.DIAMETER_PORT, rtt_us=4_000)
        self.gx.open()

    def sctp(self, t, src, dst, port, ppid, message):
        src.ident += 1
        self.tsn += 1
        segment = ran.sctp_data(port, port, 0x5EED0003, self.tsn, ppid, message)
        self.cap.node(t, src, dst, ip(src.addr, dst.addr, 132, segment, src.ident))

    def locate(self, t, device, hop):
        """S6a Update Location, before the session is made."""
        name = f"mme.epc.example;1;{hop}"
        self.sctp(t, self.epc.mme, self.hss, sig.DIAMETER_PORT, ran.PPID_DIAMETER, sig.s6a_update_location(
            hop, name, "mme.epc.example", device.imsi, device.imei, "01", device.network))
        self.sctp(t + 40_000, self.hss, self.epc.mme, sig.DIAMETER_PORT, ran.PPID_DIAMETER,
                  sig.s6a_location_updated(hop, name, "hss.epc.example"))

    def authorise(self, t, device, hop):
        """Gx, when the PGW makes the session."""
        name = f"pgw.epc.example;1;{hop}"
        self.gx.t = t
        self.gx.up(sig.gx_credit_control(hop, name, "pgw.epc.example", 0, 1, device.imsi, device.msisdn, device.imei,
                                         device.addr, device.apn.split(".mnc")[0], device.network))
        self.gx.down(sig.gx_answer(hop, name, "pcrf.epc.example", 0, 1))

    def context(self, t, device, enb):
        """S1AP Initial Context Setup: the SGW's end of the bearer, and the Masked IMEISV."""
        _, _, _, _, down, gateway, up = device.bearers[0]
        self.sctp(t, self.epc.mme, enb, ran.S1AP_PORT, ran.PPID_S1AP, ran.s1ap_setup_request(
            70001, 42, 5, (gateway.addr, up), device.imei))
        self.sctp(t + 50_000, enb, self.epc.mme, ran.S1AP_PORT, ran.PPID_S1AP,
                  ran.s1ap_setup_response(70001, 42, 5, (enb.addr, down)))


def no_mei(dirty):
    apn, core = net(dirty, "10.#112#"), net(dirty, "10.#114#")
    cap = CoreCapture(begin(dirty, 15), "tunnel")
    site, epc = Site(10, dirty, apn), Epc(cap, core)
    others = Neighbours(cap, core, epc)
    enb, dns, head = epc.enb(2), Host(f"{apn}.200.53"), Host(f"{apn}.201.10")
    by_s6a, by_gx, by_s1ap, by_none = (site.device(tac, form=0) for tac in (
        (EC21, FN980, BG95, SARA_R4) if dirty else (EM7565, FN980, NRF9160, SARA_R4)))
    by_s1ap.untold, by_none.untold = ("imei",), ("imei", "imei_tac")
    for i, device in enumerate((by_s6a, by_gx, by_s1ap, by_none)):
        at = SECOND * (2 + i)
        device.without_mei = True
        if device is by_s6a:
            others.locate(at - 200_000, device, 0x51)
        t = epc.attach(at, device, enb)
        if device is by_gx:
            others.authorise(at + 10_000, device, 0x61)
        if device is by_s1ap:
            others.context(at + 60_000, device, enb)
        report_mqtt(cap, t + SECOND, device, head, dns, 700 + i)
        report_coap(cap, t + 25 * SECOND, device, head, 700 + i)
    for device, at in ((by_s6a, 90), (by_s1ap, 100)):
        if dirty:
            cloud(cap, at * SECOND, device, dns, Host("203.0.113.41", ttl=46), "iot-south.quecteleu.com", 8443)
        else:
            cloud(cap, at * SECOND, device, dns, Host("198.51.100.41", ttl=50), "eu.airvantage.net")
    return cap


SCENES = {
    "cellular-s1u": lambda dirty: fleet(dirty, 6, False), "cellular-sgi": lambda dirty: fleet(dirty, 7, True),
    "cellular-handover": handover, "cellular-reuse": reuse, "cellular-reuse-sgi": reuse_sgi,
    "cellular-uplink": uplink, "cellular-white-label": white_label, "cellular-5g": five_g, "cellular-gtpv1": gtpv1, "cellular-no-mei": no_mei,
}
