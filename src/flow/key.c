/* SPDX-License-Identifier: Apache-2.0 */
/* key.c - from the ends of a packet to the key of its flow. */
#include <endian.h>
#include <string.h>

#include "table.h"

static inline uint64_t
load_be64(const uint8_t *octets)
{
	uint64_t v;

	memcpy(&v, octets, sizeof(v));
	return be64toh(v);
}

/* Is the destination the lower end? The order of memcmp, without its call. */
static inline bool
dest_is_lower(const struct ends *ends, uint16_t src_port, uint16_t dest_port)
{
	uint64_t src = load_be64(ends->src.octet), dest = load_be64(ends->dest.octet);

	if (src != dest)
		return dest < src;
	src = load_be64(ends->src.octet + 8);
	dest = load_be64(ends->dest.octet + 8);
	if (src != dest)
		return dest < src;
	return dest_port < src_port;
}

unsigned
flow_key_fill(struct flow_key *key, const struct packet *pkt, const struct ends *ends)
{
	bool portless = flow_proto_is_icmp(ends->proto);
	uint16_t src_port = portless ? 0 : ends->src_port;
	uint16_t dest_port = portless ? 0 : ends->dest_port;
	unsigned src = dest_is_lower(ends, src_port, dest_port);

	key->addr[src] = ends->src;
	key->addr[1 - src] = ends->dest;
	key->port[src] = src_port;
	key->port[1 - src] = dest_port;
	key->tenant_proto = flow_tenant(pkt) | ends->proto;
	return src;
}
