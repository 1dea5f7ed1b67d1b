/* SPDX-License-Identifier: Apache-2.0 */
/* test_claims.c - what is nobody's: octets without a meaning, on every port that a parser has,
 * through the whole classifier. No parser may claim any; how many were shown is printed. */
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "classify/parser.h"
#include "config.h"
#include "flow.h"
#include "macros.h"
#include "packet.h"
#include "run_suite.h"
#include "stats.h"

enum { FLOWS = 100000, PACKETS = 3, PAYLOAD_MOST = 1340, PORTS_MAX = 256, ODD = 40002 };

/* --- payloads --- */

static uint64_t
next_random(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* What senders of their own making begin with, before what looks like cipher text. */
enum kind {
	RANDOM,
	SHORT,			/* cut after at most eight octets */
	LENGTH_BE16, LENGTH_LE16, LENGTH_BE32, LENGTH_LE32,
	COUNTER,		/* a number that goes up by one */
	FIRST_OCTET,		/* each octet that a parser begins with, in turn */
	BASE64, HEX_TEXT,
	SAME,			/* one octet, again and again */
	ZEROES_FIRST,
	KIND_N
};

static size_t
fill_text(uint8_t *at, size_t len, bool hex)
{
	static const char base64[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(hex ? digits[at[i] & 15] : base64[at[i] & 63]);
	return len;
}

static void
put_number(uint8_t *at, size_t octets, uint64_t value, bool little)
{
	for (size_t i = 0; i < octets; i++)
		at[little ? i : octets - 1 - i] = (uint8_t)(value >> 8 * i);
}

static size_t
make(uint8_t *at, enum kind kind, unsigned flow, unsigned turn, uint64_t *x)
{
	size_t len = 16 + next_random(x) % (PAYLOAD_MOST - 16);

	for (size_t i = 0; i + 8 <= PAYLOAD_MOST; i += 8) {
		uint64_t r = next_random(x);

		memcpy(at + i, &r, 8);
	}
	switch (kind) {
	case SHORT:		return 1 + next_random(x) % 8;
	case LENGTH_BE16:	put_number(at, 2, len - 2, false); break;
	case LENGTH_LE16:	put_number(at, 2, len - 2, true); break;
	case LENGTH_BE32:	put_number(at, 4, len - 4, false); break;
	case LENGTH_LE32:	put_number(at, 4, len - 4, true); break;
	case COUNTER:		put_number(at, 4, flow + turn, false); break;
	case FIRST_OCTET:	at[0] = (uint8_t)(flow / KIND_N); break;
	case BASE64:		return fill_text(at, len, false);
	case HEX_TEXT:		return fill_text(at, len, true);
	case SAME:		memset(at, (int)(flow / KIND_N & 0xff), len); break;
	case ZEROES_FIRST:	memset(at, 0, 1 + flow / KIND_N % 15); break;
	case RANDOM:
	case KIND_N:
		break;
	}
	return len;
}

/* --- flows --- */

struct world {
	struct config cfg;
	struct stats *st;
	struct flow_table *flows;
	struct classifier *c;
	uint16_t ports[PORTS_MAX];
	size_t n_ports;
	unsigned shown, claimed;
	unsigned by[PARSER_N];
};

static void
forget(void *arg, struct flow *flow)
{
	struct world *w = arg;

	classify_release(w->c, flow);
}

static void
list_ports(struct world *w)
{
	w->ports[w->n_ports++] = ODD;
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const struct app_parser *p = app_parser_at((enum parser_id)id);

		for (size_t i = 0; i < ARRAY_LEN(p->ports) && p->ports[i] != 0; i++) {
			ck_assert_uint_lt(w->n_ports, PORTS_MAX);
			w->ports[w->n_ports++] = p->ports[i];
		}
	}
}

static void
world_init(struct world *w)
{
	struct config_error err;

	memset(w, 0, sizeof(*w));
	ck_assert_int_eq(config_init(&w->cfg), 0);
	ck_assert_int_eq(config_set(&w->cfg, "flow.max=64", &err), 0);
	ck_assert_int_eq(config_set(&w->cfg, "classify.ndpi_packets=0", &err), 0);
	w->st = stats_new();
	w->flows = flow_table_new(&w->cfg, w->st, forget, w);
	w->c = classifier_new(&w->cfg, w->st, w->flows);
	ck_assert_ptr_nonnull(w->c);
	list_ports(w);
}

static void
world_done(struct world *w)
{
	classifier_free(w->c);
	flow_table_free(w->flows);
	stats_free(w->st);
	config_done(&w->cfg);
}

/* Two payloads of the client and one of the server between them. */
static void
show_flow(struct world *w, unsigned n, uint8_t proto, uint16_t port, uint64_t *x)
{
	static const uint8_t client[4] = { 10, 0, 0, 1 }, server[4] = { 192, 0, 2, 1 };
	struct addr ends[2] = { addr_from_ipv4(client), addr_from_ipv4(server) };
	uint16_t ports[2] = { (uint16_t)(41000 + n % 20000), port };
	uint32_t seq[2] = { 1000, 5000 };
	uint8_t payload[PAYLOAD_MOST + 8];
	enum direction dir;
	struct flow *flow = NULL;
	bool is_new;

	for (unsigned i = 0; i < PACKETS; i++) {
		unsigned from = i % 2;
		size_t len = make(payload, (enum kind)(n % KIND_N), n, i, x);
		struct packet pkt = { .time_us = 1000000 + n * 1000 + i, .payload = payload,
			.payload_len = (uint32_t)len, .payload_wire_len = (uint32_t)len,
			.tcp_flags = TCP_ACK | TCP_PSH, .seq = seq[from], .ack = seq[1 - from] };

		pkt.ends = (struct ends){ ends[from], ends[1 - from], ports[from],
			ports[1 - from], proto };
		seq[from] += (uint32_t)len;
		flow = flow_table_touch(w->flows, &pkt, &dir, &is_new);
		ck_assert_ptr_nonnull(flow);
		if ((flow->flags & FLOW_SETTLED) == 0)
			(void)classify_packet(w->c, flow, &pkt, dir, is_new);
	}
	(void)classify_end(w->c, flow);
	w->shown++;
	if (flow->app != 0) {
		w->claimed++;
		w->by[flow->app < PARSER_N ? flow->app : 0]++;
		(void)printf("claimed as %s: port %u, %s, kind %u, flow %u\n",
		    classify_app_name(w->c, flow->app), (unsigned)port,
		    proto == IPPROTO_TCP ? "tcp" : "udp", n % KIND_N, n);
	}
	flow_table_end_all(w->flows, UINT64_MAX);
}

START_TEST(meaningless_octets_are_nobodys)
{
	static struct world w;
	uint64_t x = 88172645463325252u;

	world_init(&w);
	for (unsigned n = 0; n < FLOWS; n++) {
		/* kinds, transports and ports in turn, so that each meets each */
		unsigned turn = n / KIND_N;

		show_flow(&w, n, turn % 2 == 0 ? IPPROTO_TCP : IPPROTO_UDP,
		    w.ports[turn / 2 % w.n_ports], &x);
	}
	(void)printf("%u flows of no protocol on %zu ports, tcp and udp: %u claimed\n", w.shown,
	    w.n_ports, w.claimed);
	ck_assert_uint_eq(w.shown, FLOWS);
	ck_assert_uint_eq(w.claimed, 0);
	world_done(&w);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("claims");
	TCase *t = tcase_create("claims");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, meaningless_octets_are_nobodys);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
