/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - the event loop: frames, signals and the few timers; the only file that includes
 * <ev.h>, and with capture the only one that may ask a clock. */
#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "macros.h"

enum {
	FDS_MAX = 64,		/* as capture.interfaces */
	REPLAY_BATCH = 4096,	/* frames between two looks at signals: about a millisecond */
	LIVE_BATCH = 1024,
	DRAIN_BATCHES = 1024	/* at the end: what the kernel holds, but not for ever */
};

static const double TICK_S = 0.1, PROGRESS_S = 0.5;

/* The kernel hands over a block of frames when it is full or old (TPACKET_V3); until then
 * idle time must not run past the frames in it. */
static const uint64_t IDLE_LAG_US = 1000000;

struct loop {
	struct ev_loop *ev;
	struct monitor *m;
	bool broken;		/* a source failed */
	bool stopped;		/* by a signal */
	bool reloading;		/* the service manager waits to hear of it */
	uint64_t handled;	/* frames since the last tick */
	uint64_t last_frame_us;	/* monotonic_us() at the last tick that had frames */
	ev_tstamp began;

	ev_idle replay;
	ev_io source[FDS_MAX];
	size_t sources;
	ev_timer tick, progress, watchdog;
	ev_signal hup, usr1, term, interrupt;
};

static uint64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* sd_notify(3): from RELOADING=1 to READY=1 the service is being reloaded. */
static void
tell_reloaded(struct loop *l)
{
	if (!l->reloading || monitor_is_reloading(l->m))
		return;
	l->reloading = false;
	(void)sd_notify(0, "READY=1");
}

static int
step(struct loop *l, unsigned max)
{
	int n = monitor_step(l->m, max);

	tell_reloaded(l);
	if (n > 0)
		l->handled += (unsigned)n;
	if (n < 0) {
		l->broken = true;
		ev_break(l->ev, EVBREAK_ALL);
	}
	return n;
}

static void
on_replay(struct ev_loop *ev, ev_idle *w, int revents)
{
	(void)revents;
	if (step(w->data, REPLAY_BATCH) == 0)
		ev_break(ev, EVBREAK_ALL);
}

static void
on_frames(struct ev_loop *ev, ev_io *w, int revents)
{
	(void)ev;
	(void)revents;
	(void)step(w->data, LIVE_BATCH);
}

/* While frames come they bring the time, and only the chores are done: 0 is long past. */
static void
on_tick(struct ev_loop *ev, ev_timer *w, int revents)
{
	struct loop *l = w->data;
	uint64_t now_us = monotonic_us(), idle_us;

	(void)ev;
	(void)revents;
	if (l->handled != 0 || l->last_frame_us == 0)
		l->last_frame_us = now_us;
	idle_us = now_us - l->last_frame_us;
	monitor_idle(l->m, idle_us > IDLE_LAG_US ? idle_us - IDLE_LAG_US : 0);
	l->handled = 0;
	tell_reloaded(l);
}

static void
on_watchdog(struct ev_loop *ev, ev_timer *w, int revents)
{
	(void)ev;
	(void)w;
	(void)revents;
	(void)sd_notify(0, "WATCHDOG=1");
}

static void
on_hup(struct ev_loop *ev, ev_signal *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
	    (unsigned long long)monotonic_us());
	if (monitor_reopen_logs(l->m) == 0)	/* it logs a failure */
		log_info("emit", "log opened again");
	monitor_reload(l->m);
	l->reloading = true;
	tell_reloaded(l);
}

static void
on_usr1(struct ev_loop *ev, ev_signal *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	monitor_write_stats(l->m);
}

/* Ending writes out every flow, which may take seconds, and a read from a pipe may take for
 * ever; the second signal waits for neither. Lines are written whole, so none is cut.
 * _exit() is async-signal-safe, exit() is not. */
static void
end_at_once(int signo)
{
	(void)signo;
	_exit(EXIT_CODE_RUNTIME);
}

static void
set_handler(int signo, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	(void)sigaction(signo, &action, NULL);
}

/* In place of libev's own handler, which would note a second signal and wait for its turn.
 * sigaction(2) and ev_feed_signal() may be called from here. */
static void
end_soon(int signo)
{
	set_handler(SIGTERM, end_at_once);
	set_handler(SIGINT, end_at_once);
	ev_feed_signal(signo);
}

static void
on_stop(struct ev_loop *ev, ev_signal *w, int revents)
{
	struct loop *l = w->data;

	(void)revents;
	l->stopped = true;
	ev_break(ev, EVBREAK_ALL);
}

static void
print_octets(char *text, size_t size, uint64_t octets)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)octets;
	size_t u = 0;

	for (; value >= 1024 && u + 1 < ARRAY_LEN(units); u++)
		value /= 1024;
	(void)snprintf(text, size, u == 0 ? "%.0f %s" : "%.1f %s", value, units[u]);
}

static void
on_progress(struct ev_loop *ev, ev_timer *w, int revents)
{
	struct loop *l = w->data;
	double passed = ev_now(ev) - l->began;
	uint64_t done, total, packets;
	char have[32], all[32];

	(void)revents;
	monitor_progress(l->m, &done, &total, &packets);
	print_octets(have, sizeof(have), done);
	print_octets(all, sizeof(all), total);
	if (passed <= 0)
		return;
	if (total == 0 || done == 0 || done > total)
		(void)fprintf(stderr, "\r\033[Kpicketd: %s, %.0f packets/s", have,
		    (double)packets / passed);
	else {
		double left = passed * (double)(total - done) / (double)done;

		(void)fprintf(stderr, "\r\033[Kpicketd: %3.0f %%, %s of %s, %.0f packets/s, %.0f:%02.0f left",
		    100.0 * (double)done / (double)total, have, all, (double)packets / passed,
		    (double)((long)left / 60), (double)((long)left % 60));
	}
	(void)fflush(stderr);
}

static void
start_signal(struct loop *l, ev_signal *w, void (*on)(struct ev_loop *, ev_signal *, int),
    int signo)
{
	ev_signal_init(w, on, signo);
	w->data = l;
	ev_signal_start(l->ev, w);
}

static void
start_timer(struct loop *l, ev_timer *w, void (*on)(struct ev_loop *, ev_timer *, int),
    double every_s)
{
	ev_timer_init(w, on, every_s, every_s);
	w->data = l;
	ev_timer_start(l->ev, w);
}

static void
start_sources(struct loop *l)
{
	int fds[FDS_MAX];

	if (!monitor_is_live(l->m)) {
		ev_idle_init(&l->replay, on_replay);
		l->replay.data = l;
		ev_idle_start(l->ev, &l->replay);
		return;
	}
	l->sources = monitor_fds(l->m, fds, FDS_MAX);
	for (size_t i = 0; i < l->sources && i < FDS_MAX; i++) {
		ev_io_init(&l->source[i], on_frames, fds[i], EV_READ);
		l->source[i].data = l;
		ev_io_start(l->ev, &l->source[i]);
	}
	start_timer(l, &l->tick, on_tick, TICK_S);
}

static void
start(struct loop *l, bool show_progress)
{
	uint64_t watchdog_us;

	start_signal(l, &l->hup, on_hup, SIGHUP);
	start_signal(l, &l->usr1, on_usr1, SIGUSR1);
	start_signal(l, &l->term, on_stop, SIGTERM);
	start_signal(l, &l->interrupt, on_stop, SIGINT);
	set_handler(SIGTERM, end_soon);
	set_handler(SIGINT, end_soon);
	start_sources(l);
	if (show_progress)
		start_timer(l, &l->progress, on_progress, PROGRESS_S);
	if (sd_watchdog_enabled(0, &watchdog_us) > 0)	/* sd_watchdog_enabled(3): half of it */
		start_timer(l, &l->watchdog, on_watchdog, (double)watchdog_us / 2e6);
}

/* libev gives each signal its default action back, which would be to die of it. */
static void
stop_signals(struct loop *l)
{
	ev_signal_stop(l->ev, &l->hup);
	ev_signal_stop(l->ev, &l->usr1);
	ev_signal_stop(l->ev, &l->term);
	ev_signal_stop(l->ev, &l->interrupt);
	set_handler(SIGHUP, SIG_IGN);
	set_handler(SIGUSR1, SIG_IGN);
	set_handler(SIGTERM, end_at_once);
	set_handler(SIGINT, end_at_once);
}

/* Frames that came before the signal are part of the run. */
static void
drain(struct loop *l)
{
	int batches = 0;

	while (monitor_is_live(l->m) && !l->broken && batches++ < DRAIN_BATCHES &&
	    step(l, LIVE_BATCH) > 0)
		;
}

enum exit_code
loop_run(struct monitor *m, bool show_progress)
{
	struct loop l = { .m = m };
	enum exit_code code;

	l.ev = ev_loop_new(EVFLAG_AUTO);
	if (l.ev == NULL) {
		log_error("loop", "cannot start: no usable event mechanism");
		return EXIT_CODE_RUNTIME;
	}
	l.began = ev_now(l.ev);
	start(&l, show_progress);
	(void)sd_notify(0, "READY=1");
	(void)ev_run(l.ev, 0);
	(void)sd_notify(0, "STOPPING=1");
	if (l.stopped)
		drain(&l);
	if (show_progress)
		(void)fputs("\r\033[K", stderr);
	code = monitor_finish(m);
	stop_signals(&l);
	ev_loop_destroy(l.ev);
	return l.broken ? EXIT_CODE_CAPTURE : code;
}
