/* SPDX-License-Identifier: Apache-2.0 */
/* per.h - reads the aligned variant of the packed encoding rules (ITU-T X.691), as far as S1AP
 * and NGAP use it: a cursor that also knows bits.
 *
 * Like a cursor, a read past the end yields 0 and leaves a mark that stays. So does what is
 * not read: values outside their constraint, and lengths in fragments (X.691, 11.9.3.8),
 * that is, anything of 16 K octets and more. A list's count is a claim: readers loop while
 * per_ok(), and each element takes octets, so that no loop is longer than the message. */
#ifndef PICKET_CLASSIFY_PER_H
#define PICKET_CLASSIFY_PER_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "cursor.h"

struct per {
	struct cursor in;	/* octets of which no bit was read */
	uint8_t octet;		/* the one before them ... */
	uint8_t left;		/* ... and how many of its bits are still to be read */
	bool bad;		/* sticky: a value or a length that is not read */
};

struct per per_over(struct cursor in);
/** Nothing was short or bad so far. */
static inline bool
per_ok(const struct per *p)
{
	return !p->bad && !p->in.short_read;
}

/** A field of up to 32 bits, where it stands. */
uint32_t per_bits(struct per *p, unsigned n);
/** One bit: extension marker, option, BOOLEAN. */
bool per_bit(struct per *p);
/** Step to the next whole octet. */
void per_align(struct per *p);

/** INTEGER (low..high), X.691, 11.5.7: bits, one or two octets, or octets with their number. */
uint64_t per_integer(struct per *p, uint64_t low, uint64_t high);
/** The same with an extension marker; a value outside of the root is bad. */
uint64_t per_integer_extensible(struct per *p, uint64_t low, uint64_t high);
/** ENUMERATED with `n` values in the root, or CHOICE; `extensible`: the marker comes first.
 * Values behind the marker are told as `n` and more (X.691, 14 and 23). */
unsigned per_index(struct per *p, unsigned n, bool extensible);
/** Number of elements of SEQUENCE (SIZE (low..high)) OF. */
uint32_t per_count(struct per *p, uint32_t low, uint32_t high);

/** A length without a bound (X.691, 11.9.3.5 to 11.9.3.7), in octets. Fragments are bad. */
size_t per_length(struct per *p);
/** OCTET STRING without a bound, and any open type: its octets. */
struct cursor per_octets(struct per *p);
/** The encoding within an open type, or within OCTET STRING (CONTAINING ...). */
struct per per_open(struct per *p);
/** `n` octets of a string of fixed size above two octets, or `n` / 8 bits above 16: aligned. */
struct cursor per_fixed(struct per *p, size_t n);
/** PrintableString (SIZE (1..high, ...)), `high` above 2 and below 256: one octet a character. */
struct cursor per_printable(struct per *p, unsigned high);
/** BIT STRING (SIZE (28)), (SIZE (36)): up to 64 bits. */
uint64_t per_bit_string(struct per *p, unsigned bits);

/** Behind the root of a SEQUENCE: the additions that its extension marker announced. */
void per_skip_additions(struct per *p);

#endif
