/* SPDX-License-Identifier: Apache-2.0 */
/* intel_pattern.c - patterns of STIX 2.1 (OASIS, part 9). Alternatives (OR, IN, several observations
 * joined by OR) are values of their own. What is joined by AND is used only where a look-up can
 * hold all of it: an address with its port and transport. Sequences, repetitions, times and negations
 * are not understood. A pattern is read twice: first to see that all of it is understood. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "intel_pattern.h"
#include "macros.h"

enum { GROUPS_MAX = 16, JOINED_MAX = 8, PATH_MAX_OCTETS = 128, LITERAL_MAX = VALUE_MAX * 2 };

enum op { OP_EQUALS, OP_IN, OP_LIKE, OP_ISSUBSET, OP_OTHER };
enum part { PART_VALUE, PART_PORT, PART_PROTOCOL, PART_TYPE, PART_OTHER };

struct comparison {
	enum part part;
	enum intel_kind kind;
	enum op op;
	bool negated;
	const char *literal;	/* where it, or the list of them, begins */
};

struct pattern {
	struct feed_reader *r;
	const struct intel_meta *meta;
	const char *at;
	bool dry;		/* nothing is handed on yet */
	unsigned depth;
};

static void
skip_space(struct pattern *p)
{
	p->at += strspn(p->at, " \t\r\n");
}

static bool
take(struct pattern *p, char c)
{
	skip_space(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

/* A word of the language, whole. */
static bool
take_word(struct pattern *p, const char *word)
{
	size_t n = strlen(word);

	skip_space(p);
	if (strncmp(p->at, word, n) != 0 || (p->at[n] >= 'A' && p->at[n] <= 'Z'))
		return false;
	p->at += n;
	return true;
}

/* A text in quotes, or a number or word, without its escapes. False: there is none, or it is too
 * long. */
static bool
take_literal(struct pattern *p, char out[static LITERAL_MAX])
{
	size_t n = 0;

	skip_space(p);
	if (*p->at != '\'') {
		n = strcspn(p->at, " \t\r\n,)]'");
		if (n == 0 || n >= LITERAL_MAX)
			return false;
		memcpy(out, p->at, n);
		p->at += n;
		out[n] = '\0';
		return true;
	}
	for (p->at++; *p->at != '\''; p->at++) {
		if (*p->at == '\\')
			p->at++;
		if (*p->at == '\0' || n + 1 >= LITERAL_MAX)
			return false;
		out[n++] = *p->at;
	}
	p->at++;
	out[n] = '\0';
	return true;
}

/* "type:property.'key'[*]". */
static bool
take_path(struct pattern *p, char out[static PATH_MAX_OCTETS])
{
	bool quoted = false;
	size_t n = 0;

	skip_space(p);
	for (; *p->at != '\0' && (quoted || strchr(" \t\r\n=!<>", *p->at) == NULL); p->at++) {
		if (*p->at == '\'')
			quoted = !quoted;
		else if (n + 1 < PATH_MAX_OCTETS)
			out[n++] = *p->at;
		else
			return false;
	}
	out[n] = '\0';
	return strchr(out, ':') != NULL && !quoted;
}

static void
resolve(const char *path, struct comparison *c)
{
	static const struct {
		const char *path;	/* without quotes; "*" at the end: any rest */
		enum part part;
		enum intel_kind kind;
	} rows[] = {
		{ "ipv4-addr:value", PART_VALUE, INTEL_ADDR_OR_BLOCK },
		{ "ipv6-addr:value", PART_VALUE, INTEL_ADDR_OR_BLOCK },
		{ "domain-name:value", PART_VALUE, INTEL_HOST },
		{ "url:value", PART_VALUE, INTEL_URL },
		{ "file:hashes*", PART_VALUE, INTEL_FILE },
		{ "artifact:hashes*", PART_VALUE, INTEL_FILE },
		{ "x509-certificate:hashes.SHA-1", PART_VALUE, INTEL_CERT_SHA1 },
		{ "x509-certificate:hashes.SHA-256", PART_VALUE, INTEL_CERT_SHA256 },
		{ "network-traffic:dst_ref.value", PART_VALUE, INTEL_NAME },
		{ "network-traffic:src_ref.value", PART_VALUE, INTEL_NAME },
		{ "network-traffic:extensions.http-request-ext.request_header.User-Agent", PART_VALUE,
		    INTEL_USER_AGENT },
		{ "network-traffic:dst_port", PART_PORT, INTEL_OTHER },
		{ "network-traffic:protocols[*]", PART_PROTOCOL, INTEL_OTHER },
		{ "network-traffic:dst_ref.type", PART_TYPE, INTEL_OTHER },
		{ "network-traffic:src_ref.type", PART_TYPE, INTEL_OTHER },
	};

	c->part = PART_OTHER;
	c->kind = INTEL_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].path) - 1;

		if (strcmp(rows[i].path, path) != 0 && (rows[i].path[n] != '*' || rows[i].path[n - 1] == '['
		    || strncmp(rows[i].path, path, n) != 0))
			continue;
		c->part = rows[i].part;
		c->kind = rows[i].kind;
		return;
	}
}

static bool
take_operator(struct pattern *p, struct comparison *c)
{
	c->negated = take_word(p, "NOT");
	skip_space(p);
	c->op = OP_OTHER;
	if (take(p, '=')) {
		c->op = OP_EQUALS;
		(void)take(p, '=');
	} else if (take(p, '!') || take(p, '<') || take(p, '>')) {
		(void)take(p, '=');
		(void)take(p, '>');
	} else if (take_word(p, "ISSUBSET"))
		c->op = OP_ISSUBSET;
	else if (take_word(p, "IN"))
		c->op = OP_IN;
	else if (take_word(p, "LIKE"))
		c->op = OP_LIKE;
	else
		return take_word(p, "MATCHES") || take_word(p, "ISSUPERSET");
	return true;
}

static bool
take_literals(struct pattern *p, enum op op)
{
	char ignored[LITERAL_MAX];

	if (op != OP_IN)
		return take_literal(p, ignored);
	if (!take(p, '('))
		return false;
	do
		if (!take_literal(p, ignored))
			return false;
	while (take(p, ','));
	return take(p, ')');
}

static bool
take_comparison(struct pattern *p, struct comparison *c)
{
	char path[PATH_MAX_OCTETS];

	if (!take_path(p, path) || !take_operator(p, c))
		return false;
	resolve(path, c);
	skip_space(p);
	c->literal = p->at;
	return take_literals(p, c->op);
}

/* --- handing on --- */

static void
add_literal(struct pattern *p, const struct comparison *c, char *text, const struct intel_meta *meta)
{
	enum intel_kind kind = c->kind;
	size_t len = strlen(text);

	if (c->op == OP_ISSUBSET && (kind == INTEL_ADDR_OR_BLOCK || kind == INTEL_NAME))
		kind = INTEL_BLOCK;
	if (c->op == OP_LIKE && strpbrk(text, "%_") != NULL) {
		/* '%.name' is all below a name; '_' in a name is taken for itself */
		if (kind != INTEL_HOST || strncmp(text, "%.", 2) != 0 || strpbrk(text + 2, "%") != NULL) {
			intel_skip(p->r, FEED_PATTERN, text, len, meta);
			return;
		}
		kind = INTEL_BELOW;
		text += 2;
		len -= 2;
	}
	if (kind == INTEL_NAME && strchr(text, '/') != NULL)
		kind = INTEL_BLOCK;
	intel_value(p->r, kind, text, len, meta);
}

static void
add_value(struct pattern *p, const struct comparison *c, const struct intel_meta *meta)
{
	struct pattern at = { .at = c->literal };
	char text[LITERAL_MAX];

	if (c->op == OP_OTHER || c->negated || (c->op == OP_ISSUBSET && c->kind != INTEL_NAME &&
	    c->kind != INTEL_ADDR_OR_BLOCK)) {
		intel_skip(p->r, FEED_PATTERN, c->literal, strcspn(c->literal, "]"), meta);
		return;
	}
	if (c->op == OP_IN)
		(void)take(&at, '(');
	do {
		if (!take_literal(&at, text))
			return;
		add_literal(p, c, text, meta);
	} while (c->op == OP_IN && take(&at, ','));
}

/* Port or transport that goes with an address. False: it says something else. */
static bool
add_condition(const struct comparison *c, struct intel_meta *meta)
{
	struct pattern at = { .at = c->literal };
	char text[LITERAL_MAX];
	unsigned long port;
	char *end;

	if (c->negated || c->op != OP_EQUALS || !take_literal(&at, text))
		return false;
	switch (c->part) {
	case PART_PORT:
		port = strtoul(text, &end, 10);
		if (*end != '\0' || port == 0 || port > 65535 || meta->port != 0)
			return false;
		meta->port = (uint16_t)port;
		return true;
	case PART_PROTOCOL:
		if (strcmp(text, "tcp") == 0)
			meta->proto = IPPROTO_TCP;
		else if (strcmp(text, "udp") == 0)
			meta->proto = IPPROTO_UDP;
		return meta->proto != 0 || strcmp(text, "ipv4") == 0 || strcmp(text, "ipv6") == 0;
	default:
		return c->part == PART_TYPE;
	}
}

/* Comparisons joined by AND. */
static void
add_joined(struct pattern *p, const struct comparison *c, unsigned n)
{
	struct intel_meta meta = *p->meta;
	const struct comparison *value = NULL;
	bool good = true, hashes = true;

	if (n == 1) {
		add_value(p, &c[0], &meta);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		hashes = hashes && c[i].kind == INTEL_FILE;
		if (c[i].part == PART_VALUE) {
			good = good && value == NULL;
			value = &c[i];
		} else {
			good = good && add_condition(&c[i], &meta);
		}
	}
	if (hashes)
		intel_skip(p->r, FEED_FILE_HASH, c[0].literal, strcspn(c[0].literal, " ]"), p->meta);
	else if (!good || value == NULL || (value->kind != INTEL_ADDR_OR_BLOCK && value->kind != INTEL_NAME))
		intel_skip(p->r, FEED_CONDITION, c[0].literal, strcspn(c[0].literal, "]"), p->meta);
	else
		add_value(p, value, &meta);
}

/* --- the grammar --- */

static bool read_alternatives(struct pattern *p);

/* a AND b; or a group in brackets by itself. */
static bool
read_joined(struct pattern *p)
{
	struct comparison c[JOINED_MAX];
	unsigned n = 0;

	skip_space(p);
	if (*p->at == '(') {
		bool good;

		if (p->depth == GROUPS_MAX)
			return false;
		p->depth++;
		p->at++;
		good = read_alternatives(p) && take(p, ')') && !take_word(p, "AND");
		p->depth--;
		return good;
	}
	do
		if (n == JOINED_MAX || !take_comparison(p, &c[n++]))
			return false;
	while (take_word(p, "AND"));
	if (!p->dry)
		add_joined(p, c, n);
	return true;
}

static bool
read_alternatives(struct pattern *p)
{
	do
		if (!read_joined(p))
			return false;
	while (take_word(p, "OR"));
	return true;
}

/* [ ... ] OR [ ... ], maybe in brackets. */
static bool
read_observations(struct pattern *p)
{
	do {
		bool good;

		if (take(p, '(')) {
			if (p->depth == GROUPS_MAX)
				return false;
			p->depth++;
			good = read_observations(p) && take(p, ')');
			p->depth--;
		} else {
			good = take(p, '[') && read_alternatives(p) && take(p, ']');
		}
		if (!good)
			return false;
	} while (take_word(p, "OR"));
	return true;
}

void
intel_pattern(struct feed_reader *r, const char *pattern, const struct intel_meta *meta)
{
	struct pattern p = { .r = r, .meta = meta, .at = pattern, .dry = true };

	if (!read_observations(&p) || (skip_space(&p), *p.at != '\0')) {
		intel_skip(r, FEED_PATTERN, pattern, strlen(pattern), meta);
		return;
	}
	p = (struct pattern){ .r = r, .meta = meta, .at = pattern };
	(void)read_observations(&p);
}
