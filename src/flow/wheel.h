/* SPDX-License-Identifier: Apache-2.0 */
/* wheel.h - the timer wheel: lists of flows by the second in which to look at them again.
 *
 * A packet does not move its flow: the wheel finds out at the old deadline that there is a
 * later one. Lists are first in, first out, so that the order of ends is that of the input. */
#ifndef PICKET_FLOW_WHEEL_H
#define PICKET_FLOW_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "due.h"
#include "flow.h"
#include "pool.h"

/* Later deadlines are looked at in between, which costs a visit each 17 minutes. */
enum { WHEEL_SECONDS = 1024, WHEEL_NONE = WHEEL_SECONDS };

struct wheel {
	int64_t now_s;		/* packet time of the last turn */
	bool running;		/* now_s is set */
	uint8_t strays;		/* calls in a row with a time too far off to be believed */
	uint32_t first[WHEEL_SECONDS], last[WHEEL_SECONDS];	/* flow index + 1, 0: none */
};

/** Put a flow that is in no list where it is looked at in second `deadline_s`, or earlier when
 * that is further than the wheel reaches. */
void wheel_add(struct wheel *w, const struct pool *flows, struct flow *flow, int64_t deadline_s);
/** Take a flow out of its list; afterwards, as each flow that ended, it is in WHEEL_NONE. Does
 * nothing when it's in none already. */
void wheel_remove(struct wheel *w, const struct pool *flows, struct flow *flow);
/** Empty a list into `due`, in its order. */
void wheel_take(struct wheel *w, const struct pool *flows, unsigned list, struct due_list *due);
/** Empty every list into `due`, in no order, with serials for keys. */
void wheel_take_all(struct wheel *w, const struct pool *flows, struct due_list *due);

#endif
