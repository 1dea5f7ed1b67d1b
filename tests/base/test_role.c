/* SPDX-License-Identifier: Apache-2.0 */
/* test_role.c - each role has one name, and the name leads back to it. */
#include <check.h>

#include "role.h"
#include "run_suite.h"

START_TEST(names_lead_back)
{
	ck_assert_int_eq(role_from_name(role_name((enum role)_i)), _i);
}
END_TEST

START_TEST(what_is_no_role)
{
	ck_assert_int_eq(role_from_name("telemetr"), -1);
	ck_assert_int_eq(role_from_name(""), -1);
	ck_assert_str_eq(role_name(ROLE_N), "unknown");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("role");
	TCase *t = tcase_create("role");

	tcase_add_loop_test(t, names_lead_back, 0, ROLE_N);
	tcase_add_test(t, what_is_no_role);
	suite_add_tcase(s, t);
	return run_suite(s);
}
