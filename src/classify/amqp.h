/* SPDX-License-Identifier: Apache-2.0 */
/* amqp.h - what the two AMQPs have in common: one protocol header, one table of fields. */
#ifndef PICKET_CLASSIFY_AMQP_H
#define PICKET_CLASSIFY_AMQP_H

#include "parser.h"
#include "text.h"

enum {
	AMQP_VERSION, AMQP_PRODUCT, AMQP_PLATFORM, AMQP_SERVER, AMQP_MECHANISM, AMQP_HOST,
	AMQP_CONTAINER, AMQP_NAME, AMQP_ROUTING, AMQP_COMMAND
};
#define AMQP_ID(row) FIELD_ID(PARSER_amqp, row)

/** The rest of a frame of 0-9-1 behind its size: a method frame's payload. */
void amqp0_method(struct parse *p, struct cursor in);
/** Does it begin with a method that is known? */
bool amqp0_is_method(struct cursor in);
/** A frame's body of 1.0 behind its extended header, of type 0 (AMQP) or 1 (SASL). */
void amqp1_body(struct parse *p, struct cursor in);
/** Does it begin with a performative that is known, and a list? */
bool amqp1_is_body(struct cursor in);

#endif
