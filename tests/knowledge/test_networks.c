/* SPDX-License-Identifier: Apache-2.0 */
/* test_networks.c - tables of networks: what they refuse, and that the longest prefix is found
 * whatever lies around it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knowledge/sheets.h"
#include "macros.h"
#include "run_suite.h"

#define HEAD "prefix,asn,entity,organisation,source,as_of\n"
#define HEAD_USE "prefix,asn,entity,organisation,source,as_of,use\n"
#define REST ",quectel,Org,src,2026-06-17"

static struct addr
address(const char *text)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, text), 0);
	return a;
}

static uint32_t
asn_at(const struct knowledge *k, const char *text)
{
	struct addr a = address(text);
	const struct network *net = knowledge_network(k, &a, NULL);

	return net == NULL ? 0 : net->asn;
}

START_TEST(finds_the_longest)
{
	static const char text[] = HEAD
	    "198.51.0.0/16,1" REST "\n198.51.100.0/24,2" REST "\n198.51.100.128/25,3" REST "\n"
	    "198.51.100.7/32,4" REST "\n198.51.101.0/24,5" REST "\n2001:db8::/32,6" REST "\n"
	    "2001:db8:1::/48,7" REST "\n223.0.0.0/8,8" REST "\n";
	static const struct {
		const char *address;
		uint32_t asn;
	} wanted[] = {
		{ "198.50.255.255", 0 }, { "198.51.0.0", 1 }, { "198.51.99.255", 1 },
		{ "198.51.100.0", 2 }, { "198.51.100.6", 2 }, { "198.51.100.7", 4 },
		{ "198.51.100.8", 2 }, { "198.51.100.127", 2 }, { "198.51.100.128", 3 },
		{ "198.51.100.255", 3 }, { "198.51.101.0", 5 }, { "198.51.102.0", 1 },
		{ "198.51.255.255", 1 }, { "198.52.0.0", 0 }, { "2001:db7:ffff::", 0 },
		{ "2001:db8::", 6 }, { "2001:db8:1::1", 7 }, { "2001:db8:2::", 6 },
		{ "2001:db9::", 0 }, { "223.255.255.255", 8 }, { "224.0.0.1", 0 },
		{ "0.0.0.0", 0 }, { "::", 0 }, { "ffff::", 0 },
	};
	struct said said;
	struct knowledge *k = sheets_load(SHEET_NETWORK, text, &said);
	struct addr a = address("198.51.100.200");
	struct cidr block;
	char shown[CIDR_TEXT_MAX];

	ck_assert_msg(k != NULL, "%s", said.first);
	ck_assert_uint_eq(knowledge_networks(k), 8);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		ck_assert_msg(asn_at(k, wanted[i].address) == wanted[i].asn, "%s",
		    wanted[i].address);
	ck_assert_ptr_nonnull(knowledge_network(k, &a, &block));
	cidr_text(&block, shown);
	ck_assert_str_eq(shown, "198.51.100.128/25");
	ck_assert_ptr_nonnull(knowledge_network_by_asn(k, 7));
	ck_assert_ptr_null(knowledge_network_by_asn(k, 9));
	ck_assert_ptr_null(knowledge_network_by_asn(k, 0));
	knowledge_free(k);
}
END_TEST

/* Beside the slow way: every prefix tried. */
START_TEST(agrees_with_the_slow_way)
{
	enum { ROWS = 3000, ASKED = 20000 };
	static struct cidr row[ROWS];
	static char text[ROWS * 80];
	size_t at = (size_t)sprintf(text, HEAD);
	uint64_t state = 42;
	struct said said;
	struct knowledge *k;
	unsigned inside = 0;

	for (unsigned i = 0; i < ROWS;) {
		uint32_t base;
		unsigned bits;
		char prefix[64];
		bool twice = false;

		state = state * 6364136223846793005u + 1442695040888963407u;
		bits = 8 + (unsigned)(state >> 40) % 25;
		base = (0x0a000000u | (uint32_t)(state >> 44 & 0x3fffff)) & (0xffffffffu << (32 - bits));
		snprintf(prefix, sizeof(prefix), "%u.%u.%u.%u/%u", base >> 24, base >> 16 & 255,
		    base >> 8 & 255, base & 255, bits);
		ck_assert_int_eq(cidr_parse(&row[i], prefix), 0);
		for (unsigned n = 0; n < i && !twice; n++)
			twice = row[n].len == row[i].len && addr_equal(&row[n].base, &row[i].base);
		if (!twice)
			at += (size_t)sprintf(text + at, "%s,%u" REST "\n", prefix, ++i);
	}
	k = sheets_load(SHEET_NETWORK, text, &said);
	ck_assert_msg(k != NULL, "%s", said.first);
	for (unsigned i = 0; i < ASKED; i++) {
		uint8_t octets[4] = { 10 };
		struct addr a;
		uint32_t best = 0;
		const struct network *net;

		state = state * 6364136223846793005u + 1442695040888963407u;
		octets[1] = (uint8_t)(state >> 56 & 0x3f);
		octets[2] = (uint8_t)(state >> 48);
		octets[3] = (uint8_t)(state >> 40);
		a = addr_from_ipv4(octets);
		for (uint32_t n = 0; n < ROWS; n++)
			if (cidr_contains(&row[n], &a)
			    && (best == 0 || row[n].len > row[best - 1].len))
				best = n + 1;
		net = knowledge_network(k, &a, NULL);
		ck_assert_uint_eq(net == NULL ? 0 : net->asn, best);
		inside += best != 0;
	}
	ck_assert_uint_gt(inside, ASKED / 4);
	knowledge_free(k);
}
END_TEST

START_TEST(forms_of_an_ipv4_address)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_NETWORK, HEAD "198.51.100.0/24,64496" REST "\n", &said);
	struct owner o;
	struct addr a = address("64:ff9b::c633:6401"), other = address("64:ff9b:1::c633:6401");

	ck_assert_ptr_nonnull(k);
	ck_assert(knowledge_owner(k, &a, &o));		/* NAT64 */
	ck_assert_uint_eq(o.asn, 64496);
	ck_assert_uint_eq(o.as_org_len, 3);
	ck_assert_mem_eq(o.as_org, "Org", 3);
	ck_assert_str_eq(o.source, "src");
	ck_assert_str_eq(o.as_of, "2026-06-17");
	ck_assert_str_eq(o.country, "");		/* no table places addresses */
	ck_assert(!knowledge_owner(k, &other, &o));
	knowledge_free(k);
}
END_TEST

START_TEST(use_is_of_the_data)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_NETWORK, HEAD_USE "198.51.100.0/24,1" REST ",alert\n"
	    "198.51.101.0/24,2" REST ",context\n198.51.102.0/24,3" REST ",\n", &said);

	ck_assert_msg(k != NULL, "%s", said.first);
	ck_assert_int_eq(knowledge_network_by_asn(k, 1)->use, NETWORK_ALERT);
	ck_assert_int_eq(knowledge_network_by_asn(k, 2)->use, NETWORK_CONTEXT);
	ck_assert_int_eq(knowledge_network_by_asn(k, 3)->use, NETWORK_CONTEXT);
	knowledge_free(k);
	k = sheets_load(SHEET_NETWORK, HEAD "198.51.100.0/24,1" REST "\n", &said);
	ck_assert_int_eq(knowledge_network_by_asn(k, 1)->use, NETWORK_CONTEXT);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *text, *why;
} wrong[] = {
	{ HEAD "198.51.100.1/24,1" REST "\n", "T:2: '198.51.100.1/24' is no prefix" },
	{ HEAD "198.51.100.0,1" REST "\n", "T:2: '198.51.100.0' is no prefix" },
	{ HEAD ",1" REST "\n", "T:2: '' is no prefix" },
	{ HEAD "x/8,1" REST "\n", "is no prefix" },
	{ HEAD "198.0.0.0/7,1" REST "\n", "T:2: '198.0.0.0/7' is too wide" },
	{ HEAD "0.0.0.0/0,1" REST "\n", "too wide" },
	{ HEAD "::/0,1" REST "\n", "too wide" },
	{ HEAD "::/64,1" REST "\n", "reserved" },
	{ HEAD "198.51.100.0/24,0" REST "\n", "'0' is no number of an autonomous system" },
	{ HEAD "198.51.100.0/24,4294967296" REST "\n", "is no number of an" },
	{ HEAD "198.51.100.0/24,AS1" REST "\n", "is no number of an" },
	{ HEAD "198.51.100.0/24,-1" REST "\n", "is no number of an" },
	{ HEAD "198.51.100.0/24,1,nobody,Org,src,2026\n", "T:2: entity 'nobody' is not in the pack" },
	{ HEAD "198.51.100.0/24,1,,Org,src,2026\n", "'entity' is missing" },
	{ HEAD "198.51.100.0/24,1,quectel,,src,2026\n", "'organisation' is missing" },
	{ HEAD "198.51.100.0/24,1,quectel,Org,,2026\n", "'source' is missing" },
	{ HEAD "198.51.100.0/24,1,quectel,Org,src,soon\n", "'as_of' is no date" },
	{ HEAD_USE "198.51.100.0/24,1" REST ",block\n", "'use' is 'block', not alert or context" },
	{ HEAD "198.51.100.0/24,1" REST "\n198.51.101.0/24,1" REST "\n198.51.100.0/24,2" REST "\n",
	  "T:4: prefix 198.51.100.0/24 is in the tables twice" },
	{ HEAD "198.51.100.0/24,1" REST "\n198.51.101.0/24,1,other,Org,src,2026\n",
	  "T:3: AS1 is other's here and quectel's elsewhere" },
	{ HEAD_USE "198.51.100.0/24,1" REST ",alert\n198.51.101.0/24,1" REST ",context\n",
	  "T:3: AS1 has another 'use' elsewhere" },
	{ "prefix,asn,entity,organisation,source\n", "as_of" },
	{ "prefix,asn,entity,organisation,source,as_of,colour\n", "colour" },
};

START_TEST(refuses)
{
	static const char other[] = "[{\"id\":\"other\",\"name\":\"Other\",\"category\":\"company\","
	    "\"basis\":\"criminal\",\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]}]";
	struct said said;
	struct loader l;

	sheets_begin(&l, &said);
	load_document(&l, FOLDER_ENTITIES, "O", other, strlen(other));
	sheets_add(&l, SHEET_NETWORK, "T", wrong[_i].text);
	ck_assert_ptr_null(sheets_end(&l));
	ck_assert_msg(strstr(said.first, wrong[_i].why) != NULL, "%s, not %s", said.first,
	    wrong[_i].why);
}
END_TEST

START_TEST(an_empty_table_knows_nobody)
{
	struct said said;
	struct knowledge *k = sheets_load(SHEET_NETWORK, HEAD, &said);

	ck_assert_ptr_nonnull(k);
	ck_assert_uint_eq(asn_at(k, "198.51.100.1"), 0);
	ck_assert_ptr_null(knowledge_network_by_asn(k, 1));
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("networks");
	TCase *t = tcase_create("table");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, finds_the_longest);
	tcase_add_test(t, agrees_with_the_slow_way);
	tcase_add_test(t, forms_of_an_ipv4_address);
	tcase_add_test(t, use_is_of_the_data);
	tcase_add_test(t, an_empty_table_knows_nobody);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(wrong));
	suite_add_tcase(s, t);
	return run_suite(s);
}
