/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - capture files merged by packet time with a binary heap.
 *
 * Each file's next frame is in the heap by (time, order of path), so a file whose own times
 * go backwards is simply read on in its order. Every file is opened at start to see what it
 * is and when it begins. Descriptors and memory stay bounded however many files there are:
 * beyond OPEN_MAX_PRESET open files (or half of RLIMIT_NOFILE), or OPEN_OCTETS of buffers and
 * decompressors, the open file that is needed last is parked: closed, with its position kept.
 * When its turn comes it is opened again. Files of different times thus cost one open each;
 * only more than that many files of the same time cost an open for each change of file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <pcap/dlt.h>

#include "config.h"
#include "fail.h"
#include "file.h"
#include "filter.h"
#include "input.h"
#include "paths.h"
#include "replay.h"

enum {
	OPEN_MAX_PRESET = 256, OPEN_MIN = 2,
	CHUNK = 64 << 10	/* octets read at once; more would not stay in the near caches */
};
static const size_t OPEN_OCTETS = (size_t)512 << 20;

struct replay {
	struct file_context ctx;
	struct capture_file *file;	/* by path */
	size_t n_files;
	uint16_t *heap;			/* indices of files with a next frame, earliest first */
	size_t n_heap;
	uint16_t *open;			/* indices of files that are open now */
	size_t n_open, max_open;
	size_t n_truncated;		/* of the files, so far */
	const char *first_cut;		/* borrowed from the first of them */
};

static bool
is_before(const struct replay *r, uint16_t a, uint16_t b)
{
	uint64_t ta = r->file[a].time_us, tb = r->file[b].time_us;

	return ta != tb ? ta < tb : a < b;
}

/* Restore the heap after the time of its first file became later. */
static void
sift_down(struct replay *r, size_t at)
{
	uint16_t moving = r->heap[at];

	for (size_t child; (child = 2 * at + 1) < r->n_heap; at = child) {
		if (child + 1 < r->n_heap && is_before(r, r->heap[child + 1], r->heap[child]))
			child++;
		if (!is_before(r, r->heap[child], moving))
			break;
		r->heap[at] = r->heap[child];
	}
	r->heap[at] = moving;
}

static void
forget_open(struct replay *r, uint16_t index)
{
	for (size_t i = 0; i < r->n_open; i++)
		if (r->open[i] == index) {
			r->open[i] = r->open[--r->n_open];
			return;
		}
}

/* Park the open file whose turn comes last, `keep` excepted. False: there is none. */
static bool
park_one(struct replay *r, uint16_t keep)
{
	int last = -1;

	for (size_t i = 0; i < r->n_open; i++)
		if (r->open[i] != keep && file_can_park(&r->file[r->open[i]]) &&
		    (last < 0 || is_before(r, (uint16_t)last, r->open[i])))
			last = r->open[i];
	if (last < 0)
		return false;
	file_park(&r->file[last]);
	forget_open(r, (uint16_t)last);
	return true;
}

/* Descriptors and memory within bounds? Looks at all open files: not for each packet. */
static void
keep_bounds(struct replay *r, uint16_t keep)
{
	size_t octets = 0;

	while (r->n_open > r->max_open && park_one(r, keep))
		continue;
	for (size_t i = 0; i < r->n_open; i++)
		octets += input_memory(r->file[r->open[i]].in);
	while (octets > OPEN_OCTETS && park_one(r, keep)) {
		octets = 0;
		for (size_t i = 0; i < r->n_open; i++)
			octets += input_memory(r->file[r->open[i]].in);
	}
}

/* Call `open` for the file; when the system has no descriptor left, park others first. */
static int
with_descriptors(struct replay *r, uint16_t index, struct capture_error *err,
    int (*open)(struct capture_file *, const struct file_context *, struct capture_error *))
{
	int rc;

	do {
		rc = open(&r->file[index], &r->ctx, err);
	} while ((rc == -EMFILE || rc == -ENFILE) && park_one(r, index));
	if (rc == 0) {
		r->open[r->n_open++] = index;
		keep_bounds(r, index);
	}
	return rc;
}

/* The file came to its end: note whether it was cut. */
static void
note_end(struct replay *r, uint16_t index)
{
	const struct capture_file *f = &r->file[index];

	forget_open(r, index);
	if (f->cut_text == NULL)
		return;
	r->n_truncated++;
	if (r->first_cut == NULL)
		r->first_cut = f->cut_text;
}

/* Open file number r->n_files, which is the next one by path, up to its first frame.
 * 0; 1 when it is no capture, and nobody said it were; -errno with `err`. */
static int
add_file(struct replay *r, struct path *path, struct capture_error *err)
{
	uint16_t index = (uint16_t)r->n_files;
	struct capture_file *f = &r->file[index];
	int rc;

	*f = (struct capture_file){ .path = path->text, .source = index,
	    .octets = path->octets };
	path->text = NULL;	/* the file owns it now */
	r->n_files++;
	rc = with_descriptors(r, index, err, file_open);
	if (rc > 0 && !path->named) {
		/* What is no capture is none of our input and is not counted: a folder gives
		 * the same octets out as the captures in it, named one by one. */
		if (rc == FILE_UNREADABLE)
			r->ctx.count[CAPTURE_REFUSED]++;
		file_close(f);
		free(f->path);
		r->n_files--;
		return 0;
	}
	if (rc == 0)
		rc = file_next(f, &r->ctx, err);
	if (rc != 0)
		return rc > 0 ? -EINVAL : rc;
	r->ctx.count[CAPTURE_FILES]++;
	if (f->done)
		note_end(r, index);
	else
		r->heap[r->n_heap++] = index;
	return 0;
}

static size_t
open_limit(void)
{
	struct rlimit limit;
	size_t n = OPEN_MAX_PRESET;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 2 < n)
		n = (size_t)limit.rlim_cur / 2;
	return n < OPEN_MIN ? OPEN_MIN : n;
}

static int
open_files(struct replay *r, struct path_list *list, const struct config *cfg,
    struct capture_error *err)
{
	struct capture_error unfit;
	int rc = 0, filter_rc = 0;

	r->max_open = open_limit();
	r->ctx.chunk = CHUNK;
	r->file = calloc(list->n + 1, sizeof(r->file[0]));
	r->heap = calloc(list->n + 1, sizeof(r->heap[0]));
	r->open = calloc(list->n + 1, sizeof(r->open[0]));
	if (r->file == NULL || r->heap == NULL || r->open == NULL)
		return capture_fail(err, -ENOMEM, "out of memory");
	if (cfg->filter != NULL && cfg->filter[0] != '\0') {
		r->ctx.filter = filter_new(cfg->filter);
		if (r->ctx.filter == NULL)
			return capture_fail(err, -ENOMEM, "out of memory");
		filter_rc = filter_check(r->ctx.filter, DLT_EN10MB, &unfit);
	}
	for (size_t i = 0; rc == 0 && i < list->n; i++)
		rc = add_file(r, &list->path[i], err);
	if (rc == 0 && r->n_files == 0)
		rc = capture_fail(err, -ENOENT, "no capture files in '%s'%s",
		    cfg->read.text[0], cfg->read.n > 1 ? " and the others" : "");
	/* "fr[0]" and the like fit other links only; what fits none of the files is a mistake. */
	if (rc == 0 && filter_rc != 0 && !filter_fits_any(r->ctx.filter))
		rc = capture_fail(err, filter_rc, "%s", unfit.text);
	for (size_t i = r->n_heap / 2; rc == 0 && i-- > 0; )
		sift_down(r, i);
	return rc;
}

int
replay_open(struct replay **out, const struct config *cfg, uint64_t *count,
    struct capture_error *err)
{
	struct replay *r = calloc(1, sizeof(*r));
	struct path_list list = { 0 };
	int rc;

	if (r == NULL)
		return capture_fail(err, -ENOMEM, "out of memory");
	r->ctx.count = count;
	rc = paths_expand(&list, &cfg->read, err);
	if (rc == 0)
		rc = open_files(r, &list, cfg, err);
	paths_done(&list);
	if (rc != 0) {
		replay_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void
replay_free(struct replay *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n_files; i++) {
		file_close(&r->file[i]);
		free(r->file[i].path);
		free(r->file[i].cut_text);
	}
	filter_free(r->ctx.filter);
	free(r->file);
	free(r->heap);
	free(r->open);
	free(r);
}

/* The first file's next frame was taken: put what follows in its place. */
static int
advance(struct replay *r, struct capture_error *err)
{
	uint16_t index = r->heap[0];
	int rc = 0;

	if (!r->file[index].done)
		rc = file_next(&r->file[index], &r->ctx, err);
	if (rc != 0)
		return rc;
	if (r->file[index].done) {
		note_end(r, index);
		r->heap[0] = r->heap[--r->n_heap];
	}
	if (r->n_heap > 1)
		sift_down(r, 0);
	return 0;
}

/* The last file alone: no heap, no looking at times. */
static int
read_alone(struct replay *r, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err)
{
	struct capture_file *f = &r->file[r->heap[0]];
	int n = file_drain(f, &r->ctx, max, fn, arg, err);

	if (n >= 0 && f->done) {
		note_end(r, r->heap[0]);
		r->n_heap = 0;
	}
	return n;
}

int
replay_read(struct replay *r, unsigned max, capture_frame_fn fn, void *arg,
    struct capture_error *err)
{
	unsigned n = 0;
	int rc;

	while (n < max && r->n_heap != 0) {
		uint16_t index = r->heap[0];

		if (r->file[index].in == NULL) {
			rc = with_descriptors(r, index, err, file_resume);
			if (rc != 0)
				return rc;
		}
		if (r->n_heap == 1) {
			rc = read_alone(r, max - n, fn, arg, err);
			return rc < 0 ? rc : (int)n + rc;
		}
		file_deliver(&r->file[index], &r->ctx, fn, arg);
		n++;
		rc = advance(r, err);
		if (rc != 0)
			return rc;
	}
	return (int)n;
}

const char *
replay_name(const struct replay *r, uint16_t source)
{
	const char *path, *slash;

	if (source >= r->n_files)
		return "";
	path = r->file[source].path;
	slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

size_t
replay_files(const struct replay *r)
{
	return r->n_files;
}

size_t
replay_truncated(const struct replay *r, const char **first)
{
	*first = r->first_cut;
	return r->n_truncated;
}

void
replay_progress(const struct replay *r, uint64_t *done, uint64_t *total)
{
	*done = *total = 0;
	for (size_t i = 0; i < r->n_files; i++) {
		*done += file_octets_done(&r->file[i]);
		*total += r->file[i].octets;
		if (r->file[i].octets == 0) {	/* a pipe: nobody knows */
			*total = 0;
			break;
		}
	}
}
