/* SPDX-License-Identifier: Apache-2.0 */
/* test_fragment.c - reassembly: any order, overlaps, limits, timeouts, in tunnels. */
#include "frames.h"

/* Header of a fragment: ident, flags and offset. 10.0.0.1 > 10.0.0.2, UDP. */
#define FRAG4(total, ident, at) "4500 " total " " ident " " at " 40 11 0000 0a000001 0a000002 "
#define FRAG6(len, at) IP6(len, "2c") "1100 " at " 00000007 "
/* A datagram of 24 octets: UDP header and 16 of payload, in three fragments. */
#define A(ident) FRAG4("001c", ident, "2000") "03e8 07d0 0018 0000"
#define B(ident) FRAG4("001c", ident, "2001") "6161616161616161"
#define C(ident) FRAG4("001c", ident, "0002") "6262626262626262"
#define WHOLE "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 16/16 whole"

enum { STEPS_MAX = 6, SECOND = 1000000 };

struct step {
	const char *hex;	/* NULL: no more */
	enum decode_result result;
	uint32_t seconds;	/* since the step before */
	uint32_t more;		/* octets cut by the snapshot length */
};

static const struct {
	const char *what;
	struct step steps[STEPS_MAX];
	const char *says;	/* of the last step, when it is good */
	const char *counter;	/* that must be 1 */
} stories[] = {
	{ "in order", { { A("0001"), DECODE_FRAGMENT_HELD }, { B("0001"), DECODE_FRAGMENT_HELD },
	  { C("0001"), DECODE_OK } }, WHOLE, "decode.fragment.completed" },
	{ "backwards", { { C("0001"), DECODE_FRAGMENT_HELD }, { B("0001"), DECODE_FRAGMENT_HELD },
	  { A("0001"), DECODE_OK } }, WHOLE, "decode.fragment.completed" },
	{ "the middle last", { { C("0001"), DECODE_FRAGMENT_HELD },
	  { A("0001"), DECODE_FRAGMENT_HELD }, { B("0001"), DECODE_OK } }, WHOLE,
	  "decode.fragment.datagrams" },
	{ "repeated alike", { { A("0001"), DECODE_FRAGMENT_HELD }, { B("0001"), DECODE_FRAGMENT_HELD },
	  { B("0001"), DECODE_FRAGMENT_HELD }, { C("0001"), DECODE_OK } }, WHOLE,
	  "decode.fragment.overlap" },
	{ "repeated with another content: the first stays", { { A("0001"), DECODE_FRAGMENT_HELD },
	  { B("0001"), DECODE_FRAGMENT_HELD },
	  { FRAG4("0024", "0001", "0001") "7878787878787878 6262626262626262", DECODE_OK } }, WHOLE,
	  "decode.fragment.overlap_differs" },
	{ "another ident is another datagram", { { A("0001"), DECODE_FRAGMENT_HELD },
	  { B("0002"), DECODE_FRAGMENT_HELD }, { C("0001"), DECODE_FRAGMENT_HELD },
	  { B("0001"), DECODE_OK } }, WHOLE, "decode.fragment.completed" },
	{ "IPv6", { { FRAG6("0010", "0001") "03e8 07d0 0018 0000", DECODE_FRAGMENT_HELD },
	  { FRAG6("0018", "0008") "6161616161616161 6262626262626262", DECODE_OK } },
	  "17 2001:db8::1 1000 > 2001:db8::2 2000 payload 16/16 whole", "decode.fragment.completed" },
	{ "IPv6 behind another extension", {
	  { IP6("0018", "00") "2c00010400000000 11000001 00000007 03e8 07d0 0018 0000",
	    DECODE_FRAGMENT_HELD },
	  { IP6("0020", "00") "2c00010400000000 11000008 00000007 6161616161616161 6262626262626262",
	    DECODE_OK } },
	  "17 2001:db8::1 1000 > 2001:db8::2 2000 payload 16/16 whole", "decode.fragment.completed" },
	{ "too late", { { A("0001"), DECODE_FRAGMENT_HELD }, { B("0001"), DECODE_FRAGMENT_HELD },
	  { C("0001"), DECODE_FRAGMENT_HELD, 31 } }, NULL, "decode.fragment.expired" },
	{ "just in time", { { A("0001"), DECODE_FRAGMENT_HELD }, { B("0001"), DECODE_FRAGMENT_HELD },
	  { C("0001"), DECODE_OK, 30 } }, WHOLE, "decode.fragment.completed" },
	{ "no octets", { { FRAG4("0014", "0001", "2001"), DECODE_FRAGMENT_TINY } }, NULL,
	  "decode.fragment.tiny" },
	{ "4 octets and more to come", { { FRAG4("0018", "0001", "2000") "03e807d0",
	  DECODE_FRAGMENT_TINY } }, NULL, "decode.fragment.tiny" },
	{ "12 octets and more to come", { { FRAG4("0020", "0001", "2000") "03e807d0 00180000 61616161",
	  DECODE_FRAGMENT_UNALIGNED } }, NULL, "decode.fragment.unaligned" },
	{ "past 65535", { { FRAG4("0024", "0001", "1fff") "00000000000000000000000000000000",
	  DECODE_FRAGMENT_TOO_LARGE } }, NULL, "decode.fragment.too_large" },
	{ "past the end told", { { C("0001"), DECODE_FRAGMENT_HELD },
	  { FRAG4("001c", "0001", "2003") "6363636363636363", DECODE_FRAGMENT_END } }, NULL,
	  "decode.fragment.end" },
	{ "a second end", { { C("0001"), DECODE_FRAGMENT_HELD },
	  { FRAG4("001c", "0001", "0001") "6363636363636363", DECODE_FRAGMENT_END } }, NULL,
	  "decode.fragment.end" },
	{ "first cut by the snapshot length", { { FRAG4("0024", "0001", "2000") "03e8 07d0 0018 0000",
	  DECODE_OK, 0, 8 } }, "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 0/16 cut lone", "decode.ok" },
	{ "later one cut by the snapshot length", { { FRAG4("001c", "0001", "2001") "61616161",
	  DECODE_FRAGMENT_SNAPPED, 0, 4 } }, NULL, "decode.fragment.snapped" },
	{ "malformed when whole", { { FRAG4("001c", "0001", "2000") "03e8 07d0 0019 0000",
	  DECODE_FRAGMENT_HELD }, { FRAG4("0024", "0001", "0001") "61616161616161616161616161616161",
	  DECODE_UDP_LENGTH } }, NULL, "decode.udp.length" },
	{ "GTP-U in outer fragments", {
	  { FRAG4("0024", "0001", "2000") "0868 0868 002f 0000 30 ff 001f 00000007",
	    DECODE_FRAGMENT_HELD },
	  { FRAG4("0033", "0001", "0002") INNER4, DECODE_OK } },
	  SAYS4 " gtpu*1 id 7 17 10.0.0.1 2152 > 10.0.0.2 2152 whole", "decode.fragment.completed" },
	{ "fragments inside GTP-U", {
	  { OUT4("0040", "11") "0868 0868 002c 0000 30 ff 001c 00000007" A("0001"),
	    DECODE_FRAGMENT_HELD },
	  { OUT4("0040", "11") "0868 0868 002c 0000 30 ff 001c 00000007" B("0001"),
	    DECODE_FRAGMENT_HELD },
	  { OUT4("0040", "11") "0868 0868 002c 0000 30 ff 001c 00000008" C("0001"),
	    DECODE_FRAGMENT_HELD },
	  { OUT4("0040", "11") "0868 0868 002c 0000 30 ff 001c 00000007" C("0001"), DECODE_OK } },
	  "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 16/16 gtpu*1 id 7 17 192.0.2.1 2152 > "
	  "192.0.2.2 2152 whole", "decode.fragment.completed" },
	{ "fragments inside fragments", {
	  { FRAG4("0024", "0009", "2000") "0868 0868 002c 0000 30 ff 001c 00000007",
	    DECODE_FRAGMENT_HELD },
	  { FRAG4("0030", "0009", "0002") A("0001"), DECODE_FRAGMENT_HELD },
	  { FRAG4("0024", "000a", "2000") "0868 0868 0034 0000 30 ff 0024 00000007",
	    DECODE_FRAGMENT_HELD },
	  { FRAG4("0038", "000a", "0002") FRAG4("0024", "0001", "0001")
	    "6161616161616161 6262626262626262", DECODE_OK } },
	  "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 16/16 gtpu*1 id 7 17 10.0.0.1 2152 > "
	  "10.0.0.2 2152 whole", NULL },
};

START_TEST(tells_the_story)
{
	struct bench b = bench_new(NULL);
	struct packet pkt;
	uint64_t now = SECOND;
	char text[512] = "";

	for (size_t i = 0; i < STEPS_MAX && stories[_i].steps[i].hex != NULL; i++) {
		const struct step *s = &stories[_i].steps[i];
		uint8_t octets[FRAME_MAX];
		size_t len = octets_of(s->hex, octets);
		enum decode_result result;

		now += (uint64_t)s->seconds * SECOND;
		result = decode_block(&b, RAW, octets, len, len + s->more, now, &pkt);
		ck_assert_msg(result == s->result, "%s, step %zu: %s, not %s", stories[_i].what, i,
		    result_names[result], result_names[s->result]);
		if (result == DECODE_OK)
			describe(&pkt, text, sizeof(text));
	}
	if (stories[_i].says != NULL)
		ck_assert_msg(strcmp(text, stories[_i].says) == 0, "%s: %s, not %s",
		    stories[_i].what, text, stories[_i].says);
	if (stories[_i].counter != NULL)
		ck_assert_msg(stats_value(b.st, stories[_i].counter) == 1, "%s: %s",
		    stories[_i].what, stories[_i].counter);
	bench_free(&b);
}
END_TEST

/* Write a fragment of `len` octets of a pattern that tells its place. */
static size_t
fragment(uint8_t *out, unsigned ident, unsigned offset, unsigned len, bool more)
{
	size_t head = octets_of(FRAG4("0000", "0000", "0000"), out);

	out[2] = (uint8_t)((head + len) >> 8);
	out[3] = (uint8_t)(head + len);
	out[4] = (uint8_t)(ident >> 8);
	out[5] = (uint8_t)ident;
	out[6] = (uint8_t)((more ? 0x20 : 0) | offset >> 11);
	out[7] = (uint8_t)(offset >> 3);
	out[9] = 0xfd;		/* for experiments: no header to decode */
	for (unsigned i = 0; i < len; i++)
		out[head + i] = (uint8_t)((offset + i) * 7 >> 3 ^ ident);
	return head + len;
}

static enum decode_result
send(struct bench *b, unsigned ident, unsigned offset, unsigned len, bool more,
    struct packet *pkt)
{
	uint8_t octets[FRAME_MAX];
	size_t n = fragment(octets, ident, offset, len, more);

	return decode_block(b, RAW, octets, n, n, 1, pkt);
}

/* 4000 octets in pieces of any size and order, overlapping: the whole is what was sent. */
START_TEST(whole_is_what_was_sent)
{
	struct bench b = bench_new(NULL);
	struct packet pkt;
	unsigned state = (unsigned)_i * 2654435761u + 1, turns = 0;
	enum decode_result result = DECODE_FRAGMENT_HELD;

	while (result == DECODE_FRAGMENT_HELD && turns++ < 10000) {
		unsigned at, len;

		state = state * 1103515245u + 12345u;
		at = (state >> 8) % 500 * 8;
		state = state * 1103515245u + 12345u;
		len = ((state >> 8) % 180 + 1) * 8;
		if (at + len > 4000)
			len = 4000 - at;
		result = send(&b, 5, at, len, at + len < 4000, &pkt);
	}
	ck_assert(result == DECODE_OK);
	ck_assert(pkt.payload_len == 4000 && pkt.ip_len == 4020 && pkt.l3_len == 4020);
	ck_assert(pkt.l3[2] == 4020 >> 8 && pkt.l3[3] == (4020 & 0xff) && pkt.l3[6] == 0);
	for (unsigned i = 0; i < 4000; i++)
		ck_assert(pkt.payload[i] == (uint8_t)(i * 7 >> 3 ^ 5));
	ck_assert(stats_value(b.st, "decode.fragment.overlap_differs") == 0);
	bench_free(&b);
}
END_TEST

/* The header before the whole reads as if there had been no fragments. */
static const struct {
	const char *first, *last;
	size_t next_at;		/* octet that names UDP */
	unsigned len;		/* payload length of IPv6 */
} headers[] = {
	{ FRAG6("0010", "0001") "03e8 07d0 0018 0000",
	  FRAG6("0018", "0008") "6161616161616161 6262626262626262", 6, 24 },
	{ IP6("0018", "00") "2c00010400000000 11000001 00000007 03e8 07d0 0018 0000",
	  IP6("0020", "00") "2c00010400000000 11000008 00000007 6161616161616161 6262626262626262",
	  40, 32 },
};

START_TEST(header_of_the_whole)
{
	struct bench b = bench_new(NULL);
	uint8_t octets[FRAME_MAX];
	struct packet pkt;
	size_t len = octets_of(headers[_i].first, octets);

	ck_assert(decode_block(&b, RAW, octets, len, len, 1, &pkt) == DECODE_FRAGMENT_HELD);
	len = octets_of(headers[_i].last, octets);
	ck_assert(decode_block(&b, RAW, octets, len, len, 1, &pkt) == DECODE_OK);
	ck_assert(pkt.l3[headers[_i].next_at] == 17);
	ck_assert((unsigned)(pkt.l3[4] << 8 | pkt.l3[5]) == headers[_i].len);
	ck_assert(pkt.ip_len == 40 + headers[_i].len && pkt.l3_len == pkt.ip_len);
	ck_assert(pkt.payload + pkt.payload_len == pkt.l3 + pkt.l3_len);
	bench_free(&b);
}
END_TEST

START_TEST(oldest_leaves_when_full)
{
	struct bench b = bench_new(NULL);	/* of 16 datagrams */
	struct packet pkt;

	for (unsigned ident = 0; ident < 17; ident++)
		ck_assert(send(&b, ident, 0, 8, true, &pkt) == DECODE_FRAGMENT_HELD);
	ck_assert(stats_value(b.st, "decode.fragment.evicted") == 1);
	ck_assert(send(&b, 1, 8, 8, false, &pkt) == DECODE_OK);
	ck_assert(send(&b, 0, 8, 8, false, &pkt) == DECODE_FRAGMENT_HELD);
	bench_free(&b);
}
END_TEST

START_TEST(memory_is_bounded)
{
	struct bench b = bench_new(NULL);	/* of 64 KiB: 129 blocks */
	struct packet pkt;

	for (unsigned ident = 0; ident < 10; ident++)
		for (unsigned at = 0; at < 20160; at += 1008)	/* 40 blocks a datagram */
			ck_assert(send(&b, ident, at, 1008, true, &pkt) == DECODE_FRAGMENT_HELD);
	ck_assert(stats_value(b.st, "decode.fragment.evicted") == 7);
	ck_assert(send(&b, 9, 20160, 8, false, &pkt) == DECODE_OK);
	ck_assert(pkt.payload_len == 20168);
	bench_free(&b);
}
END_TEST

START_TEST(one_datagram_larger_than_memory)
{
	struct config cfg = { .max_layers = 16, .fragment_max = 16, .fragment_octets = 4096,
		.fragment_timeout_s = 30 };
	struct bench b = bench_new(&cfg);	/* of 9 blocks */
	struct packet pkt;

	for (unsigned at = 0; at < 9 * 504; at += 504)
		ck_assert(send(&b, 1, at, 504, true, &pkt) == DECODE_FRAGMENT_HELD);
	ck_assert(send(&b, 1, 9 * 504, 504, true, &pkt) == DECODE_FRAGMENT_MEMORY);
	ck_assert(stats_value(b.st, "decode.fragment.dropped") == 1);
	for (unsigned at = 0; at < 9 * 504; at += 504)
		ck_assert(send(&b, 2, at, 504, at < 8 * 504, &pkt)
		    == (at < 8 * 504 ? DECODE_FRAGMENT_HELD : DECODE_OK));
	bench_free(&b);
}
END_TEST

START_TEST(pieces_are_bounded)
{
	struct config cfg = { .max_layers = 16, .fragment_max = 16, .fragment_octets = 1 << 20,
		.fragment_timeout_s = 30 };
	struct bench b = bench_new(&cfg);
	struct packet pkt;

	for (unsigned i = 0; i < 512; i++)
		ck_assert(send(&b, 1, i * 16, 8, true, &pkt) == DECODE_FRAGMENT_HELD);
	ck_assert(send(&b, 1, 512 * 16, 8, true, &pkt) == DECODE_FRAGMENT_PIECES);
	ck_assert(stats_value(b.st, "decode.fragment.dropped") == 1);
	bench_free(&b);
}
END_TEST

START_TEST(without_a_store_the_first_goes_on_alone)
{
	struct config cfg = { .max_layers = 16 };
	struct bench b = bench_new(&cfg);
	uint8_t octets[FRAME_MAX];
	size_t len = octets_of(A("0001"), octets);
	struct packet pkt;
	char text[512];

	ck_assert(decode_block(&b, RAW, octets, len, len, 1, &pkt) == DECODE_OK);
	describe(&pkt, text, sizeof(text));
	ck_assert_str_eq(text, "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 0/16 cut lone");
	len = octets_of(C("0001"), octets);
	ck_assert(decode_block(&b, RAW, octets, len, len, 1, &pkt) == DECODE_FRAGMENT_DISABLED);
	bench_free(&b);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("fragment");
	TCase *tcase = tcase_create("fragments");

	tcase_add_loop_test(tcase, tells_the_story, 0, ARRAY_LEN(stories));
	tcase_add_loop_test(tcase, whole_is_what_was_sent, 0, 20);
	tcase_add_loop_test(tcase, header_of_the_whole, 0, ARRAY_LEN(headers));
	tcase_add_test(tcase, oldest_leaves_when_full);
	tcase_add_test(tcase, memory_is_bounded);
	tcase_add_test(tcase, one_datagram_larger_than_memory);
	tcase_add_test(tcase, pieces_are_bounded);
	tcase_add_test(tcase, without_a_store_the_first_goes_on_alone);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
