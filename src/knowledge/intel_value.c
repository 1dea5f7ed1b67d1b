/* SPDX-License-Identifier: Apache-2.0 */
/* intel_value.c - one value of a feed: told apart, checked, brought to canonical form, put in its
 * place or counted by the reason why not. Never made wider than it was said: a name is one host
 * unless its format says more, a URL is its host only when it has no path. */
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "intel.h"
#include "macros.h"

/* Narrower blocks only: what is wider is of many operators. */
enum { IPV4_BITS_MIN = 8, IPV6_BITS_MIN = 20 };

/* A value in the making. */
struct value {
	struct item item;
	const char *text;	/* canonical, as alerts show it */
	size_t text_len;
	char key[TEXT_SEEN_MAX];
	size_t key_len;
	char shown[TEXT_SEEN_MAX];	/* room for `text` where the key is no text */
};

/* --- addresses --- */

/* One that nobody has on the Internet: RFC 1918, 6598, 3927, 1122, 4193, 4291, multicast. */
static bool
is_public(const struct addr *a)
{
	static const struct {
		uint8_t octet[4], bits;
	} inside[] = {
		{ { 0 }, 8 }, { { 10 }, 8 }, { { 100, 64 }, 10 }, { { 127 }, 8 }, { { 169, 254 }, 16 },
		{ { 172, 16 }, 12 }, { { 192, 168 }, 16 }, { { 224 }, 3 },
	};
	uint32_t v4 = (uint32_t)a->octet[12] << 24 | (uint32_t)a->octet[13] << 16 |
	    (uint32_t)a->octet[14] << 8 | a->octet[15];

	if (!addr_is_ipv4(a))
		return (a->octet[0] & 0xe0) == 0x20;	/* 2000::/3, global unicast */
	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		const uint8_t *o = inside[i].octet;
		uint32_t base = (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3];

		if ((v4 ^ base) >> (32 - inside[i].bits) == 0)
			return false;
	}
	return true;
}

static bool
looks_like_address(const char *text, size_t len)
{
	bool separated = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '.' || c == ':')
			separated = true;
		else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
			return false;
	}
	return separated;
}

static enum feed_skip
set_block(struct feed_reader *r, struct value *v, const struct cidr *block)
{
	bool ipv4 = addr_is_ipv4(&block->base), one = block->len == 128;

	if (block->len < (ipv4 ? 96 + IPV4_BITS_MIN : IPV6_BITS_MIN))
		return FEED_TOO_BROAD;
	if (!is_public(&block->base) && !r->feed->allow)
		return FEED_NOT_PUBLIC;
	v->item.pub.type = one ? v->item.pub.port != 0 ? "address_port" : "ip" : "cidr";
	v->item.pub.kind = INDICATOR_CIDR;
	v->item.pub.match = MATCH_ADDRESS;
	v->text = v->shown;
	v->text_len = one ? addr_text(&block->base, v->shown) : cidr_text(block, v->shown);
	v->key[0] = (char)block->len;
	memcpy(v->key + 1, block->base.octet, sizeof(block->base.octet));
	v->key_len = 1 + sizeof(block->base.octet);
	v->item.key_class = r->feed->allow ? KEY_ALLOW_ADDR : KEY_ADDR;
	if (r->feed->allow && v->item.pub.port != 0)
		return FEED_CONDITION;
	return FEED_SKIP_N;
}

static enum feed_skip
set_address(struct feed_reader *r, struct value *v, const char *text, enum intel_kind kind)
{
	struct cidr block;
	uint16_t port;

	if (kind == INTEL_ADDR_PORT) {
		/* MISP writes ip|port */
		char with_colon[ADDR_TEXT_MAX + 16];
		const char *bar = strchr(text, '|');

		if (bar != NULL && strlen(text) < sizeof(with_colon) - 2) {
			(void)snprintf(with_colon, sizeof(with_colon), strchr(text, ':') != NULL ? "[%.*s]:%s"
			    : "%.*s:%s", (int)(bar - text), text, bar + 1);
			text = with_colon;
		}
		if (address_port_canonical(text, &block, &port) != NULL)
			return FEED_UNREADABLE;
		v->item.pub.port = port;
	} else if (cidr_parse(&block, text) != 0 ||
	    (kind == INTEL_ADDR && strchr(text, '/') != NULL)) {
		return FEED_UNREADABLE;
	}
	return set_block(r, v, &block);
}

/* --- names --- */

static bool
is_local_name(const char *name, size_t len)
{
	static const char *const ends[] = { ".localdomain", ".local", ".localhost", ".home.arpa", ".internal",
		".lan" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && memcmp(name + len - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

static enum feed_skip
set_name(struct feed_reader *r, struct value *v, const char *text, size_t len, enum intel_kind kind)
{
	char plain[VALUE_MAX];

	if (kind == INTEL_DOMAIN && len > 2 && text[0] == '*' && text[1] == '.') {
		kind = INTEL_BELOW;
		text += 2;
		len -= 2;
	} else if (kind == INTEL_DOMAIN && len > 1 && text[0] == '.') {
		text++;
		len--;
	}
	if (len != 0 && text[len - 1] == '.' && len < sizeof(plain)) {
		memcpy(plain, text, --len);
		plain[len] = '\0';
		text = plain;
	}
	if (memchr(text, '.', len) == NULL)
		return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == len
		    && len != 0 ? FEED_TOO_BROAD : FEED_UNREADABLE;
	if (domain_canonical(text, v->key) != NULL)
		return FEED_UNREADABLE;
	v->key_len = strlen(v->key);
	if (v->item.pub.port != 0)	/* which cannot be asked of a name */
		return FEED_CONDITION;
	if (is_local_name(v->key, v->key_len) && !r->feed->allow)
		return FEED_NOT_PUBLIC;
	v->text = v->key;
	v->text_len = v->key_len;
	v->item.pub.type = kind == INTEL_HOST ? "host" : "domain";
	v->item.pub.kind = INDICATOR_DOMAIN;
	v->item.pub.match = MATCH_DOMAIN;
	v->item.below_only = kind == INTEL_BELOW;
	if (r->feed->allow)
		v->item.key_class = kind == INTEL_HOST ? KEY_ALLOW_HOST : KEY_ALLOW_SUFFIX;
	else
		v->item.key_class = kind == INTEL_HOST ? KEY_DOMAIN_EXACT : KEY_DOMAIN_SUFFIX;
	return FEED_SKIP_N;
}

/* --- URLs --- */

struct url {
	const char *scheme;	/* lower case, "" without */
	char host[VALUE_MAX];	/* without brackets */
	bool bracket;
	unsigned port;		/* 0: not said */
	const char *rest;	/* path and query, "" or from '/' or '?' */
	size_t rest_len;	/* without the fragment */
};

static const char *
scheme_of(const char *text, size_t len)
{
	static const char *const known[] = { "http", "https", "tcp", "udp" };

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strlen(known[i]) == len && strncasecmp(text, known[i], len) == 0)
			return known[i];
	return NULL;
}

/* FEED_SKIP_N: it could be read. */
static enum feed_skip
split_url(const char *text, struct url *u)
{
	const char *colon = strstr(text, "://"), *host, *end;
	size_t len;

	u->scheme = "";
	if (colon != NULL && strcspn(text, "/?#") > (size_t)(colon - text)) {
		u->scheme = scheme_of(text, (size_t)(colon - text));
		if (u->scheme == NULL)
			return FEED_NO_FIELD;
		text = colon + 3;
	}
	host = text;
	u->rest = text + strcspn(text, "/?#");
	u->rest_len = strcspn(u->rest, "#");
	if (memchr(host, '@', (size_t)(u->rest - host)) != NULL)
		return FEED_UNREADABLE;	/* user@host hides the host from readers, not a name */
	u->bracket = *host == '[';
	end = u->bracket ? memchr(host, ']', (size_t)(u->rest - host)) : host + strcspn(host, ":/?#");
	if (end == NULL)
		return FEED_UNREADABLE;
	host += u->bracket;
	len = (size_t)(end - host);
	if (len == 0 || len >= sizeof(u->host))
		return FEED_UNREADABLE;
	memcpy(u->host, host, len);
	u->host[len] = '\0';
	end += u->bracket;
	u->port = 0;
	if (end != u->rest) {
		size_t n_digits = strspn(end + 1, "0123456789");

		if (*end != ':' || n_digits > 5 || end + 1 + n_digits != u->rest)
			return FEED_UNREADABLE;
		for (size_t i = 1; i <= n_digits; i++)
			u->port = u->port * 10 + (unsigned)(end[i] - '0');
		if (u->port > 65535)
			return FEED_UNREADABLE;
	}
	return FEED_SKIP_N;
}

static unsigned
preset_port(const char *scheme)
{
	return strcmp(scheme, "https") == 0 ? 443 : strcmp(scheme, "http") == 0 || *scheme == '\0' ? 80 : 0;
}

/* The URL of one resource: host, port when it is not 80, path and query. */
static enum feed_skip
set_resource(struct value *v, const struct url *u, const char *host)
{
	char port[16] = "";
	int n;

	if (u->port != 0 && u->port != 80)
		(void)snprintf(port, sizeof(port), ":%u", u->port);
	n = snprintf(v->key, sizeof(v->key), "%s%s%s%.*s", host, port, u->rest[0] == '/' ? "" : "/",
	    (int)(u->rest_len < INTEL_URL_MAX ? u->rest_len : INTEL_URL_MAX), u->rest);
	if (n < 0 || n > INTEL_URL_MAX || u->rest_len > INTEL_URL_MAX)
		return FEED_TOO_LONG;
	v->key_len = (size_t)n;
	v->text = v->key;
	v->text_len = v->key_len;
	v->item.pub.type = "url";
	v->item.pub.kind = INDICATOR_TEXT;
	v->item.pub.match = MATCH_URL;
	v->item.key_class = KEY_URL;
	return FEED_SKIP_N;
}

static enum feed_skip
set_url(struct feed_reader *r, struct value *v, const char *text)
{
	struct url u;
	enum feed_skip why = split_url(text, &u);
	bool root = u.rest_len == 0 || (u.rest_len == 1 && u.rest[0] == '/');
	struct cidr block;
	bool is_addr;

	if (why != FEED_SKIP_N)
		return why;
	is_addr = cidr_parse(&block, u.host) == 0 && block.len == 128;
	if (u.bracket && !is_addr)
		return FEED_UNREADABLE;
	if (!is_addr)
		why = set_name(r, v, u.host, strlen(u.host), INTEL_HOST);
	else {
		v->item.pub.port = (uint16_t)(u.port != 0 ? u.port : preset_port(u.scheme));
		v->item.pub.proto = strcmp(u.scheme, "udp") == 0 ? IPPROTO_UDP
		    : *u.scheme != '\0' ? IPPROTO_TCP : 0;
		why = set_block(r, v, &block);
	}
	if (why != FEED_SKIP_N)
		return why;
	if (r->feed->allow)
		return root && !is_addr ? FEED_SKIP_N : FEED_CONDITION;
	if (root)	/* a port cannot be asked of a name: it would stand for all */
		return is_addr || u.port == 0 || u.port == preset_port(u.scheme) ? FEED_SKIP_N
		    : FEED_CONDITION;
	if (strcmp(u.scheme, "https") == 0)
		return FEED_TLS_PATH;
	if (*u.scheme != '\0' && strcmp(u.scheme, "http") != 0)
		return FEED_NO_FIELD;
	v->item.pub.port = v->item.pub.proto = 0;
	(void)memcpy(u.host, v->text, v->text_len < sizeof(u.host) ? v->text_len : sizeof(u.host) - 1);
	u.host[v->text_len < sizeof(u.host) ? v->text_len : sizeof(u.host) - 1] = '\0';
	return set_resource(v, &u, u.host);
}

/* --- other texts --- */

static enum feed_skip
set_text(struct feed_reader *r, struct value *v, const char *text, size_t len, enum intel_kind kind)
{
	static const struct {
		const char *type;
		enum field_match match;
		size_t digits;	/* of a hash; 0: none */
	} rows[] = {
		[INTEL_CERT_SHA1] = { "cert_sha1", MATCH_CERT_HASH, 40 },
		[INTEL_CERT_SHA256] = { "cert_sha256", MATCH_CERT_HASH, 64 },
		[INTEL_JA3] = { "ja3", MATCH_JA3, 32 },
		[INTEL_JA4] = { "ja4", MATCH_JA4, 0 },
		[INTEL_USER_AGENT] = { "user_agent", MATCH_USER_AGENT, 0 },
	};

	if (kind == INTEL_CERT_SHA1 && len == 64)
		kind = INTEL_CERT_SHA256;	/* Zeek's CERT_HASH does not say which */
	if (len > VALUE_MAX)
		return FEED_TOO_LONG;
	if ((rows[kind].digits != 0 && hash_wrong(text, rows[kind].digits, rows[kind].digits) != NULL) ||
	    (kind == INTEL_JA4 && ja4_wrong(text) != NULL))
		return FEED_UNREADABLE;
	v->key_len = text_canonical(rows[kind].match, text, len, v->key);
	if (v->key_len == 0 || v->key_len > VALUE_MAX)
		return FEED_UNREADABLE;
	v->text = v->key;
	v->text_len = v->key_len;
	v->item.pub.type = rows[kind].type;
	v->item.pub.kind = INDICATOR_TEXT;
	v->item.pub.match = rows[kind].match;
	if (kind == INTEL_JA3 || kind == INTEL_JA4 || kind == INTEL_USER_AGENT) {
		v->item.pub.identifies = IDENTIFIES_CLIENT_SOFTWARE;	/* never accuses alone */
		if (v->item.pub.use == USE_ALERT)
			v->item.pub.use = USE_CONTEXT;
	}
	v->item.key_class = r->feed->allow ? KEY_ALLOW_TEXT
	    : (uint8_t)(KEY_TEXT + rows[kind].match * RULE_N + RULE_EXACT);
	return FEED_SKIP_N;
}

static bool
is_file_hash(const char *text, size_t len)
{
	return (len == 32 || len == 40 || len == 56 || len == 64 || len == 96 || len == 128) &&
	    strspn(text, "0123456789abcdefABCDEF") == len;
}

/* What a value is whose kind is not said, or said half. */
static enum intel_kind
kind_by_form(const char *text, size_t len, enum intel_kind kind)
{
	if (kind == INTEL_NAME)
		return looks_like_address(text, len) ? INTEL_ADDR : INTEL_HOST;
	if (kind != INTEL_ANY)
		return kind;
	if (strstr(text, "://") != NULL)
		return INTEL_URL;
	if (memchr(text, '/', len) != NULL) {
		size_t slash = strcspn(text, "/");

		return looks_like_address(text, slash) ? INTEL_BLOCK : INTEL_URL;
	}
	if (is_file_hash(text, len))
		return INTEL_FILE;
	if (looks_like_address(text, len)) {
		const char *colon = memchr(text, ':', len);

		return colon != NULL && memchr(text, '.', len) != NULL &&
		    memchr(colon + 1, ':', len - (size_t)(colon + 1 - text)) == NULL ? INTEL_ADDR_PORT : INTEL_ADDR;
	}
	return text[0] == '[' ? INTEL_ADDR_PORT : INTEL_DOMAIN;
}

static enum feed_skip
set_value(struct feed_reader *r, struct value *v, const char *text, size_t len, enum intel_kind kind)
{
	switch (kind) {
	case INTEL_DOMAIN:
	case INTEL_BELOW:
	case INTEL_HOST:
		return set_name(r, v, text, len, kind);
	case INTEL_ADDR:
	case INTEL_BLOCK:
	case INTEL_ADDR_OR_BLOCK:
	case INTEL_ADDR_PORT:
		return set_address(r, v, text, kind);
	case INTEL_URL:
		return set_url(r, v, text);
	case INTEL_CERT_SHA1:
	case INTEL_CERT_SHA256:
	case INTEL_JA3:
	case INTEL_JA4:
	case INTEL_USER_AGENT:
		return set_text(r, v, text, len, kind);
	case INTEL_FILE:
		return FEED_FILE_HASH;
	case INTEL_OTHER:
		return FEED_NO_FIELD;
	default:
		return FEED_OTHER;
	}
}

void
intel_value(struct feed_reader *r, enum intel_kind kind, const char *text, size_t len,
    const struct intel_meta *meta)
{
	static const struct intel_meta none;
	struct value v;
	enum feed_skip why = FEED_UNREADABLE;

	if (meta == NULL)
		meta = &none;
	v.item = r->preset;
	v.item.pub.port = meta->port;
	v.item.pub.proto = meta->proto;
	if (len > TEXT_SEEN_MAX * 4)
		why = FEED_TOO_LONG;
	else if (len != 0 && memchr(text, '\0', len) == NULL)
		why = set_value(r, &v, text, len, kind_by_form(text, len, kind));
	if (why == FEED_SKIP_N) {
		v.item.key = (const uint8_t *)v.key;
		v.item.key_len = (uint16_t)v.key_len;
		intel_set_meta(r, &v.item.pub, meta);
		why = intel_place(r, &v.item, v.text, v.text_len);
	}
	if (why != FEED_SKIP_N) {
		intel_skip(r, why, text, len, meta);
		return;
	}
	r->feed->read++;
	r->feed->used++;
}
