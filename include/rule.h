/* SPDX-License-Identifier: Apache-2.0 */
/* rule.h - conditions over what flows and devices show: signatures/rules, loaded and compiled.
 *
 * A rule is a tree (all, any, not) of conditions. Equal conditions of different rules are one,
 * and have one number. To find the rules that hold, the values of a flow are shown to the set one by one,
 * which tells the conditions that they meet; those name the rules that are worth a look; the
 * rule's tree is then decided by which conditions were met. What a value costs depends on the
 * value, hardly on how many rules there are: texts go by hash and by one scan for all literals and
 * regular expressions of the field, numbers by an interval tree, addresses by prefix length.
 *
 * Immutable, part of struct knowledge. What a scan needs to write to belongs to the caller: one
 * struct rule_scratch for each thread. */
#ifndef PICKET_RULE_H
#define PICKET_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "field.h"
#include "finding.h"
#include "knowledge.h"
#include "role.h"

/* Of what kind the values of a field are, and so what may be asked of them. */
enum rule_value {
	RULE_TEXT,	/* octets: equals, prefix, suffix, contains, regex, present */
	RULE_NAME,	/* host names: the same, without case; suffix on label borders */
	RULE_HEX,	/* octets written as hexadecimal: equals, prefix, contains, present */
	RULE_UINT,	/* equals, range, present */
	RULE_WORD,	/* one of a few words: equals; range where they have an order */
	RULE_ADDR,	/* equals, cidr, present */
	RULE_PAYLOAD,	/* octets of a packet: hex, text, regex, offset, from, length */
	RULE_TIME	/* of the packet: days, hours */
};

/* When a value is known. */
enum rule_phase {
	RULE_AT_START,	/* with the first packet, and it stays */
	RULE_ON_NEWS,	/* comes with a packet */
	RULE_LATE	/* may change until the flow ends: looked at again when it settles and ends */
};

/* What rules may ask besides the fields of the parsers: X(id, name, value, phase, help). The flow's
 * device end is that of struct flow; "dest" is the responder. */
#define RULE_FIELDS(X)											\
	X(RULE_FLOW_PROTO, "flow.proto", RULE_WORD, RULE_AT_START, "transport: tcp, udp, sctp, icmp, icmpv6, or a number")	\
	X(RULE_FLOW_SRC_PORT, "flow.src_port", RULE_UINT, RULE_AT_START, "port of the initiator")	\
	X(RULE_FLOW_DEST_PORT, "flow.dest_port", RULE_UINT, RULE_AT_START, "port of the responder")	\
	X(RULE_FLOW_SRC_IP, "flow.src_ip", RULE_ADDR, RULE_AT_START, "address of the initiator")	\
	X(RULE_FLOW_DEST_IP, "flow.dest_ip", RULE_ADDR, RULE_AT_START, "address of the responder")	\
	X(RULE_FLOW_DIRECTION, "flow.direction", RULE_WORD, RULE_AT_START, "who began: device, stranger")	\
	X(RULE_FLOW_OCTETS_OUT, "flow.octets_out", RULE_UINT, RULE_LATE, "IP octets sent by the device")	\
	X(RULE_FLOW_OCTETS_IN, "flow.octets_in", RULE_UINT, RULE_LATE, "IP octets sent to the device")	\
	X(RULE_FLOW_STAGE, "flow.stage", RULE_WORD, RULE_LATE, "how far it went: syn, handshake, data (in this order)") \
	X(RULE_FLOW_ROLE, "flow.role", RULE_WORD, RULE_LATE, "what it is for, as far as protocols and rules say")	\
	X(RULE_FLOW_APP_PROTO, "flow.app_proto", RULE_TEXT, RULE_LATE, "protocol, as app_proto of events")	\
	X(RULE_DEVICE_MAKER, "device.maker", RULE_TEXT, RULE_LATE, "maker of the module by its TAC: id of the entity, or the name in the table") \
	X(RULE_DEVICE_GROUP, "device.group", RULE_TEXT, RULE_AT_START, "name of the device's group")	\
	X(RULE_DEVICE_LISTING, "device.listing_status", RULE_WORD, RULE_LATE, "of the module's maker: none, jurisdiction, proposed, concern, listed (in this order)") \
	X(RULE_DEVICE_TAC, "device.imei_tac", RULE_TEXT, RULE_LATE, "first eight digits of the IMEI")	\
	X(RULE_DEVICE_APN, "device.apn", RULE_TEXT, RULE_LATE, "access point name of the session")	\
	X(RULE_DEVICE_PLMN, "device.plmn", RULE_TEXT, RULE_LATE, "serving network, 001-01")		\
	X(RULE_PEER_IP, "peer.ip", RULE_ADDR, RULE_AT_START, "address of the far end, whoever began")	\
	X(RULE_PEER_PORT, "peer.port", RULE_UINT, RULE_AT_START, "port of the far end, whoever began")	\
	X(RULE_PEER_PLACE, "peer.place", RULE_WORD, RULE_AT_START, "inside (in home_nets), outside")	\
	X(RULE_PEER_HOST, "peer.host", RULE_NAME, RULE_ON_NEWS, "a name by which the device knows the far end: of TLS, HTTP, or asked for before") \
	X(RULE_PEER_ENTITY, "peer.entity", RULE_TEXT, RULE_LATE, "id of the entity whose indicators the far end's name or address matches") \
	X(RULE_PAYLOAD_OCTETS, "payload.octets", RULE_PAYLOAD, RULE_ON_NEWS, "first octets of the packets that begin a direction") \
	X(RULE_TIME_OF_WEEK, "time", RULE_TIME, RULE_AT_START, "when, UTC, on packet time")
enum rule_field {
#define X(id, name, value, phase, help) id,
	RULE_FIELDS(X)
#undef X
	RULE_FIELD_N
};
/* Their ids, beside those of the parsers' fields. */
#define RULE_FIELD_ID(field) ((field_id)(0xff00 | (unsigned)(field)))
#define RULE_FIELD_IS_OURS(id) ((id) >= 0xff00)

struct rule_field_row {
	const char *name, *help;
	enum rule_value value;
	enum rule_phase phase;
};
const struct rule_field_row *rule_field_row(enum rule_field field);
/** Number of a word of a RULE_WORD field (or of a number in its place), -1 when it is none. */
int rule_word(enum rule_field field, const char *word);
/** The word of a number; NULL when it has none. */
const char *rule_word_name(enum rule_field field, uint64_t number);

enum {
	RULE_PAYLOAD_OCTETS_MAX = 512,	/* of a packet that are looked at */
	RULES_MAX = 20000, RULE_REGEXES_MAX = 2000, RULE_REGEX_OCTETS_MAX = 256,
	RULE_DEPTH_MAX = 8,		/* of all, any, not within each other */
	RULE_CONDITIONS_MAX = 64,	/* of a rule */
	RULE_VALUES_MAX = 1024,		/* of a condition */
	RULE_TEXTS_MAX = 16		/* attack, references */
};

/* Whose packet a payload condition is about: bits. */
enum { RULE_FROM_INITIATOR = 1, RULE_FROM_RESPONDER = 2, RULE_FROM_DEVICE = 4, RULE_FROM_PEER = 8 };

/* Raised only when it held so often. count 0: at once. */
struct rule_threshold {
	uint32_t count, seconds;	/* count within so long, on packet time */
	bool per_group;			/* counted over the device's group, else by device */
};

struct rule {
	const char *id, *title;
	uint32_t rev;
	uint32_t index;			/* place in its set: order of loading */
	uint32_t signature_id;		/* from the id alone, >= 9200000 */
	bool raises;			/* has a finding; else it only sets the role */
	enum finding finding;
	enum role role;			/* UNKNOWN: it sets none */
	const struct entity *entity;	/* NULL: it points to nobody */
	uint8_t severity;		/* 1 worst .. 4 */
	enum verdict_confidence confidence;
	const char *limits;		/* what this does not prove */
	const char *remediation;	/* NULL: that of the role */
	const char *attack[RULE_TEXTS_MAX + 1], *references[RULE_TEXTS_MAX + 1];	/* NULL ends */
	const char *proof_fires, *proof_silent;	/* captures, below signatures/proof/; NULL: none */
	struct rule_threshold threshold;
	bool says_direction;		/* a condition on flow.direction: it decides about strangers */
	bool late;			/* has a condition that may change until the flow ends */
	bool asks;			/* about look-ups: the far end is a resolver */
	uint32_t needs;			/* bits of enum rule_field that it asks for */
	const char *file;
	unsigned line;
	uint32_t tree, n_tree;		/* rule_holds() */
};

struct rule_set;	/* opaque: src/knowledge/rule_set.h */
struct rule_scratch;	/* opaque: src/knowledge/rule_find.c */

/** All rules, compiled. NULL: there are none. */
const struct rule_set *knowledge_rule_set(const struct knowledge *k);
size_t knowledge_rules(const struct knowledge *k);
/** In the order of loading; NULL past the end. */
const struct rule *knowledge_rule(const struct knowledge *k, size_t at);
const struct rule *knowledge_rule_by_id(const struct knowledge *k, const char *id);
/** What scans for literals and regular expressions, and its version. */
const char *knowledge_rule_engine(void);

/** What look-ups write to. NULL: out of memory. */
struct rule_scratch *rule_scratch_new(const struct rule_set *rs);
void rule_scratch_free(struct rule_scratch *s);

/** Numbers of conditions are below this. */
size_t rule_conditions(const struct rule_set *rs);
/** Name of the field that a condition is about. */
const char *rule_condition_field(const struct rule_set *rs, uint32_t condition);
field_id rule_condition_field_id(const struct rule_set *rs, uint32_t condition);
/** Is there a rule that a value of this field makes worth a look? `late`: one that may only come true
 * when the flow settles or ends. */
bool rule_field_triggers(const struct rule_set *rs, field_id field, bool late);
/** Is there a condition on this field? */
bool rule_field_is_used(const struct rule_set *rs, field_id field);
/** Is there any rule that may only come true when the flow settles or ends? */
bool rule_set_has_late(const struct rule_set *rs);
/** Rules that are worth a look when the condition is met. */
const uint32_t *rule_triggered(const struct rule_set *rs, uint32_t condition, size_t *n);

/** A condition is met; it may be told more than once. */
typedef void (*rule_met_fn)(void *arg, uint32_t condition);
/* Look-ups: tell every condition on the field that the value meets. None allocates. */
void rule_find_octets(const struct rule_set *rs, struct rule_scratch *s, field_id field,
    const void *octets, size_t len, rule_met_fn met, void *arg);
void rule_find_uint(const struct rule_set *rs, field_id field, uint64_t value, rule_met_fn met,
    void *arg);
void rule_find_addr(const struct rule_set *rs, field_id field, const struct addr *a,
    rule_met_fn met, void *arg);
/** `octets`: at most RULE_PAYLOAD_OCTETS_MAX; `wire_len`: octets there were; `from`: RULE_FROM_
 * bits of its sender. */
void rule_find_payload(const struct rule_set *rs, struct rule_scratch *s, const void *octets,
    size_t len, size_t wire_len, unsigned from, rule_met_fn met, void *arg);
void rule_find_time(const struct rule_set *rs, uint64_t time_us, rule_met_fn met, void *arg);

/** Is the condition met? */
typedef bool (*rule_is_met_fn)(const void *arg, uint32_t condition);
/** Decide the rule's tree. */
bool rule_holds(const struct rule_set *rs, const struct rule *r, rule_is_met_fn is_met,
    const void *arg);
/** The conditions of a rule that are not under `not`, in their order: step through with *at from 0.
 * False at the end. */
bool rule_next_condition(const struct rule_set *rs, const struct rule *r, uint32_t *at,
    uint32_t *condition);

#endif
