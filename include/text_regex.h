/* SPDX-License-Identifier: Apache-2.0 */
/* text_regex.h - PCRE2's door: regular expressions that strangers wrote, held against short texts
 * within a bounded number of steps. For loaders, not for packets: matching may allocate. */
#ifndef PICKET_TEXT_REGEX_H
#define PICKET_TEXT_REGEX_H

#include <stdbool.h>
#include <stddef.h>

struct text_regex;	/* opaque: src/base/text_regex.c */

/** NULL: not a regular expression, too large, or out of memory. */
struct text_regex *text_regex_new(const char *pattern, bool no_case);
void text_regex_free(struct text_regex *re);
/** 1: it does, 0: it does not, -1: that cannot be decided within the steps. */
int text_regex_matches(const struct text_regex *re, const char *text, size_t len);

#endif
