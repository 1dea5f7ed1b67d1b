/* SPDX-License-Identifier: Apache-2.0 */
/* expression.c - which regular expressions are admitted: the language that libhs and PCRE2 have in
 * common, and only such as stay small. Repetitions are what makes an expression large: (a{99}){99}
 * is 9801 letters to a compiler. They are multiplied out here before a compiler sees them. */
#include <ctype.h>
#include <string.h>

#include "text_patterns.h"

struct reader {
	const char *at;
	const char *wrong;	/* the first thing that is, or NULL */
	unsigned depth;
};

static uint32_t read_branches(struct reader *r);

static uint32_t
fail(struct reader *r, const char *reason)
{
	if (r->wrong == NULL)
		r->wrong = reason;
	r->at = "";
	return 1;
}

/* After a backslash. No back references, no properties, no control verbs. */
static void
read_escape(struct reader *r)
{
	static const char letters[] = "dDwWsSbBtnrfaez";
	char c = *r->at;

	if (c == '\0' || (unsigned char)c >= 0x80) {
		(void)fail(r, "a backslash without a character");
		return;
	}
	r->at++;
	if (c == 'x') {
		if (!isxdigit((unsigned char)r->at[0]) || !isxdigit((unsigned char)r->at[1]))
			(void)fail(r, "\\x wants two hexadecimal digits");
		else
			r->at += 2;
	} else if (isalnum((unsigned char)c) && strchr(letters, c) == NULL) {
		(void)fail(r, "an escape that is not admitted");
	}
}

static void
read_class(struct reader *r)
{
	r->at += *r->at == '^';
	r->at += *r->at == ']';	/* first, it is a member */
	while (*r->at != ']' && r->wrong == NULL) {
		if (*r->at == '\0') {
			(void)fail(r, "[ without ]");
			return;
		}
		if (*r->at == '\\') {
			r->at++;
			read_escape(r);
		} else if (r->at[0] == '[' && strchr(":.=", r->at[1]) != NULL && r->at[1] != '\0') {
			(void)fail(r, "named classes are not admitted");
		} else {
			r->at++;
		}
	}
	if (r->wrong == NULL)
		r->at++;
}

/* After an opening parenthesis: (...), (?:...), (?i:...), (?i). */
static uint32_t
read_group(struct reader *r)
{
	uint32_t positions;

	if (*r->at == '*')
		return fail(r, "(* is not admitted");
	if (++r->depth > EXPRESSION_GROUPS_MAX)
		return fail(r, "groups are nested too deep");
	if (*r->at == '?') {
		r->at++;
		r->at += strspn(r->at, "is");
		if (*r->at == ')') {
			r->at++;
			r->depth--;
			return 0;
		}
		if (*r->at != ':')
			return fail(r, "only (?:...), (?i) and (?s) are admitted of (?");
		r->at++;
	}
	positions = read_branches(r);
	if (*r->at != ')')
		return fail(r, "( without )");
	r->at++;
	r->depth--;
	return positions;
}

static bool
read_number(struct reader *r, uint32_t *out)
{
	uint32_t n = 0;

	if (!isdigit((unsigned char)*r->at))
		return false;
	while (isdigit((unsigned char)*r->at)) {
		n = n < 100000 ? n * 10 + (uint32_t)(*r->at - '0') : n;
		r->at++;
	}
	*out = n;
	return true;
}

/* {n}, {n,} or {n,m}, after the brace. */
static uint32_t
read_counts(struct reader *r)
{
	uint32_t low, high;

	if (!read_number(r, &low))
		return fail(r, "{ wants a number; a brace itself is written \\{");
	high = low;
	if (*r->at == ',') {
		r->at++;
		if (read_number(r, &high) && high < low)
			return fail(r, "{n,m} with m below n");
	}
	if (*r->at != '}')
		return fail(r, "{ without }");
	r->at++;
	if (high == 0)
		return fail(r, "{0} stands for nothing");
	return high < low ? low : high;
}

/* What follows an atom says how often. */
static uint32_t
read_times(struct reader *r)
{
	uint32_t times = 1;

	switch (*r->at) {
	case '*': case '+': case '?':
		r->at++;
		break;
	case '{':
		r->at++;
		times = read_counts(r);
		break;
	default:
		return 1;
	}
	r->at += *r->at == '?';
	if (*r->at != '\0' && strchr("*+?{", *r->at) != NULL)
		return fail(r, "a repetition of a repetition");
	return times;
}

static uint32_t
read_atom(struct reader *r)
{
	switch (*r->at++) {
	case '\\':
		read_escape(r);
		return 1;
	case '[':
		read_class(r);
		return 1;
	case '(':
		return read_group(r);
	case '^': case '$':
		return 0;
	case '*': case '+': case '?': case '{':
		return fail(r, "a repetition of nothing");
	default:
		return 1;
	}
}

/* Up to the end or a closing parenthesis. */
static uint32_t
read_branches(struct reader *r)
{
	uint64_t sum = 0;
	uint32_t atom, times;

	while (*r->at != '\0' && *r->at != ')' && r->wrong == NULL) {
		if (*r->at == '|') {
			r->at++;
			continue;
		}
		atom = read_atom(r);
		times = read_times(r);
		sum += times > 1 && atom == 0 ? times : (uint64_t)atom * times;
		if (sum > EXPRESSION_POSITIONS_MAX)
			return fail(r, "its repetitions come to more than 512 octets");
	}
	return (uint32_t)sum;
}

const char *
expression_wrong(const char *expression, uint32_t *positions)
{
	struct reader r = { .at = expression };

	*positions = read_branches(&r);
	if (r.wrong == NULL && *r.at == ')')
		r.wrong = ") without (";
	if (r.wrong == NULL && *positions == 0)
		r.wrong = "it matches the empty text";
	return r.wrong;
}
