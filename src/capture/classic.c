/* SPDX-License-Identifier: Apache-2.0 */
/* classic.c - reader of classic pcap files; sections are of draft-ietf-opsawg-pcap-03. */
#include <stdio.h>
#include <stdlib.h>

#include <pcap/dlt.h>

#include "classic.h"
#include "cursor.h"
#include "dialect.h"
#include "input.h"
#include "linktype.h"
#include "macros.h"

enum {
	FILE_HEADER_OCTETS = 24, RECORD_HEADER_OCTETS = 16,
	RECORD_MAX = 262144,		/* libpcap's MAXIMUM_SNAPLEN */
	LINKTYPE_RESERVED = 0x03ff0000	/* bits of the last word (4): 0, or not of today */
};

/* First four octets in the writer's byte order. */
static const uint32_t MAGIC_US = 0xa1b2c3d4, MAGIC_NS = 0xa1b23c4d;	/* section 4 */

struct classic {
	struct input *in;
	struct dialect *dialect;	/* NULL: we read it ourselves */
	bool big_endian;
	uint32_t per_us;	/* units of the second time field in a microsecond */
	uint32_t snaplen;
	int link_type;
	size_t held;		/* octets of the last record, still to be consumed */
	char why[128];
};

bool
classic_is_magic(const uint8_t *at, size_t n)
{
	struct cursor be = cursor_over(at, n), le = be;
	uint32_t as_be = cur_be32(&be), as_le = cur_le32(&le);

	if (be.short_read)
		return false;
	return as_be == MAGIC_US || as_be == MAGIC_NS || as_le == MAGIC_US ||
	    as_le == MAGIC_NS || dialect_is_magic(as_be) || dialect_is_magic(as_le);
}

static inline uint32_t
get32(const struct classic *c, struct cursor *at)
{
	return c->big_endian ? cur_be32(at) : cur_le32(at);
}

/* Fill `c` from a file header of today's format. False: leave it to libpcap, which also
 * says what is wrong with it. */
static bool
read_header(struct classic *c)
{
	const uint8_t *at;
	struct cursor h = cursor_over(NULL, 0), version;
	uint32_t magic, link;

	if (input_peek(c->in, FILE_HEADER_OCTETS, &at) == FILE_HEADER_OCTETS)
		h = cursor_over(at, FILE_HEADER_OCTETS);
	magic = cur_be32(&h);
	c->big_endian = magic == MAGIC_US || magic == MAGIC_NS;
	if (!c->big_endian)
		magic = __builtin_bswap32(magic);
	c->per_us = magic == MAGIC_NS ? 1000 : 1;
	version = cur_sub(&h, 4);
	cur_skip(&h, 8);		/* time zone and accuracy, which nobody writes */
	c->snaplen = get32(c, &h);
	link = get32(c, &h);
	if (h.short_read || (magic != MAGIC_US && magic != MAGIC_NS) ||
	    get32(c, &version) != (c->big_endian ? 0x00020004 : 0x00040002) ||
	    (link & LINKTYPE_RESERVED) != 0)
		return false;
	c->link_type = linktype_to_dlt((uint16_t)link);
	if (c->snaplen == 0 || c->snaplen > RECORD_MAX)
		c->snaplen = RECORD_MAX;
	return !dialect_needs(c->link_type);
}

struct classic *
classic_new(struct input *in, char *why, size_t why_size)
{
	struct classic *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		snprintf(why, why_size, "out of memory");
		return NULL;
	}
	c->in = in;
	if (read_header(c)) {
		input_consume(in, FILE_HEADER_OCTETS);
		return c;
	}
	c->dialect = dialect_new(in, why, why_size);
	if (c->dialect != NULL)
		return c;
	free(c);
	return NULL;
}

void
classic_free(struct classic *c)
{
	if (c == NULL)
		return;
	dialect_free(c->dialect);
	free(c);
}

/* Not the whole record header is there. */
static enum record
end_in_header(struct classic *c, size_t there)
{
	if (there == 0)
		return RECORD_END;
	snprintf(c->why, sizeof(c->why), "it ends %zu octets into a record's header", there);
	return RECORD_BROKEN;
}

enum record
classic_next(struct classic *c, struct frame *frame)
{
	const uint8_t *at;
	size_t there;
	struct cursor h;
	uint32_t s, part, cap_len, wire_len;

	if (UNLIKELY(c->dialect != NULL))
		return dialect_next(c->dialect, frame);
	input_consume(c->in, c->held);
	c->held = 0;
	there = input_peek(c->in, RECORD_HEADER_OCTETS, &at);
	if (UNLIKELY(there < RECORD_HEADER_OCTETS))
		return end_in_header(c, there);
	h = cursor_over(at, there);
	s = get32(c, &h);		/* both unsigned (section 5): the year 2038 is no limit */
	part = get32(c, &h);
	cap_len = get32(c, &h);
	wire_len = get32(c, &h);
	if (UNLIKELY(cap_len > RECORD_MAX)) {
		snprintf(c->why, sizeof(c->why), "a record claims %u octets", cap_len);
		return RECORD_BROKEN;
	}
	there = input_peek(c->in, RECORD_HEADER_OCTETS + cap_len, &at);
	if (UNLIKELY(there < RECORD_HEADER_OCTETS + cap_len)) {
		snprintf(c->why, sizeof(c->why), "it ends %zu octets into a record of %u",
		    there - RECORD_HEADER_OCTETS, cap_len);
		return RECORD_BROKEN;
	}
	c->held = there;
	frame->data = at + RECORD_HEADER_OCTETS;
	/* Some writers say a snapshot length and exceed it; as libpcap does, we keep to it. */
	frame->cap_len = cap_len <= c->snaplen ? cap_len : c->snaplen;
	frame->wire_len = wire_len < frame->cap_len ? frame->cap_len : wire_len;
	frame->time_us = (uint64_t)s * 1000000 + (c->per_us == 1 ? part : part / 1000);
	frame->link_type = c->link_type;
	return RECORD_FRAME;
}

const char *
classic_reason(struct classic *c)
{
	return c->dialect != NULL ? dialect_reason(c->dialect) : c->why;
}

uint64_t
classic_position(const struct classic *c)
{
	return c->dialect != NULL ? dialect_position(c->dialect) : input_position(c->in);
}

int
classic_seek(struct classic *c, uint64_t position)
{
	if (c->dialect != NULL)
		return dialect_seek(c->dialect, position);
	c->held = 0;
	return input_seek(c->in, position);
}
