/* SPDX-License-Identifier: Apache-2.0 */
/* proof.c - the table of what is expected, and whether it was seen. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_file.h"
#include "json.h"
#include "macros.h"
#include "proof.h"
#include "rule.h"

enum { TABLE_OCTETS_MAX = 32 << 20, ROWS_MAX = 1 << 20 };

static const char *const expect_words[EXPECT_N] = {
#define X(id, word) word,
	PROOF_EXPECTS(X)
#undef X
};
static const char *const columns[] = { "capture", "device", "id", "expect" };

/* --- the table --- */

/* Copies the cells of a row behind each other; they never take more room than the file did. */
static const char *
keep(char **at, const char *cell)
{
	size_t len = strlen(cell) + 1;
	char *copy = memcpy(*at, cell, len);

	*at += len;
	return copy;
}

static const char *
read_row(struct proof *p, const struct csv_row *row, char **at)
{
	if (row->n != ARRAY_LEN(columns))
		return "not four cells";
	p->capture = keep(at, row->cell[0]);
	p->device = keep(at, row->cell[1]);
	p->id = keep(at, row->cell[2]);
	if (strchr(p->capture, '/') != NULL || *p->capture == '\0' || *p->id == '\0')
		return "a capture lies beside the table, and an id is not empty";
	if (strcmp(p->capture, "-") != 0 && addr_parse(&p->addr, p->device) != 0)
		return "the device is no address";
	for (p->expect = 0; p->expect < EXPECT_N; p->expect++)
		if (strcmp(expect_words[p->expect], row->cell[3]) == 0)
			return NULL;
	return "expected is fires, informs, late or silent";
}

static int
read_header(struct csv_file *f, unsigned *line, char *err, size_t err_size)
{
	const struct csv_row *row;

	if (csv_file_next(f, &row, line, err, err_size) != 1)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (row->n != ARRAY_LEN(columns) || strcmp(row->cell[i], columns[i]) != 0) {
			(void)snprintf(err, err_size, "the columns are capture,device,id,expect");
			return -EINVAL;
		}
	return 0;
}

static int
read_rows(struct proof_table *t, struct csv_file *f, char *err, size_t err_size)
{
	const struct csv_row *row;
	const char *wrong = NULL;
	char what[256] = "empty";
	unsigned line = 0;
	char *at = t->text;
	int rc = read_header(f, &line, what, sizeof(what));

	while (rc == 0 && (rc = csv_file_next(f, &row, &line, what, sizeof(what))) == 1) {
		struct proof *more = t->row;

		if (t->n % 1024 == 0)
			more = realloc(t->row, (t->n + 1024) * sizeof(*more));
		if (more == NULL || t->n == ROWS_MAX)
			return -ENOMEM;
		t->row = more;
		wrong = read_row(&more[t->n], row, &at);
		more[t->n++].line = line;
		rc = wrong == NULL ? 0 : -EINVAL;
	}
	if (rc != 0)
		(void)snprintf(err, err_size, "%s:%u: %s", t->path, line, wrong != NULL ? wrong : what);
	return rc;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
by_capture(const void *a, const void *b)
{
	const struct proof *x = a, *y = b;
	int order = strcmp(x->capture, y->capture);

	return order != 0 ? order : x->line < y->line ? -1 : x->line > y->line;
}

static int
sort_table(struct proof_table *t)
{
	t->fires = calloc(t->n + 1, sizeof(*t->fires));
	t->silent = calloc(t->n + 1, sizeof(*t->silent));
	if (t->fires == NULL || t->silent == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < t->n; i++) {
		enum proof_expect e = t->row[i].expect;

		if (e == EXPECT_FIRES || e == EXPECT_INFORMS)
			t->fires[t->n_fires++] = t->row[i].id;
		else
			t->silent[t->n_silent++] = t->row[i].id;
	}
	qsort(t->row, t->n, sizeof(*t->row), by_capture);
	qsort(t->fires, t->n_fires, sizeof(*t->fires), by_text);
	qsort(t->silent, t->n_silent, sizeof(*t->silent), by_text);
	return 0;
}

int
proof_table_load(struct proof_table *t, const char *pack, char *err, size_t err_size)
{
	char path[PATH_MAX];
	struct csv_file *f;
	size_t len;
	int rc;

	memset(t, 0, sizeof(*t));
	if (snprintf(path, sizeof(path), "%s/proof/expect.csv", pack) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	rc = csv_file_open(&f, path, TABLE_OCTETS_MAX, err, err_size);
	if (rc != 0)
		return rc;
	(void)csv_file_octets(f, &len);
	t->path = strdup(path);
	t->text = malloc(2 * len + 1);	/* a NUL for each delimiter, and for empty last cells */
	rc = t->path == NULL || t->text == NULL ? -ENOMEM : read_rows(t, f, err, err_size);
	if (rc == 0 && t->n != 0)
		rc = sort_table(t);
	csv_file_close(f);
	if (rc == -ENOMEM)
		(void)snprintf(err, err_size, "out of memory, or too many rows");
	return rc;
}

void
proof_table_done(struct proof_table *t)
{
	free(t->path);
	free(t->text);
	free(t->row);
	free(t->fires);
	free(t->silent);
	memset(t, 0, sizeof(*t));
}

void
proof_covers(const struct proof_table *t, const char *id, bool *fires, bool *silent)
{
	*fires = t->n_fires != 0
	    && bsearch(&id, t->fires, t->n_fires, sizeof(*t->fires), by_text) != NULL;
	*silent = t->n_silent != 0
	    && bsearch(&id, t->silent, t->n_silent, sizeof(*t->silent), by_text) != NULL;
}

/* --- what a run showed --- */

void
sightings_clear(struct sightings *s)
{
	free(s->at);
	memset(s, 0, sizeof(*s));
}

static void
note(struct sightings *s, const struct addr *device, const char *id, bool fired)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 4096 : 2 * s->room;
		struct sighting *more = realloc(s->at, room * sizeof(*more));

		if (more == NULL) {
			s->lost = true;
			return;
		}
		s->at = more;
		s->room = room;
	}
	s->at[s->n++] = (struct sighting){ *device, id, fired };
}

/* An alert is one of each indicator in its evidence, and of the rule that raised it. */
void
sightings_alert(void *arg, const struct alert *alert)
{
	for (unsigned i = 0; i < alert->n_evidence; i++)
		if (alert->evidence[i].indicator != NULL)
			note(arg, &alert->device, alert->evidence[i].indicator->id, true);
	note(arg, &alert->device, alert->by != NULL ? alert->by->id
	    : rule_row(alert->rule)->name, true);
}

void
sightings_match(void *arg, const struct addr *device, const struct indicator *ind)
{
	note(arg, device, ind->id, false);
}

void
sightings_role(void *arg, const struct addr *device, const struct rule *rule)
{
	if (!rule->raises)
		note(arg, device, rule->id, true);
}

static int
by_id(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	if (order == 0)
		order = addr_compare(&x->device, &y->device);
	return order != 0 ? order : (int)y->fired - (int)x->fired;	/* those that fired first */
}

void
sightings_sort(struct sightings *s)
{
	if (s->n != 0)
		qsort(s->at, s->n, sizeof(*s->at), by_id);
}

/* The first one of the id, or of those behind it; with `device` NULL of any device. */
static const struct sighting *
find(const struct sightings *s, const char *id, const struct addr *device)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(s->at[mid].id, id);

		if (order == 0 && device != NULL)
			order = addr_compare(&s->at[mid].device, device);
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n || strcmp(s->at[low].id, id) != 0
	    || (device != NULL && !addr_equal(&s->at[low].device, device)))
		return NULL;
	return &s->at[low];
}

bool
sightings_any(const struct sightings *s, const char *id)
{
	const struct sighting *at = find(s, id, NULL);

	for (; at != NULL && at < s->at + s->n && strcmp(at->id, id) == 0; at++)
		if (at->fired)
			return true;
	return false;
}

const char *
proof_wrong(const struct proof *p, const struct sightings *s)
{
	const struct sighting *seen = find(s, p->id, &p->addr);

	switch (p->expect) {
	case EXPECT_FIRES:
		return seen == NULL ? "it was not found" : seen->fired ? NULL
		    : "it was found, but no alert rests on it";
	case EXPECT_INFORMS:
	case EXPECT_LATE:
		return seen == NULL ? "it was not found" : seen->fired
		    ? "an alert rests on it, which it must not cause alone" : NULL;
	default:
		return seen == NULL ? NULL : "it was found where it must not be";
	}
}

/* --- what is only looked up --- */

static const struct indicator *
by_its_id(const struct knowledge *k, const char *id)
{
	for (size_t i = 0; i < knowledge_indicators(k); i++)
		if (strcmp(knowledge_indicator(k, i)->id, id) == 0)
			return knowledge_indicator(k, i);
	return NULL;
}

static size_t
look_up(const struct knowledge *k, const struct indicator *ind, const char *value,
    const struct indicator **found)
{
	struct cidr c;

	if (ind->kind == INDICATOR_DOMAIN)
		return knowledge_find_domain(k, value, strlen(value), found, KNOWLEDGE_FOUND_MAX);
	if (ind->kind == INDICATOR_CIDR)
		return cidr_parse(&c, value) != 0 ? 0
		    : knowledge_find_addr(k, &c.base, ind->port, ind->proto, found, KNOWLEDGE_FOUND_MAX);
	return knowledge_find_text(k, ind->match, value, strlen(value), found, KNOWLEDGE_FOUND_MAX);
}

const char *
proof_lookup_wrong(const struct proof *p, const struct knowledge *k)
{
	const struct indicator *ind = by_its_id(k, p->id), *found[KNOWLEDGE_FOUND_MAX];
	size_t n = ind == NULL ? 0 : look_up(k, ind, p->device, found), at = 0;

	if (ind == NULL)
		return "there is no such indicator";
	while (at < n && found[at] != ind)
		at++;
	if (p->expect == EXPECT_SILENT)
		return at == n ? NULL : "it was found where it must not be";
	return at < n ? NULL : "it was not found";
}

/* --- rules --- */

static int
rules_of(const char *path, void (*each)(void *arg, const char *where, const char *id,
    const char *capture, bool fires), void *arg, char *err, size_t err_size)
{
	const struct json_value *rule;
	struct json_file *f;
	char what[256] = "";
	unsigned line = 0;
	int rc = json_file_open(&f, path, TABLE_OCTETS_MAX, err, err_size);

	if (rc != 0)
		return rc;
	while ((rc = json_file_next(f, &rule, &line, what, sizeof(what))) == 1) {
		const struct json_value *proof = json_get(rule, "proof");
		const char *id = json_value_text(json_get(rule, "id"));
		char where[PATH_MAX];

		(void)snprintf(where, sizeof(where), "%s:%u", path, line);
		each(arg, where, id == NULL ? "?" : id, json_value_text(json_get(proof, "fires")), true);
		each(arg, where, id == NULL ? "?" : id, json_value_text(json_get(proof, "silent")), false);
	}
	if (rc < 0)
		(void)snprintf(err, err_size, "%s:%u: %s", path, line, what);
	json_file_close(f);
	return rc;
}

int
rule_proofs(const char *pack, void (*each)(void *arg, const char *where, const char *id,
    const char *capture, bool fires), void *arg, char *err, size_t err_size)
{
	char pattern[PATH_MAX];
	glob_t files;
	int rc = 0;

	if (snprintf(pattern, sizeof(pattern), "%s/rules/*.json", pack) >= (int)sizeof(pattern))
		return -ENAMETOOLONG;
	rc = glob(pattern, 0, NULL, &files);	/* sorted */
	if (rc == GLOB_NOMATCH)
		return 0;
	if (rc != 0) {
		(void)snprintf(err, err_size, "%s: cannot be listed", pattern);
		return -EIO;
	}
	for (size_t i = 0; rc == 0 && i < files.gl_pathc; i++)
		rc = rules_of(files.gl_pathv[i], each, arg, err, err_size);
	globfree(&files);
	return rc;
}
