/* SPDX-License-Identifier: Apache-2.0 */
/* test_csv_file.c - tables as people export them: delimiters, quotes, line ends, marks; each row
 * has its line, and what is malformed costs its own row and no more. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv_file.h"
#include "macros.h"
#include "run_suite.h"

/* Rows are written "line:cell|cell;", malformed ones "line!;". */
static const struct {
	const char *what, *text, *want;
} cases[] = {
	{ "commas", "a,b\n1,2\n", "1:a|b;2:1|2;" },
	{ "semicolons, with commas in a cell", "a;b;c\n1,5;2;3\n", "1:a|b|c;2:1,5|2|3;" },
	{ "tabs", "a\tb\n1\t2\n", "1:a|b;2:1|2;" },
	{ "pipes", "a|b\n1,x|2\n", "1:a|b;2:1,x|2;" },
	{ "one column", "a\n1\n", "1:a;2:1;" },
	{ "a delimiter inside quotes of the first line", "\"a,b,c\";d\n1;2\n", "1:a,b,c|d;2:1|2;" },
	{ "CRLF", "a,b\r\n1,2\r\n", "1:a|b;2:1|2;" },
	{ "CR", "a,b\r1,2\r3,4", "1:a|b;2:1|2;3:3|4;" },
	{ "no line end at the end", "a,b\n1,2", "1:a|b;2:1|2;" },
	{ "an empty last cell at the end", "a,b\n1,", "1:a|b;2:1|;" },
	{ "byte order mark", "\xef\xbb\xbf" "a,b\n1,2\n", "1:a|b;2:1|2;" },
	{ "empty lines count", "a,b\n\n  \n1,2\n\n3,4\n", "1:a|b;4:1|2;6:3|4;" },
	{ "empty cells", "a,b,c\n,,\n", "1:a|b|c;2:||;" },
	{ "empty cells between tabs", "a\tb\n\t\n\n1\t2\n", "1:a|b;2:|;4:1|2;" },
	{ "spaces around", "a, b\n 1 ,2\n", "1:a|b;2:1|2;" },
	{ "quotes keep spaces and quotes", "a,b\n\" 1\",\"say \"\"x\"\"\"\n", "1:a|b;2: 1|say \"x\";" },
	{ "a line end inside quotes", "a,b\n\"1\n2\",3\n4,5\n", "1:a|b;2:1\n2|3;4:4|5;" },
	{ "quotes are letters between pipes", "a|b\n7\" screen|\"x\n2|3\n",
	  "1:a|b;2:7\" screen|\"x;3:2|3;" },
	{ "unless the first line quotes", "\"a\"|b\n\"1|2\"|3\n", "1:a|b;2:1|2|3;" },
	{ "a quote inside a cell", "a,b\n1,7\" x\n3,4\n", "1:a|b;2!;3:3|4;" },
	{ "text behind a closing quote", "a,b\n\"1\"x,2\n3,4\n", "1:a|b;2!;3:3|4;" },
	{ "a quote that is not closed", "a,b\n1,2\n\"3,4", "1:a|b;2:1|2;3!;" },
	{ "nothing", "", "" },
	{ "a mark only", "\xef\xbb\xbf", "" },
	{ "blank lines only", "\n\r\n\n", "" },
	{ "rows of different lengths", "a,b\n1\n1,2,3\n", "1:a|b;2:1;3:1|2|3;" },
};

static void
read_all(struct csv_file *f, char *out, size_t size)
{
	const struct csv_row *row;
	char err[256] = "";
	unsigned line;
	size_t len = 0;
	int rc;

	out[0] = '\0';
	while ((rc = csv_file_next(f, &row, &line, err, sizeof(err))) != 0) {
		if (rc < 0) {
			ck_assert_int_eq(rc, -EINVAL);
			ck_assert_str_ne(err, "");
			len += (size_t)snprintf(out + len, size - len, "%u!;", line);
			continue;
		}
		ck_assert_uint_eq(row->line, line);
		len += (size_t)snprintf(out + len, size - len, "%u:", line);
		for (size_t i = 0; i < row->n; i++)
			len += (size_t)snprintf(out + len, size - len, "%s%s", i > 0 ? "|" : "",
			    row->cell[i]);
		len += (size_t)snprintf(out + len, size - len, ";");
	}
	/* the end stays the end */
	ck_assert_int_eq(csv_file_next(f, &row, &line, err, sizeof(err)), 0);
}

START_TEST(reads)
{
	struct csv_file *f;
	char got[1024], err[256];

	ck_assert_int_eq(csv_file_over(&f, cases[_i].text, strlen(cases[_i].text), err, sizeof(err)),
	    0);
	read_all(f, got, sizeof(got));
	ck_assert_msg(strcmp(got, cases[_i].want) == 0, "%s: '%s', not '%s'", cases[_i].what, got,
	    cases[_i].want);
	csv_file_close(f);
}
END_TEST

START_TEST(reads_files)
{
	char path[] = "/tmp/picket-test-csv-XXXXXX", got[64], err[256];
	int fd = mkstemp(path);
	struct csv_file *f;
	size_t len;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "a,b\n1,2\n", 8), 8);
	close(fd);
	ck_assert_int_eq(csv_file_open(&f, path, 8, err, sizeof(err)), 0);
	ck_assert_mem_eq(csv_file_octets(f, &len), "a,b\n1,2\n", 8);
	ck_assert_uint_eq(len, 8);
	read_all(f, got, sizeof(got));
	ck_assert_str_eq(got, "1:a|b;2:1|2;");
	csv_file_close(f);
	ck_assert_int_eq(csv_file_open(&f, path, 7, err, sizeof(err)), -EFBIG);
	ck_assert_int_eq(csv_file_open(&f, "/tmp", 8, err, sizeof(err)), -EINVAL);
	unlink(path);
	ck_assert_int_eq(csv_file_open(&f, path, 8, err, sizeof(err)), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err, "cannot open"));
}
END_TEST

START_TEST(refuses_what_is_no_text)
{
	struct csv_file *f;
	char err[256];

	ck_assert_int_eq(csv_file_over(&f, "\xff\xfe" "a\0", 4, err, sizeof(err)), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "UTF-16"));
	ck_assert_int_eq(csv_file_over(&f, "a,\0b", 4, err, sizeof(err)), -EINVAL);
	ck_assert_ptr_nonnull(strstr(err, "NUL"));
}
END_TEST

/* A table of "a,b", then `middle` repeated, then a good row: what is too large costs rows, is
 * bounded, and the rows behind it are read. */
static unsigned
count_good(const char *middle, size_t times, const char *tail, unsigned *bad)
{
	size_t n = strlen(middle), head = 4, len = head + n * times + strlen(tail);
	char *text = malloc(len + 1), err[256];
	const struct csv_row *row;
	struct csv_file *f;
	unsigned good = 0, line;
	int rc;

	ck_assert_ptr_nonnull(text);
	memcpy(text, "a,b\n", head);
	for (size_t i = 0; i < times; i++)
		memcpy(text + head + i * n, middle, n);
	strcpy(text + head + n * times, tail);
	ck_assert_int_eq(csv_file_over(&f, text, len, err, sizeof(err)), 0);
	*bad = 0;
	while ((rc = csv_file_next(f, &row, &line, err, sizeof(err))) != 0) {
		good += rc > 0;
		*bad += rc < 0;
	}
	csv_file_close(f);
	free(text);
	return good;
}

START_TEST(is_bounded)
{
	unsigned bad;

	ck_assert_uint_eq(count_good("x", CSV_CELL_OCTETS_MAX, "\n1,2\n", &bad), 3);
	ck_assert_uint_eq(bad, 0);
	ck_assert_uint_eq(count_good("x", CSV_CELL_OCTETS_MAX + 2, "\n1,2\n", &bad), 2);
	ck_assert_uint_eq(bad, 1);
	ck_assert_uint_eq(count_good("x,", CSV_COLUMNS_MAX - 1, "\n1,2\n", &bad), 3);
	ck_assert_uint_eq(bad, 0);
	ck_assert_uint_eq(count_good("x,", CSV_COLUMNS_MAX, "\n1,2\n", &bad), 2);
	ck_assert_uint_eq(bad, 1);
	ck_assert_uint_eq(count_good("0123456789012345678901234567890123456789"
	    "0123456789012345678901234567890123456789012345678901234567890123456789"
	    "012345678901234567890123456789012345678901234567890123456789,", 250, "\n1,2\n", &bad), 2);
	ck_assert_uint_eq(bad, 1);	/* row too long */
	/* a quote that is never closed swallows one cell's worth of lines, not the file */
	ck_assert_uint_ge(count_good("1,\"2\n", 1, "", &bad), 1);
	ck_assert_uint_eq(bad, 1);
	ck_assert_uint_ge(count_good("1,2\n", 5000, "1,\"2\n", &bad), 5001);
	ck_assert_uint_eq(count_good("1,x\"\n", 5000, "1,2\n", &bad), 2);
	ck_assert_uint_eq(bad, 5000);
}
END_TEST

START_TEST(goes_on_behind_an_open_quote)
{
	static char text[64 * 1024];
	size_t len = (size_t)snprintf(text, sizeof(text), "a,b\n\"1,2\n");
	const struct csv_row *row;
	struct csv_file *f;
	unsigned good = 0, bad = 0, line, last = 0;
	char err[256];
	int rc;

	while (len + 8 < sizeof(text))
		len += (size_t)snprintf(text + len, sizeof(text) - len, "1,2\n");
	ck_assert_int_eq(csv_file_over(&f, text, len, err, sizeof(err)), 0);
	while ((rc = csv_file_next(f, &row, &line, err, sizeof(err))) != 0) {
		ck_assert_uint_gt(line, last);
		last = line;
		good += rc > 0;
		if (rc < 0 && bad++ == 0)
			ck_assert_uint_eq(line, 2);
	}
	ck_assert_uint_eq(bad, 1);
	ck_assert_uint_gt(good, (sizeof(text) - 2 * CSV_CELL_OCTETS_MAX) / 4);
	csv_file_close(f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("csv_file");
	TCase *t = tcase_create("tables");

	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(cases));
	tcase_add_test(t, reads_files);
	tcase_add_test(t, refuses_what_is_no_text);
	tcase_add_test(t, is_bounded);
	tcase_add_test(t, goes_on_behind_an_open_quote);
	suite_add_tcase(s, t);
	return run_suite(s);
}
