/* SPDX-License-Identifier: Apache-2.0 */
/* test_coap.c - CoAP over UDP and TCP: fields, broken options, what is not CoAP. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1

static const struct {
	const char *what;
	uint16_t port;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *fields;
} messages[] = {
	{ "GET of a path, observed", 5683, S("\x42\1\0\1TT\x60\x54temp\3out\x11\x32"), PARSE_MORE,
	    "coap.observe=0\ncoap.content_format=50\ncoap.code=GET\ncoap.uri_path=temp/out\n"
	    "coap.request=GET /temp/out\n" },
	{ "two segments and a host", 5683, S("\x40\1\0\1\x3bhub.example\x84sens\1x"), PARSE_MORE,
	    "coap.uri_host=hub.example\ncoap.code=GET\ncoap.uri_path=sens/x\n"
	    "coap.request=GET /sens/x\n" },
	{ "LwM2M registration", 5683, S("\x40\2\0\1\xb2rd\x11\x28\x3d\x14" "ep=urn:imei:490154203237518"
	    "AAAAAA\6lt=300\xff</1/0>"), PARSE_MORE,
	    "coap.content_format=40\ncoap.uri_query=ep=urn:imei:490154203237518AAAAAA\n"
	    "coap.uri_query=lt=300\ncoap.code=POST\ncoap.uri_path=rd\ncoap.request=POST /rd\n"
	    "lwm2m.endpoint=urn:imei:490154203237518AAAAAA\nlwm2m.lifetime=300\n"
	    "lwm2m.operation=register\nlwm2m.object=1/0\n" },
	{ "created", 5683, S("\x60\x41\0\1\x82rd\5ab12\x21"), PARSE_MORE,
	    "coap.code=2.01\ncoap.location_path=rd/ab12!\n" },
	{ "block of an answer", 5683, S("\x60\x45\0\1\xd1\x0a\x1e\xffxx"), PARSE_MORE,
	    "coap.block2=1/1/1024\ncoap.code=2.05\n" },
	{ "empty acknowledgement", 5683, S("\x60\0\0\1"), PARSE_MORE, "" },
	{ "on an odd port, with a path", 7000, S("\x40\1\0\1\xb4temp"), PARSE_MORE,
	    "coap.code=GET\ncoap.uri_path=temp\ncoap.request=GET /temp\n" },
	{ "on an odd port, without", 7000, S("\x40\1\0\1"), PARSE_WRONG, "" },
	{ "an answer on an odd port", 7000, S("\x60\x45\0\1\xff{}"), PARSE_WRONG, "" },
	{ "version 2", 5683, S("\x80\1\0\1\xb4temp"), PARSE_WRONG, "" },
	{ "token of nine", 5683, S("\x49\1\0\1\xb4temptemptemp"), PARSE_WRONG, "" },
	{ "marker without payload", 5683, S("\x40\1\0\1\xb4temp\xff"), PARSE_WRONG, "" },
	{ "reserved length", 5683, S("\x40\1\0\1\xbftemp"), PARSE_WRONG, "" },
	{ "option beyond the end", 5683, S("\x40\1\0\1\xb9temp"), PARSE_WRONG, "" },
	{ "unregistered option", 5683, S("\x40\1\0\1\x21x"), PARSE_WRONG, "" },
	{ "path of control octets", 5683, S("\x40\1\0\1\xb4t\1\2p"), PARSE_WRONG, "" },
	{ "request as acknowledgement", 5683, S("\x60\1\0\1\xb4temp"), PARSE_WRONG, "" },
	{ "empty with content", 5683, S("\x40\0\0\1x"), PARSE_WRONG, "" },
	{ "DTLS on its port", 5683, S("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x30\1\0\0\x24"), PARSE_WRONG, "" },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_coap, true, messages[_i].port);
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

	harness_every_prefix(PARSER_coap, true, messages[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_coap, true, messages[_i].port, true, &s, 1);
}
END_TEST

START_TEST(a_lone_answer_shows_who_asked)
{
	struct harness *h = harness_new(PARSER_coap, true, 5683);

	(void)harness_show(h, (struct shown){ TO_SERVER, "\x60\x45\0\1\xffhi", 7 });
	ck_assert(harness_reversed(h));
	harness_free(h);
	h = harness_new(PARSER_coap, true, 5683);
	/* a request and its answer, then one the other way: as LwM2M servers do */
	(void)harness_show(h, (struct shown){ TO_SERVER, "\x40\1\0\1\xb2rd", 7 });
	(void)harness_show(h, (struct shown){ TO_CLIENT, "\x60\x45\0\1\xffhi", 7 });
	(void)harness_show(h, (struct shown){ TO_CLIENT, "\x40\2\0\2\xb1" "3\1" "0\1" "4", 10 });
	ck_assert(!harness_reversed(h));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "coap.request=POST /3/0/4\n"));
	harness_free(h);
}
END_TEST

/* TCP: settings, a request, an answer with a payload longer than is read. */
START_TEST(streams_are_the_same_however_cut)
{
	static uint8_t answer[5000] = { 0x20, 0xe1, 0x21, 0x40, 0xe1 };
	struct shown s[2] = {
		{ TO_SERVER, S("\x31\xe1\x0a\x22\x10\0\x71\1\x0a\xb4t/x!\1y") },
		{ TO_CLIENT, answer, sizeof(answer) },
	};
	struct harness *h = harness_new(PARSER_coap, false, 5683);
	size_t rest = sizeof(answer) - 4 - 5 - 3;

	/* len nibble 14: 269 and two octets; token of one */
	answer[5] = (uint8_t)((rest - 269) >> 8);
	answer[6] = (uint8_t)(rest - 269);
	answer[4] = 0xe1;
	answer[7] = 0x45;
	answer[8] = 0x0a;
	answer[9] = 0xc0;
	answer[10] = 0xff;
	memset(answer + 11, 'x', sizeof(answer) - 11);
	memcpy(answer + 9 + rest, "\x01\x84\x0a", 3);
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		ck_assert_int_ne(harness_show(h, s[i]), PARSE_WRONG);
	ck_assert_str_eq(harness_fields(h), "coap.code=GET\ncoap.uri_path=t/x!/y\n"
	    "coap.request=GET /t/x!/y\ncoap.content_format=0\ncoap.code=2.05\ncoap.code=4.04\n");
	harness_free(h);
	harness_any_cut(PARSER_coap, 5683, false, s, ARRAY_LEN(s));
	s[1].len = 200;
	harness_every_prefix(PARSER_coap, false, 5683, false, s, ARRAY_LEN(s));
}
END_TEST

START_TEST(random_is_not_coap)
{
	static const uint16_t odd[] = { 53, 123, 4500, 40000 };

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		ck_assert_uint_eq(harness_claims_random(PARSER_coap, true, odd[i], 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_coap, false, 5683, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_coap, false, 443, 100000), 0);
	/* On its port four octets of fitting header are a valid message, and payloads of up to
	 * twelve octets hit upon one now and then: about one in a hundred thousand. */
	ck_assert_uint_le(harness_claims_random(PARSER_coap, true, 5683, 100000), 6);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("coap");
	TCase *t = tcase_create("coap");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_test(t, a_lone_answer_shows_who_asked);
	tcase_add_test(t, streams_are_the_same_however_cut);
	tcase_add_test(t, random_is_not_coap);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
