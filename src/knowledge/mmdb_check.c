/* SPDX-License-Identifier: Apache-2.0 */
/* mmdb_check.c - is a record of a MaxMind database what the specification (2.0, "Data Section")
 * says, and small enough to be looked into for each flow?
 *
 *	control octet: type in the upper 3 bits, size in the lower 5
 *	type 0: the type is 7 + the next octet
 *	size 29: 29 + next octet; 30: 285 + next two; 31: 65821 + next three
 *	type 1, pointer: 2 bits of length, then an offset in the section; never to another pointer
 *
 * Metadata stand behind the last marker, which is in the last 128 KiB, in the same form. */
#include <string.h>

#include "cursor.h"
#include "mmdb.h"

enum {
	TYPE_POINTER = 1, TYPE_TEXT = 2, TYPE_DOUBLE = 3, TYPE_OCTETS = 4, TYPE_UINT16 = 5,
	TYPE_UINT32 = 6, TYPE_MAP = 7, TYPE_INT32 = 8, TYPE_UINT64 = 9, TYPE_UINT128 = 10,
	TYPE_ARRAY = 11, TYPE_BOOL = 14, TYPE_FLOAT = 15, TYPE_N
};
enum { VALUES_MAX = 512, DEPTH_MAX = 8 };

struct check {
	const uint8_t *section;
	size_t size;
	unsigned values;	/* looked at so far */
	bool texts;		/* in inner arrays and maps there may be texts only */
};

/* Most octets of a value of each type whose size is of its octets; UINT32_MAX: any. */
static const uint32_t octets_max[TYPE_N] = {
	[TYPE_TEXT] = UINT32_MAX, [TYPE_DOUBLE] = 8, [TYPE_OCTETS] = UINT32_MAX, [TYPE_UINT16] = 2,
	[TYPE_UINT32] = 4, [TYPE_INT32] = 4, [TYPE_UINT64] = 8, [TYPE_UINT128] = 16,
	[TYPE_FLOAT] = 4,
};

/* The offset of a pointer whose control octet has been read. */
static uint32_t
read_pointer(struct cursor *at, uint8_t control)
{
	uint32_t high = control & 7;

	switch (control >> 3 & 3) {
	case 0:
		return high << 8 | cur_u8(at);
	case 1:
		return (high << 16 | cur_be16(at)) + 2048;
	case 2:
		return (high << 24 | cur_be24(at)) + 526336;
	default:
		return cur_be32(at);
	}
}

static uint32_t
read_size(struct cursor *at, uint8_t control)
{
	uint32_t size = control & 31;

	switch (size) {
	case 29:
		return 29 + cur_u8(at);
	case 30:
		return 285 + cur_be16(at);
	case 31:
		return 65821 + cur_be24(at);
	default:
		return size;
	}
}

static unsigned check_value(struct check *c, struct cursor *at, unsigned depth, bool pointed);

/* What is in a map or array of so many entries. */
static bool
check_inside(struct check *c, struct cursor *at, unsigned depth, bool is_map, uint32_t n)
{
	while (n-- != 0) {
		unsigned type;

		if (is_map && check_value(c, at, depth + 1, false) != TYPE_TEXT)
			return false;
		type = check_value(c, at, depth + 1, false);
		if (type == 0 || (c->texts && depth != 0 && type != TYPE_TEXT))
			return false;
	}
	return true;
}

/* A value, and what it points to. What is it? 0: it is broken, or there is too much of it. */
static unsigned
check_value(struct check *c, struct cursor *at, unsigned depth, bool pointed)
{
	uint8_t control = cur_u8(at);
	unsigned type = control >> 5;
	uint32_t size;

	if (depth > DEPTH_MAX || ++c->values > VALUES_MAX)
		return 0;
	if (type == TYPE_POINTER) {
		uint32_t offset = read_pointer(at, control);
		struct cursor there = cursor_over(c->section, c->size);

		cur_skip(&there, offset);
		return pointed || at->short_read || there.short_read ? 0
		    : check_value(c, &there, depth + 1, true);
	}
	if (type == 0)
		type = 7u + cur_u8(at);
	size = read_size(at, control);
	if (at->short_read || type >= TYPE_N)
		return 0;
	if (type == TYPE_BOOL)
		return size <= 1 ? type : 0;
	if (type == TYPE_MAP || type == TYPE_ARRAY)
		return check_inside(c, at, depth, type == TYPE_MAP, size) ? type : 0;
	if (size > octets_max[type])
		return 0;
	cur_skip(at, size);
	return at->short_read ? 0 : type;
}

bool
mmdb_record_is_good(const uint8_t *section, size_t size, size_t offset)
{
	struct check c = { section, size, 0, false };
	struct cursor at = cursor_over(section, size);

	cur_skip(&at, offset);
	return !at.short_read && check_value(&c, &at, 0, false) == TYPE_MAP;
}

bool
mmdb_metadata_is_good(const uint8_t *octets, size_t len)
{
	static const uint8_t marker[] = "\xab\xcd\xefMaxMind.com";
	enum { MARKER_OCTETS = sizeof(marker) - 1, BEHIND_MAX = 128 << 10 };
	const uint8_t *from = octets + (len > BEHIND_MAX ? len - BEHIND_MAX : 0), *found = NULL;
	const uint8_t *end = octets + len, *at = from;
	struct check c = { .texts = true };
	struct cursor metadata;

	while ((at = memmem(at, (size_t)(end - at), marker, MARKER_OCTETS)) != NULL) {
		at += MARKER_OCTETS;
		found = at;
	}
	if (found == NULL)
		return false;
	c.section = found;
	c.size = (size_t)(end - found);
	metadata = cursor_over(c.section, c.size);
	return check_value(&c, &metadata, 0, false) == TYPE_MAP;
}
