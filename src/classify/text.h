/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - what the parsers of protocols of lines have in common: words, lines, headers. */
#ifndef PICKET_CLASSIFY_TEXT_H
#define PICKET_CLASSIFY_TEXT_H

#include "cursor.h"
#include "parser.h"

/** Do the octets begin with `word` (as it is written)? PROBE_MORE: as far as they go. */
enum probe_result text_begins(struct cursor in, const char *word);
/** The whole text, upper or lower case the same; `lower` is in lower case. */
bool text_is(struct cursor text, const char *lower);
/** Is `lower` (in lower case) anywhere in the text? */
bool text_has(struct cursor text, const char *lower);
/** At least one octet, and only 0x20 to 0x7e and tabs. */
bool text_printable(struct cursor text);
/** Up to the line feed, which is stepped over, without the carriage returns before it. False
 * when there is none yet; `in` stays. */
bool text_line(struct cursor *in, struct cursor *line);
/** Up to the octet, which is stepped over, or all there is. */
struct cursor text_until(struct cursor *in, uint8_t octet);
/** Without spaces and tabs at either end. */
struct cursor text_trim(struct cursor text);
/** `name: value` of a line, both trimmed; false without a colon. */
bool text_header(struct cursor line, struct cursor *name, struct cursor *value);
/** Octets up to and with the first empty line; 0 when it has not come yet. */
size_t text_head(struct cursor in);
/** Decimal, all of it, at most `most`; false for anything else. */
bool text_number(struct cursor text, uint64_t most, uint64_t *value);
/** Write a field unless the text is empty. */
void text_put(struct parse *p, field_id id, struct cursor text);

#endif
