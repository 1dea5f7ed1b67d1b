/* SPDX-License-Identifier: Apache-2.0 */
/* detect.h - from what flows show and what is learned of devices to alerts.
 *
 * Findings: `infrastructure`, a device's contact with adversary-linked infrastructure, with the
 * furthest stage reached; `module`, a module whose maker is on a list, once per device;
 * `identity`, a SIM and a module that do not belong together. Repeats are folded per device and
 * indicator or rule; what is folded is told in one closing summary. Alerts are plain structs
 * until emit writes them. */
#ifndef PICKET_DETECT_H
#define PICKET_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding.h"
#include "flow.h"
#include "identify.h"
#include "knowledge.h"
#include "stats.h"

struct config;
struct classifier;
struct detector;	/* opaque: src/detect/detect.c */
struct rule;		/* rule.h */

/* What exactly was found: X(id, finding, picket.rule, title) */
#define DETECT_RULES(X)										\
	X(DETECT_INFRASTRUCTURE, FINDING_INFRASTRUCTURE, "infrastructure",			\
	  "contact with adversary-linked infrastructure")					\
	X(DETECT_NETWORK, FINDING_INFRASTRUCTURE, "network",					\
	  "an address in the network of an adversary-linked entity")				\
	X(DETECT_MODULE, FINDING_MODULE, "module", "module by its type allocation code")	\
	X(DETECT_PAIR_CHANGED, FINDING_IDENTITY, "identity-pair-changed",			\
	  "a SIM is in another module, or a module has another SIM, than before")					\
	X(DETECT_DUPLICATE_IMEI, FINDING_IDENTITY, "identity-duplicate-imei",			\
	  "one IMEI with two SIMs at the same time")						\
	X(DETECT_TWO_SIMS, FINDING_IDENTITY, "identity-two-sims",				\
	  "one device with two active SIMs")							\
	X(DETECT_UNREGISTERED, FINDING_IDENTITY, "identity-unregistered",			\
	  "device is not in the register as it is on the network")				\
	X(DETECT_LABEL_CONFLICT, FINDING_IDENTITY, "identity-label-conflict",			\
	  "TAC of one maker, managed or updated by another")					\
	X(DETECT_ROAMING_RESIDENT, FINDING_IDENTITY, "identity-roaming-resident",		\
	  "roaming SIM that does not leave the visited network")				\
	X(DETECT_BY_RULE, FINDING_INFRASTRUCTURE, "rule",					\
	  "a rule of the pack: alert.by says which, and what it finds")
enum detect_rule {
#define X(id, finding, name, title) id,
	DETECT_RULES(X)
#undef X
	DETECT_RULE_N
};

struct rule_row {
	enum finding finding;
	const char *name, *title;
};
const struct rule_row *rule_row(enum detect_rule rule);

/* How an alert is called where it is written, whether by a row above or by a rule of the pack. */
struct alert;
enum finding alert_finding(const struct alert *a);
const char *alert_rule_name(const struct alert *a);
const char *alert_title(const struct alert *a);
uint32_t alert_signature_id(const struct alert *a);
uint32_t alert_rev(const struct alert *a);

enum { EVIDENCE_MAX = 8, EVIDENCE_VALUE_MAX = 256, ALERT_HOST_MAX = 256, ALERT_LIMITS_MAX = 10 };

/* One reason why: a field's value that an indicator matched, or a fact about the device. It holds
 * no IMEI, IMSI or MSISDN: those stand in alert.who and alert.other, where emit masks them. */
struct evidence {
	const char *field;	/* dotted name, or "flow.dest_ip", "dns_cache.name", "device.imei_tac",
				 * "device.previous_imei_tac", "device.plmn", "device.roaming_since", "peer.asn",
				 * "device.register" */
	char value[EVIDENCE_VALUE_MAX];	/* as seen, cut if longer; raw octets, escaped when written */
	uint16_t value_len;
	const struct indicator *indicator;	/* NULL: a fact about the device, with: */
	const struct entity *entity;	/* whom it points to; NULL: nobody */
	const char *source, *as_of;	/* what it rests on, such as a table of TACs; may be NULL */
};

/* Numbers that a finding is about besides those of the device itself. */
struct alert_other {
	digits imei, imsi;	/* DIGITS_NONE: there is none */
};

/* What an alert is about, kept by the detector until it is folded away. Emit borrows it
 * for one call. */
struct alert {
	/* Root of event_id: stable hash of address, tenant, indicator or rule, first time. Without a
	 * contact it does not tell devices apart: emit mixes in the id of `who` as it is written. */
	uint64_t id;
	enum detect_rule rule;	/* and by its row the finding */
	uint64_t first_us, last_us;	/* packet time of the first and last contact */
	uint64_t time_us;	/* packet time when this record is written: the event's timestamp */
	uint64_t count;		/* contacts: flows and look-ups */
	uint64_t octets_out, octets_in;	/* IP octets from / to the device, all contacts so far */
	bool final;		/* closing summary */
	enum stage stage;	/* furthest so far */
	enum role role;
	uint8_t severity;	/* 1 worst .. 4, as Suricata */
	enum verdict_confidence confidence;
	uint8_t score_collection, score_control;	/* 0..100 */
	const struct entity *entity;	/* who is accused; NULL: nobody (identity) */
	const struct indicator *lead;	/* the most specific one; NULL: no indicator matched */
	const struct rule *by;	/* the rule of the pack that held, with DETECT_BY_RULE; else NULL */

	/* The device as the registry knew it when the alert was last added to, but for its texts, which
	 * alert_device() adds. who.ref 0: it does not know it; the device is its address below. */
	struct device_view who;
	struct alert_other other;	/* partner of before, or the second SIM or device */

	/* The contact that is shown: the one with the furthest stage, the first of those. Without
	 * one (has_contact false: stage NONE, role UNKNOWN) all up to `other_name` is unset but
	 * device (an address of the device, or all 0), group. */
	bool has_contact;
	uint64_t flow_id;
	struct ends ends;	/* initiator -> responder */
	struct tunnel tunnel;	/* depth 0: none */
	uint16_t vlan[PACKET_VLANS_MAX];
	uint16_t source, group, app;
	bool device_is_responder;	/* the peer came to the device */
	bool peer_inside;	/* the other end is in home_nets, too: a proxy, or a name used inside */
	bool peer_on_lan;	/* every contact was with a host of the device's own LAN */
	bool has_mac;
	uint8_t device_mac[6];

	struct addr device;	/* its address */
	struct addr peer;	/* unset (all 0) while only asked */
	uint16_t peer_port;
	char host[ALERT_HOST_MAX];	/* name by which the device knew the peer, lower case, or "" */
	const char *host_source;	/* sni, http, dns, dns_cache, certificate ..., NULL without host */
	uint32_t host_age_s;	/* of a dns_cache name */
	bool other_name;	/* `host` is not one that accuses: only the address does */

	struct evidence evidence[EVIDENCE_MAX];
	uint8_t n_evidence;
	const char *limits[ALERT_LIMITS_MAX];	/* constant sentences: what this does not prove */
	uint8_t n_limits;
	const char *remediation;	/* constant sentence */

	struct {		/* texts of `who` */
		char apn[SIGNALLING_APN_MAX + 1];
		char host_name[SIGNALLING_NAME_MAX + 1], vendor_class[SIGNALLING_NAME_MAX + 1];
	} text;
};

struct suppression;	/* config.h */

typedef void (*alert_fn)(void *arg, const struct alert *alert);

#define DETECT_COUNTERS(X)						\
	X(DETECT_COUNT_CHECKED, "detect.checked", "field values and addresses looked up")	\
	X(DETECT_COUNT_MATCHED, "detect.matched", "look-ups that found an indicator")		\
	X(DETECT_COUNT_CONTACTS, "detect.contacts", "flows and look-ups that an alert stands for") \
	X(DETECT_COUNT_ALERTS, "detect.alerts", "alerts raised (without closing summaries)")	\
	X(DETECT_COUNT_FOLDED, "detect.folded", "contacts folded into an alert already raised")	\
	X(DETECT_COUNT_FINAL, "detect.final", "closing summaries")				\
	X(DETECT_COUNT_SHARED, "detect.shared_address", "address matches not held against a device: many names share it") \
	X(DETECT_COUNT_EXPIRED, "detect.outside_validity", "matches outside the indicator's dates") \
	X(DETECT_COUNT_ALLOWED, "detect.allowed", "matches of outside intelligence that an allow-list excuses") \
	X(DETECT_COUNT_CONTEXT, "detect.context_only", "matches on indicators that may not alert alone") \
	X(DETECT_COUNT_EVICTED, "detect.evicted", "open alerts closed early: detect.max_open reached")	\
	X(DETECT_COUNT_NO_ROOM, "detect.no_room", "contacts lost: detect.max_open alerts are all watched, or the flow has four")	\
	X(DETECT_COUNT_DEVICES, "detect.devices", "news of devices looked at")			\
	X(DETECT_COUNT_UNREMEMBERED, "detect.unremembered", "devices about which could not be remembered what was told, or where they roam: identity.max reached") \
	X(DETECT_COUNT_RULES_TRIED, "detect.rules.tried", "rules that a flow's values made worth a look") \
	X(DETECT_COUNT_RULES_HELD, "detect.rules.held", "rules that held")			\
	X(DETECT_COUNT_RULE_COUNTS, "detect.rules.counts_evicted", "counters of thresholds given up for others") \
	X(DETECT_COUNT_NO_MARKS, "detect.no_marks", "flows that could not be followed: detect.max_marked reached") \
	X(DETECT_COUNT_WITHDRAWN, "detect.withdrawn", "open alerts closed by a reload: what they rest on is gone or says something else") \
	X(DETECT_COUNT_RECHECKED, "detect.rechecked", "live flows and devices held against what a reload brought") \
	X(DETECT_COUNT_NETWORK, "detect.network", "flows to an address in a network that may accuse, looked at once more when they had shown what they are") \
	X(DETECT_COUNT_SUPPRESSED, "detect.suppressed", "contacts not told: an exception (suppress) says so") \
	X(DETECT_COUNT_SUPPRESS_EXPIRED, "detect.suppress_expired", "contacts told because their exception had expired") \
	X(DETECT_GAUGE_SUPPRESS_EXPIRED, "gauge.exceptions_expired", "exceptions whose last day is over")

enum detect_counter { DETECT_COUNTERS(STATS_ENUM) DETECT_COUNTER_N };

/** All that is known of the alert's device; texts are borrowed from the alert (a copy of it will
 * do). view->ref 0: the registry does not know it. */
void alert_device(const struct alert *a, struct device_view *view);

/** Are the rules and entities that exceptions name known? 0, or not, with a line in `err`. */
int detect_check(const struct config *cfg, const struct knowledge *k, char *err, size_t err_size);

/** `k`, `c` and `reg` are borrowed for the detector's life; `raise` is called for each alert. `reg`
 * NULL: devices are their addresses. */
struct detector *detector_new(const struct config *cfg, struct stats *st,
    const struct knowledge *k, struct classifier *c, const struct identity *reg, alert_fn raise,
    void *arg);
void detector_free(struct detector *d);

/** Be told of each indicator that a look-up finds for a contact of `device`, whether or not it may
 * accuse: for proofs of the knowledge. */
typedef void (*match_fn)(void *arg, const struct addr *device, const struct indicator *ind);
/** And of each rule that gives a contact its role, which raises nothing. */
typedef void (*role_fn)(void *arg, const struct addr *device, const struct rule *rule);
void detector_watch(struct detector *d, match_fn watch, role_fn watch_role, void *arg);

/** Something was learned of a device: `view` is all that is known of it now, `news` what
 * changed. */
void detect_device(struct detector *d, const struct device_view *view,
    const struct device_news *news);
/** Do rules want to see this packet for its payload alone? */
bool detect_wants_payload(const struct detector *d, const struct flow *flow,
    const struct packet *pkt);
/** Look at one packet of a flow that is new, that detect_wants_payload(), has news (NEWS_ bits) or is FLOW_MARKED. */
void detect_packet(struct detector *d, struct flow *flow, const struct packet *pkt,
    bool is_new, unsigned news);
/** The alert that a flow stands behind, one that is told if there is one; NULL when there is none;
 * until detect_end(). */
const struct alert *detect_flow_alert(const struct flow *flow);
/** The exception because of which an alert of the flow is not told, or NULL. */
const struct suppression *detect_flow_exception(const struct flow *flow);
/** Is none of the flow's alerts told? */
bool detect_flow_is_untold(const struct flow *flow);
/** Last look at a flow that ends, before it is written. */
void detect_last(struct detector *d, struct flow *flow);
/** The flow is gone; its marks are released. */
void detect_end(struct detector *d, struct flow *flow);
/** Raise what has settled and fold away what is over. Cheap for each packet. */
void detect_tick(struct detector *d, uint64_t now_us);

/* A reload. What is found later rests on the new knowledge alone. */

/** Does `k` know what the configuration speaks of? As detect_check(). */
int detector_check(const struct detector *d, const struct knowledge *k, char *err, size_t err_size);
/** Use `k` from now on. Open alerts point to it afterwards, found again by id and value; those
 * that no longer hold are closed with their summary first (detect.withdrawn). The old one must
 * be alive, and is not needed for the detector any more. 0, or -ENOMEM and nothing changed. */
int detector_use_knowledge(struct detector *d, const struct knowledge *k);
/** Would the alert, which may be a copy, be raised by what `k` says? */
bool alert_holds(const struct alert *a, const struct knowledge *k);
/** Have an alert that holds, or a copy, point to `k`. Evidence whose indicator is gone is left out. */
void alert_adopt(struct alert *a, const struct knowledge *k);
/** Hold what the knowledge says since the reload, and `before` did not, against a flow that began
 * earlier: its far end, and what was read of it. */
void detect_recheck_flow(struct detector *d, struct flow *flow, const struct knowledge *before);
/** The same for a device that was known earlier: its module, the register. */
void detect_recheck_device(struct detector *d, const struct device_view *view,
    const struct knowledge *before, uint64_t now_us);

/** Raise and close everything: the end of the run. */
void detect_finish(struct detector *d, uint64_t now_us);

#endif
