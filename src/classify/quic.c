/* SPDX-License-Identifier: Apache-2.0 */
/* quic.c - QUIC v1, v2 and the late drafts: puts the ClientHello of the Initial packets
 * together and writes it as tls.* fields. Google's own QUIC before these is left to nDPI. */
#include <string.h>

#include "classify/pieces.h"
#include "classify/quic_initial.h"
#include "classify/tls.h"
#include "macros.h"

enum {
	MESSAGE_HEADER = 4,
	CLIENT_DATAGRAM_MIN = 1200,	/* RFC 9000, 14.1 */
	PATIENCE = 32,	/* datagrams before we stop waiting for a ClientHello */
	SHORT_WEIGHT = 8,	/* what one with a short header counts */
	FAILURES_MAX = 4	/* Initials that are not of the client's keys */
};

enum quic_field { QUIC_VERSION, QUIC_FIELD_N };

struct quic_state {
	struct pieces crypto;
	struct quic_keys keys;
	uint32_t version;	/* that the keys are for; 0: no keys */
	uint8_t idle, failures;
	bool client_known;
	uint8_t client;		/* tls_sender() of the client's packets, when known */
};
static_assert(sizeof(struct quic_state) <= PARSER_STATE_LARGE, "parser state");

static void
skip_ack(struct cursor *in, bool ecn)
{
	uint64_t ranges;

	(void)quic_varint(in);	/* largest acknowledged */
	(void)quic_varint(in);	/* delay */
	ranges = quic_varint(in);
	(void)quic_varint(in);	/* first range */
	for (; ranges != 0 && !in->short_read; ranges--) {
		(void)quic_varint(in);
		(void)quic_varint(in);
	}
	for (int i = 0; ecn && i < 3; i++)
		(void)quic_varint(in);
}

/* Collect CRYPTO. False at a frame that no Initial may carry (RFC 9000, 12.4). */
static bool
read_frames(struct pieces *crypto, struct cursor in)
{
	while (cur_left(&in) != 0 && !in.short_read) {
		uint8_t type = cur_u8(&in);
		uint64_t offset, len;
		struct cursor data;

		switch (type) {
		case 0x00:	/* PADDING */
		case 0x01:	/* PING */
			break;
		case 0x02:	/* ACK */
		case 0x03:
			skip_ack(&in, type == 0x03);
			break;
		case 0x06:	/* CRYPTO, RFC 9000, 19.6 */
		case 0x08:	/* the same in T050 and T051; of no other may an Initial have it */
			offset = quic_varint(&in);
			len = quic_varint(&in);
			if (len > cur_left(&in))
				return false;
			data = cur_sub(&in, len);
			if (offset < PIECES_MAX)
				pieces_add(crypto, offset, data);
			break;
		case 0x1c:	/* CONNECTION_CLOSE: nothing follows */
			return true;
		default:
			return false;
		}
	}
	return !in.short_read;
}

/* Write the hello when it is whole, or when as much is there as we keep. */
static enum parse_result
try_hello(struct parse *p, struct quic_state *st)
{
	struct cursor message = pieces_whole(&st->crypto), body;
	struct tls_hello h;
	uint8_t type;
	size_t len;

	if (cur_left(&message) < MESSAGE_HEADER)
		return PARSE_MORE;
	type = cur_u8(&message);
	len = cur_be24(&message);
	if (type != TLS_CLIENT_HELLO || len > TLS_MESSAGE_MAX)
		return PARSE_WRONG;
	if (cur_left(&message) < len && st->crypto.whole < PIECES_MAX)
		return PARSE_MORE;
	body = cur_sub(&message, len);
	if (tls_client_hello(&h, body, TLS_OVER_QUIC) != 0 && !body.short_read)
		return PARSE_WRONG;
	tls_write_client_hello(p, &h);
	return PARSE_DONE;
}

/* Open an Initial: with the keys we have, else with those of its own connection id. */
static size_t
open_initial(struct quic_state *st, const struct quic_packet *packet, uint8_t *plain)
{
	struct quic_keys keys;
	size_t len = 0;

	if (st->version == packet->version)
		len = quic_open(&st->keys, packet, plain);
	if (len != 0)
		return len;
	len = quic_open_first(&keys, packet, plain);
	if (len != 0) {
		/* Other keys, another handshake: what an attempt before left is not of it. */
		if (st->version != 0)
			memset(&st->crypto, 0, sizeof(st->crypto));
		st->keys = keys;
		st->version = packet->version;
	}
	return len;
}

static enum parse_result
read_initial(struct parse *p, struct quic_state *st, const struct quic_packet *packet)
{
	uint8_t plain[QUIC_PLAIN_MAX];
	size_t len;

	if (st->client_known && st->client != tls_sender(p))
		return PARSE_MORE;	/* the server's: other keys, and we want the client's only */
	len = open_initial(st, packet, plain);
	if (len == 0)
		return ++st->failures < FAILURES_MAX ? PARSE_MORE : PARSE_DONE;
	if (!st->client_known) {
		st->client_known = true;
		st->client = (uint8_t)tls_sender(p);
		if (p->dir != TO_SERVER)
			tls_say_reversed(p);
	}
	if (!read_frames(&st->crypto, cursor_over(plain, len)))
		return PARSE_WRONG;
	return try_hello(p, st);
}

static void
write_version(struct parse *p, uint32_t version)
{
	const char *text = quic_version_text(version);

	if (text != NULL)
		parse_text(p, FIELD_ID(PARSER_quic, QUIC_VERSION), text, strlen(text));
}

static enum parse_result
quic_parse(struct parse *p, struct cursor *in)
{
	struct quic_state *st = p->state;
	struct quic_packet packet;
	enum parse_result result = PARSE_MORE;

	p->reasons |= REASON_ENCRYPTED;
	/* A short header comes when the handshake is over. */
	st->idle += (cur_peek(in, 0) & 0x80) != 0 ? 1 : SHORT_WEIGHT;
	while (result == PARSE_MORE && quic_packet_next(in, &packet)) {
		write_version(p, packet.version);
		if (packet.type == QUIC_INITIAL)
			result = read_initial(p, st, &packet);
	}
	cur_skip(in, cur_left(in));
	if (result == PARSE_MORE && st->idle >= PATIENCE) {
		if (!st->client_known)
			p->reasons |= REASON_ONE_SIDED;
		result = PARSE_DONE;
	}
	return result;
}

/* The port and a version we know are enough with lengths that agree. Elsewhere, "v1" being just
 * the number 1, and for made-up versions, the proof is that the packet opens. A short header
 * proves nothing: a flow picked up in its middle is left to others. */
static enum probe_result
quic_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t plain[QUIC_PLAIN_MAX];
	size_t datagram = cur_left(&in);
	struct quic_packet packet;
	struct quic_keys keys;

	(void)p;
	if (!quic_packet_next(&in, &packet) || packet.type == QUIC_NEGOTIATION)
		return PROBE_NO;
	if (on_port && !quic_is_greased(packet.version))
		return PROBE_YES;
	return datagram >= CLIENT_DATAGRAM_MIN && quic_open_first(&keys, &packet, plain) != 0
	    ? PROBE_YES : PROBE_NO;
}

static const struct field quic_fields[] = {
	{ "quic.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "QUIC versions of the long headers" },
};
static_assert(ARRAY_LEN(quic_fields) == QUIC_FIELD_N, "a row for each of enum quic_field");

const struct app_parser quic_parser = {
	.name = "quic", .spec = "RFC 9000",
	.udp = true, .ports = { 443, 784, 853, 4433, 4434, 8443 },
	.role = ROLE_UNKNOWN,
	.state_size = sizeof(struct quic_state),
	.probe = quic_probe, .parse = quic_parse,
	.fields = quic_fields, .n_fields = ARRAY_LEN(quic_fields),
};
