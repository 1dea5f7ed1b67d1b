/* SPDX-License-Identifier: Apache-2.0 */
/* teredo.c - IPv6 in UDP through NATs (RFC 4380). */
#include <string.h>

#include "layer.h"

/* 2001::/32 at one end (RFC 4380, 2.6), or a link-local one while qualifying (5.2.1). */
static bool
is_teredo_addr(const uint8_t octets[16])
{
	static const uint8_t prefix[4] = { 0x20, 0x01, 0, 0 };

	return memcmp(octets, prefix, sizeof(prefix)) == 0
	    || (octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80);
}

/* RFC 4380, 5.1.1: 00 01, lengths of client id and authentication value, both, nonce of 8,
 * confirmation octet; then perhaps 00 00, port, address of 4. */
static void
skip_indications(struct cursor *in)
{
	if (cur_peek(in, 0) == 0 && cur_peek(in, 1) == 1) {
		uint8_t id_len, value_len;

		cur_skip(in, 2);
		id_len = cur_u8(in);
		value_len = cur_u8(in);
		cur_skip(in, (size_t)id_len + value_len + 9);
	}
	if (cur_left(in) != 0 && cur_peek(in, 0) == 0 && cur_peek(in, 1) == 0)
		cur_skip(in, 8);
}

/* Trailers (RFC 6081, 4) may follow the packet, so it may be shorter than the datagram. */
enum decode_result
decode_teredo(struct walk *w)
{
	struct cursor ahead;
	const uint8_t *head;

	skip_indications(&w->in);
	ahead = w->in;
	head = cur_take(&ahead, 40);
	if (head == NULL)
		return walk_decline_short(w);
	if (head[0] >> 4 != 6 || (!is_teredo_addr(head + 8) && !is_teredo_addr(head + 24)))
		return walk_decline(w, DECODE_DECLINED_HEADER);
	if (be16_of(head + 4) > walk_wire_left(w) - 40)
		return walk_decline(w, DECODE_DECLINED_LENGTH);
	tunnel_enter(w, TUNNEL_TEREDO, 0);
	w->next = LAYER_IPV6;
	return DECODE_OK;
}
