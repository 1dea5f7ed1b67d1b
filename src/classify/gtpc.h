/* SPDX-License-Identifier: Apache-2.0 */
/* gtpc.h - GTP-C from the inside: what gtpc.c asks of the two versions, and values that both
 * code alike. GTPv1-C: TS 29.060. GTPv2-C: TS 29.274. */
#ifndef PICKET_CLASSIFY_GTPC_H
#define PICKET_CLASSIFY_GTPC_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"
#include "signalling.h"

/* A message type: what it does to sessions, by the protocol's number. */
struct gtpc_type {
	uint8_t number;
	uint8_t act;		/* enum signalling_act */
	uint8_t phase;		/* enum signalling_phase */
	const char *name;	/* "create_session_request" */
};

/* A message whose header was read. `ies` borrows from the datagram. */
struct gtpc_message {
	const struct gtpc_type *type;	/* NULL: a type we do not know */
	uint8_t version;
	bool piggybacked;	/* another message follows (TS 29.274, 5.5.1) */
	uint32_t teid;		/* of the header, chosen by the receiver; 0: none */
	uint32_t sequence;
	struct cursor ies;
};

enum gtpc_header {
	GTPC_HEADER_OK,
	GTPC_HEADER_CUT,	/* claims more octets than there are */
	GTPC_HEADER_BAD		/* of another protocol or version */
};

/* One reading of a message into one struct signalling. A message about several PDN connections
 * (context transfer) is read once for each of them. */
struct gtpc_reading {
	const struct gtpc_message *message;
	struct signalling *s;
	unsigned pdn;		/* which PDN connection or PDP context to read, from 0 */
	unsigned n_pdns;	/* how many the message has */
	uint8_t pdn_type;	/* enum gtpc_pdn_type */
	bool broken;		/* a value shorter than its kind must be; the rest was read */
	struct cursor uli;	/* as sent; empty: none */
};

/* PDN type by the numbers of TS 29.274, 8.34. */
enum gtpc_pdn_type { PDN_NONE, PDN_IPV4, PDN_IPV6, PDN_IPV4V6, PDN_NON_IP, PDN_ETHERNET };

/** Step over one message and its header; fills `m`. */
enum gtpc_header gtpv1c_header(struct cursor *in, struct gtpc_message *m);
enum gtpc_header gtpv2c_header(struct cursor *in, struct gtpc_message *m);
/** Do the information elements add up to the message, and are all of them assigned?
 * *n: how many there are. Pure. */
bool gtpv1c_sound(const struct gtpc_message *m, unsigned *n);
bool gtpv2c_sound(const struct gtpc_message *m, unsigned *n);
/** Read all information elements. False when their lengths do not add up: nothing is told. */
bool gtpv1c_read(struct gtpc_reading *r);
bool gtpv2c_read(struct gtpc_reading *r);
/** Name of an F-TEID interface type (TS 29.274, 8.22); NULL for one that is not assigned. */
const char *gtpv2c_interface_name(uint8_t interface);

/* Values (gtpc_value.c). Each returns false when the value is too short, or too long, to be one;
 * one that is whole but says nothing (all zero, not decimal) is not told, and true. What was
 * told first stays. */
bool gtpc_read_imsi(struct cursor in, struct signalling *s);
bool gtpc_read_imei(struct cursor in, struct signalling *s);
bool gtpc_read_msisdn(struct cursor in, struct signalling *s);
bool gtpc_read_apn(struct cursor in, struct signalling *s);
/** A whole IPv4 or IPv6 address of a node. */
bool gtpc_read_node(struct cursor in, struct addr *node);
/** A device's addresses: IPv4, the /64 of an IPv6 address, or IPv4 then IPv6; by length. */
bool gtpc_read_ue(struct cursor in, struct signalling *s);
/** IPv6 prefix of `len` bits in 16 octets, whose other bits do not count. */
bool gtpc_read_prefix(struct cursor *in, uint8_t len, struct signalling *s);

#endif
