/* SPDX-License-Identifier: Apache-2.0 */
/* coap.h - a CoAP message, and reading one that WebSocket framed (RFC 8323, 4). */
#ifndef PICKET_CLASSIFY_COAP_H
#define PICKET_CLASSIFY_COAP_H

#include "parser.h"

enum { COAP_QUERIES_MAX = 8 };
enum coap_code {
	COAP_GET = 1, COAP_POST, COAP_PUT, COAP_DELETE, COAP_FETCH, COAP_PATCH, COAP_IPATCH,
	COAP_CREATED = 0x41, COAP_CONTENT = 0x45
};
enum { COAP_NO_FORMAT = UINT32_MAX };

/* What is there of a message; all cursors borrow from it, or from who hands it on. */
struct coap_message {
	uint8_t code;		/* class 3 bits, detail 5: 0x45 is 2.05 */
	bool request, has_observe, has_accept;
	bool later_block;	/* the payload is not the beginning of a body */
	bool cut;		/* there is more of it, which nobody saw */
	uint8_t n_queries;
	uint32_t observe, format, accept;	/* format: COAP_NO_FORMAT without one */
	struct cursor token, payload;
	struct cursor path, location;	/* options joined by '/' */
	struct cursor query[COAP_QUERIES_MAX];
};

/** Is this a Capabilities and Settings message, which every such connection begins with? */
bool coap_is_csm(struct cursor msg);
/** Read a whole message. False when it is not CoAP. */
bool coap_read_framed(struct parse *p, struct cursor msg);

#endif
