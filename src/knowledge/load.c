/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - from folders of JSON files and tables to a knowledge, or to a list of what is wrong. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "internal.h"
#include "macros.h"
#include "mmdb.h"

/* One row per folder, in the order in which they are read: what a record refers to comes
 * before it. */
static const struct {
	const char *name;	/* folder, or file for the pack itself */
	void (*load)(struct loader *l, const struct json_value *r);
} folders[FOLDER_N] = {
	[FOLDER_ENTITIES] = { "entities", load_entity },
	[FOLDER_LISTS] = { "lists", load_list },
	[FOLDER_LISTINGS] = { "listings", load_listing },
	[FOLDER_INDICATORS] = { "indicators", load_indicator },
	[FOLDER_PACK] = { "pack.json", load_pack },
	[FOLDER_RULES] = { "rules", load_rule },
	[FOLDER_IDENTITY] = { "identity", NULL },	/* tables */
	[FOLDER_NETWORKS] = { "networks", NULL },
};

static void load_pack_tacs(struct loader *l, struct csv_file *f);
static void load_own_tacs(struct loader *l, struct csv_file *f);

/* One row per kind of table: how the names of its files begin in a pack, what reads it. */
static const struct {
	const char *name, *begins;	/* begins: NULL: not in a pack */
	void (*load)(struct loader *l, struct csv_file *f);
} sheets[SHEET_KINDS] = {
	[SHEET_TAC] = { "tac", "tac", load_pack_tacs },
	[SHEET_OUI] = { "oui", "oui", load_ouis },
	[SHEET_MODEM_MAC] = { "modem-mac", "modem-mac", load_modem_macs },
	[SHEET_OWN_TAC] = { "own tac", NULL, load_own_tacs },
	[SHEET_REGISTER] = { "register", NULL, load_register },
	[SHEET_SHARED_NAMES] = { "shared names", NULL, load_shared_names },
	[SHEET_PROOFS] = { "proofs", NULL, load_proofs },
	[SHEET_NETWORK] = { "network", NULL, load_networks },
};

static void
load_pack_tacs(struct loader *l, struct csv_file *f)
{
	load_tacs(l, f, false);
}

static void
load_own_tacs(struct loader *l, struct csv_file *f)
{
	load_tacs(l, f, true);
}

void
load_pack(struct loader *l, const struct json_value *r)
{
	static const char *const keys[] = { "version", "date" };
	const char *version, *date;

	(void)known_keys(l, r, keys, ARRAY_LEN(keys));
	version = read_shared(l, r, "version", REQUIRED, ID_MAX);
	date = read_date(l, r, "date", REQUIRED);
	if (l->k->version != NULL)
		return;	/* a site's own folder may have one too: the first is the pack's */
	l->k->version = version;
	l->k->date = date;
}

int
loader_begin(struct loader *l, knowledge_complain_fn say, void *arg)
{
	memset(l, 0, sizeof(*l));
	l->complain = say;
	l->arg = arg;
	l->k = calloc(1, sizeof(*l->k));
	if (l->k == NULL)
		return -ENOMEM;
	l->k->seed = hash_seed_new();
	l->k->arena = arena_new();
	if (l->k->arena == NULL) {
		free(l->k);
		return -ENOMEM;
	}
	sha256_init(&l->sha);
	return 0;
}

static void
free_drafts(struct loader *l)
{
	for (size_t i = 0; i < l->n_drafts; i++) {
		free(l->drafts[i]->own);
		free(l->drafts[i]);
	}
	free(l->drafts);
}

int
loader_end(struct loader *l, struct knowledge **out)
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	l->file = "pack";
	l->line = 0;
	if (l->fatal == 0) {
		settle_lists(l);
		settle_entities(l);
		settle_ouis(l);
		settle_register(l);
		settle_rules(l);
		settle_allowed(l);
		settle_networks(l);
	}
	sha256_digest(&l->sha, sizeof(digest), digest);
	for (size_t i = 0; i < 8; i++)
		(void)snprintf(l->k->hash + 2 * i, 3, "%02x", digest[i]);
	free_drafts(l);
	free(l->makers);
	lint_done(l);
	rule_drafts_free(l->rules);
	free(l->networks);
	text_set_done(&l->shared);
	text_set_done(&l->indicator_ids);
	if (l->errors == 0) {
		*out = l->k;
		return 0;
	}
	knowledge_free(l->k);
	return l->fatal != 0 ? l->fatal : -EINVAL;
}

static void
load_records(struct loader *l, enum folder folder, struct json_file *f)
{
	const struct json_value *record = NULL;
	char err[256] = "";
	int rc;

	while (l->fatal == 0 &&
	    (rc = json_file_next(f, &record, &l->line, err, sizeof(err))) != 0) {
		if (rc < 0) {
			complain(l, "%s", err);
			return;
		}
		folders[folder].load(l, record);
	}
}

/* The hash covers names and contents, in reading order. */
static void
hash_octets_of(struct loader *l, const char *name, const void *octets, size_t len)
{
	char head[64];
	int n = snprintf(head, sizeof(head), "%s %zu\n", name, len);

	sha256_update(&l->sha, (size_t)n, (const uint8_t *)head);
	sha256_update(&l->sha, len, octets);
}

static void
hash_document(struct loader *l, enum folder folder, const struct json_file *f)
{
	size_t len;
	const void *octets = json_file_octets(f, &len);

	hash_octets_of(l, folders[folder].name, octets, len);
}

/* Takes `f`. */
static void
load_table(struct loader *l, enum sheet_kind kind, struct csv_file *f)
{
	size_t len;
	const void *octets = csv_file_octets(f, &len);

	hash_octets_of(l, sheets[kind].name, octets, len);
	sheets[kind].load(l, f);
	csv_file_close(f);
}

void
load_sheet(struct loader *l, enum sheet_kind kind, const char *name, const void *octets,
    size_t len)
{
	struct csv_file *f;
	char err[256] = "";
	int rc = csv_file_over(&f, octets, len, err, sizeof(err));

	l->file = name;
	l->line = 0;
	if (rc == 0)
		load_table(l, kind, f);
	else if (rc == -ENOMEM)
		(void)fatal(l, rc);
	else
		complain(l, "%s", err);
}

void
load_document(struct loader *l, enum folder folder, const char *name, const void *octets,
    size_t len)
{
	struct json_file *f;

	if (json_file_over(&f, octets, len) != 0) {
		(void)fatal(l, -ENOMEM);
		return;
	}
	l->file = name;
	hash_document(l, folder, f);
	load_records(l, folder, f);
	json_file_close(f);
}

/* Name the file that is read next; false after complaining. */
static bool
next_file(struct loader *l, const char *path)
{
	l->line = 0;
	l->file = own_text(l, path);	/* entities and rows of own tables remember it */
	if (l->file == NULL)
		return false;
	if (++l->n_files > FILES_MAX) {
		complain(l, "more than %d files", FILES_MAX);
		l->fatal = -EINVAL;
		return false;
	}
	return true;
}

static void
load_file(struct loader *l, enum folder folder, const char *path)
{
	struct json_file *f;
	char err[256] = "";

	if (!next_file(l, path))
		return;
	if (json_file_open(&f, path, FILE_OCTETS_MAX, err, sizeof(err)) != 0) {
		complain(l, "%s", err);
		return;
	}
	hash_document(l, folder, f);
	load_records(l, folder, f);
	json_file_close(f);
}

static void
load_table_file(struct loader *l, enum sheet_kind kind, const char *path, size_t max)
{
	struct csv_file *f;
	char err[256] = "";

	if (!next_file(l, path))
		return;
	if (csv_file_open(&f, path, max, err, sizeof(err)) != 0)
		complain(l, "%s", err);
	else
		load_table(l, kind, f);
}

static void
load_mmdb_file(struct loader *l, const char *path)
{
	char err[256] = "", *octets;
	size_t len;

	if (!next_file(l, path))
		return;
	if (file_read(path, MMDB_OCTETS_MAX, &octets, &len, err, sizeof(err)) != 0) {
		complain(l, "%s", err);
		return;
	}
	load_mmdb(l, path, octets, len);
	free(octets);
}

void
load_mmdb(struct loader *l, const char *name, const void *octets, size_t len)
{
	char err[256] = "";
	struct mmdb *m;
	int rc;

	l->file = name;
	l->line = 0;
	if (l->k->n_mmdbs == MMDB_FILES_MAX) {
		complain(l, "more than %d databases", MMDB_FILES_MAX);
		return;
	}
	hash_octets_of(l, "mmdb", octets, len);
	rc = mmdb_open(&m, name, octets, len, err, sizeof(err));
	if (rc == -ENOMEM)
		(void)fatal(l, rc);
	else if (rc != 0)
		complain(l, "%s", err);
	else
		l->k->mmdb[l->k->n_mmdbs++] = m;
}

/* A table of a pack: what it holds is said by its name. */
static void
load_pack_table(struct loader *l, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;

	for (enum sheet_kind kind = 0; kind < SHEET_KINDS; kind++)
		if (sheets[kind].begins != NULL &&
		    strncmp(name, sheets[kind].begins, strlen(sheets[kind].begins)) == 0) {
			load_table_file(l, kind, path, FILE_OCTETS_MAX);
			return;
		}
	complain(l, "'%s' is no table known here: tac*.csv, oui*.csv, modem-mac*.csv", name);
}

static int
by_octets(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);	/* the same in every locale */
}

static int
not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && strcmp(name + len - n, end) == 0;
}

static void load_folder(struct loader *l, enum folder folder, const char *path, unsigned depth);

static void
load_entry(struct loader *l, enum folder folder, const char *path, unsigned depth)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		complain(l, "cannot open '%s': %s", path, strerror(errno));
		return;
	}
	if (S_ISDIR(st.st_mode))
		load_folder(l, folder, path, depth + 1);
	else if (folder == FOLDER_IDENTITY && ends_in(path, ".csv"))
		load_pack_table(l, path);
	else if (folder == FOLDER_NETWORKS && ends_in(path, ".csv"))
		load_table_file(l, SHEET_NETWORK, path, FILE_OCTETS_MAX);
	else if (folder < FOLDER_JSON_N && ends_in(path, ".json"))
		load_file(l, folder, path);
}

/* Every *.json (*.csv) below `path`, in the order of names. */
static void
load_folder(struct loader *l, enum folder folder, const char *path, unsigned depth)
{
	struct dirent **names;
	int n;

	l->file = path;
	l->line = 0;
	if (depth > FOLDER_DEPTH_MAX) {
		complain(l, "folders are nested too deep");
		return;
	}
	n = scandir(path, &names, not_hidden, by_octets);
	if (n < 0) {
		complain(l, "cannot open: %s", strerror(errno));
		return;
	}
	for (int i = 0; i < n; i++) {
		char below[PATH_MAX];

		l->file = path;
		if (snprintf(below, sizeof(below), "%s/%s", path, names[i]->d_name) >=
		    (int)sizeof(below))
			complain(l, "path too long");
		else if (l->fatal == 0)
			load_entry(l, folder, below, depth);
		free(names[i]);
	}
	free(names);
}

/* A table that a pack may have at a path of its own. */
static void
load_pack_file(struct loader *l, enum sheet_kind kind, const char *pack, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", pack, name) >= (int)sizeof(path) ||
	    (stat(path, &st) != 0 && errno == ENOENT))
		return;
	load_table_file(l, kind, path, FILE_OCTETS_MAX);
}

/* What indicators of this pack are held against (lint.c). */
static void
load_checks(struct loader *l, const char *pack)
{
	load_pack_file(l, SHEET_SHARED_NAMES, pack, "shared-names.csv");
	l->pack_has_proofs = false;
	load_pack_file(l, SHEET_PROOFS, pack, "proof/expect.csv");
}

/* One folder of every pack; has[i]: pack i has something at all. */
static void
load_kind(struct loader *l, enum folder folder, const char *const *paths, size_t n, bool *has)
{
	for (size_t i = 0; i < n && l->fatal == 0; i++) {
		char path[PATH_MAX];
		struct stat st;

		l->file = paths[i];
		l->line = 0;
		if (snprintf(path, sizeof(path), "%s/%s", paths[i], folders[folder].name) >=
		    (int)sizeof(path)) {
			complain(l, "path too long");
			continue;
		}
		if (stat(path, &st) != 0 && errno == ENOENT)
			continue;
		has[i] = true;
		if (folder == FOLDER_INDICATORS)
			load_checks(l, paths[i]);
		if (folder == FOLDER_PACK)
			load_file(l, folder, path);
		else
			load_folder(l, folder, path, 0);
	}
}

/* 0, or -errno when one of the folders is not there. */
static int
check_paths(struct loader *l, const char *const *paths, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		struct stat st;

		l->file = paths[i];
		if (stat(paths[i], &st) != 0) {
			rc = -errno;
			complain(l, "cannot open: %s", strerror(errno));
		} else if (!S_ISDIR(st.st_mode)) {
			rc = -ENOTDIR;
			complain(l, "%s", strerror(ENOTDIR));
		}
	}
	return rc;
}

/* "ours=Theirs", ours being a column of tac.c. */
static void
check_columns(struct loader *l)
{
	static const char *const known[] = { "tac=", "maker=", "brand=", "model=" };

	l->file = "identity.tac_columns";
	l->line = 0;
	for (size_t i = 0; i < l->n_tac_columns; i++) {
		bool good = false;

		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			good = good || (strncmp(l->tac_columns[i], known[k], strlen(known[k])) == 0 &&
			    l->tac_columns[i][strlen(known[k])] != '\0');
		if (!good)
			complain(l, "'%.64s' is not tac=, maker=, brand= or model= and the name of a "
			    "column", l->tac_columns[i]);
	}
}

/* The tables of the operator. */
static void
load_own(struct loader *l, const struct knowledge_sources *from)
{
	l->tac_columns = from->tac_columns;
	l->n_tac_columns = from->n_tac_columns;
	check_columns(l);
	for (size_t i = 0; i < from->n_tac_columns; i++)	/* they change what a file means */
		hash_octets_of(l, "column", from->tac_columns[i], strlen(from->tac_columns[i]));
	for (size_t i = 0; i < from->n_tac_files && l->fatal == 0; i++)
		load_table_file(l, SHEET_OWN_TAC, from->tac_files[i], TABLE_OCTETS_MAX);
	if (from->device_register != NULL && l->fatal == 0)
		load_table_file(l, SHEET_REGISTER, from->device_register, TABLE_OCTETS_MAX);
	for (size_t i = 0; i < from->n_mmdb_files && l->fatal == 0; i++)
		load_mmdb_file(l, from->mmdb_files[i]);
}

int
knowledge_load(struct knowledge **out, const struct knowledge_sources *from,
    knowledge_complain_fn say, void *arg)
{
	struct loader l;
	size_t n = from->n_paths;
	bool *has = calloc(n + 1, sizeof(*has));
	int rc = has == NULL ? -ENOMEM : loader_begin(&l, say, arg);

	if (rc != 0) {
		free(has);
		return rc;
	}
	l.fatal = check_paths(&l, from->paths, n);
	load_kind(&l, FOLDER_PACK, from->paths, n, has);	/* its date is what others are held against */
	for (enum folder folder = 0; folder < FOLDER_N && l.fatal == 0; folder++)
		if (folder != FOLDER_PACK)
			load_kind(&l, folder, from->paths, n, has);
	for (size_t i = 0; i < n && l.fatal == 0; i++) {
		l.file = from->paths[i];
		l.line = 0;
		if (!has[i])
			complain(&l, "no knowledge in this folder: none of entities/, lists/, "
			    "listings/, indicators/, rules/, identity/, networks/");
	}
	if (l.fatal == 0)
		load_own(&l, from);
	if (l.fatal == 0)
		load_intel(&l, from);
	free(has);
	return loader_end(&l, out);
}
