/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_stream.c - octets as a sequence of segments and of what a parser does with them.
 *
 * Each operation takes eight octets: kind and sender, flags, sequence number (16 bits, around
 * the wrap), length, how much a parser consumes, how much it skips, acknowledgement. What may
 * never happen: a chunk that is empty or too long, more chunks than promised, octets that
 * differ from what was sent at their place, memory that does not come back, a lost count. */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "cursor.h"
#include "flow.h"
#include "stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHUNKS_MAX = 2 * 65, STREAM_MAX = 2048 };

/* The octet at a sequence number is always the same, so that a chunk with an octet lost or
 * twice shows it. Counted from below the wrap, where no test goes. */
static uint8_t
octet_at(uint32_t seq)
{
	return (uint8_t)((seq + 0x10000u) % 251);
}

struct op {
	uint8_t kind, flags, len, used, skip, ack;
	uint16_t seq;
};

static struct packet
packet_of(const struct op *op, uint8_t payload[static 1024])
{
	static const uint8_t low[4] = { 10, 0, 0, 1 }, high[4] = { 10, 0, 0, 2 };
	bool back = op->kind & 1;
	uint32_t base = 0xffff8000u;
	struct packet pkt = {
		.time_us = (uint64_t)op->kind << 20, .ip_len = 40, .tcp_flags = op->flags,
		.seq = base + op->seq, .ack = base + op->ack * 64u,
		.payload = payload, .payload_len = op->len * 4u, .payload_wire_len = op->len * 4u,
		.ends = { addr_from_ipv4(back ? high : low), addr_from_ipv4(back ? low : high),
		    back ? 443 : (uint16_t)(1000 + (op->kind >> 1) % 2),
		    back ? (uint16_t)(1000 + (op->kind >> 1) % 2) : 443, 6 },
	};
	uint32_t first = pkt.seq + ((op->flags & TCP_SYN) != 0);

	for (uint32_t i = 0; i < pkt.payload_len; i++)
		payload[i] = octet_at(first + i);
	if (op->kind & 4)
		pkt.payload_len /= 2;		/* cut by the snapshot length */
	return pkt;
}

static void
check_chunk(const struct stream_chunk *chunk)
{
	size_t len = cur_left(&chunk->data);

	if (len == 0 || len > STREAM_MAX + 1024)
		abort();
	for (size_t i = 1; i < len; i++)
		if (chunk->data.at[i] != (chunk->data.at[i - 1] + 1) % 251)
			abort();
}

static void
read_chunks(struct flow_table *ft, struct flow *flow, const struct op *op)
{
	struct stream_chunk chunk;
	unsigned chunks = 0;

	while (flow_stream_next(ft, flow, &chunk)) {
		if (++chunks > CHUNKS_MAX)
			abort();
		check_chunk(&chunk);
		if (op->kind & 8)
			continue;		/* does not even say that it consumed nothing */
		flow_stream_consume(ft, flow, &chunk, op->used, op->skip);
		if ((op->kind & 0xf0) == 0xf0)
			flow_stream_stop(ft, flow);
		else if ((op->kind & 0xf0) == 0xe0)
			flow_reverse(flow);
		else if ((op->kind & 0xf0) == 0xd0)
			return;			/* does not look at the rest */
	}
}

static void
run(struct flow_table *ft, struct cursor *in, uint64_t *touches)
{
	while (cur_left(in) >= 8) {
		struct op op = { cur_u8(in), cur_u8(in), cur_u8(in), cur_u8(in), cur_u8(in),
		    cur_u8(in), cur_be16(in) };
		uint8_t payload[1024];
		struct packet pkt = packet_of(&op, payload);
		enum direction dir;
		bool is_new;
		struct flow *flow;

		flow_table_expire(ft, pkt.time_us);
		flow = flow_table_touch(ft, &pkt, &dir, &is_new);
		(*touches)++;
		if (flow != NULL && flow_stream_push(ft, flow, &pkt, dir))
			read_chunks(ft, flow, &op);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor in = cursor_over(data, size);
	struct config cfg = {
		.flow_max = 2, .stream_max = STREAM_MAX, .stream_memcap = 1 << 18,
		.idle_new_s = 30, .idle_tcp_s = 60, .idle_udp_s = 60, .idle_other_s = 60,
		.idle_closed_s = 10, .active_s = 200,
	};
	struct stats *st = stats_new();
	struct flow_table *ft = flow_table_new(&cfg, st, NULL, NULL);
	size_t empty;
	uint64_t touches = 0;

	if (ft == NULL)
		abort();
	empty = flow_table_memory(ft);
	run(ft, &in, &touches);
	flow_table_end_all(ft, 0);
	if (flow_table_live(ft) != 0 || flow_table_memory(ft) != empty ||
	    stats_value(st, "flow.packets") + stats_value(st, "flow.refused") != touches ||
	    stats_value(st, "flow.new") != stats_value(st, "flow.ended"))
		abort();
	flow_table_free(ft);
	stats_free(st);
	return 0;
}
