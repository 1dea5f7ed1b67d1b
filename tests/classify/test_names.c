/* SPDX-License-Identifier: Apache-2.0 */
/* test_names.c - the name cache: latest answer wins, ages, caps, memory, sharing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/names.h"
#include "macros.h"
#include "run_suite.h"

#define SECOND UINT64_C(1000000)

static struct addr
address(unsigned net, unsigned host)
{
	uint8_t octets[4] = { (uint8_t)net, (uint8_t)(host >> 16), (uint8_t)(host >> 8),
		(uint8_t)host };

	return addr_from_ipv4(octets);
}

static void
learn(struct names *n, unsigned device, unsigned host, const char *name, uint64_t at_s)
{
	struct addr d = address(10, device), a = address(192, host);

	names_learn(n, &d, &a, name, strlen(name), at_s * SECOND);
}

/* Text known to the device, "" when none; copied, the reference is given back. */
static const char *
known(struct names *n, unsigned device, unsigned host, uint64_t at_s, uint32_t max_age_s,
    uint32_t *age_s)
{
	static char text[300];
	struct addr d = address(10, device), a = address(192, host);
	uint32_t name = names_find(n, &d, &a, at_s * SECOND, max_age_s, age_s);

	snprintf(text, sizeof(text), "%s", names_text(n, name));
	names_unref(n, name);
	return text;
}

START_TEST(the_latest_answer_wins)
{
	struct stats *st = stats_new();
	struct names *n = names_new(1000, st);
	struct addr a = address(192, 1);
	uint32_t age = 99;

	learn(n, 1, 1, "Old.Example.", 100);
	learn(n, 2, 1, "other.example", 100);
	ck_assert_str_eq(known(n, 1, 1, 130, 60, &age), "old.example");
	ck_assert_uint_eq(age, 30);
	learn(n, 1, 1, "NEW.example", 140);
	ck_assert_str_eq(known(n, 1, 1, 150, 60, &age), "new.example");
	ck_assert_uint_eq(age, 10);
	ck_assert_str_eq(known(n, 2, 1, 150, 60, &age), "other.example");
	ck_assert_str_eq(known(n, 3, 1, 150, 60, &age), "");
	ck_assert_str_eq(known(n, 1, 2, 150, 60, &age), "");
	ck_assert_str_eq(known(n, 1, 1, 201, 60, &age), "");
	ck_assert_str_eq(known(n, 1, 1, 139, 60, &age), "new.example");
	ck_assert_uint_eq(names_of(n, &a), 3);
	ck_assert_uint_eq(stats_value(st, "classify.names.learned"), 3);
	names_free(n);
	stats_free(st);
}
END_TEST

START_TEST(odd_names_are_refused)
{
	char longest[300];
	struct stats *st = stats_new();
	struct names *n = names_new(1000, st);
	struct addr a = address(192, 1);
	uint32_t age;

	memset(longest, 'x', sizeof(longest));
	names_learn(n, &a, &a, "", 0, 0);
	names_learn(n, &a, &a, ".", 1, 0);
	names_learn(n, &a, &a, longest, sizeof(longest), 0);
	names_learn(n, &a, &a, "a\0b", 3, 0);
	ck_assert_uint_eq(names_find(n, &a, &a, 0, 60, &age), 0);
	ck_assert_uint_eq(names_of(n, &a), 0);
	ck_assert_uint_eq(stats_value(st, "classify.names.refused"), 4);
	names_learn(n, &a, &a, longest, 255, 0);
	ck_assert_uint_eq(names_of(n, &a), 1);
	names_free(n);
	stats_free(st);
}
END_TEST

START_TEST(names_of_counts_to_sixteen)
{
	struct stats *st = stats_new();
	struct names *n = names_new(1000, st);
	struct addr a = address(192, 1);
	char name[32];

	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "n%u.example", i / 2);
		learn(n, i, 1, name, 100);
		ck_assert_uint_eq(names_of(n, &a), i / 2 + 1 > 16 ? 16 : i / 2 + 1);
	}
	names_free(n);
	stats_free(st);
}
END_TEST

START_TEST(hosts_of_one_owner_are_one_name)
{
	static const struct {
		const char *name;
		unsigned n;
	} steps[] = {
		{ "a.example.com", 1 }, { "b.example.com", 1 }, { "example.com", 1 }, { "x.y.EXAMPLE.com.", 1 },
		{ "example.co.uk", 2 }, { "a.example.co.uk", 2 }, { "other.co.uk", 3 },
		{ "one.github.io", 4 }, { "www.two.github.io", 5 }, { "a.two.github.io", 5 }, { "localhost", 6 },
	};
	struct stats *st = stats_new();
	struct names *n = names_new(1000, st);
	struct addr a = address(192, 1);
	uint32_t age;

	for (unsigned i = 0; i < ARRAY_LEN(steps); i++) {
		learn(n, i, 1, steps[i].name, 100);
		learn(n, i, 1, steps[i].name, 101);	/* again: no news */
		ck_assert_msg(names_of(n, &a) == steps[i].n, "%s", steps[i].name);
	}
	ck_assert_str_eq(known(n, 1, 1, 101, 60, &age), "b.example.com");	/* the name itself is kept */
	names_free(n);
	stats_free(st);
}
END_TEST

START_TEST(the_oldest_leaves_when_full)
{
	enum { MAX = 1000 };
	struct stats *st = stats_new();
	struct names *n = names_new(MAX, st);
	char name[32];
	uint32_t age, held;
	struct addr d = address(10, 0), a = address(192, 0);

	for (unsigned i = 0; i < 3 * MAX; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		learn(n, i, i, name, 100 + i);
		learn(n, 0, 0, "kept.example", 100 + i);	/* asked again and again */
	}
	for (unsigned i = 2 * MAX + 10; i < 3 * MAX; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		ck_assert_str_eq(known(n, i, i, 4000, 9999, &age), name);
	}
	ck_assert_str_eq(known(n, 5, 5, 4000, 9999, &age), "");
	ck_assert_str_eq(known(n, 0, 0, 4000, 9999, &age), "kept.example");
	ck_assert_uint_gt(stats_value(st, "classify.names.evicted"), MAX);
	/* a held reference outlives the pair that it came from */
	held = names_find(n, &d, &a, 4000 * SECOND, 9999, &age);
	for (unsigned i = 0; i < 3 * MAX; i++) {
		snprintf(name, sizeof(name), "m%u.example", i);
		learn(n, i, i, name, 9000 + i);
	}
	ck_assert_str_eq(names_text(n, held), "kept.example");
	names_unref(n, held);
	names_free(n);
	stats_free(st);
}
END_TEST

/* Long names fill the text store; the cache goes on with newer ones, under its cap. */
START_TEST(text_is_capped_and_makes_room)
{
	enum { MAX = 20000 };
	struct stats *st = stats_new();
	struct names *n = names_new(MAX, st);
	char name[256];
	uint32_t age;

	for (unsigned i = 0; i < MAX; i++) {
		memset(name, 'y', 250);
		snprintf(name + 242, 14, "%07u", i);
		learn(n, i, i, name, 100);
	}
	ck_assert_uint_gt(stats_value(st, "classify.names.evicted"), 0);
	ck_assert_uint_eq(stats_value(st, "classify.names.refused"), 0);
	for (unsigned i = 0; i < MAX; i++) {
		snprintf(name, sizeof(name), "s%u.example", i);
		learn(n, i, i, name, 200);
	}
	ck_assert_str_eq(known(n, MAX - 1, MAX - 1, 300, 9999, &age), "s19999.example");
	ck_assert_uint_lt(names_memory(n), MAX * (40 + 24 + 3 * 22 + 64) + (2 << 20));
	names_free(n);
	stats_free(st);
}
END_TEST

/* Two caches have different seeds; what they remember after evictions is the same. */
START_TEST(eviction_does_not_depend_on_the_seed)
{
	enum { MAX = 300 };
	struct stats *st = stats_new();
	struct names *one = names_new(MAX, st), *two = names_new(MAX, st);
	uint32_t x = 1, age;
	char name[32], first[300];

	for (unsigned i = 0; i < 20000; i++) {
		unsigned device, host;

		x = x * 1664525 + 1013904223;
		device = (x >> 8) % 40;
		host = (x >> 16) % 40;
		snprintf(name, sizeof(name), "n%u.example", (x >> 4) % 50);
		learn(one, device, host, name, i / 10);
		learn(two, device, host, name, i / 10);
	}
	for (unsigned device = 0; device < 40; device++) {
		for (unsigned host = 0; host < 40; host++) {
			struct addr a = address(192, host);

			strcpy(first, known(one, device, host, 2000, 9999, &age));
			ck_assert_str_eq(first, known(two, device, host, 2000, 9999, &age));
			ck_assert_uint_eq(names_of(one, &a), names_of(two, &a));
		}
	}
	names_free(one);
	names_free(two);
	stats_free(st);
}
END_TEST

START_TEST(a_million_devices_cost_little)
{
	enum { N = 1000000 };
	struct stats *st = stats_new();
	struct names *n = names_new(N, st);
	uint32_t age;

	ck_assert_uint_lt(names_memory(n), 4096);
	for (unsigned i = 0; i < N; i++)
		learn(n, i, 7, "head-end.example", 100);
	ck_assert_uint_eq(stats_value(st, "classify.names.evicted"), 0);
	ck_assert_uint_le(names_memory(n), (size_t)N * 64);
	ck_assert_str_eq(known(n, N - 1, 7, 100, 60, &age), "head-end.example");
	names_free(n);
	stats_free(st);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("names");
	TCase *t = tcase_create("names");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, the_latest_answer_wins);
	tcase_add_test(t, odd_names_are_refused);
	tcase_add_test(t, names_of_counts_to_sixteen);
	tcase_add_test(t, hosts_of_one_owner_are_one_name);
	tcase_add_test(t, the_oldest_leaves_when_full);
	tcase_add_test(t, text_is_capped_and_makes_room);
	tcase_add_test(t, eviction_does_not_depend_on_the_seed);
	tcase_add_test(t, a_million_devices_cost_little);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
