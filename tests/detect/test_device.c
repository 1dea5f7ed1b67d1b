/* SPDX-License-Identifier: Apache-2.0 */
/* test_device.c - findings about a device itself: each from the news that make it, once, and
 * silence where nothing is to be said. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "detect/internal.h"
#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"
#include "stats.h"

enum { RAISED_MAX = 32 };
#define SECOND UINT64_C(1000000)
#define DAY (UINT64_C(86400) * SECOND)
#define T0 (UINT64_C(1767225600) * SECOND)	/* 2026-01-01 */

#define ENTITY(id, basis, linked) "{\"id\":\"" id "\",\"name\":\"Maker " id "\",\"category\":" \
    "\"module_maker\",\"basis\":\"" basis "\",\"adversary_linked\":" linked "," \
    "\"evidence\":\"verified\",\"sources\":[\"s\"]}"
#define LIST(id, status) "{\"id\":\"" id "\",\"name\":\"" id "\",\"authority\":\"A\"," \
    "\"country\":\"US\",\"kind\":\"k\",\"status\":\"" status "\",\"effect\":\"E\"," \
    "\"does_not\":\"D\",\"url\":\"u\",\"verified\":true,\"as_of\":\"2026\",\"sources\":[\"s\"]}"
#define LISTING(list, entity) "{\"list\":\"" list "\",\"entity\":\"" entity "\",\"name\":\"N\"," \
    "\"since\":\"2025-01-07\",\"named\":true,\"verified\":true,\"as_of\":\"2026\",\"sources\":[\"s\"]}"

static const char entities[] = "[" ENTITY("listed", "listed", "true") ","
    ENTITY("concern", "concern", "true") "," ENTITY("abroad", "jurisdiction_only", "true") ","
    ENTITY("proposed", "jurisdiction_only", "true") "," ENTITY("trusted", "baseline", "false") "]";
static const char lists[] = "[" LIST("l", "listed") "," LIST("c", "concern") ","
    LIST("p", "proposed") "]";
static const char listings[] = "[" LISTING("l", "listed") "," LISTING("c", "concern") ","
    LISTING("p", "proposed") "]";
static const char tacs[] = "tac,entity,brand,model,source,as_of\n"
    "86000101,listed,L,M1,obs:log,2026-11\n86000102,concern,C,M2,obs:log,2026-11\n"
    "86000103,abroad,J,M3,obs:log,2026-11\n86000104,proposed,P,M4,obs:log,2026-11\n"
    "35000105,trusted,T,M5,obs:log,2026-11\n35000106,,Nobody,M6,obs:log,2026-11\n"
    "86000107,listed,L,M7,obs:uid(inferred),2026-11\n";
static const char own[] = "tac,maker\n86000108,Maker listed\n";
static const char registered[] = "imei,imsi\n86000101000001,001010000000001\n";

struct raised {
	struct alert alert[RAISED_MAX];
	unsigned n;
};

static struct raised raised;
static struct knowledge *k;
static struct stats *st;
static struct detector *d;
static struct config cfg;

static void
note(void *arg, const struct alert *alert)
{
	struct raised *r = arg;

	ck_assert_uint_lt(r->n, RAISED_MAX);
	r->alert[r->n++] = *alert;
}

static void
make_detector(bool with_register)
{
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	load_document(&l, FOLDER_ENTITIES, "E", entities, strlen(entities));
	load_document(&l, FOLDER_LISTS, "L", lists, strlen(lists));
	load_document(&l, FOLDER_LISTINGS, "G", listings, strlen(listings));
	load_sheet(&l, SHEET_TAC, "T", tacs, strlen(tacs));
	load_sheet(&l, SHEET_OWN_TAC, "own.csv", own, strlen(own));
	if (with_register)
		load_sheet(&l, SHEET_REGISTER, "R", registered, strlen(registered));
	ck_assert_int_eq(loader_end(&l, &k), 0);
	ck_assert_int_eq(config_init(&cfg), 0);
	st = stats_new();
	d = detector_new(&cfg, st, k, NULL, NULL, note, &raised);
	ck_assert_ptr_nonnull(d);
	raised.n = 0;
}

static void
setup(void)
{
	make_detector(false);
}

static void
teardown(void)
{
	detector_free(d);
	stats_free(st);
	knowledge_free(k);
	config_done(&cfg);
}

static digits
number(const char *text)
{
	return digits_from_text(text, strlen(text));
}

static struct device_view
device(device_ref ref, const char *imei, const char *imsi)
{
	struct device_view v = { .ref = ref, .imei = number(imei), .imsi = number(imsi),
		.msisdn = DIGITS_NONE, .first_us = T0, .last_us = T0, .apn = "meters.example",
		.n_learned = 1, .learned = { { SIGNALLED_GTPV2C, T0 } } };

	v.tac = knowledge_tac(k, imei_tac(v.imei));
	v.addr[0] = (struct addr){ { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = (uint8_t)ref } };
	v.n_addrs = 1;
	return v;
}

static void
tell(const struct device_view *view, unsigned changes, uint64_t time_us)
{
	struct device_news news = { .ref = view->ref, .changes = changes, .time_us = time_us,
		.old_imei = DIGITS_NONE, .old_imsi = DIGITS_NONE, .source = SIGNALLED_GTPV2C };

	detect_tick(d, time_us);
	detect_device(d, view, &news);
}

static bool
has_limit(const struct alert *a, const char *words)
{
	for (unsigned i = 0; i < a->n_limits; i++)
		if (strstr(a->limits[i], words) != NULL)
			return true;
	return false;
}

/* --- module --- */

static const struct {
	const char *imei, *entity;	/* entity NULL: nothing is raised */
	uint8_t severity;
	enum verdict_confidence confidence;
	const char *limit;
} modules[] = {
	{ "860001010000010", "listed", 2, CONFIDENCE_MEDIUM, "legal effect that the list states" },
	{ "860001020000010", "concern", 3, CONFIDENCE_MEDIUM, "concern is not a listing" },
	{ "860001030000010", "abroad", 4, CONFIDENCE_MEDIUM, "On no list known here" },
	{ "860001040000010", "proposed", 3, CONFIDENCE_MEDIUM, "proposal is not in force" },
	{ "860001070000010", "listed", 2, CONFIDENCE_LOW, NULL },	/* inferred */
	{ "860001080000010", "listed", 2, CONFIDENCE_HIGH, NULL },	/* the operator's own table */
	{ "350001050000010", NULL, 0, 0, NULL },	/* a trusted maker */
	{ "350001060000010", NULL, 0, 0, NULL },	/* a brand that is no entity */
	{ "869999990000010", NULL, 0, 0, NULL },	/* allocated through TAF: proves no maker */
};

START_TEST(tells_the_maker_by_its_standing)
{
	struct device_view view = device(1, modules[_i].imei, "001010000000001");
	const struct alert *a = &raised.alert[0];

	tell(&view, DEVICE_NEW | DEVICE_IMEI | DEVICE_IMSI, T0);
	detect_finish(d, T0 + DAY);
	ck_assert_uint_eq(raised.n, modules[_i].entity != NULL);
	if (raised.n == 0)
		return;
	ck_assert_int_eq(a->rule, DETECT_MODULE);
	ck_assert_str_eq(finding_row(rule_row(a->rule)->finding)->name, "module");
	ck_assert_uint_eq(finding_row(FINDING_MODULE)->signature_id, 9100002);
	ck_assert_str_eq(a->entity->id, modules[_i].entity);
	ck_assert_ptr_null(a->lead);
	ck_assert(!a->has_contact);
	ck_assert_int_eq(a->stage, STAGE_NONE);
	ck_assert_uint_eq(a->severity, modules[_i].severity);
	ck_assert_int_eq(a->confidence, modules[_i].confidence);
	ck_assert(has_limit(a, "to whom it was allocated, not who made"));
	ck_assert(has_limit(a, "rewritten"));
	ck_assert(modules[_i].limit == NULL || has_limit(a, modules[_i].limit));
	ck_assert_ptr_nonnull(a->remediation);
	ck_assert_uint_eq(a->n_evidence, 1);
	ck_assert_str_eq(a->evidence[0].field, "device.imei_tac");
	ck_assert_mem_eq(a->evidence[0].value, modules[_i].imei, 8);
	ck_assert_uint_eq(a->evidence[0].value_len, 8);
	ck_assert_ptr_null(a->evidence[0].indicator);
	ck_assert_ptr_eq(a->evidence[0].entity, a->entity);
	ck_assert_ptr_nonnull(a->evidence[0].source);
	ck_assert_uint_eq(a->who.ref, 1);
	ck_assert_str_eq(a->text.apn, "meters.example");
	ck_assert_uint_eq(a->device.octet[15], 1);
}
END_TEST

START_TEST(tells_a_module_once)
{
	struct device_view one = device(1, "860001010000010", "001010000000001");
	struct device_view two = device(2, "860001010000020", "001010000000002");

	tell(&one, DEVICE_NEW | DEVICE_IMEI, T0);
	tell(&one, DEVICE_ADDRESS, T0 + SECOND);
	tell(&one, DEVICE_IMEI, T0 + 2 * SECOND);
	tell(&two, DEVICE_NEW | DEVICE_IMEI, T0 + 3 * SECOND);
	tell(&one, DEVICE_IMEI, T0 + 3 * DAY);	/* after folding, too */
	one.ref = 9;
	one.first_us = T0 + 100 * DAY;	/* forgotten, and learned anew */
	tell(&one, DEVICE_NEW | DEVICE_IMEI, T0 + 100 * DAY);
	detect_finish(d, T0 + 101 * DAY);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert_uint_eq(raised.alert[0].count, 1);
	ck_assert_uint_ne(raised.alert[0].id, raised.alert[1].id);
}
END_TEST

START_TEST(tells_a_masked_module_by_its_sim)
{
	struct device_view view = device(1, "860001010000010", "001010000000001");

	view.imei_masked = true;
	tell(&view, DEVICE_NEW | DEVICE_IMEI, T0);
	tell(&view, DEVICE_IMEI, T0 + SECOND);
	view.imsi = number("001010000000002");
	view.ref = 2;
	tell(&view, DEVICE_NEW | DEVICE_IMEI, T0 + 2 * SECOND);
	detect_finish(d, T0 + DAY);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert(has_limit(&raised.alert[0], "without its last digits"));
}
END_TEST

START_TEST(remembers_as_many_as_there_is_room_for)
{
	struct once told;
	bool full;

	once_init(&told, 1000);
	for (uint64_t key = 1; key <= 1000; key++) {
		ck_assert(!once_before(&told, key * 7919, &full));
		ck_assert(!full);
	}
	for (uint64_t key = 1; key <= 1000; key++)
		ck_assert(once_before(&told, key * 7919, &full));
	ck_assert(!once_before(&told, 5, &full));
	ck_assert(full);
	ck_assert(!once_before(&told, 5, &full));	/* told again rather than not at all */
	once_done(&told);
}
END_TEST

/* --- identity --- */

START_TEST(tells_a_changed_pair)
{
	struct device_view view = device(1, "350001050000010", "001010000000001");
	struct device_news news = { .ref = 1, .changes = DEVICE_PAIR_CHANGED | DEVICE_IMEI,
		.time_us = T0, .old_imei = number("860001010000010"), .old_imsi = DIGITS_NONE };
	const struct alert *a = &raised.alert[0];

	detect_device(d, &view, &news);
	detect_finish(d, T0 + DAY);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_int_eq(a->rule, DETECT_PAIR_CHANGED);
	ck_assert_str_eq(rule_row(a->rule)->name, "identity-pair-changed");
	ck_assert_str_eq(finding_row(rule_row(a->rule)->finding)->name, "identity");
	ck_assert_ptr_null(a->entity);
	ck_assert(a->other.imei == news.old_imei);
	ck_assert(a->other.imsi == DIGITS_NONE);
	ck_assert_uint_eq(a->severity, 3);
	ck_assert_int_eq(a->confidence, CONFIDENCE_HIGH);
	ck_assert_uint_eq(a->n_evidence, 2);
	ck_assert_str_eq(a->evidence[1].field, "device.previous_imei_tac");
	ck_assert_mem_eq(a->evidence[1].value, "86000101", 8);
	ck_assert_str_eq(a->evidence[1].entity->id, "listed");
	/* no number of a SIM or module is anywhere but where it is masked */
	for (unsigned i = 0; i < a->n_evidence; i++)
		ck_assert_uint_le(a->evidence[i].value_len, 8);
}
END_TEST

static const struct {
	unsigned change;
	enum detect_rule rule;
	const char *name;
	uint8_t severity;
} twice[] = {
	{ DEVICE_IMEI_TWICE, DETECT_DUPLICATE_IMEI, "identity-duplicate-imei", 2 },
	{ DEVICE_TWO_SIMS, DETECT_TWO_SIMS, "identity-two-sims", 3 },
};

START_TEST(tells_two_sims)
{
	struct device_view view = device(1, "350001050000010", "001010000000001");
	struct device_view lan = device(2, "350001050000020", "001010000000002");

	tell(&view, twice[_i].change, T0);
	tell(&view, twice[_i].change, T0 + 60 * SECOND);	/* folded */
	lan.learned[0].source = SIGNALLED_DHCPV4;
	tell(&lan, twice[_i].change, T0 + 61 * SECOND);
	detect_finish(d, T0 + 120 * SECOND);
	ck_assert_uint_eq(raised.n, 3);
	ck_assert_int_eq(raised.alert[0].rule, twice[_i].rule);
	ck_assert_str_eq(rule_row(twice[_i].rule)->name, twice[_i].name);
	ck_assert_uint_eq(raised.alert[0].severity, twice[_i].severity);
	ck_assert_int_eq(raised.alert[1].confidence, CONFIDENCE_MEDIUM);	/* a LAN's word */
	ck_assert(raised.alert[2].final);
	ck_assert_uint_eq(raised.alert[2].count, 2);
	ck_assert_uint_eq(raised.alert[2].id, raised.alert[0].id);
}
END_TEST

static const struct {
	const char *what, *imei, *imsi, *value;	/* value NULL: silence */
	bool masked;
} devices[] = {
	{ "as registered", "860001010000010", "001010000000001", NULL, false },
	{ "other SIM", "860001010000010", "001010000000002", "in it with another partner", false },
	{ "neither", "350001050000099", "001010000000009", "not in it", false },
	{ "IMEI not known, SIM is", "", "001010000000001", NULL, false },
	{ "masked IMEI, SIM is known", "350001050000099", "001010000000001", NULL, true },
	{ "nothing known", "", "", NULL, false },
};

START_TEST(holds_devices_against_the_register)
{
	struct device_view view;
	const struct alert *a = NULL;

	teardown();
	make_detector(true);
	view = device(1, devices[_i].imei, devices[_i].imsi);
	view.imei_masked = devices[_i].masked;
	tell(&view, DEVICE_NEW, T0);
	detect_finish(d, T0 + DAY);
	for (unsigned i = 0; i < raised.n; i++)
		if (raised.alert[i].rule == DETECT_UNREGISTERED)
			a = &raised.alert[i];
	ck_assert_msg((a == NULL) == (devices[_i].value == NULL), "%s", devices[_i].what);
	if (a != NULL)
		ck_assert_mem_eq(a->evidence[a->n_evidence - 1].value, devices[_i].value,
		    strlen(devices[_i].value));
}
END_TEST

START_TEST(is_silent_without_a_register)
{
	struct device_view view = device(1, "350001050000099", "001010000000009");

	tell(&view, DEVICE_NEW, T0);
	detect_finish(d, T0 + DAY);
	ck_assert_uint_eq(raised.n, 0);
}
END_TEST

static struct device_view
roamer(uint32_t plmn)
{
	struct device_view v = device(1, "350001050000010", "001010000000001");

	v.plmn = plmn;
	v.roaming = plmn != PLMN_NONE && !plmn_is_of(plmn, v.imsi);
	return v;
}

enum { HOME = 0x00101f, VISITED = 0x26201f, OTHER = 0x20801f };

START_TEST(tells_who_roams_for_good)
{
	struct device_view view = roamer(VISITED);
	const struct alert *a = &raised.alert[0];

	tell(&view, DEVICE_NEW, T0);
	tell(&view, DEVICE_ADDRESS, T0 + 89 * DAY);
	tell(&view, DEVICE_ADDRESS, T0 + 90 * DAY);
	tell(&view, DEVICE_ADDRESS, T0 + 91 * DAY);
	tell(&view, DEVICE_ADDRESS, T0 + 200 * DAY);	/* once for each stay */
	detect_finish(d, T0 + 201 * DAY);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_int_eq(a->rule, DETECT_ROAMING_RESIDENT);
	ck_assert_uint_eq(a->first_us, T0);
	ck_assert_uint_eq(a->last_us, T0 + 90 * DAY);
	ck_assert_uint_eq(a->severity, 4);
	ck_assert_str_eq(a->evidence[0].field, "device.plmn");
	ck_assert_mem_eq(a->evidence[0].value, "262-01", 6);
}
END_TEST

START_TEST(forgets_who_went_elsewhere)
{
	static const uint32_t breaks[] = { HOME, OTHER };

	for (size_t i = 0; i < ARRAY_LEN(breaks); i++) {
		struct device_view there = roamer(VISITED), away = roamer(breaks[i]);
		struct device_view silent = roamer(PLMN_NONE);

		tell(&there, DEVICE_NEW, T0);
		tell(&away, DEVICE_NETWORK, T0 + 50 * DAY);
		tell(&there, DEVICE_NETWORK, T0 + 60 * DAY);
		tell(&silent, DEVICE_ADDRESS, T0 + 100 * DAY);	/* nobody says that it moved */
		tell(&there, DEVICE_ADDRESS, T0 + 149 * DAY);
		ck_assert_uint_eq(raised.n, i);
		tell(&there, DEVICE_ADDRESS, T0 + 150 * DAY);
		detect_finish(d, T0 + 151 * DAY);
		ck_assert_uint_eq(raised.n, i + 1);
	}
}
END_TEST

START_TEST(a_place_in_the_registry_is_not_a_device)
{
	struct device_view view = roamer(VISITED);

	tell(&view, DEVICE_NEW, T0);
	view.first_us = T0 + 80 * DAY;
	tell(&view, DEVICE_NEW, T0 + 80 * DAY);	/* another device at its place */
	tell(&view, DEVICE_ADDRESS, T0 + 100 * DAY);
	detect_finish(d, T0 + 101 * DAY);
	ck_assert_uint_eq(raised.n, 0);
}
END_TEST

START_TEST(merged_devices_have_one_stay)
{
	struct device_view early = roamer(VISITED), late = roamer(VISITED);
	struct device_news news = { .ref = 5000, .other = 1, .changes = DEVICE_MERGED,
		.time_us = T0 + 90 * DAY, .old_imei = DIGITS_NONE, .old_imsi = DIGITS_NONE };

	late.ref = 5000;
	tell(&early, DEVICE_NEW, T0);
	tell(&late, DEVICE_NEW, T0 + 40 * DAY);
	detect_device(d, &late, &news);
	detect_finish(d, T0 + 91 * DAY);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_uint_eq(raised.alert[0].first_us, T0);
}
END_TEST

START_TEST(counts_residences_without_room)
{
	struct device_view view = roamer(VISITED);

	view.ref = cfg.devices_max + 1;
	tell(&view, DEVICE_NEW, T0);
	ck_assert_uint_eq(stats_value(st, "detect.unremembered"), 1);
	ck_assert_uint_eq(stats_value(st, "detect.devices"), 1);
}
END_TEST

START_TEST(every_rule_says_what_it_does_not_prove)
{
	for (unsigned rule = 0; rule < DETECT_RULE_N; rule++) {
		ck_assert_str_ne(rule_row((enum detect_rule)rule)->name, "");
		ck_assert_str_ne(rule_row((enum detect_rule)rule)->title, "");
		for (unsigned other = 0; other < rule; other++)
			ck_assert_str_ne(rule_row((enum detect_rule)rule)->name,
			    rule_row((enum detect_rule)other)->name);
	}
	for (unsigned f = 0; f < FINDING_N; f++)
		ck_assert_uint_eq(finding_row((enum finding)f)->signature_id, 9100001 + f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("device");
	TCase *t = tcase_create("findings");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, tells_the_maker_by_its_standing, 0, ARRAY_LEN(modules));
	tcase_add_test(t, tells_a_module_once);
	tcase_add_test(t, tells_a_masked_module_by_its_sim);
	tcase_add_test(t, remembers_as_many_as_there_is_room_for);
	tcase_add_test(t, tells_a_changed_pair);
	tcase_add_loop_test(t, tells_two_sims, 0, ARRAY_LEN(twice));
	tcase_add_loop_test(t, holds_devices_against_the_register, 0, ARRAY_LEN(devices));
	tcase_add_test(t, is_silent_without_a_register);
	tcase_add_test(t, tells_who_roams_for_good);
	tcase_add_test(t, forgets_who_went_elsewhere);
	tcase_add_test(t, a_place_in_the_registry_is_not_a_device);
	tcase_add_test(t, merged_devices_have_one_stay);
	tcase_add_test(t, counts_residences_without_room);
	tcase_add_test(t, every_rule_says_what_it_does_not_prove);
	suite_add_tcase(s, t);
	return run_suite(s);
}
