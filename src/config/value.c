/* SPDX-License-Identifier: Apache-2.0 */
/* value.c - from text to the value of an option and back, by type. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "build.h"
#include "config/option.h"
#include "macros.h"

struct unit {
	const char *suffix;
	uint64_t factor;
};

/* Largest first: printing takes the first that leaves no rest. */
static const struct unit octet_units[] = {
	{ "TiB", UINT64_C(1) << 40 }, { "GiB", 1 << 30 }, { "MiB", 1 << 20 }, { "KiB", 1 << 10 },
	{ "", 1 },
};
static const struct unit second_units[] = {
	{ "d", 86400 }, { "h", 3600 }, { "m", 60 }, { "s", 1 }, { "", 1 },
};
static const struct unit plain_units[] = { { "", 1 } };

static int __attribute__((format(printf, 3, 4)))
refuse(struct refusal *why, const struct option *o, const char *fmt, ...)
{
	int n = snprintf(why->text, sizeof(why->text), "'%s' ", o->name);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why->text + n, sizeof(why->text) - (size_t)n, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int
out_of_memory(struct refusal *why)
{
	(void)snprintf(why->text, sizeof(why->text), "out of memory");
	return -ENOMEM;
}

bool
option_is_list(const struct option *o)
{
	return o->type == OPTION_TEXTS || o->type == OPTION_PACK || o->type == OPTION_CIDRS ||
	    option_is_mappings(o);
}

bool
option_is_mappings(const struct option *o)
{
	return o->type == OPTION_GROUPS || o->type == OPTION_INTEL || o->type == OPTION_SUPPRESS;
}

bool
option_is_number(const struct option *o)
{
	return o->type == OPTION_U32 || o->type == OPTION_SECONDS || o->type == OPTION_OCTETS32 ||
	    o->type == OPTION_OCTETS64;
}

const char *
option_type_name(const struct option *o)
{
	switch (o->type) {
	case OPTION_BOOL:
		return "true or false";
	case OPTION_U32:
		return "number";
	case OPTION_SECONDS:
		return "duration (s, m, h, d)";
	case OPTION_OCTETS32:
	case OPTION_OCTETS64:
		return "size (KiB, MiB, GiB)";
	case OPTION_TEXT:
	case OPTION_HOST_NAME:
		return "text";
	case OPTION_TEXTS:
	case OPTION_PACK:
		return "list of texts";
	case OPTION_CIDRS:
		return "list of address blocks";
	case OPTION_WORD:
		return "one of";
	case OPTION_GROUPS:
		return "list of groups";
	case OPTION_INTEL:
		return "list of feeds";
	case OPTION_SUPPRESS:
		return "list of exceptions";
	}
	return "";
}

static const struct unit *
units_of(const struct option *o, size_t *n)
{
	switch (o->type) {
	case OPTION_OCTETS32:
	case OPTION_OCTETS64:
		*n = ARRAY_LEN(octet_units);
		return octet_units;
	case OPTION_SECONDS:
		*n = ARRAY_LEN(second_units);
		return second_units;
	default:
		*n = ARRAY_LEN(plain_units);
		return plain_units;
	}
}

static void *
member(struct config *cfg, const struct option *o)
{
	return (char *)cfg + o->at;
}

static const void *
const_member(const struct config *cfg, const struct option *o)
{
	return (const char *)cfg + o->at;
}

static uint64_t
number_of(const struct config *cfg, const struct option *o)
{
	if (o->type == OPTION_OCTETS64)
		return *(const uint64_t *)const_member(cfg, o);
	return *(const uint32_t *)const_member(cfg, o);
}

/* Digits, then a unit of the type, maybe after one space. */
static int
parse_number(const struct option *o, const char *text, uint64_t *value)
{
	size_t n;
	const struct unit *units = units_of(o, &n);
	unsigned long long count;
	char *rest;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	count = strtoull(text, &rest, 10);
	if (errno != 0)
		return -EINVAL;
	if (rest[0] == ' ' && rest[1] != '\0')
		rest++;
	for (size_t i = 0; i < n; i++)
		if (strcmp(rest, units[i].suffix) == 0)
			return __builtin_mul_overflow((uint64_t)count, units[i].factor, value) ?
			    -EINVAL : 0;
	return -EINVAL;
}

static void
number_text(const struct option *o, uint64_t value, char *text, size_t size)
{
	size_t n;
	const struct unit *u = units_of(o, &n);

	while (u->factor > 1 && (value == 0 || value % u->factor != 0))
		u++;
	if (value == 0 && o->type == OPTION_SECONDS)
		u = &second_units[ARRAY_LEN(second_units) - 1];
	(void)snprintf(text, size, "%llu%s", (unsigned long long)(value / u->factor), u->suffix);
}

static int
set_number(struct config *cfg, const struct option *o, const char *text, struct refusal *why)
{
	char least[32], most[32];
	uint64_t value;

	if (parse_number(o, text, &value) != 0)
		return refuse(why, o, "wants a %s, not '%.64s'", option_type_name(o), text);
	if (value < o->min || value > o->max) {
		number_text(o, o->min, least, sizeof(least));
		number_text(o, o->max, most, sizeof(most));
		return refuse(why, o, "must be from %s to %s%s%s, not %.64s", least, most,
		    o->unit != NULL ? " " : "", o->unit != NULL ? o->unit : "", text);
	}
	if (o->type == OPTION_OCTETS64)
		*(uint64_t *)member(cfg, o) = value;
	else
		*(uint32_t *)member(cfg, o) = (uint32_t)value;
	return 0;
}

/* The words of an option, one after the other: where the next begins, NULL behind the last. */
static const char *
next_word(const char *word)
{
	const char *bar = strchr(word, '|');

	return bar == NULL ? NULL : bar + 1;
}

static int
set_word(struct config *cfg, const struct option *o, const char *text, struct refusal *why)
{
	uint32_t at = 0;

	for (const char *word = o->unit; word != NULL; word = next_word(word), at++) {
		size_t len = strcspn(word, "|");

		if (strlen(text) == len && memcmp(text, word, len) == 0) {
			*(uint32_t *)member(cfg, o) = at;
			return 0;
		}
	}
	return refuse(why, o, "wants %s %s, not '%.64s'", option_type_name(o), o->unit, text);
}

static void
print_word(const struct option *o, uint32_t at, FILE *out)
{
	const char *word = o->unit;

	while (at-- != 0)
		word = next_word(word);
	(void)fprintf(out, "%.*s", (int)strcspn(word, "|"), word);
}

static int
set_bool(struct config *cfg, const struct option *o, const char *text, struct refusal *why)
{
	static const char *const names[][2] = { { "false", "true" }, { "no", "yes" }, { "off", "on" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (int value = 0; value < 2; value++)
			if (strcasecmp(text, names[i][value]) == 0) {
				*(bool *)member(cfg, o) = value;
				return 0;
			}
	return refuse(why, o, "wants true or false, not '%.64s'", text);
}

static int
set_text(struct config *cfg, const struct option *o, const char *text, struct refusal *why)
{
	char **at = member(cfg, o), host[256] = "", *copy = NULL;

	if (strlen(text) > o->max)
		return refuse(why, o, "is longer than %llu octets", (unsigned long long)o->max);
	if (text[0] == '\0' && o->type == OPTION_HOST_NAME) {
		if (gethostname(host, sizeof(host) - 1) != 0 || host[0] == '\0')
			(void)snprintf(host, sizeof(host), "localhost");
		text = host;
	}
	if (text[0] != '\0') {
		copy = strdup(text);
		if (copy == NULL)
			return out_of_memory(why);
	}
	free(*at);
	*at = copy;
	return 0;
}

static void
texts_free(struct text_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->text[i]);
	free(list->text);
	*list = (struct text_list){ NULL, 0 };
}

static int
set_texts(struct config *cfg, const struct option *o, const char *const *texts, size_t n,
    struct refusal *why)
{
	struct text_list *at = member(cfg, o), list = { NULL, 0 };

	list.text = calloc(n == 0 ? 1 : n, sizeof(list.text[0]));
	if (list.text == NULL)
		return out_of_memory(why);
	for (; list.n < n; list.n++) {
		why->entry = list.n;
		if (texts[list.n][0] == '\0') {
			texts_free(&list);
			return refuse(why, o, "has an empty entry");
		}
		list.text[list.n] = strdup(texts[list.n]);
		if (list.text[list.n] == NULL) {
			texts_free(&list);
			return out_of_memory(why);
		}
	}
	texts_free(at);
	*at = list;
	return 0;
}

/* The signatures that came with this picketd: installed, or, when it runs from its source
 * tree, those there. */
static int
set_pack(struct config *cfg, const struct option *o, const char *const *texts, size_t n,
    struct refusal *why)
{
	const char *pack = access(PICKET_SIGNATURES, F_OK) == 0 ? PICKET_SIGNATURES
								 : PICKET_SOURCE_SIGNATURES;

	return n == 0 ? set_texts(cfg, o, &pack, 1, why) : set_texts(cfg, o, texts, n, why);
}

static int
set_cidrs(struct config *cfg, const struct option *o, const char *const *texts, size_t n,
    struct refusal *why)
{
	struct cidr_list *at = member(cfg, o);
	struct cidr *blocks = calloc(n == 0 ? 1 : n, sizeof(blocks[0]));

	if (blocks == NULL)
		return out_of_memory(why);
	for (size_t i = 0; i < n; i++)
		if (cidr_parse(&blocks[i], texts[i]) != 0) {
			free(blocks);
			why->entry = i;
			return refuse(why, o,
			    "wants address blocks without host bits, like 10.0.0.0/8; not '%.64s'",
			    texts[i]);
		}
	free(at->cidr);
	*at = (struct cidr_list){ blocks, n };
	return 0;
}

int
option_set(struct config *cfg, const struct option *o, const char *const *texts, size_t n,
    struct refusal *why)
{
	why->entry = 0;
	if (!option_is_list(o) && n != 1)
		return refuse(why, o, "wants one value, a %s", option_type_name(o));
	if (option_is_list(o) && n > o->max)
		return refuse(why, o, "has more than %llu entries", (unsigned long long)o->max);
	switch (o->type) {
	case OPTION_BOOL:
		return set_bool(cfg, o, texts[0], why);
	case OPTION_U32:
	case OPTION_SECONDS:
	case OPTION_OCTETS32:
	case OPTION_OCTETS64:
		return set_number(cfg, o, texts[0], why);
	case OPTION_TEXT:
	case OPTION_HOST_NAME:
		return set_text(cfg, o, texts[0], why);
	case OPTION_TEXTS:
		return set_texts(cfg, o, texts, n, why);
	case OPTION_PACK:
		return set_pack(cfg, o, texts, n, why);
	case OPTION_CIDRS:
		return set_cidrs(cfg, o, texts, n, why);
	case OPTION_WORD:
		return set_word(cfg, o, texts[0], why);
	case OPTION_GROUPS:
	case OPTION_INTEL:
	case OPTION_SUPPRESS:
		break;
	}
	return refuse(why, o, "wants a %s", option_type_name(o));
}

int
option_set_mappings(struct config *cfg, const struct option *o, const struct node *list,
    struct refusal *why, unsigned *line)
{
	switch (o->type) {
	case OPTION_GROUPS:
		return option_set_groups(cfg, o, list, why, line);
	case OPTION_INTEL:
		return option_set_intel(cfg, o, list, why, line);
	default:
		return option_set_suppress(cfg, o, list, why, line);
	}
}

/* Cut at commas in place; spaces around an entry do not count. Returns how many. */
static size_t
split(char *text, const char **parts, size_t max)
{
	size_t n = 0;
	char *end, *next;

	if (text[strspn(text, " ")] == '\0')
		return 0;
	for (char *at = text; at != NULL && n < max; at = next) {
		next = strchr(at, ',');
		if (next != NULL)
			*next++ = '\0';
		at += strspn(at, " ");
		for (end = at + strlen(at); end > at && end[-1] == ' '; end--)
			end[-1] = '\0';
		parts[n++] = at;
	}
	return n;
}

int
option_set_text(struct config *cfg, const struct option *o, const char *text,
    struct refusal *why)
{
	const char **parts;
	char *copy;
	int rc;

	if (!option_is_list(o))
		return option_set(cfg, o, &text, 1, why);
	copy = strdup(text);
	parts = calloc(o->max + 1, sizeof(parts[0]));
	if (copy == NULL || parts == NULL)
		rc = out_of_memory(why);
	else
		rc = option_set(cfg, o, parts, split(copy, parts, o->max + 1), why);
	free(copy);
	free(parts);
	return rc;
}

static void
groups_free(struct config *cfg)
{
	for (size_t i = 0; i < cfg->n_groups; i++) {
		free(cfg->groups[i].name);
		free(cfg->groups[i].subnets.cidr);
		free(cfg->groups[i].vlans);
		texts_free(&cfg->groups[i].apns);
		texts_free(&cfg->groups[i].makers);
	}
	free(cfg->groups);
	cfg->groups = NULL;
	cfg->n_groups = 0;
}

void
option_free(struct config *cfg, const struct option *o)
{
	char **text;
	struct cidr_list *cidrs;

	switch (o->type) {
	case OPTION_TEXT:
	case OPTION_HOST_NAME:
		text = member(cfg, o);
		free(*text);
		*text = NULL;
		break;
	case OPTION_TEXTS:
	case OPTION_PACK:
		texts_free(member(cfg, o));
		break;
	case OPTION_CIDRS:
		cidrs = member(cfg, o);
		free(cidrs->cidr);
		*cidrs = (struct cidr_list){ NULL, 0 };
		break;
	case OPTION_GROUPS:
		groups_free(cfg);
		break;
	case OPTION_INTEL:
		intel_sources_free(cfg);
		break;
	case OPTION_SUPPRESS:
		suppress_free(cfg);
		break;
	default:
		break;
	}
}

void
option_print_number(const struct option *o, uint64_t value, FILE *out)
{
	char text[32];

	number_text(o, value, text, sizeof(text));
	(void)fputs(text, out);
}

static void
print_cidrs(const struct cidr_list *list, FILE *out)
{
	char text[CIDR_TEXT_MAX];

	(void)fputc('[', out);
	for (size_t i = 0; i < list->n; i++) {
		(void)fputs(i == 0 ? "" : ", ", out);
		(void)cidr_text(&list->cidr[i], text);
		yaml_print_text(text, out);
	}
	(void)fputc(']', out);
}

static void
print_texts(const struct text_list *list, FILE *out)
{
	(void)fputc('[', out);
	for (size_t i = 0; i < list->n; i++) {
		(void)fputs(i == 0 ? "" : ", ", out);
		yaml_print_text(list->text[i], out);
	}
	(void)fputc(']', out);
}

static void
print_groups(const struct config *cfg, FILE *out)
{
	(void)fputc('[', out);
	for (size_t i = 0; i < cfg->n_groups; i++) {
		const struct group *g = &cfg->groups[i];

		(void)fputs(i == 0 ? "{name: " : ", {name: ", out);
		yaml_print_text(g->name, out);
		(void)fputs(", subnets: ", out);
		print_cidrs(&g->subnets, out);
		(void)fputs(", vlans: [", out);
		for (size_t k = 0; k < g->n_vlans; k++)
			(void)fprintf(out, k == 0 ? "%u" : ", %u", g->vlans[k]);
		(void)fputs("], apns: ", out);
		print_texts(&g->apns, out);
		(void)fputs(", makers: ", out);
		print_texts(&g->makers, out);
		(void)fputs("}", out);
	}
	(void)fputc(']', out);
}

void
option_print(const struct config *cfg, const struct option *o, FILE *out)
{
	const void *at = const_member(cfg, o);
	const char *text;

	switch (o->type) {
	case OPTION_BOOL:
		(void)fputs(*(const bool *)at ? "true" : "false", out);
		break;
	case OPTION_U32:
	case OPTION_SECONDS:
	case OPTION_OCTETS32:
	case OPTION_OCTETS64:
		option_print_number(o, number_of(cfg, o), out);
		break;
	case OPTION_TEXT:
	case OPTION_HOST_NAME:
		text = *(char *const *)at;
		yaml_print_text(text == NULL ? "" : text, out);
		break;
	case OPTION_TEXTS:
	case OPTION_PACK:
		print_texts(at, out);
		break;
	case OPTION_CIDRS:
		print_cidrs(at, out);
		break;
	case OPTION_GROUPS:
		print_groups(cfg, out);
		break;
	case OPTION_INTEL:
		intel_sources_print(cfg, out);
		break;
	case OPTION_WORD:
		print_word(o, *(const uint32_t *)at, out);
		break;
	case OPTION_SUPPRESS:
		suppress_print(cfg, out);
		break;
	}
}
