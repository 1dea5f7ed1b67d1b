/* SPDX-License-Identifier: Apache-2.0 */
/* indicator.c - one indicator: read, checked, brought to canonical form, put in the table. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "macros.h"

/* How the value of a type is read. */
enum value_form {
	FORM_DOMAIN, FORM_ADDRESS, FORM_BLOCK, FORM_ADDRESS_PORT, FORM_NAME, FORM_SHA1,
	FORM_SHA256, FORM_MD5, FORM_JA4, FORM_TEXT, FORM_PORT
};

#define RULES_ALL (1 << RULE_EXACT | 1 << RULE_PREFIX | 1 << RULE_SUFFIX | \
    1 << RULE_CONTAINS | 1 << RULE_PATTERN)
#define RULES_EXACT (1 << RULE_EXACT)

/* One row per type of indicator:
 *   name     as the data writes it
 *   kind     what struct indicator says of it
 *   match    fields it is compared with
 *   form     how its value is checked and made canonical
 *   rules    values of `match` that it allows
 *   key      class of its key; KEY_TEXT is completed by match and rule */
static const struct indicator_type {
	const char *name;
	enum indicator_kind kind;
	enum field_match match;
	enum value_form form;
	unsigned rules;
	uint8_t key;
} types[] = {
	{ "domain", INDICATOR_DOMAIN, MATCH_DOMAIN, FORM_DOMAIN, RULES_EXACT, KEY_DOMAIN_SUFFIX },
	{ "host", INDICATOR_DOMAIN, MATCH_DOMAIN, FORM_DOMAIN, RULES_EXACT, KEY_DOMAIN_EXACT },
	{ "ip", INDICATOR_CIDR, MATCH_ADDRESS, FORM_ADDRESS, RULES_EXACT, KEY_ADDR },
	{ "cidr", INDICATOR_CIDR, MATCH_ADDRESS, FORM_BLOCK, RULES_EXACT, KEY_ADDR },
	{ "address_port", INDICATOR_CIDR, MATCH_ADDRESS, FORM_ADDRESS_PORT, RULES_EXACT, KEY_ADDR },
	{ "port", INDICATOR_PORT, MATCH_NONE, FORM_PORT, RULES_EXACT, KEY_PORT },
	{ "cert_name", INDICATOR_TEXT, MATCH_CERT_NAME, FORM_NAME, RULES_EXACT, KEY_TEXT },
	{ "cert_sha1", INDICATOR_TEXT, MATCH_CERT_HASH, FORM_SHA1, RULES_EXACT, KEY_TEXT },
	{ "cert_sha256", INDICATOR_TEXT, MATCH_CERT_HASH, FORM_SHA256, RULES_EXACT, KEY_TEXT },
	{ "ja3", INDICATOR_TEXT, MATCH_JA3, FORM_MD5, RULES_EXACT, KEY_TEXT },
	{ "ja4", INDICATOR_TEXT, MATCH_JA4, FORM_JA4, RULES_EXACT, KEY_TEXT },
	{ "url_path", INDICATOR_TEXT, MATCH_URL_PATH, FORM_TEXT, RULES_ALL, KEY_TEXT },
	{ "user_agent", INDICATOR_TEXT, MATCH_USER_AGENT, FORM_TEXT, RULES_ALL, KEY_TEXT },
	{ "mqtt_topic", INDICATOR_TEXT, MATCH_MQTT_TOPIC, FORM_TEXT, RULES_ALL, KEY_TEXT },
	{ "mqtt_client_id", INDICATOR_TEXT, MATCH_MQTT_CLIENT_ID, FORM_TEXT, RULES_ALL, KEY_TEXT },
	{ "coap_path", INDICATOR_TEXT, MATCH_COAP_PATH, FORM_TEXT, RULES_ALL, KEY_TEXT },
	{ "lwm2m_endpoint", INDICATOR_TEXT, MATCH_LWM2M_ENDPOINT, FORM_TEXT, RULES_ALL, KEY_TEXT },
};

static const char *const rule_words[RULE_N] = {
	"exact", "prefix", "suffix", "contains", "pattern"
};
static const char *const identifies_words[IDENTIFIES_N] = {
#define X(id, name) name,
	INDICATOR_IDENTIFIES(X)
#undef X
};
static const char *const use_words[] = { "alert", "context", "baseline", "retro_hunt" };
static const char *const confidence_words[] = { "none", "low", "medium", "high" };
static const char *const severity_words[] = { "info", "critical", "high", "medium", "low" };
static const char *const transport_words[] = { "tcp", "udp" };

const char *
indicator_identifies_name(enum indicator_identifies identifies)
{
	return (size_t)identifies < IDENTIFIES_N ? identifies_words[identifies] : "unknown";
}

/* What is being read: an item, and its key before it has a place. */
struct draft {
	struct item item;
	const struct indicator_type *type;
	enum text_rule rule;
	char key[TEXT_SEEN_MAX];
	size_t key_len;
};

static const struct indicator_type *
read_type(struct loader *l, const struct json_value *r)
{
	const char *text = read_text(l, r, "type", REQUIRED, ID_MAX);

	for (size_t i = 0; text != NULL && i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, text) == 0)
			return &types[i];
	if (text != NULL)
		complain(l, "'type': '%s' is no known value", text);
	return NULL;
}

static void
read_rule(struct loader *l, const struct json_value *r, struct draft *d)
{
	int rule;

	d->rule = RULE_EXACT;
	if (d->type->rules == RULES_EXACT) {
		if (json_has(r, "match"))
			complain(l, "'match' has no meaning for type '%s'", d->type->name);
		return;
	}
	rule = read_word(l, r, "match", REQUIRED, rule_words, RULE_N);
	if (rule >= 0)
		d->rule = (enum text_rule)rule;
	d->item.scan_pattern = d->rule == RULE_PATTERN;
}

static const char *
text_wrong(struct draft *d, const char *value)
{
	switch (d->type->form) {
	case FORM_NAME:
		return domain_canonical(value, d->key);
	case FORM_SHA1:
		return hash_wrong(value, 40, 40);
	case FORM_SHA256:
		return hash_wrong(value, 64, 64);
	case FORM_MD5:
		return hash_wrong(value, 32, 32);
	case FORM_JA4:
		return ja4_wrong(value);
	default:
		if (d->rule == RULE_PATTERN)
			return pattern_wrong(value);
		if (d->rule == RULE_CONTAINS && strlen(value) < 4)
			return "too short to be sought inside other texts";
		return NULL;
	}
}

static const char *
text_key(struct draft *d, const char *value)
{
	const char *wrong = text_wrong(d, value);

	if (wrong != NULL)
		return wrong;
	if (d->type->form == FORM_NAME) {
		d->key_len = strlen(d->key);
	} else {
		d->key_len = text_canonical(d->type->match, value, strlen(value), d->key);
		if (d->key_len == 0 || d->key_len > VALUE_MAX)
			return "empty";
	}
	if (d->rule <= RULE_SUFFIX)
		d->item.key_class = (uint8_t)(KEY_TEXT + d->type->match * RULE_N + d->rule);
	return NULL;
}

static void
addr_key(struct draft *d, const struct cidr *block)
{
	d->key[0] = (char)block->len;
	memcpy(d->key + 1, block->base.octet, sizeof(block->base.octet));
	d->key_len = 1 + sizeof(block->base.octet);
	d->item.key_class = KEY_ADDR;
}

static const char *
port_key(struct draft *d, const char *value)
{
	const char *wrong = port_canonical(value, &d->item.pub.proto, &d->item.pub.port);

	d->key[0] = (char)d->item.pub.proto;
	d->key[1] = (char)(d->item.pub.port >> 8);
	d->key[2] = (char)d->item.pub.port;
	d->key_len = 3;
	d->item.key_class = KEY_PORT;
	return wrong;
}

/* Bring the value to its canonical form. NULL, or what is wrong with it. */
static const char *
make_key(struct draft *d, const char *value)
{
	struct cidr block;
	const char *wrong;

	switch (d->type->form) {
	case FORM_DOMAIN:
		wrong = domain_canonical(value, d->key);
		d->key_len = wrong == NULL ? strlen(d->key) : 0;
		d->item.key_class = d->type->key;
		return wrong;
	case FORM_ADDRESS_PORT:
		wrong = address_port_canonical(value, &block, &d->item.pub.port);
		break;
	case FORM_ADDRESS:
	case FORM_BLOCK:
		wrong = address_canonical(value, d->type->form == FORM_BLOCK, &block);
		break;
	case FORM_PORT:
		return port_key(d, value);
	default:
		return text_key(d, value);
	}
	if (wrong == NULL)
		addr_key(d, &block);
	return wrong;
}

/* Ports seen are kept in the data for readers; they are no condition. */
static void
check_ports(struct loader *l, const struct json_value *r)
{
	const struct json_value *ports = json_get(r, "ports");

	if (ports == NULL)
		return;
	if (json_array_len(ports) == 0)
		complain(l, "'ports' must be an array of port numbers");
	for (size_t i = 0; i < json_array_len(ports); i++) {
		int64_t port = json_value_int(json_array_at(ports, i), 0);

		if (port < 1 || port > 65535)
			complain(l, "'ports' holds something that is no port number");
	}
}

static void
read_validity(struct loader *l, const struct json_value *r, struct indicator *ind)
{
	const char *from = read_text(l, r, "valid_from", OPTIONAL, 10);
	const char *until = read_text(l, r, "valid_until", OPTIONAL, 10);
	uint64_t ignored;

	if (from != NULL && date_parse(from, &ind->valid_from_us, &ignored) != 0)
		complain(l, "'valid_from': '%s' is no date (YYYY, YYYY-MM or YYYY-MM-DD)", from);
	if (until != NULL && date_parse(until, &ignored, &ind->valid_until_us) != 0)
		complain(l, "'valid_until': '%s' is no date (YYYY, YYYY-MM or YYYY-MM-DD)", until);
	if (ind->valid_until_us != 0 && ind->valid_from_us > ind->valid_until_us)
		complain(l, "'valid_until' is before 'valid_from'");
	if (ind->use == USE_RETRO_HUNT && (from == NULL || until == NULL))
		complain(l, "use 'retro_hunt' needs 'valid_from' and 'valid_until'");
}

/* What an indicator means: the words, and what they must not say together. */
static void
read_meaning(struct loader *l, const struct json_value *r, const struct draft *d,
    struct indicator *ind)
{
	const char *role = read_text(l, r, "role", REQUIRED, ID_MAX);
	int role_number = role == NULL ? -1 : role_from_name(role);
	int identifies = read_word(l, r, "identifies", REQUIRED, identifies_words, IDENTIFIES_N);
	int use = read_word(l, r, "use", REQUIRED, use_words, ARRAY_LEN(use_words));
	int confidence = read_word(l, r, "confidence", REQUIRED, confidence_words,
	    ARRAY_LEN(confidence_words));
	int severity;

	ind->verified = read_bool(l, r, "verified");
	severity = read_word(l, r, "severity", REQUIRED, severity_words, ARRAY_LEN(severity_words));
	if (role != NULL && role_number < 0)
		complain(l, "'role': '%s' is no known value", role);
	if (confidence == CONFIDENCE_NONE)
		complain(l, "'confidence': an indicator without confidence has no place here");
	if (confidence == CONFIDENCE_HIGH && !ind->verified)
		complain(l, "'confidence' may be high only when verified");
	if ((d->type->match == MATCH_JA3 || d->type->match == MATCH_JA4 || d->type->form == FORM_PORT) &&
	    (use == USE_ALERT || use == USE_RETRO_HUNT))
		complain(l, "a %s never accuses alone: its use must be 'context'", d->type->name);
	if (role_number < 0 || identifies < 0 || use < 0 || confidence < 0 || severity < 0)
		return;
	ind->role = (enum role)role_number;
	ind->identifies = (enum indicator_identifies)identifies;
	ind->use = (enum indicator_use)use;
	ind->confidence = (enum verdict_confidence)confidence;
	ind->severity_hint = (uint8_t)severity;
}

static void
read_transport(struct loader *l, const struct json_value *r, const struct draft *d,
    struct indicator *ind)
{
	int transport;

	if (!json_has(r, "transport"))
		return;
	transport = read_word(l, r, "transport", OPTIONAL, transport_words, 2);
	if (d->type->form != FORM_ADDRESS_PORT)
		complain(l, "'transport' has no meaning for type '%s'", d->type->name);
	if (transport >= 0)
		ind->proto = transport == 0 ? IPPROTO_TCP : IPPROTO_UDP;
}

/* --- putting it in its place ---------------------------------------------------------- */

static bool
times_overlap(const struct indicator *a, const struct indicator *b)
{
	if (a->valid_until_us != 0 && b->valid_from_us > a->valid_until_us)
		return false;
	return b->valid_until_us == 0 || a->valid_from_us <= b->valid_until_us;
}

/* Does `other`, of the same key, say the same as `ind`, or the opposite? */
static void
check_against(struct loader *l, const struct indicator *ind, const struct indicator *other)
{
	if (other->identifies != ind->identifies || other->port != ind->port ||
	    other->proto != ind->proto || !times_overlap(ind, other))
		return;
	if (other->entity == ind->entity)
		complain(l, "'%s' says the same of '%s' as '%s'", ind->id, ind->value, other->id);
	else
		complain(l, "'%s' says that '%s' is of '%s', '%s' that it is of '%s'", ind->id,
		    ind->value, ind->entity->id, other->id, other->entity->id);
}

/* One name as a domain of one and a host of another is one name too many. */
static void
check_other_class(struct loader *l, const struct draft *d)
{
	const struct item *same[SAME_VALUE_MAX];
	const struct indicator *ind = &d->item.pub;
	uint8_t other = d->item.key_class == KEY_DOMAIN_EXACT ? KEY_DOMAIN_SUFFIX : KEY_DOMAIN_EXACT;
	size_t n = table_find(l->k, other, d->key, d->key_len, same, SAME_VALUE_MAX);

	for (size_t i = 0; i < n; i++)
		if (same[i]->pub.entity != ind->entity)
			check_against(l, ind, &same[i]->pub);
}

static bool
contradicts(struct loader *l, const struct draft *d)
{
	const struct item *same[SAME_VALUE_MAX];
	const struct knowledge *k = l->k;
	size_t errors = l->errors, n = 0;

	if (d->item.key_class != 0) {
		n = table_find(k, d->item.key_class, d->key, d->key_len, same, SAME_VALUE_MAX);
		for (size_t i = 0; i < n; i++)
			check_against(l, &d->item.pub, &same[i]->pub);
		if (d->type->kind == INDICATOR_DOMAIN)
			check_other_class(l, d);
	} else {
		for (size_t i = 0; i < k->n_scanned[d->type->match]; i++) {
			const struct item *item = k->scanned[d->type->match][i];

			if (item->scan_pattern == d->item.scan_pattern &&
			    item->key_len == d->key_len &&
			    memcmp(item->key, d->key, d->key_len) == 0)
				check_against(l, &d->item.pub, &item->pub);
		}
	}
	if (n == SAME_VALUE_MAX)
		complain(l, "more than %d indicators for '%s'", SAME_VALUE_MAX, d->item.pub.value);
	return l->errors != errors;
}

struct item *
item_next(struct loader *l, bool *full)
{
	struct knowledge *k = l->k;

	*full = k->n_items == INDICATORS_MAX;
	if (*full)
		return NULL;
	if (k->n_items == k->n_segments * SEGMENT_ITEMS) {
		struct item **more = realloc(k->segments, (k->n_segments + 1) * sizeof(*more));

		if (more != NULL)
			k->segments = more;
		if (more == NULL ||
		    (more[k->n_segments] = calloc(SEGMENT_ITEMS, sizeof(struct item))) == NULL) {
			(void)fatal(l, -ENOMEM);
			return NULL;
		}
		k->n_segments++;
	}
	return item_at(k, k->n_items);
}

/* The same; NULL after a complaint. */
static struct item *
next_item(struct loader *l)
{
	bool full;
	struct item *item = item_next(l, &full);

	if (full)
		complain(l, "more than %d indicators", INDICATORS_MAX);
	return item;
}

static void
add_scanned(struct loader *l, const struct draft *d, struct item *item)
{
	struct knowledge *k = l->k;
	enum field_match match = d->type->match;

	if (k->scanned[match] == NULL)
		k->scanned[match] = arena_alloc(k->arena, SCANNED_MAX * sizeof(struct item *));
	if (k->scanned[match] == NULL)
		(void)fatal(l, -ENOMEM);
	else if (k->n_scanned[match] == SCANNED_MAX)
		complain(l, "more than %d indicators of type '%s' with match contains or pattern",
		    SCANNED_MAX, d->type->name);
	else
		k->scanned[match][k->n_scanned[match]++] = item;
}

static void
note_length(struct knowledge *k, const struct draft *d)
{
	if (d->type->kind == INDICATOR_DOMAIN) {
		if (d->key_len > k->longest_domain)
			k->longest_domain = d->key_len;
	} else if (d->type->kind == INDICATOR_CIDR) {
		lengths_add(&k->addr_lengths, (uint8_t)d->key[0]);
	} else if (d->rule == RULE_PREFIX || d->rule == RULE_SUFFIX) {
		lengths_add(&k->text_lengths[d->type->match][d->rule == RULE_SUFFIX], d->key_len);
	}
}

static void
add_indicator(struct loader *l, struct draft *d, const char *id, const char *value)
{
	struct knowledge *k = l->k;
	struct indicator *ind = &d->item.pub;
	struct item *item;

	ind->id = id;
	ind->value = value;
	lint_indicator(l, ind, d->item.key_class, d->key);
	if (contradicts(l, d))
		return;
	item = next_item(l);
	if (item == NULL)
		return;
	ind->id = own_text(l, id);
	ind->value = own_text(l, value);
	if (ind->value == NULL || text_set_add(&l->indicator_ids, &k->seed, ind->id) != 0) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	if (strlen(value) == d->key_len && memcmp(value, d->key, d->key_len) == 0)
		d->item.key = (const uint8_t *)ind->value;	/* already canonical: once is enough */
	else
		d->item.key = (const uint8_t *)arena_text(k->arena, d->key, d->key_len);
	d->item.key_len = (uint16_t)d->key_len;
	*item = d->item;
	k->n_items++;
	if (item->key == NULL || (item->key_class != 0 && table_add(k, k->n_items - 1) != 0)) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	if (item->key_class == 0)
		add_scanned(l, d, item);
	note_length(k, d);
}

static const struct entity *
read_entity(struct loader *l, const struct json_value *r)
{
	const char *id = read_text(l, r, "entity", REQUIRED, ID_MAX);
	const struct draft_entity *draft = id == NULL ? NULL : find_draft(l, id);

	if (id != NULL && draft == NULL)
		complain(l, "entity '%s' is not in the pack", id);
	return draft == NULL ? NULL : draft->entity;
}

void
load_indicator(struct loader *l, const struct json_value *r)
{
	static const char *const keys[] = {
		"id", "entity", "type", "value", "match", "role", "identifies", "use", "confidence",
		"verified", "severity", "transport", "ports", "valid_from", "valid_until", "as_of",
		"sources", "note"
	};
	size_t errors = l->errors;
	struct draft d = { 0 };
	struct indicator *ind = &d.item.pub;
	const char *id, *value, *wrong;

	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	id = read_text(l, r, "id", REQUIRED, ID_MAX);
	if (id != NULL && !id_is_good(id))
		complain(l, "'id': '%s' is no id (a-z, 0-9, _ and -)", id);
	if (id != NULL && text_set_find(&l->indicator_ids, &l->k->seed, id) != NULL)
		complain(l, "indicator '%s' is in the pack twice", id);
	ind->entity = read_entity(l, r);
	d.type = read_type(l, r);
	value = read_text(l, r, "value", REQUIRED, VALUE_MAX);
	if (d.type == NULL)
		return;
	ind->type = d.type->name;
	ind->kind = d.type->kind;
	ind->match = d.type->match;
	read_rule(l, r, &d);
	wrong = value == NULL ? NULL : make_key(&d, value);
	if (wrong != NULL)
		complain(l, "'value': '%s': %s", value, wrong);
	read_meaning(l, r, &d, ind);
	read_transport(l, r, &d, ind);
	check_ports(l, r);
	read_validity(l, r, ind);
	ind->as_of = read_date(l, r, "as_of", REQUIRED);
	ind->source = read_sources(l, r, REQUIRED);
	ind->note = read_shared(l, r, "note", OPTIONAL, SENTENCE_MAX);
	if (l->errors == errors && l->fatal == 0)
		add_indicator(l, &d, id, value);
}
