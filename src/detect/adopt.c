/* SPDX-License-Identifier: Apache-2.0 */
/* adopt.c - a change of knowledge under open alerts: what they point to is found again in the new
 * one by id and value; what is not there any more is closed. */
#include <errno.h>
#include <string.h>

#include "digits.h"
#include "internal.h"
#include "rules.h"
#include "score.h"

/* The row of a TAC that stands in an alert as eight digits. */
static const struct tac *
find_tac(const struct knowledge *k, const struct evidence *e)
{
	uint32_t tac = 0;

	for (unsigned i = 0; i < e->value_len; i++)
		tac = tac * 10 + (uint32_t)(e->value[i] - '0');
	return knowledge_tac(k, tac);
}

static const struct tac *
tac_of(const struct knowledge *k, const struct device_view *view)
{
	return view->ref == 0 || view->imei == DIGITS_NONE ? NULL : knowledge_tac(k, imei_tac(view->imei));
}

static bool
label_still_conflicts(const struct alert *a, const struct indicator *lead,
    const struct knowledge *k)
{
	struct device_view view = a->who;

	view.tac = tac_of(k, &view);
	return label_conflicts(&view, lead);
}

static bool
module_is_still_told(const struct alert *a, const struct knowledge *k)
{
	const struct tac *tac = tac_of(k, &a->who);

	return tac_is_told(tac) && strcmp(tac->maker->id, a->entity->id) == 0;
}

/* The network of an AS that stands in an alert as "AS64500". */
static const struct network *
find_network(const struct knowledge *k, const struct evidence *e)
{
	uint32_t asn = 0;

	for (unsigned i = 2; i < e->value_len; i++)
		asn = asn * 10 + (uint32_t)(e->value[i] - '0');
	return knowledge_network_by_asn(k, asn);
}

static bool
network_is_still_told(const struct alert *a, const struct knowledge *k)
{
	for (unsigned i = 0; i < a->n_evidence; i++)
		if (strcmp(a->evidence[i].field, "peer.asn") == 0) {
			const struct network *net = find_network(k, &a->evidence[i]);

			if (network_accuses(net) && strcmp(net->entity->id, a->entity->id) == 0)
				return true;
		}
	return false;
}

/* The rule of the same id and rev that raises the same about the same entity. NULL: there is none. */
static const struct rule *
same_rule(const struct knowledge *k, const struct rule *of)
{
	const struct rule *rule = of == NULL ? NULL : knowledge_rule_by_id(k, of->id);

	if (rule == NULL || !rule->raises || rule->finding != of->finding || rule->rev != of->rev
	    || (rule->entity == NULL) != (of->entity == NULL))
		return NULL;
	return rule->entity == NULL || strcmp(rule->entity->id, of->entity->id) == 0 ? rule : NULL;
}

bool
alert_holds(const struct alert *a, const struct knowledge *k)
{
	const struct indicator *lead = NULL;

	if (a->lead != NULL) {
		lead = knowledge_same_indicator(k, a->lead);
		if (lead == NULL || !indicator_accuses(lead))
			return false;
	}
	if (a->entity != NULL && knowledge_same_entity(k, a->entity) == NULL)
		return false;
	if (a->by != NULL && same_rule(k, a->by) == NULL)
		return false;
	switch (a->rule) {
	case DETECT_MODULE:
		return module_is_still_told(a, k);
	case DETECT_UNREGISTERED:
		return register_conflict(k, &a->who) != REGISTER_NONE;
	case DETECT_NETWORK:
		return network_is_still_told(a, k);
	case DETECT_LABEL_CONFLICT:
		return label_still_conflicts(a, lead, k);
	default:
		return true;	/* rests on its indicator, or on what was seen alone */
	}
}

/* False: it is gone. */
static bool
adopt_evidence(struct evidence *e, const struct rule *by, const struct knowledge *k)
{
	if (strcmp(e->field, "peer.asn") == 0) {
		const struct network *net = find_network(k, e);

		if (net == NULL)
			return false;
		e->entity = net->entity;
		e->source = net->source;
		e->as_of = net->as_of;
		return true;
	}
	if (by != NULL && e->indicator == NULL) {
		e->entity = by->entity;
		e->source = by->references[0];
		return true;
	}
	if (e->indicator != NULL) {
		e->indicator = knowledge_same_indicator(k, e->indicator);
		if (e->indicator != NULL)
			e->entity = e->indicator->entity;
		return e->indicator != NULL;
	}
	if (strcmp(e->field, "device.imei_tac") == 0
	    || strcmp(e->field, "device.previous_imei_tac") == 0) {
		const struct tac *tac = find_tac(k, e);

		e->entity = tac == NULL ? NULL : tac->maker;
		e->source = tac == NULL ? NULL : tac->source;
		e->as_of = tac == NULL ? NULL : tac->as_of;
		return true;
	}
	/* other facts were seen; their sources are names in the configuration */
	e->entity = knowledge_same_entity(k, e->entity);
	return true;
}

void
alert_adopt(struct alert *a, const struct knowledge *k)
{
	unsigned n = 0;

	if (a->lead != NULL)
		a->lead = knowledge_same_indicator(k, a->lead);
	a->entity = a->lead != NULL ? a->lead->entity : knowledge_same_entity(k, a->entity);
	a->by = same_rule(k, a->by);
	for (unsigned i = 0; i < a->n_evidence; i++)
		if (adopt_evidence(&a->evidence[i], a->by, k)) {
			if (n != i)
				a->evidence[n] = a->evidence[i];
			n++;
		}
	a->n_evidence = (uint8_t)n;
	if (a->by != NULL)
		score_alert(a);	/* its limits and remediation are the rule's own texts */
	a->who.tac = tac_of(k, &a->who);
	a->who.oui = a->who.ref != 0 && a->who.has_mac ? knowledge_oui(k, a->who.mac) : NULL;
}

static bool
open_holds(const struct open_alert *o, const struct knowledge *k)
{
	return (o->key.about == NULL || knowledge_same_indicator(k, o->key.about) != NULL)
	    && alert_holds(&o->alert, k);
}

static void
adopt_open(struct open_alert *o, const struct knowledge *k)
{
	if (o->key.about != NULL)
		o->key.about = knowledge_same_indicator(k, o->key.about);
	o->key.by = same_rule(k, o->key.by);
	alert_adopt(&o->alert, k);
}

int
detector_use_knowledge(struct detector *d, const struct knowledge *k)
{
	struct rules *rules = rules_new(d, k);

	if (rules == NULL)
		return -ENOMEM;
	if (alert_book_sift(d->book, open_holds, k) != 0) {
		marks_release_withdrawn(d);
		alert_book_withdraw(d->book);
	}
	alert_book_rekey(d->book, adopt_open, k);
	rules_inherit(rules, d->rules);
	rules_free(d->rules);
	d->rules = rules;
	d->k = k;
	return 0;
}
