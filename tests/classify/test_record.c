/* SPDX-License-Identifier: Apache-2.0 */
/* test_record.c - records: what goes in comes out, duplicates, growth, both caps. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/slab.h"
#include "field.h"
#include "macros.h"
#include "run_suite.h"

static const struct field one = { "t.one", FIELD_TEXT };
static const struct field many = { "t.many", FIELD_TEXT, .flags = FIELD_MANY };
static const struct field number = { "t.number", FIELD_UINT, .flags = FIELD_MANY };

START_TEST(keeps_values_in_order)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 65536, UINT32_MAX, UINT64_MAX };
	struct record_store *rs = record_store_new(1 << 20, 2048);
	struct record *rec = NULL;
	struct record_entry e;
	uint16_t at = 0;

	ck_assert(record_put(rs, &rec, &one, 1, "first", 5));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		ck_assert(record_put_uint(rs, &rec, &number, 7, numbers[i]));
	ck_assert(record_next(rec, &at, &e));
	ck_assert_uint_eq(e.field, 1);
	ck_assert_uint_eq(e.len, 5);
	ck_assert_mem_eq(e.octets, "first", 5);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		ck_assert(record_next(rec, &at, &e));
		ck_assert_uint_eq(e.field, 7);
		ck_assert_uint_eq(record_uint(&e), numbers[i]);
	}
	ck_assert(!record_next(rec, &at, &e));
	ck_assert(!record_find(rec, 2, &e));
	ck_assert(!record_find(NULL, 2, &e));
	record_drop(rs, &rec);
	ck_assert_ptr_null(rec);
	ck_assert_uint_eq(record_store_used(rs), 0);
	record_store_free(rs);
}
END_TEST

START_TEST(ignores_duplicates)
{
	struct record_store *rs = record_store_new(1 << 20, 2048);
	struct record *rec = NULL;

	ck_assert(record_put(rs, &rec, &one, 1, "a", 1));
	ck_assert(!record_put(rs, &rec, &one, 1, "b", 1));
	ck_assert(record_put(rs, &rec, &many, 2, "a", 1));
	ck_assert(record_put(rs, &rec, &many, 2, "b", 1));
	ck_assert(record_put(rs, &rec, &many, 2, "", 0));
	ck_assert(!record_put(rs, &rec, &many, 2, NULL, 0));
	ck_assert(!record_put(rs, &rec, &many, 2, "a", 1));
	ck_assert(record_put(rs, &rec, &many, 3, "a", 1));
	ck_assert_uint_eq(rec->flags & RECORD_TRUNCATED, 0);
	record_store_free(rs);
}
END_TEST

START_TEST(grows_to_its_cap_and_says_so)
{
	struct record_store *rs = record_store_new(1 << 20, 1000);
	struct record *rec = NULL;
	struct record_entry e;
	unsigned put = 0, seen = 0;
	uint16_t at = 0;
	char text[16];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "value-%04u", i);
		put += record_put(rs, &rec, &many, 2, text, 10);
		rec->scanned = 14;
	}
	ck_assert_uint_eq(put, (1000 - sizeof(*rec)) / 14);
	ck_assert_uint_ne(rec->flags & RECORD_TRUNCATED, 0);
	ck_assert_uint_eq(rec->scanned, 14);
	while (record_next(rec, &at, &e)) {
		snprintf(text, sizeof(text), "value-%04u", seen++);
		ck_assert_mem_eq(e.octets, text, 10);
	}
	ck_assert_uint_eq(seen, put);
	/* what still fits is taken */
	ck_assert(record_put(rs, &rec, &one, 9, "", 0));
	record_drop(rs, &rec);
	ck_assert_uint_eq(record_store_used(rs), 0);
	record_store_free(rs);
}
END_TEST

START_TEST(cuts_long_text_between_characters)
{
	struct record_store *rs = record_store_new(1 << 20, 2048);
	struct record *rec = NULL;
	struct record_entry e;
	char text[600];

	memset(text, 'x', sizeof(text));
	memcpy(text + 510, "\xe2\x82\xac", 3);
	ck_assert(record_put(rs, &rec, &one, 1, text, sizeof(text)));
	ck_assert(record_find(rec, 1, &e));
	ck_assert_uint_eq(e.len, 510);
	memset(text, 0x80, sizeof(text));
	ck_assert(record_put(rs, &rec, &one, 2, text, sizeof(text)));
	ck_assert(record_find(rec, 2, &e));
	ck_assert_uint_eq(e.len, 512);
	record_store_free(rs);
}
END_TEST

START_TEST(the_store_is_capped_and_recovers)
{
	enum { N = 4096 };
	static struct record *rec[N];
	struct record_store *rs = record_store_new(1 << 17, 2048);
	unsigned held = 0;

	for (unsigned i = 0; i < N; i++)
		held += record_put(rs, &rec[i], &one, 1, "short", 5);
	/* two slabs of 64 KiB, blocks of 64 octets */
	ck_assert_uint_eq(held, 2 * 1023);
	ck_assert_uint_eq(record_store_used(rs), held * 64);
	ck_assert(!record_put(rs, &rec[0], &one, 2, "0123456789012345678901234567890123456789"
	    "0123456789", 50));
	ck_assert_uint_ne(rec[0]->flags & RECORD_TRUNCATED, 0);
	ck_assert_ptr_null(rec[N - 1]);
	for (unsigned i = 0; i < N; i++)
		record_drop(rs, &rec[i]);
	ck_assert_uint_eq(record_store_used(rs), 0);
	/* the same memory serves another size class now */
	held = 0;
	for (unsigned i = 0; i < N; i++) {
		static const char text[500] = { 0 };

		held += record_put(rs, &rec[i], &one, 1, text, sizeof(text));
		if (rec[i] != NULL)
			ck_assert_uint_eq(rec[i]->len, 504);
	}
	ck_assert_uint_ge(held, 2 * 84);
	record_store_free(rs);
	memset(rec, 0, sizeof(rec));
}
END_TEST

/* Blocks never overlap, whatever the order of getting and putting them. */
START_TEST(slab_blocks_do_not_overlap)
{
	enum { N = 500, TURNS = 200000 };
	static struct { uint8_t *at; size_t len; } block[N];
	struct slab_store *s = slab_store_new(1 << 20);
	uint32_t x = 12345;
	size_t wrong = 0;

	for (unsigned i = 0; i < TURNS; i++) {
		unsigned k, len;

		x = x * 1664525 + 1013904223;
		k = (x >> 8) % N;
		len = 1 + (x >> 16) % 4000;
		if (block[k].at != NULL) {
			for (size_t j = 0; j < block[k].len; j++)
				wrong += block[k].at[j] != (k & 0xff);
			slab_put(s, block[k].at);
			block[k].at = NULL;
			continue;
		}
		size_t got = 0;

		block[k].at = slab_get(s, len, &got);
		block[k].len = got;
		if (block[k].at == NULL)
			continue;
		wrong += got < len || slab_ref(s, block[k].at) == 0 ||
		    slab_at(s, slab_ref(s, block[k].at)) != block[k].at;
		memset(block[k].at, k & 0xff, got);
	}
	for (unsigned k = 0; k < N; k++)
		if (block[k].at != NULL)
			slab_put(s, block[k].at);
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(slab_used(s), 0);
	ck_assert_uint_le(slab_touched(s), 1 << 20);
	slab_store_free(s);
	memset(block, 0, sizeof(block));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, keeps_values_in_order);
	tcase_add_test(t, ignores_duplicates);
	tcase_add_test(t, grows_to_its_cap_and_says_so);
	tcase_add_test(t, cuts_long_text_between_characters);
	tcase_add_test(t, the_store_is_capped_and_recovers);
	tcase_add_test(t, slab_blocks_do_not_overlap);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
