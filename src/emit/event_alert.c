/* SPDX-License-Identifier: Apache-2.0 */
/* event_alert.c - the alert event: who, what, to whom, why it matters, how sure, what next. */
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "event.h"
#include "hash.h"
#include "knowledge.h"
#include "rule.h"

/* "picket infrastructure: Quectel Wireless Solutions, firmware_update, data", or without a contact
 * "picket module: Quectel Wireless Solutions, module by its type allocation code". */
static void
write_signature(struct writer *w, const struct alert *a)
{
	const struct finding_row *finding = finding_row(alert_finding(a));
	char text[320];
	int n = snprintf(text, sizeof(text), "picket %s: %s%s", finding->name,
	    a->entity == NULL ? "" : a->entity->name, a->entity == NULL ? "" : ", ");

	if (n < 0 || (size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	if (a->rule == DETECT_INFRASTRUCTURE)
		(void)snprintf(text + n, sizeof(text) - (size_t)n, "%s, %s", role_name(a->role),
		    stage_name(a->stage));
	else
		(void)snprintf(text + n, sizeof(text) - (size_t)n, "%s", alert_title(a));
	writer_open(w, "alert", '{');
	writer_text(w, "action", "allowed");	/* Suricata's word: nothing is ever blocked */
	writer_uint(w, "gid", 1);
	writer_uint(w, "signature_id", alert_signature_id(a));
	writer_uint(w, "rev", alert_rev(a));
	writer_text(w, "signature", text);
	writer_text(w, "category", finding->category);
	writer_uint(w, "severity", a->severity);
	writer_close(w, '}');
}

static void
write_owner(struct writer *w, const struct ownership *o)
{
	writer_open(w, NULL, '{');
	writer_text(w, "id", o->owner->id);
	writer_text(w, "name", o->owner->name);
	writer_optional(w, "from", o->from);
	writer_optional(w, "until", o->until);
	writer_optional(w, "what", o->what);
	writer_bool(w, "verified", o->verified);
	writer_close(w, '}');
}

static void
write_entity(struct writer *w, const struct entity *e)
{
	writer_open(w, "entity", '{');
	writer_text(w, "id", e->id);
	writer_text(w, "name", e->name);
	writer_optional(w, "parent", e->parent);
	writer_optional(w, "country", e->country);
	writer_text(w, "status", listing_status_name(e->status));
	if (e->n_owners != 0)
		writer_open(w, "owners", '[');
	for (size_t i = 0; i < e->n_owners; i++)
		write_owner(w, &e->owners[i]);
	if (e->n_owners != 0)
		writer_close(w, ']');
	writer_close(w, '}');
}

static void
write_listing(struct writer *w, const struct listing *l)
{
	writer_open(w, NULL, '{');
	writer_text(w, "list_id", l->list->id);
	writer_text(w, "list", l->list->name);
	writer_optional(w, "authority", l->list->authority);
	writer_text(w, "status", listing_status_name(l->list->status));
	writer_text(w, "name", l->name);
	if (l->affiliate)
		writer_bool(w, "affiliate", true);
	writer_optional(w, "since", l->since);
	writer_optional(w, "until", l->until);
	writer_optional(w, "effect", l->list->effect);
	writer_optional(w, "deadline", l->list->deadline);
	writer_optional(w, "deadline_what", l->list->deadline_what);
	writer_optional(w, "does_not", l->list->does_not);
	writer_optional(w, "as_of", l->as_of);
	writer_optional(w, "source", l->source);
	writer_close(w, '}');
}

static void
write_indicator(struct writer *w, const struct indicator *ind)
{
	writer_text(w, "indicator", ind->id);
	if (ind->feed != NULL)
		writer_text(w, "feed", ind->feed->name);
	if (ind->line != 0)
		writer_uint(w, "line", ind->line);
	writer_text(w, "type", ind->type);
	writer_text(w, "matched", ind->value);
	writer_text(w, "identifies", indicator_identifies_name(ind->identifies));
	writer_bool(w, "verified", ind->verified);
	writer_optional(w, "source", ind->source);
	writer_optional(w, "as_of", ind->as_of);
	writer_optional(w, "note", ind->note);
}

/* What an indicator matched, or a fact about the device and what it rests on. */
static void
write_evidence(struct writer *w, const struct evidence *e)
{
	writer_open(w, NULL, '{');
	writer_text(w, "field", e->field);
	writer_octets(w, "value", e->value, e->value_len);
	if (e->indicator != NULL) {
		write_indicator(w, e->indicator);
	} else {
		if (e->entity != NULL)
			writer_text(w, "entity", e->entity->id);
		writer_optional(w, "source", e->source);
		writer_optional(w, "as_of", e->as_of);
	}
	writer_close(w, '}');
}

static void
write_peer(struct writer *w, const struct event_context *ctx, const struct alert *a)
{
	static const struct addr none;

	writer_open(w, "peer", '{');
	if (a->host[0] != '\0') {
		writer_octets(w, "host", a->host, strlen(a->host));
		writer_word(w, "host_source", a->host_source);
		if (strcmp(a->host_source, "dns_cache") == 0)
			writer_uint(w, "host_age_s", a->host_age_s);
	}
	if (!addr_equal(&a->peer, &none)) {
		writer_addr(w, "ip", &a->peer);
		if (a->peer_port != 0)
			writer_uint(w, "port", a->peer_port);
		(void)event_put_owner(w, ctx, &a->peer, true);
	}
	if (a->peer_on_lan)
		writer_bool(w, "on_lan", true);
	writer_close(w, '}');
}

/* Up to a NULL; nothing when there is none. */
static void
write_texts(struct writer *w, const char *name, const char *const *texts)
{
	if (texts[0] == NULL)
		return;
	writer_open(w, name, '[');
	for (; *texts != NULL; texts++)
		writer_text(w, NULL, *texts);
	writer_close(w, ']');
}

static void
write_why(struct writer *w, const struct alert *a)
{
	if (a->entity != NULL)
		write_entity(w, a->entity);
	writer_open(w, "listings", '[');
	for (size_t i = 0; a->entity != NULL && i < a->entity->n_listings; i++)
		write_listing(w, &a->entity->listings[i]);
	writer_close(w, ']');
	writer_open(w, "evidence", '[');
	for (unsigned i = 0; i < a->n_evidence; i++)
		write_evidence(w, &a->evidence[i]);
	writer_close(w, ']');
	writer_word(w, "confidence", verdict_confidence_name(a->confidence));
	writer_open(w, "score", '{');
	writer_uint(w, "collection", a->score_collection);
	writer_uint(w, "control", a->score_control);
	writer_close(w, '}');
	writer_open(w, "limits", '[');
	for (unsigned i = 0; i < a->n_limits; i++)
		writer_text(w, NULL, a->limits[i]);
	writer_close(w, ']');
	writer_text(w, "remediation", a->remediation);
	if (a->by != NULL) {
		write_texts(w, "attack", a->by->attack);
		write_texts(w, "references", a->by->references);
	}
}

/* The contact that the alert shows: what, which way, with whom, how much. */
static void
write_contact(struct writer *w, const struct event_context *ctx, const struct alert *a)
{
	writer_word(w, "role", role_name(a->role));
	writer_word(w, "stage", stage_name(a->stage));
	writer_text(w, "direction", a->device_is_responder ? "inbound" : "outbound");
	write_peer(w, ctx, a);
	writer_uint(w, "octets_out", a->octets_out);
	writer_uint(w, "octets_in", a->octets_in);
}

static void
write_device(struct writer *w, const struct event_context *ctx, const struct alert *a)
{
	static const struct addr none;
	bool addressed = !addr_equal(&a->device, &none);
	struct device_view view;

	alert_device(a, &view);
	event_put_device(w, ctx, &(struct event_device){
	    .view = view.ref != 0 ? &view : NULL,
	    .addr = addressed || a->who.ref == 0 ? &a->device : NULL,
	    .vlan = a->has_contact ? a->vlan[0] : 0,
	    .mac = a->has_contact && a->has_mac ? a->device_mac : NULL,
	    .group = a->group, .now_us = a->last_us });
	if (a->other.imei == DIGITS_NONE && a->other.imsi == DIGITS_NONE)
		return;
	writer_open(w, "other", '{');
	event_put_number(w, ctx, "imei", MASK_IMEI, a->other.imei);
	event_put_number(w, ctx, "imsi", MASK_IMSI, a->other.imsi);
	writer_close(w, '}');
}

static void
write_picket(struct writer *w, const struct event_context *ctx, const struct alert *a)
{
	writer_open(w, "picket", '{');
	writer_word(w, "finding", finding_row(alert_finding(a))->name);
	writer_word(w, "rule", alert_rule_name(a));
	write_device(w, ctx, a);
	if (a->has_contact)
		write_contact(w, ctx, a);
	write_why(w, a);
	writer_uint(w, "count", a->count);
	writer_time(w, "first", a->first_us);
	writer_time(w, "last", a->last_us);
	writer_bool(w, "final", a->final);
	writer_close(w, '}');
}

/* Two devices may be found at one moment: what they are called tells their events apart. */
static uint64_t
alert_event_id(const struct event_context *ctx, const struct alert *a)
{
	char id[DEVICE_ID_MAX];
	size_t n;

	if (a->has_contact || a->who.ref == 0)
		return a->id;
	n = event_device_id(ctx, &a->who, id);
	return hash_stable(a->id, id, n);
}

void
event_alert(struct writer *w, const struct event_context *ctx, const struct alert *a)
{
	char cid[COMMUNITY_ID_MAX];

	event_open(w, ctx, a->time_us, "alert", alert_event_id(ctx, a), a->final);
	if (a->has_contact) {
		writer_uint(w, "flow_id", a->flow_id);
		community_id(&a->ends, cid);
		writer_word(w, "community_id", cid);
		event_ends(w, ctx, &a->ends, a->vlan, a->source);
		writer_word(w, "app_proto", classify_app_name(ctx->classifier, a->app));
		event_tunnel(w, ctx, &a->tunnel, &(struct tunnel){ 0 });
	}
	write_signature(w, a);
	event_knowledge(w, ctx);
	write_picket(w, ctx, a);
	writer_close(w, '}');
}
