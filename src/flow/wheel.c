/* SPDX-License-Identifier: Apache-2.0 */
/* wheel.c - lists of flows by the second in which to look at them again. */
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
	struct flow *next = flow_of(flows, flow->wheel_next);
	struct flow *prev = flow_of(flows, flow->wheel_prev);

	if (next != NULL)
		next->wheel_prev = flow->wheel_prev;
	else
		w->last[flow->wheel_bucket] = flow->wheel_prev;
	if (prev != NULL)
		prev->wheel_next = flow->wheel_next;
	else
		w->first[flow->wheel_bucket] = flow->wheel_next;
}

void
wheel_list_due(struct wheel *w, const struct pool *flows, unsigned list)
{
	struct flow *next;

	for (struct flow *f = flow_of(flows, w->first[list]); f != NULL; f = next) {
		next = flow_of(flows, f->wheel_next);
		append(w, flows, f, WHEEL_DUE);
	}
	w->first[list] = w->last[list] = 0;
}

struct flow *
wheel_pop_due(struct wheel *w, const struct pool *flows)
{
	struct flow *flow = flow_of(flows, w->first[WHEEL_DUE]);

	if (flow != NULL)
		wheel_remove(w, flows, flow);
	return flow;
}

static bool
starts_before(const struct flow *a, const struct flow *b)
{
	return a->first_us != b->first_us ? a->first_us < b->first_us : a->serial < b->serial;
}

/* Cut up to `n` flows off the list that begins with `head`; *rest is what follows. */
static uint32_t
cut(const struct pool *flows, uint32_t head, uint64_t n, uint32_t *rest)
{
	struct flow *f = flow_of(flows, head);

	while (f != NULL && --n > 0)
		f = flow_of(flows, f->wheel_next);
	*rest = f == NULL ? 0 : f->wheel_next;
	if (f != NULL)
		f->wheel_next = 0;
	return head;
}

/* Merge two sorted lists behind *tail, where the next link goes; returns the new tail. */
static uint32_t *
merge(const struct pool *flows, uint32_t a, uint32_t b, uint32_t *tail)
{
	while (a != 0 || b != 0) {
		bool take_a = b == 0 ||
		    (a != 0 && starts_before(flow_of(flows, a), flow_of(flows, b)));
		uint32_t link = take_a ? a : b;
		struct flow *f = flow_of(flows, link);

		if (take_a)
			a = f->wheel_next;
		else
			b = f->wheel_next;
		*tail = link;
		tail = &f->wheel_next;
	}
	*tail = 0;
	return tail;
}

/* Bottom-up merge sort of the list itself: no memory needed, none to fail. */
void
wheel_sort_due(struct wheel *w, const struct pool *flows)
{
	uint32_t prev = 0;

	for (uint64_t run = 1; run < flows->in_use; run *= 2) {
		uint32_t left = w->first[WHEEL_DUE], *tail = &w->first[WHEEL_DUE];

		while (left != 0) {
			uint32_t a, b, middle;

			a = cut(flows, left, run, &middle);
			b = cut(flows, middle, run, &left);
			tail = merge(flows, a, b, tail);
		}
	}
	for (uint32_t at = w->first[WHEEL_DUE]; at != 0; at = flow_of(flows, at)->wheel_next) {
		flow_of(flows, at)->wheel_prev = prev;
		prev = at;
	}
	w->last[WHEEL_DUE] = prev;
}
