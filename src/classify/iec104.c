/* SPDX-License-Identifier: Apache-2.0 */
/* iec104.c - IEC 60870-5-104, telecontrol over TCP: which kinds of information are told by which
 * station, why, and what it is commanded. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "parser.h"

/* An APDU (IEC 60870-5-104, 5.1): | 0x68 | length 8 | four control octets | ASDU |. The length
 * counts from the control octets on, 253 at most. Numbers are little endian. */
enum {
	START = 0x68, CONTROL_OCTETS = 4, LENGTH_MOST = 253,
	S_FORMAT = 0x01, U_FORMAT = 0x03,
	/* Measurements repeat themselves for years; a command among the first ones is seen. */
	APDUS_ENOUGH = 256,
};

/* An ASDU (IEC 60870-5-101, 7.1, with the sizes of 5-104): type 8, sequence 1 and number 7,
 * test 1 and negative 1 and cause 6, originator 8, common address 16, then objects: address 24
 * and elements; with the sequence bit one address and the elements of all. */
enum {
	HEAD_OCTETS = 6, ADDRESS_OCTETS = 3, SEQUENCE = 0x80, NEGATIVE = 0x40, CAUSE = 0x3f,
	CAUSE_ACTIVATION = 6, CAUSE_DEACTIVATION = 8, CAUSE_MAX = 47,
	VARIABLE = 0xff,	/* octets of an element that says itself how long it is */
};

enum { F_CONTROL, F_TYPE, F_CAUSE, F_STATION, F_COMMAND, F_REFUSED };

static const struct field iec104_fields[] = {
	[F_CONTROL] = { "iec104.control", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "unnumbered control function: startdt-act, stopdt-con, testfr-act ..." },
	[F_TYPE] = { "iec104.type", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "kind of information of an ASDU: M_ME_NC_1, C_SC_NA_1 ..." },
	[F_CAUSE] = { "iec104.cause", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "cause of transmission: 1 periodic, 3 spontaneous, 6 activation, 20 interrogated ..." },
	[F_STATION] = { "iec104.common_address", FIELD_UINT, MATCH_NONE, FIELD_MANY, NULL,
	    "common address of ASDUs: the station; 65535 all of them" },
	[F_COMMAND] = { "iec104.command", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "activated by the controlling station: type/common address/object address" },
	[F_REFUSED] = { "iec104.refused", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,
	    "answered with the negative bit or an unknown type, cause or address: the same form" },
};
#define ID(row) FIELD_ID(PARSER_iec104, row)

/* IEC 60870-5-101, 7.2.1.1 and 7.3: octets of one element, by type. */
static const struct asdu_type {
	uint8_t id, octets;
	const char *name;
} types[] = {
	{ 1, 1, "M_SP_NA_1" }, { 3, 1, "M_DP_NA_1" }, { 5, 2, "M_ST_NA_1" }, { 7, 5, "M_BO_NA_1" },
	{ 9, 3, "M_ME_NA_1" }, { 11, 3, "M_ME_NB_1" }, { 13, 5, "M_ME_NC_1" }, { 15, 5, "M_IT_NA_1" },
	{ 20, 5, "M_PS_NA_1" }, { 21, 2, "M_ME_ND_1" }, { 30, 8, "M_SP_TB_1" }, { 31, 8, "M_DP_TB_1" },
	{ 32, 9, "M_ST_TB_1" }, { 33, 12, "M_BO_TB_1" }, { 34, 10, "M_ME_TD_1" }, { 35, 10, "M_ME_TE_1" },
	{ 36, 12, "M_ME_TF_1" }, { 37, 12, "M_IT_TB_1" }, { 38, 10, "M_EP_TD_1" }, { 39, 11, "M_EP_TE_1" },
	{ 40, 11, "M_EP_TF_1" }, { 45, 1, "C_SC_NA_1" }, { 46, 1, "C_DC_NA_1" }, { 47, 1, "C_RC_NA_1" },
	{ 48, 3, "C_SE_NA_1" }, { 49, 3, "C_SE_NB_1" }, { 50, 5, "C_SE_NC_1" }, { 51, 4, "C_BO_NA_1" },
	{ 58, 8, "C_SC_TA_1" }, { 59, 8, "C_DC_TA_1" }, { 60, 8, "C_RC_TA_1" }, { 61, 10, "C_SE_TA_1" },
	{ 62, 10, "C_SE_TB_1" }, { 63, 12, "C_SE_TC_1" }, { 64, 11, "C_BO_TA_1" }, { 70, 1, "M_EI_NA_1" },
	{ 100, 1, "C_IC_NA_1" }, { 101, 1, "C_CI_NA_1" }, { 102, 0, "C_RD_NA_1" }, { 103, 7, "C_CS_NA_1" },
	{ 105, 1, "C_RP_NA_1" }, { 107, 9, "C_TS_TA_1" }, { 110, 3, "P_ME_NA_1" }, { 111, 3, "P_ME_NB_1" },
	{ 112, 5, "P_ME_NC_1" }, { 113, 1, "P_AC_NA_1" }, { 120, 6, "F_FR_NA_1" }, { 121, 7, "F_SR_NA_1" },
	{ 122, 4, "F_SC_NA_1" }, { 123, 5, "F_LS_NA_1" }, { 124, 4, "F_AF_NA_1" },
	{ 125, VARIABLE, "F_SG_NA_1" }, { 126, 13, "F_DR_TA_1" }, { 127, 16, "F_SC_NB_1" },
};

/* IEC 60870-5-104, 5.1, figure 8: one of them at a time. */
static const struct { uint8_t octet; const char *name; } controls[] = {
	{ 0x07, "startdt-act" }, { 0x0b, "startdt-con" }, { 0x13, "stopdt-act" },
	{ 0x23, "stopdt-con" }, { 0x43, "testfr-act" }, { 0x83, "testfr-con" },
};

struct iec104_state {
	uint16_t apdus;
};

struct apdu {
	uint8_t control;	/* first control octet */
	struct cursor asdu;	/* empty but in I format */
};

struct head {
	const struct asdu_type *type;
	uint8_t number, cause;
	uint16_t station;
	struct cursor objects;
};

static const struct asdu_type *
type_of(uint8_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].id == id)
			return &types[i];
	return NULL;
}

static const char *
control_of(uint8_t octet)
{
	for (size_t i = 0; i < ARRAY_LEN(controls); i++)
		if (controls[i].octet == octet)
			return controls[i].name;
	return NULL;
}

/* Control octets and length fit each other: S and U have nothing behind (5.1). */
static bool
control_sound(struct cursor control, size_t len)
{
	uint8_t first = cur_u8(&control), second = cur_u8(&control);
	uint8_t third = cur_u8(&control), fourth = cur_u8(&control);

	if ((third & 1) != 0)
		return false;
	if ((first & 1) == 0)
		return len >= CONTROL_OCTETS + HEAD_OCTETS;
	if (len != CONTROL_OCTETS || second != 0)
		return false;
	return first == S_FORMAT || (control_of(first) != NULL && third == 0 && fourth == 0);
}

/* PROBE_MORE: not all there. `in` is advanced on PROBE_YES only. */
static enum probe_result
read_apdu(struct cursor *in, struct apdu *a)
{
	struct cursor try = *in, control;
	uint8_t start = cur_u8(&try), len = cur_u8(&try);

	if (cur_left(in) == 0)
		return PROBE_MORE;
	if (start != START || (!try.short_read && (len < CONTROL_OCTETS || len > LENGTH_MOST)))
		return PROBE_NO;
	a->asdu = cur_sub(&try, len);
	control = cur_sub(&a->asdu, CONTROL_OCTETS);
	if (a->asdu.short_read)
		return PROBE_MORE;
	a->control = cur_peek(&control, 0);
	if (!control_sound(control, len))
		return PROBE_NO;
	if (try.short_read)
		return PROBE_MORE;
	*in = try;
	return PROBE_YES;
}

/* False: not one of ours, or its objects do not fill it. */
static bool
read_head(struct cursor in, struct head *h)
{
	uint8_t id = cur_u8(&in), number = cur_u8(&in), size;
	size_t left, n = number & 0x7f;

	h->type = type_of(id);
	h->cause = cur_u8(&in);
	cur_skip(&in, 1);		/* originator */
	h->station = cur_le16(&in);
	h->number = (uint8_t)n;
	h->objects = in;
	if (in.short_read || h->type == NULL || (h->cause & CAUSE) == 0
	    || (h->cause & CAUSE) > CAUSE_MAX)
		return false;
	left = cur_left(&in);
	size = h->type->octets;
	if (size == VARIABLE)
		return left > ADDRESS_OCTETS;
	return (number & SEQUENCE) != 0 ? left == ADDRESS_OCTETS + n * size
	    : left == n * (ADDRESS_OCTETS + (size_t)size);
}

/* --- probing --- */

/* Frames fill the octets. A U frame has 46 bits of its own; an ASDU that its objects fill has
 * some 25, so that elsewhere two are asked for, or one that tells the control direction. */
static enum probe_result
iec104_probe(const struct parse *p, struct cursor in, bool on_port)
{
	unsigned points = 0;
	struct apdu a;
	struct head h;

	(void)p;
	for (;;) {
		enum probe_result result = read_apdu(&in, &a);

		if (result == PROBE_NO)
			return PROBE_NO;
		if (result == PROBE_MORE)
			return points >= 2 ? PROBE_YES : PROBE_MORE;
		if ((a.control & 1) == 0 && !read_head(a.asdu, &h))
			return PROBE_NO;
		points += (a.control & U_FORMAT) == U_FORMAT || on_port ? 2 : 1;
	}
}

/* --- parsing --- */

/* "C_SC_NA_1/1/5000" */
static void
put_object(struct parse *p, unsigned row, const struct head *h)
{
	char text[16 + 2 * DECIMAL_MAX];
	size_t len = strlen(h->type->name);
	struct cursor objects = h->objects;
	uint32_t address = cur_le16(&objects);

	address |= (uint32_t)cur_u8(&objects) << 16;
	memcpy(text, h->type->name, len);
	text[len++] = '/';
	len += decimal_put(text + len, h->station);
	text[len++] = '/';
	len += decimal_put(text + len, address);
	parse_text(p, ID(row), text, len);
}

/* Types of the control direction: process and parameter commands, system commands, files
 * called for (IEC 60870-5-101, 7.2.1.1). */
static bool
commands(uint8_t type)
{
	return (type >= 45 && type <= 64) || (type >= 100 && type <= 113);
}

static void
read_asdu(struct parse *p, struct cursor asdu)
{
	struct head h;
	uint8_t cause;

	if (!read_head(asdu, &h)) {
		p->malformed = true;	/* stepped over: the next one is where it should be */
		return;
	}
	cause = h.cause & CAUSE;
	parse_text(p, ID(F_TYPE), h.type->name, strlen(h.type->name));
	parse_uint(p, ID(F_CAUSE), cause);
	parse_uint(p, ID(F_STATION), h.station);
	if ((h.cause & NEGATIVE) != 0 || cause >= 44)	/* 44 to 47: unknown ... (7.2.3) */
		put_object(p, F_REFUSED, &h);
	else if (commands(h.type->id)
	    && (cause == CAUSE_ACTIVATION || cause == CAUSE_DEACTIVATION))
		put_object(p, F_COMMAND, &h);
}

static enum parse_result
iec104_parse(struct parse *p, struct cursor *in)
{
	struct iec104_state *st = p->state;

	if (p->gap)
		return PARSE_DONE;	/* where the next frame starts is lost */
	while (cur_left(in) != 0) {
		struct apdu a;
		enum probe_result result = read_apdu(in, &a);

		if (result != PROBE_YES)
			return result == PROBE_MORE ? PARSE_MORE : PARSE_WRONG;
		if ((a.control & U_FORMAT) == U_FORMAT) {
			const char *name = control_of(a.control);

			parse_text(p, ID(F_CONTROL), name, strlen(name));
		} else if ((a.control & 1) == 0) {
			read_asdu(p, a.asdu);
		}
		if (++st->apdus >= APDUS_ENOUGH)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

const struct app_parser iec104_parser = {
	.name = "iec104", .spec = "IEC 60870-5-104",
	.tcp = true, .ports = { 2404 }, .begins = { { START, START } },
	.role = ROLE_CONTROL, .role_confidence = 70, .state_size = sizeof(struct iec104_state),
	.probe = iec104_probe, .parse = iec104_parse,
	.fields = iec104_fields, .n_fields = ARRAY_LEN(iec104_fields),
};
