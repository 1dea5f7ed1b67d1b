/* SPDX-License-Identifier: Apache-2.0 */
/* generate.c - bench_generate: writes captures of any size for the benchmarks. The same
 * arguments give the same octets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"

int
writer_open(struct writer *w, const char *path)
{
	static const uint32_t head[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1 };

	*w = (struct writer){ .out = fopen(path, "wb") };
	if (w->out == NULL)
		return -errno;
	fwrite(head, sizeof(head), 1, w->out);
	return 0;
}

void
writer_frame(struct writer *w, uint64_t time_us, const uint8_t *octets, size_t len)
{
	uint32_t head[] = { (uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000),
		(uint32_t)len, (uint32_t)len };

	fwrite(head, sizeof(head), 1, w->out);
	fwrite(octets, len, 1, w->out);
	w->packets++;
	w->octets += len;
}

int
writer_close(struct writer *w)
{
	int bad = ferror(w->out);

	return fclose(w->out) != 0 || bad ? -EIO : 0;
}

uint32_t
sum_words(uint32_t sum, const uint8_t *octets, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)octets[i] << 8 | octets[i + 1];
	return len % 2 ? sum + ((uint32_t)octets[len - 1] << 8) : sum;
}

uint16_t
sum_fold(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint64_t
scramble(uint64_t seed)
{
	uint64_t z = seed + 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static int
usage(void)
{
	fputs("usage: bench_generate meters|meters-gtpu|meters-gtpu-trusted OUT METERS REPORTS [dns]\n"
	    "       bench_generate mixed OUT PACKETS CAPTURE...\n", stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	struct writer w;
	int error;

	if (argc < 5)
		return usage();
	if ((error = writer_open(&w, argv[2])) != 0) {
		fprintf(stderr, "bench_generate: %s: %s\n", argv[2], strerror(-error));
		return 1;
	}
	if (strcmp(argv[1], "meters") == 0 || strncmp(argv[1], "meters-gtpu", 11) == 0)
		error = generate_meters(&w, (uint32_t)strtoul(argv[3], NULL, 10),
		    (uint32_t)strtoul(argv[4], NULL, 10), argc > 5 && strcmp(argv[5], "dns") == 0,
		    strcmp(argv[1], "meters") == 0 ? 0 : strcmp(argv[1], "meters-gtpu") == 0 ? 1 : 2);
	else if (strcmp(argv[1], "mixed") == 0)
		error = generate_mixed(&w, strtoull(argv[3], NULL, 10), argv + 4, (size_t)argc - 4);
	else
		return usage();
	int closing = writer_close(&w);
	if (error == 0)
		error = closing;
	if (error != 0) {
		fprintf(stderr, "bench_generate: %s: %s\n", argv[2], strerror(-error));
		return 1;
	}
	printf("{\"packets\": %llu, \"octets\": %llu}\n", (unsigned long long)w.packets,
	    (unsigned long long)w.octets);
	return 0;
}
