/* SPDX-License-Identifier: Apache-2.0 */
/* intel_file.c - the octets of a feed: a window over a file, line by line or as they come. A line of
 * a hundred megabytes costs the time of reading it and no memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intel.h"

static void
begin(struct feed_reader *r, const char *name)
{
	r->path = name;
	r->at = r->len = 0;
	r->ended = r->skipping = false;
	r->line = 0;
}

int
intel_open(struct feed_reader *r, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return -EINVAL;
	}
	begin(r, path);
	r->fd = fd;
	return 0;
}

void
intel_open_memory(struct feed_reader *r, const char *name, const void *octets, size_t len)
{
	begin(r, name);
	r->fd = -1;
	r->memory = octets;
	r->memory_left = len;
}

void
intel_close(struct feed_reader *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	r->fd = -1;
	r->memory_left = 0;
}

/* From the file or memory; 0 at the end, and when it cannot be read on. */
static size_t
read_some(struct feed_reader *r, char *to, size_t size)
{
	ssize_t n;

	if (r->fd < 0) {
		n = (ssize_t)(r->memory_left < size ? r->memory_left : size);
		if (n != 0)
			memcpy(to, r->memory, (size_t)n);
		r->memory += n;
		r->memory_left -= (size_t)n;
	} else {
		do
			n = read(r->fd, to, size);
		while (n < 0 && errno == EINTR);
	}
	if (n <= 0)
		return 0;
	sha256_update(&r->sha, (size_t)n, (const uint8_t *)to);
	r->feed->octets += (uint64_t)n;
	return (size_t)n;
}

/* Make room in the window and fill it. */
static void
fill(struct feed_reader *r)
{
	size_t n;

	memmove(r->window, r->window + r->at, r->len - r->at);
	r->len -= r->at;
	r->at = 0;
	while (!r->ended && r->len < INTEL_WINDOW) {
		n = read_some(r, r->window + r->len, INTEL_WINDOW - r->len);
		r->len += n;
		r->ended = n == 0;
	}
}

size_t
intel_head(struct feed_reader *r, const char **head)
{
	if (r->at == r->len && !r->ended)
		fill(r);
	if (r->line == 0 && r->len - r->at >= 3 && memcmp(r->window + r->at, "\xef\xbb\xbf", 3) == 0)
		r->at += 3;
	*head = r->window + r->at;
	return r->len - r->at;
}

/* The next line, whatever it holds. False at the end. */
static bool
next_line(struct feed_reader *r, char **line, size_t *len)
{
	for (;;) {
		char *start = r->window + r->at;
		char *end = memchr(start, '\n', r->len - r->at);

		if (end == NULL && !r->ended) {
			if (r->len - r->at > INTEL_LINE_MAX) {
				r->skipping = true;
				r->at = r->len;
			}
			fill(r);
			continue;
		}
		if (end == NULL && r->at == r->len && !r->skipping)
			return false;
		*line = start;
		*len = end == NULL ? r->len - r->at : (size_t)(end - start);
		r->at += *len + (end != NULL);
		r->line++;
		if (!r->skipping && *len <= INTEL_LINE_MAX)
			return true;
		r->skipping = false;
		intel_skip(r, FEED_TOO_LONG, "", 0, NULL);
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool
intel_line(struct feed_reader *r, char **line, size_t *len)
{
	const char *head;

	if (r->line == 0)
		(void)intel_head(r, &head);	/* steps over a byte order mark */
	while (r->l->fatal == 0 && next_line(r, line, len)) {
		while (*len != 0 && is_blank((*line)[*len - 1]))
			--*len;
		for (; *len != 0 && is_blank(**line); --*len)
			++*line;
		if (*len == 0)
			continue;
		(*line)[*len] = '\0';	/* the line's end, or the octet behind the window */
		return true;
	}
	return false;
}

size_t
intel_octets(void *reader, char *to, size_t size)
{
	struct feed_reader *r = reader;
	size_t n = r->len - r->at < size ? r->len - r->at : size;

	if (n == 0)
		return read_some(r, to, size);
	memcpy(to, r->window + r->at, n);
	r->at += n;
	return n;
}

char *
intel_whole(struct feed_reader *r, size_t *len)
{
	size_t room = INTEL_WINDOW, n;
	char *octets = malloc(room);

	*len = 0;
	while (octets != NULL && (n = intel_octets(r, octets + *len, room - *len)) != 0) {
		char *more;

		*len += n;
		if (*len < room)
			continue;
		if (room >= INTEL_WHOLE_MAX) {
			free(octets);
			intel_skip(r, FEED_TOO_LONG, "", 0, NULL);
			return NULL;
		}
		room *= 2;
		more = realloc(octets, room);
		if (more == NULL)
			free(octets);
		octets = more;
	}
	if (octets == NULL)
		(void)fatal(r->l, -ENOMEM);
	return octets;
}

const char *
intel_path_beside(struct feed_reader *r, const char *name)
{
	const char *slash = strrchr(r->path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash + 1 - r->path);
	char *path = arena_alloc(r->l->k->arena, n + strlen(name) + 1);

	if (path == NULL) {
		(void)fatal(r->l, -ENOMEM);
		return NULL;
	}
	memcpy(path, r->path, n);
	strcpy(path + n, name);
	return path;
}
