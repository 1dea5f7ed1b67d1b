/* SPDX-License-Identifier: Apache-2.0 */
/* vxlan.c - VXLAN (RFC 7348) and its generic protocol extension (draft-ietf-nvo3-vxlan-gpe). */
#include "layer.h"

/* RFC 7348, 5, with draft-smith-vxlan-group-policy and the GPE draft:
 * |G|R|Ver|I|P|B|O|  reserved or group policy ... |   next (GPE)  |
 * |                      VNI                      |   reserved    | */
enum { VXLAN_VERSION = 0x30, VXLAN_I = 0x08, VXLAN_P = 0x04, VXLAN_O = 0x01 };

static enum decode_result
gpe_next(struct walk *w, uint8_t protocol)
{
	static const uint8_t layers[] = {	/* the GPE draft, 3.2 */
		[1] = LAYER_IPV4, [2] = LAYER_IPV6, [3] = LAYER_ETHERNET, [4] = LAYER_NSH,
		[5] = LAYER_MPLS,
	};

	w->next = protocol < ARRAY_LEN(layers) ? layers[protocol] : LAYER_END;
	return w->next == LAYER_END ? DECODE_NOT_IP : DECODE_OK;
}

static enum decode_result
vxlan(struct walk *w, bool gpe)
{
	uint8_t flags = cur_u8(&w->in);
	uint8_t protocol;
	uint32_t vni;

	cur_skip(&w->in, 2);
	protocol = cur_u8(&w->in);
	vni = cur_be24(&w->in);
	cur_skip(&w->in, 1);
	if (w->in.short_read)
		return walk_decline_short(w);
	gpe = gpe || (flags & VXLAN_P) != 0;
	if ((flags & VXLAN_I) == 0 || (gpe && (flags & VXLAN_VERSION) != 0))
		return walk_decline(w, DECODE_DECLINED_HEADER);
	if (gpe && (flags & VXLAN_O) != 0)
		return walk_decline(w, DECODE_DECLINED_CONTROL);
	if (walk_wire_left(w) < 14)		/* less than any frame or packet */
		return walk_decline(w, DECODE_DECLINED_SHORT);
	tunnel_enter(w, TUNNEL_VXLAN, vni);
	w->next = LAYER_ETHERNET;
	return gpe && (flags & VXLAN_P) != 0 ? gpe_next(w, protocol) : DECODE_OK;
}

enum decode_result
decode_vxlan(struct walk *w)
{
	return vxlan(w, false);
}

enum decode_result
decode_vxlan_gpe(struct walk *w)
{
	return vxlan(w, true);
}
