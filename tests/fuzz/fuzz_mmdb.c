/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_mmdb.c - databases of who holds an address: refused, or harmless to ask. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/mmdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t ipv4[][4] = { { 192, 0, 2, 1 }, { 198, 51, 100, 1 }, { 0 }, { 255, 255, 255, 255 } };
	struct addr a = { { 0x20, 0x01, 0x0d, 0xb8, 0, 1 } };
	struct mmdb_answer answer;
	struct mmdb *m = NULL;
	char err[256] = "";

	if (mmdb_open(&m, "fuzz", data, size, err, sizeof(err)) != 0) {
		if (m != NULL || err[0] == '\0')
			abort();
		return 0;
	}
	for (size_t i = 0; i < sizeof(ipv4) / sizeof(ipv4[0]); i++) {
		struct addr b = addr_from_ipv4(ipv4[i]);

		mmdb_find(m, &b, &answer);
		if (strlen(answer.country) == 1 || answer.org_len > 255)
			abort();
	}
	mmdb_find(m, &a, &answer);
	if (size >= sizeof(a)) {
		memcpy(&a, data + size - sizeof(a), sizeof(a));
		mmdb_find(m, &a, &answer);
	}
	mmdb_close(m);
	return 0;
}
