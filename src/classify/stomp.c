/* SPDX-License-Identifier: Apache-2.0 */
/* stomp.c - STOMP 1.0 to 1.2: who connects to which broker, and which destinations are used. Bodies
 * are stepped over; the passcode is never read. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* A frame (STOMP 1.2): command, headers, an empty line, body, NUL; line feeds between frames. */
enum { HEAD_MOST = 4096, HEADERS_MAX = 64, BODY_MOST = INT32_MAX, FRAMES_ENOUGH = 48 };

enum { F_COMMAND, F_VERSION, F_HOST, F_LOGIN, F_SERVER, F_DESTINATION };

static const struct field stomp_fields[] = {
	[F_COMMAND] = { "stomp.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "CONNECT, SEND, SUBSCRIBE, MESSAGE ..." },
	[F_VERSION] = { "stomp.version", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "version that the server took" },
	[F_HOST] = { "stomp.host", FIELD_TEXT, MATCH_DOMAIN, 0, NULL,
	    "virtual host that the client asks for" },
	[F_LOGIN] = { "stomp.login", FIELD_TEXT, MATCH_NONE, FIELD_MAY_IDENTIFY, NULL,
	    "login of the client (the passcode is never read)" },
	[F_SERVER] = { "stomp.server", FIELD_TEXT, MATCH_NONE, 0, NULL, "software of the server" },
	[F_DESTINATION] = { "stomp.destination", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY | FIELD_MAY_IDENTIFY, NULL, "destinations of SEND, SUBSCRIBE and MESSAGE" },
};
#define ID(row) FIELD_ID(PARSER_stomp, row)

struct stomp_state {
	uint8_t frames;
	bool in_body[2];	/* by the flow key's end: up to a NUL */
};

static const struct {
	const char *name;
	uint8_t field;
} headers[] = {
	{ "version", F_VERSION }, { "host", F_HOST }, { "login", F_LOGIN },
	{ "server", F_SERVER }, { "destination", F_DESTINATION },
};

static const char *const commands[] = {
	"connect", "stomp", "connected", "send", "subscribe", "unsubscribe", "ack", "nack",
	"begin", "commit", "abort", "disconnect", "message", "receipt", "error",
};

static bool
is_command(struct cursor line)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (text_is(line, commands[i]))
			return true;
	return false;
}

/* A frame of connecting: its command on a line of its own, then headers that it must have. */
static enum probe_result
stomp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	static const char *const openings[] = { "CONNECT", "STOMP", "CONNECTED" };
	enum probe_result known = PROBE_NO;
	struct cursor line, name, value;
	size_t len = text_head(in);

	(void)p;
	for (size_t i = 0; i < ARRAY_LEN(openings) && known != PROBE_YES; i++) {
		struct cursor c = in;
		enum probe_result one = text_begins(c, openings[i]);

		if (one == PROBE_YES) {
			cur_skip(&c, strlen(openings[i]));
			one = cur_left(&c) == 0 ? PROBE_MORE : cur_peek(&c, 0) == '\n'
			    || cur_peek(&c, 0) == '\r' ? PROBE_YES : PROBE_NO;
		}
		known = one == PROBE_NO ? known : one;
	}
	if (known != PROBE_YES)
		return known;
	if (len == 0)
		return cur_left(&in) > HEAD_MOST ? PROBE_NO : PROBE_MORE;
	(void)text_line(&in, &line);
	while (text_line(&in, &line) && cur_left(&line) != 0) {
		if (!text_printable(line) || !text_header(line, &name, &value))
			return PROBE_NO;
		if (text_is(name, "accept-version") || text_is(name, "version") || on_port
		    || text_is(name, "passcode") || text_is(name, "heart-beat"))
			return PROBE_YES;
	}
	return PROBE_NO;
}

/* A frame's head; *body: content-length, UINT64_MAX: up to a NUL. */
static bool
read_head(struct parse *p, struct cursor head, uint64_t *body)
{
	struct cursor line, name, value;

	*body = UINT64_MAX;
	if (!text_line(&head, &line) || !is_command(line))
		return false;
	parse_cursor(p, ID(F_COMMAND), line);
	for (unsigned n = 0; n < HEADERS_MAX && text_line(&head, &line) && cur_left(&line) != 0; n++) {
		uint64_t length;

		if (!text_header(line, &name, &value))
			continue;
		if (text_is(name, "content-length") && text_number(value, BODY_MOST, &length))
			*body = length;
		for (size_t i = 0; i < ARRAY_LEN(headers); i++)
			if (text_is(name, headers[i].name) && text_printable(value))
				parse_cursor(p, ID(headers[i].field), value);
	}
	return true;
}

/* Up to the NUL; false when it has not come. */
static bool
step_over_body(struct cursor *in)
{
	size_t left = cur_left(in);
	struct cursor body = text_until(in, '\0');

	return cur_left(&body) + cur_left(in) + 1 == left;
}

static enum parse_result
stomp_parse(struct parse *p, struct cursor *in)
{
	struct stomp_state *st = p->state;
	bool *in_body = &st->in_body[flow_end_index(p->flow, p->dir)];

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		uint64_t body;
		size_t len;

		if (*in_body) {
			*in_body = !step_over_body(in);
			continue;
		}
		if (cur_peek(in, 0) == '\n' || cur_peek(in, 0) == '\r') {
			cur_skip(in, 1);
			continue;
		}
		len = text_head(*in);
		if (len == 0)
			return cur_left(in) > HEAD_MOST ? PARSE_WRONG : PARSE_MORE;
		if (!read_head(p, cur_sub(in, len), &body))
			return PARSE_WRONG;
		if (body == UINT64_MAX) {
			*in_body = true;
		} else {
			size_t have = cur_left(in) < body + 1 ? cur_left(in) : (size_t)body + 1;

			cur_skip(in, have);
			p->skip = body + 1 - have;
		}
		if (++st->frames >= FRAMES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser stomp_parser = {
	.name = "stomp", .spec = "STOMP 1.2",
	.tcp = true, .ports = { 61613 }, .begins = { { 'C', 'C' }, { 'S', 'S' } },
	.role = ROLE_TELEMETRY, .role_confidence = 50, .state_size = sizeof(struct stomp_state),
	.probe = stomp_probe, .parse = stomp_parse,
	.fields = stomp_fields, .n_fields = ARRAY_LEN(stomp_fields),
};
