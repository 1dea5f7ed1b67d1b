/* SPDX-License-Identifier: Apache-2.0 */
/* queclink.c - Queclink's @Track air interface in text: trackers report with their IMEI, servers
 * command them. Spec: Queclink GL200 @Track Air Interface Protocol 5.01, clauses 2 and 3. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Fields between commas, from a head to '$':
 *
 *	+RESP:GTFRI,270100,135790246811220,GL200,...,20260302110000,11F4$	a report
 *	+BUFF:GTFRI,...	kept from before; +ACK:GTHBD,... an answer of the tracker
 *	+SACK:GTHBD,,11F0$	an answer of the server
 *	AT+GTUPD=gl200,...,0001$	a command with its password
 *
 * From the tracker: kind, protocol version (six digits hexadecimal), IMEI, device name. */
enum {
	KIND_OCTETS = 5, VERSION_OCTETS = 6, IMEI_OCTETS = 15,
	MESSAGE_MOST = 2048, COMMAND_ENOUGH = 64, KINDS_ENOUGH = 512,
};

enum { F_MESSAGE, F_VERSION, F_IMEI, F_NAME, F_COMMAND, F_URL };

static const struct field queclink_fields[] = {
	[F_MESSAGE] = { "queclink.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "head and kind of what a tracker says: RESP:GTFRI, ACK:GTHBD, BUFF:GTFRI" },
	[F_VERSION] = { "queclink.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "protocol version: device type, major, minor, two hexadecimal digits each" },
	[F_IMEI] = { "queclink.imei", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY | FIELD_MAY_IDENTIFY | FIELD_IMEI, NULL, "IMEI of the tracker" },
	[F_NAME] = { "queclink.name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "name that the tracker was given, at first its model" },
	[F_COMMAND] = { "queclink.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "kind of what a server commands: GTUPD updates the firmware, GTRTO restarts ..." },
	[F_URL] = { "queclink.url", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "address in a command, e.g. of firmware or configuration" },
};
#define ID(row) FIELD_ID(PARSER_queclink, row)

struct queclink_state {
	uint8_t commands;
	uint16_t messages;
};

enum head { HEAD_RESP, HEAD_BUFF, HEAD_ACK, HEAD_SACK, HEAD_COMMAND };
static const char *const heads[] = {
	[HEAD_RESP] = "+RESP:GT", [HEAD_BUFF] = "+BUFF:GT", [HEAD_ACK] = "+ACK:GT",
	[HEAD_SACK] = "+SACK:", [HEAD_COMMAND] = "AT+GT",
};

struct message {
	enum head head;
	struct cursor kind;	/* GTFRI, ... */
	struct cursor rest;	/* behind it and what ends it, without '$' */
};

/* --- reading --- */

static bool
all_of(struct cursor text, size_t len, const char *these)
{
	if (cur_left(&text) != len)
		return false;
	while (cur_left(&text) != 0)
		if (memchr(these, cur_u8(&text), strlen(these)) == NULL)
			return false;
	return true;
}

static enum probe_result
find_head(struct cursor in, enum head *head)
{
	enum probe_result best = PROBE_NO, result;

	for (unsigned i = 0; i < ARRAY_LEN(heads); i++) {
		result = text_begins(in, heads[i]);
		if (result == PROBE_YES) {
			*head = (enum head)i;
			return result;
		}
		if (result == PROBE_MORE)
			best = PROBE_MORE;
	}
	return best;
}

/* Up to '$', all of it printable. Line ends before a message are stepped over. */
static enum parse_result
read_message(struct cursor *in, struct message *m)
{
	const uint8_t *end;
	size_t look;
	struct cursor text;

	while (cur_peek(in, 0) == '\r' || cur_peek(in, 0) == '\n' || cur_peek(in, 0) == '\0') {
		if (cur_left(in) == 0)
			return PARSE_MORE;
		cur_skip(in, 1);
	}
	switch (find_head(*in, &m->head)) {
	case PROBE_NO:		return PARSE_WRONG;
	case PROBE_MORE:	return PARSE_MORE;
	case PROBE_YES:		break;
	}
	look = cur_left(in) < MESSAGE_MOST ? cur_left(in) : MESSAGE_MOST;
	end = memchr(in->at, '$', look);
	text = end == NULL ? *in : cur_sub(in, (size_t)(end - in->at));
	if (!text_printable(text))
		return PARSE_WRONG;
	if (end == NULL)
		return look < MESSAGE_MOST ? PARSE_MORE : PARSE_WRONG;
	cur_skip(in, 1);
	cur_skip(&text, m->head == HEAD_COMMAND ? 3 : strchr(heads[m->head], ':') - heads[m->head] + 1);
	m->kind = text_until(&text, m->head == HEAD_COMMAND ? '=' : ',');
	m->rest = text;
	return PARSE_DONE;
}

/* Is all there that a message of this head has? */
static bool
is_sound(const struct message *m)
{
	static const char hex[] = "0123456789ABCDEFabcdef";
	struct cursor rest = m->rest;

	if (m->head == HEAD_SACK)	/* GTHBD, or only a count */
		return cur_left(&m->kind) >= 4 && cur_left(&m->kind) <= KIND_OCTETS;
	if (cur_left(&m->kind) != KIND_OCTETS)
		return false;
	if (m->head == HEAD_COMMAND)
		return memchr(rest.at, ',', cur_left(&rest)) != NULL;
	return all_of(text_until(&rest, ','), VERSION_OCTETS, hex)
	    && all_of(text_until(&rest, ','), IMEI_OCTETS, "0123456789");
}

static enum probe_result
queclink_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m;

	(void)on_port;
	switch (read_message(&in, &m)) {
	case PARSE_DONE:	return m.head != HEAD_SACK && is_sound(&m) ? PROBE_YES : PROBE_NO;
	case PARSE_MORE:	return p->datagram ? PROBE_NO : PROBE_MORE;
	default:		return PROBE_NO;
	}
}

/* --- telling --- */

static void
put_report(struct parse *p, const struct message *m)
{
	char text[4 + 1 + KIND_OCTETS];
	size_t head = m->head == HEAD_ACK ? 3 : 4;
	struct cursor rest = m->rest;

	memcpy(text, heads[m->head] + 1, head);
	text[head] = ':';
	memcpy(text + head + 1, m->kind.at, KIND_OCTETS);
	parse_text(p, ID(F_MESSAGE), text, head + 1 + KIND_OCTETS);
	text_put(p, ID(F_VERSION), text_until(&rest, ','));
	text_put(p, ID(F_IMEI), text_until(&rest, ','));
	text_put(p, ID(F_NAME), text_until(&rest, ','));
}

/* The first parameter is the password: it is not told. */
static void
put_command(struct parse *p, const struct message *m)
{
	struct cursor rest = m->rest;

	parse_cursor(p, ID(F_COMMAND), m->kind);
	(void)text_until(&rest, ',');
	while (cur_left(&rest) != 0) {
		struct cursor value = text_until(&rest, ',');

		if (text_begins(value, "http://") == PROBE_YES
		    || text_begins(value, "https://") == PROBE_YES
		    || text_begins(value, "ftp://") == PROBE_YES)
			parse_cursor(p, ID(F_URL), value);
	}
}

static enum parse_result
queclink_parse(struct parse *p, struct cursor *in)
{
	struct queclink_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		struct message m;
		bool of_server;

		switch (read_message(&try, &m)) {
		case PARSE_MORE:
			return PARSE_MORE;
		case PARSE_WRONG:
			return PARSE_WRONG;
		case PARSE_DONE:
			break;
		}
		if (!is_sound(&m))
			return PARSE_WRONG;
		of_server = m.head == HEAD_SACK || m.head == HEAD_COMMAND;
		if (of_server == (p->dir == TO_SERVER))
			p->reversed = true;	/* trackers call */
		if (m.head == HEAD_COMMAND) {
			put_command(p, &m);
			st->commands++;
		} else if (m.head != HEAD_SACK) {
			put_report(p, &m);
		}
		*in = try;
		if (st->commands >= COMMAND_ENOUGH || ++st->messages >= KINDS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser queclink_parser = {
	.name = "queclink", .spec = "Queclink @Track 5.01",
	.tcp = true, .udp = true, .begins = { { '+', '+' }, { 'A', 'A' } },
	.role = ROLE_TELEMETRY, .role_confidence = 80, .state_size = sizeof(struct queclink_state),
	.probe = queclink_probe, .parse = queclink_parse,
	.fields = queclink_fields, .n_fields = ARRAY_LEN(queclink_fields),
};
