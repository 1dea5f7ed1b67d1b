/* SPDX-License-Identifier: Apache-2.0 */
/* test_value.c - canonical forms, dates and patterns. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"

static const struct {
	const char *what, *text, *want;	/* NULL: refused */
} domains[] = {
	{ "plain", "example.com", "example.com" },
	{ "upper case", "Example.COM", "example.com" },
	{ "underscore", "dev_msg1.example.com", "dev_msg1.example.com" },
	{ "U-label", "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "U-label, upper", "B\xc3\x9c" "CHER.example", "xn--bcher-kva.example" },
	{ "ideographic", "\xe4\xbe\x8b\xe3\x81\x88.jp", "xn--r8jz45g.jp" },
	{ "A-label", "xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "one label", "com", NULL },
	{ "trailing dot", "example.com.", NULL },
	{ "empty label", "example..com", NULL },
	{ "leading dot", ".example.com", NULL },
	{ "wildcard", "*.example.com", NULL },
	{ "space", "exa mple.com", NULL },
	{ "slash", "example.com/x", NULL },
	{ "hyphen first", "-a.example", NULL },
	{ "hyphen last", "a-.example", NULL },
	{ "address", "192.0.2.1", NULL },
	{ "not UTF-8", "b\xfc" "cher.example", NULL },
	{ "label of 64", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com", NULL },
	{ "label of 63", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com",
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com" },
};

START_TEST(reads_domains)
{
	char out[VALUE_MAX];
	const char *wrong = domain_canonical(domains[_i].text, out);

	ck_assert_msg((wrong == NULL) == (domains[_i].want != NULL), "%s: %s", domains[_i].what,
	    wrong);
	if (wrong == NULL)
		ck_assert_msg(strcmp(out, domains[_i].want) == 0, "%s: %s", domains[_i].what, out);
}
END_TEST

static const struct {
	const char *what, *text;
	bool block, ok;
	unsigned bits;
} addresses[] = {
	{ "IPv4", "192.0.2.1", false, true, 128 },
	{ "IPv6", "2001:db8::1", false, true, 128 },
	{ "IPv4 block", "192.0.2.0/24", true, true, 120 },
	{ "IPv6 block", "2001:db8::/32", true, true, 32 },
	{ "address with length", "192.0.2.1/32", false, false, 0 },
	{ "block without length", "192.0.2.0", true, false, 0 },
	{ "host bits", "192.0.2.1/24", true, false, 0 },
	{ "all of IPv4", "0.0.0.0/0", true, false, 0 },
	{ "all of IPv6", "::/0", true, false, 0 },
	{ "too long", "192.0.2.0/33", true, false, 0 },
	{ "octet too large", "192.0.2.256", false, false, 0 },
	{ "name", "example.com", false, false, 0 },
};

START_TEST(reads_addresses)
{
	struct cidr c;
	const char *wrong = address_canonical(addresses[_i].text, addresses[_i].block, &c);

	ck_assert_msg((wrong == NULL) == addresses[_i].ok, "%s", addresses[_i].what);
	if (wrong == NULL)
		ck_assert_msg(c.len == addresses[_i].bits, "%s", addresses[_i].what);
}
END_TEST

static const struct {
	const char *what, *text;
	unsigned port;	/* 0: refused */
} ports[] = {
	{ "IPv4", "192.0.2.1:443", 443 }, { "IPv6", "[2001:db8::1]:8883", 8883 },
	{ "largest", "192.0.2.1:65535", 65535 }, { "too large", "192.0.2.1:65536", 0 },
	{ "zero", "192.0.2.1:0", 0 }, { "leading zero", "192.0.2.1:080", 0 },
	{ "no port", "192.0.2.1", 0 }, { "empty port", "192.0.2.1:", 0 },
	{ "IPv6 without brackets", "2001:db8::1:80", 0 }, { "open bracket", "[2001:db8::1:80", 0 },
	{ "trailing", "192.0.2.1:80x", 0 }, { "only a bracket", "[:80", 0 },
};

START_TEST(reads_ports)
{
	struct cidr c;
	uint16_t port = 0;
	const char *wrong = address_port_canonical(ports[_i].text, &c, &port);

	ck_assert_msg((wrong == NULL) == (ports[_i].port != 0), "%s", ports[_i].what);
	if (wrong == NULL)
		ck_assert_uint_eq(port, ports[_i].port);
}
END_TEST

#define DAY UINT64_C(86400000000)

static const struct {
	const char *text;
	uint64_t first_day, days;	/* 0 days: refused */
} dates[] = {
	{ "1970-01-01", 0, 1 }, { "1970", 0, 365 }, { "2000-02", 10988, 29 },
	{ "2000-02-29", 11016, 1 }, { "2024-03-01", 19783, 1 }, { "2024", 19723, 366 },
	{ "2026-06-30", 20634, 1 }, { "2025-12", 20423, 31 }, { "2100-02", 47513, 28 },
	{ "2023-02-29", 0, 0 }, { "2024-13", 0, 0 }, { "2024-00", 0, 0 }, { "2024-04-31", 0, 0 },
	{ "2024-4-1", 0, 0 }, { "24", 0, 0 }, { "2024-04-1", 0, 0 }, { "2024/04/01", 0, 0 },
	{ "1969-12-31", 0, 0 }, { "", 0, 0 }, { "2024-04-01T", 0, 0 },
};

START_TEST(reads_dates)
{
	uint64_t first = 1, last = 1;
	int rc = date_parse(dates[_i].text, &first, &last);

	ck_assert_msg((rc == 0) == (dates[_i].days != 0), "%s", dates[_i].text);
	if (rc == 0) {
		ck_assert_msg(first == dates[_i].first_day * DAY, "%s", dates[_i].text);
		ck_assert_msg(last - first + 1 == dates[_i].days * DAY, "%s", dates[_i].text);
	}
}
END_TEST

static const struct {
	const char *pattern, *text;
	int want;	/* -1: the pattern is refused */
} patterns[] = {
	{ "a/{}/c", "a/b/c", 1 }, { "a/{}/c", "a//c", 0 }, { "a/{}/c", "a/b/c/d", 0 },
	{ "a/{}/c", "a/b/x/c", 0 }, { "a/{}", "a/b", 1 }, { "a/{}", "a/", 0 },
	{ "a/{}", "a/b/c", 0 }, { "a/{*}", "a/", 1 }, { "a/{*}", "a/b/c", 1 }, { "a/{*}", "a", 0 },
	{ "$sys/{}/{}/thing/{*}", "$sys/p/d/thing/x/y", 1 },
	{ "$sys/{}/{}/thing/{*}", "$sys/p/thing/x", 0 },
	{ "/r/{d}", "/r/123", 1 }, { "/r/{d}", "/r/", 0 }, { "/r/{d}", "/r/12a", 0 },
	{ "{d15};{d15}", "123456789012345;543210987654321", 1 },
	{ "{d15};{d15}", "12345678901234;543210987654321", 0 },
	{ "{d15}", "1234567890123456", 0 }, { "{d15}", "123456789012345", 1 },
	{ "x{d10-15}", "x123456789", 0 }, { "x{d10-15}", "x1234567890", 1 },
	{ "x{d10-15}", "x123456789012345", 1 }, { "x{d10-15}", "x1234567890123456", 0 },
	{ "abc", "abc", 1 }, { "abc", "ab", 0 }, { "abc", "abcd", 0 },
	{ "{}x", "", -1 }, { "{*}x", "", -1 }, { "{d}5", "", -1 }, { "{d}{d}", "", -1 },
	{ "{", "", -1 }, { "}", "", -1 }, { "{x}", "", -1 }, { "{d", "", -1 }, { "{d5-3}", "", -1 },
	{ "{*}", "", -1 }, { "{d}", "", -1 }, { "{d0}a", "", -1 }, { "a{d99}", "", -1 }, { "{}", "", -1 },
};

START_TEST(matches_patterns)
{
	const char *pattern = patterns[_i].pattern, *text = patterns[_i].text;
	const char *wrong = pattern_wrong(pattern);

	ck_assert_msg((wrong == NULL) == (patterns[_i].want >= 0), "%s: %s", pattern, wrong);
	if (wrong == NULL)
		ck_assert_msg(pattern_matches(pattern, text, strlen(text)) == patterns[_i].want,
		    "%s on %s", pattern, text);
}
END_TEST

START_TEST(takes_hashes_in_both_forms)
{
	uint8_t octets[32];
	char out[TEXT_SEEN_MAX], hex[65];

	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(i * 37 + 5);
		snprintf(hex + 2 * i, 3, "%02X", octets[i]);
	}
	ck_assert_uint_eq(text_canonical(MATCH_CERT_HASH, (char *)octets, 32, out), 64);
	ck_assert_int_eq(strncasecmp(out, hex, 64), 0);
	ck_assert_uint_eq(text_canonical(MATCH_CERT_HASH, hex, 64, out), 64);
	ck_assert(out[0] == '0' && out[2] == '2' && out[3] == 'a');
	ck_assert_uint_eq(text_canonical(MATCH_CERT_HASH, (char *)octets, 20, out), 40);
	ck_assert_uint_eq(text_canonical(MATCH_JA3, (char *)octets, 16, out), 32);
	ck_assert_uint_eq(text_canonical(MATCH_URL_PATH, "", 0, out), 0);
	ck_assert_uint_eq(text_canonical(MATCH_URL_PATH, out, TEXT_SEEN_MAX + 1, out), SIZE_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("value");
	TCase *t = tcase_create("forms");

	tcase_add_loop_test(t, reads_domains, 0, ARRAY_LEN(domains));
	tcase_add_loop_test(t, reads_addresses, 0, ARRAY_LEN(addresses));
	tcase_add_loop_test(t, reads_ports, 0, ARRAY_LEN(ports));
	tcase_add_loop_test(t, reads_dates, 0, ARRAY_LEN(dates));
	tcase_add_loop_test(t, matches_patterns, 0, ARRAY_LEN(patterns));
	tcase_add_test(t, takes_hashes_in_both_forms);
	suite_add_tcase(s, t);
	return run_suite(s);
}
