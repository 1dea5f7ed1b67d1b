/* SPDX-License-Identifier: Apache-2.0 */
/* test_icmp.c - errors reach the flow they are about, and have one of their own. */
#include "support.h"

/* An ICMP error from `from` to `to` about a packet that `to` sent. */
static struct packet
error_about(const struct packet *pkt, unsigned from, uint16_t type, uint16_t code)
{
	struct packet error = packet(1, from, type, CLIENT, code, pkt->time_us);

	error.flags = PACKET_ICMP_ERROR;
	error.quoted = pkt->ends;
	error.n_vlans = pkt->n_vlans;
	memcpy(error.vlan, pkt->vlan, sizeof(error.vlan));
	return error;
}

START_TEST(an_error_is_tied_to_the_quoted_flow)
{
	const uint8_t protos[] = { 17, 6 };
	struct world *w = world_new();
	struct packet pkt = packet(protos[_i], CLIENT, 40000, SERVER, 5683, S);
	struct packet error;
	struct flow *flow, *own;

	pkt.tcp_flags = TCP_SYN;
	pkt.n_vlans = 1;
	pkt.vlan[0] = 5;
	flow = world_touch(w, &pkt);
	error = error_about(&pkt, 256 + 99, 3, 13);	/* a router in between */
	error.time_us = 2 * S;
	own = world_touch(w, &error);
	ck_assert(w->is_new && own != flow);
	ck_assert(own->icmp_type == 3 && own->icmp_code == 13 && !(own->flags & FLOW_ICMP_ERROR));
	ck_assert(flow->flags & FLOW_ICMP_ERROR);
	ck_assert(flow->icmp_type == 3 && flow->icmp_code == 13);
	ck_assert(flow->pkts[0] == 1 && flow->pkts[1] == 0 && flow->last_us == S);
	ck_assert_uint_eq(world_count(w, "flow.icmp.tied"), 1);
	world_check(w, 2);
	world_free(w);
}
END_TEST

START_TEST(an_error_about_nothing_we_know)
{
	struct world *w = world_new();
	struct packet pkt = packet(17, CLIENT, 40000, SERVER, 5683, S);
	struct packet error = error_about(&pkt, SERVER, 3, 3);

	ck_assert_ptr_nonnull(world_touch(w, &error));
	ck_assert_uint_eq(world_count(w, "flow.icmp.tied"), 0);
	pkt.n_vlans = 1;
	pkt.vlan[0] = 5;
	(void)world_touch(w, &pkt);
	(void)world_touch(w, &error);		/* in another VLAN */
	ck_assert_uint_eq(world_count(w, "flow.icmp.tied"), 0);
	world_free(w);
}
END_TEST

/* The quoted flow keeps the type of its first packet when it is ICMP itself. */
START_TEST(an_error_about_a_ping)
{
	struct world *w = world_new();
	struct packet ping = packet(1, CLIENT, 8, SERVER, 0, S);
	struct packet error = error_about(&ping, 256 + 99, 11, 0);
	struct flow *flow = world_touch(w, &ping);

	(void)world_touch(w, &error);
	ck_assert((flow->flags & FLOW_ICMP_ERROR) && flow->icmp_type == 8);
	world_free(w);
}
END_TEST

START_TEST(a_ping_and_its_answer_are_one_flow)
{
	struct world *w = world_new();
	struct packet ping = packet(1, CLIENT, 8, SERVER, 0, S);
	struct packet pong = packet(1, SERVER, 0, CLIENT, 0, S);
	struct flow *flow = world_touch(w, &ping);

	ck_assert_ptr_eq(world_touch(w, &pong), flow);
	ck_assert_int_eq(w->dir, TO_CLIENT);
	ck_assert_int_eq(flow->state, FLOW_STATE_ESTABLISHED);
	ck_assert(flow_initiator_port(flow) == 0 && flow_responder_port(flow) == 0);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("icmp");
	TCase *t = tcase_create("icmp");

	tcase_add_loop_test(t, an_error_is_tied_to_the_quoted_flow, 0, 2);
	tcase_add_test(t, an_error_about_nothing_we_know);
	tcase_add_test(t, an_error_about_a_ping);
	tcase_add_test(t, a_ping_and_its_answer_are_one_flow);
	suite_add_tcase(s, t);
	return suite_run(s);
}
