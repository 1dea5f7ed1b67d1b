/* SPDX-License-Identifier: Apache-2.0 */
/* test_intel.c - feeds as files and folders: what is read, when one is refused, warned about or kept, and
 * that a broken or hostile one stops nothing and takes no memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feeds.h"
#include "macros.h"
#include "run_suite.h"

static char folder[] = "/tmp/picket-intel-XXXXXX";

static const char *
place(const char *name)
{
	static char path[4][512];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, 512, "%s/%s", folder, name);
	return p;
}

static void
write_file(const char *name, const char *text)
{
	FILE *out = fopen(place(name), "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void
set_up(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void
tear_down(void)
{
	char command[600];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* Two feeds at most: "a" and "b" of the folder. */
struct setting {
	struct intel_source conf[2];
	char path[2][512], name[2][8];
	struct feed_heard heard;
	uint64_t now_us;
};

static void
setting_init(struct setting *s, const char *a, const char *b)
{
	const char *names[2] = { a, b };

	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < 2; i++) {
		snprintf(s->path[i], sizeof(s->path[i]), "%s/%s", folder, names[i] == NULL ? "" : names[i]);
		snprintf(s->name[i], sizeof(s->name[i]), "%c", 'a' + i);
		s->conf[i] = feeds_conf(NULL);
		s->conf[i].path = s->path[i];
		s->conf[i].name = s->name[i];
	}
}

static struct knowledge *
load(struct setting *s, size_t n, const struct knowledge *previous)
{
	const struct knowledge_sources from = { .intel = s->conf, .n_intel = n, .previous = previous,
		.now_us = s->now_us };
	struct knowledge *k = NULL;

	memset(&s->heard, 0, sizeof(s->heard));
	ck_assert_msg(knowledge_load(&k, &from, feeds_listen, &s->heard) == 0, "%s", s->heard.last);
	return k;
}

START_TEST(one_broken_feed_stops_no_other)
{
	struct setting s;
	struct knowledge *k;

	write_file("b", "203.0.113.9\n");
	setting_init(&s, "not there", "b");
	k = load(&s, 2, NULL);
	ck_assert_int_eq(k->feeds[0].state, FEED_REFUSED);
	ck_assert_ptr_nonnull(strstr(k->feeds[0].why, "empty or cannot be read"));
	ck_assert_int_eq(k->feeds[1].state, FEED_USED);
	ck_assert_uint_eq(s.heard.warnings, 1);
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.9", 1, 6));
	knowledge_free(k);
}
END_TEST

START_TEST(deleted_lines_disappear)
{
	struct setting s;
	struct knowledge *k, *next;
	char hash[17];

	write_file("a", "203.0.113.9\n203.0.113.10\na.example.com\n");
	setting_init(&s, "a", NULL);
	k = load(&s, 1, NULL);
	snprintf(hash, sizeof(hash), "%s", knowledge_hash(k));
	write_file("a", "203.0.113.10\na.example.com\n");
	next = load(&s, 1, k);
	knowledge_free(k);
	ck_assert_int_eq(next->feeds[0].state, FEED_USED);
	ck_assert_ptr_null(feeds_addr_found(next, "203.0.113.9", 1, 6));
	ck_assert_ptr_nonnull(feeds_addr_found(next, "203.0.113.10", 1, 6));
	ck_assert_str_ne(hash, knowledge_hash(next));
	knowledge_free(next);
}
END_TEST

/* What a refused feed had put in is out again, and nothing else is. */
START_TEST(refused_leaves_no_trace)
{
	struct setting s;
	struct knowledge *k, *next;
	FILE *out;

	write_file("b", "203.0.113.9\nb.example.com\n");
	out = fopen(place("a"), "w");
	for (unsigned i = 0; i < 5000; i++)
		fprintf(out, "host%u.example.com\n%u.%u.1.0/24\n", i, 20 + i / 256, i % 256);
	fclose(out);
	setting_init(&s, "b", "a");
	k = load(&s, 2, NULL);
	ck_assert_uint_eq(knowledge_indicators(k), 10002);
	out = fopen(place("a"), "w");
	for (unsigned i = 0; i < 2000; i++)
		fprintf(out, "host%u.example.com\n", i);
	fclose(out);
	s.conf[1].name[0] = 'z';	/* not the same feed: nothing to be held against */
	next = load(&s, 2, k);
	ck_assert_int_eq(next->feeds[1].state, FEED_USED);
	knowledge_free(next);
	s.conf[1].name[0] = 'b';
	s.conf[1].max_age_days = 0;
	next = load(&s, 2, k);	/* 10000 -> 2000 */
	ck_assert_int_eq(next->feeds[1].state, FEED_KEPT);
	ck_assert_uint_eq(next->feeds[1].used, 10000);
	ck_assert_uint_eq(knowledge_indicators(next), 10002);
	knowledge_free(k);	/* what was kept is its own */
	ck_assert_str_eq(feeds_name_found(next, "host4999.example.com")->entity->name, "feed b");
	ck_assert_ptr_nonnull(feeds_addr_found(next, "39.135.1.77", 1, 6));
	ck_assert_ptr_nonnull(feeds_name_found(next, "b.example.com"));
	knowledge_free(next);
	k = load(&s, 2, NULL);
	knowledge_free(k);
}
END_TEST

START_TEST(empty)
{
	struct setting s;
	struct knowledge *k, *next;

	write_file("a", "203.0.113.9 # x\n");
	setting_init(&s, "a", NULL);
	k = load(&s, 1, NULL);
	write_file("a", "");
	next = load(&s, 1, k);
	ck_assert_int_eq(next->feeds[0].state, FEED_KEPT);
	ck_assert_str_eq(feeds_addr_found(next, "203.0.113.9", 1, 6)->note, "x");
	ck_assert_ptr_nonnull(strstr(s.heard.last, "stays in use"));
	knowledge_free(k);
	k = load(&s, 1, next);	/* and again */
	ck_assert_int_eq(k->feeds[0].state, FEED_KEPT);
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.9", 1, 6));
	knowledge_free(next);
	s.conf[0].refuse_bad = false;
	next = load(&s, 1, k);
	ck_assert_int_eq(next->feeds[0].state, FEED_WARNED);
	ck_assert_ptr_null(feeds_addr_found(next, "203.0.113.9", 1, 6));
	ck_assert_uint_eq(s.heard.warnings, 1);
	knowledge_free(next);
	knowledge_free(k);
}
END_TEST

static const struct {
	unsigned before, after, percent;
	enum feed_state state;
} shrinks[] = {
	{ 10, 5, 50, FEED_USED }, { 10, 4, 50, FEED_KEPT }, { 10, 9, 0, FEED_KEPT }, { 10, 10, 0, FEED_USED },
	{ 10, 1, 90, FEED_USED }, { 100, 1, 100, FEED_USED }, { 4, 40, 0, FEED_USED },
};

static void
write_hosts(unsigned n)
{
	FILE *out = fopen(place("a"), "w");

	for (unsigned i = 0; i < n; i++)
		fprintf(out, "host%u.example.com\n", i);
	fclose(out);
}

START_TEST(shrunken)
{
	struct setting s;
	struct knowledge *k, *next;

	setting_init(&s, "a", NULL);
	s.conf[0].max_shrink_percent = shrinks[_i].percent;
	write_hosts(shrinks[_i].before);
	k = load(&s, 1, NULL);
	write_hosts(shrinks[_i].after);
	next = load(&s, 1, k);
	ck_assert_int_eq(next->feeds[0].state, shrinks[_i].state);
	ck_assert_uint_eq(next->feeds[0].used, shrinks[_i].state == FEED_KEPT ? shrinks[_i].before
	    : shrinks[_i].after);
	knowledge_free(next);
	knowledge_free(k);
}
END_TEST

START_TEST(stale)
{
	const uint64_t day = UINT64_C(86400000000);
	struct timespec times[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };
	struct setting s;
	struct knowledge *k, *next;

	write_file("a", "203.0.113.9\n");
	ck_assert_int_eq(utimensat(AT_FDCWD, place("a"), times, 0), 0);
	setting_init(&s, "a", NULL);
	s.conf[0].max_age_days = 7;
	s.now_us = UINT64_C(1700000000000000) + 6 * day;
	k = load(&s, 1, NULL);
	ck_assert_int_eq(k->feeds[0].state, FEED_USED);
	ck_assert_uint_eq(k->feeds[0].date_us, UINT64_C(1700000000000000));
	ck_assert_str_eq(feeds_addr_found(k, "203.0.113.9", 1, 6)->as_of, "2023-11-14");
	s.now_us += day;
	next = load(&s, 1, k);	/* what was there is no younger: it is not kept */
	ck_assert_int_eq(next->feeds[0].state, FEED_REFUSED);
	ck_assert_str_eq(next->feeds[0].why, "it is 7 days old");
	ck_assert_ptr_null(feeds_addr_found(next, "203.0.113.9", 1, 6));
	knowledge_free(next);
	s.conf[0].refuse_bad = false;
	next = load(&s, 1, k);
	ck_assert_int_eq(next->feeds[0].state, FEED_WARNED);
	ck_assert_ptr_nonnull(feeds_addr_found(next, "203.0.113.9", 1, 6));
	knowledge_free(next);
	s.conf[0].refuse_bad = true;
	s.now_us = 0;	/* a replay does not ask the clock */
	next = load(&s, 1, NULL);
	ck_assert_int_eq(next->feeds[0].state, FEED_USED);
	knowledge_free(next);
	knowledge_free(k);
}
END_TEST

START_TEST(folders)
{
	struct setting s;
	struct knowledge *k;

	ck_assert_int_eq(mkdir(place("d"), 0700), 0);
	ck_assert_int_eq(mkdir(place("d/more"), 0700), 0);
	write_file("d/one.txt", "203.0.113.1\n");
	write_file("d/more/two.csv", "ip,comment\n203.0.113.2,x\n203.0.113.1,same\n");
	write_file("d/README.md", "203.0.113.3\n");
	write_file("d/.hidden.txt", "203.0.113.4\n");
	write_file("d/odd.txt", "<html>");
	setting_init(&s, "d", NULL);
	k = load(&s, 1, NULL);
	ck_assert_uint_eq(k->feeds[0].files, 3);
	ck_assert_uint_eq(k->feeds[0].used, 2);
	ck_assert_uint_eq(k->feeds[0].skipped[FEED_DUPLICATE], 1);
	ck_assert_uint_eq(k->feeds[0].skipped[FEED_FILE], 1);
	ck_assert_str_eq(strrchr(feeds_addr_found(k, "203.0.113.2", 1, 6)->source, '/'), "/two.csv");
	knowledge_free(k);
}
END_TEST

#define EVENT(value) "{\"Event\":{\"info\":\"i\",\"timestamp\":\"1700000000\",\"Attribute\":[{\"type\":\"ip-dst\"," \
    "\"to_ids\":true,\"value\":\"" value "\"}]}}"

/* An event that the manifest does not name is not in the feed any more. */
START_TEST(misp_folder)
{
	struct setting s;
	struct knowledge *k;

	write_file("manifest.json", "{\"5f1b0c4e-0001-4d6a-9f00-000000000001\":{\"timestamp\":\"1700000000\"},"
	    "\"5f1b0c4e-0001-4d6a-9f00-000000000002\":{},\"../../etc/passwd\":{}}");
	write_file("5f1b0c4e-0001-4d6a-9f00-000000000001.json", EVENT("203.0.113.1"));
	write_file("5f1b0c4e-0001-4d6a-9f00-000000000003.json", EVENT("203.0.113.3"));
	write_file("hashes.csv", "d41d8cd98f00b204e9800998ecf8427e,x\n");
	setting_init(&s, "", NULL);
	k = load(&s, 1, NULL);
	ck_assert_str_eq(k->feeds[0].format, "misp");
	ck_assert_uint_eq(k->feeds[0].used, 1);
	ck_assert_uint_eq(k->feeds[0].skipped[FEED_FILE], 2);
	ck_assert_ptr_nonnull(feeds_addr_found(k, "203.0.113.1", 1, 6));
	ck_assert_ptr_null(feeds_addr_found(k, "203.0.113.3", 1, 6));
	ck_assert_uint_eq(k->feeds[0].date_us, UINT64_C(1700000000000000));
	knowledge_free(k);
}
END_TEST

START_TEST(categories)
{
	struct setting s;
	struct knowledge *k;

	write_file("a.list", "203.0.113.1,7,100\n");
	write_file("categories.txt", "1,Good,Good hosts\n7,BadHosts,Known bad hosts\n");
	setting_init(&s, "a.list", NULL);
	k = load(&s, 1, NULL);
	ck_assert_str_eq(feeds_addr_found(k, "203.0.113.1", 1, 6)->note,
	    "reputation BadHosts, category 7, score 100 of 127");
	knowledge_free(k);
}
END_TEST

/* --- allow-lists --- */

static const char bad[] = "evil.example.com\nfine.example.org\n203.0.113.9\n203.0.113.200\nx9.example.net\n";

static const struct {
	const char *list;
	unsigned allowed;
} allows[] = {
	{ "{\"name\":\"n\",\"type\":\"hostname\",\"list\":[\"example.org\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"string\",\"list\":[\"example.org\",\"203.0.113.9\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"string\",\"list\":[\"fine.example.org\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"cidr\",\"list\":[\"203.0.113.128/25\",\"10.0.0.0/8\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"cidr\",\"list\":[\"203.0.113.0/24\"]}", 2 },
	{ "{\"name\":\"n\",\"type\":\"substring\",\"list\":[\"fine.\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"regex\",\"list\":[\"/^X[0-9]\\\\.example\\\\.net$/i\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"regex\",\"list\":[\"/^(([a-z.])+)+$/\",\"[\"]}", 1 },
	{ "{\"name\":\"n\",\"type\":\"hostname\",\"list\":[\"ne.example.org\"]}", 0 },
};

START_TEST(allowed)
{
	struct setting s;
	struct knowledge *k;

	write_file("a", bad);
	write_file("b", allows[_i].list);
	setting_init(&s, "a", "b");
	k = load(&s, 2, NULL);
	ck_assert_str_eq(k->feeds[1].format, "misp-warninglist");
	ck_assert(k->feeds[1].allow);
	if (_i != 7) {	/* a regex that never ends is given up in bounded time, whatever it decides */
		ck_assert_uint_eq(k->feeds[0].skipped[FEED_ALLOWED], allows[_i].allowed);
		ck_assert_uint_eq(k->feeds[0].used, 5 - allows[_i].allowed);
	}
	for (size_t i = 0; i < knowledge_indicators(k); i++)
		ck_assert(knowledge_indicator(k, i)->feed != &k->feeds[1] ||
		    knowledge_indicator(k, i)->use == USE_BASELINE);
	knowledge_free(k);
}
END_TEST

/* What is seen may be on an allow-list where the feed's own value is not. */
START_TEST(allowed_when_seen)
{
	struct setting s;
	struct knowledge *k;
	const struct indicator *ind;
	struct indicator of_pack;

	write_file("a", "example.com\n198.51.100.0/24\n");
	write_file("b", "cdn.example.com\n198.51.100.128/25\n");
	setting_init(&s, "a", "b");
	s.conf[1].allow = true;
	k = load(&s, 2, NULL);
	ind = feeds_name_found(k, "www.cdn.example.com");
	ck_assert_ptr_nonnull(ind);
	ck_assert(knowledge_allows(k, ind, "www.CDN.example.com.", 20));
	ck_assert(!knowledge_allows(k, ind, "www.example.com", 15));
	ck_assert(!knowledge_allows(k, ind, "notcdn.example.com", 18));
	of_pack = *ind;
	of_pack.feed = NULL;
	ck_assert(!knowledge_allows(k, &of_pack, "www.cdn.example.com", 19));	/* the pack wins */
	ind = feeds_addr_found(k, "198.51.100.200", 1, 6);
	ck_assert(knowledge_allows(k, ind, "198.51.100.200", 14));
	ck_assert(!knowledge_allows(k, ind, "198.51.100.100", 14));
	knowledge_free(k);
}
END_TEST

/* Kept at a reload, and held against the allow-lists of that reload. */
START_TEST(kept_and_allowed)
{
	struct setting s;
	struct knowledge *k, *next;

	write_file("a", bad);
	write_file("b", "example.org\n");
	setting_init(&s, "a", "b");
	s.conf[1].allow = true;
	k = load(&s, 2, NULL);
	ck_assert_uint_eq(k->feeds[0].used, 4);
	write_file("a", "");
	write_file("b", "example.net\n");
	next = load(&s, 2, k);
	knowledge_free(k);
	ck_assert_int_eq(next->feeds[0].state, FEED_KEPT);
	ck_assert_uint_eq(next->feeds[0].used, 4);
	ck_assert_int_eq(feeds_name_found(next, "fine.example.org")->use, USE_ALERT);
	ck_assert_int_eq(feeds_name_found(next, "x9.example.net")->use, USE_BASELINE);
	knowledge_free(next);
}
END_TEST

/* --- mistakes of the configuration --- */

START_TEST(mistakes)
{
	struct setting s;
	struct knowledge *k = NULL;
	char format[] = "exe", role[] = "king";
	struct knowledge_sources from;

	write_file("a", "203.0.113.9\n");
	setting_init(&s, "a", "a");
	s.conf[0].format = format;
	s.conf[1].role = role;
	from = (struct knowledge_sources){ .intel = s.conf, .n_intel = 2 };
	ck_assert_int_eq(knowledge_load(&k, &from, feeds_listen, &s.heard), -EINVAL);
	ck_assert_uint_eq(s.heard.errors, 2);
	ck_assert_ptr_null(k);
}
END_TEST

/* --- hostile files --- */

/* 100 MB of `c` behind `head`, then `tail`. */
static void
write_large(const char *name, const char *head, char c, const char *tail)
{
	FILE *out = fopen(place(name), "w");
	char block[1 << 16];

	ck_assert_ptr_nonnull(out);
	fputs(head, out);
	memset(block, c, sizeof(block));
	for (unsigned i = 0; i < 1600; i++)
		fwrite(block, 1, sizeof(block), out);
	fputs(tail, out);
	fclose(out);
}

static const struct {
	const char *format, *head;
	char c;
	const char *tail;
	unsigned used, max_mb;
} hostile[] = {
	{ "plain", "203.0.113.1\n", 'a', "\n203.0.113.2\n", 2, 8 },
	{ "plain", "203.0.113.1\n", '\0', "\n203.0.113.2\n", 2, 8 },
	{ "hosts", "0.0.0.0 a.example.com\n0.0.0.0 ", 'a', "\n0.0.0.0 b.example.com\n", 2, 8 },
	{ "zeek", "#fields\tindicator\tindicator_type\n203.0.113.1\tIntel::ADDR\n", '\t', "\n203.0.113.2\tIntel::ADDR\n", 2, 8 },
	{ "suricata", "203.0.113.1,1,100\n", '1', "\n203.0.113.2,1,100\n", 2, 8 },
	{ "csv", "ip,comment\n203.0.113.1,", 'a', "\n203.0.113.2,x\n", 1, 8 },
	{ "csv", "ip,comment\n203.0.113.1,x\n", ',', "\n203.0.113.2,x\n", 2, 8 },
	{ "csv", "ip,comment\n203.0.113.1,x\n\"", 'a', "\n203.0.113.2,x\n", 2, 8 },
	/* a JSON document is in memory whole, up to its limit; no more than twice that while it is read */
	{ "stix", "{\"objects\":", '[', "", 0, 270 },
	{ "stix", "{\"objects\":[\"", 'a', "\"]}", 0, 270 },
	{ "misp", "{\"Event\":{\"Attribute\":[{\"value\":\"", 'a', "\"}]}}", 0, 270 },
	{ "misp-warninglist", "{\"type\":\"string\",\"list\":[\"", 'a', "\"]}", 0, 270 },
};

START_TEST(hostile_line)
{
	struct rusage before, after;
	struct setting s;
	struct knowledge *k;

	write_large("a", hostile[_i].head, hostile[_i].c, hostile[_i].tail);
	setting_init(&s, "a", NULL);
	s.conf[0].format = (char *)(uintptr_t)hostile[_i].format;
	s.conf[0].refuse_bad = false;
	getrusage(RUSAGE_SELF, &before);
	k = load(&s, 1, NULL);
	getrusage(RUSAGE_SELF, &after);
	ck_assert_uint_eq(k->feeds[0].used, hostile[_i].used);
	ck_assert_uint_gt(k->feeds[0].read, k->feeds[0].used);
	ck_assert_uint_ge(k->feeds[0].octets, 100000000);
#if !defined(__SANITIZE_ADDRESS__)
	ck_assert_msg((after.ru_maxrss - before.ru_maxrss) / 1024 <= (long)hostile[_i].max_mb, "%ld MB",
	    (after.ru_maxrss - before.ru_maxrss) / 1024);
	ck_assert_msg(after.ru_utime.tv_sec - before.ru_utime.tv_sec <= 5, "%ld s",
	    (long)(after.ru_utime.tv_sec - before.ru_utime.tv_sec));
#endif
	knowledge_free(k);
}
END_TEST

START_TEST(deep)
{
	size_t n = 100000;
	char *text = malloc(2 * n + 64);
	struct intel_source conf = feeds_conf(_i == 0 ? "stix" : _i == 1 ? "misp" : "misp-warninglist");
	struct feed_heard heard;
	struct knowledge *k;
	int len = sprintf(text, "{\"%s\":", _i == 0 ? "objects" : _i == 1 ? "Event" : "list");

	memset(text + len, _i == 1 ? '{' : '[', n);
	memset(text + (size_t)len + n, ']', n);
	strcpy(text + (size_t)len + 2 * n, "}");
	k = feeds_load_as(&conf, text, (size_t)len + 2 * n + 1, &heard);
	ck_assert_ptr_nonnull(k);
	ck_assert_uint_eq(feeds_of(k)->skipped[FEED_FILE], 1);
	ck_assert_int_eq(feeds_of(k)->state, FEED_REFUSED);
	knowledge_free(k);
	free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intel");
	TCase *tc = tcase_create("feeds"), *large = tcase_create("hostile");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, one_broken_feed_stops_no_other);
	tcase_add_test(tc, deleted_lines_disappear);
	tcase_add_test(tc, refused_leaves_no_trace);
	tcase_add_test(tc, empty);
	tcase_add_loop_test(tc, shrunken, 0, ARRAY_LEN(shrinks));
	tcase_add_test(tc, stale);
	tcase_add_test(tc, folders);
	tcase_add_test(tc, misp_folder);
	tcase_add_test(tc, categories);
	tcase_add_loop_test(tc, allowed, 0, ARRAY_LEN(allows));
	tcase_add_test(tc, allowed_when_seen);
	tcase_add_test(tc, kept_and_allowed);
	tcase_add_test(tc, mistakes);
	tcase_add_loop_test(tc, deep, 0, 3);
	tcase_add_checked_fixture(large, set_up, tear_down);
	tcase_add_loop_test(large, hostile_line, 0, ARRAY_LEN(hostile));
	tcase_set_timeout(large, 60);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, large);
	return run_suite(suite);
}
