/* SPDX-License-Identifier: Apache-2.0 */
/* replay.h - every frame of the captures that a configuration names. */
#ifndef PICKET_TESTS_REPLAY_H
#define PICKET_TESTS_REPLAY_H

#include <stdio.h>

#include "capture.h"
#include "config.h"
#include "stats.h"

/** 0, or -errno with a line on stderr. */
static inline int
replay_frames(const struct config *cfg, struct stats *st, capture_frame_fn each, void *arg)
{
	enum { READ_FRAMES = 1000 };
	struct capture_error err;
	struct capture *cap;
	int n = capture_open(&cap, cfg, st, &err);

	if (n == 0) {
		while ((n = capture_read(cap, READ_FRAMES, each, arg, &err)) > 0)
			;
		capture_free(cap);
	}
	if (n != 0)
		fprintf(stderr, "%s\n", err.text);
	return n;
}

#endif
