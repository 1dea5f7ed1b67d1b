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

/* Look at each flow that is due: end it, or put it where it's due next. */
static void
settle_due(struct flow_table *ft, uint64_t now_us)
{
	struct flow *flow;

	while ((flow = wheel_pop_due(&ft->wheel, &ft->flows)) != NULL) {
		enum flow_end_reason reason = flow_over(ft, flow, now_us);

		flow_arm(ft, flow);
		if (reason != FLOW_END_NONE)
			flow_table_end(ft, flow, reason);
	}
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
		wheel_list_due(w, &ft->flows, list);
		settle_due(ft, now_us);
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
		wheel_list_due(w, &ft->flows, (unsigned)((uint64_t)(from + i) % WHEEL_SECONDS));
	settle_due(ft, now_us);
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
	struct flow *flow;

	for (unsigned list = 0; list < WHEEL_SECONDS; list++)
		wheel_list_due(&ft->wheel, &ft->flows, list);
	wheel_sort_due(&ft->wheel, &ft->flows);
	while ((flow = wheel_pop_due(&ft->wheel, &ft->flows)) != NULL) {
		enum flow_end_reason reason = flow_over(ft, flow, now_us);

		if (flow->state == FLOW_STATE_CLOSED)
			reason = idle_reason(flow);
		wheel_add(&ft->wheel, &ft->flows, flow, ft->wheel.now_s);
		flow_table_end(ft, flow, reason == FLOW_END_NONE ? FLOW_END_SHUTDOWN : reason);
	}
}
