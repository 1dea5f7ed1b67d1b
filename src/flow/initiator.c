/* SPDX-License-Identifier: Apache-2.0 */
/* initiator.c - which end began the conversation, and how we know. */
#include <string.h>

#include "table.h"

/* Ports that a service listens on although they are not below 1024, or that win against
 * another port below 1024 (DHCP server against client). IANA's registry unless said. */
static const uint16_t service_ports[] = {
	53, 67, 80, 123, 443, 547,
	1080, 1194, 1433, 1521, 1723, 1812, 1813, 1883, 1900,
	2049, 2123, 2152, 2404 /* IEC 104 */, 2575 /* HL7 */, 2883, 2905 /* M3UA */,
	3306, 3389, 3478, 3544, 3702, 3868 /* Diameter */,
	4059 /* DLMS/COSEM */, 4443, 4500, 4840 /* OPC UA */,
	5000, 5060, 5061, 5222, 5353, 5355, 5432, 5555, 5683, 5684, 5900,
	6379, 6667, 7547 /* TR-069 */, 8000, 8008, 8080, 8081, 8086, 8443, 8554, 8805 /* PFCP */,
	8883, 8888, 9000, 9092, 9100, 9200, 9999,
	11112 /* DICOM */, 20000 /* DNP3 */, 27017, 30000 /* unassigned: module FOTA */,
	34567 /* unassigned: camera control */, 36412 /* S1AP */, 37777 /* unassigned: camera control */,
	38412 /* NGAP */, 44818 /* EtherNet/IP */, 47808 /* BACnet */,
};

/* How much a port looks like a service's: 0 not, 1 below 1024, 2 known. */
static int
port_rank(uint16_t port)
{
	for (size_t i = 0; i < ARRAY_LEN(service_ports); i++)
		if (service_ports[i] == port)
			return 2;
	return port != 0 && port < 1024 ? 1 : 0;
}

/* Without a SYN: the end that uses a service's port is the responder. To a group the sender
 * always speaks first. Sets *sender. */
static enum flow_initiator_evidence
by_port(const struct packet *pkt, bool *sender)
{
	int src = port_rank(pkt->ends.src_port), dest = port_rank(pkt->ends.dest_port);

	*sender = src <= dest || addr_is_multicast(&pkt->ends.dest);
	if (!*sender)
		return INITIATOR_PORT;
	/* A datagram towards a service is what a first packet looks like; a TCP segment
	 * without SYN is not the first, so only the port speaks for its sender. */
	return pkt->ends.proto == PROTO_TCP && src < dest ? INITIATOR_PORT
	    : INITIATOR_FIRST_PACKET;
}

void
initiator_decide(struct flow *flow, const struct packet *pkt, unsigned src)
{
	uint8_t syn = pkt->tcp_flags & (TCP_SYN | TCP_ACK);
	bool sender = true;
	enum flow_initiator_evidence evidence;

	if (pkt->ends.proto == PROTO_TCP && syn == TCP_SYN) {
		evidence = INITIATOR_SYN;
	} else if (pkt->ends.proto == PROTO_TCP && syn == (TCP_SYN | TCP_ACK)) {
		evidence = INITIATOR_SYN_ACK;
		sender = false;
	} else if (!flow_proto_is_icmp(pkt->ends.proto)) {
		evidence = by_port(pkt, &sender);
	} else if (icmp_is_reply(pkt->ends.proto, (uint8_t)pkt->ends.src_port)) {
		evidence = INITIATOR_PROTOCOL;
		sender = false;
	} else {
		evidence = INITIATOR_FIRST_PACKET;
	}
	if ((sender ? src : 1 - src) == 1)
		flow->flags |= FLOW_END1_INITIATES;
	flow->initiator_evidence = (uint8_t)evidence;
}

#define SWAP(pair) do {					\
	__typeof__((pair)[0]) first_ = (pair)[0];	\
	(pair)[0] = (pair)[1];				\
	(pair)[1] = first_;				\
} while (0)

static uint32_t
swap_flags(uint32_t flags, uint32_t a, uint32_t b)
{
	uint32_t rest = flags & ~(a | b);

	return rest | (flags & a ? b : 0) | (flags & b ? a : 0);
}

static void
swap_memory(void *a, void *b, size_t octets)
{
	uint8_t *x = a, *y = b;

	for (size_t i = 0; i < octets; i++) {
		uint8_t held = x[i];

		x[i] = y[i];
		y[i] = held;
	}
}

/* Streams are kept by key end and need nothing. */
void
initiator_swap(struct flow *flow, enum flow_initiator_evidence evidence)
{
	uint32_t home = flow->flags & (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER);
	uint32_t flags = flow->flags ^ FLOW_END1_INITIATES;

	flags = swap_flags(flags, FLOW_FIN_TO_SERVER, FLOW_FIN_TO_CLIENT);
	flags = swap_flags(flags, FLOW_HOME_INITIATOR, FLOW_HOME_RESPONDER);
	flags = swap_flags(flags, FLOW_DATA_TO_SERVER, FLOW_DATA_TO_CLIENT);
	flags = swap_flags(flags, FLOW_SEQ_TO_SERVER, FLOW_SEQ_TO_CLIENT);
	flow->flags = flags;
	SWAP(flow->pkts);
	SWAP(flow->octets);
	SWAP(flow->payload_octets);
	SWAP(flow->next_seq);
	SWAP(flow->retransmitted);
	SWAP(flow->gaps);
	SWAP(flow->tcp_flags);
	SWAP(flow->ttl);
	swap_memory(flow->mac[0], flow->mac[1], sizeof(flow->mac[0]));
	if (flow->tunnel != NULL)
		SWAP(flow->tunnel->by);
	/* With one end at home, or known to identify, the device stays the same end; else it is
	 * the initiator. */
	if ((flags & FLOW_DEVICE_KNOWN) == 0
	    && (home == 0 || home == (FLOW_HOME_INITIATOR | FLOW_HOME_RESPONDER))) {
		uint16_t group = flow->group;

		flow->group = flow->peer_group;
		flow->peer_group = group;
	}
	flow->initiator_evidence = (uint8_t)evidence;
}

void
flow_reverse(struct flow *flow)
{
	if (flow->initiator_evidence == INITIATOR_SYN ||
	    flow->initiator_evidence == INITIATOR_SYN_ACK ||
	    flow_proto_is_icmp(flow_proto(flow)))
		return;
	initiator_swap(flow, INITIATOR_PROTOCOL);
}
