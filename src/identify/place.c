/* SPDX-License-Identifier: Apache-2.0 */
/* place.c - a location in two words: cell 36 bits, PLMN 24, kind 4; area 24, PLMN 24, kind 4. */
#include "internal.h"

enum { CELL_BITS = 36, AREA_BITS = 24, PLMN_BITS = 24 };

static uint64_t
low_bits(uint64_t v, unsigned n)
{
	return v & ((UINT64_C(1) << n) - 1);
}

/** False when the message said nothing of it. What it did not say stays as it was, but a cell
 * without its area makes the area unknown. */
bool
place_pack(const struct signalling_location *l, uint64_t *area, uint64_t *cell)
{
	if (l->area_kind == AREA_NONE && l->cell_kind == CELL_NONE)
		return false;
	*area = l->area_kind == AREA_NONE ? 0 : low_bits(l->area, AREA_BITS)
	    | low_bits(l->area_plmn, PLMN_BITS) << AREA_BITS
	    | (uint64_t)l->area_kind << (AREA_BITS + PLMN_BITS);
	*cell = l->cell_kind == CELL_NONE ? 0 : low_bits(l->cell, CELL_BITS)
	    | low_bits(l->cell_plmn, PLMN_BITS) << CELL_BITS
	    | (uint64_t)l->cell_kind << (CELL_BITS + PLMN_BITS);
	return true;
}

void
place_unpack(uint64_t area, uint64_t cell, struct signalling_location *l)
{
	*l = (struct signalling_location){
		.area = (uint32_t)low_bits(area, AREA_BITS),
		.area_plmn = (uint32_t)low_bits(area >> AREA_BITS, PLMN_BITS),
		.area_kind = (uint8_t)(area >> (AREA_BITS + PLMN_BITS)),
		.cell = low_bits(cell, CELL_BITS),
		.cell_plmn = (uint32_t)low_bits(cell >> CELL_BITS, PLMN_BITS),
		.cell_kind = (uint8_t)(cell >> (CELL_BITS + PLMN_BITS)),
	};
}
