/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - the look-ups. Each tries the forms under which a value may stand in the table, so
 * its cost depends on the value and on how many lengths occur, not on how many indicators. */
#include <string.h>

#include "internal.h"
#include "macros.h"

struct result {
	const struct indicator **found;
	size_t n, max;
};

static void
add(struct result *res, const struct indicator *ind)
{
	if (res->n < res->max)
		res->found[res->n++] = ind;
}

/* `whole`: the key is all of what was seen, not a part of it. */
static void
add_key_of(const struct knowledge *k, struct result *res, uint8_t key_class, const void *key,
    size_t len, bool whole)
{
	const struct item *items[SAME_VALUE_MAX];
	size_t n = table_find(k, key_class, key, len, items, ARRAY_LEN(items));

	for (size_t i = 0; i < n; i++)
		if (!whole || !items[i]->below_only)
			add(res, &items[i]->pub);
}

static void
add_key(const struct knowledge *k, struct result *res, uint8_t key_class, const void *key,
    size_t len)
{
	add_key_of(k, res, key_class, key, len, false);
}

size_t
knowledge_find_domain(const struct knowledge *k, const char *name, size_t len,
    const struct indicator **found, size_t max)
{
	struct result res = { found, 0, max };
	char canonical[VALUE_MAX];
	const char *at = canonical;
	size_t odd = domain_odd_labels(name, len);
	size_t left = domain_from_wire(name + odd, len - odd, canonical);

	if (left == 0)
		return 0;
	if (left <= k->longest_domain && odd == 0)
		add_key(k, &res, KEY_DOMAIN_EXACT, at, left);
	while (at != NULL) {
		const char *dot;

		if (left <= k->longest_domain)
			add_key_of(k, &res, KEY_DOMAIN_SUFFIX, at, left, at == canonical && odd == 0);
		dot = memchr(at, '.', left);
		if (dot != NULL)
			left -= (size_t)(dot + 1 - at);
		at = dot == NULL ? NULL : dot + 1;
	}
	return res.n;
}

/* The address with all but its first `bits` bits cleared, as a key. */
static void
block_key(const struct addr *a, unsigned bits, uint8_t key[static 17])
{
	unsigned whole = bits / 8;

	key[0] = (uint8_t)bits;
	memset(key + 1, 0, sizeof(a->octet));
	memcpy(key + 1, a->octet, whole);
	if (bits % 8 != 0)
		key[1 + whole] = (uint8_t)(a->octet[whole] & (0xff00 >> bits % 8));
}

/* Those of one block that fit port and protocol: first those that ask for a port. */
static void
add_block(const struct knowledge *k, struct result *res, const uint8_t key[static 17],
    uint16_t port, uint8_t proto)
{
	const struct item *items[SAME_VALUE_MAX];
	size_t n = table_find(k, KEY_ADDR, key, 17, items, ARRAY_LEN(items));

	for (size_t i = 0; i < n; i++) {
		const struct indicator *ind = &items[i]->pub;

		if (ind->port != 0 && ind->port == port && (ind->proto == 0 || ind->proto == proto))
			add(res, ind);
	}
	for (size_t i = 0; i < n; i++)
		if (items[i]->pub.port == 0)
			add(res, &items[i]->pub);
}

static void
add_blocks(const struct knowledge *k, struct result *res, const struct addr *a, uint16_t port,
    uint8_t proto)
{
	bool ipv4 = addr_is_ipv4(a);

	for (size_t i = 0; i < k->addr_lengths.n; i++) {
		unsigned bits = k->addr_lengths.len[i];
		uint8_t key[17];

		if (ipv4 && bits < 96)
			break;	/* an IPv6 block, however wide, holds no IPv4 address */
		block_key(a, bits, key);
		add_block(k, res, key, port, proto);
	}
}

size_t
knowledge_find_addr(const struct knowledge *k, const struct addr *a, uint16_t port,
    uint8_t proto, const struct indicator **found, size_t max)
{
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };	/* RFC 6052, 2.1 */
	struct result res = { found, 0, max };

	if (memcmp(a->octet, nat64, sizeof(nat64)) == 0) {
		struct addr inner = addr_from_ipv4(a->octet + sizeof(nat64));

		add_blocks(k, &res, &inner, port, proto);
	}
	add_blocks(k, &res, a, port, proto);
	return res.n;
}

size_t
knowledge_find_port(const struct knowledge *k, uint8_t proto, uint16_t port,
    const struct indicator **found, size_t max)
{
	const uint8_t key[3] = { proto, (uint8_t)(port >> 8), (uint8_t)port };
	struct result res = { found, 0, max };

	add_key(k, &res, KEY_PORT, key, sizeof(key));
	return res.n;
}

static void
add_affixes(const struct knowledge *k, struct result *res, enum field_match match,
    const char *text, size_t len)
{
	const struct lengths *prefix = &k->text_lengths[match][0];
	const struct lengths *suffix = &k->text_lengths[match][1];
	uint8_t base = (uint8_t)(KEY_TEXT + match * RULE_N);

	for (size_t i = 0; i < prefix->n; i++)
		if (prefix->len[i] <= len)
			add_key(k, res, (uint8_t)(base + RULE_PREFIX), text, prefix->len[i]);
	for (size_t i = 0; i < suffix->n; i++)
		if (suffix->len[i] <= len)
			add_key(k, res, (uint8_t)(base + RULE_SUFFIX), text + len - suffix->len[i],
			    suffix->len[i]);
}

static bool
scan_matches(const struct item *item, const char *text, size_t len)
{
	const char *key = (const char *)item->key;	/* closed by a NUL */

	if (item->scan_pattern)
		return pattern_matches(key, text, len);
	return memmem(text, len, key, item->key_len) != NULL;
}

size_t
knowledge_find_text(const struct knowledge *k, enum field_match match, const char *text,
    size_t len, const struct indicator **found, size_t max)
{
	struct result res = { found, 0, max };
	char canonical[TEXT_SEEN_MAX];

	if ((size_t)match >= MATCH_N)
		return 0;
	len = text_canonical(match, text, len, canonical);
	if (len == SIZE_MAX)
		return 0;
	if (len <= VALUE_MAX)
		add_key(k, &res, (uint8_t)(KEY_TEXT + match * RULE_N + RULE_EXACT), canonical, len);
	add_affixes(k, &res, match, canonical, len);
	for (size_t i = 0; i < k->n_scanned[match]; i++)
		if (scan_matches(k->scanned[match][i], canonical, len))
			add(&res, &k->scanned[match][i]->pub);
	return res.n;
}
