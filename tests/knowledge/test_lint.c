/* SPDX-License-Identifier: Apache-2.0 */
/* test_lint.c - what loads with a warning, and what names that many share, dates and proofs do. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"
#include "suffix.h"

#define ENTITY(id) "{\"id\":\"" id "\",\"name\":\"E " id "\",\"category\":\"company\",\"basis\":\"criminal\"," \
    "\"adversary_linked\":true,\"evidence\":\"verified\",\"sources\":[\"s\"]}"
#define IND(type, value, more) "[\n{\"id\":\"i\",\"entity\":\"e\",\"type\":\"" type "\",\"value\":\"" value "\"," \
    "\"role\":\"telemetry\",\"identifies\":\"host_operator\",\"confidence\":\"low\",\"verified\":true," \
    "\"severity\":\"low\",\"as_of\":\"2026\"," more "\"sources\":[\"s\"]}]"
#define ALERT "\"use\":\"alert\","

static const char entities[] = "[" ENTITY("e") "," ENTITY("f") "]";
static const char pack[] = "[{\"version\":\"1\",\"date\":\"2026-11-24\"}]";
static const char shared[] = "name,entity,operator,source,as_of\n"
    "cloud.example,f,F,s,2026\ncdn.host.example,,C,s,2026\nown.example,e,E,s,2026\n";

struct said {
	unsigned errors, warnings, line;
	char text[512];
};

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	struct said *said = arg;

	(void)file;
	if (error)
		said->errors++;
	else
		said->warnings++;
	said->line = line;
	(void)snprintf(said->text, sizeof(said->text), "%s", text);
}

static struct said
load(const char *indicators, const char *proofs)
{
	struct said said = { 0 };
	struct knowledge *k = NULL;
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, listen, &said), 0);
	load_document(&l, FOLDER_PACK, "P", pack, strlen(pack));
	load_document(&l, FOLDER_ENTITIES, "E", entities, strlen(entities));
	load_sheet(&l, SHEET_SHARED_NAMES, "S", shared, strlen(shared));
	if (proofs != NULL)
		load_sheet(&l, SHEET_PROOFS, "R", proofs, strlen(proofs));
	load_document(&l, FOLDER_INDICATORS, "I", indicators, strlen(indicators));
	if (loader_end(&l, &k) == 0)
		knowledge_free(k);
	return said;
}

static const struct {
	const char *indicators, *proofs;
	unsigned errors, warnings;
	const char *text;	/* NULL: nothing is said */
} rows[] = {
	{ IND("domain", "host.cloud.example", ALERT), NULL, 0, 0, NULL },
	{ IND("domain", "cloud.example", ALERT), NULL, 1, 0, "many have hosts" },
	{ IND("domain", "cloud.example", "\"use\":\"context\","), NULL, 0, 0, NULL },
	{ IND("host", "cloud.example", ALERT), NULL, 0, 0, NULL },
	{ IND("domain", "own.example", ALERT), NULL, 0, 0, NULL },	/* who runs it says so of itself */
	{ IND("domain", "host.example", ALERT), NULL, 1, 0, "'cdn.host.example'" },	/* above one */
	{ IND("domain", "xcloud.example", ALERT), NULL, 0, 0, NULL },
	{ IND("cidr", "198.51.0.0/16", ALERT), NULL, 0, 0, NULL },
	{ IND("cidr", "198.50.0.0/15", ALERT), NULL, 0, 1, "many have addresses" },
	{ IND("cidr", "198.50.0.0/15", "\"use\":\"context\","), NULL, 0, 0, NULL },
	{ IND("cidr", "2001:db8::/32", ALERT), NULL, 0, 0, NULL },
	{ IND("cidr", "2001:d00::/24", ALERT), NULL, 0, 1, "many have addresses" },
	{ IND("ip", "192.0.2.1", ALERT "\"valid_until\":\"2026-11-23\","), NULL, 0, 1, "had ended" },
	{ IND("ip", "192.0.2.1", ALERT "\"valid_until\":\"2026-11-24\","), NULL, 0, 0, NULL },
	{ IND("ip", "192.0.2.1", "\"use\":\"retro_hunt\",\"valid_from\":\"2024\",\"valid_until\":\"2024\","), NULL,
	  0, 0, NULL },
	{ IND("ip", "192.0.2.1", ALERT), "capture,device,id,expect\na.pcap,10.0.0.1,i,fires\n", 0, 0, NULL },
	{ IND("ip", "192.0.2.1", ALERT), "capture,device,id,expect\na.pcap,10.0.0.1,j,fires\n", 0, 1, "no proof" },
	{ IND("ip", "192.0.2.1", ALERT), "capture,device,id,expect\na.pcap,10.0.0.1,i,silent\n", 0, 1, "no proof" },
	{ IND("ip", "192.0.2.1", ALERT), "capture,device,id,expect\n,10.0.0.1,i,fires\n", 1, 1, "no proof" },
};

START_TEST(says_what_it_should)
{
	struct said said = load(rows[_i].indicators, rows[_i].proofs);

	ck_assert_msg(said.errors == rows[_i].errors && said.warnings == rows[_i].warnings,
	    "row %d: %u errors, %u warnings: %s", _i, said.errors, said.warnings, said.text);
	if (rows[_i].text == NULL)
		return;
	ck_assert_msg(strstr(said.text, rows[_i].text) != NULL, "row %d: %s", _i, said.text);
	ck_assert_uint_eq(said.line, 2);	/* of the indicator */
}
END_TEST

static const char *const wrong_tables[] = {
	"name,entity,operator,source,as_of\na..b,,C,s,2026\n",
	"name,entity,operator,source,as_of\nc.example,nobody,C,s,2026\n",
	"name,entity,operator,source,as_of\nc.example,,,s,2026\n",
	"name,entity,operator,source,as_of\nc.example,,C,s,soon\n",
	"name,entity,operator,source\nc.example,,C,s\n",
};

START_TEST(refuses_a_wrong_table)
{
	struct said said = { 0 };
	struct knowledge *k = NULL;
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, listen, &said), 0);
	load_sheet(&l, SHEET_SHARED_NAMES, "S", wrong_tables[_i], strlen(wrong_tables[_i]));
	ck_assert_int_eq(loader_end(&l, &k), -EINVAL);
	ck_assert_uint_eq(said.errors, 1);
}
END_TEST

static const struct {
	const char *name;
	enum suffix_kind kind;
	const char *registered;
} names[] = {
	{ "com", SUFFIX_REGISTRY, "com" }, { "co.uk", SUFFIX_REGISTRY, "co.uk" },
	{ "a.b.example.co.uk", SUFFIX_NONE, "example.co.uk" },
	{ "iot-south.quectel.com", SUFFIX_NONE, "quectel.com" },
	{ "quectel.com.cn", SUFFIX_NONE, "quectel.com.cn" },
	{ "github.io", SUFFIX_LENT, "github.io" }, { "a.x.github.io", SUFFIX_NONE, "x.github.io" },
	{ "example", SUFFIX_REGISTRY, "example" }, { "", SUFFIX_NONE, "" },
	{ "a.b.c.d.e.f.g.h.i.j.k.l.example.com", SUFFIX_NONE, "example.com" }, { "a..example.com", SUFFIX_NONE, "example.com" },
	{ "\xff\xfe.example.com", SUFFIX_NONE, "example.com" }, { "\xff", SUFFIX_NONE, "\xff" },
};

START_TEST(knows_what_was_registered)
{
	ck_assert_msg(suffix_kind_of(names[_i].name) == names[_i].kind, "%s", names[_i].name);
	ck_assert_str_eq(suffix_registered(names[_i].name), names[_i].registered);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lint");
	TCase *t = tcase_create("lint");

	tcase_add_loop_test(t, says_what_it_should, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, refuses_a_wrong_table, 0, ARRAY_LEN(wrong_tables));
	tcase_add_loop_test(t, knows_what_was_registered, 0, ARRAY_LEN(names));
	suite_add_tcase(s, t);
	return run_suite(s);
}
