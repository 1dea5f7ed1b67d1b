/* SPDX-License-Identifier: Apache-2.0 */
/* geneve.c - Geneve (RFC 8926). */
#include "layer.h"

/* RFC 8926, 3.4:
 * |Ver|  Opt Len  |O|C|    Rsvd.  |          Protocol Type        |
 * |        Virtual Network Identifier (VNI)       |    Reserved   | */
enum decode_result
decode_geneve(struct walk *w)
{
	uint8_t first = cur_u8(&w->in);
	uint8_t flags = cur_u8(&w->in);
	uint16_t protocol = cur_be16(&w->in);
	uint32_t vni = cur_be24(&w->in);

	cur_skip(&w->in, 1);
	if (w->in.short_read)
		return walk_decline_short(w);
	if (first >> 6 != 0)
		return walk_decline(w, DECODE_DECLINED_HEADER);
	if (flags & 0x80)		/* O: for the end of the tunnel, not for a host behind it */
		return walk_decline(w, DECODE_DECLINED_CONTROL);
	cur_skip(&w->in, (size_t)(first & 0x3f) * 4);
	if (w->in.short_read)
		return walk_decline(w, w->cut != 0 ? DECODE_DECLINED_SNAPPED
		    : DECODE_DECLINED_LENGTH);
	if (!ethertype_known(protocol))
		return walk_decline(w, DECODE_DECLINED_NOT_IP);
	tunnel_enter(w, TUNNEL_GENEVE, vni);
	return ethertype_next(w, protocol);
}
