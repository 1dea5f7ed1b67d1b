/* SPDX-License-Identifier: Apache-2.0 */
/* lan.c - hosts of a LAN: MAC and address by DHCP, ARP and ND, one session an address.
 *
 * Never against the core network's word, and ARP not against DHCP's. A MAC that answers for
 * many addresses is a router, and behind a router the MAC is nobody's. */
#include <string.h>

#include "internal.h"

/* One LAN per VLAN: its pseudo-node owns the addresses. The lowest bit keeps the untagged LAN apart
 * from an element with address 0. */
static uint32_t
lan_of(struct identity *reg, const struct told *t)
{
	return node_get(reg, &(struct addr){ { 0 } }, t->tenant | 1);
}

/* Is the address the core network's to tell of? */
static bool
is_core(struct identity *reg, const struct cidr *c)
{
	uint32_t holders[CANDIDATES_MAX];
	unsigned n = claim_holders(reg, &c->base, holders, CANDIDATES_MAX);

	for (unsigned i = 0; i < n; i++)
		if (!(session_at(reg, holders[i])->flags & (SESSION_LAN | SESSION_APP))
		    && session_lives(reg, holders[i]))
			return true;
	return false;
}

/* The live session of an address in this LAN. */
static uint32_t
session_of(struct identity *reg, const struct cidr *c, uint32_t lan)
{
	for (uint32_t ref = claim_first(reg, &c->base, c->len); ref != 0;
	    ref = claim_next(reg, ref)) {
		uint32_t session = claim_at(reg, ref)->session;

		if (session_at(reg, session)->owner == lan && session_lives(reg, session))
			return session;
	}
	return 0;
}

static bool
is_by_arp(const struct told *t)
{
	return t->source == SIGNALLED_ARP || t->source == SIGNALLED_ND;
}

static bool
ends_what(const struct session *s, const struct session *new)
{
	return s->end_us == 0 && (s->flags & SESSION_LAN) != 0 && s->owner == new->owner;
}

/* A lease replaces the one before, of the same family. */
static void
end_older_lease(struct identity *reg, uint32_t ref, uint64_t time_us)
{
	const struct session *new = session_at(reg, ref);
	bool ipv4 = new->claims != 0 && addr_is_ipv4(&claim_at(reg, new->claims)->addr);
	const struct device *d = device_at(reg, new->device);

	for (uint32_t s = d->sessions; s != 0; s = session_at(reg, s)->sibling) {
		const struct session *old = session_at(reg, s);

		if (s != ref && ends_what(old, new) && (old->flags & SESSION_ARP) == 0
		    && old->claims != 0 && ipv4
		    && addr_is_ipv4(&claim_at(reg, old->claims)->addr))
			session_over(reg, s, time_us);
	}
}

/* More addresses than one host has: a router that answers for others. */
static void
check_router(struct identity *reg, uint32_t device, uint64_t time_us)
{
	const struct device *d = device_at(reg, device);
	unsigned n = 0;

	for (uint32_t s = d->sessions; s != 0; s = session_at(reg, s)->sibling)
		n += session_at(reg, s)->end_us == 0 && (session_at(reg, s)->flags & SESSION_ARP)
		    && session_at(reg, s)->claims != 0
		    && addr_is_ipv4(&claim_at(reg, session_at(reg, s)->claims)->addr);
	if (n <= ROUTER_ADDRS)
		return;
	device_host(reg, device)->flags |= HOST_ROUTER;
	for (uint32_t s = d->sessions; s != 0; s = session_at(reg, s)->sibling)
		if (session_at(reg, s)->flags & SESSION_ARP)
			session_over(reg, s, time_us);
}

static void
begin(struct identity *reg, const struct told *t, const struct cidr *c, uint32_t device,
    uint32_t lan, uint32_t before)
{
	uint32_t ref = session_new(reg, t, device);
	struct session *s;

	if (ref == 0)
		return;
	if (before == ref || (before != 0 && !(session_at(reg, before)->flags & SESSION_USED)))
		before = 0;		/* it made room */
	s = session_at(reg, ref);
	s->flags |= SESSION_LAN | (is_by_arp(t) ? SESSION_ARP : 0);
	session_set_owner(reg, s, lan);
	for (uint32_t at = claim_first(reg, &c->base, c->len); at != 0; at = claim_next(reg, at)) {
		const struct session *old = session_at(reg, claim_at(reg, at)->session);

		if ((s->flags & SESSION_OPEN) && old->owner == lan && old->end_us > s->start_us)
			s->start_us = old->end_us;
	}
	if (before != 0) {
		session_yield(reg, before, ref, t->time_us);
		if (s->flags & SESSION_OPEN)
			s->start_us = t->time_us;
	}
	if (!claim_add(reg, ref, c))
		return;
	claims_trim(reg, c, ref);
	news_add(reg, device, 0, DEVICE_ADDRESS, t);
	if (!is_by_arp(t))
		end_older_lease(reg, ref, t->time_us);
	else
		check_router(reg, device, t->time_us);
}

static void
learn_lease(struct identity *reg, const struct told *t, const struct cidr *c, uint32_t device)
{
	uint32_t lan = lan_of(reg, t), held;
	struct session *s;

	if (lan == 0 || is_core(reg, c))
		return;
	held = session_of(reg, c, lan);
	s = held == 0 ? NULL : session_at(reg, held);
	if (s == NULL || (s->device != device
	    && !(is_by_arp(t) && (s->flags & SESSION_ARP) == 0))) {
		begin(reg, t, c, device, lan, held);
	} else if (s->device == device) {
		s->heard_s = seconds(t->time_us);
		if (!is_by_arp(t))
			s->flags &= (uint8_t)~SESSION_ARP;
	}
}

static void
end_leases(struct identity *reg, const struct told *t, uint32_t device)
{
	uint32_t lan = lan_of(reg, t);

	for (uint32_t ref = device_at(reg, device)->sessions; ref != 0;
	    ref = session_at(reg, ref)->sibling) {
		const struct session *s = session_at(reg, ref);
		bool told = t->n_ue == 0;

		for (unsigned i = 0; i < t->n_ue; i++)
			told |= claim_has(reg, s, &t->ue[i]);
		if ((s->flags & SESSION_LAN) != 0 && s->owner == lan && told)
			session_over(reg, ref, t->time_us);
	}
}

void
learn_lan(struct identity *reg, struct told *t)
{
	uint32_t device;

	if ((t->flags & TOLD_MAC) == 0 || (t->flags & TOLD_REFUSED) != 0)
		return;
	for (unsigned i = 0; i < t->n_ue && is_by_arp(t); i++)
		if (is_core(reg, &t->ue[i]))
			return;		/* the MAC is that of a router on the way */
	device = who(reg, t);
	if (device == 0)
		return;
	device_learn(reg, device, t);
	if (t->act == SIGNALLING_DELETE) {
		end_leases(reg, t, device);
		return;
	}
	if (is_by_arp(t) && (device_host(reg, device)->flags & HOST_ROUTER) != 0)
		return;
	for (unsigned i = 0; i < t->n_ue; i++)
		learn_lease(reg, t, &t->ue[i], device);
}

bool
identity_on_lan(const struct identity *reg, const struct addr *a, uint32_t tenant,
    const uint8_t mac[6])
{
	uint32_t lan = node_find(reg, &(struct addr){ { 0 } }, tenant | 1);

	for (uint32_t ref = lan == 0 ? 0 : claim_first(reg, a, 128); ref != 0;
	    ref = claim_next(reg, ref)) {
		const struct session *s = session_at(reg, claim_at(reg, ref)->session);
		uint32_t device = device_resolve(reg, s->device);
		const struct host *h;

		if (s->owner != lan || (s->flags & SESSION_LAN) == 0 || s->end_us != 0 || device == 0
		    || device_at(reg, device)->host == 0)
			continue;
		h = host_at(reg, device_at(reg, device)->host);
		if (h->has_mac && (h->flags & HOST_ROUTER) == 0
		    && memcmp(h->mac, mac, sizeof(h->mac)) == 0)
			return true;
	}
	return false;
}
