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

/* Every record of a file is in just one of the first four; where a file is cut, the record
 * that the cut is in is counted with truncated_files. The kernel filters live frames before
 * anybody counts them. rx_* are what the interface itself lost since capture_open(), as
 * Documentation/ABI/testing/sysfs-class-net-statistics of Linux names it. */
#define CAPTURE_COUNTERS(X)								\
	X(CAPTURE_FRAMES, "capture.frames", "frames handed on")				\
	X(CAPTURE_FILTERED, "capture.filtered", "records of files that the filter left out") \
	X(CAPTURE_UNFIT, "capture.filter_unfit",					\
	    "records left out: the filter does not compile for their link type")	\
	X(CAPTURE_MALFORMED, "capture.malformed_records",				\
	    "records refused: lengths that do not fit, or an interface never described") \
	X(CAPTURE_SNAPPED, "capture.snaplen_truncated",					\
	    "frames handed on that the snapshot length had cut")			\
	X(CAPTURE_FILES, "capture.files", "capture files found")			\
	X(CAPTURE_REFUSED, "capture.refused_files",					\
	    "files in folders that begin like a capture that cannot be read")		\
	X(CAPTURE_TRUNCATED, "capture.truncated_files",					\
	    "files that end, or turn to nonsense, in the middle of a record")		\
	X(CAPTURE_KERNEL_DROPS, "capture.kernel_drops",					\
	    "frames the kernel dropped because its buffer was full")			\
	X(CAPTURE_RX_DROPPED, "capture.interface.rx_dropped",				\
	    "frames the interface's driver dropped")					\
	X(CAPTURE_RX_MISSED, "capture.interface.rx_missed_errors",			\
	    "frames the interface had no room for (without sysfs: libpcap's ps_ifdrop)") \
	X(CAPTURE_RX_FIFO, "capture.interface.rx_fifo_errors",				\
	    "overruns of the interface's receive queue")

enum capture_counter { CAPTURE_COUNTERS(STATS_ENUM) CAPTURE_COUNTER_N };

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
 * Files are put in order of path, so that the order of arguments changes nothing; a file that
 * is named twice is read once. What a file is, its first octets say, never its name: pcap (us,
 * ns, both byte orders) or pcapng (sections, interfaces, simple packets), each plain or in
 * gzip, zstd or xz. cfg->filter is compiled for each link type. The first record of every file
 * is read here; files may be closed and opened again later, so they stay readable or
 * capture_read() fails. `cfg` is borrowed for this call, `st` for the life of the capture.
 *
 * Returns 0 and *out, owned by the caller; or -errno with `err` filled: -ENOENT (no such file,
 * or a folder or glob without captures), -EINVAL (no capture, bad filter or timestamp type),
 * -ENODEV (no such interface), -EPERM or -EACCES, -ENETDOWN, -EBUSY, -E2BIG (more than 65535
 * sources), -ENOMEM, or what the system said.
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
 * -errno: a source broke for good (mostly -EIO); `err` says which. A file that ends in the middle of a
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
