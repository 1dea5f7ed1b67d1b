/* SPDX-License-Identifier: Apache-2.0 */
/* sheets.h - load one table over a small pack, and listen to what is said of it. */
#ifndef PICKET_TESTS_SHEETS_H
#define PICKET_TESTS_SHEETS_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "knowledge/internal.h"

struct said {
	unsigned errors, warnings;
	char first[1200];	/* error, else warning: "file:line: text" */
	char last[1200];
};

static inline void
sheets_listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	struct said *said = arg;

	if (said->errors + said->warnings == 0 || (error && said->errors == 0))
		(void)snprintf(said->first, sizeof(said->first), "%s:%u: %s", file, line, text);
	(void)snprintf(said->last, sizeof(said->last), "%s:%u: %s", file, line, text);
	*(error ? &said->errors : &said->warnings) += 1;
}

static inline void
sheets_begin(struct loader *l, struct said *said)
{
	static const char entities[] = "[{\"id\":\"quectel\",\"name\":\"Quectel Wireless Solutions\","
	    "\"aliases\":[\"Quectel\"],\"category\":\"module_maker\",\"basis\":\"jurisdiction_only\","
	    "\"adversary_linked\":true,\"evidence\":\"verified\",\"sources\":[\"s\"]}]";

	memset(said, 0, sizeof(*said));
	ck_assert_int_eq(loader_begin(l, sheets_listen, said), 0);
	load_document(l, FOLDER_ENTITIES, "E", entities, sizeof(entities) - 1);
}

static inline void
sheets_add(struct loader *l, enum sheet_kind kind, const char *name, const char *text)
{
	load_sheet(l, kind, name, text, strlen(text));
}

/* NULL when it was refused. */
static inline struct knowledge *
sheets_end(struct loader *l)
{
	struct knowledge *k = NULL;

	return loader_end(l, &k) == 0 ? k : NULL;
}

static inline struct knowledge *
sheets_load(enum sheet_kind kind, const char *text, struct said *said)
{
	struct loader l;

	sheets_begin(&l, said);
	sheets_add(&l, kind, "T", text);
	return sheets_end(&l);
}

#endif
