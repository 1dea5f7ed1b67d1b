/* SPDX-License-Identifier: Apache-2.0 */
/* quic_initial.h - opens the client's QUIC Initial packets, whose keys anyone on the path can
 * derive (RFC 9001, 5.2). Pure functions. */
#ifndef PICKET_CLASSIFY_QUIC_INITIAL_H
#define PICKET_CLASSIFY_QUIC_INITIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"

enum quic_packet_type { QUIC_INITIAL, QUIC_0RTT, QUIC_HANDSHAKE, QUIC_RETRY, QUIC_NEGOTIATION };

enum { QUIC_CID_MAX = 20 };	/* RFC 9000, 17.2 */

/* One packet with a long header; cursors borrow from the datagram. */
struct quic_packet {
	enum quic_packet_type type;
	uint32_t version;
	struct cursor dcid, scid;
	struct cursor header;	/* up to the packet number: still protected in its first octet */
	struct cursor payload;	/* from the packet number on */
};

struct quic_keys {
	uint8_t key[16], iv[12], header[16];
};

/** Name of a version we can open, e.g. "v1"; NULL for any other. */
const char *quic_version_text(uint32_t version);

/** One of the versions that no one speaks (RFC 9000, 15). */
static inline bool
quic_is_greased(uint32_t version)
{
	return (version & 0x0f0f0f0f) == 0x0a0a0a0a;
}

/** Step to the next long-header packet of a datagram (RFC 9000, 12.2 and 17.2). False at its
 * end, at a short header, or when it is malformed: then `in` is short. */
bool quic_packet_next(struct cursor *in, struct quic_packet *packet);

/** Keys of what the client sends, from its first Destination Connection ID. False when the
 * version is none that we know. */
bool quic_client_keys(struct quic_keys *keys, uint32_t version, struct cursor dcid);

enum { QUIC_PLAIN_MAX = 2048 };	/* an Initial that is longer than this is not opened */

/** Remove both protections (RFC 9001, 5.3 and 5.4). `plain` receives the frames. Returns how
 * many octets, 0 when the packet is not of these keys or was changed. */
size_t quic_open(const struct quic_keys *keys, const struct quic_packet *packet,
    uint8_t plain[static QUIC_PLAIN_MAX]);

/** The same with the keys of the packet's own connection id, as it is right for the client's
 * first packets, and after a Retry (RFC 9001, 5.2). Fills `keys` when it returns more than 0. */
size_t quic_open_first(struct quic_keys *keys, const struct quic_packet *packet,
    uint8_t plain[static QUIC_PLAIN_MAX]);

/** A variable-length integer (RFC 9000, 16). */
uint64_t quic_varint(struct cursor *in);

#endif
