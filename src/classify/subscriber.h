/* SPDX-License-Identifier: Apache-2.0 */
/* subscriber.h - who a subscriber and what a module is, in the words of PFCP, RADIUS and
 * others: numbers with the right count of digits, NAI, SUPI, GPSI, PEI, MAC.
 *
 * What does not hold is not said: fields that nobody filled are sent as zeros, and digits
 * that are no IMSI must not become one. */
#ifndef PICKET_CLASSIFY_SUBSCRIBER_H
#define PICKET_CLASSIFY_SUBSCRIBER_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"
#include "digits.h"

struct signalling;

/* Each sets the number and returns true, or leaves what there was and returns false: DIGITS_NONE,
 * all zeros, or a count of digits that it cannot have. */
/** 6 to 15 digits (TS 23.003, 2.2). */
bool subscriber_set_imsi(struct signalling *s, digits imsi);
/** 14 to 16 digits (TS 23.003, 6.2): IMEI with or without its last digit, or IMEISV. */
bool subscriber_set_imei(struct signalling *s, digits imei);
/** 5 to 15 digits (E.164, 6; short numbers of private networks are no MSISDN). */
bool subscriber_set_msisdn(struct signalling *s, digits msisdn);
/** Not zero, not multicast. */
bool subscriber_set_mac(struct signalling *s, const uint8_t mac[6]);

/**
 * The IMSI in a Network Access Identifier, DIGITS_NONE when there is none.
 *
 * Forms: [0|1|6]<IMSI>@[...]mnc<MNC>.mcc<MCC>.3gppnetwork.org (TS 23.003, 14.3, 19.3.2; the
 * first digit names EAP-AKA, EAP-SIM, EAP-AKA'). The realm must be the home network of the
 * IMSI; digits before any other realm are a user name and prove nothing.
 */
digits subscriber_imsi_of_nai(struct cursor nai);

/** "imsi-<IMSI>" or a NAI (TS 29.571, 5.3.2, Supi). False: neither. */
bool subscriber_set_supi(struct signalling *s, struct cursor supi);
/** "msisdn-<MSISDN>" (TS 29.571, 5.3.2, Gpsi). */
bool subscriber_set_gpsi(struct signalling *s, struct cursor gpsi);
/** "imei-", "imeisv-", "mac-" with "aa-bb-cc-dd-ee-ff" (TS 29.571, 5.3.2, Pei; TS 23.003, 6.4). */
bool subscriber_set_pei(struct signalling *s, struct cursor pei);

/** Twelve hexadecimal digits in pairs or fours with '-', ':' or '.' between, or none (RFC 3580,
 * 3.21); what comes behind after a ':' or space, such as an SSID, is left out. Digits
 * alone may as well be a telephone number: the caller knows. */
bool subscriber_mac_of_text(struct cursor text, uint8_t mac[6]);

#endif
