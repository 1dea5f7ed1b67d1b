/* SPDX-License-Identifier: Apache-2.0 */
/* radius_attributes.h - attributes of RADIUS (RFC 2865, 2866, 3162, 4818, 6911) and 3GPP's own
 * (TS 29.061, 16.4.7): whose a session is, where, and under which addresses. */
#ifndef PICKET_CLASSIFY_RADIUS_ATTRIBUTES_H
#define PICKET_CLASSIFY_RADIUS_ATTRIBUTES_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "cursor.h"
#include "field.h"

struct parse;
struct signalling;

/* Rows of the parser's fields. */
enum radius_field {
	RADIUS_F_CODE, RADIUS_F_STATUS, RADIUS_F_NAS_ADDRESS, RADIUS_F_NAS_IDENTIFIER,
	RADIUS_F_CALLED, RADIUS_F_TERMINATE_CAUSE, RADIUS_F_EVENT_TIME, RADIUS_F_PORT_TYPE,
	RADIUS_F_PDP_TYPE, RADIUS_F_SGSN, RADIUS_F_GGSN, RADIUS_F_CHARGING_GATEWAY,
	RADIUS_F_IMSI_PLMN, RADIUS_F_GGSN_PLMN, RADIUS_F_SGSN_PLMN, RADIUS_F_NSAPI,
	RADIUS_F_SELECTION_MODE, RADIUS_F_CHARGING, RADIUS_F_RAT, RADIUS_F_N
};

/* Acct-Status-Type (RFC 2866, 5.1). */
enum {
	RADIUS_START = 1, RADIUS_STOP = 2, RADIUS_INTERIM = 3, RADIUS_ON = 7, RADIUS_OFF = 8
};

enum { RADIUS_ADDRS_MAX = 4 };

/* One message while it is read. */
struct radius_reading {
	struct parse *parse;
	struct signalling *s;
	bool recorded;			/* fields are written */

	uint32_t status;		/* Acct-Status-Type; 0: none */
	/* said in several attributes, judged when all are known */
	struct cursor user_name, calling, called;
	struct cidr ue[RADIUS_ADDRS_MAX];
	uint8_t n_ue;
	struct addr nas4, nas6, ggsn;	/* all zeros: not told */
	uint32_t session_time_s, delay_s, port_type;
	bool has_session_time, has_port_type, has_3gpp;
};

/** Do the lengths of all attributes add up? */
bool radius_attributes_add_up(struct cursor in);
/** Bits for attributes that a request must have and other protocols hardly do; 0 also when an
 * attribute has not the length that its type must have. */
enum { RADIUS_HAS_STATUS = 1, RADIUS_HAS_SESSION_ID = 2, RADIUS_HAS_NAS = 4, RADIUS_HAS_USER = 8 };
unsigned radius_attributes_proof(struct cursor in);

/** Read all attributes. */
void radius_read_attributes(struct radius_reading *r, struct cursor in);
/** What several attributes say together: who, APN, NAS, and when the session began. */
void radius_conclude(struct radius_reading *r);
/** Tell the addresses of the device. Only what is given is, not what is asked for. */
void radius_tell_addrs(struct radius_reading *r);

#endif
