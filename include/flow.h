/* SPDX-License-Identifier: Apache-2.0 */
/* flow.h - the table of bidirectional flows, and the bounded streams of their first octets.
 *
 * The table owns every struct flow. Callers borrow one until the next call that may end
 * flows: flow_table_touch() or flow_table_expire(). A flow's pointers to what other stages
 * keep for it are released by those stages when the end callback runs. */
#ifndef PICKET_FLOW_H
#define PICKET_FLOW_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"
#include "packet.h"
#include "stats.h"

struct config;
struct record;
struct session;		/* classify's, while it still parses: src/classify/classify.c */
struct flow_marks;	/* detect's, for flows with a match: src/detect/detect.c */
struct stream;		/* src/flow/stream.c */

/* Both ends in one canonical order (end 0 has the lower addr:port by memcmp of addr, then
 * port number), so that both directions give the same 40 octets. No padding. The TEID is not
 * in the key: each direction of a bearer carries the TEID that its receiver chose (TS 29.281,
 * 5.1), so it would split one flow in two. ICMP has port 0 at both ends. */
struct flow_key {
	struct addr addr[2];
	uint16_t port[2];
	uint32_t tenant_proto;	/* outer VLAN id << 20 | inner VLAN id << 8 | IP protocol */
};
static_assert(sizeof(struct flow_key) == 40, "struct flow_key has padding");

/** The tenant of a packet, as in struct flow_key with the protocol's bits 0. */
static inline uint32_t
flow_tenant(const struct packet *pkt)
{
	uint32_t tenant = 0;

	if (pkt->n_vlans > 0)
		tenant = (uint32_t)(pkt->vlan[0] & 0xfff) << 20;
	if (pkt->n_vlans > 1)
		tenant |= (uint32_t)(pkt->vlan[1] & 0xfff) << 8;
	return tenant;
}

enum direction { TO_SERVER = 0, TO_CLIENT = 1 };	/* from / to the initiator */

/* Why we hold one end to be the initiator. */
#define FLOW_INITIATOR_EVIDENCE(X)				\
	X(INITIATOR_FIRST_PACKET, "first_packet")		\
	X(INITIATOR_SYN, "syn")					\
	X(INITIATOR_SYN_ACK, "syn_ack")				\
	X(INITIATOR_PORT, "port")				\
	X(INITIATOR_PROTOCOL, "protocol")

/* Why a flow ended (IPFIX flowEndReason, RFC 5102, 5.11.3, where there is a name). */
#define FLOW_END_REASONS(X)					\
	X(FLOW_END_NONE, "none")				\
	X(FLOW_END_IDLE, "idle_timeout")			\
	X(FLOW_END_ACTIVE, "active_timeout")			\
	X(FLOW_END_FIN, "end_of_flow")				\
	X(FLOW_END_RST, "reset")				\
	X(FLOW_END_EVICTED, "lack_of_resources")		\
	X(FLOW_END_SHUTDOWN, "forced_end")			\
	X(FLOW_END_REUSED, "port_reused")			\
	X(FLOW_END_REASSIGNED, "address_reassigned")

/* Suricata's words for flow.state, and what they mean here. */
#define FLOW_STATES(X)						\
	X(FLOW_STATE_NEW, "new")	/* one side only so far; TCP: half open */	\
	X(FLOW_STATE_ESTABLISHED, "established")	/* handshake seen, or both sides spoke */ \
	X(FLOW_STATE_CLOSED, "closed")	/* FIN both ways, or RST */

#define X_ENUM(id, name) id,
enum flow_initiator_evidence { FLOW_INITIATOR_EVIDENCE(X_ENUM) INITIATOR_EVIDENCE_N };
enum flow_end_reason { FLOW_END_REASONS(X_ENUM) FLOW_END_REASON_N };
enum flow_state { FLOW_STATES(X_ENUM) FLOW_STATE_N };
#undef X_ENUM

enum {	/* struct flow, flags */
	FLOW_END1_INITIATES = 1 << 0,	/* key end 1 is the initiator, else end 0 */
	FLOW_SETTLED = 1 << 1,		/* classified: nothing left to do but count */
	FLOW_MARKED = 1 << 2,		/* detect wants every packet of this flow (see marks) */
	FLOW_MIDSTREAM = 1 << 3,	/* TCP picked up without its SYN or SYN-ACK */
	FLOW_SYN_SEEN = 1 << 4,
	FLOW_SYN_ACK_SEEN = 1 << 5,
	FLOW_HANDSHAKE = 1 << 6,	/* TCP: SYN answered and acknowledged, or data both ways; UDP: answered */
	FLOW_FIN_TO_SERVER = 1 << 7,
	FLOW_FIN_TO_CLIENT = 1 << 8,
	FLOW_RST = 1 << 9,
	FLOW_HOME_INITIATOR = 1 << 10,	/* the initiator's / responder's address is in home_nets */
	FLOW_HOME_RESPONDER = 1 << 11,
	FLOW_ICMP_ERROR = 1 << 12,	/* an ICMP error about this flow was seen: icmp_type/code */
	FLOW_DATA_TO_SERVER = 1 << 13,	/* payload octets were seen in this direction */
	FLOW_DATA_TO_CLIENT = 1 << 14,
	FLOW_HAS_MAC = 1 << 15,
	FLOW_SEQ_TO_SERVER = 1 << 16,	/* next_seq[] is known in this direction */
	FLOW_SEQ_TO_CLIENT = 1 << 17,
	FLOW_DEVICE_KNOWN = 1 << 18,	/* identify knows which end is the device: key end 1 with */
	FLOW_DEVICE_END1 = 1 << 19,	/* this, else key end 0 */
	FLOW_NETWORK = 1 << 20,		/* detect's: whose network it went to is still to be judged */
};

/* What a flow that came through a tunnel keeps of it (pool-owned by the flow table). */
struct flow_tunnel {
	struct tunnel by[2];	/* as first seen per direction; depth 0: not seen */
};

/* Ordered by who touches it: every packet the first two cache lines, timers and parsers the
 * third, classify, detect and emit the last. Flows lie close
 * together in the pool: looking ahead (below) hides the lines that they straddle, and a million
 * of them are 24 MB less than on borders of 64 octets. */
struct flow {
	struct flow_key key;
	uint64_t last_us;	/* latest packet time, never earlier than first_us */
	uint32_t pkts[2];	/* by direction */
	uint32_t flags;
	uint32_t index;		/* of this flow in its table; never changes */

	uint64_t octets[2];	/* IP octets by direction; below: second cache line */
	uint32_t payload_octets[2];	/* transport payload by direction, saturating */
	uint32_t next_seq[2];	/* TCP, next sequence number expected, by direction */
	struct stream *stream;	/* owned by the flow table while the flow is parsed */
	uint16_t retransmitted[2], gaps[2];	/* TCP segments, saturating */
	uint8_t tcp_flags[2];	/* all that were seen, by direction */
	uint8_t ttl[2];		/* of the first packet, by direction */
	uint8_t state;		/* enum flow_state */
	uint8_t initiator_evidence;
	uint8_t payload_pkts;	/* packets with payload, both directions, saturating */
	uint8_t end_reason;	/* enum flow_end_reason */
	uint8_t icmp_type, icmp_code;	/* ICMP flow: of its first packet; else of the last error */
	uint8_t spare[2];
	uint32_t hash;		/* of the key, seeded: never to be written anywhere */

	uint64_t first_us;	/* time of the first packet: below: third cache line */
	uint64_t serial;	/* 1, 2 ... in order of creation within the table */
	uint32_t wheel_next, wheel_prev;	/* of the timer wheel: flow index + 1, 0: none */
	uint32_t wheel_bucket;
	uint32_t isn;		/* initial sequence number of the initiator, with FLOW_SYN_SEEN */
	struct session *session;	/* owned by classify while parsing, else NULL */
	struct record *record;		/* owned by classify until the end callback */
	struct flow_marks *marks;	/* owned by detect until the end callback */
	struct flow_tunnel *tunnel;	/* owned by the flow table; NULL: no tunnel */

	uint32_t name;		/* name id from classify's name cache, 0: none */
	uint32_t name_age_s;	/* how old that answer was when the flow began */
	uint16_t source;	/* first frame's file or interface */
	uint16_t group;		/* device group of the device's end, 0: none; config's index + 1 */
	uint16_t peer_group;	/* group of the other end, when neither or both are at home */
	uint16_t app;		/* classify_app_name(); 0: unknown */
	uint16_t reasons;	/* of the verdict, bits of enum verdict_reason */
	uint8_t confidence;	/* enum verdict_confidence */
	uint8_t role;		/* enum role */
	uint8_t role_confidence;	/* percent */
	uint8_t mac[2][6];	/* by direction: the sender's, with FLOW_HAS_MAC */
	uint32_t device;	/* identify's, a device_ref; 0: not known */
};
static_assert(offsetof(struct flow, octets) <= 64, "hot part outgrew a cache line");
static_assert(offsetof(struct flow, first_us) <= 128, "hot part outgrew two cache lines");
static_assert(sizeof(struct flow) <= 256, "a flow outgrew its promise");

/* X(id, name, help): see stats.h */
#define FLOW_COUNTERS(X)						\
	X(FLOW_COUNT_PACKETS, "flow.packets", "packets counted into a flow")	\
	X(FLOW_COUNT_REFUSED, "flow.refused", "packets without a flow: table full, no victim")	\
	X(FLOW_COUNT_NEW, "flow.new", "flows begun")				\
	X(FLOW_COUNT_ENDED, "flow.ended", "flows ended, all reasons")		\
	X(FLOW_COUNT_EVICTED, "flow.evicted", "flows ended early to make room")	\
	X(FLOW_COUNT_MIDSTREAM, "flow.midstream", "TCP flows picked up without their SYN") \
	X(FLOW_COUNT_ICMP_TIED, "flow.icmp.tied", "ICMP errors tied to the flow they are about") \
	X(FLOW_COUNT_STREAM_FULL, "flow.stream.full", "streams given up: more octets unparsed than flow.stream_max") \
	X(FLOW_COUNT_STREAM_MEMCAP, "flow.stream.memcap", "streams given up: flow.stream_memcap reached") \
	X(FLOW_COUNT_STREAM_OUT_OF_ORDER, "flow.stream.out_of_order", "segments held until the octets before them came") \
	X(FLOW_COUNT_STREAM_GAP, "flow.stream.gap", "gaps in a stream that were passed over") \
	X(FLOW_COUNT_STREAM_RETRANSMITTED, "flow.stream.retransmitted", "segments with nothing new")

enum flow_counter { FLOW_COUNTERS(STATS_ENUM) FLOW_COUNTER_N };

struct flow_table;	/* opaque: src/flow/table.c */

/** Called once for each flow that ends, before its memory is used again; end_reason is set. */
typedef void (*flow_end_fn)(void *arg, struct flow *flow);

/** Limits come from `cfg` (flow.max, flow.stream_max, timeouts, home_nets, groups), which is
 * borrowed for the life of the table. NULL when out of memory. */
struct flow_table *flow_table_new(const struct config *cfg, struct stats *st,
    flow_end_fn end, void *end_arg);
/** Does not call the end callback: flow_table_end_all() first. */
void flow_table_free(struct flow_table *ft);

/**
 * Find the flow of `pkt`, or start one, and count the packet into it: counters, TCP state,
 * initiator, tunnel, MAC. An ICMP error is also tied to the flow that it quotes.
 *
 * A flow that has been silent past its timeout is ended first and a new one begins, whether
 * or not flow_table_expire() has run. A SYN with another initial sequence number on a closed
 * or long silent flow ends it and starts another (FLOW_END_REUSED).
 * When the table is full the longest idle of a bounded sample is ended (FLOW_END_EVICTED),
 * one-sided and closed flows before others. Established flows that were busy within the last
 * second stay: then the packet is refused.
 *
 * *dir_out: direction of this packet. *is_new: the flow began with it.
 * Returns a borrowed flow, or NULL when there is no room (counted as flow.refused).
 */
struct flow *flow_table_touch(struct flow_table *ft, const struct packet *pkt,
    enum direction *dir_out, bool *is_new);

/* Looking ahead: a table of a million flows is in main memory, not in a cache, and finding a
 * flow is a chain of three far reads. With packets in hand before their turn, each step of the
 * chain is asked for early: flow_table_hint() when the packet comes, flow_table_near() a few
 * packets later, flow_table_nearer() a few more, then flow_table_touch_hinted(). Leaving
 * steps out costs time only. */
struct flow_hint {
	struct flow_key key;
	uint32_t hash;		/* of the key, seeded */
	uint32_t src;		/* key end that sends */
};

/** Fills `hint` for the packet and asks for its place in the index. */
void flow_table_hint(const struct flow_table *ft, const struct packet *pkt,
    struct flow_hint *hint);
/** Asks for the flow, if there is one. */
void flow_table_near(const struct flow_table *ft, const struct flow_hint *hint);
/** Asks for what is kept of the flow while it is parsed. */
void flow_table_nearer(const struct flow_table *ft, const struct flow_hint *hint);
/** flow_table_touch() with the hint of just this packet. */
struct flow *flow_table_touch_hinted(struct flow_table *ft, const struct packet *pkt,
    const struct flow_hint *hint, enum direction *dir_out, bool *is_new);

/** The live flow of a key, NULL when there is none; counts nothing. */
const struct flow *flow_table_find(const struct flow_table *ft, const struct flow_key *key);

/** End what has been idle or active for too long at `now_us` (packet time). Cheap when called
 * for each packet: it works once per second of packet time. A step of more than an hour, forth
 * or back, is believed only when eight calls in a row confirm it, so that one packet with a
 * broken time stamp ends nothing; after a believed step back, flows from what is now the future
 * are ended. The cost of a step is that of looking at each flow once, however long it is. */
void flow_table_expire(struct flow_table *ft, uint64_t now_us);

/** End one flow now. */
void flow_table_end(struct flow_table *ft, struct flow *flow, enum flow_end_reason reason);

/** End every flow, oldest start first (ties: by order of creation), with FLOW_END_SHUTDOWN,
 * or, when they were closed or idle past their time, with that reason. */
void flow_table_end_all(struct flow_table *ft, uint64_t now_us);

/** Begin a round: each flow that lives now is to be looked at, by flow_table_look(). One that goes
 * on still begins anew. */
void flow_table_look_begin(struct flow_table *ft);
/** Go on with the round, if there is one: look at the next `n` places for flows at most, and end those
 * that `which` says, with `reason`, oldest start first. */
void flow_table_look(struct flow_table *ft, uint32_t n,
    bool (*which)(const void *arg, const struct flow *flow), const void *arg,
    enum flow_end_reason reason);

/* A walk over the flows that live now, in pieces: flows may begin and end between two pieces; those
 * that begin after flow_walk_begin() are not shown. */
struct flow_walk {
	uint64_t last_serial;
	uint32_t at;
};
void flow_walk_begin(const struct flow_table *ft, struct flow_walk *walk);
/** Show the flows in the next `max` places, in an order that depends on the input alone. `each` may
 * change but not end them. False when all have been shown. */
bool flow_walk_some(struct flow_table *ft, struct flow_walk *walk, uint32_t max,
    void (*each)(void *arg, struct flow *flow), void *arg);

/** A parser proved that the initiator is the other end: swap all that is kept by direction
 * (INITIATOR_PROTOCOL). Does nothing when SYN or SYN-ACK decided, nor for ICMP. The direction
 * of a chunk in hand is still what it was; of later ones it is the new one. */
void flow_reverse(struct flow *flow);

size_t flow_table_live(const struct flow_table *ft);
/** Octets in use by flows, streams and tunnels; for statistics. */
size_t flow_table_memory(const struct flow_table *ft);

/* Streams: the first octets of a TCP flow, in order, each once.
 *
 * Base: SYN, else the first octet seen (mid-stream). Octets that came first win over later ones
 * for the same sequence numbers. Segments from beyond a hole are held, up to flow.stream_max
 * octets and 32 segments a direction (8 while the other side was never seen); past that, or
 * when the other side acknowledged the hole, the hole is passed and what was kept before it is
 * dropped. So is the part of a segment that the snapshot length cut off.
 *
 * After flow_table_touch(), while classify still wants octets (flow->stream != NULL, which
 * touch arranges for each new TCP flow):
 *
 *	if (flow_stream_push(ft, flow, pkt, dir))
 *		while (flow_stream_next(ft, flow, &chunk)) {
 *			... parse chunk.data ...
 *			flow_stream_consume(ft, flow, &chunk, used, skip);
 *		}
 *
 * A chunk holds all octets of one direction that are in order and not consumed yet: what was
 * kept before plus what came now, in one piece. When nothing was kept it borrows from the
 * packet, so the common case copies nothing. */
struct stream_chunk {
	enum direction dir;
	struct cursor data;
	bool gap;		/* octets before data were lost for good; none before are in data */
};

/** Take the payload of a TCP packet. True when there is something new to parse. */
bool flow_stream_push(struct flow_table *ft, struct flow *flow, const struct packet *pkt,
    enum direction dir);
/** The next chunk with new octets; false when there is none. A chunk that was not consumed is
 * kept as if consumed with used 0. At most 65 chunks a direction for one push; see them all
 * before the next push, or what is left of this packet is lost as a gap. */
bool flow_stream_next(struct flow_table *ft, struct flow *flow, struct stream_chunk *chunk);
/** Say that `used` octets of the chunk are done with, and that the `skip` octets after those
 * (which may not have come yet) need not be shown. The rest is kept for the next chunk, up
 * to flow.stream_max; past that the stream is given up (flow->stream becomes NULL, counted). */
void flow_stream_consume(struct flow_table *ft, struct flow *flow,
    const struct stream_chunk *chunk, size_t used, uint64_t skip);
/** No more octets are wanted of this flow; a chunk in hand is no longer valid. */
void flow_stream_stop(struct flow_table *ft, struct flow *flow);

/* Reading a flow. */

/** Address or port of the initiator (TO_SERVER: who sends in that direction) or responder. */
static inline unsigned
flow_end_index(const struct flow *flow, enum direction sender_of)
{
	unsigned initiator = (flow->flags & FLOW_END1_INITIATES) != 0;

	return sender_of == TO_SERVER ? initiator : 1 - initiator;
}
static inline const struct addr *
flow_initiator(const struct flow *flow)
{
	return &flow->key.addr[flow_end_index(flow, TO_SERVER)];
}
static inline const struct addr *
flow_responder(const struct flow *flow)
{
	return &flow->key.addr[flow_end_index(flow, TO_CLIENT)];
}
static inline uint16_t
flow_initiator_port(const struct flow *flow)
{
	return flow->key.port[flow_end_index(flow, TO_SERVER)];
}
static inline uint16_t
flow_responder_port(const struct flow *flow)
{
	return flow->key.port[flow_end_index(flow, TO_CLIENT)];
}
static inline uint8_t
flow_proto(const struct flow *flow)
{
	return flow->key.tenant_proto & 0xff;
}

/** The device's end: as identify knows it, else the initiator, unless only the responder is at
 * home. */
static inline enum direction
flow_device_sends(const struct flow *flow)
{
	if ((flow->flags & FLOW_DEVICE_KNOWN) != 0)
		return ((flow->flags & FLOW_DEVICE_END1) != 0)
		    == ((flow->flags & FLOW_END1_INITIATES) != 0) ? TO_SERVER : TO_CLIENT;
	return (flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER)) == FLOW_HOME_RESPONDER
	    ? TO_CLIENT : TO_SERVER;
}

const char *flow_end_reason_name(enum flow_end_reason reason);
const char *flow_state_name(enum flow_state state);
const char *flow_initiator_evidence_name(enum flow_initiator_evidence evidence);

/* Community ID v1 (corelight/community-id-spec), seed 0: "1:" and 28 characters of base64. */
enum { COMMUNITY_ID_MAX = 32 };
void community_id(const struct ends *ends, char text[static COMMUNITY_ID_MAX]);
/** Of the flow's (inner) ends. */
void flow_community_id(const struct flow *flow, char text[static COMMUNITY_ID_MAX]);
/** Identifier: stable hash of the key and the first packet's time, 1 .. 2^53-1, so that JSON
 * readers with doubles keep it exact. */
uint64_t flow_id(const struct flow *flow);

#endif
