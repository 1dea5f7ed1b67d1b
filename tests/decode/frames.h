/* SPDX-License-Identifier: Apache-2.0 */
/* frames.h - the table tests of decode: a frame in hexadecimal, its result, and what was
 * understood of it as text. Every good frame is also decoded in all its prefixes.
 *
 * A test file defines its rows, then FRAMES_SUITE("name", rows). */
#ifndef PICKET_TESTS_FRAMES_H
#define PICKET_TESTS_FRAMES_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "decode.h"
#include "macros.h"
#include "stats.h"

enum { FRAME_MAX = 4096, ETH = 1, RAW = 101, SLL = 113, SLL2 = 276 };

/* Pieces of frames. Lengths are four hexadecimal digits. */
#define MACS "020000000001 020000000002 "
#define ETH4 MACS "0800 "
#define ETH6 MACS "86dd "
/* 10.0.0.1 > 10.0.0.2, TTL 64 */
#define IP4(total, proto) "4500 " total " 0001 0000 40 " proto " 0000 0a000001 0a000002 "
/* 192.0.2.1 > 192.0.2.2, TTL 63: the outer one */
#define OUT4(total, proto) "4500 " total " 0001 0000 3f " proto " 0000 c0000201 c0000202 "
/* 2001:db8::1 > 2001:db8::2, hop limit 64 */
#define IP6(len, next) "60000000 " len " " next " 40 20010db8000000000000000000000001 " \
	"20010db8000000000000000000000002 "
/* 1000 > 2000 */
#define UDP(len) "03e8 07d0 " len " 0000 "
#define TCP(offset) "03e8 07d0 01020304 05060708 " offset "0 18 1000 0000 0000 "
#define INNER4 IP4("001f", "11") UDP("000b") "616263 "		/* 31 octets */
#define INNER6 IP6("000b", "11") UDP("000b") "616263 "		/* 51 octets */
#define SAYS4 "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 3/3"
#define SAYS6 "17 2001:db8::1 1000 > 2001:db8::2 2000 payload 3/3"

struct row {
	const char *what;
	int link_type;
	const char *hex;
	enum decode_result result;
	const char *says;	/* describe(); NULL: not compared */
	uint32_t more;		/* octets that were on the wire after these */
};

static const char *const result_names[] = {
#define X(id, name, help) name,
	DECODE_RESULTS(X)
#undef X
};

/* Octets of a hexadecimal text; blanks are for the reader. */
static inline size_t
octets_of(const char *hex, uint8_t *octets)
{
	size_t n = 0;

	for (; *hex != '\0'; hex++) {
		unsigned value;

		if (*hex == ' ')
			continue;
		ck_assert_msg(sscanf(hex, "%2x", &value) == 1 && n < FRAME_MAX, "bad hex: %s", hex);
		octets[n++] = (uint8_t)value;
		hex++;
	}
	return n;
}

static inline size_t
describe_ends(char *text, size_t size, const struct addr *src, unsigned src_port,
    const struct addr *dest, unsigned dest_port)
{
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

	addr_text(src, a);
	addr_text(dest, b);
	return (size_t)snprintf(text, size, "%s %u > %s %u", a, src_port, b, dest_port);
}

/* PROTO SRC PORT > DEST PORT payload LEN/WIRE [vlan ID..] [TUNNEL*DEPTH id ID [qfi Q] ends] [cut]
 * [whole] [lone] [error PROTO ends] */
static inline void
describe(const struct packet *p, char *text, size_t size)
{
	static const char *const tunnels[TUNNEL_N] = { "none", "gtpu", "gre", "ipip", "vxlan",
		"geneve", "erspan", "mpls_pw", "teredo", "l2tp" };
	const struct tunnel *t = &p->tunnel;
	size_t n = (size_t)snprintf(text, size, "%u ", p->ends.proto);

	n += describe_ends(text + n, size - n, &p->ends.src, p->ends.src_port, &p->ends.dest,
	    p->ends.dest_port);
	n += (size_t)snprintf(text + n, size - n, " payload %u/%u", p->payload_len,
	    p->payload_wire_len);
	for (unsigned i = 0; i < p->n_vlans && i < PACKET_VLANS_MAX; i++)
		n += (size_t)snprintf(text + n, size - n, " vlan %u", p->vlan[i]);
	if (t->depth != 0) {
		n += (size_t)snprintf(text + n, size - n, " %s*%u id %u ", tunnels[t->type],
		    t->depth, t->id);
		if (t->qfi != GTPU_QFI_NONE)
			n += (size_t)snprintf(text + n, size - n, "qfi %u ", t->qfi);
		n += (size_t)snprintf(text + n, size - n, "%u ", t->proto);
		n += describe_ends(text + n, size - n, &t->src, t->src_port, &t->dest,
		    t->dest_port);
	}
	n += (size_t)snprintf(text + n, size - n, "%s%s%s",
	    p->flags & PACKET_TRUNCATED ? " cut" : "",
	    p->flags & PACKET_REASSEMBLED ? " whole" : "",
	    p->flags & PACKET_FRAGMENT ? " lone" : "");
	if (p->flags & PACKET_ICMP_ERROR) {
		n += (size_t)snprintf(text + n, size - n, " error %u ", p->quoted.proto);
		describe_ends(text + n, size - n, &p->quoted.src, p->quoted.src_port,
		    &p->quoted.dest, p->quoted.dest_port);
	}
}

struct bench {
	struct stats *st;
	struct decoder *d;
};

static inline struct bench
bench_new(const struct config *cfg)
{
	static const struct config preset = { .max_layers = 16, .fragment_max = 16,
		.fragment_octets = 65536, .fragment_timeout_s = 30 };
	struct bench b = { .st = stats_new() };

	b.d = decoder_new(cfg == NULL ? &preset : cfg, b.st);
	ck_assert_ptr_nonnull(b.d);
	return b;
}

static inline void
bench_free(struct bench *b)
{
	decoder_free(b->d);
	stats_free(b->st);
}

/* Decode `cap` octets from a heap block of just that size; also checks the counter and that
 * nothing in the packet points outside. */
static inline enum decode_result
decode_block(struct bench *b, int link_type, const uint8_t *octets, size_t cap, size_t wire,
    uint64_t time_us, struct packet *pkt)
{
	uint8_t *block = malloc(cap == 0 ? 1 : cap);
	struct frame frame = { .data = block, .cap_len = (uint32_t)cap,
		.wire_len = (uint32_t)wire, .time_us = time_us, .link_type = link_type };
	enum decode_result result;
	uint64_t before = 0;
	unsigned sum = 0;

	memcpy(block, octets, cap);
	for (size_t i = 0; i < ARRAY_LEN(result_names); i++)
		before += stats_value(b->st, result_names[i]);
	result = decode_frame(b->d, &frame, pkt);
	for (size_t i = 0; i < ARRAY_LEN(result_names); i++)
		before -= stats_value(b->st, result_names[i]);
	ck_assert_msg(before == UINT64_MAX, "a frame is counted once");
	if (result == DECODE_OK) {
		for (uint32_t i = 0; i < pkt->payload_len; i++)
			sum += pkt->payload[i];
		for (uint32_t i = 0; i < pkt->l3_len; i++)
			sum += pkt->l3[i];
		ck_assert(pkt->payload_wire_len >= pkt->payload_len && sum != UINT32_MAX);
	}
	free(block);
	return result;
}

static inline void
check_row(const struct row *row)
{
	struct bench b = bench_new(NULL);
	uint8_t octets[FRAME_MAX];
	size_t len = octets_of(row->hex, octets);
	struct packet pkt;
	char text[512] = "";
	enum decode_result result;

	memset(&pkt, 0xa5, sizeof(pkt));
	result = decode_block(&b, row->link_type, octets, len, len + row->more, 1, &pkt);
	ck_assert_msg(result == row->result, "%s: %s, not %s", row->what, result_names[result],
	    result_names[row->result]);
	if (result == DECODE_OK)
		describe(&pkt, text, sizeof(text));
	if (row->says != NULL)
		ck_assert_msg(strcmp(text, row->says) == 0, "%s: %s, not %s", row->what, text,
		    row->says);
	bench_free(&b);
}

static inline bool
says_snapped(enum decode_result result)
{
	size_t len = strlen(result_names[result]);

	return result >= DECODE_NOT_IP
	    || (len > 7 && strcmp(result_names[result] + len - 7, "snapped") == 0);
}

/* Every shorter prefix: cut by the sender it gives some result; cut by the snapshot length it
 * is either named so, or a packet whose payload is known to be cut, or only padding was. */
static inline void
check_prefixes(const struct row *row)
{
	struct bench b = bench_new(NULL);
	uint8_t octets[FRAME_MAX];
	size_t len = octets_of(row->hex, octets);
	struct packet pkt;

	for (size_t n = 0; n < len; n++) {
		enum decode_result result;
		char text[512] = "";

		(void)decode_block(&b, row->link_type, octets, n, n, 1, &pkt);
		result = decode_block(&b, row->link_type, octets, n, len + row->more, 1, &pkt);
		if (row->result != DECODE_OK)
			continue;
		if (result == DECODE_OK)
			describe(&pkt, text, sizeof(text));
		ck_assert_msg(result != DECODE_OK ? says_snapped(result)
		    : (pkt.flags & PACKET_TRUNCATED) != 0 || strcmp(text, row->says) == 0,
		    "%s, %zu of %zu: %s %s", row->what, n, len, result_names[result], text);
	}
	bench_free(&b);
}

static inline int
run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#define FRAMES_TESTS(rows)						\
	START_TEST(decodes_or_names_the_reason)				\
	{								\
		check_row(&(rows)[_i]);					\
	}								\
	END_TEST							\
	START_TEST(every_prefix_is_safe)				\
	{								\
		check_prefixes(&(rows)[_i]);				\
	}								\
	END_TEST

#define FRAMES_ADD(tcase, rows)						\
	tcase_add_loop_test(tcase, decodes_or_names_the_reason, 0, ARRAY_LEN(rows)); \
	tcase_add_loop_test(tcase, every_prefix_is_safe, 0, ARRAY_LEN(rows))

#define FRAMES_SUITE(name, rows)					\
	FRAMES_TESTS(rows)						\
	int								\
	main(void)							\
	{								\
		Suite *suite = suite_create(name);			\
		TCase *tcase = tcase_create("frames");			\
									\
		FRAMES_ADD(tcase, rows);				\
		suite_add_tcase(suite, tcase);				\
		return run_suite(suite);				\
	}

#endif
