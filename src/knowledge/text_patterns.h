/* SPDX-License-Identifier: Apache-2.0 */
/* text_patterns.h - the door to the library that scans a text for many expressions at once.
 *
 * With libhs (Hyperscan, Vectorscan) all expressions of a set are one database and one pass. Where the build
 * has no libhs, PCRE2 tries one after the other, under limits of steps and memory. Both read the
 * same language: expression.c admits only what they have in common. A dot is any octet; `^` is the
 * beginning of the text, `$` its end or before a last newline. */
#ifndef PICKET_KNOWLEDGE_TEXT_PATTERNS_H
#define PICKET_KNOWLEDGE_TEXT_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_patterns;	/* opaque: text_patterns.c; immutable */
struct text_scratch;	/* what a scan writes to: one for each thread */

struct text_pattern {
	const char *expression;
	uint32_t id;		/* told when it is found; several may have the same */
	bool caseless;
};

enum { TEXT_PATTERNS_ERROR_MAX = 256 };

/** Can the expression be compiled by itself? Bounded in time and memory for what
 * expression_wrong() passes. False, with the reason. */
bool text_pattern_compiles(const struct text_pattern *p, char err[static TEXT_PATTERNS_ERROR_MAX]);
/** Compile `n` expressions, at least one. 0, -ENOMEM, or -EINVAL with a reason, and in *which
 * the expression it is about (n: all of them). */
int text_patterns_new(struct text_patterns **out, const struct text_pattern *p, size_t n,
    size_t *which, char err[static TEXT_PATTERNS_ERROR_MAX]);
void text_patterns_free(struct text_patterns *t);
size_t text_patterns_octets(const struct text_patterns *t);

/** Make *s, NULL at first, fit this set too. 0 or -ENOMEM. */
int text_scratch_fit(struct text_scratch **s, const struct text_patterns *t);
void text_scratch_free(struct text_scratch *s);

/** Tell the id of each expression that occurs. Does not allocate. */
void text_patterns_find(const struct text_patterns *t, struct text_scratch *s,
    const void *octets, size_t len, void (*found)(void *arg, uint32_t id), void *arg);

/** Name and version of the library. */
const char *text_patterns_library(void);

/* expression.c */
/** What is wrong with a regular expression, or would make it costly; NULL: nothing.
 * *positions: octets that it stands for when its repetitions are written out. */
const char *expression_wrong(const char *expression, uint32_t *positions);
enum { EXPRESSION_POSITIONS_MAX = 512, EXPRESSION_GROUPS_MAX = 8 };

#endif
