/* SPDX-License-Identifier: Apache-2.0 */
/* who.c - which device a message speaks of.
 *
 * The module is the device: a SIM that moves to another module is another entry, linked by news.
 * A module whose SIM is changed stays the same entry. Two SIMs that live at once with one IMEI are
 * two entries: IMEIs are cloned, and one of them may be a lie. What a less trusted source says
 * against a more trusted one is told as news and changes nothing. */
#include "internal.h"

enum { SAME_IMEI_MAX = 8 };	/* entries that one IMEI finds */

static bool
masked(const struct told *t)
{
	return (t->flags & TOLD_MASKED) != 0;
}

static digits
whole_imei(const struct told *t)
{
	return masked(t) ? DIGITS_NONE : t->number[KEY_IMEI];
}

/* Do the digits agree as far as both are told? */
static bool
imei_fits(digits a, digits b)
{
	unsigned n = digits_count(a), m = digits_count(b);

	n = n < m ? n : m;
	n = n < IMEI_KEY_DIGITS ? n : IMEI_KEY_DIGITS;
	return digits_first(a, n) == digits_first(b, n);
}

static bool
number_fits(enum device_key key, digits a, digits b)
{
	if (a == DIGITS_NONE || b == DIGITS_NONE)
		return true;
	return key == KEY_IMEI ? imei_fits(a, b) : a == b;
}

bool
devices_agree(const struct identity *reg, uint32_t a, uint32_t b)
{
	const struct device *d = device_at(reg, a), *e = device_at(reg, b);

	return a == b || (number_fits(KEY_IMEI, d->number[KEY_IMEI], e->number[KEY_IMEI])
	    && number_fits(KEY_IMSI, d->number[KEY_IMSI], e->number[KEY_IMSI]));
}

bool
who_fits(const struct identity *reg, uint32_t ref, const struct told *t)
{
	const struct device *d = device_at(reg, ref);

	return number_fits(KEY_IMEI, d->number[KEY_IMEI], t->number[KEY_IMEI])
	    && number_fits(KEY_IMSI, d->number[KEY_IMSI], t->number[KEY_IMSI]);
}

/* The entry of an IMEI: the one with this SIM, else without a SIM, else heard of last. */
static uint32_t
by_imei(const struct identity *reg, digits imei, digits imsi, unsigned *n)
{
	uint32_t best = 0;
	unsigned best_rank = 0;

	*n = 0;
	for (uint32_t ref = device_by_number(reg, KEY_IMEI, imei); ref != 0;
	    ref = device_next_by_number(reg, KEY_IMEI, ref)) {
		const struct device *d = device_at(reg, ref);
		unsigned rank = d->number[KEY_IMSI] == DIGITS_NONE ? 2
		    : d->number[KEY_IMSI] == imsi ? 3 : 1;

		(*n)++;
		if (rank > best_rank || (rank == best_rank
		    && d->last_s > device_at(reg, best)->last_s)) {
			best = ref;
			best_rank = rank;
		}
	}
	return best;
}

void
who_note(struct identity *reg, uint32_t ref, uint32_t other, unsigned changes, const struct told *t)
{
	struct device *d = device_at(reg, ref);

	if (d->flags & DEVICE_NOTED)
		return;
	d->flags |= DEVICE_NOTED;
	news_numbers(reg, ref, other, changes, t, d->number[KEY_IMEI], d->number[KEY_IMSI]);
}

static uint32_t
begin(struct identity *reg, const struct told *t)
{
	uint32_t ref = device_new(reg, t->time_us);

	if (ref != 0)
		news_add(reg, ref, 0, DEVICE_NEW, t);
	return ref;
}

/* The SIM left: it is in another module now, and its sessions with it. */
static void
sim_leaves(struct identity *reg, uint32_t ref, uint64_t time_us)
{
	device_unlink(reg, ref, KEY_IMSI);
	for (uint32_t s = device_at(reg, ref)->sessions; s != 0; s = session_at(reg, s)->sibling)
		if ((session_at(reg, s)->flags & (SESSION_LAN | SESSION_APP)) == 0)
			session_over(reg, s, time_us);
}

static uint32_t
sim_moves(struct identity *reg, uint32_t from, const struct told *t)
{
	digits imsi = t->number[KEY_IMSI], old = device_at(reg, from)->number[KEY_IMEI];
	unsigned n;
	uint32_t to = by_imei(reg, t->number[KEY_IMEI], imsi, &n);

	if (to != 0 && device_at(reg, to)->number[KEY_IMSI] != DIGITS_NONE
	    && device_at(reg, to)->number[KEY_IMSI] != imsi
	    && device_is_live(reg, device_at(reg, to)))
		to = 0;
	if (to == 0)
		to = begin(reg, t);
	if (to == 0 || to == from)
		return from;
	sim_leaves(reg, from, t->time_us);
	news_numbers(reg, to, from, DEVICE_PAIR_CHANGED, t, old, DIGITS_NONE);
	return to;
}

/* The SIM is known as `b`. */
static uint32_t
with_sim(struct identity *reg, uint32_t b, const struct told *t)
{
	struct device *d = device_at(reg, b);
	digits imei = whole_imei(t);
	unsigned n;
	uint32_t a;

	if (imei == DIGITS_NONE) {
		if (t->number[KEY_IMEI] != DIGITS_NONE
		    && !number_fits(KEY_IMEI, d->number[KEY_IMEI], t->number[KEY_IMEI]))
			who_note(reg, b, 0, DEVICE_PAIR_CHANGED, t);
		return b;
	}
	if (number_fits(KEY_IMEI, d->number[KEY_IMEI], imei)) {
		a = by_imei(reg, imei, t->number[KEY_IMSI], &n);
		if (a != 0 && a != b && device_at(reg, a)->number[KEY_IMSI] == DIGITS_NONE)
			device_merge(reg, b, a, t);
		return b;
	}
	if (device_is_live(reg, d)) {
		if (t->source > d->told_by[KEY_IMEI]) {
			who_note(reg, b, device_by_number(reg, KEY_IMEI, imei), DEVICE_PAIR_CHANGED, t);
			return b;
		}
		if (t->source < d->told_by[KEY_IMEI]) {	/* it was told wrong */
			news_numbers(reg, b, 0, DEVICE_PAIR_CHANGED | DEVICE_IMEI, t,
			    d->number[KEY_IMEI], DIGITS_NONE);
			device_unlink(reg, b, KEY_IMEI);
			d->number[KEY_IMEI] = DIGITS_NONE;
			return b;
		}
	}
	return sim_moves(reg, b, t);
}

/* The module is known as `a`, the SIM is not known or not told. */
static uint32_t
with_module(struct identity *reg, uint32_t a, unsigned same, const struct told *t)
{
	struct device *d = device_at(reg, a);
	digits imsi = t->number[KEY_IMSI], old = d->number[KEY_IMSI];
	uint32_t ref;

	if (imsi == DIGITS_NONE || old == DIGITS_NONE || imsi == old)
		return a;
	if (!device_is_live(reg, d)) {
		device_unlink(reg, a, KEY_IMSI);
		d->number[KEY_IMSI] = DIGITS_NONE;
		news_numbers(reg, a, 0, DEVICE_PAIR_CHANGED | DEVICE_IMSI, t, DIGITS_NONE, old);
		return a;
	}
	if (source_is_app(t->source)) {
		if ((d->flags & DEVICE_NOTED) == 0)
			news_numbers(reg, a, 0, DEVICE_TWO_SIMS, t, DIGITS_NONE, imsi);
		d->flags |= DEVICE_NOTED;
		return a;
	}
	ref = begin(reg, t);
	if (ref == 0 || ref == a)	/* no room, or in the place of the other */
		return ref;
	device_at(reg, ref)->flags |= DEVICE_TWIN;
	if (same >= SAME_IMEI_MAX)
		device_at(reg, ref)->flags |= DEVICE_CROWDED;
	news_numbers(reg, ref, a, DEVICE_IMEI_TWICE, t, DIGITS_NONE, old);
	return ref;
}

/* A subscriber's number finds a device only when nothing better contradicts. */
static uint32_t
with_msisdn(const struct identity *reg, const struct told *t)
{
	uint32_t ref = device_by_number(reg, KEY_MSISDN, t->number[KEY_MSISDN]);
	const struct device *d;

	if (ref == 0)
		return 0;
	d = device_at(reg, ref);
	return number_fits(KEY_IMSI, d->number[KEY_IMSI], t->number[KEY_IMSI])
	    && number_fits(KEY_IMEI, d->number[KEY_IMEI], t->number[KEY_IMEI]) ? ref : 0;
}

uint32_t
who_known(const struct identity *reg, const struct told *t)
{
	uint32_t ref = device_by_number(reg, KEY_IMSI, t->number[KEY_IMSI]);
	unsigned same;

	if (ref == 0)
		ref = by_imei(reg, whole_imei(t), t->number[KEY_IMSI], &same);
	return ref != 0 ? ref : with_msisdn(reg, t);
}

/** 0: the message names nobody, or there is no room. */
uint32_t
who(struct identity *reg, const struct told *t)
{
	uint32_t ref = device_by_number(reg, KEY_IMSI, t->number[KEY_IMSI]);
	unsigned same;

	if (ref != 0)
		return with_sim(reg, ref, t);
	ref = by_imei(reg, whole_imei(t), t->number[KEY_IMSI], &same);
	if (ref != 0)
		return with_module(reg, ref, same, t);
	ref = with_msisdn(reg, t);
	if (ref == 0 && (t->flags & TOLD_MAC) != 0 && source_is_lan(t->source))
		ref = device_by_mac(reg, t->mac);
	if (ref != 0 || (t->number[KEY_IMSI] == DIGITS_NONE && whole_imei(t) == DIGITS_NONE
	    && t->number[KEY_MSISDN] == DIGITS_NONE
	    && !((t->flags & TOLD_MAC) != 0 && source_is_lan(t->source))))
		return ref;
	return begin(reg, t);
}

/* The IMEI of a SIM that was heard of before: another module may have it, too. */
static void
link_imei(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct device *d = device_at(reg, ref);
	unsigned same;
	uint32_t twin = by_imei(reg, d->number[KEY_IMEI], DIGITS_NONE, &same);
	digits imsi = twin == 0 ? DIGITS_NONE : device_at(reg, twin)->number[KEY_IMSI];

	if (same >= SAME_IMEI_MAX)
		d->flags |= DEVICE_CROWDED;
	if ((d->flags & DEVICE_CROWDED) == 0)
		device_link(reg, ref, KEY_IMEI);
	if (twin == 0 || twin == ref || (d->flags & DEVICE_TWIN) != 0 || imsi == DIGITS_NONE
	    || d->number[KEY_IMSI] == DIGITS_NONE || imsi == d->number[KEY_IMSI]
	    || !device_is_live(reg, device_at(reg, twin)))
		return;
	d->flags |= DEVICE_TWIN;
	news_numbers(reg, ref, twin, DEVICE_IMEI_TWICE, t, DIGITS_NONE, imsi);
}

static void
learn_imei(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct device *d = device_at(reg, ref);
	digits imei = t->number[KEY_IMEI], old = d->number[KEY_IMEI];
	bool had_masked = (d->flags & DEVICE_IMEI_MASKED) != 0;

	if (imei == DIGITS_NONE || (old != DIGITS_NONE && !(had_masked && !masked(t))))
		return;
	if (old != DIGITS_NONE && !imei_fits(old, imei))
		who_note(reg, ref, 0, DEVICE_PAIR_CHANGED, t);
	d->number[KEY_IMEI] = imei;
	d->told_by[KEY_IMEI] = t->source;
	d->flags = (uint16_t)((d->flags & ~DEVICE_IMEI_MASKED)
	    | (masked(t) ? DEVICE_IMEI_MASKED : 0));
	if (!masked(t))
		link_imei(reg, ref, t);
	news_numbers(reg, ref, 0, DEVICE_IMEI, t, old, DIGITS_NONE);
}

static void
learn_imsi(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct device *d = device_at(reg, ref);
	digits imsi = t->number[KEY_IMSI];

	if (imsi == DIGITS_NONE)
		return;
	if (d->number[KEY_IMSI] == DIGITS_NONE) {
		d->number[KEY_IMSI] = imsi;
		d->told_by[KEY_IMSI] = t->source;
		news_add(reg, ref, 0, DEVICE_IMSI, t);
	}
	if (d->number[KEY_IMSI] == imsi && device_by_number(reg, KEY_IMSI, imsi) == 0)
		device_link(reg, ref, KEY_IMSI);	/* also a SIM that comes back */
}

/* A number that another device had is this one's now. */
static void
learn_msisdn(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct device *d = device_at(reg, ref);
	digits msisdn = t->number[KEY_MSISDN];
	uint32_t other;

	if (msisdn == DIGITS_NONE || d->number[KEY_MSISDN] == msisdn)
		return;
	if (d->number[KEY_MSISDN] != DIGITS_NONE && t->source > d->told_by[KEY_MSISDN])
		return;
	other = device_by_number(reg, KEY_MSISDN, msisdn);
	if (other != 0)
		device_unlink(reg, other, KEY_MSISDN);
	device_unlink(reg, ref, KEY_MSISDN);
	d->number[KEY_MSISDN] = msisdn;
	d->told_by[KEY_MSISDN] = t->source;
	device_link(reg, ref, KEY_MSISDN);
	news_add(reg, ref, 0, DEVICE_HOST, t);
}

static void
learn_host(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct host *h;
	bool news = false;

	if ((t->flags & TOLD_MAC) == 0 && t->host_name == 0 && t->vendor_class == 0)
		return;
	h = device_host(reg, ref);
	if ((t->flags & TOLD_MAC) != 0 && !h->has_mac && device_by_mac(reg, t->mac) == 0) {
		device_set_mac(reg, ref, t->mac);
		news = true;
	}
	if (t->host_name != 0)
		news |= name_set(reg, &h->name, t->host_name);
	if (t->vendor_class != 0)
		news |= name_set(reg, &h->vendor_class, t->vendor_class);
	if (news)
		news_add(reg, ref, 0, DEVICE_HOST, t);
}

static void
learn_network(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct device *d = device_at(reg, ref);

	if (t->area != 0 || t->cell != 0) {
		d->area = t->area;
		d->cell = t->cell;
	}
	if ((t->plmn == 0 || t->plmn == d->plmn) && (t->rat == 0 || t->rat == d->rat))
		return;
	if (t->plmn != 0)
		d->plmn = t->plmn & 0xffffff;
	if (t->rat != 0)
		d->rat = t->rat;
	news_add(reg, ref, 0, DEVICE_NETWORK, t);
}

void
device_learn(struct identity *reg, uint32_t ref, const struct told *t)
{
	struct device *d = device_at(reg, ref);
	uint32_t now_s = seconds(t->time_us);

	learn_imei(reg, ref, t);
	learn_imsi(reg, ref, t);
	learn_msisdn(reg, ref, t);
	learn_host(reg, ref, t);
	learn_network(reg, ref, t);
	if ((int32_t)(now_s - d->last_s) > 0)
		d->last_s = now_s;
	now_s = now_s > reg->base_s ? now_s - reg->base_s : 0;
	device_note_source(d, (t->source + 1u) << 28 | (now_s & 0xfffffff));
}
