/* SPDX-License-Identifier: Apache-2.0 */
/* reload.h - from one knowledge to the next while frames go on: build beside, swap between two
 * batches, look at what lives again, free the old. Never more than two at a time. */
#ifndef PICKET_RELOAD_H
#define PICKET_RELOAD_H

#include <stdbool.h>

#include "knowledge.h"
#include "stats.h"

struct pipeline;
struct reload;		/* opaque: src/reload.c */

#define RELOAD_COUNTERS(X)						\
	X(RELOAD_COUNT_ASKED, "reload.asked", "reloads of the knowledge that were asked for")	\
	X(RELOAD_COUNT_DONE, "reload.done", "reloads after which other files, or the same again, were in force") \
	X(RELOAD_COUNT_FAILED, "reload.failed", "reloads refused: the knowledge of before stayed in force") \
	X(RELOAD_COUNT_MERGED, "reload.merged", "reloads asked for while one was already waiting for its turn")
enum reload_counter { RELOAD_COUNTERS(STATS_ENUM) RELOAD_COUNTER_N };

/** `p` is borrowed for the reload's life, `from` and what it points to as well; `*in_force`, the
 * knowledge that the stages use, is changed by reload_advance(). NULL when out of memory. */
struct reload *reload_new(struct stats *st, struct pipeline *p,
    const struct knowledge_sources *from, struct knowledge **in_force, knowledge_complain_fn say);
/** Waits for what is being built. */
void reload_free(struct reload *r);

/** Reload as soon as what goes on is over. Asked for again before its turn, it is one reload. */
void reload_ask(struct reload *r);
/** Between two batches: take the next step, if it is time. Never waits. */
void reload_advance(struct reload *r);
/** Is one going on or waiting? */
bool reload_is_busy(const struct reload *r);
/** No more frames come: what the stages use already is held against all that lives. */
void reload_finish(struct reload *r);

#endif
