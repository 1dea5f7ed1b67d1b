/* SPDX-License-Identifier: Apache-2.0 */
/* test_uli.c - location in the three codings: each part, what wins, and what is cut short. */
#include <stdlib.h>
#include <string.h>

#include "classify/uli.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1
#define PLMN "\x00\xf1\x10"		/* 001-01 */
#define PLMN3 "\x13\x00\x14"		/* 310-410 */
#define NOT_DIGITS "\x0a\xf1\x10"

typedef bool (*reader)(struct cursor in, struct signalling_location *at);

static bool
from_rai(struct cursor in, struct signalling_location *at)
{
	return uli_from_rai(in, at) != PLMN_NONE;
}

static const struct {
	const char *what;
	reader read;
	const char *octets;
	size_t len;
	bool want;
	const char *area, *cell;
} cases[] = {
	{ "v2, nothing", uli_from_gtpv2, S("\0"), true, "", "" },
	{ "v2, TAI and ECGI", uli_from_gtpv2, S("\x18" PLMN "\x12\x34" PLMN "\xf1\x23\x45\x67"),
	    true, "tai:001-01:4660", "ecgi:001-01:19088743" },
	{ "v2, CGI", uli_from_gtpv2, S("\x01" PLMN3 "\x00\x05\x00\x07"), true, "lai:310-410:5",
	    "cgi:310-410:5:7" },
	{ "v2, SAI", uli_from_gtpv2, S("\x02" PLMN "\x00\x05\xff\xff"), true, "lai:001-01:5",
	    "sai:001-01:5:65535" },
	{ "v2, all parts", uli_from_gtpv2,
	    S("\xff" PLMN "\0\1\0\2" PLMN "\0\3\0\4" PLMN "\0\5\6\xff" PLMN "\0\7"
		PLMN "\0\0\0\x8" PLMN "\0\x9" "octets of eNodeB"),
	    true, "tai:001-01:7", "ecgi:001-01:8" },
	{ "v2, CGI beats SAI", uli_from_gtpv2, S("\x03" PLMN "\0\1\0\2" PLMN "\0\3\0\4"), true,
	    "lai:001-01:3", "cgi:001-01:1:2" },
	{ "v2, RAI beats LAI", uli_from_gtpv2, S("\x24" PLMN "\0\5\6\xff" PLMN "\0\x9"), true,
	    "rai:001-01:5", "" },
	{ "v2, PLMN that is none", uli_from_gtpv2,
	    S("\x18" NOT_DIGITS "\0\1" PLMN "\0\0\0\1"), true, "", "ecgi:001-01:1" },
	{ "v2, second part is cut", uli_from_gtpv2, S("\x18" PLMN "\0\1" PLMN "\0\0\0"), false,
	    "tai:001-01:1", "" },
	{ "v2, empty", uli_from_gtpv2, S(""), false, "", "" },
	{ "v1, CGI", uli_from_gtpv1, S("\0" PLMN "\0\1\0\2"), true, "lai:001-01:1",
	    "cgi:001-01:1:2" },
	{ "v1, SAI", uli_from_gtpv1, S("\1" PLMN "\0\1\0\2"), true, "lai:001-01:1",
	    "sai:001-01:1:2" },
	{ "v1, RAI", uli_from_gtpv1, S("\2" PLMN "\0\1\2\xff"), true, "rai:001-01:1", "" },
	{ "v1, of no kind", uli_from_gtpv1, S("\3" PLMN "\0\1\2\xff"), false, "", "" },
	{ "v1, empty", uli_from_gtpv1, S(""), false, "", "" },
	{ "RAI", from_rai, S(PLMN "\0\1\2"), true, "rai:001-01:1", "" },
	{ "RAI, deleted", from_rai, S(PLMN "\xff\xfe\xff"), true, "", "" },
	{ "RAI, cut", from_rai, S(PLMN "\0\1"), false, "", "" },
	{ "AAA, CGI", uli_from_aaa, S("\0" PLMN "\0\1\0\2"), true, "lai:001-01:1",
	    "cgi:001-01:1:2" },
	{ "AAA, LAI", uli_from_aaa, S("\x20" PLMN "\0\1"), true, "lai:001-01:1", "" },
	{ "AAA, TAI and ECGI", uli_from_aaa, S("\x82" PLMN "\0\1" PLMN "\0\0\0\2"), true,
	    "tai:001-01:1", "ecgi:001-01:2" },
	{ "AAA, 5GS TAI and NCGI", uli_from_aaa,
	    S("\x89" PLMN "\1\0\1" PLMN "\xf1\0\0\0\2"), true, "tai:001-01:65537",
	    "ncgi:001-01:4294967298" },
	{ "AAA, second part is cut", uli_from_aaa, S("\x82" PLMN "\0\1" PLMN "\0\0\0"), false,
	    "tai:001-01:1", "" },
	{ "AAA, of no kind", uli_from_aaa, S("\x63" PLMN "\0\1"), false, "", "" },
};

static void
check(const char *what, const struct signalling_location *at, const char *area, const char *cell)
{
	char text[ULI_TEXT_MAX];

	ck_assert_uint_eq(uli_area_text(at, text), strlen(text));
	ck_assert_msg(strcmp(text, area) == 0, "%s: %s", what, text);
	ck_assert_uint_eq(uli_cell_text(at, text), strlen(text));
	ck_assert_msg(strcmp(text, cell) == 0, "%s: %s", what, text);
}

START_TEST(reads_or_refuses)
{
	struct signalling_location at = { 0 };
	struct cursor in = cursor_over(cases[_i].octets, cases[_i].len);

	ck_assert_msg(cases[_i].read(in, &at) == cases[_i].want, "%s", cases[_i].what);
	check(cases[_i].what, &at, cases[_i].area, cases[_i].cell);
}
END_TEST

/* Blocks of just their size: a read past the end is one of the sanitizer's. */
START_TEST(every_prefix)
{
	for (size_t len = 0; len < cases[_i].len; len++) {
		struct signalling_location at = { 0 };
		char *block = malloc(len == 0 ? 1 : len);

		ck_assert_ptr_nonnull(block);
		memcpy(block, cases[_i].octets, len);
		(void)cases[_i].read(cursor_over(block, len), &at);
		free(block);
	}
}
END_TEST

START_TEST(greatest_numbers_fit)
{
	struct signalling_location at = {
		.area_kind = AREA_TAI, .area_plmn = 0x310410, .area = UINT32_MAX,
		.cell_kind = CELL_NCGI, .cell_plmn = 0x310410, .cell = UINT64_MAX,
	};

	check("tai, ncgi", &at, "tai:310-410:4294967295", "ncgi:310-410:18446744073709551615");
	at.cell_kind = CELL_CGI;
	check("tai, cgi", &at, "tai:310-410:4294967295", "cgi:310-410:281474976710655:65535");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("uli");
	TCase *t = tcase_create("uli");

	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(cases));
	tcase_add_test(t, greatest_numbers_fit);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
