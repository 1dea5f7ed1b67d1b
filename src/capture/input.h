/* SPDX-License-Identifier: Apache-2.0 */
/* input.h - the octets of one file or pipe, decompressed when their first octets say so.
 *
 * Memory is bounded: two buffers of `chunk` octets, what a caller peeks at beyond that, and
 * the decompressor (codec.h). Positions count decompressed octets. */
#ifndef PICKET_CAPTURE_INPUT_H
#define PICKET_CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/** Open `path` ("-": standard input, not closed at the end), read its first octets.
 * 0 and *out, owned by the caller; or -errno. */
int input_open(struct input **out, const char *path, size_t chunk);
/** The same from a descriptor, which the input takes. */
int input_from_fd(struct input **out, int fd, size_t chunk);
void input_free(struct input *in);

/** Look at the next `n` octets; fills *at, borrowed until the next call. Returns how many
 * there are, fewer than `n` only at the end, at a fault or out of memory. */
size_t input_peek(struct input *in, size_t n, const uint8_t **at);
/** Step over `n` octets, at most as many as the last peek returned. */
void input_consume(struct input *in, size_t n);
/** Step over `n` octets. Returns how many there were. */
uint64_t input_skip(struct input *in, uint64_t n);
/** Read 1 to `n` octets; 0 at the end or at a fault. */
size_t input_read(struct input *in, void *to, size_t n);

/** Octets read, peeked ones not counted. */
uint64_t input_position(const struct input *in);
/** Go to a position; backwards in a compressed file means from its beginning. 0 or -errno. */
int input_seek(struct input *in, uint64_t position);
/** May it be closed and opened again? Not a pipe. */
bool input_is_seekable(const struct input *in);

/** Why the octets ended before the file said so, in words; NULL when they did not. */
const char *input_fault(const struct input *in);
/** 0, or -errno of a read that the system refused. */
int input_error(const struct input *in);
/** Octets taken from the file, before decompression. */
uint64_t input_raw_octets(const struct input *in);
/** Memory it holds now: buffers and decompressor. */
size_t input_memory(const struct input *in);

#endif
