/* SPDX-License-Identifier: Apache-2.0 */
/* test_hot_path.c - from the capture callback to the written line, memory comes from pools:
 * the number of allocations does not grow with packets or flows.
 *
 * The linker sends our calls of malloc() and its like through here (-Wl,--wrap); what
 * libraries allocate among themselves is theirs. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "log.h"
#include "monitor.h"
#include "stats.h"
#include "run_suite.h"

/* Pools may grow by a few large pieces while traffic grows: by steps, not by packets. */
enum { STEPS_MAX = 64 };

static uint64_t allocations;
static char *small, *large;	/* captures: the second has twenty times the flows */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *
__wrap_malloc(size_t size)
{
	allocations++;
	return __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	allocations++;
	return __real_calloc(n, size);
}

void *
__wrap_realloc(void *block, size_t size)
{
	allocations++;
	return __real_realloc(block, size);
}

/* Replay a capture; returns the allocations between the first frame and the last. */
static uint64_t
replay(const char *path, uint64_t *packets, uint64_t *flows)
{
	char dir[] = "/tmp/picket-hot-XXXXXX", setting[64];
	struct config_error err;
	struct config cfg;
	struct monitor *m;
	uint64_t before, during;
	int n;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_set_list(&cfg, "capture.read", &path, 1, &err), 0);
	snprintf(setting, sizeof(setting), "log_dir=%s", dir);
	ck_assert_int_eq(config_set(&cfg, setting, &err), 0);
	ck_assert_int_eq(monitor_open(&m, &cfg), EXIT_CODE_OK);
	n = monitor_step(m, 64);	/* buffers of the reader come with the first frames */
	ck_assert_int_gt(n, 0);
	before = allocations;
	while ((n = monitor_step(m, 1024)) > 0)
		;
	ck_assert_int_eq(n, 0);
	during = allocations - before;
	ck_assert_int_eq(monitor_finish(m), EXIT_CODE_OK);
	*packets = stats_value(monitor_stats(m), "capture.frames");
	*flows = stats_value(monitor_stats(m), "flow.new");
	ck_assert_uint_eq(stats_value(monitor_stats(m), "emit.flow"), *flows);
	monitor_free(m);
	config_done(&cfg);
	snprintf(setting, sizeof(setting), "%s/eve.json", dir);
	(void)remove(setting);
	(void)remove(dir);
	return during;
}

START_TEST(allocations_do_not_grow_with_traffic)
{
	uint64_t packets[2], flows[2];
	uint64_t few = replay(small, &packets[0], &flows[0]);
	uint64_t many = replay(large, &packets[1], &flows[1]);

	printf("allocations: %llu for %llu packets of %llu flows, %llu for %llu packets of %llu flows\n",
	    (unsigned long long)few, (unsigned long long)packets[0],
	    (unsigned long long)flows[0], (unsigned long long)many,
	    (unsigned long long)packets[1], (unsigned long long)flows[1]);
	ck_assert_uint_gt(packets[1], 10 * packets[0]);
	ck_assert_uint_gt(flows[1], 10 * flows[0]);
	ck_assert_uint_le(many, few + STEPS_MAX);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *s = suite_create("hot path");
	TCase *t = tcase_create("hot path");

	if (argc != 3) {
		fprintf(stderr, "usage: test_hot_path SMALL.pcap LARGE.pcap\n");
		return 2;
	}
	small = argv[1];
	large = argv[2];
	log_set_level(LOG_LEVEL_WARN);
	tcase_add_test(t, allocations_do_not_grow_with_traffic);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return run_suite(s);
}
