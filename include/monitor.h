/* SPDX-License-Identifier: Apache-2.0 */
/* monitor.h - one monitor: owns every stage, started in the order of the data and stopped
 * in reverse. Two in one process do not know of each other. */
#ifndef PICKET_MONITOR_H
#define PICKET_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "detect.h"

struct config;
struct knowledge;
struct stats;
struct monitor;		/* opaque: src/monitor.c */

/* Exit codes of picketd; also what monitor_open() returns. */
enum exit_code {
	EXIT_CODE_OK = 0, EXIT_CODE_RUNTIME = 1, EXIT_CODE_USAGE = 2, EXIT_CODE_CONFIG = 3,
	EXIT_CODE_CAPTURE = 4, EXIT_CODE_KNOWLEDGE = 5, EXIT_CODE_TRUNCATED = 6
};

/** Build all stages for `cfg` (borrowed for the monitor's life) and open its sources. Logs
 * what fails. EXIT_CODE_OK and *out, or the exit code that says what failed. */
enum exit_code monitor_open(struct monitor **out, const struct config *cfg);
void monitor_free(struct monitor *m);

/** Hear, in this process, of every alert as it is written, and of every indicator that a look-up finds
 * (detect.h); to be called before the first frame. */
void monitor_listen(struct monitor *m, alert_fn alert, match_fn match, role_fn role, void *arg);
/** The knowledge it runs with, borrowed. */
const struct knowledge *monitor_knowledge(const struct monitor *m);

/** Handle up to `max` frames. > 0: how many; 0: none there (replay: the end); < 0: -errno,
 * a source broke (logged). */
int monitor_step(struct monitor *m, unsigned max);
/** Live, ten times a second: flush, count drops. `idle_us`: how long no frame has come, on a
 * clock that never steps; timers then run on. 0: frames come and bring the time. */
void monitor_idle(struct monitor *m, uint64_t idle_us);
/** End every flow and alert, write the last statistics. EXIT_CODE_TRUNCATED when a file was
 * cut short, EXIT_CODE_RUNTIME when events were lost, else EXIT_CODE_OK. */
enum exit_code monitor_finish(struct monitor *m);

bool monitor_is_live(const struct monitor *m);
size_t monitor_fds(const struct monitor *m, int *fds, size_t max);
void monitor_progress(const struct monitor *m, uint64_t *done, uint64_t *total,
    uint64_t *packets);
/** Write a stats event now. */
void monitor_write_stats(struct monitor *m);
int monitor_reopen_logs(struct monitor *m);
/** Load the knowledge again, from the same paths and files, beside the one in force, while
 * monitor_step() and monitor_idle() go on; between two batches they swap. Failures are logged,
 * counted and written as an event, and the old one stays. */
void monitor_reload(struct monitor *m);
/** Does a reload go on, or wait? It ends in monitor_step() or monitor_idle(). */
bool monitor_is_reloading(const struct monitor *m);
struct stats *monitor_stats(struct monitor *m);
/** Replay: print the table of what was seen and each alert explained. */
void monitor_print_summary(const struct monitor *m, FILE *out);
/** The fleet by maker, for a person; after monitor_finish(). */
void monitor_print_inventory(const struct monitor *m, FILE *out);

/** Load the knowledge that `cfg` names and log every complaint; for -T as well.
 * Exceptions must name rules and entities that are known. EXIT_CODE_OK and *out, or
 * EXIT_CODE_KNOWLEDGE or EXIT_CODE_CONFIG. */
enum exit_code monitor_load_knowledge(struct knowledge **out, const struct config *cfg);

#endif
