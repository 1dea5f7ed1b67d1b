/* SPDX-License-Identifier: Apache-2.0 */
/* arp.c - ARP on Ethernet for IPv4 (RFC 826; numbers: IANA's arp-parameters). Requests, replies
 * and announcements alike say the sender's own pair of addresses; a probe (RFC 5227, 1.1) comes
 * from 0.0.0.0 and only asks whether somebody has the address. */
#include "cursor.h"
#include "neighbour_claim.h"

enum {
	ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV4 = 0x0800, HARDWARE_ETHERNET = 1,
	HARDWARE_IEEE802 = 6, OP_REQUEST = 1, OP_REPLY = 2
};

enum neighbour_result
arp_read(const struct packet *pkt, struct signalling *s)
{
	struct cursor in = cursor_over(pkt->payload, pkt->payload_len);
	uint16_t hardware = cur_be16(&in), protocol = cur_be16(&in);
	uint8_t hardware_len = cur_u8(&in), protocol_len = cur_u8(&in);
	uint16_t op = cur_be16(&in);
	const uint8_t *mac, *sender, *target;
	struct addr from, to;
	enum neighbour_result result;

	if (pkt->ethertype != ETHERTYPE_ARP)
		return NEIGHBOUR_SILENT;	/* RARP */
	if (in.short_read)
		return NEIGHBOUR_MALFORMED;
	if ((hardware != HARDWARE_ETHERNET && hardware != HARDWARE_IEEE802)
	    || protocol != ETHERTYPE_IPV4)
		return NEIGHBOUR_SILENT;
	mac = cur_take(&in, 6);
	sender = cur_take(&in, 4);
	cur_skip(&in, 6);
	target = cur_take(&in, 4);
	if (in.short_read || hardware_len != 6 || protocol_len != 4)
		return NEIGHBOUR_MALFORMED;
	if (op != OP_REQUEST && op != OP_REPLY)
		return NEIGHBOUR_SILENT;	/* RARP, InARP ... in ARP's frames */
	from = addr_from_ipv4(sender);
	to = addr_from_ipv4(target);
	result = neighbour_claim(s, pkt, SIGNALLED_ARP, op, mac, &from);
	s->from = from;
	s->to = to;
	return result;
}
