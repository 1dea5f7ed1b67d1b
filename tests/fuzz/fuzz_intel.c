/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_intel.c - every format of outside intelligence: the first octet says which (or by contents), its
 * upper half whether it is an allow-list. Whatever is read is counted, and what is used is found. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/intel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_up(const struct knowledge *k)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];

	for (size_t i = 0; i < knowledge_indicators(k); i++) {
		const struct indicator *ind = knowledge_indicator(k, i);
		const struct item *item = item_at(k, i);
		size_t n = 1, len = strlen(ind->value);

		if (ind->entity == NULL || ind->feed == NULL || ind->id == NULL || ind->type == NULL)
			abort();
		(void)knowledge_allows(k, ind, ind->value, len);
		if (item->key_class == KEY_DOMAIN_EXACT || (item->key_class == KEY_DOMAIN_SUFFIX && !item->below_only))
			n = knowledge_find_domain(k, ind->value, len, found, KNOWLEDGE_FOUND_MAX);
		else if (item->key_class >= KEY_TEXT)
			n = knowledge_find_text(k, ind->match, ind->value, len, found, KNOWLEDGE_FOUND_MAX);
		if (n == 0)
			abort();	/* what was put in must be found under its own value */
	}
}

static void
check_counts(const struct knowledge *k)
{
	size_t n;
	const struct feed *f = knowledge_feeds(k, &n);
	uint64_t sum = 0;

	if (n != 1)
		abort();
	for (unsigned i = 0; i < FEED_SKIP_N; i++)
		sum += f->skipped[i];
	if ((f->state == FEED_USED || f->state == FEED_WARNED) && sum + f->used != f->read)
		abort();
	if (f->state == FEED_REFUSED && (f->used != 0 || knowledge_indicators(k) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { "auto", "plain", "csv", "zeek", "suricata", "hosts", "misp", "stix",
		"misp-warninglist" };
	char path[] = "fuzz", name[] = "fuzz", format[32];
	struct intel_source conf = { .path = path, .name = name, .format = format, .confidence = 2,
		.max_shrink_percent = 50, .expires_days = 30 };
	struct knowledge *k = NULL;
	struct loader l;

	if (size == 0 || loader_begin(&l, NULL, NULL) != 0)
		return 0;
	(void)snprintf(format, sizeof(format), "%s", formats[(data[0] & 15) % 9]);
	conf.allow = (data[0] & 16) != 0;
	conf.refuse_bad = (data[0] & 32) != 0;
	load_intel_document(&l, &conf, "fuzz", data + 1, size - 1);
	if (loader_end(&l, &k) != 0)
		abort();	/* a feed never fails the load */
	check_counts(k);
	look_up(k);
	knowledge_free(k);
	return 0;
}
