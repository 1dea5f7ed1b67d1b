/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_networks.c - tables of networks. What loads is looked up: each prefix at both its ends and
 * beside them, against the slow way. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char entities[] = "[{\"id\":\"e\",\"name\":\"Entity\",\"category\":\"company\","
    "\"basis\":\"criminal\",\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]},"
    "{\"id\":\"f\",\"name\":\"Other\",\"category\":\"company\",\"basis\":\"criminal\","
    "\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]}]";

enum { ROWS_COMPARED = 256 };

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	(void)arg;
	(void)error;
	(void)line;
	if (file == NULL || text == NULL || *text == '\0')
		abort();	/* a complaint without a place or a reason */
}

static void
compare(const struct knowledge *k, const struct addr *a)
{
	const struct network_table *t = &k->networks;
	const struct network_row *best = NULL;
	struct cidr block;
	const struct network *net = knowledge_network(k, a, &block);
	struct owner o;

	for (size_t i = 0; i < t->n; i++) {
		struct cidr c = { t->row[i].base, (uint8_t)t->row[i].len };

		if (cidr_contains(&c, a) && (best == NULL || best->len < t->row[i].len))
			best = &t->row[i];
	}
	if ((net == NULL) != (best == NULL))
		abort();
	if (best != NULL && (best->len != block.len || net != &t->net[best->net]))
		abort();
	(void)knowledge_owner(k, a, &o);
}

/* Its first address, its last, and the ones before and behind. */
static void
look_around(const struct knowledge *k, const struct network_row *row)
{
	struct addr first = row->base, last = row->base;

	for (unsigned bit = row->len; bit < 128; bit++)
		last.octet[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	compare(k, &first);
	compare(k, &last);
	for (int i = 15; i >= 0 && first.octet[i]-- == 0; i--)
		;
	for (int i = 15; i >= 0 && ++last.octet[i] == 0; i--)
		;
	compare(k, &first);
	compare(k, &last);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct knowledge *k = NULL;
	struct loader l;

	if (loader_begin(&l, listen, NULL) != 0)
		return 0;
	load_document(&l, FOLDER_ENTITIES, "e", entities, sizeof(entities) - 1);
	load_sheet(&l, SHEET_NETWORK, "fuzz", data, size);
	if (loader_end(&l, &k) != 0) {
		if (k != NULL)
			abort();	/* nothing is loaded half */
		return 0;
	}
	for (size_t i = 0; i < k->networks.n && i < ROWS_COMPARED; i++)
		look_around(k, &k->networks.row[i]);
	for (size_t i = 0; i < k->networks.n_nets; i++)
		if (knowledge_network_by_asn(k, k->networks.net[i].asn) == NULL)
			abort();
	knowledge_free(k);
	return 0;
}
