/* SPDX-License-Identifier: Apache-2.0 */
/* icmp.c - ICMP (RFC 792) and ICMPv6 (RFC 4443), and the packet that their errors quote. */
#include "layer.h"

static bool
is_error(uint8_t proto, uint8_t type)
{
	if (proto == 58)
		return type >= 1 && type <= 4;		/* RFC 4443, 3 */
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;	/* RFC 792 */
}

enum decode_result
decode_icmp(struct walk *w)
{
	struct packet *pkt = w->pkt;
	uint8_t type = cur_u8(&w->in);
	uint8_t code = cur_u8(&w->in);

	cur_skip(&w->in, 6);		/* checksum, and four octets that the type gives a meaning */
	if (w->in.short_read)
		return walk_short(w, DECODE_ICMP_TRUNCATED, DECODE_ICMP_SNAPPED);
	pkt->ends.src_port = type;
	pkt->ends.dest_port = code;
	if (is_error(pkt->ends.proto, type) && quoted_ends(w->in, &pkt->quoted))
		pkt->flags |= PACKET_ICMP_ERROR;
	return walk_payload(w);
}
