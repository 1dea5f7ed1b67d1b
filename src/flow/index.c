/* SPDX-License-Identifier: Apache-2.0 */
/* index.c - from a key to its flow: growing, entering, removing. */
#include <errno.h>
#include <sys/mman.h>

#include "index.h"

enum { SLOTS_MIN = 1024 };

/* Three quarters full at most: probes stay within a cache line or two. */
static uint32_t
slots_usable(uint64_t slots)
{
	return (uint32_t)(slots - slots / 4);
}

int
flow_index_init(struct flow_index *ix, uint32_t max)
{
	uint64_t slots = SLOTS_MIN;

	while (slots_usable(slots) < max)
		slots *= 2;
	*ix = (struct flow_index){ .reserved = slots * sizeof(struct slot),
	    .mask = SLOTS_MIN - 1 };
	ix->slot = memory_reserve(ix->reserved);
	ix->other = memory_reserve(ix->reserved);
	if (ix->slot == NULL || ix->other == NULL) {
		flow_index_done(ix);
		return -ENOMEM;
	}
	return 0;
}

void
flow_index_done(struct flow_index *ix)
{
	memory_release(ix->slot, ix->reserved);
	memory_release(ix->other, ix->reserved);
	ix->slot = ix->other = NULL;
}

static void
enter(struct slot *slots, uint32_t mask, struct slot entry)
{
	uint32_t at = entry.hash & mask;

	while (slots[at].flow != 0)
		at = (at + 1) & mask;
	slots[at] = entry;
}

/* Move to the other area with twice the slots; the pages of the old one go back to the kernel
 * and read as zeroes when it is used again. Happens some twenty times in a life at most. */
static void
grow(struct flow_index *ix)
{
	uint32_t mask = ix->mask * 2 + 1;
	struct slot *old = ix->slot;

	for (uint32_t i = 0; i <= ix->mask; i++)
		if (old[i].flow != 0)
			enter(ix->other, mask, old[i]);
	ix->slot = ix->other;
	ix->other = old;
	if (madvise(old, ix->reserved, MADV_DONTNEED) != 0)
		memset(old, 0, ((size_t)ix->mask + 1) * sizeof(*old));
	ix->mask = mask;
}

void
flow_index_add(struct flow_index *ix, const struct flow *flow)
{
	if (ix->used >= slots_usable((uint64_t)ix->mask + 1))
		grow(ix);
	enter(ix->slot, ix->mask, (struct slot){ flow->hash, flow->index + 1 });
	ix->used++;
}

/* No tombstones: what follows in the run moves up when its home allows it. */
void
flow_index_remove(struct flow_index *ix, const struct flow *flow)
{
	uint32_t mask = ix->mask, hole = flow->hash & mask;

	while (ix->slot[hole].flow != flow->index + 1)
		hole = (hole + 1) & mask;
	for (uint32_t at = (hole + 1) & mask; ix->slot[at].flow != 0; at = (at + 1) & mask) {
		uint32_t home = ix->slot[at].hash & mask;

		if (((at - home) & mask) >= ((at - hole) & mask)) {
			ix->slot[hole] = ix->slot[at];
			hole = at;
		}
	}
	ix->slot[hole] = (struct slot){ 0 };
	ix->used--;
}
