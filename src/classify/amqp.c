/* SPDX-License-Identifier: Apache-2.0 */
/* amqp.c - AMQP 0-9-1 and 1.0 over TCP: the protocol headers and the frames. A connection is claimed by
 * its header, so only from its beginning. */
#include <string.h>

#include "amqp.h"
#include "macros.h"

/* "AMQP", protocol id, major, minor, revision. 0-9-1: 0 0 9 1 (4.2.2); 1.0: id 0 AMQP, 2 TLS, 3 SASL,
 * then 1 0 0 (AMQP 1.0, 2.2); 0-10: 1 1 0 10. Frames:
 *
 *	0-9-1: | type 8 | channel 16 | size 32 | payload | 0xce | (4.2.3)
 *	1.0:   | size 32, all | offset 8, in words | type 8 | channel 16 | ... (2.3) */
enum {
	HEADER_OCTETS = 8, ID_AMQP = 0, ID_TLS = 2, ID_SASL = 3,
	FRAME0_OCTETS = 7, FRAME0_END = 0xce, METHOD = 1, HEARTBEAT = 8,
	FRAME1_OCTETS = 8, FRAME1_AMQP = 0, FRAME1_SASL = 1,
	READ_MOST = 2048, FRAME_MOST = 1 << 24, FRAMES_ENOUGH = 64,
};

static const struct field amqp_fields[] = {
	[AMQP_VERSION] = { "amqp.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "versions in the protocol headers: 0-9-1, 1.0" },
	[AMQP_PRODUCT] = { "amqp.product", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "product in the client's properties" },
	[AMQP_PLATFORM] = { "amqp.platform", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "platform in the client's properties" },
	[AMQP_SERVER] = { "amqp.server", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "product in the server's properties" },
	[AMQP_MECHANISM] = { "amqp.mechanism", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "SASL mechanism that the client takes (its answer is never read)" },
	[AMQP_HOST] = { "amqp.host", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "virtual host of 0-9-1, hostname of 1.0" },
	[AMQP_CONTAINER] = { "amqp.container", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY | FIELD_MAY_IDENTIFY, NULL, "container-id of 1.0" },
	[AMQP_NAME] = { "amqp.address", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "exchanges and queues of 0-9-1, addresses of links of 1.0" },
	[AMQP_ROUTING] = { "amqp.routing_key", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY | FIELD_MAY_IDENTIFY, NULL, "routing keys of 0-9-1" },
	[AMQP_COMMAND] = { "amqp.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "methods of 0-9-1, performatives of 1.0" },
};

struct amqp_state {
	uint8_t frames;
	bool one;		/* 1.0 */
	bool headed;		/* a protocol header was seen */
};

static enum probe_result
probe_header(struct cursor in)
{
	enum probe_result result = text_begins(in, "AMQP");
	uint8_t id, version[3];

	if (result != PROBE_YES)
		return result;
	cur_skip(&in, 4);
	id = cur_u8(&in);
	for (size_t i = 0; i < sizeof(version); i++)
		version[i] = cur_u8(&in);
	if (in.short_read)
		return PROBE_MORE;
	if (id == 0 && version[0] == 0 && version[1] == 9 && version[2] == 1)
		return PROBE_YES;
	if (id == 1 && version[0] == 1 && version[1] == 0 && version[2] == 10)
		return PROBE_YES;
	return (id == ID_AMQP || id == ID_TLS || id == ID_SASL) && version[0] == 1
	    && version[1] == 0 && version[2] == 0 ? PROBE_YES : PROBE_NO;
}

/* Both sides send a header, in 1.0 one for each layer. */
static enum parse_result
read_header(struct parse *p, struct amqp_state *st, struct cursor *in)
{
	uint8_t id = cur_peek(in, 4);

	switch (probe_header(*in)) {
	case PROBE_NO:		return PARSE_WRONG;
	case PROBE_MORE:	return PARSE_MORE;
	case PROBE_YES:		break;
	}
	if (id == 1) {	/* its frames are not read */
		parse_text(p, AMQP_ID(AMQP_VERSION), "0-10", 4);
		st->frames = FRAMES_ENOUGH;
		return PARSE_DONE;
	}
	st->headed = true;
	st->one = cur_peek(in, 5) == 1;
	cur_skip(in, HEADER_OCTETS);
	parse_text(p, AMQP_ID(AMQP_VERSION), st->one ? "1.0" : "0-9-1", st->one ? 3 : 5);
	if (id == ID_TLS && p->dir == TO_CLIENT)
		p->next = PARSER_tls;	/* the client's hello follows */
	return PARSE_DONE;
}

/* Octets of the frame that `in` begins with; 0 when its head is not whole, SIZE_MAX when it is
 * none. */
static size_t
frame_size(const struct amqp_state *st, struct cursor in)
{
	uint8_t type;
	size_t size;

	if (cur_left(&in) < FRAME0_OCTETS + 1u)
		return 0;
	if (st->one) {
		size = cur_be32(&in);
		return size < FRAME1_OCTETS || size > FRAME_MOST || cur_peek(&in, 0) < 2
		    || cur_peek(&in, 1) > FRAME1_SASL ? SIZE_MAX : size;
	}
	type = cur_u8(&in);
	cur_skip(&in, 2);
	size = cur_be32(&in);
	return type < METHOD || type > HEARTBEAT || size > FRAME_MOST ? SIZE_MAX
	    : FRAME0_OCTETS + size + 1;
}

/* A connection picked up after its headers: a whole first frame that says a method we know, or a
 * sign of life. Of 1.0 on its port only. */
static enum probe_result
probe_running(struct cursor in, bool on_port)
{
	struct amqp_state st = { .one = cur_peek(&in, 0) == 0 };
	size_t size = frame_size(&st, in);
	struct cursor c = in, frame = cur_sub(&c, size == SIZE_MAX ? 0 : size);

	if (size == SIZE_MAX || size > READ_MOST || (st.one && !on_port))
		return PROBE_NO;
	if (size == 0 || frame.short_read)
		return on_port ? PROBE_MORE : PROBE_NO;
	if (st.one) {
		if (cur_peek(&frame, 4) != 2)
			return PROBE_NO;
		cur_skip(&frame, FRAME1_OCTETS);
		return cur_left(&frame) == 0 || amqp1_is_body(frame) ? PROBE_YES : PROBE_NO;
	}
	if (frame.end[-1] != FRAME0_END)
		return PROBE_NO;
	if (cur_u8(&frame) == HEARTBEAT)
		return size == FRAME0_OCTETS + 1 && cur_be16(&frame) == 0 ? PROBE_YES : PROBE_NO;
	cur_skip(&frame, FRAME0_OCTETS - 1);
	return cur_peek(&in, 0) == METHOD && amqp0_is_method(frame) ? PROBE_YES : PROBE_NO;
}

static enum probe_result
amqp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	(void)p;
	return cur_peek(&in, 0) == 'A' ? probe_header(in) : probe_running(in, on_port);
}

static void
read_frame(struct parse *p, const struct amqp_state *st, struct cursor in)
{
	if (st->one) {
		size_t offset = cur_peek(&in, 4) * 4u;

		cur_skip(&in, offset);
		if (!in.short_read && cur_left(&in) != 0)
			amqp1_body(p, in);
		return;
	}
	if (cur_u8(&in) != METHOD)
		return;
	cur_skip(&in, FRAME0_OCTETS - 1);
	if (cur_left(&in) != 0 && in.end[-1] == FRAME0_END)
		in.end--;
	amqp0_method(p, in);
}

static enum parse_result
amqp_parse(struct parse *p, struct cursor *in)
{
	struct amqp_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		size_t size, want, have;

		if (cur_peek(in, 0) == 'A') {
			enum parse_result result = read_header(p, st, in);

			if (result != PARSE_DONE)
				return result;
			if (p->next != PARSER_NONE)
				return PARSE_MORE;
			if (st->frames >= FRAMES_ENOUGH)
				return PARSE_DONE;
			continue;
		}
		if (st->frames == 0 && !st->headed)
			st->one = cur_peek(in, 0) == 0;
		size = frame_size(st, *in);
		if (size == 0)
			return PARSE_MORE;
		if (size == SIZE_MAX)
			return PARSE_WRONG;
		want = size < READ_MOST ? size : READ_MOST;
		if (cur_left(in) < want)
			return PARSE_MORE;
		read_frame(p, st, cur_sub(in, want));
		have = cur_left(in) < size - want ? cur_left(in) : size - want;
		cur_skip(in, have);
		p->skip = size - want - have;
		if (++st->frames >= FRAMES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser amqp_parser = {
	.name = "amqp", .spec = "AMQP 0-9-1, ISO/IEC 19464 (1.0)",
	.tcp = true, .ports = { 5672 }, .begins = { { 'A', 'A' }, { 0, METHOD }, { HEARTBEAT, HEARTBEAT } },
	.role = ROLE_TELEMETRY, .role_confidence = 60, .state_size = sizeof(struct amqp_state),
	.probe = amqp_probe, .parse = amqp_parse,
	.fields = amqp_fields, .n_fields = ARRAY_LEN(amqp_fields),
};
