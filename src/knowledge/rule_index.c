/* SPDX-License-Identifier: Apache-2.0 */
/* rule_index.c - when all rules are read: which conditions make which rules worth a look, keys into
 * their table, ranges into trees, expressions compiled.
 *
 * A rule is looked at when one of its triggers is met. Triggers are so chosen that whatever makes the rule
 * true last is one of them, and that as few flows as possible meet them: of `all`, what is known from
 * the first packet on need not trigger when something else comes later. What may change until the flow
 * ends never triggers, unless there is nothing else: such rules are looked at again when the flow settles and ends. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule_set.h"

/* --- triggers --- */

struct pair {
	uint32_t condition, rule;
};

struct triggers {
	struct loader *l;
	struct pair *pairs;
	size_t n, room;
	uint32_t rule;
};

/* How selective a condition on a field known at the start is: the larger the better. */
static unsigned
selectivity(const struct condition *c)
{
	static const enum rule_field order[] = { RULE_TIME_OF_WEEK, RULE_FLOW_DIRECTION, RULE_PEER_PLACE,
		RULE_FLOW_PROTO, RULE_DEVICE_GROUP, RULE_FLOW_SRC_PORT, RULE_FLOW_SRC_IP,
		RULE_PEER_PORT, RULE_FLOW_DEST_PORT, RULE_PEER_IP, RULE_FLOW_DEST_IP,
		/* late ones, among themselves */
		RULE_FLOW_STAGE, RULE_FLOW_OCTETS_OUT, RULE_FLOW_OCTETS_IN, RULE_FLOW_ROLE,
		RULE_FLOW_APP_PROTO, RULE_DEVICE_LISTING, RULE_DEVICE_PLMN, RULE_DEVICE_APN,
		RULE_DEVICE_MAKER, RULE_DEVICE_TAC, RULE_PEER_ENTITY };

	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (c->field == RULE_FIELD_ID(order[i]))
			return i;
	return 100;
}

/* The phase in which a subtree may become true last, and how selective it is. */
struct worth {
	enum rule_phase phase;
	unsigned selective;
	bool none;		/* only `not`: it cannot trigger */
};

static struct worth
worth_of(const struct rule_set *rs, const struct node *n)
{
	struct worth w = { .phase = RULE_AT_START, .none = true };
	const struct node *end = n + n->size;

	if (n->kind == NODE_CONDITION) {
		const struct condition *c = &rs->conditions[n->condition];

		return (struct worth){ (enum rule_phase)c->phase, selectivity(c), false };
	}
	if (n->kind == NODE_NOT)
		return w;
	for (const struct node *child = n + 1; child < end; child += child->size) {
		struct worth v = worth_of(rs, child);

		if (v.none) {
			if (n->kind == NODE_ANY)
				return v;	/* true without anything met: nothing triggers all of it */
			continue;
		}
		if (w.none)
			w = v;
		else if (n->kind == NODE_ANY) {
			w.phase = v.phase > w.phase ? v.phase : w.phase;
			w.selective = v.selective < w.selective ? v.selective : w.selective;
		} else if (v.phase == RULE_ON_NEWS || w.phase == RULE_ON_NEWS) {
			w.phase = RULE_ON_NEWS;
			w.selective = 100;
		} else {
			w.phase = v.phase < w.phase ? v.phase : w.phase;
			w.selective = v.selective > w.selective ? v.selective : w.selective;
		}
	}
	return w;
}

static void choose(struct triggers *t, const struct node *n);

/* The best of what is all known at the same time. */
static void
choose_one(struct triggers *t, const struct node *n)
{
	const struct rule_set *rs = t->l->k->rules;
	const struct node *end = n + n->size, *best = NULL;
	struct worth best_worth = { .none = true };

	for (const struct node *child = n + 1; child < end; child += child->size) {
		struct worth w = worth_of(rs, child);

		if (w.none)
			continue;
		if (best == NULL || w.phase < best_worth.phase
		    || (w.phase == best_worth.phase && w.selective > best_worth.selective)) {
			best = child;
			best_worth = w;
		}
	}
	choose(t, best);
}

static void
choose(struct triggers *t, const struct node *n)
{
	const struct rule_set *rs = t->l->k->rules;
	const struct node *end = n + n->size;
	bool news = n->kind == NODE_ALL && worth_of(rs, n).phase == RULE_ON_NEWS;

	if (n->kind == NODE_CONDITION) {
		if (grow_array(t->l, &t->pairs, sizeof(t->pairs[0]), t->n, &t->room, TREE_MAX, "triggers"))
			t->pairs[t->n++] = (struct pair){ n->condition, t->rule };
		return;
	}
	if (n->kind == NODE_ALL && !news) {
		choose_one(t, n);
		return;
	}
	for (const struct node *child = n + 1; child < end; child += child->size) {
		struct worth w = worth_of(rs, child);

		if (!w.none && (n->kind == NODE_ANY || w.phase == RULE_ON_NEWS))
			choose(t, child);
	}
}

static int
by_condition(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->condition != y->condition)
		return x->condition < y->condition ? -1 : 1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* What triggers each rule, sorted by condition. */
static void
fill_triggers(struct loader *l, struct triggers *t)
{
	struct rule_set *rs = l->k->rules;

	rs->triggers = calloc(t->n + 1, sizeof(rs->triggers[0]));
	if (rs->triggers == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	if (t->n != 0)
		qsort(t->pairs, t->n, sizeof(t->pairs[0]), by_condition);
	for (size_t i = 0; i < t->n; i++) {
		struct condition *c = &rs->conditions[t->pairs[i].condition];
		struct field_index *f = &rs->fields[rs->pages[c->field >> 8][c->field & 0xff] - 1];

		if (i != 0 && by_condition(&t->pairs[i - 1], &t->pairs[i]) == 0)
			continue;	/* twice in one tree */
		if (c->n_triggers++ == 0)
			c->first_trigger = (uint32_t)rs->n_triggers;
		rs->triggers[rs->n_triggers++] = t->pairs[i].rule;
		f->triggers = true;
		f->triggers_late = f->triggers_late || rs->rules[t->pairs[i].rule]->late;
	}
}

static void
choose_triggers(struct loader *l)
{
	struct rule_set *rs = l->k->rules;
	struct triggers t = { .l = l };

	for (size_t i = 0; i < rs->n_rules && l->fatal == 0; i++) {
		const struct rule *rule = rs->rules[i];
		const struct node *tree = &rs->nodes[rule->tree];

		t.rule = (uint32_t)i;
		rs->has_late = rs->has_late || rule->late;
		if (worth_of(rs, tree).none)
			complain_at(l, rule->file, rule->line,
			    "'when' can be true with nothing but 'not': a condition must be met");
		else
			choose(&t, tree);
	}
	fill_triggers(l, &t);
	free(t.pairs);
}

/* --- keys, ranges, expressions --- */

static void
fill_keys(struct loader *l)
{
	struct rule_set *rs = l->k->rules;

	rs->n_slots = 64;
	while (rs->n_slots < 2 * rs->n_keys)
		rs->n_slots *= 2;
	rs->slots = calloc(rs->n_slots, sizeof(rs->slots[0]));
	if (rs->slots == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < rs->n_keys; i++) {
		const struct rule_key *k = &rs->keys[i];
		size_t at = rule_key_hash(&rs->seed, k->field, k->key_class, k->octets, k->len)
		    & (rs->n_slots - 1);

		while (rs->slots[at] != 0)
			at = (at + 1) & (rs->n_slots - 1);
		rs->slots[at] = (uint32_t)i + 1;
	}
}

static int
by_low(const void *a, const void *b)
{
	const struct rule_range *x = a, *y = b;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return (x->condition > y->condition) - (x->condition < y->condition);
}

/* The largest `high` of each half, and of both. */
static uint64_t
fill_most(struct rule_range *r, size_t n)
{
	size_t mid = n / 2;
	uint64_t most, half;

	if (n == 0)
		return 0;
	most = r[mid].high;
	half = fill_most(r, mid);
	most = half > most ? half : most;
	half = fill_most(r + mid + 1, n - mid - 1);
	r[mid].most = half > most ? half : most;
	return r[mid].most;
}

static void
compile_field(struct loader *l, struct field_index *f)
{
	struct text_pattern *patterns = calloc(f->n_draft, sizeof(*patterns));
	char err[TEXT_PATTERNS_ERROR_MAX];
	size_t which;
	int rc;

	if (patterns == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < f->n_draft; i++)
		patterns[i] = f->draft[i].pattern;
	rc = text_patterns_new(&f->patterns, patterns, f->n_draft, &which, err);
	if (rc == -ENOMEM)
		(void)fatal(l, rc);
	else if (rc != 0)
		complain_at(l, f->draft[which < f->n_draft ? which : 0].file,
		    f->draft[which < f->n_draft ? which : 0].line,
		    which < f->n_draft ? "'regex': %s" : "the expressions on one field: %s", err);
	free(patterns);
	free(f->draft);
	f->draft = NULL;
}

static int
by_rule_id(const void *a, const void *b)
{
	const struct rule *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

void
index_rules(struct loader *l)
{
	struct rule_set *rs = l->k->rules;

	choose_triggers(l);
	if (l->errors != 0)
		return;
	fill_keys(l);
	for (size_t i = 0; i < rs->n_fields && l->fatal == 0; i++) {
		struct field_index *f = &rs->fields[i];

		if (f->n_ranges != 0) {
			qsort(f->ranges, f->n_ranges, sizeof(f->ranges[0]), by_low);
			(void)fill_most(f->ranges, f->n_ranges);
		}
		if (f->n_draft != 0)
			compile_field(l, f);
	}
	rs->by_id = calloc(rs->n_rules + 1, sizeof(rs->by_id[0]));
	if (rs->by_id == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < rs->n_rules; i++)
		rs->by_id[i] = rs->rules[i];
	qsort(rs->by_id, rs->n_rules, sizeof(rs->by_id[0]), by_rule_id);
}
