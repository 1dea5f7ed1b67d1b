/* SPDX-License-Identifier: Apache-2.0 */
/* pfcp_rules.h - from the rules of a PFCP session (PDR, FAR, traffic endpoints) to ends of
 * tunnels and addresses of devices.
 *
 * Two things are said in one message and needed in another. A UP function that shall choose a
 * TEID tells it by the id of its rule, and only the request said which side that rule is on.
 * And a FAR that is updated says its side only when that changes (TS 29.244, 7.5.4.3). Both are
 * remembered in the state of the flow: for as many requests as may be under way, and for the
 * youngest sessions, whose tunnel towards the core is set up within seconds. What is asked for
 * later changes with the device's cell and is towards the access. */
#ifndef PICKET_CLASSIFY_PFCP_RULES_H
#define PICKET_CLASSIFY_PFCP_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"
#include "pfcp_ie.h"

struct parse;
struct signalling;

enum {
	PFCP_REQUESTS = 80,	/* under way at once; an older one leaves */
	PFCP_SESSIONS = 64,	/* remembered; an older one leaves */
	PFCP_RULES = 8,		/* kept of one request; more are left out: signalling.cut */
	PFCP_CORE_FARS = 4,	/* kept of one session; the oldest leaves */
	PFCP_ENDPOINTS = 8	/* traffic endpoints of one message; more are left out */
};

/* A rule whose side is needed later. */
struct pfcp_rule {
	uint16_t id;
	uint8_t what;		/* enum in pfcp_rules.c */
	uint8_t end;		/* enum signalling_end_kind */
};
struct pfcp_request {
	uint32_t key;		/* sequence number and direction; 0: free */
	uint32_t n;
	struct pfcp_rule rule[PFCP_RULES];
};
struct pfcp_session {
	uint64_t seid;		/* of the UP function; 0: free */
	uint16_t far[PFCP_CORE_FARS];	/* towards the core; 0: none */
};
struct pfcp_memory {
	struct pfcp_request request[PFCP_REQUESTS];
	struct pfcp_session session[PFCP_SESSIONS];
};

/* One message while it is read. */
struct pfcp_reading {
	struct parse *parse;
	struct signalling *s;
	struct pfcp_memory *memory;
	uint64_t seid, own_seid;	/* of the header, and of the F-SEID */
	bool recorded;			/* fields are written */

	/* pfcp_rules.c's own */
	struct pfcp_request *request;	/* this one, or the one that is answered; NULL: unknown */
	struct cursor endpoint[PFCP_ENDPOINTS];
	uint8_t n_endpoints;

	/* what rules say */
	char instance[2][PFCP_NAME_MAX];	/* network instance towards access, towards core */
	bool has_qfi;
	uint8_t qfi;
};

/** Before the elements of a message; `body` is all of them. */
void pfcp_rules_begin(struct pfcp_reading *r, struct cursor body);
/** One element of the message; others than rules are ignored. */
void pfcp_read_rule(struct pfcp_reading *r, const struct pfcp_ie *ie);
/** Behind the last one. */
void pfcp_rules_end(struct pfcp_reading *r);

#endif
