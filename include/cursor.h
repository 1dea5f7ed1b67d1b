/* SPDX-License-Identifier: Apache-2.0 */
/* cursor.h - the one way to read octets that came from outside.
 *
 * A read past the end yields 0 (or NULL) and sets `short_read`, which stays set. A parser
 * reads top to bottom like its specification and tests the flag where it matters and once
 * at the end. Every length read from the wire becomes a child cursor (cur_sub) at once. */
#ifndef PICKET_CURSOR_H
#define PICKET_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *at;	/* next octet to read */
	const uint8_t *end;	/* one past the last octet we may read */
	bool short_read;	/* sticky: some read wanted more than was left */
};

/** A cursor over `len` octets at `data`; `data` may be NULL when `len` is 0. Borrows. */
static inline struct cursor
cursor_over(const void *data, size_t len)
{
	const uint8_t *at = data;

	return (struct cursor){ at, len == 0 ? at : at + len, false };
}

/** Octets left to read. */
static inline size_t
cur_left(const struct cursor *c)
{
	return c->at == c->end ? 0 : (size_t)(c->end - c->at);
}

/** Borrow the next `n` octets and step over them. NULL (and short_read) when fewer are left. */
static inline const uint8_t *
cur_take(struct cursor *c, size_t n)
{
	const uint8_t *at = c->at;

	if (cur_left(c) < n) {
		c->short_read = true;
		c->at = c->end;
		return NULL;
	}
	if (n != 0)
		c->at = at + n;
	return at;
}

/** Step over `n` octets. */
static inline void
cur_skip(struct cursor *c, size_t n)
{
	(void)cur_take(c, n);
}

static inline uint8_t
cur_u8(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 1);

	return p == NULL ? 0 : p[0];
}

/** The octet `off` ahead, without stepping; 0 when it is not there (short_read untouched). */
static inline uint8_t
cur_peek(const struct cursor *c, size_t off)
{
	return cur_left(c) > off ? c->at[off] : 0;
}

static inline uint16_t
cur_be16(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 2);

	return p == NULL ? 0 : (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
cur_be24(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 3);

	return p == NULL ? 0 : (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
cur_be32(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 4);

	return p == NULL ? 0
	    : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
cur_be64(struct cursor *c)
{
	uint64_t high = cur_be32(c);

	return high << 32 | cur_be32(c);
}

static inline uint16_t
cur_le16(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 2);

	return p == NULL ? 0 : (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t
cur_le32(struct cursor *c)
{
	const uint8_t *p = cur_take(c, 4);

	return p == NULL ? 0
	    : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/** A child over the next `n` octets (one header, one TLV); the parent steps over them.
 * When fewer are left the parent becomes short, and so does the child, which then holds
 * what there is: a claim of more than we have is visible in both. */
static inline struct cursor
cur_sub(struct cursor *c, size_t n)
{
	size_t left = cur_left(c);
	struct cursor child = *c;

	child.short_read = false;
	if (left < n) {
		c->short_read = true;
		c->at = c->end;
		child.short_read = true;
		return child;
	}
	if (n != 0) {
		child.end = c->at + n;
		c->at += n;
	} else {
		child.end = child.at;
	}
	return child;
}

#endif
