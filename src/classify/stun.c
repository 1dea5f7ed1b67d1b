/* SPDX-License-Identifier: Apache-2.0 */
/* stun.c - STUN and TURN (RFC 8489, 8656; the older RFC 3489): who looks for its own address,
 * which one it is told, and through which server it talks to whom. */
#include <netinet/in.h>
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* | 00 | type 14 | length 16 | cookie 32 | transaction 96 | attributes (RFC 8489, 5) */
enum {
	HEADER_OCTETS = 20, COOKIE_OCTETS = 4, ATTRIBUTES_MAX = 32, LENGTH_MOST = 4096,
	CHANNEL_FROM = 0x40, CHANNEL_TO = 0x4f,	/* first octet of ChannelData (RFC 8656, 12) */
	MESSAGES_ENOUGH = 32,
};
static const uint32_t COOKIE = 0x2112a442;

enum { REQUEST, INDICATION, SUCCESS, FAILURE };	/* class: bits 4 and 8 of the type */
enum {	/* methods (IANA stun-parameters) */
	BINDING = 1, ALLOCATE = 3, REFRESH, SEND = 6, DATA, CREATE_PERMISSION, CHANNEL_BIND,
	CONNECT, CONNECTION_BIND, CONNECTION_ATTEMPT
};
enum {	/* attributes */
	MAPPED_ADDRESS = 1, USERNAME = 6, ERROR_CODE = 9, XOR_PEER_ADDRESS = 0x12, REALM = 0x14,
	XOR_RELAYED_ADDRESS = 0x16, XOR_MAPPED_ADDRESS = 0x20, SOFTWARE = 0x8022
};

enum { F_METHOD, F_MAPPED, F_RELAYED, F_PEER, F_USERNAME, F_REALM, F_SOFTWARE, F_ERROR };

static const struct field stun_fields[] = {
	[F_METHOD] = { "stun.method", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "binding, allocate, refresh, send, data, create_permission, channel_bind ..." },
	[F_MAPPED] = { "stun.mapped_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address that the server saw the request come from" },
	[F_RELAYED] = { "stun.relayed_address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address that the TURN server lent" },
	[F_PEER] = { "stun.peer_address", FIELD_IP, MATCH_ADDRESS, FIELD_MANY, NULL,
	    "peer that the client talks to through the TURN server" },
	[F_USERNAME] = { "stun.username", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY,
	    NULL, "USERNAME" },
	[F_REALM] = { "stun.realm", FIELD_TEXT, MATCH_DOMAIN, FIELD_MANY, NULL,
	    "REALM of the server: mostly its domain" },
	[F_SOFTWARE] = { "stun.software", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "SOFTWARE of either side" },
	[F_ERROR] = { "stun.error_code", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "ERROR-CODE: 300 to 699" },
};
#define ID(row) FIELD_ID(PARSER_stun, row)

static const char *const methods[] = {
	[BINDING] = "binding", [2] = "shared_secret", [ALLOCATE] = "allocate",
	[REFRESH] = "refresh", [SEND] = "send", [DATA] = "data",
	[CREATE_PERMISSION] = "create_permission", [CHANNEL_BIND] = "channel_bind",
	[CONNECT] = "connect", [CONNECTION_BIND] = "connection_bind",
	[CONNECTION_ATTEMPT] = "connection_attempt",
};

struct stun_state {
	uint8_t messages;
};

struct message {
	uint8_t method, class_;
	bool classic;			/* RFC 3489: no cookie */
	struct cursor transaction;	/* with the cookie: 16 octets */
	struct cursor attributes;
};

/* RFC 8489, 14: type, length, value, padded to four octets. */
static bool
take_attribute(struct cursor *in, uint16_t *type, struct cursor *value)
{
	size_t len;

	*type = cur_be16(in);
	len = cur_be16(in);
	*value = cur_sub(in, len);
	cur_skip(in, (4 - len % 4) % 4);
	return !in->short_read;
}

static bool
attributes_sound(struct cursor in)
{
	struct cursor value;
	uint16_t type;

	for (unsigned n = 0; n < ATTRIBUTES_MAX && cur_left(&in) != 0; n++)
		if (!take_attribute(&in, &type, &value))
			return false;
	return cur_left(&in) == 0;
}

/* PARSE_DONE: *m is filled and `in` stands behind the message. */
static enum parse_result
read_message(struct cursor *in, struct message *m)
{
	uint16_t type = cur_be16(in), len = cur_be16(in);
	struct cursor c;

	m->transaction = cur_sub(in, HEADER_OCTETS - 4);
	if (in->short_read)
		return cur_left(in) == 0 && type >> 14 == 0 ? PARSE_MORE : PARSE_WRONG;
	c = m->transaction;
	m->classic = cur_be32(&c) != COOKIE;
	m->method = (uint8_t)((type & 0x0f) | (type & 0xe0) >> 1);
	m->class_ = (uint8_t)((type >> 7 & 2) | (type >> 4 & 1));
	if (type >> 9 != 0 || m->method >= ARRAY_LEN(methods) || methods[m->method] == NULL
	    || len % 4 != 0 || len > LENGTH_MOST)
		return PARSE_WRONG;
	m->attributes = cur_sub(in, len);
	if (in->short_read)
		return PARSE_MORE;
	return attributes_sound(m->attributes) ? PARSE_DONE : PARSE_WRONG;
}

/* Without a cookie: a binding, whole, on the port, with an attribute of an address or none. */
static bool
classic_sound(const struct message *m)
{
	struct cursor in = m->attributes, value;
	uint16_t type = 0;

	if (m->method != BINDING || m->class_ == INDICATION)
		return false;
	if (cur_left(&in) == 0)
		return m->class_ == REQUEST;
	return take_attribute(&in, &type, &value) && (m->class_ == REQUEST ? type == 3
	    && cur_left(&value) == 4 && cur_u8(&value) == 0 && cur_u8(&value) == 0
	    : type == MAPPED_ADDRESS && cur_left(&value) == 8 && cur_be16(&value) == 1);
}

/* Over a stream: what there is of type, length and cookie, so that nobody waits for more in vain. */
static enum probe_result
begins_stream(struct cursor in)
{
	static const uint8_t cookie[COOKIE_OCTETS] = { 0x21, 0x12, 0xa4, 0x42 };

	if (cur_peek(&in, 0) > 1 || cur_peek(&in, 3) % 4 != 0)
		return PROBE_NO;
	cur_skip(&in, 4 < cur_left(&in) ? 4 : cur_left(&in));
	for (size_t i = 0; i < sizeof(cookie); i++)
		if (cur_left(&in) > i && cur_peek(&in, i) != cookie[i])
			return PROBE_NO;
	return cur_left(&in) >= sizeof(cookie) ? PROBE_YES : PROBE_MORE;
}

static enum probe_result
stun_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m = { 0 };

	if (!p->datagram && begins_stream(in) == PROBE_NO)
		return PROBE_NO;
	switch (read_message(&in, &m)) {
	case PARSE_WRONG:
		return PROBE_NO;
	case PARSE_MORE:
		return PROBE_MORE;
	case PARSE_DONE:
		break;
	}
	if (p->datagram && cur_left(&in) != 0)
		return PROBE_NO;
	if (m.classic)
		return on_port && p->datagram && classic_sound(&m) ? PROBE_YES : PROBE_NO;
	return PROBE_YES;
}

/* Family, port, address; the XOR ones with cookie and transaction (RFC 8489, 14.1, 14.2). */
static void
put_address(struct parse *p, unsigned row, struct cursor value, struct cursor mask)
{
	uint8_t octets[16] = { 0 };
	struct addr a;
	size_t len;

	cur_skip(&value, 1);
	len = cur_u8(&value) == 1 ? 4 : 16;
	cur_skip(&value, 2);
	if (cur_left(&value) != len) {
		p->malformed = true;
		return;
	}
	for (size_t i = 0; i < len; i++)
		octets[i] = cur_u8(&value) ^ cur_u8(&mask);
	a = len == 4 ? addr_from_ipv4(octets) : addr_from_ipv6(octets);
	parse_addr(p, ID(row), &a);
}

static void
put_text(struct parse *p, unsigned row, struct cursor text)
{
	while (cur_left(&text) != 0 && text.end[-1] == '\0')
		text.end--;
	if (text_printable(text))
		parse_cursor(p, ID(row), text);
}

static void
read_attributes(struct parse *p, const struct message *m)
{
	struct cursor in = m->attributes, value;
	uint16_t type;

	while (cur_left(&in) != 0 && take_attribute(&in, &type, &value)) {
		switch (type) {
		case MAPPED_ADDRESS:
			put_address(p, F_MAPPED, value, (struct cursor){ 0 });
			break;
		case XOR_MAPPED_ADDRESS:
			put_address(p, F_MAPPED, value, m->transaction);
			break;
		case XOR_RELAYED_ADDRESS:
			put_address(p, F_RELAYED, value, m->transaction);
			break;
		case XOR_PEER_ADDRESS:
			put_address(p, F_PEER, value, m->transaction);
			break;
		case USERNAME:
			put_text(p, F_USERNAME, value);
			break;
		case REALM:
			put_text(p, F_REALM, value);
			break;
		case SOFTWARE:
			put_text(p, F_SOFTWARE, value);
			break;
		case ERROR_CODE:	/* class in the low bits of the third octet, number */
			cur_skip(&value, 2);
			parse_uint(p, ID(F_ERROR), (cur_u8(&value) & 7) * 100u + cur_u8(&value));
			break;
		default:
			break;
		}
	}
}

/* Octets of ChannelData over a stream are stepped over, padding and all (RFC 8656, 12.5). */
static bool
step_over_channel(struct parse *p, struct cursor *in)
{
	struct cursor head = *in;
	size_t want, have;

	cur_skip(&head, 2);
	want = cur_be16(&head);
	if (head.short_read)
		return false;
	want = 4 + (want + 3) / 4 * 4;
	have = cur_left(in) < want ? cur_left(in) : want;
	cur_skip(in, have);
	p->skip = want - have;
	return true;
}

static enum parse_result
stun_parse(struct parse *p, struct cursor *in)
{
	struct stun_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct message m = { 0 };
		struct cursor try = *in;
		uint8_t first = cur_peek(in, 0);
		enum parse_result result;

		if (first > 3 && p->datagram) {	/* ChannelData, or media on the same ports */
			cur_skip(in, cur_left(in));
			break;
		}
		if (first >= CHANNEL_FROM && first <= CHANNEL_TO) {
			if (!step_over_channel(p, in))
				return PARSE_MORE;
			continue;
		}
		result = read_message(&try, &m);
		if (result != PARSE_DONE)
			return result == PARSE_MORE && p->datagram ? PARSE_WRONG : result;
		parse_text(p, ID(F_METHOD), methods[m.method], strlen(methods[m.method]));
		read_attributes(p, &m);
		p->reversed |= (m.class_ == SUCCESS || m.class_ == FAILURE) && p->dir == TO_SERVER
		    && p->flow->pkts[TO_CLIENT] == 0;
		*in = try;
		if (p->datagram)
			cur_skip(in, cur_left(in));
		if (++st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser stun_parser = {
	.name = "stun", .spec = "RFC 8489, 8656",
	.tcp = true, .udp = true, .ports = { 3478, 3479, 19302 }, .begins = { { 0, 1 } },
	.role = ROLE_SIGNALLING, .role_confidence = 60, .state_size = sizeof(struct stun_state),
	.probe = stun_probe, .parse = stun_parse,
	.fields = stun_fields, .n_fields = ARRAY_LEN(stun_fields),
};
