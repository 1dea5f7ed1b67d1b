/* SPDX-License-Identifier: Apache-2.0 */
/* Tests DTLS: fragments in any order, the cookie's round, PSK and certificates, and probes. */
#include <check.h>

#include "tls_feed.h"
#include "tls_vectors.h"
#include "run_suite.h"

#define F(row) FIELD_ID(PARSER_tls, row)

static const uint16_t psk_ciphers[] = { 0xc0a8, 0x00ae };
static const uint16_t extensions[] = { 0, 10, 11, 13 };
static const struct hello_spec meter = { 0xfefd, "lwm2m.head-end.example", { NULL }, psk_ciphers, 2,
	extensions, 4, 0, 0, true };

static void
put_dtls_record(struct build *out, uint8_t type, uint16_t epoch, const uint8_t *octets, size_t len)
{
	put_uint(out, type, 1);
	put_uint(out, 0xfefd, 2);
	put_uint(out, epoch, 2);
	put_uint(out, 7, 6);
	put_uint(out, len, 2);
	put(out, octets, len);
}

static void
put_fragment(struct build *out, uint8_t type, uint16_t sequence, const struct build *body, size_t offset,
    size_t len)
{
	struct build f = { .len = 0 };

	put_uint(&f, type, 1);
	put_uint(&f, body->len, 3);
	put_uint(&f, sequence, 2);
	put_uint(&f, offset, 3);
	put_uint(&f, len, 3);
	put(&f, body->octets + offset, len);
	put_dtls_record(out, TLS_HANDSHAKE, 0, f.octets, f.len);
}

static void
server_hello_body(struct build *b, const char *extensions_hex)
{
	put_uint(b, 0xfefd, 2);
	for (int i = 0; i < 32; i++)
		put_uint(b, (uint64_t)i, 1);
	put_hex_text(b, "00 c0a8 00");
	put_hex_text(b, extensions_hex);
}

static void
expect(const struct feed *f, enum tls_field row, const char *want)
{
	char text[2048];

	ck_assert_msg(strcmp(feed_value(f, F(row), text), want) == 0, "%s: '%s', not '%s'",
	    tls_parser.fields[row].name, text, want);
}

START_TEST(a_psk_session_with_cookie)
{
	struct build hello = { .len = 0 }, again = { .len = 0 }, verify = { .len = 0 },
		     answer = { .len = 0 }, out = { .len = 0 };
	struct hello_spec spec = meter;
	struct feed f;

	put_client_hello(&hello, &spec);
	spec.cookie = 20;
	put_client_hello(&again, &spec);
	feed_init(&f, &dtls_parser);
	put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 0, hello.len);
	ck_assert_int_eq(feed_probe(&dtls_parser, out.octets, out.len, false), PROBE_YES);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	expect(&f, TLS_SNI, "lwm2m.head-end.example");
	out.len = 0;
	put_hex_text(&verify, "fefd 03 aabbcc");
	put_fragment(&out, TLS_HELLO_VERIFY_REQUEST, 0, &verify, 0, verify.len);
	feed_datagram(&f, TO_CLIENT, out.octets, out.len);
	out.len = 0;
	put_fragment(&out, TLS_CLIENT_HELLO, 1, &again, 0, again.len);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	ck_assert_int_eq(f.result, PARSE_MORE);
	out.len = 0;
	server_hello_body(&answer, "");
	put_fragment(&out, TLS_SERVER_HELLO, 1, &answer, 0, answer.len);
	answer.len = 0;
	put_fragment(&out, TLS_SERVER_HELLO_DONE, 2, &answer, 0, 0);
	feed_datagram(&f, TO_CLIENT, out.octets, out.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	expect(&f, TLS_VERSION, "DTLS 1.2");
	expect(&f, TLS_CIPHER, "c0a8");
	ck_assert_uint_eq(f.reasons, REASON_ENCRYPTED);
	feed_done(&f);
}
END_TEST

/* A hello in pieces of n octets, the pieces last to first, every second one sent twice. */
START_TEST(fragments_in_any_order)
{
	struct build hello = { .len = 0 };
	struct feed whole, cut;
	size_t piece = (size_t)_i;

	put_client_hello(&hello, &meter);
	feed_init(&whole, &dtls_parser);
	feed_init(&cut, &dtls_parser);
	for (size_t at = hello.len - hello.len % piece; ; at -= piece) {
		struct build out = { .len = 0 };
		size_t len = hello.len - at < piece ? hello.len - at : piece;

		put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, at, len);
		feed_datagram(&cut, TO_SERVER, out.octets, out.len);
		if (at / piece % 2 == 0)
			feed_datagram(&cut, TO_SERVER, out.octets, out.len);
		if (at == 0)
			break;
	}
	{
		struct build out = { .len = 0 };

		put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 0, hello.len);
		feed_datagram(&whole, TO_SERVER, out.octets, out.len);
	}
	expect(&cut, TLS_SNI, "lwm2m.head-end.example");
	ck_assert(feed_same(&whole, &cut));
	feed_done(&whole);
	feed_done(&cut);
}
END_TEST

START_TEST(a_certificate_in_fragments)
{
	struct build hello = { .len = 0 }, body = { .len = 0 }, der = { .len = 0 }, out = { .len = 0 };
	struct feed f;
	size_t list;

	put_client_hello(&hello, &meter);
	put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 0, hello.len);
	feed_init(&f, &dtls_parser);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	out.len = 0;
	server_hello_body(&body, "");
	put_fragment(&out, TLS_SERVER_HELLO, 0, &body, 0, body.len);
	feed_datagram(&f, TO_CLIENT, out.octets, out.len);
	body.len = 0;
	put_hex_text(&der, certificate_hex);
	list = open_len(&body, 3);
	for (int i = 0; i < 9; i++) {	/* longer than what is kept: the leaf is what counts */
		put_uint(&body, der.len, 3);
		put(&body, der.octets, der.len);
	}
	close_len(&body, list, 3);
	for (size_t at = 0; at < body.len; at += 400) {
		out.len = 0;
		put_fragment(&out, TLS_CERTIFICATE, 1, &body, at, body.len - at < 400 ? body.len - at : 400);
		feed_datagram(&f, TO_CLIENT, out.octets, out.len);
	}
	expect(&f, TLS_CERT_SHA1, "7d3ab211ba6530d45c49291ddad6ef7a0536b8d9");
	expect(&f, TLS_CERT_CN, "*.head-end.example");
	feed_done(&f);
}
END_TEST

START_TEST(dtls_1_3_ends_at_the_server_hello)
{
	struct build hello = { .len = 0 }, answer = { .len = 0 }, out = { .len = 0 };
	struct feed f;

	put_client_hello(&hello, &meter);
	put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 0, hello.len);
	feed_init(&f, &dtls_parser);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	out.len = 0;
	server_hello_body(&answer, "0006 002b 0002 fefc");
	put_fragment(&out, TLS_SERVER_HELLO, 0, &answer, 0, answer.len);
	feed_datagram(&f, TO_CLIENT, out.octets, out.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	expect(&f, TLS_VERSION, "DTLS 1.3");
	feed_done(&f);
}
END_TEST

START_TEST(a_lone_server_is_turned_around)
{
	struct build answer = { .len = 0 }, out = { .len = 0 };
	struct feed f;

	server_hello_body(&answer, "");
	put_fragment(&out, TLS_SERVER_HELLO, 0, &answer, 0, answer.len);
	feed_init(&f, &dtls_parser);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	ck_assert(f.reversed);
	expect(&f, TLS_VERSION, "DTLS 1.2");
	feed_done(&f);
}
END_TEST

START_TEST(a_snapshot_length_that_cuts_keeps_the_name)
{
	struct build hello = { .len = 0 }, out = { .len = 0 };
	struct feed f;

	put_client_hello(&hello, &meter);
	put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 0, hello.len);
	feed_init(&f, &dtls_parser);
	f.p.truncated = true;
	feed_datagram(&f, TO_SERVER, out.octets, 110);
	ck_assert_int_ne(f.result, PARSE_WRONG);
	expect(&f, TLS_SNI, "lwm2m.head-end.example");
	expect(&f, TLS_JA4, "");
	feed_done(&f);
}
END_TEST

static const struct {
	const char *what;
	const char *hex;
	bool on_port;
	enum probe_result want;
} probe_rows[] = {
	{ "encrypted, fills the datagram", "17fefd 0001 000000000005 0004 01020304", false, PROBE_YES },
	{ "encrypted, does not", "17fefd 0001 000000000005 0005 01020304", false, PROBE_NO },
	{ "epoch of nobody", "17fefd 0101 000000000005 0004 01020304", false, PROBE_NO },
	{ "with connection id, on the port", "19fefd 0001 000000000005 aabb 0004 01020304", true, PROBE_YES },
	{ "with connection id, elsewhere", "19fefd 0001 000000000005 aabb 0004 01020304", false, PROBE_NO },
	{ "alert", "15fefd 0000 000000000005 0002 0228", false, PROBE_YES },
	{ "other version", "17fef0 0001 000000000005 0004 01020304", true, PROBE_NO },
	{ "fragment behind its message", "16fefd 0000 000000000000 000e 01 000001 0000 000001 000002 aabb",
	  true, PROBE_NO },
	{ "STUN", "000100002112a442aabbccddeeff001122334455", true, PROBE_NO },
	{ "CoAP", "4001a1b2b3726411284201", true, PROBE_NO },
	{ "nothing", "", true, PROBE_NO },
};

START_TEST(probes_by_more_than_the_port)
{
	struct build b = { .len = 0 };

	put_hex_text(&b, probe_rows[_i].hex);
	ck_assert_msg(feed_probe(&dtls_parser, b.octets, b.len, probe_rows[_i].on_port)
	    == probe_rows[_i].want, "%s", probe_rows[_i].what);
}
END_TEST

START_TEST(random_octets_are_never_claimed)
{
	uint64_t x = 0x9e3779b97f4a7c15;
	uint8_t octets[512];

	for (int i = 0; i < 100000; i++) {
		size_t len = 16 + random_next(&x) % (sizeof(octets) - 16);

		for (size_t k = 0; k < len; k++)
			octets[k] = (uint8_t)(random_next(&x) >> 32);
		ck_assert(feed_probe(&dtls_parser, octets, len, i % 2 != 0) != PROBE_YES);
	}
}
END_TEST

START_TEST(every_prefix_and_every_flip_ends_well)
{
	struct build hello = { .len = 0 }, out = { .len = 0 };
	size_t wrong = 0;

	put_client_hello(&hello, &meter);
	put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 0, 60);
	put_fragment(&out, TLS_CLIENT_HELLO, 0, &hello, 60, hello.len - 60);
	for (size_t n = 0; n < 2 * out.len; n++) {
		struct feed f;

		if (n >= out.len)
			out.octets[n - out.len] ^= 0xff;
		feed_init(&f, &dtls_parser);
		feed_datagram(&f, TO_SERVER, out.octets, n < out.len ? n : out.len);
		wrong += f.result == PARSE_WRONG;
		feed_done(&f);
		if (n >= out.len)
			out.octets[n - out.len] ^= 0xff;
	}
	ck_assert_uint_gt(wrong, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dtls");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_psk_session_with_cookie);
	tcase_add_loop_test(t, fragments_in_any_order, 1, 60);
	tcase_add_test(t, a_certificate_in_fragments);
	tcase_add_test(t, dtls_1_3_ends_at_the_server_hello);
	tcase_add_test(t, a_lone_server_is_turned_around);
	tcase_add_test(t, a_snapshot_length_that_cuts_keeps_the_name);
	tcase_add_loop_test(t, probes_by_more_than_the_port, 0, ARRAY_LEN(probe_rows));
	tcase_add_test(t, random_octets_are_never_claimed);
	tcase_add_test(t, every_prefix_and_every_flip_ends_well);
	suite_add_tcase(s, t);
	return run_suite(s);
}
