/* SPDX-License-Identifier: Apache-2.0 */
/* supl.c - SUPL, positioning with help over the user plane (OMA-TS-ULP 2.0, 11): which message, and
 * who takes part in the session. Mostly it is in TLS; what is not shows who the device is. On its
 * own port only: its head is short. */
#include <string.h>

#include "decimal.h"
#include "digits.h"
#include "macros.h"
#include "parser.h"
#include "per.h"

/* Unaligned PER (ITU-T X.691), nothing optional but the two halves of the session id:
 *
 *	ULP-PDU: length 16, version 3 * 8, set id?, slp id?, message
 *	SetSessionID: number 16, SETId: extended 1, choice 3 (msisdn, mdn, min, imsi, nai, address)
 *	SlpSessionID: 4 octets, SLPAddress: extended 1, choice 1 (address, name)
 *	UlpMessage: extended 1, choice 3, or what was added: 1, number 6 */
enum {
	LENGTH_LEAST = 8, LENGTH_MOST = 16384,
	MAJOR_MOST = 3, MINOR_MOST = 9,
	NUMBER_OCTETS = 8, MIN_BITS = 34, NAI_BITS = 10, NAI_MOST = 1000, NAME_MOST = 255,
	MESSAGES_ENOUGH = 32,
};
enum set_id { SET_MSISDN, SET_MDN, SET_MIN, SET_IMSI, SET_NAI, SET_ADDRESS, SET_IMEI, SET_NONE };
enum { MESSAGE_INIT, MESSAGE_START, MESSAGE_TRIGGERED_START = 8, ROOT_MESSAGES = 8 };

enum { F_VERSION, F_MESSAGE, F_IMSI, F_MSISDN, F_IMEI, F_NAI, F_SLP };

static const struct field supl_fields[] = {
	[F_VERSION] = { "supl.version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "version of the protocol: 1.0.0, 2.0.4 ..." },
	[F_MESSAGE] = { "supl.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "INIT, START, RESPONSE, POSINIT, POS, END, TRIGGEREDSTART ..." },
	[F_IMSI] = { "supl.imsi", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMSI, NULL,
	    "IMSI that the device gives as its id" },
	[F_MSISDN] = { "supl.msisdn", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MSISDN, NULL,
	    "number that the device gives as its id" },
	[F_IMEI] = { "supl.imei", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_MAY_IDENTIFY | FIELD_IMEI,
	    NULL, "IMEI that the device gives as its id" },
	[F_NAI] = { "supl.nai", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "network access id that the device gives as its id" },
	[F_SLP] = { "supl.slp", FIELD_TEXT, MATCH_DOMAIN, FIELD_MANY, NULL,
	    "name of the location platform of the session" },
};
#define ID(row) FIELD_ID(PARSER_supl, row)

struct supl_state {
	uint8_t messages;
};

static const char *const messages[] = {
	"INIT", "START", "RESPONSE", "POSINIT", "POS", "END", "AUTHREQ", "AUTHRESP",
	"TRIGGEREDSTART", "TRIGGEREDRESPONSE", "TRIGGEREDSTOP", "NOTIFY", "NOTIFYRESPONSE",
	"SETINIT", "REPORT",
};

struct head {
	uint16_t len;
	uint8_t major, minor, service;
	bool has_set, has_slp;
	unsigned message;
	enum set_id set;
	uint8_t number[NUMBER_OCTETS];
	uint16_t name_len, nai_len;
	char name[NAME_MOST], nai[NAI_MOST];
};

static void
read_octets(struct per *per, uint8_t *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)per_bits(per, 8);
}

static void
skip_bits(struct per *per, unsigned n)
{
	for (; n > 32 && per_ok(per); n -= 32)
		(void)per_bits(per, 32);
	(void)per_bits(per, n);
}

/* IPAddress: version 4 or 6. */
static void
skip_address(struct per *per)
{
	skip_bits(per, per_bit(per) ? 128 : 32);
}

static void
read_set(struct per *per, struct head *h)
{
	skip_bits(per, 16);
	if (per_bit(per)) {		/* added by 2.0: IMEI, alone; its number, its length */
		bool imei = per_bits(per, 7) == 0 && per_bits(per, 8) == NUMBER_OCTETS;

		per->bad |= per_ok(per) && !imei;
		h->set = SET_IMEI;
		read_octets(per, h->number, NUMBER_OCTETS);
		return;
	}
	h->set = (enum set_id)per_bits(per, 3);
	switch (h->set) {
	case SET_MSISDN:
	case SET_MDN:
	case SET_IMSI:
		read_octets(per, h->number, NUMBER_OCTETS);
		break;
	case SET_MIN:
		skip_bits(per, MIN_BITS);
		break;
	case SET_NAI:
		h->nai_len = (uint16_t)(per_bits(per, NAI_BITS) + 1);
		per->bad |= h->nai_len > NAI_MOST;
		for (unsigned i = 0; i < h->nai_len && per_ok(per); i++)
			h->nai[i] = (char)per_bits(per, 7);
		break;
	case SET_ADDRESS:
		skip_address(per);
		break;
	default:
		per->bad = true;
	}
}

/* Names are of 64 characters, in the order of ASCII: six bits each. */
static void
read_slp(struct per *per, struct head *h)
{
	static const char letters[] = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	skip_bits(per, 32);
	if (per_bit(per)) {
		per->bad = true;
		return;
	}
	if (!per_bit(per)) {
		skip_address(per);
		return;
	}
	h->name_len = (uint16_t)(per_bits(per, 8) + 1);
	per->bad |= h->name_len > NAME_MOST;
	for (unsigned i = 0; i < h->name_len && per_ok(per); i++)
		h->name[i] = letters[per_bits(per, 6)];
}

/* A device begins a session, a platform another; all other messages have both halves, or the
 * platform's is not there yet. */
static bool
ids_fit(const struct head *h)
{
	if (h->message == MESSAGE_INIT)
		return h->has_slp && !h->has_set;
	if (h->message == MESSAGE_START || h->message == MESSAGE_TRIGGERED_START)
		return h->has_set && !h->has_slp;
	return h->has_set || h->has_slp;
}

static bool
number_fits(const struct head *h)
{
	if (h->set != SET_MSISDN && h->set != SET_MDN && h->set != SET_IMSI && h->set != SET_IMEI)
		return true;
	return digits_from_tbcd(cursor_over(h->number, NUMBER_OCTETS)) != DIGITS_NONE;
}

static enum parse_result
read_head(struct cursor in, struct head *h)
{
	size_t len = (size_t)(cur_peek(&in, 0) << 8 | cur_peek(&in, 1));
	bool whole = cur_left(&in) >= 2 && cur_left(&in) >= len;
	struct per per = per_over(whole ? cur_sub(&in, len) : in);

	memset(h, 0, offsetof(struct head, name));
	h->set = SET_NONE;
	h->len = (uint16_t)per_bits(&per, 16);
	h->major = (uint8_t)per_bits(&per, 8);
	h->minor = (uint8_t)per_bits(&per, 8);
	h->service = (uint8_t)per_bits(&per, 8);
	if (!per_ok(&per))
		return whole ? PARSE_WRONG : PARSE_MORE;
	if (h->len < LENGTH_LEAST || h->len > LENGTH_MOST || h->major == 0
	    || h->major > MAJOR_MOST || h->minor > MINOR_MOST)
		return PARSE_WRONG;
	h->has_set = per_bit(&per);
	h->has_slp = per_bit(&per);
	if (h->has_set)
		read_set(&per, h);
	if (h->has_slp)
		read_slp(&per, h);
	h->message = per_bit(&per) ? ROOT_MESSAGES + per_bits(&per, 7) : per_bits(&per, 3);
	if (per.bad || (per_ok(&per) && (h->message >= ARRAY_LEN(messages) || !ids_fit(h)
	    || !number_fits(h))))
		return PARSE_WRONG;
	return per_ok(&per) ? PARSE_DONE : whole ? PARSE_WRONG : PARSE_MORE;
}

/* One PDU, alone in its datagram; in a stream the next one begins behind it as this does. */
static enum probe_result
supl_probe(const struct parse *p, struct cursor in, bool on_port)
{
	struct head h, next;
	size_t left = cur_left(&in);

	if (!on_port)
		return PROBE_NO;
	switch (read_head(in, &h)) {
	case PARSE_WRONG:	return PROBE_NO;
	case PARSE_MORE:	return p->datagram ? PROBE_NO : PROBE_MORE;
	case PARSE_DONE:	break;
	}
	if (left == h.len)
		return PROBE_YES;
	if (p->datagram)
		return p->truncated && left < h.len ? PROBE_YES : PROBE_NO;
	if (left < h.len)
		return PROBE_MORE;
	cur_skip(&in, h.len);
	switch (read_head(in, &next)) {
	case PARSE_DONE:	return next.major == h.major ? PROBE_YES : PROBE_NO;
	case PARSE_MORE:	return PROBE_MORE;
	default:		return PROBE_NO;
	}
}

/* --- telling --- */

static void
put_number(struct parse *p, unsigned row, const struct head *h)
{
	digits d = digits_from_tbcd(cursor_over(h->number, NUMBER_OCTETS));
	char text[DIGITS_TEXT_MAX];

	if (d != DIGITS_NONE)
		parse_text(p, ID(row), text, digits_text(d, text));
}

static void
put_head(struct parse *p, const struct head *h)
{
	char text[3 * DECIMAL_MAX];
	size_t len = decimal_put(text, h->major);

	text[len++] = '.';
	len += decimal_put(text + len, h->minor);
	text[len++] = '.';
	len += decimal_put(text + len, h->service);
	parse_text(p, ID(F_VERSION), text, len);
	parse_text(p, ID(F_MESSAGE), messages[h->message], strlen(messages[h->message]));
	if (h->set == SET_IMSI)
		put_number(p, F_IMSI, h);
	else if (h->set == SET_MSISDN || h->set == SET_MDN)
		put_number(p, F_MSISDN, h);
	else if (h->set == SET_IMEI)
		put_number(p, F_IMEI, h);
	if (h->nai_len != 0)
		parse_text(p, ID(F_NAI), h->nai, h->nai_len);
	if (h->name_len != 0)
		parse_text(p, ID(F_SLP), h->name, h->name_len);
}

static enum parse_result
supl_parse(struct parse *p, struct cursor *in)
{
	struct supl_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;
	while (cur_left(in) != 0) {
		struct head h;
		enum parse_result result = read_head(*in, &h);
		size_t have;

		if (result == PARSE_MORE && p->datagram)
			return p->truncated ? PARSE_MORE : PARSE_WRONG;
		if (result != PARSE_DONE)
			return result;
		put_head(p, &h);
		if (h.message == MESSAGE_START && p->dir == TO_CLIENT)
			p->reversed = true;
		have = cur_left(in) < h.len ? cur_left(in) : h.len;
		cur_skip(in, have);
		if (!p->datagram)
			p->skip = h.len - have;
		if (++st->messages >= MESSAGES_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser supl_parser = {
	.name = "supl", .spec = "OMA-TS-ULP 2.0",
	.tcp = true, .udp = true, .ports = { 7275 }, .begins = { { 0, 0x40 } },
	.role = ROLE_POSITIONING, .role_confidence = 90, .state_size = sizeof(struct supl_state),
	.probe = supl_probe, .parse = supl_parse,
	.fields = supl_fields, .n_fields = ARRAY_LEN(supl_fields),
};
