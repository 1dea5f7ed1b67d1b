/* SPDX-License-Identifier: Apache-2.0 */
/* dnp3.c - DNP3 (IEEE 1815), telecontrol of utilities, over TCP and UDP: which stations talk,
 * what is read and told, and what is commanded. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "parser.h"

/* A link frame (IEEE 1815, 9.2): | 0x05 0x64 | length 8 | control 8 | destination 16 | source 16 |
 * check sum 16 |, then user data in blocks of 16 octets, each with its check sum. The length
 * counts from the control octet on, without check sums. Numbers are little endian. */
enum {
	START_1 = 0x05, START_2 = 0x64, HEAD_OCTETS = 8, SUM_OCTETS = 2, BLOCK_OCTETS = 16,
	LENGTH_LEAST = 5, USER_MOST = 250,
	CONTROL_PRIMARY = 0x40, CONTROL_FUNCTION = 0x0f,
	CONFIRMED_DATA = 3, UNCONFIRMED_DATA = 4,
};

/* The transport octet (8.2), then in the first segment an application fragment (4.2): control,
 * function, of answers two octets of indications, objects. */
enum { TRANSPORT_FIRST = 0x40, FUNCTION_RESPONSE = 129, FUNCTION_UNASKED = 130, FUNCTION_MAX = 131 };

/* An object header (4.2.2.7): group, variation, qualifier, range. */
enum {
	QUALIFIER_RANGE = 0x0f, RANGE_8 = 0, RANGE_16 = 1, RANGE_32 = 2, RANGE_ALL = 6,
	COUNT_8 = 7, COUNT_16 = 8, COUNT_32 = 9, COUNT_FREE = 0x0b,
	HEADERS_MAX = 16,
	/* Polls repeat themselves for years; a command among the first ones is seen. */
	FRAMES_ENOUGH = 256,
};

enum { F_SOURCE, F_DESTINATION, F_FUNCTION, F_OBJECT, F_COMMAND, F_INDICATION };

static const struct field dnp3_fields[] = {
	[F_SOURCE] = { "dnp3.source", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "link address of a station that sends" },
	[F_DESTINATION] = { "dnp3.destination", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "link address of a station that is sent to; 65520 and more are groups" },
	[F_FUNCTION] = { "dnp3.function", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "application function: read, operate, unsolicited-response ..." },
	[F_OBJECT] = { "dnp3.object", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "group/variation of an object asked for or told: 60/1 class 0, 30/5 analog input ..." },
	[F_COMMAND] = { "dnp3.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "function that changes the outstation, with the first object: direct-operate 12/1" },
	[F_INDICATION] = { "dnp3.iin", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "internal indication of an answer: device-restart, need-time, config-corrupt ..." },
};
#define ID(row) FIELD_ID(PARSER_dnp3, row)

/* IEEE 1815, 4.4. */
static const struct { uint8_t code; bool changes; const char *name; } functions[] = {
	{ 0, false, "confirm" }, { 1, false, "read" }, { 2, true, "write" }, { 3, true, "select" },
	{ 4, true, "operate" }, { 5, true, "direct-operate" }, { 6, true, "direct-operate-nr" },
	{ 7, false, "immediate-freeze" }, { 8, false, "immediate-freeze-nr" },
	{ 9, true, "freeze-clear" }, { 10, true, "freeze-clear-nr" },
	{ 11, false, "freeze-at-time" }, { 12, false, "freeze-at-time-nr" },
	{ 13, true, "cold-restart" }, { 14, true, "warm-restart" }, { 15, true, "initialize-data" },
	{ 16, true, "initialize-application" }, { 17, true, "start-application" },
	{ 18, true, "stop-application" }, { 19, true, "save-configuration" },
	{ 20, false, "enable-unsolicited" }, { 21, false, "disable-unsolicited" },
	{ 22, false, "assign-class" }, { 23, false, "delay-measure" },
	{ 24, false, "record-current-time" }, { 25, true, "open-file" }, { 26, false, "close-file" },
	{ 27, true, "delete-file" }, { 28, false, "get-file-info" },
	{ 29, false, "authenticate-file" }, { 30, false, "abort-file" },
	{ 31, true, "activate-config" }, { 32, false, "authenticate-request" },
	{ 33, false, "authenticate-request-nr" }, { 129, false, "response" },
	{ 130, false, "unsolicited-response" }, { 131, false, "authenticate-response" },
};

/* IEEE 1815, 4.2.2.6: bits of the two octets, the first one's first. Those that only say that
 * classes have data are left out. */
static const char *const indications[16] = {
	"broadcast", NULL, NULL, NULL, "need-time", "local-control", "device-trouble",
	"device-restart", "no-function-support", "object-unknown", "parameter-error",
	"event-buffer-overflow", "already-executing", "config-corrupt", NULL, NULL,
};

struct dnp3_state {
	uint16_t frames;
};

struct link {
	uint8_t control;
	uint16_t destination, source;
	bool right;		/* the check sums of all blocks are */
	size_t len;		/* of user data */
	uint8_t user[USER_MOST];
};

/* The octets and the sum behind them (IEEE 1815, 9.2.4.1, annex E): x^16 + x^13 + x^12 + x^11 +
 * x^10 + x^8 + x^6 + x^5 + x^2 + 1, lowest bit first, inverted; by nibbles. */
static bool
sum_right(struct cursor octets, uint16_t want)
{
	static const uint16_t table[16] = {
		0x0000, 0xb26b, 0x29af, 0x9bc4, 0x535e, 0xe135, 0x7af1, 0xc89a,
		0xa6bc, 0x14d7, 0x8f13, 0x3d78, 0xf5e2, 0x4789, 0xdc4d, 0x6e26
	};
	unsigned sum = 0;

	while (cur_left(&octets) != 0) {
		uint8_t octet = cur_u8(&octets);

		sum = sum >> 4 ^ table[(sum ^ octet) & 0xf];
		sum = sum >> 4 ^ table[(sum ^ octet >> 4) & 0xf];
	}
	return (~sum & 0xffff) == want;
}

/* Is this a head, as far as there is one? */
static enum probe_result
read_head(struct cursor *in, struct link *l)
{
	struct cursor try = *in, head = cur_sub(&try, HEAD_OCTETS), c = head;
	uint16_t sum = cur_le16(&try);

	if ((cur_left(in) > 0 && cur_peek(in, 0) != START_1)
	    || (cur_left(in) > 1 && cur_peek(in, 1) != START_2)
	    || (cur_left(in) > 2 && cur_peek(in, 2) < LENGTH_LEAST))
		return PROBE_NO;
	if (try.short_read)
		return PROBE_MORE;
	cur_skip(&c, 2);
	l->len = cur_u8(&c) - (size_t)LENGTH_LEAST;
	l->control = cur_u8(&c);
	l->destination = cur_le16(&c);
	l->source = cur_le16(&c);
	if (!sum_right(head, sum))
		return PROBE_NO;
	*in = try;
	return PROBE_YES;
}

/* PROBE_MORE: not all there. `in` is advanced on PROBE_YES only. */
static enum probe_result
read_frame(struct cursor *in, struct link *l)
{
	struct cursor try = *in;
	enum probe_result result = read_head(&try, l);

	if (result != PROBE_YES)
		return result;
	l->right = true;
	for (size_t at = 0; at < l->len; at += BLOCK_OCTETS) {
		size_t n = l->len - at < BLOCK_OCTETS ? l->len - at : BLOCK_OCTETS;
		struct cursor block = cur_sub(&try, n);
		uint16_t sum = cur_le16(&try);

		if (try.short_read)
			return PROBE_MORE;
		l->right = sum_right(block, sum) && l->right;
		memcpy(l->user + at, block.at, n);
	}
	*in = try;
	return PROBE_YES;
}

/* Start octets and two check sums: 48 bits where there is user data, 32 and a sound control
 * octet where there is none. */
static enum probe_result
dnp3_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct link l;
	enum probe_result result = read_frame(&in, &l);
	uint8_t function;
	bool primary, data;

	if (result != PROBE_YES)
		return result == PROBE_MORE && p->datagram ? PROBE_NO : result;
	function = l.control & CONTROL_FUNCTION;
	primary = (l.control & CONTROL_PRIMARY) != 0;
	data = primary && (function == CONFIRMED_DATA || function == UNCONFIRMED_DATA);
	if (!l.right || (l.len != 0) != data)
		return PROBE_NO;
	if (p->datagram && cur_left(&in) != 0 && cur_peek(&in, 0) != START_1)
		return PROBE_NO;
	/* link functions in use: 9.2.4.1.3 */
	return data || on_port || (primary ? function == 0 || function == 2 || function == 9
	    : function <= 1 || function == 11 || function >= 14) ? PROBE_YES : PROBE_NO;
}

/* --- parsing --- */

static void
put_name(struct parse *p, unsigned row, const char *name)
{
	parse_text(p, ID(row), name, strlen(name));
}

/* "60/1"; behind the function's name it goes to the commands as well. */
static void
put_object(struct parse *p, uint8_t group, uint8_t variation, const char *function)
{
	char text[64];
	size_t len = function == NULL ? 0 : strlen(function), start;

	if (len != 0)
		memcpy(text, function, len);
	if (len != 0)
		text[len++] = ' ';
	start = len;
	len += decimal_put(text + len, group);
	text[len++] = '/';
	len += decimal_put(text + len, variation);
	parse_text(p, ID(F_OBJECT), text + start, len - start);
	if (function != NULL)
		parse_text(p, ID(F_COMMAND), text, len);
}

/* Octets of a range field. */
static size_t
range_octets(uint8_t qualifier)
{
	static const uint8_t octets[] = {
		[RANGE_8] = 2, [RANGE_16] = 4, [RANGE_32] = 8, [RANGE_ALL] = 0,
		[COUNT_8] = 1, [COUNT_16] = 2, [COUNT_32] = 4, [COUNT_FREE] = 1,
	};

	qualifier &= QUALIFIER_RANGE;
	return qualifier < sizeof(octets) ? octets[qualifier] : 0;
}

/* Where headers have values behind them, only the first one is read. */
static void
read_objects(struct parse *p, struct cursor in, bool bare, const char *changes)
{
	unsigned n = 0;

	do {
		uint8_t group = cur_u8(&in), variation = cur_u8(&in), qualifier = cur_u8(&in);

		if (in.short_read)
			break;
		put_object(p, group, variation, n == 0 ? changes : NULL);
		cur_skip(&in, range_octets(qualifier));
		n++;
	} while (bare && n < HEADERS_MAX);
	if (n == 0 && changes != NULL)
		put_name(p, F_COMMAND, changes);
}

static void
read_indications(struct parse *p, uint16_t bits)
{
	for (unsigned i = 0; i < 16; i++)
		if ((bits >> i & 1) != 0 && indications[i] != NULL)
			put_name(p, F_INDICATION, indications[i]);
}

static void
read_fragment(struct parse *p, struct cursor in)
{
	uint8_t transport = cur_u8(&in), code;

	if ((transport & TRANSPORT_FIRST) == 0)
		return;		/* the rest of a fragment */
	cur_skip(&in, 1);
	code = cur_u8(&in);
	if (in.short_read)
		return;
	if (code >= FUNCTION_RESPONSE)
		read_indications(p, cur_le16(&in));
	for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
		if (functions[i].code != code)
			continue;
		put_name(p, F_FUNCTION, functions[i].name);
		read_objects(p, in, code == 1 || code == 20 || code == 21,
		    functions[i].changes ? functions[i].name : NULL);
	}
}

static enum parse_result
dnp3_parse(struct parse *p, struct cursor *in)
{
	struct dnp3_state *st = p->state;

	if (p->gap && !p->datagram)
		return PARSE_DONE;	/* where the next frame starts is lost */
	while (cur_left(in) != 0) {
		struct link l;
		enum probe_result result = read_frame(in, &l);

		if (result == PROBE_NO)
			return PARSE_WRONG;
		if (result == PROBE_MORE)
			return p->datagram && !p->truncated ? PARSE_WRONG : PARSE_MORE;
		p->malformed = p->malformed || !l.right;
		parse_uint(p, ID(F_SOURCE), l.source);
		parse_uint(p, ID(F_DESTINATION), l.destination);
		if (l.right && l.len != 0)
			read_fragment(p, cursor_over(l.user, l.len));
		if (++st->frames >= FRAMES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser dnp3_parser = {
	.name = "dnp3", .spec = "IEEE 1815",
	.tcp = true, .udp = true, .ports = { 20000 }, .begins = { { START_1, START_1 } },
	.role = ROLE_CONTROL, .role_confidence = 70, .state_size = sizeof(struct dnp3_state),
	.probe = dnp3_probe, .parse = dnp3_parse,
	.fields = dnp3_fields, .n_fields = ARRAY_LEN(dnp3_fields),
};
