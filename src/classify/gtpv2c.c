/* SPDX-License-Identifier: Apache-2.0 */
/* gtpv2c.c - GTPv2-C messages (TS 29.274): S11, S5/S8, S4, S10, S3, S2a, S2b, N26. */
#include "gtpc.h"
#include "macros.h"
#include "uli.h"

/* The header (5.1), then information elements; with P another message comes behind it:
 *
 *	| version 3 = 2 | P | T | MP | spare 2 | type 8 | length 16 |
 *	| TEID 32, with T | sequence 24 | spare or priority 8 |
 */
enum { VERSION = 2, FLAG_P = 0x10, FLAG_T = 0x08 };

enum ie_type {
	IE_IMSI = 1, IE_CAUSE = 2, IE_RECOVERY = 3, IE_APN = 71, IE_EBI = 73, IE_IP_ADDRESS = 74,
	IE_MEI = 75, IE_MSISDN = 76, IE_INDICATION = 77, IE_PAA = 79, IE_RAT_TYPE = 82,
	IE_SERVING_NETWORK = 83, IE_ULI = 86, IE_F_TEID = 87, IE_BEARER_CONTEXT = 93,
	IE_PDN_TYPE = 99, IE_PDN_CONNECTION = 109
};

enum {
	CAUSE_REJECTED = 64,	/* from here on an answer says no (8.4) */
	INDICATION_UIMSI = 0x40,	/* in the second octet (8.12) */
	F_TEID_V4 = 0x80, F_TEID_V6 = 0x40, F_TEID_INTERFACE = 0x3f,	/* 8.22 */
	PDN_TYPE_MASK = 7, EBI_MASK = 0xf,
	ANY_INSTANCE = 0xff
};

#define REQUEST SIGNALLING_REQUEST
#define ANSWER SIGNALLING_ANSWER
#define NOTICE SIGNALLING_NOTICE

/* Table 6.1-1. */
static const struct gtpc_type types[] = {
	{ 1, SIGNALLING_NODE, REQUEST, "echo_request" },
	{ 2, SIGNALLING_NODE, ANSWER, "echo_response" },
	{ 3, SIGNALLING_NODE, NOTICE, "version_not_supported" },
	{ 32, SIGNALLING_CREATE, REQUEST, "create_session_request" },
	{ 33, SIGNALLING_CREATE, ANSWER, "create_session_response" },
	{ 34, SIGNALLING_MODIFY, REQUEST, "modify_bearer_request" },
	{ 35, SIGNALLING_MODIFY, ANSWER, "modify_bearer_response" },
	{ 36, SIGNALLING_DELETE, REQUEST, "delete_session_request" },
	{ 37, SIGNALLING_DELETE, ANSWER, "delete_session_response" },
	{ 38, SIGNALLING_MODIFY, REQUEST, "change_notification_request" },
	{ 39, SIGNALLING_MODIFY, ANSWER, "change_notification_response" },
	{ 40, SIGNALLING_TELL, NOTICE, "remote_ue_report_notification" },
	{ 41, SIGNALLING_TELL, NOTICE, "remote_ue_report_acknowledge" },
	{ 64, SIGNALLING_TELL, NOTICE, "modify_bearer_command" },
	{ 65, SIGNALLING_TELL, NOTICE, "modify_bearer_failure_indication" },
	{ 66, SIGNALLING_TELL, NOTICE, "delete_bearer_command" },
	{ 67, SIGNALLING_TELL, NOTICE, "delete_bearer_failure_indication" },
	{ 68, SIGNALLING_TELL, NOTICE, "bearer_resource_command" },
	{ 69, SIGNALLING_TELL, NOTICE, "bearer_resource_failure_indication" },
	{ 70, SIGNALLING_TELL, NOTICE, "downlink_data_notification_failure_indication" },
	{ 71, SIGNALLING_TELL, NOTICE, "trace_session_activation" },
	{ 72, SIGNALLING_TELL, NOTICE, "trace_session_deactivation" },
	{ 73, SIGNALLING_TELL, NOTICE, "stop_paging_indication" },
	{ 95, SIGNALLING_MODIFY, REQUEST, "create_bearer_request" },
	{ 96, SIGNALLING_MODIFY, ANSWER, "create_bearer_response" },
	{ 97, SIGNALLING_MODIFY, REQUEST, "update_bearer_request" },
	{ 98, SIGNALLING_MODIFY, ANSWER, "update_bearer_response" },
	{ 99, SIGNALLING_DELETE, REQUEST, "delete_bearer_request" },
	{ 100, SIGNALLING_DELETE, ANSWER, "delete_bearer_response" },
	{ 101, SIGNALLING_TELL, REQUEST, "delete_pdn_connection_set_request" },
	{ 102, SIGNALLING_TELL, ANSWER, "delete_pdn_connection_set_response" },
	{ 103, SIGNALLING_TELL, NOTICE, "pgw_downlink_triggering_notification" },
	{ 104, SIGNALLING_TELL, NOTICE, "pgw_downlink_triggering_acknowledge" },
	{ 128, SIGNALLING_TELL, REQUEST, "identification_request" },
	{ 129, SIGNALLING_TELL, ANSWER, "identification_response" },
	{ 130, SIGNALLING_TELL, REQUEST, "context_request" },
	{ 131, SIGNALLING_TELL, ANSWER, "context_response" },
	{ 132, SIGNALLING_TELL, NOTICE, "context_acknowledge" },
	{ 133, SIGNALLING_TELL, REQUEST, "forward_relocation_request" },
	{ 134, SIGNALLING_TELL, ANSWER, "forward_relocation_response" },
	{ 135, SIGNALLING_TELL, NOTICE, "forward_relocation_complete_notification" },
	{ 136, SIGNALLING_TELL, NOTICE, "forward_relocation_complete_acknowledge" },
	{ 137, SIGNALLING_TELL, NOTICE, "forward_access_context_notification" },
	{ 138, SIGNALLING_TELL, NOTICE, "forward_access_context_acknowledge" },
	{ 139, SIGNALLING_TELL, REQUEST, "relocation_cancel_request" },
	{ 140, SIGNALLING_TELL, ANSWER, "relocation_cancel_response" },
	{ 141, SIGNALLING_TELL, NOTICE, "configuration_transfer_tunnel" },
	{ 149, SIGNALLING_TELL, NOTICE, "detach_notification" },
	{ 150, SIGNALLING_TELL, NOTICE, "detach_acknowledge" },
	{ 151, SIGNALLING_TELL, NOTICE, "cs_paging_indication" },
	{ 152, SIGNALLING_TELL, NOTICE, "ran_information_relay" },
	{ 153, SIGNALLING_TELL, NOTICE, "alert_mme_notification" },
	{ 154, SIGNALLING_TELL, NOTICE, "alert_mme_acknowledge" },
	{ 155, SIGNALLING_TELL, NOTICE, "ue_activity_notification" },
	{ 156, SIGNALLING_TELL, NOTICE, "ue_activity_acknowledge" },
	{ 157, SIGNALLING_TELL, NOTICE, "isr_status_indication" },
	{ 158, SIGNALLING_TELL, REQUEST, "ue_registration_query_request" },
	{ 159, SIGNALLING_TELL, ANSWER, "ue_registration_query_response" },
	{ 160, SIGNALLING_TELL, REQUEST, "create_forwarding_tunnel_request" },
	{ 161, SIGNALLING_TELL, ANSWER, "create_forwarding_tunnel_response" },
	{ 162, SIGNALLING_TELL, NOTICE, "suspend_notification" },
	{ 163, SIGNALLING_TELL, NOTICE, "suspend_acknowledge" },
	{ 164, SIGNALLING_TELL, NOTICE, "resume_notification" },
	{ 165, SIGNALLING_TELL, NOTICE, "resume_acknowledge" },
	{ 166, SIGNALLING_TELL, REQUEST, "create_indirect_data_forwarding_tunnel_request" },
	{ 167, SIGNALLING_TELL, ANSWER, "create_indirect_data_forwarding_tunnel_response" },
	{ 168, SIGNALLING_TELL, REQUEST, "delete_indirect_data_forwarding_tunnel_request" },
	{ 169, SIGNALLING_TELL, ANSWER, "delete_indirect_data_forwarding_tunnel_response" },
	{ 170, SIGNALLING_RELEASE, REQUEST, "release_access_bearers_request" },
	{ 171, SIGNALLING_RELEASE, ANSWER, "release_access_bearers_response" },
	{ 176, SIGNALLING_TELL, NOTICE, "downlink_data_notification" },
	{ 177, SIGNALLING_TELL, NOTICE, "downlink_data_notification_acknowledge" },
	{ 179, SIGNALLING_TELL, NOTICE, "pgw_restart_notification" },
	{ 180, SIGNALLING_TELL, NOTICE, "pgw_restart_notification_acknowledge" },
	{ 200, SIGNALLING_TELL, REQUEST, "update_pdn_connection_set_request" },
	{ 201, SIGNALLING_TELL, ANSWER, "update_pdn_connection_set_response" },
	{ 211, SIGNALLING_MODIFY, REQUEST, "modify_access_bearers_request" },
	{ 212, SIGNALLING_MODIFY, ANSWER, "modify_access_bearers_response" },
};

/* F-TEID interface types (8.22). Who gives out the TEID receives under it: an SGW's S5/S8-U is
 * for what the PGW sends down, data forwarded in a handover goes the way its name says. */
static const struct {
	const char *name;	/* NULL: not a tunnel of GTP, or not assigned */
	uint8_t kind;		/* enum signalling_end_kind */
} interfaces[] = {
	[0] = { "s1-u-enb", END_DOWNLINK }, [1] = { "s1-u-sgw", END_UPLINK },
	[2] = { "s12-rnc", END_DOWNLINK }, [3] = { "s12-sgw", END_UPLINK },
	[4] = { "s5-u-sgw", END_DOWNLINK }, [5] = { "s5-u-pgw", END_UPLINK },
	[6] = { "s5-c-sgw", END_CONTROL }, [7] = { "s5-c-pgw", END_CONTROL },
	/* 8, 9: GRE keys of PMIPv6 */
	[10] = { "s11-c-mme", END_CONTROL }, [11] = { "s11-c-sgw", END_CONTROL },
	[12] = { "s10-c-mme", END_CONTROL }, [13] = { "s3-c-mme", END_CONTROL },
	[14] = { "s3-c-sgsn", END_CONTROL }, [15] = { "s4-u-sgsn", END_DOWNLINK },
	[16] = { "s4-u-sgw", END_UPLINK }, [17] = { "s4-c-sgsn", END_CONTROL },
	[18] = { "s16-c-sgsn", END_CONTROL }, [19] = { "enb-forward-down", END_DOWNLINK },
	[20] = { "enb-forward-up", END_UPLINK }, [21] = { "rnc-forward", END_DOWNLINK },
	[22] = { "sgsn-forward", END_DOWNLINK }, [23] = { "sgw-forward-down", END_DOWNLINK },
	/* 24 to 27, 29: broadcast, of no device */
	[28] = { "sgw-forward-up", END_UPLINK },
	[30] = { "s2b-c-epdg", END_CONTROL }, [31] = { "s2b-u-epdg", END_DOWNLINK },
	[32] = { "s2b-c-pgw", END_CONTROL }, [33] = { "s2b-u-pgw", END_UPLINK },
	[34] = { "s2a-u-twan", END_DOWNLINK }, [35] = { "s2a-c-twan", END_CONTROL },
	[36] = { "s2a-c-pgw", END_CONTROL }, [37] = { "s2a-u-pgw", END_UPLINK },
	[38] = { "s11-u-mme", END_DOWNLINK }, [39] = { "s11-u-sgw", END_UPLINK },
	[40] = { "n26-c-amf", END_CONTROL },
};

const char *
gtpv2c_interface_name(uint8_t interface)
{
	return interface < ARRAY_LEN(interfaces) ? interfaces[interface].name : NULL;
}

static const struct gtpc_type *
type_of(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].number == number)
			return &types[i];
	return NULL;
}

enum gtpc_header
gtpv2c_header(struct cursor *in, struct gtpc_message *m)
{
	uint8_t flags = cur_u8(in), number = cur_u8(in);
	struct cursor body = cur_sub(in, cur_be16(in));

	*m = (struct gtpc_message){
		.version = VERSION, .type = type_of(number),
		.piggybacked = (flags & FLAG_P) != 0,
	};
	if (flags >> 5 != VERSION)
		return GTPC_HEADER_BAD;
	if (in->short_read)
		return GTPC_HEADER_CUT;
	if ((flags & FLAG_T) != 0)
		m->teid = cur_be32(&body);
	m->sequence = cur_be24(&body);
	cur_skip(&body, 1);
	m->ies = body;
	return body.short_read ? GTPC_HEADER_BAD : GTPC_HEADER_OK;
}

/* --- information elements (8.2) --- */

struct ie {
	uint8_t type, instance;
	struct cursor value;
};

static bool
next_ie(struct cursor *in, struct ie *ie)
{
	uint16_t len;

	ie->type = cur_u8(in);
	len = cur_be16(in);
	ie->instance = cur_u8(in) & 0xf;
	ie->value = cur_sub(in, len);
	return !in->short_read && ie->type != 0;
}

/* Table 8.1-1: what is reserved, or left to the older protocol on S101 and Sv. */
static bool
is_assigned(uint8_t type)
{
	return (type >= 1 && type <= 3) || (type >= 51 && type <= 60) || (type >= 71 && type <= 97)
	    || (type >= 99 && type <= 224) || type >= 254;
}

bool
gtpv2c_sound(const struct gtpc_message *m, unsigned *n)
{
	struct cursor in = m->ies;
	struct ie ie;

	for (*n = 0; cur_left(&in) != 0; ++*n)
		if (!next_ie(&in, &ie) || !is_assigned(ie.type))
			return false;
	return true;
}

/* Reads one element; false when it is too short. `bearer`: its bearer context's EBI, or 0. */
typedef bool (*read_fn)(struct gtpc_reading *r, struct cursor in, uint8_t bearer);
struct reader {
	uint8_t type, instance;
	read_fn read;
};

/* All elements of a message or of a group. False when they do not add up. */
static bool
read_group(struct gtpc_reading *r, struct cursor in, const struct reader *readers, size_t n,
    uint8_t bearer)
{
	struct ie ie;

	while (cur_left(&in) != 0) {
		if (!next_ie(&in, &ie))
			return false;
		for (size_t i = 0; i < n; i++)
			if (readers[i].type == ie.type && (readers[i].instance == ie.instance
				|| readers[i].instance == ANY_INSTANCE)
			    && !readers[i].read(r, ie.value, bearer))
				r->broken = true;
	}
	return true;
}

static bool
read_imsi(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	return gtpc_read_imsi(in, r->s);
}

static bool
read_mei(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	return gtpc_read_imei(in, r->s);
}

static bool
read_msisdn(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	return gtpc_read_msisdn(in, r->s);
}

static bool
read_apn(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	return gtpc_read_apn(in, r->s);
}

static bool
read_cause(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->s->cause = cur_u8(&in);
	r->s->refused = r->s->phase == ANSWER && r->s->cause >= CAUSE_REJECTED;
	return !in.short_read;
}

static bool
read_recovery(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->s->recovery = cur_u8(&in);
	r->s->has_recovery = !in.short_read;
	return !in.short_read;
}

static bool
read_indication(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->s->imsi_unauthenticated = (cur_peek(&in, 1) & INDICATION_UIMSI) != 0;
	return cur_left(&in) != 0;
}

static bool
read_rat_type(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->s->rat = cur_u8(&in);
	return !in.short_read;
}

static bool
read_serving_network(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	const uint8_t *octets = cur_take(&in, 3);

	(void)bearer;
	if (octets != NULL)
		r->s->plmn = plmn_from_octets(octets);
	return octets != NULL;
}

static bool
read_uli(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->uli = in;
	return uli_from_gtpv2(in, &r->s->location);
}

static bool
read_pdn_type(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->pdn_type = cur_u8(&in) & PDN_TYPE_MASK;
	return !in.short_read;
}

/* PDN Address Allocation (8.14): IPv6 comes with the length of its prefix, before IPv4. */
static bool
read_paa(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	bool whole = true;

	(void)bearer;
	r->pdn_type = cur_u8(&in) & PDN_TYPE_MASK;
	if (r->pdn_type == PDN_IPV6 || r->pdn_type == PDN_IPV4V6) {
		uint8_t prefix_bits = cur_u8(&in);

		whole = gtpc_read_prefix(&in, prefix_bits, r->s);
	}
	if (r->pdn_type == PDN_IPV4 || r->pdn_type == PDN_IPV4V6) {
		struct cursor ipv4 = cur_sub(&in, 4);

		whole = whole && cur_left(&ipv4) == 4 && gtpc_read_ue(ipv4, r->s);
	}
	return whole && !in.short_read;
}

static bool
read_ip_address(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	return gtpc_read_ue(in, r->s);
}

/* With both addresses it is two ends. */
static bool
read_f_teid(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	uint8_t flags = cur_u8(&in);
	struct signalling_end end = {
		.interface = flags & F_TEID_INTERFACE, .bearer = bearer, .id = cur_be32(&in),
	};
	const uint8_t *ipv4 = (flags & F_TEID_V4) != 0 ? cur_take(&in, 4) : NULL;
	const uint8_t *ipv6 = (flags & F_TEID_V6) != 0 ? cur_take(&in, 16) : NULL;

	if (in.short_read)
		return false;
	if (gtpv2c_interface_name(end.interface) == NULL)
		return true;
	end.kind = interfaces[end.interface].kind;
	if (ipv4 != NULL) {
		end.node = addr_from_ipv4(ipv4);
		signalling_add_end(r->s, &end);
	}
	if (ipv6 != NULL) {
		end.node = addr_from_ipv6(ipv6);
		signalling_add_end(r->s, &end);
	}
	return true;
}

static bool
read_linked_bearer(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	(void)bearer;
	r->s->linked_bearer = cur_u8(&in) & EBI_MASK;
	return !in.short_read;
}

static void
add_gone(struct gtpc_reading *r, uint8_t ebi)
{
	if (ebi != 0)
		r->s->bearers_gone |= UINT32_C(1) << ebi;
}

/* Delete Bearer Request lists dedicated bearers so (7.2.9.2); elsewhere it is one spoken of. */
static bool
read_bearer_id(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	uint8_t ebi = cur_u8(&in) & EBI_MASK;

	(void)bearer;
	if (r->s->act == SIGNALLING_DELETE)
		add_gone(r, ebi);
	return !in.short_read;
}

/* What a bearer context says of itself: its id, and whether it was refused. */
struct bearer {
	uint8_t ebi;
	bool refused;
};

static bool
find_bearer(struct gtpc_reading *r, struct cursor in, struct bearer *b)
{
	struct ie ie;

	*b = (struct bearer){ 0 };
	while (cur_left(&in) != 0) {
		if (!next_ie(&in, &ie))
			return false;
		if (ie.type == IE_EBI && ie.instance == 0)
			b->ebi = cur_u8(&ie.value) & EBI_MASK;
		if (ie.type == IE_CAUSE && ie.instance == 0)
			b->refused = r->s->phase == ANSWER
			    && cur_u8(&ie.value) >= CAUSE_REJECTED;
	}
	return true;
}

static bool
read_bearer_context(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	static const struct reader readers[] = { { IE_F_TEID, ANY_INSTANCE, read_f_teid } };
	struct bearer b;

	(void)bearer;
	if (!find_bearer(r, in, &b))
		return false;
	if (r->s->act == SIGNALLING_DELETE && r->s->phase == ANSWER)
		add_gone(r, b.refused ? 0 : b.ebi);
	/* the first bearer of a new PDN connection is its default bearer */
	if (r->s->act == SIGNALLING_CREATE && r->s->linked_bearer == 0)
		r->s->linked_bearer = b.ebi;
	return b.refused || read_group(r, in, readers, ARRAY_LEN(readers), b.ebi);
}

/* Bearer contexts to be removed, or marked for removal: instance 1 wherever there is one. */
static bool
read_bearer_removed(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	struct bearer b;

	(void)bearer;
	if (!find_bearer(r, in, &b))
		return false;
	if (r->s->act == SIGNALLING_CREATE || r->s->act == SIGNALLING_MODIFY)
		add_gone(r, b.ebi);
	return true;
}

/* Table 7.3.1-2 and 7.3.6-2; one of several is read at a time. */
static bool
read_pdn_connection(struct gtpc_reading *r, struct cursor in, uint8_t bearer)
{
	static const struct reader readers[] = {
		{ IE_APN, 0, read_apn }, { IE_EBI, 0, read_linked_bearer },
		{ IE_IP_ADDRESS, ANY_INSTANCE, read_ip_address },
		{ IE_F_TEID, ANY_INSTANCE, read_f_teid },
		{ IE_BEARER_CONTEXT, 0, read_bearer_context },
	};

	if (r->n_pdns++ != r->pdn)
		return true;
	return read_group(r, in, readers, ARRAY_LEN(readers), bearer);
}

bool
gtpv2c_read(struct gtpc_reading *r)
{
	static const struct reader readers[] = {
		{ IE_IMSI, 0, read_imsi }, { IE_CAUSE, 0, read_cause },
		{ IE_RECOVERY, 0, read_recovery }, { IE_APN, 0, read_apn },
		{ IE_EBI, 0, read_linked_bearer }, { IE_EBI, 1, read_bearer_id },
		{ IE_MEI, 0, read_mei }, { IE_MSISDN, 0, read_msisdn },
		{ IE_INDICATION, 0, read_indication }, { IE_PAA, 0, read_paa },
		{ IE_RAT_TYPE, 0, read_rat_type },
		{ IE_SERVING_NETWORK, 0, read_serving_network }, { IE_ULI, 0, read_uli },
		{ IE_F_TEID, ANY_INSTANCE, read_f_teid },
		{ IE_BEARER_CONTEXT, 0, read_bearer_context },
		{ IE_BEARER_CONTEXT, 1, read_bearer_removed },
		{ IE_PDN_TYPE, 0, read_pdn_type },
		{ IE_PDN_CONNECTION, ANY_INSTANCE, read_pdn_connection },
	};

	return read_group(r, r->message->ies, readers, ARRAY_LEN(readers), 0);
}
