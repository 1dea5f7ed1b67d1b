/* SPDX-License-Identifier: Apache-2.0 */
/* test_expire.c - timeouts, order of ends, and packet time that jumps. */
#include "support.h"

enum { BASE = 1700000000 };	/* seconds: some day in 2023 */

static uint64_t
at(int64_t s)
{
	return (uint64_t)(BASE + s) * S;
}

static void
touch(struct world *w, uint8_t proto, uint16_t port, bool answered, uint64_t time_us)
{
	struct packet there = packet(proto, CLIENT, port, SERVER, 5683, time_us);
	struct packet back = packet(proto, SERVER, 5683, CLIENT, port, time_us);

	there.tcp_flags = back.tcp_flags = TCP_ACK;
	ck_assert_ptr_nonnull(world_touch(w, &there));
	if (answered)
		ck_assert_ptr_nonnull(world_touch(w, &back));
}

static const struct {
	const char *what;
	uint8_t proto;
	bool answered;
	int64_t timeout_s;
} idles[] = {
	{ "one-sided UDP", 17, false, 30 },
	{ "answered UDP", 17, true, 60 },
	{ "one-sided TCP", 6, false, 30 },
	{ "TCP with both sides", 6, true, 600 },
	{ "answered other", 132, true, 60 },
};

/* Ends in the very second, no earlier, whether the clock comes each second or not. */
START_TEST(ends_when_idle)
{
	for (int64_t step = 1; step <= 7; step += 3) {
		struct world *w = world_new();
		int64_t s = 0;

		flow_table_expire(w->ft, at(0));
		touch(w, idles[_i].proto, 1000, idles[_i].answered, at(0) + 500000);
		while (w->n_ended == 0 && s < 2000)
			flow_table_expire(w->ft, at(s += step));
		ck_assert_msg(s > idles[_i].timeout_s && s <= idles[_i].timeout_s + step,
		    "%s: %ld", idles[_i].what, (long)s);
		ck_assert_int_eq(w->ended[0].reason, FLOW_END_IDLE);
		ck_assert_uint_eq(w->ended[0].last_us, at(0) + 500000);
		world_free(w);
	}
}
END_TEST

/* A packet finds its flow idle before the wheel did: the flow is over all the same. */
START_TEST(a_late_packet_starts_anew)
{
	struct world *w = world_new();

	touch(w, 17, 1000, true, at(0));
	touch(w, 17, 1000, false, at(59));
	ck_assert(!w->is_new);
	touch(w, 17, 1000, false, at(59 + 60));
	ck_assert(w->is_new);
	ck_assert_int_eq(w->ended[0].reason, FLOW_END_IDLE);
	world_check(w, 4);
	world_free(w);
}
END_TEST

START_TEST(packets_keep_a_flow_alive)
{
	struct world *w = world_new();

	for (int64_t s = 0; s < 5000; s += 20) {
		flow_table_expire(w->ft, at(s));
		touch(w, 17, 1000, true, at(s));
	}
	ck_assert_uint_eq(w->n_ended, 0);
	ck_assert_uint_eq(world_count(w, "flow.new"), 1);
	world_free(w);
}
END_TEST

START_TEST(active_flows_end_too)
{
	struct world *w = world_config();
	int64_t s;

	w->cfg.active_s = 120;
	world_start(w);
	for (s = 0; w->n_ended == 0 && s < 1000; s += 5) {
		flow_table_expire(w->ft, at(s));
		touch(w, 17, 1000, true, at(s));
	}
	ck_assert_int_eq(s, 125);
	ck_assert_int_eq(w->ended[0].reason, FLOW_END_ACTIVE);
	ck_assert_uint_eq(flow_table_live(w->ft), 1);	/* its successor */
	world_free(w);
}
END_TEST

/* Timeouts longer than the wheel reaches. */
START_TEST(a_day_of_silence)
{
	struct world *w = world_config();

	w->cfg.idle_udp_s = 86400;
	world_start(w);
	flow_table_expire(w->ft, at(0));
	touch(w, 17, 1000, true, at(0));
	for (int64_t s = 0; s < 86400; s += 60)
		flow_table_expire(w->ft, at(s));
	ck_assert_uint_eq(w->n_ended, 0);
	flow_table_expire(w->ft, at(86400));
	ck_assert_uint_eq(w->n_ended, 1);
	world_free(w);
}
END_TEST

START_TEST(ends_come_in_order_of_deadline_then_of_begin)
{
	struct world *w = world_new();

	flow_table_expire(w->ft, at(0));
	touch(w, 17, 1, true, at(0));	/* due at 60 */
	touch(w, 17, 2, false, at(1));	/* due at 31 */
	touch(w, 17, 3, false, at(1));	/* due at 31, after 2 */
	touch(w, 17, 4, false, at(0));	/* due at 30 */
	for (int64_t s = 0; s <= 70; s++)
		flow_table_expire(w->ft, at(s));
	ck_assert_uint_eq(w->n_ended, 4);
	ck_assert_uint_eq(w->ended[0].serial, 4);
	ck_assert_uint_eq(w->ended[1].serial, 2);
	ck_assert_uint_eq(w->ended[2].serial, 3);
	ck_assert_uint_eq(w->ended[3].serial, 1);
	world_free(w);
}
END_TEST

START_TEST(end_all_is_by_start_and_says_why)
{
	struct world *w = world_new();
	struct packet rst = packet(6, CLIENT, 9, SERVER, 80, at(41));

	rst.tcp_flags = TCP_RST;
	touch(w, 17, 1, true, at(40));
	touch(w, 17, 2, false, at(20));	/* earlier, though begun later */
	touch(w, 17, 3, true, at(40));	/* as early as 1, begun later */
	touch(w, 17, 4, false, at(0));	/* idle past its time at 45 */
	(void)world_touch(w, &rst);
	for (uint16_t port = 100; port < 150; port++)
		touch(w, 17, port, true, at(42 + port % 3));
	flow_table_end_all(w->ft, at(45));
	ck_assert_uint_eq(w->n_ended, 55);
	ck_assert_uint_eq(w->ended[0].serial, 4);
	ck_assert_int_eq(w->ended[0].reason, FLOW_END_IDLE);
	ck_assert_uint_eq(w->ended[1].serial, 2);
	ck_assert_int_eq(w->ended[1].reason, FLOW_END_SHUTDOWN);
	ck_assert_uint_eq(w->ended[2].serial, 1);
	ck_assert_uint_eq(w->ended[3].serial, 3);
	ck_assert_uint_eq(w->ended[4].serial, 5);
	ck_assert_int_eq(w->ended[4].reason, FLOW_END_RST);
	for (size_t i = 1; i < w->n_ended; i++)
		ck_assert(w->ended[i - 1].first_us < w->ended[i].first_us ||
		    (w->ended[i - 1].first_us == w->ended[i].first_us &&
		    w->ended[i - 1].serial < w->ended[i].serial));
	world_check(w, 2 + 1 + 2 + 1 + 1 + 100);
	world_free(w);
}
END_TEST

/* Many flows, begun out of order, some of them in memory that earlier flows had. */
START_TEST(end_all_sorts_thousands)
{
	enum { FLOWS = 3000, GONE = 500 };
	struct world *w = world_config();

	w->cfg.flow_max = FLOWS;
	world_start(w);
	for (uint16_t port = 1; port <= GONE; port++)
		touch(w, 17, port, false, at(port % 7));
	flow_table_expire(w->ft, at(0));
	flow_table_expire(w->ft, at(40));
	ck_assert_uint_eq(w->n_ended, GONE);
	ck_assert_uint_eq(flow_table_live(w->ft), 0);
	for (uint16_t port = 1; port <= FLOWS; port++)
		touch(w, 17, port, true, at(41) + (uint64_t)(port * 7919 % 101) * 100003);
	ck_assert_uint_eq(flow_table_live(w->ft), FLOWS);
	flow_table_end_all(w->ft, at(52));
	ck_assert_uint_eq(flow_table_live(w->ft), 0);
	ck_assert_uint_eq(w->n_ended, GONE + FLOWS);
	for (size_t i = GONE + 1; i < w->n_ended; i++)
		ck_assert(w->ended[i - 1].first_us < w->ended[i].first_us ||
		    (w->ended[i - 1].first_us == w->ended[i].first_us &&
		    w->ended[i - 1].serial < w->ended[i].serial));
	flow_table_end_all(w->ft, at(53));
	ck_assert_uint_eq(w->n_ended, GONE + FLOWS);
	touch(w, 17, 1, false, at(54));	/* the table is as good as new */
	flow_table_expire(w->ft, at(54 + 30));
	ck_assert_uint_eq(w->n_ended, GONE + FLOWS + 1);
	world_free(w);
}
END_TEST

static const int64_t gaps_s[] = { 3601, 100000, INT64_C(50) * 365 * 86400 };

/* Two files with years between them: the wheel believes it after eight packets. */
START_TEST(a_leap_forth_ends_the_past)
{
	struct world *w = world_new();
	int64_t leap = gaps_s[_i];

	flow_table_expire(w->ft, at(0));
	for (uint16_t port = 1; port <= 50; port++)
		touch(w, 6, port, true, at(0));
	for (uint16_t i = 0; i < 7; i++) {
		flow_table_expire(w->ft, at(leap));
		touch(w, 6, (uint16_t)(100 + i), false, at(leap));
	}
	ck_assert_uint_eq(w->n_ended, 0);
	flow_table_expire(w->ft, at(leap));
	ck_assert_uint_eq(w->n_ended, 50);
	for (size_t i = 0; i < 50; i++)
		ck_assert_uint_eq(w->ended[i].serial, i + 1);
	ck_assert_uint_eq(flow_table_live(w->ft), 7);
	flow_table_expire(w->ft, at(leap + 31));
	ck_assert_uint_eq(flow_table_live(w->ft), 0);
	world_free(w);
}
END_TEST

START_TEST(a_leap_back_ends_the_future)
{
	struct world *w = world_new();
	int64_t leap = -gaps_s[_i];

	flow_table_expire(w->ft, at(0));
	for (uint16_t port = 1; port <= 50; port++)
		touch(w, 6, port, true, at(0));
	for (uint16_t i = 0; i < 8; i++) {
		flow_table_expire(w->ft, at(leap));
		touch(w, 6, (uint16_t)(100 + i), false, at(leap));
	}
	ck_assert_uint_eq(w->n_ended, 50);
	ck_assert_uint_eq(flow_table_live(w->ft), 8);
	touch(w, 6, 1, false, at(leap));
	ck_assert(w->is_new);
	for (int64_t s = 0; s <= 31; s++)	/* and time goes on from there */
		flow_table_expire(w->ft, at(leap + s));
	ck_assert_uint_eq(flow_table_live(w->ft), 0);
	world_check(w, 100 + 8 + 1);
	world_free(w);
}
END_TEST

/* One packet with a broken time stamp, now and then, ends nothing but itself. */
START_TEST(strays_are_not_believed)
{
	const int64_t strays[] = { -BASE, INT64_C(80) * 365 * 86400, -7200, 7200 };
	struct world *w = world_new();

	for (int64_t s = 0; s < 200; s++) {
		flow_table_expire(w->ft, at(s));
		touch(w, 17, 1, true, at(s));
		flow_table_expire(w->ft, at(strays[s % 4]));
		touch(w, 17, 1000, false, at(strays[s % 4]));
	}
	for (size_t i = 0; i < w->n_ended; i++)
		ck_assert_uint_ne(w->ended[i].serial, 1);
	world_check(w, 600);
	world_free(w);
}
END_TEST

START_TEST(a_little_disorder_is_harmless)
{
	struct world *w = world_new();
	struct packet pkt = packet(17, CLIENT, 1, SERVER, 53, at(10));
	struct flow *flow;

	flow_table_expire(w->ft, at(10));
	flow = world_touch(w, &pkt);
	pkt.time_us = at(8);
	flow_table_expire(w->ft, at(8));
	ck_assert_ptr_eq(world_touch(w, &pkt), flow);
	ck_assert(flow->first_us == at(10) && flow->last_us == at(10) && flow->pkts[0] == 2);
	flow_table_expire(w->ft, at(39));
	ck_assert_uint_eq(w->n_ended, 0);
	flow_table_expire(w->ft, at(40));
	ck_assert_uint_eq(w->n_ended, 1);
	world_free(w);
}
END_TEST

/* The first packet comes before the first tick, as a caller may do it. */
START_TEST(a_flow_before_the_first_tick)
{
	struct world *w = world_new();

	touch(w, 17, 1, false, at(0));
	flow_table_expire(w->ft, at(0));
	flow_table_expire(w->ft, at(29));
	ck_assert_uint_eq(w->n_ended, 0);
	flow_table_expire(w->ft, at(30));
	ck_assert_uint_eq(w->n_ended, 1);
	world_free(w);
}
END_TEST

static unsigned looked_at;

static bool
is_odd(const void *arg, const struct flow *flow)
{
	(void)arg;
	looked_at++;
	return flow->serial % 2 == 1;
}

/* Those that are named end, in the order of their start; the others live on and time out. */
START_TEST(some_are_ended_by_name)
{
	struct world *w = world_new();

	flow_table_expire(w->ft, at(0));
	for (uint16_t port = 1; port <= 6; port++)
		touch(w, 17, port, true, at(7 - port));
	flow_table_look(w->ft, 100, is_odd, NULL, FLOW_END_REASSIGNED);
	ck_assert_uint_eq(w->n_ended, 0);		/* no round was begun */
	flow_table_look_begin(w->ft);
	flow_table_look(w->ft, 100, is_odd, NULL, FLOW_END_REASSIGNED);
	ck_assert_uint_eq(w->n_ended, 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_uint_eq(w->ended[i].serial, 5 - 2 * i);
		ck_assert_int_eq(w->ended[i].reason, FLOW_END_REASSIGNED);
	}
	ck_assert_uint_eq(flow_table_live(w->ft), 3);
	for (int64_t s = 1; s < 70; s++)
		flow_table_expire(w->ft, at(s));
	ck_assert_uint_eq(w->n_ended, 6);
	ck_assert_int_eq(w->ended[5].reason, FLOW_END_IDLE);
	world_check(w, 12);
	world_free(w);
}
END_TEST

struct shown {
	uint64_t serial[ENDED_MAX];
	size_t n;
};

static void
note_shown(void *arg, struct flow *flow)
{
	struct shown *s = arg;

	ck_assert_uint_lt(s->n, ENDED_MAX);
	s->serial[s->n++] = flow->serial;
}

/* In pieces, while flows end and others take their places: each that was there and still is, once. */
START_TEST(a_walk_sees_those_that_live)
{
	struct world *w = world_new();
	struct shown shown = { .n = 0 };
	struct flow_walk walk;

	flow_table_expire(w->ft, at(0));
	for (uint16_t i = 0; i < 10; i++)	/* serials 1 to 10, every other answered */
		touch(w, 17, (uint16_t)(1000 + i), i % 2 == 0, at(0));
	flow_walk_begin(w->ft, &walk);
	ck_assert(flow_walk_some(w->ft, &walk, 3, note_shown, &shown));
	ck_assert_uint_eq(shown.n, 3);
	flow_table_expire(w->ft, at(35));	/* the unanswered end: 2, 4, 6, 8, 10 */
	ck_assert_uint_eq(w->n_ended, 5);
	for (uint16_t i = 0; i < 5; i++)
		touch(w, 17, (uint16_t)(2000 + i), false, at(35));	/* at their places */
	while (flow_walk_some(w->ft, &walk, 3, note_shown, &shown))
		;
	ck_assert_uint_eq(shown.n, 3 + 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(shown.serial[i], i + 1);
		ck_assert_uint_eq(shown.serial[3 + i], 5 + 2 * i);
	}
	ck_assert(!flow_walk_some(w->ft, &walk, 3, note_shown, &shown));
	world_free(w);
}
END_TEST

/* However many there are, a call looks at so many and no more, and a round at each flow once, also at
 * those that began before it and after a call. */
START_TEST(a_round_goes_by_steps)
{
	enum { FLOWS = 1000, STEP = 64 };
	struct world *w = world_config();
	unsigned calls = 0, most = 0;
	size_t live;

	w->cfg.flow_max = 2 * FLOWS;
	world_start(w);
	flow_table_expire(w->ft, at(0));
	for (uint16_t port = 1; port <= FLOWS; port++)
		touch(w, 17, port, true, at(1));
	flow_table_look_begin(w->ft);
	looked_at = 0;
	for (unsigned before = 0; calls < 100; calls++, before = looked_at) {
		flow_table_look(w->ft, STEP, is_odd, NULL, FLOW_END_REASSIGNED);
		most = looked_at - before > most ? looked_at - before : most;
		if (calls == 3)
			touch(w, 17, FLOWS + 1, true, at(2));
	}
	ck_assert_uint_eq(most, STEP);
	ck_assert_uint_ge(looked_at, FLOWS);
	ck_assert_uint_le(looked_at, FLOWS + 1);
	ck_assert_uint_eq(w->n_ended, FLOWS / 2);
	/* one that begins while another goes on looks at all of them again */
	flow_table_look_begin(w->ft);
	flow_table_look(w->ft, STEP, is_odd, NULL, FLOW_END_REASSIGNED);
	flow_table_look_begin(w->ft);
	live = flow_table_live(w->ft);
	looked_at = 0;
	for (calls = 0; calls < 100; calls++)
		flow_table_look(w->ft, STEP, is_odd, NULL, FLOW_END_REASSIGNED);
	ck_assert_uint_eq(looked_at, live);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("expire");
	TCase *t = tcase_create("expire");

	tcase_add_loop_test(t, ends_when_idle, 0, ARRAY_LEN(idles));
	tcase_add_test(t, a_late_packet_starts_anew);
	tcase_add_test(t, packets_keep_a_flow_alive);
	tcase_add_test(t, active_flows_end_too);
	tcase_add_test(t, a_day_of_silence);
	tcase_add_test(t, ends_come_in_order_of_deadline_then_of_begin);
	tcase_add_test(t, end_all_is_by_start_and_says_why);
	tcase_add_test(t, end_all_sorts_thousands);
	tcase_add_loop_test(t, a_leap_forth_ends_the_past, 0, ARRAY_LEN(gaps_s));
	tcase_add_loop_test(t, a_leap_back_ends_the_future, 0, ARRAY_LEN(gaps_s));
	tcase_add_test(t, strays_are_not_believed);
	tcase_add_test(t, a_little_disorder_is_harmless);
	tcase_add_test(t, a_flow_before_the_first_tick);
	tcase_add_test(t, some_are_ended_by_name);
	tcase_add_test(t, a_walk_sees_those_that_live);
	tcase_add_test(t, a_round_goes_by_steps);
	suite_add_tcase(s, t);
	return suite_run(s);
}
