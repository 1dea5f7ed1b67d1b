/* SPDX-License-Identifier: Apache-2.0 */
/* addr.h - an IP address of either family in 16 octets.
 *
 * IPv4 is held as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2: ::ffff:a.b.c.d), so that one key,
 * one hash and one comparison serve both, and a listed IPv4 address is known in its mapped form,
 * too. On the wire decode refuses a packet between two of ::ffff:0:0/96, so no IPv6 packet can pose
 * as IPv4. */
#ifndef PICKET_ADDR_H
#define PICKET_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr {
	uint8_t octet[16];	/* network order */
};

/* An address block: `len` counts bits of the 128-bit form, so an IPv4 /24 has 120. */
struct cidr {
	struct addr base;
	uint8_t len;
};

enum { ADDR_TEXT_MAX = 46, CIDR_TEXT_MAX = 50 };	/* with the closing NUL */

struct addr addr_from_ipv4(const uint8_t octets[4]);
struct addr addr_from_ipv6(const uint8_t octets[16]);

bool addr_is_ipv4(const struct addr *a);
/** 0.0.0.0 or ::, which say that there is no address. */
bool addr_is_unspecified(const struct addr *a);
/** Multicast of either family, or IPv4 limited broadcast. */
bool addr_is_multicast(const struct addr *a);
bool addr_equal(const struct addr *a, const struct addr *b);
/** memcmp order of the 16 octets. */
int addr_compare(const struct addr *a, const struct addr *b);
bool cidr_contains(const struct cidr *c, const struct addr *a);

/** Write the address as text (RFC 5952 for IPv6). Returns its length. */
size_t addr_text(const struct addr *a, char text[static ADDR_TEXT_MAX]);
size_t cidr_text(const struct cidr *c, char text[static CIDR_TEXT_MAX]);

/** Read an address. 0, or -EINVAL; accepts exactly what inet_pton(3) does. */
int addr_parse(struct addr *a, const char *text);
/** Read `address` or `address/bits`. 0, or -EINVAL when malformed or when host bits are set. */
int cidr_parse(struct cidr *c, const char *text);

#endif
