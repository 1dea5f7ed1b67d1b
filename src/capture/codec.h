/* SPDX-License-Identifier: Apache-2.0 */
/* codec.h - one compression format: its first octets, and how to decompress a stream.
 *
 * A new format is one file with a struct codec and one row in input.c. */
#ifndef PICKET_CAPTURE_CODEC_H
#define PICKET_CAPTURE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum codec_result {
	CODEC_MORE,	/* in the middle of a stream */
	CODEC_END,	/* a stream is complete; another may follow */
	CODEC_DAMAGED,	/* these octets are not of this format */
	CODEC_TOO_LARGE	/* decompressing would take more than CODEC_MEMORY_MAX */
};

/* What one stream may take: above what `xz -9` (65 MiB) and `zstd --long=27` (128 MiB) need. */
enum { CODEC_MEMORY_LOG = 27, CODEC_MEMORY_MAX = (1 << CODEC_MEMORY_LOG) + (1 << 20) };

struct codec_io {
	const uint8_t *in;	/* run() steps over what it used ... */
	size_t in_left;
	uint8_t *out;		/* ... and over what it wrote */
	size_t out_left;
	bool last;		/* no input will follow `in` */
};

struct codec {
	const char *name;
	uint8_t magic[6];
	size_t magic_len;
	/** A new decompressor; NULL when out of memory. */
	void *(*open)(void);
	enum codec_result (*run)(void *state, struct codec_io *io);
	/** Octets of memory that it holds now. */
	size_t (*memory)(const void *state);
	void (*close)(void *state);
};

extern const struct codec codec_gzip, codec_zstd, codec_xz;

#endif
