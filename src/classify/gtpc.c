/* SPDX-License-Identifier: Apache-2.0 */
/* gtpc.c - GTP-C, versions 1 and 2 (TS 29.060, TS 29.274): which SIM and module hold which
 * address and tunnel. Each message of a datagram becomes one struct signalling. */
#include <string.h>

#include "decimal.h"
#include "gtpc.h"
#include "macros.h"
#include "parser.h"
#include "uli.h"

enum {
	PIGGYBACKED_MAX = 4,	/* messages in a datagram; TS 29.274, 5.5.1 knows of two */
	PDNS_MAX = 11,		/* PDN connections or PDP contexts: EBI and NSAPI 5 to 15 */
	RECORDED_MESSAGES = 16	/* a flow lives for months: fields are of its first messages */
};

enum {
	F_VERSION, F_MESSAGE, F_CAUSE, F_IMSI, F_IMEI, F_MSISDN, F_APN, F_PDN_TYPE, F_UE_IP, F_RAT,
	F_ULI, F_AREA, F_CELL, F_SERVING_NETWORK, F_F_TEID, F_RECOVERY
};

static const struct field gtpc_fields[] = {
	[F_VERSION] = { "gtpc.version", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "GTP version, 1 or 2" },
	[F_MESSAGE] = { "gtpc.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "message, as the standard calls it: create_session_request" },
	[F_CAUSE] = { "gtpc.cause", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "cause of an answer, by the number of its version" },
	[F_IMSI] = { "gtpc.imsi", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMSI, NULL, "IMSI" },
	[F_IMEI] = { "gtpc.imei", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMEI, NULL,
	    "IMEI or IMEISV, 14 to 16 digits as sent" },
	[F_MSISDN] = { "gtpc.msisdn", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MSISDN, NULL, "MSISDN" },
	[F_APN] = { "gtpc.apn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "access point name, without operator identifier" },
	[F_PDN_TYPE] = { "gtpc.pdn_type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "ipv4, ipv6, ipv4v6, non-ip or ethernet" },
	[F_UE_IP] = { "gtpc.ue_ip", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,
	    "address of the device; of IPv6 the prefix" },
	[F_RAT] = { "gtpc.rat", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "radio access: e-utran, nb-iot, lte-m, utran ..." },
	[F_ULI] = { "gtpc.uli", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "user location information as sent" },
	[F_AREA] = { "gtpc.area", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "area of it: tai:001-01:4711 (or rai, lai)" },
	[F_CELL] = { "gtpc.cell", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "cell of it: ecgi:001-01:26881 (or cgi, sai with the LAC before the number)" },
	[F_SERVING_NETWORK] = { "gtpc.serving_network", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "PLMN that serves the device: 001-01" },
	[F_F_TEID] = { "gtpc.fteid", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "tunnel end: interface and node, address, TEID, bearer" },
	[F_RECOVERY] = { "gtpc.recovery", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "restart counter of a node" },
};
#define ID(row) FIELD_ID(PARSER_gtpc, row)

struct gtpc_state {
	uint8_t messages;	/* whose fields were recorded */
	bool has_read;		/* a message whose elements add up */
};

/* --- headers --- */

static enum gtpc_header
read_header(struct cursor *in, struct gtpc_message *m)
{
	if (cur_left(in) == 0) {
		*m = (struct gtpc_message){ 0 };
		return GTPC_HEADER_CUT;
	}
	switch (cur_peek(in, 0) >> 5) {
	case 1:
		return gtpv1c_header(in, m);
	case 2:
		return gtpv2c_header(in, m);
	default:
		return GTPC_HEADER_BAD;
	}
}

static bool
is_sound(const struct gtpc_message *m, unsigned *n)
{
	return m->version == 1 ? gtpv1c_sound(m, n) : gtpv2c_sound(m, n);
}

/* On other ports only messages about sessions, with elements that fill their datagram: GTP-U
 * has the same header and echo as GTPv1-C. */
static enum probe_result
gtpc_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct gtpc_message m;
	unsigned n;

	for (unsigned i = 0; i < PIGGYBACKED_MAX; i++) {
		switch (read_header(&in, &m)) {
		case GTPC_HEADER_BAD:
			return PROBE_NO;
		case GTPC_HEADER_CUT:
			return on_port && p->truncated && m.type != NULL ? PROBE_YES : PROBE_NO;
		case GTPC_HEADER_OK:
			break;
		}
		if (m.type == NULL || !is_sound(&m, &n)
		    || (!on_port && (n == 0 || m.type->act == SIGNALLING_NODE)))
			return PROBE_NO;
		if (!m.piggybacked)
			return on_port || cur_left(&in) == 0 ? PROBE_YES : PROBE_NO;
	}
	return PROBE_NO;
}

/* --- fields --- */

static void
put_word(struct parse *p, unsigned row, const char *word)
{
	if (word != NULL && word[0] != '\0')
		parse_text(p, ID(row), word, strlen(word));
}

static void
put_digits(struct parse *p, unsigned row, digits d)
{
	char text[DIGITS_TEXT_MAX];

	(void)digits_text(d, text);
	put_word(p, row, text);
}

static void
put_place(struct parse *p, const struct gtpc_reading *r)
{
	char text[ULI_TEXT_MAX], plmn[PLMN_TEXT_MAX];

	if (cur_left(&r->uli) != 0)
		parse_cursor(p, ID(F_ULI), r->uli);
	(void)uli_area_text(&r->s->location, text);
	put_word(p, F_AREA, text);
	(void)uli_cell_text(&r->s->location, text);
	put_word(p, F_CELL, text);
	(void)plmn_text(r->s->plmn, plmn);
	put_word(p, F_SERVING_NETWORK, plmn);
}

static size_t
append(char *text, size_t n, const char *word)
{
	size_t len = strlen(word);

	memcpy(text + n, word, len);
	return n + len;
}

/* "s1-u-sgw 192.0.2.1 0x0000002a bearer 5"; GTPv1-C has no interface types. */
static void
put_end(struct parse *p, const struct signalling_end *e)
{
	static const char *const kinds[] = {
		[END_CONTROL] = "gsn-c", [END_UPLINK] = "ggsn-u", [END_DOWNLINK] = "sgsn-u"
	};
	const char *name = gtpv2c_interface_name(e->interface);
	char text[32 + ADDR_TEXT_MAX + 32];
	size_t n = append(text, 0, name == NULL ? kinds[e->kind] : name);

	text[n++] = ' ';
	n += addr_text(&e->node, text + n);
	n = append(text, n, " 0x");
	for (int shift = 28; shift >= 0; shift -= 4)
		text[n++] = "0123456789abcdef"[e->id >> shift & 0xf];
	if (e->bearer != 0) {
		n = append(text, n, " bearer ");
		n += decimal_put(text + n, e->bearer);
	}
	parse_text(p, ID(F_F_TEID), text, n);
}

static void
put_fields(struct parse *p, const struct gtpc_reading *r)
{
	static const char *const pdn_types[] = {
		[PDN_IPV4] = "ipv4", [PDN_IPV6] = "ipv6", [PDN_IPV4V6] = "ipv4v6",
		[PDN_NON_IP] = "non-ip", [PDN_ETHERNET] = "ethernet"
	};
	const struct signalling *s = r->s;

	put_digits(p, F_IMSI, s->imsi);
	put_digits(p, F_IMEI, s->imei);
	put_digits(p, F_MSISDN, s->msisdn);
	put_word(p, F_APN, s->apn);
	if (r->pdn_type < ARRAY_LEN(pdn_types))
		put_word(p, F_PDN_TYPE, pdn_types[r->pdn_type]);
	for (unsigned i = 0; i < s->n_ue; i++)
		parse_addr(p, ID(F_UE_IP), &s->ue[i].base);
	put_word(p, F_RAT, signalling_rat_name(s->rat));
	put_place(p, r);
	for (unsigned i = 0; i < s->n_ends; i++)
		put_end(p, &s->end[i]);
	if (s->cause != 0)
		parse_uint(p, ID(F_CAUSE), s->cause);
	if (s->has_recovery)
		parse_uint(p, ID(F_RECOVERY), s->recovery);
}

static bool
records(struct parse *p, const struct gtpc_message *m)
{
	struct gtpc_state *st = p->state;

	if (st->messages == RECORDED_MESSAGES)
		return false;
	st->messages++;
	parse_uint(p, ID(F_VERSION), m->version);
	put_word(p, F_MESSAGE, m->type->name);
	return true;
}

/* --- messages --- */

static void
begin(struct gtpc_reading *r)
{
	const struct gtpc_message *m = r->message;
	struct signalling *s = r->s;

	s->source = m->version == 1 ? SIGNALLED_GTPV1C : SIGNALLED_GTPV2C;
	s->type = m->type->number;
	s->act = m->type->act;
	s->phase = m->type->phase;
	s->sequence = m->sequence;
	s->session = m->teid;
}

/* One struct signalling for the message, or for each of its PDN connections. False when it is
 * broken; what could be read of it is told, unless its elements do not add up. */
static bool
tell(struct parse *p, const struct gtpc_message *m)
{
	bool fields = records(p, m), sound = true;
	struct gtpc_reading r = { .message = m };
	unsigned n_pdns = 1;

	for (unsigned pdn = 0; pdn < n_pdns && pdn < PDNS_MAX; pdn++) {
		r = (struct gtpc_reading){ .message = m, .s = parse_tell(p), .pdn = pdn };
		if (r.s == NULL)
			return sound;
		begin(&r);
		if (m->version == 1 ? !gtpv1c_read(&r) : !gtpv2c_read(&r)) {
			parse_untell(p);
			return false;
		}
		((struct gtpc_state *)p->state)->has_read = true;
		n_pdns = r.n_pdns;
		sound = sound && !r.broken;
		if (fields)
			put_fields(p, &r);
	}
	return sound;
}

static enum parse_result
gtpc_parse(struct parse *p, struct cursor *in)
{
	struct gtpc_state *st = p->state;
	bool had_read = st->has_read, sound = true;
	struct gtpc_message m = { .piggybacked = true };

	for (unsigned i = 0; m.piggybacked; i++) {
		enum gtpc_header header = i == PIGGYBACKED_MAX ? GTPC_HEADER_BAD
		    : read_header(in, &m);

		if (header == GTPC_HEADER_CUT && p->truncated)
			return PARSE_MORE;
		if (header != GTPC_HEADER_OK)
			return PARSE_WRONG;
		if (m.type == NULL)
			continue;
		/* both ends ask, but the first to speak asks */
		if (m.type->phase == SIGNALLING_ANSWER && p->dir == TO_SERVER
		    && p->flow->pkts[TO_SERVER] + p->flow->pkts[TO_CLIENT] <= 1)
			p->reversed = true;
		sound = tell(p, &m) && sound;
	}
	/* a value that cannot be read is to be counted, but must not cost us the flow */
	return sound || (!had_read && st->has_read) ? PARSE_MORE : PARSE_WRONG;
}

const struct app_parser gtpc_parser = {
	.name = "gtp-c", .spec = "TS 29.060, TS 29.274",
	.udp = true, .signalling = true, .ports = { 2123 },
	.role = ROLE_SIGNALLING, .role_confidence = 95,
	.state_size = sizeof(struct gtpc_state),
	.probe = gtpc_probe, .parse = gtpc_parse,
	.fields = gtpc_fields, .n_fields = ARRAY_LEN(gtpc_fields),
};
