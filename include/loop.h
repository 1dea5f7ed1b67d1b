/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h - the event loop (src/loop.c is the only file that includes <ev.h>). */
#ifndef PICKET_LOOP_H
#define PICKET_LOOP_H

#include "monitor.h"

/** Run `m` until its files end, a source breaks, or SIGTERM/SIGINT asks for the end (a second
 * one ends at once with EXIT_CODE_RUNTIME). HUP reopens logs, USR1 writes statistics.
 * `show_progress`: a line on stderr, for a terminal. Returns the exit code. */
enum exit_code loop_run(struct monitor *m, bool show_progress);

#endif
