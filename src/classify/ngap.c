/* SPDX-License-Identifier: Apache-2.0 */
/* ngap.c - NGAP (TS 38.413) between gNB (or ng-eNB) and AMF: whose PDU sessions have which N3
 * tunnels, in which cell, and the NAS messages carried along. Aligned PER (9.5). */
#include "ap.h"
#include "macros.h"
#include "nas.h"
#include "ngap_transfer.h"

enum { PPID_NGAP = 60, PORT_NGAP = 38412 };	/* TS 38.412, 7 */
enum { SESSIONS_MAX = 256, CONTEXTS_MAX = 65536 };
enum { NR_CELL_BITS = 36, EUTRA_CELL_BITS = 28, TAC_OCTETS = 3 };
static const uint64_t AMF_ID_MAX = (UINT64_C(1) << 40) - 1, RAN_ID_MAX = UINT32_MAX;
/* Cause: radioNetwork and misc have 45 and 6 values in their root (9.4.5) */
static const struct ap_causes causes = { .groups = 6, .radio = 45, .misc = 6 };

/* ProtocolIE-ID (9.4.7) */
enum {
	ID_AMF_NAME = 1, ID_AMF_UE_ID = 10, ID_CAUSE = 15, ID_GLOBAL_RAN_NODE_ID = 27,
	ID_MASKED_IMEISV = 34, ID_NAS_PDU = 38, ID_RAN_NODE_NAME = 82, ID_RAN_UE_ID = 85,
	ID_RESET_TYPE = 88, ID_SOURCE_AMF_UE_ID = 100, ID_UE_IDS = 114, ID_USER_LOCATION = 121,
	ID_UE_RETENTION = 147
};

/* ProcedureCode (9.4.7), as in s1ap.c. */
#define ROW(name, by, act) { name, by, false, SIGNALLING_##act }
#define ASKED(name, by, act) { name, by, true, SIGNALLING_##act }
enum {
	CODE_RESET = 20, CODE_SETUP = 21, CODE_PATH_SWITCH = 25, CODE_PRIVATE = 31,
	CODE_CONTEXT_RELEASE = 41
};
static const struct ap_procedure procedures[] = {
	[0] = ASKED("amf-configuration-update", BY_CORE, NODE),
	[1] = ROW("amf-status-indication", BY_CORE, TELL),
	[2] = ROW("cell-traffic-trace", BY_RAN, TELL),
	[3] = ROW("deactivate-trace", BY_CORE, TELL),
	[4] = ROW("downlink-nas-transport", BY_CORE, TELL),
	[5] = ROW("downlink-non-ue-associated-nrppa-transport", BY_CORE, TELL),
	[6] = ROW("downlink-ran-configuration-transfer", BY_CORE, TELL),
	[7] = ROW("downlink-ran-status-transfer", BY_CORE, TELL),
	[8] = ROW("downlink-ue-associated-nrppa-transport", BY_CORE, TELL),
	[9] = ROW("error-indication", BY_EITHER, TELL),
	[10] = ASKED("handover-cancel", BY_RAN, TELL),
	[11] = ROW("handover-notification", BY_RAN, MODIFY),
	[12] = ASKED("handover-preparation", BY_RAN, TELL),
	[13] = ASKED("handover-resource-allocation", BY_CORE, CREATE),
	[14] = ASKED("initial-context-setup", BY_CORE, CREATE),
	[15] = ROW("initial-ue-message", BY_RAN, TELL),
	[16] = ROW("location-reporting-control", BY_CORE, TELL),
	[17] = ROW("location-reporting-failure-indication", BY_RAN, TELL),
	[18] = ROW("location-report", BY_RAN, TELL),
	[19] = ROW("nas-non-delivery-indication", BY_RAN, TELL),
	[CODE_RESET] = ASKED("ng-reset", BY_EITHER, TELL),
	[CODE_SETUP] = ASKED("ng-setup", BY_RAN, NODE),
	[22] = ROW("overload-start", BY_CORE, TELL),
	[23] = ROW("overload-stop", BY_CORE, TELL),
	[24] = ROW("paging", BY_CORE, TELL),
	[CODE_PATH_SWITCH] = ASKED("path-switch-request", BY_RAN, MODIFY),
	[26] = ASKED("pdu-session-resource-modify", BY_CORE, MODIFY),
	[27] = ASKED("pdu-session-resource-modify-indication", BY_RAN, MODIFY),
	[28] = ASKED("pdu-session-resource-release", BY_CORE, DELETE),
	[29] = ASKED("pdu-session-resource-setup", BY_CORE, MODIFY),
	[30] = ROW("pdu-session-resource-notify", BY_RAN, DELETE),
	[CODE_PRIVATE] = ROW("private-message", BY_EITHER, TELL),
	[32] = ASKED("pws-cancel", BY_CORE, TELL),
	[33] = ROW("pws-failure-indication", BY_RAN, TELL),
	[34] = ROW("pws-restart-indication", BY_RAN, TELL),
	[35] = ASKED("ran-configuration-update", BY_RAN, NODE),
	[36] = ROW("reroute-nas-request", BY_CORE, TELL),
	[37] = ROW("rrc-inactive-transition-report", BY_RAN, TELL),
	[38] = ROW("trace-failure-indication", BY_RAN, TELL),
	[39] = ROW("trace-start", BY_CORE, TELL),
	[40] = ASKED("ue-context-modification", BY_CORE, TELL),
	[CODE_CONTEXT_RELEASE] = ASKED("ue-context-release", BY_CORE, RELEASE),
	[42] = ROW("ue-context-release-request", BY_RAN, TELL),
	[43] = ASKED("ue-radio-capability-check", BY_CORE, TELL),
	[44] = ROW("ue-radio-capability-info-indication", BY_RAN, TELL),
	[45] = ROW("ue-tnla-binding-release", BY_CORE, TELL),
	[46] = ROW("uplink-nas-transport", BY_RAN, TELL),
	[47] = ROW("uplink-non-ue-associated-nrppa-transport", BY_RAN, TELL),
	[48] = ROW("uplink-ran-configuration-transfer", BY_RAN, TELL),
	[49] = ROW("uplink-ran-status-transfer", BY_RAN, TELL),
	[50] = ROW("uplink-ue-associated-nrppa-transport", BY_RAN, TELL),
	[51] = ASKED("write-replace-warning", BY_CORE, TELL),
	[52] = ROW("secondary-rat-data-usage-report", BY_RAN, TELL),
	[53] = ROW("uplink-rim-information-transfer", BY_RAN, TELL),
	[54] = ROW("downlink-rim-information-transfer", BY_CORE, TELL),
	[55] = ROW("retrieve-ue-information", BY_RAN, TELL),
	[56] = ROW("ue-information-transfer", BY_CORE, TELL),
	[57] = ROW("ran-cp-relocation-indication", BY_RAN, TELL),
	[58] = ASKED("ue-context-resume", BY_RAN, TELL),
	[59] = ASKED("ue-context-suspend", BY_RAN, TELL),
	[60] = ASKED("ue-radio-capability-id-mapping", BY_RAN, TELL),
	[61] = ROW("handover-success", BY_CORE, TELL),
	[62] = ROW("uplink-ran-early-status-transfer", BY_RAN, TELL),
	[63] = ROW("downlink-ran-early-status-transfer", BY_CORE, TELL),
	[64] = ROW("amf-cp-relocation-indication", BY_CORE, TELL),
	[65] = ROW("connection-establishment-indication", BY_CORE, TELL),
	[66] = ASKED("broadcast-session-modification", BY_CORE, TELL),
	[67] = ASKED("broadcast-session-release", BY_CORE, TELL),
	[68] = ASKED("broadcast-session-setup", BY_CORE, TELL),
	[69] = ASKED("distribution-setup", BY_RAN, TELL),
	[70] = ASKED("distribution-release", BY_RAN, TELL),
	[71] = ASKED("multicast-session-activation", BY_CORE, TELL),
	[72] = ASKED("multicast-session-deactivation", BY_CORE, TELL),
	[73] = ASKED("multicast-session-update", BY_CORE, TELL),
	[74] = ROW("multicast-group-paging", BY_CORE, TELL),
	[75] = ROW("broadcast-session-release-required", BY_RAN, TELL),
};

/* --- PDU sessions --- */

enum {
	MAY_NAS = 1 << 0,	/* NAS-PDU, first bit of the preamble */
	HAS_NSSAI = 1 << 1,	/* S-NSSAI */
	IS_GONE = 1 << 2	/* the PDU session ends; its transfer says only why */
};
/* A list in a message; its items are SEQUENCE { pDUSessionID, ..., transfer OCTET STRING
 * (CONTAINING ...), iE-Extensions OPTIONAL, ... } (9.4.4, 9.4.5). */
static const struct session_list {
	uint8_t list, has;
	void (*transfer)(struct ap *a, struct per *p, unsigned session);
} session_lists[] = {
	{ 71, MAY_NAS | HAS_NSSAI, ngap_setup_request },	/* SetupListCxtReq */
	{ 74, MAY_NAS | HAS_NSSAI, ngap_setup_request },	/* SetupListSUReq */
	{ 73, HAS_NSSAI, ngap_setup_request },			/* SetupListHOReq */
	{ 72, 0, ngap_setup_response },				/* SetupListCxtRes */
	{ 75, 0, ngap_setup_response },				/* SetupListSURes */
	{ 53, 0, ngap_handover_acknowledge },			/* AdmittedList */
	{ 59, 0, ngap_handover_command },			/* HandoverList */
	{ 76, 0, ngap_path_switch },				/* ToBeSwitchedDLList */
	{ 77, 0, ngap_path_switch_acknowledge },		/* SwitchedList */
	{ 64, MAY_NAS, ngap_setup_request },			/* ModifyListModReq: the same elements */
	{ 65, 0, ngap_modify_response },			/* ModifyListModRes */
	{ 63, 0, ngap_setup_response },				/* ModifyListModInd: the same start */
	{ 62, 0, ngap_modify_confirm },				/* ModifyListModCfm */
	{ 79, IS_GONE, NULL },					/* ToReleaseListRelCmd */
	{ 70, IS_GONE, NULL },					/* ReleasedListRelRes */
	{ 68, IS_GONE, NULL },					/* ReleasedListPSAck */
	{ 67, IS_GONE, NULL },					/* ReleasedListNot */
};

/* S-NSSAI ::= SEQUENCE { sST, sD OPTIONAL, iE-Extensions OPTIONAL, ... } */
static void
skip_nssai(struct per *p)
{
	bool additions = per_bit(p), differentiator = per_bit(p), extensions = per_bit(p);

	(void)per_bits(p, 8);
	if (differentiator)
		(void)per_fixed(p, 3);
	ap_skip_rest(p, extensions, additions);
}

static void
read_nas(struct ap *a, struct per *p)
{
	struct cursor pdu = per_octets(p);

	if (per_ok(p) && !nas_read(NAS_5GS, pdu, a->parse, a->s))
		a->broken = true;
}

static void
read_session(struct ap *a, const struct session_list *row, struct per *p)
{
	bool additions = per_bit(p), nas = (row->has & MAY_NAS) != 0 && per_bit(p);
	bool extensions = per_bit(p);
	unsigned session = (unsigned)per_integer(p, 0, UINT8_MAX);
	struct per transfer;

	if (nas)
		read_nas(a, p);
	if ((row->has & HAS_NSSAI) != 0)
		skip_nssai(p);
	transfer = per_open(p);
	ap_skip_rest(p, extensions, additions);
	if (!per_ok(p))
		return;
	if ((row->has & IS_GONE) != 0)
		ap_bearer_gone(a, session);
	if (row->transfer != NULL)
		row->transfer(a, &transfer, session);
	if (!per_ok(&transfer))
		a->broken = true;
}

/* SEQUENCE (SIZE (1..maxnoofPDUSessions)) OF items */
static void
read_sessions(struct ap *a, const struct session_list *row, struct per *p)
{
	uint32_t n = per_count(p, 1, SESSIONS_MAX);

	while (n-- != 0 && per_ok(p))
		read_session(a, row, p);
}

/* --- other elements --- */

/* UE-NGAP-IDs ::= CHOICE { uE-NGAP-ID-pair, aMF-UE-NGAP-ID, choice-Extensions } */
static void
read_ue_ids(struct ap *a, struct per *p)
{
	unsigned choice = per_index(p, 3, false);

	if (choice == 0) {
		(void)per_bits(p, 2);		/* additions, iE-Extensions */
		ap_read_core_id(a, p, AMF_ID_MAX);
		ap_read_ran_id(a, p, RAN_ID_MAX);
	} else if (choice == 1) {
		ap_read_core_id(a, p, AMF_ID_MAX);
	}
}

/* UE-associatedLogicalNG-connectionItem: both ids optional */
static void
read_connection(struct ap *a, struct per *p)
{
	bool additions = per_bit(p), amf = per_bit(p), ran = per_bit(p), extensions = per_bit(p);
	uint64_t amf_id = amf ? per_integer(p, 0, AMF_ID_MAX) + 1 : 0;
	uint64_t ran_id = ran ? per_integer(p, 0, RAN_ID_MAX) + 1 : 0;

	ap_skip_rest(p, extensions, additions);
	if (per_ok(p))
		ap_reset_context(a, amf_id, ran_id);
}

/* ResetType ::= CHOICE { nG-Interface, partOfNG-Interface, choice-Extensions } */
static void
read_reset(struct ap *a, struct per *p)
{
	unsigned choice = per_index(p, 3, false);
	uint32_t n;

	if (choice == 0 && per_ok(p))
		ap_reset_all(a);
	if (choice != 1)
		return;
	n = per_count(p, 1, CONTEXTS_MAX);
	while (n-- != 0 && per_ok(p))
		read_connection(a, p);
}

/* GlobalRANNodeID ::= CHOICE { globalGNB-ID, globalNgENB-ID, globalN3IWF-ID, choice-Extensions },
 * each a SEQUENCE that begins with the PLMN */
static void
read_node(struct ap *a, struct per *p)
{
	if (per_index(p, 4, false) == 3)
		return;
	(void)per_bits(p, 2);
	a->s->plmn = ap_read_plmn(p);
}

/* UserLocationInformation ::= CHOICE { EUTRA, NR, N3IWF, choice-Extensions }; the first two:
 * SEQUENCE { CGI, TAI, timeStamp OPTIONAL, iE-Extensions OPTIONAL, ... } */
static void
read_location(struct ap *a, struct per *p)
{
	unsigned choice = per_index(p, 4, false);

	if (choice > 1)
		return;
	(void)per_bits(p, 3);
	if (choice == 0)
		ap_read_cell(a, p, CELL_ECGI, EUTRA_CELL_BITS);
	else
		ap_read_cell(a, p, CELL_NCGI, NR_CELL_BITS);
	ap_read_tai(a, p, TAC_OCTETS);
	if (choice == 1 && per_ok(p))
		a->s->rat = RAT_NR;
}

static void
ngap_read(struct ap *a, struct ap_ie *ie)
{
	struct per *p = &ie->value;

	switch (ie->id) {
	case ID_AMF_UE_ID:
	case ID_SOURCE_AMF_UE_ID:	ap_read_core_id(a, p, AMF_ID_MAX); return;
	case ID_RAN_UE_ID:		ap_read_ran_id(a, p, RAN_ID_MAX); return;
	case ID_UE_IDS:			read_ue_ids(a, p); return;
	case ID_CAUSE:			ap_read_cause(a, p, &causes); return;
	case ID_NAS_PDU:		read_nas(a, p); return;
	case ID_USER_LOCATION:		read_location(a, p); return;
	case ID_MASKED_IMEISV:		ap_read_masked_imeisv(a, p); return;
	case ID_RESET_TYPE:		read_reset(a, p); return;
	case ID_GLOBAL_RAN_NODE_ID:	read_node(a, p); return;
	case ID_RAN_NODE_NAME:
	case ID_AMF_NAME:		ap_read_name(a, p); return;
	case ID_UE_RETENTION:		a->retains = true; return;
	default:			break;
	}
	for (size_t i = 0; i < ARRAY_LEN(session_lists); i++)
		if (session_lists[i].list == ie->id)
			read_sessions(a, &session_lists[i], p);
}

static const struct ap_protocol ngap = {
	.parser = PARSER_ngap, .source = SIGNALLED_NGAP, .ppid = PPID_NGAP, .port = PORT_NGAP,
	.setup = CODE_SETUP, .path_switch = CODE_PATH_SWITCH,
	.context_release = CODE_CONTEXT_RELEASE, .private_message = CODE_PRIVATE,
	.procedures = procedures, .n_procedures = ARRAY_LEN(procedures), .read = ngap_read,
};

static const struct field ngap_fields[] = {
	[AP_PROCEDURE] = { "ngap.procedure", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "initial-ue-message, pdu-session-resource-setup ...: of the first messages" },
	[AP_CORE_ID] = { "ngap.amf_ue_id", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "AMF-UE-NGAP-ID: the UE context at the AMF" },
	[AP_RAN_ID] = { "ngap.ran_ue_id", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "RAN-UE-NGAP-ID: the UE context at the gNB" },
	[AP_IMEISV_MASKED] = { "ngap.imeisv_masked", FIELD_HEX, MATCH_NONE, FIELD_MANY | FIELD_IMEI, NULL,
	    "Masked IMEISV: TAC and software version in clear, the end of the serial as ffff" },
	[AP_NODE] = { "ngap.node", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "transport layer address of a PDU session, of either end" },
	[AP_TEID_UPLINK] = { "ngap.teid_uplink", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "TEID under which the UPF receives from the device" },
	[AP_TEID_DOWNLINK] = { "ngap.teid_downlink", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "TEID under which the gNB receives for the device" },
	[AP_TAI] = { "ngap.tai", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "tracking area: PLMN and tracking area code" },
	[AP_CELL] = { "ngap.cgi", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "cell: PLMN and NR (or E-UTRA) cell identity" },
	[AP_CAUSE] = { "ngap.cause", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "cause: its group and its number there, e.g. nas-2 for deregister" },
	[AP_NAME] = { "ngap.name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "name of a gNB or AMF" },
};

static enum probe_result
ngap_probe(const struct parse *p, struct cursor in, bool on_port)
{
	return ap_probe(&ngap, p, in, on_port);
}

static enum parse_result
ngap_parse(struct parse *p, struct cursor *in)
{
	return ap_parse(&ngap, p, in);
}

const struct app_parser ngap_parser = {
	.name = "ngap", .spec = "TS 38.413",
	.sctp = true, .signalling = true, .ports = { PORT_NGAP },
	.role = ROLE_SIGNALLING, .role_confidence = 90,
	.state_size = sizeof(struct ap_state),
	.probe = ngap_probe, .parse = ngap_parse,
	.fields = ngap_fields, .n_fields = ARRAY_LEN(ngap_fields),
};
