/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emit/sink.h"
#include "run_suite.h"

static char dir[] = "/tmp/picket-sink-XXXXXX";
static char path[64];

static void
setup(void)
{
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/eve.json", dir);
}

static void
teardown(void)
{
	(void)unlink(path);
	(void)rmdir(dir);
}

static void
put_line(struct sink *s, const char *text)
{
	char *room = sink_reserve(s, 4096);

	ck_assert_ptr_nonnull(room);
	memcpy(room, text, strlen(text));
	sink_commit(s, strlen(text));
}

static size_t
read_back(char *buffer, size_t size)
{
	FILE *in = fopen(path, "r");
	size_t n;

	ck_assert_ptr_nonnull(in);
	n = fread(buffer, 1, size - 1, in);
	buffer[n] = '\0';
	fclose(in);
	return n;
}

START_TEST(appends_or_begins_anew)
{
	struct sink *s;
	char text[64];

	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(sink_open(&s, path, false), 0);
		put_line(s, "a\n");
		sink_close(s);
	}
	ck_assert_uint_eq(read_back(text, sizeof(text)), 4);
	ck_assert_int_eq(sink_open(&s, path, true), 0);
	put_line(s, "b\n");
	sink_close(s);
	read_back(text, sizeof(text));
	ck_assert_str_eq(text, "b\n");
}
END_TEST

/* Killed in the middle of a write: the half line goes when the log is opened again. */
START_TEST(cuts_a_half_line_of_an_earlier_run)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{ "a\n{\"half", "a\nb\n" }, { "{\"half", "b\n" }, { "a\n", "a\nb\n" }, { "", "b\n" },
	};
	struct sink *s;
	char text[64];
	FILE *out;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		out = fopen(path, "w");
		ck_assert_ptr_nonnull(out);
		fputs(rows[i].before, out);
		fclose(out);
		ck_assert_int_eq(sink_open(&s, path, false), 0);
		put_line(s, "b\n");
		sink_close(s);
		read_back(text, sizeof(text));
		ck_assert_str_eq(text, rows[i].after);
	}
}
END_TEST

START_TEST(reopens_after_rotation)
{
	struct sink *s;
	char text[64], moved[80];

	snprintf(moved, sizeof(moved), "%s.1", path);
	ck_assert_int_eq(sink_open(&s, path, true), 0);
	put_line(s, "old\n");
	ck_assert_int_eq(rename(path, moved), 0);
	ck_assert_int_eq(sink_reopen(s), 0);
	put_line(s, "new\n");
	sink_close(s);
	read_back(text, sizeof(text));
	ck_assert_str_eq(text, "new\n");
	(void)unlink(moved);
}
END_TEST

/* The disk is full in the middle of a line: RLIMIT_FSIZE stands for it. */
START_TEST(keeps_whole_lines_when_the_disk_is_full)
{
	struct rlimit limit = { 10, RLIM_INFINITY };	/* octets */
	struct sink *s;
	char text[64];

	ck_assert_int_eq(sink_open(&s, path, true), 0);
	put_line(s, "12345\n");
	ck_assert_int_eq(sink_flush(s), 0);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	put_line(s, "1\n");
	put_line(s, "67890\n");
	ck_assert_int_ne(sink_flush(s), 0);
	ck_assert_uint_eq(sink_lost(s), 1);
	read_back(text, sizeof(text));
	ck_assert_str_eq(text, "12345\n1\n");	/* what fits, whole */
	put_line(s, "7\n");	/* there is room for this one */
	ck_assert_int_eq(sink_flush(s), 0);
	sink_close(s);
	read_back(text, sizeof(text));
	ck_assert_str_eq(text, "12345\n1\n7\n");
}
END_TEST

START_TEST(says_what_it_cannot_open)
{
	struct sink *s;

	ck_assert_int_lt(sink_open(&s, "/nonexistent/eve.json", true), 0);
	ck_assert_int_eq(symlink("/dev/null", path), 0);
	ck_assert_int_lt(sink_open(&s, path, true), 0);	/* nobody else chooses where we write */
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sink");
	TCase *t = tcase_create("sink");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, appends_or_begins_anew);
	tcase_add_test(t, cuts_a_half_line_of_an_earlier_run);
	tcase_add_test(t, reopens_after_rotation);
	tcase_add_test(t, keeps_whole_lines_when_the_disk_is_full);
	tcase_add_test(t, says_what_it_cannot_open);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
