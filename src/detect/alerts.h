/* SPDX-License-Identifier: Apache-2.0 */
/* alerts.h - the open alerts: found by device and indicator, written when they have settled,
 * folded while they repeat, closed when they have been quiet. */
#ifndef PICKET_DETECT_ALERTS_H
#define PICKET_DETECT_ALERTS_H

#include "detect.h"

struct alert_book;	/* opaque: alerts.c */

struct open_alert {
	struct alert alert;
	const struct indicator *key;	/* first match: what repeats are folded by; lead may improve */
	uint32_t watchers;	/* flows that point here; the owner of the flow's marks counts */
	/* alerts.c only: */
	struct open_alert *chain;	/* of the hash bucket */
	struct open_alert *older, *newer;	/* by last contact */
	struct open_alert *next_due;	/* of those not written yet, by first contact */
	uint64_t written_count, written_octets;
	uint32_t tenant;
	enum stage written_stage;
	bool written;
};

struct alert_book *alert_book_new(const struct config *cfg, uint64_t *counters, alert_fn raise,
    void *arg);
void alert_book_free(struct alert_book *book);

/** The open alert of (device, tenant, indicator), or a new one with these and the times set;
 * *is_new says which. NULL when there is no memory. When detect.max_open is reached the one
 * quiet for longest that no flow watches is closed. */
struct open_alert *alert_book_find(struct alert_book *book, const struct addr *device,
    uint32_t tenant, const struct indicator *lead, uint64_t now_us, bool *is_new);
/** Something happened at `now_us`: it is not quiet. */
void alert_book_touch(struct alert_book *book, struct open_alert *o, uint64_t now_us);
/** Write what has settled, close what is quiet. */
void alert_book_tick(struct alert_book *book, uint64_t now_us);
/** Write and close everything. */
void alert_book_finish(struct alert_book *book, uint64_t now_us);

#endif
