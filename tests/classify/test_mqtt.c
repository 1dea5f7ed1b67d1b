/* SPDX-License-Identifier: Apache-2.0 */
/* test_mqtt.c - MQTT 3.1 to 5.0: who connects, topics, when enough is known, what is not MQTT. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"

enum { TURNS_MAX = 4 };
#define C(text) { TO_SERVER, text, sizeof(text) - 1 }
#define R(text) { TO_CLIENT, text, sizeof(text) - 1 }

#define CONNECT_311 "\x10\x22\0\4MQTT\4\xc6\0\x3c\0\4m-17\0\4will\0\2xx\0\2us\0\2pw"
#define CONNACK_311 "\x20\2\0\0"

static const struct {
	const char *what;
	uint16_t port;
	struct shown turns[TURNS_MAX];
	enum parse_result want;
	const char *fields;
} talks[] = {
	{ "3.1.1 with will and user", 1883, { C(CONNECT_311), R(CONNACK_311) }, PARSE_MORE,
	    "mqtt.version=3.1.1\nmqtt.keepalive=60\nmqtt.client_id=m-17\nmqtt.will_topic=will\n"
	    "mqtt.username=us\nmqtt.connack=0\n" },
	{ "3.1 on an odd port, refused", 9000, { C("\x10\x10\0\6MQIsdp\3\2\0\x0a\0\2ab"),
	    R("\x20\2\0\5") }, PARSE_MORE,
	    "mqtt.version=3.1\nmqtt.keepalive=10\nmqtt.client_id=ab\nmqtt.connack=5\n" },
	{ "5.0 with properties", 1883, { C("\x10\x1b\0\4MQTT\5\x06\0\x05\5\x11\0\0\0\x0a\0\1c"
	    "\0\0\1w\0\2zz"), R("\x20\3\0\x87\0"), C("\x82\x09\0\1\0\0\3a/#\1"),
	    R("\x30\x07\0\3a/b\0x") }, PARSE_MORE,
	    "mqtt.version=5.0\nmqtt.keepalive=5\nmqtt.client_id=c\nmqtt.will_topic=w\n"
	    "mqtt.connack=135\nmqtt.subscribe=a/#\nmqtt.topic=a/b\nmqtt.topic_received=a/b\n" },
	{ "a bridge", 1883, { C("\x10\x0e\0\4MQTT\x84\2\0\x0a\0\2br") }, PARSE_MORE,
	    "mqtt.version=3.1.1\nmqtt.keepalive=10\nmqtt.client_id=br\n" },
	{ "topics both ways", 1883, { C(CONNECT_311), R(CONNACK_311),
	    C("\x82\x0f\0\1\0\3c/1\0\0\4c/2+\1" "\x32\x09\0\3t/1\0\7ab"),
	    R("\x40\2\0\7\x30\x08\0\3c/1cmd\xd0\0") }, PARSE_MORE,
	    "mqtt.version=3.1.1\nmqtt.keepalive=60\nmqtt.client_id=m-17\nmqtt.will_topic=will\n"
	    "mqtt.username=us\nmqtt.connack=0\nmqtt.subscribe=c/1\nmqtt.subscribe=c/2+\n"
	    "mqtt.topic=t/1\nmqtt.topic=c/1\nmqtt.topic_received=c/1\n" },
	{ "disconnected", 1883, { C(CONNECT_311 "\xe0\0") }, PARSE_DONE,
	    "mqtt.version=3.1.1\nmqtt.keepalive=60\nmqtt.client_id=m-17\nmqtt.will_topic=will\n"
	    "mqtt.username=us\n" },
	{ "picked up at a PUBLISH", 1883, { C("\x30\x09\0\5m/17/x") }, PARSE_WRONG, "" },
	{ "picked up at a whole PUBLISH", 1883, { C("\x30\x09\0\5m/17/xy") }, PARSE_MORE,
	    "mqtt.topic=m/17/\n" },
	{ "picked up on an odd port", 9000, { C("\x30\x09\0\5m/17/xy") }, PARSE_WRONG, "" },
	{ "picked up at a SUBSCRIBE of 5.0", 1883, { C("\x82\x09\0\1\0\0\3a/#\1") }, PARSE_MORE,
	    "mqtt.subscribe=a/#\n" },
	{ "garbage after the CONNECT", 1883, { C(CONNECT_311 "\0\0\0\0") }, PARSE_WRONG,
	    "mqtt.version=3.1.1\nmqtt.keepalive=60\nmqtt.client_id=m-17\nmqtt.will_topic=will\n"
	    "mqtt.username=us\n" },
	{ "no such level", 1883, { C("\x10\x0e\0\4MQTT\7\2\0\x0a\0\2ab") }, PARSE_WRONG, "" },
	{ "will flags without will", 1883, { C("\x10\x0e\0\4MQTT\4\x0a\0\x0a\0\2ab") }, PARSE_WRONG, "" },
	{ "length of five octets", 1883, { C("\x10\xff\xff\xff\xff\1MQTT") }, PARSE_WRONG, "" },
	{ "TLS on its port", 1883, { C("\x16\3\1\2\0\1\0\1\xfc\3\3") }, PARSE_WRONG, "" },
};

static size_t
turns_of(size_t talk)
{
	size_t n = 0;

	while (n < TURNS_MAX && talks[talk].turns[n].octets != NULL)
		n++;
	return n;
}

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_mqtt, false, talks[_i].port);
	enum parse_result got = PARSE_MORE;

	for (size_t i = 0; i < turns_of((size_t)_i); i++)
		got = harness_show(h, talks[_i].turns[i]);
	/* an unfinished packet on the port is waited for, never read */
	if (talks[_i].want == PARSE_WRONG && got == PARSE_MORE)
		got = PARSE_WRONG;
	ck_assert_msg(got == talks[_i].want, "%s: %d", talks[_i].what, got);
	ck_assert_msg(strcmp(harness_fields(h), talks[_i].fields) == 0, "%s: %s", talks[_i].what,
	    harness_fields(h));
	ck_assert_ptr_null(strstr(harness_fields(h), "pw"));
	harness_free(h);
}
END_TEST

START_TEST(same_however_cut)
{
	size_t n = turns_of((size_t)_i);

	harness_any_cut(PARSER_mqtt, talks[_i].port, false, talks[_i].turns, n);
	harness_every_prefix(PARSER_mqtt, false, talks[_i].port, false, talks[_i].turns, n);
}
END_TEST

START_TEST(telemetry_settles)
{
	static const struct shown connect = C(CONNECT_311), publish = C("\x30\x07\0\3t/1ab");
	struct harness *h = harness_new(PARSER_mqtt, false, 1883);
	int n = 0;

	(void)harness_show(h, connect);
	while (n < 1000 && harness_show(h, publish) == PARSE_MORE)
		n++;
	ck_assert_int_eq(n, 7);
	harness_free(h);
}
END_TEST

START_TEST(large_payloads_are_skipped)
{
	static const struct shown connect = C(CONNECT_311);
	static const struct shown large = C("\x30\x87\xc2\x3d\0\3fw/ab");	/* 1 007 879 octets */
	static char rest[1007879 - 7];
	static const struct shown next = C("\x30\x07\0\3t/1ab");
	struct harness *h = harness_new(PARSER_mqtt, false, 1883);

	(void)harness_show(h, connect);
	(void)harness_show(h, large);
	ck_assert_uint_eq(harness_skipped(h), sizeof(rest));
	(void)harness_show(h, (struct shown){ TO_SERVER, rest, sizeof(rest) });
	ck_assert_int_eq(harness_show(h, next), PARSE_MORE);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "mqtt.topic=fw/\nmqtt.topic=t/1\n"));
	harness_free(h);
}
END_TEST

START_TEST(clients_connect)
{
	struct harness *h = harness_new(PARSER_mqtt, false, 1883);

	/* seen from the wrong side: the end taken for the responder connects */
	(void)harness_show(h, (struct shown){ TO_CLIENT, CONNECT_311, sizeof(CONNECT_311) - 1 });
	ck_assert(harness_reversed(h));
	(void)harness_show(h, (struct shown){ TO_CLIENT, "\x30\x07\0\3t/1ab", 9 });
	ck_assert_ptr_null(strstr(harness_fields(h), "mqtt.topic_received"));
	(void)harness_show(h, (struct shown){ TO_SERVER, "\x30\x07\0\3c/1ab", 9 });
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "mqtt.topic_received=c/1"));
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_mqtt)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_mqtt, false, 1883, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_mqtt, false, 8883, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mqtt");
	TCase *t = tcase_create("mqtt");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(talks));
	tcase_add_loop_test(t, same_however_cut, 0, ARRAY_LEN(talks));
	tcase_add_test(t, telemetry_settles);
	tcase_add_test(t, large_payloads_are_skipped);
	tcase_add_test(t, clients_connect);
	tcase_add_test(t, random_is_not_mqtt);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
