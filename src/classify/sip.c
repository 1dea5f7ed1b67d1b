/* SPDX-License-Identifier: Apache-2.0 */
/* sip.c - SIP (RFC 3261), in clear: who registers and calls where, with which software, and where
 * the media is to go (SDP, RFC 8866). */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

enum {
	HEAD_MOST = 8192, HEADERS_MAX = 128, BODY_MOST = 4096, SDP_LINES_MAX = 64,
	LINE_MOST = 1024, MESSAGES_ENOUGH = 24,
};

enum {
	F_METHOD, F_STATUS, F_URI, F_FROM, F_TO, F_CALL_ID, F_AGENT, F_SERVER, F_MEDIA_ADDRESS,
	F_MEDIA_PORT
};

static const struct field sip_fields[] = {
	[F_METHOD] = { "sip.method", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "REGISTER, INVITE, MESSAGE ..." },
	[F_STATUS] = { "sip.status_code", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "status of the answers" },
	[F_URI] = { "sip.uri", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "Request-URI" },
	[F_FROM] = { "sip.from", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "URI in From, without its display name" },
	[F_TO] = { "sip.to", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "URI in To, without its display name" },
	[F_CALL_ID] = { "sip.call_id", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Call-ID: joins the flows of a call" },
	[F_AGENT] = { "sip.user_agent", FIELD_TEXT, MATCH_USER_AGENT, FIELD_MANY, NULL,
	    "User-Agent" },
	[F_SERVER] = { "sip.server", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "Server" },
	[F_MEDIA_ADDRESS] = { "sip.media_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address in the connection lines of SDP" },
	[F_MEDIA_PORT] = { "sip.media_port", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "ports in the media lines of SDP; 0 of a refused one left out" },
};
#define ID(row) FIELD_ID(PARSER_sip, row)

static const struct {
	const char *name, *compact;	/* lower case; RFC 3261, 7.3.3 */
	uint8_t field;
	bool uri;
} headers[] = {
	{ "from", "f", F_FROM, true }, { "to", "t", F_TO, true },
	{ "call-id", "i", F_CALL_ID, false }, { "user-agent", "user-agent", F_AGENT, false },
	{ "server", "server", F_SERVER, false },
};

/* Methods (IANA sip-parameters), each with the space behind it. */
static const char *const methods[] = {
	"ACK ", "BYE ", "CANCEL ", "INFO ", "INVITE ", "MESSAGE ", "NOTIFY ", "OPTIONS ",
	"PRACK ", "PUBLISH ", "REFER ", "REGISTER ", "SUBSCRIBE ", "UPDATE ",
};

struct sip_state {
	uint8_t messages;
};

/* "SIP/2.0 200" or "METHOD uri SIP/2.0". */
static enum probe_result
start_is(struct cursor in)
{
	enum probe_result known = text_begins(in, "SIP/2.0 ");
	struct cursor line;

	for (size_t i = 0; i < ARRAY_LEN(methods) && known == PROBE_NO; i++)
		known = text_begins(in, methods[i]);
	if (known != PROBE_YES)
		return known;
	if (!text_line(&in, &line))
		return cur_left(&in) > LINE_MOST ? PROBE_NO : PROBE_MORE;
	if (!text_printable(line) || cur_left(&line) < 12)
		return PROBE_NO;
	if (text_begins(line, "SIP/2.0 ") == PROBE_YES)
		return line.at[8] >= '1' && line.at[8] <= '6' ? PROBE_YES : PROBE_NO;
	line.at = line.end - 8;
	return text_begins(line, " SIP/2.0") == PROBE_YES ? PROBE_YES : PROBE_NO;
}

static enum probe_result
sip_probe(const struct parse *p, struct cursor in, bool on_port)
{
	enum probe_result result = start_is(in);

	(void)on_port;
	return result == PROBE_MORE && p->datagram ? PROBE_NO : result;
}

/* "Name" <sip:user@host;x>;tag=y, or sip:user@host;tag=y, whose parameters are the header's (RFC 3261,
 * 20.10). */
static struct cursor
uri_of(struct cursor value)
{
	struct cursor inner = value;

	(void)text_until(&inner, '<');
	if (cur_left(&inner) != 0)
		return text_trim(text_until(&inner, '>'));
	return text_trim(text_until(&value, ';'));
}

static void
read_start(struct parse *p, struct cursor line)
{
	struct cursor word = text_until(&line, ' ');
	uint64_t status;

	if (text_is(word, "sip/2.0")) {
		if (text_number(text_until(&line, ' '), 699, &status))
			parse_uint(p, ID(F_STATUS), status);
		return;
	}
	parse_cursor(p, ID(F_METHOD), word);
	text_put(p, ID(F_URI), text_until(&line, ' '));
}

/* c=IN IP4 192.0.2.1 and m=audio 49170 RTP/AVP 0 (RFC 8866, 5.7, 5.14). */
static void
read_sdp_line(struct parse *p, struct cursor line)
{
	uint8_t type = cur_u8(&line);
	char ip[ADDR_TEXT_MAX];
	struct cursor text;
	struct addr a;
	uint64_t port;

	if ((type != 'c' && type != 'm') || cur_u8(&line) != '=')
		return;
	(void)text_until(&line, ' ');
	if (type == 'm') {
		text = text_until(&line, ' ');
		if (text_number(text_until(&text, '/'), UINT16_MAX, &port) && port != 0)
			parse_uint(p, ID(F_MEDIA_PORT), port);
		return;
	}
	(void)text_until(&line, ' ');
	text = text_until(&line, '/');
	if (cur_left(&text) == 0 || cur_left(&text) >= sizeof(ip))
		return;
	memcpy(ip, text.at, cur_left(&text));
	ip[cur_left(&text)] = '\0';
	if (addr_parse(&a, ip) == 0)
		parse_addr(p, ID(F_MEDIA_ADDRESS), &a);
}

/* Headers; *body: what Content-Length says, and *sdp whether it is a session description. */
static void
read_headers(struct parse *p, struct cursor head, uint64_t *body, bool *sdp)
{
	struct cursor line, name, value;

	*body = 0;
	*sdp = false;
	for (unsigned n = 0; n < HEADERS_MAX && text_line(&head, &line) && cur_left(&line) != 0; n++) {
		if (!text_header(line, &name, &value) || cur_left(&value) == 0)
			continue;
		if (text_is(name, "content-length") || text_is(name, "l"))
			(void)text_number(value, INT32_MAX, body);
		else if (text_is(name, "content-type") || text_is(name, "c"))
			*sdp = text_has(value, "application/sdp");
		for (size_t i = 0; i < ARRAY_LEN(headers); i++)
			if (text_is(name, headers[i].name) || text_is(name, headers[i].compact))
				text_put(p, ID(headers[i].field),
				    headers[i].uri ? uri_of(value) : value);
	}
}

/* One message. PARSE_DONE: stepped over it. */
static enum parse_result
read_message(struct parse *p, struct cursor *in)
{
	size_t len = text_head(*in);
	struct cursor try = *in, head, line, sdp_body;
	uint64_t body, have;
	bool sdp;

	if (len == 0 && !p->datagram)
		return cur_left(in) > HEAD_MOST ? PARSE_WRONG : PARSE_MORE;
	head = cur_sub(&try, len == 0 ? cur_left(in) : len);
	if (start_is(head) != PROBE_YES)
		return PARSE_WRONG;
	(void)text_line(&head, &line);
	/* Fields are written when all of the message that is read is there, so that they are
	 * written once. */
	for (struct cursor c = head, l, name, value; text_line(&c, &l);)
		if (text_header(l, &name, &value) && (text_is(name, "content-length")
		    || text_is(name, "l")) && text_number(value, INT32_MAX, &body)
		    && !p->datagram && cur_left(&try) < (body < BODY_MOST ? body : BODY_MOST))
			return PARSE_MORE;
	read_start(p, line);
	read_headers(p, head, &body, &sdp);
	have = p->datagram || cur_left(&try) < body ? cur_left(&try) : body;
	sdp_body = cur_sub(&try, (size_t)have);
	for (unsigned n = 0; sdp && n < SDP_LINES_MAX && text_line(&sdp_body, &line); n++)
		read_sdp_line(p, line);
	p->skip = p->datagram ? 0 : body - have;
	*in = try;
	return PARSE_DONE;
}

static enum parse_result
sip_parse(struct parse *p, struct cursor *in)
{
	struct sip_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		enum parse_result result;

		/* Empty lines keep a way open (RFC 5626, 3.5.1; RFC 3261, 7.5); so do lone NULs. */
		if (cur_peek(in, 0) == '\r' || cur_peek(in, 0) == '\n' || cur_peek(in, 0) == '\0') {
			cur_skip(in, 1);
			continue;
		}
		result = read_message(p, in);
		if (result != PARSE_DONE)
			return result;
		if (++st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser sip_parser = {
	.name = "sip", .spec = "RFC 3261",
	.tcp = true, .udp = true, .ports = { 5060 }, .begins = { { 'A', 'U' } },
	.role = ROLE_SIGNALLING, .role_confidence = 80, .state_size = sizeof(struct sip_state),
	.probe = sip_probe, .parse = sip_parse,
	.fields = sip_fields, .n_fields = ARRAY_LEN(sip_fields),
};
