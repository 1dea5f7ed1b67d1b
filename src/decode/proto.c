/* SPDX-License-Identifier: Apache-2.0 */
/* proto.c - the table of IP protocols, and those that have nothing to decode.
 *
 * Numbers: IANA protocol-numbers. */
#include "layer.h"

/* 0 is LAYER_END: no row, so the packet ends there without ports. */
static const uint8_t layers[256] = {
	[1] = LAYER_ICMP,
	[4] = LAYER_IPIP,
	[6] = LAYER_TCP,
	[17] = LAYER_UDP,
	[41] = LAYER_IPIP,
	[47] = LAYER_GRE,
	[51] = LAYER_AH,
	[58] = LAYER_ICMP,
	[132] = LAYER_SCTP,
	[136] = LAYER_UDP,	/* UDP-Lite has the ports at the same place: see decode_udp() */
};

/* Extension headers are protocols of IPv6 only. */
static enum layer
extension(uint8_t proto)
{
	switch (proto) {
	case 0:		/* hop-by-hop options */
	case 43:	/* routing */
	case 60:	/* destination options */
		return LAYER_IPV6_OPTIONS;
	case 44:
		return LAYER_IPV6_FRAGMENT;
	default:
		return LAYER_PORTLESS;
	}
}

void
ip_proto_next(struct walk *w, uint8_t proto)
{
	w->pkt->ends.proto = proto;
	w->next = layers[proto];
	if (UNLIKELY(w->next == LAYER_END))
		w->next = (uint8_t)(w->ipv6 ? extension(proto) : LAYER_PORTLESS);
}

/* Whatever has no ports: ESP, OSPF, IGMP ... The payload is all of it. */
enum decode_result
decode_portless(struct walk *w)
{
	return walk_payload(w);
}
