/* SPDX-License-Identifier: Apache-2.0 */
/* generate_meters.c - smart meters of four kinds, all alive at once: MQTT, TLS, CoAP, DLMS.
 *
 * A meter's life is a number of steps, one packet each. The outer loop goes through turns of
 * time and the inner one through the meters, so that neighbours in the file are never of one
 * flow, as behind a packet gateway. Meters begin in waves: only a few are new at a time. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };
enum { IP_TCP = 6, IP_UDP = 17, FRAME_MAX = 1024, HEADERS_MAX = 14 + 20 + 20 };
enum { DNS_STEPS = 2, TCP_OPEN_STEPS = 3 };
enum { WAVES = 64, TURN_US = 500000 };
enum kind { KIND_MQTT, KIND_TLS, KIND_COAP, KIND_DLMS, KINDS };

static const uint64_t start_us = 1772438400ull * 1000000;	/* 2026-03-02T08:00:00Z */

struct meter {
	uint32_t seq[2];	/* next, of the initiator and the responder */
};

/* One packet to be: who sends it and what it carries. */
struct step {
	int from;		/* 0: initiator */
	uint8_t proto, tcp_flags;
	uint16_t server_port;
	uint8_t payload[FRAME_MAX - HEADERS_MAX];
	size_t len;
};

static void
put(struct step *s, const void *octets, size_t len)
{
	memcpy(s->payload + s->len, octets, len);
	s->len += len;
}

static void
put_u8(struct step *s, unsigned v)
{
	s->payload[s->len++] = (uint8_t)v;
}

static void
put_be16(struct step *s, unsigned v)
{
	put_u8(s, v >> 8);
	put_u8(s, v & 0xff);
}

static void
put_noise(struct step *s, uint64_t seed, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_u8(s, scramble(seed + i / 8) >> (i % 8 * 8) & 0xff);
}

static void
put_text(struct step *s, const char *text)
{
	put_be16(s, (unsigned)strlen(text));
	put(s, text, strlen(text));
}

/* --- each kind: the payload of its n-th exchange; even from the initiator, odd the reply --- */
static void
mqtt_step(struct step *s, uint32_t id, uint32_t n)
{
	char client[24], topic[40], report[40];

	snprintf(client, sizeof(client), "meter-%08u", id);
	snprintf(topic, sizeof(topic), "meters/%08u/reading", id);
	snprintf(report, sizeof(report), "{\"kwh\":%u,\"v\":231.4,\"seq\":%03u}", 100000 + id % 90000, n % 1000);
	if (n == 0) {	/* CONNECT: MQTT 3.1.1, 3.1 */
		put(s, "\x10", 1);
		put_u8(s, 10 + 2 + (unsigned)strlen(client));
		put(s, "\0\4MQTT\4\2\1\54", 10);
		put_text(s, client);
	} else if (n == 1) {
		put(s, "\x20\2\0\0", 4);
	} else if (n % 2 == 0) {	/* PUBLISH, QoS 1 */
		put(s, "\x32", 1);
		put_u8(s, 4 + (unsigned)(strlen(topic) + strlen(report)));
		put_text(s, topic);
		put_be16(s, n / 2);
		put(s, report, strlen(report));
	} else {
		put(s, "\x40\2", 2);
		put_be16(s, n / 2);
	}
}

static void
put_tls_record(struct step *s, const struct step *body)
{
	put(s, "\x16\3\3", 3);
	put_be16(s, (unsigned)body->len);
	put(s, body->payload, body->len);
}

static void
put_hello_head(struct step *s, unsigned type, size_t len, uint64_t seed)
{
	put_u8(s, type);
	put_u8(s, 0);
	put_be16(s, (unsigned)len - 4);
	put_be16(s, 0x0303);
	put_noise(s, seed, 32);
	put_u8(s, 32);
	put_noise(s, seed + 9, 32);
}

/* TLS 1.3 hellos: RFC 8446, 4.1.2 and 4.1.3. */
static void
tls_step(struct step *s, uint32_t id, uint32_t n)
{
	static const char name[] = "secure.headend.example";
	static const uint8_t suites[] = { 0, 8, 0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 1, 0 };
	static const uint8_t groups[] = { 0, 10, 0, 4, 0, 2, 0, 29, 0, 13, 0, 6, 0, 4, 4, 3, 8, 4,
		0, 43, 0, 3, 2, 3, 4, 0, 51, 0, 38, 0, 36, 0, 29, 0, 32 };
	static const uint8_t answer[] = { 0x13, 1, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32 };
	struct step hello = { 0 };
	uint64_t seed = (uint64_t)id << 20 | n;
	unsigned sni = sizeof(name) - 1;

	if (n == 0) {
		size_t ext = 9 + sni + sizeof(groups) + 32;

		put_hello_head(&hello, 1, 4 + 2 + 32 + 33 + sizeof(suites) + 2 + ext, seed);
		put(&hello, suites, sizeof(suites));
		put_be16(&hello, (unsigned)ext);
		put_be16(&hello, 0);
		put_be16(&hello, sni + 5);
		put_be16(&hello, sni + 3);
		put_u8(&hello, 0);
		put_text(&hello, name);
		put(&hello, groups, sizeof(groups));
		put_noise(&hello, seed + 77, 32);
		put_tls_record(s, &hello);
	} else if (n == 1) {
		put_hello_head(&hello, 2, 4 + 2 + 32 + 33 + sizeof(answer) + 32, seed);
		put(&hello, answer, sizeof(answer));
		put_noise(&hello, seed + 77, 32);
		put_tls_record(s, &hello);
		put(s, "\x14\3\3\0\1\1\x17\3\3\1\0", 11);
		put_noise(s, seed, 256);
	} else {
		unsigned len = n % 2 == 0 ? 104 : 40;

		put(s, "\x17\3\3", 3);
		put_be16(s, len);
		put_noise(s, seed, len);
	}
}

static void
coap_step(struct step *s, uint32_t id, uint32_t n)
{
	char path[12], report[48];

	put(s, n % 2 == 0 ? "\x42\2" : "\x62\x44", 2);	/* CON POST, ACK 2.04: RFC 7252, 3 */
	put_be16(s, id + n / 2);
	put_be16(s, id);	/* token */
	if (n % 2 != 0)
		return;
	snprintf(path, sizeof(path), "%08u", id % 100000000);
	snprintf(report, sizeof(report), "{\"kwh\":%u,\"seq\":%03u}", 100000 + id % 90000, n % 1000);
	put(s, "\xb6meters\x08", 8);
	put(s, path, 8);
	put(s, "\x11\x32\xff", 3);	/* Content-Format: application/json */
	put(s, report, strlen(report));
}

/* The head-end asks, the meter answers: IEC 62056-47 wrapper, IEC 62056-5-3 GET. */
static void
dlms_step(struct step *s, uint32_t id, uint32_t n)
{
	static const uint8_t aarq[] = "\x60\x1d\xa1\x09\x06\x07\x60\x85\x74\x05\x08\x01\x01\xbe\x10\x04"
	    "\x0e\x01\0\0\0\x06\x5f\x1f\x04\0\0\x1e\x1d\xff\xff";
	static const uint8_t aare[] = "\x61\x29\xa1\x09\x06\x07\x60\x85\x74\x05\x08\x01\x01\xa2\x03\x02"
	    "\x01\0\xa3\x05\xa1\x03\x02\x01\0\xbe\x10\x04\x0e\x08\0\x06\x5f\x1f\x04\0\0\x1e\x1d\x04\xc8\0\x07";
	static const uint8_t get[] = "\xc0\x01\xc1\0\x03\1\0\1\x08\0\xff\2\0";
	static const uint8_t value[] = "\xc4\x01\xc1\0\x06";
	const uint8_t *apdu = n == 0 ? aarq : n == 1 ? aare : n % 2 == 0 ? get : value;
	size_t len = n == 0 ? sizeof(aarq) - 1 : n == 1 ? sizeof(aare) - 1 :
	    n % 2 == 0 ? sizeof(get) - 1 : sizeof(value) - 1;
	int reading = n > 1 && n % 2 != 0;

	put(s, n % 2 == 0 ? "\0\1\0\x10\0\1" : "\0\1\0\1\0\x10", 6);
	put_be16(s, (unsigned)len + (reading ? 4 : 0));
	put(s, apdu, len);
	if (reading) {
		put_be16(s, id >> 8 & 0xffff);
		put_be16(s, n);
	}
}

static const struct {
	const char *host;
	uint16_t port;
	uint8_t proto;
	int head_end_calls;	/* the meter is the responder */
	void (*step)(struct step *s, uint32_t id, uint32_t n);
} kinds[KINDS] = {
	[KIND_MQTT] = { "\4mqtt\7headend\7example", 1883, IP_TCP, 0, mqtt_step },
	[KIND_TLS] = { "\6secure\7headend\7example", 8883, IP_TCP, 0, tls_step },
	[KIND_COAP] = { "\4coap\7headend\7example", 5683, IP_UDP, 0, coap_step },
	[KIND_DLMS] = { "\4dlms\7headend\7example", 4059, IP_TCP, 1, dlms_step },
};

static void
dns_step(struct step *s, uint32_t id, enum kind kind, uint32_t n)
{
	s->proto = IP_UDP;
	s->server_port = 53;
	s->from = (int)n;
	put_be16(s, id);
	put(s, n == 0 ? "\1\0\0\1\0\0\0\0\0\0" : "\x81\x80\0\1\0\1\0\0\0\0", 10);
	put(s, kinds[kind].host, strlen(kinds[kind].host) + 1);
	put(s, "\0\1\0\1", 4);
	if (n == 1) {
		put(s, "\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\x0a\xff\1", 15);
		put_u8(s, 10 + (unsigned)kind);
	}
}

/* Fill in step n of a meter; false when it has nothing to say in this step. */
static int
make_step(struct step *s, uint32_t id, enum kind kind, uint32_t n, int dns)
{
	*s = (struct step){ .proto = kinds[kind].proto, .server_port = kinds[kind].port };
	if (dns && n < DNS_STEPS) {
		dns_step(s, id, kind, n);
		return 1;
	}
	n -= dns ? DNS_STEPS : 0;
	if (n < TCP_OPEN_STEPS) {	/* CoAP has no handshake and waits for the others */
		s->from = n == 1;
		s->tcp_flags = n == 0 ? SYN : n == 1 ? SYN | ACK : ACK;
		return s->proto == IP_TCP;
	}
	n -= TCP_OPEN_STEPS;
	s->from = n % 2;
	s->tcp_flags = PSH | ACK;
	kinds[kind].step(s, id, n);
	return 1;
}

static void
store16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void
store32(uint8_t *at, uint32_t v)
{
	store16(at, v >> 16);
	store16(at + 2, v & 0xffff);
}

static size_t
tcp_header(uint8_t *at, const struct step *s, struct meter *m)
{
	store32(at + 4, m->seq[s->from]);
	store32(at + 8, s->tcp_flags & ACK ? m->seq[1 - s->from] : 0);
	at[12] = 5 << 4;
	at[13] = s->tcp_flags;
	store16(at + 14, 29200);
	m->seq[s->from] += (uint32_t)s->len + (s->tcp_flags & SYN ? 1 : 0);
	return 20;
}

static uint32_t
device_address(uint32_t id)
{
	return 0x0a000000 | (id + 256);
}

static void
write_step(struct writer *w, uint64_t time_us, const struct step *s, uint32_t id, enum kind kind,
    struct meter *m, int tunnel)
{
	static const uint8_t macs[] = { 0, 0, 0x5e, 0, 0x53, 2, 0, 0, 0x5e, 0, 0x53, 1, 8, 0 };
	uint8_t frame[FRAME_MAX] = { 0 }, *ip = frame + 14, *l4 = ip + 20;
	int dns = s->server_port == 53;
	uint32_t device = device_address(id), server = dns ? 0x0aff0035 : 0x0aff010a + kind;
	int device_sends = (s->from == 0) != (kinds[kind].head_end_calls && !dns);
	uint16_t high = (uint16_t)(32768 + scramble(id) % 28000);
	size_t head = s->proto == IP_TCP ? tcp_header(l4, s, m) : 8, len = head + s->len;

	memcpy(frame, macs, sizeof(macs));
	store32(ip + 12, device_sends ? device : server);
	store32(ip + 16, device_sends ? server : device);
	store16(l4, s->from == 0 ? high : s->server_port);
	store16(l4 + 2, s->from == 0 ? s->server_port : high);
	memcpy(l4 + head, s->payload, s->len);
	if (s->proto == IP_UDP)
		store16(l4 + 4, (unsigned)len);
	uint8_t pseudo[] = { 0, s->proto, (uint8_t)(len >> 8), (uint8_t)len };
	uint32_t sum = sum_words(sum_words(sum_words(0, ip + 12, 8), pseudo, 4), l4, len);
	store16(l4 + (s->proto == IP_TCP ? 16 : 6), sum_fold(sum));
	ip[0] = 0x45;
	store16(ip + 2, (unsigned)len + 20);
	store16(ip + 4, (unsigned)(w->packets & 0xffff));
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = s->proto;
	store16(ip + 10, sum_fold(sum_words(0, ip, 20)));
	if (tunnel)
		tunnel_frame(w, time_us, id, device_sends, ip, len + 20);
	else
		writer_frame(w, time_us, frame, len + 34 < 60 ? 60 : len + 34);
}

int
generate_meters(struct writer *w, uint32_t meters, uint32_t reports, int dns, int tunnel)
{
	uint32_t steps = (dns ? DNS_STEPS : 0) + TCP_OPEN_STEPS + 2 + 2 * reports;
	uint64_t time_us = start_us;
	struct meter *m;

	if (meters == 0 || meters > 0xf00000)	/* each has an address in 10.0.0.0/8 */
		return -EINVAL;
	if ((m = calloc(meters, sizeof(*m))) == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < meters; i++) {
		uint64_t seed = scramble(i);

		m[i] = (struct meter){ .seq = { (uint32_t)seed, (uint32_t)(seed >> 32) } };
	}
	for (uint32_t turn = 0; turn < steps + WAVES - 1; turn++, time_us += TURN_US)
		for (uint32_t i = 0; i < meters; i++) {
			uint64_t now_us = time_us + (uint64_t)TURN_US * i / meters;
			uint32_t wave = i / KINDS % WAVES;
			enum kind kind = (enum kind)(i % KINDS);
			struct step s;

			if (tunnel && turn == wave)
				tunnel_attach(w, now_us, i, device_address(i), tunnel == 2);
			if (turn >= wave && turn - wave < steps &&
			    make_step(&s, i, kind, turn - wave, dns))
				write_step(w, now_us, &s, i, kind, &m[i], tunnel);
		}
	free(m);
	return 0;
}
