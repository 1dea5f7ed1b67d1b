/* SPDX-License-Identifier: Apache-2.0 */
/* device.c - findings about a device itself: whose module it is (module), and whether SIM and
 * module belong together (identity). From news of the registry, not from packets. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "internal.h"
#include "macros.h"
#include "rule.h"

/* --- filling --- */

static void
keep_text(char *to, size_t size, const char *text)
{
	(void)snprintf(to, size, "%s", text == NULL ? "" : text);
}

void
alert_set_who(struct alert *a, const struct device_view *view)
{
	a->who = *view;
	keep_text(a->text.apn, sizeof(a->text.apn), view->apn);
	keep_text(a->text.host_name, sizeof(a->text.host_name), view->host_name);
	keep_text(a->text.vendor_class, sizeof(a->text.vendor_class), view->vendor_class);
	a->who.apn = a->who.host_name = a->who.vendor_class = NULL;	/* the registry's own */
}

static const char *
kept_text(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

void
alert_device(const struct alert *a, struct device_view *view)
{
	*view = a->who;
	view->apn = kept_text(a->text.apn);
	view->host_name = kept_text(a->text.host_name);
	view->vendor_class = kept_text(a->text.vendor_class);
}

/* Once per field and value. NULL: it is there, or there is no room. */
struct evidence *
new_evidence(struct alert *a, const char *field, const char *value, size_t len)
{
	struct evidence *e;

	for (unsigned i = 0; i < a->n_evidence; i++)
		if (strcmp(a->evidence[i].field, field) == 0 && a->evidence[i].value_len == len
		    && memcmp(a->evidence[i].value, value, len) == 0)
			return NULL;
	if (a->n_evidence == EVIDENCE_MAX || len > EVIDENCE_VALUE_MAX)
		return NULL;
	e = &a->evidence[a->n_evidence++];
	e->field = field;
	memcpy(e->value, value, len);
	e->value_len = (uint16_t)len;
	return e;
}

void
add_fact(struct alert *a, const char *field, const char *value, const char *source)
{
	struct evidence *e = new_evidence(a, field, value, strlen(value));

	if (e != NULL)
		e->source = source;
}

void
add_value(struct alert *a, const char *field, const char *value, size_t len,
    const struct rule *rule)
{
	struct evidence *e = new_evidence(a, field, value, len);

	if (e == NULL)
		return;
	e->entity = rule->entity;
	e->source = rule->references[0];
}

void
add_tac_evidence(struct alert *a, const char *field, uint32_t tac, const struct tac *row)
{
	char value[16];
	struct evidence *e;

	if (tac == 0)
		return;
	(void)snprintf(value, sizeof(value), "%08u", (unsigned)tac);
	e = new_evidence(a, field, value, strlen(value));
	if (e == NULL)
		return;
	e->entity = row == NULL ? NULL : row->maker;
	e->source = row == NULL ? NULL : row->source;
	e->as_of = row == NULL ? NULL : row->as_of;
}

uint64_t
alert_id(const struct open_alert *o, const uint32_t *tenant)
{
	const struct alert *a = &o->alert;
	const char *rule = alert_rule_name(a);
	uint64_t h = hash_stable(HASH_STABLE_BASIS, a->device.octet, sizeof(a->device.octet));

	if (tenant != NULL)
		h = hash_stable(h, tenant, sizeof(*tenant));
	if (a->lead != NULL)
		h = hash_stable(h, a->lead->id, strlen(a->lead->id));
	if (a->lead != NULL && a->lead->line != 0)	/* of a feed: the id is the feed's */
		h = hash_stable(h, &a->lead->line, sizeof(a->lead->line));
	if (o->key.what != 0)
		h = hash_stable(h, &o->key.what, sizeof(o->key.what));
	if (a->rule != DETECT_INFRASTRUCTURE)
		h = hash_stable(h, rule, strlen(rule));
	return hash_stable(h, &a->first_us, sizeof(a->first_us));
}

static void
set_device(struct detector *d, struct alert *a, const struct device_view *view)
{
	alert_set_who(a, view);
	if (view->n_addrs == 0)
		return;
	a->device = view->addr[0];
	a->group = config_group_of(d->cfg, &view->addr[0], NULL, 0);
}

/* A request tells the module, its answer the address: what is learned before an alert is
 * written belongs into it. */
static void
refresh(struct detector *d, const struct device_view *view)
{
	for (unsigned rule = 0; rule < DETECT_RULE_N; rule++) {
		struct alert_key key = { .who = alert_who(view), .rule = rule };
		struct open_alert *o = key.who == 0 ? NULL : alert_book_peek(d->book, &key);

		if (o != NULL && !o->written && !o->alert.has_contact)
			set_device(d, &o->alert, view);
	}
}

struct open_alert *
raise_about_device(struct detector *d, enum detect_rule rule, const struct device_view *view,
    const struct indicator *about, uint64_t time_us)
{
	struct alert_key key = { .who = alert_who(view), .about = about, .rule = rule };
	struct open_alert *o;
	bool is_new;

	o = alert_book_find(d->book, &key, time_us, &is_new);
	if (o == NULL) {
		d->counters[DETECT_COUNT_NO_ROOM]++;
		return NULL;
	}
	d->counters[DETECT_COUNT_CONTACTS]++;
	if (!is_new)
		d->counters[DETECT_COUNT_FOLDED]++;
	set_device(d, &o->alert, view);
	if (is_new)
		o->alert.id = alert_id(o, NULL);
	o->alert.count++;
	alert_book_touch(o, time_us);
	return o;
}

/* --- module: the maker by TAC, once per device --- */

/* What a module is remembered by: its IMEI, or where the network hides the last digits of that,
 * TAC and SIM. Never 0. */
static uint64_t
module_key(const struct device_view *view)
{
	digits numbers[2] = { imei_key(view->imei), DIGITS_NONE };

	if (view->imei_masked) {
		numbers[0] = digits_first(view->imei, IMEI_TAC_DIGITS);
		numbers[1] = view->imsi != DIGITS_NONE ? view->imsi : alert_who(view);
	}
	return hash_stable(HASH_STABLE_BASIS, numbers, sizeof(numbers)) | 1;
}

bool
tac_is_told(const struct tac *tac)
{
	return tac != NULL && tac->maker != NULL && tac->maker->status != LISTING_NONE;
}

/* `again`: though its module was told before, which was another maker's then. */
static void
check_module(struct detector *d, const struct device_view *view, uint64_t time_us, bool again)
{
	const struct tac *tac = view->tac;
	struct open_alert *o;
	bool full;

	if (!tac_is_told(tac))
		return;
	if (once_before(&d->told, module_key(view), &full) && !again)
		return;
	if (full)
		d->counters[DETECT_COUNT_UNREMEMBERED]++;
	o = raise_about_device(d, DETECT_MODULE, view, NULL, time_us);
	if (o == NULL)
		return;
	o->alert.entity = tac->maker;
	add_tac_evidence(&o->alert, "device.imei_tac", tac->tac, tac);
}

/* --- identity --- */

static void
add_own_tac(struct alert *a)
{
	add_tac_evidence(a, "device.imei_tac", imei_tac(a->who.imei), a->who.tac);
}

static void
check_pair(struct detector *d, const struct device_view *view, const struct device_news *news)
{
	struct open_alert *o = raise_about_device(d, DETECT_PAIR_CHANGED, view, NULL, news->time_us);
	uint32_t before = imei_tac(news->old_imei);

	if (o == NULL)
		return;
	if (news->old_imei != DIGITS_NONE)
		o->alert.other.imei = news->old_imei;
	if (news->old_imsi != DIGITS_NONE)
		o->alert.other.imsi = news->old_imsi;
	add_own_tac(&o->alert);
	if (news->old_imei != DIGITS_NONE && before != imei_tac(view->imei))
		add_tac_evidence(&o->alert, "device.previous_imei_tac", before,
		    knowledge_tac(d->k, before));
}

/* Two SIMs: with one IMEI, or in one device. */
static void
check_twice(struct detector *d, enum detect_rule rule, const struct device_view *view,
    const struct device_news *news)
{
	struct open_alert *o = raise_about_device(d, rule, view, NULL, news->time_us);
	struct device_view other;

	if (o == NULL)
		return;
	if (d->reg != NULL && news->other != 0) {
		identity_view(d->reg, news->other, NULL, &other);
		o->alert.other = (struct alert_other){ other.imei, other.imsi };
	} else {
		o->alert.other = (struct alert_other){ news->old_imei, news->old_imsi };
	}
	add_own_tac(&o->alert);
}

enum registered
register_conflict(const struct knowledge *k, const struct device_view *view)
{
	digits imei = view->imei_masked ? DIGITS_NONE : view->imei;
	enum registered registered = knowledge_registered(k, imei, view->imsi);

	return registered == REGISTER_NO_IMEI || registered == REGISTER_OTHER_PAIR ? registered
	    : REGISTER_NONE;
}

static void
check_register(struct detector *d, const struct device_view *view, uint64_t time_us)
{
	enum registered registered = register_conflict(d->k, view);
	struct open_alert *o;

	if (registered == REGISTER_NONE)
		return;
	o = raise_about_device(d, DETECT_UNREGISTERED, view, NULL, time_us);
	if (o == NULL)
		return;
	add_own_tac(&o->alert);
	add_fact(&o->alert, "device.register", registered == REGISTER_NO_IMEI ? "not in it"
	    : "in it with another partner", d->cfg->device_register);
}

static void
tell_residence(struct detector *d, const struct device_view *view, const struct residence *r,
    uint64_t time_us)
{
	struct open_alert *o = raise_about_device(d, DETECT_ROAMING_RESIDENT, view, NULL, time_us);
	char plmn[PLMN_TEXT_MAX];

	if (o == NULL)
		return;
	o->alert.first_us = (uint64_t)r->since_s * 1000000;
	(void)plmn_text(r->plmn, plmn);
	add_fact(&o->alert, "device.plmn", plmn, NULL);
	add_own_tac(&o->alert);
}

static void
check_residence(struct detector *d, const struct device_view *view,
    const struct device_news *news)
{
	struct residence *r = residence_of(&d->residences, view->ref);
	struct residence *other;

	if (r == NULL) {
		d->counters[DETECT_COUNT_UNREMEMBERED] += view->roaming;
		return;
	}
	if ((news->changes & DEVICE_NEW) != 0)
		memset(r, 0, sizeof(*r));	/* its place may have been another's */
	if ((news->changes & DEVICE_MERGED) != 0 && news->other != view->ref
	    && (other = residence_of(&d->residences, news->other)) != NULL) {
		r = residence_of(&d->residences, view->ref);	/* the table may have moved */
		residence_merge(r, other);
	}
	if (residence_note(r, view, news->time_us, d->cfg->roaming_days))
		tell_residence(d, view, r, news->time_us);
}

void
check_stay(struct detector *d, device_ref ref, uint64_t time_us)
{
	struct residence *r;
	struct device_view view;

	if (d->reg == NULL || ref == 0 || ref >= d->residences.n)
		return;
	r = &d->residences.at[ref];
	if (r->plmn == PLMN_NONE || r->told
	    || time_us / 1000000 < r->since_s + UINT64_C(86400) * d->cfg->roaming_days)
		return;
	identity_view(d->reg, ref, NULL, &view);
	if (view.ref == ref && residence_note(r, &view, time_us, d->cfg->roaming_days))
		tell_residence(d, &view, r, time_us);
}

void
detect_device(struct detector *d, const struct device_view *view, const struct device_news *news)
{
	d->counters[DETECT_COUNT_DEVICES]++;
	if ((news->changes & DEVICE_NEW) == 0)
		refresh(d, view);
	if ((news->changes & (DEVICE_NEW | DEVICE_IMEI | DEVICE_MERGED)) != 0)
		check_module(d, view, news->time_us, false);
	if ((news->changes & DEVICE_PAIR_CHANGED) != 0)
		check_pair(d, view, news);
	if ((news->changes & DEVICE_IMEI_TWICE) != 0)
		check_twice(d, DETECT_DUPLICATE_IMEI, view, news);
	if ((news->changes & DEVICE_TWO_SIMS) != 0)
		check_twice(d, DETECT_TWO_SIMS, view, news);
	if ((news->changes & (DEVICE_NEW | DEVICE_IMEI | DEVICE_IMSI | DEVICE_MERGED)) != 0)
		check_register(d, view, news->time_us);
	check_residence(d, view, news);
}

void
detect_recheck_device(struct detector *d, const struct device_view *view,
    const struct knowledge *before, uint64_t now_us)
{
	const struct tac *was = view->tac == NULL ? NULL : knowledge_tac(before, view->tac->tac);

	d->counters[DETECT_COUNT_RECHECKED]++;
	if (tac_is_told(view->tac) && (!tac_is_told(was)
		|| strcmp(was->maker->id, view->tac->maker->id) != 0))
		check_module(d, view, now_us, true);
	if (register_conflict(before, view) == REGISTER_NONE)
		check_register(d, view, now_us);
}
