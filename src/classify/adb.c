/* SPDX-License-Identifier: Apache-2.0 */
/* adb.c - the Android debug bridge over TCP: which device offers a shell, and what is run. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* A message (AOSP packages/modules/adb/protocol.txt), little endian:
 *
 *	| command 32 | arg0 32 | arg1 32 | data length 32 | data check 32 | magic 32 | data ...
 *
 * magic is the command with all bits turned. */
enum {
	HEADER_OCTETS = 24, DATA_MOST = 1 << 20, TEXT_MOST = 512,
	OPENS_ENOUGH = 8, MESSAGES_ENOUGH = 64,
};
#define COMMAND(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 \
    | (uint32_t)(d) << 24)
static const uint32_t CNXN = COMMAND('C', 'N', 'X', 'N'), OPEN = COMMAND('O', 'P', 'E', 'N');
static const uint32_t STLS = COMMAND('S', 'T', 'L', 'S');

enum { F_VERSION, F_BANNER, F_SERVICE };

static const struct field adb_fields[] = {
	[F_VERSION] = { "adb.version", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "protocol version of the first CNXN" },
	[F_BANNER] = { "adb.banner", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "what a side says it is: host::..., device::ro.product.name=..." },
	[F_SERVICE] = { "adb.service", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "service that is opened: shell:..., sync:, reboot: ..." },
};
#define ID(row) FIELD_ID(PARSER_adb, row)

struct adb_state {
	uint8_t opens, messages;
};

struct message {
	uint32_t command, arg0, length;
};

static bool
is_command(uint32_t command)
{
	static const char known[][4] = {
		{ 'S', 'Y', 'N', 'C' }, { 'C', 'N', 'X', 'N' }, { 'A', 'U', 'T', 'H' },
		{ 'O', 'P', 'E', 'N' }, { 'O', 'K', 'A', 'Y' }, { 'C', 'L', 'S', 'E' },
		{ 'W', 'R', 'T', 'E' }, { 'S', 'T', 'L', 'S' },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (command == COMMAND(known[i][0], known[i][1], known[i][2], known[i][3]))
			return true;
	return false;
}

static enum parse_result
read_header(struct cursor *in, struct message *m)
{
	uint32_t magic;

	m->command = cur_le32(in);
	if (!in->short_read && !is_command(m->command))
		return PARSE_WRONG;
	m->arg0 = cur_le32(in);
	cur_skip(in, 4);
	m->length = cur_le32(in);
	cur_skip(in, 4);
	magic = cur_le32(in);
	if (in->short_read)
		return PARSE_MORE;
	return magic == ~m->command && m->length <= DATA_MOST ? PARSE_DONE : PARSE_WRONG;
}

static enum probe_result
adb_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m;

	(void)p;
	(void)on_port;
	switch (read_header(&in, &m)) {
	case PARSE_DONE:	return PROBE_YES;
	case PARSE_MORE:	return PROBE_MORE;
	default:		return PROBE_NO;
	}
}

/* Text ends with a NUL or with the data. */
static void
put_data(struct parse *p, unsigned row, struct cursor data)
{
	struct cursor text = text_until(&data, '\0');

	if (text_printable(text))
		parse_cursor(p, ID(row), text);
}

static enum parse_result
adb_parse(struct parse *p, struct cursor *in)
{
	struct adb_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		struct message m = { 0 };
		size_t want, have;
		enum parse_result result = read_header(&try, &m);

		if (result != PARSE_DONE)
			return result;
		want = m.command != CNXN && m.command != OPEN ? 0
		    : m.length < TEXT_MOST ? m.length : TEXT_MOST;
		if (cur_left(&try) < want)
			return PARSE_MORE;
		if (m.command == CNXN) {
			parse_uint(p, ID(F_VERSION), m.arg0);
			put_data(p, F_BANNER, cur_sub(&try, want));
		} else if (m.command == OPEN) {
			put_data(p, F_SERVICE, cur_sub(&try, want));
			st->opens++;
		}
		have = cur_left(&try) < m.length - want ? cur_left(&try) : m.length - want;
		cur_skip(&try, have);
		p->skip = m.length - want - have;
		*in = try;
		if (m.command == STLS)
			p->reasons |= REASON_ENCRYPTED;
		if (m.command == STLS || st->opens >= OPENS_ENOUGH
		    || ++st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser adb_parser = {
	.name = "adb", .spec = "AOSP adb protocol.txt",
	.tcp = true, .ports = { 5555 },
	.begins = { { 'A', 'A' }, { 'C', 'C' }, { 'O', 'O' }, { 'S', 'S' }, { 'W', 'W' } },
	.role = ROLE_REMOTE_ACCESS, .role_confidence = 90, .state_size = sizeof(struct adb_state),
	.probe = adb_probe, .parse = adb_parse,
	.fields = adb_fields, .n_fields = ARRAY_LEN(adb_fields),
};
