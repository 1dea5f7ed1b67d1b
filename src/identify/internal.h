/* SPDX-License-Identifier: Apache-2.0 */
/* internal.h - what the files of the registry share.
 *
 *	device    module with its SIM, or host; the only thing that flows refer to
 *	session   a stretch of packet time in which a device (0: not known yet) holds
 *	ends      tunnel ends and the ids by which protocols call the session, and
 *	claims    addresses
 *	node      a network element; names and transactions are what they say
 *
 * All live in pools; a ref is index + 1 and 0 is none. Sizes are the promise of 300 octets a
 * device, all in: 128 device + 48 session + 56 ends + 32 claim + 9 heads of 4. */
#ifndef PICKET_IDENTIFY_INTERNAL_H
#define PICKET_IDENTIFY_INTERNAL_H

#include <assert.h>

#include "chain.h"
#include "config.h"
#include "hash.h"
#include "identify.h"
#include "macros.h"
#include "pool.h"

enum {
	NODE_BITS = 18, NODES_MAX = (1 << NODE_BITS) - 1,
	ENDS_PER_BLOCK = 4,
	SESSION_ENDS_MAX = 64,		/* of one session: eleven bearers (TS 24.007, 11.2.3.1.5) and ids */
	DEVICE_LEARNED_MAX = 7,		/* sources kept of a device */
	DEVICE_SESSIONS_MAX = 32,	/* of one device, ended ones too */
	TRANSACTIONS_MAX = 32768,
	LINGER_MAX = 65536,
	CANDIDATES_MAX = 16,		/* sessions looked at for one message or flow */
	NEWS_MAX = 16,			/* of one message; more are left out */
	NEWS_PLAIN = DEVICE_NEW | DEVICE_IMEI | DEVICE_IMSI | DEVICE_ADDRESS | DEVICE_APN
	    | DEVICE_NETWORK | DEVICE_HOST,	/* no fact for a finding */
	EVICT_SAMPLE = 16,
	ROUTER_ADDRS = 4,		/* IPv4 addresses of one MAC by ARP; more: it is a router */
	SKEW_UNION_S = 30		/* two tellings of one session's begin are no further apart */
};
#define SECOND_US UINT64_C(1000000)
#define TRANSACTION_US (10 * SECOND_US)		/* TS 29.274, 7.6: T3 times N3, and more */
#define LINGER_US (5 * SECOND_US)		/* packets forwarded after a handover */
#define ENDED_KEEP_S 30				/* ended sessions still name late flows */
#define ENDED_KEEP_BUSY_S 3600			/* ... while flows of their device live */

/* What an end is good for. The first two are user plane, looked up together. */
enum end_use {
	USE_UPLINK, USE_DOWNLINK, USE_GTPC, USE_PFCP, USE_RADIUS, USE_DIAMETER, USE_CORE_UE,
	USE_RAN_UE
};
enum { TAG_CP, TAG_UP };	/* USE_PFCP: an SEID that the control or the user plane chose */
/* Which leg of a bearer a user-plane end is of: a handover replaces one and leaves the other. */
enum end_side { SIDE_RADIO, SIDE_CORE, SIDE_ANY, SIDE_PFCP };

struct end {
	uint32_t next;		/* chain; 0 also when free: see id */
	uint32_t node : NODE_BITS, use : 3, lingers : 1;
	uint32_t tag : 10;	/* user plane: bearer << 2 | side; USE_GTPC: interface type;
				 * USE_PFCP: TAG_ */
	uint32_t id;		/* TEID, or folded SEID, session hash, UE id; 0: free */
};
struct end_block {
	uint32_t session, more;	/* more: the next block of the session */
	struct end end[ENDS_PER_BLOCK];
};
static_assert(sizeof(struct end_block) == 56, "see the sum above");

struct claim {
	struct addr addr;
	uint32_t next, session, more;	/* chain; whose; the session's next claim */
	uint8_t len, used;
};
static_assert(sizeof(struct claim) == 32, "see the sum above");

enum {	/* struct session, flags */
	SESSION_USED = 1 << 0,		/* the pool's object is one */
	SESSION_OPEN = 1 << 1,		/* begun before it was first heard of: start is a bound */
	SESSION_LAN = 1 << 2,		/* by DHCP, ARP or ND: owner is the pseudo-node of a VLAN */
	SESSION_APP = 1 << 3,		/* by what the device says of itself: LwM2M, telemetry */
	SESSION_FLIPPED = 1 << 4,	/* took its address from another SESSION_APP */
	SESSION_ARP = 1 << 5,		/* of SESSION_LAN: by ARP only */
	SESSION_TOOK = 1 << 6		/* its address was another's, whose flows live */
};
struct session {
	uint64_t start_us : 52, rat : 8, spare : 4;
	uint64_t end_us : 52, source : 4, flags : 8;	/* end_us 0: it lives */
	uint32_t device, sibling;	/* sibling: the device's next session */
	uint32_t ends, claims, apn;
	uint32_t heard_s;
	uint32_t owner;			/* node that gives out its addresses; 0: not known */
	uint32_t epoch;			/* reg->epoch when its nodes were last looked at */
};
static_assert(sizeof(struct session) == 48, "see the sum above");

enum device_key { KEY_IMEI, KEY_IMSI, KEY_MSISDN, KEY_N };
enum {	/* struct device, flags: the first KEY_N are 1 << enum device_key: found by that key */
	DEVICE_USED = 1 << 3, DEVICE_FORWARDS = 1 << 4, DEVICE_IMEI_MASKED = 1 << 5,
	DEVICE_NOTED = 1 << 6,	/* a contradiction by a less trusted source was told once */
	DEVICE_TWIN = 1 << 7,	/* another entry has its IMEI */
	DEVICE_CROWDED = 1 << 8	/* too many have it: found by its SIM only */
};
struct device {
	digits number[KEY_N];
	uint64_t area, cell;		/* packed: place.c */
	uint32_t next[KEY_N];
	uint32_t flows;			/* live flows, and entries that forward here */
	uint32_t sessions;		/* the newest first; with DEVICE_FORWARDS: what it became */
	uint32_t host;
	uint32_t older, newer;		/* in order of first sight */
	uint32_t first_s, last_s;
	uint32_t serial;		/* of those made: a place is used again, a merge moves first_s */
	uint32_t apn;			/* of the session that was heard of last */
	uint32_t plmn : 24, rat : 8;
	uint32_t learned[DEVICE_LEARNED_MAX];	/* source + 1 << 28 | seconds since reg->base_s */
	uint8_t told_by[KEY_N];		/* enum signalling_source */
	uint8_t n_sessions;		/* ended ones too; a merge may leave more than
					 * DEVICE_SESSIONS_MAX until the next one begins */
	uint16_t flags, spare;
};
static_assert(sizeof(struct device) == 128, "see the sum above");

enum { HOST_ROUTER = 1 << 0 };
struct host {
	uint8_t mac[6];
	uint8_t has_mac, flags;
	uint32_t next, device, name, vendor_class;
};

/* Restart counters are per protocol. */
enum family { FAMILY_GTPV1, FAMILY_GTPV2, FAMILY_PFCP, FAMILY_RADIUS, FAMILY_AP, FAMILY_N };
struct node {
	struct addr addr;
	uint32_t tenant;	/* of a LAN's pseudo-node; else 0 */
	uint32_t next, refs;	/* refs: ends and owners */
	uint32_t heard_s;
	uint8_t used, has_recovery;	/* has_recovery: bit per family */
	uint8_t spare[2];
	uint32_t recovery[FAMILY_N], before[FAMILY_N];
	uint32_t down_epoch[FAMILY_N];
	uint64_t down_us;
};

struct name {
	uint32_t next, refs;
	char text[SIGNALLING_APN_MAX + 4];
};
static_assert(sizeof(struct name) % 8 == 0, "pool objects are multiples of 8");

struct told_end {
	uint32_t node, id;
	uint16_t tag;
	uint8_t use;
};
enum {	/* struct told, flags */
	TOLD_REFUSED = 1 << 0, TOLD_MASKED = 1 << 1, TOLD_MAC = 1 << 2, TOLD_ALONE = 1 << 3,
	TOLD_FROM_RAN = 1 << 4
};
enum { TOLD_ENDS_MAX = 24 };
/* What a request and its answer say together, with nodes and text interned. */
struct told {
	uint64_t time_us, since_us;
	digits number[KEY_N];
	uint64_t area, cell;
	uint32_t owner, client, nas;	/* nodes; client: who asks; nas: for whom, 0: not told */
	uint32_t header;		/* index + 1 in `end` of the id to which the request, if it was
					 * seen, is addressed; 0: none */
	uint32_t apn, host_name, vendor_class;	/* names; each a reference */
	uint32_t plmn, bearers_gone, tenant;
	uint8_t source, act, rat, flags;
	uint8_t mac[6];
	uint8_t n_ue, n_ends, linked_bearer;
	struct cidr ue[SIGNALLING_ADDRS_MAX];
	struct told_end end[TOLD_ENDS_MAX];
};

struct transaction_key {
	struct addr client, server;
	uint32_t sequence, tenant;
	uint16_t port;
	uint8_t source, spare;
	uint32_t extra;		/* DHCP: its client, because addresses say nothing yet */
};
struct transaction {
	struct transaction_key key;
	uint32_t next, used;
	uint32_t newer, older;	/* in order of time: the oldest times out first */
	uint64_t what;		/* of the message: numbers are used again, for others */
	struct told told;
	struct device_news news;	/* told with the answer; ref 0: none. The device is held */
};

struct lingering {
	uint64_t until_us;
	uint32_t end, session;
};

struct identity {
	const struct config *cfg;
	const struct knowledge *knowledge;
	uint64_t *count;
	device_news_fn news;
	void *news_arg;
	struct hash_seed seed;
	uint64_t now_us, sweep_us;
	uint64_t skew_us;
	uint32_t base_s;		/* of learned[] */
	uint32_t epoch;			/* node restarts so far */
	size_t live_sessions, live_devices;
	uint32_t serial;		/* of the device made last */

	struct pool devices, hosts, sessions, ends, claims, nodes, names, transactions;
	struct chain by_number[KEY_N], by_mac, by_end, by_addr, by_node, by_name, by_transaction;
	uint32_t first_device, last_device;	/* order of first sight */
	uint32_t oldest, newest;		/* transactions */
	uint32_t device_hand, session_hand, sweep_device, sweep_session, node_hand;
	uint32_t prefixes[129];			/* claims by prefix length, */
	uint64_t lengths[2];			/* and a bit for each length - 1 in use */

	struct lingering *linger;		/* ring */
	uint32_t linger_first, linger_n;

	bool reassigned;
	uint64_t stale_us;			/* when identity_has_stale() was last true */
	struct device_news pending[NEWS_MAX];
	unsigned n_pending;
};

/* Refs to objects. */
static inline struct device *
device_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->devices, ref - 1);
}
static inline struct session *
session_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->sessions, ref - 1);
}
static inline struct end_block *
ends_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->ends, ref - 1);
}
static inline struct claim *
claim_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->claims, ref - 1);
}
static inline struct node *
node_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->nodes, ref - 1);
}
static inline struct host *
host_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->hosts, ref - 1);
}
static inline uint32_t
pool_ref(const struct pool *p, const void *object)
{
	return pool_index(p, object) + 1;
}
static inline uint32_t
seconds(uint64_t us)
{
	return (uint32_t)(us / SECOND_US);
}

/* names.c: text that many share. */
int names_init(struct identity *reg, uint32_t max);
/** A reference to the text, 0 for "" and when there is no room. */
uint32_t name_get(struct identity *reg, const char *text);
uint32_t name_share(struct identity *reg, uint32_t ref);
void name_put(struct identity *reg, uint32_t ref);
const char *name_text(const struct identity *reg, uint32_t ref);	/* NULL for 0 */
/** Let *slot refer to `ref` (shared) instead. True when that is another text. */
bool name_set(struct identity *reg, uint32_t *slot, uint32_t ref);

/* nodes.c: network elements and their restarts. */
int nodes_init(struct identity *reg);
/** Find or enter; 0 when there is no room. */
uint32_t node_get(struct identity *reg, const struct addr *a, uint32_t tenant);
uint32_t node_find(const struct identity *reg, const struct addr *a, uint32_t tenant);
void node_refer(struct identity *reg, uint32_t ref, int by);
/** The node spoke with this restart counter or time stamp. */
void node_recovery(struct identity *reg, uint32_t ref, enum family family, uint32_t recovery,
    uint64_t time_us);
void node_down(struct identity *reg, uint32_t ref, enum family family, uint64_t time_us);
enum family source_family(uint8_t source);

/* told.c: a message with nodes and text interned. */
void told_fill(struct identity *reg, const struct signalling *s, struct told *t);
/** The answer completes the request: `t` is the request's and becomes both. Takes `answer`. */
void told_merge(struct identity *reg, struct told *t, const struct told *answer);
uint32_t told_nas(struct identity *reg, const struct signalling *s);
void told_done(struct identity *reg, struct told *t);
uint32_t fold_id(const struct identity *reg, uint64_t id);

/* transactions.c: requests that wait for their answers. */
int transactions_init(struct identity *reg);
void transaction_key_fill(struct transaction_key *key, const struct signalling *s);
struct transaction *transaction_find(const struct identity *reg,
    const struct transaction_key *key);
/** What a request that is sent again has in common with itself. */
uint64_t transaction_what(const struct signalling *s);
/** Takes `t`. NULL, and `t` still the caller's, when there is no room. */
struct transaction *transaction_begin(struct identity *reg, const struct transaction_key *key,
    uint64_t what, const struct told *t);
/** The told is the caller's again. */
void transaction_end(struct identity *reg, struct transaction *tr, struct told *t);
struct transaction *transaction_oldest(const struct identity *reg);

/* ends.c: tunnel ends and protocol ids of sessions. */
int ends_init(struct identity *reg);
static inline struct end *
end_at(const struct identity *reg, uint32_t ref)
{
	return &ends_at(reg, (ref - 1) / ENDS_PER_BLOCK + 1)->end[(ref - 1) % ENDS_PER_BLOCK];
}
static inline uint32_t
end_session(const struct identity *reg, uint32_t ref)
{
	return ends_at(reg, (ref - 1) / ENDS_PER_BLOCK + 1)->session;
}
uint32_t end_ref(const struct identity *reg, const struct end *e);
/** Ends with this node and id, any of the two user-plane uses for one of them. 0: no more. */
uint32_t end_first(const struct identity *reg, unsigned use, uint32_t node, uint32_t id);
uint32_t end_next(const struct identity *reg, uint32_t ref);
/** The next end of a session, in order; NULL at the end. *at starts at 0. */
struct end *session_end_next(const struct identity *reg, const struct session *s, uint32_t *at);
/** Add to the session, or find it there. False when there is no room. */
bool end_add(struct identity *reg, uint32_t session, const struct told_end *e);
void end_drop(struct identity *reg, struct end *e);
void end_linger(struct identity *reg, struct end *e, uint64_t now_us);
void linger_tick(struct identity *reg, uint64_t now_us);
void ends_drop_all(struct identity *reg, struct session *s);
static inline bool
end_is_user(const struct end *e)
{
	return e->use <= USE_DOWNLINK;
}
static inline unsigned
tag_of(unsigned bearer, enum end_side side)
{
	return bearer << 2 | side;
}

/* claims.c: addresses of sessions. */
int claims_init(struct identity *reg);
uint32_t claim_first(const struct identity *reg, const struct addr *a, uint8_t len);
uint32_t claim_next(const struct identity *reg, uint32_t ref);
bool claim_add(struct identity *reg, uint32_t session, const struct cidr *c);
bool claim_has(const struct identity *reg, const struct session *s, const struct cidr *c);
/** So many hold the address that the one found last is forgotten, unless it is `keep`. */
void claims_trim(struct identity *reg, const struct cidr *c, uint32_t keep);
void claims_drop_all(struct identity *reg, struct session *s);
/** Sessions that hold a block that contains the address; at most `max`, ended ones too. */
unsigned claim_holders(const struct identity *reg, const struct addr *a, uint32_t *session,
    unsigned max);
struct cidr cidr_cut(const struct addr *a, uint8_t len);

/* session.c */
uint32_t session_new(struct identity *reg, const struct told *t, uint32_t device);
/** It ended then; kept a while for flows that are named late. */
void session_over(struct identity *reg, uint32_t ref, uint64_t end_us);
/** Gone at once. */
void session_forget(struct identity *reg, uint32_t ref);
/** Does it live? A restart of one of its nodes since it was last asked ends it here. */
bool session_lives(struct identity *reg, uint32_t ref);
/** The same without making room: nothing is forgotten. */
void session_move(struct identity *reg, uint32_t ref, uint32_t device);
void session_set_device(struct identity *reg, uint32_t ref, uint32_t device);
/** `from` becomes part of `into`; the window begins with the later of two told begins. */
void session_absorb(struct identity *reg, uint32_t into, uint32_t from);
void session_set_owner(struct identity *reg, struct session *s, uint32_t node);
/** 0: not then; 1: within the skew; 2: in its window. */
unsigned session_covers(const struct identity *reg, const struct session *s, uint64_t time_us);
void session_sweep(struct identity *reg, uint32_t n);

/* device.c */
int devices_init(struct identity *reg);
/** What the entry became. Ways of several steps are made one: nothing else can be seen to change. */
uint32_t device_resolve(const struct identity *reg, uint32_t ref);
uint32_t device_new(struct identity *reg, uint64_t time_us);
void device_link(struct identity *reg, uint32_t ref, enum device_key key);
void device_unlink(struct identity *reg, uint32_t ref, enum device_key key);
uint32_t device_by_number(const struct identity *reg, enum device_key key, digits number);
/** The next with the same number. */
uint32_t device_next_by_number(const struct identity *reg, enum device_key key, uint32_t ref);
uint32_t device_by_mac(const struct identity *reg, const uint8_t mac[6]);
/** The host part, made when there is none; NULL when there is no room. */
struct host *device_host(struct identity *reg, uint32_t ref);
void device_set_mac(struct identity *reg, uint32_t ref, const uint8_t mac[6]);
/** Enter a source and when it spoke, as in `learned`. */
void device_note_source(struct device *d, uint32_t learned);
void device_merge(struct identity *reg, uint32_t into, uint32_t from, const struct told *t);
void device_forget(struct identity *reg, uint32_t ref);
void device_hold(struct identity *reg, uint32_t ref);
void device_release(struct identity *reg, uint32_t ref);
bool device_has_key(const struct identity *reg, const struct device *d);
bool device_is_live(struct identity *reg, const struct device *d);
void device_sweep(struct identity *reg, uint32_t n);
digits number_key(enum device_key key, digits number);

/* who.c: which device a message speaks of. */
uint32_t who(struct identity *reg, const struct told *t);
/** The device is `ref` (from its session): take what the message says of it. */
void device_learn(struct identity *reg, uint32_t ref, const struct told *t);
/** A contradiction, told once per device: a core that errs would repeat it with every message. */
void who_note(struct identity *reg, uint32_t ref, uint32_t other, unsigned changes,
    const struct told *t);
/** Does what the message says contradict the device? */
bool who_fits(const struct identity *reg, uint32_t ref, const struct told *t);
/** As who(), but makes and changes nothing. */
uint32_t who_known(const struct identity *reg, const struct told *t);
bool devices_agree(const struct identity *reg, uint32_t a, uint32_t b);

/* learn.c: what a message does to sessions. lan.c, app.c: those of less trusted sources. */
void learn(struct identity *reg, struct told *t);
void learn_lan(struct identity *reg, struct told *t);
void learn_app(struct identity *reg, struct told *t);
void learn_session(struct identity *reg, uint32_t ref, const struct told *t);

/* conflict.c: who else holds the addresses and ends that a session is about to get. */
void settle_claim(struct identity *reg, uint32_t session, const struct cidr *c,
    const struct told *t);
void settle_end(struct identity *reg, uint32_t session, const struct told_end *e,
    const struct told *t);

/** `from` ends because its address is `to`'s now. */
void session_yield(struct identity *reg, uint32_t from, uint32_t to, uint64_t time_us);

/* news.c */
void news_add(struct identity *reg, uint32_t ref, uint32_t other, unsigned changes,
    const struct told *t);
void news_numbers(struct identity *reg, uint32_t ref, uint32_t other, unsigned changes,
    const struct told *t, digits old_imei, digits old_imsi);
void news_send(struct identity *reg);
/** What the request changed is told with its answer: one event, not two. */
void news_hold(struct identity *reg, struct transaction *tr);
/** The wait is over: it is told at the end of this message. */
void news_resume(struct identity *reg, struct transaction *tr, uint64_t time_us);

/* place.c: location in 16 octets. */
bool place_pack(const struct signalling_location *l, uint64_t *area, uint64_t *cell);
void place_unpack(uint64_t area, uint64_t cell, struct signalling_location *l);

static inline bool
source_is_lan(uint8_t source)
{
	return source >= SIGNALLED_DHCPV4;
}
static inline bool
source_is_app(uint8_t source)
{
	return source == SIGNALLED_LWM2M || source == SIGNALLED_TELEMETRY;
}

#endif
