/* SPDX-License-Identifier: Apache-2.0 */
/* nas_5gs.c - 5GS mobility and session management (TS 24.501, 8.2 and 8.3). */
#include <string.h>

#include "macros.h"
#include "nas_message.h"

enum { MOBILITY = 0x7e, SESSION = 0x2e, HEADER_TYPE = 0xf };
/* Type of identity in 5GS mobile identity (9.11.3.4) */
enum {
	IDENTITY_NONE, IDENTITY_SUCI, IDENTITY_GUTI, IDENTITY_IMEI, IDENTITY_S_TMSI,
	IDENTITY_IMEISV, IDENTITY_MAC, IDENTITY_EUI64
};
enum { SUPI_IS_IMSI = 0, SCHEME_NULL = 0 };
enum { ADDRESS_LINK_LOCAL = 8, LINK_LOCAL_OCTETS = 16 };	/* SI6LLA (9.11.4.10) */
enum { CONTAINER_SESSION = 1 };		/* payload container type N1 SM information (9.11.3.40) */
/* Optional elements that are read */
enum { IEI_DNN = 0x25, IEI_ADDRESS = 0x29, IEI_MESSAGE = 0x71, IEI_IMEISV = 0x77, IEI_PEI = 0x78 };

static void read_session(struct nas *n, struct cursor in);

/* --- identities --- */

/* SUCI of an IMSI:
 *
 *	| spare 1 | SUPI format 3 | spare 1 | type 3 | MCC and MNC 24 | routing indicator 16 |
 *	| spare 4 | protection scheme 4 | home network public key 8 | scheme output |
 *
 * Under the null scheme the output is the rest of the IMSI in TBCD. */
static void
read_suci(struct nas *n, struct cursor value)
{
	uint8_t format = cur_u8(&value) >> 4 & 7, scheme;
	const uint8_t *octets = cur_take(&value, 3);
	uint32_t plmn = octets == NULL ? PLMN_NONE : plmn_from_octets(octets);
	char text[PLMN_TEXT_MAX + DIGITS_TEXT_MAX];
	size_t len;
	digits rest;

	cur_skip(&value, 2);
	scheme = cur_u8(&value) & 0xf;
	cur_skip(&value, 1);
	if (format != SUPI_IS_IMSI || scheme != SCHEME_NULL)
		return;			/* a name, or concealed */
	rest = digits_from_tbcd(value);
	if (value.short_read || plmn == PLMN_NONE || rest == DIGITS_NONE) {
		n->bad = true;
		return;
	}
	len = plmn_text(plmn, text);
	memmove(text + 3, text + 4, --len - 3);	/* the hyphen */
	len += digits_text(rest, text + len);
	nas_set_imsi(n, digits_from_text(text, len));
}

static void
read_identity(struct nas *n, struct cursor value)
{
	const uint8_t *mac;

	switch (cur_peek(&value, 0) & 7) {
	case IDENTITY_SUCI:
		read_suci(n, value);
		break;
	case IDENTITY_IMEI:
		nas_set_imei(n, nas_identity_digits(value), IMEI_DIGITS);
		break;
	case IDENTITY_IMEISV:
		nas_set_imei(n, nas_identity_digits(value), IMEISV_DIGITS);
		break;
	case IDENTITY_MAC:
		cur_skip(&value, 1);
		mac = cur_take(&value, sizeof(n->mac));
		n->bad = n->bad || mac == NULL || cur_left(&value) != 0;
		if (mac != NULL)
			memcpy(n->mac, mac, sizeof(n->mac));
		n->has_mac = mac != NULL;
		break;
	default:
		break;			/* GUTI, TMSI, none, EUI-64 */
	}
}

/* --- mobility management --- */

/* Registration request, deregistration request of the UE: type and key set; 5GS mobile identity */
static void
read_registration(struct nas *n, struct cursor *in)
{
	cur_skip(in, 1);
	read_identity(n, nas_lve(in));
}

static void
read_identity_response(struct nas *n, struct cursor *in)
{
	read_identity(n, nas_lve(in));
}

/* Payload container type; payload container */
static void
read_transport(struct nas *n, struct cursor *in)
{
	uint8_t type = cur_u8(in) & 0xf;
	struct cursor container = nas_lve(in);

	if (type == CONTAINER_SESSION)
		read_session(n, container);
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
	if (iei == IEI_IMEISV || iei == IEI_PEI)
		read_identity(n, value);
	else if (iei == IEI_MESSAGE)
		nas_read_inner(n, nas_read_5gs, value);
}

static void
dnn_option(struct nas *n, uint8_t iei, struct cursor value)
{
	if (iei == IEI_DNN)
		nas_read_apn(n, value);
}

static const struct nas_option registration_options[] = {
	{ 0xc0, NAS_HALF }, { 0x10, NAS_TLV }, { 0x2e, NAS_TLV }, { 0x2f, NAS_TLV },
	{ 0x52, NAS_TV + 6 }, { 0x17, NAS_TLV }, { 0x40, NAS_TLV }, { 0x50, NAS_TLV },
	{ 0xb0, NAS_HALF }, { 0x2b, NAS_TLV }, { 0x77, NAS_TLVE }, { 0x25, NAS_TLV },
	{ 0x18, NAS_TLV }, { 0x51, NAS_TLV }, { 0x70, NAS_TLVE }, { 0x74, NAS_TLVE },
	{ 0x80, NAS_HALF }, { 0x7b, NAS_TLVE }, { 0x90, NAS_HALF }, { 0x53, NAS_TLV },
	{ 0x41, NAS_TLV }, { 0x42, NAS_TLV }, { 0x71, NAS_TLVE }, { 0x60, NAS_TLV },
	{ 0x6e, NAS_TLV }, { 0x6a, NAS_TLV }, { 0x67, NAS_TLV }, { 0x35, NAS_TLV },
	{ 0xa0, NAS_HALF }, { 0x1a, NAS_TLV }, { 0x30, NAS_TLV }, { 0xd0, NAS_HALF },
	{ 0x28, NAS_TLV }, { 0x29, NAS_TLV }, { 0xe0, NAS_HALF }, { 0x48, NAS_TLV },
};
static const struct nas_option security_options[] = {
	{ IEI_IMEISV, NAS_TLVE }, { IEI_MESSAGE, NAS_TLVE }, { IEI_PEI, NAS_TLVE },
};
static const struct nas_option transport_options[] = {
	{ 0x12, NAS_TV + 1 }, { 0x59, NAS_TV + 1 }, { 0x80, NAS_HALF }, { 0x22, NAS_TLV },
	{ IEI_DNN, NAS_TLV }, { 0x24, NAS_TLV }, { 0xa0, NAS_HALF }, { 0xf0, NAS_HALF },
};
static const struct nas_option downlink_options[] = {
	{ 0x12, NAS_TV + 1 }, { 0x24, NAS_TLV }, { 0x58, NAS_TV + 1 }, { 0x37, NAS_TLV },
	{ 0x3a, NAS_TLV },
};

/* Message types (9.7), 5GS mobility management */
static const struct nas_message mobility[] = {
	{ 0x41, "registration-request", read_registration, NULL, NAS_OPTIONS(registration_options) },
	{ 0x42, "registration-accept", NULL, NULL, NULL, 0 },
	{ 0x43, "registration-complete", NULL, NULL, NULL, 0 },
	{ 0x44, "registration-reject", NULL, NULL, NULL, 0 },
	{ 0x45, "deregistration-request", read_registration, NULL, NULL, 0 },
	{ 0x46, "deregistration-accept", NULL, NULL, NULL, 0 },
	{ 0x47, "deregistration-request", NULL, NULL, NULL, 0 },
	{ 0x48, "deregistration-accept", NULL, NULL, NULL, 0 },
	{ 0x4c, "service-request", NULL, NULL, NULL, 0 },
	{ 0x4d, "service-reject", NULL, NULL, NULL, 0 },
	{ 0x4e, "service-accept", NULL, NULL, NULL, 0 },
	{ 0x4f, "control-plane-service-request", NULL, NULL, NULL, 0 },
	{ 0x54, "configuration-update-command", NULL, NULL, NULL, 0 },
	{ 0x55, "configuration-update-complete", NULL, NULL, NULL, 0 },
	{ 0x56, "authentication-request", NULL, NULL, NULL, 0 },
	{ 0x57, "authentication-response", NULL, NULL, NULL, 0 },
	{ 0x58, "authentication-reject", NULL, NULL, NULL, 0 },
	{ 0x59, "authentication-failure", NULL, NULL, NULL, 0 },
	{ 0x5a, "authentication-result", NULL, NULL, NULL, 0 },
	{ 0x5b, "identity-request", NULL, NULL, NULL, 0 },
	{ 0x5c, "identity-response", read_identity_response, NULL, NULL, 0 },
	{ 0x5d, "security-mode-command", NULL, NULL, NULL, 0 },
	{ 0x5e, "security-mode-complete", read_nothing, security_option,
	    NAS_OPTIONS(security_options) },
	{ 0x5f, "security-mode-reject", NULL, NULL, NULL, 0 },
	{ 0x64, "5gmm-status", NULL, NULL, NULL, 0 },
	{ 0x65, "notification", NULL, NULL, NULL, 0 },
	{ 0x66, "notification-response", NULL, NULL, NULL, 0 },
	{ 0x67, "ul-nas-transport", read_transport, dnn_option, NAS_OPTIONS(transport_options) },
	{ 0x68, "dl-nas-transport", read_transport, NULL, NAS_OPTIONS(downlink_options) },
};

/* --- session management --- */

/* PDU session establishment accept: type and SSC mode; QoS rules; session AMBR (8.3.2) */
static void
read_accept(struct nas *n, struct cursor *in)
{
	(void)n;
	cur_skip(in, 1);
	(void)nas_lve(in);
	(void)nas_lv(in);
}

/* PDU session establishment request: integrity protection maximum data rate (8.3.1) */
static void
read_request(struct nas *n, struct cursor *in)
{
	(void)n;
	cur_skip(in, 2);
}

static void
accept_option(struct nas *n, uint8_t iei, struct cursor value)
{
	if (iei == IEI_DNN)
		nas_read_apn(n, value);
	else if (iei == IEI_ADDRESS)
		nas_read_address(n, value,
		    (cur_peek(&value, 0) & ADDRESS_LINK_LOCAL) != 0 ? LINK_LOCAL_OCTETS : 0);
}

static const struct nas_option accept_options[] = {
	{ 0x59, NAS_TV + 1 }, { IEI_ADDRESS, NAS_TLV }, { 0x56, NAS_TV + 1 }, { 0x22, NAS_TLV },
	{ 0x80, NAS_HALF }, { 0x75, NAS_TLVE }, { 0x78, NAS_TLVE }, { 0x79, NAS_TLVE },
	{ 0x7b, NAS_TLVE }, { IEI_DNN, NAS_TLV }, { 0x17, NAS_TLV }, { 0x18, NAS_TLV },
	{ 0x77, NAS_TLVE }, { 0xc0, NAS_HALF }, { 0x66, NAS_TLV }, { 0x1f, NAS_TLV },
	{ 0x7c, NAS_TLVE }, { 0x71, NAS_TLVE },
};
static const struct nas_option request_options[] = {
	{ 0x90, NAS_HALF }, { 0xa0, NAS_HALF }, { 0x28, NAS_TLV }, { 0x55, NAS_TV + 2 },
	{ 0xb0, NAS_HALF }, { 0x39, NAS_TLV }, { 0x7b, NAS_TLVE }, { 0x66, NAS_TLV },
	{ 0x6e, NAS_TLV }, { 0x6f, NAS_TLV }, { 0x70, NAS_TLVE }, { 0x71, NAS_TLVE },
	{ 0x1f, NAS_TLV }, { 0x29, NAS_TLV }, { 0x34, NAS_TLV }, { 0x35, NAS_TLV },
};

/* Message types (9.7), 5GS session management */
static const struct nas_message session[] = {
	{ 0xc1, "pdu-session-establishment-request", read_request, NULL,
	    NAS_OPTIONS(request_options) },
	{ 0xc2, "pdu-session-establishment-accept", read_accept, accept_option,
	    NAS_OPTIONS(accept_options) },
	{ 0xc3, "pdu-session-establishment-reject", NULL, NULL, NULL, 0 },
	{ 0xc5, "pdu-session-authentication-command", NULL, NULL, NULL, 0 },
	{ 0xc6, "pdu-session-authentication-complete", NULL, NULL, NULL, 0 },
	{ 0xc7, "pdu-session-authentication-result", NULL, NULL, NULL, 0 },
	{ 0xc9, "pdu-session-modification-request", NULL, NULL, NULL, 0 },
	{ 0xca, "pdu-session-modification-reject", NULL, NULL, NULL, 0 },
	{ 0xcb, "pdu-session-modification-command", NULL, NULL, NULL, 0 },
	{ 0xcc, "pdu-session-modification-complete", NULL, NULL, NULL, 0 },
	{ 0xcd, "pdu-session-modification-command-reject", NULL, NULL, NULL, 0 },
	{ 0xd1, "pdu-session-release-request", NULL, NULL, NULL, 0 },
	{ 0xd2, "pdu-session-release-reject", NULL, NULL, NULL, 0 },
	{ 0xd3, "pdu-session-release-command", NULL, NULL, NULL, 0 },
	{ 0xd4, "pdu-session-release-complete", NULL, NULL, NULL, 0 },
	{ 0xd6, "5gsm-status", NULL, NULL, NULL, 0 },
};

/* | discriminator 8 | PDU session identity 8 | procedure transaction identity 8 | type 8 | */
static void
read_session(struct nas *n, struct cursor in)
{
	uint8_t type;

	if (cur_u8(&in) != SESSION) {
		n->bad = true;
		return;
	}
	cur_skip(&in, 2);
	type = cur_u8(&in);
	nas_read_message(n, session, ARRAY_LEN(session), type, in);
}

void
nas_read_5gs(struct nas *n, struct cursor in)
{
	uint8_t type;

	if (++n->depth > NAS_DEPTH_MAX) {
		n->bad = true;
		return;
	}
	if (cur_peek(&in, 0) == SESSION) {
		read_session(n, in);
		return;
	}
	if (cur_u8(&in) != MOBILITY || (cur_u8(&in) & HEADER_TYPE) != 0)
		n->bad = true;
	type = cur_u8(&in);
	if (!n->bad)
		nas_read_message(n, mobility, ARRAY_LEN(mobility), type, in);
}
