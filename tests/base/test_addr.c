/* SPDX-License-Identifier: Apache-2.0 */
/* test_addr.c - kinds of addresses. */
#include <check.h>

#include "addr.h"
#include "macros.h"
#include "run_suite.h"

static const struct {
	const char *text;
	bool unspecified, multicast;
} kinds[] = {
	{ "0.0.0.0", true, false },
	{ "::", true, false },
	{ "0.0.0.1", false, false },
	{ "0.0.1.0", false, false },
	{ "::1", false, false },
	{ "8000::", false, false },
	{ "10.0.0.1", false, false },
	{ "224.0.0.1", false, true },
	{ "255.255.255.255", false, true },
	{ "ff02::1", false, true },
};

START_TEST(says_what_kind_it_is)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, kinds[_i].text), 0);
	ck_assert_msg(addr_is_unspecified(&a) == kinds[_i].unspecified, "%s", kinds[_i].text);
	ck_assert_msg(addr_is_multicast(&a) == kinds[_i].multicast, "%s", kinds[_i].text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("addr");
	TCase *t = tcase_create("addr");

	tcase_add_loop_test(t, says_what_kind_it_is, 0, ARRAY_LEN(kinds));
	suite_add_tcase(s, t);
	return run_suite(s);
}
