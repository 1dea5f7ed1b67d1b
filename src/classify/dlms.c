/* SPDX-License-Identifier: Apache-2.0 */
/* dlms.c - DLMS/COSEM, the language of smart meters (IEC 62056-5-3): who talks to which
 * logical device, how it is secured, and which objects are read, written or acted on. Framed
 * by the wrapper of IEC 62056-47 or by HDLC (IEC 62056-46), over TCP or UDP. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "parser.h"

/* The wrapper (IEC 62056-47, 5.3.2), then the APDU:
 *
 *	| version 16 | source wPort 16 | destination wPort 16 | length 16 |
 *
 * A wPort names a client or a logical device; 0 is "no station". */
enum {
	WRAPPER_VERSION = 1, WRAPPER_OCTETS = 8,
	CLIENT_MAX = 0x7f,	/* of a client's address: HDLC gives it seven bits */
};

/* HDLC frame format type 3 (IEC 62056-46, 6.4.1), between flags of 0x7e:
 *
 *	| type 1010 | segmented 1 | length 11 | destination | source | control 8 |
 *	[| HCS 16 | information |] | FCS 16 |
 *
 * The length counts all between the flags. Without information there is no HCS. Addresses
 * have 1, 2 or 4 octets; the last one has its lowest bit set. */
enum {
	HDLC_FLAG = 0x7e, HDLC_TYPE = 0xa, HDLC_SEGMENTED = 0x0800, HDLC_LENGTH = 0x07ff,
	HDLC_LEAST = 7,		/* format 2, addresses 1 + 1, control 1, FCS 2 */
	/* control octet without the poll/final bit */
	CONTROL_POLL = 0x10, CONTROL_SNRM = 0x83, CONTROL_DISC = 0x43, CONTROL_UA = 0x63,
	CONTROL_DM = 0x0f, CONTROL_UI = 0x03,
	/* LLC header: e6, then e6 of a command or e7 of a response, then 0 (5.3.2) */
	LLC_OCTETS = 3, LLC_DSAP = 0xe6, LLC_COMMAND = 0xe6, LLC_RESPONSE = 0xe7,
	FCS_RIGHT = 0xf0b8,	/* over octets and their check sum (RFC 1662, C.2) */
};

enum {
	APDU_MOST = 512,	/* octets of one APDU that are read; what is wanted comes first */
	PROBE_APDU_MAX = 4096,	/* of the first APDU on a port that says nothing */
	OBJECTS_MAX = 16,	/* of one request with a list */
	/* A session is known by its first services. Reading profiles goes on for hours. */
	APDUS_ENOUGH = 16, FRAMES_ENOUGH = 64,
};

/* ACSE (IEC 62056-5-3, 6.5 and A.1): BER elements of AARQ and AARE. */
enum {
	ACSE_VERSION = 0x80, ACSE_CONTEXT = 0xa1, AARE_TITLE = 0xa4, AARQ_TITLE = 0xa6,
	AARE_MECHANISM = 0x89, AARQ_MECHANISM = 0x8b, ACSE_USER = 0xbe,
	BER_OID = 0x06, BER_OCTETS = 0x04,
	TITLE_OCTETS = 8,	/* IEC 62056-5-3, 4.3.4 */
	OID_OCTETS = 7, OID_CONTEXT = 1, OID_MECHANISM = 2
};

enum { DATE_TIME_OCTETS = 12, DATA_TAG_MAX = 27 };	/* Data ::= CHOICE, delta types last */
enum { GET_NORMAL = 1, GET_NEXT = 2, GET_WITH_LIST = 3 };
enum { DESCRIPTOR_OCTETS = 9, GET_NORMAL_OCTETS = 13 };

enum {
	F_FRAMING, F_CLIENT, F_SERVER, F_SERVICE, F_CONTEXT, F_MECHANISM, F_TITLE, F_OBJECT,
	F_WRITTEN, F_ACTION
};

static const struct field dlms_fields[] = {
	[F_FRAMING] = { "dlms.framing", FIELD_TEXT, MATCH_NONE, 0, NULL,
	    "what the services are carried in: wrapper or hdlc" },
	[F_CLIENT] = { "dlms.client", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "client's wPort or HDLC address: 1 management, 16 public" },
	[F_SERVER] = { "dlms.server", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "logical device: wPort or upper HDLC address; 1 is the management device" },
	[F_SERVICE] = { "dlms.service", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "kind of APDU: aarq, get-request, data-notification, glo-action-request ..." },
	[F_CONTEXT] = { "dlms.context", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "application context: ln, sn (logical or short names), ln-ciphered or sn-ciphered" },
	[F_MECHANISM] = { "dlms.mechanism", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "authentication asked for: lowest (none), low (password), high, high-gmac ..." },
	[F_TITLE] = { "dlms.system_title", FIELD_HEX, MATCH_NONE, FIELD_MANY, NULL,
	    "system title of either end; its first three octets are the maker's FLAG id in ASCII" },
	[F_OBJECT] = { "dlms.object", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "object asked for: class/OBIS code/attribute, or method of an action" },
	[F_WRITTEN] = { "dlms.set", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "object of a set-request: class/OBIS code/attribute" },
	[F_ACTION] = { "dlms.action", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "object of an action-request: class/OBIS code/method; class 70 switches the supply" },
};
#define ID(row) FIELD_ID(PARSER_dlms, row)

/* How an APDU goes on after its tag. */
enum shape {
	SHAPE_ASSOCIATE,	/* BER, application context name first */
	SHAPE_RELEASE,		/* BER */
	SHAPE_SEALED,		/* length, security header, cipher text */
	SHAPE_TITLED,		/* system title, length, security header, cipher text */
	SHAPE_STRINGS,		/* octet strings: transaction, originator, recipient ... */
	SHAPE_GET, SHAPE_SET, SHAPE_ACTION,
	SHAPE_RESULT,		/* choice, invoke id, more */
	SHAPE_NOTIFY,		/* long invoke id, date and time, data */
	SHAPE_EVENT,		/* time, attribute, data */
	SHAPE_LOOSE		/* nothing in it is proof */
};
enum sender { FROM_EITHER, FROM_CLIENT, FROM_SERVER, FROM_SERVER_UNASKED };

/* APDU tags (IEC 62056-5-3, clause 8: XDLMS-APDU, and A.1: ACSE-APDU). */
static const struct service {
	uint8_t tag, shape, from;
	uint8_t choices;	/* alternatives of those with a choice */
	const char *name;
} services[] = {
	{ 0x05, SHAPE_LOOSE, FROM_CLIENT, 0, "read-request" },
	{ 0x06, SHAPE_LOOSE, FROM_CLIENT, 0, "write-request" },
	{ 0x0c, SHAPE_LOOSE, FROM_SERVER, 0, "read-response" },
	{ 0x0d, SHAPE_LOOSE, FROM_SERVER, 0, "write-response" },
	{ 0x0e, SHAPE_LOOSE, FROM_SERVER, 0, "confirmed-service-error" },
	{ 0x0f, SHAPE_NOTIFY, FROM_SERVER_UNASKED, 0, "data-notification" },
	{ 0x10, SHAPE_LOOSE, FROM_CLIENT, 0, "data-notification-confirm" },
	{ 0x16, SHAPE_LOOSE, FROM_CLIENT, 0, "unconfirmed-write-request" },
	{ 0x18, SHAPE_LOOSE, FROM_SERVER_UNASKED, 0, "information-report-request" },
	{ 0x25, SHAPE_SEALED, FROM_CLIENT, 0, "glo-read-request" },
	{ 0x26, SHAPE_SEALED, FROM_CLIENT, 0, "glo-write-request" },
	{ 0x2c, SHAPE_SEALED, FROM_SERVER, 0, "glo-read-response" },
	{ 0x2d, SHAPE_SEALED, FROM_SERVER, 0, "glo-write-response" },
	{ 0x2e, SHAPE_SEALED, FROM_SERVER, 0, "glo-confirmed-service-error" },
	{ 0x36, SHAPE_SEALED, FROM_CLIENT, 0, "glo-unconfirmed-write-request" },
	{ 0x38, SHAPE_SEALED, FROM_SERVER_UNASKED, 0, "glo-information-report-request" },
	{ 0x45, SHAPE_SEALED, FROM_CLIENT, 0, "ded-read-request" },
	{ 0x46, SHAPE_SEALED, FROM_CLIENT, 0, "ded-write-request" },
	{ 0x4c, SHAPE_SEALED, FROM_SERVER, 0, "ded-read-response" },
	{ 0x4d, SHAPE_SEALED, FROM_SERVER, 0, "ded-write-response" },
	{ 0x4e, SHAPE_SEALED, FROM_SERVER, 0, "ded-confirmed-service-error" },
	{ 0x56, SHAPE_SEALED, FROM_CLIENT, 0, "ded-unconfirmed-write-request" },
	{ 0x58, SHAPE_SEALED, FROM_SERVER_UNASKED, 0, "ded-information-report-request" },
	{ 0x60, SHAPE_ASSOCIATE, FROM_CLIENT, 0, "aarq" },
	{ 0x61, SHAPE_ASSOCIATE, FROM_SERVER, 0, "aare" },
	{ 0x62, SHAPE_RELEASE, FROM_CLIENT, 0, "rlrq" },
	{ 0x63, SHAPE_RELEASE, FROM_SERVER, 0, "rlre" },
	{ 0xc0, SHAPE_GET, FROM_CLIENT, 3, "get-request" },
	{ 0xc1, SHAPE_SET, FROM_CLIENT, 5, "set-request" },
	{ 0xc2, SHAPE_EVENT, FROM_SERVER_UNASKED, 0, "event-notification-request" },
	{ 0xc3, SHAPE_ACTION, FROM_CLIENT, 6, "action-request" },
	{ 0xc4, SHAPE_RESULT, FROM_SERVER, 3, "get-response" },
	{ 0xc5, SHAPE_RESULT, FROM_SERVER, 5, "set-response" },
	{ 0xc7, SHAPE_RESULT, FROM_SERVER, 4, "action-response" },
	{ 0xc8, SHAPE_SEALED, FROM_CLIENT, 0, "glo-get-request" },
	{ 0xc9, SHAPE_SEALED, FROM_CLIENT, 0, "glo-set-request" },
	{ 0xca, SHAPE_SEALED, FROM_SERVER_UNASKED, 0, "glo-event-notification-request" },
	{ 0xcb, SHAPE_SEALED, FROM_CLIENT, 0, "glo-action-request" },
	{ 0xcc, SHAPE_SEALED, FROM_SERVER, 0, "glo-get-response" },
	{ 0xcd, SHAPE_SEALED, FROM_SERVER, 0, "glo-set-response" },
	{ 0xcf, SHAPE_SEALED, FROM_SERVER, 0, "glo-action-response" },
	{ 0xd0, SHAPE_SEALED, FROM_CLIENT, 0, "ded-get-request" },
	{ 0xd1, SHAPE_SEALED, FROM_CLIENT, 0, "ded-set-request" },
	{ 0xd2, SHAPE_SEALED, FROM_SERVER_UNASKED, 0, "ded-event-notification-request" },
	{ 0xd3, SHAPE_SEALED, FROM_CLIENT, 0, "ded-action-request" },
	{ 0xd4, SHAPE_SEALED, FROM_SERVER, 0, "ded-get-response" },
	{ 0xd5, SHAPE_SEALED, FROM_SERVER, 0, "ded-set-response" },
	{ 0xd7, SHAPE_SEALED, FROM_SERVER, 0, "ded-action-response" },
	{ 0xd8, SHAPE_LOOSE, FROM_SERVER, 0, "exception-response" },
	{ 0xd9, SHAPE_LOOSE, FROM_CLIENT, 0, "access-request" },
	{ 0xda, SHAPE_LOOSE, FROM_SERVER, 0, "access-response" },
	{ 0xdb, SHAPE_TITLED, FROM_EITHER, 0, "general-glo-ciphering" },
	{ 0xdc, SHAPE_TITLED, FROM_EITHER, 0, "general-ded-ciphering" },
	{ 0xdd, SHAPE_STRINGS, FROM_EITHER, 0, "general-ciphering" },
	{ 0xdf, SHAPE_STRINGS, FROM_EITHER, 0, "general-signing" },
	{ 0xe0, SHAPE_LOOSE, FROM_EITHER, 0, "general-block-transfer" },
};

struct dlms_state {
	uint8_t apdus, frames;
	bool within[2];		/* HDLC, by the flow key's end: its next frame goes on with an APDU */
};

static const struct service *
service_of(uint8_t tag)
{
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (services[i].tag == tag)
			return &services[i];
	return NULL;
}

/* BER and A-XDR have the same lengths, as far as we meet them. More than two octets: too
 * much for any APDU, and told as UINT32_MAX. */
static uint32_t
read_length(struct cursor *in)
{
	uint8_t first = cur_u8(in);

	if (first < 0x80)
		return first;
	if (first == 0x81)
		return cur_u8(in);
	return first == 0x82 ? cur_be16(in) : UINT32_MAX;
}

/* joint-iso-ccitt(2) country(16) 756 identified-organization(5) DLMS-UA(8), kind, number
 * (IEC 62056-5-3, 4.2.2). -1 when it is another one. */
static int
read_oid(struct cursor *in, uint8_t kind)
{
	static const uint8_t start[] = { 0x60, 0x85, 0x74, 0x05, 0x08 };
	const uint8_t *p = cur_take(in, OID_OCTETS);

	return p != NULL && memcmp(p, start, sizeof(start)) == 0 && p[5] == kind ? p[6] : -1;
}

/* --- is this an APDU? --- */

/* Octets of an APDU checked from the front. What does not fit is bad only if it is there. */
struct check {
	struct cursor in;
	const uint8_t *start;
	size_t len;		/* of the APDU, as its frame says */
	bool bad;
};

static void
expect(struct check *c, bool fits)
{
	if (!c->in.short_read && !fits)
		c->bad = true;
}

/* Octets of the APDU behind the cursor. */
static size_t
rest(const struct check *c)
{
	return c->len - (size_t)(c->in.at - c->start);
}

static void
expect_string(struct check *c, size_t len)
{
	expect(c, len <= rest(c));
	if (!c->bad)
		cur_skip(&c->in, len);
}

/* The length of all that follows. */
static void
expect_length(struct check *c)
{
	uint32_t len = read_length(&c->in);

	expect(c, len == rest(c));
}

static void
check_associate(struct check *c)
{
	uint8_t tag;

	expect_length(c);
	tag = cur_u8(&c->in);
	if (tag == ACSE_VERSION) {
		expect_string(c, cur_u8(&c->in));
		tag = cur_u8(&c->in);
	}
	expect(c, tag == ACSE_CONTEXT);
	expect(c, cur_u8(&c->in) >= 2 + OID_OCTETS);
	expect(c, cur_u8(&c->in) == BER_OID);
	expect(c, cur_u8(&c->in) == OID_OCTETS);
	expect(c, read_oid(&c->in, OID_CONTEXT) > 0);
}

static void
check_release(struct check *c)
{
	expect_length(c);
	if (rest(c) != 0) {
		uint8_t tag = cur_u8(&c->in);

		expect(c, tag == 0x80 || tag == ACSE_USER);	/* reason, user information */
	}
}

/* Security control and invocation counter (IEC 62056-5-3, 5.3.5): suites 0 to 2, and either
 * authenticated or encrypted. */
static void
check_sealed(struct check *c)
{
	uint8_t control;

	expect_length(c);
	expect(c, rest(c) > 5);
	control = cur_u8(&c->in);
	expect(c, (control & 0xf) <= 2 && (control & 0x30) != 0);
}

static void
check_titled(struct check *c)
{
	uint8_t len = cur_u8(&c->in);

	expect(c, len == 0 || len == TITLE_OCTETS);
	expect_string(c, len);
	check_sealed(c);
}

static void
check_strings(struct check *c)
{
	for (unsigned i = 0; i < 5 && !c->bad; i++)
		expect_string(c, cur_u8(&c->in));
	expect(c, rest(c) != 0);
}

static void
check_request(struct check *c, const struct service *s)
{
	uint8_t choice = cur_u8(&c->in);

	expect(c, choice >= 1 && choice <= s->choices);
	cur_skip(&c->in, 1);		/* invoke id and priority */
	if (choice == 1) {
		expect(c, cur_be16(&c->in) != 0);	/* class */
		cur_skip(&c->in, DESCRIPTOR_OCTETS - 2);
		if (s->shape == SHAPE_GET)	/* access selection */
			expect(c, c->len == GET_NORMAL_OCTETS ? cur_u8(&c->in) == 0
			    : c->len > GET_NORMAL_OCTETS && cur_u8(&c->in) == 1);
	} else if (s->shape == SHAPE_GET && choice == GET_NEXT) {
		expect(c, c->len == 7);
	} else {
		expect(c, rest(c) >= 4);
	}
}

static void
check_result(struct check *c, const struct service *s)
{
	uint8_t choice = cur_u8(&c->in);

	expect(c, choice >= 1 && choice <= s->choices);
	cur_skip(&c->in, 1);
	expect(c, rest(c) != 0);
	choice = cur_u8(&c->in);	/* data or an error; last block; result; count */
	expect(c, s->tag != 0xc4 || choice <= 1 || rest(c) > choice);
}

static void
check_notify(struct check *c)
{
	uint8_t len;

	cur_skip(&c->in, 4);
	len = cur_u8(&c->in);
	expect(c, len == 0 || len == DATE_TIME_OCTETS);
	expect_string(c, len);
	expect(c, rest(c) != 0);
	expect(c, cur_u8(&c->in) <= DATA_TAG_MAX);
}

static void
check_event(struct check *c)
{
	uint8_t timed = cur_u8(&c->in);

	expect(c, timed <= 1);
	if (timed == 1)
		expect_string(c, cur_u8(&c->in));
	expect(c, cur_be16(&c->in) != 0);
	expect(c, rest(c) > DESCRIPTOR_OCTETS - 2);
}

/* `in`: as much of an APDU of `len` octets as there is. */
static enum probe_result
check_apdu(struct cursor in, size_t len, bool on_port)
{
	struct check c = { .in = in, .start = in.at, .len = len };
	const struct service *s = service_of(cur_u8(&c.in));

	if (c.in.short_read)
		return PROBE_MORE;
	if (s == NULL || len < 2)
		return PROBE_NO;
	switch ((enum shape)s->shape) {
	case SHAPE_ASSOCIATE:	check_associate(&c); break;
	case SHAPE_RELEASE:	check_release(&c); break;
	case SHAPE_SEALED:	check_sealed(&c); break;
	case SHAPE_TITLED:	check_titled(&c); break;
	case SHAPE_STRINGS:	check_strings(&c); break;
	case SHAPE_GET:
	case SHAPE_SET:
	case SHAPE_ACTION:	check_request(&c, s); break;
	case SHAPE_RESULT:	check_result(&c, s); break;
	case SHAPE_NOTIFY:	check_notify(&c); break;
	case SHAPE_EVENT:	check_event(&c); break;
	case SHAPE_LOOSE:	c.bad = !on_port; break;
	}
	return c.bad ? PROBE_NO : c.in.short_read ? PROBE_MORE : PROBE_YES;
}

/* --- frames --- */

struct wrapper {
	uint16_t source, destination, len;
};

/* False: what is there of it does not fit. */
static bool
read_wrapper(struct cursor *in, struct wrapper *w)
{
	bool any = cur_left(in) != 0;

	if (any && (cur_peek(in, 0) != 0 || (cur_left(in) > 1 && cur_peek(in, 1) != 1)))
		return false;
	cur_skip(in, 2);
	w->source = cur_be16(in);
	if (!in->short_read && w->source == 0)
		return false;
	w->destination = cur_be16(in);
	if (!in->short_read && (w->destination == 0
	    || (w->source > CLIENT_MAX && w->destination > CLIENT_MAX)))
		return false;
	w->len = cur_be16(in);
	return in->short_read || w->len != 0;
}

struct hdlc {
	uint8_t control;
	bool segmented;
	bool right;		/* its check sums are; otherwise the rest means nothing */
	uint32_t destination, source;	/* upper address: client or logical device */
	struct cursor info;
};

/* FCS-16 as in RFC 1662, C.2, by nibbles (IEC 62056-46, 6.4.4 and annex A). */
static bool
sum_right(struct cursor in)
{
	static const uint16_t table[16] = {
		0x0000, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285, 0x6306, 0x7387,
		0x8408, 0x9489, 0xa50a, 0xb58b, 0xc60c, 0xd68d, 0xe70e, 0xf78f
	};
	unsigned sum = 0xffff;

	while (cur_left(&in) != 0) {
		uint8_t octet = cur_u8(&in);

		sum = sum >> 4 ^ table[(sum ^ octet) & 0xf];
		sum = sum >> 4 ^ table[(sum ^ octet >> 4) & 0xf];
	}
	return sum == FCS_RIGHT;
}

/* 1, 2 or 4 octets of seven bits (IEC 62056-46, 6.4.2.2); the first half is the upper
 * address. False: another length. */
static bool
read_address(struct cursor *in, uint32_t *upper)
{
	uint32_t all = 0;
	unsigned n = 0;
	uint8_t octet;

	do {
		octet = cur_u8(in);
		all = all << 7 | octet >> 1;
		n++;
	} while ((octet & 1) == 0 && n < 4 && !in->short_read);
	*upper = n == 4 ? all >> 14 : n == 2 ? all >> 7 : all;
	return (octet & 1) != 0 && n != 3;
}

/* One frame, `in` on its format octets. PROBE_MORE: it is not all there; `in` is unchanged.
 * A frame with a wrong check sum is read over, for the receiver will (IEC 62056-46, 6.4.4). */
static enum probe_result
read_hdlc(struct cursor *in, struct hdlc *h)
{
	struct cursor try = *in, frame, head;
	uint16_t format = cur_be16(&try);
	size_t len = format & HDLC_LENGTH;

	if (cur_left(in) != 0 && cur_peek(in, 0) >> 4 != HDLC_TYPE)
		return PROBE_NO;
	if (try.short_read)
		return PROBE_MORE;
	if (len < HDLC_LEAST)
		return PROBE_NO;
	try = *in;
	if (cur_left(&try) <= len)
		return PROBE_MORE;	/* the flag that ends it, too */
	frame = cur_sub(&try, len);
	head = frame;
	if (cur_u8(&try) != HDLC_FLAG)
		return PROBE_NO;
	h->right = sum_right(frame);
	if (!h->right) {
		*in = try;
		return PROBE_YES;
	}
	frame.end -= 2;			/* len is at least HDLC_LEAST */
	cur_skip(&frame, 2);
	if (!read_address(&frame, &h->destination) || !read_address(&frame, &h->source))
		return PROBE_NO;
	h->control = cur_u8(&frame);
	h->segmented = (format & HDLC_SEGMENTED) != 0;
	if (frame.short_read)
		return PROBE_NO;
	if (cur_left(&frame) != 0) {
		cur_skip(&frame, 2);
		head.end = frame.at;
		if (frame.short_read)
			return PROBE_NO;
		h->right = sum_right(head);
	}
	h->info = frame;
	*in = try;
	return PROBE_YES;
}

static void
skip_flags(struct cursor *in)
{
	while (cur_left(in) != 0 && cur_peek(in, 0) == HDLC_FLAG)
		cur_skip(in, 1);
}

/* --- probing --- */

static enum probe_result
probe_hdlc(struct cursor in)
{
	struct hdlc h;
	enum probe_result result;

	skip_flags(&in);
	result = read_hdlc(&in, &h);
	return result == PROBE_YES && !h.right ? PROBE_NO : result;
}

/* On any port: frames, with the same two ends, fill the octets. */
static enum probe_result
add_up(const struct parse *p, struct cursor in, struct wrapper first)
{
	struct wrapper w = first;

	for (;;) {
		if (cur_left(&in) < w.len)
			return p->datagram ? PROBE_NO : PROBE_MORE;
		cur_skip(&in, w.len);
		if (cur_left(&in) == 0)
			return PROBE_YES;
		if (!read_wrapper(&in, &w))
			return PROBE_NO;
		if (in.short_read)
			return p->datagram ? PROBE_NO : PROBE_YES;
		if (w.source != first.source || w.destination != first.destination)
			return PROBE_NO;
		if (!p->datagram && cur_left(&in) < w.len)
			return PROBE_YES;	/* the first one proved enough */
	}
}

static enum probe_result
probe_wrapper(const struct parse *p, struct cursor in, bool on_port)
{
	struct wrapper w;
	struct cursor apdu;
	enum probe_result result;

	if (!read_wrapper(&in, &w))
		return PROBE_NO;
	if (in.short_read)
		return PROBE_MORE;
	apdu = in;
	apdu = cur_sub(&apdu, w.len);
	apdu.short_read = false;
	result = check_apdu(apdu, w.len, on_port);
	if (result == PROBE_NO || (!on_port && w.len > PROBE_APDU_MAX))
		return PROBE_NO;
	if (p->datagram && p->truncated && on_port)
		return result;
	if (p->datagram || !on_port) {
		enum probe_result all = add_up(p, in, w);

		return all == PROBE_YES ? result : all;
	}
	return result;
}

static enum probe_result
dlms_probe(const struct parse *p, struct cursor in, bool on_port)
{
	return cur_peek(&in, 0) == HDLC_FLAG ? probe_hdlc(in) : probe_wrapper(p, in, on_port);
}

/* --- fields --- */

static void
put_name(struct parse *p, unsigned row, const char *name)
{
	parse_text(p, ID(row), name, strlen(name));
}

/* Class, logical name (OBIS code) and attribute or method (IEC 62056-5-3, clause 8,
 * Cosem-Attribute-Descriptor), as "3/1.0.1.8.0.255/2". `row`: said there as well. */
static bool
put_object(struct parse *p, struct cursor *in, unsigned row)
{
	char text[5 + 1 + 6 * 4 + 1 + 3];
	uint16_t class_ = cur_be16(in);
	size_t len = decimal_put(text, class_);
	uint8_t id;

	text[len++] = '/';
	for (unsigned i = 0; i < 6; i++) {
		len += decimal_put(text + len, cur_u8(in));
		text[len++] = i < 5 ? '.' : '/';
	}
	id = cur_u8(in);		/* Integer8: below 0 are the makers' own */
	if (id >= 0x80)
		text[len++] = '-';
	len += decimal_put(text + len, id >= 0x80 ? 0x100u - id : id);
	if (in->short_read || class_ == 0)
		return false;
	parse_text(p, ID(F_OBJECT), text, len);
	if (row != F_OBJECT)
		parse_text(p, ID(row), text, len);
	return true;
}

/* `in` behind the tag. Which choices begin with one object, and which with a list
 * (IEC 62056-5-3, clause 8): get 1 | 3; set 1, 2 | 4, 5; action 1, 4 | 3, 5. */
static void
read_objects(struct parse *p, const struct service *s, struct cursor in)
{
	uint8_t choice = cur_u8(&in);
	bool action = s->shape == SHAPE_ACTION, set = s->shape == SHAPE_SET;
	bool one = choice == 1 || (set && choice == 2) || (action && choice == 4);
	bool list = choice == 3 || (set && choice == 4) || (choice == 5 && s->choices >= 5);
	unsigned row = action ? F_ACTION : set ? F_WRITTEN : F_OBJECT;
	uint32_t n = one ? 1 : 0;

	cur_skip(&in, 1);		/* invoke id and priority */
	if (!one && list && !(set && choice == 3))
		n = read_length(&in);
	for (uint32_t i = 0; i < n && i < OBJECTS_MAX; i++) {
		if (!put_object(p, &in, row))
			break;
		/* how a selection ends is known only by reading its data */
		if (!action && cur_u8(&in) != 0)
			break;
	}
}

static void
put_title(struct parse *p, struct cursor title)
{
	if (cur_left(&title) == TITLE_OCTETS)
		parse_cursor(p, ID(F_TITLE), title);
}

static void
put_numbered(struct parse *p, unsigned row, const char *const *names, int n_names, int number)
{
	if (number >= 0 && number < n_names)
		put_name(p, row, names[number]);
}

/* IEC 62056-5-3, 4.2.2.2 and 4.2.2.3 */
static const char *const contexts[] = { "none", "ln", "sn", "ln-ciphered", "sn-ciphered" };
static const char *const mechanisms[] = {
	"lowest", "low", "high", "high-md5", "high-sha1", "high-gmac", "high-sha256", "high-ecdsa"
};

/* `in` behind the tag. */
static void
read_associate(struct parse *p, bool request, struct cursor in)
{
	bool secured = false;
	struct cursor all, value;

	all = cur_sub(&in, read_length(&in));
	while (cur_left(&all) != 0) {
		uint8_t tag = cur_u8(&all);

		value = cur_sub(&all, read_length(&all));
		if (all.short_read)
			return;
		if (tag == ACSE_CONTEXT) {
			cur_skip(&value, 2);
			put_numbered(p, F_CONTEXT, contexts, ARRAY_LEN(contexts),
			    read_oid(&value, OID_CONTEXT));
		} else if (tag == (request ? AARQ_TITLE : AARE_TITLE)) {
			if (cur_u8(&value) == BER_OCTETS)
				put_title(p, cur_sub(&value, read_length(&value)));
		} else if (tag == (request ? AARQ_MECHANISM : AARE_MECHANISM)) {
			secured = true;
			put_numbered(p, F_MECHANISM, mechanisms, ARRAY_LEN(mechanisms),
			    read_oid(&value, OID_MECHANISM));
		}
	}
	if (request && !secured)
		put_name(p, F_MECHANISM, mechanisms[0]);
}

static void
read_titles(struct parse *p, const struct service *s, struct cursor in)
{
	if (s->shape == SHAPE_STRINGS)
		cur_skip(&in, read_length(&in));	/* transaction id */
	put_title(p, cur_sub(&in, read_length(&in)));	/* originator's */
}

static bool
sealed(const struct service *s)
{
	return s->shape == SHAPE_SEALED || s->shape == SHAPE_TITLED || s->tag == 0xdd;
}

/* NULL when it has no tag that we know. `apdu` may be cut at its end. */
static const struct service *
read_apdu(struct parse *p, struct dlms_state *st, struct cursor apdu)
{
	const struct service *s = service_of(cur_u8(&apdu));

	if (s == NULL)
		return NULL;
	st->apdus++;
	put_name(p, F_SERVICE, s->name);
	if (sealed(s))
		p->reasons |= REASON_ENCRYPTED;
	switch ((enum shape)s->shape) {
	case SHAPE_ASSOCIATE:
		read_associate(p, s->from == FROM_CLIENT, apdu);
		break;
	case SHAPE_TITLED:
	case SHAPE_STRINGS:
		read_titles(p, s, apdu);
		break;
	case SHAPE_GET:
	case SHAPE_SET:
	case SHAPE_ACTION:
		read_objects(p, s, apdu);
		break;
	default:
		break;
	}
	/* an answer to nothing: its sender was asked before we looked; a push is none */
	if (s->from == FROM_SERVER && p->dir == TO_SERVER
	    && p->flow->pkts[TO_SERVER] + p->flow->pkts[TO_CLIENT] <= 1)
		p->reversed = true;
	return s;
}

static void
put_ends(struct parse *p, uint32_t client, uint32_t server)
{
	parse_uint(p, ID(F_CLIENT), client);
	parse_uint(p, ID(F_SERVER), server);
}

/* --- parsing --- */

static bool
enough(const struct dlms_state *st)
{
	return st->apdus >= APDUS_ENOUGH || st->frames >= FRAMES_ENOUGH;
}

static enum parse_result
parse_wrapper(struct parse *p, struct dlms_state *st, struct cursor *in)
{
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		const struct service *s;
		struct wrapper w;
		size_t want, skip;

		if (!read_wrapper(&try, &w))
			return PARSE_WRONG;
		want = w.len < APDU_MOST ? w.len : APDU_MOST;
		if (try.short_read || cur_left(&try) < (p->datagram ? w.len : want)) {
			if (!p->datagram)
				return PARSE_MORE;
			if (!p->truncated)
				return PARSE_WRONG;
			if (try.short_read)
				return PARSE_MORE;
			want = cur_left(&try) < want ? cur_left(&try) : want;
		}
		s = read_apdu(p, st, cur_sub(&try, want));
		st->frames++;
		/* A tag that we don't know does no harm: the next frame is where it should be. */
		if (s != NULL && s->from == FROM_CLIENT)
			put_ends(p, w.source, w.destination);
		else if (s != NULL && s->from != FROM_EITHER)
			put_ends(p, w.destination, w.source);
		skip = w.len - want;
		want = skip < cur_left(&try) ? skip : cur_left(&try);
		cur_skip(&try, want);
		p->skip = skip - want;
		*in = try;
		put_name(p, F_FRAMING, "wrapper");
		if (enough(st))
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

static void
read_information(struct parse *p, struct dlms_state *st, const struct hdlc *h)
{
	bool *within = &st->within[flow_end_index(p->flow, p->dir)];
	struct cursor info = h->info;
	bool first = !*within;

	*within = h->segmented;
	if (!first)
		return;			/* the rest of an APDU that was cut into frames */
	if (cur_u8(&info) == LLC_DSAP) {
		bool command = cur_u8(&info) == LLC_COMMAND;

		cur_skip(&info, 1);
		if (info.short_read)
			return;
		put_ends(p, command ? h->source : h->destination,
		    command ? h->destination : h->source);
		(void)read_apdu(p, st, info);
	}
}

static void
read_frame(struct parse *p, struct dlms_state *st, const struct hdlc *h)
{
	uint8_t control;

	st->frames++;
	if (!h->right)
		return;
	control = h->control & (uint8_t)~CONTROL_POLL;
	put_name(p, F_FRAMING, "hdlc");
	if ((h->control & 1) == 0 || control == CONTROL_UI)
		read_information(p, st, h);
	else if (control == CONTROL_SNRM || control == CONTROL_DISC)
		put_ends(p, h->source, h->destination);
	else if (control == CONTROL_UA || control == CONTROL_DM)
		put_ends(p, h->destination, h->source);
}

static enum parse_result
parse_hdlc(struct parse *p, struct dlms_state *st, struct cursor *in)
{
	for (;;) {
		struct hdlc h;

		/* the flag that ends a frame may begin the next */
		skip_flags(in);
		if (cur_left(in) == 0)
			return PARSE_MORE;
		switch (read_hdlc(in, &h)) {
		case PROBE_NO:
			return PARSE_WRONG;
		case PROBE_MORE:
			return p->datagram && !p->truncated ? PARSE_WRONG : PARSE_MORE;
		case PROBE_YES:
			read_frame(p, st, &h);
		}
		if (enough(st))
			return PARSE_DONE;
	}
}

static enum parse_result
dlms_parse(struct parse *p, struct cursor *in)
{
	struct dlms_state *st = p->state;
	uint8_t first = cur_peek(in, 0);

	if (p->gap && !p->datagram)
		return PARSE_DONE;	/* where the next frame starts is lost */
	/* A wrapper begins with 0; HDLC with a flag or, when that ended a frame, its type. */
	return first == HDLC_FLAG || first >> 4 == HDLC_TYPE ? parse_hdlc(p, st, in)
	    : parse_wrapper(p, st, in);
}

const struct app_parser dlms_parser = {
	.name = "dlms", .spec = "IEC 62056-5-3, 62056-46, 62056-47",
	.tcp = true, .udp = true, .ports = { 4059 },
	.role = ROLE_TELEMETRY, .role_confidence = 60,
	.state_size = sizeof(struct dlms_state),
	.probe = dlms_probe, .parse = dlms_parse,
	.fields = dlms_fields, .n_fields = ARRAY_LEN(dlms_fields),
};
