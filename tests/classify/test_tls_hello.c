/* SPDX-License-Identifier: Apache-2.0 */
/* Tests hellos and their fingerprints against published values. */
#include <check.h>

#include "tls_feed.h"
#include "tls_vectors.h"
#include "run_suite.h"

/* A Chrome's offer, GREASE among it. Its JA3 and JA4 were published by browserleaks.com
 * (Chrome 143); the second row's JA4 by FoxIO for the Chromes of 2023. */
static const uint16_t chrome_ciphers[] = { 0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c,
	0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035 };
static const uint16_t chrome_143[] = { 0x2a2a, 45, 51, 16, 65037, 23, 17613, 0, 11, 10, 43, 65281, 35,
	18, 5, 13, 27, 0xfafa };
static const uint16_t chrome_110[] = { 0x3a3a, 27, 0, 35, 17513, 16, 13, 18, 43, 45, 5, 23, 10, 65281,
	11, 51, 0xdada, 21 };
static const uint16_t no_sni[] = { 10, 11, 13, 43 };
static const uint16_t only_part_a[] = { 0, 16 };
static const uint16_t one_cipher[] = { 0x1301 };

static const struct {
	const char *what;
	struct hello_spec spec;
	enum tls_transport transport;
	const char *ja3, *ja4;
} prints[] = {
	{ "Chrome 143", { 0x0303, "tls.browserleaks.com", { "h2", "http/1.1" }, chrome_ciphers, 16,
	  chrome_143, 18 }, TLS_OVER_TCP, "98487aa16281980e7d1120d399efb6a4",
	  "t13d1516h2_8daaf6152771_d8a2da3f94cd" },
	{ "Chrome 110, over QUIC", { 0x0303, "a.example", { "h2" }, chrome_ciphers, 16,
	  chrome_110, 18, 1 }, TLS_OVER_QUIC, NULL, "q13d1516h2_8daaf6152771_e5627efa2ab1" },
	/* md5 and sha256 of the rows below by md5sum(1) and sha256sum(1) */
	{ "no SNI, no ALPN", { 0x0303, NULL, { NULL }, one_cipher, 1, no_sni, 4 }, TLS_OVER_TCP,
	  "6580dcd180afa1b1e02f058ff0c11de5", "t13i010400_0f2cb44170f4_724796723175" },
	{ "ALPN not alphanumeric", { 0x0303, "a.example", { "\xab\xcd" }, one_cipher, 1, only_part_a, 2 },
	  TLS_OVER_TCP, NULL, "t12d0102ad_0f2cb44170f4_000000000000" },
	{ "no extensions", { 0x0301, NULL, { NULL }, one_cipher, 1, NULL, 0 }, TLS_OVER_TCP, NULL,
	  "t10i010000_0f2cb44170f4_000000000000" },
	{ "DTLS 1.2", { 0xfefd, "a.example", { "coap" }, one_cipher, 1, only_part_a, 2, 0, 20, true },
	  TLS_OVER_DTLS, NULL, "dd2d0102cp_0f2cb44170f4_000000000000" },
};

static void
hex_of(const uint8_t *octets, size_t len, char *text)
{
	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", octets[i]);
}

START_TEST(fingerprints_are_the_published_ones)
{
	struct build b = { .len = 0 };
	struct tls_hello h;
	uint8_t md5[JA3_OCTETS];
	char ja3[33], ja4[JA4_TEXT + 1] = "";

	put_client_hello(&b, &prints[_i].spec);
	ck_assert_msg(tls_client_hello(&h, cursor_over(b.octets, b.len), prints[_i].transport) == 0,
	    "%s", prints[_i].what);
	ja3_client(&h, md5);
	hex_of(md5, sizeof(md5), ja3);
	ck_assert(ja4_client(&h, ja4));
	if (prints[_i].ja3 != NULL)
		ck_assert_msg(strcmp(ja3, prints[_i].ja3) == 0, "%s: %s", prints[_i].what, ja3);
	ck_assert_msg(strcmp(ja4, prints[_i].ja4) == 0, "%s: %s", prints[_i].what, ja4);
}
END_TEST

START_TEST(reads_the_hello_of_rfc_8448)
{
	struct build b = { .len = 0 };
	struct tls_hello h;

	put_hex_text(&b, rfc8448_client_hello_hex);
	ck_assert_int_eq(tls_client_hello(&h, cursor_over(b.octets + 4, b.len - 4), TLS_OVER_TCP), 0);
	ck_assert_uint_eq(h.version, TLS_1_3);
	ck_assert_uint_eq(cur_left(&h.server_name), 6);
	ck_assert_mem_eq(h.server_name.at, "server", 6);
	b.len = 0;
	put_hex_text(&b, rfc8448_server_hello_hex);
	ck_assert_int_eq(tls_server_hello(&h, cursor_over(b.octets + 4, b.len - 4), TLS_OVER_TCP), 0);
	ck_assert_uint_eq(h.version, TLS_1_3);
	ck_assert_uint_eq(h.cipher, 0x1301);
	ck_assert(!h.retry);
}
END_TEST

/* A cut hello is never complete, is read from a block of just its size, and keeps the name
 * when the cut is behind it. */
START_TEST(every_prefix_of_a_hello_is_incomplete)
{
	struct build b = { .len = 0 };
	bool named = false;

	put_client_hello(&b, &prints[_i].spec);
	for (size_t n = 0; n < b.len; n++) {
		uint8_t *block = malloc(n == 0 ? 1 : n);
		struct tls_hello h;
		int rc;

		memcpy(block, b.octets, n);
		rc = tls_client_hello(&h, cursor_over(block, n), prints[_i].transport);
		/* A hello may end before its extensions: the only cut that cannot be told. */
		ck_assert(rc == 0 ? cur_left(&h.extensions) == 0 : !h.complete);
		named |= cur_left(&h.server_name) != 0;
		free(block);
	}
	ck_assert_msg(named == (prints[_i].spec.sni != NULL), "%s", prints[_i].what);
}
END_TEST

START_TEST(more_than_any_client_offers_has_no_ja4)
{
	static uint16_t many[257];
	struct hello_spec s = { 0x0303, NULL, { NULL }, many, 256, NULL, 0 };
	struct build b = { .len = 0 };
	struct tls_hello h;
	char ja4[JA4_TEXT + 1] = "";

	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = (uint16_t)(0xffff - 3 * i);
	put_client_hello(&b, &s);
	ck_assert_int_eq(tls_client_hello(&h, cursor_over(b.octets, b.len), TLS_OVER_TCP), 0);
	ck_assert(ja4_client(&h, ja4));
	ck_assert_mem_eq(ja4, "t12i9900", 8);
	b.len = 0;
	s.n_ciphers = 257;
	put_client_hello(&b, &s);
	ck_assert_int_eq(tls_client_hello(&h, cursor_over(b.octets, b.len), TLS_OVER_TCP), 0);
	ck_assert(!ja4_client(&h, ja4));
}
END_TEST

static const struct {
	const char *what;
	const char *hex;	/* after version and random */
} broken[] = {
	{ "session id too long", "21" },
	{ "odd cipher list", "00 0003 130100 0100" },
	{ "no ciphers", "00 0000 0100" },
	{ "extensions longer than the message", "00 0002 1301 0100 0009 0000" },
	{ "octets behind the extensions", "00 0002 1301 0100 0000 ff" },
	{ "an extension longer than the block", "00 0002 1301 0100 0004 0000 0009" },
};

START_TEST(lengths_that_lie_are_refused)
{
	struct build b = { .len = 0 };
	struct tls_hello h;

	put_uint(&b, 0x0303, 2);
	for (int i = 0; i < 32; i++)
		put_uint(&b, 0x55, 1);
	put_hex_text(&b, broken[_i].hex);
	ck_assert_msg(tls_client_hello(&h, cursor_over(b.octets, b.len), TLS_OVER_TCP) != 0, "%s",
	    broken[_i].what);
}
END_TEST

START_TEST(grease_is_sixteen_values)
{
	unsigned n = 0;

	for (unsigned v = 0; v < 0x10000; v++)
		n += tls_is_grease((uint16_t)v);
	ck_assert_uint_eq(n, 16);
	ck_assert(tls_is_grease(0x0a0a) && tls_is_grease(0xfafa) && !tls_is_grease(0x0a1a));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tls_hello");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, fingerprints_are_the_published_ones, 0, ARRAY_LEN(prints));
	tcase_add_test(t, reads_the_hello_of_rfc_8448);
	tcase_add_loop_test(t, every_prefix_of_a_hello_is_incomplete, 0, ARRAY_LEN(prints));
	tcase_add_test(t, more_than_any_client_offers_has_no_ja4);
	tcase_add_loop_test(t, lengths_that_lie_are_refused, 0, ARRAY_LEN(broken));
	tcase_add_test(t, grease_is_sixteen_values);
	suite_add_tcase(s, t);
	return run_suite(s);
}
