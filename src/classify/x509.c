/* SPDX-License-Identifier: Apache-2.0 */
/* x509.c - walks a certificate's DER with fixed steps: no recursion, every length a cursor. */
#include <errno.h>
#include <string.h>

#include "addr.h"
#include "classify/x509.h"

enum {	/* X.690, 8.1.2: identifier octets */
	DER_INTEGER = 0x02,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_VERSION = 0xa0,	/* [0] EXPLICIT Version, RFC 5280, 4.1 */
	DER_EXTENSIONS = 0xa3,	/* [3] EXPLICIT Extensions */
	NAME_DNS = 0x82,	/* GeneralName [2], RFC 5280, 4.2.1.6 */
	NAME_IP = 0x87		/* GeneralName [7] */
};

enum { EXTENSIONS_MAX = 64, NAME_PARTS_MAX = 32 };

static const uint8_t oid_subject_alt_name[] = { 0x55, 0x1d, 0x11 };	/* 2.5.29.17 */

/* Attribute types below 2.5.4 (X.520) that we show. */
static const struct {
	uint8_t arc;
	const char *label;
} name_parts[] = {
	{ 3, "CN=" },
	{ 10, "O=" },
	{ 11, "OU=" },
};

/* Step over one element. False at the end or when it is broken: then `in` is short. */
static bool
der_next(struct cursor *in, uint8_t *tag, struct cursor *body)
{
	size_t len;

	if (cur_left(in) == 0)
		return false;
	*tag = cur_u8(in);
	len = cur_u8(in);
	if ((*tag & 0x1f) == 0x1f) {	/* long tag numbers: none in a certificate */
		in->short_read = true;
		return false;
	}
	if (len & 0x80) {
		unsigned octets = len & 0x7f;

		if (octets == 0 || octets > 3) {	/* indefinite is not DER; 16 MB is no certificate */
			in->short_read = true;
			return false;
		}
		for (len = 0; octets != 0; octets--)
			len = len << 8 | cur_u8(in);
	}
	*body = cur_sub(in, len);
	return !in->short_read;
}

/* Step over one element that must have this tag. */
static struct cursor
der_expect(struct cursor *in, uint8_t want)
{
	struct cursor body = cursor_over(NULL, 0);
	uint8_t tag = 0;

	if (!der_next(in, &tag, &body) || tag != want) {
		in->short_read = true;
		return cursor_over(NULL, 0);
	}
	return body;
}

static unsigned
two_digits(struct cursor *in)
{
	unsigned tens = cur_u8(in) - (unsigned)'0', ones = cur_u8(in) - (unsigned)'0';

	if (tens > 9 || ones > 9)
		in->short_read = true;
	return in->short_read ? 0 : tens * 10 + ones;
}

/* UTCTime YYMMDDHHMMSSZ or GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280, 4.1.2.5). */
static uint64_t
read_time(struct cursor *in)
{
	struct cursor text = cursor_over(NULL, 0);
	uint8_t tag = 0;
	unsigned year, month, day, hour, minute, second;
	int64_t days;

	if (!der_next(in, &tag, &text) || (tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME))
		return 0;
	year = two_digits(&text);
	if (tag == DER_GENERALIZED_TIME)
		year = year * 100 + two_digits(&text);
	else
		year += year >= 50 ? 1900 : 2000;
	month = two_digits(&text);
	day = two_digits(&text);
	hour = two_digits(&text);
	minute = two_digits(&text);
	second = cur_peek(&text, 0) == 'Z' ? 0 : two_digits(&text);
	if (text.short_read || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return 0;
	/* Days from the civil date, years beginning in March so that leap days come last. */
	if (month <= 2) {
		year--;
		month += 12;
	}
	days = 365 * (int64_t)year + year / 4 - year / 100 + year / 400
	    + (153 * (month - 3) + 2) / 5 + day - 1 - 719468;
	if (days < 0)
		return 0;
	return (uint64_t)days * 86400 + hour * 3600 + minute * 60 + second;
}

static struct cursor
find_alt_names(struct cursor extensions)
{
	struct cursor extension;
	uint8_t tag;

	for (int i = 0; i < EXTENSIONS_MAX && der_next(&extensions, &tag, &extension); i++) {
		struct cursor oid = der_expect(&extension, DER_OID), value;

		if (cur_left(&oid) != sizeof(oid_subject_alt_name)
		    || memcmp(oid.at, oid_subject_alt_name, sizeof(oid_subject_alt_name)) != 0)
			continue;
		while (der_next(&extension, &tag, &value))	/* maybe `critical` first */
			if (tag == DER_OCTET_STRING)
				return der_expect(&value, DER_SEQUENCE);
	}
	return cursor_over(NULL, 0);
}

int
x509_parse(struct x509 *cert, struct cursor der)
{
	struct cursor certificate = der_expect(&der, DER_SEQUENCE);
	struct cursor tbs = der_expect(&certificate, DER_SEQUENCE);
	struct cursor validity, body;
	uint8_t tag;

	*cert = (struct x509){ 0 };
	if (cur_peek(&tbs, 0) == DER_VERSION)
		(void)der_expect(&tbs, DER_VERSION);
	(void)der_expect(&tbs, DER_INTEGER);		/* serial number */
	(void)der_expect(&tbs, DER_SEQUENCE);		/* signature algorithm */
	cert->issuer = der_expect(&tbs, DER_SEQUENCE);
	validity = der_expect(&tbs, DER_SEQUENCE);
	cert->subject = der_expect(&tbs, DER_SEQUENCE);
	if (tbs.short_read)
		return -EINVAL;
	cert->not_before_s = read_time(&validity);
	cert->not_after_s = read_time(&validity);
	(void)der_expect(&tbs, DER_SEQUENCE);		/* public key */
	while (der_next(&tbs, &tag, &body))		/* maybe unique identifiers first */
		if (tag == DER_EXTENSIONS)
			cert->alt_names = find_alt_names(der_expect(&body, DER_SEQUENCE));
	return 0;
}

/* Text under construction in a buffer of X509_NAME_TEXT_MAX. */
struct text {
	char *at;
	size_t len;
	bool full;
};

static void
text_octet(struct text *t, unsigned octet)
{
	if (t->len == X509_NAME_TEXT_MAX) {
		t->full = true;
		return;
	}
	t->at[t->len++] = (char)octet;
}

static void
text_add(struct text *t, struct cursor octets)
{
	while (cur_left(&octets) != 0)
		text_octet(t, cur_u8(&octets));
}

/* BMPString: UCS-2, so that each unit is a character; half a surrogate pair is shown as '?'. */
static void
text_add_bmp(struct text *t, struct cursor units)
{
	while (cur_left(&units) >= 2) {
		unsigned c = cur_be16(&units);

		if (c < 0x80) {
			text_octet(t, c);
		} else if (c < 0x800) {
			text_octet(t, 0xc0 | c >> 6);
			text_octet(t, 0x80 | (c & 0x3f));
		} else if (c >= 0xd800 && c < 0xe000) {
			text_octet(t, '?');
		} else {
			text_octet(t, 0xe0 | c >> 12);
			text_octet(t, 0x80 | (c >> 6 & 0x3f));
			text_octet(t, 0x80 | (c & 0x3f));
		}
	}
}

/* Step to the next attribute of a name whose type lies directly below 2.5.4. Sets having
 * several attributes give their first. */
static bool
name_part_next(struct cursor *name, uint8_t *arc, uint8_t *tag, struct cursor *value)
{
	struct cursor set, attribute, oid;
	uint8_t set_tag;

	while (der_next(name, &set_tag, &set)) {
		attribute = der_expect(&set, DER_SEQUENCE);
		oid = der_expect(&attribute, DER_OID);
		if (cur_left(&oid) == 3 && cur_u8(&oid) == 0x55 && cur_u8(&oid) == 4
		    && der_next(&attribute, tag, value)) {
			*arc = cur_u8(&oid);
			return true;
		}
	}
	return false;
}

static void
text_add_value(struct text *t, uint8_t tag, struct cursor value)
{
	if (tag == DER_BMP_STRING)
		text_add_bmp(t, value);
	else
		text_add(t, value);
}

size_t
x509_name_text(struct cursor name, char text[static X509_NAME_TEXT_MAX])
{
	struct text t = { text, 0, false };
	struct cursor value;
	uint8_t arc, tag;

	for (int i = 0; i < NAME_PARTS_MAX && name_part_next(&name, &arc, &tag, &value); i++) {
		for (size_t k = 0; k < sizeof(name_parts) / sizeof(name_parts[0]); k++) {
			size_t before = t.len;

			if (name_parts[k].arc != arc)
				continue;
			if (t.len != 0)
				text_add(&t, cursor_over(", ", 2));
			text_add(&t, cursor_over(name_parts[k].label,
			    strlen(name_parts[k].label)));
			text_add_value(&t, tag, value);
			if (t.full)
				return before;
		}
	}
	return t.len;
}

size_t
x509_common_name(struct cursor name, char text[static X509_NAME_TEXT_MAX])
{
	struct cursor value, last = cursor_over(NULL, 0);
	struct text t = { text, 0, false };
	uint8_t arc, tag, last_tag = 0;

	for (int i = 0; i < NAME_PARTS_MAX && name_part_next(&name, &arc, &tag, &value); i++) {
		if (arc == 3) {
			last = value;
			last_tag = tag;
		}
	}
	text_add_value(&t, last_tag, last);
	return t.full ? 0 : t.len;
}

size_t
x509_alt_name_next(struct cursor *alt_names, char text[static X509_NAME_TEXT_MAX])
{
	struct cursor name;
	uint8_t tag;

	while (der_next(alt_names, &tag, &name)) {
		size_t len = cur_left(&name);
		struct addr a;

		if (tag == NAME_DNS && len != 0 && len < X509_NAME_TEXT_MAX) {
			memcpy(text, name.at, len);
			return len;
		}
		if (tag == NAME_IP && (len == 4 || len == 16)) {
			a = len == 4 ? addr_from_ipv4(name.at) : addr_from_ipv6(name.at);
			return addr_text(&a, text);
		}
	}
	return 0;
}
