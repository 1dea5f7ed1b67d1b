/* SPDX-License-Identifier: Apache-2.0 */
/* coap.c - CoAP over UDP (RFC 7252) with Observe (RFC 7641) and Block (RFC 7959), and over TCP
 * (RFC 8323): what is asked of which resource. What LwM2M means by it, lwm2m.c knows. */
#include <assert.h>
#include <string.h>

#include "coap.h"
#include "decimal.h"
#include "lwm2m.h"
#include "macros.h"
#include "parser.h"

/* Over UDP (RFC 7252, 3), then token, options, 0xff and payload:
 *
 *	| version 2 | type 2 | token length 4 | code 8 | message id 16 |
 *
 * Over TCP (RFC 8323, 3.2): | length 4 | token length 4 | [length] | code 8 |
 */
enum { VERSION_1 = 1, TOKEN_MAX = 8, PAYLOAD_MARKER = 0xff, UDP_HEADER_OCTETS = 4 };
enum message_type { TYPE_CON, TYPE_NON, TYPE_ACK, TYPE_RST };

/* Codes are class.detail: three bits and five. */
enum {
	CODE_EMPTY = 0x00, CODE_CSM = 0xe1,	/* 7.01 */
	CLASS_REQUEST = 0, CLASS_SIGNAL = 7,
};

enum option_number {
	OPTION_URI_HOST = 3, OPTION_OBSERVE = 6, OPTION_LOCATION_PATH = 8, OPTION_URI_PATH = 11,
	OPTION_CONTENT_FORMAT = 12, OPTION_URI_QUERY = 15, OPTION_ACCEPT = 17, OPTION_BLOCK2 = 23,
	OPTION_BLOCK1 = 27, OPTION_PROXY_URI = 35
};
enum { CSM_MAX_MESSAGE_SIZE = 2, CSM_BLOCK_WISE = 4 };	/* RFC 8323, 5.3 */

enum {
	PATH_MAX_OCTETS = 512,	/* of a joined path */
	STREAM_MESSAGE_MAX = 1024,	/* of a message over TCP that is read; options come first */
	STREAM_PROBE_MAX = 64,
};

enum {
	F_CODE, F_REQUEST, F_PATH, F_QUERY, F_HOST, F_PROXY_URI, F_LOCATION, F_OBSERVE, F_BLOCK1,
	F_BLOCK2, F_FORMAT
};

static const struct field coap_fields[] = {
	[F_CODE] = { "coap.code", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "method (GET, POST ...) or response code (2.05)" },
	[F_REQUEST] = { "coap.request", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "request in one: method, space, slash and path" },
	[F_PATH] = { "coap.uri_path", FIELD_TEXT, MATCH_COAP_PATH, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "Uri-Path options joined by '/'" },
	[F_QUERY] = { "coap.uri_query", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "one Uri-Query option" },
	[F_HOST] = { "coap.uri_host", FIELD_TEXT, MATCH_DOMAIN, FIELD_MANY, "coap",
	    "Uri-Host option: host asked for" },
	[F_PROXY_URI] = { "coap.proxy_uri", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Proxy-Uri option: what a proxy is to fetch" },
	[F_LOCATION] = { "coap.location_path", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "Location-Path options joined by '/': what was created" },
	[F_OBSERVE] = { "coap.observe", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "Observe option of a request: 0 register, 1 deregister" },
	[F_BLOCK1] = { "coap.block1", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "first Block1 option (request body): number/more/octets" },
	[F_BLOCK2] = { "coap.block2", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "first Block2 option (response body): number/more/octets" },
	[F_FORMAT] = { "coap.content_format", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "Content-Format option" },
#define X(id, name, type, match, flags, help) [id] = { name, type, match, flags, NULL, help },
	LWM2M_FIELDS(X)
#undef X
};
#define ID(row) FIELD_ID(PARSER_coap, row)
static_assert((int)F_FORMAT == (int)LWM2M_BEFORE, "rows of LwM2M stand behind those of CoAP");

/* Options that are registered (CoAP Option Numbers), with the lengths they may have. */
static const struct {
	uint16_t number, least, most;
	bool text;
} known_options[] = {
	{ 1, 0, 8, false },			/* If-Match */
	{ OPTION_URI_HOST, 1, 255, true },
	{ 4, 1, 8, false },			/* ETag */
	{ 5, 0, 0, false },			/* If-None-Match */
	{ OPTION_OBSERVE, 0, 3, false },
	{ 7, 0, 2, false },			/* Uri-Port */
	{ OPTION_LOCATION_PATH, 0, 255, true },
	{ 9, 0, 255, false },			/* OSCORE, RFC 8613 */
	{ OPTION_URI_PATH, 0, 255, true },
	{ OPTION_CONTENT_FORMAT, 0, 2, false },
	{ 14, 0, 4, false },			/* Max-Age */
	{ OPTION_URI_QUERY, 0, 255, true },
	{ 16, 1, 1, false },			/* Hop-Limit, RFC 8768 */
	{ OPTION_ACCEPT, 0, 2, false },
	{ 19, 0, 3, false },			/* Q-Block1, RFC 9177 */
	{ 20, 0, 255, true },			/* Location-Query */
	{ 21, 0, 0, false },			/* EDHOC, RFC 9668 */
	{ OPTION_BLOCK2, 0, 3, false },
	{ OPTION_BLOCK1, 0, 3, false },
	{ 28, 0, 4, false },			/* Size2 */
	{ 31, 0, 3, false },			/* Q-Block2 */
	{ OPTION_PROXY_URI, 1, 1034, true },
	{ 39, 1, 255, true },			/* Proxy-Scheme */
	{ 60, 0, 4, false },			/* Size1 */
	{ 252, 1, 40, false },			/* Echo, RFC 9175 */
	{ 258, 0, 1, false },			/* No-Response, RFC 7967 */
	{ 292, 0, 8, false },			/* Request-Tag, RFC 9175 */
	{ 2049, 2, 2, false }, { 2053, 2, 2, false },	/* OCF version */
};

/* --- options --- */

enum option_result { OPTION_IS, OPTION_END, OPTION_PAYLOAD, OPTION_BAD };

/* Option delta or length with its extension (RFC 7252, 3.1). False: reserved. */
static bool
read_extended(struct cursor *in, unsigned nibble, unsigned *value)
{
	*value = nibble;
	if (nibble == 13)
		*value = 13u + cur_u8(in);
	else if (nibble == 14)
		*value = 269u + cur_be16(in);
	return nibble != 15;
}

static enum option_result
next_option(struct cursor *in, unsigned *number, struct cursor *value)
{
	unsigned delta, len;
	uint8_t first;

	if (cur_left(in) == 0)
		return OPTION_END;
	first = cur_u8(in);
	if (first == PAYLOAD_MARKER)
		return OPTION_PAYLOAD;
	if (!read_extended(in, first >> 4, &delta) || !read_extended(in, first & 0xf, &len))
		return OPTION_BAD;
	*number += delta;
	*value = cur_sub(in, len);
	return in->short_read || *number > UINT16_MAX ? OPTION_BAD : OPTION_IS;
}

/* Text options are UTF-8 (RFC 7252, 3.2): checked as far as garbage never passes. */
static bool
is_text(struct cursor text)
{
	while (cur_left(&text) != 0) {
		uint8_t c = cur_u8(&text);
		unsigned more = c < 0x80 ? 0 : (c & 0xe0) == 0xc0 ? 1 : (c & 0xf0) == 0xe0 ? 2
		    : (c & 0xf8) == 0xf0 ? 3 : 4;

		if (c < 0x20 || c == 0x7f || more == 4)
			return false;
		for (; more > 0; more--)
			if ((cur_u8(&text) & 0xc0) != 0x80)
				return false;
	}
	return true;
}

static bool
option_known(unsigned number, struct cursor value)
{
	for (size_t i = 0; i < ARRAY_LEN(known_options); i++)
		if (known_options[i].number == number)
			return cur_left(&value) >= known_options[i].least &&
			    cur_left(&value) <= known_options[i].most &&
			    (!known_options[i].text || is_text(value));
	return false;
}

/* --- probing --- */

static bool
code_known(uint8_t code)
{
	unsigned class_ = code >> 5, detail = code & 0x1f;

	switch (class_) {
	case CLASS_REQUEST:	return detail <= 7;	/* RFC 8132: FETCH, PATCH, iPATCH */
	case 2:			return (detail >= 1 && detail <= 5) || detail == 31;
	case 4:
		return detail <= 9 || detail == 12 || detail == 13 || detail == 15 ||
		    detail == 22 || detail == 29;
	case 5:			return detail <= 8;
	default:		return false;
	}
}

/* Every option registered, of a legal length. Counts those that name a resource. */
static bool
options_sound(struct cursor in, bool cut, unsigned *names)
{
	unsigned number = 0;
	struct cursor value;

	*names = 0;
	for (;;) {
		switch (next_option(&in, &number, &value)) {
		case OPTION_IS:
			if (!option_known(number, value))
				return false;
			*names += (number == OPTION_URI_PATH || number == OPTION_URI_HOST) &&
			    cur_left(&value) > 1;
			break;
		case OPTION_END:
			return true;
		case OPTION_PAYLOAD:	/* a marker without payload is an error */
			return cur_left(&in) != 0 || cut;
		case OPTION_BAD:
			return cut && in.short_read;
		}
	}
}

static enum probe_result
probe_datagram(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t first = cur_u8(&in), code = cur_u8(&in);
	unsigned type = first >> 4 & 3, token = first & 0xf, names;

	cur_skip(&in, 2);		/* message id */
	if (in.short_read || first >> 6 != VERSION_1 || token > TOKEN_MAX || !code_known(code))
		return PROBE_NO;
	if (code == CODE_EMPTY)		/* ping, lone acknowledgement or reset */
		return on_port && token == 0 && cur_left(&in) == 0 && type != TYPE_NON
		    ? PROBE_YES : PROBE_NO;
	/* requests are not acknowledgements, and a reset is empty (RFC 7252, 4.2) */
	if (type == TYPE_RST || (code >> 5 == CLASS_REQUEST && type == TYPE_ACK))
		return PROBE_NO;
	cur_skip(&in, token);
	if (in.short_read || !options_sound(in, p->truncated, &names))
		return PROBE_NO;
	return on_port || (code >> 5 == CLASS_REQUEST && names != 0) ? PROBE_YES : PROBE_NO;
}

struct stream_head {
	uint32_t len;		/* octets of options and payload */
	uint8_t token, code;
};

/* False: more octets are needed. */
static bool
read_stream_head(struct cursor *in, struct stream_head *h)
{
	uint8_t first = cur_u8(in);

	h->token = first & 0xf;
	h->len = first >> 4;
	if (h->len == 13)		/* RFC 8323, 3.2 */
		h->len = 13u + cur_u8(in);
	else if (h->len == 14)
		h->len = 269u + cur_be16(in);
	else if (h->len == 15)
		h->len = cur_be32(in);	/* less 65805, which no message of ours comes near */
	if (first >> 4 == 15)
		h->len = h->len > UINT32_MAX - 65805 ? UINT32_MAX : h->len + 65805;
	h->code = cur_u8(in);
	return !in->short_read;
}

/* Options of a Capabilities and Settings message, and at least one of them. */
static bool
settings_sound(struct cursor in)
{
	unsigned number = 0, n = 0;
	struct cursor value;
	enum option_result result;

	while ((result = next_option(&in, &number, &value)) == OPTION_IS) {
		if (!(number == CSM_MAX_MESSAGE_SIZE && cur_left(&value) <= 4) &&
		    !(number == CSM_BLOCK_WISE && cur_left(&value) == 0))
			return false;
		n++;
	}
	return result == OPTION_END && n != 0;
}

/* Every connection begins with settings, on both sides (RFC 8323, 5.3). */
static enum probe_result
probe_stream(struct cursor in, bool on_port)
{
	struct stream_head h;

	if (!on_port || (cur_peek(&in, 0) & 0xf) > TOKEN_MAX)
		return PROBE_NO;
	if (!read_stream_head(&in, &h))
		return PROBE_MORE;
	if (h.code != CODE_CSM || h.len > STREAM_PROBE_MAX)
		return PROBE_NO;
	if (cur_left(&in) < (size_t)h.token + h.len)
		return PROBE_MORE;
	cur_skip(&in, h.token);
	return settings_sound(cur_sub(&in, h.len)) ? PROBE_YES : PROBE_NO;
}

static enum probe_result
coap_probe(const struct parse *p, struct cursor in, bool on_port)
{
	return p->datagram ? probe_datagram(p, in, on_port) : probe_stream(in, on_port);
}

/* --- fields --- */

/* A path in the making. */
struct joined {
	size_t len;
	char text[PATH_MAX_OCTETS];
};

static void
join(struct joined *path, struct cursor part)
{
	if (path->len != 0 && path->len < sizeof(path->text))
		path->text[path->len++] = '/';
	while (cur_left(&part) != 0 && path->len < sizeof(path->text))
		path->text[path->len++] = (char)cur_u8(&part);
}

/* Numbers in options: up to four octets, leading zeros left out (RFC 7252, 3.2). */
static uint32_t
option_uint(struct cursor value)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < 4 && cur_left(&value) != 0; i++)
		n = n << 8 | cur_u8(&value);
	return n;
}

/* RFC 7959, 2.2: number, more, size exponent. Exponent 7 over TCP: "BERT", multiples of 1024. */
static void
put_block(struct parse *p, unsigned row, uint32_t block)
{
	char text[2 * DECIMAL_MAX];
	size_t len = decimal_put(text, block >> 4);
	unsigned exponent = block & 7;

	text[len++] = '/';
	text[len++] = (block & 8) != 0 ? '1' : '0';
	text[len++] = '/';
	len += decimal_put(text + len, exponent == 7 ? 1024 : 16u << exponent);
	parse_text(p, ID(row), text, len);
}

static void
put_query(struct parse *p, struct coap_message *m, struct cursor value)
{
	parse_cursor(p, ID(F_QUERY), value);
	if (m->n_queries < COAP_QUERIES_MAX)
		m->query[m->n_queries++] = value;
}

/* A body in blocks: only the first one begins it (RFC 7959, 2.2). Block1 is of a request's body. */
static void
read_block(struct parse *p, struct coap_message *m, bool block1, uint32_t block)
{
	put_block(p, block1 ? F_BLOCK1 : F_BLOCK2, block);
	if (block1 == m->request && block >> 4 != 0)
		m->later_block = true;
	if (block1 == m->request && (block & 8) != 0)
		m->cut = true;
}

static void
put_option(struct parse *p, struct coap_message *m, unsigned number, struct cursor value)
{
	switch (number) {
	case OPTION_URI_HOST:
		parse_cursor(p, ID(F_HOST), value);
		break;
	case OPTION_OBSERVE:	/* in a notification it is a sequence number */
		m->has_observe = true;
		m->observe = option_uint(value);
		if (m->request)
			parse_uint(p, ID(F_OBSERVE), m->observe);
		break;
	case OPTION_CONTENT_FORMAT:
		m->format = option_uint(value);
		parse_uint(p, ID(F_FORMAT), m->format);
		break;
	case OPTION_ACCEPT:
		m->has_accept = true;
		m->accept = option_uint(value);
		break;
	case OPTION_URI_QUERY:
		put_query(p, m, value);
		break;
	case OPTION_BLOCK1:
	case OPTION_BLOCK2:
		read_block(p, m, number == OPTION_BLOCK1, option_uint(value));
		break;
	case OPTION_PROXY_URI:
		parse_cursor(p, ID(F_PROXY_URI), value);
		break;
	default:
		break;
	}
}

static size_t
code_text(char *text, uint8_t code)
{
	static const char *const methods[] = {
		"", "GET", "POST", "PUT", "DELETE", "FETCH", "PATCH", "iPATCH"
	};

	if (code >> 5 == CLASS_REQUEST && code < ARRAY_LEN(methods)) {
		memcpy(text, methods[code], strlen(methods[code]));
		return strlen(methods[code]);
	}
	text[0] = (char)('0' + (code >> 5));
	text[1] = '.';
	text[2] = (char)('0' + (code & 0x1f) / 10);
	text[3] = (char)('0' + (code & 0x1f) % 10);
	return 4;
}

static void
put_code(struct parse *p, uint8_t code, const struct joined *path)
{
	char text[8 + 2 + PATH_MAX_OCTETS];
	size_t len = code_text(text, code);

	parse_text(p, ID(F_CODE), text, len);
	if (code >> 5 != CLASS_REQUEST)
		return;
	if (path->len != 0)
		parse_text(p, ID(F_PATH), path->text, path->len);
	text[len++] = ' ';
	text[len++] = '/';
	memcpy(text + len, path->text, path->len);
	parse_text(p, ID(F_REQUEST), text, len + path->len);
}

/* Token, options and payload of a message. False when it is broken, rather than cut. */
static bool
read_message(struct parse *p, struct lwm2m_state *lwm2m, uint8_t code, unsigned token,
    struct cursor in, bool cut)
{
	struct coap_message m = {
		.code = code, .request = code >> 5 == CLASS_REQUEST, .cut = cut,
		.format = COAP_NO_FORMAT,
	};
	struct joined path, location;
	unsigned number = 0;
	struct cursor value;
	enum option_result result;

	path.len = 0;
	location.len = 0;
	m.token = cur_sub(&in, token);
	if (code == CODE_EMPTY || code >> 5 == CLASS_SIGNAL)
		return true;
	if (!code_known(code))
		return false;
	while ((result = next_option(&in, &number, &value)) == OPTION_IS) {
		if (number == OPTION_URI_PATH)
			join(&path, value);
		else if (number == OPTION_LOCATION_PATH)
			join(&location, value);
		else
			put_option(p, &m, number, value);
	}
	if (result == OPTION_BAD && !cut)
		return false;
	put_code(p, code, &path);
	if (location.len != 0)
		parse_text(p, ID(F_LOCATION), location.text, location.len);
	m.path = cursor_over(path.text, path.len);
	m.location = cursor_over(location.text, location.len);
	if (result == OPTION_PAYLOAD)
		m.payload = in;
	if (result != OPTION_BAD)
		lwm2m_message(p, lwm2m, &m);
	return true;
}

/* --- parsing --- */

static enum parse_result
parse_datagram(struct parse *p, struct cursor *in)
{
	uint8_t first = cur_u8(in), code = cur_u8(in);
	unsigned token = first & 0xf;

	cur_skip(in, 2);
	if (in->short_read)
		return p->truncated ? PARSE_MORE : PARSE_WRONG;
	if (first >> 6 != VERSION_1 || token > TOKEN_MAX ||
	    !read_message(p, p->state, code, token, *in, p->truncated))
		return PARSE_WRONG;
	/* Both ends may ask later on; an answer before anything was asked is telling. */
	p->reversed = p->dir == TO_SERVER && code >> 5 != CLASS_REQUEST &&
	    p->flow->pkts[TO_SERVER] + p->flow->pkts[TO_CLIENT] <= 1;
	cur_skip(in, cur_left(in));
	return PARSE_MORE;
}

static enum parse_result
parse_stream(struct parse *p, struct cursor *in)
{
	if (p->gap)
		return PARSE_DONE;	/* where the next message starts is lost */
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		struct stream_head h;
		uint64_t len, want;

		if (!read_stream_head(&try, &h))
			return PARSE_MORE;
		if (h.token > TOKEN_MAX)
			return PARSE_WRONG;
		len = (uint64_t)h.len + h.token;
		want = len < STREAM_MESSAGE_MAX ? len : STREAM_MESSAGE_MAX;
		if (cur_left(&try) < want)
			return PARSE_MORE;
		if (!read_message(p, p->state, h.code, h.token, cur_sub(&try, want), want < len))
			return PARSE_WRONG;
		len -= want;
		want = len < cur_left(&try) ? len : cur_left(&try);
		cur_skip(&try, want);
		p->skip = len - want;
		*in = try;
	}
	return PARSE_MORE;
}

static enum parse_result
coap_parse(struct parse *p, struct cursor *in)
{
	return p->datagram ? parse_datagram(p, in) : parse_stream(p, in);
}

/* Over WebSocket the frame says how long the message is, and the length field is 0. */
bool
coap_is_csm(struct cursor msg)
{
	uint8_t first = cur_u8(&msg);

	return first <= TOKEN_MAX && cur_u8(&msg) == CODE_CSM;
}

bool
coap_read_framed(struct parse *p, struct cursor msg)
{
	uint8_t first = cur_u8(&msg), code = cur_u8(&msg);
	struct lwm2m_state alone = { .seen = false };	/* answers are not joined to questions */

	return !msg.short_read && first <= TOKEN_MAX &&
	    read_message(p, &alone, code, first, msg, false);
}

const struct app_parser coap_parser = {
	.name = "coap", .spec = "RFC 7252",
	.tcp = true, .udp = true, .ports = { 5683 },
	.role = ROLE_TELEMETRY, .role_confidence = 60, .state_size = sizeof(struct lwm2m_state),
	.probe = coap_probe, .parse = coap_parse,
	.fields = coap_fields, .n_fields = ARRAY_LEN(coap_fields),
};
