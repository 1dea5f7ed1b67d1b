/* SPDX-License-Identifier: Apache-2.0 */
/* ah.c - the IP authentication header (RFC 4302), which leaves its payload readable. */
#include "layer.h"

/* RFC 4302, 2.2: the length is in four octets and leaves out two of them. */
enum decode_result
decode_ah(struct walk *w)
{
	const uint8_t *head = cur_take(&w->in, 12);
	size_t len;

	if (head == NULL)
		return walk_short(w, DECODE_AH_TRUNCATED, DECODE_AH_SNAPPED);
	len = ((size_t)head[1] + 2) * 4;
	if (len < 12)
		return DECODE_AH_LENGTH;
	cur_skip(&w->in, len - 12);
	if (w->in.short_read)
		return walk_short(w, DECODE_AH_TRUNCATED, DECODE_AH_SNAPPED);
	w->next_at = (uint16_t)(head - w->pkt->l3);
	ip_proto_next(w, head[0]);
	return DECODE_OK;
}
