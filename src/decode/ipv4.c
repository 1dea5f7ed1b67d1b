/* SPDX-License-Identifier: Apache-2.0 */
/* ipv4.c - IPv4 (RFC 791), and the choice of the version where the link does not say it. */
#include <string.h>

#include "fragment.h"
#include "layer.h"

enum { IPV4_MORE = 0x2000, IPV4_OFFSET = 0x1fff };	/* RFC 791, 3.1 */

enum decode_result
decode_ip(struct walk *w)
{
	uint8_t version = cur_peek(&w->in, 0) >> 4;

	if (version == 4)
		w->next = LAYER_IPV4;
	else if (version == 6)
		w->next = LAYER_IPV6;
	else if (cur_left(&w->in) == 0)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	else
		return DECODE_IP_BAD_VERSION;
	return DECODE_OK;
}

static void
map_ipv4(struct addr *a, const uint8_t octets[4])
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(a->octet, prefix, sizeof(prefix));
	memcpy(a->octet + 12, octets, 4);
}

/* Hand a fragment to the store. `w->in` holds its data. */
static enum decode_result
ipv4_fragment(struct walk *w, const uint8_t *head, size_t head_len, uint16_t flags)
{
	struct fragment f = {
		.header = head, .header_len = head_len, .ident = be16_of(head + 4),
		.proto = head[9], .offset = (uint32_t)(flags & IPV4_OFFSET) * 8,
		.more = (flags & IPV4_MORE) != 0, .ipv6 = false,
	};

	return fragment_decode(w, &f);
}

enum decode_result
decode_ipv4(struct walk *w)
{
	struct packet *pkt = w->pkt;
	const uint8_t *head = cur_take(&w->in, 20);
	size_t head_len, total;
	uint16_t fragment;

	if (UNLIKELY(head == NULL))
		return walk_short(w, DECODE_IPV4_TRUNCATED, DECODE_IPV4_SNAPPED);
	if (UNLIKELY(head[0] >> 4 != 4))
		return DECODE_IPV4_BAD_VERSION;
	head_len = (size_t)(head[0] & 0x0f) * 4;
	if (UNLIKELY(head_len < 20))
		return DECODE_IPV4_HEADER_LENGTH;
	total = be16_of(head + 2);
	if (UNLIKELY(total == 0))	/* segmentation is left to the device: all there is */
		total = 20 + walk_wire_left(w);
	if (UNLIKELY(total < head_len))
		return DECODE_IPV4_TOTAL_LENGTH;
	if (UNLIKELY(!walk_claim(w, total - 20)))
		return DECODE_IPV4_PAST_END;
	pkt->l3 = head;
	pkt->l3_len = (uint32_t)(20 + cur_left(&w->in));
	pkt->ip_len = (uint32_t)total;
	if (UNLIKELY(head_len > 20)) {
		cur_skip(&w->in, head_len - 20);
		if (w->in.short_read)
			return walk_short(w, DECODE_IPV4_TRUNCATED, DECODE_IPV4_SNAPPED);
	}
	map_ipv4(&pkt->ends.src, head + 12);
	map_ipv4(&pkt->ends.dest, head + 16);
	pkt->ends.src_port = pkt->ends.dest_port = 0;
	pkt->ttl = head[8];
	w->ipv6 = false;
	fragment = be16_of(head + 6);
	if (UNLIKELY((fragment & (IPV4_MORE | IPV4_OFFSET)) != 0))
		return ipv4_fragment(w, head, head_len, fragment);
	ip_proto_next(w, head[9]);
	return DECODE_OK;
}
