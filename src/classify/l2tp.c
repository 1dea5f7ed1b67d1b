/* SPDX-License-Identifier: Apache-2.0 */
/* l2tp.c - L2TP versions 2 and 3 over UDP (RFC 2661, 3931): which concentrators, of which make. Data
 * messages alone are not recognised: nothing in them is sure. */
#include <string.h>

#include "macros.h"
#include "parser.h"
#include "text.h"

/* Control message (RFC 2661, 3.1; RFC 3931, 3.2.1): flags T, L and S set and version, length, tunnel
 * and session (or one control connection), Ns, Nr, then AVPs (4.1), the message type first:
 *
 *	| M 1 | H 1 | reserved 4 | length 10 | vendor 16 | type 16 | value ... | */
enum {
	FLAGS = 0xc800, FLAGS_V2 = FLAGS | 2, FLAGS_V3 = FLAGS | 3,
	HEADER_OCTETS = 12, AVP_OCTETS = 6, AVPS_MAX = 32, TYPE_MOST = 28,
	AVP_HIDDEN = 0x4000, AVP_LENGTH = 0x03ff,
	MESSAGE_TYPE = 0, HOST_NAME = 7, VENDOR_NAME = 8, CALLING = 22, CALLED = 21,
	MESSAGES_ENOUGH = 16,
};

enum { F_VERSION, F_TYPE, F_HOST, F_VENDOR, F_CALLING, F_CALLED };

static const struct field l2tp_fields[] = {
	[F_VERSION] = { "l2tp.version", FIELD_UINT, MATCH_NONE, 0, NULL, "2 or 3" },
	[F_TYPE] = { "l2tp.message_type", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "control messages: 1 SCCRQ, 2 SCCRP, 3 SCCCN, 4 StopCCN, 6 Hello, 10 ICRQ ..." },
	[F_HOST] = { "l2tp.host_name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "host names of the concentrators" },
	[F_VENDOR] = { "l2tp.vendor_name", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "vendor names of the concentrators" },
	[F_CALLING] = { "l2tp.calling_number", FIELD_TEXT, MATCH_NONE,
	    FIELD_MANY | FIELD_MAY_IDENTIFY, NULL, "number that calls: in mobile networks an MSISDN" },
	[F_CALLED] = { "l2tp.called_number", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "number called: in mobile networks an APN" },
};
#define ID(row) FIELD_ID(PARSER_l2tp, row)

struct l2tp_state {
	uint8_t messages;
};

struct avp {
	uint16_t vendor, type;
	bool hidden;
	struct cursor value;
};

static bool
take_avp(struct cursor *in, struct avp *a)
{
	uint16_t head = cur_be16(in);
	size_t len = head & AVP_LENGTH;

	a->hidden = (head & AVP_HIDDEN) != 0;
	a->vendor = cur_be16(in);
	a->type = cur_be16(in);
	if (in->short_read || len < AVP_OCTETS || (head & 0x3c00) != 0)
		return false;
	a->value = cur_sub(in, len - AVP_OCTETS);
	return !in->short_read;
}

/* The AVPs of a control message that is sound; *version 2 or 3. */
static bool
read_header(const struct parse *p, struct cursor in, unsigned *version, struct cursor *avps)
{
	size_t whole = cur_left(&in), len;
	uint16_t flags = cur_be16(&in);
	struct avp a;
	struct cursor walk;

	len = cur_be16(&in);
	cur_skip(&in, HEADER_OCTETS - 4);
	if (in.short_read || (flags != FLAGS_V2 && flags != FLAGS_V3)
	    || (p->truncated ? len < whole : len != whole))
		return false;
	*version = flags & 0x0f;
	*avps = walk = in;
	for (unsigned n = 0; n < AVPS_MAX && cur_left(&walk) != 0; n++) {
		if (!take_avp(&walk, &a))
			return p->truncated && n != 0;
		if (n == 0 && (a.vendor != 0 || a.type != MESSAGE_TYPE || cur_left(&a.value) != 2
		    || a.hidden || cur_be16(&a.value) > TYPE_MOST))
			return false;
	}
	return true;
}

/* A zero-length body acknowledges only: too little to claim a flow. */
static enum probe_result
l2tp_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct cursor avps;
	unsigned version;

	(void)on_port;
	return read_header(p, in, &version, &avps) && cur_left(&avps) != 0 ? PROBE_YES : PROBE_NO;
}

static void
put_text(struct parse *p, unsigned row, struct cursor value)
{
	if (text_printable(value))
		parse_cursor(p, ID(row), value);
}

static void
read_avps(struct parse *p, struct cursor in)
{
	struct avp a;

	while (cur_left(&in) != 0 && take_avp(&in, &a)) {
		if (a.vendor != 0 || a.hidden)
			continue;
		switch (a.type) {
		case MESSAGE_TYPE:
			parse_uint(p, ID(F_TYPE), cur_be16(&a.value));
			break;
		case HOST_NAME:
			put_text(p, F_HOST, a.value);
			break;
		case VENDOR_NAME:
			put_text(p, F_VENDOR, a.value);
			break;
		case CALLING:
			put_text(p, F_CALLING, a.value);
			break;
		case CALLED:
			put_text(p, F_CALLED, a.value);
			break;
		default:
			break;
		}
	}
}

static enum parse_result
l2tp_parse(struct parse *p, struct cursor *in)
{
	struct l2tp_state *st = p->state;
	struct cursor message = *in, avps;
	unsigned version;

	cur_skip(in, cur_left(in));
	if ((cur_peek(&message, 0) & 0x80) == 0 && st->messages != 0)
		return PARSE_DONE;	/* data: the sessions are up */
	if (!read_header(p, message, &version, &avps))
		return PARSE_WRONG;
	parse_uint(p, ID(F_VERSION), version);
	read_avps(p, avps);
	return ++st->messages >= MESSAGES_ENOUGH ? PARSE_DONE : PARSE_MORE;
}

const struct app_parser l2tp_parser = {
	.name = "l2tp", .spec = "RFC 2661, 3931",
	.udp = true, .ports = { 1701 }, .begins = { { FLAGS >> 8, FLAGS >> 8 } },
	.role = ROLE_TUNNEL, .role_confidence = 90, .state_size = sizeof(struct l2tp_state),
	.probe = l2tp_probe, .parse = l2tp_parse,
	.fields = l2tp_fields, .n_fields = ARRAY_LEN(l2tp_fields),
};
