/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - the tests that each row of a parser's table goes through. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "macros.h"
#include "rows.h"
#include "run_suite.h"

enum { RANDOM_ON_PORT = 100000, RANDOM_ELSEWHERE = 20000, OTHER_PORT = 40001 };

static const struct row *rows;
static enum parser_id parser;

static size_t
shown_of(const struct row *row)
{
	size_t n = 0;

	while (n < ROW_SHOWN_MAX && row->shown[n].octets != NULL)
		n++;
	return n;
}

START_TEST(reads_or_refuses)
{
	const struct row *row = &rows[_i];
	struct harness *h = harness_new(parser, row->datagram, row->port);
	enum parse_result got = PARSE_WRONG;

	for (size_t i = 0; i < shown_of(row); i++)
		got = harness_show(h, row->shown[i]);
	ck_assert_msg(got == row->want, "%s: result %d, not %d; %s", row->what, got, row->want,
	    harness_fields(h));
	ck_assert_msg(strcmp(harness_fields(h), row->fields) == 0, "%s: %s", row->what,
	    harness_fields(h));
	ck_assert_msg(harness_reversed(h) == row->reversed, "%s: direction", row->what);
	harness_free(h);
}
END_TEST

START_TEST(in_any_cut)
{
	const struct row *row = &rows[_i];

	if (!row->datagram && row->want != PARSE_WRONG)
		harness_any_cut(parser, row->port, false, row->shown, shown_of(row));
}
END_TEST

START_TEST(every_prefix)
{
	const struct row *row = &rows[_i];

	harness_every_prefix(parser, row->datagram, row->port, false, row->shown, shown_of(row));
	harness_every_prefix(parser, row->datagram, row->port, true, row->shown, shown_of(row));
}
END_TEST

static void
show_changed(const struct row *row, size_t which, const uint8_t *changed, bool claimed, bool gap)
{
	struct harness *h = harness_new(parser, row->datagram, row->port);

	if (claimed)
		harness_claim(h);
	for (size_t i = 0; i < shown_of(row); i++) {
		struct shown s = row->shown[i];

		if (i == which)
			s.octets = changed;
		if (i == which && gap)
			harness_gap(h);
		(void)harness_show(h, s);
	}
	(void)harness_fields(h);
	harness_free(h);
}

START_TEST(every_changed_octet)
{
	static const uint8_t with[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	const struct row *row = &rows[_i];

	for (size_t which = 0; which < shown_of(row); which++) {
		const struct shown *s = &row->shown[which];
		uint8_t *changed = malloc(s->len + 1);

		ck_assert_ptr_nonnull(changed);
		for (size_t at = 0; at < s->len; at++)
			for (size_t w = 0; w < sizeof(with); w++) {
				memcpy(changed, s->octets, s->len);
				changed[at] = with[w];
				show_changed(row, which, changed, w % 2 == 0, false);
			}
		memcpy(changed, s->octets, s->len);
		show_changed(row, which, changed, true, true);
		free(changed);
	}
}
END_TEST

START_TEST(random_is_none)
{
	const struct app_parser *p = app_parser_at(parser);

	for (unsigned i = 0; i < ARRAY_LEN(p->ports) && p->ports[i] != 0; i++) {
		ck_assert_uint_eq(p->tcp ? harness_claims_random(parser, false, p->ports[i],
		    RANDOM_ON_PORT) : 0, 0);
		ck_assert_uint_eq(p->udp ? harness_claims_random(parser, true, p->ports[i],
		    RANDOM_ON_PORT) : 0, 0);
	}
	ck_assert_uint_eq(harness_claims_random(parser, p->udp, OTHER_PORT, RANDOM_ELSEWHERE), 0);
}
END_TEST

int
rows_run(const char *name, enum parser_id id, const struct row *table, int n)
{
	Suite *suite = suite_create(name);
	TCase *t = tcase_create(name);

	rows = table;
	parser = id;
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_refuses, 0, n);
	tcase_add_loop_test(t, in_any_cut, 0, n);
	tcase_add_loop_test(t, every_prefix, 0, n);
	tcase_add_loop_test(t, every_changed_octet, 0, n);
	/* A probe that is unsure says so by its parser: test_claims asks the classifier. */
	if (id != PARSER_coap)	/* on its port: test_coap.c says how often, and why */
		tcase_add_test(t, random_is_none);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
