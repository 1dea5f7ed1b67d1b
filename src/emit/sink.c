/* SPDX-License-Identifier: Apache-2.0 */
/* sink.c - buffered whole lines to a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

enum { BUFFER_OCTETS = 1 << 20 };

struct sink {
	char *path;
	int fd;
	size_t used, lines;
	uint64_t lost;
	char buffer[BUFFER_OCTETS];
};

/* A log that ends in the middle of a line (we were killed while writing) is cut back to its
 * last whole one. 0 or -errno. */
static int
drop_half_line(int fd)
{
	char tail[4096];
	off_t end = lseek(fd, 0, SEEK_END);

	while (end > 0) {
		size_t n = end < (off_t)sizeof(tail) ? (size_t)end : sizeof(tail);
		ssize_t got = pread(fd, tail, n, end - (off_t)n);
		const char *nl = got <= 0 ? NULL : memrchr(tail, '\n', (size_t)got);

		if (got <= 0)
			return got < 0 ? -errno : 0;
		if (nl != NULL) {
			end -= (off_t)n - (nl + 1 - tail);
			break;
		}
		end -= (off_t)n;
	}
	return end >= 0 && ftruncate(fd, end) != 0 ? -errno : 0;
}

static int
open_file(const char *path, bool fresh)
{
	int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, flags | (fresh ? O_TRUNC : 0), 0640), err;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fresh || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return fd;
	err = drop_half_line(fd);
	if (err != 0) {
		close(fd);
		return err;
	}
	return fd;
}

int
sink_open(struct sink **out, const char *path, bool fresh)
{
	struct sink *s = malloc(sizeof(*s));
	int err = -ENOMEM;

	if (s == NULL)
		return -ENOMEM;
	s->used = s->lines = 0;
	s->lost = 0;
	s->path = strdup(path);
	s->fd = s->path == NULL ? -ENOMEM : open_file(path, fresh);
	if (s->fd < 0) {
		err = s->fd;
		free(s->path);
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

void
sink_close(struct sink *s)
{
	if (s == NULL)
		return;
	(void)sink_flush(s);
	close(s->fd);
	free(s->path);
	free(s);
}

char *
sink_reserve(struct sink *s, size_t max)
{
	if (max > sizeof(s->buffer))
		return NULL;
	if (sizeof(s->buffer) - s->used < max)
		(void)sink_flush(s);
	return s->buffer + s->used;
}

void
sink_commit(struct sink *s, size_t len)
{
	s->used += len;
	s->lines++;
}

/* Writes what can be written; *done says how much that was. 0 or -errno. */
static int
write_all(int fd, const char *octets, size_t len, size_t *done)
{
	for (*done = 0; *done < len;) {
		ssize_t n = write(fd, octets + *done, len - *done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		*done += (size_t)n;
	}
	return 0;
}

static size_t
count_lines(const char *at, size_t len)
{
	size_t n = 0;

	for (const char *end = at + len; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		n++;
	return n;
}

int
sink_flush(struct sink *s)
{
	struct stat before;
	bool regular = fstat(s->fd, &before) == 0 && S_ISREG(before.st_mode);
	size_t done, whole;
	int err = write_all(s->fd, s->buffer, s->used, &done);

	if (err != 0) {
		const char *nl = memrchr(s->buffer, '\n', done);

		whole = nl == NULL ? 0 : (size_t)(nl + 1 - s->buffer);
		s->lost += s->lines - count_lines(s->buffer, whole);
		if (regular && ftruncate(s->fd, before.st_size + (off_t)whole) != 0)
			err = -errno;	/* nothing better can be done; the caller says so */
	}
	s->used = s->lines = 0;
	return err;
}

int
sink_reopen(struct sink *s)
{
	int err = sink_flush(s);
	int fd = open_file(s->path, false);

	if (fd < 0)
		return fd;
	close(s->fd);
	s->fd = fd;
	return err;
}

uint64_t
sink_lost(const struct sink *s)
{
	return s->lost;
}
