/* SPDX-License-Identifier: Apache-2.0 */
/* maker.c - from the name of a company, as tables write it ("Quectel Wireless Solutions Co., Ltd."),
 * to its entity. Names are compared in a normal form; a wrong match would accuse a company of
 * another's listings, so nothing is guessed beyond forms of companies and a few words that
 * say what most of them do. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

enum { WORDS_MAX = 16, WORD_MAX = 32 };

/* Legal forms: they end a name and tell nobody apart. */
static const char *const legal_forms[] = {
	"ab", "ag", "as", "asa", "bv", "co", "coltd", "company", "corp", "corporation", "gmbh", "inc",
	"incorporated", "kg", "limited", "llc", "ltd", "nv", "oy", "plc", "pte", "pty", "pvt", "sa",
	"sas", "se", "spa", "srl"
};

/* What may stand behind a name that is known without it. */
static const char *const trades[] = {
	"communication", "communications", "device", "devices", "electronics", "group", "holding",
	"holdings", "industries", "international", "iot", "m2m", "manufacturing", "modules",
	"networks", "semiconductor", "smart", "solutions", "systems", "technologies", "technology",
	"telecommunications", "wireless"
};

/* What may stand before it. */
static const char *const places[] = {
	"beijing", "chongqing", "dongguan", "guangdong", "guangzhou", "hangzhou", "hongkong",
	"nanjing", "ningbo", "shanghai", "shenzhen", "suzhou", "wuhan", "xiamen", "zhejiang"
};

struct words {
	char word[WORDS_MAX][WORD_MAX];
	size_t first, n;	/* those from `first` up to `n` count */
	bool whole;		/* nothing had to be cut */
};

static bool
is_among(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* ASCII letters in lower case, digits and whatever is not ASCII make words. A dot, an ampersand or an
 * apostrophe inside does not end one: S.p.A., AT&T. */
static bool
is_word_octet(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static void
split(const char *name, size_t len, struct words *w)
{
	unsigned depth = 0;
	size_t at = 0;

	memset(w, 0, sizeof(*w));
	w->whole = true;
	for (size_t i = 0; i <= len; i++) {
		char c = i == len ? ' ' : name[i];

		c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		if (c == '(')
			depth++;
		if (depth == 0 && is_word_octet(c) && at < WORD_MAX - 1)
			w->word[w->n][at++] = c;
		else if (depth == 0 && is_word_octet(c))
			w->whole = false;
		else if (at != 0 && (depth != 0 || strchr(".&'", c) == NULL)) {
			at = 0;
			if (++w->n == WORDS_MAX) {
				w->whole = i >= len;
				return;
			}
		}
		if (c == ')' && depth > 0)
			depth--;
	}
}

static void
drop_legal_forms(struct words *w)
{
	while (w->n > w->first + 1 &&
	    is_among(w->word[w->n - 1], legal_forms, ARRAY_LEN(legal_forms)))
		w->n--;
}

static size_t
join(const struct words *w, char out[static MAKER_KEY_MAX])
{
	size_t len = 0;

	for (size_t i = w->first; i < w->n; i++) {
		size_t n = strlen(w->word[i]);

		if (len + n >= MAKER_KEY_MAX)
			return 0;
		memcpy(out + len, w->word[i], n);
		len += n;
	}
	out[len] = '\0';
	return w->whole ? len : 0;
}

size_t
maker_normal(const char *name, size_t len, char out[static MAKER_KEY_MAX])
{
	struct words w;

	split(name, len, &w);
	drop_legal_forms(&w);
	return join(&w, out);
}

static void
add_key(struct loader *l, const char *name, size_t len, const struct entity *e)
{
	char key[MAKER_KEY_MAX];
	const char *kept;

	if (maker_normal(name, len, key) == 0 || (kept = own_text(l, key)) == NULL ||
	    !grow_array(l, &l->makers, sizeof(l->makers[0]), l->n_makers, &l->makers_room,
	    ENTITIES_MAX * 8, "names of entities"))
		return;
	l->makers[l->n_makers++] = (struct maker_name){ kept, e };
	l->makers_sorted = false;
}

/* "Semtech / Sierra Wireless" is two names. */
void
maker_add(struct loader *l, const char *name, const struct entity *e)
{
	for (;;) {
		size_t len = strcspn(name, "/");

		add_key(l, name, len, e);
		if (name[len] == '\0')
			return;
		name += len + 1;
	}
}

static int
by_key(const void *a, const void *b)
{
	const struct maker_name *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static const struct entity *
find_key(const struct loader *l, const char *key)
{
	const struct maker_name wanted = { key, NULL };
	const struct maker_name *at = bsearch(&wanted, l->makers, l->n_makers, sizeof(wanted), by_key);
	const struct maker_name *end = l->makers + l->n_makers;
	const struct entity *e = NULL;

	if (at == NULL)
		return NULL;
	while (at > l->makers && strcmp(at[-1].key, key) == 0)
		at--;
	for (; at < end && strcmp(at->key, key) == 0; at++) {
		if (e != NULL && e != at->entity)
			return NULL;	/* two go by this name */
		e = at->entity;
	}
	return e;
}

static const struct entity *
look_up(struct loader *l, const char *name)
{
	const struct entity *e = NULL;
	char key[MAKER_KEY_MAX];
	struct words w;

	if (!l->makers_sorted)
		qsort(l->makers, l->n_makers, sizeof(l->makers[0]), by_key);
	l->makers_sorted = true;
	split(name, strlen(name), &w);
	drop_legal_forms(&w);
	if (join(&w, key) != 0)
		e = find_key(l, key);
	while (e == NULL && w.n > w.first + 1) {
		if (is_among(w.word[w.first], places, ARRAY_LEN(places)))
			w.first++;
		else if (is_among(w.word[w.n - 1], trades, ARRAY_LEN(trades)))
			w.n--;
		else
			return NULL;
		drop_legal_forms(&w);
		if (join(&w, key) != 0)
			e = find_key(l, key);
	}
	return e;
}

const struct entity *
maker_find(struct loader *l, const char *name)
{
	struct maker_name *memo = &l->maker_memo[(uintptr_t)name / 8 % MAKER_MEMO];

	if (l->n_makers == 0)
		return NULL;
	if (memo->key != name)
		*memo = (struct maker_name){ name, look_up(l, name) };
	return memo->entity;
}
