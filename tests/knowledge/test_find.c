/* SPDX-License-Identifier: Apache-2.0 */
/* test_find.c - which values find which indicators, and in which order. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"

static const char entities[] = "["
    "{\"id\":\"e\",\"name\":\"E\",\"category\":\"company\",\"basis\":\"criminal\","
    "\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]}]";

/* type, value, match */
static const char *const rows[][3] = {
	{ "domain", "example.com", NULL },
	{ "host", "api.example.com", NULL },
	{ "domain", "deep.api.example.com", NULL },
	{ "domain", "b\xc3\xbc" "cher.example", NULL },
	{ "host", "bucket.oss.example.net", NULL },
	{ "ip", "192.0.2.7", NULL },
	{ "cidr", "192.0.2.0/24", NULL },
	{ "cidr", "192.0.0.0/16", NULL },
	{ "address_port", "192.0.2.7:8883", NULL },
	{ "address_port", "[2001:db8::7]:443", NULL },
	{ "cidr", "2001:db8::/32", NULL },
	{ "ip", "2001:db8::7", NULL },
	{ "cidr", "8000::/1", NULL },
	{ "url_path", "/fota/", "prefix" },
	{ "url_path", "/fota/check", "prefix" },
	{ "url_path", "/fota/check.do", "exact" },
	{ "url_path", ".pack", "suffix" },
	{ "url_path", "SIMTEST", "contains" },
	{ "mqtt_topic", "$sys/{}/{}/thing/{*}", "pattern" },
	{ "coap_path", "/19/0/0", "exact" },
	{ "lwm2m_endpoint", "urn:imei:{d15}", "pattern" },
	{ "cert_name", "c2.example.org", NULL },
	{ "cert_sha1", "00112233445566778899AABBCCDDEEFF00112233", NULL },
	{ "ja3", "e7d705a3286e19ea42f587b344ee6865", NULL },
	{ "user_agent", "MODULE_X", "contains" },
};

static struct knowledge *
build(void)
{
	struct knowledge *k = NULL;
	struct loader l;
	char text[16384], match[64];
	size_t len = 0;

	ck_assert_int_eq(loader_begin(&l, NULL, NULL), 0);
	load_document(&l, FOLDER_ENTITIES, "e", entities, strlen(entities));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(match, sizeof(match), ",\"match\":\"%s\"",
		    rows[i][2] == NULL ? "" : rows[i][2]);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s{\"id\":\"i-%zu\",\"entity\":\"e\",\"type\":\"%s\",\"value\":\"%s\"%s,"
		    "\"role\":\"c2\",\"identifies\":\"host_operator\",\"use\":\"%s\","
		    "\"confidence\":\"low\",\"verified\":false,\"severity\":\"low\","
		    "\"as_of\":\"2026\",\"sources\":[\"s\"]}", i == 0 ? "[" : ",\n", i, rows[i][0],
		    rows[i][1], rows[i][2] == NULL ? "" : match,
		    strcmp(rows[i][0], "ja3") == 0 ? "context" : "alert");
	}
	len += (size_t)snprintf(text + len, sizeof(text) - len, "]");
	ck_assert_uint_lt(len, sizeof(text));
	load_document(&l, FOLDER_INDICATORS, "i", text, len);
	ck_assert_int_eq(loader_end(&l, &k), 0);
	return k;
}

/* Values found, joined by spaces. */
static const char *
joined(const struct indicator *const *found, size_t n, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%s", i == 0 ? "" : " ",
		    found[i]->value);
	return out;
}

static const struct {
	const char *name, *want;
} domains[] = {
	{ "example.com", "example.com" },
	{ "www.example.com", "example.com" },
	{ "a.b.c.www.example.com", "example.com" },
	{ "badexample.com", "" },
	{ "example.com.evil.net", "" },
	{ "example.co", "" },
	{ "xexample.com", "" },
	{ "com", "" },
	{ "EXAMPLE.Com", "example.com" },
	{ "example.com.", "example.com" },
	{ "example.com..", "" },
	{ ".example.com", "" },
	{ "a..example.com", "" },
	{ "", "" }, { ".", "" },
	{ "api.example.com", "api.example.com example.com" },
	{ "x.api.example.com", "example.com" },
	{ "v1.deep.api.example.com", "deep.api.example.com example.com" },
	{ "xn--bcher-kva.example", "b\xc3\xbc" "cher.example" },
	{ "www.XN--BCHER-KVA.example", "b\xc3\xbc" "cher.example" },
	{ "b\xc3\xbc" "cher.example", "" },	/* no host name on the wire */
	{ "bucket.oss.example.net", "bucket.oss.example.net" },
	{ "other.oss.example.net", "" },
	{ "x.bucket.oss.example.net", "" },
	{ "exa mple.com", "" }, { "a/example.com", "" },
	/* odd labels below a name do not hide it, and are no exact host */
	{ "*.example.com", "example.com" }, { "\x1b\xff.example.com", "example.com" },
};

START_TEST(finds_domains)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	struct knowledge *k = build();
	char text[1024];
	size_t n = knowledge_find_domain(k, domains[_i].name, strlen(domains[_i].name), found,
	    KNOWLEDGE_FOUND_MAX);

	ck_assert_msg(strcmp(joined(found, n, text, sizeof(text)), domains[_i].want) == 0,
	    "%s: %s", domains[_i].name, text);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *address;
	uint16_t port;
	uint8_t proto;
	const char *want;
} addresses[] = {
	{ "192.0.2.7", 0, 0, "192.0.2.7 192.0.2.0/24 192.0.0.0/16" },
	{ "192.0.2.7", 8883, 6, "192.0.2.7:8883 192.0.2.7 192.0.2.0/24 192.0.0.0/16" },
	{ "192.0.2.7", 8884, 6, "192.0.2.7 192.0.2.0/24 192.0.0.0/16" },
	{ "192.0.2.8", 8883, 6, "192.0.2.0/24 192.0.0.0/16" },
	{ "192.0.3.7", 80, 6, "192.0.0.0/16" },
	{ "192.1.0.1", 80, 6, "" },
	{ "2001:db8::7", 443, 17, "[2001:db8::7]:443 2001:db8::7 2001:db8::/32" },
	{ "2001:db8::8", 443, 17, "2001:db8::/32" },
	{ "2001:db9::7", 443, 17, "" },
	{ "fe80::1", 0, 0, "8000::/1" },
	{ "255.0.0.1", 0, 0, "" },	/* in no IPv6 block, whatever its first bit */
};

START_TEST(finds_addresses)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	struct knowledge *k = build();
	struct addr a;
	char text[1024];
	size_t n;

	ck_assert_int_eq(addr_parse(&a, addresses[_i].address), 0);
	n = knowledge_find_addr(k, &a, addresses[_i].port, addresses[_i].proto, found,
	    KNOWLEDGE_FOUND_MAX);
	ck_assert_msg(strcmp(joined(found, n, text, sizeof(text)), addresses[_i].want) == 0,
	    "%s: %s", addresses[_i].address, text);
	knowledge_free(k);
}
END_TEST

static const struct {
	enum field_match match;
	const char *text, *want;
} texts[] = {
	{ MATCH_URL_PATH, "/fota/check.do", "/fota/check.do /fota/check /fota/" },
	{ MATCH_URL_PATH, "/fota/x.pack", "/fota/ .pack" },
	{ MATCH_URL_PATH, "/a/SIMTEST/b", "SIMTEST" },
	{ MATCH_URL_PATH, "/FOTA/", "" },
	{ MATCH_URL_PATH, "/fota", "" },
	{ MATCH_URL_PATH, "", "" },
	{ MATCH_MQTT_TOPIC, "/fota/check.do", "" },	/* of another kind */
	{ MATCH_MQTT_TOPIC, "$sys/p/d/thing/up", "$sys/{}/{}/thing/{*}" },
	{ MATCH_MQTT_TOPIC, "$SYS/p/d/thing/up", "" },
	{ MATCH_COAP_PATH, "19/0/0", "/19/0/0" }, { MATCH_COAP_PATH, "/19/0/0", "/19/0/0" },
	{ MATCH_COAP_PATH, "19/0/01", "" },
	{ MATCH_LWM2M_ENDPOINT, "URN:IMEI:123456789012345", "urn:imei:{d15}" },
	{ MATCH_LWM2M_ENDPOINT, "urn:imei:12345678901234", "" },
	{ MATCH_CERT_NAME, "C2.example.org", "c2.example.org" },
	{ MATCH_CERT_NAME, "*.c2.example.org", "c2.example.org" },
	{ MATCH_CERT_NAME, "x.c2.example.org", "" },
	{ MATCH_CERT_HASH, "00112233445566778899aabbccddeeff00112233",
	  "00112233445566778899AABBCCDDEEFF00112233" },
	{ MATCH_JA3, "E7D705A3286E19EA42F587B344EE6865", "e7d705a3286e19ea42f587b344ee6865" },
	{ MATCH_JA4, "e7d705a3286e19ea42f587b344ee6865", "" },
	{ MATCH_USER_AGENT, "Mozilla MODULE_X/1", "MODULE_X" },
	{ MATCH_NONE, "MODULE_X", "" },
	{ MATCH_N, "MODULE_X", "" },
};

START_TEST(finds_texts)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	struct knowledge *k = build();
	char text[1024];
	size_t n = knowledge_find_text(k, texts[_i].match, texts[_i].text, strlen(texts[_i].text),
	    found, KNOWLEDGE_FOUND_MAX);

	ck_assert_msg(strcmp(joined(found, n, text, sizeof(text)), texts[_i].want) == 0,
	    "%s: %s", texts[_i].text, text);
	knowledge_free(k);
}
END_TEST

/* No more than asked for is filled; names and texts at and over their limits are safe. */
START_TEST(keeps_to_limits)
{
	const struct indicator *found[2] = { NULL, NULL };
	struct knowledge *k = build();
	char name[600];

	ck_assert_uint_eq(knowledge_find_domain(k, "api.example.com", 15, found, 1), 1);
	ck_assert_ptr_nonnull(found[0]);
	ck_assert_ptr_null(found[1]);
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	memcpy(name + 242, "example.com", 11);
	ck_assert_uint_eq(knowledge_find_domain(k, name, 253, found, 2), 1);
	memcpy(name + 241, "b.example.com", 13);
	ck_assert_uint_eq(knowledge_find_domain(k, name, 254, found, 2), 0);
	ck_assert_uint_eq(knowledge_find_domain(k, name + 1, 253, found, 2), 0);	/* ".a. ..." */
	ck_assert_uint_eq(knowledge_find_domain(k, name + 2, 252, found, 2), 1);
	memset(name, 'a', sizeof(name));
	memcpy(name, "/fota/", 6);
	ck_assert_uint_eq(knowledge_find_text(k, MATCH_URL_PATH, name, 512, found, 2), 1);
	ck_assert_uint_eq(knowledge_find_text(k, MATCH_URL_PATH, name, 513, found, 2), 0);
	knowledge_free(k);
	knowledge_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("find");
	TCase *t = tcase_create("look-ups");

	tcase_add_loop_test(t, finds_domains, 0, ARRAY_LEN(domains));
	tcase_add_loop_test(t, finds_addresses, 0, ARRAY_LEN(addresses));
	tcase_add_loop_test(t, finds_texts, 0, ARRAY_LEN(texts));
	tcase_add_test(t, keeps_to_limits);
	suite_add_tcase(s, t);
	return run_suite(s);
}
