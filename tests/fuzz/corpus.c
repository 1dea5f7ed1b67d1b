/* SPDX-License-Identifier: Apache-2.0 */
/* corpus.c - runs a fuzz target over every file of the folders named, without a fuzzer.
 *
 * Each input, and each of its prefixes up to a bound, is copied to a heap block of just its
 * size, so that the address sanitizer sees any read past the end. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PREFIXES_MAX = 2048 };

static void
run_block(const uint8_t *data, size_t size)
{
	uint8_t *block = malloc(size == 0 ? 1 : size);

	if (block == NULL)
		abort();
	if (size != 0)
		memcpy(block, data, size);
	(void)LLVMFuzzerTestOneInput(block, size);
	free(block);
}

static int
run_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *in = fopen(path, "rb");
	size_t size;

	if (in == NULL) {
		perror(path);
		return -1;
	}
	size = fread(data, 1, sizeof(data), in);
	fclose(in);
	run_block(data, size);
	for (size_t n = 0; n < size && n < PREFIXES_MAX; n++)
		run_block(data, n);
	return 0;
}

int
main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		int n = scandir(argv[i], &names, NULL, alphasort);

		if (n < 0) {
			perror(argv[i]);
			return 1;
		}
		for (int k = 0; k < n; k++) {
			char path[4096];

			snprintf(path, sizeof(path), "%s/%s", argv[i], names[k]->d_name);
			if (names[k]->d_name[0] != '.') {
				if (run_file(path) != 0)
					return 1;
				files++;
			}
			free(names[k]);
		}
		free(names);
	}
	printf("%d seeds\n", files);
	return files == 0;	/* a corpus test without a corpus is no test */
}
