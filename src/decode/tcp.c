/* SPDX-License-Identifier: Apache-2.0 */
/* tcp.c - the TCP header (RFC 9293, 3.1). */
#include "layer.h"

enum decode_result
decode_tcp(struct walk *w)
{
	struct packet *pkt = w->pkt;
	const uint8_t *head = cur_take(&w->in, 20);
	size_t options;

	if (UNLIKELY(head == NULL))
		return walk_short(w, DECODE_TCP_TRUNCATED, DECODE_TCP_SNAPPED);
	options = (size_t)(head[12] >> 4) * 4;
	if (UNLIKELY(options < 20))
		return DECODE_TCP_HEADER_LENGTH;
	options -= 20;
	if (UNLIKELY(options > cur_left(&w->in))) {
		if (options > walk_wire_left(w))
			return DECODE_TCP_HEADER_LENGTH;
		w->cut -= (uint32_t)(options - cur_left(&w->in));
		options = cur_left(&w->in);	/* only options were cut off: no payload */
		pkt->flags |= PACKET_TRUNCATED;
	}
	cur_skip(&w->in, options);
	pkt->ends.src_port = be16_of(head);
	pkt->ends.dest_port = be16_of(head + 2);
	pkt->seq = be32_of(head + 4);
	pkt->ack = be32_of(head + 8);
	pkt->tcp_flags = head[13];
	pkt->window = be16_of(head + 14);
	return walk_payload(w);
}
