/* SPDX-License-Identifier: Apache-2.0 */
/* wheel.c - lists of flows by the second in which to look at them again. */
#include <string.h>

#include "wheel.h"

static struct flow *
flow_of(const struct pool *flows, uint32_t link)
{
	return link == 0 ? NULL : pool_at(flows, link - 1);
}

static void
append(struct wheel *w, const struct pool *flows, struct flow *flow, unsigned list)
{
	struct flow *last = flow_of(flows, w->last[list]);

	flow->wheel_bucket = list;
	flow->wheel_next = 0;
	flow->wheel_prev = w->last[list];
	if (last != NULL)
		last->wheel_next = flow->index + 1;
	else
		w->first[list] = flow->index + 1;
	w->last[list] = flow->index + 1;
}

void
wheel_add(struct wheel *w, const struct pool *flows, struct flow *flow, int64_t deadline_s)
{
	if (deadline_s <= w->now_s)
		deadline_s = w->now_s + 1;
	if (deadline_s >= w->now_s + WHEEL_SECONDS)
		deadline_s = w->now_s + WHEEL_SECONDS - 1;
	append(w, flows, flow, (unsigned)((uint64_t)deadline_s % WHEEL_SECONDS));
}

void
wheel_remove(struct wheel *w, const struct pool *flows, struct flow *flow)
{
	struct flow *next, *prev;

	if (flow->wheel_bucket == WHEEL_NONE)
		return;
	next = flow_of(flows, flow->wheel_next);
	prev = flow_of(flows, flow->wheel_prev);
	if (next != NULL)
		next->wheel_prev = flow->wheel_prev;
	else
		w->last[flow->wheel_bucket] = flow->wheel_prev;
	if (prev != NULL)
		prev->wheel_next = flow->wheel_next;
	else
		w->first[flow->wheel_bucket] = flow->wheel_next;
	flow->wheel_bucket = WHEEL_NONE;
}

void
wheel_take(struct wheel *w, const struct pool *flows, unsigned list, struct due_list *due)
{
	struct flow *flow;

	for (uint32_t link = w->first[list]; link != 0; link = flow->wheel_next) {
		flow = flow_of(flows, link);
		flow->wheel_bucket = WHEEL_NONE;
		due_add(due, flow->index, 0, 0);
	}
	w->first[list] = w->last[list] = 0;
}

/* By the pool, not by the lists: neighbours in memory come one after the other. */
void
wheel_take_all(struct wheel *w, const struct pool *flows, struct due_list *due)
{
	for (uint32_t i = 0; i < flows->used_high; i++) {
		struct flow *flow = pool_at(flows, i);

		if (flow->wheel_bucket == WHEEL_NONE)
			continue;
		flow->wheel_bucket = WHEEL_NONE;
		due_add(due, i, flow->first_us, (uint32_t)flow->serial);
	}
	memset(w->first, 0, sizeof(w->first));
	memset(w->last, 0, sizeof(w->last));
}
