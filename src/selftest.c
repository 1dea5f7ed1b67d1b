/* SPDX-License-Identifier: Apache-2.0 */
/* selftest.c - runs the proofs of the packs and says what held. The table of what is expected, the
 * captures and the rules are files of the pack; how they are written: signatures/README.md. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "log.h"
#include "macros.h"
#include "proof.h"
#include "selftest.h"

struct run {
	const struct config *cfg;
	FILE *out;
	const char *pack;	/* folder */
	struct proof_table table;
	struct sightings seen;	/* of the capture that was run last */
	struct proof_family family[PROOF_FAMILIES_MAX];
	size_t n_families;
	size_t failed;		/* that are in no row of the table, too */
};

static void
fail(struct run *r, const char *where, const char *id, const char *why)
{
	r->failed++;
	(void)fprintf(r->out, "FAILED %s: %s: %s\n", where, id, why);
}

/* A family is a capture: "host.pcap.gz" -> "host". Beyond the room all count as the last. */
static struct proof_family *
family_of(struct run *r, const char *capture)
{
	size_t len = strcspn(capture, ".");
	struct proof_family *f = r->family;

	if (strcmp(capture, "-") == 0)
		return family_of(r, "look-up");
	if (len >= sizeof(f->name))
		len = sizeof(f->name) - 1;
	for (; f < r->family + r->n_families; f++)
		if (strlen(f->name) == len && memcmp(f->name, capture, len) == 0)
			return f;
	if (r->n_families == PROOF_FAMILIES_MAX)
		return f - 1;
	memcpy(f->name, capture, len);
	f->name[len] = '\0';
	r->n_families++;
	return f;
}

static void
judge(struct run *r, const char *capture, const char *where, const char *id, const char *why)
{
	struct proof_family *f = family_of(r, capture);

	f->proofs++;
	if (why == NULL) {
		f->passed++;
		return;
	}
	f->failed++;
	fail(r, where, id, why);
}

/* --- a capture through a monitor --- */

static enum exit_code
set_up(struct config *cfg, const struct run *r, const char *path)
{
	struct config_error err = { "out of memory" };
	int rc = config_set(cfg, "quiet=true", &err);

	if (rc == 0)
		rc = config_set_list(cfg, "knowledge.paths",
		    (const char *const *)r->cfg->knowledge_paths.text, r->cfg->knowledge_paths.n, &err);
	if (rc == 0)
		rc = config_set_list(cfg, "capture.read", &path, 1, &err);
	if (rc == 0)
		rc = config_check(cfg, &err);
	if (rc != 0)
		log_error("selftest", "%s", err.text);
	return rc == 0 ? EXIT_CODE_OK : EXIT_CODE_RUNTIME;
}

/* Presets, so that what a site has set or suppressed changes no proof. `judge_all` is called while the
 * knowledge is still there, because what was seen points into it. */
static enum exit_code
run_capture(struct run *r, const char *path, void (*judge_all)(struct run *, const void *),
    const void *arg)
{
	struct config cfg;
	struct monitor *m = NULL;
	enum exit_code code;

	if (config_init(&cfg) != 0)
		return EXIT_CODE_RUNTIME;
	code = set_up(&cfg, r, path);
	if (code == EXIT_CODE_OK)
		code = monitor_open(&m, &cfg);
	if (code == EXIT_CODE_OK) {
		sightings_clear(&r->seen);
		monitor_listen(m, sightings_alert, sightings_match, sightings_role, &r->seen);
		while (monitor_step(m, 256) > 0)
			;
		code = monitor_finish(m);
		if (r->seen.lost)
			code = EXIT_CODE_RUNTIME;
		sightings_sort(&r->seen);
		if (code == EXIT_CODE_OK)
			judge_all(r, arg);
		sightings_clear(&r->seen);
		monitor_free(m);
	}
	config_done(&cfg);
	return code;
}

/* --- expect.csv --- */

static void
judge_rows(struct run *r, const void *arg)
{
	const struct proof *first = arg, *end = r->table.row + r->table.n;

	for (const struct proof *p = first; p < end && strcmp(p->capture, first->capture) == 0; p++) {
		char where[PATH_MAX];

		(void)snprintf(where, sizeof(where), "%s:%u (%s %s)", r->table.path, p->line, p->capture,
		    p->device);
		judge(r, p->capture, where, p->id, proof_wrong(p, &r->seen));
	}
}

static void
judge_lookups(struct run *r, const struct knowledge *k)
{
	for (const struct proof *p = r->table.row; p < r->table.row + r->table.n; p++) {
		char where[PATH_MAX];

		if (strcmp(p->capture, "-") != 0)
			continue;
		(void)snprintf(where, sizeof(where), "%s:%u", r->table.path, p->line);
		judge(r, p->capture, where, p->id, proof_lookup_wrong(p, k));
	}
}

/* Each capture once: its rows lie together. */
static void
run_rows(struct run *r)
{
	const struct proof *end = r->table.row + r->table.n;

	for (const struct proof *p = r->table.row; p < end;) {
		const struct proof *first = p;
		char path[PATH_MAX];

		while (p < end && strcmp(p->capture, first->capture) == 0)
			p++;
		if (strcmp(first->capture, "-") == 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/proof/%s", r->pack, first->capture) >= (int)sizeof(path)
		    || run_capture(r, path, judge_rows, first) != EXIT_CODE_OK)
			fail(r, path, first->capture, "the capture could not be run");
	}
}

/* Every indicator needs a proof that finds it, and one that does not. */
static void
judge_missing(struct run *r, const struct knowledge *k)
{
	for (size_t i = 0; i < knowledge_indicators(k); i++) {
		const struct indicator *ind = knowledge_indicator(k, i);
		bool fires, silent;

		proof_covers(&r->table, ind->id, &fires, &silent);
		if (!fires)
			fail(r, r->table.path, ind->id, "no proof finds it");
		else if (!silent)
			fail(r, r->table.path, ind->id, "no proof of what it does not find");
	}
}

static void
run_table(struct run *r, bool only_pack)
{
	struct knowledge *k = NULL;

	run_rows(r);
	if (monitor_load_knowledge(&k, r->cfg) != EXIT_CODE_OK) {
		fail(r, r->pack, "knowledge", "it cannot be loaded");
		return;
	}
	judge_lookups(r, k);
	if (only_pack)		/* of several, -T says which indicators of which have none */
		judge_missing(r, k);
	knowledge_free(k);
}

/* --- rules --- */

struct rule_proof {
	const char *id, *capture, *where;
	bool fires;
};

static void
judge_rule(struct run *r, const void *arg)
{
	const struct rule_proof *p = arg;
	bool fired = sightings_any(&r->seen, p->id);

	judge(r, "rules", p->where, p->id, fired == p->fires ? NULL
	    : p->fires ? "it did not fire" : "it fired where it must not");
}

/* Captures of many rules have rows, and are run once for all of them. */
static bool
is_in_table(const struct run *r, const char *capture, const char *id, bool fires)
{
	for (const struct proof *p = r->table.row; p < r->table.row + r->table.n; p++)
		if (strcmp(p->id, id) == 0 && strcmp(p->capture, capture) == 0
		    && p->expect == (fires ? EXPECT_FIRES : EXPECT_SILENT))
			return true;
	return false;
}

static void
run_rule(void *arg, const char *where, const char *id, const char *capture, bool fires)
{
	struct run *r = arg;
	const struct rule_proof p = { id, capture, where, fires };
	char path[PATH_MAX];

	if (capture != NULL && is_in_table(r, capture, id, fires))
		return;
	if (capture == NULL) {
		fail(r, where, id, fires ? "no proof that it fires" : "no proof of where it is silent");
		return;
	}
	if (snprintf(path, sizeof(path), "%s/proof/%s", r->pack, capture) >= (int)sizeof(path)
	    || run_capture(r, path, judge_rule, &p) != EXIT_CODE_OK)
		fail(r, where, capture, "the capture could not be run");
}

/* --- all of it --- */

static void
print_table(const struct run *r)
{
	struct proof_family all = { .name = "all" };

	(void)fprintf(r->out, "%-20s %8s %8s %8s\n", "family", "proofs", "passed", "failed");
	for (size_t i = 0; i <= r->n_families; i++) {
		const struct proof_family *f = i == r->n_families ? &all : &r->family[i];

		(void)fprintf(r->out, "%-20s %8zu %8zu %8zu\n", f->name, f->proofs, f->passed, f->failed);
		all.proofs += f->proofs;
		all.passed += f->passed;
		all.failed += f->failed;
	}
}

enum exit_code
selftest(const struct config *cfg, FILE *out)
{
	struct run *r = calloc(1, sizeof(*r));
	size_t packs = 0;
	bool good;

	if (r == NULL)
		return EXIT_CODE_RUNTIME;
	r->cfg = cfg;
	r->out = out;
	log_set_level(LOG_LEVEL_WARN);
	for (size_t i = 0; i < cfg->knowledge_paths.n; i++) {
		char err[512];
		int rc;

		r->pack = cfg->knowledge_paths.text[i];
		rc = proof_table_load(&r->table, r->pack, err, sizeof(err));
		if (rc == 0) {
			packs++;
			run_table(r, cfg->knowledge_paths.n == 1);
		} else if (rc != -ENOENT) {
			fail(r, r->pack, "proof/expect.csv", err);
		}
		if (rule_proofs(r->pack, run_rule, r, err, sizeof(err)) != 0)
			fail(r, r->pack, "rules", err);
		proof_table_done(&r->table);
	}
	print_table(r);
	if (packs == 0)
		log_error("selftest", "none of knowledge.paths has proof/expect.csv");
	good = packs != 0 && r->failed == 0;
	free(r);
	return good ? EXIT_CODE_OK : EXIT_CODE_KNOWLEDGE;
}
