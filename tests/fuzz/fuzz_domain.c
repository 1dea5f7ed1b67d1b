/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_domain.c - names off the wire, and the same octets as data: what is taken stays within
 * the limits of a host name, and is its own canonical form. */
#include <stdlib.h>
#include <string.h>

#include "knowledge/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_data(const uint8_t *data, size_t size)
{
	char text[300], out[VALUE_MAX], again[VALUE_MAX];
	struct cidr block;
	uint16_t port;

	if (size >= sizeof(text) || memchr(data, 0, size) != NULL)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	if (domain_canonical(text, out) == NULL &&
	    (domain_canonical(out, again) != NULL || strcmp(out, again) != 0))
		abort();
	(void)address_canonical(text, false, &block);
	(void)address_canonical(text, true, &block);
	(void)address_port_canonical(text, &block, &port);
	if (pattern_wrong(text) == NULL)
		(void)pattern_matches(text, text, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char out[VALUE_MAX], again[VALUE_MAX];
	size_t len = domain_from_wire((const char *)data, size, out);

	if (len > 253)
		abort();
	if (len != 0 && (domain_from_wire(out, len, again) != len || memcmp(out, again, len) != 0))
		abort();
	check_data(data, size);
	return 0;
}
