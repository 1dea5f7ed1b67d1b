/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - one record of signatures/rules/, and what is told of rules that are loaded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "macros.h"
#include "rule_set.h"

enum { SIGNATURE_FIRST = 9200000, SIGNATURES = 2000000000, SECONDS_MAX = 7 * 86400, COUNT_MAX = 65535 };

static bool
begin(struct loader *l)
{
	struct rule_set *rs = l->k->rules;

	if (rs == NULL) {
		rs = l->k->rules = calloc(1, sizeof(*rs));
		if (rs != NULL)
			rs->seed = l->k->seed;
	}
	if (l->rules == NULL && rs != NULL && (l->rules = calloc(1, sizeof(*l->rules))) != NULL)
		l->rules->set = rs;
	if (l->rules == NULL)
		(void)fatal(l, -ENOMEM);
	return l->rules != NULL;
}

/* Up to RULE_TEXTS_MAX texts. */
static void
read_texts(struct loader *l, const struct json_value *r, const char *key, int required,
    const char **out)
{
	const struct json_value *array = json_get(r, key);
	size_t n = json_array_len(array);

	if (json_value_is_null(array) && !required)
		return;
	if (!json_value_is_array(array) || n > RULE_TEXTS_MAX || (required && n == 0)) {
		complain(l, "'%s' must be an array of %s%d texts", key, required ? "1 to " : "at most ",
		    RULE_TEXTS_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *text = json_value_text(json_array_at(array, i));

		if (text == NULL || *text == '\0' || strlen(text) > SOURCE_MAX) {
			complain(l, "'%s' holds something that is no text of at most %d octets", key,
			    SOURCE_MAX);
			return;
		}
		out[i] = shared_text(l, text);
	}
}

static void
read_entity(struct loader *l, const struct json_value *r, struct rule *rule)
{
	const char *id = read_text(l, r, "entity", OPTIONAL, ID_MAX);
	const struct draft_entity *draft = id == NULL ? NULL : find_draft(l, id);

	if (id != NULL && draft == NULL)
		complain(l, "entity '%s' is not in the pack", id);
	else if (draft != NULL)
		rule->entity = draft->entity;
}

/* What it does: raise, set a role, or both. */
static void
read_effect(struct loader *l, const struct json_value *r, struct rule *rule)
{
	static const char *const severities[] = { "critical", "high", "medium", "low" };
	static const char *const confidences[] = { "low", "medium", "high" };
	const char *finding = read_text(l, r, "finding", OPTIONAL, ID_MAX);
	const char *role = read_text(l, r, "role", OPTIONAL, ID_MAX);
	int number = finding == NULL ? -1 : finding_from_name(finding);

	if (finding == NULL && role == NULL)
		complain(l, "a rule wants a 'finding', a 'role', or both");
	if (finding != NULL && number < 0)
		complain(l, "'finding': '%s' is no known value", finding);
	rule->raises = number >= 0;
	rule->finding = rule->raises ? (enum finding)number : FINDING_INFRASTRUCTURE;
	number = role == NULL ? ROLE_UNKNOWN : role_from_name(role);
	if (role != NULL && number <= ROLE_UNKNOWN)
		complain(l, "'role': '%s' is no role", role);
	rule->role = number < 0 ? ROLE_UNKNOWN : (enum role)number;
	number = read_word(l, r, "severity", rule->raises, severities, ARRAY_LEN(severities));
	rule->severity = number < 0 ? 4 : (uint8_t)(number + 1);
	number = read_word(l, r, "confidence", REQUIRED, confidences, ARRAY_LEN(confidences));
	rule->confidence = number < 0 ? CONFIDENCE_LOW : (enum verdict_confidence)(CONFIDENCE_LOW + number);
}

static void
read_proof(struct loader *l, const struct json_value *r, struct rule *rule)
{
	static const char *const keys[] = { "fires", "silent" };
	const struct json_value *proof = json_get(r, "proof");

	if (json_value_is_null(proof))
		return;
	if (!json_value_is_object(proof)) {
		complain(l, "'proof' is no object");
		return;
	}
	(void)known_keys(l, proof, keys, ARRAY_LEN(keys));
	rule->proof_fires = read_shared(l, proof, "fires", REQUIRED, ID_MAX * 2);
	rule->proof_silent = read_shared(l, proof, "silent", REQUIRED, ID_MAX * 2);
}

static uint32_t
read_number(struct loader *l, const struct json_value *r, const char *key, int64_t max)
{
	int64_t n = json_value_int(json_get(r, key), 0);

	if (n < 1 || n > max) {
		complain(l, "'%s' is missing, or no number from 1 to %lld", key, (long long)max);
		return 1;
	}
	return (uint32_t)n;
}

static void
read_threshold(struct loader *l, const struct json_value *r, struct rule *rule)
{
	static const char *const keys[] = { "count", "seconds", "per" };
	static const char *const units[] = { "device", "group" };
	const struct json_value *threshold = json_get(r, "threshold");

	if (json_value_is_null(threshold))
		return;
	if (!json_value_is_object(threshold)) {
		complain(l, "'threshold' is no object");
		return;
	}
	(void)known_keys(l, threshold, keys, ARRAY_LEN(keys));
	rule->threshold.count = read_number(l, threshold, "count", COUNT_MAX);
	rule->threshold.seconds = read_number(l, threshold, "seconds", SECONDS_MAX);
	rule->threshold.per_group = read_word(l, threshold, "per", REQUIRED, units, ARRAY_LEN(units)) == 1;
	if (!rule->raises)
		complain(l, "a 'threshold' is for a 'finding'");
}

static void
read_id(struct loader *l, const struct json_value *r, struct rule *rule)
{
	const char *id = read_text(l, r, "id", REQUIRED, ID_MAX);

	if (id == NULL)
		return;
	if (!id_is_good(id)) {
		complain(l, "'%.64s' is no id (a-z, 0-9, _ and -)", id);
		return;
	}
	if (text_set_find(&l->rules->ids, &l->k->seed, id) != NULL) {
		complain(l, "rule '%s' is there twice", id);
		return;
	}
	rule->id = own_text(l, id);
	if (rule->id != NULL && text_set_add(&l->rules->ids, &l->k->seed, rule->id) != 0)
		(void)fatal(l, -ENOMEM);
	rule->signature_id = SIGNATURE_FIRST
	    + (uint32_t)(hash_stable(HASH_STABLE_BASIS, id, strlen(id)) % SIGNATURES);
}

void
load_rule(struct loader *l, const struct json_value *r)
{
	static const char *const keys[] = {
		"id", "rev", "title", "role", "finding", "when", "entity", "severity", "confidence",
		"attack", "references", "limits", "remediation", "threshold", "proof", "note"
	};
	size_t errors = l->errors;
	struct rule_set *rs;
	struct rule *rule;

	if (!begin(l))
		return;
	rs = l->rules->set;
	rule = l->rules->rule = arena_alloc(l->k->arena, sizeof(*rule));
	if (rule == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	rule->file = l->file;
	rule->line = l->line;
	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	read_id(l, r, rule);
	rule->rev = read_number(l, r, "rev", INT32_MAX);
	rule->title = read_shared(l, r, "title", REQUIRED, NAME_MAX_OCTETS);
	read_effect(l, r, rule);
	read_entity(l, r, rule);
	read_texts(l, r, "attack", OPTIONAL, rule->attack);
	read_texts(l, r, "references", REQUIRED, rule->references);
	rule->limits = read_shared(l, r, "limits", REQUIRED, SENTENCE_MAX);
	rule->remediation = read_shared(l, r, "remediation", OPTIONAL, SENTENCE_MAX);
	(void)read_text(l, r, "note", OPTIONAL, SENTENCE_MAX);
	read_threshold(l, r, rule);
	read_proof(l, r, rule);
	rule->index = (uint32_t)rs->n_rules;
	(void)read_when(l, json_get(r, "when"));
	if (l->errors == errors
	    && grow_array(l, &rs->rules, sizeof(rs->rules[0]), rs->n_rules, &rs->rules_room,
		RULES_MAX, "rules"))
		rs->rules[rs->n_rules++] = rule;
}

/* Two rules of one number would be one to who reads alerts by it: rare, and no error. */
static void
warn_same_number(struct loader *l)
{
	struct rule_set *rs = l->rules->set;
	uint32_t *seen;
	size_t n = 64;

	while (n < 2 * rs->n_rules)
		n *= 2;
	seen = calloc(n, sizeof(*seen));
	for (size_t i = 0; seen != NULL && i < rs->n_rules; i++) {
		size_t at = rs->rules[i]->signature_id & (n - 1);

		while (seen[at] != 0
		    && rs->rules[seen[at] - 1]->signature_id != rs->rules[i]->signature_id)
			at = (at + 1) & (n - 1);
		l->file = rs->rules[i]->file;
		l->line = rs->rules[i]->line;
		if (seen[at] != 0)
			warn(l, "rule '%s' has the same alert.signature_id as '%s'", rs->rules[i]->id,
			    rs->rules[seen[at] - 1]->id);
		else
			seen[at] = (uint32_t)i + 1;
	}
	free(seen);
}

void
settle_rules(struct loader *l)
{
	if (l->rules == NULL)
		return;
	if (l->errors == 0 && l->fatal == 0) {
		index_rules(l);
		warn_same_number(l);
	}
}

void
rule_drafts_free(struct rule_drafts *drafts)
{
	if (drafts == NULL)
		return;
	text_set_done(&drafts->ids);
	free(drafts->texts);
	free(drafts->slots);
	free(drafts);
}

void
rule_set_free(struct rule_set *rs)
{
	if (rs == NULL)
		return;
	for (size_t i = 0; i < rs->n_fields; i++) {
		free(rs->fields[i].always);
		free(rs->fields[i].ranges);
		free(rs->fields[i].draft);
		text_patterns_free(rs->fields[i].patterns);
	}
	for (size_t i = 0; i < ARRAY_LEN(rs->pages); i++)
		free(rs->pages[i]);
	free(rs->fields);
	free(rs->rules);
	free(rs->by_id);
	free(rs->conditions);
	free(rs->nodes);
	free(rs->keys);
	free(rs->slots);
	free(rs->triggers);
	free(rs);
}

/* --- what there is --- */

const struct rule_set *
knowledge_rule_set(const struct knowledge *k)
{
	return k->rules != NULL && k->rules->n_rules != 0 ? k->rules : NULL;
}

size_t
knowledge_rules(const struct knowledge *k)
{
	return k->rules == NULL ? 0 : k->rules->n_rules;
}

const struct rule *
knowledge_rule(const struct knowledge *k, size_t at)
{
	return at < knowledge_rules(k) ? k->rules->rules[at] : NULL;
}

const struct rule *
knowledge_rule_by_id(const struct knowledge *k, const char *id)
{
	size_t low = 0, high = knowledge_rules(k);

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(k->rules->by_id[mid]->id, id);

		if (order == 0)
			return k->rules->by_id[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const char *
knowledge_rule_engine(void)
{
	return text_patterns_library();
}
