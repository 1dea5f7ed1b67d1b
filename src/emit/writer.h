/* SPDX-License-Identifier: Apache-2.0 */
/* writer.h - writes one JSON object into a bounded buffer, front to back.
 *
 * For what is written once per flow: a tree would cost more than the flow itself. Tests
 * parse every line with other people's JSON parsers. Once the buffer is full the writer stays
 * `full`, and the caller drops or shortens the event: no half line is ever written.
 *
 * Text from traffic is octets. What is valid UTF-8 and printable is written as it is; every
 * other octet, and the backslash itself, becomes the four characters \xNN (in JSON: "\\xNN"),
 * so the octets can be had back, and no terminal can be steered by a decoded value. */
#ifndef PICKET_EMIT_WRITER_H
#define PICKET_EMIT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

struct writer {
	char *at, *end;		/* next octet to write; one past the last usable */
	char *start;
	bool comma;		/* the next member needs one before it */
	bool full;
};

void writer_init(struct writer *w, char *buffer, size_t size);
size_t writer_len(const struct writer *w);

/** Raw octets, as they are. */
void writer_raw(struct writer *w, const char *text, size_t len);

/* `key` NULL: an element of an array. Keys are our own constants and are not escaped. */
void writer_open(struct writer *w, const char *key, char bracket);	/* '{' or '[' */
void writer_close(struct writer *w, char bracket);			/* '}' or ']' */
void writer_text(struct writer *w, const char *key, const char *text);	/* ours: a constant or configured */
void writer_octets(struct writer *w, const char *key, const void *octets, size_t len);	/* a stranger's */
void writer_hex(struct writer *w, const char *key, const void *octets, size_t len);
void writer_uint(struct writer *w, const char *key, uint64_t value);
void writer_bool(struct writer *w, const char *key, bool value);
void writer_addr(struct writer *w, const char *key, const struct addr *a);
void writer_mac(struct writer *w, const char *key, const uint8_t mac[6]);
/** "2026-01-31T23:59:59.123456+0000", as Suricata writes it. */
void writer_time(struct writer *w, const char *key, uint64_t time_us);
/** 16 hexadecimal digits. */
void writer_id(struct writer *w, const char *key, uint64_t id);

#endif
