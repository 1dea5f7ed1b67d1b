/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_gtpu.c - the input is what follows a UDP header to port 2152, whose lengths are right, so
 * that a fuzzer spends its time inside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTER = 28, INNER_MAX = 2000 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config cfg = { .max_layers = 16, .fragment_max = 4,
		.fragment_octets = 65536, .fragment_timeout_s = 30 };
	static const uint8_t outer[OUTER] = { 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1,
		192, 0, 2, 2, 8, 0x68, 8, 0x68 };
	struct stats *st = stats_new();
	struct decoder *d = decoder_new(&cfg, st);
	uint8_t *block = size > INNER_MAX ? NULL : malloc(OUTER + size);

	if (block != NULL && d != NULL) {
		struct frame frame = { .data = block, .cap_len = (uint32_t)(OUTER + size),
			.wire_len = (uint32_t)(OUTER + size), .link_type = 101 };
		struct packet pkt;
		enum decode_result result;

		memcpy(block, outer, OUTER);
		if (size != 0)
			memcpy(block + OUTER, data, size);
		block[2] = (uint8_t)((OUTER + size) >> 8);
		block[3] = (uint8_t)(OUTER + size);
		block[24] = (uint8_t)((8 + size) >> 8);
		block[25] = (uint8_t)(8 + size);
		result = decode_frame(d, &frame, &pkt);
		/* Whatever is inside, the outer packet is good: it stands, or a tunnel was entered. */
		if (result == DECODE_OK && pkt.tunnel.depth == 0 && pkt.payload_len != size)
			abort();
	}
	free(block);
	decoder_free(d);
	stats_free(st);
	return 0;
}
