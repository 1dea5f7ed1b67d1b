/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.c - a buddy system over one reserved region. */
#include <errno.h>
#include <string.h>

#include "blocks.h"
#include "pool.h"

struct free_block {
	uint32_t next, prev;	/* offset / 256 + 1, 0: none */
};

static uint8_t
order_for(size_t octets)
{
	uint8_t order = BLOCK_ORDER_MIN;

	while (order < BLOCK_ORDER_MAX && (size_t)1 << order < octets)
		order++;
	return order;
}

static struct free_block *
block_at(const struct blocks *b, uint32_t unit)
{
	return (struct free_block *)(void *)(b->base + ((size_t)unit << BLOCK_ORDER_MIN));
}

static void
list_add(struct blocks *b, uint32_t unit, uint8_t order)
{
	struct free_block *f = block_at(b, unit);

	*f = (struct free_block){ .next = b->first[order] };
	if (f->next != 0)
		block_at(b, f->next - 1)->prev = unit + 1;
	b->first[order] = unit + 1;
	b->free_order[unit] = order;
}

static void
list_remove(struct blocks *b, uint32_t unit, uint8_t order)
{
	const struct free_block *f = block_at(b, unit);

	if (f->next != 0)
		block_at(b, f->next - 1)->prev = f->prev;
	if (f->prev != 0)
		block_at(b, f->prev - 1)->next = f->next;
	else
		b->first[order] = f->next;
	b->free_order[unit] = 0;
}

int
blocks_init(struct blocks *b, size_t cap, size_t largest)
{
	size_t most = (size_t)UINT32_MAX << BLOCK_ORDER_MIN;

	*b = (struct blocks){ .order_max = order_for(largest) };
	b->size = (cap < most ? cap : most) >> b->order_max << b->order_max;
	if (b->size == 0)
		b->size = (size_t)1 << b->order_max;
	b->base = memory_reserve(b->size);
	b->free_order = memory_reserve(b->size >> BLOCK_ORDER_MIN);
	if (b->base == NULL || b->free_order == NULL) {
		blocks_done(b);
		return -ENOMEM;
	}
	return 0;
}

void
blocks_done(struct blocks *b)
{
	memory_release(b->base, b->size);
	memory_release(b->free_order, b->size >> BLOCK_ORDER_MIN);
	b->base = b->free_order = NULL;
}

void *
block_get(struct blocks *b, size_t octets, uint8_t *order_out)
{
	uint8_t want = order_for(octets), have = want;
	uint32_t unit;

	if (octets > (size_t)1 << b->order_max)
		return NULL;
	while (have <= b->order_max && b->first[have] == 0)
		have++;
	if (have <= b->order_max) {
		unit = b->first[have] - 1;
		list_remove(b, unit, have);
	} else if (b->fresh < b->size) {
		have = b->order_max;
		unit = (uint32_t)(b->fresh >> BLOCK_ORDER_MIN);
		b->fresh += (size_t)1 << have;
	} else {
		return NULL;
	}
	while (have > want) {	/* give the upper halves back */
		have--;
		list_add(b, unit + (1u << (have - BLOCK_ORDER_MIN)), have);
	}
	b->in_use += (size_t)1 << want;
	*order_out = want;
	return block_at(b, unit);
}

void
block_put(struct blocks *b, void *block, uint8_t order)
{
	uint32_t unit = (uint32_t)((size_t)((uint8_t *)block - b->base) >> BLOCK_ORDER_MIN);

	b->in_use -= (size_t)1 << order;
	for (; order < b->order_max; order++) {
		uint32_t buddy = unit ^ (1u << (order - BLOCK_ORDER_MIN));

		if (b->free_order[buddy] != order)
			break;
		list_remove(b, buddy, order);
		unit &= ~(1u << (order - BLOCK_ORDER_MIN));
	}
	list_add(b, unit, order);
}
