/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - one capture file; see file.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classic.h"
#include "fail.h"
#include "file.h"
#include "filter.h"
#include "input.h"
#include "macros.h"
#include "pcapng.h"

enum { MAGIC_OCTETS = 12 };	/* a pcapng block's type and length, and the byte order */

static const char *
shown(const struct capture_file *f)
{
	return strcmp(f->path, "-") == 0 ? "standard input" : f->path;
}

/* Give back all that reading takes; what a parked file must remember stays. */
static void
release(struct capture_file *f)
{
	f->octets_done = file_octets_done(f);
	classic_free(f->classic);	/* before the input that its FILE reads */
	f->classic = NULL;
	input_free(f->in);
	f->in = NULL;
}

void
file_close(struct capture_file *f)
{
	release(f);
	pcapng_free(f->pcapng);
	f->pcapng = NULL;
	f->has_pending = false;
	f->done = true;
}

/* Say that the file ended before its time, once. Its frames so far stay good. */
static void
note_cut(struct capture_file *f, const struct file_context *ctx, const char *why)
{
	if (f->cut_text != NULL)
		return;
	ctx->count[CAPTURE_TRUNCATED]++;
	if (asprintf(&f->cut_text, "'%s' is cut short after %llu records: %s", shown(f),
	    (unsigned long long)f->records, why) < 0)
		f->cut_text = NULL;
}

static int
open_classic(struct capture_file *f, struct capture_error *err)
{
	char why[256];

	f->classic = classic_new(f->in, why, sizeof(why));
	if (f->classic != NULL)
		return 0;
	if (input_error(f->in) != 0)
		return capture_fail(err, input_error(f->in), "cannot read '%s': %s", shown(f),
		    strerror(-input_error(f->in)));
	return capture_fail(err, FILE_UNREADABLE, "cannot read '%s': %s", shown(f), why);
}

/* Choose the reader by the first octets. */
static int
open_reader(struct capture_file *f, struct capture_error *err)
{
	const uint8_t *at;
	size_t n = input_peek(f->in, MAGIC_OCTETS, &at);

	if (input_error(f->in) != 0)
		return capture_fail(err, input_error(f->in), "cannot read '%s': %s", shown(f),
		    strerror(-input_error(f->in)));
	if (classic_is_magic(at, n))
		return open_classic(f, err);
	if (!pcapng_is_magic(at, n)) {
		if (input_fault(f->in) != NULL)
			return capture_fail(err, FILE_NOT_A_CAPTURE,
			    "'%s' is not a capture file: %s", shown(f), input_fault(f->in));
		return capture_fail(err, FILE_NOT_A_CAPTURE, n == 0 ? "'%s' is empty"
		    : "'%s' is not a capture file", shown(f));
	}
	if (f->pcapng == NULL)
		f->pcapng = pcapng_new();
	return f->pcapng != NULL ? 0 : capture_fail(err, -ENOMEM, "out of memory");
}

int
file_open(struct capture_file *f, const struct file_context *ctx, struct capture_error *err)
{
	int rc = input_open(&f->in, f->path, ctx->chunk);

	if (rc != 0)
		return capture_fail(err, rc, "cannot open '%s': %s", shown(f), strerror(-rc));
	return open_reader(f, err);
}

/* The next record, whatever the filter says. */
static enum record
next_record(struct capture_file *f, struct frame *frame)
{
	frame->source = f->source;
	return f->classic != NULL ? classic_next(f->classic, frame)
	    : pcapng_next(f->pcapng, f->in, frame);
}

/* No more records: find out why, and close. */
static int
finish(struct capture_file *f, const struct file_context *ctx, enum record last,
    struct capture_error *err)
{
	int rc = input_error(f->in);

	if (rc != 0)
		return capture_fail(err, -EIO, "cannot read '%s': %s", shown(f), strerror(-rc));
	if (input_fault(f->in) != NULL)
		note_cut(f, ctx, input_fault(f->in));
	else if (last == RECORD_BROKEN)
		note_cut(f, ctx, f->classic != NULL ? classic_reason(f->classic)
		    : pcapng_reason(f->pcapng));
	file_close(f);
	return 0;
}

/* Does the filter want it? Counts it when not. */
static inline bool
is_wanted(const struct file_context *ctx, const struct frame *frame)
{
	switch (filter_frame(ctx->filter, frame)) {
	case FILTER_BLOCK:
		ctx->count[CAPTURE_FILTERED]++;
		return false;
	case FILTER_UNFIT:
		ctx->count[CAPTURE_UNFIT]++;
		return false;
	case FILTER_PASS:
		break;
	}
	return true;
}

int
file_next(struct capture_file *f, const struct file_context *ctx, struct capture_error *err)
{
	enum record answer;

	f->has_pending = false;
	for (;;) {
		answer = next_record(f, &f->pending);
		if (answer == RECORD_END || answer == RECORD_BROKEN)
			return finish(f, ctx, answer, err);
		f->records++;
		if (answer == RECORD_REFUSED)
			ctx->count[CAPTURE_MALFORMED]++;
		else if (is_wanted(ctx, &f->pending))
			break;
	}
	f->has_pending = true;
	f->time_us = f->pending.time_us;
	return 0;
}

static inline void
count_and_hand(const struct file_context *ctx, const struct frame *frame, capture_frame_fn fn,
    void *arg)
{
	ctx->count[CAPTURE_FRAMES]++;
	ctx->count[CAPTURE_SNAPPED] += frame->cap_len < frame->wire_len;
	fn(arg, frame);
}

void
file_deliver(struct capture_file *f, const struct file_context *ctx, capture_frame_fn fn,
    void *arg)
{
	count_and_hand(ctx, &f->pending, fn, arg);
	f->has_pending = false;
}

int
file_drain(struct capture_file *f, const struct file_context *ctx, unsigned max,
    capture_frame_fn fn, void *arg, struct capture_error *err)
{
	struct frame frame;
	enum record answer;
	unsigned n = 0;
	int rc;

	if (f->has_pending && max != 0) {
		file_deliver(f, ctx, fn, arg);
		n = 1;
	}
	while (n < max) {
		answer = next_record(f, &frame);
		if (UNLIKELY(answer == RECORD_END || answer == RECORD_BROKEN)) {
			rc = finish(f, ctx, answer, err);
			return rc != 0 ? rc : (int)n;
		}
		f->records++;
		if (UNLIKELY(answer == RECORD_REFUSED)) {
			ctx->count[CAPTURE_MALFORMED]++;
		} else if (ctx->filter == NULL || is_wanted(ctx, &frame)) {
			n++;
			count_and_hand(ctx, &frame, fn, arg);
		}
	}
	return (int)n;
}

bool
file_can_park(const struct capture_file *f)
{
	return f->in != NULL && f->has_pending && input_is_seekable(f->in);
}

void
file_park(struct capture_file *f)
{
	f->position = f->classic != NULL ? classic_position(f->classic) : input_position(f->in);
	if (f->pcapng != NULL)
		pcapng_again(f->pcapng);
	release(f);
}

int
file_resume(struct capture_file *f, const struct file_context *ctx, struct capture_error *err)
{
	int rc = file_open(f, ctx, err);

	if (rc < 0)
		return rc;
	if (rc == 0)
		rc = f->classic != NULL ? classic_seek(f->classic, f->position)
		    : input_seek(f->in, f->position);
	if (rc != 0 || next_record(f, &f->pending) != RECORD_FRAME ||
	    f->pending.time_us != f->time_us)
		return capture_fail(err, -EIO, "'%s' has changed while it was read", shown(f));
	return 0;
}

uint64_t
file_octets_done(const struct capture_file *f)
{
	return f->in == NULL ? f->octets_done : input_raw_octets(f->in);
}
