/* SPDX-License-Identifier: Apache-2.0 */
/* l2tp.c - data messages of L2TP version 2 (RFC 2661). */
#include "layer.h"

/* RFC 2661, 3.1: |T|L|x|x|S|x|O|P|x|x|x|x|  Ver  |, length, tunnel id, session id, Ns, Nr,
 * offset size and padding. */
enum {
	L2TP_CONTROL = 0x8000, L2TP_LENGTH = 0x4000, L2TP_SEQUENCE = 0x0800,
	L2TP_OFFSET = 0x0200, L2TP_RESERVED = 0x34f0, L2TP_VERSION = 0x000f
};

static void
skip_optional(struct cursor *in, uint16_t flags)
{
	if (flags & L2TP_SEQUENCE)
		cur_skip(in, 4);
	if (flags & L2TP_OFFSET)
		cur_skip(in, cur_be16(in));
}

enum decode_result
decode_l2tp(struct walk *w)
{
	size_t whole = walk_wire_left(w);
	uint16_t flags = cur_be16(&w->in);
	uint16_t len = flags & L2TP_LENGTH ? cur_be16(&w->in) : (uint16_t)whole;
	uint32_t id = cur_be32(&w->in);		/* tunnel id, session id */

	if (w->in.short_read)
		return walk_decline_short(w);
	if ((flags & L2TP_VERSION) != 2 || (flags & L2TP_RESERVED) != 0)
		return walk_decline(w, DECODE_DECLINED_HEADER);
	if (flags & L2TP_CONTROL)
		return walk_decline(w, DECODE_DECLINED_CONTROL);
	if (len != whole)
		return walk_decline(w, DECODE_DECLINED_LENGTH);
	skip_optional(&w->in, flags);
	if (w->in.short_read || cur_left(&w->in) == 0)
		return walk_decline_short(w);
	tunnel_enter(w, TUNNEL_L2TP, id);
	w->next = LAYER_PPP;
	return DECODE_OK;
}
