/* SPDX-License-Identifier: Apache-2.0 */
/* test_plain_identity.c - digits that are an IMEI or IMSI, and the many that are not. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify/plain_identity.h"
#include "macros.h"
#include "run_suite.h"

#define IMEI "490154203237518"		/* GSMA's sample; its check digit fits */
#define BAD "490154203237510"
#define IMSI "001010123456789"

static const struct {
	const char *text;
	bool endpoint;
	const char *imei, *imsi, *msisdn;	/* "": not said */
} rows[] = {
	{ "urn:imei:" IMEI, true, IMEI, "", "" },
	{ "URN:IMEI:" IMEI, true, IMEI, "", "" },
	{ "urn:imei:" BAD, true, BAD, "", "" },
	{ "urn:imei-msisdn:" IMEI "-491700000001", true, IMEI, "", "491700000001" },
	{ "urn:imei-imsi:" IMEI "-" IMSI, true, IMEI, IMSI, "" },
	{ "urn:imsi:" IMSI, true, "", IMSI, "" },
	{ "urn:msisdn:491700000001", true, "", "", "491700000001" },
	{ IMEI ";" IMSI, true, IMEI, IMSI, "" },
	{ IMEI, true, IMEI, "", "" },
	{ BAD, true, "", "", "" },
	{ BAD ";" IMSI, true, "", "", "" },
	{ "urn:imei:" IMEI "AAAAAA", true, "", "", "" },
	{ "urn:imei:" IMEI "1", true, "", "", "" },
	{ "urn:imei:000000000000000", true, "", "", "" },
	{ "urn:imei:", true, "", "", "" },
	{ "urn:uuid:12345678-1234-1234-1234-123456789012", true, "", "", "" },
	{ "", true, "", "", "" },

	{ IMEI, false, IMEI, "", "" },
	{ "imei=" IMEI, false, IMEI, "", "" },
	{ "/fota/check?v=1&IMEI=" IMEI "&m=x", false, IMEI, "", "" },
	{ "imei%3D" IMEI, false, IMEI, "", "" },
	{ "dev/imei/" IMEI "/up", false, IMEI, "", "" },
	{ "imei_" IMEI, false, IMEI, "", "" },
	{ "{\"imei\":\"" IMEI "\",\"imsi\":\"" IMSI "\"}", false, IMEI, IMSI, "" },
	{ "urn:imsi:" IMSI, false, "", IMSI, "" },
	{ "a " IMEI, false, "", "", "" },		/* nothing says what it is */
	{ "dev/" IMEI "/up", false, "", "", "" },
	{ "imei=" BAD, false, "", "", "" },
	{ BAD, false, "", "", "" },
	{ "imei=" IMEI "1", false, "", "", "" },
	{ "imei=a" IMEI, false, "", "", "" },
	{ "imei=" IMEI "f", false, "", "", "" },
	{ "imei=1." IMEI, false, "", "", "" },
	{ "imei=" IMEI ".5", false, "", "", "" },
	{ "imei=+" IMEI, false, "", "", "" },
	{ "skimei=" IMEI, false, "", "", "" },
	{ "imei=000000000000000", false, "", "", "" },
	{ "imsi=800010123456789", false, "", "", "" },
	{ IMSI, false, "", "", "" },
	{ "+491700000001", false, "", "", "" },
};

static void
check_digits(const char *text, const char *what, digits got, const char *want)
{
	char said[DIGITS_TEXT_MAX] = "";

	if (got != DIGITS_NONE)
		(void)digits_text(got, said);
	ck_assert_msg(strcmp(said, want) == 0, "%s: %s %s", text, what, said);
}

/* From a heap block of just its size, and every prefix of it. */
static bool
read_text(struct plain_identity *id, const char *text, size_t len, bool endpoint)
{
	char *block = malloc(len == 0 ? 1 : len);
	struct cursor in = cursor_over(block, len);
	bool said;

	ck_assert_ptr_nonnull(block);
	memcpy(block, text, len);
	said = endpoint ? plain_identity_of_endpoint(id, in) : plain_identity_in_text(id, in);
	free(block);
	return said;
}

START_TEST(reads_or_leaves_alone)
{
	struct plain_identity id;
	const char *text = rows[_i].text;
	bool said = read_text(&id, text, strlen(text), rows[_i].endpoint);

	check_digits(text, "imei", id.imei, rows[_i].imei);
	check_digits(text, "imsi", id.imsi, rows[_i].imsi);
	check_digits(text, "msisdn", id.msisdn, rows[_i].msisdn);
	ck_assert_int_eq(said, (rows[_i].imei[0] | rows[_i].imsi[0] | rows[_i].msisdn[0]) != 0);
	for (size_t len = 0; len < strlen(text); len++)
		(void)read_text(&id, text, len, rows[_i].endpoint);
}
END_TEST

enum { TEXTS = 100000 };

static uint64_t
next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Claims among strings of one kind that are no identities. Each claim must have its check digit. */
static unsigned
claims(const char *kind)
{
	uint64_t x = 88172645463325252u;
	unsigned n = 0;

	for (unsigned i = 0; i < TEXTS; i++) {
		uint64_t r = next(&x), ms = 1500000000000u + r % 400000000000u;
		char text[80];
		struct plain_identity id;

		if (strcmp(kind, "digits") == 0)
			snprintf(text, sizeof(text), "%015" PRIu64, r % 1000000000000000u);
		else if (strcmp(kind, "in a topic") == 0)
			snprintf(text, sizeof(text), "dev/%015" PRIu64 "/up", r % 1000000000000000u);
		else if (strcmp(kind, "time of 15 digits") == 0)
			snprintf(text, sizeof(text), "%013" PRIu64 "%02u", ms, (unsigned)(r >> 50) % 100);
		else if (strcmp(kind, "date and time") == 0)
			snprintf(text, sizeof(text), "20%02u%02u%02u%02u%02u%02u%u", (unsigned)(r % 40),
			    (unsigned)(r >> 8) % 12 + 1, (unsigned)(r >> 16) % 28 + 1,
			    (unsigned)(r >> 24) % 24, (unsigned)(r >> 32) % 60,
			    (unsigned)(r >> 40) % 60, (unsigned)(r >> 48) % 10);
		else if (strcmp(kind, "other lengths") == 0)
			snprintf(text, sizeof(text), "imei=%0*" PRIu64, r % 2 != 0 ? 14 : 16,
			    r % (r % 2 != 0 ? 100000000000000u : 10000000000000000u));
		else
			snprintf(text, sizeof(text), "%016" PRIx64 "%016" PRIx64, r, next(&x));
		if (!read_text(&id, text, strlen(text), false))
			continue;
		ck_assert(id.imei == DIGITS_NONE || imei_check_ok(id.imei));
		n++;
	}
	printf("%s: %u claims in %d\n", kind, n, TEXTS);
	return n;
}

START_TEST(other_digits_are_no_identity)
{
	ck_assert_uint_eq(claims("in a topic"), 0);
	ck_assert_uint_eq(claims("time of 15 digits"), 0);
	ck_assert_uint_eq(claims("date and time"), 0);
	ck_assert_uint_eq(claims("other lengths"), 0);
	ck_assert_uint_eq(claims("hexadecimal"), 0);
	/* alone: 17 reporting bodies of 100, one check digit of 10 */
	ck_assert_uint_le(claims("digits"), TEXTS * 18 / 1000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("plain identity");
	TCase *t = tcase_create("plain identity");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_or_leaves_alone, 0, ARRAY_LEN(rows));
	tcase_add_test(t, other_digits_are_no_identity);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
