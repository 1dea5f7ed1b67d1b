/* SPDX-License-Identifier: Apache-2.0 */
/* intel_place.c - a value of a feed that can be used, with what is said beside it, in its place among
 * the indicators; and one that cannot be, counted. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "intel.h"

enum { SUBSTRING_MIN = 4 };

/* --- counting --- */

static void
remember_first(struct feed_reader *r, enum feed_skip why, const char *text, size_t len,
    const struct intel_meta *meta)
{
	struct feed *f = r->feed;
	size_t n = len < INTEL_TOLD_MAX ? len : INTEL_TOLD_MAX;
	char *copy;

	if (f->first[why].text != NULL || (copy = arena_alloc(r->l->k->arena, n + 1)) == NULL)
		return;
	for (size_t i = 0; i < n; i++)	/* it goes to a terminal */
		copy[i] = (unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7f ? '?' : text[i];
	f->first[why].text = copy;
	f->first[why].file = r->path;
	f->first[why].line = meta != NULL && meta->line != 0 ? meta->line : r->line;
}

void
intel_skip(struct feed_reader *r, enum feed_skip why, const char *text, size_t len,
    const struct intel_meta *meta)
{
	r->feed->read++;
	r->feed->skipped[why]++;
	remember_first(r, why, text, len, meta);
}

/* --- what is said beside it --- */

static const char *
date_text(struct feed_reader *r, uint64_t us)
{
	char text[sizeof("9999-12-31")];
	time_t second = (time_t)(us / 1000000);
	uint64_t day = us / UINT64_C(86400000000);
	struct tm tm;

	if (us == 0)
		return NULL;
	if (r->as_of != NULL && r->as_of_day == day)
		return r->as_of;
	if (gmtime_r(&second, &tm) == NULL || strftime(text, sizeof(text), "%Y-%m-%d", &tm) != 10)
		return NULL;
	r->as_of = intel_text(r, text, sizeof(text));
	r->as_of_day = day;
	return r->as_of;
}

void
intel_set_meta(struct feed_reader *r, struct indicator *ind, const struct intel_meta *meta)
{
	uint64_t expires = (uint64_t)r->conf->expires_days * 86400 * 1000000;
	uint64_t date = meta->date_us != 0 ? meta->date_us : r->file_date_us;
	char id[2 * ID_MAX + 2];

	ind->as_of = date_text(r, date);
	ind->valid_from_us = meta->from_us;
	ind->valid_until_us = meta->until_us;
	if (expires != 0 && date != 0 && (ind->valid_until_us == 0 || date + expires < ind->valid_until_us))
		ind->valid_until_us = date + expires;
	if (meta->confidence != CONFIDENCE_NONE && meta->confidence < ind->confidence)
		ind->confidence = meta->confidence;
	if (meta->note != NULL && meta->note[0] != '\0')
		ind->note = intel_text(r, meta->note, INTEL_NOTE_MAX);
	ind->line = meta->line != 0 ? meta->line : r->line;
	if (meta->id != NULL && strlen(meta->id) <= ID_MAX) {
		(void)snprintf(id, sizeof(id), "%.*s:%s", ID_MAX, r->feed->name, meta->id);
		ind->id = intel_text(r, id, sizeof(id));
		ind->line = 0;
	}
}

/* --- its place --- */

bool
is_allow(const struct item *item)
{
	return item->key_class >= KEY_ALLOW_HOST && item->key_class <= KEY_ALLOW_TEXT;
}

static bool
is_same(const struct item *a, const struct item *b)
{
	return a->pub.feed == b->pub.feed && a->pub.port == b->pub.port && a->pub.proto == b->pub.proto &&
	    a->below_only == b->below_only;
}

static void
note_length(struct knowledge *k, const struct item *item)
{
	switch (item->key_class) {
	case KEY_DOMAIN_EXACT:
	case KEY_DOMAIN_SUFFIX:
		if (item->key_len > k->longest_domain)
			k->longest_domain = item->key_len;
		break;
	case KEY_ALLOW_HOST:
	case KEY_ALLOW_SUFFIX:
		if (item->key_len > k->longest_allow)
			k->longest_allow = item->key_len;
		break;
	case KEY_ADDR:
		lengths_add(&k->addr_lengths, item->key[0]);
		break;
	case KEY_ALLOW_ADDR:
		lengths_add(&k->allow_lengths, item->key[0]);
		break;
	default:
		break;
	}
}

enum feed_skip
intel_place(struct feed_reader *r, const struct item *from, const char *text, size_t text_len)
{
	struct knowledge *k = r->l->k;
	const struct item *same[SAME_VALUE_MAX];
	struct item *item;
	bool full;
	size_t n = table_find(k, from->key_class, from->key, from->key_len, same, SAME_VALUE_MAX);

	for (size_t i = 0; i < n; i++)
		if (is_same(same[i], from))
			return FEED_DUPLICATE;
	if (n == SAME_VALUE_MAX || (item = item_next(r->l, &full)) == NULL)
		return FEED_NO_ROOM;
	*item = *from;
	item->pub.value = arena_text(k->arena, text, text_len);
	if (item->key_len == text_len && memcmp(from->key, text, text_len) == 0)
		item->key = (const uint8_t *)item->pub.value;
	else
		item->key = (const uint8_t *)arena_text(k->arena, (const char *)from->key, from->key_len);
	if (item->pub.value == NULL || item->key == NULL || table_add(k, k->n_items) != 0) {
		(void)fatal(r->l, -ENOMEM);
		return FEED_NO_ROOM;
	}
	k->n_items++;
	k->n_allow += is_allow(item);
	k->n_urls += item->key_class == KEY_URL;
	note_length(k, item);
	return FEED_SKIP_N;
}

void
intel_allow_part(struct feed_reader *r, const char *text, bool regex, const struct intel_meta *meta)
{
	struct knowledge *k = r->l->k;
	size_t len = strlen(text), regexes = 0;
	const char *copy;

	for (size_t i = 0; regex && i < k->n_allow_parts; i++)
		regexes += k->allow_parts[i].regex;
	if (len > VALUE_MAX)
		intel_skip(r, FEED_TOO_LONG, text, len, meta);
	else if (len < SUBSTRING_MIN)
		intel_skip(r, FEED_TOO_BROAD, text, len, meta);
	else if (k->n_allow_parts == INTEL_PARTS_MAX || regexes == INTEL_REGEX_MAX)
		intel_skip(r, FEED_NO_ROOM, text, len, meta);
	else if (grow_array(r->l, &k->allow_parts, sizeof(k->allow_parts[0]), k->n_allow_parts,
	    &k->allow_parts_room, INTEL_PARTS_MAX, "parts") &&
	    (copy = intel_text(r, text, VALUE_MAX)) != NULL) {
		k->allow_parts[k->n_allow_parts++] = (struct allow_part){ r->feed, copy, regex };
		r->feed->read++;
		r->feed->used++;
	}
}
