/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.c - looks for "name" : "value". */
#include <string.h>

#include "json_text.h"

static void
skip_space(struct cursor *in)
{
	while (cur_left(in) != 0 && (in->at[0] == ' ' || in->at[0] == '\t' || in->at[0] == '\r'
	    || in->at[0] == '\n'))
		cur_skip(in, 1);
}

bool
json_text_find(struct cursor in, const char *quoted, struct cursor *value)
{
	size_t len = strlen(quoted);
	const uint8_t *at = cur_left(&in) < len ? NULL : memmem(in.at, cur_left(&in), quoted, len);

	if (at == NULL)
		return false;
	cur_skip(&in, (size_t)(at - in.at) + len);
	skip_space(&in);
	if (cur_u8(&in) != ':')
		return false;
	skip_space(&in);
	if (cur_u8(&in) != '"')
		return false;
	*value = in;
	while (cur_left(&in) != 0 && in.at[0] != '"')
		cur_skip(&in, in.at[0] == '\\' && cur_left(&in) > 1 ? 2 : 1);
	value->end = in.at;
	return cur_left(&in) != 0;
}
