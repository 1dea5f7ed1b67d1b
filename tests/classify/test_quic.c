/* SPDX-License-Identifier: Apache-2.0 */
/* Tests QUIC: the published Initial, keys of each version, shuffled and split hellos. */
#include <check.h>
#include <nettle/aes.h>
#include <nettle/gcm.h>

#include "classify/pieces.h"
#include "classify/quic_initial.h"
#include "tls_feed.h"
#include "tls_vectors.h"
#include "run_suite.h"

#define F(row) FIELD_ID(PARSER_tls, row)
#define VERSION_FIELD FIELD_ID(PARSER_quic, 0)

static const uint8_t dcid[8] = { 0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08 };

static const struct {
	uint32_t version;
	const char *text, *key, *iv, *header;
} key_rows[] = {
	/* RFC 9001, A.1 */
	{ 1, "v1", "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
	  "9f50449e04a0e810283a1e9933adedd2" },
	/* RFC 9369, A.1 */
	{ 0x6b3343cf, "v2", "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f",
	  "45b95e15235d6f45a6b19cbcb0294ba9" },
	/* draft-ietf-quic-tls-29, A.1 */
	{ 0xff00001d, "draft-29", "175257a31eb09dea9366d8bb79ad80ba", "6b26114b9cba2b63a9e8dd4f",
	  "9ddd12c994c0698b89374a9c077a3077" },
};

START_TEST(keys_are_the_published_ones)
{
	struct build want = { .len = 0 };
	struct quic_keys keys;

	ck_assert(quic_client_keys(&keys, key_rows[_i].version, cursor_over(dcid, sizeof(dcid))));
	put_hex_text(&want, key_rows[_i].key);
	put_hex_text(&want, key_rows[_i].iv);
	put_hex_text(&want, key_rows[_i].header);
	ck_assert_msg(memcmp(want.octets, keys.key, 16) == 0, "%s key", key_rows[_i].text);
	ck_assert_msg(memcmp(want.octets + 16, keys.iv, 12) == 0, "%s iv", key_rows[_i].text);
	ck_assert_msg(memcmp(want.octets + 28, keys.header, 16) == 0, "%s hp", key_rows[_i].text);
}
END_TEST

START_TEST(the_initial_of_rfc_9001)
{
	struct build packet = { .len = 0 };
	struct feed f;
	char text[2048];

	put_hex_text(&packet, rfc9001_a2_hex);
	ck_assert_uint_eq(packet.len, 1200);
	ck_assert_int_eq(feed_probe(&quic_parser, packet.octets, packet.len, false), PROBE_YES);
	feed_init(&f, &quic_parser);
	feed_datagram(&f, TO_SERVER, packet.octets, packet.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_str_eq(feed_value(&f, F(TLS_SNI), text), "example.com");
	ck_assert_str_eq(feed_value(&f, F(TLS_ALPN), text), "alpn");
	ck_assert_str_eq(feed_value(&f, F(TLS_CLIENT_VERSION), text), "TLS 1.3");
	ck_assert_str_eq(feed_value(&f, VERSION_FIELD, text), "v1");
	ck_assert_mem_eq(feed_value(&f, F(TLS_JA4), text), "q13d0211an_", 11);
	ck_assert_uint_eq(f.reasons, REASON_ENCRYPTED);
	feed_done(&f);
}
END_TEST

/* One changed octet anywhere, and the packet does not open. */
START_TEST(a_changed_packet_stays_shut)
{
	struct build packet = { .len = 0 };

	put_hex_text(&packet, rfc9001_a2_hex);
	for (size_t i = 0; i < packet.len; i += i < 64 ? 1 : 37) {
		struct feed f;

		packet.octets[i] ^= 0x04;
		feed_init(&f, &quic_parser);
		feed_datagram(&f, TO_SERVER, packet.octets, packet.len);
		ck_assert_int_ne(f.result, PARSE_DONE);
		packet.octets[i] ^= 0x04;
		feed_done(&f);
	}
}
END_TEST

START_TEST(every_prefix_ends_well)
{
	struct build packet = { .len = 0 };

	put_hex_text(&packet, rfc9001_a2_hex);
	for (size_t n = 0; n < packet.len; n++) {
		struct feed f;

		ck_assert_int_eq(feed_probe(&quic_parser, packet.octets, n, true), PROBE_NO);
		feed_init(&f, &quic_parser);
		feed_datagram(&f, TO_SERVER, packet.octets, n);
		ck_assert_int_eq(f.result, PARSE_MORE);
		feed_done(&f);
	}
}
END_TEST

/* Protect `frames` as the client does, padded to `size` octets of packet. */
static void
put_initial(struct build *out, uint32_t version, const uint8_t *cid, uint32_t number,
    const struct build *frames, size_t size)
{
	struct quic_keys keys;
	struct aes128_ctx aes;
	struct gcm_aes128_ctx gcm;
	struct build header = { .len = 0 }, plain = *frames;
	uint8_t sealed[2048], mask[16], nonce[12];

	ck_assert(quic_client_keys(&keys, version, cursor_over(cid, 8)));
	put_uint(&header, version == 0x6b3343cf ? 0xd1 : 0xc1, 1);	/* 2-octet number */
	put_uint(&header, version, 4);
	put_uint(&header, 8, 1);
	put(&header, cid, 8);
	put_uint(&header, 0, 1);	/* no source id */
	put_uint(&header, 0, 1);	/* no token */
	while (plain.len + header.len + 2 + 2 + 16 < size)
		put_uint(&plain, 0, 1);
	put_uint(&header, 0x4000 | (plain.len + 2 + 16), 2);
	put_uint(&header, number, 2);
	memcpy(nonce, keys.iv, sizeof(nonce));
	nonce[10] ^= (uint8_t)(number >> 8);
	nonce[11] ^= (uint8_t)number;
	gcm_aes128_set_key(&gcm, keys.key);
	gcm_aes128_set_iv(&gcm, sizeof(nonce), nonce);
	gcm_aes128_update(&gcm, header.len, header.octets);
	gcm_aes128_encrypt(&gcm, plain.len, sealed, plain.octets);
	gcm_aes128_digest(&gcm, 16, sealed + plain.len);
	aes128_set_encrypt_key(&aes, keys.header);
	aes128_encrypt(&aes, 16, mask, sealed + 2);
	header.octets[0] ^= mask[0] & 0x0f;
	header.octets[header.len - 2] ^= mask[1];
	header.octets[header.len - 1] ^= mask[2];
	put(out, header.octets, header.len);
	put(out, sealed, plain.len + 16);
}

static void
put_crypto(struct build *frames, const struct build *message, size_t from, size_t to)
{
	put_uint(frames, 0x06, 1);
	put_uint(frames, 0x4000 | from, 2);
	put_uint(frames, 0x4000 | (to - from), 2);
	put(frames, message->octets + from, to - from);
}

static const uint16_t ciphers[] = { 0x1301, 0x1302, 0x1303 };
static const uint16_t extensions[] = { 10, 13, 21, 16, 43, 0 };
/* As large as one with a post-quantum key share; the name at the end. */
static const struct hello_spec large = { 0x0303, "cloud.example", { "h3" }, ciphers, 3, extensions, 6, 1200 };

static void
make_hello(struct build *message)
{
	struct build body = { .len = 0 };

	put_client_hello(&body, &large);
	put_message(message, TLS_CLIENT_HELLO, body.octets, body.len);
}

/* Two or three Initials, their frames shuffled by a fixed seed, the datagrams in either order,
 * with PING and PADDING between and pieces that overlap: as Chrome does, and worse. */
START_TEST(a_split_and_shuffled_hello)
{
	struct build message = { .len = 0 }, packet[3] = { { .len = 0 } };
	uint64_t x = 0x1234567 + (uint64_t)_i;
	size_t cuts[13], n = ARRAY_LEN(cuts) - 1, parts = 2 + (size_t)_i % 2;
	unsigned order[12];
	struct feed f;
	char text[2048];

	make_hello(&message);
	for (size_t i = 0; i <= n; i++)
		cuts[i] = i * message.len / n;
	for (size_t i = 0; i < n; i++)
		order[i] = (unsigned)i;
	for (size_t i = n - 1; i > 0; i--) {
		size_t k = random_next(&x) % (i + 1);
		unsigned swap = order[i];

		order[i] = order[k];
		order[k] = swap;
	}
	for (size_t part = 0; part < parts; part++) {
		struct build frames = { .len = 0 };

		for (size_t i = part * n / parts; i < (part + 1) * n / parts; i++) {
			size_t from = cuts[order[i]], to = cuts[order[i] + 1];

			put_crypto(&frames, &message, from >= 5 ? from - 5 : from, to);
			put_uint(&frames, random_next(&x) % 2, 1);
		}
		put_initial(&packet[part], key_rows[_i % 3].version, dcid, (uint32_t)part, &frames, 1250);
	}
	feed_init(&f, &quic_parser);
	for (size_t part = 0; part < parts; part++) {
		const struct build *b = &packet[_i % 4 < 2 ? part : parts - 1 - part];

		ck_assert_int_eq(f.result, PARSE_MORE);
		feed_datagram(&f, TO_SERVER, b->octets, b->len);
	}
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_str_eq(feed_value(&f, F(TLS_SNI), text), "cloud.example");
	ck_assert_str_eq(feed_value(&f, VERSION_FIELD, text), key_rows[_i % 3].text);
	feed_done(&f);
}
END_TEST

START_TEST(coalesced_packets_in_one_datagram)
{
	struct build message = { .len = 0 }, one = { .len = 0 }, two = { .len = 0 }, out = { .len = 0 };
	struct feed f;
	char text[2048];

	make_hello(&message);
	put_crypto(&one, &message, 0, 700);
	put_crypto(&two, &message, 700, message.len);
	put_initial(&out, 1, dcid, 0, &one, 800);
	put_initial(&out, 1, dcid, 1, &two, 800);
	put_uint(&out, 0x40aabbcc, 4);	/* a short header may follow */
	ck_assert_int_eq(feed_probe(&quic_parser, out.octets, out.len, false), PROBE_YES);
	feed_init(&f, &quic_parser);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_str_eq(feed_value(&f, F(TLS_SNI), text), "cloud.example");
	feed_done(&f);
}
END_TEST

START_TEST(a_greased_version_has_the_keys_of_another)
{
	struct build message = { .len = 0 }, frames = { .len = 0 }, out = { .len = 0 };
	struct feed f;
	char text[2048];

	make_hello(&message);
	put_crypto(&frames, &message, 0, message.len);
	put_initial(&out, 0x1a2a3a4a, dcid, 0, &frames, 1700);
	ck_assert_int_eq(feed_probe(&quic_parser, out.octets, out.len, false), PROBE_YES);
	feed_init(&f, &quic_parser);
	feed_datagram(&f, TO_SERVER, out.octets, out.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_str_eq(feed_value(&f, F(TLS_SNI), text), "cloud.example");
	ck_assert_str_eq(feed_value(&f, VERSION_FIELD, text), "");
	feed_done(&f);
}
END_TEST

START_TEST(after_a_retry_the_keys_change)
{
	static const uint8_t other[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct build message = { .len = 0 }, frames = { .len = 0 }, first = { .len = 0 }, second = { .len = 0 };
	struct feed f;
	char text[2048];

	make_hello(&message);
	put_crypto(&frames, &message, 0, 900);
	put_initial(&first, 1, dcid, 0, &frames, 1200);
	frames.len = 0;
	put_crypto(&frames, &message, 0, 1000);
	put_initial(&second, 1, other, 1, &frames, 1200);
	feed_init(&f, &quic_parser);
	feed_datagram(&f, TO_SERVER, first.octets, first.len);
	feed_datagram(&f, TO_SERVER, second.octets, second.len);
	second.len = frames.len = 0;
	put_crypto(&frames, &message, 1000, message.len);
	put_initial(&second, 1, other, 2, &frames, 1200);
	feed_datagram(&f, TO_SERVER, second.octets, second.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_str_eq(feed_value(&f, F(TLS_SNI), text), "cloud.example");
	feed_done(&f);
}
END_TEST

START_TEST(a_lone_or_late_client_is_turned_around)
{
	struct build packet = { .len = 0 };
	struct feed f;

	put_hex_text(&packet, rfc9001_a2_hex);
	feed_init(&f, &quic_parser);
	feed_datagram(&f, TO_CLIENT, packet.octets, packet.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert(f.reversed);
	feed_done(&f);
}
END_TEST

START_TEST(without_a_client_it_gives_up)
{
	struct build packet = { .len = 0 };
	struct feed f;
	char text[2048];

	put_hex_text(&packet, rfc9001_a2_hex);
	packet.octets[100] ^= 1;	/* does not open: as the server's */
	feed_init(&f, &quic_parser);
	for (int i = 0; i < 4; i++)
		feed_datagram(&f, TO_CLIENT, packet.octets, packet.len);
	ck_assert_int_eq(f.result, PARSE_DONE);
	ck_assert_str_eq(feed_value(&f, F(TLS_SNI), text), "");
	feed_done(&f);
}
END_TEST

static const struct {
	const char *what;
	const char *hex;
	size_t padded;
	bool on_port;
	enum probe_result want;
} probe_rows[] = {
	{ "short header", "40aabbccddeeff", 1200, true, PROBE_NO },
	{ "Google's Q046", "c3513034365008", 1200, true, PROBE_NO },
	{ "greased version, does not open", "c01a2a3a4a0800112233445566770000449e", 1200, true, PROBE_NO },
	{ "v1, elsewhere, does not open", "c0000000010800112233445566770000449e", 1200, false, PROBE_NO },
	{ "Initial that is too short to be one, elsewhere",
	  "c000000001080011223344556677000040200000", 50, false, PROBE_NO },
	{ "Initial of a server, on the port", "c00000000100080011223344556677004014", 38, true, PROBE_YES },
	{ "fixed bit clear", "800000000108001122334455667700004480", 1200, true, PROBE_NO },
	{ "connection id too long", "c0000000011500112233445566778899aabbccddeeff001122334455000044", 1200,
	  true, PROBE_NO },
	{ "length beyond the datagram", "c000000001080011223344556677000044c0", 1200, true, PROBE_NO },
};

START_TEST(probes_by_more_than_the_port)
{
	struct build b = { .len = 0 };

	put_hex_text(&b, probe_rows[_i].hex);
	while (b.len < probe_rows[_i].padded)
		put_uint(&b, 0, 1);
	ck_assert_msg(feed_probe(&quic_parser, b.octets, b.len, probe_rows[_i].on_port)
	    == probe_rows[_i].want, "%s", probe_rows[_i].what);
}
END_TEST

START_TEST(random_octets_are_never_claimed)
{
	uint64_t x = 0x9e3779b97f4a7c15;
	uint8_t octets[1400];

	for (int i = 0; i < 100000; i++) {
		size_t len = 16 + random_next(&x) % (sizeof(octets) - 16);

		for (size_t k = 0; k < len; k += 8) {
			uint64_t v = random_next(&x);

			memcpy(octets + k, &v, len - k < 8 ? len - k : 8);
		}
		octets[0] |= 0xc0;
		ck_assert(feed_probe(&quic_parser, octets, len, i % 2 != 0) != PROBE_YES);
	}
}
END_TEST

START_TEST(pieces_in_every_order_make_the_whole)
{
	struct pieces p = { .whole = 0 };
	uint8_t octets[PIECES_MAX + 100];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 31 >> 3);
	for (size_t i = 0; i < 64; i++) {	/* 27 is coprime to 64: each block once */
		size_t block = i * 27 % 64;

		if (block != 0)
			pieces_add(&p, block * 64, cursor_over(octets + block * 64, 64));
	}
	ck_assert_uint_eq(p.whole, 0);
	pieces_add(&p, 0, cursor_over(octets, 64));
	ck_assert_uint_eq(p.whole, PIECES_MAX);
	pieces_add(&p, PIECES_MAX - 10, cursor_over(octets, 100));	/* neither over nor beyond */
	ck_assert_mem_eq(p.octets, octets, PIECES_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("quic");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, keys_are_the_published_ones, 0, ARRAY_LEN(key_rows));
	tcase_add_test(t, the_initial_of_rfc_9001);
	tcase_add_test(t, a_changed_packet_stays_shut);
	tcase_add_test(t, every_prefix_ends_well);
	tcase_add_loop_test(t, a_split_and_shuffled_hello, 0, 24);
	tcase_add_test(t, coalesced_packets_in_one_datagram);
	tcase_add_test(t, a_greased_version_has_the_keys_of_another);
	tcase_add_test(t, after_a_retry_the_keys_change);
	tcase_add_test(t, a_lone_or_late_client_is_turned_around);
	tcase_add_test(t, without_a_client_it_gives_up);
	tcase_add_loop_test(t, probes_by_more_than_the_port, 0, ARRAY_LEN(probe_rows));
	tcase_add_test(t, random_octets_are_never_claimed);
	tcase_add_test(t, pieces_in_every_order_make_the_whole);
	suite_add_tcase(s, t);
	return run_suite(s);
}
