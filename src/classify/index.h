/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - hash to number, for tables whose entries lie elsewhere.
 *
 * Open addressing with linear probing; the caller compares the keys. Deleting shifts back,
 * so there are no tombstones and look-ups stay short whatever was there before. */
#ifndef PICKET_CLASSIFY_INDEX_H
#define PICKET_CLASSIFY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct index_slot {
	uint32_t hash;
	uint32_t value;		/* INDEX_NONE: empty */
};
#define INDEX_NONE UINT32_MAX

struct index {
	struct index_slot *slot;	/* owned; NULL until the first entry */
	size_t mask, n;
};

static inline void
index_done(struct index *ix)
{
	free(ix->slot);
	*ix = (struct index){ 0 };
}

/** Slot where `hash` is looked for first. */
static inline size_t
index_first(const struct index *ix, uint32_t hash)
{
	return hash & ix->mask;
}

/** Step over the entries with this hash: *at starts at index_first(). INDEX_NONE at the end;
 * *at then is one past the slot that was returned. */
static inline uint32_t
index_next(const struct index *ix, uint32_t hash, size_t *at)
{
	if (ix->slot == NULL)
		return INDEX_NONE;
	for (;;) {
		struct index_slot s = ix->slot[*at & ix->mask];

		(*at)++;
		if (s.value == INDEX_NONE || s.hash == hash)
			return s.value;
	}
}

static inline void
index_place(struct index *ix, uint32_t hash, uint32_t value)
{
	size_t at = index_first(ix, hash);

	while (ix->slot[at].value != INDEX_NONE)
		at = (at + 1) & ix->mask;
	ix->slot[at] = (struct index_slot){ hash, value };
}

/** Make sure one more entry fits (three quarters full at most). False: out of memory. */
static inline bool
index_reserve(struct index *ix)
{
	size_t old = ix->slot == NULL ? 0 : ix->mask + 1, new = old == 0 ? 64 : old * 2;
	struct index grown = { .mask = new - 1, .n = ix->n };

	if (old != 0 && (ix->n + 1) * 4 <= old * 3)
		return true;
	grown.slot = malloc(new * sizeof(grown.slot[0]));
	if (grown.slot == NULL)
		return false;
	for (size_t i = 0; i < new; i++)
		grown.slot[i].value = INDEX_NONE;
	for (size_t i = 0; i < old; i++)
		if (ix->slot[i].value != INDEX_NONE)
			index_place(&grown, ix->slot[i].hash, ix->slot[i].value);
	free(ix->slot);
	*ix = grown;
	return true;
}

/** Add an entry; index_reserve() said that it fits. */
static inline void
index_add(struct index *ix, uint32_t hash, uint32_t value)
{
	index_place(ix, hash, value);
	ix->n++;
}

/** The slot of an entry that is there. */
static inline size_t
index_slot_of(const struct index *ix, uint32_t hash, uint32_t value)
{
	size_t at = index_first(ix, hash);

	while (ix->slot[at].value != value)
		at = (at + 1) & ix->mask;
	return at;
}

/** Remove an entry that is there. */
static inline void
index_remove(struct index *ix, uint32_t hash, uint32_t value)
{
	size_t hole = index_slot_of(ix, hash, value);

	for (size_t at = (hole + 1) & ix->mask; ix->slot[at].value != INDEX_NONE;
	    at = (at + 1) & ix->mask) {
		size_t home = ix->slot[at].hash & ix->mask;

		/* it may move to the hole when that lies on its way from home to here */
		if (((at - home) & ix->mask) >= ((at - hole) & ix->mask)) {
			ix->slot[hole] = ix->slot[at];
			hole = at;
		}
	}
	ix->slot[hole].value = INDEX_NONE;
	ix->n--;
}

#endif
