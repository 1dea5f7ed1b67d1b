/* SPDX-License-Identifier: Apache-2.0 */
/* http.c - HTTP/1.0 and 1.1 (RFC 9112): every request and response of a connection.
 *
 * Each direction is a row of messages: start line, header fields, body. Lines are read when
 * they are whole; bodies are stepped over by length or chunk by chunk and never kept. What a
 * response's body is depends on its request, so methods wait in a short queue. */
#include <assert.h>
#include <string.h>

#include "cwmp.h"
#include "macros.h"
#include "parser.h"
#include "websocket.h"

enum {
	LINE_MAX_OCTETS = 4096,	/* of a line that is read; the rest of it is dropped */
	LINES_MAX = 256,	/* header lines of one message */
	METHOD_MAX = 20,
	TARGET_MAX = 400,	/* kept of a request target and of a host, until the request is whole */
	HOST_MAX = 255,
	QUEUE_MAX = 16,		/* requests without their response yet */
};
#define SKIP_ALL (UINT64_C(1) << 40)	/* more than any connection carries */

enum {
	F_METHOD, F_HOST, F_PATH, F_REQUEST, F_USER_AGENT, F_REFERER, F_CONTENT_TYPE,
	F_CONTENT_LENGTH, F_STATUS, F_SERVER, F_LOCATION, F_UPGRADE
};

static const struct field http_fields[] = {
	[F_METHOD] = { "http.method", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "request method" },
	[F_HOST] = { "http.host", FIELD_TEXT, MATCH_DOMAIN, FIELD_MANY, "http",
	    "host asked for, without port: of the Host field or of an absolute target" },
	[F_PATH] = { "http.path", FIELD_TEXT, MATCH_URL_PATH, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "path and query of a request" },
	[F_REQUEST] = { "http.request", FIELD_TEXT, MATCH_URL, FIELD_MANY, NULL,
	    "request in one: method, space, host and path" },
	[F_USER_AGENT] = { "http.user_agent", FIELD_TEXT, MATCH_USER_AGENT,
	    FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "User-Agent of a request" },
	[F_REFERER] = { "http.referer", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Referer of a request" },
	[F_CONTENT_TYPE] = { "http.content_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Content-Type of a request or response" },
	[F_CONTENT_LENGTH] = { "http.content_length", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "octets a body was announced to have, of a request or response" },
	[F_STATUS] = { "http.status", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "status code of a response" },
	[F_SERVER] = { "http.server", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Server of a response" },
	[F_LOCATION] = { "http.location", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "where a response sends the client" },
	[F_UPGRADE] = { "http.upgrade", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "protocol that a response switches to" },
#define X(id, name, type, flags, help) [id] = { name, type, MATCH_NONE, flags, NULL, help },
	CWMP_FIELDS(X)
#undef X
};
#define ID(row) FIELD_ID(PARSER_http, row)
static_assert((int)F_UPGRADE == (int)CWMP_BEFORE, "rows of CWMP stand behind those of HTTP");

enum side_at {
	AT_START,	/* start line comes next; zeroed state is this */
	AT_HEADERS,
	AT_BODY,	/* `left` octets */
	AT_CHUNK_SIZE,
	AT_CHUNK_END,	/* the line end after a chunk's octets */
	AT_TRAILERS,
	AT_CLOSE,	/* body up to the end of the connection */
	AT_LOST,	/* octets are missing: waits for a start line at the head of a chunk */
};

enum {	/* struct side, flags */
	SIDE_RESPONSE = 1 << 0,
	SIDE_CHUNKED = 1 << 1,
	SIDE_CODED = 1 << 2,	/* Transfer-Encoding, but not ending in chunked */
	SIDE_LENGTH = 1 << 3,	/* `left` is from Content-Length */
	SIDE_WEBSOCKET = 1 << 4,
	SIDE_CHUNK = 1 << 5,	/* AT_BODY is one chunk of many */
	SIDE_DROP_LINE = 1 << 6,	/* the rest of a long line */
	SIDE_XML = 1 << 7,	/* the beginning of the body is to be shown */
};

enum method_kind { METHOD_OTHER, METHOD_HEAD, METHOD_CONNECT };

struct side {
	uint64_t left;
	uint8_t at;
	uint8_t flags;
	uint16_t lines;
	uint16_t status;
};

/* Sides are kept by the flow key's end, which stays when the direction is corrected. */
struct http_state {
	struct side side[2];
	uint8_t queue[QUEUE_MAX];	/* enum method_kind, a ring */
	uint8_t queue_first, queue_n;
	bool tunnel;			/* CONNECT was granted */
	uint8_t method_len, host_len;
	uint16_t target_len;
	char method[METHOD_MAX];	/* the request whose header is being read */
	char target[TARGET_MAX];
	char host[HOST_MAX];
};
static_assert(sizeof(struct http_state) <= PARSER_STATE_MAX, "HTTP state too large");

/* --- words --- */

static bool
word_is(struct cursor text, const char *lower)
{
	size_t len = strlen(lower);

	if (cur_left(&text) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = cur_u8(&text);

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c != (uint8_t)lower[i])
			return false;
	}
	return true;
}

static bool
starts_with(struct cursor text, const char *lower)
{
	size_t len = strlen(lower);

	return cur_left(&text) >= len && word_is(cur_sub(&text, len), lower);
}

static struct cursor
trimmed(struct cursor text)
{
	size_t len;

	while (cur_left(&text) != 0 && cur_peek(&text, 0) <= ' ')
		cur_skip(&text, 1);
	len = cur_left(&text);
	while (len != 0 && cur_peek(&text, len - 1) <= ' ')
		len--;
	return cur_sub(&text, len);
}

/* Is the word in a comma-separated list, in any case? *last: it is the list's last. */
static bool
list_has(struct cursor list, const char *lower, bool *last)
{
	bool found = false;

	*last = false;
	while (cur_left(&list) != 0) {
		struct cursor item = list;
		size_t len = 0;

		while (len < cur_left(&list) && cur_peek(&list, len) != ',')
			len++;
		item = cur_sub(&list, len);
		cur_skip(&list, cur_left(&list) != 0);
		item = trimmed(item);
		if (cur_left(&item) == 0)
			continue;
		*last = word_is(item, lower);
		found |= *last;
	}
	return found;
}

/* Split off what stands before the first `sep`, and step over `sep`. False without one. */
static bool
split(struct cursor *in, char sep, struct cursor *before)
{
	const uint8_t *at = cur_left(in) == 0 ? NULL : memchr(in->at, sep, cur_left(in));

	if (at == NULL)
		return false;
	*before = cur_sub(in, (size_t)(at - in->at));
	cur_skip(in, 1);
	return true;
}

/* --- start lines --- */

struct request_line {
	struct cursor method, target;
};

static bool
is_version(struct cursor text)
{
	return starts_with(text, "http/1.") && cur_left(&text) == 8 &&
	    cur_peek(&text, 7) >= '0' && cur_peek(&text, 7) <= '9';
}

/* method SP target SP HTTP/1.x; the target may not hold spaces, but some senders' do. */
static bool
read_request_line(struct cursor line, struct request_line *rl)
{
	struct cursor version;
	size_t len;

	if (!split(&line, ' ', &rl->method))
		return false;
	len = cur_left(&line);
	if (len < 10 || cur_left(&rl->method) == 0 || cur_left(&rl->method) > METHOD_MAX)
		return false;
	rl->target = cur_sub(&line, len - 9);
	if (cur_u8(&line) != ' ')
		return false;
	version = line;
	for (struct cursor m = rl->method; cur_left(&m) != 0;) {
		uint8_t c = cur_u8(&m);

		if (!((c >= 'A' && c <= 'Z') || c == '-' || c == '_'))
			return false;
	}
	return cur_peek(&rl->target, 0) > ' ' && is_version(version);
}

/* HTTP/1.x SP three digits [SP reason] */
static bool
read_status_line(struct cursor line, unsigned *status)
{
	struct cursor version = cur_sub(&line, cur_left(&line) < 8 ? 0 : 8);

	if (!is_version(version) || cur_u8(&line) != ' ')
		return false;
	*status = 0;
	for (int i = 0; i < 3; i++) {
		uint8_t digit = cur_u8(&line);

		if (digit < '0' || digit > '9')
			return false;
		*status = *status * 10 + (unsigned)(digit - '0');
	}
	return *status >= 100 && (cur_left(&line) == 0 || cur_peek(&line, 0) == ' ');
}

/* A line without its end, if the end is there. *cut: only LINE_MAX_OCTETS of a longer one. */
static bool
take_line(struct cursor *in, struct cursor *line, bool *cut)
{
	size_t look = cur_left(in) < LINE_MAX_OCTETS ? cur_left(in) : LINE_MAX_OCTETS;
	const uint8_t *lf = look == 0 ? NULL : memchr(in->at, '\n', look);

	*cut = lf == NULL;
	if (lf == NULL) {
		if (look < LINE_MAX_OCTETS)
			return false;
		*line = cur_sub(in, look);
		return true;
	}
	*line = cur_sub(in, (size_t)(lf - in->at));
	cur_skip(in, 1);
	if (cur_left(line) != 0 && cur_peek(line, cur_left(line) - 1) == '\r')
		*line = cur_sub(line, cur_left(line) - 1);
	return true;
}

/* Can these octets grow into a start line? Keeps other protocols from waiting for a LF. */
static bool
may_become_start(struct cursor in)
{
	static const char version[] = "HTTP/1.";
	size_t method = 0, same = 0;

	while (same < cur_left(&in) && same < sizeof(version) - 1 &&
	    cur_peek(&in, same) == (uint8_t)version[same])
		same++;
	if (same == cur_left(&in) || same == sizeof(version) - 1)
		return true;
	while ((cur_peek(&in, method) >= 'A' && cur_peek(&in, method) <= 'Z') ||
	    cur_peek(&in, method) == '-' || cur_peek(&in, method) == '_')
		method++;
	if (method == cur_left(&in))
		return method <= METHOD_MAX;
	if (method < 3 || method > METHOD_MAX || cur_peek(&in, method) != ' ')
		return false;
	for (size_t i = method + 1; i < cur_left(&in) && cur_peek(&in, i) != '\r' &&
	    cur_peek(&in, i) != '\n'; i++)
		if (cur_peek(&in, i) < ' ' || cur_peek(&in, i) == 0x7f)
			return false;
	return true;
}

static enum probe_result
http_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct request_line rl;
	struct cursor line;
	unsigned status;
	bool cut;

	(void)p;
	(void)on_port;		/* the version in the first line is proof enough anywhere */
	if (!may_become_start(in))
		return PROBE_NO;
	if (!take_line(&in, &line, &cut))
		return PROBE_MORE;
	if (cut)		/* a target longer than a line may be */
		return split(&line, ' ', &rl.method) && (cur_peek(&line, 0) == '/' ||
		    starts_with(line, "http://")) ? PROBE_YES : PROBE_NO;
	return read_request_line(line, &rl) || read_status_line(line, &status) ? PROBE_YES
	    : PROBE_NO;
}

/* --- requests --- */

static size_t
keep(char *to, size_t max, struct cursor from)
{
	size_t len = cur_left(&from) < max ? cur_left(&from) : max;

	if (len != 0)
		memcpy(to, from.at, len);
	return len;
}

/* host[:port] or [v6]:port -> host in lower case. Returns its length. */
static uint8_t
keep_host(char to[static HOST_MAX], struct cursor authority)
{
	struct cursor host = authority, user;
	size_t colon, len;

	while (split(&authority, '@', &user))
		host = authority;
	if (cur_peek(&host, 0) == '[') {
		struct cursor inside;

		cur_skip(&host, 1);
		if (split(&host, ']', &inside))
			host = inside;
	} else {
		for (colon = 0; colon < cur_left(&host) && cur_peek(&host, colon) != ':';)
			colon++;
		host = cur_sub(&host, colon);
	}
	len = keep(to, HOST_MAX, host);
	for (size_t i = 0; i < len; i++)
		if (to[i] >= 'A' && to[i] <= 'Z')
			to[i] |= 0x20;
	return (uint8_t)len;
}

static void
put_host(struct parse *p, const char *host, size_t len)
{
	if (len != 0)
		parse_text(p, ID(F_HOST), host, len);
}

/* The target in its four forms (RFC 9112, 3.2): path, absolute URI, authority, asterisk. */
static void
keep_target(struct parse *p, struct http_state *st, struct cursor target, bool is_connect)
{
	size_t slash = 0;

	st->host_len = 0;
	st->target_len = 0;
	if (is_connect) {
		st->host_len = keep_host(st->host, target);
		put_host(p, st->host, st->host_len);
		return;
	}
	if (starts_with(target, "http://") || starts_with(target, "https://")) {
		cur_skip(&target, starts_with(target, "https://") ? 8 : 7);
		while (slash < cur_left(&target) && cur_peek(&target, slash) != '/' &&
		    cur_peek(&target, slash) != '?')
			slash++;
		st->host_len = keep_host(st->host, cur_sub(&target, slash));
		put_host(p, st->host, st->host_len);
	}
	st->target_len = (uint16_t)keep(st->target, TARGET_MAX, target);
}

static void
begin_request(struct parse *p, struct http_state *st, const struct request_line *rl)
{
	enum method_kind kind = word_is(rl->method, "head") ? METHOD_HEAD
	    : word_is(rl->method, "connect") ? METHOD_CONNECT : METHOD_OTHER;

	st->method_len = (uint8_t)keep(st->method, METHOD_MAX, rl->method);
	keep_target(p, st, rl->target, kind == METHOD_CONNECT);
	if (st->queue_n < QUEUE_MAX)
		st->queue[(st->queue_first + st->queue_n++) % QUEUE_MAX] = (uint8_t)kind;
}

/* The header is whole: method, path, and all in one. */
static void
end_request(struct parse *p, const struct http_state *st)
{
	char text[METHOD_MAX + 1 + HOST_MAX + TARGET_MAX];
	size_t len = st->method_len;

	parse_text(p, ID(F_METHOD), st->method, st->method_len);
	if (st->target_len != 0)
		parse_text(p, ID(F_PATH), st->target, st->target_len);
	memcpy(text, st->method, len);
	text[len++] = ' ';
	memcpy(text + len, st->host, st->host_len);
	len += st->host_len;
	memcpy(text + len, st->target, st->target_len);
	len += st->target_len;
	parse_text(p, ID(F_REQUEST), text, len);
}

/* --- header fields --- */

static bool
read_number(struct cursor text, uint64_t *value)
{
	*value = 0;
	if (cur_left(&text) == 0 || cur_left(&text) > 15)
		return false;
	while (cur_left(&text) != 0) {
		uint8_t digit = cur_u8(&text);

		if (digit < '0' || digit > '9')
			return false;
		*value = *value * 10 + (uint64_t)(digit - '0');
	}
	return true;
}

/* An absolute target wins (RFC 9112, 3.2.2), but a Host that differs is told as well. */
static void
read_host(struct parse *p, struct http_state *st, struct cursor value)
{
	char host[HOST_MAX];
	uint8_t len = keep_host(host, value);

	put_host(p, host, len);
	if (st->host_len == 0) {
		memcpy(st->host, host, len);
		st->host_len = len;
	}
}

/* Fields that say where the message ends or that it is the last. */
static void
read_framing(struct parse *p, struct side *side, struct cursor name, struct cursor value)
{
	uint64_t length;
	bool last;

	if (word_is(name, "content-length")) {
		struct cursor first = value, rest = value;

		/* "5, 5" is tolerated (RFC 9110, 8.6) */
		if (split(&rest, ',', &first))
			first = trimmed(first);
		if (!read_number(first, &length))
			return;
		side->left = length;
		side->flags |= SIDE_LENGTH;
		parse_uint(p, ID(F_CONTENT_LENGTH), length);
	} else if (word_is(name, "transfer-encoding")) {
		(void)list_has(value, "chunked", &last);
		side->flags |= last ? SIDE_CHUNKED : SIDE_CODED;
	} else if (word_is(name, "upgrade") && list_has(value, "websocket", &last)) {
		side->flags |= SIDE_WEBSOCKET;
	}
}

static void
read_field(struct parse *p, struct http_state *st, struct side *side, struct cursor name,
    struct cursor value)
{
	static const struct {
		const char *name;
		uint8_t row;
		uint8_t of;	/* 0: request, SIDE_RESPONSE: response, 2: both */
	} kept[] = {
		{ "user-agent", F_USER_AGENT, 0 }, { "referer", F_REFERER, 0 },
		{ "content-type", F_CONTENT_TYPE, 2 }, { "server", F_SERVER, SIDE_RESPONSE },
		{ "location", F_LOCATION, SIDE_RESPONSE },
	};
	uint8_t response = side->flags & SIDE_RESPONSE;

	if (cur_left(&value) == 0)
		return;
	if (!response && word_is(name, "host")) {
		read_host(p, st, value);
		return;
	}
	if (word_is(name, "sec-websocket-protocol") && response) {
		parse_cursor(p, WEBSOCKET_SUBPROTOCOL_ID, value);
		return;
	}
	if (word_is(name, "upgrade") && response && side->status == 101)
		parse_cursor(p, ID(F_UPGRADE), value);
	if (word_is(name, "content-type") && (starts_with(value, "text/xml")
	    || starts_with(value, "application/soap+xml")))
		side->flags |= SIDE_XML;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if ((kept[i].of == 2 || kept[i].of == response) && word_is(name, kept[i].name)) {
			parse_cursor(p, ID(kept[i].row), value);
			return;
		}
	read_framing(p, side, name, value);
}

/* --- one message --- */

enum step {
	STEP_ON,	/* something was consumed or decided */
	STEP_WAIT,	/* more octets are needed */
	STEP_DONE,
	STEP_WRONG
};

static bool
start_message(struct parse *p, struct http_state *st, struct side *side, struct cursor line,
    bool cut)
{
	struct request_line rl;
	unsigned status = 0;

	*side = (struct side){ .at = AT_HEADERS, .flags = cut ? SIDE_DROP_LINE : 0 };
	if (cut) {
		if (!split(&line, ' ', &rl.method) || cur_left(&rl.method) > METHOD_MAX)
			return false;
		rl.target = line;
		begin_request(p, st, &rl);
		return true;
	}
	if (read_status_line(line, &status)) {
		side->flags |= SIDE_RESPONSE;
		side->status = (uint16_t)status;
		parse_uint(p, ID(F_STATUS), status);
		return true;
	}
	if (!read_request_line(line, &rl))
		return false;
	begin_request(p, st, &rl);
	return true;
}

/* Initiators ask and responders answer; when it is the other way round, say so. */
static void
check_direction(struct parse *p, const struct side *side)
{
	if (((side->flags & SIDE_RESPONSE) != 0) == (p->dir == TO_SERVER))
		p->reversed = true;
}

static enum step
step_start(struct parse *p, struct http_state *st, struct side *side, struct cursor *in)
{
	struct cursor line;
	bool cut;

	if (!take_line(in, &line, &cut))
		return STEP_WAIT;
	if (cur_left(&line) == 0)	/* RFC 9112, 2.2: empty lines before a message */
		return ++side->lines > LINES_MAX ? STEP_WRONG : STEP_ON;
	if (!start_message(p, st, side, line, cut))
		return STEP_WRONG;
	check_direction(p, side);
	return STEP_ON;
}

static enum method_kind
answered_method(struct http_state *st)
{
	enum method_kind kind = METHOD_OTHER;

	if (st->queue_n == 0)
		return kind;
	kind = (enum method_kind)st->queue[st->queue_first];
	st->queue_first = (st->queue_first + 1) % QUEUE_MAX;
	st->queue_n--;
	return kind;
}

/* What follows a response's header (RFC 9112, 6.3). */
static enum step
end_response(struct parse *p, struct http_state *st, struct side *side)
{
	enum method_kind kind;

	if (side->status == 101) {
		if ((side->flags & SIDE_WEBSOCKET) == 0)
			return STEP_DONE;	/* h2c, or what we have no parser for */
		p->next = PARSER_websocket;
		return STEP_DONE;
	}
	if (side->status < 200) {	/* the final response is still to come */
		side->at = AT_START;
		return STEP_ON;
	}
	kind = answered_method(st);
	if (kind == METHOD_CONNECT && side->status < 300) {
		st->tunnel = true;
		return STEP_ON;
	}
	if (kind == METHOD_HEAD || side->status == 204 || side->status == 304)
		side->at = AT_START;
	else if ((side->flags & SIDE_CHUNKED) != 0)
		side->at = AT_CHUNK_SIZE;
	else if ((side->flags & (SIDE_CODED | SIDE_LENGTH)) == SIDE_LENGTH)
		side->at = AT_BODY;
	else
		side->at = AT_CLOSE;
	return STEP_ON;
}

static enum step
end_headers(struct parse *p, struct http_state *st, struct side *side)
{
	if ((side->flags & SIDE_RESPONSE) != 0)
		return end_response(p, st, side);
	end_request(p, st);
	if ((side->flags & SIDE_CHUNKED) != 0)
		side->at = AT_CHUNK_SIZE;
	else if ((side->flags & SIDE_LENGTH) != 0)
		side->at = AT_BODY;
	else
		side->at = AT_START;
	return STEP_ON;
}

/* A header field with its continuation lines (RFC 9112, 5.2), which are only known to be over
 * when the octet after them is there. Lines are joined by spaces in `text`. */
static enum step
step_header(struct parse *p, struct http_state *st, struct side *side, struct cursor *in)
{
	uint8_t text[LINE_MAX_OCTETS];
	size_t len = 0;
	struct cursor try = *in, line, field, name;
	bool cut, folded;

	do {
		if (!take_line(&try, &line, &cut))
			return STEP_WAIT;
		if (len == 0 && cur_left(&line) == 0 && !cut) {
			*in = try;
			return end_headers(p, st, side);
		}
		if (!cut && cur_left(&try) == 0)
			return STEP_WAIT;
		folded = !cut && (cur_peek(&try, 0) == ' ' || cur_peek(&try, 0) == '\t');
		if (folded || len != 0) {
			len += keep((char *)text + len, sizeof(text) - len, line);
			if (len < sizeof(text))
				text[len++] = ' ';
		}
	} while (folded && (size_t)(try.at - in->at) < LINE_MAX_OCTETS);
	*in = try;
	if (cut)
		side->flags |= SIDE_DROP_LINE;
	if (++side->lines > LINES_MAX)
		return STEP_WRONG;
	field = len != 0 ? cursor_over(text, len) : line;
	if (split(&field, ':', &name))
		read_field(p, st, side, trimmed(name), trimmed(field));
	return STEP_ON;
}

/* The beginning of a body, or of its first chunk. False: more of it is to come. */
static bool
show_body(struct parse *p, struct side *side, struct cursor in)
{
	size_t want = side->left < CWMP_BODY_MOST ? (size_t)side->left : CWMP_BODY_MOST;

	if (cur_left(&in) < want)
		return false;
	cwmp_body(p, cur_sub(&in, want));
	side->flags &= (uint8_t)~SIDE_XML;
	return true;
}

/* Step over body octets, those to come as well. */
static enum step
step_body(struct parse *p, struct side *side, struct cursor *in)
{
	size_t have = cur_left(in) < side->left ? cur_left(in) : (size_t)side->left;

	if ((side->flags & SIDE_XML) != 0 && !show_body(p, side, *in))
		return STEP_WAIT;
	cur_skip(in, have);
	p->skip = side->left - have;
	side->left = 0;
	if ((side->flags & SIDE_CHUNK) != 0) {
		side->flags &= (uint8_t)~SIDE_CHUNK;
		side->at = AT_CHUNK_END;
	} else {
		side->at = AT_START;
	}
	return p->skip != 0 ? STEP_WAIT : STEP_ON;
}

/* chunk-size [ext] CRLF (RFC 9112, 7.1) */
static enum step
step_chunk_size(struct side *side, struct cursor *in)
{
	struct cursor line;
	unsigned digits = 0;
	bool cut;

	if (!take_line(in, &line, &cut))
		return STEP_WAIT;
	side->left = 0;
	for (;; digits++) {
		uint8_t c = cur_peek(&line, digits) | 0x20;

		if (c >= '0' && c <= '9')
			side->left = side->left << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			side->left = side->left << 4 | (uint64_t)(c - 'a' + 10);
		else
			break;
	}
	if (digits == 0 || digits > 10)
		return STEP_WRONG;
	if (cut)
		side->flags |= SIDE_DROP_LINE;
	if (side->left == 0) {
		side->at = AT_TRAILERS;
		return STEP_ON;
	}
	side->flags |= SIDE_CHUNK;
	side->at = AT_BODY;
	return STEP_ON;
}

/* The line end after a chunk, or the trailer fields up to an empty line. */
static enum step
step_line(struct side *side, struct cursor *in)
{
	struct cursor line;
	bool cut, empty;

	if (!take_line(in, &line, &cut))
		return STEP_WAIT;
	empty = cur_left(&line) == 0 && !cut;
	if (side->at == AT_CHUNK_END) {
		side->at = AT_CHUNK_SIZE;
		return empty ? STEP_ON : STEP_WRONG;
	}
	if (empty)
		side->at = AT_START;
	else if (++side->lines > LINES_MAX)
		return STEP_WRONG;
	if (cut)
		side->flags |= SIDE_DROP_LINE;
	return STEP_ON;
}

static enum step
step_drop_line(struct side *side, struct cursor *in)
{
	const uint8_t *lf = cur_left(in) == 0 ? NULL : memchr(in->at, '\n', cur_left(in));

	if (lf == NULL) {
		cur_skip(in, cur_left(in));
		return STEP_WAIT;
	}
	cur_skip(in, (size_t)(lf - in->at) + 1);
	side->flags &= (uint8_t)~SIDE_DROP_LINE;
	return STEP_ON;
}

static enum step
step_lost(struct parse *p, struct side *side, struct cursor *in)
{
	if (http_probe(p, *in, false) == PROBE_YES) {
		*side = (struct side){ .at = AT_START };
		return STEP_ON;
	}
	cur_skip(in, cur_left(in));
	return STEP_WAIT;
}

static enum step
step(struct parse *p, struct http_state *st, struct side *side, struct cursor *in)
{
	if ((side->flags & SIDE_DROP_LINE) != 0)
		return step_drop_line(side, in);
	switch ((enum side_at)side->at) {
	case AT_START:		return step_start(p, st, side, in);
	case AT_HEADERS:	return step_header(p, st, side, in);
	case AT_BODY:		return step_body(p, side, in);
	case AT_CHUNK_SIZE:	return step_chunk_size(side, in);
	case AT_CHUNK_END:
	case AT_TRAILERS:	return step_line(side, in);
	case AT_LOST:		return step_lost(p, side, in);
	case AT_CLOSE:		break;
	}
	/* the last message this side sends; the other side has nothing to say after it */
	cur_skip(in, cur_left(in));
	p->skip = SKIP_ALL;
	return STEP_DONE;
}

/* --- a tunnel (CONNECT): whatever parser knows its first octets goes on --- */

static enum parse_result
parse_tunnel(struct parse *p, const struct cursor *in)
{
	bool more = false;

	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const struct app_parser *other = app_parser_at(id);

		if (id == PARSER_http || !other->tcp)
			continue;
		switch (other->probe(p, *in, false)) {
		case PROBE_YES:
			p->next = (enum parser_id)id;
			return PARSE_MORE;
		case PROBE_MORE:
			more = true;
			break;
		case PROBE_NO:
			break;
		}
	}
	return more ? PARSE_MORE : PARSE_DONE;
}

static enum parse_result
http_parse(struct parse *p, struct cursor *in)
{
	struct http_state *st = p->state;
	struct side *side = &st->side[flow_end_index(p->flow, p->dir)];

	if (p->gap)
		*side = (struct side){ .at = AT_LOST };
	while (cur_left(in) != 0) {
		if (st->tunnel)
			return parse_tunnel(p, in);
		switch (step(p, st, side, in)) {
		case STEP_ON:
			break;
		case STEP_WAIT:
			return PARSE_MORE;
		case STEP_DONE:
			return p->next != PARSER_NONE ? PARSE_MORE : PARSE_DONE;
		case STEP_WRONG:
			return PARSE_WRONG;
		}
	}
	return PARSE_MORE;
}

const struct app_parser http_parser = {
	.name = "http", .spec = "RFC 9112",
	.tcp = true, .ports = { 80, 8080, 8000, 8008, 8081, 8888, 3128 },
	.role = ROLE_UNKNOWN, .state_size = sizeof(struct http_state),
	.probe = http_probe, .parse = http_parse,
	.fields = http_fields, .n_fields = ARRAY_LEN(http_fields),
};
