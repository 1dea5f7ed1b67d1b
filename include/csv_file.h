/* SPDX-License-Identifier: Apache-2.0 */
/* csv_file.h - the CSV door of the loaders: a table read one row at a time, each with its line.
 * (Not csv.h: that is libcsv's own header.)
 *
 * RFC 4180 and what people export: the delimiter (comma, semicolon, tab or pipe) is found in the
 * first line, quotes may hold delimiters and line ends, lines end in LF, CRLF or CR, a byte order
 * mark is stepped over, empty lines count but are no rows. Text separated by tabs or pipes has
 * no quoting unless its first line quotes. A NUL or UTF-16 is refused. Time is linear in the
 * size of the file whatever it holds. */
#ifndef PICKET_CSV_FILE_H
#define PICKET_CSV_FILE_H

#include <stddef.h>

enum {
	CSV_COLUMNS_MAX = 256,
	CSV_CELL_OCTETS_MAX = 4096,
	CSV_ROW_OCTETS_MAX = 32768	/* all cells of a row, each with its NUL */
};

struct csv_file;	/* opaque: src/base/csv_file.c */

struct csv_row {
	unsigned line;		/* on which it begins, from 1 */
	size_t n;
	const char *cell[CSV_COLUMNS_MAX];	/* spaces around what is not quoted are gone */
};

/** Read a file of at most `max_octets`. 0 and *out, or -errno with a line in err. */
int csv_file_open(struct csv_file **out, const char *path, size_t max_octets, char *err,
    size_t err_size);
/** The same over octets in memory, borrowed until csv_file_close(). */
int csv_file_over(struct csv_file **out, const void *octets, size_t len, char *err,
    size_t err_size);
/** The same as a stream, of any length, through a window: `more` fills up to `size` octets and says how
 * many, 0 at the end. `first_line`: number of its first line. A NUL is an error of its row. */
typedef size_t (*csv_more_fn)(void *arg, char *to, size_t size);
int csv_file_stream(struct csv_file **out, csv_more_fn more, void *arg, unsigned first_line, char *err,
    size_t err_size);
void csv_file_close(struct csv_file *f);
/** The octets of the file, for hashing; not of a stream. Borrowed. */
const void *csv_file_octets(const struct csv_file *f, size_t *len);
/**
 * The next row (the first is the header, if the table has one), borrowed until the next call.
 * 1: there is one. 0: the table has ended. -EINVAL: the row is malformed or too large, `err` says
 * how and *line where; the next call goes on behind it. -ENOMEM: out of memory.
 */
int csv_file_next(struct csv_file *f, const struct csv_row **row, unsigned *line, char *err,
    size_t err_size);

#endif
