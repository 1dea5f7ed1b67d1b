/* SPDX-License-Identifier: Apache-2.0 */
/* entity.c - who: entities, and how each stands to the official lists once all is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

enum { PARENTS_MAX = 8 };

/* Why an entity is in the pack. */
enum basis {
	BASIS_LISTED, BASIS_LISTED_AFFILIATE, BASIS_CONCERN, BASIS_JURISDICTION,
	BASIS_THREAT, BASIS_CRIMINAL, BASIS_BASELINE, BASIS_CATEGORY, BASIS_N
};
static const char *const basis_words[BASIS_N] = {
	"listed", "listed_affiliate", "concern", "jurisdiction_only",
	"threat_reporting", "criminal", "baseline", "category"
};
static const char *const category_words[] = {
	"module_maker", "device_maker", "iot_cloud", "fota_supplier", "carrier", "positioning",
	"provisioning", "threat_actor", "trusted_baseline", "company", "product_class"
};
static const char *const evidence_words[] = { "verified", "named_only", "unverified" };

/* Position of `id` among the drafts; *there: it is that one. */
static size_t
position(const struct loader *l, const char *id, bool *there)
{
	size_t low = 0, high = l->n_drafts;

	*there = false;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(l->drafts[mid]->entity->id, id);

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

const struct draft_entity *
find_draft(struct loader *l, const char *id)
{
	bool there;
	size_t at;

	if (l->last_draft != NULL && strcmp(l->last_draft->entity->id, id) == 0)
		return l->last_draft;
	at = position(l, id, &there);
	if (there)
		l->last_draft = l->drafts[at];
	return there ? l->drafts[at] : NULL;
}

static void
add_draft(struct loader *l, struct draft_entity *draft)
{
	struct draft_entity **more;
	bool there;
	size_t at = position(l, draft->entity->id, &there);

	if (there) {
		complain(l, "entity '%s' is also in %s:%u", draft->entity->id,
		    l->drafts[at]->file, l->drafts[at]->line);
		free(draft);
		return;
	}
	if (l->n_drafts == ENTITIES_MAX) {
		complain(l, "more than %d entities", ENTITIES_MAX);
		free(draft);
		return;
	}
	more = realloc(l->drafts, (l->n_drafts + 1) * sizeof(*more));
	if (more == NULL) {
		(void)fatal(l, -ENOMEM);
		free(draft);
		return;
	}
	l->drafts = more;
	memmove(more + at + 1, more + at, (l->n_drafts - at) * sizeof(*more));
	more[at] = draft;
	l->n_drafts++;
}

static void
read_affiliates(struct loader *l, const struct json_value *r, struct draft_entity *draft)
{
	const struct json_value *ids = json_member(r, "affiliates");
	size_t n = json_array_len(ids);

	if (json_has(r, "affiliates") && (!json_value_is_array(ids) || n > AFFILIATES_MAX)) {
		complain(l, "'affiliates' must be an array of at most %d ids", AFFILIATES_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *id = json_value_text(json_array_at(ids, i));

		if (id == NULL || !id_is_good(id))
			complain(l, "'affiliates' holds something that is no id");
		else
			draft->affiliate_ids[draft->n_affiliates++] = shared_text(l, id);
	}
}

static const char *
read_id(struct loader *l, const struct json_value *r, const char *key, int required)
{
	const char *id = read_shared(l, r, key, required, ID_MAX);

	if (id != NULL && !id_is_good(id)) {
		complain(l, "'%s': '%s' is no id (a-z, 0-9, _ and -)", key, id);
		return NULL;
	}
	return id;
}

/* Who owned it when: the owner is found when all entities are read. */
static void
read_owner(struct loader *l, const struct json_value *r, struct draft_entity *draft,
    struct ownership *o)
{
	static const char *const keys[] = { "owner", "from", "until", "what", "verified" };

	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	draft->owner_ids[draft->n_owners++] = read_id(l, r, "owner", REQUIRED);
	o->from = read_date(l, r, "from", OPTIONAL);
	o->until = read_date(l, r, "until", OPTIONAL);
	o->what = read_shared(l, r, "what", OPTIONAL, SENTENCE_MAX);
	o->verified = read_bool(l, r, "verified");
	if (o->from == NULL && o->until == NULL)
		complain(l, "'ownership' without 'from' or 'until' says less than 'parent'");
	if (o->from != NULL && o->until != NULL && strcmp(o->from, o->until) > 0)
		complain(l, "'until' is before 'from'");
}

static void
read_owners(struct loader *l, const struct json_value *r, struct draft_entity *draft)
{
	const struct json_value *owners = json_member(r, "ownership");
	size_t n = json_array_len(owners);

	if (json_has(r, "ownership") && (!json_value_is_array(owners) || n == 0 || n > OWNERS_MAX)) {
		complain(l, "'ownership' must be an array of 1 to %d records", OWNERS_MAX);
		return;
	}
	draft->owners = n == 0 ? NULL : arena_alloc(l->k->arena, n * sizeof(*draft->owners));
	if (n != 0 && draft->owners == NULL)
		(void)fatal(l, -ENOMEM);
	for (size_t i = 0; i < n && draft->owners != NULL; i++) {
		const struct json_value *owner = json_array_at(owners, i);

		if (json_value_is_object(owner))
			read_owner(l, owner, draft, &draft->owners[i]);
		else
			complain(l, "'ownership' holds something that is no record");
	}
}

static void
check_aliases(struct loader *l, const struct json_value *r)
{
	const struct json_value *aliases = json_member(r, "aliases");

	if (json_has(r, "aliases") && !json_value_is_array(aliases))
		complain(l, "'aliases' must be an array of texts");
	for (size_t i = 0; i < json_array_len(aliases); i++)
		if (json_value_text(json_array_at(aliases, i)) == NULL)
			complain(l, "'aliases' holds something that is no text");
}

/* ISO 3166-1 alpha-2, by form. */
static const char *
read_country(struct loader *l, const struct json_value *r)
{
	const char *country = read_shared(l, r, "country", OPTIONAL, 2);

	if (country != NULL && (strlen(country) != 2 ||
	    strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)) {
		complain(l, "'country': '%s' is no country code of two letters", country);
		return NULL;
	}
	return country;
}

void
load_entity(struct loader *l, const struct json_value *r)
{
	static const char *const keys[] = {
		"id", "name", "aliases", "country", "hq", "parent", "affiliates", "category", "basis",
		"adversary_linked", "evidence", "sources", "ownership", "note"
	};
	size_t errors = l->errors;
	struct draft_entity *draft = calloc(1, sizeof(*draft));
	struct entity *e = arena_alloc(l->k->arena, sizeof(*e));
	int category, basis, evidence;

	if (draft == NULL || e == NULL) {
		free(draft);
		(void)fatal(l, -ENOMEM);
		return;
	}
	draft->entity = e;
	draft->file = l->file;
	draft->line = l->line;
	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	e->id = read_id(l, r, "id", REQUIRED);
	e->name = read_shared(l, r, "name", REQUIRED, NAME_MAX_OCTETS);
	check_aliases(l, r);
	e->country = read_country(l, r);
	(void)read_text(l, r, "hq", OPTIONAL, NAME_MAX_OCTETS);
	draft->parent_id = read_id(l, r, "parent", OPTIONAL);
	read_affiliates(l, r, draft);
	read_owners(l, r, draft);
	category = read_word(l, r, "category", REQUIRED, category_words, ARRAY_LEN(category_words));
	basis = read_word(l, r, "basis", REQUIRED, basis_words, BASIS_N);
	e->adversary_linked = read_bool(l, r, "adversary_linked");
	evidence = read_word(l, r, "evidence", REQUIRED, evidence_words, ARRAY_LEN(evidence_words));
	(void)read_sources(l, r, evidence == 0);
	(void)read_text(l, r, "note", OPTIONAL, SENTENCE_MAX);
	if (basis == BASIS_BASELINE && e->adversary_linked)
		complain(l, "basis 'baseline' contradicts adversary_linked");
	if (l->errors != errors) {
		free(draft);
		return;
	}
	e->category = category_words[category];
	e->basis = basis_words[basis];
	maker_add(l, e->name, e);
	for (size_t i = 0; i < json_array_len(json_member(r, "aliases")); i++)
		maker_add(l, json_value_text(json_array_at(json_member(r, "aliases"), i)), e);
	add_draft(l, draft);
}

/* --- when all is read ----------------------------------------------------------------- */

/* May this listing raise the status of its entity? */
static bool
counts(const struct listing *listing)
{
	return listing->verified && listing->named && listing->until == NULL;
}

static const struct draft_entity *
resolve(struct loader *l, const struct draft_entity *draft, const char *id, const char *as)
{
	const struct draft_entity *other = find_draft(l, id);

	if (other == NULL)
		complain_at(l, draft->file, draft->line, "%s '%s' of entity '%s' is not in the pack",
		    as, id, draft->entity->id);
	return other;
}

/* The entities whose listings count as an affiliate's: parents upward, then those named. */
static size_t
affiliates_of(struct loader *l, const struct draft_entity *draft,
    const struct draft_entity **out, size_t max)
{
	const struct draft_entity *at = draft;
	size_t n = 0;

	while (at->parent_id != NULL && n < max) {
		at = resolve(l, at, at->parent_id, "parent");
		if (at == NULL)
			break;
		if (at == draft || n == PARENTS_MAX) {
			complain_at(l, draft->file, draft->line, "entity '%s' is its own ancestor",
			    draft->entity->id);
			break;
		}
		out[n++] = at;
	}
	for (size_t i = 0; i < draft->n_affiliates && n < max; i++) {
		at = resolve(l, draft, draft->affiliate_ids[i], "affiliate");
		if (at != NULL)
			out[n++] = at;
	}
	return n;
}

static void
settle_owners(struct loader *l, const struct draft_entity *draft)
{
	for (size_t i = 0; i < draft->n_owners; i++) {
		const struct draft_entity *owner = resolve(l, draft, draft->owner_ids[i], "owner");

		draft->owners[i].owner = owner == NULL ? NULL : owner->entity;
	}
	draft->entity->owners = draft->owners;
	draft->entity->n_owners = draft->n_owners;
}

static void
settle_status(struct loader *l, const struct draft_entity *draft)
{
	struct entity *e = draft->entity;
	bool own_listed = false, listed = false;

	e->status = LISTING_NONE;
	for (size_t i = 0; i < e->n_listings; i++) {
		const struct listing *listing = &e->listings[i];

		if (!counts(listing))
			continue;
		if (listing->list->status > e->status)
			e->status = listing->list->status;
		if (listing->list->status == LISTING_LISTED) {
			listed = true;
			own_listed = own_listed || !listing->affiliate;
		}
	}
	if (strcmp(e->basis, basis_words[BASIS_LISTED]) == 0 && !own_listed)
		complain_at(l, draft->file, draft->line, "basis of '%s' is 'listed', but no verified "
		    "listing names it", e->id);
	if (strcmp(e->basis, basis_words[BASIS_LISTED_AFFILIATE]) == 0 && (!listed || own_listed))
		complain_at(l, draft->file, draft->line, "basis of '%s' is 'listed_affiliate': there "
		    "must be a listing of an affiliate, and none of its own", e->id);
	if (strcmp(e->basis, basis_words[BASIS_JURISDICTION]) == 0) {
		if (e->status >= LISTING_CONCERN)
			complain_at(l, draft->file, draft->line, "basis of '%s' is "
			    "'jurisdiction_only', but it is %s", e->id, listing_status_name(e->status));
		if (e->status == LISTING_NONE)
			e->status = LISTING_JURISDICTION;
	}
}

static void
settle_entity(struct loader *l, const struct draft_entity *draft)
{
	const struct draft_entity *affiliates[PARENTS_MAX + 1 + AFFILIATES_MAX];
	size_t n_affiliates = affiliates_of(l, draft, affiliates, ARRAY_LEN(affiliates));
	size_t n = draft->n_own;
	struct listing *listings;

	if (draft->parent_id != NULL && n_affiliates != 0)
		draft->entity->parent = affiliates[0]->entity->name;
	for (size_t i = 0; i < n_affiliates; i++)
		n += affiliates[i]->n_own;
	if (n != 0) {
		listings = arena_alloc(l->k->arena, n * sizeof(*listings));
		if (listings == NULL) {
			(void)fatal(l, -ENOMEM);
			return;
		}
		draft->entity->listings = listings;
		for (size_t i = 0; i < draft->n_own; i++)
			*listings++ = draft->own[i];
		for (size_t i = 0; i < n_affiliates; i++) {
			for (size_t own = 0; own < affiliates[i]->n_own; own++) {
				*listings = affiliates[i]->own[own];
				listings->affiliate = true;
				listings++;
			}
		}
		draft->entity->n_listings = n;
	}
	settle_owners(l, draft);
	settle_status(l, draft);
}

void
settle_entities(struct loader *l)
{
	struct knowledge *k = l->k;

	if (l->n_drafts == 0)
		return;
	k->entities = calloc(l->n_drafts, sizeof(k->entities[0]));
	if (k->entities == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < l->n_drafts && l->fatal == 0; i++) {
		settle_entity(l, l->drafts[i]);
		k->entities[k->n_entities++] = l->drafts[i]->entity;
	}
}
