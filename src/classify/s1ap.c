/* SPDX-License-Identifier: Apache-2.0 */
/* s1ap.c - S1AP (TS 36.413) between eNB and MME: whose E-RABs have which S1-U tunnels, in which
 * cell, and the NAS messages carried along. Aligned PER (9.3.9). */
#include "ap.h"
#include "macros.h"
#include "nas.h"

enum { PPID_S1AP = 18, PORT_S1AP = 36412 };	/* TS 36.412, 7 */
enum { MME_ID_MAX = UINT32_MAX, ENB_ID_MAX = (1 << 24) - 1, ERABS_MAX = 256, CONTEXTS_MAX = 256 };
enum { CELL_BITS = 28, TAC_OCTETS = 2 };
static const uint64_t BIT_RATE_MAX = UINT64_C(10000000000);
/* Cause: radioNetwork and misc have 36 and 6 values in their root (9.3.4) */
static const struct ap_causes causes = { .groups = 5, .radio = 36, .misc = 6, .extensible = true };

/* ProtocolIE-ID (9.3.6) */
enum {
	ID_MME_UE_ID = 0, ID_CAUSE = 2, ID_ENB_UE_ID = 8, ID_NAS_PDU = 26, ID_GLOBAL_ENB_ID = 59,
	ID_ENB_NAME = 60, ID_MME_NAME = 61, ID_TAI = 67, ID_SOURCE_MME_UE_ID = 88,
	ID_CONNECTION_ITEM = 91, ID_RESET_TYPE = 92, ID_UE_IDS = 99, ID_EUTRAN_CGI = 100,
	ID_USER_LOCATION = 189, ID_MASKED_IMEISV = 192, ID_UE_RETENTION = 228
};

/* ProcedureCode (9.3.6), and what the message does to a session of ours. A handover begins a
 * context at the target; a context that is suspended keeps its tunnels. */
#define ROW(name, by, act) { name, by, false, SIGNALLING_##act }
#define ASKED(name, by, act) { name, by, true, SIGNALLING_##act }
enum {
	CODE_PATH_SWITCH = 3, CODE_RESET = 14, CODE_SETUP = 17, CODE_CONTEXT_RELEASE = 23,
	CODE_PRIVATE = 39
};
static const struct ap_procedure procedures[] = {
	[0] = ASKED("handover-preparation", BY_RAN, TELL),
	[1] = ASKED("handover-resource-allocation", BY_CORE, CREATE),
	[2] = ROW("handover-notification", BY_RAN, MODIFY),
	[CODE_PATH_SWITCH] = ASKED("path-switch-request", BY_RAN, MODIFY),
	[4] = ASKED("handover-cancel", BY_RAN, TELL),
	[5] = ASKED("e-rab-setup", BY_CORE, MODIFY),
	[6] = ASKED("e-rab-modify", BY_CORE, MODIFY),
	[7] = ASKED("e-rab-release", BY_CORE, DELETE),
	[8] = ROW("e-rab-release-indication", BY_RAN, DELETE),
	[9] = ASKED("initial-context-setup", BY_CORE, CREATE),
	[10] = ROW("paging", BY_CORE, TELL),
	[11] = ROW("downlink-nas-transport", BY_CORE, TELL),
	[12] = ROW("initial-ue-message", BY_RAN, TELL),
	[13] = ROW("uplink-nas-transport", BY_RAN, TELL),
	[CODE_RESET] = ASKED("reset", BY_EITHER, TELL),
	[15] = ROW("error-indication", BY_EITHER, TELL),
	[16] = ROW("nas-non-delivery-indication", BY_RAN, TELL),
	[CODE_SETUP] = ASKED("s1-setup", BY_RAN, NODE),
	[18] = ROW("ue-context-release-request", BY_RAN, TELL),
	[19] = ROW("downlink-s1-cdma2000-tunnelling", BY_CORE, TELL),
	[20] = ROW("uplink-s1-cdma2000-tunnelling", BY_RAN, TELL),
	[21] = ASKED("ue-context-modification", BY_CORE, TELL),
	[22] = ROW("ue-capability-info-indication", BY_RAN, TELL),
	[CODE_CONTEXT_RELEASE] = ASKED("ue-context-release", BY_CORE, RELEASE),
	[24] = ROW("enb-status-transfer", BY_RAN, TELL),
	[25] = ROW("mme-status-transfer", BY_CORE, TELL),
	[26] = ROW("deactivate-trace", BY_CORE, TELL),
	[27] = ROW("trace-start", BY_CORE, TELL),
	[28] = ROW("trace-failure-indication", BY_RAN, TELL),
	[29] = ASKED("enb-configuration-update", BY_RAN, NODE),
	[30] = ASKED("mme-configuration-update", BY_CORE, NODE),
	[31] = ROW("location-reporting-control", BY_CORE, TELL),
	[32] = ROW("location-reporting-failure-indication", BY_RAN, TELL),
	[33] = ROW("location-report", BY_RAN, TELL),
	[34] = ROW("overload-start", BY_CORE, TELL),
	[35] = ROW("overload-stop", BY_CORE, TELL),
	[36] = ASKED("write-replace-warning", BY_CORE, TELL),
	[37] = ROW("enb-direct-information-transfer", BY_RAN, TELL),
	[38] = ROW("mme-direct-information-transfer", BY_CORE, TELL),
	[CODE_PRIVATE] = ROW("private-message", BY_EITHER, TELL),
	[40] = ROW("enb-configuration-transfer", BY_RAN, TELL),
	[41] = ROW("mme-configuration-transfer", BY_CORE, TELL),
	[42] = ROW("cell-traffic-trace", BY_RAN, TELL),
	[43] = ASKED("kill", BY_CORE, TELL),
	[44] = ROW("downlink-ue-associated-lppa-transport", BY_CORE, TELL),
	[45] = ROW("uplink-ue-associated-lppa-transport", BY_RAN, TELL),
	[46] = ROW("downlink-non-ue-associated-lppa-transport", BY_CORE, TELL),
	[47] = ROW("uplink-non-ue-associated-lppa-transport", BY_RAN, TELL),
	[48] = ASKED("ue-radio-capability-match", BY_CORE, TELL),
	[49] = ROW("pws-restart-indication", BY_RAN, TELL),
	[50] = ASKED("e-rab-modification-indication", BY_RAN, MODIFY),
	[51] = ROW("pws-failure-indication", BY_RAN, TELL),
	[52] = ROW("reroute-nas-request", BY_CORE, TELL),
	[53] = ASKED("ue-context-modification-indication", BY_RAN, TELL),
	[54] = ROW("connection-establishment-indication", BY_CORE, TELL),
	[55] = ASKED("ue-context-suspend", BY_RAN, TELL),
	[56] = ASKED("ue-context-resume", BY_RAN, TELL),
	[57] = ROW("nas-delivery-indication", BY_RAN, TELL),
	[58] = ROW("retrieve-ue-information", BY_RAN, TELL),
	[59] = ROW("ue-information-transfer", BY_CORE, TELL),
	[60] = ROW("enb-cp-relocation-indication", BY_RAN, TELL),
	[61] = ROW("mme-cp-relocation-indication", BY_CORE, TELL),
	[62] = ROW("secondary-rat-data-usage-report", BY_RAN, TELL),
	[63] = ASKED("ue-radio-capability-id-mapping", BY_RAN, TELL),
	[64] = ROW("handover-success", BY_CORE, TELL),
	[65] = ROW("enb-early-status-transfer", BY_RAN, TELL),
	[66] = ROW("mme-early-status-transfer", BY_CORE, TELL),
};

/* --- E-RABs --- */

/* What an item has behind its preamble and E-RAB-ID, in this order (9.3.3). */
enum {
	HAS_QOS = 1 << 0,	/* E-RABLevelQoSParameters */
	HAS_TUNNEL = 1 << 1,	/* TransportLayerAddress, GTP-TEID */
	HAS_NAS = 1 << 2,	/* NAS-PDU */
	MAY_NAS = 1 << 3,	/* the same, first bit of the preamble */
	MAY_FORWARD = 1 << 4,	/* addresses and TEIDs for forwarding, both optional */
	IS_GONE = 1 << 5	/* the E-RAB ends */
};
/* A list in a message, the only item it may have, how many optional components that has,
 * and whose end its tunnel is. */
static const struct erab_list {
	uint8_t list, item, options, has, end;
} erab_lists[] = {
	{ 24, 52, 2, HAS_QOS | HAS_TUNNEL | MAY_NAS, END_UPLINK },	/* ToBeSetupListCtxtSUReq */
	{ 16, 17, 1, HAS_QOS | HAS_TUNNEL | HAS_NAS, END_UPLINK },	/* ToBeSetupListBearerSUReq */
	{ 53, 27, 1, HAS_TUNNEL, END_UPLINK },		/* ToBeSetupListHOReq, QoS behind it */
	{ 95, 94, 1, HAS_TUNNEL, END_UPLINK },		/* ToBeSwitchedULList */
	{ 51, 50, 1, HAS_TUNNEL, END_DOWNLINK },	/* SetupListCtxtSURes */
	{ 28, 39, 1, HAS_TUNNEL, END_DOWNLINK },	/* SetupListBearerSURes */
	{ 18, 20, 5, HAS_TUNNEL | MAY_FORWARD, END_DOWNLINK },	/* AdmittedList */
	{ 22, 23, 1, HAS_TUNNEL, END_DOWNLINK },	/* ToBeSwitchedDLList */
	{ 199, 200, 1, HAS_TUNNEL, END_DOWNLINK },	/* ToBeModifiedListBearerModInd */
	{ 201, 202, 1, HAS_TUNNEL, END_DOWNLINK },	/* NotToBeModifiedListBearerModInd */
	{ 12, 14, 5, MAY_FORWARD, END_DOWNLINK },	/* SubjecttoDataForwardingList */
	{ 30, 36, 1, HAS_QOS | HAS_NAS, END_UPLINK },	/* ToBeModifiedListBearerModReq */
	{ 33, 35, 1, IS_GONE, END_UPLINK },		/* ToBeReleasedList */
	{ 110, 35, 1, IS_GONE, END_UPLINK },		/* ReleasedList */
	{ 69, 15, 1, IS_GONE, END_UPLINK },		/* ReleaseListBearerRelComp */
	{ 210, 35, 1, IS_GONE, END_UPLINK },		/* ToBeReleasedListBearerModConf */
};

/* AllocationAndRetentionPriority ::= SEQUENCE { priorityLevel 0..15, two of one bit, ... } */
static void
skip_priority(struct per *p)
{
	bool additions = per_bit(p), extensions = per_bit(p);

	(void)per_bits(p, 4 + 1 + 1);
	ap_skip_rest(p, extensions, additions);
}

/* GBR-QosInformation: maximum and guaranteed bit rates of both directions */
static void
skip_bit_rates(struct per *p)
{
	bool additions = per_bit(p), extensions = per_bit(p);

	for (unsigned i = 0; i < 4; i++)
		(void)per_integer(p, 0, BIT_RATE_MAX);
	ap_skip_rest(p, extensions, additions);
}

static void
skip_qos(struct per *p)
{
	bool additions = per_bit(p), guaranteed = per_bit(p), extensions = per_bit(p);

	(void)per_integer(p, 0, UINT8_MAX);	/* QCI */
	skip_priority(p);
	if (guaranteed)
		skip_bit_rates(p);
	ap_skip_rest(p, extensions, additions);
}

/* The old cell forwards what it still has: one tunnel for each direction. `options`: address
 * and TEID of the one for downlink packets, then of the one for uplink packets. */
static void
read_forwarding(struct ap *a, struct per *p, unsigned options, unsigned erab)
{
	static const uint8_t kinds[2] = { END_DOWNLINK, END_UPLINK };

	for (unsigned i = 0; i < 2; i++, options <<= 2) {
		struct ap_address at = { .n = 0 };
		struct cursor teid;

		if ((options & 8) != 0)
			(void)ap_read_address(p, &at);
		if ((options & 4) == 0)
			continue;
		teid = per_fixed(p, 4);
		if (per_ok(p))
			ap_add_ends(a, &at, cur_be32(&teid), kinds[i], erab);
	}
}

static void
read_nas(struct ap *a, struct per *p)
{
	struct cursor pdu = per_octets(p);

	if (per_ok(p) && !nas_read(NAS_EPS, pdu, a->parse, a->s))
		a->broken = true;
}

/* SEQUENCE { e-RAB-ID, ..., iE-Extensions OPTIONAL, ... } */
static void
read_erab(struct ap *a, const struct erab_list *row, struct per *p)
{
	unsigned options, erab;

	(void)per_bit(p);
	options = per_bits(p, row->options);
	erab = (unsigned)per_integer_extensible(p, 0, 15);
	if ((row->has & HAS_QOS) != 0)
		skip_qos(p);
	if ((row->has & HAS_TUNNEL) != 0)
		ap_read_tunnel(a, p, row->end, erab);
	if ((row->has & MAY_FORWARD) != 0)
		read_forwarding(a, p, options >> 1, erab);
	if ((row->has & HAS_NAS) != 0 || ((row->has & MAY_NAS) != 0 && (options & 2) != 0))
		read_nas(a, p);
	if ((row->has & IS_GONE) != 0 && per_ok(p))
		ap_bearer_gone(a, erab);
}

/* SEQUENCE (SIZE (1..maxnoofE-RABs)) OF ProtocolIE-SingleContainer */
static void
read_erabs(struct ap *a, const struct erab_list *row, struct per *p)
{
	struct ap_list list = { .left = per_count(p, 1, ERABS_MAX) };
	struct ap_ie item;

	list.in = *p;
	while (ap_next(&list, &item)) {
		if (item.id != row->item)
			continue;
		read_erab(a, row, &item.value);
		if (!per_ok(&item.value))
			a->broken = true;
	}
	*p = list.in;
}

/* --- other elements --- */

/* UE-S1AP-IDs ::= CHOICE { uE-S1AP-ID-pair, mME-UE-S1AP-ID, ... } */
static void
read_ue_ids(struct ap *a, struct per *p)
{
	unsigned choice = per_index(p, 2, true);

	if (choice == 0) {
		(void)per_bits(p, 2);		/* additions, iE-Extensions */
		ap_read_core_id(a, p, MME_ID_MAX);
		ap_read_ran_id(a, p, ENB_ID_MAX);
	} else if (choice == 1) {
		ap_read_core_id(a, p, MME_ID_MAX);
	}
}

/* UE-associatedLogicalS1-ConnectionItem: both ids optional */
static void
read_connection(struct ap *a, struct per *p)
{
	bool mme, enb;
	uint64_t mme_id = 0, enb_id = 0;

	(void)per_bit(p);
	mme = per_bit(p);
	enb = per_bit(p);
	(void)per_bit(p);
	if (mme)
		mme_id = per_integer(p, 0, MME_ID_MAX) + 1;
	if (enb)
		enb_id = per_integer(p, 0, ENB_ID_MAX) + 1;
	if (per_ok(p))
		ap_reset_context(a, mme_id, enb_id);
}

/* ResetType ::= CHOICE { s1-Interface, partOfS1-Interface, ... } */
static void
read_reset(struct ap *a, struct per *p)
{
	struct ap_list list = { .left = 0 };
	struct ap_ie item;
	unsigned choice = per_index(p, 2, true);

	if (choice == 0 && per_ok(p))
		ap_reset_all(a);
	if (choice != 1)
		return;
	list.left = per_count(p, 1, CONTEXTS_MAX);
	list.in = *p;
	while (ap_next(&list, &item))
		if (item.id == ID_CONNECTION_ITEM)
			read_connection(a, &item.value);
	*p = list.in;
}

/* Global-ENB-ID ::= SEQUENCE { pLMNidentity, eNB-ID, iE-Extensions OPTIONAL, ... } */
static void
read_enb(struct ap *a, struct per *p)
{
	(void)per_bits(p, 2);
	a->s->plmn = ap_read_plmn(p);
}

/* UserLocationInformation ::= SEQUENCE { eutran-cgi, tai, iE-Extensions OPTIONAL, ... } */
static void
read_location(struct ap *a, struct per *p)
{
	(void)per_bits(p, 2);
	ap_read_cell(a, p, CELL_ECGI, CELL_BITS);
	ap_read_tai(a, p, TAC_OCTETS);
}

static void
s1ap_read(struct ap *a, struct ap_ie *ie)
{
	struct per *p = &ie->value;

	switch (ie->id) {
	case ID_MME_UE_ID:
	case ID_SOURCE_MME_UE_ID:	ap_read_core_id(a, p, MME_ID_MAX); return;
	case ID_ENB_UE_ID:		ap_read_ran_id(a, p, ENB_ID_MAX); return;
	case ID_UE_IDS:			read_ue_ids(a, p); return;
	case ID_CAUSE:			ap_read_cause(a, p, &causes); return;
	case ID_NAS_PDU:		read_nas(a, p); return;
	case ID_TAI:			ap_read_tai(a, p, TAC_OCTETS); return;
	case ID_EUTRAN_CGI:		ap_read_cell(a, p, CELL_ECGI, CELL_BITS); return;
	case ID_USER_LOCATION:		read_location(a, p); return;
	case ID_MASKED_IMEISV:		ap_read_masked_imeisv(a, p); return;
	case ID_RESET_TYPE:		read_reset(a, p); return;
	case ID_GLOBAL_ENB_ID:		read_enb(a, p); return;
	case ID_ENB_NAME:
	case ID_MME_NAME:		ap_read_name(a, p); return;
	case ID_UE_RETENTION:		a->retains = true; return;
	default:			break;
	}
	for (size_t i = 0; i < ARRAY_LEN(erab_lists); i++)
		if (erab_lists[i].list == ie->id)
			read_erabs(a, &erab_lists[i], p);
}

static const struct ap_protocol s1ap = {
	.parser = PARSER_s1ap, .source = SIGNALLED_S1AP, .ppid = PPID_S1AP, .port = PORT_S1AP,
	.setup = CODE_SETUP, .path_switch = CODE_PATH_SWITCH,
	.context_release = CODE_CONTEXT_RELEASE, .private_message = CODE_PRIVATE,
	.procedures = procedures, .n_procedures = ARRAY_LEN(procedures), .read = s1ap_read,
};

static const struct field s1ap_fields[] = {
	[AP_PROCEDURE] = { "s1ap.procedure", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "initial-ue-message, initial-context-setup ...: of the first messages" },
	[AP_CORE_ID] = { "s1ap.mme_ue_id", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "MME-UE-S1AP-ID: the UE context at the MME" },
	[AP_RAN_ID] = { "s1ap.enb_ue_id", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "eNB-UE-S1AP-ID: the UE context at the eNB" },
	[AP_IMEISV_MASKED] = { "s1ap.imeisv_masked", FIELD_HEX, MATCH_NONE, FIELD_MANY | FIELD_IMEI, NULL,
	    "Masked IMEISV: TAC and software version in clear, the end of the serial as ffff" },
	[AP_NODE] = { "s1ap.node", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "transport layer address of an E-RAB, of either end" },
	[AP_TEID_UPLINK] = { "s1ap.teid_uplink", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "TEID under which the SGW receives from the device" },
	[AP_TEID_DOWNLINK] = { "s1ap.teid_downlink", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "TEID under which the eNB receives for the device" },
	[AP_TAI] = { "s1ap.tai", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "tracking area: PLMN and tracking area code" },
	[AP_CELL] = { "s1ap.ecgi", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "cell: PLMN and E-UTRAN cell identity" },
	[AP_CAUSE] = { "s1ap.cause", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "cause: its group and its number there, e.g. nas-2 for detach" },
	[AP_NAME] = { "s1ap.name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "name of an eNB or MME" },
	NAS_FIELD_ROWS
};

static enum probe_result
s1ap_probe(const struct parse *p, struct cursor in, bool on_port)
{
	return ap_probe(&s1ap, p, in, on_port);
}

static enum parse_result
s1ap_parse(struct parse *p, struct cursor *in)
{
	return ap_parse(&s1ap, p, in);
}

const struct app_parser s1ap_parser = {
	.name = "s1ap", .spec = "TS 36.413",
	.sctp = true, .signalling = true, .ports = { PORT_S1AP },
	.role = ROLE_SIGNALLING, .role_confidence = 90,
	.state_size = sizeof(struct ap_state),
	.probe = s1ap_probe, .parse = s1ap_parse,
	.fields = s1ap_fields, .n_fields = ARRAY_LEN(s1ap_fields),
};
