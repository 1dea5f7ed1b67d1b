/* SPDX-License-Identifier: Apache-2.0 */
/* rules_count.c - thresholds: so many contacts within so long. A fixed table of counters; the window
 * moves in eighths, so a count covers between seven and eight eighths of the time asked for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

enum { SETS = 4096, WAYS = 8, SLICES = 8 };

int
rule_counts_init(struct rule_counts *c, const struct knowledge *k)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < knowledge_rules(k); i++)
		if (knowledge_rule(k, i)->threshold.count != 0) {
			c->seed = hash_seed_new();
			c->count = calloc((size_t)SETS * WAYS, sizeof(c->count[0]));
			return c->count == NULL ? -ENOMEM : 0;
		}
	return 0;
}

void
rule_counts_done(struct rule_counts *c)
{
	free(c->count);
	c->count = NULL;
}

/* The rule that goes on with what was counted for another. */
static const struct rule *
heir_of(const struct knowledge *k, const struct rule *before)
{
	const struct rule *rule = before == NULL ? NULL : knowledge_rule_by_id(k, before->id);

	return rule != NULL && rule->threshold.count != 0
	    && rule->threshold.seconds == before->threshold.seconds
	    && rule->threshold.per_group == before->threshold.per_group ? rule : NULL;
}

static struct rule_count *counter_of(struct rule_counts *c, const struct rule *rule, uint64_t key,
    bool *evicted);

void
rule_counts_inherit(struct rule_counts *c, const struct knowledge *k,
    const struct rule_counts *before, const struct knowledge *k_before)
{
	bool evicted;

	for (size_t i = 0; c->count != NULL && before->count != NULL && i < (size_t)SETS * WAYS; i++) {
		const struct rule_count *from = &before->count[i];
		const struct rule *rule = from->key == 0 ? NULL
		    : heir_of(k, knowledge_rule(k_before, from->rule));

		if (rule != NULL) {
			struct rule_count *to = counter_of(c, rule, from->key, &evicted);

			*to = *from;
			to->rule = rule->index;
		}
	}
}

/* The counter, or the place of the one that was idle for longest. */
static struct rule_count *
counter_of(struct rule_counts *c, const struct rule *rule, uint64_t key, bool *evicted)
{
	uint64_t both[2] = { key, rule->index };
	struct rule_count *set = &c->count[hash_octets(&c->seed, both, sizeof(both)) % SETS * WAYS];
	struct rule_count *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key && set[i].rule == rule->index)
			return &set[i];
		if (oldest->key != 0 && (set[i].key == 0 || set[i].slice < oldest->slice))
			oldest = &set[i];
	}
	*evicted = oldest->key != 0;
	*oldest = (struct rule_count){ .key = key, .rule = rule->index };
	return oldest;
}

/* Forget what is older than the window. Time that goes back stays in the newest slice. */
static void
advance(struct rule_count *n, uint64_t slice)
{
	if (slice <= n->slice)
		return;
	if (slice - n->slice >= SLICES)
		memset(n->n, 0, sizeof(n->n));
	else
		for (uint64_t i = n->slice + 1; i <= slice; i++)
			n->n[i % SLICES] = 0;
	n->slice = slice;
}

bool
rule_counts_add(struct rule_counts *c, const struct rule *rule, uint64_t key,
    uint64_t flow_serial, uint64_t now_us, bool *evicted)
{
	struct rule_count *n;
	uint32_t sum = 0;

	*evicted = false;
	n = counter_of(c, rule, key | 1, evicted);
	advance(n, now_us / ((uint64_t)rule->threshold.seconds * 1000000 / SLICES));
	if (n->last_flow == flow_serial)
		return false;
	n->last_flow = flow_serial;
	if (n->n[n->slice % SLICES] != UINT16_MAX)
		n->n[n->slice % SLICES]++;
	for (unsigned i = 0; i < SLICES; i++)
		sum += n->n[i];
	return sum >= rule->threshold.count;
}
