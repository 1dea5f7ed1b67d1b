/* SPDX-License-Identifier: Apache-2.0 */
/* once.c - a bounded set of 64-bit numbers, seeded: they come from strangers. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { SLOTS_FIRST = 256 };

void
once_init(struct once *t, size_t max)
{
	memset(t, 0, sizeof(*t));
	t->seed = hash_seed_new();
	t->max = max;
}

void
once_done(struct once *t)
{
	free(t->slot);
	memset(t, 0, sizeof(*t));
}

/* Where the key is, or the free slot where it would go. */
static size_t
place(const struct once *t, uint64_t key)
{
	size_t at = hash_octets(&t->seed, &key, sizeof(key)) & (t->n_slots - 1);

	while (t->slot[at] != 0 && t->slot[at] != key)
		at = (at + 1) & (t->n_slots - 1);
	return at;
}

static bool
grow(struct once *t)
{
	struct once bigger = *t;

	bigger.n_slots = t->n_slots == 0 ? SLOTS_FIRST : t->n_slots * 2;
	bigger.slot = calloc(bigger.n_slots, sizeof(bigger.slot[0]));
	if (bigger.slot == NULL)
		return false;
	for (size_t i = 0; i < t->n_slots; i++)
		if (t->slot[i] != 0)
			bigger.slot[place(&bigger, t->slot[i])] = t->slot[i];
	free(t->slot);
	*t = bigger;
	return true;
}

bool
once_before(struct once *t, uint64_t key, bool *full)
{
	size_t at;

	*full = false;
	if (t->n_slots != 0 && t->slot[place(t, key)] == key)
		return true;
	if (t->n == t->max || (t->n * 4 >= t->n_slots * 3 && !grow(t))) {
		*full = true;
		return false;
	}
	at = place(t, key);
	t->slot[at] = key;
	t->n++;
	return false;
}
