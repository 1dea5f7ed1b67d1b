/* SPDX-License-Identifier: Apache-2.0 */
/* grow.c - arrays that grow while a pack is read. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

bool
grow_array(struct loader *l, void *array, size_t size, size_t n, size_t *room, size_t max,
    const char *what)
{
	void **at = array;
	size_t more = *room == 0 ? 256 : *room * 2;
	void *bigger;

	if (n == max) {
		complain(l, "more than %zu %s", max, what);
		return false;
	}
	if (n < *room)
		return true;
	bigger = realloc(*at, more * size);
	if (bigger == NULL) {
		(void)fatal(l, -ENOMEM);
		return false;
	}
	*at = bigger;
	*room = more;
	return true;
}
