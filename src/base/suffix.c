/* SPDX-License-Identifier: Apache-2.0 */
/* suffix.c - the only file that includes <libpsl.h>. */
#include <libpsl.h>
#include <string.h>

#include "suffix.h"

enum suffix_kind
suffix_kind_of(const char *name)
{
	const psl_ctx_t *list = psl_builtin();

	if (list == NULL || *name == '\0')
		return SUFFIX_NONE;	/* built without one: nothing can be said */
	if (psl_is_public_suffix2(list, name, PSL_TYPE_ANY) == 0)
		return SUFFIX_NONE;	/* nearly all names: asked once */
	return psl_is_public_suffix2(list, name, PSL_TYPE_ICANN) != 0 ? SUFFIX_REGISTRY : SUFFIX_LENT;
}

const char *
suffix_registered(const char *name)
{
	const char *last = name;

	/* at most 127 labels; the suffix is reached within the last few */
	for (const char *at = name; suffix_kind_of(at) != SUFFIX_REGISTRY; at++) {
		last = at;
		at = strchr(at, '.');
		if (at == NULL)
			break;
	}
	return last;
}

const char *
suffix_version(void)
{
	return psl_get_version();
}
