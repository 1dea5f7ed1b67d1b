/* SPDX-License-Identifier: Apache-2.0 */
/* test_iec104.c - IEC 60870-5-104: control functions, ASDUs that their objects fill, commands. */
#include <check.h>
#include <string.h>

#include "cases.h"
#include "macros.h"
#include "run_suite.h"

enum { PORT = 2404, ODD = 40002 };

#define STARTDT "\x68\4\7\0\0\0"
#define STARTDT_CON "\x68\4\x0b\0\0\0"
#define TESTFR "\x68\4\x43\0\0\0"
#define ACK "\x68\4\1\0\x0a\0"
#define INTERROGATE "\x68\x0e\0\0\0\0\x64\1\6\0\1\0\0\0\0\x14"
/* two floats, by address; two points in sequence */
#define FLOATS "\x68\x1a\2\0\2\0\x0d\2\3\0\x0a\0\1\x40\0\0\0\x80\x3f\0\2\x40\0\0\0\0\x40\0"
#define POINTS "\x68\x0f\4\0\2\0\1\x82\x14\0\x0a\0\x64\0\0\1\0"
#define COMMAND "\x68\x0e\2\0\2\0\x2d\1\6\0\x0a\0\x88\x13\0\1"
#define REFUSED "\x68\x0e\6\0\4\0\x2d\1\x47\0\x0a\0\x88\x13\0\1"

static const struct parser_case cases[] = {
	{ "start of transfer", false, ODD, S(STARTDT), PARSE_MORE, "iec104.control=startdt-act\n" },
	{ "interrogation", false, PORT, S(INTERROGATE), PARSE_MORE,
	    "iec104.type=C_IC_NA_1\niec104.cause=6\niec104.common_address=1\n"
	    "iec104.command=C_IC_NA_1/1/0\n" },
	{ "measurements", false, ODD, S(FLOATS POINTS), PARSE_MORE,
	    "iec104.type=M_ME_NC_1\niec104.cause=3\niec104.common_address=10\n"
	    "iec104.type=M_SP_NA_1\niec104.cause=20\n" },
	{ "single command", false, PORT, S(COMMAND), PARSE_MORE,
	    "iec104.type=C_SC_NA_1\niec104.cause=6\niec104.common_address=10\n"
	    "iec104.command=C_SC_NA_1/10/5000\n" },
	{ "refused", false, PORT, S(REFUSED), PARSE_MORE,
	    "iec104.type=C_SC_NA_1\niec104.cause=7\niec104.common_address=10\n"
	    "iec104.refused=C_SC_NA_1/10/5000\n" },
	{ "an ASDU of no type among others", false, ODD,
	    S(STARTDT "\x68\x0e\0\0\0\0\xc8\1\6\0\1\0\0\0\0\x14"), PARSE_WRONG, "" },

	{ "one ASDU proves too little elsewhere", false, ODD, S(INTERROGATE), PARSE_MORE, "" },
	{ "another start", false, PORT, S("\x69\4\7\0\0\0"), PARSE_WRONG, "" },
	{ "shorter than can be", false, PORT, S("\x68\3\7\0\0\0"), PARSE_WRONG, "" },
	{ "longer than can be", false, PORT, S("\x68\xfe\0\0\0\0"), PARSE_WRONG, "" },
	{ "two functions at once", false, PORT, S("\x68\4\x4f\0\0\0"), PARSE_WRONG, "" },
	{ "acknowledgement is even", false, PORT, S("\x68\4\1\0\1\0"), PARSE_WRONG, "" },
	{ "U format has no ASDU", false, PORT, S("\x68\x0e\7\0\0\0\x64\1\6\0\1\0\0\0\0\x14"),
	    PARSE_WRONG, "" },
	{ "cause 0", false, PORT, S("\x68\x0e\0\0\0\0\x64\1\0\0\1\0\0\0\0\x14"), PARSE_WRONG, "" },
	{ "objects do not fill it", false, PORT, S("\x68\x0e\0\0\0\0\x64\2\6\0\1\0\0\0\0\x14"),
	    PARSE_WRONG, "" },
	{ "IEC 60870-5-101", false, PORT, S("\x10\x49\1\x4a\x16"), PARSE_WRONG, "" },
};

static const struct shown talk[] = {
	{ TO_SERVER, S(STARTDT) }, { TO_CLIENT, S(STARTDT_CON) }, { TO_SERVER, S(INTERROGATE) },
	{ TO_CLIENT, S(FLOATS POINTS) }, { TO_SERVER, S(ACK) }, { TO_SERVER, S(COMMAND TESTFR) },
	{ TO_CLIENT, S(REFUSED) },
	{ TO_CLIENT, S("\x68\x0e\0\0\0\0\xc8\1\6\0\1\0\0\0\0\x14" TESTFR) },
};

START_TEST(reads_or_refuses)
{
	case_reads_or_refuses(PARSER_iec104, &cases[_i]);
}
END_TEST

START_TEST(survives)
{
	case_survives(PARSER_iec104, &cases[_i]);
}
END_TEST

START_TEST(conversation)
{
	static const uint16_t ports[] = { PORT, ODD };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		case_conversation(PARSER_iec104, ports[i], talk, ARRAY_LEN(talk),
		    "iec104.control=startdt-act\niec104.control=startdt-con\n"
		    "iec104.type=C_IC_NA_1\niec104.cause=6\niec104.common_address=1\n"
		    "iec104.command=C_IC_NA_1/1/0\niec104.type=M_ME_NC_1\niec104.cause=3\n"
		    "iec104.common_address=10\niec104.type=M_SP_NA_1\niec104.cause=20\n"
		    "iec104.type=C_SC_NA_1\niec104.command=C_SC_NA_1/10/5000\n"
		    "iec104.control=testfr-act\niec104.cause=7\n"
		    "iec104.refused=C_SC_NA_1/10/5000\n");
}
END_TEST

START_TEST(short_is_undecided)
{
	case_undecided_until(PARSER_iec104, ODD, talk[0], talk[0].len);
	case_undecided_until(PARSER_iec104, PORT, talk[2], talk[2].len);
	case_undecided_until(PARSER_iec104, ODD, talk[3], talk[3].len);
}
END_TEST

START_TEST(settles)
{
	ck_assert_uint_eq(case_settles_after(PARSER_iec104, PORT, talk[0], 1000), 256);
}
END_TEST

START_TEST(random_is_not_iec104)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_iec104, false, PORT, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_iec104, false, ODD, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("iec104");
	TCase *t = tcase_create("iec104");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, survives, 0, ARRAY_LEN(cases));
	tcase_add_test(t, conversation);
	tcase_add_test(t, short_is_undecided);
	tcase_add_test(t, settles);
	tcase_add_test(t, random_is_not_iec104);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
