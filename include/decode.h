/* SPDX-License-Identifier: Apache-2.0 */
/* decode.h - from the octets of a frame to a packet.
 *
 * Pure but for the fragment store, which the decoder owns: no allocation after
 * decoder_new(), no log. Every frame ends in exactly one enum decode_result, and the
 * decoder counts it under the name of that row: the results are the product. */
#ifndef PICKET_DECODE_H
#define PICKET_DECODE_H

#include <stdint.h>

#include "packet.h"
#include "stats.h"

struct config;

/* X(result, counter name, meaning). DECODE_OK first. One row per reason.
 *
 * _TRUNCATED: the sender, or an outer length, ended before the header did. _SNAPPED: the
 * header was cut by the snapshot length (cap_len < wire_len); that frame is not malformed.
 * From DECODE_NOT_IP to the end are frames that are well but carry no IP packet. */
#define DECODE_RESULTS(X)						\
	X(DECODE_OK, "decode.ok", "packets decoded down to their transport header") \
	X(DECODE_LINK_UNSUPPORTED, "decode.link.unsupported", "frames of a link type not understood") \
	X(DECODE_LINK_TRUNCATED, "decode.link.truncated", "frames shorter than their link header") \
	X(DECODE_LINK_SNAPPED, "decode.link.snapped", "link header cut by the snapshot length") \
	X(DECODE_LAYERS_EXCEEDED, "decode.layers.exceeded", "more nested headers than decode.max_layers") \
	X(DECODE_VLAN_TRUNCATED, "decode.vlan.truncated", "VLAN or other tag cut short") \
	X(DECODE_VLAN_SNAPPED, "decode.vlan.snapped", "VLAN or other tag cut by the snapshot length") \
	X(DECODE_LLC_TRUNCATED, "decode.llc.truncated", "LLC or SNAP header cut short") \
	X(DECODE_LLC_SNAPPED, "decode.llc.snapped", "LLC or SNAP header cut by the snapshot length") \
	X(DECODE_PPP_TRUNCATED, "decode.ppp.truncated", "PPP header cut short") \
	X(DECODE_PPP_SNAPPED, "decode.ppp.snapped", "PPP header cut by the snapshot length") \
	X(DECODE_PPPOE_TRUNCATED, "decode.pppoe.truncated", "PPPoE header cut short") \
	X(DECODE_PPPOE_SNAPPED, "decode.pppoe.snapped", "PPPoE header cut by the snapshot length") \
	X(DECODE_PPPOE_HEADER, "decode.pppoe.header", "PPPoE version, type or code is not of a session") \
	X(DECODE_PPPOE_LENGTH, "decode.pppoe.length", "PPPoE length past the end of the frame") \
	X(DECODE_MPLS_TRUNCATED, "decode.mpls.truncated", "MPLS label stack cut short") \
	X(DECODE_MPLS_SNAPPED, "decode.mpls.snapped", "MPLS label stack cut by the snapshot length") \
	X(DECODE_MPLS_PAYLOAD, "decode.mpls.payload", "MPLS payload is neither IP nor a pseudowire known") \
	X(DECODE_NSH_TRUNCATED, "decode.nsh.truncated", "NSH header cut short") \
	X(DECODE_NSH_SNAPPED, "decode.nsh.snapped", "NSH header cut by the snapshot length") \
	X(DECODE_IPV4_TRUNCATED, "decode.ipv4.truncated", "IPv4 header cut short") \
	X(DECODE_IPV4_SNAPPED, "decode.ipv4.snapped", "IPv4 header cut by the snapshot length") \
	X(DECODE_IPV4_BAD_VERSION, "decode.ipv4.bad_version", "IPv4 expected, version is another") \
	X(DECODE_IPV4_HEADER_LENGTH, "decode.ipv4.header_length", "IPv4 header length below 20 octets") \
	X(DECODE_IPV4_TOTAL_LENGTH, "decode.ipv4.total_length", "IPv4 total length below its header length") \
	X(DECODE_IPV4_PAST_END, "decode.ipv4.past_end", "IPv4 total length past the end of what carries it") \
	X(DECODE_IPV6_TRUNCATED, "decode.ipv6.truncated", "IPv6 header cut short") \
	X(DECODE_IPV6_SNAPPED, "decode.ipv6.snapped", "IPv6 header cut by the snapshot length") \
	X(DECODE_IPV6_BAD_VERSION, "decode.ipv6.bad_version", "IPv6 expected, version is another") \
	X(DECODE_IPV6_PAST_END, "decode.ipv6.past_end", "IPv6 payload length past the end of what carries it") \
	X(DECODE_IPV6_MAPPED_ADDRESS, "decode.ipv6.mapped_address", "IPv6 packet between two IPv4-mapped addresses") \
	X(DECODE_IPV6_EXTENSION_TRUNCATED, "decode.ipv6.extension_truncated", "IPv6 extension header cut short") \
	X(DECODE_IPV6_EXTENSION_SNAPPED, "decode.ipv6.extension_snapped", "IPv6 extension header cut by the snapshot length") \
	X(DECODE_AH_TRUNCATED, "decode.ah.truncated", "authentication header cut short") \
	X(DECODE_AH_SNAPPED, "decode.ah.snapped", "authentication header cut by the snapshot length") \
	X(DECODE_AH_LENGTH, "decode.ah.length", "authentication header length below its fixed part") \
	X(DECODE_IP_BAD_VERSION, "decode.ip.bad_version", "IP expected, version neither 4 nor 6") \
	X(DECODE_FRAGMENT_HELD, "decode.fragment.held", "fragments kept for reassembly") \
	X(DECODE_FRAGMENT_SNAPPED, "decode.fragment.snapped", "later fragments cut by the snapshot length: not kept") \
	X(DECODE_FRAGMENT_DISABLED, "decode.fragment.disabled", "later fragments while reassembly is off") \
	X(DECODE_FRAGMENT_TINY, "decode.fragment.tiny", "fragments of no octets, or of less than 8 and not the last") \
	X(DECODE_FRAGMENT_UNALIGNED, "decode.fragment.unaligned", "fragments not the last whose length is no multiple of 8") \
	X(DECODE_FRAGMENT_TOO_LARGE, "decode.fragment.too_large", "fragments that reach past 65535 octets") \
	X(DECODE_FRAGMENT_END, "decode.fragment.end", "fragments past the end of their datagram, or with another end") \
	X(DECODE_FRAGMENT_HEADERS, "decode.fragment.headers", "fragments with more than 128 octets of headers before them") \
	X(DECODE_FRAGMENT_PIECES, "decode.fragment.pieces", "fragments that made too many pieces: their datagram was dropped") \
	X(DECODE_FRAGMENT_MEMORY, "decode.fragment.memory", "fragments of a datagram larger than the memory for all") \
	X(DECODE_TCP_TRUNCATED, "decode.tcp.truncated", "TCP header cut short") \
	X(DECODE_TCP_SNAPPED, "decode.tcp.snapped", "TCP header cut by the snapshot length") \
	X(DECODE_TCP_HEADER_LENGTH, "decode.tcp.header_length", "TCP header length below 20 octets or past the segment") \
	X(DECODE_UDP_TRUNCATED, "decode.udp.truncated", "UDP header cut short") \
	X(DECODE_UDP_SNAPPED, "decode.udp.snapped", "UDP header cut by the snapshot length") \
	X(DECODE_UDP_LENGTH, "decode.udp.length", "UDP length below 8 octets or past the IP packet") \
	X(DECODE_ICMP_TRUNCATED, "decode.icmp.truncated", "ICMP or ICMPv6 header cut short") \
	X(DECODE_ICMP_SNAPPED, "decode.icmp.snapped", "ICMP or ICMPv6 header cut by the snapshot length") \
	X(DECODE_SCTP_TRUNCATED, "decode.sctp.truncated", "SCTP header cut short") \
	X(DECODE_SCTP_SNAPPED, "decode.sctp.snapped", "SCTP header cut by the snapshot length") \
	X(DECODE_GRE_TRUNCATED, "decode.gre.truncated", "GRE header cut short") \
	X(DECODE_GRE_SNAPPED, "decode.gre.snapped", "GRE header cut by the snapshot length") \
	X(DECODE_ERSPAN_TRUNCATED, "decode.erspan.truncated", "ERSPAN header cut short") \
	X(DECODE_ERSPAN_SNAPPED, "decode.erspan.snapped", "ERSPAN header cut by the snapshot length") \
	X(DECODE_NOT_IP, "decode.not_ip", "frames that carry neither IPv4 nor IPv6, not named below") \
	X(DECODE_OTHER_ARP, "decode.other.arp", "ARP and RARP") \
	X(DECODE_OTHER_LLDP, "decode.other.lldp", "link layer discovery (LLDP)") \
	X(DECODE_OTHER_STP, "decode.other.stp", "spanning tree") \
	X(DECODE_OTHER_OSI, "decode.other.osi", "OSI network layer: IS-IS, CLNP, ES-IS") \
	X(DECODE_OTHER_LLC, "decode.other.llc", "other IEEE 802.2 payloads, among them CDP, NetBIOS") \
	X(DECODE_OTHER_EAPOL, "decode.other.eapol", "IEEE 802.1X") \
	X(DECODE_OTHER_GOOSE, "decode.other.goose", "IEC 61850 GOOSE and GSE management") \
	X(DECODE_OTHER_SV, "decode.other.sv", "IEC 61850 sampled values") \
	X(DECODE_OTHER_PROFINET, "decode.other.profinet", "PROFINET RT and DCP") \
	X(DECODE_OTHER_ETHERCAT, "decode.other.ethercat", "EtherCAT") \
	X(DECODE_OTHER_POWERLINK, "decode.other.powerlink", "Ethernet POWERLINK") \
	X(DECODE_OTHER_PTP, "decode.other.ptp", "precision time protocol over Ethernet") \
	X(DECODE_OTHER_SLOW, "decode.other.slow", "slow protocols: LACP, OAM") \
	X(DECODE_OTHER_CFM, "decode.other.cfm", "connectivity fault management (Y.1731)") \
	X(DECODE_OTHER_MACSEC, "decode.other.macsec", "frames under MACsec") \
	X(DECODE_OTHER_HOMEPLUG, "decode.other.homeplug", "HomePlug power line") \
	X(DECODE_OTHER_LOOPBACK, "decode.other.loopback", "Ethernet configuration test (loopback)") \
	X(DECODE_OTHER_IPX, "decode.other.ipx", "IPX and AppleTalk") \
	X(DECODE_OTHER_PPPOE_DISCOVERY, "decode.other.pppoe_discovery", "PPPoE discovery") \
	X(DECODE_OTHER_PPP, "decode.other.ppp", "PPP other than IP: LCP, IPCP, compressed or encrypted")

enum decode_result {
#define X(id, name, help) id,
	DECODE_RESULTS(X)
#undef X
	DECODE_RESULT_N
};

/* Counted beside the results, so that a frame may add to several or to none: datagrams in
 * reassembly, and packets on a tunnel's port that were taken as what they are outside. */
#define DECODE_NOTES(X)							\
	X(DECODE_TUNNEL_ENTERED, "decode.tunnel.entered", "tunnel headers accepted") \
	X(DECODE_DECLINED_SHORT, "decode.tunnel.declined.short", "tunnel header or payload cut short: outer packet kept") \
	X(DECODE_DECLINED_SNAPPED, "decode.tunnel.declined.snapped", "tunnel header cut by the snapshot length: outer packet kept") \
	X(DECODE_DECLINED_HEADER, "decode.tunnel.declined.header", "version or flags are not of that tunnel: outer packet kept") \
	X(DECODE_DECLINED_LENGTH, "decode.tunnel.declined.length", "tunnel length does not add up: outer packet kept") \
	X(DECODE_DECLINED_EXTENSION, "decode.tunnel.declined.extension", "tunnel extension chain is wrong: outer packet kept") \
	X(DECODE_DECLINED_NOT_IP, "decode.tunnel.declined.not_ip", "tunnel carries no IP packet: outer packet kept") \
	X(DECODE_DECLINED_CONTROL, "decode.tunnel.declined.control", "messages of a tunnel itself (GTP-U echo, end marker, L2TP control)") \
	X(DECODE_FRAGMENT_DATAGRAMS, "decode.fragment.datagrams", "datagrams whose reassembly began") \
	X(DECODE_FRAGMENT_COMPLETED, "decode.fragment.completed", "datagrams reassembled") \
	X(DECODE_FRAGMENT_EXPIRED, "decode.fragment.expired", "datagrams never completed within decode.fragments.timeout") \
	X(DECODE_FRAGMENT_EVICTED, "decode.fragment.evicted", "datagrams dropped unfinished to make room for newer ones") \
	X(DECODE_FRAGMENT_DROPPED, "decode.fragment.dropped", "datagrams dropped because a fragment was refused for its pieces or memory") \
	X(DECODE_FRAGMENT_OVERLAP, "decode.fragment.overlap", "fragments that repeat octets already held, alike") \
	X(DECODE_FRAGMENT_OVERLAP_DIFFERS, "decode.fragment.overlap_differs", "fragments that repeat octets already held, with another content: the first ones stay")

enum decode_note {
#define X(id, name, help) id,
	DECODE_NOTES(X)
#undef X
	DECODE_NOTE_N
};

struct decoder;	/* opaque: src/decode/decode.c */

/** Takes its limits from `cfg` (borrowed only during the call) and registers its counters.
 * NULL when out of memory. */
struct decoder *decoder_new(const struct config *cfg, struct stats *st);
void decoder_free(struct decoder *d);

/**
 * Decode one frame and count the result.
 *
 * A malformed packet inside a tunnel gives the whole frame the inner reason. What is on a
 * tunnel's port but is not that tunnel, or carries no IP, stays the outer packet. Checksums
 * are not verified: offloading hosts send captures where they are not filled in.
 * Fragments are reassembled with the first octets winning; the frame that completes a
 * datagram yields it, with PACKET_REASSEMBLED.
 *
 * Fills `pkt` on DECODE_OK. On DECODE_OTHER_ARP only time, source, VLANs, MACs, ethertype and
 * payload (the body behind the link header) are filled; otherwise nothing is. Pointers in it borrow
 * from the frame, or, for a reassembled datagram, from the decoder until the next call.
 */
enum decode_result decode_frame(struct decoder *d, const struct frame *frame,
    struct packet *pkt);

#endif
