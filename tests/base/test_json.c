/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c - the record reader: what it takes and refuses, and on which line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "macros.h"
#include "run_suite.h"

/* Records read from `text`, or -1 when it is refused; then *line and err say where and why. */
static int
read_through(const char *text, size_t len, unsigned *line, char *err, size_t err_size)
{
	const struct json_value *record;
	struct json_file *f;
	int rc, n = 0;

	ck_assert_int_eq(json_file_over(&f, text, len), 0);
	while ((rc = json_file_next(f, &record, line, err, err_size)) > 0)
		n++;
	if (rc == 0)
		ck_assert_int_eq(json_file_next(f, &record, line, err, err_size), 0);
	else
		ck_assert_int_lt(json_file_next(f, &record, line, err, err_size), 0);
	json_file_close(f);
	return rc < 0 ? -1 : n;
}

static const struct {
	const char *what, *text;
	int records;	/* -1: refused */
	unsigned line;	/* of the complaint */
} cases[] = {
	{ "no records", "[]", 0, 0 },
	{ "no records, spaced", " \n[ \n ] \n", 0, 0 },
	{ "one", "[{}]", 1, 0 },
	{ "two", "[{\"a\":1},\n{\"b\":[true,false,null]}]", 2, 0 },
	{ "numbers", "[{\"a\":0,\"b\":-12,\"c\":1.5,\"d\":2e3,\"e\":-0.1E-2}]", 1, 0 },
	{ "escapes", "[{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}]", 1, 0 },
	{ "UTF-8", "[{\"\xc3\xa9\":\"\xf0\x9f\x98\x80\"}]", 1, 0 },
	{ "empty file", "", -1, 1 },
	{ "no array", "{\"a\":1}", -1, 1 },
	{ "array without end", "[{},\n{}", -1, 2 },
	{ "comma missing", "[{}\n{}]", -1, 2 },
	{ "comma too many", "[{},\n\n]", -1, 3 },
	{ "comma first", "[,{}]", -1, 1 },
	{ "record is no object", "[{},\n7]", -1, 2 },
	{ "trailing octets", "[{}]\nx", -1, 2 },
	{ "second array", "[{}][{}]", -1, 1 },
	{ "key twice", "[{\"a\":1,\n\"a\":2}]", -1, 2 },
	{ "key without quotes", "[{a:1}]", -1, 1 },
	{ "colon missing", "[{\"a\" 1}]", -1, 1 },
	{ "value missing", "[{\"a\":}]", -1, 1 },
	{ "comma before brace", "[{\"a\":1,}]", -1, 1 },
	{ "leading zero", "[{\"a\":01}]", -1, 1 },
	{ "plus sign", "[{\"a\":+1}]", -1, 1 },
	{ "bare fraction", "[{\"a\":1.}]", -1, 1 },
	{ "bare exponent", "[{\"a\":1e}]", -1, 1 },
	{ "only a minus", "[{\"a\":-}]", -1, 1 },
	{ "number too large", "[{\"a\":9223372036854775808}]", -1, 1 },
	{ "largest number", "[{\"a\":9223372036854775807}]", 1, 0 },
	{ "smallest number", "[{\"a\":-9223372036854775808}]", 1, 0 },
	{ "wrong word", "[{\"a\":True}]", -1, 1 },
	{ "half a word", "[{\"a\":tru}]", -1, 1 },
	{ "newline in a text", "[{\"a\":\"x\ny\"}]", -1, 1 },
	{ "text without end", "[{\"a\":\"x}]", -1, 1 },
	{ "unknown escape", "[{\"a\":\"\\x41\"}]", -1, 1 },
	{ "escape at the end", "[{\"a\":\"\\", -1, 1 },
	{ "NUL escaped", "[{\"a\":\"\\u0000\"}]", -1, 1 },
	{ "lone high surrogate", "[{\"a\":\"\\ud83d\"}]", -1, 1 },
	{ "lone low surrogate", "[{\"a\":\"\\ude00\"}]", -1, 1 },
	{ "surrogates reversed", "[{\"a\":\"\\ude00\\ud83d\"}]", -1, 1 },
	{ "short \\u", "[{\"a\":\"\\u12\"}]", -1, 1 },
	{ "overlong UTF-8", "[{\"a\":\"\xc0\xaf\"}]", -1, 1 },
	{ "surrogate in UTF-8", "[{\"a\":\"\xed\xa0\x80\"}]", -1, 1 },
	{ "past U+10FFFF", "[{\"a\":\"\xf4\x90\x80\x80\"}]", -1, 1 },
	{ "lone continuation", "[{\"a\":\"\x80\"}]", -1, 1 },
	{ "cut UTF-8", "[{\"a\":\"\xe2\x82\"}]", -1, 1 },
	{ "byte order mark", "\xef\xbb\xbf[{}]", -1, 1 },
	{ "comment", "[{}] // x", -1, 1 },
	{ "real too large", "[{\"a\":1e999}]", -1, 1 },
	{ "NUL escaped in a key", "[{\"\\u0000\":1}]", -1, 1 },
	{ "record is an array", "[{},\n[]]", -1, 2 },
	{ "only a comma", "[,]", -1, 1 },
	{ "two commas", "[{},\n,{}]", -1, 2 },
	{ "form feed as space", "[\f{}]", -1, 1 },
	{ "deep in the second record", "[{\n},{\"a\":\n[1,\n2,,3]\n}\n]", -1, 4 },
	{ "colon on a later line", "\n[{\"a\"\n\n1}]", -1, 4 },
	{ "end of file on a later line", "[{\"a\":1\n\n", -1, 3 },
	{ "key twice in a nested object", "[{\"o\":{\n\"a\":1,\"a\":1}}]", -1, 2 },
};

START_TEST(takes_or_refuses)
{
	const char *text = cases[_i].text;
	unsigned line = 0;
	char err[256] = "";
	int n = read_through(text, strlen(text), &line, err, sizeof(err));

	ck_assert_msg(n == cases[_i].records, "%s: %d (%s)", cases[_i].what, n, err);
	if (n < 0) {
		ck_assert_msg(line == cases[_i].line, "%s: line %u", cases[_i].what, line);
		ck_assert_msg(err[0] != '\0', "%s", cases[_i].what);
	}
}
END_TEST

static unsigned
line_at(const char *text, size_t at)
{
	unsigned line = 1;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

/* A good document cut anywhere, in a block of exactly its size, is refused where it was cut;
 * only the space after it may go. A bad one must be survived. */
START_TEST(refuses_every_prefix)
{
	const char *text = cases[_i].text;
	const char *bracket = cases[_i].records < 0 ? NULL : strrchr(text, ']');

	for (size_t n = 0; n < strlen(text); n++) {
		unsigned line = 0;
		char err[256] = "", *block = malloc(n + (n == 0));
		int records;

		memcpy(block, text, n);
		records = read_through(block, n, &line, err, sizeof(err));
		free(block);
		if (bracket == NULL)
			continue;
		if (text + n > bracket)
			ck_assert_msg(records == cases[_i].records, "%s: %zu", cases[_i].what, n);
		else
			ck_assert_msg(records < 0 && line == line_at(text, n), "%s: %zu: %d, line %u",
			    cases[_i].what, n, records, line);
	}
}
END_TEST

/* A NUL before any octet, and at the end. */
START_TEST(refuses_every_nul)
{
	const char *text = cases[_i].text;
	size_t len = strlen(text);
	char changed[256], err[256];
	unsigned line;

	ck_assert_uint_lt(len, sizeof(changed));
	for (size_t at = 0; at <= len; at++) {
		memcpy(changed, text, at);
		changed[at] = '\0';
		memcpy(changed + at + 1, text + at, len - at);
		ck_assert_int_eq(read_through(changed, len + 1, &line, err, sizeof(err)), -1);
		ck_assert_ptr_nonnull(strstr(err, "NUL"));
		ck_assert_uint_eq(line, line_at(text, at));
	}
}
END_TEST

START_TEST(gives_members)
{
	static const char text[] = "[\n"
	    "{\"t\":\"x\\u00e9\",\"n\":-5,\"r\":1.5,\"b\":true,\"z\":null,\"a\":[\"p\",7],\"o\":{\"k\":\"v\"}},\n"
	    "{\"t\":3}]";
	static const char *const keys[] = { "t", "n", "r", "b", "z", "a" };
	const struct json_value *r, *a;
	struct json_file *f;
	unsigned line;
	char err[64];

	ck_assert_int_eq(json_file_over(&f, text, sizeof(text) - 1), 0);
	ck_assert_int_eq(json_file_next(f, &r, &line, err, sizeof(err)), 1);
	ck_assert_uint_eq(line, 2);
	ck_assert_str_eq(json_value_text(json_get(r, "t")), "x\xc3\xa9");
	ck_assert_ptr_null(json_value_text(json_get(r, "n")));
	ck_assert_ptr_null(json_value_text(json_get(r, "absent")));
	ck_assert_int_eq(json_value_int(json_get(r, "n"), 9), -5);
	ck_assert_int_eq(json_value_int(json_get(r, "r"), 9), 9);
	ck_assert_int_eq(json_value_int(json_get(r, "t"), 9), 9);
	ck_assert_int_eq(json_value_int(json_get(r, "absent"), 9), 9);
	ck_assert(json_bool(r, "b", false));
	ck_assert(json_bool(r, "n", true));
	ck_assert(!json_bool(r, "absent", false));
	ck_assert(json_is_bool(r, "b"));
	ck_assert(!json_is_bool(r, "z"));
	ck_assert(json_has(r, "z"));
	ck_assert(!json_has(r, "absent"));
	ck_assert(json_value_is_null(json_get(r, "z")));
	ck_assert(json_value_is_null(json_get(r, "absent")));
	ck_assert(!json_value_is_null(json_get(r, "n")));
	a = json_member(r, "a");
	ck_assert(json_value_is_array(a));
	ck_assert_uint_eq(json_array_len(a), 2);
	ck_assert_str_eq(json_value_text(json_array_at(a, 0)), "p");
	ck_assert_int_eq(json_value_int(json_array_at(a, 1), 0), 7);
	ck_assert_ptr_null(json_value_text(json_array_at(a, 1)));
	ck_assert_ptr_null(json_array_at(a, 2));
	ck_assert(json_value_is_object(json_member(r, "o")));
	ck_assert_str_eq(json_value_text(json_get(json_member(r, "o"), "k")), "v");
	ck_assert_ptr_null(json_member(r, "t"));
	ck_assert_uint_eq(json_array_len(json_get(r, "t")), 0);
	ck_assert_uint_eq(json_array_len(NULL), 0);
	ck_assert_ptr_null(json_get(a, "t"));
	ck_assert_str_eq(json_unknown_key(r, keys, ARRAY_LEN(keys)), "o");
	ck_assert_int_eq(json_file_next(f, &r, &line, err, sizeof(err)), 1);
	ck_assert_uint_eq(line, 3);
	ck_assert_int_eq(json_value_int(json_get(r, "t"), 0), 3);
	ck_assert_ptr_null(json_unknown_key(r, keys, ARRAY_LEN(keys)));
	ck_assert_int_eq(json_file_next(f, &r, &line, err, sizeof(err)), 0);
	json_file_close(f);
}
END_TEST

/* Read "[{}," and a record whose text is `n` times `filler` between `head` and `tail`. */
static int
read_long(const char *head, const char *filler, size_t n, const char *tail, char *err,
    size_t err_size)
{
	size_t step = strlen(filler), size = 64 + n * step, len;
	char *text = malloc(size);
	unsigned line;
	int records;

	len = (size_t)snprintf(text, size, "[{},\n%s", head);
	for (size_t i = 0; i < n; i++, len += step)
		memcpy(text + len, filler, step);
	len += (size_t)snprintf(text + len, size - len, "%s]", tail);
	records = read_through(text, len, &line, err, err_size);
	if (records < 0)
		ck_assert_uint_eq(line, 2);
	free(text);
	return records;
}

/* 64 KiB and no more, whatever stands where it is cut. */
START_TEST(bounds_the_length)
{
	static const struct {
		const char *head, *filler, *tail;
	} shapes[] = {
		{ "{\"a\":\"", "x", "\"}" },
		{ "{\"a\":\"", "\xc3\xa9", "\"}" },
		{ "{\"a\":\"", "\xf0\x9f\x98\x80", "\"}" },
		{ "{\"a\":\"", "\\u00e9", "\"}" },
		{ "{\"a\":[0", ",0", "]}" },
		{ "{\"a\":[0", ",true", "]}" },
		{ "{\"a\":0", " ", "}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		size_t rest = 65536 - strlen(shapes[i].head) - strlen(shapes[i].tail);
		size_t most = rest / strlen(shapes[i].filler);
		char err[256] = "";

		for (size_t more = 0; more < 12; more++) {
			int n = read_long(shapes[i].head, shapes[i].filler, most - 4 + more,
			    shapes[i].tail, err, sizeof(err));

			ck_assert_msg(n == (more <= 4 ? 2 : -1), "%zu: %zu: %d", i, more, n);
			ck_assert_msg(n > 0 || strstr(err, "too long") != NULL, "%zu: %s", i, err);
		}
	}
}
END_TEST

START_TEST(bounds_the_depth)
{
	char err[256] = "";

	ck_assert_int_eq(read_long("{\"a\":", "[", 1000, "1", err, sizeof(err)), -1);
	ck_assert_ptr_null(strstr(err, "depth"));
	ck_assert_int_eq(read_long("{\"a\":", "[", 2048, "1", err, sizeof(err)), -1);
	ck_assert_ptr_nonnull(strstr(err, "depth"));
	ck_assert_int_eq(read_long("{\"a\":", "[", 60000, "1", err, sizeof(err)), -1);
	ck_assert_ptr_nonnull(strstr(err, "depth"));
}
END_TEST

START_TEST(opens_files)
{
	char path[] = "/tmp/picket-test-json-XXXXXX", err[256] = "";
	const struct json_value *r;
	struct json_file *f;
	unsigned line;
	size_t len;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "[{}]", 4), 4);
	close(fd);
	ck_assert_int_eq(json_file_open(&f, path, 4, err, sizeof(err)), 0);
	ck_assert_int_eq(memcmp(json_file_octets(f, &len), "[{}]", 4), 0);
	ck_assert_uint_eq(len, 4);
	ck_assert_int_eq(json_file_next(f, &r, &line, err, sizeof(err)), 1);
	json_file_close(f);
	ck_assert_int_lt(json_file_open(&f, path, 3, err, sizeof(err)), 0);
	ck_assert_ptr_nonnull(strstr(err, "larger than 3"));
	unlink(path);
	ck_assert_int_lt(json_file_open(&f, path, 4, err, sizeof(err)), 0);
	ck_assert_ptr_nonnull(strstr(err, "cannot open"));
	ck_assert_int_lt(json_file_open(&f, "/tmp", 4, err, sizeof(err)), 0);
	ck_assert_ptr_nonnull(strstr(err, "regular"));
	json_file_close(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("records");

	tcase_add_loop_test(t, takes_or_refuses, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, refuses_every_prefix, 0, ARRAY_LEN(cases));
	tcase_add_loop_test(t, refuses_every_nul, 0, ARRAY_LEN(cases));
	tcase_add_test(t, gives_members);
	tcase_add_test(t, bounds_the_length);
	tcase_add_test(t, bounds_the_depth);
	tcase_add_test(t, opens_files);
	suite_add_tcase(s, t);
	return run_suite(s);
}
