/* SPDX-License-Identifier: Apache-2.0 */
/* wlan.c - IEEE 802.11 data frames that are not encrypted, bare or under a radiotap header. */
#include "layer.h"

enum {	/* IEEE 802.11-2020, 9.2.4.1: frame control, read as little endian */
	FC_TYPE = 0x000c, FC_TYPE_DATA = 0x0008,
	FC_NULL = 0x0040,	/* subtype bit: no data */
	FC_QOS = 0x0080,	/* subtype bit: QoS control follows */
	FC_TO_DS = 0x0100, FC_FROM_DS = 0x0200,
	FC_PROTECTED = 0x4000, FC_ORDER = 0x8000
};

/* https://www.radiotap.org: version, pad, length of the header (little endian). */
enum decode_result
decode_radiotap(struct walk *w)
{
	uint8_t version = cur_u8(&w->in);
	uint16_t len;

	cur_skip(&w->in, 1);
	len = cur_le16(&w->in);
	cur_skip(&w->in, len < 4 ? 0 : len - 4u);
	if (w->in.short_read)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	if (version != 0 || len < 4)
		return DECODE_LINK_UNSUPPORTED;
	w->next = LAYER_WLAN;
	return DECODE_OK;
}

enum decode_result
decode_wlan(struct walk *w)
{
	uint16_t control = cur_le16(&w->in);

	if (w->in.short_read)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	if ((control & FC_TYPE) != FC_TYPE_DATA || (control & (FC_NULL | FC_PROTECTED)) != 0)
		return DECODE_NOT_IP;
	cur_skip(&w->in, 22);		/* duration, three addresses, sequence control */
	if ((control & FC_TO_DS) != 0 && (control & FC_FROM_DS) != 0)
		cur_skip(&w->in, 6);
	if (control & FC_QOS)
		cur_skip(&w->in, control & FC_ORDER ? 6 : 2);
	if (w->in.short_read)
		return walk_short(w, DECODE_LINK_TRUNCATED, DECODE_LINK_SNAPPED);
	w->next = LAYER_LLC;
	return DECODE_OK;
}
