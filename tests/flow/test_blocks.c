/* SPDX-License-Identifier: Apache-2.0 */
/* test_blocks.c - blocks never overlap, the cap holds, and all of it comes back whole. */
#include "flow/blocks.h"
#include "support.h"

START_TEST(the_cap_holds_for_any_size)
{
	for (size_t size = 1; size <= 65536; size = size * 2 + 1) {
		struct blocks b;
		void *block[4096 + 1];
		uint8_t order = 0;
		size_t n = 0, rounded = 256;

		while (rounded < size)
			rounded *= 2;
		ck_assert_int_eq(blocks_init(&b, 1 << 20, 1 << 17), 0);
		while ((block[n] = block_get(&b, size, &order)) != NULL)
			n++;
		ck_assert_uint_eq(n, (1 << 20) / rounded);
		ck_assert_uint_eq(b.in_use, 1 << 20);
		for (size_t i = 0; i < n; i++)
			block_put(&b, block[i], order);
		ck_assert_uint_eq(b.in_use, 0);
		for (n = 0; block_get(&b, 1 << 17, &order) != NULL; n++)
			;			/* merged again to the largest */
		ck_assert_uint_eq(n, 8);
		blocks_done(&b);
	}
}
END_TEST

START_TEST(too_large_is_refused)
{
	struct blocks b;
	uint8_t order;

	ck_assert_int_eq(blocks_init(&b, 1, 1 << 17), 0);	/* room for one all the same */
	ck_assert_ptr_null(block_get(&b, (1 << 17) + 1, &order));
	ck_assert_ptr_nonnull(block_get(&b, 1 << 17, &order));
	ck_assert_ptr_null(block_get(&b, 1, &order));
	blocks_done(&b);
}
END_TEST

START_TEST(random_blocks_do_not_overlap)
{
	enum { N = 200 };
	struct { uint8_t *at; size_t len; uint8_t order, fill; } held[N] = { 0 };
	struct blocks b;
	uint64_t state = 0x2545f4914f6cdd1du;

	ck_assert_int_eq(blocks_init(&b, 1 << 20, 1 << 16), 0);
	for (int i = 0; i < 20000; i++) {
		unsigned k;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		k = (unsigned)(state >> 8) % N;
		if (held[k].at != NULL) {
			bool same = true;

			for (size_t o = 0; o < held[k].len; o++)
				same &= held[k].at[o] == held[k].fill;
			ck_assert(same);
			block_put(&b, held[k].at, held[k].order);
			held[k].at = NULL;
			continue;
		}
		held[k].len = (size_t)1 << (state >> 40) % 15;
		held[k].fill = (uint8_t)i;
		held[k].at = block_get(&b, held[k].len, &held[k].order);
		if (held[k].at != NULL)
			memset(held[k].at, held[k].fill, held[k].len);
	}
	for (int k = 0; k < N; k++)
		if (held[k].at != NULL)
			block_put(&b, held[k].at, held[k].order);
	ck_assert_uint_eq(b.in_use, 0);
	blocks_done(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("blocks");
	TCase *t = tcase_create("blocks");

	tcase_add_test(t, the_cap_holds_for_any_size);
	tcase_add_test(t, too_large_is_refused);
	tcase_add_test(t, random_blocks_do_not_overlap);
	suite_add_tcase(s, t);
	return suite_run(s);
}
