/* SPDX-License-Identifier: Apache-2.0 */
/* intel_stix.c - STIX 2.1 bundles (OASIS): indicators with patterns in the STIX language; what their
 * patterns say is intel_pattern.c's. Other objects are counted as what they are. */
#include <stdlib.h>
#include <string.h>

#include "intel.h"
#include "intel_pattern.h"

static bool
is_benign(const struct json_value *object)
{
	const struct json_value *types = json_member(object, "indicator_types");

	for (size_t i = 0; i < json_array_len(types); i++) {
		const char *text = json_value_text(json_array_at(types, i));

		if (text != NULL && strcmp(text, "benign") == 0)
			return true;
	}
	return false;
}

static void
read_validity(const struct json_value *object, struct intel_meta *meta)
{
	meta->from_us = intel_member_time(object, "valid_from");
	meta->until_us = intel_member_time(object, "valid_until");
	meta->date_us = intel_member_time(object, "modified");
	if (meta->date_us == 0)
		meta->date_us = intel_member_time(object, "created");
}

/* 0 to 100; not said is no less. */
static void
read_degree(const struct json_value *object, struct intel_meta *meta)
{
	int64_t percent = json_value_int(json_get(object, "confidence"), -1);

	if (percent >= 0 && percent <= 100)
		meta->confidence = percent == 0 ? CONFIDENCE_LOW : intel_confidence((unsigned)percent);
}

static void
read_indicator(struct feed_reader *r, const struct json_value *object, struct intel_meta *meta)
{
	const char *pattern = json_value_text(json_get(object, "pattern"));
	const char *language = json_value_text(json_get(object, "pattern_type"));

	meta->id = json_value_text(json_get(object, "id"));
	meta->note = json_value_text(json_get(object, "name"));
	read_validity(object, meta);
	read_degree(object, meta);
	if (meta->date_us > r->own_date_us)
		r->own_date_us = meta->date_us;
	if (pattern == NULL)
		intel_skip(r, FEED_UNREADABLE, "", 0, meta);
	else if (json_bool(object, "revoked", false))
		intel_skip(r, FEED_REVOKED, pattern, strlen(pattern), meta);
	else if (language != NULL && strcmp(language, "stix") != 0)
		intel_skip(r, FEED_PATTERN, pattern, strlen(pattern), meta);
	else if (is_benign(object))
		intel_skip(r, FEED_NO_DETECTION, pattern, strlen(pattern), meta);
	else
		intel_pattern(r, pattern, meta);
}

static void
find_object(void *arg, const struct json_span *span)
{
	struct feed_reader *r = arg;
	struct intel_meta meta = { .line = span->line };
	struct json_value *object;
	const char *type;

	if (span->len > INTEL_RECORD_MAX) {
		intel_skip(r, FEED_TOO_LONG, "", 0, &meta);
		return;
	}
	object = json_parse(span->at, span->len);
	type = json_value_text(json_get(object, "type"));
	if (type == NULL)
		intel_skip(r, FEED_UNREADABLE, span->at, span->len, &meta);
	else if (strcmp(type, "indicator") != 0)
		intel_skip(r, FEED_OTHER, type, strlen(type), &meta);
	else
		read_indicator(r, object, &meta);
	json_free(object);
}

static void
read_stix(struct feed_reader *r)
{
	const char *wrong;
	size_t len;
	char *octets = intel_whole(r, &len);
	unsigned line;

	if (octets == NULL)
		return;
	wrong = json_walk(octets, len, 1, "objects[]", find_object, r, &line);
	if (wrong != NULL)
		intel_skip(r, FEED_FILE, wrong, strlen(wrong), &(struct intel_meta){ .line = line });
	free(octets);
}

static bool
looks_like_stix(const char *head, size_t len)
{
	return len != 0 && head[0] == '{' && memmem(head, len, "\"objects\"", 9) != NULL &&
	    (memmem(head, len, "bundle", 6) != NULL || memmem(head, len, "\"pattern\"", 9) != NULL);
}

const struct intel_format intel_stix = { .name = "stix", .looks = looks_like_stix, .read = read_stix };
