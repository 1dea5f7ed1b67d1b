/* SPDX-License-Identifier: Apache-2.0 */
/* event_stats.c - every counter of every stage, by its dotted name. */
#include <string.h>

#include "config.h"
#include "event.h"
#include "hash.h"
#include "knowledge.h"

/* How each feed of outside intelligence is. Its age is that of packet time. */
static void
write_feed(struct writer *w, const struct feed *f, uint64_t time_us)
{
	writer_open(w, NULL, '{');
	writer_text(w, "name", f->name);
	writer_optional(w, "format", f->format);
	writer_word(w, "state", feed_state_name(f->state));
	writer_optional(w, "why", f->why);
	if (f->allow)
		writer_bool(w, "allow", true);
	if (f->date_us != 0) {
		writer_time(w, "date", f->date_us);
		writer_uint(w, "age_s", f->date_us < time_us ? (time_us - f->date_us) / 1000000 : 0);
	}
	writer_uint(w, "octets", f->octets);
	writer_uint(w, "read", f->read);
	writer_uint(w, "used", f->used);
	writer_open(w, "skipped", '{');
	for (unsigned i = 0; i < FEED_SKIP_N; i++)
		if (f->skipped[i] != 0)
			writer_uint(w, feed_skip_name(i), f->skipped[i]);
	writer_close(w, '}');
	writer_close(w, '}');
}

static void
write_feeds(struct writer *w, const struct event_context *ctx, uint64_t time_us)
{
	size_t n;
	const struct feed *feeds = knowledge_feeds(ctx->knowledge, &n);

	if (n == 0)
		return;
	writer_open(w, "feeds", '[');
	for (size_t i = 0; i < n; i++)
		write_feed(w, &feeds[i], time_us);
	writer_close(w, ']');
}

static void
write_counter(void *arg, const struct counter_desc *desc, uint64_t value)
{
	writer_uint(arg, desc->name, value);
}

void
event_stats(struct writer *w, const struct event_context *ctx, const struct stats *st,
    uint64_t time_us, uint64_t number)
{
	uint64_t id = hash_stable(HASH_STABLE_BASIS, "stats", 5);

	id = hash_stable(id, ctx->cfg->sensor, strlen(ctx->cfg->sensor));
	id = hash_stable(id, &time_us, sizeof(time_us));
	id = hash_stable(id, &number, sizeof(number));
	event_open(w, ctx, time_us, "stats", id, 0);
	event_knowledge(w, ctx);
	writer_open(w, "stats", '{');
	stats_walk(st, write_counter, w);
	writer_close(w, '}');
	write_feeds(w, ctx, time_us);
	writer_close(w, '}');
}
