/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - messages for the operator: what was tried, on what, and why it failed.
 *
 * Only main.c, monitor.c and the loaders log; everything else returns an error. Traffic is
 * never logged, it is counted. Every line goes to stderr (systemd keeps it) with control
 * and non-ASCII octets escaped, because names in it may come from strangers. */
#ifndef PICKET_LOG_H
#define PICKET_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/** Lines above `level` are dropped. Preset: LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/** `stage` comes first in the line, for filtering: "capture: cannot open 'x': ...". */
void log_error(const char *stage, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *stage, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *stage, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_debug(const char *stage, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
