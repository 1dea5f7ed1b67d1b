/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_fragments.c - several packets through one decoder with little memory. Each packet stands
 * behind two octets: its length, and the seconds since the one before. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One packet, from a block of just its size. */
static void
decode_one(struct decoder *d, const uint8_t *data, size_t len, uint64_t now_us)
{
	uint8_t *block = malloc(len == 0 ? 1 : len);
	struct frame frame = { .data = block, .cap_len = (uint32_t)len, .wire_len = (uint32_t)len,
		.time_us = now_us, .link_type = 101 };
	struct packet pkt;
	unsigned sum = 0;

	if (block == NULL)
		return;
	memcpy(block, data, len);
	if (decode_frame(d, &frame, &pkt) == DECODE_OK) {
		for (uint32_t i = 0; i < pkt.payload_len; i++)
			sum += pkt.payload[i];
		if ((pkt.flags & PACKET_REASSEMBLED) != 0 && pkt.l3_len != pkt.ip_len
		    && pkt.tunnel.depth == 0)
			abort();
	}
	if (sum == UINT32_MAX)
		abort();
	free(block);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config cfg = { .max_layers = 16, .fragment_max = 3,
		.fragment_octets = 2048, .fragment_timeout_s = 30 };
	struct stats *st = stats_new();
	struct decoder *d = decoder_new(&cfg, st);
	uint64_t now_us = 0;

	while (size >= 2 && d != NULL) {
		size_t len = data[0] < size - 2 ? data[0] : size - 2;

		now_us += data[1] * UINT64_C(1000000);
		decode_one(d, data + 2, len, now_us);
		data += 2 + len;
		size -= 2 + len;
	}
	decoder_free(d);
	stats_free(st);
	return 0;
}
