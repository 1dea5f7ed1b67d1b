/* SPDX-License-Identifier: Apache-2.0 */
/* reload.c - the steps of a reload, one after the other, driven from between two batches. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "detect.h"
#include "emit.h"
#include "log.h"
#include "macros.h"
#include "pipeline.h"
#include "reload.h"

/* Flows or devices looked at again for a batch: less work than the batch itself. */
enum { RECHECK_MAX = 512 };

enum phase {
	PHASE_IDLE,
	PHASE_BUILDING,		/* a thread builds */
	PHASE_CHECKING,		/* swapped; the old one says what is news */
	PHASE_RELEASING		/* a thread frees the old one */
};

struct reload {
	struct pipeline *pipeline;
	const struct knowledge_sources *from;
	struct knowledge_sources sources;	/* of the build now running */
	struct knowledge **in_force;
	struct knowledge *before;	/* while PHASE_CHECKING */
	struct builder *builder;
	struct stats *stats;
	uint64_t *counters;		/* enum reload_counter */
	knowledge_complain_fn say;
	enum phase phase;
	bool again;			/* asked for while one was going on */
};

static const struct counter_desc reload_counters[] = { RELOAD_COUNTERS(STATS_DESC) };

struct reload *
reload_new(struct stats *st, struct pipeline *p, const struct knowledge_sources *from,
    struct knowledge **in_force, knowledge_complain_fn say)
{
	struct reload *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	*r = (struct reload){ .pipeline = p, .from = from, .in_force = in_force, .stats = st,
		.say = say };
	r->builder = builder_new();
	r->counters = stats_register(st, reload_counters, ARRAY_LEN(reload_counters));
	if (r->builder == NULL || r->counters == NULL) {
		reload_free(r);
		return NULL;
	}
	return r;
}

void
reload_free(struct reload *r)
{
	if (r == NULL)
		return;
	builder_free(r->builder);
	knowledge_free(r->before);
	free(r);
}

static void
fail(struct reload *r, const char *error, uint64_t errors)
{
	const struct reload_report report = { .error = error, .errors = errors };

	r->counters[RELOAD_COUNT_FAILED]++;
	r->phase = PHASE_IDLE;
	log_error("reload", "%s%s; knowledge %s (%s) stays in force", error,
	    errors > 1 ? " (and more)" : "", knowledge_version(*r->in_force),
	    knowledge_hash(*r->in_force));
	emit_reload(r->pipeline->emitter, &report, r->pipeline->clock.now_us);
}

static void
begin(struct reload *r)
{
	int rc;

	r->sources = *r->from;
	r->sources.previous = *r->in_force;	/* nobody frees it while the builder works */
	rc = builder_load(r->builder, &r->sources);

	r->again = false;
	r->phase = PHASE_BUILDING;
	if (rc != 0)
		fail(r, strerror(-rc), 1);
}

void
reload_ask(struct reload *r)
{
	r->counters[RELOAD_COUNT_ASKED]++;
	if (r->phase == PHASE_IDLE) {
		begin(r);
		return;
	}
	r->counters[RELOAD_COUNT_MERGED] += r->again;
	r->again = true;
}

/* The old one is needed as long as something has to be held against the difference. */
static void
adopt(struct reload *r, struct knowledge *k)
{
	uint64_t withdrawn = stats_value(r->stats, "detect.withdrawn");
	struct knowledge *before = *r->in_force;
	char wrong[256];
	struct reload_report report = { .done = true,
		.before_version = knowledge_version(before), .before_hash = knowledge_hash(before) };

	if (detector_check(r->pipeline->detector, k, wrong, sizeof(wrong)) != 0) {
		knowledge_free(k);
		fail(r, wrong, 1);
		return;
	}
	if (pipeline_use_knowledge(r->pipeline, k) != 0) {
		knowledge_free(k);
		fail(r, "out of memory", 1);
		return;
	}
	*r->in_force = k;
	report.withdrawn = stats_value(r->stats, "detect.withdrawn") - withdrawn;
	r->counters[RELOAD_COUNT_DONE]++;
	log_info("reload", "knowledge %s (%s) is in force: %zu entities, %zu indicators",
	    knowledge_version(k), knowledge_hash(k), knowledge_entities(k), knowledge_indicators(k));
	emit_reload(r->pipeline->emitter, &report, r->pipeline->clock.now_us);
	if (strcmp(knowledge_hash(before), knowledge_hash(k)) == 0) {
		r->phase = PHASE_RELEASING;
		builder_release(r->builder, before);
		return;
	}
	r->before = before;
	r->phase = PHASE_CHECKING;
	pipeline_recheck_begin(r->pipeline, before);
}

static void
finish_build(struct reload *r)
{
	struct build_result result;

	builder_take(r->builder, &result, r->say, NULL);
	if (result.knowledge == NULL)
		fail(r, result.error, result.errors);
	else
		adopt(r, result.knowledge);
}

static void
check_some(struct reload *r)
{
	if (pipeline_recheck(r->pipeline, RECHECK_MAX))
		return;
	r->phase = PHASE_RELEASING;
	builder_release(r->builder, r->before);
	r->before = NULL;
}

void
reload_advance(struct reload *r)
{
	if (LIKELY(r->phase == PHASE_IDLE) && !r->again)
		return;
	if (r->phase == PHASE_CHECKING)
		check_some(r);
	else if (builder_is_idle(r->builder)) {
		if (r->phase == PHASE_BUILDING)
			finish_build(r);
		else
			r->phase = PHASE_IDLE;
	}
	if (r->phase == PHASE_IDLE && r->again)
		begin(r);
}

bool
reload_is_busy(const struct reload *r)
{
	return r->phase != PHASE_IDLE || r->again;
}

void
reload_finish(struct reload *r)
{
	while (r->phase == PHASE_CHECKING)
		check_some(r);
	if (r->phase == PHASE_BUILDING || r->again)
		log_info("reload", "the run ended before it");
}
