/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - arguments, what to do, exit codes. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "build.h"
#include "classify.h"
#include "config.h"
#include "emit.h"
#include "knowledge.h"
#include "log.h"
#include "loop.h"
#include "macros.h"
#include "monitor.h"
#include "privileges.h"
#include "selftest.h"
#include "rule.h"

enum action {
	ACTION_RUN, ACTION_TEST, ACTION_DUMP, ACTION_FIELDS, ACTION_BUILD_INFO, ACTION_SAMPLE,
	ACTION_MANUAL, ACTION_SELFTEST, ACTION_VERSION, ACTION_HELP
};

/* Options that only have a long name. */
enum { OPT_SET = 256, OPT_EXPLAIN, OPT_INVENTORY, OPT_DUMP, OPT_FIELDS, OPT_BUILD_INFO, OPT_SAMPLE, OPT_MANUAL,
	OPT_SELFTEST };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "interface", required_argument, NULL, 'i' },
	{ "read", required_argument, NULL, 'r' },
	{ "log-dir", required_argument, NULL, 'l' },
	{ "filter", required_argument, NULL, 'F' },
	{ "knowledge", required_argument, NULL, 'k' },
	{ "set", required_argument, NULL, OPT_SET },
	{ "quiet", no_argument, NULL, 'q' },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "inventory", no_argument, NULL, OPT_INVENTORY },
	{ "test", no_argument, NULL, 'T' },
	{ "selftest", no_argument, NULL, OPT_SELFTEST },
	{ "dump-config", no_argument, NULL, OPT_DUMP },
	{ "list-fields", no_argument, NULL, OPT_FIELDS },
	{ "build-info", no_argument, NULL, OPT_BUILD_INFO },
	{ "sample-config", no_argument, NULL, OPT_SAMPLE },
	{ "manual-options", no_argument, NULL, OPT_MANUAL },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
    "usage: picketd [-c FILE] -i IF ... [-l DIR] [-F BPF] [-q] [-k PATH] [--set KEY=VALUE]\n"
    "       picketd [-c FILE] -r FILE|DIR|- ... [-l DIR] [-F BPF] [-q] [-k PATH] [--set KEY=VALUE]\n"
    "       picketd -T | --selftest | --dump-config | --sample-config | --list-fields | --build-info | -V | -h\n"
    "\n"
    "  -c, --config FILE      read the configuration, see picket.yaml(5)\n"
    "  -i, --interface IF     listen on an interface (repeatable)\n"
    "  -r, --read FILE        replay a capture file, a folder, a glob, or - (repeatable)\n"
    "  -l, --log-dir DIR      write eve.json there\n"
    "  -F, --filter BPF       only frames that match this pcap-filter(7)\n"
    "  -k, --knowledge PATH   folder of knowledge instead of the preset (repeatable)\n"
    "      --set KEY=VALUE    set one option of the configuration (repeatable)\n"
    "  -q, --quiet            neither progress nor summary\n"
    "      --explain          summary after a replay, also when there is no terminal\n"
    "      --inventory        devices by maker, list status and days to deadline, after the run\n"
    "  -T, --test             check configuration and knowledge, then exit\n"
    "      --selftest         run the proofs of the knowledge, then exit\n"
    "      --dump-config      print the configuration in force\n"
    "      --sample-config    print a commented configuration file\n"
    "      --list-fields      print every field that parsers know\n"
    "      --build-info       print versions of libraries and how it was built\n"
    "      --manual-options   print the list of options for picket.yaml(5)\n"
    "  -V, --version          print the version\n"
    "  -h, --help             print this\n"
    "\n"
    "Exit: 0 ok, 1 runtime, 2 usage, 3 configuration, 4 capture, 5 knowledge, 6 input\n"
    "truncated but processed.\n";

struct strings {
	const char **text;	/* room for one per argument */
	size_t n;
};

struct arguments {
	enum action action;
	const char *config;
	const char *log_dir, *filter;	/* NULL: not given */
	bool quiet, explain, inventory;
	struct strings read, interfaces, knowledge, set;
};

static int
take_option(struct arguments *a, int option)
{
	switch (option) {
	case 'c':
		if (a->config != NULL) {
			log_error("usage", "-c is given twice");
			return -EINVAL;
		}
		a->config = optarg;
		return 0;
	case 'i':
		a->interfaces.text[a->interfaces.n++] = optarg;
		return 0;
	case 'r':
		a->read.text[a->read.n++] = optarg;
		return 0;
	case 'k':
		a->knowledge.text[a->knowledge.n++] = optarg;
		return 0;
	case OPT_SET:
		a->set.text[a->set.n++] = optarg;
		return 0;
	case 'l':
		a->log_dir = optarg;
		return 0;
	case 'F':
		a->filter = optarg;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case OPT_EXPLAIN:
		a->explain = true;
		return 0;
	case OPT_INVENTORY:
		a->inventory = true;
		return 0;
	default:
		return -ENOENT;
	}
}

static int
take_action(struct arguments *a, int option)
{
	static const struct {
		int option;
		enum action action;
	} actions[] = {
		{ 'T', ACTION_TEST }, { 'V', ACTION_VERSION }, { 'h', ACTION_HELP },
		{ OPT_DUMP, ACTION_DUMP }, { OPT_FIELDS, ACTION_FIELDS },
		{ OPT_BUILD_INFO, ACTION_BUILD_INFO }, { OPT_SAMPLE, ACTION_SAMPLE },
		{ OPT_MANUAL, ACTION_MANUAL }, { OPT_SELFTEST, ACTION_SELFTEST },
	};

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (actions[i].option != option)
			continue;
		if (a->action != ACTION_RUN && a->action != actions[i].action) {
			log_error("usage", "two things to do at once; see picketd -h");
			return -EINVAL;
		}
		a->action = actions[i].action;
		return 0;
	}
	return -ENOENT;
}

static int
parse_arguments(struct arguments *a, int argc, char **argv)
{
	/* '+': the word being read is then always argv[optind], also within "-qx". */
	static const char letters[] = "+:c:i:r:l:F:k:qTVh";
	int option, rc, at = optind;

	opterr = 0;	/* one line of ours instead of getopt's */
	for (; (option = getopt_long(argc, argv, letters, long_options, NULL)) != -1; at = optind) {
		rc = take_option(a, option);
		if (rc == -ENOENT)
			rc = take_action(a, option);
		if (rc == -ENOENT)
			log_error("usage", option == ':' ? "'%s' wants a value; see picketd -h" :
			    "unknown option '%s'; see picketd -h", argv[at]);
		if (rc != 0)
			return -EINVAL;
	}
	if (optind < argc) {
		log_error("usage", "unexpected argument '%s'; see picketd -h", argv[optind]);
		return -EINVAL;
	}
	if (a->read.n != 0 && a->interfaces.n != 0) {
		log_error("usage", "-r and -i exclude each other");
		return -EINVAL;
	}
	return 0;
}

static int
set_text(struct config *cfg, const char *name, const char *text, struct config_error *err)
{
	return text == NULL ? 0 : config_set_list(cfg, name, &text, 1, err);
}

static int
set_strings(struct config *cfg, const char *name, const struct strings *s, struct config_error *err)
{
	return s->n == 0 ? 0 : config_set_list(cfg, name, s->text, s->n, err);
}

/* Sources on the command line stand in for those of the file, of either kind. */
static int
set_sources(struct config *cfg, const struct arguments *a, struct config_error *err)
{
	int rc = 0;

	if (a->read.n != 0 || a->interfaces.n != 0) {
		rc = config_set_list(cfg, "capture.read", a->read.text, a->read.n, err);
		if (rc == 0)
			rc = config_set_list(cfg, "capture.interfaces", a->interfaces.text,
			    a->interfaces.n, err);
	}
	return rc;
}

/* Presets, then the file, then --set, then the options with letters. */
static int
configure(struct config *cfg, const struct arguments *a)
{
	struct config_error err = { "out of memory" };
	int rc = 0;

	if (a->config != NULL)
		rc = config_load(cfg, a->config, &err);
	for (size_t i = 0; rc == 0 && i < a->set.n; i++) {
		rc = config_set(cfg, a->set.text[i], &err);
		if (rc != 0) {
			log_error("config", "--set: %s", err.text);
			return rc;
		}
	}
	if (rc == 0)
		rc = set_sources(cfg, a, &err);
	if (rc == 0)
		rc = set_text(cfg, "capture.filter", a->filter, &err);
	if (rc == 0)
		rc = set_text(cfg, "log_dir", a->log_dir, &err);
	if (rc == 0)
		rc = set_strings(cfg, "knowledge.paths", &a->knowledge, &err);
	if (rc == 0 && a->quiet)
		rc = config_set(cfg, "quiet=true", &err);
	if (rc == 0)
		rc = config_check(cfg, &err);
	if (rc == 0)
		rc = classify_check(cfg, &err);
	if (rc != 0)
		log_error("config", "%s", err.text);
	return rc;
}

/* Whoever checks a configuration wants to know it as of today; a run goes by packet time. */
static void
warn_of_expired(const struct config *cfg)
{
	uint64_t now_us = (uint64_t)time(NULL) * 1000000;

	for (size_t i = 0; i < cfg->n_suppress; i++) {
		const struct suppression *s = &cfg->suppress[i];

		if (now_us > s->expires_us)
			log_warn("config", "suppress (line %u): has expired on %s and keeps nothing back; ask %s "
			    "(%s)", s->line, s->expires, s->owner, s->reason);
	}
}

static enum exit_code
test_knowledge(const struct config *cfg)
{
	struct knowledge *k;
	enum exit_code code = monitor_load_knowledge(&k, cfg);
	char err[512];

	if (code != EXIT_CODE_OK)
		return code;
	if (emitter_check(cfg, err, sizeof(err)) != 0) {
		log_error("config", "%s", err);
		knowledge_free(k);
		return EXIT_CODE_CONFIG;
	}
	warn_of_expired(cfg);
	(void)printf("OK: configuration; knowledge %s: %zu entities, %zu indicators, %zu TACs, "
	    "%zu prefixes of MAC addresses, %zu rules", knowledge_version(k), knowledge_entities(k),
	    knowledge_indicators(k), knowledge_tacs(k), knowledge_ouis(k),
	    knowledge_rules(k));
	if (knowledge_register_rows(k) != 0)
		(void)printf(", %zu registered devices", knowledge_register_rows(k));
	if (knowledge_networks(k) != 0)
		(void)printf(", %zu prefixes of networks", knowledge_networks(k));
	for (size_t i = 0; i < knowledge_mmdbs(k); i++)
		(void)printf(", %s of %s", knowledge_mmdb_source(k, i),
		    knowledge_mmdb_as_of(k, i) == NULL ? "?" : knowledge_mmdb_as_of(k, i));
	(void)putchar('\n');
	knowledge_print_feeds(k, stdout);
	knowledge_free(k);
	return EXIT_CODE_OK;
}

/* On a terminal a replay ends with a summary; elsewhere only when it is asked for. */
static enum exit_code
run(const struct config *cfg, bool explain, bool inventory)
{
	bool live = cfg->interfaces.n != 0;
	struct monitor *m = NULL;
	enum exit_code code;
	char err[512];
	int rc;

	if (!live && cfg->read.n == 0) {
		log_error("usage", "nothing to read: name files with -r or interfaces with -i");
		return EXIT_CODE_USAGE;
	}
	code = monitor_open(&m, cfg);
	if (code != EXIT_CODE_OK)
		return code;
	rc = privileges_drop(cfg->user, cfg->group_name, cfg->log_dir, err, sizeof(err));
	if (rc != 0) {
		log_error("privileges", "%s", err);
		code = rc == -ENOENT ? EXIT_CODE_CONFIG : EXIT_CODE_RUNTIME;
	} else
		code = loop_run(m, !live && !cfg->quiet && isatty(STDERR_FILENO));
	if (rc == 0 && !live && (explain || (!cfg->quiet && isatty(STDOUT_FILENO))))
		monitor_print_summary(m, stdout);
	if (rc == 0 && inventory)
		monitor_print_inventory(m, stdout);
	monitor_free(m);
	return code;
}

static void
print_field(void *arg, const char *parser, const struct field *f)
{
	static const char *const types[] = {
		[FIELD_TEXT] = "text", [FIELD_UINT] = "uint", [FIELD_IP] = "ip", [FIELD_HEX] = "hex"
	};

	(void)arg;
	(void)printf("%-28s %-5s %-5s %-10s %s\n", f->name, types[f->type],
	    f->flags & FIELD_MANY ? "many" : "one", parser, f->help);
}

/* What rules may ask besides. */
static void
print_rule_fields(void)
{
	static const char *const types[] = {
		[RULE_TEXT] = "text", [RULE_NAME] = "text", [RULE_HEX] = "hex", [RULE_UINT] = "uint",
		[RULE_WORD] = "word", [RULE_ADDR] = "ip", [RULE_PAYLOAD] = "hex", [RULE_TIME] = "time"
	};

	for (unsigned i = 0; i < RULE_FIELD_N; i++) {
		const struct rule_field_row *row = rule_field_row((enum rule_field)i);

		(void)printf("%-28s %-5s %-5s %-10s %s\n", row->name, types[row->value], "one", "rules",
		    row->help);
	}
}

static void
print_build_info(void)
{
	(void)printf("picketd %s\ncompiler: %s\noptions: %s\nlibraries: %s\nsignatures: %s\n"
	    "rules: %s\n", PICKET_VERSION, PICKET_COMPILER, PICKET_BUILD_OPTIONS, PICKET_LIBRARIES,
	    PICKET_SIGNATURES, knowledge_rule_engine());
}

/* What needs no configuration. */
static bool
print_only(enum action action)
{
	switch (action) {
	case ACTION_FIELDS:
		field_walk(print_field, NULL);
		print_rule_fields();
		return true;
	case ACTION_BUILD_INFO:
		print_build_info();
		return true;
	case ACTION_SAMPLE:
		config_sample(stdout);
		return true;
	case ACTION_MANUAL:
		config_manual(stdout);
		return true;
	case ACTION_VERSION:
		(void)printf("picketd %s\n", PICKET_VERSION);
		return true;
	case ACTION_HELP:
		(void)fputs(usage, stdout);
		return true;
	default:
		return false;
	}
}

static enum exit_code
act(const struct arguments *a)
{
	enum exit_code code = EXIT_CODE_CONFIG;
	struct config cfg;

	if (print_only(a->action))
		return EXIT_CODE_OK;
	if (config_init(&cfg) != 0) {
		log_error("config", "out of memory");
		return EXIT_CODE_RUNTIME;
	}
	if (configure(&cfg, a) == 0) {
		if (cfg.quiet)
			log_set_level(LOG_LEVEL_WARN);
		if (a->action == ACTION_DUMP) {
			config_dump(&cfg, stdout);
			code = EXIT_CODE_OK;
		} else if (a->action == ACTION_SELFTEST) {
			code = selftest(&cfg, stdout);
		} else
			code = a->action == ACTION_TEST ? test_knowledge(&cfg) : run(&cfg, a->explain, a->inventory);
	}
	config_done(&cfg);
	return code;
}

/* A list per option that repeats, each with room for every argument. */
static int
arguments_init(struct arguments *a, int argc)
{
	struct strings *lists[] = { &a->read, &a->interfaces, &a->knowledge, &a->set };

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		lists[i]->text = calloc((size_t)argc + 1, sizeof(lists[i]->text[0]));
		if (lists[i]->text == NULL)
			return -ENOMEM;	/* the process ends; nothing to undo */
	}
	return 0;
}

static void
arguments_done(struct arguments *a)
{
	free(a->read.text);
	free(a->interfaces.text);
	free(a->knowledge.text);
	free(a->set.text);
}

int
main(int argc, char **argv)
{
	enum exit_code code = EXIT_CODE_USAGE;
	struct arguments a;

	(void)signal(SIGPIPE, SIG_IGN);	/* a reader that left is an error of write(2) */
	if (arguments_init(&a, argc) != 0)
		return EXIT_CODE_RUNTIME;
	if (parse_arguments(&a, argc, argv) == 0)
		code = act(&a);
	arguments_done(&a);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		log_error("main", "cannot write to standard output: %s", strerror(errno));
		if (code == EXIT_CODE_OK)
			code = EXIT_CODE_RUNTIME;
	}
	return code;
}
