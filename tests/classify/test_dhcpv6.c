/* SPDX-License-Identifier: Apache-2.0 */
/* test_dhcpv6.c - DHCPv6: leases, delegated prefixes, relays in relays, broken ones. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling_text.h"

#define S(text) text, sizeof(text) - 1
#define Z8 "\0\0\0\0\0\0\0\0"
#define DUID "\0\1\0\x0a\0\3\0\1\2\0\x5e\x10\0\1"		/* option: DUID-LL */
#define DUID_LLT "\0\1\0\x0e\0\1\0\1\1\2\3\4\2\0\x5e\x10\0\1"
#define DUID_UUID "\0\1\0\x12\0\4" Z8 "\0\0\0\0\0\0\0\x09"
#define NET "\x20\1\x0d\xb8\0\0\0"
#define ADDRESS(valid, last) "\0\5\0\x18" NET "\0" "\0\0\0\0\0\0\0" last "\0\0\1\0" valid
#define IA_NA(len, options) "\0\3\0" len "\0\0\0\1\0\0\0\0\0\0\0\0" options
#define PREFIX(valid, bits) "\0\x1a\0\x19\0\0\1\0" valid bits NET "\7" Z8
#define IA_PD(len, options) "\0\x19\0" len "\0\0\0\1\0\0\0\0\0\0\0\0" options
#define HOUR "\0\0\x0e\x10"
#define NEVER "\0\0\0\0"
#define XID "\0\0\7"
#define RELAY(type, hops) type hops NET "\0" Z8 "\xfe\x80\0\0\0\0\0\0" "\0\0\0\0\0\0\0\5"
#define WHO "seq=7 mac=02:00:5e:10:00:01"

static const struct {
	const char *what;
	const char *octets;
	size_t len;
	enum parse_result want;
	const char *told;	/* without the session */
	const char *fields;	/* NULL: not compared */
} cases[] = {
	{ "solicit", S("\1" XID DUID "\0\6\0\4\0\x17\0\x18\0\x10\0\x0a\0\0\x0d\xe9\0\4cpe1"
	  "\0\x27\0\x0e\1\4unit\7example\0\x0f\0\5\0\3lab"), PARSE_MORE,
	  "dhcpv6 tell notice type=1 " WHO " host=unit.example vendor=cpe1\n",
	  "dhcpv6.message_type=solicit\ndhcpv6.client_duid=?\n"
	  "dhcpv6.client_mac=02:00:5e:10:00:01\ndhcpv6.fqdn=unit.example\n"
	  "dhcpv6.vendor_enterprise=3561\ndhcpv6.vendor_class=cpe1\ndhcpv6.user_class=lab\n"
	  "dhcpv6.option_request=23,24\n" },
	{ "address given", S("\7" XID DUID IA_NA("\x28", ADDRESS(HOUR, "\x10"))), PARSE_MORE,
	  "dhcpv6 create notice type=7 " WHO " ue=2001:db8::10\n",
	  "dhcpv6.message_type=reply\ndhcpv6.client_duid=?\n"
	  "dhcpv6.client_mac=02:00:5e:10:00:01\ndhcpv6.address=2001:db8::10\n"
	  "dhcpv6.valid_lifetime=3600\n" },
	{ "an advertisement is no lease", S("\2" XID DUID IA_NA("\x28", ADDRESS(HOUR, "\x10"))),
	  PARSE_MORE, "", NULL },
	{ "one given, one taken", S("\7" XID DUID
	  IA_NA("\x44", ADDRESS(HOUR, "\x10") ADDRESS(NEVER, "\x11"))), PARSE_MORE,
	  "dhcpv6 create notice type=7 " WHO " ue=2001:db8::10\n"
	  "dhcpv6 delete notice type=7 " WHO " ue=2001:db8::11\n", NULL },
	{ "prefix delegated, its host bits cleared",
	  S("\7" XID DUID IA_PD("\x29", PREFIX(HOUR, "\x38"))), PARSE_MORE,
	  "dhcpv6 create notice type=7 " WHO " ue=2001:db8::/56\n",
	  "dhcpv6.message_type=reply\ndhcpv6.client_duid=?\n"
	  "dhcpv6.client_mac=02:00:5e:10:00:01\ndhcpv6.prefix=2001:db8::/56\n"
	  "dhcpv6.valid_lifetime=3600\n" },
	{ "a prefix for half the world", S("\7" XID DUID IA_PD("\x29", PREFIX(HOUR, "\1"))),
	  PARSE_MORE, "", NULL },
	{ "a prefix of 129", S("\7" XID DUID IA_PD("\x29", PREFIX(HOUR, "\x81"))), PARSE_MORE, "",
	  NULL },
	{ "association refused", S("\7" XID DUID IA_NA("\x2e", ADDRESS(HOUR, "\x10")
	  "\0\x0d\0\2\0\2")), PARSE_MORE, "", NULL },
	{ "release", S("\x08" XID DUID_LLT IA_NA("\x28", ADDRESS(NEVER, "\x10"))), PARSE_MORE,
	  "dhcpv6 delete notice type=8 " WHO " ue=2001:db8::10\n", NULL },
	{ "decline", S("\x09" XID DUID IA_NA("\x28", ADDRESS(HOUR, "\x10"))), PARSE_MORE,
	  "dhcpv6 delete notice type=9 " WHO " ue=2001:db8::10\n", NULL },
	{ "renewal", S("\5" XID DUID IA_NA("\x28", ADDRESS(HOUR, "\x10"))), PARSE_MORE,
	  "dhcpv6 tell notice type=5 " WHO " ue=2001:db8::10\n", NULL },
	{ "identifier without an address", S("\1" XID DUID_UUID), PARSE_MORE,
	  "dhcpv6 tell notice type=1 seq=7\n", NULL },
	{ "nobody", S("\x0b" XID "\0\6\0\2\0\x17"), PARSE_MORE, "", NULL },
	{ "relayed, the relay knows the address", S(RELAY("\x0c", "\0")
	  "\0\x4f\0\x08\0\1\2\0\x5e\x10\0\1\0\x12\0\2if\0\x26\0\2s7\0\x09\0\x1a\1" XID DUID_UUID),
	  PARSE_MORE, "dhcpv6 tell notice type=1 " WHO "\n",
	  "dhcpv6.message_type=solicit\ndhcpv6.client_duid=?\n"
	  "dhcpv6.client_mac=02:00:5e:10:00:01\ndhcpv6.relay_peer=fe80::5\n"
	  "dhcpv6.relay_interface_id=if\ndhcpv6.relay_subscriber_id=s7\n" },
	{ "relayed twice", S(RELAY("\x0d", "\1") "\0\x09\0\x64" RELAY("\x0d", "\0")
	  "\0\x09\0\x3e\7" XID DUID IA_NA("\x28", ADDRESS(HOUR, "\x10"))), PARSE_MORE,
	  "dhcpv6 create notice type=7 " WHO " ue=2001:db8::10\n", NULL },
	{ "relayed, nothing in it", S(RELAY("\x0c", "\0") "\0\x12\0\2if"), PARSE_WRONG, "", "" },
	{ "no options", S("\1" XID), PARSE_WRONG, "", "" },
	{ "option past the end", S("\1" XID DUID "\0\6\0\x09\0\x17"), PARSE_WRONG, "", "" },
	{ "association past its end", S("\7" XID DUID "\0\3\0\x0e\0\0\0\1" Z8 "\0\5"), PARSE_MORE,
	  "", NULL },
	{ "type 0", S("\0" XID DUID), PARSE_WRONG, "", "" },
	{ "type 200", S("\xc8" XID DUID), PARSE_WRONG, "", "" },
};

static const char *
told(struct harness *h)
{
	static char text[8192];
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

/* Fields, with the octets of the DUID as '?': they hold a NUL. */
static const char *
fields(struct harness *h)
{
	static char text[8192];
	static const char duid[] = "dhcpv6.client_duid=";
	const char *from = harness_fields(h);
	char *at = text;

	while (*from != '\0') {
		const char *end = strchr(from, '\n');
		size_t len = end == NULL ? strlen(from) : (size_t)(end - from) + 1;

		if (strncmp(from, duid, sizeof(duid) - 1) == 0)
			at += sprintf(at, "%s?\n", duid);
		else
			at += sprintf(at, "%.*s", (int)len, from);
		from += len;
	}
	*at = '\0';
	return text;
}

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_dhcpv6, true, 547);
	enum parse_result got = harness_show(h,
	    (struct shown){ TO_SERVER, cases[_i].octets, cases[_i].len });

	ck_assert_msg(got == cases[_i].want, "%s: %d", cases[_i].what, got);
	ck_assert_msg(strcmp(told(h), cases[_i].told) == 0, "%s: %s", cases[_i].what, told(h));
	if (cases[_i].fields != NULL)
		ck_assert_msg(strcmp(fields(h), cases[_i].fields) == 0, "%s: %s", cases[_i].what,
		    fields(h));
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { TO_SERVER, cases[_i].octets, cases[_i].len };

	harness_every_prefix(PARSER_dhcpv6, true, 547, false, &s, 1);
	harness_every_prefix(PARSER_dhcpv6, true, 547, true, &s, 1);
}
END_TEST

enum { RELAY_HEAD = 34, RELAY_OPTION = RELAY_HEAD + 4 };

/* A solicitation in `n` relay messages. Returns its length. */
static size_t
nest(uint8_t *m, unsigned n)
{
	static const char inner[] = "\1" XID DUID;
	size_t len = sizeof(inner) - 1;

	memcpy(m + (size_t)n * RELAY_OPTION, inner, len);
	for (unsigned i = n; i-- > 0; len += RELAY_OPTION) {
		uint8_t *at = m + (size_t)i * RELAY_OPTION;

		memset(at, 0, RELAY_OPTION);
		at[0] = 12;
		at[RELAY_HEAD + 1] = 9;
		at[RELAY_HEAD + 2] = (uint8_t)(len >> 8);
		at[RELAY_HEAD + 3] = (uint8_t)len;
	}
	return len;
}

START_TEST(relays_are_bounded)
{
	uint8_t m[2048];

	for (unsigned n = 0; n <= 32; n++) {
		struct harness *h = harness_new(PARSER_dhcpv6, true, 547);
		size_t told_n;

		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m, nest(m, n) }),
		    n <= 8 ? PARSE_MORE : PARSE_WRONG);
		(void)harness_told(h, &told_n);
		ck_assert_uint_eq(told_n, n <= 8);
		harness_free(h);
	}
}
END_TEST

/* More leases than a message is read for: said, and not overrun. */
START_TEST(leases_are_bounded)
{
	static const char address[] = ADDRESS(HOUR, "\x10");
	uint8_t m[1024] = { 7, 0, 0, 7 };
	size_t n, len = 4, ia;
	struct harness *h = harness_new(PARSER_dhcpv6, true, 547);

	memcpy(m + len, DUID, sizeof(DUID) - 1);
	len += sizeof(DUID) - 1;
	ia = len;
	memcpy(m + len, "\0\3\0\0" "\0\0\0\1" Z8, 16);
	len += 16;
	for (uint8_t i = 0; i < 20; i++, len += sizeof(address) - 1) {
		memcpy(m + len, address, sizeof(address) - 1);
		m[len + 19] = (uint8_t)(i + 1);
	}
	m[ia + 2] = (uint8_t)((len - ia - 4) >> 8);
	m[ia + 3] = (uint8_t)(len - ia - 4);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m, len }), PARSE_MORE);
	ck_assert_uint_eq(harness_told(h, &n)->n_ue, SIGNALLING_ADDRS_MAX);
	ck_assert(harness_told(h, &n)->cut);
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_dhcpv6)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_dhcpv6, true, 547, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_dhcpv6, true, 40001, 20000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dhcpv6");
	TCase *t = tcase_create("dhcpv6");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(cases));
	tcase_add_test(t, relays_are_bounded);
	tcase_add_test(t, leases_are_bounded);
	tcase_add_test(t, random_is_not_dhcpv6);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
