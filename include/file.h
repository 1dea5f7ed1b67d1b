/* SPDX-License-Identifier: Apache-2.0 */
/* file.h - a whole file into memory: for what the loaders read. */
#ifndef PICKET_FILE_H
#define PICKET_FILE_H

#include <stddef.h>

/** Read a regular file of at most `max` octets. 0: *octets (malloc'ed) is the caller's, with a NUL
 * behind its *len octets. Else -errno, with a line in err. */
int file_read(const char *path, size_t max, char **octets, size_t *len, char *err,
    size_t err_size);

#endif
