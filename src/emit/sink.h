/* SPDX-License-Identifier: Apache-2.0 */
/* sink.h - one file of whole lines.
 *
 * Lines are gathered and written in large pieces that end with a line. When a write fails or
 * comes short, the file is cut back to its last whole line, the lines are counted as lost, and
 * the next piece is tried again: a full disk loses events, never half of one. */
#ifndef PICKET_EMIT_SINK_H
#define PICKET_EMIT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink;

/** Open `path`: emptied (`fresh`) or appended to. 0, or -errno. */
int sink_open(struct sink **out, const char *path, bool fresh);
/** Flushes first. */
void sink_close(struct sink *s);
/** Room for one line of at most `max` octets (flushes when needed); write there, then commit. */
char *sink_reserve(struct sink *s, size_t max);
/** The reserved room now holds one line of `len` octets, with its newline. */
void sink_commit(struct sink *s, size_t len);
/** Write out. 0 or -errno. */
int sink_flush(struct sink *s);
/** Close and open again, appending. 0 or -errno (the old file stays open then). */
int sink_reopen(struct sink *s);
/** Lines lost so far. */
uint64_t sink_lost(const struct sink *s);

#endif
