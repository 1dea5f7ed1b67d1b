/* SPDX-License-Identifier: Apache-2.0 */
/* coap.h - reading one CoAP message that WebSocket framed (RFC 8323, 4). */
#ifndef PICKET_CLASSIFY_COAP_H
#define PICKET_CLASSIFY_COAP_H

#include "parser.h"

/** Is this a Capabilities and Settings message, which every such connection begins with? */
bool coap_is_csm(struct cursor msg);
/** Read a whole message. False when it is not CoAP. */
bool coap_read_framed(struct parse *p, struct cursor msg);

#endif
