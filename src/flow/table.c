/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the table of bidirectional flows: find or begin, count, end, make room. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "macros.h"
#include "table.h"

enum {
	EVICT_SAMPLE = 16,		/* flows looked at for a victim */
	EVICT_BUSY_US = 1000000,	/* an established flow heard of since then stays */
};

static const struct counter_desc counters[] = { FLOW_COUNTERS(STATS_DESC) };

static uint64_t
us(uint32_t seconds)
{
	return (uint64_t)seconds * 1000000;
}

static void
set_timeouts(struct flow_table *ft, const struct config *cfg)
{
	for (int i = 0; i < TIMEOUT_N; i++) {
		ft->timeout_us[FLOW_STATE_NEW][i] = us(cfg->idle_new_s);
		ft->timeout_us[FLOW_STATE_CLOSED][i] = us(cfg->idle_closed_s);
	}
	ft->timeout_us[FLOW_STATE_ESTABLISHED][TIMEOUT_TCP] = us(cfg->idle_tcp_s);
	ft->timeout_us[FLOW_STATE_ESTABLISHED][TIMEOUT_UDP] = us(cfg->idle_udp_s);
	ft->timeout_us[FLOW_STATE_ESTABLISHED][TIMEOUT_OTHER] = us(cfg->idle_other_s);
	ft->active_us = us(cfg->active_s);
	ft->reuse_us = us(cfg->idle_new_s);
}

struct flow_table *
flow_table_new(const struct config *cfg, struct stats *st, flow_end_fn end, void *end_arg)
{
	struct flow_table *ft = calloc(1, sizeof(*ft));

	if (ft == NULL)
		return NULL;
	ft->seed = hash_seed_new();
	ft->cfg = cfg;
	ft->stream_max = cfg->stream_max;
	ft->end = end;
	ft->end_arg = end_arg;
	set_timeouts(ft, cfg);
	ft->count = stats_register(st, counters, ARRAY_LEN(counters));
	/* A chunk is what was kept plus one segment, 64 KiB at most (RFC 791, 3.1). */
	if (ft->count == NULL || flow_index_init(&ft->index, cfg->flow_max) != 0 ||
	    pool_init(&ft->flows, sizeof(struct flow), cfg->flow_max) != 0 ||
	    pool_init(&ft->streams, stream_size(), cfg->flow_max) != 0 ||
	    pool_init(&ft->tunnels, sizeof(struct flow_tunnel), cfg->flow_max) != 0 ||
	    due_init(&ft->due, cfg->flow_max) != 0 ||
	    blocks_init(&ft->blocks, cfg->stream_memcap, (size_t)cfg->stream_max + 65536) != 0) {
		flow_table_free(ft);
		return NULL;
	}
	return ft;
}

void
flow_table_free(struct flow_table *ft)
{
	if (ft == NULL)
		return;
	blocks_done(&ft->blocks);
	due_done(&ft->due);
	pool_done(&ft->tunnels);
	pool_done(&ft->streams);
	pool_done(&ft->flows);
	flow_index_done(&ft->index);
	free(ft);
}

void
flow_table_end(struct flow_table *ft, struct flow *flow, enum flow_end_reason reason)
{
	flow->end_reason = (uint8_t)reason;
	flow_index_remove(&ft->index, flow);
	wheel_remove(&ft->wheel, &ft->flows, flow);
	ft->count[FLOW_COUNT_ENDED]++;
	if (ft->end != NULL)
		ft->end(ft->end_arg, flow);
	flow_stream_stop(ft, flow);
	if (flow->tunnel != NULL)
		pool_put(&ft->tunnels, flow->tunnel);
	pool_put(&ft->flows, flow);
}

/* End the longest idle of the next flows under the hand; one-sided and closed ones before
 * established ones. Only called when every flow of the pool is live. False when there is
 * nothing but busy established flows among them. */
static bool
evict(struct flow_table *ft, uint64_t now_us)
{
	struct flow *victim = NULL;

	for (uint32_t i = 0; i < EVICT_SAMPLE && i < ft->flows.max; i++) {
		struct flow *flow = pool_at(&ft->flows, ft->hand);
		bool settled = flow->state == FLOW_STATE_ESTABLISHED;

		ft->hand = ft->hand + 1 < ft->flows.max ? ft->hand + 1 : 0;
		if (settled && (int64_t)(now_us - flow->last_us) < EVICT_BUSY_US)
			continue;
		if (victim != NULL) {
			bool victim_settled = victim->state == FLOW_STATE_ESTABLISHED;

			if (settled != victim_settled ? settled
			    : flow->last_us >= victim->last_us)
				continue;
		}
		victim = flow;
	}
	if (victim == NULL)
		return false;
	ft->count[FLOW_COUNT_EVICTED]++;
	flow_table_end(ft, victim, FLOW_END_EVICTED);
	return true;
}

/* Which ends are at home, and which group the device belongs to. */
static void
place(struct flow_table *ft, struct flow *flow, const struct packet *pkt)
{
	size_t n_vlans = pkt->n_vlans < PACKET_VLANS_MAX ? pkt->n_vlans : PACKET_VLANS_MAX;
	bool initiator = config_is_home(ft->cfg, flow_initiator(flow));
	bool responder = config_is_home(ft->cfg, flow_responder(flow));
	enum direction device;

	if (initiator)
		flow->flags |= FLOW_HOME_INITIATOR;
	if (responder)
		flow->flags |= FLOW_HOME_RESPONDER;
	if (ft->cfg->n_groups == 0)
		return;
	device = flow_device_sends(flow);
	flow->group = config_group_of(ft->cfg, &flow->key.addr[flow_end_index(flow, device)],
	    pkt->vlan, n_vlans);
	if (initiator == responder)
		flow->peer_group = config_group_of(ft->cfg, flow_responder(flow), pkt->vlan,
		    n_vlans);
}

/* Begin the flow of a packet that key end `src` sent. NULL when there is no room. */
static struct flow *
begin(struct flow_table *ft, const struct packet *pkt, const struct flow_key *key, uint32_t hash,
    unsigned src)
{
	struct flow *flow;

	if (ft->flows.in_use == ft->flows.max && !evict(ft, pkt->time_us))
		return NULL;
	flow = pool_get(&ft->flows);
	*flow = (struct flow){
		.key = *key, .hash = hash, .index = pool_index(&ft->flows, flow),
		.first_us = pkt->time_us, .last_us = pkt->time_us,
		.serial = ++ft->serial, .source = pkt->source,
	};
	initiator_decide(flow, pkt, src);
	place(ft, flow, pkt);
	if (pkt->ends.proto == PROTO_TCP) {
		stream_begin(ft, flow);
		if (!(pkt->tcp_flags & TCP_SYN)) {
			flow->flags |= FLOW_MIDSTREAM;
			ft->count[FLOW_COUNT_MIDSTREAM]++;
		}
	} else if (flow_proto_is_icmp(pkt->ends.proto)) {
		flow->icmp_type = (uint8_t)pkt->ends.src_port;
		flow->icmp_code = (uint8_t)pkt->ends.dest_port;
	}
	flow_index_add(&ft->index, flow);
	flow_arm(ft, flow);
	ft->count[FLOW_COUNT_NEW]++;
	return flow;
}

/* The first packet in a direction: who sent it, and through what. */
static void
first_in_direction(struct flow_table *ft, struct flow *flow, const struct packet *pkt,
    enum direction dir)
{
	flow->ttl[dir] = pkt->ttl;
	if (pkt->flags & PACKET_HAS_MAC) {
		memcpy(flow->mac[dir], pkt->src_mac, sizeof(flow->mac[dir]));
		flow->flags |= FLOW_HAS_MAC;
	}
	if (pkt->tunnel.depth == 0)
		return;
	if (flow->tunnel == NULL) {
		flow->tunnel = pool_get(&ft->tunnels);	/* as many as flows: never NULL */
		*flow->tunnel = (struct flow_tunnel){ 0 };
	}
	flow->tunnel->by[dir] = pkt->tunnel;
}

/* UDP and all others without a state of their own: answered is established. */
static void
count_datagram(struct flow *flow, const struct packet *pkt, enum direction dir)
{
	enum direction other = dir == TO_SERVER ? TO_CLIENT : TO_SERVER;

	if (flow->pkts[other] != 0 && flow->state == FLOW_STATE_NEW) {
		flow->state = FLOW_STATE_ESTABLISHED;
		flow->flags |= FLOW_HANDSHAKE;
	}
	if (pkt->payload_wire_len != 0)
		flow_count_payload(flow, dir, pkt->payload_wire_len);
}

static enum direction
count_packet(struct flow_table *ft, struct flow *flow, const struct packet *pkt, unsigned src)
{
	uint8_t state = flow->state;
	enum direction dir = src == flow_end_index(flow, TO_SERVER) ? TO_SERVER : TO_CLIENT;

	if (pkt->ends.proto == PROTO_TCP)
		tcp_count(flow, pkt, &dir);
	else
		count_datagram(flow, pkt, dir);
	if (UNLIKELY(flow->pkts[dir] == 0))
		first_in_direction(ft, flow, pkt, dir);
	flow->pkts[dir] += flow->pkts[dir] != UINT32_MAX;
	flow->octets[dir] += pkt->ip_len;
	if ((int64_t)(pkt->time_us - flow->last_us) > 0)
		flow->last_us = pkt->time_us;
	/* Only this state shortens the time that is left: don't wait for the old deadline. */
	if (UNLIKELY(flow->state != state && flow->state == FLOW_STATE_CLOSED)) {
		wheel_remove(&ft->wheel, &ft->flows, flow);
		flow_arm(ft, flow);
	}
	ft->count[FLOW_COUNT_PACKETS]++;
	return dir;
}

/* Does the packet belong to another conversation than the flow that has its key? */
static enum flow_end_reason
succeeds(const struct flow_table *ft, const struct flow *flow, const struct packet *pkt,
    unsigned src)
{
	enum direction dir;

	if (UNLIKELY(flow_is_idle(ft, flow, pkt->time_us)))
		return flow_over(ft, flow, pkt->time_us);
	if (LIKELY(!(pkt->tcp_flags & TCP_SYN)) || pkt->ends.proto != PROTO_TCP)
		return FLOW_END_NONE;
	dir = src == flow_end_index(flow, TO_SERVER) ? TO_SERVER : TO_CLIENT;
	return tcp_reuses(flow, pkt, dir, ft->reuse_us) ? FLOW_END_REUSED : FLOW_END_NONE;
}

void
flow_table_hint(const struct flow_table *ft, const struct packet *pkt, struct flow_hint *hint)
{
	hint->src = flow_key_fill(&hint->key, pkt, &pkt->ends);
	hint->hash = flow_key_hash(ft, &hint->key);
	flow_index_ask(&ft->index, hint->hash);
}

void
flow_table_near(const struct flow_table *ft, const struct flow_hint *hint)
{
	const struct flow *flow = flow_index_guess(&ft->index, &ft->flows, hint->hash);

	if (flow == NULL)
		return;
	__builtin_prefetch(&flow->key, 1);
	__builtin_prefetch(&flow->octets, 1);
	__builtin_prefetch(&flow->first_us);
	__builtin_prefetch(&flow->name);
}

void
flow_table_nearer(const struct flow_table *ft, const struct flow_hint *hint)
{
	const struct flow *flow = flow_index_guess(&ft->index, &ft->flows, hint->hash);

	if (flow == NULL || (flow->flags & FLOW_SETTLED) != 0)
		return;
	__builtin_prefetch(flow->session, 1);
	__builtin_prefetch(flow->stream, 1);
	__builtin_prefetch(flow->record, 1);
}

const struct flow *
flow_table_find(const struct flow_table *ft, const struct flow_key *key)
{
	return flow_index_find(&ft->index, &ft->flows, flow_key_hash(ft, key), key);
}

struct flow *
flow_table_touch_hinted(struct flow_table *ft, const struct packet *pkt,
    const struct flow_hint *hint, enum direction *dir_out, bool *is_new)
{
	struct flow *flow = flow_index_find(&ft->index, &ft->flows, hint->hash, &hint->key);
	enum flow_end_reason over;

	if (UNLIKELY(pkt->flags & PACKET_ICMP_ERROR))
		icmp_tie(ft, pkt);
	if (flow != NULL
	    && UNLIKELY((over = succeeds(ft, flow, pkt, hint->src)) != FLOW_END_NONE)) {
		flow_table_end(ft, flow, over);
		flow = NULL;
	}
	*is_new = flow == NULL;
	if (flow == NULL) {
		flow = begin(ft, pkt, &hint->key, hint->hash, hint->src);
		if (flow == NULL) {
			ft->count[FLOW_COUNT_REFUSED]++;
			return NULL;
		}
	}
	*dir_out = count_packet(ft, flow, pkt, hint->src);
	return flow;
}

struct flow *
flow_table_touch(struct flow_table *ft, const struct packet *pkt, enum direction *dir_out,
    bool *is_new)
{
	struct flow_hint hint;

	flow_table_hint(ft, pkt, &hint);
	return flow_table_touch_hinted(ft, pkt, &hint, dir_out, is_new);
}

size_t
flow_table_live(const struct flow_table *ft)
{
	return ft->flows.in_use;
}

size_t
flow_table_memory(const struct flow_table *ft)
{
	return ft->flows.in_use * ft->flows.stride + ft->streams.in_use * ft->streams.stride +
	    ft->tunnels.in_use * ft->tunnels.stride + ft->blocks.in_use +
	    ((size_t)ft->index.mask + 1) * sizeof(struct slot);
}
