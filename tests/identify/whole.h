/* SPDX-License-Identifier: Apache-2.0 */
/* whole.h - is the registry whole? Every index entry leads to an object with its key, every object is
 * in its index, every reference is counted, and what was made is there or was counted gone. */
#ifndef PICKET_TESTS_IDENTIFY_WHOLE_H
#define PICKET_TESTS_IDENTIFY_WHOLE_H

#include "support.h"

static inline uint32_t
chain_total(const struct chain *c, uint32_t *(*next)(const struct identity *, uint32_t),
    const struct identity *reg)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < c->heads; at++)
		for (uint32_t ref = c->head[at]; ref != 0; ref = *next(reg, ref))
			ck_assert_uint_le(++n, c->n);
	return n;
}

static inline uint32_t *
next_end(const struct identity *reg, uint32_t ref)
{
	return &end_at(reg, ref)->next;
}
static inline uint32_t *
next_claim(const struct identity *reg, uint32_t ref)
{
	return &claim_at(reg, ref)->next;
}
static inline uint32_t *
next_node(const struct identity *reg, uint32_t ref)
{
	return &node_at(reg, ref)->next;
}

static inline bool
found_end(const struct identity *reg, const struct end *e)
{
	uint32_t wanted = end_ref(reg, e);

	for (uint32_t ref = end_first(reg, e->use, e->node, e->id); ref != 0; ref = end_next(reg, ref))
		if (ref == wanted)
			return true;
	return false;
}

static inline bool
found_claim(const struct identity *reg, uint32_t wanted)
{
	const struct claim *c = claim_at(reg, wanted);

	for (uint32_t ref = claim_first(reg, &c->addr, c->len); ref != 0; ref = claim_next(reg, ref))
		if (ref == wanted)
			return true;
	return false;
}

struct whole {
	uint32_t sessions, live, ends, blocks, claims, devices, forwards, names;
	uint32_t linked[KEY_N];
};

static inline void
check_session(const struct identity *reg, uint32_t ref, struct whole *sum, uint32_t *node_refs)
{
	const struct session *s = session_at(reg, ref);
	const struct end *e;
	uint32_t at = 0;
	bool listed = s->device == 0;

	sum->sessions++;
	sum->live += s->end_us == 0;
	node_refs[s->owner]++;
	sum->names += s->apn != 0;
	while ((e = session_end_next(reg, s, &at)) != NULL) {
		ck_assert(found_end(reg, e));
		ck_assert_uint_eq(end_session(reg, end_ref(reg, e)), ref);
		node_refs[e->node]++;
		sum->ends++;
	}
	for (uint32_t b = s->ends; b != 0; b = ends_at(reg, b)->more)
		sum->blocks++;
	for (uint32_t c = s->claims; c != 0; c = claim_at(reg, c)->more) {
		ck_assert(claim_at(reg, c)->used && claim_at(reg, c)->session == ref);
		ck_assert(found_claim(reg, c));
		sum->claims++;
	}
	if (s->device != 0) {
		const struct device *d = device_at(reg, s->device);

		ck_assert_uint_eq(d->flags & (DEVICE_USED | DEVICE_FORWARDS), DEVICE_USED);
		for (uint32_t at_s = d->sessions; at_s != 0; at_s = session_at(reg, at_s)->sibling)
			listed |= at_s == ref;
	}
	ck_assert(listed);
	ck_assert(s->end_us == 0 || s->end_us >= s->start_us);
}

static inline void
check_device(const struct identity *reg, uint32_t ref, struct whole *sum)
{
	const struct device *d = device_at(reg, ref);
	unsigned n = 0;

	if (d->flags & DEVICE_FORWARDS) {
		sum->forwards++;
		ck_assert(device_at(reg, d->sessions)->flags & DEVICE_USED);
		ck_assert(device_at(reg, d->sessions)->flows != 0);
		ck_assert_uint_eq(d->flags & 7, 0);
		return;
	}
	sum->devices++;
	sum->names += d->apn != 0;
	for (uint32_t s = d->sessions; s != 0; s = session_at(reg, s)->sibling, n++)
		ck_assert_uint_eq(session_at(reg, s)->device, ref);
	ck_assert_uint_eq(n, d->n_sessions);
	for (unsigned k = 0; k < KEY_N; k++) {
		uint32_t found = d->flags & 1u << k ? device_by_number(reg, k, d->number[k]) : ref;

		while (found != 0 && found != ref)
			found = device_next_by_number(reg, k, found);
		ck_assert_uint_eq(found, ref);
		sum->linked[k] += (d->flags & 1u << k) != 0;
	}
	if (d->host != 0) {
		const struct host *h = host_at(reg, d->host);

		ck_assert_uint_eq(h->device, ref);
		sum->names += (h->name != 0) + (h->vendor_class != 0);
		if (h->has_mac)
			ck_assert_uint_eq(device_by_mac(reg, h->mac), ref);
	}
}

static inline uint32_t
names_referred(const struct identity *reg)
{
	uint32_t refs = 0;

	for (uint32_t at = 0; at < reg->by_name.heads; at++)
		for (uint32_t ref = reg->by_name.head[at]; ref != 0; ) {
			const struct name *name = pool_at(&reg->names, ref - 1);

			ck_assert_uint_ne(name->refs, 0);
			refs += name->refs;
			ref = name->next;
		}
	return refs;
}

static inline uint32_t
names_of_transactions(const struct identity *reg)
{
	uint32_t refs = 0, n = 0;

	for (uint32_t ref = reg->oldest; ref != 0; n++) {
		const struct transaction *tr = pool_at(&reg->transactions, ref - 1);

		refs += (tr->told.apn != 0) + (tr->told.host_name != 0)
		    + (tr->told.vendor_class != 0);
		ref = tr->newer;
	}
	ck_assert_uint_eq(n, reg->transactions.in_use);
	ck_assert_uint_eq(n, reg->by_transaction.n);
	return refs;
}

/* In order of first sight, each once. */
static inline void
check_order(const struct identity *reg)
{
	uint32_t n = 0, before = 0;

	for (uint32_t ref = reg->first_device; ref != 0; ref = device_at(reg, ref)->newer) {
		ck_assert_uint_eq(device_at(reg, ref)->older, before);
		ck_assert_uint_eq(device_at(reg, ref)->flags & (DEVICE_USED | DEVICE_FORWARDS),
		    DEVICE_USED);
		before = ref;
		ck_assert_uint_le(++n, reg->live_devices);
	}
	ck_assert_uint_eq(before, reg->last_device);
	ck_assert_uint_eq(n, reg->live_devices);
}

static inline void
check_whole(const struct world *w)
{
	const struct identity *reg = w->reg;
	struct whole sum = { 0 };
	uint32_t *node_refs = calloc((size_t)NODES_MAX + 1, sizeof(*node_refs));

	for (uint32_t ref = 1; ref <= reg->sessions.used_high; ref++)
		if (session_at(reg, ref)->flags & SESSION_USED)
			check_session(reg, ref, &sum, node_refs);
	for (uint32_t ref = 1; ref <= reg->devices.used_high; ref++)
		if (device_at(reg, ref)->flags & DEVICE_USED)
			check_device(reg, ref, &sum);
	for (uint32_t ref = 1; ref <= reg->nodes.used_high; ref++)
		if (node_at(reg, ref)->used)
			ck_assert_uint_eq(node_at(reg, ref)->refs, node_refs[ref]);
	free(node_refs);
	ck_assert_uint_eq(sum.sessions, reg->sessions.in_use);
	ck_assert_uint_eq(sum.live, identity_sessions(reg));
	ck_assert_uint_eq(sum.blocks, reg->ends.in_use);
	ck_assert_uint_eq(sum.claims, reg->claims.in_use);
	ck_assert_uint_eq(sum.ends, chain_total(&reg->by_end, next_end, reg));
	ck_assert_uint_eq(sum.ends, reg->by_end.n);
	ck_assert_uint_eq(sum.claims, chain_total(&reg->by_addr, next_claim, reg));
	ck_assert_uint_eq(reg->nodes.in_use, chain_total(&reg->by_node, next_node, reg));
	ck_assert_uint_eq(sum.devices, identity_devices(reg));
	ck_assert_uint_eq(sum.devices + sum.forwards, reg->devices.in_use);
	for (unsigned k = 0; k < KEY_N; k++)
		ck_assert_uint_eq(sum.linked[k], reg->by_number[k].n);
	check_order(reg);
	ck_assert_uint_eq(names_referred(reg), sum.names + names_of_transactions(reg));
	ck_assert_uint_eq(world_count(w, "identity.sessions")
	    - world_count(w, "identity.sessions_ended"), identity_sessions(reg));
	ck_assert_uint_eq(world_count(w, "identity.devices")
	    - world_count(w, "identity.devices_gone"), identity_devices(reg));
	ck_assert_uint_le(reg->linger_n, LINGER_MAX);
}

#endif
