/* SPDX-License-Identifier: Apache-2.0 */
/* ndpi.h - the door to nDPI: the second opinion about flows that no own parser decides.
 *
 * Builds with nDPI 4.2 (Debian 12) and with later versions up to 4.14; what differs is in
 * ndpi.c alone. Protocols are handed on by name: nDPI's numbers change with its version. */
#ifndef PICKET_CLASSIFY_NDPI_H
#define PICKET_CLASSIFY_NDPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "role.h"

struct ndpi_door;	/* opaque */
struct ndpi_state;	/* nDPI's memory of one flow */

struct ndpi_answer {
	uint16_t proto;		/* ndpi_door_name(); 0: not known */
	bool guessed;		/* by port or address, not by inspection */
	bool done;		/* nothing more will come */
};

/** At most `max_flows` states at once. NULL when out of memory or nDPI does not start. */
struct ndpi_door *ndpi_door_new(size_t max_flows);
void ndpi_door_free(struct ndpi_door *nd);

/** A zeroed state for a new flow, NULL when all are in use. */
struct ndpi_state *ndpi_state_get(struct ndpi_door *nd);
void ndpi_state_put(struct ndpi_door *nd, struct ndpi_state *state);

/** Show a packet to nDPI. */
struct ndpi_answer ndpi_inspect(struct ndpi_door *nd, struct ndpi_state *state,
    const struct packet *pkt);
/** No more packets will come: its best guess. */
struct ndpi_answer ndpi_give_up(struct ndpi_door *nd, struct ndpi_state *state);

/** Lower-case name of a protocol; "unknown" for 0 and for numbers there are not. */
const char *ndpi_door_name(const struct ndpi_door *nd, uint16_t proto);
/** What such a flow is for, as far as nDPI's category tells. */
enum role ndpi_door_role(const struct ndpi_door *nd, uint16_t proto);

/** Version of the library in use. */
const char *ndpi_door_version(void);

#endif
