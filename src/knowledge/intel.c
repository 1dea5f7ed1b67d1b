/* SPDX-License-Identifier: Apache-2.0 */
/* intel.c - outside intelligence: files and folders that others write, each a feed with what the
 * configuration says of it. A feed that is broken is told about and never stops the rest. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "intel.h"
#include "macros.h"

/* The formats. Found by its contents a file is the first that it looks like: the strict ones
 * first. */
static const struct intel_format *const formats[] = {
	&intel_zeek, &intel_stix, &intel_misp, &intel_warninglist, &intel_hosts, &intel_suricata,
	&intel_csv, &intel_plain
};

const struct intel_format *
intel_format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

const char *
intel_text(struct feed_reader *r, const char *text, size_t max)
{
	struct knowledge *k = r->l->k;
	char cut[SENTENCE_MAX];
	const char *there;
	size_t n = strnlen(text, max < sizeof(cut) ? max : sizeof(cut) - 1);

	for (size_t i = 0; i < n; i++)	/* no controls; they would be escaped, but nobody needs them */
		cut[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? ' ' : text[i];
	while (n > 0 && n == max && (text[n] & 0xc0) == 0x80 && (cut[n - 1] & 0xc0) == 0x80)
		n--;	/* no half of a character */
	cut[n] = '\0';
	there = text_set_find(&r->shared, &k->seed, cut);
	if (there != NULL)
		return there;
	there = arena_text(k->arena, cut, n);
	if (there == NULL || text_set_add(&r->shared, &k->seed, there) != 0) {
		(void)fatal(r->l, -ENOMEM);
		return NULL;
	}
	return there;
}

/* --- files and folders --- */

static const struct intel_format *
format_of(struct feed_reader *r)
{
	const char *head;
	size_t len;

	if (r->format != NULL)
		return r->format;
	if (r->conf->format != NULL && strcmp(r->conf->format, "auto") != 0)
		return intel_format_find(r->conf->format);
	len = intel_head(r, &head);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (formats[i]->looks != NULL && formats[i]->looks(head, len))
			return formats[i];
	return NULL;
}

/* The file that is open. */
static void
read_open(struct feed_reader *r)
{
	const struct intel_format *format = format_of(r);

	r->feed->files++;
	if (format == NULL) {
		const char *head;

		if (intel_head(r, &head) != 0)	/* an empty one says nothing */
			intel_skip(r, FEED_FILE, r->path, strlen(r->path), NULL);
		return;
	}
	if (r->feed->format == NULL)
		r->feed->format = format->name;
	/* What is harmless must not accuse, and a list of names to be told is no allow-list: a feed is
	 * one or the other. */
	if (format->allow && r->feed->files == 1) {
		r->feed->allow = true;
		r->preset.pub.use = USE_BASELINE;
	}
	if (r->feed->allow != (format->allow || r->conf->allow)) {
		intel_skip(r, FEED_FILE, r->path, strlen(r->path), NULL);
		return;
	}
	format->read(r);
}

static void
read_file(struct feed_reader *r, const char *path)
{
	const char *kept = arena_alloc(r->l->k->arena, strlen(path) + 1);
	struct stat st;

	if (kept == NULL) {
		(void)fatal(r->l, -ENOMEM);
		return;
	}
	memcpy((char *)(uintptr_t)kept, path, strlen(path));
	r->path = kept;
	r->line = 0;
	r->preset.pub.source = kept;
	if (stat(path, &st) != 0 || intel_open(r, kept) != 0) {
		intel_skip(r, FEED_FILE, path, strlen(path), NULL);
		return;
	}
	r->file_date_us = st.st_mtime > 0 ? (uint64_t)st.st_mtime * 1000000 : 0;
	if (r->file_date_us > r->feed->date_us)
		r->feed->date_us = r->file_date_us;
	read_open(r);
	intel_close(r);
}

static int
by_octets(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool
is_intel_name(const char *name)
{
	static const char *const ends[] = { ".txt", ".list", ".lst", ".csv", ".tsv", ".dat", ".intel",
		".json", ".hosts", ".netset", ".ipset", "hosts" };
	size_t len = strlen(name);

	if (strcmp(name, "categories.txt") == 0)
		return false;	/* of iprep: read with the files beside it */
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (len >= strlen(ends[i]) && strcmp(name + len - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

static void read_folder(struct feed_reader *r, const char *path, unsigned depth);

static void
read_entry(struct feed_reader *r, const char *folder, const char *name, unsigned depth)
{
	char path[PATH_MAX];
	struct stat st;

	if (name[0] == '.' || r->l->fatal != 0)
		return;
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
	    stat(path, &st) != 0) {
		intel_skip(r, FEED_FILE, name, strlen(name), NULL);
	} else if (S_ISDIR(st.st_mode)) {
		read_folder(r, path, depth + 1);
	} else if (is_intel_name(name) && r->feed->files < INTEL_FILES_MAX) {
		read_file(r, path);
	}
}

/* A folder that is one feed by the file in it that lists the others. */
static bool
read_marked(struct feed_reader *r, const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		char mark[PATH_MAX];
		struct stat st;

		if (formats[i]->folder_mark == NULL || (r->conf->format != NULL &&
		    strcmp(r->conf->format, "auto") != 0 && strcmp(r->conf->format, formats[i]->name) != 0))
			continue;
		if (snprintf(mark, sizeof(mark), "%s/%s", path, formats[i]->folder_mark) < (int)sizeof(mark)
		    && stat(mark, &st) == 0) {
			r->format = formats[i];
			read_file(r, mark);
			r->format = NULL;
			return true;
		}
	}
	return false;
}

static void
read_folder(struct feed_reader *r, const char *path, unsigned depth)
{
	struct dirent **names;
	int n;

	if (depth > FOLDER_DEPTH_MAX || (n = scandir(path, &names, NULL, by_octets)) < 0) {
		intel_skip(r, FEED_FILE, path, strlen(path), NULL);
		return;
	}
	if (!read_marked(r, path))
		for (int i = 0; i < n; i++)
			read_entry(r, path, names[i]->d_name, depth);
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* --- what the configuration says --- */

/* An entity that says no more than that a feed names it: no list, no country, no owner. */
static const struct entity *
own_entity(struct loader *l, const struct intel_source *conf, const char *name)
{
	struct entity *e = arena_alloc(l->k->arena, sizeof(*e));
	const struct list *list = conf->list == NULL ? NULL : find_list(l->k, conf->list);
	char text[2 * ID_MAX + 16] = "feed_";
	size_t n = strlen(text);

	if (e == NULL) {
		(void)fatal(l, -ENOMEM);
		return NULL;
	}
	for (const char *p = name; *p != '\0' && n < ID_MAX; p++) {
		char c = *p >= 'A' && *p <= 'Z' ? (char)(*p | 0x20) : *p;

		text[n++] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
	}
	text[n] = '\0';
	e->id = own_text(l, text);
	(void)snprintf(text, sizeof(text), "feed %s", name);
	e->name = own_text(l, text);
	e->category = "feed";
	e->basis = "feed";
	e->adversary_linked = true;
	e->is_feed = true;
	e->status = LISTING_NONE;
	if (list != NULL) {	/* the operator's word: shown, but it gives no status */
		struct listing *one = arena_alloc(l->k->arena, sizeof(*one));

		if (one == NULL) {
			(void)fatal(l, -ENOMEM);
			return NULL;
		}
		*one = (struct listing){ .list = list, .name = e->name, .source = "intel[].list" };
		e->listings = one;
		e->n_listings = 1;
	}
	return e;
}

static const struct entity *
entity_of(struct loader *l, const struct intel_source *conf, const char *name)
{
	const struct draft_entity *draft;

	if (conf->list != NULL && find_list(l->k, conf->list) == NULL)
		complain(l, "intel '%s': list '%s' is not in the pack", name, conf->list);
	if (conf->entity == NULL)
		return own_entity(l, conf, name);
	draft = find_draft(l, conf->entity);
	if (draft == NULL)
		complain(l, "intel '%s': entity '%s' is not in the pack", name, conf->entity);
	return draft == NULL ? NULL : draft->entity;
}

static void
check_words(struct loader *l, const struct intel_source *conf)
{
	char known[256] = "auto";

	for (size_t i = 0, n = strlen(known); i < ARRAY_LEN(formats); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, ", %s", formats[i]->name);
	if (conf->format != NULL && strcmp(conf->format, "auto") != 0 &&
	    intel_format_find(conf->format) == NULL)
		complain(l, "intel '%s': format '%s' is not known; known are %s", conf->name, conf->format,
		    known);
	if (conf->role != NULL && role_from_name(conf->role) < 0)
		complain(l, "intel '%s': role '%s' is not known", conf->name, conf->role);
}

static void
begin_feed(struct feed_reader *r, struct loader *l, const struct intel_source *conf, struct feed *f)
{
	struct indicator *ind = &r->preset.pub;

	memset(r, 0, sizeof(*r));
	r->l = l;
	r->conf = conf;
	r->feed = f;
	r->fd = -1;
	r->window = malloc(INTEL_WINDOW + 1);
	if (r->window == NULL)
		(void)fatal(l, -ENOMEM);
	sha256_init(&r->sha);
	f->name = own_text(l, conf->name);
	f->path = own_text(l, conf->path);
	f->entity = entity_of(l, conf, conf->name);
	f->allow = conf->allow;
	ind->id = f->name;
	ind->entity = f->entity;
	ind->feed = f;
	ind->identifies = IDENTIFIES_HOST_OPERATOR;
	ind->use = conf->allow ? USE_BASELINE : (enum indicator_use)conf->use;
	ind->role = conf->role == NULL || role_from_name(conf->role) < 0 ? ROLE_UNKNOWN
	    : (enum role)role_from_name(conf->role);
	ind->confidence = (enum verdict_confidence)conf->confidence;
	ind->severity_hint = conf->severity;
}

static void
end_feed(struct feed_reader *r)
{
	intel_close(r);
	text_set_done(&r->shared);
	free(r->window);
}

/* What was read, and how it was meant, is part of what the knowledge is. */
static void
hash_feed(struct feed_reader *r)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	char head[SENTENCE_MAX];
	int n;

	sha256_digest(&r->sha, sizeof(digest), digest);
	n = snprintf(head, sizeof(head), "intel %.128s %s %s %d %d %d %d %u %u %llu\n", r->feed->name,
	    feed_state_name(r->feed->state), r->feed->entity == NULL ? "" : r->feed->entity->id,
	    r->preset.pub.role, r->preset.pub.severity_hint, r->preset.pub.confidence, r->preset.pub.use,
	    r->feed->allow, r->conf->expires_days, (unsigned long long)r->feed->date_us);
	sha256_update(&r->l->sha, (size_t)n, (const uint8_t *)head);
	sha256_update(&r->l->sha, sizeof(digest), digest);
}

static void
load_feed(struct loader *l, const struct knowledge_sources *from, const struct intel_source *conf,
    struct feed *f)
{
	size_t first_item = l->k->n_items;
	struct arena_mark texts;
	struct feed_reader r;
	struct stat st;

	l->file = conf->path;
	l->line = 0;
	begin_feed(&r, l, conf, f);
	texts = arena_mark(l->k->arena);
	if (l->fatal == 0 && f->entity != NULL) {
		if (stat(conf->path, &st) == 0 && S_ISDIR(st.st_mode))
			read_folder(&r, conf->path, 0);
		else
			read_file(&r, conf->path);
	}
	if (l->fatal == 0 && f->entity != NULL) {
		intel_judge(&r, from, texts, first_item);
		hash_feed(&r);
	}
	end_feed(&r);
}

static void
check_names(struct loader *l, const struct intel_source *conf, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		l->file = "intel";
		l->line = 0;
		check_words(l, &conf[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(conf[i].name, conf[k].name) == 0)
				complain(l, "two feeds named '%s': give one another name", conf[i].name);
	}
}

void
load_intel(struct loader *l, const struct knowledge_sources *from)
{
	if (from->n_intel == 0)
		return;
	l->k->feeds = calloc(from->n_intel, sizeof(l->k->feeds[0]));
	if (l->k->feeds == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	check_names(l, from->intel, from->n_intel);
	for (size_t i = 0; i < from->n_intel && l->fatal == 0; i++)
		load_feed(l, from, &from->intel[i], &l->k->feeds[l->k->n_feeds++]);
}

void
load_intel_document(struct loader *l, const struct intel_source *conf, const char *name,
    const void *octets, size_t len)
{
	struct feed *more = calloc(1, sizeof(*more));
	size_t first_item = l->k->n_items;
	struct arena_mark texts;
	struct feed_reader r;

	if (more == NULL || l->k->feeds != NULL) {	/* one for each load: feeds do not move */
		free(more);
		return;
	}
	l->k->feeds = more;
	l->k->n_feeds = 1;
	begin_feed(&r, l, conf, more);
	texts = arena_mark(l->k->arena);
	if (l->fatal == 0 && more->entity != NULL) {
		intel_open_memory(&r, name, octets, len);
		r.preset.pub.source = own_text(l, name);
		texts = arena_mark(l->k->arena);
		read_open(&r);
		intel_judge(&r, &(struct knowledge_sources){ 0 }, texts, first_item);
	}
	end_feed(&r);
}
