/* SPDX-License-Identifier: Apache-2.0 */
/* register.c - the operator's register of devices: which module may carry which SIM. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

enum { REGISTER_IMEI, REGISTER_IMSI, REGISTER_COLUMNS };
static const struct sheet_column columns[REGISTER_COLUMNS] = {
	[REGISTER_IMEI] = { { "imei", "imeisv", "pei" }, false },
	[REGISTER_IMSI] = { { "imsi", "supi" }, false },
};

enum { IMSI_DIGITS_MIN = 6 };	/* MCC, MNC and one digit: TS 23.003, 2.2 */

/* Digits, maybe grouped by blanks or hyphens (35-666730-000001-4). DIGITS_NONE: they are none. */
static digits
grouped_digits(const char *text)
{
	char plain[DIGITS_MAX];
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text == ' ' || *text == '-')
			continue;
		if (n == sizeof(plain))
			return DIGITS_NONE;
		plain[n++] = *text;
	}
	return digits_from_text(plain, n);
}

static bool
read_numbers(struct sheet *s, struct register_row *row)
{
	const char *imei = sheet_text(s, REGISTER_IMEI), *imsi = sheet_text(s, REGISTER_IMSI);

	row->imei = imei == NULL ? DIGITS_NONE : imei_key(grouped_digits(imei));
	row->imsi = imsi == NULL ? DIGITS_NONE : grouped_digits(imsi);
	if (imei != NULL && row->imei == DIGITS_NONE) {
		sheet_wrong(s, "the IMEI has not 14 to 16 digits");
	} else if (imsi != NULL && (digits_count(row->imsi) < IMSI_DIGITS_MIN ||
	    digits_count(row->imsi) > IMSI_DIGITS_MAX)) {
		sheet_wrong(s, "the IMSI has not %d to %d digits", IMSI_DIGITS_MIN, IMSI_DIGITS_MAX);
	} else if (imei == NULL && imsi == NULL) {
		sheet_wrong(s, "neither IMEI nor IMSI");
	} else {
		return true;
	}
	return false;
}

void
load_register(struct loader *l, struct csv_file *f)
{
	struct register_table *t = &l->k->registered;
	struct register_row row;
	struct sheet s;

	l->k->has_register = true;
	if (!sheet_begin(&s, l, f, columns, ARRAY_LEN(columns), true))
		return;
	if (s.at[REGISTER_IMEI][0] == 0 && s.at[REGISTER_IMSI][0] == 0)
		complain(l, "neither a column 'imei' nor 'imsi' in the first line");
	while (l->errors == 0 && sheet_next(&s))
		if (read_numbers(&s, &row) && grow_array(l, &t->by_imei, sizeof(row), t->n, &t->room,
		    REGISTER_MAX, "rows")) {
			t->by_imei[t->n++] = row;
			s.good++;
		}
	sheet_end(&s);
}

/* --- sorted twice --- */

static int
compare(digits a, digits b)
{
	return (a > b) - (a < b);
}

static int
by_imei(const void *a, const void *b)
{
	const struct register_row *x = a, *y = b;

	return x->imei != y->imei ? compare(x->imei, y->imei) : compare(x->imsi, y->imsi);
}

static int
by_imsi(const void *a, const void *b)
{
	const struct register_row *x = a, *y = b;

	return x->imsi != y->imsi ? compare(x->imsi, y->imsi) : compare(x->imei, y->imei);
}

void
settle_register(struct loader *l)
{
	struct register_table *t = &l->k->registered;

	if (t->n == 0)
		return;
	t->by_imsi = malloc(t->n * sizeof(t->by_imsi[0]));
	if (t->by_imsi == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	memcpy(t->by_imsi, t->by_imei, t->n * sizeof(t->by_imsi[0]));
	qsort(t->by_imei, t->n, sizeof(t->by_imei[0]), by_imei);
	qsort(t->by_imsi, t->n, sizeof(t->by_imsi[0]), by_imsi);
	for (size_t i = 0; i < t->n; i++) {
		t->n_imei += t->by_imei[i].imei != DIGITS_NONE;
		t->n_imsi += t->by_imei[i].imsi != DIGITS_NONE;
	}
}

static bool
has_pair(const struct register_table *t, digits imei, digits imsi)
{
	const struct register_row key = { imei, imsi };

	return bsearch(&key, t->by_imei, t->n, sizeof(key), by_imei) != NULL;
}

/* The first number of rows sorted by it. */
static digits
first_of(const struct register_row *row, bool imei)
{
	return imei ? row->imei : row->imsi;
}

/* Does any row have this number, whatever its other one? */
static bool
has_any(const struct register_row *rows, size_t n, digits number, bool imei)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (first_of(&rows[mid], imei) < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && first_of(&rows[low], imei) == number;
}

static enum registered
look_up(const struct register_table *t, digits imei, digits imsi)
{
	bool knows_imei = imei != DIGITS_NONE && has_any(t->by_imei, t->n, imei, true);
	bool knows_imsi = imsi != DIGITS_NONE && has_any(t->by_imsi, t->n, imsi, false);

	if (knows_imei && (imsi == DIGITS_NONE || has_pair(t, imei, imsi) ||
	    has_pair(t, imei, DIGITS_NONE)))
		return REGISTER_YES;
	if (knows_imsi && (imei == DIGITS_NONE || has_pair(t, DIGITS_NONE, imsi)))
		return REGISTER_YES;
	if (knows_imei || knows_imsi)
		return REGISTER_OTHER_PAIR;
	if (imei == DIGITS_NONE)	/* maybe its module is there, without a SIM */
		return imsi != DIGITS_NONE && t->n_imsi == t->n ? REGISTER_NO_IMEI : REGISTER_UNKNOWN;
	if (imsi == DIGITS_NONE)	/* maybe its SIM is, without a module */
		return t->n_imei == t->n ? REGISTER_NO_IMEI : REGISTER_UNKNOWN;
	return REGISTER_NO_IMEI;
}

enum registered
knowledge_registered(const struct knowledge *k, digits imei, digits imsi)
{
	if (!k->has_register)
		return REGISTER_NONE;
	if (k->registered.n == 0)
		return REGISTER_UNKNOWN;
	return look_up(&k->registered, imei_key(imei), imsi);
}

size_t
knowledge_register_rows(const struct knowledge *k)
{
	return k->registered.n;
}
