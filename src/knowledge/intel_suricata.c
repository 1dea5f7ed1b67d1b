/* SPDX-License-Identifier: Apache-2.0 */
/* intel_suricata.c - Suricata's IP reputation ("address,category,score", categories in
 * categories.txt beside it) and datasets (one value a line, maybe with ",reputation": an address, an
 * MD5 or SHA-256, or a text in Base64). Source: Suricata's user guide, "IP Reputation" and
 * "Datasets". A text stands for the whole of a buffer, so a name is one host. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "intel.h"

enum { CATEGORIES = 61, SHORT_MAX = 48 };	/* 1 to 60 */

struct categories {
	char name[CATEGORIES][SHORT_MAX];
};

/* "1,Pool,Pool Hosts" */
static void
read_categories(struct feed_reader *r, struct categories *all)
{
	const char *path = r->fd < 0 ? NULL : intel_path_beside(r, "categories.txt");
	char *octets = NULL, *line, *end, err[128];
	size_t len;

	if (path == NULL || file_read(path, INTEL_WINDOW, &octets, &len, err, sizeof(err)) != 0)
		return;
	sha256_update(&r->sha, len, (const uint8_t *)octets);	/* what it says is part of the feed */
	for (line = octets; *line != '\0'; line += strcspn(line, "\n"), line += *line != '\0') {
		unsigned long id = strtoul(line, &end, 10);

		if (*end == ',' && id > 0 && id < CATEGORIES)
			(void)snprintf(all->name[id], SHORT_MAX, "%.*s", (int)strcspn(end + 1, ",\r\n"), end + 1);
	}
	free(octets);
}

static bool
small_number(const char *text, size_t len, unsigned max, unsigned *out)
{
	*out = 0;
	if (len == 0 || len > 3 || strspn(text, "0123456789") < len)
		return false;
	for (size_t i = 0; i < len; i++)
		*out = *out * 10 + (unsigned)(text[i] - '0');
	return *out <= max;
}

/* The parts of "address,category,score"; false: it is none. */
static bool
is_reputation(const char *line, size_t len, size_t *value_len, unsigned *category, unsigned *score)
{
	const char *one = memchr(line, ',', len), *two;

	if (one == NULL)
		return false;
	two = memchr(one + 1, ',', len - (size_t)(one + 1 - line));
	*value_len = (size_t)(one - line);
	return two != NULL && *value_len < CIDR_TEXT_MAX &&
	    small_number(one + 1, (size_t)(two - one - 1), CATEGORIES - 1, category) && *category != 0 &&
	    small_number(two + 1, len - (size_t)(two + 1 - line), 127, score);
}

static void
read_reputation(struct feed_reader *r, const struct categories *all, char *line, size_t len,
    unsigned category, unsigned score)
{
	struct intel_meta meta = { .confidence = intel_confidence(score * 100 / 127) };
	char note[INTEL_NOTE_MAX];

	(void)snprintf(note, sizeof(note), "reputation %s%s%u, score %u of 127", all->name[category],
	    all->name[category][0] != '\0' ? ", category " : "category ", category, score);
	meta.note = note;
	line[len] = '\0';
	if (score == 0)	/* which takes an address off */
		intel_skip(r, FEED_NO_DETECTION, line, len, &meta);
	else
		intel_value(r, INTEL_ADDR_OR_BLOCK, line, len, &meta);
}

/* Base64 (RFC 4648, 4) in place. SIZE_MAX: it is none. */
static size_t
decode_base64(char *text, size_t len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;

	if (len == 0 || len % 4 != 0)
		return SIZE_MAX;
	for (size_t i = 0; i < len; i++) {
		const char *digit = text[i] == '\0' ? NULL : strchr(alphabet, text[i]);

		if (text[i] == '=' && i + 2 >= len && (i + 1 == len || text[i + 1] == '='))
			break;
		if (digit == NULL)
			return SIZE_MAX;
		bits = bits << 6 | (uint32_t)(digit - alphabet);
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			text[n++] = (char)(bits >> n_bits & 0xff);
		}
	}
	text[n] = '\0';
	return n;
}

static bool
is_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return len != 0;
}

/* A text of a dataset goes for whatever buffer its rule names; only what is a name, an address or a
 * URL in any of them is used. */
static void
read_string(struct feed_reader *r, char *line, size_t len)
{
	size_t n = decode_base64(line, len);

	if (n == SIZE_MAX || !is_text(line, n))
		intel_skip(r, FEED_UNREADABLE, line, len, NULL);
	else if (strstr(line, "://") != NULL)
		intel_value(r, INTEL_URL, line, n, NULL);
	else if (strpbrk(line, " /=;(") != NULL || strchr(line, '.') == NULL)
		intel_skip(r, FEED_NO_FIELD, line, n, NULL);
	else
		intel_value(r, INTEL_NAME, line, n, NULL);
}

static void
read_dataset(struct feed_reader *r, char *line, size_t len)
{
	char *comma = memchr(line, ',', len);
	struct cidr block;

	if (comma != NULL) {	/* ",reputation" of a datarep */
		*comma = '\0';
		len = (size_t)(comma - line);
	}
	if ((len == 32 || len == 64) && strspn(line, "0123456789abcdefABCDEF") == len)
		intel_skip(r, FEED_FILE_HASH, line, len, NULL);
	else if (len < CIDR_TEXT_MAX && cidr_parse(&block, line) == 0)
		intel_value(r, INTEL_ADDR_OR_BLOCK, line, len, NULL);
	else
		read_string(r, line, len);
}

static void
read_suricata(struct feed_reader *r)
{
	static const struct categories none;
	struct categories all = none;
	unsigned category, score;
	size_t len, value_len;
	char *line;

	read_categories(r, &all);
	while (intel_line(r, &line, &len)) {
		if (line[0] == '#')
			continue;
		if (is_reputation(line, len, &value_len, &category, &score))
			read_reputation(r, &all, line, value_len, category, score);
		else
			read_dataset(r, line, len);
	}
}

/* Only reputation can be told from other texts. */
static bool
looks_like_reputation(const char *head, size_t len)
{
	for (size_t at = 0; at < len;) {
		const char *line = head + at, *end = memchr(line, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - line), value_len;
		unsigned category, score;
		char text[CIDR_TEXT_MAX];
		struct cidr block;

		at += n + 1;
		while (n != 0 && (line[n - 1] == '\r' || line[n - 1] == ' '))
			n--;
		if (n == 0 || *line == '#')
			continue;
		if (!is_reputation(line, n, &value_len, &category, &score))
			return false;
		memcpy(text, line, value_len);
		text[value_len] = '\0';
		return cidr_parse(&block, text) == 0;
	}
	return false;
}

const struct intel_format intel_suricata = { .name = "suricata", .looks = looks_like_reputation,
	.read = read_suricata };
