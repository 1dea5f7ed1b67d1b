/* SPDX-License-Identifier: Apache-2.0 */
/* event_stats.c - every counter of every stage, by its dotted name. */
#include <string.h>

#include "config.h"
#include "event.h"
#include "hash.h"

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
	writer_close(w, '}');
}
