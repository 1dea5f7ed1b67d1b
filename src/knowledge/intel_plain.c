/* SPDX-License-Identifier: Apache-2.0 */
/* intel_plain.c - one value a line: domain, address, block, address:port, URL or hash, as people and
 * block lists write them. A name stands for itself and all below it; "*.name" for what is below
 * only. Comments begin with '#', ';' or "//", also behind a value. */
#include <string.h>

#include "intel.h"

static bool
is_comment(const char *text)
{
	return text[0] == '#' || text[0] == ';' || (text[0] == '/' && text[1] == '/');
}

static void
read_line(struct feed_reader *r, char *line, size_t len)
{
	size_t n = strcspn(line, " \t;");
	char *rest = line + n, end = *rest;
	struct intel_meta meta = { 0 };

	rest += strspn(rest, " \t");
	if (*rest != '\0') {
		if (!is_comment(rest)) {
			intel_skip(r, FEED_UNREADABLE, line, len, NULL);
			return;
		}
		meta.note = rest + strspn(rest, "#;/ \t");
	}
	if (end != '\0')
		line[n] = '\0';
	intel_value(r, INTEL_ANY, line, intel_refang(line, n), &meta);
}

static void
read_plain(struct feed_reader *r)
{
	char *line;
	size_t len;

	while (intel_line(r, &line, &len))
		if (!is_comment(line))
			read_line(r, line, len);
}

/* What remains: text that is no JSON. */
static bool
looks_plain(const char *head, size_t len)
{
	return len != 0 && memchr(head, '\0', len) == NULL && head[0] != '{' && head[0] != '<';
}

const struct intel_format intel_plain = { .name = "plain", .looks = looks_plain, .read = read_plain };
