/* SPDX-License-Identifier: Apache-2.0 */
/* digits.h - a string of up to 16 decimal digits in 64 bits: IMSI, IMEI(SV), MSISDN.
 *
 * The first digit is in the highest four bits; what is behind the last one is filled with 0xf,
 * as on the wire (TS 29.002, 17.7.8). Leading zeros are kept, and equal strings are equal
 * numbers. */
#ifndef PICKET_DIGITS_H
#define PICKET_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"

typedef uint64_t digits;

#define DIGITS_NONE UINT64_MAX	/* no digit at all */
enum {
	DIGITS_MAX = 16, DIGITS_TEXT_MAX = DIGITS_MAX + 1,
	IMEI_TAC_DIGITS = 8, IMEI_DIGITS = 15,	/* TS 23.003, 6.2.1: TAC, serial, check or spare digit */
	IMEI_KEY_DIGITS = 14,		/* TAC and serial: what IMEI and IMEISV have in common */
	IMEISV_DIGITS = 16, IMSI_DIGITS_MAX = 15
};

/** From ASCII digits. DIGITS_NONE when there is none, more than 16, or anything else. */
digits digits_from_text(const void *text, size_t len);
/** From TBCD: two digits an octet, the first in the low half; 0xf ends it and nothing else may
 * follow. DIGITS_NONE for a half of 0xa to 0xe, digits behind the filler, more than 16 digits. */
digits digits_from_tbcd(struct cursor in);

unsigned digits_count(digits d);
/** The first `n` digits only. */
digits digits_first(digits d, unsigned n);
/** Digit `at`, 0 the first; 0xf past the end. */
unsigned digits_at(digits d, unsigned at);
/** Writes ASCII with a NUL; returns the length. */
size_t digits_text(digits d, char text[static DIGITS_TEXT_MAX]);

/** Is the 15th digit the check digit over the first 14 (TS 23.003, Annex B)? False unless there
 * are 15 digits. On signalling it often is a spare 0 instead. */
bool imei_check_ok(digits imei);
/** TAC and serial, for comparing IMEI with IMEISV. DIGITS_NONE for fewer than 14 digits. */
digits imei_key(digits imei);
/** The first eight digits as a number, 0 when there are fewer. */
uint32_t imei_tac(digits imei);

/* PLMN: mobile country and network code as six halves of an octet, MCC first; a network code
 * of two digits ends in 0xf: 262-01 is 0x26201f, 310-410 is 0x310410. */
enum { PLMN_NONE = 0, PLMN_TEXT_MAX = 8 };

/** From the three octets of TS 24.008, 10.5.1.13. PLMN_NONE when they are not digits. */
uint32_t plmn_from_octets(const uint8_t octets[3]);
/** "262-01"; "" for PLMN_NONE. Returns the length. */
size_t plmn_text(uint32_t plmn, char text[static PLMN_TEXT_MAX]);
/** Does the IMSI belong to this PLMN? Compares as many digits as the PLMN has. */
bool plmn_is_of(uint32_t plmn, digits imsi);

#endif
