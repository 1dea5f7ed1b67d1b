/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.h - the stages in the order of the data. monitor.c builds it, pipeline.c moves
 * results along it. */
#ifndef PICKET_PIPELINE_H
#define PICKET_PIPELINE_H

#include <stdint.h>

#include "detect.h"
#include "flow.h"
#include "packet.h"
#include "stats.h"

/* Borrowed from the monitor, which owns every stage. */
struct pipeline {
	struct decoder *decoder;
	struct flow_table *flows;
	struct classifier *classifier;
	struct detector *detector;
	struct emitter *emitter;
	struct summary *summary;	/* NULL: nobody reads it */
	uint64_t *counters;		/* enum pipeline_counter */
	uint64_t stats_every_us, stats_next_us;	/* packet time; 0: only at the end */
	uint64_t now_us;		/* the latest packet time so far */
	uint64_t packets;
	struct packet packet;		/* one packet, refilled each time */
};

/* Gauges: what is held now, as of the last stats event. */
#define PIPELINE_COUNTERS(X)							\
	X(PIPELINE_FLOWS_LIVE, "gauge.flows_live", "flows in the table")	\
	X(PIPELINE_FLOW_MEMORY, "gauge.flow_octets", "octets in use by flows and streams") \
	X(PIPELINE_CLASSIFY_MEMORY, "gauge.classify_octets", "octets in use by fields, sessions, names")
enum pipeline_counter { PIPELINE_COUNTERS(STATS_ENUM) PIPELINE_COUNTER_N };

/** A capture_frame_fn: `arg` is the pipeline. */
void pipeline_frame(void *arg, const struct frame *frame);
/** A flow_end_fn: `arg` is the pipeline. */
void pipeline_flow_end(void *arg, struct flow *flow);
/** An alert_fn: `arg` is the pipeline. */
void pipeline_alert(void *arg, const struct alert *alert);
/** Let timers run up to `now_us`. */
void pipeline_time(struct pipeline *p, uint64_t now_us);
/** Write a stats event as of now. */
void pipeline_stats(struct pipeline *p);
/** End every flow and alert, and write the last statistics. */
void pipeline_finish(struct pipeline *p);

#endif
