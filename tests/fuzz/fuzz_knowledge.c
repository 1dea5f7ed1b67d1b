/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_knowledge.c - the loader on a document of any folder: the first octet says which. What
 * loads is looked up with its own octets. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/internal.h"
#include "rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char entities[] = "[{\"id\":\"e\",\"name\":\"E\",\"category\":\"company\","
    "\"basis\":\"criminal\",\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]}]";
static const char lists[] = "[{\"id\":\"l\",\"name\":\"L\",\"authority\":\"A\",\"country\":\"US\","
    "\"kind\":\"k\",\"status\":\"listed\",\"effect\":\"E\",\"does_not\":\"D\",\"url\":\"u\","
    "\"verified\":true,\"as_of\":\"2026\",\"sources\":[\"s\"]}]";

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
met(void *arg, uint32_t condition)
{
	if (condition >= rule_conditions(arg))
		abort();
}

/* What is shown to the rules that loaded are their own octets. */
static void
try_rules(const struct knowledge *k, const uint8_t *data, size_t size)
{
	const struct rule_set *rs = knowledge_rule_set(k);
	struct rule_scratch *s = rs == NULL ? NULL : rule_scratch_new(rs);
	size_t len = size < RULE_PAYLOAD_OCTETS_MAX ? size : RULE_PAYLOAD_OCTETS_MAX;

	if (s == NULL)
		return;
	for (uint32_t i = 0; i < rule_conditions(rs); i++)
		rule_find_octets(rs, s, rule_condition_field_id(rs, i), data, len, met, (void *)(uintptr_t)rs);
	rule_find_payload(rs, s, data, len, size, RULE_FROM_INITIATOR | RULE_FROM_DEVICE, met, (void *)(uintptr_t)rs);
	rule_scratch_free(s);
}

static void
look_up(const struct knowledge *k, const uint8_t *data, size_t size)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];

	try_rules(k, data, size);
	for (int match = 0; match <= MATCH_N; match++)
		(void)knowledge_find_text(k, (enum field_match)match, (const char *)data, size,
		    found, KNOWLEDGE_FOUND_MAX);
	for (size_t i = 0; i < knowledge_indicators(k); i++) {
		const struct indicator *ind = knowledge_indicator(k, i);

		if (ind->kind == INDICATOR_DOMAIN && strcmp(ind->value, "") != 0)
			(void)knowledge_find_domain(k, ind->value, strlen(ind->value), found, 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct knowledge *k = NULL;
	struct loader l;

	if (size == 0 || loader_begin(&l, listen, NULL) != 0)
		return 0;
	load_document(&l, FOLDER_ENTITIES, "e", entities, sizeof(entities) - 1);
	load_document(&l, FOLDER_LISTS, "l", lists, sizeof(lists) - 1);
	load_document(&l, (enum folder)(data[0] % FOLDER_JSON_N), "fuzz", data + 1, size - 1);
	if (loader_end(&l, &k) == 0) {
		look_up(k, data + 1, size - 1);
		knowledge_free(k);
	} else if (k != NULL) {
		abort();	/* nothing is loaded half */
	}
	return 0;
}
