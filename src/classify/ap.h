/* SPDX-License-Identifier: Apache-2.0 */
/* ap.h - what S1AP (TS 36.413) and NGAP (TS 38.413) have in common: one frame of messages and
 * lists of information elements, between a node of the radio network (eNB, gNB) and one of
 * the core (MME, AMF).
 *
 * No full ASN.1: the frame is walked, and of the elements only those are read that say whose a
 * session is, where it is, and which tunnels it has. The rest is stepped over by its length. */
#ifndef PICKET_CLASSIFY_AP_H
#define PICKET_CLASSIFY_AP_H

#include "parser.h"
#include "per.h"
#include "signalling.h"

enum ap_initiator { BY_RAN, BY_CORE, BY_EITHER };
enum ap_outcome { AP_INITIATING, AP_SUCCESSFUL, AP_UNSUCCESSFUL };

/* An elementary procedure; its code is its place in the table. */
struct ap_procedure {
	const char *name;	/* for the field; NULL: no such code */
	uint8_t initiator;	/* enum ap_initiator: who sends the initiating message */
	bool answered;		/* class 1: there are outcomes (TS 36.413, 8.1) */
	uint8_t act;		/* enum signalling_act; DELETE: of the bearers it names */
};

/* Fields of either protocol; NAS has its own (nas.h). */
enum ap_field {
	AP_PROCEDURE, AP_CORE_ID, AP_RAN_ID, AP_IMEISV_MASKED, AP_NODE, AP_TEID_UPLINK,
	AP_TEID_DOWNLINK, AP_TAI, AP_CELL, AP_CAUSE, AP_NAME, AP_FIELDS
};

/* One message while it is read. */
struct ap {
	struct parse *parse;	/* fields go there; NULL: none are written any more */
	struct parse *tell;	/* more messages go there */
	const struct ap_protocol *protocol;
	struct signalling *s;
	uint8_t procedure, outcome;
	bool from_ran;
	bool retains;		/* setup: the UE contexts are kept */
	bool broken;		/* an element that is against its specification */
	bool several;		/* a reset of more than one context: it told more messages */
};

struct ap_ie {
	uint16_t id;
	struct per value;
};

struct ap_protocol {
	uint8_t parser;		/* enum parser_id */
	uint8_t source;		/* enum signalling_source */
	uint32_t ppid;		/* SCTP payload protocol identifier */
	uint16_t port;		/* of the core's end */
	uint8_t setup, path_switch, context_release;	/* codes of procedures */
	uint8_t private_message;	/* its elements are framed in another way: not walked */
	const struct ap_procedure *procedures;
	unsigned n_procedures;
	/** Reads an element of the message's list, from `ie->value` on. */
	void (*read)(struct ap *a, struct ap_ie *ie);
};

/* Parser state; zeroed at first. */
struct ap_state {
	uint8_t messages;	/* that wrote fields, up to a bound */
	uint8_t ran_end;	/* of the flow's key, + 1; 0: not known yet */
};

enum probe_result ap_probe(const struct ap_protocol *protocol, const struct parse *p,
    struct cursor in, bool on_port);
enum parse_result ap_parse(const struct ap_protocol *protocol, struct parse *p, struct cursor *in);

/* A list of elements: SEQUENCE (SIZE (low..high)) OF ProtocolIE-Field. */
struct ap_list {
	struct per in;
	uint32_t left;
	bool additions;		/* something comes behind it */
};
/** protocolIEs of a message or a transfer: the first component of an extensible SEQUENCE. */
struct ap_list ap_container(struct per *in);
/** The next element; false at the end and when it is not all there (see list->in). */
bool ap_next(struct ap_list *list, struct ap_ie *ie);
/** iE-Extensions: ProtocolExtensionContainer. */
void ap_skip_extensions(struct per *p);
/** What is behind the root of a SEQUENCE, by the bits of its preamble. */
void ap_skip_rest(struct per *p, bool extensions, bool additions);

/* Values. Those that are bad leave the mark in `p` and change nothing else. */
void ap_read_core_id(struct ap *a, struct per *p, uint64_t high);
void ap_read_ran_id(struct ap *a, struct per *p, uint64_t high);
/** ResetType is reset-all: all sessions of the two nodes end. */
void ap_reset_all(struct ap *a);
/** One UE context of a partial reset; ids + 1, 0: not said. */
void ap_reset_context(struct ap *a, uint64_t core_id, uint64_t ran_id);
/** Cause: how many alternatives, whether there is an extension marker, and how many values
 * radioNetwork and misc have in their root. */
struct ap_causes {
	uint8_t groups, radio, misc;
	bool extensible;
};
void ap_read_cause(struct ap *a, struct per *p, const struct ap_causes *causes);
void ap_read_masked_imeisv(struct ap *a, struct per *p);
/** TransportLayerAddress and GTP-TEID: an end of `kind` (enum signalling_end_kind). */
void ap_read_tunnel(struct ap *a, struct per *p, uint8_t kind, unsigned bearer);
/** TransportLayerAddress; false when it has no form of TS 36.414, 5.3 or TS 38.414, 5.3. */
struct ap_address {
	struct addr node[2];
	unsigned n;
};
bool ap_read_address(struct per *p, struct ap_address *at);
void ap_add_ends(struct ap *a, const struct ap_address *at, uint32_t teid, uint8_t kind,
    unsigned bearer);
/** TAI with `tac_octets` of tracking area code. */
void ap_read_tai(struct ap *a, struct per *p, unsigned tac_octets);
/** EUTRAN-CGI, NR-CGI: PLMN and `bits` of cell identity. */
void ap_read_cell(struct ap *a, struct per *p, uint8_t kind, unsigned bits);
uint32_t ap_read_plmn(struct per *p);
/** Of the node: ENBname, MMEname, RANNodeName, AMFName. */
void ap_read_name(struct ap *a, struct per *p);
/** A bearer or PDU session that ends. */
void ap_bearer_gone(struct ap *a, unsigned bearer);
/** All of a message that is not written while it is read. */
void ap_put_fields(const struct ap *a);
#endif
