/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - from a key to its flow: open addressing, linear probing, 8 octets a slot. */
#ifndef PICKET_FLOW_INDEX_H
#define PICKET_FLOW_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "flow.h"
#include "macros.h"
#include "pool.h"

struct slot {
	uint32_t hash;
	uint32_t flow;		/* index + 1, 0: free */
};

/* Two areas are reserved, each for the largest table; the table lives in one and moves to the
 * other, twice as large, when three quarters are in use. A small run thus touches few pages,
 * and growing asks nobody for memory. */
struct flow_index {
	struct slot *slot, *other;
	size_t reserved;	/* octets of each area */
	uint32_t mask;		/* slots - 1 */
	uint32_t used;
};

/** Room for `max` flows. 0 or -ENOMEM. */
int flow_index_init(struct flow_index *ix, uint32_t max);
/** Harmless on a zeroed index. */
void flow_index_done(struct flow_index *ix);
/** Enter a flow (its hash is set) that is not there yet. */
void flow_index_add(struct flow_index *ix, const struct flow *flow);
void flow_index_remove(struct flow_index *ix, const struct flow *flow);

static inline bool
flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t x[5], y[5];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
	    (x[4] ^ y[4])) == 0;
}

/** The flow of `key`, NULL when there is none. */
static inline struct flow *
flow_index_find(const struct flow_index *ix, const struct pool *flows, uint32_t hash,
    const struct flow_key *key)
{
	for (uint32_t at = hash & ix->mask; ix->slot[at].flow != 0; at = (at + 1) & ix->mask) {
		struct flow *flow;

		if (ix->slot[at].hash != hash)
			continue;
		flow = pool_at(flows, ix->slot[at].flow - 1);
		__builtin_prefetch(&flow->octets, 1);	/* the second line, while we compare */
		if (LIKELY(flow_key_equal(&flow->key, key)))
			return flow;
	}
	return NULL;
}

/** Ask for the slot where a key of this hash would begin. */
static inline void
flow_index_ask(const struct flow_index *ix, uint32_t hash)
{
	__builtin_prefetch(&ix->slot[hash & ix->mask]);
}

/** A flow whose hash is this one, in the first slots only; its key is not compared, so it is
 * good for asking ahead and for nothing else. NULL when there is none. */
static inline const struct flow *
flow_index_guess(const struct flow_index *ix, const struct pool *flows, uint32_t hash)
{
	enum { SLOTS = 4 };	/* of one cache line, mostly */

	for (uint32_t at = hash; at != hash + SLOTS; at++) {
		const struct slot *slot = &ix->slot[at & ix->mask];

		if (slot->flow == 0)
			return NULL;
		if (slot->hash == hash)
			return pool_at(flows, slot->flow - 1);
	}
	return NULL;
}

#endif
