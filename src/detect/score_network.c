/* SPDX-License-Identifier: Apache-2.0 */
/* score_network.c - what an address in somebody's network is worth alone: the least there is. */
#include "score.h"

enum { COLLECTION = 20, CONTROL = 10, SEVERITY = 4 };

void
score_network(struct alert *a, unsigned stage_percent)
{
	a->severity = SEVERITY;
	a->confidence = CONFIDENCE_LOW;
	a->score_collection = (uint8_t)(COLLECTION * stage_percent / 100);
	a->score_control = (uint8_t)(CONTROL * stage_percent / 100);
	a->remediation = "Find out who runs the host at this address before anything is blocked.";
	a->n_limits = 0;
	if (a->stage == STAGE_SYN)
		score_limit(a, "The far end did not answer as far as was seen here.");
	else if (a->stage == STAGE_HANDSHAKE)
		score_limit(a, "No payload was seen.");
	score_limit(a, "An address in an operator's network: the tenant is not known.");
	score_limit(a, "Nothing in the contact named the far end.");
	score_limit(a, "Networks change hands; the table of them is as old as its date says.");
	score_status_limit(a);
}
