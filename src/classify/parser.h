/* SPDX-License-Identifier: Apache-2.0 */
/* parser.h - what a protocol parser is: one file and one row (parsers.h). */
#ifndef PICKET_CLASSIFY_PARSER_H
#define PICKET_CLASSIFY_PARSER_H

#include <stdbool.h>
#include <stdint.h>

#include "classify.h"
#include "cursor.h"
#include "field.h"
#include "flow.h"
#include "role.h"
#include "parsers.h"

struct names;
struct signalling;

/* The answer to "are these first octets yours?" */
enum probe_result {
	PROBE_NO,
	PROBE_MORE,	/* could be: too few octets to tell */
	PROBE_YES	/* by more than the port: magic, lengths that add up, ... */
};

/* The answer of a parser to more octets. */
enum parse_result {
	PARSE_DONE,	/* all that is wanted of this flow is known; don't call again */
	PARSE_MORE,	/* consumed what it could; call again with more */
	PARSE_WRONG	/* not this protocol, or broken beyond use: counted as malformed */
};

/* One call's surroundings. */
struct parse {
	struct classifier *classifier;
	const struct flow *flow;
	uint64_t now_us;
	enum direction dir;	/* who sent these octets */
	bool datagram;		/* `in` is one whole datagram, not a stretch of a stream */
	bool gap;		/* stream: octets before `in` were lost */
	bool truncated;		/* the snapshot length cut the datagram: short is not malformed */
	uint32_t ppid;		/* SCTP: payload protocol identifier (RFC 9260, 15.5); else 0 */
	void *state;		/* parser's own, zeroed at first, .state_size octets */
	struct names *names;	/* where DNS answers go */

	/* set by the parser */
	uint64_t skip;		/* stream: octets after `in` that need not be shown (bodies) */
	enum parser_id next;	/* not PARSER_NONE: this parser goes on from here (upgrades) */
	unsigned reasons;	/* REASON_ bits to add to the verdict, e.g. REASON_ENCRYPTED */
	bool reversed;		/* proof that the initiator is the other end (e.g. a lone answer) */
	/* With PARSE_MORE: so far it could be chance, and the flow is not claimed. PARSE_WRONG later
	 * leaves what comes then to others. */
	bool unsure;
	bool malformed;		/* something was against the specification, and was stepped over */
};

struct app_parser {
	const char *name;	/* app_proto in events, first part of its counters */
	const char *spec;	/* "RFC 7252" */
	bool tcp, udp, sctp;	/* SCTP: each user message is shown as one datagram */
	/* Its flows tell about other flows' devices: they never settle, so that every message is
	 * seen, and on its own ports one broken datagram does not cost it the flow. */
	bool signalling;
	uint16_t ports[8];	/* tried first on these; 0 ends the list */
	/* Ranges of the octets that a message of either side begins with: on others it is not asked.
	 * {0, 0} ends the list; without any it is asked always. */
	struct { uint8_t from, to; } begins[6];
	enum role role;		/* what such a flow is for, when nothing better is known */
	uint8_t role_confidence;	/* percent */
	uint16_t state_size;	/* octets of parser state, at most PARSER_STATE_LARGE */

	/** Pure: looks at the first octets of either side. `on_port`: one end uses one of
	 * `ports`, so a parser may ask for more proof elsewhere. */
	enum probe_result (*probe)(const struct parse *p, struct cursor in, bool on_port);
	/** Reads on from `in`, which it advances over what it consumed; what it leaves comes
	 * again with more behind it (streams only). Writes fields with parse_text() ... */
	enum parse_result (*parse)(struct parse *p, struct cursor *in);

	const struct field *fields;
	uint8_t n_fields;
};
/* Most parsers fit PARSER_STATE_MAX. Those whose first message comes in pieces over several
 * datagrams, in any order (a ClientHello with a post-quantum key share has about 1.8 KB), must
 * keep them: their state comes from a second, smaller pool of PARSER_STATE_LARGE. */
enum { PARSER_STATE_MAX = 1024, PARSER_STATE_LARGE = 4608 };

/* Write a field: `id` is FIELD_ID(PARSER_x, row). Values are copied. */
void parse_text(struct parse *p, field_id id, const void *octets, size_t len);
void parse_cursor(struct parse *p, field_id id, struct cursor text);
void parse_uint(struct parse *p, field_id id, uint64_t value);
void parse_addr(struct parse *p, field_id id, const struct addr *a);

/** The flow between the same two ends whose port at `end` of the key is `port` instead, as a
 * protocol has it that moves to another port; NULL when there is none. Borrowed for the call. */
const struct flow *parse_beside(const struct parse *p, unsigned end, uint16_t port);

/** A message to fill, for the registry of devices: time, ends, ports and tenant are set, the
 * rest is as signalling_init() leaves it. What is not to be told after all: parse_untell().
 * NULL when the packet has told too many already (counted). */
struct signalling *parse_tell(struct parse *p);
/** Take back the last one. */
void parse_untell(struct parse *p);
/** A keyed hash of a protocol's name for a session; never 0. */
uint64_t parse_hash(const struct parse *p, const void *octets, size_t len);

#endif
