/* SPDX-License-Identifier: Apache-2.0 */
/* cases.h - what tests of parsers have in common: a table of first octets, each read or refused,
 * and no octet of them, changed or missing, that makes a parser read past the end. */
#ifndef PICKET_TESTS_CASES_H
#define PICKET_TESTS_CASES_H

#include "harness.h"

#define S(text) text, sizeof(text) - 1

/* First octets that the initiator sends, and what comes of them. */
struct parser_case {
	const char *what;
	bool datagram;
	uint16_t port;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *fields;
};

/** One is shown whole: the result and the fields are those wanted. */
void case_reads_or_refuses(enum parser_id id, const struct parser_case *c);
/** Every prefix, with probing and without; and each octet set to 0, to 0xff, one more, one bit
 * turned. Only reads past the end fail, under the address sanitizer. */
void case_survives(enum parser_id id, const struct parser_case *c);
/** A good stream is not refused and not claimed while fewer than `least` octets of it are there. */
void case_undecided_until(enum parser_id id, uint16_t port, struct shown s, size_t least);
/** Fields of a conversation over TCP, shown in turn. */
void case_conversation(enum parser_id id, uint16_t port, const struct shown *s, size_t n,
    const char *fields);
/** How often the same octets are taken until the parser is done; `most` when it never is. */
unsigned case_settles_after(enum parser_id id, uint16_t port, struct shown s, unsigned most);

#endif
