/* SPDX-License-Identifier: Apache-2.0 */
/* knowledge.c - what a built knowledge holds, and its end. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "mmdb.h"

void
knowledge_free(struct knowledge *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->n_segments; i++)
		free(k->segments[i]);
	free(k->segments);
	free(k->table.slots);
	for (size_t i = 0; i < 2; i++) {
		free(k->tacs[i].row);
		free(k->tacs[i].index);
	}
	free(k->ouis.row);
	free(k->modem_macs.row);
	free(k->registered.by_imei);
	free(k->registered.by_imsi);
	rule_set_free(k->rules);
	networks_done(&k->networks);
	for (size_t i = 0; i < k->n_mmdbs; i++)
		mmdb_close(k->mmdb[i]);
	free(k->entities);
	free(k->lists);
	free(k->feeds);
	free(k->allow_parts);
	arena_free(k->arena);
	free(k);
}

const char *
knowledge_version(const struct knowledge *k)
{
	return k->version == NULL ? "none" : k->version;
}

const char *
knowledge_hash(const struct knowledge *k)
{
	return k->hash;
}

size_t
knowledge_indicators(const struct knowledge *k)
{
	return k->n_items;
}

size_t
knowledge_entities(const struct knowledge *k)
{
	return k->n_entities;
}

const struct indicator *
knowledge_indicator(const struct knowledge *k, size_t at)
{
	return at < k->n_items ? &item_at(k, at)->pub : NULL;
}

const struct entity *
knowledge_entity(const struct knowledge *k, size_t at)
{
	return at < k->n_entities ? k->entities[at] : NULL;
}

const struct entity *
knowledge_entity_by_id(const struct knowledge *k, const char *id)
{
	size_t low = 0, high = k->n_entities;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(k->entities[mid]->id, id);

		if (order == 0)
			return k->entities[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
