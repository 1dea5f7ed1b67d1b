/* SPDX-License-Identifier: Apache-2.0 */
/* diameter.c - Diameter (RFC 6733), the language of subscriber registers, policy and charging:
 * one message after the other, over SCTP or TCP, each told to the registry of devices. */
#include <string.h>

#include "decimal.h"
#include "diameter.h"
#include "macros.h"
#include "parser.h"
#include "uli.h"

/* The header (3), then AVPs:
 *
 *	| version 8 | length 24 | R P E T 0 0 0 0 | command 24 | application 32 |
 *	| hop-by-hop id 32 | end-to-end id 32 |
 */
enum {
	HEADER_OCTETS = 20, VERSION = 1, AVP_OCTETS = 8,
	FLAG_REQUEST = 0x80, FLAG_ERROR = 0x20, FLAGS_RESERVED = 0x0f,
	COMMAND_LEAST = 257,	/* those below are RADIUS's (11.2.1) */
	LENGTH_MAX = 1 << 18,	/* no honest message comes near it */
	BODY_MOST = 8192,	/* octets of AVPs that are read; the rest of a longer one is skipped */
	PROBE_MOST = 1 << 14,	/* octets of a connection picked up in its middle */
	PPID = 46, PPID_DTLS = 47,	/* RFC 6733, 2.1 */
	FIELD_MESSAGES = 16,	/* whose values go into the flow's record, of either kind */
	RESULT_FAILURE = 3000	/* and above: refused (7.1) */
};

enum {
	F_COMMAND, F_APPLICATION, F_HOST, F_RESULT, F_IMSI, F_IMEI, F_SOFTWARE, F_MSISDN, F_APN,
	F_ADDRESS, F_PLMN, F_RAT, F_AREA, F_CELL, F_STATUS, F_EXTERNAL
};

static const struct field diameter_fields[] = {
	[F_COMMAND] = { "diameter.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "message: ULR, CCA ..., or its number with R (request) or A (answer)" },
	[F_APPLICATION] = { "diameter.application", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "interface: s6a, gx, gy ..., or the application's number" },
	[F_HOST] = { "diameter.origin_host", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "node that a message is from; relays leave it as it is" },
	[F_RESULT] = { "diameter.result", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "Result-Code or Experimental-Result-Code of an answer" },
	[F_IMSI] = { "diameter.imsi", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMSI, NULL,
	    "IMSI of a subscriber" },
	[F_IMEI] = { "diameter.imei", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMEI, NULL,
	    "IMEI or IMEISV of a device, 14 to 16 digits" },
	[F_SOFTWARE] = { "diameter.software_version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "software version number of a device, the last two digits of its IMEISV" },
	[F_MSISDN] = { "diameter.msisdn", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MSISDN, NULL,
	    "MSISDN of a subscriber" },
	[F_APN] = { "diameter.apn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "APN of a session" },
	[F_ADDRESS] = { "diameter.address", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "address or prefix of a device" },
	[F_PLMN] = { "diameter.plmn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "serving or visited network: MCC-MNC" },
	[F_RAT] = { "diameter.rat", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "radio access of a device: e-utran, nb-iot ..." },
	[F_AREA] = { "diameter.area", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "tracking, routing or location area of a device" },
	[F_CELL] = { "diameter.cell", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "cell or service area of a device" },
	[F_STATUS] = { "diameter.equipment_status", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "what the equipment register says of an IMEI: whitelisted, blacklisted, greylisted" },
	[F_EXTERNAL] = { "diameter.external_identifier", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "name of a device towards application servers (TS 23.003, 19.7.2)" },
};
#define ID(row) FIELD_ID(PARSER_diameter, row)

enum { RE_AUTH = 258, CREDIT_CONTROL = 272, CAPABILITIES = 257, WATCHDOG = 280, DISCONNECT = 282 };
enum { APP_CREDIT_CONTROL = 4, APP_GX = 16777238 };

/* Commands by the abbreviation of their request and answer, less the R or A. */
static const struct command {
	uint32_t code;
	char name[3];
} commands[] = {
	/* RFC 6733, 7155, 4072, 8506 */
	{ CAPABILITIES, "CE" }, { RE_AUTH, "RA" }, { 265, "AA" }, { 268, "DE" }, { 271, "AC" },
	{ CREDIT_CONTROL, "CC" }, { 274, "AS" }, { 275, "ST" }, { WATCHDOG, "DW" },
	{ DISCONNECT, "DP" },
	/* TS 29.229, 29.329 */
	{ 300, "UA" }, { 301, "SA" }, { 302, "LI" }, { 303, "MA" }, { 304, "RT" }, { 305, "PP" },
	{ 306, "UD" }, { 307, "PU" }, { 308, "SN" }, { 309, "PN" },
	/* TS 29.272 */
	{ 316, "UL" }, { 317, "CL" }, { 318, "AI" }, { 319, "ID" }, { 320, "DS" }, { 321, "PU" },
	{ 322, "RS" }, { 323, "NO" }, { 324, "EC" },
	/* TS 29.172, 29.336, 29.128 */
	{ 8388620, "PL" }, { 8388621, "LR" }, { 8388718, "CI" }, { 8388719, "RI" },
	{ 8388726, "NI" }, { 8388732, "CM" }, { 8388733, "OD" }, { 8388734, "TD" },
};

static const struct application {
	uint32_t id;
	const char *name;
} applications[] = {
	{ 0, "base" }, { 1, "nasreq" }, { 3, "accounting" }, { APP_CREDIT_CONTROL, "gy" },
	{ 5, "eap" }, { 16777216, "cx" }, { 16777217, "sh" }, { 16777236, "rx" }, { APP_GX, "gx" },
	{ 16777250, "sta" }, { 16777251, "s6a" }, { 16777252, "s13" }, { 16777255, "slg" },
	{ 16777264, "swm" }, { 16777265, "swx" }, { 16777266, "gxx" }, { 16777267, "s9" },
	{ 16777272, "s6b" }, { 16777291, "slh" }, { 16777302, "sy" }, { 16777303, "sd" },
	{ 16777310, "s6m" }, { 16777312, "s6c" }, { 16777313, "sgd" }, { 16777345, "s6t" },
	{ 16777346, "t6a" },
};

struct diameter_state {
	bool begun[2], lost[2];	/* by the flow key's end; lost: where the next message begins */
	uint8_t told[2];	/* messages of devices, of nodes: up to FIELD_MESSAGES */
};

struct header {
	uint8_t flags;
	uint32_t len;		/* with these 20 octets */
	uint32_t command, application, hop_by_hop;
};

/* --- is this a message? --- */

/* Judges what there is, octet by octet, so that a stream may be cut anywhere. */
static enum probe_result
read_header(struct cursor *in, struct header *h)
{
	size_t left = cur_left(in);

	if (left >= 1 && cur_u8(in) != VERSION)
		return PROBE_NO;
	h->len = cur_be24(in);
	if (left >= 4 && (h->len < HEADER_OCTETS || h->len > LENGTH_MAX || h->len % 4 != 0))
		return PROBE_NO;
	h->flags = cur_u8(in);
	if (left >= 5 && ((h->flags & FLAGS_RESERVED) != 0
	    || (h->flags & (FLAG_REQUEST | FLAG_ERROR)) == (FLAG_REQUEST | FLAG_ERROR)))
		return PROBE_NO;
	h->command = cur_be24(in);
	if (left >= 8 && h->command < COMMAND_LEAST)
		return PROBE_NO;
	h->application = cur_be32(in);
	h->hop_by_hop = cur_be32(in);
	cur_skip(in, 4);		/* end-to-end id */
	return in->short_read ? PROBE_MORE : PROBE_YES;
}

/* Session-Id comes first where there is one, else the origin, or the result (8.8, 5.3, 5.5). */
static bool
may_begin(uint32_t code)
{
	enum { SESSION_ID = 263, ORIGIN_HOST = 264, RESULT_CODE = 268, ORIGIN_REALM = 296 };

	return code == SESSION_ID || code == ORIGIN_HOST || code == RESULT_CODE
	    || code == ORIGIN_REALM;
}

/* The first AVP behind the header. `strict`: as almost all messages have it. */
static enum probe_result
check_first_avp(struct cursor in, const struct header *h, bool strict)
{
	enum { VENDOR = 0x80, RESERVED = 0x1f };
	uint32_t room = h->len - HEADER_OCTETS, code = cur_be32(&in);
	uint8_t flags = cur_u8(&in);
	uint32_t len = cur_be24(&in);

	if (room < AVP_OCTETS)
		return PROBE_NO;
	if (in.short_read)
		return PROBE_MORE;
	if (len < AVP_OCTETS || len > room || (flags & RESERVED) != 0)
		return PROBE_NO;
	return !strict || (may_begin(code) && (flags & VENDOR) == 0) ? PROBE_YES : PROBE_NO;
}

static enum probe_result
check_message(struct cursor in, bool strict)
{
	struct header h;
	enum probe_result result = read_header(&in, &h);

	return result == PROBE_YES ? check_first_avp(in, &h, strict) : result;
}

/* Step to what looks like a message beyond doubt. False when more octets are needed. */
static bool
find_message(struct cursor *in)
{
	for (; cur_left(in) != 0; cur_skip(in, 1)) {
		switch (check_message(*in, true)) {
		case PROBE_YES:
			return true;
		case PROBE_MORE:
			return false;
		case PROBE_NO:
			break;
		}
	}
	return false;
}

static enum probe_result
diameter_probe(const struct parse *p, struct cursor in, bool on_port)
{
	bool known = on_port || p->ppid == PPID || p->ppid == PPID_DTLS;
	enum probe_result result = check_message(in, !known);

	if (p->datagram)
		return result == PROBE_MORE ? PROBE_NO : result;
	if (result != PROBE_NO || !on_port || (p->flow->flags & FLOW_MIDSTREAM) == 0)
		return result;
	/* these connections live for months: wait for a message to begin */
	return cur_left(&in) > PROBE_MOST ? PROBE_NO : find_message(&in) ? PROBE_YES : PROBE_MORE;
}

/* --- what it says --- */

static bool
is_of_node(const struct header *h)
{
	return h->command == CAPABILITIES || h->command == WATCHDOG || h->command == DISCONNECT;
}

/* Gx and Gy have a session for each PDN connection (TS 29.212, 4.5; RFC 8506, 8.3). All others
 * tell of a subscriber, or of something that is less than his connection. */
static enum signalling_act
act_of(const struct header *h, const struct diameter_said *said)
{
	enum { INITIAL = 1, UPDATE, TERMINATION };

	if (is_of_node(h))
		return SIGNALLING_NODE;
	if (h->application != APP_GX && h->application != APP_CREDIT_CONTROL)
		return SIGNALLING_TELL;
	if (h->command == RE_AUTH)
		return SIGNALLING_MODIFY;
	if (h->command != CREDIT_CONTROL)
		return SIGNALLING_TELL;
	return said->request_type == INITIAL ? SIGNALLING_CREATE
	    : said->request_type == UPDATE ? SIGNALLING_MODIFY
	    : said->request_type == TERMINATION ? SIGNALLING_DELETE : SIGNALLING_TELL;
}

static void
fill(const struct parse *p, const struct header *h, const struct diameter_said *said,
    struct signalling *s)
{
	s->source = SIGNALLED_DIAMETER;
	s->act = (uint8_t)act_of(h, said);
	s->type = h->command;
	s->sequence = h->hop_by_hop;
	if (cur_left(&said->session_id) != 0)
		s->session = parse_hash(p, said->session_id.at, cur_left(&said->session_id));
	if ((h->flags & FLAG_REQUEST) != 0) {
		s->phase = SIGNALLING_REQUEST;
		s->cause = h->command == DISCONNECT && said->disconnect_cause != 0
		    ? (uint16_t)(said->disconnect_cause - 1) : 0;
	} else {
		s->phase = SIGNALLING_ANSWER;
		s->refused = (h->flags & FLAG_ERROR) != 0 || said->result >= RESULT_FAILURE;
		s->cause = said->result <= UINT16_MAX ? (uint16_t)said->result : 0;
	}
	/* In all other messages it is of the origin, who may stand behind a relay. */
	if (is_of_node(h) && said->has_origin_state) {
		s->has_recovery = true;
		s->recovery = said->origin_state;
	}
}

static void
put_number_or_name(struct parse *p, unsigned row, uint32_t number, const char *name, char suffix)
{
	char text[DECIMAL_MAX + 1];
	size_t n = name == NULL ? decimal_put(text, number) : strlen(name);

	if (name != NULL)
		memcpy(text, name, n);
	if (suffix != '\0')
		text[n++] = suffix;
	parse_text(p, ID(row), text, n);
}

static void
put_header(struct parse *p, const struct header *h)
{
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (commands[i].code == h->command)
			name = commands[i].name;
	put_number_or_name(p, F_COMMAND, h->command, name,
	    (h->flags & FLAG_REQUEST) != 0 ? 'R' : 'A');
	name = NULL;
	for (size_t i = 0; i < ARRAY_LEN(applications); i++)
		if (applications[i].id == h->application)
			name = applications[i].name;
	put_number_or_name(p, F_APPLICATION, h->application, name, '\0');
}

static void
put_text(struct parse *p, unsigned row, const char *text)
{
	if (text != NULL && text[0] != '\0')
		parse_text(p, ID(row), text, strlen(text));
}

static void
put_digits(struct parse *p, unsigned row, digits d)
{
	char text[DIGITS_TEXT_MAX];

	if (d != DIGITS_NONE && digits_text(d, text) != 0)
		put_text(p, row, text);
}

static void
put_cursor(struct parse *p, unsigned row, struct cursor text)
{
	if (cur_left(&text) != 0)
		parse_cursor(p, ID(row), text);
}

static void
put_whose(struct parse *p, const struct signalling *s)
{
	put_digits(p, F_IMSI, s->imsi);
	put_digits(p, F_IMEI, s->imei);
	put_digits(p, F_MSISDN, s->msisdn);
	put_text(p, F_APN, s->apn);
	for (unsigned i = 0; i < s->n_ue; i++) {
		char text[CIDR_TEXT_MAX];

		if (s->ue[i].len == 128)
			(void)addr_text(&s->ue[i].base, text);
		else
			(void)cidr_text(&s->ue[i], text);
		put_text(p, F_ADDRESS, text);
	}
}

static void
put_where(struct parse *p, const struct signalling *s)
{
	char plmn[PLMN_TEXT_MAX], place[ULI_TEXT_MAX];

	(void)plmn_text(s->plmn, plmn);
	put_text(p, F_PLMN, plmn);
	put_text(p, F_RAT, signalling_rat_name(s->rat));
	(void)uli_area_text(&s->location, place);
	put_text(p, F_AREA, place);
	(void)uli_cell_text(&s->location, place);
	put_text(p, F_CELL, place);
}

static void
put_fields(struct parse *p, struct diameter_state *st, const struct header *h,
    const struct signalling *s, const struct diameter_said *said)
{
	static const char *const status[] = { "whitelisted", "blacklisted", "greylisted" };
	uint8_t *told = &st->told[is_of_node(h)];

	if (*told == FIELD_MESSAGES)
		return;
	++*told;
	put_header(p, h);
	put_cursor(p, F_HOST, said->origin_host);
	if (said->result != 0)
		parse_uint(p, ID(F_RESULT), said->result);
	put_whose(p, s);
	put_cursor(p, F_SOFTWARE, said->software_version);
	put_cursor(p, F_EXTERNAL, said->external_identifier);
	put_where(p, s);
	if (said->equipment_status != EQUIPMENT_STATUS_NONE)
		put_text(p, F_STATUS, status[said->equipment_status]);
}

/* --- one message after the other --- */

/* `avps` as far as there are any. False when they do not add up: nothing is told then. */
static bool
read_message(struct parse *p, const struct header *h, struct cursor avps, bool cut)
{
	struct diameter_said said;
	struct signalling *s = parse_tell(p);

	if (s == NULL)
		return true;		/* counted: more in one packet than there is room for */
	if (!diameter_read(avps, cut, s, &said)) {
		parse_untell(p);
		return false;
	}
	fill(p, h, &said, s);
	s->cut |= cut;
	put_fields(p, p->state, h, s, &said);
	/* who opens the connection speaks first (RFC 6733, 5.3) */
	if (h->command == CAPABILITIES)
		p->reversed = ((h->flags & FLAG_REQUEST) != 0) == (p->dir == TO_CLIENT);
	return true;
}

static enum parse_result
parse_message(struct parse *p, struct cursor *in)
{
	do {
		struct header h;
		struct cursor avps;
		enum probe_result result = read_header(in, &h);

		if (result == PROBE_MORE && p->truncated)
			return PARSE_MORE;
		if (result != PROBE_YES)
			return PARSE_WRONG;
		avps = cur_sub(in, h.len - HEADER_OCTETS);
		if ((avps.short_read && !p->truncated)
		    || !read_message(p, &h, avps, avps.short_read))
			return PARSE_WRONG;
	} while (cur_left(in) != 0);
	return PARSE_MORE;
}

enum step { STEP_READ, STEP_WAIT, STEP_BROKEN };

/* One message of a stream. `in` is stepped over it only with STEP_READ. */
static enum step
read_next(struct parse *p, struct cursor *in)
{
	struct cursor try = *in, avps;
	struct header h;
	enum probe_result result = read_header(&try, &h);
	size_t len, want, rest, now;

	if (result != PROBE_YES)
		return result == PROBE_MORE ? STEP_WAIT : STEP_BROKEN;
	len = h.len - HEADER_OCTETS;
	want = len < BODY_MOST ? len : BODY_MOST;
	if (cur_left(&try) < want)
		return STEP_WAIT;
	avps = cur_sub(&try, want);
	if (!read_message(p, &h, avps, want < len))
		return STEP_BROKEN;
	rest = len - want;
	now = rest < cur_left(&try) ? rest : cur_left(&try);
	cur_skip(&try, now);
	p->skip = rest - now;
	*in = try;
	return STEP_READ;
}

/* After a gap, or a message that does not add up, the next one is looked for octet by octet: a
 * length that was misread would hide good ones. */
static enum parse_result
parse_stream(struct parse *p, struct cursor *in)
{
	struct diameter_state *st = p->state;
	unsigned end = flow_end_index(p->flow, p->dir);
	bool *lost = &st->lost[end];

	if (!st->begun[end]) {
		enum probe_result first = check_message(*in, false);

		if (first == PROBE_MORE)
			return PARSE_MORE;
		st->begun[end] = true;
		*lost = first == PROBE_NO;	/* picked up in the middle of a message */
	}
	*lost |= p->gap;
	while (cur_left(in) != 0) {
		if (*lost && !find_message(in))
			break;
		*lost = false;
		switch (read_next(p, in)) {
		case STEP_READ:
			break;
		case STEP_WAIT:
			return PARSE_MORE;
		case STEP_BROKEN:
			p->malformed = true;
			*lost = true;
			cur_skip(in, 1);
		}
	}
	return PARSE_MORE;
}

static enum parse_result
diameter_parse(struct parse *p, struct cursor *in)
{
	return p->datagram ? parse_message(p, in) : parse_stream(p, in);
}

const struct app_parser diameter_parser = {
	.name = "diameter", .spec = "RFC 6733, TS 29.272, TS 29.212, RFC 8506",
	.tcp = true, .sctp = true, .signalling = true, .ports = { 3868 },
	.role = ROLE_SIGNALLING, .role_confidence = 95,
	.state_size = sizeof(struct diameter_state),
	.probe = diameter_probe, .parse = diameter_parse,
	.fields = diameter_fields, .n_fields = ARRAY_LEN(diameter_fields),
};
