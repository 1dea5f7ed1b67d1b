/* SPDX-License-Identifier: Apache-2.0 */
/* support.h - a small registry, messages to feed it with, flows to ask it about. */
#ifndef PICKET_TESTS_IDENTIFY_SUPPORT_H
#define PICKET_TESTS_IDENTIFY_SUPPORT_H

#include <stdlib.h>
#include <string.h>

#include "emit/event.h"
#include "identify/internal.h"
#include "run_suite.h"
#include "stats.h"

enum { S = 1000000, T0 = 1000 };	/* packet time begins at T0 seconds */

struct world {
	struct config cfg;
	struct stats *st;
	struct identity *reg;
	struct device_news news[64];
	unsigned n_news;
	uint32_t serial;
};

static inline void
world_news(void *arg, const struct device_news *news)
{
	struct world *w = arg;

	w->news[w->n_news++ % ARRAY_LEN(w->news)] = *news;
}

/* Limits may be changed between world_config() and world_start(). */
static inline struct world *
world_config(void)
{
	struct world *w = calloc(1, sizeof(*w));

	ck_assert_ptr_nonnull(w);
	w->cfg.devices_max = 1000;
	w->cfg.device_sessions_max = 2000;
	w->cfg.device_session_age_s = 86400;
	w->cfg.device_age_s = 864000;
	w->cfg.device_skew_s = 5;
	return w;
}

static inline struct world *
world_start(struct world *w)
{
	w->st = stats_new();
	w->reg = identity_new(&w->cfg, w->st, NULL, world_news, w);
	ck_assert_ptr_nonnull(w->reg);
	return w;
}

static inline struct world *
world_new(void)
{
	return world_start(world_config());
}

static inline void
world_free(struct world *w)
{
	identity_free(w->reg);
	stats_free(w->st);
	free(w);
}

static inline uint64_t
world_count(const struct world *w, const char *name)
{
	return stats_value(w->st, name);
}

/* Did any news of all tell this? */
static inline const struct device_news *
world_told(const struct world *w, unsigned change)
{
	for (unsigned i = 0; i < w->n_news && i < ARRAY_LEN(w->news); i++)
		if (w->news[i].changes & change)
			return &w->news[i];
	return NULL;
}

/* Time, in milliseconds since T0. */
static inline uint64_t
at_ms(int64_t ms)
{
	return (uint64_t)((int64_t)T0 * S + ms * 1000);
}

static inline void
world_tick(struct world *w, int64_t ms)
{
	identity_tick(w->reg, at_ms(ms));
}

static inline struct addr
ip(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text), 0);
	return a;
}

static inline digits
num(const char *text)
{
	return digits_from_text(text, strlen(text));
}

/* Made-up subscribers of the test network. */
static inline digits
imsi_of(unsigned n)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "00101%010u", n);
	return num(text);
}
static inline digits
imei_of(unsigned n)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "86650704%06u0", n);
	return num(text);
}

/* Where the elements of the test network are. */
#define MME "10.1.0.1"
#define SGW "10.1.0.2"
#define PGW "10.1.0.3"
#define PGW2 "10.1.0.33"
#define ENB "10.2.0.1"
#define ENB2 "10.2.0.2"
#define NAS "10.1.0.9"
#define NAS2 "10.1.0.99"
#define AAA "10.1.0.10"
#define UPF "10.1.0.5"
#define UPF2 "10.1.0.55"
#define SMF "10.1.0.6"

static inline struct signalling
message(uint8_t source, uint8_t act, uint8_t phase, const char *from, const char *to, int64_t ms)
{
	struct signalling s;

	signalling_init(&s);
	s.source = source;
	s.act = act;
	s.phase = phase;
	s.from = ip(from);
	s.to = ip(to);
	s.time_us = at_ms(ms);
	return s;
}

static inline void
add_end(struct signalling *s, uint8_t kind, uint8_t interface, uint16_t bearer, const char *node,
    uint64_t id)
{
	signalling_add_end(s, &(struct signalling_end){ .kind = kind, .interface = interface,
	    .bearer = bearer, .node = ip(node), .id = id });
}

static inline void
add_ue(struct signalling *s, const char *text, uint8_t len)
{
	struct addr a = ip(text);

	signalling_add_addr(s, &a, len);
}

static inline void
tell(struct world *w, const struct signalling *s)
{
	identity_tick(w->reg, s->time_us);
	identity_signalling(w->reg, s);
}

/* GTPv2 on S11 and the S5/S8 ids it carries: the ids of UE n are n * 16 and more. */
static inline struct signalling
s11_create(unsigned n, int64_t ms)
{
	struct signalling s = message(SIGNALLED_GTPV2C, SIGNALLING_CREATE, SIGNALLING_REQUEST, MME,
	    SGW, ms);

	s.sequence = n * 16 + 1;
	s.imsi = imsi_of(n);
	s.imei = imei_of(n);
	signalling_set_apn_text(&s, "meter.example", 13);
	s.rat = RAT_NB_IOT;
	s.plmn = 0x00101f;
	add_end(&s, END_CONTROL, 10, 0, MME, n * 16 + 1);
	return s;
}
static inline struct signalling
s11_created(unsigned n, const char *ue, const char *pgw, int64_t ms)
{
	struct signalling s = message(SIGNALLED_GTPV2C, SIGNALLING_CREATE, SIGNALLING_ANSWER, SGW,
	    MME, ms);

	s.sequence = n * 16 + 1;
	s.session = n * 16 + 1;
	add_ue(&s, ue, strchr(ue, ':') != NULL ? 64 : 128);
	add_end(&s, END_CONTROL, 11, 0, SGW, n * 16 + 2);
	add_end(&s, END_CONTROL, 7, 0, pgw, n * 16 + 3);
	add_end(&s, END_UPLINK, 1, 5, SGW, n * 16 + 4);
	add_end(&s, END_UPLINK, 5, 5, pgw, n * 16 + 5);
	return s;
}
static inline void
attach_at(struct world *w, unsigned n, const char *ue, const char *pgw, int64_t ms)
{
	struct signalling s = s11_create(n, ms);

	tell(w, &s);
	s = s11_created(n, ue, pgw, ms + 20);
	tell(w, &s);
}
static inline void
attach(struct world *w, unsigned n, const char *ue, int64_t ms)
{
	attach_at(w, n, ue, PGW, ms);
}

/* Modify Bearer: the eNB's end of bearer 5. */
static inline void
bearer_to(struct world *w, unsigned n, const char *enb, uint32_t teid, int64_t ms)
{
	struct signalling s = message(SIGNALLED_GTPV2C, SIGNALLING_MODIFY, SIGNALLING_REQUEST, MME,
	    SGW, ms);

	s.sequence = n * 16 + 2 + (uint32_t)(ms % 7) * 100000;
	s.session = n * 16 + 2;
	add_end(&s, END_DOWNLINK, 0, 5, enb, teid);
	tell(w, &s);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_MODIFY, SIGNALLING_ANSWER, SGW, MME, ms + 10);
	s.sequence = n * 16 + 2 + (uint32_t)(ms % 7) * 100000;
	s.session = n * 16 + 1;
	tell(w, &s);
}

static inline void
detach(struct world *w, unsigned n, int64_t ms)
{
	struct signalling s = message(SIGNALLED_GTPV2C, SIGNALLING_DELETE, SIGNALLING_REQUEST, MME,
	    SGW, ms);

	s.sequence = n * 16 + 7;
	s.session = n * 16 + 2;
	tell(w, &s);
	s = message(SIGNALLED_GTPV2C, SIGNALLING_DELETE, SIGNALLING_ANSWER, SGW, MME, ms + 10);
	s.sequence = n * 16 + 7;
	s.session = n * 16 + 1;
	tell(w, &s);
}

/* RADIUS accounting: `what` is an enum signalling_act. Ids of session n are its number. */
static inline struct signalling
accounting(uint8_t what, unsigned n, const char *ue, const char *nas, int64_t ms)
{
	struct signalling s = message(SIGNALLED_RADIUS, what, SIGNALLING_REQUEST, nas, AAA, ms);

	s.sequence = (uint32_t)(ms / 10) & 0xff;
	s.from_port = (uint16_t)(40000 + n % 1000);
	s.to_port = 1813;
	s.session = UINT64_C(0x9e3779b97f4a7c15) * (n + 1);
	s.imsi = imsi_of(n);
	s.imei = imei_of(n);
	if (ue != NULL)
		add_ue(&s, ue, strchr(ue, ':') != NULL ? 64 : 128);
	return s;
}
static inline void
account(struct world *w, uint8_t what, unsigned n, const char *ue, const char *nas, int64_t ms)
{
	struct signalling s = accounting(what, n, ue, nas, ms);

	tell(w, &s);
}

/* PFCP without User ID: address, uplink TEID at the UPF. */
static inline void
n4_establish(struct world *w, unsigned n, const char *ue, const char *upf, int64_t ms)
{
	struct signalling s = message(SIGNALLED_PFCP, SIGNALLING_CREATE, SIGNALLING_REQUEST, SMF, upf,
	    ms);

	s.sequence = n * 4 + 1;
	add_end(&s, END_CONTROL, 0xff, 0, SMF, UINT64_C(0x100000000) + n);
	add_end(&s, END_UPLINK, 0xff, 1, upf, n * 16 + 9);
	add_ue(&s, ue, strchr(ue, ':') != NULL ? 64 : 128);
	tell(w, &s);
	s = message(SIGNALLED_PFCP, SIGNALLING_CREATE, SIGNALLING_ANSWER, upf, SMF, ms + 5);
	s.sequence = n * 4 + 1;
	s.session = UINT64_C(0x100000000) + n;
	add_end(&s, END_CONTROL, 0xff, 0, upf, UINT64_C(0x200000000) + n);
	tell(w, &s);
}

/* A flow of one packet. `node` and teid: in GTP-U to that node; node NULL: plain. */
static inline struct flow
flow_from(struct world *w, const char *src, const char *dest, const char *node, uint32_t teid,
    int64_t ms, struct flow_tunnel *tunnel)
{
	struct packet pkt = { .time_us = at_ms(ms) };
	struct flow flow = { .first_us = at_ms(ms), .last_us = at_ms(ms), .serial = ++w->serial };
	struct addr a = ip(src), b = ip(dest);
	bool swap = addr_compare(&a, &b) > 0;

	flow.key.addr[0] = swap ? b : a;
	flow.key.addr[1] = swap ? a : b;
	flow.key.port[0] = flow.key.port[1] = 5683;
	flow.key.tenant_proto = 17;
	flow.flags = swap ? FLOW_END1_INITIATES : 0;
	pkt.ends = (struct ends){ a, b, 5683, 5683, 17 };
	if (node != NULL) {
		pkt.tunnel = (struct tunnel){ .type = TUNNEL_GTPU, .depth = 1, .proto = 17,
			.id = teid, .src = ip("10.9.9.9"), .dest = ip(node) };
		memset(tunnel, 0, sizeof(*tunnel));
		tunnel->by[TO_SERVER] = pkt.tunnel;
		flow.tunnel = tunnel;
	}
	identity_tick(w->reg, at_ms(ms));
	identity_flow_new(w->reg, &flow, &pkt, TO_SERVER);
	return flow;
}

/* The SIM's number (imsi_of) of a flow's device; -1: not named, -2: named without a SIM. */
static inline int
sim_of(const struct world *w, const struct flow *flow)
{
	struct device_view v;
	char text[DIGITS_TEXT_MAX];

	if (flow->device == 0)
		return -1;
	identity_view(w->reg, flow->device, flow, &v);
	if (v.imsi == DIGITS_NONE)
		return -2;
	(void)digits_text(v.imsi, text);
	return atoi(text + 5);
}

/* Whose flow would this be? Asked and forgotten. */
static inline int
asked(struct world *w, const char *src, const char *dest, const char *node, uint32_t teid, int64_t ms)
{
	struct flow_tunnel tunnel;
	struct flow flow = flow_from(w, src, dest, node, teid, ms, &tunnel);
	int sim = sim_of(w, &flow);

	identity_flow_end(w->reg, &flow);
	return sim;
}
#define HOST "192.0.2.80"
#define asked_plain(w, ue, ms) asked(w, ue, HOST, NULL, 0, ms)

/* What it is called in events; "" when there is none. */
static inline const char *
called(const struct device_view *v, char id[static DEVICE_ID_MAX])
{
	const struct event_context ctx = { 0 };

	id[0] = '\0';
	if (v->ref != 0)
		(void)event_device_id(&ctx, v, id);
	return id;
}

#endif
