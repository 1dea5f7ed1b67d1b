/* SPDX-License-Identifier: Apache-2.0 */
/* summary.h - what a person reads at the end of a replay: a short table, then each alert
 * explained. Gathers as alerts are raised; bounded. */
#ifndef PICKET_SUMMARY_H
#define PICKET_SUMMARY_H

#include <stdio.h>

struct alert;
struct classifier;
struct config;
struct flow;
struct knowledge;
struct stats;
struct summary;		/* opaque: src/emit/summary.c */

/** NULL when out of memory. `cfg` is borrowed for the summary's life. */
struct summary *summary_new(const struct config *cfg);
void summary_free(struct summary *s);

/** An alert was raised; its closing summary replaces it. */
void summary_alert(struct summary *s, const struct alert *alert);
/** A flow ended. */
void summary_flow(struct summary *s, const struct flow *flow);

/** The knowledge changes: what is kept of alerts is found again in `k`; those that no longer hold
 * are only counted from here on. The old one must be alive. */
void summary_use_knowledge(struct summary *s, const struct knowledge *k);

/** Print it. `c` names protocols, `st` has the counts. */
void summary_print(const struct summary *s, const struct classifier *c, const struct stats *st,
    FILE *out);

#endif
