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
	/* alerts.c only: */
	uint32_t watchers;	/* flows that point here */
	uint64_t seen_us;	/* when it was opened, on the book's time */
	uint64_t quiet_us;	/* since when nobody watches it, on the book's time */
	struct open_alert *chain;	/* of the hash bucket */
	struct open_alert *older, *newer;	/* of those that nobody watches, by quiet_us */
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
 * *is_new says which. `time_us`: the contact's packet time. NULL when there is no memory, or
 * detect.max_open is reached and a flow watches every one of them; otherwise the one quiet
 * for longest is closed to make room. */
struct open_alert *alert_book_find(struct alert_book *book, const struct addr *device,
    uint32_t tenant, const struct indicator *lead, uint64_t time_us, bool *is_new);
/** A flow stands behind the alert: it stays open until as many have been unwatched. */
void alert_book_watch(struct alert_book *book, struct open_alert *o);
void alert_book_unwatch(struct alert_book *book, struct open_alert *o);
/** Something happened at packet time `time_us`. */
void alert_book_touch(struct open_alert *o, uint64_t time_us);
/** Believed time is `now_us`: write what has settled, close what is quiet. Packet times of
 * contacts, which strangers choose, move no timer. */
void alert_book_tick(struct alert_book *book, uint64_t now_us);
/** Write and close everything. */
void alert_book_finish(struct alert_book *book, uint64_t now_us);

#endif
