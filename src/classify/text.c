/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - words, lines and headers. */
#include <string.h>

#include "text.h"

static uint8_t
lowered(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

enum probe_result
text_begins(struct cursor in, const char *word)
{
	for (; *word != '\0'; word++) {
		if (cur_left(&in) == 0)
			return PROBE_MORE;
		if (cur_u8(&in) != (uint8_t)*word)
			return PROBE_NO;
	}
	return PROBE_YES;
}

bool
text_is(struct cursor text, const char *lower)
{
	for (; *lower != '\0'; lower++)
		if (cur_left(&text) == 0 || lowered(cur_u8(&text)) != (uint8_t)*lower)
			return false;
	return cur_left(&text) == 0;
}

bool
text_has(struct cursor text, const char *lower)
{
	size_t len = strlen(lower);

	for (; cur_left(&text) >= len; cur_skip(&text, 1)) {
		struct cursor rest = text, here = cur_sub(&rest, len);

		if (text_is(here, lower))
			return true;
	}
	return false;
}

bool
text_printable(struct cursor text)
{
	if (cur_left(&text) == 0)
		return false;
	while (cur_left(&text) != 0) {
		uint8_t c = cur_u8(&text);

		if ((c < 0x20 && c != '\t') || c > 0x7e)
			return false;
	}
	return true;
}

bool
text_line(struct cursor *in, struct cursor *line)
{
	const uint8_t *nl = cur_left(in) == 0 ? NULL : memchr(in->at, '\n', cur_left(in));

	if (nl == NULL)
		return false;
	*line = cur_sub(in, (size_t)(nl - in->at));
	cur_skip(in, 1);
	while (cur_left(line) != 0 && line->end[-1] == '\r')
		line->end--;
	return true;
}

struct cursor
text_until(struct cursor *in, uint8_t octet)
{
	const uint8_t *at = cur_left(in) == 0 ? NULL : memchr(in->at, octet, cur_left(in));
	struct cursor value = cur_sub(in, at == NULL ? cur_left(in) : (size_t)(at - in->at));

	if (at != NULL)
		cur_skip(in, 1);
	return value;
}

struct cursor
text_trim(struct cursor text)
{
	while (cur_left(&text) != 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
		cur_skip(&text, 1);
	while (cur_left(&text) != 0 && (text.end[-1] == ' ' || text.end[-1] == '\t'))
		text.end--;
	return text;
}

bool
text_header(struct cursor line, struct cursor *name, struct cursor *value)
{
	if (cur_left(&line) == 0 || memchr(line.at, ':', cur_left(&line)) == NULL)
		return false;
	*name = text_trim(text_until(&line, ':'));
	*value = text_trim(line);
	return true;
}

size_t
text_head(struct cursor in)
{
	const uint8_t *start = in.at;
	struct cursor line;

	while (text_line(&in, &line))
		if (cur_left(&line) == 0)
			return (size_t)(in.at - start);
	return 0;
}

bool
text_number(struct cursor text, uint64_t most, uint64_t *value)
{
	*value = 0;
	if (cur_left(&text) == 0 || cur_left(&text) > 19)
		return false;
	while (cur_left(&text) != 0) {
		uint8_t c = cur_u8(&text);

		if (c < '0' || c > '9')
			return false;
		*value = *value * 10 + (uint64_t)(c - '0');
	}
	return *value <= most;
}

void
text_put(struct parse *p, field_id id, struct cursor text)
{
	if (cur_left(&text) != 0)
		parse_cursor(p, id, text);
}
