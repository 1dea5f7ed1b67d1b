/* SPDX-License-Identifier: Apache-2.0 */
/* tls_feed.h - feeds the TLS family's parsers without a classifier, keeps what they write,
 * and builds hellos. Included once per test program: it defines parse_text() and its kin. */
#ifndef PICKET_TESTS_TLS_FEED_H
#define PICKET_TESTS_TLS_FEED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/tls.h"
#include "macros.h"

enum { FEED_FIELDS = 96, FEED_HELD = 1 << 16 };

struct feed {
	const struct app_parser *parser;
	struct parse p;
	_Alignas(16) uint8_t state[PARSER_STATE_LARGE];
	struct {
		field_id id;
		size_t len;
		uint8_t octets[512];
	} field[FEED_FIELDS];
	size_t n;
	enum parse_result result;
	bool reversed;
	unsigned reasons;
	struct {		/* what the stream would keep, by direction */
		uint8_t *octets;
		size_t len;
		uint64_t skip;
	} held[2];
};

static inline void
feed_init(struct feed *f, const struct app_parser *parser)
{
	memset(f, 0, sizeof(*f));
	f->parser = parser;
	f->result = PARSE_MORE;
}

static inline void
feed_done(struct feed *f)
{
	free(f->held[0].octets);
	free(f->held[1].octets);
	f->held[0].octets = f->held[1].octets = NULL;
}

void
parse_text(struct parse *p, field_id id, const void *octets, size_t len)
{
	struct feed *f = (struct feed *)(void *)p->classifier;
	const struct app_parser *of = id >> 8 == PARSER_tls ? &tls_parser : &quic_parser;
	bool many = (of->fields[id & 0xff].flags & FIELD_MANY) != 0;

	if (f->n == FEED_FIELDS)
		return;
	if (len > 512)
		len = 512;
	for (size_t i = 0; i < f->n; i++)	/* as record_put() does */
		if (f->field[i].id == id && (!many || (f->field[i].len == len
		    && memcmp(f->field[i].octets, octets, len) == 0)))
			return;
	f->field[f->n].id = id;
	f->field[f->n].len = len;
	if (len != 0)
		memcpy(f->field[f->n].octets, octets, len);
	f->n++;
}

void
parse_cursor(struct parse *p, field_id id, struct cursor text)
{
	parse_text(p, id, text.at, cur_left(&text));
}

void
parse_uint(struct parse *p, field_id id, uint64_t value)
{
	char text[24];

	parse_text(p, id, text, (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)value));
}

void
parse_addr(struct parse *p, field_id id, const struct addr *a)
{
	parse_text(p, id, a->octet, sizeof(a->octet));
}

/* One call of the parser, from a heap block of just that size. Returns what it consumed. */
static inline size_t
feed_call(struct feed *f, enum direction dir, bool datagram, bool gap, const uint8_t *octets, size_t len)
{
	uint8_t *block = malloc(len == 0 ? 1 : len);
	struct cursor in = cursor_over(block, len);
	size_t used;

	if (len != 0)
		memcpy(block, octets, len);
	f->p.classifier = (struct classifier *)(void *)f;
	f->p.dir = dir;
	f->p.datagram = datagram;
	f->p.gap = gap;
	f->p.state = f->state;
	f->p.skip = 0;
	f->result = f->parser->parse(&f->p, &in);
	used = cur_left(&in) == 0 ? len : (size_t)(in.at - block);
	f->reversed |= f->p.reversed;
	f->reasons |= f->p.reasons;
	free(block);
	return used;
}

/* The next octets of a stream, as flow_stream_next() and flow_stream_consume() would. */
static inline void
feed_stream(struct feed *f, enum direction dir, const uint8_t *octets, size_t len)
{
	size_t used;

	if (f->result != PARSE_MORE)
		return;
	if (f->held[dir].octets == NULL)
		f->held[dir].octets = malloc(FEED_HELD);
	if (f->held[dir].skip != 0) {
		size_t n = f->held[dir].skip < len ? (size_t)f->held[dir].skip : len;

		octets += n;
		len -= n;
		f->held[dir].skip -= n;
	}
	if (len == 0 || f->held[dir].len + len > FEED_HELD)
		return;
	memcpy(f->held[dir].octets + f->held[dir].len, octets, len);
	f->held[dir].len += len;
	used = feed_call(f, dir, false, false, f->held[dir].octets, f->held[dir].len);
	f->held[dir].len -= used;
	memmove(f->held[dir].octets, f->held[dir].octets + used, f->held[dir].len);
	f->held[dir].skip = f->p.skip;
}

static inline void
feed_chunks(struct feed *f, enum direction dir, const uint8_t *octets, size_t len, size_t chunk)
{
	for (size_t at = 0; at < len; at += chunk)
		feed_stream(f, dir, octets + at, len - at < chunk ? len - at : chunk);
}

static inline void
feed_datagram(struct feed *f, enum direction dir, const uint8_t *octets, size_t len)
{
	if (f->result == PARSE_MORE)
		(void)feed_call(f, dir, true, false, octets, len);
}

/* Values of a field joined by ' ', hexadecimal for FIELD_HEX rows of the TLS table. */
static inline const char *
feed_value(const struct feed *f, field_id id, char text[static 2048])
{
	bool hex = id >> 8 == PARSER_tls && tls_parser.fields[id & 0xff].type == FIELD_HEX;
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < f->n; i++) {
		if (f->field[i].id != id)
			continue;
		if (at != 0)
			text[at++] = ' ';
		for (size_t k = 0; k < f->field[i].len && at < 2040; k++)
			at += (size_t)snprintf(text + at, 2048 - at, hex ? "%02x" : "%c",
			    f->field[i].octets[k]);
		text[at] = '\0';
	}
	return text;
}

static inline bool
feed_same(const struct feed *a, const struct feed *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->field[i].id != b->field[i].id || a->field[i].len != b->field[i].len
		    || memcmp(a->field[i].octets, b->field[i].octets, a->field[i].len) != 0)
			return false;
	return true;
}

static inline enum probe_result
feed_probe(const struct app_parser *parser, const uint8_t *octets, size_t len, bool on_port)
{
	struct parse p = { .datagram = parser->udp };
	uint8_t *block = malloc(len == 0 ? 1 : len);
	enum probe_result result;

	if (len != 0)
		memcpy(block, octets, len);
	result = parser->probe(&p, cursor_over(block, len), on_port);
	free(block);
	return result;
}

/* A message under construction. */
struct build {
	uint8_t octets[32768];
	size_t len;
};

static inline void
put(struct build *b, const void *octets, size_t len)
{
	if (len != 0)
		memcpy(b->octets + b->len, octets, len);
	b->len += len;
}

static inline void
put_uint(struct build *b, uint64_t value, int width)
{
	for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
		b->octets[b->len++] = (uint8_t)(value >> shift);
}

static inline void
put_hex_text(struct build *b, const char *hex)
{
	unsigned octet;

	for (; hex[0] != '\0' && hex[1] != '\0'; hex += hex[0] == ' ' ? 1 : 2)
		if (hex[0] != ' ' && sscanf(hex, "%2x", &octet) == 1)
			b->octets[b->len++] = (uint8_t)octet;
}

/* Open a length of `width` octets; close it with what was put since. */
static inline size_t
open_len(struct build *b, int width)
{
	put_uint(b, 0, width);
	return b->len;
}

static inline void
close_len(struct build *b, size_t mark, int width)
{
	size_t len = b->len - mark;

	for (int i = 1; i <= width; i++, len >>= 8)
		b->octets[mark - (size_t)i] = (uint8_t)len;
}

/* What a synthetic ClientHello holds. */
struct hello_spec {
	uint16_t version;
	const char *sni;	/* NULL: none */
	const char *alpn[4];
	const uint16_t *ciphers;
	size_t n_ciphers;
	const uint16_t *extensions;	/* empty ones, in this order, beside SNI, ALPN ... */
	size_t n_extensions;
	size_t padding;		/* octets of a padding extension (RFC 7685), 0: none */
	size_t cookie;		/* DTLS: octets of it */
	bool dtls;
};

static inline void
put_extension_body(struct build *b, const struct hello_spec *s, uint16_t type)
{
	size_t list, name;

	switch (type) {
	case 0:
		list = open_len(b, 2);
		put_uint(b, 0, 1);
		name = open_len(b, 2);
		put(b, s->sni, strlen(s->sni));
		close_len(b, name, 2);
		close_len(b, list, 2);
		break;
	case 10:
		put_hex_text(b, "000a0a0a11ec001d00170018");
		break;
	case 11:
		put_hex_text(b, "0100");
		break;
	case 13:
		put_hex_text(b, "001004030804040105030805050108060601");
		break;
	case 16:
		list = open_len(b, 2);
		for (size_t i = 0; i < ARRAY_LEN(s->alpn) && s->alpn[i] != NULL; i++) {
			name = open_len(b, 1);
			put(b, s->alpn[i], strlen(s->alpn[i]));
			close_len(b, name, 1);
		}
		close_len(b, list, 2);
		break;
	case 21:
		for (size_t i = 0; i < s->padding; i++)
			put_uint(b, 0, 1);
		break;
	case 43:
		put_hex_text(b, "060a0a03040303");
		break;
	default:
		break;
	}
}

/* The body of a ClientHello. */
static inline void
put_client_hello(struct build *b, const struct hello_spec *s)
{
	size_t mark;

	put_uint(b, s->version, 2);
	for (int i = 0; i < 32; i++)
		put_uint(b, (uint64_t)(i * 7 + 3), 1);
	put_uint(b, 0, 1);		/* session id */
	if (s->dtls) {
		put_uint(b, s->cookie, 1);
		for (size_t i = 0; i < s->cookie; i++)
			put_uint(b, 0xc0, 1);
	}
	mark = open_len(b, 2);
	for (size_t i = 0; i < s->n_ciphers; i++)
		put_uint(b, s->ciphers[i], 2);
	close_len(b, mark, 2);
	put_uint(b, 0x0100, 2);		/* no compression */
	mark = open_len(b, 2);
	for (size_t i = 0; i < s->n_extensions; i++) {
		size_t body;

		put_uint(b, s->extensions[i], 2);
		body = open_len(b, 2);
		put_extension_body(b, s, s->extensions[i]);
		close_len(b, body, 2);
	}
	close_len(b, mark, 2);
}

/* A record (or several of at most `max` octets) over a handshake message or more. */
static inline void
put_records(struct build *b, uint8_t type, uint16_t version, const uint8_t *octets, size_t len, size_t max)
{
	for (size_t at = 0; at < len; at += max) {
		size_t n = len - at < max ? len - at : max;

		put_uint(b, type, 1);
		put_uint(b, version, 2);
		put_uint(b, n, 2);
		put(b, octets + at, n);
	}
}

/* Header and body of a handshake message. */
static inline void
put_message(struct build *b, uint8_t type, const uint8_t *body, size_t len)
{
	put_uint(b, type, 1);
	put_uint(b, len, 3);
	put(b, body, len);
}

/* A small generator, so that random tests are the same each time (xorshift64). */
static inline uint64_t
random_next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

#endif
