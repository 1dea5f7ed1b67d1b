/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - from the canonical form of a value to its indicators: one hash table for names,
 * blocks and texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static uint64_t
key_hash(const struct knowledge *k, uint8_t key_class, const void *key, size_t len)
{
	return hash_octets(&k->seed, key, len) ^ key_class * UINT64_C(0x9e3779b97f4a7c15);
}

static void
put(struct table *t, uint64_t hash, uint32_t item)
{
	size_t at = hash & (t->n_slots - 1);

	while (t->slots[at].item != 0)
		at = (at + 1) & (t->n_slots - 1);
	t->slots[at] = (struct slot){ (uint32_t)(hash >> 32), item };
}

/* Make room, and put all but item `at`, which is being added. */
static int
grow(struct knowledge *k, size_t at)
{
	struct table *t = &k->table;
	struct table bigger = { .n_slots = t->n_slots == 0 ? 1024 : t->n_slots * 2 };

	bigger.slots = calloc(bigger.n_slots, sizeof(bigger.slots[0]));
	if (bigger.slots == NULL)
		return -ENOMEM;
	bigger.used = t->used;
	/* By item number, not by slot, so that equal keys keep their order. */
	for (size_t i = 0; i < k->n_items; i++) {
		const struct item *item = item_at(k, i);

		if (item->key_class != 0 && i != at)
			put(&bigger, key_hash(k, item->key_class, item->key, item->key_len),
			    (uint32_t)i + 1);
	}
	free(t->slots);
	*t = bigger;
	return 0;
}

int
table_add(struct knowledge *k, size_t at)
{
	const struct item *item = item_at(k, at);

	if (k->table.used * 2 >= k->table.n_slots && grow(k, at) != 0)
		return -ENOMEM;
	put(&k->table, key_hash(k, item->key_class, item->key, item->key_len), (uint32_t)at + 1);
	k->table.used++;
	return 0;
}

size_t
table_find(const struct knowledge *k, uint8_t key_class, const void *key, size_t len,
    const struct item **found, size_t max)
{
	const struct table *t = &k->table;
	uint64_t hash;
	size_t at, n = 0;

	if (t->n_slots == 0)
		return 0;
	hash = key_hash(k, key_class, key, len);
	for (at = hash & (t->n_slots - 1); t->slots[at].item != 0 && n < max;
	    at = (at + 1) & (t->n_slots - 1)) {
		const struct item *item;

		if (t->slots[at].tag != (uint32_t)(hash >> 32))
			continue;
		item = item_at(k, t->slots[at].item - 1);
		if (item->key_class == key_class && item->key_len == len &&
		    memcmp(item->key, key, len) == 0)
			found[n++] = item;
	}
	return n;
}

/* Items lie where they would lie had the last ones never come, so their slots only need to be freed. */
void
table_cut(struct knowledge *k, size_t first)
{
	struct table *t = &k->table;

	for (size_t i = first; i < k->n_items; i++) {
		const struct item *item = item_at(k, i);
		size_t at;

		if (item->key_class == 0)
			continue;
		at = key_hash(k, item->key_class, item->key, item->key_len) & (t->n_slots - 1);
		while (t->slots[at].item != (uint32_t)i + 1)
			at = (at + 1) & (t->n_slots - 1);
		t->slots[at].item = UINT32_MAX;	/* others may lie behind it: freed below */
	}
	for (size_t at = 0; first < k->n_items && at < t->n_slots; at++)
		if (t->slots[at].item == UINT32_MAX) {
			t->slots[at] = (struct slot){ 0, 0 };
			t->used--;
		}
	for (size_t i = first; i < k->n_items; i++)
		memset(item_at(k, i), 0, sizeof(struct item));
	k->n_items = first;
}

void
lengths_add(struct lengths *l, size_t len)
{
	size_t at = 0;

	while (at < l->n && l->len[at] > len)
		at++;
	if (at < l->n && l->len[at] == len)
		return;
	memmove(l->len + at + 1, l->len + at, (l->n - at) * sizeof(l->len[0]));
	l->len[at] = (uint16_t)len;
	l->n++;
}
