/* SPDX-License-Identifier: Apache-2.0 */
/* internal.h - what the files of knowledge/ share: the immutable result, and the state of a
 * load while it is being built. */
#ifndef PICKET_KNOWLEDGE_INTERNAL_H
#define PICKET_KNOWLEDGE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

#include "csv_file.h"
#include "date.h"
#include "hash.h"
#include "json.h"
#include "knowledge.h"

struct arena;
struct rule_drafts;
struct rule_set;

enum {
	/* what a pack may hold; beyond, the load is refused */
	FILE_OCTETS_MAX = 32 << 20,
	TABLE_OCTETS_MAX = 256 << 20,	/* of an operator's own table */
	FILES_MAX = 8192,
	FOLDER_DEPTH_MAX = 8,
	ENTITIES_MAX = 1 << 16,
	LISTS_MAX = 1 << 12,
	LISTINGS_MAX = 1 << 16,
	INDICATORS_MAX = 1 << 22,
	SAME_VALUE_MAX = KNOWLEDGE_FOUND_MAX,	/* indicators with one value */
	SCANNED_MAX = 256,	/* contains and pattern indicators of one kind: each is tried */
	SOURCES_MAX = 32,
	AFFILIATES_MAX = 16,
	OWNERS_MAX = 8,
	DATES_MAX = 32,
	ERRORS_MAX = 50,	/* told one by one */
	TACS_MAX = 1 << 20,	/* own and shipped each */
	OUIS_MAX = 1 << 18,
	MODEM_MACS_MAX = 1 << 12,
	REGISTER_MAX = 1 << 23,
	NETWORKS_MAX = 1 << 20,	/* prefixes, and systems */
	NETWORK_MEMO = 1024,	/* systems read lately; a power of two */
	MMDB_FILES_MAX = 8,
	MMDB_OCTETS_MAX = 256 << 20,
	MAKER_KEY_MAX = 128,	/* of a maker's name in its normal form */
	MAKER_MEMO = 1024,	/* makers looked up lately; a power of two */

	ID_MAX = 64,
	NAME_MAX_OCTETS = 512,
	SENTENCE_MAX = 1024,
	SOURCE_MAX = 512,
	VALUE_MAX = 256,
	TEXT_SEEN_MAX = 512	/* of a text from the wire; fields are cut there (field.h) */
};

/* How the value of a text indicator is compared. */
enum text_rule { RULE_EXACT, RULE_PREFIX, RULE_SUFFIX, RULE_CONTAINS, RULE_PATTERN, RULE_N };

/* First octet of a table key: what kind of value follows. */
enum key_class {
	KEY_DOMAIN_SUFFIX = 1, KEY_DOMAIN_EXACT,
	KEY_ADDR,	/* prefix length, then the 16 octets of the base */
	KEY_PORT,	/* IP protocol, then the port */
	KEY_URL,	/* host and path of a feed */
	KEY_ALLOW_HOST, KEY_ALLOW_SUFFIX, KEY_ALLOW_ADDR, KEY_ALLOW_TEXT,	/* of allow-lists */
	KEY_TEXT = 16	/* + field_match * RULE_N + rule */
};

/* An indicator and the canonical form of its value, by which it is found. */
struct item {
	struct indicator pub;
	const uint8_t *key;
	uint16_t key_len;
	uint8_t key_class;	/* 0: not in the table, but scanned */
	bool scan_pattern;	/* scanned: a pattern, else text to be contained */
	bool below_only;	/* of a domain: not the name itself */
};

/* A substring of an allow-list. */
struct allow_part {
	const struct feed *feed;
	const char *text;
	bool regex;		/* held against feeds when they are loaded, not kept compiled */
};

enum { SEGMENT_ITEMS = 4096 };

/* Open addressing, linear probing, at most half full. Equal keys lie in the order in which
 * they came. */
struct slot {
	uint32_t tag;	/* upper half of the hash */
	uint32_t item;	/* number + 1, 0: free */
};

struct table {
	struct slot *slots;
	size_t n_slots;	/* a power of two */
	size_t used;
};

/* The lengths that occur among the prefixes (or suffixes) of one kind, longest first. */
struct lengths {
	uint16_t len[VALUE_MAX + 1];
	uint16_t n;
};

/* Rows of TACs, found through an index sorted by TAC: tac << 32 | place of its row. */
struct tac_table {
	struct tac *row;	/* malloc'ed, in the order of reading */
	uint64_t *index;
	size_t n, room, n_index;
};

/* Prefixes of MAC addresses, sorted by length and value. */
struct oui_table {
	struct oui *row;
	size_t n, room;
};

struct modem_mac_table {
	struct modem_mac *row;
	size_t n, room;
};

/* A row of the operator's register; either may be DIGITS_NONE. */
struct register_row {
	digits imei, imsi;	/* imei: as imei_key() */
};

struct register_table {
	struct register_row *by_imei, *by_imsi;	/* the same rows, sorted twice */
	size_t n, room;
	size_t n_imei, n_imsi;	/* rows that have one: they come first */
};

/* Prefixes of networks, sorted by base and length; each knows the next wider one. */
struct network_row {
	struct addr base;
	uint32_t up;		/* place + 1 of the longest prefix that holds this one, 0: none */
	uint32_t len : 8;	/* bits of the 128-bit form */
	uint32_t net : 24;	/* place of its network */
};

struct network_table {
	struct network_row *row;
	size_t n;
	struct network *net;
	size_t n_nets, nets_room;
	bool accuses;		/* one of them may raise an alert */
	uint32_t *by_asn;	/* places of networks, sorted by AS: the first of each */
	size_t n_asns;
};

/* A row while it is read. */
struct network_draft {
	struct network_row row;
	const char *file;
	unsigned line;
};

struct mmdb;	/* mmdb.c */

struct knowledge {
	struct arena *arena;	/* all texts and keys */
	struct hash_seed seed;
	struct item **segments;	/* SEGMENT_ITEMS each, calloc'ed */
	size_t n_items, n_segments;
	struct table table;
	size_t longest_domain;	/* longer parents need no look-up */
	struct lengths addr_lengths;	/* in bits of the 128-bit form */
	struct lengths text_lengths[MATCH_N][2];	/* [0] prefixes, [1] suffixes */
	struct item **scanned[MATCH_N];	/* contains and pattern */
	size_t n_scanned[MATCH_N];

	struct entity **entities;
	size_t n_entities;
	struct list **lists;
	size_t n_lists;
	struct tac_table tacs[2];	/* [0] the operator's own, [1] of the packs */
	struct oui_table ouis;
	struct modem_mac_table modem_macs;
	struct register_table registered;
	bool has_register;
	struct rule_set *rules;	/* rule_set.h; NULL: none */
	struct feed *feeds;	/* malloc'ed, so that they do not move */
	size_t n_feeds;
	size_t n_allow, n_urls;	/* items */
	size_t longest_allow;	/* name on an allow-list */
	struct lengths allow_lengths;	/* of blocks, in bits */
	struct allow_part *allow_parts;	/* malloc'ed */
	size_t n_allow_parts, allow_parts_room;
	struct network_table networks;
	struct mmdb *mmdb[MMDB_FILES_MAX];
	size_t n_mmdbs;
	const char *version;
	const char *date;	/* of the pack, YYYY-MM-DD or NULL */
	char hash[17];
};

static inline struct item *
item_at(const struct knowledge *k, size_t at)
{
	return &k->segments[at / SEGMENT_ITEMS][at % SEGMENT_ITEMS];
}

/* A set of texts: for ids, and for the texts that many records share. */
struct text_set {
	const char **slots;
	size_t n_slots, used;
};

/* What entities/ says beyond struct entity, until all of it is known. */
struct draft_entity {
	struct entity *entity;
	const char *parent_id;
	const char *affiliate_ids[AFFILIATES_MAX];
	size_t n_affiliates;
	struct ownership *owners;	/* in the arena */
	const char *owner_ids[OWNERS_MAX];
	size_t n_owners;
	const char *file;
	unsigned line;
	struct listing *own;	/* malloc'ed */
	size_t n_own;
};

/* The folders of a pack, in the order in which they are read. */
enum folder {
	FOLDER_ENTITIES, FOLDER_LISTS, FOLDER_LISTINGS, FOLDER_INDICATORS, FOLDER_PACK, FOLDER_RULES,
	FOLDER_JSON_N,
	FOLDER_IDENTITY = FOLDER_JSON_N,	/* tables, CSV: enum sheet_kind */
	FOLDER_NETWORKS,
	FOLDER_N
};

/* What a table holds. */
enum sheet_kind {
	SHEET_TAC, SHEET_OUI, SHEET_MODEM_MAC,	/* of a pack, by the name of the file */
	SHEET_OWN_TAC, SHEET_REGISTER,	/* the operator's */
	SHEET_SHARED_NAMES, SHEET_PROOFS,	/* of a pack, by their one path */
	SHEET_NETWORK,	/* of a pack, in its folder */
	SHEET_KINDS
};

/* A name of a maker in its normal form (maker.c). */
struct maker_name {
	const char *key;
	const struct entity *entity;
};

/* A name below which many have hosts (shared-names.csv). */
struct shared_name {
	const char *name;
	const struct entity *entity;	/* who runs it; NULL: not in the pack */
};

struct loader {
	struct knowledge *k;
	knowledge_complain_fn complain;
	void *arg;
	size_t errors;
	int fatal;	/* -errno that ends the load at once, e.g. -ENOMEM */
	const char *file;	/* now being read, as told to the operator */
	unsigned line;
	struct text_set shared;	/* interned texts */
	struct text_set indicator_ids;
	struct draft_entity **drafts;	/* malloc'ed, by id */
	size_t n_drafts, n_listings, n_files;
	const struct draft_entity *last_draft;	/* of the last indicator: mostly the next's too */
	struct maker_name *makers;	/* malloc'ed; sorted at the first look-up */
	size_t n_makers, makers_room;
	bool makers_sorted;
	struct maker_name maker_memo[MAKER_MEMO];	/* key: an interned text, by its place */
	struct shared_name *shared_names;	/* malloc'ed */
	size_t n_shared_names, shared_names_room;
	struct text_set above_shared;	/* those names and what is above them */
	struct text_set proven;		/* ids with a proof, of packs that have any */
	bool pack_has_proofs;		/* the pack now being read */
	struct rule_drafts *rules;	/* rule_set.h; NULL: no rule was read yet */
	const char *const *tac_columns;	/* "tac=Column", of own tables */
	size_t n_tac_columns;
	struct network_draft *networks;	/* malloc'ed */
	size_t n_networks, networks_room;
	uint32_t network_memo[NETWORK_MEMO];	/* place + 1 of the last network read with such an AS */
	struct sha256_ctx sha;	/* over all that was read */
};

/* arena.c: memory that is freed in one go. */
struct arena *arena_new(void);
void arena_free(struct arena *a);
/** Zeroed, aligned for any type. NULL: out of memory. */
void *arena_alloc(struct arena *a, size_t size);
/** Give back all texts made since `mark` was filled; nobody may point to them. */
struct arena_mark {
	void *block;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_back(struct arena *a, struct arena_mark mark);
/** A copy with a closing NUL, unaligned: for texts and keys. */
char *arena_text(struct arena *a, const char *text, size_t len);

/* text_set.c */
void text_set_done(struct text_set *set);
/** The text equal to `text` in the set, or NULL. */
const char *text_set_find(const struct text_set *set, const struct hash_seed *seed,
    const char *text);
/** Put a text that is not in the set; borrowed. 0 or -ENOMEM. */
int text_set_add(struct text_set *set, const struct hash_seed *seed, const char *text);

/* table.c */
/** Put item number `at` under its key. 0 or -ENOMEM. */
int table_add(struct knowledge *k, size_t at);
/** Fill `found` with the items of this key, in the order in which they came. */
size_t table_find(const struct knowledge *k, uint8_t key_class, const void *key, size_t len,
    const struct item **found, size_t max);
/** Take the items from number `first` on out again; they are the last that came. */
void table_cut(struct knowledge *k, size_t first);
/** Note a length that occurs. */
void lengths_add(struct lengths *l, size_t len);

/* value.c: canonical forms. Each fills `out` and returns NULL, or says what is wrong. */
const char *domain_canonical(const char *text, char out[static VALUE_MAX]);
/** A name off the wire: lower case, without its trailing dot. 0 when it is no host name. */
size_t domain_from_wire(const char *name, size_t len, char out[static VALUE_MAX]);
/** Octets of the leading labels up to the last one that holds what no host name does. */
size_t domain_odd_labels(const char *name, size_t len);
const char *address_canonical(const char *text, bool block, struct cidr *out);
const char *address_port_canonical(const char *text, struct cidr *out, uint16_t *port);
/** "tcp/1883" */
const char *port_canonical(const char *text, uint8_t *proto, uint16_t *port);
/** Form in which texts of this kind are compared; `out` has room for TEXT_SEEN_MAX.
 * Returns its length, SIZE_MAX when it cannot match anything. */
size_t text_canonical(enum field_match match, const char *text, size_t len,
    char out[static TEXT_SEEN_MAX]);
const char *hash_wrong(const char *text, size_t digits_a, size_t digits_b);
const char *ja4_wrong(const char *text);

/* pattern.c: `{}` `{d}` `{d15}` `{d10-15}` `{*}`; see signatures/README.md. */
const char *pattern_wrong(const char *pattern);
bool pattern_matches(const char *pattern, const char *text, size_t len);

/* read.c: the members of a record, with complaints. The read_ functions return NULL or
 * `preset` after they have complained. */
void complain(struct loader *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void complain_at(struct loader *l, const char *file, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/** About the file and line now being read, without failing the load. */
void warn(struct loader *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int fatal(struct loader *l, int error);
bool known_keys(struct loader *l, const struct json_value *r, const char *const *keys, size_t n);
enum { OPTIONAL, REQUIRED };
/** The member's text, borrowed from the record; bounded, not empty, without controls. */
const char *read_text(struct loader *l, const struct json_value *r, const char *key,
    int required, size_t max);
/** The same, interned in the arena. */
const char *read_shared(struct loader *l, const struct json_value *r, const char *key,
    int required, size_t max);
const char *shared_text(struct loader *l, const char *text);
const char *own_text(struct loader *l, const char *text);
bool read_bool(struct loader *l, const struct json_value *r, const char *key);
/** A date as date_parse() reads it, interned. */
const char *read_date(struct loader *l, const struct json_value *r, const char *key,
    int required);
/** Index of the member's text among `n` words; -1 after complaining, or when absent and
 * optional. */
int read_word(struct loader *l, const struct json_value *r, const char *key, int required,
    const char *const *words, size_t n);
/** Lower-case letters, digits and `_` (and `-`): an identifier. */
bool id_is_good(const char *id);
/** The first of the `sources`, interned; complains unless there is one. */
const char *read_sources(struct loader *l, const struct json_value *r, int required);
/** An array of {date, what}. */
bool read_dates(struct loader *l, const struct json_value *r, const char *key,
    const struct list_date **out, size_t *n);

/* One record of each folder. They complain; what they add to `k` is freed with it. */
void load_entity(struct loader *l, const struct json_value *r);
void load_list(struct loader *l, const struct json_value *r);
void load_listing(struct loader *l, const struct json_value *r);
void load_indicator(struct loader *l, const struct json_value *r);
void load_pack(struct loader *l, const struct json_value *r);
void load_rule(struct loader *l, const struct json_value *r);
/** Room for one more item, at the end of all; it counts once k->n_items is raised. NULL when there
 * are INDICATORS_MAX (*full), or after the load has failed for want of memory. */
struct item *item_next(struct loader *l, bool *full);
/** By id; NULL when there is none. */
const struct draft_entity *find_draft(struct loader *l, const char *id);
struct list *find_list(const struct knowledge *k, const char *id);
/** All is read: parents, listings, affiliates' listings, status, deadlines. */
void settle_entities(struct loader *l);
void settle_lists(struct loader *l);
void settle_rules(struct loader *l);
void rule_drafts_free(struct rule_drafts *drafts);
void rule_set_free(struct rule_set *rs);

/* grow.c */
/** Room for one more of `size` octets behind `n` of them in *array (malloc'ed, *room of them).
 * Complains when there are `max`, or fails the load when out of memory. */
bool grow_array(struct loader *l, void *array, size_t size, size_t n, size_t *room, size_t max,
    const char *what);

/* maker.c: from the name of a company, as tables write it, to its entity. */
/** An entity goes by this name. */
void maker_add(struct loader *l, const char *name, const struct entity *e);
/** NULL: nobody, or more than one. `name` is interned (shared_text()): a table has each many times. */
const struct entity *maker_find(struct loader *l, const char *name);
/** Lower-case letters and digits only, legal forms and brackets left out. Returns the length. */
size_t maker_normal(const char *name, size_t len, char out[static MAKER_KEY_MAX]);

/* sheet.c: tables whose columns are found by their names in the first line. */
enum { SHEET_COLUMNS_MAX = 8, SHEET_NAMES_MAX = 12 };

struct sheet_column {
	const char *names[SHEET_NAMES_MAX];	/* ours first; the first that holds a text counts */
	bool required;
};

struct sheet {
	struct loader *l;
	struct csv_file *file;
	const struct csv_row *row;
	const struct sheet_column *columns;
	size_t n_columns;
	bool own;		/* the operator's: rows that cannot be read are warnings */
	size_t good, wrong;	/* rows */
	uint16_t at[SHEET_COLUMNS_MAX][SHEET_NAMES_MAX];	/* cell + 1, 0: not there */
};

/** Find the columns in the first row. False after complaining. */
bool sheet_begin(struct sheet *s, struct loader *l, struct csv_file *file,
    const struct sheet_column *columns, size_t n, bool own);
/** The next row that holds anything. */
bool sheet_next(struct sheet *s);
/** The row's text in a column, NULL when it has none. */
const char *sheet_text(const struct sheet *s, size_t column);
/** The row cannot be read: an error, or for an own table a warning, of which the first are told. */
void sheet_wrong(struct sheet *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Tell how many rows of an own table were left out; none that could be read is an error. */
void sheet_end(struct sheet *s);
/** The same, interned; the row is wrong when it is longer or holds controls. */
const char *sheet_shared(struct sheet *s, size_t column, size_t max);
/** A date as date_parse() reads it, interned; the row is wrong without one. */
const char *sheet_date(struct sheet *s, size_t column);

/* tac.c, oui.c, register.c: tables of identity. */
void load_tacs(struct loader *l, struct csv_file *f, bool own);
void load_ouis(struct loader *l, struct csv_file *f);
void load_modem_macs(struct loader *l, struct csv_file *f);
void load_register(struct loader *l, struct csv_file *f);
/** All is read: sort, and complain of what is there twice. */
void settle_ouis(struct loader *l);
void settle_register(struct loader *l);

/* lint.c: what loads but should not stand, with errors where it would accuse others. */
void load_shared_names(struct loader *l, struct csv_file *f);
void load_proofs(struct loader *l, struct csv_file *f);
/** `key`: the canonical value, as in struct item, with a closing NUL when it is a name. */
void lint_indicator(struct loader *l, const struct indicator *ind, uint8_t key_class, const char *key);
void lint_done(struct loader *l);

/* intel.c: outside intelligence. */
/** Read the feeds. They complain only of what the configuration says; all else is a warning. */
void load_intel(struct loader *l, const struct knowledge_sources *from);
/* allow.c */
/** All feeds are read: mark what is on an allow-list. */
void settle_allowed(struct loader *l);

/* networks.c: prefixes and whose network they are in. */
void load_networks(struct loader *l, struct csv_file *f);
void settle_networks(struct loader *l);
void networks_done(struct network_table *t);

/* load.c: a load step by step, as knowledge_load() does it from files. */
/** 0 or -ENOMEM. After 0, loader_end() must follow. */
int loader_begin(struct loader *l, knowledge_complain_fn say, void *arg);
/** Read one document; `name` is what complaints call it. */
void load_document(struct loader *l, enum folder folder, const char *name,
    const void *octets, size_t len);
/** The same for a table. */
void load_sheet(struct loader *l, enum sheet_kind kind, const char *name, const void *octets,
    size_t len);
/** The same for a database of who holds an address. */
void load_mmdb(struct loader *l, const char *name, const void *octets, size_t len);
/** Settle and hand over, or free everything: 0, -EINVAL when anything was complained about. */
int loader_end(struct loader *l, struct knowledge **out);

#endif
