/* SPDX-License-Identifier: Apache-2.0 */
/* test_nas.c - NAS messages: what is told of those in clear, and that cipher text tells nothing. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "classify/nas.h"
#include "macros.h"
#include "run_suite.h"
#include "signalling_text.h"

#define S(text) text, sizeof(text) - 1

static const struct {
	const char *what;
	enum nas_system system;
	bool from_ran;
	const char *octets;
	size_t len;
	bool sound;		/* nothing in it is against its specification */
	const char *told;	/* behind "s1ap tell notice" */
} messages[] = {
	{ "attach request", NAS_EPS, true,
	    S("\x07\x41\x71\x08\x09\x10\x10\x10\x32\x54\x76\x98\x02\xe0\xe0\x00\x07\x02\x01\xd0"
	    "\x11\x27\x01\x80\x5c\x00\x00"), true,
	    " imsi=001010123456789" },
	{ "the same, integrity protected", NAS_EPS, true,
	    S("\x17\xde\xad\xbe\xef\x05\x07\x41\x71\x08\x09\x10\x10\x10\x32\x54\x76\x98\x02\xe0"
	    "\xe0\x00\x07\x02\x01\xd0\x11\x27\x01\x80\x5c\x00\x00"), true,
	    " imsi=001010123456789" },
	{ "attach request with IMEI", NAS_EPS, true,
	    S("\x07\x41\x76\x08\x4b\x09\x51\x24\x30\x32\x57\x81\x02\xe0\xe0\x00\x04\x02\x01\xd0"
	    "\x11"), true,
	    " imei=490154203237518" },
	{ "identity response, IMSI", NAS_EPS, true,
	    S("\x07\x56\x08\x09\x10\x10\x10\x32\x54\x76\x98"), true,
	    " imsi=001010123456789" },
	{ "identity response, IMEISV", NAS_EPS, true,
	    S("\x07\x56\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1"), true,
	    " imei=4901542032375101" },
	{ "identity response, TMSI", NAS_EPS, true, S("\x07\x56\x05\xf4\xc0\x00\x00\x01"), true, "" },
	{ "IMEISV of 14 digits and fillers", NAS_EPS, true,
	    S("\x07\x56\x09\x43\x09\x51\x24\x30\x32\x57\xf1\x00"), true,
	    " imei=49015420323751" },
	{ "security mode complete, EEA0", NAS_EPS, true,
	    S("\x47\xde\xad\xbe\xef\x05\x07\x5e\x23\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1"), true,
	    " imei=4901542032375101" },
	{ "the same with octets behind", NAS_EPS, true,
	    S("\x47\xde\xad\xbe\xef\x05\x07\x5e\x23\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1\x99"), true, "" },
	{ "the same with an unknown element", NAS_EPS, true,
	    S("\x47\xde\xad\xbe\xef\x05\x07\x5e\x23\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1\x24"
	    "\x00"), true, "" },
	{ "security mode complete, integrity only, unknown element", NAS_EPS, true,
	    S("\x37\xde\xad\xbe\xef\x05\x07\x5e\x23\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1\x24"
	    "\x00"), true,
	    " imei=4901542032375101" },
	{ "security mode complete with the attach request again", NAS_EPS, true,
	    S("\x47\xde\xad\xbe\xef\x05\x07\x5e\x23\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1\x79"
	    "\x00\x1b\x07\x41\x71\x08\x09\x10\x10\x10\x32\x54\x76\x98\x02\xe0\xe0\x00\x07\x02"
	    "\x01\xd0\x11\x27\x01\x80\x5c\x00\x00"), true,
	    " imsi=001010123456789 imei=4901542032375101" },
	{ "... or with what is none", NAS_EPS, true,
	    S("\x47\xde\xad\xbe\xef\x05\x07\x5e\x23\x09\x43\x09\x51\x24\x30\x32\x57\x01\xf1\x79"
	    "\x00\x02\x07\x41"), true,
	    " imei=4901542032375101" },
	{ "attach accept, EEA0", NAS_EPS, false,
	    S("\x27\xde\xad\xbe\xef\x05\x07\x42\x01\x49\x06\x00\x00\xf1\x10\x12\x34\x00\x2f\x52"
	    "\x01\xc1\x01\x09\x1f\x03\x69\x6f\x74\x07\x65\x78\x61\x6d\x70\x6c\x65\x06\x6d\x6e"
	    "\x63\x30\x30\x31\x06\x6d\x63\x63\x30\x30\x31\x04\x67\x70\x72\x73\x05\x01\x0a\x2d"
	    "\x00\x07\x5e\x02\xfe\xfe\x50\x0b\xf6\x00\xf1\x10\x00\x02\x01\xc0\x00\x00\x01\x53"
	    "\x12"), true,
	    " ue=10.45.0.7 apn=iot.example" },
	{ "attach accept, plain", NAS_EPS, false,
	    S("\x07\x42\x01\x49\x06\x00\x00\xf1\x10\x12\x34\x00\x2f\x52\x01\xc1\x01\x09\x1f\x03"
	    "\x69\x6f\x74\x07\x65\x78\x61\x6d\x70\x6c\x65\x06\x6d\x6e\x63\x30\x30\x31\x06\x6d"
	    "\x63\x63\x30\x30\x31\x04\x67\x70\x72\x73\x05\x01\x0a\x2d\x00\x07\x5e\x02\xfe\xfe"
	    "\x50\x0b\xf6\x00\xf1\x10\x00\x02\x01\xc0\x00\x00\x01\x53\x12"), true,
	    " ue=10.45.0.7 apn=iot.example" },
	{ "default bearer, IPv4 and IPv6", NAS_EPS, false,
	    S("\x27\xde\xad\xbe\xef\x05\x62\x02\xc1\x01\x09\x04\x03\x69\x6d\x73\x0d\x03\x00\x00"
	    "\x00\x00\x00\x00\x00\x00\x0a\x2d\x00\x08"), true,
	    " ue=10.45.0.8 apn=ims" },
	{ "default bearer, IPv6 only", NAS_EPS, false,
	    S("\x27\xde\xad\xbe\xef\x05\x62\x02\xc1\x01\x09\x04\x03\x69\x6d\x73\x09\x02\x00\x00"
	    "\x00\x00\x00\x00\x00\x00"), true,
	    " apn=ims" },
	{ "default bearer, non-IP", NAS_EPS, false,
	    S("\x27\xde\xad\xbe\xef\x05\x62\x02\xc1\x01\x09\x05\x04\x6e\x69\x64\x64\x05\x05\x00"
	    "\x00\x00\x00"), true,
	    " apn=nidd" },
	{ "ESM information response", NAS_EPS, true,
	    S("\x27\xde\xad\xbe\xef\x05\x02\x01\xda\x28\x0c\x03\x69\x6f\x74\x07\x65\x78\x61\x6d"
	    "\x70\x6c\x65"), true,
	    " apn=iot.example" },
	{ "PDN connectivity request with APN", NAS_EPS, true,
	    S("\x02\x03\xd0\x11\x28\x04\x03\x6d\x32\x6d"), true,
	    " apn=m2m" },
	{ "detach request of the UE", NAS_EPS, true,
	    S("\x17\xde\xad\xbe\xef\x05\x07\x45\x09\x08\x09\x10\x10\x10\x32\x54\x76\x98"), true,
	    " imsi=001010123456789" },
	{ "detach request of the network", NAS_EPS, false,
	    S("\x17\xde\xad\xbe\xef\x05\x07\x45\x01"), true, "" },
	{ "service request", NAS_EPS, true, S("\xc7\xa1\xbe\xef"), true, "" },
	{ "ciphered", NAS_EPS, true,
	    S("\x27\xde\xad\xbe\xef\x05\x9f\x1c\x63\xa8\x77\x02\xe4\x5b\xd0\x11\x3c\x9a\x8b\xe6"
	    "\x40"), true, "" },
	{ "ciphered, partly", NAS_EPS, true,
	    S("\x57\xde\xad\xbe\xef\x05\x9f\x1c\x63\xa8\x77\x02"), true, "" },
	{ "a message that is not read", NAS_EPS, false, S("\x07\x52\x00\x01\x02"), true, "" },
	{ "a type of a later release", NAS_EPS, true, S("\x07\x7f"), true, "" },
	{ "digit that is none", NAS_EPS, true,
	    S("\x07\x56\x08\x4a\x09\x51\x24\x30\xa2\x73\x15"), false, "" },
	{ "IMSI of sixteen digits", NAS_EPS, true,
	    S("\x07\x56\x09\x01\x10\x10\x10\x32\x54\x76\x98\xf0"), false, "" },
	{ "IMEISV of three digits", NAS_EPS, true, S("\x07\x56\x02\x13\x11"), false, "" },
	{ "identity longer than the message", NAS_EPS, true, S("\x07\x56\x08\x49"), false, "" },
	{ "another discriminator", NAS_EPS, true, S("\x09\x08"), false, "" },
	{ "security header within a security header", NAS_EPS, true,
	    S("\x17\xde\xad\xbe\xef\x05\x17\xde\xad\xbe\xef\x05\x07\x56\x08\x09\x10\x10\x10\x32"
	    "\x54\x76\x98"), false, "" },
	{ "no octets", NAS_EPS, true, S(""), false, "" },
	{ "APN label too long", NAS_EPS, true,
	    S("\x02\x03\xd0\x11\x28\x04\x0a\x61\x70\x61"), false, "" },
	{ "name instead of labels", NAS_EPS, true,
	    S("\x02\x03\xd0\x11\x28\x0b\x69\x6f\x74\x2e\x65\x78\x61\x6d\x70\x6c\x65"), true,
	    " apn=iot.example" },
	{ "registration request, null scheme", NAS_5GS, true,
	    S("\x7e\x00\x41\x79\x00\x0d\x01\x00\xf1\x10\x00\x00\x00\x00\x10\x32\x54\x76\x98\x2e"
	    "\x02\xe0\xe0"), true,
	    " imsi=001010123456789" },
	{ "the same, integrity protected", NAS_5GS, true,
	    S("\x7e\x01\xde\xad\xbe\xef\x05\x7e\x00\x41\x79\x00\x0d\x01\x00\xf1\x10\x00\x00\x00"
	    "\x00\x10\x32\x54\x76\x98\x2e\x02\xe0\xe0"), true,
	    " imsi=001010123456789" },
	{ "registration request, concealed", NAS_5GS, true,
	    S("\x7e\x00\x41\x79\x00\x30\x01\x00\xf1\x10\x00\x00\x01\x00\x00\x01\x02\x03\x04\x05"
	    "\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"
	    "\x1a\x1b\x1c\x1d\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x2e\x02\xe0\xe0"), true, "" },
	{ "security mode complete, NEA0", NAS_5GS, true,
	    S("\x7e\x04\xde\xad\xbe\xef\x05\x7e\x00\x5e\x77\x00\x09\x45\x09\x51\x24\x30\x32\x57"
	    "\x01\xf1\x71\x00\x17\x7e\x00\x41\x79\x00\x0d\x01\x00\xf1\x10\x00\x00\x00\x00\x10"
	    "\x32\x54\x76\x98\x2e\x02\xe0\xe0"), true,
	    " imsi=001010123456789 imei=4901542032375101" },
	{ "identity response, IMEI", NAS_5GS, true,
	    S("\x7e\x00\x5c\x00\x08\x4b\x09\x51\x24\x30\x32\x57\x81"), true,
	    " imei=490154203237518" },
	{ "identity response, MAC address", NAS_5GS, true,
	    S("\x7e\x00\x5c\x00\x07\x06\x02\x00\x5e\x10\x20\x30"), true,
	    " mac=02:00:5e:10:20:30" },
	{ "UL NAS transport, NEA0", NAS_5GS, true,
	    S("\x7e\x02\xde\xad\xbe\xef\x05\x7e\x00\x67\x01\x00\x07\x2e\x05\x01\xc1\xff\xff\x91"
	    "\x12\x05\x81\x22\x01\x01\x25\x0c\x03\x69\x6f\x74\x07\x65\x78\x61\x6d\x70\x6c\x65"), true,
	    " apn=iot.example" },
	{ "DL NAS transport, NEA0", NAS_5GS, false,
	    S("\x7e\x02\xde\xad\xbe\xef\x05\x7e\x00\x68\x01\x00\x38\x2e\x05\x01\xc2\x11\x00\x09"
	    "\x01\x00\x06\x31\x31\x01\x01\xff\x01\x06\x06\x00\x64\x06\x00\x64\x29\x05\x01\x0a"
	    "\x3c\x00\x03\x22\x01\x01\x79\x00\x06\x01\x20\x41\x01\x01\x09\x25\x0c\x03\x69\x6f"
	    "\x74\x07\x65\x78\x61\x6d\x70\x6c\x65\x12\x05"), true,
	    " ue=10.60.0.3 apn=iot.example" },
	{ "DL NAS transport of an SMS", NAS_5GS, false,
	    S("\x7e\x00\x68\x02\x00\x03\x09\x01\x02"), true, "" },
	{ "establishment accept alone", NAS_5GS, false,
	    S("\x2e\x05\x01\xc2\x11\x00\x09\x01\x00\x06\x31\x31\x01\x01\xff\x01\x06\x06\x00\x64"
	    "\x06\x00\x64\x29\x05\x01\x0a\x3c\x00\x03\x22\x01\x01\x79\x00\x06\x01\x20\x41\x01"
	    "\x01\x09\x25\x0c\x03\x69\x6f\x74\x07\x65\x78\x61\x6d\x70\x6c\x65"), true,
	    " ue=10.60.0.3 apn=iot.example" },
	{ "address with link-local address of the SMF", NAS_5GS, false,
	    S("\x2e\x05\x01\xc2\x13\x00\x09\x01\x00\x06\x31\x31\x01\x01\xff\x01\x06\x06\x00\x64"
	    "\x06\x00\x64\x29\x1d\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x3c\x00\x04\x00\x00"
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), true,
	    " ue=10.60.0.4" },
	{ "address of a wrong length", NAS_5GS, false,
	    S("\x2e\x05\x01\xc2\x11\x00\x01\x01\x06\x00\x00\x00\x00\x00\x00\x29\x04\x01\x0a\x00"
	    "\x00"), false, "" },
	{ "ciphered", NAS_5GS, true,
	    S("\x7e\x02\xde\xad\xbe\xef\x05\x9f\x1c\x63\xa8\x77\x02\xe4\x5b\xd0\x11\x3c\x9a\x8b"
	    "\xe6\x40"), true, "" },
	{ "SUCI without its end", NAS_5GS, true,
	    S("\x7e\x00\x41\x79\x00\x04\x01\x00\xf1\x10"), false, "" },
	{ "SUCI of a name", NAS_5GS, true,
	    S("\x7e\x00\x41\x79\x00\x0d\x11\x75\x73\x65\x72\x40\x65\x78\x61\x6d\x70\x6c\x65"), true, "" },
	{ "establishment request without session", NAS_5GS, true,
	    S("\x7e\x00\x67\x01\x00\x02\x7e\x00\x12\x05"), false, "" },
};

static bool
read_block(enum nas_system system, bool from_ran, const void *octets, size_t len,
    struct signalling *s)
{
	uint8_t *block = malloc(len == 0 ? 1 : len);	/* so that the sanitizer sees its end */
	bool sound;

	if (len != 0)
		memcpy(block, octets, len);
	signalling_init(s);
	s->source = SIGNALLED_S1AP;
	s->phase = SIGNALLING_NOTICE;
	s->from_ran = from_ran;
	sound = nas_read(system, cursor_over(block, len), NULL, s);
	free(block);
	return sound;
}

static bool
says_anything(const struct signalling *s)
{
	return s->imsi != DIGITS_NONE || s->imei != DIGITS_NONE || s->has_mac || s->n_ue != 0
	    || s->apn[0] != '\0';
}

START_TEST(tells_or_refuses)
{
	static const size_t head = sizeof("s1ap tell notice") - 1;
	struct signalling s;
	char told[1024];
	bool sound = read_block(messages[_i].system, messages[_i].from_ran, messages[_i].octets,
	    messages[_i].len, &s);
	const char *rest;

	s.from_ran = false;
	(void)signalling_text(&s, told, sizeof(told));
	rest = told + head;
	ck_assert_msg(strcmp(rest, messages[_i].told) == 0, "@%s@%s@", messages[_i].what, rest);
	ck_assert_msg(sound == messages[_i].sound, "%s", messages[_i].what);
	ck_assert_msg(sound || !says_anything(&s), "%s", messages[_i].what);
}
END_TEST

/* Nothing is read past the end, and of a message that is cut nothing is told. */
START_TEST(every_prefix)
{
	for (size_t len = 0; len < messages[_i].len; len++) {
		struct signalling s;

		if (!read_block(messages[_i].system, messages[_i].from_ran, messages[_i].octets, len, &s))
			ck_assert(!says_anything(&s));
	}
}
END_TEST

/* Octets without meaning under a header that says "ciphered" are no message, however many. */
START_TEST(cipher_text_tells_nothing)
{
	static const uint8_t eps[] = { 0x27, 1, 2, 3, 4, 5 }, fivegs[] = { 0x7e, 2, 1, 2, 3, 4, 5 };
	uint64_t x = 88172645463325252u;
	uint8_t octets[80];

	for (unsigned i = 0; i < 400000; i++) {
		bool is_eps = i % 2 == 0;
		size_t head = is_eps ? sizeof(eps) : sizeof(fivegs), len;
		struct signalling s;

		memcpy(octets, is_eps ? eps : fivegs, head);
		for (size_t k = head; k + 8 <= sizeof(octets); k += 8) {
			x ^= x << 13; x ^= x >> 7; x ^= x << 17;
			memcpy(octets + k, &x, 8);
		}
		len = head + x % 48;
		/* the first octets are guessed right: a ciphered message of a known type */
		if (i % 4 < 2) {
			octets[head] = is_eps ? 7 : 0x7e;
			octets[head + 1] = is_eps ? 0x5e : 0;
			octets[head + 2] = is_eps ? octets[head + 2] : 0x5e;
		}
		signalling_init(&s);
		ck_assert(nas_read(is_eps ? NAS_EPS : NAS_5GS, cursor_over(octets, len), NULL, &s));
		ck_assert(!says_anything(&s));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nas");
	TCase *t = tcase_create("nas");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, tells_or_refuses, 0, ARRAY_LEN(messages));
	tcase_add_loop_test(t, every_prefix, 0, ARRAY_LEN(messages));
	tcase_add_test(t, cipher_text_tells_nothing);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
