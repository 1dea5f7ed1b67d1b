/* SPDX-License-Identifier: Apache-2.0 */
/* rule_fields.c - what rules may ask besides the fields of the parsers, and the words for it. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "macros.h"
#include "rule_set.h"

const struct rule_field_row *
rule_field_row(enum rule_field field)
{
	static const struct rule_field_row rows[RULE_FIELD_N] = {
#define X(id, name, value, phase, help) [id] = { name, help, value, phase },
		RULE_FIELDS(X)
#undef X
	};

	return &rows[field];
}

static_assert(RULE_FIELD_N <= 32, "struct rule.needs has a bit for each");

/* --- words: their place is their number, so that those with an order can be compared --- */

static const char *const directions[] = { "stranger", "device" };
static const char *const places[] = { "outside", "inside" };

static const struct {
	const char *name;
	int proto;
} transports[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "sctp", IPPROTO_SCTP },
	{ "icmp", IPPROTO_ICMP }, { "icmpv6", IPPROTO_ICMPV6 },
};

static int
place_of(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	return -1;
}

static int
proto_word(const char *word)
{
	char *end;
	long number;

	for (size_t i = 0; i < ARRAY_LEN(transports); i++)
		if (strcmp(transports[i].name, word) == 0)
			return transports[i].proto;
	if (*word < '0' || *word > '9')
		return -1;
	number = strtol(word, &end, 10);
	return *end == '\0' && number < 256 ? (int)number : -1;
}

static int
status_word(const char *word)
{
	for (int i = 0; i < LISTING_STATUS_N; i++)
		if (strcmp(listing_status_name((enum listing_status)i), word) == 0)
			return i;
	return -1;
}

int
rule_word(enum rule_field field, const char *word)
{
	switch (field) {
	case RULE_FLOW_PROTO:
		return proto_word(word);
	case RULE_FLOW_DIRECTION:
		return place_of(directions, ARRAY_LEN(directions), word);
	case RULE_FLOW_STAGE:
		return stage_from_name(word);
	case RULE_FLOW_ROLE:
		return role_from_name(word);
	case RULE_DEVICE_LISTING:
		return status_word(word);
	case RULE_PEER_PLACE:
		return place_of(places, ARRAY_LEN(places), word);
	default:
		return -1;
	}
}

const char *
rule_word_name(enum rule_field field, uint64_t number)
{
	switch (field) {
	case RULE_FLOW_PROTO:
		for (size_t i = 0; i < ARRAY_LEN(transports); i++)
			if ((uint64_t)transports[i].proto == number)
				return transports[i].name;
		return NULL;
	case RULE_FLOW_DIRECTION:
		return number < ARRAY_LEN(directions) ? directions[number] : NULL;
	case RULE_FLOW_STAGE:
		return number < STAGE_N ? stage_name((enum stage)number) : NULL;
	case RULE_FLOW_ROLE:
		return role_name((enum role)number);
	case RULE_DEVICE_LISTING:
		return number < LISTING_STATUS_N ? listing_status_name((enum listing_status)number) : NULL;
	case RULE_PEER_PLACE:
		return number < ARRAY_LEN(places) ? places[number] : NULL;
	default:
		return NULL;
	}
}

/* --- by name --- */

static enum rule_value
value_of(const struct field *f)
{
	switch (f->type) {
	case FIELD_UINT:
		return RULE_UINT;
	case FIELD_IP:
		return RULE_ADDR;
	case FIELD_HEX:
		return RULE_HEX;
	default:
		return f->match == MATCH_DOMAIN || f->match == MATCH_CERT_NAME ? RULE_NAME : RULE_TEXT;
	}
}

bool
rule_field_by_name(const char *name, struct rule_field_info *out)
{
	field_id id;

	for (unsigned i = 0; i < RULE_FIELD_N; i++) {
		const struct rule_field_row *row = rule_field_row((enum rule_field)i);

		if (strcmp(row->name, name) == 0) {
			*out = (struct rule_field_info){ RULE_FIELD_ID(i), row->name, row->value,
				row->phase, false };
			return true;
		}
	}
	if (field_by_name(name, &id)) {
		const struct field *f = field_by_id(id);

		*out = (struct rule_field_info){ id, f->name, value_of(f), RULE_ON_NEWS,
			f->match == MATCH_DOMAIN && f->host_source == NULL };
		return true;
	}
	return false;
}

struct nearest {
	const char *name, *best;
	unsigned edits;
};

static void
compare(struct nearest *n, const char *known)
{
	unsigned edits = nearest_distance(n->name, known);

	if (n->best == NULL || edits < n->edits) {
		n->best = known;
		n->edits = edits;
	}
}

static void
compare_field(void *arg, const char *parser, const struct field *f)
{
	(void)parser;
	compare(arg, f->name);
}

const char *
rule_field_nearest(const char *name)
{
	struct nearest n = { .name = name };

	for (unsigned i = 0; i < RULE_FIELD_N; i++)
		compare(&n, rule_field_row((enum rule_field)i)->name);
	field_walk(compare_field, &n);
	return n.best;
}
