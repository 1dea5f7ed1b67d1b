/* SPDX-License-Identifier: Apache-2.0 */
/* app.c - what a device says of itself, in a LwM2M endpoint name or in its telemetry.
 *
 * It completes what the network says of the address and never overrules it. Where the network
 * says nothing, the address is the device's from the end of whoever had it before. */
#include "internal.h"

enum { SHARED_S = 3600 };	/* two devices in turns at one address within this: they share it */

/* The live session that holds the address: the network's before a LAN's before one of ours.
 * *several: there are more of that kind. */
static uint32_t
holder(struct identity *reg, const struct addr *a, bool *several)
{
	uint32_t held[CANDIDATES_MAX], best = 0;
	unsigned n = claim_holders(reg, a, held, CANDIDATES_MAX), best_rank = 0;

	*several = false;
	for (unsigned i = 0; i < n; i++) {
		const struct session *s = session_at(reg, held[i]);
		unsigned rank = (s->flags & SESSION_APP) ? 1 : (s->flags & SESSION_LAN) ? 2 : 3;

		if (rank < best_rank || !session_lives(reg, held[i]))
			continue;
		*several = rank == best_rank;
		best_rank = rank;
		best = held[i];
	}
	return best;
}

/* The address was nobody's whom we know, or of one that also only said so itself. */
static void
begin(struct identity *reg, const struct told *t, uint32_t device, uint32_t before)
{
	uint32_t ref = session_new(reg, t, device);
	struct session *s;

	if (ref == 0)
		return;
	if (before == ref || (before != 0 && !(session_at(reg, before)->flags & SESSION_USED)))
		before = 0;		/* it made room */
	s = session_at(reg, ref);
	s->flags |= SESSION_APP;
	for (uint32_t at = claim_first(reg, &t->ue[0].base, t->ue[0].len); at != 0;
	    at = claim_next(reg, at)) {
		const struct session *old = session_at(reg, claim_at(reg, at)->session);

		if (old->end_us > s->start_us)
			s->start_us = old->end_us;
	}
	if (before != 0) {
		const struct session *b = session_at(reg, before);
		bool shared = (b->flags & SESSION_FLIPPED) != 0
		    && t->time_us < b->start_us + SHARED_S * SECOND_US;

		s->flags |= SESSION_FLIPPED;
		s->start_us = t->time_us;
		if (!shared)
			session_yield(reg, before, ref, t->time_us);
	}
	if (!claim_add(reg, ref, &t->ue[0]))
		return;
	claims_trim(reg, &t->ue[0], ref);
	news_add(reg, device, 0, DEVICE_ADDRESS, t);
}

/* The device that the network has there says it is another: both are told, nothing changes. */
static void
contradict(struct identity *reg, uint32_t device, const struct told *t)
{
	uint32_t said = who(reg, t);

	if (said == 0 || said == device)
		return;
	device_learn(reg, said, t);
	who_note(reg, device, said, DEVICE_PAIR_CHANGED, t);
}

static void
learn_of(struct identity *reg, const struct told *t, uint32_t session)
{
	struct session *s = session_at(reg, session);
	uint32_t known = who_known(reg, t);
	bool fits = known == 0 || known == s->device ? who_fits(reg, s->device, t)
	    : devices_agree(reg, known, s->device);

	s->heard_s = seconds(t->time_us);
	if (fits) {
		if (known != 0 && known != s->device)
			device_merge(reg, s->device, known, t);
		device_learn(reg, s->device, t);
	} else if (s->flags & SESSION_APP) {
		uint32_t said = who(reg, t);

		if (said == 0)
			return;
		device_learn(reg, said, t);
		if (said != s->device)
			begin(reg, t, said, session);
	} else {
		contradict(reg, s->device, t);
	}
}

/* The one of several sharing an address that the message is about. */
static bool
is_heard_again(struct identity *reg, const struct told *t, uint32_t device)
{
	for (uint32_t at = claim_first(reg, &t->ue[0].base, t->ue[0].len); at != 0;
	    at = claim_next(reg, at)) {
		uint32_t ref = claim_at(reg, at)->session;

		if (session_at(reg, ref)->device == device && session_lives(reg, ref)) {
			session_at(reg, ref)->heard_s = seconds(t->time_us);
			return true;
		}
	}
	return false;
}

void
learn_app(struct identity *reg, struct told *t)
{
	uint32_t session, device;
	bool several;

	if (t->n_ue == 0 || (t->flags & TOLD_REFUSED) != 0 || t->act == SIGNALLING_DELETE)
		return;
	if (t->number[KEY_IMEI] == DIGITS_NONE && t->number[KEY_IMSI] == DIGITS_NONE
	    && t->number[KEY_MSISDN] == DIGITS_NONE)
		return;
	session = holder(reg, &t->ue[0].base, &several);
	if (session != 0 && !several && session_at(reg, session)->device != 0) {
		learn_of(reg, t, session);
		return;
	}
	device = who(reg, t);
	if (device == 0)
		return;
	device_learn(reg, device, t);
	if (session == 0)
		begin(reg, t, device, 0);
	else if (!several && (session_at(reg, session)->flags & SESSION_USED) != 0)
		session_set_device(reg, session, device);
	else if (!is_heard_again(reg, t, device)
	    && (session_at(reg, session)->flags & SESSION_APP) != 0)
		begin(reg, t, device, session);
}
