/* SPDX-License-Identifier: Apache-2.0 */
/* test_learn.c - requests with answers, sessions with their ids and ends, handover, release, end. */
#include <stdio.h>

#include "whole.h"

/* An attach is one piece of news, whether it was answered or not. */
START_TEST(an_attach_is_told_once)
{
	struct world *w = world_new();
	struct signalling s = s11_create(1, 0);

	tell(w, &s);
	ck_assert_uint_eq(w->n_news, 0);
	s = s11_created(1, "10.8.0.1", PGW, 20);
	tell(w, &s);
	ck_assert_uint_eq(w->n_news, 1);
	ck_assert_uint_eq(w->news[0].changes & (DEVICE_NEW | DEVICE_ADDRESS | DEVICE_APN),
	    DEVICE_NEW | DEVICE_ADDRESS | DEVICE_APN);
	ck_assert(w->news[0].time_us == at_ms(20));
	s = s11_create(2, 100);
	tell(w, &s);
	world_tick(w, 9000);
	ck_assert_uint_eq(w->n_news, 1);
	world_tick(w, 11000);
	ck_assert_uint_eq(w->n_news, 2);
	ck_assert_uint_ne(w->news[1].changes & DEVICE_NEW, 0);
	ck_assert(w->news[1].ref != w->news[0].ref);
	world_free(w);
}
END_TEST

START_TEST(a_request_and_its_answer_make_a_session)
{
	struct world *w = world_new();
	struct device_view v;
	char id[DEVICE_ID_MAX];
	struct flow flow;

	attach(w, 7, "10.8.0.7", 0);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.7", 1000), 7);
	ck_assert_int_eq(asked_plain(w, "10.8.0.8", 1000), -1);
	flow = flow_from(w, "10.8.0.7", HOST, NULL, 0, 2000, NULL);
	identity_view(w->reg, flow.device, &flow, &v);
	ck_assert_str_eq(called(&v, id), "imei-86650704000007");
	ck_assert_str_eq(v.apn, "meter.example");
	ck_assert_str_eq(v.rat, "nb-iot");
	ck_assert_int_eq(v.n_addrs, 1);
	ck_assert_uint_eq(v.sessions, 1);
	ck_assert(v.n_learned == 1 && v.learned[0].source == SIGNALLED_GTPV2C);
	ck_assert_uint_eq(v.learned[0].at_us, at_ms(0));
	ck_assert(!v.roaming && v.plmn == 0x00101f);
	ck_assert_ptr_nonnull(world_told(w, DEVICE_NEW));
	ck_assert_uint_eq(world_count(w, "identity.unpaired"), 0);
	ck_assert_uint_eq(world_count(w, "identity.unanswered"), 0);
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

START_TEST(a_request_told_again_counts_once)
{
	struct world *w = world_new();
	struct signalling s = s11_create(1, 0);

	tell(w, &s);
	s.time_us += 3 * S;
	tell(w, &s);
	s = s11_created(1, "10.8.0.1", PGW, 3100);
	tell(w, &s);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	tell(w, &s);		/* and its answer again */
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_uint_eq(world_count(w, "identity.sessions"), 1);
	ck_assert_uint_eq(world_count(w, "identity.unpaired"), 1);
	world_tick(w, 60000);
	ck_assert_uint_eq(world_count(w, "identity.unanswered"), 0);
	world_free(w);
}
END_TEST

START_TEST(a_refused_session_does_not_begin)
{
	struct world *w = world_new();
	struct signalling s = s11_create(1, 0);

	tell(w, &s);
	s = s11_created(1, "10.8.0.1", PGW, 20);
	s.refused = true;
	tell(w, &s);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 100), -1);
	world_free(w);
}
END_TEST

/* A tap that sees one side only. */
START_TEST(a_request_alone_tells_the_device)
{
	struct world *w = world_new();
	struct signalling s = s11_create(1, 0);

	tell(w, &s);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	s = s11_create(2, 0);
	add_ue(&s, "10.8.0.2", 128);
	tell(w, &s);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 5000), -1);
	world_tick(w, 11000);
	ck_assert_uint_eq(world_count(w, "identity.unanswered"), 2);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.2", 11000), 2);
	world_free(w);
}
END_TEST

START_TEST(an_answer_alone_tells_ends_and_address)
{
	struct world *w = world_new();
	struct signalling s = s11_created(1, "10.8.0.1", PGW, 0);
	struct flow_tunnel t;
	struct flow flow;

	tell(w, &s);
	ck_assert_uint_eq(world_count(w, "identity.unpaired"), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_uint_eq(identity_devices(w->reg), 0);
	flow = flow_from(w, "10.8.0.1", HOST, SGW, 1 * 16 + 4, 1000, &t);
	ck_assert_int_eq(sim_of(w, &flow), -1);
	ck_assert_uint_eq(world_count(w, "identity.unknown_bearer"), 0);
	/* later a message with the same ids tells whose it is */
	account(w, SIGNALLING_MODIFY, 1, "10.8.0.1", NAS, 5000);
	identity_flow_last(w->reg, &flow);
	ck_assert_int_eq(sim_of(w, &flow), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	identity_flow_end(w->reg, &flow);
	world_free(w);
}
END_TEST

START_TEST(teids_name_both_directions)
{
	struct world *w = world_new();
	struct flow_tunnel t;
	struct flow up, down;

	attach(w, 1, "10.8.0.1", 0);
	bearer_to(w, 1, ENB, 0x501, 100);
	up = flow_from(w, "10.8.0.1", HOST, SGW, 1 * 16 + 4, 1000, &t);
	ck_assert_int_eq(sim_of(w, &up), 1);
	ck_assert(flow_device_sends(&up) == TO_SERVER);
	ck_assert(addr_equal(flow_initiator(&up), &up.key.addr[flow_end_index(&up, TO_SERVER)]));
	down = flow_from(w, HOST, "10.8.0.1", ENB, 0x501, 1000, &t);
	ck_assert_int_eq(sim_of(w, &down), 1);
	ck_assert(flow_device_sends(&down) == TO_CLIENT);
	/* by the TEID alone: inner addresses of another pool */
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, PGW, 1 * 16 + 5, 1000), 1);
	/* what nobody announced, with an address nobody holds */
	ck_assert_int_eq(asked(w, "10.8.0.99", HOST, SGW, 0x999, 1000), -1);
	ck_assert_uint_eq(world_count(w, "identity.unknown_bearer"), 1);
	/* an unknown TEID, but a known address */
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, SGW, 0x999, 1000), 1);
	ck_assert_uint_eq(world_count(w, "identity.unknown_bearer"), 1);
	identity_flow_end(w->reg, &up);
	identity_flow_end(w->reg, &down);
	world_free(w);
}
END_TEST

START_TEST(a_handover_changes_the_end_and_not_the_device)
{
	struct world *w = world_new();

	attach(w, 1, "10.8.0.1", 0);
	bearer_to(w, 1, ENB, 0x501, 100);
	bearer_to(w, 1, ENB2, 0x777, 5000);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB2, 0x777, 6000), 1);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 6000), 1);	/* forwarded */
	world_tick(w, 12000);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 12000), -1);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB2, 0x777, 12000), 1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 1 * 16 + 4, 12000), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

/* The session moves to another SGW; then the old one is told to delete what it has left of it. */
START_TEST(an_sgw_relocation_goes_on)
{
	struct world *w = world_new();
	struct signalling s;

	attach(w, 1, "10.8.0.1", 0);
	s = s11_create(1, 60000);
	s.to = ip("10.1.0.22");
	s.sequence = 70;
	tell(w, &s);
	s = s11_created(1, "10.8.0.1", PGW, 60020);
	s.from = ip("10.1.0.22");
	s.sequence = 70;
	s.n_ends = 0;
	add_end(&s, END_CONTROL, 11, 0, "10.1.0.22", 0x222);
	add_end(&s, END_CONTROL, 7, 0, PGW, 0x333);
	add_end(&s, END_UPLINK, 1, 5, "10.1.0.22", 0x444);
	tell(w, &s);
	world_tick(w, _i == 0 ? 60100 : 80000);		/* the old ids linger, or are gone */
	world_tick(w, _i == 0 ? 60100 : 80001);
	detach(w, 1, _i == 0 ? 61000 : 81000);		/* at the first SGW */
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, "10.1.0.22", 0x444, 90000), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 90000), 1);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_DELETE, SIGNALLING_REQUEST, MME, "10.1.0.22", 95000);
	s.sequence = 71;
	s.session = 0x222;
	tell(w, &s);
	world_tick(w, 106000);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	world_free(w);
}
END_TEST

/* The old cell gives the TEID to another UE while it still lingers. */
START_TEST(a_lingering_end_yields)
{
	struct world *w = world_new();

	attach(w, 1, "10.8.0.1", 0);
	attach(w, 2, "10.8.0.2", 0);
	bearer_to(w, 1, ENB, 0x501, 100);
	bearer_to(w, 1, ENB2, 0x777, 5000);
	bearer_to(w, 2, ENB, 0x501, 6000);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 6500), 2);
	world_tick(w, 20000);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 20000), 2);
	world_free(w);
}
END_TEST

START_TEST(release_drops_the_radio_end)
{
	struct world *w = world_new();
	struct signalling s = message(SIGNALLED_GTPV2C, SIGNALLING_RELEASE, SIGNALLING_REQUEST, MME,
	    SGW, 5000);

	attach(w, 1, "10.8.0.1", 0);
	bearer_to(w, 1, ENB, 0x501, 100);
	s.session = 1 * 16 + 2;
	s.sequence = 99;
	tell(w, &s);
	s.phase = SIGNALLING_ANSWER;
	s.from = ip(SGW);
	s.to = ip(MME);
	s.session = 1 * 16 + 1;
	tell(w, &s);
	world_tick(w, 11000);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x501, 11000), -1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 1 * 16 + 4, 11000), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 11000), 1);
	world_free(w);
}
END_TEST

START_TEST(the_end_ends)
{
	struct world *w = world_new();

	attach(w, 1, "10.8.0.1", 0);
	bearer_to(w, 1, ENB, 0x501, 100);
	detach(w, 1, 10000);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 11000), -1);
	ck_assert_int_eq(asked(w, "10.8.0.1", HOST, SGW, 1 * 16 + 4, 11000), -1);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	for (int64_t ms = 12000; ms < 60000; ms += 10)
		world_tick(w, ms);
	ck_assert_uint_eq(w->reg->sessions.in_use, 0);
	ck_assert_uint_eq(w->reg->ends.in_use, 0);
	ck_assert_uint_eq(w->reg->claims.in_use, 0);
	world_free(w);
}
END_TEST

static void
dedicated(struct world *w, unsigned n, uint16_t bearer, uint32_t teid, int64_t ms)
{
	struct signalling s = message(SIGNALLED_GTPV2C, SIGNALLING_MODIFY, SIGNALLING_REQUEST, SGW,
	    MME, ms);

	s.sequence = n * 16 + 100000 + bearer;
	s.session = n * 16 + 1;
	add_end(&s, END_UPLINK, 1, bearer, SGW, teid);
	tell(w, &s);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_MODIFY, SIGNALLING_ANSWER, MME, SGW, ms + 10);
	s.sequence = n * 16 + 100000 + bearer;
	s.session = n * 16 + 2;
	add_end(&s, END_DOWNLINK, 0, bearer, ENB, teid + 1);
	tell(w, &s);
}

START_TEST(dedicated_bearers_come_and_go)
{
	struct world *w = world_new();
	struct signalling s;

	attach(w, 1, "10.8.0.1", 0);
	dedicated(w, 1, 6, 0x600, 1000);
	dedicated(w, 1, 7, 0x700, 1000);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 0x600, 2000), 1);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x701, 2000), 1);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_DELETE, SIGNALLING_REQUEST, SGW, MME, 3000);
	s.sequence = 4711;
	s.session = 1 * 16 + 1;
	s.bearers_gone = 1 << 6;
	tell(w, &s);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_DELETE, SIGNALLING_ANSWER, MME, SGW, 3010);
	s.sequence = 4711;
	s.session = 1 * 16 + 2;
	tell(w, &s);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 0x600, 4000), -1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 0x700, 4000), 1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, SGW, 1 * 16 + 4, 4000), 1);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	world_free(w);
}
END_TEST

/* A RADIUS client has 256 numbers; with answers not seen they are all in use. */
START_TEST(a_number_used_again_is_another_request)
{
	struct world *w = world_new();

	for (unsigned i = 0; i < 3; i++) {
		struct signalling s = accounting(SIGNALLING_CREATE, i, i == 0 ? "10.8.0.1" : i == 1
		    ? "10.8.0.2" : "10.8.0.3", NAS, 100 * i);

		s.sequence = 7;
		s.from_port = 40000;
		tell(w, &s);
		tell(w, &s);
	}
	ck_assert_uint_eq(identity_sessions(w->reg), 3);
	ck_assert_uint_eq(world_count(w, "identity.unanswered"), 2);
	world_free(w);
}
END_TEST

START_TEST(radius_is_read_when_it_comes)
{
	struct world *w = world_new();

	account(w, SIGNALLING_CREATE, 3, "10.8.0.3", NAS, 0);
	ck_assert_int_eq(asked_plain(w, "10.8.0.3", 10), 3);
	account(w, SIGNALLING_MODIFY, 3, "10.8.0.3", NAS, 60000);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	account(w, SIGNALLING_DELETE, 3, "10.8.0.3", NAS, 120000);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	ck_assert_int_eq(asked_plain(w, "10.8.0.3", 121000), -1);
	ck_assert_uint_eq(world_count(w, "identity.sessions"), 1);
	world_free(w);
}
END_TEST

/* S11, S5 (seen at the SGW), RADIUS and PFCP tell of one PDN connection. */
START_TEST(four_protocols_tell_of_one_session)
{
	struct world *w = world_new();
	struct signalling s = s11_create(1, 0), s5;

	tell(w, &s);
	s5 = message(SIGNALLED_GTPV2C, SIGNALLING_CREATE, SIGNALLING_REQUEST, SGW, PGW, 5);
	s5.sequence = 900;
	s5.imsi = imsi_of(1);
	add_end(&s5, END_CONTROL, 6, 0, SGW, 0x60);
	add_end(&s5, END_DOWNLINK, 4, 5, SGW, 0x61);
	tell(w, &s5);
	s5 = message(SIGNALLED_GTPV2C, SIGNALLING_CREATE, SIGNALLING_ANSWER, PGW, SGW, 12);
	s5.sequence = 900;
	s5.session = 0x60;
	add_ue(&s5, "10.8.0.1", 128);
	add_end(&s5, END_CONTROL, 7, 0, PGW, 1 * 16 + 3);
	add_end(&s5, END_UPLINK, 5, 5, PGW, 1 * 16 + 5);
	tell(w, &s5);
	s = s11_created(1, "10.8.0.1", PGW, 20);
	tell(w, &s);
	n4_establish(w, 1, "10.8.0.1", UPF, 25);
	account(w, SIGNALLING_CREATE, 1, "10.8.0.1", NAS, 40);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", SGW, 0x61, 1000), 1);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, UPF, 1 * 16 + 9, 1000), 1);
	bearer_to(w, 1, ENB, 0x501, 2000);	/* leaves the core side alone */
	world_tick(w, 10000);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", SGW, 0x61, 10000), 1);
	detach(w, 1, 20000);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	world_free(w);
}
END_TEST

/* Two PDN connections under one S11 TEID; bearer ids tell them apart. */
START_TEST(one_ue_two_pdns)
{
	struct world *w = world_new();
	struct signalling s;

	attach(w, 1, "10.8.0.1", 0);
	s = s11_create(1, 1000);
	s.sequence = 50;
	s.session = 1 * 16 + 2;
	signalling_set_apn_text(&s, "manage.example", 14);
	tell(w, &s);
	s = s11_created(1, "10.9.0.1", PGW, 1020);
	s.sequence = 50;
	s.n_ends = 0;
	add_end(&s, END_CONTROL, 11, 0, SGW, 1 * 16 + 2);
	add_end(&s, END_CONTROL, 7, 0, PGW, 0x73);
	add_end(&s, END_UPLINK, 1, 6, SGW, 0x74);
	tell(w, &s);
	ck_assert_uint_eq(identity_sessions(w->reg), 2);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 2000), 1);
	ck_assert_int_eq(asked_plain(w, "10.9.0.1", 2000), 1);
	/* the eNB's ends of both bearers in one message */
	s = message(SIGNALLED_GTPV2C, SIGNALLING_MODIFY, SIGNALLING_REQUEST, MME, SGW, 3000);
	s.sequence = 51;
	s.session = 1 * 16 + 2;
	add_end(&s, END_DOWNLINK, 0, 5, ENB, 0x801);
	add_end(&s, END_DOWNLINK, 0, 6, ENB, 0x802);
	tell(w, &s);
	world_tick(w, 14000);
	ck_assert_uint_eq(identity_sessions(w->reg), 2);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x801, 14000), 1);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", ENB, 0x802, 14000), 1);
	/* S5 ends the second by its id, S11 by its default bearer: the first stays */
	s = message(SIGNALLED_GTPV2C, SIGNALLING_DELETE, SIGNALLING_REQUEST, _i == 0 ? SGW : MME,
	    _i == 0 ? PGW : SGW, 15000);
	s.sequence = 52;
	s.session = _i == 0 ? 0x73 : 1 * 16 + 2;
	s.linked_bearer = 6;
	tell(w, &s);
	world_tick(w, 26000);
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	ck_assert_int_eq(asked_plain(w, "10.8.0.1", 26000), 1);
	ck_assert_int_eq(asked_plain(w, "10.9.0.1", 26000), -1);
	world_free(w);
}
END_TEST

/* GTPv1: NSAPI, no interface types. */
START_TEST(a_pdp_context)
{
	struct world *w = world_new();
	struct signalling s = message(SIGNALLED_GTPV1C, SIGNALLING_CREATE, SIGNALLING_REQUEST, MME,
	    PGW, 0);

	s.sequence = 5;
	s.imsi = imsi_of(4);
	s.msisdn = num("491700000004");
	add_end(&s, END_CONTROL, 0xff, 0, MME, 0x41);
	add_end(&s, END_DOWNLINK, 0xff, 5, MME, 0x42);
	tell(w, &s);
	s = message(SIGNALLED_GTPV1C, SIGNALLING_CREATE, SIGNALLING_ANSWER, PGW, MME, 30);
	s.sequence = 5;
	s.session = 0x41;
	add_end(&s, END_CONTROL, 0xff, 0, PGW, 0x43);
	add_end(&s, END_UPLINK, 0xff, 5, PGW, 0x44);
	add_ue(&s, "10.8.0.4", 128);
	tell(w, &s);
	ck_assert_int_eq(asked(w, HOST, "172.16.0.1", MME, 0x42, 100), 4);
	ck_assert_int_eq(asked(w, "172.16.0.1", HOST, PGW, 0x44, 100), 4);
	s = message(SIGNALLED_GTPV1C, SIGNALLING_DELETE, SIGNALLING_REQUEST, MME, PGW, 1000);
	s.sequence = 6;
	s.session = 0x43;
	tell(w, &s);
	s = message(SIGNALLED_GTPV1C, SIGNALLING_DELETE, SIGNALLING_ANSWER, PGW, MME, 1010);
	s.sequence = 6;
	s.session = 0x41;
	tell(w, &s);
	ck_assert_uint_eq(identity_sessions(w->reg), 0);
	world_free(w);
}
END_TEST

/* A protocol that has another id in each message: its oldest ids go, what the tunnel needs stays. */
START_TEST(ends_of_a_session_are_bounded)
{
	enum { MESSAGES = 300 };
	struct world *w = world_new();
	struct end *e;
	uint32_t at = 0;
	unsigned n = 0;
	bool newest = false;

	attach(w, 1, "10.8.0.1", 0);
	for (unsigned i = 1; i <= MESSAGES; i++) {
		struct signalling s = message(SIGNALLED_DIAMETER, SIGNALLING_MODIFY, SIGNALLING_NOTICE,
		    PGW, AAA, 1000 + i);

		s.session = i;
		s.imsi = imsi_of(1);
		add_ue(&s, "10.8.0.1", 128);
		tell(w, &s);
	}
	ck_assert_uint_eq(identity_sessions(w->reg), 1);
	while ((e = session_end_next(w->reg, session_at(w->reg, 1), &at)) != NULL) {
		n++;
		newest |= e->use == USE_DIAMETER && e->id == fold_id(w->reg, MESSAGES);
	}
	ck_assert_uint_eq(n, SESSION_ENDS_MAX);
	ck_assert(newest);
	ck_assert_int_eq(asked(w, "10.8.0.9", HOST, SGW, 1 * 16 + 4, 5000), 1);
	check_whole(w);
	world_free(w);
}
END_TEST

/* Each length in use costs every look-up a probe, and a short one would speak for strangers. */
static const struct {
	const char *what, *ue, *flow;
	uint8_t len;
	bool taken;
} lengths[] = {
	{ "an IPv4 address", "10.8.0.1", "10.8.0.1", 128, true },
	{ "an IPv4 /31", "10.8.0.0", "10.8.0.1", 127, false },
	{ "an IPv4 /8", "10.0.0.0", "10.8.0.1", 104, false },
	{ "half of an IPv4 address in its mapped form", "10.8.0.1", "10.8.0.1", 64, false },
	{ "an IPv6 address", "2001:db8:1:2::7", "2001:db8:1:2::7", 128, true },
	{ "an IPv6 /127", "2001:db8:1:2::6", "2001:db8:1:2::7", 127, false },
	{ "an IPv6 /65", "2001:db8:1:2::", "2001:db8:1:2::7", 65, false },
	{ "an IPv6 /64", "2001:db8:1:2::", "2001:db8:1:2::7", 64, true },
	{ "an IPv6 /56", "2001:db8:1::", "2001:db8:1:2::7", 56, true },
	{ "an IPv6 /48", "2001:db8:1::", "2001:db8:1:2::7", 48, true },
	{ "an IPv6 /47", "2001:db8::", "2001:db8:1:2::7", 47, false },
	{ "an IPv6 /3", "2000::", "2001:db8:1:2::7", 3, false },
};

START_TEST(prefixes_are_of_lengths_that_are_given_to_devices)
{
	struct world *w = world_new();
	struct signalling s = accounting(SIGNALLING_CREATE, 1, NULL, NAS, 0);

	add_ue(&s, lengths[_i].ue, lengths[_i].len);
	ck_assert_uint_eq(s.n_ue, 1);
	tell(w, &s);
	ck_assert_msg(asked_plain(w, lengths[_i].flow, 1000) == (lengths[_i].taken ? 1 : -1), "%s",
	    lengths[_i].what);
	ck_assert_uint_eq(world_count(w, "identity.prefix_lengths"), lengths[_i].taken ? 0 : 1);
	ck_assert_uint_eq(identity_devices(w->reg), 1);
	check_whole(w);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("learn");
	TCase *t = tcase_create("learn");

	tcase_add_test(t, an_attach_is_told_once);
	tcase_add_test(t, a_request_and_its_answer_make_a_session);
	tcase_add_test(t, a_request_told_again_counts_once);
	tcase_add_test(t, a_refused_session_does_not_begin);
	tcase_add_test(t, a_request_alone_tells_the_device);
	tcase_add_test(t, an_answer_alone_tells_ends_and_address);
	tcase_add_test(t, teids_name_both_directions);
	tcase_add_test(t, a_handover_changes_the_end_and_not_the_device);
	tcase_add_loop_test(t, an_sgw_relocation_goes_on, 0, 2);
	tcase_add_test(t, a_lingering_end_yields);
	tcase_add_test(t, release_drops_the_radio_end);
	tcase_add_test(t, the_end_ends);
	tcase_add_test(t, dedicated_bearers_come_and_go);
	tcase_add_test(t, a_number_used_again_is_another_request);
	tcase_add_test(t, radius_is_read_when_it_comes);
	tcase_add_test(t, four_protocols_tell_of_one_session);
	tcase_add_loop_test(t, one_ue_two_pdns, 0, 2);
	tcase_add_test(t, a_pdp_context);
	tcase_add_test(t, ends_of_a_session_are_bounded);
	tcase_add_loop_test(t, prefixes_are_of_lengths_that_are_given_to_devices, 0, ARRAY_LEN(lengths));
	suite_add_tcase(s, t);
	return run_suite(s);
}
