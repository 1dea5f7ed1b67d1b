/* SPDX-License-Identifier: Apache-2.0 */
/* begins.c - first octets to parsers: a table filled at start. */
#include <netinet/in.h>
#include <string.h>

#include "begins.h"
#include "macros.h"

enum { TCP, UDP, SCTP };

static bool
may_begin(const struct app_parser *p, unsigned octet)
{
	for (unsigned i = 0; i < ARRAY_LEN(p->begins) && p->begins[i].to != 0; i++)
		if (octet >= p->begins[i].from && octet <= p->begins[i].to)
			return true;
	return p->begins[0].to == 0;
}

void
begin_table_fill(struct begin_table *t)
{
	memset(t, 0, sizeof(*t));
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const struct app_parser *p = app_parser_at((enum parser_id)id);
		const bool reads[BEGINS_L4] = { [TCP] = p->tcp, [UDP] = p->udp, [SCTP] = p->sctp };

		for (unsigned l4 = 0; l4 < BEGINS_L4; l4++)
			for (unsigned octet = 0; octet < 256 && reads[l4]; octet++)
				if (may_begin(p, octet))
					parser_set_add(&t->set[l4][octet], id);
	}
}

const struct parser_set *
begin_table_find(const struct begin_table *t, uint8_t l4, uint8_t first)
{
	return &t->set[l4 == IPPROTO_TCP ? TCP : l4 == IPPROTO_UDP ? UDP : SCTP][first];
}
