/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp.c - DHCP for IPv4 and BOOTP (RFC 2131, RFC 2132, RFC 951): which host was given which
 * address, and what it says of itself.
 *
 * Every message stands alone: a client without an address asks from 0.0.0.0 and is answered at
 * the address that it is given or at all ones, so ends do not pair a request with its answer.
 * An answer names its client by hardware address, which is enough. */
#include <string.h>

#include "addr.h"
#include "dhcp_message.h"
#include "dhcp_text.h"
#include "macros.h"
#include "parser.h"
#include "signalling.h"

enum {
	F_TYPE, F_MAC, F_CLIENT_ID, F_HOST_NAME, F_FQDN, F_VENDOR_CLASS, F_ENTERPRISE,
	F_USER_CLASS, F_PARAMETERS, F_REQUESTED, F_ASSIGNED, F_LEASE, F_SERVER, F_RELAY,
	F_CIRCUIT_ID, F_REMOTE_ID, F_SUBSCRIBER_ID
};

static const struct field dhcp_fields[] = {
	[F_TYPE] = { "dhcp.message_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "discover, offer, request, ack ...; bootp for a message without a type" },
	[F_MAC] = { "dhcp.client_mac", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "hardware address of the client (chaddr)" },
	[F_CLIENT_ID] = { "dhcp.client_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "client identifier (option 61)" },
	[F_HOST_NAME] = { "dhcp.host_name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "host name (option 12)" },
	[F_FQDN] = { "dhcp.fqdn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "fully qualified domain name of the client (option 81)" },
	[F_VENDOR_CLASS] = { "dhcp.vendor_class", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "vendor class of the client (options 60 and 124)" },
	[F_ENTERPRISE] = { "dhcp.vendor_enterprise", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "enterprise number of a vendor class (option 124)" },
	[F_USER_CLASS] = { "dhcp.user_class", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "user class of the client (option 77)" },
	[F_PARAMETERS] = { "dhcp.parameter_list", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "options asked for, in their order (option 55): tells the client's software" },
	[F_REQUESTED] = { "dhcp.requested_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address that the client asks for or declines (option 50)" },
	[F_ASSIGNED] = { "dhcp.assigned_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address that the client is given or offered (yiaddr)" },
	[F_LEASE] = { "dhcp.lease_time", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "seconds that the address is asked for or given (option 51)" },
	[F_SERVER] = { "dhcp.server_id", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "server that speaks or is meant (option 54)" },
	[F_RELAY] = { "dhcp.relay_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "first relay agent on the way (giaddr)" },
	[F_CIRCUIT_ID] = { "dhcp.relay_circuit_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "relay agent's port of the client (option 82, 1)" },
	[F_REMOTE_ID] = { "dhcp.relay_remote_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "relay agent's name for the client (option 82, 2)" },
	[F_SUBSCRIBER_ID] = { "dhcp.relay_subscriber_id", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "relay agent's subscriber (option 82, 6; RFC 3993)" },
};
#define ID(row) FIELD_ID(PARSER_dhcp, row)

struct dhcp_state {
	uint8_t messages;	/* whose fields were kept: DHCP_FIELD_MESSAGES */
};

/* --- fields --- */

static void
put(struct parse *p, unsigned row, struct cursor value)
{
	if (cur_left(&value) != 0)
		parse_cursor(p, ID(row), value);
}

static void
put_option_addr(struct parse *p, unsigned row, struct cursor value)
{
	struct addr a = dhcp_read_ipv4(&value);

	if (!value.short_read && dhcp_has_ipv4(&a))
		parse_addr(p, ID(row), &a);
}

static void
put_type(struct parse *p, uint8_t type)
{
	static const char *const names[DHCP_MESSAGE_TYPE_N] = {
		"bootp", "discover", "offer", "request", "decline", "ack", "nak", "release",
		"inform", "forcerenew", "leasequery", "leaseunassigned", "leaseunknown",
		"leaseactive"
	};

	if (type < DHCP_MESSAGE_TYPE_N)
		parse_text(p, ID(F_TYPE), names[type], strlen(names[type]));
}

/* RFC 3004, 4: each class has its length before it. Windows sends one without, so lengths that
 * do not add up are text. */
static void
put_user_class(struct parse *p, struct cursor value)
{
	struct cursor in = value;

	while (cur_left(&in) != 0) {
		uint8_t len = cur_u8(&in);

		cur_skip(&in, len);
		in.short_read |= len == 0;
		if (in.short_read) {
			put(p, F_USER_CLASS, value);
			return;
		}
	}
	while (cur_left(&value) != 0)
		put(p, F_USER_CLASS, cur_sub(&value, cur_u8(&value)));
}

/* RFC 3925, 3: enterprise number, length, and in it data with a length before each. Gives the
 * first datum of the first enterprise that has one. */
static struct cursor
read_vendor_classes(struct parse *p, struct cursor in, bool write)
{
	struct cursor first = cursor_over(NULL, 0);

	while (cur_left(&in) != 0) {
		uint32_t enterprise = cur_be32(&in);
		struct cursor data = cur_sub(&in, cur_u8(&in)), datum;

		if (in.short_read)
			break;
		datum = cur_sub(&data, cur_u8(&data));
		if (write) {
			parse_uint(p, ID(F_ENTERPRISE), enterprise);
			put(p, F_VENDOR_CLASS, datum);
		}
		if (cur_left(&first) == 0)
			first = datum;
	}
	return first;
}

/* RFC 3046, 2: sub-options of code and length. */
static void
put_relay_info(struct parse *p, struct cursor in)
{
	while (cur_left(&in) != 0) {
		uint8_t code = cur_u8(&in);
		struct cursor value = cur_sub(&in, cur_u8(&in));

		if (in.short_read)
			return;
		if (code == 1)
			put(p, F_CIRCUIT_ID, value);
		else if (code == 2)
			put(p, F_REMOTE_ID, value);
		else if (code == 6)
			put(p, F_SUBSCRIBER_ID, value);
	}
}

static bool
has_mac(const struct dhcp_message *m)
{
	return m->htype == DHCP_HTYPE_ETHERNET && m->hlen == 6 && dhcp_mac_sound(m->chaddr);
}

static void
put_client(struct parse *p, const struct dhcp_message *m)
{
	const struct dhcp_options *o = &m->options;
	char text[DHCP_LIST_MAX], mac[DHCP_MAC_TEXT];
	size_t len = dhcp_list_text(text, dhcp_option(o, DHCP_PARAMETER_LIST), 1);

	if (has_mac(m)) {
		dhcp_mac_text(mac, m->chaddr);
		parse_text(p, ID(F_MAC), mac, sizeof(mac));
	}
	put(p, F_CLIENT_ID, dhcp_option(o, DHCP_CLIENT_ID));
	put(p, F_HOST_NAME, dhcp_option_text(o, DHCP_HOST_NAME));
	if (m->fqdn_len != 0)
		parse_text(p, ID(F_FQDN), m->fqdn, m->fqdn_len);
	put(p, F_VENDOR_CLASS, dhcp_option_text(o, DHCP_VENDOR_CLASS));
	(void)read_vendor_classes(p, dhcp_option(o, DHCP_VENDOR_CLASSES), true);
	put_user_class(p, dhcp_option(o, DHCP_USER_CLASS));
	if (len != 0)
		parse_text(p, ID(F_PARAMETERS), text, len);
}

static void
put_fields(struct parse *p, const struct dhcp_message *m)
{
	const struct dhcp_options *o = &m->options;
	struct cursor lease = dhcp_option(o, DHCP_LEASE_TIME);

	put_type(p, m->type);
	put_client(p, m);
	put_option_addr(p, F_REQUESTED, dhcp_option(o, DHCP_REQUESTED_ADDRESS));
	if (dhcp_has_ipv4(&m->yiaddr))
		parse_addr(p, ID(F_ASSIGNED), &m->yiaddr);
	if (cur_left(&lease) >= 4)
		parse_uint(p, ID(F_LEASE), cur_be32(&lease));
	put_option_addr(p, F_SERVER, dhcp_option(o, DHCP_SERVER_ID));
	if (dhcp_has_ipv4(&m->giaddr))
		parse_addr(p, ID(F_RELAY), &m->giaddr);
	put_relay_info(p, dhcp_option(o, DHCP_RELAY_INFO));
}

/* --- telling --- */

/* What a message means for who has which address. False: nothing. */
static bool
meaning(struct signalling *s, const struct dhcp_message *m)
{
	struct cursor requested = dhcp_option(&m->options, DHCP_REQUESTED_ADDRESS);
	struct addr a = dhcp_read_ipv4(&requested);

	s->act = SIGNALLING_TELL;
	switch ((enum dhcp_message_type)m->type) {
	case DHCP_DISCOVER:
		return true;
	case DHCP_REQUEST: case DHCP_INFORM: case DHCP_LEASEACTIVE:	/* has ciaddr (4.3.1) */
		signalling_add_addr(s, &m->ciaddr, 128);
		return true;
	case DHCP_BOOTP:
		if (m->op == DHCP_OP_REQUEST)
			return true;
		/* FALLTHROUGH */
	case DHCP_ACK:
		if (dhcp_has_ipv4(&m->yiaddr)) {
			s->act = SIGNALLING_CREATE;
			signalling_add_addr(s, &m->yiaddr, 128);
		} else {		/* answers an INFORM (4.3.5) */
			signalling_add_addr(s, &m->ciaddr, 128);
		}
		return true;
	case DHCP_NAK:
		s->act = SIGNALLING_CREATE;
		s->refused = true;
		return true;
	case DHCP_RELEASE: case DHCP_LEASEUNASSIGNED:
		s->act = SIGNALLING_DELETE;
		signalling_add_addr(s, &m->ciaddr, 128);
		return s->n_ue != 0;
	case DHCP_DECLINE:		/* somebody else has it (4.4.4) */
		s->act = SIGNALLING_DELETE;
		signalling_add_addr(s, &a, 128);
		return s->n_ue != 0;
	default:		/* an offer is no lease yet; the others name no client */
		return false;
	}
}

/* Answers often leave the client identifier out (before RFC 6842), so a client is known by its
 * hardware address; without one (RFC 4390) by the identifier. 0: by neither. */
static uint64_t
client_hash(const struct parse *p, const struct dhcp_message *m)
{
	static const uint8_t zeros[DHCP_CHADDR_OCTETS];
	struct cursor id = dhcp_option(&m->options, DHCP_CLIENT_ID);

	if (m->hlen != 0 && memcmp(m->chaddr, zeros, m->hlen) != 0)
		return parse_hash(p, m->chaddr, m->hlen);
	return cur_left(&id) == 0 ? 0 : parse_hash(p, id.at, cur_left(&id));
}

static void
set_names(struct parse *p, struct signalling *s, const struct dhcp_message *m)
{
	struct cursor name = dhcp_option_text(&m->options, DHCP_HOST_NAME);
	struct cursor vendor = dhcp_option_text(&m->options, DHCP_VENDOR_CLASS);

	if (cur_left(&name) == 0)
		name = cursor_over(m->fqdn, m->fqdn_len);
	signalling_copy_name(s->host_name, SIGNALLING_NAME_MAX, name.at, cur_left(&name));
	if (m->op != DHCP_OP_REQUEST)	/* a server's vendor class is its own */
		return;
	if (cur_left(&vendor) == 0)
		vendor = read_vendor_classes(p, dhcp_option(&m->options, DHCP_VENDOR_CLASSES),
		    false);
	signalling_copy_name(s->vendor_class, SIGNALLING_NAME_MAX, vendor.at, cur_left(&vendor));
}

static void
tell(struct parse *p, const struct dhcp_message *m)
{
	struct signalling *s = parse_tell(p);

	if (s == NULL)
		return;
	s->source = SIGNALLED_DHCPV4;
	s->phase = SIGNALLING_NOTICE;
	s->type = m->type;
	s->sequence = m->xid;
	s->session = client_hash(p, m);
	s->has_mac = has_mac(m);
	if (s->has_mac)
		memcpy(s->mac, m->chaddr, sizeof(s->mac));
	set_names(p, s, m);
	if (!meaning(s, m) || (s->session == 0 && s->n_ue == 0))
		parse_untell(p);
}

/* --- the parser --- */

static enum probe_result
dhcp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t op = cur_u8(&in), htype = cur_u8(&in), hlen = cur_u8(&in), hops = cur_u8(&in);
	size_t len = cur_left(&in) + 4;

	if (!on_port || !dhcp_head_sound(op, hlen, hops) || len < DHCP_HEADER_OCTETS)
		return PROBE_NO;
	cur_skip(&in, DHCP_HEADER_OCTETS - 4);
	if (cur_left(&in) >= 4 && cur_be32(&in) == DHCP_MAGIC_COOKIE)
		return PROBE_YES;
	return htype == DHCP_HTYPE_ETHERNET && hlen == 6
	    && (len >= DHCP_BOOTP_OCTETS || p->truncated) ? PROBE_YES : PROBE_NO;
}

static enum parse_result
dhcp_parse(struct parse *p, struct cursor *in)
{
	struct dhcp_state *st = p->state;
	const struct flow *flow = p->flow;
	struct dhcp_message m;
	bool sound = dhcp_message_read(&m, *in, p->truncated);

	cur_skip(in, cur_left(in));
	if (!sound)
		return p->truncated ? PARSE_MORE : PARSE_WRONG;
	if (st->messages < DHCP_FIELD_MESSAGES) {
		st->messages++;
		put_fields(p, &m);
	}
	tell(p, &m);
	p->reversed = p->dir == TO_SERVER && m.op == DHCP_OP_REPLY
	    && flow->pkts[TO_SERVER] + flow->pkts[TO_CLIENT] <= 1
	    && !addr_is_multicast(flow_responder(flow));
	return PARSE_MORE;
}

const struct app_parser dhcp_parser = {
	.name = "dhcp", .spec = "RFC 2131",
	.udp = true, .ports = { 67, 68, 4011 },	/* the last is PXE's, in the same form */
	.signalling = true,
	.role = ROLE_SIGNALLING, .role_confidence = 60, .state_size = sizeof(struct dhcp_state),
	.probe = dhcp_probe, .parse = dhcp_parse,
	.fields = dhcp_fields, .n_fields = ARRAY_LEN(dhcp_fields),
};
