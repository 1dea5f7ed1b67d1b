/* SPDX-License-Identifier: Apache-2.0 */
/* dhcp_text.c - lists, names and link-layer addresses as text. */
#include <string.h>

#include "decimal.h"
#include "dhcp_text.h"

size_t
dhcp_list_text(char text[static DHCP_LIST_MAX], struct cursor in, unsigned width)
{
	size_t len = 0;

	while (cur_left(&in) >= width && len + 1 + DECIMAL_MAX <= DHCP_LIST_MAX) {
		if (len != 0)
			text[len++] = ',';
		len += decimal_put(text + len, width == 1 ? cur_u8(&in) : cur_be16(&in));
	}
	return len;
}

size_t
dhcp_labels_text(char text[static DHCP_NAME_MAX], struct cursor in)
{
	size_t len = 0;

	while (cur_left(&in) != 0) {
		uint8_t octets = cur_u8(&in);
		struct cursor label = cur_sub(&in, octets);

		if (octets == 0)
			return cur_left(&in) == 0 ? len : 0;
		if (octets > 63 || label.short_read || len + 1 + octets > DHCP_NAME_MAX)
			return 0;
		if (len != 0)
			text[len++] = '.';
		memcpy(text + len, label.at, octets);
		len += octets;
	}
	return len;
}

void
dhcp_mac_text(char text[static DHCP_MAC_TEXT], const uint8_t mac[static 6])
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = 0; i < 6; i++) {
		text[3 * i] = hex[mac[i] >> 4];
		text[3 * i + 1] = hex[mac[i] & 0xf];
		if (i != 5)
			text[3 * i + 2] = ':';
	}
}

bool
dhcp_mac_sound(const uint8_t mac[static 6])
{
	static const uint8_t zeros[6];

	return (mac[0] & 1) == 0 && memcmp(mac, zeros, sizeof(zeros)) != 0;
}
