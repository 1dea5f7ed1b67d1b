/* SPDX-License-Identifier: Apache-2.0 */
/* test_tac.c - tables of TACs: those of a pack are exact or refused, those of an operator are read
 * as they were exported, go first, and lose rows rather than the file. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "macros.h"
#include "run_suite.h"
#include "sheets.h"

#define HEAD "tac,entity,brand,model,source,as_of\n"

START_TEST(reads_a_table_of_a_pack)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_TAC, HEAD
	    "86650704,quectel,Quectel,EC25,obs,2026-11\n"
	    "01598700,,Acme,,osmocom,2016\n", &said);
	const struct tac *tac;

	ck_assert_msg(k != NULL, "%s", said.first);
	ck_assert_uint_eq(knowledge_tacs(k), 2);
	tac = knowledge_tac(k, 86650704);
	ck_assert_ptr_nonnull(tac);
	ck_assert_uint_eq(tac->tac, 86650704);
	ck_assert_uint_eq(tac->line, 2);
	ck_assert_uint_eq(tac->own, 0);
	ck_assert_str_eq(tac->maker->id, "quectel");
	ck_assert_str_eq(tac->maker_name, "Quectel Wireless Solutions");
	ck_assert_str_eq(tac->brand, "Quectel");
	ck_assert_str_eq(tac->model, "EC25");
	ck_assert_str_eq(tac->source, "obs");
	ck_assert_str_eq(tac->as_of, "2026-11");
	tac = knowledge_tac(k, 1598700);
	ck_assert_ptr_nonnull(tac);
	ck_assert_ptr_null(tac->maker);
	ck_assert_ptr_null(tac->maker_name);
	ck_assert_ptr_null(tac->model);
	ck_assert_ptr_null(knowledge_tac(k, 0));
	ck_assert_ptr_null(knowledge_tac(k, 86650703));
	ck_assert_ptr_null(knowledge_tac(k, 86650705));
	ck_assert_ptr_null(knowledge_tac(k, 99999999));
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *text, *said;
} mistakes[] = {
	{ "", "T:1: the table is empty" },
	{ "tac,brand\n", "T:1: no column 'entity' in the first line" },
	{ "tac,entity,brand,model,source,as_of,more\n", "T:1: unknown column 'more'" },
	{ HEAD "8665070,quectel,Q,M,s,2026\n", "T:2: '8665070' is no TAC (eight digits)" },
	{ HEAD "866507041,quectel,Q,M,s,2026\n", "T:2: '866507041' is no TAC" },
	{ HEAD "8665070a,quectel,Q,M,s,2026\n", "T:2: '8665070a' is no TAC" },
	{ HEAD "00000000,quectel,Q,M,s,2026\n", "T:2: '00000000' is no TAC" },
	{ HEAD ",quectel,Q,M,s,2026\n", "T:2: '' is no TAC" },
	{ HEAD "\n86650704,nobody,Q,M,s,2026\n", "T:3: entity 'nobody' is not in the pack" },
	{ HEAD "86650704,quectel,,M,s,2026\n", "T:2: 'brand' is missing" },
	{ HEAD "86650704,quectel,Q,M,,2026\n", "T:2: 'source' is missing" },
	{ HEAD "86650704,quectel,Q,M,s,\n", "T:2: 'as_of' is no date" },
	{ HEAD "86650704,quectel,Q,M,s,2026-13\n", "T:2: 'as_of' is no date" },
	{ HEAD "86650704,quectel,Q\x01,M,s,2026\n", "T:2: 'brand' holds a control character" },
	{ HEAD "86650704,quectel,\"Q,M,s,2026\n", "T:2: a quote that is not closed" },
	{ HEAD "86650704,quectel,Q,M,s,2026\n86650705,quectel,Q,M,s,2026\n86650704,,R,N,s,2026\n",
	  "T:4: TAC 86650704 is in the tables twice" },
	{ "\xff\xfet\0", "T:0: UTF-16: save it as UTF-8" },
};

START_TEST(refuses_mistakes_in_a_pack)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_TAC, mistakes[_i].text, &said);

	ck_assert_ptr_null(k);
	ck_assert_msg(strncmp(said.first, mistakes[_i].said, strlen(mistakes[_i].said)) == 0,
	    "'%s', not '%s'", said.first, mistakes[_i].said);
}
END_TEST

START_TEST(refuses_a_tac_in_two_files_of_a_pack)
{
	struct said said;
	struct loader l;

	sheets_begin(&l, &said);
	sheets_add(&l, SHEET_TAC, "A", HEAD "86650704,quectel,Q,M,s,2026\n");
	sheets_add(&l, SHEET_TAC, "B", HEAD "01598700,,Q,M,s,2026\n86650704,,R,M,s,2026\n");
	ck_assert_ptr_null(sheets_end(&l));
	ck_assert_str_eq(said.first, "B:3: TAC 86650704 is in the tables twice");
	ck_assert_uint_eq(said.errors, 1);
}
END_TEST

/* Exports, each with TAC 86650704 of Quectel and model EC25. */
static const struct {
	const char *what, *text, *columns;	/* columns: a mapping, or NULL */
	const char *brand;
} exports[] = {
	{ "device database", "TAC|Manufacturer|Brand Name|Model Name|Marketing Name\r\n"
	  "86650704|Quectel Wireless Solutions Co Ltd|Acme|EC25|EC25 7\" set\r\n", NULL, "Acme" },
	{ "its long names", "Type Allocation Code;Manufacturer (or) Applicant;Marketing Name\n"
	  "86650704;\"Quectel Wireless Solutions Co., Ltd.\";EC25\n", NULL, NULL },
	{ "a spreadsheet with a mark", "\xef\xbb\xbf" "tac,manufacturer,model\n86650704,Quectel,EC25\n",
	  NULL, NULL },
	{ "other columns around", "id\ttac\tx\tvendor\tdevice_model\n7\t86650704\t\tQuectel\tEC25\n",
	  NULL, NULL },
	{ "mapped", "Kennung,Firma,Typ,Marke\n86650704,Quectel,EC25,Acme\n", "mapped", "Acme" },
	{ "the first name that holds a text counts", "tac,maker,model name,marketing name\n"
	  "86650704,Quectel,,EC25\n", NULL, NULL },
};

START_TEST(reads_exports)
{
	static const char *const columns[] = { "tac=Kennung", "maker=Firma", "model=Typ", "brand=MARKE" };
	const struct tac *tac;
	struct knowledge *k;
	struct said said;
	struct loader l;

	sheets_begin(&l, &said);
	if (exports[_i].columns != NULL) {
		l.tac_columns = columns;
		l.n_tac_columns = ARRAY_LEN(columns);
	}
	sheets_add(&l, SHEET_OWN_TAC, "own.csv", exports[_i].text);
	k = sheets_end(&l);
	ck_assert_msg(k != NULL, "%s: %s", exports[_i].what, said.first);
	ck_assert_msg(said.warnings == 0, "%s: %s", exports[_i].what, said.first);
	tac = knowledge_tac(k, 86650704);
	ck_assert_msg(tac != NULL && tac->maker != NULL, "%s", exports[_i].what);
	ck_assert_uint_eq(tac->own, 1);
	ck_assert_str_eq(tac->maker->id, "quectel");
	ck_assert_ptr_nonnull(strstr(tac->maker_name, "Quectel"));
	ck_assert_str_eq(tac->model, "EC25");
	ck_assert_str_eq(tac->source, "own.csv");
	ck_assert((tac->brand == NULL) == (exports[_i].brand == NULL));
	if (tac->brand != NULL)
		ck_assert_str_eq(tac->brand, exports[_i].brand);
	knowledge_free(k);
}
END_TEST

START_TEST(own_rows_go_first)
{
	const struct tac *tac;
	struct knowledge *k;
	struct said said;
	struct loader l;

	sheets_begin(&l, &said);
	sheets_add(&l, SHEET_TAC, "A", HEAD "86650704,quectel,Quectel,EC25,s,2026\n"
	    "86650705,quectel,Quectel,EC21,s,2026\n");
	sheets_add(&l, SHEET_OWN_TAC, "own", "tac,maker\n86650704,Meter Maker AG\n1598700,Acme\n");
	sheets_add(&l, SHEET_OWN_TAC, "more", "tac,maker\n86650704,Somebody else\n35667304,Acme\n");
	k = sheets_end(&l);
	ck_assert_msg(k != NULL, "%s", said.first);
	tac = knowledge_tac(k, 86650704);
	ck_assert_str_eq(tac->maker_name, "Meter Maker AG");
	ck_assert_ptr_null(tac->maker);	/* text is no entity */
	ck_assert_str_eq(tac->source, "own");
	ck_assert_str_eq(knowledge_tac(k, 86650705)->model, "EC21");
	ck_assert_ptr_nonnull(knowledge_tac(k, 1598700));	/* its zero was lost in a spreadsheet */
	ck_assert_ptr_nonnull(knowledge_tac(k, 35667304));
	ck_assert_uint_eq(said.warnings, 1);
	ck_assert_str_eq(said.last, "more:0: 1 TACs had been there before: the first row of each counts");
	knowledge_free(k);
}
END_TEST

START_TEST(leaves_out_rows_and_says_so)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_OWN_TAC, "TAC,Manufacturer\n86650704,Quectel\n"
	    "8.66507E+7,Quectel\n,Quectel\n1,2\n2,2\n3,2\n4,2\n5,\"2\n", &said);

	ck_assert_ptr_nonnull(k);
	ck_assert_uint_eq(knowledge_tacs(k), 1);
	ck_assert_str_eq(said.first, "T:3: row left out: '8.66507E+7' is no TAC (eight digits)");
	ck_assert_uint_eq(said.warnings, 5 + 1);	/* five are named */
	ck_assert_str_eq(said.last, "T:0: 7 rows left out, 1 read");
	knowledge_free(k);
	ck_assert_ptr_null(sheets_load(SHEET_OWN_TAC, "TAC,Manufacturer\nx,y\n", &said));
	ck_assert_str_eq(said.last, "T:0: none of 1 rows could be read");
	ck_assert_ptr_null(sheets_load(SHEET_OWN_TAC, "IMEI,Manufacturer\nx,y\n", &said));
	ck_assert_str_eq(said.first, "T:1: no column 'tac' in the first line");
	k = sheets_load(SHEET_OWN_TAC, "TAC,Manufacturer\n", &said);	/* nobody's yet */
	ck_assert_ptr_nonnull(k);
	knowledge_free(k);
}
END_TEST

/* A table of the size of GSMA's: found whole, and read within a second of CPU time unless this is
 * a build with sanitizers on a slow machine. */
START_TEST(reads_a_large_table)
{
	enum { ROWS = 300000 };
	char *text = malloc((size_t)ROWS * 96), name[64];
	size_t len = (size_t)sprintf(text, "TAC|Manufacturer|Brand Name|Model Name\n");
	struct said said;
	struct knowledge *k;
	clock_t before;

	for (unsigned i = 0; i < ROWS; i++)
		len += (size_t)sprintf(text + len, "%08u|Maker %u Communications Co., Ltd.|Brand %u|Model %u\n",
		    35000000 + 7 * i, i % 4000, i % 5000, i);
	before = clock();
	k = sheets_load(SHEET_OWN_TAC, text, &said);
	ck_assert_double_lt((double)(clock() - before) / CLOCKS_PER_SEC, 10);
	ck_assert_ptr_nonnull(k);
	ck_assert_uint_eq(knowledge_tacs(k), ROWS);
	for (unsigned i = 0; i < ROWS; i += 997) {
		snprintf(name, sizeof(name), "Model %u", i);
		ck_assert_str_eq(knowledge_tac(k, 35000000 + 7 * i)->model, name);
		ck_assert_ptr_null(knowledge_tac(k, 35000001 + 7 * i));
	}
	knowledge_free(k);
	free(text);
}
END_TEST

static const struct {
	uint32_t tac;
	const char *body;	/* NULL: not known */
} bodies[] = {
	{ 86650704, "TAF (China)" }, { 35667304, "TUV SUD BABT (UK)" }, { 1598700, "PTCRB (US)" },
	{ 91000001, "MSAI (India)" }, { 99000001, "GHA (for 3GPP2 and 3GPP)" }, { 101, "test IMEI" },
	{ 0, NULL }, { 70000000, NULL }, { 100000000, NULL }, { UINT32_MAX, NULL },
};

START_TEST(names_the_reporting_body)
{
	const char *body = tac_reporting_body(bodies[_i].tac);

	ck_assert((body == NULL) == (bodies[_i].body == NULL));
	if (body != NULL)
		ck_assert_str_eq(body, bodies[_i].body);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tac");
	TCase *t = tcase_create("tables");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, reads_a_table_of_a_pack);
	tcase_add_loop_test(t, refuses_mistakes_in_a_pack, 0, ARRAY_LEN(mistakes));
	tcase_add_test(t, refuses_a_tac_in_two_files_of_a_pack);
	tcase_add_loop_test(t, reads_exports, 0, ARRAY_LEN(exports));
	tcase_add_test(t, own_rows_go_first);
	tcase_add_test(t, leaves_out_rows_and_says_so);
	tcase_add_test(t, reads_a_large_table);
	tcase_add_loop_test(t, names_the_reporting_body, 0, ARRAY_LEN(bodies));
	suite_add_tcase(s, t);
	return run_suite(s);
}
