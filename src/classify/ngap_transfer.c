/* SPDX-License-Identifier: Apache-2.0 */
/* ngap_transfer.c - tunnels out of the transfers of PDU sessions. */
#include "ngap_transfer.h"

/* ProtocolIE-ID of tunnels in the transfers that are lists of elements */
enum {
	ID_ADDITIONAL_UL_TUNNELS = 126, ID_UL_TUNNEL = 139, ID_UL_MODIFY_LIST = 140,
	ID_ADDITIONAL_REDUNDANT_UL_TUNNELS = 186, ID_REDUNDANT_UL_TUNNEL = 195
};
enum { TUNNELS_MAX = 4, TUNNELS_MORE_MAX = 3, QOS_FLOWS_MAX = 64, QFI_MAX = 63 };

/* UPTransportLayerInformation ::= CHOICE { gTPTunnel, choice-Extensions } */
static void
read_tunnel(struct ap *a, struct per *p, uint8_t kind, unsigned session)
{
	struct ap_list other = { .left = 1 };
	struct ap_ie ie;
	bool additions, extensions;

	if (per_index(p, 2, false) != 0) {
		other.in = *p;
		(void)ap_next(&other, &ie);
		*p = other.in;
		return;
	}
	additions = per_bit(p);
	extensions = per_bit(p);
	ap_read_tunnel(a, p, kind, session);
	ap_skip_rest(p, extensions, additions);
}

/* UPTransportLayerInformationList ::= SEQUENCE (SIZE (1..3)) OF SEQUENCE { a tunnel, ... } */
static void
read_tunnels(struct ap *a, struct per *p, uint8_t kind, unsigned session)
{
	uint32_t n = per_count(p, 1, TUNNELS_MORE_MAX);

	while (n-- != 0 && per_ok(p)) {
		bool additions = per_bit(p), extensions = per_bit(p);

		read_tunnel(a, p, kind, session);
		ap_skip_rest(p, extensions, additions);
	}
}

/* UL-NGU-UP-TNLModifyList ::= SEQUENCE (SIZE (1..4)) OF SEQUENCE { uplink, downlink tunnel, ... } */
static void
read_modify_list(struct ap *a, struct per *p, unsigned session)
{
	uint32_t n = per_count(p, 1, TUNNELS_MAX);

	while (n-- != 0 && per_ok(p)) {
		bool additions = per_bit(p), extensions = per_bit(p);

		read_tunnel(a, p, END_UPLINK, session);
		read_tunnel(a, p, END_DOWNLINK, session);
		ap_skip_rest(p, extensions, additions);
	}
}

void
ngap_setup_request(struct ap *a, struct per *p, unsigned session)
{
	struct ap_list list = ap_container(p);
	struct ap_ie ie;

	while (ap_next(&list, &ie)) {
		switch (ie.id) {
		case ID_UL_TUNNEL:
		case ID_REDUNDANT_UL_TUNNEL:
			read_tunnel(a, &ie.value, END_UPLINK, session);
			break;
		case ID_ADDITIONAL_UL_TUNNELS:
		case ID_ADDITIONAL_REDUNDANT_UL_TUNNELS:
			read_tunnels(a, &ie.value, END_UPLINK, session);
			break;
		case ID_UL_MODIFY_LIST:
			read_modify_list(a, &ie.value, session);
			break;
		default:
			break;
		}
		if (!per_ok(&ie.value))
			a->broken = true;
	}
	*p = list.in;
}

/* AssociatedQosFlowList: SEQUENCE { QosFlowIdentifier, ENUMERATED { ul, dl, ... } OPTIONAL, ... } */
static void
skip_flows(struct per *p)
{
	uint32_t n = per_count(p, 1, QOS_FLOWS_MAX);

	while (n-- != 0 && per_ok(p)) {
		bool additions = per_bit(p), mapping = per_bit(p), extensions = per_bit(p);

		(void)per_integer_extensible(p, 0, QFI_MAX);
		if (mapping)
			(void)per_index(p, 2, true);
		ap_skip_rest(p, extensions, additions);
	}
}

/* QosFlowPerTNLInformation ::= SEQUENCE { a tunnel, AssociatedQosFlowList, ... } */
static void
read_flows_tunnel(struct ap *a, struct per *p, unsigned session)
{
	bool additions = per_bit(p), extensions = per_bit(p);

	read_tunnel(a, p, END_DOWNLINK, session);
	skip_flows(p);
	ap_skip_rest(p, extensions, additions);
}

/* SEQUENCE { QosFlowPerTNLInformation, QosFlowPerTNLInformationList OPTIONAL, ... }: with dual
 * connectivity a session has a tunnel to each of two nodes. What differs between the two
 * kinds of transfer comes behind that; their preambles have four and two options. */
void
ngap_setup_response(struct ap *a, struct per *p, unsigned session)
{
	bool more;
	uint32_t n;

	(void)per_bit(p);
	more = per_bit(p);
	(void)per_bits(p, a->outcome == AP_INITIATING ? 1 : 3);
	read_flows_tunnel(a, p, session);
	if (!more)
		return;
	n = per_count(p, 1, TUNNELS_MORE_MAX);
	while (n-- != 0 && per_ok(p)) {
		bool additions = per_bit(p), extensions = per_bit(p);

		read_flows_tunnel(a, p, session);
		ap_skip_rest(p, extensions, additions);
	}
}

/* SEQUENCE { downlink tunnel OPTIONAL, uplink tunnel OPTIONAL, four more options, ... } */
void
ngap_modify_response(struct ap *a, struct per *p, unsigned session)
{
	bool down, up;

	(void)per_bit(p);
	down = per_bit(p);
	up = per_bit(p);
	(void)per_bits(p, 4);
	if (down)
		read_tunnel(a, p, END_DOWNLINK, session);
	if (up)
		read_tunnel(a, p, END_UPLINK, session);
}

/* SEQUENCE { QosFlowModifyConfirmList, uplink tunnel, three options, ... }; the list is of
 * SEQUENCE { QosFlowIdentifier, iE-Extensions OPTIONAL, ... } */
void
ngap_modify_confirm(struct ap *a, struct per *p, unsigned session)
{
	uint32_t n;

	(void)per_bits(p, 4);
	n = per_count(p, 1, QOS_FLOWS_MAX);
	while (n-- != 0 && per_ok(p)) {
		bool additions = per_bit(p), extensions = per_bit(p);

		(void)per_integer_extensible(p, 0, QFI_MAX);
		ap_skip_rest(p, extensions, additions);
	}
	read_tunnel(a, p, END_UPLINK, session);
}

/* SEQUENCE { downlink tunnel, downlink forwarding tunnel OPTIONAL, four more options, ... } */
void
ngap_handover_acknowledge(struct ap *a, struct per *p, unsigned session)
{
	bool forwarding;

	(void)per_bit(p);
	forwarding = per_bit(p);
	(void)per_bits(p, 4);
	read_tunnel(a, p, END_DOWNLINK, session);
	if (forwarding)
		read_tunnel(a, p, END_DOWNLINK, session);
}

/* SEQUENCE { downlink forwarding tunnel OPTIONAL, three more options, ... } */
void
ngap_handover_command(struct ap *a, struct per *p, unsigned session)
{
	bool forwarding;

	(void)per_bit(p);
	forwarding = per_bit(p);
	(void)per_bits(p, 3);
	if (forwarding)
		read_tunnel(a, p, END_DOWNLINK, session);
}

/* SEQUENCE { downlink tunnel, three options, ... } */
void
ngap_path_switch(struct ap *a, struct per *p, unsigned session)
{
	(void)per_bits(p, 4);
	read_tunnel(a, p, END_DOWNLINK, session);
}

/* SEQUENCE { uplink tunnel OPTIONAL, two more options, ... } */
void
ngap_path_switch_acknowledge(struct ap *a, struct per *p, unsigned session)
{
	bool up;

	(void)per_bit(p);
	up = per_bit(p);
	(void)per_bits(p, 2);
	if (up)
		read_tunnel(a, p, END_UPLINK, session);
}
