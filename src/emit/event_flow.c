/* SPDX-License-Identifier: Apache-2.0 */
/* event_flow.c - the flow event, written when a flow ends. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "event.h"
#include "knowledge.h"
#include "macros.h"

enum { FIELD_NUMBERS = FIELD_IMSI | FIELD_MSISDN | FIELD_IMEI };

static void
write_counts(struct writer *w, const struct flow *flow)
{
	writer_open(w, "flow", '{');
	writer_uint(w, "pkts_toserver", flow->pkts[TO_SERVER]);
	writer_uint(w, "pkts_toclient", flow->pkts[TO_CLIENT]);
	writer_uint(w, "bytes_toserver", flow->octets[TO_SERVER]);
	writer_uint(w, "bytes_toclient", flow->octets[TO_CLIENT]);
	writer_time(w, "start", flow->first_us);
	writer_time(w, "end", flow->last_us);
	writer_uint(w, "age", flow->last_us < flow->first_us ? 0
	    : (flow->last_us - flow->first_us) / 1000000);
	writer_word(w, "state", flow_state_name(flow->state));
	writer_word(w, "reason", flow_end_reason_name(flow->end_reason));
	writer_close(w, '}');
}

/* A count that is mostly 0 is written when it is not. */
static void
write_nonzero(struct writer *w, const char *key, uint64_t value)
{
	if (value != 0)
		writer_uint(w, key, value);
}

static void
write_tcp(struct writer *w, const struct flow *flow)
{
	writer_open(w, "tcp", '{');
	writer_hex(w, "tcp_flags_ts", &flow->tcp_flags[TO_SERVER], 1);
	writer_hex(w, "tcp_flags_tc", &flow->tcp_flags[TO_CLIENT], 1);
	write_nonzero(w, "retransmitted_ts", flow->retransmitted[TO_SERVER]);
	write_nonzero(w, "retransmitted_tc", flow->retransmitted[TO_CLIENT]);
	write_nonzero(w, "gaps_ts", flow->gaps[TO_SERVER]);
	write_nonzero(w, "gaps_tc", flow->gaps[TO_CLIENT]);
	if ((flow->flags & FLOW_MIDSTREAM) != 0)
		writer_bool(w, "midstream", true);
	writer_close(w, '}');
}

/* An IMSI, MSISDN or IMEI while some of them are masked. What is not one is left out whole. */
static void
write_number(struct writer *w, const char *key, const struct field *f,
    const struct record_entry *e)
{
	enum mask_kind kind = (f->flags & FIELD_IMSI) != 0 ? MASK_IMSI
	    : (f->flags & FIELD_IMEI) != 0 ? MASK_IMEI : MASK_MSISDN;
	digits number = digits_from_text(e->octets, e->len);
	char text[MASK_TEXT_MAX];

	if (number == DIGITS_NONE)
		(void)snprintf(text, sizeof(text), "masked");
	else
		(void)mask_number(w->mask, kind, number, text);
	writer_word(w, key, text);
}

static void
write_value(struct writer *w, const char *key, const struct field *f,
    const struct record_entry *e)
{
	struct addr a;

	if (UNLIKELY(w->mask != NULL && (f->flags & FIELD_NUMBERS) != 0)) {
		write_number(w, key, f, e);
		return;
	}
	switch (f->type) {
	case FIELD_TEXT:
		writer_octets(w, key, e->octets, e->len);
		break;
	case FIELD_UINT:
		writer_uint(w, key, record_uint(e));
		break;
	case FIELD_IP:
		memcpy(a.octet, e->octets, e->len < sizeof(a.octet) ? e->len : sizeof(a.octet));
		writer_addr(w, key, &a);
		break;
	case FIELD_HEX:
		writer_hex(w, key, e->octets, e->len);
		break;
	}
}

/* All values of one field, at the place of its first. A record is short (record_max), so the
 * second walk for the rest of an array stays cheap. */
static void
write_field(struct writer *w, const struct flow *flow, const struct record_entry *first,
    uint16_t after)
{
	const struct field *f = field_by_id(first->field);
	struct record_entry e;

	if ((f->flags & FIELD_MANY) == 0) {
		write_value(w, f->name, f, first);
		return;
	}
	writer_open(w, f->name, '[');
	write_value(w, NULL, f, first);
	while (record_next(flow->record, &after, &e))
		if (e.field == first->field)
			write_value(w, NULL, f, &e);
	writer_close(w, ']');
}

static void
write_fields(struct writer *w, const struct flow *flow)
{
	/* Which fields are written already: parser number x row, one bit each. A flow has the
	 * fields of two or three parsers; 64 ids seen are more than any has. */
	field_id seen[64];
	unsigned n_seen = 0;
	uint16_t offset = 0;
	struct record_entry e;

	if (flow->record == NULL)
		return;
	writer_open(w, "fields", '{');
	while (record_next(flow->record, &offset, &e)) {
		bool again = false;

		for (unsigned i = 0; i < n_seen && !again; i++)
			again = seen[i] == e.field;
		if (again || n_seen == 64)
			continue;
		seen[n_seen++] = e.field;
		write_field(w, flow, &e, offset);
	}
	writer_close(w, '}');
	if ((flow->record->flags & RECORD_TRUNCATED) != 0)
		writer_bool(w, "fields_truncated", true);
}

static void
write_reasons(struct writer *w, const struct flow *flow)
{
	writer_open(w, "reasons", '[');
	for (unsigned bit = 0; bit < REASON_N; bit++)
		if ((flow->reasons & 1u << bit) != 0)
			writer_word(w, NULL, verdict_reason_name(bit));
	writer_close(w, ']');
}

/* The first name that the flow itself shows for its far end; false when it shows none. */
static bool
own_name(const struct flow *flow, struct record_entry *e, const struct field **f)
{
	uint16_t offset = 0;

	while (flow->record != NULL && record_next(flow->record, &offset, e)) {
		*f = field_by_id(e->field);
		if ((*f)->match == MATCH_DOMAIN && (*f)->host_source != NULL)
			return true;
	}
	return false;
}

/* True when the object is begun. */
static bool
write_name(struct writer *w, const struct event_context *ctx, const struct flow *flow)
{
	struct record_entry e;
	const struct field *f;
	const char *name;

	if (own_name(flow, &e, &f)) {
		writer_open(w, "peer", '{');
		writer_octets(w, "host", e.octets, e.len);
		writer_word(w, "host_source", f->host_source);
		return true;
	}
	if (flow->name != 0) {
		name = classify_flow_name(ctx->classifier, flow);
		writer_open(w, "peer", '{');
		writer_octets(w, "host", name, strlen(name));
		writer_word(w, "host_source", "dns_cache");
		writer_uint(w, "host_age_s", flow->name_age_s);
		return true;
	}
	return false;
}

/* What the far end was called, and outside the home networks whose network it is in. */
static void
write_peer(struct writer *w, const struct event_context *ctx, const struct flow *flow)
{
	enum direction device = flow_device_sends(flow);
	const struct addr *peer = &flow->key.addr[1 - flow_end_index(flow, device)];
	bool opened = write_name(w, ctx, flow);

	if ((flow->flags & (device == TO_SERVER ? FLOW_HOME_RESPONDER : FLOW_HOME_INITIATOR)) == 0)
		opened = event_put_owner(w, ctx, peer, opened);
	if (opened)
		writer_close(w, '}');
}

/* An alert of this flow is not told, because of an exception. */
static void
write_suppressed(struct writer *w, const struct suppression *s)
{
	writer_open(w, "suppressed", '{');
	writer_text(w, "reason", s->reason);
	writer_text(w, "owner", s->owner);
	writer_word(w, "expires", s->expires);
	writer_close(w, '}');
}

static void
write_picket(struct writer *w, const struct event_context *ctx, const struct flow *flow,
    bool with_fields)
{
	enum direction sends = flow_device_sends(flow);
	const struct alert *alert = detect_flow_alert(flow);
	const struct suppression *exception = detect_flow_exception(flow);
	struct device_view view;

	writer_open(w, "picket", '{');
	writer_word(w, "confidence", verdict_confidence_name(flow->confidence));
	write_reasons(w, flow);
	writer_word(w, "role", role_name(flow->role));
	writer_uint(w, "role_confidence", flow->role_confidence);
	writer_word(w, "initiator", flow_initiator_evidence_name(flow->initiator_evidence));
	if (alert != NULL) {
		if (alert->entity != NULL)
			writer_text(w, "entity", alert->entity->id);
		if (!detect_flow_is_untold(flow))
			writer_id(w, "alert_id", alert->id);
	}
	if (exception != NULL)
		write_suppressed(w, exception);
	if (flow->device != 0)
		identity_view(ctx->identity, flow->device, flow, &view);
	event_put_device(w, ctx, &(struct event_device){
	    .view = flow->device != 0 ? &view : NULL,
	    .addr = &flow->key.addr[flow_end_index(flow, sends)],
	    .vlan = (uint16_t)(flow->key.tenant_proto >> 20),
	    .mac = (flow->flags & FLOW_HAS_MAC) != 0 ? flow->mac[sends] : NULL,
	    .group = flow->group, .now_us = flow->last_us });
	write_peer(w, ctx, flow);
	if (with_fields)
		write_fields(w, flow);
	writer_close(w, '}');
}

static struct ends
ends_of(const struct flow *flow)
{
	uint8_t proto = flow_proto(flow);
	bool icmp = proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;

	return (struct ends){
		.src = *flow_initiator(flow), .dest = *flow_responder(flow),
		.src_port = icmp ? flow->icmp_type : flow_initiator_port(flow),
		.dest_port = icmp ? flow->icmp_code : flow_responder_port(flow),
		.proto = proto,
	};
}

void
event_flow(struct writer *w, const struct event_context *ctx, const struct flow *flow,
    bool with_fields)
{
	uint64_t id = flow_id(flow);
	struct ends ends = ends_of(flow);
	const uint16_t vlan[PACKET_VLANS_MAX] = { (uint16_t)(flow->key.tenant_proto >> 20),
		(uint16_t)(flow->key.tenant_proto >> 8 & 0xfff) };
	char cid[COMMUNITY_ID_MAX];

	event_open(w, ctx, flow->last_us, "flow", id, 0);
	writer_uint(w, "flow_id", id);
	flow_community_id(flow, cid);
	writer_word(w, "community_id", cid);
	event_ends(w, ctx, &ends, vlan, flow->source);
	writer_word(w, "app_proto", classify_app_name(ctx->classifier, flow->app));
	write_counts(w, flow);
	if (ends.proto == IPPROTO_TCP)
		write_tcp(w, flow);
	if ((flow->flags & FLOW_ICMP_ERROR) != 0) {
		writer_open(w, "icmp_error", '{');
		writer_uint(w, "type", flow->icmp_type);
		writer_uint(w, "code", flow->icmp_code);
		writer_close(w, '}');
	}
	if (flow->tunnel != NULL) {
		enum direction sends = flow_device_sends(flow);

		event_tunnel(w, ctx, &flow->tunnel->by[sends], &flow->tunnel->by[1 - sends]);
	}
	write_picket(w, ctx, flow, with_fields);
	writer_close(w, '}');
}
