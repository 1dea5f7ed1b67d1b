/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_arp_nd.c - one Ethernet frame to the readers of ARP and neighbour discovery. First octet:
 * 0 ARP, 1 ICMPv6 with hop limit 255, else the whole frame as it is; the rest is the body. What
 * is told must be a claim that a host may make. */
#include <stdint.h>

#include "neighbour_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ETHERNET = 14, IPV6 = 40 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t frame[ETHERNET + IPV6 + NEIGHBOUR_FRAME_MAX] = { 0 };
	char says[NEIGHBOUR_TEXT_MAX];
	size_t head = 0;

	if (size < 1 || size - 1 > NEIGHBOUR_FRAME_MAX)
		return 0;
	if (data[0] == 0) {
		memcpy(frame + 12, "\x08\x06", 2);
		head = ETHERNET;
	} else if (data[0] == 1) {
		memcpy(frame + 12, "\x86\xdd\x60", 3);
		frame[18] = (uint8_t)((size - 1) >> 8);
		frame[19] = (uint8_t)(size - 1);
		frame[20] = 58;
		frame[21] = 255;
		memcpy(frame + 22, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\5", 16);
		memcpy(frame + 38, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
		head = ETHERNET + IPV6;
	}
	memcpy(frame + head, data + 1, size - 1);
	(void)neighbour_show(frame, head + size - 1, data[0] >> 4, says);
	return 0;
}
