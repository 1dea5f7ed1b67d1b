/* SPDX-License-Identifier: Apache-2.0 */
/* run_suite.h - how every unit test ends: run the suite, say what failed. */
#ifndef PICKET_TESTS_RUN_SUITE_H
#define PICKET_TESTS_RUN_SUITE_H

#include <check.h>

/** Takes the suite. The exit code for main(): 0 when nothing failed. */
static inline int
run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

#endif
