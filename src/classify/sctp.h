/* SPDX-License-Identifier: Apache-2.0 */
/* sctp.h - user messages out of SCTP packets (RFC 9260; I-DATA: RFC 8260).
 *
 * A packet bundles chunks; a user message is one DATA chunk, or several with consecutive TSNs.
 * Fragments are put together under a cap per message and in all. An association is known by
 * its ports and verification tag, not by its addresses: with several homes a message, or its
 * retransmission, may come over any path. */
#ifndef PICKET_CLASSIFY_SCTP_H
#define PICKET_CLASSIFY_SCTP_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"
#include "packet.h"
#include "stats.h"

enum {
	SCTP_MESSAGE_MAX = 16384,	/* octets of a message in fragments; longer ones are given up */
	SCTP_FRAGMENTS_MAX = 32,	/* of one message */
	SCTP_MESSAGES_MAX = 64,		/* in the making at once; the one idle longest makes room */
	SCTP_CHUNKS_MAX = 512,		/* of one packet that are looked at */
	SCTP_FRAGMENT_AGE_S = 30,	/* a message in the making is given up after this */
	SCTP_REPEAT_AGE_S = 120		/* a chunk that comes again within this is a repetition */
};

/* X(id, name, help): see stats.h */
#define SCTP_COUNTERS(X)								\
	X(SCTP_COUNT_MESSAGES, "classify.sctp.messages", "SCTP user messages read")	\
	X(SCTP_COUNT_REASSEMBLED, "classify.sctp.reassembled", "of these, put together from fragments") \
	X(SCTP_COUNT_REPEATED, "classify.sctp.repeated", "SCTP data chunks left out: retransmitted or captured twice") \
	X(SCTP_COUNT_TOO_LONG, "classify.sctp.too_long", "SCTP messages given up: too many octets or fragments") \
	X(SCTP_COUNT_STALE, "classify.sctp.stale", "SCTP messages given up: fragments that never came") \
	X(SCTP_COUNT_EVICTED, "classify.sctp.evicted", "SCTP messages given up: too many in the making") \
	X(SCTP_COUNT_SNAPPED, "classify.sctp.snapped", "SCTP fragments cut by the snapshot length") \
	X(SCTP_COUNT_MALFORMED, "classify.sctp.malformed", "SCTP packets whose chunks do not add up") \
	X(SCTP_COUNT_CHUNKS, "classify.sctp.chunks_lost", "SCTP packets with more chunks than are looked at")
enum sctp_counter { SCTP_COUNTERS(STATS_ENUM) SCTP_COUNTER_N };

struct sctp;		/* opaque: sctp.c */

struct sctp_message {
	struct cursor data;	/* borrows from the packet, or from `struct sctp` until sctp_next() */
	uint32_t ppid;		/* payload protocol identifier (RFC 9260, 15.5) */
	uint16_t stream;
	bool truncated;		/* the snapshot length cut it */
};

/** NULL when out of memory. */
struct sctp *sctp_new(struct stats *st);
void sctp_free(struct sctp *s);

/** Begin with the chunks at pkt->payload, which is borrowed until the last sctp_next().
 * `tenant` keeps networks apart whose numbers may be the same. */
void sctp_begin(struct sctp *s, const struct packet *pkt, uint32_t tenant);
/** The next user message that this packet completes; false when there is no more. */
bool sctp_next(struct sctp *s, struct sctp_message *m);

#endif
