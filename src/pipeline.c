/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.c - capture -> decode -> flow -> classify -> identify -> detect -> emit: moves results
 * along.
 *
 * The only file that knows all the stages. A stage never calls the one after it. */
#include <string.h>

#include "classify.h"
#include "decode.h"
#include "detect.h"
#include "emit.h"
#include "flow.h"
#include "identify.h"
#include "macros.h"
#include "neighbour.h"
#include "pipeline.h"
#include "signalling.h"
#include "summary.h"

/* How many flows one frame waits for, when addresses went to other devices: some 0.1 ms. */
enum { LOOK_FLOWS = 1024 };

static bool
is_stale(const void *arg, const struct flow *flow)
{
	return identity_flow_is_stale(arg, flow);
}

/* Timers of all stages, on believed packet time. */
static void
run_timers(struct pipeline *p, uint64_t now_us)
{
	flow_table_expire(p->flows, now_us);
	identity_tick(p->identity, now_us);
	if (UNLIKELY(identity_has_stale(p->identity, now_us)))
		flow_table_look_begin(p->flows);
	flow_table_look(p->flows, LOOK_FLOWS, is_stale, p->identity, FLOW_END_REASSIGNED);
	detect_tick(p->detector, now_us);
	if (p->stats_every_us == 0 || now_us < p->stats_next_us)
		return;
	if (p->stats_next_us != 0)
		pipeline_stats(p);
	p->stats_next_us = now_us - now_us % p->stats_every_us + p->stats_every_us;
}

void
pipeline_idle(struct pipeline *p, uint64_t idle_us)
{
	uint64_t now_us = packet_clock_idle(&p->clock, idle_us);

	if (now_us != 0)
		run_timers(p, now_us);
}

/* What a packet told about devices goes to the registry. */
static void
do_signalling(struct pipeline *p)
{
	size_t n;
	const struct signalling *told = classify_signalling(p->classifier, &n);

	for (size_t i = 0; i < n; i++)
		identity_signalling(p->identity, &told[i]);
}

/* A frame's turn: through all stages. */
static void
do_packet(struct pipeline *p, const struct packet *pkt, const struct flow_hint *hint)
{
	enum direction dir;
	bool is_new;
	unsigned news = 0;
	struct flow *flow;

	flow = flow_table_touch_hinted(p->flows, pkt, hint, &dir, &is_new);
	if (flow == NULL)
		return;				/* table full, counted */
	if (is_new)
		identity_flow_new(p->identity, flow, pkt, dir);
	if ((flow->flags & FLOW_SETTLED) == 0)
		news = classify_packet(p->classifier, flow, pkt, dir, is_new);
	if (UNLIKELY(nd_is(pkt)))
		news |= classify_nd(p->classifier, pkt);
	if (UNLIKELY((news & NEWS_SIGNALLING) != 0))
		do_signalling(p);
	if (UNLIKELY(is_new || news != 0 || (flow->flags & FLOW_MARKED) != 0
		|| detect_wants_payload(p->detector, flow, pkt)))
		detect_packet(p->detector, flow, pkt, is_new, news);
}

static void
do_first(struct pipeline *p)
{
	struct ahead *a = &p->ahead[p->first];

	p->first = (p->first + 1) % AHEAD_FRAMES;
	p->waiting--;
	run_timers(p, packet_clock_frame(&p->clock, a->time_us));
	if (a->decoded)
		do_packet(p, &a->packet, &a->hint);
	else if (a->arp && (classify_arp(p->classifier, &a->packet) & NEWS_SIGNALLING) != 0)
		do_signalling(p);
}

void
pipeline_flush(struct pipeline *p)
{
	while (p->waiting != 0)
		do_first(p);
}

/* The frame that came `frames` ago, NULL when its turn has been or it has no flow. */
static const struct flow_hint *
hint_of(const struct pipeline *p, unsigned frames)
{
	const struct ahead *a;

	if (p->waiting <= frames)
		return NULL;
	a = &p->ahead[(p->first + p->waiting - 1 - frames) % AHEAD_FRAMES];
	return a->decoded ? &a->hint : NULL;
}

static void
ask_ahead(struct pipeline *p)
{
	const struct flow_hint *near = hint_of(p, AHEAD_NEAR), *nearer = hint_of(p, AHEAD_NEARER);

	if (near != NULL)
		flow_table_near(p->flows, near);
	if (nearer != NULL)
		flow_table_nearer(p->flows, nearer);
}

void
pipeline_frame(void *arg, const struct frame *frame)
{
	struct pipeline *p = arg;
	struct frame copy = *frame;
	enum decode_result result;
	struct ahead *a;

	p->packets++;
	if (p->waiting == AHEAD_FRAMES)
		do_first(p);
	if (UNLIKELY(frame->cap_len > AHEAD_OCTETS))
		pipeline_flush(p);
	a = &p->ahead[(p->first + p->waiting) % AHEAD_FRAMES];
	p->waiting++;
	if (LIKELY(frame->cap_len != 0 && frame->cap_len <= AHEAD_OCTETS)) {
		memcpy(a->octets, frame->data, frame->cap_len);
		copy.data = a->octets;
	}
	a->time_us = frame->time_us;
	result = decode_frame(p->decoder, &copy, &a->packet);
	a->decoded = result == DECODE_OK;
	a->arp = result == DECODE_OTHER_ARP;
	if (a->decoded)				/* else counted by its reason */
		flow_table_hint(p->flows, &a->packet, &a->hint);
	/* What is not in the copy is gone with the next frame. */
	if (UNLIKELY(frame->cap_len > AHEAD_OCTETS
		|| (a->decoded && (a->packet.flags & PACKET_REASSEMBLED) != 0)))
		pipeline_flush(p);
	else
		ask_ahead(p);
}

void
pipeline_flow_end(void *arg, struct flow *flow)
{
	struct pipeline *p = arg;

	(void)classify_end(p->classifier, flow);
	identity_flow_last(p->identity, flow);
	detect_last(p->detector, flow);
	emit_flow(p->emitter, flow);
	if (p->summary != NULL)
		summary_flow(p->summary, flow);
	detect_end(p->detector, flow);
	identity_flow_end(p->identity, flow);
	classify_release(p->classifier, flow);
}

void
pipeline_device(void *arg, const struct device_news *news)
{
	struct pipeline *p = arg;
	struct device_view view;

	identity_view(p->identity, news->ref, NULL, &view);
	emit_device(p->emitter, news, &view);
	detect_device(p->detector, &view, news);
}

void
pipeline_alert(void *arg, const struct alert *alert)
{
	struct pipeline *p = arg;

	emit_alert(p->emitter, alert);
	if (p->summary != NULL)
		summary_alert(p->summary, alert);
	if (p->listener != NULL)
		p->listener(p->listener_arg, alert);
}

int
pipeline_use_knowledge(struct pipeline *p, const struct knowledge *k)
{
	int rc;

	pipeline_flush(p);
	rc = detector_use_knowledge(p->detector, k);	/* its last words are of the old one */
	if (rc != 0)
		return rc;
	identity_use_knowledge(p->identity, k);
	emitter_use_knowledge(p->emitter, k);
	if (p->summary != NULL)
		summary_use_knowledge(p->summary, k);
	return 0;
}

void
pipeline_recheck_begin(struct pipeline *p, const struct knowledge *before)
{
	p->recheck = (struct recheck){ .before = before };
	flow_walk_begin(p->flows, &p->recheck.flows);
}

static void
recheck_flow(void *arg, struct flow *flow)
{
	struct pipeline *p = arg;

	detect_recheck_flow(p->detector, flow, p->recheck.before);
}

static void
recheck_device(void *arg, device_ref ref)
{
	struct pipeline *p = arg;
	struct device_view view;

	identity_view(p->identity, ref, NULL, &view);
	detect_recheck_device(p->detector, &view, p->recheck.before, p->clock.now_us);
}

bool
pipeline_recheck(struct pipeline *p, uint32_t max)
{
	if (!p->recheck.flows_done) {
		p->recheck.flows_done = !flow_walk_some(p->flows, &p->recheck.flows, max,
		    recheck_flow, p);
		return true;
	}
	return identity_walk_some(p->identity, &p->recheck.device, max, recheck_device, p);
}

void
pipeline_stats(struct pipeline *p)
{
	p->counters[PIPELINE_FLOWS_LIVE] = flow_table_live(p->flows);
	p->counters[PIPELINE_FLOW_MEMORY] = flow_table_memory(p->flows);
	p->counters[PIPELINE_CLASSIFY_MEMORY] = classify_memory(p->classifier);
	p->counters[PIPELINE_DEVICES] = identity_devices(p->identity);
	p->counters[PIPELINE_DEVICE_SESSIONS] = identity_sessions(p->identity);
	p->counters[PIPELINE_IDENTITY_MEMORY] = identity_memory(p->identity);
	emit_stats(p->emitter, p->clock.now_us);
}

void
pipeline_finish(struct pipeline *p)
{
	pipeline_flush(p);
	identity_finish(p->identity, p->clock.now_us);
	flow_table_end_all(p->flows, p->clock.now_us);
	detect_finish(p->detector, p->clock.now_us);
	pipeline_stats(p);
	(void)emit_flush(p->emitter);	/* a failure is counted, monitor_finish() reads it */
}
