/* SPDX-License-Identifier: Apache-2.0 */
/* x509.h - the few things we want of a certificate (RFC 5280), without trusting a length. */
#ifndef PICKET_CLASSIFY_X509_H
#define PICKET_CLASSIFY_X509_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cursor.h"

/* Cursors borrow from the certificate. */
struct x509 {
	struct cursor issuer, subject;	/* RDNSequence, for x509_name_text() */
	struct cursor alt_names;	/* GeneralNames, for x509_alt_name_next() */
	uint64_t not_before_s, not_after_s;	/* since the Unix epoch; 0: unreadable or earlier */
};

enum { X509_NAME_TEXT_MAX = 256 };

/**
 * Walk the DER of one certificate. Signatures are not checked: a passive observer records
 * what was shown.
 *
 * 0, or -EINVAL when it is not a certificate or was cut before its subject.
 */
int x509_parse(struct x509 *cert, struct cursor der);

/**
 * Write the CN, O and OU of a name as "CN=x, O=y" in their order. Text of 16-bit strings
 * becomes UTF-8; no escapes are added. What exceeds the buffer is left out, whole part by
 * whole part. Returns the length; 0 when it has none of them. No closing NUL.
 */
size_t x509_name_text(struct cursor name, char text[static X509_NAME_TEXT_MAX]);

/** The last (most specific) CN of a name, as above; 0 when it has none. */
size_t x509_common_name(struct cursor name, char text[static X509_NAME_TEXT_MAX]);

/** Step to the next DNS name or address (as text) among the alternative names; other kinds
 * are passed over. Returns its length, 0 at the end. */
size_t x509_alt_name_next(struct cursor *alt_names, char text[static X509_NAME_TEXT_MAX]);

#endif
