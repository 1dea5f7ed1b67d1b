/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdint.h>

#include "config.h"
#include "detect/alerts.h"
#include "run_suite.h"

enum { SECOND = 1000000, RAISED_MAX = 64 };

/* What was raised, in order. */
struct raised {
	struct alert alert[RAISED_MAX];
	unsigned n;
};

static struct entity entity = { .id = "e", .name = "Entity" };
static struct indicator indicator[8];
static struct raised raised;
static uint64_t counters[DETECT_COUNTER_N];
static struct config cfg;
static struct alert_book *book;

static void
note(void *arg, const struct alert *alert)
{
	struct raised *r = arg;

	ck_assert_uint_lt(r->n, RAISED_MAX);
	r->alert[r->n++] = *alert;
}

static void
setup(void)
{
	raised.n = 0;
	for (unsigned i = 0; i < DETECT_COUNTER_N; i++)
		counters[i] = 0;
	for (unsigned i = 0; i < 8; i++)
		indicator[i] = (struct indicator){ .id = "i", .entity = &entity };
	cfg = (struct config){ .settle_s = 10, .fold_s = 3600, .max_open = 3 };
	book = alert_book_new(&cfg, counters, note, &raised);
	ck_assert_ptr_nonnull(book);
}

static void
teardown(void)
{
	alert_book_free(book);
}

static struct open_alert *
find(unsigned device, unsigned which, uint64_t time_us, bool *is_new)
{
	struct alert_key key = { .device = { { [15] = (uint8_t)device } },
		.about = &indicator[which], .rule = DETECT_INFRASTRUCTURE };
	struct open_alert *o = alert_book_find(book, &key, time_us, is_new);

	if (o != NULL)
		o->alert.device = key.device;
	return o;
}

static struct open_alert *
contact(unsigned device, unsigned which, uint64_t at_s)
{
	bool is_new;
	struct open_alert *o;

	alert_book_tick(book, at_s * SECOND);	/* as the pipeline does before each packet */
	o = find(device, which, at_s * SECOND, &is_new);
	if (o == NULL)
		return NULL;
	o->alert.count++;
	if (o->alert.stage == STAGE_NONE)
		o->alert.stage = STAGE_SYN;
	alert_book_touch(o, at_s * SECOND);
	return o;
}

START_TEST(is_written_once_it_has_settled)
{
	struct open_alert *o = contact(1, 0, 100);

	alert_book_tick(book, 105 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 0);
	o->alert.stage = STAGE_DATA;
	alert_book_tick(book, 110 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 1);
	ck_assert_int_eq(raised.alert[0].stage, STAGE_DATA);
	ck_assert(!raised.alert[0].final);
	alert_book_tick(book, 120 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 1);
}
END_TEST

START_TEST(folds_repeats_into_one_summary)
{
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_ptr_nonnull(contact(1, 0, 100 + 600 * i));
		alert_book_tick(book, (100 + 600 * (uint64_t)i) * SECOND);
	}
	alert_book_tick(book, (100 + 2400 + 3600) * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert_uint_eq(raised.alert[1].count, 5);
	ck_assert(raised.alert[1].final);
	ck_assert_uint_eq(raised.alert[1].first_us, 100 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.alert[1].last_us, 2500 * (uint64_t)SECOND);
	ck_assert_uint_eq(counters[DETECT_COUNT_FINAL], 1);
}
END_TEST

START_TEST(closes_silently_when_there_is_nothing_to_add)
{
	contact(1, 0, 100);
	alert_book_tick(book, 110 * (uint64_t)SECOND);
	alert_book_tick(book, 9000 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 1);
	contact(1, 0, 9001);	/* after that it is a new one */
	alert_book_finish(book, 9002 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert(!raised.alert[1].final);
	ck_assert_uint_eq(raised.alert[1].count, 1);
}
END_TEST

START_TEST(keeps_devices_and_indicators_apart)
{
	struct open_alert *a = contact(1, 0, 100);

	ck_assert_ptr_ne(contact(2, 0, 100), a);
	ck_assert_ptr_ne(contact(1, 1, 100), a);
	ck_assert_ptr_eq(contact(1, 0, 101), a);
	alert_book_finish(book, 200 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 3);
}
END_TEST

/* A device that is known folds whatever its address, and is not another that took its place. */
START_TEST(folds_known_devices_by_who_they_are)
{
	struct device_view view = { .ref = 7, .serial = 5 };
	struct alert_key key = { .who = alert_who(&view), .about = &indicator[0] };
	struct open_alert *o, *same;
	bool is_new;

	o = alert_book_find(book, &key, SECOND, &is_new);
	ck_assert(is_new);
	ck_assert_ptr_eq(o->alert.entity, &entity);
	same = alert_book_find(book, &key, 2 * SECOND, &is_new);
	ck_assert(!is_new);
	ck_assert_ptr_eq(o, same);
	key.about = NULL;
	key.rule = DETECT_TWO_SIMS;
	same = alert_book_find(book, &key, 2 * SECOND, &is_new);
	ck_assert(is_new);
	ck_assert_ptr_null(same->alert.lead);
	ck_assert_ptr_null(same->alert.entity);
	ck_assert_int_eq(same->alert.rule, DETECT_TWO_SIMS);
	ck_assert(same->alert.other.imei == DIGITS_NONE);
	key.rule = DETECT_PAIR_CHANGED;
	(void)alert_book_find(book, &key, 2 * SECOND, &is_new);
	ck_assert(is_new);
	view.serial = 9;	/* its place was given to another device */
	key.rule = DETECT_TWO_SIMS;
	key.who = alert_who(&view);
	(void)alert_book_find(book, &key, 2 * SECOND, &is_new);
	ck_assert(is_new);
	view.ref = 0;
	ck_assert_uint_eq(alert_who(&view), 0);
}
END_TEST

START_TEST(makes_room_by_closing_the_quietest_that_nobody_watches)
{
	struct open_alert *watched = contact(1, 0, 100);

	alert_book_watch(book, watched);
	contact(2, 0, 101);
	contact(3, 0, 102);
	ck_assert_ptr_nonnull(contact(4, 0, 103));
	ck_assert_uint_eq(counters[DETECT_COUNT_EVICTED], 1);
	/* the second was closed; it and what was due before it are written, none is lost */
	ck_assert_uint_eq(raised.n, 2);
	ck_assert_uint_eq(raised.alert[1].device.octet[15], 2);
	alert_book_finish(book, 200 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 4);
}
END_TEST

START_TEST(refuses_when_all_are_watched)
{
	for (unsigned i = 1; i <= 3; i++)
		alert_book_watch(book, contact(i, 0, 100));
	ck_assert_ptr_null(contact(4, 0, 101));
}
END_TEST

START_TEST(does_not_close_what_a_flow_still_watches)
{
	struct open_alert *o = contact(1, 0, 100);

	alert_book_watch(book, o);
	alert_book_tick(book, 9000 * (uint64_t)SECOND);
	ck_assert_ptr_eq(contact(1, 0, 9001), o);
	alert_book_unwatch(book, o);
	alert_book_finish(book, 9002 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.alert[raised.n - 1].count, 2);
}
END_TEST

START_TEST(folds_by_the_gap_between_contacts)
{
	struct open_alert *o = contact(1, 0, 100);
	bool is_new;

	/* no tick has run since, as when nothing else is on the wire */
	ck_assert_ptr_nonnull(find(1, 0, (100 + 3601) * (uint64_t)SECOND, &is_new));
	ck_assert(is_new);
	(void)o;
	ck_assert_uint_eq(raised.n, 1);
}
END_TEST

START_TEST(a_contact_from_the_future_holds_nobody_up)
{
	bool is_new;

	alert_book_tick(book, 100 * (uint64_t)SECOND);
	ck_assert_ptr_nonnull(find(9, 0, 100000 * (uint64_t)SECOND, &is_new));
	contact(1, 0, 101);
	alert_book_tick(book, 111 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 2);
	alert_book_tick(book, (112 + 3600) * (uint64_t)SECOND);
	contact(1, 0, 3713);
	alert_book_finish(book, 3714 * (uint64_t)SECOND);
	ck_assert_uint_eq(raised.n, 3);	/* both were closed by then */
}
END_TEST

static bool
counted(const struct open_alert *o, const struct knowledge *k)
{
	(void)k;
	raised.alert[raised.n++] = o->alert;
	return true;
}

/* One that is taken out is not met again by what walks all of them. */
START_TEST(what_is_dropped_is_gone)
{
	struct open_alert *o[3];
	bool is_new;

	for (unsigned i = 0; i < 3; i++) {
		o[i] = find(i + 1, i, SECOND, &is_new);
		ck_assert_ptr_nonnull(o[i]);
		alert_book_watch(book, o[i]);
	}
	alert_book_unwatch(book, o[1]);
	alert_book_drop(book, o[1]);
	ck_assert_uint_eq(alert_book_sift(book, counted, NULL), 0);
	ck_assert_uint_eq(raised.n, 2);
	ck_assert_uint_eq(raised.alert[0].device.octet[15], 1);
	ck_assert_uint_eq(raised.alert[1].device.octet[15], 3);
	raised.n = 0;
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("alerts");
	TCase *t = tcase_create("alerts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, is_written_once_it_has_settled);
	tcase_add_test(t, folds_repeats_into_one_summary);
	tcase_add_test(t, closes_silently_when_there_is_nothing_to_add);
	tcase_add_test(t, keeps_devices_and_indicators_apart);
	tcase_add_test(t, folds_known_devices_by_who_they_are);
	tcase_add_test(t, makes_room_by_closing_the_quietest_that_nobody_watches);
	tcase_add_test(t, refuses_when_all_are_watched);
	tcase_add_test(t, folds_by_the_gap_between_contacts);
	tcase_add_test(t, a_contact_from_the_future_holds_nobody_up);
	tcase_add_test(t, what_is_dropped_is_gone);
	tcase_add_test(t, does_not_close_what_a_flow_still_watches);
	suite_add_tcase(s, t);
	return run_suite(s);
}
