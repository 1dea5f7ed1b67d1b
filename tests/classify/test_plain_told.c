/* SPDX-License-Identifier: Apache-2.0 */
/* test_plain_told.c - what a device says of itself reaches the registry through the classifier,
 * and what others say of it does not. */
#include <check.h>
#include <netinet/in.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling.h"

#define S(text) text, sizeof(text) - 1
#define IMEI "490154203237518"
/* CoAP: POST /rd?ep=urn:imei:... (query of 27 octets), GET /imei/..., without and with a word */
#define REGISTER "\x40\2\0\1\xb2rd\x4d\x0e" "ep=urn:imei:" IMEI
#define ASK_WORD "\x40\1\0\1\xb4imei\x0d\2" IMEI
#define ASK_BARE "\x40\1\0\1\xb4test\x0d\2" IMEI

/* logins of trackers */
#define GT06 "xx\x0d\x01\x04\x90\x15\x42\x03#u\x18\x00\x01\x1f\x17\x0d\x0a"
#define JT808 "~\x01\x02@*\x01\x00\x00\x00\x00\x01\x38\x00\x00\x00\x01\x00\x01\x06secret" IMEI "TG500_V1.02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x45~"
#define TELTONIKA "\x00T\xca\xfe\x01\x05\x00\x0f\x34\x39\x30\x31\x35\x34\x32\x30\x33\x32\x33\x37\x35\x31\x38\x08\x02\x00\x00\x01s\x1b\x8bP\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x64\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01s\x1b\x8bP\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x64\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x02"
#define QUECLINK "+ACK:GTHBD,270100," IMEI ",,20260302110000,11F1$"

static const struct {
	const char *what, *octets;
	size_t len;
	bool from_server, from_outside;
	int source;		/* -1: nothing may be told */
} rows[] = {
	{ "registration", S(REGISTER), false, false, SIGNALLED_LWM2M },
	{ "path with the word", S(ASK_WORD), false, false, SIGNALLED_TELEMETRY },
	{ "path without", S(ASK_BARE), false, false, -1 },
	{ "the server says it", S(ASK_WORD), true, false, -1 },
	{ "a stranger registers in", S(REGISTER), false, true, -1 },
	{ "a stranger asks in", S(ASK_WORD), false, true, -1 },
	{ "GT06 login", S(GT06), false, false, SIGNALLED_TELEMETRY },
	{ "JT/T 808 authentication", S(JT808), false, false, SIGNALLED_TELEMETRY },
	{ "Teltonika records", S(TELTONIKA), false, false, SIGNALLED_TELEMETRY },
	{ "Queclink heartbeat", S(QUECLINK), false, false, SIGNALLED_TELEMETRY },
	{ "a stranger's login", S(GT06), false, true, -1 },
};

static void
ignore_end(void *arg, struct flow *flow)
{
	classify_release(*(struct classifier **)arg, flow);
}

/* One datagram from 10.0.0.5:40000 to 192.0.2.1:5683, or back. */
static unsigned
show(struct flow_table *ft, struct classifier *c, const char *octets, size_t len, bool back,
    bool outside)
{
	static const uint8_t home[4] = { 10, 0, 0, 5 }, far[4] = { 192, 0, 2, 1 };
	struct addr device = addr_from_ipv4(outside ? far : home);
	struct addr server = addr_from_ipv4(outside ? home : far);
	struct packet pkt = { .time_us = 1000000, .payload = (const uint8_t *)octets,
		.payload_len = (uint32_t)len, .payload_wire_len = (uint32_t)len };
	enum direction dir;
	bool is_new;
	struct flow *flow;

	pkt.ends.src = back ? server : device;
	pkt.ends.dest = back ? device : server;
	pkt.ends.src_port = back ? 5683 : 40000;
	pkt.ends.dest_port = back ? 40000 : 5683;
	pkt.ends.proto = IPPROTO_UDP;
	flow = flow_table_touch(ft, &pkt, &dir, &is_new);
	ck_assert_ptr_nonnull(flow);
	return classify_packet(c, flow, &pkt, dir, is_new);
}

START_TEST(only_the_device_speaks_for_itself)
{
	struct config cfg;
	struct stats *st = stats_new();
	struct classifier *c = NULL;
	struct flow_table *ft;
	const struct signalling *told;
	unsigned news;
	size_t n;

	ck_assert_int_eq(config_init(&cfg), 0);
	ft = flow_table_new(&cfg, st, ignore_end, &c);
	c = classifier_new(&cfg, st, ft);
	ck_assert_ptr_nonnull(c);
	if (rows[_i].from_server)	/* the device began, so it is the server that answers */
		(void)show(ft, c, S("\x40\1\0\1\xb4temp"), false, false);
	news = show(ft, c, rows[_i].octets, rows[_i].len, rows[_i].from_server,
	    rows[_i].from_outside);
	told = classify_signalling(c, &n);
	ck_assert_msg(((news & NEWS_SIGNALLING) != 0) == (rows[_i].source >= 0), "%s", rows[_i].what);
	ck_assert_msg(n == (rows[_i].source >= 0 ? 1u : 0u), "%s: %zu", rows[_i].what, n);
	if (n == 1) {
		static const uint8_t home[4] = { 10, 0, 0, 5 };
		struct addr device = addr_from_ipv4(home);

		ck_assert_int_eq(told->source, rows[_i].source);
		ck_assert_uint_eq(told->imei, digits_from_text(S(IMEI)));
		ck_assert_uint_eq(told->n_ue, 1);
		ck_assert(addr_equal(&told->ue[0].base, &device));
	}
	flow_table_end_all(ft, UINT64_MAX);
	classifier_free(c);
	flow_table_free(ft);
	config_done(&cfg);
	stats_free(st);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plain told");
	TCase *t = tcase_create("plain told");

	tcase_add_loop_test(t, only_the_device_speaks_for_itself, 0, ARRAY_LEN(rows));
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
