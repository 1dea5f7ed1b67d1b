/* SPDX-License-Identifier: Apache-2.0 */
/* fail.c - see fail.h. */
#include <stdarg.h>
#include <stdio.h>

#include "fail.h"

int
capture_fail(struct capture_error *err, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return rc;
}
