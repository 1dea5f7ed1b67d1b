/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - which sessions hold which addresses and prefixes. */
#include <string.h>

#include "internal.h"

struct cidr
cidr_cut(const struct addr *a, uint8_t len)
{
	struct cidr c = { .base = *a, .len = len };

	for (unsigned bit = len; bit < 128; bit = (bit | 7) + 1)
		c.base.octet[bit / 8] &= (uint8_t)(0xff00 >> bit % 8);
	return c;
}

static uint32_t
hash_claim(const struct identity *reg, const struct addr *a, uint8_t len)
{
	uint64_t half[2];

	memcpy(half, a, sizeof(half));
	return (uint32_t)hash_fold(half[0] ^ reg->seed.a ^ len, half[1] ^ reg->seed.b);
}

static uint32_t *
next(const struct identity *reg, uint32_t ref)
{
	return &claim_at(reg, ref)->next;
}

static uint32_t
hash(const struct identity *reg, uint32_t ref)
{
	return hash_claim(reg, &claim_at(reg, ref)->addr, claim_at(reg, ref)->len);
}

static const struct chain_ops ops = { next, hash };

int
claims_init(struct identity *reg)
{
	uint32_t max = reg->cfg->device_sessions_max + reg->cfg->device_sessions_max / 2;
	int err = pool_init(&reg->claims, sizeof(struct claim), max);

	return err != 0 ? err : chain_init(&reg->by_addr, max);
}

static uint32_t
match(const struct identity *reg, uint32_t ref, const struct addr *a, uint8_t len)
{
	while (ref != 0 && !(claim_at(reg, ref)->len == len
	    && addr_equal(&claim_at(reg, ref)->addr, a)))
		ref = claim_at(reg, ref)->next;
	return ref;
}

uint32_t
claim_first(const struct identity *reg, const struct addr *a, uint8_t len)
{
	return match(reg, chain_first(&reg->by_addr, hash_claim(reg, a, len)), a, len);
}

uint32_t
claim_next(const struct identity *reg, uint32_t ref)
{
	const struct claim *c = claim_at(reg, ref);

	return match(reg, c->next, &c->addr, c->len);
}

bool
claim_has(const struct identity *reg, const struct session *s, const struct cidr *c)
{
	for (uint32_t ref = s->claims; ref != 0; ref = claim_at(reg, ref)->more)
		if (claim_at(reg, ref)->len == c->len
		    && addr_equal(&claim_at(reg, ref)->addr, &c->base))
			return true;
	return false;
}

static void
count_prefix(struct identity *reg, uint8_t len, int by)
{
	uint64_t *word = &reg->lengths[(len - 1) / 64], bit = UINT64_C(1) << (len - 1) % 64;

	reg->prefixes[len] += (uint32_t)by;
	*word = reg->prefixes[len] != 0 ? *word | bit : *word & ~bit;
}

bool
claim_add(struct identity *reg, uint32_t session, const struct cidr *c)
{
	struct session *s = session_at(reg, session);
	struct claim *claim;

	if (claim_has(reg, s, c))
		return true;
	claim = pool_get(&reg->claims);
	if (claim == NULL) {
		reg->count[IDENTITY_COUNT_REFUSED]++;
		return false;
	}
	*claim = (struct claim){ .addr = c->base, .len = c->len, .used = 1, .session = session,
		.more = s->claims };
	s->claims = pool_ref(&reg->claims, claim);
	chain_add(&reg->by_addr, reg, &ops, s->claims);
	count_prefix(reg, c->len, 1);
	return true;
}

void
claims_trim(struct identity *reg, const struct cidr *c, uint32_t keep)
{
	uint32_t ref = claim_first(reg, &c->base, c->len), last = 0;
	unsigned n = 0;

	for (; ref != 0 && n <= CANDIDATES_MAX; ref = claim_next(reg, ref), n++)
		last = claim_at(reg, ref)->session;
	if (n >= CANDIDATES_MAX / 2 && last != keep
	    && (session_at(reg, last)->flags & SESSION_USED) != 0)
		session_forget(reg, last);
}

void
claims_drop_all(struct identity *reg, struct session *s)
{
	while (s->claims != 0) {
		uint32_t ref = s->claims;
		struct claim *claim = claim_at(reg, ref);

		s->claims = claim->more;
		chain_remove(&reg->by_addr, reg, &ops, ref);
		count_prefix(reg, claim->len, -1);
		claim->used = 0;
		pool_put(&reg->claims, claim);
	}
}

/* Longest first; few lengths are in use at a time. */
unsigned
claim_holders(const struct identity *reg, const struct addr *a, uint32_t *session, unsigned max)
{
	bool ipv4 = addr_is_ipv4(a);
	unsigned n = 0;

	for (int half = 1; half >= (ipv4 ? 1 : 0); half--) {
		/* of an IPv4 address the first 96 bits are none of its own */
		uint64_t left = reg->lengths[half] & (ipv4 ? UINT64_MAX << 32 : UINT64_MAX);

		while (left != 0) {
			unsigned bit = 63 - (unsigned)__builtin_clzll(left);
			struct cidr c = cidr_cut(a, (uint8_t)((unsigned)half * 64 + bit + 1));

			left &= ~(UINT64_C(1) << bit);
			for (uint32_t ref = claim_first(reg, &c.base, c.len); ref != 0 && n < max;
			    ref = claim_next(reg, ref))
				session[n++] = claim_at(reg, ref)->session;
		}
	}
	return n;
}
