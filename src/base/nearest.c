/* SPDX-License-Identifier: Apache-2.0 */
/* nearest.c - how far apart two names are. */
#include <string.h>

#include "nearest.h"

enum { NAME_MAX_OCTETS = 64 };	/* of a key that is compared; the rest does not matter */

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edits that turn `a` into `b`: insert, delete, replace, or swap two neighbours (optimal
 * string alignment), since swapped letters are the commonest slip of all. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[3][NAME_MAX_OCTETS + 1];	/* before last, last, this */
	size_t na = strnlen(a, NAME_MAX_OCTETS), nb = strnlen(b, NAME_MAX_OCTETS);

	for (unsigned k = 0; k <= nb; k++)
		row[1][k] = k;
	for (unsigned i = 1; i <= na; i++) {
		row[2][0] = i;
		for (unsigned k = 1; k <= nb; k++) {
			row[2][k] = least(row[1][k] + 1, row[2][k - 1] + 1,
			    row[1][k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] &&
			    row[0][k - 2] + 1 < row[2][k])
				row[2][k] = row[0][k - 2] + 1;
		}
		memcpy(row[0], row[1], sizeof(row[0]));
		memcpy(row[1], row[2], sizeof(row[1]));
	}
	return row[1][nb];
}

unsigned
nearest_distance(const char *key, const char *name)
{
	const char *key_last = strrchr(key, '.'), *name_last = strrchr(name, '.');
	unsigned whole = distance(key, name), part;

	key_last = key_last == NULL ? key : key_last + 1;
	name_last = name_last == NULL ? name : name_last + 1;
	part = 1 + distance(key_last, name_last);
	return whole < part ? whole : part;
}
