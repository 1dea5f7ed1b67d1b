/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes S1AP, with the NAS of EPS in it: messages as harness_fuzz() reads them. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	harness_fuzz(PARSER_s1ap, data, size);
	return 0;
}
