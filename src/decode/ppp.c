/* SPDX-License-Identifier: Apache-2.0 */
/* ppp.c - PPP (RFC 1661) bare and in HDLC-like framing (RFC 1662), Cisco HDLC, frame relay with
 * its multiprotocol headers (RFC 2427), and PPPoE sessions (RFC 2516). */
#include "layer.h"

/* Protocol numbers: IANA ppp-numbers. */
static enum decode_result
ppp_protocol(struct walk *w, uint16_t protocol)
{
	switch (protocol) {
	case 0x0021:
		w->next = LAYER_IPV4;
		return DECODE_OK;
	case 0x0057:
		w->next = LAYER_IPV6;
		return DECODE_OK;
	case 0x0281:
	case 0x0283:
		w->next = LAYER_MPLS;
		return DECODE_OK;
	case 0x0031:		/* bridging, RFC 3518, 4.2: flags, MAC type, then the frame */
		if ((cur_be16(&w->in) & 0x00ff) != 1)
			return DECODE_OTHER_PPP;
		w->next = LAYER_ETHERNET;
		return DECODE_OK;
	default:
		return DECODE_OTHER_PPP;
	}
}

/* Address and control (ff 03) are left out where the peers agreed to; so is the first octet
 * of a protocol number below 0x100, whose last bit is always set (RFC 1661, 2 and 6.5). */
enum decode_result
decode_ppp(struct walk *w)
{
	uint16_t protocol;

	if (cur_peek(&w->in, 0) == 0xff && cur_peek(&w->in, 1) == 0x03)
		cur_skip(&w->in, 2);
	else if ((cur_peek(&w->in, 0) == 0x0f || cur_peek(&w->in, 0) == 0x8f)
	    && cur_peek(&w->in, 1) == 0x00)
		return decode_chdlc(w);		/* a PPP link that speaks Cisco HDLC */
	protocol = cur_u8(&w->in);
	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | cur_u8(&w->in));
	if (w->in.short_read)
		return walk_short(w, DECODE_PPP_TRUNCATED, DECODE_PPP_SNAPPED);
	return ppp_protocol(w, protocol);
}

/* One octet says whether the frame was received or sent; then PPP. */
enum decode_result
decode_ppp_direction(struct walk *w)
{
	cur_skip(&w->in, 1);
	return decode_ppp(w);
}

/* Address, control, EtherType. */
enum decode_result
decode_chdlc(struct walk *w)
{
	uint16_t type;

	cur_skip(&w->in, 2);
	type = cur_be16(&w->in);
	if (w->in.short_read)
		return walk_short(w, DECODE_PPP_TRUNCATED, DECODE_PPP_SNAPPED);
	return type == 0xfefe ? DECODE_OTHER_OSI : ethertype_next(w, type);
}

/* Q.922 address (the last octet has bit 0 set), then control 03 and an NLPID (RFC 2427, 3),
 * or, as Cisco does it, an EtherType. */
enum decode_result
decode_frame_relay(struct walk *w)
{
	unsigned n = 0;

	while ((cur_u8(&w->in) & 1) == 0 && ++n < 4 && !w->in.short_read)
		;
	if (cur_peek(&w->in, 0) != 0x03) {
		uint16_t type = cur_be16(&w->in);

		return w->in.short_read
		    ? walk_short(w, DECODE_PPP_TRUNCATED, DECODE_PPP_SNAPPED)
		    : ethertype_next(w, type);
	}
	cur_skip(&w->in, 1);
	if (cur_peek(&w->in, 0) == 0x00)
		cur_skip(&w->in, 1);		/* pad */
	switch (cur_u8(&w->in)) {
	case 0xcc:
		w->next = LAYER_IPV4;
		return DECODE_OK;
	case 0x8e:
		w->next = LAYER_IPV6;
		return DECODE_OK;
	case 0xcf:
		w->next = LAYER_PPP;
		return DECODE_OK;
	case 0x80: {				/* SNAP: organisation, type */
		uint32_t oui = cur_be24(&w->in);
		uint16_t type = cur_be16(&w->in);

		if (!w->in.short_read)
			return oui == 0 ? ethertype_next(w, type) : DECODE_OTHER_LLC;
		break;
	}
	case 0x81: case 0x82: case 0x83:
		return DECODE_OTHER_OSI;
	default:
		if (!w->in.short_read)
			return DECODE_NOT_IP;
		break;
	}
	return walk_short(w, DECODE_PPP_TRUNCATED, DECODE_PPP_SNAPPED);
}

/* RFC 2516, 4: version 1, type 1; code 0 in a session; session id; length of what follows. */
enum decode_result
decode_pppoe(struct walk *w)
{
	uint8_t version = cur_u8(&w->in);
	uint8_t code = cur_u8(&w->in);
	uint16_t len;

	cur_skip(&w->in, 2);
	len = cur_be16(&w->in);
	if (w->in.short_read)
		return walk_short(w, DECODE_PPPOE_TRUNCATED, DECODE_PPPOE_SNAPPED);
	if (version != 0x11 || code != 0)
		return DECODE_PPPOE_HEADER;
	if (!walk_claim(w, len))
		return DECODE_PPPOE_LENGTH;
	w->next = LAYER_PPP;
	return DECODE_OK;
}
