/* SPDX-License-Identifier: Apache-2.0 */
/* test_ssdp.c - UPnP discovery: searches, announcements, answers, and what is none. */
#include <check.h>
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
	{ "search", 1900, S("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
	    "MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: urn:x:service:1\r\n\r\n"), PARSE_MORE,
	    "ssdp.method=M-SEARCH\nssdp.host=239.255.255.250\nssdp.target=urn:x:service:1\n" },
	{ "announcement over IPv6", 1900, S("NOTIFY * HTTP/1.1\r\nHost:[FF02::C]:1900\r\n"
	    "NT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nSERVER: Linux/4 UPnP/1.0 cam/2\r\n"
	    "LOCATION: http://192.0.2.7/d.xml\r\nUSN: uuid:1\r\n\r\n"), PARSE_MORE,
	    "ssdp.method=NOTIFY\nssdp.host=FF02::C\nssdp.target=upnp:rootdevice\n"
	    "ssdp.server=Linux/4 UPnP/1.0 cam/2\nssdp.location=http://192.0.2.7/d.xml\n"
	    "ssdp.usn=uuid:1\n" },
	{ "answer", 1900, S("HTTP/1.1 200 OK\r\nST: x\r\n\r\n"), PARSE_MORE,
	    "ssdp.method=HTTP/1.1\nssdp.target=x\n" },
	{ "last line cut", 1900, S("NOTIFY * HTTP/1.1\r\nNT: a\r\nSERV"), PARSE_MORE,
	    "ssdp.method=NOTIFY\nssdp.target=a\n" },
	{ "header without a value", 1900, S("NOTIFY * HTTP/1.1\r\nNT:\r\nnonsense\r\n"),
	    PARSE_MORE, "ssdp.method=NOTIFY\n" },
	{ "on another port", 1901, S("NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n"), PARSE_WRONG, "" },
	{ "a web request", 1900, S("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), PARSE_WRONG, "" },
	{ "start line cut", 1900, S("M-SEARCH * HT"), PARSE_WRONG, "" },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_ssdp, true, messages[_i].port);
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

	harness_every_prefix(PARSER_ssdp, true, messages[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_ssdp, true, messages[_i].port, true, &s, 1);
}
END_TEST

START_TEST(random_is_not_ssdp)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_ssdp, true, 1900, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ssdp");
	TCase *t = tcase_create("ssdp");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_test(t, random_is_not_ssdp);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
