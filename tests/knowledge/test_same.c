/* SPDX-License-Identifier: Apache-2.0 */
/* test_same.c - each kind of indicator is found again in a second knowledge, and only when it says
 * the same there. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"

#define ENTITY(id) "{\"id\":\"" id "\",\"name\":\"N " id "\",\"category\":\"company\"," \
    "\"basis\":\"criminal\",\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]}"

struct row {
	const char *id, *entity, *type, *value, *match, *use, *identifies, *role;
};

/* One of each way in which values are kept; the first two are of one value. */
static const struct row rows[] = {
	{ "1", "e", "domain", "example.com", "", "alert", "host_operator", "c2" },
	{ "2", "e", "host", "example.com", "", "alert", "host_operator", "c2" },
	{ "3", "e", "host", "api.example.com", "", "alert", "host_operator", "c2" },
	{ "4", "e", "ip", "192.0.2.7", "", "alert", "host_operator", "c2" },
	{ "5", "e", "cidr", "2001:db8::/32", "", "alert", "host_operator", "c2" },
	{ "6", "e", "address_port", "192.0.2.7:8883", "", "alert", "host_operator", "c2" },
	{ "7", "e", "url_path", "/fota/", "prefix", "alert", "client_software", "c2" },
	{ "8", "e", "url_path", ".pack", "suffix", "alert", "client_software", "c2" },
	{ "9", "e", "url_path", "simtest", "contains", "alert", "client_software", "c2" },
	{ "10", "e", "mqtt_topic", "$sys/{}/{*}", "pattern", "alert", "client_software", "c2" },
	{ "11", "e", "cert_sha1", "00112233445566778899aabbccddeeff00112233", "", "alert",
	  "host_operator", "c2" },
	{ "12", "e", "ja3", "e7d705a3286e19ea42f587b344ee6865", "", "context", "client_software", "c2" },
};

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	(void)arg;
	ck_assert_msg(!error, "%s:%u: %s", file, line, text);
}

static struct knowledge *
build(const struct row *row, size_t n)
{
	static const char entities[] = "[" ENTITY("e") "," ENTITY("f") "]";
	struct knowledge *k = NULL;
	struct loader l;
	char text[8192] = "[\n";
	size_t len = 2;

	ck_assert_int_eq(loader_begin(&l, listen, NULL), 0);
	load_document(&l, FOLDER_ENTITIES, "e", entities, strlen(entities));
	for (size_t i = 0; i < n; i++) {
		char match[64] = "";

		if (row[i].match[0] != '\0')
			snprintf(match, sizeof(match), "\"match\":\"%s\",", row[i].match);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s{\"id\":\"%s\",\"entity\":\"%s\","
		    "\"type\":\"%s\",\"value\":\"%s\",%s\"use\":\"%s\",\"identifies\":\"%s\",\"role\":\"%s\","
		    "\"confidence\":\"low\",\"verified\":false,\"severity\":\"low\",\"as_of\":\"2026-01-01\","
		    "\"sources\":[\"s\"]}\n", i == 0 ? "" : ",", row[i].id, row[i].entity, row[i].type,
		    row[i].value, match, row[i].use, row[i].identifies, row[i].role);
	}
	snprintf(text + len, sizeof(text) - len, "]\n");
	load_document(&l, FOLDER_INDICATORS, "i", text, strlen(text));
	ck_assert_int_eq(loader_end(&l, &k), 0);
	return k;
}

START_TEST(each_is_found_again)
{
	struct row reversed[ARRAY_LEN(rows)];
	struct knowledge *a = build(rows, ARRAY_LEN(rows)), *b;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		reversed[i] = rows[ARRAY_LEN(rows) - 1 - i];
	b = build(reversed, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct indicator *ind = knowledge_indicator(a, i), *same;

		same = knowledge_same_indicator(b, ind);
		ck_assert_msg(same == knowledge_indicator(b, ARRAY_LEN(rows) - 1 - i), "%s", rows[i].id);
		ck_assert_ptr_eq(knowledge_same_indicator(a, same), ind);
		ck_assert_ptr_eq(knowledge_same_entity(b, ind->entity), same->entity);
	}
	ck_assert_ptr_null(knowledge_same_entity(b, NULL));
	knowledge_free(a);
	knowledge_free(b);
}
END_TEST

static const struct {
	struct row was, is;
	bool same;
} pairs[] = {
#define WAS { "1", "e", "domain", "example.com", "", "alert", "host_operator", "c2" }
	{ WAS, WAS, true },
	{ WAS, { "1", "e", "domain", "EXAMPLE.com", "", "alert", "host_operator", "c2" }, true },
	{ WAS, { "1", "e", "domain", "example.com", "", "alert", "host_operator", "telemetry" }, true },
	{ WAS, { "2", "e", "domain", "example.com", "", "alert", "host_operator", "c2" }, false },
	{ WAS, { "1", "f", "domain", "example.com", "", "alert", "host_operator", "c2" }, false },
	{ WAS, { "1", "e", "host", "example.com", "", "alert", "host_operator", "c2" }, false },
	{ WAS, { "1", "e", "domain", "example.org", "", "alert", "host_operator", "c2" }, false },
	{ WAS, { "1", "e", "domain", "example.com", "", "context", "host_operator", "c2" }, false },
	{ WAS, { "1", "e", "domain", "example.com", "", "alert", "sim_or_carrier", "c2" }, false },
#undef WAS
#define WAS { "6", "e", "address_port", "192.0.2.7:8883", "", "alert", "host_operator", "c2" }
	{ WAS, WAS, true },
	{ WAS, { "6", "e", "address_port", "192.0.2.7:8884", "", "alert", "host_operator", "c2" }, false },
#undef WAS
#define WAS { "9", "e", "url_path", "simtest", "contains", "alert", "client_software", "c2" }
	{ WAS, { "9", "e", "url_path", "simtest2", "contains", "alert", "client_software", "c2" }, false },
	{ WAS, { "9", "e", "url_path", "simtest", "prefix", "alert", "client_software", "c2" }, false },
	{ WAS, { "9", "e", "user_agent", "simtest", "contains", "alert", "client_software", "c2" }, false },
#undef WAS
};

START_TEST(only_what_says_the_same)
{
	struct knowledge *a = build(&pairs[_i].was, 1), *b = build(&pairs[_i].is, 1);
	const struct indicator *same = knowledge_same_indicator(b, knowledge_indicator(a, 0));

	ck_assert_ptr_eq(same, pairs[_i].same ? knowledge_indicator(b, 0) : NULL);
	knowledge_free(a);
	knowledge_free(b);
}
END_TEST

START_TEST(nothing_is_in_nothing)
{
	struct knowledge *a = build(rows, ARRAY_LEN(rows)), *b = build(rows, 0);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_ptr_null(knowledge_same_indicator(b, knowledge_indicator(a, i)));
	knowledge_free(a);
	knowledge_free(b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("same");
	TCase *t = tcase_create("same");

	tcase_add_test(t, each_is_found_again);
	tcase_add_loop_test(t, only_what_says_the_same, 0, ARRAY_LEN(pairs));
	tcase_add_test(t, nothing_is_in_nothing);
	suite_add_tcase(s, t);
	return run_suite(s);
}
