/* SPDX-License-Identifier: Apache-2.0 */
/* test_adopt.c - open alerts over a change of knowledge: what stays the same stays open and points
 * to the new one, what changed says so, what is gone is closed with its summary. The old knowledge
 * is freed at once, so that whoever points to it is caught by the address sanitizer. */
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
#define T0 (UINT64_C(1767225600) * SECOND)	/* 2026-01-01 */

#define ENTITY(id, name) "{\"id\":\"" id "\",\"name\":\"" name "\",\"category\":\"module_maker\"," \
    "\"basis\":\"jurisdiction_only\",\"country\":\"CN\",\"adversary_linked\":true," \
    "\"evidence\":\"verified\",\"sources\":[\"s\"]}"
#define IND_OF(id, entity, type, value, role, use, more) "{\"id\":\"" id "\",\"entity\":\"" entity "\"," \
    "\"type\":\"" type "\",\"value\":\"" value "\",\"role\":\"" role "\",\"use\":\"" use "\"," more \
    "\"confidence\":\"high\",\"verified\":true,\"severity\":\"high\",\"as_of\":\"2026-01-02\"," \
    "\"sources\":[\"s\"]}"
#define HOST "\"identifies\":\"host_operator\","
#define SOFTWARE "\"identifies\":\"client_software\","
#define NAME IND_OF("i1", "a", "domain", "acme.example", "telemetry", "alert", HOST)
#define ADDRESS IND_OF("i2", "a", "ip", "203.0.113.9", "telemetry", "alert", HOST)
#define PATH IND_OF("i3", "a", "url_path", "/fota", "firmware_update", "alert", \
    "\"match\":\"contains\"," SOFTWARE)
#define HEAD "tac,entity,brand,model,source,as_of\n"
#define BOTH ENTITY("a", "Acme") "," ENTITY("b", "Bcme")

/* What the folders of a pack hold; NULL: nothing. */
struct pack {
	const char *entities, *indicators, *tacs, *registered;
};

static const struct pack first = { BOTH, NAME "," ADDRESS "," PATH,
	HEAD "86000101,a,L,M1,obs:one,2026-01\n", "imei,imsi\n86000101000001,001010000000001\n" };

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
	r->alert[r->n] = *alert;
	if (alert->lead != NULL)	/* the knowledge may be gone when this is looked at */
		r->alert[r->n].lead = NULL;
	r->n++;
}

static void
load_records_of(struct loader *l, enum folder folder, const char *records)
{
	char text[4096];

	ck_assert_int_lt(snprintf(text, sizeof(text), "[\n%s\n]", records), (int)sizeof(text));
	load_document(l, folder, "F", text, strlen(text));
}

static struct knowledge *
load(const struct pack *p)
{
	struct knowledge *built;
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	load_records_of(&l, FOLDER_ENTITIES, p->entities);
	if (p->indicators != NULL)
		load_records_of(&l, FOLDER_INDICATORS, p->indicators);
	if (p->tacs != NULL)
		load_sheet(&l, SHEET_TAC, "T", p->tacs, strlen(p->tacs));
	if (p->registered != NULL)
		load_sheet(&l, SHEET_REGISTER, "R", p->registered, strlen(p->registered));
	ck_assert_int_eq(loader_end(&l, &built), 0);
	return built;
}

static void
setup(void)
{
	raised.n = 0;
	k = load(&first);
	ck_assert_int_eq(config_init(&cfg), 0);
	st = stats_new();
	d = detector_new(&cfg, st, k, NULL, NULL, note, &raised);
	ck_assert_ptr_nonnull(d);
	detect_tick(d, T0);
}

static void
teardown(void)
{
	detector_free(d);
	stats_free(st);
	knowledge_free(k);
	config_done(&cfg);
}

static void
go_over_to(const struct pack *p)
{
	struct knowledge *old = k;

	k = load(p);
	ck_assert_int_eq(detector_use_knowledge(d, k), 0);
	knowledge_free(old);
}

static const struct indicator *
by_name(const char *name)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];

	ck_assert_uint_eq(knowledge_find_domain(k, name, strlen(name), found, KNOWLEDGE_FOUND_MAX), 1);
	return found[0];
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
		.msisdn = DIGITS_NONE, .first_us = T0, .last_us = T0, .n_learned = 1,
		.learned = { { SIGNALLED_GTPV2C, T0 } } };

	v.tac = knowledge_tac(k, imei_tac(v.imei));
	return v;
}

/* A contact of device `ref` with what the indicator stands for. */
static struct alert *
contact(device_ref ref, const struct indicator *ind, uint64_t time_us)
{
	struct device_view view = device(ref, "860001010000010", "001010000000001");
	struct open_alert *o = raise_about_device(d, DETECT_INFRASTRUCTURE, &view, ind, time_us);
	struct evidence *e;

	ck_assert_ptr_nonnull(o);
	if (o->alert.n_evidence == 0) {
		e = &o->alert.evidence[o->alert.n_evidence++];
		*e = (struct evidence){ .field = "dns.query", .value = "acme.example",
			.value_len = 12, .indicator = ind, .entity = ind->entity };
	}
	return &o->alert;
}

static void
news(const struct device_view *view, unsigned changes)
{
	const struct device_news n = { .ref = view->ref, .changes = changes, .time_us = T0,
		.old_imei = DIGITS_NONE, .old_imsi = DIGITS_NONE };

	detect_device(d, view, &n);
}

static uint64_t
counted(const char *name)
{
	return stats_value(st, name);
}

/* --- indicators --- */

START_TEST(what_stays_stays_open)
{
	struct alert *a = contact(1, by_name("acme.example"), T0), *again;

	detect_tick(d, T0 + 3600 * SECOND / 2);
	ck_assert_uint_eq(raised.n, 1);
	for (int i = 0; i < 3; i++)
		go_over_to(&first);
	ck_assert_ptr_eq(a->lead, by_name("acme.example"));
	ck_assert_ptr_eq(a->entity, a->lead->entity);
	ck_assert_ptr_eq(a->evidence[0].indicator, a->lead);
	ck_assert_ptr_eq(a->who.tac, knowledge_tac(k, 86000101));
	again = contact(1, by_name("acme.example"), T0 + 1801 * SECOND);
	ck_assert_ptr_eq(again, a);	/* folded, not raised anew */
	ck_assert_uint_eq(a->count, 2);
	detect_finish(d, T0 + 1802 * SECOND);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert(raised.alert[1].final);
	ck_assert_uint_eq(counted("detect.withdrawn"), 0);
}
END_TEST

static const struct {
	const char *what;
	struct pack pack;
} gone[] = {
	{ "removed", { BOTH, ADDRESS, 0, 0 } },
	{ "none left", { BOTH, 0, 0, 0 } },
	{ "another value", { BOTH, IND_OF("i1", "a", "domain", "acme2.example", "telemetry", "alert", HOST) } },
	{ "another entity", { BOTH, IND_OF("i1", "b", "domain", "acme.example", "telemetry", "alert", HOST) } },
	{ "another id", { BOTH, IND_OF("i9", "a", "domain", "acme.example", "telemetry", "alert", HOST) } },
	{ "another type", { BOTH, IND_OF("i1", "a", "host", "acme.example", "telemetry", "alert", HOST) } },
	{ "only context now", { BOTH, IND_OF("i1", "a", "domain", "acme.example", "telemetry", "context", HOST) } },
};

START_TEST(what_is_gone_is_closed)
{
	struct alert *a = contact(1, by_name("acme.example"), T0);

	(void)contact(2, by_name("acme.example"), T0);
	detect_tick(d, T0 + 1800 * SECOND);
	ck_assert_uint_eq(raised.n, 2);
	a->count++;		/* there is more to tell of the first only */
	go_over_to(&gone[_i].pack);
	ck_assert_msg(raised.n == 3, "%s: %u", gone[_i].what, raised.n);
	ck_assert(raised.alert[2].final);
	ck_assert_uint_eq(raised.alert[2].count, 2);
	ck_assert_uint_eq(counted("detect.withdrawn"), 2);
	detect_finish(d, T0 + 1801 * SECOND);
	ck_assert_uint_eq(raised.n, 3);
}
END_TEST

/* What has not settled yet is told; what is not concerned waits for its time. */
START_TEST(closes_before_it_has_settled)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	struct addr addr;

	ck_assert_int_eq(addr_parse(&addr, "203.0.113.9"), 0);
	ck_assert_uint_eq(knowledge_find_addr(k, &addr, 0, 0, found, KNOWLEDGE_FOUND_MAX), 1);
	(void)contact(1, found[0], T0);
	(void)contact(2, by_name("acme.example"), T0);
	(void)contact(3, found[0], T0);
	(void)contact(4, by_name("acme.example"), T0);
	go_over_to(&gone[0].pack);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert_uint_eq(raised.alert[0].who.ref, 2);
	ck_assert_uint_eq(raised.alert[1].who.ref, 4);
	ck_assert(!raised.alert[0].final && !raised.alert[1].final);
	detect_tick(d, T0 + 1800 * SECOND);
	ck_assert_uint_eq(raised.n, 4);
	ck_assert_uint_eq(raised.alert[2].who.ref, 1);
	ck_assert_uint_eq(raised.alert[3].who.ref, 3);
}
END_TEST

START_TEST(what_changed_says_so)
{
	static const struct pack changed = { ENTITY("a", "Acme of old") "," ENTITY("b", "Bcme"),
		IND_OF("i1", "a", "domain", "acme.example", "c2", "alert", HOST) };
	struct alert *a = contact(1, by_name("acme.example"), T0);

	go_over_to(&changed);
	ck_assert_uint_eq(counted("detect.withdrawn"), 0);
	ck_assert_int_eq(a->lead->role, ROLE_C2);
	ck_assert_str_eq(a->entity->name, "Acme of old");
	ck_assert_ptr_null(a->who.tac);		/* the table of TACs is gone */
}
END_TEST

START_TEST(evidence_that_is_gone_is_left_out)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	static const struct pack without_name = { BOTH, ADDRESS "," PATH, 0, 0 };
	struct alert *a;
	struct addr addr;

	ck_assert_int_eq(addr_parse(&addr, "203.0.113.9"), 0);
	ck_assert_uint_eq(knowledge_find_addr(k, &addr, 0, 0, found, KNOWLEDGE_FOUND_MAX), 1);
	a = contact(1, found[0], T0);
	a->evidence[a->n_evidence++] = (struct evidence){ .field = "http.host", .value = "acme.example",
		.value_len = 12, .indicator = by_name("acme.example"), .entity = a->entity };
	ck_assert_uint_eq(knowledge_find_text(k, MATCH_URL_PATH, "/x/fota", 7, found,
	    KNOWLEDGE_FOUND_MAX), 1);
	a->evidence[a->n_evidence++] = (struct evidence){ .field = "http.path", .value = "/x/fota",
		.value_len = 7, .indicator = found[0], .entity = a->entity };
	add_tac_evidence(a, "device.imei_tac", 86000101, a->who.tac);
	go_over_to(&without_name);
	ck_assert_uint_eq(counted("detect.withdrawn"), 0);
	ck_assert_uint_eq(a->n_evidence, 3);
	ck_assert_str_eq(a->evidence[0].indicator->id, "i2");
	ck_assert_str_eq(a->evidence[1].field, "http.path");
	ck_assert_str_eq(a->evidence[1].indicator->id, "i3");
	ck_assert_ptr_eq(a->evidence[1].entity, knowledge_entity_by_id(k, "a"));
	ck_assert_str_eq(a->evidence[2].field, "device.imei_tac");	/* it was seen, but by whom */
	ck_assert_ptr_null(a->evidence[2].entity);			/* is not known any more */
	ck_assert_ptr_null(a->evidence[2].source);
}
END_TEST

/* --- devices --- */

static const struct {
	const char *what;
	struct pack pack;
	bool stays;
} modules[] = {
	{ "other words, same maker", { BOTH, 0, HEAD "86000101,a,L2,M9,obs:two,2026-02\n", 0 }, true },
	{ "another maker", { BOTH, 0, HEAD "86000101,b,L,M1,obs:one,2026-01\n", 0 }, false },
	{ "no maker", { BOTH, 0, HEAD "86000101,,L,M1,obs:one,2026-01\n", 0 }, false },
	{ "no row", { BOTH, 0, 0, 0 }, false },
};

START_TEST(modules_follow_their_tac)
{
	struct device_view view = device(1, "860001010000010", "001010000000001");

	news(&view, DEVICE_NEW);
	detect_tick(d, T0 + 1800 * SECOND);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_int_eq(raised.alert[0].rule, DETECT_MODULE);
	go_over_to(&modules[_i].pack);
	ck_assert_msg(counted("detect.withdrawn") == !modules[_i].stays, "%s", modules[_i].what);
	if (modules[_i].stays) {
		struct alert_key key = { .who = alert_who(&view), .rule = DETECT_MODULE };
		const struct open_alert *o = alert_book_peek(d->book, &key);

		ck_assert_ptr_nonnull(o);
		ck_assert_str_eq(o->alert.evidence[0].source, "obs:two");
		ck_assert_str_eq(o->alert.who.tac->model, "M9");
	}
}
END_TEST

START_TEST(the_register_takes_back)
{
	static const struct pack registered = { BOTH, 0, 0, "imei,imsi\n86000101000001,001010000000002\n" };
	struct device_view view = device(1, "860001010000010", "001010000000002");

	view.tac = NULL;
	news(&view, DEVICE_NEW);
	detect_tick(d, T0 + 1800 * SECOND);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_int_eq(raised.alert[0].rule, DETECT_UNREGISTERED);
	go_over_to(&registered);
	ck_assert_uint_eq(counted("detect.withdrawn"), 1);
}
END_TEST

/* What rests on nothing but what was seen is not concerned. */
START_TEST(what_was_seen_stays)
{
	static const struct pack nothing = { ENTITY("z", "Z"), 0, 0, 0 };
	struct device_view view = device(1, "350001050000099", "001010000000001");

	news(&view, DEVICE_PAIR_CHANGED);
	go_over_to(&nothing);
	ck_assert_uint_eq(counted("detect.withdrawn"), 0);
	detect_finish(d, T0 + 1);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_int_eq(raised.alert[0].rule, DETECT_PAIR_CHANGED);
}
END_TEST

/* --- devices that were known before --- */

static const struct {
	const char *what;
	struct pack before, now;
	enum detect_rule want[2];	/* DETECT_RULE_N: nothing (more) */
} known[] = {
	{ "a TAC is new", { BOTH, 0, 0, 0 }, { BOTH, 0, HEAD "86000101,a,L,M1,obs:one,2026-01\n", 0 },
	  { DETECT_MODULE, DETECT_RULE_N } },
	{ "another maker", { BOTH, 0, HEAD "86000101,b,L,M1,obs:one,2026-01\n", 0 },
	  { BOTH, 0, HEAD "86000101,a,L,M1,obs:one,2026-01\n", 0 }, { DETECT_MODULE, DETECT_RULE_N } },
	{ "as before", { BOTH, 0, HEAD "86000101,a,L,M1,obs:one,2026-01\n", 0 },
	  { BOTH, NAME, HEAD "86000101,a,L2,M2,obs:two,2026-02\n", 0 }, { DETECT_RULE_N } },
	{ "a row of the register is gone", { BOTH, 0, 0, "imei,imsi\n86000101000001,001010000000001\n" },
	  { BOTH, 0, 0, "imei,imsi\n86000101000009,001010000000009\n" },
	  { DETECT_UNREGISTERED, DETECT_RULE_N } },
	{ "was not there before either", { BOTH, 0, 0, "imei,imsi\n86000101000007,001010000000007\n" },
	  { BOTH, 0, 0, "imei,imsi\n86000101000009,001010000000009\n" }, { DETECT_RULE_N } },
};

START_TEST(known_devices_are_held_against_what_is_new)
{
	struct knowledge *before = load(&known[_i].before);
	struct device_view view;
	unsigned n = 0;

	go_over_to(&known[_i].now);
	view = device(1, "860001010000010", "001010000000001");
	for (int twice = 0; twice < 2; twice++)	/* a second look finds nothing more */
		detect_recheck_device(d, &view, before, T0 + SECOND);
	knowledge_free(before);
	detect_finish(d, T0 + 2 * SECOND);
	while (n < 2 && known[_i].want[n] != DETECT_RULE_N)
		n++;
	ck_assert_msg(raised.n == n, "%s: %u", known[_i].what, raised.n);
	for (unsigned i = 0; i < n; i++)
		ck_assert_int_eq(raised.alert[i].rule, known[_i].want[i]);
	ck_assert_uint_eq(counted("detect.rechecked"), 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("adopt");
	TCase *t = tcase_create("adopt");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_stays_stays_open);
	tcase_add_loop_test(t, what_is_gone_is_closed, 0, ARRAY_LEN(gone));
	tcase_add_test(t, closes_before_it_has_settled);
	tcase_add_test(t, what_changed_says_so);
	tcase_add_test(t, evidence_that_is_gone_is_left_out);
	tcase_add_loop_test(t, modules_follow_their_tac, 0, ARRAY_LEN(modules));
	tcase_add_test(t, the_register_takes_back);
	tcase_add_test(t, what_was_seen_stays);
	tcase_add_loop_test(t, known_devices_are_held_against_what_is_new, 0, ARRAY_LEN(known));
	suite_add_tcase(s, t);
	return run_suite(s);
}
