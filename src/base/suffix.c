/* SPDX-License-Identifier: Apache-2.0 */
/* suffix.c - the only file that includes <libpsl.h>. */
#include <libpsl.h>
#include <stdbool.h>
#include <string.h>

#include "suffix.h"

enum { LABELS_LOOKED_AT = 8 };	/* from the end; the longest suffix of the list has five */

/* The library would convert other names, which takes memory: whoever sends them owns none. */
static bool
is_ascii(const char *name)
{
	while (*name > 0)
		name++;
	return *name == '\0';
}

enum suffix_kind
suffix_kind_of(const char *name)
{
	const psl_ctx_t *list = psl_builtin();

	if (list == NULL || *name == '\0' || !is_ascii(name))
		return SUFFIX_NONE;	/* without a list nothing can be said */
	if (psl_is_public_suffix2(list, name, PSL_TYPE_ANY) == 0)
		return SUFFIX_NONE;	/* nearly all names: asked once */
	return psl_is_public_suffix2(list, name, PSL_TYPE_ICANN) != 0 ? SUFFIX_REGISTRY : SUFFIX_LENT;
}

/* The last labels of a name. */
static const char *
last_labels(const char *name, unsigned n)
{
	const char *at = name + strlen(name);

	while (at > name && (at[-1] != '.' || --n != 0))
		at--;
	return at;
}

const char *
suffix_registered(const char *name)
{
	const char *last = last_labels(name, LABELS_LOOKED_AT);

	for (const char *at = last; suffix_kind_of(at) == SUFFIX_NONE; at++) {
		last = at;
		at = strchr(at, '.');
		if (at == NULL || at[1] == '\0')
			break;
	}
	return last;
}

const char *
suffix_version(void)
{
	return psl_get_version();
}
