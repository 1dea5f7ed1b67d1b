/* SPDX-License-Identifier: Apache-2.0 */
/* mutation.c - bits, lengths and types changed, pieces cut out, doubled or taken from another
 * message. Mostly the lengths of the headers around a change are set right again, so that it
 * reaches the parser it is meant for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identify/mutation.h"
#include "macros.h"

enum { CHANGES_MAX = 4 };
enum { ETHERNET = 14, UDP_HEADER = 8, IP_TCP = 6, IP_UDP = 17, IP_SCTP = 132 };
enum { PCAP_HEAD = 24, PCAP_RECORD = 16 };

/* How the message inside says what it is and how long it is: at which octets, and how many octets
 * the length does not count. */
static const struct dialect {
	uint8_t ip_proto;
	uint16_t port;
	unsigned type_at;
	int length_at; /* 16 bits; -1: it has none */
	unsigned uncounted;
} dialects[] = {
	{ IP_UDP, 2123, 1, 2, 4 },	/* GTPv2-C; version 1 does not count 8: see set_lengths() */
	{ IP_UDP, 8805, 1, 2, 4 },	/* PFCP */
	{ IP_UDP, 1813, 0, 2, 0 },	/* RADIUS */
	{ IP_UDP, 1812, 0, 2, 0 },
	{ IP_UDP, 67, 0, -1, 0 },	/* DHCP */
	{ IP_UDP, 68, 0, -1, 0 },
	{ IP_UDP, 5683, 1, -1, 0 },	/* CoAP, LwM2M */
	{ IP_TCP, 3868, 7, -1, 0 },	/* Diameter: last octet of the command */
	{ IP_SCTP, 0, 17, -1, 0 },	/* S1AP, NGAP: procedure, in a first DATA chunk; any port */
};

/* splitmix64 */
static uint64_t
draw(struct mutation *p)
{
	uint64_t z = p->chance += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

size_t
mutation_below(struct mutation *p, size_t n)
{
	return n == 0 ? 0 : (size_t)(draw(p) % n);
}

static unsigned
load16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static void
store16(uint8_t *at, size_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void
look_into(struct sample *s)
{
	const uint8_t *o = s->octets;
	uint16_t tag = s->len > 18 && load16(o + 12) == 0x8100 ? 4 : 0;
	uint8_t proto;

	s->ip = ETHERNET + tag;
	s->payload = s->l4 = s->len;
	if (s->len < s->ip + 28 || load16(o + 12 + tag) != 0x0800)
		return;
	proto = o[s->ip + 9];
	s->l4 = (uint16_t)(s->ip + (o[s->ip] & 15) * 4);
	s->payload = proto == IP_UDP ? s->l4 + UDP_HEADER
	    : proto == IP_SCTP       ? s->l4 + 12
	    : proto == IP_TCP && s->len > s->l4 + 12
	    ? (uint16_t)(s->l4 + (o[s->l4 + 12] >> 4) * 4)
	    : s->len;
	if (s->payload > s->len)
		s->payload = s->len;
	for (size_t i = 0; i < ARRAY_LEN(dialects) && s->payload < s->len; i++)
		if (dialects[i].ip_proto == proto &&
		    (dialects[i].port == 0 || dialects[i].port == load16(o + s->l4) ||
			dialects[i].port == load16(o + s->l4 + 2)))
			s->dialect = &dialects[i];
	if (s->dialect != NULL && s->payload + s->dialect->type_at < s->len)
		s->kind = (uint32_t)(s->dialect - dialects) << 16 |
		    (s->dialect->port == 2123 ? (uint32_t)o[s->payload] >> 5 << 8 : 0) |
		    o[s->payload + s->dialect->type_at];
}

static bool
add_frame(struct mutation *p, FILE *in, uint32_t len)
{
	struct sample s = { .octets = malloc(len), .len = (uint16_t)len };
	size_t *n;

	if (s.octets == NULL || fread(s.octets, 1, len, in) != len) {
		free(s.octets);
		return false;
	}
	look_into(&s);
	n = s.dialect != NULL ? &p->n_signalling : &p->n_other;
	if (*n == SAMPLES_MAX) {
		free(s.octets);
	} else {
		s.order = (uint32_t)*n;
		(s.dialect != NULL ? p->signalling : p->other)[(*n)++] = s;
	}
	return true;
}

bool
mutation_add_capture(struct mutation *p, const char *path)
{
	FILE *in = fopen(path, "rb");
	uint8_t head[PCAP_HEAD], record[PCAP_RECORD];
	bool good = in != NULL && fread(head, sizeof(head), 1, in) == 1 && head[20] == 1;

	while (good && fread(record, sizeof(record), 1, in) == 1) {
		uint32_t len = record[8] | (uint32_t)record[9] << 8;

		good = len >= ETHERNET && len <= MUTATED_FRAME_MAX / 2 && add_frame(p, in, len);
	}
	if (in != NULL)
		fclose(in);
	if (!good)
		fprintf(stderr, "mutate: %s: cannot be used\n", path);
	return good;
}

static int
by_kind(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
				  : (x->order > y->order) - (x->order < y->order);
}

void
mutation_sort(struct mutation *p)
{
	qsort(p->signalling, p->n_signalling, sizeof(p->signalling[0]), by_kind);
	for (size_t i = 0; i < p->n_signalling && p->n_kinds < KINDS_MAX; i++)
		if (i == 0 || p->signalling[i].kind != p->signalling[i - 1].kind)
			p->kind[p->n_kinds++] = i;
	p->kind[p->n_kinds] = p->n_signalling;
}

static const struct sample *
draw_signalling(struct mutation *p)
{
	size_t kind = mutation_below(p, p->n_kinds);

	return &p->signalling[p->kind[kind] + mutation_below(p, p->kind[kind + 1] - p->kind[kind])];
}

void
mutation_done(struct mutation *p)
{
	for (size_t i = 0; i < p->n_signalling; i++)
		free(p->signalling[i].octets);
	for (size_t i = 0; i < p->n_other; i++)
		free(p->other[i].octets);
}

/* --- changes: `at` is where the payload begins, *len the frame's length --- */
static void
change_octet(struct mutation *p, uint8_t *o, size_t at, size_t len)
{
	static const uint8_t edges[] = { 0, 1, 2, 4, 7, 8, 0x7f, 0x80, 0xfe, 0xff };
	uint8_t *octet = o + at + mutation_below(p, len - at);

	switch (mutation_below(p, 4)) {
	case 0:
		*octet ^= (uint8_t)(1u << mutation_below(p, 8));
		break;
	case 1:
		*octet = edges[mutation_below(p, sizeof(edges))];
		break;
	case 2:
		*octet = (uint8_t)(*octet + mutation_below(p, 17) - 8);
		break;
	default:
		*octet = (uint8_t)draw(p);
		break;
	}
}

static void
change_word(struct mutation *p, uint8_t *o, size_t at, size_t len)
{
	static const uint16_t edges[] = { 0, 1, 3, 4, 5, 8, 0x7fff, 0x8000, 0xfffe, 0xffff };

	if (len - at >= 2) {
		uint8_t *word = o + at + mutation_below(p, len - at - 1);

		store16(word, edges[mutation_below(p, ARRAY_LEN(edges))]);
	}
}

static size_t
cut_piece(struct mutation *p, uint8_t *o, size_t at, size_t len)
{
	size_t from = at + mutation_below(p, len - at), n = 1 + mutation_below(p, 24);

	if (from + n >= len)
		return from > at ? from : len;
	memmove(o + from, o + from + n, len - from - n);
	return len - n;
}

/* A piece of `from` (it may be the frame itself) into the frame. */
static size_t
insert_piece(
    struct mutation *p, uint8_t *o, size_t at, size_t len, const uint8_t *from, size_t from_len)
{
	uint8_t piece[64];
	size_t n = 1 + mutation_below(p, sizeof(piece)), to = at + mutation_below(p, len - at + 1);

	if (n > from_len || len + n > MUTATED_FRAME_MAX)
		return len;
	memcpy(piece, from + mutation_below(p, from_len - n + 1), n);
	memmove(o + to + n, o + to, len - to);
	memcpy(o + to, piece, n);
	return len + n;
}

static size_t
change(struct mutation *p, uint8_t *o, size_t at, size_t len)
{
	const struct sample *other = draw_signalling(p);

	if (len <= at)
		return len;
	switch (mutation_below(p, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		change_octet(p, o, at, len);
		return len;
	case 4:
	case 5:
		change_word(p, o, at, len);
		return len;
	case 6:
		return cut_piece(p, o, at, len);
	case 7:
		return insert_piece(p, o, at, len, o + at, len - at);
	case 8:
		return insert_piece(
		    p, o, at, len, other->octets + other->payload, other->len - other->payload);
	default:
		return at + mutation_below(p, len - at); /* the end is missing */
	}
}

/* Make the headers agree with what became of the message. */
static void
set_lengths(const struct sample *s, uint8_t *o, size_t len)
{
	const struct dialect *d = s->dialect;

	store16(o + s->ip + 2, len - s->ip);
	if (d->ip_proto == IP_UDP)
		store16(o + s->l4 + 4, len - s->l4);
	if (d->ip_proto == IP_SCTP && len >= s->payload + 4u) /* RFC 9260, 3.2: one chunk */
		store16(o + s->payload + 2, len - s->payload);
	if (d->length_at >= 0 && len >= s->payload + 8u) {
		unsigned gtp1 = d->port == 2123 && o[s->payload] >> 5 == 1 ? 4 : 0;

		store16(o + s->payload + d->length_at, len - s->payload - d->uncounted - gtp1);
	}
}

size_t
mutation_frame(struct mutation *p, uint8_t *o, size_t *wire)
{
	bool signalling = p->n_other == 0 || mutation_below(p, 4) != 0;
	const struct sample *s =
	    signalling ? draw_signalling(p) : &p->other[mutation_below(p, p->n_other)];
	size_t len = s->len;

	memcpy(o, s->octets, len);
	/* some as they are: without sessions nothing is at stake */
	if (signalling && mutation_below(p, 8) != 0) {
		for (size_t n = 1 + mutation_below(p, CHANGES_MAX); n > 0; n--)
			len = change(p, o, s->payload, len);
		if (mutation_below(p, 8) != 0)
			set_lengths(s, o, len);
	} else if (!signalling && mutation_below(p, 8) == 0) {
		len = change(p, o, s->ip, len);
	}
	*wire = len;
	if (len > ETHERNET && mutation_below(p, 64) == 0)
		len = ETHERNET + mutation_below(p, len - ETHERNET);
	return len;
}
