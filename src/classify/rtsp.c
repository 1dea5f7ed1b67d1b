/* SPDX-License-Identifier: Apache-2.0 */
/* rtsp.c - RTSP 1.0 and 2.0 (RFC 2326, 7826): who watches which camera, and where the pictures go.
 * Interleaved media is stepped over. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

enum {
	HEAD_MOST = 8192, HEADERS_MAX = 64, LINE_MOST = 1024, MESSAGES_ENOUGH = 32,
	INTERLEAVED = '$',		/* then channel and length (RFC 2326, 10.12) */
	INTERLEAVED_ENOUGH = 8,
};

enum { F_METHOD, F_STATUS, F_URL, F_AGENT, F_SERVER, F_TRANSPORT, F_PORT, F_REALM };

static const struct field rtsp_fields[] = {
	[F_METHOD] = { "rtsp.method", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "OPTIONS, DESCRIBE, SETUP, PLAY, ANNOUNCE, RECORD ..." },
	[F_STATUS] = { "rtsp.status", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "status of the answers" },
	[F_URL] = { "rtsp.url", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "what the requests are about" },
	[F_AGENT] = { "rtsp.user_agent", FIELD_TEXT, MATCH_USER_AGENT, 0, NULL, "User-Agent" },
	[F_SERVER] = { "rtsp.server", FIELD_TEXT, MATCH_NONE, 0, NULL, "Server" },
	[F_TRANSPORT] = { "rtsp.transport", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Transport: how the media is to go" },
	[F_PORT] = { "rtsp.media_port", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "first port of client_port and server_port in Transport" },
	[F_REALM] = { "rtsp.realm", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "WWW-Authenticate of the server: often its make" },
};
#define ID(row) FIELD_ID(PARSER_rtsp, row)

static const struct {
	const char *name;	/* lower case */
	uint8_t field;
} headers[] = {
	{ "user-agent", F_AGENT }, { "server", F_SERVER }, { "transport", F_TRANSPORT },
	{ "www-authenticate", F_REALM },
};

static const char *const methods[] = {
	"ANNOUNCE ", "DESCRIBE ", "GET_PARAMETER ", "OPTIONS ", "PAUSE ", "PLAY ", "PLAY_NOTIFY ",
	"RECORD ", "REDIRECT ", "SETUP ", "SET_PARAMETER ", "TEARDOWN ",
};

struct rtsp_state {
	uint8_t messages, interleaved;
};

static bool
version_sound(struct cursor text)
{
	return text_is(text, "rtsp/1.0") || text_is(text, "rtsp/2.0");
}

/* "RTSP/1.0 200 OK" or "METHOD url RTSP/1.0". */
static enum probe_result
start_is(struct cursor in)
{
	enum probe_result known = text_begins(in, "RTSP/");
	struct cursor line, word;

	for (size_t i = 0; i < ARRAY_LEN(methods) && known == PROBE_NO; i++)
		known = text_begins(in, methods[i]);
	if (known != PROBE_YES)
		return known;
	if (!text_line(&in, &line))
		return cur_left(&in) > LINE_MOST ? PROBE_NO : PROBE_MORE;
	if (!text_printable(line))
		return PROBE_NO;
	word = text_until(&line, ' ');
	if (version_sound(word))
		return PROBE_YES;
	(void)text_until(&line, ' ');
	return version_sound(text_trim(line)) ? PROBE_YES : PROBE_NO;
}

static enum probe_result
rtsp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	(void)p;
	(void)on_port;
	return start_is(in);
}

static void
read_start(struct parse *p, struct cursor line)
{
	struct cursor word = text_until(&line, ' ');
	uint64_t status;

	if (version_sound(word)) {
		if (text_number(text_until(&line, ' '), 599, &status))
			parse_uint(p, ID(F_STATUS), status);
		return;
	}
	parse_cursor(p, ID(F_METHOD), word);
	word = text_until(&line, ' ');
	if (!text_is(word, "*"))
		text_put(p, ID(F_URL), word);
}

/* RTP/AVP;unicast;client_port=3456-3457;server_port=5000-5001 */
static void
read_transport(struct parse *p, struct cursor value)
{
	while (cur_left(&value) != 0) {
		struct cursor part = text_trim(text_until(&value, ';'));
		struct cursor name = text_until(&part, '=');
		uint64_t port;

		if ((text_is(name, "client_port") || text_is(name, "server_port"))
		    && text_number(text_until(&part, '-'), UINT16_MAX, &port))
			parse_uint(p, ID(F_PORT), port);
	}
}

/* Basic realm="x", Digest realm="y", ... */
static void
read_realm(struct parse *p, struct cursor value)
{
	while (cur_left(&value) != 0 && text_begins(value, "realm=\"") != PROBE_YES)
		cur_skip(&value, 1);
	(void)text_until(&value, '"');
	text_put(p, ID(F_REALM), text_until(&value, '"'));
}

static void
read_header(struct parse *p, struct cursor name, struct cursor value)
{
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		if (!text_is(name, headers[i].name))
			continue;
		if (headers[i].field == F_REALM)
			read_realm(p, value);
		else
			text_put(p, ID(headers[i].field), value);
		if (headers[i].field == F_TRANSPORT)
			read_transport(p, value);
	}
}

/* One message. PARSE_DONE: stepped over it, p->skip what has not come of its body. */
static enum parse_result
read_message(struct parse *p, struct cursor *in)
{
	size_t len = text_head(*in), have;
	struct cursor head, line, name, value;
	uint64_t body = 0;

	if (len == 0)
		return cur_left(in) > HEAD_MOST ? PARSE_WRONG : PARSE_MORE;
	if (start_is(*in) != PROBE_YES)
		return PARSE_WRONG;
	head = cur_sub(in, len);
	(void)text_line(&head, &line);
	read_start(p, line);
	for (unsigned n = 0; n < HEADERS_MAX && text_line(&head, &line) && cur_left(&line) != 0; n++) {
		if (!text_header(line, &name, &value))
			continue;
		if (text_is(name, "content-length"))
			(void)text_number(value, INT32_MAX, &body);
		read_header(p, name, value);
	}
	have = cur_left(in) < body ? cur_left(in) : (size_t)body;
	cur_skip(in, have);
	p->skip = body - have;
	return PARSE_DONE;
}

static bool
step_over_media(struct parse *p, struct cursor *in)
{
	struct cursor head = *in;
	size_t want, have;

	cur_skip(&head, 2);
	want = 4u + cur_be16(&head);
	if (head.short_read)
		return false;
	have = cur_left(in) < want ? cur_left(in) : want;
	cur_skip(in, have);
	p->skip = want - have;
	return true;
}

static enum parse_result
rtsp_parse(struct parse *p, struct cursor *in)
{
	struct rtsp_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		if (cur_peek(in, 0) == INTERLEAVED) {
			if (!step_over_media(p, in))
				return PARSE_MORE;
			if (++st->interleaved >= INTERLEAVED_ENOUGH)
				return PARSE_DONE;
		} else if (cur_peek(in, 0) == '\r' || cur_peek(in, 0) == '\n') {
			cur_skip(in, 1);
		} else {
			enum parse_result result = read_message(p, in);

			if (result != PARSE_DONE)
				return result;
			if (++st->messages >= MESSAGES_ENOUGH)
				return PARSE_DONE;
		}
	}
	return PARSE_MORE;
}

const struct app_parser rtsp_parser = {
	.name = "rtsp", .spec = "RFC 2326, 7826",
	.tcp = true, .ports = { 554, 8554 }, .begins = { { 'A', 'T' } },
	.role = ROLE_MEDIA, .role_confidence = 80, .state_size = sizeof(struct rtsp_state),
	.probe = rtsp_probe, .parse = rtsp_parse,
	.fields = rtsp_fields, .n_fields = ARRAY_LEN(rtsp_fields),
};
