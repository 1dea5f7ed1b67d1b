/* SPDX-License-Identifier: Apache-2.0 */
/* capture.h - frames from files or interfaces, merged by time.
 *
 * The only stage that includes <pcap.h>, and with loop.c the only one that may ask a clock.
 * Files and interfaces differ in one file each behind this header. */
#ifndef PICKET_CAPTURE_H
#define PICKET_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"
#include "stats.h"

struct config;
struct capture;	/* opaque: src/capture/capture.c */

/* Why something could not be opened or read; one line for the operator. */
struct capture_error {
	char text[512];
};

/** Called for each frame; the frame is borrowed until it returns. */
typedef void (*capture_frame_fn)(void *arg, const struct frame *frame);

/**
 * Open everything that `cfg` names: either files (cfg->read) or interfaces (cfg->interfaces).
 *
 * A path may be a file, a folder (every capture file below it, recursively), a glob, or "-".
 * Files are put in order of path, so that the order of arguments changes nothing. Formats:
 * pcap (us, ns, both byte orders), pcapng (sections, interfaces, simple packets), each plain
 * or in gzip, zstd or xz. cfg->filter is compiled for each link type.
 *
 * Returns 0 and *out, owned by the caller; or -errno with `err` filled.
 */
int capture_open(struct capture **out, const struct config *cfg, struct stats *st,
    struct capture_error *err);
void capture_free(struct capture *cap);

/** True when frames come from interfaces. */
bool capture_is_live(const struct capture *cap);

/**
 * Hand up to `max` frames to `fn`, from files in order of packet time across all of them
 * (ties: by path), from interfaces what is there, without waiting.
 *
 * Returns the number handed over. 0 means: files at their end, interfaces idle.
 * -EIO: a source broke for good; `err` says which. A file that ends in the middle of a
 * record, or whose compressed stream does, is not an error here: see capture_truncated().
 */
int capture_read(struct capture *cap, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err);

/** Descriptors to wait on for live sources; fills up to `max`, returns how many there are. */
size_t capture_fds(const struct capture *cap, int *fds, size_t max);

/** Take the kernel's and interfaces' drop counts into the counters. Cheap; once a second. */
void capture_update_drops(struct capture *cap);

/** Name of a source as in struct frame: file name without folders, or interface. */
const char *capture_source_name(const struct capture *cap, uint16_t source);
size_t capture_sources(const struct capture *cap);

/** How many files were cut short, and a line on the first of them (or NULL). */
size_t capture_truncated(const struct capture *cap, const char **first);

/** Files: octets read and octets there are in all (compressed size; 0 when unknown: stdin). */
void capture_progress(const struct capture *cap, uint64_t *done, uint64_t *total);

#endif
