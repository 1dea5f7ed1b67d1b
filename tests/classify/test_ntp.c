/* SPDX-License-Identifier: Apache-2.0 */
/* test_ntp.c - network time: questions, answers, kisses, what follows them, and what is none. */
#include <check.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1
#define Z4 "\0\0\0\0"
#define Z8 Z4 Z4
#define STAMP "\xe5\x1a\x2b\x3c\x4d\x5e\x6f\x70"
#define CLIENT4 "\x23\0\6\xec" Z8 Z4 Z8 Z8 Z8 STAMP
#define ANSWER(stratum, reference) "\x24" stratum "\6\xe9\0\0\1\2\0\0\3\4" reference \
    STAMP STAMP STAMP STAMP
#define DIGEST16 "0123456789abcdef"
#define UNIQUE "\1\4\0\x14" DIGEST16	/* extension field: unique identifier (RFC 8915) */

static const struct {
	const char *what;
	uint16_t port;
	enum direction dir;
	const char *octets;
	size_t len;
	enum parse_result want;
	bool reversed;
	const char *fields;
} messages[] = {
	{ "question", 123, TO_SERVER, S(CLIENT4), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=client\n" },
	{ "SNTP question, nothing but its first octet", 123, TO_SERVER,
	    S("\x1b\0\0\0" Z4 Z8 Z8 Z8 Z8 Z8), PARSE_MORE, false,
	    "ntp.version=3\nntp.mode=client\n" },
	{ "question with a reference of its own", 123, TO_SERVER,
	    S("\xe3\0\6\xec" Z8 "1N14" Z8 Z8 Z8 Z8), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=client\n" },
	{ "answer of a primary server", 123, TO_CLIENT, S(ANSWER("\1", "GPS\0")), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=server\nntp.stratum=1\nntp.reference=GPS\n" },
	{ "answer of a secondary server", 123, TO_CLIENT, S(ANSWER("\2", "GPS\0")), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=server\nntp.stratum=2\n" },
	{ "kiss", 123, TO_CLIENT, S(ANSWER("\0", "RATE")), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=server\nntp.stratum=0\nntp.reference=RATE\n" },
	{ "reference that is no text", 123, TO_CLIENT, S(ANSWER("\1", "\x7f\1\0\0")), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=server\nntp.stratum=1\n" },
	{ "reference with a hole", 123, TO_CLIENT, S(ANSWER("\1", "G\0PS")), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=server\nntp.stratum=1\n" },
	{ "lone answer", 123, TO_SERVER, S(ANSWER("\2", "\x0a\0\0\1")), PARSE_MORE, true,
	    "ntp.version=4\nntp.mode=server\nntp.stratum=2\n" },
	{ "broadcast", 123, TO_SERVER, S("\x25\1\6\xe9" Z8 "PPS\0" STAMP Z8 Z8 STAMP), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=broadcast\nntp.reference=PPS\n" },
	{ "peers", 123, TO_SERVER, S("\x21\x10\6\xe9" Z8 Z4 Z8 Z8 Z8 STAMP), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=symmetric_active\n" },
	{ "peers, other side", 123, TO_SERVER, S("\x22\3\6\xe9" Z8 Z4 Z8 Z8 Z8 STAMP), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=symmetric_passive\n" },
	{ "crypto-NAK", 123, TO_SERVER, S(CLIENT4 Z4), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=client\n" },
	{ "MD5", 123, TO_SERVER, S(CLIENT4 "\0\0\0\1" DIGEST16), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=client\n" },
	{ "SHA-1", 123, TO_SERVER, S(CLIENT4 "\0\0\0\1" DIGEST16 Z4), PARSE_MORE, false,
	    "ntp.version=4\nntp.mode=client\n" },
	{ "SHA-512", 123, TO_SERVER, S(CLIENT4 Z4 DIGEST16 DIGEST16 DIGEST16 DIGEST16), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=client\n" },
	{ "precision kept to itself", 123, TO_SERVER, S("\x23\0\x9\x20" Z8 Z4 Z8 Z8 Z8 STAMP),
	    PARSE_MORE, false, "ntp.version=4\nntp.mode=client\n" },
	{ "extensions and MD5", 123, TO_SERVER, S(CLIENT4 UNIQUE UNIQUE Z4 DIGEST16), PARSE_MORE,
	    false, "ntp.version=4\nntp.mode=client\n" },
	{ "on another port", 124, TO_SERVER, S(CLIENT4), PARSE_WRONG, false, "" },
	{ "too short", 123, TO_SERVER, S("\x23\0\6\xec" Z8 Z4 Z8 Z8 Z8 "\1\2\3"), PARSE_WRONG,
	    false, "" },
	{ "odd tail", 123, TO_SERVER, S(CLIENT4 "\0\0"), PARSE_WRONG, false, "" },
	{ "extension beyond the end", 123, TO_SERVER, S(CLIENT4 "\1\4\0\x20" DIGEST16 Z8),
	    PARSE_WRONG, false, "" },
	{ "extension of no length", 123, TO_SERVER, S(CLIENT4 "\1\4\0\0" DIGEST16 Z8),
	    PARSE_WRONG, false, "" },
	{ "version 0", 123, TO_SERVER, S("\3\0\6\xec" Z8 Z4 Z8 Z8 Z8 STAMP), PARSE_WRONG, false,
	    "" },
	{ "version 5", 123, TO_SERVER, S("\x2b\0\6\xec" Z8 Z4 Z8 Z8 Z8 STAMP), PARSE_WRONG, false,
	    "" },
	{ "control", 123, TO_SERVER, S("\x26\2\0\1" Z8 Z4 Z8 Z8 Z8 Z8), PARSE_WRONG, false, "" },
	{ "private", 123, TO_SERVER, S("\x17\0\3\x2a" Z8 Z4 Z8 Z8 Z8 Z8), PARSE_WRONG, false,
	    "" },
	{ "stratum 17", 123, TO_SERVER, S("\x23\x11\6\xec" Z8 Z4 Z8 Z8 Z8 STAMP), PARSE_WRONG,
	    false, "" },
	{ "precision of no clock", 123, TO_SERVER, S("\x23\0\6\x21" Z8 Z4 Z8 Z8 Z8 STAMP),
	    PARSE_WRONG, false, "" },
	{ "root delay of minutes", 123, TO_SERVER,
	    S("\x23\0\6\xec\1\0\0\0" Z4 Z4 Z8 Z8 Z8 STAMP), PARSE_WRONG, false, "" },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_ntp, true, messages[_i].port);
	struct shown s = { messages[_i].dir, messages[_i].octets, messages[_i].len };
	enum parse_result got = harness_show(h, s);

	ck_assert_msg(got == messages[_i].want, "%s: %d", messages[_i].what, got);
	ck_assert_msg(strcmp(harness_fields(h), messages[_i].fields) == 0, "%s: %s",
	    messages[_i].what, harness_fields(h));
	ck_assert_msg(harness_reversed(h) == messages[_i].reversed, "%s", messages[_i].what);
	harness_free(h);
}
END_TEST

/* A flow between two servers goes on for as long as they run. */
START_TEST(goes_on)
{
	struct harness *h = harness_new(PARSER_ntp, true, 123);

	for (unsigned i = 0; i < 100; i++) {
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(CLIENT4) }),
		    PARSE_MORE);
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT,
		    S(ANSWER("\1", "GPS\0")) }), PARSE_MORE);
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S("\x16\1\0\1" Z8) }),
		    PARSE_MORE);
	}
	ck_assert_str_eq(harness_fields(h), "ntp.version=4\nntp.mode=client\nntp.mode=server\n"
	    "ntp.stratum=1\nntp.reference=GPS\n");
	ck_assert(!harness_reversed(h));
	harness_free(h);
}
END_TEST

START_TEST(cut_by_the_snapshot_length)
{
	struct harness *h = harness_new(PARSER_ntp, true, 123);

	harness_truncate(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(CLIENT4 "\1\4\0\x20" "ab") }),
	    PARSE_MORE);
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { messages[_i].dir, messages[_i].octets, messages[_i].len };

	harness_every_prefix(PARSER_ntp, true, messages[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_ntp, true, messages[_i].port, true, &s, 1);
}
END_TEST

START_TEST(random_is_not_ntp)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_ntp, true, 123, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ntp");
	TCase *t = tcase_create("ntp");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_test(t, goes_on);
	tcase_add_test(t, cut_by_the_snapshot_length);
	tcase_add_test(t, random_is_not_ntp);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
