/* SPDX-License-Identifier: Apache-2.0 */
/* same.c - from one knowledge to the next: what live state points to is found again by what it
 * says. Indicators have no index by id; they are found by value, in the table. */
#include <string.h>

#include "internal.h"
#include "macros.h"

/* Not its dates: those of a list that is kept up to date move with each edition. */
static bool
says_the_same(const struct item *a, const struct item *b)
{
	const struct indicator *x = &a->pub, *y = &b->pub;

	return strcmp(x->id, y->id) == 0 && strcmp(x->type, y->type) == 0
	    && strcmp(x->entity->id, y->entity->id) == 0 && x->kind == y->kind
	    && x->match == y->match && x->identifies == y->identifies && x->use == y->use
	    && x->port == y->port && x->proto == y->proto && a->below_only == b->below_only;
}

/* Those that are tried one by one, when they contain a text or have a pattern. */
static const struct item *
same_scanned(const struct knowledge *k, const struct item *of)
{
	enum field_match match = of->pub.match;

	for (size_t i = 0; i < k->n_scanned[match]; i++) {
		const struct item *item = k->scanned[match][i];

		if (item->scan_pattern == of->scan_pattern && item->key_len == of->key_len
		    && memcmp(item->key, of->key, of->key_len) == 0 && says_the_same(item, of))
			return item;
	}
	return NULL;
}

const struct indicator *
knowledge_same_indicator(const struct knowledge *k, const struct indicator *of)
{
	/* every indicator of a knowledge is the first member of its item */
	const struct item *item = (const struct item *)of, *found[SAME_VALUE_MAX];
	size_t n;

	if (item->key_class == 0) {
		item = same_scanned(k, item);
		return item == NULL ? NULL : &item->pub;
	}
	n = table_find(k, item->key_class, item->key, item->key_len, found, ARRAY_LEN(found));
	for (size_t i = 0; i < n; i++)
		if (says_the_same(found[i], item))
			return &found[i]->pub;
	return NULL;
}

const struct entity *
knowledge_same_entity(const struct knowledge *k, const struct entity *of)
{
	if (of == NULL || !of->is_feed)
		return of == NULL ? NULL : knowledge_entity_by_id(k, of->id);
	for (size_t i = 0; i < k->n_feeds; i++)
		if (k->feeds[i].entity != NULL && k->feeds[i].entity->is_feed
		    && strcmp(k->feeds[i].entity->id, of->id) == 0)
			return k->feeds[i].entity;
	return NULL;
}
