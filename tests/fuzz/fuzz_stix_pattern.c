/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stix_pattern.c - a pattern of STIX by itself, without the JSON around it. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/intel_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed feed = { .name = "fuzz", .path = "fuzz" };
	struct intel_source conf = { .confidence = 2 };
	const struct intel_meta meta = { .line = 1 };
	struct knowledge *k = NULL;
	struct feed_reader r = { .conf = &conf, .feed = &feed, .fd = -1, .path = "fuzz" };
	char *text = malloc(size + 1);
	uint64_t sum = feed.used;
	struct loader l;

	if (text == NULL || loader_begin(&l, NULL, NULL) != 0) {
		free(text);
		return 0;
	}
	if (size != 0)
		memcpy(text, data, size);
	text[size] = '\0';
	r.l = &l;
	r.preset.pub.feed = &feed;
	r.preset.pub.id = "fuzz";
	intel_pattern(&r, text, &meta);
	for (unsigned i = 0; i < FEED_SKIP_N; i++)
		sum += feed.skipped[i];
	if (feed.read == 0 || sum + feed.used != feed.read)
		abort();	/* each pattern says something, and all of it is counted */
	text_set_done(&r.shared);
	if (loader_end(&l, &k) != 0)
		abort();
	knowledge_free(k);
	free(text);
	return 0;
}
