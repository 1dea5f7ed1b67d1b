/* SPDX-License-Identifier: Apache-2.0 */
/* decimal.h - numbers into text without the cost of printf. */
#ifndef PICKET_CLASSIFY_DECIMAL_H
#define PICKET_CLASSIFY_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_MAX = 20 };	/* digits of UINT64_MAX */

/** Write `value`, no closing NUL; room for DECIMAL_MAX octets. Returns its length. */
static inline size_t
decimal_put(char *at, uint64_t value)
{
	char reversed[DECIMAL_MAX];
	size_t n = 0;

	do {
		reversed[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	for (size_t i = 0; i < n; i++)
		at[i] = reversed[n - 1 - i];
	return n;
}

#endif
