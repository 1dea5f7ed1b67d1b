/* SPDX-License-Identifier: Apache-2.0 */
/* test_who.c - which device: entries found, merged, moved, doubled, contradicted, told by news. */
#include "detect/alerts.h"
#include "whole.h"

/* Accounting that tells what it is given. */
static void
say(struct world *w, uint8_t source, uint8_t act, const char *imsi, const char *imei,
    const char *msisdn, const char *ue, int64_t ms)
{
	struct signalling s = message(source, act, SIGNALLING_REQUEST, NAS, AAA, ms);

	s.phase = source == SIGNALLED_RADIUS ? SIGNALLING_REQUEST : SIGNALLING_NOTICE;
	s.sequence = (uint32_t)ms;
	s.session = (uint64_t)ms + 1;
	s.imsi = imsi == NULL ? DIGITS_NONE : num(imsi);
	s.imei = imei == NULL ? DIGITS_NONE : num(imei);
	s.msisdn = msisdn == NULL ? DIGITS_NONE : num(msisdn);
	if (ue != NULL)
		add_ue(&s, ue, 128);
	tell(w, &s);
}

static struct device_view
view_of(struct world *w, const char *ue)
{
	struct device_view v = { 0 };
	struct addr a = ip(ue);
	device_ref ref = identity_by_addr(w->reg, &a);

	if (ref != 0)
		identity_view(w->reg, ref, NULL, &v);
	return v;
}

static const char *
id_of(struct world *w, const char *ue, char id[static DEVICE_ID_MAX])
{
	struct device_view v = view_of(w, ue);

	return called(&v, id);
}

#define IMSI1 "001010000000001"
#define IMSI2 "001010000000002"
#define IMEI1 "866507040000010"
#define IMEI2 "866507040000020"

START_TEST(numbers_find_one_entry)
{
	struct world *w = world_new();
	char id[DEVICE_ID_MAX];
	struct device_view v;

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, NULL, NULL, "491700000001", "10.8.0.1", 0);
	ck_assert_str_eq(id_of(w, "10.8.0.1", id), "msisdn-491700000001");
	say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI1, NULL, "491700000001", "10.8.0.1", 1000);
	ck_assert_str_eq(id_of(w, "10.8.0.1", id), "imsi-001010000000001");
	say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI1, IMEI1, NULL, "10.8.0.1", 2000);
	v = view_of(w, "10.8.0.1");
	ck_assert_str_eq(called(&v, id), "imei-86650704000001");
	ck_assert(v.msisdn == num("491700000001") && v.imsi == num(IMSI1));
	/* an IMEISV is the same module */
	say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI1, "8665070400000177", NULL, "10.8.0.1", 3000);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(world_count(w, "identity.devices"), 1);
	ck_assert_ptr_null(world_told(w, DEVICE_PAIR_CHANGED));
	world_free(w);
}
END_TEST

/* One source knows the SIM, another the module; then one message knows both. */
START_TEST(two_entries_become_one)
{
	struct world *w = world_new();
	struct flow flow;
	const struct device_news *news;

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, NULL, NULL, "10.8.0.1", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, NULL, IMEI1, NULL, "10.8.0.2", 1000);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	flow = flow_from(w, "10.8.0.2", HOST, NULL, 0, 2000, NULL);
	ck_assert_int_eq(sim_of(w, &flow), -2);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI1, NULL, "10.8.0.3", 3000);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(world_count(w, "identity.merged"), 1);
	ck_assert_int_eq(sim_of(w, &flow), 1);
	ck_assert_int_eq(view_of(w, "10.8.0.2").n_addrs, 3);
	news = world_told(w, DEVICE_MERGED);
	ck_assert_ptr_nonnull(news);
	ck_assert_uint_ne(news->other, 0);
	ck_assert_uint_eq(w->reg->devices.in_use, 2);	/* the flow still refers to one of them */
	identity_flow_end(w->reg, &flow);
	ck_assert_uint_eq(w->reg->devices.in_use, 1);
	ck_assert_uint_eq(device_at(w->reg, 1)->flows + device_at(w->reg, 2)->flows, 0);
	world_free(w);
}
END_TEST

START_TEST(a_sim_in_another_module)
{
	struct world *w = world_new();
	char id[DEVICE_ID_MAX];
	const struct device_news *news;
	struct device_view v;

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI1, NULL, "10.8.0.1", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI2, NULL, "10.8.0.2", 600000);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	news = world_told(w, DEVICE_PAIR_CHANGED);
	ck_assert_ptr_nonnull(news);
	ck_assert(news->old_imei == num(IMEI1) && news->other != 0 && news->ref != news->other);
	ck_assert_str_eq(id_of(w, "10.8.0.2", id), "imei-86650704000002");
	ck_assert_str_eq(id_of(w, "10.8.0.1", id), "");	/* the SIM is not there any more */
	/* and back */
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI1, NULL, "10.8.0.3", 700000);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	v = view_of(w, "10.8.0.3");
	ck_assert_str_eq(called(&v, id), "imei-86650704000001");
	ck_assert_uint_eq(v.ref, news->other);
	world_free(w);
}
END_TEST

START_TEST(another_sim_in_the_module)
{
	struct world *w = world_new();
	const struct device_news *news;

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI1, NULL, "10.8.0.1", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_DELETE, IMSI1, IMEI1, NULL, "10.8.0.1", 1000);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI2, IMEI1, NULL, "10.8.0.2", 2000);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	news = world_told(w, DEVICE_PAIR_CHANGED);
	ck_assert(news != NULL && news->old_imsi == num(IMSI1) && news->old_imei == DIGITS_NONE);
	ck_assert(view_of(w, "10.8.0.2").imsi == num(IMSI2));
	world_free(w);
}
END_TEST

START_TEST(one_imei_in_two_live_sims)
{
	struct world *w = world_new();
	char id[DEVICE_ID_MAX];
	const struct device_news *news;

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI1, NULL, "10.8.0.1", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI2, IMEI1, NULL, "10.8.0.2", 1000);
	news = world_told(w, DEVICE_IMEI_TWICE);
	ck_assert(news != NULL && news->other != 0 && news->other != news->ref);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	ck_assert(view_of(w, "10.8.0.1").imsi == num(IMSI1));
	ck_assert(view_of(w, "10.8.0.2").imsi == num(IMSI2));
	ck_assert_str_eq(id_of(w, "10.8.0.2", id), "imei-86650704000001-imsi-" IMSI2);
	w->n_news = 0;
	say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI1, IMEI1, NULL, "10.8.0.1", 2000);
	say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI2, IMEI1, NULL, "10.8.0.2", 3000);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	ck_assert_ptr_null(world_told(w, DEVICE_IMEI_TWICE | DEVICE_PAIR_CHANGED));
	world_free(w);
}
END_TEST

/* A core that scrambles the IMEI on a less trusted way. */
START_TEST(a_less_trusted_source_changes_nothing)
{
	struct world *w = world_new();

	attach(w, 1, "10.8.0.1", 0);
	for (int i = 1; i <= 3; i++)
		say(w, SIGNALLED_DIAMETER, SIGNALLING_TELL, IMSI1, IMEI2, NULL, "10.8.0.1", 1000 * i);
	ck_assert(view_of(w, "10.8.0.1").imei == imei_of(1));
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_ptr_nonnull(world_told(w, DEVICE_PAIR_CHANGED));
	w->n_news = 0;
	say(w, SIGNALLED_DIAMETER, SIGNALLING_TELL, IMSI1, IMEI2, NULL, "10.8.0.1", 5000);
	ck_assert_ptr_null(world_told(w, DEVICE_PAIR_CHANGED));	/* told once */
	ck_assert_int_eq(view_of(w, "10.8.0.1").n_learned, 2);
	world_free(w);
}
END_TEST

START_TEST(a_masked_imei_gives_the_tac)
{
	struct world *w = world_new();
	char id[DEVICE_ID_MAX];
	struct signalling s = message(SIGNALLED_S1AP, SIGNALLING_CREATE, SIGNALLING_REQUEST, MME, ENB,
	    1000);
	struct device_view v;

	s.session = 11;
	s.session_peer = 21;
	s.imei = num("8665070400");
	s.imei_masked = true;
	add_end(&s, END_UPLINK, 0xff, 5, SGW, 1 * 16 + 4);
	if (_i == 0) {		/* the session's device is known and has its IMEI */
		attach(w, 1, "10.8.0.1", 0);
		tell(w, &s);
		v = view_of(w, "10.8.0.1");
		ck_assert(v.imei == imei_of(1) && !v.imei_masked && v.n_learned == 2);
	} else {		/* nothing but this */
		struct flow_tunnel t;
		struct flow flow;

		tell(w, &s);
		flow = flow_from(w, "10.8.0.1", HOST, SGW, 1 * 16 + 4, 2000, &t);
		ck_assert_uint_ne(flow.device, 0);
		identity_view(w->reg, flow.device, &flow, &v);
		ck_assert(v.imei_masked && imei_tac(v.imei) == 86650704);
		ck_assert_uint_eq(strncmp(called(&v, id), "device-", 7), 0);
		/* GTP names the same tunnel: now the device is known */
		attach(w, 1, "10.8.0.1", 3000);
		identity_view(w->reg, flow.device, &flow, &v);
		ck_assert(v.imei == imei_of(1) && !v.imei_masked && v.imsi == num(IMSI1));
		ck_assert_uint_eq(identity_devices(w->reg), 1);
		identity_flow_end(w->reg, &flow);
	}
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_ptr_null(world_told(w, DEVICE_PAIR_CHANGED));
	world_free(w);
}
END_TEST

START_TEST(unset_numbers_are_no_numbers)
{
	struct world *w = world_new();

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, "000000000000000", "0", "10.8.0.1", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI2, "000000000000000", "0", "10.8.0.2", 10);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	ck_assert(view_of(w, "10.8.0.1").imei == DIGITS_NONE);
	ck_assert_ptr_null(world_told(w, DEVICE_IMEI_TWICE | DEVICE_PAIR_CHANGED));
	world_free(w);
}
END_TEST

static void
note_ref(void *arg, device_ref ref)
{
	uint32_t **at = arg;

	*(*at)++ = ref;
}

START_TEST(the_walk_is_in_order_of_first_sight)
{
	struct world *w = world_new();
	uint32_t refs[16], *at = refs;
	struct device_view v;

	for (unsigned i = 1; i <= 8; i++)
		account(w, SIGNALLING_CREATE, i, NULL, NAS, 1000 * (int64_t)i);
	identity_walk(w->reg, note_ref, &at);
	ck_assert_uint_eq((size_t)(at - refs), 8);
	for (unsigned i = 0; i < 8; i++) {
		identity_view(w->reg, refs[i], NULL, &v);
		ck_assert(v.imsi == imsi_of(i + 1));
		ck_assert_uint_eq(v.first_us, at_ms(1000 * ((int64_t)i + 1)));
	}
	world_free(w);
}
END_TEST

/* The SIM's session is being read when it turns out that its device is another's, too: all of the
 * other's sessions come over, and the one in hand is not the one that makes room. */
START_TEST(a_merge_keeps_the_session_in_hand)
{
	struct world *w = world_new();
	struct signalling s;
	char ue[32];

	for (int i = 1; i <= DEVICE_SESSIONS_MAX; i++) {
		(void)snprintf(ue, sizeof(ue), "10.8.0.%d", i);
		say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, NULL, NULL, ue, 60000 * i);
	}
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, NULL, IMEI1, NULL, "10.8.1.1", 3000000);
	ck_assert_uint_eq(identity_sessions(w->reg), DEVICE_SESSIONS_MAX + 1);
	/* the oldest session has the other's address */
	s = message(SIGNALLED_RADIUS, SIGNALLING_MODIFY, SIGNALLING_REQUEST, NAS, AAA, 3001000);
	s.sequence = 99;
	s.session = 60001;
	s.imsi = num(IMSI1);
	add_ue(&s, "10.8.1.1", 128);
	tell(w, &s);
	check_whole(w);
	ck_assert_uint_eq(world_count(w, "identity.merged"), 1);
	ck_assert_uint_eq(world_count(w, "identity.sessions_evicted"), 0);
	ck_assert_uint_eq(identity_sessions(w->reg), DEVICE_SESSIONS_MAX);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 3002000), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.1.1", 3002000), 1);
	/* the next that begins makes room */
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, NULL, NULL, "10.8.2.1", 3003000);
	ck_assert_uint_eq(identity_sessions(w->reg), DEVICE_SESSIONS_MAX);
	check_whole(w);
	world_free(w);
}
END_TEST

/* Whose IMEI comes second, and after its SIM was known without one. */
START_TEST(a_twin_is_told_whichever_number_came_first)
{
	struct world *w = world_new();
	char id[DEVICE_ID_MAX];
	const struct device_news *news;

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, IMEI1, NULL, "10.8.0.1", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI2, NULL, NULL, "10.8.0.2", 1000);
	ck_assert_ptr_null(world_told(w, DEVICE_IMEI_TWICE));
	say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI2, IMEI1, NULL, "10.8.0.2", 2000);
	news = world_told(w, DEVICE_IMEI_TWICE);
	ck_assert(news != NULL && news->other != 0 && news->other != news->ref
	    && news->old_imsi == num(IMSI1));
	ck_assert_str_eq(id_of(w, "10.8.0.2", id), "imei-86650704000001-imsi-" IMSI2);
	ck_assert_str_eq(id_of(w, "10.8.0.1", id), "imei-86650704000001");
	world_free(w);
}
END_TEST

/* A number that a whole fleet claims finds only a few of them, and each is found by its SIM. */
START_TEST(a_crowd_with_one_imei_is_found_by_its_sims)
{
	enum { CROWD = 20, FOUND_AT_MOST = 8 };
	struct world *w = world_new();
	unsigned found = 0;
	char imsi[32], ue[32];

	for (int known = 0; known < 2; known++)
		for (int i = 1; i <= CROWD; i++) {
			(void)snprintf(imsi, sizeof(imsi), "00101%010d", i);
			(void)snprintf(ue, sizeof(ue), "10.8.0.%d", i);
			/* the second half has no IMEI at first */
			say(w, SIGNALLED_RADIUS, known ? SIGNALLING_MODIFY : SIGNALLING_CREATE, imsi,
			    known || i <= CROWD / 2 ? IMEI1 : NULL, NULL, ue, 1000 * i + 100000 * known);
		}
	for (uint32_t ref = device_by_number(w->reg, KEY_IMEI, num(IMEI1)); ref != 0;
	    ref = device_next_by_number(w->reg, KEY_IMEI, ref))
		found++;
	ck_assert_uint_eq(found, FOUND_AT_MOST);
	ck_assert_uint_eq(identity_devices(w->reg), CROWD);
	for (int i = 1; i <= CROWD; i++) {
		(void)snprintf(ue, sizeof(ue), "10.8.0.%d", i);
		ck_assert_int_eq(asked_plain(w, ue, 300000), i);
	}
	check_whole(w);
	world_free(w);
}
END_TEST

/* S6a: of a subscriber, whatever it says of a session's id. */
START_TEST(a_message_about_a_subscriber_begins_no_session)
{
	struct world *w = world_new();
	char id[DEVICE_ID_MAX];

	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, NULL, NULL, "10.8.0.1", 0);
	for (int i = 1; i <= 3; i++)
		say(w, SIGNALLED_DIAMETER, SIGNALLING_TELL, IMSI1, IMEI1, NULL, NULL, 1000 * i);
	ck_assert_uint_eq(world_count(w, "identity.sessions"), 1);
	ck_assert_str_eq(id_of(w, "10.8.0.1", id), "imei-86650704000001");
	check_whole(w);
	world_free(w);
}
END_TEST

/* The second device of some news is gone before they are told: `held`, flows still refer to it. */
START_TEST(news_name_what_the_other_became)
{
	struct world *w = world_new();
	struct told t = { .time_us = at_ms(3000), .source = SIGNALLED_RADIUS };
	uint32_t ref, other, into;
	const struct device_news *news;

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	account(w, SIGNALLING_CREATE, 2, "10.8.0.2", NAS, 1000);
	account(w, SIGNALLING_CREATE, 3, "10.8.0.3", NAS, 2000);
	ref = device_by_number(w->reg, KEY_IMSI, imsi_of(1));
	other = device_by_number(w->reg, KEY_IMSI, imsi_of(2));
	into = device_by_number(w->reg, KEY_IMSI, imsi_of(3));
	if (_i == 1)
		device_hold(w->reg, other);
	w->n_news = 0;
	news_add(w->reg, ref, other, DEVICE_IMEI_TWICE, &t);
	device_merge(w->reg, into, other, &t);
	news_send(w->reg);
	news = world_told(w, DEVICE_IMEI_TWICE);
	ck_assert(news != NULL && news->ref == ref);
	ck_assert_uint_eq(news->other, _i == 1 ? into : 0);
	device_release(w->reg, _i == 1 ? other : 0);
	check_whole(w);
	world_free(w);
}
END_TEST

/* How many entries lie between this one and what it became. */
static unsigned
steps_from(const struct world *w, uint32_t ref)
{
	unsigned n = 0;

	for (; (device_at(w->reg, ref)->flags & DEVICE_FORWARDS) != 0; n++)
		ref = device_at(w->reg, ref)->sessions;
	return n;
}

/* Flows of many devices that turn out to be one, one after the other: nobody walks all the way again. */
START_TEST(ways_to_what_devices_became_are_short)
{
	enum { CHAIN = 60 };
	struct world *w = world_new();
	struct told t = { .time_us = at_ms(3000), .source = SIGNALLED_RADIUS };
	struct flow flows[CHAIN];
	uint32_t last;

	for (unsigned i = 0; i < CHAIN; i++) {
		char ue[32];

		(void)snprintf(ue, sizeof(ue), "10.8.0.%u", i + 1);
		account(w, SIGNALLING_CREATE, i, ue, NAS, 10 * (int64_t)i);
		flows[i] = flow_from(w, ue, HOST, NULL, 0, 1000, NULL);
	}
	for (unsigned i = 0; i + 1 < CHAIN; i++)
		device_merge(w->reg, flows[i + 1].device, flows[i].device, &t);
	last = flows[CHAIN - 1].device;
	ck_assert_uint_eq(steps_from(w, flows[0].device), CHAIN - 1);
	ck_assert_int_eq(sim_of(w, &flows[0]), CHAIN - 1);
	for (unsigned i = 0; i + 1 < CHAIN; i++) {
		ck_assert_uint_eq(device_resolve(w->reg, flows[i].device), last);
		ck_assert_uint_eq(steps_from(w, flows[i].device), 1);
	}
	check_whole(w);
	/* in any order */
	for (unsigned i = 0; i < CHAIN; i++)
		identity_flow_end(w->reg, &flows[i * 7 % CHAIN]);
	ck_assert_uint_eq(device_at(w->reg, last)->flows, 0);
	ck_assert_uint_eq(w->reg->devices.in_use, 1);
	check_whole(w);
	world_free(w);
}
END_TEST

/* An entry on the way to which nobody refers any more is free again, when there is need at once. */
START_TEST(entries_on_the_way_are_used_again)
{
	enum { MAX = 16 };
	struct world *w = world_config();
	struct told t = { .time_us = at_ms(3000), .source = SIGNALLED_RADIUS };
	struct flow flows[3];

	w->cfg.devices_max = MAX;
	world_start(w);
	for (unsigned i = 0; i < 3; i++) {
		char ue[32];

		(void)snprintf(ue, sizeof(ue), "10.8.0.%u", i + 1);
		account(w, SIGNALLING_CREATE, i, ue, NAS, 10 * (int64_t)i);
		flows[i] = flow_from(w, ue, HOST, NULL, 0, 1000, NULL);
	}
	device_merge(w->reg, flows[1].device, flows[0].device, &t);
	device_merge(w->reg, flows[2].device, flows[1].device, &t);
	identity_flow_end(w->reg, &flows[1]);	/* the first goes by it yet */
	ck_assert_uint_eq(w->reg->devices.in_use, 3);
	ck_assert_int_eq(sim_of(w, &flows[0]), 2);
	if (_i == 0) {
		for (int64_t ms = 3000; ms < 60000; ms += 10)
			world_tick(w, ms);
	} else {
		struct flow held[MAX - 2];

		for (unsigned i = 0; i < MAX - 2; i++) {
			char ue[32];

			(void)snprintf(ue, sizeof(ue), "10.9.0.%u", i + 1);
			account(w, SIGNALLING_CREATE, 10 + i, ue, NAS, 4000 + 10 * (int64_t)i);
			held[i] = flow_from(w, ue, HOST, NULL, 0, 5000, NULL);
			ck_assert_int_eq(sim_of(w, &held[i]), (int)(10 + i));
		}
		ck_assert_uint_eq(world_count(w, "identity.refused"), 0);
		for (unsigned i = 0; i < MAX - 2; i++)
			identity_flow_end(w->reg, &held[i]);
	}
	ck_assert_uint_eq(w->reg->devices.in_use, _i == 0 ? 2 : MAX);
	ck_assert_int_eq(sim_of(w, &flows[0]), 2);
	identity_flow_end(w->reg, &flows[0]);
	identity_flow_end(w->reg, &flows[2]);
	check_whole(w);
	world_free(w);
}
END_TEST

/* What alerts are folded by stays the device's own, whatever it turns out to have been before; and who
 * gets its place in the registry is somebody else, even within the same second. */
START_TEST(a_device_stays_the_same_one)
{
	struct world *w = world_config();
	struct device_view v;
	uint64_t who;
	uint32_t place;

	w->cfg.devices_max = _i == 0 ? 1000 : 1;
	world_start(w);
	if (_i == 0)
		say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, NULL, IMEI1, NULL, "10.8.0.2", 0);
	say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI1, NULL, NULL, "10.8.0.1", 5000);
	v = view_of(w, "10.8.0.1");
	who = alert_who(&v);
	place = v.ref;
	ck_assert_uint_eq(v.first_us, at_ms(5000));
	if (_i == 0) {		/* the one seen before turns out to be it */
		say(w, SIGNALLED_RADIUS, SIGNALLING_MODIFY, IMSI1, IMEI1, NULL, "10.8.0.1", 6000);
		v = view_of(w, "10.8.0.1");
		ck_assert_uint_eq(world_count(w, "identity.merged"), 1);
		ck_assert_uint_eq(v.first_us, at_ms(0));
		ck_assert_uint_eq(v.ref, place);
		ck_assert_uint_eq(alert_who(&v), who);
	} else {
		say(w, SIGNALLED_RADIUS, SIGNALLING_CREATE, IMSI2, NULL, NULL, "10.8.0.2", 5100);
		v = view_of(w, "10.8.0.2");
		ck_assert_uint_eq(v.ref, place);
		ck_assert_uint_ne(alert_who(&v), who);
	}
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("who");
	TCase *t = tcase_create("who");

	tcase_add_test(t, numbers_find_one_entry);
	tcase_add_test(t, two_entries_become_one);
	tcase_add_test(t, a_sim_in_another_module);
	tcase_add_test(t, another_sim_in_the_module);
	tcase_add_test(t, one_imei_in_two_live_sims);
	tcase_add_test(t, a_less_trusted_source_changes_nothing);
	tcase_add_loop_test(t, a_masked_imei_gives_the_tac, 0, 2);
	tcase_add_test(t, unset_numbers_are_no_numbers);
	tcase_add_test(t, the_walk_is_in_order_of_first_sight);
	tcase_add_test(t, a_merge_keeps_the_session_in_hand);
	tcase_add_test(t, a_twin_is_told_whichever_number_came_first);
	tcase_add_test(t, a_crowd_with_one_imei_is_found_by_its_sims);
	tcase_add_test(t, a_message_about_a_subscriber_begins_no_session);
	tcase_add_loop_test(t, news_name_what_the_other_became, 0, 2);
	tcase_add_test(t, ways_to_what_devices_became_are_short);
	tcase_add_loop_test(t, entries_on_the_way_are_used_again, 0, 2);
	tcase_add_loop_test(t, a_device_stays_the_same_one, 0, 2);
	suite_add_tcase(s, t);
	return run_suite(s);
}
