/* SPDX-License-Identifier: Apache-2.0 */
/* replay.h - all capture files of a run, merged by packet time. */
#ifndef PICKET_CAPTURE_REPLAY_H
#define PICKET_CAPTURE_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "capture.h"

struct config;
struct replay;

/** Open the files that cfg->read names. `count` (by enum capture_counter) is borrowed for the
 * life of the replay, `cfg` for this call. 0 and *out, or -errno with `err`. */
int replay_open(struct replay **out, const struct config *cfg, uint64_t *count,
    struct capture_error *err);
void replay_free(struct replay *r);

/** As capture_read(). */
int replay_read(struct replay *r, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err);

/** Name of a file without its folders; borrowed. */
const char *replay_name(const struct replay *r, uint16_t source);
size_t replay_files(const struct replay *r);
size_t replay_truncated(const struct replay *r, const char **first);
void replay_progress(const struct replay *r, uint64_t *done, uint64_t *total);

#endif
