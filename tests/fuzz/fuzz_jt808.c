/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes JT/T 808: pieces as harness_fuzz() reads them. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	harness_fuzz(PARSER_jt808, data, size);
	return 0;
}
