/* SPDX-License-Identifier: Apache-2.0 */
/* date.h - dates as sources give them: a year, a month or a day. */
#ifndef PICKET_DATE_H
#define PICKET_DATE_H

#include <stdint.h>

/** YYYY, YYYY-MM or YYYY-MM-DD; fills the first and last microsecond of it. 0 or -EINVAL. */
int date_parse(const char *text, uint64_t *first_us, uint64_t *last_us);

#endif
