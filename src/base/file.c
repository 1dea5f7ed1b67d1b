/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - read a regular file, bounded. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static int
read_all(int fd, size_t max, char **out, size_t *out_len)
{
	struct stat st;
	size_t len = 0, size;
	char *octets;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	size = (size_t)st.st_size;
	octets = malloc(size + 1);
	if (octets == NULL)
		return -ENOMEM;
	while (len < size) {
		ssize_t n = read(fd, octets + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int error = errno;

			free(octets);
			return -error;
		}
		if (n == 0)
			break;	/* it shrank meanwhile: what there is must parse */
		len += (size_t)n;
	}
	octets[len] = '\0';
	*out = octets;
	*out_len = len;
	return 0;
}

int
file_read(const char *path, size_t max, char **octets, size_t *len, char *err, size_t err_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd < 0) {
		rc = -errno;
		(void)snprintf(err, err_size, "cannot open: %s", strerror(-rc));
		return rc;
	}
	rc = read_all(fd, max, octets, len);
	(void)close(fd);
	if (rc == -EFBIG)
		(void)snprintf(err, err_size, "larger than %zu octets", max);
	else if (rc == -EINVAL)
		(void)snprintf(err, err_size, "not a regular file");
	else if (rc != 0)
		(void)snprintf(err, err_size, "cannot read: %s", strerror(-rc));
	return rc;
}
