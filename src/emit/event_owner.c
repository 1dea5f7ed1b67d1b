/* SPDX-License-Identifier: Apache-2.0 */
/* event_owner.c - who holds the address of a far end, and who says so. */
#include <string.h>

#include "event.h"
#include "knowledge.h"

static void
write_owner_of(struct writer *w, const struct owner *o)
{
	if (o->asn != 0) {
		writer_uint(w, "asn", o->asn);
		if (o->as_org != NULL)
			writer_octets(w, "as_org", o->as_org, o->as_org_len);
		writer_optional(w, "owner_source", o->source);
		writer_optional(w, "owner_as_of", o->as_of);
	}
	if (o->country[0] != '\0') {
		writer_word(w, "country", o->country);
		writer_optional(w, "country_source", o->country_source);
		writer_optional(w, "country_as_of", o->country_as_of);
	}
}

bool
event_put_owner(struct writer *w, const struct event_context *ctx, const struct addr *far_end,
    bool opened)
{
	struct owner o;

	if (!knowledge_owner(ctx->knowledge, far_end, &o))
		return opened;
	if (!opened)
		writer_open(w, "peer", '{');
	write_owner_of(w, &o);
	return true;
}
