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
#include <string.h>

#include "addr.h"

struct mask;

struct writer {
	char *at, *end;		/* next octet to write; one past the last usable */
	char *start;
	const struct mask *mask;	/* for strangers' texts; NULL: nothing is masked */
	bool comma;		/* the next member needs one before it */
	bool full;
};

void writer_init(struct writer *w, char *buffer, size_t size);
/** Octets as a person may be shown them: escaped and masked (`mask` may be NULL) as in events,
 * without the quotes, cut where the buffer ends. Points into the buffer. */
const char *writer_show(const struct mask *mask, const void *octets, size_t len, char *buffer,
    size_t size);
size_t writer_len(const struct writer *w);

/* The functions below take a key, NULL for an element of an array. Keys are our own constants:
 * they are not escaped, and their length is known when this is compiled (hence inline). */
#define WRITER_KEY(key) (key), ((key) == NULL ? 0 : strlen(key))

void writer_member(struct writer *w, const char *key, size_t key_len);
void writer_put_octets(struct writer *w, const char *key, size_t key_len, const void *octets,
    size_t len);
void writer_put_word(struct writer *w, const char *key, size_t key_len, const char *word,
    size_t len);
void writer_put_hex(struct writer *w, const char *key, size_t key_len, const void *octets,
    size_t len);
void writer_put_uint(struct writer *w, const char *key, size_t key_len, uint64_t value);
void writer_put_addr(struct writer *w, const char *key, size_t key_len, const struct addr *a);
void writer_put_mac(struct writer *w, const char *key, size_t key_len, const uint8_t mac[6]);
void writer_put_time(struct writer *w, const char *key, size_t key_len, uint64_t time_us);
void writer_put_id(struct writer *w, const char *key, size_t key_len, uint64_t id);
void writer_put_open(struct writer *w, const char *key, size_t key_len, char bracket);

/** '{' or '['. */
static inline void
writer_open(struct writer *w, const char *key, char bracket)
{
	writer_put_open(w, WRITER_KEY(key), bracket);
}

/** '}' or ']'. */
void writer_close(struct writer *w, char bracket);

/** A stranger's octets, or a text from a file: escaped by the rule above, and masked (mask.h). */
static inline void
writer_octets(struct writer *w, const char *key, const void *octets, size_t len)
{
	writer_put_octets(w, WRITER_KEY(key), octets, len);
}

static inline void
writer_text(struct writer *w, const char *key, const char *text)
{
	writer_put_octets(w, WRITER_KEY(key), text, strlen(text));
}

/** writer_text(), or nothing when there is no text. */
static inline void
writer_optional(struct writer *w, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		writer_text(w, key, text);
}

/** One of our own words (a name out of a table): nothing in it needs escaping. */
static inline void
writer_word(struct writer *w, const char *key, const char *word)
{
	writer_put_word(w, WRITER_KEY(key), word, strlen(word));
}

static inline void
writer_hex(struct writer *w, const char *key, const void *octets, size_t len)
{
	writer_put_hex(w, WRITER_KEY(key), octets, len);
}

static inline void
writer_uint(struct writer *w, const char *key, uint64_t value)
{
	writer_put_uint(w, WRITER_KEY(key), value);
}

void writer_bool(struct writer *w, const char *key, bool value);

static inline void
writer_addr(struct writer *w, const char *key, const struct addr *a)
{
	writer_put_addr(w, WRITER_KEY(key), a);
}

static inline void
writer_mac(struct writer *w, const char *key, const uint8_t mac[6])
{
	writer_put_mac(w, WRITER_KEY(key), mac);
}

/** "2026-01-31T23:59:59.123456+0000", as Suricata writes it. */
static inline void
writer_time(struct writer *w, const char *key, uint64_t time_us)
{
	writer_put_time(w, WRITER_KEY(key), time_us);
}

/** 16 hexadecimal digits. */
static inline void
writer_id(struct writer *w, const char *key, uint64_t id)
{
	writer_put_id(w, WRITER_KEY(key), id);
}

#endif
