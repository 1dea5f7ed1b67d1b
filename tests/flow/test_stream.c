/* SPDX-License-Identifier: Apache-2.0 */
/* test_stream.c - in order, each octet once, whatever the network does to the segments. */
#include <stdio.h>

#include "support.h"

enum { TEXT_MAX = 70000 };

/* What a parser was shown, by direction; '|' marks a gap. */
struct seen {
	char text[2][TEXT_MAX];
	size_t len[2];
	unsigned chunks;
};

/* How the parser at the end of the stream behaves. */
struct parser {
	size_t least;		/* consumes nothing while a chunk is shorter than this */
	size_t most;		/* consumes at most this of a chunk; 0: all */
	uint64_t skip;		/* with the first octets it consumes */
};

static void
drain(struct world *w, struct flow *flow, struct parser *p, struct seen *seen)
{
	struct stream_chunk chunk;

	while (flow_stream_next(w->ft, flow, &chunk)) {
		size_t len = cur_left(&chunk.data), used = len < p->least ? 0 : len;
		uint64_t skip = 0;

		seen->chunks++;
		if (chunk.gap)
			seen->text[chunk.dir][seen->len[chunk.dir]++] = '|';
		if (p->most != 0 && used > p->most)
			used = p->most;
		ck_assert_uint_le(seen->len[chunk.dir] + used, TEXT_MAX);
		if (used != 0) {
			memcpy(seen->text[chunk.dir] + seen->len[chunk.dir], chunk.data.at, used);
			skip = p->skip;
			p->skip = 0;
		}
		seen->len[chunk.dir] += used;
		flow_stream_consume(w->ft, flow, &chunk, used, skip);
	}
}

static struct flow *
feed(struct world *w, const struct packet *pkt, struct parser *p, struct seen *seen)
{
	struct flow *flow = world_touch(w, pkt);

	ck_assert_ptr_nonnull(flow);
	if (flow_stream_push(w->ft, flow, pkt, w->dir))
		drain(w, flow, p, seen);
	return flow;
}

static void
expect(const struct seen *seen, enum direction dir, const char *text, const char *what)
{
	ck_assert_msg(seen->len[dir] == strlen(text) &&
	    memcmp(seen->text[dir], text, seen->len[dir]) == 0, "%s: \"%.*s\", not \"%s\"", what,
	    (int)seen->len[dir], seen->text[dir], text);
}

/* One step of a script: a segment, offset from the first octet of its sender. */
struct step {
	bool from_client;
	uint8_t flags;
	int32_t at;		/* SYN: -1 */
	const char *data;
	uint32_t acks;		/* octets of the other end, with TCP_ACK */
	uint32_t cut;		/* octets that the snapshot length took */
};

static const struct {
	const char *what;
	struct step steps[12];
	const char *want[2];
	struct parser parser;
} scripts[] = {
	{ "in order", { { true, 2, -1 }, { false, 18, -1 }, { true, 16, 0, "GET " },
	  { true, 16, 4, "/" }, { false, 16, 0, "200", 5 } }, { "GET /", "200" } },
	{ "overtaken", { { true, 2, -1 }, { true, 16, 4, "efgh" }, { true, 16, 0, "abcd" },
	  { true, 16, 8, "i" } }, { "abcdefghi", "" } },
	{ "three overtaken", { { true, 2, -1 }, { true, 16, 6, "gh" }, { true, 16, 2, "cd" },
	  { true, 16, 4, "ef" }, { true, 16, 0, "ab" } }, { "abcdefgh", "" } },
	{ "sent again", { { true, 2, -1 }, { true, 16, 0, "abcd" }, { true, 16, 0, "abcd" },
	  { true, 16, 2, "CDef" } }, { "abcdef", "" } },
	{ "overlap in what is held: the first wins", { { true, 2, -1 }, { true, 16, 2, "cdef" },
	  { true, 16, 4, "EFGH" }, { true, 16, 1, "BCDEFGHI" }, { true, 16, 0, "a" } },
	  { "aBcdefGHI", "" } },
	{ "one that fills two holes", { { true, 2, -1 }, { true, 16, 2, "c" }, { true, 16, 4, "e" },
	  { true, 16, 1, "BCDEF" }, { true, 16, 0, "a" } }, { "aBcDeF", "" } },
	{ "inside of what is held", { { true, 2, -1 }, { true, 16, 2, "cdef" }, { true, 16, 3, "DE" },
	  { true, 16, 2, "CDE" }, { true, 16, 0, "ab" }, { true, 16, 6, "g" } }, { "abcdefg", "" } },
	{ "data in the SYN", { { true, 2, -1, "abc" }, { false, 18, -1, NULL, 3 },
	  { true, 16, 3, "d" } }, { "abcd", "" } },
	{ "data in the SYN, refused and sent again", { { true, 2, -1, "abc" },
	  { false, 18, -1, NULL, 0 }, { true, 16, 0, "abcd" } }, { "abcd", "" } },
	{ "picked up in the middle", { { true, 16, 100, "cd" }, { true, 16, 102, "ef" },
	  { true, 16, 98, "ab" } }, { "cdef", "" } },
	{ "one side only", { { false, 18, -1 }, { false, 16, 0, "ab" }, { false, 16, 2, "cd" } },
	  { "", "abcd" } },
	{ "a hole that the other end acknowledged", { { true, 2, -1 }, { false, 18, -1 },
	  { true, 16, 0, "ab" }, { true, 16, 4, "ef" }, { false, 16, 0, NULL, 2 },
	  { false, 16, 0, NULL, 6 }, { true, 16, 6, "g" } }, { "ab|efg", "" } },
	{ "a hole that is filled before it's acknowledged", { { true, 2, -1 }, { false, 18, -1 },
	  { true, 16, 4, "ef" }, { false, 16, 0, NULL, 0 }, { true, 16, 0, "abcd" },
	  { false, 16, 0, NULL, 6 } }, { "abcdef", "" } },
	{ "one-sided: a hole and then eight segments", { { true, 2, -1 }, { true, 16, 2, "c" },
	  { true, 16, 3, "d" }, { true, 16, 4, "e" }, { true, 16, 5, "f" }, { true, 16, 6, "g" },
	  { true, 16, 7, "h" }, { true, 16, 8, "i" }, { true, 16, 9, "j" } }, { "|cdefghij", "" } },
	{ "seven are not enough", { { true, 2, -1 }, { true, 16, 2, "c" },
	  { true, 16, 3, "d" }, { true, 16, 4, "e" }, { true, 16, 5, "f" }, { true, 16, 6, "g" },
	  { true, 16, 7, "h" }, { true, 16, 8, "i" } }, { "", "" } },
	{ "a keep-alive octet", { { true, 2, -1 }, { true, 16, 0, "abc" }, { true, 16, 2, "x" },
	  { true, 16, 3, "d" } }, { "abcd", "" } },
	{ "the reason in a reset is no data", { { true, 2, -1 }, { true, 20, 0, "bye" } },
	  { "", "" } },
	{ "a SYN that tries anew", { { true, 2, -1 }, { true, 2, 999 }, { true, 16, 1000, "ab" } },
	  { "ab", "" } },
	{ "cut by the snapshot length", { { true, 2, -1 }, { true, 16, 0, "abcd", 0, 2 },
	  { true, 16, 4, "ef" } }, { "ab|ef", "" } },
	{ "cut to nothing", { { true, 2, -1 }, { true, 16, 0, "abcd", 0, 4 },
	  { true, 16, 4, "ef" } }, { "|ef", "" } },
	{ "cut and overtaken", { { true, 2, -1 }, { true, 16, 2, "cdef", 0, 3 },
	  { true, 16, 0, "ab" }, { true, 16, 6, "gh" } }, { "abc|gh", "" } },
	{ "cut within what is skipped", { { true, 2, -1 }, { true, 16, 0, "abcd", 0, 2 },
	  { true, 16, 4, "ef" } }, { "abf", "" }, { .skip = 3 } },
	{ "a parser that waits for five", { { true, 2, -1 }, { true, 16, 0, "ab" },
	  { true, 16, 2, "cd" }, { true, 16, 4, "ef" } }, { "abcdef", "" }, { .least = 5 } },
	{ "what waits is dropped at a gap", { { true, 2, -1 }, { false, 18, -1 },
	  { true, 16, 0, "ab" }, { true, 16, 4, "efghi" }, { false, 16, 0, NULL, 9 } },
	  { "|efghi", "" }, { .least = 5 } },
	{ "one octet at a time", { { true, 2, -1 }, { true, 16, 0, "abc" }, { true, 16, 3, "de" } },
	  { "ab", "" }, { .most = 1 } },
	{ "skip within the chunk", { { true, 2, -1 }, { true, 16, 0, "abcd" },
	  { true, 16, 4, "ef" } }, { "abde", "" }, { .most = 2, .skip = 1 } },
	{ "skip over segments", { { true, 2, -1 }, { true, 16, 0, "ab" }, { true, 16, 2, "cd" },
	  { true, 16, 4, "efg" } }, { "abfg", "" }, { .skip = 3 } },
	{ "skip over a hole", { { true, 2, -1 }, { true, 16, 0, "ab" }, { true, 16, 4, "efg" } },
	  { "abfg", "" }, { .skip = 3 } },
	{ "skip over what is held", { { true, 2, -1 }, { true, 16, 3, "def" },
	  { true, 16, 0, "ab" } }, { "abf", "" }, { .skip = 3 } },
	{ "a hole longer than the skip", { { true, 2, -1 }, { false, 18, -1 },
	  { true, 16, 0, "ab" }, { true, 16, 6, "ghi" }, { false, 16, 0, NULL, 9 } },
	  { "ab|ghi", "" }, { .skip = 3 } },
	{ "skip of 2^40", { { true, 2, -1 }, { true, 16, 0, "ab" }, { true, 16, 2, "cd" },
	  { true, 16, 1 << 30, "efg" } }, { "ab", "" }, { .skip = UINT64_C(1) << 40 } },
};

static void
run_script(int i, uint32_t client_isn, uint32_t server_isn, struct seen *seen)
{
	struct world *w = world_new();
	struct parser parser = scripts[i].parser;
	const uint32_t isn[2] = { server_isn, client_isn };

	for (int k = 0; k < 12 && scripts[i].steps[k].flags != 0; k++) {
		const struct step *step = &scripts[i].steps[k];
		bool syn = (step->flags & TCP_SYN) != 0;
		size_t len = step->data == NULL ? 0 : strlen(step->data);
		struct packet pkt = segment(step->from_client, step->flags,
		    isn[step->from_client] + 1 + (uint32_t)step->at,
		    isn[!step->from_client] + 1 + step->acks, step->data, len, S);
		char *copy = len == step->cut ? NULL : malloc(len - step->cut);

		ck_assert(!syn || step->at == -1 || step->at == 999);
		if (copy != NULL)
			memcpy(copy, step->data, len - step->cut);
		pkt.payload = (const uint8_t *)copy;
		pkt.payload_len -= step->cut;
		(void)feed(w, &pkt, &parser, seen);
		free(copy);		/* what the stream keeps it must have copied */
	}
	flow_table_end_all(w->ft, S);
	world_free(w);
}

START_TEST(delivers)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	run_script(_i, 1000, 2000, seen);
	expect(seen, TO_SERVER, scripts[_i].want[0], scripts[_i].what);
	expect(seen, TO_CLIENT, scripts[_i].want[1], scripts[_i].what);
	free(seen);
}
END_TEST

START_TEST(delivers_over_the_wrap)
{
	for (uint32_t back = 0; back < 8; back++) {
		struct seen *seen = calloc(1, sizeof(*seen));

		run_script(_i, UINT32_MAX - back, UINT32_MAX - back, seen);
		expect(seen, TO_SERVER, scripts[_i].want[0], scripts[_i].what);
		expect(seen, TO_CLIENT, scripts[_i].want[1], scripts[_i].what);
		free(seen);
	}
}
END_TEST

/* Six segments in each of their 720 orders. */
START_TEST(every_order_of_six_segments)
{
	static const char text[] = "abcdefghijkl";
	struct seen *seen = calloc(1, sizeof(*seen));
	int rest[6], code = _i;

	struct world *w = world_new();
	struct parser parser = { 0 };
	struct packet syn = segment(true, TCP_SYN, 4294967290u, 0, NULL, 0, S);

	(void)feed(w, &syn, &parser, seen);
	for (int i = 0; i < 6; i++)
		rest[i] = i;
	for (int left = 6; left > 0; left--) {
		int pick = code % left, at = rest[pick];
		struct packet pkt = segment(true, TCP_ACK, 4294967291u + 2 * (uint32_t)at, 0,
		    text + 2 * at, 2, S);

		code /= left;
		rest[pick] = rest[left - 1];
		(void)feed(w, &pkt, &parser, seen);
	}
	expect(seen, TO_SERVER, text, "permuted");
	ck_assert_uint_eq(world_count(w, "flow.stream.gap"), 0);
	free(seen);
	world_free(w);
}
END_TEST

static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 8;
}

/* A known text, cut at random into segments that are shuffled within a window, overlap and
 * come twice; the parser consumes as it likes. All of it must come out, once, in order, and
 * all memory must come back. Octets of a second copy differ where the first one must win. */
START_TEST(random_cuts_deliver_exactly)
{
	enum { LEN = 20000, WINDOW = 12 };
	struct world *w = world_new();
	struct seen *seen = calloc(1, sizeof(*seen));
	char *text = malloc(LEN);
	uint64_t state = 0x9e3779b97f4a7c15u ^ ((uint64_t)_i << 32 | 12345u);
	struct parser parser = { .least = random_next(&state) % 50,
	    .most = random_next(&state) % 3 == 0 ? 1 + random_next(&state) % 700 : 0 };
	uint32_t isn = (uint32_t)(UINT32_MAX - random_next(&state) % LEN), done = 0;
	struct packet syn = segment(true, TCP_SYN, isn, 0, NULL, 0, S);
	struct packet answer = segment(false, TCP_SYN | TCP_ACK, 5, isn + 1, NULL, 0, S);
	size_t empty = flow_table_memory(w->ft);
	struct flow *flow;

	for (size_t i = 0; i < LEN; i++)
		text[i] = (char)('!' + random_next(&state) % 90);
	(void)feed(w, &syn, &parser, seen);
	flow = feed(w, &answer, &parser, seen);
	while (done < LEN) {
		struct { uint32_t at, len; } cut[WINDOW];
		unsigned n = 1 + (unsigned)(random_next(&state) % WINDOW), sent = 0;
		uint32_t at = done;

		for (unsigned i = 0; i < n; i++) {	/* cut on, reaching back a little */
			uint32_t back = (uint32_t)(random_next(&state) % 40);

			cut[i].at = at > back ? at - back : at;
			cut[i].len = at - cut[i].at + 1 + (uint32_t)(random_next(&state) % 300);
			if (cut[i].at + cut[i].len > LEN)
				cut[i].len = LEN - cut[i].at;
			at = cut[i].at + cut[i].len;
		}
		done = at;
		while (sent < n * 2) {		/* shuffled, some twice; all at least once */
			unsigned pick = sent < n ? (unsigned)(random_next(&state) % n) : sent - n;
			struct packet pkt = segment(true, TCP_ACK, isn + 1 + cut[pick].at, 6,
			    text + cut[pick].at, cut[pick].len, S);
			uint8_t *copy = malloc(cut[pick].len);

			memcpy(copy, pkt.payload, cut[pick].len);
			pkt.payload = copy;
			if (cut[pick].len != 0)
				(void)feed(w, &pkt, &parser, seen);
			free(copy);
			sent++;
		}
	}
	ck_assert_uint_eq(world_count(w, "flow.stream.gap"), 0);
	if (parser.most == 0) {
		struct packet fin = segment(true, TCP_ACK | TCP_PSH, isn + 1 + LEN, 6,
		    "................................................................", 64, S);

		(void)feed(w, &fin, &parser, seen);	/* what the parser still waited with */
		ck_assert_uint_eq(seen->len[0], LEN + 64);
	}
	ck_assert_mem_eq(seen->text[0], text, seen->len[0] < LEN ? seen->len[0] : LEN);
	flow_table_end(w->ft, flow, FLOW_END_FIN);
	ck_assert_uint_eq(flow_table_memory(w->ft), empty);
	free(text);
	free(seen);
	world_free(w);
}
END_TEST

START_TEST(in_order_octets_are_borrowed_not_copied)
{
	struct world *w = world_new();
	size_t empty = flow_table_memory(w->ft);
	struct packet syn = segment(true, TCP_SYN, 9, 0, NULL, 0, S);
	struct packet pkt = segment(true, TCP_ACK, 10, 0, "abcdef", 6, S);
	struct stream_chunk chunk;
	struct flow *flow = world_touch(w, &syn);

	ck_assert(!flow_stream_push(w->ft, flow, &syn, w->dir));
	(void)world_touch(w, &pkt);
	ck_assert(flow_stream_push(w->ft, flow, &pkt, w->dir));
	ck_assert(flow_stream_next(w->ft, flow, &chunk));
	ck_assert_ptr_eq(chunk.data.at, pkt.payload);
	flow_stream_consume(w->ft, flow, &chunk, 6, 0);
	ck_assert(!flow_stream_next(w->ft, flow, &chunk));
	ck_assert_uint_eq(flow_table_memory(w->ft) - empty, sizeof(struct flow) + 128);
	/* Nothing consumed and nothing new: the parser isn't asked again. */
	pkt.seq = 16;
	ck_assert(flow_stream_push(w->ft, flow, &pkt, w->dir));
	ck_assert(flow_stream_next(w->ft, flow, &chunk));
	ck_assert(!flow_stream_next(w->ft, flow, &chunk));
	ck_assert_uint_eq(flow_table_memory(w->ft) - empty, sizeof(struct flow) + 128 + 256);
	flow_stream_stop(w->ft, flow);
	ck_assert_ptr_null(flow->stream);
	ck_assert(!flow_stream_push(w->ft, flow, &pkt, w->dir));
	ck_assert(!flow_stream_next(w->ft, flow, &chunk));
	flow_stream_consume(w->ft, flow, &chunk, 1, 1);
	ck_assert_uint_eq(flow_table_memory(w->ft) - empty, sizeof(struct flow));
	world_free(w);
}
END_TEST

/* Who pushes segments with octets only: the flow remembers where the initiator's begin. */
START_TEST(a_syn_need_not_be_pushed)
{
	struct world *w = world_new();
	struct seen *seen = calloc(1, sizeof(*seen));
	struct parser parser = { 0 };
	struct packet pkt = segment(true, TCP_SYN, 9, 0, NULL, 0, S);

	ck_assert_ptr_nonnull(world_touch(w, &pkt));
	pkt = segment(true, TCP_ACK, 12, 0, "cd", 2, S);
	(void)feed(w, &pkt, &parser, seen);
	pkt = segment(true, TCP_ACK, 10, 0, "ab", 2, S);
	(void)feed(w, &pkt, &parser, seen);
	expect(seen, TO_SERVER, "abcd", "overtaken");
	free(seen);
	world_free(w);
}
END_TEST

/* The pusher who does not look loses the packet, not the stream. */
START_TEST(an_unseen_push_is_a_gap)
{
	struct world *w = world_new();
	struct seen *seen = calloc(1, sizeof(*seen));
	struct parser parser = { 0 };
	struct packet pkt = segment(true, TCP_ACK, 10, 0, "ab", 2, S);
	struct flow *flow = feed(w, &pkt, &parser, seen);

	pkt = segment(true, TCP_ACK, 12, 0, "cd", 2, S);
	ck_assert(flow_stream_push(w->ft, flow, &pkt, TO_SERVER));
	pkt = segment(true, TCP_ACK, 14, 0, "ef", 2, S);
	(void)feed(w, &pkt, &parser, seen);
	expect(seen, TO_SERVER, "ab|ef", "unseen");
	free(seen);
	world_free(w);
}
END_TEST

START_TEST(a_parser_that_never_consumes_is_given_up)
{
	struct world *w = world_new();
	struct seen *seen = calloc(1, sizeof(*seen));
	struct parser parser = { .least = SIZE_MAX };
	char data[1000] = { 0 };
	struct flow *flow = NULL;
	size_t n = 0;

	do {
		struct packet pkt = segment(true, TCP_ACK, (uint32_t)(10 + 1000 * n), 0, data,
		    sizeof(data), S);

		flow = feed(w, &pkt, &parser, seen);
		n++;
	} while (flow->stream != NULL && n < 100);
	ck_assert_uint_eq(n, 5);	/* 4096 are kept, 5000 are not */
	ck_assert_uint_eq(world_count(w, "flow.stream.full"), 1);
	free(seen);
	world_free(w);
}
END_TEST

START_TEST(held_octets_are_capped_by_passing_the_hole)
{
	struct world *w = world_new();
	struct seen *seen = calloc(1, sizeof(*seen));
	struct parser parser = { 0 };
	static char data[1500];
	struct packet syn = segment(true, TCP_SYN, 9, 0, NULL, 0, S);

	(void)feed(w, &syn, &parser, seen);
	for (uint32_t i = 0; i < 3; i++) {
		struct packet pkt = segment(true, TCP_ACK, 11 + 1500 * i, 0, data, 1500, S);

		ck_assert_uint_eq(seen->len[0], 0);
		(void)feed(w, &pkt, &parser, seen);
	}
	ck_assert_uint_eq(seen->len[0], 1 + 4500);	/* 4500 > flow.stream_max */
	ck_assert_uint_eq(world_count(w, "flow.stream.gap"), 1);
	ck_assert_uint_eq(world_count(w, "flow.stream.out_of_order"), 3);
	free(seen);
	world_free(w);
}
END_TEST

/* Thirty-two flows that wait, in memory for a few. Those that find no room are given up. */
START_TEST(the_memcap_holds)
{
	struct world *w = world_config();
	struct seen *seen = calloc(1, sizeof(*seen));
	struct parser parser = { .least = SIZE_MAX };
	static char data[4000];
	unsigned alive = 0;
	size_t empty;

	w->cfg.stream_memcap = 1 << 17;
	world_start(w);
	empty = flow_table_memory(w->ft);
	for (uint16_t port = 0; port < 64; port++) {
		struct packet pkt = segment(true, TCP_ACK, 10, 0, data, sizeof(data), S);
		struct flow *flow;

		pkt.ends.src_port = (uint16_t)(30000 + port);
		flow = feed(w, &pkt, &parser, seen);
		alive += flow->stream != NULL;
	}
	ck_assert_uint_eq(alive, 32);		/* of 4 KiB each */
	ck_assert_uint_eq(world_count(w, "flow.stream.memcap"), 32);
	flow_table_end_all(w->ft, S);
	ck_assert_uint_eq(flow_table_memory(w->ft), empty);
	free(seen);
	world_free(w);
}
END_TEST

START_TEST(a_reversed_flow_reads_on)
{
	struct world *w = world_new();
	struct seen *seen = calloc(1, sizeof(*seen));
	struct parser parser = { 0 };
	struct packet pkt = segment(true, TCP_ACK, 12, 0, "cd", 2, S);
	struct flow *flow;

	flow = feed(w, &pkt, &parser, seen);
	ck_assert_int_eq(w->dir, TO_SERVER);
	pkt = segment(true, TCP_ACK, 15, 0, "f", 1, S);
	(void)feed(w, &pkt, &parser, seen);	/* held */
	flow_reverse(flow);
	ck_assert_int_eq(flow->initiator_evidence, INITIATOR_PROTOCOL);
	pkt = segment(true, TCP_ACK, 14, 0, "e", 1, S);
	(void)feed(w, &pkt, &parser, seen);
	ck_assert_int_eq(w->dir, TO_CLIENT);
	expect(seen, TO_SERVER, "cd", "before");
	expect(seen, TO_CLIENT, "ef", "after");
	ck_assert(flow->pkts[TO_CLIENT] == 3 && flow->pkts[TO_SERVER] == 0);
	free(seen);
	world_free(w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stream");
	TCase *t = tcase_create("stream");

	tcase_add_loop_test(t, delivers, 0, ARRAY_LEN(scripts));
	tcase_add_loop_test(t, delivers_over_the_wrap, 0, ARRAY_LEN(scripts));
	tcase_add_loop_test(t, every_order_of_six_segments, 0, 720);
	tcase_add_loop_test(t, random_cuts_deliver_exactly, 0, 60);
	tcase_add_test(t, in_order_octets_are_borrowed_not_copied);
	tcase_add_test(t, a_syn_need_not_be_pushed);
	tcase_add_test(t, an_unseen_push_is_a_gap);
	tcase_add_test(t, a_parser_that_never_consumes_is_given_up);
	tcase_add_test(t, held_octets_are_capped_by_passing_the_hole);
	tcase_add_test(t, the_memcap_holds);
	tcase_add_test(t, a_reversed_flow_reads_on);
	suite_add_tcase(s, t);
	return suite_run(s);
}
