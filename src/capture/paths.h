/* SPDX-License-Identifier: Apache-2.0 */
/* paths.h - from what the operator named (files, folders, globs, "-") to a list of files. */
#ifndef PICKET_CAPTURE_PATHS_H
#define PICKET_CAPTURE_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct capture_error;
struct text_list;

struct path {
	char *text;	/* owned; "-" is standard input */
	bool named;	/* by the operator, directly; else found in a folder */
	dev_t dev;
	ino_t ino;
	uint64_t octets;	/* 0 for a pipe */
};

struct path_list {
	struct path *path;
	size_t n, room;
};

enum { PATHS_MAX = UINT16_MAX };	/* struct frame counts sources in 16 bits */

/** Fill an empty `list` with the regular files (and pipes named directly), sorted by path,
 * each file once. paths_done() in any case. 0 or -errno with `err`. */
int paths_expand(struct path_list *list, const struct text_list *named,
    struct capture_error *err);
void paths_done(struct path_list *list);

#endif
