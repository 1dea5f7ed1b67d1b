/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash.c - the hash of a flow's key is that of its octets, and depends on the seed. */
#include <check.h>

#include "hash.h"
#include "run_suite.h"

static const struct hash_seed seeds[] = {
	{ UINT64_C(0x452821e638d01377), UINT64_C(0xbe5466cf34e90c6c) },
	{ UINT64_C(0xa4093822299f31d0), UINT64_C(0x082efa98ec4e6c89) },
	{ UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344) },
};

/* Each octet in turn is changed, and with it the hash. */
START_TEST(key40_is_hash_octets)
{
	uint8_t key[41] = { 0 }, *unaligned = key + 1;
	uint64_t before = hash_octets(&seeds[_i], unaligned, 40);

	ck_assert_uint_eq(hash_key40(&seeds[_i], unaligned), before);
	for (unsigned i = 0; i < 40; i++) {
		unaligned[i] = (uint8_t)(0x5b + 8 * i);
		ck_assert_uint_eq(hash_key40(&seeds[_i], unaligned),
		    hash_octets(&seeds[_i], unaligned, 40));
		ck_assert_uint_ne(hash_key40(&seeds[_i], unaligned), before);
		before = hash_key40(&seeds[_i], unaligned);
	}
}
END_TEST

START_TEST(another_seed_another_hash)
{
	const uint8_t key[40] = "forty octets of which most are set here";

	ck_assert_uint_ne(hash_key40(&seeds[1], key), hash_key40(&seeds[2], key));
}
END_TEST

/* Identifiers that others have stored hang on it: FNV-1a 64 of "a" and "foobar"
 * (draft-eastlake-fnv, appendix C). */
START_TEST(stable_is_fnv_1a)
{
	ck_assert_uint_eq(hash_stable(HASH_STABLE_BASIS, "a", 1), UINT64_C(0xaf63dc4c8601ec8c));
	ck_assert_uint_eq(hash_stable(HASH_STABLE_BASIS, "foobar", 6),
	    UINT64_C(0x85944171f73967e8));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hash");
	TCase *t = tcase_create("hash");

	tcase_add_loop_test(t, key40_is_hash_octets, 0, sizeof(seeds) / sizeof(seeds[0]));
	tcase_add_test(t, another_seed_another_hash);
	tcase_add_test(t, stable_is_fnv_1a);
	suite_add_tcase(s, t);
	return run_suite(s);
}
