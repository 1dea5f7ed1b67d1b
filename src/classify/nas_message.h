/* SPDX-License-Identifier: Apache-2.0 */
/* nas_message.h - how NAS messages are read: tables of messages and of their optional elements
 * (TS 24.007, 11.2). Between nas.c, nas_eps.c and nas_5gs.c. */
#ifndef PICKET_CLASSIFY_NAS_MESSAGE_H
#define PICKET_CLASSIFY_NAS_MESSAGE_H

#include "nas.h"

enum { NAS_NAMES_MAX = 4, NAS_DEPTH_MAX = 3 };

/* A PDU while it is read: what it says is told when all of it was right. */
struct nas {
	bool strict;		/* it may be cipher text */
	bool bad;
	bool from_ran;
	unsigned depth;		/* messages within messages */
	const char *names[NAS_NAMES_MAX];
	unsigned n_names;
	digits imsi, imei;	/* DIGITS_NONE: not said */
	bool has_mac;
	uint8_t mac[6];
	struct cursor apn;	/* labels; empty: not said */
	bool apn_is_text;	/* a name with dots instead */
	struct addr ue;
	bool has_ue;
};

/* Format of an optional element. */
enum { NAS_HALF, NAS_TLV, NAS_TLVE, NAS_TV };	/* NAS_TV + n: n octets of value, no length */
struct nas_option {
	uint8_t iei;		/* of NAS_HALF: only the high half counts */
	uint8_t format;
};

struct nas_message {
	uint8_t type;
	const char *name;
	/** Mandatory elements; NULL: nothing of the message is read. */
	void (*read)(struct nas *n, struct cursor *in);
	/** One optional element; NULL: none is of interest. */
	void (*option)(struct nas *n, uint8_t iei, struct cursor value);
	const struct nas_option *options;
	size_t n_options;
};
#define NAS_OPTIONS(table) table, ARRAY_LEN(table)

/** A message, after its type. */
void nas_read_message(struct nas *n, const struct nas_message *table, size_t n_table,
    uint8_t type, struct cursor in);

/* The plain messages, from their protocol discriminator on. */
void nas_read_eps(struct nas *n, struct cursor in);
void nas_read_5gs(struct nas *n, struct cursor in);

/** A message sent again within another one: what is wrong with it does not spoil the outer. */
void nas_read_inner(struct nas *n, void (*read)(struct nas *n, struct cursor in),
    struct cursor in);

/* Elements. What is wrong with them sets n->bad. */
struct cursor nas_lv(struct cursor *in);
struct cursor nas_lve(struct cursor *in);
void nas_read_apn(struct nas *n, struct cursor value);
/** Digits of a mobile identity, its first octet included (TS 24.008, 10.5.1.4). */
digits nas_identity_digits(struct cursor value);
void nas_set_imsi(struct nas *n, digits imsi);
/** `most`: 15 for an IMEI, 16 for an IMEISV. */
void nas_set_imei(struct nas *n, digits imei, unsigned most);
/** PDN address, PDU address: type, interface identifier, IPv4 address; `tail` octets follow. */
void nas_read_address(struct nas *n, struct cursor value, size_t tail);

#endif
