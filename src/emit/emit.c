/* SPDX-License-Identifier: Apache-2.0 */
/* emit.c - the one writer of events. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "config.h"
#include "event.h"
#include "macros.h"
#include "sink.h"

struct emitter {
	struct event_context ctx;
	const struct stats *stats;
	uint64_t *counters;
	struct mask *mask;	/* NULL: nothing is masked */
	struct sink *sink;	/* NULL: nothing is written */
	uint64_t stats_written, reloads_written;
	struct tunnel_ids tunnel_ids;
};

static const struct counter_desc emit_counters[] = { EMIT_COUNTERS(STATS_DESC) };

static int
open_log(struct emitter *e, char *err, size_t err_size)
{
	const char *dir = e->ctx.cfg->log_dir;
	char path[4096];
	int result;

	if (dir == NULL)
		return 0;
	if (mkdir(dir, 0750) != 0 && errno != EEXIST) {
		result = -errno;
		(void)snprintf(err, err_size, "cannot create '%s': %s", dir, strerror(-result));
		return result;
	}
	if ((size_t)snprintf(path, sizeof(path), "%s/eve.json", dir) >= sizeof(path)) {
		(void)snprintf(err, err_size, "log_dir: path too long");
		return -ENAMETOOLONG;
	}
	result = sink_open(&e->sink, path, !capture_is_live(e->ctx.capture));
	if (result != 0)
		(void)snprintf(err, err_size, "cannot open '%s': %s", path, strerror(-result));
	return result;
}

int
emitter_new(struct emitter **out, const struct config *cfg, struct stats *st,
    const struct knowledge *k, const struct classifier *c, const struct identity *reg,
    const struct capture *cap, char *err, size_t err_size)
{
	struct emitter *e = calloc(1, sizeof(*e));
	int result;

	if (e == NULL)
		return -ENOMEM;
	e->ctx = (struct event_context){ .cfg = cfg, .knowledge = k, .classifier = c,
		.capture = cap, .identity = reg };
	e->stats = st;
	e->counters = stats_register(st, emit_counters, ARRAY_LEN(emit_counters));
	result = e->counters == NULL ? -ENOMEM : mask_new(&e->mask, cfg, err, err_size);
	e->ctx.mask = e->mask;
	e->ctx.tunnel_ids = &e->tunnel_ids;
	if (result == 0)
		result = open_log(e, err, err_size);
	if (result != 0) {
		emitter_free(e);
		return result;
	}
	*out = e;
	return 0;
}

void
emitter_free(struct emitter *e)
{
	if (e == NULL)
		return;
	sink_close(e->sink);
	mask_free(e->mask);
	free(e);
}

int
emitter_check(const struct config *cfg, char *err, size_t err_size)
{
	struct mask *mask;
	int result = mask_new(&mask, cfg, err, err_size);

	if (result == 0)
		mask_free(mask);
	return result;
}

/* A line begins; false when nothing is written anywhere. */
static bool
begin(struct emitter *e, struct writer *w)
{
	size_t max = e->ctx.cfg->line_max;
	char *room;

	if (e->sink == NULL)
		return false;
	room = sink_reserve(e->sink, max);
	if (room == NULL)
		return false;
	writer_init(w, room, max - 1);	/* one for the newline */
	w->mask = e->mask;
	return true;
}

static bool
end(struct emitter *e, struct writer *w, enum emit_counter counter)
{
	if (w->full)
		return false;
	*w->at = '\n';
	sink_commit(e->sink, writer_len(w) + 1);
	e->counters[counter]++;
	e->counters[EMIT_COUNT_LOST] = sink_lost(e->sink);
	return true;
}

void
emit_alert(struct emitter *e, const struct alert *alert)
{
	struct writer w;

	if (!begin(e, &w))
		return;
	event_alert(&w, &e->ctx, alert);
	if (!end(e, &w, EMIT_COUNT_ALERT))
		e->counters[EMIT_COUNT_TOO_LONG]++;
}

void
emit_flow(struct emitter *e, const struct flow *flow)
{
	struct writer w;

	if (!e->ctx.cfg->emit_flows || !begin(e, &w))
		return;
	event_flow(&w, &e->ctx, flow, true);
	if (end(e, &w, EMIT_COUNT_FLOW))
		return;
	e->counters[EMIT_COUNT_TOO_LONG]++;
	if (!begin(e, &w))
		return;
	event_flow(&w, &e->ctx, flow, false);
	(void)end(e, &w, EMIT_COUNT_FLOW);
}

void
emit_device(struct emitter *e, const struct device_news *news, const struct device_view *view)
{
	struct writer w;

	if (!e->ctx.cfg->emit_devices || !begin(e, &w))
		return;
	event_device(&w, &e->ctx, news, view);
	if (!end(e, &w, EMIT_COUNT_DEVICE))
		e->counters[EMIT_COUNT_TOO_LONG]++;
}

void
emit_stats(struct emitter *e, uint64_t time_us)
{
	struct writer w;

	if (!begin(e, &w))
		return;
	event_stats(&w, &e->ctx, e->stats, time_us, e->stats_written++);
	if (!end(e, &w, EMIT_COUNT_STATS))
		e->counters[EMIT_COUNT_TOO_LONG]++;
}

void
emit_reload(struct emitter *e, const struct reload_report *report, uint64_t time_us)
{
	struct writer w;

	if (!begin(e, &w))
		return;
	event_reload(&w, &e->ctx, report, time_us, e->reloads_written++);
	if (!end(e, &w, EMIT_COUNT_RELOAD))
		e->counters[EMIT_COUNT_TOO_LONG]++;
}

void
emitter_use_knowledge(struct emitter *e, const struct knowledge *k)
{
	e->ctx.knowledge = k;
}

int
emit_flush(struct emitter *e)
{
	int err;

	if (e->sink == NULL)
		return 0;
	err = sink_flush(e->sink);
	e->counters[EMIT_COUNT_LOST] = sink_lost(e->sink);
	return err;
}

int
emit_reopen(struct emitter *e)
{
	return e->sink == NULL ? 0 : sink_reopen(e->sink);
}
