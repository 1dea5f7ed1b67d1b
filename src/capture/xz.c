/* SPDX-License-Identifier: Apache-2.0 */
/* xz.c - the .xz format (tukaani.org/xz/xz-file-format.txt); the only file that includes
 * <lzma.h>. */
#include <stdlib.h>

#include <lzma.h>

#include "codec.h"

static void *
xz_open(void)
{
	lzma_stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(s, CODEC_MEMORY_MAX, LZMA_CONCATENATED) != LZMA_OK) {
		free(s);
		return NULL;
	}
	return s;
}

static enum codec_result
xz_run(void *state, struct codec_io *io)
{
	lzma_stream *s = state;
	lzma_ret rc;

	s->next_in = io->in;
	s->avail_in = io->in_left;
	s->next_out = io->out;
	s->avail_out = io->out_left;
	rc = lzma_code(s, io->last ? LZMA_FINISH : LZMA_RUN);
	io->in = s->next_in;
	io->in_left = s->avail_in;
	io->out = s->next_out;
	io->out_left = s->avail_out;
	switch (rc) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:	/* nothing to do just now */
		return CODEC_MORE;
	case LZMA_STREAM_END:
		return CODEC_END;
	case LZMA_MEM_ERROR:
	case LZMA_MEMLIMIT_ERROR:
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static size_t
xz_memory(const void *state)
{
	return (size_t)lzma_memusage(state);
}

static void
xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

const struct codec codec_xz = {
	.name = "xz", .magic = { 0xfd, '7', 'z', 'X', 'Z', 0 }, .magic_len = 6,	/* 2.1.1.1 */
	.open = xz_open, .run = xz_run, .memory = xz_memory, .close = xz_close,
};
