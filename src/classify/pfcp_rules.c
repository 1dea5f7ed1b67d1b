/* SPDX-License-Identifier: Apache-2.0 */
/* pfcp_rules.c - PDRs tell where packets of a session come in, FARs where they go out. */
#include <string.h>

#include "parser.h"
#include "pfcp_rules.h"
#include "signalling.h"

/* Ids of PDRs and FARs are numbered apart, but a bearer has one number: FARs are told by the
 * upper half. */
enum { BEARER_FAR = 0x8000, BEARER_MASK = 0x7fff };
enum { RULE_PDR, RULE_ENDPOINT, RULE_FAR };	/* pfcp_rule.what */
enum { TOWARDS_ACCESS, TOWARDS_CORE };	/* pfcp_reading.instance */
enum { UE_ADDRS_MAX = 4, TEIDS_MAX = 2, ENDPOINTS_OF_PDR = 2 };
enum { KEY_USED = 1 << 30, KEY_TO_CLIENT = 1 << 24 };	/* above the 24 bits of a sequence number */

/* What a PDI, a traffic endpoint or a Created PDR says. */
struct detection {
	uint8_t source;		/* enum pfcp_interface */
	bool has_id;
	uint16_t id;		/* of the PDR, or of the endpoint */
	struct cursor teid[TEIDS_MAX], ue[UE_ADDRS_MAX], instance;
	uint8_t n_teids, n_ue;
	uint8_t endpoint[ENDPOINTS_OF_PDR];	/* ids that a PDI refers to */
	uint8_t n_endpoints;
};

struct forwarding {
	uint8_t destination;	/* enum pfcp_interface */
	bool has_header;
	struct cursor header, instance;
};

static uint8_t
end_of_source(uint8_t source)
{
	return source == INTERFACE_ACCESS ? END_UPLINK : END_DOWNLINK;
}

/* --- memory --- */

static uint32_t
key_of(const struct pfcp_reading *r, enum direction dir)
{
	return KEY_USED | (dir == TO_CLIENT ? KEY_TO_CLIENT : 0) | (r->s->sequence & 0xffffff);
}

static void
keep_rule(struct pfcp_reading *r, uint8_t what, uint16_t id, uint8_t end)
{
	struct pfcp_request *q = r->request;

	if (q == NULL || r->s->phase != SIGNALLING_REQUEST)
		return;
	if (q->n == PFCP_RULES) {
		r->s->cut = true;
		return;
	}
	q->rule[q->n++] = (struct pfcp_rule){ id, what, end };
}

static const struct pfcp_rule *
find_rule(const struct pfcp_reading *r, uint8_t what, uint16_t id)
{
	const struct pfcp_request *q = r->request;

	for (unsigned i = 0; q != NULL && i < q->n; i++)
		if (q->rule[i].what == what && q->rule[i].id == id)
			return &q->rule[i];
	return NULL;
}

/* FAR ids have 32 bits, and are small numbers or begin with a bit of their own (8.2.74). */
static uint16_t
short_id(uint32_t far)
{
	return (uint16_t)(far ^ far >> 16);
}

static struct pfcp_session *
session_of(struct pfcp_reading *r, uint64_t seid)
{
	return &r->memory->session[(seid ^ seid >> 32) % PFCP_SESSIONS];
}

static bool
is_core_far(struct pfcp_reading *r, uint16_t far)
{
	const struct pfcp_session *known = session_of(r, r->seid);

	for (unsigned i = 0; i < PFCP_CORE_FARS && known->seid == r->seid; i++)
		if (known->far[i] == far)
			return true;
	return false;
}

static void
keep_core_far(struct pfcp_reading *r, uint64_t seid, uint16_t far)
{
	struct pfcp_session *known = session_of(r, seid);

	if (seid == 0 || far == 0)
		return;
	if (known->seid != seid)
		*known = (struct pfcp_session){ .seid = seid };
	for (unsigned i = 0; i < PFCP_CORE_FARS; i++)
		if (known->far[i] == far)
			return;
	memmove(&known->far[1], &known->far[0], sizeof(known->far) - sizeof(known->far[0]));
	known->far[0] = far;
}

/* A session is not known by the UP function's SEID before that has answered. */
static void
keep_far(struct pfcp_reading *r, uint16_t far, uint8_t end)
{
	if (end != END_UPLINK)
		return;
	if (r->seid != 0)
		keep_core_far(r, r->seid, far);
	else
		keep_rule(r, RULE_FAR, far, end);
}

/* --- telling --- */

/* Several PDRs often share one F-TEID: it is told once. */
static void
tell_end(struct signalling *s, uint8_t kind, unsigned bearer, const struct pfcp_f_teid *f)
{
	for (unsigned n = 0; n < f->node.n; n++) {
		const struct signalling_end end = { .kind = kind, .interface = 0xff,
			.bearer = (uint16_t)bearer, .node = f->node.at[n], .id = f->teid };
		bool told = false;

		for (unsigned i = 0; i < s->n_ends && !told; i++)
			told = s->end[i].kind == kind && s->end[i].id == end.id
			    && addr_equal(&s->end[i].node, &end.node);
		if (!told)
			signalling_add_end(s, &end);
	}
}

static void
tell_instance(struct pfcp_reading *r, unsigned towards, struct cursor instance)
{
	if (r->instance[towards][0] == '\0')
		(void)pfcp_read_name(instance, r->instance[towards]);
}

/* A PDI may also match packets from the device by where they go: those addresses are not its
 * own. Behind the core S/D should be 1, but some CP functions leave it 0. */
static void
tell_addrs(struct pfcp_reading *r, const struct detection *d)
{
	for (unsigned i = 0; i < d->n_ue; i++) {
		struct pfcp_ue_ip ue;

		if (!pfcp_read_ue_ip(d->ue[i], &ue)
		    || (ue.destination && d->source == INTERFACE_ACCESS))
			continue;
		for (unsigned k = 0; k < ue.n; k++)
			signalling_add_addr(r->s, &ue.at[k].base, ue.at[k].len);
	}
}

/* --- reading --- */

static void
read_id(struct detection *d, struct cursor in, unsigned octets)
{
	uint16_t id = octets == 1 ? cur_u8(&in) : cur_be16(&in);

	if (in.short_read)
		return;
	d->id = id;
	d->has_id = true;
}

/* Elements of a PDI, a traffic endpoint, a Created PDR. Those of an outer group go first. */
static void
read_detection(struct pfcp_reading *r, struct cursor in, struct detection *d)
{
	struct pfcp_ie ie;

	while (pfcp_next_ie(&in, &ie))
		switch (ie.type) {
		case IE_PDR_ID:
			read_id(d, ie.value, 2);
			break;
		case IE_SOURCE_INTERFACE:
			if (cur_left(&ie.value) != 0)
				d->source = cur_u8(&ie.value) & 0xf;
			break;
		case IE_F_TEID:
			if (d->n_teids < TEIDS_MAX)
				d->teid[d->n_teids++] = ie.value;
			break;
		case IE_UE_IP_ADDRESS:
			if (d->n_ue < UE_ADDRS_MAX)
				d->ue[d->n_ue++] = ie.value;
			break;
		case IE_NETWORK_INSTANCE:
			d->instance = ie.value;
			break;
		case IE_ENDPOINT_ID:
			if (d->n_endpoints < ENDPOINTS_OF_PDR && cur_left(&ie.value) != 0)
				d->endpoint[d->n_endpoints++] = cur_u8(&ie.value);
			break;
		case IE_QFI:
			r->has_qfi = cur_left(&ie.value) != 0;
			r->qfi = cur_u8(&ie.value) & 0x3f;
			break;
		default:
			break;
		}
}

/* `what` and `id` name the rule that a chosen TEID will be told with, `bearer` the PDR. */
static void
tell_detection(struct pfcp_reading *r, const struct detection *d, uint8_t what, uint16_t id,
    unsigned bearer)
{
	uint8_t end = end_of_source(d->source);
	struct pfcp_f_teid f;

	for (unsigned i = 0; i < d->n_teids; i++) {
		if (!pfcp_read_f_teid(d->teid[i], &f))
			continue;
		if (f.choose)
			keep_rule(r, what, id, end);
		else
			tell_end(r->s, end, bearer, &f);
	}
	tell_addrs(r, d);
	tell_instance(r, d->source == INTERFACE_ACCESS ? TOWARDS_ACCESS : TOWARDS_CORE,
	    d->instance);
}

/* A traffic endpoint has no side of its own: it has that of the PDR that refers to it. */
static void
read_endpoints_of(struct pfcp_reading *r, const struct detection *pdi, unsigned bearer)
{
	for (unsigned i = 0; i < pdi->n_endpoints; i++)
		for (unsigned k = 0; k < r->n_endpoints; k++) {
			struct detection d = { .source = pdi->source };

			read_detection(r, r->endpoint[k], &d);
			if (d.n_endpoints != 0 && d.endpoint[0] == pdi->endpoint[i])
				tell_detection(r, &d, RULE_ENDPOINT, d.endpoint[0], bearer);
		}
}

static void
read_pdr(struct pfcp_reading *r, struct cursor in)
{
	struct detection d = { .source = INTERFACE_NONE };
	struct cursor pdi = { .at = NULL };
	struct pfcp_ie ie;
	unsigned bearer;

	while (pfcp_next_ie(&in, &ie))
		if (ie.type == IE_PDR_ID)
			read_id(&d, ie.value, 2);
		else if (ie.type == IE_PDI)
			pdi = ie.value;
	read_detection(r, pdi, &d);
	if (d.source == INTERFACE_NONE || !d.has_id)
		return;
	bearer = d.id & BEARER_MASK;
	tell_detection(r, &d, RULE_PDR, d.id, bearer);
	read_endpoints_of(r, &d, bearer);
}

/* What the UP function chose, for a rule of the request. */
static void
read_created(struct pfcp_reading *r, struct cursor in, uint8_t what)
{
	struct detection d = { .source = INTERFACE_NONE };
	const struct pfcp_rule *rule;
	struct pfcp_f_teid f;
	uint16_t id;

	read_detection(r, in, &d);
	tell_addrs(r, &d);
	if (what == RULE_ENDPOINT ? d.n_endpoints == 0 : !d.has_id)
		return;
	id = what == RULE_ENDPOINT ? d.endpoint[0] : d.id;
	rule = find_rule(r, what, id);
	for (unsigned i = 0; i < d.n_teids && rule != NULL; i++)
		if (pfcp_read_f_teid(d.teid[i], &f) && !f.choose)
			tell_end(r->s, rule->end, what == RULE_PDR ? id & BEARER_MASK : 0, &f);
}

static void
read_forwarding(struct cursor in, struct forwarding *to)
{
	struct pfcp_ie ie;

	while (pfcp_next_ie(&in, &ie))
		if (ie.type == IE_DESTINATION_INTERFACE && cur_left(&ie.value) != 0) {
			to->destination = cur_u8(&ie.value) & 0xf;
		} else if (ie.type == IE_OUTER_HEADER_CREATION) {
			to->header = ie.value;
			to->has_header = true;
		} else if (ie.type == IE_NETWORK_INSTANCE) {
			to->instance = ie.value;
		}
}

static void
read_far(struct pfcp_reading *r, struct cursor in)
{
	struct forwarding to = { .destination = INTERFACE_NONE };
	struct pfcp_f_teid f;
	struct pfcp_ie ie;
	uint32_t id = 0;
	uint8_t end;

	while (pfcp_next_ie(&in, &ie))
		if (ie.type == IE_FAR_ID)
			id = cur_be32(&ie.value);
		else if (ie.type == IE_FORWARDING || ie.type == IE_UPDATE_FORWARDING)
			read_forwarding(ie.value, &to);
	if (to.destination == INTERFACE_LI_FUNCTION_OR_VN)
		return;			/* what is copied for interception is no end of the device */
	if (to.destination == INTERFACE_NONE)
		end = is_core_far(r, short_id(id)) ? END_UPLINK : END_DOWNLINK;
	else
		end = to.destination == INTERFACE_ACCESS ? END_DOWNLINK : END_UPLINK;
	if (to.destination != INTERFACE_NONE)
		keep_far(r, short_id(id), end);
	if (to.has_header && pfcp_read_outer_header(to.header, &f))
		tell_end(r->s, end, BEARER_FAR | (id & BEARER_MASK), &f);
	tell_instance(r, end == END_DOWNLINK ? TOWARDS_ACCESS : TOWARDS_CORE, to.instance);
}

/* --- a message --- */

void
pfcp_rules_begin(struct pfcp_reading *r, struct cursor body)
{
	struct pfcp_request *slot = &r->memory->request[r->s->sequence % PFCP_REQUESTS];
	struct pfcp_ie ie;

	if (r->s->phase == SIGNALLING_REQUEST) {
		*slot = (struct pfcp_request){ .key = key_of(r, r->parse->dir) };
		r->request = slot;
	} else if (slot->key == key_of(r, 1 - r->parse->dir)) {
		r->request = slot;
	}
	while (pfcp_next_ie(&body, &ie))
		if (ie.type == IE_CREATE_ENDPOINT || ie.type == IE_UPDATE_ENDPOINT) {
			if (r->n_endpoints == PFCP_ENDPOINTS)
				r->s->cut = true;
			else
				r->endpoint[r->n_endpoints++] = ie.value;
		}
}

void
pfcp_read_rule(struct pfcp_reading *r, const struct pfcp_ie *ie)
{
	switch (ie->type) {
	case IE_CREATE_PDR:
	case IE_UPDATE_PDR:
		read_pdr(r, ie->value);
		break;
	case IE_CREATED_PDR:
	case IE_UPDATED_PDR:
		read_created(r, ie->value, RULE_PDR);
		break;
	case IE_CREATED_ENDPOINT:
		read_created(r, ie->value, RULE_ENDPOINT);
		break;
	case IE_CREATE_FAR:
	case IE_UPDATE_FAR:
		read_far(r, ie->value);
		break;
	default:
		break;
	}
}

void
pfcp_rules_end(struct pfcp_reading *r)
{
	const struct pfcp_request *q = r->request;

	if (r->s->phase == SIGNALLING_ANSWER && !r->s->refused && q != NULL)
		for (unsigned i = 0; i < q->n; i++)
			if (q->rule[i].what == RULE_FAR)
				keep_core_far(r, r->own_seid, q->rule[i].id);
	if (r->s->apn[0] == '\0' && r->instance[TOWARDS_CORE][0] != '\0')
		signalling_set_apn_text(r->s, r->instance[TOWARDS_CORE],
		    strlen(r->instance[TOWARDS_CORE]));
}
