/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - a parser's test as a table of conversations, and what must hold for each of them:
 * it is read or refused as told, in any cut the same, and no prefix, no changed octet and no
 * lost stretch makes the parser read past its end. */
#ifndef PICKET_TESTS_ROWS_H
#define PICKET_TESTS_ROWS_H

#include "harness.h"

#define UP(text) { TO_SERVER, text, sizeof(text) - 1 }
#define DOWN(text) { TO_CLIENT, text, sizeof(text) - 1 }
enum { ROW_SHOWN_MAX = 12 };

struct row {
	const char *what;
	bool datagram;
	uint16_t port;
	struct shown shown[ROW_SHOWN_MAX];	/* up to the first without octets */
	enum parse_result want;		/* of the last one shown */
	const char *fields;
	bool reversed;
};

/** Run the table as a suite; returns main()'s status. */
int rows_run(const char *name, enum parser_id id, const struct row *rows, int n);

#endif
