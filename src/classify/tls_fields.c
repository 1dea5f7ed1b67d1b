/* SPDX-License-Identifier: Apache-2.0 */
/* tls_fields.c - writes hellos and certificates as tls.* fields, whoever carried them. */
#include <string.h>

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "classify/tls.h"
#include "classify/x509.h"

static field_id
id_of(enum tls_field row)
{
	return FIELD_ID(PARSER_tls, row);
}

/* What knowledge is asked with is kept as the text that indicators are written in. */
static void
write_hex(struct parse *p, enum tls_field row, const uint8_t *octets, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	char text[2 * SHA256_DIGEST_SIZE];

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digit[octets[i] >> 4];
		text[2 * i + 1] = digit[octets[i] & 15];
	}
	parse_text(p, id_of(row), text, 2 * len);
}

static void
write_version(struct parse *p, enum tls_field row, uint16_t version)
{
	const char *text = tls_version_text(version);

	if (text != NULL)
		parse_text(p, id_of(row), text, strlen(text));
}

static void
write_alpn(struct parse *p, struct cursor list)
{
	for (int i = 0; i < TLS_ALPN_MAX && cur_left(&list) != 0; i++) {
		struct cursor name = cur_sub(&list, cur_u8(&list));
		uint8_t first = cur_peek(&name, 0);

		if (list.short_read)
			return;
		if (cur_left(&name) == 2 && tls_is_grease((uint16_t)(first << 8 | cur_peek(&name, 1))))
			continue;	/* RFC 8701, 2 */
		if (cur_left(&name) != 0)
			parse_cursor(p, id_of(TLS_ALPN), name);
	}
}

void
tls_write_client_hello(struct parse *p, const struct tls_hello *h)
{
	uint8_t md5[JA3_OCTETS];
	char ja4[JA4_TEXT];

	if (cur_left(&h->server_name) != 0)
		parse_cursor(p, id_of(TLS_SNI), h->server_name);
	write_alpn(p, h->alpn);
	if (h->ech)
		parse_uint(p, id_of(TLS_ECH), 1);
	if (!h->complete)
		return;		/* the versions may stand in what was cut */
	write_version(p, TLS_CLIENT_VERSION, h->version);
	ja3_client(h, md5);
	write_hex(p, TLS_JA3, md5, sizeof(md5));
	if (ja4_client(h, ja4))
		parse_text(p, id_of(TLS_JA4), ja4, sizeof(ja4));
}

void
tls_write_server_hello(struct parse *p, const struct tls_hello *h)
{
	uint8_t cipher[2] = { (uint8_t)(h->cipher >> 8), (uint8_t)h->cipher };
	uint8_t md5[JA3_OCTETS];

	if (!h->complete)
		return;
	write_version(p, TLS_VERSION, h->version);
	parse_text(p, id_of(TLS_CIPHER), cipher, sizeof(cipher));
	if (h->retry)
		return;
	write_alpn(p, h->alpn);
	ja3_server(h, md5);
	parse_text(p, id_of(TLS_JA3S), md5, sizeof(md5));
}

static void
write_name(struct parse *p, enum tls_field row, struct cursor name)
{
	char text[X509_NAME_TEXT_MAX];
	size_t len = x509_name_text(name, text);

	if (len != 0)
		parse_text(p, id_of(row), text, len);
}

static void
write_alt_names(struct parse *p, struct cursor alt_names)
{
	char text[X509_NAME_TEXT_MAX];
	size_t len, n = 0;

	while ((len = x509_alt_name_next(&alt_names, text)) != 0)
		if (n++ < TLS_SAN_MAX)
			parse_text(p, id_of(TLS_CERT_SAN), text, len);
	if (n > TLS_SAN_MAX)
		parse_uint(p, id_of(TLS_CERT_SAN_COUNT), n);
}

static void
write_sha256(struct parse *p, enum tls_field row, struct cursor der)
{
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&sha);
	sha256_update(&sha, cur_left(&der), der.at);
	sha256_digest(&sha, sizeof(digest), digest);
	write_hex(p, row, digest, sizeof(digest));
}

static void
write_sha1(struct parse *p, enum tls_field row, struct cursor der)
{
	struct sha1_ctx sha;
	uint8_t digest[SHA1_DIGEST_SIZE];

	sha1_init(&sha);
	sha1_update(&sha, cur_left(&der), der.at);
	sha1_digest(&sha, sizeof(digest), digest);
	write_hex(p, row, digest, sizeof(digest));
}

static void
write_server_certificate(struct parse *p, const struct x509 *cert)
{
	char text[X509_NAME_TEXT_MAX];
	size_t len = x509_common_name(cert->subject, text);

	write_name(p, TLS_CERT_SUBJECT, cert->subject);
	write_name(p, TLS_CERT_ISSUER, cert->issuer);
	if (len != 0)
		parse_text(p, id_of(TLS_CERT_CN), text, len);
	write_alt_names(p, cert->alt_names);
	if (cert->not_before_s != 0)
		parse_uint(p, id_of(TLS_CERT_NOT_BEFORE), cert->not_before_s);
	if (cert->not_after_s != 0)
		parse_uint(p, id_of(TLS_CERT_NOT_AFTER), cert->not_after_s);
}

void
tls_write_certificate(struct parse *p, struct cursor der, bool of_server)
{
	struct x509 cert;
	bool readable = x509_parse(&cert, der) == 0;

	if (cur_left(&der) == 0)
		return;
	/* The hashes say which certificate it was even when we cannot read it, and come first
	 * so that a record full of names does not lose them. */
	if (of_server) {
		write_sha1(p, TLS_CERT_SHA1, der);
		write_sha256(p, TLS_CERT_SHA256, der);
		if (readable)
			write_server_certificate(p, &cert);
		return;
	}
	write_sha256(p, TLS_CLIENT_CERT_SHA256, der);
	if (readable) {
		write_name(p, TLS_CLIENT_CERT_SUBJECT, cert.subject);
		write_name(p, TLS_CLIENT_CERT_ISSUER, cert.issuer);
	}
}
