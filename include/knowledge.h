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

#include "addr.h"
#include "classify.h"
#include "field.h"
#include "role.h"

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

/* signatures/entities: a company or group that makes modules, runs clouds, ... */
struct entity {
	const char *id, *name, *country;	/* ISO 3166 alpha-2 or NULL */
	const char *parent;	/* name of the controlling entity or NULL */
	const char *category;	/* module_maker, iot_cloud, ... */
	const char *basis;	/* listed, listed_affiliate, concern, jurisdiction_only, threat_reporting, criminal, baseline, category */
	bool adversary_linked;
	/* The strongest of its listings (its own and its affiliates') that are verified, name it
	 * and have not ended; else JURISDICTION when that is its basis; else NONE. Whether a
	 * listing was in force at the time of a packet is for the caller: compare `since`. */
	enum listing_status status;
	const struct listing *listings;	/* its own first, then its affiliates' */
	size_t n_listings;
};

enum indicator_kind {
	INDICATOR_DOMAIN,	/* suffix or exact host */
	INDICATOR_CIDR,		/* address or block, maybe with port */
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

struct indicator {
	const char *id;		/* "ind-0001" */
	const char *value;	/* as written */
	const char *type;	/* as written: domain, host, ip, cert_sha1, ... */
	const char *source;	/* first source, with its date in as_of */
	const char *as_of;
	const char *note;	/* may be NULL */
	const struct entity *entity;
	/* eight bits each: a million of these must fit in 200 MB */
	enum indicator_kind kind : 8;
	enum field_match match : 8;	/* which fields it is looked up with */
	enum indicator_identifies identifies : 8;
	enum indicator_use use : 8;
	enum role role : 8;
	enum verdict_confidence confidence : 8;	/* HIGH only when verified */
	uint8_t severity_hint;	/* 1 critical .. 4 low, 0 none */
	bool verified;
	uint8_t proto;		/* 6, 17, or 0: any */
	uint16_t port;		/* of address:port, 0: any */
	uint64_t valid_from_us, valid_until_us;	/* inclusive; 0: open */
};

/* Why a load failed or what it did; lines for the operator. */
typedef void (*knowledge_complain_fn)(void *arg, bool error, const char *file,
    unsigned line, const char *text);

/**
 * Load every *.json below each of the `n` folders (entities/, lists/, listings/,
 * indicators/). Any error is reported with file, line and reason, and then nothing is
 * loaded: returns -EINVAL (contents) or another -errno, *out untouched. 0: *out is the
 * caller's.
 */
int knowledge_load(struct knowledge **out, const char *const *paths, size_t n,
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

/* Look-ups: fill `found` with up to `max` indicators, most specific first, and return how
 * many. None allocates; cost does not grow with the number of indicators. Whether an
 * indicator may be used at a time is for the caller (valid_from/until). */
enum { KNOWLEDGE_FOUND_MAX = 16 };

/** A host name as seen (any case, trailing dot, A-labels): exact, then each parent on label
 * borders. Names longer than 253 octets, or that hold octets no host name has, match nothing. */
size_t knowledge_find_domain(const struct knowledge *k, const char *name, size_t len,
    const struct indicator **found, size_t max);
/** An address and where it was contacted (port and proto 0: not known): longest block first. */
size_t knowledge_find_addr(const struct knowledge *k, const struct addr *a, uint16_t port,
    uint8_t proto, const struct indicator **found, size_t max);
/** A text field of another kind, e.g. MATCH_JA3, MATCH_MQTT_TOPIC. Hashes (MATCH_CERT_HASH,
 * MATCH_JA3) may come as octets or as hexadecimal. MATCH_CERT_NAME finds what was said of
 * certificates only: to compare with host names too, call knowledge_find_domain() as well. */
size_t knowledge_find_text(const struct knowledge *k, enum field_match match,
    const char *text, size_t len, const struct indicator **found, size_t max);

#endif
