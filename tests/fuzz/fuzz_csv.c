/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_csv.c - tables of every kind: the first octet says which. What loads is looked up with
 * its own octets. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char entities[] = "[{\"id\":\"e\",\"name\":\"Entity Wireless / Other\",\"aliases\":"
    "[\"Entity\"],\"category\":\"company\",\"basis\":\"criminal\",\"adversary_linked\":true,"
    "\"evidence\":\"unverified\",\"sources\":[]}]";

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	(void)arg;
	(void)error;
	(void)line;
	if (file == NULL || text == NULL || *text == '\0')
		abort();	/* a complaint without a place or a reason */
}

/* Rows come in the order of their lines, with cells that are closed. */
static void
read_rows(const uint8_t *data, size_t size)
{
	const struct csv_row *row;
	struct csv_file *f;
	char err[256];
	unsigned line, last = 0;
	int rc;

	if (csv_file_over(&f, data, size, err, sizeof(err)) != 0)
		return;
	while ((rc = csv_file_next(f, &row, &line, err, sizeof(err))) != 0) {
		if (line <= last || (rc < 0 && err[0] == '\0'))
			abort();
		last = line;
		for (size_t i = 0; rc > 0 && i < row->n; i++)
			if (strlen(row->cell[i]) > CSV_CELL_OCTETS_MAX)
				abort();
	}
	csv_file_close(f);
}

struct source {
	const uint8_t *at;
	size_t left;
	unsigned calls;
};

/* A few octets at a time, so that lines and quotes are cut everywhere. */
static size_t
a_few(void *arg, char *to, size_t size)
{
	struct source *s = arg;
	size_t n = 1 + s->calls++ % 7;

	n = n < size ? n : size;
	n = n < s->left ? n : s->left;
	if (n != 0)
		memcpy(to, s->at, n);
	s->at += n;
	s->left -= n;
	return n;
}

/* As a stream it has the same rows. */
static void
compare_stream(const uint8_t *data, size_t size)
{
	struct source source = { data, size, 0 };
	const struct csv_row *row[2];
	struct csv_file *f[2];
	unsigned line[2];
	char err[2][256];
	int rc[2];

	if (size > 32768 || csv_file_over(&f[0], data, size, err[0], sizeof(err[0])) != 0)
		return;
	if (csv_file_stream(&f[1], a_few, &source, 1, err[1], sizeof(err[1])) != 0)
		abort();
	do {
		for (int i = 0; i < 2; i++)
			rc[i] = csv_file_next(f[i], &row[i], &line[i], err[i], sizeof(err[i]));
		if (rc[0] != rc[1] || (rc[0] != 0 && line[0] != line[1]) || (rc[0] > 0 && row[0]->n != row[1]->n))
			abort();
		for (size_t i = 0; rc[0] > 0 && i < row[0]->n; i++)
			if (strcmp(row[0]->cell[i], row[1]->cell[i]) != 0)
				abort();
	} while (rc[0] != 0);
	csv_file_close(f[0]);
	csv_file_close(f[1]);
}

static void
look_up(const struct knowledge *k, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i++) {
		digits some = digits_from_text(data + i, size - i < 15 ? size - i : 15);

		(void)knowledge_tac(k, imei_tac(some));
		(void)knowledge_registered(k, some, DIGITS_NONE);
		(void)knowledge_registered(k, DIGITS_NONE, some);
		(void)knowledge_oui(k, data + i);
		(void)knowledge_modem_mac(k, data + i);
	}
	for (size_t t = 0; t < 2; t++)
		for (size_t i = 0; i < k->tacs[t].n; i++) {
			const struct tac *tac = knowledge_tac(k, k->tacs[t].row[i].tac);

			if (tac == NULL || tac->tac != k->tacs[t].row[i].tac)
				abort();
		}
	for (size_t i = 0; i < k->registered.n; i++)
		if (knowledge_registered(k, k->registered.by_imei[i].imei, k->registered.by_imei[i].imsi)
		    != REGISTER_YES)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const columns[] = { "tac=T", "maker=M" };
	struct knowledge *k = NULL;
	struct loader l;

	if (size == 0 || loader_begin(&l, listen, NULL) != 0)
		return 0;
	read_rows(data + 1, size - 1);
	compare_stream(data + 1, size - 1);
	l.tac_columns = columns;
	l.n_tac_columns = 2;
	load_document(&l, FOLDER_ENTITIES, "e", entities, sizeof(entities) - 1);
	load_sheet(&l, (enum sheet_kind)(data[0] % SHEET_NETWORK), "fuzz", data + 1, size - 1);
	if (loader_end(&l, &k) == 0) {
		look_up(k, data + 1, size - 1);
		knowledge_free(k);
	} else if (k != NULL) {
		abort();	/* nothing is loaded half */
	}
	return 0;
}
