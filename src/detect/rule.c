/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c - the rows of findings and rules: how each is called where it is written. */
#include "detect.h"

const struct finding_row *
finding_row(enum finding finding)
{
	static const struct finding_row rows[FINDING_N] = {
#define X(id, name, sid, category) [id] = { name, category, sid },
		FINDINGS(X)
#undef X
	};

	return &rows[finding];
}

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
