/* SPDX-License-Identifier: Apache-2.0 */
/* date.c - dates as sources give them: a year, a month or a day. */
#include <errno.h>
#include <string.h>

#include "date.h"

#define US_PER_DAY (UINT64_C(86400) * 1000000)

/* Days from 1970-01-01 to the first of a month, in the Gregorian calendar. */
static uint64_t
days_to_month(unsigned year, unsigned month)
{
	static const uint16_t before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned last = month > 2 ? year : year - 1;	/* last year whose leap day is past */
	unsigned leap_days = last / 4 - last / 100 + last / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);

	return (uint64_t)(year - 1970) * 365 + before[month - 1] + leap_days;
}

static uint64_t
days_to_next_month(unsigned year, unsigned month)
{
	return month == 12 ? days_to_month(year + 1, 1) : days_to_month(year, month + 1);
}

/* Two or four digits at `text`; 0 when they are not there. */
static unsigned
number(const char *text, unsigned n)
{
	unsigned value = 0;

	for (unsigned i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	return value;
}

int
date_parse(const char *text, uint64_t *first_us, uint64_t *last_us)
{
	size_t len = strlen(text);
	unsigned year, month = 1, day = 1;
	uint64_t first, next;

	if (len != 4 && len != 7 && len != 10)
		return -EINVAL;
	year = number(text, 4);
	if (year < 1970 || year > 2199)
		return -EINVAL;
	if (len >= 7 && (text[4] != '-' || (month = number(text + 5, 2)) < 1 || month > 12))
		return -EINVAL;
	first = days_to_month(year, month);
	if (len == 4)
		next = days_to_month(year + 1, 1);
	else
		next = days_to_next_month(year, month);
	if (len == 10) {
		day = number(text + 8, 2);
		if (text[7] != '-' || day < 1 || first + day > next)
			return -EINVAL;
		first += day - 1;
		next = first + 1;
	}
	*first_us = first * US_PER_DAY;
	*last_us = next * US_PER_DAY - 1;
	return 0;
}
