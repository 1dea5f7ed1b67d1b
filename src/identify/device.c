/* SPDX-License-Identifier: Apache-2.0 */
/* device.c - modules and hosts: found by number or MAC, merged, held by flows, forgotten. */
#include <string.h>

#include "internal.h"

/* IMEI and IMEISV of one module share their first 14 digits. */
digits
number_key(enum device_key key, digits number)
{
	return key == KEY_IMEI ? imei_key(number) : number;
}

static uint32_t
hash_number(const struct identity *reg, enum device_key key, digits number)
{
	return (uint32_t)hash_fold(number_key(key, number) ^ reg->seed.a, reg->seed.b | 1);
}

#define KEY_OPS(KEY)								\
	static uint32_t *next_##KEY(const struct identity *reg, uint32_t ref)	\
	{									\
		return &device_at(reg, ref)->next[KEY];				\
	}									\
	static uint32_t hash_##KEY(const struct identity *reg, uint32_t ref)	\
	{									\
		return hash_number(reg, KEY, device_at(reg, ref)->number[KEY]);	\
	}
KEY_OPS(KEY_IMEI)
KEY_OPS(KEY_IMSI)
KEY_OPS(KEY_MSISDN)

static const struct chain_ops number_ops[KEY_N] = {
	{ next_KEY_IMEI, hash_KEY_IMEI }, { next_KEY_IMSI, hash_KEY_IMSI },
	{ next_KEY_MSISDN, hash_KEY_MSISDN },
};

static uint32_t
hash_mac(const struct identity *reg, const uint8_t mac[6])
{
	return (uint32_t)hash_octets(&reg->seed, mac, 6);
}

static uint32_t *
next_mac(const struct identity *reg, uint32_t ref)
{
	return &host_at(reg, ref)->next;
}

static uint32_t
hash_host(const struct identity *reg, uint32_t ref)
{
	return hash_mac(reg, host_at(reg, ref)->mac);
}

static const struct chain_ops mac_ops = { next_mac, hash_host };

int
devices_init(struct identity *reg)
{
	uint32_t max = reg->cfg->devices_max;
	int err = pool_init(&reg->devices, sizeof(struct device), max);

	if (err == 0)
		err = pool_init(&reg->hosts, sizeof(struct host), max);
	if (err == 0)
		err = chain_init(&reg->by_mac, max);
	for (unsigned k = 0; k < KEY_N && err == 0; k++)
		err = chain_init(&reg->by_number[k], max);
	return err;
}

uint32_t
device_resolve(const struct identity *reg, uint32_t ref)
{
	uint32_t root = ref, next;

	while (root != 0 && (device_at(reg, root)->flags & DEVICE_FORWARDS) != 0)
		root = device_at(reg, root)->sessions;
	while (ref != root && (next = device_at(reg, ref)->sessions) != root) {
		device_at(reg, ref)->sessions = root;
		device_at(reg, root)->flows++;
		device_at(reg, next)->flows--;
		ref = next;
	}
	return root;
}

/* Nobody goes by this entry any more. Returns what it forwarded to, which has lost a reference. */
static uint32_t
forget_forwarding(struct identity *reg, struct device *d)
{
	uint32_t into = d->sessions;

	d->flags = 0;
	pool_put(&reg->devices, d);
	return into;
}

/* The order of first sight. */
static void
order_append(struct identity *reg, uint32_t ref)
{
	struct device *d = device_at(reg, ref);

	d->older = reg->last_device;
	d->newer = 0;
	if (reg->last_device != 0)
		device_at(reg, reg->last_device)->newer = ref;
	else
		reg->first_device = ref;
	reg->last_device = ref;
}

static void
order_remove(struct identity *reg, const struct device *d)
{
	if (d->older != 0)
		device_at(reg, d->older)->newer = d->newer;
	else
		reg->first_device = d->newer;
	if (d->newer != 0)
		device_at(reg, d->newer)->older = d->older;
	else
		reg->last_device = d->older;
}

/* Forget the best victim of the next few: an entry that only forwards, without a session, then
 * the longest unheard of. Flows that live keep theirs. */
static void
evict(struct identity *reg)
{
	uint32_t victim = 0;

	for (unsigned i = 0; i < EVICT_SAMPLE; i++) {
		uint32_t ref = reg->device_hand + 1;
		struct device *d = device_at(reg, ref), *v;

		reg->device_hand = ref < reg->devices.max ? ref : 0;
		if ((d->flags & DEVICE_FORWARDS) != 0 && d->flows == 0) {
			device_release(reg, forget_forwarding(reg, d));
			return;
		}
		if ((d->flags & (DEVICE_USED | DEVICE_FORWARDS)) != DEVICE_USED || d->flows != 0)
			continue;
		v = victim == 0 ? NULL : device_at(reg, victim);
		if (v == NULL || (d->sessions == 0) > (v->sessions == 0)
		    || ((d->sessions == 0) == (v->sessions == 0) && d->last_s < v->last_s))
			victim = ref;
	}
	if (victim == 0)
		return;
	reg->count[IDENTITY_COUNT_DEVICES_EVICTED]++;
	device_forget(reg, victim);
}

uint32_t
device_new(struct identity *reg, uint64_t time_us)
{
	struct device *d;
	uint32_t ref;

	if (reg->devices.in_use == reg->devices.max)
		evict(reg);
	d = pool_get(&reg->devices);
	if (d == NULL) {
		reg->count[IDENTITY_COUNT_REFUSED]++;
		return 0;
	}
	*d = (struct device){ .number = { DIGITS_NONE, DIGITS_NONE, DIGITS_NONE },
		.flags = DEVICE_USED, .first_s = seconds(time_us), .last_s = seconds(time_us),
		.serial = ++reg->serial };
	ref = pool_ref(&reg->devices, d);
	order_append(reg, ref);
	reg->live_devices++;
	reg->count[IDENTITY_COUNT_DEVICES]++;
	return ref;
}

void
device_link(struct identity *reg, uint32_t ref, enum device_key key)
{
	struct device *d = device_at(reg, ref);

	if ((d->flags & 1u << key) != 0 || number_key(key, d->number[key]) == DIGITS_NONE)
		return;
	d->flags |= (uint16_t)(1u << key);
	chain_add(&reg->by_number[key], reg, &number_ops[key], ref);
}

void
device_unlink(struct identity *reg, uint32_t ref, enum device_key key)
{
	struct device *d = device_at(reg, ref);

	if ((d->flags & 1u << key) == 0)
		return;
	chain_remove(&reg->by_number[key], reg, &number_ops[key], ref);
	d->flags &= (uint16_t)~(1u << key);
}

uint32_t
device_by_number(const struct identity *reg, enum device_key key, digits number)
{
	digits wanted = number_key(key, number);
	uint32_t ref;

	if (wanted == DIGITS_NONE)
		return 0;
	ref = chain_first(&reg->by_number[key], hash_number(reg, key, number));
	while (ref != 0 && number_key(key, device_at(reg, ref)->number[key]) != wanted)
		ref = device_at(reg, ref)->next[key];
	return ref;
}

uint32_t
device_next_by_number(const struct identity *reg, enum device_key key, uint32_t ref)
{
	digits wanted = number_key(key, device_at(reg, ref)->number[key]);

	do
		ref = device_at(reg, ref)->next[key];
	while (ref != 0 && number_key(key, device_at(reg, ref)->number[key]) != wanted);
	return ref;
}

uint32_t
device_by_mac(const struct identity *reg, const uint8_t mac[6])
{
	uint32_t ref = chain_first(&reg->by_mac, hash_mac(reg, mac));

	while (ref != 0 && memcmp(host_at(reg, ref)->mac, mac, 6) != 0)
		ref = host_at(reg, ref)->next;
	return ref == 0 ? 0 : host_at(reg, ref)->device;
}

struct host *
device_host(struct identity *reg, uint32_t ref)
{
	struct device *d = device_at(reg, ref);
	struct host *h;

	if (d->host != 0)
		return host_at(reg, d->host);
	h = pool_get(&reg->hosts);	/* as many as devices: never NULL */
	*h = (struct host){ .device = ref };
	d->host = pool_ref(&reg->hosts, h);
	return h;
}

static void
unlink_mac(struct identity *reg, struct host *h)
{
	if (h->has_mac)
		chain_remove(&reg->by_mac, reg, &mac_ops, pool_ref(&reg->hosts, h));
	h->has_mac = 0;
}

void
device_set_mac(struct identity *reg, uint32_t ref, const uint8_t mac[6])
{
	struct host *h = device_host(reg, ref);

	if (h->has_mac && memcmp(h->mac, mac, 6) == 0)
		return;
	unlink_mac(reg, h);
	memcpy(h->mac, mac, 6);
	h->has_mac = 1;
	chain_add(&reg->by_mac, reg, &mac_ops, pool_ref(&reg->hosts, h));
}

static void
drop_host(struct identity *reg, struct device *d)
{
	struct host *h;

	if (d->host == 0)
		return;
	h = host_at(reg, d->host);
	unlink_mac(reg, h);
	name_put(reg, h->name);
	name_put(reg, h->vendor_class);
	pool_put(&reg->hosts, h);
	d->host = 0;
}

static void
unlink_all(struct identity *reg, uint32_t ref)
{
	for (unsigned k = 0; k < KEY_N; k++)
		device_unlink(reg, ref, k);
	drop_host(reg, device_at(reg, ref));
	name_put(reg, device_at(reg, ref)->apn);
	device_at(reg, ref)->apn = 0;
}

/** Nobody may refer to it. */
void
device_forget(struct identity *reg, uint32_t ref)
{
	struct device *d = device_at(reg, ref);

	while (d->sessions != 0) {
		uint32_t session = d->sessions;

		session_set_device(reg, session, 0);
		session_forget(reg, session);
	}
	unlink_all(reg, ref);
	order_remove(reg, d);
	d->flags = 0;
	pool_put(&reg->devices, d);
	reg->live_devices--;
	reg->count[IDENTITY_COUNT_DEVICES_GONE]++;
}

/* `from` is in the order of first sight before `into`: give its place to `into`. */
static void
order_take(struct identity *reg, uint32_t into, uint32_t from)
{
	struct device *d = device_at(reg, into), *f = device_at(reg, from);

	if (f->first_s >= d->first_s) {
		order_remove(reg, f);
		return;
	}
	d->first_s = f->first_s;
	order_remove(reg, d);
	d->older = f->older;
	d->newer = f->newer;
	if (d->older != 0)
		device_at(reg, d->older)->newer = into;
	else
		reg->first_device = into;
	if (d->newer != 0)
		device_at(reg, d->newer)->older = into;
	else
		reg->last_device = into;
}

static void
merge_host(struct identity *reg, uint32_t into, const struct device *from)
{
	struct host *h, *f;
	uint8_t mac[6];
	bool take_mac;

	if (from->host == 0)
		return;
	f = host_at(reg, from->host);
	h = device_host(reg, into);
	if (h->name == 0)
		h->name = name_share(reg, f->name);
	if (h->vendor_class == 0)
		h->vendor_class = name_share(reg, f->vendor_class);
	take_mac = f->has_mac && !h->has_mac;
	memcpy(mac, f->mac, sizeof(mac));
	unlink_mac(reg, f);
	if (take_mac)
		device_set_mac(reg, into, mac);
}

static void
merge_numbers(struct identity *reg, uint32_t into, uint32_t from)
{
	struct device *d = device_at(reg, into), *f = device_at(reg, from);

	for (unsigned k = 0; k < KEY_N; k++) {
		bool better = d->number[k] == DIGITS_NONE
		    || (k == KEY_IMEI && (d->flags & DEVICE_IMEI_MASKED)
			&& !(f->flags & DEVICE_IMEI_MASKED));
		device_unlink(reg, from, k);
		if (!better || f->number[k] == DIGITS_NONE)
			continue;
		d->number[k] = f->number[k];
		d->told_by[k] = f->told_by[k];
		if (k == KEY_IMEI)
			d->flags = (uint16_t)((d->flags & ~DEVICE_IMEI_MASKED)
			    | (f->flags & DEVICE_IMEI_MASKED));
		device_link(reg, into, k);
	}
}

/* What each source said last: the later of both. */
static void
merge_learned(struct device *d, const struct device *f)
{
	for (unsigned i = 0; i < DEVICE_LEARNED_MAX; i++)
		if (f->learned[i] != 0)
			device_note_source(d, f->learned[i]);
	if (f->last_s > d->last_s) {
		d->last_s = f->last_s;
		if (f->plmn != 0)
			d->plmn = f->plmn;
		if (f->rat != 0)
			d->rat = f->rat;
		if (f->area != 0 || f->cell != 0) {
			d->area = f->area;
			d->cell = f->cell;
		}
	}
}

/* Slots are few: the least trusted source makes room. */
void
device_note_source(struct device *d, uint32_t learned)
{
	uint32_t source = learned >> 28, *slot = NULL;

	for (unsigned i = 0; i < DEVICE_LEARNED_MAX; i++) {
		uint32_t *l = &d->learned[i];

		if (*l >> 28 == source) {
			*l = learned > *l ? learned : *l;
			return;
		}
		if (slot == NULL || (*slot != 0 && (*l == 0 || *l >> 28 > *slot >> 28)))
			slot = l;
	}
	if (*slot == 0 || *slot >> 28 > source)
		*slot = learned;
}

/** `from` and `into` are one: `from` is gone, but flows that refer to it reach `into`. */
void
device_merge(struct identity *reg, uint32_t into, uint32_t from, const struct told *t)
{
	struct device *f = device_at(reg, from);

	while (f->sessions != 0 && device_at(reg, into)->n_sessions != UINT8_MAX)
		session_move(reg, f->sessions, into);
	while (f->sessions != 0)
		session_move(reg, f->sessions, 0);	/* nobody's: they age out */
	merge_numbers(reg, into, from);
	merge_host(reg, into, f);
	merge_learned(device_at(reg, into), f);
	order_take(reg, into, from);
	unlink_all(reg, from);
	reg->live_devices--;
	reg->count[IDENTITY_COUNT_DEVICES_GONE]++;
	reg->count[IDENTITY_COUNT_MERGED]++;
	news_add(reg, into, from, DEVICE_MERGED, t);
	if (f->flows == 0) {
		f->flags = 0;
		pool_put(&reg->devices, f);
		return;
	}
	f->flags |= DEVICE_FORWARDS;
	f->sessions = into;
	device_at(reg, into)->flows++;
}

void
device_hold(struct identity *reg, uint32_t ref)
{
	device_at(reg, ref)->flows++;
}

void
device_release(struct identity *reg, uint32_t ref)
{
	while (ref != 0) {
		struct device *d = device_at(reg, ref);
		uint32_t into = (d->flags & DEVICE_FORWARDS) != 0 ? d->sessions : 0;

		if (--d->flows != 0)
			return;
		if (into == 0) {
			if (d->sessions == 0 && !device_has_key(reg, d))
				device_forget(reg, ref);
			return;
		}
		ref = forget_forwarding(reg, d);	/* and on with where it led */
	}
}

bool
device_has_key(const struct identity *reg, const struct device *d)
{
	return (d->flags & ((1u << KEY_N) - 1)) != 0
	    || (d->host != 0 && host_at(reg, d->host)->has_mac);
}

bool
device_is_live(struct identity *reg, const struct device *d)
{
	for (uint32_t ref = d->sessions; ref != 0; ref = session_at(reg, ref)->sibling)
		if (session_lives(reg, ref))
			return true;
	return false;
}

/** Look at the next `n`: forget what was not heard of for long and has no session, and entries that
 * forward nobody. */
void
device_sweep(struct identity *reg, uint32_t n)
{
	for (; n != 0 && reg->devices.used_high != 0; n--) {
		uint32_t ref = reg->sweep_device + 1;
		struct device *d = device_at(reg, ref);

		reg->sweep_device = ref < reg->devices.used_high ? ref : 0;
		if ((d->flags & DEVICE_FORWARDS) != 0 && d->flows == 0)
			device_release(reg, forget_forwarding(reg, d));
		if ((d->flags & (DEVICE_USED | DEVICE_FORWARDS)) != DEVICE_USED
		    || d->flows != 0 || d->sessions != 0
		    || (int64_t)seconds(reg->now_us) - d->last_s
		    <= (int64_t)reg->cfg->device_age_s)
			continue;
		reg->count[IDENTITY_COUNT_AGED]++;
		device_forget(reg, ref);
	}
}
