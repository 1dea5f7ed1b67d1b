/* SPDX-License-Identifier: Apache-2.0 */
/* test_pfcp.c - PFCP: sessions with TEIDs of either side's choice, both directions, nodes, who
 * the user is, and what is none of it. */
#include <check.h>
#include <stdio.h>

#include "harness.h"
#include "macros.h"
#include "pfcp_made.h"
#include "run_suite.h"
#include "signalling.h"

enum { PORT = 8805 };

static enum parse_result
show(struct harness *h, enum direction dir, struct made *m)
{
	made_end(m);
	return harness_show(h, (struct shown){ dir, m->octets, m->len });
}

static size_t
last_ends(const struct harness *h)
{
	size_t n;
	const struct signalling *told = harness_told(h, &n);

	ck_assert_uint_eq(n, 1);
	return told[0].n_ends;
}

/* --- elements --- */

static void
put_f_seid(struct made *m, uint64_t seid, uint8_t host)
{
	size_t at = made_open(m, IE_F_SEID);

	put_be(m, 2, 1);
	put_be(m, seid, 8);
	put_be(m, 0xc0000200u | host, 4);
	made_close(m, at);
}

static void
put_f_teid(struct made *m, uint32_t teid, uint8_t host)
{
	size_t at = made_open(m, IE_F_TEID);

	put_be(m, 1, 1);
	put_be(m, teid, 4);
	put_be(m, 0xc0000200u | host, 4);
	made_close(m, at);
}

static struct made
pdi_of(uint8_t source)
{
	struct made pdi = { .len = 0 };

	put_number_ie(&pdi, IE_SOURCE_INTERFACE, source, 1);
	return pdi;
}

#define CHOOSE "\5"
#define UE4 "\2\12\1\0\7"			/* 10.1.0.7, packets from it */
#define UE4_TO "\6\12\1\0\7"

/* Two PDRs of a UPF, whose F-TEID it chooses, and two FARs. */
static void
put_session(struct made *m)
{
	struct made up = pdi_of(INTERFACE_ACCESS), down = pdi_of(INTERFACE_CORE);

	IE(&up, IE_F_TEID, CHOOSE);
	IE(&up, IE_NETWORK_INSTANCE, "access");
	IE(&up, IE_UE_IP_ADDRESS, UE4);
	IE(&up, IE_QFI, "\11");
	IE(&down, IE_NETWORK_INSTANCE, "\3Iot\4test");
	IE(&down, IE_UE_IP_ADDRESS, UE4_TO);
	put_pdr(m, IE_CREATE_PDR, 1, &up);
	put_pdr(m, IE_CREATE_PDR, 2, &down);
	put_far(m, IE_CREATE_FAR, 1, INTERFACE_CORE, 0, 0);
	put_far(m, IE_CREATE_FAR, 2, INTERFACE_ACCESS, 0, 0);
}

static void
put_created(struct made *m, uint16_t id, uint32_t teid, uint8_t host)
{
	size_t at = made_open(m, IE_CREATED_PDR);

	put_number_ie(m, IE_PDR_ID, id, 2);
	put_f_teid(m, teid, host);
	made_close(m, at);
}

/* --- a session of 5G from its beginning to its end --- */

START_TEST(a_session)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(50, 0, 7);

	IE(&m, IE_NODE_ID, "\0\xc0\0\2\1");
	put_f_seid(&m, 0x11, 1);
	put_session(&m);
	IE(&m, IE_USER_ID, "\3\x8\x00\x01\x01\x00\x00\x00\x00\xf1\x8\x53\x62\x49\x50\x10\x00\x10\xf0");
	IE(&m, IE_S_NSSAI, "\1\0\0\xc3");
	IE(&m, IE_RAT_TYPE, "\12");
	ck_assert_int_eq(show(h, TO_SERVER, &m), PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "pfcp create request type=50 seq=7 "
	    "nas=192.0.2.1 imsi=001010000000001 imei=352694050100010 ue=10.1.0.7 apn=iot.test "
	    "rat=nr end=control:-:0:192.0.2.1:0x11\n");
	ck_assert_str_eq(harness_fields(h), "pfcp.message=session_establishment_request\n"
	    "pfcp.node_id=192.0.2.1\npfcp.s_nssai=1-0000c3\npfcp.network_instance=access\n"
	    "pfcp.network_instance=Iot.test\npfcp.qfi=9\n");

	m = made_message(51, 0x11, 7);
	IE(&m, IE_CAUSE, "\1");
	put_f_seid(&m, 0x22, 2);
	put_created(&m, 1, 0x1001, 2);
	put_created(&m, 9, 0x1009, 2);	/* nobody asked for it */
	ck_assert_int_eq(show(h, TO_CLIENT, &m), PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "pfcp create answer type=51 cause=1 seq=7 "
	    "session=0x11 nas=192.0.2.1 end=control:-:0:192.0.2.2:0x22 "
	    "end=uplink:-:1:192.0.2.2:0x1001\n");

	m = made_message(52, 0x22, 8);
	put_far(&m, IE_UPDATE_FAR, 2, INTERFACE_ACCESS, 0x2001, 9);
	ck_assert_int_eq(show(h, TO_SERVER, &m), PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "pfcp modify request type=52 seq=8 session=0x22 "
	    "nas=192.0.2.1 end=downlink:-:32770:192.0.2.9:0x2001\n");

	m = made_message(54, 0x22, 9);
	ck_assert_int_eq(show(h, TO_SERVER, &m), PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "pfcp delete request type=54 seq=9 session=0x22 "
	    "nas=192.0.2.1\n");
	m = made_message(55, 0x11, 9);
	IE(&m, IE_CAUSE, "\1");
	ck_assert_int_eq(show(h, TO_CLIENT, &m), PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "pfcp delete answer type=55 cause=1 seq=9 "
	    "session=0x11 nas=192.0.2.1\n");
	harness_free(h);
}
END_TEST

/* --- sides --- */

/* An SGW-U or I-UPF has a local F-TEID on either side; the UP function chooses both. */
START_TEST(chosen_on_both_sides)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(50, 0, 7), up = pdi_of(INTERFACE_ACCESS);
	struct made down = pdi_of(INTERFACE_CORE);

	put_f_seid(&m, 0x11, 1);
	IE(&up, IE_F_TEID, CHOOSE);
	IE(&down, IE_F_TEID, CHOOSE);
	put_pdr(&m, IE_CREATE_PDR, 1, &down);
	put_pdr(&m, IE_CREATE_PDR, 2, &up);
	(void)show(h, TO_SERVER, &m);
	m = made_message(51, 0x11, 7);
	IE(&m, IE_CAUSE, "\1");
	put_created(&m, 2, 0x1002, 2);
	put_created(&m, 1, 0x1001, 2);
	(void)show(h, TO_CLIENT, &m);
	ck_assert_str_eq(harness_told_text(h), "pfcp create answer type=51 cause=1 seq=7 "
	    "session=0x11 nas=192.0.2.1 end=uplink:-:2:192.0.2.2:0x1002 "
	    "end=downlink:-:1:192.0.2.2:0x1001\n");
	harness_free(h);
}
END_TEST

/* Which side a chosen TEID is on was said in a request that we did not see, or that another one
 * with the same number has followed from the other side. */
START_TEST(an_answer_alone_has_no_sides)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(50, 0, 7), answer = made_message(51, 0x11, 7);

	put_f_seid(&m, 0x11, 1);
	put_session(&m);
	IE(&answer, IE_CAUSE, "\1");
	put_created(&answer, 1, 0x1001, 2);
	(void)show(h, TO_CLIENT, &answer);
	ck_assert_uint_eq(last_ends(h), 0);
	(void)show(h, TO_CLIENT, &m);
	(void)show(h, TO_CLIENT, &answer);
	ck_assert_uint_eq(last_ends(h), 0);
	(void)show(h, TO_SERVER, &m);
	(void)show(h, TO_CLIENT, &answer);
	ck_assert_uint_eq(last_ends(h), 1);
	harness_free(h);
}
END_TEST

/* A FAR is updated without its side: towards the core when it was created so. */
START_TEST(a_far_keeps_its_side)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(50, 0, 7);

	put_f_seid(&m, 0x11, 1);
	put_session(&m);
	(void)show(h, TO_SERVER, &m);
	m = made_message(51, 0x11, 7);
	IE(&m, IE_CAUSE, "\1");
	put_f_seid(&m, 0x22, 2);
	(void)show(h, TO_CLIENT, &m);
	m = made_message(52, 0x22, 8);
	put_far(&m, IE_UPDATE_FAR, 1, INTERFACE_NONE, 0x3001, 3);
	put_far(&m, IE_UPDATE_FAR, 2, INTERFACE_NONE, 0x2001, 9);
	put_far(&m, IE_CREATE_FAR, 5, INTERFACE_CORE, 0, 0);
	(void)show(h, TO_SERVER, &m);
	ck_assert_str_eq(harness_told_text(h), "pfcp modify request type=52 seq=8 session=0x22 "
	    "nas=192.0.2.1 end=uplink:-:32769:192.0.2.3:0x3001 "
	    "end=downlink:-:32770:192.0.2.9:0x2001\n");
	m = made_message(52, 0x22, 9);
	put_far(&m, IE_UPDATE_FAR, 5, INTERFACE_NONE, 0x3005, 3);
	(void)show(h, TO_SERVER, &m);
	ck_assert_str_eq(harness_told_text(h), "pfcp modify request type=52 seq=9 session=0x22 "
	    "nas=192.0.2.1 end=uplink:-:32773:192.0.2.3:0x3005\n");
	m = made_message(52, 0x23, 10);	/* another session */
	put_far(&m, IE_UPDATE_FAR, 1, INTERFACE_NONE, 0x3006, 3);
	(void)show(h, TO_SERVER, &m);
	ck_assert_str_eq(harness_told_text(h), "pfcp modify request type=52 seq=10 session=0x23 "
	    "nas=192.0.2.1 end=downlink:-:32769:192.0.2.3:0x3006\n");
	harness_free(h);
}
END_TEST

START_TEST(a_traffic_endpoint_has_the_side_of_its_pdr)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(50, 0, 7), up = pdi_of(INTERFACE_ACCESS);
	struct made down = pdi_of(INTERFACE_CORE);
	size_t at;

	put_f_seid(&m, 0x11, 1);
	IE(&up, IE_ENDPOINT_ID, "\1");
	IE(&down, IE_ENDPOINT_ID, "\2");
	put_pdr(&m, IE_CREATE_PDR, 1, &up);
	put_pdr(&m, IE_CREATE_PDR, 2, &down);
	at = made_open(&m, IE_CREATE_ENDPOINT);
	IE(&m, IE_ENDPOINT_ID, "\1");
	IE(&m, IE_F_TEID, CHOOSE);
	IE(&m, IE_UE_IP_ADDRESS, UE4);
	made_close(&m, at);
	at = made_open(&m, IE_CREATE_ENDPOINT);
	IE(&m, IE_ENDPOINT_ID, "\2");
	put_f_teid(&m, 0x77, 2);
	made_close(&m, at);
	(void)show(h, TO_SERVER, &m);
	ck_assert_str_eq(harness_told_text(h), "pfcp create request type=50 seq=7 nas=192.0.2.1 "
	    "ue=10.1.0.7 end=control:-:0:192.0.2.1:0x11 end=downlink:-:2:192.0.2.2:0x77\n");
	m = made_message(51, 0x11, 7);
	IE(&m, IE_CAUSE, "\1");
	at = made_open(&m, IE_CREATED_ENDPOINT);
	IE(&m, IE_ENDPOINT_ID, "\1");
	put_f_teid(&m, 0x78, 2);
	made_close(&m, at);
	(void)show(h, TO_CLIENT, &m);
	ck_assert_str_eq(harness_told_text(h), "pfcp create answer type=51 cause=1 seq=7 "
	    "session=0x11 nas=192.0.2.1 end=uplink:-:0:192.0.2.2:0x78\n");
	harness_free(h);
}
END_TEST

/* --- single elements, put in a PDI --- */

static const struct {
	const char *what;
	uint8_t source;
	const char *octets;
	size_t len;
	const char *told;
} addresses[] = {
#define S(text) text, sizeof(text) - 1
	{ "IPv4", INTERFACE_ACCESS, S(UE4), " ue=10.1.0.7" },
	{ "IPv4 as a destination", INTERFACE_CORE, S(UE4_TO), " ue=10.1.0.7" },
	{ "behind the core, S/D left 0", INTERFACE_CORE, S(UE4), " ue=10.1.0.7" },
	{ "where the device sends to", INTERFACE_ACCESS, S(UE4_TO), "" },
	{ "IPv6: a /64", INTERFACE_ACCESS, S("\1\x20\1\xd\xb8\0\0\0\7\0\0\0\0\0\0\0\5"),
	  " ue=2001:db8:0:7::/64" },
	{ "both", INTERFACE_ACCESS, S("\3\12\1\0\7\x20\1\xd\xb8\0\0\0\7\0\0\0\0\0\0\0\5"),
	  " ue=10.1.0.7 ue=2001:db8:0:7::/64" },
	{ "delegated bits: a /60", INTERFACE_ACCESS,
	  S("\x9\x20\1\xd\xb8\0\0\0\x17\0\0\0\0\0\0\0\5\4"), " ue=2001:db8:0:10::/60" },
	{ "length told: a whole address", INTERFACE_ACCESS,
	  S("\x41\x20\1\xd\xb8\0\0\0\7\0\0\0\0\0\0\0\5\x80"), " ue=2001:db8:0:7::5" },
	{ "to be chosen", INTERFACE_ACCESS, S("\x32"), "" },
	{ "none", INTERFACE_ACCESS, S("\2\0\0\0\0"), "" },
	{ "short", INTERFACE_ACCESS, S("\2\12\1\0"), "" },
	{ "delegates all", INTERFACE_ACCESS, S("\x9\x20\1\xd\xb8\0\0\0\7\0\0\0\0\0\0\0\5\x40"),
	  "" },
};

START_TEST(reads_ue_addresses)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(52, 0x22, 8), pdi = pdi_of(addresses[_i].source);
	char want[256];

	put_ie(&pdi, IE_UE_IP_ADDRESS, addresses[_i].octets, addresses[_i].len);
	put_pdr(&m, IE_UPDATE_PDR, 1, &pdi);
	ck_assert_int_eq(show(h, TO_SERVER, &m), PARSE_MORE);
	(void)snprintf(want, sizeof(want), "pfcp modify request type=52 seq=8 session=0x22 "
	    "nas=192.0.2.1%s\n", addresses[_i].told);
	ck_assert_msg(strcmp(harness_told_text(h), want) == 0, "%s: %s", addresses[_i].what,
	    harness_told_text(h));
	harness_free(h);
}
END_TEST

/* Elements of the message itself. */
static const struct {
	const char *what;
	uint16_t type;
	const char *octets;
	size_t len;
	const char *told;
} elements[] = {
	{ "IMSI, IMEISV, MSISDN", IE_USER_ID,
	  S("\7\x8\x00\x01\x01\x00\x00\x00\x00\xf1\x8\x53\x62\x49\x50\x10\x00\x10\x10\x6\x94\x71\x10"
	    "\x32\x54\xf6"),
	  " imsi=001010000000001 msisdn=49170123456 imei=3526940501000101" },
	{ "NAI", IE_USER_ID, S("\x8\x36" "0001010000000001@nai.epc.mnc001.mcc001.3gppnetwork.org"), " imsi=001010000000001" },
	{ "SUPI, GPSI, PEI", IE_USER_ID, S("\x70\x14imsi-001010000000002\x12msisdn-49170123456"
	    "\x17imeisv-3526940501000101"),
	  " imsi=001010000000002 msisdn=49170123456 imei=3526940501000101" },
	{ "PEI of a line without a SIM", IE_USER_ID, S("\x40\x15mac-02-00-5e-10-00-01"),
	  " mac=02:00:5e:10:00:01" },
	{ "filled with zeros", IE_USER_ID,
	  S("\3\x8\x00\x00\x00\x00\x00\x00\x00\xf0\x8\x00\x00\x00\x00\x00\x00\x00\x00"), "" },
	{ "no digits", IE_USER_ID, S("\1\x8\xab\x01\x01\x00\x00\x00\x00\xf1"), "" },
	{ "shorter than its flags", IE_USER_ID, S("\3\x8\x00\x01\x01\x00\x00\x00\x00\xf1"), "" },
	{ "empty", IE_USER_ID, S(""), "" },
	{ "DNN as labels", IE_APN_DNN, S("\3Iot\4test\6mnc001\6mcc001\4gprs"), " apn=iot.test" },
	{ "DNN as text", IE_APN_DNN, S("iot.test"), " apn=iot.test" },
	{ "DNN that is neither", IE_APN_DNN, S("\3io\x7f\xff"), "" },
	{ "RAT type", IE_RAT_TYPE, S("\6"), " rat=e-utran" },
	{ "a vendor's own", 0x8001, S("\x48\xf9\1\2\3"), "" },
	{ "unknown", 999, S("\1\2\3"), "" },
	{ "recovery", IE_RECOVERY_TIME_STAMP, S("\0\0\1\0"), " recovery=256" },
};

START_TEST(reads_elements)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(52, 0x22, 8);
	char want[256];

	put_ie(&m, elements[_i].type, elements[_i].octets, elements[_i].len);
	ck_assert_int_eq(show(h, TO_SERVER, &m), PARSE_MORE);
	(void)snprintf(want, sizeof(want), "pfcp modify request type=52 seq=8 session=0x22 "
	    "nas=192.0.2.1%s\n", elements[_i].told);
	ck_assert_msg(strcmp(harness_told_text(h), want) == 0, "%s: %s", elements[_i].what,
	    harness_told_text(h));
	harness_free(h);
}
END_TEST

/* --- messages of nodes, and what is no message --- */

#define HEARTBEAT "\x20\1\0\x0c\0\0\5\0\0\x60\0\4\xe5\0\0\1"
static const struct {
	const char *what;
	uint16_t port;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *told;
} datagrams[] = {
	{ "heartbeat", PORT, S(HEARTBEAT), PARSE_MORE,
	  "pfcp node request type=1 seq=5 recovery=3841982465\n" },
	{ "heartbeat elsewhere", 18805, S(HEARTBEAT), PARSE_MORE,
	  "pfcp node request type=1 seq=5 recovery=3841982465\n" },
	{ "association setup", PORT, S("\x20\5\0\x15\0\0\6\0\0\x3c\0\5\0\xc0\0\2\1\0\x60\0\4\0\0\0\1"),
	  PARSE_MORE, "pfcp node request type=5 seq=6 recovery=1\n" },
	{ "association release", PORT, S("\x20\x9\0\x0d\0\0\7\0\0\x3c\0\5\0\xc0\0\2\1"), PARSE_MORE,
	  "pfcp node_down request type=9 seq=7 nas=192.0.2.1\n" },
	{ "two messages", PORT, S("\x24\1\0\x0c\0\0\5\0\0\x60\0\4\0\0\0\1" HEARTBEAT), PARSE_MORE,
	  "pfcp node request type=1 seq=5 recovery=1\n"
	  "pfcp node request type=1 seq=5 recovery=3841982465\n" },
	{ "refused", PORT, S("\x21\x33\0\x11\0\0\0\0\0\0\0\1\0\0\7\0\0\x13\0\1\x48"), PARSE_MORE,
	  "pfcp create answer refused type=51 cause=72 seq=7 session=0x1 nas=10.0.0.1\n" },
	{ "report of the UP function", PORT,
	  S("\x21\x38\0\x11\0\0\0\0\0\0\0\1\0\0\7\0\0\x27\0\1\1"), PARSE_MORE,
	  "pfcp tell request type=56 seq=7 session=0x1 nas=10.0.0.1\n" },
	{ "version not supported", PORT, S("\x20\x0b\0\4\0\0\7\0"), PARSE_MORE,
	  "pfcp node answer refused type=11 seq=7\n" },
	{ "deletion elsewhere: nothing to know it by", 18805,
	  S("\x21\x36\0\x0c\0\0\0\0\0\0\0\1\0\0\7\0"), PARSE_WRONG, "" },
	{ "version 2", PORT, S("\x40\1\0\x0c\0\0\5\0\0\x60\0\4\0\0\0\1"), PARSE_WRONG, "" },
	{ "spare bits", PORT, S("\x38\1\0\x0c\0\0\5\0\0\x60\0\4\0\0\0\1"), PARSE_WRONG, "" },
	{ "unknown type", PORT, S("\x20\x14\0\4\0\0\5\0"), PARSE_WRONG, "" },
	{ "session without SEID", PORT, S("\x20\x36\0\4\0\0\5\0"), PARSE_MORE,
	  "pfcp delete request type=54 seq=5 nas=192.0.2.1\n" },
	{ "node with SEID", PORT, S("\x21\1\0\x14\0\0\0\0\0\0\0\1\0\0\5\0\0\x60\0\4\0\0\0\1"),
	  PARSE_MORE, "pfcp node request type=1 seq=5 session=0x1 recovery=1\n" },
	{ "node with SEID elsewhere", 18805,
	  S("\x21\1\0\x14\0\0\0\0\0\0\0\1\0\0\5\0\0\x60\0\4\0\0\0\1"), PARSE_WRONG, "" },
	{ "longer than it says", PORT, S(HEARTBEAT "\0"), PARSE_WRONG, "" },
	{ "shorter than it says", PORT, S("\x20\1\0\x0d\0\0\5\0\0\x60\0\4\0\0\0\1"), PARSE_WRONG,
	  "" },
	{ "element past the end", PORT, S("\x20\1\0\x0c\0\0\5\0\0\x60\0\5\0\0\0\1"), PARSE_WRONG,
	  "" },
	{ "length below the header", PORT, S("\x20\1\0\3\0\0\5"), PARSE_WRONG, "" },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_pfcp, true, datagrams[_i].port);
	enum parse_result got = harness_show(h,
	    (struct shown){ TO_SERVER, datagrams[_i].octets, datagrams[_i].len });

	ck_assert_msg(got == datagrams[_i].want, "%s: %d", datagrams[_i].what, got);
	ck_assert_msg(strcmp(harness_told_text(h), datagrams[_i].told) == 0, "%s: %s",
	    datagrams[_i].what, harness_told_text(h));
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { TO_SERVER, datagrams[_i].octets, datagrams[_i].len };

	harness_every_prefix(PARSER_pfcp, true, datagrams[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_pfcp, true, datagrams[_i].port, true, &s, 1);
}
END_TEST

START_TEST(every_prefix_of_a_session)
{
	struct made m = made_message(50, 0, 7), answer = made_message(51, 0x11, 7);
	struct shown s[2] = { { TO_SERVER, m.octets, 0 }, { TO_CLIENT, answer.octets, 0 } };

	put_f_seid(&m, 0x11, 1);
	put_session(&m);
	put_ie(&m, elements[0].type, elements[0].octets, elements[0].len);
	made_end(&m);
	IE(&answer, IE_CAUSE, "\1");
	put_created(&answer, 1, 0x1001, 2);
	made_end(&answer);
	s[0].len = m.len;
	s[1].len = answer.len;
	harness_every_prefix(PARSER_pfcp, true, PORT, true, s, ARRAY_LEN(s));
}
END_TEST

/* What a snapshot length left is read. */
START_TEST(cut_by_the_snapshot_length)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	struct made m = made_message(50, 0, 7);

	put_f_seid(&m, 0x11, 1);
	put_session(&m);
	made_end(&m);
	harness_truncate(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len - 40 }),
	    PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "pfcp create request type=50 seq=7 nas=192.0.2.1 "
	    "ue=10.1.0.7 apn=iot.test end=control:-:0:192.0.2.1:0x11\n");
	harness_free(h);
}
END_TEST

/* One request of many rules, and more requests than are remembered. */
START_TEST(keeps_within_its_memory)
{
	struct harness *h = harness_new(PARSER_pfcp, true, PORT);
	size_t n;

	for (uint32_t sequence = 1; sequence < 500; sequence++) {
		struct made m = made_message(50, 0, sequence);

		put_f_seid(&m, sequence, 1);
		for (uint16_t id = 1; id <= 20; id++) {
			struct made pdi = pdi_of(INTERFACE_ACCESS);

			IE(&pdi, IE_F_TEID, CHOOSE);
			put_pdr(&m, IE_CREATE_PDR, id, &pdi);
			put_far(&m, IE_CREATE_FAR, id, INTERFACE_CORE, id, (uint8_t)id);
		}
		ck_assert_int_eq(show(h, TO_SERVER, &m), PARSE_MORE);
		ck_assert(harness_told(h, &n)[0].cut);
		ck_assert_uint_eq(last_ends(h), SIGNALLING_ENDS_MAX);
	}
	for (uint32_t sequence = 1; sequence < 500; sequence++) {
		struct made m = made_message(51, 1, sequence);

		IE(&m, IE_CAUSE, "\1");
		put_created(&m, 1, 0x1001, 2);
		ck_assert_int_eq(show(h, TO_CLIENT, &m), PARSE_MORE);
		/* 80 requests are remembered */
		ck_assert_uint_eq(last_ends(h), sequence >= 420);
	}
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_pfcp)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_pfcp, true, PORT, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_pfcp, true, 18805, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pfcp");
	TCase *t = tcase_create("pfcp");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_session);
	tcase_add_test(t, chosen_on_both_sides);
	tcase_add_test(t, an_answer_alone_has_no_sides);
	tcase_add_test(t, a_far_keeps_its_side);
	tcase_add_test(t, a_traffic_endpoint_has_the_side_of_its_pdr);
	tcase_add_loop_test(t, reads_ue_addresses, 0, ARRAY_LEN(addresses));
	tcase_add_loop_test(t, reads_elements, 0, ARRAY_LEN(elements));
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(datagrams));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(datagrams));
	tcase_add_test(t, every_prefix_of_a_session);
	tcase_add_test(t, cut_by_the_snapshot_length);
	tcase_add_test(t, keeps_within_its_memory);
	tcase_add_test(t, random_is_not_pfcp);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
