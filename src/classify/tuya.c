/* SPDX-License-Identifier: Apache-2.0 */
/* tuya.c - the local protocol of Tuya devices 3.1 to 3.5: announcements, control over TCP. Payloads
 * are encrypted with a key of the device, announcements with one that all share: those are read.
 * Spec: TuyaOpen (github.com/tuya/TuyaOpen), src/tuya_cloud_service/lan. */
#include <nettle/aes.h>
#include <string.h>

#include "crc.h"
#include "json_text.h"
#include "macros.h"
#include "parser.h"
#include "text.h"

/* 3.1 to 3.4: | 000055aa | sequence 32 | command 32 | length 32 | [return code 32] payload | CRC-32 |
 * | 0000aa55 |, where 3.4 has HMAC-SHA-256 instead of the CRC. The length counts what follows it.
 *
 * 3.5: | 00006699 | 0 16 | sequence 32 | command 32 | length 32 | nonce 12 octets | sealed | tag 16 octets |
 * | 00009966 |, of which the length counts nonce, sealed and tag. */
enum {
	START_OLD = 0x000055aa, STOP_OLD = 0x0000aa55, START_NEW = 0x00006699, STOP_NEW = 0x00009966,
	HEAD_OLD = 16, HEAD_NEW = 18, STOP_OCTETS = 4, SUM_OCTETS = 4, HMAC_OCTETS = 32,
	NEW_LEAST = 12 + 16, LENGTH_MOST = 4096,
	BLOCK = AES_BLOCK_SIZE, ANNOUNCEMENT_MOST = 512,
	COMMAND_MOST = 0x100, ANNOUNCEMENTS_ENOUGH = 4, FRAMES_ENOUGH = 64,
};
enum { COMMAND_ANNOUNCE = 0x00, COMMAND_ANNOUNCE_SEALED = 0x13 };

/* MD5 of the words "yGAdlopoPVldABfn", which is in every device and application. */
static const uint8_t announcement_key[AES128_KEY_SIZE] = {
	0x6c, 0x1e, 0xc8, 0xe2, 0xbb, 0x9b, 0xb5, 0x9a, 0xb5, 0x0b, 0x0d, 0xaf, 0x64, 0x9b, 0x41, 0x0a
};

enum { F_FRAMING, F_COMMAND, F_VERSION, F_DEVICE, F_PRODUCT, F_ADDRESS };

static const struct field tuya_fields[] = {
	[F_FRAMING] = { "tuya.framing", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "55aa (3.1 to 3.4) or 6699 (3.5)" },
	[F_COMMAND] = { "tuya.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "announce, control, query, status, heartbeat, session_key ..., or its number" },
	[F_VERSION] = { "tuya.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "protocol version that a device announces, or that stands before a payload" },
	[F_DEVICE] = { "tuya.device", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "device id that is announced (gwId)" },
	[F_PRODUCT] = { "tuya.product_key", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "product key that is announced: the kind of device" },
	[F_ADDRESS] = { "tuya.address", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "address that is announced" },
};
#define ID(row) FIELD_ID(PARSER_tuya, row)

struct tuya_state {
	uint8_t announcements, frames;
};

static const char *const commands[] = {
	[0x00] = "announce", [0x01] = "ap_config", [0x02] = "active", [0x03] = "session_key",
	[0x04] = "session_key", [0x05] = "session_key", [0x06] = "unbind", [0x07] = "control",
	[0x08] = "status", [0x09] = "heartbeat", [0x0a] = "query", [0x0b] = "query_wifi",
	[0x0c] = "token_bind", [0x0d] = "control", [0x0e] = "enable_wifi", [0x0f] = "wifi_info",
	[0x10] = "query", [0x11] = "scene_execute", [0x12] = "refresh", [0x13] = "announce",
	[0x14] = "ap_config", [0x23] = "announce", [0x25] = "search", [0x40] = "extended_stream",
};

struct message {
	bool old;
	uint32_t command;
	struct cursor payload;		/* with what stands before it */
};

/* --- frames --- */

static enum parse_result
read_old(struct cursor *in, struct message *m)
{
	const uint8_t *start = in->at;
	struct cursor body, covered;
	uint32_t len, sum;

	cur_skip(in, 8);
	m->old = true;
	m->command = cur_be32(in);
	len = cur_be32(in);
	if (in->short_read)
		return PARSE_MORE;
	if (m->command >= COMMAND_MOST || len < SUM_OCTETS + STOP_OCTETS || len > LENGTH_MOST)
		return PARSE_WRONG;
	body = cur_sub(in, len);
	if (in->short_read)
		return PARSE_MORE;
	m->payload = cur_sub(&body, len - SUM_OCTETS - STOP_OCTETS);
	covered = cursor_over(start, (size_t)(body.at - start));
	sum = cur_be32(&body);
	if (cur_be32(&body) != STOP_OLD)
		return PARSE_WRONG;
	if (sum == crc32_ieee(covered))
		return PARSE_DONE;
	/* 3.4: what cannot be checked must at least have room */
	if (cur_left(&m->payload) < HMAC_OCTETS - SUM_OCTETS)
		return PARSE_WRONG;
	m->payload.end -= HMAC_OCTETS - SUM_OCTETS;
	return cur_left(&m->payload) % BLOCK == 0 || cur_left(&m->payload) % BLOCK == 4
	    ? PARSE_DONE : PARSE_WRONG;
}

static enum parse_result
read_new(struct cursor *in, struct message *m)
{
	uint32_t len;

	cur_skip(in, 4);
	m->old = false;
	if (cur_be16(in) != 0 && !in->short_read)
		return PARSE_WRONG;
	cur_skip(in, 4);
	m->command = cur_be32(in);
	len = cur_be32(in);
	if (in->short_read)
		return PARSE_MORE;
	if (m->command >= COMMAND_MOST || len < NEW_LEAST || len > LENGTH_MOST)
		return PARSE_WRONG;
	m->payload = cur_sub(in, len);
	if (cur_be32(in) != STOP_NEW && !in->short_read)
		return PARSE_WRONG;
	return in->short_read ? PARSE_MORE : PARSE_DONE;
}

static enum parse_result
read_message(struct cursor *in, struct message *m)
{
	struct cursor look = *in;
	uint32_t start = cur_be32(&look);

	if (look.short_read)
		return PARSE_MORE;
	return start == START_OLD ? read_old(in, m) : start == START_NEW ? read_new(in, m)
	    : PARSE_WRONG;
}

static enum probe_result
tuya_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m;

	(void)on_port;		/* start and stop, length and mostly a sum: enough anywhere */
	switch (read_message(&in, &m)) {
	case PARSE_DONE:	return PROBE_YES;
	case PARSE_MORE:	return p->datagram ? PROBE_NO : PROBE_MORE;
	default:		return PROBE_NO;
	}
}

/* --- announcements --- */

static void
put_member(struct parse *p, unsigned row, struct cursor json, const char *quoted)
{
	struct cursor value;

	if (json_text_find(json, quoted, &value) && text_printable(value))
		parse_cursor(p, ID(row), value);
}

static void
read_announcement(struct parse *p, struct cursor json)
{
	if (cur_peek(&json, 0) != '{')
		return;
	put_member(p, F_VERSION, json, "\"version\"");
	put_member(p, F_DEVICE, json, "\"gwId\"");
	put_member(p, F_PRODUCT, json, "\"productKey\"");
	put_member(p, F_ADDRESS, json, "\"ip\"");
}

/* AES-128 in blocks of their own (ECB): the text begins as JSON or it is not read. */
static void
open_announcement(struct parse *p, struct cursor sealed)
{
	uint8_t plain[ANNOUNCEMENT_MOST];
	struct aes128_ctx aes;
	size_t len = cur_left(&sealed);

	if (len == 0 || len % BLOCK != 0 || len > sizeof(plain))
		return;
	aes128_set_decrypt_key(&aes, announcement_key);
	aes128_decrypt(&aes, len, plain, sealed.at);
	read_announcement(p, cursor_over(plain, len));
}

/* --- telling --- */

static void
put_command(struct parse *p, uint32_t command)
{
	static const char hex[] = "0123456789abcdef";
	const char number[] = { hex[command >> 4 & 0xf], hex[command & 0xf] };

	if (command < ARRAY_LEN(commands) && commands[command] != NULL)
		parse_text(p, ID(F_COMMAND), commands[command], strlen(commands[command]));
	else
		parse_text(p, ID(F_COMMAND), number, sizeof(number));
}

/* "3.3" and zeros before a payload, behind the return code of an answer. */
static void
read_version(struct parse *p, struct cursor payload)
{
	if (cur_peek(&payload, 0) == 0)
		cur_skip(&payload, 4);
	if (cur_left(&payload) >= 3 && cur_peek(&payload, 0) == '3'
	    && cur_peek(&payload, 1) == '.' && cur_peek(&payload, 2) >= '1'
	    && cur_peek(&payload, 2) <= '5')
		parse_cursor(p, ID(F_VERSION), cur_sub(&payload, 3));
}

static void
put_message(struct parse *p, struct tuya_state *st, const struct message *m)
{
	struct cursor payload = m->payload;

	parse_text(p, ID(F_FRAMING), m->old ? "55aa" : "6699", 4);
	put_command(p, m->command);
	st->frames++;
	if (!m->old)
		return;
	if (m->command != COMMAND_ANNOUNCE && m->command != COMMAND_ANNOUNCE_SEALED) {
		read_version(p, payload);
		return;
	}
	st->announcements++;
	if (cur_left(&payload) % BLOCK == 4 || cur_peek(&payload, 0) == 0)
		cur_skip(&payload, 4);		/* return code */
	if (m->command == COMMAND_ANNOUNCE)
		read_announcement(p, payload);
	else
		open_announcement(p, payload);
}

static enum parse_result
tuya_parse(struct parse *p, struct cursor *in)
{
	struct tuya_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		struct message m;
		enum parse_result result = read_message(&try, &m);

		if (result == PARSE_MORE && p->datagram)
			return p->truncated ? PARSE_MORE : PARSE_WRONG;
		if (result != PARSE_DONE)
			return result;
		put_message(p, st, &m);
		*in = try;
		if (st->announcements >= ANNOUNCEMENTS_ENOUGH || st->frames >= FRAMES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser tuya_parser = {
	.name = "tuya", .spec = "TuyaOpen LAN protocol",
	.tcp = true, .udp = true, .ports = { 6668, 6666, 6667, 7000 }, .begins = { { 0, 0 } },
	.role = ROLE_CONTROL, .role_confidence = 70, .state_size = sizeof(struct tuya_state),
	.probe = tuya_probe, .parse = tuya_parse,
	.fields = tuya_fields, .n_fields = ARRAY_LEN(tuya_fields),
};
