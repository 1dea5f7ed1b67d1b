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
struct rule;
struct rules;
struct exceptions;	/* suppress.c */

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
	match_fn watch;		/* NULL: nobody */
	role_fn watch_role;	/* NULL: nobody */
	void *watch_arg;
	struct rules *rules;	/* rules.h */
	struct exceptions *exceptions;
	uint64_t exceptions_s;	/* when they were last looked at */
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

/* detect.c */
/** No flow stands behind a withdrawn alert any more. */
void marks_release_withdrawn(struct detector *d);
/** May it raise an alert, not only add to one? Its dates aside. */
static inline bool
indicator_accuses(const struct indicator *ind)
{
	return ind->use != USE_BASELINE && ind->use != USE_CONTEXT
	    && (ind->identifies == IDENTIFIES_HOST_OPERATOR || ind->identifies == IDENTIFIES_SIM);
}

/* network.c */
/** May an address in it raise an alert by itself? NULL will do. */
bool network_accuses(const struct network *net);
/** Say whose network the far end is in, when the pack knows. */
void add_network_evidence(struct alert *a, const struct owner *o);
/** The same for an address, as detect.networks allows. */
void add_peer_network(const struct detector *d, struct alert *a, const struct addr *peer);
/** Did the device know its far end by a name, or did that show a certificate? */
bool flow_names_far_end(const struct flow *flow);

/* suppress.c */
/* What an exception is held against. NULL, 0: not known, or there is none. */
struct contact {
	const char *rule;
	const struct entity *entity;
	const struct indicator *indicator;
	const struct addr *source, *destination;	/* who began, and with whom */
	uint16_t port, group;	/* of the destination; of the device */
	const char *name;	/* of the destination, or looked up */
	size_t name_len;
	uint64_t time_us;
	bool again;		/* it was judged before, when less was known */
};

struct exceptions *exceptions_new(const struct config *cfg, struct stats *st);
void exceptions_free(struct exceptions *x);
/** The first exception in force that fits; NULL: it is to be told. */
const struct suppression *exception_of(struct detector *d, const struct contact *c);
/** So many contacts are not told. */
void exception_count(struct detector *d, const struct suppression *s, uint64_t contacts);
/** The same for an alert about a device itself, with `contacts` that were not judged before. A
 * judge_fn: `arg` is the detector. */
const struct suppression *exception_of_device(void *arg, const struct alert *a, uint64_t contacts);
/** Note how many have expired. */
void exceptions_tick(struct detector *d, uint64_t now_us);

/* label.c */
/** Is this the far end that updates, manages or provisions for a maker, and was the TAC of the
 * device given to another? */
bool label_conflicts(const struct device_view *view, const struct indicator *ind);

/* rules.c */
/** NULL: out of memory. */
struct rules *rules_new(struct detector *d, const struct knowledge *k);
void rules_free(struct rules *r);
/** After a reload: go on with what `before` counted for thresholds. */
void rules_inherit(struct rules *r, const struct rules *before);
/** Is there a rule about payload? */
bool rules_want_payload(const struct rules *r);
/** A packet of a flow; its new fields begin at `news_from` of its record. */
void rules_packet(struct rules *r, struct flow *flow, const struct packet *pkt, bool is_new,
    unsigned news, uint16_t news_from);
/** Those rules once more that may have come true late: when the flow settles, and when it ends. */
void rules_again(struct rules *r, struct flow *flow, uint64_t now_us);

/* detect.c */
/** The flow's alert of a rule that holds, new or not; NULL, counted, without room. */
struct alert *raise_rule(struct detector *d, struct flow *flow, uint64_t now_us,
    const struct rule *rule);
/** Does the flow stand behind an alert of this rule already? */
bool rule_is_raised(const struct flow *flow, const struct rule *rule);

/* device.c */
/** Add what met a condition of a rule as evidence. */
void add_value(struct alert *a, const char *field, const char *value, size_t len,
    const struct rule *rule);
/** Keep what is known of the device in the alert. */
void alert_set_who(struct alert *a, const struct device_view *view);
/** What a new alert is called, from address, lead, rule and time; `tenant`: of a contact, else NULL. Not of the
 * device's numbers: who reads the id could find them by trying. */
uint64_t alert_id(const struct open_alert *o, const uint32_t *tenant);
/** The open alert about a device itself, one more time; NULL, counted, without room. `about`: as in
 * struct alert_key. */
struct open_alert *raise_about_device(struct detector *d, enum detect_rule rule,
    const struct device_view *view, const struct indicator *about, uint64_t time_us);
/** Is its maker on a list, of concern, proposed or of a jurisdiction? NULL will do. */
bool tac_is_told(const struct tac *tac);
/** How the device stands to the register, when that is worth telling; else REGISTER_NONE. */
enum registered register_conflict(const struct knowledge *k, const struct device_view *view);
/** Room for a field and its value; NULL: it is there, or there is none. */
struct evidence *new_evidence(struct alert *a, const char *field, const char *value, size_t len);
/** Add the TAC of the device as evidence. */
void add_tac_evidence(struct alert *a, const char *field, uint32_t tac, const struct tac *row);
/** Add a fact that is a text. */
void add_fact(struct alert *a, const char *field, const char *value, const char *source);
/** A device is still where it is: has it been there for long? */
void check_stay(struct detector *d, device_ref ref, uint64_t time_us);

#endif
