/* SPDX-License-Identifier: Apache-2.0 */
/* rules_values.c - the values of a flow and its device, as rules ask for them. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "macros.h"
#include "rules.h"

void
rules_met(void *arg, uint32_t condition)
{
	struct rules *r = arg;
	const uint32_t *rule;
	size_t n;

	r->seen[condition] = r->value;
	if (!r->triggering)
		return;
	rule = rule_triggered(r->set, condition, &n);
	for (size_t i = 0; i < n; i++) {
		if (r->queued[rule[i]] == r->round)
			continue;
		r->queued[rule[i]] = r->round;
		if (!r->only_late || knowledge_rule(r->k, rule[i])->late)
			r->candidate[r->n_candidates++] = rule[i];
	}
}

static void
hold(struct rules *r, const void *octets, size_t len)
{
	r->value = (struct rule_sight){ .round = r->round, .octets = octets,
		.len = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX) };
}

void
rules_show_octets(struct rules *r, field_id field, const void *octets, size_t len)
{
	hold(r, octets, len);
	rule_find_octets(r->set, r->scratch, field, octets, len, rules_met, r);
}

static void
show_text(struct rules *r, enum rule_field field, const char *text)
{
	if (text != NULL && *text != '\0')
		rules_show_octets(r, RULE_FIELD_ID(field), text, strlen(text));
}

static void
show_number(struct rules *r, field_id field, uint64_t number)
{
	r->value = (struct rule_sight){ .round = r->round, .is_number = true, .number = number };
	rule_find_uint(r->set, field, number, rules_met, r);
}

static void
show_addr(struct rules *r, field_id field, const struct addr *a)
{
	hold(r, a->octet, sizeof(a->octet));
	rule_find_addr(r->set, field, a, rules_met, r);
}

void
rules_show_entry(struct rules *r, const struct record_entry *e)
{
	const struct field *f;

	if (rule_field_is_used(r->set, RULE_FIELD_ID(RULE_PEER_HOST))) {
		f = field_by_id(e->field);
		if (f->match == MATCH_DOMAIN && f->host_source != NULL)
			rules_show_octets(r, RULE_FIELD_ID(RULE_PEER_HOST), e->octets, e->len);
	}
	if (!rule_field_is_used(r->set, e->field))
		return;
	f = field_by_id(e->field);
	switch (f->type) {
	case FIELD_UINT:
		show_number(r, e->field, record_uint(e));
		break;
	case FIELD_IP:
		if (e->len == sizeof(struct addr)) {
			struct addr a;

			memcpy(a.octet, e->octets, sizeof(a.octet));
			hold(r, e->octets, e->len);
			rule_find_addr(r->set, e->field, &a, rules_met, r);
		}
		break;
	default:
		rules_show_octets(r, e->field, e->octets, e->len);
		break;
	}
}

/* --- the flow --- */

static unsigned
device_end(const struct rules *r)
{
	return flow_end_index(r->flow, flow_device_sends(r->flow));
}

static uint64_t
stage_now(const struct flow *flow)
{
	if (flow_proto(flow) == IPPROTO_TCP && (flow->flags & FLOW_HANDSHAKE) == 0
	    && (flow->flags & (FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT)) == 0)
		return STAGE_SYN;
	if ((flow->flags & FLOW_DATA_TO_CLIENT) != 0 || (flow_proto(flow) == IPPROTO_TCP
		&& (flow->flags & FLOW_DATA_TO_SERVER) != 0))
		return STAGE_DATA;
	return (flow->flags & FLOW_HANDSHAKE) != 0 ? STAGE_HANDSHAKE : STAGE_SYN;
}

static bool
peer_is_inside(const struct rules *r)
{
	uint32_t home = FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER;

	return (r->flow->flags & home) == home;
}

static void
show_flow(struct rules *r, enum rule_field field)
{
	const struct flow *flow = r->flow;
	enum direction sends = flow_device_sends(flow);
	field_id id = RULE_FIELD_ID(field);

	switch (field) {
	case RULE_FLOW_PROTO: show_number(r, id, flow_proto(flow)); break;
	case RULE_FLOW_SRC_PORT: show_number(r, id, flow_initiator_port(flow)); break;
	case RULE_FLOW_DEST_PORT: show_number(r, id, flow_responder_port(flow)); break;
	case RULE_FLOW_SRC_IP: show_addr(r, id, flow_initiator(flow)); break;
	case RULE_FLOW_DEST_IP: show_addr(r, id, flow_responder(flow)); break;
	case RULE_FLOW_DIRECTION: show_number(r, id, sends == TO_SERVER); break;
	case RULE_FLOW_OCTETS_OUT: show_number(r, id, flow->octets[sends]); break;
	case RULE_FLOW_OCTETS_IN: show_number(r, id, flow->octets[1 - sends]); break;
	case RULE_FLOW_STAGE: show_number(r, id, stage_now(flow)); break;
	case RULE_FLOW_ROLE: show_number(r, id, flow->role); break;
	case RULE_FLOW_APP_PROTO: show_text(r, field, classify_app_name(r->d->c, flow->app)); break;
	case RULE_PEER_IP: show_addr(r, id, &flow->key.addr[1 - device_end(r)]); break;
	case RULE_PEER_PORT: show_number(r, id, flow->key.port[1 - device_end(r)]); break;
	case RULE_PEER_PLACE: show_number(r, id, peer_is_inside(r)); break;
	case RULE_PEER_HOST: show_text(r, field, classify_flow_name(r->d->c, flow)); break;
	case RULE_TIME_OF_WEEK:
		show_number(r, id, r->now_us);
		rule_find_time(r->set, r->now_us, rules_met, r);
		break;
	default: break;
	}
}

/* --- the far end's entity --- */

static void
show_entities(struct rules *r, const struct indicator *const *found, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (found[i]->identifies == IDENTIFIES_HOST_OPERATOR
		    && (found[i]->valid_from_us == 0 || r->now_us >= found[i]->valid_from_us)
		    && (found[i]->valid_until_us == 0 || r->now_us <= found[i]->valid_until_us))
			show_text(r, RULE_PEER_ENTITY, found[i]->entity->id);
}

static void
show_entities_of_name(struct rules *r, const void *name, size_t len)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];

	show_entities(r, found, knowledge_find_domain(r->d->k, name, len, found, ARRAY_LEN(found)));
}

static void
show_peer_entity(struct rules *r)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	const char *name = classify_flow_name(r->d->c, r->flow);
	unsigned peer = 1 - device_end(r);
	struct record_entry e;
	uint16_t offset = 0;

	if (peer_is_inside(r))
		return;
	show_entities(r, found, knowledge_find_addr(r->d->k, &r->flow->key.addr[peer],
	    r->flow->key.port[peer], flow_proto(r->flow), found, ARRAY_LEN(found)));
	show_entities_of_name(r, name, strlen(name));
	while (r->flow->record != NULL && record_next(r->flow->record, &offset, &e)) {
		const struct field *f = field_by_id(e.field);

		if (f->match == MATCH_DOMAIN && f->host_source != NULL)
			show_entities_of_name(r, e.octets, e.len);
	}
}

/* --- the device --- */

static const struct device_view *
view_of(struct rules *r)
{
	if (!r->has_view) {
		r->view.ref = 0;
		if (r->d->reg != NULL && r->flow->device != 0)
			identity_view(r->d->reg, r->flow->device, r->flow, &r->view);
		r->has_view = true;
	}
	return r->view.ref == 0 ? NULL : &r->view;
}

static void
show_maker(struct rules *r, const struct tac *tac)
{
	if (tac == NULL)
		return;
	if (tac->maker != NULL)
		show_text(r, RULE_DEVICE_MAKER, tac->maker->id);
	show_text(r, RULE_DEVICE_MAKER, tac->maker_name);
	show_text(r, RULE_DEVICE_MAKER, tac->brand);
}

static void
show_device(struct rules *r, enum rule_field field)
{
	const struct device_view *v = view_of(r);

	if (v == NULL)
		return;
	switch (field) {
	case RULE_DEVICE_MAKER:
		show_maker(r, v->tac);
		break;
	case RULE_DEVICE_LISTING:
		if (v->tac != NULL && v->tac->maker != NULL)
			show_number(r, RULE_FIELD_ID(field), v->tac->maker->status);
		break;
	case RULE_DEVICE_TAC:
		if (imei_tac(v->imei) != 0) {
			(void)snprintf(r->tac, sizeof(r->tac), "%08u", (unsigned)imei_tac(v->imei));
			show_text(r, field, r->tac);
		}
		break;
	case RULE_DEVICE_APN:
		show_text(r, field, v->apn);
		break;
	case RULE_DEVICE_PLMN:
		if (v->plmn != PLMN_NONE) {
			(void)plmn_text(v->plmn, r->plmn);
			show_text(r, field, r->plmn);
		}
		break;
	default:
		break;
	}
}

void
rules_show(struct rules *r, enum rule_field field)
{
	const struct config *cfg = r->d->cfg;

	switch (field) {
	case RULE_DEVICE_GROUP:
		if (r->flow->group != 0 && r->flow->group <= cfg->n_groups)
			show_text(r, field, cfg->groups[r->flow->group - 1].name);
		break;
	case RULE_DEVICE_MAKER: case RULE_DEVICE_LISTING: case RULE_DEVICE_TAC:
	case RULE_DEVICE_APN: case RULE_DEVICE_PLMN:
		show_device(r, field);
		break;
	case RULE_PEER_ENTITY:
		show_peer_entity(r);
		break;
	default:
		show_flow(r, field);
		break;
	}
}
