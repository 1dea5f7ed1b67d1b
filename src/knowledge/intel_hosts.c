/* SPDX-License-Identifier: Apache-2.0 */
/* intel_hosts.c - hosts(5) as a block list: names that are sent to nowhere. Each name is one host.
 * An entry with a real address is a hint where a name is, and no indicator. */
#include <string.h>

#include "intel.h"
#include "macros.h"

static bool
is_nowhere(const char *word, size_t len)
{
	static const char *const words[] = { "0.0.0.0", "127.0.0.1", "::", "::1", "0:0:0:0:0:0:0:0" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
			return true;
	return false;
}

/* Names that every such file gives to the machine itself: RFC 6761 and habit. */
static bool
is_own_name(const char *word, size_t len)
{
	static const char *const words[] = { "localhost", "localhost.localdomain", "local", "broadcasthost",
		"ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes",
		"ip6-allrouters", "ip6-allhosts", "0.0.0.0" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
			return true;
	return false;
}

static void
read_line(struct feed_reader *r, char *line)
{
	size_t n = strcspn(line, " \t");
	bool nowhere = is_nowhere(line, n);
	char *name = line + n;

	line[n + strcspn(line + n, "#")] = '\0';
	name += strspn(name, " \t");
	if (*name == '\0') {
		intel_skip(r, FEED_UNREADABLE, line, strlen(line), NULL);
		return;
	}
	for (char *next; *name != '\0'; name = next + strspn(next, " \t")) {
		n = strcspn(name, " \t");
		next = name + n + (name[n] != '\0');
		name[n] = '\0';
		if (is_own_name(name, n))
			intel_skip(r, FEED_NOT_PUBLIC, name, n, NULL);
		else if (!nowhere)
			intel_skip(r, FEED_OTHER, name, n, NULL);
		else
			intel_value(r, INTEL_HOST, name, n, NULL);
	}
}

static void
read_hosts(struct feed_reader *r)
{
	char *line;
	size_t len;

	while (intel_line(r, &line, &len))
		if (line[0] != '#')
			read_line(r, line);
}

static bool
looks_like_hosts(const char *head, size_t len)
{
	for (size_t at = 0; at < len;) {
		const char *line = head + at, *end = memchr(line, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - line), word = 0;

		at += n + 1;
		while (n != 0 && (*line == ' ' || *line == '\t')) {
			line++;
			n--;
		}
		if (n == 0 || *line == '#' || *line == '\r')
			continue;
		while (word < n && line[word] != ' ' && line[word] != '\t')
			word++;
		return word < n && is_nowhere(line, word);
	}
	return false;
}

const struct intel_format intel_hosts = { .name = "hosts", .looks = looks_like_hosts, .read = read_hosts };
