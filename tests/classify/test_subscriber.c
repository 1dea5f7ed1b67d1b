/* SPDX-License-Identifier: Apache-2.0 */
/* test_subscriber.c - NAI, SUPI, GPSI, PEI and MAC as text: which digits are an IMSI and which
 * are not. */
#include <check.h>
#include <string.h>

#include "classify/subscriber.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling.h"

static struct cursor
over(const char *text)
{
	return cursor_over(text, strlen(text));
}

#define REALM "mnc001.mcc001.3gppnetwork.org"
static const struct {
	const char *what, *nai, *imsi;	/* "": none */
} nais[] = {
	{ "EAP-AKA", "0001010000000001@wlan." REALM, "001010000000001" },
	{ "EAP-SIM", "1001010000000001@wlan." REALM, "001010000000001" },
	{ "EAP-AKA'", "6001010000000001@nai.epc." REALM, "001010000000001" },
	{ "no prefix", "001010000000001@ims." REALM, "001010000000001" },
	{ "upper case", "0001010000000001@WLAN.MNC001.MCC001.3GPPNETWORK.ORG", "001010000000001" },
	{ "network code of three digits", "0310410123456789@wlan.mnc410.mcc310.3gppnetwork.org",
	  "310410123456789" },
	{ "network code of two digits", "0262011234567890@wlan.mnc001.mcc262.3gppnetwork.org",
	  "262011234567890" },
	{ "an IMSI that begins with a prefix's digit",
	  "001010000000001@wlan." REALM, "001010000000001" },
	{ "of another network", "0001020000000001@wlan." REALM, "" },
	{ "of another country", "0002010000000001@wlan." REALM, "" },
	{ "pseudonym", "2001010000000001@wlan." REALM, "" },
	{ "too long", "00010100000000012@wlan." REALM, "" },
	{ "too short", "000101@wlan." REALM, "" },
	{ "no digits", "0meter@wlan." REALM, "" },
	{ "another realm", "0001010000000001@example.com", "" },
	{ "realm that goes on", "0001010000000001@wlan." REALM ".example.com", "" },
	{ "realm without country", "0001010000000001@wlan.mnc001.3gppnetwork.org", "" },
	{ "network code that is none", "0001010000000001@wlan.mncabc.mcc001.3gppnetwork.org", "" },
	{ "no realm", "0001010000000001", "" },
	{ "nothing before the realm", "@wlan." REALM, "" },
	{ "nothing behind", "0001010000000001@", "" },
	{ "nothing", "", "" },
};

START_TEST(an_imsi_in_a_nai)
{
	char text[DIGITS_TEXT_MAX];

	(void)digits_text(subscriber_imsi_of_nai(over(nais[_i].nai)), text);
	ck_assert_msg(strcmp(text, nais[_i].imsi) == 0, "%s: %s", nais[_i].what, text);
}
END_TEST

static const struct {
	const char *text;
	const char *want;	/* NULL: no MAC */
} macs[] = {
	{ "02-00-5E-10-00-01", "\2\0\x5e\x10\0\1" },
	{ "02:00:5e:10:00:01", "\2\0\x5e\x10\0\1" },
	{ "0200.5e10.0001", "\2\0\x5e\x10\0\1" },
	{ "0200-5e10-0001", "\2\0\x5e\x10\0\1" },
	{ "02005e10000a", "\2\0\x5e\x10\0\xa" },
	{ "02-00-5E-10-00-01:meters", "\2\0\x5e\x10\0\1" },
	{ "02-00:5E-10-00-01", NULL },
	{ "02-00-5E-10-00", NULL },
	{ "02-00-5E-10-00-0", NULL },
	{ "02-00-5E-10-00-012", NULL },
	{ "02005e10000ab", NULL },
	{ "447700900001", "\x44\x77\0\x90\0\1" },	/* or a number: the caller judges */
	{ "49170123456", NULL },
	{ "02-00-5G-10-00-01", NULL },
	{ "", NULL },
};

START_TEST(a_mac_as_text)
{
	uint8_t mac[6];
	bool is_mac = subscriber_mac_of_text(over(macs[_i].text), mac);

	ck_assert_msg(is_mac == (macs[_i].want != NULL), "%s", macs[_i].text);
	if (is_mac)
		ck_assert_mem_eq(mac, macs[_i].want, sizeof(mac));
}
END_TEST

START_TEST(sets_what_holds)
{
	struct signalling s;

	signalling_init(&s);
	ck_assert(!subscriber_set_supi(&s, over("imsi-00101")));
	ck_assert(!subscriber_set_supi(&s, over("imsi-0010100000000012")));
	ck_assert(!subscriber_set_supi(&s, over("gci-001010000000001")));
	ck_assert(!subscriber_set_supi(&s, over("")));
	ck_assert_uint_eq(s.imsi, DIGITS_NONE);
	ck_assert(subscriber_set_supi(&s, over("nai-0001010000000001@nai.5gc." REALM)));
	ck_assert(!subscriber_set_gpsi(&s, over("extid-meter@example.com")));
	ck_assert(!subscriber_set_gpsi(&s, over("msisdn-1234")));
	ck_assert_uint_eq(s.msisdn, DIGITS_NONE);
	ck_assert(subscriber_set_gpsi(&s, over("msisdn-12345")));
	ck_assert(!subscriber_set_pei(&s, over("imei-3526940501000")));
	ck_assert(!subscriber_set_pei(&s, over("imei-000000000000000")));
	ck_assert(!subscriber_set_pei(&s, over("mac-01-00-5e-10-00-01")));
	ck_assert(!subscriber_set_pei(&s, over("mac-00-00-00-00-00-00")));
	ck_assert(!subscriber_set_pei(&s, over("eui-0200000000000001")));
	ck_assert_uint_eq(s.imei, DIGITS_NONE);
	ck_assert(!s.has_mac);
	ck_assert(subscriber_set_pei(&s, over("imei-35269405010001")));
	ck_assert_uint_eq(digits_count(s.imei), 14);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("subscriber");
	TCase *t = tcase_create("subscriber");

	tcase_add_loop_test(t, an_imsi_in_a_nai, 0, ARRAY_LEN(nais));
	tcase_add_loop_test(t, a_mac_as_text, 0, ARRAY_LEN(macs));
	tcase_add_test(t, sets_what_holds);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
