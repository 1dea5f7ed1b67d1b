/* SPDX-License-Identifier: Apache-2.0 */
/* quote.c - the ends of a packet quoted in an ICMP error: the outermost IP header and ports.
 *
 * A quote is cut anywhere (RFC 792 promises eight octets after the header), so lengths in it
 * are not held against it. */
#include "layer.h"

enum { EXTENSIONS_MAX = 8 };

static void
quoted_ports(struct cursor *in, struct ends *ends)
{
	uint16_t first, second;

	switch (ends->proto) {
	case 6: case 17: case 132: case 136:
		first = cur_be16(in);
		second = cur_be16(in);
		break;
	case 1: case 58:
		first = cur_u8(in);
		second = cur_u8(in);
		break;
	default:
		return;
	}
	if (in->short_read)
		return;
	ends->src_port = first;
	ends->dest_port = second;
}

static bool
quoted_ipv4(struct cursor *in, struct ends *ends)
{
	const uint8_t *head = cur_take(in, 20);

	if (head == NULL || (head[0] & 0x0f) < 5)
		return false;
	ends->src = addr_from_ipv4(head + 12);
	ends->dest = addr_from_ipv4(head + 16);
	ends->proto = head[9];
	cur_skip(in, (size_t)(head[0] & 0x0f) * 4 - 20);
	if ((be16_of(head + 6) & 0x1fff) == 0)
		quoted_ports(in, ends);
	return true;
}

/* Step over extension headers to the transport header. False: a later fragment, or cut. */
static bool
quoted_extensions(struct cursor *in, struct ends *ends)
{
	for (unsigned n = 0; n < EXTENSIONS_MAX; n++) {
		uint8_t proto = ends->proto;
		const uint8_t *head;

		if (proto != 0 && proto != 43 && proto != 44 && proto != 60)
			return true;
		head = cur_take(in, 8);
		if (head == NULL)
			return false;
		ends->proto = head[0];
		if (proto != 44)
			cur_skip(in, (size_t)head[1] * 8);
		else if ((be16_of(head + 2) & 0xfff8) != 0)
			return false;
	}
	return false;
}

static bool
quoted_ipv6(struct cursor *in, struct ends *ends)
{
	const uint8_t *head = cur_take(in, 40);

	if (head == NULL)
		return false;
	ends->src = addr_from_ipv6(head + 8);
	ends->dest = addr_from_ipv6(head + 24);
	if (addr_is_ipv4(&ends->src) && addr_is_ipv4(&ends->dest))
		return false;		/* both mapped, as decode_ipv6() refuses them */
	ends->proto = head[6];
	if (quoted_extensions(in, ends))
		quoted_ports(in, ends);
	return true;
}

bool
quoted_ends(struct cursor in, struct ends *ends)
{
	uint8_t version = cur_peek(&in, 0) >> 4;

	ends->src_port = ends->dest_port = 0;
	if (version == 4)
		return quoted_ipv4(&in, ends);
	return version == 6 && quoted_ipv6(&in, ends);
}
