/* SPDX-License-Identifier: Apache-2.0 */
/* test_nodes.c - network elements that restart: their sessions end, those of others stay. */
#include "whole.h"

static void
speak(struct world *w, uint8_t source, const char *node, uint32_t recovery, int64_t ms)
{
	struct signalling s = message(source, SIGNALLING_NODE, SIGNALLING_NOTICE, node, MME, ms);

	s.has_recovery = true;
	s.recovery = recovery;
	tell(w, &s);
}

START_TEST(a_changed_counter_ends_the_nodes_sessions)
{
	struct world *w = world_new();

	speak(w, SIGNALLED_GTPV2C, PGW, 7, 0);
	attach_at(w, 1, "10.8.0.1", PGW, 1000);
	attach_at(w, 2, "10.8.0.2", PGW2, 1000);
	speak(w, SIGNALLED_GTPV2C, PGW, 7, 2000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3000), 1);
	speak(w, SIGNALLED_GTPV1C, PGW, 99, 3000);	/* another protocol's counter */
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3500), 1);
	speak(w, SIGNALLED_GTPV2C, PGW, 8, 4000);
	ck_assert_uint_eq(world_count(w, "identity.node_restarts"), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 5000), -1);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, SGW, 1 * 16 + 4, 5000), -1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 5000), 2);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3500), 1);	/* as of then */
	attach_at(w, 1, "10.8.0.1", PGW, 6000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 7000), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 2);
	check_whole(w);
	world_free(w);
}
END_TEST

/* Two elements behind one address, each with its counter. */
START_TEST(counters_in_turns_are_no_restarts)
{
	struct world *w = world_new();

	speak(w, SIGNALLED_GTPV2C, PGW, 7, 0);
	speak(w, SIGNALLED_GTPV2C, PGW, 200, 10);
	attach(w, 1, "10.8.0.1", 1000);
	for (int i = 0; i < 20; i++)
		speak(w, SIGNALLED_GTPV2C, PGW, i % 2 == 0 ? 7 : 200, 2000 + 10 * i);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3000), 1);
	ck_assert_uint_eq(world_count(w, "identity.node_restarts"), 1);
	world_free(w);
}
END_TEST

START_TEST(a_time_stamp_restarts_only_forward)
{
	struct world *w = world_new();

	speak(w, SIGNALLED_PFCP, UPF, 1000, 0);
	n4_establish(w, 1, "10.8.0.1", UPF, 100);
	speak(w, SIGNALLED_PFCP, UPF, 900, 200);	/* an old heartbeat, out of order */
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_uint_eq(world_count(w, "identity.node_restarts"), 0);
	speak(w, SIGNALLED_PFCP, UPF, 1100, 300);
	for (int64_t ms = 400; ms < 1000; ms += 10)
		world_tick(w, ms);		/* found without being asked for */
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	world_free(w);
}
END_TEST

START_TEST(accounting_on_ends_the_nas_sessions)
{
	struct world *w = world_new();
	struct signalling s = message(SIGNALLED_RADIUS, SIGNALLING_NODE_DOWN, SIGNALLING_REQUEST, NAS,
	    AAA, 2000);

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.2", NAS2, 0);
	tell(w, &s);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3000), -1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 3000), 2);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

/* A proxy speaks for many: only the one that restarted loses its sessions. */
START_TEST(accounting_on_through_a_proxy)
{
	struct world *w = world_new();
	struct signalling s;

	for (unsigned i = 1; i <= 2; i++) {
		s = accounting(SIGNALLING_CREATE, i, i == 1 ? "10.8.0.1" : "10.8.0.2", "10.1.0.77",
		    10 * i);
		s.nas = ip(i == 1 ? NAS : NAS2);
		tell(w, &s);
	}
	s = message(SIGNALLED_RADIUS, SIGNALLING_NODE_DOWN, SIGNALLING_REQUEST, "10.1.0.77", AAA, 2000);
	s.nas = ip(NAS2);
	tell(w, &s);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3000), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 3000), -1);
	world_free(w);
}
END_TEST

/* A session that comes to a node after its restart. */
START_TEST(a_restart_long_ago_ends_nothing_new)
{
	struct world *w = world_new();
	struct signalling s;

	attach(w, 1, "10.8.0.1", 0);
	speak(w, SIGNALLED_GTPV2C, PGW2, 1, 1000);
	speak(w, SIGNALLED_GTPV2C, PGW2, 2, 2000);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_MODIFY, SIGNALLING_NOTICE, MME, SGW, 3000);
	s.session = 1 * 16 + 2;
	add_end(&s, END_CONTROL, 10, 0, PGW2, 0x77);
	tell(w, &s);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 4000), 1);
	speak(w, SIGNALLED_GTPV2C, PGW2, 3, 5000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 6000), -1);
	world_free(w);
}
END_TEST

START_TEST(a_reset_of_the_radio_leaves_the_address)
{
	struct world *w = world_new();
	struct signalling s = message(SIGNALLED_S1AP, SIGNALLING_CREATE, SIGNALLING_ANSWER, ENB, MME,
	    1000);

	attach(w, 1, "10.8.0.1", 0);
	s.session = 11;
	s.session_peer = 21;
	s.from_ran = true;
	add_end(&s, END_UPLINK, 0xff, 5, SGW, 1 * 16 + 4);
	add_end(&s, END_DOWNLINK, 0xff, 5, ENB, 0x501);
	tell(w, &s);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 2000), 1);
	s = message(SIGNALLED_S1AP, SIGNALLING_NODE_DOWN, SIGNALLING_NOTICE, ENB, MME, 3000);
	s.from_ran = true;
	tell(w, &s);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 4000), -1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 4000), 1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 1 * 16 + 4, 4000), 1);
	check_whole(w);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nodes");
	TCase *t = tcase_create("nodes");

	tcase_add_test(t, a_changed_counter_ends_the_nodes_sessions);
	tcase_add_test(t, counters_in_turns_are_no_restarts);
	tcase_add_test(t, a_time_stamp_restarts_only_forward);
	tcase_add_test(t, accounting_on_ends_the_nas_sessions);
	tcase_add_test(t, accounting_on_through_a_proxy);
	tcase_add_test(t, a_restart_long_ago_ends_nothing_new);
	tcase_add_test(t, a_reset_of_the_radio_leaves_the_address);
	suite_add_tcase(s, t);
	return run_suite(s);
}
