/* SPDX-License-Identifier: Apache-2.0 */
/* websocket.c - WebSocket after its upgrade (RFC 6455): unframes and unmasks what is needed
 * to read MQTT or CoAP inside; anything else is left alone. */
#include <assert.h>
#include <string.h>

#include "coap.h"
#include "macros.h"
#include "mqtt.h"
#include "websocket.h"

/* Frame header (RFC 6455, 5.2), then 0, 2 or 8 octets of length and 0 or 4 of mask:
 *
 *	| FIN 1 | RSV 3 | opcode 4 | MASK 1 | length 7 |
 */
enum {
	FRAME_FIN = 0x80, FRAME_COMPRESSED = 0x40, FRAME_RESERVED = 0x30, FRAME_OPCODE = 0x0f,
	FRAME_MASKED = 0x80, FRAME_LENGTH = 0x7f, LENGTH_16 = 126, LENGTH_64 = 127,
	OPCODE_BINARY = 2, OPCODE_CLOSE = 8, OPCODE_PONG = 10,
};

enum {
	KEPT = 440,		/* octets of one MQTT packet or CoAP message, each direction */
	FRAMES_UNDECIDED = 16,	/* without knowing what is inside: then it is not for us */
	FRAMES_MAX = 256,
};

enum inside { INSIDE_UNKNOWN, INSIDE_MQTT, INSIDE_COAP };

struct side {
	uint64_t left;		/* payload octets of the frame that are to come */
	uint8_t mask[4];
	uint8_t masked_at;	/* which octet of the mask is next */
	uint8_t flags_opcode;	/* first octet of the frame */
	bool wanted;		/* payload is kept: a data frame */
	bool from_client;	/* only clients mask (RFC 6455, 5.1) */
	uint16_t len;		/* octets at kept */
	uint8_t kept[KEPT];
};

struct websocket_state {
	struct side side[2];
	struct mqtt_state mqtt;
	uint16_t frames;
	uint8_t inside;
};
static_assert(sizeof(struct websocket_state) <= PARSER_STATE_MAX, "WebSocket state too large");

static const struct field websocket_fields[] = {
	[WEBSOCKET_SUBPROTOCOL] = { "websocket.subprotocol", FIELD_TEXT, MATCH_NONE, FIELD_MANY,
	    NULL, "subprotocol that the server chose (Sec-WebSocket-Protocol)" },
};

/* Frames cannot be told from garbage without the upgrade before them. */
static enum probe_result
websocket_probe(const struct parse *p, struct cursor in, bool on_port)
{
	(void)p;
	(void)in;
	(void)on_port;
	return PROBE_NO;
}

/* PARSE_DONE: the header was read. */
static enum parse_result
read_frame_head(struct side *s, struct cursor *in)
{
	struct cursor try = *in;
	uint8_t first = cur_u8(&try), second = cur_u8(&try), opcode = first & FRAME_OPCODE;
	uint64_t len = second & FRAME_LENGTH;

	if (len == LENGTH_16)
		len = cur_be16(&try);
	else if (len == LENGTH_64)
		len = cur_be64(&try);
	memset(s->mask, 0, sizeof(s->mask));
	for (size_t i = 0; (second & FRAME_MASKED) != 0 && i < sizeof(s->mask); i++)
		s->mask[i] = cur_u8(&try);
	if (try.short_read)
		return PARSE_MORE;
	if ((first & FRAME_RESERVED) != 0 || len >> 63 != 0 || opcode > OPCODE_PONG ||
	    (opcode > OPCODE_BINARY && opcode < OPCODE_CLOSE) ||
	    (opcode >= OPCODE_CLOSE && (len > 125 || (first & FRAME_FIN) == 0)))
		return PARSE_WRONG;
	s->left = len;
	s->masked_at = 0;
	s->flags_opcode = first;
	s->from_client = (second & FRAME_MASKED) != 0;
	s->wanted = opcode <= OPCODE_BINARY;
	*in = try;
	return PARSE_DONE;
}

/* What is inside is told by the client's first octets. */
static enum parse_result
decide(struct websocket_state *st, const struct side *s)
{
	struct cursor data = cursor_over(s->kept, s->len);

	if (!s->from_client)
		return PARSE_MORE;
	switch (mqtt_probe_connect(data)) {
	case PROBE_YES:
		st->inside = INSIDE_MQTT;
		return PARSE_MORE;
	case PROBE_MORE:
		return PARSE_MORE;
	case PROBE_NO:
		break;
	}
	if (s->len < 2)
		return s->left == 0 ? PARSE_DONE : PARSE_MORE;
	if (!coap_is_csm(data))
		return PARSE_DONE;
	st->inside = INSIDE_COAP;
	return PARSE_MORE;
}

/* Take up to `n` payload octets into what is kept, unmasked. Returns how many. */
static size_t
keep(struct side *s, struct cursor *in, size_t n)
{
	size_t room = sizeof(s->kept) - s->len;

	if (n > room)
		n = room;
	for (size_t i = 0; i < n; i++)
		s->kept[s->len++] = cur_u8(in) ^ s->mask[s->masked_at++ & 3];
	s->left -= n;
	return n;
}

static void
pass_over(struct side *s, struct cursor *in, size_t n)
{
	cur_skip(in, n);
	s->left -= n;
	s->masked_at = (uint8_t)((s->masked_at + n) & 3);
}

/* Read what is kept as MQTT; packets cross frames as they like (MQTT 5.0, 6). */
static enum parse_result
read_mqtt(struct parse *p, struct websocket_state *st, struct side *s)
{
	struct cursor data = cursor_over(s->kept, s->len);
	enum parse_result result = mqtt_read(p, &st->mqtt, &data, sizeof(s->kept));
	uint32_t *drop = &st->mqtt.drop[flow_end_index(p->flow, p->dir)];
	size_t have = cur_left(&data) < *drop ? cur_left(&data) : *drop;

	cur_skip(&data, have);
	*drop -= (uint32_t)have;
	s->len = (uint16_t)cur_left(&data);
	memmove(s->kept, data.at, s->len);
	return result;
}

/* A CoAP message is one whole message of frames; what exceeds `kept` is left out. */
static enum parse_result
read_coap(struct parse *p, struct side *s, struct cursor *in, size_t have)
{
	size_t took = keep(s, in, have);

	pass_over(s, in, have - took);
	if (s->left != 0 || (s->flags_opcode & FRAME_FIN) == 0)
		return PARSE_MORE;
	took = s->len;
	s->len = 0;
	return took == sizeof(s->kept) || coap_read_framed(p, cursor_over(s->kept, took))
	    ? PARSE_MORE : PARSE_WRONG;
}

/* One stretch of payload: PARSE_MORE until the frame is through. */
static enum parse_result
read_payload(struct parse *p, struct websocket_state *st, struct side *s, struct cursor *in)
{
	size_t have = cur_left(in) < s->left ? cur_left(in) : (size_t)s->left;
	uint32_t *drop = &st->mqtt.drop[flow_end_index(p->flow, p->dir)];
	enum parse_result result = PARSE_MORE;

	if (!s->wanted || (st->inside == INSIDE_UNKNOWN && !s->from_client)) {
		pass_over(s, in, have);
		return PARSE_MORE;
	}
	if (st->inside == INSIDE_COAP)
		return read_coap(p, s, in, have);
	if (*drop != 0) {
		if (have > *drop)
			have = *drop;
		*drop -= (uint32_t)have;
		pass_over(s, in, have);
		return PARSE_MORE;
	}
	(void)keep(s, in, have);
	if (st->inside == INSIDE_UNKNOWN)
		result = decide(st, s);
	if (st->inside == INSIDE_MQTT)
		result = read_mqtt(p, st, s);
	else if (st->inside == INSIDE_COAP)
		result = read_coap(p, s, in, 0);
	return result;
}

static enum parse_result
begin_frame(struct websocket_state *st, struct side *s, struct cursor *in)
{
	enum parse_result result = read_frame_head(s, in);

	if (result != PARSE_DONE)
		return result;
	st->frames++;
	if (s->wanted && (s->flags_opcode & FRAME_COMPRESSED) != 0)
		return PARSE_DONE;	/* permessage-deflate (RFC 7692): not for us */
	if ((s->flags_opcode & FRAME_OPCODE) == OPCODE_CLOSE || st->frames > FRAMES_MAX ||
	    (st->inside == INSIDE_UNKNOWN && st->frames > FRAMES_UNDECIDED))
		return PARSE_DONE;
	return PARSE_MORE;
}

static enum parse_result
websocket_parse(struct parse *p, struct cursor *in)
{
	struct websocket_state *st = p->state;
	struct side *s = &st->side[flow_end_index(p->flow, p->dir)];

	if (p->gap)
		return PARSE_DONE;	/* where the next frame starts is lost */
	while (cur_left(in) != 0) {
		const uint8_t *before = in->at;
		enum parse_result result = s->left == 0 ? begin_frame(st, s, in)
		    : read_payload(p, st, s, in);

		if (result != PARSE_MORE)
			return result;
		if (in->at == before)
			break;
	}
	return PARSE_MORE;
}

const struct app_parser websocket_parser = {
	.name = "websocket", .spec = "RFC 6455",
	.tcp = true, .state_size = sizeof(struct websocket_state),
	.probe = websocket_probe, .parse = websocket_parse,
	.fields = websocket_fields, .n_fields = ARRAY_LEN(websocket_fields),
};
