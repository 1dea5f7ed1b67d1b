/* SPDX-License-Identifier: Apache-2.0 */
/* intel_judge.c - whether a feed that was read is used: not when it is empty, has shrunk or is stale,
 * unless the configuration only wants that told. A feed that is refused at a reload leaves what
 * the load before had in its place, so that a broken update blinds nobody; a stale one does not. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "intel.h"

static const uint64_t day_us = UINT64_C(86400000000);

static const struct feed *
feed_before(const struct knowledge *k, const char *name)
{
	for (size_t i = 0; k != NULL && i < k->n_feeds; i++)
		if (strcmp(k->feeds[i].name, name) == 0 && k->feeds[i].state != FEED_REFUSED)
			return &k->feeds[i];
	return NULL;
}

static bool
is_stale(const struct feed_reader *r, const struct knowledge_sources *from, uint64_t date_us)
{
	return r->conf->max_age_days != 0 && from->now_us != 0 && date_us < from->now_us &&
	    (from->now_us - date_us) / day_us >= r->conf->max_age_days;
}

/* What is wrong with it; false: nothing. *stale: its age is. */
static bool
what_is_wrong(const struct feed_reader *r, const struct knowledge_sources *from,
    const struct feed *before, bool *stale, char *why, size_t size)
{
	const struct feed *f = r->feed;

	*stale = false;
	if (f->used == 0) {
		(void)snprintf(why, size, f->octets == 0 ? "it is empty or cannot be read"
		    : "nothing in it can be used");
	} else if (before != NULL && r->conf->max_shrink_percent < 100 &&
	    f->used * 100 < before->used * (100 - r->conf->max_shrink_percent)) {
		(void)snprintf(why, size, "it has shrunk from %llu to %llu", (unsigned long long)before->used,
		    (unsigned long long)f->used);
	} else if (is_stale(r, from, f->date_us)) {
		*stale = true;
		(void)snprintf(why, size, "it is %llu days old",
		    (unsigned long long)((from->now_us - f->date_us) / day_us));
	} else {
		return false;
	}
	return true;
}

/* Take out again what was put in. */
static void
take_out(struct feed_reader *r, struct arena_mark texts, size_t first_item)
{
	struct knowledge *k = r->l->k;

	for (size_t i = first_item; i < k->n_items; i++) {
		k->n_allow -= is_allow(item_at(k, i));
		k->n_urls -= item_at(k, i)->key_class == KEY_URL;
	}
	table_cut(k, first_item);
	while (k->n_allow_parts != 0 && k->allow_parts[k->n_allow_parts - 1].feed == r->feed)
		k->n_allow_parts--;
	text_set_done(&r->shared);
	r->as_of = NULL;
	arena_back(k->arena, texts);
	r->feed->used = 0;
}

static void
keep_item(struct feed_reader *r, const struct item *old)
{
	struct item item = *old;
	struct indicator *ind = &item.pub;

	ind->id = r->feed->name;
	if (old->pub.line == 0)
		ind->id = intel_text(r, old->pub.id, SENTENCE_MAX);
	ind->source = intel_text(r, old->pub.source, SENTENCE_MAX);
	ind->as_of = old->pub.as_of == NULL ? NULL : intel_text(r, old->pub.as_of, SENTENCE_MAX);
	ind->note = old->pub.note == NULL ? NULL : intel_text(r, old->pub.note, SENTENCE_MAX);
	ind->entity = r->preset.pub.entity;
	ind->feed = r->feed;
	ind->role = r->preset.pub.role;
	ind->severity_hint = r->preset.pub.severity_hint;
	ind->use = r->feed->allow ? USE_BASELINE : r->preset.pub.use;	/* allow-lists are asked anew */
	if (ind->use == USE_ALERT && ind->identifies != IDENTIFIES_HOST_OPERATOR)
		ind->use = USE_CONTEXT;
	if (intel_place(r, &item, old->pub.value, strlen(old->pub.value)) == FEED_SKIP_N)
		r->feed->used++;
}

/* What the load before had of this feed. */
static void
keep_before(struct feed_reader *r, const struct knowledge *old, const struct feed *before)
{
	struct feed *f = r->feed;

	f->allow = before->allow;
	for (size_t i = 0; i < old->n_items && r->l->fatal == 0; i++)
		if (item_at(old, i)->pub.feed == before)
			keep_item(r, item_at(old, i));
	for (size_t i = 0; i < old->n_allow_parts; i++)
		if (old->allow_parts[i].feed == before) {
			intel_allow_part(r, old->allow_parts[i].text, old->allow_parts[i].regex, NULL);
			f->read--;
		}
	f->date_us = before->date_us;
	f->state = FEED_KEPT;
}

void
intel_judge(struct feed_reader *r, const struct knowledge_sources *from, struct arena_mark texts,
    size_t first_item)
{
	const struct feed *before = feed_before(from->previous, r->feed->name);
	struct feed *f = r->feed;
	const char *keeps = "";
	char why[128], *kept;
	bool stale;

	if (r->own_date_us != 0)
		f->date_us = r->own_date_us;
	if (!what_is_wrong(r, from, before, &stale, why, sizeof(why))) {
		f->state = FEED_USED;
		return;
	}
	kept = arena_alloc(r->l->k->arena, strlen(why) + 1);
	if (kept == NULL) {
		(void)fatal(r->l, -ENOMEM);
		return;
	}
	memcpy(kept, why, strlen(why));
	f->why = kept;
	f->state = FEED_WARNED;
	if (r->conf->refuse_bad) {
		take_out(r, texts, first_item);
		f->state = FEED_REFUSED;
		if (before != NULL && !stale && !is_stale(r, from, before->date_us)) {
			keep_before(r, from->previous, before);
			keeps = "; what was loaded before stays in use";
		}
	}
	warn(r->l, "feed '%s' %s: %s%s", f->name, f->state == FEED_WARNED ? "is used, but" : "is refused", why,
	    keeps);
}
