/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.h - single values out of small JSON objects (RFC 8259), without reading all of them. */
#ifndef PICKET_CLASSIFY_JSON_TEXT_H
#define PICKET_CLASSIFY_JSON_TEXT_H

#include "cursor.h"

/** The string of the first member of that name, at any depth, as it is written: escapes stay. The
 * name is given with its quotes. False when there is none, or it is no string. */
bool json_text_find(struct cursor in, const char *quoted, struct cursor *value);

#endif
