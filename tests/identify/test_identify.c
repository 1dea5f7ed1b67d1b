/* SPDX-License-Identifier: Apache-2.0 */
/* test_identify.c - the registry as a whole: full tables, age, a storm of messages without sense. */
#include <stdio.h>

#include "whole.h"

START_TEST(full_tables_forget_and_count)
{
	struct world *w = world_config();
	struct flow flow;

	w->cfg.devices_max = 64;
	w->cfg.device_sessions_max = 64;
	world_start(w);
	account(w, SIGNALLING_CREATE, 0, "10.8.0.0", NAS, 0);
	flow = flow_from(w, "10.8.0.0", HOST, NULL, 0, 1, NULL);
	for (unsigned i = 1; i < 1000; i++) {
		char ue[32];

		(void)snprintf(ue, sizeof(ue), "10.8.%u.%u", i / 250, i % 250 + 1);
		account(w, SIGNALLING_CREATE, i, ue, NAS, 1000 * (int64_t)i);
		ck_assert_int_eq(asked_plain(w, ue, 1000 * (int64_t)i + 10), (int)i);
	}
	check_whole(w);
	ck_assert_uint_eq(identity_devices(w->reg), 64);
	ck_assert_uint_eq(world_count(w, "identity.devices"), 1000);
	ck_assert_uint_eq(world_count(w, "identity.devices_evicted"), 1000 - 64);
	ck_assert_uint_le(identity_sessions(w->reg), 64);
	ck_assert_uint_eq(world_count(w, "identity.refused"), 0);
	ck_assert_int_eq(sim_of(w, &flow), 0);		/* held by its flow */
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

/* All are held by flows: nobody can leave. */
START_TEST(held_devices_stay_and_new_ones_are_refused)
{
	struct world *w = world_config();
	struct flow flows[16];

	w->cfg.devices_max = 16;
	world_start(w);
	for (unsigned i = 0; i < 20; i++) {
		char ue[32];

		(void)snprintf(ue, sizeof(ue), "10.8.0.%u", i + 1);
		account(w, SIGNALLING_CREATE, i, ue, NAS, 10 * (int64_t)i);
		if (i < 16)
			flows[i] = flow_from(w, ue, HOST, NULL, 0, 10 * (int64_t)i + 1, NULL);
	}
	ck_assert_uint_eq(identity_devices(w->reg), 16);
	ck_assert_uint_eq(world_count(w, "identity.refused"), 4);
	ck_assert_int_eq(asked_plain(w, "10.8.0.20", 1000), -1);
	check_whole(w);
	for (unsigned i = 0; i < 16; i++) {
		ck_assert_int_eq(sim_of(w, &flows[i]), (int)i);
		identity_flow_end(w->reg, &flows[i]);
	}
	account(w, SIGNALLING_CREATE, 30, "10.8.0.30", NAS, 2000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.30", 2001), 30);
	world_free(w);
}
END_TEST

START_TEST(transactions_are_bounded)
{
	struct world *w = world_new();

	for (unsigned i = 0; i < TRANSACTIONS_MAX + 100; i++) {
		struct signalling s = s11_create(i % 500, 1);

		s.sequence = i;
		tell(w, &s);
	}
	ck_assert_uint_eq(world_count(w, "identity.unanswered"), 100);
	ck_assert_uint_eq(w->reg->transactions.in_use, TRANSACTIONS_MAX);
	identity_finish(w->reg, at_ms(2));
	ck_assert_uint_eq(w->reg->transactions.in_use, 0);
	check_whole(w);
	world_free(w);
}
END_TEST

START_TEST(what_is_not_heard_of_is_forgotten)
{
	struct world *w = world_config();

	w->cfg.device_session_age_s = 100;
	w->cfg.device_age_s = 1000;
	world_start(w);
	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.2", NAS, 10);
	for (int64_t ms = 10; ms < 150000; ms += 10) {
		world_tick(w, ms);
		if (ms == 90000)
			account(w, SIGNALLING_MODIFY, 2, "10.8.0.2", NAS, ms);
	}
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 150000), -1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 150000), 2);
	for (int64_t ms = 150000; ms < 1050000; ms += 100)
		world_tick(w, ms);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(world_count(w, "identity.aged"), 3);
	check_whole(w);
	world_free(w);
}
END_TEST

/* --- a storm --- */

static uint64_t dice_state;

static uint32_t
dice(uint32_t sides)
{
	dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(dice_state >> 33) % sides;
}

static struct addr
some_addr(uint8_t net, uint32_t n)
{
	const uint8_t octets[4] = { 10, net, 0, (uint8_t)(1 + dice(n)) };

	return addr_from_ipv4(octets);
}

static void
some_who(struct signalling *s)
{
	if (dice(3) != 0)
		s->imsi = imsi_of(1 + dice(40));
	if (dice(3) == 0)
		s->imei = imei_of(1 + dice(40));
	if (dice(6) == 0)
		s->msisdn = imsi_of(1 + dice(20));
	if (dice(12) == 0) {
		s->imei = num("8665070400");
		s->imei_masked = true;
	}
	s->has_mac = dice(4) == 0;
	s->linked_bearer = (uint16_t)(dice(4) == 0 ? dice(8) : 0);
	if (dice(4) == 0)
		s->nas = some_addr(1, 6);
	s->mac[0] = 0x02;
	s->mac[5] = (uint8_t)dice(20);
}

static void
some_session(struct signalling *s)
{
	static const uint8_t interfaces[] = { 0, 1, 4, 5, 6, 7, 10, 11, 0xff };

	for (unsigned n = dice(4); n != 0; n--) {
		struct signalling_end e = { .kind = (uint8_t)dice(3), .bearer = (uint16_t)dice(8),
			.interface = interfaces[dice(ARRAY_LEN(interfaces))],
			.node = some_addr(1, 6), .id = dice(60) };

		signalling_add_end(s, &e);
	}
	for (unsigned n = dice(3); n != 0; n--) {
		struct addr a = some_addr(8, 30);

		if (dice(4) == 0) {
			a = ip("2001:db8:1:2::");
			a.octet[5] = (uint8_t)dice(20);
			signalling_add_addr(s, &a, (uint8_t)(dice(2) ? 64 : 56));
		} else {
			signalling_add_addr(s, &a, 128);
		}
	}
	if (dice(2) == 0)
		s->session = dice(60);
	if (dice(3) == 0)
		s->session_peer = dice(60);
}

static struct signalling
some_message(uint64_t time_us)
{
	static const char *const apns[] = { "", "meter.example", "iot.example", "a", "b" };
	struct signalling s;

	signalling_init(&s);
	s.time_us = time_us;
	s.source = (uint8_t)dice(SIGNALLED_N);
	s.act = (uint8_t)(dice(500) == 0 ? SIGNALLING_NODE_DOWN : dice(200) == 0 ? SIGNALLING_NODE
	    : dice(SIGNALLING_NODE_DOWN));
	s.phase = (uint8_t)dice(3);
	s.refused = dice(8) == 0;
	s.from = some_addr(1, 6);
	s.to = some_addr(1, 6);
	if (s.source >= SIGNALLED_LWM2M)
		s.from = some_addr(8, 30);
	s.tenant = dice(2) << 20;
	s.sequence = dice(50);
	s.from_ran = dice(2) == 0;
	s.rat = (uint8_t)dice(11);
	s.plmn = dice(3) == 0 ? 0x00101f + dice(3) * 0x100 : 0;
	s.since_us = dice(6) == 0 ? time_us - dice(1000) * (uint64_t)S / 10 : 0;
	s.bearers_gone = dice(4) == 0 ? 1u << dice(8) : 0;
	s.has_recovery = dice(100) == 0;
	s.recovery = dice(3);
	(void)strcpy(s.apn, apns[dice(ARRAY_LEN(apns))]);
	(void)strcpy(s.host_name, apns[dice(ARRAY_LEN(apns))]);
	some_who(&s);
	some_session(&s);
	return s;
}

struct storm_flow {
	struct flow flow;
	struct flow_tunnel tunnel;
	bool live;
};

static void
some_flow(struct world *w, struct storm_flow *f, uint64_t time_us)
{
	int64_t ms = (int64_t)(time_us / 1000) - (int64_t)T0 * 1000;
	char ue[ADDR_TEXT_MAX], node[ADDR_TEXT_MAX];
	struct addr a = some_addr(8, 30), n = some_addr(1, 6);

	if (f->live) {
		f->flow.tunnel = f->flow.tunnel != NULL ? &f->tunnel : NULL;
		(void)identity_flow_is_stale(w->reg, &f->flow);
		identity_flow_last(w->reg, &f->flow);
		if (f->flow.device != 0) {
			struct device_view v;
			char id[DEVICE_ID_MAX];

			identity_view(w->reg, f->flow.device, &f->flow, &v);
			ck_assert_str_ne(called(&v, id), "");
		}
		identity_flow_end(w->reg, &f->flow);
	}
	(void)addr_text(&a, ue);
	(void)addr_text(&n, node);
	f->flow = flow_from(w, ue, HOST, dice(2) ? node : NULL, dice(60), ms, &f->tunnel);
	f->live = true;
}

/* Every reference of a device: flows that live, entries that forward, and news that wait for an
 * answer. */
static void
check_holds(const struct world *w, const struct storm_flow *flows, unsigned n)
{
	uint32_t held = 0, counted = 0;

	for (unsigned i = 0; i < n; i++)
		held += flows[i].live && flows[i].flow.device != 0;
	for (uint32_t ref = 0; ref < w->reg->transactions.used_high; ref++) {
		const struct transaction *tr = pool_at(&w->reg->transactions, ref);

		held += tr->used != 0 && tr->news.ref != 0;
	}
	for (uint32_t ref = 1; ref <= w->reg->devices.used_high; ref++) {
		const struct device *d = device_at(w->reg, ref);

		if (d->flags & DEVICE_USED)
			counted += d->flows - ((d->flags & DEVICE_FORWARDS) != 0);
	}
	ck_assert_uint_eq(held, counted);
}

static const struct {
	uint32_t devices, sessions, messages;
	unsigned step_ms;	/* time passes that fast */
} storms[] = {
	{ 1000, 2000, 500000, 10 },
	{ 16, 24, 300000, 10 },		/* always full */
	{ 60, 100, 200000, 5000 },	/* always ageing */
};

START_TEST(a_storm_leaves_the_registry_whole)
{
	enum { FLOWS = 64 };
	static struct storm_flow flows[FLOWS];
	struct world *w = world_config();
	uint64_t time_us = at_ms(0);

	memset(flows, 0, sizeof(flows));
	dice_state = 42 + (uint64_t)_i;
	w->cfg.devices_max = storms[_i].devices;
	w->cfg.device_sessions_max = storms[_i].sessions;
	w->cfg.device_session_age_s = 3600;
	w->cfg.device_age_s = 7200;
	world_start(w);
	for (uint32_t i = 0; i < storms[_i].messages; i++) {
		struct signalling s = some_message(time_us);

		identity_tick(w->reg, time_us);
		identity_signalling(w->reg, &s);
		if (dice(4) == 0)
			some_flow(w, &flows[dice(FLOWS)], time_us);
		(void)identity_has_stale(w->reg, time_us);
		if (i % 10007 == 0) {
			check_whole(w);
			check_holds(w, flows, FLOWS);
		}
		time_us += storms[_i].step_ms * UINT64_C(1000) * dice(3);
		if (dice(5000) == 0)
			time_us -= dice(100000) * UINT64_C(1000);	/* and back */
	}
	for (unsigned i = 0; i < FLOWS; i++)
		if (flows[i].live)
			identity_flow_end(w->reg, &flows[i].flow);
	identity_finish(w->reg, time_us);
	check_whole(w);
	memset(flows, 0, sizeof(flows));
	check_holds(w, flows, 0);
	ck_assert_uint_eq(world_count(w, "identity.messages"), storms[_i].messages);
	printf("storm %d: %llu devices, %llu sessions, %llu merged, %llu named, %llu late\n", _i,
	    (unsigned long long)world_count(w, "identity.devices"),
	    (unsigned long long)world_count(w, "identity.sessions"),
	    (unsigned long long)world_count(w, "identity.merged"),
	    (unsigned long long)world_count(w, "identity.flows_named"),
	    (unsigned long long)world_count(w, "identity.flows_named_late"));
	world_free(w);
}
END_TEST

static void
count_up(void *arg, device_ref ref)
{
	unsigned *n = arg;

	*n += ref != 0;
}

/* In pieces, over places whose devices are gone. */
START_TEST(walks_the_devices_in_pieces)
{
	struct world *w = world_new();
	unsigned n = 0, pieces = 1;
	uint32_t at = 0;

	ck_assert(!identity_walk_some(w->reg, &at, 5, count_up, &n));
	for (unsigned i = 0; i < 23; i++) {
		struct signalling s = s11_create(i, i);

		s.phase = SIGNALLING_NOTICE;
		tell(w, &s);
	}
	while (identity_walk_some(w->reg, &at, 5, count_up, &n))
		pieces++;
	ck_assert_uint_eq(n, identity_devices(w->reg));
	ck_assert_uint_eq(n, 23);
	ck_assert_uint_eq(pieces, 5);
	for (int i = 1; i < 2000; i++)
		world_tick(w, INT64_C(1000) * (86400 * 30 + 60 * i));
	for (at = n = 0; identity_walk_some(w->reg, &at, 5, count_up, &n);)
		;
	ck_assert_uint_eq(n, identity_devices(w->reg));
	ck_assert_uint_lt(n, 23);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("identify");
	TCase *t = tcase_create("identify");

	tcase_add_test(t, full_tables_forget_and_count);
	tcase_add_test(t, held_devices_stay_and_new_ones_are_refused);
	tcase_add_test(t, transactions_are_bounded);
	tcase_add_test(t, what_is_not_heard_of_is_forgotten);
	tcase_add_test(t, walks_the_devices_in_pieces);
	tcase_add_loop_test(t, a_storm_leaves_the_registry_whole, 0, ARRAY_LEN(storms));
	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	return run_suite(s);
}
