/* SPDX-License-Identifier: Apache-2.0 */
/* builder.h - a thread that builds one knowledge, or frees one, while frames go on. It shares
 * nothing with the stages: it reads files, and hands over when it has ended. */
#ifndef PICKET_BUILDER_H
#define PICKET_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

#include "knowledge.h"

struct builder;		/* opaque: src/builder.c */

enum { BUILDER_ERROR_MAX = 1024 };

struct build_result {
	struct knowledge *knowledge;	/* the caller's; NULL: it failed */
	uint64_t errors;
	char error[BUILDER_ERROR_MAX];	/* the first, "FILE:LINE: reason"; "" without */
};

/** NULL when out of memory. */
struct builder *builder_new(void);
/** Waits for the thread; what it built and nobody took is freed. */
void builder_free(struct builder *b);

/** Begin to build. What `from` points to must live until the end; what it says of the knowledge in
 * force is only read. The builder must be idle. 0 or -errno: no thread. */
int builder_load(struct builder *b, const struct knowledge_sources *from);
/** Begin to free `k`; without a thread it is freed at once. The builder must be idle. */
void builder_release(struct builder *b, struct knowledge *k);
/** Nothing runs (any more)? Never waits. */
bool builder_is_idle(struct builder *b);
/** Take what was built; warnings are told to `say` now, in the caller's thread. Once after each
 * builder_load(), when the builder is idle again. */
void builder_take(struct builder *b, struct build_result *result, knowledge_complain_fn say,
    void *arg);

#endif
