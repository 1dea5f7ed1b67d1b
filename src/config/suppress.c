/* SPDX-License-Identifier: Apache-2.0 */
/* suppress.c - exceptions: contacts that are known and not to be told, with a reason, an owner and a
 * last day. Names of rules and entities are checked later, when both are known (detect.h). */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/option.h"
#include "date.h"
#include "macros.h"

enum { TEXT_OCTETS_MAX = 256, DNS_NAME_MAX = 253, DNS_LABEL_MAX = 63 };

/* What is being read, and where it went wrong. */
struct reader {
	struct refusal *why;
	unsigned line;
};

static int __attribute__((format(printf, 3, 4)))
refuse(struct reader *r, const struct node *at, const char *fmt, ...)
{
	int n = snprintf(r->why->text, sizeof(r->why->text), "'suppress': ");
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

static int
keep(struct reader *r, char **at, const char *text)
{
	*at = strdup(text);
	return *at == NULL ? out_of_memory(r) : 0;
}

static int
read_block(struct reader *r, struct cidr *block, bool *has, const char *key, const struct node *value)
{
	*has = cidr_parse(block, value->text) == 0;
	return *has ? 0 : refuse(r, value, "'%s' wants an address or a block without host bits, like "
	    "10.8.0.0/16; not '%.64s'", key, value->text);
}

/* A host name in lower case, without a closing dot. */
static bool
is_name(const char *text, char out[static DNS_NAME_MAX + 1])
{
	size_t len = strlen(text), label = 0;

	if (len > 1 && text[len - 1] == '.')
		len--;
	if (len == 0 || len > DNS_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] | 0x20) : text[i];

		label = c == '.' ? 0 : label + 1;
		if (label > DNS_LABEL_MAX || (c == '.' && (i == 0 || i + 1 == len || text[i - 1] == '.'))
		    || strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", c) == NULL)
			return false;
		out[i] = c;
	}
	out[len] = '\0';
	return true;
}

static int
read_source(struct reader *r, struct suppression *s, const struct node *value)
{
	return read_block(r, &s->source, &s->has_source, "source", value);
}

/* Addresses have digits, dots and colons only, which no name ends in. */
static int
read_destination(struct reader *r, struct suppression *s, const struct node *value)
{
	char name[DNS_NAME_MAX + 1];

	if (cidr_parse(&s->destination, value->text) == 0) {
		s->has_destination = true;
		return 0;
	}
	if (strspn(value->text, "0123456789.:/") == strlen(value->text)
	    || !is_name(value->text, name))
		return refuse(r, value, "'destination' wants a block without host bits, like "
		    "198.51.100.0/24, or a host name; not '%.64s'", value->text);
	return keep(r, &s->name, name);
}

static int
read_port(struct reader *r, struct suppression *s, const struct node *value)
{
	unsigned long port = 0;

	if (strlen(value->text) <= 5 && strspn(value->text, "0123456789") == strlen(value->text))
		port = strtoul(value->text, NULL, 10);
	if (port == 0 || port > UINT16_MAX)
		return refuse(r, value, "'port' wants a number from 1 to 65535, not '%.64s'", value->text);
	s->port = (uint16_t)port;
	return 0;
}

static int
read_expires(struct reader *r, struct suppression *s, const struct node *value)
{
	uint64_t first;

	if (date_parse(value->text, &first, &s->expires_us) != 0)
		return refuse(r, value, "'expires' wants its last day, like 2027-01-31; not '%.64s'",
		    value->text);
	return keep(r, &s->expires, value->text);
}

#define TEXT_AT(m) offsetof(struct suppression, m)
static const struct member {
	const char *name;
	size_t text;	/* of a plain text: where it is kept */
	int (*read)(struct reader *, struct suppression *, const struct node *);
	bool needed, narrows;	/* says which contacts */
} members[] = {
	{ "rule", TEXT_AT(rule), NULL, false, true },
	{ "entity", TEXT_AT(entity), NULL, false, true },
	{ "indicator", TEXT_AT(indicator), NULL, false, true },
	{ "group", TEXT_AT(group), NULL, false, true },
	{ "source", 0, read_source, false, true },
	{ "destination", 0, read_destination, false, true },
	{ "port", 0, read_port, false, true },
	{ "reason", TEXT_AT(reason), NULL, true, false },
	{ "owner", TEXT_AT(owner), NULL, true, false },
	{ "expires", 0, read_expires, true, false },
};

static int
read_member(struct reader *r, struct suppression *s, const struct member *m,
    const struct node *value)
{
	if (value->kind != NODE_SCALAR || node_is_null(value) || value->text[0] == '\0')
		return refuse(r, value, "'%s' wants a text", m->name);
	if (strlen(value->text) > TEXT_OCTETS_MAX)
		return refuse(r, value, "'%s' is longer than %d octets", m->name, TEXT_OCTETS_MAX);
	if (m->read != NULL)
		return m->read(r, s, value);
	return keep(r, (char **)((char *)s + m->text), value->text);
}

static const struct member *
member_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (strcmp(name, members[i].name) == 0)
			return &members[i];
	return NULL;
}

static int
check(struct reader *r, const struct node *map, unsigned seen)
{
	bool narrow = false;

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		bool given = (seen & 1u << i) != 0;

		narrow = narrow || (given && members[i].narrows);
		if (members[i].needed && !given)
			return refuse(r, map, "an exception without '%s'", members[i].name);
	}
	return narrow ? 0 : refuse(r, map, "an exception from everything; name a rule, entity, "
	    "indicator, group, source, destination or port");
}

static int
read_one(struct reader *r, struct suppression *s, const struct node *map)
{
	unsigned seen = 0;
	int rc;

	if (map->kind != NODE_MAP)
		return refuse(r, map, "wants a list of {entity: ..., reason: ..., owner: ..., expires: ...}");
	s->line = map->line;
	for (const struct node *key = map->child; key != NULL; key = key->next->next) {
		const struct member *m = member_find(key->text);

		if (m == NULL)
			return refuse(r, key, "unknown key '%.64s'; known are rule, entity, indicator, group, "
			    "source, destination, port, reason, owner, expires", key->text);
		if (seen & 1u << (m - members))
			return refuse(r, key, "'%s' is given twice", m->name);
		seen |= 1u << (m - members);
		rc = read_member(r, s, m, key->next);
		if (rc != 0)
			return rc;
	}
	return check(r, map, seen);
}

static int
read_all(struct reader *r, struct config *all, const struct option *o, const struct node *list)
{
	int rc = 0;

	if (list->kind != NODE_LIST)
		return refuse(r, list, "wants a list");
	if (list->children > o->max)
		return refuse(r, list, "more than %llu exceptions", (unsigned long long)o->max);
	all->suppress = calloc(list->children == 0 ? 1 : list->children, sizeof(all->suppress[0]));
	if (all->suppress == NULL)
		return out_of_memory(r);
	for (const struct node *n = list->child; n != NULL && rc == 0; n = n->next)
		rc = read_one(r, &all->suppress[all->n_suppress++], n);
	return rc;
}

int
option_set_suppress(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line)
{
	struct reader r = { .why = why, .line = list->line };
	struct config fresh = { .suppress = NULL };	/* only its exceptions are used */
	int rc = read_all(&r, &fresh, o, list);

	*line = r.line;
	if (rc != 0) {
		suppress_free(&fresh);
		return rc;
	}
	suppress_free(cfg);
	cfg->suppress = fresh.suppress;
	cfg->n_suppress = fresh.n_suppress;
	return 0;
}

void
suppress_free(struct config *cfg)
{
	for (size_t i = 0; i < cfg->n_suppress; i++) {
		struct suppression *s = &cfg->suppress[i];
		char *const texts[] = { s->rule, s->entity, s->indicator, s->group, s->name, s->reason,
			s->owner, s->expires };

		for (size_t k = 0; k < ARRAY_LEN(texts); k++)
			free(texts[k]);
	}
	free(cfg->suppress);
	cfg->suppress = NULL;
	cfg->n_suppress = 0;
}

static void
print_pair(const char *key, const char *text, FILE *out)
{
	if (text == NULL)
		return;
	(void)fprintf(out, "%s: ", key);
	yaml_print_text(text, out);
	(void)fputs(", ", out);
}

static void
print_block(const char *key, bool has, const struct cidr *block, FILE *out)
{
	char text[CIDR_TEXT_MAX];

	if (has) {
		(void)cidr_text(block, text);
		print_pair(key, text, out);
	}
}

void
suppress_print(const struct config *cfg, FILE *out)
{
	(void)fputc('[', out);
	for (size_t i = 0; i < cfg->n_suppress; i++) {
		const struct suppression *s = &cfg->suppress[i];

		(void)fputs(i == 0 ? "{" : ", {", out);
		print_pair("rule", s->rule, out);
		print_pair("entity", s->entity, out);
		print_pair("indicator", s->indicator, out);
		print_pair("group", s->group, out);
		print_block("source", s->has_source, &s->source, out);
		print_block("destination", s->has_destination, &s->destination, out);
		print_pair("destination", s->name, out);
		if (s->port != 0)
			(void)fprintf(out, "port: %u, ", s->port);
		print_pair("reason", s->reason, out);
		print_pair("owner", s->owner, out);
		(void)fputs("expires: ", out);
		yaml_print_text(s->expires, out);
		(void)fputc('}', out);
	}
	(void)fputc(']', out);
}
