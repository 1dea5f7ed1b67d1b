/* SPDX-License-Identifier: Apache-2.0 */
/* suppress.c - exceptions (suppress[] of the configuration): which contacts are not told. All that
 * one says must fit. Expiry is on packet time: a replay of last year heeds what held then. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "internal.h"
#include "nearest.h"
#include "rule.h"

/* Counters of the exceptions one by one, by their place in the configuration, from 1. */
struct exceptions {
	struct counter_desc *desc;
	char (*name)[sizeof("detect.suppressed.4294967295")];
	uint64_t *count;	/* owned by the statistics */
};

struct exceptions *
exceptions_new(const struct config *cfg, struct stats *st)
{
	struct exceptions *x = calloc(1, sizeof(*x));
	size_t n = cfg->n_suppress;

	if (x == NULL || n == 0)
		return x;
	x->desc = calloc(n, sizeof(x->desc[0]));
	x->name = calloc(n, sizeof(x->name[0]));
	for (size_t i = 0; i < n && x->desc != NULL && x->name != NULL; i++) {
		(void)snprintf(x->name[i], sizeof(x->name[i]), "detect.suppressed.%u", (unsigned)(i + 1));
		x->desc[i] = (struct counter_desc){ x->name[i], cfg->suppress[i].reason };
	}
	if (x->desc != NULL && x->name != NULL)
		x->count = stats_register(st, x->desc, n);
	if (x->count != NULL)
		return x;
	exceptions_free(x);
	return NULL;
}

void
exceptions_free(struct exceptions *x)
{
	if (x == NULL)
		return;
	free(x->desc);
	free(x->name);
	free(x);
}

/* On label borders: acme.example is fota.acme.example's, not notacme.example's. */
static bool
is_below(const char *name, size_t len, const char *wanted)
{
	size_t n = strlen(wanted);

	while (len > 0 && name[len - 1] == '.')
		len--;
	for (size_t i = 0; i < n && n <= len; i++) {
		char c = name[len - n + i];

		if ((c >= 'A' && c <= 'Z' ? (c | 0x20) : c) != wanted[i])
			return false;
	}
	return len == n || (len > n && name[len - n - 1] == '.');
}

static bool
is_same(const char *wanted, const char *text)
{
	return wanted == NULL || (text != NULL && strcmp(wanted, text) == 0);
}

static bool
fits(const struct config *cfg, const struct suppression *s, const struct contact *c)
{
	const char *group = c->group == 0 ? NULL : cfg->groups[c->group - 1].name;

	return is_same(s->rule, c->rule) && is_same(s->group, group)
	    && is_same(s->entity, c->entity == NULL ? NULL : c->entity->id)
	    && is_same(s->indicator, c->indicator == NULL ? NULL : c->indicator->id)
	    && (s->port == 0 || s->port == c->port)
	    && (!s->has_source || (c->source != NULL && cidr_contains(&s->source, c->source)))
	    && (!s->has_destination
		|| (c->destination != NULL && cidr_contains(&s->destination, c->destination)))
	    && (s->name == NULL || (c->name != NULL && is_below(c->name, c->name_len, s->name)));
}

const struct suppression *
exception_of(struct detector *d, const struct contact *c)
{
	bool expired = false;

	for (size_t i = 0; i < d->cfg->n_suppress; i++) {
		const struct suppression *s = &d->cfg->suppress[i];

		if (!fits(d->cfg, s, c))
			continue;
		if (c->time_us <= s->expires_us)
			return s;
		expired = !c->again;
	}
	d->counters[DETECT_COUNT_SUPPRESS_EXPIRED] += expired;
	return NULL;
}

void
exception_count(struct detector *d, const struct suppression *s, uint64_t contacts)
{
	d->counters[DETECT_COUNT_SUPPRESSED] += contacts;
	d->exceptions->count[s - d->cfg->suppress] += contacts;
}

const struct suppression *
exception_of_device(void *arg, const struct alert *a, uint64_t contacts)
{
	struct detector *d = arg;
	static const struct addr none;
	const struct contact c = { .rule = alert_rule_name(a), .entity = a->entity,
		.indicator = a->lead, .source = addr_equal(&a->device, &none) ? NULL : &a->device,
		.group = a->group, .time_us = a->last_us };
	const struct suppression *s = exception_of(d, &c);

	if (s != NULL)
		exception_count(d, s, contacts);
	return s;
}

void
exceptions_tick(struct detector *d, uint64_t now_us)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->cfg->n_suppress; i++)
		n += now_us > d->cfg->suppress[i].expires_us;
	d->counters[DETECT_GAUGE_SUPPRESS_EXPIRED] = n;
}

/* --- checking --- */

/* The nearest of names that come one by one. */
struct near {
	const char *wanted, *best;
	unsigned edits;
	bool found;
};

static void
compare(struct near *near, const char *known)
{
	unsigned edits = nearest_distance(near->wanted, known);

	near->found = near->found || strcmp(near->wanted, known) == 0;
	if (near->best == NULL || edits < near->edits) {
		near->best = known;
		near->edits = edits;
	}
}

static int
unknown(const struct suppression *s, const char *what, const struct near *near, char *err,
    size_t err_size)
{
	(void)snprintf(err, err_size, "suppress (line %u): no %s '%.64s'%s%.64s%s", s->line, what,
	    near->wanted, near->best == NULL ? "" : "; nearest is '",
	    near->best == NULL ? "" : near->best, near->best == NULL ? "" : "'");
	return -1;
}

int
detect_check(const struct config *cfg, const struct knowledge *k, char *err, size_t err_size)
{
	for (size_t i = 0; i < cfg->n_suppress; i++) {
		const struct suppression *s = &cfg->suppress[i];
		struct near rule = { .wanted = s->rule }, entity = { .wanted = s->entity };

		for (unsigned r = 0; s->rule != NULL && r < DETECT_RULE_N; r++)
			compare(&rule, rule_row((enum detect_rule)r)->name);
		for (size_t r = 0; s->rule != NULL && r < knowledge_rules(k); r++)
			compare(&rule, knowledge_rule(k, r)->id);
		if (s->rule != NULL && !rule.found)
			return unknown(s, "rule", &rule, err, err_size);
		if (s->entity == NULL || knowledge_entity_by_id(k, s->entity) != NULL)
			continue;
		for (size_t e = 0; e < knowledge_entities(k); e++)
			compare(&entity, knowledge_entity(k, e)->id);
		return unknown(s, "entity", &entity, err, err_size);
	}
	return 0;
}

int
detector_check(const struct detector *d, const struct knowledge *k, char *err, size_t err_size)
{
	return detect_check(d->cfg, k, err, err_size);
}
