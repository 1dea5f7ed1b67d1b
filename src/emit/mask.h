/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h - numbers of persons and SIMs as tokens (privacy.mask).
 *
 * A token is the start of an HMAC-SHA-256 (RFC 2104) over the number, keyed from a file: the
 * same number is always the same token, and without the key nobody can tell the number
 * by trying all. What names a network or a maker stays: MCC and MNC of an IMSI, the TAC. */
#ifndef PICKET_EMIT_MASK_H
#define PICKET_EMIT_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "digits.h"

struct config;
struct mask;		/* opaque: mask.c */

enum mask_kind { MASK_IMSI, MASK_MSISDN, MASK_IMEI, MASK_KIND_N };
enum { MASK_TEXT_MAX = 32 };	/* with the NUL */

/** From privacy.mask and privacy.key_file. 0 and *out, which is NULL when nothing is masked;
 * or -errno with a line in `err`: an unknown word, no key file, a key below 16 octets. */
int mask_new(struct mask **out, const struct config *cfg, char *err, size_t err_size);
void mask_free(struct mask *m);

/** The number as it may be written: itself when its kind is not masked (`m` may be NULL), else
 * "00101-" or "86650704-" and twelve hexadecimal digits, for an MSISDN the latter alone. IMEI
 * and IMEISV of one module have one token. Returns the length. */
size_t mask_number(const struct mask *m, enum mask_kind kind, digits number,
    char text[static MASK_TEXT_MAX]);

/** A run of digits somewhere in a text: what to write instead of it, its length; 0: write it as it
 * is. One of 14 to 16 is masked when anything but MSISDNs is: with a correct check digit, or of 14
 * or 16 digits, it is taken for an IMEI, else for an IMSI. One of 7 to 15 is taken for an
 * MSISDN where the text says that word (`says_msisdn`), as urn:imei-msisdn: does. Longer runs may
 * hold one of them: they become the word "masked". */
size_t mask_run(const struct mask *m, const void *octets, size_t len, bool says_msisdn,
    char text[static MASK_TEXT_MAX]);

#endif
