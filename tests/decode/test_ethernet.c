/* SPDX-License-Identifier: Apache-2.0 */
/* test_ethernet.c - Ethernet, tags, LLC. */
#include "frames.h"

static const struct row rows[] = {
	{ "IPv4", ETH, ETH4 INNER4, DECODE_OK, SAYS4 },
	{ "IPv6", ETH, ETH6 INNER6, DECODE_OK, SAYS6 },
	{ "VLAN", ETH, MACS "8100 6064 0800" INNER4, DECODE_OK, SAYS4 " vlan 100" },
	{ "802.1ad", ETH, MACS "88a8 0064 8100 00c8 0800" INNER4, DECODE_OK,
	  SAYS4 " vlan 100 vlan 200" },
	{ "QinQ of old", ETH, MACS "9100 0064 8100 00c8 86dd" INNER6, DECODE_OK,
	  SAYS6 " vlan 100 vlan 200" },
	{ "third tag is stepped over", ETH, MACS "8100 0001 8100 0002 8100 0003 0800" INNER4,
	  DECODE_OK, SAYS4 " vlan 1 vlan 2" },
	{ "SNAP", ETH, MACS "0027 aaaa03 000000 0800" INNER4, DECODE_OK, SAYS4 },
	{ "LLC in VLAN", ETH, MACS "8100 0005 0027 aaaa03 000000 0800" INNER4, DECODE_OK,
	  SAYS4 " vlan 5" },
	{ "Cisco metadata", ETH, MACS "8909 0101 0001 0014 0800" INNER4, DECODE_OK, SAYS4 },
	{ "HSR", ETH, MACS "892f 0040 0001 0800" INNER4, DECODE_OK, SAYS4 },
	{ "provider backbone", ETH, MACS "88e7 00000001" ETH4 INNER4, DECODE_OK, SAYS4 },
	{ "FabricPath", ETH, MACS "8903 0001" ETH4 INNER4, DECODE_OK, SAYS4 },
	{ "ARP", ETH, MACS "0806 0001 0800 0604 0001", DECODE_OTHER_ARP },
	{ "LLDP", ETH, MACS "88cc 0207", DECODE_OTHER_LLDP },
	{ "GOOSE in VLAN", ETH, MACS "8100 8000 88b8 0001", DECODE_OTHER_GOOSE },
	{ "spanning tree", ETH, MACS "0026 424203 0000", DECODE_OTHER_STP },
	{ "CDP", ETH, MACS "0020 aaaa03 00000c 2000", DECODE_OTHER_LLC },
	{ "unknown type", ETH, MACS "1234 00", DECODE_NOT_IP },
	{ "13 octets", ETH, "020000000001 020000000002 08", DECODE_LINK_TRUNCATED },
	{ "half a tag", ETH, MACS "8100 00", DECODE_VLAN_TRUNCATED },
	{ "half an LLC", ETH, MACS "0003 aa", DECODE_LLC_TRUNCATED },
	{ "tags without end", ETH, MACS
	  "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001"
	  "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001"
	  "8100 0001 0800" INNER4, DECODE_LAYERS_EXCEEDED },
	{ "PBB without end", ETH, MACS "88e7 00000001" MACS "88e7 00000001" MACS "88e7 00000001"
	  MACS "88e7 00000001" MACS "88e7 00000001" MACS "88e7 00000001" MACS "88e7 00000001"
	  MACS "88e7 00000001" MACS "88e7 00000001" ETH4 INNER4, DECODE_LAYERS_EXCEEDED },
	{ "Broadcom tag", 281, MACS "00000000 0800" INNER4, DECODE_OK, SAYS4 },
	{ "Broadcom tag before", 282, "00000000" ETH4 INNER4, DECODE_OK, SAYS4 },
};

FRAMES_TESTS(rows)

START_TEST(keeps_the_outermost_macs)
{
	struct bench b = bench_new(NULL);
	uint8_t octets[FRAME_MAX];
	size_t len = octets_of("aaaaaaaaaaaa bbbbbbbbbbbb 88e7 00000001" ETH4 INNER4, octets);
	struct packet pkt;

	ck_assert(decode_block(&b, ETH, octets, len, len, 7, &pkt) == DECODE_OK);
	ck_assert(pkt.flags & PACKET_HAS_MAC);
	ck_assert(pkt.dest_mac[0] == 0xaa && pkt.src_mac[5] == 0xbb);
	ck_assert(pkt.time_us == 7 && pkt.wire_len == len && pkt.ethertype == 0x0800);
	len = octets_of(INNER4, octets);
	ck_assert(decode_block(&b, RAW, octets, len, len, 8, &pkt) == DECODE_OK);
	ck_assert(!(pkt.flags & PACKET_HAS_MAC));
	bench_free(&b);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ethernet");
	TCase *tcase = tcase_create("frames");

	FRAMES_ADD(tcase, rows);
	tcase_add_test(tcase, keeps_the_outermost_macs);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
