/* SPDX-License-Identifier: Apache-2.0 */
/* csv_file.c - libcsv's door. libcsv hands out cells and row ends as it is fed; it is fed line by
 * line here, so that a row knows its line, and each call ends with at most one row. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "csv_file.h"
#include "file.h"

enum {
	BLOCK_OCTETS = 512,	/* libcsv's buffer grows by so much */
	WINDOW_OCTETS = 64 << 10	/* of a stream */
};

struct csv_file {
	char *owned;		/* NULL when the octets are borrowed */
	const char *octets;
	size_t len;
	size_t at;
	unsigned line;		/* of `at`, from 1 */
	struct csv_parser parser;
	struct csv_row row;	/* in the making; row.line 0: not begun */
	size_t used;		/* of text */
	bool whole;		/* its end has been seen */
	bool ended;
	const char *problem;	/* of this row, NULL: none so far */
	csv_more_fn more;	/* of a stream: fills `owned`; NULL: the end was read, or no stream */
	void *more_arg;
	bool stream;
	char text[CSV_ROW_OCTETS_MAX];
};

/* One cell is all that libcsv keeps: a quote that never ends shall not collect the file. */
static void *
realloc_cell(void *p, size_t size)
{
	return size > CSV_CELL_OCTETS_MAX + 1 ? NULL : realloc(p, size);
}

/* --- what libcsv calls --- */

static void
take_cell(void *cell, size_t len, void *arg)
{
	struct csv_file *f = arg;

	if (f->problem != NULL)
		return;
	if (f->row.n == CSV_COLUMNS_MAX) {
		f->problem = "too many columns";
	} else if (len + 1 > sizeof(f->text) - f->used) {
		f->problem = "row too long";
	} else {
		f->row.cell[f->row.n++] = f->text + f->used;
		memcpy(f->text + f->used, cell, len);
		f->used += len;
		f->text[f->used++] = '\0';
	}
}

static void
take_row_end(int octet, void *arg)
{
	struct csv_file *f = arg;

	(void)octet;
	f->whole = true;
}

/* --- opening --- */

/* Octets of the line that begins here, with its end. */
static size_t
line_octets(const char *at, size_t left)
{
	size_t len = 0;

	while (len < left && at[len] != '\n' && at[len] != '\r')
		len++;
	if (len < left && at[len] == '\r' && len + 1 < left && at[len + 1] == '\n')
		len++;
	return len < left ? len + 1 : left;
}

/* The delimiter that stands most often in the first line, outside quotes. */
static char
find_delimiter(const char *line, size_t len)
{
	static const char candidates[] = ",;\t|";
	size_t count[sizeof(candidates)] = { 0 }, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		const char *is = line[i] == '\0' ? NULL : strchr(candidates, line[i]);

		if (line[i] == '"')
			quoted = !quoted;
		else if (is != NULL && !quoted)
			count[is - candidates]++;
	}
	for (size_t i = 1; candidates[i] != '\0'; i++)
		if (count[i] > count[best])
			best = i;
	return candidates[best];
}

static int
refuse(char *err, size_t err_size, const char *why)
{
	(void)snprintf(err, err_size, "%s", why);
	return -EINVAL;
}

/* Look at the beginning: encoding, delimiter, quotes. */
static int
begin(struct csv_file *f, char *err, size_t err_size)
{
	size_t len;
	char delimiter;

	if (f->len >= 2 && (memcmp(f->octets, "\xff\xfe", 2) == 0 ||
	    memcmp(f->octets, "\xfe\xff", 2) == 0))
		return refuse(err, err_size, "UTF-16: save it as UTF-8");
	if (f->len != 0 && memchr(f->octets, '\0', f->len) != NULL)
		return refuse(err, err_size, "NUL octet: not a text file");
	if (f->len >= 3 && memcmp(f->octets, "\xef\xbb\xbf", 3) == 0)
		f->at = 3;
	len = f->at == f->len ? 0 : line_octets(f->octets + f->at, f->len - f->at);
	delimiter = find_delimiter(f->octets + f->at, len);
	csv_set_delim(&f->parser, (unsigned char)delimiter);
	if ((delimiter == '\t' || delimiter == '|') &&
	    memchr(f->octets + f->at, '"', len) == NULL)
		csv_set_quote(&f->parser, '\0');	/* which the file does not hold */
	return 0;
}

int
csv_file_over(struct csv_file **out, const void *octets, size_t len, char *err, size_t err_size)
{
	struct csv_file *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL || csv_init(&f->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		free(f);
		(void)snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	csv_set_realloc_func(&f->parser, realloc_cell);
	csv_set_blk_size(&f->parser, BLOCK_OCTETS);
	f->octets = octets;
	f->len = len;
	f->line = 1;
	rc = begin(f, err, err_size);
	if (rc != 0) {
		csv_file_close(f);
		return rc;
	}
	*out = f;
	return 0;
}

/* Bring what is unread to the front of the window and fill it up. */
static void
refill(struct csv_file *f)
{
	memmove(f->owned, f->owned + f->at, f->len - f->at);
	f->len -= f->at;
	f->at = 0;
	while (f->more != NULL && f->len < WINDOW_OCTETS) {
		size_t n = f->more(f->more_arg, f->owned + f->len, WINDOW_OCTETS - f->len);

		f->len += n;
		if (n == 0)
			f->more = NULL;
	}
}

int
csv_file_stream(struct csv_file **out, csv_more_fn more, void *arg, unsigned first_line, char *err,
    size_t err_size)
{
	char *window = calloc(1, WINDOW_OCTETS);
	int rc = window == NULL ? -ENOMEM : csv_file_over(out, window, 0, err, err_size);

	if (rc != 0) {
		free(window);
		return rc;
	}
	(*out)->owned = window;
	(*out)->stream = true;
	(*out)->more = more;
	(*out)->more_arg = arg;
	(*out)->line = first_line;
	refill(*out);
	rc = begin(*out, err, err_size);
	if (rc != 0)
		csv_file_close(*out);
	return rc;
}

int
csv_file_open(struct csv_file **out, const char *path, size_t max_octets, char *err,
    size_t err_size)
{
	char *octets = NULL;
	size_t len = 0;
	int rc = file_read(path, max_octets, &octets, &len, err, err_size);

	if (rc != 0)
		return rc;
	rc = csv_file_over(out, octets, len, err, err_size);
	if (rc != 0)
		free(octets);
	else
		(*out)->owned = octets;
	return rc;
}

void
csv_file_close(struct csv_file *f)
{
	if (f == NULL)
		return;
	csv_free(&f->parser);
	free(f->owned);
	free(f);
}

const void *
csv_file_octets(const struct csv_file *f, size_t *len)
{
	*len = f->len;
	return f->octets;
}

/* --- from row to row --- */

static bool
is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \t\r\n", line[i]) == NULL)
			return false;
	return true;
}

static void
forget_row(struct csv_file *f)
{
	f->row.line = 0;
	f->row.n = 0;
	f->used = 0;
	f->whole = false;
	f->problem = NULL;
}

/* Out of the middle of a row, back to where one begins. */
static void
reset_parser(struct csv_file *f)
{
	(void)csv_set_opts(&f->parser, 0);	/* or it would not forget a quote that is open */
	(void)csv_fini(&f->parser, NULL, NULL, NULL);
	(void)csv_set_opts(&f->parser, CSV_STRICT | CSV_STRICT_FINI);
}

static int
stumbled(struct csv_file *f)
{
	int error = csv_error(&f->parser);

	f->whole = true;
	if (error == CSV_ENOMEM && csv_get_buffer_size(&f->parser) < CSV_CELL_OCTETS_MAX)
		return -ENOMEM;
	if (f->problem == NULL)
		f->problem = error == CSV_EPARSE ? "a quote inside a cell, or text behind a closing quote"
		    : "cell too long, or a quote that is not closed";
	reset_parser(f);
	return 0;
}

static bool
ends_line(const char *line, size_t len)
{
	return line[len - 1] == '\n' || line[len - 1] == '\r';
}

/* Of a stream: step over what is left of a line. */
static void
drop_line(struct csv_file *f)
{
	bool dropping = true;

	while (dropping) {
		size_t len;

		if (f->at == f->len)
			refill(f);
		if (f->len == 0)
			break;
		len = line_octets(f->octets + f->at, f->len - f->at);
		dropping = !ends_line(f->octets + f->at, len);
		f->at += len;
	}
	f->line++;
}

/* A stream's line must lie in the window whole: true when it does. */
static bool
line_is_there(struct csv_file *f)
{
	size_t len = f->at == f->len ? 0 : line_octets(f->octets + f->at, f->len - f->at);

	/* a CR at the end of what is there may have its LF behind it */
	if (f->more != NULL && f->at + len == f->len) {
		refill(f);
		len = f->len == 0 ? 0 : line_octets(f->octets, f->len);
		if (len == f->len && f->more != NULL && !ends_line(f->octets, len))
			return false;
	}
	return true;
}

/* Of a stream, where the row has a line that is longer than the window. */
static void
refuse_line(struct csv_file *f)
{
	if (f->row.line == 0)
		f->row.line = f->line;
	f->problem = "line too long";
	f->whole = true;
	reset_parser(f);
	drop_line(f);
}

/* Feed the line at `at`. */
static int
feed_line(struct csv_file *f)
{
	const char *line;
	size_t len;
	int rc = 0;

	if (f->stream && !line_is_there(f)) {
		refuse_line(f);
		return 0;
	}
	if (f->at == f->len)
		return 0;	/* a stream that ended */
	line = f->octets + f->at;
	len = line_octets(line, f->len - f->at);
	if (f->stream && f->problem == NULL && memchr(line, '\0', len) != NULL)
		f->problem = "NUL octet";
	if (f->row.line == 0 && !is_blank(line, len))
		f->row.line = f->line;
	if (csv_parse(&f->parser, line, len, take_cell, take_row_end, f) != len)
		rc = stumbled(f);
	if (f->whole && f->row.line == 0)	/* tabs between empty cells look blank */
		f->row.line = f->line;
	f->at += len;
	f->line++;
	return rc;
}

/* No line is left: a last row may lack its line end. */
static int
feed_end(struct csv_file *f)
{
	f->ended = true;
	if (csv_fini(&f->parser, take_cell, take_row_end, f) != 0) {
		f->problem = "a quote that is not closed";
		return stumbled(f);
	}
	return 0;
}

int
csv_file_next(struct csv_file *f, const struct csv_row **row, unsigned *line, char *err,
    size_t err_size)
{
	int rc = 0;

	forget_row(f);
	while (rc == 0 && !f->whole && !f->ended)
		rc = f->at < f->len || f->more != NULL ? feed_line(f) : feed_end(f);
	*row = &f->row;
	*line = f->row.line == 0 ? f->line : f->row.line;
	if (rc != 0) {
		f->ended = true;
		(void)snprintf(err, err_size, "%s", strerror(-rc));
		return rc;
	}
	if (!f->whole)
		return 0;
	if (f->problem == NULL)
		return 1;
	(void)snprintf(err, err_size, "%s", f->problem);
	return -EINVAL;
}
