/* SPDX-License-Identifier: Apache-2.0 */
/* test_gtpu.c - GTP-U: what is a tunnel, what only looks like one, and what is inside. */
#include "frames.h"

/* Outer IPv4 with UDP from and to 2152; lengths given so that wrong ones can be. */
#define GTPU(ip, udp, rest) ETH4 OUT4(ip, "11") "0868 0868 " udp " 0000 " rest
#define OUTER "17 192.0.2.1 2152 > 192.0.2.2 2152 "
#define VIA "17 192.0.2.1 2152 > 192.0.2.2 2152"

static const struct row rows[] = {
	{ "plain G-PDU", ETH, GTPU("0043", "002f", "30 ff 001f 00000007") INNER4, DECODE_OK,
	  SAYS4 " gtpu*1 id 7 " VIA },
	{ "IPv6 inside", ETH, GTPU("0057", "0043", "30 ff 0033 fffffffe") INNER6, DECODE_OK,
	  SAYS6 " gtpu*1 id 4294967294 " VIA },
	{ "sequence number", ETH, GTPU("0047", "0033", "32 ff 0023 00000007 0001 00 00") INNER4,
	  DECODE_OK, SAYS4 " gtpu*1 id 7 " VIA },
	{ "N-PDU number; the type means nothing without E", ETH,
	  GTPU("0047", "0033", "31 ff 0023 00000007 0000 01 85") INNER4,
	  DECODE_OK, SAYS4 " gtpu*1 id 7 " VIA },
	{ "uplink container, QFI 9", ETH,
	  GTPU("004b", "0037", "34 ff 0027 00000007 0000 00 85 01 10 09 00") INNER4,
	  DECODE_OK, SAYS4 " gtpu*1 id 7 qfi 9 " VIA },
	{ "downlink container with paging bits, QFI 63", ETH,
	  GTPU("004f", "003b", "34 ff 002b 00000007 0000 00 85 02 00 ff 20 000000 00") INNER4,
	  DECODE_OK, SAYS4 " gtpu*1 id 7 qfi 63 " VIA },
	{ "unknown extension, then container", ETH,
	  GTPU("004f", "003b", "34 ff 002b 00000007 0000 00 40 01 1234 85 01 10 07 00") INNER4,
	  DECODE_OK, SAYS4 " gtpu*1 id 7 qfi 7 " VIA },
	{ "container of another type", ETH,
	  GTPU("004b", "0037", "34 ff 0027 00000007 0000 00 85 01 20 09 00") INNER4,
	  DECODE_OK, SAYS4 " gtpu*1 id 7 " VIA },
	{ "only the port of the source", ETH, ETH4 OUT4("0043", "11")
	  "0868 9c40 002f 0000 30 ff 001f 00000007" INNER4, DECODE_OK,
	  SAYS4 " gtpu*1 id 7 17 192.0.2.1 2152 > 192.0.2.2 40000" },
	{ "IPv6 outside", ETH, ETH6 IP6("002f", "11") "0868 0868 002f 0000 30 ff 001f 00000007"
	  INNER4, DECODE_OK,
	  SAYS4 " gtpu*1 id 7 17 2001:db8::1 2152 > 2001:db8::2 2152" },
	{ "GTP-U in GTP-U", ETH, GTPU("0067", "0053", "30 ff 0043 00000001")
	  OUT4("0043", "11") "0868 0868 002f 0000 30 ff 001f 00000002" INNER4, DECODE_OK,
	  SAYS4 " gtpu*2 id 2 " VIA },
	{ "extension of length 0", ETH,
	  GTPU("004b", "0037", "34 ff 0027 00000007 0000 00 85 00 10 09 00") INNER4,
	  DECODE_OK, OUTER "payload 47/47" },
	{ "extension past the end", ETH, GTPU("0028", "0014", "34 ff 0004 00000007 0000 00 85"),
	  DECODE_OK, OUTER "payload 12/12" },
	{ "length too small", ETH, GTPU("0043", "002f", "30 ff 001e 00000007") INNER4, DECODE_OK,
	  OUTER "payload 39/39" },
	{ "length too big", ETH, GTPU("0043", "002f", "30 ff 0020 00000007") INNER4, DECODE_OK,
	  OUTER "payload 39/39" },
	{ "version 2", ETH, GTPU("0043", "002f", "50 ff 001f 00000007") INNER4, DECODE_OK,
	  OUTER "payload 39/39" },
	{ "GTP' bit", ETH, GTPU("0043", "002f", "20 ff 001f 00000007") INNER4, DECODE_OK,
	  OUTER "payload 39/39" },
	{ "echo request", ETH, GTPU("0028", "0014", "32 01 0004 00000000 0001 00 00"), DECODE_OK,
	  OUTER "payload 12/12" },
	{ "end marker", ETH, GTPU("0024", "0010", "30 fe 0000 00000007"), DECODE_OK,
	  OUTER "payload 8/8" },
	{ "error indication", ETH, GTPU("0030", "001c",
	  "30 1a 000c 00000000 10 00000007 85 0004 c0000201"), DECODE_OK, OUTER "payload 20/20" },
	{ "Ethernet inside", ETH, GTPU("0051", "003d", "30 ff 002d 00000007") ETH4 INNER4,
	  DECODE_OK, OUTER "payload 53/53" },
	{ "empty G-PDU", ETH, GTPU("0024", "0010", "30 ff 0000 00000007"), DECODE_OK,
	  OUTER "payload 8/8" },
	{ "malformed inside", ETH, GTPU("0043", "002f", "30 ff 001f 00000007") IP4("0020", "11")
	  UDP("000b") "616263", DECODE_IPV4_PAST_END },
	{ "inner header cut short", ETH, GTPU("0028", "0014", "30 ff 0004 00000007 45000020"),
	  DECODE_IPV4_TRUNCATED },
};

/* Why a frame stayed what it is outside. */
static const struct {
	const char *row;
	const char *counter;
} declined[] = {
	{ "version 2", "decode.tunnel.declined.header" },
	{ "GTP' bit", "decode.tunnel.declined.header" },
	{ "length too small", "decode.tunnel.declined.length" },
	{ "extension of length 0", "decode.tunnel.declined.extension" },
	{ "extension past the end", "decode.tunnel.declined.short" },
	{ "empty G-PDU", "decode.tunnel.declined.short" },
	{ "echo request", "decode.tunnel.declined.control" },
	{ "end marker", "decode.tunnel.declined.control" },
	{ "error indication", "decode.tunnel.declined.control" },
	{ "Ethernet inside", "decode.tunnel.declined.not_ip" },
	{ "plain G-PDU", "decode.tunnel.entered" },
};

FRAMES_TESTS(rows)

START_TEST(says_why_it_declined)
{
	struct bench b = bench_new(NULL);
	struct packet pkt;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t octets[FRAME_MAX];
		size_t len = octets_of(rows[i].hex, octets);

		if (strcmp(rows[i].what, declined[_i].row) == 0)
			(void)decode_block(&b, ETH, octets, len, len, 1, &pkt);
	}
	ck_assert_msg(stats_value(b.st, declined[_i].counter) == 1, "%s", declined[_i].row);
	bench_free(&b);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("gtpu");
	TCase *tcase = tcase_create("frames");

	FRAMES_ADD(tcase, rows);
	tcase_add_loop_test(tcase, says_why_it_declined, 0, ARRAY_LEN(declined));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
