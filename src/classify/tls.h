/* SPDX-License-Identifier: Apache-2.0 */
/* tls.h - the tls.* fields, and how TLS, DTLS and QUIC write them alike. */
#ifndef PICKET_CLASSIFY_TLS_H
#define PICKET_CLASSIFY_TLS_H

#include "classify/parser.h"
#include "classify/tls_hello.h"

/* Rows of the field table in tls.c, in its order. */
enum tls_field {
	TLS_SNI, TLS_ALPN, TLS_VERSION, TLS_CLIENT_VERSION, TLS_CIPHER, TLS_JA3, TLS_JA4,
	TLS_JA3S, TLS_ECH, TLS_ALERT_CODE, TLS_CERT_SUBJECT, TLS_CERT_ISSUER, TLS_CERT_CN,
	TLS_CERT_SAN, TLS_CERT_SAN_COUNT, TLS_CERT_SHA1, TLS_CERT_SHA256, TLS_CERT_NOT_BEFORE,
	TLS_CERT_NOT_AFTER, TLS_CLIENT_CERT_SUBJECT, TLS_CLIENT_CERT_ISSUER,
	TLS_CLIENT_CERT_SHA256, TLS_FIELD_N
};

enum {
	TLS_ALPN_MAX = 8,	/* names written of one list; more are passed over */
	TLS_SAN_MAX = 24	/* alternative names written of one certificate; tls.cert.san_count says of how many */
};

/** Write what a ClientHello says. Of one that is not complete: no fingerprints. */
void tls_write_client_hello(struct parse *p, const struct tls_hello *h);
/** Write what a ServerHello says; of a HelloRetryRequest only version and cipher. */
void tls_write_server_hello(struct parse *p, const struct tls_hello *h);
/** Write the leaf certificate of the server, or of the client. */
void tls_write_certificate(struct parse *p, struct cursor der, bool of_server);

/** Which end of the flow's key sends: an index that stays when the initiator is found to be
 * the other end. */
static inline unsigned
tls_sender(const struct parse *p)
{
	return p->flow == NULL ? (unsigned)p->dir : flow_end_index(p->flow, p->dir);
}

/** The one who accepts the session sent what an initiator sends. A TCP handshake that was seen
 * is the better proof: TLS clients may well answer a connection (FTP does). */
static inline void
tls_say_reversed(struct parse *p)
{
	if (p->flow == NULL || !(p->flow->flags & (FLOW_SYN_SEEN | FLOW_SYN_ACK_SEEN)))
		p->reversed = true;
}

#endif
