/* SPDX-License-Identifier: Apache-2.0 */
/* generate_tunnel.c - a meter's packets as they are on S1-U: in its bearer (TS 29.281), and before
 * the first of them the four messages on S11 (TS 29.274) that say whose bearer it is. */
#include <string.h>

#include "generate.h"

enum { ETHERNET = 14, IPV4 = 20, UDP = 8, GTPU = 8, ENBS = 16 };
enum { GTPC_PORT = 2123, GTPU_PORT = 2152, IP_UDP = 17 };
enum { CREATE_SESSION = 32, MODIFY_BEARER = 34 };	/* requests; the answer is one more */
enum { S1U_ENB = 0, S1U_SGW = 1, S5C_PGW = 7, S11_MME = 10, S11_SGW = 11 };	/* 8.22 */
enum { IE_IMSI = 1, IE_CAUSE = 2, IE_APN = 71, IE_EBI = 73, IE_MEI = 75, IE_MSISDN = 76, IE_PAA = 79,
	IE_RAT = 82, IE_SERVING_NETWORK = 83, IE_ULI = 86, IE_F_TEID = 87, IE_BEARER_CONTEXT = 93 };
/* Who chooses a TEID, above the meter's number. */
enum { TEID_UP = 0x10000000, TEID_DOWN = 0x20000000, TEID_MME = 0x30000000, TEID_SGW = 0x40000000 };

static const uint32_t mme = 0xac100101, sgw = 0xac100201, pgw = 0xac100301, enb = 0xac100801;

struct message {
	uint8_t octets[512];
	size_t len;
};

static void
put(struct message *m, const void *octets, size_t len)
{
	memcpy(m->octets + m->len, octets, len);
	m->len += len;
}

static void
put_be(struct message *m, uint64_t v, unsigned octets)
{
	while (octets-- > 0)
		m->octets[m->len++] = (uint8_t)(v >> (8 * octets));
}

static void
put_ie(struct message *m, unsigned type, unsigned instance, const void *value, size_t len)
{
	put_be(m, type, 1);
	put_be(m, len, 2);
	put_be(m, instance, 1);
	put(m, value, len);
}

/* TBCD of `digits` decimal digits of `head` and, behind it, of `tail`: TS 29.274, 8.3. */
static void
put_digits(struct message *m, unsigned type, const char *head, uint32_t tail, int digits)
{
	uint8_t value[8] = { 0 };
	char text[24];
	int n = snprintf(text, sizeof(text), "%s%0*u", head, digits, (unsigned)tail);

	for (int i = 0; i < n && i < 16; i += 2)
		value[i / 2] = (uint8_t)((text[i] - '0') | (i + 1 < n ? text[i + 1] - '0' : 0xf) << 4);
	put_ie(m, type, 0, value, (size_t)(n + 1) / 2);
}

static void
put_f_teid(struct message *m, unsigned interface, unsigned instance, uint32_t teid, uint32_t addr)
{
	struct message value = { .len = 0 };

	put_be(&value, 0x80 | interface, 1);
	put_be(&value, teid, 4);
	put_be(&value, addr, 4);
	put_ie(m, IE_F_TEID, instance, value.octets, value.len);
}

/* The default bearer, with one end of it and, in an answer, the cause. */
static void
put_bearer(struct message *m, int answer, int interface, uint32_t teid, uint32_t addr)
{
	struct message value = { .len = 0 };

	put_ie(&value, IE_EBI, 0, "\5", 1);
	if (answer)
		put_ie(&value, IE_CAUSE, 0, "\20", 2);
	if (interface >= 0)
		put_f_teid(&value, (unsigned)interface, 0, teid, addr);
	put_ie(m, IE_BEARER_CONTEXT, 0, value.octets, value.len);
}

static void
put_create_session(struct message *m, uint32_t id, int trusted)
{
	/* of listed makers and of others; `trusted`: of others only */
	static const char *const tac[] = { "86447504", "35672610", "86796204", "35265610" };
	unsigned kind = trusted ? id % 2 * 2 + 1 : id % 4;
	char head[16];

	put_digits(m, IE_IMSI, "00101", id, 10);
	put_digits(m, IE_MSISDN, "8835100", id % 100000000, 8);	/* +883 5100: a shared code of no country */
	snprintf(head, sizeof(head), "%s%06u", tac[kind], (unsigned)(id / 4 % 1000000 + (trusted ? id % 4 / 2 * 500000 : 0)));
	put_digits(m, IE_MEI, head, 1 + id / 4000000, 2);
	put_ie(m, IE_ULI, 0, "\x18\0\xf1\x10\x10\1\0\xf1\x10\0\x1a\x2d\1", 13);
	put_ie(m, IE_SERVING_NETWORK, 0, "\0\xf1\x10", 3);
	put_ie(m, IE_RAT, 0, "\6", 1);
	put_f_teid(m, S11_MME, 0, TEID_MME | id, mme);
	put_f_teid(m, S5C_PGW, 1, 0, pgw);
	put_ie(m, IE_APN, 0, "\6meters\7example", 15);
	put_ie(m, IE_PAA, 0, "\1\0\0\0\0", 5);
	put_bearer(m, 0, -1, 0, 0);
}

static void
put_session_created(struct message *m, uint32_t id, uint32_t device)
{
	struct message paa = { .len = 0 };

	put_be(&paa, 1, 1);
	put_be(&paa, device, 4);
	put_ie(m, IE_CAUSE, 0, "\20", 2);
	put_f_teid(m, S11_SGW, 0, TEID_SGW | id, sgw);
	put_ie(m, IE_PAA, 0, paa.octets, paa.len);
	put_bearer(m, 1, S1U_SGW, TEID_UP | id, sgw);
}

static void
store16(uint8_t *at, size_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Link, IPv4 and UDP headers for `len` octets that are behind them already. The UDP checksum is left
 * out, as tunnel ends do. */
static void
outer_headers(struct writer *w, uint8_t *frame, uint32_t from, uint32_t to, uint16_t port, size_t len)
{
	static const uint8_t macs[] = { 0, 0, 0x5e, 0, 0x53, 4, 0, 0, 0x5e, 0, 0x53, 3, 8, 0 };
	struct message ip = { .len = 0 };

	memcpy(frame, macs, sizeof(macs));
	put_be(&ip, 0x4500, 2);
	put_be(&ip, IPV4 + UDP + len, 2);
	put_be(&ip, w->packets & 0xffff, 2);
	put_be(&ip, 0x4000, 2);
	put_be(&ip, 255 << 8 | IP_UDP, 2);
	put_be(&ip, 0, 2);
	put_be(&ip, from, 4);
	put_be(&ip, to, 4);
	store16(ip.octets + 10, sum_fold(sum_words(0, ip.octets, IPV4)));
	put_be(&ip, port, 2);
	put_be(&ip, port, 2);
	put_be(&ip, UDP + len, 2);
	put_be(&ip, 0, 2);
	memcpy(frame + ETHERNET, ip.octets, ip.len);
}

static void
write_gtpc(struct writer *w, uint64_t time_us, int up, unsigned type, uint32_t teid, uint32_t sequence,
    const struct message *ies)
{
	uint8_t frame[ETHERNET + IPV4 + UDP + 12 + sizeof(ies->octets)];
	struct message head = { .len = 0 };

	put_be(&head, 0x48, 1);	/* 5.1: version 2, with a TEID */
	put_be(&head, type, 1);
	put_be(&head, ies->len + 8, 2);
	put_be(&head, teid, 4);
	put_be(&head, sequence, 3);
	put_be(&head, 0, 1);
	memcpy(frame + ETHERNET + IPV4 + UDP, head.octets, head.len);
	memcpy(frame + ETHERNET + IPV4 + UDP + head.len, ies->octets, ies->len);
	outer_headers(w, frame, up ? mme : sgw, up ? sgw : mme, GTPC_PORT, head.len + ies->len);
	writer_frame(w, time_us, frame, ETHERNET + IPV4 + UDP + head.len + ies->len);
}

void
tunnel_attach(struct writer *w, uint64_t time_us, uint32_t id, uint32_t device, int trusted)
{
	uint32_t sequence = id * 2 & 0x7fffff;
	struct message m = { .len = 0 };

	put_create_session(&m, id, trusted);
	write_gtpc(w, time_us, 1, CREATE_SESSION, 0, sequence, &m);
	m.len = 0;
	put_session_created(&m, id, device);
	write_gtpc(w, time_us, 0, CREATE_SESSION + 1, TEID_MME | id, sequence, &m);
	m.len = 0;
	put_bearer(&m, 0, S1U_ENB, TEID_DOWN | id, enb + id % ENBS);
	write_gtpc(w, time_us, 1, MODIFY_BEARER, TEID_SGW | id, sequence + 1, &m);
	m.len = 0;
	put_ie(&m, IE_CAUSE, 0, "\20", 2);
	put_bearer(&m, 1, S1U_SGW, TEID_UP | id, sgw);
	write_gtpc(w, time_us, 0, MODIFY_BEARER + 1, TEID_MME | id, sequence + 1, &m);
}

void
tunnel_frame(struct writer *w, uint64_t time_us, uint32_t id, int up, const uint8_t *packet, size_t len)
{
	uint8_t frame[ETHERNET + IPV4 + UDP + GTPU + TUNNEL_PACKET_MAX];
	uint8_t *gtpu = frame + ETHERNET + IPV4 + UDP;
	uint32_t teid = (up ? TEID_UP : TEID_DOWN) | id, radio = enb + id % ENBS;

	gtpu[0] = 0x30;	/* 5.1: version 1, GTP, nothing optional; a G-PDU */
	gtpu[1] = 255;
	store16(gtpu + 2, len);
	store16(gtpu + 4, teid >> 16);
	store16(gtpu + 6, teid & 0xffff);
	memcpy(gtpu + GTPU, packet, len);
	outer_headers(w, frame, up ? radio : sgw, up ? sgw : radio, GTPU_PORT, GTPU + len);
	writer_frame(w, time_us, frame, ETHERNET + IPV4 + UDP + GTPU + len);
}
