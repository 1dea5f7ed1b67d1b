/* SPDX-License-Identifier: Apache-2.0 */
/* test_digits.c - packed digits, check digit, PLMN: vectors of TS 23.003 and TS 24.008. */
#include <string.h>

#include "digits.h"
#include "macros.h"
#include "run_suite.h"

static digits
text(const char *ascii)
{
	return digits_from_text(ascii, strlen(ascii));
}

static digits
tbcd(const char *octets, size_t n)
{
	return digits_from_tbcd(cursor_over(octets, n));
}

START_TEST(text_goes_there_and_back)
{
	static const char *const good[] = { "0", "001010123456789", "4901542032375101" };
	static const char *const bad[] = { "", "12345678901234567", "12a", "-1", "1 2" };
	char back[DIGITS_TEXT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ck_assert_uint_eq(digits_text(text(good[i]), back), strlen(good[i]));
		ck_assert_str_eq(back, good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert(text(bad[i]) == DIGITS_NONE);
	ck_assert(text("01") != text("1"));
	ck_assert_uint_eq(digits_text(DIGITS_NONE, back), 0);
}
END_TEST

START_TEST(tbcd_has_the_low_half_first)
{
	ck_assert(tbcd("\x94\x10\x45\x02\x23\x73\x15\xf8", 8) == text("490154203237518"));
	ck_assert(tbcd("\x94\x10\x45\x02\x23\x73\x15\x10", 8) == text("4901542032375101"));
	ck_assert(tbcd("\x94\x10\x45\x02\x23\x73\x15\xff", 8) == text("49015420323751"));
	ck_assert(tbcd("", 0) == DIGITS_NONE);
	ck_assert(tbcd("\xff\xff", 2) == DIGITS_NONE);
	ck_assert(tbcd("\x9a\x10", 2) == DIGITS_NONE);
	ck_assert(tbcd("\x1f\x10", 2) == DIGITS_NONE);		/* filler in the middle */
	ck_assert(tbcd("\x94\x10\x45\x02\x23\x73\x15\x10\x10", 9) == DIGITS_NONE);
}
END_TEST

START_TEST(check_digit)
{
	ck_assert(imei_check_ok(text("490154203237518")));
	ck_assert(!imei_check_ok(text("490154203237517")));
	ck_assert(!imei_check_ok(text("490154203237510")));
	ck_assert(!imei_check_ok(text("49015420323751")));
	ck_assert(!imei_check_ok(text("4901542032375180")));
}
END_TEST

START_TEST(imei_and_imeisv_have_one_key)
{
	ck_assert(imei_key(text("490154203237518")) == text("49015420323751"));
	ck_assert(imei_key(text("4901542032375101")) == text("49015420323751"));
	ck_assert(imei_key(text("4901542032375")) == DIGITS_NONE);
	ck_assert_uint_eq(imei_tac(text("4901542032375101")), 49015420);
	ck_assert_uint_eq(imei_tac(text("01017800123456")), 1017800);
	ck_assert_uint_eq(imei_tac(text("4901542")), 0);
	ck_assert(digits_first(text("123"), 0) == DIGITS_NONE);
	ck_assert(digits_first(text("123"), 2) == text("12"));
	ck_assert(digits_first(text("123"), 16) == text("123"));
}
END_TEST

START_TEST(plmn_of_two_and_three_digits)
{
	static const uint8_t germany[] = { 0x62, 0xf2, 0x10 }, us[] = { 0x13, 0x00, 0x14 },
	    bad[] = { 0x62, 0xa2, 0x10 };
	char name[PLMN_TEXT_MAX];

	ck_assert_uint_eq(plmn_from_octets(germany), 0x26201f);
	(void)plmn_text(0x26201f, name);
	ck_assert_str_eq(name, "262-01");
	ck_assert_uint_eq(plmn_from_octets(us), 0x310410);
	(void)plmn_text(0x310410, name);
	ck_assert_str_eq(name, "310-410");
	ck_assert_uint_eq(plmn_from_octets(bad), PLMN_NONE);
	ck_assert_uint_eq(plmn_text(PLMN_NONE, name), 0);
	ck_assert(plmn_is_of(0x26201f, text("262011234567890")));
	ck_assert(!plmn_is_of(0x26201f, text("262021234567890")));
	ck_assert(plmn_is_of(0x310410, text("310410123456789")));
	ck_assert(!plmn_is_of(0x310410, text("310411123456789")));
	ck_assert(!plmn_is_of(PLMN_NONE, text("310410123456789")));
	ck_assert(!plmn_is_of(0x26201f, DIGITS_NONE));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("digits");
	TCase *t = tcase_create("digits");

	tcase_add_test(t, text_goes_there_and_back);
	tcase_add_test(t, tbcd_has_the_low_half_first);
	tcase_add_test(t, check_digit);
	tcase_add_test(t, imei_and_imeisv_have_one_key);
	tcase_add_test(t, plmn_of_two_and_three_digits);
	suite_add_tcase(s, t);
	return run_suite(s);
}
