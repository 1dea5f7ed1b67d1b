/* SPDX-License-Identifier: Apache-2.0 */
/* test_dnp3.c - DNP3: link frames with right and wrong sums, functions, objects, commands. */
#include <check.h>
#include <string.h>

#include "cases.h"
#include "macros.h"
#include "run_suite.h"

enum { TCP = 0, UDP = 1, PORT = 20000, ODD = 40002 };

#define READ "\x05\x64\x14\xc4\x04\x00\x03\x00\xc7\x17\xc0\xc0\x01\x3c\x02\x06\x3c\x03\x06" \
    "\x3c\x04\x06\x3c\x01\x06\x8a\x51"
#define RESPONSE "\x05\x64\x1c\x44\x03\x00\x04\x00\x64\xbd\xc0\xc0\x81\x90\x00\x01\x02\x00\x00" \
    "\x02\x81\x01\x81\x1e\x05\x00\x77\x9a\x00\x02\x00\x00\x00\x00\x00\x48\xd9"
#define OPERATE "\x05\x64\x1a\xc4\x04\x00\x03\x00\xc2\xe6\xc1\xc1\x05\x0c\x01\x28\x01\x00\x00" \
    "\x00\x03\x01\x64\x00\x00\x00\x49\xce\x64\x00\x00\x00\x00\x00\x5b"
#define RESTART "\x05\x64\x08\xc4\x04\x00\x03\x00\xb4\xb8\xc2\xc2\x0e\xeb\xf4"
#define STATUS "\x05\x64\x05\xc9\x04\x00\x03\x00\xb6\x20"
#define LINK "\x05\x64\x05\x0b\x03\x00\x04\x00\x7f\x66"
#define BAD_BLOCK "\x05\x64\x08\xc4\x04\x00\x03\x00\xb4\xb8\xc2\xc2\x0d\xeb\xf4"
#define ENDS "dnp3.source=3\ndnp3.destination=4\n"

static const struct parser_case cases[] = {
	{ "read of classes", TCP, ODD, S(READ), PARSE_MORE, ENDS "dnp3.function=read\n"
	    "dnp3.object=60/2\ndnp3.object=60/3\ndnp3.object=60/4\ndnp3.object=60/1\n" },
	{ "the same in a datagram", UDP, ODD, S(READ), PARSE_MORE, ENDS "dnp3.function=read\n"
	    "dnp3.object=60/2\ndnp3.object=60/3\ndnp3.object=60/4\ndnp3.object=60/1\n" },
	{ "response", TCP, PORT, S(RESPONSE), PARSE_MORE, "dnp3.source=4\ndnp3.destination=3\n"
	    "dnp3.iin=need-time\ndnp3.iin=device-restart\ndnp3.function=response\n"
	    "dnp3.object=1/2\n" },
	{ "control relay output block", TCP, ODD, S(OPERATE), PARSE_MORE, ENDS
	    "dnp3.function=direct-operate\ndnp3.object=12/1\n"
	    "dnp3.command=direct-operate 12/1\n" },
	{ "restart", UDP, PORT, S(RESTART), PARSE_MORE, ENDS "dnp3.function=warm-restart\n"
	    "dnp3.command=warm-restart\n" },
	{ "link status", TCP, ODD, S(STATUS), PARSE_MORE, ENDS },
	{ "a wrong sum among right ones", TCP, PORT, S(STATUS BAD_BLOCK RESTART), PARSE_MORE,
	    ENDS "dnp3.function=warm-restart\ndnp3.command=warm-restart\n" },
	{ "out of step", TCP, PORT, S(STATUS "\x05\x65"), PARSE_WRONG, ENDS },

	{ "wrong sum of a block", TCP, PORT, S(BAD_BLOCK), PARSE_WRONG, "" },
	{ "wrong sum of the head", TCP, PORT, S("\x05\x64\x05\xc9\x04\x00\x03\x00\xb6\x21"),
	    PARSE_WRONG, "" },
	{ "no data where there must be", TCP, PORT, S("\x05\x64\x05\xc4\x04\x00\x03\x00\x5b\xc4"),
	    PARSE_WRONG, "" },
	{ "link function of no kind, elsewhere", TCP, ODD,
	    S("\x05\x64\x05\xc5\x04\x00\x03\x00\xe7\xf9"), PARSE_WRONG, "" },
	{ "shorter than can be", TCP, PORT, S("\x05\x64\x04\xc9\x04\x00\x03\x00"), PARSE_WRONG, "" },
	{ "other start octets", TCP, PORT, S("\x05\x65\x05\xc9"), PARSE_WRONG, "" },
	{ "datagram cut", UDP, PORT, S("\x05\x64\x08\xc4\x04\x00\x03\x00\xb4\xb8\xc2"),
	    PARSE_WRONG, "" },
	{ "datagram with something behind", UDP, PORT, S(STATUS "x"), PARSE_WRONG, "" },
};

static const struct shown talk[] = {
	{ TO_SERVER, S(STATUS) }, { TO_CLIENT, S(LINK) }, { TO_SERVER, S(READ) },
	{ TO_CLIENT, S(RESPONSE RESPONSE) }, { TO_SERVER, S(OPERATE) },
};

START_TEST(reads_or_refuses)
{
	case_reads_or_refuses(PARSER_dnp3, &cases[_i]);
}
END_TEST

START_TEST(survives)
{
	case_survives(PARSER_dnp3, &cases[_i]);
}
END_TEST

START_TEST(conversation)
{
	case_conversation(PARSER_dnp3, ODD, talk, ARRAY_LEN(talk), ENDS
	    "dnp3.source=4\ndnp3.destination=3\ndnp3.function=read\ndnp3.object=60/2\n"
	    "dnp3.object=60/3\ndnp3.object=60/4\ndnp3.object=60/1\ndnp3.iin=need-time\n"
	    "dnp3.iin=device-restart\ndnp3.function=response\ndnp3.object=1/2\n"
	    "dnp3.function=direct-operate\ndnp3.object=12/1\n"
	    "dnp3.command=direct-operate 12/1\n");
}
END_TEST

START_TEST(short_is_undecided)
{
	case_undecided_until(PARSER_dnp3, ODD, talk[0], talk[0].len);
	case_undecided_until(PARSER_dnp3, ODD, talk[4], talk[4].len);
}
END_TEST

START_TEST(settles)
{
	ck_assert_uint_eq(case_settles_after(PARSER_dnp3, PORT, talk[0], 1000), 256);
}
END_TEST

START_TEST(random_is_not_dnp3)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_dnp3, false, PORT, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_dnp3, true, PORT, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dnp3");
	TCase *t = tcase_create("dnp3");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, survives, 0, ARRAY_LEN(cases));
	tcase_add_test(t, conversation);
	tcase_add_test(t, short_is_undecided);
	tcase_add_test(t, settles);
	tcase_add_test(t, random_is_not_dnp3);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
