/* SPDX-License-Identifier: Apache-2.0 */
/* test_table.c - finding, beginning, filling, evicting, and that no packet is lost count of. */
#include <stdio.h>

#include "flow/table.h"
#include "support.h"

START_TEST(both_directions_are_one_flow)
{
	struct world *w = world_new();
	struct packet there = packet(17, CLIENT, 40000, SERVER, 5683, 1 * S);
	struct packet back = packet(17, SERVER, 5683, CLIENT, 40000, 2 * S);
	struct flow_key key;
	struct flow *flow;

	there.payload_len = there.payload_wire_len = 7;
	flow = world_touch(w, &there);
	ck_assert(w->is_new && w->dir == TO_SERVER && flow->state == FLOW_STATE_NEW);
	ck_assert_ptr_eq(world_touch(w, &back), flow);
	ck_assert(!w->is_new && w->dir == TO_CLIENT);
	ck_assert(flow->state == FLOW_STATE_ESTABLISHED && (flow->flags & FLOW_HANDSHAKE));
	ck_assert(flow->pkts[0] == 1 && flow->pkts[1] == 1 && flow->octets[0] == 40);
	ck_assert(flow->payload_octets[0] == 7 && flow->payload_octets[1] == 0);
	ck_assert((flow->flags & (FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT)) ==
	    FLOW_DATA_TO_SERVER);
	ck_assert_int_eq(flow_initiator_port(flow), 40000);
	ck_assert(flow->first_us == 1 * S && flow->last_us == 2 * S);
	ck_assert_ptr_eq(flow_table_find(w->ft, &flow->key), flow);
	key = flow->key;
	key.port[0]++;
	ck_assert_ptr_null(flow_table_find(w->ft, &key));
	world_check(w, 2);
	world_free(w);
}
END_TEST

static const struct {
	const char *what;
	uint8_t proto, n_vlans;
	uint16_t vlan[2], src_port;
	bool same;
} others[] = {
	{ "the same again",	17, 1, { 10, 0 }, 1000, true },
	{ "another VLAN",	17, 1, { 11, 0 }, 1000, false },
	{ "an inner VLAN",	17, 2, { 10, 12 }, 1000, false },
	{ "no VLAN, stale ids",	17, 0, { 10, 0 }, 1000, false },
	{ "another protocol",	132, 1, { 10, 0 }, 1000, false },
	{ "another port",	17, 1, { 10, 0 }, 1001, false },
	{ "three tags",		17, 3, { 10, 0 }, 1000, true },
};

START_TEST(the_key_tells_flows_apart)
{
	struct world *w = world_new();
	struct packet pkt = packet(17, CLIENT, 1000, SERVER, 2000, S);
	const struct flow *flow;

	pkt.n_vlans = 1;
	pkt.vlan[0] = 10;
	flow = world_touch(w, &pkt);
	pkt.ends.proto = others[_i].proto;
	pkt.ends.src_port = others[_i].src_port;
	pkt.n_vlans = others[_i].n_vlans;
	memcpy(pkt.vlan, others[_i].vlan, sizeof(pkt.vlan));
	ck_assert_msg((world_touch(w, &pkt) == flow) == others[_i].same, "%s", others[_i].what);
	world_free(w);
}
END_TEST

START_TEST(a_packet_to_itself_has_a_flow)
{
	struct world *w = world_new();
	struct packet pkt = packet(17, CLIENT, 1000, CLIENT, 1000, S);

	ck_assert_ptr_nonnull(world_touch(w, &pkt));
	ck_assert_ptr_nonnull(world_touch(w, &pkt));
	ck_assert(!w->is_new);
	world_free(w);
}
END_TEST

/* More flows than slots at the start: the index grows; then all are found, ended, gone. */
START_TEST(the_index_grows_and_shrinks)
{
	enum { N = 20000 };
	struct world *w = world_config();
	struct flow **flows = calloc(N, sizeof(*flows));

	w->cfg.flow_max = N;
	world_start(w);
	for (unsigned i = 0; i < N; i++) {
		struct packet pkt = packet(17, i % 256, (uint16_t)(1024 + i), SERVER, 53, S);

		flows[i] = world_touch(w, &pkt);
		ck_assert(w->is_new);
	}
	for (unsigned i = 0; i < N; i += 3)
		flow_table_end(w->ft, flows[i], FLOW_END_IDLE);
	for (unsigned i = 0; i < N; i++) {
		struct packet pkt = packet(17, SERVER, 53, i % 256, (uint16_t)(1024 + i), 2 * S);

		if (i % 3 == 0)
			continue;
		ck_assert_ptr_eq(world_touch(w, &pkt), flows[i]);
		ck_assert(!w->is_new);
	}
	flow_table_end_all(w->ft, 3 * S);
	ck_assert_uint_eq(flow_table_live(w->ft), 0);
	ck_assert_uint_eq(w->n_ended, N);
	free(flows);
	world_free(w);
}
END_TEST

static void
touch_udp(struct world *w, uint16_t port, bool answered, uint64_t time_us)
{
	struct packet there = packet(17, CLIENT, port, SERVER, 5683, time_us);
	struct packet back = packet(17, SERVER, 5683, CLIENT, port, time_us);

	ck_assert_ptr_nonnull(world_touch(w, &there));
	if (answered)
		ck_assert_ptr_nonnull(world_touch(w, &back));
}

/* Of a full table the longest idle goes, one-sided flows first; busy ones stay. */
START_TEST(a_full_table_evicts_or_refuses)
{
	struct world *w = world_config();
	struct packet more = packet(17, CLIENT, 999, SERVER, 5683, 20 * S);

	w->cfg.flow_max = 4;
	world_start(w);
	touch_udp(w, 1, true, 1 * S);
	touch_udp(w, 2, true, 2 * S);
	touch_udp(w, 3, false, 10 * S);
	touch_udp(w, 4, true, 4 * S);
	ck_assert_ptr_nonnull(world_touch(w, &more));
	ck_assert_uint_eq(w->ended[0].serial, 3);	/* one-sided, though the latest */
	ck_assert_int_eq(w->ended[0].reason, FLOW_END_EVICTED);
	touch_udp(w, 999, true, 20 * S);		/* answered now */
	more.ends.src_port = 1000;
	ck_assert_ptr_nonnull(world_touch(w, &more));
	ck_assert_uint_eq(w->ended[1].serial, 1);	/* the longest idle */
	touch_udp(w, 1000, true, 20 * S);
	touch_udp(w, 2, true, 20 * S);
	touch_udp(w, 4, true, 20 * S);
	more.ends.src_port = 1001;
	ck_assert_ptr_null(world_touch(w, &more));	/* all busy within the second */
	ck_assert_uint_eq(world_count(w, "flow.evicted"), 2);
	ck_assert_uint_eq(world_count(w, "flow.refused"), 1);
	more.time_us += 1 * S;
	ck_assert_ptr_nonnull(world_touch(w, &more));
	world_check(w, 2 + 2 + 1 + 2 + 1 + 2 + 1 + 2 + 2 + 2 + 1 + 1);
	world_free(w);
}
END_TEST

START_TEST(a_full_table_of_one)
{
	struct world *w = world_config();

	w->cfg.flow_max = 1;
	world_start(w);
	touch_udp(w, 1, false, S);
	touch_udp(w, 2, false, S);
	ck_assert_uint_eq(w->ended[0].serial, 1);
	world_check(w, 2);
	world_free(w);
}
END_TEST

/* Random traffic on a small table, twice with the same numbers: whatever the two secret hash
 * seeds are, the same flows end in the same order for the same reasons. */
START_TEST(the_hash_seed_decides_nothing)
{
	struct world *w[2] = { world_config(), world_config() };

	for (int k = 0; k < 2; k++) {
		uint64_t state = 88172645463325252u, now = 1 * S;

		w[k]->cfg.flow_max = 100;
		w[k]->cfg.active_s = 120;
		world_start(w[k]);
		for (unsigned i = 0; i < 20000; i++) {
			struct packet pkt;
			uint16_t port;

			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			port = (uint16_t)(1024 + state % 300);
			now += (state >> 20) % 200000;
			pkt = state >> 60 & 1 ? packet(17, CLIENT, port, SERVER, 53, now)
			    : packet(17, SERVER, 53, CLIENT, port, now);
			flow_table_expire(w[k]->ft, now);
			(void)world_touch(w[k], &pkt);
		}
		flow_table_end_all(w[k]->ft, now);
		world_check(w[k], 20000);
		ck_assert_uint_eq(flow_table_live(w[k]->ft), 0);
	}
	ck_assert_uint_gt(w[0]->n_ended, 1000);
	ck_assert_uint_gt(world_count(w[0], "flow.evicted"), 100);
	ck_assert_uint_eq(w[0]->n_ended, w[1]->n_ended);
	ck_assert_mem_eq(w[0]->ended, w[1]->ended, sizeof(w[0]->ended));
	world_free(w[0]);
	world_free(w[1]);
}
END_TEST

START_TEST(what_only_the_first_packet_tells)
{
	struct world *w = world_new();
	struct packet there = packet(17, CLIENT, 40000, SERVER, 5683, S);
	struct packet back = packet(17, SERVER, 5683, CLIENT, 40000, S);
	struct flow *flow;

	there.flags = back.flags = PACKET_HAS_MAC;
	there.source = 3;
	memset(there.src_mac, 0x11, 6);
	memset(back.src_mac, 0x22, 6);
	back.ttl = 50;
	there.tunnel = (struct tunnel){ .type = TUNNEL_GTPU, .depth = 1, .id = 7 };
	back.tunnel = (struct tunnel){ .type = TUNNEL_GTPU, .depth = 1, .id = 8 };
	(void)world_touch(w, &there);
	there.ttl = 1;
	(void)world_touch(w, &there);
	flow = world_touch(w, &back);
	ck_assert(flow->ttl[0] == 64 && flow->ttl[1] == 50 && flow->source == 3);
	ck_assert(flow->mac[0][0] == 0x11 && flow->mac[1][5] == 0x22);
	ck_assert(flow->tunnel->by[0].id == 7 && flow->tunnel->by[1].id == 8);
	world_free(w);
}
END_TEST

START_TEST(home_and_group_are_of_the_device)
{
	struct world *w = world_config();
	uint16_t vlans[] = { 7 };
	struct group group = { .name = (char[]){ "wards" }, .vlans = vlans, .n_vlans = 1 };
	struct cidr home;
	struct packet pkt = packet(17, SERVER, 40000, CLIENT, 5683, S);
	struct flow *flow;

	ck_assert_int_eq(cidr_parse(&home, "10.0.0.0/8"), 0);
	w->cfg.home_nets = (struct cidr_list){ &home, 1 };
	w->cfg.groups = &group;
	w->cfg.n_groups = 1;
	world_start(w);
	pkt.n_vlans = 1;
	pkt.vlan[0] = 7;
	flow = world_touch(w, &pkt);
	ck_assert((flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER)) ==
	    FLOW_HOME_RESPONDER);
	ck_assert_int_eq(flow_device_sends(flow), TO_CLIENT);
	ck_assert_int_eq(flow->group, 1);
	flow_reverse(flow);
	ck_assert((flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER)) ==
	    FLOW_HOME_INITIATOR);
	ck_assert_int_eq(flow->group, 1);
	world_free(w);
}
END_TEST

START_TEST(memory_is_counted_and_comes_back)
{
	struct world *w = world_new();
	size_t empty = flow_table_memory(w->ft);
	struct packet syn = segment(true, TCP_SYN, 1, 0, NULL, 0, S);
	struct flow *flow = world_touch(w, &syn);

	ck_assert_uint_eq(flow_table_memory(w->ft) - empty,
	    sizeof(struct flow) + stream_size());
	flow_stream_stop(w->ft, flow);
	ck_assert_uint_eq(flow_table_memory(w->ft) - empty, sizeof(struct flow));
	flow_table_end_all(w->ft, S);
	ck_assert_uint_eq(flow_table_memory(w->ft), empty);
	printf("struct flow %zu, slot %zu, stream %zu octets\n",
	    sizeof(struct flow), sizeof(struct slot), stream_size());
	world_free(w);
}
END_TEST

START_TEST(identifiers_last_and_fit_a_double)
{
	struct world *w = world_new();
	struct packet pkt = packet(17, CLIENT, 40000, SERVER, 5683, 1 * S);
	uint64_t id = flow_id(world_touch(w, &pkt)), later;

	/* As computed by hand: FNV-1a over both addresses, ports, protocol, 1000000. */
	ck_assert_uint_eq(id, UINT64_C(7377738845369421));
	flow_table_end_all(w->ft, 2 * S);
	pkt.time_us = 2 * S;
	later = flow_id(world_touch(w, &pkt));
	ck_assert(later != id && later != 0 && later < UINT64_C(1) << 53);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("flow table");
	TCase *t = tcase_create("table");

	tcase_add_test(t, both_directions_are_one_flow);
	tcase_add_loop_test(t, the_key_tells_flows_apart, 0, ARRAY_LEN(others));
	tcase_add_test(t, a_packet_to_itself_has_a_flow);
	tcase_add_test(t, the_index_grows_and_shrinks);
	tcase_add_test(t, a_full_table_evicts_or_refuses);
	tcase_add_test(t, a_full_table_of_one);
	tcase_add_test(t, the_hash_seed_decides_nothing);
	tcase_add_test(t, what_only_the_first_packet_tells);
	tcase_add_test(t, home_and_group_are_of_the_device);
	tcase_add_test(t, memory_is_counted_and_comes_back);
	tcase_add_test(t, identifiers_last_and_fit_a_double);
	suite_add_tcase(s, t);
	return suite_run(s);
}
