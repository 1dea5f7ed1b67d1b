/* SPDX-License-Identifier: Apache-2.0 */
/* classify.h - what a flow is: protocol, fields, name, and how sure.
 *
 * Own parsers come first; nDPI is asked only about flows that none of them decides, and only
 * about packets with payload. Once a flow is settled (FLOW_SETTLED) nothing here is called. */
#ifndef PICKET_CLASSIFY_H
#define PICKET_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "field.h"
#include "flow.h"
#include "packet.h"
#include "stats.h"

struct config;
struct config_error;
struct signalling;
struct classifier;	/* opaque: src/classify/classify.c */

enum verdict_confidence { CONFIDENCE_NONE, CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };

/* Why the verdict. Bits; names are written to the flow event. */
#define VERDICT_REASONS(X)						\
	X(REASON_PARSED, "parsed")	/* own parser read it by its specification */	\
	X(REASON_NDPI, "ndpi")		/* nDPI by inspection */			\
	X(REASON_ENCRYPTED, "encrypted")	/* content is not visible */		\
	X(REASON_UPGRADE, "upgrade")	/* switched to in a running session */		\
	X(REASON_ONE_SIDED, "one_sided")	/* one direction seen only */		\
	X(REASON_IP_PROTOCOL, "ip_protocol")	/* told by the IP protocol number */	\
	X(REASON_INDICATOR, "indicator")	/* role from the matched indicator */	\
	X(REASON_RULE, "rule")		/* role from a rule of the pack */

enum verdict_reason_bit {
#define X(id, name) id##_BIT,
	VERDICT_REASONS(X)
#undef X
	REASON_N
};
#define X(id, name) id = 1 << id##_BIT,
enum verdict_reason { VERDICT_REASONS(X) };
#undef X

enum {	/* what classify_packet() found out: bits */
	NEWS_FIELDS = 1 << 0,	/* entries past record->scanned */
	NEWS_SETTLED = 1 << 1,	/* flow->app is final */
	NEWS_SIGNALLING = 1 << 2,	/* messages for the registry: classify_signalling() */
};

/** Check what only this stage knows of the configuration (classify.ports). 0 or -EINVAL with
 * `err`. */
int classify_check(const struct config *cfg, struct config_error *err);

/** Limits come from `cfg`, borrowed for the life of the classifier. NULL: out of memory or
 * nDPI failed to start. */
struct classifier *classifier_new(const struct config *cfg, struct stats *st,
    struct flow_table *flows);
void classifier_free(struct classifier *c);

/** Look at one packet of a flow that is not settled. Returns NEWS_ bits. */
unsigned classify_packet(struct classifier *c, struct flow *flow, const struct packet *pkt,
    enum direction dir, bool is_new);
/** Read an ARP frame (DECODE_OTHER_ARP). Returns NEWS_SIGNALLING, or 0. */
unsigned classify_arp(struct classifier *c, const struct packet *pkt);
/** Read a packet for which nd_is() holds, after classify_packet() if that is called at all: its
 * flow is settled by its protocol, but each packet tells. Returns NEWS_SIGNALLING, or 0. */
unsigned classify_nd(struct classifier *c, const struct packet *pkt);
/** What the last of the three read of signalling, in order; borrowed until the next one. */
const struct signalling *classify_signalling(const struct classifier *c, size_t *n);
/** The flow ends: settle it with what is known. Returns NEWS_ bits. */
unsigned classify_end(struct classifier *c, struct flow *flow);
/** Give back what classify keeps for the flow; after the last look at its record. */
void classify_release(struct classifier *c, struct flow *flow);

/** Lower-case protocol name: "tls", "mqtt", or nDPI's. "unknown" for 0. */
const char *classify_app_name(const struct classifier *c, uint16_t app);

/** Name that the device had asked for when it got this address; "" when unknown. Borrowed
 * until the next classify call. */
const char *classify_flow_name(const struct classifier *c, const struct flow *flow);
/** Name that the device at key end `end` of a flow was last given for address `a`; "" when
 * unknown. Borrowed until the next classify call. */
const char *classify_device_name(struct classifier *c, const struct flow *flow, unsigned end,
    const struct addr *a, uint64_t now_us);
/** How many different registered names (suffix.h; counted up to 16) any device was told for this
 * address: "a.example.com" and "b.example.com" are one. */
unsigned classify_names_of(const struct classifier *c, const struct addr *a);

/** Octets in use for records, sessions and names. */
size_t classify_memory(const struct classifier *c);

/** Descriptor of a field; NULL when there is none. */
const struct field *field_by_id(field_id id);
/** Id by dotted name; false when there is none. */
bool field_by_name(const char *name, field_id *id);
/** Every field in the order of the parser table; for --list-fields and the schema. */
void field_walk(void (*each)(void *arg, const char *parser, const struct field *f), void *arg);

const char *verdict_reason_name(enum verdict_reason_bit bit);
const char *verdict_confidence_name(enum verdict_confidence confidence);

#endif
