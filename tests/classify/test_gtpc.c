/* SPDX-License-Identifier: Apache-2.0 */
/* test_gtpc.c - GTP-C of both versions: what each message tells, what is refused, what is broken.
 * Test PLMN 001-01, made-up serial numbers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1
#define IMSI "\x00\x01\x01\x21\x43\x65\x87\xf9"	/* 001010123456789 */
#define IMEISV "\x68\x56\x70\x40\x00\x00\x21\x10"	/* 8665070400001201 */
#define IMEI "\x68\x56\x70\x40\x00\x00\x21\xf3"		/* 866507040000123 */
#define PLMN "\x00\xf1\x10"				/* 001-01 */
#define PLMN3 "\x13\x11\x14"				/* 311-411 */
#define NODE1 "\xc0\x00\x02\x01"			/* 192.0.2.1 */
#define NODE2 "\xc0\x00\x02\x02"
#define NODE3 "\xc0\x00\x02\x03"
#define NODE6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09"
#define UE4 "\x0a\x2d\x00\x02"				/* 10.45.0.2 */
#define UE6 "\x20\x01\x0d\xb8\0\1\0\2\0\0\0\0\0\0\0\x63"

/* A datagram in the making. */
struct message {
	uint8_t octets[2048];
	size_t len, start;	/* start: of the message that is open */
};

static void
put(struct message *m, const void *octets, size_t len)
{
	memcpy(m->octets + m->len, octets, len);
	m->len += len;
}

static void
put_number(struct message *m, uint32_t value, unsigned octets)
{
	while (octets-- > 0)
		m->octets[m->len++] = (uint8_t)(value >> 8 * octets);
}

static void
set_be16(struct message *m, size_t at, size_t value)
{
	m->octets[at] = (uint8_t)(value >> 8);
	m->octets[at + 1] = (uint8_t)value;
}

/* --- GTPv2-C --- */

static void
v2(struct message *m, uint8_t flags, uint8_t type, uint32_t teid, uint32_t sequence)
{
	m->start = m->len;
	put_number(m, flags, 1);
	put_number(m, type, 1);
	put_number(m, 0, 2);
	if ((flags & 8) != 0)
		put_number(m, teid, 4);
	put_number(m, sequence, 3);
	put_number(m, 0, 1);
}

static void
v2_end(struct message *m)
{
	set_be16(m, m->start + 2, m->len - m->start - 4);
}

static size_t
group(struct message *m, uint8_t type, uint8_t instance)
{
	put_number(m, type, 1);
	put_number(m, 0, 2);
	put_number(m, instance, 1);
	return m->len;
}

static void
group_end(struct message *m, size_t at)
{
	set_be16(m, at - 3, m->len - at);
}

static void
ie(struct message *m, uint8_t type, uint8_t instance, const void *octets, size_t len)
{
	size_t at = group(m, type, instance);

	put(m, octets, len);
	group_end(m, at);
}

/* --- GTPv1-C --- */

static void
v1(struct message *m, uint8_t flags, uint8_t type, uint32_t teid, uint16_t sequence)
{
	m->start = m->len;
	put_number(m, flags, 1);
	put_number(m, type, 1);
	put_number(m, 0, 2);
	put_number(m, teid, 4);
	put_number(m, sequence, 2);
	put_number(m, 0, 2);		/* no N-PDU number, no extension */
}

static void
v1_end(struct message *m)
{
	set_be16(m, m->start + 2, m->len - m->start - 8);
}

static void
tv(struct message *m, uint8_t type, const void *octets, size_t len)
{
	put_number(m, type, 1);
	put(m, octets, len);
}

static void
tlv(struct message *m, uint8_t type, const void *octets, size_t len)
{
	put_number(m, type, 1);
	put_number(m, (uint32_t)len, 2);
	put(m, octets, len);
}

/* --- messages of version 2 --- */

static void
create_session_request(struct message *m)
{
	size_t bearer;

	v2(m, 0x48, 32, 0, 0x101);
	ie(m, 1, 0, S(IMSI));
	ie(m, 75, 0, S(IMEISV));
	ie(m, 76, 0, S("\x94\x51\x00\x00\x00\xf1"));
	ie(m, 86, 0, S("\x18" PLMN "\x12\x34" PLMN "\x00\x00\x69\x01"));
	ie(m, 83, 0, S(PLMN));
	ie(m, 82, 0, S("\x08"));
	ie(m, 77, 0, S("\x00\x40\x00"));	/* UIMSI */
	ie(m, 87, 0, S("\x8a\x00\x00\x00\x01" NODE1));
	ie(m, 87, 1, S("\xc7\x00\x00\x00\x00" NODE3 NODE6));	/* TEID 0: not known yet */
	ie(m, 71, 0, S("\x06METERS\x03iot\x06mnc001\x06mcc001\x04gprs"));
	ie(m, 99, 0, S("\x01"));
	ie(m, 79, 0, S("\x01\0\0\0\0"));
	ie(m, 78, 0, S("protocol configuration options"));
	ie(m, 254, 0, S("\x01\x2c extension"));
	bearer = group(m, 93, 0);
	ie(m, 80, 0, S("quality of service"));
	ie(m, 87, 2, S("\x84\x00\x00\x00\x07" NODE1));	/* before its EBI */
	ie(m, 73, 0, S("\x05"));
	group_end(m, bearer);
	v2_end(m);
}

static void
create_session_response(struct message *m)
{
	size_t bearer;

	v2(m, 0x48, 33, 1, 0x101);
	ie(m, 2, 0, S("\x10\x00"));
	ie(m, 87, 0, S("\x8b\x00\x00\x00\x02" NODE2));
	ie(m, 87, 1, S("\x87\x00\x00\x00\x03" NODE3));
	ie(m, 79, 0, S("\x03\x40" UE6 UE4));
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x05"));
	ie(m, 2, 0, S("\x10\x00"));
	ie(m, 87, 0, S("\xc1\x00\x00\x00\x04" NODE2 NODE6));
	ie(m, 87, 2, S("\x85\x00\x00\x00\x05" NODE3));
	group_end(m, bearer);
	bearer = group(m, 93, 0);	/* refused: its end is none */
	ie(m, 73, 0, S("\x06"));
	ie(m, 2, 0, S("\x49\x00"));
	ie(m, 87, 0, S("\x81\x00\x00\x00\x09" NODE2));
	group_end(m, bearer);
	bearer = group(m, 93, 1);	/* marked for removal */
	ie(m, 73, 0, S("\x07"));
	group_end(m, bearer);
	v2_end(m);
}

static void
create_session_refused(struct message *m)
{
	v2(m, 0x48, 33, 1, 0x102);
	ie(m, 2, 0, S("\x5d\x01\x52\x00\x00\x00"));
	v2_end(m);
}

/* Create Session Response with Create Bearer Request behind it. */
static void
piggybacked(struct message *m)
{
	size_t bearer;

	v2(m, 0x58, 33, 1, 0x101);
	ie(m, 2, 0, S("\x10\x00"));
	ie(m, 79, 0, S("\x01" UE4));
	v2_end(m);
	v2(m, 0x48, 95, 1, 0x900000);
	ie(m, 73, 0, S("\x05"));
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x00"));
	ie(m, 87, 0, S("\x81\x00\x00\x00\x0a" NODE2));
	group_end(m, bearer);
	v2_end(m);
}

static void
modify_bearer_request(struct message *m)
{
	size_t bearer;

	v2(m, 0x4c, 34, 2, 0x103);	/* with message priority */
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x05"));
	ie(m, 87, 0, S("\x80\x00\x00\x00\x0b" NODE1));
	group_end(m, bearer);
	bearer = group(m, 93, 1);
	ie(m, 73, 0, S("\x06"));
	group_end(m, bearer);
	v2_end(m);
}

static void
create_bearer_response(struct message *m)
{
	size_t bearer;

	v2(m, 0x48, 96, 2, 0x900000);
	ie(m, 2, 0, S("\x10\x00"));
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x06"));
	ie(m, 2, 0, S("\x10\x00"));
	ie(m, 87, 0, S("\x80\x00\x00\x00\x0c" NODE1));
	ie(m, 87, 1, S("\x81\x00\x00\x00\x0a" NODE2));
	group_end(m, bearer);
	v2_end(m);
}

static void
update_bearer_request(struct message *m)
{
	v2(m, 0x48, 97, 2, 0x900001);
	v2_end(m);
}

static void
delete_bearer_request(struct message *m)
{
	v2(m, 0x48, 99, 2, 0x900002);
	ie(m, 73, 1, S("\x06"));
	ie(m, 73, 1, S("\x07"));
	v2_end(m);
}

static void
delete_bearer_request_of_all(struct message *m)
{
	v2(m, 0x48, 99, 2, 0x900003);
	ie(m, 73, 0, S("\x05"));
	v2_end(m);
}

static void
delete_bearer_response(struct message *m)
{
	size_t bearer;

	v2(m, 0x48, 100, 2, 0x900002);
	ie(m, 2, 0, S("\x11\x00"));
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x06"));
	ie(m, 2, 0, S("\x10\x00"));
	group_end(m, bearer);
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x07"));
	ie(m, 2, 0, S("\x40\x00"));
	group_end(m, bearer);
	v2_end(m);
}

static void
delete_session_request(struct message *m)
{
	v2(m, 0x48, 36, 2, 0x104);
	ie(m, 73, 0, S("\x05"));
	ie(m, 77, 0, S("\x08\x00"));
	v2_end(m);
}

static void
release_access_bearers_request(struct message *m)
{
	v2(m, 0x48, 170, 2, 0x105);
	v2_end(m);
}

static void
modify_access_bearers_request(struct message *m)
{
	size_t bearer;

	v2(m, 0x48, 211, 2, 0x106);
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x05"));
	ie(m, 87, 0, S("\x80\x00\x00\x00\x0d" NODE3));
	group_end(m, bearer);
	v2_end(m);
}

static void
change_notification_request(struct message *m)
{
	v2(m, 0x48, 38, 2, 0x107);
	ie(m, 1, 0, S(IMSI));
	ie(m, 82, 0, S("\x06"));
	ie(m, 86, 0, S("\x01" PLMN "\x00\x05\x00\x07"));
	v2_end(m);
}

/* Two PDN connections: told as two. */
static void
context_response(struct message *m)
{
	size_t pdn, bearer;

	v2(m, 0x48, 131, 3, 0x108);
	ie(m, 2, 0, S("\x10\x00"));
	ie(m, 1, 0, S(IMSI));
	pdn = group(m, 109, 0);
	ie(m, 71, 0, S("\x06meters"));
	ie(m, 74, 0, S(UE4));
	ie(m, 73, 0, S("\x05"));
	ie(m, 87, 0, S("\x87\x00\x00\x00\x03" NODE3));
	bearer = group(m, 93, 0);
	ie(m, 73, 0, S("\x05"));
	ie(m, 87, 1, S("\x85\x00\x00\x00\x05" NODE3));
	group_end(m, bearer);
	group_end(m, pdn);
	ie(m, 87, 0, S("\x8c\x00\x00\x00\x0e" NODE1));
	pdn = group(m, 109, 0);
	ie(m, 71, 0, S("\x03ims"));
	ie(m, 74, 1, S(UE6));
	ie(m, 73, 0, S("\x06"));
	group_end(m, pdn);
	v2_end(m);
}

/* A remote device's identity is not that of the device that relays it. */
static void
remote_ue_report(struct message *m)
{
	size_t remote;

	v2(m, 0x48, 40, 3, 0x109);
	remote = group(m, 191, 0);
	ie(m, 1, 0, S(IMSI));
	group_end(m, remote);
	v2_end(m);
}

static void
v2_echo(struct message *m)
{
	v2(m, 0x40, 1, 0, 0x10a);
	ie(m, 3, 0, S("\x2a"));
	v2_end(m);
}

static void
imei_of_15(struct message *m)
{
	v2(m, 0x48, 32, 0, 1);
	ie(m, 75, 0, S(IMEI));
	v2_end(m);
}

static void
identities_unset(struct message *m)
{
	v2(m, 0x48, 32, 0, 1);
	ie(m, 1, 0, S("\0\0\0\0\0\0\0\xf0"));
	ie(m, 75, 0, S("\0\0\0\0\0\0\0\0"));
	ie(m, 76, 0, S(""));
	v2_end(m);
}

static void
identities_not_decimal(struct message *m)
{
	v2(m, 0x48, 32, 0, 1);
	ie(m, 1, 0, S("\x00\x01\x01\x2a\x43\x65\x87\xf9"));
	ie(m, 75, 0, S("\x68\x56\x70\x40\xe0\x00\x21\xf3"));
	ie(m, 76, 0, S("\xd4\x51"));
	v2_end(m);
}

/* Values too short for their kind: the rest is told. */
static void
broken_values(struct message *m)
{
	v2(m, 0x48, 32, 0, 1);
	ie(m, 1, 0, S(IMSI));
	ie(m, 87, 0, S("\x8a\x00\x00\x00\x01\xc0"));
	ie(m, 79, 0, S("\x02\x40\x20\x01"));
	v2_end(m);
}

/* --- messages of version 1 --- */

static void
create_pdp_request(struct message *m)
{
	v1(m, 0x32, 16, 0, 0x201);
	tv(m, 2, S(IMSI));
	tv(m, 3, S(PLMN "\xff\xfe\xff"));
	tv(m, 14, S("\x05"));
	tv(m, 15, S("\xfc"));
	tv(m, 16, S("\0\0\0\x11"));
	tv(m, 17, S("\0\0\0\x12"));
	tv(m, 20, S("\x05"));
	tv(m, 26, S("\x08\x00"));
	tlv(m, 128, S("\xf1\x21"));
	tlv(m, 131, S("\x06meters"));
	tlv(m, 132, S("protocol configuration options"));
	tlv(m, 133, S(NODE1));
	tlv(m, 133, S(NODE2));
	tlv(m, 134, S("\x91\x94\x51\x00\x00\x00\xf1"));
	tlv(m, 135, S("quality of service"));
	tlv(m, 151, S("\x02"));
	tlv(m, 152, S("\x00" PLMN "\x00\x05\x00\x07"));
	tlv(m, 154, S(IMEISV));
	tlv(m, 193, S("\x01"));
	v1_end(m);
}

static void
create_pdp_response(struct message *m)
{
	v1(m, 0x32, 17, 0x12, 0x201);
	tv(m, 1, S("\x80"));
	tv(m, 16, S("\0\0\0\x21"));
	tv(m, 17, S("\0\0\0\x22"));
	tv(m, 20, S("\x05"));
	tv(m, 127, S("\0\0\0\x01"));
	tlv(m, 128, S("\xf1\x8d" UE4 UE6));
	tlv(m, 133, S(NODE3));
	tlv(m, 133, S(NODE2));
	tlv(m, 133, S(NODE6));
	tlv(m, 133, S(NODE6));
	tlv(m, 133, S(NODE1));		/* one too many */
	v1_end(m);
}

static void
create_pdp_refused(struct message *m)
{
	v1(m, 0x32, 17, 0x12, 0x202);
	tv(m, 1, S("\xc7"));
	v1_end(m);
}

/* A second context of the connection: no control end of its own. */
static void
create_secondary_request(struct message *m)
{
	v1(m, 0x32, 16, 0x22, 0x203);
	tv(m, 16, S("\0\0\0\x13"));
	tv(m, 20, S("\x06"));
	tv(m, 20, S("\x05"));
	tlv(m, 133, S(NODE1));
	tlv(m, 133, S(NODE2));
	v1_end(m);
}

/* Direct tunnel: the radio network controller's end. */
static void
update_pdp_request(struct message *m)
{
	v1(m, 0x32, 18, 0x22, 0x204);
	tv(m, 3, S(PLMN "\x00\x05\x07"));
	tv(m, 16, S("\0\0\0\x14"));
	tv(m, 20, S("\x05"));
	tlv(m, 133, S(NODE1));
	tlv(m, 133, S(NODE3));
	v1_end(m);
}

static void
update_pdp_response_of_ggsn(struct message *m)
{
	v1(m, 0x32, 19, 0x12, 0x204);
	tv(m, 1, S("\x80"));
	tv(m, 16, S("\0\0\0\x21"));
	tv(m, 17, S("\0\0\0\x22"));
	tlv(m, 133, S(NODE3));
	tlv(m, 133, S(NODE2));
	v1_end(m);
}

static void
update_pdp_response_of_sgsn(struct message *m)
{
	v1(m, 0x32, 19, 0x22, 0x205);
	tv(m, 1, S("\x80"));
	tv(m, 16, S("\0\0\0\x15"));
	tlv(m, 133, S(NODE2));
	v1_end(m);
}

static void
delete_pdp_request(struct message *m)
{
	v1(m, 0x32, 20, 0x22, 0x206);
	tv(m, 19, S("\xff"));
	tv(m, 20, S("\x05"));
	v1_end(m);
}

static void
delete_one_pdp_request(struct message *m)
{
	v1(m, 0x32, 20, 0x22, 0x207);
	tv(m, 19, S("\xfe"));
	tv(m, 20, S("\x06"));
	v1_end(m);
}

static void
sgsn_context_response(struct message *m)
{
	v1(m, 0x32, 51, 0x31, 0x208);
	tv(m, 1, S("\x80"));
	tv(m, 2, S(IMSI));
	tv(m, 17, S("\0\0\0\x32"));
	tlv(m, 130, S("\x05\x03" "\x01q" "\x01q" "\x01q" "\0\0\0\0\0\0"
		"\0\0\0\x22" "\0\0\0\x21" "\0" "\xf1\x21" "\x04" UE4 "\x04" NODE3 "\x04" NODE3
		"\x07\x06meters" "\x80"));
	tlv(m, 130, S("\x06\x03" "\0\0\0" "\0\0\0\0\0\0"
		"\0\0\0\x24" "\0\0\0\x23" "\0" "\xf1\x57" "\x10" UE6 "\x04" NODE3 "\x04" NODE3
		"\x04\x03ims" "\x80"));
	tlv(m, 133, S(NODE1));
	v1_end(m);
}

/* The area in it is where the device was before. */
static void
identification_request(struct message *m)
{
	v1(m, 0x32, 48, 0, 0x209);
	tv(m, 3, S(PLMN "\x00\x05\x07"));
	tv(m, 5, S("\x01\x02\x03\x04"));
	v1_end(m);
}

static void
ms_info_change(struct message *m)
{
	v1(m, 0x32, 128, 0x22, 0x20a);
	tv(m, 2, S(IMSI));
	tlv(m, 151, S("\x01"));
	tlv(m, 152, S("\x02" PLMN "\x00\x05\x07\xff"));
	tlv(m, 154, S(IMEI));
	v1_end(m);
}

static void
v1_echo(struct message *m)
{
	v1(m, 0x32, 2, 0, 0x20b);
	tv(m, 14, S("\x2b"));
	v1_end(m);
}

static void
extension_types(struct message *m)
{
	v1(m, 0x32, 31, 0, 0x20c);
	put(m, S("\x8d\x02\x01\x02"));
	v1_end(m);
}

/* Header extension of two units before the elements. */
static void
extended_header(struct message *m)
{
	v1(m, 0x36, 21, 0x12, 0x20d);
	m->octets[m->len - 1] = 0xc1;
	put(m, S("\x02" "abcdef" "\x00"));
	tv(m, 1, S("\x80"));
	v1_end(m);
}

#define WHO " imsi=001010123456789"

static const struct {
	const char *what;
	void (*build)(struct message *m);
	enum parse_result want;
	const char *told;
} messages[] = {
	{ "create session request", create_session_request, PARSE_MORE,
	    "gtpv2-c create request type=32 seq=257 linked=5" WHO " unauthenticated"
	    " msisdn=49150000001 imei=8665070400001201 apn=meters.iot plmn=001-01 rat=nb-iot"
	    " area=tai:001-01:4660 cell=ecgi:001-01:26881 end=control:10:0:192.0.2.1:0x1"
	    " end=downlink:4:5:192.0.2.1:0x7\n" },
	{ "create session response", create_session_response, PARSE_MORE,
	    "gtpv2-c create answer type=33 cause=16 seq=257 session=0x1 linked=5"
	    " ue=2001:db8:1:2::/64 ue=10.45.0.2"
	    " end=control:11:0:192.0.2.2:0x2 end=control:7:0:192.0.2.3:0x3"
	    " end=uplink:1:5:192.0.2.2:0x4 end=uplink:1:5:2001:db8::9:0x4"
	    " end=uplink:5:5:192.0.2.3:0x5 gone=0x80\n" },
	{ "create session refused", create_session_refused, PARSE_MORE,
	    "gtpv2-c create answer refused type=33 cause=93 seq=258 session=0x1\n" },
	{ "piggybacked", piggybacked, PARSE_MORE,
	    "gtpv2-c create answer type=33 cause=16 seq=257 session=0x1 ue=10.45.0.2\n"
	    "gtpv2-c modify request type=95 seq=9437184 session=0x1 linked=5"
	    " end=uplink:1:0:192.0.2.2:0xa\n" },
	{ "modify bearer request", modify_bearer_request, PARSE_MORE,
	    "gtpv2-c modify request type=34 seq=259 session=0x2"
	    " end=downlink:0:5:192.0.2.1:0xb gone=0x40\n" },
	{ "create bearer response", create_bearer_response, PARSE_MORE,
	    "gtpv2-c modify answer type=96 cause=16 seq=9437184 session=0x2"
	    " end=downlink:0:6:192.0.2.1:0xc end=uplink:1:6:192.0.2.2:0xa\n" },
	{ "update bearer request", update_bearer_request, PARSE_MORE,
	    "gtpv2-c modify request type=97 seq=9437185 session=0x2\n" },
	{ "delete bearer request", delete_bearer_request, PARSE_MORE,
	    "gtpv2-c delete request type=99 seq=9437186 session=0x2 gone=0xc0\n" },
	{ "delete bearer request, of all", delete_bearer_request_of_all, PARSE_MORE,
	    "gtpv2-c delete request type=99 seq=9437187 session=0x2 linked=5\n" },
	{ "delete bearer response", delete_bearer_response, PARSE_MORE,
	    "gtpv2-c delete answer type=100 cause=17 seq=9437186 session=0x2 gone=0x40\n" },
	{ "delete session request", delete_session_request, PARSE_MORE,
	    "gtpv2-c delete request type=36 seq=260 session=0x2 linked=5\n" },
	{ "release access bearers request", release_access_bearers_request, PARSE_MORE,
	    "gtpv2-c release request type=170 seq=261 session=0x2\n" },
	{ "modify access bearers request", modify_access_bearers_request, PARSE_MORE,
	    "gtpv2-c modify request type=211 seq=262 session=0x2"
	    " end=downlink:0:5:192.0.2.3:0xd\n" },
	{ "change notification request", change_notification_request, PARSE_MORE,
	    "gtpv2-c modify request type=38 seq=263 session=0x2" WHO " rat=e-utran"
	    " area=lai:001-01:5 cell=cgi:001-01:327687\n" },
	{ "context response", context_response, PARSE_MORE,
	    "gtpv2-c tell answer type=131 cause=16 seq=264 session=0x3 linked=5" WHO
	    " ue=10.45.0.2 apn=meters end=control:7:0:192.0.2.3:0x3"
	    " end=uplink:5:5:192.0.2.3:0x5 end=control:12:0:192.0.2.1:0xe\n"
	    "gtpv2-c tell answer type=131 cause=16 seq=264 session=0x3 linked=6" WHO
	    " ue=2001:db8:1:2::/64 apn=ims end=control:12:0:192.0.2.1:0xe\n" },
	{ "remote UE report", remote_ue_report, PARSE_MORE,
	    "gtpv2-c tell notice type=40 seq=265 session=0x3\n" },
	{ "echo, version 2", v2_echo, PARSE_MORE,
	    "gtpv2-c node request type=1 seq=266 recovery=42\n" },
	{ "IMEI of 15 digits", imei_of_15, PARSE_MORE,
	    "gtpv2-c create request type=32 seq=1 imei=866507040000123\n" },
	{ "identities left unset", identities_unset, PARSE_MORE,
	    "gtpv2-c create request type=32 seq=1\n" },
	{ "identities not decimal", identities_not_decimal, PARSE_MORE,
	    "gtpv2-c create request type=32 seq=1\n" },
	{ "broken values", broken_values, PARSE_MORE,
	    "gtpv2-c create request type=32 seq=1" WHO "\n" },
	{ "create PDP context request", create_pdp_request, PARSE_MORE,
	    "gtpv1-c create request type=16 seq=513 linked=5" WHO " unauthenticated"
	    " msisdn=49150000001 imei=8665070400001201 apn=meters plmn=001-01 rat=geran"
	    " area=lai:001-01:5 cell=cgi:001-01:327687 end=control:-:0:192.0.2.1:0x12"
	    " end=downlink:-:5:192.0.2.2:0x11 recovery=5\n" },
	{ "create PDP context response", create_pdp_response, PARSE_MORE,
	    "gtpv1-c create answer type=17 cause=128 seq=513 session=0x12 linked=5"
	    " ue=10.45.0.2 ue=2001:db8:1:2::/64"
	    " end=control:-:0:192.0.2.3:0x22 end=uplink:-:5:192.0.2.2:0x21"
	    " end=control:-:0:2001:db8::9:0x22 end=uplink:-:5:2001:db8::9:0x21\n" },
	{ "create PDP context refused", create_pdp_refused, PARSE_MORE,
	    "gtpv1-c create answer refused type=17 cause=199 seq=514 session=0x12\n" },
	{ "create secondary PDP context request", create_secondary_request, PARSE_MORE,
	    "gtpv1-c create request type=16 seq=515 session=0x22 linked=5"
	    " end=downlink:-:6:192.0.2.2:0x13\n" },
	{ "update PDP context request", update_pdp_request, PARSE_MORE,
	    "gtpv1-c modify request type=18 seq=516 session=0x22 linked=5 plmn=001-01"
	    " area=rai:001-01:5 end=downlink:-:5:192.0.2.3:0x14\n" },
	{ "update PDP context response of a GGSN", update_pdp_response_of_ggsn, PARSE_MORE,
	    "gtpv1-c modify answer type=19 cause=128 seq=516 session=0x12"
	    " end=control:-:0:192.0.2.3:0x22 end=uplink:-:0:192.0.2.2:0x21\n" },
	{ "update PDP context response of an SGSN", update_pdp_response_of_sgsn, PARSE_MORE,
	    "gtpv1-c modify answer type=19 cause=128 seq=517 session=0x22"
	    " end=downlink:-:0:192.0.2.2:0x15\n" },
	{ "delete PDP context request with teardown", delete_pdp_request, PARSE_MORE,
	    "gtpv1-c delete request type=20 seq=518 session=0x22 linked=5\n" },
	{ "delete PDP context request of one", delete_one_pdp_request, PARSE_MORE,
	    "gtpv1-c delete request type=20 seq=519 session=0x22 linked=6 gone=0x40\n" },
	{ "SGSN context response", sgsn_context_response, PARSE_MORE,
	    "gtpv1-c tell answer type=51 cause=128 seq=520 session=0x31 linked=5" WHO
	    " ue=10.45.0.2 apn=meters end=control:-:0:192.0.2.3:0x22"
	    " end=uplink:-:5:192.0.2.3:0x21 end=control:-:0:192.0.2.1:0x32\n"
	    "gtpv1-c tell answer type=51 cause=128 seq=520 session=0x31 linked=6" WHO
	    " ue=2001:db8:1:2::/64 apn=ims end=control:-:0:192.0.2.3:0x24"
	    " end=uplink:-:6:192.0.2.3:0x23 end=control:-:0:192.0.2.1:0x32\n" },
	{ "identification request", identification_request, PARSE_MORE,
	    "gtpv1-c tell request type=48 seq=521\n" },
	{ "MS info change notification", ms_info_change, PARSE_MORE,
	    "gtpv1-c modify request type=128 seq=522 session=0x22" WHO " imei=866507040000123"
	    " rat=utran area=rai:001-01:5\n" },
	{ "echo, version 1", v1_echo, PARSE_MORE,
	    "gtpv1-c node answer type=2 seq=523 recovery=43\n" },
	{ "supported extension headers", extension_types, PARSE_MORE,
	    "gtpv1-c node notice type=31 seq=524\n" },
	{ "extended header", extended_header, PARSE_MORE,
	    "gtpv1-c delete answer type=21 cause=128 seq=525 session=0x12\n" },
};

static struct shown
shown(const struct message *m)
{
	return (struct shown){ TO_SERVER, m->octets, m->len };
}

START_TEST(tells)
{
	struct message m = { .len = 0 };
	struct harness *h = harness_new(PARSER_gtpc, true, 2123);
	enum parse_result got;

	messages[_i].build(&m);
	got = harness_show(h, shown(&m));
	ck_assert_msg(got == messages[_i].want, "%s: %d", messages[_i].what, got);
	ck_assert_msg(strcmp(harness_told_text(h), messages[_i].told) == 0, "%s:\n%swanted\n%s",
	    messages[_i].what, harness_told_text(h), messages[_i].told);
	harness_free(h);
}
END_TEST

/* Cut anywhere nothing is told, but for whole messages before the cut; only the snapshot length
 * excuses it. */
START_TEST(cut_anywhere)
{
	struct message m = { .len = 0 };

	messages[_i].build(&m);
	for (size_t len = 0; len < m.len; len++) {
		struct harness *h = harness_new(PARSER_gtpc, true, 2123);
		struct shown s = { TO_SERVER, m.octets, len };
		size_t n;

		harness_claim(h);
		ck_assert_int_eq(harness_show(h, s), PARSE_WRONG);
		(void)harness_told(h, &n);
		ck_assert_uint_eq(n, len >= m.start && m.start != 0);
		harness_free(h);
		h = harness_new(PARSER_gtpc, true, 2123);
		harness_claim(h);
		harness_truncate(h);
		ck_assert_int_eq(harness_show(h, s), PARSE_MORE);
		harness_free(h);
	}
}
END_TEST

START_TEST(every_prefix)
{
	struct message m = { .len = 0 };
	struct shown s;

	messages[_i].build(&m);
	s = shown(&m);
	harness_every_prefix(PARSER_gtpc, true, 2123, false, &s, 1);
	harness_every_prefix(PARSER_gtpc, true, 2123, true, &s, 1);
	harness_every_prefix(PARSER_gtpc, true, 40001, false, &s, 1);
}
END_TEST

START_TEST(fields_of_a_session)
{
	struct message m = { .len = 0 }, n = { .len = 0 };
	struct harness *h = harness_new(PARSER_gtpc, true, 2123);

	/* the text of the fields ends at a NUL: a location without one */
	v2(&m, 0x48, 38, 2, 0x107);
	ie(&m, 1, 0, S(IMSI));
	ie(&m, 82, 0, S("\x06"));
	ie(&m, 86, 0, S("\x01" PLMN3 "\x01\x05\x01\x07"));
	v2_end(&m);
	create_session_response(&n);
	ck_assert_int_eq(harness_show(h, shown(&m)), PARSE_MORE);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, n.octets, n.len }), PARSE_MORE);
	ck_assert(!harness_reversed(h));
	ck_assert_str_eq(harness_fields(h),
	    "gtpc.version=2\ngtpc.message=change_notification_request\n"
	    "gtpc.imsi=001010123456789\ngtpc.rat=e-utran\n"
	    "gtpc.uli=\x01" PLMN3 "\x01\x05\x01\x07\n"
	    "gtpc.area=lai:311-411:261\ngtpc.cell=cgi:311-411:261:263\n"
	    "gtpc.message=create_session_response\ngtpc.pdn_type=ipv4v6\n"
	    "gtpc.ue_ip=2001:db8:1:2::\ngtpc.ue_ip=10.45.0.2\n"
	    "gtpc.fteid=s11-c-sgw 192.0.2.2 0x00000002\n"
	    "gtpc.fteid=s5-c-pgw 192.0.2.3 0x00000003\n"
	    "gtpc.fteid=s1-u-sgw 192.0.2.2 0x00000004 bearer 5\n"
	    "gtpc.fteid=s1-u-sgw 2001:db8::9 0x00000004 bearer 5\n"
	    "gtpc.fteid=s5-u-pgw 192.0.2.3 0x00000005 bearer 5\n"
	    "gtpc.cause=16\n");
	harness_free(h);
}
END_TEST

/* Such a flow lives for months: its record does not grow, its messages go on. */
START_TEST(fields_end_and_messages_do_not)
{
	struct harness *h = harness_new(PARSER_gtpc, true, 2123);

	for (unsigned i = 0; i < 40; i++) {
		struct message m = { .len = 0 };
		size_t n;

		v2(&m, 0x48, 38, i + 1, i);
		ie(&m, 2, 0, &(uint8_t){ (uint8_t)(i + 1) }, 1);
		v2_end(&m);
		ck_assert_int_eq(harness_show(h, shown(&m)), PARSE_MORE);
		(void)harness_told(h, &n);
		ck_assert_uint_eq(n, 1);
	}
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "gtpc.cause=16\n"));
	ck_assert_ptr_null(strstr(harness_fields(h), "gtpc.cause=17\n"));
	harness_free(h);
}
END_TEST

START_TEST(lone_answer_turns_the_flow)
{
	struct message m = { .len = 0 };
	struct harness *h = harness_new(PARSER_gtpc, true, 2123);

	create_pdp_response(&m);
	ck_assert_int_eq(harness_show(h, shown(&m)), PARSE_MORE);
	ck_assert(harness_reversed(h));
	harness_free(h);
}
END_TEST

/* A value that cannot be read is counted, but the first message takes the flow all the same. */
START_TEST(broken_value_is_counted)
{
	struct message m = { .len = 0 };
	struct harness *h = harness_new(PARSER_gtpc, true, 2123);
	size_t n;

	broken_values(&m);
	ck_assert_int_eq(harness_show(h, shown(&m)), PARSE_MORE);
	harness_free(h);
	h = harness_new(PARSER_gtpc, true, 2123);
	m.len = 0;
	v2_echo(&m);
	ck_assert_int_eq(harness_show(h, shown(&m)), PARSE_MORE);
	m.len = 0;
	broken_values(&m);
	ck_assert_int_eq(harness_show(h, shown(&m)), PARSE_WRONG);
	(void)harness_told(h, &n);
	ck_assert_uint_eq(n, 1);
	harness_free(h);
}
END_TEST

/* --- what is not GTP-C --- */

static void
gtp_prime(struct message *m)
{
	create_pdp_request(m);
	m->octets[0] = 0x22;
}

static void
without_sequence(struct message *m)
{
	create_pdp_request(m);
	m->octets[0] = 0x30;
}

static void
g_pdu(struct message *m)
{
	v1(m, 0x32, 255, 7, 1);
	put(m, S("\x45\0\0\x14"));
	v1_end(m);
}

static void
version_0(struct message *m)
{
	create_pdp_request(m);
	m->octets[0] = 0x12;
}

static void
version_3(struct message *m)
{
	create_session_request(m);
	m->octets[0] = 0x68;
}

static void
unknown_message(struct message *m)
{
	create_session_request(m);
	m->octets[1] = 250;
}

static void
length_beyond(struct message *m)
{
	create_session_request(m);
	set_be16(m, 2, m->len);
}

static void
element_beyond(struct message *m)
{
	v2(m, 0x48, 32, 0, 1);
	put(m, S("\x01\x00\x09\x00" IMSI));
	v2_end(m);
}

static void
element_not_assigned(struct message *m)
{
	v2(m, 0x48, 32, 0, 1);
	ie(m, 1, 0, S(IMSI));
	ie(m, 10, 0, S("x"));
	v2_end(m);
}

static void
element_of_unknown_length(struct message *m)
{
	v1(m, 0x32, 16, 0, 1);
	tv(m, 2, S(IMSI));
	tv(m, 100, S("x"));
	v1_end(m);
}

static void
endless_extensions(struct message *m)
{
	v1(m, 0x36, 16, 0, 1);
	m->octets[m->len - 1] = 1;
	for (unsigned i = 0; i < 20; i++)
		put(m, S("\x01\0\0\x01"));
	v1_end(m);
}

static void
extension_of_no_length(struct message *m)
{
	v1(m, 0x36, 16, 0, 1);
	m->octets[m->len - 1] = 1;
	put(m, S("\x00\0\0\x01"));
	v1_end(m);
}

static void
nothing_piggybacked(struct message *m)
{
	create_session_response(m);
	m->octets[0] = 0x58;
}

static void
too_many_piggybacked(struct message *m)
{
	for (unsigned i = 0; i < 6; i++) {
		v2(m, 0x58, 97, 2, i);
		v2_end(m);
	}
}

static const struct {
	const char *what;
	void (*build)(struct message *m);
	uint16_t port;
	enum probe_result want;
} strangers[] = {
	{ "create session, own port", create_session_request, 2123, PROBE_YES },
	{ "create session, other port", create_session_request, 40001, PROBE_YES },
	{ "create PDP context, other port", create_pdp_request, 40001, PROBE_YES },
	{ "without elements, own port", release_access_bearers_request, 2123, PROBE_YES },
	{ "without elements, other port", release_access_bearers_request, 40001, PROBE_NO },
	{ "echo of version 1 is GTP-U's too", v1_echo, 2152, PROBE_NO },
	{ "echo of version 2, other port", v2_echo, 40001, PROBE_NO },
	{ "GTP'", gtp_prime, 2123, PROBE_NO },
	{ "without sequence", without_sequence, 2123, PROBE_NO },
	{ "G-PDU", g_pdu, 2123, PROBE_NO },
	{ "version 0", version_0, 2123, PROBE_NO },
	{ "version 3", version_3, 2123, PROBE_NO },
	{ "unknown message", unknown_message, 2123, PROBE_NO },
	{ "length beyond the end", length_beyond, 2123, PROBE_NO },
	{ "element beyond the end", element_beyond, 2123, PROBE_NO },
	{ "element not assigned", element_not_assigned, 2123, PROBE_NO },
	{ "element of unknown length", element_of_unknown_length, 2123, PROBE_NO },
	{ "endless extensions", endless_extensions, 2123, PROBE_NO },
	{ "extension of no length", extension_of_no_length, 2123, PROBE_NO },
	{ "nothing is piggybacked", nothing_piggybacked, 2123, PROBE_NO },
	{ "too many piggybacked", too_many_piggybacked, 2123, PROBE_NO },
};

START_TEST(claims_or_refuses)
{
	struct message m = { .len = 0 };
	struct harness *h = harness_new(PARSER_gtpc, true, strangers[_i].port);
	enum probe_result got;

	strangers[_i].build(&m);
	got = harness_probe(h, shown(&m));
	ck_assert_msg(got == strangers[_i].want, "%s: %d", strangers[_i].what, got);
	harness_free(h);
}
END_TEST

START_TEST(more_behind_the_message)
{
	struct message m = { .len = 0 };
	struct harness *h = harness_new(PARSER_gtpc, true, 2123);

	create_session_request(&m);
	put(&m, S("\0\0\0\0"));
	ck_assert_int_eq(harness_probe(h, shown(&m)), PROBE_YES);
	harness_free(h);
	h = harness_new(PARSER_gtpc, true, 40001);
	ck_assert_int_eq(harness_probe(h, shown(&m)), PROBE_NO);
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_gtpc)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_gtpc, true, 2123, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_gtpc, true, 40001, 100000), 0);
}
END_TEST

/* One octet changed at a time, to every value that matters: nothing may be read past its end,
 * and what is told stays within its bounds. */
START_TEST(any_octet_changed)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct message m = { .len = 0 };

	messages[_i].build(&m);
	for (size_t at = 0; at < m.len; at++) {
		uint8_t kept = m.octets[at];

		for (size_t v = 0; v < ARRAY_LEN(values); v++) {
			struct harness *h = harness_new(PARSER_gtpc, true, 2123);
			const struct signalling *told;
			size_t n;

			m.octets[at] = values[v];
			harness_claim(h);
			(void)harness_show(h, shown(&m));
			told = harness_told(h, &n);
			for (size_t i = 0; i < n; i++)
				ck_assert(told[i].n_ends <= SIGNALLING_ENDS_MAX
				    && told[i].n_ue <= SIGNALLING_ADDRS_MAX);
			harness_free(h);
		}
		m.octets[at] = kept;
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("gtpc");
	TCase *t = tcase_create("gtpc");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, tells, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, cut_anywhere, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, any_octet_changed, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, claims_or_refuses, 0, ARRAY_LEN(strangers));
	tcase_add_test(t, fields_of_a_session);
	tcase_add_test(t, fields_end_and_messages_do_not);
	tcase_add_test(t, lone_answer_turns_the_flow);
	tcase_add_test(t, broken_value_is_counted);
	tcase_add_test(t, more_behind_the_message);
	tcase_add_test(t, random_is_not_gtpc);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
