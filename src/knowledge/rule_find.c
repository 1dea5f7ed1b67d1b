/* SPDX-License-Identifier: Apache-2.0 */
/* rule_find.c - which conditions does a value meet? */
#include <stdlib.h>
#include <string.h>

#include "rule_set.h"

struct rule_scratch {
	struct text_scratch *text;	/* NULL: no expressions */
	char lower[TEXT_SEEN_MAX];
};

struct rule_scratch *
rule_scratch_new(const struct rule_set *rs)
{
	struct rule_scratch *s = calloc(1, sizeof(*s));

	for (size_t i = 0; s != NULL && i < rs->n_fields; i++)
		if (rs->fields[i].patterns != NULL
		    && text_scratch_fit(&s->text, rs->fields[i].patterns) != 0) {
			rule_scratch_free(s);
			s = NULL;
		}
	return s;
}

void
rule_scratch_free(struct rule_scratch *s)
{
	if (s == NULL)
		return;
	text_scratch_free(s->text);
	free(s);
}

size_t
rule_conditions(const struct rule_set *rs)
{
	return rs->n_conditions;
}

const char *
rule_condition_field(const struct rule_set *rs, uint32_t condition)
{
	return rs->conditions[condition].name;
}

field_id
rule_condition_field_id(const struct rule_set *rs, uint32_t condition)
{
	return rs->conditions[condition].field;
}

bool
rule_field_triggers(const struct rule_set *rs, field_id field, bool late)
{
	const struct field_index *f = field_index_of(rs, field);

	return f != NULL && (late ? f->triggers_late : f->triggers);
}

bool
rule_field_is_used(const struct rule_set *rs, field_id field)
{
	return field_index_of(rs, field) != NULL;
}

bool
rule_set_has_late(const struct rule_set *rs)
{
	return rs->has_late;
}

const uint32_t *
rule_triggered(const struct rule_set *rs, uint32_t condition, size_t *n)
{
	const struct condition *c = &rs->conditions[condition];

	*n = c->n_triggers;
	return rs->triggers + c->first_trigger;
}

static void
find_key(const struct rule_set *rs, const struct field_index *f, enum rule_key_class key_class,
    const void *octets, size_t len, rule_met_fn met, void *arg)
{
	size_t field = (size_t)(f - rs->fields);
	size_t at = rule_key_hash(&rs->seed, field, (uint8_t)key_class, octets, len) & (rs->n_slots - 1);

	for (; rs->slots[at] != 0; at = (at + 1) & (rs->n_slots - 1)) {
		const struct rule_key *k = &rs->keys[rs->slots[at] - 1];

		if (k->field == field && k->key_class == key_class && k->len == len
		    && memcmp(k->octets, octets, len) == 0)
			met(arg, k->condition);
	}
}

static void
find_always(const struct field_index *f, rule_met_fn met, void *arg)
{
	for (size_t i = 0; i < f->n_always; i++)
		met(arg, f->always[i]);
}

/* The name, then what is behind each dot, as far as it is a host name. */
static void
find_name_ends(const struct rule_set *rs, const struct field_index *f, const char *name, size_t len,
    rule_met_fn met, void *arg)
{
	char canonical[VALUE_MAX];
	size_t odd = domain_odd_labels(name, len);
	size_t left = domain_from_wire(name + odd, len - odd, canonical);
	const char *at = canonical;

	while (left != 0) {
		const char *dot = memchr(at, '.', left);

		find_key(rs, f, KEY_ENDS_NAME, at, left, met, arg);
		if (dot == NULL)
			return;
		left -= (size_t)(dot + 1 - at);
		at = dot + 1;
	}
}

/* Lower case, without the dot at its end; "*." of a certificate stands for what is below. */
static size_t
name_text(const char *name, size_t len, char out[static TEXT_SEEN_MAX])
{
	if (len > TEXT_SEEN_MAX)
		len = TEXT_SEEN_MAX;
	if (len > 2 && name[0] == '*' && name[1] == '.') {
		name += 2;
		len -= 2;
	}
	if (len != 0 && name[len - 1] == '.')
		len--;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i]);
	return len;
}

void
rule_find_octets(const struct rule_set *rs, struct rule_scratch *s, field_id field,
    const void *octets, size_t len, rule_met_fn met, void *arg)
{
	const struct field_index *f = field_index_of(rs, field);

	if (f == NULL)
		return;
	if (f->value == RULE_NAME) {
		len = name_text(octets, len, s->lower);
		octets = s->lower;
	}
	if (f->has_keys)
		find_key(rs, f, KEY_IS, octets, len, met, arg);
	if (f->has_name_ends)
		find_name_ends(rs, f, octets, len, met, arg);
	if (f->patterns != NULL)
		text_patterns_find(f->patterns, s->text, octets, len, met, arg);
	find_always(f, met, arg);
}

/* Those of a subtree that hold `value`. */
static void
find_ranges(const struct rule_range *r, size_t n, uint64_t value, rule_met_fn met, void *arg)
{
	while (n != 0) {
		size_t mid = n / 2;

		if (r[mid].most < value)
			return;
		find_ranges(r, mid, value, met, arg);
		if (r[mid].low > value)
			return;
		if (value <= r[mid].high)
			met(arg, r[mid].condition);
		r += mid + 1;
		n -= mid + 1;
	}
}

void
rule_find_uint(const struct rule_set *rs, field_id field, uint64_t value, rule_met_fn met,
    void *arg)
{
	const struct field_index *f = field_index_of(rs, field);

	if (f == NULL)
		return;
	find_ranges(f->ranges, f->n_ranges, value, met, arg);
	find_always(f, met, arg);
}

void
rule_find_addr(const struct rule_set *rs, field_id field, const struct addr *a, rule_met_fn met,
    void *arg)
{
	const struct field_index *f = field_index_of(rs, field);
	bool ipv4 = addr_is_ipv4(a);

	if (f == NULL)
		return;
	for (unsigned bits = 128; f->has_keys && bits < 129; bits--) {
		uint8_t key[17] = { (uint8_t)bits };
		unsigned whole = bits / 8;

		if (!f->block_len[bits])
			continue;
		if (ipv4 && bits < 96)
			break;	/* an IPv6 block, however wide, holds no IPv4 address */
		memcpy(key + 1, a->octet, whole);
		if (bits % 8 != 0)
			key[1 + whole] = (uint8_t)(a->octet[whole] & (0xff00 >> bits % 8));
		find_key(rs, f, KEY_BLOCK, key, sizeof(key), met, arg);
	}
	find_always(f, met, arg);
}

/* --- payload --- */

struct packet_seen {
	const struct rule_set *rs;
	size_t wire_len;
	unsigned from;
	rule_met_fn met;
	void *arg;
};

static void
met_octets(void *arg, uint32_t condition)
{
	const struct packet_seen *p = arg;
	const struct condition *c = &p->rs->conditions[condition];

	if ((c->from & p->from) != 0 && p->wire_len >= c->length_min && p->wire_len <= c->length_max)
		p->met(p->arg, condition);
}

void
rule_find_payload(const struct rule_set *rs, struct rule_scratch *s, const void *octets, size_t len,
    size_t wire_len, unsigned from, rule_met_fn met, void *arg)
{
	const struct field_index *f = field_index_of(rs, RULE_FIELD_ID(RULE_PAYLOAD_OCTETS));
	struct packet_seen p = { rs, wire_len, from, met, arg };

	if (f == NULL)
		return;
	if (f->patterns != NULL)
		text_patterns_find(f->patterns, s->text, octets, len, met_octets, &p);
	find_always(f, met_octets, &p);
}

/* --- time --- */

static bool
is_within(const struct condition *c, uint64_t time_us)
{
	uint64_t minute = time_us / 60000000, day = minute / 1440;
	unsigned of_day = (unsigned)(minute % 1440);
	unsigned weekday = (unsigned)((day + 4) % 7);	/* 1970-01-01 was a Thursday */

	if (!c->hours_over)
		return (c->days >> weekday & 1) != 0 && of_day >= c->minute_from && of_day < c->minute_to;
	if (of_day >= c->minute_from)
		return (c->days >> weekday & 1) != 0;
	return of_day < c->minute_to && (c->days >> (weekday + 6) % 7 & 1) != 0;	/* of yesterday's night */
}

void
rule_find_time(const struct rule_set *rs, uint64_t time_us, rule_met_fn met, void *arg)
{
	const struct field_index *f = field_index_of(rs, RULE_FIELD_ID(RULE_TIME_OF_WEEK));

	for (size_t i = 0; f != NULL && i < f->n_always; i++)
		if (is_within(&rs->conditions[f->always[i]], time_us))
			met(arg, f->always[i]);
}
