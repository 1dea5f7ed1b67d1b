/* SPDX-License-Identifier: Apache-2.0 */
/* told.c - a message with its nodes and text interned; what request and answer say together. */
#include <string.h>

#include "internal.h"
#include "knowledge.h"

/* F-TEID interface types, TS 29.274, 8.22. */
enum {
	IF_S5_SGW_U = 4, IF_S5_PGW_U = 5, IF_S5_PGW_C = 7, IF_S11_MME = 10, IF_S11_SGW = 11,
	IF_S2B_EPDG_U = 31, IF_S2B_PGW_C = 32, IF_S2B_PGW_U = 33, IF_S2A_TWAN_U = 34,
	IF_S2A_PGW_U = 37, IF_S2A_PGW_C = 36, IF_NONE = 0xff,
	PORT_RADIUS_DYNAMIC = 3799	/* RFC 5176: the server asks the NAS */
};

/* 0 is no id, so nothing folds to it. */
uint32_t
fold_id(const struct identity *reg, uint64_t id)
{
	uint32_t folded = id >> 32 == 0 ? (uint32_t)id
	    : (uint32_t)hash_fold(id ^ reg->seed.a, reg->seed.b | 1);

	return folded != 0 || id == 0 ? folded : 1;
}

static unsigned
fold_bearer(uint16_t bearer)
{
	unsigned folded = (bearer ^ bearer >> 8) & 0xff;

	return folded != 0 || bearer == 0 ? folded : 0xff;
}

static enum end_side
side_of(uint8_t source, uint8_t interface)
{
	switch (source) {
	case SIGNALLED_PFCP:
		return SIDE_PFCP;
	case SIGNALLED_S1AP:
	case SIGNALLED_NGAP:
		return SIDE_RADIO;
	default:
		if (interface == IF_S5_SGW_U || interface == IF_S5_PGW_U
		    || (interface >= IF_S2B_EPDG_U && interface <= IF_S2A_PGW_U))
			return SIDE_CORE;
		return interface == IF_NONE ? SIDE_ANY : SIDE_RADIO;
	}
}

static void
add_end(struct identity *reg, struct told *t, uint32_t node, uint8_t use, unsigned tag, uint32_t id)
{
	for (unsigned i = 0; i < t->n_ends; i++)
		if (t->end[i].node == node && t->end[i].id == id && t->end[i].use == use) {
			if (use <= USE_DOWNLINK && t->end[i].tag >> 2 == 0)
				t->end[i].tag = (uint16_t)tag;	/* its bearer is chosen now */
			return;
		}
	if (id == 0)
		return;
	if (t->n_ends == TOLD_ENDS_MAX) {
		reg->count[IDENTITY_COUNT_REFUSED]++;
		return;
	}
	t->end[t->n_ends++] = (struct told_end){ node, id, (uint16_t)tag, use };
}

static void
add_ends(struct identity *reg, const struct signalling *s, struct told *t)
{
	for (unsigned i = 0; i < s->n_ends; i++) {
		const struct signalling_end *e = &s->end[i];
		uint32_t node = node_get(reg, &e->node, 0);

		if (node == 0)
			continue;
		if (e->kind == END_CONTROL && s->source == SIGNALLED_PFCP)
			add_end(reg, t, node, USE_PFCP, s->phase == SIGNALLING_ANSWER ? TAG_UP
			    : TAG_CP, fold_id(reg, e->id));
		else if (e->kind == END_CONTROL)
			add_end(reg, t, node, USE_GTPC, e->interface, fold_id(reg, e->id));
		else
			add_end(reg, t, node, e->kind == END_UPLINK ? USE_UPLINK : USE_DOWNLINK,
			    tag_of(fold_bearer(e->bearer), side_of(s->source, e->interface)),
			    fold_id(reg, e->id));
	}
}

/* The id by which the protocol itself calls the session. */
static void
add_header(struct identity *reg, const struct signalling *s, struct told *t, uint32_t from,
    uint32_t to)
{
	uint32_t id = fold_id(reg, s->session);

	switch (s->source) {
	case SIGNALLED_GTPV1C:
	case SIGNALLED_GTPV2C:
		add_end(reg, t, to, USE_GTPC, IF_NONE, id);
		for (unsigned i = 0; i < t->n_ends; i++)
			if (t->end[i].use == USE_GTPC && t->end[i].node == to && t->end[i].id == id)
				t->header = i + 1;
		break;
	case SIGNALLED_PFCP:
		add_end(reg, t, to, USE_PFCP, s->phase == SIGNALLING_ANSWER ? TAG_CP : TAG_UP, id);
		break;
	case SIGNALLED_RADIUS:
		add_end(reg, t, t->nas != 0 ? t->nas : s->to_port == PORT_RADIUS_DYNAMIC ? to
		    : t->client, USE_RADIUS, 0, id);
		break;
	case SIGNALLED_DIAMETER:	/* its Session-Id is unique in the world (RFC 6733, 8.8) */
		add_end(reg, t, 0, USE_DIAMETER, 0, id);
		break;
	default:
		add_end(reg, t, s->from_ran ? to : from, USE_CORE_UE, 0, id);
		add_end(reg, t, s->from_ran ? from : to, USE_RAN_UE, 0,
		    fold_id(reg, s->session_peer));
	}
}

/* Who gives out the address: two sessions of one owner cannot hold the same. */
static uint32_t
owner_of(const struct signalling *s, const struct told *t, uint32_t server)
{
	if (t->nas != 0)
		return t->nas;
	switch (s->source) {
	case SIGNALLED_GTPV2C:
		for (unsigned i = 0; i < t->n_ends; i++)
			if (t->end[i].use == USE_GTPC && (t->end[i].tag == IF_S5_PGW_C
			    || t->end[i].tag == IF_S2B_PGW_C || t->end[i].tag == IF_S2A_PGW_C))
				return t->end[i].node;
		return s->act == SIGNALLING_CREATE ? server : 0;
	case SIGNALLED_GTPV1C:
		return s->act == SIGNALLING_CREATE ? server : 0;
	case SIGNALLED_PFCP:
		return server;
	case SIGNALLED_RADIUS:
	case SIGNALLED_DIAMETER:
		return s->to_port == PORT_RADIUS_DYNAMIC ? server : t->client;
	default:
		return 0;
	}
}

/* Fields that were not set are all zeroes on some cores. */
static digits
real_number(digits d)
{
	char text[DIGITS_TEXT_MAX];
	size_t len;

	if (d == DIGITS_NONE)
		return d;
	len = digits_text(d, text);
	return strspn(text, "0") == len ? DIGITS_NONE : d;
}

/* The node whose session it is, where a proxy or controller speaks for it; 0: not told. */
uint32_t
told_nas(struct identity *reg, const struct signalling *s)
{
	return addr_is_unspecified(&s->nas) ? 0 : node_get(reg, &s->nas, 0);
}

static void
fill_core(struct identity *reg, const struct signalling *s, struct told *t)
{
	uint32_t from = node_get(reg, &s->from, 0), to = node_get(reg, &s->to, 0);
	bool answer = s->phase == SIGNALLING_ANSWER;

	t->client = answer ? to : from;
	t->nas = told_nas(reg, s);
	add_ends(reg, s, t);
	add_header(reg, s, t, from, to);
	t->owner = owner_of(s, t, answer ? from : to);
}

/* A whole address, or an IPv6 prefix such as is given to one device or the site behind it (RFC 6177;
 * TS 23.401, 5.3.1.2.2: /64). Each other length in use would cost every look-up a probe, and a
 * short one would name strangers' flows. */
static bool
is_for_device(const struct cidr *c)
{
	enum { SITE = 48, NETWORK = 64, ADDRESS = 128 };

	return c->len == ADDRESS || (!addr_is_ipv4(&c->base) && !addr_is_unspecified(&c->base)
	    && c->len >= SITE && c->len <= NETWORK);
}

static void
fill_addrs(struct identity *reg, const struct signalling *s, struct told *t)
{
	for (unsigned i = 0; i < s->n_ue && i < SIGNALLING_ADDRS_MAX; i++) {
		if (is_for_device(&s->ue[i]))
			t->ue[t->n_ue++] = cidr_cut(&s->ue[i].base, s->ue[i].len);
		else
			reg->count[IDENTITY_COUNT_PREFIX_LENGTHS]++;
	}
}

void
told_fill(struct identity *reg, const struct signalling *s, struct told *t)
{
	memset(t, 0, offsetof(struct told, ue));
	t->time_us = s->time_us;
	t->since_us = s->since_us;
	t->source = s->source;
	t->act = s->act;
	t->rat = s->rat;
	t->plmn = s->plmn;
	t->bearers_gone = s->bearers_gone;
	t->linked_bearer = s->linked_bearer & 0xf;
	t->tenant = s->tenant;
	t->number[KEY_IMEI] = real_number(s->imei);
	t->number[KEY_IMSI] = real_number(s->imsi);
	t->number[KEY_MSISDN] = real_number(s->msisdn);
	t->flags = (uint8_t)((s->refused ? TOLD_REFUSED : 0) | (s->from_ran ? TOLD_FROM_RAN : 0)
	    | (s->has_mac ? TOLD_MAC : 0) | (s->imei_masked ? TOLD_MASKED : 0));
	if (digits_count(t->number[KEY_IMEI]) < IMEI_KEY_DIGITS)
		t->flags |= TOLD_MASKED;
	memcpy(t->mac, s->mac, sizeof(t->mac));
	/* modems that all have one address out of the box would become one device */
	if (s->has_mac && reg->knowledge != NULL && knowledge_modem_mac(reg->knowledge, s->mac) != NULL)
		t->flags &= (uint8_t)~TOLD_MAC;
	(void)place_pack(&s->location, &t->area, &t->cell);
	t->apn = name_get(reg, s->apn);
	t->host_name = name_get(reg, s->host_name);
	t->vendor_class = name_get(reg, s->vendor_class);
	fill_addrs(reg, s, t);
	if (!source_is_lan(s->source) && !source_is_app(s->source))
		fill_core(reg, s, t);
	else if (source_is_app(s->source) && t->n_ue == 0 && s->phase != SIGNALLING_ANSWER)
		t->ue[t->n_ue++] = (struct cidr){ s->from, 128 };	/* the device itself speaks */
}

static void
take_name(struct identity *reg, uint32_t *slot, uint32_t name)
{
	if (name != 0)
		(void)name_set(reg, slot, name);
}

static void
merge_who(struct told *t, const struct told *answer)
{
	for (unsigned k = 0; k < KEY_N; k++)
		if (answer->number[k] != DIGITS_NONE && !(k == KEY_IMEI
		    && (answer->flags & TOLD_MASKED) && t->number[k] != DIGITS_NONE))
			t->number[k] = answer->number[k];
	if (answer->number[KEY_IMEI] != DIGITS_NONE && !(answer->flags & TOLD_MASKED))
		t->flags &= (uint8_t)~TOLD_MASKED;
	t->flags |= answer->flags & (TOLD_REFUSED | TOLD_MAC);
	if ((answer->flags & TOLD_MAC) != 0)
		memcpy(t->mac, answer->mac, sizeof(t->mac));
}

void
told_merge(struct identity *reg, struct told *t, const struct told *answer)
{
	merge_who(t, answer);
	t->time_us = answer->time_us;
	t->act = answer->act;
	if (answer->since_us != 0)
		t->since_us = answer->since_us;
	if (answer->owner != 0)
		t->owner = answer->owner;
	if (answer->area != 0 || answer->cell != 0) {
		t->area = answer->area;
		t->cell = answer->cell;
	}
	if (answer->plmn != 0)
		t->plmn = answer->plmn;
	if (answer->rat != 0)
		t->rat = answer->rat;
	t->bearers_gone |= answer->bearers_gone;
	if (answer->linked_bearer != 0)
		t->linked_bearer = answer->linked_bearer;
	take_name(reg, &t->apn, answer->apn);
	take_name(reg, &t->host_name, answer->host_name);
	take_name(reg, &t->vendor_class, answer->vendor_class);
	for (unsigned i = 0; i < answer->n_ends; i++)
		add_end(reg, t, answer->end[i].node, answer->end[i].use, answer->end[i].tag,
		    answer->end[i].id);
	if (answer->n_ue != 0) {	/* what was asked for is not what was given */
		memcpy(t->ue, answer->ue, sizeof(t->ue));
		t->n_ue = answer->n_ue;
	}
}

void
told_done(struct identity *reg, struct told *t)
{
	name_put(reg, t->apn);
	name_put(reg, t->host_name);
	name_put(reg, t->vendor_class);
	t->apn = t->host_name = t->vendor_class = 0;
}
