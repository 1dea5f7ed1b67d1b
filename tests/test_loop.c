/* SPDX-License-Identifier: Apache-2.0 */
/* test_loop.c - the event loop over a scripted monitor: end of files, failures, signals. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "macros.h"
#include "run_suite.h"

/* A monitor that hands over so many frames, then answers `last`; and sends itself a signal
 * at a chosen frame. Its functions take the place of src/monitor.c in this program. */
struct monitor {
	bool live;
	int fd[2];		/* live: readable while frames are left */
	unsigned frames, per_step;
	int last;		/* what monitor_step() returns after the frames; 1: more for ever */
	unsigned signal_at;	/* frame number, 0: none */
	int signal[2];		/* one after the other; 0: none */
	bool signal_in_step;	/* TERM twice while a read blocks */
	bool signal_in_finish;
	enum exit_code finish;

	unsigned seen, finished, reopened, stats, idles, reloads;
	unsigned reload_steps;	/* how long a reload takes */
	uint64_t idle_us;
};

static void
raise_at(struct monitor *m)
{
	for (size_t i = 0; i < ARRAY_LEN(m->signal); i++)
		if (m->signal[i] != 0 && m->seen >= m->signal_at) {
			int signo = m->signal[i];

			m->signal[i] = 0;
			(void)raise(signo);
			return;
		}
}

int
monitor_step(struct monitor *m, unsigned max)
{
	unsigned n = m->per_step < max ? m->per_step : max;

	m->reload_steps -= m->reload_steps != 0;
	if (m->signal_in_step) {
		(void)raise(SIGTERM);
		(void)raise(SIGTERM);
	}
	if (m->signal_at != 0)
		raise_at(m);
	if (m->frames == 0)
		return m->last;
	if (n > m->frames)
		n = m->frames;
	m->frames -= n;
	m->seen += n;
	if (m->frames == 0 && m->live) {
		char octet;

		ck_assert_int_eq(read(m->fd[0], &octet, 1), 1);
	}
	return (int)n;
}

void
monitor_idle(struct monitor *m, uint64_t now_us)
{
	m->idles++;
	m->idle_us = now_us;
	if (m->idles == 15)
		(void)raise(SIGTERM);
}

enum exit_code
monitor_finish(struct monitor *m)
{
	m->finished++;
	if (m->signal_in_finish)
		(void)raise(SIGTERM);
	return m->finish;
}

bool
monitor_is_live(const struct monitor *m)
{
	return m->live;
}

size_t
monitor_fds(const struct monitor *m, int *fds, size_t max)
{
	ck_assert_uint_ge(max, 1);
	fds[0] = m->fd[0];
	return 1;
}

void
monitor_progress(const struct monitor *m, uint64_t *done, uint64_t *total, uint64_t *packets)
{
	*done = m->seen;
	*total = m->seen + m->frames;
	*packets = m->seen;
}

void
monitor_write_stats(struct monitor *m)
{
	m->stats++;
}

int
monitor_reopen_logs(struct monitor *m)
{
	m->reopened++;
	return 0;
}

void
monitor_reload(struct monitor *m)
{
	m->reloads++;
	m->reload_steps = 3;
}

bool
monitor_is_reloading(const struct monitor *m)
{
	return m->reload_steps != 0;
}

static const struct {
	const char *what;
	struct monitor m;
	enum exit_code want;
	unsigned seen, reopened, stats;	/* seen 0: not asked */
} replays[] = {
	{ "to the end", { .frames = 10000, .per_step = 5000 }, EXIT_CODE_OK, 10000 },
	{ "nothing", { .frames = 0 }, EXIT_CODE_OK, 0 },
	{ "file cut short", { .frames = 10, .per_step = 5, .finish = EXIT_CODE_TRUNCATED },
	  EXIT_CODE_TRUNCATED, 10 },
	{ "source breaks", { .frames = 10, .per_step = 5, .last = -EIO }, EXIT_CODE_CAPTURE, 10 },
	{ "TERM", { .frames = 10, .per_step = 5, .last = 1, .signal_at = 5, .signal = { SIGTERM } },
	  EXIT_CODE_OK, 0 },
	{ "INT", { .frames = 10, .per_step = 5, .last = 1, .signal_at = 5, .signal = { SIGINT } },
	  EXIT_CODE_OK, 0 },
	{ "HUP and on", { .frames = 100, .per_step = 5, .signal_at = 5, .signal = { SIGHUP } },
	  EXIT_CODE_OK, 100, .reopened = 1 },
	{ "USR1 and on", { .frames = 100, .per_step = 5, .signal_at = 5, .signal = { SIGUSR1 } },
	  EXIT_CODE_OK, 100, .stats = 1 },
	{ "both, then TERM", { .frames = 10, .per_step = 1, .last = 1, .signal_at = 5,
	  .signal = { SIGHUP, SIGTERM } }, EXIT_CODE_OK, 0, .reopened = 1 },
};

START_TEST(replays_until)
{
	struct monitor m = replays[_i].m;

	log_set_level(LOG_LEVEL_ERROR);
	ck_assert_msg(loop_run(&m, false) == replays[_i].want, "%s", replays[_i].what);
	ck_assert_msg(m.finished == 1, "%s: finished %u times", replays[_i].what, m.finished);
	if (replays[_i].seen != 0)
		ck_assert_msg(m.seen == replays[_i].seen, "%s: %u frames", replays[_i].what, m.seen);
	ck_assert_msg(m.reopened == replays[_i].reopened, "%s", replays[_i].what);
	ck_assert_msg(m.reloads == replays[_i].reopened, "%s", replays[_i].what);
	ck_assert_msg(m.stats == replays[_i].stats, "%s", replays[_i].what);
}
END_TEST

/* The second TERM comes while flows are written out, or while a read from a pipe blocks. */
static const struct monitor impatient[] = {
	{ .frames = 10, .per_step = 5, .last = 1, .signal_at = 5, .signal = { SIGTERM },
	  .signal_in_finish = true },
	{ .frames = 10, .per_step = 5, .last = 1, .signal_in_step = true },
};

START_TEST(second_term_ends_at_once)
{
	struct monitor m = impatient[_i];
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)loop_run(&m, false);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), EXIT_CODE_RUNTIME);
}
END_TEST

/* Two monitors, one after the other, know nothing of each other. */
START_TEST(runs_twice_in_one_process)
{
	for (int i = 0; i < 2; i++) {
		struct monitor m = replays[4].m;

		ck_assert_int_eq(loop_run(&m, false), EXIT_CODE_OK);
		ck_assert_uint_eq(m.finished, 1);
	}
}
END_TEST

/* Frames are taken when they come; without any, the clock moves the timers, a little late. */
START_TEST(listens_and_idles)
{
	struct monitor m = { .live = true, .frames = 100, .per_step = 10 };

	log_set_level(LOG_LEVEL_ERROR);
	ck_assert_int_eq(pipe(m.fd), 0);
	ck_assert_int_eq(write(m.fd[1], "x", 1), 1);
	ck_assert_int_eq(loop_run(&m, false), EXIT_CODE_OK);	/* the last idle raises TERM */
	ck_assert_uint_eq(m.seen, 100);
	ck_assert_uint_eq(m.finished, 1);
	ck_assert_uint_ge(m.idles, 15);
	ck_assert_uint_ge(m.idle_us, 100000);	/* since the frames, less the kernel's lag */
	ck_assert_uint_le(m.idle_us, 60000000);
	(void)close(m.fd[0]);
	(void)close(m.fd[1]);
}
END_TEST

START_TEST(live_source_breaks)
{
	struct monitor m = { .live = true, .frames = 0, .last = -EIO };

	ck_assert_int_eq(pipe(m.fd), 0);
	ck_assert_int_eq(write(m.fd[1], "x", 1), 1);
	ck_assert_int_eq(loop_run(&m, false), EXIT_CODE_CAPTURE);
	ck_assert_uint_eq(m.finished, 1);
	(void)close(m.fd[0]);
	(void)close(m.fd[1]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("loop");
	TCase *t = tcase_create("loop");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, replays_until, 0, ARRAY_LEN(replays));
	tcase_add_loop_test(t, second_term_ends_at_once, 0, ARRAY_LEN(impatient));
	tcase_add_test(t, runs_twice_in_one_process);
	tcase_add_test(t, listens_and_idles);
	tcase_add_test(t, live_source_breaks);
	return run_suite(s);
}
