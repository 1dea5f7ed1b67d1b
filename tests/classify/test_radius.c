/* SPDX-License-Identifier: Apache-2.0 */
/* test_radius.c - RADIUS: accounting and access of mobile networks and others, which digits are
 * whose, what 3GPP's attributes say, and what is no message. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling.h"

enum { PORT_AUTHENTICATION = 1812, PORT = 1813, HEADER = 20, MESSAGE_MAX = 4096 };
#define S(text) text, sizeof(text) - 1

struct made {
	uint8_t octets[MESSAGE_MAX];
	size_t len;
};

/* A message with these attributes; the authenticator is made of 0xaa. */
static struct made
made(uint8_t code, uint8_t identifier, const void *attributes, size_t len)
{
	struct made m = { { code, identifier }, HEADER + len };

	m.octets[2] = (uint8_t)(m.len >> 8);
	m.octets[3] = (uint8_t)m.len;
	memset(m.octets + 4, 0xaa, HEADER - 4);
	memcpy(m.octets + HEADER, attributes, len);
	return m;
}

static enum parse_result
show(struct harness *h, enum direction dir, uint8_t code, const void *attributes, size_t len)
{
	struct made m = made(code, 7, attributes, len);

	return harness_show(h, (struct shown){ dir, m.octets, m.len });
}

/* Attributes as octets: type, length, value. */
#define START "\x28\6\0\0\0\1"
#define STOP "\x28\6\0\0\0\2"
#define INTERIM "\x28\6\0\0\0\3"
#define ON "\x28\6\0\0\0\7"
#define OFF "\x28\6\0\0\0\x8"
#define SESSION "\x2c\6abcd"
#define FRAMED "\x8\6\12\1\0\7"			/* 10.1.0.7 */
#define NAS "\4\6\xc0\0\2\x63"			/* 192.0.2.99 */
#define CALLING "\x1f\x0d" "49170123456"
#define CALLED "\x1e\x0a" "Iot.test"
#define VENDOR(len) "\x1a" len "\0\0\x28\xaf"
#define IMSI_VSA "\1\x11" "001010000000001"
#define IMSI VENDOR("\x17") IMSI_VSA
#define IMEISV_VSA "\x14\x12" "3526940501000101"

/* What comes before the rest of a line: "radius ACT request type=4 seq=... session=...". */
static const char *
rest_of(struct harness *h, const char *from)
{
	const char *told = harness_told_text(h), *at = strstr(told, from);

	ck_assert_msg(at != NULL, "no '%s' in: %s", from, told);
	return at + strlen(from);
}

/* --- a session in the words of a GGSN --- */

START_TEST(a_session)
{
	struct harness *h = harness_new(PARSER_radius, true, PORT);
	uint64_t session;
	size_t n;

	ck_assert_int_eq(show(h, TO_SERVER, 4, S(START SESSION FRAMED NAS CALLING CALLED
	    VENDOR("\x4b") IMSI_VSA IMEISV_VSA "\x15\3\6" "\x12\7" "00101" "\7\6\xc0\0\2\x0a"
	    "\x16\x0f\x82\x00\xf1\x10\0\5\x00\xf1\x10\0\0\1\2" "\12\3" "5")), PARSE_MORE);
	ck_assert_str_eq(rest_of(h, " nas="), "192.0.2.99 imsi=001010000000001 "
	    "msisdn=49170123456 imei=3526940501000101 ue=10.1.0.7 apn=iot.test plmn=001-01 "
	    "rat=e-utran area=tai:001-01:5 cell=ecgi:001-01:258\n");
	ck_assert_int_eq(strncmp(harness_told_text(h), S("radius create request type=4 "
	    "seq=2621445383 session=0x")), 0);
	session = harness_told(h, &n)[0].session;
	ck_assert_uint_ne(session, 0);
	ck_assert_str_eq(harness_fields(h), "radius.code=accounting_request\n"
	    "radius.nas_address=192.0.2.99\nradius.called_station_id=Iot.test\n"
	    "radius.3gpp.rat_type=6\nradius.3gpp.sgsn_mcc_mnc=00101\n"
	    "radius.3gpp.ggsn_address=192.0.2.10\nradius.3gpp.nsapi=5\n"
	    "radius.acct_status=start\n");

	ck_assert_int_eq(show(h, TO_CLIENT, 5, "", 0), PARSE_MORE);
	ck_assert_str_eq(harness_told_text(h), "radius tell answer type=5 seq=2621445383\n");

	ck_assert_int_eq(show(h, TO_SERVER, 4, S(STOP SESSION FRAMED NAS "\x2e\6\0\0\0\0")),
	    PARSE_MORE);
	ck_assert_int_eq(harness_told(h, &n)[0].act, SIGNALLING_DELETE);
	ck_assert_uint_eq(harness_told(h, &n)[0].session, session);
	ck_assert(!harness_reversed(h));
	harness_free(h);
}
END_TEST

/* --- what each message is --- */

static const struct {
	const char *what;
	uint8_t code;
	const char *attributes;
	size_t len;
	const char *begins, *ends;	/* of the line, around sequence and session */
} messages[] = {
	{ "start", 4, S(START SESSION FRAMED), "radius create request type=4", " ue=10.1.0.7\n" },
	{ "interim", 4, S(INTERIM SESSION FRAMED), "radius modify request type=4",
	  " ue=10.1.0.7\n" },
	{ "stop", 4, S(STOP SESSION FRAMED), "radius delete request type=4", " ue=10.1.0.7\n" },
	{ "on", 4, S(ON NAS FRAMED), "radius node_down request type=4", " nas=192.0.2.99\n" },
	{ "off", 4, S(OFF NAS), "radius node_down request type=4", " nas=192.0.2.99\n" },
	{ "tunnel start", 4, S("\x28\6\0\0\0\x9" SESSION FRAMED), "radius tell request type=4",
	  "" },
	{ "no status", 4, S(SESSION FRAMED), "radius tell request type=4", "" },
	{ "access, with the address that is wished for", 1, S(NAS FRAMED IMSI),
	  "radius tell request type=1", " nas=192.0.2.99 imsi=001010000000001\n" },
	{ "accept with the address", 2, S(FRAMED), "radius create answer type=2",
	  " ue=10.1.0.7\n" },
	{ "accept without", 2, S("\x12\4ok"), "radius tell answer type=2", "" },
	{ "reject", 3, S("\x12\4no"), "radius tell answer refused type=3", "" },
	{ "challenge", 11, S("\x18\4ab"), "radius tell answer type=11", "" },
	{ "status", 12, S("\x50\x12" "0123456789abcdef"), "radius node request type=12", "" },
	{ "disconnect", 40, S(SESSION FRAMED IMSI), "radius tell request type=40",
	  " imsi=001010000000001\n" },
	{ "disconnected", 41, S(""), "radius delete answer type=41", "" },
	{ "not disconnected", 42, S("\x65\6\0\0\1\xf7"), "radius tell answer refused type=42",
	  "" },
	{ "change", 43, S(SESSION FRAMED), "radius tell request type=43", "" },
	{ "not changed", 45, S(""), "radius tell answer refused type=45", "" },
};

START_TEST(each_message)
{
	struct harness *h = harness_new(PARSER_radius, true, PORT);
	const char *told;

	ck_assert_int_eq(show(h, TO_SERVER, messages[_i].code, messages[_i].attributes,
	    messages[_i].len), PARSE_MORE);
	told = harness_told_text(h);
	ck_assert_msg(strncmp(told, messages[_i].begins, strlen(messages[_i].begins)) == 0, "%s: %s",
	    messages[_i].what, told);
	ck_assert_msg(strlen(told) >= strlen(messages[_i].ends)
	    && strcmp(told + strlen(told) - strlen(messages[_i].ends), messages[_i].ends) == 0,
	    "%s: %s", messages[_i].what, told);
	if (messages[_i].ends[0] == '\0')
		ck_assert_msg(strstr(told, "ue=") == NULL, "%s: %s", messages[_i].what, told);
	harness_free(h);
}
END_TEST

/* --- attributes, in the start of a session --- */

static const struct {
	const char *what;
	const char *attributes;
	size_t len;
	const char *told;	/* behind the session */
} attributes[] = {
	/* whose number */
	{ "MSISDN with a plus", S("\x1f\x0e+49170123456"), " msisdn=49170123456" },
	{ "the IMSI again", S("\x1f\x11" "001010000000001" IMSI), " imsi=001010000000001" },
	{ "the IMSI again, told before", S(IMSI "\x1f\x11" "001010000000001"),
	  " imsi=001010000000001" },
	{ "the IMEI again", S(VENDOR("\x18") IMEISV_VSA "\x1f\x11" "352694050100010" IMSI),
	  " imsi=001010000000001 imei=3526940501000101" },
	{ "fifteen digits beside the IMSI", S(IMSI "\x1f\x11" "882390000000001"),
	  " imsi=001010000000001 msisdn=882390000000001" },
	{ "fifteen digits alone", S("\x1f\x11" "001010000000001"), "" },
	{ "sixteen digits", S("\x1f\x12" "3526940501000101"), "" },
	{ "letters", S("\x1f\x0d" "4917012345x"), "" },
	{ "too few digits", S("\x1f\6" "1234"), "" },
	{ "zeros", S("\x1f\x0d" "00000000000"), "" },
	{ "MAC", S("\x1f\x13" "02-00-5E-10-00-01"), " mac=02:00:5e:10:00:01" },
	{ "MSISDN as long as a MAC", S("\x1f\x0e" "447700900001"), " msisdn=447700900001" },
	{ "MSISDN as long as a MAC, mobile by 3GPP's attributes",
	  S(IMSI "\x3d\6\0\0\0\x13" "\x1f\x0e" "447700900001"),
	  " imsi=001010000000001 msisdn=447700900001" },
	{ "MAC without a letter on a wireless LAN", S("\x3d\6\0\0\0\x13" "\x1f\x0e" "447700900001"),
	  " mac=44:77:00:90:00:01" },
	{ "MAC without a letter that no number begins like", S("\x1f\x0e" "001122334455"),
	  " mac=00:11:22:33:44:55" },
	{ "MAC in bare digits", S("\x1f\x0e" "02005e100001"), " mac=02:00:5e:10:00:01" },
	{ "NAI", S("\1\x35" "0001010000000001@wlan.mnc001.mcc001.3gppnetwork.org"),
	  " imsi=001010000000001" },
	{ "NAI of another network beside the IMSI",
	  S("\1\x35" "0001010000000002@wlan.mnc001.mcc001.3gppnetwork.org" IMSI),
	  " imsi=001010000000001" },
	{ "digits of a user", S("\1\x1e" "001010000000001@example.test"), "" },
	{ "IMSI with a NUL", S(VENDOR("\x18") "\1\x12" "001010000000001\0"),
	  " imsi=001010000000001" },
	{ "IMSI that is none", S(VENDOR("\x0d") "\1\7" "00a01"), "" },
	{ "IMEI without its last digit", S(VENDOR("\x16") "\x14\x10" "35269405010001"),
	  " imei=35269405010001" },
	{ "IMEI of zeros", S(VENDOR("\x18") "\x14\x12" "0000000000000000"), "" },
	/* where */
	{ "another vendor", S("\x1a\x17\0\0\0\x9" IMSI_VSA), "" },
	{ "vendor's attribute past its end", S(VENDOR("\x0d") "\1\x11" "00101"), "" },
	{ "vendor's attribute of no length", S(VENDOR("\x09") "\1\0x"), "" },
	{ "vendor without attributes", S(VENDOR("\6")), "" },
	{ "half a vendor", S("\x1a\4\0\0"), "" },
	{ "NB-IoT", S(VENDOR("\x9") "\x15\3\x8"), " rat=nb-iot" },
	{ "NR", S(VENDOR("\x9") "\x15\3\x33"), " rat=nr" },
	{ "wireline", S(VENDOR("\x9") "\x15\3\x37"), "" },
	{ "network code of three digits", S(VENDOR("\x0e") "\x12\x8" "310410"), " plmn=310-410" },
	{ "no network code", S(VENDOR("\x0c") "\x12\6" "3104"), "" },
	{ "CGI", S(VENDOR("\x10") "\x16\12\0\x00\xf1\x10\0\5\0\7"),
	  " area=lai:001-01:5 cell=cgi:001-01:327687" },
	/* under which address */
	{ "IPv6 prefix", S("\x61\x0c\0\x40\x20\1\xd\xb8\0\0\0\7"), " ue=2001:db8:0:7::/64" },
	{ "IPv6 prefix with zeros behind", S("\x61\x14\0\x38\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\0"),
	  " ue=2001:db8::/56" },
	{ "IPv6 prefix with an interface behind",
	  S("\x61\x14\0\x40\x20\1\xd\xb8\0\0\0\7\0\0\0\0\0\0\0\5"), " ue=2001:db8:0:7::/64" },
	{ "delegated prefix", S("\x7b\x0b\0\x38\x20\1\xd\xb8\0\1\1"), " ue=2001:db8:1:100::/56" },
	{ "IPv6 address", S("\xa8\x12\x20\1\xd\xb8\0\0\0\7\0\0\0\0\0\0\0\5"),
	  " ue=2001:db8:0:7::5" },
	{ "both families", S(FRAMED "\x61\x0c\0\x40\x20\1\xd\xb8\0\0\0\7"),
	  " ue=10.1.0.7 ue=2001:db8:0:7::/64" },
	{ "the NAS shall choose", S("\x8\6\xff\xff\xff\xfe"), "" },
	{ "the user shall choose", S("\x8\6\xff\xff\xff\xff"), "" },
	{ "address of three octets", S("\x8\5\12\1\0"), "" },
	{ "prefix too long", S("\x61\x0c\0\x81\x20\1\xd\xb8\0\0\0\7"), "" },
	{ "prefix of nothing", S("\x61\4\0\0"), "" },
	/* whose APN */
	{ "access point", S("\x1e\x1a" "02-00-5E-20-00-02:meters" "\x3d\6\0\0\0\x13"), "" },
	{ "access point, port type not told", S("\x1e\x1a" "02-00-5E-20-00-02:meters"), "" },
	{ "name of a service on Ethernet", S("\x3d\6\0\0\0\x0f" CALLED), "" },
	{ "APN by the type of the port", S("\x3d\6\0\0\0\x12" CALLED), " apn=iot.test" },
	{ "APN by 3GPP's attributes", S("\x3d\6\0\0\0\5" CALLED IMSI),
	  " imsi=001010000000001 apn=iot.test" },
	{ "APN with its operator", S("\x1e\x1d" "iot.test.mnc001.mcc001.gprs"), " apn=iot.test" },
	{ "a number that was dialled", S("\x1e\x09" "4930123"), "" },
	{ "words", S("\x1e\x09" "our own"), "" },
	/* the node */
	{ "NAS by IPv6", S("\x5f\x12\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x63"),
	  " nas=2001:db8::63" },
	{ "NAS that has no address", S("\4\6\0\0\0\0" "\x20\6" "ggsn"), "" },
	{ "GGSN in place of a NAS", S(VENDOR("\x0c") "\7\6\xc0\0\2\x0a"), " nas=192.0.2.10" },
	{ "GGSN beside the NAS", S(VENDOR("\x0c") "\7\6\xc0\0\2\x0a" NAS), " nas=192.0.2.99" },
	/* what is unknown */
	{ "unknown", S("\xf1\4ab" "\xc8\2"), "" },
};

START_TEST(each_attribute)
{
	struct harness *h = harness_new(PARSER_radius, true, PORT);
	uint8_t octets[512];
	const char *told;
	size_t n = sizeof(START SESSION) - 1;

	memcpy(octets, START SESSION, n);
	memcpy(octets + n, attributes[_i].attributes, attributes[_i].len);
	ck_assert_int_eq(show(h, TO_SERVER, 4, octets, n + attributes[_i].len), PARSE_MORE);
	told = rest_of(h, " session=0x");
	told += strspn(told, "0123456789abcdef");
	ck_assert_msg(strlen(told) == strlen(attributes[_i].told) + 1
	    && strncmp(told, attributes[_i].told, strlen(attributes[_i].told)) == 0, "%s: %s",
	    attributes[_i].what, told);
	harness_free(h);
}
END_TEST

/* By the packet's time, the delay at the client added. */
START_TEST(a_session_began_before)
{
	enum { NOW_S = 1000 };
	static const struct {
		const char *what, *attributes;
		size_t len;
		uint64_t since_s;
	} rows[] = {
		{ "not told", S(INTERIM), 0 },
		{ "now", S(INTERIM "\x2e\6\0\0\0\0"), 0 },
		{ "before", S(INTERIM "\x2e\6\0\0\0\x64"), 900 },
		{ "before, and told late", S(STOP "\x29\6\0\0\0\5" "\x2e\6\0\0\0\x64"), 895 },
		{ "start told late", S(START "\x29\6\0\0\0\5"), 995 },
		{ "told late, but not for how long it lasted", S(STOP "\x29\6\0\0\0\5"), 0 },
		{ "before time", S(INTERIM "\x2e\6\0\0\x3\xe8"), 0 },
		{ "long before time", S(STOP "\x2e\6\xff\xff\xff\xff" "\x29\6\xff\xff\xff\xff"), 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct harness *h = harness_new(PARSER_radius, true, PORT);
		size_t n;

		harness_at(h, NOW_S * UINT64_C(1000000));
		ck_assert_int_eq(show(h, TO_SERVER, 4, rows[i].attributes, rows[i].len),
		    PARSE_MORE);
		ck_assert_msg(harness_told(h, &n)[0].since_us == rows[i].since_s * 1000000, "%s",
		    rows[i].what);
		harness_free(h);
	}
}
END_TEST

/* One identifier, ports apart: another question. An answer has the number of its question. */
START_TEST(answers_have_the_number_of_their_question)
{
	static const uint16_t ports[] = { PORT_AUTHENTICATION, PORT };
	uint32_t asked[ARRAY_LEN(ports)];
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		struct harness *h = harness_new(PARSER_radius, true, ports[i]);

		ck_assert_int_eq(show(h, TO_SERVER, 1, S(NAS)), PARSE_MORE);
		asked[i] = harness_told(h, &n)[0].sequence;
		ck_assert_int_eq(show(h, TO_CLIENT, 2, S(FRAMED)), PARSE_MORE);
		ck_assert_uint_eq(harness_told(h, &n)[0].sequence, asked[i]);
		harness_free(h);
	}
	ck_assert_uint_ne(asked[0], asked[1]);
}
END_TEST

/* --- what is no message --- */

#define HEAD(code, len) code "\7\0" len "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
static const struct {
	const char *what;
	uint16_t port;
	enum direction dir;
	const char *octets;
	size_t len;
	enum parse_result want;
	bool reversed;
} datagrams[] = {
	{ "accounting", PORT, TO_SERVER, S(HEAD("\4", "\x20") START SESSION), PARSE_MORE, false },
	{ "accounting elsewhere", 11813, TO_SERVER, S(HEAD("\4", "\x20") START SESSION), PARSE_MORE,
	  false },
	{ "accounting elsewhere, no session", 11813, TO_SERVER, S(HEAD("\4", "\x1a") START),
	  PARSE_WRONG, false },
	{ "accounting elsewhere, status of two octets", 11813, TO_SERVER,
	  S(HEAD("\4", "\x1e") "\x28\4\0\1" SESSION), PARSE_WRONG, false },
	{ "access elsewhere", 11812, TO_SERVER, S(HEAD("\1", "\x1e") NAS "\1\4me"), PARSE_MORE,
	  false },
	{ "access elsewhere, no user", 11812, TO_SERVER, S(HEAD("\1", "\x1a") NAS), PARSE_WRONG,
	  false },
	{ "answer elsewhere", 11812, TO_CLIENT, S(HEAD("\2", "\x1a") FRAMED), PARSE_WRONG, false },
	{ "lone answer", PORT, TO_SERVER, S(HEAD("\5", "\x14")), PARSE_MORE, true },
	{ "padded with zeros", PORT, TO_SERVER, S(HEAD("\5", "\x14") "\0\0\0"), PARSE_MORE, true },
	{ "padded with something", PORT, TO_SERVER, S(HEAD("\5", "\x14") "\0\1\0"), PARSE_WRONG,
	  false },
	{ "unknown code", PORT, TO_SERVER, S(HEAD("\x14", "\x14")), PARSE_WRONG, false },
	{ "code past the last", PORT, TO_SERVER, S(HEAD("\x2e", "\x14")), PARSE_WRONG, false },
	{ "length below the header", PORT, TO_SERVER, S(HEAD("\5", "\x13")), PARSE_WRONG, false },
	{ "longer than it is", PORT, TO_SERVER, S(HEAD("\5", "\x15")), PARSE_WRONG, false },
	{ "attribute past the end", PORT, TO_SERVER, S(HEAD("\4", "\x19") "\x28\6\0\0\0"),
	  PARSE_WRONG, false },
	{ "attribute of no length", PORT, TO_SERVER, S(HEAD("\4", "\x16") "\x28\0"), PARSE_WRONG,
	  false },
	{ "half an attribute", PORT, TO_SERVER, S(HEAD("\4", "\x15") "\x28"), PARSE_WRONG, false },
	{ "nothing", PORT, TO_SERVER, S(""), PARSE_WRONG, false },
};

START_TEST(reads_or_refuses)
{
	struct harness *h = harness_new(PARSER_radius, true, datagrams[_i].port);
	enum parse_result got = harness_show(h,
	    (struct shown){ datagrams[_i].dir, datagrams[_i].octets, datagrams[_i].len });
	size_t n;

	ck_assert_msg(got == datagrams[_i].want, "%s: %d", datagrams[_i].what, got);
	(void)harness_told(h, &n);
	ck_assert_msg(n == (got == PARSE_MORE), "%s: %zu messages", datagrams[_i].what, n);
	ck_assert_msg(harness_reversed(h) == datagrams[_i].reversed, "%s", datagrams[_i].what);
	harness_free(h);
}
END_TEST

START_TEST(every_prefix)
{
	struct shown s = { datagrams[_i].dir, datagrams[_i].octets, datagrams[_i].len };

	harness_every_prefix(PARSER_radius, true, datagrams[_i].port, false, &s, 1);
	harness_every_prefix(PARSER_radius, true, datagrams[_i].port, true, &s, 1);
}
END_TEST

START_TEST(every_prefix_of_attributes)
{
	struct made m = made(4, 7, attributes[_i].attributes, attributes[_i].len);
	struct shown s = { TO_SERVER, m.octets, m.len };

	harness_every_prefix(PARSER_radius, true, PORT, true, &s, 1);
}
END_TEST

/* What a snapshot length left is read. */
START_TEST(cut_by_the_snapshot_length)
{
	struct harness *h = harness_new(PARSER_radius, true, PORT);
	struct made m = made(4, 7, S(START SESSION FRAMED IMSI));

	harness_truncate(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, m.octets, m.len - 4 }),
	    PARSE_MORE);
	ck_assert(strstr(harness_told_text(h), " ue=10.1.0.7\n") != NULL);
	harness_free(h);
}
END_TEST

/* One broken datagram does not end the reading, and is not told. */
START_TEST(goes_on_after_a_broken_one)
{
	struct harness *h = harness_new(PARSER_radius, true, PORT);
	struct made broken = made(4, 8, S(START SESSION "\x1f\x0f" "49170123456"));
	size_t n;

	harness_claim(h);
	ck_assert_int_eq(harness_show(h, (struct shown){ TO_SERVER, broken.octets, broken.len }),
	    PARSE_WRONG);
	(void)harness_told(h, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_str_eq(harness_fields(h), "");
	harness_free(h);
}
END_TEST

START_TEST(random_is_not_radius)
{
	ck_assert_uint_eq(harness_claims_random(PARSER_radius, true, PORT, 100000), 0);
	ck_assert_uint_eq(harness_claims_random(PARSER_radius, true, 11813, 100000), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("radius");
	TCase *t = tcase_create("radius");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_session);
	tcase_add_loop_test(t, each_message, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, each_attribute, 0, ARRAY_LEN(attributes));
	tcase_add_test(t, a_session_began_before);
	tcase_add_test(t, answers_have_the_number_of_their_question);
	tcase_add_loop_test(t, reads_or_refuses, 0, ARRAY_LEN(datagrams));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(datagrams));
	tcase_add_loop_test(t, every_prefix_of_attributes, 0, ARRAY_LEN(attributes));
	tcase_add_test(t, cut_by_the_snapshot_length);
	tcase_add_test(t, goes_on_after_a_broken_one);
	tcase_add_test(t, random_is_not_radius);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
