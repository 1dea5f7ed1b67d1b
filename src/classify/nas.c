/* SPDX-License-Identifier: Apache-2.0 */
/* nas.c - security headers, the walk over a message's elements, and what both systems share. */
#include <string.h>

#include "macros.h"
#include "nas_message.h"

/* EPS: | security header 4 | discriminator 4 | (TS 24.301, 9.2); 5GS: an octet of discriminator,
 * then | spare 4 | security header 4 | (TS 24.501, 9.1.1). Protected, both go on with a
 * message authentication code 32, a sequence number 8, and a message. */
enum {
	EPS_MOBILITY = 0x7, EPS_SESSION = 0x2, FIVEGS_MOBILITY = 0x7e, FIVEGS_SESSION = 0x2e,
	CODE_AND_SEQUENCE = 5
};
/* Security header type (TS 24.301, 9.3.1; TS 24.501, 9.3) */
enum {
	HEADER_PLAIN, HEADER_INTEGRITY, HEADER_CIPHERED, HEADER_INTEGRITY_NEW,
	HEADER_CIPHERED_NEW, HEADER_CIPHERED_PARTLY, HEADER_SERVICE_REQUEST = 12
};
enum { LABEL_MAX = 63 };	/* RFC 1035, 2.3.4 */
enum { FILLER = 0xf, IMSI_DIGITS_LEAST = 6 };	/* MCC, MNC, something */
enum { ADDRESS_IPV4 = 1, ADDRESS_IPV6 = 2, ADDRESS_IPV4V6 = 3, INTERFACE_ID_OCTETS = 8 };

/* --- elements --- */

struct cursor
nas_lv(struct cursor *in)
{
	uint8_t len = cur_u8(in);

	return cur_sub(in, len);
}

struct cursor
nas_lve(struct cursor *in)
{
	uint16_t len = cur_be16(in);

	return cur_sub(in, len);
}

static bool
is_host_octet(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	    || c == '-' || c == '_';
}

/* Of cipher text no label may be made that a host name could not have. */
static bool
are_labels(struct cursor in, bool strict)
{
	while (cur_left(&in) != 0) {
		struct cursor label = nas_lv(&in);

		if (label.short_read || cur_left(&label) > LABEL_MAX
		    || (cur_left(&label) == 0 && cur_left(&in) != 0))
			return false;
		while (strict && cur_left(&label) != 0)
			if (!is_host_octet(cur_u8(&label)))
				return false;
	}
	return true;
}

static bool
is_text(struct cursor in)
{
	while (cur_left(&in) != 0) {
		uint8_t c = cur_u8(&in);

		if (!is_host_octet(c) && c != '.')
			return false;
	}
	return true;
}

/* APN (TS 24.008, 10.5.6.1), DNN (TS 24.501, 9.11.2.1B): labels. A core was seen that sends the
 * name alone. */
void
nas_read_apn(struct nas *n, struct cursor value)
{
	bool sized = cur_left(&value) != 0 && cur_left(&value) <= SIGNALLING_APN_MAX;

	n->apn = value;
	n->apn_is_text = sized && !are_labels(value, n->strict);
	if (!sized || (n->apn_is_text && !is_text(value)))
		n->bad = true;
}

/* | digit 1 4 | odd 1 | type 3 |, then two digits an octet, the first in the low half. 0xf fills
 * the last half of an even number; devices were seen that fill more, with 0 or 0xf. */
digits
nas_identity_digits(struct cursor value)
{
	uint8_t first = cur_u8(&value);
	bool odd = (first & 8) != 0, ended = false;
	char text[DIGITS_MAX];
	size_t n = 0;

	text[n++] = (char)('0' + (first >> 4));
	while (cur_left(&value) != 0) {
		uint8_t octet = cur_u8(&value);
		const uint8_t halves[2] = { octet & 0xf, octet >> 4 };

		for (unsigned i = 0; i < 2; i++) {
			ended = ended || halves[i] == FILLER;
			if (ended ? halves[i] != FILLER && halves[i] != 0 : n == sizeof(text))
				return DIGITS_NONE;
			if (!ended)
				text[n++] = (char)('0' + halves[i]);
		}
	}
	return odd && ended ? DIGITS_NONE : digits_from_text(text, n);
}

void
nas_set_imsi(struct nas *n, digits imsi)
{
	unsigned count = digits_count(imsi);

	if (count < IMSI_DIGITS_LEAST || count > IMSI_DIGITS_MAX)
		n->bad = true;
	else
		n->imsi = imsi;
}

void
nas_set_imei(struct nas *n, digits imei, unsigned most)
{
	unsigned count = digits_count(imei);

	if (count < IMEI_KEY_DIGITS || count > most)
		n->bad = true;
	else
		n->imei = imei;
}

/* Of IPv6 there is the interface identifier alone; the prefix comes in a router advertisement. */
void
nas_read_address(struct nas *n, struct cursor value, size_t tail)
{
	static const uint8_t octets[] = {
		[ADDRESS_IPV4] = 4, [ADDRESS_IPV6] = INTERFACE_ID_OCTETS,
		[ADDRESS_IPV4V6] = INTERFACE_ID_OCTETS + 4
	};
	uint8_t type = cur_u8(&value) & 7;
	const uint8_t *ipv4;

	if (type == 0 || type >= ARRAY_LEN(octets))
		return;			/* not IP */
	if (cur_left(&value) != octets[type] + tail) {
		n->bad = true;
		return;
	}
	if (type == ADDRESS_IPV6)
		return;
	if (type == ADDRESS_IPV4V6)
		cur_skip(&value, INTERFACE_ID_OCTETS);
	ipv4 = cur_take(&value, 4);
	if (ipv4 == NULL)
		return;
	n->ue = addr_from_ipv4(ipv4);
	n->has_ue = true;
}

/* --- messages --- */

static const struct nas_option *
option_of(const struct nas_message *m, uint8_t iei)
{
	for (size_t i = 0; i < m->n_options; i++)
		if (m->options[i].iei == (m->options[i].format == NAS_HALF ? iei & 0xf0 : iei))
			return &m->options[i];
	return NULL;
}

/* Of an element that the table does not have the first bits say the format (TS 24.007, 11.2.4). */
static uint8_t
format_of(uint8_t iei)
{
	return (iei & 0x80) != 0 ? NAS_HALF : iei >> 4 == 7 ? NAS_TLVE : NAS_TLV;
}

static void
read_options(struct nas *n, const struct nas_message *m, struct cursor *in)
{
	while (cur_left(in) != 0 && !in->short_read && !n->bad) {
		uint8_t iei = cur_u8(in);
		const struct nas_option *row = option_of(m, iei);
		uint8_t format = row != NULL ? row->format : format_of(iei);
		struct cursor value = format == NAS_HALF ? cur_sub(in, 0)
		    : format == NAS_TLV ? nas_lv(in)
		    : format == NAS_TLVE ? nas_lve(in)
		    : cur_sub(in, format - NAS_TV);

		if (row == NULL && n->strict)
			n->bad = true;
		if (row != NULL && m->option != NULL && !in->short_read && format != NAS_HALF)
			m->option(n, iei, value);
	}
}

void
nas_read_message(struct nas *n, const struct nas_message *table, size_t n_table, uint8_t type,
    struct cursor in)
{
	const struct nas_message *m = NULL;

	for (size_t i = 0; i < n_table && m == NULL; i++)
		if (table[i].type == type)
			m = &table[i];
	if (m == NULL || in.short_read) {
		n->bad = n->bad || n->strict || in.short_read;
		return;			/* one of a later release */
	}
	if (n->n_names < NAS_NAMES_MAX)
		n->names[n->n_names++] = m->name;
	if (m->read == NULL) {
		n->bad = n->bad || n->strict;
		return;
	}
	m->read(n, &in);
	read_options(n, m, &in);
	n->bad = n->bad || in.short_read;
}

void
nas_read_inner(struct nas *n, void (*read)(struct nas *n, struct cursor in), struct cursor in)
{
	struct nas inner = *n;

	read(&inner, in);
	if (!inner.bad)
		*n = inner;
}

/* --- a PDU --- */

static void
put_digits(struct parse *fields, enum nas_field row, digits d)
{
	char text[DIGITS_TEXT_MAX];
	size_t len = digits_text(d, text);

	parse_text(fields, FIELD_ID(PARSER_s1ap, row), text, len);
}

static void
put_fields(const struct nas *n, struct parse *fields, const struct signalling *s)
{
	for (unsigned i = 0; i < n->n_names; i++)
		parse_text(fields, FIELD_ID(PARSER_s1ap, NAS_MESSAGE), n->names[i],
		    strlen(n->names[i]));
	if (n->imsi != DIGITS_NONE)
		put_digits(fields, NAS_IMSI, n->imsi);
	if (n->imei != DIGITS_NONE)
		put_digits(fields, NAS_IMEI, n->imei);
	if (cur_left(&n->apn) != 0 && s->apn[0] != '\0')
		parse_text(fields, FIELD_ID(PARSER_s1ap, NAS_APN), s->apn, strlen(s->apn));
	if (n->has_ue)
		parse_addr(fields, FIELD_ID(PARSER_s1ap, NAS_ADDRESS), &n->ue);
	if (n->strict)
		parse_text(fields, FIELD_ID(PARSER_s1ap, NAS_CIPHER), "null", 4);
}

/* Of several messages in one, the first APN stands for the session. */
static void
tell(const struct nas *n, struct parse *fields, struct signalling *s)
{
	if (n->imsi != DIGITS_NONE)
		s->imsi = n->imsi;
	if (n->imei != DIGITS_NONE) {
		s->imei = n->imei;
		s->imei_masked = false;
	}
	if (n->has_mac) {
		s->has_mac = true;
		memcpy(s->mac, n->mac, sizeof(s->mac));
	}
	if (s->apn[0] == '\0' && n->apn_is_text)
		signalling_set_apn_text(s, n->apn.at, cur_left(&n->apn));
	else if (s->apn[0] == '\0' && cur_left(&n->apn) != 0)
		(void)signalling_set_apn(s, n->apn.at, cur_left(&n->apn));
	if (n->has_ue)
		signalling_add_addr(s, &n->ue, 128);
	if (fields != NULL)
		put_fields(n, fields, s);
}

static bool
says_anything(const struct nas *n)
{
	return n->imsi != DIGITS_NONE || n->imei != DIGITS_NONE || n->has_mac || n->has_ue
	    || cur_left(&n->apn) != 0;
}

/* Step over a security header. False when what follows is not to be read. */
static bool
open_security(struct nas *n, enum nas_system system, struct cursor *in)
{
	uint8_t first = cur_peek(in, 0), header;

	if (system == NAS_EPS ? (first & 0xf) == EPS_SESSION : first == FIVEGS_SESSION)
		return true;		/* session management has no security header of its own */
	if (system == NAS_EPS ? (first & 0xf) != EPS_MOBILITY : first != FIVEGS_MOBILITY) {
		n->bad = true;
		return false;
	}
	header = system == NAS_EPS ? first >> 4 : cur_peek(in, 1) & 0xf;
	if (header == HEADER_PLAIN)
		return true;
	n->strict = header == HEADER_CIPHERED || header == HEADER_CIPHERED_NEW
	    || header == HEADER_CIPHERED_PARTLY;
	cur_skip(in, (system == NAS_EPS ? 1 : 2) + CODE_AND_SEQUENCE);
	return n->strict || header == HEADER_INTEGRITY || header == HEADER_INTEGRITY_NEW;
}

bool
nas_read(enum nas_system system, struct cursor pdu, struct parse *fields, struct signalling *s)
{
	struct nas n = { .imsi = DIGITS_NONE, .imei = DIGITS_NONE, .from_ran = s->from_ran };

	if (!open_security(&n, system, &pdu))
		return !n.bad;		/* a service request, or of a later release */
	if (system == NAS_EPS)
		nas_read_eps(&n, pdu);
	else
		nas_read_5gs(&n, pdu);
	if (n.bad)
		return n.strict;
	if (!n.strict || says_anything(&n))
		tell(&n, fields, s);
	return true;
}
