/* SPDX-License-Identifier: Apache-2.0 */
/* ports.c - ports to parsers: a table filled at start; what classify.ports may say. */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "macros.h"
#include "ports.h"

enum { PORT_MAX = 65535 };

static void
add(struct port_table *t, enum parser_id id, uint16_t port)
{
	const struct app_parser *p = app_parser_at(id);
	const struct {
		bool reads;
		uint8_t l4;
	} over[PORT_L4_MAX] = {
		{ p->tcp, IPPROTO_TCP }, { p->udp, IPPROTO_UDP }, { p->sctp, IPPROTO_SCTP }
	};

	for (unsigned i = 0; i < ARRAY_LEN(over); i++)
		if (over[i].reads) {
			assert(t->n < PORT_ROWS_MAX);
			t->row[t->n++] = (struct port_row){ port, over[i].l4, (uint8_t)id };
		}
}

static enum parser_id
parser_by_name(const char *name, size_t len)
{
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const char *known = app_parser_at(id)->name;

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return (enum parser_id)id;
	}
	return PARSER_NONE;
}

/* "protocol=port". PARSER_NONE: no such protocol. *port 0: no port. */
static enum parser_id
read_entry(const char *entry, uint16_t *port)
{
	const char *equals = strchr(entry, '=');
	unsigned long number;
	char *end;

	*port = 0;
	if (equals == NULL)
		return parser_by_name(entry, strlen(entry));
	if (equals[1] >= '0' && equals[1] <= '9') {
		number = strtoul(equals + 1, &end, 10);
		if (*end == '\0' && number <= PORT_MAX)
			*port = (uint16_t)number;
	}
	return parser_by_name(entry, (size_t)(equals - entry));
}

static void
list_names(char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N && n < size; id++)
		n += (size_t)snprintf(text + n, size - n, id == PARSER_NONE + 1 ? "%s" : ", %s",
		    app_parser_at(id)->name);
}

int
classify_check(const struct config *cfg, struct config_error *err)
{
	for (size_t i = 0; i < cfg->parser_ports.n; i++) {
		const char *entry = cfg->parser_ports.text[i];
		char names[256];
		uint16_t port;

		if (read_entry(entry, &port) == PARSER_NONE) {
			list_names(names, sizeof(names));
			(void)snprintf(err->text, sizeof(err->text), "'classify.ports' wants "
			    "protocol=port with one of our protocols (%s), not '%.64s'", names,
			    entry);
			return -EINVAL;
		}
		if (port == 0) {
			(void)snprintf(err->text, sizeof(err->text), "'classify.ports' wants "
			    "protocol=port with a port from 1 to %d, not '%.64s'", PORT_MAX, entry);
			return -EINVAL;
		}
	}
	return 0;
}

void
port_table_fill(struct port_table *t, const struct config *cfg)
{
	t->n = 0;
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const struct app_parser *p = app_parser_at(id);

		for (unsigned i = 0; i < ARRAY_LEN(p->ports) && p->ports[i] != 0; i++)
			add(t, (enum parser_id)id, p->ports[i]);
	}
	for (size_t i = 0; i < cfg->parser_ports.n && i < PORTS_OPTION_MAX; i++) {
		uint16_t port;
		enum parser_id id = read_entry(cfg->parser_ports.text[i], &port);

		if (id != PARSER_NONE && port != 0)
			add(t, id, port);
	}
}

uint32_t
port_table_find(const struct port_table *t, uint8_t l4, uint16_t a, uint16_t b)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->row[i].l4 == l4 && (t->row[i].port == a || t->row[i].port == b))
			bits |= 1u << t->row[i].parser;
	return bits;
}
