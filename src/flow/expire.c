/* SPDX-License-Identifier: Apache-2.0 */
/* expire.c - when a flow is over, and the turning of the wheel with packet time. */
#include "macros.h"
#include "table.h"

static int64_t
seconds(uint64_t us)
{
	return (int64_t)(us / 1000000);
}

/* Why a flow that nothing more is heard of ended. */
static enum flow_end_reason
idle_reason(const struct flow *flow)
{
	if (flow->state != FLOW_STATE_CLOSED)
		return FLOW_END_IDLE;
	return flow->flags & FLOW_RST ? FLOW_END_RST : FLOW_END_FIN;
}

enum flow_end_reason
flow_over(const struct flow_table *ft, const struct flow *flow, uint64_t now_us)
{
	if (flow_is_idle(ft, flow, now_us))
		return idle_reason(flow);
	if (ft->active_us != 0 && (int64_t)(now_us - flow->first_us) >= (int64_t)ft->active_us)
		return FLOW_END_ACTIVE;
	return FLOW_END_NONE;
}

void
flow_arm(struct flow_table *ft, struct flow *flow)
{
	uint64_t due = flow->last_us +
	    ft->timeout_us[flow->state][flow_timeout_of(flow_proto(flow))];

	if (ft->active_us != 0 && flow->first_us + ft->active_us < due)
		due = flow->first_us + ft->active_us;
	/* The turn comes with the first packet of a second: round up. */
	wheel_add(&ft->wheel, &ft->flows, flow, seconds(due + 999999));
}

static struct flow *
due_flow(const struct flow_table *ft, uint32_t i)
{
	return pool_at(&ft->flows, ft->due.at[i].flow);
}

/* Ask for a flow that is to come: all its cache lines. */
static void
ask_flow(const struct flow_table *ft, uint32_t i)
{
	const struct flow *flow = due_flow(ft, i);

	__builtin_prefetch(&flow->key, 1);
	__builtin_prefetch(&flow->octets, 1);
	__builtin_prefetch(&flow->first_us, 1);
	__builtin_prefetch(&flow->name, 1);
}

/* Ask for what hangs on it, when the flow itself has come. */
static void
ask_rest(const struct flow_table *ft, uint32_t i)
{
	enum { CACHE_LINE = 64 };
	const struct flow *flow = due_flow(ft, i);

	flow_index_ask(&ft->index, flow->hash);
	__builtin_prefetch(flow->record, 1);
	__builtin_prefetch((const char *)flow->record + CACHE_LINE, 1);
	__builtin_prefetch(flow->session, 1);
	__builtin_prefetch(flow->stream, 1);
}

typedef void (*settle_fn)(struct flow_table *ft, struct flow *flow, uint64_t now_us);

/* Do `settle` to all flows that are due, with what it needs asked for a few flows ahead. */
static inline void
for_each_due(struct flow_table *ft, uint64_t now_us, settle_fn settle)
{
	enum { REST = 4, FLOW = 8 };	/* flows ahead */
	uint32_t n = ft->due.n;

	for (uint64_t i = 0; i < (uint64_t)n + FLOW; i++) {
		if (i < n)
			ask_flow(ft, (uint32_t)i);
		if (i >= FLOW - REST && i - (FLOW - REST) < n)
			ask_rest(ft, (uint32_t)(i - (FLOW - REST)));
		if (i >= FLOW)
			settle(ft, due_flow(ft, (uint32_t)(i - FLOW)), now_us);
	}
	ft->due.n = 0;
}

/* End a flow, or put it where it's due next. */
static void
end_or_arm(struct flow_table *ft, struct flow *flow, uint64_t now_us)
{
	enum flow_end_reason reason = flow_over(ft, flow, now_us);

	if (reason == FLOW_END_NONE)
		flow_arm(ft, flow);
	else
		flow_table_end(ft, flow, reason);
}

static void
end_finally(struct flow_table *ft, struct flow *flow, uint64_t now_us)
{
	enum flow_end_reason reason = flow_over(ft, flow, now_us);

	if (flow->state == FLOW_STATE_CLOSED)
		reason = idle_reason(flow);
	flow_table_end(ft, flow, reason == FLOW_END_NONE ? FLOW_END_SHUTDOWN : reason);
}

/* Time went forth by `step` seconds: turn through each list once at most. */
static void
turn(struct flow_table *ft, uint64_t now_us, int64_t step)
{
	struct wheel *w = &ft->wheel;
	int64_t from = w->now_s;

	w->now_s += step;
	if (step > WHEEL_SECONDS)
		step = WHEEL_SECONDS;
	for (int64_t i = 1; i <= step; i++) {
		unsigned list = (unsigned)((uint64_t)(from + i) % WHEEL_SECONDS);

		if (w->first[list] == 0)
			continue;
		wheel_take(w, &ft->flows, list, &ft->due);
		for_each_due(ft, now_us, end_or_arm);
	}
}

/* Time went back: every flow is placed anew, those of the future end. */
static void
turn_back(struct flow_table *ft, uint64_t now_us)
{
	struct wheel *w = &ft->wheel;
	int64_t from = w->now_s;

	w->now_s = seconds(now_us);
	for (int64_t i = 1; i <= WHEEL_SECONDS; i++)
		wheel_take(w, &ft->flows, (unsigned)((uint64_t)(from + i) % WHEEL_SECONDS),
		    &ft->due);
	for_each_due(ft, now_us, end_or_arm);
}

void
flow_table_expire(struct flow_table *ft, uint64_t now_us)
{
	struct wheel *w = &ft->wheel;
	int64_t step = seconds(now_us) - w->now_s;

	if (LIKELY(step == 0 && w->running)) {
		w->strays = 0;
		return;
	}
	if (!w->running) {
		w->running = true;
		turn_back(ft, now_us);
		return;
	}
	if (step < -STEP_MAX_S || step > STEP_MAX_S) {
		if (++w->strays < STEP_CONFIRM)
			return;
	}
	w->strays = 0;
	if (step > 0)
		turn(ft, now_us, step);
	else if (step < -STEP_MAX_S)
		turn_back(ft, now_us);
}

void
flow_table_end_all(struct flow_table *ft, uint64_t now_us)
{
	wheel_take_all(&ft->wheel, &ft->flows, &ft->due);
	due_sort(&ft->due);	/* by start, then by creation */
	for_each_due(ft, now_us, end_finally);
}

void
flow_table_look_begin(struct flow_table *ft)
{
	ft->look_left = ft->flows.used_high;
}

/* By the pool, as wheel_take_all(). A flow that begins in a place that the round has passed is
 * younger than the round. */
void
flow_table_look(struct flow_table *ft, uint32_t n,
    bool (*which)(const void *arg, const struct flow *flow), const void *arg,
    enum flow_end_reason reason)
{
	if (LIKELY(ft->look_left == 0))
		return;
	for (; n != 0 && ft->look_left != 0; n--, ft->look_left--) {
		const struct flow *flow = pool_at(&ft->flows, ft->look_hand);

		ft->look_hand = ft->look_hand + 1 < ft->flows.used_high ? ft->look_hand + 1 : 0;
		if (flow->wheel_bucket != WHEEL_NONE && which(arg, flow))
			due_add(&ft->due, flow->index, flow->first_us, (uint32_t)flow->serial);
	}
	due_sort(&ft->due);
	for (uint32_t i = 0; i < ft->due.n; i++)
		flow_table_end(ft, due_flow(ft, i), reason);
	ft->due.n = 0;
}

void
flow_walk_begin(const struct flow_table *ft, struct flow_walk *walk)
{
	*walk = (struct flow_walk){ .last_serial = ft->serial };
}

bool
flow_walk_some(struct flow_table *ft, struct flow_walk *walk, uint32_t max,
    void (*each)(void *arg, struct flow *flow), void *arg)
{
	for (; max != 0 && walk->at < ft->flows.used_high; max--, walk->at++) {
		struct flow *flow = pool_at(&ft->flows, walk->at);

		if (flow->wheel_bucket != WHEEL_NONE && flow->serial <= walk->last_serial)
			each(arg, flow);
	}
	return walk->at < ft->flows.used_high;
}
