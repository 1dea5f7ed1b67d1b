/* SPDX-License-Identifier: Apache-2.0 */
/* icmp.c - ICMP errors and the flows they are about; requests and their replies. */
#include "table.h"

void
icmp_tie(struct flow_table *ft, const struct packet *pkt)
{
	struct flow_key key;
	struct flow *flow;

	(void)flow_key_fill(&key, pkt, &pkt->quoted);
	flow = flow_index_find(&ft->index, &ft->flows, flow_key_hash(ft, &key), &key);
	if (flow == NULL)
		return;
	flow->flags |= FLOW_ICMP_ERROR;
	if (!flow_proto_is_icmp(flow_proto(flow))) {
		flow->icmp_type = (uint8_t)pkt->ends.src_port;
		flow->icmp_code = (uint8_t)pkt->ends.dest_port;
	}
	ft->count[FLOW_COUNT_ICMP_TIED]++;
}

/* Pairs as in Zeek's analyzer, which Community ID follows: RFC 792, RFC 950, RFC 1256; for
 * ICMPv6 RFC 4443, RFC 2710, RFC 4861, RFC 4620, RFC 6275. */
static const struct {
	uint8_t proto, request, reply;
} pairs[] = {
	{ PROTO_ICMP, 8, 0 },		/* echo */
	{ PROTO_ICMP, 13, 14 },		/* timestamp */
	{ PROTO_ICMP, 15, 16 },		/* information */
	{ PROTO_ICMP, 10, 9 },		/* router solicitation, advertisement */
	{ PROTO_ICMP, 17, 18 },		/* address mask */
	{ PROTO_ICMPV6, 128, 129 },	/* echo */
	{ PROTO_ICMPV6, 133, 134 },	/* router solicitation, advertisement */
	{ PROTO_ICMPV6, 135, 136 },	/* neighbour solicitation, advertisement */
	{ PROTO_ICMPV6, 130, 131 },	/* multicast listener query, report */
	{ PROTO_ICMPV6, 139, 140 },	/* node information */
	{ PROTO_ICMPV6, 144, 145 },	/* home agent address discovery */
};

int
icmp_counterpart(uint8_t proto, uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (pairs[i].proto != proto)
			continue;
		if (pairs[i].request == type)
			return pairs[i].reply;
		if (pairs[i].reply == type)
			return pairs[i].request;
	}
	return -1;
}

/* Advertisements and reports also come unasked: only what answers one request counts. */
bool
icmp_is_reply(uint8_t proto, uint8_t type)
{
	if (proto == PROTO_ICMP)
		return type == 0 || type == 14 || type == 16 || type == 18;
	return type == 129 || type == 140 || type == 145;
}
