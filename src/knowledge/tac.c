/* SPDX-License-Identifier: Apache-2.0 */
/* tac.c - tables of TACs: ours, and the operator's own, which go before. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

enum { TAC_TAC, TAC_MAKER, TAC_BRAND, TAC_MODEL, TAC_SOURCE, TAC_AS_OF, TAC_COLUMNS };

static const struct sheet_column pack_columns[TAC_COLUMNS] = {
	[TAC_TAC] = { { "tac" }, true },
	[TAC_MAKER] = { { "entity" }, true },
	[TAC_BRAND] = { { "brand" }, true },
	[TAC_MODEL] = { { "model" }, true },
	[TAC_SOURCE] = { { "source" }, true },
	[TAC_AS_OF] = { { "as_of" }, true },
};

/* The names that exports give them, as far as we have seen; the device database of GSMA has
 * TAC, Manufacturer (once Applicant), Brand Name, Model Name and Marketing Name. */
static const struct sheet_column own_columns[TAC_SOURCE] = {
	[TAC_TAC] = { { "tac", "type allocation code", "tac code", "tac number", "imei tac",
	    "device tac", "type approval code" }, true },
	[TAC_MAKER] = { { "maker", "manufacturer", "manufacturer name", "manufacturer/applicant",
	    "manufacturer or applicant", "applicant", "applicant name", "organisation",
	    "organization", "vendor", "vendor name", "oem" }, false },
	[TAC_BRAND] = { { "brand", "brand name" }, false },
	[TAC_MODEL] = { { "model", "model name", "marketing name", "device model", "device name",
	    "model no", "model number", "name" }, false },
};

/* Eight digits; seven in an own table: a spreadsheet took the leading zero. 0: neither. */
static uint32_t
parse_tac(const char *text, bool own)
{
	size_t len = text == NULL ? 0 : strlen(text);
	uint32_t tac = 0;

	if (len != 8 && !(own && len == 7))
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		tac = tac * 10 + (uint32_t)(text[i] - '0');
	}
	return tac;
}

static const struct entity *
entity_of_pack(struct sheet *s, size_t column)
{
	const char *id = sheet_text(s, column);
	const struct draft_entity *draft = id == NULL ? NULL : find_draft(s->l, id);

	if (id != NULL && draft == NULL)
		sheet_wrong(s, "entity '%.64s' is not in the pack", id);
	return draft == NULL ? NULL : draft->entity;
}

/* Maker and source of a row, which packs and operators say differently. */
static void
read_origin(struct sheet *s, struct tac *row)
{
	if (s->own) {
		row->maker_name = sheet_shared(s, TAC_MAKER, NAME_MAX_OCTETS);
		row->maker = row->maker_name == NULL ? NULL : maker_find(s->l, row->maker_name);
		row->source = s->l->file;
		return;
	}
	row->maker = entity_of_pack(s, TAC_MAKER);
	row->maker_name = row->maker == NULL ? NULL : row->maker->name;
	row->source = sheet_shared(s, TAC_SOURCE, SOURCE_MAX);
	row->as_of = sheet_date(s, TAC_AS_OF);
	if (row->brand == NULL)
		sheet_wrong(s, "'brand' is missing");
	if (row->source == NULL)
		sheet_wrong(s, "'source' is missing");
}

static void
read_row(struct sheet *s, struct tac_table *t)
{
	size_t wrong = s->wrong;
	struct tac row = { .own = s->own, .line = s->l->line };

	row.tac = parse_tac(sheet_text(s, TAC_TAC), s->own);
	if (row.tac == 0) {
		const char *text = sheet_text(s, TAC_TAC);

		sheet_wrong(s, "'%.32s' is no TAC (eight digits)", text == NULL ? "" : text);
		return;
	}
	row.brand = sheet_shared(s, TAC_BRAND, NAME_MAX_OCTETS);
	row.model = sheet_shared(s, TAC_MODEL, NAME_MAX_OCTETS);
	read_origin(s, &row);
	if (s->wrong != wrong || !grow_array(s->l, &t->row, sizeof(t->row[0]), t->n, &t->room,
	    TACS_MAX, "TACs"))
		return;
	t->row[t->n++] = row;
	s->good++;
}

/* --- the index --- */

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sort all rows by TAC, of which those from `before` on are new; of those with one TAC the first
 * read stays. */
static void
index_rows(struct loader *l, struct tac_table *t, size_t before, bool own)
{
	uint64_t *index = malloc((t->n + 1) * sizeof(index[0]));
	size_t n = 0, twice_before = before - t->n_index;

	if (index == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		index[i] = (uint64_t)t->row[i].tac << 32 | i;
	qsort(index, t->n, sizeof(index[0]), by_number);
	for (size_t i = 0; i < t->n; i++) {
		size_t at = (uint32_t)index[i];

		if (n == 0 || index[n - 1] >> 32 != index[i] >> 32)
			index[n++] = index[i];
		else if (!own && at >= before)
			complain_at(l, l->file, t->row[at].line, "TAC %08u is in the tables twice",
			    t->row[at].tac);
	}
	free(t->index);
	t->index = index;
	t->n_index = n;
	if (own && t->n - n > twice_before)
		warn(l, "%zu TACs had been there before: the first row of each counts",
		    t->n - n - twice_before);
}

void
load_tacs(struct loader *l, struct csv_file *f, bool own)
{
	struct tac_table *t = &l->k->tacs[own ? 0 : 1];
	size_t before = t->n;
	struct sheet s;

	if (!sheet_begin(&s, l, f, own ? own_columns : pack_columns,
	    own ? ARRAY_LEN(own_columns) : ARRAY_LEN(pack_columns), own))
		return;
	while (sheet_next(&s))
		read_row(&s, t);
	sheet_end(&s);
	if (l->fatal == 0)
		index_rows(l, t, before, own);
}

/* --- look-up --- */

static const struct tac *
find(const struct tac_table *t, uint32_t tac)
{
	size_t low = 0, high = t->n_index;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (t->index[mid] >> 32 < tac)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == t->n_index || t->index[low] >> 32 != tac)
		return NULL;
	return &t->row[(uint32_t)t->index[low]];
}

const struct tac *
knowledge_tac(const struct knowledge *k, uint32_t tac)
{
	const struct tac *own = tac == 0 ? NULL : find(&k->tacs[0], tac);

	return own != NULL || tac == 0 ? own : find(&k->tacs[1], tac);
}

size_t
knowledge_tacs(const struct knowledge *k)
{
	return k->tacs[0].n_index + k->tacs[1].n_index;
}

/* GSMA TS.06, Annex A: reporting body identifiers, in force and former. */
const char *
tac_reporting_body(uint32_t tac)
{
	static const char *const bodies[100] = {
		[0] = "test IMEI", [1] = "PTCRB (US)", [2] = "test IMEI", [3] = "test IMEI",
		[4] = "test IMEI", [5] = "test IMEI", [6] = "test IMEI", [7] = "test IMEI",
		[8] = "test IMEI", [9] = "test IMEI", [10] = "DECT devices", [30] = "Iridium (US)",
		[33] = "DGPT (France)", [35] = "TUV SUD BABT (UK)", [44] = "BABT (UK)",
		[45] = "NTA (Denmark)", [49] = "BZT (Germany)", [50] = "BZT ETS (Germany)",
		[51] = "Cetecom ICT (Germany)", [52] = "Cetecom (Germany)", [53] = "TUV (Germany)",
		[54] = "Phoenix Test Lab (Germany)", [86] = "TAF (China)", [91] = "MSAI (India)",
		[98] = "BABT (UK)", [99] = "GHA (for 3GPP2 and 3GPP)"
	};

	return tac == 0 || tac > 99999999 ? NULL : bodies[tac / 1000000];
}

const char *
tac_maker_name(const struct tac *tac)
{
	if (tac->maker != NULL)
		return tac->maker->name;
	if (tac->maker_name != NULL)
		return tac->maker_name;
	return tac->brand != NULL ? tac->brand : "unknown";
}
