/* SPDX-License-Identifier: Apache-2.0 */
/* addr.c - addresses and blocks: compare, read, write. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"

static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

struct addr
addr_from_ipv4(const uint8_t octets[4])
{
	struct addr a;

	memcpy(a.octet, mapped_prefix, 12);
	memcpy(a.octet + 12, octets, 4);
	return a;
}

struct addr
addr_from_ipv6(const uint8_t octets[16])
{
	struct addr a;

	memcpy(a.octet, octets, 16);
	return a;
}

bool
addr_is_ipv4(const struct addr *a)
{
	return memcmp(a->octet, mapped_prefix, 12) == 0;
}

bool
addr_is_unspecified(const struct addr *a)
{
	static const uint8_t none[4];

	if (addr_is_ipv4(a))
		return memcmp(a->octet + 12, none, sizeof(none)) == 0;
	return addr_equal(a, &(struct addr){ { 0 } });
}

bool
addr_is_multicast(const struct addr *a)
{
	static const uint8_t broadcast[4] = { 0xff, 0xff, 0xff, 0xff };

	if (addr_is_ipv4(a))
		return (a->octet[12] & 0xf0) == 0xe0 || memcmp(a->octet + 12, broadcast, 4) == 0;
	return a->octet[0] == 0xff;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a->octet, b->octet, 16) == 0;
}

int
addr_compare(const struct addr *a, const struct addr *b)
{
	return memcmp(a->octet, b->octet, 16);
}

/* Do the first `bits` bits agree? */
static bool
same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool
cidr_contains(const struct cidr *c, const struct addr *a)
{
	/* A short IPv6 prefix such as ::/0 is about IPv6 only. */
	if (c->len < 96 && addr_is_ipv4(a))
		return false;
	return same_prefix(c->base.octet, a->octet, c->len);
}

size_t
addr_text(const struct addr *a, char text[static ADDR_TEXT_MAX])
{
	if (addr_is_ipv4(a)) {
		char *at = text;

		for (int i = 12; i < 16; i++) {
			unsigned v = a->octet[i];

			if (v >= 100)
				*at++ = (char)('0' + v / 100);
			if (v >= 10)
				*at++ = (char)('0' + v / 10 % 10);
			*at++ = (char)('0' + v % 10);
			*at++ = '.';
		}
		at[-1] = '\0';
		return (size_t)(at - 1 - text);
	}
	(void)inet_ntop(AF_INET6, a->octet, text, ADDR_TEXT_MAX);
	return strlen(text);
}

size_t
cidr_text(const struct cidr *c, char text[static CIDR_TEXT_MAX])
{
	size_t n = addr_text(&c->base, text);
	unsigned len = addr_is_ipv4(&c->base) && c->len >= 96 ? c->len - 96u : c->len;

	return n + (size_t)snprintf(text + n, CIDR_TEXT_MAX - n, "/%u", len);
}

int
addr_parse(struct addr *a, const char *text)
{
	uint8_t octets[4];

	if (inet_pton(AF_INET, text, octets) == 1) {
		*a = addr_from_ipv4(octets);
		return 0;
	}
	return inet_pton(AF_INET6, text, a->octet) == 1 ? 0 : -EINVAL;
}

static bool
host_bits_set(const struct cidr *c)
{
	for (unsigned bit = c->len; bit < 128; bit++)
		if (c->base.octet[bit / 8] & (0x80 >> bit % 8))
			return true;
	return false;
}

int
cidr_parse(struct cidr *c, const char *text)
{
	char address[ADDR_TEXT_MAX];
	const char *slash = strchr(text, '/');
	size_t n = slash == NULL ? strlen(text) : (size_t)(slash - text);
	unsigned long max, len;
	struct cidr out;
	char *end;

	if (n >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, n);
	address[n] = '\0';
	if (addr_parse(&out.base, address) != 0)
		return -EINVAL;
	max = strchr(address, ':') == NULL ? 32 : 128;
	len = max;
	if (slash != NULL) {
		if (slash[1] < '0' || slash[1] > '9')
			return -EINVAL;
		len = strtoul(slash + 1, &end, 10);
		if (*end != '\0' || len > max)
			return -EINVAL;
	}
	out.len = (uint8_t)(len + 128 - max);
	if (host_bits_set(&out))
		return -EINVAL;
	*c = out;
	return 0;
}
