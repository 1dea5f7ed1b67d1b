/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.c - capture -> decode -> flow -> classify -> detect -> emit: moves results along.
 *
 * The only file that knows all the stages. A stage never calls the one after it. */
#include "classify.h"
#include "decode.h"
#include "detect.h"
#include "emit.h"
#include "flow.h"
#include "macros.h"
#include "pipeline.h"
#include "summary.h"

void
pipeline_time(struct pipeline *p, uint64_t now_us)
{
	if (now_us > p->now_us)
		p->now_us = now_us;
	flow_table_expire(p->flows, p->now_us);
	detect_tick(p->detector, p->now_us);
	if (p->stats_every_us == 0 || p->now_us < p->stats_next_us)
		return;
	if (p->stats_next_us != 0)
		pipeline_stats(p);
	p->stats_next_us = p->now_us - p->now_us % p->stats_every_us + p->stats_every_us;
}

void
pipeline_frame(void *arg, const struct frame *frame)
{
	struct pipeline *p = arg;
	struct packet *pkt = &p->packet;
	enum direction dir;
	bool is_new;
	unsigned news = 0;
	struct flow *flow;

	p->packets++;
	pipeline_time(p, frame->time_us);
	if (decode_frame(p->decoder, frame, pkt) != DECODE_OK)
		return;				/* counted by its reason */
	flow = flow_table_touch(p->flows, pkt, &dir, &is_new);
	if (flow == NULL)
		return;				/* table full, counted */
	if ((flow->flags & FLOW_SETTLED) == 0)
		news = classify_packet(p->classifier, flow, pkt, dir, is_new);
	if (UNLIKELY(is_new || news != 0 || (flow->flags & FLOW_MARKED) != 0))
		detect_packet(p->detector, flow, pkt, is_new, news);
}

void
pipeline_flow_end(void *arg, struct flow *flow)
{
	struct pipeline *p = arg;

	(void)classify_end(p->classifier, flow);
	detect_last(p->detector, flow);
	emit_flow(p->emitter, flow);
	if (p->summary != NULL)
		summary_flow(p->summary, flow);
	detect_end(p->detector, flow);
	classify_release(p->classifier, flow);
}

void
pipeline_alert(void *arg, const struct alert *alert)
{
	struct pipeline *p = arg;

	emit_alert(p->emitter, alert);
	if (p->summary != NULL)
		summary_alert(p->summary, alert);
}

void
pipeline_stats(struct pipeline *p)
{
	p->counters[PIPELINE_FLOWS_LIVE] = flow_table_live(p->flows);
	p->counters[PIPELINE_FLOW_MEMORY] = flow_table_memory(p->flows);
	p->counters[PIPELINE_CLASSIFY_MEMORY] = classify_memory(p->classifier);
	emit_stats(p->emitter, p->now_us);
}

void
pipeline_finish(struct pipeline *p)
{
	flow_table_end_all(p->flows, p->now_us);
	detect_finish(p->detector, p->now_us);
	pipeline_stats(p);
	(void)emit_flush(p->emitter);	/* a failure is counted, monitor_finish() reads it */
}
