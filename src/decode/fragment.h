/* SPDX-License-Identifier: Apache-2.0 */
/* fragment.h - reassembly of IPv4 and IPv6 fragments, at any depth of tunnels.
 *
 * All memory is taken at start. Policy: the first octets to arrive stay (an overlap that
 * differs is counted); when slots or memory run out the datagram begun first is dropped; a
 * datagram not complete within the timeout, in packet time, is dropped. */
#ifndef PICKET_DECODE_FRAGMENT_H
#define PICKET_DECODE_FRAGMENT_H

#include "layer.h"

/* A fragment as its decoder found it; the data is walk.in, the ends are pkt->ends. */
struct fragment {
	const uint8_t *header;	/* IP header, up to the fragment header for IPv6; borrowed */
	size_t header_len;
	uint32_t ident;
	uint32_t offset;	/* of the data in the datagram, octets */
	uint16_t next_at;	/* IPv6: where in `header` the fragment header is named */
	uint8_t proto;		/* of the datagram; for IPv6 only right in the first one */
	bool more;		/* is not the last */
	bool ipv6;
};

struct fragments;	/* opaque: fragment.c */

/**
 * A store for up to `max` datagrams and about `octets` of their data, both at least 1.
 *
 * notes: by enum decode_note, borrowed for its life; counts DECODE_FRAGMENT_DATAGRAMS and on.
 * NULL when out of memory.
 */
struct fragments *fragments_new(uint32_t max, uint64_t octets, uint32_t timeout_s,
    uint64_t *notes);
void fragments_free(struct fragments *fs);

/**
 * Add the fragment in `w`. When it completes a datagram, the walk goes on over the whole one,
 * held in memory of the store until the next call: DECODE_OK, and w->next is set.
 *
 * A first fragment that cannot be put together (cut by the snapshot length, or no store)
 * goes on alone, with PACKET_FRAGMENT.
 */
enum decode_result fragment_decode(struct walk *w, const struct fragment *f);

#endif
