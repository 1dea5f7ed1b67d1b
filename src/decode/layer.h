/* SPDX-License-Identifier: Apache-2.0 */
/* layer.h - what the header decoders share: the walk through one frame.
 *
 * Each decoder reads one header from walk.in, fills the packet, and names the layer that
 * comes next, or LAYER_END. Layers nest in the loop of decode.c, never by recursion. */
#ifndef PICKET_DECODE_LAYER_H
#define PICKET_DECODE_LAYER_H

#include "cursor.h"
#include "decode.h"
#include "macros.h"
#include "packet.h"

struct fragments;

/* X(layer, decoder). One row per header format. */
#define LAYERS(X)				\
	X(LAYER_ETHERNET, decode_ethernet)	\
	X(LAYER_VLAN, decode_vlan)		\
	X(LAYER_TAG, decode_tag)		\
	X(LAYER_LLC, decode_llc)		\
	X(LAYER_SLL, decode_sll)		\
	X(LAYER_SLL2, decode_sll2)		\
	X(LAYER_NULL, decode_null)		\
	X(LAYER_PPP, decode_ppp)		\
	X(LAYER_PPP_DIRECTION, decode_ppp_direction) \
	X(LAYER_CHDLC, decode_chdlc)		\
	X(LAYER_FRAME_RELAY, decode_frame_relay) \
	X(LAYER_PPPOE, decode_pppoe)		\
	X(LAYER_NFLOG, decode_nflog)		\
	X(LAYER_PPI, decode_ppi)		\
	X(LAYER_PKTAP, decode_pktap)		\
	X(LAYER_RADIOTAP, decode_radiotap)	\
	X(LAYER_WLAN, decode_wlan)		\
	X(LAYER_DSA_BRCM, decode_dsa_brcm)	\
	X(LAYER_DSA_BRCM_PREPEND, decode_dsa_brcm_prepend) \
	X(LAYER_MPLS, decode_mpls)		\
	X(LAYER_NSH, decode_nsh)		\
	X(LAYER_IP, decode_ip)			\
	X(LAYER_IPV4, decode_ipv4)		\
	X(LAYER_IPV6, decode_ipv6)		\
	X(LAYER_IPV6_OPTIONS, decode_ipv6_options) \
	X(LAYER_IPV6_FRAGMENT, decode_ipv6_fragment) \
	X(LAYER_AH, decode_ah)			\
	X(LAYER_TCP, decode_tcp)		\
	X(LAYER_UDP, decode_udp)		\
	X(LAYER_ICMP, decode_icmp)		\
	X(LAYER_SCTP, decode_sctp)		\
	X(LAYER_PORTLESS, decode_portless)	\
	X(LAYER_IPIP, decode_ipip)		\
	X(LAYER_GRE, decode_gre)		\
	X(LAYER_GRE_UDP, decode_gre_udp)	\
	X(LAYER_ERSPAN1, decode_erspan1)	\
	X(LAYER_ERSPAN2, decode_erspan2)	\
	X(LAYER_ERSPAN3, decode_erspan3)	\
	X(LAYER_GTPU, decode_gtpu)		\
	X(LAYER_VXLAN, decode_vxlan)		\
	X(LAYER_VXLAN_GPE, decode_vxlan_gpe)	\
	X(LAYER_GENEVE, decode_geneve)		\
	X(LAYER_TEREDO, decode_teredo)		\
	X(LAYER_L2TP, decode_l2tp)

enum layer {
	LAYER_END,
#define X(id, decoder) id,
	LAYERS(X)
#undef X
	LAYER_N
};

/* The walk through one frame. */
struct walk {
	struct cursor in;	/* the octets captured of what the last length claims */
	struct packet *pkt;
	struct fragments *fragments;	/* of the decoder; NULL: no reassembly */
	const uint64_t *udp_ports;	/* 256 bits: udp_tunnel_ports() */
	uint32_t cut;		/* octets that belong after in.end but were not captured */
	int link_type;		/* for link layers that carry another link type */
	uint16_t ethertype;	/* for LAYER_TAG: which tag */
	uint16_t next_at;	/* IPv6: offset from pkt->l3 of the octet naming this header */
	uint8_t next;		/* enum layer */
	uint8_t note;		/* enum decode_note: why a tunnel was declined; 0: it was not */
	bool ipv6;		/* family of the innermost IP header */
	bool partial;		/* that is a first fragment which will not be completed */
	bool stands;		/* an IP packet is decoded down to its payload in pkt */
	bool saved;		/* the fields below hold what `stands` had, before a tunnel */
	uint8_t saved_vlans;
	struct tunnel saved_tunnel;
};

#define X(id, decoder) enum decode_result decoder(struct walk *w);
LAYERS(X)
#undef X

/* Two and four octets in network order, of a header already taken from the cursor. */
static inline uint16_t
be16_of(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
be32_of(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/** Octets that remain on the wire, captured or not. */
static inline size_t
walk_wire_left(const struct walk *w)
{
	return cur_left(&w->in) + w->cut;
}

/** Hold the walk to a length claimed by a header: the next `n` octets. False, and nothing
 * changed, when even the wire did not have as many. */
static inline bool
walk_claim(struct walk *w, size_t n)
{
	size_t left = cur_left(&w->in);

	if (n > left + w->cut)
		return false;
	if (n <= left) {
		w->in = cur_sub(&w->in, n);
		w->cut = 0;
	} else {
		w->cut = (uint32_t)(n - left);
	}
	return true;
}

/** The reason for a header that is not all there. */
static inline enum decode_result
walk_short(const struct walk *w, enum decode_result truncated, enum decode_result snapped)
{
	return w->cut != 0 ? snapped : truncated;
}

/** What is left is payload, of a packet that is now complete. */
static inline enum decode_result
walk_payload(struct walk *w)
{
	struct packet *pkt = w->pkt;

	pkt->payload = w->in.at;
	pkt->payload_len = (uint32_t)cur_left(&w->in);
	pkt->payload_wire_len = pkt->payload_len + w->cut;
	if (UNLIKELY(w->cut != 0))
		pkt->flags |= PACKET_TRUNCATED;
	w->stands = true;
	w->saved = false;
	w->next = LAYER_END;
	return DECODE_OK;
}

/** This is no tunnel: the packet stays what it is outside. */
static inline enum decode_result
walk_decline(struct walk *w, enum decode_note why)
{
	w->note = (uint8_t)why;
	w->next = LAYER_END;
	return DECODE_OK;
}

/** The tunnel header is not all there. */
static inline enum decode_result
walk_decline_short(struct walk *w)
{
	return walk_decline(w, w->cut != 0 ? DECODE_DECLINED_SNAPPED : DECODE_DECLINED_SHORT);
}

/** An EtherType of any carrier: sets the next layer, or names what is carried. */
enum decode_result ethertype_next(struct walk *w, uint16_t type);
/** Is there a row for this EtherType? For telling headers apart. */
bool ethertype_known(uint16_t type);

/** The next layer for an IP protocol number; sets pkt->ends.proto. */
void ip_proto_next(struct walk *w, uint8_t proto);

/** Go into a tunnel: what pkt->ends says is outside from now on. */
void tunnel_enter(struct walk *w, enum packet_tunnel type, uint32_t id);
/** Undo every tunnel_enter() since the last whole packet. */
void tunnel_leave(struct walk *w);

/** The layer of a tunnel on this UDP port, or LAYER_END. */
enum layer udp_tunnel(uint16_t src_port, uint16_t dest_port);
/** Fill 256 bits: bit (port & 255) is set when udp_tunnel() may have a row for the port. */
void udp_tunnel_ports(uint64_t bits[static 4]);

/** The first layer of a link type, or LAYER_END. */
enum layer link_layer(int link_type);

/** Ends of the packet that an ICMP error quotes. False when its IP header is not all there
 * or not IP. Ports are 0 when they were not quoted, or when it is a later fragment. */
bool quoted_ends(struct cursor in, struct ends *ends);

#endif
