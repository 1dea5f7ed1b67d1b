/* SPDX-License-Identifier: Apache-2.0 */
/* mmdb.c - the only file that knows libmaxminddb. */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <maxminddb.h>

#include "macros.h"
#include "mmdb.h"

enum { ORG_OCTETS_MAX = 255, SOURCE_OCTETS_MAX = 256, DAY_OCTETS = sizeof("9999-12-31") };

struct mmdb {
	MMDB_s db;
	char source[SOURCE_OCTETS_MAX];
	char as_of[DAY_OCTETS];
};

/* Where the databases we know keep what we ask for, the first that is there counts: GeoLite2 and
 * DB-IP (flat, and country.iso_code; DB-IP's larger ones in traits), IPinfo (asn "AS64500",
 * as_name; nested in the database of companies), ip-location-db and iptoasn (country_code). */
typedef const char *const key_path[4];	/* closed by a NULL */
static const key_path asn_paths[] = {
	{ "autonomous_system_number" }, { "asn" }, { "as_number" }, { "asn", "asn" },
	{ "traits", "autonomous_system_number" },
};
static const key_path org_paths[] = {
	{ "autonomous_system_organization" }, { "as_name" }, { "as_org" }, { "organization" },
	{ "org" }, { "name" }, { "asn", "name" }, { "traits", "autonomous_system_organization" },
};
static const key_path country_paths[] = {
	{ "country", "iso_code" }, { "country_code" }, { "country" },
};

static bool
get(const MMDB_entry_s *record, const key_path *p, MMDB_entry_data_s *value)
{
	MMDB_entry_s entry = *record;

	return MMDB_aget_value(&entry, value, *p) == MMDB_SUCCESS && value->has_data;
}

/* A number, or "AS64500", or "64500". 0: none. */
static uint32_t
asn_of(const MMDB_entry_data_s *value)
{
	uint64_t n = 0;
	const char *text = value->utf8_string;
	size_t at = 0;

	switch (value->type) {
	case MMDB_DATA_TYPE_UINT16:
		return value->uint16;
	case MMDB_DATA_TYPE_UINT32:
		return value->uint32;
	case MMDB_DATA_TYPE_UINT64:
		return value->uint64 <= UINT32_MAX ? (uint32_t)value->uint64 : 0;
	case MMDB_DATA_TYPE_UTF8_STRING:
		break;
	default:
		return 0;
	}
	if (value->data_size > 2 && (text[0] | 0x20) == 'a' && (text[1] | 0x20) == 's')
		at = 2;
	if (value->data_size - at > 10)
		return 0;
	for (; at < value->data_size; at++) {
		if (text[at] < '0' || text[at] > '9')
			return 0;
		n = n * 10 + (uint64_t)(text[at] - '0');
	}
	return n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* Two letters, ISO 3166-1 alpha-2. */
static bool
country_of(const MMDB_entry_data_s *value, char country[static 3])
{
	char code[3] = "";

	if (value->type != MMDB_DATA_TYPE_UTF8_STRING || value->data_size != 2)
		return false;
	for (size_t i = 0; i < 2; i++) {
		code[i] = (char)(value->utf8_string[i] & ~0x20);
		if (code[i] < 'A' || code[i] > 'Z')
			return false;
	}
	memcpy(country, code, sizeof(code));
	return true;
}

static void
read_record(const MMDB_entry_s *record, struct mmdb_answer *answer)
{
	MMDB_entry_data_s value;

	for (size_t i = 0; answer->asn == 0 && i < ARRAY_LEN(asn_paths); i++)
		if (get(record, &asn_paths[i], &value))
			answer->asn = asn_of(&value);
	for (size_t i = 0; answer->asn != 0 && answer->org == NULL && i < ARRAY_LEN(org_paths); i++)
		if (get(record, &org_paths[i], &value) && value.type == MMDB_DATA_TYPE_UTF8_STRING
		    && value.data_size != 0) {
			answer->org = value.utf8_string;
			answer->org_len = value.data_size < ORG_OCTETS_MAX ? value.data_size
			    : ORG_OCTETS_MAX;
		}
	for (size_t i = 0; answer->country[0] == '\0' && i < ARRAY_LEN(country_paths); i++)
		if (get(record, &country_paths[i], &value))
			(void)country_of(&value, answer->country);
}

void
mmdb_find(const struct mmdb *m, const struct addr *a, struct mmdb_answer *answer)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to = { .v6 = { .sin6_family = AF_INET6 } };
	MMDB_lookup_result_s found;
	int error;

	*answer = (struct mmdb_answer){ .asn = 0 };
	if (addr_is_ipv4(a)) {
		to.v4 = (struct sockaddr_in){ .sin_family = AF_INET };
		memcpy(&to.v4.sin_addr, a->octet + 12, 4);
	} else {
		memcpy(&to.v6.sin6_addr, a->octet, 16);
	}
	found = MMDB_lookup_sockaddr(&m->db, &to.any, &error);
	if (error == MMDB_SUCCESS && found.found_entry)
		read_record(&found.entry, answer);
}

/* --- opening --- */

static int __attribute__((format(printf, 3, 4)))
refuse(char *err, size_t err_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err, err_size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* A file of ours alone that holds the octets: the library maps files only. -errno, or its
 * descriptor. */
static int
copy_to_memory(const void *octets, size_t len)
{
	int fd = memfd_create("mmdb", MFD_CLOEXEC), err;
	const char *at = octets;

	if (fd < 0)
		return -errno;
	while (len != 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			err = n < 0 ? -errno : -EIO;
			(void)close(fd);
			return err;
		}
		at += n;
		len -= (size_t)n;
	}
	return fd;
}

static int
open_copy(struct mmdb *m, const void *octets, size_t len, char *err, size_t err_size)
{
	int fd = copy_to_memory(octets, len), rc;
	char path[64];

	if (fd < 0) {
		(void)refuse(err, err_size, "cannot be copied: %s", strerror(-fd));
		return fd;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = MMDB_open(path, MMDB_MODE_MMAP, &m->db);
	(void)close(fd);
	if (rc == MMDB_OUT_OF_MEMORY_ERROR)
		return -ENOMEM;
	if (rc == MMDB_SUCCESS)
		return 0;
	return refuse(err, err_size, "is no database that can be read: %s",
	    rc == MMDB_FILE_OPEN_ERROR ? "cannot be mapped (is /proc there?)" : MMDB_strerror(rc));
}

/* What is seen of a database while it is walked. */
struct walk {
	uint8_t *seen;		/* a bit per octet of the data section: this record was checked */
	size_t records;
	bool tells;		/* one of them says AS or country */
};

/* One end of a node: another node, nothing, or a record. */
static bool
check_end(const struct mmdb *m, struct walk *walk, uint8_t type, const MMDB_entry_s *entry)
{
	struct mmdb_answer answer = { .asn = 0 };
	size_t at = entry->offset;

	if (type == MMDB_RECORD_TYPE_SEARCH_NODE || type == MMDB_RECORD_TYPE_EMPTY)
		return true;
	if (type != MMDB_RECORD_TYPE_DATA || at >= m->db.data_section_size)
		return false;
	if ((walk->seen[at / 8] & 1u << at % 8) != 0)
		return true;
	walk->seen[at / 8] |= (uint8_t)(1u << at % 8);
	walk->records++;
	if (!mmdb_record_is_good(m->db.data_section, m->db.data_section_size, at))
		return false;
	if (!walk->tells) {
		read_record(entry, &answer);
		walk->tells = answer.asn != 0 || answer.country[0] != '\0';
	}
	return true;
}

/* Every node of the tree and every record it leads to, each once. */
static int
check_all(const struct mmdb *m, char *err, size_t err_size)
{
	struct walk walk = { .seen = calloc(m->db.data_section_size / 8 + 1, 1) };
	MMDB_search_node_s node;
	int rc = 0;

	if (walk.seen == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < m->db.metadata.node_count; i++)
		if (MMDB_read_node(&m->db, i, &node) != MMDB_SUCCESS
		    || !check_end(m, &walk, node.left_record_type, &node.left_record_entry)
		    || !check_end(m, &walk, node.right_record_type, &node.right_record_entry))
			rc = refuse(err, err_size, "is broken: node %u of its tree, or the record it leads "
			    "to", i);
	if (rc == 0 && !walk.tells)
		rc = refuse(err, err_size, "says neither AS nor country in any of its %zu records",
		    walk.records);
	free(walk.seen);
	return rc;
}

static void
name_it(struct mmdb *m, const char *path)
{
	const char *slash = strrchr(path, '/'), *type = m->db.metadata.database_type;
	time_t built = (time_t)m->db.metadata.build_epoch;
	struct tm tm;

	(void)snprintf(m->source, sizeof(m->source), "%.120s (%.120s)",
	    slash == NULL ? path : slash + 1, type == NULL ? "" : type);
	if (built <= 0 || gmtime_r(&built, &tm) == NULL || tm.tm_year > 9999 - 1900
	    || strftime(m->as_of, sizeof(m->as_of), "%Y-%m-%d", &tm) == 0)
		m->as_of[0] = '\0';
}

int
mmdb_open(struct mmdb **out, const char *name, const void *octets, size_t len, char *err,
    size_t err_size)
{
	struct mmdb *m;
	int rc;

	if (!mmdb_metadata_is_good(octets, len))
		return refuse(err, err_size, "is no database that can be read: its metadata");
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	rc = open_copy(m, octets, len, err, err_size);
	if (rc != 0) {
		free(m);
		return rc;
	}
	rc = check_all(m, err, err_size);
	if (rc != 0) {
		mmdb_close(m);
		return rc;
	}
	name_it(m, name);
	*out = m;
	return 0;
}

void
mmdb_close(struct mmdb *m)
{
	if (m == NULL)
		return;
	MMDB_close(&m->db);
	free(m);
}

const char *
mmdb_source(const struct mmdb *m)
{
	return m->source;
}

const char *
mmdb_as_of(const struct mmdb *m)
{
	return m->as_of[0] == '\0' ? NULL : m->as_of;
}
