/* SPDX-License-Identifier: Apache-2.0 */
/* test_oui.c - prefixes of MAC addresses: the longest wins, local addresses have none, and what
 * modems are born with is another question. */
#include <check.h>
#include <string.h>

#include "macros.h"
#include "run_suite.h"
#include "sheets.h"

#define HEAD "prefix,bits,entity,organisation,source,as_of\n"
#define MODEM "mac,bits,family,source,as_of\n"

static const char table[] = HEAD
    "FCF5C4,24,,Registration Authority,ieee,2026\n"
    "FCF5C41,28,quectel,Twenty-eight,ieee,2026\n"
    "FCF5C4123,36,,Thirty-six,ieee,2026\n"
    "0025CA,24,quectel,Plain,ieee,2026-08-26\n";

static const struct {
	uint8_t mac[6];
	const char *organisation;	/* NULL: none */
} look_ups[] = {
	{ { 0x00, 0x25, 0xca, 0, 0, 1 }, "Plain" },
	{ { 0x00, 0x25, 0xca, 0xff, 0xff, 0xff }, "Plain" },
	{ { 0x00, 0x25, 0xcb, 0, 0, 1 }, NULL },
	{ { 0xfc, 0xf5, 0xc4, 0x12, 0x3f, 0xff }, "Thirty-six" },
	{ { 0xfc, 0xf5, 0xc4, 0x12, 0x4f, 0xff }, "Twenty-eight" },
	{ { 0xfc, 0xf5, 0xc4, 0x22, 0x3f, 0xff }, "Registration Authority" },
	{ { 0x02, 0x25, 0xca, 0, 0, 1 }, NULL },	/* locally administered */
	{ { 0x01, 0x25, 0xca, 0, 0, 1 }, NULL },	/* a group */
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, NULL },
	{ { 0 }, NULL },
};

START_TEST(finds_the_longest)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_OUI, table, &said);
	const struct oui *oui;

	ck_assert_msg(k != NULL, "%s", said.first);
	ck_assert_uint_eq(knowledge_ouis(k), 4);
	oui = knowledge_oui(k, look_ups[_i].mac);
	ck_assert((oui == NULL) == (look_ups[_i].organisation == NULL));
	if (oui != NULL)
		ck_assert_str_eq(oui->organisation, look_ups[_i].organisation);
	ck_assert_ptr_null(knowledge_modem_mac(k, look_ups[_i].mac));
	knowledge_free(k);
}
END_TEST

START_TEST(fills_a_row)
{
	static const uint8_t mac[6] = { 0x00, 0x25, 0xca };
	struct said said;
	struct knowledge *k = sheets_load(SHEET_OUI, table, &said);
	const struct oui *oui = knowledge_oui(k, mac);

	ck_assert_str_eq(oui->holder->id, "quectel");
	ck_assert_uint_eq(oui->bits, 24);
	ck_assert_uint_eq(oui->prefix, 0x0025ca);
	ck_assert_str_eq(oui->source, "ieee");
	ck_assert_str_eq(oui->as_of, "2026-08-26");
	knowledge_free(k);
}
END_TEST

static const struct {
	enum sheet_kind kind;
	const char *text, *said;
} mistakes[] = {
	{ SHEET_OUI, HEAD "0025ca,24,,O,s,2026\n", "T:2: '0025ca' of '24' bits is no prefix" },
	{ SHEET_OUI, HEAD "0025CA,28,,O,s,2026\n", "T:2: '0025CA' of '28' bits is no prefix" },
	{ SHEET_OUI, HEAD "0025,16,,O,s,2026\n", "T:2: '0025' of '16' bits is no prefix" },
	{ SHEET_OUI, HEAD "0025CA,24x,,O,s,2026\n", "T:2: '0025CA' of '24x' bits is no prefix" },
	{ SHEET_OUI, HEAD ",24,,O,s,2026\n", "T:2: '' of '24' bits is no prefix" },
	{ SHEET_OUI, HEAD "0225CA,24,,O,s,2026\n", "T:2: no prefix is given out for groups or local" },
	{ SHEET_OUI, HEAD "0125CA123,36,,O,s,2026\n", "T:2: no prefix is given out for groups" },
	{ SHEET_OUI, HEAD "0025CA,24,nobody,O,s,2026\n", "T:2: entity 'nobody' is not in the pack" },
	{ SHEET_OUI, HEAD "0025CA,24,,,s,2026\n", "T:2: 'organisation' is missing" },
	{ SHEET_OUI, HEAD "0025CA,24,,O,,2026\n", "T:2: 'source' is missing" },
	{ SHEET_OUI, HEAD "0025CA,24,,O,s,yesterday\n", "T:2: 'as_of' is no date" },
	{ SHEET_OUI, HEAD "0025CA,24,,O,s,2026\n0025CA,24,,P,s,2026\n",
	  "pack:0: prefix 0025CA is in the tables twice" },
	{ SHEET_OUI, MODEM, "T:1: no column 'prefix' in the first line" },
	{ SHEET_MODEM_MAC, MODEM "0250F3,24,f,s,2026\n", "T:2: '0250F3' of '24' bits is no prefix" },
	{ SHEET_MODEM_MAC, MODEM "0250F3000000,48,,s,2026\n", "T:2: 'family' is missing" },
	{ SHEET_MODEM_MAC, MODEM "0250F3000000,48,f,s,2026\n0250F3000000,48,g,s,2026\n",
	  "pack:0: address 0250F3000000 is in the tables twice" },
};

START_TEST(refuses_mistakes)
{
	struct said said;

	ck_assert_ptr_null(sheets_load(mistakes[_i].kind, mistakes[_i].text, &said));
	ck_assert_msg(strncmp(said.first, mistakes[_i].said, strlen(mistakes[_i].said)) == 0,
	    "'%s', not '%s'", said.first, mistakes[_i].said);
}
END_TEST

START_TEST(knows_what_modems_are_born_with)
{
	static const uint8_t whole[6] = { 0x02, 0x50, 0xf3 }, block[6] = { 0x34, 0x4b, 0x50, 0xb7, 0xef, 9 };
	static const uint8_t other[6] = { 0x02, 0x50, 0xf3, 0, 0, 1 };
	struct said said;
	struct knowledge *k = sheets_load(SHEET_MODEM_MAC, MODEM "0250F3000000,48,Qualcomm,s,2026\n"
	    "344B50B7EF,40,MF8xx,s,2026\n", &said);

	ck_assert_msg(k != NULL, "%s", said.first);
	ck_assert_str_eq(knowledge_modem_mac(k, whole)->family, "Qualcomm");
	ck_assert_str_eq(knowledge_modem_mac(k, block)->family, "MF8xx");
	ck_assert_ptr_null(knowledge_modem_mac(k, other));
	ck_assert_ptr_null(knowledge_oui(k, block));
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("oui");
	TCase *t = tcase_create("prefixes");

	tcase_add_loop_test(t, finds_the_longest, 0, ARRAY_LEN(look_ups));
	tcase_add_test(t, fills_a_row);
	tcase_add_loop_test(t, refuses_mistakes, 0, ARRAY_LEN(mistakes));
	tcase_add_test(t, knows_what_modems_are_born_with);
	suite_add_tcase(s, t);
	return run_suite(s);
}
