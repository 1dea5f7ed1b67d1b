/* SPDX-License-Identifier: Apache-2.0 */
/* test_intel_format.c - each published format, from its specification: what is used, what is not and
 * why, and that a file is told by its contents. */
#include <netinet/in.h>
#include <stdlib.h>

#include "feeds.h"
#include "run_suite.h"

static struct knowledge *
load_auto(const char *text, const char *format)
{
	struct knowledge *k = feeds_load(NULL, text);

	ck_assert_ptr_nonnull(feeds_of(k)->format);
	ck_assert_str_eq(feeds_of(k)->format, format);
	return k;
}

START_TEST(plain)
{
	struct knowledge *k = load_auto("\xef\xbb\xbf# c\n\n; c\n// c\r\n203.0.113.0/24 ; SBL1\r\n"
	    "a.example.com # why\na.example.com\n", "plain");

	ck_assert_counts(k, 3, 2);
	ck_assert_skipped(k, FEED_DUPLICATE, 1);
	ck_assert_str_eq(feeds_addr_found(k, "203.0.113.9", 1, 6)->note, "SBL1");
	ck_assert_uint_eq(feeds_name_found(k, "a.example.com")->line, 6);
	knowledge_free(k);
}
END_TEST

START_TEST(hosts)
{
	struct knowledge *k = load_auto("127.0.0.1 localhost\n0.0.0.0 a.example.com b.example.com # c\n"
	    "::1 ip6-localhost\n192.0.2.3 real.example.com\n0.0.0.0\n", "hosts");

	ck_assert_counts(k, 6, 2);
	ck_assert_skipped(k, FEED_NOT_PUBLIC, 2);
	ck_assert_skipped(k, FEED_OTHER, 1);
	ck_assert_skipped(k, FEED_UNREADABLE, 1);
	ck_assert_ptr_nonnull(feeds_name_found(k, "b.example.com"));
	ck_assert_ptr_null(feeds_name_found(k, "x.b.example.com"));	/* one name */
	knowledge_free(k);
}
END_TEST

START_TEST(zeek)
{
	struct knowledge *k = load_auto("#separator \\x09\n#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\n"
	    "198.51.100.9\tIntel::ADDR\tsrc\twhy\n198.51.100.0/25\tIntel::SUBNET\tsrc\t-\n"
	    "198.51.100.0/25\tIntel::ADDR\tsrc\t-\n"
	    "evil.example.com\tIntel::DOMAIN\tsrc\t-\nu.example.com/a\tIntel::URL\tsrc\t-\n"
	    "da39a3ee5e6b4b0d3255bfef95601890afd80709\tIntel::CERT_HASH\ts\td\n"
	    "da39a3ee5e6b4b0d3255bfef95601890afd80709\tIntel::FILE_HASH\ts\td\n"
	    "root\tIntel::USER_NAME\ts\td\nx\tIntel::NEW_ONE\ts\td\nshort\n-\tIntel::ADDR\ts\td\n", "zeek");

	ck_assert_counts(k, 11, 5);
	ck_assert_skipped(k, FEED_UNREADABLE, 3);
	ck_assert_skipped(k, FEED_NO_FIELD, 2);
	ck_assert_skipped(k, FEED_FILE_HASH, 1);
	ck_assert_str_eq(feeds_addr_found(k, "198.51.100.9", 1, 6)->note, "src: why");
	ck_assert_ptr_null(feeds_name_found(k, "a.evil.example.com"));
	ck_assert_ptr_nonnull(feeds_url_found(k, "u.example.com/a", 80));
	knowledge_free(k);
}
END_TEST

START_TEST(zeek_columns)
{
	size_t n = (size_t)1 << 20;
	char *text = malloc(n + 128);
	struct intel_source conf = feeds_conf("zeek");
	struct feed_heard heard;
	struct knowledge *k;
	int len;

	ck_assert_ptr_nonnull(text);
	len = sprintf(text, "#fields\tindicator\tindicator_type\n");
	memset(text + len, '\t', n);
	strcpy(text + len + n, "\n203.0.113.9\tIntel::ADDR\n");
	k = feeds_load_as(&conf, text, strlen(text), &heard);
	ck_assert_counts(k, 2, 1);
	ck_assert_skipped(k, FEED_TOO_LONG, 1);
	knowledge_free(k);
	free(text);
}
END_TEST

START_TEST(csv)
{
	/* as abuse.ch writes its tables: the names in a comment; then the names in the first row */
	struct knowledge *k = load_auto("# abuse.ch\r\n# id,dateadded,url,url_status\r\n"
	    "\"1\",\"2024-03-14 10:00:00\",\"http://203.0.113.5:4321/bin.sh\",\"online\"\r\n"
	    "\"2\",\"2024-03-14\",\"\",\"online\"\r\n\"3\",\"broken\"x\r\n# end\r\n", "csv");

	ck_assert_counts(k, 3, 1);
	ck_assert_skipped(k, FEED_UNREADABLE, 2);
	ck_assert_str_eq(feeds_url_found(k, "203.0.113.5/bin.sh", 4321)->as_of, "2024-03-14");
	ck_assert_uint_eq(feeds_url_found(k, "203.0.113.5/bin.sh", 4321)->line, 3);
	knowledge_free(k);
	k = load_auto("###\n# Tracker\n###\n\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"malware\"\n"
	    "\"2022-06-04 21:24:53\",\"203.0.113.9\",\"7080\",\"Emotet\"\n# Number of entries: 1\n", "csv");
	ck_assert_counts(k, 1, 1);
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.9", 7080, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.9", 7081, 6));
	knowledge_free(k);
	k = load_auto("Indicator type;Indicator;Description\ndomain;a.example.com;\"x;\ny\"\nIPv4;203.0.113.1;\n"
	    "FileHash-SHA256;00;\nstrange;x;\nhostname;h[.]example.com;\n", "csv");
	ck_assert_counts(k, 5, 3);
	ck_assert_skipped(k, FEED_FILE_HASH, 1);
	ck_assert_skipped(k, FEED_NO_FIELD, 1);
	ck_assert_str_eq(feeds_name_found(k, "b.a.example.com")->note, "x; y");
	ck_assert_ptr_null(feeds_name_found(k, "b.h.example.com"));
	ck_assert_uint_eq(feeds_addr_found(k, "203.0.113.1", 1, 6)->line, 4);
	knowledge_free(k);
}
END_TEST

START_TEST(suricata)
{
	struct knowledge *k = load_auto("203.0.113.1,1,127\n203.0.113.2,3,0\n198.51.100.0/24,2,20\n", "suricata");

	ck_assert_counts(k, 3, 2);
	ck_assert_skipped(k, FEED_NO_DETECTION, 1);
	ck_assert_int_eq(feeds_addr_found(k, "203.0.113.1", 1, 6)->confidence, CONFIDENCE_MEDIUM);
	ck_assert_int_eq(feeds_addr_found(k, "198.51.100.1", 1, 6)->confidence, CONFIDENCE_LOW);
	knowledge_free(k);
	/* printf 'evil.example.com' | base64; 'curl/7.0 x'; 'http://u.example.com/a' */
	k = feeds_load("suricata", "ZXZpbC5leGFtcGxlLmNvbQ==\nY3VybC83LjAgeA==,10\naHR0cDovL3UuZXhhbXBsZS5jb20vYQ==\n"
	    "203.0.113.44\n2001:db8::44\nd41d8cd98f00b204e9800998ecf8427e\n!!!\n");
	ck_assert_counts(k, 7, 4);
	ck_assert_skipped(k, FEED_NO_FIELD, 1);
	ck_assert_skipped(k, FEED_FILE_HASH, 1);
	ck_assert_skipped(k, FEED_UNREADABLE, 1);
	ck_assert_ptr_nonnull(feeds_name_found(k, "evil.example.com"));
	ck_assert_ptr_null(feeds_name_found(k, "a.evil.example.com"));
	ck_assert_ptr_nonnull(feeds_url_found(k, "u.example.com/a", 80));
	knowledge_free(k);
}
END_TEST

#define UUID "\"uuid\":\"5f1b0c4e-0001-4d6a-9f00-000000000001\","
static const char event[] = "{\"Event\":{\"info\":\"Botnet\",\"timestamp\":\"1704067200\",\"Tag\":[{\"name\":\"tlp:amber\"}],"
    "\"Attribute\":[{" UUID "\"type\":\"ip-dst\",\"to_ids\":true,\"value\":\"203.0.113.7\",\"timestamp\":\"1704067200\","
    "\"last_seen\":\"2024-02-03T04:05:06.000000+00:00\",\"Tag\":[{\"name\":\"tlp:red\"}]},"
    "{\"type\":\"domain\",\"to_ids\":false,\"value\":\"ok.example.com\"},"
    "{\"type\":\"domain\",\"to_ids\":true,\"deleted\":true,\"value\":\"gone.example.com\"},"
    "{\"type\":\"hostname|port\",\"to_ids\":true,\"value\":\"a.example.com|80\"},"
    "{\"type\":\"domain|ip\",\"to_ids\":true,\"value\":\"d.example.com|203.0.113.99\"},"
    "{\"type\":\"ip-dst|port\",\"to_ids\":true,\"value\":\"203.0.113.8|443\"},"
    "{\"type\":\"ip-src|port\",\"to_ids\":true,\"value\":\"2001:db8::8|443\"},"
    "{\"type\":\"mutex\",\"to_ids\":true,\"value\":\"m\"},"
    "{\"to_ids\":true,\"value\":\"m\"}],"
    "\"Object\":[{\"name\":\"file\",\"Attribute\":[{\"type\":\"sha256\",\"to_ids\":true,\"value\":\"00\"},"
    "{\"type\":\"hostname\",\"to_ids\":true,\"value\":\"h.example.com\"}]}]}}";

START_TEST(misp)
{
	struct knowledge *k = load_auto(event, "misp");
	const struct indicator *ind;

	ck_assert_counts(k, 11, 5);
	ck_assert_skipped(k, FEED_NO_DETECTION, 1);
	ck_assert_skipped(k, FEED_REVOKED, 1);
	ck_assert_skipped(k, FEED_CONDITION, 1);
	ck_assert_skipped(k, FEED_NO_FIELD, 1);
	ck_assert_skipped(k, FEED_FILE_HASH, 1);
	ck_assert_skipped(k, FEED_UNREADABLE, 1);
	ind = feeds_addr_found(k, "203.0.113.7", 1, 6);
	ck_assert_str_eq(ind->id, "one:5f1b0c4e-0001-4d6a-9f00-000000000001");
	ck_assert_str_eq(ind->note, "Botnet [tlp:red]");
	ck_assert_str_eq(ind->as_of, "2024-02-03");
	ck_assert_ptr_nonnull(feeds_addr_found(k, "2001:db8::8", 443, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.8", 80, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.99", 80, 6));
	ck_assert_uint_eq(feeds_of(k)->date_us, UINT64_C(1704067200000000));
	knowledge_free(k);
	k = load_auto("{\"response\":[{\"Event\":{\"info\":\"a\",\"Attribute\":[{\"type\":\"domain\",\"to_ids\":true,"
	    "\"value\":\"a.example.com\"}]}},{\"Event\":{\"info\":\"b\",\"Attribute\":[{\"type\":\"domain\",\"to_ids\":true,"
	    "\"value\":\"b.example.com\"}]}}]}", "misp");
	ck_assert_counts(k, 2, 2);
	ck_assert_str_eq(feeds_name_found(k, "b.example.com")->note, "b");
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *pattern;
	unsigned read, used;
	enum feed_skip why;	/* when read > used */
} patterns[] = {
	{ "[ipv4-addr:value = '203.0.113.20']", 1, 1, 0 },
	{ "[ipv4-addr:value = '203.0.113.0/24']", 1, 1, 0 },
	{ "[ipv4-addr:value = '203.0.113.20'] OR [domain-name:value = 'c2.example.com']", 2, 2, 0 },
	{ "[ipv4-addr:value = '203.0.113.20' OR ipv6-addr:value = '2001:db8::1']", 2, 2, 0 },
	{ "([ipv4-addr:value='203.0.113.20'])", 1, 1, 0 },
	{ "[(ipv4-addr:value = '203.0.113.20' OR (url:value = 'http://a.example.com/x'))]", 2, 2, 0 },
	{ "[ipv4-addr:value IN ('203.0.113.30', '203.0.113.31')]", 2, 2, 0 },
	{ "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", 1, 1, 0 },
	{ "[domain-name:value LIKE '%.bad.example.com']", 1, 1, 0 },
	{ "[domain-name:value LIKE '%bad.example.com']", 1, 0, FEED_PATTERN },
	{ "[domain-name:value MATCHES '^a']", 1, 0, FEED_PATTERN },
	{ "[domain-name:value != 'a.example.com']", 1, 0, FEED_PATTERN },
	{ "[NOT domain-name:value = 'a.example.com']", 1, 0, FEED_PATTERN },
	{ "[domain-name:value NOT IN ('a.example.com')]", 1, 0, FEED_PATTERN },
	{ "[domain-name:value = 'a.example.com' AND ipv4-addr:value = '203.0.113.1']", 1, 0, FEED_CONDITION },
	{ "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.21' AND "
	    "network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']", 1, 1, 0 },
	{ "[network-traffic:dst_ref.value = 'n.example.com']", 1, 1, 0 },
	{ "[network-traffic:dst_ref.value = 'n.example.com' AND network-traffic:dst_port = 443]", 1, 0, FEED_CONDITION },
	{ "[network-traffic:dst_port = 443]", 1, 0, FEED_NO_FIELD },
	{ "[file:hashes.'SHA-256' = 'aa' AND file:hashes.MD5 = 'bb']", 1, 0, FEED_FILE_HASH },
	{ "[x509-certificate:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']", 1, 1, 0 },
	{ "[windows-registry-key:key = 'a']", 1, 0, FEED_NO_FIELD },
	{ "[ipv4-addr:value = '203.0.113.1'] FOLLOWEDBY [ipv4-addr:value = '203.0.113.2']", 1, 0, FEED_PATTERN },
	{ "[ipv4-addr:value = '203.0.113.1'] AND [ipv4-addr:value = '203.0.113.2']", 1, 0, FEED_PATTERN },
	{ "[ipv4-addr:value = '203.0.113.1'] REPEATS 5 TIMES", 1, 0, FEED_PATTERN },
	{ "[ipv4-addr:value = '203.0.113.1'] START t'2024-01-01T00:00:00Z' STOP t'2024-01-02T00:00:00Z'", 1, 0, FEED_PATTERN },
	{ "[ipv4-addr:value = '203.0.113.1", 1, 0, FEED_PATTERN },
	{ "[ipv4-addr:value = 'it\\\\'s']", 1, 0, FEED_UNREADABLE },
	{ "", 1, 0, FEED_PATTERN },
	{ "[[[[", 1, 0, FEED_PATTERN },
};

START_TEST(stix_pattern)
{
	char text[1024];
	struct knowledge *k;

	snprintf(text, sizeof(text), "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[{\"type\":\"indicator\","
	    "\"id\":\"indicator--1\",\"pattern_type\":\"stix\",\"pattern\":\"%s\",\"valid_from\":\"2024-01-01T00:00:00Z\"}]}",
	    patterns[_i].pattern);
	k = load_auto(text, "stix");
	ck_assert_msg(feeds_of(k)->read == patterns[_i].read && feeds_of(k)->used == patterns[_i].used, "%s",
	    patterns[_i].pattern);
	if (patterns[_i].used == 0)
		ck_assert_msg(feeds_of(k)->skipped[patterns[_i].why] == 1, "%s", patterns[_i].pattern);
	knowledge_free(k);
}
END_TEST

#define OBJECT(id, pattern, more) "{\"type\":\"indicator\",\"id\":\"indicator--" id "\",\"pattern_type\":\"stix\"," \
    "\"pattern\":\"[ipv4-addr:value = '" pattern "']\"" more "}"

START_TEST(stix)
{
	struct knowledge *k = load_auto("{\"type\":\"bundle\",\"objects\":[\n"
	    OBJECT("1", "203.0.113.1", ",\"valid_from\":\"2024-01-01T00:00:00.5Z\",\"valid_until\":\"2024-02-01T00:00:00+01:00\","
		"\"modified\":\"2024-01-03T00:00:00Z\",\"confidence\":10,\"name\":\"n\"") ",\n"
	    OBJECT("2", "203.0.113.2", ",\"revoked\":true") ",\n"
	    OBJECT("3", "203.0.113.3", ",\"indicator_types\":[\"benign\"]") ",\n"
	    "{\"type\":\"indicator\",\"id\":\"i\",\"pattern_type\":\"yara\",\"pattern\":\"rule x\"},\n"
	    "{\"type\":\"malware\",\"id\":\"m\"},\n7,\n"
	    OBJECT("4", "203.0.113.4", "") "]}", "stix");
	const struct indicator *ind = feeds_addr_found(k, "203.0.113.1", 1, 6);

	ck_assert_counts(k, 7, 2);
	ck_assert_skipped(k, FEED_REVOKED, 1);
	ck_assert_skipped(k, FEED_NO_DETECTION, 1);
	ck_assert_skipped(k, FEED_PATTERN, 1);
	ck_assert_skipped(k, FEED_OTHER, 1);
	ck_assert_skipped(k, FEED_UNREADABLE, 1);
	ck_assert_uint_eq(ind->valid_from_us, UINT64_C(1704067200) * 1000000);
	ck_assert_uint_eq(ind->valid_until_us, UINT64_C(1706742000) * 1000000);	/* 2024-01-31 23:00 UTC */
	ck_assert_int_eq(ind->confidence, CONFIDENCE_LOW);
	ck_assert_str_eq(ind->as_of, "2024-01-03");
	ck_assert_str_eq(ind->id, "one:indicator--1");
	ck_assert_uint_eq(feeds_of(k)->first[FEED_OTHER].line, 6);
	knowledge_free(k);
}
END_TEST

START_TEST(stix_port)
{
	struct knowledge *k = feeds_load("stix", "{\"objects\":[{\"type\":\"indicator\",\"pattern\":\"[network-traffic:dst_ref.value "
	    "= '203.0.113.21' AND network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'udp']\"}]}");

	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.21", 443, IPPROTO_UDP));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.21", 443, IPPROTO_TCP));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.21", 80, IPPROTO_UDP));
	knowledge_free(k);
}
END_TEST

START_TEST(broken_json)
{
	static const char *const texts[] = { "{\"objects\":[{]}", "{\"objects\":[1,2", "{\"objects\":[1 2]}",
		"{\"objects\":[]} x", "{\"objects\":[\"a\nb\"]}", "{\"objects\":[{\"type\":\"indicator\"}}" };
	struct knowledge *k = feeds_load("stix", texts[_i]);

	ck_assert_skipped(k, FEED_FILE, 1);
	ck_assert_uint_eq(feeds_of(k)->used, 0);
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intel_format");
	TCase *tc = tcase_create("formats");

	tcase_add_test(tc, plain);
	tcase_add_test(tc, hosts);
	tcase_add_test(tc, zeek);
	tcase_add_test(tc, zeek_columns);
	tcase_add_test(tc, csv);
	tcase_add_test(tc, suricata);
	tcase_add_test(tc, misp);
	tcase_add_loop_test(tc, stix_pattern, 0, sizeof(patterns) / sizeof(patterns[0]));
	tcase_add_test(tc, stix);
	tcase_add_test(tc, stix_port);
	tcase_add_loop_test(tc, broken_json, 0, 6);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
