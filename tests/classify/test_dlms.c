/* SPDX-License-Identifier: Apache-2.0 */
/* test_dlms.c - DLMS/COSEM in wrapper and HDLC: what is read, and what is never claimed. */
#include <check.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1

/* Wrapped APDUs (IEC 62056-47), by the names of the services. */
#define AARQ \
	    "\x00\x01\x00\x10\x00\x01\x00\x1f\x60\x1d\xa1\x09\x06\x07\x60\x85\x74\x05\x08\x01" \
	    "\x01\xbe\x10\x04\x0e\x01\x00\x00\x00\x06\x5f\x1f\x04\x00\x00\x1e\x1d\xff\xff"
#define AARE \
	    "\x00\x01\x00\x01\x00\x10\x00\x2b\x61\x29\xa1\x09\x06\x07\x60\x85\x74\x05\x08\x01" \
	    "\x01\xa2\x03\x02\x01\x00\xa3\x05\xa1\x03\x02\x01\x00\xbe\x10\x04\x0e\x08\x00\x06" \
	    "\x5f\x1f\x04\x00\x00\x1e\x1d\x04\xc8\x00\x07"
#define AARQ_LOW \
	    "\x00\x01\x00\x20\x00\x01\x00\x38\x60\x36\xa1\x09\x06\x07\x60\x85\x74\x05\x08\x01" \
	    "\x01\x8a\x02\x07\x80\x8b\x07\x60\x85\x74\x05\x08\x02\x01\xac\x0a\x80\x08\x31\x32" \
	    "\x33\x34\x35\x36\x37\x38\xbe\x10\x04\x0e\x01\x00\x00\x00\x06\x5f\x1f\x04\x00\x00" \
	    "\x7e\x1f\x00\x80"
#define AARQ_GMAC \
	    "\x00\x01\x00\x30\x00\x01\x00\x5f\x60\x5d\xa1\x09\x06\x07\x60\x85\x74\x05\x08\x01" \
	    "\x03\xa6\x0a\x04\x08\x41\x42\x43\x31\x32\x33\x34\x35\x8a\x02\x07\x80\x8b\x07\x60" \
	    "\x85\x74\x05\x08\x02\x05\xac\x12\x80\x10\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09" \
	    "\x0a\x0b\x0c\x0d\x0e\x0f\xbe\x23\x04\x21\x21\x1f\x30\x00\x00\x00\x00\x00\x00\x00" \
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" \
	    "\x00\x00\x00"
#define GET \
	    "\x00\x01\x00\x10\x00\x01\x00\x0d\xc0\x01\xc0\x00\x03\x01\x00\x01\x08\x00\xff\x02" \
	    "\x00"
#define GET_LIST \
	    "\x00\x01\x00\x10\x00\x01\x00\x18\xc0\x03\xc0\x02\x00\x03\x01\x00\x01\x08\x00\xff" \
	    "\x02\x00\x00\x08\x00\x00\x01\x00\x00\xff\x02\x00"
#define SET \
	    "\x00\x01\x00\x10\x00\x01\x00\x1b\xc1\x01\xc1\x00\x08\x00\x00\x01\x00\x00\xff\x02" \
	    "\x00\x09\x0c\x07\xea\x01\x01\xff\x00\x00\x00\xff\x80\x00\x00"
#define ACTION \
	    "\x00\x01\x00\x10\x00\x01\x00\x0f\xc3\x01\xc1\x00\x46\x00\x00\x60\x03\x00\xff\x01" \
	    "\x01\x0f\x00"
#define GET_RESPONSE \
	    "\x00\x01\x00\x01\x00\x10\x00\x09\xc4\x01\xc0\x00\x06\x00\x1b\xfc\xd8"
#define RLRQ \
	    "\x00\x01\x00\x10\x00\x01\x00\x05\x62\x03\x80\x01\x00"
#define RLRE \
	    "\x00\x01\x00\x01\x00\x10\x00\x05\x63\x03\x80\x01\x00"
#define PUSH \
	    "\x00\x01\x00\x01\x00\x66\x00\x12\x0f\x40\x00\x00\x01\x00\x02\x02\x06\x00\x00\x00" \
	    "\x01\x06\x00\x00\x00\x02"
#define GLO_PUSH \
	    "\x00\x01\x00\x01\x00\x66\x00\x19\xdb\x08\x41\x42\x43\x31\x32\x33\x34\x35\x0e\x30" \
	    "\x00\x00\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define GLO_GET \
	    "\x00\x01\x00\x30\x00\x01\x00\x11\xc8\x0f\x30\x00\x00\x00\x01\x00\x00\x00\x00\x00" \
	    "\x00\x00\x00\x00\x00"
#define EVENT \
	    "\x00\x01\x00\x01\x00\x01\x00\x10\xc2\x00\x00\x01\x00\x00\x61\x62\x00\xff\x02\x06" \
	    "\x00\x00\x00\x04"
#define GENERAL \
	    "\x00\x01\x00\x01\x00\x10\x00\x2a\xdd\x08\x01\x02\x03\x04\x05\x06\x07\x08\x08\x41" \
	    "\x42\x43\x31\x32\x33\x34\x35\x08\x58\x59\x5a\x00\x00\x00\x00\x01\x00\x00\x00\x0a" \
	    "\x30\x00\x00\x00\x01\x00\x00\x00\x00\x00"
#define SNRM \
	    "\x7e\xa0\x07\x03\x21\x93\x0f\x01\x7e"
#define UA \
	    "\x7e\xa0\x1e\x21\x03\x73\xc3\x7a\x81\x80\x12\x05\x01\x80\x06\x01\x80\x07\x04\x00" \
	    "\x00\x00\x01\x08\x04\x00\x00\x00\x01\x53\x3b\x7e"
#define I_AARQ \
	    "\x7e\xa0\x2b\x03\x21\x10\xfb\xaf\xe6\xe6\x00\x60\x1d\xa1\x09\x06\x07\x60\x85\x74" \
	    "\x05\x08\x01\x01\xbe\x10\x04\x0e\x01\x00\x00\x00\x06\x5f\x1f\x04\x00\x00\x1e\x1d" \
	    "\xff\xff\xc5\xe4\x7e"
#define I_AARE \
	    "\x7e\xa0\x37\x21\x03\x30\x6c\x7c\xe6\xe7\x00\x61\x29\xa1\x09\x06\x07\x60\x85\x74" \
	    "\x05\x08\x01\x01\xa2\x03\x02\x01\x00\xa3\x05\xa1\x03\x02\x01\x00\xbe\x10\x04\x0e" \
	    "\x08\x00\x06\x5f\x1f\x04\x00\x00\x1e\x1d\x04\xc8\x00\x07\xb8\x6a\x7e"
#define I_GET \
	    "\x7e\xa0\x19\x03\x21\x32\x6f\xd8\xe6\xe6\x00\xc0\x01\xc0\x00\x03\x01\x00\x01\x08" \
	    "\x00\xff\x02\x00\xa3\x3d\x7e"
#define I_PART \
	    "\x7e\xa8\x19\x21\x03\x52\x49\x47\xe6\xe7\x00\xc4\x02\xc1\x00\x00\x00\x00\x01\x00" \
	    "\x82\x03\xf1\x01\xbc\xc6\x7e"
#define RR \
	    "\x7e\xa0\x07\x03\x21\x51\x11\xe4\x7e"
#define I_REST \
	    "\x7e\xa0\x18\x21\x03\x54\xe4\x64\xe6\xe6\x00\xc0\x01\xc0\x00\x03\x01\x00\x01\x08" \
	    "\x00\xff\x02\x7b\x8f\x7e"
#define I_WIDE \
	    "\x7e\xa0\x2e\x00\x02\x22\x45\x21\x10\xcf\xae\xe6\xe6\x00\x60\x1d\xa1\x09\x06\x07" \
	    "\x60\x85\x74\x05\x08\x01\x01\xbe\x10\x04\x0e\x01\x00\x00\x00\x06\x5f\x1f\x04\x00" \
	    "\x00\x1e\x1d\xff\xff\xc5\xe4\x7e"
#define UI_PUSH \
	    "\x7e\xa0\x1e\x21\x03\x13\xc5\x19\xe6\xe7\x00\x0f\x40\x00\x00\x01\x00\x02\x02\x06" \
	    "\x00\x00\x00\x01\x06\x00\x00\x00\x02\xa9\xb6\x7e"

/* SNRM with an octet of its sum changed, GET with one of its header's. */
#define BAD_FCS "\x7e\xa0\x07\x03\x21\x93\x0f\x00\x7e"
#define BAD_HCS \
	    "\x7e\xa0\x19\x03\x21\x32\x6e\xd8\xe6\xe6\x00\xc0\x01\xc0\x00\x03\x01\x00\x01" \
	    "\x08\x00\xff\x02\x00\x44\xc5\x7e"

#define AARQ_FIELDS "dlms.service=aarq\ndlms.context=ln\ndlms.mechanism=lowest\n"
#define ENDS(c, s) "dlms.client=" c "\ndlms.server=" s "\n"
#define WRAPPED "dlms.framing=wrapper\n"
#define HDLC "dlms.framing=hdlc\n"

enum { TCP = 0, UDP = 1, ODD = 40000 };

static const struct {
	const char *what;
	bool datagram;
	uint16_t port;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *fields;
} messages[] = {
	{ "AARQ", TCP, 4059, S(AARQ), PARSE_MORE, AARQ_FIELDS ENDS("16", "1") WRAPPED },
	{ "AARQ, any port", TCP, ODD, S(AARQ), PARSE_MORE, AARQ_FIELDS ENDS("16", "1") WRAPPED },
	{ "AARQ over UDP", UDP, ODD, S(AARQ), PARSE_MORE, AARQ_FIELDS ENDS("16", "1") WRAPPED },
	{ "AARE alone", TCP, 4059, S(AARE), PARSE_MORE,
	    "dlms.service=aare\ndlms.context=ln\n" ENDS("16", "1") WRAPPED },
	{ "AARQ with a password", TCP, 4059, S(AARQ_LOW), PARSE_MORE,
	    "dlms.service=aarq\ndlms.context=ln\ndlms.mechanism=low\n" ENDS("32", "1") WRAPPED },
	{ "AARQ with GMAC", TCP, ODD, S(AARQ_GMAC), PARSE_MORE,
	    "dlms.service=aarq\ndlms.context=ln-ciphered\ndlms.system_title=ABC12345\n"
	    "dlms.mechanism=high-gmac\n" ENDS("48", "1") WRAPPED },
	{ "GET", TCP, ODD, S(GET), PARSE_MORE,
	    "dlms.service=get-request\ndlms.object=3/1.0.1.8.0.255/2\n" ENDS("16", "1") WRAPPED },
	{ "GET with a list", TCP, ODD, S(GET_LIST), PARSE_MORE,
	    "dlms.service=get-request\ndlms.object=3/1.0.1.8.0.255/2\n"
	    "dlms.object=8/0.0.1.0.0.255/2\n" ENDS("16", "1") WRAPPED },
	{ "SET of the clock", TCP, ODD, S(SET), PARSE_MORE,
	    "dlms.service=set-request\ndlms.object=8/0.0.1.0.0.255/2\n"
	    "dlms.set=8/0.0.1.0.0.255/2\n" ENDS("16", "1") WRAPPED },
	{ "ACTION: disconnect", TCP, ODD, S(ACTION), PARSE_MORE,
	    "dlms.service=action-request\ndlms.object=70/0.0.96.3.0.255/1\n"
	    "dlms.action=70/0.0.96.3.0.255/1\n" ENDS("16", "1") WRAPPED },
	{ "two at once", TCP, ODD, S(GET ACTION), PARSE_MORE,
	    "dlms.service=get-request\ndlms.object=3/1.0.1.8.0.255/2\n" ENDS("16", "1") WRAPPED
	    "dlms.service=action-request\ndlms.object=70/0.0.96.3.0.255/1\n"
	    "dlms.action=70/0.0.96.3.0.255/1\n" },
	{ "release", TCP, ODD, S(RLRQ), PARSE_MORE,
	    "dlms.service=rlrq\n" ENDS("16", "1") WRAPPED },
	{ "push", TCP, ODD, S(PUSH), PARSE_MORE,
	    "dlms.service=data-notification\n" ENDS("102", "1") WRAPPED },
	{ "push, ciphered", TCP, ODD, S(GLO_PUSH), PARSE_MORE,
	    "dlms.service=general-glo-ciphering\ndlms.system_title=ABC12345\n" WRAPPED },
	{ "general ciphering", UDP, ODD, S(GENERAL), PARSE_MORE,
	    "dlms.service=general-ciphering\ndlms.system_title=ABC12345\n" WRAPPED },
	{ "event", UDP, 4059, S(EVENT), PARSE_MORE,
	    "dlms.service=event-notification-request\n" ENDS("1", "1") WRAPPED },
	{ "ciphered GET", TCP, ODD, S(GLO_GET), PARSE_MORE,
	    "dlms.service=glo-get-request\n" ENDS("48", "1") WRAPPED },
	{ "exception", TCP, 4059, S("\0\1\0\1\0\x10\0\3\xd8\1\2"), PARSE_MORE,
	    "dlms.service=exception-response\n" ENDS("16", "1") WRAPPED },

	{ "exception proves nothing elsewhere", TCP, ODD, S("\0\1\0\1\0\x10\0\3\xd8\1\2"),
	    PARSE_WRONG, "" },
	{ "wrong version", TCP, 4059, S("\0\2\0\x10\0\1\0\2\x62\0"), PARSE_WRONG, "" },
	{ "from no station", TCP, 4059, S("\0\1\0\0\0\1\0\2\x62\0"), PARSE_WRONG, "" },
	{ "to no station", TCP, 4059, S("\0\1\0\1\0\0\0\2\x62\0"), PARSE_WRONG, "" },
	{ "neither can be a client", TCP, 4059, S("\0\1\1\1\2\1\0\2\x62\0"), PARSE_WRONG, "" },
	{ "no octets", TCP, 4059, S("\0\1\0\x10\0\1\0\0\x62\0"), PARSE_WRONG, "" },
	{ "unknown tag", TCP, 4059, S("\0\1\0\x10\0\1\0\2\x64\0"), PARSE_WRONG, "" },
	{ "the next one begun", TCP, ODD, S(RLRQ "\0"), PARSE_MORE,
	    "dlms.service=rlrq\n" ENDS("16", "1") WRAPPED },
	{ "followed by something else", TCP, ODD, S(RLRQ "\1"), PARSE_WRONG, "" },
	{ "datagram longer than said", UDP, 4059, S(RLRQ "\0"), PARSE_WRONG, "" },
	{ "BER length off by one", TCP, 4059, S("\0\1\0\x10\0\1\0\5\x62\4\x80\1\0"),
	    PARSE_WRONG, "" },
	{ "another association context", TCP, 4059,
	    S("\0\1\0\x10\0\1\0\x0d\x60\x0b\xa1\x09\6\7\x60\x85\x74\5\7\1\1"), PARSE_WRONG, "" },
	{ "GET of class 0", TCP, 4059,
	    S("\0\1\0\x10\0\1\0\x0d\xc0\1\xc0\0\0\1\0\1\x08\0\xff\2\0"), PARSE_WRONG, "" },
	{ "GET of an unknown kind", TCP, 4059,
	    S("\0\1\0\x10\0\1\0\x0d\xc0\4\xc0\0\3\1\0\1\x08\0\xff\2\0"), PARSE_WRONG, "" },
	{ "sealed by an unknown suite", TCP, 4059,
	    S("\0\1\0\x30\0\1\0\x0a\xc8\x08\x37\0\0\0\1\1\2\3"), PARSE_WRONG, "" },
	{ "Modbus", TCP, 4059, S("\0\1\0\0\0\6\1\3\0\x6b\0\3"), PARSE_WRONG, "" },
	{ "STUN", UDP, 4059, S("\0\1\0\0\x21\x12\xa4\x42" "abcdefghijkl"), PARSE_WRONG, "" },

	{ "SNRM", TCP, ODD, S(SNRM), PARSE_MORE, HDLC ENDS("16", "1") },
	{ "UA", TCP, ODD, S(UA), PARSE_MORE, HDLC ENDS("16", "1") },
	{ "SNRM over UDP", UDP, ODD, S(SNRM), PARSE_MORE, HDLC ENDS("16", "1") },
	{ "AARQ in HDLC", TCP, ODD, S(I_AARQ), PARSE_MORE, HDLC ENDS("16", "1") AARQ_FIELDS },
	{ "four octets of address", TCP, ODD, S(I_WIDE), PARSE_MORE, HDLC ENDS("16", "1") AARQ_FIELDS },
	{ "push in HDLC", TCP, ODD, S(UI_PUSH), PARSE_MORE,
	    HDLC ENDS("16", "1") "dlms.service=data-notification\n" },
	{ "in segments", TCP, ODD, S(I_PART I_REST I_AARE), PARSE_MORE,
	    HDLC ENDS("16", "1") "dlms.service=get-response\ndlms.service=aare\ndlms.context=ln\n" },
	{ "wrong sums among right ones", TCP, ODD, S(SNRM BAD_FCS BAD_HCS I_GET), PARSE_MORE,
	    HDLC ENDS("16", "1") "dlms.service=get-request\ndlms.object=3/1.0.1.8.0.255/2\n" },
	{ "unknown tag among known ones", TCP, ODD, S(RLRQ "\0\1\0\x10\0\1\0\2\0\0" GET),
	    PARSE_MORE, "dlms.service=rlrq\n" ENDS("16", "1") WRAPPED
	    "dlms.service=get-request\ndlms.object=3/1.0.1.8.0.255/2\n" },
	{ "wrong FCS", TCP, 4059, S(BAD_FCS), PARSE_WRONG, "" },
	{ "wrong HCS, right FCS", TCP, 4059, S(BAD_HCS), PARSE_WRONG, "" },
	{ "no flag at the end", TCP, 4059, S(
	    "\x7e\xa0\x07\x03\x21\x93\x0f\x01\x00"),
	    PARSE_WRONG, "" },
	{ "three octets of address", TCP, 4059, S(
	    "\x7e\xa0\x09\x02\x02\x03\x21\x93\xfe\x10\x7e"),
	    PARSE_WRONG, "" },
	{ "PPP in HDLC framing", TCP, 4059, S(
	    "\x7e\xff\x03\xc0\x21\x01\x01\x00\x04"),
	    PARSE_WRONG, "" },
	{ "format of another type", TCP, 4059, S(
	    "\x7e\x93\x07\x03\x21\x93\x00\x00\x7e"),
	    PARSE_WRONG, "" },
	{ "shorter than a frame can be", TCP, 4059, S(
	    "\x7e\xa0\x06\x03\x21\x93\x0f\x7e"),
	    PARSE_WRONG, "" },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_dlms, messages[_i].datagram, messages[_i].port);
	struct shown s = { TO_SERVER, messages[_i].octets, messages[_i].len };
	enum parse_result got = harness_show(h, s);

	ck_assert_msg(got == messages[_i].want, "%s: %d", messages[_i].what, got);
	ck_assert_msg(strcmp(harness_fields(h), messages[_i].fields) == 0, "%s: %s",
	    messages[_i].what, harness_fields(h));
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { TO_SERVER, messages[_i].octets, messages[_i].len };
	bool datagram = messages[_i].datagram;

	harness_every_prefix(PARSER_dlms, datagram, messages[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_dlms, datagram, messages[_i].port, true, &s, 1);
}
END_TEST

/* Any shorter stretch of a good stream may still grow; it is never refused or claimed early. */
START_TEST(short_is_undecided)
{
	static const struct { const char *octets; size_t len; } firsts[] = {
		{ S(AARQ) }, { S(AARQ_GMAC) }, { S(GET) }, { S(PUSH) }, { S(GLO_PUSH) },
		{ S(GENERAL) }, { S(EVENT) }, { S(GET_RESPONSE) }, { S(SNRM) }, { S(I_AARQ) },
	};
	struct harness *h;

	for (size_t len = 1; len < firsts[_i].len; len++) {
		h = harness_new(PARSER_dlms, false, ODD);
		ck_assert_msg(harness_probe(h, (struct shown){ TO_SERVER, firsts[_i].octets, len })
		    == PROBE_MORE, "stretch %d, %zu octets", _i, len);
		harness_free(h);
	}
}
END_TEST

static const struct shown wrapped[] = {
	{ TO_SERVER, S(AARQ) }, { TO_CLIENT, S(AARE) }, { TO_SERVER, S(GET ACTION) },
	{ TO_CLIENT, S(GET_RESPONSE) }, { TO_SERVER, S(RLRQ) }, { TO_CLIENT, S(RLRE) },
};
static const struct shown framed[] = {
	{ TO_SERVER, S(SNRM) }, { TO_CLIENT, S(UA) }, { TO_SERVER, S(I_AARQ) },
	{ TO_CLIENT, S(I_AARE) }, { TO_SERVER, S(I_GET) }, { TO_CLIENT, S(I_PART) },
	{ TO_SERVER, S(RR) }, { TO_CLIENT, S(I_REST) },
};

START_TEST(any_cut)
{
	harness_any_cut(PARSER_dlms, 4059, false, wrapped, ARRAY_LEN(wrapped));
	harness_any_cut(PARSER_dlms, ODD, false, framed, ARRAY_LEN(framed));
}
END_TEST

/* A part of an answer that looks like a request is none. */
START_TEST(segments_are_one_answer)
{
	struct harness *h = harness_new(PARSER_dlms, false, ODD);

	for (size_t i = 0; i < ARRAY_LEN(framed); i++)
		ck_assert_int_eq(harness_show(h, framed[i]), PARSE_MORE);
	ck_assert_str_eq(harness_fields(h), HDLC ENDS("16", "1") AARQ_FIELDS
	    "dlms.service=aare\ndlms.service=get-request\n"
	    "dlms.object=3/1.0.1.8.0.255/2\ndlms.service=get-response\n");
	harness_free(h);
}
END_TEST

START_TEST(long_bodies_are_stepped_over)
{
	static const char head[] = "\0\1\0\1\0\x10\x10\x00\xc4\1\xc0\0\x09\x82\x0f\xf9";
	static char body[0x1000 - 8], again[] = GET;
	struct harness *h = harness_new(PARSER_dlms, false, 4059);

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, S(head) }), PARSE_MORE);
	for (size_t at = 0; at < sizeof(body); at += 1000)
		(void)harness_show(h, (struct shown){ TO_CLIENT, body + at,
		    sizeof(body) - at < 1000 ? sizeof(body) - at : 1000 });
	ck_assert_uint_gt(harness_skipped(h), 2000);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, again, sizeof(again) - 1 }),
	    PARSE_MORE);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "dlms.object=3/1.0.1.8.0.255/2\n"));
	harness_free(h);
}
END_TEST

START_TEST(settles)
{
	struct harness *h = harness_new(PARSER_dlms, false, 4059);
	struct shown s = { TO_SERVER, S(GET) };
	unsigned n = 0;

	while (n < 1000 && harness_show(h, s) == PARSE_MORE)
		n++;
	ck_assert_uint_eq(n, 15);
	harness_free(h);
	h = harness_new(PARSER_dlms, false, 4059);
	for (n = 0, s = framed[6]; n < 1000 && harness_show(h, s) == PARSE_MORE; n++)
		;
	ck_assert_uint_eq(n, 63);
	harness_free(h);
}
END_TEST

START_TEST(out_of_step_is_wrong)
{
	static const char wrapper[] = "\2\1\0\x10", frame[] = "\xa0\x07\3\x21\x93\0\0\0";
	struct harness *h = harness_new(PARSER_dlms, false, 4059);

	ck_assert_int_eq(harness_show(h, wrapped[0]), PARSE_MORE);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(wrapper) }), PARSE_WRONG);
	harness_free(h);
	h = harness_new(PARSER_dlms, false, ODD);
	ck_assert_int_eq(harness_show(h, framed[0]), PARSE_MORE);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(frame) }), PARSE_WRONG);
	harness_free(h);
}
END_TEST

START_TEST(ends_at_a_gap)
{
	struct harness *h = harness_new(PARSER_dlms, false, 4059);

	ck_assert_int_eq(harness_show(h, wrapped[0]), PARSE_MORE);
	harness_gap(h);
	ck_assert_int_eq(harness_show(h, wrapped[2]), PARSE_DONE);
	harness_free(h);
}
END_TEST

START_TEST(cut_datagram_is_not_malformed)
{
	for (size_t len = 9; len < sizeof(AARQ) - 1; len++) {
		struct harness *h = harness_new(PARSER_dlms, true, 4059);

		harness_claim(h);
		harness_truncate(h);
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, AARQ, len }),
		    PARSE_MORE);
		harness_free(h);
	}
}
END_TEST

/* An answer that comes first was asked for before we looked; a push was not. */
START_TEST(answers_tell_the_direction)
{
	struct harness *h = harness_new(PARSER_dlms, true, ODD);

	(void)harness_show(h, (struct shown){ TO_SERVER, S(GET_RESPONSE) });
	ck_assert(harness_reversed(h));
	harness_free(h);
	h = harness_new(PARSER_dlms, true, ODD);
	(void)harness_show(h, (struct shown){ TO_SERVER, S(PUSH) });
	ck_assert(!harness_reversed(h));
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_dlms)
{
	static const uint16_t ports[] = { 4059, ODD };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		ck_assert_uint_eq(harness_claims_random(PARSER_dlms, true, ports[i], 100000), 0);
		ck_assert_uint_eq(harness_claims_random(PARSER_dlms, false, ports[i], 100000), 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dlms");
	TCase *t = tcase_create("dlms");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, short_is_undecided, 0, 10);
	tcase_add_test(t, any_cut);
	tcase_add_test(t, segments_are_one_answer);
	tcase_add_test(t, long_bodies_are_stepped_over);
	tcase_add_test(t, settles);
	tcase_add_test(t, out_of_step_is_wrong);
	tcase_add_test(t, ends_at_a_gap);
	tcase_add_test(t, cut_datagram_is_not_malformed);
	tcase_add_test(t, answers_tell_the_direction);
	tcase_add_test(t, random_is_not_dlms);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
