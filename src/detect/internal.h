/* SPDX-License-Identifier: Apache-2.0 */
/* internal.h - what the files of detect/ share: the detector, what it remembers of devices. */
#ifndef PICKET_DETECT_INTERNAL_H
#define PICKET_DETECT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerts.h"
#include "detect.h"
#include "hash.h"

struct flow_marks;

/* A set of numbers: the devices whose module was told. Grows up to `max`, then forgets new ones. */
struct once {
	struct hash_seed seed;
	uint64_t *slot;		/* 0: free */
	size_t n_slots, n, max;
};

/* Since when a device is in one visited network. */
struct residence {
	uint32_t plmn;		/* PLMN_NONE: not roaming */
	uint32_t since_s;	/* packet time */
	bool told;
};

/* Residences by device_ref; grows up to `max` devices. */
struct residences {
	struct residence *at;
	size_t n, max;
};

struct detector {
	const struct config *cfg;
	const struct knowledge *k;
	struct classifier *c;
	const struct identity *reg;	/* NULL: none */
	uint64_t *counters;
	struct alert_book *book;
	struct flow_marks *marks, *free_marks;
	size_t n_marks;		/* handed out so far, <= cfg->max_marked */
	struct once told;	/* modules */
	struct residences residences;
};

/* once.c */
void once_init(struct once *t, size_t max);
void once_done(struct once *t);
/** Is `key` (not 0) in the set? If not, it is from now on; *full: but for want of room. */
bool once_before(struct once *t, uint64_t key, bool *full);

/* residence.c */
void residences_init(struct residences *r, size_t max);
void residences_done(struct residences *r);
/** The device's entry; NULL: there is no room for it. */
struct residence *residence_of(struct residences *r, device_ref ref);
/** Bring the entry up to date with what is known at `time_us`. True when it has just been there for
 * `days`: once for each stay. */
bool residence_note(struct residence *r, const struct device_view *view, uint64_t time_us,
    uint32_t days);
/** A device was found to be the one that `from` was: the earlier date of one network counts. */
void residence_merge(struct residence *to, struct residence *from);

/* label.c */
/** Is this the far end that updates, manages or provisions for a maker, and was the TAC of the
 * device given to another? */
bool label_conflicts(const struct device_view *view, const struct indicator *ind);

/* device.c */
/** Keep what is known of the device in the alert. */
void alert_set_who(struct alert *a, const struct device_view *view);
/** What a new alert is called, from address, lead, rule and time; `tenant`: of a contact, else NULL. Not of the
 * device's numbers: who reads the id could find them by trying. */
uint64_t alert_id(const struct alert *a, const uint32_t *tenant);
/** The open alert about a device itself, one more time; NULL, counted, without room. `about`: as in
 * struct alert_key. */
struct open_alert *raise_about_device(struct detector *d, enum detect_rule rule,
    const struct device_view *view, const struct indicator *about, uint64_t time_us);
/** Add the TAC of the device as evidence. */
void add_tac_evidence(struct alert *a, const char *field, uint32_t tac, const struct tac *row);
/** Add a fact that is a text. */
void add_fact(struct alert *a, const char *field, const char *value, const char *source);
/** A device is still where it is: has it been there for long? */
void check_stay(struct detector *d, device_ref ref, uint64_t time_us);

#endif
