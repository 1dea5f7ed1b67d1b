/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sctp.c - packets of one association. Each stands behind four octets: its length (16
 * bits), seconds since the one before, flags: 1 cut by the snapshot length, 2 the other side,
 * 4 another tag. Messages must lie in the packet or be no longer than there is room, and each
 * must be counted. */
#include <stdlib.h>
#include <string.h>

#include "classify/sctp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct packet
packet_of(const uint8_t *block, size_t len, uint8_t flags, uint64_t now_us)
{
	bool back = (flags & 2) != 0;
	struct packet pkt = { .time_us = now_us, .payload = block, .payload_len = (uint32_t)len,
		.payload_wire_len = (uint32_t)len + (flags & 1), .sctp_tag = flags & 6,
		.flags = (flags & 1) != 0 ? PACKET_TRUNCATED : 0 };

	pkt.ends.src_port = back ? 3868 : 40000;
	pkt.ends.dest_port = back ? 40000 : 3868;
	return pkt;
}

static uint64_t
read_packet(struct sctp *s, const struct packet *pkt)
{
	struct sctp_message m;
	uint64_t n = 0;

	sctp_begin(s, pkt, 0);
	while (sctp_next(s, &m)) {
		size_t len = cur_left(&m.data);
		unsigned sum = 0;

		if (len == 0 || len > (pkt->payload_len > SCTP_MESSAGE_MAX ? pkt->payload_len
			: SCTP_MESSAGE_MAX))
			abort();
		while (cur_left(&m.data) != 0)
			sum += cur_u8(&m.data);
		n += sum != UINT32_MAX;
	}
	if (n > SCTP_CHUNKS_MAX)
		abort();
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor in = cursor_over(data, size);
	struct stats *st = stats_new();
	struct sctp *s = sctp_new(st);
	uint64_t now_us = 1, n = 0;

	if (s == NULL)
		abort();
	while (cur_left(&in) > 4) {
		size_t len = cur_be16(&in);
		uint8_t seconds = cur_u8(&in), flags = cur_u8(&in), *block;
		struct packet pkt;

		if (len > cur_left(&in))
			len = cur_left(&in);
		block = malloc(len == 0 ? 1 : len);
		if (block == NULL)
			abort();
		memcpy(block, in.at, len);
		cur_skip(&in, len);
		now_us += seconds * UINT64_C(1000000);
		pkt = packet_of(block, len, flags, now_us);
		n += read_packet(s, &pkt);
		free(block);
	}
	if (stats_value(st, "classify.sctp.messages") != n)
		abort();
	sctp_free(s);
	stats_free(st);
	return 0;
}
