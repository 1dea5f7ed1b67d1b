/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp_text.h - what options of DHCPv4 and DHCPv6 have in common, as text for fields: lists of
 * numbers, names as labels, link-layer addresses. */
#ifndef PICKET_CLASSIFY_DHCP_TEXT_H
#define PICKET_CLASSIFY_DHCP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"

enum {
	DHCP_NAME_MAX = 255,	/* RFC 1035, 2.3.4 */
	DHCP_LIST_MAX = 512,	/* text of a list of numbers; a longer one is cut behind a number */
	DHCP_MAC_TEXT = 17,	/* "02:00:5e:10:00:01", no closing NUL */
	DHCP_FIELD_MESSAGES = 16	/* of a flow whose fields are kept: it may live for months */
};

/** "1,3,6,15" from numbers of `width` octets (1 or 2). Returns the length. */
size_t dhcp_list_text(char text[static DHCP_LIST_MAX], struct cursor in, unsigned width);

/** Dotted text of labels (RFC 1035, 3.1, no compression), with or without the root at its end.
 * 0 when the labels do not add up or the name is too long. */
size_t dhcp_labels_text(char text[static DHCP_NAME_MAX], struct cursor in);

void dhcp_mac_text(char text[static DHCP_MAC_TEXT], const uint8_t mac[static 6]);

/** Is this an address that one interface may have: neither a group's nor all zeros? */
bool dhcp_mac_sound(const uint8_t mac[static 6]);

#endif
