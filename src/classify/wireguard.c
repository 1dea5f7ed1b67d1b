/* SPDX-License-Identifier: Apache-2.0 */
/* wireguard.c - WireGuard (whitepaper of 2020-06-01, 5.4): that there is a tunnel; all else in it is
 * encrypted. */
#include "macros.h"
#include "parser.h"

/* Type, three NULs, then indices (5.4.2 to 5.4.7): handshakes and cookies have one length only, data
 * is padded to 16 octets and has a counter that starts at 0, little endian. */
enum {
	INITIATION = 1, RESPONSE, COOKIE, DATA,
	INITIATION_OCTETS = 148, RESPONSE_OCTETS = 92, COOKIE_OCTETS = 64,
	DATA_LEAST = 32, COUNTER_STEP_MOST = 64, DATA_CLAIM = 3
};

enum { F_TYPE, F_SENDER };

static const struct field wireguard_fields[] = {
	[F_TYPE] = { "wireguard.type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "initiation, response, cookie, data" },
	[F_SENDER] = { "wireguard.sender", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "sender index of a handshake: tells sessions of one flow apart" },
};
#define ID(row) FIELD_ID(PARSER_wireguard, row)

struct wireguard_state {
	struct {
		uint32_t index;
		uint64_t counter;
		uint8_t in_order;
	} data[2];		/* by the flow key's end */
	bool handshake;
};

/* The type, 0 when it is none. */
static uint8_t
type_of(const struct parse *p, struct cursor in)
{
	static const uint8_t octets[] = {
		[INITIATION] = INITIATION_OCTETS, [RESPONSE] = RESPONSE_OCTETS,
		[COOKIE] = COOKIE_OCTETS
	};
	size_t len = cur_left(&in);
	uint8_t type = cur_u8(&in);

	if (type < INITIATION || type > DATA || cur_be24(&in) != 0 || in.short_read)
		return 0;
	if (type == DATA)
		return len >= DATA_LEAST && (len % 16 == 0 || p->truncated) ? type : 0;
	return len == octets[type] ? type : 0;
}

static enum probe_result
wireguard_probe(const struct parse *p, struct cursor in, bool on_port)
{
	(void)on_port;
	return p->datagram && type_of(p, in) != 0 ? PROBE_YES : PROBE_NO;
}

/* A session that ran before the first packet seen: counters that count. */
static enum parse_result
read_data(struct parse *p, struct wireguard_state *st, struct cursor in)
{
	unsigned end = flow_end_index(p->flow, p->dir);
	uint32_t index;
	uint64_t counter, step;

	cur_skip(&in, 4);
	index = cur_le32(&in);
	counter = cur_le32(&in);
	counter |= (uint64_t)cur_le32(&in) << 32;
	step = counter - st->data[end].counter;
	if (!st->handshake && st->data[end].in_order != 0 && (index != st->data[end].index
	    || step == 0 || step > COUNTER_STEP_MOST))
		return PARSE_WRONG;
	st->data[end].index = index;
	st->data[end].counter = counter;
	st->data[end].in_order++;
	p->unsure = !st->handshake && st->data[end].in_order < DATA_CLAIM;
	if (p->unsure)
		return PARSE_MORE;
	parse_text(p, ID(F_TYPE), "data", 4);
	return PARSE_DONE;
}

static enum parse_result
wireguard_parse(struct parse *p, struct cursor *in)
{
	struct wireguard_state *st = p->state;
	struct cursor message = *in;
	uint8_t type = type_of(p, message);

	cur_skip(in, cur_left(in));
	p->reasons |= REASON_ENCRYPTED;
	switch (type) {
	case INITIATION:
		parse_text(p, ID(F_TYPE), "initiation", 10);
		break;
	case RESPONSE:
		parse_text(p, ID(F_TYPE), "response", 8);
		p->reversed = p->dir == TO_SERVER && p->flow->pkts[TO_CLIENT] == 0;
		break;
	case COOKIE:
		parse_text(p, ID(F_TYPE), "cookie", 6);
		break;
	case DATA:
		return read_data(p, st, message);
	default:
		return PARSE_WRONG;
	}
	st->handshake = true;
	cur_skip(&message, 4);
	if (type != COOKIE)
		parse_uint(p, ID(F_SENDER), cur_le32(&message));
	return PARSE_MORE;
}

const struct app_parser wireguard_parser = {
	.name = "wireguard", .spec = "WireGuard whitepaper, 2020-06-01",
	.udp = true, .ports = { 51820 }, .begins = { { INITIATION, DATA } },
	.role = ROLE_TUNNEL, .role_confidence = 90, .state_size = sizeof(struct wireguard_state),
	.probe = wireguard_probe, .parse = wireguard_parse,
	.fields = wireguard_fields, .n_fields = ARRAY_LEN(wireguard_fields),
};
