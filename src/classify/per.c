/* SPDX-License-Identifier: Apache-2.0 */
/* per.c - aligned PER: bits, numbers, lengths, strings. */
#include "per.h"

struct per
per_over(struct cursor in)
{
	return (struct per){ .in = in };
}

uint32_t
per_bits(struct per *p, unsigned n)
{
	uint32_t value = 0;

	while (n != 0) {
		unsigned take;

		if (p->left == 0) {
			p->octet = cur_u8(&p->in);
			p->left = 8;
		}
		take = n < p->left ? n : p->left;
		value = value << take | (p->octet >> (p->left - take) & ((1u << take) - 1));
		p->left = (uint8_t)(p->left - take);
		n -= take;
	}
	return value;
}

bool
per_bit(struct per *p)
{
	return per_bits(p, 1) != 0;
}

void
per_align(struct per *p)
{
	p->left = 0;
}

/* Octets of a whole number, most significant first. */
static uint64_t
whole_octets(struct per *p, unsigned n)
{
	uint64_t value = 0;

	per_align(p);
	for (unsigned i = 0; i < n; i++)
		value = value << 8 | cur_u8(&p->in);
	return value;
}

static unsigned
bits_for(uint64_t range)
{
	unsigned n = 0;

	while (n < 64 && (range - 1) >> n != 0)
		n++;
	return n;
}

uint64_t
per_integer(struct per *p, uint64_t low, uint64_t high)
{
	uint64_t range = high - low + 1, value;
	unsigned most;

	if (range < 256) {
		value = per_bits(p, bits_for(range));
	} else if (range <= 1 << 16) {
		value = whole_octets(p, range == 256 ? 1 : 2);
	} else {
		most = (bits_for(range) + 7) / 8;
		value = whole_octets(p, (unsigned)per_bits(p, bits_for(most)) + 1);
	}
	if (value <= high - low)
		return low + value;
	p->bad = true;
	return low;
}

uint64_t
per_integer_extensible(struct per *p, uint64_t low, uint64_t high)
{
	if (per_bit(p))
		p->bad = true;
	return per_integer(p, low, high);
}

/* X.691, 11.6: six bits, or a length and octets. */
static uint32_t
small_number(struct per *p)
{
	size_t n;

	if (!per_bit(p))
		return per_bits(p, 6);
	n = per_length(p);
	if (n == 0 || n > 2)
		p->bad = true;
	return n == 0 || n > 2 ? 0 : (uint32_t)whole_octets(p, (unsigned)n);
}

unsigned
per_index(struct per *p, unsigned n, bool extensible)
{
	if (extensible && per_bit(p))
		return n + small_number(p);
	return (unsigned)per_integer(p, 0, n - 1);
}

uint32_t
per_count(struct per *p, uint32_t low, uint32_t high)
{
	return (uint32_t)per_integer(p, low, high);
}

/* | 0 | length 7 |, or | 1 0 | length 14 |, or | 1 1 | fragments of 16 K 6 | */
size_t
per_length(struct per *p)
{
	uint8_t first;

	per_align(p);
	first = cur_u8(&p->in);
	if (first < 0x80)
		return first;
	if (first < 0xc0)
		return (size_t)(first & 0x3f) << 8 | cur_u8(&p->in);
	p->bad = true;
	return 0;
}

struct cursor
per_octets(struct per *p)
{
	size_t len = per_length(p);

	return cur_sub(&p->in, len);
}

struct per
per_open(struct per *p)
{
	return per_over(per_octets(p));
}

struct cursor
per_fixed(struct per *p, size_t n)
{
	per_align(p);
	return cur_sub(&p->in, n);
}

struct cursor
per_printable(struct per *p, unsigned high)
{
	size_t len = per_bit(p) ? per_length(p) : (size_t)per_integer(p, 1, high);

	return per_fixed(p, len);
}

uint64_t
per_bit_string(struct per *p, unsigned bits)
{
	uint64_t value = 0;

	if (bits > 16)
		per_align(p);
	while (bits != 0) {
		unsigned take = bits < 32 ? bits : 32;

		value = value << take | per_bits(p, take);
		bits -= take;
	}
	return value;
}

/* X.691, 19.7 to 19.9: how many (11.9.3.4; nothing has more than 64), a bit for each, an open
 * type for each that is there. */
void
per_skip_additions(struct per *p)
{
	uint32_t there = 0, n;

	if (per_bit(p))
		p->bad = true;
	n = per_bits(p, 6) + 1;
	for (uint32_t i = 0; i < n && per_ok(p); i++)
		there += per_bit(p);
	while (there-- != 0 && per_ok(p))
		(void)per_octets(p);
}
