/* SPDX-License-Identifier: Apache-2.0 */
/* allow.c - allow-lists: what no feed of outside intelligence may accuse. They have no say in what the
 * pack says. A feed's own value is held against them once, when all is read; what is seen, when a
 * feed's indicator has matched. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "text_regex.h"

static bool
has(const struct knowledge *k, uint8_t key_class, const void *key, size_t len)
{
	const struct item *item;

	return table_find(k, key_class, key, len, &item, 1) != 0;
}

static bool
allows_name(const struct knowledge *k, const char *name, size_t len)
{
	char canonical[VALUE_MAX];
	const char *at = canonical;
	size_t left = domain_from_wire(name, len, canonical);

	if (left == 0)
		return false;
	if (left <= k->longest_allow && has(k, KEY_ALLOW_HOST, at, left))
		return true;
	for (const char *dot; left != 0; left -= (size_t)(dot + 1 - at), at = dot + 1) {
		if (left <= k->longest_allow && has(k, KEY_ALLOW_SUFFIX, at, left))
			return true;
		dot = memchr(at, '.', left);
		if (dot == NULL)
			return false;
	}
	return false;
}

static bool
allows_block(const struct knowledge *k, const struct cidr *block)
{
	for (size_t i = 0; i < k->allow_lengths.n; i++) {
		unsigned bits = k->allow_lengths.len[i], whole = bits / 8;
		uint8_t key[17] = { (uint8_t)bits };

		if (bits > block->len || (addr_is_ipv4(&block->base) && bits < 96))
			continue;
		memcpy(key + 1, block->base.octet, whole);
		if (bits % 8 != 0)
			key[1 + whole] = (uint8_t)(block->base.octet[whole] & (0xff00 >> bits % 8));
		if (has(k, KEY_ALLOW_ADDR, key, sizeof(key)))
			return true;
	}
	return false;
}

static bool
allows_part(const struct knowledge *k, const char *text, size_t len)
{
	for (size_t i = 0; i < k->n_allow_parts; i++)
		if (!k->allow_parts[i].regex &&
		    memmem(text, len, k->allow_parts[i].text, strlen(k->allow_parts[i].text)) != NULL)
			return true;
	return false;
}

bool
knowledge_allows(const struct knowledge *k, const struct indicator *ind, const char *seen, size_t len)
{
	char text[CIDR_TEXT_MAX];
	struct cidr block;

	if (ind->feed == NULL || (k->n_allow == 0 && k->n_allow_parts == 0) || len == 0)
		return false;
	if (allows_part(k, seen, len) || (ind->kind == INDICATOR_DOMAIN && allows_name(k, seen, len)))
		return true;
	if (ind->kind == INDICATOR_CIDR && len < sizeof(text)) {
		memcpy(text, seen, len);
		text[len] = '\0';
		return cidr_parse(&block, text) == 0 && allows_block(k, &block);
	}
	return ind->kind == INDICATOR_TEXT && ind->match != MATCH_URL && len <= VALUE_MAX &&
	    has(k, KEY_ALLOW_TEXT, seen, len);
}

/* --- when all is read --- */

/* A regex of an allow-list; one that takes too long again and again is asked no more. */
struct allow_regex {
	struct text_regex *re;	/* NULL: given up */
	struct feed *feed;
	unsigned undecided;
};

enum { UNDECIDED_MAX = 100 };

static void
give_up(struct allow_regex *a)
{
	text_regex_free(a->re);
	a->re = NULL;
	a->feed->used--;
	a->feed->skipped[FEED_PATTERN]++;
}

static bool
matches_any(struct allow_regex *regex, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		int answer = regex[i].re == NULL ? 0 : text_regex_matches(regex[i].re, text, strlen(text));

		if (answer > 0)
			return true;
		if (answer < 0 && ++regex[i].undecided == UNDECIDED_MAX)
			give_up(&regex[i]);
	}
	return false;
}

static void
mark_all(struct loader *l, struct allow_regex *regex, size_t n)
{
	struct knowledge *k = l->k;

	for (size_t i = 0; i < k->n_items; i++) {
		struct item *item = item_at(k, i);
		struct indicator *ind = &item->pub;
		struct feed *f;

		if (ind->feed == NULL || ind->feed->allow)
			continue;
		if (!knowledge_allows(k, ind, ind->value, strlen(ind->value)) &&
		    !matches_any(regex, n, ind->value))
			continue;
		f = &k->feeds[ind->feed - k->feeds];
		if (f->state != FEED_KEPT)	/* those came marked, and count what they kept */
			f->skipped[FEED_ALLOWED]++;
		if (f->first[FEED_ALLOWED].text == NULL) {
			f->first[FEED_ALLOWED].text = ind->value;
			f->first[FEED_ALLOWED].file = ind->source;
			f->first[FEED_ALLOWED].line = ind->line;
		}
		f->used--;
		ind->use = USE_BASELINE;	/* it is found, and never raises */
	}
}

/* "/.../i" as MISP writes them. NULL: not understood. */
static struct text_regex *
compile(const char *text)
{
	const char *end = strrchr(text, '/');
	char inner[VALUE_MAX + 1];
	bool no_case = false;
	size_t len;

	if (text[0] != '/' || end == text || strlen(text) > VALUE_MAX)
		return text_regex_new(text, true);
	no_case = strchr(end, 'i') != NULL;
	len = (size_t)(end - text) - 1;
	memcpy(inner, text + 1, len);
	inner[len] = '\0';
	return text_regex_new(inner, no_case);
}

void
settle_allowed(struct loader *l)
{
	struct knowledge *k = l->k;
	struct allow_regex *regex = NULL;
	size_t n = 0;

	if (k->n_allow == 0 && k->n_allow_parts == 0)
		return;
	regex = calloc(k->n_allow_parts + 1, sizeof(*regex));
	if (regex == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < k->n_allow_parts; i++) {
		struct feed *f = &k->feeds[k->allow_parts[i].feed - k->feeds];

		if (!k->allow_parts[i].regex)
			continue;
		regex[n] = (struct allow_regex){ .feed = f, .re = compile(k->allow_parts[i].text) };
		if (regex[n].re == NULL)
			give_up(&regex[n]);
		else
			n++;
	}
	mark_all(l, regex, n);
	for (size_t i = 0; i < n; i++)
		text_regex_free(regex[i].re);
	free(regex);
}
