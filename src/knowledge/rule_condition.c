/* SPDX-License-Identifier: Apache-2.0 */
/* rule_condition.c - one condition: a field and what is asked of it. What it is compared with is put
 * where rule_find.c looks for it: keys, ranges, expressions. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "macros.h"
#include "rule_set.h"

enum { CONDITION_TEXT_MAX = 4096, EXPRESSION_TEXT_MAX = 4 * VALUE_MAX + 32, OFFSET_MAX = RULE_PAYLOAD_OCTETS_MAX - 1 };

/* All keys of conditions, in the order in which they make up a condition's text. */
static const char *const keys[] = {
	"field", "equals", "prefix", "suffix", "contains", "regex", "range", "cidr", "present",
	"nocase", "hex", "text", "offset", "from", "length", "days", "hours"
};

/* What may be asked of each kind of value, besides "field". */
static const char *const asked[][9] = {
	[RULE_TEXT] = { "equals", "prefix", "suffix", "contains", "regex", "present", "nocase" },
	[RULE_NAME] = { "equals", "prefix", "suffix", "contains", "regex", "present" },
	[RULE_HEX] = { "equals", "prefix", "contains", "present" },
	[RULE_UINT] = { "equals", "range", "present" },
	[RULE_WORD] = { "equals", "range" },
	[RULE_ADDR] = { "equals", "cidr", "present" },
	[RULE_PAYLOAD] = { "hex", "text", "regex", "nocase", "offset", "from", "length" },
	[RULE_TIME] = { "days", "hours" },
};

/* A condition in the making. */
struct making {
	struct loader *l;
	const struct json_value *v;
	struct rule_field_info info;
	struct field_index *index;
	uint32_t condition;
	bool nocase;
};

/* --- where values go --- */

/* The field's index, made at first. NULL after complaining. */
static struct field_index *
index_for(struct loader *l, const struct rule_field_info *info)
{
	struct rule_set *rs = l->rules->set;
	uint16_t **page = &rs->pages[info->id >> 8];
	struct field_index *f;

	if (*page == NULL && (*page = calloc(256, sizeof(**page))) == NULL) {
		(void)fatal(l, -ENOMEM);
		return NULL;
	}
	if ((*page)[info->id & 0xff] == 0) {
		if (!grow_array(l, &rs->fields, sizeof(rs->fields[0]), rs->n_fields, &rs->fields_room,
			RULE_FIELDS_MAX, "fields in rules"))
			return NULL;
		f = &rs->fields[rs->n_fields++];
		memset(f, 0, sizeof(*f));
		f->field = info->id;
		f->value = (uint8_t)info->value;
		(*page)[info->id & 0xff] = (uint16_t)rs->n_fields;
	}
	return &rs->fields[(*page)[info->id & 0xff] - 1];
}

static bool
add_key(struct making *m, enum rule_key_class key_class, const void *octets, size_t len)
{
	struct rule_set *rs = m->l->rules->set;
	const char *copy;

	if (!grow_array(m->l, &rs->keys, sizeof(rs->keys[0]), rs->n_keys, &rs->keys_room, KEYS_MAX,
		"values in rules"))
		return false;
	copy = arena_text(m->l->k->arena, octets, len);
	if (copy == NULL)
		return fatal(m->l, -ENOMEM) == 0;
	rs->keys[rs->n_keys++] = (struct rule_key){ .octets = (const uint8_t *)copy,
		.condition = m->condition, .field = (uint16_t)(m->index - rs->fields),
		.len = (uint16_t)len, .key_class = (uint8_t)key_class };
	m->index->has_keys = true;
	return true;
}

static bool
add_range(struct making *m, uint64_t low, uint64_t high)
{
	struct field_index *f = m->index;

	if (!grow_array(m->l, &f->ranges, sizeof(f->ranges[0]), f->n_ranges, &f->ranges_room,
		RANGES_MAX, "numbers of one field in rules"))
		return false;
	f->ranges[f->n_ranges++] = (struct rule_range){ low, high, 0, m->condition };
	return true;
}

static bool
add_always(struct making *m)
{
	struct field_index *f = m->index;

	if (!grow_array(m->l, &f->always, sizeof(f->always[0]), f->n_always, &f->always_room,
		CONDITIONS_MAX, "conditions on one field"))
		return false;
	f->always[f->n_always++] = m->condition;
	return true;
}

static bool
add_expression(struct making *m, const char *expression, bool caseless)
{
	struct field_index *f = m->index;
	const char *copy;

	if (!grow_array(m->l, &f->draft, sizeof(f->draft[0]), f->n_draft, &f->draft_room, PATTERNS_MAX,
		"literals and expressions of one field"))
		return false;
	copy = own_text(m->l, expression);
	if (copy == NULL)
		return false;
	f->draft[f->n_draft++] = (struct draft_pattern){ { copy, m->condition, caseless },
		m->l->file, m->l->line };
	return true;
}

/* A literal, each octet by its number; `before` and `after` tie it to an end of the text. */
static bool
add_literal(struct making *m, const char *before, const void *octets, size_t len, const char *after)
{
	char expression[EXPRESSION_TEXT_MAX];
	const uint8_t *octet = octets;
	size_t n = strlen(before);

	memcpy(expression, before, n);
	for (size_t i = 0; i < len; i++)
		n += (size_t)snprintf(expression + n, 5, "\\x%02x", octet[i]);
	(void)snprintf(expression + n, sizeof(expression) - n, "%s", after);
	return add_expression(m, expression, m->nocase || m->info.value == RULE_NAME);
}

/* --- values --- */

static bool
wrong(struct making *m, const char *key, const char *why)
{
	complain(m->l, "%s: '%s' %s", m->info.name, key, why);
	return false;
}

/* Call `take` for the member's value, or each in its array. */
static bool
each_value(struct making *m, const char *key,
    bool (*take)(struct making *m, const char *key, const struct json_value *v))
{
	const struct json_value *v = json_get(m->v, key);
	size_t n = json_array_len(v);

	if (!json_value_is_array(v))
		return take(m, key, v);
	if (n == 0 || n > RULE_VALUES_MAX)
		return wrong(m, key, "wants 1 to 1024 values");
	for (size_t i = 0; i < n; i++)
		if (!take(m, key, json_array_at(v, i)))
			return false;
	return true;
}

/* The text of a value, 1 to VALUE_MAX octets. NULL after complaining. */
static const char *
text_of(struct making *m, const char *key, const struct json_value *v)
{
	const char *text = json_value_text(v);

	if (text == NULL || *text == '\0' || strlen(text) > VALUE_MAX) {
		(void)wrong(m, key, "wants texts of 1 to 256 octets");
		return NULL;
	}
	return text;
}

static int
digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	    : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Hexadecimal, spaces between octets allowed. Returns octets, 0 when it is none. */
static size_t
hex_octets(const char *text, uint8_t out[static VALUE_MAX])
{
	size_t n = 0;

	while (*text != '\0') {
		int high, low;

		text += strspn(text, " ");
		if (*text == '\0')
			break;
		high = digit_of(text[0]);
		low = high < 0 ? -1 : digit_of(text[1]);
		if (low < 0 || n == VALUE_MAX)
			return 0;
		out[n++] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return n;
}

/* "prefix", "suffix", "contains" of octets. */
static bool
take_part(struct making *m, const char *key, const void *octets, size_t len)
{
	return add_literal(m, *key == 'p' ? "^" : "", octets, len, *key == 's' ? "\\z" : "");
}

static bool
take_name(struct making *m, const char *key, const char *text)
{
	char name[VALUE_MAX];
	const char *reason = domain_canonical(text, name);
	const struct field *f = RULE_FIELD_IS_OURS(m->info.id) ? NULL : field_by_id(m->info.id);

	if (reason == NULL && *key == 's') {
		m->index->has_name_ends = true;
		return add_key(m, KEY_ENDS_NAME, name, strlen(name));
	}
	if (reason == NULL)
		return add_key(m, KEY_IS, name, strlen(name));
	if (*key == 'e' && f != NULL && f->match == MATCH_CERT_NAME)	/* a certificate may name a company */
		return add_literal(m, "^", text, strlen(text), "\\z");
	return wrong(m, key, reason);
}

static bool
take_text(struct making *m, const char *key, const struct json_value *v)
{
	const char *text = text_of(m, key, v);
	uint8_t octets[VALUE_MAX];
	size_t len;

	if (text == NULL)
		return false;
	len = strlen(text);
	if (m->info.value == RULE_NAME && (*key == 'e' || *key == 's'))
		return take_name(m, key, text);
	if (m->info.value == RULE_HEX) {
		len = hex_octets(text, octets);
		if (len == 0)
			return wrong(m, key, "wants octets in hexadecimal");
		return *key == 'e' ? add_key(m, KEY_IS, octets, len) : take_part(m, key, octets, len);
	}
	if (*key == 'e')
		return m->nocase ? add_literal(m, "^", text, len, "\\z") : add_key(m, KEY_IS, text, len);
	return take_part(m, key, text, len);
}

/* A number, or of a RULE_WORD its word. False after complaining. */
static bool
number_of(struct making *m, const char *key, const struct json_value *v, uint64_t *out)
{
	const char *word = json_value_text(v);
	int64_t n = json_value_int(v, -1);

	if (m->info.value == RULE_WORD && word != NULL)
		n = rule_word((enum rule_field)(m->info.id & 0xff), word);
	else if (m->info.value == RULE_WORD)
		n = -1;
	if (n < 0)
		return wrong(m, key, m->info.value == RULE_WORD ? "holds a word that the field has not"
		    : "wants numbers");
	*out = (uint64_t)n;
	return true;
}

static bool
take_number(struct making *m, const char *key, const struct json_value *v)
{
	uint64_t n;

	return number_of(m, key, v, &n) && add_range(m, n, n);
}

static bool
take_block(struct making *m, const char *key, const struct json_value *v)
{
	const char *text = text_of(m, key, v);
	struct cidr cidr;
	uint8_t octets[17];

	if (text == NULL)
		return false;
	if ((*key == 'e') != (strchr(text, '/') == NULL) || cidr_parse(&cidr, text) != 0)
		return wrong(m, key, *key == 'e' ? "wants an address" :
		    "wants a block: an address, '/', bits, and no bits set beyond them");
	octets[0] = cidr.len;
	memcpy(octets + 1, cidr.base.octet, 16);
	m->index->block_len[cidr.len] = true;
	return add_key(m, KEY_BLOCK, octets, sizeof(octets));
}

static bool
take_equals(struct making *m, const char *key, const struct json_value *v)
{
	switch (m->info.value) {
	case RULE_UINT: case RULE_WORD:
		return take_number(m, key, v);
	case RULE_ADDR:
		return take_block(m, key, v);
	default:
		return take_text(m, key, v);
	}
}

/* [low, high]; null: open. */
static bool
range_of(struct making *m, const char *key, uint64_t *low, uint64_t *high)
{
	const struct json_value *v = json_get(m->v, key);

	*low = 0;
	*high = UINT64_MAX;
	if (json_array_len(v) != 2
	    || (!json_value_is_null(json_array_at(v, 0)) && !number_of(m, key, json_array_at(v, 0), low))
	    || (!json_value_is_null(json_array_at(v, 1)) && !number_of(m, key, json_array_at(v, 1), high))
	    || *low > *high || (*low == 0 && *high == UINT64_MAX))
		return wrong(m, key, "wants [lowest, highest], one of them may be null");
	return true;
}

static bool
take_regex(struct making *m, const struct json_value *v)
{
	struct rule_drafts *d = m->l->rules;
	const char *regex = json_value_text(v), *reason;
	char err[TEXT_PATTERNS_ERROR_MAX];
	uint32_t positions;

	if (regex == NULL || *regex == '\0' || strlen(regex) > RULE_REGEX_OCTETS_MAX)
		return wrong(m, "regex", "wants a text of 1 to 256 octets");
	reason = expression_wrong(regex, &positions);
	if (reason != NULL)
		return wrong(m, "regex", reason);
	d->regex_positions += positions;
	if (++d->n_regexes > RULE_REGEXES_MAX || d->regex_positions > REGEX_POSITIONS_MAX)
		return wrong(m, "regex", "is one too many: at most 2000, and 200000 octets in all when "
		    "their repetitions are written out");
	if (!text_pattern_compiles(&(struct text_pattern){ regex, 0, m->nocase
		|| m->info.value == RULE_NAME }, err))
		return wrong(m, "regex", err);
	return add_expression(m, regex, m->nocase || m->info.value == RULE_NAME);
}

/* --- payload --- */

/* Octets in hexadecimal, `??` for any one. */
static bool
take_hex(struct making *m, const char *before, const char *text)
{
	char expression[EXPRESSION_TEXT_MAX];
	size_t n = strlen(before);
	bool fixed = false;

	memcpy(expression, before, n);
	while (*(text += strspn(text, " ")) != '\0') {
		if (n + 5 > sizeof(expression) - VALUE_MAX)
			return wrong(m, "hex", "is longer than 256 octets");
		if (text[0] == '?' && text[1] == '?') {
			expression[n++] = '.';
		} else if (digit_of(text[0]) >= 0 && digit_of(text[1]) >= 0) {
			n += (size_t)snprintf(expression + n, 5, "\\x%c%c", text[0], text[1]);
			fixed = true;
		} else {
			return wrong(m, "hex", "wants octets in hexadecimal, or ?? for any");
		}
		text += 2;
	}
	expression[n] = '\0';
	return fixed ? add_expression(m, expression, false) : wrong(m, "hex", "holds no octet");
}

/* Where the octets must lie: "" anywhere. NULL after complaining. */
static const char *
offset_of(struct making *m, char out[static 16])
{
	const struct json_value *v = json_get(m->v, "offset");
	int64_t offset = json_value_int(v, -1);

	out[0] = '\0';
	if (json_value_is_null(v))
		return out;
	if (offset < 0 || offset > OFFSET_MAX) {
		(void)wrong(m, "offset", "wants a number from 0 to 511");
		return NULL;
	}
	(void)snprintf(out, 16, offset == 0 ? "^" : "^.{%d}", (int)offset);
	return out;
}

static bool
read_octets(struct making *m)
{
	const char *hex = json_value_text(json_get(m->v, "hex")), *text, *at;
	char before[16];

	if (json_has(m->v, "regex") + json_has(m->v, "hex") + json_has(m->v, "text") > 1)
		return wrong(m, "hex", "excludes 'text' and 'regex', and they each other");
	if (json_has(m->v, "regex"))
		return json_has(m->v, "offset") ? wrong(m, "offset", "does not go with 'regex'")
		    : take_regex(m, json_get(m->v, "regex"));
	at = offset_of(m, before);
	if (at == NULL)
		return false;
	if (json_has(m->v, "text")) {
		text = text_of(m, "text", json_get(m->v, "text"));
		return text != NULL && add_literal(m, at, text, strlen(text), "");
	}
	if (json_has(m->v, "hex"))
		return hex != NULL ? take_hex(m, at, hex) : wrong(m, "hex", "is no text");
	return json_has(m->v, "length") ? add_always(m)
	    : wrong(m, "hex", "is missing, and so are 'text', 'regex' and 'length'");
}

static bool
read_payload(struct making *m)
{
	static const char *const senders[] = { "initiator", "responder", "device", "peer" };
	struct condition *c = &m->l->rules->set->conditions[m->condition];
	uint64_t low = 0, high = UINT32_MAX;
	int from = read_word(m->l, m->v, "from", OPTIONAL, senders, ARRAY_LEN(senders));

	if (json_has(m->v, "from") && from < 0)
		return false;
	if (json_has(m->v, "length") && !range_of(m, "length", &low, &high))
		return false;
	c->from = (uint8_t)(from < 0 ? 0xf : 1 << from);
	c->length_min = (uint32_t)(low < UINT32_MAX ? low : UINT32_MAX);
	c->length_max = (uint32_t)(high < UINT32_MAX ? high : UINT32_MAX);
	return read_octets(m);
}

/* --- time --- */

static bool
take_day(struct making *m, const char *key, const struct json_value *v)
{
	static const char days[][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
	const char *text = json_value_text(v);

	for (unsigned i = 0; text != NULL && i < ARRAY_LEN(days); i++)
		if (strcmp(days[i], text) == 0) {
			m->l->rules->set->conditions[m->condition].days |= (uint8_t)(1 << i);
			return true;
		}
	return wrong(m, key, "wants mon, tue, wed, thu, fri, sat, sun");
}

static int
minute_of(const char *text)
{
	int hour, minute;

	if (text == NULL || strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5)
		return -1;
	hour = (text[0] - '0') * 10 + text[1] - '0';
	minute = (text[3] - '0') * 10 + text[4] - '0';
	return minute > 59 || hour * 60 + minute > 24 * 60 ? -1 : hour * 60 + minute;
}

static bool
read_time(struct making *m)
{
	const struct json_value *hours = json_get(m->v, "hours");
	struct condition *c = &m->l->rules->set->conditions[m->condition];
	int from = 0, to = 24 * 60;

	if (!json_has(m->v, "days"))
		c->days = 0x7f;
	else if (!each_value(m, "days", take_day))
		return false;
	if (!json_value_is_null(hours)) {
		from = minute_of(json_value_text(json_array_at(hours, 0)));
		to = minute_of(json_value_text(json_array_at(hours, 1)));
		if (json_array_len(hours) != 2 || from < 0 || to < 0 || from == to)
			return wrong(m, "hours", "wants [\"HH:MM\", \"HH:MM\"], two different times");
	} else if (!json_has(m->v, "days")) {
		return wrong(m, "hours", "is missing, and so is 'days'");
	}
	c->minute_from = (uint16_t)from;
	c->minute_to = (uint16_t)to;
	c->hours_over = from > to;
	return add_always(m);
}

/* --- a condition --- */

static bool
read_asked(struct making *m)
{
	uint64_t low, high;

	if (m->info.value == RULE_PAYLOAD)
		return read_payload(m);
	if (m->info.value == RULE_TIME)
		return read_time(m);
	if (json_has(m->v, "equals"))
		return each_value(m, "equals", take_equals);
	if (json_has(m->v, "prefix"))
		return each_value(m, "prefix", take_text);
	if (json_has(m->v, "suffix"))
		return each_value(m, "suffix", take_text);
	if (json_has(m->v, "contains"))
		return each_value(m, "contains", take_text);
	if (json_has(m->v, "regex"))
		return take_regex(m, json_get(m->v, "regex"));
	if (json_has(m->v, "cidr"))
		return each_value(m, "cidr", take_block);
	if (json_has(m->v, "range"))
		return range_of(m, "range", &low, &high) && add_range(m, low, high);
	return json_bool(m->v, "present", false) ? add_always(m) : wrong(m, "present", "can only be true");
}

/* Just one question, unless payload or time. */
static bool
check_asked(struct making *m)
{
	unsigned questions = 0;

	for (size_t i = 1; i < ARRAY_LEN(keys); i++) {
		bool may = false;

		if (!json_has(m->v, keys[i]))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(asked[0]) && asked[m->info.value][k] != NULL; k++)
			may = may || strcmp(asked[m->info.value][k], keys[i]) == 0;
		if (!may)
			return wrong(m, keys[i], "cannot be asked of this field");
		questions += strcmp(keys[i], "nocase") != 0;
	}
	if (questions == 1 || (questions != 0 && m->info.value >= RULE_PAYLOAD))
		return true;
	complain(m->l, "%s: a condition asks one thing; several go into 'all'", m->info.name);
	return false;
}

struct text_out {
	char text[CONDITION_TEXT_MAX];
	size_t n;
	bool full;
};

static void
put(struct text_out *out, const char *fmt, ...)
{
	size_t left = sizeof(out->text) - out->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out->text + out->n, left, fmt, ap);
	va_end(ap);
	out->full = out->full || n < 0 || (size_t)n >= left;
	if (!out->full)
		out->n += (size_t)n;
}

static void
put_value(struct text_out *out, const struct json_value *v)
{
	const char *text = json_value_text(v);

	if (text != NULL)
		put(out, "%zu:%s", strlen(text), text);
	else if (json_value_is_null(v))
		put(out, "null");
	else
		put(out, "%lld", (long long)json_value_int(v, -1));
}

/* The condition as one text, the same for equal ones. NULL: too long to be compared. */
static const char *
condition_text(struct loader *l, const struct json_value *v, struct text_out *out)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct json_value *member = json_get(v, keys[i]);

		if (member == NULL)
			continue;
		put(out, "%zu=", i);
		if (json_value_is_array(member))
			put(out, "[");
		for (size_t k = 0; k < json_array_len(member); k++)
			put_value(out, json_array_at(member, k));
		if (json_value_is_bool(member))
			put(out, "%s", json_bool(v, keys[i], false) ? "true" : "false");
		else if (!json_value_is_array(member))
			put_value(out, member);
		put(out, "]");
	}
	return out->full ? NULL : own_text(l, out->text);
}

/* Where the text is, or the free slot where it would go. */
static size_t
slot_of(struct loader *l, const char *text)
{
	const struct rule_drafts *d = l->rules;
	size_t at = hash_octets(&l->k->seed, text, strlen(text)) & (d->n_slots - 1);

	while (d->slots[at] != 0 && strcmp(d->texts[d->slots[at] - 1], text) != 0)
		at = (at + 1) & (d->n_slots - 1);
	return at;
}

static bool
grow_slots(struct loader *l)
{
	struct rule_drafts *d = l->rules;
	size_t n = d->set->n_conditions;

	if (n * 2 < d->n_slots)
		return true;
	free(d->slots);
	d->n_slots = d->n_slots == 0 ? 1024 : d->n_slots * 2;
	d->slots = calloc(d->n_slots, sizeof(d->slots[0]));
	if (d->slots == NULL)
		return fatal(l, -ENOMEM) == 0;
	for (size_t i = 0; i < n; i++)
		if (d->texts[i] != NULL)
			d->slots[slot_of(l, d->texts[i])] = (uint32_t)i + 1;
	return true;
}

/* A new condition, or the one of the same text. False after complaining. */
static bool
find_or_add(struct making *m, const char *text, bool *is_new)
{
	struct rule_drafts *d = m->l->rules;
	struct rule_set *rs = d->set;
	size_t at = 0, texts_room = d->texts_room;

	if (!grow_slots(m->l))
		return false;
	if (text != NULL)
		at = slot_of(m->l, text);
	*is_new = text == NULL || d->slots[at] == 0;
	if (!*is_new) {
		m->condition = d->slots[at] - 1;
		return true;
	}
	if (!grow_array(m->l, &rs->conditions, sizeof(rs->conditions[0]), rs->n_conditions,
		&rs->conditions_room, CONDITIONS_MAX, "conditions")
	    || !grow_array(m->l, &d->texts, sizeof(d->texts[0]), rs->n_conditions, &texts_room,
		CONDITIONS_MAX, "conditions"))
		return false;
	d->texts_room = texts_room;
	m->condition = (uint32_t)rs->n_conditions++;
	d->texts[m->condition] = text;
	if (text != NULL)
		d->slots[at] = m->condition + 1;
	rs->conditions[m->condition] = (struct condition){ .field = m->info.id,
		.phase = (uint8_t)m->info.phase, .name = m->info.name };
	return true;
}

bool
read_condition(struct loader *l, const struct json_value *v, uint32_t *condition)
{
	struct making m = { .l = l, .v = v };
	struct text_out out = { .n = 0 };
	const char *field = json_value_text(json_get(v, "field")), *text;
	bool is_new;

	if (field == NULL) {
		complain(l, "a condition wants a 'field', 'all', 'any' or 'not'");
		return false;
	}
	if (!known_keys(l, v, keys, ARRAY_LEN(keys)))
		return false;
	if (!rule_field_by_name(field, &m.info)) {
		complain(l, "unknown field '%.64s'; nearest is '%s'", field, rule_field_nearest(field));
		return false;
	}
	m.nocase = json_bool(v, "nocase", false);
	if (!check_asked(&m))
		return false;
	text = condition_text(l, v, &out);
	if (l->fatal != 0 || !find_or_add(&m, text, &is_new))
		return false;
	*condition = m.condition;
	if (!is_new)
		return true;
	m.index = index_for(l, &m.info);
	return m.index != NULL && read_asked(&m);
}
