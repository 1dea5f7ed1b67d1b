/* SPDX-License-Identifier: Apache-2.0 */
/* slab.h - blocks of many sizes under one cap, without an allocation per block.
 *
 * The cap is reserved as address space at start and becomes memory page by page as it is
 * used, so a small run stays small and the hot path makes no system call of its own. Space is
 * cut into slabs of 64 KiB, each given to one size class while any of its blocks is in use. */
#ifndef PICKET_CLASSIFY_SLAB_H
#define PICKET_CLASSIFY_SLAB_H

#include <stddef.h>
#include <stdint.h>

struct slab_store;	/* opaque: slab.c */

enum { SLAB_BLOCK_MAX = 8192 };

/** At most `max_octets` (rounded up to whole slabs). NULL when out of memory. */
struct slab_store *slab_store_new(size_t max_octets);
void slab_store_free(struct slab_store *s);

/** A block of at least `len` octets, aligned to 16, contents undefined; *got: what it really
 * has. NULL when the store is full or `len` exceeds SLAB_BLOCK_MAX. */
void *slab_get(struct slab_store *s, size_t len, size_t *got);
void slab_put(struct slab_store *s, void *block);

/** Octets in blocks that are in use. */
size_t slab_used(const struct slab_store *s);
/** Octets in slabs that have ever been in use: the most that is resident. */
size_t slab_touched(const struct slab_store *s);

/** A block as a number that is never 0, and back. */
uint32_t slab_ref(const struct slab_store *s, const void *block);
void *slab_at(const struct slab_store *s, uint32_t ref);

#endif
