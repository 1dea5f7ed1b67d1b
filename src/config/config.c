/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - life of a configuration: presets, --set, checks across options, look-ups. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "config/document.h"
#include "config/option.h"
#include "nearest.h"

int
config_init(struct config *cfg)
{
	struct refusal why;

	memset(cfg, 0, sizeof(*cfg));
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &option_table[i];
		int rc = 0;

		if (!option_is_mappings(o))	/* preset: none */
			rc = option_set_text(cfg, o, o->preset, &why);
		assert(rc != -EINVAL);	/* a preset of ours is legal */
		if (rc != 0) {
			config_done(cfg);
			return rc;
		}
	}
	return 0;
}

void
config_done(struct config *cfg)
{
	for (size_t i = 0; i < option_count; i++)
		option_free(cfg, &option_table[i]);
}

static int __attribute__((format(printf, 2, 3)))
complain(struct config_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int
find(const char *name, const struct option **o, struct config_error *err)
{
	*o = option_find(name);
	if (*o != NULL)
		return 0;
	if (option_section_find(name) != NULL)
		return complain(err, "'%s' is a section; name an option in it", name);
	return complain(err, "unknown key '%s'; nearest is '%s'", name, option_nearest(name));
}

static int
set_mappings(struct config *cfg, const struct option *o, const char *yaml, struct config_error *err)
{
	struct document_error doc_err;
	struct document *doc;
	struct refusal why;
	unsigned line;
	int rc = document_parse(&doc, yaml, strlen(yaml), &doc_err);

	if (rc != 0) {
		(void)complain(err, "'%s' %s", o->name, doc_err.text);
		return rc;
	}
	if (document_root(doc) == NULL)
		rc = complain(err, "'%s' wants a list in YAML", o->name);
	else {
		rc = option_set_mappings(cfg, o, document_root(doc), &why, &line);
		if (rc != 0)
			(void)complain(err, "%s", why.text);
	}
	document_free(doc);
	return rc;
}

int
config_set(struct config *cfg, const char *assignment, struct config_error *err)
{
	const char *equals = strchr(assignment, '=');
	const struct option *o;
	struct refusal why;
	char name[64];
	int rc;

	if (equals == NULL || equals == assignment)
		return complain(err, "wants KEY=VALUE, not '%.64s'", assignment);
	(void)snprintf(name, sizeof(name), "%.*s", (int)(equals - assignment), assignment);
	rc = find(name, &o, err);
	if (rc != 0)
		return rc;
	if (option_is_mappings(o))
		return set_mappings(cfg, o, equals + 1, err);
	rc = option_set_text(cfg, o, equals + 1, &why);
	if (rc != 0)
		(void)complain(err, "%s", why.text);
	return rc;
}

int
config_set_list(struct config *cfg, const char *name, const char *const *texts, size_t n,
    struct config_error *err)
{
	const struct option *o;
	struct refusal why;
	int rc = find(name, &o, err);

	if (rc == 0) {
		rc = option_set(cfg, o, texts, n, &why);
		if (rc != 0)
			(void)complain(err, "%s", why.text);
	}
	return rc;
}

/* The group of an exception must be one: groups may stand behind exceptions in the file. */
static int
check_group(const struct config *cfg, const struct suppression *s, struct config_error *err)
{
	const char *best = NULL;

	for (size_t i = 0; i < cfg->n_groups && s->group != NULL; i++) {
		const char *known = cfg->groups[i].name;

		if (strcmp(known, s->group) == 0)
			return 0;
		if (best == NULL || nearest_distance(s->group, known) < nearest_distance(s->group, best))
			best = known;
	}
	if (s->group == NULL)
		return 0;
	return complain(err, "suppress (line %u): no group '%.64s'%s%s%s", s->line, s->group,
	    best == NULL ? "" : "; nearest is '", best == NULL ? "" : best, best == NULL ? "" : "'");
}

int
config_check(const struct config *cfg, struct config_error *err)
{
	if (cfg->read.n != 0 && cfg->interfaces.n != 0)
		return complain(err, "both files (capture.read) and interfaces "
		    "(capture.interfaces) are named; one run reads either");
	if (cfg->stream_memcap < cfg->stream_max)
		return complain(err, "flow.stream_memcap is less than one stream may take "
		    "(flow.stream_max)");
	if (cfg->record_memcap < cfg->record_max)
		return complain(err, "classify.record_memcap is less than one flow may take "
		    "(classify.record_max)");
	if (cfg->active_s != 0 && cfg->active_s < cfg->idle_new_s)
		return complain(err, "flow.timeout.active is shorter than flow.timeout.new");
	for (size_t i = 0; i < cfg->n_suppress; i++)
		if (check_group(cfg, &cfg->suppress[i], err) != 0)
			return -EINVAL;
	if (cfg->group_name != NULL && cfg->user == NULL)
		return complain(err, "group is set, but no user to go with it");
	return 0;
}

bool
config_is_home(const struct config *cfg, const struct addr *a)
{
	for (size_t i = 0; i < cfg->home_nets.n; i++)
		if (cidr_contains(&cfg->home_nets.cidr[i], a))
			return true;
	return false;
}
