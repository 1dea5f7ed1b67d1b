/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "detect/score.h"
#include "macros.h"
#include "run_suite.h"

static const struct {
	const char *what;
	enum listing_status status;
	enum role role;
	enum stage stage;
	uint8_t severity;
} severities[] = {
	{ "listed, telemetry flows", LISTING_LISTED, ROLE_TELEMETRY, STAGE_DATA, 2 },
	{ "listed, firmware flows", LISTING_LISTED, ROLE_FIRMWARE_UPDATE, STAGE_DATA, 1 },
	{ "listed, firmware only asked for", LISTING_LISTED, ROLE_FIRMWARE_UPDATE, STAGE_ASKED, 2 },
	{ "listed, refused", LISTING_LISTED, ROLE_TELEMETRY, STAGE_SYN, 3 },
	{ "concern, telemetry flows", LISTING_CONCERN, ROLE_TELEMETRY, STAGE_DATA, 3 },
	{ "jurisdiction, telemetry flows", LISTING_JURISDICTION, ROLE_TELEMETRY, STAGE_DATA, 3 },
	{ "jurisdiction, telemetry asked", LISTING_JURISDICTION, ROLE_TELEMETRY, STAGE_ASKED, 4 },
	{ "jurisdiction, remote access", LISTING_JURISDICTION, ROLE_REMOTE_ACCESS, STAGE_DATA, 2 },
	{ "command and control", LISTING_NONE, ROLE_C2, STAGE_HANDSHAKE, 1 },
	{ "time from a listed one", LISTING_LISTED, ROLE_TIME, STAGE_DATA, 3 },
	{ "never worse than 1", LISTING_LISTED, ROLE_C2, STAGE_DATA, 1 },
	{ "never better than 4", LISTING_JURISDICTION, ROLE_TIME, STAGE_ASKED, 4 },
};

static struct alert
alert_of(struct entity *entity, struct indicator *ind)
{
	struct alert a = { .entity = entity, .lead = ind, .n_evidence = 1 };

	ind->entity = entity;
	a.evidence[0].indicator = ind;
	return a;
}

START_TEST(severity_is_status_by_role_by_stage)
{
	struct entity entity = { .status = severities[_i].status };
	struct indicator ind = { .kind = INDICATOR_DOMAIN };
	struct alert a = alert_of(&entity, &ind);

	a.role = severities[_i].role;
	a.stage = severities[_i].stage;
	score_alert(&a);
	ck_assert_msg(a.severity == severities[_i].severity, "%s: %u", severities[_i].what,
	    a.severity);
}
END_TEST

START_TEST(an_address_alone_is_never_high)
{
	struct entity entity = { .status = LISTING_LISTED };
	struct indicator ind = { .kind = INDICATOR_CIDR, .confidence = CONFIDENCE_HIGH };
	struct alert a = alert_of(&entity, &ind);

	a.stage = STAGE_DATA;
	score_alert(&a);
	ck_assert_int_eq(a.confidence, CONFIDENCE_MEDIUM);
}
END_TEST

START_TEST(an_old_answer_is_never_high)
{
	struct entity entity = { .status = LISTING_LISTED };
	struct indicator ind = { .kind = INDICATOR_DOMAIN, .confidence = CONFIDENCE_HIGH };
	struct alert a = alert_of(&entity, &ind);

	a.stage = STAGE_DATA;
	a.host_source = "dns_cache";
	a.host_age_s = 60;
	score_alert(&a);
	ck_assert_int_eq(a.confidence, CONFIDENCE_HIGH);
	a.host_age_s = 7200;
	score_alert(&a);
	ck_assert_int_eq(a.confidence, CONFIDENCE_MEDIUM);
}
END_TEST

START_TEST(says_when_the_listing_came_after_the_contact)
{
	struct list list = { .status = LISTING_LISTED };
	struct listing listing = { .list = &list, .named = true, .since = "2025-01-07" };
	struct entity entity = { .status = LISTING_LISTED, .listings = &listing, .n_listings = 1 };
	struct indicator ind = { .kind = INDICATOR_DOMAIN };
	struct alert a = alert_of(&entity, &ind);
	unsigned before;

	a.stage = STAGE_DATA;
	a.last_us = UINT64_C(1736207999) * 1000000;	/* 2025-01-06T23:59:59Z */
	score_alert(&a);
	before = a.n_limits;
	a.last_us = UINT64_C(1736208000) * 1000000;
	score_alert(&a);
	ck_assert_uint_eq(a.n_limits, before - 1);
	listing.until = "2025-01-07";
	score_alert(&a);
	ck_assert_uint_eq(a.n_limits, before);
}
END_TEST

START_TEST(every_role_says_what_next_and_every_stage_its_limit)
{
	struct entity entity = { .status = LISTING_CONCERN };
	struct indicator ind = { .kind = INDICATOR_DOMAIN };

	for (unsigned role = 0; role < ROLE_N; role++)
		for (unsigned stage = STAGE_ASKED; stage < STAGE_N; stage++) {
			struct alert a = alert_of(&entity, &ind);

			a.role = role;
			a.stage = stage;
			score_alert(&a);
			ck_assert_msg(a.remediation != NULL && strlen(a.remediation) > 10,
			    "role %u", role);
			ck_assert_uint_ge(a.n_limits, 1);
			ck_assert_uint_le(a.score_collection, 100);
			ck_assert_uint_le(a.score_control, 100);
			ck_assert(stage == STAGE_DATA || a.score_control
			    <= 60);
		}
}
END_TEST

static bool
has_limit(const struct alert *a, const char *part)
{
	for (unsigned i = 0; i < a->n_limits; i++)
		if (strstr(a->limits[i], part) != NULL)
			return true;
	return false;
}

/* A feed's word: its own severity when the operator gave one, and never "who runs the far end". */
START_TEST(a_feed_says_no_more_than_it_knows)
{
	struct feed feed = { .name = "f" };
	struct entity entity = { .is_feed = true };
	struct indicator ind = { .kind = INDICATOR_CIDR, .feed = &feed, .severity_hint = 2,
		.confidence = CONFIDENCE_MEDIUM };
	struct alert a = alert_of(&entity, &ind);

	a.stage = STAGE_DATA;
	a.role = ROLE_TIME;
	score_alert(&a);
	ck_assert_uint_eq(a.severity, 2);
	ck_assert(has_limit(&a, "outside intelligence only"));
	ck_assert(has_limit(&a, "on no official list"));
	ck_assert(!has_limit(&a, "Shows who runs"));
	a.stage = STAGE_SYN;
	score_alert(&a);
	ck_assert_uint_eq(a.severity, 3);
	entity = (struct entity){ .status = LISTING_LISTED };
	score_alert(&a);
	ck_assert(has_limit(&a, "Rests on a feed"));
	ck_assert_uint_lt(a.n_limits, ALERT_LIMITS_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("score");
	TCase *t = tcase_create("score");

	tcase_add_loop_test(t, severity_is_status_by_role_by_stage, 0, ARRAY_LEN(severities));
	tcase_add_test(t, an_address_alone_is_never_high);
	tcase_add_test(t, an_old_answer_is_never_high);
	tcase_add_test(t, says_when_the_listing_came_after_the_contact);
	tcase_add_test(t, every_role_says_what_next_and_every_stage_its_limit);
	tcase_add_test(t, a_feed_says_no_more_than_it_knows);
	suite_add_tcase(s, t);
	return run_suite(s);
}
