/* SPDX-License-Identifier: Apache-2.0 */
/* gzip.c - the gzip format (RFC 1952) through zlib; the only file that includes <zlib.h>. */
#include <stdlib.h>

#include <zlib.h>

#include "codec.h"

struct gzip {
	z_stream z;
	bool ended;	/* a member is complete and the next one has not begun */
};

static void *
gzip_open(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	/* 15: the largest window; + 16: with gzip's header and check value */
	if (g != NULL && inflateInit2(&g->z, 15 + 16) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

static enum codec_result
gzip_run(void *state, struct codec_io *io)
{
	struct gzip *g = state;
	int rc;

	if (io->in_left != 0)
		g->ended = false;
	g->z.next_in = (z_const Bytef *)io->in;
	g->z.avail_in = (uInt)io->in_left;
	g->z.next_out = io->out;
	g->z.avail_out = (uInt)io->out_left;
	rc = inflate(&g->z, Z_NO_FLUSH);
	io->in = g->z.next_in;
	io->in_left = g->z.avail_in;
	io->out = g->z.next_out;
	io->out_left = g->z.avail_out;
	if (rc == Z_STREAM_END) {	/* RFC 1952, 2.2: members simply follow each other */
		g->ended = true;
		rc = inflateReset(&g->z);
	}
	if (rc != Z_OK && rc != Z_BUF_ERROR)	/* Z_BUF_ERROR: nothing to do just now */
		return CODEC_DAMAGED;
	return g->ended ? CODEC_END : CODEC_MORE;
}

static size_t
gzip_memory(const void *state)
{
	(void)state;
	return 48 << 10;	/* zlib's zconf.h: 32 KiB of window and about 7 KiB of tables */
}

static void
gzip_close(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->z);
	free(g);
}

const struct codec codec_gzip = {
	.name = "gzip", .magic = { 0x1f, 0x8b }, .magic_len = 2,	/* RFC 1952, 2.3.1 */
	.open = gzip_open, .run = gzip_run, .memory = gzip_memory, .close = gzip_close,
};
