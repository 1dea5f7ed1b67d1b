/* SPDX-License-Identifier: Apache-2.0 */
/* test_intel_value.c - what a value of a feed matches and what it must not: label-exact, CIDR-exact, a
 * URL never its host or its path alone. */
#include <netinet/in.h>

#include "feeds.h"
#include "run_suite.h"

START_TEST(names)
{
	struct knowledge *k = feeds_load("plain", "Evil.Example.COM.\n*.below.example.net\n.dot.example.org\n");

	ck_assert_counts(k, 3, 3);
	ck_assert_ptr_nonnull(feeds_name_found(k, "evil.example.com"));
	ck_assert_ptr_nonnull(feeds_name_found(k, "A.EVIL.example.com."));
	ck_assert_ptr_null(feeds_name_found(k, "notevil.example.com"));
	ck_assert_ptr_null(feeds_name_found(k, "evil.example.com.example.net"));
	ck_assert_ptr_null(feeds_name_found(k, "example.com"));
	ck_assert_ptr_null(feeds_name_found(k, "below.example.net"));
	ck_assert_ptr_nonnull(feeds_name_found(k, "x.below.example.net"));
	ck_assert_ptr_nonnull(feeds_name_found(k, "a.x.below.example.net"));
	ck_assert_ptr_nonnull(feeds_name_found(k, "*.below.example.net"));	/* an odd label is one, too */
	ck_assert_ptr_nonnull(feeds_name_found(k, "dot.example.org"));
	knowledge_free(k);
}
END_TEST

START_TEST(addresses)
{
	struct knowledge *k = feeds_load("plain", "198.51.100.7\n203.0.113.16/28\n192.0.2.9:8883\n"
	    "2001:db8:1::/48\n[2001:db8::7]:443\n");

	ck_assert_counts(k, 5, 5);
	ck_assert_str_eq(feeds_addr_found(k, "198.51.100.7", 1, 6)->type, "ip");
	ck_assert_ptr_null(feeds_addr_found(k, "198.51.100.8", 1, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.15", 1, 6));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.16", 1, 6));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.31", 1, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.32", 1, 6));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "192.0.2.9", 8883, 17));
	ck_assert_ptr_null(feeds_addr_found(k, "192.0.2.9", 8884, 6));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "2001:db8:1::9", 1, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "2001:db8:2::9", 1, 6));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "2001:db8::7", 443, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "2001:db8::7", 444, 6));
	knowledge_free(k);
}
END_TEST

START_TEST(urls)
{
	struct knowledge *k = feeds_load("plain", "http://root.example.com/\nhttp://path.example.com/a?b=1#frag\n"
	    "http://203.0.113.5:4321/bin.sh\nhttp://203.0.113.6/\nhttps://203.0.113.7\nhttps://tls.example.com/x\n"
	    "http://port.example.com:8080/\nftp://f.example.com/\nhttp://u@h.example.com/\ntcp://203.0.113.8:23\n"
	    "noscheme.example.com/x\n");

	ck_assert_counts(k, 11, 7);
	ck_assert_skipped(k, FEED_TLS_PATH, 1);
	ck_assert_skipped(k, FEED_CONDITION, 1);
	ck_assert_skipped(k, FEED_NO_FIELD, 1);
	ck_assert_skipped(k, FEED_UNREADABLE, 1);
	ck_assert_ptr_nonnull(feeds_name_found(k, "root.example.com"));
	ck_assert_ptr_null(feeds_name_found(k, "a.root.example.com"));	/* one host */
	ck_assert_ptr_null(feeds_name_found(k, "path.example.com"));
	ck_assert_ptr_null(feeds_name_found(k, "port.example.com"));
	ck_assert_ptr_nonnull(feeds_url_found(k, "path.example.com/a?b=1", 80));
	ck_assert_ptr_null(feeds_url_found(k, "path.example.com/a?b=1", 8080));
	ck_assert_ptr_null(feeds_url_found(k, "path.example.com/a", 80));
	ck_assert_ptr_null(feeds_url_found(k, "other.example.com/a?b=1", 80));
	ck_assert_ptr_nonnull(feeds_url_found(k, "203.0.113.5/bin.sh", 4321));
	ck_assert_ptr_null(feeds_url_found(k, "203.0.113.5/bin.sh", 80));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.5", 4321, IPPROTO_TCP));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.6", 80, IPPROTO_TCP));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.6", 443, IPPROTO_TCP));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.7", 443, IPPROTO_TCP));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.8", 23, IPPROTO_TCP));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.8", 23, IPPROTO_UDP));
	ck_assert_ptr_nonnull(feeds_url_found(k, "noscheme.example.com/x", 80));
	knowledge_free(k);
}
END_TEST

START_TEST(defanged)
{
	struct knowledge *k = feeds_load("plain", "hxxp://a[.]example(.)com/\nhXXps[://]b[.]example[dot]com\n"
	    "198[.]51.100[.]7\n");

	ck_assert_counts(k, 3, 3);
	ck_assert_ptr_nonnull(feeds_name_found(k, "a.example.com"));
	ck_assert_ptr_nonnull(feeds_name_found(k, "b.example.com"));
	ck_assert_ptr_nonnull(feeds_addr_found(k, "198.51.100.7", 1, 6));
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *text;
	enum feed_skip why;
} unused[] = {
	{ "localhost", FEED_TOO_BROAD },	{ "com", FEED_TOO_BROAD },
	{ "4.0.0.0/7", FEED_TOO_BROAD },	{ "0.0.0.0/0", FEED_TOO_BROAD },
	{ "::/0", FEED_TOO_BROAD },		{ "2001::/16", FEED_TOO_BROAD },
	{ "10.1.2.3", FEED_NOT_PUBLIC },	{ "192.168.0.0/16", FEED_NOT_PUBLIC },
	{ "127.0.0.1", FEED_NOT_PUBLIC },	{ "fe80::1", FEED_NOT_PUBLIC },
	{ "224.0.0.1", FEED_NOT_PUBLIC },	{ "printer.local", FEED_NOT_PUBLIC },
	{ "203.0.113.1/24", FEED_UNREADABLE },	{ "203.0.113.256", FEED_UNREADABLE },
	{ "203.0.113.1:0", FEED_UNREADABLE },	{ "203.0.113.1:99999", FEED_UNREADABLE },
	{ "a..example.com", FEED_UNREADABLE },	{ "-a.example.com", FEED_UNREADABLE },
	{ "a b c", FEED_UNREADABLE },		{ "http://", FEED_UNREADABLE },
	{ "d41d8cd98f00b204e9800998ecf8427e", FEED_FILE_HASH },
	{ "da39a3ee5e6b4b0d3255bfef95601890afd80709", FEED_FILE_HASH },
};

START_TEST(not_used)
{
	struct knowledge *k = feeds_load("plain", unused[_i].text);
	const struct feed *f = feeds_of(k);

	ck_assert_uint_eq(f->read, 1);
	ck_assert_msg(f->skipped[unused[_i].why] == 1, "%s", unused[_i].text);
	ck_assert_str_eq(f->first[unused[_i].why].text, unused[_i].text);
	ck_assert_uint_eq(f->first[unused[_i].why].line, 1);
	ck_assert_int_eq(f->state, FEED_REFUSED);
	knowledge_free(k);
}
END_TEST

/* What an alert will say of it. */
START_TEST(meaning)
{
	struct intel_source conf = feeds_conf("csv");
	static const char text[] = "ioc,last_seen,confidence,threat\n203.0.113.9,2026-08-01 10:00:00,90,Botnet\n"
	    "203.0.113.10,2026-08-02,20,\n";
	char role[] = "c2";
	struct feed_heard heard;
	struct knowledge *k;
	const struct indicator *a, *b;

	conf.role = role;
	conf.severity = 2;
	conf.expires_days = 10;
	k = feeds_load_as(&conf, text, strlen(text), &heard);
	ck_assert_counts(k, 2, 2);
	a = feeds_addr_found(k, "203.0.113.9", 1, 6);
	b = feeds_addr_found(k, "203.0.113.10", 1, 6);
	ck_assert_str_eq(a->id, "one");
	ck_assert_uint_eq(a->line, 2);
	ck_assert_str_eq(a->source, "FEED");
	ck_assert_str_eq(a->as_of, "2026-08-01");
	ck_assert_str_eq(a->note, "Botnet");
	ck_assert_uint_eq(a->valid_until_us, (UINT64_C(1785578400) + 864000) * 1000000);	/* date -u -d '2026-08-01 10:00' +%s */
	ck_assert_int_eq(a->confidence, CONFIDENCE_MEDIUM);	/* never more than configured */
	ck_assert_int_eq(b->confidence, CONFIDENCE_LOW);
	ck_assert_int_eq(a->role, ROLE_C2);
	ck_assert_int_eq(a->severity_hint, 2);
	ck_assert_str_eq(a->entity->name, "feed one");
	ck_assert_str_eq(a->entity->category, "feed");
	ck_assert_int_eq(a->entity->status, LISTING_NONE);
	ck_assert_uint_eq(a->entity->n_listings, 0);
	ck_assert_ptr_null(b->note);
	knowledge_free(k);
}
END_TEST

/* The operator's word that a feed is of a list is shown, and gives no status. */
START_TEST(list_and_entity)
{
	struct intel_source conf = feeds_conf("plain");
	char list[] = "l", entity[] = "quectel", none[] = "nobody";
	struct feed_heard heard;
	struct knowledge *k;

	conf.list = list;
	k = feeds_load_as(&conf, "203.0.113.9\n", 12, &heard);
	ck_assert_int_eq(feeds_of(k)->entity->status, LISTING_NONE);
	ck_assert_uint_eq(feeds_of(k)->entity->n_listings, 1);
	ck_assert(!feeds_of(k)->entity->listings[0].verified);
	knowledge_free(k);
	conf.list = NULL;
	conf.entity = entity;
	k = feeds_load_as(&conf, "203.0.113.9\n", 12, &heard);
	ck_assert_str_eq(feeds_addr_found(k, "203.0.113.9", 1, 6)->entity->name, "Quectel");
	knowledge_free(k);
	conf.entity = none;	/* a mistake of the configuration */
	ck_assert_ptr_null(feeds_load_as(&conf, "203.0.113.9\n", 12, &heard));
	ck_assert_uint_eq(heard.errors, 1);
}
END_TEST

START_TEST(software)
{
	struct knowledge *k = feeds_load("csv", "indicator,type\nd41d8cd98f00b204e9800998ecf8427e,ja3\n"
	    "Evil/1.0,user-agent\nda39a3ee5e6b4b0d3255bfef95601890afd80709,cert_sha1\n");
	const struct indicator *found[2];

	ck_assert_counts(k, 3, 3);
	ck_assert_uint_eq(knowledge_find_text(k, MATCH_JA3, "D41D8CD98F00B204E9800998ECF8427E", 32, found, 2), 1);
	ck_assert_int_eq(found[0]->use, USE_CONTEXT);	/* whose software speaks accuses nobody alone */
	ck_assert_uint_eq(knowledge_find_text(k, MATCH_USER_AGENT, "Evil/1.0", 8, found, 2), 1);
	ck_assert_int_eq(found[0]->use, USE_CONTEXT);
	ck_assert_uint_eq(knowledge_find_text(k, MATCH_CERT_HASH, "da39a3ee5e6b4b0d3255bfef95601890afd80709", 40,
	    found, 2), 1);
	ck_assert_int_eq(found[0]->use, USE_ALERT);
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intel_value");
	TCase *tc = tcase_create("values");

	tcase_add_test(tc, names);
	tcase_add_test(tc, addresses);
	tcase_add_test(tc, urls);
	tcase_add_test(tc, defanged);
	tcase_add_loop_test(tc, not_used, 0, sizeof(unused) / sizeof(unused[0]));
	tcase_add_test(tc, meaning);
	tcase_add_test(tc, list_and_entity);
	tcase_add_test(tc, software);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
