/* SPDX-License-Identifier: Apache-2.0 */
/* test_dns.c - DNS messages: fields, broken names, the name cache, what is not DNS. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define HEAD(flags, q, a) "\x12\x34" flags "\0" q "\0" a "\0\0\0\0"
#define WWW "\3www\7example\3com\0"		/* at offset 12; "example" at 16 */
#define QUERY "\1\0"
#define ANSWER "\x81\x80"
#define RR(owner, type, len) owner type "\0\1\0\0\0\x3c\0" len
#define S(text) text, sizeof(text) - 1

static const struct {
	const char *what;
	uint16_t port;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *fields;
} messages[] = {
	{ "A query", 53, S(HEAD(QUERY, "\1", "\0") "\3wWw\7Example\3com\0" "\0\1\0\1"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=A\n" },
	{ "A query on an odd port", 4444, S(HEAD(QUERY, "\1", "\0") WWW "\0\1\0\1"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=A\n" },
	{ "trailing octets on an odd port", 4444, S(HEAD(QUERY, "\1", "\0") WWW "\0\1\0\1zz"),
	    PARSE_WRONG, "" },
	{ "unknown type", 53, S(HEAD(QUERY, "\1", "\0") WWW "\xff\x53\0\1"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=TYPE65363\n" },
	{ "root", 53, S(HEAD(QUERY, "\1", "\0") "\0" "\0\2\0\1"), PARSE_MORE,
	    "dns.query=.\ndns.qtype=NS\n" },
	{ "odd octets are escaped", 53, S(HEAD(QUERY, "\1", "\0") "\5a.b\\\0\0" "\0\1\0\1"), PARSE_MORE,
	    "dns.query=a\\.b\\\\\\000\ndns.qtype=A\n" },
	{ "CNAME and two A", 53, S(HEAD(ANSWER, "\1", "\3") WWW "\0\1\0\1"
	    RR("\xc0\x0c", "\0\5", "\6") "\3cdn\xc0\x10"
	    RR("\xc0\x2d", "\0\1", "\4") "\xcb\0\x71\1"
	    RR("\xc0\x2d", "\0\1", "\4") "\xcb\0\x71\2"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=A\ndns.rcode=NOERROR\n"
	    "dns.answer.cname=cdn.example.com\ndns.answer.ip=203.0.113.1\n"
	    "dns.answer.ip=203.0.113.2\n" },
	{ "AAAA", 53, S(HEAD(ANSWER, "\1", "\1") WWW "\0\x1c\0\1"
	    RR("\xc0\x0c", "\0\x1c", "\x10") "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=AAAA\ndns.rcode=NOERROR\n"
	    "dns.answer.ip=2001:db8::1\n" },
	{ "HTTPS with an address hint", 53, S(HEAD(ANSWER, "\1", "\1") WWW "\0\x41\0\1"
	    RR("\xc0\x0c", "\0\x41", "\x0b") "\0\1\0" "\0\4\0\4\xcb\0\x71\7"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=HTTPS\ndns.rcode=NOERROR\n"
	    "dns.answer.ip=203.0.113.7\n" },
	{ "TXT, joined", 53, S(HEAD(ANSWER, "\1", "\1") WWW "\0\x10\0\1"
	    RR("\xc0\x0c", "\0\x10", "\6") "\2ab\2cd"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=TXT\ndns.rcode=NOERROR\ndns.answer.txt=abcd\n" },
	{ "SRV", 53, S(HEAD(ANSWER, "\1", "\1") WWW "\0\x21\0\1"
	    RR("\xc0\x0c", "\0\x21", "\x0c") "\0\1\0\2\7\x5b" "\3sip\xc0\x10"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=SRV\ndns.rcode=NOERROR\n"
	    "dns.answer.name=sip.example.com\n" },
	{ "NXDOMAIN", 53, S(HEAD("\x81\x83", "\1", "\0") WWW "\0\1\0\1"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=A\ndns.rcode=NXDOMAIN\n" },
	{ "multicast answer without question", 5353, S(HEAD("\x84\0", "\0", "\1")
	    "\5meter\5local\0" "\0\1\x80\1\0\0\0\x78\0\4\xc0\0\2\x2a"), PARSE_MORE,
	    "dns.rcode=NOERROR\ndns.answer.ip=192.0.2.42\n" },
	{ "pointer to itself", 53, S(HEAD(ANSWER, "\1", "\1") WWW "\0\1\0\1"
	    RR("\xc0\x21", "\0\1", "\4") "\xcb\0\x71\1"), PARSE_MORE,
	    "dns.query=www.example.com\ndns.qtype=A\ndns.rcode=NOERROR\n" },
	{ "pointer forward in the question", 53, S(HEAD(QUERY, "\1", "\0") "\xc0\x10\0\1\0\1www\0"),
	    PARSE_WRONG, "" },
	{ "label of a reserved kind", 53, S(HEAD(QUERY, "\1", "\0") "\x43www\0\0\1\0\1"), PARSE_WRONG, "" },
	{ "more answers than there is room for", 53, S(HEAD(ANSWER, "\1", "\x40") WWW "\0\1\0\1"),
	    PARSE_MORE, "dns.query=www.example.com\ndns.qtype=A\ndns.rcode=NOERROR\n" },
	{ "more answers than there is room for, odd port", 4444, S(HEAD(ANSWER, "\1", "\x40") WWW
	    "\0\1\0\1"), PARSE_WRONG, "" },
	{ "NetBIOS name asked of DNS", 53, S(HEAD("\1\0", "\1", "\0")
	    "\x20""CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0" "\0\x21\0\1"), PARSE_MORE,
	    "dns.query=ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\ndns.qtype=SRV\n" },
	{ "NetBIOS name query", 137, S(HEAD("\1\x10", "\1", "\0")
	    "\x20""EJFDEBFEEBFACACACACACACACACACAAA\0" "\0\x20\0\1"), PARSE_WRONG, "" },
	{ "NetBIOS on an odd port", 1137, S(HEAD("\1\0", "\1", "\0")
	    "\x20""EJFDEBFEEBFACACACACACACACACACAAA\0" "\0\x20\0\1"), PARSE_WRONG, "" },
	{ "class nobody has", 53, S(HEAD(QUERY, "\1", "\0") WWW "\0\1\x33\x33"), PARSE_WRONG, "" },
	{ "NTP on port 53", 53, S("\x23\0\6\xec\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), PARSE_WRONG, "" },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_dns, true, messages[_i].port);
	bool answer = messages[_i].len > 2 && (messages[_i].octets[2] & 0x80) != 0;
	struct shown s = { answer ? TO_CLIENT : TO_SERVER, messages[_i].octets, messages[_i].len };
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

	harness_every_prefix(PARSER_dns, true, messages[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_dns, true, messages[_i].port, true, &s, 1);
}
END_TEST

static const char query[] = HEAD(QUERY, "\1", "\0") WWW "\0\1\0\1";
static const char answer[] = HEAD(ANSWER, "\1", "\2") WWW "\0\1\0\1"
    RR("\xc0\x0c", "\0\5", "\6") "\3cdn\xc0\x10"
    RR("\xc0\x2d", "\0\1", "\4") "\xcb\0\x71\1";

START_TEST(the_device_learns_the_name_it_asked_for)
{
	static const uint8_t told[4] = { 203, 0, 113, 1 };
	struct addr a = addr_from_ipv4(told);
	struct harness *h = harness_new(PARSER_dns, true, 53);
	uint32_t name, age;

	(void)harness_show(h, (struct shown){ TO_SERVER, S(query) });
	ck_assert_uint_eq(names_of(harness_names(h), &a), 0);
	(void)harness_show(h, (struct shown){ TO_CLIENT, S(answer) });
	name = names_find(harness_names(h), harness_client(h), &a, 3000000, 60, &age);
	ck_assert_str_eq(names_text(harness_names(h), name), "www.example.com");
	ck_assert_uint_eq(age, 2);
	names_unref(harness_names(h), name);
	ck_assert(!harness_reversed(h));
	harness_free(h);
}
END_TEST

START_TEST(a_lone_answer_shows_who_asked)
{
	static const uint8_t told[4] = { 203, 0, 113, 1 };
	struct addr a = addr_from_ipv4(told);
	struct harness *h = harness_new(PARSER_dns, true, 53);
	uint32_t age;

	/* the answer's sender is taken for the initiator at first */
	(void)harness_show(h, (struct shown){ TO_SERVER, S(answer) });
	ck_assert(harness_reversed(h));
	/* nobody was seen to ask: it is anybody's word, and names nothing */
	ck_assert_uint_eq(names_find(harness_names(h), harness_client(h), &a, 0, 60, &age), 0);
	ck_assert_uint_eq(names_of(harness_names(h), &a), 0);
	harness_free(h);
}
END_TEST

START_TEST(sinkholes_are_not_learned)
{
	static const char hole[] = HEAD(ANSWER, "\1", "\2") WWW "\0\1\0\1"
	    RR("\xc0\x0c", "\0\1", "\4") "\0\0\0\0" RR("\xc0\x0c", "\0\1", "\4") "\x7f\0\0\1";
	struct harness *h = harness_new(PARSER_dns, true, 53);
	static const uint8_t zero[4], loop[4] = { 127, 0, 0, 1 };
	struct addr a = addr_from_ipv4(zero), b = addr_from_ipv4(loop);

	(void)harness_show(h, (struct shown){ TO_CLIENT, S(hole) });
	ck_assert_uint_eq(names_of(harness_names(h), &a), 0);
	ck_assert_uint_eq(names_of(harness_names(h), &b), 0);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "dns.answer.ip=127.0.0.1"));
	harness_free(h);
}
END_TEST

START_TEST(a_cut_datagram_is_not_malformed)
{
	struct harness *h = harness_new(PARSER_dns, true, 53);

	harness_truncate(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_CLIENT, answer, sizeof(answer) - 6 }),
	    PARSE_MORE);
	ck_assert_str_eq(harness_fields(h), "dns.query=www.example.com\ndns.qtype=A\n"
	    "dns.rcode=NOERROR\ndns.answer.cname=cdn.example.com\n");
	harness_free(h);
}
END_TEST

START_TEST(many_queries_of_a_resolver_are_kept_once_each)
{
	struct harness *h = harness_new(PARSER_dns, true, 53);
	char octets[sizeof(query)], want[4096] = "";
	unsigned lines = 0;

	for (unsigned i = 0; i < 200; i++) {
		memcpy(octets, query, sizeof(query));
		octets[13] = (char)('a' + i % 26);
		ck_assert_int_eq(harness_show(h,
		    (struct shown){ TO_SERVER, octets, sizeof(query) - 1 }), PARSE_MORE);
	}
	snprintf(want, sizeof(want), "%s", harness_fields(h));
	for (const char *at = want; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	ck_assert_uint_eq(lines, 27);
	harness_free(h);
}
END_TEST

/* The longest answer chain that compression allows must not take long: pointers go back only. */
START_TEST(pointers_cannot_be_chained_without_end)
{
	uint8_t octets[1400] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 64 };
	struct harness *h = harness_new(PARSER_dns, true, 53);
	size_t len = 12;

	memcpy(octets + len, "\1a\0\0\1\0\1", 7);
	for (len += 7; len + 12 < sizeof(octets); len += 12) {
		uint8_t rr[12] = { 0xc0 | (uint8_t)((len - 12) >> 8), (uint8_t)(len - 12) };

		memcpy(octets + len, rr, sizeof(rr));
	}
	ck_assert_int_ne(harness_show(h, (struct shown){ TO_CLIENT, octets, len }), PARSE_DONE);
	harness_free(h);
}
END_TEST

/* TCP: two messages, each with its length before it, one of them large. */
START_TEST(streams_are_the_same_however_cut)
{
	char stream[2 * (2 + sizeof(answer))];
	uint8_t large[9000] = { 0 };
	size_t len = sizeof(answer) - 1;
	struct shown s[3] = {
		{ TO_SERVER, "\0\x21" HEAD(QUERY, "\1", "\0") WWW "\0\1\0\1", 2 + sizeof(query) - 1 },
		{ TO_CLIENT, stream, 2 * (2 + len) },
		{ TO_CLIENT, large, sizeof(large) },
	};

	for (int i = 0; i < 2; i++) {
		stream[i * (2 + (int)len)] = 0;
		stream[i * (2 + (int)len) + 1] = (char)len;
		memcpy(stream + (size_t)i * (2 + len) + 2, answer, len);
	}
	large[0] = 8998 >> 8;
	large[1] = 8998 & 0xff;
	memcpy(large + 2, answer, len);
	large[3] = 0x35;
	harness_any_cut(PARSER_dns, 53, false, s, 3);
	harness_any_cut(PARSER_dns, 4444, false, s, 3);
	harness_every_prefix(PARSER_dns, false, 53, false, s, 2);
}
END_TEST

START_TEST(random_is_not_dns)
{
	static const uint16_t ports[] = { 53, 5353, 5355, 137, 123, 5683, 40000 };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		ck_assert_uint_eq(harness_claims_random(PARSER_dns, true, ports[i], 100000), 0);
		ck_assert_uint_eq(harness_claims_random(PARSER_dns, false, ports[i], 100000), 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dns");
	TCase *t = tcase_create("dns");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_test(t, the_device_learns_the_name_it_asked_for);
	tcase_add_test(t, a_lone_answer_shows_who_asked);
	tcase_add_test(t, sinkholes_are_not_learned);
	tcase_add_test(t, a_cut_datagram_is_not_malformed);
	tcase_add_test(t, many_queries_of_a_resolver_are_kept_once_each);
	tcase_add_test(t, pointers_cannot_be_chained_without_end);
	tcase_add_test(t, streams_are_the_same_however_cut);
	tcase_add_test(t, random_is_not_dns);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
