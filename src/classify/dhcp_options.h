/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp_options.h - the options of one DHCPv4 message, put together from wherever they lie: the
 * options field, then file and sname when overloaded (RFC 2131, 4.1; RFC 2132, 9.3), and an
 * option in several pieces (RFC 3396). Pure. */
#ifndef PICKET_CLASSIFY_DHCP_OPTIONS_H
#define PICKET_CLASSIFY_DHCP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"

/* X(id, code): the options that are kept. RFC 2132 unless said. */
#define DHCP_OPTIONS(X)						\
	X(DHCP_HOST_NAME, 12)					\
	X(DHCP_REQUESTED_ADDRESS, 50)				\
	X(DHCP_LEASE_TIME, 51)					\
	X(DHCP_OVERLOAD, 52)					\
	X(DHCP_MESSAGE_TYPE, 53)				\
	X(DHCP_SERVER_ID, 54)					\
	X(DHCP_PARAMETER_LIST, 55)				\
	X(DHCP_VENDOR_CLASS, 60)				\
	X(DHCP_CLIENT_ID, 61)					\
	X(DHCP_USER_CLASS, 77)		/* RFC 3004 */		\
	X(DHCP_FQDN, 81)		/* RFC 4702 */		\
	X(DHCP_RELAY_INFO, 82)		/* RFC 3046 */		\
	X(DHCP_VENDOR_CLASSES, 124)	/* RFC 3925 */

enum dhcp_option {
#define X(id, code) id,
	DHCP_OPTIONS(X)
#undef X
	DHCP_OPTION_N
};

enum { DHCP_VALUE_MAX = 255 };	/* octets kept of a value; what is behind them is left out */

struct dhcp_options {
	uint8_t len[DHCP_OPTION_N];
	uint8_t octets[DHCP_OPTION_N][DHCP_VALUE_MAX];
};

/** Read `options` (behind the magic cookie) and, as they say, `file` and `sname`. False when a
 * length runs past the end of its field; what was read up to there is kept. */
bool dhcp_options_read(struct dhcp_options *o, struct cursor options, struct cursor file,
    struct cursor sname);

/** The value of an option; empty when it is not there. Borrows from `o`. */
struct cursor dhcp_option(const struct dhcp_options *o, enum dhcp_option which);
/** The same without NULs at its end, which text may have on the wire (RFC 2132, 2). */
struct cursor dhcp_option_text(const struct dhcp_options *o, enum dhcp_option which);

#endif
