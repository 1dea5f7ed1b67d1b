/* SPDX-License-Identifier: Apache-2.0 */
/* nas.h - non-access-stratum messages of EPS (TS 24.301) and 5GS (TS 24.501), as S1AP and NGAP
 * carry them: IMSI, IMEI, APN or DNN, PDN or PDU address, where they are not ciphered.
 *
 * A message under a security header that says "ciphered" may still be plain: networks with EEA0
 * or NEA0, mostly of tests. Its octets are taken for a message only when they are one of
 * those read here and nothing in it is unknown, too long or too short; then the field
 * nas.cipher says "null". Otherwise it yields nothing, and that is no fault of the message. */
#ifndef PICKET_CLASSIFY_NAS_H
#define PICKET_CLASSIFY_NAS_H

#include "ap.h"

enum nas_system { NAS_EPS, NAS_5GS };

/* Fields of parser s1ap, which NGAP writes, too. */
enum nas_field {
	NAS_MESSAGE = AP_FIELDS, NAS_IMSI, NAS_IMEI, NAS_APN, NAS_ADDRESS, NAS_CIPHER, NAS_FIELDS
};
#define NAS_FIELD_ROWS									\
	[NAS_MESSAGE] = { "nas.message", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,	\
	    "attach-request, security-mode-complete, registration-request ..." },	\
	[NAS_IMSI] = { "nas.imsi", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMSI, NULL,	\
	    "of an EPS mobile identity, or a SUCI under the null scheme" },		\
	[NAS_IMEI] = { "nas.imei", FIELD_TEXT, MATCH_NONE, FIELD_MANY | FIELD_IMEI, NULL,	\
	    "IMEI or IMEISV as the module told it" },					\
	[NAS_APN] = { "nas.apn", FIELD_TEXT, MATCH_NONE, FIELD_MANY, NULL,		\
	    "APN or DNN" },								\
	[NAS_ADDRESS] = { "nas.address", FIELD_IP, MATCH_NONE, FIELD_MANY, NULL,	\
	    "IPv4 address given to the device; of IPv6 NAS tells no prefix" },		\
	[NAS_CIPHER] = { "nas.cipher", FIELD_TEXT, MATCH_NONE, 0, NULL,			\
	    "null: messages marked as ciphered were in clear (EEA0, NEA0)" },

/**
 * Read one NAS PDU into `s` and, when `fields` is not NULL, into fields.
 *
 * False when a message that is in clear is against its specification; then nothing of it
 * is told.
 */
bool nas_read(enum nas_system system, struct cursor pdu, struct parse *fields,
    struct signalling *s);

#endif
