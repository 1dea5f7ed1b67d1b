/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_capture.c - any octets as a capture file, twice so that two are merged; first octets
 * choose between classic and pcapng, plain and compressed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture.h"
#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look(void *arg, const struct frame *frame)
{
	uint8_t *seen = arg;

	for (uint32_t i = 0; i < frame->cap_len; i++)
		*seen ^= frame->data[i];
	if (frame->wire_len < frame->cap_len)
		abort();
}

/* Frames and refused records of the files named. */
static uint64_t
read_all(char **paths, size_t n)
{
	struct config cfg = { .read = { paths, n }, .filter = (char[]){ "len > 20" } };
	struct stats *st = stats_new();
	struct capture *cap = NULL;
	struct capture_error err;
	uint8_t seen = 0;
	uint64_t records;

	if (capture_open(&cap, &cfg, st, &err) == 0)
		while (capture_read(cap, 3, look, &seen, &err) > 0)
			continue;
	capture_free(cap);
	records = stats_value(st, "capture.frames") + stats_value(st, "capture.filtered") +
	    stats_value(st, "capture.filter_unfit") +
	    stats_value(st, "capture.malformed_records");
	stats_free(st);
	return records;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[2][32], *paths[] = { text[0], text[1] };
	uint64_t once;
	int fd[2];

	for (int i = 0; i < 2; i++) {
		fd[i] = memfd_create("fuzz", MFD_CLOEXEC);
		if (write(fd[i], data, size) != (ssize_t)size)
			abort();
		snprintf(text[i], sizeof(text[i]), "/proc/self/fd/%d", fd[i]);
	}
	once = read_all(paths, 1);
	if (read_all(paths, 2) != 2 * once)	/* merging loses nothing and makes nothing up */
		abort();
	close(fd[0]);
	close(fd[1]);
	return 0;
}
