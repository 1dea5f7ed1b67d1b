/* SPDX-License-Identifier: Apache-2.0 */
/* harness.h - shows octets to one parser as the classifier would, and keeps what it says.
 *
 * Stands in for classify.c, so that a parser is tested alone: probing until it claims,
 * leftovers that come again with more behind them, skips, corrected directions, and a parser
 * that hands over to the next. Every call is given a heap block of exactly its size, so that
 * the address sanitizer sees any read past the end. */
#ifndef PICKET_TESTS_HARNESS_H
#define PICKET_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classify/names.h"
#include "classify/parser.h"
#include "signalling.h"

struct harness;

/* A stretch of octets of one side, or one datagram. */
struct shown {
	enum direction dir;	/* TO_SERVER: from client(), TO_CLIENT: from server() */
	const void *octets;
	size_t len;
};

/** A flow between client port 40000 and server port `port`. */
struct harness *harness_new(enum parser_id id, bool datagram, uint16_t port);
void harness_free(struct harness *h);
/** Another flow of the same parser and ports, of which nothing was shown yet. */
void harness_again(struct harness *h);
/** The parser has the flow from the start: no probing. */
void harness_claim(struct harness *h);
/** Datagrams from now on were cut by the snapshot length. */
void harness_truncate(struct harness *h);
/** The time of packets from now on, at first one second after 1970. */
void harness_at(struct harness *h, uint64_t now_us);
/** Octets before the next ones were lost. */
void harness_gap(struct harness *h);
/** SCTP: what the user messages from now on say they carry. */
void harness_ppid(struct harness *h, uint32_t ppid);

/** The flow has the parser's verdict, as after its first call. */
void harness_settle(struct harness *h);
/** What parse_beside() finds when it asks for `port` at the server's end. */
void harness_beside(struct harness *h, uint16_t port, const struct harness *other);

/** Ask the parser whether these first octets are its own. */
enum probe_result harness_probe(struct harness *h, struct shown s);
/** Probe until it claims, then parse. PARSE_WRONG: it said no, or gave up. */
enum parse_result harness_show(struct harness *h, struct shown s);

/** Every field as "name=value\n" in the order written; owned by the harness. */
const char *harness_fields(struct harness *h);
/** The same as it is kept; NULL when there is none. Borrowed until octets are shown. */
const struct record *harness_record(const struct harness *h);
/** The signalling messages that the last octets shown told; owned by the harness. */
const struct signalling *harness_told(const struct harness *h, size_t *n);
/** The same, each as signalling_text() and "\n"; overwritten by harness_fields(). */
const char *harness_told_text(struct harness *h);
struct names *harness_names(struct harness *h);
const struct addr *harness_client(const struct harness *h);
/** The direction that the harness's TO_SERVER has been corrected to. */
bool harness_reversed(const struct harness *h);
enum parser_id harness_parser(const struct harness *h);
uint64_t harness_skipped(const struct harness *h);

/** Fields of a conversation, shown whole; then byte by byte and cut at random: all must be the
 * same. Fails the running check test otherwise. Streams only. */
void harness_any_cut(enum parser_id id, uint16_t port, bool claimed, const struct shown *s,
    size_t n);
/** Show every shorter prefix of the conversation: nothing may be read past its end. */
void harness_every_prefix(enum parser_id id, bool datagram, uint16_t port, bool claimed,
    const struct shown *s, size_t n);
/** How many of `n` random payloads on the port the parser claims. */
unsigned harness_claims_random(enum parser_id id, bool datagram, uint16_t port, unsigned n);

/**
 * One input of a fuzz target. First octet: 1 datagrams or SCTP messages, 2 odd port, 4 claimed
 * without probing, 8 cut by the snapshot length. Then pieces: two octets of head, 0x8000 from the server,
 * 0x4000 after a gap, the rest is the length of what follows.
 */
void harness_fuzz(enum parser_id id, const uint8_t *data, size_t size);

#endif
