/* SPDX-License-Identifier: Apache-2.0 */
/* test_begins.c - parsers by first octet, and sets of parsers. */
#include <check.h>
#include <netinet/in.h>

#include "classify/begins.h"
#include "macros.h"
#include "run_suite.h"

START_TEST(a_set_gives_each_parser_once_in_order)
{
	struct parser_set set = { { 0 } }, other = { { 0 } };

	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id += 3)
		parser_set_add(&set, id);
	parser_set_add(&other, PARSER_NONE + 1);
	ck_assert(parser_set_has(&set, 4) && !parser_set_has(&set, 5));
	ck_assert(!parser_set_has(&(struct parser_set){ { 0 } }, 4));
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id += 3) {
		struct parser_set both = parser_set_both(set, &other);

		ck_assert_int_eq(parser_set_take(&both), id == PARSER_NONE + 1 ? 1 : PARSER_NONE);
		ck_assert_int_eq(parser_set_take(&set), id);
	}
	ck_assert_int_eq(parser_set_take(&set), PARSER_NONE);
	set = parser_set_without(other, &other);
	ck_assert_int_eq(parser_set_take(&set), PARSER_NONE);
}
END_TEST

/* What the rows say, asked octet by octet. */
START_TEST(a_parser_is_asked_on_its_octets_only)
{
	static const uint8_t l4[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	static struct begin_table t;

	begin_table_fill(&t);
	for (unsigned id = PARSER_NONE + 1; id < PARSER_N; id++) {
		const struct app_parser *p = app_parser_at((enum parser_id)id);
		const bool reads[] = { p->tcp, p->udp, p->sctp };
		unsigned ranges = 0;

		while (ranges < ARRAY_LEN(p->begins) && p->begins[ranges].to != 0) {
			ck_assert_uint_le(p->begins[ranges].from, p->begins[ranges].to);
			ranges++;
		}
		for (unsigned i = 0; i < ARRAY_LEN(l4); i++)
			for (unsigned octet = 0; octet < 256; octet++) {
				bool in = ranges == 0;

				for (unsigned r = 0; r < ranges; r++)
					in |= octet >= p->begins[r].from && octet <= p->begins[r].to;
				ck_assert_int_eq(parser_set_has(begin_table_find(&t, l4[i],
				    (uint8_t)octet), id), in && reads[i]);
			}
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("begins");
	TCase *t = tcase_create("begins");

	tcase_add_test(t, a_set_gives_each_parser_once_in_order);
	tcase_add_test(t, a_parser_is_asked_on_its_octets_only);
	suite_add_tcase(s, t);
	return run_suite(s);
}
