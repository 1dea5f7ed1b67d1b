# SPDX-License-Identifier: Apache-2.0
"""What the nodes of a mobile core tell each other, built octet by octet: GTPv1-C, GTPv2-C, PFCP,
RADIUS accounting and Diameter. Clauses stand where the numbers come from."""
import hashlib
import struct

from wire import ip_octets

GTPC_PORT, PFCP_PORT, RADIUS_ACCOUNTING_PORT, DIAMETER_PORT = 2123, 8805, 1813, 3868
RAT_UTRAN, RAT_GERAN, RAT_EUTRAN, RAT_NB_IOT, RAT_LTE_M, RAT_NR = 1, 2, 6, 8, 9, 10    # TS 29.274, 8.17


# --- identities, TS 23.003 ---
def luhn(digits):
    """The digit that makes the sum come out even: TS 23.003, Annex B."""
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(digits))
    return str(-total % 10)


def tbcd(digits):
    """TS 29.002, 17.7.8: the first digit in the low half, an odd last half is filled."""
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


def plmn(text):
    """"262-01" to the three octets of TS 24.008, 10.5.1.13."""
    mcc, mnc = text.split("-")
    third = mnc[2] if len(mnc) == 3 else "F"
    return bytes(int(pair, 16) for pair in (mcc[1] + mcc[0], third + mcc[2], mnc[1] + mnc[0]))


def apn_labels(text):
    return b"".join(bytes([len(x)]) + x.encode() for x in text.split("."))


def be24(n):
    return n.to_bytes(3, "big")


# --- GTPv1-C, TS 29.060 ---
def gtp1(kind, teid, seq, *ies):
    """6: version 1, protocol type GTP, with a sequence number."""
    body = b"".join(ies)
    return struct.pack("!BBHIHBB", 0x32, kind, len(body) + 4, teid, seq, 0, 0) + body


def tv(kind, value):
    """7.7: types below 128 have a length that everyone knows."""
    return bytes([kind]) + value


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value


def gtp1_imsi(imsi):
    return tv(2, tbcd(imsi.ljust(16, "F")))


def gtp1_cgi(network, lac, ci):
    """7.7.51: geographic location type 0."""
    return tlv(152, bytes([0]) + plmn(network) + struct.pack("!HH", lac, ci))


def gtp1_rai(network, lac, rac):
    return tv(3, plmn(network) + struct.pack("!HB", lac, rac))


def gtp1_qos():
    """7.7.34 with TS 24.008, 10.5.6.5: background class, retention priority 2."""
    return tlv(135, bytes.fromhex("020b921f7396fefe7401ffff00"))


def gtp1_create(seq, imsi, msisdn, imei, apn, network, cell, sgsn, teid_data, teid_control, rat=RAT_UTRAN,
                nsapi=5):
    """7.3.1. cell: LAC and CI; sgsn: address for control and user plane."""
    ies = [gtp1_imsi(imsi), gtp1_rai(network, cell[0], 1), tv(14, b"\x07"), tv(15, b"\xfc"),
           tv(16, struct.pack("!I", teid_data)), tv(17, struct.pack("!I", teid_control)), tv(20, bytes([nsapi])),
           tv(26, b"\x08\0"), tlv(128, b"\xf1\x21"), tlv(131, apn_labels(apn)),
           tlv(133, ip_octets(sgsn)), tlv(133, ip_octets(sgsn)), tlv(134, b"\x91" + tbcd(msisdn)), gtp1_qos(),
           tlv(151, bytes([rat])), gtp1_cgi(network, *cell)]
    if imei:
        ies.append(tlv(154, tbcd(imei.ljust(16, "F"))))
    return gtp1(16, 0, seq, *ies)


def gtp1_created(seq, sgsn_teid, ue, ggsn, teid_data, teid_control, cause=128):
    """7.3.2. Cause 128: request accepted."""
    return gtp1(17, sgsn_teid, seq, tv(1, bytes([cause])), tv(8, b"\xfe"), tv(14, b"\x21"),
                tv(16, struct.pack("!I", teid_data)), tv(17, struct.pack("!I", teid_control)),
                tv(127, struct.pack("!I", 0x5000 + seq)), tlv(128, b"\xf1\x21" + ip_octets(ue)),
                tlv(133, ip_octets(ggsn)), tlv(133, ip_octets(ggsn)), gtp1_qos())


def gtp1_update(seq, ggsn_teid, network, cell, sgsn, teid_data, teid_control, nsapi=5):
    """7.3.3: another SGSN takes over."""
    return gtp1(18, ggsn_teid, seq, gtp1_rai(network, cell[0], 1), tv(14, b"\x09"),
                tv(16, struct.pack("!I", teid_data)), tv(17, struct.pack("!I", teid_control)),
                tv(20, bytes([nsapi])), tlv(133, ip_octets(sgsn)), tlv(133, ip_octets(sgsn)), gtp1_qos(),
                gtp1_cgi(network, *cell))


def gtp1_updated(seq, sgsn_teid, ggsn, teid_data, teid_control):
    return gtp1(19, sgsn_teid, seq, tv(1, b"\x80"), tv(14, b"\x21"), tv(16, struct.pack("!I", teid_data)),
                tv(17, struct.pack("!I", teid_control)), tlv(133, ip_octets(ggsn)), tlv(133, ip_octets(ggsn)))


def gtp1_delete(seq, ggsn_teid, nsapi=5):
    """7.3.5, with teardown."""
    return gtp1(20, ggsn_teid, seq, tv(19, b"\xff"), tv(20, bytes([nsapi])))


def gtp1_deleted(seq, sgsn_teid):
    return gtp1(21, sgsn_teid, seq, tv(1, b"\x80"))


# --- GTPv2-C, TS 29.274 ---
S1U_ENB, S1U_SGW, S5U_PGW, S5C_SGW, S5C_PGW, S11_MME, S11_SGW = 0, 1, 5, 6, 7, 10, 11    # 8.22


def gtp2(kind, teid, seq, *ies):
    """5.1; teid None: a message without one (echo)."""
    body = be24(seq) + b"\0" + b"".join(ies)
    if teid is None:
        return struct.pack("!BBH", 0x40, kind, len(body)) + body
    return struct.pack("!BBHI", 0x48, kind, len(body) + 4, teid) + body


def ie(kind, value, instance=0):
    return struct.pack("!BHB", kind, len(value), instance) + value


def cause(value=16):
    """8.4; 16: request accepted."""
    return ie(2, bytes([value, 0]))


def f_teid(interface, teid, addr, instance=0):
    """8.22, IPv4."""
    return ie(87, bytes([0x80 | interface]) + struct.pack("!I", teid) + ip_octets(addr), instance)


def uli(network, area, cell):
    """8.21: TAI and ECGI."""
    return ie(86, bytes([0x18]) + plmn(network) + struct.pack("!H", area) + plmn(network) + struct.pack("!I", cell))


def bearer_qos(qci):
    """8.15: a bearer without guaranteed rate."""
    return ie(80, bytes([0x7C, qci]) + bytes(20))


def bearer_context(ebi, *ies, instance=0):
    return ie(93, ie(73, bytes([ebi])) + b"".join(ies), instance)


def port_tft(port, local=False):
    """TS 24.008, 10.5.6.12: a new template, one filter, both ways, on a port of the far end or the device."""
    return ie(84, bytes([0x21, 0x30, 0x10, 3, 0x40 if local else 0x50]) + struct.pack("!H", port))


def create_session(seq, imsi, msisdn, mei, apn, network, rat, area, cell, mme, pgw, bearers, teid=0, paa="0.0.0.0"):
    """7.2.1. mme, pgw: (address, TEID) for control; bearers: context IEs. With an SGW that takes over,
    `paa` is known already."""
    ies = [ie(1, tbcd(imsi))]
    if msisdn:
        ies.append(ie(76, tbcd(msisdn)))
    if mei:
        ies.append(ie(75, tbcd(mei)))
    ies += [uli(network, area, cell), ie(83, plmn(network)), ie(82, bytes([rat])), f_teid(S11_MME, mme[1], mme[0]),
            f_teid(S5C_PGW, pgw[1], pgw[0], 1), ie(71, apn_labels(apn)), ie(128, b"\0"), ie(99, b"\x01"),
            ie(79, b"\x01" + ip_octets(paa)), ie(127, b"\0"), ie(72, struct.pack("!II", 1000, 1000)), *bearers]
    return gtp2(32, teid, seq, *ies)


def session_created(seq, mme_teid, sgw, pgw, ue, bearers):
    """7.2.2."""
    return gtp2(33, mme_teid, seq, cause(), f_teid(S11_SGW, sgw[1], sgw[0]), f_teid(S5C_PGW, pgw[1], pgw[0], 1),
                ie(79, b"\x01" + ip_octets(ue)), ie(127, b"\0"), *bearers)


def modify_bearer(seq, sgw_teid, bearers, where=b""):
    """7.2.7."""
    return gtp2(34, sgw_teid, seq, where, *bearers)


def bearer_modified(seq, mme_teid, bearers):
    return gtp2(35, mme_teid, seq, cause(), *bearers)


def create_bearer(seq, mme_teid, default_ebi, port, sgw_user, qci=3, local=False):
    """7.2.3: a dedicated bearer for the traffic of one port."""
    return gtp2(95, mme_teid, seq, ie(73, bytes([default_ebi])), bearer_context(
        0, port_tft(port, local), f_teid(S1U_SGW, sgw_user[1], sgw_user[0]), bearer_qos(qci)))


def bearer_created(seq, sgw_teid, ebi, enb_user, sgw_user):
    """7.2.4."""
    return gtp2(96, sgw_teid, seq, cause(), bearer_context(
        ebi, cause(), f_teid(S1U_ENB, enb_user[1], enb_user[0]), f_teid(S1U_SGW, sgw_user[1], sgw_user[0], 1)))


def delete_session(seq, sgw_teid, ebi=5, operation=True):
    """7.2.9.1. `operation`: the OI flag of 8.12, which carries the request on to the PGW; without it
    only this SGW forgets, because another has taken over."""
    return gtp2(36, sgw_teid, seq, ie(73, bytes([ebi])), ie(77, bytes([0x08 if operation else 0, 0])))


def session_deleted(seq, mme_teid):
    return gtp2(37, mme_teid, seq, cause())


# --- PFCP, TS 29.244 ---
def pfcp(kind, seq, seid, *ies):
    """7.2.2.1; seid None: a message about the node."""
    body = be24(seq) + b"\0" + b"".join(ies)
    if seid is None:
        return struct.pack("!BBH", 0x20, kind, len(body)) + body
    return struct.pack("!BBHQ", 0x21, kind, len(body) + 8, seid) + body


def pie(kind, *values):
    value = b"".join(values)
    return struct.pack("!HH", kind, len(value)) + value


def pfcp_node_id(addr):
    return pie(60, b"\0" + ip_octets(addr))


def pfcp_f_seid(seid, addr):
    return pie(57, b"\x02" + struct.pack("!Q", seid) + ip_octets(addr))


def pfcp_f_teid(end):
    """8.2.3; None: the UPF shall choose (CH)."""
    if end is None:
        return pie(21, b"\x05")
    return pie(21, b"\x01" + struct.pack("!I", end[1]) + ip_octets(end[0]))


def pfcp_outer_header(end):
    """8.2.56: GTP-U/UDP/IPv4."""
    return pie(84, b"\x01\0" + struct.pack("!I", end[1]) + ip_octets(end[0]))


def pfcp_user_id(imsi=None, imei=None, msisdn=None, supi=None, pei=None):
    """8.2.101: a length of one octet before each identity that is there."""
    parts = ((1, imsi and tbcd(imsi)), (2, imei and tbcd(imei)), (4, msisdn and tbcd(msisdn)),
             (0x10, supi and supi.encode()), (0x40, pei and pei.encode()))
    flags = sum(bit for bit, value in parts if value)
    return pie(141, bytes([flags]), *(bytes([len(value)]) + value for _, value in parts if value))


def pfcp_network_instance(dnn):
    return pie(22, apn_labels(dnn))


def pfcp_establishment(seq, smf, seid, dnn, ue, upf_user, user_id=b""):
    """7.5.2: one PDR each way. smf: address; upf_user: (address, TEID) on N3 or None when the UPF chooses."""
    uplink = pie(1, pie(56, b"\0\1"), pie(29, struct.pack("!I", 255)), pie(
        2, pie(20, b"\0"), pfcp_f_teid(upf_user), pfcp_network_instance(dnn), pie(93, b"\x02" + ip_octets(ue)),
        pie(124, b"\x09")), pie(95, b"\0"), pie(108, struct.pack("!I", 1)))
    downlink = pie(1, pie(56, b"\0\2"), pie(29, struct.pack("!I", 255)), pie(
        2, pie(20, b"\1"), pfcp_network_instance(dnn), pie(93, b"\x06" + ip_octets(ue))),
        pie(108, struct.pack("!I", 2)))
    to_core = pie(3, pie(108, struct.pack("!I", 1)), pie(44, b"\x02"),
                  pie(4, pie(42, b"\1"), pfcp_network_instance(dnn)))
    to_access = pie(3, pie(108, struct.pack("!I", 2)), pie(44, b"\x0c"))    # buffer, notify: no gNB yet
    return pfcp(50, seq, 0, pfcp_node_id(smf), pfcp_f_seid(seid, smf), uplink, downlink, to_core, to_access,
                pie(113, b"\1"), user_id, pie(159, apn_labels(dnn)), pie(257, b"\x01\0\0\1"))


def pfcp_established(seq, smf_seid, upf, seid, upf_user):
    """7.5.3, with the F-TEID that is in use."""
    return pfcp(51, seq, smf_seid, pfcp_node_id(upf), pie(19, b"\1"), pfcp_f_seid(seid, upf),
                pie(8, pie(56, b"\0\1"), pfcp_f_teid(upf_user)))


def pfcp_modification(seq, upf_seid, gnb_user, dnn):
    """7.5.4: now the gNB's end is known."""
    return pfcp(52, seq, upf_seid, pie(10, pie(108, struct.pack("!I", 2)), pie(44, b"\x02"), pie(
        11, pie(42, b"\0"), pfcp_network_instance(dnn), pfcp_outer_header(gnb_user))))


def pfcp_accepted(kind, seq, seid):
    return pfcp(kind, seq, seid, pie(19, b"\1"))


# --- RADIUS, RFC 2865, RFC 2866; 3GPP attributes of TS 29.061, 16.4.7 ---
ACCT_START, ACCT_STOP, ACCT_INTERIM, ACCT_ON, ACCT_OFF = 1, 2, 3, 7, 8
RADIUS_SECRET = b"testing123"


def attribute(kind, value):
    return bytes([kind, len(value) + 2]) + value


def vendor_3gpp(*pairs):
    """RFC 2865, 5.26; several of one vendor may share an attribute."""
    return attribute(26, struct.pack("!I", 10415) + b"".join(attribute(kind, value) for kind, value in pairs))


def radius(code, ident, attributes, request=bytes(16)):
    """RFC 2866, 3: an accounting message is signed over itself (an answer: over its request's)."""
    head = struct.pack("!BBH", code, ident, 20 + len(attributes))
    return head + hashlib.md5(head + request + attributes + RADIUS_SECRET).digest() + attributes


def radius_location(network, area, cell):
    """TS 29.061, 16.4.7.2: type 130, TAI and ECGI."""
    return bytes([130]) + plmn(network) + struct.pack("!H", area) + plmn(network) + struct.pack("!I", cell)


def radius_accounting(ident, status, session, nas, seconds, imsi, msisdn, imeisv, apn, network, rat, area, cell, ue,
                      sgw, pgw, charging):
    """One attribute for each 3GPP value but the last two, which share one."""
    home = imsi[:5].encode()
    out = attribute(40, struct.pack("!I", status)) + attribute(44, session.encode())
    out += attribute(4, ip_octets(nas)) + attribute(1, msisdn.encode()) + attribute(7, struct.pack("!I", 7))
    out += attribute(8, ip_octets(ue)) + attribute(30, apn.encode()) + attribute(31, msisdn.encode())
    out += attribute(46, struct.pack("!I", seconds)) if status != ACCT_START else b""
    out += vendor_3gpp((1, imsi.encode())) + vendor_3gpp((2, struct.pack("!I", charging)))
    out += vendor_3gpp((3, bytes(4))) + vendor_3gpp((6, ip_octets(sgw))) + vendor_3gpp((7, ip_octets(pgw)))
    out += vendor_3gpp((8, home)) + vendor_3gpp((9, home)) + vendor_3gpp((18, network.replace("-", "").encode()))
    if imeisv:
        out += vendor_3gpp((20, imeisv.encode()))
    return radius(4, ident, out + vendor_3gpp((21, bytes([rat])), (22, radius_location(network, area, cell))))


def radius_accepted(request):
    """Accounting-Response, RFC 2866, 4.2."""
    return radius(5, request[1], b"", request[4:20])


# --- Diameter, RFC 6733; TS 29.272 (S6a), TS 29.212 (Gx) ---
VENDOR_3GPP, S6A, GX = 10415, 16777251, 16777238


def avp(code, value, vendor=0):
    """RFC 6733, 4.1: M flag; padded to four octets, which the length does not count."""
    value = struct.pack("!I", value) if isinstance(value, int) else value
    value = value.encode() if isinstance(value, str) else value
    head = struct.pack("!IB", code, 0xC0 if vendor else 0x40) + be24(len(value) + (12 if vendor else 8))
    return head + (struct.pack("!I", vendor) if vendor else b"") + value + bytes(-len(value) % 4)


def diameter(request, command, application, hop, *avps):
    """3: `hop` pairs request and answer; end-to-end is the same number here."""
    body = b"".join(avps)
    return (b"\1" + be24(20 + len(body)) + bytes([0xC0 if request else 0x40]) + be24(command)
            + struct.pack("!III", application, hop, hop) + body)


def diameter_node(session, host):
    return avp(263, session) + avp(264, host) + avp(296, host.split(".", 1)[1])


def s6a_update_location(hop, session, mme, imsi, imei, software, network, rat=1004):
    """TS 29.272, 7.2.3: ULR. IMEI without its check digit, the software version beside it (7.3.3)."""
    return diameter(True, 316, S6A, hop, diameter_node(session, mme), avp(277, 1), avp(1, imsi), avp(
        1401, avp(1402, imei[:14], VENDOR_3GPP) + avp(1403, software, VENDOR_3GPP), VENDOR_3GPP),
        avp(1032, rat, VENDOR_3GPP), avp(1405, 2, VENDOR_3GPP), avp(1407, plmn(network), VENDOR_3GPP))


def s6a_location_updated(hop, session, hss):
    return diameter(False, 316, S6A, hop, diameter_node(session, hss), avp(277, 1), avp(268, 2001))


def gx_credit_control(hop, session, pgw, number, kind, imsi, msisdn, imeisv, ue, apn, network, rat=1004):
    """TS 29.212, 5.6.2: CCR. kind: 1 initial, 2 update, 3 termination."""
    return diameter(True, 272, GX, hop, diameter_node(session, pgw), avp(258, GX), avp(416, kind), avp(415, number),
                    avp(443, avp(450, 1) + avp(444, imsi)), avp(443, avp(450, 0) + avp(444, msisdn)),
                    avp(458, avp(459, 0) + avp(460, imeisv)), avp(8, ip_octets(ue)), avp(30, apn),
                    avp(1032, rat, VENDOR_3GPP), avp(18, network.replace("-", ""), VENDOR_3GPP))


def gx_answer(hop, session, pcrf, number, kind):
    return diameter(False, 272, GX, hop, diameter_node(session, pcrf), avp(268, 2001), avp(258, GX), avp(416, kind),
                    avp(415, number))
