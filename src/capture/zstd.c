/* SPDX-License-Identifier: Apache-2.0 */
/* zstd.c - the zstd format (RFC 8878); the only file that includes <zstd.h>. */
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "codec.h"

struct zstd {
	ZSTD_DStream *z;
	bool ended;	/* a frame is complete and the next one has not begun */
};

static void *
zstd_open(void)
{
	struct zstd *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->z = ZSTD_createDStream();
	if (s->z == NULL ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(s->z, ZSTD_d_windowLogMax, CODEC_MEMORY_LOG))) {
		ZSTD_freeDStream(s->z);
		free(s);
		return NULL;
	}
	return s;
}

static enum codec_result
zstd_run(void *state, struct codec_io *io)
{
	struct zstd *s = state;
	ZSTD_inBuffer in = { io->in, io->in_left, 0 };
	ZSTD_outBuffer out = { io->out, io->out_left, 0 };
	size_t rc;

	if (s->ended && io->in_left == 0)
		return CODEC_END;
	rc = ZSTD_decompressStream(s->z, &out, &in);
	io->in += in.pos;
	io->in_left -= in.pos;
	io->out += out.pos;
	io->out_left -= out.pos;
	if (ZSTD_isError(rc))
		return ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge
		    ? CODEC_TOO_LARGE : CODEC_DAMAGED;
	s->ended = rc == 0;
	return s->ended ? CODEC_END : CODEC_MORE;
}

static size_t
zstd_memory(const void *state)
{
	const struct zstd *s = state;

	return ZSTD_sizeof_DStream(s->z);
}

static void
zstd_close(void *state)
{
	struct zstd *s = state;

	ZSTD_freeDStream(s->z);
	free(s);
}

const struct codec codec_zstd = {
	.name = "zstd", .magic = { 0x28, 0xb5, 0x2f, 0xfd }, .magic_len = 4,	/* RFC 8878, 3.1.1 */
	.open = zstd_open, .run = zstd_run, .memory = zstd_memory, .close = zstd_close,
};
