/* SPDX-License-Identifier: Apache-2.0 */
/* begins.h - which parsers may have a message that begins with an octet: with many parsers, all
 * but a few are out after one look. */
#ifndef PICKET_CLASSIFY_BEGINS_H
#define PICKET_CLASSIFY_BEGINS_H

#include "parser.h"
#include "parser_set.h"

enum { BEGINS_L4 = 3 };

struct begin_table {
	struct parser_set set[BEGINS_L4][256];
};

/** From the rows of all parsers. */
void begin_table_fill(struct begin_table *t);
/** Those over this transport (IPPROTO_TCP, UDP, SCTP) that may begin so. */
const struct parser_set *begin_table_find(const struct begin_table *t, uint8_t l4,
    uint8_t first);

#endif
