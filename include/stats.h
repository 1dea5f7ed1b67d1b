/* SPDX-License-Identifier: Apache-2.0 */
/* stats.h - the counters of one monitor.
 *
 * Each stage declares its counters as one table of rows (name, meaning) and registers it
 * once; it gets back an array to add to. Whoever prints statistics walks all blocks. Adding
 * a counter is adding a row. Names are dotted, the stage first: `decode.gtpu.not_v1`. */
#ifndef PICKET_STATS_H
#define PICKET_STATS_H

#include <stddef.h>
#include <stdint.h>

struct counter_desc {
	const char *name;
	const char *help;
};

struct stats;	/* opaque: src/base/stats.c */

/** NULL when out of memory. */
struct stats *stats_new(void);
void stats_free(struct stats *st);

/**
 * Register a block of `n` counters, all 0. `desc` is borrowed for the life of `st`.
 * Returns the counters, owned by `st`; NULL when out of memory.
 */
uint64_t *stats_register(struct stats *st, const struct counter_desc *desc, size_t n);

/** Call `each` for every counter, in order of registration. */
void stats_walk(const struct stats *st,
    void (*each)(void *arg, const struct counter_desc *desc, uint64_t value), void *arg);

/** Value by name; 0 when there is no such counter. For tests and summaries, not hot. */
uint64_t stats_value(const struct stats *st, const char *name);

/* A list of counters as X-macro rows `X(ENUM_NAME, "stage.name", "help")` gives both: */
#define STATS_ENUM(id, name, help) id,
#define STATS_DESC(id, name, help) { name, help },

#endif
