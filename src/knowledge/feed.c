/* SPDX-License-Identifier: Apache-2.0 */
/* feed.c - what a built knowledge says of its feeds, and their look-up of URLs. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "internal.h"

const char *
feed_skip_name(enum feed_skip skip)
{
	static const char *const names[FEED_SKIP_N] = {
#define X(id, name, help) [id] = name,
		FEED_SKIPS(X)
#undef X
	};

	return (size_t)skip < FEED_SKIP_N ? names[skip] : "unknown";
}

const char *
feed_state_name(enum feed_state state)
{
	static const char *const names[FEED_STATE_N] = {
#define X(id, name) [id] = name,
		FEED_STATES(X)
#undef X
	};

	return (size_t)state < FEED_STATE_N ? names[state] : "unknown";
}

const struct feed *
knowledge_feeds(const struct knowledge *k, size_t *n)
{
	*n = k->n_feeds;
	return k->feeds;
}

static void
print_skipped(const struct feed *f, FILE *out)
{
	static const char *const help[FEED_SKIP_N] = {
#define X(id, name, text) [id] = text,
		FEED_SKIPS(X)
#undef X
	};

	for (unsigned i = 0; i < FEED_SKIP_N; i++) {
		if (f->skipped[i] == 0)
			continue;
		(void)fprintf(out, "  skipped %" PRIu64 ": %s", f->skipped[i], help[i]);
		if (f->first[i].text != NULL)
			(void)fprintf(out, "; first %s:%u '%.64s'", f->first[i].file, f->first[i].line,
			    f->first[i].text);
		(void)fputc('\n', out);
	}
}

void
knowledge_print_feeds(const struct knowledge *k, FILE *out)
{
	for (size_t i = 0; i < k->n_feeds; i++) {
		const struct feed *f = &k->feeds[i];
		time_t second = (time_t)(f->date_us / 1000000);
		char day[16] = "no date";
		struct tm tm;

		if (f->date_us != 0 && gmtime_r(&second, &tm) != NULL)
			(void)strftime(day, sizeof(day), "%Y-%m-%d", &tm);
		(void)fprintf(out, "feed '%s' (%s%s, %s): %s, %" PRIu64 " read, %" PRIu64 " used%s%s\n", f->name,
		    f->format == NULL ? "no format" : f->format, f->allow ? ", allow-list" : "", day,
		    feed_state_name(f->state), f->read, f->used, f->why != NULL ? ": " : "",
		    f->why != NULL ? f->why : "");
		print_skipped(f, out);
	}
}

bool
knowledge_has_urls(const struct knowledge *k)
{
	return k->n_urls != 0;
}

/* Keys hold a port that is not 80 behind the host. */
size_t
knowledge_find_url(const struct knowledge *k, const char *url, size_t len, uint16_t port,
    const struct indicator **found, size_t max)
{
	const struct item *items[SAME_VALUE_MAX];
	size_t host = 0, n, key_len;
	char key[VALUE_MAX + 8];

	while (host < len && url[host] != '/' && url[host] != '?')
		host++;
	if (k->n_urls == 0 || host == 0 || len > VALUE_MAX)
		return 0;
	memcpy(key, url, host);
	key_len = host;
	if (port != 80)
		key_len += (size_t)snprintf(key + host, 8, ":%u", port);
	if (key_len + (len - host) > sizeof(key))
		return 0;
	memcpy(key + key_len, url + host, len - host);
	key_len += len - host;
	n = table_find(k, KEY_URL, key, key_len, items, max < SAME_VALUE_MAX ? max : SAME_VALUE_MAX);
	for (size_t i = 0; i < n; i++)
		found[i] = &items[i]->pub;
	return n;
}
