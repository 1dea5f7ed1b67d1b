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

/* Place of the row of this key, or where it belongs. */
static size_t
place_of(const struct port_table *t, uint32_t key)
{
	size_t from = 0, to = t->n;

	while (from < to) {
		size_t at = (from + to) / 2;

		if (t->row[at].key < key)
			from = at + 1;
		else
			to = at;
	}
	return from;
}

static void
add_key(struct port_table *t, enum parser_id id, uint32_t key)
{
	size_t at = place_of(t, key);

	if (at == t->n || t->row[at].key != key) {
		assert(t->n < PORT_ROWS_MAX);
		memmove(&t->row[at + 1], &t->row[at], (t->n - at) * sizeof(t->row[0]));
		t->row[at] = (struct port_row){ .key = key };
		t->n++;
	}
	parser_set_add(&t->row[at].parsers, id);
}

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
		if (over[i].reads)
			add_key(t, id, (uint32_t)over[i].l4 << 16 | port);
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
		char names[1024];
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

struct parser_set
port_table_find(const struct port_table *t, uint8_t l4, uint16_t a, uint16_t b)
{
	const uint16_t ports[2] = { a, b };
	struct parser_set found = { { 0 } };

	for (unsigned i = 0; i < ARRAY_LEN(ports); i++) {
		uint32_t key = (uint32_t)l4 << 16 | ports[i];
		size_t at = place_of(t, key);

		for (unsigned w = 0; w < PARSER_SET_WORDS && at < t->n && t->row[at].key == key; w++)
			found.word[w] |= t->row[at].parsers.word[w];
	}
	return found;
}
