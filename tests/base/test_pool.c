/* SPDX-License-Identifier: Apache-2.0 */
/* test_pool.c - every object once, up to the limit; indexes that depend on calls alone. */
#include <check.h>
#include <string.h>

#include "pool.h"
#include "run_suite.h"

START_TEST(gives_each_object_once)
{
	struct pool p;
	uint8_t *object[5];

	ck_assert_int_eq(pool_init(&p, 24, 5), 0);
	for (unsigned i = 0; i < 5; i++) {
		object[i] = pool_get(&p);
		ck_assert_ptr_eq(object[i], pool_at(&p, i));
		ck_assert_uint_eq(pool_index(&p, object[i]), i);
		memset(object[i], 0xff, 24);
	}
	ck_assert_ptr_null(pool_get(&p));
	ck_assert_uint_eq(p.in_use, 5);
	pool_put(&p, object[1]);
	pool_put(&p, object[3]);
	ck_assert_ptr_eq(pool_get(&p), object[3]);	/* the last one first: still in cache */
	ck_assert_ptr_eq(pool_get(&p), object[1]);
	ck_assert_ptr_null(pool_get(&p));
	pool_done(&p);
}
END_TEST

START_TEST(an_empty_pool_gives_nothing)
{
	struct pool p;

	ck_assert_int_eq(pool_init(&p, 64, 0), 0);
	ck_assert_ptr_null(pool_get(&p));
	pool_done(&p);
	memset(&p, 0, sizeof(p));
	pool_done(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pool");
	TCase *t = tcase_create("pool");

	tcase_add_test(t, gives_each_object_once);
	tcase_add_test(t, an_empty_pool_gives_nothing);
	suite_add_tcase(s, t);
	return run_suite(s);
}
