/* SPDX-License-Identifier: Apache-2.0 */
/* pfcp_ie.h - information elements of PFCP (TS 29.244): their framing, and those that say where
 * a session is and whose it is. */
#ifndef PICKET_CLASSIFY_PFCP_IE_H
#define PICKET_CLASSIFY_PFCP_IE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "cursor.h"

struct signalling;

/* TS 29.244, 8.1.2, table 8.1.2-1 */
enum pfcp_ie_type {
	IE_CREATE_PDR = 1, IE_PDI = 2, IE_CREATE_FAR = 3, IE_FORWARDING = 4, IE_CREATED_PDR = 8,
	IE_UPDATE_PDR = 9, IE_UPDATE_FAR = 10, IE_UPDATE_FORWARDING = 11, IE_CAUSE = 19,
	IE_SOURCE_INTERFACE = 20, IE_F_TEID = 21, IE_NETWORK_INSTANCE = 22,
	IE_DESTINATION_INTERFACE = 42, IE_PDR_ID = 56, IE_F_SEID = 57, IE_NODE_ID = 60,
	IE_OUTER_HEADER_CREATION = 84, IE_UE_IP_ADDRESS = 93, IE_RECOVERY_TIME_STAMP = 96,
	IE_FAR_ID = 108, IE_QFI = 124, IE_CREATE_ENDPOINT = 127, IE_CREATED_ENDPOINT = 128,
	IE_UPDATE_ENDPOINT = 129, IE_ENDPOINT_ID = 131, IE_USER_ID = 141, IE_APN_DNN = 159,
	IE_UPDATED_PDR = 256, IE_S_NSSAI = 257, IE_RAT_TYPE = 275
};

/* Source and destination interface (8.2.2, 8.2.24). */
enum pfcp_interface {
	INTERFACE_ACCESS, INTERFACE_CORE, INTERFACE_SGI_LAN, INTERFACE_CP_FUNCTION,
	INTERFACE_LI_FUNCTION_OR_VN,	/* destination: lawful interception; source: 5G VN internal */
	INTERFACE_VN_INTERNAL,		/* destination */
	INTERFACE_NONE = 0xff		/* not told */
};

struct pfcp_ie {
	uint16_t type;		/* enum pfcp_ie_type; from 0x8000 a vendor's own */
	struct cursor value;
};

/** Take the next element. False at the end, and when one is longer than what is left: then
 * in->short_read is set. */
bool pfcp_next_ie(struct cursor *in, struct pfcp_ie *ie);

/* One node, by an address of one family or of both. */
struct pfcp_nodes {
	struct addr at[2];
	uint8_t n;
};
struct pfcp_f_teid {
	bool choose;		/* the UP function shall choose: no TEID, no node yet */
	uint32_t teid;
	struct pfcp_nodes node;
};
struct pfcp_f_seid {
	uint64_t seid;
	struct pfcp_nodes node;
};
struct pfcp_ue_ip {
	bool destination;	/* S/D: packets to it are meant, not from it */
	struct cidr at[2];
	uint8_t n;
};

/* Each fills its struct from one value; false, and nothing to use in it, when it is short. */
/** 8.2.3 */
bool pfcp_read_f_teid(struct cursor in, struct pfcp_f_teid *f);
/** 8.2.37 */
bool pfcp_read_f_seid(struct cursor in, struct pfcp_f_seid *f);
/** 8.2.56; false also for headers other than GTP-U. */
bool pfcp_read_outer_header(struct cursor in, struct pfcp_f_teid *f);
/** 8.2.62: IPv6 is the whole prefix of the device, a /64 where no length is told. */
bool pfcp_read_ue_ip(struct cursor in, struct pfcp_ue_ip *ue);

/** 8.2.101: sets IMSI, IMEI, MSISDN, MAC; nothing of one that is short. */
void pfcp_read_user_id(struct cursor in, struct signalling *s);
/* A name with its closing NUL. */
enum { PFCP_NAME_MAX = 256 };
/** APN/DNN (8.2.117), Network Instance (8.2.4) and the FQDN of a Node ID (8.2.38): labels as in
 * DNS, or plain text as some cores send them. Returns the length; 0: neither. */
size_t pfcp_read_name(struct cursor in, char text[static PFCP_NAME_MAX]);
/** "1" or "1-0000c3": SST and, where there is one, SD (8.2.176). 0: it is short. */
size_t pfcp_read_s_nssai(struct cursor in, char text[static PFCP_NAME_MAX]);

#endif
