/* SPDX-License-Identifier: Apache-2.0 */
/* gt06.c - GT06 and its many relatives (Concox, Jimi ...): trackers that log in with their IMEI.
 * Spec: Concox GT06 GPS tracker communication protocol 1.8.1, clauses 4 to 6. */
#include <string.h>

#include "crc.h"
#include "digits.h"
#include "macros.h"
#include "parser.h"
#include "text.h"

/* | 78 78 | length 8 | or | 79 79 | length 16 |, then
 * | protocol 8 | content | serial 16 | CRC-16/X-25 16 | 0d 0a |
 *
 * The length counts from the protocol number up to the check sum, which covers the length, too. */
enum {
	START_SHORT = 0x7878, START_LONG = 0x7979, STOP = 0x0d0a,
	TAIL_OCTETS = 4,	/* serial and check sum */
	LENGTH_LEAST = 5, LENGTH_MOST = 2048,
	IMEI_OCTETS = 8, FLAG_OCTETS = 4, TEXTS_ENOUGH = 64, TEXT_MOST = 256,
};
enum protocol {
	LOGIN = 0x01, HEARTBEAT = 0x13, HEARTBEAT_WIDE = 0x23, ANSWER_SHORT = 0x15, ANSWER = 0x21,
	COMMAND = 0x80
};

enum { F_MESSAGE, F_IMEI, F_TYPE, F_COMMAND, F_ANSWER };

static const struct field gt06_fields[] = {
	[F_MESSAGE] = { "gt06.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "login, heartbeat, location, alarm, command, answer, information, or its number" },
	[F_IMEI] = { "gt06.imei", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY | FIELD_IMEI,
	    NULL, "IMEI of a login" },
	[F_TYPE] = { "gt06.type", FIELD_HEX, MATCH_NONE, 0, NULL,
	    "type identification code of a login: the model" },
	[F_COMMAND] = { "gt06.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "text that the server commands: RELAY,1# cuts the fuel off" },
	[F_ANSWER] = { "gt06.answer", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "text that the terminal answers a command with" },
};
#define ID(row) FIELD_ID(PARSER_gt06, row)

struct gt06_state {
	uint8_t texts;
};

static const struct {
	uint8_t protocol;
	const char *name;
} messages[] = {
	{ LOGIN, "login" }, { HEARTBEAT, "heartbeat" }, { HEARTBEAT_WIDE, "heartbeat" },
	{ 0x10, "location" }, { 0x12, "location" }, { 0x22, "location" }, { 0x31, "location" },
	{ 0x32, "location" }, { 0xa0, "location" }, { 0x17, "cells" }, { 0x18, "cells" },
	{ 0x24, "cells" }, { 0x28, "cells" }, { 0x2c, "wifi" }, { 0x69, "wifi" }, { 0x16, "alarm" },
	{ 0x19, "alarm" }, { 0x26, "alarm" }, { 0x27, "alarm" }, { 0x95, "alarm" },
	{ 0xa4, "alarm" }, { 0x1a, "address_request" }, { 0x2a, "address_request" },
	{ 0x97, "address" }, { 0x8a, "time" }, { 0x94, "information" }, { 0x98, "information" },
	{ COMMAND, "command" }, { ANSWER, "answer" }, { ANSWER_SHORT, "answer" },
};

struct gt06_frame {
	uint8_t protocol;
	struct cursor content;
};

/* PARSE_MORE: what is there could be a frame. */
static enum parse_result
read_frame(struct cursor *in, struct gt06_frame *f)
{
	uint16_t start = cur_be16(in), len, sum;
	const uint8_t *first = in->at;
	struct cursor covered;

	if (in->short_read)
		return PARSE_MORE;
	if (start != START_SHORT && start != START_LONG)
		return PARSE_WRONG;
	len = start == START_SHORT ? cur_u8(in) : cur_be16(in);
	if (!in->short_read && (len < LENGTH_LEAST || len > LENGTH_MOST))
		return PARSE_WRONG;
	f->protocol = cur_u8(in);
	f->content = cur_sub(in, len - (size_t)1 - TAIL_OCTETS);
	cur_skip(in, 2);
	covered = cursor_over(first, in->short_read ? 0 : (size_t)(in->at - first));
	sum = cur_be16(in);
	if (cur_be16(in) != STOP && !in->short_read)
		return PARSE_WRONG;
	if (in->short_read)
		return PARSE_MORE;
	return crc16_x25(covered) == sum ? PARSE_DONE : PARSE_WRONG;
}

static enum probe_result
gt06_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct gt06_frame f;

	(void)on_port;
	if (cur_left(&in) == 1 && (cur_peek(&in, 0) == 0x78 || cur_peek(&in, 0) == 0x79))
		return p->datagram ? PROBE_NO : PROBE_MORE;
	switch (read_frame(&in, &f)) {
	case PARSE_DONE:	return PROBE_YES;	/* magic, length, end and check sum */
	case PARSE_MORE:	return p->datagram ? PROBE_NO : PROBE_MORE;
	default:		return PROBE_NO;
	}
}

static void
put_message(struct parse *p, uint8_t protocol)
{
	static const char hex[] = "0123456789abcdef";
	const char number[] = { hex[protocol >> 4], hex[protocol & 0xf] };

	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		if (messages[i].protocol == protocol) {
			parse_text(p, ID(F_MESSAGE), messages[i].name, strlen(messages[i].name));
			return;
		}
	parse_text(p, ID(F_MESSAGE), number, sizeof(number));
}

/* Sixteen digits, two an octet, the first one 0; then, in later versions, type and time zone. */
static void
read_login(struct parse *p, struct cursor in)
{
	char text[2 * IMEI_OCTETS];
	struct cursor type;

	for (unsigned i = 0; i < sizeof(text); i++) {
		uint8_t digit = i % 2 == 0 ? cur_peek(&in, 0) >> 4 : cur_u8(&in) & 0xf;

		if (digit > 9 || (i == 0 && digit != 0))
			return;
		text[i] = (char)('0' + digit);
	}
	if (in.short_read)
		return;
	parse_text(p, ID(F_IMEI), text + 1, sizeof(text) - 1);
	type = cur_sub(&in, 2);
	if (!type.short_read)
		parse_cursor(p, ID(F_TYPE), type);
}

/* Server flag, then text; behind commands and short answers the language, which is no text. */
static void
read_text(struct parse *p, struct gt06_state *st, uint8_t protocol, struct cursor in)
{
	struct cursor text;

	if (protocol == ANSWER) {
		cur_skip(&in, FLAG_OCTETS + 1);	/* and how the text is encoded */
		text = in;
	} else {
		text = cur_sub(&in, cur_u8(&in));
		cur_skip(&text, FLAG_OCTETS);
	}
	if (!text.short_read && cur_left(&text) <= TEXT_MOST && text_printable(text)) {
		parse_cursor(p, ID(protocol == COMMAND ? F_COMMAND : F_ANSWER), text);
		st->texts++;
	}
}

static void
read_content(struct parse *p, struct gt06_state *st, const struct gt06_frame *f)
{
	put_message(p, f->protocol);
	if (f->protocol == LOGIN && cur_left(&f->content) >= IMEI_OCTETS) {
		if (p->dir == TO_CLIENT)
			p->reversed = true;	/* terminals call */
		read_login(p, f->content);
	} else if (f->protocol == COMMAND || f->protocol == ANSWER
	    || f->protocol == ANSWER_SHORT) {
		read_text(p, st, f->protocol, f->content);
	}
}

static enum parse_result
gt06_parse(struct parse *p, struct cursor *in)
{
	struct gt06_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		struct gt06_frame f;

		switch (read_frame(&try, &f)) {
		case PARSE_MORE:	return p->datagram && !p->truncated ? PARSE_WRONG : PARSE_MORE;
		case PARSE_WRONG:	return PARSE_WRONG;
		case PARSE_DONE:	break;
		}
		read_content(p, st, &f);
		*in = try;
		/* commands may come at any time: a tracker's day has few frames */
		if (st->texts >= TEXTS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser gt06_parser = {
	.name = "gt06", .spec = "Concox GT06 1.8.1",
	.tcp = true, .udp = true, .begins = { { 0x78, 0x79 } },
	.role = ROLE_TELEMETRY, .role_confidence = 80, .state_size = sizeof(struct gt06_state),
	.probe = gt06_probe, .parse = gt06_parse,
	.fields = gt06_fields, .n_fields = ARRAY_LEN(gt06_fields),
};
