/* SPDX-License-Identifier: Apache-2.0 */
/* erspan.c - mirrored frames in GRE: ERSPAN types I, II and III (draft-foschiano-erspan-03). */
#include "layer.h"

/* Type I: the frame follows the GRE header. */
enum decode_result
decode_erspan1(struct walk *w)
{
	w->pkt->tunnel.type = TUNNEL_ERSPAN;
	w->next = LAYER_ETHERNET;
	return DECODE_OK;
}

/* Type II, 4.2: version 4 bits, VLAN 12, COS 3, encapsulation 2, T, session 10; index. The
 * session replaces the GRE key, which ERSPAN does not use. */
enum decode_result
decode_erspan2(struct walk *w)
{
	uint32_t first = cur_be32(&w->in);

	cur_skip(&w->in, 4);
	if (w->in.short_read)
		return walk_short(w, DECODE_ERSPAN_TRUNCATED, DECODE_ERSPAN_SNAPPED);
	w->pkt->tunnel.type = TUNNEL_ERSPAN;
	w->pkt->tunnel.id = first & 0x3ff;
	w->next = LAYER_ETHERNET;
	return DECODE_OK;
}

/* Type III, 4.3: as II; timestamp; security group; then P, frame type 5 bits, hardware id 6, D,
 * granularity 2, O: with O eight octets more. Frame type 0 is Ethernet, 2 is IP. */
enum decode_result
decode_erspan3(struct walk *w)
{
	uint32_t first = cur_be32(&w->in);
	uint16_t last;

	cur_skip(&w->in, 6);
	last = cur_be16(&w->in);
	if (last & 1)
		cur_skip(&w->in, 8);
	if (w->in.short_read)
		return walk_short(w, DECODE_ERSPAN_TRUNCATED, DECODE_ERSPAN_SNAPPED);
	w->pkt->tunnel.type = TUNNEL_ERSPAN;
	w->pkt->tunnel.id = first & 0x3ff;
	w->next = (last >> 10 & 0x1f) == 2 ? LAYER_IP : LAYER_ETHERNET;
	return DECODE_OK;
}
