/* SPDX-License-Identifier: Apache-2.0 */
/* residence.c - since when roaming devices are in the network that they visit. */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { FIRST = 1024 };

void
residences_init(struct residences *r, size_t max)
{
	memset(r, 0, sizeof(*r));
	r->max = max;
}

void
residences_done(struct residences *r)
{
	free(r->at);
	memset(r, 0, sizeof(*r));
}

/* Places in the registry are given out in order, so the table grows as it does. */
static bool
grow(struct residences *r, size_t upto)
{
	size_t n = r->n == 0 ? FIRST : r->n;
	struct residence *more;

	while (n <= upto)
		n *= 2;
	more = realloc(r->at, n * sizeof(*more));
	if (more == NULL)
		return false;
	memset(more + r->n, 0, (n - r->n) * sizeof(*more));
	r->at = more;
	r->n = n;
	return true;
}

struct residence *
residence_of(struct residences *r, device_ref ref)
{
	if (ref == 0 || ref > r->max || (ref >= r->n && !grow(r, ref)))
		return NULL;
	return &r->at[ref];
}

bool
residence_note(struct residence *r, const struct device_view *view, uint64_t time_us,
    uint32_t days)
{
	uint32_t now_s = (uint32_t)(time_us / 1000000);

	if (view->plmn == PLMN_NONE)
		return false;	/* nobody said that it moved */
	if (!view->roaming) {
		memset(r, 0, sizeof(*r));
		return false;
	}
	if (r->plmn != view->plmn)
		*r = (struct residence){ .plmn = view->plmn, .since_s = now_s };
	if (r->told || now_s < r->since_s || (now_s - r->since_s) / 86400 < days)
		return false;
	r->told = true;
	return true;
}

void
residence_merge(struct residence *to, struct residence *from)
{
	if (from->plmn != PLMN_NONE && to->plmn == PLMN_NONE)
		*to = *from;
	else if (from->plmn == to->plmn && from->since_s < to->since_s)
		to->since_s = from->since_s;
	to->told = to->told || (from->told && from->plmn == to->plmn);
	memset(from, 0, sizeof(*from));
}
