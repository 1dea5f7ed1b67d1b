/* SPDX-License-Identifier: Apache-2.0 */
/* test_tunnel.c - IP in IP, GRE, ERSPAN, VXLAN, Geneve, Teredo, L2TP: both families inside, and
 * the outer packet where it is not that tunnel or carries no IP. */
#include "frames.h"

#define OUTU(ip, ports, udp) OUT4(ip, "11") ports " " udp " 0000 "
#define VIA(proto, src, dest) " " proto " 192.0.2.1 " src " > 192.0.2.2 " dest
#define ARP "0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002 "	/* 28 octets */
#define TEREDO6 "60000000 000b 11 40 20010000000000000000000000000001" \
	"20010db8000000000000000000000002" UDP("000b") "616263"
#define SAYS_TEREDO "17 2001::1 1000 > 2001:db8::2 2000 payload 3/3"

static const struct row rows[] = {
	{ "4in4", RAW, OUT4("0033", "04") INNER4, DECODE_OK, SAYS4 " ipip*1 id 0" VIA("4", "0", "0") },
	{ "6in4", RAW, OUT4("0047", "29") INNER6, DECODE_OK, SAYS6 " ipip*1 id 0" VIA("41", "0", "0") },
	{ "4in6", RAW, IP6("001f", "04") INNER4, DECODE_OK,
	  SAYS4 " ipip*1 id 0 4 2001:db8::1 0 > 2001:db8::2 0" },
	{ "6in6", RAW, IP6("0033", "29") INNER6, DECODE_OK,
	  SAYS6 " ipip*1 id 0 41 2001:db8::1 0 > 2001:db8::2 0" },
	{ "wrong version in 6in4", RAW, OUT4("003c", "29") IP4("0028", "11")
	  "0000000000000000000000000000000000000000", DECODE_IPV6_BAD_VERSION },

	{ "GRE", RAW, OUT4("0037", "2f") "0000 0800" INNER4, DECODE_OK,
	  SAYS4 " gre*1 id 0" VIA("47", "0", "0") },
	{ "GRE, checksum, key, sequence", RAW, OUT4("0057", "2f")
	  "b000 86dd 0000 0000 0000002a 00000001" INNER6, DECODE_OK,
	  SAYS6 " gre*1 id 42" VIA("47", "0", "0") },
	{ "Ethernet in GRE, tagged", RAW, OUT4("0049", "2f") "0000 6558" MACS "8100 0007 0800" INNER4,
	  DECODE_OK, SAYS4 " vlan 7 gre*1 id 0" VIA("47", "0", "0") },
	{ "MPLS in GRE", RAW, OUT4("003b", "2f") "0000 8847 00064140" INNER4, DECODE_OK,
	  SAYS4 " gre*1 id 0" VIA("47", "0", "0") },
	{ "PPTP", RAW, OUT4("0043", "2f") "3001 880b 0023 0009 00000001 ff03 0021" INNER4, DECODE_OK,
	  SAYS4 " gre*1 id 9" VIA("47", "0", "0") },
	{ "PPTP, compressed protocol, with acknowledgment", RAW, OUT4("0044", "2f")
	  "3081 880b 0020 0009 00000001 00000002 21" INNER4, DECODE_OK,
	  SAYS4 " gre*1 id 9" VIA("47", "0", "0") },
	{ "PPTP, acknowledgment only", RAW, OUT4("0020", "2f") "2081 880b 0000 0009 00000002",
	  DECODE_OK, "47 192.0.2.1 0 > 192.0.2.2 0 payload 12/12" },
	{ "PPTP, LCP", RAW, OUT4("0028", "2f") "3001 880b 0008 0009 00000001 ff03 c021 01010004",
	  DECODE_OK, "47 192.0.2.1 0 > 192.0.2.2 0 payload 20/20" },
	{ "Ethernet over IP", RAW, OUT4("0049", "2f") "2001 6400 002d 0900" ETH4 INNER4, DECODE_OK,
	  SAYS4 " gre*1 id 9" VIA("47", "0", "0") },
	{ "GRE of an unknown protocol stays", RAW, OUT4("001c", "2f") "0000 2001 00000000", DECODE_OK,
	  "47 192.0.2.1 0 > 192.0.2.2 0 payload 8/8" },
	{ "GRE version 2 stays", RAW, OUT4("001c", "2f") "0002 0800 00000000", DECODE_OK,
	  "47 192.0.2.1 0 > 192.0.2.2 0 payload 8/8" },
	{ "half a GRE header", RAW, OUT4("0017", "2f") "0000 08", DECODE_GRE_TRUNCATED },
	{ "GRE in UDP", RAW, OUTU("003f", "8000 1292", "002b") "0000 0800" INNER4, DECODE_OK,
	  SAYS4 " gre*1 id 0" VIA("17", "32768", "4754") },

	{ "ERSPAN I", RAW, OUT4("0045", "2f") "0000 88be" ETH4 INNER4, DECODE_OK,
	  SAYS4 " erspan*1 id 0" VIA("47", "0", "0") },
	{ "ERSPAN II", RAW, OUT4("0051", "2f") "1000 88be 00000001 1001 0005 00000000" ETH4 INNER4,
	  DECODE_OK, SAYS4 " erspan*1 id 5" VIA("47", "0", "0") },
	{ "ERSPAN III with platform octets", RAW, OUT4("005d", "2f")
	  "1000 22eb 00000001 2001 0006 00000000 0000 0001 0000000000000000" ETH4 INNER4, DECODE_OK,
	  SAYS4 " erspan*1 id 6" VIA("47", "0", "0") },
	{ "ERSPAN III of IP", RAW, OUT4("0047", "2f") "1000 22eb 00000001 2001 0006 00000000 0000 0800"
	  INNER4, DECODE_OK, SAYS4 " erspan*1 id 6" VIA("47", "0", "0") },
	{ "half an ERSPAN II header", RAW, OUT4("0020", "2f") "1000 88be 00000001 1001 0005",
	  DECODE_ERSPAN_TRUNCATED },

	{ "VXLAN", RAW, OUTU("0051", "8000 12b5", "003d") "08000000 00000a00" ETH4 INNER4, DECODE_OK,
	  SAYS4 " vxlan*1 id 10" VIA("17", "32768", "4789") },
	{ "VXLAN-GPE, IPv6", RAW, OUTU("0057", "8000 12b6", "0043") "0c000002 00000a00" INNER6,
	  DECODE_OK, SAYS6 " vxlan*1 id 10" VIA("17", "32768", "4790") },
	{ "VXLAN, ARP inside", RAW, OUTU("004e", "8000 12b5", "003a") "08000000 00000a00" MACS "0806"
	  ARP, DECODE_OK, "17 192.0.2.1 32768 > 192.0.2.2 4789 payload 50/50" },
	{ "VXLAN, tagged ARP inside", RAW, OUTU("0052", "8000 12b5", "003e") "08000000 00000a00" MACS
	  "8100 0007 0806" ARP, DECODE_OK, "17 192.0.2.1 32768 > 192.0.2.2 4789 payload 54/54" },
	{ "VXLAN without the flag", RAW, OUTU("0051", "8000 12b5", "003d") "00000000 00000a00" ETH4
	  INNER4, DECODE_OK, "17 192.0.2.1 32768 > 192.0.2.2 4789 payload 53/53" },
	{ "VXLAN cut short", RAW, OUTU("0020", "8000 12b5", "000c") "08000000", DECODE_OK,
	  "17 192.0.2.1 32768 > 192.0.2.2 4789 payload 4/4" },
	{ "VXLAN, malformed inside", RAW, OUTU("0032", "8000 12b5", "001e") "08000000 00000a00" ETH4,
	  DECODE_IPV4_TRUNCATED },
	{ "VXLAN in VXLAN", RAW, OUTU("0083", "8000 12b5", "006f") "08000000 00000a00" ETH4
	  OUTU("0051", "8001 12b5", "003d") "08000000 00000b00" ETH4 INNER4, DECODE_OK,
	  SAYS4 " vxlan*2 id 11" VIA("17", "32769", "4789") },
	{ "VXLAN in VXLAN, ARP inside", RAW, OUTU("0080", "8000 12b5", "006c") "08000000 00000a00" ETH4
	  OUTU("004e", "8001 12b5", "003a") "08000000 00000b00" MACS "0806" ARP, DECODE_OK,
	  "17 192.0.2.1 32769 > 192.0.2.2 4789 payload 50/50 vxlan*1 id 10"
	  VIA("17", "32768", "4789") },

	{ "Geneve with an option", RAW, OUTU("0059", "8000 17c1", "0045")
	  "0200 6558 00000a00 0000 0001 00000000" ETH4 INNER4, DECODE_OK,
	  SAYS4 " geneve*1 id 10" VIA("17", "32768", "6081") },
	{ "Geneve of IPv6", RAW, OUTU("0057", "8000 17c1", "0043") "0000 86dd 00000a00" INNER6,
	  DECODE_OK, SAYS6 " geneve*1 id 10" VIA("17", "32768", "6081") },
	{ "Geneve, options past the end", RAW, OUTU("0024", "8000 17c1", "0010") "0100 6558 00000a00",
	  DECODE_OK, "17 192.0.2.1 32768 > 192.0.2.2 6081 payload 8/8" },
	{ "Geneve version 1", RAW, OUTU("0057", "8000 17c1", "0043") "4000 86dd 00000a00" INNER6,
	  DECODE_OK, "17 192.0.2.1 32768 > 192.0.2.2 6081 payload 59/59" },

	{ "Teredo", RAW, OUTU("004f", "8000 0dd8", "003b") TEREDO6, DECODE_OK,
	  SAYS_TEREDO " teredo*1 id 0" VIA("17", "32768", "3544") },
	{ "Teredo, authentication and origin", RAW, OUTU("0064", "0dd8 8000", "0050")
	  "0001 00 00 0000000000000000 00 0000 1234 01020304" TEREDO6, DECODE_OK,
	  SAYS_TEREDO " teredo*1 id 0" VIA("17", "3544", "32768") },
	{ "IPv6 on the port, but no Teredo address", RAW, OUTU("004f", "8000 0dd8", "003b") INNER6,
	  DECODE_OK, "17 192.0.2.1 32768 > 192.0.2.2 3544 payload 51/51" },

	{ "L2TP", RAW, OUTU("0045", "06a5 06a5", "0031") "0002 0001 0002 ff03 0021" INNER4, DECODE_OK,
	  SAYS4 " l2tp*1 id 65538" VIA("17", "1701", "1701") },
	{ "L2TP, length, sequence, offset of 2", RAW, OUTU("004d", "06a5 06a5", "0039")
	  "4a02 0031 0001 0002 0000 0000 0002 0000 0021" INNER4, DECODE_OK,
	  SAYS4 " l2tp*1 id 65538" VIA("17", "1701", "1701") },
	{ "L2TP control", RAW, OUTU("0028", "06a5 06a5", "0014") "c802 000c 0001 0000 0000 0000",
	  DECODE_OK, "17 192.0.2.1 1701 > 192.0.2.2 1701 payload 12/12" },
	{ "L2TP, wrong length", RAW, OUTU("0047", "06a5 06a5", "0033")
	  "4002 002a 0001 0002 ff03 0021" INNER4, DECODE_OK,
	  "17 192.0.2.1 1701 > 192.0.2.2 1701 payload 43/43" },
};

FRAMES_SUITE("tunnel", rows)
