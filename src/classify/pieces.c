/* SPDX-License-Identifier: Apache-2.0 */
/* pieces.c - puts a message together from pieces in any order. */
#include <stdbool.h>

#include "classify/pieces.h"

static bool
is_there(const struct pieces *p, size_t at)
{
	return p->there[at / 64] >> at % 64 & 1;
}

void
pieces_add(struct pieces *p, size_t offset, struct cursor piece)
{
	size_t at = offset;

	while (at < PIECES_MAX && cur_left(&piece) != 0) {
		uint8_t octet = cur_u8(&piece);

		if (!is_there(p, at)) {
			p->octets[at] = octet;
			p->there[at / 64] |= UINT64_C(1) << at % 64;
		}
		at++;
	}
	while (p->whole < PIECES_MAX && is_there(p, p->whole))
		p->whole++;
}
