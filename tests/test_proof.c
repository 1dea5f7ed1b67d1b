/* SPDX-License-Identifier: Apache-2.0 */
/* test_proof.c - the table of proofs and the proofs of rules: read from files, refused with a line;
 * what was seen is held against what is expected. */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "macros.h"
#include "proof.h"
#include "run_suite.h"

static char pack[] = "/tmp/picket-proof-XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", pack, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

static void
setup(void)
{
	char path[256];

	strcpy(pack, "/tmp/picket-proof-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(pack));
	(void)snprintf(path, sizeof(path), "%s/proof", pack);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s/rules", pack);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
teardown(void)
{
	static const char *const names[] = { "proof/expect.csv", "rules/a.json", "rules/b.json", "proof",
	    "rules", "" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char path[256];

		(void)snprintf(path, sizeof(path), "%s/%s", pack, names[i]);
		(void)remove(path);
	}
}

static const struct {
	const char *text;
	unsigned line;
	const char *why;
} wrong_tables[] = {
	{ "", 1, "empty" },
	{ "capture,device,id\n", 1, "the columns are" },
	{ "capture,device,id,expect\na.pcap,10.0.0.1,i\n", 2, "four cells" },
	{ "capture,device,id,expect\na.pcap,here,i,fires\n", 2, "no address" },
	{ "capture,device,id,expect\n../a.pcap,10.0.0.1,i,fires\n", 2, "beside the table" },
	{ "capture,device,id,expect\na.pcap,10.0.0.1,i,fires\na.pcap,10.0.0.1,i,often\n", 3, "expected is" },
};

START_TEST(refuses)
{
	struct proof_table t;
	char err[512] = "", line[16];

	put("proof/expect.csv", wrong_tables[_i].text);
	ck_assert_int_ne(proof_table_load(&t, pack, err, sizeof(err)), 0);
	(void)snprintf(line, sizeof(line), ":%u: ", wrong_tables[_i].line);
	ck_assert_msg(strstr(err, wrong_tables[_i].why) != NULL && strstr(err, line) != NULL, "%s", err);
	proof_table_done(&t);
}
END_TEST

START_TEST(no_table_is_no_mistake)
{
	struct proof_table t;
	char err[512];

	ck_assert_int_eq(proof_table_load(&t, pack, err, sizeof(err)), -ENOENT);
	proof_table_done(&t);
}
END_TEST

static struct addr
address(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text), 0);
	return a;
}

/* 10.0.0.1 met `one` in an alert; 10.0.0.2 met it, too, and raised nothing. */
START_TEST(judges)
{
	static const struct {
		const char *device, *id;
		bool holds[EXPECT_N];	/* fires, informs, late, silent */
	} rows[] = {
		{ "10.0.0.1", "one", { true, false, false, false } },
		{ "10.0.0.2", "one", { false, true, true, false } },
		{ "10.0.0.3", "one", { false, false, false, true } },
		{ "10.0.0.1", "two", { false, false, false, true } },
	};
	const struct indicator one = { .id = "one" };
	struct addr first = address("10.0.0.1"), second = address("10.0.0.2");
	struct alert alert = { .rule = DETECT_INFRASTRUCTURE, .device = first, .n_evidence = 1 };
	struct sightings seen = { 0 };

	alert.evidence[0].indicator = &one;
	sightings_match(&seen, &second, &one);
	sightings_match(&seen, &first, &one);
	sightings_alert(&seen, &alert);
	sightings_sort(&seen);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (enum proof_expect e = 0; e < EXPECT_N; e++) {
			struct proof p = { "a.pcap", rows[i].device, rows[i].id, address(rows[i].device), e, 1 };

			ck_assert_msg((proof_wrong(&p, &seen) == NULL) == rows[i].holds[e], "row %zu, %d", i, e);
		}
	ck_assert(sightings_any(&seen, "one") && sightings_any(&seen, "infrastructure"));
	ck_assert(!sightings_any(&seen, "two"));
	sightings_clear(&seen);
}
END_TEST

START_TEST(covers)
{
	struct proof_table t;
	char err[512];
	bool fires, silent;

	put("proof/expect.csv", "capture,device,id,expect\nb.pcap,10.0.0.1,i,fires\na.pcap,10.0.0.2,i,silent\n"
	    "b.pcap,10.0.0.3,j,informs\n-,00ff,k,late\n");
	ck_assert_int_eq(proof_table_load(&t, pack, err, sizeof(err)), 0);
	ck_assert_uint_eq(t.n, 4);
	ck_assert_str_eq(t.row[1].capture, "a.pcap");	/* by capture: each is run once */
	ck_assert_str_eq(t.row[3].id, "j");
	proof_covers(&t, "i", &fires, &silent);
	ck_assert(fires && silent);
	proof_covers(&t, "j", &fires, &silent);
	ck_assert(fires && !silent);
	proof_covers(&t, "k", &fires, &silent);
	ck_assert(!fires && silent);
	proof_covers(&t, "none", &fires, &silent);
	ck_assert(!fires && !silent);
	proof_table_done(&t);
}
END_TEST

static void
note(void *arg, const char *where, const char *id, const char *capture, bool fires)
{
	char *told = arg;

	(void)snprintf(told + strlen(told), 512 - strlen(told), "%s %s %s%s;", strrchr(where, '/') + 1, id,
	    fires ? "+" : "-", capture == NULL ? "none" : capture);
}

START_TEST(rules_name_their_proofs)
{
	char told[512] = "", err[512] = "";

	ck_assert_int_eq(rule_proofs(pack, note, told, err, sizeof(err)), 0);
	ck_assert_str_eq(told, "");
	put("rules/b.json", "[\n{\"id\":\"r2\"}]");
	put("rules/a.json", "[\n{\"id\":\"r1\",\"proof\":{\"fires\":\"x.pcap\",\"silent\":\"y.pcap\"}}]");
	ck_assert_int_eq(rule_proofs(pack, note, told, err, sizeof(err)), 0);
	ck_assert_str_eq(told, "a.json:2 r1 +x.pcap;a.json:2 r1 -y.pcap;b.json:2 r2 +none;b.json:2 r2 -none;");
	put("rules/b.json", "[\n{\"id\":]");
	ck_assert_int_eq(rule_proofs(pack, note, told, err, sizeof(err)), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "b.json:2: "));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("proof");
	TCase *t = tcase_create("proof");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(wrong_tables));
	tcase_add_test(t, no_table_is_no_mistake);
	tcase_add_test(t, judges);
	tcase_add_test(t, covers);
	tcase_add_test(t, rules_name_their_proofs);
	suite_add_tcase(s, t);
	return run_suite(s);
}
