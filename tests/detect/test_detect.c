/* SPDX-License-Identifier: Apache-2.0 */
/* test_detect.c - small captures through the whole monitor: what must be raised, with which
 * stage and confidence, and what must not. The knowledge is made here, too. */
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "log.h"
#include "macros.h"
#include "monitor.h"
#include "stats.h"
#include "run_suite.h"

enum { FRAME_MAX = 600 };

static char dir[] = "/tmp/picket-detect-XXXXXX";
static FILE *capture;
static uint32_t second;

/* --- knowledge: one listed company with a name and an address, one context path --- */

static void
put_file(const char *name, const char *text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void
make_folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void
make_knowledge(void)
{
	static const char *const folders[] = { "entities", "lists", "listings", "indicators" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		make_folder(folders[i]);
	put_file("pack.json", "[\n{\"version\":\"1\",\"date\":\"2026-01-01\"}\n]\n");
	put_file("lists/l.json", "[]\n");
	put_file("listings/l.json", "[]\n");
	put_file("entities/e.json", "[\n{\"id\":\"acme\",\"name\":\"Acme\",\"country\":\"CN\","
	    "\"category\":\"iot_cloud\",\"basis\":\"jurisdiction_only\",\"adversary_linked\":true,"
	    "\"evidence\":\"verified\",\"sources\":[\"test\"]}\n]\n");
	put_file("indicators/i.json", "[\n"
	    "{\"id\":\"ind-1\",\"entity\":\"acme\",\"type\":\"domain\",\"value\":\"acme.example\","
	    "\"role\":\"telemetry\",\"confidence\":\"high\",\"verified\":true,\"severity\":\"high\",\"as_of\":\"2026-01-01\","
	    "\"identifies\":\"host_operator\",\"use\":\"alert\",\"sources\":[\"test\"]},\n"
	    "{\"id\":\"ind-2\",\"entity\":\"acme\",\"type\":\"ip\",\"value\":\"203.0.113.9\","
	    "\"role\":\"telemetry\",\"confidence\":\"high\",\"verified\":true,\"severity\":\"high\",\"as_of\":\"2026-01-01\","
	    "\"identifies\":\"host_operator\",\"use\":\"alert\",\"sources\":[\"test\"]},\n"
	    "{\"id\":\"ind-3\",\"entity\":\"acme\",\"type\":\"url_path\",\"value\":\"/acme/fota\","
	    "\"match\":\"prefix\",\"role\":\"firmware_update\",\"confidence\":\"high\",\"verified\":true,\"severity\":\"high\",\"as_of\":\"2026-01-01\","
	    "\"identifies\":\"client_software\",\"use\":\"alert\",\"sources\":[\"test\"]}\n]\n");
}

/* --- frames: raw IPv4, one each second --- */

static void
put_frame(const uint8_t *ip, size_t len)
{
	uint32_t head[4] = { second++, 0, (uint32_t)len, (uint32_t)len };

	ck_assert_uint_eq(fwrite(head, sizeof(head), 1, capture), 1);
	ck_assert_uint_eq(fwrite(ip, len, 1, capture), 1);
}

static void
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static size_t
ip_head(uint8_t *ip, const char *src, const char *dest, uint8_t proto, size_t payload)
{
	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(20 + payload));
	ip[8] = 64;
	ip[9] = proto;
	ck_assert_int_eq(inet_pton(AF_INET, src, ip + 12), 1);
	ck_assert_int_eq(inet_pton(AF_INET, dest, ip + 16), 1);
	return 20;
}

static void
udp(const char *src, unsigned sport, const char *dest, unsigned dport, const void *octets,
    size_t len)
{
	uint8_t ip[FRAME_MAX];
	size_t n = ip_head(ip, src, dest, 17, 8 + len);

	put16(ip + n, sport);
	put16(ip + n + 2, dport);
	put16(ip + n + 4, (unsigned)(8 + len));
	put16(ip + n + 6, 0);
	memcpy(ip + n + 8, octets, len);
	put_frame(ip, n + 8 + len);
}

static void
tcp(const char *src, unsigned sport, const char *dest, unsigned dport, uint32_t seq, uint32_t ack,
    uint8_t flags, const char *text)
{
	uint8_t ip[FRAME_MAX];
	size_t len = strlen(text), n = ip_head(ip, src, dest, 6, 20 + len);

	memset(ip + n, 0, 20);
	put16(ip + n, sport);
	put16(ip + n + 2, dport);
	put16(ip + n + 4, seq >> 16);
	put16(ip + n + 6, seq & 0xffff);
	put16(ip + n + 8, ack >> 16);
	put16(ip + n + 10, ack & 0xffff);
	ip[n + 12] = 0x50;
	ip[n + 13] = flags;
	put16(ip + n + 14, 65535);
	memcpy(ip + n + 20, text, len);
	put_frame(ip, n + 20 + len);
}

enum { SYN = 2, ACK = 0x10 };

static const char *const device = "10.0.0.5", *const resolver = "10.0.0.1";

/* Labels of a name "a.b.c" behind each other, each with its length. */
static size_t
dns_name(uint8_t *at, const char *name)
{
	size_t n = 0;

	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		at[n++] = (uint8_t)len;
		memcpy(at + n, name, len);
		n += len;
		name += len + (name[len] == '.');
	}
	at[n++] = 0;
	return n;
}

/* The device asks for a name; with `answer` it is told that address. */
static void
look_up(const char *who, const char *name, const char *answer)
{
	uint8_t m[300] = { 0x12, 0x34, 1, 0, 0, 1 };
	size_t n = 12 + dns_name(m + 12, name);
	static const uint8_t in_a[4] = { 0, 1, 0, 1 };
	static const uint8_t rr[12] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };
	unsigned port = 30000 + second;

	memcpy(m + n, in_a, 4);
	n += 4;
	udp(who, port, resolver, 53, m, n);
	if (answer == NULL)
		return;
	m[2] = 0x81;
	m[3] = 0x80;
	m[7] = 1;
	memcpy(m + n, rr, 12);
	ck_assert_int_eq(inet_pton(AF_INET, answer, m + n + 12), 1);
	udp(resolver, 53, who, port, m, n + 16);
}

static void
connect_to(const char *dest)
{
	unsigned port = 30000 + second;

	tcp(device, port, dest, 80, 100, 0, SYN, "");
	tcp(dest, 80, device, port, 500, 101, SYN | ACK, "");
	tcp(device, port, dest, 80, 101, 501, ACK, "");
}

static void
get(const char *dest, const char *request)
{
	unsigned port = 30000 + second;

	tcp(device, port, dest, 80, 100, 0, SYN, "");
	tcp(dest, 80, device, port, 500, 101, SYN | ACK, "");
	tcp(device, port, dest, 80, 101, 501, ACK, request);
}

/* --- what must come out --- */

static void asked(void) { look_up(device, "x.acme.example", NULL); }
static void answered(void) { look_up(device, "x.acme.example", "203.0.113.5"); }
static void refused(void) { answered(); tcp(device, 4000, "203.0.113.5", 443, 1, 0, SYN, ""); }
static void connected(void) { answered(); connect_to("203.0.113.5"); }
static void
used(void)
{
	answered();
	get("203.0.113.5", "GET /a HTTP/1.1\r\nHost: x.acme.example\r\n\r\n");
}
static void bare_address(void) { get("203.0.113.9", "GET /a HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\n"); }
static void
foreign_name(void)
{
	get("203.0.113.9", "GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n");
}
static void
shared_address(void)
{
	static const char *const names[] = { "a.example", "b.example", "c.example", "d.example",
		"e.example", "f.example" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		look_up("10.0.0.77", names[i], "203.0.113.9");
	connect_to("203.0.113.9");
}
static void
path_alone(void)
{
	get("203.0.113.80", "GET /acme/fota?v=1 HTTP/1.1\r\nHost: own.example\r\n\r\n");
}
static void lookalike(void) { look_up(device, "badacme.example", "203.0.113.5"); }
static void inside(void) { get("10.0.0.9", "GET / HTTP/1.1\r\nHost: own.example\r\n\r\n"); }
static void
inbound(void)
{
	tcp("203.0.113.9", 5000, device, 8080, 1, 0, SYN, "");
}

/* A stranger's words, sent to the device. */
static void
inbound_name(void)
{
	tcp("198.51.100.7", 5000, device, 80, 1, 0, SYN, "");
	tcp(device, 80, "198.51.100.7", 5000, 9, 2, SYN | ACK, "");
	tcp("198.51.100.7", 5000, device, 80, 2, 10, ACK,
	    "GET /a HTTP/1.1\r\nHost: x.acme.example\r\n\r\n");
}
static void
unasked_answer(void)
{
	uint8_t m[300] = { 0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1 };
	size_t n = 12 + dns_name(m + 12, "x.acme.example");
	static const uint8_t in_a[4] = { 0, 1, 0, 1 };
	static const uint8_t rr[16] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 77 };

	memcpy(m + n, in_a, 4);
	memcpy(m + n + 4, rr, 16);
	udp("198.51.100.7", 53, device, 4444, m, n + 20);
	connect_to("203.0.113.77");
}
/* Neither end is in home_nets: the one that asks is the device, not the resolver. */
static void
global_addresses(void)
{
	uint8_t m[300] = { 0x12, 0x34, 1, 0, 0, 1 };
	size_t n = 12 + dns_name(m + 12, "x.acme.example");
	static const uint8_t in_a[4] = { 0, 1, 0, 1 };

	memcpy(m + n, in_a, 4);
	udp("192.0.2.50", 5353 + 30000, "192.0.2.53", 53, m, n + 4);
}
/* Picked up in the middle, with the far end's packet first: the request proves who is who. */
static void
reversed(void)
{
	tcp("203.0.113.9", 8081, device, 40000, 500, 101, ACK, "");
	tcp(device, 40000, "203.0.113.9", 8081, 101, 500, ACK,
	    "GET /a HTTP/1.1\r\nHost: x.acme.example\r\n\r\n");
}
static void odd_label(void) { look_up(device, "\x1b\xff .acme.example", NULL); }
/* More at once than may be open, all watched by one flow or another: counted, not a crash. */
static void
too_many(void)
{
	char who[16];

	for (unsigned i = 0; i < 20; i++) {
		snprintf(who, sizeof(who), "10.0.1.%u", i + 1);
		look_up(who, "x.acme.example", NULL);
	}
}
/* One frame from 2100: the next contact is told on the day that it happens. */
static void
future_stamp(void)
{
	uint32_t now = second;

	udp(device, 1, "10.0.0.9", 9, "x", 1);
	second = 4102444800;
	udp(device, 2, "10.0.0.9", 9, "x", 1);
	second = now + 2;
	look_up(device, "x.acme.example", NULL);
	for (unsigned i = 0; i < 30; i++)
		udp(device, 3, "10.0.0.9", 9, "x", 1);
}

static const struct {
	const char *what;
	void (*scene)(void);
	const char *want[6];	/* in the first alert; none: no alert */
	const char *set;
	unsigned alerts;	/* 0: one, when any is wanted */
} scenes[] = {
	{ "asked only", asked, { "\"stage\":\"asked\"", "\"host_source\":\"dns\"", "\"count\":1," } },
	{ "answered", answered, { "\"stage\":\"answered\"", "\"ip\":\"203.0.113.5\"" } },
	{ "no answer to the SYN", refused, { "\"stage\":\"syn\"", "\"host_source\":\"dns_cache\"",
	    "\"count\":2," } },
	{ "established", connected, { "\"stage\":\"handshake\"", "\"confidence\":\"high\"" } },
	{ "used", used, { "\"stage\":\"data\"", "\"host_source\":\"http\"", "\"port\":80",
	    "\"octets_out\":121,", "\"octets_in\":40,", "\"confidence\":\"high\"" } },
	{ "by address alone", bare_address, { "\"stage\":\"data\"", "\"confidence\":\"medium\"",
	    "Known by address only" } },
	{ "by address, under another name", foreign_name, { "\"confidence\":\"low\"",
	    "\"host\":\"shop.example\"", "not known to be this entity's" } },
	{ "from outside", inbound, { "\"direction\":\"inbound\"", "\"id\":\"10.0.0.5\"",
	    "\"field\":\"flow.src_ip\"" } },
	{ "an address that many names share", shared_address, { NULL } },
	{ "a path of its software elsewhere", path_alone, { NULL } },
	{ "a name that only ends alike", lookalike, { NULL } },
	{ "inside the home networks", inside, { NULL } },
	{ "a name that a stranger sends in", inbound_name, { NULL } },
	{ "an answer that nobody asked for", unasked_answer, { NULL } },
	{ "the one that asks, outside home_nets", global_addresses, { "\"id\":\"192.0.2.50\"",
	    "\"stage\":\"asked\"", "\"direction\":\"outbound\"" } },
	{ "reversed by proof", reversed, { "\"id\":\"10.0.0.5\"", "\"ip\":\"203.0.113.9\"",
	    "\"direction\":\"outbound\"", "\"octets_out\":81,", "\"octets_in\":40,",
	    "\"src_ip\":\"10.0.0.5\"" } },
	{ "odd octets below the name", odd_label, { "\"stage\":\"asked\"" } },
	{ "more than may be open", too_many, { "\"stage\":\"asked\"" }, "detect.max_open=16", 16 },
	{ "after a frame from the future", future_stamp, { "\"timestamp\":\"2026-01-01T00:00:1" } },
};

static char *
replay(const char *set)
{
	struct config_error err;
	struct config cfg;
	struct monitor *m;
	char path[128], setting[160];
	const char *read = path, *knowledge = dir;
	char *text = calloc(1, 1 << 20);
	FILE *in;

	snprintf(path, sizeof(path), "%s/c.pcap", dir);
	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_set_list(&cfg, "capture.read", &read, 1, &err), 0);
	ck_assert_int_eq(config_set_list(&cfg, "knowledge.paths", &knowledge, 1, &err), 0);
	snprintf(setting, sizeof(setting), "log_dir=%s", dir);
	ck_assert_int_eq(config_set(&cfg, setting, &err), 0);
	if (set != NULL)
		ck_assert_int_eq(config_set(&cfg, set, &err), 0);
	ck_assert_int_eq(monitor_open(&m, &cfg), EXIT_CODE_OK);
	while (monitor_step(m, 64) > 0)
		;
	ck_assert_int_eq(monitor_finish(m), EXIT_CODE_OK);
	monitor_free(m);
	config_done(&cfg);
	snprintf(path, sizeof(path), "%s/eve.json", dir);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_lt(fread(text, 1, (1 << 20) - 1, in), (1 << 20) - 1);
	fclose(in);
	return text;
}

START_TEST(raises_what_it_must_and_nothing_else)
{
	static const uint32_t file_head[6] = { 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101 };
	char path[128], command[160];
	char *text, *alert, *line_end;
	unsigned n_alerts = 0;

	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	make_knowledge();
	snprintf(path, sizeof(path), "%s/c.pcap", dir);
	capture = fopen(path, "wb");
	ck_assert_ptr_nonnull(capture);
	ck_assert_uint_eq(fwrite(file_head, sizeof(file_head), 1, capture), 1);
	second = 1767225600;
	scenes[_i].scene();
	fclose(capture);
	text = replay(scenes[_i].set);
	alert = strstr(text, "\"event_type\":\"alert\"");
	if (scenes[_i].want[0] == NULL) {
		ck_assert_msg(alert == NULL, "%s: %.900s", scenes[_i].what, alert);
	} else {
		ck_assert_msg(alert != NULL, "%s: no alert", scenes[_i].what);
		for (const char *at = text; (at = strstr(at, "\"event_type\":\"alert\"")) != NULL;
		    at++)
			n_alerts++;
		ck_assert_msg(n_alerts == (scenes[_i].alerts == 0 ? 1 : scenes[_i].alerts),
		    "%s: %u alerts", scenes[_i].what, n_alerts);
		while (alert > text && alert[-1] != '\n')
			alert--;
		line_end = strchr(alert, '\n');
		*line_end = '\0';
		for (size_t i = 0; i < 6 && scenes[_i].want[i] != NULL; i++)
			ck_assert_msg(strstr(alert, scenes[_i].want[i]) != NULL, "%s: no %s in %s",
			    scenes[_i].what, scenes[_i].want[i], alert);
	}
	free(text);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("detect");
	TCase *t = tcase_create("detect");

	log_set_level(LOG_LEVEL_WARN);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, raises_what_it_must_and_nothing_else, 0, ARRAY_LEN(scenes));
	suite_add_tcase(s, t);
	return run_suite(s);
}
