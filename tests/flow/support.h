/* SPDX-License-Identifier: Apache-2.0 */
/* support.h - a flow table with small limits, and packets to touch it with. */
#ifndef PICKET_TESTS_FLOW_SUPPORT_H
#define PICKET_TESTS_FLOW_SUPPORT_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "flow.h"
#include "macros.h"
#include "stats.h"

enum { S = 1000000, ENDED_MAX = 4096 };

/* What is remembered of an ended flow. */
struct ended {
	uint64_t serial, first_us, last_us;
	uint32_t pkts[2];
	uint8_t reason, state;
};

struct world {
	struct config cfg;
	struct stats *st;
	struct flow_table *ft;
	struct ended ended[ENDED_MAX];
	size_t n_ended;
	enum direction dir;	/* of the last touch */
	bool is_new;
};

static inline void
world_note_end(void *arg, struct flow *flow)
{
	struct world *w = arg;

	if (w->n_ended < ENDED_MAX)
		w->ended[w->n_ended] = (struct ended){ flow->serial, flow->first_us,
		    flow->last_us, { flow->pkts[0], flow->pkts[1] }, flow->end_reason,
		    flow->state };
	w->n_ended++;
}

/* Limits may be changed between world_config() and world_start(). */
static inline struct world *
world_config(void)
{
	struct world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->cfg.flow_max = 64;
	w->cfg.stream_max = 4096;
	w->cfg.stream_memcap = 1 << 20;
	w->cfg.idle_new_s = 30;
	w->cfg.idle_tcp_s = 600;
	w->cfg.idle_udp_s = 60;
	w->cfg.idle_other_s = 60;
	w->cfg.idle_closed_s = 10;
	return w;
}

static inline struct world *
world_start(struct world *w)
{
	w->st = stats_new();
	w->ft = flow_table_new(&w->cfg, w->st, world_note_end, w);
	ck_assert_ptr_nonnull(w->ft);
	return w;
}

static inline struct world *
world_new(void)
{
	return world_start(world_config());
}

static inline uint64_t
world_count(const struct world *w, const char *name)
{
	return stats_value(w->st, name);
}

/* Every packet and every flow is accounted for. */
static inline void
world_check(const struct world *w, uint64_t touches)
{
	ck_assert_uint_eq(world_count(w, "flow.packets") + world_count(w, "flow.refused"), touches);
	ck_assert_uint_eq(world_count(w, "flow.new"),
	    world_count(w, "flow.ended") + flow_table_live(w->ft));
}

static inline void
world_free(struct world *w)
{
	flow_table_free(w->ft);
	stats_free(w->st);
	free(w);
}

static inline struct flow *
world_touch(struct world *w, const struct packet *pkt)
{
	return flow_table_touch(w->ft, pkt, &w->dir, &w->is_new);
}

/* A datagram between 10.0.0.x and 192.0.2.y. Ends below 256 are 10.0.0.x, others 192.0.2.x. */
static inline struct addr
address(unsigned end)
{
	const uint8_t low[4] = { 10, 0, 0, (uint8_t)end }, high[4] = { 192, 0, 2, (uint8_t)end };

	return addr_from_ipv4(end < 256 ? low : high);
}

static inline struct packet
packet(uint8_t proto, unsigned src, uint16_t src_port, unsigned dest, uint16_t dest_port,
    uint64_t time_us)
{
	return (struct packet){
		.time_us = time_us, .ttl = 64, .ip_len = 40,
		.ends = { address(src), address(dest), src_port, dest_port, proto },
	};
}

enum { CLIENT = 1, SERVER = 256 + 1, CLIENT_PORT = 40000, SERVER_PORT = 8883 };

/* A segment of the usual connection; data may be NULL. */
static inline struct packet
segment(bool from_client, uint8_t flags, uint32_t seq, uint32_t ack, const char *data, size_t len,
    uint64_t time_us)
{
	struct packet pkt = from_client
	    ? packet(6, CLIENT, CLIENT_PORT, SERVER, SERVER_PORT, time_us)
	    : packet(6, SERVER, SERVER_PORT, CLIENT, CLIENT_PORT, time_us);

	pkt.tcp_flags = flags;
	pkt.seq = seq;
	pkt.ack = ack;
	pkt.payload = (const uint8_t *)data;
	pkt.payload_len = pkt.payload_wire_len = (uint32_t)len;
	pkt.ip_len += (uint32_t)len;
	return pkt;
}

static inline int
suite_run(Suite *s)
{
	SRunner *sr = srunner_create(s);
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

#endif
