/* SPDX-License-Identifier: Apache-2.0 */
/* sll.c - the headers that Linux writes for cooked sockets and the device `any`.
 *
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and ..._SLL2.html */
#include "layer.h"

enum {	/* Linux if_arp.h: devices where the protocol field is no EtherType */
	DEVICE_NETLINK = 824
};

static enum decode_result
sll_next(struct walk *w, uint16_t device, uint16_t protocol)
{
	if (w->in.short_read)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	if (device == DEVICE_NETLINK)
		return DECODE_NOT_IP;
	return ethertype_next(w, protocol);
}

/* Packet type, device type, address length, 8 octets of address, protocol. */
enum decode_result
decode_sll(struct walk *w)
{
	uint16_t device, protocol;

	cur_skip(&w->in, 2);
	device = cur_be16(&w->in);
	cur_skip(&w->in, 10);
	protocol = cur_be16(&w->in);
	return sll_next(w, device, protocol);
}

/* Protocol, 2 reserved, interface index, device type, packet type, address length, address. */
enum decode_result
decode_sll2(struct walk *w)
{
	uint16_t protocol = cur_be16(&w->in);
	uint16_t device;

	cur_skip(&w->in, 6);
	device = cur_be16(&w->in);
	cur_skip(&w->in, 10);
	return sll_next(w, device, protocol);
}
