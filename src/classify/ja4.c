/* SPDX-License-Identifier: Apache-2.0 */
/* ja4.c - the JA4 fingerprint of a TLS client (the part of the JA4+ suite under BSD licence):
 * what it offers, sorted, so that shuffled hellos of one program look alike. */
#include <string.h>

#include <nettle/sha2.h>

#include "classify/tls_hello.h"

enum { CIPHERS_MAX = 256, EXTENSIONS_MAX = 128, HASH_CHARS = 12 };
enum { EXT_SERVER_NAME = 0, EXT_ALPN = 16 };

static const char hex_digit[] = "0123456789abcdef";

/* Sorted as they come: the lists are short, and mostly in order already. */
struct sorted {
	uint16_t *value;
	size_t n, max;
	bool full;
};

static void
sorted_add(struct sorted *s, uint16_t value)
{
	size_t at = s->n;

	if (s->n == s->max) {
		s->full = true;
		return;
	}
	for (; at > 0 && s->value[at - 1] > value; at--)
		s->value[at] = s->value[at - 1];
	s->value[at] = value;
	s->n++;
}

/* "002f,0035,..." on its way into the hash. */
struct hexes {
	struct sha256_ctx sha;
	size_t len;
	uint8_t text[320];
};

static void
put_hex(struct hexes *x, char before, uint16_t value)
{
	if (x->len + 5 > sizeof(x->text)) {
		sha256_update(&x->sha, x->len, x->text);
		x->len = 0;
	}
	if (before != '\0')
		x->text[x->len++] = (uint8_t)before;
	for (int shift = 12; shift >= 0; shift -= 4)
		x->text[x->len++] = (uint8_t)hex_digit[value >> shift & 15];
}

static void
put_sorted(struct hexes *x, const struct sorted *s)
{
	for (size_t i = 0; i < s->n; i++)
		put_hex(x, i == 0 ? '\0' : ',', s->value[i]);
}

static void
finish(struct hexes *x, char out[static HASH_CHARS])
{
	uint8_t digest[HASH_CHARS / 2];

	sha256_update(&x->sha, x->len, x->text);
	sha256_digest(&x->sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out[2 * i] = hex_digit[digest[i] >> 4];
		out[2 * i + 1] = hex_digit[digest[i] & 15];
	}
}

static const char *
version_code(uint16_t version)
{
	switch (version) {
	case 0x0304: return "13";
	case 0x0303: return "12";
	case 0x0302: return "11";
	case 0x0301: return "10";
	case 0x0300: return "s3";
	case 0x0002: return "s2";
	case 0xfeff: return "d1";
	case 0xfefd: return "d2";
	case 0xfefc: return "d3";
	default: return "00";
	}
}

static bool
alphanumeric(uint8_t octet)
{
	return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z')
	    || (octet >= 'a' && octet <= 'z');
}

/* First and last character of the first ALPN name; of its hexadecimal form when either is
 * not alphanumeric; "00" when there is none. */
static void
put_alpn(struct cursor alpn, char out[static 2])
{
	struct cursor name = cur_sub(&alpn, cur_u8(&alpn));
	size_t len = cur_left(&name);
	uint8_t first = cur_peek(&name, 0);
	uint8_t last = len == 0 ? 0 : cur_peek(&name, len - 1);

	if (len == 0 || alpn.short_read) {
		out[0] = out[1] = '0';
	} else if (alphanumeric(first) && alphanumeric(last)) {
		out[0] = (char)first;
		out[1] = (char)last;
	} else {
		out[0] = hex_digit[first >> 4];
		out[1] = hex_digit[last & 15];
	}
}

static void
put_count(size_t n, char out[static 2])
{
	if (n > 99)
		n = 99;
	out[0] = (char)('0' + n / 10);
	out[1] = (char)('0' + n % 10);
}

static void
cipher_hash(const struct sorted *ciphers, char out[static HASH_CHARS])
{
	struct hexes x;

	if (ciphers->n == 0) {
		memset(out, '0', HASH_CHARS);
		return;
	}
	sha256_init(&x.sha);
	x.len = 0;
	put_sorted(&x, ciphers);
	finish(&x, out);
}

/* Extensions sorted, then '_' and the signature algorithms in their own order. */
static void
extension_hash(const struct sorted *extensions, struct cursor algorithms,
    char out[static HASH_CHARS])
{
	struct hexes x;
	char before = '_';

	if (extensions->n == 0 && cur_left(&algorithms) == 0) {
		memset(out, '0', HASH_CHARS);
		return;
	}
	sha256_init(&x.sha);
	x.len = 0;
	put_sorted(&x, extensions);
	while (cur_left(&algorithms) >= 2) {
		uint16_t algorithm = cur_be16(&algorithms);

		if (tls_is_grease(algorithm))
			continue;
		put_hex(&x, before, algorithm);
		before = ',';
	}
	finish(&x, out);
}

bool
ja4_client(const struct tls_hello *h, char text[static JA4_TEXT])
{
	uint16_t cipher_values[CIPHERS_MAX], extension_values[EXTENSIONS_MAX], type;
	struct sorted ciphers = { cipher_values, 0, CIPHERS_MAX, false };
	struct sorted extensions = { extension_values, 0, EXTENSIONS_MAX, false };
	struct cursor list = h->ciphers, block = h->extensions, body;
	size_t in_part_a = 0;	/* extensions that count but are not hashed */

	while (cur_left(&list) >= 2) {
		uint16_t cipher = cur_be16(&list);

		if (!tls_is_grease(cipher))
			sorted_add(&ciphers, cipher);
	}
	while (tls_extension_next(&block, &type, &body)) {
		if (type == EXT_SERVER_NAME || type == EXT_ALPN)
			in_part_a++;
		else if (!tls_is_grease(type))
			sorted_add(&extensions, type);
	}
	if (ciphers.full || extensions.full)
		return false;
	text[0] = "tdq"[h->transport];
	memcpy(text + 1, version_code(h->version), 2);
	text[3] = h->has_server_name ? 'd' : 'i';
	put_count(ciphers.n, text + 4);
	put_count(extensions.n + in_part_a, text + 6);
	put_alpn(h->alpn, text + 8);
	text[10] = text[23] = '_';
	cipher_hash(&ciphers, text + 11);
	extension_hash(&extensions, h->signature_algorithms, text + 24);
	return true;
}
