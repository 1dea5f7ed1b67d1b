/* SPDX-License-Identifier: Apache-2.0 */
/* cases.c - tables of first octets through one parser. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

void
case_reads_or_refuses(enum parser_id id, const struct parser_case *c)
{
	struct harness *h = harness_new(id, c->datagram, c->port);
	struct shown s = { TO_SERVER, c->octets, c->len };
	enum parse_result got = harness_show(h, s);

	ck_assert_msg(got == c->want, "%s: %d", c->what, got);
	ck_assert_msg(strcmp(harness_fields(h), c->fields) == 0, "%s: %s", c->what,
	    harness_fields(h));
	harness_free(h);
}

static void
show_changed(enum parser_id id, const struct parser_case *c, uint8_t *copy, bool claimed)
{
	struct harness *h = harness_new(id, c->datagram, c->port);

	if (claimed)
		harness_claim(h);
	(void)harness_show(h, (struct shown){ TO_SERVER, copy, c->len });
	(void)harness_show(h, (struct shown){ TO_CLIENT, copy, c->len });
	(void)harness_fields(h);
	harness_free(h);
}

void
case_survives(enum parser_id id, const struct parser_case *c)
{
	struct shown s = { TO_SERVER, c->octets, c->len };
	uint8_t *copy = malloc(c->len + 1);

	ck_assert_ptr_nonnull(copy);
	harness_every_prefix(id, c->datagram, c->port, false, &s, 1);
	harness_every_prefix(id, c->datagram, c->port, true, &s, 1);
	memcpy(copy, c->octets, c->len);
	for (size_t i = 0; i < c->len; i++) {
		uint8_t was = copy[i];
		const uint8_t become[] = { 0, 0xff, (uint8_t)(was + 1), was ^ 0x80 };

		for (size_t k = 0; k < sizeof(become); k++) {
			copy[i] = become[k];
			show_changed(id, c, copy, k % 2 == 0);
			show_changed(id, c, copy, k % 2 != 0);
		}
		copy[i] = was;
	}
	free(copy);
}

void
case_undecided_until(enum parser_id id, uint16_t port, struct shown s, size_t least)
{
	size_t len = s.len;

	for (s.len = 1; s.len <= len; s.len++) {
		struct harness *h = harness_new(id, false, port);
		enum probe_result got = harness_probe(h, s);

		ck_assert_msg(got == (s.len < least ? PROBE_MORE : PROBE_YES),
		    "%zu octets: %d", s.len, got);
		harness_free(h);
	}
}

void
case_conversation(enum parser_id id, uint16_t port, const struct shown *s, size_t n,
    const char *fields)
{
	struct harness *h = harness_new(id, false, port);

	for (size_t i = 0; i < n; i++)
		ck_assert_msg(harness_show(h, s[i]) == PARSE_MORE, "step %zu", i);
	ck_assert_str_eq(harness_fields(h), fields);
	harness_free(h);
	harness_any_cut(id, port, false, s, n);
	harness_every_prefix(id, false, port, false, s, n);
}

unsigned
case_settles_after(enum parser_id id, uint16_t port, struct shown s, unsigned most)
{
	struct harness *h = harness_new(id, false, port);
	unsigned n = 1;

	while (n < most && harness_show(h, s) == PARSE_MORE)
		n++;
	harness_free(h);
	return n;
}
