/* SPDX-License-Identifier: Apache-2.0 */
/* teltonika.c - Teltonika's AVL protocols 8, 8 extended, 16 and the commands 12 to 14: trackers say
 * their IMEI and send records. Spec: Teltonika data sending protocols (wiki.teltonika-gps.com,
 * "Codec"). No position is kept. */
#include <string.h>

#include "crc.h"
#include "macros.h"
#include "parser.h"
#include "text.h"

/* TCP: first | length 16 = 15 | IMEI, 15 digits |, answered by one octet, 1 or 0; then
 *
 *	| 0 32 | length 32 | codec 8 | records 8 | data | records 8 | CRC-16/ARC 32 |
 *
 * The length counts from codec to the second number of records, and so does the sum. An answer is
 * the number of records, 32. UDP:
 *
 *	| length 16 | packet id 16 | 1 | AVL packet id 8 | length 16 = 15 | IMEI | codec 8 | ... | */
enum {
	IMEI_OCTETS = 15,
	LENGTH_LEAST = 3, LENGTH_MOST = 4096,	/* the spec has 1280 for most models */
	SUM_OCTETS = 4, RECORD_LEAST = 24, COMMANDS_ENOUGH = 64,
	PING = 0xff,		/* of an idle tracker */
	ANSWER_OCTETS = 7,	/* over UDP: length 5, packet id, 1, AVL packet id, records */
};
enum codec {
	CODEC_8 = 0x08, CODEC_12 = 0x0c, CODEC_13 = 0x0d, CODEC_14 = 0x0e, CODEC_8E = 0x8e,
	CODEC_16 = 0x10
};
enum { TYPE_COMMAND = 5, TYPE_ANSWER = 6 };

enum { F_IMEI, F_CODEC, F_RECORDS, F_COMMAND, F_ANSWER, F_ACCEPTED };

static const struct field teltonika_fields[] = {
	[F_IMEI] = { "teltonika.imei", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY | FIELD_MAY_IDENTIFY | FIELD_IMEI, NULL, "IMEI of the tracker" },
	[F_CODEC] = { "teltonika.codec", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "8, 8E or 16 of records, 12, 13 or 14 of commands" },
	[F_RECORDS] = { "teltonika.records", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "records of the first packet of them" },
	[F_COMMAND] = { "teltonika.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "text that the server commands: setdigout, cpureset, setparam ..." },
	[F_ANSWER] = { "teltonika.answer", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "text that the tracker answers a command with" },
	[F_ACCEPTED] = { "teltonika.accepted", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "1 when the server takes the tracker, 0 when not" },
};
#define ID(row) FIELD_ID(PARSER_teltonika, row)

struct teltonika_state {
	uint8_t commands;
	bool hello, answered;
};

static const struct {
	uint8_t codec;
	const char *name;
} codecs[] = {
	{ CODEC_8, "8" }, { CODEC_8E, "8E" }, { CODEC_16, "16" }, { CODEC_12, "12" },
	{ CODEC_13, "13" }, { CODEC_14, "14" },
};

static const char *
codec_name(uint8_t codec)
{
	for (size_t i = 0; i < ARRAY_LEN(codecs); i++)
		if (codecs[i].codec == codec)
			return codecs[i].name;
	return NULL;
}

static bool
has_records(uint8_t codec)
{
	return codec == CODEC_8 || codec == CODEC_8E || codec == CODEC_16;
}

/* --- reading --- */

/* Length and digits. PARSE_MORE: as far as it goes. */
static enum parse_result
read_imei(struct cursor *in, struct cursor *imei)
{
	if (cur_be16(in) != IMEI_OCTETS && !in->short_read)
		return PARSE_WRONG;
	*imei = cur_sub(in, IMEI_OCTETS);
	for (size_t i = 0; i < cur_left(imei); i++)
		if (cur_peek(imei, i) < '0' || cur_peek(imei, i) > '9')
			return PARSE_WRONG;
	return in->short_read ? PARSE_MORE : PARSE_DONE;
}

/* From codec to the second number of records: both numbers are the same. */
static bool
is_data(struct cursor data)
{
	uint8_t codec = cur_peek(&data, 0), n = cur_peek(&data, 1);
	size_t len = cur_left(&data);

	if (len < LENGTH_LEAST || codec_name(codec) == NULL || n == 0 || data.end[-1] != n)
		return false;
	return !has_records(codec) || len >= LENGTH_LEAST + (size_t)n * RECORD_LEAST;
}

/* A packet over TCP, with its sum. */
static enum parse_result
read_packet(struct cursor *in, struct cursor *data)
{
	uint32_t len, sum;

	if (cur_be32(in) != 0)
		return PARSE_WRONG;
	len = cur_be32(in);
	if (in->short_read)
		return PARSE_MORE;
	if (len < LENGTH_LEAST || len > LENGTH_MOST
	    || (cur_left(in) != 0 && codec_name(cur_peek(in, 0)) == NULL))
		return PARSE_WRONG;
	*data = cur_sub(in, len);
	sum = cur_be32(in);
	if (in->short_read)
		return PARSE_MORE;
	return is_data(*data) && sum == crc16_arc(*data) ? PARSE_DONE : PARSE_WRONG;
}

static enum parse_result
read_datagram(struct cursor in, struct cursor *imei, struct cursor *data)
{
	uint16_t len = cur_be16(&in);
	enum parse_result result;

	if (in.short_read || len != cur_left(&in))
		return PARSE_WRONG;
	cur_skip(&in, 2);
	if (cur_u8(&in) != 1)
		return PARSE_WRONG;
	cur_skip(&in, 1);
	result = read_imei(&in, imei);
	if (result != PARSE_DONE)
		return PARSE_WRONG;
	*data = in;
	return is_data(in) && has_records(cur_peek(&in, 0)) ? PARSE_DONE : PARSE_WRONG;
}

static enum probe_result
teltonika_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct cursor imei, data;
	enum parse_result result;

	(void)on_port;
	if (p->datagram)
		result = read_datagram(in, &imei, &data);
	else if (cur_left(&in) > 1 && cur_peek(&in, 1) == 0)
		result = read_packet(&in, &data);	/* picked up later */
	else
		result = read_imei(&in, &imei);
	return result == PARSE_DONE ? PROBE_YES : result == PARSE_MORE ? PROBE_MORE : PROBE_NO;
}

/* --- telling --- */

/* Type 8, length 32, text; codec 14 has the IMEI and codec 13 the time before the text. */
static void
put_command(struct parse *p, struct teltonika_state *st, uint8_t codec, struct cursor data)
{
	uint8_t type;
	struct cursor text;

	cur_skip(&data, 2);
	type = cur_u8(&data);
	text = cur_sub(&data, cur_be32(&data));
	cur_skip(&text, codec == CODEC_14 ? 8 : codec == CODEC_13 ? 4 : 0);
	while (cur_left(&text) != 0 && (text.end[-1] == '\n' || text.end[-1] == '\r'))
		text.end--;
	st->commands++;
	if (!data.short_read && !text.short_read && text_printable(text))
		parse_cursor(p, ID(type == TYPE_COMMAND ? F_COMMAND : F_ANSWER), text);
	if ((type == TYPE_COMMAND) == (p->dir == TO_SERVER))
		p->reversed = true;	/* trackers call */
}

static void
put_data(struct parse *p, struct teltonika_state *st, struct cursor data)
{
	uint8_t codec = cur_peek(&data, 0);
	const char *name = codec_name(codec);

	parse_text(p, ID(F_CODEC), name, strlen(name));
	if (!has_records(codec)) {
		put_command(p, st, codec, data);
		return;
	}
	parse_uint(p, ID(F_RECORDS), cur_peek(&data, 1));
	if (p->dir == TO_CLIENT)
		p->reversed = true;
}

static enum parse_result
read_hello(struct parse *p, struct teltonika_state *st, struct cursor *in)
{
	struct cursor imei;
	enum parse_result result = read_imei(in, &imei);

	if (result != PARSE_DONE)
		return result;
	if (p->dir == TO_CLIENT)
		p->reversed = true;
	st->hello = true;
	parse_cursor(p, ID(F_IMEI), imei);
	return PARSE_DONE;
}

/* What a server says: one octet to the IMEI, a number to each packet, and commands. */
static enum parse_result
read_answer(struct parse *p, struct teltonika_state *st, struct cursor *in)
{
	if (st->hello && !st->answered && cur_peek(in, 0) <= 1) {
		st->answered = true;
		parse_uint(p, ID(F_ACCEPTED), cur_u8(in));
		return PARSE_DONE;
	}
	if (cur_left(in) < 4)
		return PARSE_MORE;
	return cur_be24(in) == 0 && cur_u8(in) != 0 ? PARSE_DONE : PARSE_WRONG;
}

static enum parse_result
read_one(struct parse *p, struct teltonika_state *st, struct cursor *in)
{
	struct cursor data, look = *in;
	bool packet = cur_be32(&look) == 0 && !look.short_read;
	enum parse_result result;

	if (p->dir == TO_SERVER && cur_peek(in, 0) == PING) {
		cur_skip(in, 1);
		return PARSE_DONE;
	}
	if (p->dir == TO_CLIENT && !packet && cur_peek(in, 1) != IMEI_OCTETS)
		return read_answer(p, st, in);
	if (cur_peek(in, 1) == IMEI_OCTETS)
		return read_hello(p, st, in);
	result = read_packet(in, &data);
	if (result == PARSE_DONE)
		put_data(p, st, data);
	return result;
}

static enum parse_result
parse_datagram(struct parse *p, struct cursor *in)
{
	struct cursor imei, data;

	if (p->dir == TO_CLIENT && cur_left(in) == ANSWER_OCTETS) {
		cur_skip(in, ANSWER_OCTETS);
		return PARSE_MORE;
	}
	if (read_datagram(*in, &imei, &data) != PARSE_DONE)
		return PARSE_WRONG;
	cur_skip(in, cur_left(in));
	parse_cursor(p, ID(F_IMEI), imei);
	put_data(p, p->state, data);
	return PARSE_MORE;
}

static enum parse_result
teltonika_parse(struct parse *p, struct cursor *in)
{
	struct teltonika_state *st = p->state;

	if (p->datagram)
		return parse_datagram(p, in);
	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		enum parse_result result = read_one(p, st, &try);

		if (result != PARSE_DONE)
			return result;
		*in = try;
		if (st->commands >= COMMANDS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser teltonika_parser = {
	.name = "teltonika", .spec = "Teltonika codecs",
	.tcp = true, .udp = true, .begins = { { 0, 0x10 } },
	.role = ROLE_TELEMETRY, .role_confidence = 80, .state_size = sizeof(struct teltonika_state),
	.probe = teltonika_probe, .parse = teltonika_parse,
	.fields = teltonika_fields, .n_fields = ARRAY_LEN(teltonika_fields),
};
