/* SPDX-License-Identifier: Apache-2.0 */
/* tls_hello.c - reads ClientHello and ServerHello, the same for TLS, DTLS and QUIC. */
#include <errno.h>
#include <string.h>

#include "classify/tls_hello.h"

enum {	/* IANA TLS ExtensionType Values */
	EXT_SERVER_NAME = 0,		/* RFC 6066, 3 */
	EXT_SUPPORTED_GROUPS = 10,	/* RFC 8422, 5.1.1 */
	EXT_POINT_FORMATS = 11,		/* RFC 8422, 5.1.2 */
	EXT_SIGNATURE_ALGORITHMS = 13,	/* RFC 8446, 4.2.3 */
	EXT_ALPN = 16,			/* RFC 7301, 3.1 */
	EXT_SUPPORTED_VERSIONS = 43,	/* RFC 8446, 4.2.1 */
	EXT_ECH = 0xfe0d,		/* draft-ietf-tls-esni-13 and later */
	EXT_ESNI = 0xffce		/* its forerunner, draft-ietf-tls-esni-02 */
};

enum { RANDOM_OCTETS = 32, SESSION_ID_MAX = 32 };

/* The `random` that makes a ServerHello a HelloRetryRequest (RFC 8446, 4.1.3). */
static const uint8_t retry_random[RANDOM_OCTETS] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
	0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2,
	0xc8, 0xa8, 0x33, 0x9c
};

static const struct {
	uint16_t version;
	const char *text;
} version_texts[] = {
	{ 0x0002, "SSL 2.0" },
	{ 0x0300, "SSL 3.0" },
	{ 0x0301, "TLS 1.0" },
	{ 0x0302, "TLS 1.1" },
	{ 0x0303, "TLS 1.2" },
	{ TLS_1_3, "TLS 1.3" },
	{ 0x0100, "DTLS 1.0" },	/* before RFC 4347, still spoken by some VPNs */
	{ 0xfeff, "DTLS 1.0" },
	{ 0xfefd, "DTLS 1.2" },
	{ DTLS_1_3, "DTLS 1.3" },
};

const char *
tls_version_text(uint16_t version)
{
	if (version >> 8 == 0x7f)
		return "TLS 1.3";	/* a draft of it */
	for (size_t i = 0; i < sizeof(version_texts) / sizeof(version_texts[0]); i++)
		if (version_texts[i].version == version)
			return version_texts[i].text;
	return NULL;
}

/* How new a version is, for comparing: DTLS counts downwards (RFC 6347, 4.1). */
static unsigned
version_rank(uint16_t version)
{
	if (version >> 8 == 0xfe)
		return 0x0400u + (0xffu - (version & 0xff));
	if (version >> 8 == 0x7f)
		return TLS_1_3;
	return version;
}

bool
tls_extension_next(struct cursor *block, uint16_t *type, struct cursor *body)
{
	if (cur_left(block) == 0)
		return false;
	*type = cur_be16(block);
	*body = cur_sub(block, cur_be16(block));
	return !block->short_read;
}

/* A list with a length before it; empty when it does not fill the extension. */
static struct cursor
whole_list(struct cursor body, unsigned length_octets)
{
	size_t len = length_octets == 2 ? cur_be16(&body) : cur_u8(&body);
	struct cursor list = cur_sub(&body, len);

	if (body.short_read || cur_left(&body) != 0)
		return cursor_over(NULL, 0);
	return list;
}

static struct cursor
first_host_name(struct cursor body)
{
	struct cursor list = cur_sub(&body, cur_be16(&body));

	while (!list.short_read && cur_left(&list) != 0) {
		uint8_t type = cur_u8(&list);
		struct cursor name = cur_sub(&list, cur_be16(&list));

		if (type == 0 && !list.short_read)	/* host_name(0) is the only type there is */
			return name;
	}
	return cursor_over(NULL, 0);
}

static uint16_t
highest_version(struct cursor list)
{
	uint16_t best = 0;

	while (cur_left(&list) >= 2) {
		uint16_t version = cur_be16(&list);

		if (!tls_is_grease(version) && tls_version_text(version) != NULL
		    && (best == 0 || version_rank(version) > version_rank(best)))
			best = version;
	}
	return best;
}

static void
read_client_extension(struct tls_hello *h, uint16_t type, struct cursor body)
{
	uint16_t version;

	switch (type) {
	case EXT_SERVER_NAME:
		h->has_server_name = true;
		h->server_name = first_host_name(body);
		break;
	case EXT_SUPPORTED_GROUPS:
		h->groups = whole_list(body, 2);
		break;
	case EXT_POINT_FORMATS:
		h->point_formats = whole_list(body, 1);
		break;
	case EXT_SIGNATURE_ALGORITHMS:
		h->signature_algorithms = whole_list(body, 2);
		break;
	case EXT_ALPN:
		h->alpn = whole_list(body, 2);
		break;
	case EXT_SUPPORTED_VERSIONS:
		version = highest_version(whole_list(body, 1));
		if (version != 0)
			h->version = version;
		break;
	case EXT_ECH:
	case EXT_ESNI:
		h->ech = true;
		break;
	default:
		break;
	}
}

static void
read_server_extension(struct tls_hello *h, uint16_t type, struct cursor body)
{
	if (type == EXT_ALPN)
		h->alpn = whole_list(body, 2);
	else if (type == EXT_SUPPORTED_VERSIONS && cur_left(&body) == 2)
		h->version = cur_be16(&body);
}

/* The block is optional (RFC 5246, 7.4.1.2): a hello may end before it. */
static int
read_extensions(struct tls_hello *h, struct cursor *body, bool cut,
    void (*read)(struct tls_hello *h, uint16_t type, struct cursor body))
{
	struct cursor block, content;
	uint16_t type;

	if (body->short_read)
		return -EINVAL;
	if (cur_left(body) == 0) {
		h->complete = !cut;
		return cut ? -EINVAL : 0;
	}
	block = cur_sub(body, cur_be16(body));
	h->extensions = block;
	block.short_read = false;	/* of a cut block, read what is there */
	while (tls_extension_next(&block, &type, &content))
		read(h, type, content);
	h->complete = !cut && !block.short_read && !body->short_read && cur_left(body) == 0;
	return h->complete ? 0 : -EINVAL;
}

static bool
version_fits(uint16_t version, enum tls_transport transport)
{
	if (transport == TLS_OVER_DTLS)
		return version >> 8 == 0xfe || version == 0x0100;
	return version >> 8 == 3;
}

int
tls_client_hello(struct tls_hello *h, struct cursor body, enum tls_transport transport)
{
	bool cut = body.short_read;	/* it comes from more than there was */
	size_t session_id_len;

	body.short_read = false;
	*h = (struct tls_hello){ .transport = transport };
	h->legacy_version = h->version = cur_be16(&body);
	cur_skip(&body, RANDOM_OCTETS);
	session_id_len = cur_u8(&body);
	cur_skip(&body, session_id_len);
	if (transport == TLS_OVER_DTLS)
		cur_skip(&body, cur_u8(&body));	/* cookie */
	if (!version_fits(h->legacy_version, transport) || session_id_len > SESSION_ID_MAX)
		return -EINVAL;
	h->ciphers = cur_sub(&body, cur_be16(&body));
	if (cur_left(&h->ciphers) % 2 != 0 || cur_left(&h->ciphers) == 0)
		return -EINVAL;
	cur_skip(&body, cur_u8(&body));		/* compression methods */
	return read_extensions(h, &body, cut, read_client_extension);
}

int
tls_server_hello(struct tls_hello *h, struct cursor body, enum tls_transport transport)
{
	bool cut = body.short_read;
	const uint8_t *random;
	size_t session_id_len;

	body.short_read = false;
	*h = (struct tls_hello){ .transport = transport };
	h->legacy_version = h->version = cur_be16(&body);
	random = cur_take(&body, RANDOM_OCTETS);
	/* Drafts of TLS 1.3 up to 21 put the draft's number here and no session id. */
	if (h->legacy_version >> 8 != 0x7f) {
		if (!version_fits(h->legacy_version, transport))
			return -EINVAL;
		session_id_len = cur_u8(&body);
		cur_skip(&body, session_id_len);
		if (session_id_len > SESSION_ID_MAX)
			return -EINVAL;
	}
	h->cipher = cur_be16(&body);
	if (h->legacy_version >> 8 != 0x7f)
		cur_skip(&body, 1);		/* compression method */
	if (random == NULL || body.short_read)
		return -EINVAL;
	h->retry = memcmp(random, retry_random, sizeof(retry_random)) == 0;
	return read_extensions(h, &body, cut, read_server_extension);
}
