/* SPDX-License-Identifier: Apache-2.0 */
/* score_rule.c - how bad and how sure a rule of the pack is: as it says, less what was not seen. */
#include "rule.h"
#include "score.h"

void
score_rule(struct alert *a)
{
	const struct rule *rule = a->by;

	score_role(a);
	a->severity = rule->severity;
	if (a->stage <= STAGE_SYN && a->severity < 4)
		a->severity++;	/* nothing was exchanged */
	a->confidence = rule->confidence;
	if (rule->remediation != NULL)
		a->remediation = rule->remediation;
	a->n_limits = 0;
	score_limit(a, rule->limits);
	score_contact_limits(a);
	if (a->entity != NULL)
		score_status_limit(a);
}
