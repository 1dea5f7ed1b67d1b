/* SPDX-License-Identifier: Apache-2.0 */
/* intel_zeek.c - files of Zeek's intelligence framework: columns named in a line "#fields", divided by
 * tabs; "-" is a value that is not set. Source: Zeek's documentation, "Intelligence Framework"
 * and base/frameworks/intel (Intel::Type). What Zeek matches exactly is one host here. */
#include <string.h>

#include "intel.h"
#include "macros.h"

enum { COLUMNS_MAX = 64 };
enum column { COLUMN_VALUE, COLUMN_TYPE, COLUMN_SOURCE, COLUMN_DESC, COLUMN_URL, COLUMN_SEEN, COLUMN_N };

static const char *const names[COLUMN_N] = {
	"indicator", "indicator_type", "meta.source", "meta.desc", "meta.url", "meta.last_seen"
};

struct zeek {
	char separator;
	unsigned at[COLUMN_N];	/* cell + 1; 0: not there */
	unsigned columns;
};

static unsigned
split(char *line, char separator, char *cells[static COLUMNS_MAX])
{
	unsigned n = 0;

	for (char *next; line != NULL && n < COLUMNS_MAX; line = next) {
		next = strchr(line, separator);
		if (next != NULL)
			*next++ = '\0';
		cells[n++] = line;
	}
	return line == NULL ? n : COLUMNS_MAX + 1;
}

static void
read_fields(struct zeek *z, char *line)
{
	char *cells[COLUMNS_MAX];
	unsigned n = split(line, z->separator, cells);

	memset(z->at, 0, sizeof(z->at));
	z->columns = n <= COLUMNS_MAX ? n : 0;
	for (unsigned i = 0; i < z->columns; i++)
		for (unsigned c = 0; c < COLUMN_N; c++)
			if (strcmp(cells[i], names[c]) == 0)
				z->at[c] = i + 1;
}

/* "#separator \x09", "#fields\t..."; all else is a comment. */
static void
read_directive(struct zeek *z, char *line)
{
	unsigned code;

	if (sscanf(line, "#separator \\x%2x", &code) == 1 && code != 0)
		z->separator = (char)code;
	else if (strncmp(line, "#fields", 7) == 0 && line[7] != '\0')
		read_fields(z, line + 8);
}

static const char *
cell(const struct zeek *z, char *const *cells, enum column column)
{
	const char *text = z->at[column] == 0 ? NULL : cells[z->at[column] - 1];

	return text == NULL || strcmp(text, "-") == 0 ? NULL : text;
}

static void
read_row(struct feed_reader *r, const struct zeek *z, char *line)
{
	char *cells[COLUMNS_MAX], note[INTEL_NOTE_MAX];
	unsigned n = split(line, z->separator, cells);
	const char *value, *type, *source, *desc, *url, *seen;
	struct intel_meta meta = { .note = note };
	enum intel_kind kind;

	if (n != z->columns || z->at[COLUMN_VALUE] == 0 || z->at[COLUMN_TYPE] == 0) {
		intel_skip(r, FEED_UNREADABLE, line, strlen(line), NULL);
		return;
	}
	value = cell(z, cells, COLUMN_VALUE);
	type = cell(z, cells, COLUMN_TYPE);
	if (value == NULL || type == NULL) {
		intel_skip(r, FEED_UNREADABLE, line, strlen(line), NULL);
		return;
	}
	source = cell(z, cells, COLUMN_SOURCE);
	desc = cell(z, cells, COLUMN_DESC);
	url = cell(z, cells, COLUMN_URL);
	seen = cell(z, cells, COLUMN_SEEN);
	(void)snprintf(note, sizeof(note), "%s%s%s%s%s", source != NULL ? source : "",
	    source != NULL && desc != NULL ? ": " : "", desc != NULL ? desc : "",
	    url != NULL && (source != NULL || desc != NULL) ? ", " : "", url != NULL ? url : "");
	meta.date_us = seen == NULL ? 0 : intel_time(seen);
	kind = intel_kind_of(type, strlen(type));
	if (strncmp(type, "Intel::", 7) != 0 || kind == INTEL_UNKNOWN)
		kind = INTEL_OTHER;
	intel_value(r, kind, value, strlen(value), &meta);
}

static void
read_zeek(struct feed_reader *r)
{
	struct zeek z = { .separator = '\t' };
	char *line;
	size_t len;

	while (intel_line(r, &line, &len)) {
		if (line[0] == '#')
			read_directive(&z, line);
		else if (memchr(line, '\0', len) != NULL)
			intel_skip(r, FEED_UNREADABLE, line, len, NULL);
		else
			read_row(r, &z, line);
	}
}

static bool
looks_like_zeek(const char *head, size_t len)
{
	return len > 8 && head[0] == '#' && memmem(head, len, "#fields", 7) != NULL &&
	    memmem(head, len, "indicator_type", 14) != NULL;
}

const struct intel_format intel_zeek = { .name = "zeek", .looks = looks_like_zeek, .read = read_zeek };
