/* SPDX-License-Identifier: Apache-2.0 */
/* udp.c - the UDP header (RFC 768), and the table of tunnels by UDP port. */
#include "layer.h"

/* Tunnels over UDP: `either` when replies come from the port too, otherwise the port is the
 * destination's. A row only asks the layer; that one declines what is not its tunnel. */
static const struct {
	uint16_t port;
	bool either;
	enum layer layer;
} tunnels[] = {
	{ 2152, true, LAYER_GTPU },	/* TS 29.281, 4.4.2.3 */
	{ 4789, false, LAYER_VXLAN },	/* RFC 7348, 8 */
	{ 8472, false, LAYER_VXLAN },	/* Linux before the port was assigned */
	{ 4790, false, LAYER_VXLAN_GPE },
	{ 6081, false, LAYER_GENEVE },	/* RFC 8926, 3.3 */
	{ 3544, true, LAYER_TEREDO },	/* RFC 4380, 2.7 */
	{ 1701, true, LAYER_L2TP },	/* RFC 2661, 8.1 */
	{ 4754, false, LAYER_GRE_UDP },	/* RFC 8086, 8 */
};

void
udp_tunnel_ports(uint64_t bits[static 4])
{
	for (size_t i = 0; i < 4; i++)
		bits[i] = 0;
	for (size_t i = 0; i < ARRAY_LEN(tunnels); i++)
		bits[tunnels[i].port >> 6 & 3] |= UINT64_C(1) << (tunnels[i].port & 63);
}

/* Spares nearly all packets the walk through the table. */
static bool
may_be_tunnel(const uint64_t bits[static 4], uint16_t port)
{
	return (bits[port >> 6 & 3] >> (port & 63) & 1) != 0;
}

enum layer
udp_tunnel(uint16_t src_port, uint16_t dest_port)
{
	for (size_t i = 0; i < ARRAY_LEN(tunnels); i++)
		if (tunnels[i].port == dest_port
		    || (tunnels[i].either && tunnels[i].port == src_port))
			return tunnels[i].layer;
	return LAYER_END;
}

/* The length, header included, may be smaller than the IP payload. 0 is a jumbogram (RFC 2675,
 * 4) or a segment still to be cut; UDP-Lite has its checksum coverage there (RFC 3828, 3.1). */
static bool
claim_length(struct walk *w, uint16_t len)
{
	if (len == 0 || w->pkt->ends.proto != 17)
		return true;
	if (len < 8)
		return false;
	if (walk_claim(w, len - 8u))
		return true;
	if (w->partial)		/* the first fragment only: the rest is somewhere else */
		w->cut = (uint32_t)(len - 8u - cur_left(&w->in));
	return w->partial;
}

enum decode_result
decode_udp(struct walk *w)
{
	struct packet *pkt = w->pkt;
	const uint8_t *head = cur_take(&w->in, 8);
	uint16_t src, dest;

	if (UNLIKELY(head == NULL))
		return walk_short(w, DECODE_UDP_TRUNCATED, DECODE_UDP_SNAPPED);
	if (UNLIKELY(!claim_length(w, be16_of(head + 4))))
		return DECODE_UDP_LENGTH;
	pkt->ends.src_port = src = be16_of(head);
	pkt->ends.dest_port = dest = be16_of(head + 2);
	(void)walk_payload(w);
	if ((may_be_tunnel(w->udp_ports, src) || may_be_tunnel(w->udp_ports, dest))
	    && !w->partial)
		w->next = (uint8_t)udp_tunnel(src, dest);
	return DECODE_OK;
}
