/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the walk over a certificate. */
#include <check.h>

#include "classify/x509.h"
#include "tls_feed.h"
#include "tls_vectors.h"
#include "run_suite.h"

START_TEST(reads_names_and_dates)
{
	static const char *const want[] = { "*.head-end.example", "head-end.example", "192.0.2.7",
		"2001:db8::7" };
	struct build b = { .len = 0 };
	struct x509 cert;
	char text[X509_NAME_TEXT_MAX];
	size_t len;

	put_hex_text(&b, certificate_hex);
	ck_assert_int_eq(x509_parse(&cert, cursor_over(b.octets, b.len)), 0);
	len = x509_name_text(cert.subject, text);
	ck_assert_msg(len == 59 && memcmp(text,
	    "O=Example Metering GmbH, OU=Head-End, CN=*.head-end.example", len) == 0,
	    "%zu %.*s", len, (int)len, text);
	len = x509_common_name(cert.issuer, text);
	ck_assert(len == 18 && memcmp(text, want[0], len) == 0);
	ck_assert_uint_eq(cert.not_before_s, 1795458565);
	ck_assert_uint_eq(cert.not_after_s, 2110818565);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		len = x509_alt_name_next(&cert.alt_names, text);
		ck_assert_msg(len == strlen(want[i]) && memcmp(text, want[i], len) == 0, "%.*s",
		    (int)len, text);
	}
	ck_assert_uint_eq(x509_alt_name_next(&cert.alt_names, text), 0);
}
END_TEST

START_TEST(every_prefix_and_every_flipped_octet_is_survived)
{
	struct build b = { .len = 0 };
	char text[X509_NAME_TEXT_MAX];
	size_t refused = 0;

	put_hex_text(&b, certificate_hex);
	for (size_t n = 0; n <= 2 * b.len; n++) {
		size_t len = n < b.len ? n : b.len;
		uint8_t *block = malloc(len == 0 ? 1 : len);
		struct x509 cert;

		memcpy(block, b.octets, len);
		if (n > b.len)
			block[n - b.len - 1] ^= 0xff;
		refused += x509_parse(&cert, cursor_over(block, len)) != 0;
		(void)x509_name_text(cert.subject, text);
		(void)x509_common_name(cert.issuer, text);
		while (x509_alt_name_next(&cert.alt_names, text) != 0)
			continue;
		free(block);
	}
	ck_assert_uint_gt(refused, b.len);	/* every prefix, and some of the flips */
	ck_assert_uint_lt(refused, 2 * b.len);
}
END_TEST

static const struct {
	const char *what;
	const char *hex;	/* of an RDNSequence's content */
	const char *text, *common_name;
} names[] = {
	{ "nothing we show", "310b3009 0603550406 13024445", "", "" },
	{ "UTF-8", "310d300b06035504030c0447c3b672", "CN=G\xc3\xb6r", "G\xc3\xb6r" },
	{ "BMP", "310f300d06035504031e06 0047 00f6 20ac", "CN=G\xc3\xb6\xe2\x82\xac", "G\xc3\xb6\xe2\x82\xac" },
	{ "BMP, half a pair", "310d300b06035504031e040041d83d", "CN=A?", "A?" },
	{ "two common names, the last is the most specific",
	  "310a300806035504031301 41 310a300806035504031301 42", "CN=A, CN=B", "B" },
	{ "long tag number", "1f8101 00", "", "" },
	{ "indefinite length", "3180 300806035504031301410000", "", "" },
};

START_TEST(names_of_many_kinds)
{
	struct build b = { .len = 0 };
	char text[X509_NAME_TEXT_MAX];
	size_t len;

	put_hex_text(&b, names[_i].hex);
	len = x509_name_text(cursor_over(b.octets, b.len), text);
	ck_assert_msg(len == strlen(names[_i].text) && memcmp(text, names[_i].text, len) == 0,
	    "%s: %.*s", names[_i].what, (int)len, text);
	len = x509_common_name(cursor_over(b.octets, b.len), text);
	ck_assert_msg(len == strlen(names[_i].common_name)
	    && memcmp(text, names[_i].common_name, len) == 0, "%s", names[_i].what);
}
END_TEST

START_TEST(a_name_too_long_is_left_out_whole)
{
	struct build b = { .len = 0 };
	char text[X509_NAME_TEXT_MAX];

	put_hex_text(&b, "310a300806035504031301413182");
	put_uint(&b, 311, 2);
	put_hex_text(&b, "3082");
	put_uint(&b, 307, 2);
	put_hex_text(&b, "060355040a1382");
	put_uint(&b, 298, 2);
	for (int i = 0; i < 298; i++)
		put_uint(&b, 'x', 1);
	ck_assert_uint_eq(x509_name_text(cursor_over(b.octets, b.len), text), 4);
	ck_assert_mem_eq(text, "CN=A", 4);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("x509");
	TCase *t = tcase_create("all");

	tcase_add_test(t, reads_names_and_dates);
	tcase_add_test(t, every_prefix_and_every_flipped_octet_is_survived);
	tcase_add_loop_test(t, names_of_many_kinds, 0, ARRAY_LEN(names));
	tcase_add_test(t, a_name_too_long_is_left_out_whole);
	suite_add_tcase(s, t);
	return run_suite(s);
}
