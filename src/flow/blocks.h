/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.h - memory for unparsed octets: blocks of 256 octets times a power of two out of one
 * capped region, merged again when they are free (a buddy system), so that no mix of sizes
 * can use the cap up for good. */
#ifndef PICKET_FLOW_BLOCKS_H
#define PICKET_FLOW_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

enum { BLOCK_ORDER_MIN = 8, BLOCK_ORDER_MAX = 24 };	/* log2 of octets: 256 .. 16 MiB */

struct blocks {
	uint8_t *base;
	uint8_t *free_order;	/* by 256 octets: order of the free block that starts here, or 0 */
	size_t size;		/* octets at base, a multiple of the largest block */
	size_t fresh;		/* octets below were in use at least once */
	size_t in_use;
	uint8_t order_max;	/* of the largest block that may be asked for */
	uint32_t first[BLOCK_ORDER_MAX + 1];	/* free lists: offset / 256 + 1, 0: none */
};

/** A region of at most `cap` octets that can give blocks of `largest` octets; at least one of
 * those, whatever `cap` says. 0 or -ENOMEM. */
int blocks_init(struct blocks *b, size_t cap, size_t largest);
/** Harmless on zeroed blocks. */
void blocks_done(struct blocks *b);

/** A block of at least `octets` octets; its log2 size goes to *order. NULL when the region is
 * full or `octets` is more than the largest block. */
void *block_get(struct blocks *b, size_t octets, uint8_t *order);
void block_put(struct blocks *b, void *block, uint8_t order);

#endif
