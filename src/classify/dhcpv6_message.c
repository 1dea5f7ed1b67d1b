/* SPDX-License-Identifier: Apache-2.0 */
/* dhcpv6_message.c - relay messages, options and identity associations of DHCPv6. */
#include <string.h>

#include "dhcpv6_message.h"
#include "macros.h"

enum option {		/* RFC 8415, 21 unless said */
	OPTION_CLIENTID = 1, OPTION_IA_NA = 3, OPTION_IA_TA = 4, OPTION_IAADDR = 5, OPTION_ORO = 6,
	OPTION_RELAY_MSG = 9, OPTION_STATUS_CODE = 13, OPTION_USER_CLASS = 15,
	OPTION_VENDOR_CLASS = 16, OPTION_INTERFACE_ID = 18, OPTION_IA_PD = 25,
	OPTION_IAPREFIX = 26, OPTION_REMOTE_ID = 37 /* RFC 4649 */,
	OPTION_SUBSCRIBER_ID = 38 /* RFC 4580 */, OPTION_CLIENT_FQDN = 39 /* RFC 4704 */,
	OPTION_CLIENT_LINKLAYER_ADDR = 79 /* RFC 6939 */, OPTION_NUMBERED_TO = 255
};
enum { DUID_LLT = 1, DUID_LL = 3, HARDWARE_ETHERNET = 1 };	/* RFC 8415, 11 */

const char *
dhcpv6_type_name(uint8_t type)
{
	static const char *const names[DHCPV6_TYPE_N] = {
		NULL, "solicit", "advertise", "request", "confirm", "renew", "rebind", "reply",
		"release", "decline", "reconfigure", "information-request", "relay-forw",
		"relay-repl"
	};

	return type < DHCPV6_TYPE_N ? names[type] : NULL;
}

bool
dhcpv6_from_server(uint8_t type)
{
	return type == DHCPV6_ADVERTISE || type == DHCPV6_REPLY || type == DHCPV6_RECONFIGURE;
}

static bool
is_relay(uint8_t type)
{
	return type == DHCPV6_RELAY_FORW || type == DHCPV6_RELAY_REPL;
}

/* Step to the next option. False at the end; in.short_read when it claims too much. */
static bool
next_option(struct cursor *in, uint16_t *code, struct cursor *value)
{
	if (cur_left(in) == 0)
		return false;
	*code = cur_be16(in);
	*value = cur_sub(in, cur_be16(in));
	return !in->short_read;
}

bool
dhcpv6_looks_sound(struct cursor in, bool cut)
{
	uint8_t type = cur_u8(&in);
	unsigned n = 0;
	uint16_t code;
	struct cursor value;

	if (type == 0 || type >= DHCPV6_TYPE_N)
		return false;
	cur_skip(&in, is_relay(type) ? 33 : 3);
	if (in.short_read)
		return false;
	for (; next_option(&in, &code, &value); n++)
		if (code == 0 || code > OPTION_NUMBERED_TO)
			return false;
	return n != 0 && (!in.short_read || cut);
}

/* --- who --- */

static void
keep_mac(struct dhcpv6_message *m, struct cursor in)
{
	if (cur_left(&in) != 6 || m->has_mac || !dhcp_mac_sound(in.at))
		return;
	memcpy(m->mac, in.at, sizeof(m->mac));
	m->has_mac = true;
}

/* RFC 8415, 11.2 and 11.4: type, hardware type, with LLT a time, link-layer address. */
static void
read_duid(struct dhcpv6_message *m)
{
	struct cursor in = m->duid;
	uint16_t type = cur_be16(&in), hardware = cur_be16(&in);

	if (type == DUID_LLT)
		cur_skip(&in, 4);
	if ((type == DUID_LLT || type == DUID_LL) && hardware == HARDWARE_ETHERNET)
		keep_mac(m, in);
}

/* RFC 4704, 4: flags, then labels; a name that is not qualified lacks the root. */
static void
read_fqdn(struct dhcpv6_message *m, struct cursor in)
{
	cur_skip(&in, 1);
	m->fqdn_len = dhcp_labels_text(m->fqdn, in);
}

/* --- leases --- */

static bool
status_good(struct cursor options)
{
	uint16_t code;
	struct cursor value;

	while (next_option(&options, &code, &value))
		if (code == OPTION_STATUS_CODE && cur_be16(&value) != 0)
			return false;
	return true;
}

static void
clear_host_bits(struct cidr *block)
{
	for (unsigned i = 0; i < sizeof(block->base.octet); i++) {
		unsigned bits = block->len > 8 * i ? block->len - 8 * i : 0;

		if (bits < 8)
			block->base.octet[i] &= (uint8_t)(0xff00 >> bits);
	}
}

/* RFC 8415, 21.6: address, preferred, valid. 21.22: preferred, valid, length, prefix. */
static bool
read_lease(struct dhcpv6_lease *lease, struct cursor in, bool prefix)
{
	const uint8_t *base = NULL;

	lease->prefix = prefix;
	lease->block.len = 128;
	if (!prefix)
		base = cur_take(&in, 16);
	cur_skip(&in, 4);
	lease->valid_s = cur_be32(&in);
	if (prefix) {
		lease->block.len = cur_u8(&in);
		base = cur_take(&in, 16);
	}
	if (in.short_read || lease->block.len > 128)
		return false;
	lease->block.base = addr_from_ipv6(base);
	clear_host_bits(&lease->block);
	lease->sound = lease->block.len >= DHCPV6_PREFIX_LEAST && status_good(in)
	    && !addr_is_ipv4(&lease->block.base);
	return true;
}

/* An identity association: `head` octets, then options. */
static void
read_ia(struct dhcpv6_message *m, struct cursor in, size_t head, uint16_t wanted)
{
	bool good;
	uint16_t code;
	struct cursor value;

	cur_skip(&in, head);
	good = status_good(in);
	while (next_option(&in, &code, &value)) {
		struct dhcpv6_lease lease;

		if (code != wanted || !read_lease(&lease, value, wanted == OPTION_IAPREFIX))
			continue;
		if (m->n_leases == DHCPV6_LEASES_MAX) {
			m->leases_cut = true;
			return;
		}
		lease.sound &= good;
		m->lease[m->n_leases++] = lease;
	}
}

/* --- the message --- */

static void
read_option(struct dhcpv6_message *m, uint16_t code, struct cursor value)
{
	switch ((enum option)code) {
	case OPTION_CLIENTID:
		m->duid = value;
		break;
	case OPTION_IA_NA:		/* IAID, T1, T2 */
		read_ia(m, value, 12, OPTION_IAADDR);
		break;
	case OPTION_IA_TA:		/* IAID */
		read_ia(m, value, 4, OPTION_IAADDR);
		break;
	case OPTION_IA_PD:
		read_ia(m, value, 12, OPTION_IAPREFIX);
		break;
	case OPTION_ORO:
		m->option_request = value;
		break;
	case OPTION_STATUS_CODE:
		m->status = cur_be16(&value);
		m->has_status = !value.short_read;
		break;
	case OPTION_USER_CLASS:
		m->user_class = value;
		break;
	case OPTION_VENDOR_CLASS:
		m->vendor_class = value;
		break;
	case OPTION_CLIENT_FQDN:
		read_fqdn(m, value);
		break;
	default:
		break;
	}
}

/* One relay message. *inner: the message in it; empty when there is none. */
static bool
read_relay(struct dhcpv6_message *m, struct cursor in, struct cursor *inner)
{
	uint16_t code;
	struct cursor value;
	const uint8_t *peer;

	*inner = cursor_over(NULL, 0);
	m->interface_id = m->remote_id = m->subscriber_id = *inner;
	m->has_mac = false;
	cur_skip(&in, 17);		/* hop count, link address */
	peer = cur_take(&in, 16);
	if (peer == NULL)
		return false;
	m->relayed = true;
	m->relay_peer = addr_from_ipv6(peer);
	while (next_option(&in, &code, &value)) {
		if (code == OPTION_RELAY_MSG)
			*inner = value;
		else if (code == OPTION_INTERFACE_ID)
			m->interface_id = value;
		else if (code == OPTION_REMOTE_ID)
			m->remote_id = value;
		else if (code == OPTION_SUBSCRIBER_ID)
			m->subscriber_id = value;
		else if (code == OPTION_CLIENT_LINKLAYER_ADDR
		    && cur_be16(&value) == HARDWARE_ETHERNET)
			keep_mac(m, value);
	}
	return !in.short_read;
}

bool
dhcpv6_message_read(struct dhcpv6_message *m, struct cursor in, bool cut)
{
	uint16_t code;
	struct cursor value;

	memset(m, 0, sizeof(*m));
	for (unsigned relays = 0; is_relay(m->type = cur_u8(&in)); relays++)
		if (relays == DHCPV6_RELAYS_MAX || !read_relay(m, in, &in))
			return false;
	m->transaction = cur_be24(&in);
	if (in.short_read || m->type == 0 || m->type >= DHCPV6_TYPE_N)
		return false;
	while (next_option(&in, &code, &value))
		read_option(m, code, value);
	read_duid(m);			/* keeps what the relay said */
	return !in.short_read || cut;
}
