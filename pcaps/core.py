# SPDX-License-Identifier: Apache-2.0
"""A mobile core that attaches devices, moves them and lets them go, as a tap between its nodes sees it;
and the truth of it: whose flow each flow is."""
import datetime
import json
import struct

import signalling as sig
from wire import LINK_ETHERNET, Capture, Host, ethernet, gtpu, ip, udp

GTPU_PORT, END_MARKER = 2152, 254


class Device(Host):
    """A module with its SIM. `bearers` are (since, EBI, port, radio, TEID down, gateway, TEID up); the
    newest of an EBI holds. port: of a dedicated bearer's one filter, 0 for the default bearer.
    hidden: nobody tells whose a session is; unannounced: nor that it is there; without_mei: GTPv2-C leaves
    the IMEI out. Of the truth's keys `untold` are told by nobody, `unsure` are left out."""

    def __init__(self, addr, imsi, imei, msisdn, apn, network="001-01", rat=sig.RAT_EUTRAN, cell=(0x1001, 0x1A2D01)):
        super().__init__(addr)
        self.imsi, self.imei, self.msisdn, self.apn = imsi, imei, msisdn, apn
        self.network, self.rat, self.cell = network, rat, cell
        self.bearers, self.session = [], None
        self.hidden = self.unannounced = self.without_mei = False
        self.untold, self.unsure = (), ()
        self.forwarding = None    # (since, until, old radio, new radio, TEID) on X2

    def bearer(self, t, ports):
        held = {}
        for bearer in self.bearers:
            if bearer[0] <= t:
                held[bearer[1]] = bearer
        for bearer in held.values():
            if bearer[2] in ports:
                return bearer
        return next(b for b in held.values() if b[2] == 0)

    def truth(self):
        """What is to be known of it; an identity that nobody told is None."""
        if self.unannounced:
            return {"imsi": None, "imei": None, "announced": False}
        if self.hidden:
            return {"imsi": None, "imei": None}
        rat = {None: None, sig.RAT_UTRAN: "utran", sig.RAT_GERAN: "geran", sig.RAT_EUTRAN: "e-utran",
               sig.RAT_NB_IOT: "nb-iot", sig.RAT_LTE_M: "lte-m", sig.RAT_NR: "nr"}[self.rat]
        told = {"imsi": self.imsi, "imei": self.imei, "imei_tac": self.imei[:8], "msisdn": self.msisdn,
                "apn": self.apn.split(".mnc")[0], "rat": rat, "plmn": self.network}
        return {key: None if key in self.untold else value for key, value in told.items() if key not in self.unsure}


class CoreCapture(Capture):
    """Frames of one tap of the core. view: `tunnel` (S1-U, Gn), `pdu` (N3, with the PDU session
    container) or `sgi` (the inner packets alone). uplink_only: half of the tap is dead."""

    def __init__(self, start_us, view, uplink_only=False):
        super().__init__(None, start_us)
        self.view, self.uplink_only, self.flows = view, uplink_only, {}
        self.inside, self.outside = "00:00:5e:00:53:90", "00:00:5e:00:53:91"

    def octets(self):
        self.tap = type("Tap", (), {"link": LINK_ETHERNET})
        return super().octets()

    def node(self, t, src, dst, packet):
        """Between two nodes of the core."""
        self.add(t, ethernet(src.mac or self.inside, dst.mac or self.inside, 0x0800, packet))

    def signal(self, t, src, dst, message, port=sig.GTPC_PORT, sport=None):
        src.ident = (src.ident + 1) & 0xFFFF
        self.node(t, src, dst, ip(src.addr, dst.addr, 17, udp(src.addr, sport or port, dst.addr, port, message),
                                  src.ident, 255, dscp=40))

    def tunnel(self, t, src, dst, gtp):
        src.ident = (src.ident + 1) & 0xFFFF
        self.node(t, src, dst, ip(src.addr, dst.addr, 17, udp(src.addr, GTPU_PORT, dst.addr, GTPU_PORT, gtp),
                                  src.ident, 255, dscp=18))

    def send(self, t_us, src, dst, proto, segment):
        up = isinstance(src, Device)
        device, far = (src, dst) if up else (dst, src)
        src.ident = (src.ident + 1) & 0xFFFF
        packet = ip(src.addr, dst.addr, proto, segment, src.ident, src.ttl)
        ports = struct.unpack("!HH", segment[:4])
        if not isinstance(device, Device):
            self.node(t_us, src, dst, packet)
            return
        if self.uplink_only and not up:
            return
        self.witness(int(t_us), device, far, proto, *(ports if up else ports[::-1]))
        if self.view == "sgi":
            macs = (self.inside, self.outside) if up else (self.outside, self.inside)
            self.add(t_us, ethernet(*macs, 0x0800, packet))
        else:
            self.in_bearer(t_us, device, up, packet, ports)

    def in_bearer(self, t, device, up, packet, ports):
        _, _, _, radio, down_teid, gateway, up_teid = device.bearer(t, ports)
        pdu_type = None if self.view != "pdu" else (1 if up else 0)
        if up:
            self.tunnel(t, radio, gateway, gtpu(up_teid, packet, pdu_type))
            return
        self.tunnel(t, gateway, radio, gtpu(down_teid, packet, pdu_type))
        if device.forwarding and device.forwarding[0] <= t < device.forwarding[1]:
            _, _, old, new, teid = device.forwarding
            self.tunnel(t + 2_000, old, new, gtpu(teid, packet))

    def end_marker(self, t, src, dst, teid):
        """TS 29.281, 7.3.2."""
        self.tunnel(t, src, dst, struct.pack("!BBHI", 0x30, END_MARKER, 0, teid))

    def witness(self, t, device, far, proto, port, far_port):
        key = (id(device), proto, port, far.addr, far_port)
        flow = self.flows.setdefault(key, [device, proto, port, far.addr, far_port, t, t])
        flow[5], flow[6] = min(flow[5], t), max(flow[6], t)

    def stamp(self, t):
        when = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(
            microseconds=self.start_us + t)
        return when.strftime("%Y-%m-%dT%H:%M:%S.%f+0000")

    def truth(self):
        """Devices, and for each flow whose it is: index, transport, device's end, far end, first and
        last packet. One line each, so that a change can be read."""
        flows = sorted(self.flows.values(), key=lambda f: (f[5], f[0].addr, f[2]))
        devices = list(dict.fromkeys(flow[0] for flow in flows))
        lines = [[devices.index(d), {6: "TCP", 17: "UDP"}[proto], d.addr, port, far, far_port, self.stamp(a), self.stamp(b)]
                 for d, proto, port, far, far_port, a, b in flows]
        return "".join(("{\"devices\": [\n", ",\n".join(json.dumps(d.truth()) for d in devices),
                        "\n], \"flows\": [\n", ",\n".join(map(json.dumps, lines)), "\n]}\n"))


class Epc:
    """MME, SGW and PGW with S11 between the first two: TS 23.401."""

    def __init__(self, cap, net):
        self.cap = cap
        self.mme, self.sgw = Host(f"{net}.1.1", "00:00:5e:00:53:92"), Host(f"{net}.2.1", "00:00:5e:00:53:93")
        self.pgw = Host(f"{net}.3.1", "00:00:5e:00:53:90")
        self.next_teid, self.seq = 0x100, 0x2000
        self.say = cap.signal

    def enb(self, n):
        return Host(f"{self.mme.addr.rsplit('.', 2)[0]}.8.{n}", f"00:00:5e:00:53:{0xA0 + n:02x}")

    def teid(self):
        self.next_teid += 1
        return self.next_teid

    def turn(self):
        self.seq += 1
        return self.seq

    def create(self, t, device, sgw, contexts, answers, control, paa="0.0.0.0"):
        """Create Session Request and Response; the MEI is the IMEI as the device has it."""
        seq, mme, pgw = self.turn(), device.session["mme_teid"], (self.pgw.addr, 0x7000 + control)
        self.say(t, self.mme, sgw, sig.create_session(
            seq, device.imsi, device.msisdn, None if device.without_mei else device.imei, device.apn, device.network,
            device.rat, *device.cell, (self.mme.addr, mme), pgw, contexts, paa=paa))
        self.say(t + 30_000, sgw, self.mme, sig.session_created(
            seq, mme, (sgw.addr, control), pgw, device.addr, answers))

    def attach(self, t, device, enb, dedicated=0, local=False, up_teid=None):
        """Attach with a default bearer and, with a port, a dedicated one for it. `up_teid`: one that
        the SGW gives out again."""
        down, up, control = self.teid(), up_teid or self.teid(), self.teid()
        device.session = {"mme_teid": self.teid(), "sgw": self.sgw, "sgw_teid": control}
        self.create(t, device, self.sgw, [sig.bearer_context(5, sig.bearer_qos(9))],
                    [sig.bearer_context(5, sig.cause(), sig.f_teid(sig.S1U_SGW, up, self.sgw.addr))], control)
        self.modify(t + 120_000, device, [(5, enb, down)])
        device.bearers.append((t, 5, 0, enb, down, self.sgw, up))
        if dedicated:
            seq, down, up = self.turn() | 0x800000, self.teid(), self.teid()
            self.say(t + 200_000, self.sgw, self.mme, sig.create_bearer(
                seq, device.session["mme_teid"], 5, dedicated, (self.sgw.addr, up), local=local))
            self.say(t + 280_000, self.mme, self.sgw, sig.bearer_created(
                seq, control, 6, (enb.addr, down), (self.sgw.addr, up)))
            device.bearers.append((t + 280_000, 6, dedicated, enb, down, self.sgw, up))
        return t + 500_000

    def modify(self, t, device, ends, where=b""):
        """Modify Bearer Request with the eNB's ends: (EBI, eNB, TEID)."""
        seq, sgw = self.turn(), device.session["sgw"]
        held = {b[1]: b for b in device.bearers}
        self.say(t, self.mme, sgw, sig.modify_bearer(seq, device.session["sgw_teid"], [
            sig.bearer_context(ebi, sig.f_teid(sig.S1U_ENB, teid, enb.addr)) for ebi, enb, teid in ends], where))
        self.say(t + 20_000, sgw, self.mme, sig.bearer_modified(seq, device.session["mme_teid"], [
            sig.bearer_context(ebi, sig.cause(), *(
                [sig.f_teid(sig.S1U_SGW, held[ebi][6], sgw.addr)] if ebi in held else []))
            for ebi, _, _ in ends]))

    def handover(self, t, device, enb, cell):
        """X2 handover (TS 23.401, 5.5.1.1.2): the eNB's ends change, the SGW's stay. What was on its
        way is forwarded by the old eNB until the end marker."""
        device.cell = cell
        held = {b[1]: b for b in device.bearers if b[0] <= t}
        new = [(ebi, enb, self.teid()) for ebi in held]
        forward = self.teid()
        device.forwarding = (t - 80_000, t + 20_000, held[5][3], enb, forward)
        self.modify(t, device, new, sig.uli(device.network, *cell))
        for ebi, _, teid in new:
            _, _, port, radio, old_teid, gateway, up = held[ebi]
            self.cap.end_marker(t + 21_000, gateway, radio, old_teid)
            device.bearers.append((t + 20_000, ebi, port, enb, teid, gateway, up))
        self.cap.end_marker(t + 23_000, held[5][3], enb, forward)

    def relocate(self, t, device, enb, sgw, cell):
        """Handover with a new SGW (5.5.1.1.3): a session is created there, then the old SGW forgets
        its own without telling the PGW."""
        device.cell = cell
        held = {b[1]: b for b in device.bearers if b[0] <= t}
        ends = {ebi: (self.teid(), self.teid()) for ebi in held}
        old, old_control, control = device.session["sgw"], device.session["sgw_teid"], self.teid()
        self.create(t, device, sgw, [
            sig.bearer_context(ebi, sig.f_teid(sig.S1U_ENB, down, enb.addr), sig.bearer_qos(9))
            for ebi, (down, _) in ends.items()], [
            sig.bearer_context(ebi, sig.cause(), sig.f_teid(sig.S1U_SGW, up, sgw.addr))
            for ebi, (_, up) in ends.items()], control, paa=device.addr)
        device.session.update(sgw=sgw, sgw_teid=control)
        for ebi, (down, up) in ends.items():
            device.bearers.append((t + 30_000, ebi, held[ebi][2], enb, down, sgw, up))
        seq = self.turn()
        self.say(t + 2_000_000, self.mme, old, sig.delete_session(seq, old_control, operation=False))
        self.say(t + 2_020_000, old, self.mme, sig.session_deleted(seq, device.session["mme_teid"]))

    def detach(self, t, device):
        seq, sgw = self.turn(), device.session["sgw"]
        self.say(t, self.mme, sgw, sig.delete_session(seq, device.session["sgw_teid"]))
        self.say(t + 20_000, sgw, self.mme, sig.session_deleted(seq, device.session["mme_teid"]))

    def interim(self, t, device):
        """Nothing here: accounting is for the other side of the PGW."""


class Accounting:
    """The same sessions as the PGW reports them behind it: RADIUS accounting, TS 29.061, 16."""

    def __init__(self, cap, net):
        self.cap, self.nas, self.server = cap, Host(f"{net}.3.1"), Host(f"{net}.3.200")
        self.sgw, self.ident, self.charging = Host(f"{net}.2.1"), 0, 0x9000

    def enb(self, n):
        return Host(f"{self.nas.addr.rsplit('.', 2)[0]}.8.{n}")

    def report(self, t, device, status):
        """IMEISV as text; a device with an IMEI of 15 digits has those."""
        begun, charging = device.session
        self.ident = (self.ident + 1) & 0xFF
        request = sig.radius_accounting(
            self.ident, status, f"{self.nas.addr}-{charging:08x}", self.nas.addr, int((t - begun) // 1_000_000), device.imsi,
            device.msisdn, device.imei, device.apn.split(".mnc")[0], device.network, device.rat, *device.cell, device.addr,
            self.sgw.addr, self.nas.addr, charging)
        self.cap.signal(t, self.nas, self.server, request, sig.RADIUS_ACCOUNTING_PORT, 40000)
        answer = sig.radius_accepted(request)
        src, dst = self.server, self.nas
        src.ident += 1
        self.cap.node(t + 8_000, src, dst, ip(src.addr, dst.addr, 17, udp(
            src.addr, sig.RADIUS_ACCOUNTING_PORT, dst.addr, 40000, answer), src.ident))

    def attach(self, t, device, enb, dedicated=0, local=False, up_teid=None):
        self.charging += 1
        device.session = (t, self.charging)
        self.report(t + 30_000, device, sig.ACCT_START)
        return t + 500_000

    def interim(self, t, device):
        self.report(t, device, sig.ACCT_INTERIM)

    def detach(self, t, device):
        self.report(t, device, sig.ACCT_STOP)
