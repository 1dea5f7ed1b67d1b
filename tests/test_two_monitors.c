/* SPDX-License-Identifier: Apache-2.0 */
/* test_two_monitors.c - two monitors in one process, step by step in turn, each with another
 * capture, write just what each writes alone: nothing is shared behind their backs. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "log.h"
#include "monitor.h"
#include "run_suite.h"

static char *captures[2];

struct run {
	struct config cfg;
	struct monitor *m;
	char dir[32], path[64];
};

static void
begin(struct run *r, const char *capture)
{
	struct config_error err;
	char setting[64];

	strcpy(r->dir, "/tmp/picket-two-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(r->dir));
	snprintf(r->path, sizeof(r->path), "%s/eve.json", r->dir);
	ck_assert_int_eq(config_init(&r->cfg), 0);
	ck_assert_int_eq(config_set_list(&r->cfg, "capture.read", &capture, 1, &err), 0);
	snprintf(setting, sizeof(setting), "log_dir=%s", r->dir);
	ck_assert_int_eq(config_set(&r->cfg, setting, &err), 0);
	ck_assert_int_eq(monitor_open(&r->m, &r->cfg), EXIT_CODE_OK);
}

/* Ends the run; returns what it wrote, for the caller to free. */
static char *
end(struct run *r)
{
	FILE *in;
	char *text;
	long len;

	ck_assert_int_eq(monitor_finish(r->m), EXIT_CODE_OK);
	monitor_free(r->m);
	config_done(&r->cfg);
	in = fopen(r->path, "rb");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fseek(in, 0, SEEK_END), 0);
	len = ftell(in);
	ck_assert_int_gt(len, 0);
	rewind(in);
	text = calloc(1, (size_t)len + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(fread(text, 1, (size_t)len, in), (size_t)len);
	fclose(in);
	(void)remove(r->path);
	(void)remove(r->dir);
	return text;
}

START_TEST(do_not_know_of_each_other)
{
	struct run alone, both[2];
	char *want[2], *got[2];
	int a, b;

	for (int i = 0; i < 2; i++) {
		begin(&alone, captures[i]);
		while (monitor_step(alone.m, 64) > 0)
			;
		want[i] = end(&alone);
	}
	begin(&both[0], captures[0]);
	begin(&both[1], captures[1]);
	do {
		a = monitor_step(both[0].m, 3);
		b = monitor_step(both[1].m, 5);
	} while (a > 0 || b > 0);
	for (int i = 0; i < 2; i++) {
		got[i] = end(&both[i]);
		ck_assert_str_eq(got[i], want[i]);
		ck_assert_ptr_nonnull(strstr(got[i], "\"event_type\":\"alert\""));
		free(got[i]);
		free(want[i]);
	}
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *s = suite_create("two monitors");
	TCase *t = tcase_create("two monitors");

	if (argc != 3) {
		fprintf(stderr, "usage: test_two_monitors A.pcap B.pcap\n");
		return 2;
	}
	captures[0] = argv[1];
	captures[1] = argv[2];
	log_set_level(LOG_LEVEL_WARN);
	tcase_add_test(t, do_not_know_of_each_other);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return run_suite(s);
}
