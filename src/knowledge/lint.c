/* SPDX-License-Identifier: Apache-2.0 */
/* lint.c - what a good indicator does not do: claim what belongs to many, outlive its dates,
 * stand without a proof. And the two tables of a pack that say so: names that many share, and
 * what its proofs cover. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"
#include "suffix.h"

enum {
	SHARED_NAMES_MAX = 1 << 14,
	PROOFS_MAX = 1 << 20,
	WIDE_IPV4 = 96 + 16, WIDE_IPV6 = 32	/* blocks shorter than these have many users */
};

/* --- shared-names.csv --- */

enum { SHARED_NAME, SHARED_ENTITY, SHARED_OPERATOR, SHARED_SOURCE, SHARED_AS_OF, SHARED_COLUMNS };
static const struct sheet_column shared_columns[SHARED_COLUMNS] = {
	[SHARED_NAME] = { { "name" }, true },
	[SHARED_ENTITY] = { { "entity" }, true },
	[SHARED_OPERATOR] = { { "operator" }, true },
	[SHARED_SOURCE] = { { "source" }, true },
	[SHARED_AS_OF] = { { "as_of" }, true },
};

/* The name and what is above it: an indicator there would cover it, too. */
static void
note_shared(struct loader *l, const char *name)
{
	for (const char *at = name; at != NULL && strchr(at, '.') != NULL; at = strchr(at, '.')) {
		at += *at == '.';
		if (strchr(at, '.') == NULL || text_set_find(&l->above_shared, &l->k->seed, at) != NULL)
			continue;
		if (text_set_add(&l->above_shared, &l->k->seed, at) != 0)
			(void)fatal(l, -ENOMEM);
	}
}

static void
read_shared_name(struct sheet *s)
{
	struct loader *l = s->l;
	const char *name = sheet_text(s, SHARED_NAME), *id = sheet_text(s, SHARED_ENTITY);
	const struct draft_entity *draft = id == NULL ? NULL : find_draft(l, id);
	char canonical[VALUE_MAX];
	const char *wrong = name == NULL ? "missing" : domain_canonical(name, canonical);

	if (wrong != NULL)
		sheet_wrong(s, "'name': %s", wrong);
	if (id != NULL && draft == NULL)
		sheet_wrong(s, "entity '%.64s' is not in the pack", id);
	if (sheet_text(s, SHARED_OPERATOR) == NULL || sheet_text(s, SHARED_SOURCE) == NULL)
		sheet_wrong(s, "'operator' or 'source' is missing");
	(void)sheet_date(s, SHARED_AS_OF);
	if (wrong != NULL || !grow_array(l, &l->shared_names, sizeof(l->shared_names[0]),
	    l->n_shared_names, &l->shared_names_room, SHARED_NAMES_MAX, "shared names"))
		return;
	name = shared_text(l, canonical);
	if (name == NULL)
		return;
	l->shared_names[l->n_shared_names++] = (struct shared_name){ name,
	    draft == NULL ? NULL : draft->entity };
	note_shared(l, name);
}

void
load_shared_names(struct loader *l, struct csv_file *f)
{
	struct sheet s;

	if (!sheet_begin(&s, l, f, shared_columns, SHARED_COLUMNS, false))
		return;
	while (sheet_next(&s))
		read_shared_name(&s);
}

/* Is `name` or `above` a suffix of it, on a label border? */
static bool
is_below(const char *name, const char *above)
{
	size_t len = strlen(name), n = strlen(above);

	return len >= n && strcmp(name + len - n, above) == 0 && (len == n || name[len - n - 1] == '.');
}

/* A shared name that `domain` covers and `e` does not run; NULL: there is none. */
static const char *
shared_below(const struct loader *l, const char *domain, const struct entity *e)
{
	if (text_set_find(&l->above_shared, &l->k->seed, domain) == NULL)
		return NULL;
	for (size_t i = 0; i < l->n_shared_names; i++)
		if (l->shared_names[i].entity != e && is_below(l->shared_names[i].name, domain))
			return l->shared_names[i].name;
	return NULL;
}

/* --- proof/expect.csv --- */

enum { PROOF_CAPTURE, PROOF_DEVICE, PROOF_ID, PROOF_EXPECT, PROOF_COLUMNS };
static const struct sheet_column proof_columns[PROOF_COLUMNS] = {
	[PROOF_CAPTURE] = { { "capture" }, true },
	[PROOF_DEVICE] = { { "device" }, true },
	[PROOF_ID] = { { "id" }, true },
	[PROOF_EXPECT] = { { "expect" }, true },
};

/* What `picketd --selftest` holds against the captures; here only: which ids have a proof. */
void
load_proofs(struct loader *l, struct csv_file *f)
{
	struct sheet s;
	size_t n = 0;

	if (!sheet_begin(&s, l, f, proof_columns, PROOF_COLUMNS, false))
		return;
	l->pack_has_proofs = true;
	while (sheet_next(&s)) {
		const char *id = sheet_text(&s, PROOF_ID), *expect = sheet_text(&s, PROOF_EXPECT);

		if (id == NULL || !id_is_good(id) || expect == NULL || sheet_text(&s, PROOF_CAPTURE) == NULL)
			sheet_wrong(&s, "a proof is a capture, a device, an id and what is expected");
		else if (++n > PROOFS_MAX)
			sheet_wrong(&s, "more than %d proofs", PROOFS_MAX);
		else if (strcmp(expect, "silent") != 0 && strcmp(expect, "late") != 0 &&
		    text_set_find(&l->proven, &l->k->seed, id) == NULL &&
		    text_set_add(&l->proven, &l->k->seed, shared_text(l, id)) != 0)
			(void)fatal(l, -ENOMEM);
	}
}

/* --- an indicator --- */

static bool
accuses(const struct indicator *ind)
{
	return ind->use == USE_ALERT || ind->use == USE_RETRO_HUNT;
}

static void
lint_domain(struct loader *l, const struct indicator *ind, const char *domain)
{
	enum suffix_kind kind = suffix_kind_of(domain);
	const char *shared;

	if (kind == SUFFIX_REGISTRY)
		complain(l, "'%s' is too broad: anybody may register below '%s'", ind->id, domain);
	if (!accuses(ind))
		return;
	if (kind == SUFFIX_LENT)
		complain(l, "'%s' is too broad: '%s' is lent to anybody (public suffix list); name the host",
		    ind->id, domain);
	shared = shared_below(l, domain, ind->entity);
	if (shared != NULL)
		complain(l, "'%s' is too broad: below '%s' lies '%s', where many have hosts; name the host",
		    ind->id, domain, shared);
}

static void
lint_block(struct loader *l, const struct indicator *ind, const uint8_t *key)
{
	struct addr base;

	memcpy(base.octet, key + 1, sizeof(base.octet));
	if (accuses(ind) && key[0] < (addr_is_ipv4(&base) ? WIDE_IPV4 : WIDE_IPV6))
		warn(l, "'%s' is too broad: many have addresses in '%s'", ind->id, ind->value);
}

/* By the date of the pack, not by today's: the same files say the same every day. */
static bool
has_ended(const struct loader *l, const struct indicator *ind)
{
	uint64_t made_us = 0, ignored;

	return l->k->date != NULL && date_parse(l->k->date, &made_us, &ignored) == 0
	    && ind->valid_until_us < made_us;
}

void
lint_indicator(struct loader *l, const struct indicator *ind, uint8_t key_class, const char *key)
{
	if (key_class == KEY_DOMAIN_SUFFIX)
		lint_domain(l, ind, key);
	else if (key_class == KEY_ADDR)
		lint_block(l, ind, (const uint8_t *)key);
	if (ind->valid_until_us != 0 && ind->use != USE_RETRO_HUNT && has_ended(l, ind))
		warn(l, "'%s' had ended when the pack was made: its use is 'retro_hunt', or it goes", ind->id);
	if (l->pack_has_proofs && text_set_find(&l->proven, &l->k->seed, ind->id) == NULL)
		warn(l, "'%s' has no proof in proof/expect.csv", ind->id);
}

void
lint_done(struct loader *l)
{
	free(l->shared_names);
	text_set_done(&l->above_shared);
	text_set_done(&l->proven);
}
