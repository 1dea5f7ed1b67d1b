/* SPDX-License-Identifier: Apache-2.0 */
/* monitor.c - owns every stage: starts them in the order of the data, stops in reverse. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture.h"
#include "classify.h"
#include "config.h"
#include "decode.h"
#include "detect.h"
#include "emit.h"
#include "flow.h"
#include "identify.h"
#include "inventory.h"
#include "knowledge.h"
#include "log.h"
#include "macros.h"
#include "monitor.h"
#include "pipeline.h"
#include "reload.h"
#include "stats.h"
#include "summary.h"

struct monitor {
	const struct config *cfg;
	struct stats *stats;
	struct knowledge_sources sources;	/* what a reload reads again */
	struct knowledge *knowledge;	/* in force */
	struct reload *reload;
	struct capture *capture;
	struct decoder *decoder;
	struct flow_table *flows;
	struct classifier *classifier;
	struct identity *identity;
	struct detector *detector;
	struct emitter *emitter;
	struct summary *summary;
	struct pipeline pipeline;	/* borrows all of the above */
	bool finished;
	bool write_failed;	/* as of the last flush */
};

static const struct counter_desc pipeline_counters[] = { PIPELINE_COUNTERS(STATS_DESC) };

/* Line 0: about the file as a whole. */
static void
complain(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	void (*say)(const char *, const char *, ...) = error ? log_error : log_warn;

	(void)arg;
	if (line == 0)
		say("knowledge", "%s: %s", file, text);
	else
		say("knowledge", "%s:%u: %s", file, line, text);
}

static struct knowledge_sources
sources_of(const struct config *cfg)
{
	return (struct knowledge_sources){
		.paths = (const char *const *)cfg->knowledge_paths.text,
		.n_paths = cfg->knowledge_paths.n,
		.tac_files = (const char *const *)cfg->tac_files.text,
		.n_tac_files = cfg->tac_files.n,
		.tac_columns = (const char *const *)cfg->tac_columns.text,
		.n_tac_columns = cfg->tac_columns.n,
		.device_register = cfg->device_register,
		.intel = cfg->intel,
		.n_intel = cfg->n_intel,
		/* A replay gives the same whenever it is run: there no feed is too old. */
		.now_us = cfg->read.n != 0 ? 0 : (uint64_t)time(NULL) * 1000000,
		.mmdb_files = (const char *const *)cfg->mmdb_files.text,
		.n_mmdb_files = cfg->mmdb_files.n,
	};
}

enum exit_code
monitor_load_knowledge(struct knowledge **out, const struct config *cfg)
{
	const struct knowledge_sources sources = sources_of(cfg);
	int err = knowledge_load(out, &sources, complain, NULL);
	char text[256];

	if (err == 0 && detect_check(cfg, *out, text, sizeof(text)) != 0) {
		log_error("config", "%s", text);
		knowledge_free(*out);
		*out = NULL;
		return EXIT_CODE_CONFIG;
	}
	if (err == 0)
		return EXIT_CODE_OK;
	if (err == -ENOMEM)	/* all else was explained */
		log_error("knowledge", "cannot load: out of memory");
	return EXIT_CODE_KNOWLEDGE;
}

static enum exit_code
open_stages(struct monitor *m)
{
	const struct config *cfg = m->cfg;
	struct capture_error err;
	char text[512];
	int result;

	result = capture_open(&m->capture, cfg, m->stats, &err);
	if (result != 0) {
		log_error("capture", "%s", err.text);
		return EXIT_CODE_CAPTURE;
	}
	m->decoder = decoder_new(cfg, m->stats);
	m->flows = flow_table_new(cfg, m->stats, pipeline_flow_end, &m->pipeline);
	m->classifier = m->flows == NULL ? NULL : classifier_new(cfg, m->stats, m->flows);
	m->identity = m->classifier == NULL ? NULL : identity_new(cfg, m->stats, m->knowledge,
	    pipeline_device, &m->pipeline);
	m->detector = m->identity == NULL ? NULL : detector_new(cfg, m->stats, m->knowledge,
	    m->classifier, m->identity, pipeline_alert, &m->pipeline);
	if (!capture_is_live(m->capture))
		m->summary = summary_new(cfg);
	if (m->decoder == NULL || m->detector == NULL
	    || (m->summary == NULL && !capture_is_live(m->capture))) {
		log_error("monitor", "cannot start: out of memory");
		return EXIT_CODE_RUNTIME;
	}
	result = emitter_new(&m->emitter, cfg, m->stats, m->knowledge, m->classifier,
	    m->identity, m->capture, text, sizeof(text));
	if (result != 0) {
		log_error("emit", "%s", result == -ENOMEM ? "out of memory" : text);
		return result == -EINVAL ? EXIT_CODE_CONFIG : EXIT_CODE_RUNTIME;
	}
	return EXIT_CODE_OK;
}

enum exit_code
monitor_open(struct monitor **out, const struct config *cfg)
{
	struct monitor *m = calloc(1, sizeof(*m));
	enum exit_code code;

	if (m == NULL || (m->stats = stats_new()) == NULL) {
		free(m);
		log_error("monitor", "cannot start: out of memory");
		return EXIT_CODE_RUNTIME;
	}
	m->cfg = cfg;
	code = monitor_load_knowledge(&m->knowledge, cfg);
	if (code == EXIT_CODE_OK)
		code = open_stages(m);
	if (code == EXIT_CODE_OK) {
		m->pipeline = (struct pipeline){
			.decoder = m->decoder, .flows = m->flows, .classifier = m->classifier,
			.identity = m->identity, .detector = m->detector, .emitter = m->emitter, .summary = m->summary,
			.counters = stats_register(m->stats, pipeline_counters,
			    ARRAY_LEN(pipeline_counters)),
			/* a replay tells its statistics once, at the end */
			.stats_every_us = capture_is_live(m->capture)
			    ? (uint64_t)cfg->stats_s * 1000000 : 0,
		};
		m->sources = sources_of(cfg);
		m->reload = reload_new(m->stats, &m->pipeline, &m->sources, &m->knowledge, complain);
		if (m->pipeline.counters == NULL || m->reload == NULL)
			code = EXIT_CODE_RUNTIME;
	}
	if (code != EXIT_CODE_OK) {
		monitor_free(m);
		return code;
	}
	*out = m;
	return EXIT_CODE_OK;
}

void
monitor_free(struct monitor *m)
{
	if (m == NULL)
		return;
	reload_free(m->reload);
	emitter_free(m->emitter);
	summary_free(m->summary);
	detector_free(m->detector);
	identity_free(m->identity);
	classifier_free(m->classifier);
	flow_table_free(m->flows);
	decoder_free(m->decoder);
	capture_free(m->capture);
	knowledge_free(m->knowledge);
	stats_free(m->stats);
	free(m);
}

void
monitor_listen(struct monitor *m, alert_fn alert, match_fn match, role_fn role, void *arg)
{
	m->pipeline.listener = alert;
	m->pipeline.listener_arg = arg;
	detector_watch(m->detector, match, role, arg);
}

const struct knowledge *
monitor_knowledge(const struct monitor *m)
{
	return m->knowledge;
}

int
monitor_step(struct monitor *m, unsigned max)
{
	struct capture_error err;
	int n = capture_read(m->capture, max, pipeline_frame, &m->pipeline, &err);

	pipeline_flush(&m->pipeline);	/* nothing waits while we wait */
	reload_advance(m->reload);
	if (n < 0)
		log_error("capture", "%s", err.text);
	return n;
}

void
monitor_idle(struct monitor *m, uint64_t idle_us)
{
	int err;

	reload_advance(m->reload);
	capture_update_drops(m->capture);
	if (idle_us != 0)
		pipeline_idle(&m->pipeline, idle_us);
	err = emit_flush(m->emitter);
	if (err != 0 && !m->write_failed)	/* once, not ten times a second */
		log_error("emit", "cannot write events (%s); they are counted as emit.lost",
		    strerror(-err));
	else if (err == 0 && m->write_failed)
		log_info("emit", "events are written again");
	m->write_failed = err != 0;
}

enum exit_code
monitor_finish(struct monitor *m)
{
	const char *first;
	size_t truncated = capture_truncated(m->capture, &first);

	if (!m->finished) {
		capture_update_drops(m->capture);
		pipeline_flush(&m->pipeline);
		reload_finish(m->reload);
		pipeline_finish(&m->pipeline);
		m->finished = true;
	}
	if (stats_value(m->stats, "emit.lost") != 0) {
		log_error("emit", "%llu events could not be written",
		    (unsigned long long)stats_value(m->stats, "emit.lost"));
		return EXIT_CODE_RUNTIME;
	}
	if (truncated != 0) {
		log_warn("capture", "%s%s", first, truncated > 1 ? " (and others)" : "");
		return EXIT_CODE_TRUNCATED;
	}
	return EXIT_CODE_OK;
}

bool
monitor_is_live(const struct monitor *m)
{
	return capture_is_live(m->capture);
}

size_t
monitor_fds(const struct monitor *m, int *fds, size_t max)
{
	return capture_fds(m->capture, fds, max);
}

void
monitor_progress(const struct monitor *m, uint64_t *done, uint64_t *total, uint64_t *packets)
{
	capture_progress(m->capture, done, total);
	*packets = m->pipeline.packets;
}

void
monitor_write_stats(struct monitor *m)
{
	pipeline_stats(&m->pipeline);
	(void)emit_flush(m->emitter);
}

int
monitor_reopen_logs(struct monitor *m)
{
	int err = emit_reopen(m->emitter);

	if (err != 0)
		log_error("emit", "cannot reopen the log: %s", strerror(-err));
	return err;
}

void
monitor_reload(struct monitor *m)
{
	reload_ask(m->reload);
}

bool
monitor_is_reloading(const struct monitor *m)
{
	return reload_is_busy(m->reload);
}

struct stats *
monitor_stats(struct monitor *m)
{
	return m->stats;
}

void
monitor_print_summary(const struct monitor *m, FILE *out)
{
	if (m->summary != NULL)
		summary_print(m->summary, m->classifier, m->stats, out);
}

void
monitor_print_inventory(const struct monitor *m, FILE *out)
{
	inventory_print(m->identity, m->pipeline.clock.now_us, out);
}
