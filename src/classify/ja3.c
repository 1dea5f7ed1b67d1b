/* SPDX-License-Identifier: Apache-2.0 */
/* ja3.c - the JA3 and JA3S fingerprints: what the hello lists, in its order, as MD5. */
#include <nettle/md5.h>

#include "classify/tls_hello.h"

/* Text on its way into the hash, so that a list of any length needs no more room. */
struct digits {
	struct md5_ctx md5;
	size_t len;
	uint8_t text[256];
};

static void
put_octet(struct digits *d, uint8_t octet)
{
	if (d->len == sizeof(d->text)) {
		md5_update(&d->md5, d->len, d->text);
		d->len = 0;
	}
	d->text[d->len++] = octet;
}

static void
put_number(struct digits *d, uint16_t value)
{
	uint8_t reversed[5];
	size_t n = 0;

	do {
		reversed[n++] = (uint8_t)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	while (n != 0)
		put_octet(d, reversed[--n]);
}

/* Numbers of `width` octets joined by '-', GREASE left out. */
static void
put_list(struct digits *d, struct cursor list, size_t width)
{
	bool first = true;

	while (cur_left(&list) >= width) {
		uint16_t value = width == 2 ? cur_be16(&list) : cur_u8(&list);

		if (width == 2 && tls_is_grease(value))
			continue;
		if (!first)
			put_octet(d, '-');
		first = false;
		put_number(d, value);
	}
}

static void
put_extensions(struct digits *d, struct cursor block)
{
	struct cursor body;
	uint16_t type;
	bool first = true;

	while (tls_extension_next(&block, &type, &body)) {
		if (tls_is_grease(type))
			continue;
		if (!first)
			put_octet(d, '-');
		first = false;
		put_number(d, type);
	}
}

static void
finish(struct digits *d, uint8_t md5[static JA3_OCTETS])
{
	md5_update(&d->md5, d->len, d->text);
	md5_digest(&d->md5, JA3_OCTETS, md5);
}

void
ja3_client(const struct tls_hello *h, uint8_t md5[static JA3_OCTETS])
{
	struct digits d;

	md5_init(&d.md5);
	d.len = 0;
	put_number(&d, h->legacy_version);
	put_octet(&d, ',');
	put_list(&d, h->ciphers, 2);
	put_octet(&d, ',');
	put_extensions(&d, h->extensions);
	put_octet(&d, ',');
	put_list(&d, h->groups, 2);
	put_octet(&d, ',');
	put_list(&d, h->point_formats, 1);
	finish(&d, md5);
}

void
ja3_server(const struct tls_hello *h, uint8_t md5[static JA3_OCTETS])
{
	struct digits d;

	md5_init(&d.md5);
	d.len = 0;
	put_number(&d, h->legacy_version);
	put_octet(&d, ',');
	put_number(&d, h->cipher);
	put_octet(&d, ',');
	put_extensions(&d, h->extensions);
	finish(&d, md5);
}
