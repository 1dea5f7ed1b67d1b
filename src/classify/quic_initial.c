/* SPDX-License-Identifier: Apache-2.0 */
/* quic_initial.c - long headers, Initial keys and packet protection of QUIC. */
#include <string.h>

#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>

#include "classify/quic_initial.h"
#include "macros.h"

enum { SALT_OCTETS = 20, SAMPLE_AT = 4, TAG_OCTETS = 16, NONCE_OCTETS = 12, CLIENT_DCID_MIN = 8 };

/* One generation of Initial protection. */
struct generation {
	uint8_t salt[SALT_OCTETS];
	const char *key, *iv, *header;	/* HKDF labels, without "tls13 " */
	uint8_t type_shift;	/* RFC 9369, 3.2: v2 counts packet types from 1 */
};

/* draft-ietf-quic-tls-21, 5.2; to draft 22 */
static const struct generation draft_21 = {
	{ 0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a, 0x96, 0xcd, 0x21, 0x51,
	  0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a },
	"quic key", "quic iv", "quic hp", 0
};
static const struct generation draft_23 = {	/* draft-ietf-quic-tls-23, 5.2; to draft 28 */
	{ 0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4,
	  0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02 },
	"quic key", "quic iv", "quic hp", 0
};
static const struct generation draft_29 = {	/* draft-ietf-quic-tls-29, 5.2; to draft 32 */
	{ 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61,
	  0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 },
	"quic key", "quic iv", "quic hp", 0
};
static const struct generation v1 = {		/* RFC 9001, 5.2 */
	{ 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8,
	  0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
	"quic key", "quic iv", "quic hp", 0
};
static const struct generation v2 = {		/* RFC 9369, 3.3 */
	{ 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26,
	  0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
	"quicv2 key", "quicv2 iv", "quicv2 hp", 1
};

/* Google's own with a TLS handshake inside (quiche: kT050Salt, kT051Salt). */
static const struct generation t050 = {
	{ 0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4c, 0x43, 0xa2,
	  0x36, 0x7c, 0x60, 0x48, 0x83, 0x10 },
	"quic key", "quic iv", "quic hp", 0
};
static const struct generation t051 = {
	{ 0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50, 0x6c, 0x19, 0x12, 0x4f,
	  0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d },
	"quic key", "quic iv", "quic hp", 0
};

static const struct {
	uint32_t version;
	const char *text;
	const struct generation *generation;
} versions[] = {
	{ 0x00000001, "v1", &v1 },
	{ 0x6b3343cf, "v2", &v2 },
	{ 0xff00001d, "draft-29", &draft_29 },
	{ 0xff00001e, "draft-30", &draft_29 },
	{ 0xff00001f, "draft-31", &draft_29 },
	{ 0xff000020, "draft-32", &draft_29 },
	{ 0xff000021, "draft-33", &v1 },
	{ 0xff000022, "draft-34", &v1 },
	{ 0xff000017, "draft-23", &draft_23 },
	{ 0xff000018, "draft-24", &draft_23 },
	{ 0xff000019, "draft-25", &draft_23 },
	{ 0xff00001a, "draft-26", &draft_23 },
	{ 0xff00001b, "draft-27", &draft_23 },
	{ 0xff00001c, "draft-28", &draft_23 },
	{ 0xff000015, "draft-21", &draft_21 },
	{ 0xff000016, "draft-22", &draft_21 },
	{ 0xfaceb001, "mvfst-1", &draft_21 },	/* facebook/mvfst, after draft 22 */
	{ 0xfaceb002, "mvfst-2", &draft_23 },	/* after draft 27 */
	{ 0x54303530, "T050", &t050 },
	{ 0x54303531, "T051", &t051 },
};

/* A version that a client makes up to have others offered (RFC 9000, 15) has no keys of its
 * own; clients use those of a version that they know. */
static const struct generation *const keys_of_greased[] = { &v1, &draft_29, &draft_23 };

const char *
quic_version_text(uint32_t version)
{
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (versions[i].version == version)
			return versions[i].text;
	return NULL;
}

static const struct generation *
generation_of(uint32_t version)
{
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (versions[i].version == version)
			return versions[i].generation;
	return quic_is_greased(version) ? keys_of_greased[0] : NULL;
}

uint64_t
quic_varint(struct cursor *in)
{
	uint8_t first = cur_u8(in);
	uint64_t value = first & 0x3f;

	for (int more = (1 << (first >> 6)) - 1; more > 0; more--)
		value = value << 8 | cur_u8(in);
	return value;
}

/*  1 1 T T x x x x | version 32 | DCID length 8, DCID | SCID length 8, SCID | by type:
 *  Initial: token length, token, length; 0-RTT and Handshake: length; Retry: the rest. */
bool
quic_packet_next(struct cursor *in, struct quic_packet *packet)
{
	struct cursor start = *in;
	uint8_t first = cur_peek(in, 0);
	uint64_t len;
	const struct generation *generation;

	if ((first & 0x80) == 0)	/* short, or the end */
		return false;
	cur_skip(in, 1);
	packet->version = cur_be32(in);
	packet->dcid = cur_sub(in, cur_u8(in));
	packet->scid = cur_sub(in, cur_u8(in));
	if (in->short_read || cur_left(&packet->dcid) > QUIC_CID_MAX
	    || cur_left(&packet->scid) > QUIC_CID_MAX)
		goto malformed;
	generation = generation_of(packet->version);
	packet->header = packet->payload = cursor_over(NULL, 0);
	packet->type = QUIC_NEGOTIATION;
	if (generation == NULL) {	/* negotiation (0), or not for us: the rest cannot be told apart */
		cur_skip(in, cur_left(in));
		return true;
	}
	if ((first & 0x40) == 0)
		goto malformed;
	packet->type = (enum quic_packet_type)(((first >> 4) - generation->type_shift) & 3);
	if (packet->type == QUIC_RETRY) {
		cur_skip(in, cur_left(in));
		return true;
	}
	if (packet->type == QUIC_INITIAL) {
		len = quic_varint(in);
		if (len > cur_left(in))
			goto malformed;
		cur_skip(in, len);
	}
	len = quic_varint(in);
	if (in->short_read || len > cur_left(in) || len < SAMPLE_AT + TAG_OCTETS)
		goto malformed;
	packet->header = cur_sub(&start, cur_left(&start) - cur_left(in));
	packet->payload = cur_sub(in, len);
	return true;
malformed:
	in->short_read = true;
	return false;
}

/* HKDF-Expand-Label (RFC 8446, 7.1) with an empty context. */
static void
expand_label(const struct hmac_sha256_ctx *secret, const char *label, size_t len, uint8_t *out)
{
	struct hmac_sha256_ctx prk = *secret;
	uint8_t info[40];
	size_t label_len = strlen(label);

	info[0] = 0;
	info[1] = (uint8_t)len;
	info[2] = (uint8_t)(6 + label_len);
	memcpy(info + 3, "tls13 ", 6);
	memcpy(info + 9, label, label_len);
	info[9 + label_len] = 0;
	hkdf_expand(&prk, (nettle_hash_update_func *)hmac_sha256_update,
	    (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_DIGEST_SIZE,
	    10 + label_len, info, len, out);
}

static void
derive(struct quic_keys *keys, const struct generation *g, struct cursor dcid)
{
	struct hmac_sha256_ctx hmac;
	uint8_t secret[SHA256_DIGEST_SIZE];

	hmac_sha256_set_key(&hmac, sizeof(g->salt), g->salt);
	hkdf_extract(&hmac, (nettle_hash_update_func *)hmac_sha256_update,
	    (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_DIGEST_SIZE,
	    cur_left(&dcid), dcid.at, secret);
	hmac_sha256_set_key(&hmac, sizeof(secret), secret);
	expand_label(&hmac, "client in", sizeof(secret), secret);
	hmac_sha256_set_key(&hmac, sizeof(secret), secret);
	expand_label(&hmac, g->key, sizeof(keys->key), keys->key);
	expand_label(&hmac, g->iv, sizeof(keys->iv), keys->iv);
	expand_label(&hmac, g->header, sizeof(keys->header), keys->header);
}

bool
quic_client_keys(struct quic_keys *keys, uint32_t version, struct cursor dcid)
{
	const struct generation *g = generation_of(version);

	if (g == NULL)
		return false;
	derive(keys, g, dcid);
	return true;
}

size_t
quic_open(const struct quic_keys *keys, const struct quic_packet *packet,
    uint8_t plain[static QUIC_PLAIN_MAX])
{
	struct cursor in = packet->payload;
	size_t header_len = cur_left(&packet->header), number_len, len;
	uint8_t header[QUIC_PLAIN_MAX + 4], mask[16], nonce[NONCE_OCTETS], tag[TAG_OCTETS];
	struct aes128_ctx aes;
	struct gcm_aes128_ctx gcm;

	if (cur_left(&in) < SAMPLE_AT + TAG_OCTETS || cur_left(&in) > QUIC_PLAIN_MAX
	    || header_len == 0 || header_len > QUIC_PLAIN_MAX)
		return 0;
	aes128_set_encrypt_key(&aes, keys->header);
	aes128_encrypt(&aes, sizeof(mask), mask, in.at + SAMPLE_AT);
	memcpy(header, packet->header.at, header_len);
	header[0] ^= mask[0] & 0x0f;
	number_len = (header[0] & 3) + 1u;
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (size_t i = 0; i < number_len; i++) {
		uint8_t octet = cur_u8(&in) ^ mask[1 + i];

		header[header_len + i] = octet;
		nonce[NONCE_OCTETS - number_len + i] ^= octet;
	}
	if (cur_left(&in) <= TAG_OCTETS)
		return 0;
	len = cur_left(&in) - TAG_OCTETS;
	gcm_aes128_set_key(&gcm, keys->key);
	gcm_aes128_set_iv(&gcm, sizeof(nonce), nonce);
	gcm_aes128_update(&gcm, header_len + number_len, header);
	gcm_aes128_decrypt(&gcm, len, plain, in.at);
	gcm_aes128_digest(&gcm, sizeof(tag), tag);
	return memeql_sec(tag, in.at + len, sizeof(tag)) ? len : 0;
}

size_t
quic_open_first(struct quic_keys *keys, const struct quic_packet *packet,
    uint8_t plain[static QUIC_PLAIN_MAX])
{
	size_t len = 0;

	/* RFC 9000, 7.2: the client's first id has at least 8 octets. */
	if (packet->type != QUIC_INITIAL || cur_left(&packet->dcid) < CLIENT_DCID_MIN)
		return 0;
	if (!quic_is_greased(packet->version))
		return quic_client_keys(keys, packet->version, packet->dcid)
		    ? quic_open(keys, packet, plain) : 0;
	for (size_t i = 0; i < ARRAY_LEN(keys_of_greased) && len == 0; i++) {
		derive(keys, keys_of_greased[i], packet->dcid);
		len = quic_open(keys, packet, plain);
	}
	return len;
}
