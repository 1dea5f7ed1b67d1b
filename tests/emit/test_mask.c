/* SPDX-License-Identifier: Apache-2.0 */
/* test_mask.c - tokens: the same for the same number, another for another key, readable parts
 * kept, and nothing of the serial in any text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "emit/mask.h"
#include "emit/writer.h"
#include "macros.h"
#include "run_suite.h"

static char key_path[] = "/tmp/picket-mask-XXXXXX";

static void
write_key(const char *key)
{
	FILE *out = fopen(key_path, "w");

	ck_assert_ptr_nonnull(out);
	(void)fputs(key, out);
	(void)fclose(out);
}

static struct mask *
mask_of(const char *words, char *err, size_t err_size)
{
	struct config cfg;
	struct config_error wrong;
	struct mask *m = NULL;
	char line[128];

	ck_assert_int_eq(config_init(&cfg), 0);
	(void)snprintf(line, sizeof(line), "privacy.mask=%s", words);
	ck_assert_int_eq(config_set(&cfg, line, &wrong), 0);
	cfg.privacy_key_file = strdup(key_path);
	if (mask_new(&m, &cfg, err, err_size) == 0)
		err[0] = '\0';
	config_done(&cfg);
	return m;
}

static const char *
masked(const struct mask *m, enum mask_kind kind, const char *number)
{
	static char text[MASK_TEXT_MAX];

	ck_assert_uint_eq(mask_number(m, kind, digits_from_text(number, strlen(number)), text),
	    strlen(text));
	return text;
}

START_TEST(keeps_what_names_a_network_or_maker)
{
	char err[256], one[MASK_TEXT_MAX];
	struct mask *m;

	write_key("0123456789abcdef");
	m = mask_of("imsi,msisdn,imei_serial", err, sizeof(err));
	ck_assert_str_eq(err, "");
	ck_assert(strncmp(masked(m, MASK_IMSI, "001010123456789"), "00101-", 6) == 0);
	ck_assert(strncmp(masked(m, MASK_IMSI, "310410123456789"), "310410-", 7) == 0);
	ck_assert(strncmp(masked(m, MASK_IMEI, "490154203237518"), "49015420-", 9) == 0);
	ck_assert_uint_eq(strlen(masked(m, MASK_MSISDN, "491701234567")), 12);
	ck_assert_ptr_null(strstr(masked(m, MASK_IMEI, "490154203237518"), "323751"));
	memcpy(one, masked(m, MASK_IMEI, "490154203237518"), sizeof(one));
	ck_assert_str_eq(one, masked(m, MASK_IMEI, "4901542032375101"));	/* IMEISV */
	ck_assert_str_ne(one, masked(m, MASK_IMEI, "490154203237528"));
	mask_free(m);
	write_key("another key, longer than sixteen octets");
	m = mask_of("imei_serial", err, sizeof(err));
	ck_assert_str_ne(one, masked(m, MASK_IMEI, "490154203237518"));
	ck_assert_str_eq(masked(m, MASK_IMSI, "001010123456789"), "001010123456789");
	mask_free(m);
	ck_assert_str_eq(masked(NULL, MASK_IMSI, "001010123456789"), "001010123456789");
}
END_TEST

/* HMAC-SHA-256 with this key over "imsi\0001010123456789", reckoned with another program. */
START_TEST(token_is_the_hmac)
{
	char err[256];
	struct mask *m;

	write_key("0123456789abcdef");
	m = mask_of("imsi", err, sizeof(err));
	ck_assert_str_eq(masked(m, MASK_IMSI, "001010123456789"), "00101-11a224d4427a");
	mask_free(m);
}
END_TEST

START_TEST(texts_lose_their_runs)
{
	static const char text[] = "/fota?imei=490154203237518&x=1\x01" "12345678901234567/001010123456789";
	char err[256], line[512];
	struct writer w;
	struct mask *m;

	write_key("0123456789abcdef");
	m = mask_of("imsi,imei_serial", err, sizeof(err));
	writer_init(&w, line, sizeof(line) - 1);
	w.mask = m;
	writer_octets(&w, NULL, text, sizeof(text) - 1);
	*w.at = '\0';
	ck_assert_ptr_nonnull(strstr(line, "imei=49015420-"));
	ck_assert_ptr_nonnull(strstr(line, "&x=1\\\\x01masked/00101-"));
	ck_assert_ptr_null(strstr(line, "0123456789\""));
	ck_assert_ptr_null(strstr(line, "323751"));
	writer_init(&w, line, sizeof(line) - 1);
	writer_octets(&w, NULL, text, sizeof(text) - 1);
	*w.at = '\0';
	ck_assert_ptr_nonnull(strstr(line, "490154203237518"));
	mask_free(m);
	m = mask_of("msisdn", err, sizeof(err));
	writer_init(&w, line, sizeof(line) - 1);
	w.mask = m;
	writer_text(&w, NULL, "urn:imei-msisdn:490154203237518-447700900001 20260302");
	*w.at = '\0';
	ck_assert_ptr_null(strstr(line, "447700900001"));
	writer_init(&w, line, sizeof(line) - 1);
	w.mask = m;
	writer_text(&w, NULL, "t=1700000000 447700900001");
	*w.at = '\0';
	ck_assert_ptr_nonnull(strstr(line, "447700900001"));	/* nothing says that it is one */
	mask_free(m);
}
END_TEST

static const struct {
	const char *what, *words, *text;
	const char *gone;	/* not there any more */
	const char *kept;	/* NULL: nothing is asked for */
} runs[] = {
	{ "17 digits hold an IMEI", "imei_serial", "a12349015420323751b", "4901542032", "amaskedb" },
	{ "a digit before an IMSI", "imsi", "x=9001010123456789&", "001010123456789", "x=90010101-" },
	{ "two digits before an IMSI", "imsi", "x=99001010123456789&", "001010123456789", "x=masked&" },
	{ "hundreds", "msisdn", "1234567890123456789012345678901234567890", "1234567", "masked" },
	{ "MSISDN in capitals", "msisdn", "MSISDN=447700900001", "447700900001", "MSISDN=" },
	{ "Msisdn", "msisdn", "/v1/Msisdn/447700900001/x", "447700900001", "/x" },
	{ "seven digits", "msisdn", "msisdn:4477009", "4477009", "msisdn:" },
	{ "six are no number of a subscriber", "msisdn", "msisdn:447700", "\\", "msisdn:447700" },
	{ "15 digits of an MSISDN, not an IMEI", "msisdn", "msisdn 447700900001234", "447700900001234", NULL },
};

START_TEST(runs_of_any_length_and_case)
{
	char err[256], line[512];
	struct writer w;
	struct mask *m;

	write_key("0123456789abcdef");
	m = mask_of(runs[_i].words, err, sizeof(err));
	writer_init(&w, line, sizeof(line) - 1);
	w.mask = m;
	writer_text(&w, NULL, runs[_i].text);
	*w.at = '\0';
	ck_assert_msg(strstr(line, runs[_i].gone) == NULL, "%s: %s", runs[_i].what, line);
	if (runs[_i].kept != NULL)
		ck_assert_msg(strstr(line, runs[_i].kept) != NULL, "%s: %s", runs[_i].what, line);
	mask_free(m);
}
END_TEST

START_TEST(mistakes_are_told)
{
	char err[256];

	write_key("short");
	ck_assert_ptr_null(mask_of("imsi", err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "less than 16"));
	write_key("0123456789abcdef");
	ck_assert_ptr_null(mask_of("imei", err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "'imei' is none of"));
	(void)unlink(key_path);
	ck_assert_ptr_null(mask_of("imsi", err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "cannot open"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mask");
	TCase *t = tcase_create("mask");
	int fd = mkstemp(key_path), failed;

	if (fd < 0)
		return 1;
	(void)close(fd);
	tcase_add_test(t, keeps_what_names_a_network_or_maker);
	tcase_add_test(t, token_is_the_hmac);
	tcase_add_test(t, texts_lose_their_runs);
	tcase_add_loop_test(t, runs_of_any_length_and_case, 0, ARRAY_LEN(runs));
	tcase_add_test(t, mistakes_are_told);
	suite_add_tcase(s, t);
	failed = run_suite(s);
	(void)unlink(key_path);
	return failed;
}
