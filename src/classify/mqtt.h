/* SPDX-License-Identifier: Apache-2.0 */
/* mqtt.h - reading MQTT control packets, for mqtt.c over TCP and websocket.c over WebSocket. */
#ifndef PICKET_CLASSIFY_MQTT_H
#define PICKET_CLASSIFY_MQTT_H

#include <stddef.h>
#include <stdint.h>

#include "parser.h"

/* What is kept of one connection. Sides by the flow key's end, which stays when the direction
 * is corrected. */
struct mqtt_state {
	uint32_t drop[2];	/* octets of the packet begun that are not wanted */
	uint16_t packets;
	uint8_t topics;		/* PUBLISH and SUBSCRIBE packets read */
	uint8_t version;	/* protocol level: 3, 4 (3.1.1), 5; 0 unknown */
};

/**
 * Do these octets begin with a CONNECT? Says so on any port: the protocol name is magic.
 */
enum probe_result mqtt_probe_connect(struct cursor in);

/**
 * Read whole packets from `in`, advancing over them; octets that are not wanted are put on
 * st->drop[] for the caller to step over.
 *
 * most: octets the caller can keep of one packet; of a longer one, what is within is read.
 * PARSE_DONE: enough is known.
 */
enum parse_result mqtt_read(struct parse *p, struct mqtt_state *st, struct cursor *in,
    size_t most);

#endif
