/* SPDX-License-Identifier: Apache-2.0 */
/* ethertype.c - the table of EtherTypes: which are decoded, and the names of the others.
 *
 * Numbers: the IEEE registry of EtherTypes, and IANA's ieee-802-numbers. */
#include <assert.h>

#include "layer.h"

/* `layer` for what is decoded; otherwise `other` is the result. Most frequent first. */
static const struct {
	uint16_t type;
	uint8_t layer;
	uint8_t other;
} rows[] = {
	{ 0x0800, LAYER_IPV4 },
	{ 0x86dd, LAYER_IPV6 },
	{ 0x8100, LAYER_VLAN },		/* IEEE 802.1Q */
	{ 0x88a8, LAYER_VLAN },		/* IEEE 802.1ad */
	{ 0x9100, LAYER_VLAN },		/* QinQ before 802.1ad */
	{ 0x9200, LAYER_VLAN },
	{ 0x8847, LAYER_MPLS },
	{ 0x8848, LAYER_MPLS },		/* upstream-assigned label, RFC 5332 */
	{ 0x8864, LAYER_PPPOE },
	{ 0x894f, LAYER_NSH },
	{ 0x6558, LAYER_ETHERNET },	/* transparent Ethernet bridging, RFC 1701 */
	{ 0x880b, LAYER_PPP },
	{ 0x0004, LAYER_LLC },		/* Linux ETH_P_802_2, seen in SLL only */
	{ 0x8909, LAYER_TAG },
	{ 0x8926, LAYER_TAG },
	{ 0x893f, LAYER_TAG },
	{ 0x892f, LAYER_TAG },
	{ 0xf1c1, LAYER_TAG },
	{ 0x88e7, LAYER_TAG },
	{ 0x8903, LAYER_TAG },
	{ 0x2452, LAYER_WLAN },		/* Intel drivers: an 802.11 frame after Ethernet's header */
	{ 0x0806, LAYER_END, DECODE_OTHER_ARP },
	{ 0x8035, LAYER_END, DECODE_OTHER_ARP },
	{ 0x88cc, LAYER_END, DECODE_OTHER_LLDP },
	{ 0x888e, LAYER_END, DECODE_OTHER_EAPOL },
	{ 0x88b8, LAYER_END, DECODE_OTHER_GOOSE },
	{ 0x88b9, LAYER_END, DECODE_OTHER_GOOSE },
	{ 0x88ba, LAYER_END, DECODE_OTHER_SV },
	{ 0x8892, LAYER_END, DECODE_OTHER_PROFINET },
	{ 0x88a4, LAYER_END, DECODE_OTHER_ETHERCAT },
	{ 0x88ab, LAYER_END, DECODE_OTHER_POWERLINK },
	{ 0x88f7, LAYER_END, DECODE_OTHER_PTP },
	{ 0x8809, LAYER_END, DECODE_OTHER_SLOW },
	{ 0x8902, LAYER_END, DECODE_OTHER_CFM },
	{ 0x88e5, LAYER_END, DECODE_OTHER_MACSEC },
	{ 0x887b, LAYER_END, DECODE_OTHER_HOMEPLUG },
	{ 0x88e1, LAYER_END, DECODE_OTHER_HOMEPLUG },
	{ 0x8912, LAYER_END, DECODE_OTHER_HOMEPLUG },
	{ 0x9000, LAYER_END, DECODE_OTHER_LOOPBACK },
	{ 0x8137, LAYER_END, DECODE_OTHER_IPX },
	{ 0x8138, LAYER_END, DECODE_OTHER_IPX },
	{ 0x809b, LAYER_END, DECODE_OTHER_IPX },
	{ 0x80f3, LAYER_END, DECODE_OTHER_IPX },
	{ 0x8863, LAYER_END, DECODE_OTHER_PPPOE_DISCOVERY },
};
static_assert(DECODE_RESULT_N <= UINT8_MAX, "a result no longer fits a row");

/* What is left of the frame, for who reads ARP. Inside a tunnel the packet around it stands
 * instead, and is not touched. */
static void
keep_body(struct walk *w)
{
	if (w->stands)
		return;
	w->pkt->payload = w->in.at;
	w->pkt->payload_len = (uint32_t)cur_left(&w->in);
	w->pkt->payload_wire_len = w->pkt->payload_len + w->cut;
	if (w->cut != 0)
		w->pkt->flags |= PACKET_TRUNCATED;
}

enum decode_result
ethertype_next(struct walk *w, uint16_t type)
{
	w->pkt->ethertype = w->ethertype = type;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].type != type)
			continue;
		w->next = rows[i].layer;
		if (UNLIKELY(rows[i].other == DECODE_OTHER_ARP))
			keep_body(w);
		return rows[i].layer != LAYER_END ? DECODE_OK
		    : (enum decode_result)rows[i].other;
	}
	return DECODE_NOT_IP;
}

bool
ethertype_known(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].type == type)
			return true;
	return false;
}
