/* SPDX-License-Identifier: Apache-2.0 */
/* test_pack.c - the pack that ships: it loads without complaint, holds what its README says,
 * and every indicator in it is found by its own value. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knowledge.h"
#include "macros.h"
#include "run_suite.h"

static void
listen(void *arg, bool error, const char *file, unsigned line, const char *text)
{
	(void)arg;
	ck_abort_msg("%s %s:%u: %s", error ? "error" : "note", file, line, text);
}

static struct knowledge *
load(void)
{
	const char *source = getenv("PICKET_SOURCE");
	struct knowledge *k = NULL;
	char path[4096];
	const char *paths[] = { path };

	snprintf(path, sizeof(path), "%s/signatures", source == NULL ? "." : source);
	ck_assert_int_eq(knowledge_load(&k, &(struct knowledge_sources){ .paths = paths, .n_paths = 1 }, listen, NULL), 0);
	return k;
}

START_TEST(holds_what_it_says)
{
	struct knowledge *k = load();
	size_t status[LISTING_STATUS_N] = { 0 };

	ck_assert_uint_eq(knowledge_indicators(k), 1047);
	ck_assert_uint_eq(knowledge_entities(k), 172 + 34);
	ck_assert_uint_eq(knowledge_tacs(k), 158 + 586);
	ck_assert_uint_eq(knowledge_ouis(k), 4701);
	for (size_t i = 0; i < knowledge_entities(k); i++)
		status[knowledge_entity(k, i)->status]++;
	ck_assert_uint_eq(status[LISTING_LISTED], 51);
	ck_assert_uint_eq(status[LISTING_CONCERN], 3);
	ck_assert_uint_eq(status[LISTING_PROPOSED], 0);
	ck_assert_uint_eq(status[LISTING_JURISDICTION], 60 + 34);
	knowledge_free(k);
}
END_TEST

/* A value that the indicator must match: wildcards filled in. */
static size_t
sample_text(const char *value, char *out)
{
	size_t len = 0;

	for (const char *p = value; *p != '\0'; p++) {
		const char *end = *p == '{' ? strchr(p, '}') : NULL;
		unsigned run = 1;

		if (end == NULL) {
			out[len++] = *p;
			continue;
		}
		if (sscanf(p, "{d%u", &run) == 1 || p[1] == 'd') {
			memset(out + len, '7', run);
			len += run;
		} else if (p[1] == '}') {
			out[len++] = 'x';
		}
		p = end;
	}
	return len;
}

static size_t
find_own(const struct knowledge *k, const struct indicator *ind, const struct indicator **found)
{
	char text[1024];
	size_t len;

	if (ind->kind == INDICATOR_CIDR) {
		struct cidr c;

		ck_assert_msg(cidr_parse(&c, ind->value) == 0, "%s", ind->value);
		return knowledge_find_addr(k, &c.base, 0, 0, found, KNOWLEDGE_FOUND_MAX);
	}
	if (ind->kind == INDICATOR_DOMAIN) {
		len = (size_t)snprintf(text, sizeof(text), "%s%s",
		    strcmp(ind->type, "domain") == 0 ? "x." : "", ind->value);
		return knowledge_find_domain(k, text, len, found, KNOWLEDGE_FOUND_MAX);
	}
	if (ind->kind == INDICATOR_PORT)
		return knowledge_find_port(k, ind->proto, ind->port, found, KNOWLEDGE_FOUND_MAX);
	len = sample_text(ind->value, text);
	return knowledge_find_text(k, ind->match, text, len, found, KNOWLEDGE_FOUND_MAX);
}

START_TEST(finds_each_by_its_own_value)
{
	struct knowledge *k = load();

	for (size_t i = 0; i < knowledge_indicators(k); i++) {
		const struct indicator *ind = knowledge_indicator(k, i);
		const struct indicator *found[KNOWLEDGE_FOUND_MAX];
		size_t n = find_own(k, ind, found), at = 0;

		while (at < n && found[at] != ind)
			at++;
		ck_assert_msg(at < n, "%s '%s' is not found by its own value", ind->id, ind->value);
	}
	knowledge_free(k);
}
END_TEST

START_TEST(keeps_its_promises)
{
	struct knowledge *k = load();

	for (size_t i = 0; i < knowledge_indicators(k); i++) {
		const struct indicator *ind = knowledge_indicator(k, i);

		ck_assert_msg(ind->verified, "%s", ind->id);
		ck_assert_msg(ind->entity->adversary_linked || ind->use != USE_ALERT ||
		    strcmp(ind->entity->basis, "criminal") == 0, "%s", ind->id);
		ck_assert_msg(ind->kind != INDICATOR_PORT || ind->use == USE_CONTEXT, "%s", ind->id);
		ck_assert_msg(ind->use != USE_RETRO_HUNT || ind->valid_until_us != 0, "%s", ind->id);
	}
	knowledge_free(k);
}
END_TEST

START_TEST(knows_who_bought_it)
{
	struct knowledge *k = load();
	const struct entity *e = knowledge_entity_by_id(k, "ublox");

	ck_assert_uint_eq(e->n_owners, 1);
	ck_assert_str_eq(e->owners[0].owner->id, "trasna");
	ck_assert_str_eq(e->owners[0].from, "2025");
	ck_assert(!e->owners[0].verified);
	ck_assert_uint_eq(knowledge_entity_by_id(k, "quectel")->n_owners, 0);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *entity, *list;
	enum listing_status status;
	const char *since;
	bool affiliate;
} standing[] = {
	{ "quectel", "us-dod-1260h", LISTING_LISTED, "2025-01-07", false },
	{ "quectel", "us-house-ccp-letters", LISTING_LISTED, "2023-08-08", false },
	{ "fibocom", "us-house-ccp-letters", LISTING_CONCERN, "2023-08-08", false },
	{ "contec", "us-cisa-icsma-25-030-01", LISTING_CONCERN, "2025-01-30", false },
	{ "cmiot", "us-dod-1260h", LISTING_LISTED, "2021-06-03", true },
	{ "aliyun", "us-dod-1260h", LISTING_LISTED, "2026-06-08", true },
	{ "tencent", "us-dod-1260h", LISTING_LISTED, "2025-01-07", false },
	{ "kaspersky", "us-fcc-covered", LISTING_LISTED, "2022-03-25", false },
	{ "raptor_train", "us-ofac-sdn-cyber", LISTING_LISTED, "2025-01-03", true },
	{ "simcom", NULL, LISTING_JURISDICTION, NULL, false },
	{ "tuya", NULL, LISTING_JURISDICTION, NULL, false },
	{ "verizon", NULL, LISTING_NONE, NULL, false },
	{ "any_prc_cellular_module", "us-fcc-modules-proposed", LISTING_NONE, "2026-05-12", false },
};

/* Facts checked against the lists themselves: what stands in an alert. */
START_TEST(knows_who_is_on_what)
{
	struct knowledge *k = load();
	const struct entity *e = knowledge_entity_by_id(k, standing[_i].entity);
	const struct listing *listing = NULL;

	ck_assert_msg(e != NULL, "%s", standing[_i].entity);
	ck_assert_msg(e->status == standing[_i].status, "%s: %s", e->id,
	    listing_status_name(e->status));
	for (size_t i = 0; standing[_i].list != NULL && listing == NULL && i < e->n_listings; i++)
		if (strcmp(e->listings[i].list->id, standing[_i].list) == 0)
			listing = &e->listings[i];
	ck_assert_msg((listing != NULL) == (standing[_i].list != NULL), "%s", e->id);
	if (listing != NULL) {
		ck_assert_str_eq(listing->since, standing[_i].since);
		ck_assert(listing->affiliate == standing[_i].affiliate);
	} else {
		ck_assert_uint_eq(e->n_listings, 0);
	}
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *name, *entity;	/* NULL: nothing is found */
} names[] = {
	{ "iot-south.quectel.com", "quectel" }, { "iot-south.acceleronix.io", "quectel" },
	{ "notquectel.com", NULL }, { "quectel.com.example.net", NULL },
	{ "quec-pro-oss.oss-cn-shanghai.aliyuncs.com", "quectel" },
	{ "other-bucket.oss-cn-shanghai.aliyuncs.com", "aliyun" },
	{ "h3.iot-dns.com", "tuya" }, { "zzhc.vnet.cn", "china_telecom" },
	{ "www.wikipedia.org", NULL }, { "debian.org", NULL }, { "cloudflare.com", NULL },
	{ "pool.ntp.org", NULL }, { "example.cn", NULL },
};

START_TEST(knows_whose_it_is)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	struct knowledge *k = load();
	size_t n = knowledge_find_domain(k, names[_i].name, strlen(names[_i].name), found,
	    KNOWLEDGE_FOUND_MAX);

	ck_assert_msg((n != 0) == (names[_i].entity != NULL), "%s", names[_i].name);
	if (n != 0)
		ck_assert_str_eq(found[0]->entity->id, names[_i].entity);
	knowledge_free(k);
}
END_TEST

static const struct {
	uint32_t tac;
	const char *entity, *brand;	/* NULL: no entity, not in the tables */
} allocations[] = {
	{ 86330504, "quectel", "Quectel" }, { 35667304, "quectel", "Quectel" },
	{ 1598700, "fibocom", "Fibocom" }, { 86241907, "luat", "AirM2M (Luat)" },
	{ 1281000, "semtech_sierra", "Sierra Wireless" }, { 35180800, NULL, "Adcon Telemetry" },
	{ 35059700, NULL, NULL }, { 86000000, NULL, NULL },
};

START_TEST(knows_whose_tac_it_is)
{
	struct knowledge *k = load();
	const struct tac *tac = knowledge_tac(k, allocations[_i].tac);

	ck_assert_msg((tac == NULL) == (allocations[_i].brand == NULL), "%08u", allocations[_i].tac);
	if (tac != NULL) {
		ck_assert_str_eq(tac->brand, allocations[_i].brand);
		ck_assert((tac->maker == NULL) == (allocations[_i].entity == NULL));
	}
	if (tac != NULL && tac->maker != NULL)
		ck_assert_str_eq(tac->maker->id, allocations[_i].entity);
	knowledge_free(k);
}
END_TEST

static const struct {
	uint8_t mac[6];
	const char *holder, *family;
} interfaces[] = {
	{ { 0x00, 0xe0, 0xfc, 1, 2, 3 }, "huawei", NULL },
	{ { 0x34, 0x4b, 0x50, 0xb7, 0xef, 3 }, "zte", "ZTE MF8xx" },
	{ { 0x02, 0x50, 0xf3, 0, 0, 0 }, NULL, "Qualcomm" },
	{ { 0x0c, 0x5b, 0x8f, 0x27, 0x9a, 0x64 }, NULL, "HiLink" },
	{ { 0x02, 0xe0, 0xfc, 1, 2, 3 }, NULL, NULL },
};

START_TEST(knows_whose_address_it_is)
{
	struct knowledge *k = load();
	const struct oui *oui = knowledge_oui(k, interfaces[_i].mac);
	const struct modem_mac *modem = knowledge_modem_mac(k, interfaces[_i].mac);

	ck_assert((oui == NULL) == (interfaces[_i].holder == NULL));
	if (oui != NULL)
		ck_assert_str_eq(oui->holder->id, interfaces[_i].holder);
	ck_assert((modem == NULL) == (interfaces[_i].family == NULL));
	if (modem != NULL)
		ck_assert_ptr_nonnull(strstr(modem->family, interfaces[_i].family));
	knowledge_free(k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pack");
	TCase *t = tcase_create("shipped");

	tcase_add_test(t, holds_what_it_says);
	tcase_add_test(t, finds_each_by_its_own_value);
	tcase_add_test(t, keeps_its_promises);
	tcase_add_test(t, knows_who_bought_it);
	tcase_add_loop_test(t, knows_who_is_on_what, 0, ARRAY_LEN(standing));
	tcase_add_loop_test(t, knows_whose_it_is, 0, ARRAY_LEN(names));
	tcase_add_loop_test(t, knows_whose_tac_it_is, 0, ARRAY_LEN(allocations));
	tcase_add_loop_test(t, knows_whose_address_it_is, 0, ARRAY_LEN(interfaces));
	suite_add_tcase(s, t);
	return run_suite(s);
}
