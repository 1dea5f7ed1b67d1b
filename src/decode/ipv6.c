/* SPDX-License-Identifier: Apache-2.0 */
/* ipv6.c - IPv6 and its extension headers (RFC 8200). */
#include <string.h>

#include "fragment.h"
#include "layer.h"

enum { IPV6_HEADER = 40 };

static bool
is_mapped(const uint8_t octets[16])
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(octets, prefix, sizeof(prefix)) == 0;
}

enum decode_result
decode_ipv6(struct walk *w)
{
	struct packet *pkt = w->pkt;
	const uint8_t *head = cur_take(&w->in, IPV6_HEADER);
	size_t len;

	if (UNLIKELY(head == NULL))
		return walk_short(w, DECODE_IPV6_TRUNCATED, DECODE_IPV6_SNAPPED);
	if (UNLIKELY(head[0] >> 4 != 6))
		return DECODE_IPV6_BAD_VERSION;
	/* One mapped end is an IPv4 host beyond a translator; with two it would pose as IPv4. */
	if (UNLIKELY(is_mapped(head + 8) && is_mapped(head + 24)))
		return DECODE_IPV6_MAPPED_ADDRESS;
	len = be16_of(head + 4);
	if (UNLIKELY(len == 0))		/* jumbogram (RFC 2675), or segmentation left to the device */
		len = walk_wire_left(w);
	if (UNLIKELY(!walk_claim(w, len)))
		return DECODE_IPV6_PAST_END;
	pkt->l3 = head;
	pkt->l3_len = (uint32_t)(IPV6_HEADER + cur_left(&w->in));
	pkt->ip_len = (uint32_t)(IPV6_HEADER + len);
	memcpy(pkt->ends.src.octet, head + 8, 16);
	memcpy(pkt->ends.dest.octet, head + 24, 16);
	pkt->ends.src_port = pkt->ends.dest_port = 0;
	pkt->ttl = head[7];
	w->ipv6 = true;
	w->next_at = 6;
	ip_proto_next(w, head[6]);
	return DECODE_OK;
}

/* Where the header that begins `head` lies, for who has to rewrite its next-header octet. */
static void
note_next_at(struct walk *w, const uint8_t *head)
{
	w->next_at = (uint16_t)(head - w->pkt->l3);
}

/* Hop-by-hop options, routing header, destination options: next header, and a length in
 * eight octets that leaves out the first eight (RFC 8200, 4.3 to 4.6). */
enum decode_result
decode_ipv6_options(struct walk *w)
{
	const uint8_t *head = cur_take(&w->in, 8);

	if (head != NULL)
		cur_skip(&w->in, (size_t)head[1] * 8);
	if (w->in.short_read)
		return walk_short(w, DECODE_IPV6_EXTENSION_TRUNCATED,
		    DECODE_IPV6_EXTENSION_SNAPPED);
	note_next_at(w, head);
	ip_proto_next(w, head[0]);
	return DECODE_OK;
}

/* RFC 8200, 4.5: next header, reserved, offset in 8 octets (13 bits), 2 bits, M; ident. */
enum decode_result
decode_ipv6_fragment(struct walk *w)
{
	const uint8_t *head = cur_take(&w->in, 8);
	uint16_t offset;

	if (head == NULL)
		return walk_short(w, DECODE_IPV6_EXTENSION_TRUNCATED,
		    DECODE_IPV6_EXTENSION_SNAPPED);
	offset = be16_of(head + 2);
	if ((offset & 0xfff9) == 0) {	/* atomic: a whole datagram (RFC 6946) */
		note_next_at(w, head);
		ip_proto_next(w, head[0]);
		return DECODE_OK;
	}
	struct fragment f = {
		.header = w->pkt->l3, .header_len = (size_t)(head - w->pkt->l3),
		.ident = be32_of(head + 4), .proto = head[0], .next_at = w->next_at,
		.offset = offset & 0xfff8, .more = (offset & 1) != 0, .ipv6 = true,
	};
	return fragment_decode(w, &f);
}
