/* SPDX-License-Identifier: Apache-2.0 */
/* emit.h - EVE-style JSON lines: alert, device, flow, stats. One writer, whole lines only. */
#ifndef PICKET_EMIT_H
#define PICKET_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "detect.h"
#include "flow.h"
#include "stats.h"

struct config;
struct capture;
struct classifier;
struct device_news;
struct identity;
struct knowledge;
struct emitter;		/* opaque: src/emit/emit.c */

#define EMIT_COUNTERS(X)						\
	X(EMIT_COUNT_ALERT, "emit.alert", "alert events written")	\
	X(EMIT_COUNT_FLOW, "emit.flow", "flow events written")		\
	X(EMIT_COUNT_DEVICE, "emit.device", "device events written")	\
	X(EMIT_COUNT_STATS, "emit.stats", "stats events written")	\
	X(EMIT_COUNT_RELOAD, "emit.reload", "reload events written")	\
	X(EMIT_COUNT_LOST, "emit.lost", "events that could not be written: the disk's fault")	\
	X(EMIT_COUNT_TOO_LONG, "emit.too_long", "events longer than emit.line_max, written without their fields")
enum emit_counter { EMIT_COUNTERS(STATS_ENUM) EMIT_COUNTER_N };

/**
 * Open DIR/eve.json (cfg->log_dir): anew in replay, appended to when live. Without a
 * log_dir nothing is written, and everything is still counted.
 * 0 and *out, or -errno with a line in `err`.
 */
int emitter_new(struct emitter **out, const struct config *cfg, struct stats *st,
    const struct knowledge *k, const struct classifier *c, const struct identity *reg,
    const struct capture *cap, char *err, size_t err_size);
/** Check what only the emitter can of a configuration (privacy.*): as emitter_new(). */
int emitter_check(const struct config *cfg, char *err, size_t err_size);
/** Flushes first. */
void emitter_free(struct emitter *e);

void emit_alert(struct emitter *e, const struct alert *alert);
/** At a flow's end, before classify_release(). */
void emit_flow(struct emitter *e, const struct flow *flow);
/** A device was first seen, or changed; `view`: what is known of it now. */
void emit_device(struct emitter *e, const struct device_news *news, const struct device_view *view);
/** `time_us`: packet time. */
void emit_stats(struct emitter *e, uint64_t time_us);

/* What came of a reload of the knowledge. */
struct reload_report {
	bool done;		/* false: the knowledge of before stays in force */
	const char *before_version, *before_hash;	/* with `done`: what it took the place of */
	const char *error;	/* without: "FILE:LINE: reason" */
	uint64_t errors;	/* how many there were */
	uint64_t withdrawn;	/* with `done`: alerts that no longer hold */
};
/** `time_us`: packet time, 0 before the first packet. */
void emit_reload(struct emitter *e, const struct reload_report *report, uint64_t time_us);
/** Events tell of `k` from now on. */
void emitter_use_knowledge(struct emitter *e, const struct knowledge *k);
/** Write out what is buffered. -errno when it could not be (counted, the file left whole). */
int emit_flush(struct emitter *e);
/** Close and open the file again (log rotation). */
int emit_reopen(struct emitter *e);

#endif
