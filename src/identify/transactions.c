/* SPDX-License-Identifier: Apache-2.0 */
/* transactions.c - requests that wait for their answers, in order of time. */
#include <string.h>

#include "internal.h"

static struct transaction *
at(const struct identity *reg, uint32_t ref)
{
	return pool_at(&reg->transactions, ref - 1);
}

static uint32_t
hash_key(const struct identity *reg, const struct transaction_key *key)
{
	return (uint32_t)hash_octets(&reg->seed, key, sizeof(*key));
}
static_assert(sizeof(struct transaction_key) == 48, "no padding: hashed and compared as octets");

static uint32_t *
next(const struct identity *reg, uint32_t ref)
{
	return &at(reg, ref)->next;
}

static uint32_t
hash(const struct identity *reg, uint32_t ref)
{
	return hash_key(reg, &at(reg, ref)->key);
}

static const struct chain_ops ops = { next, hash };

int
transactions_init(struct identity *reg)
{
	int err = pool_init(&reg->transactions, sizeof(struct transaction), TRANSACTIONS_MAX);

	return err != 0 ? err : chain_init(&reg->by_transaction, TRANSACTIONS_MAX);
}

/* A RADIUS client uses its 256 identifiers anew on each port (RFC 2865, 3). GTP answers go to
 * the port that asked, but a GTP sequence number is unique among two nodes. */
void
transaction_key_fill(struct transaction_key *key, const struct signalling *s)
{
	bool answer = s->phase == SIGNALLING_ANSWER;

	*key = (struct transaction_key){ .sequence = s->sequence, .tenant = s->tenant,
		.source = s->source };
	if (s->source == SIGNALLED_DHCPV4 || s->source == SIGNALLED_DHCPV6) {
		key->extra = (uint32_t)(s->session ^ s->session >> 32);
		return;
	}
	key->client = answer ? s->to : s->from;
	key->server = answer ? s->from : s->to;
	if (s->source == SIGNALLED_RADIUS || s->source == SIGNALLED_LWM2M)
		key->port = answer ? s->to_port : s->from_port;
}

struct transaction *
transaction_find(const struct identity *reg, const struct transaction_key *key)
{
	uint32_t ref = chain_first(&reg->by_transaction, hash_key(reg, key));

	while (ref != 0 && memcmp(&at(reg, ref)->key, key, sizeof(*key)) != 0)
		ref = at(reg, ref)->next;
	return ref == 0 ? NULL : at(reg, ref);
}

uint64_t
transaction_what(const struct signalling *s)
{
	return s->session ^ (uint64_t)s->type << 8 ^ s->act ^ s->imsi;
}

struct transaction *
transaction_begin(struct identity *reg, const struct transaction_key *key, uint64_t what,
    const struct told *t)
{
	struct transaction *tr = pool_get(&reg->transactions);
	uint32_t ref;

	if (tr == NULL)
		return NULL;
	ref = pool_ref(&reg->transactions, tr);
	tr->key = *key;
	tr->told = *t;
	tr->what = what;
	tr->news.ref = 0;
	tr->used = 1;
	tr->newer = 0;
	tr->older = reg->newest;
	if (reg->newest != 0)
		at(reg, reg->newest)->newer = ref;
	else
		reg->oldest = ref;
	reg->newest = ref;
	chain_add(&reg->by_transaction, reg, &ops, ref);
	return tr;
}

void
transaction_end(struct identity *reg, struct transaction *tr, struct told *t)
{
	chain_remove(&reg->by_transaction, reg, &ops, pool_ref(&reg->transactions, tr));
	if (tr->older != 0)
		at(reg, tr->older)->newer = tr->newer;
	else
		reg->oldest = tr->newer;
	if (tr->newer != 0)
		at(reg, tr->newer)->older = tr->older;
	else
		reg->newest = tr->older;
	*t = tr->told;
	tr->used = 0;
	pool_put(&reg->transactions, tr);
}

struct transaction *
transaction_oldest(const struct identity *reg)
{
	return reg->oldest == 0 ? NULL : at(reg, reg->oldest);
}
