/* SPDX-License-Identifier: Apache-2.0 */
/* test_load.c - each mistake in a pack is told with its file, line and reason, and then
 * nothing is loaded; a pack without mistakes gives what it says. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "knowledge/internal.h"
#include "macros.h"
#include "run_suite.h"

#define ENTITY(id, more) "{\"id\":\"" id "\",\"name\":\"N " id "\",\"category\":\"company\"," \
    more "\"adversary_linked\":true,\"evidence\":\"verified\",\"sources\":[\"s\"]}"
#define PLAIN "\"basis\":\"criminal\","
#define LIST(id, status) "{\"id\":\"" id "\",\"name\":\"L " id "\",\"authority\":\"A\"," \
    "\"country\":\"US\",\"kind\":\"k\",\"status\":\"" status "\",\"effect\":\"E\"," \
    "\"does_not\":\"D\",\"url\":\"u\",\"verified\":true,\"as_of\":\"2026\",\"sources\":[\"s\"]}"
#define LISTING(list, entity, more) "{\"list\":\"" list "\",\"entity\":\"" entity "\"," \
    "\"name\":\"as written\",\"since\":\"2025-01-07\",\"named\":true," more \
    "\"as_of\":\"2026\",\"sources\":[\"s\"]}"
#define VERIFIED "\"verified\":true,"
#define IND_AS(id, entity, type, value, more, conf, verified) "{\"id\":\"" id "\"," \
    "\"entity\":\"" entity "\",\"type\":\"" type "\",\"value\":\"" value "\"," more \
    "\"role\":\"telemetry\",\"identifies\":\"host_operator\",\"confidence\":\"" conf "\"," \
    "\"verified\":" verified ",\"severity\":\"high\",\"as_of\":\"2026-01-02\",\"sources\":[\"s\"]}"
#define ALERT "\"use\":\"alert\","
#define IND(id, entity, type, value) IND_AS(id, entity, type, value, ALERT, "high", "true")

struct said {
	unsigned n;
	char file[512];
	unsigned line;
	char text[1024];
};

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	struct said *said = arg;

	ck_assert(error);
	if (said->n++ == 0) {
		snprintf(said->file, sizeof(said->file), "%s", file);
		said->line = line;
		snprintf(said->text, sizeof(said->text), "%s", text);
	}
}

/* What the folders of a pack hold; a NULL folder is left out. */
struct pack {
	const char *entities, *lists, *listings, *indicators;
};

static int
load(const struct pack *p, struct said *said, struct knowledge **k)
{
	struct loader l;

	memset(said, 0, sizeof(*said));
	ck_assert_int_eq(loader_begin(&l, listen, said), 0);
	if (p->entities != NULL)
		load_document(&l, FOLDER_ENTITIES, "E", p->entities, strlen(p->entities));
	if (p->lists != NULL)
		load_document(&l, FOLDER_LISTS, "L", p->lists, strlen(p->lists));
	if (p->listings != NULL)
		load_document(&l, FOLDER_LISTINGS, "G", p->listings, strlen(p->listings));
	if (p->indicators != NULL)
		load_document(&l, FOLDER_INDICATORS, "I", p->indicators, strlen(p->indicators));
	return loader_end(&l, k);
}

#define E1 "[\n" ENTITY("e", PLAIN) "]"
#define E2 "[\n" ENTITY("e", PLAIN) ",\n" ENTITY("f", PLAIN) "]"
#define EX(more) "[\n" ENTITY("e", more) "]"
#define L1 "[\n" LIST("l", "listed") "]"
#define I1(record) "[\n" record "]"
#define I2(one, two) "[\n" one ",\n" two "]"

static const struct {
	const char *what;
	struct pack pack;
	const char *file;
	unsigned line;
	const char *text;	/* part of the first complaint */
} mistakes[] = {
	{ "malformed JSON", { "[\n{\"id\":}]", 0, 0, 0 }, "E", 2, "malformed JSON" },
	{ "unknown key", { EX(PLAIN "\"colour\":1,"), 0, 0, 0 }, "E", 2, "unknown key 'colour'" },
	{ "missing key", { "[{\"id\":\"e\"}]", 0, 0, 0 }, "E", 1, "'name' is missing" },
	{ "wrong type", { EX(PLAIN "\"hq\":3,"), 0, 0, 0 }, "E", 2, "'hq' is no text" },
	{ "empty text", { EX(PLAIN "\"hq\":\"\","), 0, 0, 0 }, "E", 2, "'hq' is empty" },
	{ "control character", { EX(PLAIN "\"hq\":\"a\\u0007\","), 0, 0, 0 }, "E", 2, "control" },
	{ "bad id", { "[\n" ENTITY("E!", PLAIN) "]", 0, 0, 0 }, "E", 2, "is no id" },
	{ "bad country", { EX(PLAIN "\"country\":\"cn\","), 0, 0, 0 }, "E", 2, "country code" },
	{ "bad basis", { EX("\"basis\":\"hearsay\","), 0, 0, 0 }, "E", 2, "'hearsay'" },
	{ "entity twice", { "[\n" ENTITY("e", PLAIN) ",\n" ENTITY("e", PLAIN) "]", 0, 0, 0 },
	  "E", 3, "also in E:2" },
	{ "unknown parent", { EX(PLAIN "\"parent\":\"p\","), 0, 0, 0 }, "E", 2, "parent 'p'" },
	{ "own ancestor", { "[\n" ENTITY("e", PLAIN "\"parent\":\"f\",") ",\n"
	  ENTITY("f", PLAIN "\"parent\":\"e\",") "]", 0, 0, 0 }, "E", 2, "its own ancestor" },
	{ "own ancestor in one step", { EX(PLAIN "\"parent\":\"e\","), 0, 0, 0 }, "E", 2, "its own ancestor" },
	{ "unknown affiliate", { EX(PLAIN "\"affiliates\":[\"a\"],"), 0, 0, 0 }, "E", 2, "affiliate 'a'" },
	{ "baseline adversary", { EX("\"basis\":\"baseline\","), 0, 0, 0 }, "E", 2, "contradicts" },
	{ "listed without listing", { EX("\"basis\":\"listed\","), 0, 0, 0 }, "E", 2, "no verified" },
	{ "jurisdiction but listed", { EX("\"basis\":\"jurisdiction_only\","), L1,
	  "[" LISTING("l", "e", VERIFIED) "]", 0 }, "E", 2, "but it is listed" },
	{ "affiliate but own", { EX("\"basis\":\"listed_affiliate\","), L1,
	  "[" LISTING("l", "e", VERIFIED) "]", 0 }, "E", 2, "none of its own" },
	{ "listed, not verified", { EX("\"basis\":\"listed\","), L1,
	  "[" LISTING("l", "e", "\"verified\":false,") "]", 0 }, "E", 2, "no verified" },
	{ "listed, ended", { EX("\"basis\":\"listed\","), L1,
	  "[" LISTING("l", "e", VERIFIED "\"until\":\"2026-01-01\",") "]", 0 }, "E", 2, "no verified" },
	{ "list twice", { E1, "[" LIST("l", "listed") ",\n" LIST("l", "listed") "]", 0, 0 }, "L", 2, "twice" },
	{ "list of jurisdiction", { E1, "[" LIST("l", "jurisdiction") "]", 0, 0 }, "L", 1, "basis" },
	{ "bad status", { E1, "[" LIST("l", "banned") "]", 0, 0 }, "L", 1, "'banned'" },
	{ "unknown list", { E1, L1, "[\n\n" LISTING("m", "e", VERIFIED) "]", 0 }, "G", 3, "list 'm'" },
	{ "unknown entity", { E1, L1, "[" LISTING("l", "x", VERIFIED) "]", 0 }, "G", 1, "entity 'x'" },
	{ "nobody can be on it", { E1, "[" LIST("l", "none") "]", "[" LISTING("l", "e", VERIFIED) "]", 0 },
	  "G", 1, "nobody" },
	{ "listing twice", { E1, L1, "[" LISTING("l", "e", VERIFIED) ",\n" LISTING("l", "e", VERIFIED) "]", 0 },
	  "G", 2, "twice" },
	{ "ends before it begins", { E1, L1, "[" LISTING("l", "e", VERIFIED "\"until\":\"2020\",") "]", 0 },
	  "G", 1, "before 'since'" },
	{ "listing with a bad date", { E1, L1, "[" LISTING("l", "e", VERIFIED "\"until\":\"soon\",") "]", 0 },
	  "G", 1, "is no date" },
	{ "indicator of nobody", { E1, 0, 0, I1(IND("i", "x", "ip", "192.0.2.1")) }, "I", 2, "entity 'x'" },
	{ "indicator id twice", { E1, 0, 0, I2(IND("i", "e", "ip", "192.0.2.1"),
	  IND("i", "e", "ip", "192.0.2.2")) }, "I", 3, "twice" },
	{ "unknown type", { E1, 0, 0, I1(IND("i", "e", "asn", "64512")) }, "I", 2, "'asn'" },
	{ "bad domain", { E1, 0, 0, I1(IND("i", "e", "domain", "a..b")) }, "I", 2, "not a domain" },
	{ "whole top level", { E1, 0, 0, I1(IND("i", "e", "domain", "cn")) }, "I", 2, "one label" },
	{ "bad address", { E1, 0, 0, I1(IND("i", "e", "ip", "192.0.2.999")) }, "I", 2, "not an address" },
	{ "host bits", { E1, 0, 0, I1(IND("i", "e", "cidr", "192.0.2.1/24")) }, "I", 2, "host bits" },
	{ "bad port", { E1, 0, 0, I1(IND("i", "e", "address_port", "192.0.2.1:0")) }, "I", 2, "address:port" },
	{ "short hash", { E1, 0, 0, I1(IND("i", "e", "cert_sha256", "abcd")) }, "I", 2, "length" },
	{ "no hash", { E1, 0, 0, I1(IND("i", "e", "cert_sha1", "zz")) }, "I", 2, "hexadecimal" },
	{ "JA3 that accuses", { E1, 0, 0, I1(IND("i", "e", "ja3", "e7d705a3286e19ea42f587b344ee6865")) },
	  "I", 2, "never accuses alone" },
	{ "JA4 that accuses", { E1, 0, 0, I1(IND("i", "e", "ja4", "t13d1516h2_8daaf6152771_b186095e22b6")) },
	  "I", 2, "never accuses alone" },
	{ "match missing", { E1, 0, 0, I1(IND("i", "e", "url_path", "/x")) }, "I", 2, "'match' is missing" },
	{ "match without meaning", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1",
	  "\"match\":\"prefix\"," ALERT, "high", "true")) }, "I", 2, "no meaning" },
	{ "bad pattern", { E1, 0, 0, I1(IND_AS("i", "e", "mqtt_topic", "a/{}b",
	  "\"match\":\"pattern\"," ALERT, "high", "true")) }, "I", 2, "{} must stand" },
	{ "short contains", { E1, 0, 0, I1(IND_AS("i", "e", "user_agent", "abc",
	  "\"match\":\"contains\"," ALERT, "high", "true")) }, "I", 2, "too short" },
	{ "high but not verified", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1", ALERT, "high", "false")) },
	  "I", 2, "only when verified" },
	{ "no confidence", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1", ALERT, "none", "true")) },
	  "I", 2, "confidence" },
	{ "retro hunt without dates", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1",
	  "\"use\":\"retro_hunt\",", "low", "true")) }, "I", 2, "needs 'valid_from'" },
	{ "ends before it starts", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1",
	  ALERT "\"valid_from\":\"2024-02\",\"valid_until\":\"2024-01\",", "low", "true")) },
	  "I", 2, "before 'valid_from'" },
	{ "bad date", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1",
	  ALERT "\"valid_from\":\"2024-02-30\",", "low", "true")) }, "I", 2, "is no date" },
	{ "bad ports", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1", ALERT "\"ports\":[0],",
	  "low", "true")) }, "I", 2, "'ports'" },
	{ "transport without port", { E1, 0, 0, I1(IND_AS("i", "e", "ip", "192.0.2.1",
	  ALERT "\"transport\":\"tcp\",", "low", "true")) }, "I", 2, "no meaning" },
	{ "one domain, two owners", { E2, 0, 0, I2(IND("i", "e", "domain", "example.com"),
	  IND("j", "f", "domain", "EXAMPLE.com")) }, "I", 3, "of 'f', 'i' that it is of 'e'" },
	{ "one host, two owners", { E2, 0, 0, I2(IND("i", "e", "domain", "example.com"),
	  IND("j", "f", "host", "example.com")) }, "I", 3, "of 'f', 'i' that it is of 'e'" },
	{ "port that accuses", { E1, 0, 0, I1(IND("i", "e", "port", "tcp/515")) }, "I", 2, "never accuses alone" },
	{ "no port", { E1, 0, 0, I1(IND_AS("i", "e", "port", "sctp/515", "\"use\":\"context\",", "low", "true")) },
	  "I", 2, "not tcp/port" },
	{ "port out of range", { E1, 0, 0, I1(IND_AS("i", "e", "port", "udp/65536", "\"use\":\"context\",", "low",
	  "true")) }, "I", 2, "not tcp/port" },
	{ "public suffix", { E1, 0, 0, I1(IND("i", "e", "domain", "co.uk")) }, "I", 2, "anybody may register" },
	{ "public suffix as context", { E1, 0, 0, I1(IND_AS("i", "e", "domain", "com.cn", "\"use\":\"context\",",
	  "low", "true")) }, "I", 2, "anybody may register" },
	{ "lent to anybody", { E1, 0, 0, I1(IND("i", "e", "domain", "cloudfront.net")) }, "I", 2, "name the host" },
	{ "unknown owner", { EX(PLAIN "\"ownership\":[{\"owner\":\"x\",\"from\":\"2025\",\"verified\":false}],"), 0, 0, 0 },
	  "E", 2, "owner 'x'" },
	{ "ownership without a date", { EX(PLAIN "\"ownership\":[{\"owner\":\"e\",\"verified\":false}],"), 0, 0, 0 },
	  "E", 2, "says less than 'parent'" },
	{ "ownership that ends first", { EX(PLAIN "\"ownership\":[{\"owner\":\"e\",\"from\":\"2025\",\"until\":\"2024\","
	  "\"verified\":false}],"), 0, 0, 0 }, "E", 2, "before 'from'" },
	{ "ownership of nothing", { EX(PLAIN "\"ownership\":[],"), 0, 0, 0 }, "E", 2, "1 to 8" },
	{ "one block, two owners", { E2, 0, 0, I2(IND("i", "e", "cidr", "192.0.2.0/24"),
	  IND("j", "f", "cidr", "192.0.2.0/24")) }, "I", 3, "that it is of 'e'" },
	{ "one address, said twice", { E2, 0, 0, I2(IND("i", "e", "ip", "2001:db8::1"),
	  IND("j", "e", "ip", "2001:DB8:0::1")) }, "I", 3, "says the same" },
	{ "one pattern, two owners", { E2, 0, 0, I2(IND_AS("i", "e", "mqtt_topic", "a/{}/b",
	  "\"match\":\"pattern\"," ALERT, "low", "true"), IND_AS("j", "f", "mqtt_topic", "a/{}/b",
	  "\"match\":\"pattern\"," ALERT, "low", "true")) }, "I", 3, "that it is of 'e'" },
};

START_TEST(tells_mistakes)
{
	struct knowledge *k = NULL;
	struct said said;
	int rc = load(&mistakes[_i].pack, &said, &k);

	ck_assert_msg(rc == -EINVAL, "%s: %d", mistakes[_i].what, rc);
	ck_assert_ptr_null(k);
	ck_assert_msg(strcmp(said.file, mistakes[_i].file) == 0 && said.line == mistakes[_i].line &&
	    strstr(said.text, mistakes[_i].text) != NULL, "%s: %s:%u: %s", mistakes[_i].what,
	    said.file, said.line, said.text);
}
END_TEST

static const struct {
	const char *what, *one, *two;
} allowed[] = {
	{ "suffix and exact", IND("i", "e", "domain", "example.com"), IND("j", "e", "host", "example.com") },
	{ "one port, two owners, no mistake", IND_AS("i", "e", "port", "tcp/515", "\"use\":\"context\",", "low", "true"),
	  IND_AS("j", "f", "port", "udp/515", "\"use\":\"context\",", "low", "true") },
	{ "another owner below", IND("i", "e", "domain", "example.com"), IND("j", "f", "domain", "a.example.com") },
	{ "another port", IND("i", "e", "address_port", "192.0.2.1:80"), IND("j", "f", "address_port", "192.0.2.1:81") },
	{ "another time", IND_AS("i", "e", "ip", "192.0.2.1", ALERT "\"valid_until\":\"2024-05\",", "low", "true"),
	  IND_AS("j", "f", "ip", "192.0.2.1", ALERT "\"valid_from\":\"2024-06\",", "low", "true") },
	{ "JA3 as context", IND("i", "e", "ip", "192.0.2.1"), IND_AS("j", "e", "ja3",
	  "e7d705a3286e19ea42f587b344ee6865", "\"use\":\"context\",", "low", "true") },
};

START_TEST(allows)
{
	char text[2048];
	struct pack pack = { E2, NULL, NULL, text };
	struct knowledge *k = NULL;
	struct said said;
	int rc;

	snprintf(text, sizeof(text), "[%s,%s]", allowed[_i].one, allowed[_i].two);
	rc = load(&pack, &said, &k);
	ck_assert_msg(rc == 0, "%s: %s", allowed[_i].what, said.text);
	ck_assert_uint_eq(knowledge_indicators(k), 2);
	knowledge_free(k);
}
END_TEST

/* Listed, concern, proposed and jurisdiction stay apart; what is not named, not verified or
 * over does not count; an affiliate's counts and says so. */
START_TEST(settles_status)
{
	static const struct pack pack = {
		"[" ENTITY("listed", "\"basis\":\"listed\",") ","
		ENTITY("child", "\"basis\":\"listed_affiliate\",\"parent\":\"listed\",") ","
		ENTITY("sister", "\"basis\":\"listed_affiliate\",\"affiliates\":[\"listed\"],") ","
		ENTITY("worry", "\"basis\":\"concern\",") "," ENTITY("maybe", PLAIN) ","
		ENTITY("home", "\"basis\":\"jurisdiction_only\",") "," ENTITY("over", PLAIN) ","
		ENTITY("class", "\"basis\":\"category\",") "," ENTITY("nothing", PLAIN) "]",
		"[" LIST("l", "listed") "," LIST("c", "concern") "," LIST("p", "proposed") "]",
		"[" LISTING("c", "listed", VERIFIED) "," LISTING("l", "listed", VERIFIED) ","
		LISTING("c", "worry", VERIFIED) "," LISTING("p", "maybe", VERIFIED) ","
		LISTING("l", "over", VERIFIED "\"until\":\"2026\",") ","
		"{\"list\":\"l\",\"entity\":\"class\",\"name\":\"any\",\"named\":false,\"verified\":true,"
		"\"as_of\":\"2026\",\"sources\":[\"s\"]}]", NULL };
	static const struct {
		const char *id;
		enum listing_status status;
		size_t n_listings;
		bool affiliate;	/* of the first */
	} want[] = {
		{ "listed", LISTING_LISTED, 2, false }, { "child", LISTING_LISTED, 2, true },
		{ "sister", LISTING_LISTED, 2, true }, { "worry", LISTING_CONCERN, 1, false },
		{ "maybe", LISTING_PROPOSED, 1, false }, { "home", LISTING_JURISDICTION, 0, false },
		{ "over", LISTING_NONE, 1, false }, { "class", LISTING_NONE, 1, false },
		{ "nothing", LISTING_NONE, 0, false },
	};
	struct knowledge *k = NULL;
	struct said said;

	ck_assert_msg(load(&pack, &said, &k) == 0, "%s", said.text);
	ck_assert_uint_eq(knowledge_entities(k), ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct entity *e = knowledge_entity_by_id(k, want[i].id);

		ck_assert_ptr_nonnull(e);
		ck_assert_msg(e->status == want[i].status, "%s: %s", e->id, listing_status_name(e->status));
		ck_assert_msg(e->n_listings == want[i].n_listings, "%s", e->id);
		if (e->n_listings != 0)
			ck_assert_msg(e->listings[0].affiliate == want[i].affiliate, "%s", e->id);
	}
	ck_assert_str_eq(knowledge_entity_by_id(k, "child")->parent, "N listed");
	ck_assert_ptr_null(knowledge_entity_by_id(k, "sister")->parent);
	ck_assert_ptr_null(knowledge_entity_by_id(k, "absent"));
	ck_assert_str_eq(knowledge_entity_by_id(k, "listed")->listings[1].since, "2025-01-07");
	ck_assert_str_eq(knowledge_entity_by_id(k, "listed")->listings[1].list->does_not, "D");
	knowledge_free(k);
}
END_TEST

START_TEST(fills_an_indicator)
{
	static const struct pack pack = { E1, NULL, NULL, I1(IND_AS("i", "e", "address_port",
	    "192.0.2.1:8883", ALERT "\"transport\":\"tcp\",\"valid_from\":\"2024-02\","
	    "\"valid_until\":\"2024-03-01\",\"note\":\"careful\",", "medium", "false")) };
	struct knowledge *k = NULL;
	const struct indicator *i;
	struct said said;

	ck_assert_msg(load(&pack, &said, &k) == 0, "%s", said.text);
	i = knowledge_indicator(k, 0);
	ck_assert_ptr_null(knowledge_indicator(k, 1));
	ck_assert_str_eq(i->id, "i");
	ck_assert_str_eq(i->value, "192.0.2.1:8883");
	ck_assert_str_eq(i->type, "address_port");
	ck_assert_str_eq(i->source, "s");
	ck_assert_str_eq(i->as_of, "2026-01-02");
	ck_assert_str_eq(i->note, "careful");
	ck_assert_str_eq(i->entity->id, "e");
	ck_assert_int_eq(i->kind, INDICATOR_CIDR);
	ck_assert_int_eq(i->match, MATCH_ADDRESS);
	ck_assert_int_eq(i->identifies, IDENTIFIES_HOST_OPERATOR);
	ck_assert_int_eq(i->use, USE_ALERT);
	ck_assert_int_eq(i->role, ROLE_TELEMETRY);
	ck_assert_int_eq(i->confidence, CONFIDENCE_MEDIUM);
	ck_assert_uint_eq(i->severity_hint, 2);
	ck_assert_uint_eq(i->port, 8883);
	ck_assert_uint_eq(i->proto, 6);
	ck_assert(!i->verified);
	ck_assert_uint_eq(i->valid_from_us, UINT64_C(1706745600000000));	/* 2024-02-01 */
	ck_assert_uint_eq(i->valid_until_us, UINT64_C(1709337599999999));	/* end of 2024-03-01 */
	knowledge_free(k);
}
END_TEST

/* Caps: one more than may be is refused. */
START_TEST(keeps_to_caps)
{
	static char text[1 << 20];
	struct pack pack = { E1, NULL, NULL, text };
	struct knowledge *k = NULL;
	struct said said;

	for (int over = 0; over <= 1; over++) {
		size_t len = (size_t)snprintf(text, sizeof(text), "[");

		for (int i = 0; i < SCANNED_MAX + over; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s{\"id\":\"i%d\","
			    "\"entity\":\"e\",\"type\":\"mqtt_topic\",\"value\":\"a%d/{}\","
			    "\"match\":\"pattern\",\"role\":\"c2\",\"identifies\":\"host_operator\","
			    "\"use\":\"alert\",\"confidence\":\"low\",\"verified\":true,"
			    "\"severity\":\"low\",\"as_of\":\"2026\",\"sources\":[\"s\"]}",
			    i == 0 ? "" : ",", i, i);
		snprintf(text + len, sizeof(text) - len, "]");
		ck_assert_int_eq(load(&pack, &said, &k), over ? -EINVAL : 0);
		if (over)
			ck_assert_ptr_nonnull(strstr(said.text, "more than 256"));
		else
			knowledge_free(k);
	}
}
END_TEST

START_TEST(stops_counting_errors)
{
	static char text[8192];
	struct pack pack = { text, NULL, NULL, NULL };
	struct knowledge *k = NULL;
	struct said said;
	size_t len = (size_t)snprintf(text, sizeof(text), "[{}");

	for (int i = 0; i < 100; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ",\n{}");
	snprintf(text + len, sizeof(text) - len, "]");
	ck_assert_int_eq(load(&pack, &said, &k), -EINVAL);
	ck_assert_uint_eq(said.n, ERRORS_MAX + 1);
}
END_TEST

/* --- from folders --------------------------------------------------------------------- */

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[600];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
}

/* identity/ of a pack, and the operator's own files beside it: all of it is in the hash. */
static void
reads_tables(const char *folder, const char *const *paths)
{
	char path[600], own[600], hash[64];
	const char *files[] = { own };
	struct knowledge_sources from = { .paths = paths, .n_paths = 1 };
	struct said said = { 0 };
	struct knowledge *k;

	snprintf(path, sizeof(path), "%s/identity", folder);
	mkdir(path, 0700);
	write_file(folder, "identity/README.md", "not data");
	write_file(folder, "identity/tac-mine.csv",
	    "tac,entity,brand,model,source,as_of\n86000101,e,B,M,s,2026\n");
	ck_assert_msg(knowledge_load(&k, &from, listen, &said) == 0, "%s:%u: %s", said.file, said.line,
	    said.text);
	ck_assert_uint_eq(knowledge_tacs(k), 1);
	snprintf(hash, sizeof(hash), "%s", knowledge_hash(k));
	knowledge_free(k);
	write_file(folder, "own.csv", "tac,maker\n35000101,N e Ltd\n");
	snprintf(own, sizeof(own), "%s/own.csv", folder);
	from.tac_files = files;
	from.n_tac_files = 1;
	ck_assert_int_eq(knowledge_load(&k, &from, listen, &said), 0);
	ck_assert_str_eq(knowledge_tac(k, 35000101)->maker->id, "e");
	ck_assert_str_eq(knowledge_tac(k, 35000101)->source, own);
	ck_assert_str_ne(knowledge_hash(k), hash);
	knowledge_free(k);
	write_file(folder, "identity/makers.csv", "a,b\n");
	ck_assert_int_eq(knowledge_load(&k, &from, listen, &said), -EINVAL);
	ck_assert_ptr_nonnull(strstr(said.text, "'makers.csv' is no table known here"));
	snprintf(path, sizeof(path), "%s/identity/makers.csv", folder);
	unlink(path);
}

START_TEST(reads_folders)
{
	char folder[] = "/tmp/picket-test-load-XXXXXX", path[600], command[700];
	const char *paths[2] = { folder, folder };
	struct knowledge *k = NULL, *again = NULL;
	struct said said = { 0 };

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(knowledge_load(&k, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, &said), -EINVAL);
	ck_assert_ptr_nonnull(strstr(said.text, "no knowledge in this folder"));
	snprintf(path, sizeof(path), "%s/entities", folder);
	mkdir(path, 0700);
	write_file(folder, "entities/b.json", E1);
	write_file(folder, "entities/README.md", "not data");
	write_file(folder, "entities/.hidden.json", "not data");
	snprintf(path, sizeof(path), "%s/indicators", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/indicators/deep", folder);
	mkdir(path, 0700);
	write_file(folder, "indicators/deep/i.json", I1(IND("i", "e", "ip", "192.0.2.1")));
	write_file(folder, "pack.json", "[{\"version\":\"7\",\"date\":\"2026-11-23\"}]");
	memset(&said, 0, sizeof(said));
	ck_assert_msg(knowledge_load(&k, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, &said) == 0, "%s:%u: %s", said.file,
	    said.line, said.text);
	ck_assert_str_eq(knowledge_version(k), "7");
	ck_assert_uint_eq(strlen(knowledge_hash(k)), 16);
	ck_assert_uint_eq(knowledge_indicators(k), 1);
	ck_assert_int_eq(knowledge_load(&again, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, &said), 0);
	ck_assert_str_eq(knowledge_hash(k), knowledge_hash(again));
	knowledge_free(again);
	write_file(folder, "indicators/deep/i.json", I1(IND("i", "e", "ip", "192.0.2.2")));
	ck_assert_int_eq(knowledge_load(&again, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, &said), 0);
	ck_assert_str_ne(knowledge_hash(k), knowledge_hash(again));
	knowledge_free(again);
	knowledge_free(k);
	reads_tables(folder, paths);

	memset(&said, 0, sizeof(said));
	ck_assert_int_eq(knowledge_load(&k, &(struct knowledge_sources){ .paths = paths, .n_paths = 2 }, listen, &said), -EINVAL);	/* all twice */
	write_file(folder, "indicators/deep/i.json", "[\n\n{\"id\":7}]");
	memset(&said, 0, sizeof(said));
	ck_assert_int_eq(knowledge_load(&k, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, &said), -EINVAL);
	ck_assert_ptr_nonnull(strstr(said.file, "/indicators/deep/i.json"));
	ck_assert_uint_eq(said.line, 3);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(knowledge_load(&k, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, &said), -ENOENT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("load");
	TCase *t = tcase_create("packs");

	tcase_add_loop_test(t, tells_mistakes, 0, ARRAY_LEN(mistakes));
	tcase_add_loop_test(t, allows, 0, ARRAY_LEN(allowed));
	tcase_add_test(t, settles_status);
	tcase_add_test(t, fills_an_indicator);
	tcase_add_test(t, keeps_to_caps);
	tcase_add_test(t, stops_counting_errors);
	tcase_add_test(t, reads_folders);
	suite_add_tcase(s, t);
	return run_suite(s);
}
