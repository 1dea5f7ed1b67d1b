/* SPDX-License-Identifier: Apache-2.0 */
/* slab.c - size classes in 64 KiB slabs over one reserved stretch of address space. */
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "macros.h"
#include "slab.h"

enum {
	SLAB_OCTETS = 1 << 16,
	GRAIN = 16,		/* blocks start on multiples of this */
	FIRST_GRAIN = 4,	/* of the first block, so that large ones start on cache lines */
};
#define NO_SLAB UINT32_MAX

/* Halfway sizes keep the waste of a growing record under a third. */
static const uint16_t class_octets[] = {
	16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144,
	SLAB_BLOCK_MAX
};
enum { CLASS_N = ARRAY_LEN(class_octets) };

/* Head of each slab. Free blocks are a list through their first two octets, in grains from
 * the start of the slab, 0 ends it; blocks past `fresh` were never used. */
struct slab {
	uint32_t next, prev;	/* slabs of this class with a free block; of `empty` */
	uint16_t free;
	uint16_t fresh;		/* grain of the first block never used */
	uint16_t used;		/* blocks in use */
	uint8_t class_;
};
static_assert(sizeof(struct slab) <= GRAIN, "a slab's head outgrew its grain");

struct slab_store {
	uint8_t *base;
	size_t used;
	uint32_t n, begun;	/* slabs there may be; ever used */
	uint32_t empty;		/* list of slabs that were used and are free again */
	uint32_t open[CLASS_N];	/* list of slabs with a free block */
};

struct slab_store *
slab_store_new(size_t max_octets)
{
	struct slab_store *s = calloc(1, sizeof(*s));
	size_t n = max_octets / SLAB_OCTETS + (max_octets % SLAB_OCTETS != 0);

	if (s == NULL)
		return NULL;
	/* slab_ref() counts grains in 32 bits */
	if (n > UINT32_MAX / (SLAB_OCTETS / GRAIN))
		n = UINT32_MAX / (SLAB_OCTETS / GRAIN);
	s->n = n == 0 ? 1 : (uint32_t)n;
	s->base = mmap(NULL, (size_t)s->n * SLAB_OCTETS, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (s->base == MAP_FAILED) {
		free(s);
		return NULL;
	}
	s->empty = NO_SLAB;
	for (size_t i = 0; i < CLASS_N; i++)
		s->open[i] = NO_SLAB;
	return s;
}

void
slab_store_free(struct slab_store *s)
{
	if (s == NULL)
		return;
	munmap(s->base, (size_t)s->n * SLAB_OCTETS);
	free(s);
}

static struct slab *
slab_no(const struct slab_store *s, uint32_t no)
{
	return (struct slab *)(void *)(s->base + (size_t)no * SLAB_OCTETS);
}

static void
list_push(struct slab_store *s, uint32_t *head, uint32_t no)
{
	struct slab *slab = slab_no(s, no);

	slab->next = *head;
	slab->prev = NO_SLAB;
	if (*head != NO_SLAB)
		slab_no(s, *head)->prev = no;
	*head = no;
}

static void
list_take(struct slab_store *s, uint32_t *head, uint32_t no)
{
	struct slab *slab = slab_no(s, no);

	if (slab->prev == NO_SLAB)
		*head = slab->next;
	else
		slab_no(s, slab->prev)->next = slab->next;
	if (slab->next != NO_SLAB)
		slab_no(s, slab->next)->prev = slab->prev;
}

/* Give an unused slab to a class; false when there is none. */
static bool
open_slab(struct slab_store *s, unsigned class_)
{
	uint32_t no = s->empty;
	struct slab *slab;

	if (no != NO_SLAB)
		list_take(s, &s->empty, no);
	else if (s->begun < s->n)
		no = s->begun++;
	else
		return false;
	slab = slab_no(s, no);
	*slab = (struct slab){ .fresh = FIRST_GRAIN, .class_ = (uint8_t)class_ };
	list_push(s, &s->open[class_], no);
	return true;
}

static bool
has_room(const struct slab *slab)
{
	return slab->free != 0 ||
	    (size_t)slab->fresh * GRAIN + class_octets[slab->class_] <= SLAB_OCTETS;
}

void *
slab_get(struct slab_store *s, size_t len, size_t *got)
{
	unsigned class_ = 0;
	struct slab *slab;
	uint8_t *block;

	while (class_ < CLASS_N && class_octets[class_] < len)
		class_++;
	/* without a slab to spare, a larger block is better than none */
	while (class_ < CLASS_N && s->open[class_] == NO_SLAB && !open_slab(s, class_))
		class_++;
	if (class_ == CLASS_N)
		return NULL;
	slab = slab_no(s, s->open[class_]);
	if (slab->free != 0) {
		block = (uint8_t *)slab + (size_t)slab->free * GRAIN;
		slab->free = *(uint16_t *)(void *)block;
	} else {
		block = (uint8_t *)slab + (size_t)slab->fresh * GRAIN;
		slab->fresh += class_octets[class_] / GRAIN;
	}
	slab->used++;
	if (!has_room(slab))
		list_take(s, &s->open[class_], s->open[class_]);
	s->used += class_octets[class_];
	*got = class_octets[class_];
	return block;
}

void
slab_put(struct slab_store *s, void *block)
{
	size_t offset = (size_t)((uint8_t *)block - s->base);
	uint32_t no = (uint32_t)(offset / SLAB_OCTETS);
	struct slab *slab = slab_no(s, no);

	if (!has_room(slab))
		list_push(s, &s->open[slab->class_], no);
	*(uint16_t *)block = slab->free;
	slab->free = (uint16_t)(offset % SLAB_OCTETS / GRAIN);
	s->used -= class_octets[slab->class_];
	if (--slab->used == 0) {
		list_take(s, &s->open[slab->class_], no);
		list_push(s, &s->empty, no);
	}
}

size_t
slab_used(const struct slab_store *s)
{
	return s->used;
}

size_t
slab_touched(const struct slab_store *s)
{
	return (size_t)s->begun * SLAB_OCTETS;
}

uint32_t
slab_ref(const struct slab_store *s, const void *block)
{
	return (uint32_t)((size_t)((const uint8_t *)block - s->base) / GRAIN);
}

void *
slab_at(const struct slab_store *s, uint32_t ref)
{
	return s->base + (size_t)ref * GRAIN;
}
