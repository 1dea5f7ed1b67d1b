/* SPDX-License-Identifier: Apache-2.0 */
/* test_flows.c - flows named when they begin and when they end: late signalling, the skew, prefixes,
 * which end is the device. */
#include "support.h"

/* RADIUS comes after the flow has begun. */
static const struct {
	const char *what;
	uint8_t act;
	int64_t flow_ms, told_ms, since_ms;	/* since 0: not said */
	int sim;
} lates[] = {
	{ "begun within the skew before",	SIGNALLING_CREATE, 10000, 14000, 0, 1 },
	{ "begun long before",			SIGNALLING_CREATE, 10000, 20000, 0, -1 },
	{ "begun long before, told since when",	SIGNALLING_CREATE, 10000, 20000, 5000, 1 },
	{ "interim: it was there before",	SIGNALLING_MODIFY, 10000, 90000, 0, 1 },
	{ "interim, since after the flow",	SIGNALLING_MODIFY, 10000, 90000, 50000, -1 },
	{ "only its end is told",		SIGNALLING_DELETE, 10000, 90000, 0, 1 },
};

START_TEST(late_signalling_names_what_it_covers)
{
	struct world *w = world_new();
	struct flow flow = flow_from(w, "10.8.0.1", HOST, NULL, 0, lates[_i].flow_ms, NULL);
	struct signalling s = accounting(lates[_i].act, 1, "10.8.0.1", NAS, lates[_i].told_ms);

	ck_assert_int_eq(sim_of(w, &flow), -1);
	s.since_us = lates[_i].since_ms == 0 ? 0 : at_ms(lates[_i].since_ms);
	tell(w, &s);
	identity_flow_last(w->reg, &flow);
	ck_assert_msg(sim_of(w, &flow) == lates[_i].sim, "%s: %d", lates[_i].what, sim_of(w, &flow));
	ck_assert_uint_eq(world_count(w, "identity.flows_named_late"), lates[_i].sim == 1);
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

/* An interim of the second SIM does not reach back into the first one's time. */
START_TEST(an_open_begin_stops_at_the_one_before)
{
	struct world *w = world_new();
	struct flow lost;

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 10000);
	account(w, SIGNALLING_DELETE, 1, "10.8.0.1", NAS, 20000);
	lost = flow_from(w, "10.8.0.1", HOST, NULL, 0, 19000, NULL);
	ck_assert_int_eq(sim_of(w, &lost), 1);		/* in its window, though told to have ended */
	identity_flow_end(w->reg, &lost);
	lost = flow_from(w, "10.8.0.1", HOST, NULL, 0, 22000, NULL);
	ck_assert_int_eq(sim_of(w, &lost), -1);
	account(w, SIGNALLING_MODIFY, 2, "10.8.0.1", NAS, 30000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 19500), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 21000), 2);
	identity_flow_last(w->reg, &lost);
	ck_assert_int_eq(sim_of(w, &lost), 2);
	identity_flow_end(w->reg, &lost);
	world_free(w);
}
END_TEST

/* The TEID was announced after the flow had begun under it. */
START_TEST(a_late_tunnel_names_too)
{
	struct world *w = world_new();
	struct flow_tunnel t;
	struct flow flow = flow_from(w, "172.16.0.1", HOST, SGW, 1 * 16 + 4, 0, &t);

	ck_assert_uint_eq(world_count(w, "identity.unknown_bearer"), 1);
	attach(w, 1, "10.8.0.1", 1000);
	identity_flow_last(w->reg, &flow);
	ck_assert_int_eq(sim_of(w, &flow), 1);
	ck_assert(flow_device_sends(&flow) == TO_SERVER);
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

static const struct {
	const char *what, *prefix;
	uint8_t len;
	const char *in, *out;
} prefixes[] = {
	{ "a /64", "2001:db8:0:5::", 64, "2001:db8:0:5:1:2:3:4", "2001:db8:0:6::1" },
	{ "a /56", "2001:db8:0:500::", 56, "2001:db8:0:5ff::1", "2001:db8:0:600::1" },
	{ "a /48", "2001:db8:7::", 48, "2001:db8:7:ffff::1", "2001:db8:8::1" },
	{ "a /61", "2001:db8:0:8::", 61, "2001:db8:0:f::1", "2001:db8:0:10::1" },
	{ "one address", "2001:db8::9", 128, "2001:db8::9", "2001:db8::a" },
};

START_TEST(prefixes_hold_their_addresses)
{
	struct world *w = world_new();
	struct signalling s = accounting(SIGNALLING_CREATE, 1, NULL, NAS, 0);

	add_ue(&s, prefixes[_i].prefix, prefixes[_i].len);
	tell(w, &s);
	ck_assert_msg(asked_plain(w, prefixes[_i].in, 100) == 1, "%s", prefixes[_i].what);
	ck_assert_msg(asked_plain(w, prefixes[_i].out, 100) == -1, "%s", prefixes[_i].what);
	/* IPv4 addresses lie in no IPv6 prefix, however short */
	ck_assert_int_eq(asked_plain(w, "192.0.2.1", 100), -1);
	world_free(w);
}
END_TEST

START_TEST(a_prefix_used_again_names_the_new_sim)
{
	struct world *w = world_new();

	attach(w, 1, "2001:db8:0:5::", 0);
	ck_assert_int_eq(asked_plain(w, "2001:db8:0:5::77", 1000), 1);
	attach(w, 2, "2001:db8:0:5::", 10000);
	ck_assert_int_eq(asked_plain(w, "2001:db8:0:5::77", 11000), 2);
	world_free(w);
}
END_TEST

/* The groups go with the device. */
START_TEST(the_group_is_the_devices)
{
	struct world *w = world_new();
	struct packet pkt = { .time_us = at_ms(1000) };
	struct flow flow = { .first_us = at_ms(1000), .group = 3, .peer_group = 4,
		.key = { .addr = { ip(HOST), ip("10.8.0.1") } } };
	struct flow other = flow;

	if (addr_compare(&flow.key.addr[0], &flow.key.addr[1]) > 0) {
		flow.key.addr[0] = ip("10.8.0.1");
		flow.key.addr[1] = ip(HOST);
	}
	other = flow;
	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	/* the device answers: by first packet alone the other end was taken for it */
	flow.flags = FLOW_END1_INITIATES;
	identity_flow_new(w->reg, &flow, &pkt, TO_SERVER);
	ck_assert(flow_device_sends(&flow) == TO_CLIENT);
	ck_assert(flow.group == 4 && flow.peer_group == 3);
	other.flags = 0;
	identity_flow_new(w->reg, &other, &pkt, TO_SERVER);
	ck_assert(flow_device_sends(&other) == TO_SERVER);
	ck_assert(other.group == 3 && other.peer_group == 4);
	/* and stays the device's when a parser finds out who initiated */
	flow_reverse(&other);
	ck_assert(flow_device_sends(&other) == TO_CLIENT && other.group == 3);
	identity_flow_end(w->reg, &flow);
	identity_flow_end(w->reg, &other);
	world_free(w);
}
END_TEST

START_TEST(between_two_devices_the_initiator_counts)
{
	struct world *w = world_new();

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.2", NAS, 10);
	ck_assert_int_eq(asked(w, "10.8.0.1", "10.8.0.2", NULL, 0, 100), 1);
	ck_assert_int_eq(asked(w, "10.8.0.2", "10.8.0.1", NULL, 0, 100), 2);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("flows");
	TCase *t = tcase_create("flows");

	tcase_add_loop_test(t, late_signalling_names_what_it_covers, 0, ARRAY_LEN(lates));
	tcase_add_test(t, an_open_begin_stops_at_the_one_before);
	tcase_add_test(t, a_late_tunnel_names_too);
	tcase_add_loop_test(t, prefixes_hold_their_addresses, 0, ARRAY_LEN(prefixes));
	tcase_add_test(t, a_prefix_used_again_names_the_new_sim);
	tcase_add_test(t, the_group_is_the_devices);
	tcase_add_test(t, between_two_devices_the_initiator_counts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
