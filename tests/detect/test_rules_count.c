/* SPDX-License-Identifier: Apache-2.0 */
/* test_rules_count.c - thresholds: contacts of a device or group within a time, in a fixed table. */
#include <check.h>
#include <stdlib.h>

#include "detect/rules.h"
#include "knowledge/internal.h"
#include "run_suite.h"

#define RULE(id, count, seconds) "{\"id\":\"" id "\",\"rev\":1,\"title\":\"t\",\"confidence\":\"high\",\"references\":[\"s\"]," \
    "\"limits\":\"l\",\"finding\":\"spill\",\"severity\":\"low\",\"threshold\":{\"count\":" count ",\"seconds\":" seconds "," \
    "\"per\":\"device\"},\"when\":{\"field\":\"http.path\",\"present\":true}}"
enum { S = 1000000 };

static void
listen_to(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	(void)arg;
	ck_assert_msg(!error, "%s:%u: %s", file, line, text);
}

static struct knowledge *
load(const char *rules)
{
	struct loader *l = malloc(sizeof(*l));
	struct knowledge *k = NULL;

	ck_assert_ptr_nonnull(l);
	ck_assert_int_eq(loader_begin(l, listen_to, NULL), 0);
	load_document(l, FOLDER_RULES, "R", rules, strlen(rules));
	ck_assert_int_eq(loader_end(l, &k), 0);
	free(l);
	return k;
}

static bool
add(struct rule_counts *c, const struct rule *r, uint64_t key, uint64_t flow, uint64_t at_s)
{
	bool evicted;

	return rule_counts_add(c, r, key, flow, (1000 + at_s) * S, &evicted);
}

START_TEST(so_many_within_so_long)
{
	struct knowledge *k = load("[\n" RULE("a", "3", "80") ",\n" RULE("b", "2", "80") "]");
	const struct rule *a = knowledge_rule(k, 0), *b = knowledge_rule(k, 1);
	struct rule_counts c;

	ck_assert_int_eq(rule_counts_init(&c, k), 0);
	ck_assert(!add(&c, a, 2, 1, 0));
	ck_assert(!add(&c, a, 2, 1, 1));	/* the same flow again is no second contact */
	ck_assert(!add(&c, a, 2, 2, 2));
	ck_assert(!add(&c, a, 4, 3, 3));	/* another device */
	ck_assert(!add(&c, b, 2, 3, 3));	/* another rule */
	ck_assert(add(&c, a, 2, 4, 60));
	ck_assert(!add(&c, a, 2, 5, 300));	/* all that was before is too old */
	ck_assert(!add(&c, a, 2, 6, 100));	/* time went back: it counts as now */
	ck_assert(add(&c, a, 2, 7, 301));
	rule_counts_done(&c);
	knowledge_free(k);
}
END_TEST

START_TEST(a_full_table_forgets_and_says_so)
{
	struct knowledge *k = load("[\n" RULE("a", "2", "80") "]");
	uint64_t n = 0, gone = 0;
	struct rule_counts c;
	bool evicted;

	ck_assert_int_eq(rule_counts_init(&c, k), 0);
	for (; n < 100000; n++) {
		ck_assert(!rule_counts_add(&c, knowledge_rule(k, 0), 2 * n + 2, n + 1, 1000 * S, &evicted));
		gone += evicted;
	}
	ck_assert_uint_ge(gone, 100000 - 4096 * 8);
	ck_assert_uint_lt(gone, 100000);
	rule_counts_done(&c);
	knowledge_free(k);
}
END_TEST

/* After a reload a rule goes on with what it counted, wherever it stands now; one of another time
 * begins anew. */
START_TEST(a_reload_keeps_what_was_counted)
{
	struct knowledge *k = load("[\n" RULE("a", "2", "80") ",\n" RULE("b", "2", "80") "]");
	struct knowledge *other = load("[\n" RULE("b", "2", "80") ",\n" RULE("a", "2", "40") "]");
	struct rule_counts c, d;

	ck_assert_int_eq(rule_counts_init(&c, k), 0);
	ck_assert_int_eq(rule_counts_init(&d, other), 0);
	ck_assert(!add(&c, knowledge_rule(k, 0), 2, 1, 0));
	ck_assert(!add(&c, knowledge_rule(k, 1), 2, 1, 0));
	rule_counts_inherit(&d, other, &c, k);
	rule_counts_done(&c);
	knowledge_free(k);
	ck_assert(add(&d, knowledge_rule_by_id(other, "b"), 2, 2, 1));
	ck_assert(!add(&d, knowledge_rule_by_id(other, "a"), 2, 2, 1));
	rule_counts_done(&d);
	knowledge_free(other);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rules_count");
	TCase *t = tcase_create("rules_count");

	tcase_add_test(t, so_many_within_so_long);
	tcase_add_test(t, a_full_table_forgets_and_says_so);
	tcase_add_test(t, a_reload_keeps_what_was_counted);
	suite_add_tcase(s, t);
	return run_suite(s);
}
