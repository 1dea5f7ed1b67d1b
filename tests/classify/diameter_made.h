/* SPDX-License-Identifier: Apache-2.0 */
/* diameter_made.h - Diameter messages for tests, AVP by AVP. Groups nest by avp_open(). */
#ifndef PICKET_TESTS_DIAMETER_MADE_H
#define PICKET_TESTS_DIAMETER_MADE_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum {
	MADE_MAX = 1 << 16, MADE_OPEN_MAX = 16, MADE_REQUEST = 0x80, MADE_ANSWER = 0,
	MADE_3GPP = 10415, MADE_S6A = 16777251, MADE_S13 = 16777252, MADE_GX = 16777238,
	MADE_GY = 4, MADE_RX = 16777236, MADE_T6A = 16777346
};

struct messages {
	uint8_t octets[MADE_MAX];
	size_t len, start;	/* of all; of the message in hand */
	size_t open[MADE_OPEN_MAX];
	unsigned n_open;
};

static inline void
octets_be(struct messages *m, uint64_t value, unsigned octets)
{
	assert(m->len + octets <= MADE_MAX);
	while (octets-- != 0)
		m->octets[m->len++] = (uint8_t)(value >> 8 * octets);
}

static inline void
octets_length(struct messages *m, size_t at, size_t len)
{
	for (unsigned i = 0; i < 3; i++)
		m->octets[at + i] = (uint8_t)(len >> 8 * (2 - i));
}

static inline void
message_begin(struct messages *m, uint8_t flags, uint32_t command, uint32_t application, uint32_t hop)
{
	m->start = m->len;
	octets_be(m, 1, 1);
	octets_be(m, 0, 3);
	octets_be(m, flags, 1);
	octets_be(m, command, 3);
	octets_be(m, application, 4);
	octets_be(m, hop, 4);
	octets_be(m, 0xe2e, 4);
}

static inline void
message_end(struct messages *m)
{
	assert(m->n_open == 0);
	octets_length(m, m->start + 1, m->len - m->start);
}

static inline void
avp_open(struct messages *m, uint32_t code, uint32_t vendor)
{
	assert(m->n_open < MADE_OPEN_MAX);
	m->open[m->n_open++] = m->len;
	octets_be(m, code, 4);
	octets_be(m, vendor != 0 ? 0xc0 : 0x40, 1);
	octets_be(m, 0, 3);
	if (vendor != 0)
		octets_be(m, vendor, 4);
}

static inline void
avp_close(struct messages *m)
{
	size_t at = m->open[--m->n_open];

	octets_length(m, at + 5, m->len - at);
	while (m->len % 4 != 0)
		octets_be(m, 0, 1);
}

static inline void
avp_octets(struct messages *m, uint32_t code, uint32_t vendor, const void *octets, size_t len)
{
	avp_open(m, code, vendor);
	assert(m->len + len <= MADE_MAX);
	memcpy(m->octets + m->len, octets, len);
	m->len += len;
	avp_close(m);
}

static inline void
avp_text(struct messages *m, uint32_t code, uint32_t vendor, const char *text)
{
	avp_octets(m, code, vendor, text, strlen(text));
}

static inline void
avp_u32(struct messages *m, uint32_t code, uint32_t vendor, uint32_t value)
{
	avp_open(m, code, vendor);
	octets_be(m, value, 4);
	avp_close(m);
}

#endif
