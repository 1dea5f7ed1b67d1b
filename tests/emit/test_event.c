/* SPDX-License-Identifier: Apache-2.0 */
/* test_event.c - events at the edges of what they are made of: long names, numbers in fields. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "classify/parsers.h"
#include "config.h"
#include "emit/event.h"
#include "field.h"
#include "json.h"
#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"
#include "stats.h"

enum { LINE_OCTETS = 1 << 16, NAME_OCTETS = 1000 };

static struct config cfg;
static struct stats *st;
static struct capture *cap;
static struct knowledge *k;
static struct event_context ctx;
static char line[LINE_OCTETS];

/* Events name the file they come from, so there is one. */
static void
setup(void)
{
	char path[4096];
	const char *const paths[] = { path };
	struct config_error wrong;
	struct capture_error err;
	struct loader l;

	(void)snprintf(path, sizeof(path), "%s/pcaps/meters.pcap", getenv("PICKET_SOURCE"));
	ck_assert_int_eq(config_init(&cfg), 0);
	ck_assert_int_eq(config_set_list(&cfg, "capture.read", paths, 1, &wrong), 0);
	st = stats_new();
	ck_assert_int_eq(capture_open(&cap, &cfg, st, &err), 0);
	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	ck_assert_int_eq(loader_end(&l, &k), 0);
	ctx = (struct event_context){ .cfg = &cfg, .knowledge = k, .capture = cap };
}

static void
teardown(void)
{
	knowledge_free(k);
	capture_free(cap);
	stats_free(st);
	config_done(&cfg);
}

static struct writer
begin(void)
{
	struct writer w;

	writer_init(&w, line, sizeof(line) - 1);
	w.mask = ctx.mask;
	return w;
}

/* The name of a company is as long as who names it likes: every length about that of the text, because
 * what is written past its end hits something else each time. */
START_TEST(a_long_name_ends_with_the_signature)
{
	char name[NAME_OCTETS + 1];
	struct entity entity = { .id = "long", .name = name };
	struct alert alert = { .rule = _i == 0 ? DETECT_MODULE : DETECT_INFRASTRUCTURE, .entity = &entity,
		.other = { DIGITS_NONE, DIGITS_NONE }, .remediation = "" };

	for (size_t len = 1; len <= NAME_OCTETS; len++) {
		struct writer w = begin();
		char *signature, *end;

		memset(name, 'n', len);
		name[len] = '\0';
		event_alert(&w, &ctx, &alert);
		*w.at = '\0';
		ck_assert(!w.full);
		signature = strstr(line, "\"signature\":\"");
		ck_assert_ptr_nonnull(signature);
		signature += strlen("\"signature\":\"");
		end = strchr(signature, '"');
		ck_assert_uint_lt((size_t)(end - signature), 320);
		ck_assert_int_eq(strncmp(signature, "picket ", 7), 0);
		ck_assert_int_eq(strncmp(end, "\",\"category\"", 12), 0);
	}
}
END_TEST

static const struct {
	const char *field;
	uint8_t octets[16];
	size_t len;
	const char *shown;	/* without mask */
	const char *masked;
} numbers[] = {
	/* 86650704 0000 ffff 01: of a Masked IMEISV the last four of the serial are not told */
	{ "s1ap.imeisv_masked", { 0x86, 0x65, 0x07, 0x04, 0x12, 0xff, 0xff, 0x01 }, 8,
	  "8665070412ffff01", "masked" },
	{ "ngap.imeisv_masked", { 0x86, 0x65, 0x07, 0x04, 0x12, 0xff, 0xff, 0x01 }, 8,
	  "8665070412ffff01", "masked" },
	{ "gtpc.imei", "866507040000010", 15, "866507040000010", "86650704-" },
};

START_TEST(numbers_in_fields_are_masked)
{
	char key_path[] = "/tmp/picket-event-XXXXXX", err[256], *value;
	int fd = mkstemp(key_path);
	struct record_store *records = record_store_new(1 << 16, 1024);
	struct flow flow = { .key = { .tenant_proto = IPPROTO_UDP }, .app = 1 };
	struct config_error wrong;
	struct mask *m;
	field_id id;

	ck_assert_int_eq((int)write(fd, "0123456789abcdef", 16), 16);
	(void)close(fd);
	ck_assert_int_eq(config_set(&cfg, "privacy.mask=imei_serial", &wrong), 0);
	cfg.privacy_key_file = strdup(key_path);
	ck_assert_int_eq(mask_new(&m, &cfg, err, sizeof(err)), 0);
	ck_assert(field_by_name(numbers[_i].field, &id));
	ck_assert(record_put(records, &flow.record, field_by_id(id), id, numbers[_i].octets,
	    numbers[_i].len));
	for (int mask = 0; mask < 2; mask++) {
		struct writer w;

		ctx.mask = mask ? m : NULL;
		w = begin();
		event_flow(&w, &ctx, &flow, true);
		*w.at = '\0';
		value = strstr(line, numbers[_i].field);
		ck_assert_ptr_nonnull(value);
		value += strlen(numbers[_i].field) + strlen("\":[\"");
		ck_assert_msg(strncmp(value, mask ? numbers[_i].masked : numbers[_i].shown,
		    strlen(mask ? numbers[_i].masked : numbers[_i].shown)) == 0, "%s", value);
	}
	ck_assert_ptr_null(strstr(line, "12ffff"));
	ck_assert_ptr_null(strstr(line, "000001"));
	mask_free(m);
	record_drop(records, &flow.record);
	record_store_free(records);
	(void)unlink(key_path);
}
END_TEST

static const struct {
	const char *what;
	uint16_t by_address;
	const char *apn;
	bool with_maker;
	const char *want;	/* NULL: none */
} grouped[] = {
	{ "an address goes before an APN", 3, "meters.example", true, "\"group\":\"c\"" },
	{ "an APN", 0, "meters.example", true, "\"group\":\"a\"" },
	{ "another APN, a maker", 0, "other", true, "\"group\":\"b\"" },
	{ "another APN", 0, "other", false, NULL },
	{ "nothing known", 0, NULL, false, NULL },
};

START_TEST(devices_are_grouped_by_what_is_known)
{
	struct entity maker = { .id = "one", .name = "Maker One" };
	struct tac tac = { .tac = 86650704, .maker = &maker };
	struct device_view view = { .ref = 1, .imei = digits_from_text("866507040000010", 15),
		.imsi = DIGITS_NONE, .msisdn = DIGITS_NONE, .apn = grouped[_i].apn,
		.tac = grouped[_i].with_maker ? &tac : NULL };
	struct config_error wrong;
	struct writer w = begin();

	ck_assert_int_eq(config_set(&cfg, "groups=[{name: a, apns: [meters.example]},"
	    "{name: b, makers: [one]}, {name: c, vlans: [5]}]", &wrong), 0);
	event_put_device(&w, &ctx, &(struct event_device){ .view = &view, .group = grouped[_i].by_address });
	*w.at = '\0';
	if (grouped[_i].want != NULL)
		ck_assert_msg(strstr(line, grouped[_i].want) != NULL, "%s: %s", grouped[_i].what, line);
	else
		ck_assert_msg(strstr(line, "\"group\"") == NULL, "%s: %s", grouped[_i].what, line);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_long_name_ends_with_the_signature, 0, 2);
	tcase_add_loop_test(t, numbers_in_fields_are_masked, 0, ARRAY_LEN(numbers));
	tcase_add_loop_test(t, devices_are_grouped_by_what_is_known, 0, ARRAY_LEN(grouped));
	suite_add_tcase(s, t);
	return run_suite(s);
}
