/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - rounds of rules: what is new of a flow is shown to the set; if that makes rules worth a look,
 * so is what they ask of the rest; those that hold act.
 *
 * A payload is looked at while its packet is in hand and not kept. What strangers send in accuses
 * nobody, unless the rule itself speaks of the direction. */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "macros.h"
#include "rules.h"

struct rules *
rules_new(struct detector *d, const struct knowledge *k)
{
	const struct rule_set *set = knowledge_rule_set(k);
	struct rules *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->d = d;
	r->k = k;
	r->set = set;
	if (set == NULL)
		return r;
	r->scratch = rule_scratch_new(set);
	r->seen = calloc(rule_conditions(set) + 1, sizeof(r->seen[0]));
	r->queued = calloc(knowledge_rules(k), sizeof(r->queued[0]));
	r->candidate = calloc(knowledge_rules(k), sizeof(r->candidate[0]));
	if (r->scratch == NULL || r->seen == NULL || r->queued == NULL || r->candidate == NULL
	    || rule_counts_init(&r->counts, k) != 0) {
		rules_free(r);
		return NULL;
	}
	return r;
}

void
rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	rule_scratch_free(r->scratch);
	rule_counts_done(&r->counts);
	free(r->seen);
	free(r->queued);
	free(r->candidate);
	free(r);
}

void
rules_inherit(struct rules *r, const struct rules *before)
{
	rule_counts_inherit(&r->counts, r->k, &before->counts, before->k);
}

bool
rules_want_payload(const struct rules *r)
{
	return r->set != NULL && rule_field_triggers(r->set, RULE_FIELD_ID(RULE_PAYLOAD_OCTETS), false);
}

/* --- a round --- */

static void
begin(struct rules *r, struct flow *flow, uint64_t now_us, bool only_late)
{
	if (++r->round == 0) {	/* marks of four thousand million rounds ago */
		memset(r->seen, 0, rule_conditions(r->set) * sizeof(r->seen[0]));
		memset(r->queued, 0, knowledge_rules(r->k) * sizeof(r->queued[0]));
		r->round = 1;
	}
	r->flow = flow;
	r->now_us = now_us;
	r->n_candidates = 0;
	r->has_view = false;
	r->triggering = true;
	r->only_late = only_late;
}

/* Those of our fields that are known when a flow begins, or that may only then be. */
static void
show_ours(struct rules *r, bool late)
{
	for (unsigned i = 0; i < RULE_FIELD_N; i++)
		if ((late || rule_field_row((enum rule_field)i)->phase != RULE_LATE)
		    && rule_field_triggers(r->set, RULE_FIELD_ID(i), late))
			rules_show(r, (enum rule_field)i);
}

static void
show_record(struct rules *r, uint16_t from, bool only_triggers)
{
	struct record_entry e;

	if (r->flow->record == NULL)
		return;
	while (record_next(r->flow->record, &from, &e))
		if (!only_triggers || rule_field_triggers(r->set, e.field, r->only_late)
		    || rule_field_triggers(r->set, RULE_FIELD_ID(RULE_PEER_HOST), r->only_late))
			rules_show_entry(r, &e);
}

/* The first octets of a packet that begins within the first of its direction. */
static void
show_payload(struct rules *r, const struct packet *pkt)
{
	const struct flow *flow = r->flow;
	unsigned end = addr_equal(&pkt->ends.src, &flow->key.addr[0])
	    && pkt->ends.src_port == flow->key.port[0] ? 0 : 1;
	enum direction dir = flow_end_index(flow, TO_SERVER) == end ? TO_SERVER : TO_CLIENT;
	unsigned from = dir == TO_SERVER ? RULE_FROM_INITIATOR : RULE_FROM_RESPONDER;
	uint32_t before = flow->payload_octets[dir] - pkt->payload_wire_len;
	size_t len = pkt->payload_len < RULE_PAYLOAD_OCTETS_MAX ? pkt->payload_len
	    : RULE_PAYLOAD_OCTETS_MAX;

	if (flow->payload_octets[dir] < pkt->payload_wire_len || before >= RULE_PAYLOAD_OCTETS_MAX)
		return;
	from |= dir == flow_device_sends(flow) ? RULE_FROM_DEVICE : RULE_FROM_PEER;
	r->value = (struct rule_sight){ .round = r->round, .octets = pkt->payload, .len = (uint16_t)len };
	rule_find_payload(r->set, r->scratch, pkt->payload, len, pkt->payload_wire_len, from,
	    rules_met, r);
}

static bool
is_met(const void *arg, uint32_t condition)
{
	const struct rules *r = arg;

	return r->seen[condition].round == r->round;
}

/* In the order of the rules, whatever order hashes gave them. Few: they are what has been met. */
static void
sort(uint32_t *a, size_t n)
{
	for (size_t gap = n / 2; gap != 0; gap /= 2)
		for (size_t i = gap; i < n; i++) {
			uint32_t one = a[i];
			size_t k = i;

			for (; k >= gap && a[k - gap] > one; k -= gap)
				a[k] = a[k - gap];
			a[k] = one;
		}
}

/* --- acting --- */

static const uint8_t percent_of[] = {
	[CONFIDENCE_NONE] = 0, [CONFIDENCE_LOW] = 50, [CONFIDENCE_MEDIUM] = 70, [CONFIDENCE_HIGH] = 90
};

/* A parser that is sure of what its protocol is for keeps its word. */
static void
set_role(const struct rules *r, const struct rule *rule)
{
	struct flow *flow = r->flow;
	uint8_t percent = percent_of[rule->confidence];

	if (flow->role != ROLE_UNKNOWN && flow->role_confidence > percent)
		return;
	flow->role = (uint8_t)rule->role;
	flow->role_confidence = percent;
	flow->reasons |= REASON_RULE;
	if (r->d->watch_role != NULL)
		r->d->watch_role(r->d->watch_arg,
		    &flow->key.addr[flow_end_index(flow, flow_device_sends(flow))], rule);
}

/* Only what a device began, and was seen to send in, is held against it. */
static bool
device_began(const struct flow *flow)
{
	return flow_device_sends(flow) == TO_SERVER && flow->pkts[TO_SERVER] != 0;
}

static bool
is_enough(struct rules *r, const struct rule *rule)
{
	const struct flow *flow = r->flow;
	unsigned end = flow_end_index(flow, flow_device_sends(flow));
	uint64_t key = flow->device;
	bool evicted, enough;

	if (rule->threshold.count == 0)
		return true;
	if (rule->threshold.per_group)
		key = flow->group;
	else if (key == 0)
		key = hash_stable(HASH_STABLE_BASIS ^ flow->key.tenant_proto >> 8,
		    &flow->key.addr[end], sizeof(struct addr));
	enough = rule_counts_add(&r->counts, rule, key << 1, flow->serial, r->now_us, &evicted);
	r->d->counters[DETECT_COUNT_RULE_COUNTS] += evicted;
	return enough;
}

/* The value that met a condition, as text. */
static size_t
value_text(const struct rules *r, uint32_t condition, char out[static EVIDENCE_VALUE_MAX])
{
	const struct rule_sight *s = &r->seen[condition];
	field_id id = rule_condition_field_id(r->set, condition);
	const struct field *f = RULE_FIELD_IS_OURS(id) ? NULL : field_by_id(id);
	enum rule_field ours = (enum rule_field)(id & 0xff);
	const char *word = f == NULL && s->is_number ? rule_word_name(ours, s->number) : NULL;
	size_t n = s->len < EVIDENCE_VALUE_MAX ? s->len : EVIDENCE_VALUE_MAX;

	if (word != NULL)
		return (size_t)snprintf(out, EVIDENCE_VALUE_MAX, "%s", word);
	if (s->is_number)
		return (size_t)snprintf(out, EVIDENCE_VALUE_MAX, "%llu", (unsigned long long)s->number);
	if (f != NULL ? f->type == FIELD_IP : rule_field_row(ours)->value == RULE_ADDR) {
		struct addr a;

		memcpy(a.octet, s->octets, sizeof(a.octet));
		return addr_text(&a, out);
	}
	if (f != NULL ? f->type != FIELD_HEX : rule_field_row(ours)->value != RULE_PAYLOAD) {
		memcpy(out, s->octets, n);
		return n;
	}
	n = n < 32 ? n : 32;
	for (size_t i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", s->octets[i]);
	return 2 * n;
}

static void
add_rule_evidence(const struct rules *r, const struct rule *rule, struct alert *a)
{
	char value[EVIDENCE_VALUE_MAX];
	uint32_t at = 0, condition;

	while (rule_next_condition(r->set, rule, &at, &condition)) {
		size_t n;

		if (!is_met(r, condition) || rule_condition_field_id(r->set, condition)
		    == RULE_FIELD_ID(RULE_TIME_OF_WEEK))
			continue;
		n = value_text(r, condition, value);
		if (n == 0)
			n = (size_t)snprintf(value, sizeof(value), "(empty)");
		add_value(a, rule_condition_field(r->set, condition), value, n, rule);
	}
	if (rule->threshold.count != 0) {
		int n = snprintf(value, sizeof(value), "%u in %u s per %s", (unsigned)rule->threshold.count,
		    (unsigned)rule->threshold.seconds, rule->threshold.per_group ? "group" : "device");

		add_value(a, "rule.threshold", value, (size_t)n, rule);
	}
}

static void
act(struct rules *r, const struct rule *rule)
{
	struct alert *a;

	if (rule->role != ROLE_UNKNOWN)
		set_role(r, rule);
	if (!rule->raises || (!rule->says_direction && !device_began(r->flow)))
		return;
	if (!rule_is_raised(r->flow, rule) && !is_enough(r, rule))
		return;
	a = raise_rule(r->d, r->flow, r->now_us, rule);
	if (a != NULL)
		add_rule_evidence(r, rule, a);
}

/* What the candidates ask for besides what made them candidates; then those that hold act. */
static void
decide(struct rules *r, bool has_all_of_record)
{
	uint32_t needs = 0;

	if (r->n_candidates == 0)
		return;
	r->triggering = false;
	for (size_t i = 0; i < r->n_candidates; i++)
		needs |= knowledge_rule(r->k, r->candidate[i])->needs;
	if (!has_all_of_record)
		show_record(r, 0, false);
	for (unsigned i = 0; i < RULE_FIELD_N; i++)
		if ((needs >> i & 1) != 0 && i != RULE_PAYLOAD_OCTETS)
			rules_show(r, (enum rule_field)i);
	sort(r->candidate, r->n_candidates);
	for (size_t i = 0; i < r->n_candidates; i++) {
		const struct rule *rule = knowledge_rule(r->k, r->candidate[i]);

		r->d->counters[DETECT_COUNT_RULES_TRIED]++;
		if (!rule_holds(r->set, rule, is_met, r))
			continue;
		r->d->counters[DETECT_COUNT_RULES_HELD]++;
		act(r, rule);
	}
}

void
rules_packet(struct rules *r, struct flow *flow, const struct packet *pkt, bool is_new,
    unsigned news, uint16_t news_from)
{
	if (r->set == NULL)
		return;
	begin(r, flow, pkt->time_us, false);
	if (is_new)
		show_ours(r, false);
	if ((news & NEWS_FIELDS) != 0)
		show_record(r, news_from, true);
	if (pkt->payload_len != 0 && rules_want_payload(r))
		show_payload(r, pkt);
	decide(r, false);
	if ((news & NEWS_SETTLED) != 0)
		rules_again(r, flow, pkt->time_us);
}

void
rules_again(struct rules *r, struct flow *flow, uint64_t now_us)
{
	if (r->set == NULL || !rule_set_has_late(r->set))
		return;
	begin(r, flow, now_us, true);
	show_ours(r, true);
	show_record(r, 0, true);
	decide(r, false);
}
