/* SPDX-License-Identifier: Apache-2.0 */
/* test_tftp_moves.c - the transfer comes from a new port of the server, and has the request's file. */
#include <check.h>

#include "harness.h"
#include "run_suite.h"

#define REQUEST "\0\1fw.bin\0octet"
#define DATA "\0\3\0\1first block"
enum { NEW_PORT = 50123 };

static struct harness *
request(const char *octets, size_t len)
{
	struct harness *h = harness_new(PARSER_tftp, true, 69);

	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, octets, len }), PARSE_MORE);
	harness_settle(h);
	return h;
}

START_TEST(data_joins_its_request)
{
	struct harness *asked = request(REQUEST, sizeof(REQUEST));
	struct harness *h = harness_new(PARSER_tftp, true, NEW_PORT);

	harness_beside(h, 69, asked);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, DATA, sizeof(DATA) - 1 }),
	    PARSE_DONE);
	ck_assert_str_eq(harness_fields(h), "tftp.read=fw.bin\ntftp.mode=octet\n");
	harness_free(h);
	harness_free(asked);
}
END_TEST

static const struct shown strangers[] = {
	{ TO_CLIENT, "\0\3\0\2second block", 16 },	/* a first block has number 1 */
	{ TO_CLIENT, "\0\4\0\1", 4 },
	{ TO_CLIENT, "\0\4\0\0x", 5 },
	{ TO_CLIENT, "\0\5\0\x63no", 6 },
	{ TO_CLIENT, "\0\3\0", 3 },
};

START_TEST(what_begins_no_transfer_does_not)
{
	struct harness *asked = request(REQUEST, sizeof(REQUEST));
	struct harness *h = harness_new(PARSER_tftp, true, NEW_PORT);

	harness_beside(h, 69, asked);
	ck_assert_int_eq(harness_probe(h, strangers[_i]), PROBE_NO);
	harness_free(h);
	harness_free(asked);
}
END_TEST

START_TEST(without_a_request_data_is_nobodys)
{
	struct harness *h = harness_new(PARSER_tftp, true, NEW_PORT);

	ck_assert_int_eq(harness_probe(h, (struct shown){ TO_CLIENT, DATA, sizeof(DATA) - 1 }),
	    PROBE_NO);
	harness_free(h);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tftp moves");
	TCase *t = tcase_create("tftp moves");

	tcase_add_test(t, data_joins_its_request);
	tcase_add_loop_test(t, what_begins_no_transfer_does_not, 0,
	    (int)(sizeof(strangers) / sizeof(strangers[0])));
	tcase_add_test(t, without_a_request_data_is_nobodys);
	suite_add_tcase(s, t);
	return run_suite(s);
}
