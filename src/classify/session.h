/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - what classify keeps of a flow while it is being parsed.
 *
 * A session lives from the first payload until the flow is settled; most flows settle on
 * their first or second packet with payload, so there are far fewer sessions than flows. */
#ifndef PICKET_CLASSIFY_SESSION_H
#define PICKET_CLASSIFY_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser_set.h"

struct ndpi_state;

struct session {
	void *state;		/* of the parser that has the flow; NULL while probing */
	struct ndpi_state *ndpi;	/* borrowed from the door, NULL until asked */
	struct parser_set rejected;	/* those that said no */
	uint32_t octets;	/* payload octets seen */
	uint8_t parser;		/* enum parser_id; PARSER_NONE while probing */
	uint8_t ndpi_packets;	/* shown to nDPI */
	uint8_t unclaimed;	/* SCTP messages that no parser wanted, saturating */
	bool judged;		/* by nDPI; parsers of signalling may still take it */
	bool claimed;		/* parser read something without complaint */
	bool malformed;		/* counted as such for the parser that has the flow */
};

struct session_pool;	/* opaque: session.c */

/** At most `max` sessions at once. NULL when out of memory. */
struct session_pool *session_pool_new(size_t max);
void session_pool_free(struct session_pool *pool);

/** A zeroed session, NULL when all are in use. */
struct session *session_get(struct session_pool *pool);
/** Takes the session and its parser state; NULL is fine. */
void session_put(struct session_pool *pool, struct session *s);
/** Zeroed parser state of `size` octets for the session; replaces what it has. 0 or -ENOMEM. */
int session_state(struct session_pool *pool, struct session *s, size_t size);
/** Octets in use. */
size_t session_pool_memory(const struct session_pool *pool);

#endif
