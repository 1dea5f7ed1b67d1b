/* SPDX-License-Identifier: Apache-2.0 */
/* ends.c - tunnel ends and protocol ids: four a block, blocks in a session's list. */
#include "internal.h"

/* User-plane ends are found without knowing their direction. */
static unsigned
class_of(unsigned use)
{
	return use <= USE_DOWNLINK ? USE_UPLINK : use;
}

static uint32_t
hash_end(const struct identity *reg, unsigned use, uint32_t node, uint32_t id)
{
	return (uint32_t)hash_fold(((uint64_t)node << 36 | (uint64_t)class_of(use) << 32 | id)
	    ^ reg->seed.a, reg->seed.b | 1);
}

static uint32_t *
next(const struct identity *reg, uint32_t ref)
{
	return &end_at(reg, ref)->next;
}

static uint32_t
hash(const struct identity *reg, uint32_t ref)
{
	const struct end *e = end_at(reg, ref);

	return hash_end(reg, e->use, e->node, e->id);
}

static const struct chain_ops ops = { next, hash };

int
ends_init(struct identity *reg)
{
	uint32_t max = reg->cfg->device_sessions_max + reg->cfg->device_sessions_max / 2;
	int err = pool_init(&reg->ends, sizeof(struct end_block), max);

	if (err == 0)
		err = chain_init(&reg->by_end, max * ENDS_PER_BLOCK);
	reg->linger = memory_reserve(LINGER_MAX * sizeof(reg->linger[0]));
	return err == 0 && reg->linger == NULL ? -ENOMEM : err;
}

uint32_t
end_ref(const struct identity *reg, const struct end *e)
{
	uint32_t block = pool_index(&reg->ends, e);
	const struct end_block *ends = pool_at(&reg->ends, block);

	return block * ENDS_PER_BLOCK + (uint32_t)(e - ends->end) + 1;
}

static uint32_t
end_match(const struct identity *reg, uint32_t ref, unsigned use, uint32_t node, uint32_t id)
{
	while (ref != 0) {
		const struct end *e = end_at(reg, ref);

		if (e->node == node && e->id == id && class_of(e->use) == class_of(use))
			break;
		ref = e->next;
	}
	return ref;
}

uint32_t
end_first(const struct identity *reg, unsigned use, uint32_t node, uint32_t id)
{
	return end_match(reg, chain_first(&reg->by_end, hash_end(reg, use, node, id)), use, node,
	    id);
}

uint32_t
end_next(const struct identity *reg, uint32_t ref)
{
	const struct end *e = end_at(reg, ref);

	return end_match(reg, e->next, e->use, e->node, e->id);
}

struct end *
session_end_next(const struct identity *reg, const struct session *s, uint32_t *at)
{
	uint32_t block = s->ends;

	for (uint32_t skip = *at / ENDS_PER_BLOCK; block != 0; block = ends_at(reg, block)->more) {
		struct end_block *ends = ends_at(reg, block);

		if (skip != 0) {
			skip--;
			continue;
		}
		for (; *at % ENDS_PER_BLOCK != ENDS_PER_BLOCK - 1; ) {
			struct end *e = &ends->end[*at % ENDS_PER_BLOCK];

			(*at)++;
			if (e->id != 0)
				return e;
		}
		(*at)++;
		if (ends->end[ENDS_PER_BLOCK - 1].id != 0)
			return &ends->end[ENDS_PER_BLOCK - 1];
	}
	return NULL;
}

static struct end *
free_end(struct identity *reg, uint32_t session)
{
	struct session *s = session_at(reg, session);
	struct end_block *ends;

	for (uint32_t block = s->ends; block != 0; block = ends->more) {
		ends = ends_at(reg, block);
		for (unsigned i = 0; i < ENDS_PER_BLOCK; i++)
			if (ends->end[i].id == 0)
				return &ends->end[i];
	}
	ends = pool_get(&reg->ends);
	if (ends == NULL)
		return NULL;
	*ends = (struct end_block){ .session = session, .more = s->ends };
	s->ends = pool_ref(&reg->ends, ends);
	return &ends->end[0];
}

/* Protocols that tell a new id with each message must not fill the registry: the first of the same
 * use makes room. */
static void
drop_surplus(struct identity *reg, uint32_t session, unsigned use)
{
	const struct session *s = session_at(reg, session);
	struct end *e, *first = NULL;
	uint32_t at = 0;
	unsigned n = 0;

	while (n < SESSION_ENDS_MAX && (e = session_end_next(reg, s, &at)) != NULL) {
		n++;
		if (first == NULL && e->use == use)
			first = e;
	}
	if (n == SESSION_ENDS_MAX && first != NULL)
		end_drop(reg, first);
}

bool
end_add(struct identity *reg, uint32_t session, const struct told_end *t)
{
	struct end *e;

	for (uint32_t ref = end_first(reg, t->use, t->node, t->id); ref != 0;
	    ref = end_next(reg, ref)) {
		e = end_at(reg, ref);
		if (end_session(reg, ref) != session || e->use != t->use)
			continue;
		e->lingers = 0;
		if (t->use != USE_GTPC || t->tag != 0xff)
			e->tag = t->tag;	/* a header does not tell the interface */
		return true;
	}
	drop_surplus(reg, session, t->use);
	e = free_end(reg, session);
	if (e == NULL) {
		reg->count[IDENTITY_COUNT_REFUSED]++;
		return false;
	}
	*e = (struct end){ .node = t->node, .use = t->use, .tag = t->tag & 0x3ff, .id = t->id };
	node_refer(reg, t->node, 1);
	chain_add(&reg->by_end, reg, &ops, end_ref(reg, e));
	return true;
}

void
end_drop(struct identity *reg, struct end *e)
{
	chain_remove(&reg->by_end, reg, &ops, end_ref(reg, e));
	node_refer(reg, e->node, -1);
	*e = (struct end){ 0 };
}

void
ends_drop_all(struct identity *reg, struct session *s)
{
	uint32_t block = s->ends;

	while (block != 0) {
		struct end_block *ends = ends_at(reg, block);
		uint32_t more = ends->more;

		for (unsigned i = 0; i < ENDS_PER_BLOCK; i++)
			if (ends->end[i].id != 0)
				end_drop(reg, &ends->end[i]);
		pool_put(&reg->ends, ends);
		block = more;
	}
	s->ends = 0;
}

/* Packets that are forwarded after a handover still come under the old end for a while. */
void
end_linger(struct identity *reg, struct end *e, uint64_t now_us)
{
	uint32_t ref = end_ref(reg, e), at;

	if (e->lingers)
		return;
	if (reg->linger_n == LINGER_MAX) {
		end_drop(reg, e);
		return;
	}
	e->lingers = 1;
	at = (reg->linger_first + reg->linger_n++) % LINGER_MAX;
	reg->linger[at] = (struct lingering){ now_us + LINGER_US, ref, end_session(reg, ref) };
}

void
linger_tick(struct identity *reg, uint64_t now_us)
{
	for (unsigned i = 0; i < EVICT_SAMPLE && reg->linger_n != 0; i++) {
		struct lingering l = reg->linger[reg->linger_first];
		struct end *e = end_at(reg, l.end);

		if (l.until_us > now_us)
			return;
		reg->linger_first = (reg->linger_first + 1) % LINGER_MAX;
		reg->linger_n--;
		/* the block may be another session's by now; then its end does not linger, or
		 * loses a second or two of it */
		if (e->id != 0 && e->lingers && end_session(reg, l.end) == l.session)
			end_drop(reg, e);
	}
}
