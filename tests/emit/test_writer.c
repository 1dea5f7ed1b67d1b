/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "emit/writer.h"
#include "macros.h"
#include "run_suite.h"

static const struct {
	const char *what;
	const char *octets;
	size_t len;
	const char *want;
} texts[] = {
	{ "plain", "abc", 3, "\"abc\"" },
	{ "empty", "", 0, "\"\"" },
	{ "quote", "a\"b", 3, "\"a\\\"b\"" },
	{ "backslash is escaped by the rule", "a\\b", 3, "\"a\\\\x5cb\"" },
	{ "newline cannot split a line", "a\nb", 3, "\"a\\\\x0ab\"" },
	{ "NUL", "a\0b", 3, "\"a\\\\x00b\"" },
	{ "terminal escape", "\x1b[2J", 4, "\"\\\\x1b[2J\"" },
	{ "delete", "\x7f", 1, "\"\\\\x7f\"" },
	{ "two octets of UTF-8", "\xc3\xa9", 2, "\"\xc3\xa9\"" },
	{ "three octets of UTF-8", "\xe4\xb8\xad", 3, "\"\xe4\xb8\xad\"" },
	{ "four octets of UTF-8", "\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"" },
	{ "cut UTF-8", "\xe4\xb8", 2, "\"\\\\xe4\\\\xb8\"" },
	{ "overlong UTF-8", "\xc0\x80", 2, "\"\\\\xc0\\\\x80\"" },
	{ "overlong in three octets", "\xe0\x80\xaf", 3, "\"\\\\xe0\\\\x80\\\\xaf\"" },
	{ "surrogate", "\xed\xa0\x80", 3, "\"\\\\xed\\\\xa0\\\\x80\"" },
	{ "past U+10FFFF", "\xf4\x90\x80\x80", 4, "\"\\\\xf4\\\\x90\\\\x80\\\\x80\"" },
	{ "C1 control", "\xc2\x9b", 2, "\"\\\\xc2\\\\x9b\"" },
	{ "right-to-left override", "\xe2\x80\xae", 3, "\"\\\\xe2\\\\x80\\\\xae\"" },
	{ "lone continuation", "\x80", 1, "\"\\\\x80\"" },
};

START_TEST(escapes_what_strangers_send)
{
	char buffer[128];
	struct writer w;

	writer_init(&w, buffer, sizeof(buffer));
	writer_octets(&w, NULL, texts[_i].octets, texts[_i].len);
	*w.at = '\0';
	ck_assert_msg(!w.full, "%s", texts[_i].what);
	ck_assert_msg(strcmp(buffer, texts[_i].want) == 0, "%s: %s", texts[_i].what, buffer);
}
END_TEST

static size_t
written(const void *octets, size_t len, char *buffer, size_t size)
{
	struct writer w;

	writer_init(&w, buffer, size);
	writer_octets(&w, NULL, octets, len);
	ck_assert(!w.full);
	return writer_len(&w);
}

/* Texts are looked at eight octets at a time: one odd octet must be found wherever it stands, and
 * beside a carry or borrow of its neighbour. */
START_TEST(finds_an_odd_octet_anywhere)
{
	char text[24], alone[16], whole[128], want[128];

	for (unsigned octet = 0; octet < 256; octet++)
		for (size_t at = 0; at < sizeof(text); at++) {
			const unsigned char it = (unsigned char)octet;
			size_t n = written(&it, 1, alone, sizeof(alone)) - 2;

			memset(text, at % 2 == 0 ? ' ' : '~', sizeof(text));
			text[at] = (char)it;
			memset(want, text[at == 0 ? 1 : 0], sizeof(want));
			want[0] = '"';
			memcpy(want + 1 + at, alone + 1, n);
			want[sizeof(text) + n] = '"';
			ck_assert_uint_eq(written(text, sizeof(text), whole, sizeof(whole)),
			    sizeof(text) + n + 1);
			ck_assert_mem_eq(whole, want, sizeof(text) + n + 1);
		}
}
END_TEST

static const struct {
	uint64_t time_us;
	const char *want;
} times[] = {
	{ 0, "\"1970-01-01T00:00:00.000000+0000\"" },
	{ UINT64_C(951782400000001), "\"2000-02-29T00:00:00.000001+0000\"" },
	{ UINT64_C(1767225599999999), "\"2025-12-31T23:59:59.999999+0000\"" },
	{ UINT64_C(4107542400000000), "\"2100-03-01T00:00:00.000000+0000\"" },
	{ UINT64_MAX, "\"9999-12-31T23:59:59.999999+0000\"" },
};

START_TEST(writes_time_as_suricata_does)
{
	char buffer[64];
	struct writer w;

	writer_init(&w, buffer, sizeof(buffer));
	writer_time(&w, NULL, times[_i].time_us);
	*w.at = '\0';
	ck_assert_str_eq(buffer, times[_i].want);
}
END_TEST

/* One object with a member of each kind. */
static void
write_sample(struct writer *w)
{
	static const uint8_t mac[6] = { 0, 0x1a, 0xff, 3, 4, 5 };
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, "192.0.2.1"), 0);
	writer_open(w, NULL, '{');
	writer_text(w, "t", "x");
	writer_uint(w, "u", UINT64_MAX);
	writer_bool(w, "b", false);
	writer_open(w, "l", '[');
	writer_uint(w, NULL, 0);
	writer_addr(w, NULL, &a);
	writer_close(w, ']');
	writer_hex(w, "h", mac, 2);
	writer_mac(w, "m", mac);
	writer_id(w, "i", 0xabc);
	writer_close(w, '}');
}

static const char sample[] = "{\"t\":\"x\",\"u\":18446744073709551615,\"b\":false,"
    "\"l\":[0,\"192.0.2.1\"],\"h\":\"001a\",\"m\":\"00:1a:ff:03:04:05\","
    "\"i\":\"0000000000000abc\"}";

START_TEST(places_commas)
{
	char buffer[512];
	struct writer w;

	writer_init(&w, buffer, sizeof(buffer));
	write_sample(&w);
	*w.at = '\0';
	ck_assert_str_eq(buffer, sample);
}
END_TEST

/* Every size that is too small: full is said, and nothing is written past the end. */
START_TEST(never_writes_past_its_end)
{
	for (size_t size = 0; size < sizeof(sample) - 1; size++) {
		char *block = malloc(size == 0 ? 1 : size);
		struct writer w;

		ck_assert_ptr_nonnull(block);
		writer_init(&w, block, size);
		write_sample(&w);
		ck_assert_msg(w.full, "size %zu", size);
		ck_assert_uint_le(writer_len(&w), size);
		free(block);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("writer");
	TCase *t = tcase_create("writer");

	tcase_add_loop_test(t, escapes_what_strangers_send, 0, ARRAY_LEN(texts));
	tcase_add_loop_test(t, writes_time_as_suricata_does, 0, ARRAY_LEN(times));
	tcase_add_test(t, finds_an_odd_octet_anywhere);
	tcase_add_test(t, places_commas);
	tcase_add_test(t, never_writes_past_its_end);
	suite_add_tcase(s, t);
	return run_suite(s);
}
