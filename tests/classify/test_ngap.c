/* SPDX-License-Identifier: Apache-2.0 */
/* test_ngap.c - NGAP: what each message tells, and what is refused. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "ap_messages.h"
#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1

enum { PORT = 38412, PPID = 60, OTHER_PPID = 18, ODD = 40000 };

static const struct {
	const char *what;
	enum direction dir;
	const char *octets;
	size_t len;
	const char *told;
} messages[] = {
	{ "setup", TO_SERVER, S(NG_SETUP),
	    "ngap node_down request type=21 seq=352321536 from_ran plmn=001-01\n" },
	{ "initial ue", TO_SERVER, S(NG_INITIAL_UE),
	    "ngap tell notice type=15 seq=251658240 peer=0x2 from_ran"
	    " imsi=001010123456789 plmn=001-01 rat=nr area=tai:001-01:2748"
	    " cell=ncgi:001-01:4886718345\n" },
	{ "secret ue", TO_SERVER, S(NG_SECRET_UE),
	    "ngap tell notice type=15 seq=251658240 peer=0x2 from_ran plmn=001-01"
	    " rat=nr area=tai:001-01:2748 cell=ncgi:001-01:4886718345\n" },
	{ "up smc", TO_SERVER, S(NG_UP_SMC),
	    "ngap tell notice type=46 seq=771751937 session=0x200000001 peer=0x2"
	    " from_ran imsi=001010123456789 imei=4901542032375101 plmn=001-01 rat=nr"
	    " area=tai:001-01:2748 cell=ncgi:001-01:4886718345\n" },
	{ "up identity", TO_SERVER, S(NG_UP_IDENTITY),
	    "ngap tell notice type=46 seq=771751937 session=0x200000001 peer=0x2"
	    " from_ran imei=490154203237518 plmn=001-01 rat=nr area=tai:001-01:2748"
	    " cell=ncgi:001-01:4886718345\n" },
	{ "up mac", TO_SERVER, S(NG_UP_MAC),
	    "ngap tell notice type=46 seq=771751937 session=0x200000001 peer=0x2"
	    " from_ran mac=02:00:5e:10:20:30 plmn=001-01 rat=nr area=tai:001-01:2748"
	    " cell=ncgi:001-01:4886718345\n" },
	{ "up session", TO_SERVER, S(NG_UP_SESSION),
	    "ngap tell notice type=46 seq=771751937 session=0x200000001 peer=0x2"
	    " from_ran apn=iot.example plmn=001-01 rat=nr area=tai:001-01:2748"
	    " cell=ncgi:001-01:4886718345\n" },
	{ "up ciphered", TO_SERVER, S(NG_UP_CIPHERED),
	    "ngap tell notice type=46 seq=771751937 session=0x200000001 peer=0x2"
	    " from_ran plmn=001-01 rat=nr area=tai:001-01:2748"
	    " cell=ncgi:001-01:4886718345\n" },
	{ "down nas", TO_CLIENT, S(NG_DOWN_NAS),
	    "ngap tell notice type=4 seq=67108865 session=0x200000001 peer=0x2\n" },
	{ "session setup", TO_CLIENT, S(NG_SESSION_SETUP),
	    "ngap modify request type=29 seq=486539265 session=0x200000001 peer=0x2"
	    " ue=10.60.0.3 apn=iot.example end=uplink:-:5:192.0.2.40:0xaabbccdd"
	    " end=uplink:-:6:192.0.2.40:0xaabbccdd"
	    " end=uplink:-:6:192.0.2.41:0xaabbccde\n" },
	{ "session setup done", TO_SERVER, S(NG_SESSION_SETUP_DONE),
	    "ngap modify answer type=29 seq=486539265 session=0x200000001 peer=0x2"
	    " from_ran end=downlink:-:5:192.0.2.50:0x1020304"
	    " end=downlink:-:6:192.0.2.50:0x1020304"
	    " end=downlink:-:6:192.0.2.51:0x1020305\n" },
	{ "context setup", TO_CLIENT, S(NG_CONTEXT_SETUP),
	    "ngap create request type=14 seq=234881025 session=0x200000001 peer=0x2"
	    " imei=4901542032 masked end=uplink:-:5:192.0.2.40:0xaabbccdd\n" },
	{ "modify done", TO_SERVER, S(NG_MODIFY_DONE),
	    "ngap modify answer type=26 seq=436207617 session=0x200000001 peer=0x2"
	    " from_ran end=uplink:-:5:192.0.2.42:0xaabbccdf\n" },
	{ "modify", TO_CLIENT, S(NG_MODIFY),
	    "ngap modify request type=26 seq=436207617 session=0x200000001 peer=0x2"
	    " end=uplink:-:5:192.0.2.43:0xa0b0c0d"
	    " end=downlink:-:5:192.0.2.52:0xa0b0c0e\n" },
	{ "modify indication", TO_SERVER, S(NG_MODIFY_INDICATION),
	    "ngap modify request type=27 seq=452984833 session=0x200000001 peer=0x2"
	    " from_ran end=downlink:-:5:192.0.2.53:0x1020306\n" },
	{ "modify confirm", TO_CLIENT, S(NG_MODIFY_CONFIRM),
	    "ngap modify answer type=27 seq=452984833 session=0x200000001 peer=0x2"
	    " end=uplink:-:5:192.0.2.44:0xaabbcce0\n" },
	{ "session release", TO_CLIENT, S(NG_SESSION_RELEASE),
	    "ngap delete request type=28 seq=469762049 session=0x200000001 peer=0x2"
	    " gone=0x20\n" },
	{ "path switch", TO_SERVER, S(NG_PATH_SWITCH),
	    "ngap modify request type=25 seq=419430403 session=0x200000001 peer=0x3"
	    " from_ran plmn=001-01 rat=nr area=tai:001-01:2748"
	    " cell=ncgi:001-01:4886718345 end=downlink:-:5:192.0.2.54:0x1020307\n" },
	{ "path switch done", TO_CLIENT, S(NG_PATH_SWITCH_DONE),
	    "ngap modify answer type=25 seq=419430403 session=0x200000001 peer=0x3"
	    " end=uplink:-:5:192.0.2.45:0xaabbcce1\n" },
	{ "handover request", TO_CLIENT, S(NG_HANDOVER_REQUEST),
	    "ngap create request type=13 seq=218103886 session=0x4e imei=4901542032"
	    " masked end=uplink:-:5:192.0.2.40:0xaabbccdd\n" },
	{ "handover ack", TO_SERVER, S(NG_HANDOVER_ACK),
	    "ngap create answer type=13 seq=218103886 session=0x4e peer=0x4 from_ran"
	    " end=downlink:-:5:192.0.2.55:0x1020308"
	    " end=downlink:-:5:192.0.2.55:0x1020309\n" },
	{ "handover command", TO_CLIENT, S(NG_HANDOVER_COMMAND),
	    "ngap tell answer type=12 seq=201326593 session=0x200000001 peer=0x2"
	    " end=downlink:-:5:192.0.2.55:0x1020309\n" },
	{ "context release", TO_CLIENT, S(NG_CONTEXT_RELEASE),
	    "ngap delete request type=41 cause=770 seq=687865857 session=0x200000001"
	    " peer=0x2\n" },
	{ "reset all", TO_CLIENT, S(NG_RESET_ALL),
	    "ngap node_down notice type=20 cause=256 seq=335544320\n" },
	{ "reset part", TO_CLIENT, S(NG_RESET_PART),
	    "ngap release notice type=20 cause=256 seq=335544326 session=0x6"
	    " peer=0x7\n"
	    "ngap release notice type=20 cause=256 seq=335544320 peer=0x8\n" },
};

static struct harness *
claimed(void)
{
	struct harness *h = harness_new(PARSER_ngap, true, PORT);

	harness_ppid(h, PPID);
	return h;
}

START_TEST(tells)
{
	struct harness *h = claimed();
	struct shown s = { messages[_i].dir, messages[_i].octets, messages[_i].len };
	enum parse_result got = harness_show(h, s);
	const char *told = harness_told_text(h);

	ck_assert_msg(got == PARSE_MORE, "%s: %d", messages[_i].what, got);
	ck_assert_msg(strcmp(told, messages[_i].told) == 0, "@%s@%s@", messages[_i].what, told);
	ck_assert(!harness_reversed(h));
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { messages[_i].dir, messages[_i].octets, messages[_i].len };

	harness_every_prefix(PARSER_ngap, true, PORT, false, &s, 1);
	harness_every_prefix(PARSER_ngap, true, PORT, true, &s, 1);
}
END_TEST

/* A message that is not all there is wrong, unless the capture cut it. */
START_TEST(short_is_wrong_or_cut)
{
	for (size_t len = 3; len < messages[_i].len; len++) {
		struct shown s = { messages[_i].dir, messages[_i].octets, len };
		struct harness *h = claimed();
		size_t n;

		harness_claim(h);
		ck_assert_int_eq(harness_show(h, s), PARSE_WRONG);
		(void)harness_told(h, &n);
		ck_assert_uint_eq(n, 0);
		harness_free(h);
		h = claimed();
		harness_claim(h);
		harness_truncate(h);
		ck_assert_int_eq(harness_show(h, s), PARSE_MORE);
		harness_free(h);
	}
}
END_TEST

/* Any octet may be anything. The frame must hold or the message is refused; and no value
 * costs more than the message is long. */
START_TEST(any_octet_changed)
{
	char octets[512];

	ck_assert_uint_le(messages[_i].len, sizeof(octets));
	for (size_t at = 0; at < messages[_i].len; at++) {
		struct harness *h = claimed();

		harness_claim(h);
		for (unsigned value = 0; value < 256; value++) {
			struct shown s = { messages[_i].dir, octets, messages[_i].len };
			size_t n;

			memcpy(octets, messages[_i].octets, messages[_i].len);
			octets[at] = (char)value;
			(void)harness_show(h, s);
			(void)harness_told(h, &n);
			ck_assert_uint_le(n, 32);
		}
		harness_free(h);
	}
}
END_TEST

START_TEST(claims_by_identifier)
{
	static const struct {
		uint16_t port;
		uint32_t ppid;
		enum probe_result want;
	} cases[] = {
		{ PORT, PPID, PROBE_YES }, { ODD, PPID, PROBE_YES }, { PORT, 0, PROBE_YES },
		{ ODD, 0, PROBE_NO }, { PORT, OTHER_PPID, PROBE_NO },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct harness *h = harness_new(PARSER_ngap, true, cases[i].port);

		harness_ppid(h, cases[i].ppid);
		ck_assert_int_eq(harness_probe(h, (struct shown){ TO_SERVER, S(NG_INITIAL_UE) }),
		    cases[i].want);
		harness_free(h);
	}
	ck_assert_uint_eq(harness_claims_random(PARSER_ngap, true, PORT, 100000), 0);
}
END_TEST

/* A core was seen that sends the rest of its buffer, too. */
START_TEST(octets_behind)
{
	struct harness *h = claimed();

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(NG_INITIAL_UE "\x17\x2a\0\0") }),
	    PARSE_MORE);
	harness_ppid(h, 0);
	ck_assert_int_eq(harness_probe(h, (struct shown){ TO_SERVER, S(NG_INITIAL_UE "\x17") }), PROBE_NO);
	harness_free(h);
}
END_TEST

START_TEST(tells_the_direction)
{
	struct harness *h = claimed();

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, S(NG_INITIAL_UE) }), PARSE_MORE);
	ck_assert(harness_reversed(h));
	harness_free(h);
}
END_TEST

START_TEST(writes_fields)
{
	struct harness *h = claimed();

	(void)harness_show(h, (struct shown){ TO_SERVER, S(NG_SETUP) });
	(void)harness_show(h, (struct shown){ TO_SERVER, S(NG_UP_SMC) });
	(void)harness_show(h, (struct shown){ TO_CLIENT, S(NG_SESSION_SETUP) });
	(void)harness_show(h, (struct shown){ TO_SERVER, S(NG_SESSION_SETUP_DONE) });
	(void)harness_show(h, (struct shown){ TO_CLIENT, S(NG_CONTEXT_SETUP) });
	(void)harness_show(h, (struct shown){ TO_CLIENT, S(NG_CONTEXT_RELEASE) });
	ck_assert_str_eq(harness_fields(h),
	    "ngap.procedure=ng-setup\n"
	    "ngap.name=gnb-test\n"
	    "ngap.procedure=uplink-nas-transport\n"
	    "nas.message=security-mode-complete\n"
	    "nas.message=registration-request\n"
	    "nas.imsi=001010123456789\n"
	    "nas.imei=4901542032375101\n"
	    "nas.cipher=null\n"
	    "ngap.amf_ue_id=8589934592\n"
	    "ngap.ran_ue_id=1\n"
	    "ngap.tai=001-01:2748\n"
	    "ngap.cgi=001-01:4886718345\n"
	    "ngap.procedure=pdu-session-resource-setup\n"
	    "nas.message=dl-nas-transport\n"
	    "nas.message=pdu-session-establishment-accept\n"
	    "nas.apn=iot.example\n"
	    "nas.address=10.60.0.3\n"
	    "ngap.node=192.0.2.40\n"
	    "ngap.teid_uplink=2864434397\n"
	    "ngap.node=192.0.2.41\n"
	    "ngap.teid_uplink=2864434398\n"
	    "ngap.node=192.0.2.50\n"
	    "ngap.teid_downlink=16909060\n"
	    "ngap.node=192.0.2.51\n"
	    "ngap.teid_downlink=16909061\n"
	    "ngap.procedure=initial-context-setup\n"
	    "ngap.imeisv_masked=I\x01T 2\xff\xff\x01\n"
	    "ngap.procedure=ue-context-release\n"
	    "ngap.cause=nas-2\n");
	harness_free(h);
}
END_TEST

/* Items of a list follow each other without a length: a count of 256 in a short element, and a
 * transfer that says more than it has. */
START_TEST(broken_element)
{
#define IDS_5_7 "\x00\x0a\x00\x02\x00\x05\x00\x55\x00\x02\x00\x07"
	static const struct {
		const char *what, *octets;
		size_t len;
	} cases[] = {
		{ "256 sessions", S("\x00\x1d\x00\x15\x00\x00\x03" IDS_5_7 "\x00\x4a\x00\x02\xff\x00") },
		{ "transfer in fragments", S("\x20\x1d\x00\x19\x00\x00\x03" IDS_5_7
		    "\x00\x4b\x40\x06\x00\x00\x05\xc1\x00\x00") },
		{ "empty transfer", S("\x20\x1d\x00\x17\x00\x00\x03" IDS_5_7
		    "\x00\x4b\x40\x04\x00\x00\x05\x00") },
		{ "65536 contexts", S("\x00\x14\x00\x16\x00\x00\x03" IDS_5_7
		    "\x00\x58\x00\x03\x40\xff\xff") },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct harness *h = claimed();
		struct shown s = { TO_CLIENT, cases[i].octets, cases[i].len };

		s.dir = cases[i].octets[0] == 0 ? TO_CLIENT : TO_SERVER;
		ck_assert_msg(harness_show(h, s) == PARSE_MORE, "%s", cases[i].what);
		ck_assert_msg(harness_show(h, s) == PARSE_WRONG, "%s", cases[i].what);
		ck_assert_msg(strstr(harness_told_text(h), " end=") == NULL, "%s", cases[i].what);
		harness_free(h);
	}
}
END_TEST


int
main(void)
{
	Suite *suite = suite_create("ngap");
	TCase *t = tcase_create("ngap");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, tells, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, short_is_wrong_or_cut, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, any_octet_changed, 0, ARRAY_LEN(messages));
	tcase_add_test(t, claims_by_identifier);
	tcase_add_test(t, octets_behind);
	tcase_add_test(t, tells_the_direction);
	tcase_add_test(t, writes_fields);
	tcase_add_test(t, broken_element);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
