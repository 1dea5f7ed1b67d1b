/* SPDX-License-Identifier: Apache-2.0 */
/* gre.c - GRE version 0 (RFC 2784, RFC 2890) and version 1 for PPTP (RFC 2637), and the headers
 * that vendors put under it. What carries no packet we know stays an IP packet of protocol 47.
 *
 * |C|R|K|S|s|Recur|A| Flags | Ver |         Protocol Type         |  (RFC 1701, RFC 2637 4.1) */
#include "layer.h"

enum {
	GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, GRE_VERSION = 0x0007,
	GRE_ARUBA = 0x8200, GRE_ARUBA_MASK = 0xfe0f,	/* access points: 802.11, by tunnel number */
	GRE_MIKROTIK = 0x6400,		/* Ethernet over IP */
	GRE_RESERVED_UDP = 0x4fff	/* bits that RFC 2784 and RFC 2890 want to be 0 */
};

/* Cisco's redirect header of four octets before the packet, unless the packet begins at once
 * (draft-wilson-wrec-wccp-v2, 4.12). */
static enum decode_result
wccp_next(struct walk *w)
{
	uint8_t version = cur_peek(&w->in, 0) >> 4;

	if (version != 4 && version != 6)
		cur_skip(&w->in, 4);
	w->next = LAYER_IP;
	return DECODE_OK;
}

static enum decode_result
gre_payload(struct walk *w, uint16_t flags, uint16_t protocol)
{
	switch (protocol) {
	case 0x88be:		/* ERSPAN I has no sequence number and no header of its own */
		w->next = flags & GRE_SEQUENCE ? LAYER_ERSPAN2 : LAYER_ERSPAN1;
		return DECODE_OK;
	case 0x22eb:
		w->next = LAYER_ERSPAN3;
		return DECODE_OK;
	case 0x883e:
		return wccp_next(w);
	case 0x8881:		/* 3GPP2 A.S0008: unstructured octets, in practice PPP without framing */
		return DECODE_OTHER_PPP;
	default:
		if ((protocol & GRE_ARUBA_MASK) == GRE_ARUBA) {
			w->next = LAYER_WLAN;
			return DECODE_OK;
		}
		return ethertype_next(w, protocol);
	}
}

static enum decode_result
gre_v0(struct walk *w, uint16_t flags, uint16_t protocol)
{
	uint32_t key = 0;

	if (flags & GRE_ROUTING)
		return walk_decline(w, DECODE_DECLINED_HEADER);	/* RFC 1701 only; never seen */
	if (flags & GRE_CHECKSUM)
		cur_skip(&w->in, 4);
	if (flags & GRE_KEY)
		key = cur_be32(&w->in);
	if (flags & GRE_SEQUENCE)
		cur_skip(&w->in, 4);
	if (w->in.short_read)
		return walk_short(w, DECODE_GRE_TRUNCATED, DECODE_GRE_SNAPPED);
	if (cur_left(&w->in) == 0)	/* keepalives end here */
		return walk_decline_short(w);
	tunnel_enter(w, TUNNEL_GRE, key);
	return gre_payload(w, flags, protocol);
}

/* MikroTik's EoIP: only the key bit; length in network order, tunnel id in little endian. */
static enum decode_result
gre_mikrotik(struct walk *w)
{
	uint16_t len = cur_be16(&w->in);
	uint16_t id = cur_le16(&w->in);

	if (w->in.short_read)
		return walk_short(w, DECODE_GRE_TRUNCATED, DECODE_GRE_SNAPPED);
	if (len == 0)
		return walk_decline(w, DECODE_DECLINED_CONTROL);	/* keepalive */
	if (!walk_claim(w, len))
		return walk_decline(w, DECODE_DECLINED_LENGTH);
	tunnel_enter(w, TUNNEL_GRE, id);
	w->next = LAYER_ETHERNET;
	return DECODE_OK;
}

/* RFC 2637, 4.1: the key is payload length and call id; no sequence number: no payload. */
static enum decode_result
gre_v1(struct walk *w, uint16_t flags, uint16_t protocol)
{
	uint16_t len = cur_be16(&w->in);
	uint16_t call = cur_be16(&w->in);

	if (flags & GRE_SEQUENCE)
		cur_skip(&w->in, 4);
	if (flags & GRE_ACK)
		cur_skip(&w->in, 4);
	if (w->in.short_read)
		return walk_short(w, DECODE_GRE_TRUNCATED, DECODE_GRE_SNAPPED);
	if (protocol != 0x880b || (flags & GRE_KEY) == 0)
		return walk_decline(w, DECODE_DECLINED_HEADER);
	if ((flags & GRE_SEQUENCE) == 0 || len == 0)
		return walk_decline(w, DECODE_DECLINED_CONTROL);
	if (!walk_claim(w, len))
		return walk_decline(w, DECODE_DECLINED_LENGTH);
	tunnel_enter(w, TUNNEL_GRE, call);
	w->next = LAYER_PPP;
	return DECODE_OK;
}

enum decode_result
decode_gre(struct walk *w)
{
	uint16_t flags, protocol;

	(void)walk_payload(w);
	if (w->partial)
		return DECODE_OK;
	flags = cur_be16(&w->in);
	protocol = cur_be16(&w->in);
	if (w->in.short_read)
		return walk_short(w, DECODE_GRE_TRUNCATED, DECODE_GRE_SNAPPED);
	if ((flags & GRE_VERSION) == 0)
		return gre_v0(w, flags, protocol);
	if (flags == (GRE_KEY | 1) && protocol == GRE_MIKROTIK)
		return gre_mikrotik(w);
	if ((flags & GRE_VERSION) == 1)
		return gre_v1(w, flags, protocol);
	return walk_decline(w, DECODE_DECLINED_HEADER);
}

/* GRE in UDP (RFC 8086): a port is less of a promise than a protocol number. */
enum decode_result
decode_gre_udp(struct walk *w)
{
	uint16_t flags = cur_be16(&w->in);
	uint16_t protocol = cur_be16(&w->in);

	if (w->in.short_read)
		return walk_decline_short(w);
	if ((flags & GRE_RESERVED_UDP) != 0 || !ethertype_known(protocol))
		return walk_decline(w, DECODE_DECLINED_HEADER);
	return gre_v0(w, flags, protocol);
}
