/* SPDX-License-Identifier: Apache-2.0 */
/* test_dhcp.c - DHCPv4: leases, what clients say, options overloaded and split, broken ones. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling_text.h"

#define S(text) text, sizeof(text) - 1
#define MAC "\2\0\x5e\x10\0\1"

enum { HEADER = 236, SNAME_AT = 44, FILE_AT = 108, MESSAGE_MAX = 1024 };

/* The head of a message, addresses by their last octet in 10.0.0.0/24. */
struct head {
	uint8_t op, hlen, ciaddr, yiaddr, giaddr;
	const char *file, *sname;	/* overloaded options; NULL: zeros */
	bool no_cookie;
};

static const struct {
	const char *what;
	struct head head;
	const char *options;
	size_t len;
	enum parse_result want;
	const char *told;	/* without the session */
	const char *fields;	/* NULL: not compared */
} cases[] = {
	{ "discover", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x3d\4\1abc\x0c\5meter\x3c\6udhcp1\x37\4\1\3\6\x0f\x32\4\x0a\0\0\7\xff"),
	  PARSE_MORE, "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=meter "
	  "vendor=udhcp1\n",
	  "dhcp.message_type=discover\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.client_id=\1" "abc\ndhcp.host_name=meter\ndhcp.vendor_class=udhcp1\n"
	  "dhcp.parameter_list=1,3,6,15\ndhcp.requested_address=10.0.0.7\n" },
	{ "an offer is no lease", { 2, 6, 0, 7, 0, NULL, NULL, false },
	  S("\x35\1\2\x33\4\0\0\x0e\x10\x36\4\x0a\0\0\1\xff"), PARSE_MORE, "",
	  "dhcp.message_type=offer\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.assigned_address=10.0.0.7\ndhcp.lease_time=3600\ndhcp.server_id=10.0.0.1\n" },
	{ "acknowledgement", { 2, 6, 0, 7, 0, NULL, NULL, false },
	  S("\x35\1\5\x33\4\0\0\x0e\x10\x36\4\x0a\0\0\1\xff"), PARSE_MORE,
	  "dhcp create notice type=5 seq=7 mac=02:00:5e:10:00:01 ue=10.0.0.7\n", NULL },
	{ "acknowledgement of an inform", { 2, 6, 9, 0, 0, NULL, NULL, false },
	  S("\x35\1\5\xff"), PARSE_MORE,
	  "dhcp tell notice type=5 seq=7 mac=02:00:5e:10:00:01 ue=10.0.0.9\n", NULL },
	{ "renewal", { 1, 6, 7, 0, 0, NULL, NULL, false }, S("\x35\1\3\xff"), PARSE_MORE,
	  "dhcp tell notice type=3 seq=7 mac=02:00:5e:10:00:01 ue=10.0.0.7\n", NULL },
	{ "refusal", { 2, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\6\xff"), PARSE_MORE,
	  "dhcp create notice refused type=6 seq=7 mac=02:00:5e:10:00:01\n", NULL },
	{ "release", { 1, 6, 7, 0, 0, NULL, NULL, false }, S("\x35\1\7\xff"), PARSE_MORE,
	  "dhcp delete notice type=7 seq=7 mac=02:00:5e:10:00:01 ue=10.0.0.7\n", NULL },
	{ "release of nothing", { 1, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\7\xff"),
	  PARSE_MORE, "", NULL },
	{ "decline", { 1, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\4\x32\4\x0a\0\0\7\xff"),
	  PARSE_MORE, "dhcp delete notice type=4 seq=7 mac=02:00:5e:10:00:01 ue=10.0.0.7\n",
	  NULL },
	{ "lease query, unassigned", { 2, 0, 7, 0, 0, NULL, NULL, false }, S("\x35\1\x0b\xff"),
	  PARSE_MORE, "dhcp delete notice type=11 seq=7 ue=10.0.0.7\n", NULL },
	{ "BOOTP reply", { 2, 6, 0, 7, 0, NULL, NULL, true },
	  S("0123456789012345678901234567890123456789012345678901234567890123"), PARSE_MORE,
	  "dhcp create notice seq=7 mac=02:00:5e:10:00:01 ue=10.0.0.7\n", NULL },
	{ "an offer that ends before its type is no lease of BOOTP's",
	  { 2, 6, 0, 7, 0, NULL, NULL, false }, S(""), PARSE_WRONG, "", NULL },
	{ "no hardware address: the client identifier", { 1, 0, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x3d\4\0abc\xff"), PARSE_MORE, "dhcp tell notice type=1 seq=7\n", NULL },
	{ "neither: nobody", { 1, 0, 0, 0, 0, NULL, NULL, false }, S("\x35\1\1\xff"), PARSE_MORE,
	  "", NULL },
	{ "relayed", { 1, 6, 0, 0, 3, NULL, NULL, false },
	  S("\x35\1\1\x52\x0f\1\4eth1\2\3xyz\6\2s7\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01\n",
	  "dhcp.message_type=discover\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.relay_address=10.0.0.3\ndhcp.relay_circuit_id=eth1\ndhcp.relay_remote_id=xyz\n"
	  "dhcp.relay_subscriber_id=s7\n" },
	{ "text with a NUL behind it", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x0c\6meter\0\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=meter\n",
	  "dhcp.message_type=discover\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.host_name=meter\n" },
	{ "name as labels", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x51\x10\5\0\0\4unit\7example\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=unit.example\n", NULL },
	{ "name as text", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x51\7\0\0\0unit\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=unit\n", NULL },
	{ "vendor classes with their enterprise", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x7c\x0a\0\0\x0d\xe9\5\4cpe1\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 vendor=cpe1\n",
	  "dhcp.message_type=discover\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.vendor_enterprise=3561\ndhcp.vendor_class=cpe1\n" },
	{ "user classes with lengths", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x4d\5\1a\2bc\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01\n",
	  "dhcp.message_type=discover\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.user_class=a\ndhcp.user_class=bc\n" },
	{ "user class without", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x4d\4RRAS\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01\n",
	  "dhcp.message_type=discover\ndhcp.client_mac=02:00:5e:10:00:01\n"
	  "dhcp.user_class=RRAS\n" },
	{ "split option", { 1, 6, 0, 0, 0, NULL, NULL, false },
	  S("\x35\1\1\x0c\3met\0\0\x0c\3er7\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=meter7\n", NULL },
	{ "split over options, file and sname",
	  { 1, 6, 0, 0, 0, "\x0c\2te\xff", "\x0c\1r\xff", false },
	  S("\x35\1\1\x34\1\3\x0c\2me\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=meter\n", NULL },
	{ "overloaded file only", { 1, 6, 0, 0, 0, "\x0c\2te\xff", "\x0c\1r\xff", false },
	  S("\x35\1\1\x34\1\1\x0c\2me\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=mete\n", NULL },
	{ "not overloaded", { 1, 6, 0, 0, 0, "\x0c\2te\xff", "\x0c\1r\xff", false },
	  S("\x35\1\1\x0c\2me\xff"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01 host=me\n", NULL },
	{ "without an end", { 1, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\1"), PARSE_MORE,
	  "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01\n", NULL },
	{ "behind the end", { 1, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\1\xff\x0c\2me"),
	  PARSE_MORE, "dhcp tell notice type=1 seq=7 mac=02:00:5e:10:00:01\n", NULL },
	{ "option past the end", { 1, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\1\x0c\x09met"),
	  PARSE_WRONG, "", "" },
	{ "option past the end of file", { 1, 6, 0, 0, 0, "\1\1\1\1\1\1\x0c\xfa" "x", NULL, false },
	  S("\x35\1\1\x34\1\1\xff"), PARSE_WRONG, "", "" },
	{ "an acknowledgement by a client", { 1, 6, 0, 7, 0, NULL, NULL, false },
	  S("\x35\1\5\xff"), PARSE_WRONG, "", "" },
	{ "a discover by a server", { 2, 6, 0, 7, 0, NULL, NULL, false }, S("\x35\1\1\xff"),
	  PARSE_WRONG, "", "" },
	{ "op 3", { 3, 6, 0, 0, 0, NULL, NULL, false }, S("\x35\1\1\xff"), PARSE_WRONG, "", "" },
	{ "hardware address of 17", { 1, 17, 0, 0, 0, NULL, NULL, false }, S("\x35\1\1\xff"),
	  PARSE_WRONG, "", "" },
};

static void
set_addr(uint8_t *at, uint8_t last)
{
	if (last == 0)
		return;
	at[0] = 10;
	at[3] = last;
}

static size_t
build(uint8_t m[static MESSAGE_MAX], const struct head *h, const char *options, size_t len)
{
	memset(m, 0, MESSAGE_MAX);
	m[0] = h->op;
	m[1] = 1;
	m[2] = h->hlen;
	m[7] = 7;
	set_addr(m + 12, h->ciaddr);
	set_addr(m + 16, h->yiaddr);
	set_addr(m + 24, h->giaddr);
	if (h->hlen != 0)
		memcpy(m + 28, MAC, 6);
	if (h->sname != NULL)
		memcpy(m + SNAME_AT, h->sname, strlen(h->sname));
	if (h->file != NULL)
		memcpy(m + FILE_AT, h->file, strlen(h->file));
	if (h->no_cookie) {
		memcpy(m + HEADER, options, len);
		return HEADER + len;
	}
	memcpy(m + HEADER, "\x63\x82\x53\x63", 4);
	memcpy(m + HEADER + 4, options, len);
	return HEADER + 4 + len;
}

/* What was told, the session taken out: it is a hash. */
static const char *
told(struct harness *h)
{
	static char text[4096];
	size_t n, len = 0;
	const struct signalling *s = harness_told(h, &n);

	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		struct signalling copy = s[i];

		copy.session = 0;
		len += signalling_text(&copy, text + len, sizeof(text) - len - 1);
		text[len++] = '\n';
		text[len] = '\0';
	}
	return text;
}

START_TEST(reads_or_refuses)
{
	uint8_t m[MESSAGE_MAX];
	size_t len = build(m, &cases[_i].head, cases[_i].options, cases[_i].len);
	struct harness *h = harness_new(PARSER_dhcp, true, 67);
	enum parse_result got = harness_show(h, (struct shown){ TO_SERVER, m, len });

	ck_assert_msg(got == cases[_i].want, "%s: %d", cases[_i].what, got);
	ck_assert_msg(strcmp(told(h), cases[_i].told) == 0, "%s: %s", cases[_i].what, told(h));
	if (cases[_i].fields != NULL)
		ck_assert_msg(strcmp(harness_fields(h), cases[_i].fields) == 0, "%s: %s",
		    cases[_i].what, harness_fields(h));
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	uint8_t m[MESSAGE_MAX];
	size_t len = build(m, &cases[_i].head, cases[_i].options, cases[_i].len);
	struct shown s = { TO_SERVER, m, len };

	harness_every_prefix(PARSER_dhcp, true, 67, false, &s, 1);
	harness_every_prefix(PARSER_dhcp, true, 67, true, &s, 1);
}
END_TEST

/* Cut by the snapshot length before its type, an offer must not pass for a lease. */
START_TEST(a_cut_message_is_no_lease)
{
	static const struct head head = { 2, 6, 0, 7, 0, NULL, NULL, false };
	uint8_t m[MESSAGE_MAX];
	size_t len = build(m, &head, S("\x35\1\2\xff"));

	for (size_t cut = HEADER; cut < len; cut++) {
		struct harness *h = harness_new(PARSER_dhcp, true, 67);

		harness_claim(h);
		harness_truncate(h);
		(void)harness_show(h, (struct shown){ TO_SERVER, m, cut });
		ck_assert_str_eq(told(h), "");
		harness_free(h);
	}
}
END_TEST

/* One session from the first question to its end, whatever else the messages say. */
START_TEST(a_client_is_one_session)
{
	static const struct head ask = { 1, 6, 0, 0, 0, NULL, NULL, false },
	    answer = { 2, 6, 0, 7, 0, NULL, NULL, false };
	uint8_t m[MESSAGE_MAX];
	size_t n, len = build(m, &ask, S("\x35\1\1\x3d\4\0abc\xff"));
	struct harness *h = harness_new(PARSER_dhcp, true, 67);
	uint64_t session;

	(void)harness_show(h, (struct shown){ TO_SERVER, m, len });
	session = harness_told(h, &n)->session;
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_ne(session, 0);
	len = build(m, &answer, S("\x35\1\5\xff"));
	(void)harness_show(h, (struct shown){ TO_CLIENT, m, len });
	ck_assert_uint_eq(harness_told(h, &n)->session, session);
	m[33] ^= 1;		/* another hardware address */
	(void)harness_show(h, (struct shown){ TO_CLIENT, m, len });
	ck_assert_uint_ne(harness_told(h, &n)->session, session);
	harness_free(h);
}
END_TEST

/* All clients without an address share one flow: its record stays small, their messages go on,
 * and a broken datagram between them costs none. */
START_TEST(goes_on_for_ever)
{
	static const struct head ask = { 1, 6, 0, 0, 0, NULL, NULL, false };
	struct harness *h = harness_new(PARSER_dhcp, true, 67);
	uint8_t m[MESSAGE_MAX];
	char first[1 << 12];
	size_t n;

	for (unsigned i = 0; i < 200; i++) {
		char name[] = "\x35\1\1\x0c\4m000\xff";

		memcpy(name + 6, (char[]){ (char)('0' + i / 100), (char)('0' + i / 10 % 10),
		    (char)('0' + i % 10) }, 3);
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m,
		    build(m, &ask, name, sizeof(name) - 1) }), PARSE_MORE);
		(void)harness_told(h, &n);
		ck_assert_uint_eq(n, 1);
		if (i == 15)
			strcpy(first, harness_fields(h));
	}
	ck_assert_str_eq(harness_fields(h), first);
	ck_assert_ptr_nonnull(strstr(first, "dhcp.host_name=m015\n"));
	ck_assert_ptr_null(strstr(first, "m016"));
	harness_free(h);
}
END_TEST

START_TEST(values_are_capped)
{
	static const struct head ask = { 1, 6, 0, 0, 0, NULL, NULL, false };
	uint8_t m[MESSAGE_MAX];
	char options[3 + 3 * 202 + 1] = "\x35\1\1";
	struct harness *h = harness_new(PARSER_dhcp, true, 67);
	size_t n;

	for (unsigned i = 0; i < 3; i++) {
		options[3 + 202 * i] = 12;
		options[4 + 202 * i] = (char)200;
		memset(options + 5 + 202 * i, 'a', 200);
	}
	options[sizeof(options) - 1] = (char)0xff;
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m,
	    build(m, &ask, options, sizeof(options)) }), PARSE_MORE);
	ck_assert_uint_eq(strlen(harness_told(h, &n)->host_name), SIGNALLING_NAME_MAX);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "dhcp.host_name=aaaa"));
	harness_free(h);
}
END_TEST

START_TEST(a_lone_answer_shows_who_asked)
{
	static const struct head answer = { 2, 6, 0, 7, 0, NULL, NULL, false };
	uint8_t m[MESSAGE_MAX];
	size_t len = build(m, &answer, S("\x35\1\5\xff"));
	struct harness *h = harness_new(PARSER_dhcp, true, 67);

	(void)harness_show(h, (struct shown){ TO_SERVER, m, len });
	ck_assert(harness_reversed(h));
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_dhcp)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_dhcp, true, 67, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_dhcp, true, 40001, 20000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dhcp");
	TCase *t = tcase_create("dhcp");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(cases));
	tcase_add_test(t, a_cut_message_is_no_lease);
	tcase_add_test(t, a_client_is_one_session);
	tcase_add_test(t, goes_on_for_ever);
	tcase_add_test(t, values_are_capped);
	tcase_add_test(t, a_lone_answer_shows_who_asked);
	tcase_add_test(t, random_is_not_dhcp);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
