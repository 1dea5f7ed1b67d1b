/* SPDX-License-Identifier: Apache-2.0 */
/* packet.h - what capture hands to decode (frame) and decode to all others (packet).
 *
 * Open structs: data passes by. All pointers into the frame are borrowed and die when the
 * capture callback returns; who needs the octets longer copies them. All numbers are in
 * host order. */
#ifndef PICKET_PACKET_H
#define PICKET_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"

/* A frame: octets as the capture library gave them, borrowed for one callback. */
struct frame {
	const uint8_t *data;
	uint32_t cap_len;	/* octets at `data` */
	uint32_t wire_len;	/* octets there were on the wire, >= cap_len */
	uint64_t time_us;	/* microseconds since the Unix epoch */
	int link_type;		/* LINKTYPE_ value as libpcap returns it (DLT_) */
	uint16_t source;	/* which file or interface: capture_source_name() */
};

enum packet_tunnel {
	TUNNEL_NONE, TUNNEL_GTPU, TUNNEL_GRE, TUNNEL_IPIP, TUNNEL_VXLAN, TUNNEL_GENEVE,
	TUNNEL_ERSPAN, TUNNEL_MPLS_PW, TUNNEL_TEREDO, TUNNEL_L2TP,
	TUNNEL_N
};

/* The innermost tunnel that the packet came in, and how many there were. */
struct tunnel {
	uint8_t type;		/* enum packet_tunnel */
	uint8_t depth;		/* tunnels around the inner packet; 0: none, rest is unset */
	uint8_t proto;		/* IP protocol of the outer packet: 17 for GTP-U */
	uint8_t qfi;		/* QoS flow id (TS 38.415, 5.5.3.3), GTPU_QFI_NONE without */
	uint16_t src_port, dest_port;	/* outer, 0 without ports */
	uint32_t id;		/* TEID, VNI, GRE key, ERSPAN session, pseudowire label; 0 without */
	struct addr src, dest;	/* outer addresses */
};
enum { GTPU_QFI_NONE = 0xff };

enum { PACKET_VLANS_MAX = 2 };	/* outer and inner tag that are kept; more are stepped over */

enum {	/* struct packet, flags */
	PACKET_HAS_MAC = 1 << 0,
	PACKET_TRUNCATED = 1 << 1,	/* payload cut by the snapshot length */
	PACKET_REASSEMBLED = 1 << 2,	/* whole datagram put together from fragments */
	PACKET_FRAGMENT = 1 << 3,	/* first fragment that cannot be reassembled: payload partial */
	PACKET_ICMP_ERROR = 1 << 4,	/* `quoted` holds the packet that the error is about */
};

enum {	/* struct packet, tcp_flags: RFC 9293, 3.1 */
	TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10
};

/* Ends of a packet as sent; for ICMP, src_port is the type and dest_port the code. */
struct ends {
	struct addr src, dest;
	uint16_t src_port, dest_port;
	uint8_t proto;		/* IP protocol number */
};

/* One packet, refilled for each frame. */
struct packet {
	uint64_t time_us;
	uint16_t source;	/* of the frame */
	uint16_t flags;
	uint8_t n_vlans;	/* tags that were there, may exceed PACKET_VLANS_MAX */
	uint8_t tcp_flags;
	uint8_t ttl;		/* innermost TTL or hop limit */
	uint8_t layers;		/* headers decoded, for the layer limit */
	uint16_t vlan[PACKET_VLANS_MAX];	/* VLAN ids, outer first */
	uint16_t ethertype;	/* the last one seen */
	uint8_t src_mac[6], dest_mac[6];	/* outermost Ethernet, with PACKET_HAS_MAC */

	struct ends ends;	/* innermost IP packet */
	struct ends quoted;	/* with PACKET_ICMP_ERROR: of the packet quoted in it */
	struct tunnel tunnel;

	uint32_t seq, ack;	/* TCP */
	uint16_t window;
	uint32_t sctp_tag;	/* SCTP verification tag: which association (RFC 9260, 3.1) */

	const uint8_t *l3;	/* innermost IP header, for libraries that parse themselves */
	uint32_t l3_len;	/* octets at l3 that belong to the IP packet and were captured */

	const uint8_t *payload;	/* after the transport header */
	uint32_t payload_len;	/* octets at payload */
	uint32_t payload_wire_len;	/* octets the headers say there were, >= payload_len */
	uint32_t wire_len;	/* of the whole frame */
	uint32_t ip_len;	/* of the innermost IP packet, as its header says */
};

#endif
