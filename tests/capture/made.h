/* SPDX-License-Identifier: Apache-2.0 */
/* made.h - for the tests of capture: capture files made octet by octet, and what comes out. */
#ifndef PICKET_TESTS_CAPTURE_MADE_H
#define PICKET_TESTS_CAPTURE_MADE_H

#include <check.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "capture.h"
#include "config.h"

/* A file in the making. */
struct made {
	uint8_t *at;
	size_t n, room;
	bool be;	/* numbers are written big-endian */
};

static inline void
put(struct made *m, const void *data, size_t n)
{
	if (m->n + n > m->room) {
		m->room = (m->n + n) * 2;
		m->at = realloc(m->at, m->room);
		ck_assert_ptr_nonnull(m->at);
	}
	if (n != 0)
		memcpy(m->at + m->n, data, n);
	m->n += n;
}

static inline void
put16(struct made *m, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v }, l[2] = { b[1], b[0] };

	put(m, m->be ? b : l, 2);
}

static inline void
put32(struct made *m, uint32_t v)
{
	uint16_t high = (uint16_t)(v >> 16), low = (uint16_t)v;

	put16(m, m->be ? high : low);
	put16(m, m->be ? low : high);
}

static inline void
put_fill(struct made *m, uint8_t octet, size_t n)
{
	while (n-- != 0)
		put(m, &octet, 1);
}

/* Header of a classic file. */
static inline void
put_classic(struct made *m, uint32_t magic, uint32_t link)
{
	put32(m, magic);
	put16(m, 2);
	put16(m, 4);
	put32(m, 0);
	put32(m, 0);
	put32(m, 65535);
	put32(m, link);
}

static const uint32_t MAGIC_US = 0xa1b2c3d4, MAGIC_NS = 0xa1b23c4d,
    MAGIC_PATCHED = 0xa1b2cd34;

/* A record of a classic file: `len` octets `fill`, which were `wire` on the wire. */
static inline void
put_record(struct made *m, uint32_t s, uint32_t part, uint8_t fill, uint32_t len, uint32_t wire)
{
	put32(m, s);
	put32(m, part);
	put32(m, len);
	put32(m, wire);
	put_fill(m, fill, len);
}

/* A pcapng block of a body without padding (its length is a multiple of 4). */
static inline void
put_block(struct made *m, uint32_t type, const struct made *body)
{
	uint32_t total = (uint32_t)body->n + 12;

	ck_assert_uint_eq(body->n % 4, 0);
	put32(m, type);
	put32(m, total);
	put(m, body->at, body->n);
	put32(m, total);
}

static inline void
put_section(struct made *m, bool be)
{
	struct made body = { .be = be };

	m->be = be;
	put32(&body, 0x1a2b3c4d);
	put16(&body, 1);
	put16(&body, 0);
	put_fill(&body, 0xff, 8);
	put_block(m, 0x0a0d0d0a, &body);
	free(body.at);
}

/* An interface; tsresol < 0: no option. */
static inline void
put_interface(struct made *m, uint16_t link, uint32_t snaplen, int tsresol, int64_t offset_s)
{
	struct made body = { .be = m->be };

	put16(&body, link);
	put16(&body, 0);
	put32(&body, snaplen);
	if (tsresol >= 0) {
		uint8_t value[4] = { (uint8_t)tsresol };

		put16(&body, 9);
		put16(&body, 1);
		put(&body, value, 4);
	}
	if (offset_s != 0) {
		uint32_t high = (uint32_t)((uint64_t)offset_s >> 32), low = (uint32_t)offset_s;

		put16(&body, 14);
		put16(&body, 8);
		put32(&body, m->be ? high : low);
		put32(&body, m->be ? low : high);
	}
	put_block(m, 1, &body);
	free(body.at);
}

static inline void
put_padded(struct made *body, uint8_t fill, uint32_t len)
{
	put_fill(body, fill, len);
	put_fill(body, 0, -(size_t)len & 3);
}

static inline void
put_enhanced(struct made *m, uint32_t interface, uint64_t time, uint8_t fill, uint32_t len,
    uint32_t wire)
{
	struct made body = { .be = m->be };

	put32(&body, interface);
	put32(&body, (uint32_t)(time >> 32));
	put32(&body, (uint32_t)time);
	put32(&body, len);
	put32(&body, wire);
	put_padded(&body, fill, len);
	put_block(m, 6, &body);
	free(body.at);
}

static inline void
put_simple(struct made *m, uint8_t fill, uint32_t len, uint32_t wire)
{
	struct made body = { .be = m->be };

	put32(&body, wire);
	put_padded(&body, fill, len);
	put_block(m, 3, &body);
	free(body.at);
}

static inline void
put_old(struct made *m, uint16_t interface, uint64_t time, uint8_t fill, uint32_t len)
{
	struct made body = { .be = m->be };

	put16(&body, interface);
	put16(&body, 77);	/* drops */
	put32(&body, (uint32_t)(time >> 32));
	put32(&body, (uint32_t)time);
	put32(&body, len);
	put32(&body, len);
	put_padded(&body, fill, len);
	put_block(m, 2, &body);
	free(body.at);
}

/* Compress what was made, in place. */
static inline void
pack_gzip(struct made *m)
{
	z_stream z = { 0 };
	size_t room = m->n + 1024;
	uint8_t *to = malloc(room);

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = m->at;
	z.avail_in = (uInt)m->n;
	z.next_out = to;
	z.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	free(m->at);
	*m = (struct made){ to, room - z.avail_out, room, m->be };
	deflateEnd(&z);
}

static inline void
pack_zstd(struct made *m)
{
	size_t room = ZSTD_compressBound(m->n), n;
	uint8_t *to = malloc(room);

	n = ZSTD_compress(to, room, m->at, m->n, 3);
	ck_assert(!ZSTD_isError(n));
	free(m->at);
	*m = (struct made){ to, n, room, m->be };
}

static inline void
pack_xz(struct made *m)
{
	size_t room = lzma_stream_buffer_bound(m->n), n = 0;
	uint8_t *to = malloc(room);

	ck_assert_int_eq(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, m->at, m->n, to, &n,
	    room), LZMA_OK);
	free(m->at);
	*m = (struct made){ to, n, room, m->be };
}

static inline void
pack_none(struct made *m)
{
	(void)m;
}

/* Write it to a file. */
static inline void
save_octets(const struct made *m, size_t n, const char *path)
{
	FILE *out = fopen(path, "wb");

	ck_assert_msg(out != NULL, "%s", path);
	ck_assert(n == 0 || fwrite(m->at, 1, n, out) == n);
	ck_assert_int_eq(fclose(out), 0);
}

static inline void
save(struct made *m, const char *path)
{
	save_octets(m, m->n, path);
	free(m->at);
	*m = (struct made){ 0 };
}

/* Each test stands in a folder of its own, and leaves none behind. */
static char made_folder[64];

static inline void
enter_folder(void)
{
	/* In memory where there is such a folder: tens of thousands of small files are made. */
	strcpy(made_folder, "/dev/shm/picket-capture-XXXXXX");
	if (mkdtemp(made_folder) == NULL) {
		strcpy(made_folder, "/tmp/picket-capture-XXXXXX");
		ck_assert_ptr_nonnull(mkdtemp(made_folder));
	}
	ck_assert_int_eq(chdir(made_folder), 0);
}

static inline void
leave_folder(void)
{
	char command[128];

	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", made_folder);
	ck_assert_int_eq(system(command), 0);
}

/* What came out of capture_read(), in order. */
enum { TAKEN_MAX = 20000 };
struct taken {
	struct one {
		uint64_t time_us;
		uint32_t cap_len, wire_len;
		int link_type;
		uint16_t source;
		uint8_t first;		/* octet of the frame */
		bool uniform;		/* all octets are the same: none came from elsewhere */
	} one[TAKEN_MAX];
	size_t n;
};

struct run {
	struct stats *stats;
	struct capture *cap;
	struct capture_error err;
	int rc;			/* of capture_open(), or of the failed capture_read() */
	struct taken *taken;
	const char *cut;
	size_t n_cut;
};

static inline void
take_frame(void *arg, const struct frame *f)
{
	struct taken *t = arg;
	struct one *one = &t->one[t->n++];

	ck_assert_uint_le(t->n, TAKEN_MAX);
	*one = (struct one){ f->time_us, f->cap_len, f->wire_len, f->link_type, f->source,
	    f->cap_len == 0 ? 0 : f->data[0], true };
	for (uint32_t i = 0; i < f->cap_len; i++)
		one->uniform &= f->data[i] == one->first;
}

/* Read everything `cfg` names, `batch` frames at a time. run_done() in any case. */
static inline void
run_config(struct run *r, const struct config *cfg, unsigned batch)
{
	*r = (struct run){ .stats = stats_new(), .taken = calloc(1, sizeof(struct taken)) };
	r->rc = capture_open(&r->cap, cfg, r->stats, &r->err);
	if (r->rc != 0)
		return;
	do {
		size_t before = r->taken->n;

		r->rc = capture_read(r->cap, batch, take_frame, r->taken, &r->err);
		ck_assert_int_le(r->rc, (int)batch);
		if (r->rc >= 0)
			ck_assert_uint_eq((size_t)r->rc, r->taken->n - before);
	} while (r->rc > 0);
	r->n_cut = capture_truncated(r->cap, &r->cut);
}

static inline void
run_paths(struct run *r, char **paths, size_t n, unsigned batch)
{
	struct config cfg = { .read = { paths, n } };

	run_config(r, &cfg, batch);
}

static inline void
run_path(struct run *r, const char *path)
{
	char *paths[] = { (char *)(uintptr_t)path };

	run_paths(r, paths, 1, 7);
}

static inline void
run_done(struct run *r)
{
	capture_free(r->cap);
	stats_free(r->stats);
	free(r->taken);
}

#endif
