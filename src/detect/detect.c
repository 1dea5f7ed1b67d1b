/* SPDX-License-Identifier: Apache-2.0 */
/* detect.c - holds what flows show against the knowledge, and follows flows that match.
 *
 * Only what shows who runs the far end (or, for a carrier's service, whose SIM registers)
 * raises an alert by itself. Paths, topics, user agents and fingerprints show whose software
 * speaks, which is another question: they are evidence beside a match, never one alone. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "internal.h"
#include "macros.h"
#include "rule.h"

enum { MARKS_PER_FLOW = 4 };

/* One alert that a flow stands behind. */
struct mark {
	struct open_alert *open;
	bool lookup;		/* the flow only asked for the name: its far end is a resolver */
	bool on_lan;		/* its far end is a host of the device's LAN */
};

struct flow_marks {
	struct flow_marks *next_free;
	struct flow *flow;
	struct mark mark[MARKS_PER_FLOW];
	/* By key end, not by direction: a parser may prove that the initiator is the other one. */
	uint64_t octets_told[2];	/* sent by that end, already added to the alerts */
	uint8_t device_end;
	uint8_t n;
};

/* What is being looked at: one value of one flow. */
struct sight {
	struct flow *flow;
	uint64_t now_us;
	unsigned device_end;	/* key end */
	bool lookup;
	const char *field;
	const uint8_t *value;
	size_t len;
	const char *host_source;	/* NULL: the value is no name of the peer */
	const struct rule *by;	/* of the pack, when it is one that raises */
	const struct knowledge *before;	/* look for what this did not say; NULL: for all */
	const struct network *network;	/* when it is what raises */
};

static const struct counter_desc detect_counters[] = { DETECT_COUNTERS(STATS_DESC) };

struct detector *
detector_new(const struct config *cfg, struct stats *st, const struct knowledge *k,
    struct classifier *c, const struct identity *reg, alert_fn raise, void *arg)
{
	struct detector *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->cfg = cfg;
	d->k = k;
	d->c = c;
	d->reg = reg;
	d->counters = stats_register(st, detect_counters, ARRAY_LEN(detect_counters));
	d->exceptions = exceptions_new(cfg, st);
	once_init(&d->told, cfg->devices_max);
	residences_init(&d->residences, cfg->devices_max);
	d->marks = calloc(cfg->max_marked, sizeof(d->marks[0]));
	if (d->counters != NULL)
		d->book = alert_book_new(cfg, d->counters, raise, arg);
	d->rules = rules_new(d, k);
	if (d->counters == NULL || d->marks == NULL || d->book == NULL || d->rules == NULL
	    || d->exceptions == NULL) {
		detector_free(d);
		return NULL;
	}
	alert_book_judge(d->book, exception_of_device, d);
	return d;
}

void
detector_watch(struct detector *d, match_fn watch, role_fn watch_role, void *arg)
{
	d->watch = watch;
	d->watch_role = watch_role;
	d->watch_arg = arg;
}

void
detector_free(struct detector *d)
{
	if (d == NULL)
		return;
	alert_book_free(d->book);
	rules_free(d->rules);
	exceptions_free(d->exceptions);
	once_done(&d->told);
	residences_done(&d->residences);
	free(d->marks);
	free(d);
}

/* --- marks --- */

static struct flow_marks *
marks_get(struct detector *d)
{
	struct flow_marks *m = d->free_marks;

	if (m != NULL)
		d->free_marks = m->next_free;
	else if (d->n_marks < d->cfg->max_marked)
		m = &d->marks[d->n_marks++];
	else
		return NULL;
	memset(m, 0, sizeof(*m));
	return m;
}

static const struct addr *
device_of(const struct sight *s)
{
	return &s->flow->key.addr[s->device_end];
}

/* The direction in which a key end sends. */
static enum direction
sent_by(const struct flow *flow, unsigned end)
{
	return flow_end_index(flow, TO_SERVER) == end ? TO_SERVER : TO_CLIENT;
}

static enum stage
stage_of(const struct flow *flow, bool lookup)
{
	uint64_t pkts = (uint64_t)flow->pkts[0] + flow->pkts[1];

	if (lookup)
		return STAGE_ASKED;
	if (flow_proto(flow) == IPPROTO_TCP) {
		if ((flow->flags & (FLOW_DATA_TO_SERVER | FLOW_DATA_TO_CLIENT)) != 0)
			return STAGE_DATA;
		return (flow->flags & FLOW_HANDSHAKE) != 0 ? STAGE_HANDSHAKE : STAGE_SYN;
	}
	if ((flow->flags & FLOW_HANDSHAKE) == 0)
		return STAGE_SYN;	/* sent, not answered */
	return pkts > 2 ? STAGE_DATA : STAGE_HANDSHAKE;
}

/* --- filling an alert --- */

static void
add_evidence(struct alert *a, const struct sight *s, const struct indicator *ind)
{
	struct evidence *e;

	for (unsigned i = 0; i < a->n_evidence; i++)
		if (a->evidence[i].indicator == ind
		    && strcmp(a->evidence[i].field, s->field) == 0)
			return;
	if (a->n_evidence == EVIDENCE_MAX)
		return;
	e = &a->evidence[a->n_evidence++];
	e->field = s->field;
	e->value_len = (uint16_t)(s->len < sizeof(e->value) ? s->len : sizeof(e->value));
	memcpy(e->value, s->value, e->value_len);
	e->indicator = ind;
	e->entity = ind->entity;
	if (a->lead->kind == INDICATOR_CIDR && ind->kind == INDICATOR_DOMAIN
	    && ind->use != USE_CONTEXT)
		a->lead = ind;
}

static void
set_host(struct alert *a, const struct sight *s)
{
	size_t n = s->len < sizeof(a->host) - 1 ? s->len : sizeof(a->host) - 1;

	for (size_t i = 0; i < n; i++) {
		uint8_t octet = s->value[i];

		a->host[i] = (char)(octet >= 'A' && octet <= 'Z' ? octet + 32 : octet);
	}
	while (n > 0 && a->host[n - 1] == '.')
		n--;
	a->host[n] = '\0';
	a->other_name = false;
	a->host_source = s->host_source;
	a->host_age_s = strcmp(s->host_source, "dns_cache") == 0 ? s->flow->name_age_s : 0;
}

/* A name seen in the contact itself is better than a remembered one, a remembered one better
 * than what was only looked up. */
static bool
better_host(const struct alert *a, const char *source)
{
	static const char *const order[] = { "dns", "dns_cache", "certificate" };

	if (a->host[0] == '\0' || a->other_name)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (strcmp(source, order[i]) == 0)
			return false;
		if (strcmp(a->host_source, order[i]) == 0)
			return true;
	}
	return false;
}

static const uint32_t both_home = FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER;

/* The contact that the alert shows. */
static void
show_contact(struct alert *a, const struct flow *flow, const struct flow_marks *m, bool lookup)
{
	unsigned initiator = flow_end_index(flow, TO_SERVER);
	unsigned peer = 1 - m->device_end;
	enum direction device_sends = sent_by(flow, m->device_end);

	a->has_contact = true;
	a->device = flow->key.addr[m->device_end];
	a->flow_id = flow_id(flow);
	a->ends = (struct ends){
		.src = flow->key.addr[initiator], .dest = flow->key.addr[1 - initiator],
		.src_port = flow->key.port[initiator], .dest_port = flow->key.port[1 - initiator],
		.proto = flow_proto(flow),
	};
	if (a->ends.proto == IPPROTO_ICMP || a->ends.proto == IPPROTO_ICMPV6) {
		a->ends.src_port = flow->icmp_type;
		a->ends.dest_port = flow->icmp_code;
	}
	a->vlan[0] = (uint16_t)(flow->key.tenant_proto >> 20);
	a->vlan[1] = (uint16_t)(flow->key.tenant_proto >> 8 & 0xfff);
	a->tunnel = (struct tunnel){ 0 };
	if (flow->tunnel != NULL)
		a->tunnel = flow->tunnel->by[flow->tunnel->by[TO_SERVER].depth != 0
		    ? TO_SERVER : TO_CLIENT];
	a->source = flow->source;
	a->group = flow->group;
	a->device_is_responder = device_sends == TO_CLIENT;
	a->has_mac = (flow->flags & FLOW_HAS_MAC) != 0 && flow->pkts[device_sends] != 0;
	memcpy(a->device_mac, flow->mac[device_sends], sizeof(a->device_mac));
	a->peer_inside = !lookup && (flow->flags & both_home) == both_home;
	if (!lookup && !a->peer_inside) {
		a->peer = flow->key.addr[peer];
		a->peer_port = flow->key.port[peer];
	}
}

/* What the flow is for: the indicator says what the far end serves, the flow what it carries;
 * "a cloud" says less than "telemetry". */
static void
set_role(struct alert *a, const struct flow *flow, bool lookup)
{
	enum role role = a->by != NULL ? a->by->role : a->lead == NULL ? ROLE_UNKNOWN : a->lead->role;

	if ((role == ROLE_CLOUD_ENDPOINT || role == ROLE_UNKNOWN) && !lookup
	    && flow->role != ROLE_UNKNOWN && flow->role != ROLE_NAME_LOOKUP)
		role = flow->role;
	a->role = role;
}

/* A name of the entity's says more than where its address was answered. */
static void
set_on_lan(struct open_alert *o)
{
	o->alert.peer_on_lan = o->on_lan != 0 && o->on_lan == o->alert.count
	    && o->alert.lead != NULL && o->alert.lead->kind == INDICATOR_CIDR;
}

/* Did the far end answer from the device's own LAN, under an address that is somebody else's on the
 * Internet? The host with the answer's MAC must have claimed the address there (ARP, ND, DHCP), and
 * the answer must come over no router: its TTL is one that systems begin with. */
static void
check_lan(const struct detector *d, const struct flow *flow, struct mark *mark)
{
	const struct flow_marks *m = flow->marks;
	unsigned peer = 1u - m->device_end;
	enum direction sends = sent_by(flow, peer);
	uint8_t ttl = flow->ttl[sends];

	if (mark->on_lan || mark->lookup || d->reg == NULL || flow->pkts[sends] == 0
	    || mark->open->alert.lead == NULL || mark->open->alert.lead->kind != INDICATOR_CIDR
	    || (flow->pkts[sends] > 2 && flow->end_reason == FLOW_END_NONE)
	    || (flow->flags & FLOW_HAS_MAC) == 0
	    || !(ttl == 32 || ttl == 64 || ttl == 128 || ttl == 255)
	    || !identity_on_lan(d->reg, &flow->key.addr[peer],
		flow->key.tenant_proto & ~UINT32_C(0xff), flow->mac[sends]))
		return;
	mark->on_lan = true;
	mark->open->on_lan++;
}

/* Bring the flow's alerts up to date with the flow. */
static void
update(const struct detector *d, struct flow *flow, uint64_t now_us)
{
	struct flow_marks *m = flow->marks;
	const uint64_t sent[2] = { flow->octets[sent_by(flow, 0)], flow->octets[sent_by(flow, 1)] };
	uint64_t out = sent[m->device_end] - m->octets_told[m->device_end];
	uint64_t in = sent[1 - m->device_end] - m->octets_told[1 - m->device_end];
	uint64_t id = flow_id(flow);

	for (unsigned i = 0; i < m->n; i++) {
		struct mark *mark = &m->mark[i];
		struct alert *a = &mark->open->alert;
		enum stage stage = stage_of(flow, mark->lookup);

		check_lan(d, flow, mark);
		set_on_lan(mark->open);
		alert_book_touch(mark->open, now_us);
		if (!mark->lookup) {
			a->octets_out += out;
			a->octets_in += in;
		}
		if (stage > a->stage || a->flow_id == id || mark->open->shown_moved) {
			show_contact(a, flow, m, mark->lookup);
			mark->open->shown_moved = false;
		}
		if (stage > a->stage)
			a->stage = stage;
		if (a->flow_id == id) {
			a->app = flow->app;
			set_role(a, flow, mark->lookup);
		}
	}
	memcpy(m->octets_told, sent, sizeof(sent));
}

/* --- raising --- */

static bool
in_force(struct detector *d, const struct indicator *ind, uint64_t now_us)
{
	if ((ind->valid_from_us == 0 || now_us >= ind->valid_from_us)
	    && (ind->valid_until_us == 0 || now_us <= ind->valid_until_us))
		return true;
	d->counters[DETECT_COUNT_EXPIRED]++;
	return false;
}

static void
tell_match(const struct detector *d, const struct sight *s, const struct indicator *const *found,
    size_t n)
{
	for (size_t i = 0; i < n && d->watch != NULL; i++)
		d->watch(d->watch_arg, device_of(s), found[i]);
}

static bool
may_raise(struct detector *d, const struct indicator *ind, uint64_t now_us)
{
	if (!indicator_accuses(ind)) {
		d->counters[DETECT_COUNT_CONTEXT] += ind->use != USE_BASELINE;
		return false;
	}
	return in_force(d, ind, now_us);
}

static const struct mark *
mark_of_entity(const struct flow *flow, const struct entity *entity)
{
	if (flow->marks != NULL)
		for (unsigned i = 0; i < flow->marks->n; i++)
			if (flow->marks->mark[i].open->alert.entity == entity
			    && flow->marks->mark[i].open->alert.rule == DETECT_INFRASTRUCTURE)
				return &flow->marks->mark[i];
	return NULL;
}

static void
marks_put(struct detector *d, struct flow_marks *m)
{
	m->n = 0;
	m->next_free = d->free_marks;
	d->free_marks = m;
}

/* The flow's marks, or fresh ones that are not the flow's yet. NULL, counted, without room. */
static struct flow_marks *
marks_for(struct detector *d, const struct sight *s)
{
	struct flow_marks *m = s->flow->marks;

	if (m == NULL) {
		m = marks_get(d);
		if (m == NULL)
			d->counters[DETECT_COUNT_NO_MARKS]++;
		else
			m->device_end = (uint8_t)s->device_end;
		return m;
	}
	if (m->n < MARKS_PER_FLOW)
		return m;
	d->counters[DETECT_COUNT_NO_ROOM]++;
	return NULL;
}

/* One more contact of an alert. */
static void
count_contact(struct detector *d, const struct sight *s, struct open_alert *o, bool is_new)
{
	d->counters[DETECT_COUNT_CONTACTS]++;
	if (is_new) {
		if (s->before != NULL)	/* the flow began before this was known of it */
			o->alert.first_us = s->flow->first_us;
		o->alert.device = *device_of(s);
		o->alert.id = alert_id(o, &(uint32_t){ s->flow->key.tenant_proto >> 8 });
	} else {
		d->counters[DETECT_COUNT_FOLDED]++;
	}
	o->alert.count++;
	if (o->held != NULL)
		exception_count(d, o->held, 1);
	set_on_lan(o);
}

/* By the device, when the registry knows it, else by its address. */
static struct alert_key
key_of(const struct sight *s, enum detect_rule rule, const struct indicator *ind,
    const struct device_view *view)
{
	struct alert_key key = { .about = ind, .by = s->by, .rule = rule, .who = alert_who(view) };

	if (s->network != NULL)
		key.what = hash_stable(HASH_STABLE_BASIS, s->network->entity->id,
		    strlen(s->network->entity->id));
	if (key.who == 0) {
		key.device = *device_of(s);
		key.tenant = s->flow->key.tenant_proto >> 8;
	}
	return key;
}

/* What the registry knows of the flow's device; ref 0: nothing. */
static void
view_device(const struct detector *d, const struct flow *flow, struct device_view *view)
{
	if (d->reg != NULL && flow->device != 0)
		identity_view(d->reg, flow->device, flow, view);
	else
		view->ref = 0;
}

/* The exception that fits the contact as it is seen now, or NULL. */
static const struct suppression *
exception_of_sight(struct detector *d, const struct sight *s, enum detect_rule rule,
    const struct indicator *ind, const struct entity *entity, bool again)
{
	const struct flow *flow = s->flow;
	const char *name = classify_flow_name(d->c, flow);
	struct contact c = { .rule = s->by != NULL ? s->by->id : rule_row(rule)->name,
		.entity = entity, .indicator = ind, .again = again, .source = flow_initiator(flow), .destination = flow_responder(flow),
		.port = flow_responder_port(flow), .group = flow->group, .name = name,
		.name_len = strlen(name), .time_us = s->now_us };

	if (s->host_source != NULL) {
		c.name = (const char *)s->value;
		c.name_len = s->len;
	}
	return exception_of(d, &c);
}

/* The contact of a mark goes to the alert that is not told. */
static void
move_contact(struct detector *d, struct flow *flow, struct mark *mark,
    const struct suppression *held)
{
	struct open_alert *from = mark->open, *to;
	const struct flow_marks *m = flow->marks;
	struct alert_key key = from->key;
	uint64_t out = m->octets_told[m->device_end], in = m->octets_told[1 - m->device_end];
	bool is_new;

	key.exception = (uint32_t)(held - d->cfg->suppress) + 1;
	to = alert_book_find(d->book, &key, from->alert.first_us, &is_new);
	if (to == NULL)
		return;
	if (is_new) {
		to->alert = from->alert;
		to->alert.count = to->alert.octets_out = to->alert.octets_in = 0;
		to->held = held;
	}
	alert_book_watch(d->book, to);
	mark->open = to;
	to->alert.count++;
	to->alert.octets_out += out;
	to->alert.octets_in += in;
	exception_count(d, held, 1);
	from->alert.count--;
	from->alert.octets_out -= out;
	from->alert.octets_in -= in;
	from->on_lan -= mark->on_lan;
	to->on_lan += mark->on_lan;
	set_on_lan(from);
	set_on_lan(to);
	from->shown_moved = from->shown_moved || from->alert.flow_id == flow_id(flow);
	alert_book_unwatch(d->book, from);
	if (from->alert.count == 0)
		alert_book_drop(d->book, from);
}

/* A name has come to light: an exception may speak of it. What was told stays told. */
static void
judge_again(struct detector *d, const struct sight *s)
{
	struct flow_marks *m = s->flow->marks;
	struct sight of_mark = *s;

	for (unsigned i = 0; i < m->n; i++) {
		struct mark *mark = &m->mark[i];
		const struct alert *a = &mark->open->alert;
		const struct suppression *held;

		if (mark->open->held != NULL || mark->open->written || mark->lookup)
			continue;
		of_mark.by = a->by;
		held = exception_of_sight(d, &of_mark, a->rule, a->lead, a->entity, true);
		if (held != NULL)
			move_contact(d, s->flow, mark, held);
	}
}

/* Put one more alert on the flow. NULL without room. */
static const struct mark *
mark_flow(struct detector *d, const struct sight *s, enum detect_rule rule,
    const struct indicator *ind, const struct device_view *view)
{
	struct flow_marks *m = marks_for(d, s);
	struct alert_key key = key_of(s, rule, ind, view);
	const struct suppression *held = NULL;
	struct open_alert *o;
	struct mark *mark;
	bool is_new;

	if (m == NULL)
		return NULL;
	if (d->cfg->n_suppress != 0)
		held = exception_of_sight(d, s, rule, ind, ind != NULL ? ind->entity
		    : s->network != NULL ? s->network->entity : s->by != NULL ? s->by->entity : NULL, false);
	key.exception = held == NULL ? 0 : (uint32_t)(held - d->cfg->suppress) + 1;
	o = alert_book_find(d->book, &key, s->now_us, &is_new);
	if (o == NULL) {
		d->counters[DETECT_COUNT_NO_ROOM]++;
		if (m->n == 0)
			marks_put(d, m);
		return NULL;
	}
	alert_book_watch(d->book, o);
	o->held = held;
	count_contact(d, s, o, is_new);
	if (view->ref != 0)
		alert_set_who(&o->alert, view);
	if (!s->lookup) {	/* what update() told the flow's other alerts before */
		o->alert.octets_out += m->octets_told[m->device_end];
		o->alert.octets_in += m->octets_told[1 - m->device_end];
	}
	m->flow = s->flow;
	s->flow->marks = m;
	s->flow->flags |= FLOW_MARKED;
	mark = &m->mark[m->n++];
	*mark = (struct mark){ o, s->lookup, false };
	return mark;
}

/* The device's TAC was given to somebody else than who serves it here. */
static void
raise_label_conflict(struct detector *d, const struct sight *s, const struct indicator *ind,
    const struct device_view *view)
{
	const struct mark *mark = mark_flow(d, s, DETECT_LABEL_CONFLICT, ind, view);
	struct alert *a;

	if (mark == NULL)
		return;
	a = &mark->open->alert;
	add_evidence(a, s, ind);
	add_tac_evidence(a, "device.imei_tac", imei_tac(view->imei), view->tac);
	if (s->host_source != NULL && better_host(a, s->host_source))
		set_host(a, s);
}

/* The flow is a contact with what `ind` stands for. False without room. */
static bool
raise(struct detector *d, const struct sight *s, const struct indicator *ind)
{
	const struct mark *mark = mark_of_entity(s->flow, ind->entity);
	struct device_view view = { .ref = 0 };
	struct alert *a;

	if (mark == NULL) {
		view_device(d, s->flow, &view);
		mark = mark_flow(d, s, DETECT_INFRASTRUCTURE, ind, &view);
	}
	if (mark == NULL)
		return false;
	a = &mark->open->alert;
	add_evidence(a, s, ind);
	if (!s->lookup && (s->flow->flags & both_home) != both_home)
		add_peer_network(d, a, &s->flow->key.addr[1 - s->device_end]);
	if (s->host_source != NULL && better_host(a, s->host_source))
		set_host(a, s);
	if (view.ref != 0 && label_conflicts(&view, ind))
		raise_label_conflict(d, s, ind, &view);
	return true;
}

/* "Host: 192.0.2.1" is no name. */
static bool
is_address(const uint8_t *value, size_t len)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (len >= sizeof(text))
		return false;
	memcpy(text, value, len);
	text[len] = '\0';
	return addr_parse(&a, text) == 0;
}

/* The flow uses a name that accuses nobody: alerts that rest on its address alone say so. */
static void
note_other_name(const struct sight *s)
{
	struct flow_marks *m = s->flow->marks;

	for (unsigned i = 0; m != NULL && i < m->n; i++) {
		struct alert *a = &m->mark[i].open->alert;

		if (m->mark[i].lookup || a->lead == NULL || a->lead->kind != INDICATOR_CIDR
		    || a->host[0] != '\0')
			continue;
		set_host(a, s);
		a->other_name = true;
	}
}

/* Does an allow-list excuse what a feed says? */
static bool
is_allowed(struct detector *d, const struct sight *s, const struct indicator *ind)
{
	if (!knowledge_allows(d->k, ind, (const char *)s->value, s->len))
		return false;
	d->counters[DETECT_COUNT_ALLOWED]++;
	return true;
}

/* Outside intelligence on what an alert was raised for already: one more reason. */
static void
add_feeds(struct detector *d, const struct sight *s, const struct indicator *raised,
    const struct indicator *const *found, size_t n)
{
	const struct mark *mark = mark_of_entity(s->flow, raised->entity);

	for (size_t i = 0; mark != NULL && i < n; i++)
		if (found[i] != raised && found[i]->feed != NULL && may_raise(d, found[i], s->now_us)
		    && !is_allowed(d, s, found[i]))
			add_evidence(&mark->open->alert, s, found[i]);
}

/* What may not raise is said beside a match that points to the same entity. */
static void
add_beside(struct detector *d, const struct sight *s, const struct indicator *const *found,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct mark *mark = mark_of_entity(s->flow, found[i]->entity);

		if (mark != NULL && found[i]->use != USE_BASELINE && in_force(d, found[i], s->now_us))
			add_evidence(&mark->open->alert, s, found[i]);
	}
}

/* After a reload: those of the indicators found that the old knowledge did not have. */
static size_t
only_news(const struct sight *s, const struct indicator **found, size_t n)
{
	size_t kept = 0;

	if (s->before == NULL)
		return n;
	for (size_t i = 0; i < n; i++)
		if (knowledge_same_indicator(s->before, found[i]) == NULL)
			found[kept++] = found[i];
	return kept;
}

/* The first of the indicators found that may raise does; true when one did. */
static bool
raise_first(struct detector *d, const struct sight *s, const struct indicator **found,
    size_t n)
{
	n = only_news(s, found, n);
	if (n != 0) {
		d->counters[DETECT_COUNT_MATCHED]++;
		tell_match(d, s, found, n);
	}
	for (int of_feed = 0; of_feed <= 1; of_feed++)
		for (size_t i = 0; i < n; i++) {
			if ((found[i]->feed != NULL) != of_feed || !may_raise(d, found[i], s->now_us)
			    || (of_feed && is_allowed(d, s, found[i])))
				continue;
			if (!raise(d, s, found[i]))
				return false;
			add_feeds(d, s, found[i], found, n);
			return true;
		}
	if (s->flow->marks != NULL)
		add_beside(d, s, found, n);
	return false;
}

/* The far end's port, when the device went to it. */
static void
add_port(struct detector *d, struct sight *s)
{
	const struct flow *flow = s->flow;
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	size_t n;
	char text[6];

	if (flow->marks->mark[0].lookup || sent_by(flow, s->device_end) != TO_SERVER)
		return;
	n = knowledge_find_port(d->k, flow_proto(flow), flow_responder_port(flow), found,
	    ARRAY_LEN(found));
	if (n == 0)
		return;
	s->field = "flow.dest_port";
	s->value = (const uint8_t *)text;
	s->len = (size_t)snprintf(text, sizeof(text), "%u", flow_responder_port(flow));
	tell_match(d, s, found, n);
	add_beside(d, s, found, n);
}

/* A certificate's name is looked up as a name and as the text that it is. */
static size_t
find_cert_name(const struct knowledge *k, const uint8_t *value, size_t len,
    const struct indicator **found, size_t max)
{
	size_t n = knowledge_find_text(k, MATCH_CERT_NAME, (const char *)value, len, found, max);

	return n + knowledge_find_domain(k, (const char *)value, len, found + n, max - n);
}

static bool
check_domain(struct detector *d, const struct sight *s)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	size_t n = knowledge_find_domain(d->k, (const char *)s->value, s->len, found,
	    ARRAY_LEN(found));
	bool raised;

	d->counters[DETECT_COUNT_CHECKED]++;
	if (n == 0 && !s->lookup && !is_address(s->value, s->len))
		note_other_name(s);
	raised = raise_first(d, s, found, n);
	if (d->cfg->n_suppress != 0 && !s->lookup && s->flow->marks != NULL)
		judge_again(d, s);
	return raised;
}

/* --- what a flow shows when it begins --- */

static void
check_peer_address(struct detector *d, struct sight *s)
{
	unsigned end = 1 - s->device_end;
	const struct addr *peer = &s->flow->key.addr[end];
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	char text[ADDR_TEXT_MAX];
	size_t n;

	d->counters[DETECT_COUNT_CHECKED]++;
	n = knowledge_find_addr(d->k, peer, s->flow->key.port[end], flow_proto(s->flow), found,
	    ARRAY_LEN(found));
	n = only_news(s, found, n);
	if (n == 0)
		return;
	/* Shared hosting: an address that many names share does not accuse by itself. */
	if (!(s->flow->marks != NULL && mark_of_entity(s->flow, found[0]->entity) != NULL)
	    && classify_names_of(d->c, peer) >= d->cfg->shared_names) {
		d->counters[DETECT_COUNT_SHARED]++;
		return;
	}
	s->field = sent_by(s->flow, s->device_end) == TO_SERVER ? "flow.dest_ip" : "flow.src_ip";
	s->value = (const uint8_t *)text;
	s->len = addr_text(peer, text);
	s->host_source = NULL;
	(void)raise_first(d, s, found, n);
}

/* What is looked at now is the name that the device had asked for. */
static void
see_remembered(struct sight *s, const char *name)
{
	s->field = "dns_cache.name";
	s->value = (const uint8_t *)name;
	s->len = strlen(name);
	s->host_source = "dns_cache";
}

/* The far end's network may accuse: to be judged when the flow has shown what it is. */
static void
note_network(const struct detector *d, const struct sight *s)
{
	struct owner o;

	if (d->cfg->networks == NETWORKS_ALERT && knowledge_networks_accuse(d->k)
	    && s->flow->marks == NULL && sent_by(s->flow, s->device_end) == TO_SERVER
	    && knowledge_owner(d->k, &s->flow->key.addr[1 - s->device_end], &o)
	    && network_accuses(o.network))
		s->flow->flags |= FLOW_NETWORK | FLOW_MARKED;
}

static void
check_start(struct detector *d, struct sight *s)
{
	uint32_t home = s->flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER);
	const char *name = classify_flow_name(d->c, s->flow);

	if (home == both_home)
		return;		/* inside: no far end to hold against anybody */
	if (name[0] != '\0') {
		see_remembered(s, name);
		(void)check_domain(d, s);
	}
	check_peer_address(d, s);
	if (name[0] != '\0') {
		see_remembered(s, name);
		note_other_name(s);
	}
	if (s->flow->marks != NULL)
		add_port(d, s);
	if (home == 0 && s->flow->marks == NULL) {
		/* Which end is ours is not known: the initiator may be the one. */
		s->device_end = 1 - s->device_end;
		check_peer_address(d, s);
		if (s->flow->marks == NULL)
			s->device_end = 1 - s->device_end;
	}
	note_network(d, s);
}

/* --- what its fields show --- */

static void
note_answer(struct flow_marks *m, const struct entity *entity, const struct addr *answer)
{
	for (unsigned i = 0; i < m->n; i++) {
		struct alert *a = &m->mark[i].open->alert;

		if (a->entity != entity || !m->mark[i].lookup || a->stage >= STAGE_ANSWERED)
			continue;
		a->peer = *answer;
		a->stage = STAGE_ANSWERED;
	}
}

/* An answer's address belongs to the name that was asked for. */
static void
check_answer(struct detector *d, struct sight *s)
{
	struct addr a;
	const char *name;
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	size_t n;

	if (s->flow->marks == NULL || s->len != sizeof(a.octet))
		return;
	memcpy(a.octet, s->value, sizeof(a.octet));
	name = classify_device_name(d->c, s->flow, s->device_end, &a, s->now_us);
	n = knowledge_find_domain(d->k, name, strlen(name), found, ARRAY_LEN(found));
	for (size_t i = 0; i < n; i++)
		note_answer(s->flow->marks, found[i]->entity, &a);
}

/* A name in a certificate speaks for the far end only where nothing else names it. */
static bool
has_other_name(const struct flow *flow)
{
	uint16_t offset = 0;
	struct record_entry e;

	if (flow->name != 0)
		return true;
	while (record_next(flow->record, &offset, &e)) {
		const struct field *f = field_by_id(e.field);

		if (f->match == MATCH_DOMAIN && f->host_source != NULL)
			return true;
	}
	return false;
}

/* Names and certificates speak of the responder. They accuse a device only when it is the
 * initiator, and only when it was seen to send: what a stranger sends to a device, or answers
 * unasked, is the stranger's word. */
static bool
device_asked(const struct sight *s)
{
	return sent_by(s->flow, s->device_end) == TO_SERVER && s->flow->pkts[TO_SERVER] != 0;
}

/* "GET host/path": a URL of a feed is its host with its path, never one of them. */
static void
check_url(struct detector *d, struct sight *s)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	const uint8_t *url = memchr(s->value, ' ', s->len);
	size_t len;

	if (url == NULL || !knowledge_has_urls(d->k) || !device_asked(s))
		return;
	url++;
	len = s->len - (size_t)(url - s->value);
	s->host_source = NULL;
	d->counters[DETECT_COUNT_CHECKED]++;
	(void)raise_first(d, s, found, knowledge_find_url(d->k, (const char *)url, len,
	    s->flow->key.port[1 - s->device_end], found, ARRAY_LEN(found)));
}

static void
check_field(struct detector *d, struct sight *s, const struct field *f)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];

	s->field = f->name;
	switch (f->match) {
	case MATCH_DOMAIN:
		s->host_source = f->host_source != NULL ? f->host_source : "dns";
		s->lookup = f->host_source == NULL;
		if (device_asked(s))
			(void)check_domain(d, s);
		break;
	case MATCH_CERT_NAME:
		s->host_source = "certificate";
		d->counters[DETECT_COUNT_CHECKED]++;
		if (device_asked(s) && !has_other_name(s->flow))
			(void)raise_first(d, s, found, find_cert_name(d->k, s->value, s->len,
			    found, ARRAY_LEN(found)));
		break;
	case MATCH_ADDRESS:
		check_answer(d, s);
		break;
	case MATCH_URL:
		check_url(d, s);
		break;
	case MATCH_CERT_HASH:
		s->host_source = NULL;
		d->counters[DETECT_COUNT_CHECKED]++;
		if (device_asked(s))
			(void)raise_first(d, s, found, knowledge_find_text(d->k, f->match,
		    (const char *)s->value, s->len, found, ARRAY_LEN(found)));
		break;
	default:
		break;		/* beside a match only: add_context() */
	}
}

/* What else the flow shows that points to the same entity. */
static void
add_context(struct detector *d, struct sight *s)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	struct record_entry e;
	uint16_t offset = 0;

	while (record_next(s->flow->record, &offset, &e)) {
		const struct field *f = field_by_id(e.field);
		size_t n = 0;

		if (f->match > MATCH_CERT_HASH && f->match != MATCH_URL)
			n = knowledge_find_text(d->k, f->match, (const char *)e.octets, e.len,
			    found, ARRAY_LEN(found));
		else if (f->match == MATCH_CERT_NAME)
			n = find_cert_name(d->k, e.octets, e.len, found, ARRAY_LEN(found));
		if (n == 0)
			continue;
		s->field = f->name;
		s->value = e.octets;
		s->len = e.len;
		tell_match(d, s, found, n);
		add_beside(d, s, found, n);
	}
}

/* Those from `offset` on, which moves on. */
static void
check_fields_from(struct detector *d, struct sight *s, uint16_t *offset)
{
	struct record_entry e;

	while (record_next(s->flow->record, offset, &e)) {
		s->value = e.octets;
		s->len = e.len;
		check_field(d, s, field_by_id(e.field));
	}
	if (s->flow->marks != NULL) {
		add_port(d, s);
		add_context(d, s);
	}
}

static void
check_fields(struct detector *d, struct sight *s)
{
	if (s->flow->record != NULL)
		check_fields_from(d, s, &s->flow->record->scanned);
}

static struct sight
sight_of(struct flow *flow, uint64_t now_us)
{
	return (struct sight){
		.flow = flow, .now_us = now_us,
		.device_end = flow->marks != NULL ? flow->marks->device_end
		    : flow_end_index(flow, flow_device_sends(flow)),
	};
}

/* --- rules of the pack --- */

static const struct mark *
mark_of_rule(const struct flow *flow, const struct rule *rule)
{
	for (unsigned i = 0; flow->marks != NULL && i < flow->marks->n; i++)
		if (flow->marks->mark[i].open->alert.by == rule)
			return &flow->marks->mark[i];
	return NULL;
}

bool
rule_is_raised(const struct flow *flow, const struct rule *rule)
{
	return mark_of_rule(flow, rule) != NULL;
}

/* A name of the far end, or the name that was asked for. */
static void
name_peer(struct detector *d, struct sight *s, struct alert *a)
{
	const char *name = classify_flow_name(d->c, s->flow);
	struct record_entry e;
	uint16_t offset = 0;

	if (!device_asked(s))
		return;
	while (s->flow->record != NULL && record_next(s->flow->record, &offset, &e)) {
		const struct field *f = field_by_id(e.field);

		if (f->match != MATCH_DOMAIN || (f->host_source == NULL) != s->lookup || e.len == 0)
			continue;
		s->value = e.octets;
		s->len = e.len;
		s->host_source = s->lookup ? "dns" : f->host_source;
		if (better_host(a, s->host_source))
			set_host(a, s);
		return;
	}
	see_remembered(s, name);
	if (name[0] != '\0' && better_host(a, s->host_source))
		set_host(a, s);
}

struct alert *
raise_rule(struct detector *d, struct flow *flow, uint64_t now_us, const struct rule *rule)
{
	const struct mark *mark = mark_of_rule(flow, rule);
	struct sight s = sight_of(flow, now_us);
	struct device_view view = { .ref = 0 };

	s.by = rule;
	s.lookup = rule->asks;
	if (mark == NULL) {
		view_device(d, flow, &view);
		mark = mark_flow(d, &s, DETECT_BY_RULE, NULL, &view);
	}
	if (mark == NULL)
		return NULL;
	name_peer(d, &s, &mark->open->alert);
	return &mark->open->alert;
}

/* Packets of a flow, from both sides, among which its directions are taken to begin. */
enum { PAYLOAD_PKTS_MAX = 16 };

bool
detect_wants_payload(const struct detector *d, const struct flow *flow, const struct packet *pkt)
{
	return pkt->payload_len != 0 && flow->payload_pkts <= PAYLOAD_PKTS_MAX
	    && rules_want_payload(d->rules);
}

/* The flow had time to show what it is. A name, a certificate or an indicator says more than the
 * network does, whoever it points to; so does it when many names share the address. */
static void
check_network(struct detector *d, struct flow *flow)
{
	struct sight s = sight_of(flow, flow->first_us);
	const struct addr *peer = &flow->key.addr[1 - s.device_end];
	const struct indicator *found[1];
	struct device_view view;
	const struct mark *mark;
	struct owner o;

	flow->flags &= ~(uint32_t)FLOW_NETWORK;
	if (flow->marks != NULL)
		return;		/* it is evidence there */
	flow->flags &= ~(uint32_t)FLOW_MARKED;
	d->counters[DETECT_COUNT_NETWORK]++;
	if (!device_asked(&s) || flow_names_far_end(flow)
	    || knowledge_find_addr(d->k, peer, flow->key.port[1 - s.device_end], flow_proto(flow),
		found, 1) != 0
	    || classify_names_of(d->c, peer) >= d->cfg->shared_names
	    || !knowledge_owner(d->k, peer, &o) || !network_accuses(o.network))
		return;
	s.network = o.network;
	view_device(d, flow, &view);
	mark = mark_flow(d, &s, DETECT_NETWORK, NULL, &view);
	if (mark == NULL)
		return;
	mark->open->alert.entity = o.network->entity;
	add_network_evidence(&mark->open->alert, &o);
}

void
detect_packet(struct detector *d, struct flow *flow, const struct packet *pkt, bool is_new,
    unsigned news)
{
	struct sight s = sight_of(flow, pkt->time_us);

	uint16_t news_from = flow->record != NULL ? flow->record->scanned : 0;

	if (is_new)
		check_start(d, &s);
	if ((news & NEWS_FIELDS) != 0)
		check_fields(d, &s);
	rules_packet(d->rules, flow, pkt, is_new, news, news_from);
	if (UNLIKELY((flow->flags & FLOW_NETWORK) != 0)
	    && pkt->time_us >= flow->first_us + (uint64_t)d->cfg->settle_s * 1000000)
		check_network(d, flow);
	if (flow->marks != NULL)
		update(d, flow, pkt->time_us);
}

void
detect_recheck_flow(struct detector *d, struct flow *flow, const struct knowledge *before)
{
	struct sight s = sight_of(flow, flow->last_us);
	uint16_t offset = 0;

	d->counters[DETECT_COUNT_RECHECKED]++;
	s.before = before;
	check_start(d, &s);
	if (flow->record != NULL)
		check_fields_from(d, &s, &offset);
	if (flow->marks != NULL)
		update(d, flow, flow->last_us);
}

/* The conflict that an alert of this flow shows, now that its device is known. */
static void
raise_late_conflict(struct detector *d, struct flow *flow, const struct mark *mark,
    const struct device_view *view)
{
	const struct alert *a = &mark->open->alert;
	const struct evidence *e = &a->evidence[0];
	struct sight s = sight_of(flow, flow->last_us);

	s.lookup = mark->lookup;
	s.field = e->field;
	s.value = (const uint8_t *)e->value;
	s.len = e->value_len;
	if (e->indicator != NULL && e->indicator->kind == INDICATOR_DOMAIN)
		s.host_source = a->host_source;
	raise_label_conflict(d, &s, a->lead, view);
}

/* Who the device is was learned after the contact began: its alerts say it, and what its TAC shows
 * is looked at now. */
static void
name_late(struct detector *d, struct flow *flow)
{
	struct device_view view;
	struct flow_marks *m = flow->marks;
	unsigned n = m->n;

	view_device(d, flow, &view);
	for (unsigned i = 0; i < n && view.ref != 0; i++) {
		struct alert *a = &m->mark[i].open->alert;

		if (a->who.ref != 0)
			continue;
		alert_set_who(a, &view);
		if (a->lead != NULL && label_conflicts(&view, a->lead))
			raise_late_conflict(d, flow, &m->mark[i], &view);
	}
	if (m->n != n)
		update(d, flow, flow->last_us);
}

/* A match says more of what the flow is for than its protocol does. */
static void
take_role(struct flow *flow)
{
	const struct flow_marks *m = flow->marks;

	for (unsigned i = 0; i < m->n; i++)
		if (m->mark[i].open->alert.rule == DETECT_INFRASTRUCTURE && !m->mark[i].lookup) {
			flow->role = (uint8_t)m->mark[i].open->alert.role;
			flow->reasons |= REASON_INDICATOR;
			if (flow->role_confidence < 80)
				flow->role_confidence = 80;
			return;
		}
}

void
detect_last(struct detector *d, struct flow *flow)
{
	struct sight s = sight_of(flow, flow->last_us);

	check_fields(d, &s);
	check_stay(d, flow->device, flow->last_us);
	rules_again(d->rules, flow, flow->last_us);
	if ((flow->flags & FLOW_NETWORK) != 0)
		check_network(d, flow);
	if (flow->marks == NULL)
		return;
	update(d, flow, flow->last_us);
	name_late(d, flow);
	take_role(flow);
}

const struct alert *
detect_flow_alert(const struct flow *flow)
{
	const struct flow_marks *m = flow->marks;

	for (unsigned i = 0; m != NULL && i < m->n; i++)
		if (m->mark[i].open->held == NULL)
			return &m->mark[i].open->alert;
	return m == NULL ? NULL : &m->mark[0].open->alert;
}

bool
detect_flow_is_untold(const struct flow *flow)
{
	const struct flow_marks *m = flow->marks;

	for (unsigned i = 0; m != NULL && i < m->n; i++)
		if (m->mark[i].open->held == NULL)
			return false;
	return m != NULL;
}

const struct suppression *
detect_flow_exception(const struct flow *flow)
{
	const struct flow_marks *m = flow->marks;

	for (unsigned i = 0; m != NULL && i < m->n; i++)
		if (m->mark[i].open->held != NULL)
			return m->mark[i].open->held;
	return NULL;
}

void
detect_end(struct detector *d, struct flow *flow)
{
	struct flow_marks *m = flow->marks;

	if (m == NULL)
		return;
	for (unsigned i = 0; i < m->n; i++)
		alert_book_unwatch(d->book, m->mark[i].open);
	flow->marks = NULL;
	flow->flags &= ~(uint32_t)FLOW_MARKED;
	marks_put(d, m);
}

void
marks_release_withdrawn(struct detector *d)
{
	for (size_t i = 0; i < d->n_marks; i++) {
		struct flow_marks *m = &d->marks[i];
		uint8_t before = m->n, n = 0;

		for (unsigned j = 0; j < before; j++)
			if (m->mark[j].open->withdrawn)
				alert_book_unwatch(d->book, m->mark[j].open);
			else
				m->mark[n++] = m->mark[j];
		m->n = n;
		if (n != 0 || before == 0)
			continue;
		m->flow->marks = NULL;
		m->flow->flags &= ~(uint32_t)FLOW_MARKED;
		marks_put(d, m);
	}
}

void
detect_tick(struct detector *d, uint64_t now_us)
{
	alert_book_tick(d->book, now_us);
	if (UNLIKELY(d->cfg->n_suppress != 0) && now_us / 1000000 != d->exceptions_s) {
		d->exceptions_s = now_us / 1000000;
		exceptions_tick(d, now_us);
	}
}

void
detect_finish(struct detector *d, uint64_t now_us)
{
	alert_book_finish(d->book, now_us);
}
