/* SPDX-License-Identifier: Apache-2.0 */
/* fail.h - fill a capture_error and hand back the code, in one step. */
#ifndef PICKET_CAPTURE_FAIL_H
#define PICKET_CAPTURE_FAIL_H

#include "capture.h"

/** Write the line into `err` (cut to fit) and return `rc`, a negative errno. */
int capture_fail(struct capture_error *err, int rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
