/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes L2TP: pieces as harness_fuzz() reads them. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	harness_fuzz(PARSER_l2tp, data, size);
	return 0;
}
