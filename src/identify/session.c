/* SPDX-License-Identifier: Apache-2.0 */
/* session.c - stretches of time in which a device holds addresses and tunnel ends. */
#include "internal.h"

/* Forget the best victim of the next few: an ended one, else the longest unheard of. */
static bool
evict(struct identity *reg)
{
	uint32_t victim = 0;

	for (unsigned i = 0; i < EVICT_SAMPLE; i++) {
		uint32_t ref = reg->session_hand + 1;
		const struct session *s = session_at(reg, ref), *v;

		reg->session_hand = ref < reg->sessions.max ? ref : 0;
		if ((s->flags & SESSION_USED) == 0)
			continue;
		v = victim == 0 ? NULL : session_at(reg, victim);
		if (v == NULL || (s->end_us != 0) > (v->end_us != 0)
		    || ((s->end_us != 0) == (v->end_us != 0) && s->heard_s < v->heard_s))
			victim = ref;
	}
	if (victim == 0)
		return false;
	reg->count[IDENTITY_COUNT_SESSIONS_EVICTED]++;
	session_forget(reg, victim);
	return true;
}

/* What is told to begin begins now; what is first heard of when it goes on began some time
 * before: settle_claim() finds out who held its address until when. */
uint32_t
session_new(struct identity *reg, const struct told *t, uint32_t device)
{
	struct session *s;
	uint32_t ref;

	if (device != 0)
		device_hold(reg, device);	/* it may go with the session that makes room */
	if (reg->sessions.in_use == reg->sessions.max)
		(void)evict(reg);
	s = pool_get(&reg->sessions);
	if (s == NULL) {
		reg->count[IDENTITY_COUNT_REFUSED]++;
		device_release(reg, device);
		return 0;
	}
	*s = (struct session){ .flags = SESSION_USED, .source = t->source & 0xf,
		.start_us = t->time_us, .heard_s = seconds(t->time_us), .epoch = reg->epoch };
	if (t->act != SIGNALLING_CREATE || t->since_us != 0) {
		s->start_us = t->since_us;
		s->flags |= t->since_us == 0 ? SESSION_OPEN : 0;
	}
	ref = pool_ref(&reg->sessions, s);
	reg->count[IDENTITY_COUNT_SESSIONS]++;
	reg->live_sessions++;
	session_set_device(reg, ref, device);
	device_release(reg, device);
	return ref;
}

void
session_over(struct identity *reg, uint32_t ref, uint64_t end_us)
{
	struct session *s = session_at(reg, ref);

	if (s->end_us != 0)
		return;
	s->end_us = end_us > s->start_us ? end_us : s->start_us;
	if (s->end_us == 0)
		s->end_us = 1;
	reg->count[IDENTITY_COUNT_SESSIONS_ENDED]++;
	reg->live_sessions--;
}

/* Take the session out of its device's list. */
static void
leave_device(struct identity *reg, uint32_t ref)
{
	struct session *s = session_at(reg, ref);
	struct device *d;
	uint32_t *link;

	if (s->device == 0)
		return;
	d = device_at(reg, s->device);
	for (link = &d->sessions; *link != ref; )
		link = &session_at(reg, *link)->sibling;
	*link = s->sibling;
	d->n_sessions--;
	s->device = s->sibling = 0;
}

/* A device that only this session could find, and no flow refers to, goes with it. */
static void
forget_nameless(struct identity *reg, uint32_t device)
{
	const struct device *d = device_at(reg, device);

	if (d->sessions == 0 && d->flows == 0 && !device_has_key(reg, d))
		device_forget(reg, device);
}

void
session_forget(struct identity *reg, uint32_t ref)
{
	struct session *s = session_at(reg, ref);
	uint32_t device = s->device;

	session_over(reg, ref, reg->now_us);
	ends_drop_all(reg, s);
	claims_drop_all(reg, s);
	leave_device(reg, ref);
	name_put(reg, s->apn);
	node_refer(reg, s->owner, -1);
	s->flags = 0;
	pool_put(&reg->sessions, s);
	if (device != 0)
		forget_nameless(reg, device);
}

static enum family
end_family(const struct end *e)
{
	switch (e->use) {
	case USE_GTPC:
		return e->tag == 0xff ? FAMILY_GTPV1 : FAMILY_GTPV2;
	case USE_PFCP:
		return FAMILY_PFCP;
	case USE_CORE_UE:
	case USE_RAN_UE:
		return FAMILY_AP;
	default:
		return FAMILY_RADIUS;
	}
}

/* An S1 or NG reset takes the radio side only; the addresses stay the device's. */
static void
drop_radio(struct identity *reg, struct session *s)
{
	uint32_t at = 0;
	struct end *e;

	while ((e = session_end_next(reg, s, &at)) != NULL)
		if (e->use == USE_CORE_UE || e->use == USE_RAN_UE
		    || (e->use == USE_DOWNLINK && (e->tag & 3) == SIDE_RADIO))
			end_drop(reg, e);
}

bool
session_lives(struct identity *reg, uint32_t ref)
{
	struct session *s = session_at(reg, ref);
	bool radio_down = false;
	uint32_t at = 0;
	const struct end *e;

	if ((s->flags & SESSION_USED) == 0 || s->end_us != 0)
		return false;
	if (LIKELY(s->epoch == reg->epoch))
		return true;
	while ((e = session_end_next(reg, s, &at)) != NULL) {
		enum family family = end_family(e);
		const struct node *node;

		if (end_is_user(e) || e->node == 0)
			continue;
		node = node_at(reg, e->node);
		if ((int32_t)(node->down_epoch[family] - s->epoch) <= 0)
			continue;
		if (family != FAMILY_AP) {
			session_over(reg, ref, node->down_us);
			return false;
		}
		radio_down = true;
	}
	s->epoch = reg->epoch;
	if (radio_down)
		drop_radio(reg, s);
	return true;
}

/* The oldest of a device's sessions makes room, ended ones first. */
static void
make_sibling_room(struct identity *reg, const struct device *d)
{
	uint32_t victim = 0;

	for (uint32_t ref = d->sessions; ref != 0; ref = session_at(reg, ref)->sibling)
		if (victim == 0 || session_at(reg, ref)->end_us != 0
		    || session_at(reg, victim)->end_us == 0)
			victim = ref;
	reg->count[IDENTITY_COUNT_SESSIONS_EVICTED]++;
	session_forget(reg, victim);
}

void
session_set_device(struct identity *reg, uint32_t ref, uint32_t device)
{
	struct session *s = session_at(reg, ref);
	struct device *d;

	if (s->device == device)
		return;
	if (device != 0) {
		d = device_at(reg, device);
		while (d->n_sessions >= DEVICE_SESSIONS_MAX)
			make_sibling_room(reg, d);
	}
	session_move(reg, ref, device);
}

void
session_move(struct identity *reg, uint32_t ref, uint32_t device)
{
	struct session *s = session_at(reg, ref);
	struct device *d;

	leave_device(reg, ref);
	if (device == 0)
		return;
	d = device_at(reg, device);
	s->device = device;
	s->sibling = d->sessions;
	d->sessions = ref;
	d->n_sessions++;
	if (s->flags & SESSION_TOOK)
		reg->reassigned = true;
}

void
session_set_owner(struct identity *reg, struct session *s, uint32_t node)
{
	if (node == 0 || s->owner == node)
		return;
	node_refer(reg, s->owner, -1);
	s->owner = node;
	node_refer(reg, node, 1);
}

/* Two tellings of one begin: the earlier. Else it begins when the one with the device did: what
 * the other held the address for before may have been another device. */
static void
join_windows(struct session *s, const struct session *t)
{
	uint64_t early = s->start_us < t->start_us ? s->start_us : t->start_us;
	uint64_t late = s->start_us < t->start_us ? t->start_us : s->start_us;

	if (s->flags & SESSION_OPEN) {
		s->start_us = (t->flags & SESSION_OPEN) ? late : t->start_us;
		s->flags &= (t->flags & SESSION_OPEN) ? 0xff : (uint8_t)~SESSION_OPEN;
	} else if ((t->flags & SESSION_OPEN) == 0) {
		if (late - early <= SKEW_UNION_S * SECOND_US || (s->device != 0 && t->device != 0))
			s->start_us = early;
		else if (s->device == 0 && t->device != 0)
			s->start_us = t->start_us;
	}
}

void
session_absorb(struct identity *reg, uint32_t into, uint32_t from)
{
	struct session *s = session_at(reg, into), *t = session_at(reg, from);
	uint32_t at = 0, device = t->device;
	const struct end *e;

	join_windows(s, t);
	while ((e = session_end_next(reg, t, &at)) != NULL)
		if (!e->lingers)
			(void)end_add(reg, into, &(struct told_end){ .node = e->node, .id = e->id,
			    .tag = e->tag, .use = e->use });
	for (uint32_t ref = t->claims; ref != 0; ref = claim_at(reg, ref)->more)
		(void)claim_add(reg, into, &(struct cidr){ claim_at(reg, ref)->addr,
		    claim_at(reg, ref)->len });
	if (s->apn == 0 && t->apn != 0)
		s->apn = name_share(reg, t->apn);
	if (s->owner == 0)
		session_set_owner(reg, s, t->owner);
	s->source = t->source < s->source ? t->source : s->source;
	s->flags |= t->flags & SESSION_TOOK;
	leave_device(reg, from);	/* or making room for one could forget the other */
	if (s->device == 0 && device != 0)
		session_set_device(reg, into, device);
	session_forget(reg, from);
}

unsigned
session_covers(const struct identity *reg, const struct session *s, uint64_t time_us)
{
	if (s->end_us != 0 && time_us > s->end_us)
		return 0;
	if (time_us >= s->start_us)
		return 2;
	return time_us + reg->skew_us >= s->start_us;
}

static void
age(struct identity *reg, uint32_t ref)
{
	struct session *s = session_at(reg, ref);
	int64_t now_s = seconds(reg->now_us), age_s;
	bool busy;

	if (session_lives(reg, ref)) {
		if (now_s - (int64_t)s->heard_s <= (int64_t)reg->cfg->device_session_age_s)
			return;
		reg->count[IDENTITY_COUNT_AGED]++;
		session_over(reg, ref, reg->now_us);
		return;
	}
	age_s = now_s - (int64_t)seconds(s->end_us);
	busy = s->device != 0 && device_at(reg, s->device)->flows != 0;
	if (age_s > (busy ? ENDED_KEEP_BUSY_S : ENDED_KEEP_S))
		session_forget(reg, ref);
}

/** Look at the next `n`: end what was not heard of, forget what ended. */
void
session_sweep(struct identity *reg, uint32_t n)
{
	for (; n != 0 && reg->sessions.used_high != 0; n--) {
		uint32_t ref = reg->sweep_session + 1;

		reg->sweep_session = ref < reg->sessions.used_high ? ref : 0;
		if (session_at(reg, ref)->flags & SESSION_USED)
			age(reg, ref);
	}
}
