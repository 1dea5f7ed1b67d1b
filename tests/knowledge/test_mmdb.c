/* SPDX-License-Identifier: Apache-2.0 */
/* test_mmdb.c - databases of every shape are read alike; broken ones are refused, and what is not
 * refused is harmless. The files are those of make_mmdb.py, in the folder that is named. */
#include <errno.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "knowledge/mmdb.h"
#include "knowledge/sheets.h"
#include "macros.h"
#include "run_suite.h"

static const char *folder;

static char *
read_file(const char *name, size_t *len)
{
	char path[4096], err[256] = "", *octets;

	snprintf(path, sizeof(path), "%s/%s.mmdb", folder, name);
	ck_assert_msg(file_read(path, 1 << 20, &octets, len, err, sizeof(err)) == 0, "%s", err);
	return octets;
}

static struct mmdb *
open_named(const char *name)
{
	size_t len;
	char *octets = read_file(name, &len), err[256] = "";
	struct mmdb *m = NULL;
	int rc = mmdb_open(&m, name, octets, len, err, sizeof(err));

	ck_assert_msg(rc == 0, "%s: %d %s", name, rc, err);
	free(octets);	/* it is not borrowed */
	return m;
}

static void
find(const struct mmdb *m, const char *address, struct mmdb_answer *answer)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, address), 0);
	mmdb_find(m, &a, answer);
}

static const struct {
	const char *name;
	bool asn, country, ipv6;
} shapes[] = {
	{ "geolite2-asn", true, false, true }, { "geolite2-country", false, true, true },
	{ "dbip-isp", true, true, true }, { "ipinfo-lite", true, true, true },
	{ "ipinfo-country-asn", true, true, true }, { "ipinfo-company", true, true, true },
	{ "iptoasn-country", false, true, true }, { "number-64", true, false, true },
	{ "ipv4-only", true, false, false },
};

static const struct {
	const char *address;
	uint32_t asn;
	const char *org, *country;
} places[] = {
	{ "192.0.2.0", 64496, "Alpha Networks", "DE" },
	{ "192.0.2.255", 64496, "Alpha Networks", "DE" },
	{ "192.0.1.255", 0, NULL, "" },
	{ "192.0.3.0", 0, NULL, "" },
	{ "198.51.100.127", 64497, "Beta \"Cloud\" Ltd", "US" },
	{ "198.51.100.128", 65551, "Gamma T\303\251l\303\251com", "FR" },
	{ "203.0.113.6", 0, NULL, "" },
	{ "203.0.113.8", 0, NULL, "" },
	{ "2001:db8:1::1", 64496, "Alpha Networks", "DE" },
	{ "2001:db8:3:ffff::", 65551, "Gamma T\303\251l\303\251com", "FR" },
	{ "2001:db8:4::", 0, NULL, "" },
};

START_TEST(reads_every_shape)
{
	struct mmdb *m = open_named(shapes[_i].name);

	ck_assert_str_eq(mmdb_as_of(m), "2026-01-01");
	ck_assert_ptr_nonnull(strstr(mmdb_source(m), shapes[_i].name));
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		bool known = shapes[_i].ipv6 || strchr(places[i].address, ':') == NULL;
		uint32_t asn = known && shapes[_i].asn ? places[i].asn : 0;
		struct mmdb_answer a;

		find(m, places[i].address, &a);
		ck_assert_uint_eq(a.asn, asn);
		ck_assert_str_eq(a.country, known && shapes[_i].country ? places[i].country : "");
		ck_assert((a.org != NULL) == (asn != 0));
		if (a.org != NULL) {
			ck_assert_uint_eq(a.org_len, strlen(places[i].org));
			ck_assert_mem_eq(a.org, places[i].org, a.org_len);
		}
	}
	mmdb_close(m);
}
END_TEST

START_TEST(bounds_names)
{
	struct mmdb *m = open_named("geolite2-asn");
	struct mmdb_answer a;

	find(m, "203.0.113.7", &a);
	ck_assert_uint_eq(a.asn, 64511);
	ck_assert_uint_eq(a.org_len, 255);	/* of 300 */
	mmdb_close(m);
}
END_TEST

START_TEST(believes_no_odd_values)
{
	struct mmdb *m = open_named("as-zero");
	struct mmdb_answer a;

	find(m, "192.0.2.1", &a);		/* AS 0, the name of a country */
	ck_assert(a.asn == 0 && a.org == NULL && a.country[0] == '\0');
	find(m, "198.51.100.1", &a);		/* an AS of more than 32 bits, no letters */
	ck_assert(a.asn == 0 && a.country[0] == '\0');
	find(m, "203.0.113.1", &a);		/* "ASx" */
	ck_assert_uint_eq(a.asn, 0);
	ck_assert_str_eq(a.country, "DE");
	mmdb_close(m);
}
END_TEST

static const struct {
	const char *name, *why;
} refused[] = {
	{ "nothing-known", "neither AS nor country" }, { "record-of-600", "broken" },
	{ "no-map", "broken" },
};

START_TEST(refuses_what_is_no_use)
{
	size_t len;
	char *octets = read_file(refused[_i].name, &len), err[256] = "";
	struct mmdb *m = NULL;

	ck_assert_int_eq(mmdb_open(&m, "x", octets, len, err, sizeof(err)), -EINVAL);
	ck_assert_msg(strstr(err, refused[_i].why) != NULL, "%s", err);
	ck_assert_ptr_null(m);
	free(octets);
}
END_TEST

/* Whatever the octets are: a complaint, or a database that can be asked. */
static bool
try(const char *octets, size_t len)
{
	char err[256] = "";
	struct mmdb *m = NULL;

	if (mmdb_open(&m, "hostile", octets, len, err, sizeof(err)) != 0) {
		ck_assert_ptr_null(m);
		ck_assert_str_ne(err, "");
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct mmdb_answer a;
		unsigned sum = 0;

		find(m, places[i].address, &a);
		ck_assert_uint_le(a.org_len, 255);
		ck_assert_uint_le(strlen(a.country), 2);
		for (size_t k = 0; k < a.org_len; k++)
			sum += (unsigned char)a.org[k];	/* ASan sees what is not there */
		ck_assert_uint_le(sum, 255 * 255);
	}
	mmdb_close(m);
	return true;
}

START_TEST(refuses_every_prefix)
{
	size_t len;
	char *octets = read_file(shapes[_i].name, &len);

	/* Of the last ones the metadata lacks values, all of which are needed but the last. */
	for (size_t n = 0; n + 40 < len; n++) {
		char *cut = malloc(n + 1);	/* just so long */

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, octets, n);
		ck_assert_msg(!try(cut, n), "%s cut to %zu of %zu octets", shapes[_i].name, n, len);
		free(cut);
	}
	ck_assert(try(octets, len));
	free(octets);
}
END_TEST

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

START_TEST(survives_mutations)
{
	uint64_t state = 88172645463325252u + (uint64_t)_i;
	unsigned accepted = 0;
	size_t len;
	char *octets = read_file(shapes[_i].name, &len), *copy = malloc(len);

	ck_assert_ptr_nonnull(copy);
	for (unsigned round = 0; round < 3000; round++) {
		unsigned changes = 1 + (unsigned)(next_random(&state) % 4);

		memcpy(copy, octets, len);
		while (changes-- != 0) {
			static const char telling[] = { 0, 1, 0x1f, 0x20, 0x3f, 0x40, 0x5f, 0x7f,
				(char)0xe0, (char)0xff };
			uint64_t r = next_random(&state);

			copy[r % len] = (r >> 32 & 1) != 0 ? (char)(r >> 40)
			    : telling[(r >> 40) % sizeof(telling)];
		}
		accepted += try(copy, len);
	}
	ck_assert_uint_gt(accepted, 0);		/* both kinds were tried */
	ck_assert_uint_lt(accepted, 3000);
	free(copy);
	free(octets);
}
END_TEST

/* --- as part of the knowledge --- */

static const char table[] = "prefix,asn,entity,organisation,source,as_of\n"
    "203.0.113.0/24,64497,quectel,Quectel AS,table,2026-06\n"
    "192.0.2.0/24,64510,quectel,Other AS,table,2026-06\n";

static struct knowledge *
load(struct said *said, const char *const *names, size_t n)
{
	struct loader l;

	sheets_begin(&l, said);
	sheets_add(&l, SHEET_NETWORK, "N", table);
	for (size_t i = 0; i < n; i++) {
		size_t len;
		char *octets = read_file(names[i], &len);

		load_mmdb(&l, names[i], octets, len);
		free(octets);
	}
	return sheets_end(&l);
}

static bool
owner_of(const struct knowledge *k, const char *address, struct owner *o)
{
	struct addr a;

	ck_assert_int_eq(addr_parse(&a, address), 0);
	return knowledge_owner(k, &a, o);
}

START_TEST(databases_go_before_the_table)
{
	static const char *const names[] = { "iptoasn-country", "geolite2-asn", "dbip-isp" };
	struct said said;
	struct knowledge *k = load(&said, names, 3);
	struct owner o;

	ck_assert_msg(k != NULL, "%s", said.first);
	ck_assert_uint_eq(knowledge_mmdbs(k), 3);
	ck_assert(owner_of(k, "198.51.100.1", &o));
	ck_assert_uint_eq(o.asn, 64497);
	ck_assert_mem_eq(o.as_org, "Beta", 4);
	ck_assert_str_eq(o.source, "geolite2-asn (geolite2-asn)");
	ck_assert_str_eq(o.country, "US");
	ck_assert_ptr_nonnull(strstr(o.country_source, "iptoasn-country"));
	ck_assert_str_eq(o.as_of, "2026-01-01");
	/* whose the AS is comes from the table, although it knows other prefixes */
	ck_assert_ptr_nonnull(o.network);
	ck_assert_str_eq(o.network->entity->id, "quectel");
	/* the table calls it another's: the database is believed */
	ck_assert(owner_of(k, "192.0.2.1", &o));
	ck_assert_uint_eq(o.asn, 64496);
	ck_assert_ptr_null(o.network);
	/* the databases do not know it: the table is */
	ck_assert(owner_of(k, "203.0.113.99", &o));
	ck_assert_uint_eq(o.asn, 64497);
	ck_assert_str_eq(o.source, "table");
	ck_assert_str_eq(o.country, "");
	ck_assert(!owner_of(k, "8.8.8.8", &o));
	ck_assert_ptr_null(o.network);
	knowledge_free(k);
}
END_TEST

START_TEST(a_bad_file_loads_nothing)
{
	static const char *const names[] = { "geolite2-asn", "nothing-known" };
	struct said said;

	ck_assert_ptr_null(load(&said, names, 2));
	ck_assert_uint_eq(said.errors, 1);
	ck_assert_ptr_nonnull(strstr(said.first, "nothing-known"));
}
END_TEST

/* Written over in place, as cp does, it stays what it was. */
START_TEST(outlives_its_file)
{
	char path[] = "/tmp/picket-mmdb-XXXXXX", *octets;
	const char *files[] = { path };
	struct knowledge_sources from = { .mmdb_files = files, .n_mmdb_files = 1 };
	struct knowledge *k = NULL;
	struct owner o;
	size_t len;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	octets = read_file("geolite2-asn", &len);
	ck_assert_int_eq(write(fd, octets, len), (ssize_t)len);
	free(octets);
	ck_assert_int_eq(knowledge_load(&k, &from, NULL, NULL), 0);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert(owner_of(k, "192.0.2.1", &o));
	ck_assert_uint_eq(o.asn, 64496);
	knowledge_free(k);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_ne(knowledge_load(&k, &from, NULL, NULL), 0);	/* empty now */
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_ne(knowledge_load(&k, &from, NULL, NULL), 0);	/* gone */
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *s = suite_create("mmdb");
	TCase *t = tcase_create("files"), *all = tcase_create("knowledge");

	if (argc < 2)
		return EXIT_FAILURE;
	folder = argv[1];
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_every_shape, 0, ARRAY_LEN(shapes));
	tcase_add_test(t, bounds_names);
	tcase_add_test(t, believes_no_odd_values);
	tcase_add_loop_test(t, refuses_what_is_no_use, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, refuses_every_prefix, 0, ARRAY_LEN(shapes));
	tcase_add_loop_test(t, survives_mutations, 0, ARRAY_LEN(shapes));
	tcase_add_test(all, databases_go_before_the_table);
	tcase_add_test(all, a_bad_file_loads_nothing);
	tcase_add_test(all, outlives_its_file);
	suite_add_tcase(s, t);
	suite_add_tcase(s, all);
	return run_suite(s);
}
