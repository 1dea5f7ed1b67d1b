/* SPDX-License-Identifier: Apache-2.0 */
/* gtpv1c.c - GTPv1-C messages (TS 29.060): Gn, Gp. GTP' (protocol type 0, charging) is refused. */
#include "gtpc.h"
#include "macros.h"
#include "uli.h"

/* The header (6), then information elements:
 *
 *	| version 3 = 1 | PT = 1 | spare | E | S | PN | type 8 | length 16, of what follows TEID |
 *	| TEID 32 | sequence 16 | N-PDU number 8 | next extension type 8 |
 *
 * Signalling always has a sequence number (6, S flag). Extension headers: length in units of
 * four octets, content, next type (6.1). */
enum {
	VERSION = 1, FLAG_PT = 0x10, FLAG_E = 4, FLAG_S = 2,
	EXTENSIONS_MAX = 8, EXTENSION_UNIT = 4
};

enum ie_type {
	IE_CAUSE = 1, IE_IMSI = 2, IE_RAI = 3, IE_RECOVERY = 14, IE_TEID_DATA = 16,
	IE_TEID_CONTROL = 17, IE_TEARDOWN = 19, IE_NSAPI = 20, IE_END_USER_ADDRESS = 128,
	IE_PDP_CONTEXT = 130, IE_APN = 131, IE_GSN_ADDRESS = 133, IE_MSISDN = 134,
	IE_EXTENSION_TYPES = 141, IE_RAT_TYPE = 151, IE_ULI = 152, IE_IMEI = 154,
	IE_EXTENDED_FLAGS = 193,
	IE_TLV = 128		/* from here on with a length */
};

/* Octets of the value of each type below 128 (7.7, table 37); 0: not assigned. */
static const uint8_t fixed_octets[IE_TLV] = {
	[1] = 1, [2] = 8, [3] = 6, [4] = 4, [5] = 4, [8] = 1, [9] = 28, [11] = 1, [12] = 3,
	[13] = 1, [14] = 1, [15] = 1, [16] = 4, [17] = 4, [18] = 5, [19] = 1, [20] = 1, [21] = 1,
	[22] = 9, [23] = 1, [24] = 1, [25] = 2, [26] = 2, [27] = 2, [28] = 2, [29] = 1,
	[127] = 4,
};

enum {
	CAUSE_REJECTED = 192,	/* from here on an answer says no (7.7.1) */
	NSAPI_MASK = 0xf, TEARDOWN = 1,
	EXTENDED_UNAUTHENTICATED = 1,	/* Unauthenticated IMSI (7.7.93) */
	ORGANIZATION_IETF = 1,	/* of a PDP type (7.7.27) */
	PDP_IPV4 = 0x21, PDP_IPV6 = 0x57, PDP_IPV4V6 = 0x8d,
	GSN_ADDRESSES_MAX = 4,	/* control, user, and one of the other family for each */
	UPDATE_PDP_CONTEXT_RESPONSE = 19,
	NO_INTERFACE = 0xff
};

#define REQUEST SIGNALLING_REQUEST
#define ANSWER SIGNALLING_ANSWER
#define NOTICE SIGNALLING_NOTICE

/* Table 1, without user plane, charging and broadcast. */
static const struct gtpc_type types[] = {
	{ 1, SIGNALLING_NODE, REQUEST, "echo_request" },
	{ 2, SIGNALLING_NODE, ANSWER, "echo_response" },
	{ 3, SIGNALLING_NODE, NOTICE, "version_not_supported" },
	{ 16, SIGNALLING_CREATE, REQUEST, "create_pdp_context_request" },
	{ 17, SIGNALLING_CREATE, ANSWER, "create_pdp_context_response" },
	{ 18, SIGNALLING_MODIFY, REQUEST, "update_pdp_context_request" },
	{ UPDATE_PDP_CONTEXT_RESPONSE, SIGNALLING_MODIFY, ANSWER, "update_pdp_context_response" },
	{ 20, SIGNALLING_DELETE, REQUEST, "delete_pdp_context_request" },
	{ 21, SIGNALLING_DELETE, ANSWER, "delete_pdp_context_response" },
	{ 22, SIGNALLING_TELL, REQUEST, "initiate_pdp_context_activation_request" },
	{ 23, SIGNALLING_TELL, ANSWER, "initiate_pdp_context_activation_response" },
	{ 27, SIGNALLING_TELL, REQUEST, "pdu_notification_request" },
	{ 28, SIGNALLING_TELL, ANSWER, "pdu_notification_response" },
	{ 29, SIGNALLING_TELL, REQUEST, "pdu_notification_reject_request" },
	{ 30, SIGNALLING_TELL, ANSWER, "pdu_notification_reject_response" },
	{ 31, SIGNALLING_NODE, NOTICE, "supported_extension_headers_notification" },
	{ 32, SIGNALLING_TELL, REQUEST, "send_routeing_information_request" },
	{ 33, SIGNALLING_TELL, ANSWER, "send_routeing_information_response" },
	{ 34, SIGNALLING_TELL, REQUEST, "failure_report_request" },
	{ 35, SIGNALLING_TELL, ANSWER, "failure_report_response" },
	{ 36, SIGNALLING_TELL, REQUEST, "note_ms_gprs_present_request" },
	{ 37, SIGNALLING_TELL, ANSWER, "note_ms_gprs_present_response" },
	{ 48, SIGNALLING_TELL, REQUEST, "identification_request" },
	{ 49, SIGNALLING_TELL, ANSWER, "identification_response" },
	{ 50, SIGNALLING_TELL, REQUEST, "sgsn_context_request" },
	{ 51, SIGNALLING_TELL, ANSWER, "sgsn_context_response" },
	{ 52, SIGNALLING_TELL, NOTICE, "sgsn_context_acknowledge" },
	{ 53, SIGNALLING_TELL, REQUEST, "forward_relocation_request" },
	{ 54, SIGNALLING_TELL, ANSWER, "forward_relocation_response" },
	{ 55, SIGNALLING_TELL, NOTICE, "forward_relocation_complete" },
	{ 56, SIGNALLING_TELL, REQUEST, "relocation_cancel_request" },
	{ 57, SIGNALLING_TELL, ANSWER, "relocation_cancel_response" },
	{ 58, SIGNALLING_TELL, NOTICE, "forward_srns_context" },
	{ 59, SIGNALLING_TELL, NOTICE, "forward_relocation_complete_acknowledge" },
	{ 60, SIGNALLING_TELL, NOTICE, "forward_srns_context_acknowledge" },
	{ 61, SIGNALLING_TELL, REQUEST, "ue_registration_query_request" },
	{ 62, SIGNALLING_TELL, ANSWER, "ue_registration_query_response" },
	{ 70, SIGNALLING_TELL, NOTICE, "ran_information_relay" },
	{ 128, SIGNALLING_MODIFY, REQUEST, "ms_info_change_notification_request" },
	{ 129, SIGNALLING_MODIFY, ANSWER, "ms_info_change_notification_response" },
};

static const struct gtpc_type *
type_of(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].number == number)
			return &types[i];
	return NULL;
}

/* False when the chain does not fit. */
static bool
skip_extensions(struct cursor *in, uint8_t next)
{
	for (unsigned n = 0; next != 0; n++) {
		size_t octets = (size_t)cur_u8(in) * EXTENSION_UNIT;

		if (octets == 0 || n == EXTENSIONS_MAX)
			return false;
		cur_skip(in, octets - 2);	/* without length and next type */
		next = cur_u8(in);
		if (in->short_read)
			return false;
	}
	return true;
}

enum gtpc_header
gtpv1c_header(struct cursor *in, struct gtpc_message *m)
{
	uint8_t flags = cur_u8(in), number = cur_u8(in), next;
	uint16_t len = cur_be16(in);
	uint32_t teid = cur_be32(in);
	struct cursor body = cur_sub(in, len);

	*m = (struct gtpc_message){
		.version = VERSION, .type = type_of(number), .teid = teid,
	};
	if (flags >> 5 != VERSION || (flags & FLAG_PT) == 0 || (flags & FLAG_S) == 0)
		return GTPC_HEADER_BAD;
	if (in->short_read)
		return GTPC_HEADER_CUT;
	m->sequence = cur_be16(&body);
	cur_skip(&body, 1);		/* N-PDU number */
	next = cur_u8(&body);
	if (body.short_read || ((flags & FLAG_E) != 0 && !skip_extensions(&body, next)))
		return GTPC_HEADER_BAD;
	m->ies = body;
	return GTPC_HEADER_OK;
}

/* --- information elements (7.7) --- */

struct ie {
	uint8_t type;
	struct cursor value;
};

/* False at a type without known length, or when cut short. */
static bool
next_ie(struct cursor *in, struct ie *ie)
{
	size_t len;

	ie->type = cur_u8(in);
	if (ie->type < IE_TLV)
		len = fixed_octets[ie->type];
	else if (ie->type == IE_EXTENSION_TYPES)
		len = cur_u8(in);	/* 7.7.40: alone in that */
	else
		len = cur_be16(in);
	ie->value = cur_sub(in, len);
	return !in->short_read && (ie->type >= IE_TLV || len != 0);
}

/* Types from 128 up are assigned without gaps up to here (table 37). */
static bool
is_assigned(uint8_t type)
{
	return type < IE_TLV || type <= 223 || type == 238 || type == 239 || type >= 249;
}

bool
gtpv1c_sound(const struct gtpc_message *m, unsigned *n)
{
	struct cursor in = m->ies;
	struct ie ie;

	for (*n = 0; cur_left(&in) != 0; ++*n)
		if (!next_ie(&in, &ie) || !is_assigned(ie.type))
			return false;
	return true;
}

/* What must be put together once all elements are read. */
struct gathered {
	struct gtpc_reading *r;
	uint32_t teid_data, teid_control;
	struct addr gsn[GSN_ADDRESSES_MAX];	/* in the order sent (7.7.32) */
	unsigned n_gsn;
	uint8_t nsapi[2];	/* of the context, then the one it is linked to */
	unsigned n_nsapi;
	bool teardown;
};

/* Reads one element; false when it is too short. */
typedef bool (*read_fn)(struct gathered *g, struct cursor in);

static bool
read_cause(struct gathered *g, struct cursor in)
{
	struct signalling *s = g->r->s;

	s->cause = cur_u8(&in);
	s->refused = s->phase == ANSWER && s->cause >= CAUSE_REJECTED;
	return true;
}

static bool
read_imsi(struct gathered *g, struct cursor in)
{
	return gtpc_read_imsi(in, g->r->s);
}

/* In requests to an SGSN it is where the device was before. */
static bool
read_rai(struct gathered *g, struct cursor in)
{
	struct signalling *s = g->r->s;

	if (s->act == SIGNALLING_CREATE || s->act == SIGNALLING_MODIFY)
		s->plmn = uli_from_rai(in, &s->location);
	return true;
}

static bool
read_recovery(struct gathered *g, struct cursor in)
{
	g->r->s->recovery = cur_u8(&in);
	g->r->s->has_recovery = true;
	return true;
}

static bool
read_teid_data(struct gathered *g, struct cursor in)
{
	g->teid_data = cur_be32(&in);
	return true;
}

static bool
read_teid_control(struct gathered *g, struct cursor in)
{
	g->teid_control = cur_be32(&in);
	return true;
}

static bool
read_teardown(struct gathered *g, struct cursor in)
{
	g->teardown = (cur_u8(&in) & TEARDOWN) != 0;
	return true;
}

static bool
read_nsapi(struct gathered *g, struct cursor in)
{
	if (g->n_nsapi < ARRAY_LEN(g->nsapi))
		g->nsapi[g->n_nsapi++] = cur_u8(&in) & NSAPI_MASK;
	return true;
}

static uint8_t
pdn_type_of(uint8_t organization, uint8_t number)
{
	if ((organization & 0xf) != ORGANIZATION_IETF)
		return PDN_NON_IP;
	return number == PDP_IPV4 ? PDN_IPV4 : number == PDP_IPV6 ? PDN_IPV6
	    : number == PDP_IPV4V6 ? PDN_IPV4V6 : PDN_NONE;
}

/* Without an address in a request that asks for one. */
static bool
read_end_user_address(struct gathered *g, struct cursor in)
{
	uint8_t organization = cur_u8(&in), number = cur_u8(&in);

	if (in.short_read)
		return false;
	g->r->pdn_type = pdn_type_of(organization, number);
	return g->r->pdn_type == PDN_NON_IP || g->r->pdn_type == PDN_NONE
	    || gtpc_read_ue(in, g->r->s);
}

static bool
read_apn(struct gathered *g, struct cursor in)
{
	return gtpc_read_apn(in, g->r->s);
}

static bool
read_gsn_address(struct gathered *g, struct cursor in)
{
	if (g->n_gsn == GSN_ADDRESSES_MAX)
		return true;
	return gtpc_read_node(in, &g->gsn[g->n_gsn]) && ++g->n_gsn != 0;
}

/* Nature of the number comes first (7.7.33). */
static bool
read_msisdn(struct gathered *g, struct cursor in)
{
	cur_skip(&in, 1);
	return !in.short_read && gtpc_read_msisdn(in, g->r->s);
}

static bool
read_rat_type(struct gathered *g, struct cursor in)
{
	g->r->s->rat = cur_u8(&in);
	return !in.short_read;
}

static bool
read_uli(struct gathered *g, struct cursor in)
{
	g->r->uli = in;
	return uli_from_gtpv1(in, &g->r->s->location);
}

static bool
read_imei(struct gathered *g, struct cursor in)
{
	return gtpc_read_imei(in, g->r->s);
}

static bool
read_extended_flags(struct gathered *g, struct cursor in)
{
	g->r->s->imsi_unauthenticated = (cur_u8(&in) & EXTENDED_UNAUTHENTICATED) != 0;
	return !in.short_read;
}

/* --- PDP context (7.7.29): what one SGSN tells the next --- */

static struct cursor
sub8(struct cursor *in)
{
	return cur_sub(in, cur_u8(in));
}

static bool
add_node_end(struct signalling *s, struct cursor address, uint8_t kind, uint16_t bearer,
    uint32_t teid)
{
	struct signalling_end end = {
		.kind = kind, .interface = NO_INTERFACE, .bearer = bearer, .id = teid,
	};

	if (!gtpc_read_node(address, &end.node))
		return cur_left(&address) == 0;
	signalling_add_end(s, &end);
	return true;
}

static bool
read_pdp_context(struct gathered *g, struct cursor in)
{
	struct signalling *s = g->r->s;
	uint8_t nsapi, organization, number;
	uint32_t teid_control, teid_data;
	struct cursor address, control, user, apn;

	if (g->r->n_pdns++ != g->r->pdn)
		return true;
	nsapi = cur_u8(&in) & NSAPI_MASK;
	cur_skip(&in, 1);		/* SAPI */
	for (unsigned i = 0; i < 3; i++)
		(void)sub8(&in);	/* QoS subscribed, requested, negotiated */
	cur_skip(&in, 2 + 2 + 1 + 1);	/* sequence and N-PDU numbers */
	teid_control = cur_be32(&in);
	teid_data = cur_be32(&in);
	cur_skip(&in, 1);		/* PDP context identifier */
	organization = cur_u8(&in);
	number = cur_u8(&in);
	address = sub8(&in);
	control = sub8(&in);
	user = sub8(&in);
	apn = sub8(&in);
	if (in.short_read)
		return false;
	s->linked_bearer = nsapi;
	g->r->pdn_type = pdn_type_of(organization, number);
	return gtpc_read_ue(address, s) && gtpc_read_apn(apn, s)
	    && add_node_end(s, control, END_CONTROL, 0, teid_control)
	    && add_node_end(s, user, END_UPLINK, nsapi, teid_data);
}

/* --- the whole --- */

/* Who gives out TEID Data I receives under it. An SGSN answers an update of the GGSN's with its
 * user plane address alone, a GGSN with both of its own (7.3.3, 7.3.4). */
static uint8_t
data_kind(const struct gathered *g)
{
	const struct signalling *s = g->r->s;

	if (s->phase != ANSWER || (s->type == UPDATE_PDP_CONTEXT_RESPONSE && g->n_gsn == 1))
		return END_DOWNLINK;
	return END_UPLINK;
}

/* GSN addresses come for control, then user, then once more in the other family; one alone is
 * for what there is a TEID of. */
static void
add_ends(struct gathered *g)
{
	struct signalling_end control = {
		.kind = END_CONTROL, .interface = NO_INTERFACE, .id = g->teid_control,
	}, data = {
		.kind = data_kind(g), .interface = NO_INTERFACE, .id = g->teid_data,
		.bearer = g->nsapi[0],
	};
	bool alternate = g->teid_data != 0 && g->n_gsn > 1;

	for (unsigned i = 0; i < g->n_gsn; i++) {
		control.node = data.node = g->gsn[i];
		if (!alternate || i % 2 == 0)
			signalling_add_end(g->r->s, &control);
		if (!alternate || i % 2 == 1)
			signalling_add_end(g->r->s, &data);
	}
}

/* Without the teardown indicator only the one context ends (7.3.5). */
static void
conclude(struct gathered *g)
{
	struct signalling *s = g->r->s;

	if (g->n_nsapi != 0)
		s->linked_bearer = g->nsapi[g->n_nsapi - 1];
	if (s->act == SIGNALLING_DELETE && s->phase == REQUEST && !g->teardown
	    && g->nsapi[0] != 0)
		s->bearers_gone = UINT32_C(1) << g->nsapi[0];
	add_ends(g);
}

bool
gtpv1c_read(struct gtpc_reading *r)
{
	static const struct {
		uint8_t type;
		read_fn read;
	} readers[] = {
		{ IE_CAUSE, read_cause }, { IE_IMSI, read_imsi }, { IE_RAI, read_rai },
		{ IE_RECOVERY, read_recovery }, { IE_TEID_DATA, read_teid_data },
		{ IE_TEID_CONTROL, read_teid_control }, { IE_TEARDOWN, read_teardown },
		{ IE_NSAPI, read_nsapi }, { IE_END_USER_ADDRESS, read_end_user_address },
		{ IE_PDP_CONTEXT, read_pdp_context }, { IE_APN, read_apn },
		{ IE_GSN_ADDRESS, read_gsn_address }, { IE_MSISDN, read_msisdn },
		{ IE_RAT_TYPE, read_rat_type }, { IE_ULI, read_uli }, { IE_IMEI, read_imei },
		{ IE_EXTENDED_FLAGS, read_extended_flags },
	};
	struct gathered g = { .r = r };
	struct cursor in = r->message->ies;
	struct ie ie;

	while (cur_left(&in) != 0) {
		if (!next_ie(&in, &ie))
			return false;
		for (size_t i = 0; i < ARRAY_LEN(readers); i++)
			if (readers[i].type == ie.type && !readers[i].read(&g, ie.value))
				r->broken = true;
	}
	conclude(&g);
	return true;
}
