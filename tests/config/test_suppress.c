/* SPDX-License-Identifier: Apache-2.0 */
/* test_suppress.c - exceptions in picket.yaml: what they may say, how each mistake is reported, and
 * that they are written as they are read. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"
#include "macros.h"
#include "run_suite.h"

#define WHY "reason: r, owner: o, expires: 2027-01-31"
#define EXPIRES_US (UINT64_C(1801440000) * 1000000 - 1)	/* the end of that day, UTC */

static const struct {
	const char *what, *yaml, *want;
} refused[] = {
	{ "no list", "suppress: x\n", "f:1: 'suppress': wants a list" },
	{ "no mapping", "suppress:\n  - x\n", "f:2: 'suppress': wants a list of {entity: ..., " },
	{ "no reason", "suppress:\n  - {entity: a, owner: o, expires: 2027}\n",
	  "f:2: 'suppress': an exception without 'reason'" },
	{ "no owner", "suppress:\n  - {entity: a, reason: r, expires: 2027}\n",
	  "f:2: 'suppress': an exception without 'owner'" },
	{ "no expiry", "suppress:\n  - {entity: a, reason: r, owner: o}\n",
	  "f:2: 'suppress': an exception without 'expires'" },
	{ "empty reason", "suppress:\n  - entity: a\n    reason: ''\n", "f:3: 'suppress': 'reason' wants a text" },
	{ "null owner", "suppress:\n  - entity: a\n    owner:\n", "f:3: 'suppress': 'owner' wants a text" },
	{ "list for a text", "suppress:\n  - entity: [a]\n", "f:2: 'suppress': 'entity' wants a text" },
	{ "everything", "suppress:\n  - {" WHY "}\n", "f:2: 'suppress': an exception from everything; name a " },
	{ "no date", "suppress:\n  - {entity: a, expires: soon}\n",
	  "f:2: 'suppress': 'expires' wants its last day, like 2027-01-31; not 'soon'" },
	{ "no such day", "suppress:\n  - {entity: a, expires: 2027-02-30}\n",
	  "f:2: 'suppress': 'expires' wants its last day, like 2027-01-31; not '2027-02-30'" },
	{ "source with host bits", "suppress:\n  - source: 10.0.0.1/8\n",
	  "f:2: 'suppress': 'source' wants an address or a block without host bits, like 10.8.0.0/16; not '10.0.0.1/8'" },
	{ "source by name", "suppress:\n  - source: a.example\n", "f:2: 'suppress': 'source' wants an address" },
	{ "destination with host bits", "suppress:\n  - destination: 10.0.0.1/8\n",
	  "f:2: 'suppress': 'destination' wants a block without host bits, like 198.51.100.0/24, or a host name; not '10.0.0.1/8'" },
	{ "half an address", "suppress:\n  - destination: 10.0.0\n", "f:2: 'suppress': 'destination' wants a block" },
	{ "wild card", "suppress:\n  - destination: '*.example'\n", "f:2: 'suppress': 'destination' wants a block" },
	{ "empty label", "suppress:\n  - destination: a..example\n", "f:2: 'suppress': 'destination' wants a block" },
	{ "dot alone", "suppress:\n  - destination: .\n", "f:2: 'suppress': 'destination' wants a block" },
	{ "port 0", "suppress:\n  - port: 0\n", "f:2: 'suppress': 'port' wants a number from 1 to 65535, not '0'" },
	{ "port 65536", "suppress:\n  - port: 65536\n", "f:2: 'suppress': 'port' wants a number" },
	{ "port of letters", "suppress:\n  - port: https\n", "f:2: 'suppress': 'port' wants a number" },
	{ "unknown key", "suppress:\n  - entity: a\n    dest: x\n",
	  "f:3: 'suppress': unknown key 'dest'; known are rule, entity, indicator, group, " },
	{ "twice", "suppress:\n  - entity: a\n    entity: b\n", "f:3: 'suppress': 'entity' is given twice" },
	{ "option twice", "suppress: []\nsuppress: []\n", "f:2: 'suppress' is given twice, first in line 1" },
	{ "no word", "detect:\n  networks: loud\n",
	  "f:2: 'detect.networks' wants one of alert|inform|off, not 'loud'" },
	{ "part of a word", "detect:\n  networks: al\n", "f:2: 'detect.networks' wants one of" },
	{ "two words", "detect:\n  networks: alert|off\n", "f:2: 'detect.networks' wants one of" },
};

START_TEST(refuses)
{
	struct config_error err;
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_load_memory(&cfg, "f", refused[_i].yaml, strlen(refused[_i].yaml), &err),
	    -EINVAL);
	ck_assert_msg(strncmp(err.text, refused[_i].want, strlen(refused[_i].want)) == 0, "%s: %s",
	    refused[_i].what, err.text);
	ck_assert_uint_eq(cfg.n_suppress, 0);
	config_done(&cfg);
}
END_TEST

static const char whole[] = "groups: [{name: meters, vlans: [5]}]\n"
    "suppress:\n"
    "  - {rule: network, entity: acme, indicator: ind-1, group: meters, source: 10.8.0.0/16,\n"
    "     destination: Fota.ACME.example., port: 443, " WHY "}\n"
    "  - {source: 10.8.0.5, destination: 2001:db8::/32, reason: 'a: b, \"c\"', owner: '#d', expires: 2027-01}\n"
    "  - {destination: 203.0.113.9, " WHY "}\n"
    "detect: {networks: inform}\n";

static void
check_whole(const struct config *cfg)
{
	const struct suppression *s = cfg->suppress;

	ck_assert_uint_eq(cfg->n_suppress, 3);
	ck_assert_uint_eq(cfg->networks, NETWORKS_INFORM);
	ck_assert_str_eq(s[0].rule, "network");
	ck_assert_str_eq(s[0].entity, "acme");
	ck_assert_str_eq(s[0].indicator, "ind-1");
	ck_assert_str_eq(s[0].group, "meters");
	ck_assert_str_eq(s[0].name, "fota.acme.example");
	ck_assert(s[0].has_source && !s[0].has_destination);
	ck_assert_uint_eq(s[0].source.len, 96 + 16);
	ck_assert_uint_eq(s[0].port, 443);
	ck_assert(s[0].expires_us == EXPIRES_US && s[1].expires_us == EXPIRES_US);
	ck_assert_str_eq(s[1].reason, "a: b, \"c\"");
	ck_assert_str_eq(s[1].owner, "#d");
	ck_assert_str_eq(s[1].expires, "2027-01");
	ck_assert(s[1].has_destination && s[1].name == NULL && s[1].rule == NULL);
	ck_assert_uint_eq(s[1].destination.len, 32);
	ck_assert_uint_eq(s[2].destination.len, 128);
}

START_TEST(reads_and_writes)
{
	struct config_error err;
	struct config cfg, again;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_uint_eq(cfg.networks, NETWORKS_ALERT);
	ck_assert_msg(config_load_memory(&cfg, "f", whole, strlen(whole), &err) == 0, "%s", err.text);
	check_whole(&cfg);
	ck_assert_uint_eq(cfg.suppress[0].line, 3);
	config_dump(&cfg, out);
	(void)fclose(out);
	ck_assert_int_eq(config_init(&again), 0);
	ck_assert_msg(config_load_memory(&again, "f", text, size, &err) == 0, "%s", err.text);
	check_whole(&again);
	config_done(&again);
	config_done(&cfg);
	free(text);
}
END_TEST

START_TEST(sets_from_the_command_line)
{
	struct config_error err;
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_set(&cfg, "suppress=[{entity: a, " WHY "}]", &err), 0);
	ck_assert_int_eq(config_set(&cfg, "suppress=[{entity: a}]", &err), -EINVAL);
	ck_assert_uint_eq(cfg.n_suppress, 1);	/* the old ones stay */
	ck_assert_int_eq(config_set(&cfg, "suppress=[{group: b, " WHY "}]", &err), 0);
	ck_assert_uint_eq(cfg.n_suppress, 1);
	ck_assert_str_eq(cfg.suppress[0].group, "b");
	ck_assert_int_eq(config_check(&cfg, &err), -EINVAL);
	ck_assert_str_eq(err.text, "suppress (line 1): no group 'b'");
	ck_assert_int_eq(config_set(&cfg, "suppress=[]", &err), 0);
	ck_assert_uint_eq(cfg.n_suppress, 0);
	ck_assert_int_eq(config_check(&cfg, &err), 0);
	config_done(&cfg);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("suppress");
	TCase *t = tcase_create("suppress");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, reads_and_writes);
	tcase_add_test(t, sets_from_the_command_line);
	suite_add_tcase(s, t);
	return run_suite(s);
}
