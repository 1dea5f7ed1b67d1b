# SPDX-License-Identifier: Apache-2.0
"""Frames from the ground up: checksums, links, TCP and UDP conversations, the pcap file.

Only the standard library, and no clock or random source but the seed given, so that the same
call writes the same bytes on every machine."""
import hashlib
import ipaddress
import struct

LINK_ETHERNET, LINK_RAW = 1, 101
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Chance:
    """A stream of octets that depends on its seed only."""

    def __init__(self, seed):
        self.seed, self.turn = str(seed), 0

    def octets(self, n):
        out = b""
        while len(out) < n:
            out += hashlib.sha256(f"{self.seed}/{self.turn}".encode()).digest()
            self.turn += 1
        return out[:n]

    def below(self, n):
        return int.from_bytes(self.octets(8), "big") % n


def ip_octets(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def l4_checksum(src, dst, proto, segment):
    a, b = ip_octets(src), ip_octets(dst)
    if len(a) == 4:
        pseudo = a + b + struct.pack("!BBH", 0, proto, len(segment))
    else:
        pseudo = a + b + struct.pack("!IHBB", len(segment), 0, 0, proto)
    return checksum(pseudo + segment)


def ip(src, dst, proto, payload, ident=0, ttl=64, dscp=0):
    """RFC 791 or RFC 8200, by the addresses."""
    a, b = ip_octets(src), ip_octets(dst)
    if len(a) == 16:
        return struct.pack("!IHBB", 6 << 28 | dscp << 22, len(payload), proto, ttl) + a + b + payload
    head = struct.pack("!BBHHHBBH", 0x45, dscp << 2, 20 + len(payload), ident, 0x4000, ttl, proto, 0)
    total = checksum(head + a + b)
    return head[:10] + struct.pack("!H", total) + a + b + payload


def udp(src, sport, dst, dport, payload):
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    total = l4_checksum(src, dst, 17, head + payload) or 0xFFFF
    return head[:6] + struct.pack("!H", total) + payload


def tcp(src, sport, dst, dport, seq, ack, flags, payload=b"", options=b"", window=29200):
    options += b"\x01" * (-len(options) % 4)
    words = 5 + len(options) // 4
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, words << 4,
                       flags, window, 0, 0) + options
    total = l4_checksum(src, dst, 6, head + payload)
    return head[:16] + struct.pack("!H", total) + head[18:] + payload


def mac_octets(text):
    return bytes(int(x, 16) for x in text.split(":"))


def ethernet(src_mac, dst_mac, ethertype, payload, vlans=()):
    tags = b"".join(struct.pack("!HH", 0x8100, vid) for vid in vlans)
    frame = mac_octets(dst_mac) + mac_octets(src_mac) + tags + struct.pack("!H", ethertype) + payload
    return frame + b"\0" * (60 - len(frame))    # IEEE 802.3, 3.2.8: padded to the minimum


def gtpu(teid, packet, pdu_type=None, qfi=9):
    """TS 29.281, 5.1; with pdu_type the PDU session container of TS 38.415, 5.5.2."""
    if pdu_type is None:
        return struct.pack("!BBHI", 0x30, 0xFF, len(packet), teid) + packet
    ext = struct.pack("!HBB", 0, 0, 0x85) + bytes([1, pdu_type << 4, qfi, 0])
    return struct.pack("!BBHI", 0x34, 0xFF, len(packet) + len(ext), teid) + ext + packet


class Host:
    """One end: its address and how its frames look on the tap."""

    def __init__(self, addr, mac=None, vlan=None, ttl=64):
        self.addr, self.mac, self.vlan, self.ttl, self.ident = addr, mac, vlan, ttl, 0
        self.next_port = 49152 + int.from_bytes(hashlib.sha256(addr.encode()).digest()[:2], "big") % 8192

    def port(self):
        self.next_port += 1
        return self.next_port


class EthernetTap:
    """A mirror port: frames carry the hosts' MAC addresses, or the gateway's, and the VLAN of
    the host that is on this segment."""
    link = LINK_ETHERNET

    def __init__(self, gateway_mac):
        self.gateway_mac = gateway_mac

    def frame(self, src, dst, packet):
        vlan = src.vlan if src.vlan is not None else dst.vlan
        ethertype = 0x86DD if packet[0] >> 4 == 6 else 0x0800
        return ethernet(src.mac or self.gateway_mac, dst.mac or self.gateway_mac, ethertype, packet,
                        () if vlan is None else (vlan,))


class CoreTap:
    """The link between packet gateway and firewall: two routers, everything behind them."""
    link = LINK_ETHERNET

    def __init__(self, inside_mac, outside_mac, is_inside):
        self.inside_mac, self.outside_mac, self.is_inside = inside_mac, outside_mac, is_inside

    def frame(self, src, dst, packet):
        up = self.is_inside(src)
        macs = (self.inside_mac, self.outside_mac) if up else (self.outside_mac, self.inside_mac)
        return ethernet(*macs, 0x86DD if packet[0] >> 4 == 6 else 0x0800, packet)


class RawTap:
    link = LINK_RAW

    def frame(self, src, dst, packet):
        return packet


class GtpuTap:
    """S1-U or N3: each device's packets in its bearer, a TEID for each direction."""
    link = LINK_ETHERNET

    def __init__(self, gateway, bearers, pdu_sessions=False):
        self.gateway, self.bearers, self.pdu_sessions = gateway, bearers, pdu_sessions

    def frame(self, src, dst, packet):
        up = src.addr in self.bearers
        radio, teid_up, teid_down = self.bearers[src.addr if up else dst.addr]
        outer_src, outer_dst = (radio, self.gateway) if up else (self.gateway, radio)
        pdu_type = None if not self.pdu_sessions else (1 if up else 0)
        inner = gtpu(teid_up if up else teid_down, packet, pdu_type)
        return self.outer(outer_src, outer_dst, inner)

    def outer(self, src, dst, gtp):
        src.ident += 1
        segment = udp(src.addr, 2152, dst.addr, 2152, gtp)
        return ethernet(src.mac, dst.mac, 0x0800,
                        ip(src.addr, dst.addr, 17, segment, src.ident, 255, dscp=18))


class Capture:
    """Frames of one tap, written in order of time."""

    def __init__(self, tap, start_us):
        self.tap, self.start_us, self.frames = tap, start_us, []

    def add(self, t_us, frame):
        self.frames.append((self.start_us + int(t_us), len(self.frames), frame))

    def send(self, t_us, src, dst, proto, segment):
        src.ident = (src.ident + 1) & 0xFFFF
        self.add(t_us, self.tap.frame(src, dst, ip(src.addr, dst.addr, proto, segment, src.ident, src.ttl)))

    def datagram(self, t_us, src, sport, dst, dport, payload):
        self.send(t_us, src, dst, 17, udp(src.addr, sport, dst.addr, dport, payload))

    def octets(self):
        out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, self.tap.link)
        for t_us, _, frame in sorted(self.frames):
            out += struct.pack("<IIII", t_us // 1000000, t_us % 1000000, len(frame), len(frame)) + frame
        return out


class Tcp:
    """One TCP connection as a mid-path tap sees it. `t` is the time of the last packet."""
    MSS = 1340

    def __init__(self, cap, t_us, client, server, dport, rtt_us=48000):
        self.cap, self.t, self.rtt = cap, t_us, rtt_us
        self.ends = (client, server)
        self.ports = (client.port(), dport)
        seed = Chance(f"isn {client.addr} {self.ports[0]} {server.addr} {dport}")
        self.seq = [int.from_bytes(seed.octets(4), "big"), int.from_bytes(seed.octets(4), "big")]

    def _send(self, who, flags, payload=b"", options=b"", ack=True, window=29200):
        peer = 1 - who
        self.cap.send(self.t, self.ends[who], self.ends[peer], 6, tcp(
            self.ends[who].addr, self.ports[who], self.ends[peer].addr, self.ports[peer],
            self.seq[who], self.seq[peer] if ack else 0, flags | (ACK if ack else 0), payload, options,
            window))
        self.seq[who] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def wait(self, us):
        self.t += int(us)
        return self

    def syn(self):
        self._send(0, SYN, options=self._syn_options(), ack=False)
        return self

    def _syn_options(self):
        return struct.pack("!BBH", 2, 4, self.MSS) + b"\x04\x02" + b"\x01\x03\x03\x07"

    def open(self):
        self.syn()
        self.wait(self.rtt / 2)._send(1, SYN, options=self._syn_options())
        self.wait(self.rtt / 2)._send(0, 0)
        return self

    def unanswered(self, again_s=(1, 3, 7)):
        """SYN into silence, with retransmissions at these seconds after the first."""
        begin = self.t
        for s in (0,) + tuple(again_s):
            self.t = begin + int(s * 1e6)
            self.seq[0] -= 1 if s else 0
            self.syn()
        return self

    def refused(self):
        self.syn()
        self.wait(self.rtt)
        self.seq[1] = 0    # RFC 9293, 3.5.2, group 1
        self._send(1, RST, window=0)
        return self

    def say(self, who, data, think_us=9000):
        """Send data in segments; the peer acknowledges the last one."""
        self.wait(think_us)
        parts = [data[i:i + self.MSS] for i in range(0, len(data), self.MSS)]
        for i, part in enumerate(parts):
            self._send(who, PSH if i == len(parts) - 1 else 0, part)
            self.wait(380)
            if i % 2 and i != len(parts) - 1:
                self.wait(210)._send(1 - who, 0)
        self.wait(self.rtt / 2)._send(1 - who, 0)
        return self

    def up(self, data, think_us=9000):
        return self.say(0, data, think_us)

    def down(self, data, think_us=9000):
        return self.say(1, data, think_us)

    def keepalive(self, after_us):
        """RFC 9293, 3.8.4: one octet before the window, answered by an ACK."""
        self.wait(after_us)
        self.seq[0] -= 1
        self._send(0, 0)
        self.seq[0] += 1
        self.wait(self.rtt)._send(1, 0)
        return self

    def close(self, who=0):
        self.wait(15000)._send(who, FIN)
        self.wait(self.rtt / 2)._send(1 - who, FIN)
        self.wait(self.rtt / 2)._send(who, 0)
        return self
