/* SPDX-License-Identifier: Apache-2.0 */
/* dtls.c - DTLS 1.0 to 1.3 over UDP, as CoAPs, LwM2M and VPNs use it: reads the handshake up
 * to where it is encrypted. Writes the tls.* fields. */
#include <string.h>

#include "classify/pieces.h"
#include "classify/tls.h"
#include "macros.h"

enum {
	RECORD_HEADER = 13,	/* RFC 6347, 4.1 */
	MESSAGE_HEADER = 12,	/* RFC 6347, 4.2.2 */
	RECORD_MAX = 16384 + 2048,
	CID_MAX = 32,		/* longest connection id that we look for */
	DTLS_1_0_OPENSSL = 0x0100,	/* before RFC 4347; Cisco AnyConnect */
	PATIENCE = 6		/* datagrams that tell nothing before we stop waiting */
};

struct dtls_state {
	struct pieces message;	/* the one that is being put together */
	uint32_t len;		/* of its body */
	uint16_t sequence;
	uint8_t type;		/* of it; 0: none */
	uint8_t sender;		/* of it */
	bool client_hello, server_hello, certificate, certificate_requested, client_known;
	uint8_t client;		/* tls_sender() of the client's packets, when known */
	uint8_t idle;		/* see PATIENCE */
};
static_assert(sizeof(struct dtls_state) <= PARSER_STATE_LARGE, "parser state");

enum step { STEP_ON, STEP_DONE, STEP_WRONG };

struct dtls_record {
	uint8_t type;
	uint16_t version, epoch;
	struct cursor body;
};

static bool
version_fits(uint16_t version)
{
	return version == 0xfeff || version == 0xfefd || version == DTLS_1_3
	    || version == DTLS_1_0_OPENSSL;
}

/* Step to the next record of a datagram. False at its end, or when it is no plain record. A
 * record with a connection id (RFC 9146, 4) does not tell how long the id is: the rest of the
 * datagram is taken to be its body. */
static bool
dtls_record_next(struct cursor *in, struct dtls_record *r)
{
	if (cur_left(in) < RECORD_HEADER)
		return false;
	r->type = cur_u8(in);
	r->version = cur_be16(in);
	r->epoch = cur_be16(in);
	cur_skip(in, 6);	/* sequence number */
	if (r->type < TLS_CHANGE_CIPHER_SPEC || r->type > TLS_CID + 1 || !version_fits(r->version))
		return false;	/* 26 is ACK, RFC 9147, 7 */
	r->body = cur_sub(in, r->type == TLS_CID ? cur_left(in) : cur_be16(in));
	return true;
}

static void
learn_client(struct parse *p, struct dtls_state *st, bool sender_is_client)
{
	unsigned sender = tls_sender(p);

	if (st->client_known)
		return;
	st->client_known = true;
	st->client = (uint8_t)(sender_is_client ? sender : 1 - sender);
	if (sender_is_client != (p->dir == TO_SERVER))
		tls_say_reversed(p);
}

static enum step
impatient(struct parse *p, struct dtls_state *st)
{
	if (++st->idle < PATIENCE)
		return STEP_ON;
	if (!st->client_hello || !st->server_hello)
		p->reasons |= REASON_ONE_SIDED;
	return STEP_DONE;
}

static enum step
read_client_hello(struct parse *p, struct dtls_state *st, struct cursor body)
{
	struct tls_hello h;
	int rc;

	if (st->client_hello)	/* again, with the cookie, or repeated */
		return STEP_ON;
	rc = tls_client_hello(&h, body, TLS_OVER_DTLS);
	if (rc != 0 && cur_left(&h.ciphers) == 0)
		return STEP_WRONG;
	learn_client(p, st, true);
	st->client_hello = true;
	tls_write_client_hello(p, &h);
	return STEP_ON;
}

static enum step
read_server_hello(struct parse *p, struct dtls_state *st, struct cursor body)
{
	struct tls_hello h;

	if (tls_server_hello(&h, body, TLS_OVER_DTLS) != 0)
		return STEP_WRONG;
	learn_client(p, st, false);
	tls_write_server_hello(p, &h);
	if (h.retry)
		return STEP_ON;
	st->server_hello = true;
	return tls_hides_certificate(h.version) && st->client_hello ? STEP_DONE : STEP_ON;
}

/* Of a chain only the leaf is needed: `body` may end behind it. False: it is not all there. */
static bool
leaf_of(struct cursor body, struct cursor *leaf)
{
	cur_skip(&body, 3);	/* length of the list */
	*leaf = cur_sub(&body, cur_be24(&body));
	return !body.short_read;
}

static enum step
read_certificate(struct parse *p, struct dtls_state *st, struct cursor leaf)
{
	bool client = st->client_known ? st->client == tls_sender(p) : p->dir == TO_SERVER;

	tls_write_certificate(p, leaf, !client);
	st->certificate |= !client;
	st->type = 0;
	return client ? STEP_DONE : STEP_ON;
}

/* What a whole message says; of a certificate also one whose leaf is whole. */
static enum step
read_message(struct parse *p, struct dtls_state *st, uint8_t type, struct cursor body, bool whole)
{
	struct cursor leaf;

	if (type == TLS_CERTIFICATE)
		return leaf_of(body, &leaf) ? read_certificate(p, st, leaf) : STEP_ON;
	if (!whole)
		return STEP_ON;
	switch (type) {
	case TLS_CLIENT_HELLO:
		return read_client_hello(p, st, body);
	case TLS_SERVER_HELLO:
		return read_server_hello(p, st, body);
	default:
		return STEP_ON;
	}
}

static bool
message_wanted(const struct dtls_state *st, uint8_t type)
{
	return (type == TLS_CLIENT_HELLO && !st->client_hello)
	    || (type == TLS_SERVER_HELLO && !st->server_hello)
	    || (type == TLS_CERTIFICATE && (!st->certificate || st->certificate_requested));
}

/* A part of a message. The place for pieces is one: it holds the message that last began. */
static enum step
add_fragment(struct parse *p, struct dtls_state *st, uint8_t type, uint32_t len, uint16_t sequence,
    uint32_t offset, struct cursor fragment)
{
	uint8_t sender = (uint8_t)tls_sender(p);
	size_t had;

	if (st->type != type || st->sequence != sequence || st->sender != sender || st->len != len) {
		memset(&st->message, 0, sizeof(st->message));
		st->type = type;
		st->sequence = sequence;
		st->sender = sender;
		st->len = len;
	}
	had = st->message.whole;
	pieces_add(&st->message, offset, fragment);
	if (st->message.whole == had)
		return STEP_ON;
	return read_message(p, st, type, pieces_whole(&st->message), st->message.whole >= len);
}

static enum step
read_handshake(struct parse *p, struct dtls_state *st, struct cursor *body)
{
	uint8_t type = cur_u8(body);
	uint32_t len = cur_be24(body);
	uint16_t sequence = cur_be16(body);
	uint32_t offset = cur_be24(body), fragment_len = cur_be24(body);
	struct cursor fragment = cur_sub(body, fragment_len);

	if (offset + fragment_len > len || len > TLS_MESSAGE_MAX || type > 26)
		return STEP_WRONG;
	if (body->short_read && !p->truncated)
		return STEP_WRONG;
	switch (type) {
	case TLS_CERTIFICATE_REQUEST:
		st->certificate_requested = true;
		return STEP_ON;
	case TLS_SERVER_HELLO_DONE:
		return st->certificate_requested ? STEP_ON : STEP_DONE;
	case TLS_CLIENT_KEY_EXCHANGE:
		return STEP_DONE;	/* the certificates came before */
	case TLS_HELLO_VERIFY_REQUEST:
		learn_client(p, st, false);
		return STEP_ON;
	default:
		break;
	}
	if (!message_wanted(st, type))
		return STEP_ON;
	if (offset == 0 && (fragment_len == len || body->short_read))	/* in one piece, or cut */
		return read_message(p, st, type, fragment, true);
	return add_fragment(p, st, type, len, sequence, offset, fragment);
}

static enum step
read_alert(struct parse *p, const struct dtls_state *st, struct cursor body)
{
	uint8_t level = cur_u8(&body), description = cur_u8(&body);

	if (body.short_read || cur_left(&body) != 0)
		return STEP_ON;
	parse_uint(p, FIELD_ID(PARSER_tls, TLS_ALERT_CODE), description);
	return level == 2 && st->client_hello ? STEP_DONE : STEP_ON;
}

static enum step
read_record(struct parse *p, struct dtls_state *st, struct dtls_record *r)
{
	enum step step = STEP_ON;

	if (r->epoch != 0 || r->type == TLS_CID)	/* encrypted from here */
		return st->client_known ? impatient(p, st) : STEP_DONE;
	switch (r->type) {
	case TLS_HANDSHAKE:
		while (step == STEP_ON && cur_left(&r->body) != 0)
			step = read_handshake(p, st, &r->body);
		return step;
	case TLS_ALERT:
		return read_alert(p, st, r->body);
	case TLS_CHANGE_CIPHER_SPEC:	/* resumed, or the handshake is behind us */
		return st->client_hello && st->server_hello ? STEP_DONE : STEP_ON;
	default:
		return STEP_ON;
	}
}

static enum parse_result
dtls_parse(struct parse *p, struct cursor *in)
{
	struct dtls_state *st = p->state;
	enum step step = STEP_ON;
	struct dtls_record r;
	bool any = false;

	p->reasons |= REASON_ENCRYPTED;
	while (step == STEP_ON && dtls_record_next(in, &r)) {
		any = true;
		step = read_record(p, st, &r);
	}
	cur_skip(in, cur_left(in));
	if (!any)	/* the short header of DTLS 1.3 (RFC 9147, 4), or STUN beside it (RFC 7983) */
		step = impatient(p, st);
	if (step == STEP_WRONG && st->client_known)
		step = STEP_DONE;
	return step == STEP_DONE ? PARSE_DONE : step == STEP_WRONG ? PARSE_WRONG : PARSE_MORE;
}

static enum probe_result
probe_handshake(struct cursor body, bool truncated)
{
	uint8_t type = cur_u8(&body);
	uint32_t len = cur_be24(&body), offset, fragment_len;

	cur_skip(&body, 2);	/* message sequence */
	offset = cur_be24(&body);
	fragment_len = cur_be24(&body);
	if (body.short_read || (cur_left(&body) < fragment_len && !truncated))
		return PROBE_NO;
	if (type > 26 || len > TLS_MESSAGE_MAX || offset + fragment_len > len)
		return PROBE_NO;
	/* A hello begins with its version. */
	if (type >= TLS_CLIENT_HELLO && type <= TLS_HELLO_VERIFY_REQUEST && offset == 0
	    && fragment_len >= 2 && !version_fits(cur_be16(&body)))
		return PROBE_NO;
	return PROBE_YES;
}

/* A record with a connection id: some length of it makes the datagram add up. */
static bool
cid_adds_up(struct cursor in)
{
	struct cursor tail;

	cur_skip(&in, RECORD_HEADER - 2);
	for (size_t cid = 0; cid <= CID_MAX && cur_left(&in) >= 2; cid++) {
		tail = in;
		if (cur_be16(&tail) == cur_left(&tail))
			return true;
		cur_skip(&in, 1);
	}
	return false;
}

static enum probe_result
dtls_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct cursor rest = in;
	struct dtls_record r;

	if (cur_left(&in) < RECORD_HEADER || cur_peek(&in, 0) < TLS_CHANGE_CIPHER_SPEC
	    || cur_peek(&in, 0) > TLS_CID || !dtls_record_next(&rest, &r))
		return PROBE_NO;
	if (r.type == TLS_CID)
		return on_port && r.version == 0xfefd && r.epoch != 0 && cid_adds_up(in)
		    ? PROBE_YES : PROBE_NO;
	if ((rest.short_read && !p->truncated) || cur_left(&r.body) > RECORD_MAX)
		return PROBE_NO;
	if (r.epoch == 0 && r.type == TLS_HANDSHAKE)
		return probe_handshake(r.body, p->truncated);
	if (r.epoch == 0 && r.type == TLS_ALERT)
		return cur_left(&r.body) == 2 && cur_left(&rest) == 0 ? PROBE_YES : PROBE_NO;
	/* Encrypted: the records have to fill the datagram, and few epochs are ever used. */
	while (cur_left(&rest) != 0 && dtls_record_next(&rest, &r))
		continue;
	return cur_left(&rest) == 0 && !rest.short_read && r.epoch < 16 ? PROBE_YES : PROBE_NO;
}

const struct app_parser dtls_parser = {
	.name = "dtls", .spec = "RFC 9147",
	.udp = true, .ports = { 5684, 5685, 4433, 443, 853, 2083, 10161 },
	.role = ROLE_UNKNOWN,
	.state_size = sizeof(struct dtls_state),
	.probe = dtls_probe, .parse = dtls_parse,
	/* its fields are tls.c's */
};
