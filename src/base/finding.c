/* SPDX-License-Identifier: Apache-2.0 */
/* finding.c - the rows of findings and stages: how each is called where it is written. */
#include <string.h>

#include "finding.h"

const struct finding_row *
finding_row(enum finding finding)
{
	static const struct finding_row rows[FINDING_N] = {
#define X(id, name, sid, category) [id] = { name, category, sid },
		FINDINGS(X)
#undef X
	};

	return &rows[finding];
}

int
finding_from_name(const char *name)
{
	for (int i = 0; i < FINDING_N; i++)
		if (strcmp(finding_row((enum finding)i)->name, name) == 0)
			return i;
	return -1;
}

const char *
stage_name(enum stage stage)
{
	static const char *const names[] = {
#define X(id, name) name,
		STAGES(X)
#undef X
	};

	return names[stage];
}

int
stage_from_name(const char *name)
{
	for (int i = 0; i < STAGE_N; i++)
		if (strcmp(stage_name((enum stage)i), name) == 0)
			return i;
	return -1;
}
