/* SPDX-License-Identifier: Apache-2.0 */
/* wheel.h - the timer wheel: lists of flows by the second in which to look at them again.
 *
 * A packet does not move its flow: the wheel finds out at the old deadline that there is a
 * later one. Lists are first in, first out, so that the order of ends is that of the input. */
#ifndef PICKET_FLOW_WHEEL_H
#define PICKET_FLOW_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "flow.h"
#include "pool.h"

/* Later deadlines are looked at in between, which costs a visit each 17 minutes. */
enum { WHEEL_SECONDS = 1024, WHEEL_DUE = WHEEL_SECONDS, WHEEL_LISTS };

struct wheel {
	int64_t now_s;		/* packet time of the last turn */
	bool running;		/* now_s is set */
	uint8_t strays;		/* calls in a row with a time too far off to be believed */
	uint32_t first[WHEEL_LISTS], last[WHEEL_LISTS];	/* flow index + 1, 0: none */
};

/** Put a flow that is in no list where it is looked at in second `deadline_s`, or earlier when
 * that is further than the wheel reaches. */
void wheel_add(struct wheel *w, const struct pool *flows, struct flow *flow, int64_t deadline_s);
void wheel_remove(struct wheel *w, const struct pool *flows, struct flow *flow);
/** Move a whole list to the end of the list WHEEL_DUE. */
void wheel_list_due(struct wheel *w, const struct pool *flows, unsigned list);
/** Take the first flow off the list WHEEL_DUE; NULL when it is empty. */
struct flow *wheel_pop_due(struct wheel *w, const struct pool *flows);
/** Order the list WHEEL_DUE by start, ties by creation. */
void wheel_sort_due(struct wheel *w, const struct pool *flows);

#endif
