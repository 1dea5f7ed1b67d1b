/* SPDX-License-Identifier: Apache-2.0 */
/* harness.c - one parser, one flow, a real record and a real name cache. */
#include <assert.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "harness.h"
#include "macros.h"
#include "signalling_text.h"

enum { CLIENT_PORT = 40000, TEXT_MAX = 1 << 16, CUTS = 40, TOLD_MAX = 32 };

struct harness {
	struct parse parse;	/* first: parse_text() finds us by it */
	struct flow flow;
	struct stats *stats;
	struct names *names;
	struct record_store *records;
	const struct app_parser *parser;
	enum parser_id id;
	bool claimed, over, was_reversed, gap, truncated;
	enum parse_result result;
	uint8_t *kept[2];	/* octets not consumed yet, by end */
	size_t n_kept[2];
	uint64_t skip[2], skipped;
	_Alignas(16) uint8_t state[PARSER_STATE_LARGE];
	const struct harness *beside;
	uint16_t beside_port;
	struct signalling told[TOLD_MAX];	/* by the last octets shown */
	size_t n_told;
	char text[TEXT_MAX];
};

/* --- what the classifier does for parsers --- */

static const struct field *
field_of(field_id id)
{
	const struct field *field = field_by_id(id);

	assert(field != NULL);
	return field;
}

void
parse_text(struct parse *p, field_id id, const void *octets, size_t len)
{
	struct harness *h = (struct harness *)(void *)p;

	(void)record_put(h->records, &h->flow.record, field_of(id), id, octets, len);
}

void
parse_cursor(struct parse *p, field_id id, struct cursor text)
{
	parse_text(p, id, text.at, cur_left(&text));
}

void
parse_uint(struct parse *p, field_id id, uint64_t value)
{
	struct harness *h = (struct harness *)(void *)p;

	(void)record_put_uint(h->records, &h->flow.record, field_of(id), id, value);
}

void
parse_addr(struct parse *p, field_id id, const struct addr *a)
{
	parse_text(p, id, a->octet, sizeof(a->octet));
}

const struct flow *
parse_beside(const struct parse *p, unsigned end, uint16_t port)
{
	const struct harness *h = (const struct harness *)(const void *)p;

	return h->beside != NULL && end == 1 && port == h->beside_port ? &h->beside->flow : NULL;
}

struct signalling *
parse_tell(struct parse *p)
{
	struct harness *h = (struct harness *)(void *)p;
	const struct flow *flow = &h->flow;
	unsigned sender = flow_end_index(flow, p->dir);
	struct signalling *s;

	if (h->n_told == TOLD_MAX)
		return NULL;
	s = &h->told[h->n_told++];
	signalling_init(s);
	s->time_us = p->now_us;
	s->from = flow->key.addr[sender];
	s->to = flow->key.addr[1 - sender];
	s->from_port = flow->key.port[sender];
	s->to_port = flow->key.port[1 - sender];
	return s;
}

void
parse_untell(struct parse *p)
{
	((struct harness *)(void *)p)->n_told--;
}

uint64_t
parse_hash(const struct parse *p, const void *octets, size_t len)
{
	static const struct hash_seed seed = { .a = 1, .b = 2 };
	uint64_t hash = hash_octets(&seed, octets, len);

	(void)p;
	return hash == 0 ? 1 : hash;
}

/* --- a flow --- */

struct harness *
harness_new(enum parser_id id, bool datagram, uint16_t port)
{
	static const uint8_t client[4] = { 10, 0, 0, 1 }, server[4] = { 192, 0, 2, 1 };
	struct harness *h = calloc(1, sizeof(*h));

	if (h == NULL)
		abort();
	h->stats = stats_new();
	h->names = names_new(1000, h->stats);
	h->records = record_store_new(1 << 20, 8192);
	h->id = id;
	h->parser = app_parser_at(id);
	h->result = PARSE_MORE;
	h->flow.key.addr[0] = addr_from_ipv4(client);
	h->flow.key.addr[1] = addr_from_ipv4(server);
	h->flow.key.port[0] = CLIENT_PORT;
	h->flow.key.port[1] = port;
	h->flow.key.tenant_proto = !datagram ? IPPROTO_TCP
	    : h->parser->udp ? IPPROTO_UDP : IPPROTO_SCTP;
	h->parse.flow = &h->flow;
	h->parse.state = h->state;
	h->parse.names = h->names;
	h->parse.datagram = datagram;
	h->parse.now_us = 1000000;
	return h;
}

void
harness_free(struct harness *h)
{
	free(h->kept[0]);
	free(h->kept[1]);
	record_store_free(h->records);
	names_free(h->names);
	stats_free(h->stats);
	free(h);
}

void
harness_again(struct harness *h)
{
	struct parse *p = &h->parse;

	record_drop(h->records, &h->flow.record);
	h->flow.pkts[TO_SERVER] = h->flow.pkts[TO_CLIENT] = 0;
	h->flow.flags = 0;
	h->claimed = h->over = h->was_reversed = h->gap = h->truncated = false;
	h->result = PARSE_MORE;
	h->n_kept[0] = h->n_kept[1] = h->n_told = 0;
	h->skip[0] = h->skip[1] = h->skipped = 0;
	memset(h->state, 0, sizeof(h->state));
	*p = (struct parse){ .flow = &h->flow, .state = h->state, .names = h->names,
		.datagram = p->datagram, .now_us = p->now_us };
}

void
harness_claim(struct harness *h)
{
	h->claimed = true;
}

void
harness_truncate(struct harness *h)
{
	h->truncated = true;
}

void
harness_at(struct harness *h, uint64_t now_us)
{
	h->parse.now_us = now_us;
}

void
harness_gap(struct harness *h)
{
	h->gap = true;
}

void
harness_ppid(struct harness *h, uint32_t ppid)
{
	h->parse.ppid = ppid;
}

void
harness_settle(struct harness *h)
{
	h->flow.app = (uint16_t)h->id;
}

void
harness_beside(struct harness *h, uint16_t port, const struct harness *other)
{
	h->beside = other;
	h->beside_port = port;
}

const struct signalling *
harness_told(const struct harness *h, size_t *n)
{
	*n = h->n_told;
	return h->told;
}

const struct record *
harness_record(const struct harness *h)
{
	return h->flow.record;
}

const char *
harness_told_text(struct harness *h)
{
	size_t len = 0;

	h->text[0] = '\0';
	for (size_t i = 0; i < h->n_told && len < sizeof(h->text) - 2; i++) {
		len += signalling_text(&h->told[i], h->text + len, sizeof(h->text) - len - 1);
		h->text[len++] = '\n';
		h->text[len] = '\0';
	}
	return h->text;
}

struct names *
harness_names(struct harness *h)
{
	return h->names;
}

const struct addr *
harness_client(const struct harness *h)
{
	return &h->flow.key.addr[0];
}

bool
harness_reversed(const struct harness *h)
{
	return h->was_reversed;
}

enum parser_id
harness_parser(const struct harness *h)
{
	return h->id;
}

uint64_t
harness_skipped(const struct harness *h)
{
	return h->skipped;
}

/* --- showing octets --- */

static bool
on_port(const struct harness *h)
{
	for (size_t i = 0; i < ARRAY_LEN(h->parser->ports) && h->parser->ports[i] != 0; i++)
		if (h->parser->ports[i] == h->flow.key.port[1])
			return true;
	return false;
}

/* The end that sends, as the flow sees it now. */
static void
set_direction(struct harness *h, unsigned end)
{
	h->parse.dir = flow_end_index(&h->flow, TO_SERVER) == end ? TO_SERVER : TO_CLIENT;
	h->parse.truncated = h->truncated;
	h->parse.gap = h->gap;
}

static void
obey_reversal(struct harness *h)
{
	uint32_t pkts = h->flow.pkts[0];

	if (!h->parse.reversed)
		return;
	h->parse.reversed = false;
	h->was_reversed = !h->was_reversed;
	h->flow.flags ^= FLOW_END1_INITIATES;
	h->flow.pkts[0] = h->flow.pkts[1];
	h->flow.pkts[1] = pkts;
}

/* What is left after a call: drop what is skipped, keep the rest. */
static void
keep_rest(struct harness *h, unsigned end, uint8_t *block, size_t len, size_t used)
{
	uint64_t skip = h->parse.skip;
	size_t left = len - used, now = skip < left ? (size_t)skip : left;

	h->skipped += skip;
	h->skip[end] = skip - now;
	left -= now;
	used += now;
	free(h->kept[end]);
	h->kept[end] = malloc(left == 0 ? 1 : left);
	if (h->kept[end] == NULL)
		abort();
	memcpy(h->kept[end], block + used, left);
	h->n_kept[end] = left;
	free(block);
}

/* Kept octets and new ones in one block of just their size. */
static uint8_t *
block_of(struct harness *h, unsigned end, struct shown s, size_t *len)
{
	uint8_t *block;

	*len = h->n_kept[end] + s.len;
	block = malloc(*len == 0 ? 1 : *len);
	if (block == NULL)
		abort();
	if (h->n_kept[end] != 0)
		memcpy(block, h->kept[end], h->n_kept[end]);
	if (s.len != 0)
		memcpy(block + h->n_kept[end], s.octets, s.len);
	return block;
}

static struct shown
after_skip(struct harness *h, unsigned end, struct shown s)
{
	size_t drop = h->skip[end] < s.len ? (size_t)h->skip[end] : s.len;

	h->skip[end] -= drop;
	s.octets = (const uint8_t *)s.octets + drop;
	s.len -= drop;
	return s;
}

enum probe_result
harness_probe(struct harness *h, struct shown s)
{
	size_t len;
	uint8_t *block = block_of(h, s.dir == TO_SERVER ? 0 : 1, s, &len);
	enum probe_result result;

	set_direction(h, s.dir == TO_SERVER ? 0 : 1);
	result = h->parser->probe(&h->parse, cursor_over(block, len), on_port(h));
	free(block);
	return result;
}

/* One call. True when another parser went on and has octets to see at once. */
static bool
parse_once(struct harness *h, unsigned end, struct shown s)
{
	size_t len;
	uint8_t *block = block_of(h, end, s, &len);
	struct cursor in = cursor_over(block, len);

	set_direction(h, end);
	h->gap = false;
	h->parse.skip = 0;
	h->parse.unsure = false;
	h->parse.next = PARSER_NONE;
	h->result = h->parser->parse(&h->parse, &in);
	assert(in.at >= block && in.at <= block + len);
	if (h->parse.datagram)
		in.at = block + len;
	obey_reversal(h);
	keep_rest(h, end, block, len, (size_t)(in.at - block));
	h->over = h->result != PARSE_MORE;
	if (h->parse.next == PARSER_NONE)
		return false;
	h->id = h->parse.next;
	h->parser = app_parser_at(h->id);
	memset(h->state, 0, sizeof(h->state));
	return h->n_kept[end] != 0;
}

enum parse_result
harness_show(struct harness *h, struct shown s)
{
	unsigned end = s.dir == TO_SERVER ? 0 : 1;

	h->n_told = 0;
	if (h->over)
		return h->result;
	h->flow.pkts[flow_end_index(&h->flow, TO_SERVER) == end ? TO_SERVER : TO_CLIENT]++;
	s = after_skip(h, end, s);
	if (s.len == 0 && !h->parse.datagram)
		return h->result;
	if (!h->claimed) {
		switch (harness_probe(h, s)) {
		case PROBE_YES:
			h->claimed = true;
			break;
		case PROBE_NO:
			h->over = true;
			return h->result = PARSE_WRONG;
		case PROBE_MORE:
			h->parse.skip = 0;
			if (!h->parse.datagram) {
				size_t len;
				uint8_t *block = block_of(h, end, s, &len);

				keep_rest(h, end, block, len, 0);
			}
			return PARSE_MORE;
		}
	}
	while (parse_once(h, end, s))
		s.len = 0;
	return h->result;
}

/* --- what was written --- */

static size_t
entry_text(char *at, size_t room, const struct record_entry *e)
{
	const struct field *f = field_of(e->field);
	struct addr a;
	char ip[ADDR_TEXT_MAX];

	switch (f->type) {
	case FIELD_UINT:
		return (size_t)snprintf(at, room, "%s=%llu\n", f->name,
		    (unsigned long long)record_uint(e));
	case FIELD_IP:
		memcpy(a.octet, e->octets, sizeof(a.octet));
		(void)addr_text(&a, ip);
		return (size_t)snprintf(at, room, "%s=%s\n", f->name, ip);
	default:
		return (size_t)snprintf(at, room, "%s=%.*s\n", f->name, (int)e->len,
		    (const char *)e->octets);
	}
}

const char *
harness_fields(struct harness *h)
{
	uint16_t offset = 0;
	struct record_entry e;
	size_t len = 0;

	h->text[0] = '\0';
	while (record_next(h->flow.record, &offset, &e) && len < sizeof(h->text) - 1024)
		len += entry_text(h->text + len, sizeof(h->text) - len, &e);
	return h->text;
}

void
harness_fuzz(enum parser_id id, const uint8_t *data, size_t size)
{
	struct cursor in = cursor_over(data, size);
	uint8_t how = cur_u8(&in);
	const struct app_parser *parser = app_parser_at(id);
	struct harness *h = harness_new(id,
	    (how & 1) != 0 ? parser->udp || parser->sctp : !parser->tcp,
	    (how & 2) != 0 ? 40001 : parser->ports[0]);

	h->claimed = (how & 4) != 0;
	h->truncated = (how & 8) != 0;
	while (cur_left(&in) != 0) {
		uint16_t head = cur_be16(&in);
		size_t len = head & 0x3fff;
		struct shown s = { head >> 15 != 0 ? TO_CLIENT : TO_SERVER, in.at, 0 };

		h->gap = (head & 0x4000) != 0;
		s.len = len < cur_left(&in) ? len : cur_left(&in);
		cur_skip(&in, s.len);
		(void)harness_show(h, s);
	}
	(void)harness_fields(h);
	harness_free(h);
}

/* --- properties --- */

static void
show_cut(struct harness *h, const struct shown *s, size_t n, unsigned *seed)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = 0;

		while (at < s[i].len) {
			size_t piece = seed == NULL ? 1
			    : 1 + (size_t)rand_r(seed) % (1 + (size_t)rand_r(seed) % 200);
			struct shown part = { s[i].dir, (const uint8_t *)s[i].octets + at, 0 };

			part.len = piece < s[i].len - at ? piece : s[i].len - at;
			(void)harness_show(h, part);
			at += part.len;
		}
	}
}

void
harness_any_cut(enum parser_id id, uint16_t port, bool claimed, const struct shown *s, size_t n)
{
	struct harness *whole = harness_new(id, false, port);

	whole->claimed = claimed;
	for (size_t i = 0; i < n; i++)
		(void)harness_show(whole, s[i]);
	for (unsigned i = 0; i < CUTS; i++) {
		struct harness *cut = harness_new(id, false, port);
		unsigned seed = i;

		cut->claimed = claimed;
		show_cut(cut, s, n, i == 0 ? NULL : &seed);
		ck_assert_str_eq(harness_fields(cut), harness_fields(whole));
		ck_assert_int_eq(cut->claimed, whole->claimed);
		ck_assert_int_eq(cut->id, whole->id);
		harness_free(cut);
	}
	harness_free(whole);
}

void
harness_every_prefix(enum parser_id id, bool datagram, uint16_t port, bool claimed,
    const struct shown *s, size_t n)
{
	for (size_t last = 0; last < n; last++) {
		for (size_t len = 0; len < s[last].len; len++) {
			struct harness *h = harness_new(id, datagram, port);
			struct shown part = s[last];

			h->claimed = claimed;
			for (size_t i = 0; i < last; i++)
				(void)harness_show(h, s[i]);
			part.len = len;
			h->truncated = len % 2 != 0;
			(void)harness_show(h, part);
			harness_free(h);
		}
	}
}

/* A parser that is unsure does not claim. */
static bool
is_unsure(struct harness *h, struct cursor in)
{
	memset(h->state, 0, sizeof(h->state));
	h->parse.unsure = false;
	(void)h->parser->parse(&h->parse, &in);
	obey_reversal(h);
	return h->parse.unsure;
}

unsigned
harness_claims_random(enum parser_id id, bool datagram, uint16_t port, unsigned n)
{
	struct harness *h = harness_new(id, datagram, port);
	uint64_t x = 88172645463325252u;
	unsigned claims = 0;
	uint8_t octets[1500];

	for (unsigned i = 0; i < n; i++) {
		struct shown s = { TO_SERVER, octets, 0 };

		x ^= x << 13; x ^= x >> 7; x ^= x << 17;
		s.len = 1 + x % sizeof(octets);
		for (size_t k = 0; k < s.len; k += 8) {
			x ^= x << 13; x ^= x >> 7; x ^= x << 17;
			memcpy(octets + k, &x, s.len - k < 8 ? s.len - k : 8);
		}
		claims += harness_probe(h, s) == PROBE_YES
		    && !is_unsure(h, cursor_over(octets, s.len));
	}
	harness_free(h);
	return claims;
}
