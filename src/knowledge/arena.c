/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - memory of one knowledge, freed in one go. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { BLOCK_OCTETS = 1 << 16, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(ALIGNMENT) char data[];
};

/* Texts need no alignment: they are packed into blocks of their own. */
struct arena {
	struct block *things, *texts;
};

struct arena *
arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

static void
free_blocks(struct block *b)
{
	struct block *next;

	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	free_blocks(a->things);
	free_blocks(a->texts);
	free(a);
}

static void *
take_from(struct block **first, size_t size)
{
	struct block *b = *first;

	if (b == NULL || b->size - b->used < size) {
		size_t room = size > BLOCK_OCTETS ? size : BLOCK_OCTETS;

		b = malloc(sizeof(*b) + room);
		if (b == NULL)
			return NULL;
		b->size = room;
		b->used = 0;
		b->next = *first;
		*first = b;
	}
	b->used += size;
	return b->data + b->used - size;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	void *thing = take_from(&a->things, whole);

	if (thing != NULL)
		memset(thing, 0, whole);
	return thing;
}

char *
arena_text(struct arena *a, const char *text, size_t len)
{
	char *copy = take_from(&a->texts, len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

struct arena_mark
arena_mark(const struct arena *a)
{
	return (struct arena_mark){ a->texts, a->texts == NULL ? 0 : a->texts->used };
}

void
arena_back(struct arena *a, struct arena_mark mark)
{
	while (a->texts != mark.block) {
		struct block *b = a->texts;

		a->texts = b->next;
		free(b);
	}
	if (a->texts != NULL)
		a->texts->used = mark.used;
}
