/* SPDX-License-Identifier: Apache-2.0 */
/* capture.c - the stage as others see it: files (replay.c) or interfaces (live.c). */
#include <errno.h>
#include <stdlib.h>

#include "capture.h"
#include "config.h"
#include "fail.h"
#include "live.h"
#include "macros.h"
#include "replay.h"

static const struct counter_desc counters[] = { CAPTURE_COUNTERS(STATS_DESC) };

struct capture {
	struct replay *replay;	/* either this ... */
	struct live *live;	/* ... or this */
};

int
capture_open(struct capture **out, const struct config *cfg, struct stats *st,
    struct capture_error *err)
{
	struct capture *cap;
	uint64_t *count;
	int rc;

	if ((cfg->read.n == 0) == (cfg->interfaces.n == 0))
		return capture_fail(err, -EINVAL, cfg->read.n == 0 ? "nothing to read"
		    : "files and interfaces at once");
	cap = calloc(1, sizeof(*cap));
	count = stats_register(st, counters, ARRAY_LEN(counters));
	if (cap == NULL || count == NULL)
		rc = capture_fail(err, -ENOMEM, "out of memory");
	else if (cfg->read.n != 0)
		rc = replay_open(&cap->replay, cfg, count, err);
	else
		rc = live_open(&cap->live, cfg, count, err);
	if (rc != 0) {
		free(cap);
		return rc;
	}
	*out = cap;
	return 0;
}

void
capture_free(struct capture *cap)
{
	if (cap == NULL)
		return;
	replay_free(cap->replay);
	live_free(cap->live);
	free(cap);
}

bool
capture_is_live(const struct capture *cap)
{
	return cap->live != NULL;
}

int
capture_read(struct capture *cap, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err)
{
	return cap->live != NULL ? live_read(cap->live, max, fn, arg, err)
	    : replay_read(cap->replay, max, fn, arg, err);
}

size_t
capture_fds(const struct capture *cap, int *fds, size_t max)
{
	return cap->live != NULL ? live_fds(cap->live, fds, max) : 0;
}

void
capture_update_drops(struct capture *cap)
{
	if (cap->live != NULL)
		live_update_drops(cap->live);
}

const char *
capture_source_name(const struct capture *cap, uint16_t source)
{
	return cap->live != NULL ? live_name(cap->live, source)
	    : replay_name(cap->replay, source);
}

size_t
capture_sources(const struct capture *cap)
{
	return cap->live != NULL ? live_interfaces(cap->live) : replay_files(cap->replay);
}

size_t
capture_truncated(const struct capture *cap, const char **first)
{
	*first = NULL;
	return cap->live != NULL ? 0 : replay_truncated(cap->replay, first);
}

void
capture_progress(const struct capture *cap, uint64_t *done, uint64_t *total)
{
	*done = *total = 0;
	if (cap->live == NULL)
		replay_progress(cap->replay, done, total);
}
