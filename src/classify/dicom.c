/* SPDX-License-Identifier: Apache-2.0 */
/* dicom.c - DICOM upper layer over TCP (PS3.8, 9.3): who associates with whom, with what software
 * and for which objects, and which services are then called (PS3.7, 9 and 10). Of data sets
 * nothing is read. */
#include "macros.h"
#include "parser.h"
#include "text.h"

/* PDU (PS3.8, 9.3.1): | type 8 | 0 | length 32 |; those that associate go on:
 *
 *	| version 16 | 0 16 | called title 16 octets | calling title 16 octets | 0 32 octets | items |
 *
 * Item: | type 8 | 0 | length 16 | ... */
enum pdu_type { PDU_REQUEST = 1, PDU_ACCEPT, PDU_REJECT, PDU_DATA, PDU_RELEASE, PDU_RELEASED, PDU_ABORT };
enum item_type {
	ITEM_APPLICATION = 0x10, ITEM_CONTEXT = 0x20, ITEM_CONTEXT_RESULT = 0x21,
	ITEM_ABSTRACT = 0x30, ITEM_TRANSFER = 0x40, ITEM_USER = 0x50, ITEM_CLASS = 0x52,
	ITEM_VERSION = 0x55
};
enum {
	HEAD_OCTETS = 6, FIXED_OCTETS = 68, TITLE_OCTETS = 16, SHORT_BODY = 4,
	ASSOCIATE_MOST = 16384,	/* octets of a PDU that associates, as far as it is read */
	UID_MOST = 64,		/* PS3.5, 9.1 */
	ITEMS_MAX = 256, CONTEXT_OCTETS = 4,	/* context id, 0, result, 0 */
	PDV_HEAD = 6,		/* length, context id, control */
	CONTROL_COMMAND = 1,
	COMMAND_WANTED = 160,	/* octets of a command set that are read */
	ELEMENTS_MAX = 8, COMMANDS_ENOUGH = 32, PDUS_ENOUGH = 4096,
};
enum { ELEMENT_CLASS = 0x0002, ELEMENT_COMMAND = 0x0100, COMMAND_RESPONSE = 0x8000 };

enum {
	F_CALLED, F_CALLING, F_CLASS, F_VERSION, F_ABSTRACT, F_RESULT, F_COMMAND, F_SOP_CLASS
};

static const struct field dicom_fields[] = {
	[F_CALLED] = { "dicom.called_ae", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "application entity title that is called" },
	[F_CALLING] = { "dicom.calling_ae", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "application entity title that calls" },
	[F_CLASS] = { "dicom.implementation_class", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "implementation class UID of either end: names its maker's software" },
	[F_VERSION] = { "dicom.implementation_version", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "implementation version name of either end" },
	[F_ABSTRACT] = { "dicom.abstract_syntax", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "what is proposed: SOP class UID" },
	[F_RESULT] = { "dicom.association", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "accepted, rejected, released or aborted" },
	[F_COMMAND] = { "dicom.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "services asked for: C-STORE, C-FIND, C-MOVE, C-GET, C-ECHO, N-EVENT-REPORT ..." },
	[F_SOP_CLASS] = { "dicom.sop_class", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "SOP class UID of the objects that services are asked for" },
};
#define ID(row) FIELD_ID(PARSER_dicom, row)

struct dicom_state {
	uint16_t pdus;
	uint8_t commands;
};

/* Command field of requests (PS3.7, E.1). */
static const struct {
	uint16_t code;
	uint8_t len;
	const char *name;
} commands[] = {
	{ 0x0001, 7, "C-STORE" }, { 0x0010, 5, "C-GET" }, { 0x0020, 6, "C-FIND" },
	{ 0x0021, 6, "C-MOVE" }, { 0x0030, 6, "C-ECHO" }, { 0x0100, 14, "N-EVENT-REPORT" },
	{ 0x0110, 5, "N-GET" }, { 0x0120, 5, "N-SET" }, { 0x0130, 8, "N-ACTION" },
	{ 0x0140, 8, "N-CREATE" }, { 0x0150, 8, "N-DELETE" }, { 0x0fff, 8, "C-CANCEL" },
};

/* --- probing --- */

/* Text of the default repertoire without backslash and control characters, padded with spaces, and
 * not empty (PS3.5, 6.2: AE). */
static bool
is_title(struct cursor title)
{
	bool any = false;

	while (cur_left(&title) != 0) {
		uint8_t c = cur_u8(&title);

		if (c < 0x20 || c > 0x7e || c == '\\')
			return false;
		any |= c != ' ';
	}
	return any;
}

/* Digits and dots; some pad with a zero octet as data sets do. */
static bool
take_uid(struct cursor *uid)
{
	if (cur_left(uid) != 0 && uid->end[-1] == 0)
		uid->end--;
	if (cur_left(uid) == 0 || cur_left(uid) > UID_MOST)
		return false;
	for (size_t i = 0; i < cur_left(uid); i++)
		if (cur_peek(uid, i) != '.' && (cur_peek(uid, i) < '0' || cur_peek(uid, i) > '9'))
			return false;
	return true;
}

/* What is there of a request or its acceptance must fit; enough of it must be there. */
static enum probe_result
dicom_probe(const struct parse *p, struct cursor in, bool on_port)
{
	uint8_t type = cur_u8(&in), zero = cur_u8(&in);
	uint32_t len;
	struct cursor called, calling, uid;

	(void)p;
	(void)on_port;		/* fixed octets and titles are proof enough anywhere */
	if ((type != PDU_REQUEST && type != PDU_ACCEPT) || zero != 0)
		return PROBE_NO;
	len = cur_be32(&in);
	if (in.short_read)
		return PROBE_MORE;
	if (len < FIXED_OCTETS + 4 || len > ASSOCIATE_MOST)
		return PROBE_NO;
	if ((cur_be16(&in) & 1) == 0 && !in.short_read)	/* bit 0: version 1 */
		return PROBE_NO;
	cur_skip(&in, 2);
	called = cur_sub(&in, TITLE_OCTETS);
	calling = cur_sub(&in, TITLE_OCTETS);
	cur_skip(&in, 32);
	if (in.short_read)
		return PROBE_MORE;
	if (!is_title(called) || !is_title(calling) || cur_u8(&in) != ITEM_APPLICATION)
		return in.short_read && is_title(called) && is_title(calling) ? PROBE_MORE
		    : PROBE_NO;
	cur_skip(&in, 1);
	uid = cur_sub(&in, cur_be16(&in));
	if (in.short_read)
		return PROBE_MORE;
	return take_uid(&uid) ? PROBE_YES : PROBE_NO;
}

/* --- association --- */

static bool
next_item(struct cursor *in, uint8_t *type, struct cursor *value)
{
	if (cur_left(in) < 4)
		return false;
	*type = cur_u8(in);
	cur_skip(in, 1);
	*value = cur_sub(in, cur_be16(in));
	return !in->short_read;
}

static void
put_uid(struct parse *p, unsigned row, struct cursor uid)
{
	if (take_uid(&uid))
		parse_cursor(p, ID(row), uid);
}

static void
put_title(struct parse *p, unsigned row, struct cursor title)
{
	if (is_title(title))
		parse_cursor(p, ID(row), text_trim(title));
}

/* Items in a presentation context or in the user information. */
static void
read_sub_items(struct parse *p, struct cursor in)
{
	struct cursor value;
	uint8_t type;

	for (unsigned i = 0; i < ITEMS_MAX && next_item(&in, &type, &value); i++) {
		if (type == ITEM_ABSTRACT)
			put_uid(p, F_ABSTRACT, value);
		else if (type == ITEM_CLASS)
			put_uid(p, F_CLASS, value);
		else if (type == ITEM_VERSION && text_printable(value))
			text_put(p, ID(F_VERSION), text_trim(value));
	}
}

static void
read_associate(struct parse *p, uint8_t pdu, struct cursor in)
{
	struct cursor called, calling, value;
	uint8_t type;

	cur_skip(&in, 4);
	called = cur_sub(&in, TITLE_OCTETS);
	calling = cur_sub(&in, TITLE_OCTETS);
	cur_skip(&in, 32);
	if (pdu == PDU_REQUEST) {	/* the answer's are to be ignored (PS3.8, 9.3.3) */
		put_title(p, F_CALLED, called);
		put_title(p, F_CALLING, calling);
	} else {
		parse_text(p, ID(F_RESULT), "accepted", 8);
	}
	for (unsigned i = 0; i < ITEMS_MAX && next_item(&in, &type, &value); i++) {
		if (type == ITEM_CONTEXT)
			cur_skip(&value, CONTEXT_OCTETS);
		if (type == ITEM_CONTEXT || type == ITEM_USER)
			read_sub_items(p, value);
	}
}

/* --- commands --- */

/* A command set is implicit VR little endian (PS3.7, 6.3.1): | group 16 | element 16 | length 32 |,
 * all of group 0, in ascending order. */
static bool
read_command(struct parse *p, struct cursor in)
{
	struct cursor class_ = { 0 };

	for (unsigned i = 0; i < ELEMENTS_MAX; i++) {
		uint16_t group = cur_le16(&in), element = cur_le16(&in);
		struct cursor value = cur_sub(&in, cur_le32(&in));
		uint16_t code;

		if (in.short_read || group != 0)
			return false;
		if (element == ELEMENT_CLASS)
			class_ = value;
		if (element != ELEMENT_COMMAND)
			continue;
		code = cur_le16(&value);
		for (size_t k = 0; k < ARRAY_LEN(commands); k++)
			if (commands[k].code == code) {
				parse_text(p, ID(F_COMMAND), commands[k].name, commands[k].len);
				put_uid(p, F_SOP_CLASS, class_);
				return true;
			}
		return false;		/* an answer */
	}
	return false;
}

/* The first presentation data value of a PDU: a command begins there if any does. */
static void
read_data(struct parse *p, struct dicom_state *st, struct cursor in)
{
	uint32_t len = cur_be32(&in);
	uint8_t control;

	cur_skip(&in, 1);
	control = cur_u8(&in);
	if (!in.short_read && len > 2 && (control & CONTROL_COMMAND) != 0 && read_command(p, in))
		st->commands++;
}

/* --- parsing --- */

static size_t
octets_wanted(uint8_t type, uint32_t len)
{
	size_t most = type == PDU_REQUEST || type == PDU_ACCEPT ? ASSOCIATE_MOST
	    : type == PDU_DATA ? PDV_HEAD + COMMAND_WANTED : SHORT_BODY;

	return len < most ? len : most;
}

/* Zero where it must be, and lengths as they can be. */
static bool
is_head(uint8_t type, uint8_t zero, uint32_t len)
{
	if (zero != 0)
		return false;
	switch (type) {
	case PDU_REQUEST:
	case PDU_ACCEPT:
		return len >= FIXED_OCTETS;
	case PDU_DATA:
		return len >= PDV_HEAD;
	case PDU_REJECT:
	case PDU_RELEASE:
	case PDU_RELEASED:
	case PDU_ABORT:
		return len == SHORT_BODY;
	default:
		return false;
	}
}

/* True when the association is over. */
static bool
read_pdu(struct parse *p, struct dicom_state *st, uint8_t type, struct cursor body)
{
	bool called = type == PDU_ACCEPT || type == PDU_REJECT;

	if ((type == PDU_REQUEST && p->dir == TO_CLIENT) || (called && p->dir == TO_SERVER))
		p->reversed = true;
	switch (type) {
	case PDU_REQUEST:
	case PDU_ACCEPT:
		read_associate(p, type, body);
		return false;
	case PDU_DATA:
		read_data(p, st, body);
		return st->commands >= COMMANDS_ENOUGH;
	case PDU_REJECT:
		parse_text(p, ID(F_RESULT), "rejected", 8);
		return true;
	case PDU_RELEASED:
		parse_text(p, ID(F_RESULT), "released", 8);
		return true;
	case PDU_ABORT:
		parse_text(p, ID(F_RESULT), "aborted", 7);
		return true;
	default:
		return false;
	}
}

static enum parse_result
dicom_parse(struct parse *p, struct cursor *in)
{
	struct dicom_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;	/* where the next PDU begins is lost */
	while (cur_left(in) != 0) {
		struct cursor try = *in;
		uint8_t type = cur_u8(&try), zero = cur_u8(&try);
		uint32_t len = cur_be32(&try);
		size_t want = octets_wanted(type, len), rest;
		bool over;

		if (try.short_read)
			return PARSE_MORE;
		if (!is_head(type, zero, len))
			return PARSE_WRONG;
		if (cur_left(&try) < want)
			return PARSE_MORE;
		over = read_pdu(p, st, type, cur_sub(&try, want));
		rest = cur_left(&try) < len - want ? cur_left(&try) : len - want;
		cur_skip(&try, rest);
		p->skip = len - want - rest;
		*in = try;
		if (over || ++st->pdus >= PDUS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser dicom_parser = {
	.name = "dicom", .spec = "DICOM PS3.8",
	.tcp = true, .ports = { 104, 11112 }, .begins = { { 1, 7 } },
	.role = ROLE_FILE_TRANSFER, .role_confidence = 70, .state_size = sizeof(struct dicom_state),
	.probe = dicom_probe, .parse = dicom_parse,
	.fields = dicom_fields, .n_fields = ARRAY_LEN(dicom_fields),
};
