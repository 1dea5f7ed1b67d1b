/* SPDX-License-Identifier: Apache-2.0 */
/* diameter.h - the attribute-value pairs of a Diameter message (RFC 6733, 4) that tell about a
 * device, its subscriber and its session. Pure: knows nothing of flows and fields. */
#ifndef PICKET_CLASSIFY_DIAMETER_H
#define PICKET_CLASSIFY_DIAMETER_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"
#include "signalling.h"

enum { EQUIPMENT_STATUS_NONE = -1 };

/* What struct signalling has no place for. Cursors borrow from the message; empty: not said. */
struct diameter_said {
	struct cursor session_id, origin_host, external_identifier;
	struct cursor software_version;	/* of Terminal-Information */
	uint32_t request_type;		/* CC-Request-Type: 1 initial, 2 update, 3 termination; 0 */
	uint32_t result;		/* Result-Code or Experimental-Result-Code; 0 */
	uint32_t disconnect_cause;	/* + 1, because 0 is "rebooting" */
	int equipment_status;		/* 0 white, 1 black, 2 grey; EQUIPMENT_STATUS_NONE */
	bool has_origin_state;
	uint32_t origin_state;
};

/**
 * Read the AVPs of one message: whose it is, which addresses, where, goes to `s`, which is as
 * parse_tell() left it; what else, to `said`. Of values that come twice the first one stays.
 *
 * cut: what is behind `avps` was not captured or kept, so an AVP may end short.
 * Returns false when lengths do not add up; both then hold what came before.
 */
bool diameter_read(struct cursor avps, bool cut, struct signalling *s, struct diameter_said *said);

/* Identities in any of the codings that are in use. */

/** IMEI or IMEISV: ASCII, TBCD, or an octet for each digit. DIGITS_NONE unless 14 to 16 digits. */
digits diameter_imei(struct cursor value);
/** IMSI of a User-Name or NAI: digits alone, or in the realm of its network (TS 23.003, 14.3 and
 * 19.3.2). DIGITS_NONE when it is another name. */
digits diameter_imsi(struct cursor name);
/** MSISDN: ASCII, with or without "+" or "tel:" (RFC 3966, in IMS), or TBCD. DIGITS_NONE when it
 * is none. */
digits diameter_msisdn(struct cursor value);

enum { MAC_OCTETS = 6 };
/** MAC address: octets, or hexadecimal text (RFC 3580, 3.21), or an EUI-64 that was made of one:
 * it has ff:fe in its middle. modified: its universal bit is turned over (RFC 4291, 2.5.1).
 * False when it is none. */
bool diameter_mac(struct cursor value, bool modified, uint8_t mac[static MAC_OCTETS]);

#endif
