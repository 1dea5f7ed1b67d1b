/* SPDX-License-Identifier: Apache-2.0 */
/* parsers.c - our parsers by number, and the one table of fields that they make up. */
#include <string.h>

#include "classify.h"
#include "macros.h"
#include "parser.h"

static const struct app_parser *const app_parsers[PARSER_N] = {
#define X(name) [PARSER_##name] = &name##_parser,
	APP_PARSERS(X)
#undef X
};

const struct app_parser *
app_parser_at(enum parser_id id)
{
	return (unsigned)id < PARSER_N ? app_parsers[id] : NULL;
}

const struct field *
field_by_id(field_id id)
{
	const struct app_parser *parser = app_parser_at(id >> 8);

	if (parser == NULL || (id & 0xff) >= parser->n_fields)
		return NULL;
	return &parser->fields[id & 0xff];
}

bool
field_by_name(const char *name, field_id *id)
{
	for (unsigned p = PARSER_NONE + 1; p < PARSER_N; p++)
		for (unsigned f = 0; f < app_parsers[p]->n_fields; f++)
			if (strcmp(app_parsers[p]->fields[f].name, name) == 0) {
				*id = FIELD_ID(p, f);
				return true;
			}
	return false;
}

void
field_walk(void (*each)(void *arg, const char *parser, const struct field *f), void *arg)
{
	for (unsigned p = PARSER_NONE + 1; p < PARSER_N; p++)
		for (unsigned f = 0; f < app_parsers[p]->n_fields; f++)
			each(arg, app_parsers[p]->name, &app_parsers[p]->fields[f]);
}
