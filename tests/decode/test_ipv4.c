/* SPDX-License-Identifier: Apache-2.0 */
/* test_ipv4.c - IPv4 headers, and what they claim. */
#include "frames.h"

static const struct row rows[] = {
	{ "plain", RAW, INNER4, DECODE_OK, SAYS4 },
	{ "by its own link type", 228, INNER4, DECODE_OK, SAYS4 },
	{ "padding is not payload", ETH, ETH4 INNER4 "00000000 00000000", DECODE_OK, SAYS4 },
	{ "options", RAW, "46 00 0023 0001 0000 40 11 0000 0a000001 0a000002 94040000"
	  UDP("000b") "616263", DECODE_OK, SAYS4 },
	{ "total length 0: to the end", RAW, IP4("0000", "11") UDP("0000") "616263", DECODE_OK,
	  SAYS4 },
	{ "no ports", RAW, IP4("0018", "32") "00000001", DECODE_OK,
	  "50 10.0.0.1 0 > 10.0.0.2 0 payload 4/4" },
	{ "an IPv6 extension is none here", RAW, IP4("0018", "3c") "3b000000", DECODE_OK,
	  "60 10.0.0.1 0 > 10.0.0.2 0 payload 4/4" },
	{ "authentication header", RAW, IP4("0037", "33") "1104 0000 00000001 00000001"
	  "000102030405060708090a0b" UDP("000b") "616263", DECODE_OK, SAYS4 },
	{ "authentication header too small", RAW, IP4("0020", "33") "1100 0000 00000001 00000001",
	  DECODE_AH_LENGTH },
	{ "authentication header cut", RAW, IP4("0020", "33") "1104 0000 00000001 00000001",
	  DECODE_AH_TRUNCATED },
	{ "payload cut by the snapshot length", RAW, IP4("0028", "11") UDP("0014") "616263",
	  DECODE_OK, "17 10.0.0.1 1000 > 10.0.0.2 2000 payload 3/12 cut", 9 },
	{ "header cut by the snapshot length", RAW, "4500 0028 0001 0000", DECODE_IPV4_SNAPPED,
	  NULL, 32 },
	{ "claims more than the wire had", RAW, IP4("0029", "11") UDP("0014") "616263",
	  DECODE_IPV4_PAST_END, NULL, 9 },
	{ "19 octets", RAW, "4500 0013 0001 0000 40 11 0000 0a000001 0a0000",
	  DECODE_IPV4_TRUNCATED },
	{ "header length 4", RAW, "44 00 0014 0001 0000 40 11 0000 0a000001 0a000002",
	  DECODE_IPV4_HEADER_LENGTH },
	{ "total length below the header", RAW, IP4("0013", "11"), DECODE_IPV4_TOTAL_LENGTH },
	{ "version 6 under type 0800", ETH, ETH4 INNER6, DECODE_IPV4_BAD_VERSION },
	{ "version 5", RAW, "5500", DECODE_IP_BAD_VERSION },
	{ "nothing", RAW, "", DECODE_LINK_TRUNCATED },
};

FRAMES_TESTS(rows)

START_TEST(fills_the_packet)
{
	struct bench b = bench_new(NULL);
	uint8_t octets[FRAME_MAX];
	size_t len = octets_of(ETH4 INNER4 "0000", octets);
	struct packet pkt;

	ck_assert(decode_block(&b, ETH, octets, len, len, 1, &pkt) == DECODE_OK);
	ck_assert(pkt.ttl == 64 && pkt.l3_len == 31 && pkt.ip_len == 31 && pkt.layers == 3);
	ck_assert(pkt.tunnel.depth == 0 && pkt.tunnel.type == TUNNEL_NONE && pkt.n_vlans == 0);
	bench_free(&b);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ipv4");
	TCase *tcase = tcase_create("frames");

	FRAMES_ADD(tcase, rows);
	tcase_add_test(tcase, fills_the_packet);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
