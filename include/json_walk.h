/* SPDX-License-Identifier: Apache-2.0 */
/* json_walk.h - large JSON documents, piece by piece: finds the values at a path without building
 * a tree of the rest.
 *
 * A path is made of steps: "objects[]" is each element of the array under "objects",
 * "[].Event" the member "Event" of each element, "*" each member of an object. What is stepped over is
 * held to brackets, quotes and depth; what is found is for json_parse() to judge. */
#ifndef PICKET_JSON_WALK_H
#define PICKET_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>

enum { JSON_WALK_DEPTH_MAX = 64 };

/* A value, as it stands in the document. */
struct json_span {
	const char *at;
	size_t len;
	unsigned line;		/* on which it begins */
	const char *key;	/* of the last member stepped into, without quotes; NULL: none */
	size_t key_len;
};

typedef void (*json_found_fn)(void *arg, const struct json_span *span);

/** Call `found` for each value at `path`. A value of another shape than the path wants is passed
 * over. NULL: the document is well-formed as far as it was looked at; else what is wrong, and
 * *line where. `first_line`: of its first octet. */
const char *json_walk(const char *octets, size_t len, unsigned first_line, const char *path,
    json_found_fn found, void *arg, unsigned *line);

#endif
