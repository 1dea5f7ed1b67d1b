/* SPDX-License-Identifier: Apache-2.0 */
/* feeds.h - load one feed of outside intelligence from memory over a small pack, and look at it. */
#ifndef PICKET_TESTS_FEEDS_H
#define PICKET_TESTS_FEEDS_H

#include <check.h>
#include <string.h>

#include "knowledge/intel.h"

struct feed_heard {
	unsigned errors, warnings;
	char last[1200];
};

static inline void
feeds_listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	struct feed_heard *heard = arg;

	*(error ? &heard->errors : &heard->warnings) += 1;
	(void)snprintf(heard->last, sizeof(heard->last), "%s:%u: %s", file, line, text);
}

static char feeds_path[] = "FEED", feeds_name[] = "one";

/* What the configuration has when it says no more than a path. */
static inline struct intel_source
feeds_conf(const char *format)
{
	return (struct intel_source){ .path = feeds_path, .name = feeds_name,
		.format = (char *)(uintptr_t)format, .confidence = CONFIDENCE_MEDIUM,
		.max_shrink_percent = 50, .refuse_bad = true };
}

static inline struct knowledge *
feeds_load_as(const struct intel_source *conf, const void *octets, size_t len, struct feed_heard *heard)
{
	static const char entities[] = "[{\"id\":\"quectel\",\"name\":\"Quectel\",\"category\":\"module_maker\","
	    "\"basis\":\"jurisdiction_only\",\"adversary_linked\":true,\"evidence\":\"verified\","
	    "\"sources\":[\"s\"]}]";
	static const char lists[] = "[{\"id\":\"l\",\"name\":\"List\",\"authority\":\"A\",\"country\":\"US\","
	    "\"kind\":\"k\",\"status\":\"listed\",\"effect\":\"E\",\"does_not\":\"D\",\"url\":\"u\","
	    "\"verified\":true,\"as_of\":\"2026\",\"sources\":[\"s\"]}]";
	struct knowledge *k = NULL;
	struct loader l;

	memset(heard, 0, sizeof(*heard));
	ck_assert_int_eq(loader_begin(&l, feeds_listen, heard), 0);
	load_document(&l, FOLDER_ENTITIES, "E", entities, sizeof(entities) - 1);
	load_document(&l, FOLDER_LISTS, "L", lists, sizeof(lists) - 1);
	load_intel_document(&l, conf, "FEED", octets, len);
	return loader_end(&l, &k) == 0 ? k : NULL;
}

static inline struct knowledge *
feeds_load(const char *format, const char *text)
{
	struct intel_source conf = feeds_conf(format);
	struct feed_heard heard;
	struct knowledge *k = feeds_load_as(&conf, text, strlen(text), &heard);

	ck_assert_msg(k != NULL, "%s", heard.last);
	return k;
}

static inline const struct feed *
feeds_of(const struct knowledge *k)
{
	size_t n;
	const struct feed *f = knowledge_feeds(k, &n);

	ck_assert_uint_eq(n, 1);
	return f;
}

static inline const struct indicator *
feeds_name_found(const struct knowledge *k, const char *name)
{
	const struct indicator *found[1];

	return knowledge_find_domain(k, name, strlen(name), found, 1) == 0 ? NULL : found[0];
}

static inline const struct indicator *
feeds_addr_found(const struct knowledge *k, const char *text, uint16_t port, uint8_t proto)
{
	const struct indicator *found[1];
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text), 0);
	return knowledge_find_addr(k, &a, port, proto, found, 1) == 0 ? NULL : found[0];
}

static inline const struct indicator *
feeds_url_found(const struct knowledge *k, const char *url, uint16_t port)
{
	const struct indicator *found[1];

	return knowledge_find_url(k, url, strlen(url), port, found, 1) == 0 ? NULL : found[0];
}

/* read, used, and the only reason why anything was skipped, or two. */
#define ck_assert_counts(k, n_read, n_used)						\
	do {										\
		ck_assert_uint_eq(feeds_of(k)->read, n_read);				\
		ck_assert_uint_eq(feeds_of(k)->used, n_used);				\
	} while (0)
#define ck_assert_skipped(k, why, n) ck_assert_uint_eq(feeds_of(k)->skipped[why], n)

#endif
