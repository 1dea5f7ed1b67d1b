/* SPDX-License-Identifier: Apache-2.0 */
/* test_udp.c - UDP and SCTP headers, and ports that only look like tunnels. */
#include "frames.h"

static const struct row rows[] = {
	{ "plain", RAW, INNER4, DECODE_OK, SAYS4 },
	{ "shorter than the IP payload", RAW, IP4("0021", "11") UDP("000b") "616263 0000",
	  DECODE_OK, SAYS4 },
	{ "length 0", RAW, IP4("001f", "11") UDP("0000") "616263", DECODE_OK, SAYS4 },
	{ "UDP-Lite, coverage 8", RAW, IP4("001f", "88") UDP("0008") "616263", DECODE_OK,
	  "136 10.0.0.1 1000 > 10.0.0.2 2000 payload 3/3" },
	{ "length 7", RAW, IP4("001f", "11") UDP("0007") "616263", DECODE_UDP_LENGTH },
	{ "length past the IP packet", RAW, IP4("001f", "11") UDP("000c") "616263",
	  DECODE_UDP_LENGTH },
	{ "7 octets", RAW, IP4("001b", "11") "03e8 07d0 0008 00", DECODE_UDP_TRUNCATED },
	{ "header cut by the snapshot length", RAW, IP4("001f", "11") "03e8",
	  DECODE_UDP_SNAPPED, NULL, 9 },
	{ "a name server's answer to port 2152", RAW, IP4("002d", "11")
	  "0035 0868 0019 0000 303a 8180 0001 0000 0000 0000 00 0001 0001", DECODE_OK,
	  "17 10.0.0.1 53 > 10.0.0.2 2152 payload 17/17" },
	{ "an empty datagram to 2152", RAW, IP4("001c", "11") "0868 0868 0008 0000", DECODE_OK,
	  "17 10.0.0.1 2152 > 10.0.0.2 2152 payload 0/0" },
	{ "SCTP", RAW, IP4("0024", "84") "03e8 07d0 00000000 00000000 01000004", DECODE_OK,
	  "132 10.0.0.1 1000 > 10.0.0.2 2000 payload 4/4" },
	{ "half an SCTP header", RAW, IP4("001a", "84") "03e8 07d0 0000", DECODE_SCTP_TRUNCATED },
};

FRAMES_SUITE("udp", rows)
