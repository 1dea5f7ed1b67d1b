/* SPDX-License-Identifier: Apache-2.0 */
/* test_neighbour.c - ARP and neighbour discovery: who claims an address, who only asks, and what
 * a receiver has to drop. */
#include <check.h>

#include "macros.h"
#include "neighbour_frames.h"
#include "run_suite.h"

#define ETH "ffffffffffff 02005e100001 "
#define ARP(op) "0001 0800 06 04 " op
#define ME "02005e100001 0a000005 "	/* sender's hardware and protocol address */
#define TARGET "000000000000 0a000001"
/* hop limit 255: 2001:db8::5 > 2001:db8::1 */
#define IP6(len, hops) ETH "86dd 60000000 " len " 3a " hops " 20010db8000000000000000000000005 " \
	"20010db8000000000000000000000001 "
#define LINK6(len) ETH "86dd 60000000 " len " 3a ff fe800000000000000000000000000005 " \
	"ff020000000000000000000000000001 "
#define NONE6(len) ETH "86dd 60000000 " len " 3a ff 00000000000000000000000000000000 " \
	"ff0200000000000000000001ff000005 "
#define ADDR5 "20010db8000000000000000000000005 "
#define ADDR1 "20010db8000000000000000000000001 "
#define SLLA "0101 02005e100001 "
#define TLLA "0201 02005e100001 "
#define ARP_SAYS(type) "arp tell notice type=" type " mac=02:00:5e:10:00:01 ue=10.0.0.5"
#define ND_SAYS(type, ue) "nd tell notice type=" type " mac=02:00:5e:10:00:01 ue=" ue

static const struct {
	const char *what, *hex;
	int want;
	const char *says;
} rows[] = {
	{ "ARP request", ETH "0806" ARP("0001") ME TARGET, NEIGHBOUR_TOLD, ARP_SAYS("1") },
	{ "ARP reply", ETH "0806" ARP("0002") ME "02005e100009 0a000001", NEIGHBOUR_TOLD,
	  ARP_SAYS("2") },
	{ "ARP announcement", ETH "0806" ARP("0001") ME "000000000000 0a000005", NEIGHBOUR_TOLD,
	  ARP_SAYS("1") },
	{ "padded", ETH "0806" ARP("0001") ME TARGET "000000000000000000000000000000000000",
	  NEIGHBOUR_TOLD, ARP_SAYS("1") },
	{ "in two VLANs", ETH "88a8 0002 8100 0003 0806" ARP("0001") ME TARGET, NEIGHBOUR_TOLD,
	  ARP_SAYS("1") " tenant=00200300" },
	{ "IEEE 802 hardware", ETH "0806 0006 0800 06 04 0001" ME TARGET, NEIGHBOUR_TOLD,
	  ARP_SAYS("1") },
	{ "ARP probe claims nothing", ETH "0806" ARP("0001") "02005e100001 00000000" TARGET,
	  NEIGHBOUR_SILENT, "" },
	{ "broadcast as sender", ETH "0806" ARP("0001") "02005e100001 ffffffff" TARGET,
	  NEIGHBOUR_SILENT, "" },
	{ "loopback as sender", ETH "0806" ARP("0001") "02005e100001 7f000001" TARGET,
	  NEIGHBOUR_SILENT, "" },
	{ "a group's hardware address", ETH "0806" ARP("0002") "01005e000001 0a000005" TARGET,
	  NEIGHBOUR_SILENT, "" },
	{ "no hardware address", ETH "0806" ARP("0002") "000000000000 0a000005" TARGET,
	  NEIGHBOUR_SILENT, "" },
	{ "InARP", ETH "0806" ARP("0008") ME TARGET, NEIGHBOUR_SILENT, "" },
	{ "RARP", ETH "8035" ARP("0003") ME TARGET, NEIGHBOUR_SILENT, "" },
	{ "another protocol", ETH "0806 0001 86dd 06 10 0001" ME TARGET, NEIGHBOUR_SILENT, "" },
	{ "another hardware", ETH "0806 0020 0800 14 04 0001" ME TARGET, NEIGHBOUR_SILENT, "" },
	{ "ARP, wrong length of hardware address", ETH "0806 0001 0800 08 04 0001" ME TARGET,
	  NEIGHBOUR_MALFORMED, "" },
	{ "ARP, short", ETH "0806" ARP("0001") ME "000000000000 0a0000", NEIGHBOUR_MALFORMED, "" },

	{ "neighbour solicitation", IP6("0020", "ff") "8700 0000 00000000" ADDR1 SLLA,
	  NEIGHBOUR_TOLD, ND_SAYS("135", "2001:db8::5") },
	{ "neighbour advertisement", IP6("0020", "ff") "8800 0000 60000000" ADDR5 TLLA,
	  NEIGHBOUR_TOLD, ND_SAYS("136", "2001:db8::5") },
	{ "advertisement of another address of the sender",
	  IP6("0020", "ff") "8800 0000 60000000 20010db8000000000000000000000077" TLLA,
	  NEIGHBOUR_TOLD, ND_SAYS("136", "2001:db8::77") },
	{ "router solicitation", LINK6("0010") "8500 0000 00000000" SLLA, NEIGHBOUR_TOLD,
	  ND_SAYS("133", "fe80::5") },
	{ "router advertisement", LINK6("0018") "8600 0000 40000708 00000000 00000000" SLLA,
	  NEIGHBOUR_TOLD, ND_SAYS("134", "fe80::5") },
	{ "other options before", LINK6("0018") "8500 0000 00000000 0501 0000000005dc" SLLA,
	  NEIGHBOUR_TOLD, ND_SAYS("133", "fe80::5") },
	{ "duplicate address detection", NONE6("0018") "8700 0000 00000000" ADDR5,
	  NEIGHBOUR_SILENT, "" },
	{ "solicitation without a link-layer address", IP6("0018", "ff") "8700 0000 00000000" ADDR1,
	  NEIGHBOUR_SILENT, "" },
	{ "the wrong option", IP6("0020", "ff") "8700 0000 00000000" ADDR1 TLLA, NEIGHBOUR_SILENT,
	  "" },
	{ "redirect speaks of others", LINK6("0030") "8900 0000 00000000" ADDR5 ADDR5 TLLA,
	  NEIGHBOUR_SILENT, "" },
	{ "a group's link-layer address", LINK6("0010") "8500 0000 00000000 0101 01005e000001",
	  NEIGHBOUR_SILENT, "" },
	{ "came through a router", IP6("0020", "fe") "8700 0000 00000000" ADDR1 SLLA,
	  NEIGHBOUR_MALFORMED, "" },
	{ "code 1", IP6("0020", "ff") "8701 0000 00000000" ADDR1 SLLA, NEIGHBOUR_MALFORMED, "" },
	{ "target is a group", IP6("0020", "ff") "8700 0000 00000000"
	  "ff020000000000000000000000000001" SLLA, NEIGHBOUR_MALFORMED, "" },
	{ "detection with a link-layer address", NONE6("0020") "8700 0000 00000000" ADDR5 SLLA,
	  NEIGHBOUR_MALFORMED, "" },
	{ "option of no length", IP6("0020", "ff") "8700 0000 00000000" ADDR1 "0100 02005e100001",
	  NEIGHBOUR_MALFORMED, "" },
	{ "option past the end", IP6("0020", "ff") "8700 0000 00000000" ADDR1 "0102 02005e100001",
	  NEIGHBOUR_MALFORMED, "" },
	{ "no target", IP6("0010", "ff") "8700 0000 00000000 0000000000000000",
	  NEIGHBOUR_MALFORMED, "" },
	{ "router advertisement from afar",
	  IP6("0018", "ff") "8600 0000 40000708 00000000 00000000" SLLA, NEIGHBOUR_MALFORMED, "" },
	{ "echo is none of them", IP6("0008", "ff") "8000 0000 00000000", NEIGHBOUR_NOT_READ, "" },
	/* ARP in VXLAN: the packet around it stands, and its payload is not ARP's */
	{ "ARP in VXLAN", ETH "0800 4500 004e 0001 0000 40 11 0000 0a000001 0a000002"
	  "03e8 12b5 003a 0000 0800000000000100" ETH "0806" ARP("0001") ME TARGET,
	  NEIGHBOUR_NOT_READ, "" },
};

START_TEST(reads_or_refuses)
{
	uint8_t octets[NEIGHBOUR_FRAME_MAX];
	char says[NEIGHBOUR_TEXT_MAX];
	int got = neighbour_show(octets, neighbour_octets(rows[_i].hex, octets), 0, says);

	ck_assert_msg(got == rows[_i].want, "%s: %d", rows[_i].what, got);
	ck_assert_msg(strcmp(says, rows[_i].says) == 0, "%s: %s", rows[_i].what, says);
}
END_TEST

/* What is left out at the end never makes another claim of a frame. */
START_TEST(every_prefix)
{
	uint8_t octets[NEIGHBOUR_FRAME_MAX];
	char says[NEIGHBOUR_TEXT_MAX];
	size_t len = neighbour_octets(rows[_i].hex, octets);

	for (size_t n = 0; n < len; n++)
		for (uint32_t cut = 0; cut <= len - n; cut += (uint32_t)(len - n)) {
			if (neighbour_show(octets, n, cut, says) == NEIGHBOUR_TOLD)
				ck_assert_msg(strcmp(says, rows[_i].says) == 0, "%s: %s",
				    rows[_i].what, says);
		}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("neighbour");
	TCase *t = tcase_create("neighbour");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(rows));
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
