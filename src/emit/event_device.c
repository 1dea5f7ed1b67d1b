/* SPDX-License-Identifier: Apache-2.0 */
/* event_device.c - who a device is and how that is known: in every event, and the event of its
 * own when a device is first seen or changes. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "event.h"
#include "hash.h"
#include "knowledge.h"
#include "macros.h"

void
event_put_number(struct writer *w, const struct event_context *ctx, const char *key,
    enum mask_kind kind, digits number)
{
	char text[MASK_TEXT_MAX];

	if (number == DIGITS_NONE)
		return;
	(void)mask_number(ctx->mask, kind, number, text);
	writer_word(w, key, text);
}

/* "imei-86650704000001"; returns the length. */
static size_t
put_id_part(const struct event_context *ctx, const char *prefix, enum mask_kind kind,
    digits number, char *text, size_t at)
{
	size_t n = strlen(prefix);

	if (at != 0)
		text[at++] = '-';
	memcpy(text + at, prefix, n);
	return at + n + mask_number(ctx->mask, kind, number, text + at + n);
}

/* The best that it is known by; where an IMEI is used twice, the SIM too. */
size_t
event_device_id(const struct event_context *ctx, const struct device_view *v,
    char text[static DEVICE_ID_MAX])
{
	static const struct {
		const char *prefix;
		enum mask_kind kind;
	} kinds[] = { { "imei-", MASK_IMEI }, { "imsi-", MASK_IMSI }, { "msisdn-", MASK_MSISDN } };
	static_assert(DEVICE_ID_MAX >= 2 * (sizeof("msisdn-") + MASK_TEXT_MAX), "two are joined");
	const digits number[] = { v->imei_masked ? DIGITS_NONE : imei_key(v->imei), v->imsi,
		v->msisdn };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (number[i] == DIGITS_NONE)
			continue;
		n = put_id_part(ctx, kinds[i].prefix, kinds[i].kind, number[i], text, n);
		if (!v->twin || kinds[i].kind == MASK_IMSI)
			return n;
	}
	if (n != 0)
		return n;
	if (v->has_mac)
		return (size_t)snprintf(text, DEVICE_ID_MAX, "mac-%02x:%02x:%02x:%02x:%02x:%02x",
		    v->mac[0], v->mac[1], v->mac[2], v->mac[3], v->mac[4], v->mac[5]);
	return (size_t)snprintf(text, DEVICE_ID_MAX, "device-%u", v->ref);
}

/* Without the registry: its address, and the VLAN that tells equal ones apart. */
static void
put_address_id(struct writer *w, const struct event_device *d)
{
	char id[ADDR_TEXT_MAX + 16];
	size_t n = addr_text(d->addr, id);

	if (d->vlan != 0)
		(void)snprintf(id + n, sizeof(id) - n, "@vlan%u", d->vlan);
	writer_word(w, "id", id);
}

static void
put_addresses(struct writer *w, const struct event_device *d, const struct device_view *v)
{
	writer_open(w, "ip", '[');
	if (d->addr != NULL)
		writer_addr(w, NULL, d->addr);
	for (unsigned i = 0; v != NULL && i < v->n_addrs; i++) {
		const struct cidr net = { .base = v->addr[i], .len = v->addr_len[i] };

		if (d->addr == NULL || !cidr_contains(&net, d->addr))
			writer_addr(w, NULL, &v->addr[i]);
	}
	writer_close(w, ']');
}

static void
put_place(struct writer *w, const char *key, const char *kind, uint32_t plmn, uint64_t number)
{
	char text[8 + PLMN_TEXT_MAX + 22], digit[20];
	size_t n = strlen(kind), m = 0;

	memcpy(text, kind, n);
	text[n++] = ':';
	n += plmn_text(plmn, text + n);
	text[n++] = ':';
	do {
		digit[m++] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	while (m != 0)
		text[n++] = digit[--m];
	writer_put_word(w, key, strlen(key), text, n);
}

static void
put_location(struct writer *w, const struct signalling_location *l)
{
	static const char *const areas[] = { NULL, "lai", "rai", "tai" };
	static const char *const cells[] = { NULL, "cgi", "sai", "ecgi", "ncgi" };

	if (l->cell_kind != CELL_NONE && l->cell_kind < ARRAY_LEN(cells))
		put_place(w, "cell", cells[l->cell_kind], l->cell_plmn, l->cell);
	if (l->area_kind != AREA_NONE && l->area_kind < ARRAY_LEN(areas))
		put_place(w, "area", areas[l->area_kind], l->area_plmn, l->area);
}

static void
put_network(struct writer *w, const struct device_view *v)
{
	char plmn[PLMN_TEXT_MAX];

	writer_optional(w, "apn", v->apn);
	writer_optional(w, "rat", v->rat);
	if (plmn_text(v->plmn, plmn) != 0) {
		writer_word(w, "plmn", plmn);
		if (v->roaming)
			writer_bool(w, "roaming", true);
	}
	put_location(w, &v->location);
}

/* Who made it, as far as the TAC tells: a maker or brand, or only who allocated the TAC. */
static void
put_maker(struct writer *w, const struct device_view *v)
{
	const struct tac *tac = v->tac;

	if (v->imei == DIGITS_NONE)
		return;
	if (tac == NULL) {
		writer_word(w, "maker", "unknown");
		writer_optional(w, "allocated_by", tac_reporting_body(imei_tac(v->imei)));
		return;
	}
	writer_text(w, "maker", tac_maker_name(tac));
	if (tac->maker != NULL) {
		writer_text(w, "maker_entity", tac->maker->id);
		writer_word(w, "maker_status", listing_status_name(tac->maker->status));
	}
	if (tac->brand != NULL && strcmp(tac->brand, tac_maker_name(tac)) != 0)
		writer_optional(w, "brand", tac->brand);
	writer_optional(w, "model", tac->model);
	writer_optional(w, "maker_source", tac->source);
}

static void
put_host(struct writer *w, const struct event_device *d, const struct device_view *v)
{
	/* frames of a device behind a mobile network have the MAC address of a node or router */
	bool cellular = v != NULL && (v->imsi != DIGITS_NONE || v->imei != DIGITS_NONE);
	const uint8_t *mac = v != NULL && v->has_mac ? v->mac : cellular ? NULL : d->mac;

	if (mac != NULL)
		writer_mac(w, "mac", mac);
	if (v == NULL)
		return;
	if (v->oui != NULL)
		writer_optional(w, "mac_vendor", v->oui->organisation);
	if (v->host_name != NULL)
		writer_octets(w, "hostname", v->host_name, strlen(v->host_name));
	if (v->vendor_class != NULL)
		writer_octets(w, "vendor_class", v->vendor_class, strlen(v->vendor_class));
}

/* How it is known; the age is as of the event. */
static void
put_learned(struct writer *w, const struct device_view *v, uint64_t now_us)
{
	writer_open(w, "learned", '[');
	for (unsigned i = 0; i < v->n_learned; i++) {
		uint64_t at = v->learned[i].at_us;

		writer_open(w, NULL, '{');
		writer_word(w, "source", signalling_source_name(v->learned[i].source));
		writer_time(w, "at", at);
		writer_uint(w, "age_s", now_us > at ? (now_us - at) / 1000000 : 0);
		writer_close(w, '}');
	}
	writer_close(w, ']');
}

static void
put_known(struct writer *w, const struct event_context *ctx, const struct event_device *d,
    const struct device_view *v)
{
	char id[DEVICE_ID_MAX], tac[DIGITS_TEXT_MAX];

	(void)event_device_id(ctx, v, id);
	writer_word(w, "id", id);
	put_addresses(w, d, v);
	if (v->imei_masked)
		writer_bool(w, "imei_masked", true);	/* by the network, not by us */
	else
		event_put_number(w, ctx, "imei", MASK_IMEI, v->imei);
	if (v->imei != DIGITS_NONE) {
		(void)digits_text(digits_first(v->imei, IMEI_TAC_DIGITS), tac);
		writer_word(w, "imei_tac", tac);
	}
	event_put_number(w, ctx, "imsi", MASK_IMSI, v->imsi);
	event_put_number(w, ctx, "msisdn", MASK_MSISDN, v->msisdn);
	put_network(w, v);
	put_maker(w, v);
	put_host(w, d, v);
}

void
event_put_device(struct writer *w, const struct event_context *ctx, const struct event_device *d)
{
	uint16_t group = event_group(ctx->cfg, d->group, d->view);

	writer_open(w, "device", '{');
	if (d->view != NULL) {
		put_known(w, ctx, d, d->view);
	} else {
		put_address_id(w, d);
		put_addresses(w, d, NULL);
		put_host(w, d, NULL);
	}
	if (group != 0)
		writer_text(w, "group", ctx->cfg->groups[group - 1].name);
	if (d->view != NULL)
		put_learned(w, d->view, d->now_us);
	writer_close(w, '}');
}

static void
put_changes(struct writer *w, unsigned changes)
{
	static const char *const names[] = { "new", "imei", "imsi", "address", "apn", "network",
		"host", "pair_changed", "imei_twice", "two_sims", "merged" };

	writer_open(w, "changes", '[');
	for (unsigned bit = 0; bit < ARRAY_LEN(names); bit++)
		if ((changes & 1u << bit) != 0)
			writer_word(w, NULL, names[bit]);
	writer_close(w, ']');
}

void
event_device(struct writer *w, const struct event_context *ctx, const struct device_news *news,
    const struct device_view *view)
{
	char id[DEVICE_ID_MAX];
	uint64_t hash;
	size_t n;

	n = event_device_id(ctx, view, id);	/* a token when masked: the hash must not tell either */
	hash = hash_stable(HASH_STABLE_BASIS, id, n);
	hash = hash_stable(hash, &news->time_us, sizeof(news->time_us));
	hash = hash_stable(hash, &news->changes, sizeof(news->changes));
	event_open(w, ctx, news->time_us, "device", hash, 0);
	writer_open(w, "picket", '{');
	put_changes(w, news->changes);
	writer_word(w, "source", signalling_source_name(news->source));
	if (news->old_imei != DIGITS_NONE || news->old_imsi != DIGITS_NONE) {
		writer_open(w, "previous", '{');
		event_put_number(w, ctx, "imei", MASK_IMEI, news->old_imei);
		event_put_number(w, ctx, "imsi", MASK_IMSI, news->old_imsi);
		writer_close(w, '}');
	}
	event_put_device(w, ctx, &(struct event_device){ .view = view,
	    .group = view->n_addrs == 0 ? 0 : config_group_of(ctx->cfg, &view->addr[0], NULL, 0),
	    .now_us = news->time_us });
	writer_close(w, '}');
	writer_close(w, '}');
}
