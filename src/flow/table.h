/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - what the files of the flow stage share: the table's inside. */
#ifndef PICKET_FLOW_TABLE_H
#define PICKET_FLOW_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "blocks.h"
#include "due.h"
#include "flow.h"
#include "hash.h"
#include "index.h"
#include "pool.h"
#include "wheel.h"

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMPV6 = 58, PROTO_SCTP = 132 };
enum flow_timeout { TIMEOUT_TCP, TIMEOUT_UDP, TIMEOUT_OTHER, TIMEOUT_N };

/* A step of packet time that is not believed at once, see flow_table_expire(). */
enum { STEP_MAX_S = 3600, STEP_CONFIRM = 8 };

struct flow_table {
	struct flow_index index;
	struct pool flows;
	struct hash_seed seed;
	uint64_t *count;	/* by enum flow_counter; owned by the statistics */
	uint64_t timeout_us[FLOW_STATE_N][TIMEOUT_N];
	uint64_t active_us;	/* 0: never */
	uint64_t reuse_us;	/* silence after which a SYN starts a new flow */
	uint64_t serial;	/* flows begun so far */
	uint32_t hand;		/* index of the flow that eviction looks at next */
	uint32_t look_hand, look_left;	/* flow_table_look(): the next index, places to go */
	uint32_t stream_max;
	const struct config *cfg;
	flow_end_fn end;
	void *end_arg;
	struct pool streams, tunnels;
	struct blocks blocks;	/* of streams: kept and held octets */
	struct wheel wheel;
	struct due_list due;	/* of the turn in hand, empty between turns */
};

/* key.c */

/** Fill the key of a packet between `ends` that `pkt` is or quotes; returns the key end (0 or
 * 1) that sent it. */
unsigned flow_key_fill(struct flow_key *key, const struct packet *pkt, const struct ends *ends);

/* initiator.c */

/** Decide from the first packet, sent by key end `src`, which end is the initiator. */
void initiator_decide(struct flow *flow, const struct packet *pkt, unsigned src);
/** Correct it: swap all that is kept by direction. */
void initiator_swap(struct flow *flow, enum flow_initiator_evidence evidence);

/* tcp.c */

/** Count a TCP packet: sequence, flags, handshake, close, payload; not yet counted in pkts[].
 * May correct the initiator, and thus *dir. */
void tcp_count(struct flow *flow, const struct packet *pkt, enum direction *dir);
/** Is this a SYN that begins another connection on the flow's ports? `dir`: who sends it. */
bool tcp_reuses(const struct flow *flow, const struct packet *pkt, enum direction dir,
    uint64_t reuse_us);

/* icmp.c */

/** Note an ICMP error in the flow of the packet that it quotes. */
void icmp_tie(struct flow_table *ft, const struct packet *pkt);
/** The message of the other direction, e.g. echo reply for echo request; -1 when there is none
 * (or it's not one type to another). */
int icmp_counterpart(uint8_t proto, uint8_t type);
/** Is it the answer of such a pair? */
bool icmp_is_reply(uint8_t proto, uint8_t type);

/* expire.c */

/** Why a flow is over at `now_us`: FLOW_END_NONE when it is not. */
enum flow_end_reason flow_over(const struct flow_table *ft, const struct flow *flow,
    uint64_t now_us);
/** Have the wheel look at a flow (in no list) when it may be over. */
void flow_arm(struct flow_table *ft, struct flow *flow);

/* stream.c */

/** Start the stream of a new flow. */
void stream_begin(struct flow_table *ft, struct flow *flow);
size_t stream_size(void);

static inline uint32_t
flow_key_hash(const struct flow_table *ft, const struct flow_key *key)
{
	return (uint32_t)hash_key40(&ft->seed, key);
}

static inline enum flow_timeout
flow_timeout_of(uint8_t proto)
{
	return proto == PROTO_TCP ? TIMEOUT_TCP : proto == PROTO_UDP ? TIMEOUT_UDP : TIMEOUT_OTHER;
}

static inline bool
flow_proto_is_icmp(uint8_t proto)
{
	return proto == PROTO_ICMP || proto == PROTO_ICMPV6;
}

/** Silent for longer than its state allows, or a flow from what is now the future? */
static inline bool
flow_is_idle(const struct flow_table *ft, const struct flow *flow, uint64_t now_us)
{
	int64_t idle_us = (int64_t)(now_us - flow->last_us);
	uint64_t most = ft->timeout_us[flow->state][flow_timeout_of(flow_proto(flow))];

	return idle_us >= (int64_t)most || idle_us < -(int64_t)STEP_MAX_S * 1000000;
}

static inline void
saturate16(uint16_t *n)
{
	*n = (uint16_t)(*n + (*n != UINT16_MAX));
}

/** Count payload octets sent in `dir`. */
static inline void
flow_count_payload(struct flow *flow, enum direction dir, uint32_t octets)
{
	uint32_t left = UINT32_MAX - flow->payload_octets[dir];

	flow->payload_octets[dir] += octets < left ? octets : left;
	flow->payload_pkts = (uint8_t)(flow->payload_pkts + (flow->payload_pkts != UINT8_MAX));
	flow->flags |= (uint32_t)FLOW_DATA_TO_SERVER << dir;
}

#endif
