/* SPDX-License-Identifier: Apache-2.0 */
/* test_http.c - HTTP/1: requests and responses, bodies, odd framing, what is not HTTP. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

enum { TURNS_MAX = 6 };

/* A turn beginning with '<' is the server's; without it, the client's. */
static const struct {
	const char *what;
	const char *turns[TURNS_MAX];
	enum parse_result want;
	const char *fields;
} talks[] = {
	{ "a request and its answer", {
	    "GET /fw/v2.bin?id=7 HTTP/1.1\r\nHost: FW.Example.com:8080\r\nUser-Agent: meter/1\r\n\r\n",
	    "<HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/octet-stream\r\n"
	    "Content-Length: 4\r\n\r\nbody" }, PARSE_MORE,
	    "http.host=fw.example.com\nhttp.user_agent=meter/1\nhttp.method=GET\n"
	    "http.path=/fw/v2.bin?id=7\nhttp.request=GET fw.example.com/fw/v2.bin?id=7\n"
	    "http.status=200\nhttp.server=nginx\nhttp.content_type=application/octet-stream\n"
	    "http.content_length=4\n" },
	{ "pipelined requests with bodies", {
	    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /PUT /b HTTP/1.1\r\nHost: y\r\n"
	    "Transfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n"
	    "GET /c HTTP/1.0\r\n\r\n",
	    "<HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\nHTTP/1.1 304 Not\r\nContent-Length: 9\r\n"
	    "\r\nHTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n" }, PARSE_MORE,
	    "http.host=x\nhttp.content_length=5\nhttp.method=POST\nhttp.path=/a\n"
	    "http.request=POST x/a\n"
	    "http.host=y\nhttp.method=PUT\nhttp.path=/b\nhttp.request=PUT y/b\n"
	    "http.method=GET\nhttp.path=/c\nhttp.request=GET /c\n"
	    "http.status=100\nhttp.status=204\nhttp.status=304\nhttp.content_length=9\n"
	    "http.status=404\nhttp.content_length=0\n" },
	{ "HEAD has no body", {
	    "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n",
	    "<HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
	    "GET /b HTTP/1.1\r\nHost: x\r\n\r\n",
	    "<HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n" }, PARSE_MORE,
	    "http.host=x\nhttp.method=HEAD\nhttp.path=/a\nhttp.request=HEAD x/a\nhttp.status=200\n"
	    "http.content_length=900\nhttp.method=GET\nhttp.path=/b\nhttp.request=GET x/b\n"
	    "http.status=201\nhttp.content_length=0\n" },
	{ "line feeds only, folded field", {
	    "GET / HTTP/1.0\nHost:\n folded.example\n\n" }, PARSE_MORE,
	    "http.host=folded.example\nhttp.method=GET\nhttp.path=/\nhttp.request=GET folded.example/\n" },
	{ "absolute target beats Host", {
	    "GET http://user@a.example:81/p HTTP/1.1\r\nHost: b.example\r\n\r\n" }, PARSE_MORE,
	    "http.host=a.example\nhttp.host=b.example\nhttp.method=GET\nhttp.path=/p\nhttp.request=GET a.example/p\n" },
	{ "IPv6 host", { "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n" }, PARSE_MORE,
	    "http.host=2001:db8::1\nhttp.method=GET\nhttp.path=/\nhttp.request=GET 2001:db8::1/\n" },
	{ "answer until the end", { "GET / HTTP/1.0\r\n\r\n", "<HTTP/1.0 200 OK\r\n\r\n<html>" },
	    PARSE_DONE,
	    "http.method=GET\nhttp.path=/\nhttp.request=GET /\nhttp.status=200\n" },
	{ "chunked answer, then the next", {
	    "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
	    "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHTTP/\r\nA\r\n0123456789\r\n0\r\n\r\n",
	    "<HTTP/1.1 301 Moved\r\nLocation: https://y/\r\nContent-Length: 0\r\n\r\n" }, PARSE_MORE,
	    "http.host=x\nhttp.method=GET\nhttp.path=/1\nhttp.request=GET x/1\nhttp.path=/2\n"
	    "http.request=GET x/2\nhttp.status=200\nhttp.status=301\nhttp.location=https://y/\n"
	    "http.content_length=0\n" },
	{ "answers only", { "<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxxHTTP/1.1 500 Oh\r\n"
	    "Content-Length: 0\r\n\r\n" }, PARSE_MORE,
	    "http.status=200\nhttp.content_length=2\nhttp.status=500\nhttp.content_length=0\n" },
	{ "a stream of something else in HTTP's place", { "GET / HTTP/1.0\r\n\r\n", "<ICY 200 OK\r\n\r\n" },
	    PARSE_WRONG, "http.method=GET\nhttp.path=/\nhttp.request=GET /\n" },
	{ "switch to what we cannot read", {
	    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
	    "<HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n" }, PARSE_DONE,
	    "http.host=x\nhttp.method=GET\nhttp.path=/\nhttp.request=GET x/\nhttp.status=101\n"
	    "http.upgrade=h2c\n" },
	{ "bad chunk size", { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" }, PARSE_WRONG,
	    "http.method=POST\nhttp.path=/\nhttp.request=POST /\n" },
	{ "HTTP/2 preface", { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" }, PARSE_WRONG, "" },
	{ "RTSP", { "OPTIONS rtsp://x/1 RTSP/1.0\r\nCSeq: 1\r\n\r\n" }, PARSE_WRONG, "" },
	{ "SIP", { "REGISTER sip:x SIP/2.0\r\nVia: y\r\n\r\n" }, PARSE_WRONG, "" },
	{ "SIP answer", { "<SIP/2.0 200 OK\r\n\r\n" }, PARSE_WRONG, "" },
	{ "shoutcast answer first", { "<ICY 200 OK\r\n\r\n" }, PARSE_WRONG, "" },
	{ "HTTP/0.9", { "GET /\r\n" }, PARSE_WRONG, "" },
	{ "SMTP", { "<220 mail ESMTP\r\n" }, PARSE_WRONG, "" },
	{ "lower case method", { "get / HTTP/1.1\r\n\r\n" }, PARSE_WRONG, "" },
};

static size_t
turns_of(size_t talk, struct shown s[static TURNS_MAX])
{
	size_t n = 0;

	for (; n < TURNS_MAX && talks[talk].turns[n] != NULL; n++) {
		const char *text = talks[talk].turns[n];
		bool server = text[0] == '<';

		s[n] = (struct shown){ server ? TO_CLIENT : TO_SERVER, text + server,
			strlen(text + server) };
	}
	return n;
}

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_http, false, 8088);
	struct shown s[TURNS_MAX];
	size_t n = turns_of((size_t)_i, s);
	enum parse_result got = PARSE_MORE;

	for (size_t i = 0; i < n; i++)
		got = harness_show(h, s[i]);
	ck_assert_msg(got == talks[_i].want, "%s: %d", talks[_i].what, got);
	ck_assert_msg(strcmp(harness_fields(h), talks[_i].fields) == 0, "%s: %s", talks[_i].what,
	    harness_fields(h));
	harness_free(h);
}
END_TEST

START_TEST(same_however_cut)
{
	struct shown s[TURNS_MAX];
	size_t n = turns_of((size_t)_i, s);

	harness_any_cut(PARSER_http, 80, false, s, n);
	harness_every_prefix(PARSER_http, false, 80, false, s, n);
}
END_TEST

START_TEST(large_bodies_are_skipped)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nxxxx";
	static const char next[] = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n";
	static char body[999996];
	struct harness *h = harness_new(PARSER_http, false, 80);

	(void)harness_show(h, (struct shown){ TO_CLIENT, head, sizeof(head) - 1 });
	ck_assert_uint_eq(harness_skipped(h), 999996);
	(void)harness_show(h, (struct shown){ TO_CLIENT, body, sizeof(body) });
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, next, sizeof(next) - 1 }),
	    PARSE_MORE);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.status=404"));
	harness_free(h);
}
END_TEST

START_TEST(long_lines_are_cut_not_kept)
{
	static char text[20000];
	size_t len = (size_t)snprintf(text, sizeof(text), "GET /");
	struct shown s = { TO_SERVER, text, 0 };
	struct harness *h = harness_new(PARSER_http, false, 80);

	memset(text + len, 'a', 9000);
	len += 9000;
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    " HTTP/1.1\r\nHost: x\r\nCookie: ");
	memset(text + len, 'b', 8000);
	len += 8000;
	len += (size_t)snprintf(text + len, sizeof(text) - len, "\r\nUser-Agent: u\r\n\r\n");
	s.len = len;
	ck_assert_int_eq(harness_show(h, s), PARSE_MORE);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.host=x\nhttp.user_agent=u\n"));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.path=/aaaa"));
	harness_free(h);
	harness_any_cut(PARSER_http, 80, false, &s, 1);
}
END_TEST

START_TEST(endless_headers_end)
{
	struct harness *h = harness_new(PARSER_http, false, 80);
	enum parse_result got;

	got = harness_show(h, (struct shown){ TO_SERVER, "GET / HTTP/1.1\r\n", 16 });
	for (int i = 0; i < 300 && got == PARSE_MORE; i++)
		got = harness_show(h, (struct shown){ TO_SERVER, "A: b\r\n", 6 });
	ck_assert_int_eq(got, PARSE_WRONG);
	harness_free(h);
}
END_TEST

START_TEST(answers_come_from_the_responder)
{
	struct harness *h = harness_new(PARSER_http, false, 80);
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	static const char request[] = "GET /x HTTP/1.1\r\nHost: y\r\n\r\n";

	(void)harness_show(h, (struct shown){ TO_SERVER, text, sizeof(text) - 1 });
	ck_assert(harness_reversed(h));
	(void)harness_show(h, (struct shown){ TO_CLIENT, request, sizeof(request) - 1 });
	(void)harness_show(h, (struct shown){ TO_SERVER, text, sizeof(text) - 1 });
	ck_assert(harness_reversed(h));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.request=GET y/x\n"));
	harness_free(h);
}
END_TEST

START_TEST(finds_its_place_after_a_gap)
{
	struct harness *h = harness_new(PARSER_http, false, 80);
	static const char head[] = "GET /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n";
	static const char next[] = "GET /2 HTTP/1.1\r\nHost: y\r\n\r\n";

	(void)harness_show(h, (struct shown){ TO_SERVER, head, sizeof(head) - 20 });
	harness_gap(h);
	(void)harness_show(h, (struct shown){ TO_SERVER, "rest of a body", 14 });
	(void)harness_show(h, (struct shown){ TO_SERVER, next, sizeof(next) - 1 });
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.request=GET y/2\n"));
	harness_free(h);
}
END_TEST

START_TEST(a_tunnel_is_handed_to_who_knows_it)
{
	struct harness *h = harness_new(PARSER_http, false, 3128);
	static const char ask[] = "CONNECT broker.example:1883 HTTP/1.1\r\nHost: broker.example:1883\r\n\r\n";
	static const char grant[] = "HTTP/1.1 200 Established\r\n\r\n";
	static const char hello[] = "\x10\x0e\0\4MQTT\4\2\0\x3c\0\2m7";

	(void)harness_show(h, (struct shown){ TO_SERVER, ask, sizeof(ask) - 1 });
	(void)harness_show(h, (struct shown){ TO_CLIENT, grant, sizeof(grant) - 1 });
	(void)harness_show(h, (struct shown){ TO_SERVER, hello, sizeof(hello) - 1 });
	ck_assert_int_eq(harness_parser(h), PARSER_mqtt);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.host=broker.example\n"));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "http.request=CONNECT broker.example\n"));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "mqtt.client_id=m7\n"));
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_http)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_http, false, 80, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_http, false, 443, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http");
	TCase *t = tcase_create("http");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(talks));
	tcase_add_loop_test(t, same_however_cut, 0, ARRAY_LEN(talks));
	tcase_add_test(t, large_bodies_are_skipped);
	tcase_add_test(t, long_lines_are_cut_not_kept);
	tcase_add_test(t, endless_headers_end);
	tcase_add_test(t, answers_come_from_the_responder);
	tcase_add_test(t, finds_its_place_after_a_gap);
	tcase_add_test(t, a_tunnel_is_handed_to_who_knows_it);
	tcase_add_test(t, random_is_not_http);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
