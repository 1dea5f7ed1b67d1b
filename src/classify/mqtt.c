/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt.c - MQTT 3.1, 3.1.1 and 5.0: who connects, and which topics are used. */
#include <string.h>

#include "macros.h"
#include "mqtt.h"
#include "parser.h"

/* Control packet types (MQTT 5.0, 2.1.2); 3.1.1 has the same but AUTH. */
enum packet_type {
	CONNECT = 1, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK,
	UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH
};

/* CONNECT flags (MQTT 5.0, 3.1.2.3):
 *
 *	| user name | password | will retain | will QoS 2 | will | clean start | reserved |
 */
enum {
	CONNECT_USER = 0x80, CONNECT_PASSWORD = 0x40, CONNECT_WILL_RETAIN = 0x20,
	CONNECT_WILL_QOS = 0x18, CONNECT_WILL = 0x04, CONNECT_RESERVED = 0x01
};
enum { LEVEL_31 = 3, LEVEL_311 = 4, LEVEL_5 = 5, LEVEL_BRIDGE = 0x80 };
enum { PUBLISH_QOS = 0x06 };

enum {
	HEAD_MAX = 5,		/* type and flags, four octets of remaining length */
	PACKET_MOST = 4096,	/* of one packet that are read; topics come first */
	TOPIC_MOST = 1024,
	/* A session is known by its first topics. Telemetry repeats itself for weeks. */
	TOPICS_ENOUGH = 8,
	PACKETS_ENOUGH = 64,
	FILTERS_MAX = 32,	/* of one SUBSCRIBE */
};

enum {
	F_VERSION, F_CLIENT_ID, F_USERNAME, F_WILL_TOPIC, F_KEEPALIVE, F_CONNACK, F_TOPIC,
	F_RECEIVED, F_SUBSCRIBE
};

static const struct field mqtt_fields[] = {
	[F_VERSION] = { "mqtt.version", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "protocol version: 3.1, 3.1.1 or 5.0" },
	[F_CLIENT_ID] = { "mqtt.client_id", FIELD_TEXT, MATCH_MQTT_CLIENT_ID, FIELD_MAY_IDENTIFY, NULL,
	    "client identifier of the CONNECT" },
	[F_USERNAME] = { "mqtt.username", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "user name of the CONNECT (the password is never read)" },
	[F_WILL_TOPIC] = { "mqtt.will_topic", FIELD_TEXT, MATCH_MQTT_TOPIC, 0, NULL,
	    "topic that the server publishes to when the client is lost" },
	[F_KEEPALIVE] = { "mqtt.keepalive", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "seconds of silence the client allows itself" },
	[F_CONNACK] = { "mqtt.connack", FIELD_UINT, MATCH_NONE, 0, NULL,
	    "return or reason code of the CONNACK; 0: accepted" },
	[F_TOPIC] = { "mqtt.topic", FIELD_TEXT, MATCH_MQTT_TOPIC, FIELD_MANY | FIELD_MAY_IDENTIFY, NULL,
	    "topic of a PUBLISH, in either direction" },
	[F_RECEIVED] = { "mqtt.topic_received", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "topic of a PUBLISH that the server sent to the client: commands, mostly" },
	[F_SUBSCRIBE] = { "mqtt.subscribe", FIELD_TEXT, MATCH_MQTT_TOPIC, FIELD_MANY, NULL,
	    "topic filter of a SUBSCRIBE" },
};
#define ID(row) FIELD_ID(PARSER_mqtt, row)

struct packet_head {
	uint8_t type, flags;
	uint32_t rest;		/* octets after the fixed header */
};

/* Variable byte integer (MQTT 5.0, 1.5.5). False when it is longer than four octets. */
static bool
read_varint(struct cursor *in, uint32_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 28; shift += 7) {
		uint8_t octet = cur_u8(in);

		*value |= (uint32_t)(octet & 0x7f) << shift;
		if ((octet & 0x80) == 0)
			return true;
	}
	return false;
}

/* Flags and lengths that the type allows (MQTT 5.0, 2.1.3). */
static bool
head_sound(const struct packet_head *h)
{
	switch (h->type) {
	case CONNECT:
		return h->flags == 0 && h->rest >= 12;
	case CONNACK:
		return h->flags == 0 && h->rest >= 2;
	case PUBLISH:
		return (h->flags & PUBLISH_QOS) != PUBLISH_QOS && h->rest >= 2;
	case PUBREL:	/* 3.1 allows DUP in these three */
		return (h->flags & ~8) == 2 && h->rest >= 2;
	case SUBSCRIBE: case UNSUBSCRIBE:
		return (h->flags & ~8) == 2 && h->rest >= 5;
	case PUBACK: case PUBREC: case PUBCOMP: case SUBACK: case UNSUBACK:
		return h->flags == 0 && h->rest >= 2;
	case PINGREQ: case PINGRESP:
		return h->flags == 0 && h->rest == 0;
	case DISCONNECT: case AUTH:
		return h->flags == 0;
	default:
		return false;
	}
}

/* PARSE_DONE: *h is filled and `in` stands after it. */
static enum parse_result
read_head(struct cursor *in, struct packet_head *h)
{
	uint8_t first = cur_u8(in);

	h->type = first >> 4;
	h->flags = first & 0x0f;
	if (!read_varint(in, &h->rest))
		return PARSE_WRONG;
	if (in->short_read)
		return PARSE_MORE;
	return head_sound(h) ? PARSE_DONE : PARSE_WRONG;
}

static struct cursor
read_string(struct cursor *in)
{
	return cur_sub(in, cur_be16(in));
}

/* --- probing --- */

static bool
connect_flags_sound(uint8_t flags, uint8_t level)
{
	if ((flags & CONNECT_RESERVED) != 0 && level != LEVEL_31)
		return false;
	if ((flags & CONNECT_WILL_QOS) == CONNECT_WILL_QOS)
		return false;
	return (flags & CONNECT_WILL) != 0 ||
	    (flags & (CONNECT_WILL_QOS | CONNECT_WILL_RETAIN)) == 0;
}

enum probe_result
mqtt_probe_connect(struct cursor in)
{
	static const char mqtt[] = "\0\4MQTT", mqisdp[] = "\0\6MQIsdp";
	struct packet_head h = { 0 };
	struct cursor name;
	const char *want;
	uint8_t level, flags;
	size_t len;

	if (cur_left(&in) != 0 && cur_peek(&in, 0) != CONNECT << 4)
		return PROBE_NO;
	switch (read_head(&in, &h)) {
	case PARSE_WRONG:	return PROBE_NO;
	case PARSE_MORE:	return PROBE_MORE;
	case PARSE_DONE:	break;
	}
	want = cur_peek(&in, 1) == 6 ? mqisdp : mqtt;
	len = want == mqtt ? sizeof(mqtt) - 1 : sizeof(mqisdp) - 1;
	name = cur_sub(&in, len);
	if (memcmp(name.at, want, cur_left(&name)) != 0)
		return PROBE_NO;
	level = cur_u8(&in) & (uint8_t)~LEVEL_BRIDGE;
	flags = cur_u8(&in);
	if (in.short_read || name.short_read)
		return PROBE_MORE;
	if (want == mqtt ? level != LEVEL_311 && level != LEVEL_5 : level != LEVEL_31)
		return PROBE_NO;
	return connect_flags_sound(flags, level) ? PROBE_YES : PROBE_NO;
}

/* ASCII only, which is what topics are made of: every other octet of garbage fails. */
static bool
printable(struct cursor text, size_t least)
{
	if (cur_left(&text) < least)
		return false;
	while (cur_left(&text) != 0) {
		uint8_t c = cur_u8(&text);

		if (c < 0x20 || c >= 0x7f)
			return false;
	}
	return true;
}

/* A connection picked up on the MQTT port after its CONNECT: the first packets must be whole
 * and say something that garbage would not. */
static enum probe_result
probe_running(struct cursor in)
{
	for (unsigned pings = 0; pings < 2;) {
		struct packet_head h = { 0 };
		struct cursor body;

		switch (read_head(&in, &h)) {
		case PARSE_WRONG:	return PROBE_NO;
		case PARSE_MORE:	return PROBE_MORE;
		case PARSE_DONE:	break;
		}
		if (h.rest > PACKET_MOST)
			return PROBE_NO;
		if (cur_left(&in) < h.rest)
			return PROBE_MORE;
		body = cur_sub(&in, h.rest);
		switch (h.type) {
		case PUBLISH:
			return printable(read_string(&body), 4) && !body.short_read ? PROBE_YES
			    : PROBE_NO;
		case SUBSCRIBE:	/* 3.1.1 has its first filter here, 5.0 an octet before it */
			cur_skip(&body, 2);
			if (cur_peek(&body, 0) == 0 && cur_peek(&body, 1) == 0)
				cur_skip(&body, 1);
			return printable(read_string(&body), 1) && !body.short_read &&
			    cur_left(&body) != 0 ? PROBE_YES : PROBE_NO;
		case CONNACK:	/* session present, return code (3.1.1, 3.2) */
			return h.rest == 2 && cur_u8(&body) <= 1 && cur_u8(&body) <= 5
			    ? PROBE_YES : PROBE_NO;
		case PINGREQ: case PINGRESP: case PUBACK:
			pings += h.rest == (h.type == PUBACK ? 2 : 0);
			break;
		default:
			return PROBE_NO;
		}
	}
	return PROBE_YES;
}

static enum probe_result
mqtt_probe(const struct parse *p, struct cursor in, bool on_port)
{
	enum probe_result result = mqtt_probe_connect(in);

	(void)p;
	return result != PROBE_NO || !on_port ? result : probe_running(in);
}

/* --- reading packets --- */

static void
put_text(struct parse *p, unsigned row, struct cursor text)
{
	if (cur_left(&text) != 0 && !text.short_read)
		parse_cursor(p, ID(row), text);
}

static void
skip_properties(struct cursor *in)
{
	uint32_t len;

	if (!read_varint(in, &len))
		in->short_read = true;
	cur_skip(in, len);
}

/* MQTT 5.0, 3.1: name, level, flags, keep alive, properties; client id, will, user name. */
static void
read_connect(struct parse *p, struct mqtt_state *st, struct cursor body)
{
	static const char *const versions[] = {
		[LEVEL_31] = "3.1", [LEVEL_311] = "3.1.1", [LEVEL_5] = "5.0"
	};
	uint8_t level, flags;
	uint16_t keepalive;
	struct cursor client_id, will = { 0 };

	(void)read_string(&body);
	level = cur_u8(&body) & (uint8_t)~LEVEL_BRIDGE;
	flags = cur_u8(&body);
	keepalive = cur_be16(&body);
	if (body.short_read)
		return;
	st->version = level;
	if (level < ARRAY_LEN(versions) && versions[level] != NULL)
		parse_text(p, ID(F_VERSION), versions[level], strlen(versions[level]));
	parse_uint(p, ID(F_KEEPALIVE), keepalive);
	if (level == LEVEL_5)
		skip_properties(&body);
	client_id = read_string(&body);
	put_text(p, F_CLIENT_ID, client_id);
	if ((flags & CONNECT_WILL) != 0) {
		if (level == LEVEL_5)
			skip_properties(&body);
		will = read_string(&body);
		put_text(p, F_WILL_TOPIC, will);
		(void)read_string(&body);	/* will message */
	}
	if ((flags & CONNECT_USER) != 0)
		put_text(p, F_USERNAME, read_string(&body));
}

static void
read_subscribe(struct parse *p, struct mqtt_state *st, struct cursor body)
{
	cur_skip(&body, 2);		/* packet identifier */
	/* Without the CONNECT the version is unknown. A filter is never empty, so 3.1.1 cannot
	 * have 00 00 here; 5.0 without properties has 00 and a length below 256. */
	if (st->version == LEVEL_5 ||
	    (st->version == 0 && cur_peek(&body, 0) == 0 && cur_peek(&body, 1) == 0))
		skip_properties(&body);
	for (unsigned i = 0; i < FILTERS_MAX && cur_left(&body) > 2; i++) {
		struct cursor filter = read_string(&body);

		cur_skip(&body, 1);	/* options: QoS ... */
		if (body.short_read && cur_left(&body) == 0 && filter.short_read)
			return;
		put_text(p, F_SUBSCRIBE, filter);
	}
}

static void
read_publish(struct parse *p, struct cursor body, bool from_client)
{
	struct cursor topic = read_string(&body);

	put_text(p, F_TOPIC, topic);	/* 5.0 may leave it empty and use an alias */
	if (!from_client)
		put_text(p, F_RECEIVED, topic);
}

static void
read_connack(struct parse *p, struct cursor body)
{
	cur_skip(&body, 1);		/* session present */
	parse_uint(p, ID(F_CONNACK), cur_u8(&body));
}

/* Clients begin; what only one of the two sends tells which is which. */
static void
check_direction(struct parse *p, uint8_t type)
{
	bool client = type == CONNECT || type == SUBSCRIBE || type == PINGREQ ||
	    type == UNSUBSCRIBE;
	bool server = type == CONNACK || type == SUBACK || type == PINGRESP || type == UNSUBACK;

	if ((client && p->dir == TO_CLIENT) || (server && p->dir == TO_SERVER))
		p->reversed = true;
}

/* Octets of the packet that must be there before it is read; the rest is dropped unread. */
static size_t
octets_wanted(const struct packet_head *h, const struct cursor *body, size_t most)
{
	size_t want = h->rest;

	if (h->type == PUBLISH) {
		want = 2 + ((size_t)cur_peek(body, 0) << 8 | cur_peek(body, 1));
		if (want > 2 + TOPIC_MOST)
			want = 2 + TOPIC_MOST;
		if (cur_left(body) < 2)
			want = 2;
	} else if (h->type == CONNACK) {
		want = 2;
	} else if (h->type != CONNECT && h->type != SUBSCRIBE) {
		want = 0;
	}
	if (want > most)
		want = most;
	return want < h->rest ? want : h->rest;
}

static void
read_packet(struct parse *p, struct mqtt_state *st, const struct packet_head *h,
    struct cursor body)
{
	check_direction(p, h->type);
	st->packets++;
	switch (h->type) {
	case CONNECT:
		read_connect(p, st, body);
		break;
	case CONNACK:
		read_connack(p, body);
		break;
	case PUBLISH:
		st->topics++;
		read_publish(p, body, (p->dir == TO_SERVER) != p->reversed);
		break;
	case SUBSCRIBE:
		st->topics++;
		read_subscribe(p, st, body);
		break;
	default:
		break;
	}
}

/* A topic whose length is not known yet: two octets are not enough to know what to wait for. */
static bool
must_wait(const struct packet_head *h, const struct cursor *body, size_t want)
{
	return cur_left(body) < want || (h->type == PUBLISH && cur_left(body) < 2);
}

enum parse_result
mqtt_read(struct parse *p, struct mqtt_state *st, struct cursor *in, size_t most)
{
	uint32_t *drop = &st->drop[flow_end_index(p->flow, p->dir)];

	while (cur_left(in) != 0 && *drop == 0) {
		struct cursor try = *in;
		struct packet_head h = { 0 };
		size_t want;

		switch (read_head(&try, &h)) {
		case PARSE_WRONG:	return PARSE_WRONG;
		case PARSE_MORE:	return PARSE_MORE;
		case PARSE_DONE:	break;
		}
		want = octets_wanted(&h, &try, most - HEAD_MAX);
		if (must_wait(&h, &try, want))
			return PARSE_MORE;
		read_packet(p, st, &h, cur_sub(&try, want));
		*drop = h.rest - (uint32_t)want;
		*in = try;
		if (h.type == DISCONNECT || st->topics >= TOPICS_ENOUGH ||
		    st->packets >= PACKETS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

static enum parse_result
mqtt_parse(struct parse *p, struct cursor *in)
{
	struct mqtt_state *st = p->state;
	uint32_t *drop = &st->drop[flow_end_index(p->flow, p->dir)];
	enum parse_result result = PARSE_MORE;

	if (p->gap)
		return PARSE_DONE;	/* where the next packet starts is lost */
	while (result == PARSE_MORE && cur_left(in) != 0) {
		const uint8_t *before = in->at;
		size_t have;

		result = mqtt_read(p, st, in, PACKET_MOST);
		have = cur_left(in) < *drop ? cur_left(in) : *drop;
		cur_skip(in, have);
		p->skip = *drop - have;
		*drop = 0;
		if (in->at == before)
			break;
	}
	return result;
}

const struct app_parser mqtt_parser = {
	.name = "mqtt", .spec = "MQTT 5.0",
	.tcp = true, .ports = { 1883 },
	.role = ROLE_TELEMETRY, .role_confidence = 60, .state_size = sizeof(struct mqtt_state),
	.probe = mqtt_probe, .parse = mqtt_parse,
	.fields = mqtt_fields, .n_fields = ARRAY_LEN(mqtt_fields),
};
