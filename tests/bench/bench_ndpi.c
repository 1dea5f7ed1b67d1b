/* SPDX-License-Identifier: Apache-2.0 */
/* bench_ndpi.c - what deep inspection costs by itself: a plain flow table, and nDPI for each
 * packet of a flow until it knows the protocol or has seen enough. Nothing is written out.
 * Only what the benchmark's captures hold is decoded: Ethernet, VLAN tags, IPv4, IPv6. */
#include <ndpi/ndpi_api.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 20, PACKETS_MAX = 32 };	/* 32: ndpiReader's limit for a TCP flow, about */

struct flow {
	struct flow *next;
	uint8_t key[40];	/* both ends in one order, then the protocol */
	uint64_t packets, octets;
	struct ndpi_flow_struct *ndpi;	/* until detected */
	uint16_t app;
};

struct run {
	struct ndpi_detection_module_struct *ndpi;
	struct flow **buckets;
	unsigned long long packets, flows, detected;
};

/* Fill the key from an IP packet; false when it has no ends we understand. */
static int
make_key(uint8_t key[static 40], const uint8_t *ip, size_t len)
{
	size_t head = len >= 20 && ip[0] >> 4 == 4 ? (ip[0] & 15) * 4u : 40;
	size_t size = ip[0] >> 4 == 4 ? 4 : 16, at = size == 4 ? 12 : 8;
	uint8_t proto = ip[size == 4 ? 9 : 6], end[2][18] = { 0 };

	if (len < head + 4 || (ip[0] >> 4 != 4 && ip[0] >> 4 != 6))
		return 0;
	for (size_t i = 0; i < 2; i++) {
		memcpy(end[i], ip + at + i * size, size);
		if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
			memcpy(end[i] + 16, ip + head + 2 * i, 2);
	}
	size_t low = memcmp(end[0], end[1], 18) > 0;
	memset(key, 0, 40);
	memcpy(key, end[low], 18);
	memcpy(key + 18, end[1 - low], 18);
	key[36] = proto;
	return 1;
}

static struct flow *
find_flow(struct run *r, const uint8_t key[static 40])
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < 40; i += 8) {
		uint64_t word;

		memcpy(&word, key + i, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15;
		hash ^= hash >> 29;
	}
	struct flow **at = &r->buckets[hash % BUCKETS];
	for (struct flow *f = *at; f != NULL; f = f->next)
		if (memcmp(f->key, key, 40) == 0)
			return f;
	struct flow *f = calloc(1, sizeof(*f));
	if (f == NULL || (f->ndpi = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT)) == NULL)
		abort();
	memset(f->ndpi, 0, SIZEOF_FLOW_STRUCT);
	memcpy(f->key, key, 40);
	f->next = *at;
	r->flows++;
	return *at = f;
}

static void
inspect(struct run *r, struct flow *f, const uint8_t *ip, size_t len, uint64_t time_ms)
{
	ndpi_protocol p = ndpi_detection_process_packet(r->ndpi, f->ndpi, ip, (uint16_t)len, time_ms);
	uint8_t guessed;
	int known = ndpi_is_protocol_detected(r->ndpi, p) &&
	    !ndpi_extra_dissection_possible(r->ndpi, f->ndpi);

	if (!known && f->packets < PACKETS_MAX)
		return;
	if (!known)
		p = ndpi_detection_giveup(r->ndpi, f->ndpi, 1, &guessed);
	f->app = p.app_protocol;
	r->detected += f->app != NDPI_PROTOCOL_UNKNOWN;
	ndpi_free_flow(f->ndpi);
	f->ndpi = NULL;
}

static void
add(u_char *arg, const struct pcap_pkthdr *head, const u_char *octets)
{
	struct run *r = (struct run *)arg;
	size_t at = 14, len = head->caplen;
	uint8_t key[40];

	r->packets++;
	while (at + 4 <= len && octets[at - 2] == 0x81 && octets[at - 1] == 0)
		at += 4;
	if (len < at + 20 || !make_key(key, octets + at, len - at))
		return;
	struct flow *f = find_flow(r, key);
	f->packets++;
	f->octets += len;
	if (f->ndpi != NULL)
		inspect(r, f, octets + at, len - at,
		    (uint64_t)head->ts.tv_sec * 1000 + (uint64_t)head->ts.tv_usec / 1000);
}

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *in = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	struct run r = { .ndpi = ndpi_init_detection_module(0),
		.buckets = calloc(BUCKETS, sizeof(*r.buckets)) };
	NDPI_PROTOCOL_BITMASK all;

	if (in == NULL || r.ndpi == NULL || r.buckets == NULL) {
		fputs("usage: bench_ndpi CAPTURE\n", stderr);
		return 2;
	}
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(r.ndpi, &all);
	ndpi_finalize_initialization(r.ndpi);
	pcap_loop(in, -1, add, (u_char *)&r);
	pcap_close(in);
	printf("%llu packets, %llu flows, %llu detected\n", r.packets, r.flows, r.detected);
	return 0;	/* flows are left to the end of the process: a daemon's would live on */
}
