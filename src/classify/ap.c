/* SPDX-License-Identifier: Apache-2.0 */
/* ap.c - the frame of S1AP and NGAP messages: whether it holds, who sent it, what it is. */
#include <string.h>

#include "ap.h"

/* Fields are for the reader of a flow event; such a flow lives for months. */
enum { FIELD_MESSAGES = 16 };
enum { CRITICALITIES = 3, IES_MAX = 65535, EXTENSIONS_MAX = 65535 };
/* NAS: detach, deregister (TS 36.413, 9.2.1.3; TS 38.413, 9.3.1.2), as struct signalling has it */
enum { CAUSE_DETACH = 3 << 8 | 2 };

/* --- lists of elements --- */

struct ap_list
ap_container(struct per *in)
{
	struct ap_list list = { .additions = per_bit(in) };

	list.left = per_count(in, 0, IES_MAX);
	list.in = *in;
	return list;
}

/* ProtocolIE-Field ::= SEQUENCE { id, criticality, value } (TS 36.413, 9.3.7) */
bool
ap_next(struct ap_list *list, struct ap_ie *ie)
{
	if (list->left == 0 || !per_ok(&list->in))
		return false;
	list->left--;
	ie->id = (uint16_t)per_integer(&list->in, 0, UINT16_MAX);
	(void)per_index(&list->in, CRITICALITIES, false);
	ie->value = per_open(&list->in);
	return per_ok(&list->in);
}

void
ap_skip_extensions(struct per *p)
{
	struct ap_list list = { .left = per_count(p, 1, EXTENSIONS_MAX) };
	struct ap_ie ie;

	list.in = *p;
	while (ap_next(&list, &ie))
		;
	*p = list.in;
}

void
ap_skip_rest(struct per *p, bool extensions, bool additions)
{
	if (extensions)
		ap_skip_extensions(p);
	if (additions)
		per_skip_additions(p);
}

/* --- the frame --- */

struct pdu {
	uint8_t outcome, procedure;
	struct per value;	/* the message */
	size_t behind;		/* octets that belong to no message: a core was seen that sends its buffer */
};

/* S1AP-PDU ::= CHOICE { initiatingMessage, successfulOutcome, unsuccessfulOutcome, ... }, each a
 * SEQUENCE { procedureCode, criticality, value }. False when it is none, or not all there. */
static bool
read_pdu(struct cursor in, struct pdu *pdu)
{
	struct per p = per_over(in);

	*pdu = (struct pdu){ .outcome = (uint8_t)per_index(&p, AP_UNSUCCESSFUL + 1, true) };
	pdu->procedure = (uint8_t)per_integer(&p, 0, UINT8_MAX);
	(void)per_index(&p, CRITICALITIES, false);
	pdu->value = per_open(&p);
	pdu->behind = cur_left(&p.in);
	return per_ok(&p);
}

static const struct ap_procedure *
procedure_of(const struct ap_protocol *protocol, const struct pdu *pdu)
{
	const struct ap_procedure *row;

	if (pdu->procedure >= protocol->n_procedures || pdu->outcome > AP_UNSUCCESSFUL)
		return NULL;
	row = &protocol->procedures[pdu->procedure];
	return pdu->outcome == AP_INITIATING || row->answered ? row : NULL;
}

/* Do the elements add up to the message? */
static bool
is_whole(const struct ap_protocol *protocol, const struct pdu *pdu)
{
	struct per value = pdu->value;
	struct ap_list list;
	struct ap_ie ie;

	if (pdu->procedure == protocol->private_message)
		return true;
	list = ap_container(&value);
	while (ap_next(&list, &ie))
		;
	if (list.additions)
		per_skip_additions(&list.in);
	return list.left == 0 && per_ok(&list.in) && cur_left(&list.in.in) == 0;
}

/* Its payload protocol identifier says what a message is; some stacks leave it 0, which is
 * unspecified (RFC 9260, 3.3.1). */
enum probe_result
ap_probe(const struct ap_protocol *protocol, const struct parse *p, struct cursor in, bool on_port)
{
	struct pdu pdu;
	bool framed = read_pdu(in, &pdu);

	if (p->ppid != protocol->ppid && (p->ppid != 0 || !on_port || pdu.behind != 0))
		return PROBE_NO;
	if (procedure_of(protocol, &pdu) == NULL)
		return PROBE_NO;
	if (p->truncated)
		return p->ppid != 0 && on_port ? PROBE_YES : PROBE_NO;
	return framed && is_whole(protocol, &pdu) ? PROBE_YES : PROBE_NO;
}

/* --- one message --- */

/* Who sent it: the procedure says; for those of either end, what others said, then the port. */
static bool
sent_by_ran(const struct ap_protocol *protocol, struct parse *p, const struct pdu *pdu,
    const struct ap_procedure *row)
{
	struct ap_state *state = p->state;
	unsigned sender = flow_end_index(p->flow, p->dir);
	bool from_ran;

	if (row->initiator == BY_EITHER)
		return state->ran_end != 0 ? state->ran_end == sender + 1
		    : p->flow->key.port[sender] != protocol->port;
	from_ran = (row->initiator == BY_RAN) == (pdu->outcome == AP_INITIATING);
	if (state->ran_end == 0) {
		/* the radio node sets up the association (TS 36.412, 7; TS 38.412, 7) */
		p->reversed = from_ran != (p->dir == TO_SERVER);
		state->ran_end = (uint8_t)((from_ran ? sender : 1 - sender) + 1);
	}
	return from_ran;
}

static void
begin(struct ap *a, const struct ap_procedure *row)
{
	struct signalling *s = a->s;

	s->source = a->protocol->source;
	s->act = row->act;
	s->phase = !row->answered ? SIGNALLING_NOTICE
	    : a->outcome == AP_INITIATING ? SIGNALLING_REQUEST : SIGNALLING_ANSWER;
	s->refused = a->outcome == AP_UNSUCCESSFUL;
	s->type = a->procedure;
	s->from_ran = a->from_ran;
	if (a->parse != NULL)
		parse_text(a->parse, FIELD_ID(a->protocol->parser, AP_PROCEDURE), row->name,
		    strlen(row->name));
}

static void
read_elements(struct ap *a, struct pdu *pdu)
{
	struct ap_list list = ap_container(&pdu->value);
	struct ap_ie ie;

	while (ap_next(&list, &ie)) {
		a->protocol->read(a, &ie);
		if (!per_ok(&ie.value))
			a->broken = true;
	}
	if (!per_ok(&list.in))
		a->s->cut = true;	/* by the snapshot length, or it would not be here */
}

/* Neither protocol numbers its messages. One procedure of a kind runs for a UE at a time
 * (TS 36.413, 8.1), so that its code and the UE's id pair the messages. A path switch begins
 * under the id that the old node had; the new node's id stays. */
static uint32_t
sequence_of(const struct ap *a)
{
	uint64_t id = a->procedure == a->protocol->path_switch ? a->s->session_peer : a->s->session;

	return (uint32_t)a->procedure << 24 | (uint32_t)(id & 0xffffff);
}

/* What only the whole message tells. */
static void
end(struct ap *a)
{
	struct signalling *s = a->s;

	s->sequence = sequence_of(a);
	/* Without UE Retention Information both nodes forget all contexts (TS 36.413, 8.7.3.1;
	 * TS 38.413, 8.7.1.1). */
	if (a->procedure == a->protocol->setup && a->outcome == AP_INITIATING && !a->retains)
		s->act = SIGNALLING_NODE_DOWN;
	if (s->act == SIGNALLING_DELETE && s->bearers_gone == 0)
		s->act = SIGNALLING_TELL;	/* not the session */
	if (a->procedure == a->protocol->context_release && s->cause == CAUSE_DETACH)
		s->act = SIGNALLING_DELETE;
	if (a->parse != NULL)
		ap_put_fields(a);
}

/* A message about a session must say which; one that only says that is of use when it joins
 * the ids of both ends. */
static bool
is_of_use(const struct signalling *s)
{
	if (s->act == SIGNALLING_NODE || s->act == SIGNALLING_NODE_DOWN)
		return true;
	if (s->session == 0 && s->session_peer == 0)
		return false;
	return s->act != SIGNALLING_TELL || (s->session != 0 && s->session_peer != 0)
	    || s->imsi != DIGITS_NONE || s->imei != DIGITS_NONE || s->has_mac || s->n_ue != 0
	    || s->apn[0] != '\0' || s->location.area_kind != AREA_NONE;
}

/* Fill the message that `told` is, or one that nobody sees when there is no room for it. */
static void
fill(struct ap *a, struct pdu *pdu, const struct ap_procedure *row, struct signalling *told)
{
	struct signalling unseen;

	a->s = told;
	if (told == NULL) {
		signalling_init(&unseen);
		a->s = &unseen;
	}
	begin(a, row);
	if (pdu->procedure != a->protocol->private_message)
		read_elements(a, pdu);
	end(a);
}

enum parse_result
ap_parse(const struct ap_protocol *protocol, struct parse *p, struct cursor *in)
{
	struct ap_state *state = p->state;
	struct pdu pdu;
	bool framed = read_pdu(*in, &pdu), first = state->messages == 0;
	const struct ap_procedure *row = procedure_of(protocol, &pdu);
	struct ap a = { .protocol = protocol, .tell = p };
	struct signalling *told;

	cur_skip(in, cur_left(in));
	if (row == NULL || (!p->truncated && (!framed || !is_whole(protocol, &pdu))))
		return PARSE_WRONG;
	pdu.value.in.short_read = false;	/* what there is of a truncated one is read */
	a.procedure = pdu.procedure;
	a.outcome = pdu.outcome;
	a.from_ran = sent_by_ran(protocol, p, &pdu, row);
	if (state->messages < FIELD_MESSAGES) {
		state->messages++;
		a.parse = p;
	}
	told = parse_tell(p);
	fill(&a, &pdu, row, told);
	if (told != NULL && !a.several && !is_of_use(told))
		parse_untell(p);
	/* the frame held, so the flow is ours even if this is its first message */
	return a.broken && !first ? PARSE_WRONG : PARSE_MORE;
}
