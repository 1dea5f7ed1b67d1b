/* SPDX-License-Identifier: Apache-2.0 */
/* test_initiator.c - which end began, by what evidence, and that a correction turns it all. */
#include "support.h"

static const struct {
	const char *what;
	uint8_t proto;
	uint16_t src_port, dest_port;	/* ICMP: type and code */
	uint8_t tcp_flags;
	bool to_group;
	bool sender;			/* the sender of the first packet is the initiator */
	enum flow_initiator_evidence evidence;
} firsts[] = {
	{ "SYN", 6, 40000, 80, TCP_SYN, false, true, INITIATOR_SYN },
	{ "SYN from a service's port", 6, 80, 40000, TCP_SYN, false, true, INITIATOR_SYN },
	{ "SYN-ACK", 6, 80, 40000, TCP_SYN | TCP_ACK, false, false, INITIATOR_SYN_ACK },
	{ "SYN-ACK to a service's port", 6, 40000, 80, TCP_SYN | TCP_ACK, false, false,
	  INITIATOR_SYN_ACK },
	{ "mid-stream to a service", 6, 40000, 8883, TCP_ACK, false, true, INITIATOR_PORT },
	{ "mid-stream from a service", 6, 8883, 40000, TCP_ACK, false, false, INITIATOR_PORT },
	{ "mid-stream, low port", 6, 700, 40000, TCP_ACK, false, false, INITIATOR_PORT },
	{ "mid-stream, no evidence", 6, 40001, 40000, TCP_ACK, false, true, INITIATOR_FIRST_PACKET },
	{ "mid-stream, two services", 6, 80, 443, TCP_ACK, false, true, INITIATOR_FIRST_PACKET },
	{ "DNS query", 17, 40000, 53, 0, false, true, INITIATOR_FIRST_PACKET },
	{ "DNS answer", 17, 53, 40000, 0, false, false, INITIATOR_PORT },
	{ "CoAP answer", 17, 5683, 40000, 0, false, false, INITIATOR_PORT },
	{ "NTP between servers", 17, 123, 123, 0, false, true, INITIATOR_FIRST_PACKET },
	{ "DHCP offer", 17, 67, 68, 0, false, false, INITIATOR_PORT },
	{ "SSDP announcement to the group", 17, 1900, 40000, 0, true, true, INITIATOR_FIRST_PACKET },
	{ "no ports known", 17, 40000, 40001, 0, false, true, INITIATOR_FIRST_PACKET },
	{ "port 0", 47, 0, 0, 0, false, true, INITIATOR_FIRST_PACKET },
	{ "S1AP answer", 132, 36412, 50000, 0, false, false, INITIATOR_PORT },
	{ "echo request", 1, 8, 0, 0, false, true, INITIATOR_FIRST_PACKET },
	{ "echo reply", 1, 0, 0, 0, false, false, INITIATOR_PROTOCOL },
	{ "unreachable", 1, 3, 3, 0, false, true, INITIATOR_FIRST_PACKET },
	{ "ICMPv6 echo reply", 58, 129, 0, 0, false, false, INITIATOR_PROTOCOL },
	{ "neighbour advertisement", 58, 136, 0, 0, false, true, INITIATOR_FIRST_PACKET },
};

/* Whichever end is the lower one in the key. */
START_TEST(the_first_packet_decides)
{
	for (int turn = 0; turn < 2; turn++) {
		struct world *w = world_new();
		struct packet pkt = packet(firsts[_i].proto, turn ? SERVER : CLIENT,
		    firsts[_i].src_port, turn ? CLIENT : SERVER, firsts[_i].dest_port, S);
		const struct flow *flow;

		pkt.tcp_flags = firsts[_i].tcp_flags;
		if (firsts[_i].to_group)
			ck_assert_int_eq(addr_parse(&pkt.ends.dest, "239.255.255.250"), 0);
		flow = world_touch(w, &pkt);
		ck_assert_msg(addr_equal(flow_initiator(flow), firsts[_i].sender ? &pkt.ends.src
		    : &pkt.ends.dest), "%s", firsts[_i].what);
		ck_assert_msg(w->dir == (firsts[_i].sender ? TO_SERVER : TO_CLIENT), "%s",
		    firsts[_i].what);
		ck_assert_msg(flow->initiator_evidence == firsts[_i].evidence, "%s: %s",
		    firsts[_i].what, flow_initiator_evidence_name(flow->initiator_evidence));
		ck_assert_int_eq((flow->flags & FLOW_MIDSTREAM) != 0,
		    firsts[_i].proto == 6 && !(firsts[_i].tcp_flags & TCP_SYN));
		ck_assert_int_eq(flow->pkts[w->dir], 1);
		world_free(w);
	}
}
END_TEST

/* Data overtook its SYN, on ports that point the wrong way: all that is kept by direction
 * must turn with the initiator. */
START_TEST(a_late_syn_corrects)
{
	struct world *w = world_config();
	struct cidr home;
	struct packet data = packet(6, CLIENT, 80, SERVER, 40000, 1 * S);
	struct packet syn = packet(6, CLIENT, 80, SERVER, 40000, 1 * S);
	struct flow *flow;

	ck_assert_int_eq(cidr_parse(&home, "10.0.0.0/8"), 0);
	w->cfg.home_nets = (struct cidr_list){ &home, 1 };
	world_start(w);
	data.tcp_flags = TCP_ACK | TCP_PSH;
	data.seq = 101;
	data.payload_len = data.payload_wire_len = 5;
	data.payload = (const uint8_t *)"hello";
	data.flags = PACKET_HAS_MAC;
	data.src_mac[0] = 7;
	data.tunnel = (struct tunnel){ .type = TUNNEL_GTPU, .depth = 1, .id = 9 };
	flow = world_touch(w, &data);
	ck_assert_int_eq(w->dir, TO_CLIENT);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_PORT);
	syn.tcp_flags = TCP_SYN;
	syn.seq = 100;
	ck_assert_ptr_eq(world_touch(w, &syn), flow);
	ck_assert_int_eq(w->dir, TO_SERVER);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_SYN);
	ck_assert(addr_equal(flow_initiator(flow), &syn.ends.src));
	ck_assert(flow->pkts[TO_SERVER] == 2 && flow->pkts[TO_CLIENT] == 0);
	ck_assert(flow->octets[TO_SERVER] == 80 && flow->octets[TO_CLIENT] == 0);
	ck_assert(flow->payload_octets[TO_SERVER] == 5 && flow->payload_octets[TO_CLIENT] == 0);
	ck_assert(flow->tcp_flags[TO_SERVER] == (TCP_SYN | TCP_ACK | TCP_PSH) &&
	    flow->tcp_flags[TO_CLIENT] == 0);
	ck_assert(flow->mac[TO_SERVER][0] == 7 && flow->mac[TO_CLIENT][0] == 0);
	ck_assert(flow->tunnel->by[TO_SERVER].id == 9 && flow->tunnel->by[TO_CLIENT].id == 0);
	ck_assert(flow->ttl[TO_SERVER] == 64 && flow->ttl[TO_CLIENT] == 0);
	ck_assert_int_eq(flow->flags & (FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT),
	    FLOW_DATA_TO_SERVER);
	ck_assert_int_eq(flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER),
	    FLOW_HOME_INITIATOR);
	ck_assert(!(flow->flags & FLOW_MIDSTREAM));
	ck_assert(flow->retransmitted[0] == 0 && flow->gaps[0] == 0);
	world_check(w, 2);
	world_free(w);
}
END_TEST

START_TEST(a_late_syn_ack_corrects)
{
	struct world *w = world_new();
	struct packet ack = packet(6, CLIENT, 443, SERVER, 40000, 1 * S);
	struct packet syn_ack = packet(6, SERVER, 40000, CLIENT, 443, 1 * S);
	struct flow *flow;

	ack.tcp_flags = TCP_ACK;
	flow = world_touch(w, &ack);
	ck_assert_int_eq(w->dir, TO_CLIENT);
	syn_ack.tcp_flags = TCP_SYN | TCP_ACK;
	ck_assert_ptr_eq(world_touch(w, &syn_ack), flow);
	ck_assert_int_eq(w->dir, TO_CLIENT);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_SYN_ACK);
	ck_assert(flow->pkts[TO_SERVER] == 1 && flow->pkts[TO_CLIENT] == 1);
	world_free(w);
}
END_TEST

START_TEST(a_parser_may_reverse_what_is_not_proven)
{
	struct world *w = world_new();
	struct packet pkt = packet(17, CLIENT, 40000, SERVER, 40001, S);
	struct packet syn = packet(6, CLIENT, 40000, SERVER, 40001, S);
	struct packet ping = packet(1, CLIENT, 8, SERVER, 0, S);
	struct flow *flow = world_touch(w, &pkt);

	flow_reverse(flow);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_PROTOCOL);
	ck_assert(addr_equal(flow_initiator(flow), &pkt.ends.dest));
	ck_assert(flow->pkts[TO_CLIENT] == 1 && flow->pkts[TO_SERVER] == 0);
	(void)world_touch(w, &pkt);
	ck_assert_int_eq(w->dir, TO_CLIENT);
	syn.tcp_flags = TCP_SYN;
	flow = world_touch(w, &syn);
	flow_reverse(flow);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_SYN);
	flow = world_touch(w, &ping);
	flow_reverse(flow);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_FIRST_PACKET);
	world_free(w);
}
END_TEST

/* Both ends at home: the group follows the initiator. */
START_TEST(reversing_at_home_swaps_the_groups)
{
	struct world *w = world_config();
	struct cidr home, wards;
	struct group group = { .name = (char[]){ "wards" }, .subnets = { &wards, 1 } };
	struct packet pkt = packet(17, CLIENT, 40000, 2, 40001, S);
	struct flow *flow;

	ck_assert_int_eq(cidr_parse(&home, "10.0.0.0/8"), 0);
	ck_assert_int_eq(cidr_parse(&wards, "10.0.0.1/32"), 0);
	w->cfg.home_nets = (struct cidr_list){ &home, 1 };
	w->cfg.groups = &group;
	w->cfg.n_groups = 1;
	world_start(w);
	flow = world_touch(w, &pkt);
	ck_assert(flow->group == 1 && flow->peer_group == 0);
	flow_reverse(flow);
	ck_assert(flow->group == 0 && flow->peer_group == 1);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("initiator");
	TCase *t = tcase_create("initiator");

	tcase_add_loop_test(t, the_first_packet_decides, 0, ARRAY_LEN(firsts));
	tcase_add_test(t, a_late_syn_corrects);
	tcase_add_test(t, a_late_syn_ack_corrects);
	tcase_add_test(t, a_parser_may_reverse_what_is_not_proven);
	tcase_add_test(t, reversing_at_home_swaps_the_groups);
	suite_add_tcase(s, t);
	return suite_run(s);
}
