/* SPDX-License-Identifier: Apache-2.0 */
/* sctp.c - the common header of SCTP (RFC 9260, 3.1). The payload begins with the chunks. */
#include "layer.h"

enum decode_result
decode_sctp(struct walk *w)
{
	struct packet *pkt = w->pkt;
	uint16_t src = cur_be16(&w->in);
	uint16_t dest = cur_be16(&w->in);
	uint32_t tag = cur_be32(&w->in);

	cur_skip(&w->in, 4);		/* checksum */
	if (w->in.short_read)
		return walk_short(w, DECODE_SCTP_TRUNCATED, DECODE_SCTP_SNAPPED);
	pkt->ends.src_port = src;
	pkt->ends.dest_port = dest;
	pkt->sctp_tag = tag;
	return walk_payload(w);
}
