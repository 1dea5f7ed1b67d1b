/* SPDX-License-Identifier: Apache-2.0 */
/* text_set.c - a hash set of texts, used while loading: which ids are taken, and one copy of
 * each text that many records share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void
text_set_done(struct text_set *set)
{
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

/* Where `text` is, or the free slot where it would go. */
static size_t
place(const struct text_set *set, const struct hash_seed *seed, const char *text)
{
	size_t at = hash_octets(seed, text, strlen(text)) & (set->n_slots - 1);

	while (set->slots[at] != NULL && strcmp(set->slots[at], text) != 0)
		at = (at + 1) & (set->n_slots - 1);
	return at;
}

const char *
text_set_find(const struct text_set *set, const struct hash_seed *seed, const char *text)
{
	return set->n_slots == 0 ? NULL : set->slots[place(set, seed, text)];
}

static int
grow(struct text_set *set, const struct hash_seed *seed)
{
	struct text_set bigger = { .n_slots = set->n_slots == 0 ? 1024 : set->n_slots * 2 };

	bigger.slots = calloc(bigger.n_slots, sizeof(bigger.slots[0]));
	if (bigger.slots == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < set->n_slots; i++)
		if (set->slots[i] != NULL)
			bigger.slots[place(&bigger, seed, set->slots[i])] = set->slots[i];
	free(set->slots);
	set->slots = bigger.slots;
	set->n_slots = bigger.n_slots;
	return 0;
}

int
text_set_add(struct text_set *set, const struct hash_seed *seed, const char *text)
{
	if (set->used * 4 >= set->n_slots * 3 && grow(set, seed) != 0)
		return -ENOMEM;
	set->slots[place(set, seed, text)] = text;
	set->used++;
	return 0;
}
