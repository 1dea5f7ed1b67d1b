/* SPDX-License-Identifier: Apache-2.0 */
/* intel.c - intel[]: feeds of outside intelligence, read from YAML and written as YAML, from one table
 * of their keys. Formats, roles, entities and lists are held against what there is when knowledge is
 * loaded. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/option.h"
#include "macros.h"

enum { TEXT_OCTETS_MAX = 4095, NAME_OCTETS_MAX = 64, DAYS_MAX = 36500 };

enum key_type { KEY_TEXT, KEY_NUMBER, KEY_WORD, KEY_BOOL };

/* One row per key: what kind of value, where it goes, its words in the order of their numbers (NULL:
 * not to be written), greatest number, and what it is when nothing is said. */
static const struct key {
	const char *name;
	enum key_type type;
	size_t at;
	uint32_t max, preset;
	const char *words[5];
} keys[] = {
#define AT(m) offsetof(struct intel_source, m)
	{ "path", KEY_TEXT, AT(path), TEXT_OCTETS_MAX, 0, { NULL } },
	{ "name", KEY_TEXT, AT(name), NAME_OCTETS_MAX, 0, { NULL } },
	{ "format", KEY_TEXT, AT(format), NAME_OCTETS_MAX, 0, { NULL } },
	{ "entity", KEY_TEXT, AT(entity), NAME_OCTETS_MAX, 0, { NULL } },
	{ "list", KEY_TEXT, AT(list), NAME_OCTETS_MAX, 0, { NULL } },
	{ "role", KEY_TEXT, AT(role), NAME_OCTETS_MAX, 0, { NULL } },
	{ "severity", KEY_WORD, AT(severity), 4, 0, { NULL, "critical", "high", "medium", "low" } },
	{ "confidence", KEY_WORD, AT(confidence), 3, 2, { NULL, "low", "medium", "high" } },
	{ "use", KEY_WORD, AT(use), 1, 0, { "alert", "context" } },
	{ "allow", KEY_BOOL, AT(allow), 1, 0, { "false", "true" } },
	{ "expires_days", KEY_NUMBER, AT(expires_days), DAYS_MAX, 0, { NULL } },
	{ "max_age_days", KEY_NUMBER, AT(max_age_days), DAYS_MAX, 0, { NULL } },
	{ "max_shrink_percent", KEY_NUMBER, AT(max_shrink_percent), 100, 50, { NULL } },
	{ "on_bad", KEY_BOOL, AT(refuse_bad), 1, 1, { "warn", "refuse" } },
#undef AT
};

struct reader {
	struct refusal *why;
	unsigned line;
};

static int __attribute__((format(printf, 3, 4)))
refuse(struct reader *r, const struct node *at, const char *fmt, ...)
{
	int n = snprintf(r->why->text, sizeof(r->why->text), "'intel': ");
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->why->text + n, sizeof(r->why->text) - (size_t)n, fmt, ap);
	va_end(ap);
	r->line = at->line;
	return -EINVAL;
}

static int
out_of_memory(struct reader *r)
{
	(void)snprintf(r->why->text, sizeof(r->why->text), "out of memory");
	return -ENOMEM;
}

static void *
member(struct intel_source *s, const struct key *k)
{
	return (char *)s + k->at;
}

static void
set_number(struct intel_source *s, const struct key *k, uint32_t value)
{
	if (k->type == KEY_NUMBER)
		*(uint32_t *)member(s, k) = value;
	else if (k->type == KEY_WORD)
		*(uint8_t *)member(s, k) = (uint8_t)value;
	else
		*(bool *)member(s, k) = value != 0;
}

static uint32_t
number_of(const struct intel_source *s, const struct key *k)
{
	const void *at = (const char *)s + k->at;

	return k->type == KEY_NUMBER ? *(const uint32_t *)at : k->type == KEY_WORD ? *(const uint8_t *)at
	    : *(const bool *)at;
}

static int
read_text(struct reader *r, struct intel_source *s, const struct key *k, const struct node *value)
{
	char **text = member(s, k);

	if (value->text[0] == '\0' || strlen(value->text) > k->max)
		return refuse(r, value, "'%s' is empty or longer than %u octets", k->name, k->max);
	*text = strdup(value->text);
	return *text == NULL ? out_of_memory(r) : 0;
}

static int
read_number(struct reader *r, struct intel_source *s, const struct key *k, const struct node *value)
{
	unsigned long n = k->max + 1ul;

	if (strspn(value->text, "0123456789") == strlen(value->text) && strlen(value->text) < 9 &&
	    value->text[0] != '\0')
		n = strtoul(value->text, NULL, 10);
	if (n > k->max)
		return refuse(r, value, "'%s' wants a number up to %u, not '%.64s'", k->name, k->max,
		    value->text);
	set_number(s, k, (uint32_t)n);
	return 0;
}

static int
read_word(struct reader *r, struct intel_source *s, const struct key *k, const struct node *value)
{
	char known[64] = "";
	size_t n = 0;

	for (uint32_t i = 0; i <= k->max; i++) {
		if (k->words[i] == NULL)
			continue;
		if (strcmp(k->words[i], value->text) == 0) {
			set_number(s, k, i);
			return 0;
		}
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", n == 0 ? "" : ", ", k->words[i]);
	}
	return refuse(r, value, "'%s' wants one of %s, not '%.64s'", k->name, known, value->text);
}

static int
read_key(struct reader *r, struct intel_source *s, const struct node *key, unsigned *seen)
{
	const struct node *value = key->next;

	for (unsigned i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(key->text, keys[i].name) != 0)
			continue;
		if (*seen & 1u << i)
			return refuse(r, key, "'%s' is given twice", key->text);
		*seen |= 1u << i;
		if (value->kind != NODE_SCALAR || node_is_null(value))
			return refuse(r, value, "'%s' wants one value", key->text);
		return (keys[i].type == KEY_TEXT ? read_text : keys[i].type == KEY_NUMBER ? read_number
		    : read_word)(r, s, &keys[i], value);
	}
	return refuse(r, key, "unknown key '%.64s'; known are path, name, format, entity, list, role, severity, "
	    "confidence, use, allow, expires_days, max_age_days, max_shrink_percent, on_bad", key->text);
}

/* Its name, when none is given: the last part of the path. */
static int
preset_name(struct reader *r, struct intel_source *s)
{
	size_t len = strlen(s->path), from;

	while (len > 1 && s->path[len - 1] == '/')
		len--;
	for (from = len; from > 0 && s->path[from - 1] != '/';)
		from--;
	if (len - from > NAME_OCTETS_MAX)
		from = len - NAME_OCTETS_MAX;
	s->name = strndup(s->path + from, len - from);
	return s->name == NULL ? out_of_memory(r) : 0;
}

static int
read_source(struct reader *r, struct config *all, const struct node *map)
{
	struct intel_source *s = &all->intel[all->n_intel++];
	unsigned seen = 0;

	if (map->kind != NODE_MAP)
		return refuse(r, map, "wants a list of {path: ..., ...}");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].type != KEY_TEXT)
			set_number(s, &keys[i], keys[i].preset);
	for (const struct node *key = map->child; key != NULL; key = key->next->next) {
		int rc = read_key(r, s, key, &seen);

		if (rc != 0)
			return rc;
	}
	if (s->path == NULL)
		return refuse(r, map, "a feed without a path");
	if (s->entity != NULL && s->list != NULL)
		return refuse(r, map, "'list' has no meaning beside 'entity': its listings are in the pack");
	if (s->allow && (s->entity != NULL || s->list != NULL || s->severity != 0))
		return refuse(r, map, "an allow-list accuses nobody: no entity, list or severity");
	return s->name != NULL ? 0 : preset_name(r, s);
}

static int
read_sources(struct reader *r, struct config *all, const struct option *o, const struct node *list)
{
	int rc = 0;

	if (list->kind != NODE_LIST)
		return refuse(r, list, "wants a list");
	if (list->children > o->max)
		return refuse(r, list, "more than %llu feeds", (unsigned long long)o->max);
	all->intel = calloc(list->children == 0 ? 1 : list->children, sizeof(all->intel[0]));
	if (all->intel == NULL)
		return out_of_memory(r);
	for (const struct node *n = list->child; n != NULL && rc == 0; n = n->next) {
		rc = read_source(r, all, n);
		for (size_t i = 0; rc == 0 && i + 1 < all->n_intel; i++)
			if (strcmp(all->intel[i].name, all->intel[all->n_intel - 1].name) == 0)
				rc = refuse(r, n, "two feeds named '%s'; give one another 'name'",
				    all->intel[i].name);
	}
	return rc;
}

int
option_set_intel(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line)
{
	struct reader r = { .why = why, .line = list->line };
	struct config fresh = { .intel = NULL };	/* only its feeds are used */
	int rc = read_sources(&r, &fresh, o, list);

	*line = r.line;
	if (rc != 0) {
		intel_sources_free(&fresh);
		return rc;
	}
	intel_sources_free(cfg);
	cfg->intel = fresh.intel;
	cfg->n_intel = fresh.n_intel;
	return 0;
}

void
intel_sources_free(struct config *cfg)
{
	for (size_t i = 0; i < cfg->n_intel; i++)
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			if (keys[k].type == KEY_TEXT)
				free(*(char **)member(&cfg->intel[i], &keys[k]));
	free(cfg->intel);
	cfg->intel = NULL;
	cfg->n_intel = 0;
}

static void
print_key(const struct intel_source *s, const struct key *k, FILE *out)
{
	const char *text = k->type != KEY_TEXT ? NULL : *(char *const *)(const void *)((const char *)s + k->at);

	if (k->type == KEY_TEXT ? text == NULL : number_of(s, k) == k->preset)
		return;		/* what is not written is the preset */
	(void)fprintf(out, "%s%s: ", k == keys ? "" : ", ", k->name);
	if (k->type == KEY_TEXT)
		yaml_print_text(text, out);
	else if (k->type == KEY_NUMBER)
		(void)fprintf(out, "%u", number_of(s, k));
	else
		(void)fputs(k->words[number_of(s, k)], out);
}

void
intel_sources_print(const struct config *cfg, FILE *out)
{
	(void)fputc('[', out);
	for (size_t i = 0; i < cfg->n_intel; i++) {
		(void)fputs(i == 0 ? "{" : ", {", out);
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			print_key(&cfg->intel[i], &keys[k], out);
		(void)fputc('}', out);
	}
	(void)fputc(']', out);
}
