/* SPDX-License-Identifier: Apache-2.0 */
/* test_real.c - every real capture of ../shared/pcaps through decode: no frame without a count,
 * and the ends of its flows as another dissector labelled them.
 *
 * Arguments: the folder. Exit 77 (skipped) when it is not there. With PICKET_MISSES set, each
 * labelled flow that was not found is printed. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "decode.h"
#include "macros.h"
#include "stats.h"

enum { EXIT_SKIPPED = 77, COLUMNS = 9, FLOWS_PER_MILLE = 990 };

/* Ends without direction; ports only where labels have them. */
struct seen {
	struct addr a, b;
	uint16_t a_port, b_port;
	uint8_t proto;
	uint8_t tunnel;
};

struct seen_set {
	struct seen *at;
	size_t n, cap;
};

struct sums {
	uint64_t files, refused_files, frames, counted;
	uint64_t labels, found, tunnel_agrees;
	uint64_t results[DECODE_RESULT_N];
};

static bool
has_ports(uint8_t proto)
{
	return proto == 6 || proto == 17 || proto == 132;
}

static struct seen
seen_of(const struct ends *e, uint8_t depth)
{
	uint16_t src_port = has_ports(e->proto) ? e->src_port : 0;
	uint16_t dest_port = has_ports(e->proto) ? e->dest_port : 0;
	int order = addr_compare(&e->src, &e->dest);
	struct seen s;

	memset(&s, 0, sizeof(s));
	if (order > 0 || (order == 0 && src_port > dest_port)) {
		s.a = e->dest, s.a_port = dest_port, s.b = e->src, s.b_port = src_port;
	} else {
		s.a = e->src, s.a_port = src_port, s.b = e->dest, s.b_port = dest_port;
	}
	s.proto = e->proto;
	s.tunnel = depth != 0;
	return s;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct seen, tunnel));
}

static void
add(struct seen_set *set, struct seen s)
{
	if (set->n != 0 && memcmp(&set->at[set->n - 1], &s, sizeof(s)) == 0)
		return;
	if (set->n == set->cap) {
		set->cap = set->cap == 0 ? 1024 : set->cap * 2;
		set->at = realloc(set->at, set->cap * sizeof(*set->at));
		if (set->at == NULL)
			abort();
	}
	set->at[set->n++] = s;
}

/* Every frame from a block of just its size, so that the sanitizer sees a read past it. */
static uint64_t
run_frames(pcap_t *p, struct decoder *d, struct seen_set *set, struct sums *sums)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	struct packet pkt;
	uint64_t n = 0;

	memset(&pkt, 0xa5, sizeof(pkt));
	while (pcap_next_ex(p, &h, &data) == 1) {
		uint8_t *block = malloc(h->caplen == 0 ? 1 : h->caplen);
		struct frame frame = {
			.data = block, .cap_len = h->caplen,
			.wire_len = h->len > h->caplen ? h->len : h->caplen,
			.time_us = (uint64_t)h->ts.tv_sec * 1000000 + (uint64_t)h->ts.tv_usec,
			.link_type = pcap_datalink(p),
		};
		enum decode_result result;

		memcpy(block, data, h->caplen);
		result = decode_frame(d, &frame, &pkt);
		sums->results[result]++;
		if (result == DECODE_OK)
			add(set, seen_of(&pkt.ends, pkt.tunnel.depth));
		free(block);
		n++;
	}
	return n;
}

static uint64_t
counted(const struct stats *st)
{
	static const char *const names[] = {
#define X(id, name, help) name,
		DECODE_RESULTS(X)
#undef X
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		sum += stats_value(st, names[i]);
	return sum;
}

/* Decode one file. `set` is filled and sorted. -1: libpcap cannot read this container. */
static int
run_file(const char *path, struct seen_set *set, struct sums *sums)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, why);
	struct stats *st = stats_new();
	struct config cfg = { .max_layers = 16, .fragment_max = 1024,
		.fragment_octets = 4 << 20, .fragment_timeout_s = 30 };
	struct decoder *d = decoder_new(&cfg, st);
	uint64_t frames = 0;

	if (p != NULL)
		frames = run_frames(p, d, set, sums);
	if (counted(st) != frames) {
		printf("%s: %llu frames, %llu counted\n", path, (unsigned long long)frames,
		    (unsigned long long)counted(st));
		exit(1);
	}
	sums->frames += frames;
	sums->counted += counted(st);
	decoder_free(d);
	stats_free(st);
	if (p != NULL)
		pcap_close(p);
	qsort(set->at, set->n, sizeof(*set->at), compare);
	return p == NULL ? -1 : 0;
}

static uint8_t
proto_of(const char *l4)
{
	static const struct {
		const char *name;
		uint8_t proto;
	} rows[] = { { "tcp", 6 }, { "udp", 17 }, { "icmp", 1 }, { "icmpv6", 58 }, { "sctp", 132 },
		{ "igmp", 2 }, { "esp", 50 }, { "pim", 103 }, { "ospf", 89 }, { "vrrp", 112 },
		{ "rsvp", 46 }, { "eigrp", 88 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, l4) == 0)
			return rows[i].proto;
	return 0;
}

/* The labels call some headers a tunnel that only tag a frame. */
static bool
is_tunnel(const char *label)
{
	static const char *const tags[] = { "cmd", "cfp", "mpls", "pppoes", "nsh", "vntag" };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++)
		if (strcmp(tags[i], label) == 0)
			return false;
	return label[0] != '\0';
}

/* One row of labels.tsv: file flow vlan tunnel l4 src sport dst dport ... */
static void
check_label(char *column[COLUMNS], const struct seen_set *set, struct sums *sums)
{
	struct ends ends = { .proto = proto_of(column[4]) };
	const struct seen *hit;
	struct seen want;

	if (ends.proto == 0 || addr_parse(&ends.src, column[5]) != 0
	    || addr_parse(&ends.dest, column[7]) != 0)
		return;
	ends.src_port = (uint16_t)atoi(column[6]);
	ends.dest_port = (uint16_t)atoi(column[8]);
	want = seen_of(&ends, is_tunnel(column[3]));
	sums->labels++;
	hit = set->n == 0 ? NULL : bsearch(&want, set->at, set->n, sizeof(want), compare);
	if (hit != NULL) {
		sums->found++;
		for (; hit > set->at && compare(hit - 1, &want) == 0; hit--)
			;
		for (; hit < set->at + set->n && compare(hit, &want) == 0; hit++)
			if (hit->tunnel == want.tunnel) {
				sums->tunnel_agrees++;
				return;
			}
	}
	if (getenv("PICKET_MISSES") != NULL)
		printf("%s %s: %s [%s] %s %s %s > %s %s\n", hit == NULL ? "miss" : "tunnel",
		    column[0], column[1], column[3], column[4], column[5], column[6], column[7],
		    column[8]);
}

static bool
split(char *line, char *column[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++) {
		column[i] = strsep(&line, "\t");
		if (column[i] == NULL)
			return false;
	}
	return true;
}

/* Labels of a file lie together; `manifest` names every file, labels.tsv those with flows. */
static void
run_labels(const char *folder, FILE *labels, struct sums *sums)
{
	char *line = NULL, *column[COLUMNS], file[512] = "", path[2048];
	struct seen_set set = { 0 };
	size_t size = 0;

	while (getline(&line, &size, labels) > 0) {
		if (!split(line, column) || strcmp(column[0], "file") == 0)
			continue;
		if (strcmp(column[0], file) != 0) {
			struct sums unused = { 0 };

			snprintf(file, sizeof(file), "%s", column[0]);
			snprintf(path, sizeof(path), "%s/%s", folder, file);
			set.n = 0;
			(void)run_file(path, &set, &unused);
		}
		check_label(column, &set, sums);
	}
	free(set.at);
	free(line);
}

static void
run_manifest(const char *folder, FILE *manifest, struct sums *sums)
{
	char *line = NULL, path[2048];
	struct seen_set set = { 0 };
	size_t size = 0;

	while (getline(&line, &size, manifest) > 0) {
		if (strncmp(line, "path\t", 5) == 0)
			continue;
		line[strcspn(line, "\t\n")] = '\0';
		snprintf(path, sizeof(path), "%s/%s", folder, line);
		set.n = 0;
		sums->files++;
		if (run_file(path, &set, sums) != 0)
			sums->refused_files++;
	}
	free(set.at);
	free(line);
}

static void
print_sums(const struct sums *sums)
{
	static const char *const names[] = {
#define X(id, name, help) name,
		DECODE_RESULTS(X)
#undef X
	};

	printf("%llu files (%llu containers not for libpcap), %llu frames, %llu counted\n",
	    (unsigned long long)sums->files, (unsigned long long)sums->refused_files,
	    (unsigned long long)sums->frames, (unsigned long long)sums->counted);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (sums->results[i] != 0)
			printf("%10llu %s\n", (unsigned long long)sums->results[i], names[i]);
	printf("%llu labelled flows, ends of %llu found (%.2f %%), tunnelled alike %llu\n",
	    (unsigned long long)sums->labels, (unsigned long long)sums->found,
	    100.0 * (double)sums->found / (double)sums->labels,
	    (unsigned long long)sums->tunnel_agrees);
}

static FILE *
open_in(const char *folder, const char *name)
{
	char path[2048];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return fopen(path, "r");
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "../shared/pcaps";
	FILE *manifest = open_in(folder, "MANIFEST.tsv");
	FILE *labels = open_in(folder, "labels.tsv");
	struct sums sums = { 0 };

	if (manifest == NULL || labels == NULL) {
		printf("skipped: no captures at %s\n", folder);
		return EXIT_SKIPPED;
	}
	run_manifest(folder, manifest, &sums);
	run_labels(folder, labels, &sums);
	fclose(manifest);
	fclose(labels);
	print_sums(&sums);
	if (sums.frames == 0 || sums.counted != sums.frames)
		return 1;
	return sums.found * 1000 < sums.labels * FLOWS_PER_MILLE;
}
