/* SPDX-License-Identifier: Apache-2.0 */
/* nsh.c - network service header (RFC 8300), stepped over. */
#include "layer.h"

/* Base header (RFC 8300, 2.2): version 2 bits, O, one unused, TTL 6, length 6 in four octets,
 * metadata type in the low 4 of an octet, next protocol. */
enum decode_result
decode_nsh(struct walk *w)
{
	uint16_t first = cur_be16(&w->in);
	size_t len = (size_t)(first & 0x3f) * 4;
	uint8_t next;

	cur_skip(&w->in, 1);
	next = cur_u8(&w->in);
	if (!w->in.short_read && len < 8)
		return DECODE_NSH_TRUNCATED;
	cur_skip(&w->in, len - 4);
	if (w->in.short_read)
		return walk_short(w, DECODE_NSH_TRUNCATED, DECODE_NSH_SNAPPED);
	switch (next) {
	case 1:
		w->next = LAYER_IPV4;
		return DECODE_OK;
	case 2:
		w->next = LAYER_IPV6;
		return DECODE_OK;
	case 3:
		w->next = LAYER_ETHERNET;
		return DECODE_OK;
	case 4:
		w->next = LAYER_NSH;
		return DECODE_OK;
	case 5:
		w->next = LAYER_MPLS;
		return DECODE_OK;
	default:
		return DECODE_NOT_IP;
	}
}
