/* SPDX-License-Identifier: Apache-2.0 */
/* groups.c - named groups of devices: reading them, and finding the group of a device. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/document.h"
#include "config/option.h"

/* VLAN ids 0 and 4095 are reserved (IEEE 802.1Q, table 9-2). */
enum { NAME_OCTETS_MAX = 64, SUBNETS_MAX = 4096, VLANS_MAX = 4094, VLAN_MIN = 1, VLAN_MAX = 4094 };
enum { TEXTS_MAX = 4096, TEXT_OCTETS_MAX = 100 };	/* an APN: TS 23.003, 9.1 */

/* What is being read, and where it went wrong. */
struct reader {
	struct refusal *why;
	unsigned line;
};

static int __attribute__((format(printf, 3, 4)))
refuse(struct reader *r, const struct node *at, const char *fmt, ...)
{
	int n = snprintf(r->why->text, sizeof(r->why->text), "'groups': ");
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
read_name(struct reader *r, struct group *g, const struct node *value)
{
	if (value->kind != NODE_SCALAR || node_is_null(value) || value->text[0] == '\0')
		return refuse(r, value, "'name' wants a text");
	if (strlen(value->text) > NAME_OCTETS_MAX)
		return refuse(r, value, "'name' is longer than %d octets", NAME_OCTETS_MAX);
	g->name = strdup(value->text);
	return g->name == NULL ? out_of_memory(r) : 0;
}

static int
read_subnets(struct reader *r, struct group *g, const struct node *value)
{
	if (value->kind != NODE_LIST)
		return refuse(r, value, "'subnets' wants a list of address blocks");
	if (value->children > SUBNETS_MAX)
		return refuse(r, value, "'subnets' has more than %d entries", SUBNETS_MAX);
	if (value->children == 0)
		return 0;
	g->subnets.cidr = calloc(value->children, sizeof(g->subnets.cidr[0]));
	if (g->subnets.cidr == NULL)
		return out_of_memory(r);
	for (const struct node *n = value->child; n != NULL; n = n->next) {
		if (n->kind != NODE_SCALAR)
			return refuse(r, n, "'subnets' wants a list of address blocks");
		if (cidr_parse(&g->subnets.cidr[g->subnets.n], n->text) != 0)
			return refuse(r, n, "'subnets' wants address blocks without host bits, "
			    "like 10.8.0.0/16; not '%.64s'", n->text);
		g->subnets.n++;
	}
	return 0;
}

static int
read_vlans(struct reader *r, struct group *g, const struct node *value)
{
	if (value->kind != NODE_LIST)
		return refuse(r, value, "'vlans' wants a list of numbers");
	if (value->children > VLANS_MAX)
		return refuse(r, value, "'vlans' has more than %d entries", VLANS_MAX);
	if (value->children == 0)
		return 0;
	g->vlans = calloc(value->children, sizeof(g->vlans[0]));
	if (g->vlans == NULL)
		return out_of_memory(r);
	for (const struct node *n = value->child; n != NULL; n = n->next) {
		char *end = NULL;
		unsigned long id = 0;

		if (n->kind == NODE_SCALAR && n->text[0] >= '0' && n->text[0] <= '9')
			id = strtoul(n->text, &end, 10);
		if (end == NULL || *end != '\0' || id < VLAN_MIN || id > VLAN_MAX)
			return refuse(r, n, "'vlans' wants numbers from %d to %d, not '%.64s'",
			    VLAN_MIN, VLAN_MAX, n->text);
		g->vlans[g->n_vlans++] = (uint16_t)id;
	}
	return 0;
}

static int
read_texts(struct reader *r, struct text_list *list, const char *what, const struct node *value)
{
	if (value->kind != NODE_LIST)
		return refuse(r, value, "'%s' wants a list of texts", what);
	if (value->children > TEXTS_MAX)
		return refuse(r, value, "'%s' has more than %d entries", what, TEXTS_MAX);
	if (value->children == 0)
		return 0;
	list->text = calloc(value->children, sizeof(list->text[0]));
	if (list->text == NULL)
		return out_of_memory(r);
	for (const struct node *n = value->child; n != NULL; n = n->next) {
		if (n->kind != NODE_SCALAR || node_is_null(n) || n->text[0] == '\0')
			return refuse(r, n, "'%s' wants a list of texts", what);
		if (strlen(n->text) > TEXT_OCTETS_MAX)
			return refuse(r, n, "'%s' has an entry longer than %d octets", what, TEXT_OCTETS_MAX);
		list->text[list->n] = strdup(n->text);
		if (list->text[list->n] == NULL)
			return out_of_memory(r);
		list->n++;
	}
	return 0;
}

static int
read_apns(struct reader *r, struct group *g, const struct node *value)
{
	return read_texts(r, &g->apns, "apns", value);
}

static int
read_makers(struct reader *r, struct group *g, const struct node *value)
{
	return read_texts(r, &g->makers, "makers", value);
}

static int
read_member(struct reader *r, struct group *g, const struct node *key, unsigned *seen)
{
	static const struct {
		const char *name;
		int (*read)(struct reader *, struct group *, const struct node *);
	} members[] = { { "name", read_name }, { "subnets", read_subnets }, { "vlans", read_vlans },
		{ "apns", read_apns }, { "makers", read_makers } };

	for (unsigned i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(key->text, members[i].name) != 0)
			continue;
		if (*seen & 1u << i)
			return refuse(r, key, "'%s' is given twice", key->text);
		*seen |= 1u << i;
		return members[i].read(r, g, key->next);
	}
	return refuse(r, key, "unknown key '%.64s'; known are name, subnets, vlans, apns, makers",
	    key->text);
}

static int
read_group(struct reader *r, struct config *all, const struct node *map)
{
	struct group *g = &all->groups[all->n_groups++];
	unsigned seen = 0;
	int rc;

	if (map->kind != NODE_MAP)
		return refuse(r, map, "wants a list of {name: ..., subnets: [...], vlans: [...], ...}");
	for (const struct node *key = map->child; key != NULL; key = key->next->next) {
		rc = read_member(r, g, key, &seen);
		if (rc != 0)
			return rc;
	}
	if (g->name == NULL)
		return refuse(r, map, "a group without a name");
	if (g->subnets.n == 0 && g->n_vlans == 0 && g->apns.n == 0 && g->makers.n == 0)
		return refuse(r, map, "group '%s' has none of subnets, vlans, apns, makers", g->name);
	for (size_t i = 0; i + 1 < all->n_groups; i++)
		if (strcmp(all->groups[i].name, g->name) == 0)
			return refuse(r, map, "two groups named '%s'", g->name);
	return 0;
}

static int
read_groups(struct reader *r, struct config *all, const struct option *o, const struct node *list)
{
	if (list->kind != NODE_LIST)
		return refuse(r, list, "wants a list");
	if (list->children > o->max)
		return refuse(r, list, "more than %llu groups", (unsigned long long)o->max);
	all->groups = calloc(list->children == 0 ? 1 : list->children, sizeof(all->groups[0]));
	if (all->groups == NULL)
		return out_of_memory(r);
	for (const struct node *n = list->child; n != NULL; n = n->next) {
		int rc = read_group(r, all, n);

		if (rc != 0)
			return rc;
	}
	return 0;
}

int
option_set_groups(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line)
{
	struct reader r = { .why = why, .line = list->line };
	struct config fresh = { .groups = NULL };	/* only its groups are used */
	int rc = read_groups(&r, &fresh, o, list);

	*line = r.line;
	if (rc != 0) {
		option_free(&fresh, o);
		return rc;
	}
	option_free(cfg, o);
	cfg->groups = fresh.groups;
	cfg->n_groups = fresh.n_groups;
	return 0;
}

/* Called once for each flow, not for each packet. */
uint16_t
config_group_of(const struct config *cfg, const struct addr *a, const uint16_t *vlans,
    size_t n_vlans)
{
	unsigned best_len = 0;
	size_t best = 0;

	for (size_t i = 0; i < cfg->n_groups; i++) {
		const struct cidr_list *subnets = &cfg->groups[i].subnets;

		for (size_t k = 0; k < subnets->n; k++)
			if (subnets->cidr[k].len + 1u > best_len &&
			    cidr_contains(&subnets->cidr[k], a)) {
				best_len = subnets->cidr[k].len + 1u;
				best = i + 1;
			}
	}
	for (size_t i = 0; best == 0 && i < cfg->n_groups; i++)
		for (size_t k = 0; best == 0 && k < cfg->groups[i].n_vlans; k++)
			for (size_t v = 0; v < n_vlans; v++)
				if (cfg->groups[i].vlans[k] == vlans[v])
					best = i + 1;
	return (uint16_t)best;
}

static bool
has_text(const struct text_list *list, const char *text)
{
	for (size_t i = 0; text != NULL && i < list->n; i++)
		if (strcasecmp(list->text[i], text) == 0)
			return true;
	return false;
}

/* Called for each event. */
uint16_t
config_group_of_device(const struct config *cfg, const char *apn, const char *maker,
    const char *maker_entity)
{
	for (size_t i = 0; i < cfg->n_groups; i++)
		if (has_text(&cfg->groups[i].apns, apn))
			return (uint16_t)(i + 1);
	for (size_t i = 0; i < cfg->n_groups; i++)
		if (has_text(&cfg->groups[i].makers, maker) || has_text(&cfg->groups[i].makers, maker_entity))
			return (uint16_t)(i + 1);
	return 0;
}
