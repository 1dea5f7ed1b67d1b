/* SPDX-License-Identifier: Apache-2.0 */
/* test_ports.c - classify.ports: further ports of a parser, and entries that are refused. */
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "classify/ports.h"
#include "config.h"
#include "flow.h"
#include "macros.h"
#include "packet.h"
#include "run_suite.h"
#include "stats.h"

static const struct {
	const char *what, *value;
	const char *error;	/* part of it; NULL: it is good */
} entries[] = {
	{ "nothing", "", NULL },
	{ "one", "radius=11813", NULL },
	{ "several", "radius=11813,radius=1,pfcp=65535", NULL },
	{ "unknown protocol", "radus=11813", "one of our protocols" },
	{ "protocol in capitals", "RADIUS=11813", "one of our protocols" },
	{ "no protocol", "=11813", "one of our protocols" },
	{ "the second is bad", "radius=11813,nothing=5", "not 'nothing=5'" },
	{ "no port", "radius", "a port from 1 to 65535, not 'radius'" },
	{ "empty port", "radius=", "a port from 1" },
	{ "port 0", "radius=0", "a port from 1" },
	{ "port too large", "radius=65536", "a port from 1" },
	{ "port far too large", "radius=99999999999999999999", "a port from 1" },
	{ "port with more behind", "radius=11813x", "a port from 1" },
	{ "negative port", "radius=-1", "a port from 1" },
	{ "port with a sign", "radius=+1", "a port from 1" },
	{ "two ports", "radius=1=2", "a port from 1" },
};

START_TEST(takes_or_refuses)
{
	struct config cfg;
	struct config_error err = { "" };
	char assignment[256];
	int rc;

	ck_assert_int_eq(config_init(&cfg), 0);
	(void)snprintf(assignment, sizeof(assignment), "classify.ports=%s", entries[_i].value);
	ck_assert_int_eq(config_set(&cfg, assignment, &err), 0);
	rc = classify_check(&cfg, &err);
	ck_assert_msg((rc == 0) == (entries[_i].error == NULL), "%s: %s", entries[_i].what,
	    err.text);
	if (rc != 0)
		ck_assert_msg(strstr(err.text, entries[_i].error) != NULL, "%s: %s",
		    entries[_i].what, err.text);
	config_done(&cfg);
}
END_TEST

/* Is this the only parser of the port? PARSER_NONE: there is none. */
static bool
only(const struct port_table *t, uint8_t l4, uint16_t a, uint16_t b, enum parser_id id)
{
	struct parser_set set = port_table_find(t, l4, a, b);

	return parser_set_take(&set) == id && parser_set_take(&set) == PARSER_NONE;
}

START_TEST(finds_parsers_by_either_port)
{
	static struct port_table t;
	struct config_error err;
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	port_table_fill(&t, &cfg);
	ck_assert(only(&t, IPPROTO_UDP, 1813, 40000, PARSER_radius));
	ck_assert(only(&t, IPPROTO_UDP, 40000, 1813, PARSER_radius));
	ck_assert(only(&t, IPPROTO_TCP, 40000, 1813, PARSER_NONE));
	ck_assert(only(&t, IPPROTO_UDP, 40000, 11813, PARSER_NONE));
	ck_assert_int_eq(config_set(&cfg, "classify.ports=radius=11813,http=11813", &err), 0);
	port_table_fill(&t, &cfg);
	ck_assert(only(&t, IPPROTO_UDP, 40000, 11813, PARSER_radius));
	ck_assert(only(&t, IPPROTO_TCP, 40000, 11813, PARSER_http));
	ck_assert(only(&t, IPPROTO_UDP, 1813, 40000, PARSER_radius));
	config_done(&cfg);
}
END_TEST

/* The table is freed with its flow, which classify has released. */
static void
forget(void *arg, struct flow *flow)
{
	(void)arg;
	(void)flow;
}

/* What the classifier calls the flow of one datagram to this port. */
static const char *
named(const char *option, uint16_t port, const uint8_t *payload, size_t len)
{
	static const uint8_t src[4] = { 10, 0, 0, 1 }, dest[4] = { 192, 0, 2, 1 };
	struct packet pkt = { .time_us = 1000000, .payload = payload,
		.payload_len = (uint32_t)len };
	struct stats *st = stats_new();
	struct flow_table *flows;
	struct classifier *c;
	struct config_error err;
	struct config cfg;
	enum direction dir;
	struct flow *flow;
	const char *name;
	bool is_new;

	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_set(&cfg, option, &err), 0);
	ck_assert_int_eq(config_set(&cfg, "flow.max=16", &err), 0);
	pkt.ends = (struct ends){ addr_from_ipv4(src), addr_from_ipv4(dest), 40000, port,
		IPPROTO_UDP };
	flows = flow_table_new(&cfg, st, forget, NULL);
	c = classifier_new(&cfg, st, flows);
	flow = flow_table_touch(flows, &pkt, &dir, &is_new);
	(void)classify_packet(c, flow, &pkt, dir, is_new);
	(void)classify_end(c, flow);
	name = classify_app_name(c, flow->app);
	name = strcmp(name, "radius") == 0 ? "radius" : "another";
	classify_release(c, flow);
	classifier_free(c);
	flow_table_free(flows);
	config_done(&cfg);
	stats_free(st);
	return name;
}

/* An answer without attributes is known by its port only. */
START_TEST(the_classifier_heeds_them)
{
	static const uint8_t answer[20] = { 5, 7, 0, 20, 0xaa };

	ck_assert_str_eq(named("classify.ports=", 1813, answer, sizeof(answer)), "radius");
	ck_assert_str_eq(named("classify.ports=", 11813, answer, sizeof(answer)), "another");
	ck_assert_str_eq(named("classify.ports=radius=11813", 11813, answer, sizeof(answer)),
	    "radius");
}
END_TEST

/* As many entries as the option takes, each for a parser of two transports. */
START_TEST(has_room_for_all)
{
	static struct port_table t;
	char assignment[2048] = "classify.ports=";
	struct config_error err;
	struct config cfg;

	ck_assert_int_eq(config_init(&cfg), 0);
	for (unsigned i = 0; i < PORTS_OPTION_MAX; i++) {
		size_t n = strlen(assignment);

		(void)snprintf(assignment + n, sizeof(assignment) - n, "%sdns=%u", i == 0 ? "" : ",",
		    30000 + i);
	}
	ck_assert_int_eq(config_set(&cfg, assignment, &err), 0);
	ck_assert_int_eq(classify_check(&cfg, &err), 0);
	port_table_fill(&t, &cfg);
	for (unsigned i = 0; i < PORTS_OPTION_MAX; i++)
		ck_assert(only(&t, IPPROTO_TCP, 40000, (uint16_t)(30000 + i), PARSER_dns));
	config_done(&cfg);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ports");
	TCase *t = tcase_create("ports");

	tcase_add_loop_test(t, takes_or_refuses, 0, ARRAY_LEN(entries));
	tcase_add_test(t, finds_parsers_by_either_port);
	tcase_add_test(t, the_classifier_heeds_them);
	tcase_add_test(t, has_room_for_all);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
