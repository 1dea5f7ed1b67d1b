/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - sessions and parser states, from one slab store. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "slab.h"

/* Address space per session: most parsers keep under 256 octets, a few several KB for the
 * length of a handshake. When it is used up, new parser states are refused (classify.no_session). */
enum { SHARE_OCTETS = 512 };

struct session_pool {
	struct slab_store *store;
	size_t max, used;
};

struct session_pool *
session_pool_new(size_t max)
{
	struct session_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->max = max;
	pool->store = slab_store_new(max * SHARE_OCTETS);
	if (pool->store == NULL) {
		free(pool);
		return NULL;
	}
	return pool;
}

void
session_pool_free(struct session_pool *pool)
{
	if (pool == NULL)
		return;
	slab_store_free(pool->store);
	free(pool);
}

static void *
get_zeroed(struct session_pool *pool, size_t size)
{
	size_t got;
	void *block = slab_get(pool->store, size, &got);

	return block == NULL ? NULL : memset(block, 0, size);
}

struct session *
session_get(struct session_pool *pool)
{
	struct session *s;

	if (pool->used == pool->max)
		return NULL;
	s = get_zeroed(pool, sizeof(*s));
	if (s != NULL)
		pool->used++;
	return s;
}

static void
drop_state(struct session_pool *pool, struct session *s)
{
	if (s->state != NULL)
		slab_put(pool->store, s->state);
	s->state = NULL;
}

void
session_put(struct session_pool *pool, struct session *s)
{
	if (s == NULL)
		return;
	drop_state(pool, s);
	slab_put(pool->store, s);
	pool->used--;
}

int
session_state(struct session_pool *pool, struct session *s, size_t size)
{
	drop_state(pool, s);
	if (size == 0)
		return 0;
	s->state = get_zeroed(pool, size);
	return s->state == NULL ? -ENOMEM : 0;
}

size_t
session_pool_memory(const struct session_pool *pool)
{
	return slab_used(pool->store);
}
