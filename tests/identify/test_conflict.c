/* SPDX-License-Identifier: Apache-2.0 */
/* test_conflict.c - addresses used again, pools that overlap, sessions that are one: the old SIM never
 * names what is the new one's. */
#include <stdio.h>

#include "support.h"

/* The first SIM leaves, or its end is not seen; a second gets the address after `gap_ms`. */
static const struct {
	const char *what;
	bool radius, seen;
	int64_t gap_ms;
} reuses[] = {
	{ "GTP, after five minutes, end seen",		false, true, 300000 },
	{ "GTP, after five minutes, end not seen",	false, false, 300000 },
	{ "GTP, after a second, end seen",		false, true, 1000 },
	{ "GTP, after a second, end not seen",		false, false, 1000 },
	{ "RADIUS, after five minutes, end seen",	true, true, 300000 },
	{ "RADIUS, after five minutes, end not seen",	true, false, 300000 },
	{ "RADIUS, after a second, end seen",		true, true, 1000 },
	{ "RADIUS, after a second, end not seen",	true, false, 1000 },
};

START_TEST(an_address_used_again_names_the_new_sim)
{
	bool radius = reuses[_i].radius;
	const char *what = reuses[_i].what;
	int64_t end = 100000, begin = end + reuses[_i].gap_ms;
	struct world *w = world_new();
	struct flow before, between;

	if (radius)
		account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	else
		attach(w, 1, "10.8.0.1", 0);
	before = flow_from(w, "10.8.0.1", HOST, NULL, 0, 1000, NULL);
	ck_assert_msg(sim_of(w, &before) == 1, "%s", what);
	if (reuses[_i].seen && radius)
		account(w, SIGNALLING_DELETE, 1, "10.8.0.1", NAS, end);
	else if (reuses[_i].seen)
		detach(w, 1, end);
	for (int64_t ms = end + 100; ms < begin; ms += 100)
		world_tick(w, ms);
	between = flow_from(w, "10.8.0.1", HOST, NULL, 0, begin - 100, NULL);
	ck_assert_msg(sim_of(w, &between) == (reuses[_i].seen ? -1 : 1), "%s", what);
	if (radius)
		account(w, SIGNALLING_CREATE, 2, "10.8.0.1", NAS, begin);
	else
		attach(w, 2, "10.8.0.1", begin);
	ck_assert_msg(asked_plain(w, "10.8.0.1", begin + 100) == 2, "%s", what);
	ck_assert_msg(asked(w, HOST, "10.8.0.1", NULL, 0, begin + 100) == 2, "%s", what);
	/* flows that live across it keep their device and are to be ended */
	ck_assert_msg(sim_of(w, &before) == 1, "%s", what);
	ck_assert_msg(identity_has_stale(w->reg, at_ms(begin + 2000)), "%s", what);
	ck_assert_msg(identity_flow_is_stale(w->reg, &before), "%s", what);
	ck_assert_msg(!identity_has_stale(w->reg, at_ms(begin + 4000)), "%s", what);
	identity_flow_last(w->reg, &before);
	ck_assert_msg(sim_of(w, &before) == 1, "%s", what);
	identity_flow_end(w->reg, &before);
	identity_flow_end(w->reg, &between);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

/* The new flow with the same ports is the new SIM's, and is not stale. */
START_TEST(a_flow_begun_after_is_not_stale)
{
	struct world *w = world_new();
	struct flow old, new;

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	old = flow_from(w, "10.8.0.1", HOST, NULL, 0, 1000, NULL);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.1", NAS, 10000);
	new = flow_from(w, "10.8.0.1", HOST, NULL, 0, 11000, NULL);
	ck_assert(identity_has_stale(w->reg, at_ms(11000)));
	ck_assert(identity_flow_is_stale(w->reg, &old));
	ck_assert(!identity_flow_is_stale(w->reg, &new));
	ck_assert_uint_eq(world_count(w, "identity.reassigned"), 1);
	identity_flow_end(w->reg, &old);
	identity_flow_end(w->reg, &new);
	world_free(w);
}
END_TEST

/* Nobody's flow lives: nothing to walk all flows for. */
START_TEST(without_live_flows_nothing_is_stale)
{
	struct world *w = world_new();

	attach(w, 1, "10.8.0.1", 0);
	attach(w, 2, "10.8.0.1", 10000);
	ck_assert(!identity_has_stale(w->reg, at_ms(20000)));
	world_free(w);
}
END_TEST

START_TEST(overlapping_pools_are_ambiguous)
{
	struct world *w = world_new();
	struct addr shared = ip("10.8.0.1");

	attach_at(w, 1, "10.8.0.1", PGW, 0);
	attach_at(w, 2, "10.8.0.1", PGW2, 1000);
	ck_assert_uint_eq(identity_sessions(w->reg), 2);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 2000), -1);
	ck_assert_uint_eq(world_count(w, "identity.ambiguous"), 1);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, SGW, 1 * 16 + 4, 2000), 1);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, SGW, 2 * 16 + 4, 2000), 2);
	ck_assert_uint_eq(identity_by_addr(w->reg, &shared), 0);
	detach(w, 1, 3000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 4000), 2);
	ck_assert_uint_eq(world_count(w, "identity.ambiguous"), 1);
	world_free(w);
}
END_TEST

START_TEST(overlapping_pools_behind_two_upfs)
{
	struct world *w = world_new();

	n4_establish(w, 1, "10.8.0.1", UPF, 0);
	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 100);
	n4_establish(w, 2, "10.8.0.1", UPF2, 1000);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.1", NAS2, 1100);
	ck_assert_uint_eq(identity_sessions(w->reg), 2);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 2000), -1);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, UPF, 1 * 16 + 9, 2000), 1);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, UPF2, 2 * 16 + 9, 2000), 2);
	world_free(w);
}
END_TEST

/* PFCP without User ID, then RADIUS or a LwM2M registration names the address: also flows that began
 * before. */
START_TEST(a_session_gets_its_device_later)
{
	struct world *w = world_new();
	struct flow_tunnel t;
	struct flow flow;

	n4_establish(w, 1, "10.8.0.1", UPF, 0);
	flow = flow_from(w, "10.8.0.1", HOST, UPF, 1 * 16 + 9, 500, &t);
	ck_assert_int_eq(sim_of(w, &flow), -1);
	if (_i == 0) {
		account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 2000);
	} else if (_i == 1) {
		account(w, SIGNALLING_MODIFY, 1, "10.8.0.1", NAS, 300000);
	} else {
		struct signalling s = message(SIGNALLED_LWM2M, SIGNALLING_TELL, SIGNALLING_NOTICE,
		    "10.8.0.1", HOST, 300000);

		s.imei = imei_of(1);
		tell(w, &s);
	}
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	identity_flow_last(w->reg, &flow);
	ck_assert_int_eq(sim_of(w, &flow), _i == 2 ? -2 : 1);
	ck_assert_uint_eq(world_count(w, "identity.flows_named_late"), 1);
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

/* The UPF gives the address out anew; what RADIUS said of it before is old. */
START_TEST(a_new_n4_session_does_not_get_the_old_device)
{
	struct world *w = world_new();

	n4_establish(w, 1, "10.8.0.1", UPF, 0);
	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 100);
	n4_establish(w, 2, "10.8.0.1", UPF, 600000);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, UPF, 2 * 16 + 9, 601000), -1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 601000), -1);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.1", NAS, 602000);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, UPF, 2 * 16 + 9, 603000), 2);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 603000), 2);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

/* An old N4 session whose end was not seen is not the new SIM's history. */
START_TEST(an_old_n4_session_is_not_the_new_devices)
{
	struct world *w = world_new();
	struct flow_tunnel t;
	struct flow flow;

	n4_establish(w, 1, "10.8.0.1", UPF, 0);
	flow = flow_from(w, "10.8.0.1", HOST, UPF, 1 * 16 + 9, 1000, &t);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.1", NAS, 600000);
	identity_flow_last(w->reg, &flow);
	ck_assert_int_eq(sim_of(w, &flow), -1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 601000), 2);
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

/* A TEID that a node gives out again. */
START_TEST(a_teid_used_again_names_the_new_sim)
{
	struct world *w = world_new();
	struct signalling s;

	attach(w, 1, "10.8.0.1", 0);
	s = s11_create(2, 600000);
	tell(w, &s);
	s = s11_created(2, "10.8.0.2", PGW, 600020);
	s.end[2].id = 1 * 16 + 4;
	tell(w, &s);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 1 * 16 + 4, 601000), 2);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 601000), 1);
	world_free(w);
}
END_TEST

/* Many that claim one address cost no more than a few. */
START_TEST(a_crowded_address_stays_cheap)
{
	struct world *w = world_new();
	struct addr shared = ip("10.8.0.1");
	unsigned n = 0;

	for (unsigned i = 0; i < 500; i++) {
		char nas[32];

		(void)snprintf(nas, sizeof(nas), "10.7.%u.%u", i / 250, i % 250 + 1);
		account(w, SIGNALLING_CREATE, i, "10.8.0.1", nas, 10 * (int64_t)i);
	}
	for (uint32_t ref = claim_first(w->reg, &shared, 128); ref != 0;
	    ref = claim_next(w->reg, ref))
		n++;
	ck_assert_uint_le(n, CANDIDATES_MAX);
	ck_assert_uint_gt(n, 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 6000), -1);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("conflict");
	TCase *t = tcase_create("conflict");

	tcase_add_loop_test(t, an_address_used_again_names_the_new_sim, 0, ARRAY_LEN(reuses));
	tcase_add_test(t, a_flow_begun_after_is_not_stale);
	tcase_add_test(t, without_live_flows_nothing_is_stale);
	tcase_add_test(t, overlapping_pools_are_ambiguous);
	tcase_add_test(t, overlapping_pools_behind_two_upfs);
	tcase_add_loop_test(t, a_session_gets_its_device_later, 0, 3);
	tcase_add_test(t, a_new_n4_session_does_not_get_the_old_device);
	tcase_add_test(t, an_old_n4_session_is_not_the_new_devices);
	tcase_add_test(t, a_teid_used_again_names_the_new_sim);
	tcase_add_test(t, a_crowded_address_stays_cheap);
	suite_add_tcase(s, t);
	return run_suite(s);
}
