/* SPDX-License-Identifier: Apache-2.0 */
/* plain_identity.h - IMEI, IMSI and MSISDN in clear in what a device says over other protocols:
 * endpoint names of LwM2M, and MQTT, HTTP, CoAP. Pure.
 *
 * Digits are plentiful in telemetry: counters, times, card numbers. They are an IMEI only when
 * exactly 15 stand together, outside longer digits and hexadecimal, the check digit fits (TS
 * 23.003, Annex B), the first two are a reporting body's (GSMA TS.06), and either a word before
 * them says so or they are all there is. Without such a word one random string of 15 digits in
 * about 55 passes: test_plain_identity.c holds it to that. An IMSI has no check digit, so it
 * needs the word. */
#ifndef PICKET_CLASSIFY_PLAIN_IDENTITY_H
#define PICKET_CLASSIFY_PLAIN_IDENTITY_H

#include <stdbool.h>

#include "cursor.h"
#include "digits.h"

enum { PLAIN_TEXT_MAX = 512 };	/* octets of a text that are looked at */

/* DIGITS_NONE: not said. */
struct plain_identity {
	digits imei, imsi, msisdn;
};

/** The endpoint client name of LwM2M: urn:imei:, urn:imei-msisdn:, urn:imei-imsi:, urn:imsi:,
 * urn:msisdn: (OMA LwM2M Core, 7.4.1; the third is CTWing's), "IMEI;IMSI" (OneNET), or a bare
 * IMEI. In a urn the check digit may be any. False, and nothing said, for all others. */
bool plain_identity_of_endpoint(struct plain_identity *id, struct cursor name);

/** Any other text of a device: the first IMEI and the first IMSI in it. False: none, or a query
 * `ep=` of LwM2M, whose endpoint name is read above. */
bool plain_identity_in_text(struct plain_identity *id, struct cursor text);

#endif
