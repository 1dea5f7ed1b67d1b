/* SPDX-License-Identifier: Apache-2.0 */
/* builder.c - the one file with a thread in it. Between pthread_create() and `ended` all but
 * `ended` belongs to the thread. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"

enum { WARNINGS_MAX = 32, FILE_MAX = 256, TEXT_MAX = 512 };

struct warning {
	char file[FILE_MAX], text[TEXT_MAX];
	unsigned line;
};

struct builder {
	pthread_t thread;
	bool running;		/* there is a thread to be joined */
	atomic_bool ended;	/* it has nothing more to do */
	struct knowledge_sources sources;
	struct knowledge *knowledge;	/* built, or to be freed */
	uint64_t errors, warnings;
	char error[BUILDER_ERROR_MAX];
	struct warning warning[WARNINGS_MAX];
};

struct builder *
builder_new(void)
{
	return calloc(1, sizeof(struct builder));
}

static void
join(struct builder *b)
{
	if (b->running)
		(void)pthread_join(b->thread, NULL);
	b->running = false;
}

void
builder_free(struct builder *b)
{
	if (b == NULL)
		return;
	join(b);
	knowledge_free(b->knowledge);
	free(b);
}

/* Signals are the main thread's: one that waits in a read is woken by them. */
static int
start(struct builder *b, void *(*work)(void *))
{
	sigset_t all, before;
	int rc;

	atomic_store(&b->ended, false);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&b->thread, NULL, work, b);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	b->running = rc == 0;
	return -rc;
}

/* A knowledge_complain_fn. Line 0: about the file as a whole. */
static void
note(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	struct builder *b = arg;

	if (!error) {
		if (b->warnings++ < WARNINGS_MAX) {
			struct warning *w = &b->warning[b->warnings - 1];

			(void)snprintf(w->file, sizeof(w->file), "%s", file);
			(void)snprintf(w->text, sizeof(w->text), "%s", text);
			w->line = line;
		}
		return;
	}
	if (b->errors++ != 0)
		return;
	if (line == 0)
		(void)snprintf(b->error, sizeof(b->error), "%s: %s", file, text);
	else
		(void)snprintf(b->error, sizeof(b->error), "%s:%u: %s", file, line, text);
}

static void *
load(void *arg)
{
	struct builder *b = arg;
	int rc = knowledge_load(&b->knowledge, &b->sources, note, b);

	if (rc != 0 && b->errors == 0)
		note(b, true, "knowledge", 0, strerror(-rc));
	atomic_store(&b->ended, true);
	return NULL;
}

static void *
release(void *arg)
{
	struct builder *b = arg;

	knowledge_free(b->knowledge);
	b->knowledge = NULL;
	(void)malloc_trim(0);	/* blocks lie all over the heap: else twice as much stays ours */
	atomic_store(&b->ended, true);
	return NULL;
}

int
builder_load(struct builder *b, const struct knowledge_sources *from)
{
	b->sources = *from;
	b->knowledge = NULL;
	b->errors = b->warnings = 0;
	b->error[0] = '\0';
	return start(b, load);
}

void
builder_release(struct builder *b, struct knowledge *k)
{
	b->knowledge = k;
	if (start(b, release) != 0)
		(void)release(b);
}

bool
builder_is_idle(struct builder *b)
{
	if (b->running && atomic_load(&b->ended))
		join(b);
	return !b->running;
}

void
builder_take(struct builder *b, struct build_result *result, knowledge_complain_fn say, void *arg)
{
	char more[64];

	*result = (struct build_result){ .knowledge = b->knowledge, .errors = b->errors };
	b->knowledge = NULL;
	memcpy(result->error, b->error, sizeof(result->error));
	for (uint64_t i = 0; i < b->warnings && i < WARNINGS_MAX; i++)
		say(arg, false, b->warning[i].file, b->warning[i].line, b->warning[i].text);
	if (b->warnings <= WARNINGS_MAX)
		return;
	(void)snprintf(more, sizeof(more), "and %llu warnings more",
	    (unsigned long long)(b->warnings - WARNINGS_MAX));
	say(arg, false, "knowledge", 0, more);
}
