/* SPDX-License-Identifier: Apache-2.0 */
/* link.c - the table of link types, and the small ones that only say which protocol follows:
 * BSD loopback, NFLOG, and the wrappers that carry another link type (PPI, PKTAP).
 *
 * Numbers: https://www.tcpdump.org/linktypes.html, as pcap_datalink(3PCAP) returns them. */
#include "layer.h"

static const struct {
	int link_type;
	enum layer layer;
} links[] = {
	{ 1, LAYER_ETHERNET },		/* EN10MB */
	{ 113, LAYER_SLL },		/* LINUX_SLL */
	{ 276, LAYER_SLL2 },		/* LINUX_SLL2 */
	{ 12, LAYER_IP },		/* DLT_RAW, but on OpenBSD */
	{ 14, LAYER_IP },		/* DLT_RAW of OpenBSD */
	{ 101, LAYER_IP },		/* LINKTYPE_RAW */
	{ 228, LAYER_IPV4 },		/* IPV4 */
	{ 229, LAYER_IPV6 },		/* IPV6 */
	{ 0, LAYER_NULL },		/* NULL */
	{ 108, LAYER_NULL },		/* LOOP */
	{ 9, LAYER_PPP },		/* PPP */
	{ 50, LAYER_PPP },		/* PPP_SERIAL, in HDLC-like framing */
	{ 166, LAYER_PPP_DIRECTION },	/* PPP_PPPD */
	{ 204, LAYER_PPP_DIRECTION },	/* PPP_WITH_DIR */
	{ 51, LAYER_PPPOE },		/* PPP_ETHER */
	{ 104, LAYER_CHDLC },		/* C_HDLC */
	{ 107, LAYER_FRAME_RELAY },	/* FRELAY */
	{ 11, LAYER_LLC },		/* ATM_RFC1483 on most systems */
	{ 100, LAYER_LLC },		/* LINKTYPE_ATM_RFC1483 */
	{ 239, LAYER_NFLOG },		/* NFLOG */
	{ 192, LAYER_PPI },		/* PPI */
	{ 149, LAYER_PKTAP },		/* DLT_PKTAP where USER2 is */
	{ 258, LAYER_PKTAP },		/* PKTAP */
	{ 105, LAYER_WLAN },		/* IEEE802_11 */
	{ 127, LAYER_RADIOTAP },	/* IEEE802_11_RADIO */
	{ 284, LAYER_DSA_BRCM },	/* DSA_TAG_DSA: as long, at the same place */
	{ 281, LAYER_DSA_BRCM },	/* DSA_TAG_BRCM */
	{ 282, LAYER_DSA_BRCM_PREPEND }, /* DSA_TAG_BRCM_PREPEND */
};

enum layer
link_layer(int link_type)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (links[i].link_type == link_type)
			return links[i].layer;
	return LAYER_END;
}

/* The next layer by link type, inside a wrapper. */
static enum decode_result
wrapped_link(struct walk *w, uint32_t link_type)
{
	w->link_type = link_type > INT32_MAX ? -1 : (int)link_type;
	w->next = (uint8_t)link_layer(w->link_type);
	return w->next == LAYER_END ? DECODE_LINK_UNSUPPORTED : DECODE_OK;
}

/* Address families that IPv6 has on the systems that write captures: Linux, Windows, the BSDs,
 * macOS. AF_INET is 2 on all of them. */
static bool
family_is_ipv6(uint32_t family)
{
	return family == 10 || family == 23 || family == 24 || family == 28 || family == 30;
}

/* NULL writes the address family in the byte order of the host that captured, LOOP in network
 * order: families are small numbers, so either is told by where the zeros are. Some tunnel
 * devices put an EtherType there. */
enum decode_result
decode_null(struct walk *w)
{
	uint32_t family = cur_be32(&w->in);

	if (w->in.short_read)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	if (family == 2)
		w->next = LAYER_IPV4;
	else if (family_is_ipv6(family))
		w->next = LAYER_IPV6;
	else if (family <= 0xffff)
		return ethertype_next(w, (uint16_t)family);
	else
		return DECODE_NOT_IP;
	return DECODE_OK;
}

/* The packet is the value of the TLV NFULA_PAYLOAD (9); lengths are in host order and count the
 * four octets of the TLV header; values are padded to four. */
enum decode_result
decode_nflog(struct walk *w)
{
	uint8_t family = cur_u8(&w->in);

	cur_skip(&w->in, 3);	/* version, resource id */
	while (!w->in.short_read && walk_wire_left(w) >= 4) {
		uint16_t len = cur_le16(&w->in);
		uint16_t type = cur_le16(&w->in);

		if (w->in.short_read || len < 4)
			break;
		if ((type & 0x7fff) == 9) {
			if (!walk_claim(w, len - 4u))
				break;
			w->next = family == 2 ? LAYER_IPV4 : family == 10 ? LAYER_IPV6 : LAYER_END;
			return w->next == LAYER_END ? DECODE_NOT_IP : DECODE_OK;
		}
		cur_skip(&w->in, (len - 4u + 3u) & ~3u);
	}
	return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
}

/* PPI: version, flags, length of the whole header (little endian), link type. */
enum decode_result
decode_ppi(struct walk *w)
{
	uint16_t len;
	uint32_t link_type;

	cur_skip(&w->in, 2);
	len = cur_le16(&w->in);
	link_type = cur_le32(&w->in);
	cur_skip(&w->in, len < 8 ? 0 : len - 8u);
	if (w->in.short_read || len < 8)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	return wrapped_link(w, link_type);
}

/* PKTAP of macOS: length of the header (little endian), record type, link type. */
enum decode_result
decode_pktap(struct walk *w)
{
	uint32_t len = cur_le32(&w->in);
	uint32_t link_type;

	cur_skip(&w->in, 4);
	link_type = cur_le32(&w->in);
	cur_skip(&w->in, len < 12 ? 0 : len - 12u);
	if (w->in.short_read || len < 12)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	return wrapped_link(w, link_type);
}
