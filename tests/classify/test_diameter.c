/* SPDX-License-Identifier: Apache-2.0 */
/* test_diameter.c - what each interface tells of a device, in every coding that is in use; and
 * messages cut, joined, lost and damaged. IMEIs have a TAC of the tables and invented serials. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "classify/diameter.h"
#include "diameter_made.h"
#include "harness.h"
#include "macros.h"
#include "run_suite.h"

#define S(text) text, sizeof(text) - 1
#define IMSI "001010123456789"
#define MSISDN "491710000001"
#define HOST "mme01.epc.mnc001.mcc001.3gppnetwork.org"
enum { PORT = 3868, HOP = 77 };

/* --- messages --- */

static void
put_base(struct messages *m, const char *session, uint32_t result)
{
	if (session != NULL)
		avp_text(m, 263, 0, session);
	if (result != 0)
		avp_u32(m, 268, 0, result);
	avp_text(m, 264, 0, HOST);
	avp_text(m, 296, 0, "epc.mnc001.mcc001.3gppnetwork.org");
}

static void
put_terminal(struct messages *m, const char *imei, const char *software)
{
	avp_open(m, 1401, MADE_3GPP);
	avp_text(m, 1402, MADE_3GPP, imei);
	if (software != NULL)
		avp_text(m, 1403, MADE_3GPP, software);
	avp_close(m);
}

static void
put_subscription(struct messages *m, uint32_t type, const char *data, bool data_first)
{
	avp_open(m, 443, 0);
	if (data_first)
		avp_text(m, 444, 0, data);
	avp_u32(m, 450, 0, type);
	if (!data_first)
		avp_text(m, 444, 0, data);
	avp_close(m);
}

static void
put_equipment(struct messages *m, uint32_t type, const void *octets, size_t len)
{
	avp_open(m, 458, 0);
	avp_u32(m, 459, 0, type);
	avp_octets(m, 460, 0, octets, len);
	avp_close(m);
}

static void
ulr(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 316, MADE_S6A, HOP);
	put_base(m, "mme01;1;1", 0);
	avp_text(m, 1, 0, IMSI);
	put_terminal(m, "86650704123456", "03");
	avp_u32(m, 1032, MADE_3GPP, 1005);
	avp_octets(m, 1407, MADE_3GPP, S("\x00\xf1\x10"));
	message_end(m);
}

static void
ula(struct messages *m)
{
	message_begin(m, MADE_ANSWER, 316, MADE_S6A, HOP);
	put_base(m, "mme01;1;1", 2001);
	avp_open(m, 1400, MADE_3GPP);
	avp_octets(m, 701, MADE_3GPP, S("\x94\x71\x01\x00\x00\x10"));
	avp_open(m, 1429, MADE_3GPP);	/* APN-Configuration-Profile: what may be, not what is */
	avp_text(m, 493, 0, "other.apn");
	avp_close(m);
	avp_close(m);
	message_end(m);
}

static void
ula_refused(struct messages *m)
{
	message_begin(m, MADE_ANSWER, 316, MADE_S6A, HOP);
	put_base(m, "mme01;1;1", 0);
	avp_open(m, 297, 0);
	avp_u32(m, 266, 0, MADE_3GPP);
	avp_u32(m, 298, 0, 5422);	/* DIAMETER_ERROR_UNKNOWN_EQUIPMENT */
	avp_close(m);
	message_end(m);
}

static void
ida(struct messages *m)
{
	message_begin(m, MADE_ANSWER, 319, MADE_S6A, HOP);
	put_base(m, "hss;2", 2001);
	avp_open(m, 1496, MADE_3GPP);
	avp_open(m, 1600, MADE_3GPP);
	avp_octets(m, 1602, MADE_3GPP, S("\x00\xf1\x10\x00\x01\x02\x03"));
	avp_octets(m, 1603, MADE_3GPP, S("\x00\xf1\x10\x00\x07"));
	avp_close(m);
	avp_close(m);
	message_end(m);
}

static void
ecr(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 324, MADE_S13, HOP);
	put_base(m, "mme01;3", 0);
	put_terminal(m, "866507041234565", NULL);
	avp_text(m, 1, 0, IMSI);
	message_end(m);
}

static void
eca(struct messages *m)
{
	message_begin(m, MADE_ANSWER, 324, MADE_S13, HOP);
	put_base(m, "mme01;3", 2001);
	avp_u32(m, 1445, MADE_3GPP, 1);
	message_end(m);
}

static void
gx(struct messages *m, uint32_t request_type)
{
	message_begin(m, MADE_REQUEST, 272, MADE_GX, HOP);
	put_base(m, "pgw;4", 0);
	avp_u32(m, 416, 0, request_type);
	put_subscription(m, 0, "+" MSISDN, true);
	put_subscription(m, 1, IMSI, false);
	put_subscription(m, 4, "private", false);
	avp_octets(m, 8, 0, S("\x0a\x2d\0\2"));
	avp_octets(m, 97, 0, S("\0\x40\x20\x01\x0d\xb8\0\0\0\1"));
	avp_text(m, 30, 0, "IoT.Example.mnc001.mcc001.gprs");
	put_equipment(m, 0, S("8665070412345603"));
	avp_u32(m, 1032, MADE_3GPP, 1004);
	avp_text(m, 18, MADE_3GPP, "00101");
	avp_octets(m, 22, MADE_3GPP, S("\x82\x00\xf1\x10\x00\x07\x00\xf1\x10\x00\x00\x01\x01"));
	message_end(m);
}

static void
ccr_initial(struct messages *m)
{
	gx(m, 1);
}

static void
ccr_update(struct messages *m)
{
	gx(m, 2);
}

static void
ccr_termination(struct messages *m)
{
	gx(m, 3);
}

static void
ccr_event(struct messages *m)
{
	gx(m, 4);
}

static void
cca(struct messages *m)
{
	message_begin(m, MADE_ANSWER, 272, MADE_GX, HOP);
	put_base(m, "pgw;4", 2001);
	avp_u32(m, 416, 0, 1);
	message_end(m);
}

static void
rar(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 258, MADE_GX, HOP);
	put_base(m, "pgw;4", 0);
	message_end(m);
}

static void
gy(struct messages *m)
{
	static const char one_digit[] = "\0\0\1\0\1\0\1\2\3\4\5\6\7\x9\0\3";

	message_begin(m, MADE_REQUEST, 272, MADE_GY, HOP);
	put_base(m, "pgw;5", 0);
	avp_u32(m, 416, 0, 1);
	put_subscription(m, 3, "6" IMSI "@nai.epc.mnc001.mcc001.3gppnetwork.org", false);
	put_equipment(m, 0, one_digit, 16);
	avp_open(m, 873, MADE_3GPP);
	avp_open(m, 874, MADE_3GPP);
	avp_octets(m, 1227, MADE_3GPP, S("\0\1\x0a\x2d\0\3"));
	avp_octets(m, 1227, MADE_3GPP, S("\0\2\x20\x01\x0d\xb8\0\0\0\2\0\0\0\0\0\0\0\1"));
	avp_u32(m, 2606, MADE_3GPP, 56);
	avp_text(m, 30, 0, "meters");
	avp_octets(m, 21, MADE_3GPP, S("\x33"));
	avp_close(m);
	avp_close(m);
	message_end(m);
}

static void
aar(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 265, MADE_RX, HOP);
	put_base(m, "pcscf;6", 0);
	avp_octets(m, 8, 0, S("\x0a\x2d\0\2"));
	put_subscription(m, 0, "tel:+" MSISDN, false);
	message_end(m);
}

static void
cmr(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 8388732, MADE_T6A, HOP);
	put_base(m, "mme01;7", 0);
	avp_open(m, 3102, MADE_3GPP);
	avp_text(m, 1, 0, IMSI);
	avp_text(m, 3111, MADE_3GPP, "meter-17@utility.example");
	avp_close(m);
	avp_text(m, 493, 0, "nidd");
	message_end(m);
}

static void
cer(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 257, 0, HOP);
	put_base(m, NULL, 0);
	avp_u32(m, 278, 0, 1700000000);
	message_end(m);
}

static void
dwa_without_state(struct messages *m)
{
	message_begin(m, MADE_ANSWER, 280, 0, HOP);
	put_base(m, NULL, 2001);
	avp_u32(m, 278, 0, 0);
	message_end(m);
}

static void
dpr(struct messages *m)
{
	message_begin(m, MADE_REQUEST, 282, 0, HOP);
	put_base(m, NULL, 0);
	avp_u32(m, 273, 0, 1);
	message_end(m);
}

/* A relay's message: its origin's state is not the sender's. */
static void
relayed(struct messages *m)
{
	message_begin(m, 0xc0, 318, MADE_S6A, HOP);
	put_base(m, "mme02;8", 0);
	avp_u32(m, 278, 0, 1700000000);
	avp_text(m, 1, 0, "0" IMSI "@wlan.mnc001.mcc001.3gppnetwork.org");
	message_end(m);
}

static void
unknown(struct messages *m)
{
	message_begin(m, 0x20, 9999, 12345, HOP);
	put_base(m, "x", 3001);
	avp_octets(m, 22, 0, S("not the location of 3GPP"));
	avp_text(m, 1, 0, "alice@example.org");
	message_end(m);
}

static const struct {
	const char *what;
	void (*make)(struct messages *m);
	const char *told;	/* less the session */
	const char *fields;	/* less application and host */
} messages[] = {
	{ "ULR with IMEI and software version", ulr,
	    "diameter tell request type=316 seq=77 imsi=" IMSI " imei=8665070412345603 "
	    "plmn=001-01 rat=nb-iot\n",
	    "diameter.command=ULR\ndiameter.imsi=" IMSI "\ndiameter.imei=8665070412345603\n"
	    "diameter.software_version=03\ndiameter.plmn=001-01\ndiameter.rat=nb-iot\n" },
	{ "ULA with the subscription", ula,
	    "diameter tell answer type=316 cause=2001 seq=77 msisdn=" "491710000001" "\n",
	    "diameter.command=ULA\ndiameter.result=2001\ndiameter.msisdn=491710000001\n" },
	{ "ULA that refuses", ula_refused,
	    "diameter tell answer refused type=316 cause=5422 seq=77\n",
	    "diameter.command=ULA\ndiameter.result=5422\n" },
	{ "IDA with a location", ida,
	    "diameter tell answer type=319 cause=2001 seq=77 area=tai:001-01:7 cell=ecgi:001-01:66051\n",
	    "diameter.command=IDA\ndiameter.result=2001\ndiameter.area=tai:001-01:7\n"
	    "diameter.cell=ecgi:001-01:66051\n" },
	{ "ECR, IMEI with a check digit", ecr,
	    "diameter tell request type=324 seq=77 imsi=" IMSI " imei=866507041234565\n",
	    "diameter.command=ECR\ndiameter.imsi=" IMSI "\ndiameter.imei=866507041234565\n" },
	{ "ECA of the black list", eca, "diameter tell answer type=324 cause=2001 seq=77\n",
	    "diameter.command=ECA\ndiameter.result=2001\ndiameter.equipment_status=blacklisted\n" },
#define GX_TOLD " imsi=" IMSI " msisdn=" MSISDN " imei=8665070412345603 ue=10.45.0.2 " \
    "ue=2001:db8:0:1::/64 apn=iot.example plmn=001-01 rat=e-utran area=tai:001-01:7 " \
    "cell=ecgi:001-01:257\n"
#define GX_FIELDS "diameter.command=CCR\ndiameter.imsi=" IMSI "\ndiameter.imei=8665070412345603\n" \
    "diameter.msisdn=" MSISDN "\ndiameter.apn=iot.example\ndiameter.address=10.45.0.2\n" \
    "diameter.address=2001:db8:0:1::/64\ndiameter.plmn=001-01\ndiameter.rat=e-utran\n" \
    "diameter.area=tai:001-01:7\ndiameter.cell=ecgi:001-01:257\n"
	{ "Gx begins", ccr_initial, "diameter create request type=272 seq=77" GX_TOLD, GX_FIELDS },
	{ "Gx goes on", ccr_update, "diameter modify request type=272 seq=77" GX_TOLD, GX_FIELDS },
	{ "Gx ends", ccr_termination, "diameter delete request type=272 seq=77" GX_TOLD, GX_FIELDS },
	{ "Gx event", ccr_event, "diameter tell request type=272 seq=77" GX_TOLD, GX_FIELDS },
	{ "CCA", cca, "diameter create answer type=272 cause=2001 seq=77\n",
	    "diameter.command=CCA\ndiameter.result=2001\n" },
	{ "RAR", rar, "diameter modify request type=258 seq=77\n", "diameter.command=RAR\n" },
	{ "Gy, values nested in PS-Information", gy,
	    "diameter create request type=272 seq=77 imsi=" IMSI " imei=0010101234567903 "
	    "ue=10.45.0.3 ue=2001:db8::/56 apn=meters rat=nr\n",
	    "diameter.command=CCR\ndiameter.imsi=" IMSI "\ndiameter.imei=0010101234567903\n"
	    "diameter.apn=meters\ndiameter.address=10.45.0.3\ndiameter.address=2001:db8::/56\n"
	    "diameter.rat=nr\n" },
	{ "Rx is less than a session", aar,
	    "diameter tell request type=265 seq=77 msisdn=" MSISDN " ue=10.45.0.2\n",
	    "diameter.command=AAR\ndiameter.msisdn=" MSISDN "\ndiameter.address=10.45.0.2\n" },
	{ "T6a, a device without an address", cmr,
	    "diameter tell request type=8388732 seq=77 imsi=" IMSI " apn=nidd\n",
	    "diameter.command=CMR\ndiameter.imsi=" IMSI "\ndiameter.apn=nidd\n"
	    "diameter.external_identifier=meter-17@utility.example\n" },
	{ "CER", cer, "diameter node request type=257 seq=77 recovery=1700000000\n",
	    "diameter.command=CER\n" },
	{ "DWA, state not to be judged by", dwa_without_state,
	    "diameter node answer type=280 cause=2001 seq=77\n",
	    "diameter.command=DWA\ndiameter.result=2001\n" },
	{ "DPR", dpr, "diameter node request type=282 cause=1 seq=77\n", "diameter.command=DPR\n" },
	{ "AIR through a relay", relayed, "diameter tell request type=318 seq=77 imsi=" IMSI "\n",
	    "diameter.command=AIR\ndiameter.imsi=" IMSI "\n" },
	{ "unknown command, other vendors' codes", unknown,
	    "diameter tell answer refused type=9999 cause=3001 seq=77\n",
	    "diameter.command=9999A\ndiameter.result=3001\n" },
};

/* Text without the lines or words that begin with `what`. */
static char *
without(char *text, const char *what, char end)
{
	char *at;

	while ((at = strstr(text, what)) != NULL) {
		char *rest = at + strlen(what);

		rest += strcspn(rest, (const char[]){ end, '\n', '\0' });
		if (end == '\n' && *rest == '\n')
			rest++;
		memmove(at, rest, strlen(rest) + 1);
	}
	return text;
}

static struct harness *
new_harness(bool sctp)
{
	return harness_new(PARSER_diameter, sctp, PORT);
}

START_TEST(tells_and_names)
{
	for (unsigned sctp = 0; sctp < 2; sctp++) {
		struct harness *h = new_harness(sctp);
		struct messages m = { .len = 0 };
		char text[4096];

		messages[_i].make(&m);
		ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len }),
		    PARSE_MORE);
		strcpy(text, harness_told_text(h));
		ck_assert_msg(strcmp(without(text, " session=", ' '), messages[_i].told) == 0,
		    "%s: %s", messages[_i].what, text);
		strcpy(text, harness_fields(h));
		without(text, "diameter.application=", '\n');
		without(text, "diameter.origin_host=", '\n');
		ck_assert_msg(strcmp(text, messages[_i].fields) == 0, "%s: %s", messages[_i].what,
		    text);
		harness_free(h);
	}
}
END_TEST

/* --- one session, one connection --- */

static const struct signalling *
show_one(struct harness *h, enum direction dir, void (*make)(struct messages *m))
{
	struct messages m = { .len = 0 };
	size_t n;
	const struct signalling *s;

	make(&m);
	ck_assert_int_eq(harness_show(h, (struct shown){ dir, m.octets, m.len }), PARSE_MORE);
	s = harness_told(h, &n);
	ck_assert_uint_eq(n, 1);
	return s;
}

START_TEST(request_and_answer_share_session)
{
	struct harness *h = new_harness(true);
	uint64_t session = show_one(h, TO_SERVER, ccr_initial)->session;

	ck_assert_uint_ne(session, 0);
	ck_assert_uint_eq(show_one(h, TO_CLIENT, cca)->session, session);
	ck_assert_uint_eq(show_one(h, TO_CLIENT, rar)->session, session);
	ck_assert_uint_ne(show_one(h, TO_SERVER, gy)->session, session);
	ck_assert_uint_eq(show_one(h, TO_SERVER, cer)->session, 0);
	harness_free(h);
}
END_TEST

START_TEST(application_and_host)
{
	struct harness *h = new_harness(true);

	(void)show_one(h, TO_SERVER, ecr);
	(void)show_one(h, TO_SERVER, unknown);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "diameter.application=s13\n"));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "diameter.application=12345\n"));
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "diameter.origin_host=" HOST "\n"));
	harness_free(h);
}
END_TEST

/* The messages go on for months, the flow's record does not grow. */
START_TEST(fields_end_messages_do_not)
{
	struct harness *h = new_harness(true);
	struct messages m = { .len = 0 };
	char first[8192];

	for (unsigned i = 0; i < 100; i++) {
		char imsi[] = "001010000000000";
		size_t n;
		const struct signalling *s;

		imsi[13] = (char)('0' + i / 10);
		imsi[14] = (char)('0' + i % 10);
		m.len = 0;
		message_begin(&m, MADE_REQUEST, 318, MADE_S6A, i);
		put_base(&m, "x", 0);
		avp_text(&m, 1, 0, imsi);
		message_end(&m);
		(void)harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len });
		s = harness_told(h, &n);
		ck_assert_uint_eq(n, 1);
		ck_assert_uint_eq(s->imsi, digits_from_text(imsi, 15));
		if (i == 15)
			strcpy(first, harness_fields(h));
	}
	ck_assert_str_eq(harness_fields(h), first);
	ck_assert_ptr_nonnull(strstr(first, "diameter.imsi=001010000000015\n"));
	harness_free(h);
}
END_TEST

START_TEST(who_opens_speaks_first)
{
	struct harness *h = new_harness(false);

	(void)show_one(h, TO_SERVER, cer);
	ck_assert(!harness_reversed(h));
	harness_free(h);
	h = new_harness(false);
	(void)show_one(h, TO_CLIENT, cer);
	ck_assert(harness_reversed(h));
	harness_free(h);
}
END_TEST

/* --- values --- */

static const struct {
	const char *octets;
	size_t len;
	const char *imei;
} imeis[] = {
	{ S("86650704123456"), "86650704123456" },
	{ S("866507041234565"), "866507041234565" },
	{ S("8665070412345603"), "8665070412345603" },
	{ S("\x68\x56\x70\x40\x21\x43\x65\x30"), "8665070412345603" },
	{ S("\x68\x56\x70\x40\x21\x43\x65\xf5"), "866507041234565" },
	{ S("\x68\x56\x70\x40\x21\x43\x65"), "86650704123456" },
	{ S("\x8\x6\x6\x5\x0\x7\x0\x4\x1\x2\x3\x4\x5\x6\x0\x3"), "8665070412345603" },
	{ S("8665070412345"), "" },
	{ S("86650704123456031"), "" },
	{ S("8665070A123456"), "" },
	{ S("\x68\x56\x70\x40\x21\x43\x65\x3a"), "" },
	{ S("\x68\x56\x70"), "" },
	{ S(""), "" },
};

START_TEST(imei_in_three_codings)
{
	char text[DIGITS_TEXT_MAX];

	(void)digits_text(diameter_imei(cursor_over(imeis[_i].octets, imeis[_i].len)), text);
	ck_assert_str_eq(text, imeis[_i].imei);
}
END_TEST

static const struct {
	const char *name, *imsi;
} names[] = {
	{ IMSI, IMSI },
	{ "00101012345678", "00101012345678" },
	{ IMSI "@ims.mnc001.mcc001.3gppnetwork.org", IMSI },
	{ "0" IMSI "@nai.epc.mnc001.mcc001.3gppnetwork.org", IMSI },
	{ "1" IMSI "@wlan.mnc001.mcc001.3gppnetwork.org", IMSI },
	{ "6" IMSI "@nai.epc.mnc001.mcc001.3gppnetwork.org", IMSI },
	{ "2" IMSI "@nai.epc.mnc001.mcc001.3gppnetwork.org", "" },	/* a pseudonym */
	{ IMSI "@example.org", "" },
	{ IMSI "@3gppnetwork.org", "" },
	{ "491710000001", "" },
	{ "0" IMSI, "" },
	{ "alice", "" },
	{ "@x.3gppnetwork.org", "" },
	{ "", "" },
};

START_TEST(imsi_of_a_name)
{
	char text[DIGITS_TEXT_MAX];
	const char *name = names[_i].name;

	(void)digits_text(diameter_imsi(cursor_over(name, strlen(name))), text);
	ck_assert_str_eq(text, names[_i].imsi);
}
END_TEST

static const struct {
	uint32_t type;
	const char *octets;
	size_t len;
	const char *mac;	/* NULL: none */
} macs[] = {
	{ 1, S("\x02\x50\xf3\0\0\1"), "\x02\x50\xf3\0\0\1" },
	{ 1, S("02-50-F3-00-00-01"), "\x02\x50\xf3\0\0\1" },
	{ 1, S("0250f3000001"), "\x02\x50\xf3\0\0\1" },
	{ 2, S("\x02\x50\xf3\xff\xfe\0\0\1"), "\x02\x50\xf3\0\0\1" },
	{ 3, S("\x00\x50\xf3\xff\xfe\0\0\1"), "\x02\x50\xf3\0\0\1" },
	{ 1, S("\0\0\0\0\0\0"), NULL },
	{ 2, S("\x02\x50\xf3\1\2\0\0\1"), NULL },
	{ 1, S("02-50-F3-00-00"), NULL },
	{ 1, S("02-50-F3-00-00-0"), NULL },
	{ 1, S("no address"), NULL },
	{ 1, S("00112233445566778899"), NULL },
	{ 9, S("\x02\x50\xf3\0\0\1"), NULL },
};

START_TEST(hardware_addresses)
{
	struct harness *h = new_harness(true);
	struct messages m = { .len = 0 };
	const struct signalling *s;
	size_t n;

	message_begin(&m, MADE_REQUEST, 272, MADE_GX, 1);
	put_base(&m, "x", 0);
	put_equipment(&m, macs[_i].type, macs[_i].octets, macs[_i].len);
	message_end(&m);
	(void)harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len });
	s = harness_told(h, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert(s->imei == DIGITS_NONE);
	ck_assert_int_eq(s->has_mac, macs[_i].mac != NULL);
	if (macs[_i].mac != NULL)
		ck_assert_mem_eq(s->mac, macs[_i].mac, 6);
	harness_free(h);
}
END_TEST

/* What nobody filled in is not said. */
START_TEST(zeros_are_nothing)
{
	static const struct {
		const char *octets;
		size_t len;
	} zeros[] = { { S("0000000000000000") }, { S("\0\0\0\0\0\0\0\0") },
		{ S("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") } };

	for (size_t i = 0; i < ARRAY_LEN(zeros); i++) {
		struct messages m = { .len = 0 };
		struct signalling s;
		struct diameter_said said;

		signalling_init(&s);
		put_equipment(&m, 0, zeros[i].octets, zeros[i].len);
		put_subscription(&m, 1, "000000000000000", false);
		put_subscription(&m, 0, "0", false);
		ck_assert(diameter_read(cursor_over(m.octets, m.len), false, &s, &said));
		ck_assert(s.imei == DIGITS_NONE && s.imsi == DIGITS_NONE && s.msisdn == DIGITS_NONE);
		put_equipment(&m, 0, S("8665070412345603"));	/* a true one behind it stays seen */
		ck_assert(diameter_read(cursor_over(m.octets, m.len), false, &s, &said));
		ck_assert(s.imei == digits_from_text("8665070412345603", 16));
	}
}
END_TEST

START_TEST(rat_types)
{
	static const struct {
		uint32_t type;
		uint8_t rat;
	} rats[] = { { 0, RAT_WLAN }, { 1, RAT_VIRTUAL }, { 1000, RAT_UTRAN }, { 1001, RAT_GERAN },
		{ 1002, RAT_GAN }, { 1003, RAT_HSPA }, { 1004, RAT_EUTRAN }, { 1005, RAT_NB_IOT },
		{ 1006, RAT_NR }, { 1007, RAT_LTE_M }, { 1008, RAT_NONE }, { 2000, RAT_NONE },
		{ 2, RAT_NONE } };

	for (size_t i = 0; i < ARRAY_LEN(rats); i++) {
		struct messages m = { .len = 0 };
		struct signalling s;
		struct diameter_said said;

		signalling_init(&s);
		avp_u32(&m, 1032, MADE_3GPP, rats[i].type);
		ck_assert(diameter_read(cursor_over(m.octets, m.len), false, &s, &said));
		ck_assert_uint_eq(s.rat, rats[i].rat);
	}
}
END_TEST

START_TEST(addresses_that_are_none)
{
	struct messages m = { .len = 0 };
	struct signalling s;
	struct diameter_said said;

	signalling_init(&s);
	avp_octets(&m, 8, 0, S("\xff\xff\xff\xfe"));
	avp_octets(&m, 8, 0, S("\0\0\0\0"));
	avp_octets(&m, 8, 0, S("\x0a\0\0"));
	avp_octets(&m, 97, 0, S("\0\x81\x20\1"));
	avp_octets(&m, 97, 0, S("\0\x40\x20\1"));
	avp_octets(&m, 97, 0, S("\0\0"));
	avp_octets(&m, 97, 0, S("\0\x3c\x20\x01\x0d\xb8\0\0\0\x1f\xff"));
	ck_assert(diameter_read(cursor_over(m.octets, m.len), false, &s, &said));
	ck_assert_uint_eq(s.n_ue, 1);
	ck_assert_uint_eq(s.ue[0].len, 60);
	ck_assert_uint_eq(s.ue[0].base.octet[7], 0x10);	/* bits past the prefix are no part of it */
	ck_assert_uint_eq(s.ue[0].base.octet[8], 0);
}
END_TEST

/* Groups that hold themselves end at the limit; what stands beside them is read. */
START_TEST(nesting_is_limited)
{
	struct messages m = { .len = 0 };
	struct signalling s;
	struct diameter_said said;

	signalling_init(&s);
	for (unsigned i = 0; i < MADE_OPEN_MAX - 2; i++)
		avp_open(&m, 873, MADE_3GPP);
	avp_text(&m, 1, 0, IMSI);
	while (m.n_open != 0)
		avp_close(&m);
	avp_text(&m, 30, 0, "apn");
	ck_assert(diameter_read(cursor_over(m.octets, m.len), false, &s, &said));
	ck_assert(s.imsi == DIGITS_NONE);
	ck_assert_str_eq(s.apn, "apn");
}
END_TEST

/* --- streams --- */

static size_t
told_by(struct harness *h, struct shown s)
{
	size_t n;

	(void)harness_show(h, s);
	(void)harness_told(h, &n);
	return n;
}

START_TEST(any_cut)
{
	struct messages m = { .len = 0 }, back = { .len = 0 };
	struct shown s[2];

	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		messages[i].make(i % 2 == 0 ? &m : &back);
	s[0] = (struct shown){ TO_SERVER, m.octets, m.len };
	s[1] = (struct shown){ TO_CLIENT, back.octets, back.len };
	harness_any_cut(PARSER_diameter, PORT, false, s, 2);
	harness_any_cut(PARSER_diameter, 40001, false, s, 2);
}
END_TEST

START_TEST(each_message_once_however_cut)
{
	struct messages m = { .len = 0 };

	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		messages[i].make(&m);
	for (size_t piece = 1; piece < 600; piece += piece < 40 ? 1 : 37) {
		struct harness *h = new_harness(false);
		size_t told = 0;

		for (size_t at = 0; at < m.len; at += piece) {
			size_t len = m.len - at < piece ? m.len - at : piece;

			told += told_by(h, (struct shown){ TO_SERVER, m.octets + at, len });
		}
		ck_assert_msg(told == ARRAY_LEN(messages), "pieces of %zu: %zu", piece, told);
		harness_free(h);
	}
}
END_TEST

START_TEST(long_messages_are_skipped)
{
	static uint8_t filler[40000];
	struct harness *h = new_harness(false);
	struct messages m = { .len = 0 };
	size_t told = 0;

	message_begin(&m, MADE_REQUEST, 316, MADE_S6A, 1);
	put_base(&m, "x", 0);
	avp_text(&m, 1, 0, IMSI);
	avp_octets(&m, 9999, MADE_3GPP, filler, sizeof(filler));
	message_end(&m);
	ulr(&m);
	for (size_t at = 0; at < m.len; at += 1000) {
		size_t len = m.len - at < 1000 ? m.len - at : 1000;

		told += told_by(h, (struct shown){ TO_SERVER, m.octets + at, len });
	}
	ck_assert_uint_eq(told, 2);
	ck_assert_uint_gt(harness_skipped(h), 30000);
	ck_assert_ptr_nonnull(strstr(harness_fields(h), "diameter.imei=8665070412345603\n"));
	harness_free(h);
}
END_TEST

/* After lost octets the next message is found, wherever the stretch begins. */
START_TEST(goes_on_after_a_gap)
{
	struct messages m = { .len = 0 };
	size_t first;

	ulr(&m);
	first = m.len;
	ecr(&m);
	ulr(&m);
	for (size_t from = 0; from < first; from++) {
		struct harness *h = new_harness(false);

		ck_assert_uint_eq(told_by(h, (struct shown){ TO_SERVER, m.octets, first }), 1);
		harness_gap(h);
		ck_assert_uint_eq(told_by(h, (struct shown){ TO_SERVER, m.octets + from,
		    m.len - from }), from == 0 ? 3 : 2);
		harness_free(h);
	}
}
END_TEST

/* A length beyond belief, and one that only hides the next messages. */
START_TEST(goes_on_after_damage)
{
	static const uint8_t lengths[][3] = { { 0xff, 0xff, 0xfc }, { 0, 0, 4 }, { 0, 1, 3 },
		{ 0, 1, 0 } };
	struct messages m = { .len = 0 };
	struct harness *h = new_harness(false);
	size_t at;

	ulr(&m);
	at = m.len;
	ulr(&m);
	memcpy(m.octets + at + 1, lengths[_i], 3);
	ecr(&m);
	ulr(&m);
	ulr(&m);
	ck_assert_uint_eq(told_by(h, (struct shown){ TO_SERVER, m.octets, m.len }), 4);
	harness_free(h);
}
END_TEST

START_TEST(damaged_avps_tell_nothing)
{
	struct messages m = { .len = 0 };
	struct harness *h = new_harness(true);

	ulr(&m);
	ck_assert_uint_eq(told_by(h, (struct shown){ TO_SERVER, m.octets, m.len }), 1);
	m.octets[20 + 7] = 0xff;		/* Session-Id reaches into the next AVP */
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len }), PARSE_WRONG);
	ck_assert_uint_eq(told_by(h, (struct shown){ TO_SERVER, m.octets, m.len }), 0);
	harness_free(h);
}
END_TEST

START_TEST(cut_by_the_snapshot_length)
{
	struct harness *h = new_harness(true);
	struct messages m = { .len = 0 };
	const struct signalling *s;
	size_t n;

	ulr(&m);
	harness_truncate(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len - 20 }),
	    PARSE_MORE);
	s = harness_told(h, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert(s->cut);
	ck_assert(s->imsi == digits_from_text(IMSI, 15));
	harness_free(h);
}
END_TEST

/* --- is it? --- */

static const struct {
	const char *what;
	uint16_t port;
	uint32_t ppid;
	size_t at;		/* the octet to change */
	uint8_t octet;
	enum probe_result want;
} probes[] = {
	{ "as it is", PORT, 0, 0, 1, PROBE_YES },
	{ "on another port", 40001, 0, 0, 1, PROBE_YES },
	{ "version 2", PORT, 46, 0, 2, PROBE_NO },
	{ "length not of four", PORT, 46, 3, 0x19, PROBE_NO },
	{ "reserved flag", PORT, 46, 4, 0x81, PROBE_NO },
	{ "request with an error", PORT, 46, 4, 0xa0, PROBE_NO },
	{ "command of RADIUS", PORT, 46, 6, 0, PROBE_NO },
	{ "first AVP longer than the message", PORT, 46, 25, 1, PROBE_NO },
	{ "first AVP of no length", PORT, 46, 27, 0, PROBE_NO },
	{ "first AVP that seldom is", PORT, 0, 23, 99, PROBE_YES },
	{ "on another port", 40001, 46, 23, 99, PROBE_YES },
	{ "on another port, without PPID", 40001, 0, 23, 99, PROBE_NO },
	{ "first AVP of a vendor, on another port", 40001, 0, 24, 0xc0, PROBE_NO },
};

START_TEST(is_it)
{
	struct messages m = { .len = 0 };
	struct harness *h = harness_new(PARSER_diameter, true, probes[_i].port);

	ulr(&m);
	m.octets[probes[_i].at] = probes[_i].octet;
	harness_ppid(h, probes[_i].ppid);
	ck_assert_msg(harness_probe(h, (struct shown){ TO_SERVER, m.octets, m.len })
	    == probes[_i].want, "%s", probes[_i].what);
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct messages m = { .len = 0 };
	struct shown s;

	messages[_i].make(&m);
	s = (struct shown){ TO_SERVER, m.octets, m.len };
	harness_every_prefix(PARSER_diameter, true, PORT, false, &s, 1);
	harness_every_prefix(PARSER_diameter, true, PORT, true, &s, 1);
	harness_every_prefix(PARSER_diameter, false, PORT, true, &s, 1);
}
END_TEST

START_TEST(random_is_not_diameter)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_diameter, true, PORT, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_diameter, false, PORT, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("diameter");
	TCase *t = tcase_create("diameter");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, tells_and_names, 0, ARRAY_LEN(messages));
	tcase_add_test(t, request_and_answer_share_session);
	tcase_add_test(t, application_and_host);
	tcase_add_test(t, fields_end_messages_do_not);
	tcase_add_test(t, who_opens_speaks_first);
	tcase_add_loop_test(t, imei_in_three_codings, 0, ARRAY_LEN(imeis));
	tcase_add_loop_test(t, imsi_of_a_name, 0, ARRAY_LEN(names));
	tcase_add_loop_test(t, hardware_addresses, 0, ARRAY_LEN(macs));
	tcase_add_test(t, zeros_are_nothing);
	tcase_add_test(t, rat_types);
	tcase_add_test(t, addresses_that_are_none);
	tcase_add_test(t, nesting_is_limited);
	tcase_add_test(t, any_cut);
	tcase_add_test(t, each_message_once_however_cut);
	tcase_add_test(t, long_messages_are_skipped);
	tcase_add_test(t, goes_on_after_a_gap);
	tcase_add_loop_test(t, goes_on_after_damage, 0, 4);
	tcase_add_test(t, damaged_avps_tell_nothing);
	tcase_add_test(t, cut_by_the_snapshot_length);
	tcase_add_loop_test(t, is_it, 0, ARRAY_LEN(probes));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_test(t, random_is_not_diameter);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
