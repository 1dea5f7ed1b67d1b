/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c - TLS over TCP: follows the records of both sides until nothing readable is left.
 *
 * Nothing is copied into the state. A handshake message that lies in one record is read where
 * it is; one that spans records is put together on the stack once all of it is there, until
 * then the stream keeps it. Of a certificate chain only the leaf is waited for. */
#include <string.h>

#include "classify/tls.h"
#include "macros.h"

enum {
	RECORD_HEADER = 5,
	RECORD_MAX = 16384 + 2048,	/* RFC 5246, 6.2.3: TLSCiphertext.length */
	MESSAGE_HEADER = 4,
	LEAF_AT = MESSAGE_HEADER + 3 + 3,	/* Certificate: list length, first one's length */
	CLIENT_HELLO_MIN = 2 + 32 + 1 + 2 + 2 + 2,	/* without extensions */
	SERVER_HELLO_MIN = 2 + 32 + 1 + 2 + 1,
	PATIENCE = 8	/* records that tell nothing before we stop waiting for the other side */
};

struct side {
	uint32_t skip;	/* handshake octets still to come of a message that we are done with */
	uint16_t left;	/* octets left of the current record */
	uint8_t type;	/* of the current record */
	bool begun;	/* its first octets were looked at */
	bool encrypted;	/* its ChangeCipherSpec was seen */
	bool lost;	/* a gap, and no record begins behind it */
};

struct tls_state {
	struct side side[2];	/* by tls_sender() */
	bool client_hello, server_hello, server_certificate, certificate_requested;
	bool client_known;
	bool retried;	/* a HelloRetryRequest: ChangeCipherSpec hides nothing yet */
	uint8_t client;		/* tls_sender() of the client's packets, when known */
	uint8_t idle_records;	/* see PATIENCE */
};
static_assert(sizeof(struct tls_state) <= PARSER_STATE_MAX, "parser state");

/* What one step over the stream came to. */
enum step { STEP_ON, STEP_MORE, STEP_DONE, STEP_WRONG };

struct walk {
	struct parse *p;
	struct tls_state *st;
	struct side *side;
	struct cursor *in;
	unsigned sender;
};

static bool
from_client(const struct walk *w)
{
	if (w->st->client_known)
		return w->st->client == w->sender;
	return w->p->dir == TO_SERVER;
}

/* A hello tells who is who; if that is not what the flow has, say so. */
static void
learn_client(struct walk *w, bool sender_is_client)
{
	if (w->st->client_known)
		return;
	w->st->client_known = true;
	w->st->client = (uint8_t)(sender_is_client ? w->sender : 1 - w->sender);
	if (sender_is_client != (w->p->dir == TO_SERVER))
		tls_say_reversed(w->p);
}

static bool
record_header_fits(uint8_t type, uint16_t version, uint16_t len)
{
	return type >= TLS_CHANGE_CIPHER_SPEC && type <= TLS_HEARTBEAT && version >> 8 == 3
	    && (version & 0xff) <= 4 && len <= RECORD_MAX
	    && (len != 0 || type == TLS_APPLICATION_DATA);
}

/* Show the next `n` handshake octets without stepping over them. They may span records, which
 * then must all be of the handshake (RFC 8446, 5.1); `scratch` holds TLS_MESSAGE_MAX. */
static enum step
handshake_ahead(const struct walk *w, size_t n, uint8_t *scratch, struct cursor *out)
{
	struct cursor in = *w->in;
	size_t left = w->side->left, got = 0;

	if (n > TLS_MESSAGE_MAX)
		return STEP_WRONG;
	if (left >= n) {
		*out = cur_sub(&in, n);
		return in.short_read ? STEP_MORE : STEP_ON;
	}
	while (got < n) {
		size_t piece = n - got < left ? n - got : left;
		const uint8_t *octets = cur_take(&in, piece);

		if (octets == NULL)
			return STEP_MORE;
		memcpy(scratch + got, octets, piece);
		got += piece;
		if (got == n)
			break;
		if (cur_left(&in) < RECORD_HEADER)
			return STEP_MORE;
		if (cur_u8(&in) != TLS_HANDSHAKE || cur_be16(&in) >> 8 != 3)
			return STEP_WRONG;
		left = cur_be16(&in);
		if (left == 0 || left > RECORD_MAX)
			return STEP_WRONG;
	}
	*out = cursor_over(scratch, n);
	return STEP_ON;
}

/* Step over up to `n` octets of the current record, as far as they are there. */
static size_t
pass(struct walk *w, size_t n)
{
	if (n > w->side->left)
		n = w->side->left;
	if (n > cur_left(w->in))
		n = cur_left(w->in);
	cur_skip(w->in, n);
	w->side->left -= (uint16_t)n;
	return n;
}

/* Octets that tell nothing. The rest of the record need not even be shown. */
static enum step
pass_record(struct walk *w)
{
	(void)pass(w, w->side->left);
	w->p->skip = w->side->left;
	w->side->left = 0;
	return w->p->skip == 0 ? STEP_ON : STEP_MORE;
}

static enum step
impatient(struct walk *w)
{
	if (++w->st->idle_records < PATIENCE)
		return STEP_ON;
	if (!w->st->client_hello || !w->st->server_hello)
		w->p->reasons |= REASON_ONE_SIDED;
	return STEP_DONE;
}

static enum step
read_client_hello(struct walk *w, struct cursor body)
{
	struct tls_hello h;

	if (w->st->client_hello)	/* again, after a HelloRetryRequest or to renegotiate */
		return STEP_ON;
	if (tls_client_hello(&h, body, TLS_OVER_TCP) != 0)
		return STEP_WRONG;
	learn_client(w, true);
	w->st->client_hello = true;
	tls_write_client_hello(w->p, &h);
	return STEP_ON;
}

static enum step
read_server_hello(struct walk *w, struct cursor body)
{
	struct tls_hello h;

	if (tls_server_hello(&h, body, TLS_OVER_TCP) != 0)
		return STEP_WRONG;
	learn_client(w, false);
	tls_write_server_hello(w->p, &h);
	if (h.retry) {
		w->st->retried = true;
		return STEP_ON;
	}
	w->st->server_hello = true;
	if (!tls_hides_certificate(h.version))
		return STEP_ON;
	/* The client's side may be late or not captured at all. */
	return w->st->client_hello ? STEP_DONE : STEP_ON;
}

/* `message`: from its header up to the end of the leaf. */
static enum step
read_certificate(struct walk *w, struct cursor message, bool client)
{
	struct cursor leaf;

	cur_skip(&message, LEAF_AT - 3);
	leaf = cur_sub(&message, cur_be24(&message));
	tls_write_certificate(w->p, leaf, !client);
	if (client)
		return STEP_DONE;	/* the server's came before it */
	w->st->server_certificate = true;
	return STEP_ON;
}

/* Octets of a message that have to be there before it is read; 0: none, it tells nothing. */
static enum step
octets_wanted(struct walk *w, uint8_t type, size_t len, uint8_t *scratch, size_t *want)
{
	struct cursor head;
	enum step step;

	*want = 0;
	if (type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO)
		*want = MESSAGE_HEADER + len;
	if (type != TLS_CERTIFICATE || len < LEAF_AT - MESSAGE_HEADER)
		return STEP_ON;
	step = handshake_ahead(w, LEAF_AT, scratch, &head);
	if (step != STEP_ON)
		return step;
	cur_skip(&head, LEAF_AT - 3);
	*want = LEAF_AT + cur_be24(&head);
	if (*want > MESSAGE_HEADER + len)
		return STEP_WRONG;
	if (*want > TLS_MESSAGE_MAX)
		*want = 0;	/* passed over */
	return STEP_ON;
}

static bool
message_known(uint8_t type)
{
	/* RFC 5246, 7.4; 21 to 24: certificate_url, certificate_status, supplemental_data,
	 * key_update (RFC 6066, 4680, 8446); 67: next_protocol (an expired draft, much used). */
	return type <= 4 || (type >= 11 && type <= 16) || (type >= 20 && type <= 24) || type == 67;
}

/* What a message means for us once its wanted octets are there. */
static enum step
read_message(struct walk *w, uint8_t type, struct cursor message)
{
	bool client = from_client(w);

	switch (type) {
	case TLS_CLIENT_HELLO:
		cur_skip(&message, MESSAGE_HEADER);
		return read_client_hello(w, message);
	case TLS_SERVER_HELLO:
		cur_skip(&message, MESSAGE_HEADER);
		return read_server_hello(w, message);
	case TLS_CERTIFICATE:
		return read_certificate(w, message, client);
	case TLS_CERTIFICATE_REQUEST:
		w->st->certificate_requested = true;
		return STEP_ON;
	case TLS_SERVER_HELLO_DONE:
		return w->st->certificate_requested ? STEP_ON : STEP_DONE;
	case TLS_CLIENT_KEY_EXCHANGE:
		/* The certificates came before, unless the server's octets are still to come. */
		return w->st->server_hello ? STEP_DONE : STEP_ON;
	default:
		return STEP_ON;
	}
}

static enum step
step_handshake(struct walk *w)
{
	uint8_t scratch[TLS_MESSAGE_MAX];
	struct cursor head, message = cursor_over(NULL, 0);
	enum step step;
	uint8_t type;
	size_t len, want;

	if (w->side->encrypted)
		return pass_record(w);
	if (w->side->skip != 0) {
		w->side->skip -= (uint32_t)pass(w, w->side->skip);
		return w->side->left != 0 && w->side->skip != 0 ? STEP_MORE : STEP_ON;
	}
	step = handshake_ahead(w, MESSAGE_HEADER, scratch, &head);
	if (step != STEP_ON)
		return step;
	type = cur_u8(&head);
	len = cur_be24(&head);
	if (!message_known(type))	/* encrypted, and we missed the ChangeCipherSpec */
		return w->st->client_known ? STEP_DONE : STEP_WRONG;
	step = octets_wanted(w, type, len, scratch, &want);
	if (step == STEP_ON && want != 0)
		step = handshake_ahead(w, want, scratch, &message);
	if (step != STEP_ON)
		return step;
	if (want != 0 || type != TLS_CERTIFICATE)
		step = read_message(w, type, message);
	w->side->skip = (uint32_t)(MESSAGE_HEADER + len);
	return step;
}

static enum step
step_alert(struct walk *w)
{
	uint8_t level, description;

	if (w->side->encrypted || w->side->left != 2)
		return pass_record(w);
	if (cur_left(w->in) < 2)
		return STEP_MORE;
	level = cur_u8(w->in);
	description = cur_u8(w->in);
	w->side->left = 0;
	if (level != 1 && level != 2)
		return STEP_WRONG;
	parse_uint(w->p, FIELD_ID(PARSER_tls, TLS_ALERT_CODE), description);
	/* After a fatal one the session is over (RFC 5246, 7.2.2). Without a hello on our
	 * record the other side may still tell. */
	return level == 2 && w->st->client_hello ? STEP_DONE : impatient(w);
}

static enum step
step_change_cipher_spec(struct walk *w)
{
	if (w->side->left != 1)
		return STEP_WRONG;
	if (pass(w, 1) == 0)
		return STEP_MORE;
	/* From the server: a resumed session, or no certificate (RFC 5246, 7.3). With TLS 1.3
	 * it means nothing (RFC 8446, D.4), but there we were done at the ServerHello, unless
	 * the client's hello or the server's second one is still to come. */
	if (w->st->client_hello && w->st->server_hello)
		return STEP_DONE;
	return impatient(w);
}

static enum step
step_application_data(struct walk *w)
{
	enum step step;

	/* Early data follows a ClientHello (RFC 8446, 4.2.10) before the server has spoken. */
	if (!w->st->client_known || !from_client(w))
		return STEP_DONE;
	step = impatient(w);
	return step == STEP_ON ? pass_record(w) : step;
}

/* SSL 2.0 record with a ClientHello that offers SSL 3.0 or TLS (RFC 5246, E.2). */
static bool
is_ssl2_hello(struct cursor in, struct cursor *body)
{
	uint16_t len = cur_be16(&in), ciphers, session_id, challenge;
	uint16_t version;

	if ((len & 0x8000) == 0 || cur_u8(&in) != TLS_CLIENT_HELLO)
		return false;
	version = cur_be16(&in);
	ciphers = cur_be16(&in);
	session_id = cur_be16(&in);
	challenge = cur_be16(&in);
	*body = in;
	return !in.short_read && (version >> 8 == 3 || version == 2) && ciphers != 0
	    && ciphers % 3 == 0 && (session_id == 0 || session_id == 16) && challenge >= 16
	    && challenge <= 32 && (len & 0x7fffu) == 9u + ciphers + session_id + challenge;
}

static enum step
step_ssl2_hello(struct walk *w)
{
	struct cursor message = *w->in;
	uint16_t len = cur_be16(&message) & 0x7fff, version;
	const char *text;

	if (cur_left(&message) < len)
		return STEP_MORE;
	w->side->begun = true;
	cur_skip(w->in, 2u + len);
	cur_skip(&message, 1);
	version = cur_be16(&message);
	text = tls_version_text(version);
	learn_client(w, true);
	w->st->client_hello = true;
	if (text != NULL)
		parse_text(w->p, FIELD_ID(PARSER_tls, TLS_CLIENT_VERSION), text, strlen(text));
	return version == 2 ? STEP_DONE : STEP_ON;	/* a server of SSL 2.0 answers in its own format */
}

static enum step
step_record_header(struct walk *w)
{
	struct cursor body;
	uint16_t version, len;
	uint8_t type;

	if (!w->side->begun && cur_peek(w->in, 0) & 0x80) {
		if (cur_left(w->in) < 11)
			return STEP_MORE;
		return is_ssl2_hello(*w->in, &body) ? step_ssl2_hello(w) : STEP_WRONG;
	}
	if (cur_left(w->in) < RECORD_HEADER)
		return STEP_MORE;
	w->side->begun = true;
	type = cur_u8(w->in);
	version = cur_be16(w->in);
	len = cur_be16(w->in);
	if (!record_header_fits(type, version, len))
		/* After the hellos it matters no more: whatever it is now, it was TLS. */
		return w->st->client_known ? STEP_DONE : STEP_WRONG;
	w->side->type = type;
	w->side->left = len;
	return STEP_ON;
}

static enum step
step(struct walk *w)
{
	if (w->side->left == 0)
		return step_record_header(w);
	switch (w->side->type) {
	case TLS_HANDSHAKE:
		return step_handshake(w);
	case TLS_ALERT:
		return step_alert(w);
	case TLS_CHANGE_CIPHER_SPEC: {
		enum step result = step_change_cipher_spec(w);

		if (w->side->left == 0 && !w->st->retried)
			w->side->encrypted = true;
		return result;
	}
	case TLS_APPLICATION_DATA:
		return step_application_data(w);
	default:
		return pass_record(w);
	}
}

/* Octets were lost: go on if a record begins here, else this side tells nothing more. */
static void
resume_after_gap(struct walk *w)
{
	struct cursor in = *w->in;
	uint8_t type = cur_u8(&in);
	uint16_t version = cur_be16(&in), len = cur_be16(&in);

	w->side->begun = true;
	w->side->left = 0;
	w->side->skip = 0;
	w->side->lost = in.short_read || !record_header_fits(type, version, len);
}

static enum parse_result
tls_parse(struct parse *p, struct cursor *in)
{
	struct tls_state *st = p->state;
	struct walk w = { p, st, NULL, in, tls_sender(p) };
	enum step result = STEP_ON;

	w.side = &st->side[w.sender];
	p->reasons |= REASON_ENCRYPTED;
	if (p->gap)
		resume_after_gap(&w);
	if (w.side->lost) {
		cur_skip(in, cur_left(in));
		result = impatient(&w) == STEP_DONE ? STEP_DONE : STEP_MORE;
	}
	/* Each turn takes octets or ends: a record header is 5, a message at least 4. */
	while (result == STEP_ON)
		result = step(&w);
	if (result == STEP_WRONG && st->client_known)
		result = STEP_DONE;	/* broken after a good hello: keep what it said */
	return result == STEP_DONE ? PARSE_DONE : result == STEP_WRONG ? PARSE_WRONG : PARSE_MORE;
}

/* A handshake record: its lengths and its message's must agree. */
static enum probe_result
probe_handshake(struct cursor in, uint16_t record_len, bool on_port)
{
	size_t min, message_len;
	uint8_t type;

	if (record_len < MESSAGE_HEADER)
		return PROBE_NO;	/* legal, and done by nobody but to evade; see tests */
	if (cur_left(&in) < MESSAGE_HEADER + 2)
		return cur_left(&in) > 1 && cur_peek(&in, 1) != 0 ? PROBE_NO : PROBE_MORE;
	type = cur_u8(&in);
	message_len = cur_be24(&in);
	switch (type) {
	case TLS_CLIENT_HELLO:
	case TLS_SERVER_HELLO:
		min = type == TLS_CLIENT_HELLO ? CLIENT_HELLO_MIN : SERVER_HELLO_MIN;
		if (message_len < min || message_len > TLS_MESSAGE_MAX
		    || (type == TLS_CLIENT_HELLO && message_len + MESSAGE_HEADER < record_len))
			return PROBE_NO;
		type = cur_u8(&in);
		return type == 3 || type == 0x7f ? PROBE_YES : PROBE_NO;
	case TLS_CERTIFICATE:
	case TLS_SERVER_KEY_EXCHANGE:
	case TLS_SERVER_HELLO_DONE:
	case TLS_CLIENT_KEY_EXCHANGE:	/* picked up in the middle of a handshake */
		return on_port || message_len + MESSAGE_HEADER == record_len ? PROBE_YES : PROBE_NO;
	default:
		return PROBE_NO;
	}
}

/* Records whose content is hidden: only framing can convince, two in a row off the ports. */
static enum probe_result
probe_framing(struct cursor in, uint16_t record_len, bool on_port)
{
	uint8_t type;
	uint16_t version, len;

	if (on_port)
		return PROBE_YES;
	cur_skip(&in, record_len);
	if (cur_left(&in) < RECORD_HEADER)
		return PROBE_MORE;
	type = cur_u8(&in);
	version = cur_be16(&in);
	len = cur_be16(&in);
	return record_header_fits(type, version, len) && version != 0x0304 ? PROBE_YES : PROBE_NO;
}

static enum probe_result
probe_ssl2(struct cursor in)
{
	struct cursor body;

	if (cur_left(&in) < 11)
		return cur_left(&in) > 2 && cur_peek(&in, 2) != TLS_CLIENT_HELLO ? PROBE_NO : PROBE_MORE;
	return is_ssl2_hello(in, &body) ? PROBE_YES : PROBE_NO;
}

static enum probe_result
tls_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t type = cur_peek(&in, 0);
	uint16_t version, len;

	(void)p;
	if (cur_left(&in) == 0)
		return PROBE_MORE;
	if (type & 0x80)
		return probe_ssl2(in);
	if (type < TLS_CHANGE_CIPHER_SPEC || type > TLS_APPLICATION_DATA)
		return PROBE_NO;
	if (cur_left(&in) < RECORD_HEADER)
		return cur_left(&in) > 1 && cur_peek(&in, 1) != 3 ? PROBE_NO : PROBE_MORE;
	cur_skip(&in, 1);
	version = cur_be16(&in);
	len = cur_be16(&in);
	/* No record is sent with 3.4 (RFC 8446, 5.1), but some drafts' stacks did. */
	if (!record_header_fits(type, version, len) || len == 0)
		return PROBE_NO;
	switch (type) {
	case TLS_HANDSHAKE:
		return probe_handshake(in, len, on_port);
	case TLS_ALERT:
		if (len == 2 && cur_left(&in) >= 2)
			return cur_peek(&in, 0) == 1 || cur_peek(&in, 0) == 2 ? PROBE_YES : PROBE_NO;
		return len == 2 ? PROBE_MORE : probe_framing(in, len, on_port);
	case TLS_CHANGE_CIPHER_SPEC:
		if (len != 1)
			return PROBE_NO;
		return cur_left(&in) == 0 ? PROBE_MORE
		    : cur_peek(&in, 0) == 1 ? PROBE_YES : PROBE_NO;
	default:
		return probe_framing(in, len, on_port);
	}
}

/* In the order of enum tls_field. */
static const struct field tls_fields[] = {
	{ "tls.sni", FIELD_TEXT, MATCH_DOMAIN, 0, "sni", "server name that the client asked for" },
	{ "tls.alpn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "application protocols offered, and the one chosen" },
	{ "tls.version", FIELD_TEXT, MATCH_NONE, 0, NULL, "version negotiated" },
	{ "tls.client_version", FIELD_TEXT, MATCH_NONE, 0, NULL, "highest version that the client offered" },
	{ "tls.cipher", FIELD_HEX, MATCH_NONE, 0, NULL, "cipher suite chosen, IANA code point" },
	{ "tls.ja3", FIELD_TEXT, MATCH_JA3, 0, NULL, "JA3 fingerprint of the client, hexadecimal" },
	{ "tls.ja4", FIELD_TEXT, MATCH_JA4, 0, NULL, "JA4 fingerprint of the client" },
	{ "tls.ja3s", FIELD_HEX, MATCH_NONE, 0, NULL, "JA3S fingerprint of the server's answer" },
	{ "tls.ech", FIELD_UINT, MATCH_NONE, 0, NULL, "1: encrypted ClientHello was announced (some clients only pretend)" },
	{ "tls.alert", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL, "description of an unencrypted alert, RFC 8446, 6" },
	{ "tls.cert.subject", FIELD_TEXT, MATCH_NONE, 0, NULL, "CN, O and OU of the server certificate's subject" },
	{ "tls.cert.issuer", FIELD_TEXT, MATCH_NONE, 0, NULL, "CN, O and OU of the server certificate's issuer" },
	{ "tls.cert.cn", FIELD_TEXT, MATCH_CERT_NAME, 0, NULL, "common name of the server certificate" },
	{ "tls.cert.san", FIELD_TEXT, MATCH_CERT_NAME, FIELD_MANY, NULL, "DNS names and addresses in the server certificate, the first 24" },
	{ "tls.cert.san_count", FIELD_UINT, MATCH_NONE, 0, NULL, "how many names the certificate has, when more than are listed" },
	{ "tls.cert.sha1", FIELD_TEXT, MATCH_CERT_HASH, 0, NULL, "SHA-1 over the server certificate, hexadecimal" },
	{ "tls.cert.sha256", FIELD_TEXT, MATCH_CERT_HASH, 0, NULL, "SHA-256 over the server certificate, hexadecimal" },
	{ "tls.cert.not_before", FIELD_UINT, MATCH_NONE, 0, NULL, "begin of validity, seconds since 1970" },
	{ "tls.cert.not_after", FIELD_UINT, MATCH_NONE, 0, NULL, "end of validity, seconds since 1970" },
	{ "tls.client_cert.subject", FIELD_TEXT, MATCH_NONE, 0, NULL, "CN, O and OU of the client certificate's subject" },
	{ "tls.client_cert.issuer", FIELD_TEXT, MATCH_NONE, 0, NULL, "CN, O and OU of the client certificate's issuer" },
	{ "tls.client_cert.sha256", FIELD_TEXT, MATCH_CERT_HASH, 0, NULL, "SHA-256 over the client certificate, hexadecimal" },
};
static_assert(ARRAY_LEN(tls_fields) == TLS_FIELD_N, "a row for each of enum tls_field");

const struct app_parser tls_parser = {
	.name = "tls", .spec = "RFC 8446",
	.tcp = true, .ports = { 443, 8883, 8443, 853, 993, 995, 465, 5061 },
	.role = ROLE_UNKNOWN,	/* a name or ALPN tells what it is for */
	.state_size = sizeof(struct tls_state),
	.probe = tls_probe, .parse = tls_parse,
	.fields = tls_fields, .n_fields = ARRAY_LEN(tls_fields),
};
