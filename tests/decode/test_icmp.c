/* SPDX-License-Identifier: Apache-2.0 */
/* test_icmp.c - ICMP, and the packets that its errors quote. */
#include "frames.h"

#define ERROR "1 10.0.0.1 3 > 10.0.0.2 3 payload "
#define QUOTED IP4("0100", "11") "03e8 07d0 00ec 0000"		/* 28 octets */
#define QUOTED6 IP6("0100", "06") "03e8 07d0 01020304"		/* 48 octets */

static const struct row rows[] = {
	{ "echo request", RAW, IP4("001e", "01") "0800 0000 0001 0002 6162", DECODE_OK,
	  "1 10.0.0.1 8 > 10.0.0.2 0 payload 2/2" },
	{ "port unreachable", RAW, IP4("0038", "01") "0303 0000 00000000" QUOTED, DECODE_OK,
	  ERROR "28/28 error 17 10.0.0.1 1000 > 10.0.0.2 2000" },
	{ "of a later fragment", RAW, IP4("0038", "01") "0303 0000 00000000"
	  "4500 0100 0001 0010 40 11 0000 0a000001 0a000002 03e8 07d0 00ec 0000", DECODE_OK,
	  ERROR "28/28 error 17 10.0.0.1 0 > 10.0.0.2 0" },
	{ "of an echo request", RAW, IP4("0038", "01") "0303 0000 00000000"
	  IP4("0100", "01") "0800 0000 0001 0002", DECODE_OK,
	  ERROR "28/28 error 1 10.0.0.1 8 > 10.0.0.2 0" },
	{ "ports not quoted", RAW, IP4("0030", "01") "0303 0000 00000000" IP4("0100", "11"),
	  DECODE_OK, ERROR "20/20 error 17 10.0.0.1 0 > 10.0.0.2 0" },
	{ "no whole header quoted", RAW, IP4("002b", "01") "0303 0000 00000000"
	  "4500 0100 0001 0010 40 11 0000 0a0000", DECODE_OK, ERROR "15/15" },
	{ "nothing quoted", RAW, IP4("001c", "01") "0303 0000 00000000", DECODE_OK, ERROR "0/0" },
	{ "ICMPv6 packet too big", RAW, IP6("0038", "3a") "0200 0000 00000500" QUOTED6, DECODE_OK,
	  "58 2001:db8::1 2 > 2001:db8::2 0 payload 48/48 "
	  "error 6 2001:db8::1 1000 > 2001:db8::2 2000" },
	{ "ICMPv6, quoted behind extensions", RAW, IP6("0048", "3a") "0103 0000 00000000"
	  IP6("0100", "00") "2c00010400000000 1100000000000001 03e8 07d0 00ec 0000", DECODE_OK,
	  "58 2001:db8::1 1 > 2001:db8::2 3 payload 64/64 "
	  "error 17 2001:db8::1 1000 > 2001:db8::2 2000" },
	{ "ICMPv6, quoted a later fragment", RAW, IP6("0040", "3a") "0103 0000 00000000"
	  IP6("0100", "2c") "1100001000000001 03e8 07d0 00ec 0000", DECODE_OK,
	  "58 2001:db8::1 1 > 2001:db8::2 3 payload 56/56 "
	  "error 17 2001:db8::1 0 > 2001:db8::2 0" },
	{ "neighbour solicitation is no error", RAW, IP6("0018", "3a") "8700 0000 00000000"
	  "20010db8000000000000000000000002", DECODE_OK,
	  "58 2001:db8::1 135 > 2001:db8::2 0 payload 16/16" },
	{ "7 octets", RAW, IP4("001b", "01") "0800 0000 0001 00", DECODE_ICMP_TRUNCATED },
};

FRAMES_SUITE("icmp", rows)
