/* SPDX-License-Identifier: Apache-2.0 */
/* nd.c - IPv6 neighbour discovery (RFC 4861). What a receiver has to drop is malformed here, too:
 * a hop limit below 255 has come through a router, so its sender is not on the link. */
#include "cursor.h"
#include "neighbour_claim.h"

enum nd_type {
	ROUTER_SOLICITATION = 133, ROUTER_ADVERTISEMENT, NEIGHBOUR_SOLICITATION,
	NEIGHBOUR_ADVERTISEMENT, REDIRECT
};
enum { SOURCE_LINK_LAYER = 1, TARGET_LINK_LAYER = 2 };	/* RFC 4861, 4.6.1 */
enum { HOP_LIMIT = 255, OPTION_UNIT = 8, OPTIONS_MAX = 64 };

/* Look for an Ethernet address among the options: type, length in units of 8 octets. *mac: NULL
 * when there is none. False when the options do not add up (4.6). */
static bool
read_options(struct cursor in, uint8_t wanted, const uint8_t **mac)
{
	*mac = NULL;
	for (unsigned n = 0; cur_left(&in) != 0; n++) {
		uint8_t type = cur_u8(&in), units = cur_u8(&in);
		struct cursor value;

		if (units == 0 || n == OPTIONS_MAX)
			return false;
		value = cur_sub(&in, (size_t)units * OPTION_UNIT - 2);
		if (in.short_read)
			return false;
		if (type == wanted && units == 1 && *mac == NULL)
			*mac = value.at;
	}
	return true;
}

/* Neighbour messages: the target, then options (4.3, 4.4). */
static bool
read_target(struct cursor *in, struct addr *target)
{
	const uint8_t *octets = cur_take(in, 16);

	if (octets == NULL)
		return false;
	*target = addr_from_ipv6(octets);
	return !addr_is_multicast(target);
}

/* Who says it has an address, in which option its link-layer address is, and what is in the way
 * before the options. False when it must be dropped (6.1.1, 6.1.2, 7.1.1, 7.1.2). */
static bool
read_head(const struct packet *pkt, struct cursor *in, struct addr *who, uint8_t *option)
{
	struct addr target;

	*who = pkt->ends.src;
	*option = SOURCE_LINK_LAYER;
	switch ((enum nd_type)pkt->ends.src_port) {
	case ROUTER_SOLICITATION:
		return true;
	case ROUTER_ADVERTISEMENT:	/* reachable time, retransmission timer */
		cur_skip(in, 8);
		return !in->short_read && who->octet[0] == 0xfe && (who->octet[1] & 0xc0) == 0x80;
	case NEIGHBOUR_SOLICITATION:
		return read_target(in, &target);
	case NEIGHBOUR_ADVERTISEMENT:
		*option = TARGET_LINK_LAYER;
		return read_target(in, who);
	case REDIRECT:
		return true;
	}
	return false;
}

enum neighbour_result
nd_read(const struct packet *pkt, struct signalling *s)
{
	struct cursor in = cursor_over(pkt->payload, pkt->payload_len);
	struct addr who;
	uint8_t option;
	const uint8_t *mac;
	enum neighbour_result result;

	if ((pkt->flags & (PACKET_REASSEMBLED | PACKET_FRAGMENT)) != 0	/* RFC 6980, 5 */
	    || pkt->ttl != HOP_LIMIT || pkt->ends.dest_port != 0)
		return NEIGHBOUR_MALFORMED;
	if (pkt->ends.src_port == REDIRECT)	/* speaks of another than its sender */
		return NEIGHBOUR_SILENT;
	if (!read_head(pkt, &in, &who, &option) || !read_options(in, option, &mac))
		return NEIGHBOUR_MALFORMED;
	/* duplicate address detection (RFC 4862, 5.4.2): the address is nobody's yet */
	if (addr_is_unspecified(&pkt->ends.src))
		return mac != NULL ? NEIGHBOUR_MALFORMED : NEIGHBOUR_SILENT;
	if (mac == NULL)
		return NEIGHBOUR_SILENT;
	result = neighbour_claim(s, pkt, SIGNALLED_ND, pkt->ends.src_port, mac, &who);
	s->from = pkt->ends.src;
	s->to = pkt->ends.dest;
	return result;
}
