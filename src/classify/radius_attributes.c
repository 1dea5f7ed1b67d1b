/* SPDX-License-Identifier: Apache-2.0 */
/* radius_attributes.c - one row for each attribute that is read, and what they say together. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "radius_attributes.h"
#include "signalling.h"
#include "subscriber.h"
#include "uli.h"

enum {
	VENDOR_SPECIFIC = 26, VENDOR_3GPP = 10415,
	HEAD_OCTETS = 2,		/* type and length, of either kind of attribute */
	NUMBER_OCTETS = 4, IPV4_OCTETS = 4, IPV6_OCTETS = 16, WHOLE = 128,
	VENDOR_ROWS_MAX = 64		/* attributes of a vendor read in one of RADIUS */
};

enum attribute_kind {
	KIND_NONE,
	KIND_NUMBER,			/* 32 bits */
	KIND_OCTET,			/* a number of one octet */
	KIND_TEXT, KIND_IPV4, KIND_IPV6, KIND_PREFIX
};

/* What to do with a value besides writing its field. */
enum attribute_use {
	USE_FIELD, USE_USER, USE_CALLING, USE_CALLED, USE_NAS, USE_UE, USE_STATUS, USE_SESSION_ID,
	USE_SESSION_TIME, USE_DELAY, USE_PORT_TYPE, USE_IMSI, USE_IMEI, USE_RAT, USE_LOCATION,
	USE_SGSN_PLMN, USE_GGSN
};
enum { NO_FIELD = 0xff };

struct row {
	uint8_t kind, use, field;
};

static const struct row standard[256] = {
	[1] = { KIND_TEXT, USE_USER, NO_FIELD },			/* User-Name */
	[4] = { KIND_IPV4, USE_NAS, RADIUS_F_NAS_ADDRESS },		/* NAS-IP-Address */
	[8] = { KIND_IPV4, USE_UE, NO_FIELD },				/* Framed-IP-Address */
	[30] = { KIND_TEXT, USE_CALLED, RADIUS_F_CALLED },		/* Called-Station-Id */
	[31] = { KIND_TEXT, USE_CALLING, NO_FIELD },			/* Calling-Station-Id */
	[32] = { KIND_TEXT, USE_FIELD, RADIUS_F_NAS_IDENTIFIER },	/* NAS-Identifier */
	[40] = { KIND_NUMBER, USE_STATUS, NO_FIELD },			/* Acct-Status-Type */
	[41] = { KIND_NUMBER, USE_DELAY, NO_FIELD },			/* Acct-Delay-Time */
	[44] = { KIND_TEXT, USE_SESSION_ID, NO_FIELD },			/* Acct-Session-Id */
	[46] = { KIND_NUMBER, USE_SESSION_TIME, NO_FIELD },		/* Acct-Session-Time */
	[49] = { KIND_NUMBER, USE_FIELD, RADIUS_F_TERMINATE_CAUSE },	/* Acct-Terminate-Cause */
	[55] = { KIND_NUMBER, USE_FIELD, RADIUS_F_EVENT_TIME },		/* Event-Timestamp */
	[61] = { KIND_NUMBER, USE_PORT_TYPE, RADIUS_F_PORT_TYPE },	/* NAS-Port-Type */
	[95] = { KIND_IPV6, USE_NAS, RADIUS_F_NAS_ADDRESS },		/* NAS-IPv6-Address */
	[97] = { KIND_PREFIX, USE_UE, NO_FIELD },			/* Framed-IPv6-Prefix */
	[123] = { KIND_PREFIX, USE_UE, NO_FIELD },			/* Delegated-IPv6-Prefix */
	[168] = { KIND_IPV6, USE_UE, NO_FIELD },			/* Framed-IPv6-Address */
};
static const struct row of_3gpp[256] = {
	[1] = { KIND_TEXT, USE_IMSI, NO_FIELD },			/* 3GPP-IMSI */
	[3] = { KIND_NUMBER, USE_FIELD, RADIUS_F_PDP_TYPE },		/* 3GPP-PDP-Type */
	[4] = { KIND_IPV4, USE_FIELD, RADIUS_F_CHARGING_GATEWAY },	/* 3GPP-CG-Address */
	[6] = { KIND_IPV4, USE_FIELD, RADIUS_F_SGSN },			/* 3GPP-SGSN-Address */
	[7] = { KIND_IPV4, USE_GGSN, RADIUS_F_GGSN },			/* 3GPP-GGSN-Address */
	[8] = { KIND_TEXT, USE_FIELD, RADIUS_F_IMSI_PLMN },		/* 3GPP-IMSI-MCC-MNC */
	[9] = { KIND_TEXT, USE_FIELD, RADIUS_F_GGSN_PLMN },		/* 3GPP-GGSN-MCC-MNC */
	[10] = { KIND_TEXT, USE_FIELD, RADIUS_F_NSAPI },		/* 3GPP-NSAPI */
	[12] = { KIND_TEXT, USE_FIELD, RADIUS_F_SELECTION_MODE },	/* 3GPP-Selection-Mode */
	[13] = { KIND_TEXT, USE_FIELD, RADIUS_F_CHARGING },	/* 3GPP-Charging-Characteristics */
	[14] = { KIND_IPV6, USE_FIELD, RADIUS_F_CHARGING_GATEWAY },	/* 3GPP-CG-IPv6-Address */
	[15] = { KIND_IPV6, USE_FIELD, RADIUS_F_SGSN },			/* 3GPP-SGSN-IPv6-Address */
	[16] = { KIND_IPV6, USE_GGSN, RADIUS_F_GGSN },			/* 3GPP-GGSN-IPv6-Address */
	[18] = { KIND_TEXT, USE_SGSN_PLMN, RADIUS_F_SGSN_PLMN },	/* 3GPP-SGSN-MCC-MNC */
	[20] = { KIND_TEXT, USE_IMEI, NO_FIELD },			/* 3GPP-IMEISV */
	[21] = { KIND_OCTET, USE_RAT, RADIUS_F_RAT },			/* 3GPP-RAT-Type */
	[22] = { KIND_TEXT, USE_LOCATION, NO_FIELD },		/* 3GPP-User-Location-Info */
};

/* Take the next attribute: its type, its value. False at the end, and when its length cannot be:
 * then in->short_read. */
static bool
next_attribute(struct cursor *in, uint8_t *type, struct cursor *value)
{
	uint8_t len;

	if (cur_left(in) == 0)
		return false;
	*type = cur_u8(in);
	len = cur_u8(in);
	if (len < HEAD_OCTETS)
		in->short_read = true;
	else
		*value = cur_sub(in, len - HEAD_OCTETS);
	return !in->short_read;
}

static bool
has_length(uint8_t kind, size_t len)
{
	switch (kind) {
	case KIND_NUMBER:
	case KIND_IPV4:
		return len == NUMBER_OCTETS;
	case KIND_IPV6:
		return len == IPV6_OCTETS;
	case KIND_PREFIX:
		return len >= 2 && len <= 2 + IPV6_OCTETS;
	default:
		return len != 0;
	}
}

bool
radius_attributes_add_up(struct cursor in)
{
	struct cursor value;
	uint8_t type;

	while (next_attribute(&in, &type, &value))
		;
	return !in.short_read;
}

unsigned
radius_attributes_proof(struct cursor in)
{
	struct cursor value;
	unsigned proof = 0;
	uint8_t type;

	while (next_attribute(&in, &type, &value)) {
		const struct row *row = &standard[type];

		if (row->kind != KIND_NONE && !has_length(row->kind, cur_left(&value)))
			return 0;
		if (row->use == USE_STATUS)
			proof |= RADIUS_HAS_STATUS;
		else if (row->use == USE_SESSION_ID)
			proof |= RADIUS_HAS_SESSION_ID;
		else if (row->use == USE_NAS || row->field == RADIUS_F_NAS_IDENTIFIER)
			proof |= RADIUS_HAS_NAS;
		else if (row->use == USE_USER)
			proof |= RADIUS_HAS_USER;
	}
	return proof;
}

/* --- values --- */

/* Text often ends in the NUL of somebody's C. */
static struct cursor
without_nul(struct cursor text)
{
	while (cur_left(&text) != 0 && text.end[-1] == 0)
		text.end--;
	return text;
}

static digits
digits_of(struct cursor text)
{
	return digits_from_text(text.at, cur_left(&text));
}

static void
keep_ue(struct radius_reading *r, const struct addr *a, uint8_t len)
{
	if (r->n_ue < RADIUS_ADDRS_MAX)
		r->ue[r->n_ue++] = (struct cidr){ *a, len };
	else
		r->s->cut = true;
}

/* Reserved octet, length in bits, as many octets as it takes (RFC 3162, 2.3; RFC 4818, 3). */
static void
keep_prefix(struct radius_reading *r, struct cursor in)
{
	uint8_t octets[IPV6_OCTETS] = { 0 }, len;
	size_t n;
	struct addr a;

	cur_skip(&in, 1);
	len = cur_u8(&in);
	n = cur_left(&in);
	if (in.short_read || len > WHOLE || n > sizeof(octets) || n == 0)
		return;
	memcpy(octets, cur_take(&in, n), n);
	a = addr_from_ipv6(octets);
	keep_ue(r, &a, len);
}

/* 255.255.255.254 lets the NAS choose, 255.255.255.255 the user (RFC 2865, 5.8). */
static bool
is_given(struct cursor in)
{
	return cur_be32(&in) < 0xfffffffe;
}

static void
read_address(struct radius_reading *r, const struct row *row, struct cursor in)
{
	bool v4 = row->kind == KIND_IPV4, given = !v4 || is_given(in);
	const uint8_t *octets = cur_take(&in, v4 ? IPV4_OCTETS : IPV6_OCTETS);
	struct addr a;

	if (octets == NULL)
		return;
	a = v4 ? addr_from_ipv4(octets) : addr_from_ipv6(octets);
	if (row->use == USE_UE && given)
		keep_ue(r, &a, WHOLE);
	else if (row->use == USE_NAS)
		*(v4 ? &r->nas4 : &r->nas6) = a;
	else if (row->use == USE_GGSN && addr_is_unspecified(&r->ggsn))
		r->ggsn = a;
	if (r->recorded && row->field != NO_FIELD && !addr_is_unspecified(&a))
		parse_addr(r->parse, FIELD_ID(PARSER_radius, row->field), &a);
}

/* TS 29.061, 16.4.7.2: up to 9 as in TS 29.274, then from 51 on. */
static uint8_t
rat_of(uint32_t type)
{
	enum { TYPE_NR = 51, TYPE_NR_UNLICENSED = 52, TYPE_TRUSTED_WLAN = 53 };

	if (type <= RAT_LTE_M)
		return (uint8_t)type;
	return type == TYPE_NR || type == TYPE_NR_UNLICENSED ? RAT_NR
	    : type == TYPE_TRUSTED_WLAN ? RAT_WLAN : RAT_NONE;
}

static void
read_number(struct radius_reading *r, const struct row *row, struct cursor in)
{
	uint32_t value = row->kind == KIND_OCTET ? cur_u8(&in) : cur_be32(&in);

	switch (row->use) {
	case USE_STATUS:
		r->status = value;
		break;
	case USE_DELAY:
		r->delay_s = value;
		break;
	case USE_SESSION_TIME:
		r->session_time_s = value;
		r->has_session_time = true;
		break;
	case USE_PORT_TYPE:
		r->port_type = value;
		r->has_port_type = true;
		break;
	case USE_RAT:
		r->s->rat = rat_of(value);
		break;
	default:
		break;
	}
	if (r->recorded && row->field != NO_FIELD)
		parse_uint(r->parse, FIELD_ID(PARSER_radius, row->field), value);
}

/* MCC and MNC as five or six digits of text. */
static uint32_t
plmn_of(struct cursor text)
{
	digits d = digits_of(text);
	unsigned n = digits_count(d);
	uint32_t plmn = 0;

	if (n != 5 && n != 6)
		return PLMN_NONE;
	for (unsigned i = 0; i < 6; i++)
		plmn = plmn << 4 | digits_at(d, i);	/* 0xf past the end, as it should be */
	return plmn;
}

static void
read_text(struct radius_reading *r, const struct row *row, struct cursor in)
{
	struct cursor text = without_nul(in);

	switch (row->use) {
	case USE_USER:
		r->user_name = text;
		break;
	case USE_CALLING:
		r->calling = text;
		break;
	case USE_CALLED:
		r->called = text;
		break;
	case USE_SESSION_ID:
		r->s->session = parse_hash(r->parse, in.at, cur_left(&in));
		break;
	case USE_IMSI:
		(void)subscriber_set_imsi(r->s, digits_of(text));
		break;
	case USE_IMEI:
		(void)subscriber_set_imei(r->s, digits_of(text));
		break;
	case USE_LOCATION:
		(void)uli_from_aaa(in, &r->s->location);
		break;
	case USE_SGSN_PLMN:
		r->s->plmn = plmn_of(text);
		break;
	default:
		break;
	}
	if (r->recorded && row->field != NO_FIELD)
		parse_cursor(r->parse, FIELD_ID(PARSER_radius, row->field), text);
}

static void
read_value(struct radius_reading *r, const struct row *row, struct cursor value)
{
	if (row->kind == KIND_NONE || !has_length(row->kind, cur_left(&value)))
		return;
	switch (row->kind) {
	case KIND_NUMBER:
	case KIND_OCTET:
		read_number(r, row, value);
		break;
	case KIND_IPV4:
	case KIND_IPV6:
		read_address(r, row, value);
		break;
	case KIND_PREFIX:
		keep_prefix(r, value);
		break;
	default:
		read_text(r, row, value);
	}
}

/* A vendor's number, then one or several attributes of its own. What does not add up in there
 * ends the reading of this attribute; vendors disagree about the form. */
static void
read_vendor(struct radius_reading *r, struct cursor in)
{
	uint32_t vendor = cur_be32(&in);
	struct cursor value;
	uint8_t type;

	if (in.short_read || vendor != VENDOR_3GPP)
		return;
	r->has_3gpp = true;
	for (unsigned n = 0; n < VENDOR_ROWS_MAX && next_attribute(&in, &type, &value); n++)
		read_value(r, &of_3gpp[type], value);
}

void
radius_read_attributes(struct radius_reading *r, struct cursor in)
{
	struct cursor value;
	uint8_t type;

	while (next_attribute(&in, &type, &value))
		if (type == VENDOR_SPECIFIC)
			read_vendor(r, value);
		else
			read_value(r, &standard[type], value);
}

/* --- what they say together --- */

/* NAS-Port-Type of mobile networks: 18 other wireless, 22 to 24 CDMA2000, UMTS, 1X-EV (RFC 2865,
 * 5.41, and IANA's list). */
static bool
is_mobile(const struct radius_reading *r)
{
	return r->has_3gpp || !r->has_port_type || r->port_type == 18
	    || (r->port_type >= 22 && r->port_type <= 24);
}

/* Twelve digits are a number of a mobile network, or a MAC without a letter in it. No number in
 * international form begins with 0 (E.164, 6.2). */
static bool
is_mac(const struct radius_reading *r, struct cursor text, digits number, uint8_t mac[6])
{
	return subscriber_mac_of_text(text, mac)
	    && (number == DIGITS_NONE || !is_mobile(r) || digits_at(number, 0) == 0);
}

/* Calling-Station-Id is the MSISDN in mobile networks (TS 29.061, 16.4), but some put IMSI or IMEI
 * there, and wireless LANs the MAC (RFC 3580, 3.21). Fifteen digits could be any of the three;
 * they are the MSISDN only where the IMSI is told beside it and is another number. */
static void
judge_calling(struct radius_reading *r)
{
	struct signalling *s = r->s;
	struct cursor text = r->calling;
	digits number;
	uint8_t mac[6];

	if (cur_peek(&text, 0) == '+')
		cur_skip(&text, 1);
	number = digits_of(text);
	if (is_mac(r, text, number, mac)) {
		(void)subscriber_set_mac(s, mac);
		return;
	}
	if (number == s->imsi || (s->imei != DIGITS_NONE && imei_key(number) == imei_key(s->imei))
	    || (digits_count(number) == IMSI_DIGITS_MAX && s->imsi == DIGITS_NONE))
		return;
	(void)subscriber_set_msisdn(s, number);
}

/* Called-Station-Id is the APN in mobile networks, elsewhere a number that was dialled, or the
 * access point's MAC with the SSID behind it. */
static void
judge_called(struct radius_reading *r)
{
	struct cursor in = r->called;
	bool letter = false;
	uint8_t mac[6];

	if (!is_mobile(r) || subscriber_mac_of_text(in, mac))
		return;
	while (cur_left(&in) != 0) {
		uint8_t c = cur_u8(&in), lower = c | 0x20;
		bool is_letter = lower >= 'a' && lower <= 'z';

		letter |= is_letter;
		if (!is_letter && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_')
			return;
	}
	if (letter)
		signalling_set_apn_text(r->s, r->called.at, cur_left(&r->called));
}

/* By the packet's time: Event-Timestamp is by the clock of the NAS, which we do not know. */
static void
judge_begin(struct radius_reading *r)
{
	uint64_t before_us = ((uint64_t)r->session_time_s + r->delay_s) * 1000000;

	if (before_us != 0 && (r->has_session_time || r->status == RADIUS_START)
	    && before_us < r->s->time_us)
		r->s->since_us = r->s->time_us - before_us;
}

void
radius_conclude(struct radius_reading *r)
{
	struct signalling *s = r->s;

	if (s->imsi == DIGITS_NONE)
		(void)subscriber_set_imsi(s, subscriber_imsi_of_nai(r->user_name));
	judge_calling(r);
	judge_called(r);
	judge_begin(r);
	s->nas = !addr_is_unspecified(&r->nas4) ? r->nas4 : !addr_is_unspecified(&r->nas6) ? r->nas6 : r->ggsn;
}

void
radius_tell_addrs(struct radius_reading *r)
{
	for (unsigned i = 0; i < r->n_ue; i++)
		signalling_add_addr(r->s, &r->ue[i].base, r->ue[i].len);
}
