/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - objects of one size from one reserved stretch of memory.
 *
 * Address space for all objects is reserved at the start; the kernel commits a page when an
 * object in it is first used. Getting and putting never calls the kernel by itself, and
 * indexes depend on nothing but the order of calls. */
#ifndef PICKET_POOL_H
#define PICKET_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool {
	uint8_t *base;
	size_t stride;		/* octets from object to object */
	uint32_t max;
	uint32_t used_high;	/* objects below were handed out at least once */
	uint32_t free_first;	/* index + 1 of the last object put back, 0: none */
	uint32_t in_use;
};

/** Reserve `octets` of zeroed, page-aligned memory, committed on first use. NULL when out of
 * memory. Release with memory_release(). */
void *memory_reserve(size_t octets);
void memory_release(void *memory, size_t octets);

/** Room for `max` objects of `size` octets (a multiple of 8). 0 or -ENOMEM. */
int pool_init(struct pool *p, size_t size, uint32_t max);
/** Harmless on a zeroed pool. */
void pool_done(struct pool *p);

/** An object with any contents, owned by the pool until pool_put(). NULL when all are out. */
void *pool_get(struct pool *p);
void pool_put(struct pool *p, void *object);

static inline void *
pool_at(const struct pool *p, uint32_t index)
{
	return p->base + p->stride * index;
}
/** Index of an object of this pool: 0 .. max - 1. */
static inline uint32_t
pool_index(const struct pool *p, const void *object)
{
	return (uint32_t)((size_t)((const uint8_t *)object - p->base) / p->stride);
}

#endif
