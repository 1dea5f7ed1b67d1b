/* SPDX-License-Identifier: Apache-2.0 */
/* pfcp.c - Packet Forwarding Control Protocol (TS 29.244; Sxa, Sxb, N4): messages, and which
 * answer belongs to which request. */
#include <assert.h>
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "pfcp_ie.h"
#include "pfcp_rules.h"
#include "signalling.h"

/* Header (7.2.2):
 *
 *	| version 3 | spare 2 | FO 1 | MP 1 | S 1 | type 8 | length 16 | SEID 64, with S |
 *	| sequence 24 | priority 4, with MP | spare 4 |
 *
 * The length counts what is behind it. With FO another message follows. */
enum {
	VERSION_1 = 0x20, VERSION_AND_SPARE = 0xf8, FLAG_S = 1, FLAG_FO = 4,
	MESSAGES_MAX = 16,	/* of one datagram */
	RECORDED_MAX = 16,	/* messages whose fields are written: such a flow lives for months */
	CAUSE_REFUSED = 64,	/* from here on (8.2.1) */
	TYPE_RELEASE_REQUEST = 9, TYPE_RELEASE_RESPONSE = 10, TYPE_VERSION_NOT_SUPPORTED = 11,
	TYPE_ESTABLISHMENT_REQUEST = 50, TYPE_ESTABLISHMENT_RESPONSE = 51,
	TYPE_REPORT_REQUEST = 56, TYPE_MAX = 57
};

enum { F_MESSAGE, F_CAUSE, F_NODE, F_INSTANCE, F_APN, F_SLICE, F_QFI };
static const struct field pfcp_fields[] = {
	[F_MESSAGE] = { "pfcp.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "heartbeat_request, session_establishment_request ..." },
	[F_CAUSE] = { "pfcp.cause", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "of an answer: 1 accepted, from 64 on refused (TS 29.244, 8.2.1)" },
	[F_NODE] = { "pfcp.node_id", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "address or name by which a node calls itself" },
	[F_INSTANCE] = { "pfcp.network_instance", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "network that a rule is for: often the APN, or a name of the UP function's own" },
	[F_APN] = { "pfcp.apn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "APN or DNN" },
	[F_SLICE] = { "pfcp.s_nssai", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "network slice: SST, or SST-SD" },
	[F_QFI] = { "pfcp.qfi", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "QoS flow that a rule is for" },
};
#define ID(row) FIELD_ID(PARSER_pfcp, row)

/* What each type means (7.3, table 7.3-1): name, act, phase, element that it must have (0: none). */
struct kind {
	const char *name;
	uint8_t act, phase;
	uint16_t must;
};
#define KIND(act, phase) SIGNALLING_##act, SIGNALLING_##phase
static const struct kind kinds[TYPE_MAX + 1] = {
	[1] = { "heartbeat_request", KIND(NODE, REQUEST), IE_RECOVERY_TIME_STAMP },
	[2] = { "heartbeat_response", KIND(NODE, ANSWER), IE_RECOVERY_TIME_STAMP },
	[3] = { "pfd_management_request", KIND(NODE, REQUEST), 0 },
	[4] = { "pfd_management_response", KIND(NODE, ANSWER), IE_CAUSE },
	[5] = { "association_setup_request", KIND(NODE, REQUEST), IE_RECOVERY_TIME_STAMP },
	[6] = { "association_setup_response", KIND(NODE, ANSWER), IE_CAUSE },
	[7] = { "association_update_request", KIND(NODE, REQUEST), IE_NODE_ID },
	[8] = { "association_update_response", KIND(NODE, ANSWER), IE_CAUSE },
	[9] = { "association_release_request", KIND(NODE_DOWN, REQUEST), IE_NODE_ID },
	[10] = { "association_release_response", KIND(NODE_DOWN, ANSWER), IE_CAUSE },
	[11] = { "version_not_supported", KIND(NODE, ANSWER), 0 },
	[12] = { "node_report_request", KIND(NODE, REQUEST), IE_NODE_ID },
	[13] = { "node_report_response", KIND(NODE, ANSWER), IE_CAUSE },
	/* of sessions by the node that failed behind their CP function: none that we know */
	[14] = { "session_set_deletion_request", KIND(NODE, REQUEST), IE_NODE_ID },
	[15] = { "session_set_deletion_response", KIND(NODE, ANSWER), IE_CAUSE },
	[16] = { "session_set_modification_request", KIND(NODE, REQUEST), 0 },
	[17] = { "session_set_modification_response", KIND(NODE, ANSWER), IE_CAUSE },
	[50] = { "session_establishment_request", KIND(CREATE, REQUEST), IE_F_SEID },
	[51] = { "session_establishment_response", KIND(CREATE, ANSWER), IE_CAUSE },
	[52] = { "session_modification_request", KIND(MODIFY, REQUEST), 0 },
	[53] = { "session_modification_response", KIND(MODIFY, ANSWER), IE_CAUSE },
	[54] = { "session_deletion_request", KIND(DELETE, REQUEST), 0 },
	[55] = { "session_deletion_response", KIND(DELETE, ANSWER), IE_CAUSE },
	[56] = { "session_report_request", KIND(TELL, REQUEST), 0 },
	[57] = { "session_report_response", KIND(TELL, ANSWER), IE_CAUSE },
};

struct message {
	uint8_t type;
	bool of_session;	/* has an SEID */
	const struct kind *kind;
	uint64_t seid;		/* chosen by the receiver; 0: it has not yet, or none is told */
	uint32_t sequence;
	struct cursor body;	/* the information elements */
};

struct state {
	uint16_t recorded;	/* messages whose fields were written */
	struct pfcp_memory memory;
};
static_assert(sizeof(struct state) <= PARSER_STATE_LARGE, "fits the pool");

/* --- framing --- */

/* Do the elements add up, and is the one that the type must have among them? */
static bool
elements_fit(struct cursor body, uint16_t must, bool *has_must)
{
	struct pfcp_ie ie;

	*has_must = must == 0;
	while (pfcp_next_ie(&body, &ie))
		*has_must |= ie.type == must;
	return !body.short_read;
}

/* Only messages of sessions have an SEID (7.2.2.2, 7.2.2.3); the flag tells where they begin to
 * differ. */
static bool
has_right_head(const struct message *m)
{
	return m->of_session == (m->type >= TYPE_ESTABLISHMENT_REQUEST);
}

/* Take the next message of a datagram. A datagram that was cut short holds what there is. */
static bool
next_message(const struct parse *p, struct cursor *in, struct message *m, bool *follows)
{
	uint8_t flags = cur_u8(in);
	bool cut;

	m->type = cur_u8(in);
	m->body = cur_sub(in, cur_be16(in));
	cut = in->short_read && p->truncated;
	m->body.short_read = false;	/* told by `in` */
	if ((in->short_read && !cut) || (flags & VERSION_AND_SPARE) != VERSION_1
	    || m->type > TYPE_MAX || kinds[m->type].name == NULL)
		return false;
	m->kind = &kinds[m->type];
	m->of_session = (flags & FLAG_S) != 0;
	m->seid = m->of_session ? cur_be64(&m->body) : 0;
	m->sequence = cur_be24(&m->body);
	cur_skip(&m->body, 1);
	*follows = (flags & FLAG_FO) != 0 && !cut;
	return !m->body.short_read;
}

static enum probe_result
pfcp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	bool follows, has_must;
	struct message m;

	if (!p->datagram || !next_message(p, &in, &m, &follows))
		return PROBE_NO;
	if (p->truncated)
		return on_port ? PROBE_YES : PROBE_NO;
	if (!elements_fit(m.body, m.kind->must, &has_must) || (cur_left(&in) != 0) != follows)
		return PROBE_NO;
	/* elsewhere the element that the type must have is asked for */
	return on_port || (m.kind->must != 0 && has_must && has_right_head(&m)) ? PROBE_YES : PROBE_NO;
}

/* --- one message --- */

static void
record_text(const struct pfcp_reading *r, unsigned row, const char *text, size_t len)
{
	if (r->recorded && len != 0)
		parse_text(r->parse, ID(row), text, len);
}

static void
read_node_id(const struct pfcp_reading *r, struct cursor in)
{
	enum { TYPE_IPV4, TYPE_IPV6, TYPE_FQDN };
	uint8_t type = cur_u8(&in) & 0xf;
	const uint8_t *octets = type == TYPE_FQDN ? NULL : cur_take(&in, type == TYPE_IPV4 ? 4 : 16);
	char text[PFCP_NAME_MAX];
	struct addr a;

	if (type == TYPE_FQDN) {
		record_text(r, F_NODE, text, pfcp_read_name(in, text));
	} else if (octets != NULL && type <= TYPE_IPV6) {
		a = type == TYPE_IPV4 ? addr_from_ipv4(octets) : addr_from_ipv6(octets);
		record_text(r, F_NODE, text, addr_text(&a, text));
	}
}

static void
read_f_seid(struct pfcp_reading *r, struct cursor in)
{
	struct pfcp_f_seid f;

	if (!pfcp_read_f_seid(in, &f))
		return;
	r->own_seid = f.seid;
	for (unsigned i = 0; i < f.node.n; i++)
		signalling_add_end(r->s, &(struct signalling_end){ .kind = END_CONTROL,
			.interface = 0xff, .node = f.node.at[i], .id = f.seid });
}

static void
read_number(struct cursor in, uint32_t *to, bool *has)
{
	uint32_t value = cur_be32(&in);

	if (in.short_read)
		return;
	*to = value;
	*has = true;
}

static void
read_cause(const struct pfcp_reading *r, struct cursor in)
{
	uint8_t cause = cur_u8(&in);

	if (in.short_read)
		return;
	r->s->cause = cause;
	r->s->refused = cause >= CAUSE_REFUSED;
	if (r->recorded)
		parse_uint(r->parse, ID(F_CAUSE), cause);
}

/* Elements of the message itself; those of rules are pfcp_rules.c's. */
static void
read_element(struct pfcp_reading *r, const struct pfcp_ie *ie)
{
	char text[PFCP_NAME_MAX];
	size_t len;

	switch (ie->type) {
	case IE_CAUSE:
		read_cause(r, ie->value);
		break;
	case IE_F_SEID:
		read_f_seid(r, ie->value);
		break;
	case IE_NODE_ID:
		read_node_id(r, ie->value);
		break;
	case IE_RECOVERY_TIME_STAMP:
		read_number(ie->value, &r->s->recovery, &r->s->has_recovery);
		break;
	case IE_USER_ID:
		pfcp_read_user_id(ie->value, r->s);
		break;
	case IE_APN_DNN:
		len = pfcp_read_name(ie->value, text);
		record_text(r, F_APN, text, len);
		signalling_set_apn_text(r->s, text, len);
		break;
	case IE_S_NSSAI:
		if (r->recorded)
			record_text(r, F_SLICE, text, pfcp_read_s_nssai(ie->value, text));
		break;
	case IE_RAT_TYPE:
		r->s->rat = cur_peek(&ie->value, 0);
		break;
	default:
		pfcp_read_rule(r, ie);
	}
}

/* The UP function has the tunnels and gives out addresses: it answers all but reports. */
static void
name_up_function(struct signalling *s, uint8_t type)
{
	bool of_cp = type == TYPE_RELEASE_REQUEST
	    || (type >= TYPE_ESTABLISHMENT_REQUEST && s->phase == SIGNALLING_REQUEST);

	if (type >= TYPE_REPORT_REQUEST)
		of_cp = s->phase == SIGNALLING_ANSWER;
	if (type >= TYPE_ESTABLISHMENT_REQUEST || type == TYPE_RELEASE_REQUEST
	    || type == TYPE_RELEASE_RESPONSE)
		s->nas = of_cp ? s->to : s->from;
}

static void
read_message(struct parse *p, const struct message *m)
{
	struct state *st = p->state;
	struct signalling *s = parse_tell(p);
	struct cursor body = m->body;
	struct pfcp_reading r = { .parse = p, .s = s, .memory = &st->memory, .seid = m->seid };
	struct pfcp_ie ie;

	if (s == NULL)
		return;
	s->source = SIGNALLED_PFCP;
	s->act = m->kind->act;
	s->phase = m->kind->phase;
	s->type = m->type;
	s->sequence = m->sequence;
	s->session = m->seid;
	s->refused = m->type == TYPE_VERSION_NOT_SUPPORTED;
	name_up_function(s, m->type);
	r.recorded = st->recorded < RECORDED_MAX;
	st->recorded += r.recorded;
	record_text(&r, F_MESSAGE, m->kind->name, strlen(m->kind->name));
	if (m->kind->act == SIGNALLING_CREATE || m->kind->act == SIGNALLING_MODIFY)
		pfcp_rules_begin(&r, m->body);
	while (pfcp_next_ie(&body, &ie))
		read_element(&r, &ie);
	pfcp_rules_end(&r);
	for (unsigned i = 0; i < ARRAY_LEN(r.instance); i++)
		record_text(&r, F_INSTANCE, r.instance[i], strlen(r.instance[i]));
	if (r.recorded && r.has_qfi)
		parse_uint(p, ID(F_QFI), r.qfi);
}

static enum parse_result
pfcp_parse(struct parse *p, struct cursor *in)
{
	bool follows = true, has_must;
	struct message m;

	for (unsigned n = 0; n < MESSAGES_MAX && follows; n++) {
		if (!next_message(p, in, &m, &follows)
		    || (!elements_fit(m.body, 0, &has_must) && !p->truncated))
			return p->truncated ? PARSE_MORE : PARSE_WRONG;
		read_message(p, &m);
	}
	cur_skip(in, cur_left(in));
	return PARSE_MORE;
}

const struct app_parser pfcp_parser = {
	.name = "pfcp", .spec = "TS 29.244",
	.udp = true, .signalling = true, .ports = { 8805 },
	.role = ROLE_SIGNALLING, .role_confidence = 95,
	.state_size = sizeof(struct state),
	.probe = pfcp_probe, .parse = pfcp_parse,
	.fields = pfcp_fields, .n_fields = ARRAY_LEN(pfcp_fields),
};
