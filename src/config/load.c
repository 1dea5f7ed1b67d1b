/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - a YAML file over the configuration; every complaint has its line. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/option.h"

enum { FILE_OCTETS_MAX = 1 << 20, NAME_OCTETS_MAX = 128, SEEN_MAX = 128 };

struct loader {
	struct config *cfg;
	const char *file;
	struct config_error *err;
	unsigned line_of[SEEN_MAX];	/* where option i was given, 0: not yet */
};

static int __attribute__((format(printf, 3, 4)))
complain(struct loader *l, unsigned line, const char *fmt, ...)
{
	/* A long path must not push out the reason. */
	int n = snprintf(l->err->text, sizeof(l->err->text), "%.200s:%u: ", l->file, line);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(l->err->text + n, sizeof(l->err->text) - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int
set_list(struct loader *l, const struct option *o, const struct node *value)
{
	struct refusal why;
	unsigned line = value->line;
	const char **texts;
	size_t n = 0;
	int rc;

	if (value->kind != NODE_LIST)
		return complain(l, value->line, "'%s' wants a list, like [a, b]", o->name);
	texts = calloc(value->children + 1, sizeof(texts[0]));
	if (texts == NULL)
		return -ENOMEM;
	for (const struct node *e = value->child; e != NULL; e = e->next) {
		if (e->kind != NODE_SCALAR) {
			free(texts);
			return complain(l, e->line, "'%s' wants a %s", o->name, option_type_name(o));
		}
		texts[n++] = node_is_null(e) ? "" : e->text;
	}
	rc = option_set(l->cfg, o, texts, n, &why);
	free(texts);
	if (rc == 0)
		return 0;
	for (const struct node *e = value->child; e != NULL && why.entry-- > 0; e = e->next)
		line = e->next != NULL ? e->next->line : e->line;
	(void)complain(l, line, "%s", why.text);
	return rc;
}

static int
set_scalar(struct loader *l, const struct option *o, const struct node *value)
{
	const char *text = node_is_null(value) ? "" : value->text;
	struct refusal why;
	int rc;

	if (value->kind != NODE_SCALAR)
		return complain(l, value->line, "'%s' wants one value, a %s", o->name,
		    option_type_name(o));
	rc = option_set(l->cfg, o, &text, 1, &why);
	if (rc != 0)
		(void)complain(l, value->line, "%s", why.text);
	return rc;
}

static int
set_option(struct loader *l, const struct option *o, const struct node *key)
{
	const struct node *value = key->next;
	unsigned *seen = &l->line_of[o - option_table], line;
	struct refusal why;
	int rc;

	if (*seen != 0)
		return complain(l, key->line, "'%s' is given twice, first in line %u", o->name, *seen);
	*seen = key->line;
	if (option_is_mappings(o)) {
		rc = option_set_mappings(l->cfg, o, value, &why, &line);
		if (rc != 0)
			(void)complain(l, line, "%s", why.text);
		return rc;
	}
	return option_is_list(o) ? set_list(l, o, value) : set_scalar(l, o, value);
}

/* The keys before `key` in its map are all known, so there are few of them. */
static bool
is_repeated(const struct node *map, const struct node *key)
{
	for (const struct node *k = map->child; k != key; k = k->next->next)
		if (strcmp(k->text, key->text) == 0)
			return true;
	return false;
}

/* Sections nest as deep as the table says: an unknown one ends the walk. */
static int
walk(struct loader *l, const struct node *map, const char *section)
{
	for (const struct node *key = map->child; key != NULL; key = key->next->next) {
		const struct node *value = key->next;
		char name[NAME_OCTETS_MAX];
		const struct option *o;
		int rc = 0;

		(void)snprintf(name, sizeof(name), "%s%s%s", section, section[0] == '\0' ? "" : ".",
		    key->text);
		o = option_find(name);
		if (o != NULL)
			rc = set_option(l, o, key);
		else if (option_section_find(name) == NULL)
			rc = complain(l, key->line, "unknown key '%s'; nearest is '%s'", name,
			    option_nearest(name));
		else if (is_repeated(map, key))
			rc = complain(l, key->line, "'%s' is given twice", name);
		else if (value->kind == NODE_MAP)
			rc = walk(l, value, name);
		else if (!node_is_null(value))
			rc = complain(l, value->line, "'%s' is a section and wants keys below it", name);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
config_load_memory(struct config *cfg, const char *name, const void *data, size_t size,
    struct config_error *err)
{
	struct loader l = { .cfg = cfg, .file = name, .err = err };
	struct document_error doc_err;
	struct document *doc;
	const struct node *root;
	int rc;

	assert(option_count <= SEEN_MAX);
	(void)complain(&l, 1, "out of memory");
	if (size > FILE_OCTETS_MAX)
		return complain(&l, 1, "larger than %d octets", FILE_OCTETS_MAX);
	rc = document_parse(&doc, data, size, &doc_err);
	if (rc != 0) {
		(void)complain(&l, doc_err.line, "%s", doc_err.text);
		return rc;
	}
	root = document_root(doc);
	if (root != NULL && root->kind == NODE_MAP)
		rc = walk(&l, root, "");
	else if (root != NULL && !node_is_null(root))
		rc = complain(&l, root->line, "wants keys and values, like 'sensor: north'");
	document_free(doc);
	return rc;
}

/* The file, up to one octet more than is allowed. */
static int
read_file(const char *path, char **data, size_t *size)
{
	FILE *in = fopen(path, "re");
	int rc = 0;

	if (in == NULL)
		return -errno;
	*data = malloc(FILE_OCTETS_MAX + 1);
	if (*data == NULL)
		rc = -ENOMEM;
	else {
		*size = fread(*data, 1, FILE_OCTETS_MAX + 1, in);
		if (ferror(in))
			rc = errno != 0 ? -errno : -EIO;
	}
	(void)fclose(in);
	if (rc != 0) {
		free(*data);
		*data = NULL;
	}
	return rc;
}

int
config_load(struct config *cfg, const char *path, struct config_error *err)
{
	size_t size = 0;
	char *data = NULL;
	int rc = read_file(path, &data, &size);

	if (rc != 0) {
		(void)snprintf(err->text, sizeof(err->text), "cannot read '%.300s': %s", path,
		    strerror(-rc));
		return rc;
	}
	rc = config_load_memory(cfg, path, data, size, err);
	free(data);
	return rc;
}
