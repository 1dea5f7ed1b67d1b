/* SPDX-License-Identifier: Apache-2.0 */
/* field.h - everything a parser can say, and the compact record it is kept in.
 *
 * A field is declared once, as a row in its parser's table: dotted name, type, meaning and
 * what knowledge may match on it. The JSON key, the rule keyword, --list-fields, the schema
 * and the detector's look-ups all come from that row.
 *
 * A record holds the fields of one flow, in the order they were seen, as packed entries
 * {field_id, length, octets}. Records come from the store's size classes; a flow's record
 * moves to a larger class as it grows, up to classify.record_max, then it says so. */
#ifndef PICKET_FIELD_H
#define PICKET_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

enum field_type {
	FIELD_TEXT,	/* octets, mostly UTF-8; escaped when written */
	FIELD_UINT,	/* up to 64 bits */
	FIELD_IP,	/* struct addr */
	FIELD_HEX	/* octets, written as lower-case hexadecimal */
};

/* What the knowledge base may look up with a value of this field. */
enum field_match {
	MATCH_NONE,
	MATCH_DOMAIN,		/* a host name that the device used */
	MATCH_CERT_NAME,	/* a name inside a certificate: who answers, maybe for many */
	MATCH_ADDRESS,		/* an address told by a protocol */
	MATCH_CERT_HASH,	/* SHA-1 or SHA-256 over a certificate's DER */
	MATCH_JA3, MATCH_JA4,
	MATCH_URL_PATH,
	MATCH_USER_AGENT,
	MATCH_MQTT_TOPIC, MATCH_MQTT_CLIENT_ID,
	MATCH_COAP_PATH,
	MATCH_LWM2M_ENDPOINT,
	MATCH_URL,		/* method, blank, host and path of a request in clear */
	MATCH_N
};

enum {
	FIELD_MANY = 1 << 0,	/* may occur several times: a JSON array */
	/* What the initiator says here is searched for an IMEI or IMSI in clear, and told to the
	 * registry: the first in the forms of an LwM2M endpoint name, the second in any text. */
	FIELD_ENDPOINT = 1 << 1, FIELD_MAY_IDENTIFY = 1 << 2,
	/* The whole value is one of these numbers: privacy.mask heeds it. In other texts runs of
	 * 14 to 16 digits are masked, whatever they are. */
	FIELD_IMSI = 1 << 8, FIELD_MSISDN = 1 << 9, FIELD_IMEI = 1 << 10
};

struct field {
	const char *name;	/* "tls.sni" */
	enum field_type type;
	enum field_match match;
	unsigned flags;
	const char *host_source;	/* of MATCH_DOMAIN: what picket.peer.host_source says; NULL: not the peer's name */
	const char *help;	/* one line, for --list-fields and the manual */
};

/* Parser number in the high octet, row in the parser's field table in the low one. */
typedef uint16_t field_id;
#define FIELD_ID(parser, row) ((field_id)((unsigned)(parser) << 8 | (unsigned)(row)))

enum {
	RECORD_TRUNCATED = 1 << 0	/* something was left out: the record was full */
};

struct record {
	uint16_t size;		/* octets at data that may be used */
	uint16_t len;		/* octets at data in use */
	uint16_t scanned;	/* detect has seen the entries below this offset */
	uint8_t class_;		/* of the store */
	uint8_t flags;
	uint8_t data[];
};

struct record_store;	/* opaque: src/classify/record.c */

/* One entry, as record_next() gives it; `octets` borrows from the record. */
struct record_entry {
	field_id field;
	uint16_t len;
	const uint8_t *octets;
};

/** A store that holds at most `max_octets` in all, records of at most `record_max`. */
struct record_store *record_store_new(size_t max_octets, size_t record_max);
void record_store_free(struct record_store *rs);
/** Octets in use by records now. */
size_t record_store_used(const struct record_store *rs);

/**
 * Append a value to *rec, which may be NULL at first and may move.
 *
 * Without FIELD_MANY in `desc` a second value is ignored; with it, a value that is there
 * already is. Text longer than 512 octets is cut there, and RECORD_TRUNCATED set. Returns true when the record changed.
 * When the record or the store is full: false, and RECORD_TRUNCATED is set when there is a
 * record to set it in.
 */
bool record_put(struct record_store *rs, struct record **rec, const struct field *desc,
    field_id id, const void *octets, size_t len);
bool record_put_uint(struct record_store *rs, struct record **rec, const struct field *desc,
    field_id id, uint64_t value);
/** Give the record back; *rec becomes NULL. */
void record_drop(struct record_store *rs, struct record **rec);

/** Step through entries: *offset starts at 0 (or `scanned`). False at the end. */
bool record_next(const struct record *rec, uint16_t *offset, struct record_entry *entry);
/** First value of a field; false when there is none. `rec` may be NULL. */
bool record_find(const struct record *rec, field_id id, struct record_entry *entry);
/** The number in a FIELD_UINT entry. */
uint64_t record_uint(const struct record_entry *entry);

#endif
