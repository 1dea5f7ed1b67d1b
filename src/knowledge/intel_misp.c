/* SPDX-License-Identifier: Apache-2.0 */
/* intel_misp.c - MISP events, as exported or as a feed folder (manifest.json names the events by their
 * UUIDs; what it does not name is not in the feed). Source: MISP core format
 * (draft-dulaunoy-misp-core-format). Attributes stand in the event and in its objects; only those
 * with to_ids are meant for detection. first_seen does not narrow: infrastructure is older than its
 * discovery. */
#include <stdlib.h>
#include <string.h>

#include "intel.h"

enum { TAGS_MAX = 48 };

struct misp {
	struct feed_reader *r;
	const char *octets;
	char info[INTEL_NOTE_MAX / 2];
	char tlp[TAGS_MAX];	/* of the event */
	unsigned events;
};

static void
keep_tlp(char *to, const struct json_value *tag)
{
	const char *name = json_value_text(json_get(tag, "name"));

	if (name != NULL && strncasecmp(name, "tlp:", 4) == 0)
		(void)snprintf(to, TAGS_MAX, "%s", name);
}

/* --- attributes --- */

static void
add_attribute(struct misp *m, const struct json_value *a, struct intel_meta *meta)
{
	const char *type = json_value_text(json_get(a, "type"));
	const char *value = json_value_text(json_get(a, "value"));
	char text[TEXT_SEEN_MAX * 2];
	enum intel_kind kind;
	size_t len = value == NULL ? 0 : strlen(value);

	if (type == NULL || value == NULL) {
		intel_skip(m->r, FEED_UNREADABLE, "", 0, meta);
	} else if (json_bool(a, "deleted", false)) {
		intel_skip(m->r, FEED_REVOKED, value, len, meta);
	} else if (!json_bool(a, "to_ids", false)) {
		intel_skip(m->r, FEED_NO_DETECTION, value, len, meta);
	} else if (strcmp(type, "hostname|port") == 0) {
		intel_skip(m->r, FEED_CONDITION, value, len, meta);	/* of a name no port can be asked */
	} else if (len >= sizeof(text)) {
		intel_skip(m->r, FEED_TOO_LONG, value, len, meta);
	} else {
		memcpy(text, value, len + 1);
		if (strcmp(type, "domain|ip") == 0)	/* its address then: may be shared */
			text[strcspn(text, "|")] = '\0';
		kind = intel_kind_of(type, strlen(type));
		intel_value(m->r, kind == INTEL_UNKNOWN ? INTEL_OTHER : kind, text, strlen(text), meta);
	}
}

static void
find_attribute(void *arg, const struct json_span *span)
{
	struct misp *m = arg;
	struct intel_meta meta = { .line = span->line };
	const struct json_value *tags;
	char note[INTEL_NOTE_MAX], tlp[TAGS_MAX];
	struct json_value *a;

	if (span->len > INTEL_RECORD_MAX) {
		intel_skip(m->r, FEED_TOO_LONG, "", 0, &meta);
		return;
	}
	a = json_parse(span->at, span->len);
	if (!json_value_is_object(a)) {
		intel_skip(m->r, FEED_UNREADABLE, span->at, span->len, &meta);
		json_free(a);
		return;
	}
	(void)snprintf(tlp, sizeof(tlp), "%s", m->tlp);
	tags = json_member(a, "Tag");
	for (size_t i = 0; i < json_array_len(tags); i++)
		keep_tlp(tlp, json_array_at(tags, i));
	(void)snprintf(note, sizeof(note), "%s%s%s%s", m->info, tlp[0] != '\0' ? " [" : "", tlp,
	    tlp[0] != '\0' ? "]" : "");
	meta.note = note;
	meta.id = json_value_text(json_get(a, "uuid"));
	meta.date_us = intel_member_time(a, "last_seen");
	if (meta.date_us == 0)
		meta.date_us = intel_member_time(a, "timestamp");
	add_attribute(m, a, &meta);
	json_free(a);
}

/* --- events --- */

static void
find_info(void *arg, const struct json_span *span)
{
	struct misp *m = arg;
	struct json_value *v = span->len > INTEL_RECORD_MAX ? NULL : json_parse(span->at, span->len);
	const char *text = json_value_text(v);

	(void)snprintf(m->info, sizeof(m->info), "%s", text == NULL ? "" : text);
	json_free(v);
}

static void
find_tag(void *arg, const struct json_span *span)
{
	struct misp *m = arg;
	struct json_value *v = span->len > INTEL_RECORD_MAX ? NULL : json_parse(span->at, span->len);

	keep_tlp(m->tlp, v);
	json_free(v);
}

static void
find_timestamp(void *arg, const struct json_span *span)
{
	struct misp *m = arg;
	char text[32] = "";
	size_t n = span->len;
	const char *at = span->at;
	uint64_t us;

	if (n > 2 && at[0] == '"') {
		at++;
		n -= 2;
	}
	if (n < sizeof(text))
		memcpy(text, at, n);
	us = intel_time(text);
	if (us > m->r->own_date_us)
		m->r->own_date_us = us;
}

static void
find_event(void *arg, const struct json_span *span)
{
	struct misp *m = arg;
	unsigned line;

	m->info[0] = m->tlp[0] = '\0';
	m->events++;
	(void)json_walk(span->at, span->len, span->line, "info", find_info, m, &line);
	(void)json_walk(span->at, span->len, span->line, "Tag[]", find_tag, m, &line);
	(void)json_walk(span->at, span->len, span->line, "timestamp", find_timestamp, m, &line);
	(void)json_walk(span->at, span->len, span->line, "Attribute[]", find_attribute, m, &line);
	(void)json_walk(span->at, span->len, span->line, "Object[].Attribute[]", find_attribute, m, &line);
}

/* One event, or what the interface of MISP answers: several, or attributes without their events. */
static void
read_document(struct misp *m, const char *octets, size_t len)
{
	static const char *const paths[] = { "Event", "response[].Event", "response.Event", "[].Event" };
	const char *wrong = NULL;
	unsigned line = 1;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && wrong == NULL; i++)
		wrong = json_walk(octets, len, 1, paths[i], find_event, m, &line);
	if (wrong == NULL) {
		m->info[0] = m->tlp[0] = '\0';
		wrong = json_walk(octets, len, 1, "response.Attribute[]", find_attribute, m, &line);
	}
	if (wrong != NULL)
		intel_skip(m->r, FEED_FILE, wrong, strlen(wrong), &(struct intel_meta){ .line = line });
}

/* --- a feed folder --- */

static bool
is_uuid(const char *text, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-'
		    : memchr("0123456789abcdefABCDEF", text[i], 22) == NULL)
			return false;
	return true;
}

/* An event that the manifest names: its file lies beside it. */
static void
find_listed(void *arg, const struct json_span *span)
{
	struct misp *m = arg;
	struct feed_reader *r = m->r;
	const char *manifest = r->path, *path;
	char name[48], *octets;
	size_t len;

	if (r->l->fatal != 0)
		return;
	if (!is_uuid(span->key, span->key_len) || r->feed->files >= INTEL_FILES_MAX) {
		intel_skip(r, FEED_FILE, span->key, span->key_len, &(struct intel_meta){ .line = span->line });
		return;
	}
	(void)snprintf(name, sizeof(name), "%.36s.json", span->key);
	path = intel_path_beside(r, name);
	if (path == NULL || intel_open(r, path) != 0) {
		intel_skip(r, FEED_FILE, name, strlen(name), &(struct intel_meta){ .line = span->line });
	} else {
		r->feed->files++;
		r->preset.pub.source = path;
		octets = intel_whole(r, &len);
		if (octets != NULL)
			read_document(m, octets, len);
		free(octets);
		intel_close(r);
	}
	r->path = manifest;
}

static bool
is_manifest(const struct feed_reader *r)
{
	static const char name[] = "/manifest.json";
	size_t len = strlen(r->path);

	return r->fd >= 0 && len >= sizeof(name) - 1 && strcmp(r->path + len - (sizeof(name) - 1), name) == 0;
}

static void
read_misp(struct feed_reader *r)
{
	struct misp m = { .r = r };
	const char *wrong;
	size_t len;
	char *octets = intel_whole(r, &len);
	unsigned line;

	if (octets == NULL)
		return;
	if (is_manifest(r)) {
		intel_close(r);
		wrong = json_walk(octets, len, 1, "*", find_listed, &m, &line);
		if (wrong != NULL)
			intel_skip(r, FEED_FILE, wrong, strlen(wrong), &(struct intel_meta){ .line = line });
	} else {
		read_document(&m, octets, len);
	}
	free(octets);
}

static bool
looks_like_misp(const char *head, size_t len)
{
	return len != 0 && (head[0] == '{' || head[0] == '[') && (memmem(head, len, "\"Event\"", 7) != NULL ||
	    memmem(head, len, "\"response\"", 10) != NULL);
}

const struct intel_format intel_misp = { .name = "misp", .looks = looks_like_misp, .read = read_misp,
	.folder_mark = "manifest.json" };
