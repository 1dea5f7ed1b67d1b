/* SPDX-License-Identifier: Apache-2.0 */
/* conflict.c - who else holds the addresses and tunnel ends that a session is about to get.
 *
 * The same session told by several protocols becomes one. An address given out anew ends the
 * session that had it, when both have the same owner; with owners that differ the pools may
 * overlap, and both live: then the address alone names nobody. */
#include "internal.h"

void
session_yield(struct identity *reg, uint32_t from, uint32_t to, uint64_t time_us)
{
	struct session *s = session_at(reg, to);
	const struct session *t = session_at(reg, from);

	if (t->device != 0 && t->device != s->device && device_at(reg, t->device)->flows != 0) {
		s->flags |= SESSION_TOOK;
		if (s->device != 0)
			reg->reassigned = true;
	}
	session_over(reg, from, time_us);
}

static bool
has_end_at(const struct identity *reg, const struct session *s, uint32_t node)
{
	uint32_t at = 0;
	const struct end *e;

	while (node != 0 && (e = session_end_next(reg, s, &at)) != NULL)
		if (!end_is_user(e) && e->node == node)
			return true;
	return false;
}

/* One owner gives out an address once. Owners that are not known are taken for the same: then
 * the later word counts. */
static bool
same_owner(const struct identity *reg, const struct session *s, const struct session *t)
{
	return s->owner == 0 || t->owner == 0 || s->owner == t->owner
	    || has_end_at(reg, s, t->owner) || has_end_at(reg, t, s->owner);
}

/* Has the id of one session at a user-plane function or NAS a different value at the same node in
 * the other? *elsewhere: both have one, at different user-plane functions. */
static bool
is_other_at_node(const struct identity *reg, const struct session *s, const struct session *t,
    bool *elsewhere)
{
	uint32_t at = 0;
	const struct end *e, *f;
	bool other = false;

	*elsewhere = false;
	while ((e = session_end_next(reg, s, &at)) != NULL) {
		uint32_t with = 0;

		if (e->use != USE_RADIUS && !(e->use == USE_PFCP && e->tag == TAG_UP))
			continue;
		while ((f = session_end_next(reg, t, &with)) != NULL) {
			if (f->use != e->use || (f->use == USE_PFCP && f->tag != TAG_UP))
				continue;
			if (f->node == e->node && f->id == e->id)
				return false;
			other |= f->node == e->node;
			*elsewhere |= e->use == USE_PFCP && f->node != e->node;
		}
	}
	return other;
}

static bool
near(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) <= SKEW_UNION_S * SECOND_US;
}

/* Two sessions with one address, of at least one the device is not known: are they one? */
static bool
may_be_one(const struct session *s, const struct session *t,
    const struct told *told)
{
	if (told->act != SIGNALLING_CREATE || (t->flags & SESSION_OPEN) != 0)
		return true;
	if (t->device != 0)	/* its device was told of the address about when s began, or after */
		return (uint64_t)t->heard_s + SKEW_UNION_S >= s->start_us / SECOND_US;
	return near(s->start_us, t->start_us);
}

static void
settle_unknown(struct identity *reg, uint32_t session, uint32_t other, const struct told *told)
{
	struct session *s = session_at(reg, session), *t = session_at(reg, other);
	bool elsewhere;

	if (is_other_at_node(reg, s, t, &elsewhere)) {
		session_yield(reg, other, session, told->time_us);
	} else if (elsewhere) {
		return;			/* overlapping pools: both live */
	} else if (may_be_one(s, t, told)) {
		session_absorb(reg, session, other);
	} else if (t->device == 0 || same_owner(reg, s, t)) {
		session_yield(reg, other, session, told->time_us);
	}
}

/* What a device says of itself, or a LAN, yields to the network's word. */
static void
settle_less_trusted(struct identity *reg, uint32_t session, uint32_t other,
    const struct told *told)
{
	struct session *s = session_at(reg, session), *t = session_at(reg, other);

	if ((t->flags & SESSION_APP) != 0 && t->device != 0
	    && (told->act != SIGNALLING_CREATE || near(t->start_us, s->start_us)
		|| (uint64_t)t->heard_s * SECOND_US >= s->start_us)) {
		if (s->device != 0 && s->device != t->device
		    && devices_agree(reg, s->device, t->device))
			device_merge(reg, s->device, t->device, told);
		if (s->device == 0 || s->device == t->device) {
			session_absorb(reg, session, other);
			return;
		}
	}
	session_yield(reg, other, session, told->time_us);
}

/* Entries that one source found by IMSI and another by IMEI turn out to be one device when the
 * same session is told of both. */
static bool
are_one(struct identity *reg, const struct session *s, const struct session *t,
    const struct told *told)
{
	if (told->act == SIGNALLING_CREATE && !near(s->start_us, t->start_us))
		return false;
	if (!devices_agree(reg, s->device, t->device))
		return false;
	device_merge(reg, s->device, t->device, told);
	return true;
}

static void
settle_with(struct identity *reg, uint32_t session, uint32_t other, const struct told *told)
{
	struct session *s = session_at(reg, session), *t = session_at(reg, other);

	if (!session_lives(reg, other)) {
		if (t->device != 0 && t->device != s->device
		    && device_at(reg, t->device)->flows != 0)
			session_yield(reg, other, session, t->end_us);
		if ((s->flags & SESSION_OPEN) != 0 && t->device != s->device
		    && t->end_us > s->start_us)
			s->start_us = t->end_us;
		return;
	}
	if (t->flags & (SESSION_LAN | SESSION_APP))
		settle_less_trusted(reg, session, other, told);
	else if (s->device == 0 || t->device == 0)
		settle_unknown(reg, session, other, told);
	else if (s->device == t->device || are_one(reg, s, t, told))
		session_absorb(reg, session, other);
	else if (same_owner(reg, s, t))
		session_yield(reg, other, session, told->time_us);
}

/* Others with the same key, and no more of them than may be looked at later: the oldest of too
 * many is forgotten. */
void
settle_claim(struct identity *reg, uint32_t session, const struct cidr *c, const struct told *told)
{
	uint32_t others[CANDIDATES_MAX], last = 0;
	unsigned n = 0;

	for (uint32_t ref = claim_first(reg, &c->base, c->len); ref != 0;
	    ref = claim_next(reg, ref)) {
		last = claim_at(reg, ref)->session;
		if (last != session && n < CANDIDATES_MAX)
			others[n++] = last;
	}
	for (unsigned i = 0; i < n; i++)
		if (session_at(reg, others[i])->flags & SESSION_USED)
			settle_with(reg, session, others[i], told);
	if (n >= CANDIDATES_MAX / 2 && (session_at(reg, last)->flags & SESSION_USED) != 0
	    && last != session)
		session_forget(reg, last);
}

static struct end *
find_in(const struct identity *reg, uint32_t session, const struct told_end *e)
{
	for (uint32_t ref = end_first(reg, e->use, e->node, e->id); ref != 0;
	    ref = end_next(reg, ref))
		if (end_session(reg, ref) == session)
			return end_at(reg, ref);
	return NULL;
}

/* A UE id of S1AP or NGAP is used again soon: with another partner id it is another UE's. */
static bool
is_other_ue(const struct identity *reg, const struct session *t, const struct told *told)
{
	for (unsigned i = 0; i < told->n_ends; i++) {
		const struct told_end *e = &told->end[i];
		uint32_t at = 0;
		const struct end *f;

		if (e->use != USE_CORE_UE)
			continue;
		while ((f = session_end_next(reg, t, &at)) != NULL)
			if (f->use == USE_CORE_UE && f->node == e->node && f->id != e->id)
				return true;
	}
	return false;
}

static void
settle_end_with(struct identity *reg, uint32_t session, uint32_t other, const struct told_end *e,
    const struct told *told)
{
	const struct session *s = session_at(reg, session), *t = session_at(reg, other);
	struct end *held = find_in(reg, other, e);
	bool differ = s->device != 0 && t->device != 0 && s->device != t->device;

	if (held == NULL || t->end_us != 0)
		return;
	if (differ && e->use <= USE_DOWNLINK && !held->lingers && are_one(reg, s, t, told))
		differ = false;
	if (e->use <= USE_DOWNLINK && !held->lingers && !differ
	    && (told->act != SIGNALLING_CREATE || near(s->start_us, t->start_us)
		|| (s->device == t->device && s->device != 0)))
		session_absorb(reg, session, other);
	else if (e->use <= USE_DOWNLINK || differ
	    || (e->use >= USE_CORE_UE && is_other_ue(reg, t, told)))
		end_drop(reg, held);
}

void
settle_end(struct identity *reg, uint32_t session, const struct told_end *e,
    const struct told *told)
{
	uint32_t others[CANDIDATES_MAX], last = 0;
	unsigned n = 0;

	for (uint32_t ref = end_first(reg, e->use, e->node, e->id); ref != 0;
	    ref = end_next(reg, ref)) {
		last = end_session(reg, ref);
		if (last != session && n < CANDIDATES_MAX)
			others[n++] = last;
	}
	for (unsigned i = 0; i < n; i++)
		if (session_at(reg, others[i])->flags & SESSION_USED)
			settle_end_with(reg, session, others[i], e, told);
	if (n == CANDIDATES_MAX && last != session
	    && (session_at(reg, last)->flags & SESSION_USED) != 0) {
		struct end *held = find_in(reg, last, e);

		if (held != NULL)
			end_drop(reg, held);
	}
}
