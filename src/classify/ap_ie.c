/* SPDX-License-Identifier: Apache-2.0 */
/* ap_ie.c - the information elements that S1AP and NGAP share, into a signalling message and
 * into fields. */
#include "ap.h"
#include "decimal.h"

enum { TLA_BITS_MAX = 160, NAME_OCTETS_MAX = 150, BEARERS = 32 };
/* Cause ::= CHOICE { radioNetwork, transport, nas, protocol, misc, ... } */
enum { CAUSE_RADIO, CAUSE_TRANSPORT, CAUSE_NAS, CAUSE_PROTOCOL, CAUSE_MISC, CAUSE_GROUPS };

/* --- who --- */

void
ap_read_core_id(struct ap *a, struct per *p, uint64_t high)
{
	uint64_t id = per_integer(p, 0, high);

	if (per_ok(p))
		a->s->session = id + 1;
}

void
ap_read_ran_id(struct ap *a, struct per *p, uint64_t high)
{
	uint64_t id = per_integer(p, 0, high);

	if (per_ok(p))
		a->s->session_peer = id + 1;
}

void
ap_reset_all(struct ap *a)
{
	a->s->act = SIGNALLING_NODE_DOWN;
	a->s->phase = SIGNALLING_NOTICE;	/* the acknowledgement says nothing more */
}

/* The first context is the message's own, each other one gets its own message. */
void
ap_reset_context(struct ap *a, uint64_t core_id, uint64_t ran_id)
{
	struct signalling *s = a->s;

	if (core_id == 0 && ran_id == 0)
		return;
	if (s->session != 0 || s->session_peer != 0) {
		s = parse_tell(a->tell);
		if (s == NULL)
			return;		/* counted */
		s->source = a->s->source;
		s->type = a->s->type;
		s->cause = a->s->cause;
		s->from_ran = a->s->from_ran;
		s->sequence = (uint32_t)a->procedure << 24;
		a->several = true;
	}
	s->act = SIGNALLING_RELEASE;
	s->phase = SIGNALLING_NOTICE;
	s->session = core_id;
	s->session_peer = ran_id;
}

/* BIT STRING (SIZE (64)): sixteen digits in their natural order, the last four of the serial set
 * to 1111 (TS 36.413, 9.2.1.38; TS 38.413, 9.3.1.54). Cores were seen that send zeros, and ones that
 * mask nothing. */
void
ap_read_masked_imeisv(struct ap *a, struct per *p)
{
	struct cursor octets = per_fixed(p, 8), copy = octets;
	digits raw = cur_be64(&copy);
	unsigned n = digits_count(raw);

	if (!per_ok(p))
		return;
	if (a->parse != NULL)
		parse_cursor(a->parse, FIELD_ID(a->protocol->parser, AP_IMEISV_MASKED), octets);
	for (unsigned i = 0; i < n; i++)
		if (digits_at(raw, i) > 9)
			n = i;
	if (n < IMEI_TAC_DIGITS || raw >> 32 == 0 || a->s->imei != DIGITS_NONE)
		return;
	a->s->imei = digits_first(raw, n);
	a->s->imei_masked = n < DIGITS_MAX;
}

void
ap_read_cause(struct ap *a, struct per *p, const struct ap_causes *causes)
{
	const unsigned values[CAUSE_GROUPS] = {
		[CAUSE_RADIO] = causes->radio, [CAUSE_TRANSPORT] = 2, [CAUSE_NAS] = 4,
		[CAUSE_PROTOCOL] = 7, [CAUSE_MISC] = causes->misc
	};
	unsigned group = per_index(p, causes->groups, causes->extensible), value;

	if (group >= CAUSE_GROUPS)
		return;			/* one of a later release */
	value = per_index(p, values[group], true);
	if (per_ok(p) && value < 0x100)
		a->s->cause = (uint16_t)((group + 1) << 8 | value);
}

/* --- tunnels --- */

/* BIT STRING (SIZE (1..160, ...)): 32 bits of IPv4, 128 of IPv6, or both (TS 36.414, 5.3;
 * TS 38.414, 5.3). */
bool
ap_read_address(struct per *p, struct ap_address *at)
{
	size_t bits = per_bit(p) ? per_length(p) : (size_t)per_integer(p, 1, TLA_BITS_MAX);
	struct cursor octets = per_fixed(p, (bits + 7) / 8);

	at->n = 0;
	if (!per_ok(p))
		return false;
	if (bits == 32 || bits == TLA_BITS_MAX)
		at->node[at->n++] = addr_from_ipv4(cur_take(&octets, 4));
	if (bits >= 128)
		at->node[at->n++] = addr_from_ipv6(cur_take(&octets, 16));
	return bits == 32 || bits == 128 || bits == TLA_BITS_MAX;
}

void
ap_add_ends(struct ap *a, const struct ap_address *at, uint32_t teid, uint8_t kind,
    unsigned bearer)
{
	for (unsigned i = 0; i < at->n; i++)
		signalling_add_end(a->s, &(struct signalling_end){ .kind = kind,
		    .interface = UINT8_MAX, .bearer = (uint16_t)bearer, .node = at->node[i],
		    .id = teid });
}

void
ap_read_tunnel(struct ap *a, struct per *p, uint8_t kind, unsigned bearer)
{
	struct ap_address at;
	bool known = ap_read_address(p, &at);
	struct cursor teid = per_fixed(p, 4);

	if (per_ok(p) && !known)
		p->bad = true;
	if (per_ok(p))
		ap_add_ends(a, &at, cur_be32(&teid), kind, bearer);
}

void
ap_bearer_gone(struct ap *a, unsigned bearer)
{
	if (bearer < BEARERS)
		a->s->bearers_gone |= 1u << bearer;
	else
		a->s->cut = true;
}

/* --- where --- */

uint32_t
ap_read_plmn(struct per *p)
{
	struct cursor octets = per_fixed(p, 3);
	const uint8_t *plmn = cur_take(&octets, 3);

	return plmn == NULL ? PLMN_NONE : plmn_from_octets(plmn);
}

/* TAI ::= SEQUENCE { pLMNidentity, tAC, iE-Extensions OPTIONAL, ... } */
void
ap_read_tai(struct ap *a, struct per *p, unsigned tac_octets)
{
	bool additions = per_bit(p), extensions = per_bit(p);
	uint32_t plmn = ap_read_plmn(p), tac = per_bits(p, 8 * tac_octets);

	ap_skip_rest(p, extensions, additions);
	if (!per_ok(p) || plmn == PLMN_NONE)
		return;
	a->s->plmn = plmn;
	a->s->location.area_kind = AREA_TAI;
	a->s->location.area_plmn = plmn;
	a->s->location.area = tac;
}

/* SEQUENCE { pLMNidentity, cell identity, iE-Extensions OPTIONAL, ... } */
void
ap_read_cell(struct ap *a, struct per *p, uint8_t kind, unsigned bits)
{
	bool additions = per_bit(p), extensions = per_bit(p);
	uint32_t plmn = ap_read_plmn(p);
	uint64_t cell = per_bit_string(p, bits);

	ap_skip_rest(p, extensions, additions);
	if (!per_ok(p) || plmn == PLMN_NONE)
		return;
	a->s->location.cell_kind = kind;
	a->s->location.cell_plmn = plmn;
	a->s->location.cell = cell;
}

void
ap_read_name(struct ap *a, struct per *p)
{
	struct cursor name = per_printable(p, NAME_OCTETS_MAX);

	if (per_ok(p) && a->parse != NULL)
		parse_cursor(a->parse, FIELD_ID(a->protocol->parser, AP_NAME), name);
}

/* --- fields --- */

/* "001-01:4660" */
static void
put_place(const struct ap *a, enum ap_field row, uint32_t plmn, uint64_t number)
{
	char text[PLMN_TEXT_MAX + 1 + DECIMAL_MAX];
	size_t n = plmn_text(plmn, text);

	text[n++] = ':';
	n += decimal_put(text + n, number);
	parse_text(a->parse, FIELD_ID(a->protocol->parser, row), text, n);
}

static void
put_cause(const struct ap *a)
{
	static const char *const groups[CAUSE_GROUPS] = {
		"radio-", "transport-", "nas-", "protocol-", "misc-"
	};
	char text[16 + DECIMAL_MAX];
	size_t n = 0;

	for (const char *at = groups[(a->s->cause >> 8) - 1]; *at != '\0'; at++)
		text[n++] = *at;
	n += decimal_put(text + n, a->s->cause & 0xff);
	parse_text(a->parse, FIELD_ID(a->protocol->parser, AP_CAUSE), text, n);
}

void
ap_put_fields(const struct ap *a)
{
	const struct signalling *s = a->s;
	unsigned parser = a->protocol->parser;

	if (s->session != 0)
		parse_uint(a->parse, FIELD_ID(parser, AP_CORE_ID), s->session - 1);
	if (s->session_peer != 0)
		parse_uint(a->parse, FIELD_ID(parser, AP_RAN_ID), s->session_peer - 1);
	for (unsigned i = 0; i < s->n_ends; i++) {
		parse_addr(a->parse, FIELD_ID(parser, AP_NODE), &s->end[i].node);
		parse_uint(a->parse, FIELD_ID(parser, s->end[i].kind == END_UPLINK
		    ? AP_TEID_UPLINK : AP_TEID_DOWNLINK), s->end[i].id);
	}
	if (s->location.area_kind != AREA_NONE)
		put_place(a, AP_TAI, s->location.area_plmn, s->location.area);
	if (s->location.cell_kind != CELL_NONE)
		put_place(a, AP_CELL, s->location.cell_plmn, s->location.cell);
	if (s->cause != 0)
		put_cause(a);
}
