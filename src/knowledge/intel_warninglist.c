/* SPDX-License-Identifier: Apache-2.0 */
/* intel_warninglist.c - MISP warning lists: what is known to be harmless or shared, as allow-lists.
 * Source: MISP/misp-warninglists, schema.json and its README: {"name", "type", "list": [...]}, the
 * type being string (equal), hostname (the name and all below it), cidr, substring or regex. */
#include <stdlib.h>
#include <string.h>

#include "intel.h"

enum list_type { LIST_STRING, LIST_HOSTNAME, LIST_CIDR, LIST_SUBSTRING, LIST_REGEX, LIST_UNKNOWN };

struct warninglist {
	struct feed_reader *r;
	enum list_type type;
	char name[INTEL_NOTE_MAX];
};

static void
find_type(void *arg, const struct json_span *span)
{
	static const char *const words[] = { "\"string\"", "\"hostname\"", "\"cidr\"", "\"substring\"",
		"\"regex\"" };
	struct warninglist *w = arg;

	w->type = LIST_UNKNOWN;
	for (unsigned i = 0; i < LIST_UNKNOWN; i++)
		if (strlen(words[i]) == span->len && memcmp(words[i], span->at, span->len) == 0)
			w->type = (enum list_type)i;
}

static void
find_name(void *arg, const struct json_span *span)
{
	struct warninglist *w = arg;
	struct json_value *v = span->len > INTEL_RECORD_MAX ? NULL : json_parse(span->at, span->len);
	const char *text = json_value_text(v);

	(void)snprintf(w->name, sizeof(w->name), "%s", text == NULL ? "" : text);
	json_free(v);
}

static void
read_entry(struct warninglist *w, const char *text, const struct intel_meta *meta)
{
	struct feed_reader *r = w->r;
	size_t len = strlen(text);
	struct cidr block;

	switch (w->type) {
	case LIST_HOSTNAME:
		intel_value(r, INTEL_DOMAIN, text, len, meta);
		break;
	case LIST_CIDR:
		intel_value(r, INTEL_ADDR_OR_BLOCK, text, len, meta);
		break;
	case LIST_SUBSTRING:
	case LIST_REGEX:
		intel_allow_part(r, text, w->type == LIST_REGEX, meta);
		break;
	case LIST_STRING:
		if (len < CIDR_TEXT_MAX && cidr_parse(&block, text) == 0)
			intel_value(r, INTEL_ADDR_OR_BLOCK, text, len, meta);
		else if (strchr(text, '.') != NULL && strpbrk(text, "/ @") == NULL)
			intel_value(r, INTEL_HOST, text, len, meta);
		else
			intel_skip(r, FEED_NO_FIELD, text, len, meta);
		break;
	default:
		intel_skip(r, FEED_OTHER, text, len, meta);
		break;
	}
}

static void
find_entry(void *arg, const struct json_span *span)
{
	struct warninglist *w = arg;
	const struct intel_meta meta = { .line = span->line, .note = w->name };
	struct json_value *v;
	const char *text;

	if (span->len > INTEL_RECORD_MAX) {
		intel_skip(w->r, FEED_TOO_LONG, "", 0, &meta);
		return;
	}
	v = json_parse(span->at, span->len);
	text = json_value_text(v);
	if (text == NULL)
		intel_skip(w->r, FEED_UNREADABLE, span->at, span->len, &meta);
	else
		read_entry(w, text, &meta);
	json_free(v);
}

static void
read_warninglist(struct feed_reader *r)
{
	struct warninglist w = { .r = r, .type = LIST_UNKNOWN };
	const char *wrong;
	size_t len;
	char *octets = intel_whole(r, &len);
	unsigned line;

	if (octets == NULL)
		return;
	wrong = json_walk(octets, len, 1, "type", find_type, &w, &line);
	if (wrong == NULL)
		(void)json_walk(octets, len, 1, "name", find_name, &w, &line);
	if (wrong == NULL)
		(void)json_walk(octets, len, 1, "list[]", find_entry, &w, &line);
	else
		intel_skip(r, FEED_FILE, wrong, strlen(wrong), &(struct intel_meta){ .line = line });
	free(octets);
}

static bool
looks_like_warninglist(const char *head, size_t len)
{
	return len != 0 && head[0] == '{' && memmem(head, len, "\"list\"", 6) != NULL &&
	    memmem(head, len, "\"objects\"", 9) == NULL && memmem(head, len, "\"Event\"", 7) == NULL;
}

const struct intel_format intel_warninglist = { .name = "misp-warninglist", .looks = looks_like_warninglist,
	.read = read_warninglist, .allow = true };
