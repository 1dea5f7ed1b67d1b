/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - how alerts are called where they are written: by the rows of built-in detectors, or by a
 * rule of the pack. */
#include "detect.h"
#include "rule.h"

const struct rule_row *
rule_row(enum detect_rule rule)
{
	static const struct rule_row rows[DETECT_RULE_N] = {
#define X(id, finding, name, title) [id] = { finding, name, title },
		DETECT_RULES(X)
#undef X
	};

	return &rows[rule];
}

enum finding
alert_finding(const struct alert *a)
{
	return a->by != NULL ? a->by->finding : rule_row(a->rule)->finding;
}

const char *
alert_rule_name(const struct alert *a)
{
	return a->by != NULL ? a->by->id : rule_row(a->rule)->name;
}

const char *
alert_title(const struct alert *a)
{
	return a->by != NULL ? a->by->title : rule_row(a->rule)->title;
}

uint32_t
alert_signature_id(const struct alert *a)
{
	return a->by != NULL ? a->by->signature_id : finding_row(alert_finding(a))->signature_id;
}

uint32_t
alert_rev(const struct alert *a)
{
	return a->by != NULL ? a->by->rev : 1;
}
