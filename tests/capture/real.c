/* SPDX-License-Identifier: Apache-2.0 */
/* real.c - every capture of ../shared/pcaps gives as many records as its manifest says, and
 * where libpcap reads a file to the same length, the very same frames.
 *
 * Prints each file that was cut, and each that differs. One difference is right: Wireshark,
 * which counted for the manifest, lists pcapng's custom blocks as records without link type.
 * Exits 77 without the captures. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "capture.h"
#include "config.h"

enum { SKIPPED = 77, COLUMN_PATH = 0, COLUMN_PACKETS = 6, COLUMN_LINK = 7, COLUMNS = 8 };

struct totals {
	unsigned long files, records, compared, cut, differ;
};

/* A sum over all that was read, in order (FNV-1a, 64 bits). */
struct digest {
	uint64_t sum;
	unsigned long n;
};

static void
add_octets(struct digest *d, const void *data, size_t n)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < n; i++)
		d->sum = (d->sum ^ at[i]) * UINT64_C(0x100000001b3);
}

static void
add_frame(void *arg, const struct frame *f)
{
	struct digest *d = arg;

	d->n++;
	add_octets(d, &f->time_us, sizeof(f->time_us));
	add_octets(d, &f->wire_len, sizeof(f->wire_len));
	add_octets(d, &f->link_type, sizeof(f->link_type));
	add_octets(d, f->data, f->cap_len);
}

/* The same by libpcap alone. */
static struct digest
digest_of_libpcap(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	struct digest d = { 0 };
	struct pcap_pkthdr *h;
	const u_char *data;
	pcap_t *pcap = pcap_open_offline(path, why);

	while (pcap != NULL && pcap_next_ex(pcap, &h, &data) == 1) {
		struct frame f = { .data = data, .cap_len = h->caplen,
		    .wire_len = h->len < h->caplen ? h->caplen : h->len,
		    .link_type = pcap_datalink(pcap),
		    .time_us = (uint64_t)(uint32_t)h->ts.tv_sec * 1000000 +
			(uint32_t)h->ts.tv_usec };

		add_frame(&d, &f);
	}
	if (pcap != NULL)
		pcap_close(pcap);
	return d;
}

/* Records of one file, delivered or refused by name; -1 when it cannot be opened. */
static long
records_of(const char *path, struct totals *t)
{
	char *paths[] = { (char *)(uintptr_t)path };
	struct config cfg = { .read = { paths, 1 } };
	struct stats *st = stats_new();
	struct capture_error err;
	struct capture *cap;
	struct digest ours = { 0 }, theirs;
	const char *cut;
	long n = -1;
	int rc = capture_open(&cap, &cfg, st, &err);

	if (rc == 0) {
		while ((rc = capture_read(cap, 256, add_frame, &ours, &err)) > 0)
			continue;
		n = (long)(stats_value(st, "capture.frames") +
		    stats_value(st, "capture.malformed_records"));
		if (capture_truncated(cap, &cut) != 0) {
			printf("cut: %s\n", cut);
			t->cut++;
		}
		capture_free(cap);
	}
	theirs = digest_of_libpcap(path);
	if (ours.n == theirs.n) {
		t->compared++;
		if (ours.sum != theirs.sum) {
			printf("differs from libpcap: %s\n", path);
			t->differ++;
		}
	}
	if (rc != 0)
		printf("failed: %s\n", err.text);
	stats_free(st);
	return rc != 0 ? -1 : n;
}

static void
check_line(const char *folder, char *line, struct totals *t)
{
	char *column[COLUMNS] = { 0 }, path[4096];
	long want, got;

	for (size_t i = 0; i < COLUMNS; i++) {
		column[i] = strsep(&line, "\t");
		if (column[i] == NULL)
			return;
	}
	snprintf(path, sizeof(path), "%s/%s", folder, column[COLUMN_PATH]);
	want = atol(column[COLUMN_PACKETS]);
	got = records_of(path, t);
	t->files++;
	t->records += got > 0 ? (unsigned long)got : 0;
	if (got == want)
		return;
	printf("differs: %s: %ld records, manifest %ld (link type %s)\n", column[COLUMN_PATH],
	    got, want, column[COLUMN_LINK]);
	/* "-": Wireshark saw no link type, so its "packets" are blocks without a packet */
	if (got != 0 || strcmp(column[COLUMN_LINK], "-") != 0)
		t->differ++;
}

int
main(int argc, char **argv)
{
	struct totals t = { 0 };
	char path[4096], *line = NULL;
	size_t room = 0;
	bool header = true;
	FILE *manifest;

	if (argc != 2)
		return 2;
	snprintf(path, sizeof(path), "%s/MANIFEST.tsv", argv[1]);
	manifest = fopen(path, "r");
	if (manifest == NULL) {
		printf("SKIPPED: no captures in %s\n", argv[1]);
		return SKIPPED;
	}
	for (; getline(&line, &room, manifest) > 0; header = false)
		if (!header)
			check_line(argv[1], line, &t);
	free(line);
	fclose(manifest);
	printf("%lu files, %lu records, %lu cut short, %lu as libpcap reads them, "
	    "%lu unexplained\n", t.files, t.records, t.cut, t.compared, t.differ);
	return t.differ != 0 || t.files == 0;
}
