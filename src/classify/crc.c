/* SPDX-License-Identifier: Apache-2.0 */
/* crc.c - cyclic sums by nibbles: messages are short and few, so tables are small. */
#include "crc.h"

/* What a nibble adds, for a polynomial with its bits reversed. */
static uint32_t
nibble(uint32_t n, uint32_t polynomial)
{
	for (unsigned bit = 0; bit < 4; bit++)
		n = n >> 1 ^ (n & 1 ? polynomial : 0);
	return n;
}

static uint32_t
sum(struct cursor in, uint32_t polynomial, uint32_t start)
{
	uint32_t table[16], s = start;

	for (uint32_t n = 0; n < 16; n++)
		table[n] = nibble(n, polynomial);
	while (cur_left(&in) != 0) {
		s ^= cur_u8(&in);
		s = s >> 4 ^ table[s & 0xf];
		s = s >> 4 ^ table[s & 0xf];
	}
	return s;
}

uint16_t
crc16_x25(struct cursor octets)
{
	return (uint16_t)(sum(octets, 0x8408, 0xffff) ^ 0xffff);
}

uint16_t
crc16_arc(struct cursor octets)
{
	return (uint16_t)sum(octets, 0xa001, 0);
}

uint32_t
crc32_ieee(struct cursor octets)
{
	return sum(octets, UINT32_C(0xedb88320), UINT32_MAX) ^ UINT32_MAX;
}
