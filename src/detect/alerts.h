/* SPDX-License-Identifier: Apache-2.0 */
/* alerts.h - the open alerts: found by device and what they are about, written when they have settled,
 * folded while they repeat, closed when they have been quiet. */
#ifndef PICKET_DETECT_ALERTS_H
#define PICKET_DETECT_ALERTS_H

#include "detect.h"

struct alert_book;	/* opaque: alerts.c */

/* What repeats are folded by: a device and what it is about. A device that the registry knows is
 * folded whatever its address. All of it is compared: no octet of it may be unset. */
struct alert_key {
	struct addr device;	/* all 0 with `who` */
	uint64_t who;		/* alert_who() of a device that is known, else 0 */
	const struct indicator *about;	/* NULL: the rule says it all */
	const struct rule *by;	/* of the pack, with DETECT_BY_RULE; else NULL */
	uint64_t what;		/* what else it is about: hash of the entity of a network; or 0 */
	uint32_t tenant;	/* 0 with `who` */
	uint32_t rule;		/* enum detect_rule */
	uint32_t exception;	/* place of the one under which it is not told + 1, 0: it is */
	uint32_t spare;
};

/** Which device: its place in the registry, and the serial of what lies there, because places are
 * used again. Not when it was first seen: that moves when it turns out to be one that was
 * seen before, and then what repeats would be raised anew. */
static inline uint64_t
alert_who(const struct device_view *view)
{
	return view->ref == 0 ? 0
	    : (uint64_t)view->ref << 32 | view->serial;
}

struct open_alert {
	struct alert alert;
	struct alert_key key;	/* `about` is the first match: lead may improve */
	bool withdrawn;		/* it no longer holds: alert_book_sift() */
	const struct suppression *held;	/* it is not told; NULL: it is */
	uint32_t on_lan;	/* contacts whose far end was seen on the device's LAN */
	bool shown_moved;	/* the contact that is shown has gone to another alert */
	/* alerts.c only: */
	uint32_t watchers;	/* flows that point here */
	uint64_t seen_us;	/* when it was opened, on the book's time */
	uint64_t quiet_us;	/* since when nobody watches it, on the book's time */
	struct open_alert *chain;	/* of the hash bucket */
	struct open_alert *older, *newer;	/* of those that nobody watches, by quiet_us */
	struct open_alert *before, *after;	/* of all, by when they were opened */
	struct open_alert *next_due;	/* of those not written yet, by first contact */
	uint64_t written_count, written_octets;
	enum stage written_stage;
	bool written;
	bool told;		/* and it was not held back */
	uint64_t held_count;	/* contacts that are not told, of an alert about a device */
};

/** Is an alert without a contact held back? `contacts` of it were not judged before. */
typedef const struct suppression *(*judge_fn)(void *arg, const struct alert *a, uint64_t contacts);

struct alert_book *alert_book_new(const struct config *cfg, uint64_t *counters, alert_fn raise,
    void *arg);
void alert_book_free(struct alert_book *book);
/** Ask before an alert about a device is written. */
void alert_book_judge(struct alert_book *book, judge_fn judge, void *arg);

/** The open alert of this key; NULL when there is none. */
struct open_alert *alert_book_peek(struct alert_book *book, const struct alert_key *key);
/** The open alert of this key, or a new one with rule, indicator, entity and the times set;
 * *is_new says which. `time_us`: the packet time of what happened. NULL when there is no memory, or
 * detect.max_open is reached and a flow watches every one of them; otherwise the one quiet
 * for longest is closed to make room. */
struct open_alert *alert_book_find(struct alert_book *book, const struct alert_key *key,
    uint64_t time_us, bool *is_new);
/** A flow stands behind the alert: it stays open until as many have been unwatched. */
void alert_book_watch(struct alert_book *book, struct open_alert *o);
void alert_book_unwatch(struct alert_book *book, struct open_alert *o);
/** Forget one that nobody watches and that has not been written, as if it had never been. */
void alert_book_drop(struct alert_book *book, struct open_alert *o);
/** Something happened at packet time `time_us`. */
void alert_book_touch(struct open_alert *o, uint64_t time_us);
/** Believed time is `now_us`: write what has settled, close what is quiet. Packet times of
 * contacts, which strangers choose, move no timer. */
void alert_book_tick(struct alert_book *book, uint64_t now_us);

/* A change of knowledge, in this order: */

/** Mark those as withdrawn for which `holds` is false; returns how many. */
size_t alert_book_sift(struct alert_book *book,
    bool (*holds)(const struct open_alert *o, const struct knowledge *k),
    const struct knowledge *k);
/** Close them, each with all that there is to tell. No flow may watch one any more. */
void alert_book_withdraw(struct alert_book *book);
/** Have `adopt` change every open alert and its key. Keys that differed differ afterwards. */
void alert_book_rekey(struct alert_book *book,
    void (*adopt)(struct open_alert *o, const struct knowledge *k), const struct knowledge *k);

/** Write and close everything. */
void alert_book_finish(struct alert_book *book, uint64_t now_us);

#endif
