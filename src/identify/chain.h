/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h - hash chains through objects that lie in pools: four octets a key, and no pauses.
 *
 * A key costs its place in the object that it leads to (the number of the next object) and one
 * place in the heads. Heads grow one at a time (linear hashing: W. Litwin, VLDB 1980), so that
 * no message pays for moving a million keys, and lie in address space reserved at the start.
 * A chain may hold several objects with one key; the caller compares. */
#ifndef PICKET_IDENTIFY_CHAIN_H
#define PICKET_IDENTIFY_CHAIN_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct identity;

/* How to get from the number of an object (1 ...) to its next number and its key's hash. */
struct chain_ops {
	uint32_t *(*next)(const struct identity *reg, uint32_t ref);
	uint32_t (*hash)(const struct identity *reg, uint32_t ref);
};

struct chain {
	uint32_t *head;		/* owned; 0: empty */
	uint32_t max, heads, n;	/* heads there may be, there are; keys */
	uint32_t base;		/* largest power of two <= heads */
};

enum { CHAIN_HEADS_MIN = 64 };

/** Room for `max` keys at about one a head; more make chains longer. 0 or -ENOMEM. */
static inline int
chain_init(struct chain *c, uint32_t max)
{
	max = max < CHAIN_HEADS_MIN ? CHAIN_HEADS_MIN : max;
	*c = (struct chain){ .max = max, .heads = CHAIN_HEADS_MIN, .base = CHAIN_HEADS_MIN };
	c->head = memory_reserve((size_t)max * sizeof(c->head[0]));
	return c->head == NULL ? -ENOMEM : 0;
}

static inline void
chain_done(struct chain *c)
{
	memory_release(c->head, (size_t)c->max * sizeof(c->head[0]));
	c->head = NULL;
}

/* Heads below heads - base are split already: they use one bit more of the hash. */
static inline uint32_t
chain_head(const struct chain *c, uint32_t hash)
{
	uint32_t at = hash & (c->base - 1);

	return at < c->heads - c->base ? hash & (2 * c->base - 1) : at;
}

static inline uint32_t
chain_first(const struct chain *c, uint32_t hash)
{
	return c->head[chain_head(c, hash)];
}

/* Split the next head in turn. */
static inline void
chain_grow(struct chain *c, const struct identity *reg, const struct chain_ops *ops)
{
	uint32_t from = c->heads - c->base, ref = c->head[from], next;

	if (c->heads == c->max)
		return;
	c->heads++;
	c->head[from] = 0;
	for (; ref != 0; ref = next) {
		uint32_t *link = ops->next(reg, ref), *head;

		head = &c->head[chain_head(c, ops->hash(reg, ref))];
		next = *link;
		*link = *head;
		*head = ref;
	}
	if (c->heads == 2 * c->base)
		c->base = c->heads;
}

static inline void
chain_add(struct chain *c, const struct identity *reg, const struct chain_ops *ops, uint32_t ref)
{
	uint32_t *head;

	if (++c->n > c->heads)
		chain_grow(c, reg, ops);
	head = &c->head[chain_head(c, ops->hash(reg, ref))];
	*ops->next(reg, ref) = *head;
	*head = ref;
}

/** Take out an object that is in it; its key must still be what it was. */
static inline void
chain_remove(struct chain *c, const struct identity *reg, const struct chain_ops *ops,
    uint32_t ref)
{
	uint32_t *link = &c->head[chain_head(c, ops->hash(reg, ref))];

	while (*link != ref)
		link = ops->next(reg, *link);
	*link = *ops->next(reg, ref);
	c->n--;
}

static inline size_t
chain_memory(const struct chain *c)
{
	return (size_t)c->heads * sizeof(c->head[0]);
}

#endif
