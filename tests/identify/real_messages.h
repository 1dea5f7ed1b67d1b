/* SPDX-License-Identifier: Apache-2.0 */
/* real_messages.h - the distinct signalling messages of real captures, each once. */
#ifndef PICKET_TESTS_REAL_MESSAGES_H
#define PICKET_TESTS_REAL_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#include "classify/parser.h"

/* What is shown to one parser at a time: a datagram, an SCTP user message, a TCP segment. With
 * PARSER_NONE: the chunks of an SCTP packet. */
struct real_message {
	enum parser_id parser;
	enum direction dir;
	uint8_t l4;
	uint32_t ppid;		/* SCTP */
	uint16_t port;		/* of the server */
	uint32_t len;
	uint8_t *octets;	/* owned by the set */
};

struct real_messages {
	struct real_message *at;
	size_t n, room;
	size_t seen;		/* repetitions, too */
	uint64_t *hash;		/* of what is there: a table twice as large as it needs to be */
	size_t n_hash;
};

/** Every message in the captures below the folders. 0, or -errno with a line on stderr. */
int real_messages_read(struct real_messages *set, const char *const *folders, size_t n);
void real_messages_done(struct real_messages *set);

#endif
