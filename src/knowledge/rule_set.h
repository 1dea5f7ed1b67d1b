/* SPDX-License-Identifier: Apache-2.0 */
/* rule_set.h - what the files of rules share: the compiled set, and what it is built from.
 *
 * rule.c reads a record, rule_when.c its conditions, rule_condition.c one of them, rule_index.c
 * compiles when all is read, rule_find.c looks up, rule_fields.c knows the names. */
#ifndef PICKET_KNOWLEDGE_RULE_SET_H
#define PICKET_KNOWLEDGE_RULE_SET_H

#include <assert.h>

#include "internal.h"
#include "nearest.h"
#include "rule.h"
#include "text_patterns.h"

enum {
	CONDITIONS_MAX = 1 << 18, TREE_MAX = 1 << 20, KEYS_MAX = 1 << 21, RANGES_MAX = 1 << 20,
	PATTERNS_MAX = 1 << 16,		/* literals and regular expressions of all fields */
	REGEX_POSITIONS_MAX = 200000,	/* of all regular expressions */
	RULE_FIELDS_MAX = 1024
};

/* A field by its name, whoever knows it. */
struct rule_field_info {
	field_id id;
	const char *name;
	enum rule_value value;
	enum rule_phase phase;
	bool asks;		/* a name that is looked up */
};
bool rule_field_by_name(const char *name, struct rule_field_info *out);
const char *rule_field_nearest(const char *name);

/* One condition; equal ones are one. */
struct condition {
	field_id field;
	uint8_t phase;		/* enum rule_phase */
	uint8_t from;		/* payload: RULE_FROM_ bits any of which will do */
	uint8_t days;		/* time: bits, Sunday is the lowest */
	bool hours_over;	/* time: the hours pass midnight */
	uint16_t minute_from, minute_to;	/* time: of the day, the second not included */
	uint32_t length_min, length_max;	/* payload, on the wire */
	const char *name;	/* of the field */
	uint32_t first_trigger, n_triggers;	/* rules, in rule_set.triggers */
};

enum node_kind { NODE_ALL, NODE_ANY, NODE_NOT, NODE_CONDITION };

/* A tree, written front to back. */
struct node {
	uint8_t kind;
	uint32_t size;		/* nodes, with itself */
	uint32_t condition;
};

/* How a key is compared. */
enum rule_key_class { KEY_IS, KEY_ENDS_NAME, KEY_BLOCK };

/* A value that is looked up by hash: an exact text, the end of a name, a block of addresses. */
struct rule_key {
	const uint8_t *octets;
	uint32_t condition;
	uint16_t field;		/* index of struct field_index */
	uint16_t len;
	uint8_t key_class;
};

/* Numbers, sorted by `low`; `most` is the largest `high` of the subtree whose middle this is. */
struct rule_range {
	uint64_t low, high, most;
	uint32_t condition;
};

struct draft_pattern {
	struct text_pattern pattern;
	const char *file;
	unsigned line;
};

/* What there is to look up with the values of one field. */
struct field_index {
	field_id field;
	uint8_t value;		/* enum rule_value */
	bool triggers, triggers_late;
	bool has_keys, has_name_ends;
	bool block_len[129];	/* prefix lengths that occur */
	uint32_t *always;	/* conditions that any value meets; payload and time: all of them */
	size_t n_always, always_room;
	struct rule_range *ranges;
	size_t n_ranges, ranges_room;
	struct text_patterns *patterns;
	struct draft_pattern *draft;	/* until it is compiled */
	size_t n_draft, draft_room;
};

struct rule_set {
	struct hash_seed seed;
	struct rule **rules;	/* in the arena of knowledge */
	const struct rule **by_id;	/* sorted */
	size_t n_rules, rules_room;
	struct condition *conditions;
	size_t n_conditions, conditions_room;
	struct node *nodes;
	size_t n_nodes, nodes_room;
	struct rule_key *keys;
	size_t n_keys, keys_room;
	uint32_t *slots;	/* open addressing: key + 1, 0: free */
	size_t n_slots;		/* a power of two, or 0 */
	uint32_t *triggers;
	size_t n_triggers;
	struct field_index *fields;
	size_t n_fields, fields_room;
	uint16_t *pages[256];	/* by field id: index + 1 */
	bool has_late;
};

/* While rules are read. */
struct rule_drafts {
	struct rule_set *set;
	struct text_set ids;
	const char **texts;	/* of each condition, as rule_condition.c writes it; NULL: too long */
	size_t texts_room;
	uint32_t *slots;	/* by text: condition + 1; open addressing */
	size_t n_slots;
	size_t n_regexes;
	uint64_t regex_positions;
	struct rule *rule;	/* now being read */
};

static inline const struct field_index *
field_index_of(const struct rule_set *rs, field_id field)
{
	const uint16_t *page = rs->pages[field >> 8];

	return page == NULL || page[field & 0xff] == 0 ? NULL : &rs->fields[page[field & 0xff] - 1];
}

static inline uint64_t
rule_key_hash(const struct hash_seed *seed, size_t field, uint8_t key_class, const void *octets, size_t len)
{
	return hash_fold(hash_octets(seed, octets, len) ^ (field << 8 | key_class),
	    UINT64_C(0x9e3779b97f4a7c15));
}

/* rule_condition.c */
/** Read a condition, or find it among those that were read. False after complaining. */
bool read_condition(struct loader *l, const struct json_value *v, uint32_t *condition);

/* rule_when.c */
/** Read the tree of l->rules->rule. False after complaining. */
bool read_when(struct loader *l, const struct json_value *when);

/* rule_index.c */
/** Which conditions make which rules worth a look, ranges sorted, patterns compiled. */
void index_rules(struct loader *l);

#endif
