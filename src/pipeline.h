/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.h - the stages in the order of the data. monitor.c builds it, pipeline.c moves
 * results along it. */
#ifndef PICKET_PIPELINE_H
#define PICKET_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "detect.h"
#include "flow.h"
#include "identify.h"
#include "packet.h"
#include "packet_clock.h"
#include "stats.h"

/* Frames are copied and decoded some frames ahead of their turn, so that their flows are on
 * their way from memory meanwhile (flow.h). AHEAD_NEAR and AHEAD_NEARER: how many frames after
 * its arrival a frame takes the next step; AHEAD_FRAMES: its turn. A longer frame than
 * AHEAD_OCTETS is not copied: all that wait are done first, then it at once. */
enum { AHEAD_NEAR = 3, AHEAD_NEARER = 6, AHEAD_FRAMES = 8, AHEAD_OCTETS = 2048 };

struct ahead {
	struct packet packet;
	struct flow_hint hint;
	uint64_t time_us;
	bool decoded;		/* else: refused and counted by decode */
	bool arp;		/* refused, but it says who has an address */
	uint8_t octets[AHEAD_OCTETS];
};

/* After a change of knowledge: how far live flows and devices have been looked at again. */
struct recheck {
	const struct knowledge *before;	/* alive until all have been */
	struct flow_walk flows;
	uint32_t device;
	bool flows_done;
};

/* Borrowed from the monitor, which owns every stage. */
struct pipeline {
	struct decoder *decoder;
	struct flow_table *flows;
	struct classifier *classifier;
	struct identity *identity;
	struct detector *detector;
	struct emitter *emitter;
	struct summary *summary;	/* NULL: nobody reads it */
	alert_fn listener;		/* NULL: nobody else hears of alerts */
	void *listener_arg;
	uint64_t *counters;		/* enum pipeline_counter */
	uint64_t stats_every_us, stats_next_us;	/* packet time; 0: only at the end */
	struct packet_clock clock;	/* what timers run on */
	uint64_t packets;
	struct recheck recheck;
	unsigned first, waiting;	/* of the frames decoded ahead of their turn */
	struct ahead ahead[AHEAD_FRAMES];
};

/* Gauges: what is held now, as of the last stats event. */
#define PIPELINE_COUNTERS(X)							\
	X(PIPELINE_FLOWS_LIVE, "gauge.flows_live", "flows in the table")	\
	X(PIPELINE_FLOW_MEMORY, "gauge.flow_octets", "octets in use by flows and streams") \
	X(PIPELINE_CLASSIFY_MEMORY, "gauge.classify_octets", "octets in use by fields, sessions, names") \
	X(PIPELINE_DEVICES, "gauge.devices", "devices in the registry")		\
	X(PIPELINE_DEVICE_SESSIONS, "gauge.device_sessions", "sessions in the registry") \
	X(PIPELINE_IDENTITY_MEMORY, "gauge.identity_octets", "octets in use by the registry")
enum pipeline_counter { PIPELINE_COUNTERS(STATS_ENUM) PIPELINE_COUNTER_N };

/** A capture_frame_fn: `arg` is the pipeline. */
void pipeline_frame(void *arg, const struct frame *frame);
/** Do all frames that wait: to be called before waiting for more. */
void pipeline_flush(struct pipeline *p);
/** A flow_end_fn: `arg` is the pipeline. */
void pipeline_flow_end(void *arg, struct flow *flow);
/** A device_news_fn: `arg` is the pipeline. */
void pipeline_device(void *arg, const struct device_news *news);
/** An alert_fn: `arg` is the pipeline. */
void pipeline_alert(void *arg, const struct alert *alert);
/** No frame has come for `idle_us`: let timers run. */
void pipeline_idle(struct pipeline *p, uint64_t idle_us);

/* Going on with other knowledge. */

/** Between two frames: every stage uses `k` from here on, and nothing points to the old one.
 * 0, or -ENOMEM and nothing changed. */
int pipeline_use_knowledge(struct pipeline *p, const struct knowledge *k);
/** What `k` says that `before` did not will be held against flows and devices known now. */
void pipeline_recheck_begin(struct pipeline *p, const struct knowledge *before);
/** Look at the next `max` of them. False when all have been. */
bool pipeline_recheck(struct pipeline *p, uint32_t max);
/** Write a stats event as of now. */
void pipeline_stats(struct pipeline *p);
/** End every flow and alert, and write the last statistics. */
void pipeline_finish(struct pipeline *p);

#endif
