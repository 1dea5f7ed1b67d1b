/* SPDX-License-Identifier: Apache-2.0 */
/* names.c - the name cache: interned names, (device, address) -> name, address -> names.
 *
 * Both tables are rings of entries in the order of their insertion, found through an index.
 * What leaves is decided on ring order and packet time only, never on hash order: the same
 * input leaves the same names behind whatever the seed was. Rings are reserved as address
 * space and become memory as they fill; the indexes double. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "flow.h"
#include "hash.h"
#include "index.h"
#include "names.h"
#include "slab.h"
#include "suffix.h"

#define NAMES_COUNTERS(X)						\
	X(NAMES_LEARNED, "classify.names.learned", "answers taken into the name cache")	\
	X(NAMES_EVICTED, "classify.names.evicted", "(device, address) pairs dropped to make room") \
	X(NAMES_EVICTED_OF, "classify.names.evicted_shared", "(address, name) pairs dropped to make room") \
	X(NAMES_REFUSED, "classify.names.refused", "answers not taken: no room for the name, or no name")
enum { NAMES_COUNTERS(STATS_ENUM) NAMES_COUNTER_N };
static const struct counter_desc names_counters[] = { NAMES_COUNTERS(STATS_DESC) };

enum {
	NAME_MAX_OCTETS = 255,
	SAMPLE = 8,		/* entries looked at to find the one to drop */
	NAMES_OF_MAX = 16,	/* as the header says */
	TEXT_PER_PAIR = 64,	/* names may use this much per pair: most are shared, or short */
	TEXT_LEAST = 1 << 20,
	MAKE_ROOM = 16,		/* pairs dropped, at most, for the text of one name */
};

/* A name; lies in a slab block, its id is the block's number. */
struct name {
	uint32_t refs, hash;
	char text[];		/* lower case, closing NUL */
};

struct pair {
	struct addr device, address;
	uint32_t name;		/* 0: this entry is free */
	uint32_t learned_s;	/* Unix time, up to 2106; of a free entry: the next free one */
};

/* One name of one address; entries of the same address are a list. */
struct shared {
	struct addr address;
	uint32_t name;		/* as it was registered; 0: free */
	uint32_t next;		/* INDEX_NONE ends */
};

struct names {
	struct hash_seed seed;
	uint64_t *count;
	struct slab_store *text;
	struct index by_text, by_pair, by_address;
	struct pair *pair;
	struct shared *shared;
	size_t max;
	size_t n_pairs, n_shared;	/* entries ever begun, up to max */
	size_t pair_hand, shared_hand;	/* where to look for what to drop */
	uint32_t pair_free;		/* list of free entries below n_pairs, INDEX_NONE ends */
};

static void *
reserve_space(size_t octets)
{
	void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

struct names *
names_new(size_t max, struct stats *st)
{
	struct names *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	if (max == 0)
		max = 1;
	if (max > INDEX_NONE / 2)
		max = INDEX_NONE / 2;
	n->max = max;
	n->pair_free = INDEX_NONE;
	n->seed = hash_seed_new();
	n->count = stats_register(st, names_counters, NAMES_COUNTER_N);
	n->pair = reserve_space(max * sizeof(*n->pair));
	n->shared = reserve_space(max * sizeof(*n->shared));
	n->text = slab_store_new(max * TEXT_PER_PAIR + TEXT_LEAST);
	if (n->count == NULL || n->pair == NULL || n->shared == NULL || n->text == NULL) {
		names_free(n);
		return NULL;
	}
	return n;
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	if (n->pair != NULL)
		munmap(n->pair, n->max * sizeof(*n->pair));
	if (n->shared != NULL)
		munmap(n->shared, n->max * sizeof(*n->shared));
	slab_store_free(n->text);
	index_done(&n->by_text);
	index_done(&n->by_pair);
	index_done(&n->by_address);
	free(n);
}

struct addr
names_address(const struct flow *flow, unsigned end)
{
	struct addr a = flow->key.addr[end];
	uint64_t tenant = flow->key.tenant_proto >> 8;	/* two VLANs of twelve bits */

	/* nothing to an untagged one; no two tenants of one address are the same */
	a.octet[1] ^= (uint8_t)(tenant >> 16);
	a.octet[2] ^= (uint8_t)(tenant >> 8);
	a.octet[3] ^= (uint8_t)tenant;
	return a;
}

struct addr
names_asker(const struct flow *flow, unsigned end)
{
	unsigned device_end = (flow->flags & FLOW_DEVICE_END1) != 0;
	struct addr asker = { { 0xff } };

	if (flow->device == 0 || (flow->flags & FLOW_DEVICE_KNOWN) == 0 || end != device_end)
		return names_address(flow, end);
	for (unsigned i = 0; i < 4; i++)
		asker.octet[15 - i] = (uint8_t)(flow->device >> 8 * i);
	return asker;
}

/* Names. */

static struct name *
name_at(const struct names *n, uint32_t name)
{
	return slab_at(n->text, name);
}

const char *
names_text(const struct names *n, uint32_t name)
{
	return name == 0 ? "" : name_at(n, name)->text;
}

void
names_unref(struct names *n, uint32_t name)
{
	struct name *at;

	if (name == 0)
		return;
	at = name_at(n, name);
	if (--at->refs != 0)
		return;
	index_remove(&n->by_text, at->hash, name);
	slab_put(n->text, at);
}

/* Id of a name that is known; 0 otherwise. Takes no reference. */
static uint32_t
name_known(const struct names *n, const char *text, uint32_t hash)
{
	size_t at = index_first(&n->by_text, hash);
	uint32_t name;

	while ((name = index_next(&n->by_text, hash, &at)) != INDEX_NONE)
		if (strcmp(name_at(n, name)->text, text) == 0)
			return name;
	return 0;
}

/* A new name with no reference yet; 0 when there is no room. */
static uint32_t
name_add(struct names *n, const char *text, size_t len, uint32_t hash)
{
	size_t got;
	struct name *at;
	uint32_t name;

	if (!index_reserve(&n->by_text))
		return 0;
	at = slab_get(n->text, sizeof(*at) + len + 1, &got);
	if (at == NULL)
		return 0;
	at->refs = 0;
	at->hash = hash;
	memcpy(at->text, text, len + 1);
	name = slab_ref(n->text, at);
	index_add(&n->by_text, hash, name);
	return name;
}

/* (device, address) -> name. */

static uint32_t
pair_hash(const struct names *n, const struct pair *p)
{
	return (uint32_t)hash_octets(&n->seed, p, 2 * sizeof(struct addr));
}

static struct pair *
pair_find(const struct names *n, const struct addr *device, const struct addr *a)
{
	struct pair want = { .device = *device, .address = *a };
	uint32_t hash = pair_hash(n, &want), i;
	size_t at = index_first(&n->by_pair, hash);

	while ((i = index_next(&n->by_pair, hash, &at)) != INDEX_NONE)
		if (memcmp(&n->pair[i], &want, 2 * sizeof(struct addr)) == 0)
			return &n->pair[i];
	return NULL;
}

/* Drop the pair learned longest ago of the next few; its entry goes to the free list. */
static void
pair_make_room(struct names *n)
{
	struct pair *oldest = NULL;

	for (size_t i = 0; i < SAMPLE && i < n->n_pairs; i++) {
		struct pair *p = &n->pair[(n->pair_hand + i) % n->n_pairs];

		if (p->name != 0 && (oldest == NULL || p->learned_s < oldest->learned_s))
			oldest = p;
	}
	n->pair_hand = n->n_pairs == 0 ? 0 : (n->pair_hand + 1) % n->n_pairs;
	if (oldest == NULL)
		return;
	index_remove(&n->by_pair, pair_hash(n, oldest), (uint32_t)(oldest - n->pair));
	names_unref(n, oldest->name);
	*oldest = (struct pair){ .learned_s = n->pair_free };
	n->pair_free = (uint32_t)(oldest - n->pair);
	n->count[NAMES_EVICTED]++;
}

/* A free entry. Makes room when all are in use, so that there is one to drop. */
static struct pair *
pair_new(struct names *n)
{
	struct pair *p;

	if (n->pair_free == INDEX_NONE && n->n_pairs < n->max)
		return &n->pair[n->n_pairs++];
	if (n->pair_free == INDEX_NONE)
		pair_make_room(n);
	p = &n->pair[n->pair_free];
	n->pair_free = p->learned_s;
	return p;
}

/* True when that is news. */
static bool
pair_learn(struct names *n, const struct addr *device, const struct addr *a, uint32_t name,
    uint32_t now_s)
{
	struct pair *p = pair_find(n, device, a);

	bool same = p != NULL && p->name == name;

	name_at(n, name)->refs++;
	if (p != NULL) {
		names_unref(n, p->name);
		p->name = name;
		p->learned_s = now_s;
		return !same;
	}
	if (!index_reserve(&n->by_pair)) {
		names_unref(n, name);
		return true;
	}
	p = pair_new(n);
	*p = (struct pair){ *device, *a, name, now_s };
	index_add(&n->by_pair, pair_hash(n, p), (uint32_t)(p - n->pair));
	return true;
}

/* address -> names. */

static uint32_t
address_hash(const struct names *n, const struct addr *a)
{
	return (uint32_t)hash_octets(&n->seed, a, sizeof(*a));
}

/* First entry of an address; INDEX_NONE when there is none. */
static uint32_t
shared_find(const struct names *n, const struct addr *a, uint32_t hash)
{
	size_t at = index_first(&n->by_address, hash);
	uint32_t i;

	while ((i = index_next(&n->by_address, hash, &at)) != INDEX_NONE)
		if (addr_equal(&n->shared[i].address, a))
			return i;
	return INDEX_NONE;
}

/* Unlink the entry at the hand, the oldest of the ring, and return it. */
static struct shared *
shared_make_room(struct names *n)
{
	uint32_t i = (uint32_t)n->shared_hand, hash, head;
	struct shared *s = &n->shared[i];

	n->shared_hand = (n->shared_hand + 1) % n->n_shared;
	if (s->name == 0)
		return s;
	hash = address_hash(n, &s->address);
	head = shared_find(n, &s->address, hash);
	if (head != i) {
		while (n->shared[head].next != i)
			head = n->shared[head].next;
		n->shared[head].next = s->next;
	} else {
		index_remove(&n->by_address, hash, i);
		if (s->next != INDEX_NONE)
			index_add(&n->by_address, hash, s->next);
	}
	names_unref(n, s->name);
	s->name = 0;
	n->count[NAMES_EVICTED_OF]++;
	return s;
}

static void
shared_learn(struct names *n, const struct addr *a, uint32_t name)
{
	uint32_t hash = address_hash(n, a), head = shared_find(n, a, hash), last = INDEX_NONE;
	unsigned known = 0;
	struct shared *s;

	for (uint32_t i = head; i != INDEX_NONE; i = n->shared[i].next, known++) {
		if (n->shared[i].name == name)
			return;
		last = i;
	}
	if (known >= NAMES_OF_MAX || (head == INDEX_NONE && !index_reserve(&n->by_address)))
		return;
	name_at(n, name)->refs++;
	if (n->n_shared < n->max) {
		s = &n->shared[n->n_shared++];
	} else {
		s = shared_make_room(n);
		/* that may have been of this very address */
		head = shared_find(n, a, hash);
		for (last = head; last != INDEX_NONE && n->shared[last].next != INDEX_NONE;)
			last = n->shared[last].next;
	}
	*s = (struct shared){ *a, name, INDEX_NONE };
	if (head == INDEX_NONE)
		index_add(&n->by_address, hash, (uint32_t)(s - n->shared));
	else
		n->shared[last].next = (uint32_t)(s - n->shared);
}

unsigned
names_of(const struct names *n, const struct addr *a)
{
	unsigned known = 0;

	for (uint32_t i = shared_find(n, a, address_hash(n, a)); i != INDEX_NONE;
	    i = n->shared[i].next)
		known++;
	return known;
}

/* Both. */

/* Id of a name, new or known; drops a few old pairs when its text finds no room. */
static uint32_t
name_intern(struct names *n, const char *text, size_t len)
{
	uint32_t hash = (uint32_t)hash_octets(&n->seed, text, len);
	uint32_t name = name_known(n, text, hash);

	for (unsigned i = 0; name == 0 && i <= MAKE_ROOM; i++) {
		name = name_add(n, text, len, hash);
		if (name == 0)
			pair_make_room(n);
		if (name == 0 && n->n_shared != 0)
			(void)shared_make_room(n);
	}
	return name;
}

/* Hosts of one owner on an address are one name: what counts is how many registered theirs. */
static void
registered_learn(struct names *n, const struct addr *a, const char *text)
{
	const char *own = suffix_registered(text);
	uint32_t id = name_intern(n, own, strlen(own));

	if (id == 0)
		return;
	name_at(n, id)->refs++;
	shared_learn(n, a, id);
	names_unref(n, id);
}

void
names_learn(struct names *n, const struct addr *device, const struct addr *a, const char *name,
    size_t len, uint64_t now_us)
{
	char text[NAME_MAX_OCTETS + 1];
	uint32_t id = 0;

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len > 0 && len <= NAME_MAX_OCTETS && memchr(name, '\0', len) == NULL) {
		for (size_t i = 0; i < len; i++)
			text[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
		text[len] = '\0';
		id = name_intern(n, text, len);
	}
	if (id == 0) {
		n->count[NAMES_REFUSED]++;
		return;
	}
	/* held while the tables make room, which may drop the last pair that had it */
	name_at(n, id)->refs++;
	if (pair_learn(n, device, a, id, (uint32_t)(now_us / 1000000)))
		registered_learn(n, a, text);
	names_unref(n, id);
	n->count[NAMES_LEARNED]++;
}

uint32_t
names_find(struct names *n, const struct addr *device, const struct addr *a, uint64_t now_us,
    uint32_t max_age_s, uint32_t *age_s)
{
	const struct pair *p = pair_find(n, device, a);
	uint32_t now_s = (uint32_t)(now_us / 1000000), age;

	if (p == NULL)
		return 0;
	/* packets of merged captures may be a little out of order */
	age = now_s > p->learned_s ? now_s - p->learned_s : 0;
	if (age > max_age_s)
		return 0;
	*age_s = age;
	name_at(n, p->name)->refs++;
	return p->name;
}

size_t
names_memory(const struct names *n)
{
	size_t slots = 0;

	if (n->by_text.slot != NULL)
		slots += n->by_text.mask + 1;
	if (n->by_pair.slot != NULL)
		slots += n->by_pair.mask + 1;
	if (n->by_address.slot != NULL)
		slots += n->by_address.mask + 1;
	return sizeof(*n) + n->n_pairs * sizeof(*n->pair) + n->n_shared * sizeof(*n->shared) +
	    slots * sizeof(struct index_slot) + slab_touched(n->text);
}
