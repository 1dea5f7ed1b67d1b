/* SPDX-License-Identifier: Apache-2.0 */
/* uli.h - User Location Information: where a device is, in the three codings of the core.
 *
 * GTPv2-C, GTPv1-C and the attribute 3GPP-User-Location-Info of RADIUS and Diameter put the
 * same parts (CGI, SAI, RAI, TAI, ECGI ...) behind different heads. Where several are told,
 * the finest is kept: a TAI before a RAI before a LAI, an NCGI before an ECGI before a CGI
 * before a SAI. Parts with a PLMN that is not digits are not told. */
#ifndef PICKET_CLASSIFY_ULI_H
#define PICKET_CLASSIFY_ULI_H

#include <stdbool.h>
#include <stddef.h>

#include "cursor.h"
#include "signalling.h"

/* "ecgi:001-01:" and the largest number, with the closing NUL. */
enum { ULI_TEXT_MAX = 48 };

/* Each reads one value and adds to `at`. False when it is shorter than it says, or of a kind
 * that is not known; what was read before that stays. */
/** GTPv2-C: a flag for each part (TS 29.274, 8.21). */
bool uli_from_gtpv2(struct cursor in, struct signalling_location *at);
/** GTPv1-C: a type and one part (TS 29.060, 7.7.51). */
bool uli_from_gtpv1(struct cursor in, struct signalling_location *at);
/** GTPv1-C: Routeing Area Identity alone (TS 29.060, 7.7.3). Returns its PLMN, PLMN_NONE when
 * it is broken. A LAC of 0xfffe ("deleted", TS 23.003, 4.4) tells no area. */
uint32_t uli_from_rai(struct cursor in, struct signalling_location *at);
/** RADIUS and Diameter: a type and one part or two (TS 29.061, 16.4.7.2, attribute 22). */
bool uli_from_aaa(struct cursor in, struct signalling_location *at);

/** "tai:001-01:4711"; "" when no area is known. Returns the length. */
size_t uli_area_text(const struct signalling_location *at, char text[static ULI_TEXT_MAX]);
/** "ecgi:001-01:26881"; a CGI or SAI as "cgi:001-01:LAC:CI". "" when no cell is known. */
size_t uli_cell_text(const struct signalling_location *at, char text[static ULI_TEXT_MAX]);

#endif
