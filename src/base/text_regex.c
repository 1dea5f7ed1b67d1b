/* SPDX-License-Identifier: Apache-2.0 */
/* text_regex.c - PCRE2's door. */
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "text_regex.h"

/* Of one match: steps, nested groups, KiB. What needs more is not decided. */
enum { STEPS_MAX = 10000, DEPTH_MAX = 250, HEAP_KIB_MAX = 256, COMPILED_OCTETS_MAX = 1 << 20 };

struct text_regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

struct text_regex *
text_regex_new(const char *pattern, bool no_case)
{
	struct text_regex *re = calloc(1, sizeof(*re));
	PCRE2_SIZE at, size = 0;
	int error;

	if (re == NULL)
		return NULL;
	re->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF | (no_case ? PCRE2_CASELESS : 0), &error, &at, NULL);
	if (re->code != NULL) {
		(void)pcre2_pattern_info(re->code, PCRE2_INFO_SIZE, &size);
		re->match = pcre2_match_data_create(1, NULL);
		re->limits = pcre2_match_context_create(NULL);
	}
	if (re->match == NULL || re->limits == NULL || size > COMPILED_OCTETS_MAX) {
		text_regex_free(re);
		return NULL;
	}
	(void)pcre2_set_match_limit(re->limits, STEPS_MAX);
	(void)pcre2_set_depth_limit(re->limits, DEPTH_MAX);
	(void)pcre2_set_heap_limit(re->limits, HEAP_KIB_MAX);
	return re;
}

void
text_regex_free(struct text_regex *re)
{
	if (re == NULL)
		return;
	pcre2_match_context_free(re->limits);
	pcre2_match_data_free(re->match);
	pcre2_code_free(re->code);
	free(re);
}

int
text_regex_matches(const struct text_regex *re, const char *text, size_t len)
{
	int rc = pcre2_match(re->code, (PCRE2_SPTR)text, len, 0, 0, re->match, re->limits);

	return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
