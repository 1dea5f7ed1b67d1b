/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp_message.h - one DHCPv4 or BOOTP message (RFC 2131, 2; RFC 951, 3) as a struct. Pure. */
#ifndef PICKET_CLASSIFY_DHCP_MESSAGE_H
#define PICKET_CLASSIFY_DHCP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "cursor.h"
#include "dhcp_options.h"
#include "dhcp_text.h"

enum { DHCP_OP_REQUEST = 1, DHCP_OP_REPLY = 2, DHCP_HTYPE_ETHERNET = 1 };
enum {
	DHCP_CHADDR_OCTETS = 16,
	DHCP_HEADER_OCTETS = 236,
	DHCP_BOOTP_OCTETS = 300	/* with a vendor area of 64 (RFC 951, 3) */
};
#define DHCP_MAGIC_COOKIE UINT32_C(0x63825363)	/* RFC 2131, 3 */

enum dhcp_message_type {	/* RFC 2132, 9.6; RFC 3203, 4; RFC 4388, 6.1 */
	DHCP_BOOTP = 0,		/* not said */
	DHCP_DISCOVER = 1, DHCP_OFFER, DHCP_REQUEST, DHCP_DECLINE, DHCP_ACK, DHCP_NAK,
	DHCP_RELEASE, DHCP_INFORM, DHCP_FORCERENEW, DHCP_LEASEQUERY, DHCP_LEASEUNASSIGNED,
	DHCP_LEASEUNKNOWN, DHCP_LEASEACTIVE, DHCP_MESSAGE_TYPE_N
};

struct dhcp_message {
	uint8_t op, htype, hlen;	/* hlen: at most DHCP_CHADDR_OCTETS */
	uint8_t type;		/* enum dhcp_message_type, or a number that has no name here */
	uint32_t xid;
	struct addr ciaddr, yiaddr, giaddr;	/* the client's own, the one given, the relay's */
	uint8_t chaddr[DHCP_CHADDR_OCTETS];
	struct dhcp_options options;
	char fqdn[DHCP_NAME_MAX];	/* of option 81, as text */
	size_t fqdn_len;
};

/** Do these octets fit the head of a message? */
bool dhcp_head_sound(uint8_t op, uint8_t hlen, uint8_t hops);

/** Fills `m`. `cut`: by the snapshot length, so options may end early. False when it is broken:
 * then `m` means nothing. */
bool dhcp_message_read(struct dhcp_message *m, struct cursor in, bool cut);

/** Four octets as an address; 0.0.0.0 when they are not there. */
struct addr dhcp_read_ipv4(struct cursor *in);
/** Is it another than 0.0.0.0? Of IPv4 addresses only. */
bool dhcp_has_ipv4(const struct addr *a);

#endif
