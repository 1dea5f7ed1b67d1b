/* SPDX-License-Identifier: Apache-2.0 */
/* ike.c - IKE versions 1 and 2 (RFC 2408, 7296) and ESP in UDP (RFC 3948): a tunnel, what it is made
 * with as far as that is in clear. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* | initiator SPI 64 | responder SPI 64 | next payload 8 | version 8 | exchange 8 | flags 8 |
 * | message 32 | length 32 | (RFC 7296, 3.1; RFC 2408, 3.1). On port 4500 four NULs come before it,
 * ESP has its SPI there, and a lone 0xff keeps the way open. */
enum {
	HEADER_OCTETS = 28, PORT = 500, PORT_NAT = 4500, KEEPALIVE = 0xff,
	V1_MAIN = 2, V1_AGGRESSIVE = 4, V1_INFORMATIONAL, V1_TRANSACTION, V1_QUICK = 32, V1_GROUP,
	V2_SA_INIT = 34, V2_AUTH, V2_CHILD, V2_INFORMATIONAL, V2_RESUME, V2_INTERMEDIATE = 43,
	V2_FOLLOWUP_KE,
	FLAG_V1_ENCRYPTED = 0x01, FLAGS_V1 = 0x07, FLAGS_V2 = 0x38,
	PAYLOADS_MAX = 24, V1_VENDOR = 13, V2_SA = 33, V2_NOTIFY = 41, V2_VENDOR = 43,
	V2_ENCRYPTED = 46, V2_FRAGMENT = 53, V1_PAYLOAD_MOST = 21, VENDOR_MOST = 24,
	MESSAGES_ENOUGH = 16, ESP_LEAST = 20, ESP_CLAIM = 4, ESP_STEP_MOST = 16,
};

enum { F_VERSION, F_EXCHANGE, F_VENDOR, F_NOTIFY, F_SPI, F_ESP_SPI };

static const struct field ike_fields[] = {
	[F_VERSION] = { "ike.version", FIELD_UINT, MATCH_NONE, 0, NULL, "1 or 2" },
	[F_EXCHANGE] = { "ike.exchange", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "exchange types: main, aggressive, quick, sa_init, auth ..." },
	[F_VENDOR] = { "ike.vendor_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "vendor id payloads, the first 24 octets: often a hash of the product's name" },
	[F_NOTIFY] = { "ike.notify", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "version 2: types of notify payloads in clear; below 16384 they are errors" },
	[F_SPI] = { "ike.initiator_spi", FIELD_HEX, MATCH_NONE, 0, NULL,
	    "SPI (cookie) of the initiator" },
	[F_ESP_SPI] = { "ike.esp_spi", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "SPIs of ESP in UDP, one for each direction" },
};
#define ID(row) FIELD_ID(PARSER_ike, row)

static const struct {
	uint8_t version, number;
	const char *name;
} exchanges[] = {
	{ 1, V1_MAIN, "main" }, { 1, V1_AGGRESSIVE, "aggressive" },
	{ 1, V1_INFORMATIONAL, "informational" }, { 1, V1_TRANSACTION, "transaction" },
	{ 1, V1_QUICK, "quick" }, { 1, V1_GROUP, "new_group" },
	{ 2, V2_SA_INIT, "sa_init" }, { 2, V2_AUTH, "auth" }, { 2, V2_CHILD, "create_child_sa" },
	{ 2, V2_INFORMATIONAL, "informational" }, { 2, V2_RESUME, "session_resume" },
	{ 2, V2_INTERMEDIATE, "intermediate" }, { 2, V2_FOLLOWUP_KE, "followup_ke" },
};

struct ike_state {
	struct {
		uint32_t spi, sequence;
		uint8_t in_order;
	} esp[2];		/* by the flow key's end */
	uint8_t messages;
	bool ike;		/* IKE was seen: ESP behind it needs no more proof */
};

struct header {
	struct cursor spi;	/* of the initiator */
	uint8_t next, version, exchange, flags;
	const char *name;	/* of the exchange */
	struct cursor payloads;
};

static bool
is_zero(struct cursor in)
{
	uint8_t any = 0;

	while (cur_left(&in) != 0)
		any |= cur_u8(&in);
	return any == 0;
}

/* Next payload, critical bit, length (RFC 7296, 3.2): do they add up, with known types? An encrypted
 * payload of version 2 is the last one. */
static bool
payloads_sound(const struct parse *p, const struct header *h)
{
	struct cursor in = h->payloads;
	uint8_t type = h->next;

	if (h->version == 1 && (h->flags & FLAG_V1_ENCRYPTED) != 0)
		return true;
	for (unsigned n = 0; n < PAYLOADS_MAX && type != 0; n++) {
		uint8_t next = cur_u8(&in);
		size_t len;

		if (h->version == 1 ? type > V1_PAYLOAD_MOST && type != 130 && type != 131
		    : type < V2_SA || type > 56)
			return false;
		if ((cur_u8(&in) & (h->version == 1 ? 0xff : 0x7f)) != 0)
			return false;
		len = cur_be16(&in);
		if (in.short_read || len < 4)
			return p->truncated && n > 0;
		cur_skip(&in, len - 4);
		if (in.short_read)
			return p->truncated;
		if (type == V2_ENCRYPTED || type == V2_FRAGMENT)
			break;
		type = next;
	}
	return cur_left(&in) < 4;	/* some pad to four octets */
}

static bool
read_header(const struct parse *p, struct cursor in, struct header *h)
{
	size_t whole = cur_left(&in), len;
	struct cursor c = in, message;
	uint8_t version;

	h->spi = cur_sub(&c, 8);
	cur_skip(&c, 8);
	h->next = cur_u8(&c);
	version = cur_u8(&c);
	h->version = version >> 4;
	h->exchange = cur_u8(&c);
	h->flags = cur_u8(&c);
	message = cur_sub(&c, 4);
	len = cur_be32(&c);
	if (c.short_read || len < HEADER_OCTETS || is_zero(h->spi) || (version & 0x0f) != 0
	    || (p->truncated ? len < whole : len != whole)
	    || (h->flags & (h->version == 1 ? ~FLAGS_V1 : ~FLAGS_V2)) != 0)
		return false;
	h->name = NULL;
	for (size_t i = 0; i < ARRAY_LEN(exchanges); i++)
		if (exchanges[i].version == h->version && exchanges[i].number == h->exchange)
			h->name = exchanges[i].name;
	if (h->exchange == V2_SA_INIT && h->version == 2 && !is_zero(message))
		return false;
	h->payloads = c;
	return h->name != NULL && payloads_sound(p, h);
}

/* The part behind the marker of RFC 3948, 2.2; *esp: it is none, but could be ESP. */
static struct cursor
without_marker(const struct parse *p, struct cursor in, bool *esp)
{
	bool nat = p->flow->key.port[0] == PORT_NAT || p->flow->key.port[1] == PORT_NAT;
	struct cursor rest = in, marker = cur_sub(&rest, 4);

	*esp = nat && !marker.short_read && !is_zero(marker) && cur_left(&in) >= ESP_LEAST;
	return !marker.short_read && is_zero(marker) ? rest : in;
}

static bool
is_keepalive(struct cursor in)
{
	return cur_left(&in) == 1 && cur_peek(&in, 0) == KEEPALIVE;
}

static enum probe_result
ike_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct header h;
	bool esp;
	struct cursor message = without_marker(p, in, &esp);

	if (read_header(p, message, &h))
		return PROBE_YES;
	return on_port && (esp || is_keepalive(in)) ? PROBE_YES : PROBE_NO;
}

static void
read_payloads(struct parse *p, const struct header *h)
{
	struct cursor in = h->payloads;
	uint8_t type = h->next;

	if (h->version == 1 && (h->flags & FLAG_V1_ENCRYPTED) != 0)
		return;
	for (unsigned n = 0; n < PAYLOADS_MAX && type != 0 && type != V2_ENCRYPTED
	    && type != V2_FRAGMENT; n++) {
		uint8_t next = cur_u8(&in);
		struct cursor body;
		size_t len;

		cur_skip(&in, 1);
		len = cur_be16(&in);
		if (in.short_read || len < 4)
			return;
		body = cur_sub(&in, len - 4);
		if (type == (h->version == 1 ? V1_VENDOR : V2_VENDOR)) {
			if (cur_left(&body) > VENDOR_MOST)
				body.end = body.at + VENDOR_MOST;
			text_put(p, ID(F_VENDOR), body);
		} else if (h->version == 2 && type == V2_NOTIFY && cur_left(&body) >= 4) {
			cur_skip(&body, 2);
			parse_uint(p, ID(F_NOTIFY), cur_be16(&body));
		}
		type = next;
	}
}

/* ESP has no magic: one SPI and sequence numbers that count, several in a row (RFC 4303, 2). */
static enum parse_result
read_esp(struct parse *p, struct ike_state *st, struct cursor in)
{
	unsigned end = flow_end_index(p->flow, p->dir);
	uint32_t spi = cur_be32(&in), sequence = cur_be32(&in);
	uint32_t step = sequence - st->esp[end].sequence;

	if (st->esp[end].in_order != 0 && (spi != st->esp[end].spi || step == 0
	    || step > ESP_STEP_MOST)) {
		if (!st->ike && st->esp[end].in_order < ESP_CLAIM)
			return PARSE_WRONG;
		st->esp[end].in_order = 0;	/* rekeyed, or many were lost */
	}
	st->esp[end].spi = spi;
	st->esp[end].sequence = sequence;
	st->esp[end].in_order += st->esp[end].in_order < UINT8_MAX;
	if (st->esp[end].in_order == ESP_CLAIM) {
		parse_uint(p, ID(F_ESP_SPI), spi);
		st->ike = true;
	}
	p->unsure = !st->ike;
	p->reasons |= REASON_ENCRYPTED;
	return st->esp[0].in_order >= ESP_CLAIM && st->esp[1].in_order >= ESP_CLAIM ? PARSE_DONE
	    : PARSE_MORE;
}

static enum parse_result
ike_parse(struct parse *p, struct cursor *in)
{
	struct ike_state *st = p->state;
	struct cursor whole = *in, message;
	struct header h;
	bool esp;

	message = without_marker(p, whole, &esp);
	cur_skip(in, cur_left(in));
	if (is_keepalive(whole)) {
		p->unsure = !st->ike;
		return PARSE_MORE;
	}
	if (!read_header(p, message, &h))
		return esp ? read_esp(p, st, whole) : PARSE_WRONG;
	st->ike = true;
	parse_uint(p, ID(F_VERSION), h.version);
	parse_text(p, ID(F_EXCHANGE), h.name, strlen(h.name));
	parse_cursor(p, ID(F_SPI), h.spi);
	read_payloads(p, &h);
	return ++st->messages >= MESSAGES_ENOUGH ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser ike_parser = {
	.name = "ike", .spec = "RFC 7296, 2408, 3948",
	.udp = true, .ports = { PORT, PORT_NAT },
	.role = ROLE_TUNNEL, .role_confidence = 90, .state_size = sizeof(struct ike_state),
	.probe = ike_probe, .parse = ike_parse,
	.fields = ike_fields, .n_fields = ARRAY_LEN(ike_fields),
};
