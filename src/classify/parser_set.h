/* SPDX-License-Identifier: Apache-2.0 */
/* parser_set.h - a set of our parsers: a bit for each. */
#ifndef PICKET_CLASSIFY_PARSER_SET_H
#define PICKET_CLASSIFY_PARSER_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "parsers.h"

enum { PARSER_SET_WORDS = PARSER_N / 64 + 1 };

struct parser_set {
	uint64_t word[PARSER_SET_WORDS];
};

static inline void
parser_set_add(struct parser_set *s, unsigned id)
{
	s->word[id / 64] |= UINT64_C(1) << id % 64;
}

static inline bool
parser_set_has(const struct parser_set *s, unsigned id)
{
	return (s->word[id / 64] >> id % 64 & 1) != 0;
}

/** What is in both. */
static inline struct parser_set
parser_set_both(struct parser_set a, const struct parser_set *b)
{
	for (unsigned i = 0; i < PARSER_SET_WORDS; i++)
		a.word[i] &= b->word[i];
	return a;
}

/** What is in the first and not in the second. */
static inline struct parser_set
parser_set_without(struct parser_set a, const struct parser_set *b)
{
	for (unsigned i = 0; i < PARSER_SET_WORDS; i++)
		a.word[i] &= ~b->word[i];
	return a;
}

/** Take out the parser of the smallest number: the first row of parsers.h that is in the set.
 * PARSER_NONE: it is empty. */
static inline enum parser_id
parser_set_take(struct parser_set *s)
{
	for (unsigned i = 0; i < PARSER_SET_WORDS; i++)
		if (s->word[i] != 0) {
			unsigned bit = (unsigned)__builtin_ctzll(s->word[i]);

			s->word[i] &= s->word[i] - 1;
			return (enum parser_id)(i * 64 + bit);
		}
	return PARSER_NONE;
}

#endif
