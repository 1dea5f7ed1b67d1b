/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - objects of one size from one reserved stretch of memory. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "pool.h"

/* Up to here small pages, so that a small run stays small; large pages after that, because
 * with a million flows most of a look-up is spent on finding the page. */
enum { SMALL_PAGES_OCTETS = 2 << 20 };

void *
memory_reserve(size_t octets)
{
	uint8_t *memory = mmap(NULL, octets == 0 ? 1 : octets, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	if (octets > SMALL_PAGES_OCTETS)	/* advice: no harm when it is not taken */
		(void)madvise(memory + SMALL_PAGES_OCTETS, octets - SMALL_PAGES_OCTETS,
		    MADV_HUGEPAGE);
	return memory;
}

void
memory_release(void *memory, size_t octets)
{
	if (memory != NULL)
		munmap(memory, octets == 0 ? 1 : octets);
}

int
pool_init(struct pool *p, size_t size, uint32_t max)
{
	*p = (struct pool){ .stride = size, .max = max };
	p->base = memory_reserve(size * max);
	return p->base == NULL ? -ENOMEM : 0;
}

void
pool_done(struct pool *p)
{
	memory_release(p->base, p->stride * p->max);
	p->base = NULL;
}

/* A free object holds index + 1 of the next free one in its first four octets. */
void *
pool_get(struct pool *p)
{
	uint8_t *object;

	if (p->free_first != 0) {
		object = pool_at(p, p->free_first - 1);
		memcpy(&p->free_first, object, sizeof(p->free_first));
	} else if (p->used_high < p->max) {
		object = pool_at(p, p->used_high++);
	} else {
		return NULL;
	}
	p->in_use++;
	return object;
}

void
pool_put(struct pool *p, void *object)
{
	memcpy(object, &p->free_first, sizeof(p->free_first));
	p->free_first = pool_index(p, object) + 1;
	p->in_use--;
}
