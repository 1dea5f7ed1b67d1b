/* SPDX-License-Identifier: Apache-2.0 */
/* hl7.c - HL7 version 2 in MLLP, as patient monitors and laboratory devices send it: which
 * messages, between which applications. Only the header segment is read: what follows is about
 * patients, and is stepped over unseen. */
#include <string.h>

#include "macros.h"
#include "parser.h"

/* A block (HL7 v2 Transport Specification: MLLP release 1): 0x0b, message, 0x1c 0x0d. The
 * message (HL7 v2.5, 2.5): segments that end with 0x0d, the first of them
 *
 *	MSH|^~\&|application|facility|application|facility|time|security|type|...
 *
 * whose fourth octet says what separates fields, and MSH-2 the other delimiters. */
enum {
	BLOCK_START = 0x0b, BLOCK_END = 0x1c, CR = 0x0d, LF = 0x0a,
	COMMIT_ACK = 0x06, COMMIT_NAK = 0x15,	/* MLLP release 2, in place of a message */
	NAME_OCTETS = 3,
	DELIMITERS = 4, DELIMITERS_MAX = 5,	/* the fifth since version 2.7 */
	HEADER_MOST = 1024,			/* octets of a header segment */
	MESSAGES_ENOUGH = 16,
};

enum { F_TYPE, F_FROM, F_FROM_FACILITY, F_TO, F_TO_FACILITY, F_VERSION };

static const struct field hl7_fields[] = {
	[F_TYPE] = { "hl7.message_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "MSH-9: kind and trigger of a message, e.g. ORU^R01" },
	[F_FROM] = { "hl7.sending_application", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "MSH-3 of the first message that has it" },
	[F_FROM_FACILITY] = { "hl7.sending_facility", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "MSH-4 of the first message that has it" },
	[F_TO] = { "hl7.receiving_application", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "MSH-5 of the first message that has it" },
	[F_TO_FACILITY] = { "hl7.receiving_facility", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "MSH-6 of the first message that has it" },
	[F_VERSION] = { "hl7.version", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "MSH-12: version of the standard" },
};

/* MSH-1 is the separator itself, so the first value behind the segment's name is MSH-2. */
static const struct {
	uint8_t number, field;
	uint8_t components;	/* keep so many; 0: all */
} wanted[] = {
	{ 3, F_FROM, 0 }, { 4, F_FROM_FACILITY, 0 }, { 5, F_TO, 0 }, { 6, F_TO_FACILITY, 0 },
	{ 9, F_TYPE, 2 }, { 12, F_VERSION, 1 },
};
enum { NUMBER_FIRST = 2, NUMBER_LAST = 12 };

enum place { AT_START, IN_BODY };

struct hl7_state {
	struct {
		uint8_t place;
		bool lost;	/* octets were: the next start block may be the first sign */
	} side[2];		/* by the flow key's end */
	uint8_t messages;
};

static bool
is_mark(uint8_t c)
{
	return c > 0x20 && c < 0x7f && !(c >= '0' && c <= '9')
	    && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Is this a start block and a header's first octets, up to the separator before MSH-3? */
static enum probe_result
start_is(struct cursor in)
{
	static const uint8_t start[] = { BLOCK_START, 'M', 'S', 'H' };
	uint8_t marks[1 + DELIMITERS_MAX];	/* separator first */
	unsigned n = 0;

	for (size_t i = 0; i < sizeof(start); i++)
		if (cur_left(&in) == 0)
			return PROBE_MORE;
		else if (cur_u8(&in) != start[i])
			return PROBE_NO;
	while (cur_left(&in) != 0) {
		uint8_t c = cur_u8(&in);

		if (n > DELIMITERS && c == marks[0])
			return PROBE_YES;
		if (n == sizeof(marks) || !is_mark(c) || memchr(marks, c, n) != NULL)
			return PROBE_NO;
		marks[n++] = c;
	}
	return PROBE_MORE;
}

/* Up to the octet, which is stepped over, or to the end. */
static struct cursor
take_until(struct cursor *in, uint8_t octet)
{
	const uint8_t *at = cur_left(in) == 0 ? NULL : memchr(in->at, octet, cur_left(in));
	struct cursor value = cur_sub(in, at == NULL ? cur_left(in) : (size_t)(at - in->at));

	if (at != NULL)
		cur_skip(in, 1);
	return value;
}

static struct cursor
first_components(struct cursor value, uint8_t mark, unsigned n)
{
	struct cursor rest = value;

	for (unsigned i = 0; i < n; i++) {
		struct cursor one = take_until(&rest, mark);

		if (i + 1 == n)
			value.end = one.end;
	}
	return value;
}

/* The header segment: `in` is behind its name. */
static void
read_header(struct parse *p, struct cursor in)
{
	uint8_t separator = cur_u8(&in), mark = cur_peek(&in, 0);

	for (unsigned number = NUMBER_FIRST; number <= NUMBER_LAST && cur_left(&in) != 0;
	    number++) {
		struct cursor value = take_until(&in, separator);

		for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
			if (wanted[i].number != number)
				continue;
			if (wanted[i].components != 0)
				value = first_components(value, mark, wanted[i].components);
			if (cur_left(&value) != 0)
				parse_cursor(p, FIELD_ID(PARSER_hl7, wanted[i].field), value);
		}
	}
}

/* Octets of the header segment behind `in`; it must not run on into another one, even where
 * a sender ends segments wrongly. 0: none ends within what is there. */
static size_t
header_octets(struct cursor in)
{
	struct cursor head = cur_sub(&in, cur_left(&in) < HEADER_MOST ? cur_left(&in)
	    : HEADER_MOST);

	for (size_t i = 1; i < cur_left(&head); i++) {
		uint8_t c = cur_peek(&head, i);

		if (c == CR || c == LF || c == BLOCK_START || c == BLOCK_END)
			return i;
	}
	return 0;
}

/* A block's start. PARSE_DONE: its header was read, or there is none to read. */
static enum parse_result
read_start(struct parse *p, struct cursor *in)
{
	struct hl7_state *st = p->state;
	struct cursor head;
	size_t len;

	if (cur_left(in) < 2)
		return PARSE_MORE;
	if (cur_peek(in, 0) == BLOCK_START
	    && (cur_peek(in, 1) == COMMIT_ACK || cur_peek(in, 1) == COMMIT_NAK))
		return PARSE_DONE;
	switch (start_is(*in)) {
	case PROBE_NO:
		return PARSE_WRONG;
	case PROBE_MORE:
		return PARSE_MORE;
	case PROBE_YES:
		break;
	}
	len = header_octets(*in);
	if (len == 0)
		return cur_left(in) < HEADER_MOST ? PARSE_MORE : PARSE_WRONG;
	head = cur_sub(in, len);
	cur_skip(&head, 1 + NAME_OCTETS);
	read_header(p, head);
	st->messages++;
	return PARSE_DONE;
}

/* Step over a body. True when its end was met, or after a loss what may be a start. */
static bool
skip_body(struct cursor *in, bool lost)
{
	while (cur_left(in) != 0) {
		uint8_t c = cur_peek(in, 0);

		if (lost && c == BLOCK_START)
			return true;
		if (c == BLOCK_END && cur_left(in) < 2)
			return false;	/* the next octet tells */
		cur_skip(in, 1);
		if (c == BLOCK_END && cur_peek(in, 0) == CR) {
			cur_skip(in, 1);
			return true;
		}
	}
	return false;
}

static enum probe_result
hl7_probe(const struct parse *p, struct cursor in, bool on_port)
{
	(void)p;
	(void)on_port;
	return start_is(in);
}

static enum parse_result
hl7_parse(struct parse *p, struct cursor *in)
{
	struct hl7_state *st = p->state;
	unsigned side = flow_end_index(p->flow, p->dir);

	if (p->gap) {
		st->side[side].place = IN_BODY;
		st->side[side].lost = true;
	}
	while (cur_left(in) != 0) {
		enum parse_result result;

		if (st->side[side].place == IN_BODY) {
			if (!skip_body(in, st->side[side].lost))
				return PARSE_MORE;
			st->side[side].place = AT_START;
			continue;
		}
		result = read_start(p, in);
		if (result == PARSE_MORE)
			return PARSE_MORE;
		if (result == PARSE_WRONG && !st->side[side].lost)
			return PARSE_WRONG;
		if (result == PARSE_WRONG)
			cur_skip(in, 1);
		else
			st->side[side].lost = false;
		st->side[side].place = IN_BODY;
		if (st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser hl7_parser = {
	.name = "hl7", .spec = "HL7 v2, MLLP",
	.tcp = true, .ports = { 2575 },
	.role = ROLE_TELEMETRY, .role_confidence = 60, .state_size = sizeof(struct hl7_state),
	.probe = hl7_probe, .parse = hl7_parse,
	.fields = hl7_fields, .n_fields = ARRAY_LEN(hl7_fields),
};
