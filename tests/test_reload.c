/* SPDX-License-Identifier: Apache-2.0 */
/* test_reload.c - the whole monitor while its knowledge is loaded again and again: what does not
 * concern the traffic changes nothing that is written, what does is withdrawn or found. */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "log.h"
#include "macros.h"
#include "monitor.h"
#include "run_suite.h"
#include "stats.h"

enum { RELOADS = 200, CHANGES = 60, STEP = 7, PATH_SIZE = 512, WAIT_MS = 60000 };

static const char *signatures, *captures;

/* A pack of links to the shipped one, so that a folder of it can go and come back; and one of
 * the site's own. */
struct site {
	char dir[32];
	char pack[64], own[64], log[64];
	struct config cfg;
	struct monitor *m;
	size_t frames;
};

static void
path_in(char path[PATH_SIZE], const char *dir, const char *name)
{
	ck_assert_int_lt(snprintf(path, PATH_SIZE, "%s/%s", dir, name), PATH_SIZE);
}

static void
put_file(const char *dir, const char *name, const char *text)
{
	char path[PATH_SIZE], fresh[PATH_SIZE];
	FILE *out;

	path_in(path, dir, name);
	path_in(fresh, dir, ".new");
	out = fopen(fresh, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(rename(fresh, path), 0);
}

static void
link_folder(const struct site *s, const char *name)
{
	char from[PATH_SIZE], to[PATH_SIZE];

	path_in(from, signatures, name);
	path_in(to, s->pack, name);
	ck_assert_int_eq(symlink(from, to), 0);
}

static void
unlink_folder(const struct site *s, const char *name)
{
	char path[PATH_SIZE];

	path_in(path, s->pack, name);
	ck_assert_int_eq(unlink(path), 0);
}

/* An indicator that no capture has anything of; `n` is in its id. */
static void
put_own(const struct site *s, unsigned n)
{
	char text[600], dir[PATH_SIZE];

	snprintf(text, sizeof(text), "[\n{\"id\":\"own-%u\",\"entity\":\"own_actor\",\"type\":\"domain\","
	    "\"value\":\"nobody-%u.example\",\"role\":\"c2\",\"confidence\":\"high\",\"verified\":true,"
	    "\"severity\":\"high\",\"as_of\":\"2026-01-01\",\"identifies\":\"host_operator\","
	    "\"use\":\"alert\",\"sources\":[\"test\"]}\n]\n", n, n);
	path_in(dir, s->own, "indicators");
	put_file(dir, "own.json", text);
}

static void
make_site(struct site *s, bool with_indicators)
{
	static const char *const folders[] = { "entities", "lists", "listings", "identity",
		"pack.json" };
	char path[PATH_SIZE];

	memset(s, 0, sizeof(*s));
	strcpy(s->dir, "/tmp/picket-reload-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(s->dir));
	snprintf(s->pack, sizeof(s->pack), "%s/pack", s->dir);
	snprintf(s->own, sizeof(s->own), "%s/own", s->dir);
	snprintf(s->log, sizeof(s->log), "%s/log", s->dir);
	ck_assert_int_eq(mkdir(s->pack, 0700), 0);
	ck_assert_int_eq(mkdir(s->own, 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		link_folder(s, folders[i]);
	if (with_indicators)
		link_folder(s, "indicators");
	path_in(path, s->own, "entities");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	put_file(path, "own.json", "[\n{\"id\":\"own_actor\",\"name\":\"Own\",\"country\":\"CN\","
	    "\"category\":\"threat_actor\",\"basis\":\"criminal\",\"adversary_linked\":true,"
	    "\"evidence\":\"verified\",\"sources\":[\"test\"]}\n]\n");
	path_in(path, s->own, "indicators");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	put_own(s, 0);
}

static void
begin(struct site *s, const char *capture)
{
	const char *const paths[] = { s->pack, s->own };
	static const struct timespec then[2] = { { 1767225600, 0 }, { 1767225600, 0 } };
	struct config_error err;
	char setting[96], feed[PATH_SIZE];

	ck_assert_int_eq(config_init(&s->cfg), 0);
	ck_assert_int_eq(config_set_list(&s->cfg, "capture.read", &capture, 1, &err), 0);
	ck_assert_int_eq(config_set_list(&s->cfg, "knowledge.paths", paths, 2, &err), 0);
	snprintf(setting, sizeof(setting), "log_dir=%s", s->log);
	ck_assert_int_eq(config_set(&s->cfg, setting, &err), 0);
	ck_assert_int_eq(config_set(&s->cfg, "sensor=test", &err), 0);
	/* outside intelligence on what the captures hold: its alerts go on, too */
	put_file(s->dir, "feed.txt", "cameras.example\n198.51.100.70\n");
	path_in(feed, s->dir, "feed.txt");
	ck_assert_int_eq(utimensat(AT_FDCWD, feed, then, 0), 0);	/* its date is part of what is known */
	snprintf(setting, sizeof(setting), "intel=[{path: %s/feed.txt}]", s->dir);
	ck_assert_msg(config_set(&s->cfg, setting, &err) == 0, "%s", err.text);
	ck_assert_int_eq(monitor_open(&s->m, &s->cfg), EXIT_CODE_OK);
}

static bool
step(struct site *s)
{
	int n = monitor_step(s->m, STEP);

	ck_assert_int_ge(n, 0);
	s->frames += (size_t)n;
	return n > 0;
}

/* Until what was asked for is over, without a frame. */
static void
wait_for_reload(struct site *s)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	for (int i = 0; i < WAIT_MS && monitor_is_reloading(s->m); i++) {
		monitor_idle(s->m, 0);
		(void)nanosleep(&ms, NULL);
	}
	ck_assert(!monitor_is_reloading(s->m));
}

static void
remove_tree(const char *path)
{
	char below[PATH_SIZE];
	DIR *dir = opendir(path);
	struct dirent *d;
	struct stat st;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		path_in(below, path, d->d_name);
		if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
			remove_tree(below);
		else
			(void)unlink(below);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
}

/* The folder has another name each time, and feeds are told with theirs. */
static void
cover(char *text, const char *word)
{
	while ((text = strstr(text, word)) != NULL)
		memset(text, 'x', strlen(word));
}

/* Ends the run; returns what it wrote, for the caller to free. */
static char *
end(struct site *s)
{
	char path[PATH_SIZE];
	struct stat st;
	FILE *in, *nowhere;
	char *text;

	while (step(s))
		;
	ck_assert_int_eq(monitor_finish(s->m), EXIT_CODE_OK);
	nowhere = fopen("/dev/null", "w");
	ck_assert_ptr_nonnull(nowhere);
	monitor_print_summary(s->m, nowhere);	/* it keeps alerts, too */
	monitor_print_inventory(s->m, nowhere);
	fclose(nowhere);
	monitor_free(s->m);
	config_done(&s->cfg);
	path_in(path, s->log, "eve.json");
	in = fopen(path, "rb");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fstat(fileno(in), &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(fread(text, 1, (size_t)st.st_size, in), (size_t)st.st_size);
	fclose(in);
	remove_tree(s->dir);
	cover(text, s->dir);
	return text;
}

/* --- comparing --- */

/* Take out what follows `key` up to the next comma or brace, wherever it is. */
static void
blank(char *text, const char *key)
{
	for (char *at = text; (at = strstr(at, key)) != NULL;) {
		char *rest;

		at += strlen(key);
		rest = at + strcspn(at, ",}\n");
		memmove(at, rest, strlen(rest) + 1);
	}
}

/* Take out the lines of one type. */
static unsigned
drop(char *text, const char *type)
{
	char *line = text, key[64];
	unsigned n = 0;

	snprintf(key, sizeof(key), "\"event_type\":\"%s\"", type);
	while (*line != '\0') {
		char *next = strchr(line, '\n') + 1, *at = strstr(line, key);

		if (at != NULL && at < next) {
			memmove(line, next, strlen(next) + 1);
			n++;
		} else {
			line = next;
		}
	}
	return n;
}

static unsigned
count(const char *text, const char *what)
{
	unsigned n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static void
compare(const char *got, const char *want)
{
	size_t i = 0, line = 0;

	while (got[i] != '\0' && got[i] == want[i])
		if (got[i++] == '\n')
			line = i;
	if (i - line > 300)	/* what differs, not where the line begins */
		line = i - 300;
	ck_assert_msg(got[i] == want[i], "differs:\n got %.600s\nwant %.600s", got + line, want + line);
}

/* The last value of a counter. */
static unsigned long long
counter(const char *text, const char *name)
{
	const char *last = NULL;
	char key[64];

	snprintf(key, sizeof(key), "\"%s\":", name);
	for (const char *at = text; (at = strstr(at, key)) != NULL; at++)
		last = at + strlen(key);
	ck_assert_ptr_nonnull(last);
	return strtoull(last, NULL, 10);
}

static char *
run_alone(size_t *frames)
{
	struct site s;
	char *text;

	make_site(&s, true);
	begin(&s, captures);
	text = end(&s);
	*frames = s.frames;
	ck_assert_uint_gt(count(text, "\"event_type\":\"alert\""), 10);
	ck_assert_uint_eq(drop(text, "reload"), 0);
	return text;
}

/* --- tests --- */

/* The same files 200 times: the same octets, statistics too, but for what counts reloads. */
START_TEST(reloads_of_the_same_change_nothing)
{
	static const char *const counted[] = { "\"reload.asked\":", "\"reload.done\":",
		"\"emit.reload\":" };
	size_t frames, every;
	char *want = run_alone(&frames), *got;
	struct site s;
	unsigned reloads = 0;

	every = frames / (RELOADS + 1);
	make_site(&s, true);
	begin(&s, captures);
	while (step(&s))
		if (reloads < RELOADS && s.frames >= (reloads + 1) * every) {
			monitor_reload(s.m);
			if (reloads++ % 2 == 0)	/* else frames go on meanwhile */
				wait_for_reload(&s);
		}
	wait_for_reload(&s);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.asked"), RELOADS);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.failed"), 0);
	ck_assert_uint_gt(stats_value(monitor_stats(s.m), "reload.done"), RELOADS / 2);
	got = end(&s);
	ck_assert_uint_gt(drop(got, "reload"), RELOADS / 2);
	for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
		blank(got, counted[i]);
		blank(want, counted[i]);
	}
	blank(got, "\"reload.merged\":");
	blank(want, "\"reload.merged\":");
	compare(got, want);
	free(got);
	free(want);
}
END_TEST

/* Another indicator each time, that nothing matches: the same events, but for the hash. */
START_TEST(news_that_match_nothing_change_nothing)
{
	/* what was known before is not found a second time */
	static const char *const found[] = { "detect.matched", "detect.context_only",
		"detect.shared_address", "detect.contacts", "detect.folded", "detect.alerts" };
	size_t frames, every;
	char *want = run_alone(&frames), *got;
	struct site s;
	unsigned reloads = 0;

	every = frames / (CHANGES + 1);
	make_site(&s, true);
	begin(&s, captures);
	while (step(&s))
		if (reloads < CHANGES && s.frames >= (reloads + 1) * every) {
			put_own(&s, ++reloads);
			monitor_reload(s.m);
			wait_for_reload(&s);
		}
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.done"), CHANGES);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "detect.withdrawn"), 0);
	ck_assert_uint_gt(stats_value(monitor_stats(s.m), "detect.rechecked"), CHANGES);
	got = end(&s);
	ck_assert_uint_eq(drop(got, "reload"), CHANGES);
	for (size_t i = 0; i < ARRAY_LEN(found); i++)
		ck_assert_msg(counter(got, found[i]) == counter(want, found[i]), "%s: %llu, not %llu",
		    found[i], counter(got, found[i]), counter(want, found[i]));
	(void)drop(got, "stats");
	(void)drop(want, "stats");
	blank(got, "\"hash\":");
	blank(want, "\"hash\":");
	compare(got, want);
	free(got);
	free(want);
}
END_TEST

/* All indicators, then all tables of TACs, go and come back, again and again: what is open is closed,
 * what lives is found again, and at the end nothing points to what is gone. */
START_TEST(survives_what_comes_and_goes)
{
	struct site s;
	size_t every = 0;
	unsigned reloads = 0;
	char *text;

	make_site(&s, true);
	begin(&s, captures);
	while (step(&s))
		if (reloads < CHANGES && s.frames >= every) {
			const char *what = reloads % 4 < 2 ? "indicators" : "identity";

			if (reloads++ % 2 == 0)
				unlink_folder(&s, what);
			else
				link_folder(&s, what);
			monitor_reload(s.m);
			wait_for_reload(&s);
			every = s.frames + 20;
		}
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.failed"), 0);
	ck_assert_uint_gt(stats_value(monitor_stats(s.m), "detect.withdrawn"), 10);
	text = end(&s);
	ck_assert_uint_gt(count(text, "\"withdrawn\":"), CHANGES - 1);
	ck_assert_uint_gt(count(text, "\"event_type\":\"alert\""), 20);
	free(text);
}
END_TEST

/* What is added while a connection lives is found in it, from its beginning on. */
START_TEST(finds_what_lives)
{
	struct site s;
	char *text, *reload, *alert, *first;

	make_site(&s, false);
	begin(&s, captures);
	while (step(&s) && s.frames < 600)
		;
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "detect.matched"), 0);
	link_folder(&s, "indicators");
	monitor_reload(s.m);
	wait_for_reload(&s);
	ck_assert_uint_gt(stats_value(monitor_stats(s.m), "detect.matched"), 0);
	text = end(&s);
	reload = strstr(text, "\"event_type\":\"reload\"");
	ck_assert_ptr_nonnull(reload);
	alert = strstr(reload, "\"finding\":\"infrastructure\"");
	ck_assert_ptr_nonnull(alert);
	first = strstr(alert, "\"first\":\"");
	ck_assert_ptr_nonnull(first);
	while (reload > text && reload[-1] != '\n')
		reload--;
	/* "timestamp":"2026-... begins the line */
	ck_assert_int_lt(strncmp(first + strlen("\"first\":\""),
	    strchr(reload, ':') + 2, strlen("2026-01-01T00:00:00.000000")), 0);
	free(text);
}
END_TEST

/* A mistake in a file: the old stays, and it is told where the mistake is. */
START_TEST(keeps_the_old_on_any_error)
{
	struct site s;
	char *text, dir[PATH_SIZE];

	make_site(&s, true);
	begin(&s, captures);
	path_in(dir, s.own, "indicators");
	put_file(dir, "own.json", "[\n{\"id\":\"x\"},\n{\"id\":\n]\n");
	monitor_reload(s.m);
	wait_for_reload(&s);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.failed"), 1);
	(void)step(&s);
	put_own(&s, 1);
	monitor_reload(s.m);
	wait_for_reload(&s);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.done"), 1);
	remove_tree(s.own);
	monitor_reload(s.m);
	wait_for_reload(&s);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.failed"), 2);
	text = end(&s);
	ck_assert_uint_eq(count(text, "\"outcome\":\"failed\""), 2);
	ck_assert_uint_eq(count(text, "/own/indicators/own.json:2: "), 1);
	ck_assert_uint_eq(count(text, "\"outcome\":\"done\""), 1);
	ck_assert_uint_gt(count(text, "\"event_type\":\"alert\""), 10);
	free(text);
}
END_TEST

/* Asked for five times while one goes on: one more follows, not four. */
START_TEST(remembers_one_more)
{
	struct site s;
	char *text;

	make_site(&s, true);
	begin(&s, captures);
	for (int i = 0; i < 5; i++)
		monitor_reload(s.m);
	wait_for_reload(&s);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.asked"), 5);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.merged"), 3);
	ck_assert_uint_eq(stats_value(monitor_stats(s.m), "reload.done"), 2);
	monitor_reload(s.m);	/* and one that the end of the run overtakes */
	text = end(&s);
	free(text);
}
END_TEST

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)	/* they keep what is freed */
#define MEMORY_IS_TOLD
/* Octets that malloc() holds do not grow from reload to reload. */
static size_t
resident_kb(void)
{
	FILE *in = fopen("/proc/self/status", "r");
	char line[128];
	size_t kb = 0;

	ck_assert_ptr_nonnull(in);
	while (kb == 0 && fgets(line, sizeof(line), in) != NULL)
		(void)sscanf(line, "VmRSS: %zu kB", &kb);
	fclose(in);
	return kb;
}

START_TEST(does_not_grow)
{
	struct site s;
	size_t early = 0;

	make_site(&s, true);
	begin(&s, captures);
	for (unsigned i = 0; i < 60; i++) {
		put_own(&s, i);
		monitor_reload(s.m);
		wait_for_reload(&s);
		if (i == 10)
			early = resident_kb();
	}
	ck_assert_msg(resident_kb() < early + early / 4 + 2048, "%zu kB, then %zu kB", early,
	    resident_kb());
	free(end(&s));
}
END_TEST
#endif

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("reload");
	TCase *t = tcase_create("reload");

	if (argc != 3) {
		fprintf(stderr, "usage: test_reload SIGNATURES CAPTURES\n");
		return 2;
	}
	signatures = argv[1];
	captures = argv[2];
	log_set_level(LOG_LEVEL_ERROR);
	tcase_add_test(t, reloads_of_the_same_change_nothing);
	tcase_add_test(t, news_that_match_nothing_change_nothing);
	tcase_add_test(t, survives_what_comes_and_goes);
	tcase_add_test(t, finds_what_lives);
	tcase_add_test(t, keeps_the_old_on_any_error);
	tcase_add_test(t, remembers_one_more);
#ifdef MEMORY_IS_TOLD
	tcase_add_test(t, does_not_grow);
#endif
	tcase_set_timeout(t, 300);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
