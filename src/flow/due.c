/* SPDX-License-Identifier: Apache-2.0 */
/* due.c - room for the flows that are due, and their order.
 *
 * Only the end of a run sorts, and mostly finds the order there already: a heap sort, because
 * it needs no second stretch of memory as large as the first. */
#include <errno.h>
#include <stdbool.h>

#include "due.h"
#include "pool.h"

int
due_init(struct due_list *d, uint32_t max)
{
	*d = (struct due_list){ .reserved = max * sizeof(struct due) };
	d->at = memory_reserve(d->reserved);
	return d->at == NULL ? -ENOMEM : 0;
}

void
due_done(struct due_list *d)
{
	memory_release(d->at, d->reserved);
	d->at = NULL;
}

static inline bool
before(const struct due *a, const struct due *b)
{
	return a->key != b->key ? a->key < b->key : a->tie < b->tie;
}

/* Let the entry at `i` sink to its place in a heap of `n` with the last one on top. */
static void
sink(struct due *at, uint32_t i, uint32_t n)
{
	struct due e = at[i];
	uint32_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && before(&at[child], &at[child + 1]))
			child++;
		if (!before(&e, &at[child]))
			break;
		at[i] = at[child];
		i = child;
	}
	at[i] = e;
}

static bool
is_sorted(const struct due_list *d)
{
	for (uint32_t i = 1; i < d->n; i++)
		if (before(&d->at[i], &d->at[i - 1]))
			return false;
	return true;
}

void
due_sort(struct due_list *d)
{
	if (is_sorted(d))
		return;
	for (uint32_t i = d->n / 2; i > 0; i--)
		sink(d->at, i - 1, d->n);
	for (uint32_t n = d->n - 1; n > 0; n--) {
		struct due last = d->at[0];

		d->at[0] = d->at[n];
		d->at[n] = last;
		sink(d->at, 0, n);
	}
}
