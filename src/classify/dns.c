/* SPDX-License-Identifier: Apache-2.0 */
/* dns.c - DNS over UDP and TCP, multicast DNS and LLMNR: questions, answers, and the names
 * that devices were given addresses for. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "names.h"
#include "parser.h"

/* RFC 1035, 4.1.1; LLMNR (RFC 4795, 2.1.1) keeps the places that are read here.
 *
 *	| id 16 | QR 1 | opcode 4 | AA 1 | TC 1 | RD 1 | RA 1 | Z 1 | AD 1 | CD 1 | rcode 4 |
 *	| questions 16 | answers 16 | authority 16 | additional 16 |
 */
enum {
	FLAG_RESPONSE = 0x8000,
	FLAG_Z = 0x0040,
	OPCODE_SHIFT = 11, OPCODE_MASK = 0xf,
	RCODE_MASK = 0xf,
	HEADER_OCTETS = 12,
	QUESTION_LEAST = 5,	/* root name, type, class */
	RECORD_LEAST = 11,	/* root name, type, class, TTL, length */
	CLASS_MASK = 0x7fff,	/* multicast DNS uses the top bit (RFC 6762, 5.4 and 10.2) */
};

enum {
	NAME_WIRE_MAX = 255,	/* RFC 1035, 2.3.4 */
	NAME_TEXT_MAX = 4 * NAME_WIRE_MAX,	/* when every octet needs \DDD */
	QUESTIONS_MAX = 16,	/* taken of one message */
	ANSWERS_MAX = 64,
	TXT_MAX = 255,
	STREAM_MESSAGE_MAX = 4096,	/* of a message over TCP that is read; the rest is skipped */
	QUESTION_FITS = HEADER_OCTETS + NAME_WIRE_MAX + 4,
	STREAM_PROBE_MAX = 2048,	/* a first message over TCP on an odd port must be smaller */
	PORT_NBNS = 137,
};

enum rr_type {
	TYPE_A = 1, TYPE_NS = 2, TYPE_CNAME = 5, TYPE_PTR = 12, TYPE_MX = 15, TYPE_TXT = 16,
	TYPE_AAAA = 28, TYPE_SRV = 33, TYPE_DNAME = 39, TYPE_SVCB = 64, TYPE_HTTPS = 65
};
enum { SVCB_IPV4HINT = 4, SVCB_IPV6HINT = 6 };	/* RFC 9460, 14.3.2 */

enum { F_QUERY, F_QTYPE, F_RCODE, F_IP, F_CNAME, F_NAME, F_TXT };

static const struct field dns_fields[] = {
	[F_QUERY] = { "dns.query", FIELD_TEXT, MATCH_DOMAIN, FIELD_MANY, NULL,
	    "name asked for, lower case, control octets and dots in labels escaped" },
	[F_QTYPE] = { "dns.qtype", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "type asked for: A, AAAA, HTTPS ... or TYPEn (RFC 3597)" },
	[F_RCODE] = { "dns.rcode", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "result of an answer: NOERROR, NXDOMAIN ... or RCODEn" },
	[F_IP] = { "dns.answer.ip", FIELD_IP, MATCH_ADDRESS, FIELD_MANY, NULL,
	    "address in an A, AAAA, SVCB or HTTPS answer" },
	[F_CNAME] = { "dns.answer.cname", FIELD_TEXT, MATCH_DOMAIN, FIELD_MANY, NULL,
	    "name that the name asked for is an alias of, each step of the chain" },
	[F_NAME] = { "dns.answer.name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "name in a PTR, SRV, MX or NS answer, or target of a service binding" },
	[F_TXT] = { "dns.answer.txt", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "strings of a TXT answer, joined" },
};
#define ID(row) FIELD_ID(PARSER_dns, row)

struct header {
	uint16_t id, flags, questions, answers, authority, additional;
};

struct name {
	size_t len;
	char text[NAME_TEXT_MAX];
};

struct question {
	struct name name;
	uint16_t type, class_;
};

struct rr {
	struct name owner;
	uint16_t type, class_;
	struct cursor data;
};

/* Reading. `msg` is always the whole message, which compression points into. */

static void
name_octet(struct name *n, uint8_t octet)
{
	if (octet < 0x20 || octet == 0x7f) {
		n->text[n->len++] = '\\';
		n->text[n->len++] = (char)('0' + octet / 100);
		n->text[n->len++] = (char)('0' + octet / 10 % 10);
		n->text[n->len++] = (char)('0' + octet % 10);
		return;
	}
	if (octet == '.' || octet == '\\')
		n->text[n->len++] = '\\';
	if (octet >= 'A' && octet <= 'Z')	/* RFC 4343: case means nothing */
		octet |= 0x20;
	n->text[n->len++] = (char)octet;
}

/* Read a name (RFC 1035, 4.1.4) and step over it. False when it breaks a rule or is cut. */
static bool
read_name(struct cursor msg, struct cursor *in, struct name *n)
{
	struct cursor c = *in;
	size_t wire = 1;
	/* pointers must point back ("a prior occurrence"): each before the last, so no loops */
	const uint8_t *before = c.at;
	bool jumped = false;

	n->len = 0;
	for (;;) {
		uint8_t len = cur_u8(&c);

		if (c.short_read)
			break;
		if ((len & 0xc0) == 0xc0) {
			size_t offset = (size_t)(len & 0x3f) << 8 | cur_u8(&c);

			if (!jumped)
				*in = c;
			if (c.short_read || offset >= (size_t)(before - msg.at))
				return false;
			jumped = true;
			c = msg;
			cur_skip(&c, offset);
			before = c.at;
			continue;
		}
		if (len > 63)
			return false;	/* 01 and 10: never came into use */
		wire += (size_t)len + (len != 0);
		if (len == 0 || wire > NAME_WIRE_MAX)
			break;
		if (n->len != 0)
			n->text[n->len++] = '.';
		for (; len > 0; len--)
			name_octet(n, cur_u8(&c));
	}
	if (!jumped)
		*in = c;
	if (n->len == 0)
		n->text[n->len++] = '.';
	return !c.short_read && wire <= NAME_WIRE_MAX;
}

static struct header
read_header(struct cursor *in)
{
	struct header h;

	h.id = cur_be16(in);
	h.flags = cur_be16(in);
	h.questions = cur_be16(in);
	h.answers = cur_be16(in);
	h.authority = cur_be16(in);
	h.additional = cur_be16(in);
	return h;
}

static bool
read_question(struct cursor msg, struct cursor *in, struct question *q)
{
	if (!read_name(msg, in, &q->name))
		return false;
	q->type = cur_be16(in);
	q->class_ = cur_be16(in) & CLASS_MASK;
	return !in->short_read;
}

static bool
read_rr(struct cursor msg, struct cursor *in, struct rr *rr)
{
	if (!read_name(msg, in, &rr->owner))
		return false;
	rr->type = cur_be16(in);
	rr->class_ = cur_be16(in) & CLASS_MASK;
	(void)cur_be32(in);		/* TTL */
	rr->data = cur_sub(in, cur_be16(in));
	return !in->short_read;
}

/* Probing. */

static bool
class_known(uint16_t class_)
{
	/* IN, CH, HS (RFC 1035, 3.2.4), NONE (RFC 2136, 2.4), ANY */
	return class_ == 1 || class_ == 3 || class_ == 4 || class_ == 254 || class_ == 255;
}

/* Do flags and counts make sense in a message of `len` octets? */
static bool
header_sound(const struct header *h, size_t len, bool on_port)
{
	unsigned opcode = h->flags >> OPCODE_SHIFT & OPCODE_MASK;
	size_t least = HEADER_OCTETS + (size_t)h->questions * QUESTION_LEAST +
	    ((size_t)h->answers + h->authority + h->additional) * RECORD_LEAST;

	/* A class that exists after a well-formed name is proof enough on the port: what is
	 * broken behind it, or in the flags, is a broken message of DNS. */
	if (on_port && h->questions != 0)
		return h->questions * (size_t)QUESTION_LEAST + HEADER_OCTETS <= len;
	/* QUERY, IQUERY, STATUS, NOTIFY, UPDATE */
	if (opcode == 3 || opcode > 5 || least > len)
		return false;
	/* an answer may consist of its error code */
	if (h->questions == 0 && h->answers == 0 && h->authority == 0)
		return on_port && (h->flags & FLAG_RESPONSE) != 0 &&
		    (h->flags & RCODE_MASK) != 0 && h->additional <= 2;
	if (on_port)
		return true;		/* multicast DNS: answers alone */
	if (h->questions != 1 || (h->flags & FLAG_Z) != 0 || opcode != 0)
		return false;
	return (h->flags & FLAG_RESPONSE) != 0 ||
	    (h->answers == 0 && (h->flags & RCODE_MASK) == 0);
}

/* NetBIOS has the same header; its names are 32 letters A to P (RFC 1001, 14.1). */
static bool
is_netbios(const struct parse *p, const struct question *q)
{
	size_t i = 0;

	while (i < q->name.len && q->name.text[i] >= 'a' && q->name.text[i] <= 'p')
		i++;
	return p->flow->key.port[0] == PORT_NBNS || p->flow->key.port[1] == PORT_NBNS ||
	    (i == 32 && (q->type == 32 || q->type == 33));
}

/* Where the port says nothing, the whole message must add up. */
static bool
adds_up(struct cursor msg, struct cursor in, const struct header *h)
{
	unsigned n = (unsigned)h->answers + h->authority + h->additional;
	struct rr rr;

	for (unsigned i = 0; i < n && i < ANSWERS_MAX; i++)
		if (!read_rr(msg, &in, &rr))
			return false;
	return n > ANSWERS_MAX || cur_left(&in) == 0;
}

static enum probe_result
probe_message(const struct parse *p, struct cursor msg, size_t wire_len, bool cut, bool on_port)
{
	struct cursor in = msg;
	struct header h = read_header(&in);
	struct question q;
	struct rr rr;

	if (in.short_read || !header_sound(&h, wire_len, on_port))
		return PROBE_NO;
	if (h.questions == 0)	/* multicast DNS answers, or a bare error: on_port only */
		return h.answers == 0 || cut || (read_rr(msg, &in, &rr) && class_known(rr.class_))
		    ? PROBE_YES : PROBE_NO;
	if (!read_question(msg, &in, &q))
		return cut && on_port && in.short_read ? PROBE_YES : PROBE_NO;
	if (!class_known(q.class_) || q.type == 0)
		return PROBE_NO;
	if (on_port)
		return PROBE_YES;
	return q.class_ == 1 && !is_netbios(p, &q) && !cut && adds_up(msg, in, &h) ? PROBE_YES : PROBE_NO;
}

static enum probe_result
dns_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct cursor head, msg;
	size_t len, want;

	if (p->datagram)
		return probe_message(p, in, p->truncated ? UINT16_MAX : cur_left(&in),
		    p->truncated, on_port);
	/* RFC 1035, 4.2.2: two octets of length before each message */
	len = cur_be16(&in);
	if (!in.short_read && len < HEADER_OCTETS)
		return PROBE_NO;
	head = in;
	if (cur_left(&in) >= HEADER_OCTETS) {
		struct header h = read_header(&head);

		if (!header_sound(&h, len, on_port) || h.questions == 0)
			return PROBE_NO;
	}
	want = on_port ? QUESTION_FITS : STREAM_PROBE_MAX;
	if (want > len)
		want = len;
	if (in.short_read || cur_left(&in) < want)
		return PROBE_MORE;
	msg = cur_sub(&in, want);
	return probe_message(p, msg, len, want < len, on_port);
}

/* Writing fields. */

static void
put_name(struct parse *p, unsigned row, const struct name *n)
{
	if (n->len == 0)
		parse_text(p, ID(row), ".", 1);	/* the root */
	else
		parse_text(p, ID(row), n->text, n->len);
}

/* `prefix` and the number, or the name from the table. */
static void
put_code(struct parse *p, unsigned row, const char *name, const char *prefix, unsigned code)
{
	char text[8 + DECIMAL_MAX];
	size_t len = strlen(prefix);

	if (name != NULL) {
		parse_text(p, ID(row), name, strlen(name));
		return;
	}
	memcpy(text, prefix, len);
	len += decimal_put(text + len, code);
	parse_text(p, ID(row), text, len);
}

static void
put_qtype(struct parse *p, uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} types[] = {
		{ 1, "A" }, { 28, "AAAA" }, { 65, "HTTPS" }, { 5, "CNAME" }, { 12, "PTR" },
		{ 33, "SRV" }, { 16, "TXT" }, { 15, "MX" }, { 2, "NS" }, { 6, "SOA" },
		{ 255, "ANY" }, { 35, "NAPTR" }, { 64, "SVCB" }, { 43, "DS" }, { 48, "DNSKEY" },
		{ 46, "RRSIG" }, { 47, "NSEC" }, { 50, "NSEC3" }, { 52, "TLSA" },
		{ 257, "CAA" }, { 256, "URI" }, { 10, "NULL" }, { 13, "HINFO" }, { 39, "DNAME" },
		{ 251, "IXFR" }, { 252, "AXFR" }, { 44, "SSHFP" }, { 99, "SPF" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type) {
			put_code(p, F_QTYPE, types[i].name, "", 0);
			return;
		}
	put_code(p, F_QTYPE, NULL, "TYPE", type);
}

static void
put_rcode(struct parse *p, unsigned rcode)
{
	static const char *const names[] = {	/* RFC 1035, 4.1.1; RFC 2136, 2.2 */
		"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN",
		"YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"
	};

	put_code(p, F_RCODE, rcode < ARRAY_LEN(names) ? names[rcode] : NULL, "RCODE", rcode);
}

/* Who asked: the receiver of the answer. */
static const struct addr *
client_of(const struct parse *p)
{
	return &p->flow->key.addr[1 - flow_end_index(p->flow, p->dir)];
}

/* An answer goes into the record and, unless it is nobody's address, into the name cache. */
static void
put_address(struct parse *p, const struct name *asked, const struct addr *a)
{
	static const struct addr zero;
	const struct addr *client = client_of(p);
	struct addr asker;

	parse_addr(p, ID(F_IP), a);
	/* an answer without a question seen is anybody's word */
	if (p->flow->pkts[1 - p->dir] == 0)
		return;
	/* sinkholes answer 0.0.0.0 or a loopback address: nobody is met there */
	if (asked->len == 0 || addr_is_multicast(client) || addr_is_multicast(a) ||
	    addr_equal(a, &zero) ||
	    (addr_is_ipv4(a) && (a->octet[12] == 0 || a->octet[12] == 127)))
		return;
	asker = names_asker(p->flow, 1 - flow_end_index(p->flow, p->dir));
	names_learn(p->names, &asker, a, asked->text, asked->len, p->now_us);
}

static void
put_addresses(struct parse *p, const struct name *asked, struct cursor data, size_t each)
{
	while (cur_left(&data) >= each) {
		const uint8_t *octets = cur_take(&data, each);
		struct addr a = each == 4 ? addr_from_ipv4(octets) : addr_from_ipv6(octets);

		put_address(p, asked, &a);
	}
}

/* Service binding (RFC 9460, 2.2): priority, target, parameters. Priority 0 is an alias. */
static void
put_binding(struct parse *p, struct cursor msg, const struct name *asked, struct cursor data)
{
	unsigned priority = cur_be16(&data);
	struct name target;

	if (!read_name(msg, &data, &target))
		return;
	if (target.len != 1 || target.text[0] != '.')
		put_name(p, priority == 0 ? F_CNAME : F_NAME, &target);
	while (cur_left(&data) >= 4) {
		unsigned key = cur_be16(&data);
		struct cursor value = cur_sub(&data, cur_be16(&data));

		if (key == SVCB_IPV4HINT)
			put_addresses(p, asked, value, 4);
		else if (key == SVCB_IPV6HINT)
			put_addresses(p, asked, value, 16);
	}
}

static void
put_strings(struct parse *p, struct cursor data)
{
	char text[TXT_MAX];
	size_t len = 0;

	while (cur_left(&data) != 0) {
		struct cursor one = cur_sub(&data, cur_u8(&data));

		while (cur_left(&one) != 0 && len < sizeof(text))
			text[len++] = (char)cur_u8(&one);
	}
	if (len != 0)
		parse_text(p, ID(F_TXT), text, len);
}

static void
put_answer(struct parse *p, struct cursor msg, const struct name *asked, const struct rr *rr)
{
	struct cursor data = rr->data;
	struct name target;

	switch (rr->type) {
	case TYPE_A:
		if (cur_left(&data) == 4)
			put_addresses(p, asked, data, 4);
		return;
	case TYPE_AAAA:
		if (cur_left(&data) == 16)
			put_addresses(p, asked, data, 16);
		return;
	case TYPE_SVCB:
	case TYPE_HTTPS:
		put_binding(p, msg, asked, data);
		return;
	case TYPE_TXT:
		put_strings(p, data);
		return;
	case TYPE_SRV:
		cur_skip(&data, 6);	/* priority, weight, port */
		break;
	case TYPE_MX:
		cur_skip(&data, 2);
		break;
	case TYPE_NS: case TYPE_PTR: case TYPE_CNAME: case TYPE_DNAME:
		break;
	default:
		return;
	}
	if (read_name(msg, &data, &target))
		put_name(p, rr->type == TYPE_CNAME || rr->type == TYPE_DNAME ? F_CNAME : F_NAME,
		    &target);
}

/* Parsing. */

/* False when the header or a question is broken, rather than cut. Answers are read as far as
 * they go: what was asked stays true when the answer is garbage. */
static bool
read_message(struct parse *p, struct cursor msg, bool cut)
{
	struct cursor in = msg;
	struct header h = read_header(&in);
	struct name asked;
	bool response = (h.flags & FLAG_RESPONSE) != 0;
	struct question q;
	struct rr rr;

	asked.len = 0;
	if (in.short_read)
		return cut;
	for (unsigned i = 0; i < h.questions; i++) {
		if (!read_question(msg, &in, &q))
			return cut && in.short_read;
		if (i >= QUESTIONS_MAX)
			continue;
		put_name(p, F_QUERY, &q.name);
		put_qtype(p, q.type);
		if (i == 0) {
			asked.len = q.name.len;
			memcpy(asked.text, q.name.text, q.name.len);
		}
	}
	if (!response)
		return true;	/* multicast DNS lists the answers it knows: nothing new */
	put_rcode(p, h.flags & RCODE_MASK);
	for (unsigned i = 0; i < h.answers && i < ANSWERS_MAX; i++) {
		if (!read_rr(msg, &in, &rr))
			return h.questions != 0 || (cut && in.short_read);
		put_answer(p, msg, h.questions == 0 ? &rr.owner : &asked, &rr);
	}
	return true;
}

/* The first packet of a flow is an answer: the question came from the other end. */
static bool
is_lone_answer(const struct parse *p, struct cursor msg)
{
	struct header h = read_header(&msg);

	return p->dir == TO_SERVER && (h.flags & FLAG_RESPONSE) != 0 &&
	    p->flow->pkts[TO_SERVER] + p->flow->pkts[TO_CLIENT] <= 1 &&
	    !addr_is_multicast(client_of(p));
}

static enum parse_result
dns_parse(struct parse *p, struct cursor *in)
{
	if (p->datagram) {
		struct cursor msg = cur_sub(in, cur_left(in));

		if (!read_message(p, msg, p->truncated))
			return PARSE_WRONG;
		p->reversed = is_lone_answer(p, msg);
		return PARSE_MORE;	/* resolvers ask on: same ports, other names */
	}
	if (p->gap)
		return PARSE_DONE;	/* where the next message starts is lost */
	while (cur_left(in) >= 2) {
		struct cursor try = *in;
		size_t len = cur_be16(&try), want = len;

		if (want > STREAM_MESSAGE_MAX)
			want = STREAM_MESSAGE_MAX;
		if (cur_left(&try) < want)
			return PARSE_MORE;
		if (!read_message(p, cur_sub(&try, want), want < len))
			return PARSE_WRONG;
		len -= want;
		want = len < cur_left(&try) ? len : cur_left(&try);
		cur_skip(&try, want);
		p->skip = len - want;
		*in = try;
	}
	return PARSE_MORE;
}

const struct app_parser dns_parser = {
	.name = "dns", .spec = "RFC 1035",
	.tcp = true, .udp = true, .ports = { 53, 5353, 5355 },
	.role = ROLE_NAME_LOOKUP, .role_confidence = 95,
	.probe = dns_probe, .parse = dns_parse,
	.fields = dns_fields, .n_fields = ARRAY_LEN(dns_fields),
};
