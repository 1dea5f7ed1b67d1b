/* SPDX-License-Identifier: Apache-2.0 */
/* plain_identity.c - which digits are an identity, and which are only digits. */
#include <string.h>

#include "macros.h"
#include "plain_identity.h"

enum { IMSI_DIGITS_MIN = 14, MSISDN_DIGITS_MIN = 7, MSISDN_DIGITS_MAX = 15 };

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool
is_hex(uint8_t c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* Reporting bodies that allocate or have allocated TACs (GSMA TS.06). 00 and 02 to 09 are test
 * equipment; times as digits begin with 16 to 20, which are nobody's. */
static bool
is_imei(digits d)
{
	static const uint8_t bodies[] = {
		1, 10, 30, 33, 35, 44, 45, 49, 50, 51, 52, 53, 54, 86, 91, 98, 99
	};
	unsigned body = digits_at(d, 0) * 10 + digits_at(d, 1);

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		if (bodies[i] == body)
			return imei_check_ok(d);
	return false;
}

/* A mobile country code is 2xx to 7xx, 901 for shared ones, 001 for tests (ITU-T E.212). */
static bool
is_imsi(digits d)
{
	unsigned mcc = digits_at(d, 0) * 100 + digits_at(d, 1) * 10 + digits_at(d, 2);

	return (mcc >= 200 && mcc < 800) || mcc == 901 || mcc == 1;
}

/* --- endpoint names --- */

/* Step over `word`, in any case. */
static bool
take_word(struct cursor *in, const char *word)
{
	size_t len = strlen(word);

	if (cur_left(in) < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(cur_peek(in, i)) != (uint8_t)word[i])
			return false;
	cur_skip(in, len);
	return true;
}

/* Digits up to the next octet that is none; DIGITS_NONE unless there are `min` to `max`. */
static digits
take_digits(struct cursor *in, size_t min, size_t max)
{
	const uint8_t *at = in->at;
	size_t n = 0;

	while (n < cur_left(in) && is_digit(cur_peek(in, n)))
		n++;
	cur_skip(in, n);
	return n < min || n > max ? DIGITS_NONE : digits_from_text(at, n);
}

static digits
take_imsi(struct cursor *in)
{
	digits d = take_digits(in, IMSI_DIGITS_MIN, IMSI_DIGITS_MAX);

	return d != DIGITS_NONE && is_imsi(d) ? d : DIGITS_NONE;
}

static void
read_endpoint(struct plain_identity *id, struct cursor *in)
{
	if (take_word(in, "urn:imei:")) {
		id->imei = take_digits(in, IMEI_DIGITS, IMEI_DIGITS);
	} else if (take_word(in, "urn:imei-msisdn:")) {
		id->imei = take_digits(in, IMEI_DIGITS, IMEI_DIGITS);
		if (take_word(in, "-"))
			id->msisdn = take_digits(in, MSISDN_DIGITS_MIN, MSISDN_DIGITS_MAX);
	} else if (take_word(in, "urn:imei-imsi:")) {
		id->imei = take_digits(in, IMEI_DIGITS, IMEI_DIGITS);
		if (take_word(in, "-"))
			id->imsi = take_imsi(in);
	} else if (take_word(in, "urn:imsi:")) {
		id->imsi = take_imsi(in);
	} else if (take_word(in, "urn:msisdn:")) {
		id->msisdn = take_digits(in, MSISDN_DIGITS_MIN, MSISDN_DIGITS_MAX);
	} else {
		id->imei = take_digits(in, IMEI_DIGITS, IMEI_DIGITS);
		if (id->imei != DIGITS_NONE && !is_imei(id->imei))
			id->imei = DIGITS_NONE;
		if (id->imei != DIGITS_NONE && take_word(in, ";"))
			id->imsi = take_imsi(in);
	}
}

static const struct plain_identity nobody = { DIGITS_NONE, DIGITS_NONE, DIGITS_NONE };

static bool
says_something(const struct plain_identity *id)
{
	return id->imei != DIGITS_NONE || id->imsi != DIGITS_NONE || id->msisdn != DIGITS_NONE;
}

bool
plain_identity_of_endpoint(struct plain_identity *id, struct cursor name)
{
	*id = nobody;
	read_endpoint(id, &name);
	if (cur_left(&name) != 0 || id->imei >> 4 == 0)	/* more than such a name; 15 zeros */
		*id = nobody;
	return says_something(id);
}

/* --- any text --- */

/* Does `word` end where the digits at `at` begin, but for what may stand between a key and its
 * value: imei=1, "imei":"1", /imei/1, imei_1, imei%3D1? */
static bool
has_word(struct cursor text, size_t at, const char *word)
{
	static const char between[] = "=:/_-.\"' ";
	size_t len = strlen(word);

	if (at >= 3 && text.at[at - 3] == '%' && text.at[at - 2] == '3'
	    && (lower(text.at[at - 1]) == 'd' || lower(text.at[at - 1]) == 'a'))
		at -= 3;
	for (unsigned n = 0; at != 0 && n < 4 && memchr(between, text.at[at - 1],
	    sizeof(between) - 1) != NULL; n++)
		at--;
	if (at < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(text.at[at - len + i]) != (uint8_t)word[i])
			return false;
	/* "skimei" is another word */
	return at == len || lower(text.at[at - len - 1]) < 'a' || lower(text.at[at - len - 1]) > 'z';
}

/* Part of a longer number: a fraction, or with its sign. */
static bool
in_a_number(struct cursor text, size_t at, size_t len)
{
	size_t size = cur_left(&text), end = at + len;

	if (at >= 1 && text.at[at - 1] == '+')
		return true;
	if (at >= 2 && (text.at[at - 1] == '.' || text.at[at - 1] == ',')
	    && is_digit(text.at[at - 2]))
		return true;
	return end + 1 < size && (text.at[end] == '.' || text.at[end] == ',')
	    && is_digit(text.at[end + 1]);
}

/* Digits `at` that are no part of anything longer. */
static void
judge(struct plain_identity *id, struct cursor text, size_t at, size_t len)
{
	digits d = digits_from_text(text.at + at, len);
	bool alone = len == cur_left(&text);

	if (d == DIGITS_NONE)
		return;
	if (id->imei == DIGITS_NONE && len == IMEI_DIGITS && is_imei(d)
	    && (alone || has_word(text, at, "imei"))) {
		id->imei = d;
		return;
	}
	if (id->imsi == DIGITS_NONE && len >= IMSI_DIGITS_MIN && len <= IMSI_DIGITS_MAX
	    && is_imsi(d) && has_word(text, at, "imsi"))
		id->imsi = d;
}

bool
plain_identity_in_text(struct plain_identity *id, struct cursor text)
{
	struct cursor rest = text;
	size_t size = cur_left(&text), len;

	*id = nobody;
	if (take_word(&rest, "ep="))	/* an endpoint name, which is told as that */
		return false;
	for (size_t at = 0; at < size && at < PLAIN_TEXT_MAX; at += len) {
		bool escape = at >= 3 && text.at[at - 3] == '%';	/* %3D is no hexadecimal number */

		for (len = 0; at + len < size && is_digit(text.at[at + len]); len++)
			;
		if (len >= IMSI_DIGITS_MIN && (at == 0 || escape || !is_hex(text.at[at - 1]))
		    && (at + len == size || !is_hex(text.at[at + len]))
		    && !in_a_number(text, at, len))
			judge(id, text, at, len);
		if (len == 0)
			len = 1;
	}
	return says_something(id);
}
