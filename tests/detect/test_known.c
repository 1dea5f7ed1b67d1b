/* SPDX-License-Identifier: Apache-2.0 */
/* test_known.c - contacts of devices that the registry knows: all stages but emit, fed by hand.
 * Alerts fold by device, not by address; a TAC of one maker and a server of another is told. */
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "classify.h"
#include "config.h"
#include "decode.h"
#include "detect/internal.h"
#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling.h"
#include "stats.h"

enum { RAISED_MAX = 32, RAW_IP = 101, FRAME_MAX = 400 };
#define SECOND UINT64_C(1000000)
#define T0 (UINT64_C(1767225600) * SECOND)

#define ENTITY(id, category, more) "{\"id\":\"" id "\",\"name\":\"Maker " id "\",\"category\":\"" \
    category "\",\"basis\":\"jurisdiction_only\"," more "\"adversary_linked\":true," \
    "\"evidence\":\"verified\",\"sources\":[\"s\"]}"
#define IND(id, entity, name, role, identifies) "{\"id\":\"" id "\",\"entity\":\"" entity "\"," \
    "\"type\":\"domain\",\"value\":\"" name "\",\"role\":\"" role "\",\"identifies\":\"" identifies \
    "\",\"confidence\":\"high\",\"verified\":true,\"severity\":\"high\",\"as_of\":\"2026\"," \
    "\"use\":\"alert\",\"sources\":[\"s\"]}"

static const char entities[] = "[" ENTITY("a", "module_maker", "") ","
    ENTITY("b", "module_maker", "") "," ENTITY("b_child", "module_maker", "\"parent\":\"b\",") ","
    ENTITY("supplier", "fota_supplier", "") "]";
static const char indicators[] = "["
    IND("ind-1", "b", "fota.b.example", "firmware_update", "host_operator") ","
    IND("ind-2", "b", "dm.b.example", "device_management", "host_operator") ","
    IND("ind-3", "b", "data.b.example", "telemetry", "host_operator") ","
    IND("ind-4", "supplier", "fota.supplier.example", "firmware_update", "host_operator") "]";
static const char tacs[] = "tac,entity,brand,model,source,as_of\n"
    "35000101,a,A,M1,obs,2026\n35000102,b,B,M2,obs,2026\n35000103,b_child,B2,M3,obs,2026\n"
    "35000104,,Seller,M4,obs,2026\n";

static struct alert raised[RAISED_MAX];
static unsigned n_raised;
static struct config cfg;
static struct stats *st;
static struct knowledge *k;
static struct decoder *decoder;
static struct flow_table *flows;
static struct classifier *classifier;
static struct identity *reg;
static struct detector *d;
static uint64_t now_us;

static void
note(void *arg, const struct alert *alert)
{
	(void)arg;
	ck_assert_uint_lt(n_raised, RAISED_MAX);
	raised[n_raised++] = *alert;
}

/* As the pipeline does, but for emit. */
static void
flow_ends(void *arg, struct flow *flow)
{
	(void)arg;
	(void)classify_end(classifier, flow);
	identity_flow_last(reg, flow);
	detect_last(d, flow);
	detect_end(d, flow);
	identity_flow_end(reg, flow);
	classify_release(classifier, flow);
}

static void
setup(void)
{
	struct loader l;

	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	load_document(&l, FOLDER_ENTITIES, "E", entities, strlen(entities));
	load_document(&l, FOLDER_INDICATORS, "I", indicators, strlen(indicators));
	load_sheet(&l, SHEET_TAC, "T", tacs, strlen(tacs));
	ck_assert_int_eq(loader_end(&l, &k), 0);
	ck_assert_int_eq(config_init(&cfg), 0);
	cfg.flow_max = 1024;
	cfg.devices_max = 64;
	cfg.device_sessions_max = 128;
	cfg.names_max = 1024;
	st = stats_new();
	decoder = decoder_new(&cfg, st);
	flows = flow_table_new(&cfg, st, flow_ends, NULL);
	classifier = classifier_new(&cfg, st, flows);
	reg = identity_new(&cfg, st, k, NULL, NULL);
	d = detector_new(&cfg, st, k, classifier, reg, note, NULL);
	ck_assert_ptr_nonnull(d);
	now_us = T0;
	n_raised = 0;
}

static void
finish(void)
{
	flow_table_end_all(flows, now_us);
	detect_finish(d, now_us);
}

static void
teardown(void)
{
	detector_free(d);
	identity_free(reg);
	classifier_free(classifier);
	flow_table_free(flows);
	decoder_free(decoder);
	knowledge_free(k);
	stats_free(st);
	config_done(&cfg);
}

static digits
number(const char *text)
{
	return digits_from_text(text, strlen(text));
}

/* The network gives a device an address. */
static void
attach(const char *imei, const char *imsi, const char *address)
{
	struct signalling s;
	struct addr a;

	signalling_init(&s);
	now_us += SECOND;
	s.time_us = now_us;
	ck_assert_int_eq(addr_parse(&s.from, "192.0.2.1"), 0);
	ck_assert_int_eq(addr_parse(&s.to, "192.0.2.2"), 0);
	s.source = SIGNALLED_RADIUS;
	s.act = SIGNALLING_CREATE;
	s.phase = SIGNALLING_NOTICE;
	s.session = number(imsi);
	s.imei = number(imei);
	s.imsi = number(imsi);
	ck_assert_int_eq(addr_parse(&a, address), 0);
	signalling_add_addr(&s, &a, 128);
	signalling_set_apn_text(&s, "meters.example", 14);
	identity_signalling(reg, &s);
	now_us += 10 * SECOND;	/* past identity.skew */
}

static void
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static size_t
dns_name(uint8_t *at, const char *name)
{
	size_t n = 0;

	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		at[n++] = (uint8_t)len;
		memcpy(at + n, name, len);
		n += len;
		name += len + (name[len] == '.');
	}
	at[n++] = 0;
	return n;
}

static void
send_packet(uint8_t *ip, size_t len)
{
	struct frame frame = { .data = ip, .cap_len = (uint32_t)len, .wire_len = (uint32_t)len,
		.time_us = now_us, .link_type = RAW_IP };
	struct packet pkt;
	struct flow *flow;
	enum direction dir;
	bool is_new;
	unsigned news;

	ck_assert_int_eq(decode_frame(decoder, &frame, &pkt), DECODE_OK);
	flow_table_expire(flows, now_us);
	detect_tick(d, now_us);
	flow = flow_table_touch(flows, &pkt, &dir, &is_new);
	ck_assert_ptr_nonnull(flow);
	if (is_new)
		identity_flow_new(reg, flow, &pkt, dir);
	news = classify_packet(classifier, flow, &pkt, dir, is_new);
	detect_packet(d, flow, &pkt, is_new, news);
	now_us += SECOND;
}

/* A device asks DNS for a name. */
static void
ask(const char *address, const char *name)
{
	static unsigned port = 20000;
	static const uint8_t in_a[4] = { 0, 1, 0, 1 };
	uint8_t ip[FRAME_MAX] = { 0x45, [8] = 64, [9] = 17 };
	uint8_t *dns = ip + 28;
	size_t n;

	dns[2] = 1;	/* recursion desired */
	dns[5] = 1;	/* one question */
	n = 12 + dns_name(dns + 12, name);
	memcpy(dns + n, in_a, 4);
	n += 4;
	put16(ip + 2, (unsigned)(28 + n));
	ck_assert_int_eq(inet_pton(AF_INET, address, ip + 12), 1);
	ck_assert_int_eq(inet_pton(AF_INET, "10.0.0.53", ip + 16), 1);
	put16(ip + 20, port++);
	put16(ip + 22, 53);
	put16(ip + 24, (unsigned)(8 + n));
	send_packet(ip, 28 + n);
}

static const struct alert *
find(enum detect_rule rule)
{
	for (unsigned i = 0; i < n_raised; i++)
		if (raised[i].rule == rule && !raised[i].final)
			return &raised[i];
	return NULL;
}

static unsigned
count(enum detect_rule rule)
{
	unsigned n = 0;

	for (unsigned i = 0; i < n_raised; i++)
		n += raised[i].rule == rule && !raised[i].final;
	return n;
}

START_TEST(folds_by_device)
{
	struct device_view who;

	attach("35000102000001", "001010000000001", "10.8.0.1");
	ask("10.8.0.1", "data.b.example");
	attach("35000102000001", "001010000000001", "10.8.0.2");	/* another address */
	ask("10.8.0.2", "data.b.example");
	ask("10.8.0.9", "data.b.example");	/* somebody else, not known */
	finish();
	ck_assert_uint_eq(count(DETECT_INFRASTRUCTURE), 2);
	ck_assert(raised[0].who.ref != 0);
	alert_device(&raised[0], &who);
	ck_assert_str_eq(who.apn, "meters.example");
	ck_assert(who.imei == number("35000102000001"));
	ck_assert_uint_eq(raised[1].who.ref, 0);
	ck_assert_uint_eq(raised[1].device.octet[15], 9);
	/* the closing summary, if not the first record, has both contacts */
	ck_assert_uint_eq(raised[n_raised - 1].who.ref != 0 ? raised[n_raised - 1].count
	    : raised[0].count, 2);
}
END_TEST

START_TEST(does_not_fold_who_got_the_address_next)
{
	attach("35000102000001", "001010000000001", "10.8.0.1");
	ask("10.8.0.1", "data.b.example");
	attach("35000102000002", "001010000000002", "10.8.0.1");
	ask("10.8.0.1", "data.b.example");
	finish();
	ck_assert_uint_eq(count(DETECT_INFRASTRUCTURE), 2);
	ck_assert(raised[0].who.imsi != raised[1].who.imsi);
	ck_assert_uint_ne(raised[0].id, raised[1].id);
}
END_TEST

static const struct {
	const char *what, *imei, *name;
	bool conflict;
} labels[] = {
	{ "another maker's update server", "35000101000001", "fota.b.example", true },
	{ "another maker's management server", "35000101000001", "dm.b.example", true },
	{ "a seller's TAC", "35000104000001", "fota.b.example", true },
	{ "another maker's cloud", "35000101000001", "data.b.example", false },
	{ "its own maker's server", "35000102000001", "fota.b.example", false },
	{ "its maker's owner's server", "35000103000001", "fota.b.example", false },
	{ "a supplier of updates makes no modules", "35000101000001", "fota.supplier.example", false },
	{ "TAC in no table", "35999999000001", "fota.b.example", false },
	{ "IMEI not known", "", "fota.b.example", false },
};

START_TEST(tells_white_labels)
{
	const struct alert *a;

	attach(labels[_i].imei, "001010000000001", "10.8.0.1");
	ask("10.8.0.1", labels[_i].name);
	finish();
	ck_assert_uint_eq(count(DETECT_INFRASTRUCTURE), 1);
	a = find(DETECT_LABEL_CONFLICT);
	ck_assert_msg((a != NULL) == labels[_i].conflict, "%s", labels[_i].what);
	if (a == NULL)
		return;
	ck_assert_str_eq(a->entity->id, "b");
	ck_assert(a->has_contact);
	ck_assert_int_eq(a->stage, STAGE_ASKED);
	ck_assert_str_eq(a->host, labels[_i].name);
	ck_assert_uint_eq(a->n_evidence, 2);	/* of both */
	ck_assert_ptr_nonnull(a->evidence[0].indicator);
	ck_assert_ptr_null(a->evidence[1].indicator);
	ck_assert_str_eq(a->evidence[1].field, "device.imei_tac");
	ck_assert_mem_eq(a->evidence[1].value, labels[_i].imei, 8);
	ck_assert_ptr_ne(a->evidence[1].entity, a->entity);
	ck_assert_uint_ne(a->id, find(DETECT_INFRASTRUCTURE)->id);
	ck_assert_uint_gt(a->n_limits, 2);
	ck_assert_int_eq(a->confidence, CONFIDENCE_MEDIUM);
}
END_TEST

/* The message that names the device comes while the contact goes on. */
START_TEST(tells_white_labels_late)
{
	const struct alert *a;

	ask("10.8.0.1", "fota.b.example");
	now_us -= 2 * SECOND;	/* as its session began before the flow did */
	attach("35000101000001", "001010000000001", "10.8.0.1");
	finish();
	a = find(DETECT_INFRASTRUCTURE);
	ck_assert_ptr_nonnull(a);
	if (a->who.ref == 0)
		a = &raised[n_raised - 1];
	ck_assert(a->who.ref != 0);
	a = find(DETECT_LABEL_CONFLICT);
	ck_assert_ptr_nonnull(a);
	ck_assert_str_eq(a->host, "fota.b.example");
	ck_assert_int_eq(a->stage, STAGE_ASKED);
	ck_assert_uint_eq(a->n_evidence, 2);
}
END_TEST

START_TEST(tells_a_stay_when_a_flow_ends)
{
	struct device_view view;
	struct device_news news = { .changes = DEVICE_NEW, .old_imei = DIGITS_NONE,
		.old_imsi = DIGITS_NONE };
	struct signalling s;

	cfg.roaming_days = 1;
	cfg.device_session_age_s = 30 * 86400;
	attach("35000102000001", "001010000000001", "10.8.0.1");
	signalling_init(&s);
	s.time_us = now_us;
	s.source = SIGNALLED_RADIUS;
	s.act = SIGNALLING_TELL;
	s.phase = SIGNALLING_NOTICE;
	s.imei = number("35000102000001");
	s.imsi = number("001010000000001");
	s.plmn = 0x26201f;
	identity_signalling(reg, &s);
	ck_assert_int_eq(addr_parse(&s.to, "10.8.0.1"), 0);
	news.ref = identity_by_addr(reg, &s.to);
	ck_assert(news.ref != 0);
	identity_view(reg, news.ref, NULL, &view);
	ck_assert(view.roaming);
	news.time_us = now_us;
	detect_device(d, &view, &news);
	ask("10.8.0.1", "www.example");
	ck_assert_uint_eq(count(DETECT_ROAMING_RESIDENT), 0);
	now_us += 86400 * SECOND;
	ask("10.8.0.1", "www.example");
	finish();
	ck_assert_uint_eq(count(DETECT_ROAMING_RESIDENT), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("known");
	TCase *t = tcase_create("devices");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, folds_by_device);
	tcase_add_test(t, does_not_fold_who_got_the_address_next);
	tcase_add_loop_test(t, tells_white_labels, 0, ARRAY_LEN(labels));
	tcase_add_test(t, tells_white_labels_late);
	tcase_add_test(t, tells_a_stay_when_a_flow_ends);
	suite_add_tcase(s, t);
	return run_suite(s);
}
