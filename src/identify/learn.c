/* SPDX-License-Identifier: Apache-2.0 */
/* learn.c - what a message of the core network does to sessions. */
#include <string.h>

#include "internal.h"

/* F-TEID interface types whose TEID is of one PDN connection only (TS 29.274, 8.22); an S11 TEID is
 * of the UE and all its connections. */
enum { IF_S5_SGW_C = 6, IF_S5_PGW_C = 7, IF_S11_SGW = 11, IF_S2B_EPDG_C = 30, IF_S2A_PGW_C = 36 };

/* How well a session fits a message; points add up. */
enum {
	FIT_SHARED_ID = 5,	/* S11 TEID, UE id: of the device rather than the session */
	FIT_BEARER = 10, FIT_APN = 4,
	FIT_PDN_ID = 30, FIT_ADDR = 40, FIT_TUNNEL = 50, FIT_EXACT_ID = 100,
	FIT_TO_BEGIN = 30	/* less, and a session that begins is another one */
};

struct candidates {
	uint32_t session[CANDIDATES_MAX];
	unsigned points[CANDIDATES_MAX], n;
};

static bool
is_radio(uint8_t source)
{
	return source == SIGNALLED_S1AP || source == SIGNALLED_NGAP;
}

static void
score(struct candidates *c, uint32_t session, unsigned points)
{
	unsigned i = 0;

	while (i < c->n && c->session[i] != session)
		i++;
	if (i == CANDIDATES_MAX)
		return;
	if (i == c->n) {
		c->session[c->n] = session;
		c->points[c->n++] = 0;
	}
	c->points[i] += points;
}

static unsigned
end_points(const struct end *e)
{
	switch (e->use) {
	case USE_UPLINK:
	case USE_DOWNLINK:
		return e->lingers ? FIT_SHARED_ID : FIT_TUNNEL;
	case USE_PFCP:
	case USE_RADIUS:
	case USE_DIAMETER:
		return FIT_EXACT_ID;
	case USE_GTPC:
		return e->lingers ? 0 : e->tag == IF_S5_SGW_C || e->tag == IF_S5_PGW_C
		    || (e->tag >= IF_S2B_EPDG_C && e->tag <= IF_S2A_PGW_C) ? FIT_PDN_ID
		    : FIT_SHARED_ID;
	default:
		return FIT_SHARED_ID;
	}
}

/* Is the bearer of a user-plane end one that the message speaks of? */
static bool
tells_bearer(const struct told *t, const struct end *e)
{
	unsigned bearer = e->tag >> 2;

	if (bearer != 0 && bearer == t->linked_bearer)
		return true;
	if (bearer < 32 && bearer != 0 && (t->bearers_gone >> bearer & 1) != 0)
		return true;
	for (unsigned i = 0; i < t->n_ends; i++)
		if (t->end[i].use <= USE_DOWNLINK && t->end[i].tag >> 2 == bearer && bearer != 0)
			return true;
	return false;
}

static void
score_content(struct identity *reg, struct candidates *c, const struct told *t)
{
	for (unsigned i = 0; i < c->n; i++) {
		const struct session *s = session_at(reg, c->session[i]);
		uint32_t at = 0;
		const struct end *e;

		while ((e = session_end_next(reg, s, &at)) != NULL)
			if (end_is_user(e) && (e->tag & 3) != SIDE_PFCP && tells_bearer(t, e)) {
				c->points[i] += FIT_BEARER;
				break;
			}
		if (t->apn != 0 && s->apn == t->apn)
			c->points[i] += FIT_APN;
	}
}

/* Live sessions that an id, an end, or device and address of the message point to. */
static void
find_candidates(struct identity *reg, const struct told *t, uint32_t device, struct candidates *c)
{
	c->n = 0;
	for (unsigned i = 0; i < t->n_ends; i++) {
		const struct told_end *e = &t->end[i];

		for (uint32_t ref = end_first(reg, e->use, e->node, e->id); ref != 0;
		    ref = end_next(reg, ref))
			if (session_lives(reg, end_session(reg, ref)))
				score(c, end_session(reg, ref), end_points(end_at(reg, ref)));
	}
	for (unsigned i = 0; i < t->n_ue && device != 0; i++)
		for (uint32_t ref = claim_first(reg, &t->ue[i].base, t->ue[i].len); ref != 0;
		    ref = claim_next(reg, ref)) {
			uint32_t session = claim_at(reg, ref)->session;

			if (session_at(reg, session)->device == device
			    && !(session_at(reg, session)->flags & (SESSION_LAN | SESSION_APP))
			    && session_lives(reg, session))
				score(c, session, FIT_ADDR);
		}
	score_content(reg, c, t);
}

/* Same family, other address: for a session that begins this is another PDN connection. */
static bool
has_other_addr(const struct identity *reg, const struct session *s, const struct told *t)
{
	bool other = false;

	for (uint32_t ref = s->claims; ref != 0; ref = claim_at(reg, ref)->more)
		for (unsigned i = 0; i < t->n_ue; i++) {
			const struct claim *c = claim_at(reg, ref);

			if (c->len == t->ue[i].len && addr_equal(&c->addr, &t->ue[i].base))
				return false;
			other |= addr_is_ipv4(&c->addr) == addr_is_ipv4(&t->ue[i].base);
		}
	return other;
}

/* May the message be about this session? */
static bool
is_possible(const struct identity *reg, const struct session *s, unsigned points,
    const struct told *t, uint32_t device)
{
	if (device != 0 && s->device != 0 && s->device != device)
		return false;
	if (t->act != SIGNALLING_CREATE)
		return true;
	if (points < FIT_TO_BEGIN || (points < FIT_EXACT_ID && has_other_addr(reg, s, t)))
		return false;
	/* an end or id that a session of a device not known had for long is used again */
	return (device != 0 && s->device == device) || points >= FIT_EXACT_ID
	    || s->start_us + SKEW_UNION_S * SECOND_US >= t->time_us;
}

static uint32_t
best_session(struct identity *reg, const struct candidates *c, const struct told *t,
    uint32_t device)
{
	uint32_t best = 0;
	unsigned most = 0;

	for (unsigned i = 0; i < c->n; i++) {
		const struct session *s = session_at(reg, c->session[i]);

		if (is_possible(reg, s, c->points[i], t, device) && (c->points[i] > most
		    || (best != 0 && c->points[i] == most && s->start_us > session_at(reg, best)->start_us))) {
			best = c->session[i];
			most = c->points[i];
		}
	}
	return best;
}

/* A message that names nobody is about the device whose session it points to. One that begins a
 * session may use again what an old session had; only the id by which GTP calls the UE then
 * says whose it is. */
static uint32_t
device_of(const struct identity *reg, const struct candidates *c, const struct told *t)
{
	bool gtp = t->source == SIGNALLED_GTPV1C || t->source == SIGNALLED_GTPV2C;
	uint32_t device = 0;
	unsigned most = 0;

	for (unsigned i = 0; i < c->n; i++) {
		uint32_t d = session_at(reg, c->session[i])->device;

		if (t->act == SIGNALLING_CREATE && !(gtp && c->points[i] < FIT_PDN_ID)
		    && !is_possible(reg, session_at(reg, c->session[i]), c->points[i], t, 0))
			continue;
		if (d != 0 && c->points[i] > most) {
			device = d;
			most = c->points[i];
		}
	}
	return device;
}

static bool
told_has(const struct told *t, const struct end *e)
{
	for (unsigned i = 0; i < t->n_ends; i++)
		if (t->end[i].use == e->use && t->end[i].node == e->node && t->end[i].id == e->id)
			return true;
	return false;
}

/* Does the message give the place of this end to another? */
static bool
is_replaced(const struct told *t, const struct end *e)
{
	for (unsigned i = 0; i < t->n_ends; i++) {
		const struct told_end *n = &t->end[i];

		if (n->use != e->use || (e->use == USE_GTPC && n->tag == 0xff))
			continue;
		if ((end_is_user(e) || e->use == USE_GTPC) && n->tag == e->tag)
			return true;
		if (e->use == USE_CORE_UE || e->use == USE_RAN_UE)
			return true;
	}
	return false;
}

static void
replace_ends(struct identity *reg, uint32_t session, const struct told *t)
{
	uint32_t at = 0;
	struct end *e;

	while ((e = session_end_next(reg, session_at(reg, session), &at)) != NULL) {
		if (told_has(t, e) || !is_replaced(t, e))
			continue;
		if (end_is_user(e) || e->use == USE_GTPC)	/* the old SGW is told to delete yet */
			end_linger(reg, e, t->time_us);
		else
			end_drop(reg, e);
	}
}

static void
learn_addrs(struct identity *reg, uint32_t ref, const struct told *t)
{
	for (unsigned i = 0; i < t->n_ue; i++) {
		struct session *s = session_at(reg, ref);
		bool had = claim_has(reg, s, &t->ue[i]);

		settle_claim(reg, ref, &t->ue[i], t);
		if (!had && claim_add(reg, ref, &t->ue[i]) && s->device != 0)
			news_add(reg, s->device, 0, DEVICE_ADDRESS, t);
	}
}

/** The session lives; enter what the message says of it. */
void
learn_session(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct session *s = session_at(reg, ref);

	s->heard_s = seconds(t->time_us);
	if (t->source < s->source)
		s->source = t->source & 0xf;
	if (t->rat != 0)
		s->rat = t->rat;
	if ((s->flags & SESSION_OPEN) != 0 && t->since_us != 0) {
		s->start_us = t->since_us;
		s->flags &= (uint8_t)~SESSION_OPEN;
	}
	if (s->owner == 0)
		session_set_owner(reg, s, t->owner);
	if (t->apn != 0)
		(void)name_set(reg, &s->apn, t->apn);
	if (s->device != 0 && s->apn != 0
	    && name_set(reg, &device_at(reg, s->device)->apn, s->apn))
		news_add(reg, s->device, 0, DEVICE_APN, t);
	replace_ends(reg, ref, t);
	for (unsigned i = 0; i < t->n_ends; i++) {
		settle_end(reg, ref, &t->end[i], t);
		(void)end_add(reg, ref, &t->end[i]);
	}
	learn_addrs(reg, ref, t);
}

/* A device told by what it was found by: its session gets it. */
static void
name_session(struct identity *reg, uint32_t ref, uint32_t device, const struct told *t)
{
	struct session *s = session_at(reg, ref);

	if (device == 0 && s->device == 0 && t->number[KEY_IMEI] != DIGITS_NONE
	    && (t->flags & TOLD_MASKED) != 0) {
		device = device_new(reg, t->time_us);	/* a TAC and a session, nothing to find it by */
		if (device != 0)
			news_add(reg, device, 0, DEVICE_NEW, t);
	}
	if (s->device == 0 && device != 0)
		session_set_device(reg, ref, device);
	if (s->device != 0)
		device_learn(reg, s->device, t);
}

static void
begin_or_go_on(struct identity *reg, const struct told *t, uint32_t device,
    const struct candidates *c)
{
	uint32_t ref = best_session(reg, c, t, device);

	if (ref == 0) {
		bool alone = (t->flags & TOLD_ALONE) != 0 && t->act == SIGNALLING_CREATE;

		/* a CREATE that nobody was seen to answer begins a session only with an address */
		if (t->n_ue == 0 && (t->n_ends == 0 || alone))
			return;
		if (t->act == SIGNALLING_TELL && t->n_ue == 0
		    && (device == 0 || t->source == SIGNALLED_DIAMETER))
			return;		/* S6a and its like speak of a subscriber, not of a session */
		ref = session_new(reg, t, device);
	}
	if (ref == 0)
		return;
	name_session(reg, ref, device, t);
	learn_session(reg, ref, t);
}

/* One message about several bearers may be about several sessions of a UE: each bearer's ends go to
 * the session that has the bearer. */
static void
by_bearer(struct identity *reg, const struct told *t, uint32_t device)
{
	uint32_t done = 0;

	for (unsigned i = 0; i < t->n_ends; i++) {
		struct told part = *t;
		unsigned bearer = t->end[i].tag >> 2;
		struct candidates c;

		if (t->end[i].use > USE_DOWNLINK || (done >> bearer % 32 & 1) != 0)
			continue;
		done |= UINT32_C(1) << bearer % 32;
		part.n_ends = 0;
		for (unsigned j = 0; j < t->n_ends; j++)
			if (t->end[j].use > USE_DOWNLINK || (t->end[j].tag >> 2) % 32 == bearer % 32)
				part.end[part.n_ends++] = t->end[j];
		device = device_resolve(reg, device);	/* it may have turned out to be another */
		find_candidates(reg, &part, device, &c);
		begin_or_go_on(reg, &part, device, &c);
	}
}

static bool
speaks_of_bearers(const struct told *t)
{
	unsigned first = 0;

	for (unsigned i = 0; i < t->n_ends; i++) {
		unsigned bearer = t->end[i].tag >> 2;

		if (t->end[i].use > USE_DOWNLINK || t->source == SIGNALLED_PFCP)
			continue;
		if (first != 0 && bearer != first)
			return is_radio(t->source) || t->act != SIGNALLING_CREATE;
		first = bearer;
	}
	return false;
}

/* The radio side is idle: who gets its TEIDs next is nobody's business here. */
static void
release(struct identity *reg, const struct told *t, const struct candidates *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		uint32_t at = 0;
		struct end *e;

		while ((e = session_end_next(reg, session_at(reg, c->session[i]), &at)) != NULL) {
			if (e->use == USE_DOWNLINK && (e->tag & 3) != SIDE_CORE)
				end_linger(reg, e, t->time_us);
			else if (is_radio(t->source) && e->use >= USE_CORE_UE)
				end_drop(reg, e);
		}
	}
}

/* True when user-plane ends are left. */
static bool
drop_bearers(struct identity *reg, struct session *s, uint32_t gone)
{
	uint32_t at = 0;
	struct end *e;
	bool left = false, dropped = false;

	while ((e = session_end_next(reg, s, &at)) != NULL) {
		unsigned bearer = e->tag >> 2;

		if (!end_is_user(e))
			continue;
		if (bearer < 32 && (gone >> bearer & 1) != 0) {
			dropped = true;
			end_drop(reg, e);
		} else {
			left = true;
		}
	}
	return left || !dropped;
}

/* Another RADIUS session of the same PDN connection goes on (TS 29.061, 16.4.7: one for each bearer).
 * Drops the one that ended. */
static bool
goes_on(struct identity *reg, uint32_t ref, const struct told *t)
{
	const struct session *s = session_at(reg, ref);
	uint32_t at = 0;
	struct end *e, *ended = NULL;
	bool others = false;

	if (t->source != SIGNALLED_RADIUS)
		return false;
	while ((e = session_end_next(reg, s, &at)) != NULL) {
		if (e->use != USE_RADIUS)
			continue;
		if (told_has(t, e))
			ended = e;
		else
			others = true;
	}
	if (others && ended != NULL)
		end_drop(reg, ended);
	return others && ended != NULL;
}

/* Did a session with one of these ids end just now? Then the message was about that one. */
static bool
ended_just_now(const struct identity *reg, const struct told *t)
{
	for (unsigned i = 0; i < t->n_ends; i++)
		for (uint32_t ref = end_first(reg, t->end[i].use, t->end[i].node, t->end[i].id);
		    ref != 0; ref = end_next(reg, ref)) {
			const struct session *s = session_at(reg, end_session(reg, ref));

			if (s->end_us != 0 && s->end_us + 2 * SECOND_US >= t->time_us)
				return true;
		}
	return false;
}

/* GTP addresses a session by one id. With the id that an SGW had before the session moved to another
 * only what is left there is deleted (TS 23.401, 5.5.1.1.3); the answer's id is of the UE and
 * says nothing more. */
static bool
is_addressed(const struct identity *reg, uint32_t session, const struct told *t)
{
	const struct told_end *h = t->header == 0 ? NULL : &t->end[t->header - 1];
	const struct session *s = session_at(reg, session);
	uint32_t at = 0;
	const struct end *e;
	bool moved = false;

	while (h != NULL && (e = session_end_next(reg, s, &at)) != NULL) {
		if (e->use != USE_GTPC)
			continue;
		if (e->node == h->node && e->id == h->id)
			return !e->lingers;
		moved |= !e->lingers && (e->node == h->node || e->tag == IF_S11_SGW);
	}
	return !moved;
}

static void
end_sessions(struct identity *reg, const struct told *t, uint32_t device,
    struct candidates *c)
{
	unsigned most = 0, n = 0;

	for (unsigned i = c->n; i-- != 0; )
		if (!is_addressed(reg, c->session[i], t)) {
			c->session[i] = c->session[--c->n];
			c->points[i] = c->points[c->n];
		}
	for (unsigned i = 0; i < c->n; i++) {
		if (!is_possible(reg, session_at(reg, c->session[i]), c->points[i], t, device))
			continue;
		n = c->points[i] > most ? 1 : n + (c->points[i] == most);
		most = c->points[i] > most ? c->points[i] : most;
	}
	if (n > 1 && most < FIT_PDN_ID && ended_just_now(reg, t))
		return;
	for (unsigned i = 0; i < c->n; i++) {
		struct session *s = session_at(reg, c->session[i]);

		if (t->bearers_gone != 0) {
			if (drop_bearers(reg, s, t->bearers_gone))
				continue;
		} else if (c->points[i] != most || goes_on(reg, c->session[i], t)) {
			continue;
		}
		session_over(reg, c->session[i], t->time_us);
	}
}

/* A session that is heard of only when it ends was there before. */
static void
end_unheard(struct identity *reg, const struct told *t, uint32_t device)
{
	uint32_t ref;

	if (device == 0 || t->n_ue == 0 || t->bearers_gone != 0 || ended_just_now(reg, t))
		return;
	ref = session_new(reg, t, device);
	if (ref == 0)
		return;
	learn_session(reg, ref, t);
	session_over(reg, ref, t->time_us);
}

static void
act(struct identity *reg, const struct told *t, uint32_t device, struct candidates *c)
{
	if ((t->flags & TOLD_REFUSED) != 0 && t->act != SIGNALLING_DELETE)
		return;
	switch (t->act) {
	case SIGNALLING_RELEASE:
		release(reg, t, c);
		break;
	case SIGNALLING_DELETE:
		if (c->n != 0)
			end_sessions(reg, t, device, c);
		else
			end_unheard(reg, t, device);
		break;
	default:
		if (speaks_of_bearers(t))
			by_bearer(reg, t, device);
		else
			begin_or_go_on(reg, t, device, c);
	}
}

/* The device is held meanwhile: a session that makes room must not take it along. */
void
learn(struct identity *reg, struct told *t)
{
	uint32_t device = who(reg, t);
	struct candidates c;

	find_candidates(reg, t, device, &c);
	if (device == 0)
		device = device_of(reg, &c, t);
	if (device != 0) {
		device_hold(reg, device);
		device_learn(reg, device, t);
	}
	act(reg, t, device, &c);
	device_release(reg, device);
}
