/* SPDX-License-Identifier: Apache-2.0 */
/* mmdb.h - the door to libmaxminddb: databases of who holds an address (MaxMind DB file format
 * specification, 2.0).
 *
 * Every record of a file is checked when it is opened, so that a look-up later finds nothing
 * broken, whatever the file is: it reads a few map entries, allocates nothing and cannot fail. */
#ifndef PICKET_KNOWLEDGE_MMDB_H
#define PICKET_KNOWLEDGE_MMDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"

struct mmdb;	/* opaque: mmdb.c */

/* What a database says of an address. Text is borrowed for the life of the database. */
struct mmdb_answer {
	uint32_t asn;		/* 0: not said */
	const char *org;	/* not closed by a NUL; NULL: not said */
	size_t org_len;
	char country[3];	/* "": not said */
};

/** Take over a database as it stands in memory (it is copied: a file that is written over in place
 * must not pull the ground from under a running monitor). `path` gives its name. 0 and *out, or
 * -EINVAL or another -errno with a line in `err`: broken, or one that says neither AS nor country. */
int mmdb_open(struct mmdb **out, const char *path, const void *octets, size_t len, char *err,
    size_t err_size);
void mmdb_close(struct mmdb *m);
/** What is known of the address; all of it may be unknown. */
void mmdb_find(const struct mmdb *m, const struct addr *a, struct mmdb_answer *answer);
/** "NAME (type)" and the day it was built, YYYY-MM-DD, or NULL. */
const char *mmdb_source(const struct mmdb *m);
const char *mmdb_as_of(const struct mmdb *m);

/** mmdb_check.c: is the record at `offset` of a data section whole and small? A map of at most 512
 * values, nested at most 8 deep, all inside the section. */
bool mmdb_record_is_good(const uint8_t *section, size_t size, size_t offset);
/** Are the metadata at the end of a file whole, and nothing but texts in their lists? (The library
 * loses memory over those that are not.) */
bool mmdb_metadata_is_good(const uint8_t *octets, size_t len);

#endif
