/* SPDX-License-Identifier: Apache-2.0 */
/* nodes.c - network elements by address, and their restarts.
 *
 * A restart ends all sessions of a node at once, however many: the node keeps the number of the
 * restart, and a session compares when it is next asked for (session_lives()). */
#include <string.h>

#include "internal.h"

enum { NODE_FORGET_S = 60 };	/* longer than any transaction that names it by number */

static uint32_t
hash_node(const struct identity *reg, const struct addr *a, uint32_t tenant)
{
	return (uint32_t)(hash_octets(&reg->seed, a, sizeof(*a)) + tenant * 0x9e3779b9u);
}

static uint32_t *
next(const struct identity *reg, uint32_t ref)
{
	return &node_at(reg, ref)->next;
}

static uint32_t
hash(const struct identity *reg, uint32_t ref)
{
	return hash_node(reg, &node_at(reg, ref)->addr, node_at(reg, ref)->tenant);
}

static const struct chain_ops ops = { next, hash };

int
nodes_init(struct identity *reg)
{
	uint32_t max = reg->cfg->device_sessions_max + 1024;
	int err;

	max = max < NODES_MAX ? max : NODES_MAX;
	err = pool_init(&reg->nodes, sizeof(struct node), max);
	return err != 0 ? err : chain_init(&reg->by_node, max);
}

uint32_t
node_find(const struct identity *reg, const struct addr *a, uint32_t tenant)
{
	uint32_t ref = chain_first(&reg->by_node, hash_node(reg, a, tenant));

	while (ref != 0 && !(addr_equal(&node_at(reg, ref)->addr, a)
	    && node_at(reg, ref)->tenant == tenant))
		ref = node_at(reg, ref)->next;
	return ref;
}

/* The table is full: forget one that nobody refers to, of the next few. */
static void
make_room(struct identity *reg)
{
	for (unsigned i = 0; i < EVICT_SAMPLE; i++) {
		uint32_t ref = reg->node_hand + 1;
		struct node *node = node_at(reg, ref);

		reg->node_hand = ref < reg->nodes.max ? ref : 0;
		if (!node->used || node->refs != 0
		    || seconds(reg->now_us) < node->heard_s + NODE_FORGET_S)
			continue;
		chain_remove(&reg->by_node, reg, &ops, ref);
		node->used = 0;
		pool_put(&reg->nodes, node);
		return;
	}
}

uint32_t
node_get(struct identity *reg, const struct addr *a, uint32_t tenant)
{
	uint32_t ref = node_find(reg, a, tenant);
	struct node *node;

	if (ref == 0) {
		if (reg->nodes.in_use == reg->nodes.max)
			make_room(reg);
		node = pool_get(&reg->nodes);
		if (node == NULL) {
			reg->count[IDENTITY_COUNT_REFUSED]++;
			return 0;
		}
		*node = (struct node){ .addr = *a, .tenant = tenant, .used = 1 };
		ref = pool_ref(&reg->nodes, node);
		chain_add(&reg->by_node, reg, &ops, ref);
	}
	node_at(reg, ref)->heard_s = seconds(reg->now_us);
	return ref;
}

void
node_refer(struct identity *reg, uint32_t ref, int by)
{
	if (ref != 0)
		node_at(reg, ref)->refs += (uint32_t)by;
}

enum family
source_family(uint8_t source)
{
	switch (source) {
	case SIGNALLED_GTPV1C:
		return FAMILY_GTPV1;
	case SIGNALLED_GTPV2C:
		return FAMILY_GTPV2;
	case SIGNALLED_PFCP:
		return FAMILY_PFCP;
	case SIGNALLED_S1AP:
	case SIGNALLED_NGAP:
		return FAMILY_AP;
	default:
		return FAMILY_RADIUS;
	}
}

void
node_down(struct identity *reg, uint32_t ref, enum family family, uint64_t time_us)
{
	struct node *node = node_at(reg, ref);

	node->down_epoch[family] = ++reg->epoch;
	node->down_us = time_us;
	reg->count[IDENTITY_COUNT_NODE_RESTARTS]++;
}

/* A counter that changes says restart (TS 23.007, 18), a time stamp that grows (TS 29.244, 8.2.65).
 * Two elements behind one address tell two counters in turns: a value that was there before is
 * no restart. */
void
node_recovery(struct identity *reg, uint32_t ref, enum family family, uint32_t recovery,
    uint64_t time_us)
{
	struct node *node = node_at(reg, ref);
	bool known = (node->has_recovery >> family & 1) != 0;

	if (known && (node->recovery[family] == recovery || node->before[family] == recovery
	    || (family == FAMILY_PFCP && (int32_t)(recovery - node->recovery[family]) < 0)))
		return;
	node->before[family] = known ? node->recovery[family] : recovery;
	node->recovery[family] = recovery;
	node->has_recovery |= (uint8_t)(1 << family);
	if (known)
		node_down(reg, ref, family, time_us);
}
