/* SPDX-License-Identifier: Apache-2.0 */
/* community.c - Community ID v1: one name for a flow in the logs of every monitor.
 *
 * Source: https://github.com/corelight/community-id-spec. */
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>

#include "table.h"

/* What is hashed: seed, both ends in order, protocol, padding, ports. */
struct tuple {
	uint8_t octets[2 + 16 + 16 + 2 + 4];
	size_t len;
};

static void
put(struct tuple *t, const void *octets, size_t len)
{
	memcpy(t->octets + t->len, octets, len);
	t->len += len;
}

static void
put_be16(struct tuple *t, unsigned value)
{
	uint8_t octets[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	put(t, octets, sizeof(octets));
}

static void
put_addr(struct tuple *t, const struct addr *a)
{
	if (addr_is_ipv4(a))
		put(t, a->octet + 12, 4);
	else
		put(t, a->octet, 16);
}

static bool
has_ports(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_SCTP ||
	    flow_proto_is_icmp(proto);
}

static void
encode(const struct tuple *t, char text[static COMMUNITY_ID_MAX])
{
	static_assert(2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) + 1 <= COMMUNITY_ID_MAX,
	    "no room for a community id");
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, t->len, t->octets);
	sha1_digest(&sha1, sizeof(digest), digest);
	text[0] = '1';
	text[1] = ':';
	base64_encode_raw(text + 2, sizeof(digest), digest);
	text[2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE)] = '\0';
}

void
community_id(const struct ends *ends, char text[static COMMUNITY_ID_MAX])
{
	const struct addr *low = &ends->src, *high = &ends->dest;
	uint16_t low_port = ends->src_port, high_port = ends->dest_port;
	bool one_way = false;
	struct tuple t = { .len = 0 };
	int order;

	if (flow_proto_is_icmp(ends->proto)) {
		int counterpart = icmp_counterpart(ends->proto, (uint8_t)ends->src_port);

		one_way = counterpart < 0;	/* type and code, in the order sent */
		if (!one_way)
			high_port = (uint16_t)counterpart;
	}
	order = addr_compare(low, high);
	if (!one_way && (order > 0 || (order == 0 && low_port > high_port))) {
		low = &ends->dest;
		high = &ends->src;
		low_port = high_port;
		high_port = ends->src_port;
	}
	put_be16(&t, 0);	/* seed */
	put_addr(&t, low);
	put_addr(&t, high);
	put_be16(&t, (unsigned)ends->proto << 8);
	if (has_ports(ends->proto)) {
		put_be16(&t, low_port);
		put_be16(&t, high_port);
	}
	encode(&t, text);
}

void
flow_community_id(const struct flow *flow, char text[static COMMUNITY_ID_MAX])
{
	uint8_t proto = flow_proto(flow);
	struct ends ends = {
		.src = *flow_initiator(flow), .dest = *flow_responder(flow),
		.src_port = flow_initiator_port(flow), .dest_port = flow_responder_port(flow),
		.proto = proto,
	};

	if (flow_proto_is_icmp(proto)) {
		/* Type and code are of the first packet; a reply came from the responder. */
		if (icmp_is_reply(proto, flow->icmp_type)) {
			ends.src = *flow_responder(flow);
			ends.dest = *flow_initiator(flow);
		}
		ends.src_port = flow->icmp_type;
		ends.dest_port = flow->icmp_code;
	}
	community_id(&ends, text);
}
