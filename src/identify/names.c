/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - APNs and host names, each kept once however many share it. */
#include <string.h>

#include "internal.h"

static struct name *
name_at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->names, ref - 1);
}

static uint32_t
hash_text(const struct identity *reg, const char *text)
{
	return (uint32_t)hash_octets(&reg->seed, text, strlen(text));
}

static uint32_t *
next(const struct identity *reg, uint32_t ref)
{
	return &name_at(reg, ref)->next;
}

static uint32_t
hash(const struct identity *reg, uint32_t ref)
{
	return hash_text(reg, name_at(reg, ref)->text);
}

static const struct chain_ops ops = { next, hash };

int
names_init(struct identity *reg, uint32_t max)
{
	int err = pool_init(&reg->names, sizeof(struct name), max);

	return err != 0 ? err : chain_init(&reg->by_name, max);
}

uint32_t
name_get(struct identity *reg, const char *text)
{
	struct name *name;
	uint32_t ref;

	if (text[0] == '\0')
		return 0;
	for (ref = chain_first(&reg->by_name, hash_text(reg, text)); ref != 0;
	    ref = name_at(reg, ref)->next)
		if (strcmp(name_at(reg, ref)->text, text) == 0)
			return name_share(reg, ref);
	name = pool_get(&reg->names);
	if (name == NULL) {
		reg->count[IDENTITY_COUNT_NAMES_LEFT_OUT]++;
		return 0;
	}
	name->refs = 1;
	(void)strncpy(name->text, text, sizeof(name->text) - 1);
	name->text[sizeof(name->text) - 1] = '\0';
	ref = pool_ref(&reg->names, name);
	chain_add(&reg->by_name, reg, &ops, ref);
	return ref;
}

uint32_t
name_share(struct identity *reg, uint32_t ref)
{
	if (ref != 0)
		name_at(reg, ref)->refs++;
	return ref;
}

void
name_put(struct identity *reg, uint32_t ref)
{
	if (ref == 0 || --name_at(reg, ref)->refs != 0)
		return;
	chain_remove(&reg->by_name, reg, &ops, ref);
	pool_put(&reg->names, name_at(reg, ref));
}

const char *
name_text(const struct identity *reg, uint32_t ref)
{
	return ref == 0 ? NULL : name_at(reg, ref)->text;
}

bool
name_set(struct identity *reg, uint32_t *slot, uint32_t ref)
{
	uint32_t old = *slot;

	if (old == ref)
		return false;
	*slot = name_share(reg, ref);
	name_put(reg, old);
	return true;
}
