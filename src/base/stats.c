/* SPDX-License-Identifier: Apache-2.0 */
/* stats.c - the counters of one monitor, in blocks as the stages registered them. */
#include <stdlib.h>
#include <string.h>

#include "stats.h"

struct block {
	struct block *next;
	const struct counter_desc *desc;
	size_t n;
	uint64_t value[];
};

struct stats {
	struct block *first, **last;
};

struct stats *
stats_new(void)
{
	struct stats *st = calloc(1, sizeof(*st));

	if (st != NULL)
		st->last = &st->first;
	return st;
}

void
stats_free(struct stats *st)
{
	struct block *next;

	if (st == NULL)
		return;
	for (struct block *b = st->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(st);
}

uint64_t *
stats_register(struct stats *st, const struct counter_desc *desc, size_t n)
{
	struct block *b = calloc(1, sizeof(*b) + n * sizeof(b->value[0]));

	if (b == NULL)
		return NULL;
	b->desc = desc;
	b->n = n;
	*st->last = b;
	st->last = &b->next;
	return b->value;
}

void
stats_walk(const struct stats *st,
    void (*each)(void *arg, const struct counter_desc *desc, uint64_t value), void *arg)
{
	for (const struct block *b = st->first; b != NULL; b = b->next)
		for (size_t i = 0; i < b->n; i++)
			each(arg, &b->desc[i], b->value[i]);
}

uint64_t
stats_value(const struct stats *st, const char *name)
{
	for (const struct block *b = st->first; b != NULL; b = b->next)
		for (size_t i = 0; i < b->n; i++)
			if (strcmp(b->desc[i].name, name) == 0)
				return b->value[i];
	return 0;
}
