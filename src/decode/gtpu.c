/* SPDX-License-Identifier: Apache-2.0 */
/* gtpu.c - GTP-U version 1 (3GPP TS 29.281): user packets of a mobile network.
 *
 * Only a G-PDU whose lengths add up and whose payload begins like IP is taken as a tunnel;
 * echo, error indication and end marker, and all that merely uses the port, stay UDP. */
#include "layer.h"

/* TS 29.281, 5.1:  | Version | PT | (*) | E | S | PN |, message type, length, TEID; with any
 * of E, S, PN: sequence number (2), N-PDU number (1), next extension header type (1). */
enum {
	GTPU_VERSION_PT = 0xf0, GTPU_V1 = 0x30,
	GTPU_E = 0x04, GTPU_OPTIONAL = 0x07,
	GTPU_G_PDU = 255,
	GTPU_PDU_SESSION_CONTAINER = 0x85,	/* TS 29.281, 5.2.2.7 */
};

/* TS 38.415, 5.5.2: PDU type in the high 4 bits (0 downlink, 1 uplink); in both the low six bits
 * of the second octet are the QFI (5.5.3.3). */
static uint8_t
container_qfi(struct cursor content)
{
	uint8_t type = cur_u8(&content) >> 4;
	uint8_t qfi = cur_u8(&content) & 0x3f;

	return content.short_read || type > 1 ? GTPU_QFI_NONE : qfi;
}

/* Step over the chain (TS 29.281, 5.2.1): a length in four octets, which counts itself and the
 * next type, content, next type; 0 ends it. False: a length of 0. */
static bool
skip_extensions(struct cursor *in, uint8_t type, uint8_t *qfi)
{
	while (type != 0 && !in->short_read) {
		size_t len = (size_t)cur_u8(in) * 4;
		struct cursor content;

		if (len == 0)
			return in->short_read;
		content = cur_sub(in, len - 2);
		if (type == GTPU_PDU_SESSION_CONTAINER)
			*qfi = container_qfi(content);
		type = cur_u8(in);
	}
	return true;
}

enum decode_result
decode_gtpu(struct walk *w)
{
	const uint8_t *head = cur_take(&w->in, 8);
	uint8_t qfi = GTPU_QFI_NONE;
	uint8_t version;

	if (head == NULL)
		return walk_decline_short(w);
	if ((head[0] & GTPU_VERSION_PT) != GTPU_V1)
		return walk_decline(w, DECODE_DECLINED_HEADER);
	if (be16_of(head + 2) != walk_wire_left(w))
		return walk_decline(w, DECODE_DECLINED_LENGTH);
	if (head[1] != GTPU_G_PDU)
		return walk_decline(w, DECODE_DECLINED_CONTROL);
	if ((head[0] & GTPU_OPTIONAL) != 0) {
		uint8_t type;

		cur_skip(&w->in, 3);
		type = cur_u8(&w->in);
		if ((head[0] & GTPU_E) != 0 && !skip_extensions(&w->in, type, &qfi))
			return walk_decline(w, DECODE_DECLINED_EXTENSION);
	}
	if (w->in.short_read || cur_left(&w->in) == 0)
		return walk_decline_short(w);
	version = cur_peek(&w->in, 0) >> 4;
	if (version != 4 && version != 6)	/* Ethernet or unstructured PDU session */
		return walk_decline(w, DECODE_DECLINED_NOT_IP);
	tunnel_enter(w, TUNNEL_GTPU, be32_of(head + 4));
	w->pkt->tunnel.qfi = qfi;
	w->next = version == 4 ? LAYER_IPV4 : LAYER_IPV6;
	return DECODE_OK;
}
