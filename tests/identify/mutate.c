/* SPDX-License-Identifier: Apache-2.0 */
/* mutate.c - mutated signalling through the whole monitor: nothing may crash, hang or get lost.
 *
 *     mutate PACKETS SEED CAPTURE...
 *
 * Most of the packets are signalling, some are of the user plane that it speaks of. They are written
 * in batches, each replayed by a monitor of its own, every second one with tables that are full
 * all the time. Run it under sanitizers; without, it still shows that every frame is accounted for. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "identify/mutation.h"
#include "log.h"
#include "macros.h"
#include "monitor.h"
#include "stats.h"

enum { BATCH = 50000 };

static int
write_batch(struct mutation *p, const char *path, size_t packets, uint64_t *now_us)
{
	static const uint32_t head[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1 };
	FILE *out = fopen(path, "wb");
	uint8_t frame[MUTATED_FRAME_MAX];

	if (out == NULL)
		return -errno;
	fwrite(head, sizeof(head), 1, out);
	for (size_t i = 0; i < packets; i++) {
		size_t wire, len = mutation_frame(p, frame, &wire);
		/* mostly some milliseconds, at times long enough for what is forgotten */
		uint64_t step = mutation_below(p, mutation_below(p, 1000) == 0 ? 600000000 : 20000);
		uint32_t record[] = { (uint32_t)(*now_us / 1000000),
			(uint32_t)(*now_us % 1000000), (uint32_t)len, (uint32_t)wire };

		fwrite(record, sizeof(record), 1, out);
		fwrite(frame, len, 1, out);
		*now_us += step;
	}
	return fclose(out) == 0 ? 0 : -EIO;
}

/* Tables so small that they are full all the time. */
static bool
make_small(struct config *cfg)
{
	static const char *const settings[] = { "identity.max=16", "identity.sessions_max=16",
		"flow.max=1024" };
	struct config_error err;

	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (config_set(cfg, settings[i], &err) != 0) {
			fprintf(stderr, "mutate: %s: %s\n", settings[i], err.text);
			return false;
		}
	return true;
}

/* False when a frame got lost or the monitor ended badly. */
static bool
replay(const char *dir, const char *path, size_t packets, bool small, uint64_t *messages)
{
	struct config_error err;
	struct config cfg;
	struct monitor *m;
	char setting[128];
	uint64_t frames = 0;
	bool good;
	int n;

	snprintf(setting, sizeof(setting), "log_dir=%s", dir);
	if (config_init(&cfg) != 0)
		return false;
	if (config_set_list(&cfg, "capture.read", &path, 1, &err) != 0 ||
	    config_set(&cfg, setting, &err) != 0 || (small && !make_small(&cfg)) ||
	    monitor_open(&m, &cfg) != EXIT_CODE_OK) {
		config_done(&cfg);
		return false;
	}
	while ((n = monitor_step(m, 1024)) > 0)
		;
	good = monitor_finish(m) == EXIT_CODE_OK && n == 0;
	frames = stats_value(monitor_stats(m), "capture.frames");
	*messages += stats_value(monitor_stats(m), "identity.messages");
	if (frames != packets)
		fprintf(stderr, "mutate: %zu written, %llu read\n", packets,
		    (unsigned long long)frames);
	monitor_free(m);
	config_done(&cfg);
	return good && frames == packets;
}

static bool
run(struct mutation *p, size_t packets)
{
	char dir[] = "/tmp/picket-mutate-XXXXXX", capture[64], events[64];
	uint64_t now_us = 1772438400ull * 1000000, messages = 0;
	bool good = mkdtemp(dir) != NULL;

	snprintf(capture, sizeof(capture), "%s/mutated.pcap", dir);
	snprintf(events, sizeof(events), "%s/eve.json", dir);
	for (size_t done = 0; good && done < packets;) {
		size_t batch = packets - done < BATCH ? packets - done : BATCH;

		good = write_batch(p, capture, batch, &now_us) == 0 &&
		    replay(dir, capture, batch, done / BATCH % 2 != 0, &messages);
		(void)remove(events);
		done += batch;
	}
	if (good) { /* what found a fault stays, to be looked at */
		(void)remove(capture);
		(void)remove(dir);
	} else {
		fprintf(stderr, "mutate: the last packets are in %s\n", capture);
	}
	printf("%zu packets from %zu messages of %zu kinds and %zu others; %llu read as signalling\n",
	    packets, p->n_signalling, p->n_kinds, p->n_other, (unsigned long long)messages);
	return good;
}

int
main(int argc, char **argv)
{
	struct mutation *p = argc < 4 ? NULL : calloc(1, sizeof(*p));
	bool good = p != NULL;

	if (argc < 4) {
		fputs("usage: mutate PACKETS SEED CAPTURE...\n", stderr);
		return 2;
	}
	log_set_level(LOG_LEVEL_WARN);
	for (int i = 3; good && i < argc; i++)
		good = mutation_add_capture(p, argv[i]);
	if (good && p->n_signalling == 0) {
		fputs("mutate: no signalling in these captures\n", stderr);
		good = false;
	}
	if (good) {
		mutation_sort(p);
		p->chance = strtoull(argv[2], NULL, 10);
		good = run(p, strtoull(argv[1], NULL, 10));
	}
	if (p != NULL)
		mutation_done(p);
	free(p);
	return good ? 0 : 1;
}
