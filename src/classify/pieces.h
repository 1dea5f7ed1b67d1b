/* SPDX-License-Identifier: Apache-2.0 */
/* pieces.h - one handshake message that comes in pieces, in any order, over datagrams.
 *
 * QUIC's CRYPTO frames and DTLS fragments both name the offset of what they carry. A bit per
 * octet says what is there, so that any shuffling, overlap or repetition costs the same. */
#ifndef PICKET_CLASSIFY_PIECES_H
#define PICKET_CLASSIFY_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "cursor.h"

enum { PIECES_MAX = 3840 };	/* octets kept; what lies behind is left out */

struct pieces {		/* all zero: empty */
	uint64_t there[PIECES_MAX / 64];
	uint16_t whole;	/* octets from the start that are there without a hole */
	uint8_t octets[PIECES_MAX];
};

/** Copy in what `piece` holds from `offset` on. What is there already stays as it was. */
void pieces_add(struct pieces *p, size_t offset, struct cursor piece);

/** The octets from the start up to the first hole. Borrowed until the next pieces_add(). */
static inline struct cursor
pieces_whole(const struct pieces *p)
{
	return cursor_over(p->octets, p->whole);
}

#endif
