/* SPDX-License-Identifier: Apache-2.0 */
/* flows.c - whose flow is it: by the tunnel's end, else by an address, as of when it began. */
#include "internal.h"

/* A session that fits a flow, and how well. */
struct holder {
	uint32_t device;	/* 0: a session whose device is not known */
	unsigned rank;		/* 0: none */
	bool ambiguous;
	unsigned use;		/* of a tunnel's end: USE_UPLINK: its sender is the device */
};

/* The end that packets go to was announced: its session, or the best of them when a TEID was given
 * out again. */
static struct holder
by_tunnel(struct identity *reg, const struct tunnel *tunnel, uint64_t time_us)
{
	struct holder found = { 0 };
	uint64_t start_us = 0;
	uint32_t node;

	if (tunnel->type != TUNNEL_GTPU || tunnel->depth == 0)
		return found;
	node = node_find(reg, &tunnel->dest, 0);
	for (uint32_t ref = node == 0 ? 0 : end_first(reg, USE_UPLINK, node, tunnel->id); ref != 0;
	    ref = end_next(reg, ref)) {
		const struct end *e = end_at(reg, ref);
		const struct session *s = session_at(reg, end_session(reg, ref));
		bool lives = session_lives(reg, end_session(reg, ref));
		unsigned covers = session_covers(reg, s, time_us);
		unsigned rank = covers == 0 ? 0 : covers * 4 + (lives ? 2 : 0) + !e->lingers;

		if (rank == 0 || rank < found.rank
		    || (rank == found.rank && s->start_us < start_us))
			continue;
		found = (struct holder){ .device = s->device, .rank = rank, .use = e->use };
		start_us = s->start_us;
	}
	return found;
}

/* The network's word before a device's own before a LAN's; a whole window before its skew. */
static unsigned
rank_of(const struct identity *reg, const struct session *s, uint64_t time_us, uint32_t tenant)
{
	unsigned covers = session_covers(reg, s, time_us);

	if (covers == 0)
		return 0;
	if (s->flags & SESSION_LAN)
		return node_at(reg, s->owner)->tenant == (tenant | 1) ? covers : 0;
	return covers + ((s->flags & SESSION_APP) ? 2 : 4);
}

/* `now`: of live sessions only. */
static struct holder
by_addr(const struct identity *reg, const struct addr *a, uint64_t time_us, uint32_t tenant,
    bool now, uint64_t *start_us)
{
	struct holder found = { 0 };
	uint32_t held[CANDIDATES_MAX];
	unsigned n = claim_holders(reg, a, held, CANDIDATES_MAX);

	*start_us = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct session *s = session_at(reg, held[i]);
		unsigned rank = now && s->end_us != 0 ? 0 : rank_of(reg, s, time_us, tenant);

		if (rank == 0 || rank < found.rank)
			continue;
		if (rank > found.rank)
			found = (struct holder){ .device = s->device, .rank = rank };
		else if (s->device != found.device)
			found.ambiguous = true;
		*start_us = s->start_us;
	}
	if (found.ambiguous)
		found.device = 0;
	return found;
}

static void
check_restarts(struct identity *reg, const struct addr *a)
{
	uint32_t held[CANDIDATES_MAX];
	unsigned n = claim_holders(reg, a, held, CANDIDATES_MAX);

	for (unsigned i = 0; i < n; i++)
		(void)session_lives(reg, held[i]);
}

/* The flow's device is at this end of its key. The group goes with the device. */
static void
name_flow(struct identity *reg, struct flow *flow, uint32_t device, unsigned end)
{
	enum direction before = flow_device_sends(flow);

	flow->device = device;
	device_hold(reg, device);
	flow->flags |= FLOW_DEVICE_KNOWN;
	flow->flags = end != 0 ? flow->flags | FLOW_DEVICE_END1
	    : flow->flags & ~(uint32_t)FLOW_DEVICE_END1;
	if (flow_device_sends(flow) != before) {
		uint16_t group = flow->group;

		flow->group = flow->peer_group;
		flow->peer_group = group;
	}
}

static bool
name_by_tunnel(struct identity *reg, struct flow *flow, const struct tunnel *tunnel,
    enum direction dir, uint64_t time_us)
{
	struct holder found = by_tunnel(reg, tunnel, time_us);
	unsigned sender = flow_end_index(flow, dir);

	if (found.device != 0)
		name_flow(reg, flow, found.device, found.use == USE_UPLINK ? sender : 1 - sender);
	return found.rank != 0;
}

/* A LAN's word alone does not make a device of the end that is not at home: a gateway answers ARP
 * for addresses of the whole Internet, and who claims one must not hide whose contact it is. */
static bool
is_far_end(const struct flow *flow, unsigned tried, const struct holder *found)
{
	enum { RANK_LAN_MAX = 2 };	/* rank_of() */
	uint32_t home = flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER);

	return tried != 0 && found->rank <= RANK_LAN_MAX
	    && (home == FLOW_HOME_INITIATOR || home == FLOW_HOME_RESPONDER);
}

/* The device's end first, as far as known; a flow between two devices is the initiator's. */
static struct holder
name_by_addr(struct identity *reg, struct flow *flow, uint64_t time_us)
{
	unsigned likely = flow_end_index(flow, flow_device_sends(flow));
	uint32_t tenant = flow->key.tenant_proto & ~UINT32_C(0xff);
	struct holder both = { 0 };

	for (unsigned i = 0; i < 2; i++) {
		unsigned end = i == 0 ? likely : 1 - likely;
		const struct addr *a = &flow->key.addr[end];
		struct holder found;
		uint64_t start_us;

		if (UNLIKELY(reg->epoch != 0))
			check_restarts(reg, a);
		found = by_addr(reg, a, time_us, tenant, false, &start_us);
		if (found.device != 0 && is_far_end(flow, i, &found))
			continue;
		if (found.device != 0) {
			name_flow(reg, flow, found.device, end);
			return found;
		}
		both.rank |= found.rank;
		both.ambiguous |= found.ambiguous;
	}
	return both;
}

void
identity_flow_new(struct identity *reg, struct flow *flow, const struct packet *pkt,
    enum direction dir)
{
	bool tunnelled = pkt->tunnel.depth != 0 && pkt->tunnel.type == TUNNEL_GTPU;
	struct holder found;

	if (!tunnelled || !name_by_tunnel(reg, flow, &pkt->tunnel, dir, pkt->time_us)) {
		found = name_by_addr(reg, flow, pkt->time_us);
		if (found.ambiguous)
			reg->count[IDENTITY_COUNT_AMBIGUOUS]++;
		else if (tunnelled && found.rank == 0)
			reg->count[IDENTITY_COUNT_UNKNOWN_BEARER]++;
	}
	reg->count[IDENTITY_COUNT_NAMED] += flow->device != 0;
}

void
identity_flow_last(struct identity *reg, struct flow *flow)
{
	bool told = false;

	if (flow->device != 0)
		return;
	for (unsigned dir = 0; dir < 2 && flow->tunnel != NULL && flow->device == 0; dir++)
		told |= name_by_tunnel(reg, flow, &flow->tunnel->by[dir], dir, flow->first_us);
	if (flow->device == 0 && !told)
		(void)name_by_addr(reg, flow, flow->first_us);
	reg->count[IDENTITY_COUNT_NAMED_LATE] += flow->device != 0;
}

void
identity_flow_end(struct identity *reg, struct flow *flow)
{
	device_release(reg, flow->device);
	flow->device = 0;
}

bool
identity_has_stale(struct identity *reg, uint64_t now_us)
{
	if (LIKELY(!reg->reassigned) || now_us < reg->stale_us + SECOND_US)
		return false;
	reg->reassigned = false;
	reg->stale_us = now_us;
	return true;
}

/* Since the flow began another device got the address. */
static bool
is_taken(const struct identity *reg, const struct flow *flow, unsigned end)
{
	uint64_t start_us;
	struct holder now = by_addr(reg, &flow->key.addr[end], flow->last_us,
	    flow->key.tenant_proto & ~UINT32_C(0xff), true, &start_us);

	if (now.device == 0)
		now = by_addr(reg, &flow->key.addr[end], reg->now_us,
		    flow->key.tenant_proto & ~UINT32_C(0xff), true, &start_us);
	return now.device != 0 && now.device != device_resolve(reg, flow->device)
	    && start_us > flow->first_us + (flow->device == 0 ? reg->skew_us : 0);
}

bool
identity_flow_is_stale(const struct identity *reg, const struct flow *flow)
{
	bool stale;

	if (flow->flags & FLOW_DEVICE_KNOWN)
		stale = is_taken(reg, flow, (flow->flags & FLOW_DEVICE_END1) != 0);
	else
		stale = is_taken(reg, flow, 0) || is_taken(reg, flow, 1);
	reg->count[IDENTITY_COUNT_REASSIGNED] += stale;
	return stale;
}

device_ref
identity_by_addr(const struct identity *reg, const struct addr *a)
{
	uint64_t start_us;

	return by_addr(reg, a, reg->now_us, 0, true, &start_us).device;
}
