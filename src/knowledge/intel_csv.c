/* SPDX-License-Identifier: Apache-2.0 */
/* intel_csv.c - tables with a line of names: one column holds the value, others may say its kind, date,
 * port, confidence and what it is. The line of names may be the last of the comments at the
 * top, as abuse.ch has it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "intel.h"
#include "macros.h"

enum { NAMES_MAX = 20, NAME_OCTETS = 40 };
enum column { COLUMN_VALUE, COLUMN_TYPE, COLUMN_SEEN, COLUMN_DATE, COLUMN_PORT, COLUMN_CONFIDENCE, COLUMN_NOTE, COLUMN_N };

/* What columns are called, without case and punctuation, the best first. */
static const char *const names[COLUMN_N][NAMES_MAX] = {
	[COLUMN_VALUE] = { "indicator", "iocvalue", "ioc", "value", "observable", "domain", "fqdn", "hostname",
	    "host", "ip", "ipaddress", "address", "dstip", "srcip", "cidr", "network", "subnet", "url",
	    "certsha1", "certsha256" },
	[COLUMN_TYPE] = { "indicatortype", "ioctype", "type" },
	[COLUMN_SEEN] = { "lastseen", "lastseenutc", "lastonline" },
	[COLUMN_DATE] = { "date", "dateadded", "firstseen", "firstseenutc", "timestamp" },
	[COLUMN_PORT] = { "port", "dstport" },
	[COLUMN_CONFIDENCE] = { "confidence", "confidencelevel" },
	[COLUMN_NOTE] = { "description", "comment", "note", "threat", "malware", "malwareprintable", "tags" },
};

/* Columns of file hashes: values that no field carries. Taken when there is no better one. */
static const char *const hashes[] = { "sha256", "sha256hash", "sha1", "sha1hash", "md5", "md5hash", "hash" };

struct csv_names {
	unsigned at[COLUMN_N];	/* cell + 1; 0: not there */
	enum intel_kind kind;	/* as the name of the column of values says */
};

static void
normal(const char *name, char out[static NAME_OCTETS])
{
	size_t n = 0;

	for (; *name != '\0' && n + 1 < NAME_OCTETS; name++) {
		char c = *name >= 'A' && *name <= 'Z' ? (char)(*name | 0x20) : *name;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
	}
	out[n] = '\0';
}

static unsigned
column_of(const struct csv_row *row, const char *name)
{
	char cell[NAME_OCTETS];

	for (unsigned i = 0; i < row->n; i++) {
		normal(row->cell[i], cell);
		if (strcmp(cell, name) == 0)
			return i + 1;
	}
	return 0;
}

/* The kind that goes without saying for a column of this name. */
static enum intel_kind
kind_of_column(const char *name)
{
	static const struct {
		const char *name;
		enum intel_kind kind;
	} rows[] = {
		{ "domain", INTEL_DOMAIN }, { "fqdn", INTEL_HOST }, { "hostname", INTEL_HOST },
		{ "host", INTEL_NAME }, { "ip", INTEL_ADDR_OR_BLOCK }, { "ipaddress", INTEL_ADDR_OR_BLOCK },
		{ "address", INTEL_ADDR_OR_BLOCK }, { "dstip", INTEL_ADDR_OR_BLOCK },
		{ "srcip", INTEL_ADDR_OR_BLOCK }, { "cidr", INTEL_BLOCK }, { "network", INTEL_BLOCK },
		{ "subnet", INTEL_BLOCK }, { "url", INTEL_URL }, { "certsha1", INTEL_CERT_SHA1 },
		{ "certsha256", INTEL_CERT_SHA256 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].kind;
	return INTEL_ANY;
}

/* False: the row names no column of values. */
static bool
read_names(struct csv_names *t, const struct csv_row *row)
{
	memset(t, 0, sizeof(*t));
	for (unsigned c = 0; c < COLUMN_N; c++)
		for (unsigned i = 0; i < NAMES_MAX && names[c][i] != NULL && t->at[c] == 0; i++) {
			t->at[c] = column_of(row, names[c][i]);
			if (c == COLUMN_VALUE && t->at[c] != 0)
				t->kind = kind_of_column(names[c][i]);
		}
	for (unsigned i = 0; i < ARRAY_LEN(hashes) && t->at[COLUMN_VALUE] == 0; i++) {
		t->at[COLUMN_VALUE] = column_of(row, hashes[i]);
		t->kind = INTEL_FILE;
	}
	return t->at[COLUMN_VALUE] != 0;
}

/* The same of a line that may be a comment: "# id,dateadded,url". */
static bool
read_comment(struct csv_names *t, const char *line, size_t len)
{
	const struct csv_row *row;
	struct csv_file *f;
	char err[128];
	unsigned number;
	bool good;

	while (len != 0 && (*line == '#' || *line == ' ')) {
		line++;
		len--;
	}
	if (len == 0 || csv_file_over(&f, line, len, err, sizeof(err)) != 0)
		return false;
	good = csv_file_next(f, &row, &number, err, sizeof(err)) == 1 && row->n > 1 && read_names(t, row);
	csv_file_close(f);
	return good;
}

static const char *
cell(const struct csv_names *t, const struct csv_row *row, enum column column)
{
	unsigned at = t->at[column];

	return at == 0 || at > row->n || row->cell[at - 1][0] == '\0' ? NULL : row->cell[at - 1];
}

static void
read_confidence(const char *text, struct intel_meta *meta)
{
	static const char *const words[] = { "none", "low", "medium", "high" };
	char *end;
	unsigned long percent = strtoul(text, &end, 10);

	if (end != text && *end == '\0' && percent <= 100)
		meta->confidence = intel_confidence((unsigned)percent);
	for (size_t i = 1; i < ARRAY_LEN(words); i++)
		if (strcasecmp(words[i], text) == 0)
			meta->confidence = (enum verdict_confidence)i;
}

static uint64_t
date_of(const struct csv_names *t, const struct csv_row *row)
{
	const char *seen = cell(t, row, COLUMN_SEEN), *date = cell(t, row, COLUMN_DATE);
	uint64_t us = seen == NULL ? 0 : intel_time(seen);

	return us == 0 && date != NULL ? intel_time(date) : us;
}

static void
read_row(struct feed_reader *r, const struct csv_names *t, const struct csv_row *row)
{
	const char *value = cell(t, row, COLUMN_VALUE), *type = cell(t, row, COLUMN_TYPE);
	const char *port = cell(t, row, COLUMN_PORT), *degree = cell(t, row, COLUMN_CONFIDENCE);
	struct intel_meta meta = { .line = row->line, .date_us = date_of(t, row),
		.note = cell(t, row, COLUMN_NOTE) };
	enum intel_kind kind = t->kind, said;
	char text[TEXT_SEEN_MAX * 2];
	size_t len;

	if (value == NULL) {
		intel_skip(r, FEED_UNREADABLE, row->cell[0], strlen(row->cell[0]), &meta);
		return;
	}
	if (strlen(value) >= sizeof(text)) {
		intel_skip(r, FEED_TOO_LONG, value, strlen(value), &meta);
		return;
	}
	if (degree != NULL)
		read_confidence(degree, &meta);
	if (kind == INTEL_ANY && type != NULL) {
		said = intel_kind_of(type, strlen(type));
		kind = said == INTEL_UNKNOWN ? INTEL_OTHER : said;
	}
	if (port != NULL && (kind == INTEL_ADDR_OR_BLOCK || kind == INTEL_ADDR || kind == INTEL_NAME)) {
		char *end;
		unsigned long number = strtoul(port, &end, 10);

		if (*end != '\0' || number > 65535) {
			intel_skip(r, FEED_UNREADABLE, value, strlen(value), &meta);
			return;
		}
		meta.port = (uint16_t)number;
	}
	strcpy(text, value);
	len = intel_refang(text, strlen(text));
	intel_value(r, kind, text, len, &meta);
}

/* Rows, once the names are known, or else in the first of them. */
static void
read_rows(struct feed_reader *r, struct csv_names *t, bool named)
{
	const struct csv_row *row;
	struct csv_file *f;
	char err[128];
	unsigned line;
	int rc = csv_file_stream(&f, intel_octets, r, r->line + 1, err, sizeof(err));

	if (rc == -ENOMEM)
		(void)fatal(r->l, rc);
	if (rc == -EINVAL)
		intel_skip(r, FEED_UNREADABLE, err, strlen(err), NULL);
	if (rc != 0)
		return;
	while (r->l->fatal == 0 && (rc = csv_file_next(f, &row, &line, err, sizeof(err))) != 0) {
		if (rc == -ENOMEM) {
			(void)fatal(r->l, rc);
		} else if (rc < 0) {
			intel_skip(r, strstr(err, "long") != NULL || strstr(err, "many") != NULL ? FEED_TOO_LONG
			    : FEED_UNREADABLE, err, strlen(err), &(struct intel_meta){ .line = line });
		} else if (row->cell[0][0] == '#') {
			continue;
		} else if (!named) {
			named = read_names(t, row);
			if (!named) {
				intel_skip(r, FEED_UNREADABLE, row->cell[0], strlen(row->cell[0]), NULL);
				break;	/* no row of it would mean anything */
			}
		} else {
			read_row(r, t, row);
		}
	}
	csv_file_close(f);
}

/* The comments at the top: up to where the first row begins. */
static bool
skip_comments(struct feed_reader *r, struct csv_names *t)
{
	struct csv_names found;
	bool named = false;
	const char *head;
	char *line;
	size_t len;

	while (intel_head(r, &head) != 0 && *head == '#' && intel_line(r, &line, &len))
		if (read_comment(&found, line, len)) {
			*t = found;
			named = true;
		}
	return named;
}

/* A first row that repeats the names, or that has others, is no row of values. */
static void
read_csv(struct feed_reader *r)
{
	struct csv_names t = { { 0 } };

	read_rows(r, &t, skip_comments(r, &t));
}

static bool
looks_like_csv(const char *head, size_t len)
{
	struct csv_names t;

	for (size_t at = 0; at < len;) {
		const char *line = head + at, *end = memchr(line, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - line);

		at += n + 1;
		if (n == 0 || n > INTEL_LINE_MAX)
			continue;
		if (read_comment(&t, line, n))
			return true;
		if (*line != '#' && *line != '\r')
			return false;
	}
	return false;
}

const struct intel_format intel_csv = { .name = "csv", .looks = looks_like_csv, .read = read_csv };
