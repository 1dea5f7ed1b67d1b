/* SPDX-License-Identifier: Apache-2.0 */
/* owner.c - who holds an address: the operator's databases first, then the tables of the pack. */
#include <string.h>

#include "internal.h"
#include "mmdb.h"

/* The IPv4 address that a NAT64 translator will put in its place (RFC 6052, 2.1). */
static struct addr
translated(const struct addr *a)
{
	static const uint8_t well_known[12] = { 0x00, 0x64, 0xff, 0x9b };

	return memcmp(a->octet, well_known, sizeof(well_known)) == 0 ? addr_from_ipv4(a->octet + 12)
								     : *a;
}

static void
ask_databases(const struct knowledge *k, const struct addr *a, struct owner *o)
{
	for (size_t i = 0; i < k->n_mmdbs && (o->asn == 0 || o->country[0] == '\0'); i++) {
		struct mmdb_answer answer;

		mmdb_find(k->mmdb[i], a, &answer);
		if (o->asn == 0 && answer.asn != 0) {
			o->asn = answer.asn;
			o->as_org = answer.org;
			o->as_org_len = answer.org_len;
			o->source = mmdb_source(k->mmdb[i]);
			o->as_of = mmdb_as_of(k->mmdb[i]);
		}
		if (o->country[0] == '\0' && answer.country[0] != '\0') {
			memcpy(o->country, answer.country, sizeof(o->country));
			o->country_source = mmdb_source(k->mmdb[i]);
			o->country_as_of = mmdb_as_of(k->mmdb[i]);
		}
	}
}

bool
knowledge_owner(const struct knowledge *k, const struct addr *a, struct owner *o)
{
	struct addr there = translated(a);

	*o = (struct owner){ .asn = 0 };
	ask_databases(k, &there, o);
	if (o->asn != 0) {
		o->network = knowledge_network_by_asn(k, o->asn);
	} else {
		o->network = knowledge_network(k, &there, NULL);
		if (o->network != NULL) {
			o->asn = o->network->asn;
			o->source = o->network->source;
			o->as_of = o->network->as_of;
			o->as_org = o->network->organisation;
			o->as_org_len = strlen(o->as_org);
		}
	}
	return o->asn != 0 || o->country[0] != '\0';
}

size_t
knowledge_mmdbs(const struct knowledge *k)
{
	return k->n_mmdbs;
}

const char *
knowledge_mmdb_source(const struct knowledge *k, size_t at)
{
	return at < k->n_mmdbs ? mmdb_source(k->mmdb[at]) : NULL;
}

const char *
knowledge_mmdb_as_of(const struct knowledge *k, size_t at)
{
	return at < k->n_mmdbs ? mmdb_as_of(k->mmdb[at]) : NULL;
}
