/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng.c - reader of pcapng files; sections are of draft-ietf-opsawg-pcapng-03. */
#include <stdlib.h>

#include "cursor.h"
#include "input.h"
#include "linktype.h"
#include "pcapng.h"

enum {	/* block types (10.1) */
	BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_OLD_PACKET = 2, BLOCK_SPB = 3, BLOCK_EPB = 6
};

enum {
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,		/* 4.1 */
	OPTION_END = 0, OPTION_TSRESOL = 9, OPTION_TSOFFSET = 14,	/* 3.5, 4.2 */
	HEADER_OCTETS = 8,			/* type, total length */
	TRAILER_OCTETS = 4,			/* total length once more */
	BLOCK_MIN = HEADER_OCTETS + TRAILER_OCTETS,
	BLOCK_MAX = 1 << 20,			/* that we look into: four of the largest frames */
	INTERFACES_MAX = 1 << 16,		/* of a section; packets of more are refused */
	TSRESOL_BINARY = 0x80, TSRESOL_PRESET = 6
};

struct interface {
	int link_type;		/* DLT_ */
	uint32_t snaplen;	/* 0: no limit */
	int64_t offset_s;	/* added to each time */
	uint8_t tsresol;	/* as in if_tsresol: 10^-n, or 2^-n with TSRESOL_BINARY */
};

struct pcapng {
	bool big_endian;	/* of this section */
	size_t held;		/* octets of the last block, still to be consumed */
	uint64_t last_us;	/* of the last packet, for blocks without a time */
	const char *why;
	struct interface *interfaces;
	uint32_t n_interfaces, room;
};

bool
pcapng_is_magic(const uint8_t *at, size_t n)
{
	struct cursor c = cursor_over(at, n);
	struct cursor le;
	uint32_t type = cur_be32(&c);

	cur_skip(&c, 4);
	le = c;
	/* The type reads the same in both byte orders, so that it also finds text-mode damage. */
	return type == BLOCK_SHB && (cur_be32(&c) == BYTE_ORDER_MAGIC ||
	    cur_le32(&le) == BYTE_ORDER_MAGIC);
}

struct pcapng *
pcapng_new(void)
{
	return calloc(1, sizeof(struct pcapng));
}

void
pcapng_free(struct pcapng *ng)
{
	if (ng == NULL)
		return;
	free(ng->interfaces);
	free(ng);
}

void
pcapng_again(struct pcapng *ng)
{
	ng->held = 0;
}

const char *
pcapng_reason(const struct pcapng *ng)
{
	return ng->why;
}

static uint16_t
get16(const struct pcapng *ng, struct cursor *c)
{
	return ng->big_endian ? cur_be16(c) : cur_le16(c);
}

static uint32_t
get32(const struct pcapng *ng, struct cursor *c)
{
	return ng->big_endian ? cur_be32(c) : cur_le32(c);
}

static enum record
broken(struct pcapng *ng, const char *why)
{
	ng->why = why;
	return RECORD_BROKEN;
}

/* Microseconds of `t` units; what does not fit stays at the largest int64. */
static uint64_t
to_microseconds(const struct interface *it, uint64_t t)
{
	unsigned n = it->tsresol & 0x7f;
	uint64_t s, us, part;

	if (it->tsresol & TSRESOL_BINARY) {
		s = n < 64 ? t >> n : 0;
		part = n < 64 ? t & ((UINT64_C(1) << n) - 1) : t;
		if (n > 40) {		/* keep 40 bits, so that the product fits */
			part = n - 40 < 64 ? part >> (n - 40) : 0;
			n = 40;
		}
		us = part * 1000000 >> n;
	} else {
		uint64_t units = 1, scale = 1;

		for (; n > 6 && scale <= UINT64_MAX / 10; n--)
			scale *= 10;		/* first down to microseconds ... */
		t = n > 6 ? 0 : t / scale;
		for (unsigned i = 0; i < n && i < 6; i++)
			units *= 10;
		s = t / units;
		us = t % units * (1000000 / units);
	}
	if (it->offset_s < 0)
		s = s > (uint64_t)-it->offset_s ? s - (uint64_t)-it->offset_s : 0;
	else
		s += (uint64_t)it->offset_s;
	return s >= INT64_MAX / 1000000 ? INT64_MAX : s * 1000000 + us;
}

/* Section Header Block (4.1), whose magic was seen to be good: a new section starts. */
static enum record
read_section(struct pcapng *ng, struct cursor *body)
{
	uint16_t major;

	cur_skip(body, 4);
	major = get16(ng, body);
	cur_skip(body, 2 + 8);		/* minor version, section length: we read to the end */
	if (body->short_read)
		return broken(ng, "a section header is too short");
	if (major != 1)
		return broken(ng, "a section is of an unknown pcapng version");
	ng->n_interfaces = 0;
	return RECORD_REFUSED;		/* the caller tells blocks from records */
}

/* Options of an Interface Description Block that change how times are read (4.2). */
static void
read_interface_options(const struct pcapng *ng, struct cursor *body, struct interface *it)
{
	while (cur_left(body) >= 4) {
		uint16_t code = get16(ng, body), len = get16(ng, body);
		struct cursor value = cur_sub(body, len);

		cur_skip(body, -(size_t)len & 3);	/* padded to 32 bits, not counted in len */
		if (code == OPTION_END)
			return;
		if (code == OPTION_TSRESOL && len == 1) {
			it->tsresol = cur_u8(&value);
		} else if (code == OPTION_TSOFFSET && len == 8) {
			uint64_t a = get32(ng, &value), b = get32(ng, &value);

			it->offset_s = (int64_t)(ng->big_endian ? a << 32 | b : b << 32 | a);
		}
	}
}

/* Interface Description Block (4.2). False: out of memory. */
static bool
read_interface(struct pcapng *ng, struct cursor *body)
{
	struct interface it = { .tsresol = TSRESOL_PRESET };

	it.link_type = linktype_to_dlt(get16(ng, body));
	cur_skip(body, 2);
	it.snaplen = get32(ng, body);
	if (body->short_read || ng->n_interfaces == INTERFACES_MAX)
		return true;		/* not described: its packets will be refused */
	read_interface_options(ng, body, &it);
	if (it.offset_s == INT64_MIN)
		it.offset_s = 0;	/* its negative does not exist */
	if (ng->n_interfaces == ng->room) {
		uint32_t room = ng->room == 0 ? 4 : ng->room * 2;
		struct interface *grown = realloc(ng->interfaces, room * sizeof(*grown));

		if (grown == NULL)
			return false;
		ng->interfaces = grown;
		ng->room = room;
	}
	ng->interfaces[ng->n_interfaces++] = it;
	return true;
}

/* The packet data and its two lengths, as all three packet blocks have them. */
static enum record
fill_frame(struct pcapng *ng, struct cursor *body, const struct interface *it,
    uint32_t cap_len, uint32_t wire_len, struct frame *frame)
{
	frame->data = cur_take(body, cap_len);
	if (body->short_read)
		return RECORD_REFUSED;
	frame->cap_len = cap_len;
	frame->wire_len = wire_len < cap_len ? cap_len : wire_len;
	frame->time_us = ng->last_us;
	frame->link_type = it->link_type;
	return RECORD_FRAME;
}

/* Enhanced Packet Block (4.3) and the obsolete Packet Block (A): the latter has 16 bits each
 * for interface and drop count where the former has 32 bits for the interface. */
static enum record
read_packet(struct pcapng *ng, struct cursor *body, bool old, struct frame *frame)
{
	uint32_t interface = old ? get16(ng, body) : get32(ng, body);
	uint64_t time;
	uint32_t cap_len, wire_len;

	if (old)
		cur_skip(body, 2);
	time = (uint64_t)get32(ng, body) << 32;
	time |= get32(ng, body);
	cap_len = get32(ng, body);
	wire_len = get32(ng, body);
	if (body->short_read || cap_len > cur_left(body) || interface >= ng->n_interfaces)
		return RECORD_REFUSED;
	ng->last_us = to_microseconds(&ng->interfaces[interface], time);
	return fill_frame(ng, body, &ng->interfaces[interface], cap_len, wire_len, frame);
}

/* Simple Packet Block (4.4): of interface 0, without a time; it gets the one of the packet
 * before it, so that it stays in its place when files are merged. */
static enum record
read_simple_packet(struct pcapng *ng, struct cursor *body, struct frame *frame)
{
	uint32_t wire_len = get32(ng, body), cap_len = wire_len;
	const struct interface *it = ng->interfaces;

	if (body->short_read || ng->n_interfaces == 0)
		return RECORD_REFUSED;
	if (it->snaplen != 0 && cap_len > it->snaplen)
		cap_len = it->snaplen;	/* its own length is not told, but follows */
	return fill_frame(ng, body, it, cap_len, wire_len, frame);
}

/* Look at the header of the next block; of a section header also its byte order. */
static enum record
peek_header(struct pcapng *ng, struct input *in, uint32_t *type, uint32_t *total)
{
	const uint8_t *at;
	size_t there = input_peek(in, HEADER_OCTETS + 4, &at);
	struct cursor c = cursor_over(at, there);

	if (there == 0)
		return RECORD_END;
	*type = get32(ng, &c);
	if (*type == BLOCK_SHB) {
		struct cursor magic = c;

		cur_skip(&magic, 4);
		ng->big_endian = cur_be32(&magic) == BYTE_ORDER_MAGIC;
		magic = c;
		cur_skip(&magic, 4);
		if (!ng->big_endian && cur_le32(&magic) != BYTE_ORDER_MAGIC)
			return broken(ng, "a section header is cut or has no byte order");
	}
	*total = get32(ng, &c);
	if (c.short_read || there < BLOCK_MIN)
		return broken(ng, "it ends in the middle of a block");
	if (*total < BLOCK_MIN || *total % 4 != 0)
		return broken(ng, "the length of a block makes no sense");
	return RECORD_FRAME;
}

/* Step over a block of a type that holds nothing for us, however long. */
static enum record
skip_block(struct pcapng *ng, struct input *in, uint32_t total)
{
	if (input_skip(in, total) < total)
		return broken(ng, "it ends in the middle of a block");
	return RECORD_REFUSED;
}

/* Borrow the body of a block of `total` octets and check the trailer. */
static enum record
peek_body(struct pcapng *ng, struct input *in, uint32_t total, struct cursor *body)
{
	const uint8_t *at;
	struct cursor block;

	block = cursor_over(NULL, 0);
	if (input_peek(in, total, &at) == total)
		block = cursor_over(at, total);
	cur_skip(&block, HEADER_OCTETS);
	*body = cur_sub(&block, total - BLOCK_MIN);
	if (get32(ng, &block) != total || block.short_read)
		return broken(ng, block.short_read ? "it ends in the middle of a block"
		    : "the two lengths of a block differ");
	ng->held = total;
	return RECORD_FRAME;
}

/* One block. RECORD_REFUSED with *is_packet false: nothing of interest, go on. */
static enum record
next_block(struct pcapng *ng, struct input *in, struct frame *frame, bool *is_packet)
{
	uint32_t type, total;
	struct cursor body;
	enum record answer;

	*is_packet = false;
	answer = peek_header(ng, in, &type, &total);
	if (answer != RECORD_FRAME)
		return answer;
	*is_packet = type == BLOCK_EPB || type == BLOCK_SPB || type == BLOCK_OLD_PACKET;
	if (!*is_packet && type != BLOCK_SHB && type != BLOCK_IDB)
		return skip_block(ng, in, total);
	if (total > BLOCK_MAX)		/* a packet too large is refused, and no more */
		return *is_packet ? skip_block(ng, in, total)
		    : broken(ng, "the length of a block makes no sense");
	answer = peek_body(ng, in, total, &body);
	if (answer != RECORD_FRAME)
		return answer;
	if (type == BLOCK_SHB)
		return read_section(ng, &body);
	if (type == BLOCK_IDB)
		return read_interface(ng, &body) ? RECORD_REFUSED : broken(ng, "out of memory");
	return type == BLOCK_SPB ? read_simple_packet(ng, &body, frame)
	    : read_packet(ng, &body, type == BLOCK_OLD_PACKET, frame);
}

enum record
pcapng_next(struct pcapng *ng, struct input *in, struct frame *frame)
{
	enum record answer;
	bool is_packet;

	do {
		input_consume(in, ng->held);
		ng->held = 0;
		answer = next_block(ng, in, frame, &is_packet);
	} while (answer == RECORD_REFUSED && !is_packet);
	return answer;
}
