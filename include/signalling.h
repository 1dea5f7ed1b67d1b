/* SPDX-License-Identifier: Apache-2.0 */
/* signalling.h - one message about a device, in one form for all protocols that carry them.
 *
 * classify's parsers of GTP-C, PFCP, RADIUS, Diameter, S1AP, NGAP, DHCP ... fill it; identify
 * reads it. It says what one message says and no more: pairing requests with answers, and
 * messages with sessions, is identify's. Plain values only: a message outlives its packet. */
#ifndef PICKET_SIGNALLING_H
#define PICKET_SIGNALLING_H

#include <stdbool.h>
#include <stdint.h>

#include "addr.h"
#include "digits.h"

/* Where an identity was learned, the most trusted first: DESIGN, Identity.
 * X(id, name in picket.device.learned[].source) */
#define SIGNALLING_SOURCES(X)				\
	X(SIGNALLED_GTPV2C, "gtpv2-c")	/* TS 29.274 */	\
	X(SIGNALLED_GTPV1C, "gtpv1-c")	/* TS 29.060 */	\
	X(SIGNALLED_PFCP, "pfcp")	/* TS 29.244 */	\
	X(SIGNALLED_RADIUS, "radius")	/* RFC 2866, TS 29.061 */ \
	X(SIGNALLED_DIAMETER, "diameter")	/* TS 29.272, 29.212 ... */ \
	X(SIGNALLED_S1AP, "s1ap")	/* TS 36.413, TS 24.301 */ \
	X(SIGNALLED_NGAP, "ngap")	/* TS 38.413, TS 24.501 */ \
	X(SIGNALLED_LWM2M, "lwm2m")	/* endpoint name of a registration */ \
	X(SIGNALLED_TELEMETRY, "telemetry")	/* in clear in MQTT, HTTP, CoAP */ \
	X(SIGNALLED_DHCPV4, "dhcp")	/* RFC 2131 */	\
	X(SIGNALLED_DHCPV6, "dhcpv6")	/* RFC 8415 */	\
	X(SIGNALLED_ARP, "arp")		/* RFC 826 */	\
	X(SIGNALLED_ND, "nd")		/* RFC 4861 */
enum signalling_source {
#define X(id, name) id,
	SIGNALLING_SOURCES(X)
#undef X
	SIGNALLED_N
};
const char *signalling_source_name(enum signalling_source source);

enum signalling_act {
	SIGNALLING_TELL,	/* facts about a device or session; nothing begins or ends */
	SIGNALLING_CREATE,	/* a session (PDP context, PDN connection, PDU session, lease) begins */
	SIGNALLING_MODIFY,	/* it goes on: other ends, bearers, location; RADIUS interim */
	SIGNALLING_RELEASE,	/* its radio side (END_DOWNLINK) is idle; the session stays */
	SIGNALLING_DELETE,	/* it ends, or only the bearers in `bearers_gone` */
	/* All sessions of `nas`, else of the sender, end: those that sender and receiver share
	 * (Accounting-On/Off, association release). */
	SIGNALLING_NODE_DOWN,
	SIGNALLING_NODE		/* only the node speaks (echo, heartbeat): see `recovery` */
};

enum signalling_phase {
	SIGNALLING_REQUEST,	/* an answer with the same `sequence` is expected */
	SIGNALLING_ANSWER,
	SIGNALLING_NOTICE	/* stands alone */
};

/* RAT types by the numbers of TS 29.274, 8.17 and TS 29.061, 16.4.7.2; all other protocols
 * are translated to them. */
enum signalling_rat {
	RAT_NONE = 0, RAT_UTRAN = 1, RAT_GERAN = 2, RAT_WLAN = 3, RAT_GAN = 4, RAT_HSPA = 5,
	RAT_EUTRAN = 6, RAT_VIRTUAL = 7, RAT_NB_IOT = 8, RAT_LTE_M = 9, RAT_NR = 10
};
/** "e-utran", "nb-iot", ...; NULL for RAT_NONE and what has no name. */
const char *signalling_rat_name(uint8_t rat);

/* One end of a tunnel as a message tells it. A TEID is chosen by who receives under it: packets
 * to an END_UPLINK (SGW, PGW, UPF, GGSN) come from the device, packets to an END_DOWNLINK
 * (eNB, gNB, SGSN, and an SGW's or I-UPF's side towards the core) go to it. */
enum signalling_end_kind { END_CONTROL, END_UPLINK, END_DOWNLINK };
struct signalling_end {
	uint8_t kind;		/* enum signalling_end_kind */
	uint8_t interface;	/* F-TEID interface type (TS 29.274, 8.22); 0xff: the protocol has none */
	/* EBI, NSAPI, E-RAB id, PDU session id; PFCP: PDR id, or 0x8000 | FAR id; 0: of the session */
	uint16_t bearer;
	struct addr node;
	uint64_t id;		/* TEID, or F-SEID with END_CONTROL of PFCP */
};

/* Where the device is (ULI). Numbers as sent; 0 in `area_kind` or `cell_kind`: not told. */
enum signalling_area { AREA_NONE, AREA_LAI, AREA_RAI, AREA_TAI };
enum signalling_cell { CELL_NONE, CELL_CGI, CELL_SAI, CELL_ECGI, CELL_NCGI };
struct signalling_location {
	uint8_t area_kind, cell_kind;
	uint32_t area_plmn, cell_plmn;	/* digits.h */
	uint32_t area;		/* LAC, or TAC of a TAI */
	uint64_t cell;		/* CI or SAC with the LAC above it (lac << 16 | ci), ECI, NCI */
};

enum {
	SIGNALLING_ENDS_MAX = 16,	/* more in one message are left out, `cut` is set */
	SIGNALLING_ADDRS_MAX = 4,
	SIGNALLING_APN_MAX = 100,	/* TS 23.003, 9.1 */
	SIGNALLING_NAME_MAX = 64
};

struct signalling {
	/* set by classify before a parser fills the rest */
	uint64_t time_us;
	struct addr from, to;	/* sender and receiver of the message */
	uint16_t from_port, to_port;
	uint32_t tenant;	/* VLANs as in struct flow_key, protocol bits 0 */

	uint8_t source;		/* enum signalling_source */
	uint8_t act;		/* enum signalling_act */
	uint8_t phase;		/* enum signalling_phase */
	bool refused;		/* ANSWER: the cause says no; a NOTICE of failure */
	bool cut;		/* something found no room here */
	uint16_t type;		/* the protocol's own number of the message */
	uint16_t cause;		/* the protocol's own number; 0: none */
	uint32_t sequence;	/* pairs request and answer of two nodes; Diameter: hop-by-hop id */

	/* Which session, in the protocol's own words; 0: not said. GTP-C: TEID of the header, PFCP:
	 * SEID of the header, both chosen by the receiver. RADIUS, Diameter: parse_hash() of
	 * Acct-Session-Id or Session-Id. S1AP, NGAP: MME/AMF UE id, and in session_peer the
	 * eNB/gNB/RAN UE id (+ 1 each, because 0 is a legal id). DHCP: parse_hash() of the client. */
	uint64_t session, session_peer;
	/* Where one such session holds several PDN connections (all of a device share one TEID on
	 * S11), the default bearer of the one that is spoken of: linked EBI, NSAPI. 0: not said. */
	uint16_t linked_bearer;
	/* The node whose session it is: that gives out its addresses and has its tunnels. RADIUS: the
	 * NAS, by NAS-IP-Address, which a proxy on the way does not change; PFCP: the UP function.
	 * All zeros: not told. Acct-Session-Id is unique to a NAS, and so are addresses where
	 * pools overlap. */
	struct addr nas;
	bool from_ran;		/* S1AP, NGAP: the sender is the eNB or gNB */
	uint64_t since_us;	/* the session began then (Acct-Session-Time); 0: not said */

	/* Whose */
	digits imsi, msisdn, imei;	/* DIGITS_NONE: not said; imei as sent, 14 to 16 digits */
	bool imei_masked;	/* Masked IMEISV: the last four digits of the serial are not told */
	bool imsi_unauthenticated;	/* TS 29.274, 8.12, UIMSI */
	bool has_mac;
	uint8_t mac[6];

	/* Under which addresses: a whole address has len 128 (also IPv4, see addr.h) */
	struct cidr ue[SIGNALLING_ADDRS_MAX];
	uint8_t n_ue;

	char apn[SIGNALLING_APN_MAX + 1];	/* APN or DNN, network identifier first, lower case */
	char host_name[SIGNALLING_NAME_MAX + 1];	/* raw octets as sent, escaped when written */
	char vendor_class[SIGNALLING_NAME_MAX + 1];	/* likewise */
	uint32_t plmn;		/* serving network, digits.h */
	uint8_t rat;		/* enum signalling_rat */
	struct signalling_location location;

	struct signalling_end end[SIGNALLING_ENDS_MAX];
	uint8_t n_ends;
	uint32_t bearers_gone;	/* bit per bearer id below 32 that ends; 0 with DELETE: the session */

	bool has_recovery;
	uint32_t recovery;	/* restart counter or recovery time stamp of the sender */
};

/** Empty but for the digits, which are DIGITS_NONE. */
void signalling_init(struct signalling *s);
/** Add an end, an address; when full they are left out and `cut` is set. All-zero addresses and
 * TEID 0 are no ends and are ignored, unspecified and multicast UE addresses likewise. */
void signalling_add_end(struct signalling *s, const struct signalling_end *end);
void signalling_add_addr(struct signalling *s, const struct addr *a, uint8_t len);
/** APN as labels (RFC 1035, 3.1: length, octets) to dotted lower-case text; false and "" when
 * the labels do not add up. An operator identifier (mncXXX.mccXXX.gprs) is cut off. */
bool signalling_set_apn(struct signalling *s, const uint8_t *labels, size_t len);
/** APN already as text. */
void signalling_set_apn_text(struct signalling *s, const void *text, size_t len);
/** Text of bounded length with a NUL; octets behind the first NUL or `max` are left out. */
void signalling_copy_name(char *to, size_t max, const void *from, size_t len);

#endif
