/* SPDX-License-Identifier: Apache-2.0 */
/* neighbour.h - which link-layer address says that it has which IP address: ARP (RFC 826, RFC
 * 5227) and IPv6 neighbour discovery (RFC 4861).
 *
 * Anyone on the link may say anything here, so these are the least trusted sources. Only what a
 * sender says of itself is read, never what it says of its target, and what has not been
 * claimed yet (probes, duplicate address detection) tells nothing. Pure. */
#ifndef PICKET_NEIGHBOUR_H
#define PICKET_NEIGHBOUR_H

#include <stdbool.h>

#include "packet.h"
#include "signalling.h"

enum neighbour_result {
	NEIGHBOUR_TOLD,		/* the message is filled: has_mac and one address */
	NEIGHBOUR_SILENT,	/* well, but nobody claims an address that we can hold */
	NEIGHBOUR_MALFORMED
};

/** Read a frame that decode gave as DECODE_OTHER_ARP. */
enum neighbour_result arp_read(const struct packet *pkt, struct signalling *s);

/** Is it a packet for nd_read()? Types 133 to 137: router and neighbour solicitations and
 * advertisements, redirects. */
static inline bool
nd_is(const struct packet *pkt)
{
	return pkt->ends.proto == 58 && pkt->ends.src_port >= 133 && pkt->ends.src_port <= 137;
}
enum neighbour_result nd_read(const struct packet *pkt, struct signalling *s);

#endif
