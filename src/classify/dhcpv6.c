/* SPDX-License-Identifier: Apache-2.0 */
/* dhcpv6.c - DHCP for IPv6 (RFC 8415): which host was given which addresses and prefixes, and
 * what it says of itself.
 *
 * Every message stands alone, as with IPv4 (dhcp.c): a reply names its client by DUID. */
#include <string.h>

#include "addr.h"
#include "dhcp_text.h"
#include "dhcpv6_message.h"
#include "macros.h"
#include "parser.h"
#include "signalling.h"

enum {
	F_TYPE, F_DUID, F_MAC, F_FQDN, F_VENDOR_CLASS, F_ENTERPRISE, F_USER_CLASS, F_REQUESTED,
	F_ADDRESS, F_PREFIX, F_LIFETIME, F_STATUS, F_RELAY_PEER, F_INTERFACE_ID, F_REMOTE_ID,
	F_SUBSCRIBER_ID
};

static const struct field dhcpv6_fields[] = {
	[F_TYPE] = { "dhcpv6.message_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "solicit, advertise, request, reply ...; of a relayed message the inner one's" },
	[F_DUID] = { "dhcpv6.client_duid", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "unique identifier of the client (option 1)" },
	[F_MAC] = { "dhcpv6.client_mac", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "link-layer address of the client, by its relay (option 79) or in its DUID" },
	[F_FQDN] = { "dhcpv6.fqdn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "fully qualified domain name of the client (option 39)" },
	[F_VENDOR_CLASS] = { "dhcpv6.vendor_class", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "vendor class of the client (option 16)" },
	[F_ENTERPRISE] = { "dhcpv6.vendor_enterprise", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "enterprise number of the vendor class (option 16)" },
	[F_USER_CLASS] = { "dhcpv6.user_class", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "user class of the client (option 15)" },
	[F_REQUESTED] = { "dhcpv6.option_request", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "options asked for, in their order (option 6): tells the client's software" },
	[F_ADDRESS] = { "dhcpv6.address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address in an identity association: asked for, given or given back" },
	[F_PREFIX] = { "dhcpv6.prefix", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "delegated prefix: asked for, given or given back" },
	[F_LIFETIME] = { "dhcpv6.valid_lifetime", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "seconds that an address or prefix is valid; 0: no longer" },
	[F_STATUS] = { "dhcpv6.status", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "status code of a message (option 13)" },
	[F_RELAY_PEER] = { "dhcpv6.relay_peer", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "client or relay that a relay agent speaks for" },
	[F_INTERFACE_ID] = { "dhcpv6.relay_interface_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "relay agent's interface towards the client (option 18)" },
	[F_REMOTE_ID] = { "dhcpv6.relay_remote_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "relay agent's name for the client, with its enterprise (option 37; RFC 4649)" },
	[F_SUBSCRIBER_ID] = { "dhcpv6.relay_subscriber_id", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "relay agent's subscriber (option 38; RFC 4580)" },
};
#define ID(row) FIELD_ID(PARSER_dhcpv6, row)

struct dhcpv6_state {
	uint8_t messages;	/* whose fields were kept: DHCP_FIELD_MESSAGES */
};

/* --- fields --- */

static void
put(struct parse *p, unsigned row, struct cursor value)
{
	if (cur_left(&value) != 0)
		parse_cursor(p, ID(row), value);
}

/* Options 15 and 16: data with a length of two octets before each (RFC 8415, 21.15). */
static void
put_classes(struct parse *p, unsigned row, struct cursor in)
{
	while (cur_left(&in) != 0) {
		struct cursor datum = cur_sub(&in, cur_be16(&in));

		if (in.short_read)
			return;
		put(p, row, datum);
	}
}

static void
put_vendor_class(struct parse *p, struct cursor in)
{
	uint32_t enterprise = cur_be32(&in);

	if (in.short_read)
		return;
	parse_uint(p, ID(F_ENTERPRISE), enterprise);
	put_classes(p, F_VENDOR_CLASS, in);
}

static void
put_leases(struct parse *p, const struct dhcpv6_message *m)
{
	for (unsigned i = 0; i < m->n_leases; i++) {
		const struct dhcpv6_lease *lease = &m->lease[i];
		char text[CIDR_TEXT_MAX];

		if (lease->block.len == 128 && !lease->prefix)
			parse_addr(p, ID(F_ADDRESS), &lease->block.base);
		else
			parse_text(p, ID(F_PREFIX), text, cidr_text(&lease->block, text));
		parse_uint(p, ID(F_LIFETIME), lease->valid_s);
	}
}

static void
put_relays(struct parse *p, const struct dhcpv6_message *m)
{
	if (m->relayed)
		parse_addr(p, ID(F_RELAY_PEER), &m->relay_peer);
	put(p, F_INTERFACE_ID, m->interface_id);
	put(p, F_REMOTE_ID, m->remote_id);
	put(p, F_SUBSCRIBER_ID, m->subscriber_id);
}

static void
put_fields(struct parse *p, const struct dhcpv6_message *m)
{
	const char *name = dhcpv6_type_name(m->type);
	char text[DHCP_LIST_MAX], mac[DHCP_MAC_TEXT];
	size_t len = dhcp_list_text(text, m->option_request, 2);

	if (name != NULL)
		parse_text(p, ID(F_TYPE), name, strlen(name));
	put(p, F_DUID, m->duid);
	if (m->has_mac) {
		dhcp_mac_text(mac, m->mac);
		parse_text(p, ID(F_MAC), mac, sizeof(mac));
	}
	if (m->fqdn_len != 0)
		parse_text(p, ID(F_FQDN), m->fqdn, m->fqdn_len);
	put_vendor_class(p, m->vendor_class);
	put_classes(p, F_USER_CLASS, m->user_class);
	if (len != 0)
		parse_text(p, ID(F_REQUESTED), text, len);
	put_leases(p, m);
	if (m->has_status)
		parse_uint(p, ID(F_STATUS), m->status);
	put_relays(p, m);
}

/* --- telling --- */

/* First datum of the vendor class. */
static struct cursor
first_vendor_class(struct cursor in)
{
	struct cursor datum;

	cur_skip(&in, 4);		/* enterprise number */
	datum = cur_sub(&in, cur_be16(&in));
	return in.short_read ? cursor_over(NULL, 0) : datum;
}

/* A message of the client, filled but for its act and addresses. NULL: no room. */
static struct signalling *
begin(struct parse *p, const struct dhcpv6_message *m)
{
	struct signalling *s = parse_tell(p);
	struct cursor vendor = first_vendor_class(m->vendor_class);

	if (s == NULL)
		return NULL;
	s->source = SIGNALLED_DHCPV6;
	s->phase = SIGNALLING_NOTICE;
	s->type = m->type;
	s->sequence = m->transaction;
	s->session = parse_hash(p, m->duid.at, cur_left(&m->duid));
	s->has_mac = m->has_mac;
	memcpy(s->mac, m->mac, sizeof(s->mac));
	signalling_copy_name(s->host_name, SIGNALLING_NAME_MAX, m->fqdn, m->fqdn_len);
	signalling_copy_name(s->vendor_class, SIGNALLING_NAME_MAX, vendor.at, cur_left(&vendor));
	return s;
}

enum which { ALL, VALID, EXPIRED };

static bool
add_leases(struct signalling *s, const struct dhcpv6_message *m, enum which which)
{
	for (unsigned i = 0; i < m->n_leases; i++) {
		const struct dhcpv6_lease *lease = &m->lease[i];

		if (!lease->sound || (which != ALL && (lease->valid_s != 0) != (which == VALID)))
			continue;
		signalling_add_addr(s, &lease->block.base, lease->block.len);
	}
	s->cut |= m->leases_cut;
	return s->n_ue != 0;
}

static void
tell_leases(struct parse *p, const struct dhcpv6_message *m, enum signalling_act act,
    enum which which)
{
	struct signalling *s = begin(p, m);

	if (s == NULL)
		return;
	s->act = (uint8_t)act;
	if (!add_leases(s, m, which))
		parse_untell(p);
}

/* A reply does not say what it answers, but lifetimes do: addresses with one are given, those
 * without are taken away (RFC 8415, 18.2.10.1). */
static void
tell(struct parse *p, const struct dhcpv6_message *m)
{
	struct signalling *s;

	if (cur_left(&m->duid) == 0)
		return;
	switch ((enum dhcpv6_type)m->type) {
	case DHCPV6_REPLY:
		tell_leases(p, m, SIGNALLING_CREATE, VALID);
		tell_leases(p, m, SIGNALLING_DELETE, EXPIRED);
		return;
	case DHCPV6_RELEASE: case DHCPV6_DECLINE:
		tell_leases(p, m, SIGNALLING_DELETE, ALL);
		return;
	case DHCPV6_CONFIRM: case DHCPV6_RENEW: case DHCPV6_REBIND:
		s = begin(p, m);
		if (s != NULL)
			(void)add_leases(s, m, ALL);	/* it has them */
		return;
	case DHCPV6_SOLICIT: case DHCPV6_REQUEST: case DHCPV6_INFORMATION_REQUEST:
		(void)begin(p, m);
		return;
	default:		/* an advertisement is no lease yet */
		return;
	}
}

/* --- the parser --- */

static enum probe_result
dhcpv6_probe(const struct parse *p, struct cursor in, bool on_port)
{
	return on_port && dhcpv6_looks_sound(in, p->truncated) ? PROBE_YES : PROBE_NO;
}

static enum parse_result
dhcpv6_parse(struct parse *p, struct cursor *in)
{
	struct dhcpv6_state *st = p->state;
	const struct flow *flow = p->flow;
	struct dhcpv6_message m;
	bool sound = dhcpv6_message_read(&m, *in, p->truncated);

	cur_skip(in, cur_left(in));
	if (!sound)
		return p->truncated ? PARSE_MORE : PARSE_WRONG;
	if (st->messages < DHCP_FIELD_MESSAGES) {
		st->messages++;
		put_fields(p, &m);
	}
	tell(p, &m);
	p->reversed = p->dir == TO_SERVER && dhcpv6_from_server(m.type)
	    && flow->pkts[TO_SERVER] + flow->pkts[TO_CLIENT] <= 1
	    && !addr_is_multicast(flow_responder(flow));
	return PARSE_MORE;
}

const struct app_parser dhcpv6_parser = {
	.name = "dhcpv6", .spec = "RFC 8415",
	.udp = true, .ports = { 546, 547 },
	.signalling = true,
	.role = ROLE_SIGNALLING, .role_confidence = 60,
	.state_size = sizeof(struct dhcpv6_state),
	.probe = dhcpv6_probe, .parse = dhcpv6_parse,
	.fields = dhcpv6_fields, .n_fields = ARRAY_LEN(dhcpv6_fields),
};
