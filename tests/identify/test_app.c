/* SPDX-License-Identifier: Apache-2.0 */
/* test_app.c - what devices say of themselves completes what the network says, and no more. */
#include "whole.h"

static void
say(struct world *w, const char *ue, const char *imei, int64_t ms)
{
	struct signalling s = message(SIGNALLED_LWM2M, SIGNALLING_TELL, SIGNALLING_NOTICE, ue, HOST, ms);

	s.imei = num(imei);
	tell(w, &s);
}

static digits
imei_at(struct world *w, const char *ue, int64_t ms)
{
	struct flow flow = flow_from(w, ue, HOST, NULL, 0, ms, NULL);
	struct device_view v = { .imei = DIGITS_NONE };

	if (flow.device != 0)
		identity_view(w->reg, flow.device, &flow, &v);
	identity_flow_end(w->reg, &flow);
	return v.imei;
}

#define IMEI1 "866507040000010"
#define IMEI2 "866507040000020"

START_TEST(it_completes_the_session)
{
	struct world *w = world_new();
	struct signalling s = accounting(SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);

	s.imei = DIGITS_NONE;
	tell(w, &s);
	say(w, "10.8.0.1", IMEI1, 1000);
	ck_assert(imei_at(w, "10.8.0.1", 2000) == num(IMEI1));
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 2000), 1);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

START_TEST(it_contradicts_and_is_noted)
{
	struct world *w = world_new();
	const struct device_news *news;

	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	say(w, "10.8.0.1", IMEI2, 1000);
	ck_assert(imei_at(w, "10.8.0.1", 2000) == imei_of(1));
	ck_assert_uint_eq(identity_devices(w->reg), 2);		/* both visible */
	news = world_told(w, DEVICE_PAIR_CHANGED);
	ck_assert(news != NULL && news->other != 0 && news->source == SIGNALLED_LWM2M);
	check_whole(w);
	world_free(w);
}
END_TEST

START_TEST(alone_it_names_also_the_past)
{
	struct world *w = world_new();
	struct flow flow = flow_from(w, "10.8.0.1", HOST, NULL, 0, 0, NULL);

	say(w, "10.8.0.1", IMEI1, 1000);
	identity_flow_last(w->reg, &flow);
	ck_assert_int_eq(sim_of(w, &flow), -2);
	identity_flow_end(w->reg, &flow);
	/* RADIUS tells later whose address it is */
	account(w, SIGNALLING_MODIFY, 1, "10.8.0.1", NAS, 5000);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 6000), 1);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

START_TEST(the_next_one_at_the_address)
{
	struct world *w = world_new();

	say(w, "10.8.0.1", IMEI1, 0);
	say(w, "10.8.0.1", IMEI2, 300000);
	ck_assert(imei_at(w, "10.8.0.1", 301000) == num(IMEI2));
	ck_assert(imei_at(w, "10.8.0.1", 200000) == num(IMEI1));
	world_free(w);
}
END_TEST

/* A gateway translates for many: who speaks in turns shares the address. */
START_TEST(devices_behind_one_address_are_ambiguous)
{
	struct world *w = world_new();

	for (int i = 0; i < 6; i++)
		say(w, "10.8.0.1", i % 2 == 0 ? IMEI1 : IMEI2, 60000 * i);
	ck_assert(imei_at(w, "10.8.0.1", 360000) == DIGITS_NONE);
	ck_assert_uint_eq(world_count(w, "identity.ambiguous"), 1);
	ck_assert_uint_eq(identity_devices(w->reg), 2);
	check_whole(w);
	world_free(w);
}
END_TEST

/* The SIM moved to another device; what the first said of the address is old. */
START_TEST(the_core_takes_the_address)
{
	struct world *w = world_new();

	say(w, "10.8.0.1", IMEI2, 0);
	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 600000);
	ck_assert(imei_at(w, "10.8.0.1", 601000) == imei_of(1));
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

/* Behind one address all say another IMEI. */
START_TEST(one_address_of_many_devices_is_bounded)
{
	struct world *w = world_new();
	struct addr a = ip("10.8.0.1");
	unsigned n = 0;
	char imei[32];

	for (int i = 1; i <= 200; i++) {
		(void)snprintf(imei, sizeof(imei), "86650704%06d0", i);
		say(w, "10.8.0.1", imei, 10 * i);
	}
	for (uint32_t ref = claim_first(w->reg, &a, 128); ref != 0; ref = claim_next(w->reg, ref))
		n++;
	ck_assert_uint_le(n, CANDIDATES_MAX);
	check_whole(w);
	world_free(w);
}
END_TEST

/* urn:imei-imsi: with the IMEI that is known at the address, and another SIM: by the network, or (1) by
 * what the device said before. */
START_TEST(another_sim_of_the_same_module_is_told_once)
{
	struct world *w = world_new();
	struct signalling s;

	if (_i == 0) {
		account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 0);
	} else {
		s = message(SIGNALLED_LWM2M, SIGNALLING_TELL, SIGNALLING_NOTICE, "10.8.0.1", HOST, 0);
		s.imei = imei_of(1);
		s.imsi = imsi_of(1);
		tell(w, &s);
	}
	for (int64_t ms = 1000; ms <= 3000; ms += 1000) {
		w->n_news = 0;
		s = message(SIGNALLED_LWM2M, SIGNALLING_TELL, SIGNALLING_NOTICE, "10.8.0.1", HOST, ms);
		s.imei = imei_of(1);
		s.imsi = imsi_of(77);
		tell(w, &s);
		ck_assert_int_eq(world_told(w, DEVICE_TWO_SIMS) != NULL, ms == 1000);
		if (ms == 1000)
			ck_assert(world_told(w, DEVICE_TWO_SIMS)->old_imsi == imsi_of(77));
	}
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 4000), 1);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	check_whole(w);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("app");
	TCase *t = tcase_create("app");

	tcase_add_test(t, it_completes_the_session);
	tcase_add_test(t, it_contradicts_and_is_noted);
	tcase_add_test(t, alone_it_names_also_the_past);
	tcase_add_test(t, the_next_one_at_the_address);
	tcase_add_test(t, devices_behind_one_address_are_ambiguous);
	tcase_add_test(t, the_core_takes_the_address);
	tcase_add_test(t, one_address_of_many_devices_is_bounded);
	tcase_add_loop_test(t, another_sim_of_the_same_module_is_told_once, 0, 2);
	suite_add_tcase(s, t);
	return run_suite(s);
}
