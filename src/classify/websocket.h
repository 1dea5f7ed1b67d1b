/* SPDX-License-Identifier: Apache-2.0 */
/* websocket.h - the one field of websocket.c that http.c can tell: it is in the upgrade. */
#ifndef PICKET_CLASSIFY_WEBSOCKET_H
#define PICKET_CLASSIFY_WEBSOCKET_H

#include "parser.h"

enum { WEBSOCKET_SUBPROTOCOL };

#define WEBSOCKET_SUBPROTOCOL_ID FIELD_ID(PARSER_websocket, WEBSOCKET_SUBPROTOCOL)

#endif
