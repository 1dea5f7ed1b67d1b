/* SPDX-License-Identifier: Apache-2.0 */
/* knowledge.h - who is who: entities, lists, listings and indicators, and how to look up
 * what a flow shows.
 *
 * Built once from files, immutable afterwards, all of it in one arena. A reload builds a
 * second one beside the first. Text is borrowed for the life of the knowledge. */
#ifndef PICKET_KNOWLEDGE_H
#define PICKET_KNOWLEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "addr.h"
#include "classify.h"
#include "digits.h"
#include "field.h"
#include "role.h"

struct intel_source;
struct knowledge;	/* opaque: src/knowledge/knowledge.c */

/* How an entity stands to official lists: four different things that never merge. */
#define LISTING_STATUSES(X)				\
	X(LISTING_NONE, "none")				\
	X(LISTING_JURISDICTION, "jurisdiction")		\
	X(LISTING_PROPOSED, "proposed")			\
	X(LISTING_CONCERN, "concern")			\
	X(LISTING_LISTED, "listed")
enum listing_status {
#define X(id, name) id,
	LISTING_STATUSES(X)
#undef X
	LISTING_STATUS_N
};
const char *listing_status_name(enum listing_status status);

/* A date and what happens on it. Dates are as precise as they are known: YYYY, YYYY-MM or
 * YYYY-MM-DD; this holds for all dates of listings and as_of too. */
struct list_date {
	const char *date, *what;
};

/* signatures/lists: an official list, its effect and what it does not say. */
struct list {
	const char *id, *name, *authority, *kind, *url, *effect, *does_not, *as_of;
	const char *deadline;	/* the next after the pack's date, else the last; or NULL */
	const char *deadline_what;
	const struct list_date *deadlines;	/* all of them, by date */
	size_t n_deadlines;
	bool verified;
	enum listing_status status;	/* what being on it means; NONE: it names nobody */
};

/* signatures/listings: an entity on a list since when. */
struct listing {
	const struct list *list;
	const char *name;	/* as the list writes it */
	const char *since, *until;	/* NULL: not known, not ended */
	const char *scope;	/* what the entry is limited to, or NULL */
	const char *as_of;	/* when this was last checked */
	const char *source;	/* NULL only when not verified */
	bool verified;
	bool named;		/* false: it covers a class of products; the entity is not named */
	bool affiliate;		/* the listed one is the parent or a sister, not the entity itself */
};

/* Who owned an entity when, as far as it is known. */
struct ownership {
	const struct entity *owner;
	const char *from, *until;	/* as precise as known; NULL: not known, still so */
	const char *what;	/* which part, or NULL: all of it */
	bool verified;
};

/* signatures/entities: a company or group that makes modules, runs clouds, ... */
struct entity {
	const char *id, *name, *country;	/* ISO 3166 alpha-2 or NULL */
	const char *parent;	/* name of the controlling entity or NULL */
	const char *category;	/* module_maker, iot_cloud, ... */
	const char *basis;	/* listed, listed_affiliate, concern, jurisdiction_only, threat_reporting, criminal, baseline, category */
	bool adversary_linked;
	bool is_feed;	/* stands for a feed of outside intelligence that names no entity; in no table of entities */
	/* The strongest of its listings (its own and its affiliates') that are verified, name it
	 * and have not ended; else JURISDICTION when that is its basis; else NONE. Whether a
	 * listing was in force at the time of a packet is for the caller: compare `since`. */
	enum listing_status status;
	const struct listing *listings;	/* its own first, then its affiliates' */
	size_t n_listings;
	const struct ownership *owners;	/* in the order of dates; `parent` is who controls it now */
	size_t n_owners;
};

enum indicator_kind {
	INDICATOR_DOMAIN,	/* suffix or exact host */
	INDICATOR_CIDR,		/* address or block, maybe with port */
	INDICATOR_PORT,		/* a port of any address: it proves nothing alone */
	INDICATOR_TEXT		/* other fields: certificate hash or name, JA3, topic, path ... */
};

/* What a match proves: who runs the far end, whose software speaks, ... never two at once. */
#define INDICATOR_IDENTIFIES(X)				\
	X(IDENTIFIES_HOST_OPERATOR, "host_operator")	\
	X(IDENTIFIES_CLIENT_SOFTWARE, "client_software")	\
	X(IDENTIFIES_DEVICE, "device_identity")		\
	X(IDENTIFIES_SIM, "sim_or_carrier")		\
	X(IDENTIFIES_PROTOCOL, "protocol_hint")
enum indicator_identifies {
#define X(id, name) id,
	INDICATOR_IDENTIFIES(X)
#undef X
	IDENTIFIES_N
};
const char *indicator_identifies_name(enum indicator_identifies identifies);

/* What an indicator may do: raise, or only add to what something else raised. */
enum indicator_use {
	USE_ALERT, USE_CONTEXT, USE_BASELINE,
	USE_RETRO_HUNT	/* only for packets inside valid_from..valid_until */
};

/* Why something that a feed of outside intelligence holds is not used: X(id, name, meaning) */
#define FEED_SKIPS(X)									\
	X(FEED_UNREADABLE, "unreadable", "not of the kind that it should be")		\
	X(FEED_TOO_LONG, "too_long", "line, cell or record beyond its limit")		\
	X(FEED_DUPLICATE, "duplicate", "said by the same feed before")			\
	X(FEED_TOO_BROAD, "too_broad", "a block or name of far more than one operator")	\
	X(FEED_NOT_PUBLIC, "not_public", "private, local or multicast address, or a local name") \
	X(FEED_FILE_HASH, "file_hash", "hash of a file: no field carries it")		\
	X(FEED_NO_FIELD, "no_field", "of a kind that no field carries")			\
	X(FEED_TLS_PATH, "tls_path", "path of an https URL: no field carries it")	\
	X(FEED_CONDITION, "condition", "holds under a condition that cannot be tested: would be widened") \
	X(FEED_PATTERN, "pattern", "expression that is not understood")			\
	X(FEED_REVOKED, "revoked", "withdrawn by the feed itself")			\
	X(FEED_NO_DETECTION, "no_detection", "not meant for detection by the feed itself") \
	X(FEED_OTHER, "other", "object or entry that is no indicator")			\
	X(FEED_FILE, "file", "file or event of the feed that could not be read")	\
	X(FEED_ALLOWED, "allowed", "on an allow-list")					\
	X(FEED_NO_ROOM, "no_room", "the most indicators, or of one value, are there")
enum feed_skip {
#define X(id, name, help) id,
	FEED_SKIPS(X)
#undef X
	FEED_SKIP_N
};
const char *feed_skip_name(enum feed_skip skip);

#define FEED_STATES(X)								\
	X(FEED_USED, "used")							\
	X(FEED_WARNED, "warned")	/* used, but something is wrong: why */	\
	X(FEED_KEPT, "kept")		/* refused; what the load before had holds on */ \
	X(FEED_REFUSED, "refused")	/* nothing of it is used: why */
enum feed_state {
#define X(id, name) id,
	FEED_STATES(X)
#undef X
	FEED_STATE_N
};
const char *feed_state_name(enum feed_state state);

/* One of intel[]: read = used + all that was skipped, of this load (of KEPT: `used` is what was
 * kept). */
struct feed {
	const char *name, *path;
	const char *format;	/* of the first file; NULL: there was none */
	const char *why;	/* a sentence; NULL: nothing is wrong */
	const struct entity *entity;	/* its own, of category "feed", unless the operator named one */
	enum feed_state state;
	bool allow;
	uint64_t date_us;	/* what it says of itself, else when its newest file was written; 0: unknown */
	uint64_t octets, files, read, used, skipped[FEED_SKIP_N];
	struct {		/* the first of each; text NULL: none */
		const char *file, *text;
		unsigned line;
	} first[FEED_SKIP_N];
};

struct indicator {
	const char *id;		/* "ind-0001"; of a feed its name, or its name and an id of its own */
	const char *value;	/* as written; of a feed in its canonical form */
	const char *type;	/* as written: domain, host, ip, cert_sha1, ... */
	const char *source;	/* first source, with its date in as_of */
	const char *as_of;
	const char *note;	/* may be NULL */
	const struct entity *entity;	/* never NULL */
	const struct feed *feed;	/* outside intelligence; NULL: of the pack */
	/* eight bits each: a million of these must fit in 200 MB */
	enum indicator_kind kind : 8;
	enum field_match match : 8;	/* which fields it is looked up with */
	enum indicator_identifies identifies : 8;
	enum indicator_use use : 8;
	enum role role : 8;
	enum verdict_confidence confidence : 8;	/* HIGH only when verified, or the operator's word of a feed */
	uint8_t severity_hint;	/* 1 critical .. 4 low, 0 none */
	bool verified;
	uint8_t proto;		/* 6, 17, or 0: any */
	uint16_t port;		/* of address:port, 0: any */
	uint32_t line;		/* of its file; 0: of the pack, or it has an id */
	uint64_t valid_from_us, valid_until_us;	/* inclusive; 0: open */
};

/* A row of a table of TACs: to whom the type allocation code (TS 23.003, 6.2.1) was given. It
 * proves the allocation, not who made the module: a product that was certified by its seller has
 * the seller's TAC, and IMEIs can be rewritten. Maker and brand are kept apart (white label). */
struct tac {
	uint32_t tac;		/* eight digits as a number, never 0 */
	uint32_t own : 1;	/* from the operator's identity.tac_files */
	uint32_t line : 31;	/* of its table */
	const struct entity *maker;	/* NULL: no entity of that name is known */
	const char *maker_name;	/* as the table writes it, else the entity's name; NULL: not said */
	const char *brand, *model;	/* NULL: not said */
	const char *source;	/* what the row rests on; of an own table its file */
	const char *as_of;	/* YYYY[-MM[-DD]]; NULL in own tables */
};

/* Whom IEEE gave the prefix of a MAC address: who holds it, not whose module is behind it. */
struct oui {
	uint64_t prefix;	/* its `bits` leading bits, in the low bits of the number */
	uint8_t bits;		/* 24 (MA-L), 28 (MA-M) or 36 (MA-S) */
	const struct entity *holder;	/* NULL: not in the pack */
	const char *organisation;
	const char *source, *as_of;
};

/* An address that modems of many brands have out of the box: it shows a family of baseband or
 * firmware, never a maker. */
struct modem_mac {
	uint64_t prefix;
	uint8_t bits;		/* 40 or 48 */
	const char *family;
	const char *source, *as_of;
};

/* What a network may do: raise an alert by itself, or only stand beside what something else raised.
 * Of a cloud or a carrier the tenant is not known, so theirs are of the second kind. */
enum network_use { NETWORK_CONTEXT, NETWORK_ALERT };

/* signatures/networks: an autonomous system and whose it is. */
struct network {
	uint32_t asn;		/* never 0 */
	enum network_use use;
	const struct entity *entity;	/* never NULL */
	const char *organisation;	/* as the registry of numbers writes it */
	const char *source, *as_of;
};

/* Who holds an address: an operator of a network, not whoever rents the host. Texts are borrowed
 * for the life of the knowledge. */
struct owner {
	uint32_t asn;		/* 0: not known */
	const char *as_org;	/* as written, not closed by a NUL; NULL: not known */
	size_t as_org_len;
	const char *source, *as_of;	/* of both; as_of may be NULL */
	char country[3];	/* of the address as its source places it; "": not known. It decides nothing */
	const char *country_source, *country_as_of;
	const struct network *network;	/* whose the AS is; NULL: nobody's in the pack */
};

/* How a device stands to the operator's register, identity.register. */
enum registered {
	REGISTER_NONE,		/* there is no register */
	REGISTER_YES,
	REGISTER_NO_IMEI,	/* neither its IMEI nor its SIM is in it */
	REGISTER_OTHER_PAIR,	/* IMEI or IMSI is in it, with another partner only */
	REGISTER_UNKNOWN	/* too little is known of the device to tell */
};

/* Where knowledge comes from. Everything is borrowed for the length of the load. */
struct knowledge_sources {
	const char *const *paths;	/* folders: knowledge.paths */
	size_t n_paths;
	const char *const *tac_files;	/* the operator's own tables: identity.tac_files */
	size_t n_tac_files;
	const char *const *tac_columns;	/* "tac=Type Allocation Code": identity.tac_columns */
	size_t n_tac_columns;
	const char *device_register;	/* identity.register; NULL without */
	const struct intel_source *intel;	/* config.h */
	size_t n_intel;
	uint64_t now_us;	/* by which the age of feeds is judged; 0: it is not */
	const struct knowledge *previous;	/* of a reload: sizes and contents of feeds before; may be NULL */
	const char *const *mmdb_files;	/* databases of who holds an address: knowledge.mmdb */
	size_t n_mmdb_files;
};

/* Why a load failed or what it did; lines for the operator. */
typedef void (*knowledge_complain_fn)(void *arg, bool error, const char *file,
    unsigned line, const char *text);

/**
 * Load every *.json below each of the folders (entities/, lists/, listings/, indicators/),
 * identity/ (tac*.csv, oui*.csv, modem-mac*.csv), and the operator's tables. Any error is reported with
 * file, line and reason, and then nothing is loaded: returns -EINVAL (contents) or another
 * -errno, *out untouched. Rows of the operator's tables that cannot be read are left out; they
 * are counted, and the first of each file named, as warnings. A feed of outside intelligence never
 * fails the load: what is wrong with it is a warning, and stands in its struct feed. What the
 * configuration says of it wrongly (a format, role, entity or list that does not exist) does.
 * 0: *out is the caller's.
 */
int knowledge_load(struct knowledge **out, const struct knowledge_sources *sources,
    knowledge_complain_fn complain, void *arg);
void knowledge_free(struct knowledge *k);

/** Version of the pack (signatures/pack.json) and a hash over all that was loaded, hex. */
const char *knowledge_version(const struct knowledge *k);
const char *knowledge_hash(const struct knowledge *k);
size_t knowledge_indicators(const struct knowledge *k);
size_t knowledge_entities(const struct knowledge *k);
const struct indicator *knowledge_indicator(const struct knowledge *k, size_t at);
const struct entity *knowledge_entity(const struct knowledge *k, size_t at);
const struct entity *knowledge_entity_by_id(const struct knowledge *k, const char *id);

/* Two generations: after a reload, what was held of the old one is found again in the new. Both
 * must be alive; `of` belongs to either. Neither allocates, nor grows with what is loaded. */

/** The indicator of `k` that says the same: id, value, type, entity, use, what it identifies. Role,
 * confidence, dates, source may differ. NULL: gone, or it says something else now. */
const struct indicator *knowledge_same_indicator(const struct knowledge *k,
    const struct indicator *of);
/** The entity of that id. NULL: gone, or `of` is NULL. */
const struct entity *knowledge_same_entity(const struct knowledge *k, const struct entity *of);

/** The feeds in the order of the configuration. */
const struct feed *knowledge_feeds(const struct knowledge *k, size_t *n);
/** Write how the feeds are, a line or more each, for a person. */
void knowledge_print_feeds(const struct knowledge *k, FILE *out);
/** Does an allow-list hold what was seen: a name, an address as text, or a text of another kind? Only
 * indicators of feeds may be asked about: what the pack says no allow-list takes away. */
bool knowledge_allows(const struct knowledge *k, const struct indicator *ind, const char *seen,
    size_t len);
/** Does any feed hold URLs with a path? */
bool knowledge_has_urls(const struct knowledge *k);
/** A request in clear: "host/path?query", the host in lower case and without a port, and the port it
 * went to. */
size_t knowledge_find_url(const struct knowledge *k, const char *url, size_t len, uint16_t port,
    const struct indicator **found, size_t max);

/* Identity. None of these allocates; each costs a binary search. */

/** NULL: the TAC is in no table (or 0), and then nothing is known of its maker. */
const struct tac *knowledge_tac(const struct knowledge *k, uint32_t tac);
/** The maker in one name: the entity's, else the table's, else the brand; never NULL. */
const char *tac_maker_name(const struct tac *tac);
/** The body that allocated a TAC, by its first two digits (GSMA TS.06, Annex A): "TAF (China)" for 86.
 * NULL: none is known. It says nothing about the maker: foreign brands ask TAF, too. */
const char *tac_reporting_body(uint32_t tac);
/** The longest prefix. NULL: none, or the address is locally administered or a group's. */
const struct oui *knowledge_oui(const struct knowledge *k, const uint8_t mac[6]);
/** Is it an address that modems are born with? NULL: no. */
const struct modem_mac *knowledge_modem_mac(const struct knowledge *k, const uint8_t mac[6]);
/** Look a device up in the register: by the first 14 digits of IMEI or IMEISV, and by IMSI; either may
 * be DIGITS_NONE. A row without an IMSI allows the module any SIM, one without an IMEI the
 * SIM any module. */
enum registered knowledge_registered(const struct knowledge *k, digits imei, digits imsi);
size_t knowledge_tacs(const struct knowledge *k);
size_t knowledge_ouis(const struct knowledge *k);
size_t knowledge_register_rows(const struct knowledge *k);

/* Who holds an address. No allocation; cost: a binary search, and one walk down the tree of each
 * database. */

/** The longest prefix of the pack's tables that holds the address (*block, if not NULL), or
 * NULL. */
const struct network *knowledge_network(const struct knowledge *k, const struct addr *a,
    struct cidr *block);
/** NULL: the AS is in no table. */
const struct network *knowledge_network_by_asn(const struct knowledge *k, uint32_t asn);
/** From the operator's databases, the first that knows; where none knows the AS, from the pack's
 * tables. IPv4 addresses inside 64:ff9b::/96 (RFC 6052) are looked up as such. False: nothing is
 * known. */
bool knowledge_owner(const struct knowledge *k, const struct addr *a, struct owner *owner);
size_t knowledge_networks(const struct knowledge *k);	/* prefixes */
/** Is there a network that may raise an alert? */
bool knowledge_networks_accuse(const struct knowledge *k);
size_t knowledge_mmdbs(const struct knowledge *k);
/** What database `at` is called ("NAME (type)") and when it was built, YYYY-MM-DD or NULL. */
const char *knowledge_mmdb_source(const struct knowledge *k, size_t at);
const char *knowledge_mmdb_as_of(const struct knowledge *k, size_t at);

/* Look-ups: fill `found` with up to `max` indicators, most specific first, and return how
 * many. None allocates; cost does not grow with the number of indicators. Whether an
 * indicator may be used at a time is for the caller (valid_from/until). */
enum { KNOWLEDGE_FOUND_MAX = 16 };

/** A host name as seen (any case, trailing dot, A-labels): exact, then each parent on label
 * borders. Names longer than 253 octets, or that hold octets no host name has, match nothing. */
size_t knowledge_find_domain(const struct knowledge *k, const char *name, size_t len,
    const struct indicator **found, size_t max);
/** An address and where it was contacted (port and proto 0: not known): longest block first. The
 * IPv4 address in one of NAT64 (RFC 6052, 64:ff9b::/96) is looked up as itself, too. */
size_t knowledge_find_addr(const struct knowledge *k, const struct addr *a, uint16_t port,
    uint8_t proto, const struct indicator **found, size_t max);
/** The port of a far end: what it hints at beside a match. */
size_t knowledge_find_port(const struct knowledge *k, uint8_t proto, uint16_t port,
    const struct indicator **found, size_t max);
/** A text field of another kind, e.g. MATCH_JA3, MATCH_MQTT_TOPIC. Hashes (MATCH_CERT_HASH,
 * MATCH_JA3) may come as octets or as hexadecimal. MATCH_CERT_NAME finds what was said of
 * certificates only: to compare with host names too, call knowledge_find_domain() as well. */
size_t knowledge_find_text(const struct knowledge *k, enum field_match match,
    const char *text, size_t len, const struct indicator **found, size_t max);

#endif
