/* SPDX-License-Identifier: Apache-2.0 */
/* role.c - names of roles. */
#include <string.h>

#include "role.h"

static const char *const role_names[ROLE_N] = {
#define X(id, name) [id] = name,
	ROLES(X)
#undef X
};

const char *
role_name(enum role role)
{
	return (unsigned)role < ROLE_N ? role_names[role] : role_names[ROLE_UNKNOWN];
}

int
role_from_name(const char *name)
{
	for (int i = 0; i < ROLE_N; i++)
		if (strcmp(role_names[i], name) == 0)
			return i;
	return -1;
}
