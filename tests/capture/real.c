/* SPDX-License-Identifier: Apache-2.0 */
/* real.c - every capture of ../shared/pcaps gives as many records as its manifest says.
 *
 * Prints each file that was cut, and each that differs. One difference is right: Wireshark,
 * which counted for the manifest, lists pcapng's custom blocks as records without link type.
 * Exits 77 without the captures. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "config.h"

enum { SKIPPED = 77, COLUMN_PATH = 0, COLUMN_PACKETS = 6, COLUMN_LINK = 7, COLUMNS = 8 };

struct totals {
	unsigned long files, records, cut, differ;
};

static void
count_frame(void *arg, const struct frame *f)
{
	unsigned long *octets = arg;

	for (uint32_t i = 0; i < f->cap_len; i++)	/* touch them: a sanitizer looks on */
		*octets += f->data[i] != 0;
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
	unsigned long octets = 0;
	const char *cut;
	long n = -1;
	int rc = capture_open(&cap, &cfg, st, &err);

	if (rc == 0) {
		while ((rc = capture_read(cap, 256, count_frame, &octets, &err)) > 0)
			continue;
		n = (long)(stats_value(st, "capture.frames") +
		    stats_value(st, "capture.malformed_records"));
		if (capture_truncated(cap, &cut) != 0) {
			printf("cut: %s\n", cut);
			t->cut++;
		}
		capture_free(cap);
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
	printf("%lu files, %lu records, %lu cut short, %lu unexplained\n", t.files, t.records,
	    t.cut, t.differ);
	return t.differ != 0 || t.files == 0;
}
