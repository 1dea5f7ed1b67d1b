/* SPDX-License-Identifier: Apache-2.0 */
/* test_register.c - the operator's register: which module may carry which SIM, and when too
 * little is known to say that one may not. */
#include <check.h>
#include <string.h>

#include "macros.h"
#include "run_suite.h"
#include "sheets.h"

static const char pairs[] = "imei,imsi\n"
    "866507040000014,001010000000001\n"	/* a pair */
    "86650704000002,001010000000002\n"	/* without its check digit */
    "8665070400000301,\n"		/* IMEISV; any SIM */
    ",001010000000004\n"		/* any module */
    "35-667304-000005-0,001010000000005\n35-667304-000005-0,001010000000006\n";	/* two SIMs */
static const char only_imeis[] = "IMEI\n866507040000014\n";
static const char only_imsis[] = "IMSI\n001010000000001\n";

static const struct {
	const char *what, *table, *imei, *imsi;	/* "": not known */
	enum registered want;
} look_ups[] = {
	{ "its pair", pairs, "866507040000014", "001010000000001", REGISTER_YES },
	{ "as IMEISV", pairs, "8665070400000177", "001010000000001", REGISTER_YES },
	{ "with another check digit", pairs, "866507040000010", "001010000000001", REGISTER_YES },
	{ "its SIM not known", pairs, "866507040000014", "", REGISTER_YES },
	{ "its module not known", pairs, "", "001010000000001", REGISTER_YES },
	{ "SIM of another", pairs, "866507040000014", "001010000000002", REGISTER_OTHER_PAIR },
	{ "unknown SIM", pairs, "866507040000014", "001010000000099", REGISTER_OTHER_PAIR },
	{ "SIM moved to an unknown module", pairs, "866507049999999", "001010000000001",
	  REGISTER_OTHER_PAIR },
	{ "any SIM is allowed", pairs, "866507040000030", "001010000000099", REGISTER_YES },
	{ "any module is allowed", pairs, "866507049999999", "001010000000004", REGISTER_YES },
	{ "any module, also one that has a SIM", pairs, "866507040000014", "001010000000004",
	  REGISTER_YES },
	{ "first of two SIMs", pairs, "356673040000050", "001010000000005", REGISTER_YES },
	{ "second of two SIMs", pairs, "356673040000050", "001010000000006", REGISTER_YES },
	{ "neither", pairs, "866507049999999", "001010000000099", REGISTER_NO_IMEI },
	{ "module unknown, its SIM may be there", pairs, "866507049999999", "", REGISTER_UNKNOWN },
	{ "SIM unknown, its module may be there", pairs, "", "001010000000099", REGISTER_UNKNOWN },
	{ "nothing is known", pairs, "", "", REGISTER_UNKNOWN },
	{ "too short for an IMEI", pairs, "8665070400000", "", REGISTER_UNKNOWN },
	{ "IMEIs only: there", only_imeis, "866507040000014", "001010000000001", REGISTER_YES },
	{ "IMEIs only: not there", only_imeis, "866507049999999", "001010000000001", REGISTER_NO_IMEI },
	{ "IMEIs only: not there, no SIM", only_imeis, "866507049999999", "", REGISTER_NO_IMEI },
	{ "IMEIs only: no IMEI", only_imeis, "", "001010000000001", REGISTER_UNKNOWN },
	{ "IMSIs only: there", only_imsis, "866507040000014", "001010000000001", REGISTER_YES },
	{ "IMSIs only: not there", only_imsis, "866507040000014", "001010000000002", REGISTER_NO_IMEI },
	{ "IMSIs only: not there, no IMEI", only_imsis, "", "001010000000002", REGISTER_NO_IMEI },
	{ "IMSIs only: no SIM", only_imsis, "866507040000014", "", REGISTER_UNKNOWN },
	{ "empty", "imei,imsi\n", "866507040000014", "001010000000001", REGISTER_UNKNOWN },
};

START_TEST(tells_who_is_in_it)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_REGISTER, look_ups[_i].table, &said);
	digits imei = digits_from_text(look_ups[_i].imei, strlen(look_ups[_i].imei));
	digits imsi = digits_from_text(look_ups[_i].imsi, strlen(look_ups[_i].imsi));

	ck_assert_msg(k != NULL && said.warnings == 0, "%s", said.first);
	ck_assert_msg(knowledge_registered(k, imei, imsi) == look_ups[_i].want, "%s: %d",
	    look_ups[_i].what, knowledge_registered(k, imei, imsi));
	knowledge_free(k);
}
END_TEST

START_TEST(there_may_be_none)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_TAC, "tac,entity,brand,model,source,as_of\n", &said);

	ck_assert_int_eq(knowledge_registered(k, digits_from_text("866507040000014", 15), DIGITS_NONE),
	    REGISTER_NONE);
	ck_assert_uint_eq(knowledge_register_rows(k), 0);
	knowledge_free(k);
}
END_TEST

START_TEST(leaves_out_rows_and_says_so)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_REGISTER, "imei;imsi;note\n"
	    "8.66507E+14;001010000000001;a\n;;b\n866507040000014;00101;c\n"
	    "866507040000014;0010100000000011;d\n866507040000014;001010000000001;e\n", &said);

	ck_assert_ptr_nonnull(k);
	ck_assert_uint_eq(knowledge_register_rows(k), 1);
	ck_assert_uint_eq(said.warnings, 4 + 1);
	ck_assert_str_eq(said.first, "T:2: row left out: the IMEI has not 14 to 16 digits");
	ck_assert_str_eq(said.last, "T:0: 4 rows left out, 1 read");
	knowledge_free(k);
	ck_assert_ptr_null(sheets_load(SHEET_REGISTER, "serial\n1\n", &said));
	ck_assert_str_eq(said.first, "T:1: neither a column 'imei' nor 'imsi' in the first line");
	ck_assert_ptr_null(sheets_load(SHEET_REGISTER, "", &said));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("register");
	TCase *t = tcase_create("devices");

	tcase_add_loop_test(t, tells_who_is_in_it, 0, ARRAY_LEN(look_ups));
	tcase_add_test(t, there_may_be_none);
	tcase_add_test(t, leaves_out_rows_and_says_so);
	suite_add_tcase(s, t);
	return run_suite(s);
}
