/* SPDX-License-Identifier: Apache-2.0 */
/* kalay.c - Kalay of ThroughTek (TUTK, IOTC): cameras that are reached through their maker's platform
 * over UDP, by a UID. There is no public specification; what is read here is what clients of these
 * cameras send (github.com/AlexxIT/go2rtc, pkg/tutk). Its scramble has no key, so it hides nothing. */
#include <string.h>

#include "macros.h"
#include "parser.h"

/* Scrambled in blocks of 16 octets: | 04 02 | version 8 | mode 8 | length 16 | sequence 16 | command 16 |
 * flags 16 | id 32 |, little endian; the length is that of what follows. Later firmware of some:
 *
 *	| 51 cc | 0 16 | command 16 | length 16 | 0 or ffff | 0 16 | ... |, the length without 12 octets */
enum {
	BLOCK = 16, MARKER_1 = 0x04, MARKER_2 = 0x02, VERSION_LEAST = 0x10, VERSION_MOST = 0x1f,
	MODE_MOST = 0x0f, NEW_MAGIC = 0xcc51, NEW_ANSWER = 0xffff,
	NEW_SEARCH = 0x1002, NEW_SEARCH_LENGTH = 40, NEW_DATA = 0x1502, NEW_DATA_LEAST = 36,
	UID_OCTETS = 20, DATAGRAMS_ENOUGH = 16,
};
enum command {
	SESSION = 0x0402, SESSION_ANSWER = 0x0404, DATA_UP = 0x0407, DATA_DOWN = 0x0408,
	ALIVE = 0x0427, ALIVE_ANSWER = 0x0428, SEARCH = 0x0601, SEARCH_ANSWER = 0x0602
};

enum { F_FRAMING, F_COMMAND, F_UID };

static const struct field kalay_fields[] = {
	[F_FRAMING] = { "kalay.framing", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "scrambled, or cc51 of later firmware" },
	[F_COMMAND] = { "kalay.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "search, search_answer, session, session_answer, data, alive" },
	[F_UID] = { "kalay.uid", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "UID of the device that is looked for: whoever has it can try to reach the device" },
};
#define ID(row) FIELD_ID(PARSER_kalay, row)

struct kalay_state {
	uint8_t datagrams;
};

static const struct {
	uint16_t command;
	uint8_t len;
	const char *name;
} commands[] = {
	{ SEARCH, 6, "search" }, { SEARCH_ANSWER, 13, "search_answer" }, { SESSION, 7, "session" },
	{ SESSION_ANSWER, 14, "session_answer" }, { DATA_UP, 4, "data" }, { DATA_DOWN, 4, "data" },
	{ ALIVE, 5, "alive" }, { ALIVE_ANSWER, 5, "alive" },
	{ NEW_SEARCH, 6, "search" }, { NEW_DATA, 4, "data" },
};

static uint32_t
turned(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

/* Four words little endian, each turned by its place, octets put in another order, mixed with the
 * text, and turned again. */
static void
turn_words(uint8_t block[static BLOCK], unsigned by)
{
	struct cursor in = cursor_over(block, BLOCK);

	for (unsigned i = 0; i < BLOCK; i += 4) {
		uint32_t x = turned(cur_le32(&in), i + by);

		for (unsigned k = 0; k < 4; k++)
			block[i + k] = (uint8_t)(x >> 8 * k);
	}
}

static bool
unscramble(struct cursor *in, uint8_t block[static BLOCK])
{
	static const char text[] = "Charlie is the designer of P2P!!";
	static const uint8_t order[BLOCK] = { 11, 9, 8, 15, 13, 10, 12, 14, 2, 1, 5, 0, 6, 4, 7, 3 };
	uint8_t turned_block[BLOCK];
	const uint8_t *at = cur_take(in, BLOCK);

	if (at == NULL)
		return false;
	memcpy(turned_block, at, BLOCK);
	turn_words(turned_block, 3);
	for (unsigned i = 0; i < BLOCK; i++)
		block[i] = turned_block[order[i]] ^ (uint8_t)text[i];
	turn_words(block, 1);
	return true;
}

/* 0: not scrambled, or not so. */
static uint16_t
scrambled_command(struct cursor in)
{
	uint8_t block[BLOCK];
	struct cursor head = cursor_over(block, BLOCK);
	uint8_t version, mode;
	uint16_t len;

	if (!unscramble(&in, block))
		return 0;
	if (cur_u8(&head) != MARKER_1 || cur_u8(&head) != MARKER_2)
		return 0;
	version = cur_u8(&head);
	mode = cur_u8(&head);
	len = cur_le16(&head);
	cur_skip(&head, 2);
	return version >= VERSION_LEAST && version <= VERSION_MOST && mode <= MODE_MOST
	    && len == cur_left(&in) ? cur_le16(&head) : 0;
}

static uint16_t
new_command(struct cursor in)
{
	uint16_t command, len, answer;

	if (cur_le16(&in) != NEW_MAGIC || cur_le16(&in) != 0)
		return 0;
	command = cur_le16(&in);
	len = cur_le16(&in);
	answer = cur_le16(&in);
	if (cur_le16(&in) != 0 || in.short_read || len != cur_left(&in)
	    || (answer != 0 && answer != NEW_ANSWER))
		return 0;
	if (command == NEW_SEARCH)
		return len == NEW_SEARCH_LENGTH ? command : 0;
	return command == NEW_DATA && len >= NEW_DATA_LEAST ? command : 0;
}

static int
find_command(struct cursor in, bool *scrambled)
{
	uint16_t command = new_command(in);

	*scrambled = command == 0;
	if (*scrambled)
		command = scrambled_command(in);
	for (size_t i = 0; i < ARRAY_LEN(commands) && command != 0; i++)
		if (commands[i].command == command)
			return (int)i;
	return -1;
}

/* Twenty letters and digits behind the head of what looks for a device. */
static void
put_uid(struct parse *p, struct cursor in)
{
	uint8_t octets[2 * BLOCK];

	cur_skip(&in, BLOCK);
	if (!unscramble(&in, octets) || !unscramble(&in, octets + BLOCK))
		return;
	for (unsigned i = 0; i < UID_OCTETS; i++)
		if (!(octets[i] >= '0' && octets[i] <= '9')
		    && !(octets[i] >= 'A' && octets[i] <= 'Z'))
			return;
	parse_text(p, ID(F_UID), octets, UID_OCTETS);
}

static enum probe_result
kalay_probe(const struct parse *p, struct cursor in, bool on_port)
{
	bool scrambled;

	(void)p;
	(void)on_port;		/* head, length and command: fifty bits */
	return find_command(in, &scrambled) >= 0 ? PROBE_YES : PROBE_NO;
}

static enum parse_result
kalay_parse(struct parse *p, struct cursor *in)
{
	struct kalay_state *st = p->state;
	bool scrambled;
	int which = find_command(*in, &scrambled);

	if (which < 0)	/* other commands, and what is in the maker's own words */
		return st->datagrams != 0 ? PARSE_MORE : PARSE_WRONG;
	parse_text(p, ID(F_FRAMING), scrambled ? "scrambled" : "cc51", scrambled ? 9 : 4);
	parse_text(p, ID(F_COMMAND), commands[which].name, commands[which].len);
	if (commands[which].command == SEARCH || commands[which].command == SESSION)
		put_uid(p, *in);
	cur_skip(in, cur_left(in));
	return ++st->datagrams >= DATAGRAMS_ENOUGH ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser kalay_parser = {
	.name = "kalay", .spec = "TUTK IOTC",
	.udp = true, .ports = { 32761 },
	.role = ROLE_REMOTE_ACCESS, .role_confidence = 80, .state_size = sizeof(struct kalay_state),
	.probe = kalay_probe, .parse = kalay_parse,
	.fields = kalay_fields, .n_fields = ARRAY_LEN(kalay_fields),
};
