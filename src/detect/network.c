/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - whose network the far end is in: evidence beside a match, and where the data allow it
 * a weak finding of its own. A tenant's traffic looks like its landlord's: who runs a network is
 * not who runs the host. */
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "internal.h"

bool
network_accuses(const struct network *net)
{
	return net != NULL && net->use == NETWORK_ALERT && net->entity->adversary_linked;
}

void
add_network_evidence(struct alert *a, const struct owner *o)
{
	char value[sizeof("AS4294967295")];
	struct evidence *e;

	if (o->network == NULL)
		return;
	(void)snprintf(value, sizeof(value), "AS%u", (unsigned)o->asn);
	e = new_evidence(a, "peer.asn", value, strlen(value));
	if (e == NULL)
		return;
	e->entity = o->network->entity;
	e->source = o->network->source;
	e->as_of = o->network->as_of;
}

void
add_peer_network(const struct detector *d, struct alert *a, const struct addr *peer)
{
	struct owner o;

	if (d->cfg->networks != NETWORKS_OFF && knowledge_owner(d->k, peer, &o))
		add_network_evidence(a, &o);
}

/* "Host: 192.0.2.1" is no name. */
static bool
is_name(const struct record_entry *e)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (e->len == 0 || e->len >= sizeof(text))
		return e->len != 0;
	memcpy(text, e->octets, e->len);
	text[e->len] = '\0';
	return addr_parse(&a, text) != 0;
}

bool
flow_names_far_end(const struct flow *flow)
{
	uint16_t offset = 0;
	struct record_entry e;

	if (flow->name != 0)
		return true;
	while (flow->record != NULL && record_next(flow->record, &offset, &e)) {
		const struct field *f = field_by_id(e.field);

		if (((f->match == MATCH_DOMAIN && f->host_source != NULL)
		    || f->match == MATCH_CERT_NAME) && is_name(&e))
			return true;
	}
	return false;
}
