/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - official lists, and who is on them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

static const char *const status_words[] = {
#define X(id, name) name,
	LISTING_STATUSES(X)
#undef X
};

const char *
listing_status_name(enum listing_status status)
{
	return (size_t)status < ARRAY_LEN(status_words) ? status_words[status] : "none";
}

static size_t
position(const struct knowledge *k, const char *id, bool *there)
{
	size_t low = 0, high = k->n_lists;

	*there = false;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(k->lists[mid]->id, id);

		if (order == 0) {
			*there = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct list *
find_list(const struct knowledge *k, const char *id)
{
	bool there;
	size_t at = position(k, id, &there);

	return there ? k->lists[at] : NULL;
}

static void
add_list(struct loader *l, struct list *list)
{
	struct knowledge *k = l->k;
	struct list **more;
	bool there;
	size_t at = position(k, list->id, &there);

	if (there) {
		complain(l, "list '%s' is in the pack twice", list->id);
		return;
	}
	if (k->n_lists == LISTS_MAX) {
		complain(l, "more than %d lists", LISTS_MAX);
		return;
	}
	more = realloc(k->lists, (k->n_lists + 1) * sizeof(*more));
	if (more == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	k->lists = more;
	memmove(more + at + 1, more + at, (k->n_lists - at) * sizeof(*more));
	more[at] = list;
	k->n_lists++;
}

void
load_list(struct loader *l, const struct json_value *r)
{
	static const char *const keys[] = {
		"id", "name", "authority", "country", "kind", "status", "effect", "does_not", "url",
		"dates", "deadlines", "verified", "as_of", "sources", "note"
	};
	size_t errors = l->errors, n_dates = 0;
	struct list *list = arena_alloc(l->k->arena, sizeof(*list));
	const struct list_date *dates = NULL;
	int status;

	if (list == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	list->id = read_shared(l, r, "id", REQUIRED, ID_MAX);
	if (list->id != NULL && !id_is_good(list->id))
		complain(l, "'id': '%s' is no id (a-z, 0-9, _ and -)", list->id);
	list->name = read_shared(l, r, "name", REQUIRED, NAME_MAX_OCTETS);
	list->authority = read_shared(l, r, "authority", REQUIRED, NAME_MAX_OCTETS);
	(void)read_text(l, r, "country", REQUIRED, 8);
	list->kind = read_shared(l, r, "kind", REQUIRED, NAME_MAX_OCTETS);
	status = read_word(l, r, "status", REQUIRED, status_words, ARRAY_LEN(status_words));
	if (status == LISTING_JURISDICTION)
		complain(l, "'status': jurisdiction comes from an entity's basis, not from a list");
	list->effect = read_shared(l, r, "effect", REQUIRED, SENTENCE_MAX);
	list->does_not = read_shared(l, r, "does_not", REQUIRED, SENTENCE_MAX);
	list->url = read_shared(l, r, "url", REQUIRED, SOURCE_MAX);
	(void)read_dates(l, r, "dates", &dates, &n_dates);
	(void)read_dates(l, r, "deadlines", &list->deadlines, &list->n_deadlines);
	list->verified = read_bool(l, r, "verified");
	list->as_of = read_date(l, r, "as_of", REQUIRED);
	(void)read_sources(l, r, list->verified);
	(void)read_text(l, r, "note", OPTIONAL, SENTENCE_MAX);
	list->status = status < 0 ? LISTING_NONE : (enum listing_status)status;
	if (l->errors == errors)
		add_list(l, list);
}

void
settle_lists(struct loader *l)
{
	for (size_t i = 0; i < l->k->n_lists; i++) {
		struct list *list = l->k->lists[i];

		for (size_t d = 0; d < list->n_deadlines; d++) {
			list->deadline = list->deadlines[d].date;
			list->deadline_what = list->deadlines[d].what;
			/* a shorter date covers its whole month or year: strcmp finds it
			 * earlier than a day in it, which errs towards showing the next */
			if (l->k->date != NULL && strcmp(list->deadline, l->k->date) > 0)
				break;
		}
	}
}

/* --- who is on them ------------------------------------------------------------------- */

static void
add_listing(struct loader *l, struct draft_entity *draft, const struct listing *listing)
{
	struct listing *more;

	for (size_t i = 0; i < draft->n_own; i++) {
		const struct listing *other = &draft->own[i];

		if (other->list == listing->list && strcmp(other->name, listing->name) == 0) {
			complain(l, "'%s' is on '%s' as '%s' twice", draft->entity->id,
			    listing->list->id, listing->name);
			return;
		}
	}
	if (l->n_listings == LISTINGS_MAX) {
		complain(l, "more than %d listings", LISTINGS_MAX);
		return;
	}
	more = realloc(draft->own, (draft->n_own + 1) * sizeof(*more));
	if (more == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	draft->own = more;
	more[draft->n_own++] = *listing;
	l->n_listings++;
}

/* The entity and list that a listing ties together, or complaints. */
static struct draft_entity *
read_ends(struct loader *l, const struct json_value *r, struct listing *listing)
{
	const char *list_id = read_text(l, r, "list", REQUIRED, ID_MAX);
	const char *entity_id = read_text(l, r, "entity", REQUIRED, ID_MAX);
	const struct draft_entity *draft = NULL;

	if (list_id != NULL) {
		listing->list = find_list(l->k, list_id);
		if (listing->list == NULL)
			complain(l, "list '%s' is not in the pack", list_id);
		else if (listing->list->status == LISTING_NONE)
			complain(l, "list '%s' has status 'none': nobody can be on it", list_id);
	}
	if (entity_id != NULL) {
		draft = find_draft(l, entity_id);
		if (draft == NULL)
			complain(l, "entity '%s' is not in the pack", entity_id);
	}
	return (struct draft_entity *)(uintptr_t)draft;	/* the loader's own, not const there */
}

void
load_listing(struct loader *l, const struct json_value *r)
{
	static const char *const keys[] = {
		"list", "entity", "name", "since", "until", "named", "scope", "verified", "as_of",
		"sources", "note"
	};
	size_t errors = l->errors;
	struct listing listing = { 0 };
	struct draft_entity *draft;

	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	draft = read_ends(l, r, &listing);
	listing.name = read_shared(l, r, "name", REQUIRED, NAME_MAX_OCTETS);
	listing.since = read_date(l, r, "since", OPTIONAL);
	listing.until = read_date(l, r, "until", OPTIONAL);
	listing.named = read_bool(l, r, "named");
	listing.scope = read_shared(l, r, "scope", OPTIONAL, SENTENCE_MAX);
	listing.verified = read_bool(l, r, "verified");
	listing.as_of = read_date(l, r, "as_of", REQUIRED);
	listing.source = read_sources(l, r, listing.verified);
	(void)read_text(l, r, "note", OPTIONAL, SENTENCE_MAX);
	if (listing.since != NULL && listing.until != NULL &&
	    strcmp(listing.since, listing.until) > 0)
		complain(l, "'until' is before 'since'");
	if (l->errors == errors)
		add_listing(l, draft, &listing);
}
