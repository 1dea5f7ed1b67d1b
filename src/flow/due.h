/* SPDX-License-Identifier: Apache-2.0 */
/* due.h - the flows to be looked at in one go, as indexes in one stretch of memory.
 *
 * A list that runs through the flows themselves costs a far read for each step. From here the
 * next flows are known before their turn, so that they can be asked for early. */
#ifndef PICKET_FLOW_DUE_H
#define PICKET_FLOW_DUE_H

#include <stddef.h>
#include <stdint.h>

struct due {
	uint64_t key;		/* what due_sort() goes by, */
	uint32_t tie;		/* and this where keys are equal */
	uint32_t flow;		/* index */
};

/* Memory is reserved for every flow of the table and committed by what was due at once. */
struct due_list {
	struct due *at;
	size_t reserved;	/* octets */
	uint32_t n;
};

/** Room for `max` flows. 0 or -ENOMEM. */
int due_init(struct due_list *d, uint32_t max);
/** Harmless on a zeroed list. */
void due_done(struct due_list *d);
/** Order by key, then tie, in place. */
void due_sort(struct due_list *d);

/** Append a flow; each is in the list once at most, so there is room. */
static inline void
due_add(struct due_list *d, uint32_t flow, uint64_t key, uint32_t tie)
{
	d->at[d->n++] = (struct due){ key, tie, flow };
}

#endif
