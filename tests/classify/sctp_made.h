/* SPDX-License-Identifier: Apache-2.0 */
/* sctp_made.h - SCTP packets for tests, chunk by chunk. */
#ifndef PICKET_TESTS_SCTP_MADE_H
#define PICKET_TESTS_SCTP_MADE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"

enum { MADE_E = 1, MADE_B = 2, MADE_U = 4, MADE_WHOLE = MADE_B | MADE_E, MADE_MAX = 65536 };

struct made {
	uint8_t octets[MADE_MAX];
	size_t len;
};

struct made_data {
	uint8_t flags;
	uint32_t tsn;
	uint16_t stream, ssn;
	uint32_t ppid;
	const void *octets;
	size_t len;
};

static inline void
made_be(struct made *m, uint64_t value, unsigned octets)
{
	while (octets-- != 0)
		m->octets[m->len++] = (uint8_t)(value >> 8 * octets);
}

static inline void
made_octets(struct made *m, const void *octets, size_t len)
{
	memcpy(m->octets + m->len, octets, len);
	m->len += len;
}

static inline void
made_pad(struct made *m)
{
	while (m->len % 4 != 0)
		made_be(m, 0, 1);
}

static inline void
made_chunk(struct made *m, uint8_t type, const void *value, size_t len)
{
	made_be(m, type, 1);
	made_be(m, 0, 1);
	made_be(m, 4 + len, 2);
	made_octets(m, value, len);
	made_pad(m);
}

static inline void
made_data(struct made *m, struct made_data d)
{
	made_be(m, 0, 1);
	made_be(m, d.flags, 1);
	made_be(m, 16 + d.len, 2);
	made_be(m, d.tsn, 4);
	made_be(m, d.stream, 2);
	made_be(m, d.ssn, 2);
	made_be(m, d.ppid, 4);
	made_octets(m, d.octets, d.len);
	made_pad(m);
}

/* I-DATA: `ssn` is the message's number, `ppid` the fragment's but for the first one. */
static inline void
made_i_data(struct made *m, struct made_data d)
{
	made_be(m, 64, 1);
	made_be(m, d.flags, 1);
	made_be(m, 20 + d.len, 2);
	made_be(m, d.tsn, 4);
	made_be(m, d.stream, 2);
	made_be(m, 0, 2);
	made_be(m, d.ssn, 4);
	made_be(m, d.ppid, 4);
	made_octets(m, d.octets, d.len);
	made_pad(m);
}

/* The packet over a heap block of just its size; free((void *)pkt.payload). */
static inline struct packet
made_packet(const struct made *m, uint64_t time_us)
{
	uint8_t *block = malloc(m->len == 0 ? 1 : m->len);
	static const uint8_t low[4] = { 192, 0, 2, 1 }, high[4] = { 192, 0, 2, 2 };

	if (block == NULL)
		abort();
	memcpy(block, m->octets, m->len);
	return (struct packet){
		.time_us = time_us, .sctp_tag = 0x1234abcd,
		.ends = { addr_from_ipv4(low), addr_from_ipv4(high), 40000, 3868, 132 },
		.payload = block, .payload_len = (uint32_t)m->len,
		.payload_wire_len = (uint32_t)m->len,
		.ip_len = (uint32_t)m->len + 32,
	};
}

#endif
