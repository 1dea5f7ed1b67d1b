/* SPDX-License-Identifier: Apache-2.0 */
/* paths.c - files, folders and globs to one sorted list of files; see paths.h. */
#include <errno.h>
#include <fts.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "config.h"
#include "fail.h"
#include "paths.h"

static int
add(struct path_list *list, const char *text, bool named, const struct stat *st,
    struct capture_error *err)
{
	struct path *p;

	if (list->n == PATHS_MAX)
		return capture_fail(err, -E2BIG, "more than %d files", PATHS_MAX);
	if (list->n == list->room) {
		size_t room = list->room == 0 ? 16 : list->room * 2;

		p = realloc(list->path, room * sizeof(*p));
		if (p == NULL)
			return capture_fail(err, -ENOMEM, "out of memory");
		list->path = p;
		list->room = room;
	}
	p = &list->path[list->n];
	*p = (struct path){ .text = strdup(text), .named = named, .dev = st->st_dev,
	    .ino = st->st_ino,
	    .octets = S_ISREG(st->st_mode) && st->st_size > 0 ? (uint64_t)st->st_size : 0 };
	if (p->text == NULL)
		return capture_fail(err, -ENOMEM, "out of memory");
	list->n++;
	return 0;
}

/* Every regular file below `folder`. Links are followed; fts sees when they turn in a circle. */
static int
add_folder(struct path_list *list, const char *folder, struct capture_error *err)
{
	char *roots[] = { strdup(folder), NULL };
	FTS *walk;
	FTSENT *e;
	int rc = 0;

	if (roots[0] == NULL)
		return capture_fail(err, -ENOMEM, "out of memory");
	for (size_t n = strlen(roots[0]); n > 1 && roots[0][n - 1] == '/'; n--)
		roots[0][n - 1] = '\0';
	walk = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	if (walk == NULL)
		rc = capture_fail(err, -errno, "cannot read '%s': %s", folder, strerror(errno));
	while (rc == 0 && (errno = 0, e = fts_read(walk)) != NULL) {
		if (e->fts_info == FTS_F && S_ISREG(e->fts_statp->st_mode))
			rc = add(list, e->fts_path, false, e->fts_statp, err);
		else if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS)
			rc = capture_fail(err, -e->fts_errno, "cannot read '%s': %s", e->fts_path,
			    strerror(e->fts_errno));
	}
	if (rc == 0 && errno != 0)
		rc = capture_fail(err, -errno, "cannot read '%s': %s", folder, strerror(errno));
	if (walk != NULL)
		fts_close(walk);
	free(roots[0]);
	return rc;
}

/* One that exists: a folder, a file or a pipe. */
static int
add_existing(struct path_list *list, const char *text, const struct stat *st,
    struct capture_error *err)
{
	if (S_ISDIR(st->st_mode))
		return add_folder(list, text, err);
	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode) && !S_ISCHR(st->st_mode))
		return capture_fail(err, -EINVAL, "'%s' is neither a file nor a folder", text);
	return add(list, text, true, st, err);
}

static int
add_glob(struct path_list *list, const char *pattern, struct capture_error *err)
{
	glob_t found;
	struct stat st;
	int rc = glob(pattern, 0, NULL, &found);

	if (rc == GLOB_NOSPACE)
		return capture_fail(err, -ENOMEM, "out of memory");
	if (rc != 0)
		return capture_fail(err, -ENOENT, "cannot open '%s': %s", pattern,
		    strerror(ENOENT));
	for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++) {
		if (stat(found.gl_pathv[i], &st) != 0)
			rc = capture_fail(err, -errno, "cannot open '%s': %s",
			    found.gl_pathv[i], strerror(errno));
		else
			rc = add_existing(list, found.gl_pathv[i], &st, err);
	}
	globfree(&found);
	return rc;
}

static int
add_named(struct path_list *list, const char *text, struct capture_error *err)
{
	struct stat st = { 0 };

	if (strcmp(text, "-") == 0)
		return add(list, text, true, &st, err);
	if (stat(text, &st) == 0)	/* a real name first, even with a '[' in it */
		return add_existing(list, text, &st, err);
	if (errno == ENOENT && strpbrk(text, "*?[") != NULL)
		return add_glob(list, text, err);
	return capture_fail(err, -errno, "cannot open '%s': %s", text, strerror(errno));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct path *)a)->text, ((const struct path *)b)->text);
}

static int
by_file(const void *a, const void *b)
{
	const struct path *p = a, *q = b;

	if (p->dev != q->dev)
		return p->dev < q->dev ? -1 : 1;
	if (p->ino != q->ino)
		return p->ino < q->ino ? -1 : 1;
	return by_text(a, b);
}

/* Keep one path of each file: the first in order, named when any of them is. */
static void
drop_repeated(struct path_list *list)
{
	size_t kept = 0;

	for (size_t i = 1; i < list->n; i++) {
		struct path *last = &list->path[kept], *p = &list->path[i];

		if (p->dev == last->dev && p->ino == last->ino) {
			last->named |= p->named;
			free(p->text);
		} else {
			list->path[++kept] = *p;
		}
	}
	list->n = list->n == 0 ? 0 : kept + 1;
}

int
paths_expand(struct path_list *list, const struct text_list *named, struct capture_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < named->n; i++)
		rc = add_named(list, named->text[i], err);
	if (rc != 0 || list->n == 0)
		return rc;
	qsort(list->path, list->n, sizeof(list->path[0]), by_file);
	drop_repeated(list);
	qsort(list->path, list->n, sizeof(list->path[0]), by_text);
	return 0;
}

void
paths_done(struct path_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->path[i].text);
	free(list->path);
	*list = (struct path_list){ 0 };
}
