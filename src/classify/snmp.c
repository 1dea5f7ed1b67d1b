/* SPDX-License-Identifier: Apache-2.0 */
/* snmp.c - SNMP versions 1, 2c and 3: who asks whom for what, with which community or user; which
 * objects are set. */
#include <stdio.h>
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* BER tags that occur (RFC 1157, 4; RFC 3416, 3; RFC 3412, 6). */
enum {
	INTEGER = 0x02, OCTETS = 0x04, OID = 0x06, SEQUENCE = 0x30,
	GET = 0xa0, GET_NEXT, RESPONSE, SET, TRAP_V1, GET_BULK, INFORM, TRAP, REPORT
};
enum { VERSION_1 = 0, VERSION_2C = 1, VERSION_3 = 3 };
enum { FLAG_PRIVATE = 2, SECURITY_USM = 3 };	/* RFC 3412, 6.4; RFC 3411, 5 */
enum {
	BINDINGS_MAX = 8,	/* of a message that are read */
	OID_TEXT_MAX = 160, MESSAGES_ENOUGH = 64, ERROR_MOST = 0xff,	/* 18 in RFC 3416, 3; agents have their own */
	MESSAGE_LEAST = 12
};

enum {
	F_VERSION, F_COMMUNITY, F_USER, F_ENGINE, F_PDU, F_OID, F_SET, F_SYS_DESCR, F_SYS_NAME,
	F_ENTERPRISE
};

static const struct field snmp_fields[] = {
	[F_VERSION] = { "snmp.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL, "1, 2c or 3" },
	[F_COMMUNITY] = { "snmp.community", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "community of versions 1 and 2c" },
	[F_USER] = { "snmp.user", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "msgUserName of version 3 (RFC 3414, 2.4)" },
	[F_ENGINE] = { "snmp.engine_id", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "msgAuthoritativeEngineID of version 3: maker's number, then mostly a MAC address" },
	[F_PDU] = { "snmp.pdu", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "get, get_next, response, set, trap, get_bulk, inform, report" },
	[F_OID] = { "snmp.oid", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "objects asked for or told of, the first of each message" },
	[F_SET] = { "snmp.set", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "objects that a SetRequest writes" },
	[F_SYS_DESCR] = { "snmp.sys_descr", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "sysDescr.0 as answered: hardware, software (RFC 3418)" },
	[F_SYS_NAME] = { "snmp.sys_name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "sysName.0 as answered" },
	[F_ENTERPRISE] = { "snmp.enterprise", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "enterprise of a trap of version 1" },
};
#define ID(row) FIELD_ID(PARSER_snmp, row)

static const char *const pdus[] = {
	"get", "get_next", "response", "set", "trap", "get_bulk", "inform", "trap", "report",
};

struct snmp_state {
	uint8_t messages;
};

/* A TLV of this tag, whole; definite lengths of up to four octets (RFC 3417, 8). */
static bool
take(struct cursor *in, uint8_t tag, struct cursor *value)
{
	size_t len;

	if (cur_u8(in) != tag)
		return false;
	len = cur_u8(in);
	if (len > 0x84)
		return false;
	if (len >= 0x80) {
		unsigned n = len & 7;

		for (len = 0; n != 0; n--)
			len = len << 8 | cur_u8(in);
	}
	*value = cur_sub(in, len);
	return !in->short_read;
}

/* An INTEGER of 1 to 4 octets that is not negative. */
static bool
take_uint(struct cursor *in, uint32_t *value)
{
	struct cursor c;

	if (!take(in, INTEGER, &c) || cur_left(&c) == 0 || cur_left(&c) > 5
	    || (cur_peek(&c, 0) & 0x80) != 0)
		return false;
	for (*value = 0; cur_left(&c) != 0;)
		*value = *value << 8 | cur_u8(&c);
	return true;
}

static bool
take_integer(struct cursor *in)
{
	struct cursor c;

	return take(in, INTEGER, &c) && cur_left(&c) >= 1 && cur_left(&c) <= 5;
}

/* Dotted (X.690, 8.19). False when it is empty, longer than fits, or cut within a number. */
static bool
oid_text(struct cursor oid, char text[static OID_TEXT_MAX])
{
	uint32_t number = 0;
	size_t n = 0;
	bool first = true, open = false;

	while (cur_left(&oid) != 0 && n + 14 < OID_TEXT_MAX) {
		uint8_t octet = cur_u8(&oid);

		if (number > UINT32_MAX >> 7)
			return false;
		number = number << 7 | (octet & 0x7f);
		open = (octet & 0x80) != 0;
		if (open)
			continue;
		if (first) {
			unsigned root = number < 80 ? number / 40 : 2;

			n += (size_t)snprintf(text + n, OID_TEXT_MAX - n, "%u.%u", root,
			    number - root * 40);
		} else {
			n += (size_t)snprintf(text + n, OID_TEXT_MAX - n, ".%u", number);
		}
		first = false;
		number = 0;
	}
	return !first && !open && cur_left(&oid) == 0;
}

/* --- messages --- */

struct message {
	uint32_t version;
	bool encrypted;
	struct cursor community;	/* versions 1 and 2c */
	struct cursor user, engine;	/* 3 */
	uint8_t pdu;			/* tag; 0 when it is encrypted */
	struct cursor enterprise, bindings;
};

/* RFC 3416, 3; RFC 1157, 4.1.6 for the trap of version 1. */
static bool
read_pdu(struct cursor *in, struct message *m)
{
	struct cursor body;
	uint32_t status = 0, index = 0;

	m->pdu = cur_peek(in, 0);
	if (m->pdu < GET || m->pdu > REPORT || !take(in, m->pdu, &body))
		return false;
	if (m->pdu == TRAP_V1) {
		if (m->version != VERSION_1 || !take(&body, OID, &m->enterprise))
			return false;
		cur_skip(&body, 1);		/* address: application 0, four octets */
		cur_skip(&body, cur_u8(&body));
		if (!take_integer(&body) || !take_integer(&body))
			return false;
		cur_skip(&body, 1);		/* time stamp: application 3 */
		cur_skip(&body, cur_u8(&body));
	} else if (!take_integer(&body) || !take_uint(&body, &status) || !take_uint(&body, &index)
	    || (m->pdu != GET_BULK && status > ERROR_MOST)) {
		return false;
	}
	return take(&body, SEQUENCE, &m->bindings) && cur_left(&body) == 0;
}

/* USM parameters (RFC 3414, 2.4). */
static bool
read_usm(struct cursor in, struct message *m)
{
	struct cursor usm;
	uint32_t boots, time;

	return take(&in, SEQUENCE, &usm) && take(&usm, OCTETS, &m->engine)
	    && take_uint(&usm, &boots) && take_uint(&usm, &time) && take(&usm, OCTETS, &m->user);
}

/* RFC 3412, 6. */
static bool
read_v3(struct cursor *in, struct message *m)
{
	struct cursor global, flags, security, scoped, c;
	uint32_t id, size, model;

	if (!take(in, SEQUENCE, &global) || !take_uint(&global, &id) || !take_uint(&global, &size)
	    || !take(&global, OCTETS, &flags) || cur_left(&flags) != 1
	    || !take_uint(&global, &model) || cur_left(&global) != 0
	    || !take(in, OCTETS, &security))
		return false;
	if (model == SECURITY_USM && !read_usm(security, m))
		return false;
	m->encrypted = (cur_peek(&flags, 0) & FLAG_PRIVATE) != 0;
	if (m->encrypted)
		return take(in, OCTETS, &c);
	return take(in, SEQUENCE, &scoped) && take(&scoped, OCTETS, &c) && take(&scoped, OCTETS, &c)
	    && read_pdu(&scoped, m) && cur_left(&scoped) == 0;
}

static bool
read_message(struct cursor in, struct message *m)
{
	struct cursor body;

	*m = (struct message){ 0 };
	if (!take(&in, SEQUENCE, &body) || cur_left(&in) != 0 || !take_uint(&body, &m->version))
		return false;
	if (m->version == VERSION_3)
		return read_v3(&body, m) && cur_left(&body) == 0;
	return (m->version == VERSION_1 || m->version == VERSION_2C)
	    && take(&body, OCTETS, &m->community) && read_pdu(&body, m) && cur_left(&body) == 0;
}

static enum probe_result
snmp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct message m;

	(void)p;
	(void)on_port;
	return cur_left(&in) >= MESSAGE_LEAST && read_message(in, &m) ? PROBE_YES : PROBE_NO;
}

/* --- what is kept --- */

static void
put_octets(struct parse *p, unsigned row, struct cursor value)
{
	struct cursor text;

	if (!take(&value, OCTETS, &text))
		return;
	for (struct cursor c = text; cur_left(&c) != 0; cur_skip(&c, 1))
		if (c.at[0] < 0x20 && c.at[0] != '\r' && c.at[0] != '\n' && c.at[0] != '\t')
			return;
	text_put(p, ID(row), text);
}

static void
read_bindings(struct parse *p, const struct message *m)
{
	struct cursor in = m->bindings, binding, oid;
	char text[OID_TEXT_MAX];

	for (unsigned n = 0; n < BINDINGS_MAX && take(&in, SEQUENCE, &binding); n++) {
		if (!take(&binding, OID, &oid) || !oid_text(oid, text)) {
			p->malformed = true;
			return;
		}
		parse_text(p, ID(m->pdu == SET ? F_SET : F_OID), text, strlen(text));
		if (m->pdu != RESPONSE)
			continue;
		if (strcmp(text, "1.3.6.1.2.1.1.1.0") == 0)
			put_octets(p, F_SYS_DESCR, binding);
		else if (strcmp(text, "1.3.6.1.2.1.1.5.0") == 0)
			put_octets(p, F_SYS_NAME, binding);
	}
}

static enum parse_result
snmp_parse(struct parse *p, struct cursor *in)
{
	static const char *const versions[] = { "1", "2c", "", "3" };
	struct snmp_state *st = p->state;
	struct message m;
	char text[OID_TEXT_MAX];

	if (!read_message(*in, &m))
		return PARSE_WRONG;
	cur_skip(in, cur_left(in));
	parse_text(p, ID(F_VERSION), versions[m.version], strlen(versions[m.version]));
	text_put(p, ID(F_COMMUNITY), m.community);
	text_put(p, ID(F_USER), m.user);
	text_put(p, ID(F_ENGINE), m.engine);
	if (m.encrypted) {
		p->reasons |= REASON_ENCRYPTED;
	} else {
		parse_text(p, ID(F_PDU), pdus[m.pdu - GET], strlen(pdus[m.pdu - GET]));
		if (m.pdu == TRAP_V1 && oid_text(m.enterprise, text))
			parse_text(p, ID(F_ENTERPRISE), text, strlen(text));
		read_bindings(p, &m);
	}
	p->reversed = (m.pdu == RESPONSE || m.pdu == REPORT) && p->dir == TO_SERVER
	    && p->flow->pkts[TO_CLIENT] == 0;
	return ++st->messages >= MESSAGES_ENOUGH ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser snmp_parser = {
	.name = "snmp", .spec = "RFC 3411 to 3418, 1157, 1901",
	.udp = true, .ports = { 161, 162 }, .begins = { { SEQUENCE, SEQUENCE } },
	.role = ROLE_DEVICE_MANAGEMENT, .role_confidence = 70,
	.state_size = sizeof(struct snmp_state),
	.probe = snmp_probe, .parse = snmp_parse,
	.fields = snmp_fields, .n_fields = ARRAY_LEN(snmp_fields),
};
