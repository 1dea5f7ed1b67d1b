/* SPDX-License-Identifier: Apache-2.0 */
/* score.h - how bad, how sure, what it does not prove and what to do next. */
#ifndef PICKET_DETECT_SCORE_H
#define PICKET_DETECT_SCORE_H

#include "detect.h"

/** Set severity, confidence, both scores, limits and remediation from what the alert holds:
 * entity, lead, role, stage, evidence, host. The tables are in the manual, picketd(8). */
void score_alert(struct alert *a);

/* Between score.c, score_device.c and score_rule.c: */
/** Scores and remediation by the role of the contact and how far it went. */
void score_role(struct alert *a);
/** What was not seen of the contact. */
void score_contact_limits(struct alert *a);
/** The part of score_alert() for rules of the pack. */
void score_rule(struct alert *a);
/** The part of score_alert() for findings of module and identity. */
void score_device(struct alert *a);
/** The part of score_alert() for DETECT_NETWORK. */
void score_network(struct alert *a, unsigned stage_percent);
void score_limit(struct alert *a, const char *sentence);
/** What the entity's standing with official lists does not say. */
void score_status_limit(struct alert *a);

#endif
