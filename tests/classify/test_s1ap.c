/* SPDX-License-Identifier: Apache-2.0 */
/* test_s1ap.c - S1AP: what each message tells, and what is refused. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "ap_messages.h"
#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1

enum { PORT = 36412, PPID = 18, OTHER_PPID = 60, ODD = 40000 };

static const struct {
	const char *what;
	enum direction dir;
	const char *octets;
	size_t len;
	const char *told;
} messages[] = {
	{ "setup", TO_SERVER, S(S1_SETUP),
	    "s1ap node_down request type=17 seq=285212672 from_ran plmn=001-01\n" },
	{ "setup retain", TO_SERVER, S(S1_SETUP_RETAIN),
	    "s1ap node request type=17 seq=285212672 from_ran plmn=001-01\n" },
	{ "initial ue", TO_SERVER, S(S1_INITIAL_UE),
	    "s1ap tell notice type=12 seq=201326592 peer=0x10204 from_ran"
	    " imsi=001010123456789 plmn=001-01 area=tai:001-01:4660"
	    " cell=ecgi:001-01:27439873\n" },
	{ "down nas", TO_CLIENT, S(S1_DOWN_NAS),
	    "s1ap tell notice type=11 seq=184549382 session=0x6 peer=0x10204\n" },
	{ "up identity", TO_SERVER, S(S1_UP_IDENTITY),
	    "s1ap tell notice type=13 seq=218103814 session=0x6 peer=0x10204"
	    " from_ran imei=4901542032375101 plmn=001-01 area=tai:001-01:4660"
	    " cell=ecgi:001-01:27439873\n" },
	{ "up smc", TO_SERVER, S(S1_UP_SMC),
	    "s1ap tell notice type=13 seq=218103814 session=0x6 peer=0x10204"
	    " from_ran imei=4901542032375101 plmn=001-01 area=tai:001-01:4660"
	    " cell=ecgi:001-01:27439873\n" },
	{ "up ciphered", TO_SERVER, S(S1_UP_CIPHERED),
	    "s1ap tell notice type=13 seq=218103814 session=0x6 peer=0x10204"
	    " from_ran plmn=001-01 area=tai:001-01:4660 cell=ecgi:001-01:27439873\n" },
	{ "context setup", TO_CLIENT, S(S1_CONTEXT_SETUP),
	    "s1ap create request type=9 seq=150994950 session=0x6 peer=0x10204"
	    " imei=4901542032 masked ue=10.45.0.7 apn=iot.example"
	    " end=uplink:-:5:192.0.2.10:0x11223344\n" },
	{ "context setup done", TO_SERVER, S(S1_CONTEXT_SETUP_DONE),
	    "s1ap create answer type=9 seq=150994950 session=0x6 peer=0x10204"
	    " from_ran end=downlink:-:5:192.0.2.20:0x55667788\n" },
	{ "context setup failed", TO_SERVER, S(S1_CONTEXT_SETUP_FAILED),
	    "s1ap create answer refused type=9 cause=281 seq=150994950 session=0x6"
	    " peer=0x10204 from_ran\n" },
	{ "erab setup", TO_CLIENT, S(S1_ERAB_SETUP),
	    "s1ap modify request type=5 seq=83886086 session=0x6 peer=0x10204"
	    " ue=10.45.0.8 apn=ims end=uplink:-:6:192.0.2.10:0x11223345"
	    " end=uplink:-:6:2001:db8::10:0x11223345"
	    " end=uplink:-:7:2001:db8::10:0x11223346\n" },
	{ "erab setup done", TO_SERVER, S(S1_ERAB_SETUP_DONE),
	    "s1ap modify answer type=5 seq=83886086 session=0x6 peer=0x10204"
	    " from_ran end=downlink:-:6:192.0.2.20:0x55667789\n" },
	{ "erab modify", TO_CLIENT, S(S1_ERAB_MODIFY),
	    "s1ap modify request type=6 seq=100663302 session=0x6 peer=0x10204\n" },
	{ "erab release", TO_CLIENT, S(S1_ERAB_RELEASE),
	    "s1ap delete request type=7 seq=117440518 session=0x6 peer=0x10204"
	    " gone=0xc0\n" },
	{ "erab release done", TO_SERVER, S(S1_ERAB_RELEASE_DONE),
	    "s1ap delete answer type=7 seq=117440518 session=0x6 peer=0x10204"
	    " from_ran gone=0x40\n" },
	{ "erab release failed", TO_SERVER, S(S1_ERAB_RELEASE_FAILED),
	    "s1ap tell answer type=7 seq=117440518 session=0x6 peer=0x10204 from_ran\n" },
	{ "path switch", TO_SERVER, S(S1_PATH_SWITCH),
	    "s1ap modify request type=3 seq=50463493 session=0x6 peer=0x20305"
	    " from_ran plmn=001-01 area=tai:001-01:4660 cell=ecgi:001-01:27439873"
	    " end=downlink:-:5:192.0.2.21:0x66667788\n" },
	{ "path switch done", TO_CLIENT, S(S1_PATH_SWITCH_DONE),
	    "s1ap modify answer type=3 seq=50463493 session=0x6 peer=0x20305"
	    " end=uplink:-:5:192.0.2.11:0x11223399 gone=0x80\n" },
	{ "handover request", TO_CLIENT, S(S1_HANDOVER_REQUEST),
	    "s1ap create request type=1 cause=272 seq=16777226 session=0xa"
	    " imei=4901542032 masked end=uplink:-:5:192.0.2.10:0x11223344\n" },
	{ "handover ack", TO_SERVER, S(S1_HANDOVER_ACK),
	    "s1ap create answer type=1 seq=16777226 session=0xa peer=0x30406"
	    " from_ran end=downlink:-:5:192.0.2.22:0x77777788"
	    " end=downlink:-:5:192.0.2.22:0x77777789"
	    " end=uplink:-:5:192.0.2.22:0x7777778a\n" },
	{ "handover command", TO_CLIENT, S(S1_HANDOVER_COMMAND),
	    "s1ap tell answer seq=6 session=0x6 peer=0x10204"
	    " end=downlink:-:5:192.0.2.22:0x77777789\n" },
	{ "handover notify", TO_SERVER, S(S1_HANDOVER_NOTIFY),
	    "s1ap modify notice type=2 seq=33554442 session=0xa peer=0x30406"
	    " from_ran plmn=001-01 area=tai:001-01:4660 cell=ecgi:001-01:27439873\n" },
	{ "erab modification", TO_SERVER, S(S1_ERAB_MODIFICATION),
	    "s1ap modify request type=50 seq=838860806 session=0x6 peer=0x10204"
	    " from_ran end=downlink:-:5:192.0.2.30:0x88888888\n" },
	{ "context release", TO_CLIENT, S(S1_CONTEXT_RELEASE),
	    "s1ap release request type=23 cause=276 seq=385875974 session=0x6"
	    " peer=0x10204\n" },
	{ "context release mme", TO_CLIENT, S(S1_CONTEXT_RELEASE_MME),
	    "s1ap delete request type=23 cause=770 seq=385875974 session=0x6\n" },
	{ "context release done", TO_SERVER, S(S1_CONTEXT_RELEASE_DONE),
	    "s1ap release answer type=23 seq=385875974 session=0x6 peer=0x10204"
	    " from_ran plmn=001-01 area=tai:001-01:4660 cell=ecgi:001-01:27439873\n" },
	{ "reset all", TO_SERVER, S(S1_RESET_ALL),
	    "s1ap node_down notice type=14 cause=256 seq=234881024 from_ran\n" },
	{ "reset part", TO_SERVER, S(S1_RESET_PART),
	    "s1ap release notice type=14 cause=256 seq=234881030 session=0x6"
	    " peer=0x10204 from_ran\n"
	    "s1ap release notice type=14 cause=256 seq=234881024 session=0x7"
	    " from_ran\n"
	    "s1ap release notice type=14 cause=256 seq=234881024 peer=0x8 from_ran\n" },
	{ "paging", TO_CLIENT, S(S1_PAGING), "" },
	{ "private", TO_SERVER, S(S1_PRIVATE), "" },
};

static struct harness *
claimed(void)
{
	struct harness *h = harness_new(PARSER_s1ap, true, PORT);

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

	harness_every_prefix(PARSER_s1ap, true, PORT, false, &s, 1);
	harness_every_prefix(PARSER_s1ap, true, PORT, true, &s, 1);
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
		struct harness *h = harness_new(PARSER_s1ap, true, cases[i].port);

		harness_ppid(h, cases[i].ppid);
		ck_assert_int_eq(harness_probe(h, (struct shown){ TO_SERVER, S(S1_INITIAL_UE) }),
		    cases[i].want);
		harness_free(h);
	}
	ck_assert_uint_eq(harness_claims_random(PARSER_s1ap, true, PORT, 100000), 0);
}
END_TEST

/* A core was seen that sends the rest of its buffer, too. */
START_TEST(octets_behind)
{
	struct harness *h = claimed();

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(S1_INITIAL_UE "\x17\x2a\0\0") }),
	    PARSE_MORE);
	harness_ppid(h, 0);
	ck_assert_int_eq(harness_probe(h, (struct shown){ TO_SERVER, S(S1_INITIAL_UE "\x17") }), PROBE_NO);
	harness_free(h);
}
END_TEST

START_TEST(tells_the_direction)
{
	struct harness *h = claimed();

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, S(S1_INITIAL_UE) }), PARSE_MORE);
	ck_assert(harness_reversed(h));
	harness_free(h);
}
END_TEST

#define IDS "s1ap.mme_ue_id=5\ns1ap.enb_ue_id=66051\n"

START_TEST(writes_fields)
{
	struct harness *h = claimed();

	(void)harness_show(h, (struct shown){ TO_SERVER, S(S1_INITIAL_UE) });
	(void)harness_show(h, (struct shown){ TO_SERVER, S(S1_UP_SMC) });
	(void)harness_show(h, (struct shown){ TO_CLIENT, S(S1_CONTEXT_SETUP) });
	(void)harness_show(h, (struct shown){ TO_SERVER, S(S1_CONTEXT_SETUP_DONE) });
	(void)harness_show(h, (struct shown){ TO_CLIENT, S(S1_CONTEXT_RELEASE) });
	ck_assert_str_eq(harness_fields(h),
	    "s1ap.procedure=initial-ue-message\n"
	    "nas.message=attach-request\n"
	    "nas.message=pdn-connectivity-request\n"
	    "nas.imsi=001010123456789\n"
	    "s1ap.enb_ue_id=66051\n"
	    "s1ap.tai=001-01:4660\n"
	    "s1ap.ecgi=001-01:27439873\n"
	    "s1ap.procedure=uplink-nas-transport\n"
	    "nas.message=security-mode-complete\n"
	    "nas.imei=4901542032375101\n"
	    "nas.cipher=null\n"
	    "s1ap.mme_ue_id=5\n"
	    "s1ap.procedure=initial-context-setup\n"
	    "nas.message=attach-accept\n"
	    "nas.message=activate-default-eps-bearer-context-request\n"
	    "nas.apn=iot.example\n"
	    "nas.address=10.45.0.7\n"
	    "s1ap.imeisv_masked=I\x01T 2\xff\xff\x01\n"
	    "s1ap.node=192.0.2.10\n"
	    "s1ap.teid_uplink=287454020\n"
	    "s1ap.node=192.0.2.20\n"
	    "s1ap.teid_downlink=1432778632\n"
	    "s1ap.procedure=ue-context-release\n"
	    "s1ap.cause=radio-20\n");
	harness_free(h);
}
END_TEST

/* The messages never stop; fields do. */
START_TEST(fields_of_the_first_messages)
{
	struct harness *h = claimed();
	size_t n;

	for (unsigned i = 0; i < 16; i++)
		(void)harness_show(h, (struct shown){ TO_CLIENT, S(S1_DOWN_NAS) });
	(void)harness_show(h, (struct shown){ TO_SERVER, S(S1_UP_SMC) });
	(void)harness_told(h, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(harness_fields(h), "s1ap.procedure=downlink-nas-transport\n"
	    "nas.message=identity-request\n" IDS);
	harness_free(h);
}
END_TEST

/* Lists claim more than there is, lengths come in fragments, numbers leave their range. */
START_TEST(hostile)
{
	static const struct {
		const char *what, *octets;
		size_t len;
	} cases[] = {
		{ "65535 elements", S("\x00\x0b\x40\x03\x00\xff\xff") },
		{ "elements without end", S("\x00\x0b\x40\x07\x00\xff\xff\x00\x00\x00\x00") },
		{ "a message in fragments", S("\x00\x0b\x40\xc1\x00\x00\x00") },
		{ "an element in fragments", S("\x00\x0b\x40\x08\x00\x00\x01\x00\x1a\x00\xc4\x00") },
		{ "a fourth criticality", S("\x00\x0b\xc0\x03\x00\x00\x00") },
		{ "no such procedure", S("\x00\xfe\x40\x03\x00\x00\x00") },
		{ "an outcome of class 2", S("\x20\x0b\x40\x03\x00\x00\x00") },
		{ "a fourth kind", S("\x60\x0b\x40\x03\x00\x00\x00") },
		{ "a kind of a later version", S("\x80\x0b\x40\x03\x00\x00\x00") },
		{ "octets behind the elements", S("\x00\x0b\x40\x04\x00\x00\x00\x00") },
		{ "nothing", S("") },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct harness *h = claimed();
		struct shown s = { TO_CLIENT, cases[i].octets, cases[i].len };
		size_t n;

		ck_assert_msg(harness_probe(h, s) == PROBE_NO, "%s", cases[i].what);
		harness_claim(h);
		ck_assert_msg(harness_show(h, s) == PARSE_WRONG, "%s", cases[i].what);
		(void)harness_told(h, &n);
		ck_assert_uint_eq(n, 0);
		harness_free(h);
	}
}
END_TEST

/* An element against its specification is counted, but not with the first message: the frame
 * has shown whose flow it is. 256 E-RABs in an element of seven octets. */
START_TEST(broken_element)
{
#define BROKEN_LIST \
	"\x00\x09\x00\x1a\x00\x00\x03\x00\x00\x00\x02\x00\x05\x00\x08\x00\x02\x00\x07" \
	"\x00\x18\x00\x07\xff\x00\x34\x00\x7f\x00\x00"
	struct harness *h = claimed();

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, S(BROKEN_LIST) }), PARSE_MORE);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, S(BROKEN_LIST) }), PARSE_WRONG);
	ck_assert_str_eq(harness_told_text(h),
	    "s1ap create request type=9 seq=150994950 session=0x6 peer=0x8\n");
	harness_free(h);
}
END_TEST

/* Of a reset with more contexts than one packet may tell, the others are counted as lost. */
START_TEST(reset_of_many)
{
	char octets[2048];
	size_t len = 0, n;
	struct harness *h = claimed();
	/* one element: partOfS1-Interface, 256 items */
	static const char head[] = "\x00\x0e\x00\x86\x0a\x00\x00\x01\x00\x5c\x00\x86\x02\x40\xff";
	static const char item[] = "\x00\x5b\x40\x02\x40\x05";

	memcpy(octets, head, sizeof(head) - 1);
	for (len = sizeof(head) - 1; len < sizeof(head) - 1 + 256 * 6; len += 6)
		memcpy(octets + len, item, 6);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, octets, len }), PARSE_MORE);
	(void)harness_told(h, &n);
	ck_assert_uint_eq(n, 32);
	harness_free(h);
}
END_TEST

/* Cores that mask nothing, that send zeros, and that send no digits. */
START_TEST(masked_imeisv)
{
	static const struct { const char *octets, *told; } cases[] = {
		{ "\x49\x01\x54\x20\x32\xff\xff\x01", " imei=4901542032 masked" },
		{ "\x49\x01\x54\x20\x32\x37\x51\x01", " imei=4901542032375101" },
		{ "\x49\x01\x54\x20\xff\xff\xff\xff", " imei=49015420 masked" },
		{ "\0\0\0\0\0\0\0\0", "" }, { "\x49\x0a\x54\x20\x32\xff\xff\x01", "" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char octets[] = "\x00\x0b\x40\x1b\x00\x00\x03\x00\x00\x00\x02\x00\x05\x00\x08\x00"
		    "\x02\x00\x07\x00\xc0\x40\x08" "01234567", told[128];
		struct harness *h = claimed();

		memcpy(octets + sizeof(octets) - 9, cases[i].octets, 8);
		(void)harness_show(h, (struct shown){ TO_CLIENT, octets, sizeof(octets) - 1 });
		(void)snprintf(told, sizeof(told),
		    "s1ap tell notice type=11 seq=184549382 session=0x6 peer=0x8%s\n", cases[i].told);
		ck_assert_str_eq(harness_told_text(h), told);
		harness_free(h);
	}
}
END_TEST


int
main(void)
{
	Suite *suite = suite_create("s1ap");
	TCase *t = tcase_create("s1ap");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, tells, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, short_is_wrong_or_cut, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, any_octet_changed, 0, ARRAY_LEN(messages));
	tcase_add_test(t, claims_by_identifier);
	tcase_add_test(t, octets_behind);
	tcase_add_test(t, tells_the_direction);
	tcase_add_test(t, writes_fields);
	tcase_add_test(t, fields_of_the_first_messages);
	tcase_add_test(t, hostile);
	tcase_add_test(t, broken_element);
	tcase_add_test(t, reset_of_many);
	tcase_add_test(t, masked_imeisv);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
