/* SPDX-License-Identifier: Apache-2.0 */
/* test_rule.c - rules are read whole or refused with line and reason; what they compile to finds just
 * the values that the conditions say. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "classify/parser.h"
#include "knowledge/internal.h"
#include "knowledge/rule_set.h"
#include "macros.h"
#include "rule.h"
#include "run_suite.h"

#define ENTITIES "[\n{\"id\":\"e\",\"name\":\"E\",\"category\":\"company\",\"basis\":\"criminal\"," \
    "\"adversary_linked\":true,\"evidence\":\"verified\",\"sources\":[\"s\"]}]"
#define RULE(more, when) "{\"id\":\"r\",\"rev\":1,\"title\":\"t\",\"confidence\":\"high\"," \
    "\"references\":[\"s\"],\"limits\":\"l\"," more "\"when\":" when "}"
#define ROLE "\"role\":\"telemetry\","
#define ANY "{\"field\":\"http.path\",\"present\":true}"

struct said {
	unsigned n, line;
	char text[1024];
};

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	struct said *said = arg;

	(void)file;
	if (error && said->n++ == 0) {
		said->line = line;
		(void)snprintf(said->text, sizeof(said->text), "%s", text);
	}
}

static int
load(const char *rules, struct said *said, struct knowledge **k)
{
	struct loader *l = malloc(sizeof(*l));
	int rc;

	ck_assert_ptr_nonnull(l);
	memset(said, 0, sizeof(*said));
	ck_assert_int_eq(loader_begin(l, listen, said), 0);
	load_document(l, FOLDER_ENTITIES, "E", ENTITIES, strlen(ENTITIES));
	load_document(l, FOLDER_RULES, "R", rules, strlen(rules));
	rc = loader_end(l, k);
	free(l);
	return rc;
}

static struct knowledge *
load_when(const char *when)
{
	struct knowledge *k = NULL;
	struct said said;
	size_t size = strlen(when) + 256;
	char *text = malloc(size);

	ck_assert_ptr_nonnull(text);
	(void)snprintf(text, size, "[\n" RULE(ROLE, "%s") "]", when);
	ck_assert_msg(load(text, &said, &k) == 0, "%s: %s", when, said.text);
	free(text);
	return k;
}

/* --- what is refused --- */

static const struct {
	const char *record, *why;
} wrong[] = {
	{ RULE("", ANY), "wants a 'finding', a 'role', or both" },
	{ RULE("\"role\":\"nothing\",", ANY), "'nothing' is no role" },
	{ RULE("\"finding\":\"nothing\",\"severity\":\"low\",", ANY), "'nothing' is no known value" },
	{ RULE("\"finding\":\"spill\",", ANY), "'severity'" },
	{ RULE(ROLE "\"entity\":\"f\",", ANY), "entity 'f' is not in the pack" },
	{ RULE(ROLE "\"colour\":\"red\",", ANY), "colour" },
	{ RULE(ROLE "\"threshold\":{\"count\":2,\"seconds\":9,\"per\":\"device\"},", ANY), "a 'threshold' is for a 'finding'" },
	{ RULE("\"finding\":\"spill\",\"severity\":\"low\",\"threshold\":{\"count\":0,\"seconds\":9,\"per\":\"device\"},", ANY),
	  "'count' is missing, or no number from 1" },
	{ RULE(ROLE, "[]"), "no condition" },
	{ RULE(ROLE, "null"), "'when' is missing" },
	{ RULE(ROLE, "{\"all\":[]}"), "'all' wants an array of conditions" },
	{ RULE(ROLE, "{\"all\":[" ANY "],\"field\":\"http.path\"}"), "field" },
	{ RULE(ROLE, "{\"field\":\"http.paht\",\"present\":true}"), "unknown field 'http.paht'; nearest is 'http.path'" },
	{ RULE(ROLE, "{\"field\":\"http.path\"}"), "a condition asks one thing" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"prefix\":\"/a\",\"suffix\":\"b\"}"), "a condition asks one thing" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"cidr\":\"10.0.0.0/8\"}"), "cannot be asked of this field" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"equals\":\"\"}"), "wants texts of 1 to 256 octets" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"equals\":[]}"), "wants 1 to 1024 values" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"present\":false}"), "can only be true" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"regex\":\"(\"}"), "regex" },
	{ RULE(ROLE, "{\"field\":\"http.path\",\"regex\":\"(a)\\\\1\"}"), "regex" },
	{ RULE(ROLE, "{\"field\":\"flow.dest_port\",\"equals\":\"x\"}"), "wants numbers" },
	{ RULE(ROLE, "{\"field\":\"flow.dest_port\",\"range\":[9,3]}"), "[lowest, highest]" },
	{ RULE(ROLE, "{\"field\":\"flow.dest_port\",\"range\":[null,null]}"), "[lowest, highest]" },
	{ RULE(ROLE, "{\"field\":\"flow.stage\",\"equals\":\"done\"}"), "a word that the field has not" },
	{ RULE(ROLE, "{\"field\":\"flow.dest_ip\",\"cidr\":\"10.0.0.1/8\"}"), "no bits set beyond them" },
	{ RULE(ROLE, "{\"field\":\"flow.dest_ip\",\"equals\":\"10.0.0.0/8\"}"), "wants an address" },
	{ RULE(ROLE, "{\"field\":\"payload.octets\",\"hex\":\"zz\"}"), "wants octets in hexadecimal" },
	{ RULE(ROLE, "{\"field\":\"payload.octets\",\"hex\":\"????\"}"), "holds no octet" },
	{ RULE(ROLE, "{\"field\":\"payload.octets\",\"hex\":\"00\",\"offset\":512}"), "wants a number from 0 to 511" },
	{ RULE(ROLE, "{\"field\":\"payload.octets\",\"hex\":\"00\",\"text\":\"a\"}"), "excludes" },
	{ RULE(ROLE, "{\"field\":\"time\",\"days\":[\"someday\"]}"), "wants mon" },
	{ RULE(ROLE, "{\"field\":\"time\",\"hours\":[\"09:00\",\"09:00\"]}"), "two different times" },
	{ RULE(ROLE, "{\"not\":" ANY "}"), "nothing but 'not'" },
	{ RULE(ROLE, "{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":{\"not\":" ANY
	  "}}}}}}}}}"), "nested deeper than 8" },
};

START_TEST(mistakes_are_told)
{
	struct knowledge *k = NULL;
	struct said said;
	char text[2048];

	/* a good rule before it: nothing is loaded half */
	(void)snprintf(text, sizeof(text), "[\n{\"id\":\"good\",\"rev\":1,\"title\":\"t\",\"confidence\":\"low\","
	    "\"references\":[\"s\"],\"limits\":\"l\"," ROLE "\"when\":" ANY "},\n%s]", wrong[_i].record);
	ck_assert_msg(load(text, &said, &k) == -EINVAL, "%s", wrong[_i].record);
	ck_assert_ptr_null(k);
	ck_assert_uint_eq(said.line, 3);
	ck_assert_msg(strstr(said.text, wrong[_i].why) != NULL, "%s: %s", wrong[_i].record, said.text);
}
END_TEST

START_TEST(an_id_stands_once)
{
	struct knowledge *k = NULL;
	struct said said;

	ck_assert_int_eq(load("[\n" RULE(ROLE, ANY) ",\n" RULE(ROLE, ANY) "]", &said, &k), -EINVAL);
	ck_assert_ptr_nonnull(strstr(said.text, "rule 'r' is there twice"));
	ck_assert_uint_eq(said.line, 3);
}
END_TEST

/* --- regex bombs: refused, or compiled to something bounded, in bounded time and memory --- */

static const char *const bombs[] = {
	"(a{1,1000}){1,1000}", "((a{0,300}){0,300}){0,300}", "(a|aa)+$", "(a+)+$", "([a-zA-Z]+)*x", "(.*a){60}",
	"(x+x+)+y", "(((((((((a?)?)?)?)?)?)?)?)?)*", "a{65535}", "(?:a{1,30}){1,30}b",
};

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
count_met(void *arg, uint32_t condition)
{
	(void)condition;
	++*(unsigned *)arg;
}

START_TEST(bombs_do_not_go_off)
{
	char text[1024], value[513];
	struct knowledge *k = NULL;
	struct rusage before, after;
	struct said said;
	double start = cpu_s();

	getrusage(RUSAGE_SELF, &before);
	(void)snprintf(text, sizeof(text), "[\n" RULE(ROLE, "{\"field\":\"http.path\",\"regex\":\"%s\"}") "]", bombs[_i]);
	if (load(text, &said, &k) == 0) {
		struct rule_scratch *s = rule_scratch_new(knowledge_rule_set(k));
		field_id path = 0;
		unsigned met = 0;

		for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++)
			for (unsigned row = 0; row < app_parser_at(id)->n_fields; row++)
				if (strcmp(app_parser_at(id)->fields[row].name, "http.path") == 0)
					path = FIELD_ID(id, row);
		ck_assert_uint_ne(path, 0);
		ck_assert_ptr_nonnull(s);
		memset(value, 'a', sizeof(value));
		for (int i = 0; i < 100; i++)
			rule_find_octets(knowledge_rule_set(k), s, path, value, 512, count_met, &met);
		rule_scratch_free(s);
		knowledge_free(k);
	} else {
		ck_assert_msg(strstr(said.text, "regex") != NULL, "%s", said.text);
	}
	getrusage(RUSAGE_SELF, &after);
	ck_assert_msg(cpu_s() - start < 2, "%s took %.1f s", bombs[_i], cpu_s() - start);
	ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 128 << 10, "%s took %ld KiB", bombs[_i],
	    after.ru_maxrss - before.ru_maxrss);
}
END_TEST

/* --- what is met --- */

struct met {
	bool condition[64];
};

static void
note(void *arg, uint32_t condition)
{
	struct met *m = arg;

	ck_assert_uint_lt(condition, ARRAY_LEN(m->condition));
	m->condition[condition] = true;
}

static bool
is_met(const void *arg, uint32_t condition)
{
	return ((const struct met *)arg)->condition[condition];
}

static field_id
id_of(const char *name)
{
	for (unsigned i = 0; i < RULE_FIELD_N; i++)
		if (strcmp(rule_field_row((enum rule_field)i)->name, name) == 0)
			return RULE_FIELD_ID(i);
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++)
		for (unsigned row = 0; row < app_parser_at(id)->n_fields; row++)
			if (strcmp(app_parser_at(id)->fields[row].name, name) == 0)
				return FIELD_ID(id, row);
	ck_abort_msg("no field %s", name);
	return 0;
}

#define PATH(op) "{\"field\":\"http.path\"," op "}"
#define HOST(op) "{\"field\":\"tls.sni\"," op "}"

static const struct {
	const char *when, *field, *value;
	bool holds;
} texts[] = {
	{ PATH("\"equals\":\"/a\""), "http.path", "/a", true },
	{ PATH("\"equals\":\"/a\""), "http.path", "/A", false },
	{ PATH("\"equals\":\"/a\",\"nocase\":true"), "http.path", "/A", true },
	{ PATH("\"equals\":\"/a\""), "http.path", "/ab", false },
	{ PATH("\"equals\":[\"/a\",\"/b\"]"), "http.path", "/b", true },
	{ PATH("\"prefix\":\"/a\""), "http.path", "/ab", true },
	{ PATH("\"prefix\":\"/a\""), "http.path", "x/a", false },
	{ PATH("\"suffix\":\".bin\""), "http.path", "/a.bin", true },
	{ PATH("\"suffix\":\".bin\""), "http.path", "/a.binx", false },
	{ PATH("\"suffix\":\".bin\""), "http.path", "/a.bin\n", false },
	{ PATH("\"contains\":\"+(\""), "http.path", "/a+(b", true },
	{ PATH("\"contains\":\"+(\""), "http.path", "/a+b", false },
	{ PATH("\"regex\":\"^/[0-9]{3}$\""), "http.path", "/123", true },
	{ PATH("\"regex\":\"^/[0-9]{3}$\""), "http.path", "/1234", false },
	{ PATH("\"present\":true"), "http.path", "/", true },
	{ PATH("\"present\":true"), "http.host", "x", false },
	{ HOST("\"suffix\":\"acme.example\""), "tls.sni", "acme.example", true },
	{ HOST("\"suffix\":\"acme.example\""), "tls.sni", "A.ACME.Example.", true },
	{ HOST("\"suffix\":\"acme.example\""), "tls.sni", "notacme.example", false },
	{ HOST("\"suffix\":\"acme.example\""), "tls.sni", "acme.example.org", false },
	{ HOST("\"equals\":\"acme.example\""), "tls.sni", "a.acme.example", false },
	{ HOST("\"equals\":\"acme.example\""), "tls.sni", "ACME.example", true },
	{ HOST("\"contains\":\"cm\""), "tls.sni", "ACME.example", true },
	{ "{\"all\":[" PATH("\"prefix\":\"/a\"") "," PATH("\"suffix\":\"b\"") "]}", "http.path", "/ab", true },
	{ "{\"all\":[" PATH("\"prefix\":\"/a\"") "," PATH("\"suffix\":\"b\"") "]}", "http.path", "/ac", false },
	{ "{\"any\":[" PATH("\"prefix\":\"/a\"") "," PATH("\"suffix\":\"b\"") "]}", "http.path", "/xb", true },
	{ "{\"all\":[" PATH("\"prefix\":\"/a\"") ",{\"not\":" PATH("\"suffix\":\"b\"") "}]}", "http.path", "/ab", false },
	{ "{\"field\":\"device.maker\",\"equals\":\"quectel\"}", "device.maker", "quectel", true },
};

START_TEST(texts_are_met)
{
	struct knowledge *k = load_when(texts[_i].when);
	const struct rule_set *rs = knowledge_rule_set(k);
	struct rule_scratch *s = rule_scratch_new(rs);
	struct met met = { { false } };

	ck_assert_ptr_nonnull(s);
	rule_find_octets(rs, s, id_of(texts[_i].field), texts[_i].value, strlen(texts[_i].value), note, &met);
	ck_assert_msg(rule_holds(rs, knowledge_rule(k, 0), is_met, &met) == texts[_i].holds, "%s: %s",
	    texts[_i].when, texts[_i].value);
	rule_scratch_free(s);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *when;
	uint64_t value;
	bool holds;
} numbers[] = {
	{ "{\"field\":\"flow.dest_port\",\"equals\":80}", 80, true },
	{ "{\"field\":\"flow.dest_port\",\"equals\":80}", 81, false },
	{ "{\"field\":\"flow.dest_port\",\"equals\":[80,443]}", 443, true },
	{ "{\"field\":\"flow.dest_port\",\"range\":[100,200]}", 100, true },
	{ "{\"field\":\"flow.dest_port\",\"range\":[100,200]}", 200, true },
	{ "{\"field\":\"flow.dest_port\",\"range\":[100,200]}", 201, false },
	{ "{\"field\":\"flow.dest_port\",\"range\":[null,200]}", 0, true },
	{ "{\"field\":\"flow.dest_port\",\"range\":[200,null]}", 65535, true },
	{ "{\"field\":\"flow.dest_port\",\"range\":[200,null]}", 199, false },
};

START_TEST(numbers_are_met)
{
	struct knowledge *k = load_when(numbers[_i].when);
	struct met met = { { false } };

	rule_find_uint(knowledge_rule_set(k), id_of("flow.dest_port"), numbers[_i].value, note, &met);
	ck_assert_msg(rule_holds(knowledge_rule_set(k), knowledge_rule(k, 0), is_met, &met) == numbers[_i].holds,
	    "%s: %u", numbers[_i].when, (unsigned)numbers[_i].value);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *when, *value;
	bool holds;
} addresses[] = {
	{ "{\"field\":\"peer.ip\",\"cidr\":\"203.0.113.0/25\"}", "203.0.113.127", true },
	{ "{\"field\":\"peer.ip\",\"cidr\":\"203.0.113.0/25\"}", "203.0.113.128", false },
	{ "{\"field\":\"peer.ip\",\"cidr\":\"203.0.113.0/25\"}", "203.0.112.255", false },
	{ "{\"field\":\"peer.ip\",\"cidr\":[\"10.0.0.0/8\",\"2001:db8::/32\"]}", "2001:db8::1", true },
	{ "{\"field\":\"peer.ip\",\"equals\":\"203.0.113.9\"}", "203.0.113.9", true },
	{ "{\"field\":\"peer.ip\",\"equals\":\"203.0.113.9\"}", "::ffff:203.0.113.9", true },
	{ "{\"field\":\"peer.ip\",\"equals\":\"203.0.113.9\"}", "203.0.113.8", false },
};

START_TEST(addresses_are_met)
{
	struct knowledge *k = load_when(addresses[_i].when);
	struct met met = { { false } };
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, addresses[_i].value), 0);
	rule_find_addr(knowledge_rule_set(k), id_of("peer.ip"), &a, note, &met);
	ck_assert_msg(rule_holds(knowledge_rule_set(k), knowledge_rule(k, 0), is_met, &met) == addresses[_i].holds,
	    "%s: %s", addresses[_i].when, addresses[_i].value);
	knowledge_free(k);
}
END_TEST

#define PAYLOAD(op) "{\"field\":\"payload.octets\"," op "}"

static const struct {
	const char *when, *octets;
	size_t len;
	unsigned from;
	bool holds;
} payloads[] = {
	{ PAYLOAD("\"hex\":\"80 01 00 20\",\"offset\":0"), "\x80\x01\x00\x20zz", 6, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"hex\":\"80 01 00 20\",\"offset\":0"), "z\x80\x01\x00\x20z", 6, RULE_FROM_DEVICE, false },
	{ PAYLOAD("\"hex\":\"80 01 00 20\",\"offset\":1"), "z\x80\x01\x00\x20z", 6, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"hex\":\"80 01 00 20\""), "zz\x80\x01\x00\x20", 6, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"hex\":\"80 ?? 00\",\"offset\":0"), "\x80\n\x00", 3, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"hex\":\"80 ?? 00\",\"offset\":0"), "\x80\x00", 2, RULE_FROM_DEVICE, false },
	{ PAYLOAD("\"text\":\"*HQ\",\"offset\":0"), "*HQ,1", 5, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"text\":\"*HQ\",\"offset\":0"), "HHQ,1", 5, RULE_FROM_DEVICE, false },
	{ PAYLOAD("\"regex\":\"^a.c\""), "a\nc", 3, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"text\":\"a\",\"from\":\"device\""), "a", 1, RULE_FROM_INITIATOR | RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"text\":\"a\",\"from\":\"device\""), "a", 1, RULE_FROM_INITIATOR | RULE_FROM_PEER, false },
	{ PAYLOAD("\"text\":\"a\",\"from\":\"responder\""), "a", 1, RULE_FROM_INITIATOR | RULE_FROM_PEER, false },
	{ PAYLOAD("\"length\":[3,4]"), "aaaa", 4, RULE_FROM_DEVICE, true },
	{ PAYLOAD("\"length\":[3,4]"), "aaaaa", 5, RULE_FROM_DEVICE, false },
	{ PAYLOAD("\"text\":\"a\",\"length\":[3,null]"), "aa", 2, RULE_FROM_DEVICE, false },
};

START_TEST(payloads_are_met)
{
	struct knowledge *k = load_when(payloads[_i].when);
	const struct rule_set *rs = knowledge_rule_set(k);
	struct rule_scratch *s = rule_scratch_new(rs);
	struct met met = { { false } };

	ck_assert_ptr_nonnull(s);
	rule_find_payload(rs, s, payloads[_i].octets, payloads[_i].len, payloads[_i].len, payloads[_i].from, note, &met);
	ck_assert_msg(rule_holds(rs, knowledge_rule(k, 0), is_met, &met) == payloads[_i].holds, "%d %s", _i,
	    payloads[_i].when);
	rule_scratch_free(s);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *when;
	uint64_t time_s;	/* 2026-03-02 is a Monday */
	bool holds;
} times[] = {
	{ "{\"field\":\"time\",\"hours\":[\"08:00\",\"17:00\"]}", 1772438400, true },	/* 08:00 */
	{ "{\"field\":\"time\",\"hours\":[\"08:00\",\"17:00\"]}", 1772438399, false },
	{ "{\"field\":\"time\",\"hours\":[\"08:00\",\"17:00\"]}", 1772470800, false },	/* 17:00 */
	{ "{\"field\":\"time\",\"hours\":[\"22:00\",\"06:00\"]}", 1772409600, true },	/* 00:00 */
	{ "{\"field\":\"time\",\"hours\":[\"22:00\",\"06:00\"]}", 1772438400, false },
	{ "{\"field\":\"time\",\"days\":\"mon\"}", 1772438400, true },
	{ "{\"field\":\"time\",\"days\":[\"sun\",\"tue\"]}", 1772438400, false },
};

START_TEST(times_are_met)
{
	struct knowledge *k = load_when(times[_i].when);
	struct met met = { { false } };

	rule_find_time(knowledge_rule_set(k), times[_i].time_s * 1000000, note, &met);
	ck_assert_msg(rule_holds(knowledge_rule_set(k), knowledge_rule(k, 0), is_met, &met) == times[_i].holds, "%d %s",
	    _i, times[_i].when);
	knowledge_free(k);
}
END_TEST

/* Conditions that are alike but for a true or false are two. */
START_TEST(case_is_part_of_a_condition)
{
	struct knowledge *k = load_when("{\"any\":[" PATH("\"prefix\":\"/a\",\"nocase\":false") "," PATH("\"prefix\":\"/a\",\"nocase\":true") "]}");
	const struct rule_set *rs = knowledge_rule_set(k);
	struct rule_scratch *s = rule_scratch_new(rs);
	struct met met = { { false } };

	ck_assert_uint_eq(rule_conditions(rs), 2);
	rule_find_octets(rs, s, id_of("http.path"), "/A", 2, note, &met);
	ck_assert(rule_holds(rs, knowledge_rule(k, 0), is_met, &met));
	rule_scratch_free(s);
	knowledge_free(k);
}
END_TEST

START_TEST(a_rule_is_found_by_its_id)
{
	struct knowledge *k = load_when(ANY);

	ck_assert_uint_eq(knowledge_rules(k), 1);
	ck_assert_ptr_eq(knowledge_rule_by_id(k, "r"), knowledge_rule(k, 0));
	ck_assert_ptr_null(knowledge_rule_by_id(k, "s"));
	ck_assert_ptr_null(knowledge_rule(k, 1));
	ck_assert_uint_ge(knowledge_rule(k, 0)->signature_id, 9200000);
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rule");
	TCase *t = tcase_create("rule");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, mistakes_are_told, 0, ARRAY_LEN(wrong));
	tcase_add_test(t, an_id_stands_once);
	tcase_add_loop_test(t, bombs_do_not_go_off, 0, ARRAY_LEN(bombs));
	tcase_add_loop_test(t, texts_are_met, 0, ARRAY_LEN(texts));
	tcase_add_loop_test(t, numbers_are_met, 0, ARRAY_LEN(numbers));
	tcase_add_loop_test(t, addresses_are_met, 0, ARRAY_LEN(addresses));
	tcase_add_loop_test(t, payloads_are_met, 0, ARRAY_LEN(payloads));
	tcase_add_loop_test(t, times_are_met, 0, ARRAY_LEN(times));
	tcase_add_test(t, case_is_part_of_a_condition);
	tcase_add_test(t, a_rule_is_found_by_its_id);
	suite_add_tcase(s, t);
	return run_suite(s);
}
