/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the walk over a certificate. */
#include "classify/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[X509_NAME_TEXT_MAX];
	struct x509 cert;

	(void)x509_parse(&cert, cursor_over(data, size));
	(void)x509_name_text(cert.subject, text);
	(void)x509_common_name(cert.issuer, text);
	while (x509_alt_name_next(&cert.alt_names, text) != 0)
		continue;
	return 0;
}
