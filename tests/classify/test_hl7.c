/* SPDX-License-Identifier: Apache-2.0 */
/* test_hl7.c - HL7 in MLLP: headers in any cut, bodies unseen, losses, and what is none. */
#include <check.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1
enum { ODD = 6661 };

#define END "\x1c\r"
#define ORU "\x0bMSH|^~\\&|MON|WARD|IE|HOSP|20260302||ORU^R01^ORU_R01|7|P|2.5^USA|||AL\r"
#define BODY "PID|1||4711^^^H||DOE^JANE\r" "OBX|1|NM|HR||72|bpm\r"
#define ACK "\x0bMSH|^~\\&|IE|HOSP|MON|WARD|20260302||ACK^R01|8|P|2.5\rMSA|AA|7\r" END
#define ORU_FIELDS "hl7.sending_application=MON\nhl7.sending_facility=WARD\n" \
    "hl7.receiving_application=IE\nhl7.receiving_facility=HOSP\n" \
    "hl7.message_type=ORU^R01\nhl7.version=2.5\n"

static const struct {
	const char *what;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *fields;
} messages[] = {
	{ "result", S(ORU BODY END), PARSE_MORE, ORU_FIELDS },
	{ "two in one piece", S(ORU BODY END ACK), PARSE_MORE,
	    ORU_FIELDS "hl7.message_type=ACK^R01\n" },
	{ "a file separator alone ends nothing", S(ORU "NTE|\x1c|\x0bMSH\r" END ACK), PARSE_MORE,
	    ORU_FIELDS "hl7.message_type=ACK^R01\n" },
	{ "other delimiters", S("\x0bMSH#:~\\+#A:1#B###t##ADT:A01:ADT_A01#1#P#2.3\r" END),
	    PARSE_MORE, "hl7.sending_application=A:1\nhl7.sending_facility=B\n"
	    "hl7.message_type=ADT:A01\nhl7.version=2.3\n" },
	{ "five delimiters", S("\x0bMSH|^~\\&#|A||||t||QBP^Q11|1|P|2.8\r" END), PARSE_MORE,
	    "hl7.sending_application=A\nhl7.message_type=QBP^Q11\nhl7.version=2.8\n" },
	{ "header that ends early", S("\x0bMSH|^~\\&|A|B\rPID|1||4711||DOE^JANE|||F|\r" END),
	    PARSE_MORE, "hl7.sending_application=A\nhl7.sending_facility=B\n" },
	{ "segments that end with LF", S("\x0bMSH|^~\\&|A|B\nPID|1||4711||DOE^JANE|||F|\n" END),
	    PARSE_MORE, "hl7.sending_application=A\nhl7.sending_facility=B\n" },
	{ "commit acknowledgement", S(ORU END "\x0b\x06" END ACK), PARSE_MORE,
	    ORU_FIELDS "hl7.message_type=ACK^R01\n" },
	{ "header cut", S("\x0bMSH|^~\\&|MON|WARD|IE"), PARSE_MORE, "" },
	{ "something else after a message", S(ORU END "GET / HTTP/1.1\r\n"), PARSE_WRONG,
	    ORU_FIELDS },
	{ "no block", S("MSH|^~\\&|MON|WARD\r"), PARSE_WRONG, "" },
	{ "another segment first", S("\x0bPID|1||4711\r"), PARSE_WRONG, "" },
	{ "separator is a letter", S("\x0bMSHx^~\\&xMONx\r"), PARSE_WRONG, "" },
	{ "delimiter twice", S("\x0bMSH|^^\\&|MON|\r"), PARSE_WRONG, "" },
	{ "delimiter is a digit", S("\x0bMSH|^~1&|MON|\r"), PARSE_WRONG, "" },
	{ "three delimiters", S("\x0bMSH|^~\\|MON|\r"), PARSE_WRONG, "" },
	{ "six delimiters", S("\x0bMSH|^~\\&#!|MON|\r"), PARSE_WRONG, "" },
};

static const struct shown talk[] = {
	{ TO_SERVER, S(ORU BODY BODY) }, { TO_SERVER, S(BODY "\x1c") }, { TO_SERVER, S("\r") },
	{ TO_CLIENT, S(ACK) }, { TO_SERVER, S(ORU BODY END) }, { TO_CLIENT, S("\x0b\x15" END) },
};

START_TEST(reads_or_refuses)
{
	struct shown s = { TO_SERVER, messages[_i].octets, messages[_i].len };
	static const uint16_t ports[] = { 2575, ODD };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		struct harness *h = harness_new(PARSER_hl7, false, ports[i]);
		enum parse_result got = harness_show(h, s);

		ck_assert_msg(got == messages[_i].want, "%s: %d", messages[_i].what, got);
		ck_assert_msg(strcmp(harness_fields(h), messages[_i].fields) == 0, "%s: %s",
		    messages[_i].what, harness_fields(h));
		harness_free(h);
	}
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { TO_SERVER, messages[_i].octets, messages[_i].len };

	harness_every_prefix(PARSER_hl7, false, ODD, false, &s, 1);
	harness_every_prefix(PARSER_hl7, false, ODD, true, &s, 1);
}
END_TEST

START_TEST(any_cut)
{
	struct shown s = { TO_SERVER, messages[_i].octets, messages[_i].len };

	harness_any_cut(PARSER_hl7, ODD, false, &s, 1);
	harness_any_cut(PARSER_hl7, ODD, false, talk, ARRAY_LEN(talk));
}
END_TEST

START_TEST(both_sides)
{
	struct harness *h = harness_new(PARSER_hl7, false, ODD);

	for (size_t i = 0; i < ARRAY_LEN(talk); i++)
		ck_assert_int_eq(harness_show(h, talk[i]), PARSE_MORE);
	ck_assert_str_eq(harness_fields(h), ORU_FIELDS "hl7.message_type=ACK^R01\n");
	harness_free(h);
}
END_TEST

START_TEST(settles)
{
	struct harness *h = harness_new(PARSER_hl7, false, 2575);
	unsigned n = 0;

	while (n < 1000 && harness_show(h, (struct shown){ n % 2 == 0 ? TO_SERVER : TO_CLIENT,
	    S(ACK) }) == PARSE_MORE)
		n++;
	ck_assert_uint_eq(n, 15);
	harness_free(h);
}
END_TEST

START_TEST(finds_the_next_after_a_loss)
{
	struct harness *h = harness_new(PARSER_hl7, false, 2575);

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, S(ORU BODY) }), PARSE_MORE);
	harness_gap(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER,
	    S("|2\r\x0bMS" "OBX|1\r" ACK ORU BODY END) }), PARSE_MORE);
	ck_assert_str_eq(harness_fields(h), ORU_FIELDS "hl7.message_type=ACK^R01\n");
	harness_free(h);
}
END_TEST

START_TEST(headers_are_bounded)
{
	static char head[2000] = "\x0bMSH|^~\\&|";
	struct harness *h;

	memset(head + 10, 'A', sizeof(head) - 10);
	for (size_t len = 1022; len <= sizeof(head); len += 2) {
		h = harness_new(PARSER_hl7, false, 2575);
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, head, len }),
		    len < 1024 ? PARSE_MORE : PARSE_WRONG);
		ck_assert_str_eq(harness_fields(h), "");
		harness_free(h);
	}
}
END_TEST

START_TEST(random_is_not_hl7)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_hl7, false, 2575, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hl7");
	TCase *t = tcase_create("hl7");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, any_cut, 0, ARRAY_LEN(messages));
	tcase_add_test(t, both_sides);
	tcase_add_test(t, settles);
	tcase_add_test(t, finds_the_next_after_a_loss);
	tcase_add_test(t, headers_are_bounded);
	tcase_add_test(t, random_is_not_hl7);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
