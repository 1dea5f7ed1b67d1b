/* SPDX-License-Identifier: Apache-2.0 */
/* telnet.c - Telnet (RFC 854): what the server greets with, which terminal asks. What is typed
 * is never kept. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Commands (RFC 854, page 14): IAC, command, and an option for the four of negotiation;
 * IAC SB option ... IAC SE is a subnegotiation (RFC 855). */
enum {
	SE = 240, SB = 250, WILL = 251, DONT = 254, IAC = 255,
	OPTION_KNOWN = 49, OPTION_EXTENDED = 255,	/* IANA telnet-options */
	OPTION_TERMINAL = 24, TERMINAL_IS = 0,		/* RFC 1091 */
	SUB_MOST = 256, COMMANDS_CLAIM = 3, COMMANDS_CLAIM_ON_PORT = 1,
	BANNER_LINES = 4, OCTETS_ENOUGH = 2048,
};

enum { F_BANNER, F_TERMINAL };

static const struct field telnet_fields[] = {
	[F_BANNER] = { "telnet.banner", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "first lines that the server writes, and its first prompt" },
	[F_TERMINAL] = { "telnet.terminal_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "terminal that the client says it is (RFC 1091)" },
};
#define ID(row) FIELD_ID(PARSER_telnet, row)

struct telnet_state {
	uint32_t octets;	/* read of both sides */
	uint8_t lines;
};

static bool
is_negotiation(uint8_t command)
{
	return command >= WILL && command <= DONT;
}

/* Negotiations from the first octet on, all of known options. */
static enum probe_result
telnet_probe(const struct parse *p, struct cursor in, bool on_port)
{
	unsigned want = on_port ? COMMANDS_CLAIM_ON_PORT : COMMANDS_CLAIM;

	(void)p;
	for (unsigned n = 0; n < want; n++) {
		if (cur_left(&in) == 0)
			return PROBE_MORE;
		if (cur_u8(&in) != IAC)
			return PROBE_NO;
		if (cur_left(&in) < 2)
			return PROBE_MORE;
		if (!is_negotiation(cur_u8(&in)) || cur_u8(&in) > OPTION_KNOWN)
			return PROBE_NO;
	}
	/* One alone is three octets: what is behind it must be a command or text too. */
	if (cur_left(&in) == 0)
		return PROBE_YES;
	if (cur_peek(&in, 0) == IAC)
		return cur_left(&in) < 2 || cur_peek(&in, 1) >= SE ? PROBE_YES : PROBE_NO;
	for (unsigned i = 0; i < 8 && i < cur_left(&in); i++)
		if (cur_peek(&in, i) > 0x7e)
			return PROBE_NO;
	return PROBE_YES;
}

/* PARSE_DONE: stepped over one command. */
static enum parse_result
read_command(struct parse *p, struct cursor *in)
{
	struct cursor try = *in;
	uint8_t command, option;
	const uint8_t *start;

	cur_skip(&try, 1);
	command = cur_u8(&try);
	option = is_negotiation(command) || command == SB ? cur_u8(&try) : 0;
	if (try.short_read)
		return PARSE_MORE;
	if (command < SE)
		return PARSE_WRONG;
	if (command == SB) {
		struct cursor value = try;

		start = try.at;
		while (cur_left(&try) >= 2 && !(cur_peek(&try, 0) == IAC && cur_peek(&try, 1) == SE))
			cur_skip(&try, cur_peek(&try, 0) == IAC ? 2 : 1);
		if (cur_left(&try) < 2)
			return cur_left(&value) > SUB_MOST ? PARSE_WRONG : PARSE_MORE;
		value.end = try.at;
		if (option == OPTION_TERMINAL && cur_left(&value) > 1 && start[0] == TERMINAL_IS) {
			cur_skip(&value, 1);
			if (text_printable(value))
				parse_cursor(p, ID(F_TERMINAL), value);
		}
		cur_skip(&try, 2);
	}
	*in = try;
	return PARSE_DONE;
}

static bool
ends_text(uint8_t c)
{
	return c == IAC || c == '\n' || c == '\r' || c == '\0';
}

/* Text up to a line's end, a colon (a prompt has no other end) or the next command. False: more
 * is needed. */
static bool
read_text(struct parse *p, struct telnet_state *st, struct cursor *in)
{
	struct cursor text = *in;
	bool colon = false;
	size_t n = 0;

	while (n < cur_left(in) && n < SUB_MOST && !ends_text(in->at[n]) && !colon)
		colon = in->at[n++] == ':';
	if (n == cur_left(in) && p->dir == TO_CLIENT && st->lines < BANNER_LINES && n < SUB_MOST
	    && !colon)
		return false;
	text.end = text.at + n;
	text = text_trim(text);
	if (p->dir == TO_CLIENT && st->lines < BANNER_LINES && text_printable(text)) {
		parse_cursor(p, ID(F_BANNER), text);
		st->lines++;
	}
	cur_skip(in, n == 0 ? 1 : n);
	return true;
}

static enum parse_result
telnet_parse(struct parse *p, struct cursor *in)
{
	struct telnet_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		const uint8_t *before = in->at;

		if (cur_peek(in, 0) == IAC) {
			enum parse_result result = read_command(p, in);

			if (result != PARSE_DONE)
				return result;
		} else if (!read_text(p, st, in)) {
			return PARSE_MORE;
		}
		st->octets += (uint32_t)(in->at - before);
		if (st->octets > OCTETS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser telnet_parser = {
	.name = "telnet", .spec = "RFC 854",
	.tcp = true, .ports = { 23, 2323 }, .begins = { { IAC, IAC } },
	.role = ROLE_REMOTE_ACCESS, .role_confidence = 90,
	.state_size = sizeof(struct telnet_state),
	.probe = telnet_probe, .parse = telnet_parse,
	.fields = telnet_fields, .n_fields = ARRAY_LEN(telnet_fields),
};
