/* SPDX-License-Identifier: Apache-2.0 */
/* test_tcp.c - TCP headers. */
#include "frames.h"

#define SAYS "6 10.0.0.1 1000 > 10.0.0.2 2000 payload "

static const struct row rows[] = {
	{ "no options", RAW, IP4("002b", "06") TCP("5") "616263", DECODE_OK, SAYS "3/3" },
	{ "options", RAW, IP4("002f", "06") TCP("6") "01010101 616263", DECODE_OK, SAYS "3/3" },
	{ "no payload, padded", ETH, ETH4 IP4("0028", "06") TCP("5") "000000000000", DECODE_OK,
	  SAYS "0/0" },
	{ "payload cut by the snapshot length", RAW, IP4("0032", "06") TCP("5") "616263", DECODE_OK,
	  SAYS "3/10 cut", 7 },
	{ "options cut by the snapshot length", RAW, IP4("0032", "06") TCP("7") "0101", DECODE_OK,
	  SAYS "0/2 cut", 8 },
	{ "header cut by the snapshot length", RAW, IP4("0028", "06") "03e8 07d0",
	  DECODE_TCP_SNAPPED, NULL, 16 },
	{ "19 octets", RAW, IP4("0027", "06") "03e8 07d0 01020304 05060708 5018 1000 0000 00",
	  DECODE_TCP_TRUNCATED },
	{ "header length 16", RAW, IP4("0028", "06") TCP("4"), DECODE_TCP_HEADER_LENGTH },
	{ "header past the segment", RAW, IP4("0028", "06") TCP("6"), DECODE_TCP_HEADER_LENGTH },
};

FRAMES_TESTS(rows)

START_TEST(fills_the_header)
{
	struct bench b = bench_new(NULL);
	uint8_t octets[FRAME_MAX];
	size_t len = octets_of(IP4("002b", "06") TCP("5") "616263", octets);
	struct packet pkt;

	ck_assert(decode_block(&b, RAW, octets, len, len, 1, &pkt) == DECODE_OK);
	ck_assert(pkt.seq == 0x01020304 && pkt.ack == 0x05060708 && pkt.window == 0x1000);
	ck_assert(pkt.tcp_flags == (TCP_ACK | TCP_PSH));
	len = octets_of(INNER4, octets);
	ck_assert(decode_block(&b, RAW, octets, len, len, 2, &pkt) == DECODE_OK);
	ck_assert(pkt.seq == 0 && pkt.ack == 0 && pkt.window == 0 && pkt.tcp_flags == 0);
	bench_free(&b);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tcp");
	TCase *tcase = tcase_create("frames");

	FRAMES_ADD(tcase, rows);
	tcase_add_test(tcase, fills_the_header);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
