/* SPDX-License-Identifier: Apache-2.0 */
/* mpls.c - the MPLS label stack (RFC 3032), and Ethernet pseudowires under it (RFC 4448).
 *
 * A label does not say what is under it: that is known to its two ends only. */
#include "layer.h"

/*  0                   1                   2                   3
 * |                Label                  | TC  |S|      TTL      |  (RFC 3032, 2.1) */
enum { LABELS_MAX = 16, LABEL_IPV4_NULL = 0, LABEL_IPV6_NULL = 2 };

/* Could an IP header begin here? Its length must fit, so that a MAC address that begins
 * with 4 or 6 rarely passes. */
static bool
looks_like_ip(const struct walk *w)
{
	uint8_t first = cur_peek(&w->in, 0);
	size_t claim = (size_t)(cur_peek(&w->in, 2) << 8 | cur_peek(&w->in, 3));

	if (first >> 4 == 4)
		return (first & 0x0f) >= 5 && claim <= walk_wire_left(w);
	claim = (size_t)(cur_peek(&w->in, 4) << 8 | cur_peek(&w->in, 5)) + 40;
	return first >> 4 == 6 && claim <= walk_wire_left(w);
}

/* Does an Ethernet frame begin `off` octets ahead? */
static bool
looks_like_ethernet(const struct walk *w, size_t off)
{
	uint16_t type = (uint16_t)(cur_peek(&w->in, off + 12) << 8 | cur_peek(&w->in, off + 13));

	if (cur_left(&w->in) < off + 14)
		return false;
	return ethertype_known(type) || (type >= 3 && type == walk_wire_left(w) - off - 14);
}

static enum decode_result
mpls_payload(struct walk *w, uint32_t label)
{
	uint8_t nibble = cur_peek(&w->in, 0) >> 4;

	if (cur_left(&w->in) == 0)
		return walk_short(w, DECODE_MPLS_TRUNCATED, DECODE_MPLS_SNAPPED);
	if (label == LABEL_IPV4_NULL || label == LABEL_IPV6_NULL || looks_like_ip(w)) {
		w->next = LAYER_IP;
		return DECODE_OK;
	}
	/* Without a control word the destination MAC comes first, and may begin with 0 as the
	 * control word does (RFC 4448, 4.6): the place of the EtherType decides. */
	if (!looks_like_ethernet(w, 0)) {
		if (nibble == 1)
			return DECODE_NOT_IP;	/* associated channel, RFC 5586 */
		if (nibble != 0 || !looks_like_ethernet(w, 4)) {
			w->next = LAYER_IP;
			return nibble == 4 || nibble == 6 ? DECODE_OK
			    : walk_short(w, DECODE_MPLS_PAYLOAD, DECODE_MPLS_SNAPPED);
		}
		cur_skip(&w->in, 4);
	}
	tunnel_enter(w, TUNNEL_MPLS_PW, label);
	w->next = LAYER_ETHERNET;
	return DECODE_OK;
}

enum decode_result
decode_mpls(struct walk *w)
{
	uint32_t bottom = 0;

	for (unsigned n = 0; n < LABELS_MAX; n++) {
		uint32_t entry = cur_be32(&w->in);

		if (w->in.short_read)
			return walk_short(w, DECODE_MPLS_TRUNCATED, DECODE_MPLS_SNAPPED);
		bottom = entry >> 12;
		if (entry & 0x100)
			return mpls_payload(w, bottom);
	}
	return DECODE_LAYERS_EXCEEDED;
}
