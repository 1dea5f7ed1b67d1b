/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_config.c - any octets as picket.yaml; what is accepted must survive a dump. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/option.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
dump(const struct config *cfg)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		abort();
	config_dump(cfg, out);
	(void)fclose(out);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config first, second;
	struct config_error err;
	char *one, *two;

	if (config_init(&first) != 0)
		return 0;
	if (config_load_memory(&first, "f", data, size, &err) == 0) {
		(void)config_check(&first, &err);
		one = dump(&first);
		if (config_init(&second) != 0 ||
		    config_load_memory(&second, "f", one, strlen(one), &err) != 0)
			abort();
		two = dump(&second);
		if (strcmp(one, two) != 0)
			abort();
		free(one);
		free(two);
		config_done(&second);
	}
	config_done(&first);
	return 0;
}
