/* SPDX-License-Identifier: Apache-2.0 */
/* radius.c - RADIUS: authentication (RFC 2865), accounting (RFC 2866) and dynamic authorization
 * (RFC 5176), with what 3GPP networks add (TS 29.061, 16.4). */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "radius_attributes.h"
#include "signalling.h"

/* | code 8 | identifier 8 | length 16 | authenticator 128 | attributes |; the length counts all.
 * What is behind it in the datagram is padding (RFC 2865, 3). */
enum {
	HEADER_OCTETS = 20, AUTHENTICATOR_OCTETS = 16, LENGTH_MAX = 4096,
	RECORDED_MAX = 16,	/* messages whose fields are written: such a flow lives for months */
	CODE_MAX = 45
};
enum {
	CODE_ACCESS_REQUEST = 1, CODE_ACCESS_ACCEPT = 2, CODE_ACCESS_REJECT = 3,
	CODE_ACCOUNTING_REQUEST = 4, CODE_DISCONNECT_NAK = 42, CODE_COA_NAK = 45
};

static const struct field radius_fields[] = {
	[RADIUS_F_CODE] = { "radius.code", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "access_request, accounting_request, disconnect_ack ..." },
	[RADIUS_F_STATUS] = { "radius.acct_status", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "start, stop, interim, on, off" },
	[RADIUS_F_NAS_ADDRESS] = { "radius.nas_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "NAS-IP-Address, NAS-IPv6-Address: who has the sessions" },
	[RADIUS_F_NAS_IDENTIFIER] = { "radius.nas_identifier", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "NAS-Identifier" },
	[RADIUS_F_CALLED] = { "radius.called_station_id", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Called-Station-Id: APN, access point or dialled number" },
	[RADIUS_F_TERMINATE_CAUSE] = { "radius.terminate_cause", FIELD_UINT, MATCH_NONE,
	    FIELD_MANY, NULL, "Acct-Terminate-Cause (RFC 2866, 5.10)" },
	[RADIUS_F_EVENT_TIME] = { "radius.event_timestamp", FIELD_UINT, MATCH_NONE, FIELD_MANY,
	    NULL, "Event-Timestamp, seconds since 1970 by the clock of the NAS" },
	[RADIUS_F_PORT_TYPE] = { "radius.nas_port_type", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "NAS-Port-Type: 15 Ethernet, 18 mobile, 19 wireless LAN ..." },
	[RADIUS_F_PDP_TYPE] = { "radius.3gpp.pdp_type", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "3GPP-PDP-Type: 0 IPv4, 2 IPv6, 3 both, 4 non-IP, 6 Ethernet" },
	[RADIUS_F_SGSN] = { "radius.3gpp.sgsn_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "SGSN, SGW or AMF that serves the device" },
	[RADIUS_F_GGSN] = { "radius.3gpp.ggsn_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "GGSN, PGW or SMF that has the session" },
	[RADIUS_F_CHARGING_GATEWAY] = { "radius.3gpp.charging_gateway", FIELD_IP, MATCH_NONE,
	    FIELD_MANY, NULL, "3GPP-CG-Address" },
	[RADIUS_F_IMSI_PLMN] = { "radius.3gpp.imsi_mcc_mnc", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "home network" },
	[RADIUS_F_GGSN_PLMN] = { "radius.3gpp.ggsn_mcc_mnc", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "network of the GGSN" },
	[RADIUS_F_SGSN_PLMN] = { "radius.3gpp.sgsn_mcc_mnc", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "serving network" },
	[RADIUS_F_NSAPI] = { "radius.3gpp.nsapi", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "bearer that the session is of" },
	[RADIUS_F_SELECTION_MODE] = { "radius.3gpp.selection_mode", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY, NULL, "0: the APN is subscribed, 1: the device chose, 2: the network chose" },
	[RADIUS_F_CHARGING] = { "radius.3gpp.charging_characteristics", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY, NULL, "3GPP-Charging-Characteristics" },
	[RADIUS_F_RAT] = { "radius.3gpp.rat_type", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "3GPP-RAT-Type (TS 29.061, 16.4.7.2)" },
};

/* An Access-Request asks, and so do Disconnect and CoA: what comes of it is in the answer or in
 * accounting. */
struct kind {
	const char *name;
	uint8_t act, phase;
};
#define KIND(act, phase) SIGNALLING_##act, SIGNALLING_##phase
static const struct kind kinds[CODE_MAX + 1] = {
	[1] = { "access_request", KIND(TELL, REQUEST) },
	[2] = { "access_accept", KIND(TELL, ANSWER) },
	[3] = { "access_reject", KIND(TELL, ANSWER) },
	[4] = { "accounting_request", KIND(TELL, REQUEST) },
	[5] = { "accounting_response", KIND(TELL, ANSWER) },
	[11] = { "access_challenge", KIND(TELL, ANSWER) },
	[12] = { "status_server", KIND(NODE, REQUEST) },
	[13] = { "status_client", KIND(NODE, REQUEST) },
	[40] = { "disconnect_request", KIND(TELL, REQUEST) },
	[41] = { "disconnect_ack", KIND(DELETE, ANSWER) },
	[42] = { "disconnect_nak", KIND(TELL, ANSWER) },
	[43] = { "coa_request", KIND(TELL, REQUEST) },
	[44] = { "coa_ack", KIND(TELL, ANSWER) },
	[45] = { "coa_nak", KIND(TELL, ANSWER) },
};

struct message {
	uint8_t code, identifier;
	const struct kind *kind;
	struct cursor attributes;
};

struct state {
	uint16_t recorded;	/* messages whose fields were written */
};

/* --- framing --- */

static bool
is_padding(struct cursor in)
{
	while (cur_left(&in) != 0)
		if (cur_u8(&in) != 0)
			return false;
	return true;
}

/* Take the header; `in` is left on what is behind the message. */
static bool
read_header(const struct parse *p, struct cursor *in, struct message *m)
{
	uint16_t len;

	m->code = cur_u8(in);
	m->identifier = cur_u8(in);
	len = cur_be16(in);
	cur_skip(in, AUTHENTICATOR_OCTETS);
	if (in->short_read || m->code > CODE_MAX || kinds[m->code].name == NULL
	    || len < HEADER_OCTETS || len > LENGTH_MAX)
		return false;
	m->kind = &kinds[m->code];
	m->attributes = cur_sub(in, len - HEADER_OCTETS);
	m->attributes.short_read = false;	/* told by `in` */
	return !in->short_read || p->truncated;
}

static enum probe_result
radius_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m;
	unsigned proof;

	if (!p->datagram || !read_header(p, &in, &m))
		return PROBE_NO;
	if (p->truncated)
		return on_port ? PROBE_YES : PROBE_NO;
	if (!radius_attributes_add_up(m.attributes) || !is_padding(in))
		return PROBE_NO;
	if (on_port)
		return PROBE_YES;
	proof = radius_attributes_proof(m.attributes);
	/* elsewhere by what a request must have (RFC 2865, 5.44; RFC 2866, 5.13) */
	switch (m.code) {
	case CODE_ACCESS_REQUEST:
		return (proof & RADIUS_HAS_NAS) && (proof & RADIUS_HAS_USER) ? PROBE_YES : PROBE_NO;
	case CODE_ACCOUNTING_REQUEST:
		return (proof & RADIUS_HAS_STATUS) && (proof & RADIUS_HAS_SESSION_ID) ? PROBE_YES
		    : PROBE_NO;
	default:
		return PROBE_NO;
	}
}

/* --- one message --- */

static uint8_t
act_of_status(uint32_t status)
{
	switch (status) {
	case RADIUS_START:
		return SIGNALLING_CREATE;
	case RADIUS_STOP:
		return SIGNALLING_DELETE;
	case RADIUS_INTERIM:
		return SIGNALLING_MODIFY;
	case RADIUS_ON:
	case RADIUS_OFF:
		return SIGNALLING_NODE_DOWN;
	default:		/* tunnels and links (RFC 2867), failures */
		return SIGNALLING_TELL;
	}
}

static void
record_status(struct radius_reading *r)
{
	static const char *const names[] = { [RADIUS_START] = "start", [RADIUS_STOP] = "stop",
		[RADIUS_INTERIM] = "interim", [RADIUS_ON] = "on", [RADIUS_OFF] = "off" };
	const char *name = r->status < ARRAY_LEN(names) ? names[r->status] : NULL;

	if (name != NULL)
		parse_text(r->parse, FIELD_ID(PARSER_radius, RADIUS_F_STATUS), name, strlen(name));
}

/* A client has 256 identifiers for each port of its own, and uses them for each server and port
 * (RFC 2865, 3): identifier, the server's port, the client's. */
static uint32_t
sequence_of(const struct signalling *s, uint8_t identifier)
{
	bool answer = s->phase == SIGNALLING_ANSWER;
	uint16_t client = answer ? s->to_port : s->from_port;
	uint16_t server = answer ? s->from_port : s->to_port;

	return (uint32_t)client << 16 | (server & 0xffu) << 8 | identifier;
}

static void
fill_act(struct radius_reading *r, const struct message *m)
{
	struct signalling *s = r->s;

	s->refused = m->code == CODE_ACCESS_REJECT || m->code == CODE_DISCONNECT_NAK
	    || m->code == CODE_COA_NAK;
	if (m->code == CODE_ACCOUNTING_REQUEST)
		s->act = act_of_status(r->status);
	/* What is asked for or only names a session is not given by it. */
	if (m->code == CODE_ACCESS_ACCEPT || (r->status >= RADIUS_START
	    && r->status <= RADIUS_INTERIM && m->code == CODE_ACCOUNTING_REQUEST))
		radius_tell_addrs(r);
	if (m->code == CODE_ACCESS_ACCEPT && s->n_ue != 0)
		s->act = SIGNALLING_CREATE;
}

static void
read_message(struct parse *p, const struct message *m)
{
	struct state *st = p->state;
	struct signalling *s = parse_tell(p);
	struct radius_reading r = { .parse = p, .s = s };

	if (s == NULL)
		return;
	s->source = SIGNALLED_RADIUS;
	s->act = m->kind->act;
	s->phase = m->kind->phase;
	s->type = m->code;
	s->sequence = sequence_of(s, m->identifier);
	r.recorded = st->recorded < RECORDED_MAX;
	if (r.recorded)
		parse_text(p, FIELD_ID(PARSER_radius, RADIUS_F_CODE), m->kind->name,
		    strlen(m->kind->name));
	radius_read_attributes(&r, m->attributes);
	if (r.recorded)
		record_status(&r);
	st->recorded += r.recorded;
	radius_conclude(&r);
	fill_act(&r, m);
}

static enum parse_result
radius_parse(struct parse *p, struct cursor *in)
{
	struct message m;

	if (!read_header(p, in, &m)
	    || (!p->truncated && !radius_attributes_add_up(m.attributes)))
		return p->truncated ? PARSE_MORE : PARSE_WRONG;
	read_message(p, &m);
	cur_skip(in, cur_left(in));
	p->reversed = m.kind->phase == SIGNALLING_ANSWER && p->dir == TO_SERVER
	    && p->flow->pkts[TO_CLIENT] == 0;
	return PARSE_MORE;
}

const struct app_parser radius_parser = {
	.name = "radius", .spec = "RFC 2865",
	.udp = true, .signalling = true, .ports = { 1812, 1813, 1645, 1646, 3799 },
	.role = ROLE_SIGNALLING, .role_confidence = 95,
	.state_size = sizeof(struct state),
	.probe = radius_probe, .parse = radius_parse,
	.fields = radius_fields, .n_fields = ARRAY_LEN(radius_fields),
};
