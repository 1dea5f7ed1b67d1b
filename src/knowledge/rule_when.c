/* SPDX-License-Identifier: Apache-2.0 */
/* rule_when.c - the tree of a rule's conditions: {"all": [...]}, {"any": [...]}, {"not": {...}},
 * or a condition, which has a "field". */
#include <errno.h>
#include <string.h>

#include "macros.h"
#include "rule_set.h"

static bool read_node(struct loader *l, const struct json_value *v, unsigned depth, bool positive);

/* The next node of the tree; SIZE_MAX after complaining. */
static size_t
add_node(struct loader *l, enum node_kind kind, uint32_t condition)
{
	struct rule_set *rs = l->rules->set;

	if (!grow_array(l, &rs->nodes, sizeof(rs->nodes[0]), rs->n_nodes, &rs->nodes_room, TREE_MAX,
		"nodes of conditions"))
		return SIZE_MAX;
	rs->nodes[rs->n_nodes] = (struct node){ .kind = (uint8_t)kind, .size = 1, .condition = condition };
	return rs->n_nodes++;
}

static bool
read_several(struct loader *l, const struct json_value *array, enum node_kind kind, unsigned depth,
    bool positive)
{
	size_t n = json_array_len(array), at = add_node(l, kind, 0);

	if (at == SIZE_MAX)
		return false;
	if (!json_value_is_array(array) || n == 0) {
		complain(l, "'%s' wants an array of conditions", kind == NODE_ALL ? "all" : "any");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (!read_node(l, json_array_at(array, i), depth + 1, positive))
			return false;
	l->rules->set->nodes[at].size = (uint32_t)(l->rules->set->n_nodes - at);
	return true;
}

static bool
read_not(struct loader *l, const struct json_value *v, unsigned depth)
{
	size_t at = add_node(l, NODE_NOT, 0);

	if (at == SIZE_MAX || !read_node(l, v, depth + 1, false))
		return false;
	l->rules->set->nodes[at].size = (uint32_t)(l->rules->set->n_nodes - at);
	return true;
}

/* What the rule must know of its conditions. */
static void
note_condition(struct loader *l, uint32_t condition, bool positive)
{
	const struct condition *c = &l->rules->set->conditions[condition];
	struct rule *rule = l->rules->rule;
	struct rule_field_info info;

	rule->late = rule->late || c->phase == RULE_LATE;
	if (RULE_FIELD_IS_OURS(c->field))
		rule->needs |= UINT32_C(1) << (c->field & 0xff);
	if (c->field == RULE_FIELD_ID(RULE_FLOW_DIRECTION))
		rule->says_direction = true;
	if (positive && rule_field_by_name(c->name, &info) && info.asks)
		rule->asks = true;
}

static bool
read_leaf(struct loader *l, const struct json_value *v, bool positive)
{
	uint32_t condition;

	if (!read_condition(l, v, &condition) || add_node(l, NODE_CONDITION, condition) == SIZE_MAX)
		return false;
	note_condition(l, condition, positive);
	return true;
}

static bool
read_node(struct loader *l, const struct json_value *v, unsigned depth, bool positive)
{
	static const char *const all[] = { "all" }, *const any[] = { "any" }, *const no[] = { "not" };

	if (!json_value_is_object(v)) {
		complain(l, "'when' holds something that is no condition");
		return false;
	}
	if (depth > RULE_DEPTH_MAX) {
		complain(l, "'when' is nested deeper than %d", RULE_DEPTH_MAX);
		return false;
	}
	if (json_has(v, "all"))
		return known_keys(l, v, all, 1) && read_several(l, json_get(v, "all"), NODE_ALL, depth, positive);
	if (json_has(v, "any"))
		return known_keys(l, v, any, 1) && read_several(l, json_get(v, "any"), NODE_ANY, depth, positive);
	if (json_has(v, "not"))
		return known_keys(l, v, no, 1) && read_not(l, json_get(v, "not"), depth);
	return read_leaf(l, v, positive);
}

bool
read_when(struct loader *l, const struct json_value *when)
{
	struct rule_set *rs = l->rules->set;
	struct rule *rule = l->rules->rule;
	size_t conditions = 0;

	if (json_value_is_null(when)) {
		complain(l, "'when' is missing");
		return false;
	}
	rule->tree = (uint32_t)rs->n_nodes;
	if (!read_node(l, when, 1, true))
		return false;
	rule->n_tree = (uint32_t)(rs->n_nodes - rule->tree);
	for (size_t i = rule->tree; i < rs->n_nodes; i++)
		conditions += rs->nodes[i].kind == NODE_CONDITION;
	if (conditions > RULE_CONDITIONS_MAX)
		complain(l, "more than %d conditions", RULE_CONDITIONS_MAX);
	return conditions <= RULE_CONDITIONS_MAX;
}

bool
rule_next_condition(const struct rule_set *rs, const struct rule *r, uint32_t *at, uint32_t *condition)
{
	while (*at < r->n_tree) {
		const struct node *n = &rs->nodes[r->tree + *at];

		*at += n->kind == NODE_NOT ? n->size : 1;
		if (n->kind == NODE_CONDITION) {
			*condition = n->condition;
			return true;
		}
	}
	return false;
}

/* At most RULE_DEPTH_MAX deep. */
static bool
decide(const struct node *n, rule_is_met_fn is_met, const void *arg)
{
	const struct node *end = n + n->size;

	switch (n->kind) {
	case NODE_CONDITION:
		return is_met(arg, n->condition);
	case NODE_NOT:
		return !decide(n + 1, is_met, arg);
	default:
		for (const struct node *child = n + 1; child < end; child += child->size)
			if (decide(child, is_met, arg) == (n->kind == NODE_ANY))
				return n->kind == NODE_ANY;
		return n->kind == NODE_ALL;
	}
}

bool
rule_holds(const struct rule_set *rs, const struct rule *r, rule_is_met_fn is_met, const void *arg)
{
	return decide(&rs->nodes[r->tree], is_met, arg);
}
