/* SPDX-License-Identifier: Apache-2.0 */
/* diameter_avp.c - walks the AVPs of a Diameter message, groups within groups, and reads those
 * that name a device (TS 29.272, 29.212, 29.061, 32.299; RFC 8506). */
#include <string.h>

#include "diameter.h"
#include "macros.h"
#include "subscriber.h"
#include "uli.h"

/* An AVP (RFC 6733, 4.1), padded to a multiple of four octets that its length leaves out:
 *
 *	| code 32 | V M P r r r r r | length 24 | vendor 32, with V | value |
 */
enum {
	AVP_VENDOR = 0x80, AVP_OCTETS = 8, AVP_VENDOR_OCTETS = 12,
	VENDOR_NONE = 0, VENDOR_3GPP = 10415,
	LEVELS_MAX = 6,		/* groups within groups */
};

enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };	/* RFC 6733, 4.3.1, Address */
enum { PDN_PREFIX_BITS = 64 };
#define KIND_NONE UINT32_MAX

struct walk;

/* One group that is being read; [0] is the message. Members may come in any order, so what
 * must be read together waits here until the group ends. */
struct level {
	struct cursor in;
	void (*close)(struct walk *w, const struct level *l);
	uint32_t kind;		/* the member that says what `value` is */
	struct cursor value;
	uint8_t prefix_bits;	/* PDP-Address-Prefix-Length, 0: not said */
};

struct walk {
	struct signalling *s;
	struct diameter_said *said;
	struct level level[LEVELS_MAX];
	unsigned depth;
};

static void
set_cursor(struct cursor *to, struct cursor value)
{
	if (cur_left(to) == 0)
		*to = value;
}

static uint32_t
u32_of(struct cursor in)
{
	return cur_be32(&in);
}

static void
set_mac(struct signalling *s, struct cursor value, bool modified)
{
	uint8_t mac[MAC_OCTETS];

	if (!s->has_mac && diameter_mac(value, modified, mac))
		(void)subscriber_set_mac(s, mac);
}

/* --- members: who --- */

static void
set_imsi(struct signalling *s, digits imsi)
{
	if (s->imsi == DIGITS_NONE)
		(void)subscriber_set_imsi(s, imsi);
}

static void
read_user_name(struct walk *w, struct cursor value)
{
	set_imsi(w->s, diameter_imsi(value));
}

static void
read_imsi(struct walk *w, struct cursor value)
{
	set_imsi(w->s, digits_from_text(value.at, cur_left(&value)));
}

static void
read_msisdn(struct walk *w, struct cursor value)
{
	if (w->s->msisdn == DIGITS_NONE)
		(void)subscriber_set_msisdn(w->s, diameter_msisdn(value));
}

static void
read_imei(struct walk *w, struct cursor value)
{
	if (w->s->imei == DIGITS_NONE)
		(void)subscriber_set_imei(w->s, diameter_imei(value));
}

static void
read_mac(struct walk *w, struct cursor value)
{
	set_mac(w->s, value, false);
}

static void
read_modified_eui64(struct walk *w, struct cursor value)
{
	set_mac(w->s, value, true);
}

static void
read_software_version(struct walk *w, struct cursor value)
{
	set_cursor(&w->said->software_version, value);
}

static void
read_external_identifier(struct walk *w, struct cursor value)
{
	set_cursor(&w->said->external_identifier, value);
}

static void
read_kind(struct walk *w, struct cursor value)
{
	w->level[w->depth].kind = u32_of(value);
}

static void
read_value(struct walk *w, struct cursor value)
{
	w->level[w->depth].value = value;
}

/* RFC 8506, 8.47 */
static void
close_subscription_id(struct walk *w, const struct level *l)
{
	enum { END_USER_E164, END_USER_IMSI, END_USER_SIP_URI, END_USER_NAI };

	if (l->kind == END_USER_E164)
		read_msisdn(w, l->value);
	else if (l->kind == END_USER_IMSI)
		read_imsi(w, l->value);
	else if (l->kind == END_USER_NAI)
		read_user_name(w, l->value);
}

/* RFC 8506, 8.50 */
static void
close_equipment(struct walk *w, const struct level *l)
{
	enum { IMEISV, MAC, EUI64, MODIFIED_EUI64 };

	if (l->kind == IMEISV)
		read_imei(w, l->value);
	else if (l->kind == MAC || l->kind == EUI64 || l->kind == MODIFIED_EUI64)
		set_mac(w->s, l->value, l->kind == MODIFIED_EUI64);
}

/* --- members: where --- */

static void
read_framed_ip(struct walk *w, struct cursor value)
{
	const uint8_t *octets = cur_take(&value, 4);
	struct addr a;

	/* 255.255.255.255 and .254: the other side chooses (RFC 2865, 5.8) */
	if (octets == NULL || (octets[0] == 0xff && octets[1] == 0xff && octets[2] == 0xff))
		return;
	a = addr_from_ipv4(octets);
	signalling_add_addr(w->s, &a, 128);
}

static void
add_prefix(struct signalling *s, struct cursor in, unsigned bits)
{
	size_t len = (bits + 7) / 8;
	uint8_t octet[16] = { 0 };
	struct addr a;

	if (bits > 128 || cur_left(&in) < len)
		return;
	memcpy(octet, cur_take(&in, len), len);
	if (bits % 8 != 0)
		octet[len - 1] &= (uint8_t)(0xff00 >> bits % 8);
	a = addr_from_ipv6(octet);
	signalling_add_addr(s, &a, (uint8_t)bits);
}

/* RFC 3162, 2.3; RFC 4818, 3 */
static void
read_framed_ipv6_prefix(struct walk *w, struct cursor value)
{
	uint8_t bits;

	cur_skip(&value, 1);
	bits = cur_u8(&value);
	add_prefix(w->s, value, bits);
}

/* There is one for each family. How long the prefix is, is told beside it. */
static void
read_pdp_address(struct walk *w, struct cursor value)
{
	uint16_t family = cur_be16(&value);

	if (family == FAMILY_IPV4)
		read_framed_ip(w, value);
	else if (family == FAMILY_IPV6)
		w->level[w->depth].value = value;
}

static void
read_prefix_length(struct walk *w, struct cursor value)
{
	uint32_t bits = u32_of(value);

	w->level[w->depth].prefix_bits = bits <= 128 ? (uint8_t)bits : 0;
}

static void
close_ps_information(struct walk *w, const struct level *l)
{
	if (cur_left(&l->value) != 0)
		add_prefix(w->s, l->value, l->prefix_bits != 0 ? l->prefix_bits : PDN_PREFIX_BITS);
}

/* In WLANs it is the access point's address and network name: no APN. */
static void
read_called_station(struct walk *w, struct cursor value)
{
	for (struct cursor in = value; cur_left(&in) != 0;) {
		uint8_t c = cur_u8(&in);

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z')
		    && c != '.' && c != '-' && c != '_')
			return;
	}
	if (w->s->apn[0] == '\0')
		signalling_set_apn_text(w->s, value.at, cur_left(&value));
}

/* The APN of this session (T6a, S6b), unless it is one of a subscription's. */
static void
read_service_selection(struct walk *w, struct cursor value)
{
	if (w->depth == 0)
		read_called_station(w, value);
}

/* TS 29.212, 5.3.31 */
static void
read_rat_type(struct walk *w, struct cursor value)
{
	enum { WLAN = 0, VIRTUAL = 1, FIRST = 1000 };
	static const uint8_t rats[] = { RAT_UTRAN, RAT_GERAN, RAT_GAN, RAT_HSPA, RAT_EUTRAN,
		RAT_NB_IOT, RAT_NR, RAT_LTE_M };
	uint32_t type = u32_of(value);

	if (cur_left(&value) < 4)
		return;
	if (type == WLAN || type == VIRTUAL)
		w->s->rat = type == WLAN ? RAT_WLAN : RAT_VIRTUAL;
	else if (type >= FIRST && type - FIRST < ARRAY_LEN(rats))
		w->s->rat = rats[type - FIRST];
}

/* TS 29.061, 16.4.7.2, attribute 21: numbers of TS 29.274 but for NR. */
static void
read_3gpp_rat_type(struct walk *w, struct cursor value)
{
	enum { NR = 51 };
	uint8_t type = cur_u8(&value);

	if (type <= RAT_LTE_M)
		w->s->rat = type;
	else if (type == NR)
		w->s->rat = RAT_NR;
}

static void
read_visited_plmn(struct walk *w, struct cursor value)
{
	const uint8_t *octets = cur_take(&value, 3);

	if (octets != NULL && w->s->plmn == PLMN_NONE)
		w->s->plmn = plmn_from_octets(octets);
}

/* MCC and MNC as five or six ASCII digits (TS 29.061, 16.4.7.2, attribute 18). */
static void
read_mcc_mnc(struct walk *w, struct cursor value)
{
	digits d = digits_from_text(value.at, cur_left(&value));
	unsigned n = digits_count(d);

	if ((n == 5 || n == 6) && w->s->plmn == PLMN_NONE)
		w->s->plmn = (uint32_t)(d >> 40);	/* of five the sixth is the filler */
}

static void
read_location(struct walk *w, struct cursor value)
{
	(void)uli_from_aaa(value, &w->s->location);
}

/* A part of a location that stands alone, as behind its type in 3GPP-User-Location-Info. */
static void
read_part(struct walk *w, struct cursor value, uint8_t type, size_t len)
{
	uint8_t octets[8] = { type };

	if (cur_left(&value) < len)
		return;
	memcpy(octets + 1, cur_take(&value, len), len);
	(void)uli_from_aaa(cursor_over(octets, 1 + len), &w->s->location);
}

static void
read_tai(struct walk *w, struct cursor value)
{
	read_part(w, value, 128, 5);
}

static void
read_ecgi(struct walk *w, struct cursor value)
{
	read_part(w, value, 129, 7);
}

/* --- members: what --- */

static void
read_session_id(struct walk *w, struct cursor value)
{
	set_cursor(&w->said->session_id, value);
}

static void
read_origin_host(struct walk *w, struct cursor value)
{
	set_cursor(&w->said->origin_host, value);
}

static void
read_origin_state(struct walk *w, struct cursor value)
{
	w->said->origin_state = cur_be32(&value);
	/* 0: nothing is to be concluded from it (RFC 6733, 8.16) */
	w->said->has_origin_state = w->said->origin_state != 0;
}

static void
read_request_type(struct walk *w, struct cursor value)
{
	w->said->request_type = u32_of(value);
}

static void
read_result(struct walk *w, struct cursor value)
{
	w->said->result = u32_of(value);
}

static void
read_disconnect_cause(struct walk *w, struct cursor value)
{
	w->said->disconnect_cause = u32_of(value) + 1;
}

static void
read_equipment_status(struct walk *w, struct cursor value)
{
	uint32_t status = u32_of(value);

	if (cur_left(&value) == 4 && status <= 2)
		w->said->equipment_status = (int)status;
}

/* --- the table --- */

static void
close_nothing(struct walk *w, const struct level *l)
{
	(void)w;
	(void)l;
}

/* What is read: a member has `read`, a group `close`, called when all its members are read.
 * Groups that are not here are stepped over whole. */
static const struct rule {
	uint32_t code, vendor;
	void (*read)(struct walk *w, struct cursor value);
	void (*close)(struct walk *w, const struct level *l);
} rules[] = {
	/* RFC 6733 */
	{ 263, VENDOR_NONE, read_session_id, NULL },
	{ 264, VENDOR_NONE, read_origin_host, NULL },
	{ 268, VENDOR_NONE, read_result, NULL },
	{ 273, VENDOR_NONE, read_disconnect_cause, NULL },
	{ 278, VENDOR_NONE, read_origin_state, NULL },
	{ 297, VENDOR_NONE, NULL, close_nothing },	/* Experimental-Result */
	{ 298, VENDOR_NONE, read_result, NULL },	/* Experimental-Result-Code */
	{ 1, VENDOR_NONE, read_user_name, NULL },
	/* RFC 7155, 3162, 4818, 5778 */
	{ 8, VENDOR_NONE, read_framed_ip, NULL },
	{ 30, VENDOR_NONE, read_called_station, NULL },
	{ 97, VENDOR_NONE, read_framed_ipv6_prefix, NULL },
	{ 123, VENDOR_NONE, read_framed_ipv6_prefix, NULL },	/* Delegated-IPv6-Prefix */
	{ 493, VENDOR_NONE, read_service_selection, NULL },
	/* RFC 8506 */
	{ 416, VENDOR_NONE, read_request_type, NULL },
	{ 443, VENDOR_NONE, NULL, close_subscription_id },
	{ 444, VENDOR_NONE, read_value, NULL },
	{ 450, VENDOR_NONE, read_kind, NULL },
	{ 458, VENDOR_NONE, NULL, close_equipment },
	{ 459, VENDOR_NONE, read_kind, NULL },
	{ 460, VENDOR_NONE, read_value, NULL },
	{ 653, VENDOR_NONE, NULL, close_nothing },	/* User-Equipment-Info-Extension */
	{ 654, VENDOR_NONE, read_imei, NULL },
	{ 655, VENDOR_NONE, read_mac, NULL },
	{ 656, VENDOR_NONE, read_mac, NULL },		/* EUI-64 */
	{ 657, VENDOR_NONE, read_modified_eui64, NULL },
	{ 658, VENDOR_NONE, read_imei, NULL },
	{ 659, VENDOR_NONE, NULL, close_nothing },	/* Subscription-Id-Extension */
	{ 660, VENDOR_NONE, read_msisdn, NULL },
	{ 661, VENDOR_NONE, read_imsi, NULL },
	{ 663, VENDOR_NONE, read_user_name, NULL },	/* NAI */
	/* TS 29.061, 16.4.7 */
	{ 1, VENDOR_3GPP, read_imsi, NULL },
	{ 18, VENDOR_3GPP, read_mcc_mnc, NULL },	/* 3GPP-SGSN-MCC-MNC */
	{ 20, VENDOR_3GPP, read_imei, NULL },		/* 3GPP-IMEISV */
	{ 21, VENDOR_3GPP, read_3gpp_rat_type, NULL },
	{ 22, VENDOR_3GPP, read_location, NULL },
	/* TS 32.299 */
	{ 873, VENDOR_3GPP, NULL, close_nothing },	/* Service-Information */
	{ 874, VENDOR_3GPP, NULL, close_ps_information },
	{ 1227, VENDOR_3GPP, read_pdp_address, NULL },
	{ 2606, VENDOR_3GPP, read_prefix_length, NULL },
	/* TS 29.212; one widespread core puts the location into the priority of its default bearer */
	{ 1034, VENDOR_3GPP, NULL, close_nothing },	/* Allocation-Retention-Priority */
	{ 1049, VENDOR_3GPP, NULL, close_nothing },	/* Default-EPS-Bearer-QoS */
	{ 1032, VENDOR_3GPP, read_rat_type, NULL },
	/* TS 29.272, 7.3 */
	{ 1400, VENDOR_3GPP, NULL, close_nothing },	/* Subscription-Data */
	{ 1401, VENDOR_3GPP, NULL, close_nothing },	/* Terminal-Information */
	{ 1402, VENDOR_3GPP, read_imei, NULL },
	{ 1403, VENDOR_3GPP, read_software_version, NULL },
	{ 1407, VENDOR_3GPP, read_visited_plmn, NULL },
	{ 1445, VENDOR_3GPP, read_equipment_status, NULL },
	{ 1496, VENDOR_3GPP, NULL, close_nothing },	/* EPS-Location-Information */
	{ 1600, VENDOR_3GPP, NULL, close_nothing },	/* MME-Location-Information */
	{ 1602, VENDOR_3GPP, read_ecgi, NULL },
	{ 1603, VENDOR_3GPP, read_tai, NULL },
	/* TS 29.329, 29.336 */
	{ 701, VENDOR_3GPP, read_msisdn, NULL },
	{ 3102, VENDOR_3GPP, NULL, close_nothing },	/* User-Identifier */
	{ 3111, VENDOR_3GPP, read_external_identifier, NULL },
};

static const struct rule *
rule_of(uint32_t code, uint32_t vendor)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].code == code && rules[i].vendor == vendor)
			return &rules[i];
	return NULL;
}

/* --- the walk --- */

static void
push(struct walk *w, struct cursor in, const struct rule *rule)
{
	if (w->depth + 1 < LEVELS_MAX)
		w->level[++w->depth] = (struct level){ .in = in, .close = rule->close,
			.kind = KIND_NONE };
}

/* One AVP of the innermost group. False when it does not fit in. */
static bool
read_avp(struct walk *w, bool cut)
{
	struct cursor *in = &w->level[w->depth].in;
	uint32_t code = cur_be32(in), vendor = VENDOR_NONE;
	uint8_t flags = cur_u8(in);
	uint32_t len = cur_be24(in);
	uint32_t head = (flags & AVP_VENDOR) != 0 ? AVP_VENDOR_OCTETS : AVP_OCTETS;
	size_t padding = (0u - len) % 4;
	const struct rule *rule;
	struct cursor value;

	if ((flags & AVP_VENDOR) != 0)
		vendor = cur_be32(in);
	if (in->short_read || len < head)
		return cut && in->short_read;
	value = cur_sub(in, len - head);
	/* the last one of a group often goes without */
	cur_skip(in, padding < cur_left(in) ? padding : cur_left(in));
	rule = rule_of(code, vendor);
	if (value.short_read && !cut)
		return false;
	if (rule != NULL && rule->close != NULL)
		push(w, value, rule);
	else if (rule != NULL && !value.short_read)
		rule->read(w, value);
	return true;
}

/* The software version completes an IMEI of 14 digits to the IMEISV (TS 29.272, 7.3.5). */
static void
complete_imei(struct signalling *s, struct cursor version)
{
	char text[DIGITS_TEXT_MAX + 2];
	size_t n = digits_text(s->imei, text);

	if (n != IMEI_KEY_DIGITS || cur_left(&version) != IMEISV_DIGITS - IMEI_KEY_DIGITS
	    || digits_from_text(version.at, IMEISV_DIGITS - IMEI_KEY_DIGITS) == DIGITS_NONE)
		return;
	memcpy(text + n, version.at, IMEISV_DIGITS - IMEI_KEY_DIGITS);
	s->imei = digits_from_text(text, IMEISV_DIGITS);
}

bool
diameter_read(struct cursor avps, bool cut, struct signalling *s, struct diameter_said *said)
{
	struct walk w = { .s = s, .said = said };

	*said = (struct diameter_said){ .equipment_status = EQUIPMENT_STATUS_NONE };
	avps.short_read = false;
	w.level[0] = (struct level){ .in = avps, .close = close_nothing, .kind = KIND_NONE };
	for (;;) {
		struct level *l = &w.level[w.depth];

		if (cur_left(&l->in) != 0) {
			l->in.short_read = false;
			if (!read_avp(&w, cut))
				return false;
			continue;
		}
		if (w.depth == 0)
			break;
		w.depth--;		/* what it tells, it tells in the group around it */
		l->close(&w, l);
	}
	complete_imei(s, said->software_version);
	return true;
}
