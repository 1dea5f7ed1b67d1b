/* SPDX-License-Identifier: Apache-2.0 */
/* pfcp_made.h - PFCP messages (TS 29.244) put together element by element, for tests. */
#ifndef PICKET_TESTS_PFCP_MADE_H
#define PICKET_TESTS_PFCP_MADE_H

#include <stdint.h>
#include <string.h>

#include "classify/pfcp_ie.h"

struct made {
	uint8_t octets[2048];
	size_t len;
};

static inline void
put(struct made *m, const void *octets, size_t len)
{
	memcpy(m->octets + m->len, octets, len);
	m->len += len;
}

static inline void
put_be(struct made *m, uint64_t value, unsigned octets)
{
	while (octets-- != 0)
		m->octets[m->len++] = (uint8_t)(value >> 8 * octets);
}

/* The head of an element; its length is written by made_close(). */
static inline size_t
made_open(struct made *m, uint16_t type)
{
	put_be(m, type, 2);
	put_be(m, 0, 2);
	return m->len;
}

static inline void
made_close(struct made *m, size_t at)
{
	m->octets[at - 2] = (uint8_t)((m->len - at) >> 8);
	m->octets[at - 1] = (uint8_t)(m->len - at);
}

static inline void
put_ie(struct made *m, uint16_t type, const void *octets, size_t len)
{
	size_t at = made_open(m, type);

	put(m, octets, len);
	made_close(m, at);
}

static inline void
put_number_ie(struct made *m, uint16_t type, uint64_t value, unsigned octets)
{
	size_t at = made_open(m, type);

	put_be(m, value, octets);
	made_close(m, at);
}

#define IE(m, type, text) put_ie(m, type, text, sizeof(text) - 1)

static inline struct made
made_message(uint8_t type, uint64_t seid, uint32_t sequence)
{
	struct made m = { .len = 0 };

	put_be(&m, type >= 50 ? 0x21 : 0x20, 1);
	put_be(&m, type, 1);
	put_be(&m, 0, 2);
	if (type >= 50)
		put_be(&m, seid, 8);
	put_be(&m, sequence, 3);
	put_be(&m, 0, 1);
	return m;
}

/* Write the length of the message. */
static inline void
made_end(struct made *m)
{
	m->octets[2] = (uint8_t)((m->len - 4) >> 8);
	m->octets[3] = (uint8_t)(m->len - 4);
}

/* A PDR: its PDI has the elements of `pdi`. */
static inline void
put_pdr(struct made *m, uint16_t group, uint16_t id, const struct made *pdi)
{
	size_t at = made_open(m, group);

	put_number_ie(m, IE_PDR_ID, id, 2);
	put_ie(m, IE_PDI, pdi->octets, pdi->len);
	made_close(m, at);
}

/* A FAR with GTP-U to `teid` at 192.0.2.`host`; destination INTERFACE_NONE: not told; teid 0: no
 * header. */
static inline void
put_far(struct made *m, uint16_t group, uint32_t id, uint8_t destination, uint32_t teid, uint8_t host)
{
	size_t at = made_open(m, group), to, header;

	put_number_ie(m, IE_FAR_ID, id, 4);
	to = made_open(m, group == IE_CREATE_FAR ? IE_FORWARDING : IE_UPDATE_FORWARDING);
	if (destination != INTERFACE_NONE)
		put_number_ie(m, IE_DESTINATION_INTERFACE, destination, 1);
	if (teid != 0) {
		header = made_open(m, IE_OUTER_HEADER_CREATION);
		put_be(m, 0x0100, 2);
		put_be(m, teid, 4);
		put_be(m, 0xc0000200u | host, 4);
		made_close(m, header);
	}
	made_close(m, to);
	made_close(m, at);
}

#endif
