/* SPDX-License-Identifier: Apache-2.0 */
/* digits.c - decimal digits packed in 64 bits, and what TS 23.003 says about them. */
#include <endian.h>
#include <string.h>

#include "digits.h"

enum { FILLER = 0xf };

static digits
with_digit(digits d, unsigned at, unsigned digit)
{
	unsigned shift = 60 - 4 * at;

	return (d & ~(UINT64_C(0xf) << shift)) | (uint64_t)digit << shift;
}

digits
digits_from_text(const void *text, size_t len)
{
	const char *ascii = text;
	digits d = DIGITS_NONE;

	if (len == 0 || len > DIGITS_MAX)
		return DIGITS_NONE;
	for (unsigned i = 0; i < len; i++) {
		if (ascii[i] < '0' || ascii[i] > '9')
			return DIGITS_NONE;
		d = with_digit(d, i, (unsigned)(ascii[i] - '0'));
	}
	return d;
}

digits
digits_from_tbcd(struct cursor in)
{
	digits d = DIGITS_NONE;
	unsigned n = 0;
	bool ended = false;

	while (cur_left(&in) != 0) {
		uint8_t octet = cur_u8(&in);
		const unsigned halves[2] = { octet & 0xf, octet >> 4 };

		for (unsigned i = 0; i < 2; i++) {
			if (halves[i] == FILLER) {
				ended = true;
				continue;
			}
			if (ended || halves[i] > 9 || n == DIGITS_MAX)
				return DIGITS_NONE;
			d = with_digit(d, n++, halves[i]);
		}
	}
	return d;
}

unsigned
digits_at(digits d, unsigned at)
{
	return at < DIGITS_MAX ? (unsigned)(d >> (60 - 4 * at)) & 0xf : FILLER;
}

unsigned
digits_count(digits d)
{
	/* behind the last digit, which has a bit that is not set, all are */
	return d == DIGITS_NONE ? 0 : DIGITS_MAX - (unsigned)__builtin_ctzll(~d) / 4;
}

digits
digits_first(digits d, unsigned n)
{
	if (n == 0)
		return DIGITS_NONE;
	return n >= DIGITS_MAX ? d : d | UINT64_MAX >> 4 * n;
}

/* Eight digits as eight characters, the first one first in memory. */
static uint64_t
spread(uint32_t eight)
{
	uint64_t v = eight;

	v = (v << 16 | v) & UINT64_C(0x0000ffff0000ffff);
	v = (v << 8 | v) & UINT64_C(0x00ff00ff00ff00ff);
	v = (v << 4 | v) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return htobe64(v | UINT64_C(0x3030303030303030));
}

size_t
digits_text(digits d, char text[static DIGITS_TEXT_MAX])
{
	const uint64_t ascii[2] = { spread((uint32_t)(d >> 32)), spread((uint32_t)d) };
	unsigned n = digits_count(d);

	memcpy(text, ascii, sizeof(ascii));
	text[n] = '\0';
	return n;
}

/* Luhn: every second digit counts double, its own digits summed. */
bool
imei_check_ok(digits imei)
{
	unsigned sum = 0;

	if (digits_count(imei) != IMEI_DIGITS)
		return false;
	for (unsigned i = 0; i < IMEI_KEY_DIGITS; i++) {
		unsigned twice = digits_at(imei, i) * (i % 2 + 1);

		sum += twice / 10 + twice % 10;
	}
	return (10 - sum % 10) % 10 == digits_at(imei, IMEI_KEY_DIGITS);
}

digits
imei_key(digits imei)
{
	return digits_count(imei) < IMEI_KEY_DIGITS ? DIGITS_NONE
	    : digits_first(imei, IMEI_KEY_DIGITS);
}

uint32_t
imei_tac(digits imei)
{
	uint32_t tac = 0;

	if (digits_count(imei) < IMEI_TAC_DIGITS)
		return 0;
	for (unsigned i = 0; i < IMEI_TAC_DIGITS; i++)
		tac = tac * 10 + digits_at(imei, i);
	return tac;
}

uint32_t
plmn_from_octets(const uint8_t octets[3])
{
	const uint32_t half[6] = {
		octets[0] & 0xfu, octets[0] >> 4, octets[1] & 0xfu,
		octets[2] & 0xfu, octets[2] >> 4, octets[1] >> 4
	};
	uint32_t plmn = 0;

	for (unsigned i = 0; i < 6; i++) {
		if (half[i] > 9 && !(i == 5 && half[i] == FILLER))
			return PLMN_NONE;
		plmn = plmn << 4 | half[i];
	}
	return plmn;
}

size_t
plmn_text(uint32_t plmn, char text[static PLMN_TEXT_MAX])
{
	size_t n = 0;

	for (unsigned i = 0; i < 6 && plmn != PLMN_NONE; i++) {
		unsigned half = plmn >> (20 - 4 * i) & 0xf;

		if (i == 3)
			text[n++] = '-';
		if (half != FILLER)
			text[n++] = (char)('0' + half);
	}
	text[n] = '\0';
	return n;
}

bool
plmn_is_of(uint32_t plmn, digits imsi)
{
	unsigned n = (plmn & 0xf) == FILLER ? 5 : 6;

	return plmn != PLMN_NONE && imsi != DIGITS_NONE
	    && imsi >> (64 - 4 * n) == plmn >> (24 - 4 * n);
}
