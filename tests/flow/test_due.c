/* SPDX-License-Identifier: Apache-2.0 */
/* test_due.c - the order of keys of every width, and of equal ones. */
#include "flow/due.h"
#include "support.h"

enum { N = 3000 };

static uint64_t
xorshift(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	return *state ^= *state << 17;
}

static const struct {
	uint64_t base, mask;	/* keys are base + (random & mask) */
} spans[] = {
	{ 0, 0 },
	{ 0, 1 },
	{ 1700000000000000, 0x7ff },
	{ 1700000000000000, 0x800 },
	{ 1700000000000000, 0xffffffff },
	{ 5, (UINT64_C(1) << 55) - 1 },
	{ 0, UINT64_MAX },
	{ UINT64_MAX - 0xfff, 0xfff },
};

/* Each in once, by key; equal keys by tie (the flow's number). */
static void
check_sorted(const struct due_list *d, const uint64_t *key, uint32_t n)
{
	ck_assert_uint_eq(d->n, n);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_eq(d->at[i].key, key[d->at[i].flow]);
		if (i == 0)
			continue;
		ck_assert(d->at[i - 1].key < d->at[i].key ||
		    (d->at[i - 1].key == d->at[i].key && d->at[i - 1].flow < d->at[i].flow));
	}
}

START_TEST(sorts_and_keeps_ties)
{
	const uint32_t sizes[] = { 0, 1, 2, 3, 100, N };
	uint64_t state = 88172645463325252, key[N];
	struct due_list d;

	ck_assert_int_eq(due_init(&d, N), 0);
	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		d.n = 0;
		for (uint32_t i = 0; i < sizes[s]; i++) {
			key[i] = spans[_i].base + (xorshift(&state) & spans[_i].mask);
			due_add(&d, i, key[i], i);
		}
		due_sort(&d);
		check_sorted(&d, key, sizes[s]);
		due_sort(&d);	/* and once more, being in order */
		check_sorted(&d, key, sizes[s]);
	}
	due_done(&d);
}
END_TEST

START_TEST(an_unused_list_is_freed)
{
	struct due_list d = { 0 };

	due_done(&d);
	due_done(&d);
	ck_assert_ptr_null(d.at);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("due");
	TCase *t = tcase_create("due");

	tcase_add_loop_test(t, sorts_and_keeps_ties, 0, ARRAY_LEN(spans));
	tcase_add_test(t, an_unused_list_is_freed);
	suite_add_tcase(s, t);
	return suite_run(s);
}
