/* SPDX-License-Identifier: Apache-2.0 */
/* due.c - room for the flows that are due, and their order: a radix sort. */
#include <errno.h>
#include <stdbool.h>

#include "due.h"
#include "pool.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };	/* counts of a pass: 8 KiB of stack */

int
due_init(struct due_list *d, uint32_t max)
{
	*d = (struct due_list){ .reserved = max * sizeof(struct due) };
	d->at = memory_reserve(d->reserved);
	d->other = memory_reserve(d->reserved);
	if (d->at == NULL || d->other == NULL) {
		due_done(d);
		return -ENOMEM;
	}
	return 0;
}

void
due_done(struct due_list *d)
{
	memory_release(d->at, d->reserved);
	memory_release(d->other, d->reserved);
	d->at = d->other = NULL;
}

static inline unsigned
digit(const struct due *e, uint64_t least, unsigned shift)
{
	return (unsigned)((e->key - least) >> shift) & (DIGITS - 1);
}

/* Order by one digit of what each key has above `least`. */
static void
pass(struct due_list *d, uint64_t least, unsigned shift)
{
	struct due *from = d->at, *to = d->other;
	uint32_t place[DIGITS] = { 0 }, before = 0;

	for (uint32_t i = 0; i < d->n; i++)
		place[digit(&from[i], least, shift)]++;
	for (unsigned i = 0; i < DIGITS; i++) {
		uint32_t n = place[i];

		place[i] = before;
		before += n;
	}
	for (uint32_t i = 0; i < d->n; i++)
		to[place[digit(&from[i], least, shift)]++] = from[i];
	d->at = to;
	d->other = from;
}

void
due_sort(struct due_list *d)
{
	uint64_t least = UINT64_MAX, most = 0, last = 0;
	bool sorted = true;

	for (uint32_t i = 0; i < d->n; i++) {
		uint64_t key = d->at[i].key;

		sorted &= key >= last;
		least = key < least ? key : least;
		most = key > most ? key : most;
		last = key;
	}
	if (sorted)
		return;
	for (unsigned shift = 0; shift < 64 && (most - least) >> shift != 0; shift += DIGIT_BITS)
		pass(d, least, shift);
}
