/* SPDX-License-Identifier: Apache-2.0 */
/* neighbour_claim.h - what arp.c and nd.c have in common: one claim of one address. */
#ifndef PICKET_CLASSIFY_NEIGHBOUR_CLAIM_H
#define PICKET_CLASSIFY_NEIGHBOUR_CLAIM_H

#include <stdint.h>

#include "neighbour.h"

/** Fill `s` with "`mac` has `a`", of the message's number `type`. NEIGHBOUR_SILENT when either
 * is none that a host may have. */
enum neighbour_result neighbour_claim(struct signalling *s, const struct packet *pkt,
    enum signalling_source source, uint16_t type, const uint8_t mac[static 6],
    const struct addr *a);

#endif
