/* SPDX-License-Identifier: Apache-2.0 */
/* test_modbus.c - Modbus/TCP: functions, ranges, identities, and what is none. */
#include <check.h>
#include <string.h>

#include "cases.h"
#include "macros.h"
#include "run_suite.h"

enum { PORT = 502, ODD = 40002 };

/* Application Protocol V1.1b3: the examples of clause 6, behind a header. */
#define READ "\0\1\0\0\0\6\1\3\0\x6b\0\3"
#define READ_ANSWER "\0\1\0\0\0\x09\1\3\6\2\x2b\0\0\0\x64"
#define COIL "\0\2\0\0\0\6\1\5\0\xac\xff\0"
#define REGISTERS "\0\3\0\0\0\x0b\1\x10\0\1\0\2\4\0\x0a\1\2"
#define BOTH "\0\4\0\0\0\x11\1\x17\0\3\0\6\0\x0e\0\3\6\0\xff\0\xff\0\xff"
#define IDENTIFY "\0\5\0\0\0\5\xff\x2b\x0e\1\0"
#define IDENTITY "\0\5\0\0\0\x29\xff\x2b\x0e\1\1\0\0\3" \
    "\0\x12" "Schneider Electric" "\1\6" "TM221C" "\2\3" "1.0"
#define EXCEPTION "\0\1\0\0\0\3\1\x83\2"

static const struct parser_case cases[] = {
	{ "read holding registers", false, PORT, S(READ), PARSE_MORE,
	    "modbus.unit=1\nmodbus.function=read-holding-registers\nmodbus.read=holding/107+3\n" },
	{ "the same on any port", false, ODD, S(READ), PARSE_MORE,
	    "modbus.unit=1\nmodbus.function=read-holding-registers\nmodbus.read=holding/107+3\n" },
	{ "write a coil", false, ODD, S(COIL), PARSE_MORE,
	    "modbus.unit=1\nmodbus.function=write-single-coil\nmodbus.write=coil/172+1\n" },
	{ "write registers", false, ODD, S(REGISTERS), PARSE_MORE,
	    "modbus.unit=1\nmodbus.function=write-multiple-registers\nmodbus.write=holding/1+2\n" },
	{ "read and write", false, ODD, S(BOTH), PARSE_MORE,
	    "modbus.unit=1\nmodbus.function=read-write-multiple-registers\n"
	    "modbus.read=holding/3+6\nmodbus.write=holding/14+3\n" },
	{ "identify", false, ODD, S(IDENTIFY), PARSE_MORE,
	    "modbus.unit=255\nmodbus.function=encapsulated-interface\n" },
	{ "a maker's function", false, PORT, S("\0\6\0\0\0\4\0\x5a\0\2"), PARSE_MORE,
	    "modbus.unit=0\nmodbus.function=90\n" },
	{ "two at once", false, ODD, S(READ COIL), PARSE_MORE,
	    "modbus.unit=1\nmodbus.function=read-holding-registers\nmodbus.read=holding/107+3\n"
	    "modbus.function=write-single-coil\nmodbus.write=coil/172+1\n" },
	{ "an exception alone", false, PORT, S(EXCEPTION), PARSE_MORE,
	    "modbus.unit=1\nmodbus.exception=2\n" },

	{ "a maker's function proves nothing elsewhere", false, ODD,
	    S("\0\6\0\0\0\4\0\x5a\0\2"), PARSE_WRONG, "" },
	{ "another protocol", false, PORT, S("\0\1\0\1\0\6\1\3\0\x6b\0\3"), PARSE_WRONG, "" },
	{ "no function", false, PORT, S("\0\1\0\0\0\6\1\0\0\x6b\0\3"), PARSE_WRONG, "" },
	{ "too short", false, PORT, S("\0\1\0\0\0\1\1"), PARSE_WRONG, "" },
	{ "too long", false, PORT, S("\0\1\0\0\0\xff\1\3\0\x6b\0\3"), PARSE_WRONG, "" },
	{ "too many registers", false, PORT, S("\0\1\0\0\0\6\1\3\0\x6b\0\x7e"), PARSE_WRONG, "" },
	{ "no registers", false, PORT, S("\0\1\0\0\0\6\1\3\0\x6b\0\0"), PARSE_WRONG, "" },
	{ "too many coils", false, ODD, S("\0\2\0\0\0\6\1\x0f\0\xac\xff\1"), PARSE_WRONG, "" },
	{ "counts do not add up", false, PORT, S("\0\3\0\0\0\x0b\1\x10\0\1\0\2\5\0\x0a\1\2"),
	    PARSE_WRONG, "" },
	{ "exception of no kind", false, PORT, S("\0\1\0\0\0\3\1\x83\x0c"), PARSE_WRONG, "" },
	{ "followed by something else", false, ODD, S(READ "\0\2\0\7"), PARSE_WRONG, "" },
	{ "DLMS", false, PORT, S("\0\1\0\x10\0\1\0\2\x62\0"), PARSE_WRONG, "" },
};

static const struct shown talk[] = {
	{ TO_SERVER, S(READ) }, { TO_CLIENT, S(READ_ANSWER) }, { TO_SERVER, S(IDENTIFY) },
	{ TO_CLIENT, S(IDENTITY) }, { TO_SERVER, S(COIL REGISTERS) }, { TO_CLIENT, S(COIL) },
	{ TO_CLIENT, S(EXCEPTION) },
};

START_TEST(reads_or_refuses)
{
	case_reads_or_refuses(PARSER_modbus, &cases[_i]);
}
END_TEST

START_TEST(survives)
{
	case_survives(PARSER_modbus, &cases[_i]);
}
END_TEST

START_TEST(conversation)
{
	static const uint16_t ports[] = { PORT, ODD };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		case_conversation(PARSER_modbus, ports[i], talk, ARRAY_LEN(talk),
		    "modbus.unit=1\nmodbus.function=read-holding-registers\n"
		    "modbus.read=holding/107+3\nmodbus.unit=255\n"
		    "modbus.function=encapsulated-interface\nmodbus.vendor=Schneider Electric\n"
		    "modbus.product=TM221C\nmodbus.revision=1.0\n"
		    "modbus.function=write-single-coil\nmodbus.write=coil/172+1\n"
		    "modbus.function=write-multiple-registers\nmodbus.write=holding/1+2\n"
		    "modbus.exception=2\n");
}
END_TEST

START_TEST(short_is_undecided)
{
	case_undecided_until(PARSER_modbus, ODD, talk[0], talk[0].len);
	case_undecided_until(PARSER_modbus, PORT, talk[3], talk[3].len);
}
END_TEST

START_TEST(settles)
{
	ck_assert_uint_eq(case_settles_after(PARSER_modbus, PORT, talk[0], 1000), 256);
}
END_TEST

START_TEST(ends_at_a_gap)
{
	struct harness *h = harness_new(PARSER_modbus, false, PORT);

	ck_assert_int_eq(harness_show(h, talk[0]), PARSE_MORE);
	harness_gap(h);
	ck_assert_int_eq(harness_show(h, talk[0]), PARSE_DONE);
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_modbus)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_modbus, false, PORT, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_modbus, false, ODD, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("modbus");
	TCase *t = tcase_create("modbus");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, survives, 0, ARRAY_LEN(cases));
	tcase_add_test(t, conversation);
	tcase_add_test(t, short_is_undecided);
	tcase_add_test(t, settles);
	tcase_add_test(t, ends_at_a_gap);
	tcase_add_test(t, random_is_not_modbus);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
