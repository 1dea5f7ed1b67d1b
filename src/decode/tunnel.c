/* SPDX-License-Identifier: Apache-2.0 */
/* tunnel.c - entering a tunnel and leaving it again, and IP directly in IP. */
#include <string.h>

#include "layer.h"

void
tunnel_enter(struct walk *w, enum packet_tunnel type, uint32_t id)
{
	struct tunnel *t = &w->pkt->tunnel;
	const struct ends *ends = &w->pkt->ends;
	uint8_t depth = t->depth;

	if (!w->saved) {
		w->saved = true;
		w->saved_vlans = w->pkt->n_vlans;
		w->saved_tunnel = *t;
	}
	if (w->stands) {
		t->proto = ends->proto;
		t->src_port = ends->src_port;
		t->dest_port = ends->dest_port;
		t->src = ends->src;
		t->dest = ends->dest;
	} else {		/* a pseudowire right on the link */
		memset(t, 0, sizeof(*t));
	}
	t->type = (uint8_t)type;
	t->depth = depth < UINT8_MAX ? (uint8_t)(depth + 1) : depth;
	t->qfi = GTPU_QFI_NONE;
	t->id = id;
}

void
tunnel_leave(struct walk *w)
{
	if (!w->saved)
		return;
	w->pkt->tunnel = w->saved_tunnel;
	w->pkt->n_vlans = w->saved_vlans;
	w->saved = false;
}

/* 4in4, 6in4, 4in6, 6in6: RFC 2003, RFC 4213, RFC 2473. */
enum decode_result
decode_ipip(struct walk *w)
{
	bool inner_ipv6 = w->pkt->ends.proto == 41;

	(void)walk_payload(w);
	if (w->partial)
		return DECODE_OK;
	tunnel_enter(w, TUNNEL_IPIP, 0);
	w->next = inner_ipv6 ? LAYER_IPV6 : LAYER_IPV4;
	return DECODE_OK;
}
