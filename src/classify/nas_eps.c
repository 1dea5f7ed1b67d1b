/* SPDX-License-Identifier: Apache-2.0 */
/* nas_eps.c - EPS mobility and session management (TS 24.301, 8.2 and 8.3). */
#include "macros.h"
#include "nas_message.h"

/* Identity types: of EPS mobile identity (9.9.3.12), of mobile identity (TS 24.008, 10.5.1.4) */
enum { EPS_IMSI = 1, EPS_IMEI = 3, IDENTITY_IMSI = 1, IDENTITY_IMEI = 2, IDENTITY_IMEISV = 3 };
enum { PLAIN_MOBILITY = 0x07, DISCRIMINATOR = 0xf, SESSION = 0x2 };
/* Optional elements that are read */
enum { IEI_IMEISV = 0x23, IEI_APN = 0x28, IEI_REPLAYED = 0x79 };

static void read_session(struct nas *n, struct cursor in);

/* --- identities --- */

static void
read_eps_identity(struct nas *n, struct cursor value)
{
	switch (cur_peek(&value, 0) & 7) {
	case EPS_IMSI:
		nas_set_imsi(n, nas_identity_digits(value));
		break;
	case EPS_IMEI:
		nas_set_imei(n, nas_identity_digits(value), IMEI_DIGITS);
		break;
	default:
		break;			/* GUTI */
	}
}

static void
read_identity(struct nas *n, struct cursor value)
{
	switch (cur_peek(&value, 0) & 7) {
	case IDENTITY_IMSI:
		nas_set_imsi(n, nas_identity_digits(value));
		break;
	case IDENTITY_IMEI:
		nas_set_imei(n, nas_identity_digits(value), IMEI_DIGITS);
		break;
	case IDENTITY_IMEISV:
		nas_set_imei(n, nas_identity_digits(value), IMEISV_DIGITS);
		break;
	default:
		break;			/* TMSI, none */
	}
}

/* --- mobility management --- */

/* Attach request: type and key set; EPS mobile identity; UE network capability; ESM message */
static void
read_attach_request(struct nas *n, struct cursor *in)
{
	cur_skip(in, 1);
	read_eps_identity(n, nas_lv(in));
	(void)nas_lv(in);
	read_session(n, nas_lve(in));
}

/* Attach accept: result; T3412; TAI list; ESM message */
static void
read_attach_accept(struct nas *n, struct cursor *in)
{
	cur_skip(in, 2);
	(void)nas_lv(in);
	read_session(n, nas_lve(in));
}

static void
read_attach_complete(struct nas *n, struct cursor *in)
{
	read_session(n, nas_lve(in));
}

/* Detach request of the UE: type and key set; EPS mobile identity (8.2.11.1). Of the network: no
 * identity (8.2.11.2). */
static void
read_detach_request(struct nas *n, struct cursor *in)
{
	cur_skip(in, 1);
	if (n->from_ran)
		read_eps_identity(n, nas_lv(in));
}

static void
read_identity_response(struct nas *n, struct cursor *in)
{
	read_identity(n, nas_lv(in));
}

static void
read_nothing(struct nas *n, struct cursor *in)
{
	(void)n;
	(void)in;
}

static void
security_option(struct nas *n, uint8_t iei, struct cursor value)
{
	if (iei == IEI_IMEISV)
		read_identity(n, value);
	else if (iei == IEI_REPLAYED)
		nas_read_inner(n, nas_read_eps, value);
}

static const struct nas_option attach_request_options[] = {
	{ 0x19, NAS_TV + 3 }, { 0x50, NAS_TLV }, { 0x52, NAS_TV + 5 }, { 0x5c, NAS_TV + 2 },
	{ 0x31, NAS_TLV }, { 0x13, NAS_TV + 5 }, { 0x90, NAS_HALF }, { 0x11, NAS_TLV },
	{ 0x20, NAS_TLV }, { 0x40, NAS_TLV }, { 0xf0, NAS_HALF }, { 0x5d, NAS_TLV },
	{ 0xd0, NAS_HALF }, { 0xe0, NAS_HALF }, { 0xc0, NAS_HALF }, { 0x10, NAS_TLV },
	{ 0x6a, NAS_TLV }, { 0x5e, NAS_TLV }, { 0x6e, NAS_TLV }, { 0x6f, NAS_TLV },
	{ 0x6d, NAS_TLV }, { 0x17, NAS_TV + 1 }, { 0x32, NAS_TLV }, { 0x34, NAS_TLV },
	{ 0x35, NAS_TLV }, { 0x36, NAS_TLV }, { 0x37, NAS_TLV }, { 0x38, NAS_TLV },
};
static const struct nas_option attach_accept_options[] = {
	{ 0x50, NAS_TLV }, { 0x13, NAS_TV + 5 }, { 0x23, NAS_TLV }, { 0x53, NAS_TV + 1 },
	{ 0x17, NAS_TV + 1 }, { 0x59, NAS_TV + 1 }, { 0x4a, NAS_TLV }, { 0x34, NAS_TLV },
	{ 0x64, NAS_TLV }, { 0xf0, NAS_HALF }, { 0x5e, NAS_TLV }, { 0x6a, NAS_TLV },
	{ 0x6e, NAS_TLV }, { 0x65, NAS_TLV }, { 0xe0, NAS_HALF }, { 0xd0, NAS_HALF },
	{ 0x6b, NAS_TLV }, { 0xc0, NAS_HALF }, { 0x6c, NAS_TLV }, { 0x7a, NAS_TLVE },
	{ 0x7c, NAS_TLVE }, { 0x66, NAS_TLV }, { 0xb0, NAS_HALF }, { 0x35, NAS_TLV },
	{ 0x36, NAS_TLV }, { 0x37, NAS_TLV }, { 0x38, NAS_TLV },
};
static const struct nas_option detach_options[] = { { 0x53, NAS_TV + 1 } };
static const struct nas_option security_options[] = {
	{ IEI_IMEISV, NAS_TLV }, { IEI_REPLAYED, NAS_TLVE },
};

/* Message types (9.8), EPS mobility management */
static const struct nas_message mobility[] = {
	{ 0x41, "attach-request", read_attach_request, NULL, NAS_OPTIONS(attach_request_options) },
	{ 0x42, "attach-accept", read_attach_accept, NULL, NAS_OPTIONS(attach_accept_options) },
	{ 0x43, "attach-complete", read_attach_complete, NULL, NULL, 0 },
	{ 0x44, "attach-reject", NULL, NULL, NULL, 0 },
	{ 0x45, "detach-request", read_detach_request, NULL, NAS_OPTIONS(detach_options) },
	{ 0x46, "detach-accept", NULL, NULL, NULL, 0 },
	{ 0x48, "tracking-area-update-request", NULL, NULL, NULL, 0 },
	{ 0x49, "tracking-area-update-accept", NULL, NULL, NULL, 0 },
	{ 0x4a, "tracking-area-update-complete", NULL, NULL, NULL, 0 },
	{ 0x4b, "tracking-area-update-reject", NULL, NULL, NULL, 0 },
	{ 0x4c, "extended-service-request", NULL, NULL, NULL, 0 },
	{ 0x4d, "control-plane-service-request", NULL, NULL, NULL, 0 },
	{ 0x4e, "service-reject", NULL, NULL, NULL, 0 },
	{ 0x4f, "service-accept", NULL, NULL, NULL, 0 },
	{ 0x50, "guti-reallocation-command", NULL, NULL, NULL, 0 },
	{ 0x51, "guti-reallocation-complete", NULL, NULL, NULL, 0 },
	{ 0x52, "authentication-request", NULL, NULL, NULL, 0 },
	{ 0x53, "authentication-response", NULL, NULL, NULL, 0 },
	{ 0x54, "authentication-reject", NULL, NULL, NULL, 0 },
	{ 0x5c, "authentication-failure", NULL, NULL, NULL, 0 },
	{ 0x55, "identity-request", NULL, NULL, NULL, 0 },
	{ 0x56, "identity-response", read_identity_response, NULL, NULL, 0 },
	{ 0x5d, "security-mode-command", NULL, NULL, NULL, 0 },
	{ 0x5e, "security-mode-complete", read_nothing, security_option,
	    NAS_OPTIONS(security_options) },
	{ 0x5f, "security-mode-reject", NULL, NULL, NULL, 0 },
	{ 0x60, "emm-status", NULL, NULL, NULL, 0 },
	{ 0x61, "emm-information", NULL, NULL, NULL, 0 },
	{ 0x62, "downlink-nas-transport", NULL, NULL, NULL, 0 },
	{ 0x63, "uplink-nas-transport", NULL, NULL, NULL, 0 },
	{ 0x64, "cs-service-notification", NULL, NULL, NULL, 0 },
	{ 0x68, "downlink-generic-nas-transport", NULL, NULL, NULL, 0 },
	{ 0x69, "uplink-generic-nas-transport", NULL, NULL, NULL, 0 },
};

/* --- session management --- */

/* Activate default EPS bearer context request: EPS QoS; access point name; PDN address (8.3.6) */
static void
read_default_bearer(struct nas *n, struct cursor *in)
{
	(void)nas_lv(in);
	nas_read_apn(n, nas_lv(in));
	nas_read_address(n, nas_lv(in), 0);
}

/* PDN connectivity request: PDN type and request type (8.3.20) */
static void
read_connectivity(struct nas *n, struct cursor *in)
{
	(void)n;
	cur_skip(in, 1);
}

static void
apn_option(struct nas *n, uint8_t iei, struct cursor value)
{
	if (iei == IEI_APN)
		nas_read_apn(n, value);
}

static const struct nas_option default_bearer_options[] = {
	{ 0x5d, NAS_TLV }, { 0x30, NAS_TLV }, { 0x32, NAS_TV + 1 }, { 0x80, NAS_HALF },
	{ 0x34, NAS_TLV }, { 0x5e, NAS_TLV }, { 0x58, NAS_TV + 1 }, { 0x27, NAS_TLV },
	{ 0xb0, NAS_HALF }, { 0xc0, NAS_HALF }, { 0x33, NAS_TLV }, { 0x66, NAS_TLV },
	{ 0x90, NAS_HALF }, { 0x7b, NAS_TLVE }, { 0x6e, NAS_TLV }, { 0x5f, NAS_TLV },
	{ 0x5c, NAS_TLV },
};
static const struct nas_option connectivity_options[] = {
	{ 0xd0, NAS_HALF }, { IEI_APN, NAS_TLV }, { 0x27, NAS_TLV }, { 0xc0, NAS_HALF },
	{ 0x33, NAS_TLV }, { 0x66, NAS_TLV }, { 0x7b, NAS_TLVE },
};
/* Accept: only protocol configuration options */
static const struct nas_option configuration_options[] = {
	{ 0x27, NAS_TLV }, { 0x7b, NAS_TLVE },
};

/* Message types (9.8), EPS session management */
static const struct nas_message session[] = {
	{ 0xc1, "activate-default-eps-bearer-context-request", read_default_bearer, NULL,
	    NAS_OPTIONS(default_bearer_options) },
	{ 0xc2, "activate-default-eps-bearer-context-accept", read_nothing, NULL,
	    NAS_OPTIONS(configuration_options) },
	{ 0xc3, "activate-default-eps-bearer-context-reject", NULL, NULL, NULL, 0 },
	{ 0xc5, "activate-dedicated-eps-bearer-context-request", NULL, NULL, NULL, 0 },
	{ 0xc6, "activate-dedicated-eps-bearer-context-accept", NULL, NULL, NULL, 0 },
	{ 0xc7, "activate-dedicated-eps-bearer-context-reject", NULL, NULL, NULL, 0 },
	{ 0xc9, "modify-eps-bearer-context-request", NULL, NULL, NULL, 0 },
	{ 0xca, "modify-eps-bearer-context-accept", NULL, NULL, NULL, 0 },
	{ 0xcb, "modify-eps-bearer-context-reject", NULL, NULL, NULL, 0 },
	{ 0xcd, "deactivate-eps-bearer-context-request", NULL, NULL, NULL, 0 },
	{ 0xce, "deactivate-eps-bearer-context-accept", NULL, NULL, NULL, 0 },
	{ 0xd0, "pdn-connectivity-request", read_connectivity, apn_option,
	    NAS_OPTIONS(connectivity_options) },
	{ 0xd1, "pdn-connectivity-reject", NULL, NULL, NULL, 0 },
	{ 0xd2, "pdn-disconnect-request", NULL, NULL, NULL, 0 },
	{ 0xd3, "pdn-disconnect-reject", NULL, NULL, NULL, 0 },
	{ 0xd4, "bearer-resource-allocation-request", NULL, NULL, NULL, 0 },
	{ 0xd5, "bearer-resource-allocation-reject", NULL, NULL, NULL, 0 },
	{ 0xd6, "bearer-resource-modification-request", NULL, NULL, NULL, 0 },
	{ 0xd7, "bearer-resource-modification-reject", NULL, NULL, NULL, 0 },
	{ 0xd9, "esm-information-request", NULL, NULL, NULL, 0 },
	{ 0xda, "esm-information-response", read_nothing, apn_option,
	    NAS_OPTIONS(connectivity_options) },
	{ 0xdb, "notification", NULL, NULL, NULL, 0 },
	{ 0xdc, "esm-dummy-message", NULL, NULL, NULL, 0 },
	{ 0xe8, "esm-status", NULL, NULL, NULL, 0 },
	{ 0xe9, "remote-ue-report", NULL, NULL, NULL, 0 },
	{ 0xea, "remote-ue-report-response", NULL, NULL, NULL, 0 },
	{ 0xeb, "esm-data-transport", NULL, NULL, NULL, 0 },
};

/* | EPS bearer identity 4 | discriminator 4 | procedure transaction identity 8 | type 8 | */
static void
read_session(struct nas *n, struct cursor in)
{
	uint8_t type;

	if ((cur_u8(&in) & DISCRIMINATOR) != SESSION) {
		n->bad = true;
		return;
	}
	cur_skip(&in, 1);
	type = cur_u8(&in);
	nas_read_message(n, session, ARRAY_LEN(session), type, in);
}

void
nas_read_eps(struct nas *n, struct cursor in)
{
	uint8_t type;

	if (++n->depth > NAS_DEPTH_MAX) {
		n->bad = true;
		return;
	}
	if ((cur_peek(&in, 0) & DISCRIMINATOR) == SESSION) {
		read_session(n, in);
		return;
	}
	if (cur_u8(&in) != PLAIN_MOBILITY)
		n->bad = true;
	type = cur_u8(&in);
	if (!n->bad)
		nas_read_message(n, mobility, ARRAY_LEN(mobility), type, in);
}
