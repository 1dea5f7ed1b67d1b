/* SPDX-License-Identifier: Apache-2.0 */
/* event_reload.c - which knowledge is in force from here on, and what it took the place of; or why
 * the one of before stays. */
#include <string.h>

#include "config.h"
#include "event.h"
#include "hash.h"
#include "knowledge.h"

void
event_reload(struct writer *w, const struct event_context *ctx,
    const struct reload_report *report, uint64_t time_us, uint64_t number)
{
	uint64_t id = hash_stable(HASH_STABLE_BASIS, "reload", 6);

	id = hash_stable(id, ctx->cfg->sensor, strlen(ctx->cfg->sensor));
	id = hash_stable(id, &time_us, sizeof(time_us));
	id = hash_stable(id, &number, sizeof(number));
	event_open(w, ctx, time_us, "reload", id, 0);
	event_knowledge(w, ctx);
	writer_open(w, "reload", '{');
	writer_word(w, "outcome", report->done ? "done" : "failed");
	if (report->done) {
		writer_open(w, "before", '{');
		writer_text(w, "version", report->before_version);
		writer_text(w, "hash", report->before_hash);
		writer_close(w, '}');
		writer_uint(w, "entities", knowledge_entities(ctx->knowledge));
		writer_uint(w, "indicators", knowledge_indicators(ctx->knowledge));
		writer_uint(w, "withdrawn", report->withdrawn);
	} else {
		writer_text(w, "error", report->error);
		writer_uint(w, "errors", report->errors);
	}
	writer_close(w, '}');
	writer_close(w, '}');
}
