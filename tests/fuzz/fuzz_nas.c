/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes NAS messages. First octet: 1 of 5GS, 2 from the device; the rest is one PDU. */
#include "classify/nas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor in = cursor_over(data, size);
	uint8_t how = cur_u8(&in);
	struct signalling s;

	signalling_init(&s);
	s.from_ran = (how & 2) != 0;
	(void)nas_read((how & 1) != 0 ? NAS_5GS : NAS_EPS, in, NULL, &s);
	return 0;
}
