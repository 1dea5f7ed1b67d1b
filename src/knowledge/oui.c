/* SPDX-License-Identifier: Apache-2.0 */
/* oui.c - who holds the prefix of a MAC address, and the addresses that modems are born with. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

enum { MAC_BITS = 48, GROUP_BIT = 0x01, LOCAL_BIT = 0x02 };	/* IEEE 802, 8.2.2: first octet */

enum { OUI_PREFIX, OUI_BITS, OUI_ENTITY, OUI_ORGANISATION, OUI_SOURCE, OUI_AS_OF, OUI_COLUMNS };
static const struct sheet_column oui_columns[OUI_COLUMNS] = {
	[OUI_PREFIX] = { { "prefix" }, true },
	[OUI_BITS] = { { "bits" }, true },
	[OUI_ENTITY] = { { "entity" }, true },
	[OUI_ORGANISATION] = { { "organisation" }, true },
	[OUI_SOURCE] = { { "source" }, true },
	[OUI_AS_OF] = { { "as_of" }, true },
};

enum { MODEM_MAC, MODEM_BITS, MODEM_FAMILY, MODEM_SOURCE, MODEM_AS_OF, MODEM_COLUMNS };
static const struct sheet_column modem_columns[MODEM_COLUMNS] = {
	[MODEM_MAC] = { { "mac" }, true },
	[MODEM_BITS] = { { "bits" }, true },
	[MODEM_FAMILY] = { { "family" }, true },
	[MODEM_SOURCE] = { { "source" }, true },
	[MODEM_AS_OF] = { { "as_of" }, true },
};

/* The octets of a MAC address as a number. */
static uint64_t
mac_number(const uint8_t mac[6])
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 6; i++)
		n = n << 8 | mac[i];
	return n;
}

static uint64_t
leading(uint64_t mac, unsigned bits)
{
	return mac >> (MAC_BITS - bits);
}

/* Hexadecimal digits, as many as the bits of the row say. */
static bool
read_prefix(struct sheet *s, size_t column, const unsigned *lengths, size_t n, uint64_t *prefix,
    uint8_t *bits)
{
	const char *text = sheet_text(s, column), *number = sheet_text(s, column + 1);
	size_t len = text == NULL ? 0 : strlen(text);

	for (size_t i = 0; i < n && number != NULL && len != 0; i++) {
		if (strtoul(number, NULL, 10) != lengths[i] || len != lengths[i] / 4 ||
		    strspn(number, "0123456789") != strlen(number) ||
		    strspn(text, "0123456789ABCDEF") != len)
			continue;
		*prefix = strtoull(text, NULL, 16);
		*bits = (uint8_t)lengths[i];
		return true;
	}
	sheet_wrong(s, "'%.32s' of '%.8s' bits is no prefix (capital hexadecimal digits)",
	    text == NULL ? "" : text, number == NULL ? "" : number);
	return false;
}

static const char *
required_text(struct sheet *s, size_t column, size_t max)
{
	const char *text = sheet_shared(s, column, max);

	if (text == NULL)
		sheet_wrong(s, "'%s' is missing", s->columns[column].names[0]);
	return text;
}

static void
read_oui(struct sheet *s, struct oui_table *t)
{
	static const unsigned lengths[] = { 24, 28, 36 };
	const char *id = sheet_text(s, OUI_ENTITY);
	const struct draft_entity *draft = id == NULL ? NULL : find_draft(s->l, id);
	size_t wrong = s->wrong;
	struct oui row = { 0 };

	if (!read_prefix(s, OUI_PREFIX, lengths, ARRAY_LEN(lengths), &row.prefix, &row.bits))
		return;
	if ((row.prefix >> (row.bits - 8) & (GROUP_BIT | LOCAL_BIT)) != 0)
		sheet_wrong(s, "no prefix is given out for groups or local use");
	if (id != NULL && draft == NULL)
		sheet_wrong(s, "entity '%.64s' is not in the pack", id);
	row.holder = draft == NULL ? NULL : draft->entity;
	row.organisation = required_text(s, OUI_ORGANISATION, NAME_MAX_OCTETS);
	row.source = required_text(s, OUI_SOURCE, SOURCE_MAX);
	row.as_of = sheet_date(s, OUI_AS_OF);
	if (s->wrong == wrong && grow_array(s->l, &t->row, sizeof(row), t->n, &t->room, OUIS_MAX,
	    "prefixes"))
		t->row[t->n++] = row;
}

static void
read_modem(struct sheet *s, struct modem_mac_table *t)
{
	static const unsigned lengths[] = { 40, 48 };
	size_t wrong = s->wrong;
	struct modem_mac row = { 0 };

	if (!read_prefix(s, MODEM_MAC, lengths, ARRAY_LEN(lengths), &row.prefix, &row.bits))
		return;
	row.family = required_text(s, MODEM_FAMILY, NAME_MAX_OCTETS);
	row.source = required_text(s, MODEM_SOURCE, SOURCE_MAX);
	row.as_of = sheet_date(s, MODEM_AS_OF);
	if (s->wrong == wrong && grow_array(s->l, &t->row, sizeof(row), t->n, &t->room,
	    MODEM_MACS_MAX, "addresses of modems"))
		t->row[t->n++] = row;
}

void
load_ouis(struct loader *l, struct csv_file *f)
{
	struct sheet s;

	if (!sheet_begin(&s, l, f, oui_columns, ARRAY_LEN(oui_columns), false))
		return;
	while (sheet_next(&s))
		read_oui(&s, &l->k->ouis);
	sheet_end(&s);
}

void
load_modem_macs(struct loader *l, struct csv_file *f)
{
	struct sheet s;

	if (!sheet_begin(&s, l, f, modem_columns, ARRAY_LEN(modem_columns), false))
		return;
	while (sheet_next(&s))
		read_modem(&s, &l->k->modem_macs);
	sheet_end(&s);
}

/* --- sorted by length, then value --- */

static int
compare(uint8_t bits_a, uint64_t a, uint8_t bits_b, uint64_t b)
{
	return bits_a != bits_b ? (bits_a > bits_b) - (bits_a < bits_b) : (a > b) - (a < b);
}

static int
by_prefix(const void *a, const void *b)
{
	const struct oui *x = a, *y = b;

	return compare(x->bits, x->prefix, y->bits, y->prefix);
}

static int
by_modem_prefix(const void *a, const void *b)
{
	const struct modem_mac *x = a, *y = b;

	return compare(x->bits, x->prefix, y->bits, y->prefix);
}

void
settle_ouis(struct loader *l)
{
	struct oui_table *t = &l->k->ouis;
	struct modem_mac_table *m = &l->k->modem_macs;

	if (t->n > 0)
		qsort(t->row, t->n, sizeof(t->row[0]), by_prefix);
	if (m->n > 0)
		qsort(m->row, m->n, sizeof(m->row[0]), by_modem_prefix);
	for (size_t i = 1; i < t->n; i++)
		if (by_prefix(&t->row[i - 1], &t->row[i]) == 0)
			complain(l, "prefix %0*llX is in the tables twice", t->row[i].bits / 4,
			    (unsigned long long)t->row[i].prefix);
	for (size_t i = 1; i < m->n; i++)
		if (by_modem_prefix(&m->row[i - 1], &m->row[i]) == 0)
			complain(l, "address %0*llX is in the tables twice", m->row[i].bits / 4,
			    (unsigned long long)m->row[i].prefix);
}

const struct oui *
knowledge_oui(const struct knowledge *k, const uint8_t mac[6])
{
	static const uint8_t lengths[] = { 36, 28, 24 };
	const struct oui *row = NULL;

	if ((mac[0] & (GROUP_BIT | LOCAL_BIT)) != 0 || k->ouis.n == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(lengths) && row == NULL; i++) {
		struct oui key = { .bits = lengths[i], .prefix = leading(mac_number(mac), lengths[i]) };

		row = bsearch(&key, k->ouis.row, k->ouis.n, sizeof(key), by_prefix);
	}
	return row;
}

const struct modem_mac *
knowledge_modem_mac(const struct knowledge *k, const uint8_t mac[6])
{
	static const uint8_t lengths[] = { 48, 40 };
	const struct modem_mac *row = NULL;

	for (size_t i = 0; i < ARRAY_LEN(lengths) && row == NULL && k->modem_macs.n != 0; i++) {
		struct modem_mac key = { .bits = lengths[i],
			.prefix = leading(mac_number(mac), lengths[i]) };

		row = bsearch(&key, k->modem_macs.row, k->modem_macs.n, sizeof(key), by_modem_prefix);
	}
	return row;
}

size_t
knowledge_ouis(const struct knowledge *k)
{
	return k->ouis.n;
}
