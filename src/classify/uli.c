/* SPDX-License-Identifier: Apache-2.0 */
/* uli.c - reads User Location Information: TS 29.274, 8.21; TS 29.060, 7.7.51; TS 29.061. */
#include <string.h>

#include "decimal.h"
#include "macros.h"
#include "uli.h"

enum { LAC_DELETED = 0xfffe, ECI_BITS = 28, NCI_BITS = 36 };

/* Finer kinds have greater numbers (signalling.h), so that a later, coarser part loses. */
static void
tell_area(struct signalling_location *at, enum signalling_area kind, uint32_t plmn, uint32_t area)
{
	if (plmn == PLMN_NONE || kind < at->area_kind)
		return;
	at->area_kind = (uint8_t)kind;
	at->area_plmn = plmn;
	at->area = area;
}

static void
tell_cell(struct signalling_location *at, enum signalling_cell kind, uint32_t plmn, uint64_t cell)
{
	/* of CGI and SAI, which come together, the CGI stays: it is a cell, not a service area */
	if (plmn == PLMN_NONE || (at->cell_kind == CELL_CGI && kind == CELL_SAI)
	    || (at->cell_kind > CELL_SAI && kind < at->cell_kind))
		return;
	at->cell_kind = (uint8_t)kind;
	at->cell_plmn = plmn;
	at->cell = cell;
}

static uint32_t
read_plmn(struct cursor *in)
{
	const uint8_t *octets = cur_take(in, 3);

	return octets == NULL ? PLMN_NONE : plmn_from_octets(octets);
}

/* --- parts: all return false when cut short --- */

typedef bool (*part_fn)(struct cursor *in, struct signalling_location *at);

/* LAC, then CI or SAC (TS 29.274, 8.21.1 and 8.21.2). */
static bool
read_lac_and_cell(struct cursor *in, struct signalling_location *at, enum signalling_cell kind)
{
	uint32_t plmn = read_plmn(in);
	uint32_t cell = cur_be32(in);

	if (in->short_read)
		return false;
	tell_area(at, AREA_LAI, plmn, cell >> 16);
	tell_cell(at, kind, plmn, cell);
	return true;
}

static bool
read_cgi(struct cursor *in, struct signalling_location *at)
{
	return read_lac_and_cell(in, at, CELL_CGI);
}

static bool
read_sai(struct cursor *in, struct signalling_location *at)
{
	return read_lac_and_cell(in, at, CELL_SAI);
}

/* LAC, then RAC in one octet, and one that is not used (8.21.3). */
static bool
read_rai(struct cursor *in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(in);
	uint16_t lac = cur_be16(in);

	cur_skip(in, 2);
	if (in->short_read)
		return false;
	tell_area(at, AREA_RAI, plmn, lac);
	return true;
}

static bool
read_lai(struct cursor *in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(in);
	uint16_t lac = cur_be16(in);

	if (in->short_read)
		return false;
	tell_area(at, AREA_LAI, plmn, lac);
	return true;
}

static bool
read_tai(struct cursor *in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(in);
	uint16_t tracking_area_code = cur_be16(in);

	if (in->short_read)
		return false;
	tell_area(at, AREA_TAI, plmn, tracking_area_code);
	return true;
}

/* The tracking area code of 5GS has three octets (TS 29.061, 16.4.7.2). */
static bool
read_5gs_tai(struct cursor *in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(in);
	uint32_t tracking_area_code = cur_be24(in);

	if (in->short_read)
		return false;
	tell_area(at, AREA_TAI, plmn, tracking_area_code);
	return true;
}

static bool
read_ecgi(struct cursor *in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(in);
	uint32_t cell = cur_be32(in) & ((UINT32_C(1) << ECI_BITS) - 1);

	if (in->short_read)
		return false;
	tell_cell(at, CELL_ECGI, plmn, cell);
	return true;
}

static bool
read_ncgi(struct cursor *in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(in);
	uint64_t cell = (uint64_t)cur_u8(in) << 32;

	cell = (cell | cur_be32(in)) & ((UINT64_C(1) << NCI_BITS) - 1);
	if (in->short_read)
		return false;
	tell_cell(at, CELL_NCGI, plmn, cell);
	return true;
}

/* --- heads --- */

bool
uli_from_gtpv2(struct cursor in, struct signalling_location *at)
{
	static const part_fn parts[] = {	/* bit 1 first, in the order they come */
		read_cgi, read_sai, read_rai, read_tai, read_ecgi, read_lai
	};
	uint8_t flags = cur_u8(&in);

	for (unsigned i = 0; i < ARRAY_LEN(parts); i++)
		if ((flags & 1u << i) != 0 && !parts[i](&in, at))
			return false;
	return !in.short_read;	/* macro eNodeB ids behind them are not told */
}

bool
uli_from_gtpv1(struct cursor in, struct signalling_location *at)
{
	static const part_fn parts[] = { read_cgi, read_sai, read_rai };
	uint8_t type = cur_u8(&in);

	return !in.short_read && type < ARRAY_LEN(parts) && parts[type](&in, at);
}

uint32_t
uli_from_rai(struct cursor in, struct signalling_location *at)
{
	uint32_t plmn = read_plmn(&in);
	uint16_t lac = cur_be16(&in);

	cur_skip(&in, 1);		/* RAC */
	if (in.short_read)
		return PLMN_NONE;
	if (lac != LAC_DELETED)
		tell_area(at, AREA_RAI, plmn, lac);
	return plmn;
}

bool
uli_from_aaa(struct cursor in, struct signalling_location *at)
{
	static const struct {
		uint8_t type;
		part_fn first, second;
	} kinds[] = {
		{ 0, read_cgi, NULL }, { 1, read_sai, NULL }, { 2, read_rai, NULL },
		{ 32, read_lai, NULL },
		{ 128, read_tai, NULL }, { 129, read_ecgi, NULL }, { 130, read_tai, read_ecgi },
		{ 132, read_tai, NULL },	/* and an eNodeB id, as in 134 an extended one */
		{ 134, read_tai, NULL },
		{ 135, read_ncgi, NULL }, { 136, read_5gs_tai, NULL },
		{ 137, read_5gs_tai, read_ncgi }, { 139, read_5gs_tai, NULL },
	};
	uint8_t type = cur_u8(&in);

	for (unsigned i = 0; !in.short_read && i < ARRAY_LEN(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].first(&in, at)
			    && (kinds[i].second == NULL || kinds[i].second(&in, at));
	return false;
}

/* --- text --- */

static size_t
head_text(char *text, const char *kind, uint32_t plmn)
{
	size_t n = strlen(kind);

	memcpy(text, kind, n);
	text[n++] = ':';
	n += plmn_text(plmn, text + n);
	text[n++] = ':';
	return n;
}

size_t
uli_area_text(const struct signalling_location *at, char text[static ULI_TEXT_MAX])
{
	static const char *const kinds[] = {
		[AREA_LAI] = "lai", [AREA_RAI] = "rai", [AREA_TAI] = "tai"
	};
	size_t n = 0;

	if (at->area_kind != AREA_NONE) {
		n = head_text(text, kinds[at->area_kind], at->area_plmn);
		n += decimal_put(text + n, at->area);
	}
	text[n] = '\0';
	return n;
}

size_t
uli_cell_text(const struct signalling_location *at, char text[static ULI_TEXT_MAX])
{
	static const char *const kinds[] = {
		[CELL_CGI] = "cgi", [CELL_SAI] = "sai", [CELL_ECGI] = "ecgi", [CELL_NCGI] = "ncgi"
	};
	uint64_t cell = at->cell;
	size_t n = 0;

	if (at->cell_kind != CELL_NONE) {
		n = head_text(text, kinds[at->cell_kind], at->cell_plmn);
		if (at->cell_kind == CELL_CGI || at->cell_kind == CELL_SAI) {
			n += decimal_put(text + n, cell >> 16);
			text[n++] = ':';
			cell &= 0xffff;
		}
		n += decimal_put(text + n, cell);
	}
	text[n] = '\0';
	return n;
}
