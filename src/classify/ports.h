/* SPDX-License-Identifier: Apache-2.0 */
/* ports.h - which parsers are asked first about a flow: those with a port of one of its ends,
 * by their own rows and by classify.ports. */
#ifndef PICKET_CLASSIFY_PORTS_H
#define PICKET_CLASSIFY_PORTS_H

#include <stddef.h>
#include <stdint.h>

#include "parser.h"
#include "parser_set.h"

struct config;

struct port_row {
	uint32_t key;		/* transport (IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP) << 16 | port */
	struct parser_set parsers;
};
enum {
	PORTS_OPTION_MAX = 64,	/* entries of classify.ports: see options.c */
	PORT_L4_MAX = 3,
	PORT_ROWS_MAX = (PARSER_N * sizeof(((struct app_parser *)0)->ports) / sizeof(uint16_t)
	    + PORTS_OPTION_MAX) * PORT_L4_MAX
};
struct port_table {
	struct port_row row[PORT_ROWS_MAX];	/* by key, each once */
	size_t n;
};

/** Rows of all parsers and of classify.ports, which classify_check() has found good. */
void port_table_fill(struct port_table *t, const struct config *cfg);
/** The parsers that have one of the two ports. */
struct parser_set port_table_find(const struct port_table *t, uint8_t l4, uint16_t a, uint16_t b);

#endif
