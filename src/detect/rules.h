/* SPDX-License-Identifier: Apache-2.0 */
/* rules.h - the rules of the pack at work: what a flow shows goes to the rule set, rules that hold set
 * the flow's role or raise an alert. */
#ifndef PICKET_DETECT_RULES_H
#define PICKET_DETECT_RULES_H

#include "internal.h"
#include "rule.h"

/* What met a condition, in the round now running. */
struct rule_sight {
	uint32_t round;		/* not the round now running: it is not met */
	uint16_t len;
	bool is_number;
	const uint8_t *octets;	/* borrowed for the round */
	uint64_t number;
};

/* A counter of contacts of one rule and device (or group). */
struct rule_count {
	uint64_t key;		/* 0: free */
	uint64_t last_flow;	/* serial: a flow counts once in a row */
	uint64_t slice;		/* number of the newest eighth, on packet time */
	uint32_t rule;
	uint16_t n[8];		/* contacts in each eighth, saturating */
};

struct rule_counts {
	struct hash_seed seed;
	struct rule_count *count;	/* NULL: no rule has a threshold */
};

struct rules {
	const struct knowledge *k;	/* whose rules they are */
	const struct rule_set *set;
	struct rule_scratch *scratch;
	struct rule_sight *seen;	/* by condition */
	uint32_t *queued;		/* by rule: round in which it became a candidate */
	uint32_t *candidate;
	size_t n_candidates;
	uint32_t round;
	struct rule_counts counts;

	/* of the round */
	struct detector *d;
	struct flow *flow;
	uint64_t now_us;
	bool triggering, only_late;
	struct rule_sight value;	/* that is being shown */
	struct device_view view;	/* of the flow's device, when it was asked for */
	bool has_view;
	char tac[16], plmn[PLMN_TEXT_MAX];	/* texts of the view that it has as numbers */
};

/* rules_values.c */
/** Show all values of one of our fields to the set. */
void rules_show(struct rules *r, enum rule_field field);
/** Show a value. */
void rules_show_octets(struct rules *r, field_id field, const void *octets, size_t len);
/** Show an entry of the flow's record, under its own name, and as peer.host if it is one. */
void rules_show_entry(struct rules *r, const struct record_entry *e);
/** A condition is met: a rule_met_fn over struct rules. */
void rules_met(void *arg, uint32_t condition);

/* rules_count.c */
/** 0 or -ENOMEM. Memory is only taken when a rule has a threshold. */
int rule_counts_init(struct rule_counts *c, const struct knowledge *k);
void rule_counts_done(struct rule_counts *c);
/** After a reload: go on with what was counted for rules of the same id and threshold. */
void rule_counts_inherit(struct rule_counts *c, const struct knowledge *k,
    const struct rule_counts *before, const struct knowledge *k_before);
/** One more contact; true when there were as many as the rule wants in its time. *evicted: a counter of
 * another rule or device was given up for it. */
bool rule_counts_add(struct rule_counts *c, const struct rule *rule, uint64_t key,
    uint64_t flow_serial, uint64_t now_us, bool *evicted);

#endif
