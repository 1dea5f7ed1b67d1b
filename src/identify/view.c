/* SPDX-License-Identifier: Apache-2.0 */
/* view.c - what is known of a device, put together for whoever writes it. */
#include <string.h>

#include "internal.h"
#include "knowledge.h"

static void
view_learned(const struct identity *reg, const struct device *d, struct device_view *v)
{
	for (unsigned source = 0; source < SIGNALLED_N; source++)
		for (unsigned i = 0; i < DEVICE_LEARNED_MAX; i++)
			if (d->learned[i] >> 28 == source + 1)
				v->learned[v->n_learned++] = (struct device_learned){
					.source = (uint8_t)source,
					.at_us = ((uint64_t)(d->learned[i] & 0xfffffff)
					    + reg->base_s) * SECOND_US };
}

static void
view_addrs(const struct identity *reg, const struct session *s, struct device_view *v)
{
	for (uint32_t ref = s->claims; ref != 0 && v->n_addrs < DEVICE_ADDRS_MAX;
	    ref = claim_at(reg, ref)->more) {
		v->addr[v->n_addrs] = claim_at(reg, ref)->addr;
		v->addr_len[v->n_addrs++] = claim_at(reg, ref)->len;
	}
}

/* Is it the session that the flow went through? */
static bool
is_of(const struct identity *reg, const struct session *s, const struct flow *flow)
{
	if (flow == NULL || session_covers(reg, s, flow->first_us) == 0)
		return false;
	for (uint32_t ref = s->claims; ref != 0; ref = claim_at(reg, ref)->more) {
		const struct claim *c = claim_at(reg, ref);
		struct cidr block = { c->addr, c->len };

		if (cidr_contains(&block, &flow->key.addr[0])
		    || cidr_contains(&block, &flow->key.addr[1]))
			return true;
	}
	return false;
}

static void
view_sessions(const struct identity *reg, const struct device *d, const struct flow *flow,
    struct device_view *v)
{
	uint32_t apn = d->apn, rat = d->rat;

	for (uint32_t ref = d->sessions; ref != 0; ref = session_at(reg, ref)->sibling) {
		const struct session *s = session_at(reg, ref);

		if (s->end_us == 0) {
			v->sessions++;
			view_addrs(reg, s, v);
		}
		if (is_of(reg, s, flow) && s->apn != 0) {
			apn = s->apn;
			rat = s->rat != 0 ? s->rat : rat;
		}
	}
	v->apn = name_text(reg, apn);
	v->rat = signalling_rat_name((uint8_t)rat);
}

void
identity_view(const struct identity *reg, device_ref ref, const struct flow *flow,
    struct device_view *v)
{
	const struct device *d;

	memset(v, 0, sizeof(*v));
	v->ref = device_resolve(reg, ref);
	d = device_at(reg, v->ref);
	v->imei = d->number[KEY_IMEI];
	v->imsi = d->number[KEY_IMSI];
	v->msisdn = d->number[KEY_MSISDN];
	v->imei_masked = (d->flags & DEVICE_IMEI_MASKED) != 0;
	v->twin = (d->flags & DEVICE_TWIN) != 0;
	v->plmn = d->plmn;
	v->roaming = d->plmn != PLMN_NONE && v->imsi != DIGITS_NONE && !plmn_is_of(d->plmn, v->imsi);
	place_unpack(d->area, d->cell, &v->location);
	if (d->host != 0) {
		const struct host *h = host_at(reg, d->host);

		v->has_mac = h->has_mac;
		memcpy(v->mac, h->mac, sizeof(v->mac));
		v->host_name = name_text(reg, h->name);
		v->vendor_class = name_text(reg, h->vendor_class);
	}
	if (reg->knowledge != NULL && v->imei != DIGITS_NONE)
		v->tac = knowledge_tac(reg->knowledge, imei_tac(v->imei));
	if (reg->knowledge != NULL && v->has_mac)
		v->oui = knowledge_oui(reg->knowledge, v->mac);
	view_sessions(reg, d, flow, v);
	view_learned(reg, d, v);
	v->serial = d->serial;
	v->first_us = (uint64_t)d->first_s * SECOND_US;
	v->last_us = (uint64_t)d->last_s * SECOND_US;
}

bool
identity_walk_some(const struct identity *reg, uint32_t *at, uint32_t max,
    void (*each)(void *arg, device_ref ref), void *arg)
{
	for (; max != 0 && *at < reg->devices.used_high; max--, (*at)++)
		if ((device_at(reg, *at + 1)->flags & (DEVICE_USED | DEVICE_FORWARDS)) == DEVICE_USED)
			each(arg, *at + 1);
	return *at < reg->devices.used_high;
}

void
identity_walk(const struct identity *reg, void (*each)(void *arg, device_ref ref), void *arg)
{
	for (uint32_t ref = reg->first_device; ref != 0; ref = device_at(reg, ref)->newer)
		each(arg, ref);
}
