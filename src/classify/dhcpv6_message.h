/* SPDX-License-Identifier: Apache-2.0 */
/* dhcpv6_message.h - one DHCPv6 message as a struct, taken out of the relay messages around it
 * (RFC 8415, 8 and 9). Pure. */
#ifndef PICKET_CLASSIFY_DHCPV6_MESSAGE_H
#define PICKET_CLASSIFY_DHCPV6_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "cursor.h"
#include "dhcp_text.h"

enum dhcpv6_type {	/* RFC 8415, 7.3 */
	DHCPV6_SOLICIT = 1, DHCPV6_ADVERTISE, DHCPV6_REQUEST, DHCPV6_CONFIRM, DHCPV6_RENEW,
	DHCPV6_REBIND, DHCPV6_REPLY, DHCPV6_RELEASE, DHCPV6_DECLINE, DHCPV6_RECONFIGURE,
	DHCPV6_INFORMATION_REQUEST, DHCPV6_RELAY_FORW, DHCPV6_RELAY_REPL, DHCPV6_TYPE_N
};

enum {
	DHCPV6_RELAYS_MAX = 8,	/* nested; RFC 8415, 7.6: HOP_COUNT_LIMIT */
	DHCPV6_LEASES_MAX = 8,	/* of one message; more are left out */
	/* Shorter prefixes are delegated to no host, and would speak for too many. */
	DHCPV6_PREFIX_LEAST = 40
};

/* An address or prefix of an identity association. */
struct dhcpv6_lease {
	struct cidr block;
	uint32_t valid_s;
	bool prefix;		/* of IA_PD: also when it is one address long */
	bool sound;		/* its status is success, its prefix no shorter than the least */
};

/* Cursors borrow from the message; empty: not there. */
struct dhcpv6_message {
	uint8_t type;		/* enum dhcpv6_type, of the innermost message */
	uint32_t transaction;
	struct cursor duid, vendor_class, user_class, option_request;
	char fqdn[DHCP_NAME_MAX];
	size_t fqdn_len;
	bool has_mac;		/* by the relay next to the client, else by a DUID with one */
	uint8_t mac[6];
	struct dhcpv6_lease lease[DHCPV6_LEASES_MAX];
	uint8_t n_leases;
	bool leases_cut;
	bool has_status;
	uint16_t status;
	/* of the relay next to the client */
	bool relayed;
	struct addr relay_peer;
	struct cursor interface_id, remote_id, subscriber_id;
};

/** "solicit", "reply" ...; NULL for a type that has no name here. */
const char *dhcpv6_type_name(uint8_t type);
bool dhcpv6_from_server(uint8_t type);

/** Do type and options add up, without reading them? `cut`: by the snapshot length. */
bool dhcpv6_looks_sound(struct cursor in, bool cut);

/** Fills `m`. False when it is broken, nested too deep, or a relay message without another in
 * it: then `m` means nothing. */
bool dhcpv6_message_read(struct dhcpv6_message *m, struct cursor in, bool cut);

#endif
