/* SPDX-License-Identifier: Apache-2.0 */
/* suffix.h - public suffixes: names under which anybody may register ("com", "co.uk"), and names
 * that their owner lends to anybody ("cloudfront.net"). Source: the public suffix list that the
 * library was built with, so that one build always answers the same. */
#ifndef PICKET_SUFFIX_H
#define PICKET_SUFFIX_H

#include <stddef.h>

enum suffix_kind {
	SUFFIX_NONE,
	SUFFIX_REGISTRY,	/* of a registry: ICANN section of the list, and unlisted top-level domains */
	SUFFIX_LENT		/* of a company that hosts others: private section */
};

/** What is this name? Lower case, A-labels, no trailing dot; other octets make it none. Neither of these
 * allocates; both cost a few look-ups in a list that is built in. */
enum suffix_kind suffix_kind_of(const char *name);
/** The part of `name` that somebody registered, or was lent: "a.b.example.co.uk" -> "example.co.uk",
 * "a.x.github.io" -> "x.github.io"; `name` itself when it is a suffix. Points into `name`. */
const char *suffix_registered(const char *name);
/** Version of the library, for --build-info. */
const char *suffix_version(void);

#endif
