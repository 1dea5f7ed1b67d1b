/* SPDX-License-Identifier: Apache-2.0 */
/* networks.c - tables of address prefixes, and whose autonomous system each is in.
 *
 * One sorted array; a prefix points to the next wider one that holds it. An address is looked for
 * once, by its base: the row found, or one of those around it, is its longest prefix. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

enum {
	IPV4_BITS_MIN = 96 + 8,	/* IANA gives out /8s; wider ones are nobody's */
	IPV6_BITS_MIN = 16
};

enum { NET_PREFIX, NET_ASN, NET_ENTITY, NET_ORGANISATION, NET_SOURCE, NET_AS_OF, NET_USE, NET_COLUMNS };
static const struct sheet_column columns[NET_COLUMNS] = {
	[NET_PREFIX] = { { "prefix" }, true },
	[NET_ASN] = { { "asn" }, true },
	[NET_ENTITY] = { { "entity" }, true },
	[NET_ORGANISATION] = { { "organisation" }, true },
	[NET_SOURCE] = { { "source" }, true },
	[NET_AS_OF] = { { "as_of" }, true },
	[NET_USE] = { { "use" }, false },
};

static bool
read_prefix(struct sheet *s, struct cidr *prefix)
{
	const char *text = sheet_text(s, NET_PREFIX);
	bool ipv4;

	if (text == NULL || strchr(text, '/') == NULL || cidr_parse(prefix, text) != 0) {
		sheet_wrong(s, "'%.64s' is no prefix (address/bits, without host bits)",
		    text == NULL ? "" : text);
		return false;
	}
	ipv4 = addr_is_ipv4(&prefix->base);
	if (prefix->len < (ipv4 ? IPV4_BITS_MIN : IPV6_BITS_MIN)) {
		sheet_wrong(s, "'%s' is too wide to be anybody's", text);
		return false;
	}
	if (!ipv4 && prefix->base.octet[0] == 0 && prefix->base.octet[1] == 0) {
		sheet_wrong(s, "'%s' is reserved (RFC 4291)", text);
		return false;
	}
	return true;
}

/* 1 .. 4294967295 (RFC 6793), in digits only; 0: it is none. */
static uint32_t
read_asn(struct sheet *s)
{
	const char *text = sheet_text(s, NET_ASN);
	unsigned long long n = 0;

	if (text != NULL && strlen(text) <= 10 && strspn(text, "0123456789") == strlen(text))
		n = strtoull(text, NULL, 10);
	if (n == 0 || n > UINT32_MAX) {
		sheet_wrong(s, "'%.32s' is no number of an autonomous system", text == NULL ? "" : text);
		return 0;
	}
	return (uint32_t)n;
}

/* Without a word a network accuses nobody. */
static enum network_use
read_use(struct sheet *s)
{
	const char *text = sheet_text(s, NET_USE);

	if (text == NULL || strcmp(text, "context") == 0)
		return NETWORK_CONTEXT;
	if (strcmp(text, "alert") != 0)
		sheet_wrong(s, "'use' is '%.32s', not alert or context", text);
	return NETWORK_ALERT;
}

static const struct entity *
read_entity(struct sheet *s)
{
	const char *id = sheet_text(s, NET_ENTITY);
	const struct draft_entity *draft = id == NULL ? NULL : find_draft(s->l, id);

	if (draft == NULL)
		sheet_wrong(s, id == NULL ? "'entity' is missing" : "entity '%.64s' is not in the pack",
		    id);
	return draft == NULL ? NULL : draft->entity;
}

/* Texts are interned: the same text is the same place. */
static bool
same_network(const struct network *a, const struct network *b)
{
	return a->asn == b->asn && a->use == b->use && a->entity == b->entity
	    && a->organisation == b->organisation && a->source == b->source
	    && a->as_of == b->as_of;
}

/* Place of the network, which is added when it is new; UINT32_MAX: there is no room. */
static uint32_t
intern_network(struct loader *l, const struct network *net)
{
	struct network_table *t = &l->k->networks;
	uint32_t *memo = &l->network_memo[net->asn % NETWORK_MEMO];

	if (*memo != 0 && same_network(&t->net[*memo - 1], net))
		return *memo - 1;
	if (!grow_array(l, &t->net, sizeof(t->net[0]), t->n_nets, &t->nets_room, NETWORKS_MAX,
	    "networks"))
		return UINT32_MAX;
	t->net[t->n_nets++] = *net;
	t->accuses = t->accuses || net->use == NETWORK_ALERT;
	*memo = (uint32_t)t->n_nets;
	return *memo - 1;
}

static void
read_row(struct sheet *s)
{
	struct loader *l = s->l;
	size_t wrong = s->wrong;
	struct network net = { .asn = read_asn(s), .use = read_use(s), .entity = read_entity(s),
		.organisation = sheet_shared(s, NET_ORGANISATION, NAME_MAX_OCTETS),
		.source = sheet_shared(s, NET_SOURCE, SOURCE_MAX), .as_of = sheet_date(s, NET_AS_OF) };
	struct cidr prefix;
	uint32_t at;

	if (s->wrong == wrong && (net.organisation == NULL || net.source == NULL))
		sheet_wrong(s, "'%s' is missing", net.source == NULL ? "source" : "organisation");
	if (!read_prefix(s, &prefix) || s->wrong != wrong || l->fatal != 0)
		return;
	at = intern_network(l, &net);
	if (at == UINT32_MAX || !grow_array(l, &l->networks, sizeof(l->networks[0]), l->n_networks,
	    &l->networks_room, NETWORKS_MAX, "prefixes"))
		return;
	l->networks[l->n_networks++] = (struct network_draft){
		.row = { .base = prefix.base, .len = prefix.len, .net = at & 0xffffff },
		.file = l->file, .line = l->line,
	};
	s->good++;
}

void
load_networks(struct loader *l, struct csv_file *f)
{
	struct sheet s;

	if (!sheet_begin(&s, l, f, columns, ARRAY_LEN(columns), false))
		return;
	while (sheet_next(&s))
		read_row(&s);
	sheet_end(&s);
}

/* --- all is read --- */

static int
by_prefix(const void *a, const void *b)
{
	const struct network_draft *x = a, *y = b;
	int order = addr_compare(&x->row.base, &y->row.base);

	if (order == 0)
		order = (x->row.len > y->row.len) - (x->row.len < y->row.len);
	if (order == 0 && x->file != y->file)
		order = strcmp(x->file, y->file);
	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static bool
holds(const struct network_row *row, const struct addr *a)
{
	return cidr_contains(&(struct cidr){ row->base, (uint8_t)row->len }, a);
}

/* The rows in their order, each with the wider one around it. */
static void
link_rows(struct loader *l, struct network_table *t)
{
	uint32_t around = 0;

	for (size_t i = 0; i < l->n_networks; i++) {
		const struct network_draft *draft = &l->networks[i];
		char text[CIDR_TEXT_MAX];

		t->row[i] = draft->row;
		while (around != 0 && !holds(&t->row[around - 1], &draft->row.base))
			around = t->row[around - 1].up;
		t->row[i].up = around;
		around = (uint32_t)(i + 1);
		if (i == 0 || t->row[i - 1].len != draft->row.len
		    || !addr_equal(&t->row[i - 1].base, &draft->row.base))
			continue;
		(void)cidr_text(&(struct cidr){ draft->row.base, (uint8_t)draft->row.len }, text);
		complain_at(l, draft->file, draft->line, "prefix %s is in the tables twice", text);
	}
	t->n = l->n_networks;
}

/* Where a network was first read: for complaints only. */
static const struct network_draft *
draft_of(const struct loader *l, uint32_t net)
{
	const struct network_draft *first = NULL;

	for (size_t i = 0; i < l->n_networks; i++) {
		const struct network_draft *d = &l->networks[i];

		if (d->row.net == net && (first == NULL || d->line < first->line))
			first = d;
	}
	return first;
}

struct asn_place {
	uint32_t asn, net;
};

static int
by_asn(const void *a, const void *b)
{
	const struct asn_place *x = a, *y = b;

	if (x->asn != y->asn)
		return x->asn < y->asn ? -1 : 1;
	return (x->net > y->net) - (x->net < y->net);
}

/* Sources and dates of one AS may differ, but it is one company's, and one thing may be done
 * with it. */
static void
check_one_owner(struct loader *l, uint32_t net, uint32_t other)
{
	const struct network *a = &l->k->networks.net[net], *b = &l->k->networks.net[other];
	const struct network_draft *draft;

	if (a->entity == b->entity && a->use == b->use)
		return;
	draft = draft_of(l, other);
	if (draft == NULL)
		return;
	if (a->entity != b->entity)
		complain_at(l, draft->file, draft->line, "AS%u is %s's here and %s's elsewhere", b->asn,
		    b->entity->id, a->entity->id);
	else
		complain_at(l, draft->file, draft->line, "AS%u has another 'use' elsewhere", b->asn);
}

static void
index_asns(struct loader *l, struct network_table *t)
{
	struct asn_place *place = calloc(t->n_nets + 1, sizeof(place[0]));

	t->by_asn = calloc(t->n_nets + 1, sizeof(t->by_asn[0]));
	if (place == NULL || t->by_asn == NULL) {
		free(place);
		(void)fatal(l, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < t->n_nets; i++)
		place[i] = (struct asn_place){ t->net[i].asn, (uint32_t)i };
	qsort(place, t->n_nets, sizeof(place[0]), by_asn);
	for (size_t i = 0; i < t->n_nets; i++) {
		if (i == 0 || place[i].asn != place[i - 1].asn)
			t->by_asn[t->n_asns++] = place[i].net;
		else if (l->errors < ERRORS_MAX)
			check_one_owner(l, t->by_asn[t->n_asns - 1], place[i].net);
	}
	free(place);
}

void
settle_networks(struct loader *l)
{
	struct network_table *t = &l->k->networks;

	if (l->n_networks == 0)
		return;
	qsort(l->networks, l->n_networks, sizeof(l->networks[0]), by_prefix);
	t->row = calloc(l->n_networks, sizeof(t->row[0]));
	if (t->row == NULL) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	link_rows(l, t);
	index_asns(l, t);
}

void
networks_done(struct network_table *t)
{
	free(t->row);
	free(t->net);
	free(t->by_asn);
}

/* --- look-up --- */

const struct network *
knowledge_network(const struct knowledge *k, const struct addr *a, struct cidr *block)
{
	const struct network_table *t = &k->networks;
	size_t low = 0, high = t->n;
	uint32_t at;

	while (low < high) {		/* the first row that begins behind the address */
		size_t mid = (low + high) / 2;

		if (addr_compare(&t->row[mid].base, a) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	at = (uint32_t)low;		/* place + 1 of the last that does not */
	while (at != 0 && !holds(&t->row[at - 1], a))
		at = t->row[at - 1].up;
	if (at == 0)
		return NULL;
	if (block != NULL)
		*block = (struct cidr){ t->row[at - 1].base, (uint8_t)t->row[at - 1].len };
	return &t->net[t->row[at - 1].net];
}

const struct network *
knowledge_network_by_asn(const struct knowledge *k, uint32_t asn)
{
	const struct network_table *t = &k->networks;
	size_t low = 0, high = t->n_asns;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (t->net[t->by_asn[mid]].asn < asn)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == t->n_asns || t->net[t->by_asn[low]].asn != asn)
		return NULL;
	return &t->net[t->by_asn[low]];
}

bool
knowledge_networks_accuse(const struct knowledge *k)
{
	return k->networks.accuses;
}

size_t
knowledge_networks(const struct knowledge *k)
{
	return k->networks.n;
}
