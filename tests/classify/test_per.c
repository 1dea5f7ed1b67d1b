/* SPDX-License-Identifier: Apache-2.0 */
/* test_per.c - aligned PER by examples of X.691, and what is refused. */
#include <check.h>

#include "classify/per.h"
#include "macros.h"
#include "run_suite.h"

static struct per
over(const char *octets, size_t len)
{
	return per_over(cursor_over(octets, len));
}
#define OVER(text) over(text, sizeof(text) - 1)

/* Constrained whole numbers, X.691, 11.5.7: the size of the range says the form. */
START_TEST(integers)
{
	static const struct {
		const char *what, *octets;
		size_t len;
		unsigned before;	/* bits that stand before it */
		uint64_t low, high, want;
	} cases[] = {
		{ "one value: no bits", "", 0, 0, 7, 7, 7 },
		{ "two values", "\x40", 1, 1, 0, 1, 1 },
		{ "0..15 within an octet", "\x0a", 1, 4, 0, 15, 10 },
		{ "1..160 across octets", "\x07\xc0", 2, 2, 1, 160, 32 },
		{ "255 values: bits", "\x7f\x00", 2, 1, 0, 254, 254 },
		{ "256 values: an octet, aligned", "\x80\x09", 2, 1, 0, 255, 9 },
		{ "257 values: two octets", "\x80\x01\x00", 3, 1, 0, 256, 256 },
		{ "65536 values: two octets", "\x80\xff\xfe", 3, 3, 1, 65536, 65535 },
		{ "24 bits in one octet", "\x00\x97", 2, 0, 0, 0xffffff, 0x97 },
		{ "24 bits in three", "\x80\x01\x02\x03", 4, 0, 0, 0xffffff, 0x10203 },
		{ "32 bits in four", "\xc0\xff\xff\xff\xff", 5, 0, 0, UINT32_MAX, UINT32_MAX },
		{ "40 bits in five", "\x80\x02\x00\x00\x00\x00", 6, 0, 0, 0xffffffffff, 0x200000000 },
		{ "bit rate", "\x40\x0f\x42\x40", 4, 0, 0, 10000000000, 1000000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct per p = over(cases[i].octets, cases[i].len);
		uint64_t got;

		(void)per_bits(&p, cases[i].before);
		got = per_integer(&p, cases[i].low, cases[i].high);
		ck_assert_msg(got == cases[i].want && per_ok(&p), "%s: %llu", cases[i].what,
		    (unsigned long long)got);
		ck_assert_msg(cur_left(&p.in) == 0, "%s: octets left", cases[i].what);
	}
}
END_TEST

START_TEST(out_of_range_is_bad)
{
	static const struct { const char *octets; size_t len; uint64_t low, high; } cases[] = {
		{ "\xff", 1, 0, 99 },			/* seven bits: 127 */
		{ "\x01\x2d", 2, 0, 300 },		/* 301 */
		{ "\xe0\xff\xff\xff\xff\xff\xff\xff\xff", 9, 0, 0xffffffffff },	/* eight octets */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct per p = over(cases[i].octets, cases[i].len);

		ck_assert_uint_eq(per_integer(&p, cases[i].low, cases[i].high), cases[i].low);
		ck_assert(!per_ok(&p));
	}
}
END_TEST

START_TEST(lengths)
{
	static const struct {
		const char *octets;
		size_t len, want;
		bool ok;
	} cases[] = {
		{ "\x00", 1, 0, true }, { "\x7f", 1, 127, true }, { "\x80\x80", 2, 128, true },
		{ "\xbf\xff", 2, 16383, true },
		{ "\xc1", 1, 0, false }, { "\xc4\x00", 2, 0, false }, { "\xff", 1, 0, false },
		{ "\x80", 1, 0, false }, { "", 0, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct per p = over(cases[i].octets, cases[i].len);

		ck_assert_uint_eq(per_length(&p), cases[i].want);
		ck_assert_int_eq(per_ok(&p), cases[i].ok);
	}
}
END_TEST

START_TEST(strings)
{
	struct per p = OVER("\x80\x02" "ab" "\x0f\x80" "cd");
	struct per inner;
	struct cursor text;

	ck_assert(per_bit(&p));
	inner = per_open(&p);
	ck_assert_uint_eq(per_bits(&inner, 16), 'a' << 8 | 'b');
	ck_assert(per_ok(&inner) && per_ok(&p));
	ck_assert_uint_eq(per_bit_string(&p, 9), 0x1f);		/* at most 16 bits: not aligned */
	text = per_fixed(&p, 2);
	ck_assert_mem_eq(text.at, "cd", 2);
	ck_assert(per_ok(&p));
	(void)per_fixed(&p, 1);
	ck_assert(!per_ok(&p));

	p = OVER("\x40\x12\x34\x56\x78\x90");			/* more than 16: aligned */
	ck_assert_uint_eq(per_bits(&p, 2), 1);
	ck_assert_uint_eq(per_bit_string(&p, 36), 0x123456789);
	ck_assert(per_ok(&p));
	p = OVER("\x01\x00" "abc");				/* length 3 in eight bits behind one */
	text = per_printable(&p, 150);
	ck_assert_uint_eq(cur_left(&text), 3);
	ck_assert(per_ok(&p));
	p = OVER("\x80\x03" "abc");				/* extended: a length of its own */
	text = per_printable(&p, 150);
	ck_assert_mem_eq(text.at, "abc", 3);
}
END_TEST

START_TEST(choices)
{
	struct per p = OVER("\x40");

	ck_assert_uint_eq(per_index(&p, 3, true), 2);
	p = OVER("\x60");
	(void)per_index(&p, 3, true);
	ck_assert(!per_ok(&p));					/* a fourth of three */
	p = OVER("\x82");
	ck_assert_uint_eq(per_index(&p, 36, true), 36 + 2);	/* third behind the marker */
	p = OVER("\xc0\x02\x01\x00");
	ck_assert_uint_eq(per_index(&p, 4, true), 4 + 256);
	p = OVER("\xc0\x03\x01\x00\x00");
	(void)per_index(&p, 4, true);
	ck_assert(!per_ok(&p));
	p = OVER("\x80");
	(void)per_integer_extensible(&p, 0, 15);
	ck_assert(!per_ok(&p));
}
END_TEST

/* X.691, 19.7: three additions announced, two there. */
START_TEST(additions)
{
	struct per p = OVER("\x05\x40\x01" "x" "\x02" "yz" "!");

	per_skip_additions(&p);
	ck_assert(per_ok(&p));
	ck_assert_uint_eq(cur_left(&p.in), 1);
	p = OVER("\x80\x41");					/* more than 64 */
	per_skip_additions(&p);
	ck_assert(!per_ok(&p));
}
END_TEST

/* Past the end there are only zeros, and no claim is believed. */
START_TEST(short_reads)
{
	struct per p = OVER("\xff"), inner;

	ck_assert_uint_eq(per_bits(&p, 12), 0xff0);
	ck_assert(!per_ok(&p));
	ck_assert_uint_eq(per_bits(&p, 32), 0);
	ck_assert_uint_eq(cur_left(&p.in), 0);
	p = OVER("\x05" "abc");
	inner = per_open(&p);
	ck_assert_uint_eq(cur_left(&inner.in), 3);	/* what there is, marked */
	ck_assert(!per_ok(&p));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("per");
	TCase *t = tcase_create("per");

	tcase_add_test(t, integers);
	tcase_add_test(t, out_of_range_is_bad);
	tcase_add_test(t, lengths);
	tcase_add_test(t, strings);
	tcase_add_test(t, choices);
	tcase_add_test(t, additions);
	tcase_add_test(t, short_reads);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
