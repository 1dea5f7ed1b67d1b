/* SPDX-License-Identifier: Apache-2.0 */
/* ethernet.c - Ethernet II and IEEE 802.3, their VLAN and other tags, and LLC with SNAP. */
#include <string.h>

#include "layer.h"

enum { ETHERTYPE_MIN = 0x0600 };	/* IEEE 802.3, 3.2.6: below it is a length */

static void
keep_macs(struct packet *pkt, const uint8_t *dest, const uint8_t *src)
{
	if (pkt->flags & PACKET_HAS_MAC)
		return;
	memcpy(pkt->dest_mac, dest, 6);
	memcpy(pkt->src_mac, src, 6);
	pkt->flags |= PACKET_HAS_MAC;
}

/* A type, or the length of an LLC frame, which is smaller than the frame when it is padded. */
static enum decode_result
type_or_length(struct walk *w, uint16_t type)
{
	if (LIKELY(type == 0x0800)) {
		w->pkt->ethertype = type;
		w->next = LAYER_IPV4;
		return DECODE_OK;
	}
	if (type >= ETHERTYPE_MIN)
		return ethertype_next(w, type);
	(void)walk_claim(w, type);	/* a wrong length does not hide what is there */
	w->next = LAYER_LLC;
	return DECODE_OK;
}

enum decode_result
decode_ethernet(struct walk *w)
{
	const uint8_t *head = cur_take(&w->in, 14);

	if (UNLIKELY(head == NULL))
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	keep_macs(w->pkt, head, head + 6);
	return type_or_length(w, be16_of(head + 12));
}

/* IEEE 802.1Q, 9.6: three bits of priority, one of drop eligibility, twelve of VLAN id. */
enum decode_result
decode_vlan(struct walk *w)
{
	struct packet *pkt = w->pkt;
	uint16_t tag = cur_be16(&w->in);
	uint16_t type = cur_be16(&w->in);

	if (w->in.short_read)
		return walk_short(w, DECODE_VLAN_TRUNCATED, DECODE_VLAN_SNAPPED);
	if (pkt->n_vlans < PACKET_VLANS_MAX)
		pkt->vlan[pkt->n_vlans] = tag & 0x0fff;
	if (pkt->n_vlans < UINT8_MAX)
		pkt->n_vlans++;
	return type_or_length(w, type);
}

/* Tags that are stepped over. `octets` between the EtherType and what follows, which is again
 * an EtherType, or a whole Ethernet frame. */
static const struct {
	uint16_t type;
	uint8_t octets;
	bool frame;
} tags[] = {
	{ 0x8909, 6, false },	/* Cisco metadata: version, length, option type, security group */
	{ 0x8926, 4, false },	/* VN-tag (before IEEE 802.1BR) */
	{ 0x893f, 6, false },	/* E-tag, IEEE 802.1BR, 7.5 */
	{ 0x892f, 4, false },	/* HSR, IEC 62439-3, 5.7: path, size, sequence number */
	{ 0xf1c1, 4, false },	/* R-tag, IEEE 802.1CB, 7.8 */
	{ 0x88e7, 4, true },	/* I-tag, IEEE 802.1Q, 9.7: flags and service id, before MACs */
	{ 0x8903, 2, true },	/* Cisco FabricPath: tag and hop limit, after 12 octets like MACs */
};

enum decode_result
decode_tag(struct walk *w)
{
	uint16_t type;

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (tags[i].type != w->ethertype)
			continue;
		cur_skip(&w->in, tags[i].octets);
		if (tags[i].frame && !w->in.short_read) {
			w->next = LAYER_ETHERNET;
			return DECODE_OK;
		}
		type = cur_be16(&w->in);
		if (w->in.short_read)
			break;
		return type_or_length(w, type);
	}
	return walk_short(w, DECODE_VLAN_TRUNCATED, DECODE_VLAN_SNAPPED);
}

/* IEEE 802.2: destination and source service access point, control; 0xaa is SNAP (IEEE 802, 9),
 * with an EtherType under the organisation 00-00-00 (RFC 1042) or 00-00-f8 (802.1H). */
enum decode_result
decode_llc(struct walk *w)
{
	uint8_t dsap = cur_u8(&w->in);
	uint8_t ssap = cur_u8(&w->in);
	uint8_t control = cur_u8(&w->in);
	uint32_t oui;
	uint16_t type;

	if (w->in.short_read)
		return walk_short(w, DECODE_LLC_TRUNCATED, DECODE_LLC_SNAPPED);
	if (dsap == 0x42 && ssap == 0x42)
		return DECODE_OTHER_STP;
	if (dsap == 0xfe && ssap == 0xfe)
		return DECODE_OTHER_OSI;
	if (dsap == 0xe0 || (dsap == 0xff && ssap == 0xff))
		return DECODE_OTHER_IPX;
	if (dsap == 0x06 && control == 0x03) {
		w->next = LAYER_IPV4;
		return DECODE_OK;
	}
	if ((dsap & 0xfe) != 0xaa || (ssap & 0xfe) != 0xaa || control != 0x03)
		return DECODE_OTHER_LLC;
	oui = cur_be24(&w->in);
	type = cur_be16(&w->in);
	if (w->in.short_read)
		return walk_short(w, DECODE_LLC_TRUNCATED, DECODE_LLC_SNAPPED);
	if (oui == 0x0080c2 && (type == 1 || type == 7)) {	/* RFC 2684, 5.2: bridged */
		cur_skip(&w->in, 2);
		w->next = LAYER_ETHERNET;
		return DECODE_OK;
	}
	if (oui == 0x080007)
		return DECODE_OTHER_IPX;	/* AppleTalk */
	return oui == 0 || oui == 0x0000f8 ? ethertype_next(w, type) : DECODE_OTHER_LLC;
}

/* Broadcom's switch tag: four octets between the MACs and the type, or before the frame. */
enum decode_result
decode_dsa_brcm(struct walk *w)
{
	const uint8_t *head = cur_take(&w->in, 18);

	if (head == NULL)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	keep_macs(w->pkt, head, head + 6);
	return type_or_length(w, be16_of(head + 16));
}

enum decode_result
decode_dsa_brcm_prepend(struct walk *w)
{
	cur_skip(&w->in, 4);
	w->next = LAYER_ETHERNET;
	return w->in.short_read ? walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED)
	    : DECODE_OK;
}
