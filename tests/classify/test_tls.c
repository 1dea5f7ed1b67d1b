/* SPDX-License-Identifier: Apache-2.0 */
/* Tests TLS over TCP: sessions cut anywhere give the same fields, and nothing else is claimed. */
#include <check.h>

#include "tls_feed.h"
#include "tls_vectors.h"
#include "run_suite.h"

#define F(row) FIELD_ID(PARSER_tls, row)

static const uint16_t ciphers[] = { 0x1301, 0xc02b, 0x009c };
static const uint16_t extensions[] = { 0, 10, 11, 13, 16, 43, 0xfe0d };
static const struct hello_spec meter = { 0x0303, "mqtt.head-end.example", { "x-amzn-mqtt-ca", "http/1.1" },
	ciphers, 3, extensions, 7 };
static const uint16_t extensions_padded[] = { 10, 11, 13, 16, 21, 0, 43 };
/* The name lies behind 9000 octets of padding. */
static const struct hello_spec fat = { 0x0303, "mqtt.head-end.example", { "h2" }, ciphers, 3,
	extensions_padded, 7, 9000 };

static void
client_hello(struct build *out, const struct hello_spec *spec, size_t record_max)
{
	struct build body = { .len = 0 }, message = { .len = 0 };

	put_client_hello(&body, spec);
	put_message(&message, TLS_CLIENT_HELLO, body.octets, body.len);
	put_records(out, TLS_HANDSHAKE, 0x0301, message.octets, message.len, record_max);
}

/* ServerHello of `version`, without extensions but ALPN. */
static void
server_hello(struct build *out, uint16_t version)
{
	struct build body = { .len = 0 };

	put_uint(&body, version, 2);
	for (int i = 0; i < 32; i++)
		put_uint(&body, (uint64_t)i, 1);
	put_hex_text(&body, "00 c02b 00 000f 0010 000b 0009 08 687474702f312e31");
	put_message(out, TLS_SERVER_HELLO, body.octets, body.len);
}

static void
certificate(struct build *out, int copies)
{
	struct build der = { .len = 0 }, body = { .len = 0 };
	size_t list;

	put_hex_text(&der, certificate_hex);
	list = open_len(&body, 3);
	for (int i = 0; i < copies; i++) {
		put_uint(&body, der.len, 3);
		put(&body, der.octets, der.len);
	}
	close_len(&body, list, 3);
	put_message(out, TLS_CERTIFICATE, body.octets, body.len);
}

/* The server's flight of TLS 1.2: hello, chain, done; `ask` for the client's certificate. */
static void
server_flight(struct build *out, uint16_t version, bool ask, size_t record_max)
{
	struct build flight = { .len = 0 };

	server_hello(&flight, version);
	certificate(&flight, 6);
	put_message(&flight, TLS_SERVER_KEY_EXCHANGE, (const uint8_t[40]){ 3, 0, 23 }, 40);
	if (ask)
		put_message(&flight, TLS_CERTIFICATE_REQUEST, (const uint8_t[4]){ 1, 1, 0, 0 }, 4);
	put_message(&flight, TLS_SERVER_HELLO_DONE, NULL, 0);
	put_records(out, TLS_HANDSHAKE, version, flight.octets, flight.len, record_max);
}

static void
expect(const struct feed *f, enum tls_field row, const char *want)
{
	char text[2048];

	ck_assert_msg(strcmp(feed_value(f, F(row), text), want) == 0, "%s: '%s', not '%s'",
	    tls_parser.fields[row].name, text, want);
}

START_TEST(a_session_of_tls_1_2)
{
	struct build up = { .len = 0 }, down = { .len = 0 };
	struct feed f;

	client_hello(&up, &meter, 16384);
	server_flight(&down, 0x0303, false, 16384);
	feed_init(&f, &tls_parser);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	ck_assert_int_eq(f.result, PARSE_MORE);
	feed_chunks(&f, TO_CLIENT, down.octets, down.len, 1400);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert(!f.reversed);
	ck_assert_uint_eq(f.reasons, REASON_ENCRYPTED);
	expect(&f, TLS_SNI, "mqtt.head-end.example");
	expect(&f, TLS_ALPN, "x-amzn-mqtt-ca http/1.1");
	expect(&f, TLS_VERSION, "TLS 1.2");
	expect(&f, TLS_CLIENT_VERSION, "TLS 1.3");
	expect(&f, TLS_CIPHER, "c02b");
	expect(&f, TLS_ECH, "1");
	expect(&f, TLS_CERT_SUBJECT, "O=Example Metering GmbH, OU=Head-End, CN=*.head-end.example");
	expect(&f, TLS_CERT_CN, "*.head-end.example");
	expect(&f, TLS_CERT_SAN, "*.head-end.example head-end.example 192.0.2.7 2001:db8::7");
	expect(&f, TLS_CERT_SAN_COUNT, "");
	expect(&f, TLS_CERT_SHA1, "7d3ab211ba6530d45c49291ddad6ef7a0536b8d9");
	expect(&f, TLS_CERT_SHA256, "edc585fbd46bbb4a92df36cc8b36f5cdd1695d4e7dd5e0ae3303d04b2ce7b738");
	expect(&f, TLS_CERT_NOT_AFTER, "2110818565");
	feed_done(&f);
}
END_TEST

static const size_t chunk_sizes[] = { 1, 2, 3, 5, 7, 64, 536, 1400, 9999 };
static const size_t record_sizes[] = { 4, 5, 9, 64, 1000, 16384 };

/* Any cut of the stream and any cut into records: the same fields. */
START_TEST(cuts_do_not_matter)
{
	const struct hello_spec *spec = _i % 2 == 0 ? &meter : &fat;
	struct feed whole, cut;

	feed_init(&whole, &tls_parser);
	for (size_t r = 0; r < ARRAY_LEN(record_sizes); r++) {
		struct build up = { .len = 0 }, down = { .len = 0 };

		client_hello(&up, spec, record_sizes[ARRAY_LEN(record_sizes) - 1 - r]);
		server_flight(&down, 0x0303, false, record_sizes[ARRAY_LEN(record_sizes) - 1 - r]);
		feed_init(&cut, &tls_parser);
		feed_chunks(&cut, TO_SERVER, up.octets, up.len, chunk_sizes[_i / 2]);
		feed_chunks(&cut, TO_CLIENT, down.octets, down.len, chunk_sizes[_i / 2]);
		ck_assert_int_eq(cut.result, PARSE_DONE);
		if (r == 0)
			whole = cut;
		else
			ck_assert_msg(feed_same(&whole, &cut), "records of %zu, chunks of %zu",
			    record_sizes[ARRAY_LEN(record_sizes) - 1 - r], chunk_sizes[_i / 2]);
		expect(&cut, TLS_SNI, "mqtt.head-end.example");
		feed_done(&cut);
	}
}
END_TEST

START_TEST(tls_1_3_ends_at_the_server_hello)
{
	struct build up = { .len = 0 }, down = { .len = 0 }, message = { .len = 0 };
	struct feed f;

	put_hex_text(&message, rfc8448_client_hello_hex);
	put_records(&up, TLS_HANDSHAKE, 0x0301, message.octets, message.len, 16384);
	message.len = 0;
	put_hex_text(&message, rfc8448_server_hello_hex);
	put_records(&down, TLS_HANDSHAKE, 0x0303, message.octets, message.len, 16384);
	feed_init(&f, &tls_parser);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	feed_stream(&f, TO_CLIENT, down.octets, down.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	expect(&f, TLS_SNI, "server");
	expect(&f, TLS_VERSION, "TLS 1.3");
	expect(&f, TLS_CIPHER, "1301");
	feed_done(&f);
}
END_TEST

START_TEST(a_retry_is_not_the_answer)
{
	struct build up = { .len = 0 }, down = { .len = 0 }, message = { .len = 0 };
	struct feed f;
	char text[2048];

	client_hello(&up, &meter, 16384);
	put_hex_text(&message, "02000034 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
	    "00 1302 00 000c 002b00020304 003300020017");
	put_records(&down, TLS_HANDSHAKE, 0x0303, message.octets, message.len, 16384);
	put_records(&down, TLS_CHANGE_CIPHER_SPEC, 0x0303, (const uint8_t[]){ 1 }, 1, 1);
	feed_init(&f, &tls_parser);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	feed_stream(&f, TO_CLIENT, down.octets, down.len);
	ck_assert_int_eq(f.result, PARSE_MORE);
	ck_assert_str_eq(feed_value(&f, F(TLS_JA3S), text), "");
	feed_stream(&f, TO_SERVER, up.octets, up.len);	/* the second hello */
	down.len = message.len = 0;
	put_hex_text(&message, rfc8448_server_hello_hex);
	put_records(&down, TLS_HANDSHAKE, 0x0303, message.octets, message.len, 16384);
	feed_stream(&f, TO_CLIENT, down.octets, down.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_uint_eq(strlen(feed_value(&f, F(TLS_JA3S), text)), 32);
	feed_done(&f);
}
END_TEST

START_TEST(a_client_certificate_is_waited_for_when_asked)
{
	struct build up = { .len = 0 }, down = { .len = 0 }, message = { .len = 0 };
	struct feed f;

	client_hello(&up, &meter, 16384);
	server_flight(&down, 0x0303, true, 16384);
	feed_init(&f, &tls_parser);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	feed_stream(&f, TO_CLIENT, down.octets, down.len);
	ck_assert_int_eq(f.result, PARSE_MORE);
	up.len = 0;
	certificate(&message, 1);
	put_records(&up, TLS_HANDSHAKE, 0x0303, message.octets, message.len, 16384);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	expect(&f, TLS_CLIENT_CERT_SUBJECT, "O=Example Metering GmbH, OU=Head-End, CN=*.head-end.example");
	expect(&f, TLS_CLIENT_CERT_SHA256,
	    "edc585fbd46bbb4a92df36cc8b36f5cdd1695d4e7dd5e0ae3303d04b2ce7b738");
	feed_done(&f);
}
END_TEST

START_TEST(the_server_alone_is_enough_and_tells_who_it_is)
{
	struct build down = { .len = 0 };
	struct feed f;

	server_flight(&down, 0x0301, false, 16384);
	feed_init(&f, &tls_parser);
	feed_chunks(&f, TO_SERVER, down.octets, down.len, 1400);	/* first packet seen is its */
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert(f.reversed);
	expect(&f, TLS_VERSION, "TLS 1.0");
	expect(&f, TLS_CERT_CN, "*.head-end.example");
	expect(&f, TLS_CLIENT_CERT_SUBJECT, "");
	feed_done(&f);
}
END_TEST

START_TEST(a_seen_syn_outweighs_a_hello)
{
	struct build up = { .len = 0 };
	struct flow flow = { .flags = FLOW_SYN_SEEN };
	struct feed f;

	client_hello(&up, &meter, 16384);
	feed_init(&f, &tls_parser);
	f.p.flow = &flow;
	feed_stream(&f, TO_CLIENT, up.octets, up.len);	/* FTP over TLS does it */
	ck_assert(!f.reversed);
	expect(&f, TLS_SNI, "mqtt.head-end.example");
	feed_done(&f);
}
END_TEST

/* What follows a good ClientHello, and what becomes of it. */
static const struct {
	const char *what;
	enum direction dir;
	const char *hex;
	int times;
	enum parse_result want;
	unsigned reasons;
} after_hello[] = {
	{ "fatal alert", TO_CLIENT, "15 0303 0002 0228", 1, PARSE_DONE, REASON_ENCRYPTED },
	{ "warning: unrecognized_name", TO_CLIENT, "15 0303 0002 0170", 1, PARSE_MORE, REASON_ENCRYPTED },
	{ "resumed: ServerHello, ChangeCipherSpec", TO_CLIENT, "16 0303 002a 02000026 0303"
	  "1111111111111111111111111111111111111111111111111111111111111111 00 c02b 00"
	  "14 0303 0001 01", 1, PARSE_DONE, REASON_ENCRYPTED },
	{ "early data", TO_SERVER, "17 0303 0004 01020304", 3, PARSE_MORE, REASON_ENCRYPTED },
	{ "only the client, on and on", TO_SERVER, "17 0303 0004 01020304", 9, PARSE_DONE,
	  REASON_ENCRYPTED | REASON_ONE_SIDED },
	{ "server's data without its hello", TO_CLIENT, "17 0303 0004 01020304", 1, PARSE_DONE,
	  REASON_ENCRYPTED },
	{ "not a record", TO_CLIENT, "485454502f312e31", 1, PARSE_DONE, REASON_ENCRYPTED },
};

START_TEST(what_follows_the_hello)
{
	struct build up = { .len = 0 }, more = { .len = 0 };
	struct feed f;

	client_hello(&up, &meter, 16384);
	put_hex_text(&more, after_hello[_i].hex);
	feed_init(&f, &tls_parser);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	for (int i = 0; i < after_hello[_i].times; i++)
		feed_stream(&f, after_hello[_i].dir, more.octets, more.len);
	ck_assert_msg(f.result == after_hello[_i].want, "%s", after_hello[_i].what);
	ck_assert_msg(f.reasons == after_hello[_i].reasons, "%s", after_hello[_i].what);
	expect(&f, TLS_SNI, "mqtt.head-end.example");
	feed_done(&f);
}
END_TEST

START_TEST(ssl_2_hello_for_a_later_version)
{
	struct build up = { .len = 0 };
	struct feed f;

	put_hex_text(&up, "802b 01 0301 0012 0000 0010 000004 000005 00000a 010080 0700c0 030080"
	    "00112233445566778899aabbccddeeff");
	ck_assert_int_eq(feed_probe(&tls_parser, up.octets, up.len, false), PROBE_YES);
	feed_init(&f, &tls_parser);
	feed_chunks(&f, TO_SERVER, up.octets, up.len, 1);
	ck_assert_int_eq(f.result, PARSE_MORE);
	expect(&f, TLS_CLIENT_VERSION, "TLS 1.0");
	feed_done(&f);
}
END_TEST

static const struct {
	const char *what;
	const char *hex;
	bool on_port;
	enum probe_result want;
} probe_rows[] = {
	{ "first octet", "16", false, PROBE_MORE },
	{ "header only", "1603010200", false, PROBE_MORE },
	{ "hello begins", "1603010200 010001fc 0303", false, PROBE_YES },
	{ "message longer than 24 bits allow us", "1603010200 010101fc 0303", false, PROBE_NO },
	{ "message shorter than its record", "1603010200 01000100 0303", false, PROBE_NO },
	{ "record too long", "160301ffff 010001fc 0303", false, PROBE_NO },
	{ "version 4", "1604010200 010001fc 0303", true, PROBE_NO },
	{ "server hello, others behind it", "1603030e00 02000046 0303", false, PROBE_YES },
	{ "data, on the port", "1703030040 aabbcc", true, PROBE_YES },
	{ "data, elsewhere", "1703030040 aabbcc", false, PROBE_MORE },
	{ "data, twice", "1703030002 aabb 1703030100", false, PROBE_YES },
	{ "data, then not", "1703030002 aabb 1803050100", false, PROBE_NO },
	{ "alert", "15 0301 0002 0228", false, PROBE_YES },
	{ "HTTP", "474554202f20", true, PROBE_NO },
	{ "TPKT", "0300000b06e00000000000", true, PROBE_NO },
	{ "telnet", "fffd18fffd20fffd23fffd27", true, PROBE_NO },
	{ "nothing", "", true, PROBE_MORE },
};

START_TEST(probes_by_more_than_the_port)
{
	struct build b = { .len = 0 };

	put_hex_text(&b, probe_rows[_i].hex);
	ck_assert_msg(feed_probe(&tls_parser, b.octets, b.len, probe_rows[_i].on_port) == probe_rows[_i].want,
	    "%s", probe_rows[_i].what);
}
END_TEST

START_TEST(a_gap_loses_a_side_not_the_flow)
{
	struct build up = { .len = 0 }, down = { .len = 0 };
	struct feed f;

	client_hello(&up, &meter, 16384);
	server_flight(&down, 0x0303, false, 16384);
	feed_init(&f, &tls_parser);
	feed_stream(&f, TO_SERVER, up.octets, up.len);
	(void)feed_call(&f, TO_CLIENT, false, true, down.octets + 700, 1000);
	ck_assert_int_eq(f.result, PARSE_MORE);
	for (int i = 0; i < 20 && f.result == PARSE_MORE; i++)
		(void)feed_call(&f, TO_CLIENT, false, false, down.octets + 1000, 1000);
	ck_assert_int_eq(f.result, PARSE_DONE);
	expect(&f, TLS_SNI, "mqtt.head-end.example");
	expect(&f, TLS_VERSION, "");
	feed_done(&f);
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
		ck_assert(feed_probe(&tls_parser, octets, len, false) != PROBE_YES);
	}
}
END_TEST

START_TEST(every_prefix_and_every_flip_ends_well)
{
	struct build up = { .len = 0 }, down = { .len = 0 };

	client_hello(&up, &meter, 100);
	server_flight(&down, 0x0303, true, 600);
	for (size_t n = 0; n < up.len; n++) {
		struct feed f;

		feed_init(&f, &tls_parser);
		feed_stream(&f, TO_SERVER, up.octets, n);
		ck_assert_int_eq(f.result, PARSE_MORE);
		feed_done(&f);
	}
	for (size_t n = 0; n < down.len; n += 3) {
		struct feed f;

		down.octets[n] ^= 0xff;
		feed_init(&f, &tls_parser);
		feed_stream(&f, TO_SERVER, up.octets, up.len);
		feed_chunks(&f, TO_CLIENT, down.octets, down.len, 999);
		expect(&f, TLS_SNI, "mqtt.head-end.example");
		feed_done(&f);
		down.octets[n] ^= 0xff;
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tls");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_session_of_tls_1_2);
	tcase_add_loop_test(t, cuts_do_not_matter, 0, 2 * ARRAY_LEN(chunk_sizes));
	tcase_add_test(t, tls_1_3_ends_at_the_server_hello);
	tcase_add_test(t, a_retry_is_not_the_answer);
	tcase_add_test(t, a_client_certificate_is_waited_for_when_asked);
	tcase_add_test(t, the_server_alone_is_enough_and_tells_who_it_is);
	tcase_add_test(t, a_seen_syn_outweighs_a_hello);
	tcase_add_loop_test(t, what_follows_the_hello, 0, ARRAY_LEN(after_hello));
	tcase_add_test(t, ssl_2_hello_for_a_later_version);
	tcase_add_loop_test(t, probes_by_more_than_the_port, 0, ARRAY_LEN(probe_rows));
	tcase_add_test(t, a_gap_loses_a_side_not_the_flow);
	tcase_add_test(t, random_octets_are_never_claimed);
	tcase_add_test(t, every_prefix_and_every_flip_ends_well);
	suite_add_tcase(s, t);
	return run_suite(s);
}
