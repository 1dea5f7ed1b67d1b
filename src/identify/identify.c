/* SPDX-License-Identifier: Apache-2.0 */
/* identify.c - the registry's face: one message in, time on, counts out. */
#include <stdlib.h>

#include "internal.h"

enum {
	SWEEP_US = 10000, SWEEP_PARTS = 1024,	/* all are looked at in some ten seconds */
	TIME_OUTS_PER_TICK = 64
};

static const struct counter_desc counters[] = { IDENTITY_COUNTERS(STATS_DESC) };

static int
init(struct identity *reg, struct stats *st)
{
	uint32_t names = reg->cfg->devices_max / 2 + 4096;
	int err;

	reg->count = stats_register(st, counters, ARRAY_LEN(counters));
	err = reg->count == NULL ? -ENOMEM : devices_init(reg);
	if (err == 0)
		err = pool_init(&reg->sessions, sizeof(struct session),
		    reg->cfg->device_sessions_max);
	if (err == 0)
		err = ends_init(reg);
	if (err == 0)
		err = claims_init(reg);
	if (err == 0)
		err = nodes_init(reg);
	if (err == 0)
		err = names_init(reg, names);
	return err == 0 ? transactions_init(reg) : err;
}

struct identity *
identity_new(const struct config *cfg, struct stats *st, const struct knowledge *k,
    device_news_fn news, void *arg)
{
	struct identity *reg = calloc(1, sizeof(*reg));

	if (reg == NULL)
		return NULL;
	reg->cfg = cfg;
	reg->knowledge = k;
	reg->news = news;
	reg->news_arg = arg;
	reg->seed = hash_seed_new();
	reg->skew_us = (uint64_t)cfg->device_skew_s * SECOND_US;
	if (init(reg, st) != 0) {
		identity_free(reg);
		return NULL;
	}
	return reg;
}

void
identity_use_knowledge(struct identity *reg, const struct knowledge *k)
{
	reg->knowledge = k;
}

void
identity_free(struct identity *reg)
{
	if (reg == NULL)
		return;
	for (unsigned k = 0; k < KEY_N; k++)
		chain_done(&reg->by_number[k]);
	chain_done(&reg->by_mac);
	chain_done(&reg->by_end);
	chain_done(&reg->by_addr);
	chain_done(&reg->by_node);
	chain_done(&reg->by_name);
	chain_done(&reg->by_transaction);
	pool_done(&reg->devices);
	pool_done(&reg->hosts);
	pool_done(&reg->sessions);
	pool_done(&reg->ends);
	pool_done(&reg->claims);
	pool_done(&reg->nodes);
	pool_done(&reg->names);
	pool_done(&reg->transactions);
	memory_release(reg->linger, LINGER_MAX * sizeof(reg->linger[0]));
	free(reg);
}

static void
learn_any(struct identity *reg, struct told *t)
{
	if (source_is_lan(t->source))
		learn_lan(reg, t);
	else if (source_is_app(t->source))
		learn_app(reg, t);
	else
		learn(reg, t);
}

/* Nobody was seen to answer: what the request says holds, but it may have been refused. */
static void
time_out(struct identity *reg, struct transaction *tr)
{
	struct told t;

	news_resume(reg, tr, reg->now_us);
	transaction_end(reg, tr, &t);
	reg->count[IDENTITY_COUNT_UNANSWERED]++;
	t.flags |= TOLD_ALONE;
	if (t.source != SIGNALLED_RADIUS)	/* it was read when it came */
		learn_any(reg, &t);
	told_done(reg, &t);
	news_send(reg);
}

/* Requests that say by themselves what is the case, and their answers only that they came:
 * RADIUS accounting. In S1AP and NGAP each message stands for itself, joined by UE ids. */
static bool
is_read_at_once(const struct told *t)
{
	return t->source == SIGNALLED_RADIUS || source_is_app(t->source);
}

static bool
is_paired(const struct signalling *s)
{
	return s->phase != SIGNALLING_NOTICE && s->source != SIGNALLED_S1AP
	    && s->source != SIGNALLED_NGAP && s->source != SIGNALLED_ARP
	    && s->source != SIGNALLED_ND && s->source != SIGNALLED_TELEMETRY;
}

/* A request: what it says of the device is so, whatever the answer. What it says of the session
 * waits for it. */
static void
request(struct identity *reg, const struct transaction_key *key, uint64_t what, struct told *t)
{
	struct transaction *tr;

	if (is_read_at_once(t)) {
		learn_any(reg, t);
	} else if (!source_is_lan(t->source)) {
		uint32_t device = who(reg, t);

		if (device != 0)
			device_learn(reg, device, t);
	}
	if (reg->transactions.in_use == reg->transactions.max)
		time_out(reg, transaction_oldest(reg));
	tr = transaction_begin(reg, key, what, t);
	if (tr == NULL)
		told_done(reg, t);
	else if (!is_read_at_once(t))
		news_hold(reg, tr);
}

static void
answer(struct identity *reg, struct transaction *tr, struct told *t)
{
	struct told both;
	bool tells = t->n_ue != 0 || t->n_ends > 1 || t->number[KEY_IMEI] != DIGITS_NONE
	    || t->number[KEY_IMSI] != DIGITS_NONE || t->number[KEY_MSISDN] != DIGITS_NONE;

	if (tr == NULL) {
		reg->count[IDENTITY_COUNT_UNPAIRED]++;
		learn_any(reg, t);
		told_done(reg, t);
		return;
	}
	news_resume(reg, tr, t->time_us);
	transaction_end(reg, tr, &both);
	told_merge(reg, &both, t);
	told_done(reg, t);
	if (!is_read_at_once(&both) || (tells && both.act != SIGNALLING_DELETE))
		learn_any(reg, &both);
	told_done(reg, &both);
}

/* The node itself: did it restart, is it going down? True when there is nothing else to read. */
static bool
read_node(struct identity *reg, const struct signalling *s)
{
	enum family family = source_family(s->source);
	uint32_t node;

	if (source_is_lan(s->source) || source_is_app(s->source))
		return s->act >= SIGNALLING_NODE_DOWN;
	if (!s->has_recovery && s->act < SIGNALLING_NODE_DOWN)
		return false;
	node = node_get(reg, &s->from, 0);
	if (node != 0 && s->has_recovery)
		node_recovery(reg, node, family, s->recovery, s->time_us);
	if (s->act == SIGNALLING_NODE_DOWN && s->phase != SIGNALLING_ANSWER) {
		uint32_t nas = told_nas(reg, s);

		node = nas != 0 ? nas : node;
		if (node != 0)
			node_down(reg, node, family, s->time_us);
	}
	return s->act >= SIGNALLING_NODE_DOWN;
}

static void
read_message(struct identity *reg, const struct signalling *s)
{
	struct transaction_key key;
	uint64_t what = transaction_what(s);
	struct transaction *tr = NULL;
	struct told t;

	transaction_key_fill(&key, s);
	if (is_paired(s))
		tr = transaction_find(reg, &key);
	if (tr != NULL && s->phase == SIGNALLING_REQUEST) {
		if (tr->what == what)
			return;		/* sent again */
		time_out(reg, tr);	/* its number is another's now */
	}
	if (read_node(reg, s))
		return;
	told_fill(reg, s, &t);
	if (is_paired(s) && s->phase == SIGNALLING_REQUEST) {
		request(reg, &key, what, &t);
	} else if (is_paired(s)) {
		answer(reg, tr, &t);
	} else {
		learn_any(reg, &t);
		told_done(reg, &t);
	}
}

void
identity_signalling(struct identity *reg, const struct signalling *s)
{
	if (reg->now_us == 0)
		reg->now_us = s->time_us;
	if (reg->base_s == 0)
		reg->base_s = seconds(s->time_us);
	reg->count[IDENTITY_COUNT_MESSAGES]++;
	if (s->time_us != 0 && s->source < SIGNALLED_N)
		read_message(reg, s);
	news_send(reg);
}

static void
time_out_before(struct identity *reg, uint64_t until_us, unsigned n)
{
	struct transaction *tr;

	while (n-- != 0 && (tr = transaction_oldest(reg)) != NULL
	    && tr->told.time_us <= until_us)
		time_out(reg, tr);
}

void
identity_tick(struct identity *reg, uint64_t now_us)
{
	reg->now_us = now_us;
	if (now_us > TRANSACTION_US)
		time_out_before(reg, now_us - TRANSACTION_US, TIME_OUTS_PER_TICK);
	if (reg->linger_n != 0)
		linger_tick(reg, now_us);
	if (now_us - reg->sweep_us >= SWEEP_US) {	/* also when time went back */
		reg->sweep_us = now_us;
		session_sweep(reg, reg->sessions.used_high / SWEEP_PARTS + 1);
		device_sweep(reg, reg->devices.used_high / SWEEP_PARTS + 1);
	}
	news_send(reg);
}

void
identity_finish(struct identity *reg, uint64_t now_us)
{
	reg->now_us = now_us;
	time_out_before(reg, UINT64_MAX, TRANSACTIONS_MAX);
	news_send(reg);
}

size_t
identity_devices(const struct identity *reg)
{
	return reg->live_devices;
}

size_t
identity_sessions(const struct identity *reg)
{
	return reg->live_sessions;
}

static size_t
pool_memory(const struct pool *p)
{
	return (size_t)p->in_use * p->stride;
}

size_t
identity_memory(const struct identity *reg)
{
	size_t octets = pool_memory(&reg->devices) + pool_memory(&reg->hosts)
	    + pool_memory(&reg->sessions) + pool_memory(&reg->ends) + pool_memory(&reg->claims)
	    + pool_memory(&reg->nodes) + pool_memory(&reg->names)
	    + pool_memory(&reg->transactions);

	for (unsigned k = 0; k < KEY_N; k++)
		octets += chain_memory(&reg->by_number[k]);
	return octets + chain_memory(&reg->by_mac) + chain_memory(&reg->by_end)
	    + chain_memory(&reg->by_addr) + chain_memory(&reg->by_node)
	    + chain_memory(&reg->by_name) + chain_memory(&reg->by_transaction);
}
