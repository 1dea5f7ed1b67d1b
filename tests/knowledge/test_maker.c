/* SPDX-License-Identifier: Apache-2.0 */
/* test_maker.c - names of companies as tables write them: who is meant, and above all who is not. */
#include <check.h>
#include <string.h>

#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"

#define ENTITY(id, name, aliases) "{\"id\":\"" id "\",\"name\":\"" name "\",\"aliases\":[" aliases \
    "],\"category\":\"company\",\"basis\":\"criminal\",\"adversary_linked\":true," \
    "\"evidence\":\"verified\",\"sources\":[\"s\"]}"

static const char entities[] = "["
    ENTITY("quectel", "Quectel Wireless Solutions", "\"Quectel\"") ","
    ENTITY("simcom", "SIMCom Wireless Solutions", "\"SIMCom\"") ","
    ENTITY("telit", "Telit Cinterion", "\"Telit\",\"Cinterion\"") ","
    ENTITY("sierra", "Semtech / Sierra Wireless", "") ","
    ENTITY("att", "AT&T", "") ","
    ENTITY("ublox", "u-blox", "") ","
    ENTITY("contec", "Contec Medical (CMS8000) / Epsimed MN-120", "\"Epsimed\"") ","
    ENTITY("emqx", "EMQX Cloud (China)", "") ","
    ENTITY("envision", "Envision Energy", "") ","
    ENTITY("cmiot", "China Mobile IoT (OneNET / OneMO)", "") ","
    ENTITY("cm", "China Mobile", "") ","
    ENTITY("twin1", "Twin Systems", "\"Twin\"") ","
    ENTITY("twin2", "Twin Radio", "\"Twin\"") "]";

static const struct {
	const char *name, *entity;	/* NULL: nobody */
} cases[] = {
	{ "Quectel Wireless Solutions", "quectel" },
	{ "Quectel Wireless Solutions Co Ltd", "quectel" },
	{ "QUECTEL WIRELESS SOLUTIONS CO.,LTD.", "quectel" },
	{ "Shanghai Quectel Wireless Solutions Co., Ltd", "quectel" },
	{ "Quectel", "quectel" }, { "quectel communications", "quectel" },
	{ "Quectel Wireless (Shanghai) Ltd", "quectel" },
	{ "Shanghai SIMCom Ltd.", "simcom" }, { "SIMCom Wireless Solutions Limited", "simcom" },
	{ "Telit Communications S.p.A.", "telit" }, { "Cinterion Wireless Modules GmbH", "telit" },
	{ "Sierra Wireless, Inc.", "sierra" }, { "Sierra Wireless", "sierra" },
	{ "AT&T Inc", "att" }, { "u-blox AG", "ublox" }, { "uBlox", "ublox" },
	{ "China Mobile IOT Company Limited", "cmiot" }, { "China Mobile Group Device Co.,Ltd.", "cm" },
	{ "Contec Medical Systems Co., Ltd.", "contec" },
	/* others that look alike */
	{ "Contec Co., Ltd.", NULL }, { "Envision Electronics Ltd", NULL }, { "Envision", NULL },
	{ "China", NULL }, { "Quectelco", NULL }, { "Not Quectel", NULL }, { "Sierra", NULL },
	{ "Wireless Solutions", NULL }, { "Solutions", NULL }, { "Co., Ltd.", NULL }, { "", NULL },
	{ "Shanghai", NULL }, { "(Quectel)", NULL }, { "Medical", NULL },
	{ "Twin Ltd", NULL },	/* which of them? */
	{ "Twin Radio", "twin2" },
	{ "a b c d e f g h i j k l m n o p q r s t quectel", NULL },
	{ "Quectelquectelquectelquectelquectelquectelquectel", NULL },
};

START_TEST(finds_who_is_meant)
{
	const struct entity *e;
	struct knowledge *k;
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	load_document(&l, FOLDER_ENTITIES, "E", entities, sizeof(entities) - 1);
	e = maker_find(&l, shared_text(&l, cases[_i].name));
	ck_assert_msg((e == NULL) == (cases[_i].entity == NULL), "'%s' is %s", cases[_i].name,
	    e == NULL ? "nobody" : e->id);
	if (e != NULL)
		ck_assert_str_eq(e->id, cases[_i].entity);
	ck_assert_int_eq(loader_end(&l, &k), 0);
	knowledge_free(k);
}
END_TEST

START_TEST(knows_nobody_in_an_empty_pack)
{
	struct knowledge *k;
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	ck_assert_ptr_null(maker_find(&l, shared_text(&l, "Quectel")));
	ck_assert_int_eq(loader_end(&l, &k), 0);
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("maker");
	TCase *t = tcase_create("names");

	tcase_add_loop_test(t, finds_who_is_meant, 0, ARRAY_LEN(cases));
	tcase_add_test(t, knows_nobody_in_an_empty_pack);
	suite_add_tcase(s, t);
	return run_suite(s);
}
