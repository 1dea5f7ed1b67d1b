/* SPDX-License-Identifier: Apache-2.0 */
/* jt808.c - JT/T 808, the protocol between vehicle terminals and platforms in China, of 2011, 2013
 * and 2019: who registers with what, and what the platform has it do. No position is kept. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* | 7e | header | body | check 8 | 7e |, where 7e stands as 7d 02 and 7d as 7d 01 (clause 4.4).
 *
 * Header: | id 16 | attributes 16 | [version 8] phone, BCD 6 or 10 octets | serial 16 |
 *         [| packets 16 | packet number 16 |]
 *
 * Attributes: reserved 1, versioned 1 (2019), in packets 1, encryption 3, length of the body 10. The
 * check is all octets from the id on, by exclusive or. */
enum {
	FLAG = 0x7e, ESCAPE = 0x7d, ESCAPED_ESCAPE = 1, ESCAPED_FLAG = 2,
	ATTRIBUTE_VERSIONED = 0x4000, ATTRIBUTE_PACKETS = 0x2000, ATTRIBUTE_ENCRYPTED = 0x1c00,
	ATTRIBUTE_LENGTH = 0x03ff,
	PHONE_OLD = 6, PHONE_2019 = 10,
	MESSAGE_MOST = 0x3ff + 24,	/* header, body, check */
	ESCAPED_MOST = 2 * MESSAGE_MOST,
	FROM_PLATFORM = 0x8000, NEWS_ENOUGH = 64,
	REGISTER_2013 = 37,	/* octets without the plate; of 2011 it has 25 */
	PARAMETERS_MAX = 64,
};
enum message_id {
	RESULT = 0x0001, HEARTBEAT = 0x0002, REGISTER = 0x0100, AUTHENTICATE = 0x0102,
	ATTRIBUTES = 0x0107, UPGRADED = 0x0108, SET_PARAMETERS = 0x8103, CONTROL = 0x8105,
	UPGRADE = 0x8108
};
enum { CONTROL_UPGRADE = 1, PARAMETER_SERVER = 0x13, PARAMETER_BACKUP = 0x17 };

enum {
	F_MESSAGE, F_VERSION, F_PHONE, F_MAKER, F_MODEL, F_TERMINAL, F_IMEI, F_HARDWARE, F_FIRMWARE,
	F_SERVER, F_CONTROL, F_URL, F_UPGRADE, F_RESULT
};

static const struct field jt808_fields[] = {
	[F_MESSAGE] = { "jt808.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "register, authenticate, location, terminal_control, upgrade ..., or its number" },
	[F_VERSION] = { "jt808.version", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "2013 (and 2011, which has the same frames) or 2019" },
	[F_PHONE] = { "jt808.phone", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MSISDN, NULL,
	    "number of the terminal, without leading zeros: its SIM's, or what its maker puts there" },
	[F_MAKER] = { "jt808.manufacturer", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "maker id of a terminal" },
	[F_MODEL] = { "jt808.model", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "model of a terminal" },
	[F_TERMINAL] = { "jt808.terminal", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "id that the maker gave the terminal" },
	[F_IMEI] = { "jt808.imei", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY | FIELD_IMEI,
	    NULL, "IMEI of an authentication (2019)" },
	[F_HARDWARE] = { "jt808.hardware", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "hardware version of a terminal" },
	[F_FIRMWARE] = { "jt808.firmware", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "firmware or software version of a terminal" },
	[F_SERVER] = { "jt808.server", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "server that a terminal is set to call (parameters 0013 and 0017)" },
	[F_CONTROL] = { "jt808.control", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "command of a terminal control: 1 upgrade, 2 other server, 3 off, 4 reset, 5 factory reset" },
	[F_URL] = { "jt808.upgrade_url", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "where a terminal is told to fetch firmware" },
	[F_UPGRADE] = { "jt808.upgrade_version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "version of firmware that the platform sends" },
	[F_RESULT] = { "jt808.upgrade_result", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "of an upgrade: 0 done, 1 failed, 2 cancelled" },
};
#define ID(row) FIELD_ID(PARSER_jt808, row)

struct jt808_state {
	uint8_t news;
};

static const struct {
	uint16_t id;
	const char *name;
} messages[] = {	/* clause 8 */
	{ RESULT, "answer" }, { HEARTBEAT, "heartbeat" }, { 0x0003, "logout" },
	{ 0x0004, "time_request" }, { 0x0005, "resend_request" }, { REGISTER, "register" },
	{ AUTHENTICATE, "authenticate" }, { 0x0104, "parameters" }, { ATTRIBUTES, "attributes" },
	{ UPGRADED, "upgrade_result" }, { 0x0200, "location" }, { 0x0201, "location" },
	{ 0x0301, "event" }, { 0x0302, "reply" }, { 0x0303, "information" },
	{ 0x0500, "vehicle_control_answer" }, { 0x0608, "areas" }, { 0x0700, "recorder_data" },
	{ 0x0701, "waybill" }, { 0x0702, "driver" }, { 0x0704, "locations" },
	{ 0x0705, "can_data" }, { 0x0800, "media_event" }, { 0x0801, "media" },
	{ 0x0802, "media_list" }, { 0x0805, "photo_answer" }, { 0x0900, "upstream" },
	{ 0x0901, "compressed" }, { 0x0a00, "public_key" }, { 0x1003, "media_attributes" },
	{ 0x1005, "passengers" }, { 0x1205, "recordings" }, { 0x1206, "upload_done" },
	{ 0x8001, "answer" }, { 0x8003, "resend_request" }, { 0x8004, "time" },
	{ 0x8100, "registered" }, { SET_PARAMETERS, "set_parameters" },
	{ 0x8104, "get_parameters" }, { CONTROL, "terminal_control" },
	{ 0x8106, "get_parameters" }, { 0x8107, "get_attributes" }, { UPGRADE, "upgrade" },
	{ 0x8201, "get_location" }, { 0x8202, "follow" }, { 0x8203, "confirm_alarm" },
	{ 0x8300, "text" }, { 0x8301, "set_events" }, { 0x8302, "question" },
	{ 0x8303, "set_menu" }, { 0x8304, "information" }, { 0x8400, "call_back" },
	{ 0x8401, "set_phone_book" }, { 0x8500, "vehicle_control" }, { 0x8600, "set_areas" },
	{ 0x8601, "delete_areas" }, { 0x8602, "set_areas" }, { 0x8603, "delete_areas" },
	{ 0x8604, "set_areas" }, { 0x8605, "delete_areas" }, { 0x8606, "set_route" },
	{ 0x8607, "delete_route" }, { 0x8608, "get_areas" }, { 0x8700, "get_recorder_data" },
	{ 0x8701, "set_recorder" }, { 0x8702, "get_driver" }, { 0x8800, "media_answer" },
	{ 0x8801, "photo" }, { 0x8802, "get_media" }, { 0x8803, "upload_media" },
	{ 0x8804, "record_sound" }, { 0x8805, "upload_media" }, { 0x8900, "downstream" },
	{ 0x8a00, "public_key" }, { 0x9003, "get_media_attributes" }, { 0x9101, "live_video" },
	{ 0x9102, "control_video" }, { 0x9201, "play_back" }, { 0x9202, "control_play_back" },
	{ 0x9205, "get_recordings" }, { 0x9206, "upload_file" }, { 0x9207, "control_upload" },
	{ 0x9208, "upload_alarm_files" },
};

struct message {
	uint16_t id, attributes;
	bool versioned;
	struct cursor phone, body;
};

static const char *
name_of(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		if (messages[i].id == id)
			return messages[i].name;
	return NULL;
}

/* --- frames --- */

/* Octets of a frame between its flags as they were before they were escaped. 0: it is none. */
static size_t
unescape(struct cursor in, uint8_t out[static MESSAGE_MOST])
{
	size_t len = 0;

	while (cur_left(&in) != 0) {
		uint8_t c = cur_u8(&in);

		if (c == ESCAPE) {
			c = cur_u8(&in);
			if (in.short_read || (c != ESCAPED_ESCAPE && c != ESCAPED_FLAG))
				return 0;
			c = c == ESCAPED_FLAG ? FLAG : ESCAPE;
		}
		if (len == MESSAGE_MOST)
			return 0;
		out[len++] = c;
	}
	return len;
}

static bool
is_bcd(struct cursor in)
{
	while (cur_left(&in) != 0) {
		uint8_t c = cur_u8(&in);

		if (c >> 4 > 9 || (c & 0xf) > 9)
			return false;
	}
	return true;
}

static bool
read_message(struct cursor in, struct message *m)
{
	uint8_t check = 0;

	for (size_t i = 0; i < cur_left(&in); i++)
		check ^= cur_peek(&in, i);
	m->id = cur_be16(&in);
	m->attributes = cur_be16(&in);
	m->versioned = (m->attributes & ATTRIBUTE_VERSIONED) != 0;
	if (m->versioned)
		cur_skip(&in, 1);
	m->phone = cur_sub(&in, m->versioned ? PHONE_2019 : PHONE_OLD);
	cur_skip(&in, 2);
	if ((m->attributes & ATTRIBUTE_PACKETS) != 0) {
		cur_skip(&in, 2);
		if (cur_be16(&in) > 1)		/* not the first: its octets begin anywhere */
			m->attributes |= ATTRIBUTE_ENCRYPTED;
	}
	m->body = cur_sub(&in, m->attributes & ATTRIBUTE_LENGTH);
	return check == 0 && !in.short_read && cur_left(&in) == 1 && is_bcd(m->phone);
}

/* A frame, unescaped into `octets`, from which `m` borrows. */
static enum parse_result
read_frame(struct cursor *in, uint8_t octets[static MESSAGE_MOST], struct message *m)
{
	const uint8_t *end;
	size_t look, len;
	struct cursor inside;

	if (cur_u8(in) != FLAG)
		return PARSE_WRONG;
	look = cur_left(in) < ESCAPED_MOST ? cur_left(in) : ESCAPED_MOST;
	end = look == 0 ? NULL : memchr(in->at, FLAG, look);
	if (end == NULL)
		return look < ESCAPED_MOST ? PARSE_MORE : PARSE_WRONG;
	inside = cur_sub(in, (size_t)(end - in->at));
	cur_skip(in, 1);
	len = unescape(inside, octets);
	return read_message(cursor_over(octets, len), m) ? PARSE_DONE : PARSE_WRONG;
}

static enum probe_result
jt808_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t octets[MESSAGE_MOST];
	uint16_t id = (uint16_t)(cur_peek(&in, 1) << 8 | cur_peek(&in, 2));
	struct message m;

	(void)on_port;
	if (cur_left(&in) >= 3 && name_of(id) == NULL)
		return PROBE_NO;
	switch (read_frame(&in, octets, &m)) {
	case PARSE_DONE:	return name_of(m.id) != NULL ? PROBE_YES : PROBE_NO;
	case PARSE_MORE:	return p->datagram ? PROBE_NO : PROBE_MORE;
	default:		return PROBE_NO;
	}
}

/* --- bodies --- */

/* Text in a field of fixed size, filled with zeros or spaces, before or behind. */
static void
put_filled(struct parse *p, unsigned row, struct cursor text)
{
	while (cur_left(&text) != 0 && (text.at[0] == 0 || text.at[0] == ' '))
		cur_skip(&text, 1);
	while (cur_left(&text) != 0 && (text.end[-1] == 0 || text.end[-1] == ' '))
		text.end--;
	if (!text.short_read && text_printable(text))
		parse_cursor(p, ID(row), text);
}

static void
put_phone(struct parse *p, struct cursor phone)
{
	char text[2 * PHONE_2019];
	size_t len = 0;

	while (cur_left(&phone) != 0) {
		uint8_t c = cur_u8(&phone);

		if (len != 0 || c >> 4 != 0)
			text[len++] = (char)('0' + (c >> 4));
		if (len != 0 || (c & 0xf) != 0)
			text[len++] = (char)('0' + (c & 0xf));
	}
	if (len != 0)
		parse_text(p, ID(F_PHONE), text, len);
}

/* Maker, model and id; sizes differ from version to version. */
static void
read_terminal(struct parse *p, struct cursor *in, size_t maker, size_t model, size_t id)
{
	put_filled(p, F_MAKER, cur_sub(in, maker));
	put_filled(p, F_MODEL, cur_sub(in, model));
	put_filled(p, F_TERMINAL, cur_sub(in, id));
}

static void
read_register(struct parse *p, const struct message *m, struct cursor in)
{
	bool of_2011 = cur_left(&in) < REGISTER_2013;

	cur_skip(&in, 4);	/* province and city */
	if (m->versioned)
		read_terminal(p, &in, 11, 30, 30);
	else
		read_terminal(p, &in, 5, of_2011 ? 8 : 20, 7);
}

/* Of 2019: the code that was given at registration, IMEI, software version. */
static void
read_authenticate(struct parse *p, const struct message *m, struct cursor in)
{
	if (!m->versioned)
		return;
	cur_skip(&in, cur_u8(&in));
	put_filled(p, F_IMEI, cur_sub(&in, 15));
	put_filled(p, F_FIRMWARE, cur_sub(&in, 20));
}

static void
read_attributes(struct parse *p, const struct message *m, struct cursor in)
{
	cur_skip(&in, 2);	/* type of terminal */
	if (m->versioned)
		read_terminal(p, &in, 11, 30, 30);
	else
		read_terminal(p, &in, 5, 20, 7);
	cur_skip(&in, 10);	/* ICCID */
	put_filled(p, F_HARDWARE, cur_sub(&in, cur_u8(&in)));
	put_filled(p, F_FIRMWARE, cur_sub(&in, cur_u8(&in)));
}

/* Count, then id 32, length 8, value. */
static void
read_parameters(struct parse *p, struct cursor in)
{
	unsigned n = cur_u8(&in);

	for (unsigned i = 0; i < n && i < PARAMETERS_MAX && !in.short_read; i++) {
		uint32_t id = cur_be32(&in);
		struct cursor value = cur_sub(&in, cur_u8(&in));

		if (id == PARAMETER_SERVER || id == PARAMETER_BACKUP)
			put_filled(p, F_SERVER, value);
	}
}

/* Command, and its parameters between semicolons: those of an upgrade begin with the address. */
static void
read_control(struct parse *p, struct cursor in)
{
	uint8_t command = cur_u8(&in);

	if (in.short_read)
		return;
	parse_uint(p, ID(F_CONTROL), command);
	if (command == CONTROL_UPGRADE)
		put_filled(p, F_URL, text_until(&in, ';'));
}

static void
read_body(struct parse *p, const struct message *m)
{
	struct cursor in = m->body;

	switch (m->id) {
	case REGISTER:
		read_register(p, m, in);
		break;
	case AUTHENTICATE:
		read_authenticate(p, m, in);
		break;
	case ATTRIBUTES:
		read_attributes(p, m, in);
		break;
	case SET_PARAMETERS:
		read_parameters(p, in);
		break;
	case CONTROL:
		read_control(p, in);
		break;
	case UPGRADE:		/* what is upgraded, maker, version, data */
		cur_skip(&in, 1 + (m->versioned ? (size_t)11 : 5));
		put_filled(p, F_UPGRADE, cur_sub(&in, cur_u8(&in)));
		break;
	case UPGRADED:
		cur_skip(&in, 1);
		if (cur_left(&in) != 0)
			parse_uint(p, ID(F_RESULT), cur_u8(&in));
		break;
	default:
		break;
	}
}

static void
put_message(struct parse *p, const struct message *m)
{
	static const char hex[] = "0123456789abcdef";
	const char number[] = { hex[m->id >> 12], hex[m->id >> 8 & 0xf], hex[m->id >> 4 & 0xf],
	    hex[m->id & 0xf] };
	const char *name = name_of(m->id);

	if (name != NULL)
		parse_text(p, ID(F_MESSAGE), name, strlen(name));
	else
		parse_text(p, ID(F_MESSAGE), number, sizeof(number));
	parse_uint(p, ID(F_VERSION), m->versioned ? 2019 : 2013);
	put_phone(p, m->phone);
	if ((m->attributes & ATTRIBUTE_ENCRYPTED) == 0)
		read_body(p, m);
}

/* --- parsing --- */

static enum parse_result
jt808_parse(struct parse *p, struct cursor *in)
{
	struct jt808_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		uint8_t octets[MESSAGE_MOST];
		struct cursor try = *in;
		struct message m;

		switch (read_frame(&try, octets, &m)) {
		case PARSE_MORE:	return p->datagram && !p->truncated ? PARSE_WRONG : PARSE_MORE;
		case PARSE_WRONG:	return PARSE_WRONG;
		case PARSE_DONE:	break;
		}
		/* terminals call, platforms answer */
		if ((m.id >= FROM_PLATFORM) == (p->dir == TO_SERVER))
			p->reversed = true;
		put_message(p, &m);
		*in = try;
		/* reports go on and on; what else there is, is worth being seen */
		st->news += m.id != 0x0200 && m.id != HEARTBEAT && m.id != 0x8001;
		if (st->news >= NEWS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser jt808_parser = {
	.name = "jt808", .spec = "JT/T 808-2019",
	.tcp = true, .udp = true, .begins = { { FLAG, FLAG } },
	.role = ROLE_TELEMETRY, .role_confidence = 80, .state_size = sizeof(struct jt808_state),
	.probe = jt808_probe, .parse = jt808_parse,
	.fields = jt808_fields, .n_fields = ARRAY_LEN(jt808_fields),
};
