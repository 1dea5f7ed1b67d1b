/* SPDX-License-Identifier: Apache-2.0 */
/* tls_hello.h - what a ClientHello or ServerHello says, however it travelled: TLS records,
 * DTLS fragments or QUIC CRYPTO frames. Pure functions; nothing here keeps or writes. */
#ifndef PICKET_CLASSIFY_TLS_HELLO_H
#define PICKET_CLASSIFY_TLS_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "cursor.h"

enum {	/* handshake types, RFC 8446, 4 and RFC 5246, 7.4 */
	TLS_CLIENT_HELLO = 1,
	TLS_SERVER_HELLO = 2,
	TLS_HELLO_VERIFY_REQUEST = 3,	/* DTLS, RFC 6347, 4.2.1 */
	TLS_NEW_SESSION_TICKET = 4,
	TLS_CERTIFICATE = 11,
	TLS_SERVER_KEY_EXCHANGE = 12,
	TLS_CERTIFICATE_REQUEST = 13,
	TLS_SERVER_HELLO_DONE = 14,
	TLS_CLIENT_KEY_EXCHANGE = 16,
	TLS_CERTIFICATE_STATUS = 22
};

enum {	/* content types, RFC 8446, 5.1 and RFC 9146, 3 */
	TLS_CHANGE_CIPHER_SPEC = 20,
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
	TLS_HEARTBEAT = 24,
	TLS_CID = 25
};

enum {
	TLS_1_3 = 0x0304,
	DTLS_1_3 = 0xfefc,
	/* A handshake message of more octets than this is refused: none that we read is. */
	TLS_MESSAGE_MAX = 16384
};

enum tls_transport { TLS_OVER_TCP, TLS_OVER_DTLS, TLS_OVER_QUIC };

/* Every cursor borrows from the message; one that is empty was not there or not well formed. */
struct tls_hello {
	enum tls_transport transport;
	uint16_t legacy_version;	/* as in the body */
	uint16_t version;	/* client: the highest offered; server: chosen. Never GREASE */
	uint16_t cipher;	/* server: chosen */
	struct cursor ciphers;	/* client: 16-bit code points */
	struct cursor extensions;	/* the whole block, for tls_extension_next() */
	struct cursor server_name;	/* the first host_name */
	struct cursor alpn;	/* names, each with a length octet before it */
	struct cursor groups;	/* 16-bit */
	struct cursor point_formats;	/* 8-bit */
	struct cursor signature_algorithms;	/* 16-bit */
	bool has_server_name;	/* the extension is there, maybe empty */
	bool ech;		/* encrypted_client_hello, real or GREASE */
	bool retry;		/* server: it is a HelloRetryRequest */
	bool complete;		/* the message was whole and its lengths added up */
};

/**
 * Read the body of a ClientHello (RFC 8446, 4.1.2; RFC 6347, 4.2.1 with a cookie).
 *
 * 0, or -EINVAL when it is not one or was cut: then `complete` is false and `h` holds what
 * could be read up to there.
 */
int tls_client_hello(struct tls_hello *h, struct cursor body, enum tls_transport transport);

/** The same for a ServerHello (RFC 8446, 4.1.3). */
int tls_server_hello(struct tls_hello *h, struct cursor body, enum tls_transport transport);

/** Step to the next extension of a block. False at the end, or when one claims too much. */
bool tls_extension_next(struct cursor *block, uint16_t *type, struct cursor *body);

/** One of the 16 reserved values of RFC 8701, that say nothing of the client. */
static inline bool
tls_is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/** "TLS 1.2", "DTLS 1.0" ...; NULL when there is no such version. */
const char *tls_version_text(uint16_t version);

/** The version negotiated by this hello ends what is visible of the handshake. */
static inline bool
tls_hides_certificate(uint16_t version)
{
	/* 0x7fNN: drafts of TLS 1.3 (RFC 8446, 4.2.1 reserves them). */
	return version == TLS_1_3 || version == DTLS_1_3 || version >> 8 == 0x7f;
}

enum { JA3_OCTETS = 16, JA4_TEXT = 36 };

/** JA3 (salesforce/ja3): MD5 over version, ciphers, extensions, groups and point formats, in
 * decimal and in their order, GREASE left out. Fills `md5`. */
void ja3_client(const struct tls_hello *h, uint8_t md5[static JA3_OCTETS]);
/** JA3S: MD5 over version, cipher and extensions of a ServerHello. Fills `md5`. */
void ja3_server(const struct tls_hello *h, uint8_t md5[static JA3_OCTETS]);

/**
 * JA4 (FoxIO-LLC/ja4, technical_details/JA4.md): fills `text`, without a closing NUL.
 *
 * False when the hello names more ciphers or extensions than any client does (256, 128): a
 * print over a part of them would be the print of something else.
 */
bool ja4_client(const struct tls_hello *h, char text[static JA4_TEXT]);

#endif
