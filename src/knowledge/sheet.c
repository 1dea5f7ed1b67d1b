/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.c - tables whose columns are found by their names: those of a pack have our names and no
 * mistakes, those of an operator whatever the export called them, and rows that are left out. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { WRONG_TOLD_MAX = 5, COLUMN_NAME_MAX = 128 };

/* Lower-case letters and digits only. */
static size_t
column_normal(const char *name, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < size; i++) {
		char c = name[i];

		c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
			out[n++] = c;
	}
	out[n] = '\0';
	return n;
}

/* The cell of the header with this name, in any case and punctuation; + 1, 0: there is none. */
static uint16_t
header_cell(const struct csv_row *header, const char *name)
{
	char wanted[COLUMN_NAME_MAX], normal[COLUMN_NAME_MAX];

	if (column_normal(name, strlen(name), wanted, sizeof(wanted)) == 0)
		return 0;
	for (size_t i = 0; i < header->n; i++) {
		(void)column_normal(header->cell[i], strlen(header->cell[i]), normal, sizeof(normal));
		if (strcmp(normal, wanted) == 0)
			return (uint16_t)(i + 1);
	}
	return 0;
}

/* What the configuration calls a column of ours: "tac=Type Allocation Code". */
static uint16_t
mapped_cell(const struct sheet *s, const char *ours)
{
	for (size_t i = 0; i < s->l->n_tac_columns; i++) {
		const char *map = s->l->tac_columns[i], *equals = strchr(map, '=');

		if (equals != NULL && strlen(ours) == (size_t)(equals - map) &&
		    memcmp(ours, map, (size_t)(equals - map)) == 0)
			return header_cell(s->row, equals + 1);
	}
	return 0;
}

static void
find_column(struct sheet *s, size_t column, bool mapped)
{
	const struct sheet_column *c = &s->columns[column];
	size_t n = 0;

	if (mapped && (s->at[column][n] = mapped_cell(s, c->names[0])) != 0)
		n++;
	for (size_t i = 0; i < SHEET_NAMES_MAX && c->names[i] != NULL && n < SHEET_NAMES_MAX; i++)
		if ((s->at[column][n] = header_cell(s->row, c->names[i])) != 0)
			n++;
	if (n == 0 && c->required)
		complain(s->l, "no column '%s' in the first line", c->names[0]);
}

static void
complain_of_other_columns(struct sheet *s)
{
	for (size_t i = 0; i < s->row->n; i++) {
		bool known = false;

		for (size_t c = 0; c < s->n_columns; c++)
			known = known || s->at[c][0] == i + 1;
		if (!known)
			complain(s->l, "unknown column '%.64s'", s->row->cell[i]);
	}
}

bool
sheet_begin(struct sheet *s, struct loader *l, struct csv_file *file,
    const struct sheet_column *columns, size_t n, bool own)
{
	size_t errors = l->errors;
	char err[256];
	int rc = csv_file_next(file, &s->row, &l->line, err, sizeof(err));

	s->l = l;
	s->file = file;
	s->columns = columns;
	s->n_columns = n;
	s->own = own;
	s->good = s->wrong = 0;
	memset(s->at, 0, sizeof(s->at));
	if (rc == -ENOMEM)
		(void)fatal(l, rc);
	else if (rc != 1)
		complain(l, "%s", rc == 0 ? "the table is empty" : err);
	if (rc != 1)
		return false;
	for (size_t i = 0; i < n; i++)
		find_column(s, i, own);
	if (!own)
		complain_of_other_columns(s);
	return l->errors == errors;
}

static bool
is_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (row->cell[i][0] != '\0')
			return false;
	return true;
}

bool
sheet_next(struct sheet *s)
{
	char err[256];
	int rc;

	while (s->l->fatal == 0 &&
	    (rc = csv_file_next(s->file, &s->row, &s->l->line, err, sizeof(err))) != 0) {
		if (rc == -ENOMEM)
			(void)fatal(s->l, rc);
		else if (rc < 0)
			sheet_wrong(s, "%s", err);
		else if (!is_empty(s->row))
			return true;
	}
	return false;
}

const char *
sheet_text(const struct sheet *s, size_t column)
{
	for (size_t i = 0; i < SHEET_NAMES_MAX && s->at[column][i] != 0; i++) {
		size_t cell = s->at[column][i] - 1u;

		if (cell < s->row->n && s->row->cell[cell][0] != '\0')
			return s->row->cell[cell];
	}
	return NULL;
}

void
sheet_wrong(struct sheet *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->wrong++;
	if (!s->own)
		complain(s->l, "%s", text);
	else if (s->wrong <= WRONG_TOLD_MAX)
		warn(s->l, "row left out: %s", text);
}

void
sheet_end(struct sheet *s)
{
	s->l->line = 0;
	if (!s->own || s->wrong == 0)
		return;
	if (s->good == 0)
		complain(s->l, "none of %zu rows could be read", s->wrong);
	else
		warn(s->l, "%zu rows left out, %zu read", s->wrong, s->good);
}

const char *
sheet_shared(struct sheet *s, size_t column, size_t max)
{
	const char *text = sheet_text(s, column);

	if (text == NULL)
		return NULL;
	if (strlen(text) > max) {
		sheet_wrong(s, "'%s' is longer than %zu octets", s->columns[column].names[0], max);
		return NULL;
	}
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f) {
			sheet_wrong(s, "'%s' holds a control character", s->columns[column].names[0]);
			return NULL;
		}
	return shared_text(s->l, text);
}

const char *
sheet_date(struct sheet *s, size_t column)
{
	const char *text = sheet_text(s, column);
	uint64_t first, last;

	if (text != NULL && date_parse(text, &first, &last) == 0)
		return shared_text(s->l, text);
	sheet_wrong(s, "'%s' is no date (YYYY, YYYY-MM or YYYY-MM-DD)", s->columns[column].names[0]);
	return NULL;
}
