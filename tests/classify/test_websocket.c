/* SPDX-License-Identifier: Apache-2.0 */
/* test_websocket.c - WebSocket frames: MQTT and CoAP inside, from HTTP's upgrade on. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define UPGRADE "GET /mqtt HTTP/1.1\r\nHost: broker.example\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
#define SWITCHED "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
#define CONNECT_311 "\x10\x0e\0\4MQTT\4\2\0\x3c\0\2m7"

/* A frame of the client's, masked; returns its length. */
static size_t
masked(uint8_t *at, uint8_t first, const char *octets, size_t len)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	size_t head = 2;

	at[0] = first;
	if (len < 126) {
		at[1] = (uint8_t)(0x80 | len);
	} else {
		at[1] = 0x80 | 126;
		at[2] = (uint8_t)(len >> 8);
		at[3] = (uint8_t)len;
		head = 4;
	}
	memcpy(at + head, mask, sizeof(mask));
	for (size_t i = 0; i < len; i++)
		at[head + 4 + i] = (uint8_t)octets[i] ^ mask[i & 3];
	return head + 4 + len;
}

START_TEST(mqtt_goes_on_after_the_upgrade)
{
	static const char packets[] = CONNECT_311 "\x82\x08\0\1\0\3c/#\1";
	uint8_t frames[2048];
	static char topic[2000];
	size_t len = 0;
	struct shown s[5] = {
		{ TO_SERVER, UPGRADE, sizeof(UPGRADE) - 1 },
		{ TO_CLIENT, SWITCHED, sizeof(SWITCHED) - 1 },
		{ TO_SERVER, frames, 0 },
		{ TO_CLIENT, "\x82\x04\x20\2\0\0\x89\0\x82\x09\x30\x07\0\3c/1ab", 4 + 2 + 2 + 11 },
		{ TO_SERVER, topic, 0 },
	};
	struct harness *h = harness_new(PARSER_http, false, 80);

	/* the CONNECT in two frames with a pong between, then a large PUBLISH */
	len += masked(frames + len, 0x02, packets, 7);
	len += masked(frames + len, 0x8a, "hi", 2);
	len += masked(frames + len, 0x80, packets + 7, sizeof(packets) - 1 - 7);
	memcpy(topic, "\x30\xe8\x07\0\3t/1", 8);		/* 1000 octets */
	len += masked(frames + len, 0x82, topic, 3 + 1000);
	s[2].len = len;
	s[4].len = masked((uint8_t *)topic, 0x82, "\x30\x07\0\3t/2ab", 9);
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		ck_assert_int_eq(harness_show(h, s[i]), PARSE_MORE);
	ck_assert_int_eq(harness_parser(h), PARSER_websocket);
	ck_assert_str_eq(harness_fields(h),
	    "http.host=broker.example\nhttp.method=GET\nhttp.path=/mqtt\n"
	    "http.request=GET broker.example/mqtt\nhttp.status=101\nhttp.upgrade=websocket\n"
	    "websocket.subprotocol=mqtt\nmqtt.version=3.1.1\nmqtt.keepalive=60\nmqtt.client_id=m7\n"
	    "mqtt.subscribe=c/#\nmqtt.topic=t/1\nmqtt.connack=0\nmqtt.topic=c/1\n"
	    "mqtt.topic_received=c/1\nmqtt.topic=t/2\n");
	harness_free(h);
	harness_any_cut(PARSER_http, 80, false, s, ARRAY_LEN(s));
	harness_every_prefix(PARSER_websocket, false, 80, true, s + 2, 3);
}
END_TEST

START_TEST(coap_inside)
{
	uint8_t frames[200];
	size_t len = masked(frames, 0x82, "\0\xe1", 2);
	struct shown s[2] = { { TO_SERVER, frames, 0 }, { TO_CLIENT, "\x82\4\1\x45\x0a\xc0", 6 } };
	struct harness *h = harness_new(PARSER_websocket, false, 80);

	len += masked(frames + len, 0x82, "\1\1\x0a\xb1t\1x", 7);
	s[0].len = len;
	harness_claim(h);
	ck_assert_int_eq(harness_show(h, s[0]), PARSE_MORE);
	ck_assert_int_eq(harness_show(h, s[1]), PARSE_MORE);
	ck_assert_str_eq(harness_fields(h), "coap.code=GET\ncoap.uri_path=t/x\n"
	    "coap.request=GET /t/x\ncoap.content_format=0\ncoap.code=2.05\n");
	harness_free(h);
	harness_any_cut(PARSER_websocket, 80, true, s, ARRAY_LEN(s));
}
END_TEST

static const struct {
	const char *what;
	const char *octets;
	size_t len;
	enum parse_result want;
} ends[] = {
	{ "close", "\x88\0", 2, PARSE_DONE },
	{ "JSON from the client", "\x81\x82\0\0\0\0{}", 8, PARSE_DONE },
	{ "compressed", "\xc1\2xx", 4, PARSE_DONE },
	{ "reserved bit", "\xa1\2xx", 4, PARSE_WRONG },
	{ "reserved opcode", "\x83\2xx", 4, PARSE_WRONG },
	{ "large control frame", "\x89\x7e\1\0", 4, PARSE_WRONG },
	{ "control frame in pieces", "\x09\0", 2, PARSE_WRONG },
	{ "length with its top bit", "\x82\x7f\xff\0\0\0\0\0\0\0", 10, PARSE_WRONG },
	{ "server's text is passed over", "\x81\2{}", 4, PARSE_MORE },
};

START_TEST(frames_end_or_break)
{
	struct harness *h = harness_new(PARSER_websocket, false, 80);

	harness_claim(h);
	ck_assert_msg(harness_show(h, (struct shown){ TO_CLIENT, ends[_i].octets, ends[_i].len }) ==
	    ends[_i].want, "%s", ends[_i].what);
	harness_free(h);
}
END_TEST

START_TEST(nothing_is_claimed_without_upgrade)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_websocket, false, 80, 1000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("websocket");
	TCase *t = tcase_create("websocket");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, mqtt_goes_on_after_the_upgrade);
	tcase_add_test(t, coap_inside);
	tcase_add_loop_test(t, frames_end_or_break, 0, ARRAY_LEN(ends));
	tcase_add_test(t, nothing_is_claimed_without_upgrade);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
