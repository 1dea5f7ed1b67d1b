/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_decode.c - one frame of any link type. The first two octets choose the link type (by its
 * number in 9 bits) and the octets that the snapshot length cut off. */
#include <stdint.h>
#include <stdlib.h>

#include "config.h"
#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What decode.h and packet.h promise of a good packet. */
static void
check(const struct packet *pkt)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < pkt->payload_len; i++)
		sum += pkt->payload[i];
	for (uint32_t i = 0; i < pkt->l3_len; i++)
		sum += pkt->l3[i];
	if (pkt->payload_wire_len < pkt->payload_len || sum == UINT32_MAX)
		abort();
	if ((pkt->payload_wire_len > pkt->payload_len) != ((pkt->flags & PACKET_TRUNCATED) != 0)
	    && pkt->payload_len != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config cfg = { .max_layers = 16, .fragment_max = 4,
		.fragment_octets = 65536, .fragment_timeout_s = 30 };
	struct stats *st = stats_new();
	struct decoder *d = decoder_new(&cfg, st);
	struct frame frame = { .time_us = 1 };
	struct packet pkt;

	if (size >= 2 && d != NULL) {
		frame.data = data + 2;
		frame.cap_len = (uint32_t)(size - 2);
		frame.wire_len = frame.cap_len + (data[1] >> 1);
		frame.link_type = data[0] | (data[1] & 1) << 8;
		if (decode_frame(d, &frame, &pkt) == DECODE_OK)
			check(&pkt);
	}
	decoder_free(d);
	stats_free(st);
	return 0;
}
