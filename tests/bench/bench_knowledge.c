/* SPDX-License-Identifier: Apache-2.0 */
/* bench_knowledge.c - a thousand and a million made-up indicators, as a pack and as feeds of outside
 * intelligence (a plain list and a CSV of domains, addresses, blocks and certificate hashes): CPU
 * time and memory of the load, and the price of a look-up of each kind. A look-up may cost more with a million only
 * as far as the processor's caches are too small for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "knowledge/internal.h"

enum { DOCUMENT_RECORDS = 50000, DOCUMENT_OCTETS = DOCUMENT_RECORDS * 320, LOOKUPS = 1000000 };

static const char entities[] = "[{\"id\":\"x\",\"name\":\"X\",\"category\":\"company\","
    "\"basis\":\"criminal\",\"adversary_linked\":true,\"evidence\":\"unverified\",\"sources\":[]}]";

static double
cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t
write_value(unsigned i, char *out, size_t size)
{
	if (i % 4 == 0)
		return (size_t)snprintf(out, size, "\"ip\",\"value\":\"%u.%u.%u.%u\"", 11 + (i >> 24),
		    i >> 16 & 255, i >> 8 & 255, i & 255);
	return (size_t)snprintf(out, size, "\"domain\",\"value\":\"host%u.example%u.net\"", i, i % 997);
}

static size_t
write_document(unsigned first, unsigned n, char *out)
{
	size_t len = (size_t)sprintf(out, "[");

	for (unsigned i = first; i < first + n; i++) {
		char value[64];

		(void)write_value(i, value, sizeof(value));
		len += (size_t)sprintf(out + len, "%s{\"id\":\"syn-%07u\",\"entity\":\"x\",\"type\":%s,"
		    "\"role\":\"telemetry\",\"identifies\":\"host_operator\",\"use\":\"alert\","
		    "\"confidence\":\"medium\",\"verified\":false,\"severity\":\"high\","
		    "\"as_of\":\"2026-08-23\",\"sources\":[\"https://example.net/feed\"]}",
		    i == first ? "" : ",\n", i, value);
	}
	len += (size_t)sprintf(out + len, "]");
	return len;
}

static struct knowledge *
build(unsigned n, char *document, double *seconds)
{
	struct knowledge *k = NULL;
	struct loader l;

	if (loader_begin(&l, NULL, NULL) != 0)
		exit(1);
	load_document(&l, FOLDER_ENTITIES, "e", entities, sizeof(entities) - 1);
	*seconds = 0;
	for (unsigned at = 0; at < n; at += DOCUMENT_RECORDS) {
		unsigned part = n - at < DOCUMENT_RECORDS ? n - at : DOCUMENT_RECORDS;
		size_t len = write_document(at, part, document);
		double start = cpu_seconds();

		load_document(&l, FOLDER_INDICATORS, "i", document, len);
		*seconds += cpu_seconds() - start;
	}
	if (loader_end(&l, &k) != 0 || knowledge_indicators(k) != n)
		exit(1);
	return k;
}

/* Names of five labels, one in two known; addresses likewise. */
static void
look_up(const struct knowledge *k, unsigned n, double *domain_ns, double *addr_ns)
{
	const struct indicator *found[KNOWLEDGE_FOUND_MAX];
	size_t hits = 0;
	double start = cpu_seconds();

	for (unsigned i = 0; i < LOOKUPS; i++) {
		unsigned at = (i * 2654435761u) % n;
		char name[64];
		int len = snprintf(name, sizeof(name), "a.b.%s%u.example%u.net",
		    i % 2 == 0 ? "host" : "other", at, at % 997);

		hits += knowledge_find_domain(k, name, (size_t)len, found, KNOWLEDGE_FOUND_MAX);
	}
	*domain_ns = (cpu_seconds() - start) * 1e9 / LOOKUPS;
	start = cpu_seconds();
	for (unsigned i = 0; i < LOOKUPS; i++) {
		unsigned at = (i * 2654435761u) % n;
		uint8_t octets[4] = { (uint8_t)(11 + (at >> 24) + i % 2 * 100), (uint8_t)(at >> 16),
			(uint8_t)(at >> 8), (uint8_t)at };
		struct addr a = addr_from_ipv4(octets);

		hits += knowledge_find_addr(k, &a, 443, 6, found, KNOWLEDGE_FOUND_MAX);
	}
	*addr_ns = (cpu_seconds() - start) * 1e9 / LOOKUPS;
	if (hits == 0)
		exit(1);
}

/* --- feeds --- */

/* Half of the indicators in each: names and addresses as look_up() asks for them, and others. */
static void
write_feeds(const char *plain, const char *csv, unsigned n)
{
	FILE *list = fopen(plain, "w"), *table = fopen(csv, "w");

	if (list == NULL || table == NULL)
		exit(1);
	fputs("indicator,type,date,description\n", table);
	for (unsigned i = 0; i < n; i++) {
		FILE *out = i % 2 == 0 ? list : table;
		char value[64];
		const char *type = "domain";

		if (i % 8 < 2) {
			snprintf(value, sizeof(value), "%u.%u.%u.%u", 11 + (i >> 24), i >> 16 & 255, i >> 8 & 255, i & 255);
			type = "ip";
		} else if (i % 8 == 2 || i % 16 == 5) {
			unsigned bits = 20 + i / 16 % 9;
			uint32_t base = (UINT32_C(0x20000000) + i * 4096u) & ~((1u << (32 - bits)) - 1);

			snprintf(value, sizeof(value), "%u.%u.%u.%u/%u", base >> 24, base >> 16 & 255, base >> 8 & 255,
			    base & 255, bits);
			type = "cidr";
		} else if (i % 16 == 13) {
			snprintf(value, sizeof(value), "%08x%08x%08x%08x%08x", i, i * 7919, ~i, i ^ 0x5a5a5a5a, i * 31);
			type = "cert_sha1";
		} else {
			snprintf(value, sizeof(value), "host%u.example%u.net", i, i % 997);
		}
		fprintf(out, out == list ? "%s\n" : "%s,%s,2026-08-%02u,bench\n", value, type, 1 + i % 28);
	}
	if (fclose(list) != 0 || fclose(table) != 0)
		exit(1);
}

/* In a process of its own, whose memory is its own. */
static void
measure_feeds(unsigned n)
{
	char plain[64], csv[64];
	struct intel_source sources[] = {
		{ .path = plain, .name = (char[]){ "plain" }, .confidence = CONFIDENCE_MEDIUM, .max_shrink_percent = 50 },
		{ .path = csv, .name = (char[]){ "csv" }, .confidence = CONFIDENCE_MEDIUM, .max_shrink_percent = 50 },
	};
	struct knowledge_sources from = { .intel = sources, .n_intel = 2 };
	struct knowledge *k = NULL;
	double start, load_s, domain_ns, addr_ns;
	struct rusage usage;

	snprintf(plain, sizeof(plain), "/tmp/bench-feed-%d.txt", (int)getpid());
	snprintf(csv, sizeof(csv), "/tmp/bench-feed-%d.csv", (int)getpid());
	write_feeds(plain, csv, n);
	start = cpu_seconds();
	if (knowledge_load(&k, &from, NULL, NULL) != 0)
		exit(1);
	load_s = cpu_seconds() - start;
	unlink(plain);
	unlink(csv);
	getrusage(RUSAGE_SELF, &usage);
	look_up(k, n, &domain_ns, &addr_ns);
	printf("%7zu of %u indicators of feeds: load %.3f s, peak memory %ld MB, look-up of a name (with "
	    "writing it) %.0f ns, of an address %.0f ns\n", knowledge_indicators(k), n, load_s,
	    usage.ru_maxrss / 1024, domain_ns, addr_ns);
	knowledge_free(k);
}

static void
measure_apart(unsigned n)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0) {
		measure_feeds(n);
		fflush(stdout);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		exit(1);
}

int
main(void)
{
	static const unsigned sizes[] = { 1000, 1000000 };
	char *document = malloc(DOCUMENT_OCTETS);
	struct rusage usage;

	if (document == NULL)
		return 1;
	for (size_t i = 0; i < 2; i++)
		measure_apart(sizes[i]);
	for (size_t i = 0; i < 2; i++) {
		double load_s, domain_ns, addr_ns;
		struct knowledge *k = build(sizes[i], document, &load_s);

		look_up(k, sizes[i], &domain_ns, &addr_ns);
		getrusage(RUSAGE_SELF, &usage);
		printf("%7u indicators: load %.3f s, peak memory %ld MB, look-up of a name (with "
		    "writing it) %.0f ns, of an address %.0f ns\n", sizes[i], load_s,
		    usage.ru_maxrss / 1024, domain_ns, addr_ns);
		knowledge_free(k);
	}
	free(document);
	return 0;
}
