/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c - patterns that are decided in one pass, without ever going back:
 *
 *	{}	one or more octets, none of them '/'; only before a '/' or at the end
 *	{d}	one or more digits; {d15} just fifteen; {d10-15} ten to fifteen;
 *		no digit may follow
 *	{*}	any rest, also none; only at the end
 *
 * Everything else stands for itself. That a wildcard always ends where its kind of octet
 * ends is what makes going back unnecessary. */
#include <string.h>

#include "internal.h"

enum token { TOKEN_LITERAL, TOKEN_LEVEL, TOKEN_DIGITS, TOKEN_REST, TOKEN_WRONG };

enum { RUN_MAX = 64 };

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A count, 0 when there is none or it is too large. */
static unsigned
read_count(const char **at)
{
	unsigned n = 0;

	while (is_digit(**at) && n <= RUN_MAX)
		n = n * 10 + (unsigned)(*(*at)++ - '0');
	return n <= RUN_MAX ? n : 0;
}

/* After "{d": the counts. */
static enum token
read_digits(const char **at, unsigned *min, unsigned *max)
{
	if (**at == '}') {
		*min = 1;
		*max = TEXT_SEEN_MAX;
	} else {
		*min = *max = read_count(at);
		if (**at == '-') {
			(*at)++;
			*max = read_count(at);
		}
	}
	if (**at != '}' || *min == 0 || *max < *min)
		return TOKEN_WRONG;
	(*at)++;
	return TOKEN_DIGITS;
}

/* The token at *at, stepped over. */
static enum token
next_token(const char **at, unsigned *min, unsigned *max)
{
	const char *p = *at;

	if (*p == '}')
		return TOKEN_WRONG;
	if (*p != '{') {
		*at = p + 1;
		return TOKEN_LITERAL;
	}
	if (p[1] == '}') {
		*at = p + 2;
		return TOKEN_LEVEL;
	}
	if (p[1] == '*' && p[2] == '}') {
		*at = p + 3;
		return TOKEN_REST;
	}
	if (p[1] != 'd')
		return TOKEN_WRONG;
	*at = p + 2;
	return read_digits(at, min, max);
}

const char *
pattern_wrong(const char *pattern)
{
	unsigned min = 0, max = 0;
	bool says_something = false;	/* more than "something" */

	for (const char *at = pattern; *at != '\0';) {
		switch (next_token(&at, &min, &max)) {
		case TOKEN_LITERAL:
			says_something = true;
			break;
		case TOKEN_LEVEL:
			if (*at != '/' && *at != '\0')
				return "{} must stand before a slash or at the end";
			break;
		case TOKEN_DIGITS:
			if (is_digit(*at) || *at == '{')
				return "what follows {d} cannot be told from it";
			says_something = says_something || min >= 10;
			break;
		case TOKEN_REST:
			if (*at != '\0')
				return "{*} must stand at the end";
			break;
		case TOKEN_WRONG:
			return "not a wildcard: {}, {d}, {d15}, {d10-15} and {*} are known";
		}
	}
	return says_something ? NULL : "a pattern of wildcards only";
}

bool
pattern_matches(const char *pattern, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned min = 0, max = 0, n;

	for (const char *at = pattern; *at != '\0';) {
		char literal = *at;

		n = 0;
		switch (next_token(&at, &min, &max)) {
		case TOKEN_LITERAL:
			if (text == end || *text++ != literal)
				return false;
			break;
		case TOKEN_LEVEL:
			for (; text != end && *text != '/'; text++)
				n++;
			if (n == 0)
				return false;
			break;
		case TOKEN_DIGITS:
			for (; text != end && is_digit(*text) && n <= max; text++)
				n++;
			if (n < min || n > max)
				return false;
			break;
		case TOKEN_REST:
			return true;
		case TOKEN_WRONG:
			return false;
		}
	}
	return text == end;
}
