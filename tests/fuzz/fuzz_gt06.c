/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes GT06: pieces as harness_fuzz() reads them. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	harness_fuzz(PARSER_gt06, data, size);
	return 0;
}
