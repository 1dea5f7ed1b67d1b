/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c - a streaming JSON writer over a fixed buffer. */
#include <endian.h>
#include <string.h>
#include <strings.h>

#include "mask.h"
#include "writer.h"

static const char hex_digits[] = "0123456789abcdef";

void
writer_init(struct writer *w, char *buffer, size_t size)
{
	*w = (struct writer){ .at = buffer, .start = buffer, .end = buffer + size };
}

size_t
writer_len(const struct writer *w)
{
	return (size_t)(w->at - w->start);
}

/* Room for n octets, or full. */
static inline bool
room(struct writer *w, size_t n)
{
	if ((size_t)(w->end - w->at) >= n && !w->full)
		return true;
	w->full = true;
	return false;
}

static void
put_raw(struct writer *w, const char *text, size_t len)
{
	if (!room(w, len))
		return;
	memcpy(w->at, text, len);
	w->at += len;
}

/* Comma, key in quotes, colon; then room for `more` octets. NULL when there is none. */
static inline char *
begin(struct writer *w, const char *key, size_t key_len, size_t more)
{
	char *at = w->at;

	if (!room(w, key_len + more + 4))
		return NULL;
	if (w->comma)
		*at++ = ',';
	w->comma = true;
	if (key != NULL) {
		*at++ = '"';
		memcpy(at, key, key_len);
		at += key_len;
		*at++ = '"';
		*at++ = ':';
	}
	w->at = at;
	return at;
}

void
writer_member(struct writer *w, const char *key, size_t key_len)
{
	(void)begin(w, key, key_len, 0);
}

void
writer_put_open(struct writer *w, const char *key, size_t key_len, char bracket)
{
	char *at = begin(w, key, key_len, 1);

	if (at == NULL)
		return;
	*at = bracket;
	w->at = at + 1;
	w->comma = false;
}

void
writer_close(struct writer *w, char bracket)
{
	if (room(w, 1))
		*w->at++ = bracket;
	w->comma = true;
}

/* Length of the printable UTF-8 sequence at `p`, 0 when there is none (RFC 3629, 4; without
 * C0 and C1 controls, and without the characters that turn or hide text on a terminal). */
static size_t
utf8_len(const uint8_t *p, size_t left)
{
	uint32_t code;
	size_t n;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2, code = p[0] & 0x1f;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3, code = p[0] & 0x0f;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4, code = p[0] & 0x07;
	else
		return 0;
	if (left < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if ((n == 2 && code < 0xa0) || (n == 3 && code < 0x800) || (n == 4 && code < 0x10000)
	    || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	if ((code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)
	    || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff)
		return 0;
	return n;
}

/* Octets that are written as they are: printable ASCII but the quote and the backslash. */
static inline bool
is_plain(uint8_t octet)
{
	return octet >= 0x20 && octet < 0x7f && octet != '"' && octet != '\\';
}

/* The first of eight octets that is not plain, 8 when all are: of each octet the top bit says so
 * (Mycroft's test for an octet below n; exact up to the first hit, which is all that is asked). */
static inline unsigned
plain_of_eight(const uint8_t *p)
{
	static const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t v, odd;

	memcpy(&v, p, sizeof(v));
	v = le64toh(v);
	odd = v | (v + ones)		/* 0x80 and above; 0x7f */
	    | (v - ones * 0x20)
	    | ((v ^ ones * '"') - ones) | ((v ^ ones * '\\') - ones);
	odd &= tops;
	return odd == 0 ? 8 : (unsigned)__builtin_ctzll(odd) / 8;
}

/* How many octets from here on are plain. */
static size_t
plain_octets(const uint8_t *p, size_t len)
{
	size_t n = 0;
	unsigned of_eight = 8;

	while (of_eight == 8 && len - n >= 8) {
		of_eight = plain_of_eight(p + n);
		n += of_eight;
	}
	while (of_eight == 8 && n < len && is_plain(p[n]))
		n++;
	return n;
}

static void
escape(struct writer *w, const uint8_t *p, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		size_t plain = i + plain_octets(p + i, len - i);

		put_raw(w, (const char *)p + i, plain - i);
		i = plain;
		if (i == len)
			return;
		if (p[i] == '"') {
			put_raw(w, "\\\"", 2);
			i++;
		} else if (p[i] != '\\' && (n = utf8_len(p + i, len - i)) != 0) {
			put_raw(w, (const char *)p + i, n);
			i += n;
		} else {
			char text[5] = { '\\', '\\', 'x', hex_digits[p[i] >> 4],
				hex_digits[p[i] & 15] };

			put_raw(w, text, sizeof(text));
			i++;
		}
	}
}

static size_t
digits_ahead(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= '0' && p[n] <= '9')
		n++;
	return n;
}

/* Is the lower-case word in the text, in any case? */
static bool
says(const uint8_t *p, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (strncasecmp((const char *)p + i, word, n) == 0)
			return true;
	return false;
}

/* Runs of digits that may be a person's number become tokens. */
static void
escape_masked(struct writer *w, const uint8_t *p, size_t len)
{
	bool says_msisdn = says(p, len, "msisdn");
	size_t from = 0, i = 0;

	while (i < len) {
		size_t n = digits_ahead(p + i, len - i), out;
		char text[MASK_TEXT_MAX];

		out = mask_run(w->mask, p + i, n, says_msisdn, text);
		if (out != 0) {
			escape(w, p + from, i - from);
			put_raw(w, text, out);
			from = i + n;
		}
		i += n == 0 ? 1 : n;
	}
	escape(w, p + from, len - from);
}

void
writer_put_octets(struct writer *w, const char *key, size_t key_len, const void *octets,
    size_t len)
{
	char *at = begin(w, key, key_len, 1);

	if (at == NULL)
		return;
	*at = '"';
	w->at = at + 1;
	if (w->mask == NULL)
		escape(w, octets, len);
	else
		escape_masked(w, octets, len);
	put_raw(w, "\"", 1);
}

void
writer_put_word(struct writer *w, const char *key, size_t key_len, const char *word, size_t len)
{
	char *at = begin(w, key, key_len, len + 2);

	if (at == NULL)
		return;
	*at++ = '"';
	memcpy(at, word, len);
	at += len;
	*at++ = '"';
	w->at = at;
}

void
writer_put_hex(struct writer *w, const char *key, size_t key_len, const void *octets, size_t len)
{
	const uint8_t *p = octets;
	char *at = begin(w, key, key_len, 2 * len + 2);

	if (at == NULL)
		return;
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		*at++ = hex_digits[p[i] >> 4];
		*at++ = hex_digits[p[i] & 15];
	}
	*at++ = '"';
	w->at = at;
}

void
writer_put_uint(struct writer *w, const char *key, size_t key_len, uint64_t value)
{
	char text[20];
	size_t n = sizeof(text);
	char *at = begin(w, key, key_len, sizeof(text));

	if (at == NULL)
		return;
	do {
		text[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	memcpy(at, text + n, sizeof(text) - n);
	w->at = at + sizeof(text) - n;
}

void
writer_bool(struct writer *w, const char *key, bool value)
{
	writer_member(w, WRITER_KEY(key));
	put_raw(w, value ? "true" : "false", value ? 4 : 5);
}

void
writer_put_addr(struct writer *w, const char *key, size_t key_len, const struct addr *a)
{
	char text[ADDR_TEXT_MAX];
	size_t n = addr_text(a, text);

	writer_put_word(w, key, key_len, text, n);
}

void
writer_put_mac(struct writer *w, const char *key, size_t key_len, const uint8_t mac[6])
{
	char text[17];

	for (int i = 0; i < 6; i++) {
		text[3 * i] = hex_digits[mac[i] >> 4];
		text[3 * i + 1] = hex_digits[mac[i] & 15];
		if (i < 5)
			text[3 * i + 2] = ':';
	}
	writer_put_word(w, key, key_len, text, sizeof(text));
}

static void
two_digits(char *at, unsigned value)
{
	at[0] = (char)('0' + value / 10);
	at[1] = (char)('0' + value % 10);
}

/* Days since 1970-01-01 to a date of the Gregorian calendar (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days), for years 1970 to 9999. */
static void
date_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t z = days + 719468;
	uint64_t era = z / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (unsigned)(yoe + era * 400) + (*month <= 2);
}

void
writer_put_time(struct writer *w, const char *key, size_t key_len, uint64_t time_us)
{
	static const uint64_t last_us = UINT64_C(253402300799999999);	/* 9999-12-31 */
	char text[] = "0000-00-00T00:00:00.000000+0000";
	unsigned year, month, day, second, us;

	if (time_us > last_us)
		time_us = last_us;
	us = (unsigned)(time_us % 1000000);
	second = (unsigned)(time_us / 1000000 % 86400);
	date_of(time_us / 1000000 / 86400, &year, &month, &day);
	two_digits(text, year / 100);
	two_digits(text + 2, year % 100);
	two_digits(text + 5, month);
	two_digits(text + 8, day);
	two_digits(text + 11, second / 3600);
	two_digits(text + 14, second / 60 % 60);
	two_digits(text + 17, second % 60);
	for (int i = 25; i > 19; i--, us /= 10)
		text[i] = (char)('0' + us % 10);
	writer_put_word(w, key, key_len, text, sizeof(text) - 1);
}

void
writer_put_id(struct writer *w, const char *key, size_t key_len, uint64_t id)
{
	char text[16];

	for (int i = 15; i >= 0; i--, id >>= 4)
		text[i] = hex_digits[id & 15];
	writer_put_word(w, key, key_len, text, sizeof(text));
}

const char *
writer_show(const struct mask *mask, const void *octets, size_t len, char *buffer,
    size_t size)
{
	struct writer w;

	writer_init(&w, buffer, size - 1);
	w.mask = mask;
	writer_octets(&w, NULL, octets, len);
	*w.at = '\0';
	if (writer_len(&w) < 2)
		return "";
	if (!w.full)
		w.at[-1] = '\0';
	return buffer + 1;
}
