/* SPDX-License-Identifier: Apache-2.0 */
/* live.h - interfaces, by libpcap without waiting. */
#ifndef PICKET_CAPTURE_LIVE_H
#define PICKET_CAPTURE_LIVE_H

#include <stddef.h>
#include <stdint.h>

#include "capture.h"

struct config;
struct live;

/** Open the interfaces that cfg->interfaces names. `count` (by enum capture_counter) is
 * borrowed for the life of the capture, `cfg` for this call. 0 and *out, or -errno. */
int live_open(struct live **out, const struct config *cfg, uint64_t *count,
    struct capture_error *err);
void live_free(struct live *l);

/** As the functions of capture.h. */
int live_read(struct live *l, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err);
size_t live_fds(const struct live *l, int *fds, size_t max);
void live_update_drops(struct live *l);
const char *live_name(const struct live *l, uint16_t source);
size_t live_interfaces(const struct live *l);

#endif
