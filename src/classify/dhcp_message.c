/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp_message.c - the fixed part of a DHCPv4 message, its type and the name in option 81. */
#include <string.h>

#include "dhcp_message.h"

enum { SNAME_OCTETS = 64, FILE_OCTETS = 128, HOPS_MAX = 16 };	/* RFC 1542, 4.1.1 */

struct addr
dhcp_read_ipv4(struct cursor *in)
{
	static const uint8_t none[4];
	const uint8_t *octets = cur_take(in, 4);

	return addr_from_ipv4(octets == NULL ? none : octets);
}

bool
dhcp_has_ipv4(const struct addr *a)
{
	return (a->octet[12] | a->octet[13] | a->octet[14] | a->octet[15]) != 0;
}

/* RFC 4702, 2: flags, two codes, then the name as labels (flag E) or, as older clients send it,
 * as text. */
static void
read_fqdn(struct dhcp_message *m)
{
	enum { FLAG_ENCODED = 0x04 };
	struct cursor in = dhcp_option(&m->options, DHCP_FQDN);
	uint8_t flags = cur_u8(&in);

	m->fqdn_len = 0;
	cur_skip(&in, 2);
	if ((flags & FLAG_ENCODED) != 0) {
		m->fqdn_len = dhcp_labels_text(m->fqdn, in);
	} else if (cur_left(&in) != 0) {
		m->fqdn_len = cur_left(&in);
		memcpy(m->fqdn, cur_take(&in, m->fqdn_len), m->fqdn_len);
	}
}

/* Which of the two sends messages of this type. */
static bool
type_fits(const struct dhcp_message *m)
{
	switch ((enum dhcp_message_type)m->type) {
	case DHCP_OFFER: case DHCP_ACK: case DHCP_NAK: case DHCP_FORCERENEW:
	case DHCP_LEASEUNASSIGNED: case DHCP_LEASEUNKNOWN: case DHCP_LEASEACTIVE:
		return m->op == DHCP_OP_REPLY;
	case DHCP_DISCOVER: case DHCP_REQUEST: case DHCP_DECLINE: case DHCP_RELEASE:
	case DHCP_INFORM: case DHCP_LEASEQUERY:
		return m->op == DHCP_OP_REQUEST;
	default:
		return true;
	}
}

bool
dhcp_head_sound(uint8_t op, uint8_t hlen, uint8_t hops)
{
	return (op == DHCP_OP_REQUEST || op == DHCP_OP_REPLY) && hlen <= DHCP_CHADDR_OCTETS
	    && hops <= HOPS_MAX;
}

/* Without its type a message that is cut, or shorter than those of BOOTP, could be an offer as well
 * as a lease: it says nothing. */
bool
dhcp_message_read(struct dhcp_message *m, struct cursor in, bool cut)
{
	struct cursor chaddr, sname, file, type;
	size_t len = cur_left(&in);
	uint8_t hops;

	m->op = cur_u8(&in);
	m->htype = cur_u8(&in);
	m->hlen = cur_u8(&in);
	hops = cur_u8(&in);
	m->xid = cur_be32(&in);
	cur_skip(&in, 4);		/* secs, flags */
	m->ciaddr = dhcp_read_ipv4(&in);
	m->yiaddr = dhcp_read_ipv4(&in);
	(void)dhcp_read_ipv4(&in);	/* siaddr: the next server of a boot */
	m->giaddr = dhcp_read_ipv4(&in);
	chaddr = cur_sub(&in, DHCP_CHADDR_OCTETS);
	sname = cur_sub(&in, SNAME_OCTETS);
	file = cur_sub(&in, FILE_OCTETS);
	if (in.short_read || !dhcp_head_sound(m->op, m->hlen, hops))
		return false;
	memcpy(m->chaddr, chaddr.at, DHCP_CHADDR_OCTETS);
	if (cur_left(&in) < 4 || cur_be32(&in) != DHCP_MAGIC_COOKIE)
		in = cursor_over(NULL, 0);	/* BOOTP with a vendor area of its own */
	if (!dhcp_options_read(&m->options, in, file, sname) && !cut)
		return false;
	type = dhcp_option(&m->options, DHCP_MESSAGE_TYPE);
	m->type = cur_u8(&type);
	read_fqdn(m);
	return type_fits(m) && !(m->type == DHCP_BOOTP && (cut || len < DHCP_BOOTP_OCTETS));
}
