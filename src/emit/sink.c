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

static int
open_file(const char *path, bool fresh)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, flags | (fresh ? O_TRUNC : 0), 0640);

	return fd < 0 ? -errno : fd;
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

static int
write_all(int fd, const char *octets, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, octets, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		octets += n;
		len -= (size_t)n;
	}
	return 0;
}

int
sink_flush(struct sink *s)
{
	struct stat before;
	bool regular = fstat(s->fd, &before) == 0 && S_ISREG(before.st_mode);
	int err = s->used == 0 ? 0 : write_all(s->fd, s->buffer, s->used);

	if (err != 0) {
		s->lost += s->lines;
		if (regular && ftruncate(s->fd, before.st_size) != 0)
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
