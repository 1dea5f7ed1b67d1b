/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - one capture file: what it is, its next frame, and closing it for a while.
 *
 * A parked file has given back its descriptor and buffers and remembers where it stood. */
#ifndef PICKET_CAPTURE_FILE_H
#define PICKET_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture.h"
#include "packet.h"

struct classic;
struct filter;
struct input;
struct pcapng;

/* What all files of a capture share. */
struct file_context {
	uint64_t *count;	/* by enum capture_counter */
	struct filter *filter;	/* NULL: none */
	size_t chunk;		/* octets read at once */
};

struct capture_file {
	char *path;		/* owned */
	uint64_t time_us;	/* of `pending`, kept while parked */
	struct frame pending;	/* next frame; its data is gone while parked */
	bool has_pending;
	bool done;		/* at its end, closed for good */
	uint16_t source;
	struct input *in;	/* NULL: parked or done */
	struct classic *classic;	/* either this one ... */
	struct pcapng *pcapng;	/* ... or this one; the latter stays while parked */
	uint64_t position;	/* of the pending record, kept while parked */
	uint64_t records;	/* read so far */
	uint64_t octets;	/* size of the file */
	uint64_t octets_done;	/* read of it when it was last closed */
	char *cut_text;		/* why it ended early, NULL when it did not; owned */
};

enum { FILE_NOT_A_CAPTURE = 1, FILE_UNREADABLE = 2 };

/** Open the file and read its header. `f` has path, source, octets; all else is 0.
 * 0; FILE_NOT_A_CAPTURE or FILE_UNREADABLE (begins like a capture) with `err` filled;
 * -errno with `err`. file_close() in any case. */
int file_open(struct capture_file *f, const struct file_context *ctx, struct capture_error *err);
void file_close(struct capture_file *f);

/** Step to the next frame that the filter wants and put it in f->pending. At the end,
 * f->done is set and the file closed. 0, or -errno with `err` when the system fails us. */
int file_next(struct capture_file *f, const struct file_context *ctx, struct capture_error *err);

/** Hand up to `max` frames to `fn` without looking at other files, the pending one first.
 * Returns how many, 0 only at the end; or -errno with `err`. */
int file_drain(struct capture_file *f, const struct file_context *ctx, unsigned max,
    capture_frame_fn fn, void *arg, struct capture_error *err);

/** Hand the pending frame to `fn`. */
void file_deliver(struct capture_file *f, const struct file_context *ctx, capture_frame_fn fn,
    void *arg);

bool file_can_park(const struct capture_file *f);
/** Close it; the pending frame's data is gone. */
void file_park(struct capture_file *f);
/** Open it again and read the pending frame once more. 0, or -errno with `err`. */
int file_resume(struct capture_file *f, const struct file_context *ctx,
    struct capture_error *err);

/** Octets of the file read so far, for progress. */
uint64_t file_octets_done(const struct capture_file *f);

#endif
