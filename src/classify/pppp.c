/* SPDX-License-Identifier: Apache-2.0 */
/* pppp.c - PPPP of CS2 Network and its relatives (iLnkP2P ...): cameras that are reached through
 * rendezvous servers over UDP, by a UID. There is no public specification; types and lengths are as
 * clients of these cameras have them (github.com/DavidVentura/cam-reverse). Variants that scramble
 * the head are not read. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "parser.h"

/* | f1 | type 8 | length 16 | ... |; UID: | prefix, 8 octets | serial 32 | check, 8 octets |, the texts
 * filled with zeros */
enum {
	MAGIC = 0xf1, WORD_OCTETS = 8,
	SERIAL_MOST = 9999999, PREFIX_LEAST = 2, CHECK_LEAST = 4, ANY = 0xffff,
	DATA_MAGIC = 0xd1, DATAGRAMS_ENOUGH = 64,
};
enum type { LAN_SEARCH = 0x30, DATA = 0xd0, DATA_ANSWER = 0xd1 };

enum { F_MESSAGE, F_UID };

static const struct field pppp_fields[] = {
	[F_MESSAGE] = { "pppp.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "hello, login, request, punch, ready, relay, data, alive, close ..." },
	[F_UID] = { "pppp.uid", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "UID of the camera: prefix-serial-check; whoever has it can try to reach the camera" },
};
#define ID(row) FIELD_ID(PARSER_pppp, row)

struct pppp_state {
	uint8_t datagrams;
};

/* Types; `least` and `most` octets behind the head, and whether a UID comes first there. */
static const struct message {
	uint8_t type;
	bool uid;
	uint16_t least, most;
	const char *name;
} messages[] = {
	{ 0x00, false, 0, 0, "hello" }, { 0x01, false, 16, 16, "hello_answer" },
	{ 0x10, true, 40, 40, "login" }, { 0x11, false, 4, 4, "login_answer" },
	{ 0x12, true, 40, 48, "login" }, { 0x13, false, 4, 8, "login_answer" },
	{ 0x20, true, 36, 36, "request" }, { 0x21, false, 4, 4, "request_answer" },
	{ LAN_SEARCH, false, 0, 0, "lan_search" }, { 0x32, false, 0, 0, "lan_search" },
	{ 0x40, false, 16, 16, "punch_to" }, { 0x41, true, 20, 20, "punch" },
	{ 0x42, true, 20, 20, "ready" }, { 0x67, true, 20, 20, "relay_list" },
	{ 0x69, false, 4, 1024, "relay_list_answer" }, { 0x70, false, 0, 0, "relay_hello" },
	{ 0x71, false, 0, 0, "relay_hello_answer" }, { 0x72, false, 0, 0, "relay_port" },
	{ 0x73, false, 8, 8, "relay_port_answer" }, { 0x80, true, 20, 64, "relay_request" },
	{ 0x81, false, 4, 4, "relay_request_answer" }, { 0x82, true, 20, 64, "relay_to" },
	{ 0x83, true, 20, 64, "relay" }, { DATA, false, 4, ANY, "data" },
	{ DATA_ANSWER, false, 4, ANY, "data_answer" }, { 0xe0, false, 0, 0, "alive" },
	{ 0xe1, false, 0, 0, "alive_answer" }, { 0xf0, false, 0, 0, "close" },
};

/* Capital letters, then zeros. Returns how many letters, 0 when it is none. */
static size_t
word_len(struct cursor in, size_t least)
{
	size_t len = 0;

	while (len < cur_left(&in) && cur_peek(&in, len) >= 'A' && cur_peek(&in, len) <= 'Z')
		len++;
	for (size_t i = len; i < cur_left(&in); i++)
		if (cur_peek(&in, i) != 0)
			return 0;
	return len < least ? 0 : len;
}

struct uid {
	struct cursor prefix, check;
	uint32_t serial;
};

static bool
read_uid(struct cursor in, struct uid *u)
{
	size_t prefix, check;

	u->prefix = cur_sub(&in, WORD_OCTETS);
	u->serial = cur_be32(&in);
	u->check = cur_sub(&in, WORD_OCTETS);
	if (in.short_read || u->serial > SERIAL_MOST)
		return false;
	prefix = word_len(u->prefix, PREFIX_LEAST);
	check = word_len(u->check, CHECK_LEAST);
	u->prefix.end = u->prefix.at + prefix;
	u->check.end = u->check.at + check;
	return prefix != 0 && check != 0;
}

/* Stepped over the head. NULL: it is none. */
static const struct message *
read_head(struct cursor *in)
{
	uint8_t magic = cur_u8(in), type = cur_u8(in);
	uint16_t len = cur_be16(in);
	struct uid u;

	if (in->short_read || magic != MAGIC || len != cur_left(in))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		const struct message *m = &messages[i];

		if (m->type != type || len < m->least || len > m->most)
			continue;
		if (m->uid && !read_uid(*in, &u))
			return NULL;
		return (type == DATA || type == DATA_ANSWER) && cur_peek(in, 0) != DATA_MAGIC
		    ? NULL : m;
	}
	return NULL;
}

/* A UID is proof anywhere, a head only on the port. */
static enum probe_result
pppp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	const struct message *m = read_head(&in);

	(void)p;
	return m != NULL && (m->uid || on_port) ? PROBE_YES : PROBE_NO;
}

static void
put_uid(struct parse *p, const struct uid *u)
{
	char text[2 * WORD_OCTETS + 2 + DECIMAL_MAX], number[DECIMAL_MAX];
	size_t len = cur_left(&u->prefix), n = decimal_put(number, u->serial);

	memcpy(text, u->prefix.at, len);
	text[len++] = '-';
	for (size_t zeros = n; zeros < 6; zeros++)
		text[len++] = '0';
	memcpy(text + len, number, n);
	len += n;
	text[len++] = '-';
	memcpy(text + len, u->check.at, cur_left(&u->check));
	parse_text(p, ID(F_UID), text, len + cur_left(&u->check));
}

static enum parse_result
pppp_parse(struct parse *p, struct cursor *in)
{
	struct pppp_state *st = p->state;
	const struct message *m = read_head(in);
	struct uid u;

	if (m == NULL)
		return PARSE_WRONG;
	parse_text(p, ID(F_MESSAGE), m->name, strlen(m->name));
	if (m->uid && read_uid(*in, &u))
		put_uid(p, &u);
	cur_skip(in, cur_left(in));
	return ++st->datagrams >= DATAGRAMS_ENOUGH ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser pppp_parser = {
	.name = "pppp", .spec = "CS2 PPPP",
	.udp = true, .ports = { 32100, 32108 }, .begins = { { MAGIC, MAGIC } },
	.role = ROLE_REMOTE_ACCESS, .role_confidence = 80, .state_size = sizeof(struct pppp_state),
	.probe = pppp_probe, .parse = pppp_parse,
	.fields = pppp_fields, .n_fields = ARRAY_LEN(pppp_fields),
};
