# SPDX-License-Identifier: Apache-2.0
"""S1AP (TS 36.413) and NGAP (TS 38.413) over SCTP (RFC 9260): the aligned variant of PER
(ITU-T X.691) as far as an initial context setup needs it."""
import struct

from signalling import plmn
from wire import ip_octets

S1AP_PORT, NGAP_PORT, PPID_S1AP, PPID_DIAMETER, PPID_NGAP = 36412, 38412, 18, 46, 60


class Per:
    """A field of bits; what X.691 aligns starts at an octet."""

    def __init__(self):
        self.value, self.n = 0, 0

    def bits(self, value, n):
        self.value, self.n = self.value << n | value, self.n + n
        return self

    def align(self):
        return self.bits(0, -self.n % 8)

    def octets(self, data):
        self.align()
        return self.bits(int.from_bytes(data, "big"), 8 * len(data)) if data else self

    def whole(self, value, octets_max):
        """X.691, 13.2.6: a number of a large range: how many octets (less one), then those."""
        size = max(1, (value.bit_length() + 7) // 8)
        return self.bits(size - 1, (octets_max - 1).bit_length()).octets(value.to_bytes(size, "big"))

    def done(self):
        self.align()
        return self.value.to_bytes(self.n // 8, "big")


def open_type(data):
    """X.691, 11.9 and 11.2: a length, then octets."""
    return (bytes([len(data)]) if len(data) < 128 else struct.pack("!H", 0x8000 | len(data))) + data


def protocol_ies(*ies):
    """ProtocolIE-Container: (id, criticality, octets); criticality 0 reject, 1 ignore."""
    return struct.pack("!H", len(ies)) + b"".join(
        struct.pack("!HB", number, criticality << 6) + open_type(value) for number, criticality, value in ies)


def pdu(choice, procedure, criticality, *ies):
    """choice: 0 initiatingMessage, 1 successfulOutcome, 2 unsuccessfulOutcome."""
    return bytes([choice << 5, procedure, criticality << 6]) + open_type(b"\0" + protocol_ies(*ies))


def masked_imeisv(imeisv):
    """TS 36.413, 9.2.1.38; TS 38.413, 9.3.1.54: in natural order, last four digits of the serial F."""
    return bytes.fromhex(imeisv[:10] + "FFFF" + imeisv[14:])


def transport(per, end):
    """TransportLayerAddress (BIT STRING of 1..160) and GTP-TEID (four octets)."""
    return per.bits(0, 1).bits(32 - 1, 8).octets(ip_octets(end[0])).octets(struct.pack("!I", end[1]))


# --- S1AP ---
def s1ap_ids(mme_ue, enb_ue):
    return (0, 0, Per().whole(mme_ue, 4).done()), (8, 0, Per().whole(enb_ue, 3).done())


def s1ap_setup_request(mme_ue, enb_ue, erab, sgw_user, imeisv):
    """9.1.4.1, InitialContextSetupRequest: one E-RAB, the SGW's end of it, Masked IMEISV."""
    item = Per().bits(0, 3).bits(0, 1).bits(erab, 4)    # extension, no NAS-PDU, none; E-RAB ID
    item.bits(0, 3).octets(b"\x09").bits(0, 2).bits(15, 4).bits(0, 1).bits(0, 1)    # QCI 9, ARP
    listed = b"\0" + struct.pack("!HB", 52, 0) + open_type(transport(item, sgw_user).done())
    rate = Per().bits(0, 2).whole(1_000_000, 5).whole(1_000_000, 5).done()
    security = Per().bits(0, 2).bits(0xE000, 17).bits(0xE000, 17).done()
    return pdu(0, 9, 0, *s1ap_ids(mme_ue, enb_ue), (66, 0, rate), (24, 0, listed), (107, 0, security),
               (73, 0, bytes(range(32))), (192, 1, masked_imeisv(imeisv)))


def s1ap_setup_response(mme_ue, enb_ue, erab, enb_user):
    """9.1.4.3."""
    item = transport(Per().bits(0, 3).bits(erab, 4), enb_user).done()
    return pdu(1, 9, 0, *s1ap_ids(mme_ue, enb_ue), (51, 1, b"\0" + struct.pack("!HB", 50, 1 << 6) + open_type(item)))


# --- NGAP ---
def ngap_ids(amf_ue, ran_ue):
    return (10, 0, Per().whole(amf_ue, 5).done()), (85, 0, Per().whole(ran_ue, 4).done())


def ngap_session_request(upf_user, qfi):
    """9.3.4.1, PDUSessionResourceSetupRequestTransfer."""
    tunnel = transport(Per().bits(0, 1).bits(0, 2), upf_user).done()
    flow = Per().bits(0, 6).bits(0, 3).bits(0, 1).bits(qfi, 6)    # one flow; QFI
    flow.bits(0, 5).bits(0, 2).bits(0, 5).bits(0, 1).octets(b"\x09")    # non-dynamic 5QI 9
    flow.bits(0, 2).bits(8 - 1, 4).bits(0, 2).bits(0, 2)    # ARP 8
    return b"\0" + protocol_ies((139, 0, tunnel), (134, 0, b"\0"), (136, 0, flow.done()))


def ngap_setup_request(amf_ue, ran_ue, network, session, dnn_sst, upf_user, imeisv, qfi=9):
    """9.2.2.1, InitialContextSetupRequest: one PDU session, the UPF's end of it, Masked IMEISV."""
    slice_ = Per().bits(0, 3).bits(dnn_sst, 8)
    item = Per().octets(b"\0").bits(0, 3).octets(bytes([session]))
    item.bits(0, 3).bits(dnn_sst, 8).octets(open_type(ngap_session_request(upf_user, qfi)))
    guami = Per().bits(0, 2).octets(plmn(network)).octets(b"\x02").bits(1, 10).bits(0, 6).done()
    allowed = Per().bits(0, 3).bits(0, 2).bits(slice_.value, slice_.n).done()
    security = Per().bits(0, 2)
    for algorithms in (0xE000, 0xE000, 0, 0):
        security.bits(algorithms, 17)    # extension bit, 16 bits
    return pdu(0, 14, 0, *ngap_ids(amf_ue, ran_ue), (28, 0, guami), (71, 0, item.done()), (0, 0, allowed),
               (119, 0, security.done()), (94, 0, bytes(range(32))), (34, 1, masked_imeisv(imeisv)))


def ngap_setup_response(amf_ue, ran_ue, session, gnb_user, qfi=9):
    """9.2.2.2, with 9.3.4.2 in it."""
    transfer = Per().bits(0, 5).bits(0, 2)    # ... dLQosFlowPerTNLInformation
    transfer.bits(0, 1).bits(0, 2)
    transport(transfer, gnb_user)
    transfer.bits(0, 6).bits(0, 3).bits(0, 1).bits(qfi, 6)
    item = Per().octets(b"\0").bits(0, 2).octets(bytes([session])).octets(open_type(transfer.done()))
    return pdu(1, 14, 0, *ngap_ids(amf_ue, ran_ue), (72, 1, item.done()))


# --- SCTP ---
def crc32c(data):
    """RFC 9260, Appendix A."""
    crc = 0xFFFFFFFF
    for octet in data:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sctp_data(sport, dport, tag, tsn, ppid, message, stream=1, turn=0):
    """A packet with one whole DATA chunk (3.3.1)."""
    chunk = struct.pack("!BBHIHHI", 0, 3, 16 + len(message), tsn, stream, turn, ppid) + message
    head = struct.pack("!HHI", sport, dport, tag)
    chunk += bytes(-len(chunk) % 4)
    return head + struct.pack("<I", crc32c(head + bytes(4) + chunk)) + chunk
